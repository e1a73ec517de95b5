"""Tests of other tools as suites, and the schema for editors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.evaluation import SuiteError, load_suite
from bot.evaluation.foreign import append, import_tests
from bot.evaluation.schema import suite_schema
from bot.evaluation.suite import Suite, find_suites, parse_suite
from tests.evaluation.test_suite import GOOD, case_with

WriteSuite = Callable[..., Path]
SHIPPED = sorted((Path(__file__).parents[1] / "suites").glob("*.yaml"))

PROMPTFOO = """\
prompts: ["Answer: {{question}}"]
providers: [some:model]
defaultTest:
  assert:
    - {type: not-icontains, value: as an AI}
tests:
  - description: The north line
    vars: {question: 'Who runs the north line?'}
    assert:
      - {type: icontains, value: anna}
      - {type: contains-any, value: [Anna, "A. (the boss)"]}
      - {type: llm-rubric, value: is polite}
  - vars: {question: 'Who runs the slow line?'}
    assert:
      - type: equals
        value: Ben.
  - vars: {question: 'Is it late?', place: here}
    assert: [{type: javascript, value: output.length > 3}]
  - vars: {one: a, two: b}
    assert: [{type: contains, value: x}]
"""


def imported(path: Path) -> tuple[Suite, tuple[str, ...]]:
    found = import_tests(path)
    return parse_suite(Path("made.yaml"), found.text), found.left_out


def test_promptfoo_tests_become_cases_and_what_has_no_counterpart_is_told(suite_file: WriteSuite) -> None:
    path = suite_file(PROMPTFOO, "promptfoo.yaml")
    suite, left_out = imported(path)
    north, slow, late = suite.cases
    assert (north.name, north.turns) == ("the-north-line", ("Who runs the north line?",))
    assert (north.expect.excludes, north.expect.contains) == (("as an AI",), ("anna",))
    assert north.expect.matches[0].search("It is A. (the boss).")
    assert not north.expect.matches[0].search("anna")
    assert slow.expect.matches[0].fullmatch("Ben.")
    assert not slow.expect.matches[0].search("Ben. Or Anna.")
    # What it expects beside the assertion that was left out still holds.
    assert late.expect.excludes == ("as an AI",)
    assert [line.split(": ")[0] for line in left_out] == [f"{path}:{line}" for line in (12, 18, 19)]
    assert "'llm-rubric' is no assertion on words" in left_out[0]
    assert "asks nothing" in left_out[2]


CSV = """\
name,question,check,status,values,contains,matches,tags,__expected,weight
north,Who runs it?,,answered,Anna | Ben,,,line|north,icontains: anna,1
,,"Anna runs it, or Ben",,,,a|b,,,2
north,And now?,,,,"one, two",,,similar: x,
nothing,Who?,,,,,,,,
"""


def test_a_table_becomes_cases(suite_file: WriteSuite) -> None:
    suite, left_out = imported(suite_file(CSV, "table.csv"))
    north, claim, again = suite.cases
    assert (north.expect.values, north.expect.contains, north.tags) == (("Anna", "Ben"), ("anna",), ("line", "north"))
    assert (claim.name, claim.check) == ("row-2", "Anna runs it, or Ben")
    assert claim.expect.matches[0].pattern == "a|b"
    assert (again.name, again.expect.contains) == ("north-2", ("one, two",))
    assert ["weight" in left_out[0], "similar" in left_out[1], "expects nothing" in left_out[2]] == [True] * 3


def test_imported_cases_are_appended_and_comments_stay(suite_file: WriteSuite) -> None:
    commented = "# Mine.\n" + GOOD.replace("  - name: claim", "  # A claim.\n  - name: claim")
    suite = suite_file(commented)
    found = import_tests(suite_file(CSV, "table.csv"), taken={"north"})
    whole = append(suite, found)
    assert whole.startswith(commented)
    assert [case.name for case in parse_suite(suite, whole).cases][-3:] == ["north-2", "row-2", "north-3"]


def test_cases_are_appended_at_the_margin_that_the_suite_has(suite_file: WriteSuite) -> None:
    suite = suite_file("cases:\n- name: one\n  question: Who?\n  expect: {values: [Anna]}\n")
    whole = append(suite, import_tests(suite_file(CSV, "table.csv")))
    assert len(parse_suite(suite, whole).cases) == 4


@pytest.mark.parametrize("text", ["tests: file://more.yaml\n", "tests: []\n", "tests: [{vars: {a: b}}]\n"])
def test_a_file_without_tests_to_take_over_is_an_error(suite_file: WriteSuite, text: str) -> None:
    with pytest.raises(SuiteError):
        import_tests(suite_file(text))


def fits(text: str) -> bool:
    validator = jsonschema.Draft202012Validator(suite_schema())
    return validator.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "table.csv: is empty. Write a line with the columns"),
        (b"name,question\n\xfcber,Who?\n", "table.csv:2: is not UTF-8"),
        ("name,question,contains\na,Who?,Anna\n".encode("utf-16"), "table.csv:1: is not UTF-8"),
        (b"\x00\xff\x00\n" * 9, "table.csv:1: is not UTF-8"),
        (b'question,contains\nWho?,Anna\n"Who runs it?,Anna\n', "table.csv:3: is no row of a table"),
        (b"question,contains\n" + b"x" * 200_000 + b",Anna\n", "table.csv:2: is no row of a table"),
        (b"question,status\nWho?,answered\n\nWhy?,answerd\n", "table.csv:4: .* Did you mean 'answered'"),
    ],
    ids=["empty", "latin-1", "utf-16", "binary", "open quote", "huge cell", "wrong status"],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(SuiteError, match=told):
        import_tests(path)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_tables_of_spreadsheets_are_read_whatever_parts_their_cells(suite_file: WriteSuite, mark: str) -> None:
    text = f"Question{mark}CONTAINS\nWho runs it, and why?{mark}Anna\n{mark}\n"
    imported = import_tests(suite_file(text, "table.csv"))
    [case] = parse_suite(Path("s.yaml"), imported.text).cases
    assert (case.turns, case.expect.contains, imported.left_out) == (("Who runs it, and why?",), ("Anna",), ())


def test_cells_beyond_the_columns_are_told(suite_file: WriteSuite) -> None:
    imported = import_tests(suite_file("contains,question\nAnna,Who runs it, and why?\n", "table.csv"))
    [told] = imported.left_out
    assert "table.csv:2: has more cells than there are columns" in told


def test_a_file_that_ends_too_early_is_told_in_its_own_terms(suite_file: WriteSuite) -> None:
    with pytest.raises(SuiteError, match=r"half\.json:1: is not JSON"):
        import_tests(suite_file('{"tests": [', "half.json"))
    with pytest.raises(SuiteError, match=r"half\.yaml:\d: is not YAML"):
        import_tests(suite_file("tests:\n  - vars: {question: Who\n", "half.yaml"))


def test_a_table_is_no_suite_and_the_way_to_make_it_one_is_told(suite_file: WriteSuite) -> None:
    with pytest.raises(SuiteError, match="wholeads suite import"):
        find_suites([suite_file("question,contains\n", "table.csv")])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_suites_fit_the_schema(path: Path) -> None:
    assert fits(path.read_text(encoding="utf-8"))


CHECK = "cases:\n  - name: one\n    check: Ben.\n    expect: {expect}\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        case_with("{values: [yes, 2025, 1.50]}"),
        case_with("{values: []}"),
        case_with("{verdict: none, values_may: [Ben]}"),
        case_with("{}"),
        case_with("answered"),
        case_with("{value: [Anna]}"),
        case_with("{status: answred}"),
        case_with("{status: [answered, maybe]}"),
        case_with("{values: Anna}"),
        case_with("{contains: []}"),
        case_with("{contains: [null]}"),
        case_with("{contains: [[Anna]]}"),
        case_with("{correction_contains: [Anna]}"),
        case_with("{findings: [supported]}"),
        CHECK.format(expect="{findings: [supported], verdict: supported}"),
        CHECK.format(expect="{values: [Anna]}"),
        "cases: []\n",
        "corpus: railway\n",
        "cases:\n  - {name: one, question: 'Who?', check: Ben., expect: {verdict: refuted}}\n",
        "cases:\n  - {name: one, expect: {verdict: refuted}}\n",
        "cases:\n  - {question: 'Who?', expect: {verdict: refuted}}\n",
        "cases:\n  - {name: one, question: 'Who?'}\n",
        "cases:\n  - {name: one, question: 'Who?', tags: line, expect: {verdict: refuted}}\n",
        "cases:\n  - {name: one, turns: [], expect: {verdict: refuted}}\n",
    ],
)
def test_the_schema_takes_what_the_parser_takes(suite_file: WriteSuite, text: str) -> None:
    try:
        load_suite(suite_file(text))
        taken = True
    except SuiteError:
        taken = False
    assert fits(text) is taken
