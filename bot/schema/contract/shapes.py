"""The JSON shapes of the API.

A shape is a ``TypedDict``: its key order is the order on the wire, and the OpenAPI description is made from it. Keys
below ``# additions`` go beyond the contract, and a client may ignore them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, NotRequired

from typing_extensions import TypedDict

from bot.schema.answer import (
    Link,
    Reason,
    Status,
    Verdict,
)


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
    null where its own words were read. ``claim`` can be read alone ("Acme leads Iberia."); ``said`` are the words from
    ``start`` to ``end`` that make it ("Iberia").
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
    said: str
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
