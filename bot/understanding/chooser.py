"""Choosing what a message means: which of its candidates, or that none of them is meant.

A chooser names candidates and nothing else; it never supplies a name, a value or a verdict. The default one ranks them
by models trained on ``training/``: an encoder compares all of them with the message, a cross-encoder reads the best few
together with it. It counts for a candidate that the parser reads the message so, and against one that its names are not
those of the message. What these signs weigh is data (``chooser.yaml``). The best is answered where it is likely enough;
what comes close behind it is offered as another reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol

from bot.schema.answer import NO_USAGE, Usage
from bot.understanding.candidates import Candidate, Conversation, Nothing, Origin, names_of
from bot.understanding.canonical import is_rare
from bot.understanding.logical_form import Clause
from corpus.errors import CorpusFileError
from corpus.files import read_yaml
from index.caches import Cache, caches_in

FILE = Path(__file__).with_name("chooser.yaml")
QUESTIONS, SENTENCES, NONE = 4, 3, 2
"""So many of the best of each sort are read together with the message."""
CLOSE = 2.5
"""A second reading is offered where its log odds are less than so much below the first's …"""
OFFERED = 2
"""… and so many are offered at the most."""
MOST_PICKED = 6
EQUAL = 1.0
"""Of two sentences whose log odds are no further apart, either may answer: both are quoted."""
SHOWN = 12
"""So many of the candidates are kept with their scores, to explain a choice."""
MOST_NAMES = 2
"""Names too many or too few are counted up to so many."""


