"""The shapes that flow through the bot: one frozen dataclass for each arrow of the pipeline.

Question → Query → Evidence → Draft → Findings → Answer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.model import Corpus, Fact, Quote
from corpus.passages import heading_and_page


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
    SILENT = "silent"
    WRONG_LEADER = "wrong_leader"
    WRONG_SCOPE = "wrong_scope"
    WRONG_NUMBER = "wrong_number"
    WRONG_DATE = "wrong_date"
    WRONG_SPEAKER = "wrong_speaker"
    WRONG_POLARITY = "wrong_polarity"
    ALTERED_QUOTE = "altered_quote"
    OVER_GENERAL = "over_general"
    UNSTATED = "unstated"
    HYPOTHETICAL = "hypothetical"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a chat model has counted: what it was told, and what it said."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)

    def __bool__(self) -> bool:
        return bool(self.prompt_tokens or self.completion_tokens)


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote, and the stretch of the answer (or of the checked text) that rests on it.

    ``heading`` is the nearest above the quote, "" where there is none; ``page`` its page, 0 where there are no pages.
    """

    index: int
    quote: Quote
    document_title: str
    answer_start: int
    answer_end: int
    heading: str = ""
    page: int = 0

    @classmethod
    def of(cls, corpus: Corpus, index: int, quote: Quote, start: int, end: int) -> Citation:
        """The citation of a quote of ``corpus`` for the stretch from ``start`` to ``end``."""
        title = corpus.documents[quote.document_id].title
        return cls(index, quote, title, start, end, *heading_and_page(corpus, quote))


class Link(StrEnum):
    """How the part of a step stands to its whole: on the world's map, or as a name that a general term covers."""

    SAME = "same"
    INSIDE = "inside"
    OVERLAPS = "overlaps"
    DISPUTED = "disputed"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Step:
    """What a proof takes from beyond the source's sentences: how ``part`` stands to ``whole``.

    Both are names of entities or ids of the world's places. ``text`` is the sentence that tells the step, "" where an
    answer need not tell it: Step("TH", "South East Asia", Link.INSIDE, "Thailand lies in South East Asia").
    """

    part: str
    whole: str
    link: Link
    text: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """The facts that a claim ranges over: all of ``predicate`` that fit what is named; an empty tuple or name fits all.

    ``kinds`` are kinds of objects. ``objects`` and ``qualifiers`` hold names one of which the fact must have there;
    ``place``: the fact's object shares ground with it. ``members``: all who could be a subject, where the claim rests
    on who they are; ``exclusive``: it rests on an object having one subject (or on the source naming them all).

        "Acme leads three regions"     Extent("leads", kinds=("region",), subjects=("Acme",))
        "Acme leads most regions"      Extent("leads", kinds=("region",))
        "Bolt leads Europe" (refuted)  Extent("leads", objects=("Europe",), exclusive=True)
        "Crane leads in Thailand"      Extent("leads", place="TH")
    """

    predicate: str
    kinds: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    place: str = ""
    members: tuple[str, ...] = ()
    exclusive: bool = False
    facts: tuple[Fact, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verdict rests on, complete enough to be checked again without asking again.

    ``documents`` gives the sha256 of each document that is quoted, by its id.
    """

    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = ()
    quotes: tuple[Quote, ...] = ()
    extents: tuple[Extent, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the checker says of one claim; ``start`` and ``end`` are offsets into the checked text.

    ``proof`` is there for every verdict but ``not_enough_info``. ``withheld``: the gate kept the claim out of the
    answer, so that it stands nowhere; its offsets are 0. ``claim`` can be read alone; ``said``: the words of the text
    that make it, where they cannot ("Iberia" in a list), else empty. ``read_as``: the statement that it was taken to
    make, where that was chosen and not read word for word.
    """

    claim: str
    start: int
    end: int
    verdict: Verdict
    reason: Reason
    explanation: str
    correction: str | None = None
    citations: tuple[int, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = ()
    proof: Proof | None = None
    withheld: bool = False
    read_as: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer was made from: the sha256 of corpus and index, the program's version, the answer's sha256."""

    corpus: str
    index: str
    program: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, ready to be shown. ``understood`` says in words how the question was read, ``reader`` who chose
    that reading, and ``alternatives`` has the next best ones, as questions that stand alone.

    ``proof`` is that of the answer as a whole: with all facts that its values, or their absence, rest on. ``usage``:
    what a chat model counted for it, if one took part and tells; a reading that was kept counts as when it was made.
    """

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
    reader: str = "exact"
    alternatives: tuple[str, ...] = ()
    understood: str = ""
    proof: Proof | None = None
    usage: Usage = NO_USAGE
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a text has been checked, in characters."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings on a text, in the order of its claims, with the verdict over them all."""

    text: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...]
    receipt: Receipt
