"""Answers, checks, facts and test reports for people at a terminal.

Texts of users and corpora go out as plain text, never as markup, and without control characters: nothing that is
quoted can move the cursor or colour the screen. Off a terminal, lines are left unbroken and tables are plain lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from bot.evaluation.report import CaseResult, Outcome, Report
from bot.model import Answer, CheckReport, Citation, Status, Verdict
from corpus.model import Fact

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST_GOT = 400

_STATUS_STYLES = {
    Status.ANSWERED: "black on green",
    Status.INFERRED: "black on green",
    Status.CORRECTED: "black on yellow",
    Status.PARTIAL: "black on yellow",
    Status.AMBIGUOUS: "black on yellow",
    Status.CONFLICTING: "black on yellow",
    Status.NOT_STATED: "black on white",
    Status.OUT_OF_SCOPE: "black on white",
    Status.CHAT: "black on cyan",
}
_VERDICT_STYLES = {
    Verdict.SUPPORTED: "black on green",
    Verdict.REFUTED: "white on red",
    Verdict.NOT_ENOUGH_INFO: "black on yellow",
}


def show_answer(out: Console, answer: Answer) -> None:
    """The answer, how it stands to the source, its numbered sources, how it was understood and what to ask next."""
    badges = _badge(answer.status, _STATUS_STYLES[answer.status])
    if answer.verdict:
        badges.append_text(Text(" ")).append_text(_badge(answer.verdict, _VERDICT_STYLES[answer.verdict]))
    _line(out, badges)
    out.print(Markdown(_safe(answer.answer)) if out.is_terminal else Text(_safe(answer.answer)), soft_wrap=_plain(out))
    _show_sources(out, answer.citations)
    if answer.understood:
        _line(out, _labelled("Understood as", answer.understood))
    if answer.suggestions:
        _line(out, _labelled("Ask next", " · ".join(answer.suggestions)))


def show_check(out: Console, report: CheckReport) -> None:
    """The verdict over the text, then each claim with its own, the reason and the correction."""
    _line(out, _badge(report.verdict, _VERDICT_STYLES[report.verdict]))
    if not report.findings:
        _line(out, Text("The text makes no claim that could be checked."))
    for finding in report.findings:
        verdict = _badge(finding.verdict, _VERDICT_STYLES[finding.verdict])
        _line(out, Text.assemble(verdict, " ", (_safe(finding.claim), "bold")))
        marks = "".join(f" [{index}]" for index in finding.citations)
        _line(out, Text(f"  {_safe(finding.explanation)}{marks}"))
        if finding.correction:
            _line(out, Text("  ").append_text(_labelled("Correct", finding.correction)))
    _show_sources(out, report.citations)


def show_facts(out: Console, facts: Iterable[Fact]) -> None:
    """A table of facts; off a terminal, a line a fact with tabs between its columns."""
    rows = [(fact.id, fact.subject, fact.predicate, fact.label or fact.object, fact.quote.text) for fact in facts]
    if _plain(out):
        # Past rich, which would turn the tabs into spaces.
        out.file.writelines("\t".join(" ".join(_safe(cell).split()) for cell in row) + "\n" for row in rows)
        return
    table = Table("id", "subject", "predicate", "object", "quote")
    for row in rows:
        table.add_row(*(Text(_safe(cell)) for cell in row))
    out.print(table)


def show_report(out: Console, report: Report) -> None:
    """The counts by tag, then each failure with what was expected and what there was, then one line of totals."""
    table = Table("tag", "passed", "failed", "not run")
    for tag, results in report.by_tag().items():
        part = Report(results, 0.0)
        style = "red" if part.failed else ""
        table.add_row(Text(tag), str(part.passed), str(part.failed), str(part.not_run), style=style)
    out.print(table)
    for result in report.failures():
        _show_failure(out, result)
    _line(out, Text(report.summary(), style="green" if report.ok else "bold red"))


def _show_failure(out: Console, result: CaseResult) -> None:
    case = result.case
    kind = "ERROR" if result.outcome is Outcome.ERROR else "FAILED"
    _line(out, Text.assemble((kind, "bold red"), f" {result.path}:{case.line} ", (case.name, "bold")))
    for turn in case.turns or (case.check,):
        _line(out, Text(f"  {'check' if case.check else 'turn'}: {_safe(turn)}"))
    for mismatch in result.mismatches:
        _line(out, Text(f"  {mismatch.key}: expected {_safe(mismatch.expected)}"))
        _line(out, Text(f"    got {_shortened(_safe(mismatch.got))}"))
    if case.why:
        _line(out, Text(f"  why: {_safe(case.why)}", style="dim"))


def _show_sources(out: Console, citations: Sequence[Citation]) -> None:
    """Each source once: several stretches of an answer may rest on the same one."""
    sources = {citation.index: citation for citation in citations}
    for index, citation in sorted(sources.items()):
        head = (f"[{index}] ", "bold cyan")
        quote = " ".join(_safe(citation.quote.text).split())
        _line(out, Text.assemble(head, (_safe(citation.document_title), "dim"), f": \u201c{quote}\u201d"))


def _line(out: Console, text: Text) -> None:
    out.print(text, soft_wrap=_plain(out))


def _plain(out: Console) -> bool:
    return not out.is_terminal


def _badge(name: str, style: str) -> Text:
    shown = name.replace("_", " ")
    return Text(f"[{shown}]", style=style)


def _labelled(label: str, text: str) -> Text:
    return Text.assemble((f"{label}: ", "dim"), _safe(text))


def _safe(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_GOT else f"{text[:_LONGEST_GOT]}… ({len(text)} characters)"
