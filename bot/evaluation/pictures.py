"""Pictures of a run as SVG: how cases ended by tag, which status was given for which, how long answers took.

Colours are those of the page's style sheet, by class; each mark has a title that a reader's pointer or screen reader
finds. Lengths are in pixels.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from bot.evaluation.report import CaseResult, Counts, Report

_ROW = 24
_LABEL = 190
_BAR = 440
_CELL = 46
_BUCKETS = 24
_HEIGHT = 140

NO_ANSWER = "no answer"


def tag_bars(report: Report) -> str:
    """A bar for each tag: passed, skipped, failed and not run, with the share that passed.

    Bars have one length, as a share is what counts; the number of cases stands beside.
    """
    rows = []
    for row, (tag, results) in enumerate(report.by_tag().items()):
        counts, top = Counts.of(results), row * _ROW
        parts = [("pass", counts.passed, "passed"), ("skip", counts.skipped, "skipped")]
        parts += [("fail", counts.failed, "failed"), ("none", counts.not_run, "not run")]
        rows.append(_text(_LABEL - 8, top + 16, tag, "end"))
        left = float(_LABEL)
        for style, count, name in parts:
            width = _BAR * count / len(results)
            if count:
                rows.append(_rect(left, top + 4, width, _ROW - 8, style, f"{tag}: {count} {name}"))
            left += width
        share = counts.passed / len(results)
        rows.append(_text(_LABEL + _BAR + 8, top + 16, f"{math.floor(100 * share)} % of {len(results)}"))
    height = _ROW * len(report.by_tag())
    return _svg(_LABEL + _BAR + 110, height, "How the cases ended, by tag", rows)


def confusion(report: Report) -> Mapping[tuple[str, str], int]:
    """How often which status was given where which was expected, of the cases that expect one.

    Where several are accepted, the given one counts as expected if it is among them, and else the first.
    """
    found: Counter[tuple[str, str]] = Counter()
    for result in report.results:
        accepted = [status.value for status in result.case.expect.status]
        if accepted and not result.unjudged and (result.seen or result.mismatches):
            given = result.seen.status.value if result.seen and result.seen.status else NO_ANSWER
            found[(given if given in accepted else accepted[0]), given] += 1
    return found


def confusion_matrix(report: Report) -> str:
    """Expected statuses down, given ones across; what is off the diagonal is wrong. "" where no case expects one."""
    counts = confusion(report)
    names = sorted({name for pair in counts for name in pair})
    if not names:
        return ""
    most, head, parts = max(counts.values()), 96, []
    for column, name in enumerate(names):
        x = _LABEL + column * _CELL + _CELL / 2
        label = escape(name.replace("_", " "))
        parts.append(f'<text transform="translate({x:.0f},{head - 8}) rotate(-45)">{label}</text>')
    for row, expected in enumerate(names):
        top = head + row * _CELL
        parts.append(_text(_LABEL - 8, top + _CELL / 2 + 5, expected.replace("_", " "), "end"))
        for column, given in enumerate(names):
            count = counts.get((expected, given), 0)
            style = "none" if not count else "pass" if row == column else "fail"
            shade = 0.25 + 0.75 * count / most if count else 0.35
            left = _LABEL + column * _CELL
            title = f"{count} with {given} where {expected} is expected"
            parts.append(_rect(left + 1, top + 1, _CELL - 2, _CELL - 2, style, title, shade))
            if count:
                parts.append(_text(left + _CELL / 2, top + _CELL / 2 + 5, str(count), "middle"))
    width = _LABEL + len(names) * _CELL + 70
    return _svg(width, head + len(names) * _CELL, "Expected statuses (rows) and given ones (columns)", parts)


def latencies(results: Sequence[CaseResult]) -> Sequence[float]:
    """The seconds of the cases that were run, shortest first."""
    return sorted(result.seconds for result in results if result.seen)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of values does not exceed: of (1, 2, 3, 4), 2 for 0.5 and 4 for 0.95."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def latency_histogram(report: Report) -> str:
    """How many cases took how long, on a logarithmic scale, with the 50th and the 95th percentile. "" without cases."""
    ordered = latencies(report.results)
    if not ordered:
        return ""
    low, high = math.log10(max(ordered[0], 1e-4)), math.log10(max(ordered[-1], 2e-4))
    step = max(high - low, 0.1) / _BUCKETS
    places = [min(_BUCKETS - 1, int((math.log10(max(seconds, 1e-4)) - low) / step)) for seconds in ordered]
    counts, width = Counter(places), 26
    most, parts = max(counts.values()), []
    for bucket, count in sorted(counts.items()):
        tall = (_HEIGHT - 20) * count / most
        title = f"{count} from {_ms(10 ** (low + bucket * step))} to {_ms(10 ** (low + (bucket + 1) * step))}"
        parts.append(_rect(bucket * width + 1, _HEIGHT - tall, width - 2, tall, "time", title))
    for share in (0.5, 0.95):
        seconds = percentile(ordered, share)
        x = (math.log10(max(seconds, 1e-4)) - low) / step * width
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{_HEIGHT}" class="mark"/>')
        parts.append(_text(x + 4, 16 if share < 0.9 else 32, f"{share:.0%}: {_ms(seconds)}"))
    parts += [_text(0, _HEIGHT + 18, _ms(ordered[0])), _text(_BUCKETS * width, _HEIGHT + 18, _ms(ordered[-1]), "end")]
    return _svg(_BUCKETS * width + 90, _HEIGHT + 24, "How long the cases took", parts)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _rect(x: float, y: float, width: float, height: float, style: str, title: str, shade: float = 1.0) -> str:
    faint = f' fill-opacity="{shade:.2f}"' if shade < 1 else ""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} class="{style}"{faint}><title>{escape(title)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<svg {box} role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
