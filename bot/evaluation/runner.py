"""Running suites: each case in a conversation of its own, its earlier turns passed on as history."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.evaluation.grading import Mismatch, Observation, grade, observe_answer, observe_report, unsound_citations
from bot.evaluation.report import CaseResult, Outcome, Report
from bot.evaluation.suite import Case, Suite
from bot.model import Answer, CheckReport
from corpus.model import Corpus, Document


class Answerer(Protocol):
    """What a suite needs of a bot."""

    @property
    def corpus(self) -> Corpus:
        """The corpus the bot answers from."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question; ``history`` holds the user's earlier turns, oldest first."""

    def check(self, text: str) -> CheckReport:
        """Check the claims of a text."""


def run_suites(
    suites: Sequence[Suite],
    bot_for: Callable[[str | None], Answerer],
    progress: Callable[[int, int], None] | None = None,
    *,
    fail_fast: bool = False,
) -> Report:
    """Run every case; ``bot_for`` gives the bot of the corpus that a suite names (None: it names none).

    ``progress`` is called with (cases done, cases in all). A bot that raises fails its case, not the run. With
    ``fail_fast`` the first failure ends the run, and the cases behind it are reported as not run.
    """
    started = time.perf_counter()
    total = sum(len(suite.cases) for suite in suites)
    results: list[CaseResult] = []
    stopped = False
    for suite in suites:
        bot = bot_for(suite.corpus)
        for case in suite.cases:
            result = CaseResult(suite.name, suite.path, case, Outcome.NOT_RUN)
            if not stopped:
                result = _timed(result, bot)
                stopped = fail_fast and result.outcome is not Outcome.PASSED
            results.append(result)
            if progress:
                progress(len(results), total)
    return Report(tuple(results), time.perf_counter() - started)


def _timed(result: CaseResult, bot: Answerer) -> CaseResult:
    started = time.perf_counter()
    try:
        said, mismatches = _run_case(result.case, bot)
        outcome = Outcome.FAILED if mismatches else Outcome.PASSED
    # Whatever the bot raises is what the suite is there to find; the other cases still have to run.
    except Exception as error:
        said, outcome = "", Outcome.ERROR
        mismatches = (Mismatch("error", "an answer", f"{type(error).__name__}: {error}"),)
    seconds = time.perf_counter() - started
    return replace(result, outcome=outcome, mismatches=mismatches, said=said, seconds=seconds)


def _run_case(case: Case, bot: Answerer) -> tuple[str, tuple[Mismatch, ...]]:
    """What the bot said last, and what does not hold of it (or of an earlier turn's citations)."""
    documents = bot.corpus.documents
    if case.check:
        seen = observe_report(bot.check(case.check))
        return seen.said, grade(case.expect, seen, documents)
    earlier: list[Mismatch] = []
    for number, turn in enumerate(case.turns[:-1]):
        earlier += _unsound_turn(number, observe_answer(bot.ask(turn, case.turns[:number])), documents)
    seen = observe_answer(bot.ask(case.turns[-1], case.turns[:-1]))
    return seen.said, (*earlier, *grade(case.expect, seen, documents))


def _unsound_turn(number: int, seen: Observation, documents: Mapping[str, Document]) -> list[Mismatch]:
    faults = unsound_citations(seen, documents)
    return [replace(fault, key=f"turn {number + 1}, {fault.key}") for fault in faults]
