"""Choosing what a message means: which of its candidates, or that none of them is meant.

A chooser names candidates and nothing else; it never supplies a name, a value or a verdict. The default one ranks them
by models trained on ``training/``: an encoder compares all of them with the message, a cross-encoder reads the best few
together with it, and it counts for a candidate that the parser reads the message so. What these signs weigh is data
(``chooser.yaml``). The best is answered where it is likely enough; what comes close behind it is offered as another
reading.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from bot.understanding.candidates import Candidate, Conversation, Nothing, Origin, names_of
from bot.understanding.logical_form import Clause
from corpus.errors import CorpusFileError
from corpus.files import read_yaml

FILE = Path(__file__).with_name("chooser.yaml")
QUESTIONS, SENTENCES, NONE = 4, 4, 2
"""So many of the best of each sort are read together with the message."""
CLOSE = 2.5
"""A second reading is offered where its log odds are less than so much below the first's …"""
OFFERED = 2
"""… and so many are offered at the most."""
MOST_PICKED = 6


class Scorer(Protocol):
    """A model that tells how likely each text is meant by a message."""

    def scores(self, question: str, texts: Sequence[str], /) -> tuple[float, ...]:
        """Log odds, one for each text; the same texts always get the same."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """What the signs of a candidate weigh, and from which score on it is meant. ``sentence`` is added for sentences.

    ``least``: the first one; ``further``: a second question of the same message; ``beside``: a second sentence.
    """

    encoder: float
    verifier: float
    parsed: float
    sentence: float
    least: float
    further: float
    beside: float

    @classmethod
    def load(cls, path: Path = FILE) -> Weights:
        """The fitted ones. Raises CorpusFileError where the file is not of its form."""
        return _weights(path)


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


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, in the order in which it is to be answered; ``alternatives`` are the next best readings.

    ``sentence`` is the one that answers best, where one is likely to; ``scores`` has the log odds of each candidate,
    best first.
    """

    picked: tuple[Candidate, ...]
    alternatives: tuple[Candidate, ...] = ()
    sentence: Candidate | None = None
    scores: tuple[tuple[float, Candidate], ...] = field(default=(), compare=False)

    @property
    def nothing(self) -> Nothing | None:
        """Which kind of nothing was chosen, None where something was."""
        return self.picked[0].nothing

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The logical forms among what was picked."""
        return tuple(candidate.clause for candidate in self.picked if candidate.clause is not None)


class Chooser(Protocol):
    """Names one or several of the candidates; the same conversation always gets the same choice."""

    @property
    def name(self) -> str:
        """Who chose: the ``reader`` of an answer."""
        ...

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """The choice; ``named`` are the names that the message itself has in it."""
        ...


class RankedChooser:
    """Takes the candidate that the models find likeliest."""

    name = "ranked"

    def __init__(self, encoder: Scorer, verifier: Scorer | None = None, weights: Weights | None = None) -> None:
        self.encoder, self.verifier, self.weights = encoder, verifier, weights or Weights.load()

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """As Chooser has it."""
        ranked = self.ranked(conversation, candidates)
        best, first = ranked[0]
        if first.nothing is None and best < self.weights.least:
            first = next(c for _, c in ranked if c.nothing in (Nothing.NOT_STATED, Nothing.ELSEWHERE))
        picked = [first]
        for score, candidate in ranked[1:] if first.nothing is None else ():
            bar = self.weights.beside if candidate.origin is Origin.TEXT else self.weights.further
            if score >= bar and len(picked) < MOST_PICKED and _goes_beside(candidate, picked, named):
                picked.append(candidate)
        bar = max(min(best, self.weights.least) - CLOSE, best - 2 * CLOSE)
        others = [c for score, c in ranked if c not in picked and c.clause is not None and score > bar]
        sentences = (c for score, c in ranked if c.origin is Origin.TEXT and score >= self.weights.least)
        return Choice(tuple(picked), tuple(others[:OFFERED]), next(sentences, None), tuple(ranked))

    def ranked(self, conversation: Conversation, candidates: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
        """The candidates with their log odds, best first; those that were read together with the message first."""
        weights, told = self.weights, conversation.told
        encoded = self.encoder.scores(told, [candidate.text for candidate in candidates])
        odds = [
            weights.encoder * e + weights.parsed * c.parsed + weights.sentence * (c.origin is Origin.TEXT)
            for e, c in zip(encoded, candidates, strict=True)
        ]
        order = sorted(range(len(candidates)), key=lambda at: (-round(odds[at], 3), at))
        if self.verifier is None:
            return [(round(odds[at], 3), candidates[at]) for at in order]
        head = best_of_each(candidates, order)
        rest = [at for at in order if at not in head]
        verified = self.verifier.scores(told, [candidates[at].text for at in head])
        both = [(round(odds[at] + weights.verifier * v, 3), at) for at, v in zip(head, verified, strict=True)]
        least = min(score for score, _ in both)
        # What was not read together with the message stands behind what was.
        behind = [(round(least - 0.001 * rank, 3), at) for rank, at in enumerate(rest, 1)]
        return [(s, candidates[at]) for s, at in (*sorted(both, key=lambda pair: (-pair[0], pair[1])), *behind)]


def best_of_each(candidates: Sequence[Candidate], order: Sequence[int]) -> list[int]:
    """The first few questions, sentences and kinds of nothing in an order, in that order."""
    left = {"question": QUESTIONS, "sentence": SENTENCES, "nothing": NONE}
    kept = []
    for at in order:
        sort = _SORTS.get(candidates[at].origin, "question")
        if left[sort]:
            left[sort] -= 1
            kept.append(at)
    return kept


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
