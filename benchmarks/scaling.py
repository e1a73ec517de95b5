"""What one machine holds: disk, memory and time by the number of passages and of facts, and questions a second.

    python -m benchmarks.scaling --passages 20000 --facts 5000 --json figures.json

The passages are invented, of a length that passages have, and their vectors are random: embedding so many texts takes
hours and tells nothing of the store. What embedding takes is measured on ``EMBEDDED`` texts with the real model. Random
unit vectors lie as far from each other as vectors can, which is the worst case for a search graph; words are English
ones, drawn from Zipf's distribution. Each step runs in a process of its own, at a low priority.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import typer
from numpy.typing import NDArray
from spellchecker import SpellChecker

from benchmarks.growth import Digests, write_corpus
from benchmarks.measure import Summary, resident_bytes, summarize, timed
from benchmarks.workload import load_workload
from bot.answering.bot import Bot, open_library
from bot.answering.settings import Settings
from corpus.loader import find_corpus, load_corpus
from corpus.model import Corpus, Document, Passage, Quote
from index.builder import build_index
from index.embedding import open_embedder
from index.entries import EntryType
from index.room import FolderRoom
from index.search import Index
from index.store import ChromaServer

EMBEDDED = 2000
"""Texts that the real model embeds."""
SEARCHES, SEARCHED = 100, 6
"""How often is searched, and for how many passages, as the bot does."""
SECONDS = 20
"""The most that questions are asked for."""
PER_DOCUMENT, WORDS, VOCABULARY = 200, (18, 42), 30_000
SUITE = Path(__file__).parents[1] / "tests" / "suites" / "alliance.yaml"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Passages:
    """An index of so many passages of ``characters`` in all. Memory is resident megabytes: of an empty process with the
    program's libraries (``bare_mb``), with the corpus in it, with the index in a folder open and asked, with it on a
    Chroma server, and of that server. ``nearest`` is a search by meaning alone, ``search`` one by words and meaning.
    What is done ``a_second``, and searches in the folder, are told by the time of one core, which other
    work stretches less; with a server by the clock, for two processes work on it.
    """

    passages: int
    characters: int
    embedded_a_second: float
    stored_a_second: float
    disk_mb: float
    bare_mb: float
    corpus_mb: float
    folder_mb: float
    client_mb: float
    server_mb: float
    folder_open_s: float
    server_open_s: float
    folder_nearest: Summary
    folder_search: Summary
    server_nearest: Summary
    server_search: Summary


@dataclass(frozen=True, slots=True)
class Facts:
    """A corpus of so many facts: the memory of its bot beyond an empty process, its index, and one question each."""

    facts: int
    disk_mb: float
    memory_mb: float
    load_s: float
    open_s: float
    ask: Summary


@dataclass(frozen=True, slots=True)
class Questions:
    """Different questions asked of one process, one after the other, with the real models."""

    questions: int
    a_second: float
    a_cpu_second: float
    memory_mb: float


class RandomVectors:
    """A unit vector a text, drawn by a generator that the text seeds: as long as the real model's."""

    name, dimensions = "random", 384

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimensions)."""
        seeds = (int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") for text in texts)
        rows = [np.random.default_rng(seed).standard_normal(self.dimensions, dtype=np.float32) for seed in seeds]
        vectors = np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimensions)
        norms: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / norms


class LongDigests(Digests):
    """Vectors as long as the real model's, alike where words are shared."""

    dimensions = RandomVectors.dimensions


