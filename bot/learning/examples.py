"""Adds a taught example to a corpus: what stands in examples.yaml stays, and the file is never there by halves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bot.learning.editing import Editor, Quoted, on_one_line
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.files import read_text, read_yaml
from corpus.model import Taught
from corpus.taught import EXAMPLES, KEY, read_taught

COMMENT = """\
# What people say, and the question of this corpus that they mean by it. `wholeads teach MESSAGE QUESTION` adds to it,
# and tells what else changes; you may write here, too. What comes near to a message in meaning is understood likewise.
# `wholeads eval` holds them: each message must be answered as its question is.
"""


def add_example(folder: Path, taught: Taught) -> Path:
    """Append an example to the corpus's file, which is made where there is none; gives the file.

    It is written aside, read back, and put in the place of the old one in one step. Two commands that add at the same
    time cannot lose each other's: what is written aside tells the second that the first is at work.

    Raises:
        CorpusFileError: the file is being written, or has no list that can be added to.
        CorpusContentError: the file would not hold together.
        OSError: the folder cannot be written to.
    """
    path = (folder / EXAMPLES).resolve()
    aside = path.with_name(f".{EXAMPLES}.tmp")
    try:
        file = aside.open("x", encoding="utf-8")
    except FileExistsError as error:
        mend = f"Wait until it is done; if none is at work, remove {aside}."
        raise CorpusFileError(f"{EXAMPLES}: another command is writing it. {mend}") from error
    try:
        with file:
            file.write(_extended(path, taught))
            file.flush()
            os.fsync(file.fileno())
        _check(path, aside, taught)
        if path.exists():
            shutil.copymode(path, aside)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return path


def _extended(path: Path, taught: Taught) -> str:
    """The new text of the file."""
    entry = on_one_line({"message": Quoted(taught.message), "means": Quoted(taught.means)})
    text = read_text(path) if path.exists() else COMMENT
    data = read_yaml(path) if path.exists() else None
    if data is None:
        kept = f"{text.rstrip()}\n" if text.strip() else ""
        return f"{kept}{KEY}:\n  - {entry}\n"
    if not isinstance(data, dict) or KEY not in data:
        raise CorpusFileError(f"{EXAMPLES}: has no {KEY!r}. Write {KEY + ':'!r} on a line of its own.")
    editor = Editor(EXAMPLES, text)
    editor.add((KEY,), [entry], listed=True)
    return editor.text


def _check(path: Path, aside: Path, taught: Taught) -> None:
    """Whether the new file has what the old one has, and the example behind it."""
    problems: list[str] = []
    mend = CorpusFileError(f"{EXAMPLES}: cannot be added to as it is written. Write each example on a line of its own.")
    try:
        before, after = read_taught(path, []), read_taught(aside, problems)
    except CorpusFileError as error:
        raise mend from error
    if problems:
        raise CorpusContentError(problems)
    if after != (*before, taught):
        raise mend
