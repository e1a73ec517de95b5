"""``python -m benchmarks.ranking DATA``: fits the weights by which passages are ranked (see ``index.ranking``).

Of each question of one half of the paragraphs, the signs of all candidates are taken; the weights are those under which
the right one is the likeliest (a conditional logit), as shares of their sum. The other half is not looked at but to
tell what the weights are worth, beside those that are shipped. The line that is printed goes into ``index/ranking.py``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.faults import ERRORS, told
from benchmarks.passages_data import PassageSetError, PassageSets, Query, corpus_of, load_passage_sets
from index.builder import build_index
from index.embedding import DEFAULT_MODEL, open_embedder
from index.entries import passage_text
from index.ranking import MEANING, PAIRS, WINDOW, WORDS, shares
from index.search import Index

FITTED_ON = 0
CANDIDATES = 20
STEPS, RATE = 4000, 0.5
SHIPPED = np.array([WORDS, MEANING, WINDOW, PAIRS])


@dataclass(frozen=True, slots=True)
class Choice:
    """The signs of a question's candidates, (n, 4), and which of them is right, (n,)."""

    half: int
    signs: NDArray[np.float64]
    right: NDArray[np.bool_]


def main(data: Annotated[Path, typer.Argument(help="A folder that holds paragraphs and questions.")]) -> None:
    """Fit the weights anew, and tell what they are worth."""
    with told(PassageSetError):
        sets = load_passage_sets(data)
    asked = list(choices(sets))
    weights = fitted([choice for choice in asked if choice.half == FITTED_ON])
    for name, those in (("shipped", SHIPPED), ("fitted", weights)):
        first = [recall(those, [choice for choice in asked if choice.half == half]) for half in (0, 1)]
        listed = ", ".join(f"{weight:.2f}" for weight in those)
        print(
            f"{name}: WORDS, MEANING, WINDOW, PAIRS = {listed}: first in {first[0]:.1%} of half 0, {first[1]:.1%} of 1"
        )


def choices(sets: PassageSets) -> Iterator[Choice]:
    """Those questions whose right paragraph is among the candidates."""
    corpus, origin = corpus_of("paragraphs", sets.paragraphs)
    embedder = open_embedder(DEFAULT_MODEL)
    halves = {paragraph.id: paragraph.half for paragraph in sets.paragraphs}
    with tempfile.TemporaryDirectory() as folder:
        build_index(corpus, Path(folder), embedder)
        with Index.open(Path(folder), corpus, embedder) as index:
            for query in track(sets.queries, "questions", console=ERRORS):
                choice = _choice(index, origin, query, halves[query.paragraph])
                if choice.right.any():
                    yield choice


def _choice(index: Index, origin: dict[str, str], query: Query, half: int) -> Choice:
    hits = index.passages(query.question, CANDIDATES)
    asked = index.asked(query.question)
    signs = [
        (words, max(0.0, hit.dense), hit.windows[0].coverage, asked.pairs(passage_text(hit.passage)))
        for hit, words in zip(hits, shares([hit.lexical for hit in hits]), strict=True)
    ]
    return Choice(half, np.array(signs), np.array([origin[hit.passage.id] == query.paragraph for hit in hits]))


def fitted(asked: Sequence[Choice]) -> NDArray[np.float64]:
    """The weights, none below zero, that sum to 1: by gradient ascent on the mean log-likelihood."""
    most = max(len(choice.right) for choice in asked)
    signs = np.stack([np.pad(choice.signs, ((0, most - len(choice.signs)), (0, 0))) for choice in asked])
    right = np.stack([np.pad(choice.right, (0, most - len(choice.right))) for choice in asked])
    there = np.stack([np.arange(most) < len(choice.right) for choice in asked])
    weights = np.ones(SHIPPED.size)
    for _ in range(STEPS):
        likely = np.exp(signs @ weights) * there
        wanted = likely * right
        gap = wanted / wanted.sum(axis=1, keepdims=True) - likely / likely.sum(axis=1, keepdims=True)
        weights = np.maximum(0.0, weights + RATE * np.einsum("qc,qcs->s", gap, signs) / len(asked))
    result: NDArray[np.float64] = weights / weights.sum()
    return result


def recall(weights: NDArray[np.float64], asked: Sequence[Choice]) -> float:
    """The share of the questions whose right paragraph comes first."""
    return sum(bool(choice.right[int(np.argmax(choice.signs @ weights))]) for choice in asked) / max(1, len(asked))


if __name__ == "__main__":
    typer.run(main)
