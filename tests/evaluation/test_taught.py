"""Taught examples as a suite: each message must be answered as the question that it means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.evaluation.generated import metamorphic
from bot.evaluation.report import Outcome, Report
from bot.evaluation.runner import run_suites
from bot.evaluation.taught import taught_suite
from bot.schema.answer import Answer, Status, Verdict
from corpus.model import Corpus, Taught
from tests.evaluation.conftest import ScriptedBot, make_answer, make_corpus

FLOUR = Taught("who do I ring about the flour", "Who runs the mill?")
GOLD = make_answer()


def taught_corpus(*taught: Taught, folder: Path = Path("railway")) -> Corpus:
    return replace(make_corpus(), folder=folder, taught=taught)


def run(message: Answer | Exception, means: Answer | Exception = GOLD) -> Report:
    bot = ScriptedBot({FLOUR.message: message, FLOUR.means: means}, corpus=taught_corpus(FLOUR))
    return run_suites([taught_suite(bot.corpus, None)], lambda _: bot)


def test_the_suite_is_that_of_the_file_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text("# Mine.\nexamples:\n- {message: a, means: A?}\n\n- {message: b, means: B?}\n", encoding="utf-8")
    taught = (Taught("a", "A?"), Taught("b", "B?"), Taught("A!", "a"))
    suite = taught_suite(taught_corpus(*taught, folder=tmp_path), "railway")
    assert (suite.name, suite.path, suite.corpus) == ("examples", file, "railway")
    assert [(case.name, case.turns, case.like, case.line) for case in suite.cases] == [
        ("a", ("a",), "A?", 3),
        ("b", ("b",), "B?", 5),
    ]


def test_the_same_status_verdict_and_values_pass_whatever_the_words() -> None:
    assert run(make_answer("It is Anna who does.")).ok


def test_another_meaning_fails_and_tells_what_it_should_be() -> None:
    for wrong, key in (
        (make_answer(values=["Ben"]), "values"),
        (make_answer(status=Status.NOT_STATED), "status"),
        (make_answer(verdict=Verdict.REFUTED), "verdict"),
    ):
        [result] = run(wrong).results
        assert result.outcome is Outcome.FAILED
        assert [mismatch.key for mismatch in result.mismatches] == [key]
        assert (result.id, result.case.why) == (f"examples/{FLOUR.message}", f"taught: it means “{FLOUR.means}”")


def test_a_bot_that_raises_fails_the_example_and_not_the_run() -> None:
    for report in (run(GOLD, ValueError("broken")), run(ValueError("broken"))):
        assert [result.outcome for result in report.results] == [Outcome.ERROR]


def test_examples_are_not_asked_in_other_ways() -> None:
    bot = ScriptedBot(corpus=taught_corpus(FLOUR))
    assert metamorphic(bot, [taught_suite(bot.corpus, None)], seed=1).cases == ()
