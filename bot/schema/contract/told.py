"""How each shape is made from the bot's dataclasses, and a citation read from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from bot.schema.answer import (
    Answer,
    CheckReport,
    Citation,
    Extent,
    Finding,
    Proof,
    Receipt,
)
from bot.schema.contract.served import AnyLibrary
from bot.schema.contract.shapes import (
    AnswerJson,
    CitationJson,
    CorporaJson,
    CorpusJson,
    DocumentJson,
    DocumentsJson,
    DocumentSummaryJson,
    ExtentJson,
    FactJson,
    FactsJson,
    FindingJson,
    ProofJson,
    ProvenFactJson,
    QuoteJson,
    ReceiptJson,
    ReportJson,
)
from bot.schema.fact_range import digest
from corpus.model import Corpus, Document, Fact, Quote
from corpus.selection import EVERY_FACT, FactFilter, paged

RANGED_FACTS = 1_000
"""Up to so many facts of an extent are listed; of a longer one the proof holds the number and the sha256 alone."""


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
        "said": finding.said or finding.claim,
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
