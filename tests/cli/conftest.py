"""A library with one invented corpus, a builder that counts, and the command line over both."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.answering.settings import Settings
from bot.schema.answer import Answer, CheckReport, Citation, Finding, Progress, Reason, Receipt, Status, Verdict
from bot.serving.cli.main import build_cli
from corpus.errors import CorpusNotFound
from corpus.model import Corpus, Document, Fact, Passage, Quote
from index.builder import Build
from index.errors import IndexBuildFailed, IndexLocked, IndexMissing
from index.manifest import Manifest

TEXT = "Anna runs the north line. Ben\trepairs \u201ctrams\u201d."
QUOTE = Quote("lines", 0, 25, TEXT[:25])
CITATION = Citation(1, QUOTE, "The lines", 0, 4)
RECEIPT = Receipt("corpus-sha", "index-sha", "0", "answer-sha")
PASSAGE = Passage("lines#0", QUOTE, (QUOTE,))
FACT = Fact("f1", "Anna", "runs", "north line", "line", QUOTE)


def make_corpus(corpus_id: str) -> Corpus:
    document = Document("lines", "The lines", TEXT, hashlib.sha256(TEXT.encode()).hexdigest())
    return Corpus(
        id=corpus_id,
        title="The railway",
        folder=Path(corpus_id),
        sha256="corpus-sha",
        language="en",
        documents={"lines": document},
        passages={"lines#0": PASSAGE},
        kinds={},
        entities={},
        predicates={},
        facts={"f1": FACT},
    )


@dataclass(frozen=True)
class FakeEvent:
    name: str
    payload: object


@dataclass
class RailwayBot:
    """Knows one thing. A question with "line" is answered, any other is not; a claim with "Anna" is supported."""

    corpus: Corpus
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    raises: BaseException | None = None

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        if self.raises:
            raise self.raises
        known = "line" in question
        return Answer(
            question=question,
            standalone_question=question,
            answer="Anna runs it. [1]" if known else f"Not stated: {question}",
            status=Status.ANSWERED if known else Status.NOT_STATED,
            verdict=None,
            values=("Anna",) if known else (),
            citations=(CITATION,) if known else (),
            facts=(FACT,) if known else (),
            findings=(),
            suggestions=("Who repairs \u201ctrams\u201d?",),
            receipt=RECEIPT,
            generator="facts",
            understood="runs(?, north line)",
        )

    def check(self, text: str) -> CheckReport:
        verdict = Verdict.SUPPORTED if "Anna" in text else Verdict.REFUTED
        correction = None if verdict is Verdict.SUPPORTED else "Anna runs the north line."
        finding = Finding(text, 0, len(text), verdict, Reason.STATED, "The source says so.", correction, (1,))
        return CheckReport(text, verdict, (finding,), (CITATION,), RECEIPT)

    def check_stream(self, text: str) -> Iterator[FakeEvent]:
        report = self.check(text)
        yield FakeEvent("status", Progress(0, len(text)))
        yield FakeEvent("citation", CITATION)
        yield from (FakeEvent("finding", finding) for finding in report.findings)
        yield FakeEvent("done", report)

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        return tuple(self.corpus.passages.values())[:limit]


@dataclass
class Shelf:
    bot: RailwayBot
    default: str = "railway"
    chat: None = None

    def get(self, corpus_id: str | None) -> RailwayBot:
        return {None: self.bot, "railway": self.bot}[corpus_id]

    def ids(self) -> tuple[str, ...]:
        return ("railway",)


@dataclass
class Backend:
    """What the command line is built over: a corpus named railway, whose index may have to be built first."""

    indexed: bool = True
    can_build: bool = True
    locked: int = 0
    bot: RailwayBot = field(default_factory=lambda: RailwayBot(make_corpus("railway")))
    opened: list[tuple[str, ...]] = field(default_factory=list)
    built: list[tuple[str, ...]] = field(default_factory=list)
    removed: list[tuple[str, ...]] = field(default_factory=list)
    served: list[tuple[Mapping[str, str], int]] = field(default_factory=list)

    def open_library(self, settings: Settings, corpora: Sequence[str]) -> Shelf:
        self.opened.append(tuple(corpora))
        for name in corpora or (settings.corpus,):
            if name != "railway":
                raise CorpusNotFound(f"corpus '{name}': there is none of this name. There are: railway.")
        if not self.indexed:
            raise IndexMissing("there is no index here yet. Build it with 'wholeads index'.")
        return Shelf(self.bot)

    def build(
        self, settings: Settings, paths: Sequence[Path], progress: Callable[[int, int], None] | None
    ) -> list[Build]:
        if not self.can_build:
            raise IndexBuildFailed("the disk is full. Make room.")
        if self.locked:
            self.locked -= 1
            raise IndexLocked("another build of this index is running.")
        self.built.append(tuple(map(str, paths)))
        if progress:
            progress(1, 1)
        self.indexed = True
        manifest = Manifest("railway", "corpus-sha", "words", 8, "0", {}, "generation", "index-sha")
        return [Build(manifest, embedded=3, kept=12, deleted=1)]

    def remove(self, settings: Settings, names: Sequence[str]) -> Sequence[str]:
        self.removed.append(tuple(names))
        return names

    def serve(self, environ: Mapping[str, str], listener: socket.socket, ready: Callable[[], None]) -> None:
        self.served.append((environ, listener.getsockname()[1]))
        ready()


@pytest.fixture
def backend() -> Backend:
    return Backend()


Run = Callable[..., Result]


@pytest.fixture
def run(backend: Backend, tmp_path: Path) -> Run:
    """Runs the command line in this process: ``run("ask", "…", stdin=…)``."""
    environ = {"WHOLEADS_CORPUS": "railway", "WHOLEADS_INDEX": str(tmp_path / "index")}

    def invoke(*args: str, stdin: str | bytes | None = None, environ: Mapping[str, str] = environ) -> Result:
        cli = build_cli(
            open_library=backend.open_library,
            build=backend.build,
            remove=backend.remove,
            serve=backend.serve,
            environ=environ,
        )
        return CliRunner().invoke(cli, args, input=stdin, catch_exceptions=False)

    return invoke
