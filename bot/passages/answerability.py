"""Whether a sentence answers a question, as a probability: several signs, weighed by a logistic model.

A sentence that has all words of a question need not answer it. The signs are what tells the two apart: whether all the
numbers, names and rare words of the question are there, whether only one of the two denies, how near a reranker finds
the sentence, and how surely a model of the same kind finds that it answers. The weights are data
(``answerability.yaml``), and so is the threshold.

    question   "Who led Acme before 2019?"
    sentence   "Bolt has led Acme since 2021."        the number is not there: ``numbers`` 1, and the probability falls
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from corpus.errors import CorpusFileError
from corpus.files import read_yaml
from corpus.language import Cue, Language
from corpus.text import Token, tokenize
from index.ranking import Asked

FILE = Path(__file__).with_name("answerability.yaml")

_DENIALS = (Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NEITHER, Cue.NOR, Cue.EXCEPT, Cue.UNLIKE)
_POSSESSIVE = re.compile(r"['’]s$")


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against a sentence as the answer to a question.

    ``relevance``: the reranker's log odds; ``answers``: the answer model's; both 0 without one. ``coverage``,
    ``around`` and ``passage``: the shares of the question's words in the sentence, in it and its neighbours, and in the
    passage. ``missing`` and ``nowhere``: the rarity of the rarest of them that is not in the sentence, not in the
    passage. ``numbers``: how many of its numbers are not in the sentence; ``names``: how many of its names are not in
    the passage. ``denied``: 1 where the question denies something; ``denied_alone``: 1 where the sentence does not.
    ``length``: the question's words.
    """

    relevance: float
    answers: float
    coverage: float
    around: float
    passage: float
    missing: float
    nowhere: float
    numbers: float
    names: float
    denied: float
    denied_alone: float
    length: float


NAMES = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by the names of signals, and the least probability at which a sentence answers."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float

    def probability(self, signals: Signals) -> float:
        """From 0 to 1."""
        total = self.intercept + sum(weight * getattr(signals, name) for name, weight in self.weights.items())
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


@dataclass(frozen=True, slots=True)
class AnswerabilityModels:
    """One model for each way of reading: ``reranked`` with a reranker, ``plain`` without."""

    reranked: Model
    plain: Model

    @classmethod
    def load(cls, path: Path = FILE) -> AnswerabilityModels:
        """Reads the weights. Raises CorpusFileError where the file is not of its form."""
        data = read_yaml(path)
        try:
            return cls(*(_model(data[name]) for name in ("reranked", "plain")))
        except (KeyError, TypeError, ValueError) as error:
            mend = "Write it anew with 'python -m benchmarks.answerability'."
            raise CorpusFileError(f"{path.name}: not a file of weights ({error}). {mend}") from error


def _model(data: Mapping[str, object]) -> Model:
    weights = data["weights"]
    if not isinstance(weights, dict) or not weights.keys() <= set(NAMES):
        raise ValueError(f"weights: expected some of {', '.join(NAMES)}")
    return Model(
        float(str(data["intercept"])),
        {name: float(value) for name, value in weights.items()},
        float(str(data["threshold"])),
    )


class SignalReader:
    """Reads the signals off texts of one language."""

    def __init__(self, language: Language) -> None:
        self._denials = frozenset(word for cue in _DENIALS for word in language.cues.get(cue, ()) if " " not in word)

    def signals(
        self, question: str, asked: Asked, sentence: str, around: str, passage: str, relevance: float, answers: float
    ) -> Signals:
        """The signals of ``sentence`` in its neighbours and its passage, heading included."""
        wanted, said = tokenize(question), tokenize(sentence)
        everywhere = {token.norm for token in tokenize(passage)}
        denied = self._denies(wanted)
        return Signals(
            relevance=relevance,
            answers=answers,
            coverage=asked.coverage(sentence),
            around=asked.coverage(around),
            passage=asked.coverage(passage),
            missing=asked.missing(sentence),
            nowhere=asked.missing(passage),
            numbers=len(_numbers(wanted) - _numbers(said)),
            names=len(_names(wanted) - everywhere),
            denied=float(denied),
            denied_alone=float(denied and not self._denies(said)),
            length=asked.length,
        )

    def _denies(self, tokens: Sequence[Token]) -> bool:
        return any(token.norm in self._denials for token in tokens)


def _numbers(tokens: Sequence[Token]) -> set[str]:
    return {token.norm.replace(",", "") for token in tokens if token.number}


def _names(tokens: Sequence[Token]) -> set[str]:
    """Words with a capital, but for the first."""
    words = [token for token in tokens if token.word and not token.number]
    return {_POSSESSIVE.sub("", token.norm) for token in words[1:] if token.text[0].isupper()}
