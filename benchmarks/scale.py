"""How a large corpus is indexed and searched: the build's rate beside the model's own, a kill in its middle, memory.

The data are JSON lines (``.jsonl``, ``.jsonl.gz``), an article each: ``{"title": "…", "body": "…"}``. Two sentences of
an article make a passage; a passage whose words stood before is left out. The titles are the questions.

Each step runs in a process of its own, so that its peak of memory is its own and it can be killed. The bare model is
timed on some of the texts before the build and on others after it, taken evenly from all: the machine may have other
work, whose share would else be laid to one of the two.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar, cast

from benchmarks.measure import Summary, summarize, timed
from benchmarks.workload import WorkloadError
from corpus.model import Corpus, Document, Passage, Quote
from corpus.text import sentences
from index.builder import build_index
from index.embedding import DEFAULT_MODEL, open_embedder, packaged_folder
from index.entries import EntryType, entries_of, texts_by_record
from index.room import room_of
from index.search import Index

SENTENCES = 2
"""Sentences of a passage."""
SHORTEST = 40
"""Characters of the shortest passage: less is a remark of the agency, and no text."""
BARE = 5000
"""Texts that the bare model is timed on, half of them before the build."""
QUESTIONS = 200
SEARCHED = 6
"""Passages asked for by a question, as the bot does."""


@dataclass(frozen=True, slots=True)
class Work:
    """Texts done, the seconds and the processor's seconds that they took, and the peak of memory in megabytes."""

    texts: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Texts a second."""
        return self.texts / self.seconds


@dataclass(frozen=True, slots=True)
class Scale:
    """What was measured.

    ``share`` is the rate of the build as a share of the bare model's, ``cpu_share`` the same by the processor's
    seconds, which other work on the machine stretches less. ``killed_at``: texts done when the build was killed;
    ``kept``: those that the next build found; ``lost`` and ``doubled``: texts that the finished index has not, or has
    twice.
    """

    passages: int
    characters: int
    bare_rate: float
    build_rate: float
    share: float
    cpu_share: float
    bare_peak_mb: float
    build_peak_mb: float
    killed_at: int
    kept: int
    embedded: int
    lost: int
    doubled: int
    open_s: float
    search_peak_mb: float
    search: Summary
    nearest: Summary


def measure_scale(data: Path, passages: int, folder: Path, model: str) -> Scale:
    """Builds an index of so many passages of ``data`` under ``folder``, killed in the middle and resumed.

    Raises WorkloadError where the data do not hold as many.
    """
    corpus, _ = load_articles(data, passages)
    texts = [passage.quote.text for passage in corpus.passages.values()]
    before = _in_process(partial(_bare, data, passages, model, 0))
    first = _build_killed(partial(_build, data, passages, folder, model), at=passages // 2)
    second: list[_Step] = []
    resumed = _in_process(partial(_build, data, passages, folder, model), second.append)
    after = _in_process(partial(_bare, data, passages, model, 1))
    found = _in_process(partial(_search, data, passages, folder, model))
    bare = Work(
        before.texts + after.texts,
        before.seconds + after.seconds,
        before.cpu_seconds + after.cpu_seconds,
        before.peak_mb,
    )
    build = _worked(first, second)
    lost, doubled = _compared(folder, corpus, model)
    return Scale(
        passages=len(texts),
        characters=sum(map(len, texts)),
        bare_rate=round(bare.rate, 1),
        build_rate=round(build.rate, 1),
        share=round(build.rate / bare.rate, 3),
        cpu_share=round((bare.cpu_seconds / bare.texts) / (build.cpu_seconds / build.texts), 3),
        bare_peak_mb=round(max(before.peak_mb, after.peak_mb)),
        build_peak_mb=round(resumed.peak_mb),
        killed_at=first[-1].done,
        kept=resumed.kept,
        embedded=resumed.embedded,
        lost=lost,
        doubled=doubled,
        open_s=round(found.open_s, 2),
        search_peak_mb=round(found.peak_mb),
        search=summarize(found.search_ms),
        nearest=summarize(found.nearest_ms),
    )


def _compared(folder: Path, corpus: Corpus, model: str) -> tuple[int, int]:
    """How many texts of the corpus the index has not, and how many vectors it has beyond one for each."""
    room = room_of(folder, corpus.id)
    store = room.open(room.manifest().collection)
    try:
        expected = texts_by_record(entries_of(corpus, model)).keys()
        return len(expected - store.records()), store.count() - len(expected)
    finally:
        store.close()


def load_articles(data: Path, passages: int) -> tuple[Corpus, tuple[str, ...]]:
    """A corpus of the first so many passages, and the titles of their articles.

    Raises WorkloadError where the data cannot be read or hold fewer.
    """
    documents: dict[str, Document] = {}
    kept: dict[str, Passage] = {}
    titles: list[str] = []
    seen: set[str] = set()
    for number, (title, body) in enumerate(_articles(data)):
        document = Document(str(number), title, body, hashlib.sha256(body.encode()).hexdigest())
        for passage in _passages(document):
            words = " ".join(passage.quote.text.casefold().split())
            if len(kept) < passages and words not in seen:
                seen.add(words)
                kept[passage.id] = passage
                documents[document.id] = document
        if document.id in documents and title:
            titles.append(title)
        if len(kept) == passages:
            return _corpus(documents, kept), tuple(titles)
    raise WorkloadError(
        f"{data}: holds {len(kept):,} different passages, and {passages:,} were asked for. Ask for fewer."
    )


def _articles(data: Path) -> Iterator[tuple[str, str]]:
    try:
        with gzip.open(data, "rt", encoding="utf-8") if data.suffix == ".gz" else data.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield str(row["title"]), str(row["body"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkloadError(
            f'{data}: cannot be read ({error}). Name JSON lines such as {{"title": "…", "body": "…"}}.'
        ) from error


def _passages(document: Document) -> Iterator[Passage]:
    spans = sentences(document.text)
    for number in range(0, len(spans), SENTENCES):
        start, end = spans[number][0], spans[min(number + SENTENCES, len(spans)) - 1][1]
        if end - start >= SHORTEST:
            quote = Quote(document.id, start, end, document.text[start:end])
            yield Passage(f"{document.id}#{number}", quote, (quote,))


def _corpus(documents: dict[str, Document], passages: dict[str, Passage]) -> Corpus:
    return Corpus(
        id="scale",
        title="Many articles",
        folder=Path("scale"),
        sha256=hashlib.sha256("".join(passages).encode()).hexdigest(),
        language="en",
        documents=documents,
        passages=passages,
        kinds={},
        entities={},
        predicates={},
        facts={},
    )


# What runs in processes of its own


@dataclass(frozen=True, slots=True)
class _Step:
    """The state of a build: texts done, and the seconds, of the clock and of the processor, since the process began."""

    done: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class _Built:
    kept: int
    embedded: int
    peak_mb: float


@dataclass(frozen=True, slots=True)
class _Searched:
    open_s: float
    search_ms: list[float]
    nearest_ms: list[float]
    peak_mb: float


Tell = Callable[[_Step], None]
Value = TypeVar("Value")


def _bare(data: Path, passages: int, model: str, half: int, tell: Tell) -> Work:
    """Encodes one half of the sample with sentence-transformers and nothing around it."""
    from sentence_transformers import SentenceTransformer

    corpus, _ = load_articles(data, passages)
    step = max(2, 2 * passages // BARE)
    texts = [passage.quote.text for passage in corpus.passages.values()][half * step // 2 :: step]
    bare = SentenceTransformer(str(packaged_folder()) if model == DEFAULT_MODEL else model, device="cpu")
    bare.encode(texts[:32], show_progress_bar=False)
    started, cpu = time.perf_counter(), time.process_time()
    bare.encode(texts, show_progress_bar=False)
    return Work(len(texts), time.perf_counter() - started, time.process_time() - cpu, _peak_mb())


def _build(data: Path, passages: int, folder: Path, model: str, tell: Tell) -> _Built:
    corpus, _ = load_articles(data, passages)
    embedder = open_embedder(model)
    embedder.embed(["The model is loaded before anything is timed.", "So it is for the bare one."])

    def progress(done: int, total: int) -> None:
        tell(_Step(done, time.perf_counter(), time.process_time()))

    built = build_index(corpus, folder, embedder, progress)
    progress(passages, passages)
    return _Built(built.kept, built.embedded, _peak_mb())


def _search(data: Path, passages: int, folder: Path, model: str, tell: Tell) -> _Searched:
    corpus, titles = load_articles(data, passages)
    embedder = open_embedder(model)
    index, opened_ms = timed(lambda: Index.open(folder, corpus, embedder))
    with index:
        questions = titles[:: max(1, len(titles) // QUESTIONS)]
        index.passages("The model is loaded before anything is timed.", SEARCHED)
        search = [timed(partial(index.passages, question, SEARCHED))[1] for question in questions]
        # Their vectors are at hand now: what is left is the store's own time.
        nearest = partial(index.search, kinds=(EntryType.PASSAGE,), limit=SEARCHED)
        again = [timed(partial(nearest, question))[1] for question in questions]
    return _Searched(opened_ms / 1000, search, again, _peak_mb())


def _in_process(run: Callable[[Tell], Value], step: Tell | None = None) -> Value:
    """What ``run`` gives in a process of its own; the steps that it tells of go to ``step``."""
    process, messages = _started(run)
    result: object = None
    for result in _received(messages):
        if isinstance(result, _Step) and step:
            step(result)
    process.join()
    if process.exitcode != 0:
        raise WorkloadError(f"A measurement ended with exit code {process.exitcode}; mend what the lines above name.")
    return cast("Value", result)


def _build_killed(run: Callable[[Tell], object], at: int) -> list[_Step]:
    """The steps of a build that is killed once ``at`` texts are done."""
    process, messages = _started(run)
    steps: list[_Step] = []
    for message in _received(messages):
        if isinstance(message, _Step) and process.is_alive():
            steps.append(message)
            if message.done >= at:
                process.kill()
    process.join()
    return steps


def _started(run: Callable[[Tell], object]) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_sending, args=(run, sender))
    process.start()
    sender.close()
    return process, receiver


def _sending(run: Callable[[Tell], object], messages: Connection) -> None:
    messages.send(run(messages.send))


def _received(messages: Connection) -> Iterator[object]:
    while True:
        try:
            yield messages.recv()
        except EOFError:
            return


def _worked(*builds: Sequence[_Step]) -> Work:
    """What several builds did together, from the first step of each to its last."""
    spans = [(steps[0], steps[-1]) for steps in builds]
    return Work(
        texts=sum(last.done - first.done for first, last in spans),
        seconds=sum(last.seconds - first.seconds for first, last in spans),
        cpu_seconds=sum(last.cpu_seconds - first.cpu_seconds for first, last in spans),
        peak_mb=0.0,
    )


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
