"""Taught examples as a regression suite: each message must be answered as the question that it means."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import yaml

from bot.evaluation.nodes import line_of
from bot.evaluation.suite import Case, Expectation, Suite
from corpus.files import read_text
from corpus.model import Corpus, Taught
from corpus.taught import EXAMPLES, KEY, words_of

NAME = "examples"
"""The name of the suite, and the tag of its cases."""


def taught_suite(corpus: Corpus, named: str | None) -> Suite:
    """The examples of a corpus, each message once; ``named`` is what other suites name the corpus."""
    path = corpus.folder / EXAMPLES
    cases: dict[str, Case] = {}
    for taught, line in zip(corpus.taught, chain(_lines(path), repeat(0)), strict=False):
        cases.setdefault(words_of(taught.message), taught_case(taught, line))
    return Suite(NAME, path, named, tuple(cases.values()))


def taught_case(taught: Taught, line: int = 0) -> Case:
    """An example as a case, which its message names."""
    name, why = " ".join(taught.message.split()), f"taught: it means “{taught.means}”"
    return Case(name, (taught.message,), "", Expectation(), (NAME,), why, line, taught.means)


def _lines(path: Path) -> Iterator[int]:
    """On which line each example stands, where there is such a file."""
    # By the parser that the corpus was read with: it takes a little more than the one of suites.
    root = yaml.compose(read_text(path), yaml.CBaseLoader) if path.is_file() else None
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == KEY and isinstance(value, yaml.SequenceNode):
            yield from map(line_of, value.value)
