"""Adding to examples.yaml: nothing that stands there is lost, and the file is never there by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.learning.examples import COMMENT, add_example
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.model import Taught
from corpus.taught import read_taught

NEW = Taught('she said: "no" # really — 100 %', "Who runs the mill?")


def added(folder: Path, text: str | None = None) -> str:
    """The file with the new example, after the text that it had."""
    file = folder / "examples.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert add_example(folder, NEW) == file.resolve()
    assert [path.name for path in folder.iterdir()] == ["examples.yaml"]
    assert read_taught(file, [])[-1] == NEW
    return file.read_text(encoding="utf-8")


def test_a_missing_file_is_made_with_a_comment(tmp_path: Path) -> None:
    text = added(tmp_path)
    assert text.startswith(COMMENT)
    assert text.count("\n  - {message: ") == 1


BEFORE = {
    "lines": "# Mine.\nexamples:\n  # the first\n  - message: a  # said often\n    means: A?\n\n# the end\n",
    "no end of line": "examples:\n- {message: a, means: A?}",
    "brackets": "examples: [{message: a, means: A?}]  # short\n",
    "nothing in it": "# Mine.\nexamples: []  # yet\n",
    "no value": "examples:\n",
    "only a comment": "# Mine, to be written.\n",
    "empty": "",
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_stands_there_stays(tmp_path: Path, name: str) -> None:
    before = BEFORE[name]
    text = added(tmp_path, before)
    kept = [line for line in before.splitlines() if "[" not in line]
    assert [line for line in text.splitlines() if line in kept] == kept
    assert all(comment in text for comment in ("# short", "# yet") if comment in before)
    problems: list[str] = []
    assert len(read_taught(tmp_path / "examples.yaml", problems)) == ("message: a" in before) + 1
    assert problems == []


def test_one_example_after_the_other(tmp_path: Path) -> None:
    for number in range(3):
        add_example(tmp_path, Taught(f"message {number}", "Who?"))
    assert [taught.message for taught in read_taught(tmp_path / "examples.yaml", [])] == [
        "message 0",
        "message 1",
        "message 2",
    ]


@pytest.mark.parametrize(
    ("before", "error", "told"),
    [
        ("{}\n", CorpusFileError, "has no 'examples'"),
        ("examples: [\n", CorpusFileError, "not valid YAML"),
        ("examples: [{message: a, means: b},]\n", CorpusFileError, "Write each example on a line of its own"),
        ('examples:\n- {message: "She said no, really: 100", means: b}\n', CorpusContentError, "stands twice"),
    ],
)
def test_what_would_not_hold_together_is_not_written(
    tmp_path: Path, before: str, error: type[Exception], told: str
) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text(before, encoding="utf-8")
    with pytest.raises(error, match=told):
        add_example(tmp_path, NEW)
    assert file.read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["examples.yaml"]


def test_two_commands_do_not_write_at_once(tmp_path: Path) -> None:
    aside = tmp_path / ".examples.yaml.tmp"
    aside.write_text("of another command", encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"another command is writing it\. Wait .* remove"):
        add_example(tmp_path, NEW)
    assert aside.read_text(encoding="utf-8") == "of another command"


def test_a_linked_file_and_its_mode_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("examples: []\n", encoding="utf-8")
    real.chmod(0o640)
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "examples.yaml").symlink_to(real)
    assert add_example(folder, NEW) == real
    assert (folder / "examples.yaml").is_symlink()
    assert (real.stat().st_mode & 0o777, read_taught(real, [])) == (0o640, (NEW,))
