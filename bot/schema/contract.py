"""The JSON shapes of the API, and how each is made from the bot's dataclasses.

The API and the command line print the same shapes, so they live above neither. A shape is a ``TypedDict``: its key
order is the order on the wire, and the OpenAPI description is made from it. Keys below ``# additions`` go beyond the
contract, and a client may ignore them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, Protocol

from typing_extensions import TypedDict

from bot.schema.answer import (
    Answer,
    CheckReport,
    Citation,
    Extent,
    Finding,
    Link,
    Proof,
    Reason,
    Receipt,
    Status,
    Step,
    Verdict,
)
from bot.schema.fact_range import digest
from corpus.model import Corpus, Document, Fact, Passage, Quote
from corpus.selection import EVERY_FACT, FactFilter, paged

QUESTION_CHARACTERS = 2_000
"""The longest question that is taken, in code points."""

TURNS = 20
"""How many earlier questions are taken into account: further back, nothing refers to them."""

RANGED_FACTS = 1_000
"""Up to so many facts of an extent are listed; of a longer one the proof holds the number and the sha256 alone."""


class AnyEvent(Protocol):
    """One step of a streamed answer."""

    @property
    def name(self) -> str:
        """Which step: status, citation, delta, finding or done."""

    @property
    def payload(self) -> object:
        """What the step brings: text, progress, a citation, a finding, or at ``done`` the whole answer or report."""


class AnyEvidence(Protocol):
    """What was found for a question: how it stands to the source, who or what it is, and by which steps."""

    @property
    def status(self) -> Status:
        """How it stands to the source."""

    @property
    def values(self) -> Sequence[str]:
        """The names that were found."""

    @property
    def steps(self) -> Sequence[Step]:
        """What leads from the facts to them."""


class AnyBot(Protocol):
    """What the API and the page ask of a bot."""

    @property
    def corpus(self) -> Corpus:
        """What it answers from."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer; ``history`` holds the user's earlier questions, oldest first."""

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[AnyEvent]:
        """Answer step by step; the last event is ``done``."""

    def check(self, text: str) -> CheckReport:
        """Check each claim of a text."""

    def check_stream(self, text: str) -> Iterator[AnyEvent]:
        """Check claim by claim; the last event is ``done``."""

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """The passages nearest to a text, best first, at most ``limit``."""

    def leaders_in(self, place: str) -> AnyEvidence:
        """Who has a place of the world's map in the corpus's main relation, by its id. Raises UnknownPlace."""


class AnyBreaker(Protocol):
    """The circuit breaker of a chat model."""

    @property
    def state(self) -> str:
        """closed, open or half-open."""


class AnyTally(Protocol):
    """What has come of asking a chat model since the program began; ``seconds`` were waited for it."""

    replied: int
    failed: int
    refused: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class AnyChat(Protocol):
    """What is told of a chat model."""

    @property
    def breaker(self) -> AnyBreaker:
        """Tells whether it is asked."""

    @property
    def tally(self) -> AnyTally:
        """What has come of it."""


class AnyLibrary(Protocol):
    """The served bots by corpus id; ``get`` takes None for the default and raises KeyError for an unknown id."""

    @property
    def default(self) -> str:
        """The id of the corpus that answers when none is named."""

    @property
    def chat(self) -> AnyChat | None:
        """The chat model that the bots ask, where there is one."""

    def get(self, corpus_id: str | None) -> AnyBot:
        """The bot of a corpus. Raises KeyError."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all corpora served."""

    def parts(self) -> Mapping[str, Mapping[str, object]]:
        """How each part stands: the corpora that are served, a chat model's name and circuit breaker."""

    def caches(self) -> Mapping[str, tuple[int, int, int | None, int]]:
        """By the name of what is kept: how often it was there, how often not, how many may be kept, how many are."""


