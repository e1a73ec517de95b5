"""The shapes that flow through the bot: one frozen dataclass for each arrow of the pipeline.

Question → Query → Evidence → Draft → Findings → Answer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.model import Fact, Quote


class Status(StrEnum):
    """How an answer stands to the source."""

    ANSWERED = "answered"
    INFERRED = "inferred"
    CORRECTED = "corrected"
    PARTIAL = "partial"
    AMBIGUOUS = "ambiguous"
    CONFLICTING = "conflicting"
    NOT_STATED = "not_stated"
    OUT_OF_SCOPE = "out_of_scope"
    CHAT = "chat"


class Verdict(StrEnum):
    """How a claim stands to the source, in the terms of FEVER."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_ENOUGH_INFO = "not_enough_info"


class Reason(StrEnum):
    """Why a finding has its verdict: a closed set, so that reports can count them."""

    STATED = "stated"
    FOLLOWS = "follows"
    QUOTED = "quoted"
    WRONG_LEADER = "wrong_leader"
    WRONG_SCOPE = "wrong_scope"
    WRONG_NUMBER = "wrong_number"
    WRONG_DATE = "wrong_date"
    WRONG_POLARITY = "wrong_polarity"
    ALTERED_QUOTE = "altered_quote"
    OVER_GENERAL = "over_general"
    UNSTATED = "unstated"
    HYPOTHETICAL = "hypothetical"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote, and the stretch of the answer (or of the checked text) that rests on it."""

    index: int
    quote: Quote
    document_title: str
    answer_start: int
    answer_end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the checker says of one claim; ``start`` and ``end`` are offsets into the checked text."""

    claim: str
    start: int
    end: int
    verdict: Verdict
    reason: Reason
    explanation: str
    correction: str | None = None
    citations: tuple[int, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer was made from: the sha256 of corpus and index, the program's version, the answer's sha256."""

    corpus: str
    index: str
    program: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, ready to be shown. ``understood`` says in words how the question was read."""

    question: str
    standalone_question: str
    answer: str
    status: Status
    verdict: Verdict | None
    values: tuple[str, ...]
    citations: tuple[Citation, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    suggestions: tuple[str, ...]
    receipt: Receipt
    generator: str
    understood: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings on a text, in the order of its claims, with the verdict over them all."""

    text: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...]
    receipt: Receipt
