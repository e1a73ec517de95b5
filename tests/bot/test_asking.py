"""What a plain question does not find, told with the fact, its line, the cause and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.learning import asking
from bot.learning.asking import ask_facts
from bot.learning.create import create_corpus
from corpus.lint import Severity
from corpus.loader import find_corpus, load_corpus
from corpus.world import World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_corpus(tmp_path / "town")
    return tmp_path / "town"


def changed(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def added(folder: Path, fact: str) -> Path:
    """The file of facts, with another one at its end."""
    path = folder / "facts.yaml"
    path.write_text(path.read_text("utf-8").rstrip() + "\n" + fact, "utf-8")
    return path


def test_what_is_understood_is_not_told(folder: Path, world: World) -> None:
    assert ask_facts(load_corpus(folder), world) == ()


def test_a_name_of_ordinary_words_is_told(folder: Path, world: World) -> None:
    changed(folder, "notice.txt", "Snow clearing", "What else")
    changed(folder, "vocabulary.yaml", "    snow clearing: {aliases: [snow]}", "    what else: {}")
    changed(folder, "facts.yaml", "snow clearing", "what else")
    changed(folder, "facts.yaml", "Snow clearing", "What else")
    [problem] = ask_facts(load_corpus(folder), world)
    lines = (folder / "facts.yaml").read_text("utf-8").splitlines()
    assert (problem.severity, problem.file) == (Severity.WARNING, "facts.yaml")
    assert "what else" in lines[problem.line - 1]
    assert "'Who leads what else?'" in problem.message
    assert "'what else' is read as ordinary words. Give it another name" in problem.message


ASKED_FOR_ANOTHER = """
  heads the list of:
    subject: [organisation]
    object: [field]
    words: [heads the list of]
    verb: {singular: leads, plural: lead, base: lead}
"""


def test_words_of_another_relation_are_told(folder: Path, world: World) -> None:
    changed(folder, "vocabulary.yaml", "\n# Words of the subject", f"{ASKED_FOR_ANOTHER}\n# Words of the subject")
    changed(
        folder,
        "facts.yaml",
        "predicate: leads, object: playgrounds",
        "predicate: heads the list of, object: playgrounds",
    )
    [problem] = ask_facts(load_corpus(folder), world)
    assert "its words are read as 'leads'. Give 'heads the list of' words that 'leads' does not have" in problem.message


def test_values_are_asked_with_their_labels(folder: Path, world: World) -> None:
    changed(folder, "notice.txt", "The city council", "The Parks Office employs 40 people. The city council")
    employs = "  employs: {subject: [organisation], object: [number], words: [employ]}\n"
    changed(folder, "vocabulary.yaml", "\n# Words of the subject", f"{employs}\n# Words of the subject")
    fact = (
        "  - {id: staff, subject: Parks Office, predicate: employs, object: '40', object_kind: number, "
        "label: 40 people, quote: The Parks Office employs 40 people.}\n"
    )
    path = added(folder, fact)
    assert ask_facts(load_corpus(folder), world) == ()
    changed(
        folder,
        "vocabulary.yaml",
        employs,
        employs.replace("words: [employ]", "words: [employ], verb: {singular: sees}"),
    )
    assert [problem.line for problem in ask_facts(load_corpus(folder), world)] == [len(path.read_text().splitlines())]


def test_words_are_asked_for(folder: Path, world: World) -> None:
    changed(
        folder, "notice.txt", "The city council", "The motto of the Parks Office is “Light first”. The city council"
    )
    motto = "  has the motto: {subject: [organisation], object: [text], words: [motto]}\n"
    changed(folder, "vocabulary.yaml", "\n# Words of the subject", f"{motto}\n# Words of the subject")
    fact = (
        "  - {id: motto, subject: Parks Office, predicate: has the motto, object: Light first, object_kind: text, "
        "quote: The motto of the Parks Office is “Light first”.}\n"
    )
    added(folder, fact)
    assert ask_facts(load_corpus(folder), world) == ()


def test_what_is_left_out_is_told(folder: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_ASKED", 3)
    [problem] = ask_facts(load_corpus(folder), world)
    assert problem.message.startswith("3 questions were asked, 5 were not.")


def test_the_shipped_corpora_are_understood_but_for_two_values(world: World) -> None:
    told = [
        problem for name in ("alliance", "clusters") for problem in ask_facts(load_corpus(find_corpus(name)), world)
    ]
    assert [problem.message.split("'")[1] for problem in told] == ["first-announced", "number-2019"]
