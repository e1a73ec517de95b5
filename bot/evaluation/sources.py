"""True statements from the source's own sentences and quotations, and the mutants of each.

A sentence of the source is supported as it stands; so it is with the phrase that opens it moved to its end, and so is
a quotation, in marks or told indirectly, with its speaker. A mutant is made by one edit. What it then says the source
does not say, unless another sentence or fact happens to state it: such a mutant is dropped.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.evaluation.claim_wording import AuthorSetting
from bot.evaluation.edits import NamedEntity, put
from bot.evaluation.trials import Corruption, Trial
from bot.evaluation.truth import REFUTED, SUPPORTED, UNSUPPORTED, Verdicts
from corpus.language import Cue
from corpus.model import Entity, Fact, Quote
from corpus.text import normalise, tokenize

FEWEST_WORDS = 5
"""A shorter sentence or quotation is a heading or a phrase."""

LONGEST_OPENING = 6
"""How many words a phrase may have that opens a sentence and is moved."""

MUTANTS = 3
"""How many mutants of one corruption a sentence gives: sources have fewer sentences than facts have wordings."""

_QUOTED = re.compile(r"([“\"«„])([^”\"»“«„]+)([”\"»“])")


@dataclass(frozen=True, slots=True)
class SourceQuotation:
    """What the source quotes: the words without their marks and last point, the marks, and who said it.

    ``near`` are the names in the sentence that tells the speaker: who chairs a board may be taken to speak for it.
    """

    text: str
    opening: str
    closing: str
    speaker: Entity
    near: frozenset[str]


class SourceAuthor:
    """Writes the statements that a corpus's own sentences carry."""

    def __init__(self, setting: AuthorSetting) -> None:
        self.setting, self.corpus = setting, setting.corpus
        self.editor, self.book = setting.editor, setting.book
        kept = [quote for passage in self.corpus.passages.values() for quote in passage.sentences]
        # What newer documents gainsay is stated, but holds no longer.
        self.sentences = tuple(q for q in kept if self._states(q.text) and not self.corpus.book.outdated(q))
        self.quotations = tuple(self._find_quotations())
        self._said = {_bare(quote.text) for quote in kept}
        predicates = self.corpus.predicates.values()
        self._subject_kinds = {kind for predicate in predicates for kind in predicate.subject_kinds}
        self._object_kinds = {kind for predicate in predicates for kind in predicate.object_kinds}

    def trials(self, chance: random.Random) -> Iterator[Trial]:
        """A sentence or a quotation, as it is or lightly reworded, then a mutant for each corruption it allows."""
        if self.quotations and chance.random() < 0.4:
            yield from self._of_quotation(chance.choice(self.quotations), chance)
        elif self.sentences:
            yield from self._of_sentence(chance.choice(self.sentences), chance)

    def _states(self, text: str) -> bool:
        words = [token for token in tokenize(text) if token.word]
        return len(words) >= FEWEST_WORDS and text.rstrip('”"»“')[-1:] in (".", "!", "。")

    # Sentences

    def _of_sentence(self, source: Quote, chance: random.Random) -> Iterator[Trial]:
        moved = self._moved(source.text)
        put_otherwise = self._moved if moved and chance.random() < 0.5 else None
        form = "moved" if put_otherwise else "verbatim"

        def worded(text: str) -> str:
            return (put_otherwise(text) or text) if put_otherwise else text

        text = worded(source.text)
        yield Trial(text, SUPPORTED, form)
        for corruption in Corruption:
            found = [
                (worded(changed), gold)
                for changed, gold in self._edited(source, corruption, chance)
                if _bare(changed) not in self._said
            ]
            for changed, gold in chance.sample(found, min(len(found), MUTANTS)):
                yield Trial(changed, gold, form, corruption, text)

    def _moved(self, text: str) -> str:
        """The sentence with the phrase that opens it moved to its end; "" where none does.

        ``Under the plan, Acme leads Iberia.`` becomes ``Acme leads Iberia, under the plan.``
        """
        opening, comma, rest = text.partition(", ")
        words = opening.split()
        movable = bool(words) and words[0].lower() in self.book.movable and len(words) <= LONGEST_OPENING
        if not (comma and movable and rest.endswith(".")) or _QUOTED.search(text):
            return ""
        return f"{rest[:1].upper()}{rest[1:-1]}, {opening[:1].lower()}{opening[1:]}."

    def _edited(self, source: Quote, corruption: Corruption, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        """Every text that one edit of this kind makes of a sentence of the source."""
        plain = {
            Corruption.NUMBER: self.editor.numbers,
            Corruption.DATE: self.editor.dates,
            Corruption.POLARITY: self.editor.negations,
            Corruption.QUANTIFIER: self.editor.quantifiers,
        }
        if way := plain.get(corruption):
            yield from ((changed, UNSUPPORTED) for changed in way(source.text))
        elif corruption is Corruption.SPEAKER:
            yield from self._respoken(source)
        elif corruption in (Corruption.LEADER, Corruption.SCOPE, Corruption.SEGMENT):
            yield from self._renamed(source, corruption, chance)

    def _renamed(self, source: Quote, corruption: Corruption, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        for named in self.editor.names(source.text):
            if self._kind_of(named.entity) is not corruption:
                continue
            carried = [fact for fact in self.corpus.facts.values() if _overlap(fact.quote, source)]
            for entity, changed in self.editor.swaps(source.text, named):
                if not self._stated(carried, named.entity, entity):
                    yield changed, self._gold(carried, named.entity)
            if corruption is Corruption.LEADER:
                yield put(source.text, named, chance.choice(self.book.strangers)), UNSUPPORTED

    def _kind_of(self, entity: Entity) -> Corruption:
        """What it is to name another entity: another leader or scope, or else another qualifier."""
        if entity.kind in self._subject_kinds:
            return Corruption.LEADER
        return Corruption.SCOPE if entity.kind in self._object_kinds else Corruption.SEGMENT

    def _stated(self, carried: Sequence[Fact], old: Entity, new: Entity) -> bool:
        """Whether a fact says of the new name what the sentence says of the old one."""
        if any(new.name in names for fact in carried for names in fact.qualifiers.values()):
            return True
        wanted = {(fact.subject, fact.predicate, new.name) for fact in carried if fact.object == old.name}
        wanted |= {(new.name, fact.predicate, fact.object) for fact in carried if fact.subject == old.name}
        return any((fact.subject, fact.predicate, fact.object) in wanted for fact in self.corpus.facts.values())

    def _gold(self, carried: Sequence[Fact], old: Entity) -> Verdicts:
        """Refuted where the name led what has one leader, and nothing else that is named could be meant."""
        own = [fact for fact in carried if fact.subject == old.name]
        functional = bool(own) and all(self.corpus.predicates[fact.predicate].functional for fact in own)
        return REFUTED if functional else UNSUPPORTED

    # Quotations

    def _find_quotations(self) -> Iterator[SourceQuotation]:
        """Each quotation with the entity named nearest to a verb of saying; one that goes on has the speaker before."""
        for passage in self.corpus.passages.values():
            speaker: Entity | None = None
            near: frozenset[str] = frozenset()
            for sentence in passage.sentences:
                match = _QUOTED.search(sentence.text)
                if match is None:
                    continue
                outside = _blanked(sentence.text, match)
                if outside.strip():
                    named = self._speaker(outside)
                    speaker = named.entity if named else None
                    near = frozenset(name.entity.name for name in self.editor.names(sentence.text))
                words = match.group(2).strip().rstrip(".,")
                if speaker and len(words.split()) >= FEWEST_WORDS:
                    yield SourceQuotation(words, match.group(1), match.group(3), speaker, near)

    def _speaker(self, text: str) -> NamedEntity | None:
        """The entity named nearest to a verb of saying."""
        verbs = [token for token in tokenize(text) if token.norm in self.setting.language.say_verbs]
        names = self.editor.names(text)
        if not verbs or not names:
            return None
        return min(names, key=lambda named: min(abs(named.start - verb.end) for verb in verbs))

    def _respoken(self, source: Quote) -> Iterator[tuple[str, Verdicts]]:
        """The sentence with another speaker."""
        match = _QUOTED.search(source.text)
        outside = source.text if match is None else _blanked(source.text, match)
        if match and (named := self._speaker(outside)):
            near = frozenset(name.entity.name for name in self.editor.names(source.text))
            for name in self._others(near):
                yield put(source.text, named, name), UNSUPPORTED

    def _others(self, near: frozenset[str]) -> tuple[str, ...]:
        """Into whose mouth a quotation may be put: strangers, and those who could be subjects but are not near."""
        quoted = {quotation.speaker.name for quotation in self.quotations}
        known = [e.name for e in self.corpus.entities.values() if e.kind in self._subject_kinds and not e.covers]
        return (*(name for name in known if name not in quoted | near), *self.book.strangers)

    def _of_quotation(self, quotation: SourceQuotation, chance: random.Random) -> Iterator[Trial]:
        spoken = {normalise(phrase) for phrase in self.setting.language.cues[Cue.SPEAKER]}
        personal = any(token.norm in spoken for token in tokenize(quotation.text))
        templates = [t for t in self.book.quotations if "opening" in t.slots or not personal]
        template = chance.choice(templates)
        direct = "opening" in template.slots

        def worded(words: str, speaker: str) -> str:
            return template.text.format(
                quote=words if direct else self._within(words),
                speaker=speaker,
                opening=quotation.opening,
                closing=quotation.closing,
            )

        text = worded(quotation.text, quotation.speaker.name)
        yield Trial(text, SUPPORTED, template.style)
        speaker = chance.choice(self._others(quotation.near))
        yield Trial(worded(quotation.text, speaker), UNSUPPORTED, template.style, Corruption.SPEAKER, text)
        for way in filter(None, self._misquoted(quotation.text, chance)):
            changed = worded(chance.choice(way), quotation.speaker.name)
            yield Trial(changed, REFUTED if direct else UNSUPPORTED, template.style, Corruption.QUOTE, text)

    def _misquoted(self, words: str, chance: random.Random) -> Iterator[list[str]]:
        """The quotation with one word changed, by the way in which it is."""
        yield list(self.editor.numbers(words))
        yield list(self.editor.negations(words))
        yield list(self.editor.quantifiers(words))
        yield list(self.editor.words_changed(words, chance))

    def _within(self, words: str) -> str:
        """The words as they stand within a sentence: in a small letter, unless a name begins them."""
        article = normalise(words.split()[0]) in self.setting.language.cues[Cue.THE]
        starts_name = not article and any(named.start == 0 for named in self.editor.names(words))
        return words if starts_name else words[:1].lower() + words[1:]


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match.group()) + text[match.end() :]


def _overlap(one: Quote, other: Quote) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def _bare(text: str) -> str:
    """The words of a text, for telling whether two say the same."""
    return " ".join(token.norm for token in tokenize(text) if token.word)
