"""Who does what to whom, as far as the order of words tells: the terms of a text in the order of an active sentence.

Two texts may share every word and still say opposite things. What turns the meaning round is a word that stands before
another in one and behind it in the other, unless grammar explains it:

    source   "The flood has closed roads in large parts of the land."
    claim    "The roads close the flood."                     road before close, flood behind: turned round
    claim    "Roads were closed by the flood."                a passive: read as "the flood closed roads"
    claim    "In large parts of the land, the flood …"        a place may stand anywhere
    claim    "The land's parts" for "parts of the land"       so may what only belongs to something
    claim    "vans and cars" for "cars and vans"              and what is coordinated
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.understanding.linker import Mention, Role
from corpus.language import Cue, Language

# How many words may stand between the auxiliary of a passive and its participle ("were not yet closed").
_BETWEEN = 3
# What may stand between a preposition and what it governs.
_INSIDE = (Cue.THE, Cue.ALL, Cue.NEUTRAL, Cue.ALSO)
_COORDINATORS = frozenset({",", "/", "&"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A term where it stands, PRONOUN for a pronoun.

    ``governed``: behind a preposition or before a possessive, so that it may stand elsewhere as well. ``series``
    numbers the coordinations: terms with the same number are joined by "and"; ``joined`` counts the "and"s before it.
    ``sentence`` numbers the sentences: of words in different ones no order tells who does what. ``loose``: a participle
    that may belong to the word before it as a passive or as its verb ("roads closed in May").
    """

    term: str
    governed: bool = False
    series: int = 0
    joined: int = 0
    sentence: int = 0
    loose: bool = False


PRONOUN = "*"


class WordOrder:
    """Puts the terms of a text in order, for languages whose data tell how a passive is made."""

    def __init__(self, language: Language, terms: Callable[[Mention], Iterable[str]]) -> None:
        self.language, self.terms = language, terms
        self.prepositions = frozenset((*language.cues[Cue.IN], *language.cues[Cue.OF]))

    def placed(self, mentions: Sequence[Mention]) -> tuple[Placed, ...]:
        """The terms of a sentence, passives turned into actives; none where the language's passive is not known."""
        if not self.language.passive:
            return ()
        governed, series = _governed(mentions, self.prepositions), _series(mentions)
        joined = 0
        found: list[list[Placed]] = []
        for at, mention in enumerate(mentions):
            joined += mention.has(Cue.AND) and not mention.names(Role.ENTITY)
            loose = self._loose(mentions, at)
            own = self._own(mentions, at)
            found.append([Placed(term, governed[at], series[at], joined, loose=loose) for term in own])
        order = list(range(len(mentions)))
        for at in range(len(mentions)):
            order = self._activated(mentions, _led_back(mentions, order, at), at)
        return tuple(placed for at in order for placed in found[at])

    def _own(self, mentions: Sequence[Mention], at: int) -> Iterable[str]:
        """The terms of a mention; words that may stand anywhere ("jointly", "also") have none."""
        mention = mentions[at]
        if entities := mention.names(Role.ENTITY):
            return [f"={entities[0]}"]
        behind = mentions[at + 1] if at + 1 < len(mentions) else None
        alone = behind is None or not behind.word or behind.has(Cue.AUX, Cue.IN, Cue.AND)
        if mention.has(Cue.PRONOUN) and alone:  # not "their", which goes with what follows
            return [PRONOUN]
        return self.terms(mention) if self._term(mention) else ()

    @staticmethod
    def _term(mention: Mention) -> bool:
        return mention.word and not (mention.names(Role.CUE) or mention.names(Role.NUMBER))

    def _activated(self, mentions: Sequence[Mention], order: list[int], at: int) -> list[int]:
        """The order with the passive whose auxiliary stands at ``at`` turned: its agent, its participle, the rest."""
        verb = self._participle(mentions, at)
        if verb is None:
            return order
        start = _clause_start(mentions, at)
        agent = _agent(mentions, verb)
        behind = [index for index in order if index not in agent]
        first = next(place for place, index in enumerate(behind) if index >= start)
        moved = behind[:first] + [i for i in behind[first:] if at < i <= verb]
        rest = [i for i in behind[first:] if not at < i <= verb]
        return behind[:first] + agent + moved[first:] + rest

    def _participle(self, mentions: Sequence[Mention], at: int) -> int | None:
        """Where the participle stands that an auxiliary makes a passive of, None where it makes none."""
        if not mentions[at].has(Cue.AUX) or mentions[at].norm.split()[-1] not in self.language.passive:
            return None
        for index in range(at + 1, min(at + 1 + _BETWEEN, len(mentions))):
            mention = mentions[index]
            if not mention.word or mention.names(Role.ENTITY):
                return None
            if mention.norm.endswith(self.language.participles):
                return index
            if not mention.has(Cue.NOT, Cue.ALSO, Cue.TOGETHER, Cue.AUX, Cue.NEUTRAL):
                return None
        return None

    def _loose(self, mentions: Sequence[Mention], at: int) -> bool:
        """Whether a participle stands right behind a noun, with no object: "a review published in May"."""
        if at == 0 or not mentions[at].norm.endswith(self.language.participles):
            return False
        behind = mentions[at + 1] if at + 1 < len(mentions) else None
        free = behind is None or not behind.word or behind.has(Cue.IN, Cue.TOGETHER)
        return free and self._term(mentions[at - 1])


