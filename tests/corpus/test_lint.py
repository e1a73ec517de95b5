"""Lint finds every fault of a corpus in one run, and says on which line of which file it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.lint import LintProblem, Severity, lint_corpus
from corpus.loader import find_corpus, shipped_corpora
from corpus.world import World
from tests.corpus.conftest import CityFolder


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def linted(city: CityFolder, world: World) -> tuple[LintProblem, ...]:
    return lint_corpus(city.write(), world)[1]


def line_of(city: CityFolder, file: str, words: str) -> int:
    """The line of a file on which ``words`` stand first."""
    lines = (city.path / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_a_sound_corpus_has_no_errors(city: CityFolder, world: World) -> None:
    assert [problem for problem in linted(city, world) if problem.severity is Severity.ERROR] == []


# What is done to a sound corpus; the file, words on the line, and words of the message.
FAULTS: dict[str, tuple[Callable[[CityFolder], object], str, str, list[str]]] = {
    "quote not verbatim": (
        lambda c: c.fact("meadows").update(quote="Since 2019 it runs all meadows."),
        *("facts.yaml", "id: meadows", ["not verbatim", "Copy it exactly"]),
    ),
    "quote without its fact": (
        lambda c: c.fact("light").update(quote="Ada Lind chairs the council."),
        *("facts.yaml", "id: light", ["does not name 'Harbour Office'", "Quote the sentence"]),
    ),
    "unknown entity": (
        lambda c: c.facts.append({**c.fact("ferries"), "id": "new", "subject": "Harbor Office"}),
        *("facts.yaml", "id: new", ["unknown entity 'Harbor Office'", "Did you mean 'Harbour Office'?"]),
    ),
    "alias of two": (
        lambda c: c.vocabulary["entities"]["service"]["meadows"].update(aliases=["boats"]),
        *("vocabulary.yaml", "- boats", ["means both 'ferries' and 'meadows'", "Remove one"]),
    ),
    "cycle": (
        lambda c: c.vocabulary["entities"]["service"]["meadows"].update(covers=["green spaces"]),
        *("vocabulary.yaml", "covers:", ["comes back to itself"]),
    ),
    "conflict": (
        lambda c: c.facts.append({**c.fact("ferries"), "id": "other", "subject": "Parks Office"}),
        *("facts.yaml", "id: other", ["conflicts with 'ferries'", "qualify both"]),
    ),
    "unknown key": (
        lambda c: c.fact("light").update(colour="red"),
        *("facts.yaml", "colour:", ["unknown key 'colour'"]),
    ),
    "unknown place": (
        lambda c: c.vocabulary["entities"]["service"]["meadows"].update(place="XX-nowhere"),
        *("vocabulary.yaml", "place:", ["no place 'XX-nowhere'", "Did you mean"]),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_and_line(name: str, city: CityFolder, world: World) -> None:
    spoil, file, words, parts = FAULTS[name]
    spoil(city)
    errors = [problem for problem in linted(city, world) if problem.severity is Severity.ERROR]
    told = next(problem for problem in errors if all(part in problem.message for part in parts))
    lines = (city.path / file).read_text(encoding="utf-8").splitlines()
    assert told.file == file
    assert words in lines[told.line - 1] or told.line == line_of(city, file, words)


def test_all_faults_are_told_in_one_run(city: CityFolder, world: World) -> None:
    for spoil, *_ in FAULTS.values():
        spoil(city)
    messages = " ".join(problem.message for problem in linted(city, world))
    assert [name for name, (*_, parts) in FAULTS.items() if parts[0] not in messages] == []


def test_unreadable_files_are_told_together(city: CityFolder, world: World) -> None:
    city.raw = {"vocabulary.yaml": b"kinds: [", "facts.yaml": b"facts:\n  - {id: a"}
    corpus, problems = lint_corpus(city.write(), world)
    assert corpus is None
    assert [(problem.file, problem.line > 0) for problem in problems] == [
        ("vocabulary.yaml", True),
        ("facts.yaml", True),
    ]


def test_a_missing_document_hides_no_fault_of_the_vocabulary(city: CityFolder, world: World) -> None:
    city.about["documents"][0]["file"] = "gone.txt"
    city.vocabulary["entities"]["service"]["meadows"]["aliases"] = ["boats"]
    files = [problem.file for problem in linted(city, world)]
    assert files == ["gone.txt", "vocabulary.yaml"]


def test_what_looks_wrong_is_a_warning(city: CityFolder, world: World) -> None:
    city.vocabulary["entities"]["service"]["windmill"] = {"aliases": ["them"]}
    city.facts.append({**city.fact("ferries"), "id": "again"})
    told = {(problem.severity, problem.message) for problem in linted(city, world)}
    assert {severity for severity, _ in told} == {Severity.WARNING}
    messages = [message for _, message in told]
    for part in ("entity 'windmill': no fact speaks of it", "'them': is an ordinary word", "says what 'ferries' says"):
        assert any(part in message for message in messages), messages


def test_a_draft_without_facts_is_told_how_to_go_on(city: CityFolder, world: World) -> None:
    city.raw = {"facts.yaml": b"facts: []"}
    told = [problem for problem in linted(city, world) if "wholeads corpus learn" in problem.message]
    assert [(problem.severity, problem.line) for problem in told] == [(Severity.WARNING, 1)]


@pytest.mark.parametrize("corpus_id", shipped_corpora())
def test_the_shipped_corpora_have_no_errors(corpus_id: str, world: World) -> None:
    problems = lint_corpus(find_corpus(corpus_id), world)[1]
    assert [str(problem) for problem in problems if problem.severity is Severity.ERROR] == []