class Scorer(Protocol):
    """A model that tells how likely each text is meant by a message."""

    def scores(self, question: str, texts: Sequence[str], /) -> tuple[float, ...]:
        """Log odds, one for each text; the same texts always get the same."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """What the signs of a candidate weigh, and how far above "the documents do not say" it must stand to be meant.

    ``encoder``, ``verifier``: log odds of the two models, ``likeness`` the encoder's for a sentence; ``parsed``: the
    parser reads the message so; ``strange``: a name in a question that nobody named; ``missed``: a name of the message
    that is not in a question; ``rare``: what is seldom asked, and the parser does not read; the others from
    ``sentence`` to ``meaningless`` are added for being one.

    ``least``: the first one; ``further``: a second question of the same message; ``beside``: a second sentence;
    ``sure``: a claim to which yes or no is said.
    """

    encoder: float
    verifier: float
    parsed: float
    least: float
    sure: float
    further: float
    beside: float
    likeness: float = 0.0
    strange: float = 0.0
    missed: float = 0.0
    rare: float = 0.0
    sentence: float = 0.0
    summary: float = 0.0
    not_stated: float = 0.0
    elsewhere: float = 0.0
    talk: float = 0.0
    meaningless: float = 0.0

    @classmethod
    def load(cls, path: Path = FILE) -> Weights:
        """The fitted ones. Raises CorpusFileError where the file is not of its form."""
        return _weights(path)

    def of(self, signs: Mapping[str, float]) -> float:
        """What signs weigh together."""
        return float(sum(getattr(self, name) * value for name, value in signs.items()))


@lru_cache
def _weights(path: Path) -> Weights:
    data = read_yaml(path)
    names = [part.name for part in fields(Weights)]
    if not isinstance(data, dict) or set(data) != set(names):
        raise CorpusFileError(f"{path.name}: must have {', '.join(names)}, and nothing else.")
    try:
        return Weights(**{name: float(value) for name, value in data.items()})
    except (TypeError, ValueError) as error:
        raise CorpusFileError(f"{path.name}: {error}. Write numbers.") from error


def signs_of(
    candidate: Candidate, encoded: float, named: Collection[str], carried: Collection[str]
) -> dict[str, float]:
    """What speaks for and against a candidate besides what the verifier says of it.

    ``encoded`` are the encoder's log odds, which weigh otherwise for sentences: it has learnt of questions more than of
    them. ``named`` are the names in the message, ``carried`` those of the turns before.
    """
    if candidate.nothing is not None:
        return {"encoder": encoded, candidate.nothing.name.lower(): 1.0}
    if candidate.origin is Origin.SUMMARY:
        return {"encoder": encoded, "summary": 1.0}
    if candidate.clause is None:
        return {"likeness" if candidate.origin is Origin.TEXT else "encoder": encoded, "sentence": 1.0}
    own = names_of(candidate.clause)
    return {
        "encoder": encoded,
        "parsed": float(candidate.parsed),
        "strange": float(min(MOST_NAMES, len(own - {*named, *carried}))),
        "missed": float(min(MOST_NAMES, len(set(named) - own))),
        "rare": float(is_rare(candidate.clause) and not candidate.parsed),
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, in the order in which it is to be answered; ``alternatives`` are the next best readings.

    ``sentence`` is the one that answers best, where one is likely to; ``sure`` are the log odds from which on yes
    or no is said; ``scores`` has those of the candidates, best first, and in a ``brief`` choice those of some,
    where ``considered`` tells how many there were. ``reader``: who chose; ``rewrite``: the question in other words,
    where these are to be read in place of it; ``usage``: what a chat model counted for it. ``unread`` reads what was
    left out, since it could not be chosen.
    """

    picked: tuple[Candidate, ...]
    alternatives: tuple[Candidate, ...] = ()
    sentence: Candidate | None = None
    sure: float = 0.0
    scores: tuple[tuple[float, Candidate], ...] = field(default=(), compare=False)
    considered: int = field(default=0, compare=False)
    reader: str = "ranked"
    rewrite: str = ""
    usage: Usage = NO_USAGE
    unread: Callable[[Choice], Choice] | None = field(default=None, compare=False, repr=False)

    def whole(self) -> Choice:
        """The same with what could not be chosen: its scores, and the sentence that answers best."""
        return self.unread(self) if self.unread else self

    def brief(self) -> Choice:
        """The same with those scores alone that are asked for once it is made: kept readings take little memory."""
        scores = tuple(
            (score, candidate)
            for rank, (score, candidate) in enumerate(self.scores)
            if rank < SHOWN or score >= self.sure or candidate.nothing is not None or candidate == self.sentence
        )
        return replace(self, scores=scores, considered=len(self.scores))

    @property
    def nothing(self) -> Nothing | None:
        """Which kind of nothing was chosen, None where something was."""
        return self.picked[0].nothing

    def is_sure(self, clause: Clause) -> bool:
        """Whether a clause is meant so surely that yes or no may be said to it."""
        return any(score >= self.sure for score, candidate in self.scores if candidate.clause == clause)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The logical forms among what was picked."""
        return tuple(candidate.clause for candidate in self.picked if candidate.clause is not None)


class Chooser(Protocol):
    """Names one or several of the candidates; the same conversation always gets the same choice.

    ``always``: it is asked also where the parser left no word unread. One that has a ``fallback``, which chooses where
    it cannot, reads messages as they were written, bound neither to a language nor to what the parser made of them.
    """

    always: bool

    @property
    def fallback(self) -> RankedChooser | None:
        """Who chooses where this one cannot; its choice has another ``reader``."""
        ...

    def warm(self, conversation: Conversation, candidates: Sequence[Candidate]) -> None:
        """Have what the first choice would otherwise wait for, of what is on this machine."""
        ...

    @property
    def epoch(self) -> int:
        """A number that changes when the same conversation may be read otherwise than before."""
        ...

    @property
    def waited(self) -> float:
        """The milliseconds that the calling thread has waited so far for what is not on this machine, or not ours."""
        ...

    def choose(
        self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]
    ) -> Choice | None:
        """The choice, None where its fallback has to choose; ``named`` are the names that the message itself has."""
        ...


class RankedChooser:
    """Takes the candidate that the models find likeliest. ``most``: no log odds of the verifier are further from 0."""

    name, always, fallback, epoch, waited = "ranked", False, None, 0, 0.0

    def __init__(
        self,
        encoder: Scorer,
        verifier: Scorer | None = None,
        weights: Weights | None = None,
        most: float = math.inf,
    ) -> None:
        self.encoder, self.verifier, self.weights, self.most = encoder, verifier, weights or Weights.load(), most

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """What the models keep."""
        return caches_in((self.encoder, self.verifier))

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """As Chooser has it. What cannot be chosen, whatever the verifier says of it, is left unread."""
        field = _Field(self, conversation, candidates, named)
        later = [at for at in field.head if sort_of(candidates[at]) != "question" and not _is_silent(candidates[at])]
        field.read([at for at in field.head if at not in later])
        left = later if field.is_behind(later) else []
        field.read([at for at in later if at not in left])
        ranked = field.ranked(left)
        best, first = ranked[0]
        if first.nothing is None and best < self.weights.least:
            first = next(c for _, c in ranked if c.nothing in (Nothing.NOT_STATED, Nothing.ELSEWHERE))
        picked = [first]
        for score, candidate in ranked[1:] if first.nothing is None else ():
            bar = self.weights.beside if candidate.origin is Origin.TEXT else self.weights.further
            equal = score >= best - EQUAL and first.origin is candidate.origin is Origin.TEXT and len(picked) == 1
            beside = score >= bar and len(picked) < MOST_PICKED and _goes_beside(candidate, picked, named)
            if beside or equal:
                picked.append(candidate)
        bar = max(min(best, self.weights.least) - CLOSE, best - 2 * CLOSE)
        others = [c for score, c in ranked if c not in picked and c.clause is not None and score > bar]
        choice = Choice(tuple(picked), tuple(others[:OFFERED]), sure=self.weights.sure, scores=tuple(ranked))
        if not left:
            return self._with_sentence(choice)
        unread = tuple((field.odds[at], candidates[at]) for at in sorted(left))
        return replace(choice, unread=partial(self._whole, conversation.told, field.silent, unread))

    def warm(self, conversation: Conversation, candidates: Sequence[Candidate]) -> None:
        """As Chooser has it."""
        self.choose(conversation, candidates, ()).whole()

    def ranked(
        self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]
    ) -> list[tuple[float, Candidate]]:
        """The candidates with their log odds against "the documents do not say", best first.

        Those that were read together with the message stand before the others.
        """
        field = _Field(self, conversation, candidates, named)
        field.read(field.head)
        return field.ranked()

    def _whole(self, told: str, silent: float, unread: Sequence[tuple[float, Candidate]], choice: Choice) -> Choice:
        """A choice with what was left unread, of which the odds are without the verifier's."""
        assert self.verifier is not None
        verified = self.verifier.scores(told, [candidate.text for _, candidate in unread])
        read = [
            (round(odds + self.weights.verifier * score - silent, 3), candidate)
            for (odds, candidate), score in zip(unread, verified, strict=True)
        ]
        left = {candidate for _, candidate in unread}
        scores = [*((score, candidate) for score, candidate in choice.scores if candidate not in left), *read]
        scores.sort(key=lambda pair: -pair[0])
        return self._with_sentence(replace(choice, scores=tuple(scores), unread=None))

    def _with_sentence(self, choice: Choice) -> Choice:
        """A choice with the sentence that answers best, where one is likely to."""
        sentences = (c for score, c in choice.scores if c.origin is Origin.TEXT and score >= self.weights.least)
        return replace(choice, sentence=next(sentences, None))


