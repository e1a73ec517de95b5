"""Regression suites: cases in YAML, run against a bot, reported by tag and as JUnit XML."""

from __future__ import annotations

from bot.evaluation.errors import SuiteError
from bot.evaluation.grading import Mismatch
from bot.evaluation.junit import write_junit
from bot.evaluation.report import CaseResult, Outcome, Report
from bot.evaluation.runner import run_suites
from bot.evaluation.suite import Case, Expectation, Suite, find_suites, load_suite, select
from bot.evaluation.targets import Answerer

__all__ = [
    "Answerer",
    "Case",
    "CaseResult",
    "Expectation",
    "Mismatch",
    "Outcome",
    "Report",
    "Suite",
    "SuiteError",
    "find_suites",
    "load_suite",
    "run_suites",
    "select",
    "write_junit",
]