def main(
    passages: Annotated[int, typer.Option(min=100, help="How many passages the index holds.")] = 20_000,
    facts: Annotated[int, typer.Option(min=100, max=24_000, help="How many facts a corpus holds.")] = 5_000,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there.")] = None,
) -> None:
    """Measure what a machine holds. 200,000 passages take a quarter of an hour of a core and 1 GB of disk."""
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="benchmarks-scaling-") as temporary:
        folder = Path(temporary)
        for name, measured in (
            ("passages", partial(measure_passages, folder, passages)),
            ("facts", partial(measure_facts, folder, facts)),
            ("questions", partial(apart, partial(_questions, folder))),
        ):
            figures[name] = asdict(measured())
            print(json.dumps({name: figures[name]}, indent=2), flush=True)
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure_passages(folder: Path, count: int) -> Passages:
    """Builds an index of so many passages, opens it in the folder and on a Chroma server, and searches it."""
    rate = apart(partial(_embedding_rate, min(EMBEDDED, count)))
    characters, seconds = apart(partial(built, folder, count))
    [generation] = (folder / "scaling" / "chroma").iterdir()
    opened = apart(partial(searched, folder, count, ""))
    with chroma(generation) as (url, process):
        served = apart(partial(searched, folder, count, url))
        server_mb = resident_mb(process)
    return Passages(
        passages=count,
        characters=characters,
        embedded_a_second=round(rate, 1),
        stored_a_second=round(count / seconds, 1),
        disk_mb=disk_mb(generation),
        bare_mb=opened.bare_mb,
        corpus_mb=opened.corpus_mb,
        folder_mb=opened.open_mb,
        client_mb=served.open_mb,
        server_mb=server_mb,
        folder_open_s=opened.open_s,
        server_open_s=served.open_s,
        folder_nearest=opened.nearest,
        folder_search=opened.search,
        server_nearest=served.nearest,
        server_search=served.search,
    )


