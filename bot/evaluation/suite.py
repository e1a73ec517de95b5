"""Suites, cases and what a case expects; loading them from YAML and choosing among them.

A suite::

    corpus: stations                 # optional: the corpus its cases are asked of
    cases:
      - name: north-direct
        question: "Who runs the north line?"     # or turns: [first, second, …], or check: "a claim"
        expect: {status: answered, values: [Anna], cites: ["Anna runs the north line"]}
        tags: [line]
        why: "stated"
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.evaluation.errors import SuiteError
from bot.evaluation.nodes import NodeReader, compose, did_you_mean, line_of, read_text
from bot.schema.answer import Status, Verdict

_SUITE_KEYS = ("corpus", "cases")
_INPUT_KEYS = ("question", "turns", "check")
_CASE_KEYS = ("name", *_INPUT_KEYS, "expect", "tags", "why")
_TEXT_KEYS = ("contains", "matches", "excludes", "not_matches", "cites", "verdict")
_ASK_ONLY = ("status", "values", "values_include", "values_may")
_CHECK_ONLY = ("correction_contains", "findings")
NO_VERDICT = "none"
"""What a suite writes where an answer must have no verdict."""
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold of an answer or a check; what is empty (or None) is not looked at.

    ``status`` and ``verdict`` are the accepted ones, None among the verdicts standing for there being none; ``values``
    the exact set, order free, but for those of ``values_may``, which can be there beside them. ``findings`` are the
    verdicts on the claims of a checked text, in order. Literals are compared without regard to case, ``matches`` and
    ``not_matches`` as they are written.
    """

    status: tuple[Status, ...] = ()
    verdict: tuple[Verdict | None, ...] = ()
    values: tuple[str, ...] | None = None
    values_may: tuple[str, ...] = ()
    values_include: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    matches: tuple[re.Pattern[str], ...] = ()
    excludes: tuple[str, ...] = ()
    not_matches: tuple[re.Pattern[str], ...] = ()
    cites: tuple[str, ...] = ()
    correction_contains: tuple[str, ...] = ()
    findings: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation whose last turn is judged, or one text to check (then ``turns`` is empty).

    ``like``: a question by itself whose answer has the status, verdict and values that are expected.
    """

    name: str
    turns: tuple[str, ...]
    check: str
    expect: Expectation
    tags: tuple[str, ...] = ()
    why: str = ""
    line: int = 0
    like: str = ""

    @property
    def asked(self) -> str:
        """What is put to the bot, a line: ``Who leads Iberia? | And Gaul?``, ``check: Acme leads Iberia.``"""
        return f"check: {self.check}" if self.check else " | ".join(self.turns)


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file; ``corpus`` is the id or folder the file names, or None."""

    name: str
    path: Path
    corpus: str | None
    cases: tuple[Case, ...]


