"""A predicate's own wordings, which its words alone cannot express: where one matches, it is put in plain order.

    pattern  "{object} comes from {subject}"       of *supplies*
    text     "Does all water come from Estonia?"
    read as  "Does | Estonia | SUPPLIES | all water"

What is asked for, who does it and what it is done to then stand where the parser looks for them, whatever the wording:
a pattern needs no words in common with its predicate, nor have its words to stand together. A pattern without one of
its slots asks for that side, by a question word of its own ("Where does {object} come from?") or by one that stands
before it ("What is | the source of {object}").

Words are compared by their stems; articles and auxiliaries may come and go, and so may adverbs and denials in between.
Of several matches those are taken that together read most of the sentence; of equals the earliest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.understanding.linker import Linker, Mention, Reading, Role, kind_of
from bot.understanding.logical_form import Side
from corpus.language import Cue, Language
from corpus.model import SLOT, Corpus, Predicate
from corpus.text import normalise, stem

_ASKING = (Cue.WHO, Cue.WHICH, Cue.HOW_MANY)
_VALUED = (*_ASKING, Cue.WHEN, Cue.SHARE)
# Question words that stand for no argument elsewhere: a pattern may spend them on the side that it asks for.
_SPENT = (Cue.WHERE, Cue.WHEN, Cue.WHY, Cue.HOW)
_REFERRING = (Cue.PRONOUN, Cue.THERE, Cue.THOSE, Cue.OTHER, Cue.EVERYBODY, Cue.NOBODY)
_COUNTING = (Cue.MOST, Cue.MAJORITY, Cue.MORE, Cue.FEWER, Cue.FEWEST, Cue.AT_LEAST, Cue.AT_MOST, Cue.EXACTLY)
_OPENING = (Cue.THE, Cue.ALL, Cue.ANY, Cue.NO, Cue.BOTH, *_COUNTING)
_JOINING = (Cue.AND, Cue.OR, Cue.NOR, Cue.OF)
_PASSING = (Cue.AUX, Cue.NOT, Cue.THE, Cue.ALSO, Cue.FILLER, Cue.NEUTRAL, Cue.HEDGE, Cue.PAST, Cue.TOGETHER)
_JOINS = frozenset({",", "&", "/"})


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where an argument stands; ``fronted``: where a question word stands that asks for it."""

    side: Side
    fronted: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """A pattern in one order: the stems of its words, and its slots; ``auxiliary``: one must stand with them."""

    predicate: Predicate
    parts: tuple[str | _Slot, ...]
    auxiliary: bool

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def missing(self) -> Side | None:
        """The side that has no slot."""
        held = {part.side for part in self.parts if isinstance(part, _Slot)}
        return next((side for side in Side if side not in held), None)

    def kinds(self, side: Side) -> tuple[str, ...]:
        return self.predicate.subject_kinds if side is Side.SUBJECT else self.predicate.object_kinds


@dataclass(frozen=True, slots=True)
class _Step:
    """Mentions that a part of a shape was found in: an argument of a side, or words of the pattern."""

    side: Side | None
    first: int
    last: int  # exclusive


@dataclass(frozen=True, slots=True)
class _PatternMatch:
    """A shape where it was found."""

    shape: _Shape
    steps: tuple[_Step, ...]

    @property
    def first(self) -> int:
        return self.steps[0].first

    @property
    def last(self) -> int:
        return self.steps[-1].last


