"""A small invented corpus (a railway) and a bot whose answers are written down."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.schema.answer import Answer, CheckReport, Citation, Finding, Reason, Receipt, Status, Verdict
from corpus.model import Corpus, Document, Quote

TEXT = "Anna runs the north line. The \u201cslow\u201d line\nbelongs to Ben \u2013 for now."


def make_corpus() -> Corpus:
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    document = Document("lines", "The lines", TEXT, sha256)
    return Corpus(
        id="railway",
        title="The railway",
        folder=Path("railway"),
        sha256=sha256,
        language="en",
        documents={"lines": document},
        passages={},
        kinds={},
        entities={},
        predicates={},
        facts={},
    )


def cite(quote: str, *, answer_end: int = 4, shift: int = 0, document_id: str = "lines") -> Citation:
    """A citation of a stretch of TEXT; ``shift`` moves its offsets away from what they should be."""
    start = TEXT.index(quote) + shift
    return Citation(1, Quote(document_id, start, start + len(quote), quote), "The lines", 0, answer_end)


def make_answer(
    text: str = "Anna runs the north line.",
    *,
    status: Status = Status.ANSWERED,
    verdict: Verdict | None = None,
    values: Sequence[str] = ("Anna",),
    citations: Sequence[Citation] = (),
) -> Answer:
    return Answer(
        question="?",
        standalone_question="?",
        answer=text,
        status=status,
        verdict=verdict,
        values=tuple(values),
        citations=tuple(citations),
        facts=(),
        findings=(),
        suggestions=(),
        receipt=Receipt("c", "i", "p", "a"),
        generator="facts",
    )


def make_check(verdict: Verdict, correction: str | None = None, citations: Sequence[Citation] = ()) -> CheckReport:
    claim = "Ben runs the north line."
    finding = Finding(claim, 0, len(claim), verdict, Reason.STATED, "Anna runs it.", correction)
    return CheckReport(claim, verdict, (finding,), tuple(citations), Receipt("c", "i", "p", "a"))


@dataclass
class ScriptedBot:
    """Answers from a script, raises where the script holds an exception, and keeps what it was asked."""

    answers: Mapping[str, Answer | Exception] = field(default_factory=dict)
    checks: Mapping[str, CheckReport] = field(default_factory=dict)
    corpus: Corpus = field(default_factory=make_corpus)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        answer = self.answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self, text: str) -> CheckReport:
        return self.checks[text]


@pytest.fixture
def suite_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a suite and gives its path."""

    def write(text: str, name: str = "lines.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """Starts a server over routes, see ``servers``; all are stopped at the end of the test."""
    # Imported here: the servers are made of what stands above.
    from tests.evaluation.servers import Server

    started: list[Server] = []

    def start(routes: Mapping[str, Callable[[Any], object]]) -> Server:
        server = Server(routes)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()
