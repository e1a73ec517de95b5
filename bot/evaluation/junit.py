"""Reports as JUnit XML, the form that build servers read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from bot.evaluation.report import CaseResult, Outcome, Report

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.NOT_RUN: "skipped",
}


def write_junit(report: Report, path: Path) -> None:
    """Write the report to a file, its folder made if need be. Raises OSError when that can't be done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(junit_tree(report)).write(path, encoding="utf-8", xml_declaration=True)


def junit_tree(report: Report) -> ET.Element:
    """``testsuites`` > ``testsuite`` (one for each file) > ``testcase`` > ``failure``, ``error`` or ``skipped``."""
    root = ET.Element("testsuites", {"name": "wholeads", **_counts(report.results)})
    for _, group in groupby(report.results, key=lambda result: result.path):
        results = tuple(group)
        suite = ET.SubElement(root, "testsuite", {"name": _clean(results[0].suite), **_counts(results)})
        for result in results:
            _add_case(suite, result)
    return root


def _add_case(suite: ET.Element, result: CaseResult) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_clean(result.suite),
        name=_clean(result.case.name),
        file=_clean(str(result.path)),
        line=str(result.case.line),
        time=f"{result.seconds:.4f}",
    )
    if result.outcome is Outcome.PASSED:
        return
    lines = [f"{m.key}: expected {m.expected}; got {m.got}" for m in result.mismatches]
    reasons = (*(m.key for m in result.mismatches), *result.unjudged)
    message = "; ".join(reasons) or "not run: an earlier case failed"
    element = ET.SubElement(case, _ELEMENTS[result.outcome], message=_clean(message))
    asked = [f"check: {result.case.check}"] if result.case.check else [f"turn: {turn}" for turn in result.case.turns]
    element.text = _clean("\n".join((*asked, *lines)))


def _counts(results: Sequence[CaseResult]) -> dict[str, str]:
    def count(*outcomes: Outcome) -> str:
        return str(sum(result.outcome in outcomes for result in results))

    return {
        "tests": str(len(results)),
        "failures": count(Outcome.FAILED),
        "errors": count(Outcome.ERROR),
        "skipped": count(Outcome.SKIPPED, Outcome.NOT_RUN),
        "time": f"{sum(result.seconds for result in results):.4f}",
    }


def _clean(text: str) -> str:
    r"""The text with what XML cannot hold written out: the bell becomes ``\x07``."""
    return _FORBIDDEN.sub(lambda hit: hit.group().encode("unicode_escape").decode("ascii"), text)
