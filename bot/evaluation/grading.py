"""Holding what the bot said against what a case expects.

Beside the case's own expectations every citation is held against its document, in every turn of every case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.evaluation.suite import Expectation
from bot.schema.answer import Answer, CheckReport, Citation, Finding, Status, Verdict
from corpus.model import Document

# Quotation marks and dashes are typed in many ways; a suite may write them plainly.
_SAME_SIGNS = ({"'", "\u2018", "\u2019"}, {'"', "\u201c", "\u201d"}, {"-", "\u2010", "\u2011", "\u2013"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An expectation that does not hold: its key in the suite, what it asks for, and what there was."""

    key: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What an answer and a check report have in common, as far as a case can look at it.

    ``said`` is what the bot says (an answer, or the findings' explanations and corrections); ``anchor`` the text that
    the citations' ``answer_start`` and ``answer_end`` point into. ``facts`` are the ids of those that were used.
    """

    said: str
    anchor: str
    status: Status | None
    verdict: Verdict | None
    values: tuple[str, ...]
    corrections: tuple[str, ...]
    citations: tuple[Citation, ...]
    findings: tuple[Verdict, ...] = ()
    facts: tuple[str, ...] = ()


def observe_answer(answer: Answer) -> Observation:
    """An answer, as a case sees it."""
    return Observation(
        said=answer.answer,
        anchor=answer.answer,
        status=answer.status,
        verdict=answer.verdict,
        values=answer.values,
        corrections=_corrections(answer.findings),
        citations=answer.citations,
        facts=tuple(fact.id for fact in answer.facts),
    )


def observe_report(report: CheckReport) -> Observation:
    """A check report, as a case sees it."""
    corrections = _corrections(report.findings)
    facts = dict.fromkeys(fact.id for finding in report.findings for fact in finding.facts)
    return Observation(
        said="\n".join((*(finding.explanation for finding in report.findings), *corrections)),
        anchor=report.text,
        status=None,
        verdict=report.verdict,
        values=(),
        corrections=corrections,
        citations=report.citations,
        findings=tuple(finding.verdict for finding in report.findings),
        facts=tuple(facts),
    )


def _corrections(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(finding.correction for finding in findings if finding.correction)


def grade(expect: Expectation, seen: Observation, documents: Mapping[str, Document]) -> tuple[Mismatch, ...]:
    """What does not hold, in the order of the suite's keys; empty when the case passes."""
    return (
        *_grade_terms(expect, seen),
        *grade_text(expect, seen),
        *_grade_corrections(expect, seen),
        *_grade_cites(expect, seen, documents),
        *unsound_citations(seen, documents),
    )


def beyond_text(expect: Expectation) -> tuple[str, ...]:
    """The keys of what is expected that no text alone can show."""
    keys = ("status", "verdict", "values", "values_include", "findings", "correction_contains", "cites")
    # No values at all are an expectation, and of the others nothing is.
    return tuple(key for key in keys if getattr(expect, key) or (key == "values" and expect.values is not None))


def unsound_citations(seen: Observation, documents: Mapping[str, Document]) -> Iterator[Mismatch]:
    """Citations whose offsets do not give their quote, or that point outside the text that rests on them."""
    for citation in seen.citations:
        quote = citation.quote
        where = f"[{citation.index}] {quote.document_id}[{quote.start}:{quote.end}]"
        document = documents.get(quote.document_id)
        if document is None:
            yield Mismatch("citations", f"{where} names a document of the corpus", f"there are {', '.join(documents)}")
        elif not 0 <= quote.start < quote.end <= len(document.text):
            yield Mismatch("citations", f"{where} lies in the document", f"it has {len(document.text)} characters")
        elif document.text[quote.start : quote.end] != quote.text:
            yield Mismatch("citations", f"{where} is {quote.text!r}", repr(document.text[quote.start : quote.end]))
        if not 0 <= citation.answer_start <= citation.answer_end <= len(seen.anchor):
            span = f"{citation.answer_start}:{citation.answer_end}"
            yield Mismatch("citations", f"{where} supports a stretch of the text", f"{span} of {len(seen.anchor)}")


def _grade_terms(expect: Expectation, seen: Observation) -> Iterator[Mismatch]:
    if expect.status and seen.status not in expect.status:
        yield Mismatch("status", " or ".join(expect.status), str(seen.status))
    if expect.verdict and seen.verdict not in expect.verdict:
        accepted = " or ".join(verdict or "no verdict" for verdict in expect.verdict)
        yield Mismatch("verdict", accepted, seen.verdict or "no verdict")
    if expect.findings and seen.findings != expect.findings:
        yield Mismatch("findings", ", ".join(expect.findings), ", ".join(seen.findings) or "no claim")
    values = {_plain(value) for value in seen.values}
    if expect.values is not None:
        needed = {_plain(value) for value in expect.values}
        if not needed <= values <= needed | {_plain(value) for value in expect.values_may}:
            yield Mismatch("values", _shown(expect.values), _shown(seen.values))
    if not {_plain(value) for value in expect.values_include} <= values:
        yield Mismatch("values_include", _shown(expect.values_include), _shown(seen.values))


def grade_text(expect: Expectation, seen: Observation) -> Iterator[Mismatch]:
    """What does not hold of the words of the answer; that much can be judged of any bot."""
    said = _plain(seen.said)
    for literal in expect.contains:
        if _plain(literal) not in said:
            yield Mismatch("contains", literal, seen.said)
    for pattern in expect.matches:
        if not pattern.search(seen.said):
            yield Mismatch("matches", pattern.pattern, seen.said)
    for literal in expect.excludes:
        if _plain(literal) in said:
            yield Mismatch("excludes", f"nothing with {literal!r}", seen.said)
    for pattern in expect.not_matches:
        if hit := pattern.search(seen.said):
            yield Mismatch("not_matches", f"nothing like {pattern.pattern}", hit.group())


def _grade_corrections(expect: Expectation, seen: Observation) -> Iterator[Mismatch]:
    corrections = " ".join(seen.corrections)
    for literal in expect.correction_contains:
        if _plain(literal) not in _plain(corrections):
            yield Mismatch("correction_contains", literal, corrections or "no correction")


def _grade_cites(expect: Expectation, seen: Observation, documents: Mapping[str, Document]) -> Iterator[Mismatch]:
    for text in expect.cites:
        places = _places(text, documents)
        if not places:
            yield Mismatch("cites", text, "this text stands in no document of the corpus: mend the suite")
        elif not any(_overlaps(citation, place) for citation in seen.citations for place in places):
            cited = " | ".join(citation.quote.text for citation in seen.citations)
            yield Mismatch("cites", text, cited or "no citation")


def _places(text: str, documents: Mapping[str, Document]) -> list[tuple[str, int, int]]:
    """Where a text stands, as (document id, start, end); runs of space, quotation marks and dashes may differ."""
    pattern = re.compile(r"\s+".join(_any_sign(word) for word in text.split()), re.IGNORECASE)
    return [(doc.id, hit.start(), hit.end()) for doc in documents.values() for hit in pattern.finditer(doc.text)]


def _any_sign(word: str) -> str:
    classes = {sign: "[" + "".join(map(re.escape, sorted(signs))) + "]" for signs in _SAME_SIGNS for sign in signs}
    return "".join(classes.get(sign, re.escape(sign)) for sign in word)


def _overlaps(citation: Citation, place: tuple[str, int, int]) -> bool:
    document_id, start, end = place
    quote = citation.quote
    return quote.document_id == document_id and quote.start < end and start < quote.end


def _plain(text: str) -> str:
    """Without regard to case, line breaks and the form of quotation marks and dashes."""
    for signs in _SAME_SIGNS:
        first = min(signs)
        for sign in signs:
            text = text.replace(sign, first)
    return " ".join(text.split()).casefold()


def _shown(values: tuple[str, ...]) -> str:
    return ", ".join(values) if values else "no values"
