"""One sentence, walked from a predicate outwards, to the names that stand there.

One walk goes to the right of the predicate and one to the left, over the linker's mentions: a name ends where a
function word, a mark or a verb begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.learning.hints import Hints, phrase_end
from bot.learning.model import Doubt
from bot.learning.name_reader import NameInText, NameReader
from bot.learning.sentence_words import ENDS, OPENERS, PREPOSITIONS, SentenceWords
from bot.understanding.linker import Mention, Role
from bot.understanding.values import Literal
from corpus.language import Cue, Language
from corpus.model import Predicate

_FARTHEST = 6  # words between a predicate and the preposition of its object, or its value


class Walk:
    """One sentence, walked from a predicate outwards."""

    def __init__(
        self, text: str, mentions: Sequence[Mention], hints: Hints, language: Language, singular: frozenset[str]
    ) -> None:
        self.text, self.mentions, self.hints, self.language = text, mentions, hints, language
        self.words = SentenceWords(text, mentions, hints)
        self.reader = NameReader(self.words, language, singular)

    # To the right

    def agent(self, at: int) -> int:
        """Where the subject of a passive begins ("led by"), 0 where there is none."""
        if self.mentions[at].norm.split()[-1] in self.reader.by:
            return at + 1
        return self._behind(at, lambda mention: mention.has(Cue.BY))

    def given(
        self, at: int, left: Sequence[NameInText]
    ) -> tuple[tuple[NameInText, ...], tuple[NameInText, ...]] | None:
        """Who has what, where the predicate gives it: "roads are assigned to Acme", "the council hands roads to Acme".

        In the active voice nobody has anything where nothing is given: "Ada hands over to Bo".
        """
        norm = self.mentions[at].norm
        if norm not in self.hints.gives | self.hints.giving:
            return None
        recipient = self._behind(at, lambda mention: mention.norm in self.hints.recipient)
        between = self.reader.names(at + 1, recipient - 1) if recipient else []
        passive = self._passive(at) or (norm in self.hints.gives and not between)
        if passive and not recipient:
            return None
        return (tuple(self.reader.names(recipient)), tuple(left if passive else between)) if recipient else ((), ())

    def _passive(self, at: int) -> bool:
        return any(mention.norm in self.language.passive for mention in self.mentions[self._verb_start(at) : at])

    def _behind(self, at: int, found: Callable[[Mention], bool]) -> int:
        """Behind the first mention of a sort, no mark or other verb between it and the predicate; 0 without one."""
        for index in range(at + 1, min(at + _FARTHEST, len(self.mentions))):
            if found(self.mentions[index]):
                return index + 1
            passed = self.mentions[index].has(Cue.NOT, Cue.BY)
            if not self.mentions[index].word or (self.words.stops(index) and not passed):
                return 0
        return 0

    def titled(self, at: int) -> NameInText | None:
        """The name right behind a title that it has: "project leader *Ada Lind*"."""
        end = at + 1
        while self.words.capital(end):
            end += 1
        return self.reader.name(at + 1, end) if self.bare_title(at) and end > at + 1 else None

    def entitled(self, at: int) -> tuple[tuple[NameInText, ...], tuple[NameInText, ...]] | None:
        """Who has what in "the head of the Harbour Office, *Ada Lind*, said"."""
        start = self.skip_to_object(at + 1)[0]
        if start == at + 1 or not self._opens_clause(at):
            return None
        comma = next((i for i in range(start, len(self.mentions)) if not self.mentions[i].word), len(self.mentions))
        end = comma + 1
        while self.words.capital(end):
            end += 1
        apposed = self.mentions[comma:end] and self.mentions[comma].text == "," and end > comma + 1
        closed = end < len(self.mentions) and not self.mentions[end].word
        listed = any(mention.has(Cue.AND) for mention in self.mentions[end + 1 : end + 2])
        name = self.reader.name(comma + 1, end) if apposed and closed and not listed else None
        return ((name,), tuple(self.reader.names(start, comma))) if name else None

    def bare_title(self, at: int) -> bool:
        """Whether the predicate is a title that nobody is said to have: no "is the" stands before it."""
        return self.mentions[at].norm.split()[-1] in self.hints.titles and self._verb_start(at) == at

    def doubt(self, at: int) -> str:
        """Why what the predicate says need not be so: it tells of the past, or of whom is not plain."""
        group = self.mentions[self._verb_start(at) : at]
        past = self._participle(at) and not any(mention.has(Cue.AUX) for mention in group)
        # "was the lead", "was led by", but "was appointed head"
        was = any(m.norm in self.hints.was for m in group) and not any(m.names(Role.WEAK) for m in group)
        if was or (past and not self.agent(at)):
            return Doubt.FORMER
        start = at
        while start > 0 and self.words.light(start - 1):
            start -= 1
        role = start < at and self.mentions[start].norm in self.hints.role and not self._passive(start)
        return Doubt.PLACES if role else ""

    def acts(self, at: int) -> bool:
        """Whether the subject before the predicate can have it: no mere title, passive or "responsible to"."""
        behind = self.mentions[at + 1 : at + 2]
        above = self.mentions[at].norm in self.hints.under and behind and behind[0].norm in self.hints.recipient
        return not (above or self.bare_title(at) or (self._participle(at) and self._passive(at)))

    def _participle(self, at: int) -> bool:
        return bool(self.hints.past & {*self.mentions[at].norm.split()})

    def insertion_end(self, start: int) -> int:
        """Where an insertion ends that a comma closes, and what goes on behind it is another: ", and Bolt, …"."""
        for index in range(start, len(self.mentions) - 1):
            if self.mentions[index].text == "," and self.mentions[index + 1].has(Cue.AND):
                return index
        return len(self.mentions)

    def holder(self, at: int) -> int:
        """Where the subject begins in "roads are the responsibility of Acme", 0 where it is no such phrase."""
        behind = self.mentions[at + 1 : at + 2]
        held = self.mentions[at].norm.split()[-1] in self.hints.held and self._verb_start(at) < at
        return at + 2 if held and behind and behind[0].norm in self.hints.inside else 0

    def resting(self, at: int) -> tuple[int, int, int] | None:
        """Where object, verb and subject begin in "the lead for roads is Acme", "… lies with Acme"."""
        if not self._opens_clause(at):
            return None
        start = self.skip_to_object(at + 1)[0]
        if start == at + 1:
            return None
        for verb in range(start + 1, len(self.mentions)):
            if not self.mentions[verb].word:
                return None
            holder = phrase_end(self.mentions, verb, self.hints.rests)
            while holder < len(self.mentions) and self.mentions[holder].has(Cue.AUX):
                holder += 1
            if holder > verb:
                return start, verb, holder
        return None

    def _opens_clause(self, at: int) -> bool:
        """Whether nothing but articles and the like stands before the predicate in its clause."""
        for mention in reversed(self.mentions[:at]):
            if not mention.word or mention.has(Cue.AND, Cue.BUT):
                return True
            if not (mention.has(*OPENERS, Cue.NEUTRAL) or mention.names(Role.PREDICATE)):
                return False
        return True

    def skip_to_object(self, start: int) -> tuple[int, str, bool]:
        """Behind the predicate's own words ("lead *agency for*"), the kind that announces a list, whether one is."""
        kind, index, behind = "", start, start
        while index < min(start + _FARTHEST, len(self.mentions)):
            if (end := phrase_end(self.mentions, index, self.hints.introduces)) > index:
                return end, kind, True
            mention = self.mentions[index]
            kind = next(iter(mention.names(Role.KIND)), kind)
            if mention.has(*PREPOSITIONS) or mention.norm in self.hints.links | self.hints.inside:
                behind = index + 1
            elif mention.text[:1].isupper() or not self._own_word(mention):
                break
            index += 1
        return behind, "", False

    @staticmethod
    def _own_word(mention: Mention) -> bool:
        return mention.has(*OPENERS, Cue.NEUTRAL) or bool(mention.names(Role.KIND) or mention.names(Role.PREDICATE))

    def value(self, at: int, values: Sequence[Literal]) -> Literal | None:
        """The first value behind the predicate, as long as no mark and not too much stands between them."""
        for value in values:
            between = [m for m in self.mentions[at + 1 :] if m.end <= value.start]
            plain = all(m.word and not m.names(Role.PREDICATE) for m in between)
            if value.start >= self.mentions[at].start and len(between) <= _FARTHEST and plain:
                return value
        return None

    def labelled(self, value: Literal) -> str:
        """A value with the words that tell of what it is one: "400 *people*", "51 per cent *of the shares*"."""
        end = value.end
        for at, mention in enumerate(self.mentions):
            if mention.start < end:
                continue
            ends = not mention.word or mention.has(Cue.IN, *ENDS, Cue.AUX) or mention.norm in self.hints.stops
            if ends or mention.names(Role.NUMBER) or self.words.is_verb(at):
                break
            end = mention.end
        words = self.text[value.start : end].split()
        while len(words) > 1 and any(m.text == words[-1] and m.has(*PREPOSITIONS, Cue.THE) for m in self.mentions):
            words.pop()
        return " ".join(words)

    # To the left

    def before(self, at: int, predicate: Predicate) -> list[NameInText]:
        """The names that stand before the verb group of the predicate at ``at``, as many as its verb is for."""
        verb = self._verb_start(at)
        norm = self.mentions[verb].norm
        several = norm in self.hints.several or norm in {predicate.plural, predicate.base} - {predicate.singular}
        names = self.reader.all_before(verb, several)
        one = norm in self.hints.one or norm == predicate.singular
        if one and len(names) == 2 and not self.reader.article_before(names[1]):
            between = self.text[names[0].end : names[1].start]
            return [self.reader.joined(names)] if len(between.split()) == 1 else names
        return names

    def apposed(self, at: int) -> list[NameInText]:
        """The name to whose title the predicate belongs ("said Ada Lind, the head of the Harbour Office")."""
        start = at
        while start > 0 and self.words.light(start - 1):
            start -= 1
        if not start or self.mentions[start - 1].text != ",":
            return []
        return [name for name in self.reader.all_before(start - 1)[-1:] if name.text[:1].isupper()]

    def referring(self, at: int) -> str:
        """The pronoun, or the kind with its article, that stands before the verb group of the predicate at ``at``."""
        end = self.reader.without_insertions(self._verb_start(at))
        start = self.reader.chunk_start(end)
        while start < end and self.mentions[start].has(Cue.ALSO, Cue.FILLER):
            start += 1
        span = self.mentions[start:end]
        pronoun = len(span) == 1 and span[0].has(Cue.PRONOUN)
        kind = len(span) == 2 and span[0].has(Cue.THE) and bool(span[1].names(Role.KIND))
        return self.words.between(start, end) if pronoun or kind else ""

    def _verb_start(self, at: int) -> int:
        """Where "will be the designated leader", "is jointly led" begins."""
        index = at
        while index > 0 and self.words.light(index - 1):
            index -= 1
        if not self.words.auxiliary(index - 1):
            index = at
            while index > 0 and (self.mentions[index - 1].has(Cue.ALSO) or self.words.adverb(index - 1)):
                index -= 1
        if self.words.auxiliary(index - 1):
            while index > 0 and (
                self.mentions[index - 1].has(Cue.AUX, Cue.ALSO, Cue.NOT) or self.words.adverb(index - 1)
            ):
                index -= 1
        return index
