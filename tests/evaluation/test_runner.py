"""Grading and running: every kind of expectation passing and failing, citations, history, early ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.evaluation import Outcome, Report, load_suite, run_suites
from bot.evaluation.grading import Observation
from bot.evaluation.report import UNTAGGED, report_to_json
from bot.evaluation.runner import run_against
from bot.evaluation.targets import InProcess
from bot.schema.answer import Answer, Citation, Status, Verdict
from corpus.model import Document
from tests.evaluation.conftest import ScriptedBot, cite, make_answer, make_check

WriteSuite = Callable[..., Path]
QUESTION = "Who runs the north line?"
CLAIM = "Ben runs the north line."


def run(path: Path, bot: ScriptedBot, *, fail_fast: bool = False) -> Report:
    return run_suites([load_suite(path)], lambda _: bot, fail_fast=fail_fast)


def failed_keys(write: WriteSuite, expect: str, bot: ScriptedBot, *, check: bool = False) -> list[str]:
    asked = f"check: '{CLAIM}'" if check else f"question: '{QUESTION}'"
    (result,) = run(write(f"cases:\n  - name: one\n    {asked}\n    expect: {expect}\n"), bot).results
    assert (result.outcome is Outcome.PASSED) == (not result.mismatches)
    return [mismatch.key for mismatch in result.mismatches]


ANSWER = make_answer(
    "Anna runs the \u2018north\u2019 line.",
    status=Status.CORRECTED,
    verdict=Verdict.REFUTED,
    values=["no", "Anna"],
    citations=[cite("Anna runs the north line.")],
)


@pytest.mark.parametrize(
    ("passing", "failing"),
    [
        ("{status: corrected}", "{status: answered}"),
        ("{status: [answered, corrected]}", "{status: [answered, partial]}"),
        ("{verdict: refuted}", "{verdict: [supported, not_enough_info]}"),
        ("{values: [Anna, no]}", "{values: [Anna]}"),
        ("{values: [ANNA, no]}", "{values: [Anna, no, Ben]}"),
        ("{values: [Anna, no]}", "{values: []}"),
        ("{values: [Anna], values_may: [no]}", "{values: [Ben], values_may: [Anna, no]}"),
        ("{verdict: [none, refuted]}", "{verdict: none}"),
        ("{values_include: [Anna]}", "{values_include: [Anna, Ben]}"),
        ("{contains: [RUNS, \"the 'north' line\"]}", "{contains: [Anna, Ben]}"),
        ("{matches: ['^Anna runs']}", "{matches: ['^anna runs']}"),
        ("{excludes: [Ben]}", "{excludes: [ANNA]}"),
        ("{not_matches: ['(?i)ben']}", "{not_matches: ['(?i)ANNA']}"),
        ("{cites: [anna runs]}", "{cites: [belongs to Ben]}"),
    ],
)
def test_each_expectation_of_an_answer(suite_file: WriteSuite, passing: str, failing: str) -> None:
    bot = ScriptedBot({QUESTION: ANSWER})
    assert failed_keys(suite_file, passing, bot) == []
    assert failed_keys(suite_file, failing, bot) == [failing[1:].split(":")[0]]


@pytest.mark.parametrize(
    ("passing", "failing"),
    [
        ("{verdict: refuted}", "{verdict: supported}"),
        ("{findings: [refuted]}", "{findings: [refuted, supported]}"),
        ("{correction_contains: [anna]}", "{correction_contains: [Ben]}"),
        ("{contains: [Anna runs it]}", "{contains: [Ben]}"),
        ("{cites: [the north line]}", "{cites: [belongs to Ben]}"),
    ],
)
def test_each_expectation_of_a_check(suite_file: WriteSuite, passing: str, failing: str) -> None:
    report = make_check(Verdict.REFUTED, "Anna runs the north line.", [cite("Anna runs the north line.")])
    bot = ScriptedBot(checks={CLAIM: report})
    assert failed_keys(suite_file, passing, bot, check=True) == []
    assert failed_keys(suite_file, failing, bot, check=True) == [failing[1:].split(":")[0]]


def test_a_missing_verdict_and_correction_fail(suite_file: WriteSuite) -> None:
    bot = ScriptedBot({QUESTION: make_answer()}, {CLAIM: make_check(Verdict.REFUTED)})
    assert failed_keys(suite_file, "{verdict: supported}", bot) == ["verdict"]
    assert failed_keys(suite_file, "{correction_contains: [Anna]}", bot, check=True) == ["correction_contains"]


def test_a_cited_text_may_be_typed_plainly(suite_file: WriteSuite) -> None:
    bot = ScriptedBot({QUESTION: make_answer(citations=[cite("belongs to Ben")])})
    assert failed_keys(suite_file, "{cites: ['the \"slow\" line belongs to Ben - for']}", bot) == []


def test_a_cited_text_that_no_document_holds_is_the_suites_fault(suite_file: WriteSuite) -> None:
    bot = ScriptedBot({QUESTION: ANSWER})
    suite = suite_file(f"cases: [{{name: one, question: '{QUESTION}', expect: {{cites: [Carla]}}}}]")
    (mismatch,) = run(suite, bot).results[0].mismatches
    assert "mend the suite" in mismatch.got


@pytest.mark.parametrize(
    "citation",
    [
        cite("Anna runs", shift=1),
        cite("for now.", shift=5),
        cite("Anna runs", shift=-3),
        cite("Anna runs", document_id="other"),
        cite("Anna runs", answer_end=1000),
    ],
    ids=["shifted", "past the end", "negative", "unknown document", "beyond the answer"],
)
def test_an_unsound_citation_fails_any_case(suite_file: WriteSuite, citation: Citation) -> None:
    bot = ScriptedBot({QUESTION: make_answer(citations=[citation])})
    assert failed_keys(suite_file, "{values: [Anna]}", bot) == ["citations"]


def test_that_there_is_no_verdict_can_be_expected(suite_file: WriteSuite) -> None:
    assert failed_keys(suite_file, "{verdict: none}", ScriptedBot({QUESTION: make_answer()})) == []


TURNS = "cases: [{name: one, turns: [a, b, c], expect: {values: [Anna]}}]"


def test_turns_run_through_the_history(suite_file: WriteSuite) -> None:
    bot = ScriptedBot({"a": make_answer(values=[]), "b": make_answer(values=[]), "c": make_answer()})
    assert run(suite_file(TURNS), bot).ok
    assert bot.asked == [("a", ()), ("b", ("a",)), ("c", ("a", "b"))]


def test_an_earlier_turns_citations_are_checked(suite_file: WriteSuite) -> None:
    unsound = make_answer(citations=[cite("Anna runs", shift=1)])
    report = run(suite_file(TURNS), ScriptedBot({"a": make_answer(), "b": unsound, "c": make_answer()}))
    assert [mismatch.key for mismatch in report.results[0].mismatches] == ["turn 2, citations"]


THREE = """\
cases:
  - {name: first, question: a, expect: {values: [Anna]}, tags: [x, y]}
  - {name: second, question: b, expect: {values: [Anna]}, tags: [x]}
  - {name: third, question: c, expect: {values: [Anna]}}