class OneOf:
    """Tells of a text that it is one of a closed set, in the JSON Schema that is made of a shape."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [str(name) for name in names]

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {**handler(core), "enum": self._names}


StatusName = Annotated[str, OneOf(Status)]
VerdictName = Annotated[str, OneOf(Verdict)]
ReasonName = Annotated[str, OneOf(Reason)]
LinkName = Annotated[str, OneOf(Link)]


class CitationJson(TypedDict):
    """A quote of a document, and the stretch of the answer (or checked text) that rests on it."""

    index: int
    document_id: str
    document_title: str
    start_char_index: int
    end_char_index: int
    cited_text: str
    answer_start: int
    answer_end: int
    # additions
    heading: str
    page: int | None


class FactJson(TypedDict):
    """A fact of the corpus, with the quote that carries it."""

    id: str
    subject: str
    predicate: str
    object: str
    object_kind: str
    # additions
    label: str
    qualifiers: dict[str, list[str]]
    open: bool
    document_id: str
    start_char_index: int
    end_char_index: int
    quote: str


class QuoteJson(TypedDict):
    """A stretch of a document, and the sha256 of the whole document."""

    document_id: str
    document_sha256: str
    start_char_index: int
    end_char_index: int
    text: str


class ProvenFactJson(TypedDict):
    """A fact that a proof uses."""

    id: str
    subject: str
    predicate: str
    object: str
    object_kind: str
    qualifiers: dict[str, list[str]]
    quote: QuoteJson


class StepJson(TypedDict):
    """How ``part`` stands to ``whole``, names of entities or ids of places: same, inside, overlaps, disputed, covered.

    ``text`` is the sentence that tells it, empty where the answer need not.
    """

    part: str
    whole: str
    link: LinkName
    text: str


class RangedFactJson(TypedDict):
    """A fact that an extent takes in."""

    id: str
    subject: str
    object: str


class ExtentJson(TypedDict):
    """The facts that a claim ranges over: those of ``predicate`` that fit what is named, where empty fits all.

    ``count`` is their number, ``sha256`` that over the JSON of their [id, subject, object] in the order of ids;
    ``facts`` lists them unless they are more than 1,000.
    """

    predicate: str
    kinds: list[str]
    subjects: list[str]
    objects: list[str]
    qualifiers: list[str]
    place: str
    members: list[str]
    exclusive: bool
    count: int
    sha256: str
    facts: list[RangedFactJson]


class ProofJson(TypedDict):
    """What a verdict rests on; ``wholeads verify`` checks it again."""

    facts: list[ProvenFactJson]
    steps: list[StepJson]
    quotes: list[QuoteJson]
    extents: list[ExtentJson]


class FindingJson(TypedDict):
    """What the checker says of one claim; ``facts`` are the ids of the facts that decide it.

    ``withheld``: a chat model said it, and the gate kept it out of the answer; ``start`` and ``end`` are then null.
    ``proof`` is null where there is not enough info. ``read_as`` is the statement that the claim was taken to make,
    null where its own words were read.
    """

    claim: str
    start: int | None
    end: int | None
    verdict: VerdictName
    explanation: str
    correction: str | None
    citations: list[int]
    # additions
    reason: ReasonName
    facts: list[str]
    steps: list[str]
    withheld: bool
    read_as: str | None
    proof: ProofJson | None


class ReceiptJson(TypedDict):
    """What an answer was made from."""

    corpus: str
    index: str
    program: str
    answer: str


class UsageJson(TypedDict):
    """The tokens that a chat model counted for an answer."""

    prompt_tokens: int
    completion_tokens: int


class AnswerJson(TypedDict):
    """The response of ``POST /v1/ask``."""

    question: str
    standalone_question: str
    answer: str
    status: StatusName
    verdict: VerdictName | None
    values: list[str]
    citations: list[CitationJson]
    facts: list[FactJson]
    findings: list[FindingJson]
    suggestions: list[str]
    receipt: ReceiptJson
    alternatives: list[str]
    reader: str
    generator: str
    session_id: str
    timings_ms: dict[str, float]
    # additions
    understood: str
    proof: ProofJson | None
    answer_id: str
    usage: NotRequired[UsageJson]


class FeedbackJson(TypedDict):
    """The response of ``POST /v1/feedback``."""

    id: int
    status: Literal["received"]


class ConversationJson(TypedDict):
    """A conversation that is kept; times are in ISO 8601, ``turns`` is a number."""

    id: str
    corpus: str
    title: str
    created: str
    updated: str
    turns: int


class ConversationsJson(TypedDict):
    """The response of ``GET /v1/conversations``, the one that was spoken in last first."""

    conversations: list[ConversationJson]
    next_cursor: str | None


class TurnJson(TypedDict):
    """A turn of a conversation; ``answer`` is null where the question came along as one that had been asked before."""

    position: int
    corpus: str
    question: str
    answer: AnswerJson | None
    created: str


class TurnsJson(TypedDict):
    """The response of ``GET /v1/conversations/{id}``: its last turns, oldest first."""

    conversation: ConversationJson
    turns: list[TurnJson]
    next_cursor: str | None


class DeletedJson(TypedDict):
    """The response of ``DELETE /v1/conversations``: how much was deleted of each."""

    conversations: int
    feedback: int
    questions: int


class ReportJson(TypedDict):
    """The response of ``POST /v1/check``."""

    verdict: VerdictName
    findings: list[FindingJson]
    citations: list[CitationJson]
    receipt: ReceiptJson
    # additions
    text: str


class DocumentSummaryJson(TypedDict):
    """A document without its text; ``characters`` counts Unicode code points.

    ``original_sha256`` is that of the file which the text was read out of.
    """

    id: str
    title: str
    source: str
    date: str
    licence: str
    language: str
    sha256: str
    original_sha256: str
    characters: int


class DocumentJson(DocumentSummaryJson):
    """A document with its text."""

    text: str


class CorpusJson(TypedDict):
    """A served corpus; ``documents`` and ``facts`` are counts."""

    id: str
    title: str
    description: str
    language: str
    sha256: str
    documents: int
    facts: int
    examples: list[str]


class FactsJson(TypedDict):
    """The response of ``GET /v1/facts``.

    ``total`` counts the facts that fit, on all pages; ``next_cursor`` leads to the page behind, null on the last.
    """

    corpus: str
    facts: list[FactJson]
    # additions
    total: int
    next_cursor: str | None


class DocumentsJson(TypedDict):
    """The response of ``GET /v1/documents``; ``total`` and ``next_cursor`` are as in that of ``GET /v1/facts``."""

    corpus: str
    documents: list[DocumentSummaryJson]
    # additions
    total: int
    next_cursor: str | None


class CorporaJson(TypedDict):
    """The response of ``GET /v1/corpora``."""

    default: str
    corpora: list[CorpusJson]


def answer_id_of(corpus_id: str, history: Sequence[str], answer: Answer) -> str:
    """The name of an answer, for feedback on it: the same for the same answer to the same question."""
    named = json.dumps([corpus_id, answer.question, list(history), answer.answer])
    return hashlib.sha256(named.encode("ascii")).hexdigest()[:32]


def answer_to_json(answer: Answer, session_id: str = "", answer_id: str = "") -> AnswerJson:
    """The whole answer; ``session_id`` names the conversation it belongs to, empty where there is none.

    ``answer_id`` is what feedback names it by, empty where no server keeps it.
    ``usage`` is there where a chat model took part and counts its tokens.
    """
    told: AnswerJson = {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answer": answer.answer,
        "status": answer.status.value,
        "verdict": answer.verdict.value if answer.verdict else None,
        "values": list(answer.values),
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "facts": [fact_to_json(fact) for fact in answer.facts],
        "findings": [finding_to_json(finding) for finding in answer.findings],
        "suggestions": list(answer.suggestions),
        "receipt": receipt_to_json(answer.receipt),
        "alternatives": list(answer.alternatives),
        "reader": answer.reader,
        "generator": answer.generator,
        "session_id": session_id,
        "timings_ms": _timings(answer.timings_ms),
        "understood": answer.understood,
        "proof": proof_to_json(answer.proof) if answer.proof else None,
        "answer_id": answer_id,
    }
    if answer.usage:
        told["usage"] = {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
        }
    return told


def report_to_json(report: CheckReport) -> ReportJson:
    """The verdict over the text, its findings in order, and the quotes that they rest on."""
    return {
        "verdict": report.verdict.value,
        "findings": [finding_to_json(finding) for finding in report.findings],
        "citations": [citation_to_json(citation) for citation in report.citations],
        "receipt": receipt_to_json(report.receipt),
        "text": report.text,
    }


def citation_to_json(citation: Citation) -> CitationJson:
    """One citation; offsets count code points, the end exclusive."""
    return {
        "index": citation.index,
        "document_id": citation.quote.document_id,
        "document_title": citation.document_title,
        "start_char_index": citation.quote.start,
        "end_char_index": citation.quote.end,
        "cited_text": citation.quote.text,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "heading": citation.heading,
        "page": citation.page or None,
    }


def citation_from_json(told: CitationJson) -> Citation:
    """A citation as it was told; one of an older server may have neither heading nor page."""
    quote = Quote(told["document_id"], told["start_char_index"], told["end_char_index"], told["cited_text"])
    heading, page = told.get("heading", ""), told.get("page") or 0
    stretch = told["answer_start"], told["answer_end"]
    return Citation(told["index"], quote, told["document_title"], *stretch, heading, page)


def fact_to_json(fact: Fact) -> FactJson:
    """One fact with its quote."""
    return {
        "id": fact.id,
        "subject": fact.subject,
        "predicate": fact.predicate,
        "object": fact.object,
        "object_kind": fact.object_kind,
        "label": fact.label,
        "qualifiers": {name: list(values) for name, values in fact.qualifiers.items()},
        "open": fact.open,
        "document_id": fact.quote.document_id,
        "start_char_index": fact.quote.start,
        "end_char_index": fact.quote.end,
        "quote": fact.quote.text,
    }


def finding_to_json(finding: Finding) -> FindingJson:
    """One finding with the reason and the steps that led to its verdict."""
    return {
        "claim": finding.claim,
        "start": None if finding.withheld else finding.start,
        "end": None if finding.withheld else finding.end,
        "verdict": finding.verdict.value,
        "explanation": finding.explanation,
        "correction": finding.correction,
        "citations": list(finding.citations),
        "reason": finding.reason.value,
        "facts": [fact.id for fact in finding.facts],
        "steps": [step.text for step in finding.steps],
        "withheld": finding.withheld,
        "read_as": finding.read_as or None,
        "proof": proof_to_json(finding.proof) if finding.proof else None,
    }


def proof_to_json(proof: Proof) -> ProofJson:
    """A proof with all that it takes to check it again."""
    return {
        "facts": [_proven_to_json(fact, proof) for fact in proof.facts],
        "steps": [
            {"part": step.part, "whole": step.whole, "link": step.link.value, "text": step.text} for step in proof.steps
        ],
        "quotes": [_quote_to_json(quote, proof) for quote in proof.quotes],
        "extents": [_extent_to_json(extent) for extent in proof.extents],
    }


def _proven_to_json(fact: Fact, proof: Proof) -> ProvenFactJson:
    return {
        "id": fact.id,
        "subject": fact.subject,
        "predicate": fact.predicate,
        "object": fact.object,
        "object_kind": fact.object_kind,
        "qualifiers": {name: list(values) for name, values in fact.qualifiers.items()},
        "quote": _quote_to_json(fact.quote, proof),
    }


def _quote_to_json(quote: Quote, proof: Proof) -> QuoteJson:
    return {
        "document_id": quote.document_id,
        "document_sha256": proof.documents[quote.document_id],
        "start_char_index": quote.start,
        "end_char_index": quote.end,
        "text": quote.text,
    }


def _extent_to_json(extent: Extent) -> ExtentJson:
    listed = extent.facts if len(extent.facts) <= RANGED_FACTS else ()
    return {
        "predicate": extent.predicate,
        "kinds": list(extent.kinds),
        "subjects": list(extent.subjects),
        "objects": list(extent.objects),
        "qualifiers": list(extent.qualifiers),
        "place": extent.place,
        "members": list(extent.members),
        "exclusive": extent.exclusive,
        "count": len(extent.facts),
        "sha256": digest(extent.facts),
        "facts": [{"id": fact.id, "subject": fact.subject, "object": fact.object} for fact in listed],
    }


def receipt_to_json(receipt: Receipt) -> ReceiptJson:
    """The receipt as it is."""
    return {
        "corpus": receipt.corpus,
        "index": receipt.index,
        "program": receipt.program,
        "answer": receipt.answer,
    }


def document_summary_to_json(document: Document) -> DocumentSummaryJson:
    """A document for a list: everything but its text."""
    return {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "date": document.date,
        "licence": document.licence,
        "language": document.language,
        "sha256": document.sha256,
        "original_sha256": document.original_sha256,
        "characters": len(document.text),
    }


def document_to_json(document: Document) -> DocumentJson:
    """A document with its text, whose UTF-8 bytes have the ``sha256`` given."""
    return {**document_summary_to_json(document), "text": document.text}


def facts_to_json(
    corpus: Corpus, chosen: FactFilter = EVERY_FACT, limit: int | None = None, cursor: str | None = None
) -> FactsJson:
    """The facts of a corpus that fit, in the order of its file, all of them or a page.

    Raises UnknownName and UnknownCursor.
    """
    page = paged(chosen.facts(corpus), limit, cursor)
    return {
        "corpus": corpus.id,
        "facts": [fact_to_json(fact) for fact in page.items],
        "total": page.total,
        "next_cursor": page.next,
    }


def documents_to_json(corpus: Corpus, limit: int | None = None, cursor: str | None = None) -> DocumentsJson:
    """The documents of a corpus, without their text, all of them or a page. Raises UnknownCursor."""
    page = paged(corpus.documents.values(), limit, cursor)
    return {
        "corpus": corpus.id,
        "documents": [document_summary_to_json(document) for document in page.items],
        "total": page.total,
        "next_cursor": page.next,
    }


def corpus_to_json(corpus: Corpus) -> CorpusJson:
    """What a client needs to offer a corpus to a person."""
    return {
        "id": corpus.id,
        "title": corpus.title,
        "description": corpus.description,
        "language": corpus.language,
        "sha256": corpus.sha256,
        "documents": len(corpus.documents),
        "facts": len(corpus.facts),
        "examples": list(corpus.examples),
    }


def corpora_to_json(library: AnyLibrary) -> CorporaJson:
    """Every served corpus, and which one answers when none is named."""
    return {
        "default": library.default,
        "corpora": [corpus_to_json(library.get(corpus_id).corpus) for corpus_id in library.ids()],
    }


def _timings(timings_ms: Mapping[str, float]) -> dict[str, float]:
    """Milliseconds to a thousandth: more digits would only be noise."""
    return {step: round(milliseconds, 3) for step, milliseconds in timings_ms.items()}
