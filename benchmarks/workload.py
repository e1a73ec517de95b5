"""What is asked: the questions and claims of a regression suite or of a file of JSON lines.

A line of the latter holds ``{"turns": ["Who …?", "And …?"]}`` or ``{"text": "a claim"}``; other keys are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation import load_suite

JSON_LINES = ".jsonl"


class WorkloadError(ValueError):
    """The file holds nothing that can be asked; the message names it, the line and the mend."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and the user's turns before it, oldest first."""

    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """``corpus`` is the id or folder that the file names, or None."""

    conversations: tuple[Conversation, ...]
    claims: tuple[str, ...]
    corpus: str | None = None

    def first(self, limit: int) -> Workload:
        """The first ``limit`` questions and claims; 0 for all."""
        return Workload(self.conversations[: limit or None], self.claims[: limit or None], self.corpus)


def load_workload(path: Path) -> Workload:
    """The questions and claims of ``path``, each once, in the order of the file.

    Raises:
        SuiteError: a YAML suite is not of its form.
        WorkloadError: a line is no JSON object with ``turns`` or ``text``, or there is no question at all.
    """
    if path.suffix == JSON_LINES:
        asked, corpus = tuple(_lines(path)), None
    else:
        suite = load_suite(path)
        asked, corpus = tuple(_turned(case.turns) if case.turns else case.check for case in suite.cases), suite.corpus
    conversations = tuple(dict.fromkeys(item for item in asked if isinstance(item, Conversation)))
    if not conversations:
        raise WorkloadError(f"{path}: holds no question. Name a suite, or lines such as {_EXAMPLE}.")
    return Workload(conversations, tuple(dict.fromkeys(item for item in asked if isinstance(item, str))), corpus)


_EXAMPLE = '{"turns": ["Who …?"]}'


def _turned(turns: tuple[str, ...]) -> Conversation:
    return Conversation(turns[-1], turns[:-1])


def _lines(path: Path) -> Iterator[Conversation | str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WorkloadError(f"{path}: cannot be read ({error}). Name a UTF-8 file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read(line, f"{path}:{number}")


def _read(line: str, where: str) -> Conversation | str:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise WorkloadError(f"{where}: is no JSON ({error.msg}). Write one object a line.") from error
    match row:
        case {"turns": [*turns]} if turns and all(isinstance(turn, str) for turn in turns):
            return _turned(tuple(turns))
        case {"text": str(text)}:
            return text
        case _:
            raise WorkloadError(f'{where}: has neither "turns" nor "text". Write {_EXAMPLE}.')
