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

from benchmarks.claims import measure_claims
from benchmarks.claims_data import ClaimSetError, load_claim_sets
from benchmarks.determinism import measure_determinism
from benchmarks.faults import told
from benchmarks.growth import LARGE, measure_growth
from benchmarks.latency import measure_latency
from benchmarks.passages import measure_passages
from benchmarks.passages_data import PassageSetError, load_passage_sets
from benchmarks.report import Machine, Report
from benchmarks.scale import measure_scale
from benchmarks.stage import Stage
from benchmarks.startup import measure_startup
from benchmarks.workload import Workload, WorkloadError, load_workload
from bot.answering.settings import Settings, SettingsError
from bot.evaluation import SuiteError
from corpus.errors import CorpusError
from corpus.loader import find_corpus, load_corpus
from index.builder import build_index
from index.embedding import DEFAULT_MODEL, open_embedder, packaged_folder
from index.errors import IndexError_
from index.reranker import open_reranker

SUITE = Path(__file__).parents[1] / "tests" / "suites" / "alliance.yaml"
VARIETY = 10
"""How many of the questions are asked again and again, taken evenly from all."""
_FAULTS = (SuiteError, WorkloadError, ClaimSetError, PassageSetError, SettingsError, CorpusError, IndexError_)


class Measurement(StrEnum):
    """What can be measured."""

    STARTUP = "startup"
    LATENCY = "latency"
    DETERMINISM = "determinism"
    SCALE = "scale"
    CLAIMS = "claims"
    PASSAGES = "passages"
    GROWTH = "growth"


def main(
    data: Annotated[Path, typer.Argument(help="A YAML suite, or JSON lines with turns or text.")] = SUITE,
    only: Annotated[list[Measurement] | None, typer.Option(help="Measure only this (any of several).")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of startup and of all questions.")] = 3,
    repeats: Annotated[int, typer.Option(min=2, help="How often the same question is asked for determinism.")] = 100,
    limit: Annotated[int, typer.Option(min=0, help="Take only the first questions and claims; 0 for all.")] = 0,
    passages: Annotated[int, typer.Option(min=10, help="How many passages the scale is measured with.")] = 50_000,
    facts: Annotated[int, typer.Option(min=100, help="How many facts the growth is measured with.")] = LARGE,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there.")] = None,
) -> None:
    """Measure startup, latency beside one embedding, and determinism, on an index built in a temporary folder.

    With --only scale the data are articles instead, as JSON lines with title and body: build rate, memory, a build
    killed and resumed, search. With --only claims they are public sets of labelled claims on tables or sentences, a
    file or a folder of them: how many the checker gets right. With --only passages they are a folder of public
    questions on paragraphs: how well these are found, the answering sentence picked, and an answer withheld.
    With --only growth no data are read: a large invented corpus of facts is asked beside a small one, and changed.

    The corpus is the suite's own, else that of WHOLEADS_CORPUS; the model is that of WHOLEADS_EMBEDDING_MODEL.
    """
    console = Console()
    with told(*_FAULTS):
        settings = Settings.from_environ(os.environ)
        if only == [Measurement.SCALE]:
            report = run_scale(data, settings, passages)
        elif only == [Measurement.GROWTH]:
            report = run_growth(facts)
        elif only == [Measurement.CLAIMS]:
            report = run_claims(data, limit)
        elif only == [Measurement.PASSAGES]:
            report = run_passages(data, settings, limit)
        else:
            report = run(load_workload(data).first(limit), settings, only or tuple(Measurement), rounds, repeats)
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
        stage = Stage(corpus, folder / "index", open_embedder(settings.embedding_model))
        build_index(load_corpus(corpus), stage.index, stage.embedder)
        startup = latency = determinism = None
        if Measurement.STARTUP in wanted:
            question = workload.conversations[0].question
            new_embedder = partial(open_embedder, settings.embedding_model)
            startup = measure_startup(corpus, folder, new_embedder, question, rounds)
        if Measurement.LATENCY in wanted:
            latency = measure_latency(stage, workload, bare_model(settings.embedding_model), rounds)
        if Measurement.DETERMINISM in wanted:
            every = -(-len(workload.conversations) // VARIETY)
            determinism = measure_determinism(stage, workload.conversations[::every], repeats)
    return Report(Machine.here(), startup, latency, determinism)


def run_scale(data: Path, settings: Settings, passages: int) -> Report:
    """How it goes with many passages. It takes data of its own, and is measured alone."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        scale = measure_scale(data, passages, Path(temporary), settings.embedding_model)
    return Report(Machine.here(), scale=scale)


def run_growth(facts: int) -> Report:
    """How a corpus of many facts is asked and changed. Its corpora are invented, and no model is needed."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        return Report(Machine.here(), growth=measure_growth(Path(temporary), facts))


def run_claims(data: Path, limit: int) -> Report:
    """How well labelled claims are checked. They bring their own sources, so that no index is built."""
    sets = [claims.first(limit) for claims in load_claim_sets(data)]
    return Report(Machine.here(), claims=tuple(measure_claims(claims) for claims in sets))


def run_passages(data: Path, settings: Settings, limit: int) -> Report:
    """How passages are found and answers given or withheld. The questions bring their own paragraphs."""
    sets = load_passage_sets(data)
    embedder, reranker = open_embedder(settings.embedding_model), open_reranker(settings.reranker)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        figures = measure_passages(sets, Path(temporary), embedder, reranker, settings.rerank_ms, limit)
    return Report(Machine.here(), passages=figures)


def bare_model(name: str) -> Callable[[str], object]:
    """What embeds one text with sentence-transformers and nothing around it."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(str(packaged_folder()) if name == DEFAULT_MODEL else name, device="cpu")
    return lambda text: model.encode(text, show_progress_bar=False)


if __name__ == "__main__":
    typer.run(main)