class Patterns:
    """The patterns of one corpus in one language, whose mentions ``linker`` finds."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker) -> None:
        self.corpus, self.language = corpus, language
        self._articles, self._auxiliaries = _single(language, Cue.THE), _single(language, Cue.AUX)
        self._shapes = [
            shape
            for predicate in corpus.predicates.values()
            for text in predicate.patterns
            for shape in self._orders(predicate, text, linker)
        ]

    def read(self, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """The mentions of a sentence, those that a pattern matches in plain order; the same where none does."""
        if not self._shapes:
            return mentions
        said = {word for mention in mentions for word in self._words(mention)}
        shapes = [shape for shape in self._shapes if said.issuperset(shape.words)]
        read: list[Mention] = []
        at = 0
        for match in _best([match for shape in shapes for match in self._matches(shape, mentions)], len(mentions)):
            read += (*mentions[at : match.first], *self._plain(match, mentions))
            at = match.last
        return [*read, *mentions[at:]] if at else mentions

    # Patterns to shapes

    def _orders(self, predicate: Predicate, text: str, linker: Linker) -> Iterator[_Shape]:
        """A pattern as it stands, and with what a question brings to the front: "What does … live off?"."""
        pieces = SLOT.split(text)
        named = {Side(name) for name in pieces[1::2]}
        missing = next((side for side in Side if side not in named), None)
        parts: list[str | _Slot] = []
        auxiliary = speaks = False
        for number, piece in enumerate(pieces):
            if number % 2:
                parts.append(_Slot(Side(piece)))
                continue
            asked = False
            for mention in linker.link(piece):
                auxiliary |= mention.has(Cue.AUX) and not mention.has(Cue.DO)
                if missing and mention.has(*_ASKING) and not asked:
                    parts.append(_Slot(missing))
                    asked = True
                elif not (asked and mention.names(Role.KIND)):
                    parts += self._words(mention)
                    speaks |= bool(self._words(mention)) and not mention.has(*_SPENT)
        if not speaks:
            return
        yield _Shape(predicate, tuple(parts), auxiliary)
        for at, part in enumerate(parts):
            if at and isinstance(part, _Slot):
                fronted = (_Slot(part.side, fronted=True), *parts[:at], *parts[at + 1 :])
                yield _Shape(predicate, fronted, auxiliary)

    def _words(self, mention: Mention) -> tuple[str, ...]:
        """The stems of a mention's words, articles and auxiliaries left out."""
        words = mention.norm.split() if mention.word else ()
        light = self._articles | self._auxiliaries
        return tuple(stem(word, self.language.code) for word in words if word not in light)

    # Shapes in a sentence

    def _matches(self, shape: _Shape, mentions: Sequence[Mention]) -> Iterator[_PatternMatch]:
        for at in range(len(mentions)):
            for steps in self._walk(shape, shape.parts, mentions, at):
                match = _PatternMatch(shape, steps)
                if self._stands_apart(match, mentions):
                    yield match

    def _walk(
        self, shape: _Shape, rest: tuple[str | _Slot, ...], mentions: Sequence[Mention], at: int
    ) -> Iterator[tuple[_Step, ...]]:
        """All ways to find the rest of a shape's parts from a mention on."""
        if not rest:
            yield ()
        if not rest or at == len(mentions):
            return
        if isinstance(rest[0], _Slot):
            for end in self._ends(shape, rest[0], mentions, at):
                step = _Step(rest[0].side, at, end)
                yield from ((step, *steps) for steps in self._walk(shape, rest[1:], mentions, end))
        elif (words := self._words(mentions[at])) and rest[: len(words)] == words:
            step = _Step(None, at, at + 1)
            yield from ((step, *steps) for steps in self._walk(shape, rest[len(words) :], mentions, at + 1))
        if rest is not shape.parts and mentions[at].has(*_PASSING):
            yield from self._walk(shape, rest, mentions, at + 1)

    def _ends(self, shape: _Shape, slot: _Slot, mentions: Sequence[Mention], at: int) -> Iterator[int]:
        """Where an argument that begins at a mention may end."""
        valued = shape.predicate.measured and slot.side is Side.OBJECT
        if slot.fronted and not mentions[at].has(*(_VALUED if valued else _ASKING)):
            return
        found = False
        for index in range(at, len(mentions)):
            mention = mentions[index]
            heads = _is_value(mention) if valued else self._heads(mention, shape, slot, first=index == at)
            found |= heads
            if not (valued or heads or self._leads_on(mention, first=index == at)):
                return
            if found and (heads or valued):
                yield index + 1

    def _heads(self, mention: Mention, shape: _Shape, slot: _Slot, first: bool) -> bool:
        """Whether a mention names, refers to or asks for what may stand in a slot."""
        if kind := kind_of(self.corpus, mention):
            grouped = self.corpus.group in mention.names(Role.ENTITY) and slot.side is Side.SUBJECT
            return kind in shape.kinds(slot.side) or grouped
        if any(kind in shape.kinds(slot.side) for kind in mention.names(Role.KIND)):
            return True
        return mention.has(*_REFERRING) or (first and mention.has(*_ASKING))

    @staticmethod
    def _leads_on(mention: Mention, first: bool) -> bool:
        """Whether a mention may stand before or between the names of a slot: "all", "and"."""
        if mention.has(*_OPENING) or mention.names(Role.NUMBER):
            return True
        return not first and (mention.has(*_JOINING, Cue.NEUTRAL) or mention.text in _JOINS)

    def _stands_apart(self, match: _PatternMatch, mentions: Sequence[Mention]) -> bool:
        """Whether no other argument stands right before the match, and an auxiliary with it where there must be one."""
        at = match.first
        while at and mentions[at - 1].has(*_PASSING):
            at -= 1
        kinds = (*match.shape.predicate.subject_kinds, *match.shape.predicate.object_kinds)
        if at and kind_of(self.corpus, mentions[at - 1]) in kinds:
            return False
        within = mentions[at : match.last]
        return not match.shape.auxiliary or any(m.has(Cue.AUX) or self._holds_auxiliary(m) for m in within)

    def _holds_auxiliary(self, mention: Mention) -> bool:
        return not self._auxiliaries.isdisjoint(mention.norm.split())

    # Plain order

    def _plain(self, match: _PatternMatch, mentions: Sequence[Mention]) -> list[Mention]:
        """The mentions of a match as a plain sentence has them; of a measured predicate, where they stand."""
        predicate, missing = match.shape.predicate, match.shape.missing
        sides = {at: step.side for step in match.steps if step.side for at in range(step.first, step.last)}
        words = [step.first for step in match.steps if step.side is None]
        if missing and (spent := next((at for at in words if mentions[at].has(*_SPENT)), None)) is not None:
            sides[spent] = missing
            words.remove(spent)
        verb = sorted(words, key=lambda at: (bool(mentions[at].names(Role.CUE)), at))
        read = {at: mentions[at] for at in range(match.first, match.last)}
        for at in verb:
            says = Reading(Role.CUE, Cue.NEUTRAL) if at != verb[0] else Reading(Role.PREDICATE, predicate.name)
            read[at] = replace(mentions[at], readings=(says,))
        subject, object_ = ([at for at in sorted(sides) if sides[at] is side] for side in Side)
        kept = _VALUED if predicate.measured else ()
        if not self._relative(match.first, mentions):
            read |= _asking(subject, read, Cue.WHO, kept) | _asking(object_, read, Cue.WHICH, kept)
        if predicate.measured:
            return list(read.values())
        for at in (at for at in sides if kind_of(self.corpus, read[at])):
            read[at] = read[at].taken_for(Role.SIDE, sides[at])
        between = [at for at in read if at not in sides and at not in words]
        if _asks(object_, read) and not _asks(subject, read):
            return [read[at] for at in (*object_, *subject, *between, *verb)]
        # An auxiliary must not come to stand first, which would ask whether it is so.
        said = (*subject, *between, *verb) if subject else (*verb, *between)
        return [read[at] for at in (*said, *object_)]

    def _relative(self, at: int, mentions: Sequence[Mention]) -> bool:
        """Whether a mention refers back to a name right before it, a mark between them or not."""
        before = [m for m in mentions[max(0, at - 2) : at] if m.word]
        return mentions[at].has(Cue.RELATIVE) and bool(before) and bool(kind_of(self.corpus, before[-1]))


