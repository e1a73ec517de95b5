"""How passages are ranked: four cheap signs, each from 0 to 1, added with fixed weights.

    words      its BM25 score, as a share of the best that any passage reaches on this question
    meaning    its cosine similarity (below zero counts as zero)
    window     how much of what the question says stands close together: in a sentence, or in two in a row
    pairs      how many of the question's neighbouring words are neighbours in it, too

What the question says is weighed by rarity: "Acme" tells more than "company". BM25 looks at whole passages and is fond
of short ones; a window that has it all is what tells the passage that answers from one on the same subject. The weights
were fitted on half of a public set of questions to encyclopedia articles, by ``python -m benchmarks.ranking``, which
tells what they are worth on the other half; ``benchmarks.passages`` tells it beside other ways of searching.

    question   "Who runs Acme's ferries?"               its words, by their stems: run, acm, ferri
    passage    "Bolt runs trams. Acme's ferries are run from Port Avon."
               window: the second sentence has all three, 1.0; pairs: "acm ferri" of two, and "run acm" not
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.model import Passage

WORDS, MEANING, WINDOW, PAIRS = 0.15, 0.46, 0.26, 0.13

SENTENCES = 2
"""The most sentences of a window."""
LENGTH = 0.004
"""What each word of a window takes away from its share: of two windows that have as much, the shorter is better."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences ``first`` to ``last`` (exclusive) of a passage; ``coverage``, 0 to 1: what they have of a question."""

    first: int
    last: int
    coverage: float


class Asked:
    """What a question says, by rarity. ``words`` gives the stems of a text, ``rarity`` how much a stem tells."""

    def __init__(self, question: str, words: Callable[[str], tuple[str, ...]], rarity: Callable[[str], float]) -> None:
        self._words = words
        stems = words(question)
        self._weights = {stem: rarity(stem) for stem in stems}
        self._pairs = {pair: min(self._weights[stem] for stem in pair) for pair in pairwise(stems)}

    def coverage(self, text: str) -> float:
        """The share of the question that ``text`` has."""
        return self._share(self._words(text))

    def missing(self, text: str) -> float:
        """The rarity of the rarest word of the question that ``text`` does not have; 0 where it has all."""
        there = set(self._words(text))
        return max((weight for stem, weight in self._weights.items() if stem not in there), default=0.0)

    @property
    def length(self) -> int:
        """How many different words the question has."""
        return len(self._weights)

    def windows(self, passage: Passage) -> list[Window]:
        """Every sentence of a passage and every two in a row, by what they have of the question less their length."""
        said = [self._words(sentence.text) for sentence in passage.sentences]
        found = []
        for first in range(len(said)):
            together: tuple[str, ...] = ()
            for last in range(first + 1, min(first + SENTENCES, len(said)) + 1):
                together += said[last - 1]
                found.append(Window(first, last, max(0.0, self._share(together) - LENGTH * len(together))))
        return sorted(found, key=lambda window: (-window.coverage, window.first, window.last))

    def pairs(self, text: str) -> float:
        """The share of the question's neighbouring words that are neighbours in ``text``."""
        total = sum(self._pairs.values())
        there = set(pairwise(self._words(text)))
        return sum(weight for pair, weight in self._pairs.items() if pair in there) / total if total else 0.0

    def _share(self, stems: Iterable[str]) -> float:
        there = set(stems)
        total = sum(self._weights.values())
        return sum(weight for stem, weight in self._weights.items() if stem in there) / total if total else 0.0


def combined(words: float, meaning: float, window: float, pairs: float) -> float:
    """The score of a passage, 0 to 1.

    >>> round(combined(1.0, 0.5, 1.0, 0.0), 2)
    0.64
    """
    return WORDS * words + MEANING * max(0.0, meaning) + WINDOW * window + PAIRS * pairs


def shares(scores: Sequence[float]) -> list[float]:
    """Each score as a share of the best.

    >>> shares([4.0, 2.0])
    [1.0, 0.5]
    """
    best = max(scores, default=0.0)
    return [score / best if best > 0 else 0.0 for score in scores]
