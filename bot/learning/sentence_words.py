"""The words of one sentence, one by one: which of them may stand in a name, which are verbs, which end both."""

from __future__ import annotations

from collections.abc import Sequence

from bot.learning.hints import Hints
from bot.understanding.linker import Mention, Role
from corpus.language import Cue

LONGEST_NAME = 8  # words


PREPOSITIONS = (Cue.OF, Cue.IN)


OPENERS = (Cue.THE, Cue.ALSO, Cue.FILLER, Cue.BOTH, Cue.ALL)


ENDS = (
    *(Cue.AND, Cue.OR, Cue.BUT, Cue.BY, Cue.NO, Cue.WHO, Cue.WHICH, Cue.RELATIVE, Cue.PRONOUN, Cue.NOT, Cue.EXCEPT),
    *(Cue.UNLIKE, Cue.THAN, Cue.IF, Cue.SPEAKER, Cue.NOBODY, Cue.WHEN, Cue.WHY, Cue.HOW, Cue.PAST, Cue.HEDGE),
)


class SentenceWords:
    """What each word of one sentence may be: part of a name, a verb, what ends either."""

    def __init__(self, text: str, mentions: Sequence[Mention], hints: Hints) -> None:
        self.text, self.mentions, self.hints = text, mentions, hints

    def next_of_list(self, at: int) -> int:
        """Behind the comma or "and" that continues a list, or ``at`` where the list ends."""
        end = at
        while end < len(self.mentions) and (self.mentions[end].text == "," or self.mentions[end].has(Cue.AND)):
            end += 1
        return end

    def name_end(self, start: int) -> int:
        index = start
        while index < len(self.mentions) and index - start < LONGEST_NAME + 2 and self._inside(start, index):
            index += 1
        return index

    def _inside(self, start: int, index: int) -> bool:
        """Whether the mention goes on with the name that begins at ``start``."""
        mention = self.mentions[index]
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or (index > start and self._hyphened(index)):
            return True
        if not mention.word:
            return mention.text in "&-/" and index > start
        if self._joins_name(start, index) or self._owns(start, index):
            return True
        if mention.has(Cue.THE) and index > start and mention.text.islower() and self.capital(index - 1):
            return False  # "Acme delivers the iron, Bolt the bronze"
        return not (self.preposition(index) or self.stops(index) or self.is_verb(index))

    def _hyphened(self, index: int) -> bool:
        """Whether a hyphen joins the mention to the one before ("plug-in"); the tokenizer has dropped it."""
        return self.between(index - 1, index + 1)[len(self.mentions[index - 1].text) :][:1] in tuple("-‐‑")

    def _owns(self, start: int, index: int) -> bool:
        """Whether a clitic stands inside a name: "Children's Team"."""
        clitic = index > start and self.mentions[index].norm == "'s"
        return clitic and self.capital(index - 1) and self.capital(index + 1)

    def _joins_name(self, start: int, index: int) -> bool:
        """Whether a preposition stands inside a name: "Department of Health", "Office for Science"."""
        mention = self.mentions[index]
        if index == start or index + 1 >= len(self.mentions):
            return False
        if mention.norm in self.hints.inside:
            return self.mentions[index + 1].word
        capitals = self.capital(index - 1) and self.capital(index + 1)
        return capitals and mention.norm in (*self.hints.between_capitals, "the") and not mention.has(Cue.IN)

    def stops(self, index: int) -> bool:
        mention = self.mentions[index]
        if self.capital(index) and index and not mention.has(Cue.PRONOUN):
            return False
        predicate = mention.names(Role.PREDICATE) and not mention.names(Role.KIND)
        return bool(mention.has(*ENDS, Cue.AUX) or predicate or mention.norm in self.hints.stops)

    def is_verb(self, index: int) -> bool:
        """A word in small letters with an article, number or pronoun right behind it ("employs *40*") is a verb."""
        mention = self.mentions[index]
        following = self.mentions[index + 1] if index + 1 < len(self.mentions) else None
        if following is None or self.capital(index) or mention.has(*OPENERS, *PREPOSITIONS, Cue.AND):
            return False
        article = following.has(Cue.THE) and not following.text[:1].isupper()
        counts = bool(following.names(Role.NUMBER)) and not self._numbered(index)
        return article or following.has(Cue.PRONOUN, Cue.ALL) or counts

    def _numbered(self, index: int) -> bool:
        """Whether the number behind a word belongs to it ("work package *3* is …"): nothing follows that it counts."""
        behind = self.mentions[index + 2] if index + 2 < len(self.mentions) else None
        ends = behind is None or not behind.word or behind.has(*ENDS, *PREPOSITIONS, Cue.AUX)
        return ends or bool(behind and (behind.names(Role.PREDICATE) or behind.norm in self._resting))

    @property
    def _resting(self) -> frozenset[str]:
        """The verbs of "lies with", "passes to"."""
        return frozenset(phrase.split()[0] for phrase in self.hints.rests)

    def preposition(self, index: int) -> bool:
        return self.mentions[index].has(*PREPOSITIONS) and not self.capital(index)

    def goes_elsewhere(self, start: int, preposition: str) -> bool:
        """Whether what follows a comma is no further name: a clause, or ", with help from …"."""
        mention, before = self.mentions[start], self.mentions[start - 1]
        other = self.preposition(start) and mention.norm != preposition
        return self._clause_begins(start) or (other and not before.has(Cue.AND))

    def _clause_begins(self, start: int) -> bool:
        """Whether what stands up to the next mark or "and" has a verb, and is no further name."""
        for index in range(start, len(self.mentions)):
            mention = self.mentions[index]
            if not mention.word or mention.has(Cue.AND):
                return False
            if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or self.capital(index):
                continue
            if mention.has(Cue.AUX, Cue.PRONOUN, Cue.RELATIVE) or mention.names(Role.PREDICATE):
                return True
            if mention.names(Role.WEAK) and index > start and self._has_object(index):
                return True
            if self.is_verb(index):
                return True
        return False

    def _has_object(self, index: int) -> bool:
        """Whether a word that may be a verb is one: "Acme *runs* the ferries", but "bridge building", "handling of"."""
        if index + 1 >= len(self.mentions) or self.preposition(index):
            return False
        following = self.mentions[index + 1]
        return following.word and not following.has(*PREPOSITIONS, Cue.AND, Cue.OR)

    def auxiliary(self, index: int) -> bool:
        return index >= 0 and self.mentions[index].has(Cue.AUX) and not self._possessive(index)

    def _possessive(self, index: int) -> bool:
        """Whether a clitic is no verb: "Ada Lind*'s* team leads"."""
        behind = self.mentions[index + 1 : index + 2]
        return self.mentions[index].norm == "'s" and bool(behind) and bool(behind[0].names(Role.KIND))

    def light(self, index: int) -> bool:
        mention = self.mentions[index]
        if self.capital(index) or not mention.word or mention.has(Cue.AUX):
            return False
        weak = bool(mention.names(Role.WEAK) or mention.names(Role.KIND) or mention.names(Role.PREDICATE))
        linking = mention.norm in self.hints.links or mention.has(Cue.THE, Cue.NEUTRAL, Cue.ALSO, Cue.FILLER, Cue.NOT)
        return weak or linking

    def adverb(self, index: int) -> bool:
        mention = self.mentions[index]
        return mention.word and not self.capital(index) and mention.has(Cue.TOGETHER, Cue.FILLER, Cue.ALONE, Cue.ONLY)

    def apposition(self, index: int, end: int) -> bool:
        """Whether a mention only tells of the name behind it: "the *agency* Acme", "*Captain* Ada Lind"."""
        mention = self.mentions[index]
        kind = mention.text.islower() and bool(mention.names(Role.KIND))
        return (kind or mention.norm in self.hints.honorifics) and index + 1 < end and self.capital(index + 1)

    def says(self, index: int) -> bool:
        """Whether a mention can be what makes a name one: no function word, number or kind by itself."""
        mention = self.mentions[index]
        if not mention.word or mention.has(Cue.PRONOUN, Cue.THERE, Cue.SPEAKER):
            return False
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or self.capital(index) or mention.unknown:
            return True
        roles = {reading.role for reading in mention.readings}
        if Role.KIND in roles:
            return False
        return mention.has(Cue.NEUTRAL) or bool(roles - {Role.CUE, Role.NUMBER, Role.PREDICATE, Role.COMPLEMENT})

    def capital(self, index: int) -> bool:
        """Whether a word is capitalised, other than by opening the sentence."""
        if not 0 <= index < len(self.mentions):
            return False
        mention = self.mentions[index]
        opens = index == 0 or not any(before.word for before in self.mentions[:index])
        ordinary = mention.text[1:].islower() or len(mention.text) == 1
        return mention.text[:1].isupper() and not (opens and ordinary and not mention.unknown)

    def opens_name(self, index: int) -> bool:
        """Whether a mention is an article or the like before a name, and no part of it: "The WHO", but "Team Acme"."""
        mention = self.mentions[index]
        own = mention.names(Role.KIND) or mention.names(Role.ENTITY) or (index and self.capital(index))
        return mention.has(*OPENERS) and not own and not (len(mention.text) > 1 and mention.text.isupper())

    def between(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        return self.text[self.mentions[start].start : self.mentions[end - 1].end]