def _led_back(mentions: Sequence[Mention], order: list[int], at: int) -> list[int]:
    """The order with what an object clause is about put behind its verb: "a note | that Acme and Bolt wrote"."""
    behind = mentions[at + 1] if at + 1 < len(mentions) else None
    named = behind is not None and (bool(behind.names(Role.ENTITY)) or behind.has(Cue.THE))
    if not mentions[at].has(Cue.RELATIVE) or not named or mentions[at].has(Cue.WHERE):
        return order
    first = at
    while first and mentions[first - 1].word and not mentions[first - 1].has(Cue.THE, Cue.AUX, Cue.IN, Cue.OF):
        first -= 1
    last = at + 1
    while last < len(mentions) and mentions[last].word and not mentions[last].has(Cue.IN, Cue.OF):
        last += 1
    about = [index for index in order if first <= index < at]
    rest = [index for index in order if not first <= index < at]
    place = next((n for n, index in enumerate(rest) if index >= last), len(rest))
    return rest[:place] + about + rest[place:]


def _clause_start(mentions: Sequence[Mention], at: int) -> int:
    """Where the clause begins whose auxiliary stands at ``at``; a relative clause goes on about what it is said of."""
    for index in range(at - 1, -1, -1):
        mention = mentions[index]
        if not mention.word and mention.text != "%":
            return index + 1
        relative = mention.has(Cue.RELATIVE) and index == at - 1
        if mention.has(Cue.IF, Cue.BUT) or (mention.has(Cue.RELATIVE) and not relative):
            return index + 1
        if mention.has(Cue.AND) and any(m.has(Cue.AUX) for m in mentions[:index]):
            return index + 1
    return 0


def _agent(mentions: Sequence[Mention], verb: int) -> list[int]:
    """The words behind the "by" of a passive, up to the next preposition or mark."""
    by = next((i for i in range(verb + 1, len(mentions)) if mentions[i].has(Cue.BY) or not mentions[i].word), None)
    if by is None or not mentions[by].word:
        return []
    agent: list[int] = []
    for index in range(by + 1, len(mentions)):
        if not mentions[index].word or (mentions[index].has(Cue.IN, Cue.BY) and agent):
            break
        agent.append(index)
    return agent


