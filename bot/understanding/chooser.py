"""Choosing what a message means: which of its candidates, or that none of them is meant.

A chooser names candidates and nothing else; it never supplies a name, a value or a verdict. The default one ranks them
by models trained on ``training/``: an encoder compares all of them with the message, a cross-encoder reads the best few
together with it. It counts for a candidate that the parser reads the message so, and against one that its names are not
those of the message. What these signs weigh is data (``chooser.yaml``). The best is answered where it is likely enough;
what comes close behind it is offered as another reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
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
    where these are to be read in place of it; ``usage``: what a chat model counted for it.
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
    """Takes the candidate that the models find likeliest."""

    name, always, fallback, epoch, waited = "ranked", False, None, 0, 0.0

    def __init__(self, encoder: Scorer, verifier: Scorer | None = None, weights: Weights | None = None) -> None:
        self.encoder, self.verifier, self.weights = encoder, verifier, weights or Weights.load()

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """What the models keep."""
        return caches_in((self.encoder, self.verifier))

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """As Chooser has it."""
        ranked = self.ranked(conversation, candidates, named)
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
        sentences = (c for score, c in ranked if c.origin is Origin.TEXT and score >= self.weights.least)
        return Choice(tuple(picked), tuple(others[:OFFERED]), next(sentences, None), self.weights.sure, tuple(ranked))

    def warm(self, conversation: Conversation, candidates: Sequence[Candidate]) -> None:
        """As Chooser has it."""
        self.choose(conversation, candidates, ())

    def ranked(
        self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]
    ) -> list[tuple[float, Candidate]]:
        """The candidates with their log odds against "the documents do not say", best first.

        Those that were read together with the message stand before the others.
        """
        weights, told, carried = self.weights, conversation.told, conversation.names
        encoded = self.encoder.scores(told, [candidate.text for candidate in candidates])
        odds = [weights.of(signs_of(c, e, named, carried)) for e, c in zip(encoded, candidates, strict=True)]
        order = sorted(range(len(candidates)), key=lambda at: (-round(odds[at], 3), at))
        head = best_of_each(candidates, order) if self.verifier else order
        if self.verifier:
            verified = self.verifier.scores(told, [candidates[at].text for at in head])
            for at, score in zip(head, verified, strict=True):
                odds[at] += weights.verifier * score
        none = max((odds[at] for at in head if candidates[at].nothing is Nothing.NOT_STATED), default=0.0)
        both = sorted(((round(odds[at] - none, 3), at) for at in head), key=lambda pair: (-pair[0], pair[1]))
        # What was not read together with the message stands behind what was.
        rest = [at for at in order if at not in head] if self.verifier else []
        behind = [(round(both[-1][0] - 0.001 * rank, 3), at) for rank, at in enumerate(rest, 1)]
        return [(score, candidates[at]) for score, at in (*both, *behind)]


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
        if candidates[at].nothing is Nothing.NOT_STATED or at in best:
            kept.append(at)
        elif left.get(sorts[at]):
            left[sorts[at]] -= 1
            kept.append(at)
    return kept


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
