"""Reports as Markdown, for a pull request or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.evaluation.baseline import CaseChange, Comparison
from bot.evaluation.coverage import FactCoverage
from bot.evaluation.report import Counts, Report

LISTED = 50
"""So many of a kind are listed; of more, the number of the others is told."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def report_to_markdown(
    report: Report, comparison: Comparison | None = None, coverages: Iterable[FactCoverage] = ()
) -> str:
    """The totals, the counts by tag, what failed, what changed and what is not covered."""
    parts = [f"# {'All right' if report.ok else 'Not all right'}: {report.totals()}\n", _by_tag(report)]
    if comparison is not None:
        parts.append(f"## Against the baseline: {comparison.summary()}\n")
        parts += [_changes(comparison, change) for change in CaseChange if comparison.of(change)]
    if report.failures():
        parts.append("## Failures\n")
        parts.append(_listed(_failures(report)))
    if unjudged := [result for result in report.results if result.unjudged]:
        parts.append("## Not judged\n")
        parts.append(_listed(f"- **{_plain(r.id)}** {_plain('; '.join(r.unjudged))}\n" for r in unjudged))
    parts += map(_coverage, coverages)
    return "\n".join(parts)


def _by_tag(report: Report) -> str:
    rows: list[Sequence[object]] = []
    for tag, results in report.by_tag().items():
        counts = Counts.of(results)
        rows.append((tag, counts.passed, counts.failed, counts.skipped, counts.not_run))
    return _table(("tag", "passed", "failed", "skipped", "not run"), rows)


def _changes(comparison: Comparison, change: CaseChange) -> str:
    lines = (
        f"- **{_plain(each.id)}** {_plain(each.asked)}: {_plain(' → '.join(filter(None, (each.before, each.after))))}\n"
        for each in comparison.of(change)
    )
    return f"### {change.capitalize()}\n\n{_listed(lines)}"


def _failures(report: Report) -> Iterator[str]:
    for result in report.failures():
        why = f" ({_plain(result.case.why)})" if result.case.why else ""
        faults = "".join(
            f"  - {_plain(m.key)}: expected {_plain(m.expected)}; got {_plain(m.got)}\n" for m in result.mismatches
        )
        yield f"- **{_plain(result.id)}**{why}: {_plain(result.case.asked)}\n{faults}"


def _coverage(coverage: FactCoverage) -> str:
    lines = [f"## Coverage\n\n{coverage.summary()}\n"]
    if coverage.untested:
        lines.append(f"### Facts that no case tests\n\n{_listed(f'- `{name}`{chr(10)}' for name in coverage.untested)}")
    if coverage.unstated:
        lines.append(f"### What the documents state and no fact does\n\n{_listed(map(_item, coverage.unstated))}")
    if coverage.unused:
        lines.append(f"### Sentences that back no fact\n\n{_listed(map(_item, coverage.unused))}")
    if coverage.unasked:
        lines.append(f"### Predicates that nothing is asked of\n\n{_listed(map(_item, coverage.unasked))}")
    if coverage.kinds:
        lines.append("### Kinds of question by predicate\n")
        predicates = sorted({predicate for predicate, _ in coverage.kinds})
        kinds = list(dict.fromkeys(kind for _, kind in coverage.kinds))
        rows = [(kind, *(coverage.kinds.get((p, kind), 0) for p in predicates)) for kind in kinds]
        lines.append(_table(("kind", *predicates), rows))
    return "\n".join(lines)


def _item(text: str) -> str:
    return f"- {_plain(text)}\n"


def _listed(lines: Iterable[str]) -> str:
    all_lines = list(lines)
    more = f"- … and {len(all_lines) - LISTED} more\n" if len(all_lines) > LISTED else ""
    return "".join(all_lines[:LISTED]) + more


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(_plain(str(cell)) for cell in line) + " |\n" for line in lines)


def _plain(text: str) -> str:
    """The text on one line, with no sign that Markdown would take for markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
