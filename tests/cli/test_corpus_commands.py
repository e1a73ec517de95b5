"""``wholeads corpus``: from nothing to a corpus that holds together, and what the exit codes tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.loader import load_corpus
from tests.cli.conftest import Run

TEXT = "The Harbour Office leads the ferries. Until 2019 Acme led the cemeteries.\n"


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """A corpus that was started from one document."""
    document = tmp_path / "notice.txt"
    document.write_text(TEXT, encoding="utf-8")
    assert run("corpus", "new", str(tmp_path / "town"), str(document), "--title", "Town").exit_code == 0
    return tmp_path / "town"


def test_the_skeleton_is_sound(run: Run, tmp_path: Path) -> None:
    made = run("corpus", "new", str(tmp_path / "town"))
    assert [Path(line).name for line in made.stdout.split()] == [
        *("corpus.yaml", "facts.yaml", "notice.txt", "vocabulary.yaml")
    ]
    linted = run("corpus", "lint", str(tmp_path / "town"))
    assert (linted.exit_code, linted.stdout) == (0, "0 errors, 0 warnings; 5 of 5 plain statements are facts\n")


def test_nothing_is_overwritten(run: Run, folder: Path) -> None:
    again = run("corpus", "new", str(folder))
    assert again.exit_code == 2
    assert "not empty. Name a new folder." in again.stderr


def test_what_is_learnt_waits_to_be_accepted(run: Run, folder: Path) -> None:
    learnt = run("corpus", "learn", str(folder))
    assert learnt.stdout.endswith("proposals.yaml: 2 facts (1 doubtful), 4 entities, 0 aliases\n")
    assert load_corpus(folder).facts == {}
    assert run("corpus", "accept", str(folder)).stdout == "accepted 1 facts, 2 entities, 0 aliases\n"
    assert list(load_corpus(folder).facts) == ["harbour-office-ferries"]


def test_json_is_all_that_is_printed(run: Run, folder: Path) -> None:
    learnt = json.loads(run("corpus", "learn", str(folder), "--json", "--accept").stdout)
    assert [fact["object"] for fact in learnt["facts"]] == ["ferries", "cemeteries"]
    linted = json.loads(run("corpus", "lint", str(folder), "--json").stdout)
    assert linted == {"errors": 0, "warnings": 0, "stated": 1, "backed": 1, "problems": []}


def test_errors_end_with_exit_code_one(run: Run, folder: Path) -> None:
    run("corpus", "learn", str(folder), "--accept")
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("leads the ferries", "heads the ferries"), encoding="utf-8")
    linted = run("corpus", "lint", str(folder))
    assert linted.exit_code == 1
    line = next(
        n for n, text in enumerate(facts.read_text("utf-8").splitlines(), 1) if "harbour-office-ferries" in text
    )
    assert f"facts.yaml:{line}: error: fact 'harbour-office-ferries': its quote is not verbatim" in linted.stdout


def test_a_folder_that_is_no_corpus_is_wrong_use(run: Run, tmp_path: Path) -> None:
    for command in ("learn", "accept", "lint"):
        done = run("corpus", command, str(tmp_path))
        assert (done.exit_code, "neither a folder with documents" in done.stderr) == (2, True)