"""
SCRIPT: dict[str, Answer | Exception] = {"a": make_answer(), "b": ValueError("no such line"), "c": make_answer()}


def test_a_bot_that_raises_fails_its_case_and_not_the_run(suite_file: WriteSuite) -> None:
    report = run(suite_file(THREE), ScriptedBot(SCRIPT))
    assert [result.outcome for result in report.results] == [Outcome.PASSED, Outcome.ERROR, Outcome.PASSED]
    assert "ValueError: no such line" in report.results[1].mismatches[0].got
    assert (report.passed, report.failed, report.not_run, report.ok) == (2, 1, 0, False)
    assert report.summary().startswith("2 passed, 1 failed in ")


def test_fail_fast_reports_what_did_not_run(suite_file: WriteSuite) -> None:
    bot = ScriptedBot(SCRIPT)
    report = run(suite_file(THREE), bot, fail_fast=True)
    assert [result.outcome for result in report.results] == [Outcome.PASSED, Outcome.ERROR, Outcome.NOT_RUN]
    assert [question for question, _ in bot.asked] == ["a", "b"]
    assert "1 passed, 1 failed, 1 not run" in report.summary()
    assert not report.ok


def test_results_by_tag_and_as_data(suite_file: WriteSuite) -> None:
    report = run(suite_file(THREE), ScriptedBot(SCRIPT))
    assert {tag: len(results) for tag, results in report.by_tag().items()} == {"x": 2, "y": 1, UNTAGGED: 1}
    data = report_to_json(report)
    assert data["tags"] == {
        "x": {"passed": 1, "failed": 1, "skipped": 0, "not_run": 0},
        "y": {"passed": 1, "failed": 0, "skipped": 0, "not_run": 0},
        UNTAGGED: {"passed": 1, "failed": 0, "skipped": 0, "not_run": 0},
    }


def test_progress_counts_every_case_of_every_suite_and_each_suite_gets_its_corpus(suite_file: WriteSuite) -> None:
    bot = ScriptedBot({"a": make_answer(), "b": make_answer(), "c": make_answer()})
    suites = [load_suite(suite_file(THREE)), load_suite(suite_file("corpus: other\n" + THREE, "other.yaml"))]
    steps: list[tuple[int, int]] = []
    named: list[str | None] = []

    def bot_for(corpus: str | None) -> ScriptedBot:
        named.append(corpus)
        return bot

    run_suites(suites, bot_for, lambda done, total: steps.append((done, total)))
    assert steps == [(done, 6) for done in range(1, 7)]
    assert named == [None, "other"]


def test_how_many_run_at_a_time_changes_no_result(suite_file: WriteSuite) -> None:
    cases = "".join(f"  - {{name: c{n}, question: q{n}, expect: {{values: [Anna]}}}}\n" for n in range(40))
    script = {f"q{n}": make_answer(values=["Ben" if n % 7 == 6 else "Anna"]) for n in range(40)}
    suite = load_suite(suite_file(f"cases:\n{cases}"))

    def outcomes(jobs: int, *, fail_fast: bool = False) -> list[tuple[str, Outcome]]:
        bot = InProcess(ScriptedBot(script))
        report = run_against([suite], lambda _: bot, fail_fast=fail_fast, jobs=jobs)
        return [(result.case.name, result.outcome) for result in report.results]

    assert outcomes(4) == outcomes(1)
    assert outcomes(4, fail_fast=True) == outcomes(1, fail_fast=True)
    assert outcomes(4, fail_fast=True)[5:8] == [
        ("c5", Outcome.PASSED),
        ("c6", Outcome.FAILED),
        ("c7", Outcome.NOT_RUN),
    ]


class Talker:
    """A bot that answers with words alone."""

    unjudged = "there are only words"

    def documents(self) -> dict[str, Document]:
        return {}

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        return tuple(Observation("Anna runs it.", "", None, None, (), (), ()) for _ in turns)

    def check(self, text: str) -> Observation:
        return self.converse([text])[0]


def test_what_cannot_be_judged_is_skipped_with_the_reason_and_never_passed(suite_file: WriteSuite) -> None:
    path = suite_file(
        """\
cases:
  - {name: words, question: a, expect: {contains: [anna]}}
  - {name: more, question: a, expect: {contains: [anna], status: answered, values: []}}
  - {name: wrong, question: a, expect: {contains: [Ben], status: answered}}
  - {name: claim, check: a, expect: {findings: [supported], verdict: supported}}
"""
    )
    report = run_against([load_suite(path)], lambda _: Talker())
    passed, skipped, failed = Outcome.PASSED, Outcome.SKIPPED, Outcome.FAILED
    assert [result.outcome for result in report.results] == [passed, skipped, failed, skipped]
    assert report.results[1].unjudged == ("status: there are only words", "values: there are only words")
    assert "1 passed, 1 failed, 2 skipped in" in report.summary()
