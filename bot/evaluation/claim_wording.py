"""The words of claims that are generated: templates of the book of statements, filled."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.edits import TextEditor
from bot.evaluation.golds import MARKET, AskedTarget, FactGround
from bot.evaluation.phrasebook import VERBAL, Phrasebook, Template
from bot.evaluation.statements import OTHER, StatementBook, StatementShape
from bot.evaluation.truth import Claim
from corpus.language import Language
from corpus.model import LITERAL_KINDS, Corpus, Fact, Predicate
from corpus.world import World

# The label of a written value ("about half of the ships by 2025") reads on behind its verb alone.
_PLAIN = ("{subject} {one} {scope}", "{subject} {one} {first} and {second}", "{base} {scope}")


ALIASED = 0.15
"""The share of names for which an alias stands."""


SCOPES: Mapping[StatementShape, tuple[str, ...]] = {
    StatementShape.BOTH: ("first", "second"),
    StatementShape.THREE: ("first", "second", "third"),
    StatementShape.PAIR: ("first", "second"),
    StatementShape.BUT_NOT: ("first", "second"),
    StatementShape.NEITHER: ("first", "second"),
    StatementShape.SOMEWHERE: ("scope", "second"),
}


COUNTS = frozenset({StatementShape.COUNT, StatementShape.AT_LEAST, StatementShape.AT_MOST, StatementShape.OVER})


@dataclass(frozen=True, slots=True)
class WordedClaim:
    """A claim and how it is worded."""

    claim: Claim
    template: Template
    seed: str


@dataclass(frozen=True, slots=True)
class AuthorSetting:
    """What statements are made from, besides the predicate."""

    corpus: Corpus
    world: World
    language: Language
    phrasebook: Phrasebook
    book: StatementBook
    editor: TextEditor


def sentence(text: str) -> str:
    """With a capital and a full stop; lines of a list or a table have none."""
    return text if "\n" in text else f"{text[:1].upper()}{text[1:]}."


class ClaimWording:
    """Words claims on one predicate."""

    def __init__(self, setting: AuthorSetting, ground: FactGround, predicate: Predicate) -> None:
        self.setting, self.predicate, self.ground = setting, predicate, ground
        self.corpus, self.book = setting.corpus, setting.book
        self.words = setting.phrasebook.wordings(predicate)

    def text(self, statement: WordedClaim) -> str:
        """The statement in words: sentences, or lines of a list or a table."""
        return sentence(self.filled(statement))

    def filled(self, statement: WordedClaim) -> str:
        return statement.template.text.format_map(self._slots(statement.claim, random.Random(statement.seed)))

    def template(self, claim: Claim, chance: random.Random, style: str = "") -> Template | None:
        """A template whose slots the claim fills, of this style where there is one; None where there is none."""
        known = self._slots(claim, random.Random(0)).keys()
        usable = [
            t
            for t in self.book.templates[claim.shape]
            if t.slots <= known and (t.slots & VERBAL or self.ground.evident)
        ]
        if any(fact.object_kind in LITERAL_KINDS for fact in self.facts(claim)):
            usable = [template for template in usable if any(plain in template.text for plain in _PLAIN)]
        usable = [template for template in usable if template.style == style] or usable
        if not usable:
            return None
        styles = tuple(dict.fromkeys(template.style for template in usable))
        style = chance.choice(styles)
        return chance.choice([template for template in usable if template.style == style])

    def _slots(self, claim: Claim, chance: random.Random) -> dict[str, str]:
        """The words for each slot that the claim and the predicate's words can fill."""
        words = {**chance.choice(self.words.verbs), **self.words.complement, **self._pronouns(), **self._kinds(claim)}
        words |= {"subject": self._called(claim.subject, chance), "other": self._called(claim.other, chance)}
        names = SCOPES.get(claim.shape, ("scope",))
        before_place = chance.choice(self.setting.phrasebook.in_place)
        before_other = chance.choice(self.setting.phrasebook.in_other)
        for name, scope in zip(names, claim.scopes, strict=False):
            words[name] = self.surface(scope)
            words[f"in_{name}"] = f"{before_place if scope.place else before_other} {words[name]}"
        if claim.scopes and claim.scopes[0].place:
            words["place"] = self.surface(claim.scopes[0])
        if claim.shape is StatementShape.ONLY_OBJECTS:
            words["listed"] = self._joined([self.surface(scope) for scope in claim.scopes])
        if claim.shape in COUNTS:
            words["number"] = self._number(claim.number, chance)
            words["things"] = words["kind"] if claim.number == 1 else words["kinds"]
        for slot, choices in (("noun", self.words.nouns), ("role", self.words.roles), ("idiom", self.words.idioms)):
            if choices:
                words[slot] = chance.choice(choices).format_map(words)
        return words

    def _pronouns(self) -> Mapping[str, str]:
        kind = self.predicate.subject_kinds[0]
        return self.book.pronouns.get(kind, self.book.pronouns[OTHER])

    def _kinds(self, claim: Claim) -> dict[str, str]:
        subject_kind = self.corpus.kinds[self.predicate.subject_kinds[0]]
        words = {"subject_kind": subject_kind.name, "subject_kinds": subject_kind.plural}
        first = next(self.facts(claim), None)
        kind = claim.kind or (first.object_kind if first else self.corpus.place_kind if claim.scopes else "")
        if kind in self.corpus.kinds:
            words |= {"kind": kind, "kinds": self.corpus.kinds[kind].plural}
        return words

    def _called(self, name: str, chance: random.Random) -> str:
        """A subject's name, or now and then an alias; a stranger has one name."""
        drawn, choice = chance.random(), chance.random()
        aliases = self.ground.aliases(name) if name in self.corpus.entities else ()
        return aliases[int(choice * len(aliases))] if aliases and drawn < ALIASED else name

    def surface(self, target: AskedTarget) -> str:
        _, market, adjective = target.surface.rpartition(MARKET)
        return self.setting.phrasebook.market.format(adjective=adjective) if market else target.surface

    def _joined(self, names: Sequence[str]) -> str:
        say = self.setting.language.say
        if len(names) < 2:
            return "".join(names)
        return say["list_and"].format(first=say["list_comma"].join(names[:-1]), last=names[-1])

    def _number(self, number: int, chance: random.Random) -> str:
        words = [word for word, value in self.setting.language.numbers.items() if value == number][:1]
        drawn = chance.random()
        return words[0] if words and drawn < 0.7 else str(number)

    @staticmethod
    def facts(claim: Claim) -> Iterator[Fact]:
        return (fact for scope in claim.scopes for fact in scope.facts)