def _governed(mentions: Sequence[Mention], prepositions: frozenset[str]) -> list[bool]:
    """Which mentions a preposition governs, or a possessive marks; a phrase that opens the sentence is one whole."""
    governed: list[bool] = []
    open_ = opening = False
    words = [m for m in mentions if m.word and not m.has(Cue.FILLER, Cue.BUT, Cue.AND)]
    opening = bool(words) and words[0].has(Cue.IN, Cue.OF, Cue.BY) and any(m.text == "," for m in mentions)
    for at, mention in enumerate(mentions):
        if mention.text == ",":
            opening = False
        named = bool(mention.names(Role.ENTITY))
        if mention.has(Cue.IN, Cue.OF) and not named:
            open_ = True
        elif not mention.word or mention.has(Cue.AUX, Cue.BY, Cue.RELATIVE, Cue.BUT):
            open_ = False
        possessive = at + 1 < len(mentions) and mentions[at + 1].norm == "'s"
        governed.append(open_ or opening or possessive)
        verb = mention.names(Role.PREDICATE) or (mention.names(Role.WEAK) and not mention.names(Role.CUE))
        if named or verb:
            open_ = open_ and at + 1 < len(mentions) and mentions[at + 1].has(Cue.AND)
            open_ |= not named and mention.norm.split()[-1] in prepositions  # "was merged into"
    return governed


def _series(mentions: Sequence[Mention]) -> list[int]:
    """The number of the coordination that each mention stands in, 0 for none: "X, the Y and Z"."""
    numbers = [0] * len(mentions)
    for at, mention in enumerate(mentions):
        if mention.text not in _COORDINATORS and not mention.has(Cue.AND, Cue.OR):
            continue
        left = [i for i in range(at - 1, max(-1, at - 4), -1) if mentions[i].word][:2]
        right = [i for i in range(at + 1, min(len(mentions), at + 4)) if mentions[i].word]
        if left and right and not mentions[left[0]].has(Cue.AUX):
            number = max((numbers[i] for i in left), default=0) or at + 1
            for index in (*left[:1], *right):
                if mentions[index].has(Cue.AUX, Cue.IN, Cue.OF, Cue.BY, Cue.RELATIVE):
                    break
                numbers[index] = number
    return numbers


def behind(first: Sequence[Placed], second: Sequence[Placed]) -> tuple[Placed, ...]:
    """The terms of two sentences, one behind the other."""
    number = 1 + max((placed.sentence for placed in first), default=0)
    return (*first, *(replace(placed, sentence=placed.sentence + number) for placed in second))


def turned_round(wanted: Sequence[Placed], said: Sequence[Placed]) -> bool:
    """Whether a claim has some word before another that the source has only behind it, and no grammar explains it."""
    where: dict[str, list[int]] = {}
    for at, placed in enumerate(said):
        where.setdefault(placed.term, []).append(at)
    kept = [placed for placed in wanted if placed.term in where and placed.term != PRONOUN]
    for at, one in enumerate(kept):
        for next_, other in enumerate(kept[at + 1 :]):
            beside = not next_ and (one.loose or other.loose)
            places = [(a, b) for a in where[one.term] for b in where[other.term]]
            if not beside and one.term != other.term and not any(_in_order(one, other, said, *p) for p in places):
                return True
    return False


def _in_order(one: Placed, other: Placed, said: Sequence[Placed], at: int, behind: int) -> bool:
    """Whether the source's words at these two places may stand for the claim's, one before the other."""
    first, second = said[at], said[behind]
    if at < behind or first.sentence != second.sentence or (at - behind == 1 and (first.loose or second.loose)):
        return True
    if (one.governed and first.governed) or (other.governed and second.governed):
        return True
    if one.series and one.series == other.series and first.series and first.series == second.series:
        return True
    named = one.term.startswith("=") or other.term.startswith("=")
    if not named and one.joined != other.joined and first.joined != second.joined:
        return True  # "closed roads and cut lines" for "cut lines and closed roads"
    # "it is closed" behind what it stands for
    return any(
        placed.term == PRONOUN and placed.sentence == first.sentence and placed.governed is other.governed
        for placed in said[at + 1 :]
    )
