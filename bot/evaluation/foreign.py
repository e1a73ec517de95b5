"""Tests of other tools as suites: promptfoo's YAML and tables in CSV. What cannot be taken over is told, never dropped.

A test of promptfoo::

    prompts: ["{{question}}"]
    tests:
      - description: Iberia
        vars: {question: Who leads Iberia?}
        assert:
          - {type: icontains, value: Crane}

A table has a column for each key of a case, several values parted by ``|``; promptfoo's ``__expected`` is read too::

    name,question,status,values,contains
    iberia,Who leads Iberia?,answered,Crane,leads Iberia
"""

from __future__ import annotations

import csv
import io
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import yaml

from bot.evaluation.errors import SuiteError
from bot.evaluation.nodes import compose, did_you_mean, line_of, read_text
from bot.evaluation.suite import parse_suite

Expected = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a suite, how many cases it has, and what was not taken over, each with its line and the reason."""

    text: str
    cases: int
    left_out: tuple[str, ...]


@dataclass
class _Case:
    """A case as it is read, before it is written; ``fields`` holds its other keys in the order of writing."""

    name: str
    line: int
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    expect: Expected = field(default_factory=dict)

    def add(self, found: Mapping[str, Sequence[str]]) -> None:
        """Expect this as well."""
        for key, texts in found.items():
            self.expect.setdefault(key, []).extend(texts)


def import_tests(path: Path, taken: Iterable[str] = ()) -> Imported:
    """The tests of a file (.csv, or promptfoo's .yaml, .yml or .json) as a suite; ``taken`` are names that are in use.

    Raises SuiteError when the file can't be read, or nothing in it can be taken over.
    """
    text = read_text(path)
    left_out: list[str] = []
    cases = list((_from_csv if path.suffix.lower() == ".csv" else _from_promptfoo)(path, text, left_out))
    kept = _named([case for case in cases if _usable(path, case, left_out)], set(taken))
    if not kept:
        mend = "Write tests with a question and an assertion on the words of the answer."
        raise SuiteError([*left_out, f"{path}: holds no test that can be taken over. {mend}"])
    return Imported(_suite_of(path, kept), len(kept), tuple(left_out))


def _suite_of(path: Path, cases: Sequence[_Case]) -> str:
    """The text of the suite. Raises SuiteError with each fault at the line that its case has in the file read."""
    pieces = [_written(case) for case in cases]
    text = f"cases:\n{''.join(pieces)}"
    try:
        parse_suite(path, text)
    except SuiteError as error:
        starts = list(accumulate((piece.count("\n") for piece in pieces[:-1]), initial=2))

        def at_home(match: re.Match[str]) -> str:
            return f"{path}:{cases[bisect_right(starts, int(match.group(1))) - 1].line}:"

        found = re.compile(rf"^{re.escape(str(path))}:(\d+):")
        raise SuiteError([found.sub(at_home, problem) for problem in error.problems]) from error
    return text


def append(suite: Path, imported: Imported) -> str:
    """The text of a suite with the imported cases at its end; what is there stays as it is, comments and all.

    Raises SuiteError when the outcome is no suite, as where the cases do not stand last in the file.
    """
    text = read_text(suite).rstrip("\n")
    _, _, cases = imported.text.partition("\n")
    indent = re.search(r"(?m)^( *)- ", text[text.find("cases:") :])
    margin = indent.group(1) if indent else "  "
    whole = text + "\n" + re.sub(r"(?m)^  (?=.)", margin, cases)
    parse_suite(suite, whole)
    return whole


def _usable(path: Path, case: _Case, left_out: list[str]) -> bool:
    asked = any(key in case.fields for key in ("question", "turns", "check"))
    if not asked:
        left_out.append(f"{path}:{case.line}: test '{case.name}' asks nothing. Put what it asks under 'question'.")
    elif not case.expect:
        left_out.append(f"{path}:{case.line}: test '{case.name}' expects nothing that can be taken over.")
    return asked and bool(case.expect)


def _named(cases: Sequence[_Case], taken: set[str]) -> Sequence[_Case]:
    """Each with a name of its own, made of what it is called: "Iberia, north" becomes ``iberia-north``."""
    for case in cases:
        stem = re.sub(r"[^\w]+", "-", case.name.lower()).strip("-")[:60] or "case"
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        case.name = name
        taken.add(name)
    return cases


def _written(case: _Case) -> str:
    lines = [f"  - name: {_quoted(case.name)}\n"]
    for key in ("question", "turns", "check"):
        if key in case.fields:
            lines.append(f"    {key}: {_quoted(case.fields[key])}\n")
    lines.append("    expect:\n")
    lines += [f"      {key}: {_quoted(texts)}\n" for key, texts in case.expect.items()]
    lines += [f"    {key}: {_quoted(case.fields[key])}\n" for key in ("tags", "why") if key in case.fields]
    return "".join(lines)


def _quoted(value: str | Sequence[str]) -> str:
    # JSON's strings and lists are YAML's as well.
    return json.dumps(value, ensure_ascii=False)


# promptfoo


def _from_promptfoo(path: Path, text: str, left_out: list[str]) -> Iterator[_Case]:
    root = compose(path, text)
    keys = _mapping(root)
    tests = keys.get("tests", root)
    if not isinstance(tests, yaml.SequenceNode):
        mend = "Write them there as a list: tests in other files are imported file by file."
        raise SuiteError([f"{path}:{line_of(tests)}: there is no list of tests under 'tests'. {mend}"])
    template = _template(keys.get("prompts"))
    default = _mapping(keys.get("defaultTest"))
    for number, node in enumerate(tests.value, start=1):
        test = _mapping(node)
        given = {**_mapping(default.get("vars")), **_mapping(test.get("vars"))}
        named = test.get("description")
        case = _Case(_text(named) if named is not None else f"test-{number}", line_of(node))
        if (asked := _asked(template, {name: _text(value) for name, value in given.items()})) is not None:
            case.fields["question"] = asked
        for each in (*_items(default.get("assert")), *_items(test.get("assert"))):
            _take(path, _mapping(each), line_of(each), case, left_out)
        for key in ("options", "threshold", "assertScoringFunction"):
            if key in test:
                left_out.append(f"{path}:{line_of(test[key])}: '{key}' has no counterpart; every assertion must hold.")
        yield case


def _template(prompts: yaml.Node | None) -> str:
    """The one prompt, where there is one, and it is written out; a question is put as it is."""
    texts = [_text(item) for item in _items(prompts) if isinstance(item, yaml.ScalarNode)]
    return texts[0] if len(texts) == 1 and "{{" in texts[0] else ""


def _asked(template: str, given: Mapping[str, str]) -> str | None:
    """The variable that holds the question: that of a usual name, the only one of the prompt, or the only one."""
    used = [name for name in re.findall(r"\{\{\s*(\w+)\s*\}\}", template) if name in given]
    usual = ("question", "query", "input", "prompt", "message")
    chosen = [name for name in usual if name in given] or (used if len(used) == 1 else list(given))
    return given[chosen[0]] if chosen and (len(chosen) == 1 or chosen[0] in usual) else None


def _take(path: Path, given: Mapping[str, yaml.Node], line: int, case: _Case, left_out: list[str]) -> None:
    kind = _text(given["type"]) if "type" in given else ""
    value = given.get("value")
    texts = [_text(item) for item in _items(value)] if isinstance(value, yaml.SequenceNode) else []
    if isinstance(value, yaml.ScalarNode):
        texts = [_text(value)]
    found = _assertion(kind, texts)
    if found is None:
        left_out.append(f"{path}:{line}: test '{case.name}': '{kind}' is no assertion on words. Check it another way.")
    else:
        case.add(found)


def _assertion(kind: str, texts: Sequence[str]) -> Expected | None:
    """An assertion in the terms of a suite, None where it has none: ``not-icontains`` is ``excludes``."""
    make = _ASSERTIONS.get(kind)
    if make is None or not texts:
        return None
    try:
        found = make(list(texts))
        for pattern in (*found.get("matches", ()), *found.get("not_matches", ())):
            re.compile(pattern)
    except re.error:
        return None
    return found


def _any_of(texts: list[str]) -> str:
    return "(?i)" + "|".join(map(re.escape, texts))


def _split(texts: list[str]) -> list[str]:
    """promptfoo writes lists as lists, and in tables as one text parted by commas."""
    return [part.strip() for text in texts for part in (text.split(",") if len(texts) == 1 else [text]) if part.strip()]


_ASSERTIONS: Mapping[str, Callable[[list[str]], Expected]] = {
    "contains": lambda texts: {"matches": [re.escape(text) for text in texts]},
    "icontains": lambda texts: {"contains": texts},
    "contains-all": lambda texts: {"matches": [re.escape(text) for text in _split(texts)]},
    "icontains-all": lambda texts: {"contains": _split(texts)},
    "contains-any": lambda texts: {"matches": [_any_of(_split(texts)).removeprefix("(?i)")]},
    "icontains-any": lambda texts: {"matches": [_any_of(_split(texts))]},
    "not-contains": lambda texts: {"not_matches": [re.escape(text) for text in texts]},
    "not-icontains": lambda texts: {"excludes": texts},
    "regex": lambda texts: {"matches": texts},
    "not-regex": lambda texts: {"not_matches": texts},
    "starts-with": lambda texts: {"matches": [rf"\A{re.escape(text)}" for text in texts]},
    "equals": lambda texts: {"matches": [rf"\A{re.escape(text)}\Z" for text in texts]},
}


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _items(node: yaml.Node | None) -> Sequence[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _text(node: yaml.Node) -> str:
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


# CSV

_LISTS = ("values", "values_may", "values_include", "contains", "excludes", "matches", "not_matches", "cites",
          "correction_contains", "status", "verdict", "findings")  # fmt: skip
_FIELDS = ("name", "question", "turns", "check", "tags", "why")
_FOREIGN = {"__description": "name", "input": "question", "query": "question", "prompt": "question"}


def _from_csv(path: Path, text: str, left_out: list[str]) -> Iterator[_Case]:
    if not text.strip():
        raise SuiteError([f"{path}: is empty. Write a line with the columns, as in name,question,contains, and rows."])
    # Spreadsheets part cells by semicolons where numbers have commas.
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        columns = list(_columns(path, rows.fieldnames or (), left_out))
        before = rows.line_num
        for number, row in enumerate(rows, start=1):
            before = rows.line_num
            case = _Case(f"row-{number}", before - "".join(map(str, row.values())).count("\n"))
            if any(row.values()):
                _read_row(path, case, row, columns, left_out)
                yield case
    except csv.Error as error:
        mend = "Mend the quotes of that row, or shorten its cells."
        raise SuiteError([f"{path}:{before + 1}: is no row of a table: {error}. {mend}"]) from error


def _columns(path: Path, names: Sequence[str], left_out: list[str]) -> Iterator[tuple[str, str]]:
    """What each column holds, in our terms, and its name; unknown ones are told."""
    known = (*_FIELDS, *_LISTS)
    for name in names:
        plain = name.strip().lower()
        column = _FOREIGN.get(plain, plain)
        if column in known or column.startswith("__expected"):
            yield column, name
        else:
            left_out.append(f"{path}:1: column '{name}' is not known. {did_you_mean(column, known)}")


def _read_row(
    path: Path,
    case: _Case,
    row: Mapping[str | None, str | list[str] | None],
    columns: Iterable[tuple[str, str]],
    left_out: list[str],
) -> None:
    if None in row:
        mend = "Put cells with commas in quotes."
        left_out.append(f"{path}:{case.line}: has more cells than there are columns; the last are left out. {mend}")
    for column, name in columns:
        if cell := str(row[name] or "").strip():
            _put(path, case, column, cell, left_out)


def _put(path: Path, case: _Case, column: str, cell: str, left_out: list[str]) -> None:
    parts = [part.strip() for part in cell.split("|") if part.strip()]
    if column == "name":
        case.name = cell
    elif column in ("turns", "tags"):
        case.fields[column] = parts
    elif column in _FIELDS:
        case.fields[column] = cell
    elif column in ("matches", "not_matches"):
        # A bar means "or" in these.
        case.add({column: [cell]})
    elif column in _LISTS:
        case.add({column: parts})
    elif column.startswith("__expected"):
        kind, colon, value = cell.partition(":")
        found = _assertion(kind.strip(), [value.strip()]) if colon else _assertion("equals", [cell])
        if found is None:
            left_out.append(f"{path}:{case.line}: '{kind}' is no assertion on words. Check it another way.")
        else:
            case.add(found)