class _Field:
    """The candidates of a message with their log odds.

    ``head`` are the places of those to be read together with it, ``silent`` the log odds that it is not stated.
    """

    def __init__(
        self,
        chooser: RankedChooser,
        conversation: Conversation,
        candidates: Sequence[Candidate],
        named: Collection[str],
    ) -> None:
        weights, carried = chooser.weights, conversation.names
        self._chooser, self._told, self._candidates = chooser, conversation.told, candidates
        encoded = chooser.encoder.scores(self._told, [candidate.text for candidate in candidates])
        self.odds = [weights.of(signs_of(c, e, named, carried)) for e, c in zip(encoded, candidates, strict=True)]
        self._order = sorted(range(len(candidates)), key=lambda at: (-round(self.odds[at], 3), at))
        self.head = best_of_each(candidates, self._order) if chooser.verifier else self._order
        self._most = chooser.most * weights.verifier
        self._read: list[int] = []
        self.silent = 0.0

    def read(self, places: Sequence[int]) -> None:
        """Have the verifier read these; without one their odds stand."""
        self._read += places
        if verifier := self._chooser.verifier:
            verified = verifier.scores(self._told, [self._candidates[at].text for at in places])
            for at, score in zip(places, verified, strict=True):
                self.odds[at] += self._chooser.weights.verifier * score
        self.silent = max((self.odds[at] for at in self._read if _is_silent(self._candidates[at])), default=0.0)

    def is_behind(self, later: Sequence[int]) -> bool:
        """Whether a form that was read is meant, and likelier than those can be that were not."""
        forms = [self._score(at) for at in self._read if self._candidates[at].clause is not None]
        best = max(forms, default=-math.inf)
        return best >= self._chooser.weights.least and all(self._score(at, self._most) < best for at in later)

    def ranked(self, left: Sequence[int] = ()) -> list[tuple[float, Candidate]]:
        """All with their log odds, best first. What was not read stands behind what was, or is still to be."""
        read = sorted(((self._score(at), at) for at in self._read), key=lambda pair: (-pair[0], pair[1]))
        last = min(read[-1][0], *(self._score(at, -self._most) for at in left), math.inf)
        rest = [at for at in self._order if at not in self._read]
        behind = [(round(last - 0.001 * rank, 3), at) for rank, at in enumerate(rest, 1)]
        return [(score, self._candidates[at]) for score, at in (*read, *behind)]

    def _score(self, at: int, more: float = 0.0) -> float:
        """The log odds against what is not stated."""
        return round(self.odds[at] + more - self.silent, 3)


