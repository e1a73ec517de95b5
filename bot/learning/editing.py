"""Edits YAML files of a corpus as a person would: what is not changed stays to the byte, comments and all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from corpus.errors import CorpusFileError

Path = tuple[str, ...]


class Quoted(str):
    """A text that is written in double quotes."""


class OneLine(dict[str, Any]):
    """A mapping that is written on one line wherever it stands."""


class Dumper(yaml.SafeDumper):
    """Writes texts plainly where it can: the files of a corpus have texts alone, so that ``yes`` needs no quotes."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (the base class declares it so)


Dumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), '"'))
Dumper.add_representer(OneLine, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line, True))


def on_one_line(value: str | Sequence[str] | Mapping[str, Any]) -> str:
    """A value as it is written on one line, in brackets where it is a list or a mapping."""
    # In a list, so that texts are quoted as they must be inside brackets.
    text: str = yaml.dump(
        [value], Dumper=Dumper, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    )
    return text.strip()[1:-1]


class Editor:
    """The text of one file, edited at places that are named by the keys that lead there."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text if text.endswith("\n") else text + "\n"

    def set(self, path: Path, value: str | Sequence[str] | Mapping[str, Any]) -> None:
        """Write another value at a place that there is; what stood below it is cut out."""
        key, node = self._entry(path)
        start = self.text.index(":", key.end_mark.index) + 1
        lines = isinstance(node, yaml.CollectionNode) and not node.flow_style
        end = self._end(node) - 1 if lines else node.end_mark.index
        self.text = f"{self.text[:start]} {on_one_line(value)}{self.text[end:]}"

    def add(self, path: Path, entries: Sequence[str], listed: bool = False) -> None:
        """Add entries at the end of a mapping, or of a list where they are ``listed``; both are made where needed.

        An entry is a value of a list on one line, or ``key: value``, whose value may go on below, indented by two.
        """
        node = self._find(path)
        lines = [line for entry in entries for line in _lines(entry, "- " if listed else "")]
        if node is None:
            body = "\n".join(f"  {line}" for line in lines)
            self.add(path[:-1], [f"{on_one_line(path[-1])}:\n{body}"])
        elif not node.value:
            self._fill(path, node, lines)
        elif isinstance(node, yaml.CollectionNode) and node.flow_style:
            if any("\n" in entry for entry in entries):
                raise CorpusFileError(f"{self.file}: {path[-1]}: write it in lines of its own, without brackets.")
            at = node.end_mark.index - 1
            self.text = f"{self.text[:at]}, {', '.join(entries)}{self.text[at:]}"
        else:
            self._insert(self._end(node), node.start_mark.column, lines)

    def remove(self, path: Path, which: str | int) -> None:
        """Take out the entry of this key of a mapping, or at this place of a list; comments above it stay."""
        node = self._find(path)
        assert isinstance(node, yaml.CollectionNode)
        entries = _pairs(node) or [(item, item) for item in node.value]
        place = which if isinstance(which, int) else [key.value for key, _ in entries].index(which)
        if len(entries) == 1:
            self.set(path, {} if isinstance(node, yaml.MappingNode) else [])
            return
        start, end = entries[place][0].start_mark.index, entries[place][1].end_mark.index
        if not node.flow_style:
            start, end = self.text.rindex("\n", 0, start) + 1, self._end(entries[place][1])
        elif place + 1 < len(entries):
            end = entries[place + 1][0].start_mark.index
        else:
            start = entries[place - 1][1].end_mark.index
        self.text = self.text[:start] + self.text[end:]

    def _fill(self, path: Path, node: yaml.Node, lines: Sequence[str]) -> None:
        """Put lines below a key that has ``{}``, ``[]`` or nothing; a comment behind it stays."""
        key, _ = self._entry(path)
        start, end = node.start_mark.index, node.end_mark.index
        self.text = self.text[:start].rstrip(" ") + self.text[end:]
        self._insert(self.text.index("\n", key.end_mark.index) + 1, key.start_mark.column + 2, lines)

    def _insert(self, at: int, column: int, lines: Sequence[str]) -> None:
        added = "".join(f"{' ' * column}{line}\n" for line in lines)
        self.text = self.text[:at] + added + self.text[at:]

    # Finding

    def _find(self, path: Path) -> yaml.Node | None:
        node = yaml.compose(self.text, yaml.CBaseLoader)
        if node is None:
            node = yaml.MappingNode("", [], *2 * (yaml.Mark(self.file, len(self.text), 0, 0, None, 0),))
        for step in path:
            node = next((value for key, value in _pairs(node) if key.value == step), None)
        return node

    def _entry(self, path: Path) -> tuple[yaml.Node, yaml.Node]:
        """The key at a place, and its value."""
        parent = self._find(path[:-1])
        return next((key, value) for key, value in _pairs(parent) if key.value == path[-1])

    def _end(self, node: yaml.Node) -> int:
        """Where the lines of a value end, behind the comment on its last line; blank lines below are not its own."""
        while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            node = last[1] if isinstance(node, yaml.MappingNode) else last
        end: int = node.end_mark.index
        if self.text[end - 1 : end] == "\n":  # a text in lines of its own, whose end is the next token's beginning
            return len(self.text[:end].rstrip()) + 1
        return self.text.index("\n", end) + 1


def _pairs(node: yaml.Node | None) -> Sequence[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else ()


def _lines(entry: str, mark: str) -> list[str]:
    first, *rest = entry.split("\n")
    return [mark + first, *(" " * len(mark) + line for line in rest)]
