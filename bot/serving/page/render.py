"""What the page shows, as HTML: an answer with its proof, a checked text, the facts of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.schema.answer import Answer, CheckReport, Citation, Finding, Status, Verdict
from bot.serving.page.markup import answer_html, escaped, marked_html, quoted_html
from corpus.model import Corpus, Fact

STATUS_LABELS = {
    Status.ANSWERED: "Stated in the source",
    Status.INFERRED: "Follows from the source",
    Status.CORRECTED: "Question corrected",
    Status.PARTIAL: "Partly stated",
    Status.AMBIGUOUS: "Several answers",
    Status.CONFLICTING: "Sources disagree",
    Status.NOT_STATED: "Not stated",
    Status.OUT_OF_SCOPE: "Outside this corpus",
    Status.CHAT: "Conversation",
}

VERDICT_LABELS = {
    Verdict.SUPPORTED: "Supported",
    Verdict.REFUTED: "Refuted",
    Verdict.NOT_ENOUGH_INFO: "Not enough information",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation, and its turn as it is shown; ``number`` is unique in the conversation."""

    number: int
    question: str
    html: str


def header_html(corpus: Corpus, model: str) -> str:
    """The page's heading: what is answered from, and the chat model that words the answers where there is one."""
    count = len(corpus.documents)
    documents = ", ".join(escaped(document.title) for document in list(corpus.documents.values())[:3])
    more = f" and {count - 3} more" if count > 3 else ""
    worded = f" They are worded by {escaped(model)}, and checked." if model else ""
    return (
        f'<div class="wl-header"><h1>{escaped(corpus.title)}</h1><p>{escaped(corpus.description)}</p>'
        f'<p class="wl-soft">Answers come from {documents}{more}, and from nowhere else.{worded}</p></div>'
    )


def not_ready_html(why: str) -> str:
    """The page of a server that has nothing to answer from."""
    return (
        '<div class="wl-header"><h1>Not ready yet</h1></div>'
        f'<div class="wl-notice" role="alert"><p>{escaped(why)}</p></div>'
    )


def conversation_html(turns: Sequence[Turn], pending: str = "") -> str:
    """The conversation so far; ``pending`` is the HTML of the turn that is being answered."""
    shown = "".join(turn.html for turn in turns) + pending
    return f'<div class="wl-log" role="log" aria-live="polite" aria-label="Conversation">{shown}</div>'


def pending_html(question: str, so_far: str) -> str:
    """A turn whose answer is still coming."""
    text = answer_html(so_far, lambda number: f"[{number}]") if so_far else "Looking it up…"
    return (
        f'<article class="wl-turn">{_question(question)}<div class="wl-answer" aria-busy="true">{text}</div></article>'
    )


def message_html(question: str, message: str) -> str:
    """A turn that could not be answered."""
    notice = f'<div class="wl-notice" role="alert">{escaped(message)}</div>'
    return f'<article class="wl-turn">{_question(question)}{notice}</article>'


def turn_html(answer: Answer, corpus: Corpus, number: int) -> str:
    """One turn in full. ``number`` is unique in the page, so that a citation finds its source."""
    sources = {citation.index: f"wl-{number}-{citation.index}" for citation in answer.citations}
    body = answer_html(answer.answer, lambda index: _reference(index, sources))
    return (
        f'<article class="wl-turn">{_question(answer.question)}<div class="wl-answer">'
        f"{_badges(answer)}{body}{_understood(answer)}{_sources(answer.citations, sources, corpus)}"
        f"{_checked(answer.findings)}{_origin(answer)}</div></article>"
    )


def report_html(report: CheckReport, corpus: Corpus) -> str:
    """A checked text: the verdict, the text with its claims coloured, what is said of each claim, and the sources."""
    if not report.findings:
        return '<div class="wl-notice" role="status">This text claims nothing that could be checked.</div>'
    stretches = [(finding.start, finding.end, f"wl-{finding.verdict.value}") for finding in report.findings]
    sources = {citation.index: f"wl-check-{citation.index}" for citation in report.citations}
    return (
        f'<div class="wl-report" role="status"><p>{_verdict_badge(report.verdict)}</p>'
        f'<p class="wl-text">{marked_html(report.text, stretches)}</p>'
        f"{_findings(report.findings)}{_sources(report.citations, sources, corpus)}</div>"
    )


