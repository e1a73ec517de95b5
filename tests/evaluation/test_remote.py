"""Suites against a server: ours over its own API, and one that only knows OpenAI's chat completions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import Outcome, Report, SuiteError, load_suite
from bot.evaluation.remote import connect
from bot.evaluation.runner import run_against
from bot.schema.contract import answer_to_json
from tests.evaluation.conftest import cite, make_answer
from tests.evaluation.servers import ours

SUITE = """\
cases:
  - {name: words, question: a, expect: {contains: [anna], excludes: [Ben]}}
  - {name: terms, question: a, expect: {status: answered, values: [Anna], cites: ["Anna runs the north line"]}}
  - {name: turns, turns: [a, b], expect: {contains: [second]}}
  - {name: claim, check: c, expect: {verdict: refuted, findings: [refuted], correction_contains: [Anna]}}
  - {name: wrong, question: a, expect: {contains: [Carla], status: answered}}
"""


def chat(reply: Callable[[list[dict[str, str]]], object]) -> dict[str, Callable[[Any], object]]:
    return {
        "/v1/models": lambda _: {"data": [{"id": "tiny"}]},
        "/v1/chat/completions": lambda body: reply(body["messages"]),
    }


def said(text: str) -> object:
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}


def run(path: Path, url: str, corpus: str | None = None) -> Report:
    return run_against([load_suite(path)], lambda _: connect(url, corpus, key="secret"), jobs=2)


def test_ours_is_judged_whole_and_keeps_the_session(suite_file: Callable[..., Path], serve: Any) -> None:
    server = serve(ours())
    report = run(suite_file(SUITE), server.url, "railway")
    outcomes = [result.outcome for result in report.results]
    assert outcomes == [Outcome.PASSED] * 4 + [Outcome.FAILED], [r.mismatches for r in report.results]
    asked = [body for path, body, _ in server.sent if path == "/v1/ask" and body["question"] == "b"]
    assert asked == [{"question": "b", "session_id": "s1", "corpus": "railway"}]
    assert {key for _, _, key in server.sent} == {"Bearer secret"}


def test_jobs_are_asked_at_one_time(suite_file: Callable[..., Path], serve: Any) -> None:
    together = threading.Barrier(3, timeout=30)

    def reply(messages: list[dict[str, str]]) -> object:
        together.wait()  # Broken, which fails the case, unless three are being answered.
        return said("Anna.")

    cases = "".join(f"  - {{name: c{n}, question: a, expect: {{contains: [Anna]}}}}\n" for n in range(6))
    suite = load_suite(suite_file(f"cases:\n{cases}"))
    target = connect(serve(chat(reply)).url, None)
    assert run_against([suite], lambda _: target, jobs=3).passed == 6


def test_an_unsound_citation_of_a_server_fails(suite_file: Callable[..., Path], serve: Any) -> None:
    routes = ours()
    shifted = make_answer(citations=[cite("Anna runs", shift=2)])
    routes["/v1/ask"] = lambda body: answer_to_json(shifted, "s1")
    report = run(suite_file(SUITE), serve(routes).url, "railway")
    assert [m.key for m in report.results[0].mismatches] == ["citations"]


def test_of_words_alone_only_the_words_are_judged(suite_file: Callable[..., Path], serve: Any) -> None:
    turns: list[list[str]] = []

    def reply(messages: list[dict[str, str]]) -> object:
        turns.append([message["role"] for message in messages])
        return said("The second turn." if len(messages) > 1 else "Anna runs it.")

    server = serve(chat(reply))
    report = run(suite_file(SUITE), server.url + "/v1")
    passed, skipped = Outcome.PASSED, Outcome.SKIPPED
    assert [result.outcome for result in report.results] == [passed, skipped, passed, skipped, Outcome.FAILED]
    assert [why.partition(":")[0] for why in report.results[1].unjudged] == ["status", "values", "cites"]
    assert ["user", "assistant", "user"] in turns
    body = next(body for path, body, _ in server.sent if path.endswith("completions"))
    assert (body["model"], body["temperature"]) == ("tiny", 0)


def test_what_is_no_answer_is_an_error_of_its_case(suite_file: Callable[..., Path], serve: Any) -> None:
    report = run(suite_file(SUITE), serve(chat(lambda messages: {"error": "overloaded"})).url)
    assert {result.outcome for result in report.results} == {Outcome.ERROR}
    assert "overloaded" in report.results[0].mismatches[0].got


def test_where_nothing_answers_the_mend_is_told(serve: Any) -> None:
    with pytest.raises(SuiteError, match=r"no server .* 404.*WHOLEADS_API_KEY"):
        connect(serve({}).url, None)
    with pytest.raises(SuiteError, match="is no address"):
        connect("localhost:8000", None)
