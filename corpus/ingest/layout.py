"""Blocks of a document laid out as text, and the cleaning of characters that carry no meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
# Soft hyphens and zero-width spaces only say where a line may break; of control characters tab and line end count.
_DROPPED = dict.fromkeys((0xAD, 0x200B, 0xFEFF))
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
_CLEANING = str.maketrans(_LIGATURES) | _DROPPED | _CONTROLS
DEEPEST_HEADING = 6


class BlockKind(StrEnum):
    """What a block is; it decides what stands between it and the next."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """A block's text. Of neighbours of one kind, items and rows stay together."""

    kind: BlockKind
    text: str


def heading(level: int, text: str) -> Block:
    """A heading; deeper levels than Markdown has are written as its deepest."""
    return Block(BlockKind.HEADING, f"{'#' * min(level, DEEPEST_HEADING)} {' '.join(text.split())}")


def item(text: str) -> Block:
    """One item of a list."""
    return Block(BlockKind.ITEM, f"- {' '.join(text.split())}")


def rows(cells: Sequence[Sequence[str]], headed: bool) -> list[Block]:
    """The rows of a table; ``headed``: the first holds the names of the columns.

    >>> [block.text for block in rows([["Firm", "Region"], ["Acme", "North"]], headed=True)]
    ['| Firm | Region |', '| --- | --- |', '| Acme | North |']
    """
    lines = [_row(" ".join(cell.replace("|", "/").split()) for cell in row) for row in cells if any(row)]
    if headed and lines:
        lines.insert(1, _row("---" for _ in cells[0]))
    return [Block(BlockKind.ROW, line) for line in lines]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def laid_out(blocks: Iterable[Block]) -> str:
    """The blocks as text: items of a list and rows of a table line by line, an empty line between all others."""
    text, before = "", None
    for block in blocks:
        together = block.kind is before and block.kind in (BlockKind.ITEM, BlockKind.ROW)
        text += ("\n" if together else "\n\n") * bool(text) + block.text
        before = block.kind
    return text


def cleaned(text: str) -> str:
    """The text without control characters, soft hyphens and half characters; ligatures are written out.

    The length may change: pages and offsets are counted after.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"[^\S\n]+(?=\n)", "", whole.translate(_CLEANING))