def find_suites(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The suite files at these paths, each once: a file stands for itself, a folder for its YAML files in name order.

    Raises SuiteError for a path that isn't there, a table and a folder without suites.
    """
    found: dict[Path, Path] = {}
    problems = []
    for path in paths:
        files = [path]
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
        if not path.exists():
            problems.append(f"{path}: there is no such file or folder. Name a YAML suite or a folder of suites.")
        elif path.suffix.lower() == ".csv":
            problems.append(f"{path}: is a table. Take it over first: wholeads suite import {path} --into suite.yaml.")
        elif not files:
            problems.append(f"{path}: holds no .yaml file. Name a folder with suites in it.")
        else:
            found.update((file.resolve(), file) for file in files)
    if problems:
        raise SuiteError(problems)
    return tuple(found.values())


def load_suite(path: Path) -> Suite:
    """A suite from its file. Raises SuiteError with every fault found, each with its line and the mend."""
    return parse_suite(path, read_text(path))


def parse_suite(path: Path, text: str) -> Suite:
    """A suite from the text of its file. Raises SuiteError with every fault found, each with its line and the mend."""
    root = compose(path, text)
    reader = NodeReader(path)
    keys = reader.mapping(root, "the suite", _SUITE_KEYS)
    corpus = reader.text(keys["corpus"], "corpus") if "corpus" in keys else None
    cases = _read_cases(reader, root, keys.get("cases"))
    reader.raise_problems()
    return Suite(path.stem, path, corpus, cases)


def select(suites: Sequence[Suite], tags: Sequence[str] = (), names: Sequence[str] = ()) -> tuple[Suite, ...]:
    """The cases with any of the tags and any of the name patterns (``*`` and ``?``); an empty filter lets all pass.

    Raises SuiteError when no case is left: a run of nothing would pass.
    """
    kept = tuple(
        dataclasses.replace(suite, cases=tuple(case for case in suite.cases if _selected(case, tags, names)))
        for suite in suites
    )
    if any(suite.cases for suite in kept):
        return tuple(suite for suite in kept if suite.cases)
    known = {tag for suite in suites for case in suite.cases for tag in case.tags}
    problems = [f"--tag {tag}: no case has it. {did_you_mean(tag, known)}" for tag in tags if tag not in known]
    raise SuiteError(problems or ["The filters leave no case to run. Widen --name (as in 'north-*') or --tag."])


def _selected(case: Case, tags: Sequence[str], names: Sequence[str]) -> bool:
    tagged = not tags or any(tag in case.tags for tag in tags)
    return tagged and (not names or any(fnmatch.fnmatchcase(case.name, pattern) for pattern in names))


def _read_cases(reader: NodeReader, root: yaml.Node, node: yaml.Node | None) -> tuple[Case, ...]:
    nodes = reader.items(node, "cases") if node is not None else []
    cases = tuple(_read_case(reader, item) for item in nodes)
    if not nodes and not reader.problems:
        reader.problem(node or root, "the suite has no cases. Write 'cases:' and at least one case.")
    first: dict[str, int] = {}
    for case, item in zip(cases, nodes, strict=True):
        if case.name and first.setdefault(case.name, case.line) != case.line:
            reader.problem(item, f"case '{case.name}': the name is taken by line {first[case.name]}. Choose another.")
    return cases


def _read_case(reader: NodeReader, node: yaml.Node) -> Case:
    keys = reader.mapping(node, "a case", _CASE_KEYS)
    name = reader.text(keys["name"], "name") if "name" in keys else ""
    what = f"case '{name}'" if name else "a case"
    if keys and "name" not in keys:
        reader.problem(node, "a case has no name. Write 'name:' with a short, unique one.")
    turns, check = _read_input(reader, node, keys, what)
    return Case(
        name=name,
        turns=turns,
        check=check,
        expect=_read_expectation(reader, node, keys, what),
        tags=reader.texts(keys["tags"], f"{what}, tags") if "tags" in keys else (),
        why=reader.text(keys["why"], f"{what}, why") if "why" in keys else "",
        line=line_of(node),
    )


def _read_input(
    reader: NodeReader, node: yaml.Node, keys: dict[str, yaml.Node], what: str
) -> tuple[tuple[str, ...], str]:
    """The turns to ask, and the text to check: one of the two is empty."""
    given = [key for key in _INPUT_KEYS if key in keys]
    if keys and len(given) != 1:
        has = " and ".join(given) or "nothing to ask"
        reader.problem(node, f"{what} has {has}. Write one of {', '.join(_INPUT_KEYS)}.")
    if "check" in keys:
        return (), reader.text(keys["check"], f"{what}, check")
    if "turns" in keys:
        return reader.texts(keys["turns"], f"{what}, turns"), ""
    if "question" in keys:
        return (reader.text(keys["question"], f"{what}, question"),), ""
    return (), ""


def _read_expectation(reader: NodeReader, case: yaml.Node, keys: dict[str, yaml.Node], what: str) -> Expectation:
    if "expect" not in keys:
        if keys:
            reader.problem(case, f"{what} expects nothing. Write 'expect:' with at least one expectation.")
        return Expectation()
    node = keys["expect"]
    what = f"{what}, expect"
    found = reader.mapping(node, what, (*_TEXT_KEYS, *_ASK_ONLY, *_CHECK_ONLY))
    if isinstance(node, yaml.MappingNode) and not node.value:
        reader.problem(node, f"{what} is empty. Write at least one expectation.")
    alien, kind = (_ASK_ONLY, "check") if "check" in keys else (_CHECK_ONLY, "question")
    for key in alien:
        if key in found:
            reader.problem(found[key], f"{what}: '{key}' does not apply to a {kind}. Leave it out.")
    return _expectation(reader, found, what)


def _expectation(reader: NodeReader, found: dict[str, yaml.Node], what: str) -> Expectation:
    def texts(key: str) -> tuple[str, ...]:
        return reader.texts(found[key], f"{what}, {key}") if key in found else ()

    def patterns(key: str) -> tuple[re.Pattern[str], ...]:
        return reader.patterns(found[key], f"{what}, {key}") if key in found else ()

    def choices(key: str, known: Iterable[str]) -> tuple[str, ...]:
        return reader.choices(found[key], f"{what}, {key}", tuple(known)) if key in found else ()

    return Expectation(
        status=tuple(Status(text) for text in choices("status", Status)),
        verdict=tuple(
            None if text == NO_VERDICT else Verdict(text) for text in choices("verdict", (*Verdict, NO_VERDICT))
        ),
        values=reader.texts(found["values"], f"{what}, values", may_be_empty=True) if "values" in found else None,
        values_may=texts("values_may"),
        values_include=texts("values_include"),
        contains=texts("contains"),
        matches=patterns("matches"),
        excludes=texts("excludes"),
        not_matches=patterns("not_matches"),
        cites=texts("cites"),
        correction_contains=texts("correction_contains"),
        findings=tuple(Verdict(text) for text in choices("findings", Verdict)),
    )
