"""Running suites: each case in a conversation of its own, several at a time, the results in the order of the suites."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from bot.evaluation.grading import Mismatch, Observation, beyond_text, grade, grade_text, unsound_citations
from bot.evaluation.report import CaseResult, Outcome, Report
from bot.evaluation.suite import Case, Suite
from bot.evaluation.targets import Answerer, InProcess, Target
from corpus.model import Document

Progress = Callable[[int, int], None]

AGAIN = 2
"""How often a case that seems slow is timed again: what is slow by chance is not so every time."""


def run_suites(
    suites: Sequence[Suite],
    bot_for: Callable[[str | None], Answerer],
    progress: Progress | None = None,
    *,
    fail_fast: bool = False,
) -> Report:
    """Run every case against the bots of this process; see ``run_against``."""
    return run_against(suites, lambda corpus: InProcess(bot_for(corpus)), progress, fail_fast=fail_fast)


def run_against(
    suites: Sequence[Suite],
    target_for: Callable[[str | None], Target],
    progress: Progress | None = None,
    *,
    fail_fast: bool = False,
    jobs: int = 1,
) -> Report:
    """Run every case; ``target_for`` gives the target of the corpus that a suite names (None: it names none).

    ``progress`` is called with (cases done, cases in all). A bot that raises fails its case, not the run. With
    ``fail_fast`` the first failure in the order of the suites ends the run, and the cases behind it are reported as not
    run. ``jobs`` cases run at a time, which is for servers; how many changes nothing in the report but the times.
    """
    started = time.perf_counter()
    targets = [target_for(suite.corpus) for suite in suites]
    ahead = [
        (CaseResult(suite.name, suite.path, case, Outcome.NOT_RUN), target)
        for suite, target in zip(suites, targets, strict=True)
        for case in suite.cases
    ]
    results: list[CaseResult] = []
    for result in _results(ahead, jobs):
        results.append(result)
        if progress:
            progress(len(results), len(ahead))
        if fail_fast and result.outcome in (Outcome.FAILED, Outcome.ERROR):
            break
    left_out = (result for result, _ in ahead[len(results) :])
    return Report((*results, *left_out), time.perf_counter() - started)


def timed_again(
    report: Report, suites: Sequence[Suite], target_for: Callable[[str | None], Target], which: Collection[str]
) -> Report:
    """The report with the cases of these ids timed again, one at a time; the shortest time of each counts."""
    targets = {suite.path: target_for(suite.corpus) for suite in suites}

    def shortest(result: CaseResult) -> CaseResult:
        again = (_timed(result, targets[result.path]).seconds for _ in range(AGAIN))
        return replace(result, seconds=min(result.seconds, *again))

    return replace(report, results=tuple(shortest(each) if each.id in which else each for each in report.results))


def _results(ahead: Sequence[tuple[CaseResult, Target]], jobs: int) -> Iterator[CaseResult]:
    """The results in order; where no more are taken, what has not begun is not begun."""
    if jobs == 1:
        yield from (_timed(result, target) for result, target in ahead)
        return
    with ThreadPoolExecutor(jobs) as pool:
        running: list[Future[CaseResult]] = [pool.submit(_timed, result, target) for result, target in ahead]
        try:
            for future in running:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _timed(result: CaseResult, target: Target) -> CaseResult:
    started = time.perf_counter()
    try:
        result = _with_gold(result, target)
        started = time.perf_counter()
        seen = _observed(result.case, target)
        judged = _judged(result, seen, target)
    # Whatever the bot raises is what the suite is there to find; the other cases still have to run.
    except Exception as error:
        fault = Mismatch("error", "an answer", f"{type(error).__name__}: {error}")
        judged = replace(result, outcome=Outcome.ERROR, mismatches=(fault,))
    return replace(judged, seconds=time.perf_counter() - started)


def _with_gold(result: CaseResult, target: Target) -> CaseResult:
    """Where the answer must be like that to another question, what that one is as the expectation."""
    case = result.case
    if not case.like:
        return result
    gold = target.converse((case.like,))[-1]
    status = (gold.status,) if gold.status else ()
    expect = replace(case.expect, status=status, verdict=(gold.verdict,), values=gold.values)
    return replace(result, case=replace(case, expect=expect))


def _observed(case: Case, target: Target) -> tuple[Observation, ...]:
    return (target.check(case.check),) if case.check else target.converse(case.turns)


def _judged(result: CaseResult, seen: Sequence[Observation], target: Target) -> CaseResult:
    """The result with what does not hold of the last turn, or of an earlier turn's citations."""
    expect, last = result.case.expect, seen[-1]
    unjudged: tuple[str, ...] = ()
    mismatches: tuple[Mismatch, ...]
    if target.unjudged:
        mismatches = tuple(grade_text(expect, last))
        unjudged = tuple(f"{key}: {target.unjudged}" for key in beyond_text(expect))
    else:
        documents = target.documents()
        mismatches = (*_unsound_turns(seen[:-1], documents), *grade(expect, last, documents))
    outcome = Outcome.FAILED if mismatches else Outcome.SKIPPED if unjudged else Outcome.PASSED
    return replace(
        result, outcome=outcome, mismatches=mismatches, said=last.said, seen=last, unjudged=unjudged
    )  # fmt: skip


def _unsound_turns(seen: Iterable[Observation], documents: Mapping[str, Document]) -> Iterator[Mismatch]:
    for number, turn in enumerate(seen, start=1):
        for fault in unsound_citations(turn, documents):
            yield replace(fault, key=f"turn {number}, {fault.key}")