def measure_facts(folder: Path, count: int) -> Facts:
    """Writes an invented corpus of so many facts, and asks it."""
    pairs = write_corpus(folder / "facts", count)
    return apart(partial(_facts, folder, count, pairs[:: max(1, count // SEARCHES)]))


def invented_corpus(count: int) -> Corpus:
    """A corpus of so many passages and nothing else; the same each time."""
    chance = np.random.default_rng(1)
    known = SpellChecker().word_frequency.dictionary
    words = sorted(known, key=lambda word: (-known[word], word))[:VOCABULARY]
    documents: dict[str, Document] = {}
    passages: dict[str, Passage] = {}
    for start in range(0, count, PER_DOCUMENT):
        lengths = chance.integers(*WORDS, size=min(PER_DOCUMENT, count - start))
        drawn = iter(np.minimum(chance.zipf(1.2, size=int(lengths.sum())), VOCABULARY) - 1)
        texts = [" ".join(words[next(drawn)] for _ in range(length)).capitalize() + "." for length in lengths]
        whole, id = "\n\n".join(texts), f"d{start // PER_DOCUMENT}"
        documents[id] = Document(id, id, whole, hashlib.sha256(whole.encode()).hexdigest())
        at = 0
        for number, text in enumerate(texts):
            quote = Quote(id, at, at + len(text), text)
            passages[f"{id}#{number}"] = Passage(f"{id}#{number}", quote, (quote,))
            at += len(text) + 2
    return Corpus("scaling", "Scaling", folder=Path("scaling"), sha256=str(count), language="en", documents=documents,
                  passages=passages, kinds={}, entities={}, predicates={}, facts={})  # fmt: skip


# What runs in processes of its own


@dataclass(frozen=True, slots=True)
class Opened:
    """An index that was opened and asked: the memory before, with the corpus and with all, and the times."""

    bare_mb: float
    corpus_mb: float
    open_mb: float
    open_s: float
    nearest: Summary
    search: Summary


def _embedding_rate(count: int) -> float:
    """Texts a second of one processor's time."""
    texts = [passage.quote.text for passage in invented_corpus(count).passages.values()]
    embedder = open_embedder()
    embedder.embed(texts[:32])
    started = time.process_time()
    embedder.embed(texts)
    return count / (time.process_time() - started)


def built(folder: Path, count: int) -> tuple[int, float]:
    """The characters of the passages, and the processor's seconds of a build whose vectors cost next to nothing."""
    corpus = invented_corpus(count)
    started = time.process_time()
    build_index(corpus, folder, RandomVectors())
    return sum(len(passage.quote.text) for passage in corpus.passages.values()), time.process_time() - started


def searched(folder: Path, count: int, server: str) -> Opened:
    """Opens the index, in its folder or where a Chroma server serves that, and searches it by parts of passages."""
    bare, embedder = resident_mb(os.getpid()), RandomVectors()
    corpus = invented_corpus(count)
    with_corpus = resident_mb(os.getpid())

    def opened() -> Index:
        if not server:
            return Index.open(folder, corpus, embedder)
        store = ChromaServer(server).open("")
        assert len(store.records()) == count  # looked through at each opening
        return Index(corpus, FolderRoom(folder / corpus.id).manifest(), store, embedder)

    index, ms = timed(opened)
    with index:
        step = max(1, count // SEARCHES)
        asked = [" ".join(passage.quote.text.split()[3:9]) for passage in list(corpus.passages.values())[::step]]
        index.passages("The search graph is loaded with the first search.", SEARCHED)
        clock = time.perf_counter if server else time.process_time
        nearest = [
            taken(clock, partial(index.search, text, kinds=(EntryType.PASSAGE,), limit=SEARCHED)) for text in asked
        ]
        search = [taken(clock, partial(index.passages, text, SEARCHED)) for text in asked]
        memory = resident_mb(os.getpid())
    return Opened(bare, with_corpus, memory, round(ms / 1000, 2), summarize(nearest), summarize(search))


def _facts(folder: Path, count: int, pairs: Sequence[tuple[str, str]]) -> Facts:
    bare, embedder = resident_mb(os.getpid()), LongDigests()
    corpus, load_ms = timed(lambda: load_corpus(folder / "facts"))
    build_index(corpus, folder / "index", embedder)
    [generation] = (folder / "index" / corpus.id / "chroma").iterdir()
    bot, open_ms = timed(lambda: Bot(corpus, Index.open(folder / "index", corpus, embedder), embedder))
    asked = [timed(partial(bot.ask, f"Who leads {thing}?"))[1] for _, thing in pairs]
    memory = round(resident_mb(os.getpid()) - bare, 1)
    return Facts(
        count, disk_mb(generation), memory, round(load_ms / 1000, 2), round(open_ms / 1000, 2), summarize(asked)
    )


def _questions(folder: Path) -> Questions:
    """The suite's questions, each once, on one thread, for at most SECONDS."""
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(folder / "questions")})
    build_index(load_corpus(find_corpus(settings.corpus)), settings.index, open_embedder())
    bot = open_library(settings, [settings.corpus]).get(None)
    bot.warm()
    questions = [each for each in load_workload(SUITE).conversations if each.question]
    started, cpu, count = time.perf_counter(), time.process_time(), 0
    for each in questions:
        if time.perf_counter() - started > SECONDS:
            break
        bot.ask(each.question, each.history)
        count += 1
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    return Questions(count, round(count / seconds, 1), round(count / busy, 1), resident_mb(os.getpid()))


def apart(measured: Callable[[], Value]) -> Value:
    """What a call gives in a process of its own, which ends with this one."""
    with multiprocessing.get_context("spawn").Pool(1) as processes:
        return processes.apply(measured)


def taken(clock: Callable[[], float], call: Callable[[], object]) -> float:
    """The milliseconds that a call takes by a clock."""
    started = clock()
    call()
    return (clock() - started) * 1000


@contextmanager
def chroma(folder: Path) -> Iterator[tuple[str, int]]:
    """A Chroma server on a folder of vectors: its URL and its process id."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = shutil.which("chroma", path=str(Path(sys.executable).parent)) or "chroma"
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def disk_mb(folder: Path) -> float:
    """What the files below a folder take."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)


def resident_mb(process: int) -> float:
    """The memory that a process holds now, in megabytes; 0 where the system does not tell."""
    return round(resident_bytes(process) / 1e6, 1)


if __name__ == "__main__":
    typer.run(main)
