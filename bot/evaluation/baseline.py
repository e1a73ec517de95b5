"""Baselines: what a run is compared with, and what of it has changed.

newly failing     passed (or was not there), and fails now
newly passing     failed, and passes now
changed wording   says something else; whether that is right, the case's expectations tell
slowed down       takes three times as long as the run as a whole would have it, and 50 ms more, however often it is run
new, gone         is on one side only
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

from bot.evaluation.errors import SuiteError
from bot.evaluation.report import CaseResult, Outcome, Report

FORMAT = 1
SLOWER = 3.0
SLOWER_SECONDS = 0.05

_BAD = (Outcome.FAILED, Outcome.ERROR)


class CaseChange(StrEnum):
    """How a case stands to the baseline."""

    NEWLY_FAILING = "newly failing"
    NEWLY_PASSING = "newly passing"
    WORDING = "changed wording"
    SLOWER = "slowed down"
    NEW = "new"
    GONE = "gone"


class FailOn(StrEnum):
    """What makes a run fail: the policy. ``failing`` is any case that fails, in the baseline or not."""

    FAILING = "failing"
    NEWLY_FAILING = "newly-failing"
    WORDING = "wording"
    SLOWER = "slower"
    GONE = "gone"


_POLICY: Mapping[FailOn, CaseChange] = {
    FailOn.NEWLY_FAILING: CaseChange.NEWLY_FAILING,
    FailOn.WORDING: CaseChange.WORDING,
    FailOn.SLOWER: CaseChange.SLOWER,
    FailOn.GONE: CaseChange.GONE,
}


@dataclass(frozen=True, slots=True)
class Was:
    """What a baseline holds of a case; ``seconds`` is None where it was not timed."""

    outcome: Outcome
    said: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one case, with what there was and what there is; ``asked`` is "" where the case is gone."""

    change: CaseChange
    id: str
    before: str
    after: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes of a run, by kind in the order of ``CaseChange``, then in the order of the cases.

    ``known`` are the ids of the cases that fail as they did before.
    """

    changes: tuple[Changed, ...]
    known: frozenset[str] = frozenset()

    def of(self, change: CaseChange) -> tuple[Changed, ...]:
        """The changes of one kind."""
        return tuple(changed for changed in self.changes if changed.change is change)

    def summary(self) -> str:
        """How many of each kind: ``2 newly failing, 1 changed wording``; ``nothing`` where there is none."""
        return ", ".join(f"{len(self.of(c))} {c}" for c in CaseChange if self.of(c)) or "nothing"


def accepted(report: Report, comparison: Comparison | None, policy: Collection[FailOn]) -> bool:
    """Whether a run passes under a policy; what was not run, never does.

    Without a policy nothing may fail, or with a baseline, nothing that did not fail before.
    """
    policy = policy or {FailOn.FAILING if comparison is None else FailOn.NEWLY_FAILING}
    if report.not_run or (FailOn.FAILING in policy and report.failed):
        return False
    return comparison is None or not any(comparison.of(_POLICY[each]) for each in policy if each in _POLICY)


def compare(report: Report, baseline: Mapping[str, Was], *, whole: bool = True) -> Comparison:
    """Hold a run against a baseline. ``whole``: all cases were run, so that one that is missing is gone."""
    pace = _pace(report, baseline)
    found = [each for result in report.results for each in _changes(result, baseline.get(result.id), pace)]
    if whole:
        run = {result.id for result in report.results}
        found += [Changed(CaseChange.GONE, name, was.outcome, "") for name, was in baseline.items() if name not in run]
    order = list(CaseChange)
    known = {r.id for r in report.failures() if (was := baseline.get(r.id)) and was.outcome in _BAD}
    return Comparison(tuple(sorted(found, key=lambda changed: order.index(changed.change))), frozenset(known))


def seemingly_slower(report: Report, baseline: Mapping[str, Was]) -> frozenset[str]:
    """The cases that took too long this time: by chance, maybe, so that they are to be timed again."""
    return frozenset(changed.id for changed in compare(report, baseline, whole=False).of(CaseChange.SLOWER))


def _changes(result: CaseResult, was: Was | None, pace: float) -> Iterator[Changed]:
    if result.outcome is Outcome.NOT_RUN:
        return

    def changed(change: CaseChange, before: str, after: str) -> Changed:
        return Changed(change, result.id, before, after, result.case.asked)

    fails = result.outcome in _BAD
    if was is None:
        yield changed(CaseChange.NEW, "", result.outcome)
        if fails:
            yield changed(CaseChange.NEWLY_FAILING, "", _told(result))
        return
    failed = was.outcome in _BAD
    if fails and not failed:
        yield changed(CaseChange.NEWLY_FAILING, was.said, _told(result))
    if failed and not fails:
        yield changed(CaseChange.NEWLY_PASSING, was.said, result.said)
    if result.said != was.said:
        yield changed(CaseChange.WORDING, was.said, result.said)
    if was.seconds is not None and slowed(result.seconds, was.seconds * pace):
        yield changed(CaseChange.SLOWER, f"{was.seconds * pace:.3f} s", f"{result.seconds:.3f} s")


def _told(result: CaseResult) -> str:
    return "; ".join(f"{m.key}: expected {m.expected}; got {m.got}" for m in result.mismatches)


def slowed(seconds: float, expected: float) -> bool:
    """Whether a case took much longer than expected: 0.2 s for 0.05 s is, 0.02 s for 0.005 s may be chance."""
    return seconds > SLOWER * expected and seconds - expected > SLOWER_SECONDS


def _pace(report: Report, baseline: Mapping[str, Was]) -> float:
    """How much slower this machine is than the baseline's: the middle of all cases' ratios, and 1 where none was timed.

    What takes twice as long with everything else has not slowed down itself.
    """
    ratios = [
        result.seconds / was.seconds
        for result in report.results
        if (was := baseline.get(result.id)) and was.seconds and result.seconds
    ]
    return median(ratios) if ratios else 1.0


def load_baseline(path: Path) -> Mapping[str, Was]:
    """The cases of a baseline by id. Raises SuiteError for a file that is none."""
    mend = "Write one with --baseline FILE --update-baseline."
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        seconds = data.get("seconds", {})
        if data["format"] != FORMAT:
            raise SuiteError([f"--baseline {path}: has format {data['format']}, not {FORMAT}. {mend}"])
        return {
            name: Was(Outcome(row["outcome"]), row["said"], seconds.get(name)) for name, row in data["cases"].items()
        }
    except OSError as error:
        raise SuiteError([f"--baseline {path}: can't be read ({error.strerror}). {mend}"]) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SuiteError([f"--baseline {path}: is no baseline ({error}). {mend}"]) from error


def write_baseline(report: Report, path: Path, old: Mapping[str, Was] | None = None, *, whole: bool = True) -> None:
    """Write a run as the baseline. ``whole``: all cases were run, so that others are dropped from the old one.

    A time is kept as it was unless the case has slowed down, so that two baselines differ only where something has
    changed. Raises OSError.
    """
    known = old or {}
    pace = _pace(report, known)
    now = {
        result.id: Was(result.outcome, result.said, _seconds(result, known.get(result.id), pace))
        for result in report.results
        if result.outcome is not Outcome.NOT_RUN
    }
    rows = sorted((now if whole else {**known, **now}).items())
    data = {
        "format": FORMAT,
        "cases": {name: {"outcome": was.outcome.value, "said": was.said} for name, was in rows},
        "seconds": {name: was.seconds for name, was in rows if was.seconds is not None},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


def _seconds(result: CaseResult, was: Was | None, pace: float) -> float:
    if was and was.seconds is not None and not slowed(result.seconds, was.seconds * pace):
        return was.seconds
    return round(result.seconds, 4)


def comparison_to_json(comparison: Comparison) -> dict[str, object]:
    """The changes by kind. What slowed down is left out: it differs from run to run, and stands with the timings."""
    return {
        change.value: [
            {"case": c.id, "asked": c.asked, "before": c.before, "after": c.after} for c in comparison.of(change)
        ]
        for change in CaseChange
        if change is not CaseChange.SLOWER
    }
