"""What has changed since a baseline, and what a run may fail on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.evaluation import CaseResult, Expectation, Mismatch, Outcome, Report, SuiteError
from bot.evaluation.baseline import (
    CaseChange,
    Changed,
    FailOn,
    accepted,
    compare,
    load_baseline,
    seemingly_slower,
    write_baseline,
)
from bot.evaluation.grading import Observation
from bot.evaluation.runner import run_against, timed_again
from bot.evaluation.suite import Case, Suite
from corpus.model import Document

PASSED, FAILED, NOT_RUN = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_RUN


def result(name: str, outcome: Outcome = PASSED, said: str = "Anna.", seconds: float = 0.01) -> CaseResult:
    case = Case(name, ("Who?",), "", Expectation(values=("Anna",)))
    faults = (Mismatch("values", "Anna", "Ben"),) if outcome is FAILED else ()
    return CaseResult("lines", Path("lines.yaml"), case, outcome, faults, said, seconds)


def report(*results: CaseResult) -> Report:
    return Report(results, 1.0)


def since(tmp_path: Path, before: Report, after: Report, *, whole: bool = True) -> Sequence[Changed]:
    write_baseline(before, tmp_path / "base.json")
    return compare(after, load_baseline(tmp_path / "base.json"), whole=whole).changes


def kinds(changes: Sequence[Changed]) -> list[tuple[CaseChange, str]]:
    return [(changed.change, changed.id) for changed in changes]


def test_a_run_like_the_baseline_has_not_changed(tmp_path: Path) -> None:
    run = report(result("a"), result("b", FAILED))
    assert since(tmp_path, run, run) == ()


def test_each_change_is_named(tmp_path: Path) -> None:
    before = report(result("a"), result("b", FAILED), result("c"), result("d"))
    after = report(result("a", FAILED), result("b"), result("c", said="It is Anna."), result("e", FAILED))
    changes = since(tmp_path, before, after)
    assert kinds(changes) == [
        (CaseChange.NEWLY_FAILING, "lines/a"),
        (CaseChange.NEWLY_FAILING, "lines/e"),
        (CaseChange.NEWLY_PASSING, "lines/b"),
        (CaseChange.WORDING, "lines/c"),
        (CaseChange.NEW, "lines/e"),
        (CaseChange.GONE, "lines/d"),
    ]
    assert changes[0].after == "values: expected Anna; got Ben"
    assert (changes[3].before, changes[3].after) == ("Anna.", "It is Anna.")


def test_what_was_not_run_is_neither_gone_nor_changed(tmp_path: Path) -> None:
    assert since(tmp_path, report(result("a"), result("b")), report(result("a", NOT_RUN)), whole=False) == ()


def test_a_case_that_slows_down_is_told_from_a_slow_machine(tmp_path: Path) -> None:
    before = report(*(result(name, seconds=0.1) for name in "abcde"))
    everything = report(*(result(name, seconds=0.4) for name in "abcde"))
    assert since(tmp_path, before, everything) == ()
    one = report(*(result(name, seconds=0.1) for name in "abcd"), result("e", seconds=0.4))
    assert kinds(since(tmp_path, before, one)) == [(CaseChange.SLOWER, "lines/e")]
    tiny = report(*(result(name, seconds=0.001) for name in "abcd"), result("e", seconds=0.02))
    assert since(tmp_path, report(*(result(name, seconds=0.001) for name in "abcde")), tiny) == ()


class Sleeper:
    """A bot that takes its time once, and then answers at once."""

    unjudged = ""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.asked = seconds, 0

    def documents(self) -> dict[str, Document]:
        return {}

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        self.asked += 1
        time.sleep(self.seconds if self.asked == 1 else 0)
        return tuple(Observation("Anna.", "", None, None, ("Anna",), (), ()) for _ in turns)

    def check(self, text: str) -> Observation:
        raise AssertionError("nothing is checked here")


def test_what_was_slow_by_chance_is_timed_again_and_is_not_slower(tmp_path: Path) -> None:
    write_baseline(report(*(result(name, seconds=0.001) for name in "abc")), tmp_path / "base.json")
    old = load_baseline(tmp_path / "base.json")
    suite, bot = Suite("lines", Path("lines.yaml"), None, (result("a").case,)), Sleeper(0.1)
    once = run_against([suite], lambda _: bot)
    rest = tuple(result(name, seconds=0.001) for name in "bc")
    found = replace(once, results=(*once.results, *rest))
    assert seemingly_slower(found, old) == {"lines/a"}
    again = timed_again(found, [suite], lambda _: bot, seemingly_slower(found, old))
    assert bot.asked == 3
    assert (seemingly_slower(again, old), again.results[1:]) == (frozenset(), rest)


@pytest.mark.parametrize(
    ("after", "policy", "held"),
    [
        (result("a", FAILED), (), False),
        (result("a", FAILED), (FailOn.WORDING,), True),
        (result("a", said="It is Anna."), (), True),
        (result("a", said="It is Anna."), (FailOn.NEWLY_FAILING, FailOn.WORDING), False),
        (result("b"), (), True),
        (result("b"), (FailOn.GONE,), False),
        (result("a", NOT_RUN), (), False),
    ],
)
def test_the_policy_says_what_fails(tmp_path: Path, after: CaseResult, policy: Sequence[FailOn], held: bool) -> None:
    write_baseline(report(result("a")), tmp_path / "base.json")
    run = report(after)
    assert accepted(run, compare(run, load_baseline(tmp_path / "base.json")), policy) is held


def test_what_failed_before_may_go_on_failing_unless_nothing_may(tmp_path: Path) -> None:
    run = report(result("a", FAILED))
    write_baseline(run, tmp_path / "base.json")
    comparison = compare(run, load_baseline(tmp_path / "base.json"))
    assert accepted(run, comparison, ())
    assert not accepted(run, comparison, [FailOn.FAILING])
    assert not accepted(run, None, ())


def test_a_baseline_written_again_differs_only_in_what_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    write_baseline(report(result("b", seconds=0.1), result("a", seconds=0.1)), path)
    first, old = path.read_text(), load_baseline(path)
    write_baseline(report(result("a", seconds=0.12), result("b", seconds=0.09)), path, old)
    assert path.read_text() == first
    write_baseline(report(replace(result("a"), said="It is Anna.")), path, old, whole=False)
    said = {name: was.said for name, was in load_baseline(path).items()}
    assert said == {"lines/a": "It is Anna.", "lines/b": "Anna."}


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9, "cases": {}}', '{"format": 1, "cases": {"a": {}}}'])
def test_a_file_that_is_no_baseline_is_told_with_the_mend(tmp_path: Path, text: str) -> None:
    (tmp_path / "base.json").write_text(text)
    with pytest.raises(SuiteError, match="--update-baseline"):
        load_baseline(tmp_path / "base.json")
    with pytest.raises(SuiteError, match="can't be read"):
        load_baseline(tmp_path / "none.json")
