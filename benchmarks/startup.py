"""How long it takes from nothing to the first answer, with the libraries already imported.

Each round is a process of its own: what is read once a process, the world's geography and the model, is read anew.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.measure import Summary, summarize, timed
from benchmarks.stage import Stage
from corpus.loader import load_corpus
from index.builder import build_index
from index.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Startup:
    """``build``: from nothing, the loading of the model included. ``rebuild``: nothing has changed. ``open``: corpus
    read, index opened, no model loaded. ``first_answer``: the answer after opening, the model loaded where needed.
    """

    build: Summary
    rebuild: Summary
    open: Summary
    first_answer: Summary


def measure_startup(
    corpus: Path, folder: Path, new_embedder: Callable[[], Embedder], question: str, rounds: int
) -> Startup:
    """``rounds`` times over, each with an index below ``folder``; ``new_embedder`` must be fit for pickling."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        taken = [
            processes.submit(_round, corpus, folder / str(number), new_embedder, question).result()
            for number in range(rounds)
        ]
    return Startup(*(summarize(times) for times in zip(*taken, strict=True)))


def _round(
    corpus: Path, index: Path, new_embedder: Callable[[], Embedder], question: str
) -> tuple[float, float, float, float]:
    loaded = load_corpus(corpus)
    _, build = timed(lambda: build_index(loaded, index, new_embedder()))
    _, rebuild = timed(lambda: build_index(loaded, index, new_embedder()))
    bot, opening = timed(Stage(corpus, index, new_embedder()).bot)
    _, first_answer = timed(lambda: bot.ask(question))
    return build, rebuild, opening, first_answer