def facts_html(corpus: Corpus) -> str:
    """Every fact of the corpus, with the words of the source that carry it."""
    rows = "".join(_fact_row(fact) for fact in corpus.facts.values())
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Subject", "Relation", "Object", "In the source's words")
    )
    return (
        f'<div class="wl-facts" tabindex="0" role="region" aria-label="Facts"><table><caption>{len(corpus.facts)} facts'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _question(question: str) -> str:
    return f'<div class="wl-question"><span class="wl-hidden">You asked:</span>{escaped(question)}</div>'


def _reference(index: int, sources: dict[int, str]) -> str:
    """A numbered button that leads to its source; a number with no source stays text."""
    if index not in sources:
        return f"[{index}]"
    target = f'data-source="{sources[index]}" aria-label="Source {index}"'
    return f'<button type="button" class="wl-cite" {target}>{index}</button>'


def _badges(answer: Answer) -> str:
    status = f'<span class="wl-badge wl-{answer.status.value}">{STATUS_LABELS[answer.status]}</span>'
    verdict = _verdict_badge(answer.verdict) if answer.verdict else ""
    return f'<div class="wl-badges">{status}{verdict}</div>'


def _verdict_badge(verdict: Verdict) -> str:
    return f'<span class="wl-badge wl-{verdict.value}">{VERDICT_LABELS[verdict]}</span>'


def _understood(answer: Answer) -> str:
    """How the question was read, where that is more than the question itself."""
    read = []
    if answer.standalone_question not in ("", answer.question):
        read.append(f"Taken as “{escaped(answer.standalone_question)}”")
    if answer.understood:
        read.append(f"Read as {escaped(answer.understood)}")
    return f'<p class="wl-soft wl-read">{" · ".join(read)}</p>' if read else ""


def _sources(citations: Sequence[Citation], sources: dict[int, str], corpus: Corpus) -> str:
    """The quotes in their paragraphs, numbered; one that several sentences rest on is shown once."""
    shown = {citation.index: citation for citation in reversed(citations)}
    items = "".join(
        f'<details class="wl-source" id="{sources[index]}"{" open" if place == 0 else ""}>'
        f'<summary><span class="wl-number">{index}</span>{escaped(shown[index].document_title)}</summary>'
        f"<blockquote>{quoted_html(corpus, shown[index].quote)}</blockquote></details>"
        for place, index in enumerate(sorted(shown))
    )
    return f'<section class="wl-sources" aria-label="Sources">{items}</section>' if items else ""


def _checked(findings: Sequence[Finding]) -> str:
    """The check of the answer's own claims, folded away where all of them hold."""
    if not findings:
        return ""
    shown = [finding for finding in findings if not finding.withheld]
    held = sum(finding.verdict is Verdict.SUPPORTED for finding in shown)
    summary = f"Checked: {held} of {len(shown)} {'claim' if len(shown) == 1 else 'claims'} supported"
    if withheld := len(findings) - len(shown):
        summary += f", {withheld} withheld"
    unfolded = "" if held == len(findings) else " open"
    return f'<details class="wl-checked"{unfolded}><summary>{summary}</summary>{_findings(findings)}</details>'


def _findings(findings: Sequence[Finding]) -> str:
    return f'<ol class="wl-findings">{"".join(_finding(finding) for finding in findings)}</ol>'


def _finding(finding: Finding) -> str:
    correction = f'<p class="wl-correction">Instead: {escaped(finding.correction)}</p>' if finding.correction else ""
    steps = "".join(f"<li>{escaped(step.text)}</li>" for step in finding.steps)
    proof = f'<ul class="wl-steps" aria-label="Steps">{steps}</ul>' if steps else ""
    withheld = '<span class="wl-badge">Withheld</span> ' if finding.withheld else ""
    read = f'<p class="wl-read">Read as: {escaped(finding.read_as)}</p>' if finding.read_as else ""
    return (
        f"<li>{withheld}{_verdict_badge(finding.verdict)} <q>{escaped(finding.claim)}</q>"
        f"{read}<p>{escaped(finding.explanation)}</p>{correction}{proof}</li>"
    )


def _origin(answer: Answer) -> str:
    """One quiet line: what made the answer, how long it took, and the receipt it can be checked by."""
    total = answer.timings_ms.get("total")
    took = f" · {total:.0f} ms" if total is not None else ""
    receipt = answer.receipt
    told = "".join(
        f"<dt>{name}</dt><dd>{escaped(value)}</dd>"
        for name, value in (
            ("Corpus", receipt.corpus),
            ("Index", receipt.index),
            ("Program", receipt.program),
            ("Answer", receipt.answer),
        )
    )
    return (
        f'<details class="wl-origin"><summary>Made from {escaped(answer.generator)}{took} · receipt '
        f"{escaped(receipt.answer[:8])}</summary><dl>{told}</dl></details>"
    )


def _fact_row(fact: Fact) -> str:
    qualifiers = "; ".join(f"{name}: {', '.join(values)}" for name, values in fact.qualifiers.items())
    more = f'<div class="wl-soft">{escaped(qualifiers)}</div>' if qualifiers else ""
    opened = '<div class="wl-soft">the source\'s list is open</div>' if fact.open else ""
    return (
        f"<tr><td>{escaped(fact.subject)}</td><td>{escaped(fact.predicate)}</td>"
        f"<td>{escaped(fact.label or fact.object)}{more}{opened}</td><td><q>{escaped(fact.quote.text)}</q></td></tr>"
    )
