"""JUnit XML: its counts, its elements, and text that XML cannot hold."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from bot.evaluation import CaseResult, Expectation, Outcome, Report, load_suite, run_suites, write_junit
from bot.evaluation.suite import Case
from tests.evaluation.conftest import ScriptedBot, make_answer

SUITE = """\
cases:
  - {name: passes, question: a, expect: {values: [Anna]}}
  - {name: fails, question: b, expect: {values: [Anna], contains: ["Anna & <Ben>"]}}
  - {name: raises, question: c, expect: {values: [Anna]}}
  - {name: left-out, question: d, expect: {values: [Anna]}}
"""


def parsed(path: Path, target: Path, bot: ScriptedBot, *, fail_fast: bool = False) -> ET.Element:
    write_junit(run_suites([load_suite(path)], lambda _: bot, fail_fast=fail_fast), target)
    return ET.parse(target).getroot()


def test_counts_and_elements(suite_file: Callable[..., Path], tmp_path: Path) -> None:
    wrong = make_answer("bell \x07, escape \x1b[31m, surrogate \ud800, none \ufffe", values=["Ben"])
    bot = ScriptedBot({"a": make_answer(), "b": wrong, "c": KeyError("x"), "d": make_answer()})
    root = parsed(suite_file(SUITE), tmp_path / "new" / "report.xml", bot)
    (suite,) = root
    for element in (root, suite):
        counts = [element.get(key) for key in ("tests", "failures", "errors", "skipped")]
        assert counts == ["4", "1", "1", "0"]
    assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["error"], []]
    failure = suite[1][0]
    assert failure.get("message") == "values; contains"
    assert "contains: expected Anna & <Ben>" in str(failure.text)
    assert r"bell \x07, escape \x1b[31m, surrogate \ud800, none \ufffe" in str(failure.text)
    assert (suite[1].get("line"), suite[1].get("classname")) == ("3", "lines")


def test_a_case_left_out_is_a_skipped_one(suite_file: Callable[..., Path], tmp_path: Path) -> None:
    bot = ScriptedBot({"a": make_answer(), "b": make_answer("no", values=["Ben"])})
    (suite,) = parsed(suite_file(SUITE), tmp_path / "report.xml", bot, fail_fast=True)
    assert suite.get("skipped") == "2"
    assert [case[0].tag for case in suite if len(case)] == ["failure", "skipped", "skipped"]


def test_a_case_that_cannot_be_judged_is_a_skipped_one_with_the_reason(tmp_path: Path) -> None:
    case = Case("one", ("Who?",), "", Expectation(contains=("Anna",), values=("Anna",)))
    why = "values: there are only words"
    result = CaseResult("lines", Path("lines.yaml"), case, Outcome.SKIPPED, unjudged=(why,))
    write_junit(Report((result,), 0.1), tmp_path / "report.xml")
    [suite] = ET.parse(tmp_path / "report.xml").getroot()
    assert (suite.get("skipped"), suite.get("failures")) == ("1", "0")
    assert [(child.tag, child.get("message")) for child in suite[0]] == [("skipped", why)]
