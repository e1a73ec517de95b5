"""``wholeads eval --mutations``: what it prints and how it ends."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from corpus.model import Passage, Quote

TEXT = "Anna will run the north line in 2031."


@pytest.fixture(autouse=True)
def one_sentence(backend: Any) -> None:
    """The bot's corpus is one sentence, and the bot supports whatever names Anna: every mutant of it."""
    quote = Quote("lines", 0, len(TEXT), TEXT)
    backend.bot.corpus = replace(backend.bot.corpus, facts={}, passages={"p": Passage("p", quote, (quote,))})


def test_a_checker_that_lets_mutants_pass_ends_with_1_and_lists_them(run: Callable[..., Result]) -> None:
    result = run("eval", "--mutations", "--count", "1")
    assert result.exit_code == 1
    assert "SURVIVED (polarity) Anna will not run the north line in 2031." in result.stdout
    assert "kill rate 0.0%" in result.stdout


def test_thresholds_are_options(run: Callable[..., Result]) -> None:
    assert run("eval", "--mutations", "--least-killed", "0").exit_code == 0
    assert run("eval", "--mutations", "--least-killed", "2").exit_code == 2


def test_json_and_junit(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    result = run("eval", "--mutations", "--json", "--junit", str(file), "--seed", "3")
    report = json.loads(result.stdout)
    assert (report["corpus"], report["seed"]) == ("railway", 3)
    assert report["alarms"]["hits"] == report["killed"]["hits"] == 0
    root = ET.parse(file).getroot()
    assert int(root.attrib["failures"]) == report["killed"]["count"] == len(report["failures"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "No suite is named"),
        (("suite.yaml", "--mutations"), "takes no suites"),
        (("--mutations", "--fail-fast"), "takes no suites"),
    ],
)
def test_suites_or_mutations(run: Callable[..., Result], args: tuple[str, ...], message: str) -> None:
    result = run("eval", *args)
    assert result.exit_code == 2
    assert message in result.stderr
