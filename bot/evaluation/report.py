"""What a run of suites found: a result for each case, and the counts over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.evaluation.grading import Mismatch, Observation
from bot.evaluation.suite import Case

UNTAGGED = "(untagged)"


class Outcome(StrEnum):
    """How a case ended.

    ``error``: the bot raised; ``skipped``: what could be judged holds, but some of the expectations could not be;
    ``not_run``: an earlier failure ended the run.
    """

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case ended. ``said`` is what the bot said last; ``seconds`` is wall time over all turns.

    ``seen`` is all that was seen of the last turn, None where the bot raised or was not asked; ``unjudged`` names the
    expectations that could not be judged, each with the reason.
    """

    suite: str
    path: Path
    case: Case
    outcome: Outcome
    mismatches: tuple[Mismatch, ...] = ()
    said: str = ""
    seconds: float = 0.0
    seen: Observation | None = None
    unjudged: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The case's name with that of its suite: ``lines/north-direct``."""
        return f"{self.suite}/{self.case.name}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases ended how; those that raised count as failed."""

    passed: int
    failed: int
    skipped: int
    not_run: int

    @classmethod
    def of(cls, results: Sequence[CaseResult]) -> Counts:
        """The counts over some results."""

        def count(*outcomes: Outcome) -> int:
            return sum(result.outcome in outcomes for result in results)

        return cls(
            count(Outcome.PASSED),
            count(Outcome.FAILED, Outcome.ERROR),
            count(Outcome.SKIPPED),
            count(Outcome.NOT_RUN),
        )

    def to_json(self) -> dict[str, int]:
        """The counts as plain data."""
        return {"passed": self.passed, "failed": self.failed, "skipped": self.skipped, "not_run": self.not_run}


@dataclass(frozen=True, slots=True)
class Report:
    """The results in the order of the suites. A case that failed and one that raised both count as failed."""

    results: tuple[CaseResult, ...]
    seconds: float

    @property
    def counts(self) -> Counts:
        """How many cases ended how."""
        return Counts.of(self.results)

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return self.counts.passed

    @property
    def failed(self) -> int:
        """How many cases failed or raised."""
        return self.counts.failed

    @property
    def skipped(self) -> int:
        """How many cases could not be judged whole."""
        return self.counts.skipped

    @property
    def not_run(self) -> int:
        """How many cases an early end left out."""
        return self.counts.not_run

    @property
    def ok(self) -> bool:
        """Whether every case ran and none failed. Skipped cases are told, and fail nothing."""
        return not self.failed and not self.not_run

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

    def totals(self) -> str:
        """The counts in the words that test reports use: ``12 passed, 1 failed``."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        left_out = f", {self.not_run} not run" if self.not_run else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}{left_out}"

    def summary(self) -> str:
        """The totals with the time: ``12 passed, 1 failed in 0.52 s``."""
        return f"{self.totals()} in {self.seconds:.2f} s"


def report_to_json(report: Report) -> dict[str, object]:
    """The report as plain data: totals, counts by tag, a row for each case; the same for two runs that end the same."""
    return {
        **report.counts.to_json(),
        "tags": {tag: Counts.of(results).to_json() for tag, results in report.by_tag().items()},
        "cases": [_result_to_json(result) for result in report.results],
    }


def timings_to_json(report: Report) -> dict[str, object]:
    """What differs from run to run: the seconds of the whole and of each case."""
    return {
        "seconds": round(report.seconds, 3),
        "cases": {result.id: round(result.seconds, 4) for result in report.results},
    }


def _result_to_json(result: CaseResult) -> dict[str, object]:
    seen = result.seen
    return {
        "suite": result.suite,
        "name": result.case.name,
        "line": result.case.line,
        "tags": list(result.case.tags),
        "asked": result.case.asked,
        "outcome": result.outcome.value,
        "failures": [{"key": m.key, "expected": m.expected, "got": m.got} for m in result.mismatches],
        "unjudged": list(result.unjudged),
        "said": result.said,
        "status": seen.status if seen else None,
        "verdict": seen.verdict if seen else None,
        "values": list(seen.values) if seen else [],
    }
