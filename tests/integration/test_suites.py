"""Every case of every regression suite, each as a test of its own."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.answering.bot import Library
from bot.evaluation import Suite, find_suites, load_suite, run_suites, select
from bot.evaluation.baseline import load_baseline
from bot.evaluation.report import Outcome
from tests.bot.checking_helpers import SUITES

pytest_plugins = ("tests.bot.checking_fixtures",)

LOADED = [load_suite(path) for path in find_suites([SUITES])]
CASES = [(suite, case.name) for suite in LOADED for case in suite.cases]
# What is known to fail stands in the baseline; `make test` holds every case against it.
BASELINE = load_baseline(SUITES.parent / "baseline.json")
KNOWN = {name for name, was in BASELINE.items() if was.outcome is not Outcome.PASSED}


def test_no_name_stands_for_two_cases() -> None:
    assert [key for key, count in Counter((suite.name, name) for suite, name in CASES).items() if count > 1] == []


def test_few_written_cases_are_known_to_fail() -> None:
    assert len(KNOWN & {f"{suite.name}/{name}" for suite, name in CASES}) <= 0.04 * len(CASES)


@pytest.mark.parametrize(("suite", "name"), CASES, ids=[f"{suite.name}:{name}" for suite, name in CASES])
def test_case(alliance_library: Library, suite: Suite, name: str) -> None:
    if f"{suite.name}/{name}" in KNOWN:
        pytest.xfail("known to fail: see tests/baseline.json")
    report = run_suites(select([suite], names=[name]), alliance_library.get)
    told = [f"{m.key}: expected {m.expected}; got {m.got}" for result in report.results for m in result.mismatches]
    assert report.ok, "\n".join(told)
    assert len(report.results) == 1
