"""A report as one HTML page that needs nothing else: pictures are inline, and nothing is fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from bot.evaluation.baseline import CaseChange, Comparison
from bot.evaluation.coverage import FactCoverage
from bot.evaluation.pictures import confusion_matrix, latency_histogram, tag_bars
from bot.evaluation.report import CaseResult, Outcome, Report

_STYLE = Path(__file__).parent / "page.css"

# What HTML cannot hold: control characters, and halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def report_to_html(
    report: Report,
    comparison: Comparison | None = None,
    coverages: Iterable[FactCoverage] = (),
    title: str = "Test report",
) -> str:
    """The page: totals, what changed, what failed, the pictures, the coverage, and every case at the end."""
    style = _STYLE.read_text(encoding="utf-8")
    parts = [
        _totals(report),
        _comparison(comparison) if comparison is not None else "",
        _section("Failures", "".join(_case(result) for result in report.failures())) if report.failures() else "",
        _section("By tag", tag_bars(report)),
        _section("Statuses: expected (rows) and given (columns)", confusion_matrix(report)),
        _section("Latency", latency_histogram(report)),
        *map(_coverage, coverages),
        _section("All cases", "".join(_case(result) for result in report.results)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # Even a browser that was told to fetch something would not.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_plain(title)}</title><style>{style}</style></head>"
        f"<body><main><h1>{_plain(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )


def _totals(report: Report) -> str:
    tiles = [("passed", "pass", report.passed), ("failed", "fail", report.failed)]
    tiles += [("skipped", "skip", report.skipped), ("not run", "none", report.not_run)]
    shown = "".join(f'<li class="{style}"><b>{count}</b> {name}</li>' for name, style, count in tiles if count)
    return f'<ul class="tiles">{shown}<li><b>{report.seconds:.1f} s</b> in all</li></ul>'


def _comparison(comparison: Comparison) -> str:
    blocks = [f"<p>{_plain(comparison.summary())}</p>"]
    for change in CaseChange:
        found = comparison.of(change)
        if not found:
            continue
        rows = "".join(
            f"<tr><th>{_plain(each.id)}</th><td>{_plain(each.asked)}</td><td>{_plain(each.before)}</td>"
            f"<td>{_plain(each.after)}</td></tr>"
            for each in found
        )
        opened = " open" if change is CaseChange.NEWLY_FAILING else ""
        head = "<tr><th>case</th><th>asked</th><th>before</th><th>now</th></tr>"
        blocks.append(
            f"<details{opened}><summary>{len(found)} {_plain(change)}</summary><table>{head}{rows}</table></details>"
        )
    return _section("What changed since the baseline", "".join(blocks))


def _case(result: CaseResult) -> str:
    style = {Outcome.PASSED: "pass", Outcome.SKIPPED: "skip", Outcome.NOT_RUN: "none"}.get(result.outcome, "fail")
    body = "".join(f"<dt>{_plain(name)}</dt><dd>{_plain(text)}</dd>" for name, text in _details(result))
    tags = "".join(f"<i>{_plain(tag)}</i>" for tag in result.case.tags)
    outcome = result.outcome.replace("_", " ")
    head = f'<b class="{style}">{outcome}</b> {_plain(result.id)} {tags}'
    return f"<details><summary>{head}</summary><dl>{body}</dl></details>"


def _details(result: CaseResult) -> Iterator[tuple[str, str]]:
    case, seen = result.case, result.seen
    if case.check:
        yield "check", case.check
    yield from (("turn", turn) for turn in case.turns)
    if result.said:
        terms = [str(term) for term in (seen.status, seen.verdict, *seen.values) if term] if seen else []
        yield "answer", result.said + (f"  ({', '.join(terms)})" if terms else "")
    yield from ((fault.key, f"expected {fault.expected}; got {fault.got}") for fault in result.mismatches)
    yield from (("not judged", why) for why in result.unjudged)
    if case.why:
        yield "why", case.why
    yield "time", f"{1000 * result.seconds:.1f} ms"


def _coverage(coverage: FactCoverage) -> str:
    blocks = [f"<p>{_plain(coverage.summary())}</p>"]
    lists = (
        ("facts that no case tests", coverage.untested),
        ("statements of the documents that no fact holds", coverage.unstated),
        ("sentences that back no fact", coverage.unused),
        ("predicates that nothing is asked of", coverage.unasked),
    )
    blocks += [_listed(f"{name}: {len(items)}", items) for name, items in lists if items]
    if coverage.kinds:
        rows = "".join(
            f"<tr><th>{_plain(predicate)}</th><td>{_plain(kind)}</td><td>{count}</td></tr>"
            for (predicate, kind), count in sorted(coverage.kinds.items())
        )
        head = "<tr><th>predicate</th><th>kind of question</th><th>cases</th></tr>"
        blocks.append(f"<details><summary>kinds of question</summary><table>{head}{rows}</table></details>")
    return _section(f"Coverage of {coverage.corpus}", "".join(blocks))


def _listed(name: str, items: Iterable[str]) -> str:
    shown = "".join(f"<li>{_plain(item)}</li>" for item in items)
    return f"<details><summary>{_plain(name)}</summary><ul>{shown}</ul></details>"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{_plain(title)}</h2>{body}</section>" if body else ""


def _plain(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))
