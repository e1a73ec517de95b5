"""Reading YAML nodes with their line numbers, every fault collected instead of only the first.

Scalars are taken as they are written: ``yes`` is the text "yes" and ``2025`` the text "2025". YAML's own reading of
them (a truth value, a number) would make a suite's author guess what has to stand in quotes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from pathlib import Path

import yaml

from bot.evaluation.errors import SuiteError

_NULL = "tag:yaml.org,2002:null"
_SHAPES = {yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}


def read_text(path: Path) -> str:
    """The text of a file. Raises SuiteError when the file can't be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        mend = "Name a YAML suite or a folder of suites."
        raise SuiteError([f"{path}: can't be read ({error.strerror or error}). {mend}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        mend = "Save the file as text in UTF-8 (a spreadsheet as 'CSV UTF-8')."
        raise SuiteError([f"{path}:{line}: is not UTF-8. {mend}"]) from error


def compose(path: Path, text: str) -> yaml.Node:
    """The root node of a YAML text that holds one document; ``path`` is named in errors.

    Raises SuiteError when the text is not YAML or is empty.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        form, mend = "YAML", "Mend the indentation or the quotes there."
        if path.suffix.lower() == ".json":
            form, mend = "JSON", "Mend the brackets, the commas or the quotes there."
        raise SuiteError([f"{path}:{line}: is not {form}: {error.problem}. {mend}"]) from error
    except yaml.YAMLError as error:
        raise SuiteError([f"{path}: is not YAML: {error}. Remove what a YAML text may not hold."]) from error
    except RecursionError as error:
        raise SuiteError([f"{path}: is nested too deeply. A suite needs four levels."]) from error
    if root is None:
        raise SuiteError([f"{path}: is empty. Write 'cases:' and a list of cases."])
    return root


def line_of(node: yaml.Node) -> int:
    """The line a node starts on, counted from 1."""
    return int(node.start_mark.line) + 1


class NodeReader:
    """Reads the nodes of one file; a node of the wrong shape is noted in ``problems`` and read as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def problem(self, node: yaml.Node, message: str) -> None:
        """Note a fault at a node's line."""
        self.problems.append(f"{self.path}:{line_of(node)}: {message}")

    def raise_problems(self) -> None:
        """Raise SuiteError if anything was noted."""
        if self.problems:
            raise SuiteError(self.problems)

    def mapping(self, node: yaml.Node, what: str, known: Collection[str]) -> dict[str, yaml.Node]:
        """A mapping's values by key; unknown and repeated keys are faults."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, f"{what} is {self._shape(node)}; write a mapping with keys out of {_listed(known)}.")
            return {}
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            if key not in known:
                self.problem(key_node, f"{what}: unknown key '{key}'. {did_you_mean(key, known)}")
            elif key in found:
                self.problem(key_node, f"{what}: key '{key}' stands twice. Keep one.")
            else:
                found[key] = value
        return found

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """A list's nodes."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.problem(node, f"{what} is {self._shape(node)}; write a list, as in [first, second].")
        return []

    def text(self, node: yaml.Node, what: str) -> str:
        """A scalar as it is written, without the space around it; nothing and blanks are faults."""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{what} is {self._shape(node)}; write one text.")
            return ""
        text = "" if node.tag == _NULL else str(node.value).strip()
        if not text:
            self.problem(node, f"{what} is empty. Write its text, or leave the key out.")
        return text

    def texts(self, node: yaml.Node, what: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        """A list of scalars, each as it is written."""
        nodes = self.items(node, what)
        if isinstance(node, yaml.SequenceNode) and not nodes and not may_be_empty:
            self.problem(node, f"{what} is an empty list. Write what is expected, or leave the key out.")
        return tuple(self.text(item, what) for item in nodes)

    def choices(self, node: yaml.Node, what: str, known: Collection[str]) -> tuple[str, ...]:
        """One of a closed set, or a list of them."""
        texts = self.texts(node, what) if isinstance(node, yaml.SequenceNode) else (self.text(node, what),)
        for text in texts:
            if text and text not in known:
                self.problem(node, f"{what}: unknown value '{text}'. {did_you_mean(text, known)}")
        return tuple(text for text in texts if text in known)

    def patterns(self, node: yaml.Node, what: str) -> tuple[re.Pattern[str], ...]:
        """A list of regular expressions."""
        found = []
        for item in self.items(node, what):
            text = self.text(item, what)
            try:
                found.append(re.compile(text))
            except re.error as error:
                mend = "Mend it, or use the literal form."
                self.problem(item, f"{what}: '{text}' is no regular expression: {error}. {mend}")
        return tuple(found)

    @staticmethod
    def _shape(node: yaml.Node) -> str:
        if node.tag == _NULL:
            return "empty"
        return _SHAPES.get(type(node), "unreadable")


def did_you_mean(given: str, known: Collection[str]) -> str:
    """The nearest known name if one is near, and otherwise all of them."""
    near = difflib.get_close_matches(given, list(known), n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Known are {_listed(known)}."


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
