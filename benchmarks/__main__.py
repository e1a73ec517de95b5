"""The command line: ``python -m benchmarks [DATA]``. Exit codes: 0 done; 1 an answer varied; 2 wrong use."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Collection
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from benchmarks.determinism import measure_determinism
from benchmarks.latency import measure_latency
from benchmarks.report import Machine, Report
from benchmarks.stage import Stage
from benchmarks.startup import measure_startup
from benchmarks.workload import Workload, WorkloadError, load_workload
from bot.evaluation import SuiteError
from bot.settings import Settings, SettingsError
from corpus.errors import CorpusError
from corpus.loader import find_corpus, load_corpus
from index.builder import build_index
from index.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, packaged_folder
from index.errors import IndexError_

SUITE = Path(__file__).parents[1] / "tests" / "suites" / "alliance.yaml"
VARIETY = 10
"""How many of the questions are asked again and again, taken evenly from all."""


class Measurement(StrEnum):
    """What can be measured."""

    STARTUP = "startup"
    LATENCY = "latency"
    DETERMINISM = "determinism"


def main(
    data: Annotated[Path, typer.Argument(help="A YAML suite, or JSON lines with turns or text.")] = SUITE,
    only: Annotated[list[Measurement] | None, typer.Option(help="Measure only this (any of several).")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of startup and of all questions.")] = 3,
    repeats: Annotated[int, typer.Option(min=2, help="How often the same question is asked for determinism.")] = 100,
    limit: Annotated[int, typer.Option(min=0, help="Take only the first questions and claims; 0 for all.")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there.")] = None,
) -> None:
    """Measure startup, latency beside one embedding, and determinism, on an index built in a temporary folder.

    The corpus is the suite's own, else that of WHOLEADS_CORPUS; the model is that of WHOLEADS_EMBEDDING_MODEL.
    """
    console = Console()
    try:
        workload = load_workload(data).first(limit)
        report = run(workload, Settings.from_environ(os.environ), only or tuple(Measurement), rounds, repeats)
    except (SuiteError, WorkloadError, SettingsError, CorpusError, IndexError_) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
    for table in report.tables():
        console.print(table)
    if json_file:
        json_file.write_text(json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if report.determinism and report.determinism.varied:
        raise typer.Exit(1)


def run(workload: Workload, settings: Settings, wanted: Collection[Measurement], rounds: int, repeats: int) -> Report:
    """The measurements that are wanted."""
    corpus = find_corpus(workload.corpus or settings.corpus)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = Path(temporary)
        stage = Stage(corpus, folder / "index", SentenceTransformerEmbedder(settings.embedding_model))
        build_index(load_corpus(corpus), stage.index, stage.embedder)
        startup = latency = determinism = None
        if Measurement.STARTUP in wanted:
            question = workload.conversations[0].question
            new_embedder = partial(SentenceTransformerEmbedder, settings.embedding_model)
            startup = measure_startup(corpus, folder, new_embedder, question, rounds)
        if Measurement.LATENCY in wanted:
            latency = measure_latency(stage, workload, bare_model(settings.embedding_model), rounds)
        if Measurement.DETERMINISM in wanted:
            every = -(-len(workload.conversations) // VARIETY)
            determinism = measure_determinism(stage, workload.conversations[::every], repeats)
    return Report(Machine.here(), startup, latency, determinism)


def bare_model(name: str) -> Callable[[str], object]:
    """What embeds one text with sentence-transformers and nothing around it."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(str(packaged_folder()) if name == DEFAULT_MODEL else name, device="cpu")
    return lambda text: model.encode(text, show_progress_bar=False)


if __name__ == "__main__":
    typer.run(main)