def _asking(side: Sequence[int], read: Mapping[int, Mention], cue: Cue, kept: Collection[Cue]) -> dict[int, Mention]:
    """The question words of a side that name no kind ("what", not "which company"), made to ask for this side."""
    named = {at for at in side if read[at].names(Role.KIND)}
    return {
        at: replace(read[at], readings=(Reading(Role.CUE, cue),))
        for at in side
        if read[at].has(Cue.WHO, Cue.WHICH, *_SPENT) and not read[at].has(*kept) and not named - {at}
    }


def _asks(side: Sequence[int], read: Mapping[int, Mention]) -> bool:
    return any(read[at].has(*_ASKING) for at in side)


def _is_value(mention: Mention) -> bool:
    return bool(mention.names(Role.NUMBER) or mention.names(Role.FRACTION)) or mention.has(*_VALUED)


def _single(language: Language, cue: Cue) -> frozenset[str]:
    """The cue's phrases of one word."""
    return frozenset(normalise(phrase) for phrase in language.cues[cue] if " " not in phrase)


def _best(matches: Sequence[_PatternMatch], length: int) -> tuple[_PatternMatch, ...]:
    """Of matches in a sentence of so many mentions those that read most of it together."""
    nothing: tuple[int, tuple[_PatternMatch, ...]] = (0, ())
    best = [nothing] * (length + 1)
    for at in reversed(range(length)):
        best[at] = best[at + 1]
        for match in matches:
            if match.first == at:
                span, rest = best[match.last]
                best[at] = max((span + match.last - at, (match, *rest)), best[at], key=lambda each: each[0])
    return best[0][1]
