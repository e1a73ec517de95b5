"""What a run of suites found: a result for each case, and the counts over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.evaluation.grading import Mismatch
from bot.evaluation.suite import Case

UNTAGGED = "(untagged)"


class Outcome(StrEnum):
    """How a case ended. ``error``: the bot raised; ``not_run``: an earlier failure ended the run."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case ended. ``said`` is what the bot said last; ``seconds`` is wall time over all turns."""

    suite: str
    path: Path
    case: Case
    outcome: Outcome
    mismatches: tuple[Mismatch, ...] = ()
    said: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The results in the order of the suites. A case that failed and one that raised both count as failed."""

    results: tuple[CaseResult, ...]
    seconds: float

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return self._count(Outcome.PASSED)

    @property
    def failed(self) -> int:
        """How many cases failed or raised."""
        return self._count(Outcome.FAILED, Outcome.ERROR)

    @property
    def not_run(self) -> int:
        """How many cases an early end left out."""
        return self._count(Outcome.NOT_RUN)

    @property
    def ok(self) -> bool:
        """Whether every case ran and passed."""
        return self.passed == len(self.results)

    def failures(self) -> tuple[CaseResult, ...]:
        """The results of the cases that failed or raised."""
        return tuple(result for result in self.results if result.outcome in (Outcome.FAILED, Outcome.ERROR))

    def by_tag(self) -> Mapping[str, tuple[CaseResult, ...]]:
        """The results of each tag, in name order; a case with several tags stands under each."""
        found: dict[str, list[CaseResult]] = {}
        for result in self.results:
            for tag in result.case.tags or (UNTAGGED,):
                found.setdefault(tag, []).append(result)
        return {tag: tuple(found[tag]) for tag in sorted(found)}

    def summary(self) -> str:
        """One line of totals, in the words that test reports use: ``12 passed, 1 failed in 0.52 s``."""
        left_out = f", {self.not_run} not run" if self.not_run else ""
        return f"{self.passed} passed, {self.failed} failed{left_out} in {self.seconds:.2f} s"

    def _count(self, *outcomes: Outcome) -> int:
        return sum(result.outcome in outcomes for result in self.results)


def report_to_json(report: Report) -> dict[str, object]:
    """The report as plain data: totals, counts by tag, and a row for each case."""
    return {
        "passed": report.passed,
        "failed": report.failed,
        "not_run": report.not_run,
        "seconds": round(report.seconds, 3),
        "tags": {
            tag: {"passed": (part := Report(results, 0.0)).passed, "failed": part.failed, "not_run": part.not_run}
            for tag, results in report.by_tag().items()
        },
        "cases": [_result_to_json(result) for result in report.results],
    }


def _result_to_json(result: CaseResult) -> dict[str, object]:
    return {
        "suite": result.suite,
        "name": result.case.name,
        "line": result.case.line,
        "tags": list(result.case.tags),
        "outcome": result.outcome.value,
        "failures": [{"key": m.key, "expected": m.expected, "got": m.got} for m in result.mismatches],
        "said": result.said,
        "seconds": round(result.seconds, 4),
    }
