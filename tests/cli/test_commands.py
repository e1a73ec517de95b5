"""Every command: what goes to stdout and what to stderr, the exit code, and what a wrong use is told."""

from __future__ import annotations

import json
import socket
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import Result

from bot.answering.settings import SETTINGS, Settings
from bot.schema.contract import answer_to_json, facts_to_json, report_to_json
from tests.cli.conftest import TEXT, Backend, Run

COMMANDS = ("serve", "index", "ask", "chat", "check", "verify", "eval", "teach", "key", "facts")
SUITE = """\
cases:
  - {name: good, question: "Who runs the north line?", expect: {values: [Anna]}, tags: [line]}
  - {name: bad, question: "Who repairs?", expect: {values: [Ben]}, tags: [repair], why: "said in the yearbook"}
"""


@pytest.fixture
def suite(tmp_path: Path) -> str:
    path = tmp_path / "lines.yaml"
    path.write_text(SUITE, encoding="utf-8")
    return str(path)


def unwrapped(result: Result) -> str:
    """Help text without the box and the line breaks that a terminal's width puts in."""
    return " ".join(result.stdout.replace("\u2502", " ").split())


def test_help_lists_commands_and_settings(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(f" {command} " in result.stdout for command in COMMANDS)
    assert all(f"{setting.name} {setting.meaning}" in unwrapped(result) for setting in SETTINGS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_teaches_by_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"$ wholeads {command}" in unwrapped(result).partition("Examples:")[2]


def test_an_index_that_another_process_builds_is_waited_for(run: Run, backend: Backend) -> None:
    backend.indexed, backend.locked = False, 1
    result = run("ask", "Who runs the north line?")
    assert (result.exit_code, len(backend.built)) == (0, 1)
    assert result.stderr.count("another build") == 1


def test_ask_shows_answer_status_sources_and_reading(run: Run) -> None:
    result = run("ask", "Who runs the north line?")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "[answered]",
        "Anna runs it. [1]",
        "[1] The lines: \u201cAnna runs the north line.\u201d",
        "Understood as: runs(?, north line)",
        "Ask next: Who repairs \u201ctrams\u201d?",
    ]


def test_what_is_shown_can_neither_move_the_cursor_nor_be_markup(run: Run) -> None:
    result = run("ask", "[red]x[/nope] \x1b[2J \x9b1m")
    assert "Not stated: [red]x[/nope] \ufffd[2J \ufffd1m" in result.stdout


def test_ask_json_is_the_apis_shape_and_nothing_else(run: Run, backend: Backend) -> None:
    backend.indexed = False
    result = run("ask", "--json", "Who runs the north line?")
    assert json.loads(result.stdout) == answer_to_json(backend.bot.ask("Who runs the north line?"))
    assert "there is no index here yet" in result.stderr


def test_bytes_that_are_no_text_still_give_json(run: Run) -> None:
    result = run("ask", "--json", "caf\udce9?")
    assert json.loads(result.stdout)["question"] == "caf\ufffd?"


@pytest.mark.parametrize("args", [("ask", " "), ("check", ""), ("check", "-")])
def test_an_empty_text_is_wrong_use(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args, stdin="\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is empty. Write wholeads" in result.stderr


def test_chat_carries_the_history_until_a_new_start(run: Run, backend: Backend) -> None:
    result = run("chat", "--json", stdin="Who runs the north line?\n\nAnd trams?\n/new\nAgain\n/quit\nnever\n")
    assert result.exit_code == 0
    assert [json.loads(line)["question"] for line in result.stdout.splitlines()] == [
        "Who runs the north line?",
        "And trams?",
        "Again",
    ]
    assert [history for _, history in backend.bot.asked] == [(), ("Who runs the north line?",), ()]


def test_chat_ends_with_its_input(run: Run) -> None:
    result = run("chat", stdin="Who runs the north line?")
    assert result.exit_code == 0
    assert "Anna runs it." in result.stdout


def test_check_tells_its_verdict_by_exit_code(run: Run) -> None:
    good, bad = run("check", "Anna runs it."), run("check", "Ben runs it.")
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert bad.stdout.splitlines() == [
        "[refuted] Ben runs it.",
        "  The source says so. [1]",
        "  Correct: Anna runs the north line.",
        "  [1] The lines: \u201cAnna runs the north line.\u201d",
        "[refuted] 1 claim: 1 refuted (1 stated)",
    ]
    assert "Correct:" not in good.stdout
    assert (good.stderr, bad.stderr) == ("", ""), "off a terminal there is no bar"


def test_check_takes_a_file(run: Run, backend: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a text.txt"
    text = "Ben runs it.\n" * 50_000
    path.write_text("\ufeff" + text, encoding="utf-8")
    result = run("check", "--json", str(path))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["end"] == len(text), "beyond what the API takes"
    path.write_bytes(b"caf\xe9")
    refused = run("check", str(path))
    assert (refused.exit_code, f"{path} is not UTF-8 (byte 3)" in refused.stderr) == (2, True)


@pytest.mark.parametrize("name", ["report.txt", "reports/one", "./report", "C:\\report.txt", "~/report.md"])
def test_a_file_that_is_not_there_is_no_text(run: Run, name: str) -> None:
    result = run("check", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{name}: can't be read" in result.stderr


@pytest.mark.parametrize(
    "text", ["Anna runs A/B.", "Anna", "Anna runs it. " * 5_000, "アンナが運行する。", "Anna\x00 runs it."]
)
def test_a_text_is_no_file(run: Run, text: str) -> None:
    assert run("check", text).exit_code in (0, 1)


def test_check_reads_stdin_and_prints_json(run: Run, backend: Backend) -> None:
    result = run("check", "--json", "-", stdin="\ufeffBen runs it.")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == report_to_json(backend.bot.check("Ben runs it."))


def test_check_of_what_is_no_text_is_wrong_use(run: Run) -> None:
    result = run("check", "-", stdin=b"caf\xe9")
    assert result.exit_code == 2
    assert "stdin is not UTF-8 (byte 3)" in result.stderr


def test_facts_as_lines_and_as_json(run: Run, backend: Backend) -> None:
    assert run("facts").stdout == f"f1\tAnna\truns\tnorth line\t{TEXT[:25]}\n"
    assert json.loads(run("facts", "--json").stdout) == facts_to_json(backend.bot.corpus)


def test_facts_that_fit(run: Run) -> None:
    assert run("facts", "NORTH trams").stdout == ""
    for args in (["north"], ["--subject", "anna"], ["--object", "North Line"], ["--predicate", "runs", "--limit", "1"]):
        assert run("facts", *args).stdout.startswith("f1\t"), args
    wrong = run("facts", "--predicate", "walks")
    assert (wrong.exit_code, wrong.stderr) == (2, "error: No predicate 'walks'; there is 'runs'.\n")


@pytest.mark.parametrize("args", [("ask", "x"), ("check", "Anna."), ("chat",), ("facts",)])
def test_a_missing_index_is_built_first_or_is_an_error(run: Run, backend: Backend, args: tuple[str, ...]) -> None:
    backend.indexed = False
    refused = run(*args, "--no-build")
    assert (refused.exit_code, refused.stdout, backend.built) == (2, "", [])
    assert "wholeads index" in refused.stderr
    assert run(*args).exit_code == 0
    assert backend.built == [("railway",)]


def test_a_build_that_fails_is_an_error_without_traceback(run: Run, backend: Backend) -> None:
    backend.indexed = backend.can_build = False
    result = run("ask", "x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error: the disk is full. Make room." in result.stderr


def test_index_builds_what_is_named(run: Run, backend: Backend) -> None:
    assert run("index", "one", "two").exit_code == 0
    result = run("index")
    assert backend.built == [("one", "two"), ()]
    assert (result.stdout, "Index ready in" in result.stderr) == ("", True)
    assert "railway: 3 embedded, 12 kept, 1 deleted" in result.stderr


def test_index_removes_what_is_named_and_nothing_else(run: Run, backend: Backend) -> None:
    result = run("index", "--remove", "one", "two")
    assert (result.exit_code, backend.removed, backend.built) == (0, [("one", "two")], [])
    assert "Index removed: two" in result.stderr
    nothing = run("index", "--remove")
    assert nothing.exit_code == 2
    assert "name the corpora" in nothing.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("ask", "--corpus", "tramway", "x"), "There are: railway."),
        (("eval", "nowhere.yaml"), "no such file or folder"),
        (("ask",), "Missing argument"),
        (("ask", "--jsn", "x"), "No such option"),
        (("answer", "x"), "No such command"),
        (("serve", "--port", "many"), "valid integer"),
        (("serve", "--port", "70000"), "WHOLEADS_PORT"),
    ],
)
def test_wrong_use_is_told_on_stderr(run: Run, args: tuple[str, ...], says: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_setting_is_wrong_use(run: Run) -> None:
    result = run("facts", environ={"WHOLEADS_PORT": "many"})
    assert result.exit_code == 2
    assert "WHOLEADS_PORT='many'" in result.stderr


def test_a_corpus_is_opened_by_the_name_given_else_by_the_setting(run: Run, backend: Backend) -> None:
    run("ask", "x")
    run("ask", "-c", "railway", "x", environ={"WHOLEADS_CORPUS": "other"})
    assert backend.opened == [("railway",), ("railway",)]


def test_ctrl_c_ends_with_130(run: Run, backend: Backend) -> None:
    backend.bot.raises = KeyboardInterrupt()
    result = run("ask", "x")
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (130, "", "")


def test_serve_says_where_it_listens_once_it_is_ready(run: Run, backend: Backend) -> None:
    backend.indexed = False
    result = run("serve", "--port", "0", "--corpus", "railway", environ={"WHOLEADS_CORPUS": "other"})
    ((environ, port),) = backend.served
    assert result.exit_code == 0
    assert (environ["WHOLEADS_CORPUS"], environ["WHOLEADS_PORT"]) == ("railway", "0")
    assert f"http://127.0.0.1:{port}" in result.stderr.splitlines()[-1]
    assert backend.built == [()]


def test_serve_tells_of_a_taken_port_before_it_loads(run: Run, backend: Backend) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 2
    assert f"port {port}: can't listen" in result.stderr
    assert (backend.opened, backend.served) == ([], [])


def test_eval_reports_by_tag_and_fails(run: Run, suite: str) -> None:
    result = run("eval", suite)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert f"FAILED {suite}:3 bad" in lines
    assert lines[lines.index("  values: expected Ben") + 1] == "    got no values"
    assert "  why: said in the yearbook" in lines
    assert lines[-1].startswith("1 passed, 1 failed in ")


def test_eval_filters(run: Run, suite: str) -> None:
    assert run("eval", suite, "--tag", "line").exit_code == 0
    assert run("eval", suite, "--name", "b*").exit_code == 1
    nothing = run("eval", suite, "--tag", "lime")
    assert (nothing.exit_code, "Did you mean 'line'?" in nothing.stderr) == (2, True)


def test_eval_json_and_junit(run: Run, suite: str, tmp_path: Path) -> None:
    result = run("eval", suite, "--json", "--junit", str(tmp_path / "out" / "report.xml"))
    data = json.loads(result.stdout)
    assert (data["passed"], data["failed"]) == (1, 1)
    assert data["cases"][1]["failures"] == [{"key": "values", "expected": "Ben", "got": "no values"}]
    assert ET.parse(tmp_path / "out" / "report.xml").getroot().get("failures") == "1"


def test_eval_stops_at_the_first_failure_when_told_to(run: Run, suite: str, backend: Backend) -> None:
    result = run("eval", "-x", suite, "--name", "bad", "--name", "good")
    assert result.exit_code == 1
    backend.bot.asked.clear()
    Path(suite).write_text(SUITE.replace("[Anna]", "[Ben]"), encoding="utf-8")
    assert "0 passed, 1 failed, 1 not run" in run("eval", "--fail-fast", suite).stdout
    assert len(backend.bot.asked) == 1


def test_eval_of_an_unreadable_suite_names_the_line(run: Run, suite: str) -> None:
    Path(suite).write_text(SUITE.replace("values", "value"), encoding="utf-8")
    result = run("eval", suite)
    assert result.exit_code == 2
    assert f"{suite}:2: case 'good', expect: unknown key 'value'. Did you mean 'values'?" in result.stderr
    assert f"{suite}:3: " in result.stderr


def test_eval_of_a_suite_with_a_corpus_of_its_own(run: Run, suite: str, backend: Backend) -> None:
    Path(suite).write_text(f"corpus: tramway\n{SUITE}", encoding="utf-8")
    assert run("eval", suite).exit_code == 2
    assert backend.opened == [("tramway",)]


def test_junit_that_cannot_be_written_is_wrong_use(run: Run, suite: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("eval", suite, "--tag", "line", "--junit", str(tmp_path / "file" / "report.xml"))
    assert result.exit_code == 2
    assert "Name another file" in result.stderr


def test_a_key_is_made_anew_each_time_and_opens_the_server_by_its_hash(run: Run) -> None:
    made, told = run("key").stdout.split()
    assert Settings.from_environ({"WHOLEADS_API_KEYS": told}) == Settings.from_environ({"WHOLEADS_API_KEYS": made})
    assert made not in told and made not in run("key").stdout