def best_of_each(candidates: Sequence[Candidate], order: Sequence[int]) -> list[int]:
    """The first few questions, sentences and kinds of nothing in an order, in that order.

    That the documents do not say is always among them. Sentences come in the order in which they were found, too, and
    both count alike (reciprocal rank fusion); where there are no questions, they have those places as well.
    """
    sorts = {at: sort_of(candidates[at]) for at in order}
    asked = "question" in sorts.values()
    found = [at for at in sorted(order) if sorts[at] == "sentence"]
    likely = [at for at in order if sorts[at] == "sentence"]
    fused = {at: 1 / (1 + found.index(at)) + 1 / (1 + likely.index(at)) for at in likely}
    best = sorted(likely, key=lambda at: -fused[at])[: SENTENCES if asked else SENTENCES + QUESTIONS]
    left = {"question": QUESTIONS, "nothing": NONE - 1}
    kept = []
    for at in order:
        if _is_silent(candidates[at]) or at in best:
            kept.append(at)
        elif left.get(sorts[at]):
            left[sorts[at]] -= 1
            kept.append(at)
    return kept


def _is_silent(candidate: Candidate) -> bool:
    return candidate.nothing is Nothing.NOT_STATED


def sort_of(candidate: Candidate) -> str:
    """Which of the three sorts a candidate is: question, sentence or nothing."""
    return _SORTS.get(candidate.origin, "question")


_SORTS = {Origin.TEXT: "sentence", Origin.SUMMARY: "sentence", Origin.NOTHING: "nothing"}


def _goes_beside(candidate: Candidate, picked: Sequence[Candidate], named: Collection[str]) -> bool:
    """Whether a likely candidate is a second question, and not the first one in other words.

    A form is, where it is about something else that the message names; a sentence, where it stands with the first.
    """
    if candidate.origin is Origin.TEXT:
        return all(other.passage is not None and other.passage == candidate.passage for other in picked)
    if candidate.clause is None or any(other.clause is None for other in picked):
        return False
    own = names_of(candidate.clause)
    before = {name for other in picked if other.clause is not None for name in names_of(other.clause)}
    if candidate.clause.joint and own & before:
        return False  # "Who leads A, and who leads B?" does not ask who leads both
    return bool((own - before) & set(named))
