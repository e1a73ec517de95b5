"""Answers, checks, facts and test reports for people at a terminal.

Texts of users and corpora go out as plain text, never as markup, and without control characters: nothing that is
quoted can move the cursor or colour the screen. Off a terminal, lines are left unbroken and tables are plain lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from bot.checking.verify import Verification
from bot.evaluation.baseline import CaseChange as Since
from bot.evaluation.baseline import Comparison
from bot.evaluation.coverage import FactCoverage
from bot.evaluation.difference import AnswerChange, Difference
from bot.evaluation.mutations import MutationReport
from bot.evaluation.report import CaseResult, Counts, Outcome, Report
from bot.evaluation.teaching import Lesson
from bot.schema.answer import Answer, CheckReport, Citation, Finding, Status, Verdict
from bot.serving.state.records import Feedback
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
    for finding in answer.findings:
        if finding.withheld:
            _line(out, _labelled("Withheld", f"“{finding.claim}” ({finding.verdict.replace('_', ' ')})"))
    if answer.understood:
        _line(out, _labelled("Understood as", answer.understood))
    if answer.suggestions:
        _line(out, _labelled("Ask next", " · ".join(answer.suggestions)))


def show_finding(out: Console, finding: Finding, citations: Sequence[Citation]) -> None:
    """A claim with its verdict, the reason, the correction and the sentences that it was held against."""
    verdict = _badge(finding.verdict, _VERDICT_STYLES[finding.verdict])
    _line(out, Text.assemble(verdict, " ", (_safe(finding.claim), "bold")))
    if finding.read_as:
        _line(out, Text("  ").append_text(_labelled("Read as", finding.read_as)))
    marks = "".join(f" [{index}]" for index in finding.citations)
    _line(out, Text(f"  {_safe(finding.explanation)}{marks}"))
    if finding.correction:
        _line(out, Text("  ").append_text(_labelled("Correct", finding.correction)))
    _show_sources(out, citations, "  ")


def show_check_summary(out: Console, report: CheckReport) -> None:
    """The verdict over a text that was shown claim by claim, and how many claims have which verdict for which reason.

    [refuted] 5 claims: 3 supported (2 stated, 1 quoted), 2 refuted (2 wrong leader)
    """
    badge = _badge(report.verdict, _VERDICT_STYLES[report.verdict])
    if not report.findings:
        _line(out, Text.assemble(badge, " The text makes no claim that could be checked."))
        return
    told = []
    for verdict in Verdict:
        reasons = Counter(finding.reason for finding in report.findings if finding.verdict is verdict)
        if reasons:
            each = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in reasons.most_common())
            told.append(f"{reasons.total()} {verdict.replace('_', ' ')} ({each})")
    count = len(report.findings)
    _line(out, Text.assemble(badge, f" {count} {'claim' if count == 1 else 'claims'}: {', '.join(told)}"))


def show_verification(out: Console, found: Verification) -> None:
    """What is no longer as it was, a line each; then what else is worth knowing, and the outcome."""
    for change in found.changes:
        _line(out, Text(f"- {_safe(change.message)}"))
    for note in found.notes:
        _line(out, Text(_safe(note), style="dim"))
    _line(out, Text(found.summary(), style="green" if found.holds else "bold red"))


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


def show_report(out: Console, report: Report, known: Collection[str] = ()) -> None:
    """The counts by tag, then each failure with what was expected and what there was, then one line of totals.

    Of the cases in ``known``, which fail as they did before, the number is told.
    """
    table = Table("tag", "passed", "failed", "skipped", "not run")
    for tag, results in report.by_tag().items():
        part = Counts.of(results)
        style = "red" if part.failed else ""
        table.add_row(Text(tag), *map(str, (part.passed, part.failed, part.skipped, part.not_run)), style=style)
    out.print(table)
    for result in report.failures():
        if result.id not in known:
            _show_failure(out, result)
    if known:
        fail = "1 case fails" if len(known) == 1 else f"{len(known)} cases fail"
        _line(out, Text(f"{fail} as in the baseline: --json and the reports tell how", style="yellow"))
    _show_unjudged(out, report)
    _line(out, Text(report.summary(), style="green" if report.ok else "bold red"))


def _show_unjudged(out: Console, report: Report) -> None:
    """How often which expectation could not be judged, and why."""
    reasons = Counter(why for result in report.results for why in result.unjudged)
    for why, count in reasons.most_common():
        cases = "1 case" if count == 1 else f"{count} cases"
        _line(out, Text(f"not judged in {cases}: {_safe(why)}", style="yellow"))


def show_comparison(out: Console, comparison: Comparison) -> None:
    """The changes since the baseline, with what there was and what there is; new and gone cases by number alone."""
    for changed in comparison.changes:
        if changed.change in (Since.NEW, Since.GONE):
            continue
        _line(out, Text.assemble((changed.change, "bold"), f" {_safe(changed.id)}"))
        _line(out, Text(f"  asked {_safe(changed.asked)}"))
        _line(out, Text(f"  was {_shortened(_safe(changed.before))}"))
        _line(out, Text(f"  is  {_shortened(_safe(changed.after))}"))
    _line(out, Text(f"Against the baseline: {comparison.summary()}", style="bold"))


def show_coverage(out: Console, coverage: FactCoverage) -> None:
    """What no case tests and what no fact holds, how much is asked of each predicate, then a line of totals.

    Sentences that back no fact are told by number alone.
    """
    for fact in coverage.untested:
        _line(out, Text(f"no case tests fact {_safe(fact)}"))
    for statement in coverage.unstated:
        _line(out, Text(_shortened(_safe(statement))))
    for predicate, kinds in coverage.by_predicate().items():
        asked = f"{sum(kinds.values())} questions of {len(kinds)} kinds"
        _line(out, Text(f"generated on predicate {_safe(predicate)}: {asked}"))
    for predicate in coverage.unasked:
        _line(out, Text(f"no question is generated on predicate {_safe(predicate)}"))
    _line(out, Text(coverage.summary(), style="bold"))


def show_difference(out: Console, found: Difference) -> None:
    """What changes with a corpus: facts, then answers with what of them changes, then a line of totals."""
    for note in found.notes:
        _line(out, Text(_safe(note), style="dim"))
    for fact in found.facts:
        _line(out, Text.assemble(("fact ", "bold"), _safe(fact.id)))
        _line(out, Text(f"  was {_safe(fact.before) or 'not there'}"))
        _line(out, Text(f"  is  {_safe(fact.after) or 'gone'}"))
    for each in found.changes:
        _show_change(out, each)
    _line(out, Text(found.summary(), style="bold"))


def _show_change(out: Console, change: AnswerChange) -> None:
    test = f" [{change.test[0]} → {change.test[1]}]" if change.test and change.test[0] != change.test[1] else ""
    _line(out, Text.assemble((f"{', '.join(change.aspects)}{test} ", "bold"), _safe(change.id)))
    _line(out, Text(f"  asked {_safe(change.asked)}"))
    _line(out, Text(f"  was {_shortened(_safe(change.before))}"))
    _line(out, Text(f"  is  {_shortened(_safe(change.after))}"))


def show_lesson(out: Console, lesson: Lesson) -> None:
    """How the question is read, what the message meant before, and all else that is answered otherwise."""
    _show_reading(out, "is read as", lesson.taught.means, lesson.meant)
    _show_reading(out, "was read as", lesson.taught.message, lesson.before)
    for change in lesson.changes:
        _show_change(out, change)
    _line(out, Text(lesson.summary(), style="bold"))


def _show_reading(out: Console, verb: str, said: str, answer: Answer) -> None:
    reading = answer.understood or ("what a document says" if answer.citations else "nothing that is answered")
    _line(out, Text.assemble(f"“{_safe(said)}” ", (f"{verb}: ", "dim"), _safe(reading)))
    told = Text("  ").append_text(_badge(answer.status, _STATUS_STYLES[answer.status]))
    _line(out, told.append_text(Text(f" {_shortened(_safe(answer.answer))}")))


def show_feedback(out: Console, feedback: Feedback) -> None:
    """What somebody says of an answer: what they asked, how it was read and answered, what they meant."""
    when = feedback.received.strftime("%Y-%m-%d %H:%M UTC")
    why = f", {feedback.reason.replace('_', ' ')}" if feedback.reason else ""
    _line(out, Text.assemble((f"#{feedback.id}", "bold"), f" {feedback.rating}{why}", (f"  {when}", "dim")))
    offered = " (one of the alternatives)" if feedback.meant in feedback.alternatives else ""
    told = {
        "after": " / ".join(feedback.history),
        "asked": feedback.question,
        "read as": feedback.understood or (feedback.answer and "nothing that is answered"),
        "answered": feedback.answer,
        "meant": feedback.meant and f"{feedback.meant}{offered}",
        "comment": feedback.comment,
    }
    for label, text in told.items():
        if text:
            _line(out, Text("  ").append_text(_labelled(label, _shortened(" ".join(text.split())))))


def show_mutations(out: Console, report: MutationReport) -> None:
    """Each failure with what was said of it, then the rates by kind with their 95 % bounds, then the two that count."""
    for tried in report.failures():
        kind = f"SURVIVED ({tried.trial.corruption})" if tried.trial.corruption else f"ALARM ({tried.trial.form})"
        _line(out, Text.assemble((kind, "bold red"), f" {_safe(tried.trial.text)}"))
        for why in tried.why or (f"{tried.verdict}: no claim was found",):
            _line(out, Text(f"  {_shortened(_safe(why))}"))
    mutants = Table("mutants", "not called supported", "called exactly the right verdict")
    for kind in report.corruptions:
        mutants.add_row(kind, str(report.killed(kind)), str(report.exactly(kind)))
    mutants.add_row("all", str(report.killed()), str(report.exactly()), style="bold")
    stated = Table("true statements", "not called supported", "called refuted")
    for form in report.forms:
        stated.add_row(form, str(report.alarms(form)), str(report.refuted(form)))
    stated.add_row("all", str(report.alarms()), str(report.refuted()), style="bold")
    out.print(mutants)
    out.print(stated)
    _line(out, Text(f"{report.corpus}, seed {report.seed}: kill rate {report.killed()}; alarms {report.alarms()}"))


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


def _show_sources(out: Console, citations: Sequence[Citation], indent: str = "") -> None:
    """Each source once: several stretches of an answer may rest on the same one."""
    sources = {citation.index: citation for citation in citations}
    for index, citation in sorted(sources.items()):
        head = (f"{indent}[{index}] ", "bold cyan")
        quote = " ".join(_safe(citation.quote.text).split())
        source = citation.document_title + (f", page {citation.page}" if citation.page else "")
        _line(out, Text.assemble(head, (_safe(source), "dim"), f": \u201c{quote}\u201d"))


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
