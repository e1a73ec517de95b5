"""Loading suites: what is read, and what each fault is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.evaluation import SuiteError, find_suites, load_suite, select
from bot.schema.answer import Status, Verdict

WriteSuite = Callable[..., Path]

GOOD = """\
corpus: railway
cases:
  - name: north-direct
    question: "Who runs the north line?"
    expect:
      status: answered
      values: [Anna]
      matches: ['(?i)\\banna']
    tags: [line]
    why: "stated"
  - name: north-then-slow
    turns: ["Who runs the north line?", "And the slow one?"]
    expect: {status: [answered, inferred], verdict: supported}
    tags: [line, turns]
  - name: claim
    check: "Ben runs the north line."
    expect: {verdict: refuted, correction_contains: [Anna]}
"""


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(SuiteError) as caught:
        load_suite(path)
    return caught.value.problems


def case_with(expect: str) -> str:
    return f"cases:\n  - name: one\n    question: Who?\n    expect: {expect}\n"


def test_reads_every_form_of_case(suite_file: WriteSuite) -> None:
    suite = load_suite(suite_file(GOOD))
    direct, turns, claim = suite.cases
    assert (suite.name, suite.corpus) == ("lines", "railway")
    assert direct.turns == ("Who runs the north line?",)
    assert direct.expect.values == ("Anna",)
    assert (direct.tags, direct.why, direct.line) == (("line",), "stated", 3)
    assert turns.turns == ("Who runs the north line?", "And the slow one?")
    assert turns.expect.status == (Status.ANSWERED, Status.INFERRED)
    assert turns.expect.verdict == (Verdict.SUPPORTED,)
    assert (claim.check, claim.turns) == ("Ben runs the north line.", ())


def test_scalars_are_taken_as_written(suite_file: WriteSuite) -> None:
    suite = load_suite(suite_file(case_with("{values: [yes, 2025, 1.50]}")))
    assert suite.cases[0].expect.values == ("yes", "2025", "1.50")


def test_an_empty_list_of_values_is_an_expectation(suite_file: WriteSuite) -> None:
    assert load_suite(suite_file(case_with("{values: []}"))).cases[0].expect.values == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", None, "is empty"),
        ("cases: []\n", 1, "no cases"),
        ("corpus: railway\n", 1, "no cases"),
        ("- name: one\n", 1, "the suite is a list"),
        ("cases:\n  name: one\n", 2, "cases is a mapping"),
        ("cases:\n  - just text\n", 2, "a case is a single value"),
        ("case:\n  - name: one\n", 1, "Did you mean 'cases'?"),
        ("corpus: [railway]\ncases: []\n", 1, "corpus is a list"),
        ("cases:\n  - question: Who?\n    expect: {values: [Anna]}\n", 2, "no name"),
        ("cases:\n  - name: one\n    expect: {values: [Anna]}\n", 2, "nothing to ask"),
        (
            "cases:\n  - name: one\n    question: Who?\n    check: Ben.\n    expect: {verdict: refuted}\n",
            2,
            "Write one of",
        ),
        ("cases:\n  - name: one\n    turns: []\n    expect: {values: [Anna]}\n", 3, "empty list"),
        ("cases:\n  - name: one\n    question: ' '\n    expect: {values: [Anna]}\n", 3, "question is empty"),
        ("cases:\n  - name: one\n    question: Who?\n", 2, "expects nothing"),
        (
            "cases:\n  - name: one\n    question: Who?\n    tags: line\n    expect: {values: [Anna]}\n",
            4,
            "write a list",
        ),
        ("cases:\n  - name: one\n    name: two\n    question: Who?\n    expect: {values: [A]}\n", 3, "stands twice"),
        (case_with("{}"), 4, "is empty"),
        (case_with("answered"), 4, "expect is a single value"),
        (case_with("{value: [Anna]}"), 4, "Did you mean 'values'?"),
        (case_with("{status: answred}"), 4, "Did you mean 'answered'?"),
        (case_with("{status: [answered, maybe]}"), 4, "unknown value 'maybe'"),
        (case_with("{verdict: true}"), 4, "unknown value 'true'"),
        (case_with("{values: Anna}"), 4, "write a list"),
        (case_with("{contains: []}"), 4, "empty list"),
        (case_with("{contains: [null]}"), 4, "is empty"),
        (case_with("{contains: [[Anna]]}"), 4, "write one text"),
        (case_with("{matches: ['(open']}"), 4, "no regular expression"),
        (case_with("{correction_contains: [Anna]}"), 4, "does not apply to a question"),
        ("cases:\n  - name: one\n    check: Ben.\n    expect: {values: [Anna]}\n", 4, "does not apply to a check"),
        ("cases:\n\t- name: one\n", 2, "is not YAML"),
        ("cases: [\n", 2, "is not YAML"),
        ("a: \x07\n", None, "is not YAML"),
    ],
)
def test_a_fault_names_file_line_and_mend(suite_file: WriteSuite, text: str, line: int | None, says: str) -> None:
    path = suite_file(text)
    (problem, *_) = problems_of(path)
    assert problem.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert says in problem


def test_all_faults_are_told_at_once(suite_file: WriteSuite) -> None:
    path = suite_file(
        "cases:\n  - name: one\n    question: Who?\n    expect: {value: [A], matches: ['(']}\n  - name: two\n"
    )
    assert len(problems_of(path)) == 4


def test_a_name_is_taken_once(suite_file: WriteSuite) -> None:
    path = suite_file(GOOD + "  - name: claim\n    question: Who?\n    expect: {values: [Anna]}\n")
    assert problems_of(path) == (f"{path}:18: case 'claim': the name is taken by line 15. Choose another.",)


def test_what_cannot_be_read_is_an_error_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"cases: \xe9")
    assert "latin.yaml:1: is not UTF-8. Save" in problems_of(tmp_path / "latin.yaml")[0]
    assert "can't be read" in problems_of(tmp_path / "none.yaml")[0]


def test_nesting_without_end_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    assert problems_of(tmp_path / "deep.yaml")


def test_a_folder_stands_for_its_suites_and_each_runs_once(suite_file: WriteSuite, tmp_path: Path) -> None:
    second, first = suite_file(GOOD, "b.yaml"), suite_file(GOOD, "a.yml")
    suite_file("no suite", "notes.txt")
    assert find_suites([tmp_path, second]) == (first, second)


def test_a_path_without_suites_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteError) as caught:
        find_suites([tmp_path, tmp_path / "gone.yaml"])
    assert [problem.split(": ")[0] for problem in caught.value.problems] == [
        str(tmp_path),
        str(tmp_path / "gone.yaml"),
    ]


@pytest.mark.parametrize(
    ("tags", "names", "left"),
    [
        (["line"], [], ["north-direct", "north-then-slow"]),
        (["turns"], [], ["north-then-slow"]),
        ([], ["north-*", "claim"], ["north-direct", "north-then-slow", "claim"]),
        (["line"], ["*direct"], ["north-direct"]),
    ],
)
def test_filters(suite_file: WriteSuite, tags: list[str], names: list[str], left: list[str]) -> None:
    (suite,) = select([load_suite(suite_file(GOOD))], tags, names)
    assert [case.name for case in suite.cases] == left


def test_a_filter_that_leaves_nothing_is_an_error(suite_file: WriteSuite) -> None:
    suites = [load_suite(suite_file(GOOD))]
    with pytest.raises(SuiteError, match="Did you mean 'line'"):
        select(suites, tags=["lines"])
    with pytest.raises(SuiteError, match="no case"):
        select(suites, names=["south-*"])
