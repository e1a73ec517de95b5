"""Fenced blocks of Markdown pages, so that the pages can be held to what they show.

``<!-- tested -->``: a console block's ``$`` commands must print what follows them, ``…`` standing for anything.
``<!-- file: name -->``: the block is written to that file. ``<!-- edit: name -->``: a block of - and + lines, which
takes the file's lines for those. A block with none of them is only shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ (?P<command>.*?(?:\\\n.*?)*)\n(?P<output>.*?)(?=^\$ |\Z)", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block; ``mark`` is what the comment right above it says."""

    mark: str
    language: str
    body: str

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands of a console block, each with what it is shown to print."""
        return [(found["command"].replace("\\\n", " "), found["output"]) for found in COMMAND.finditer(self.body)]


def fenced_blocks(page: str) -> tuple[Block, ...]:
    """The fenced blocks of a page, in order."""
    return tuple(Block(found["mark"] or "", found["language"], found["body"]) for found in FENCE.finditer(page))


def pattern(shown: str) -> str:
    """A regular expression for a text in which ``…`` stands for anything."""
    return ".*?".join(map(re.escape, shown.split("…")))
