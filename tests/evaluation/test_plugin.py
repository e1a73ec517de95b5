"""Suites as tests of pytest, in a project of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.servers import ours

ROOT = Path(__file__).parents[2]
SUITE = """\
cases:
  - {name: good, question: a, expect: {values: [Anna]}, tags: [line]}
  - {name: bad, question: a, expect: {values: [Ben]}, why: "so it is"}
"""


def project(folder: Path, url: str = "http://127.0.0.1:1", **settings: str) -> Path:
    """A project with nothing but its settings and one suite."""
    lines = "".join(f"{name} = {value}\n" for name, value in {"wholeads_url": url, **settings}.items())
    (folder / "pytest.ini").write_text(f"[pytest]\nwholeads_corpus = railway\n{lines}")
    (folder / "lines.wholeads.yaml").write_text(SUITE)
    return folder


def run(folder: Path, *args: str, plugin: bool = True) -> str:
    # An installation's entry point does what -p does; with it, the plugin must not be named twice.
    installed = any(point.name == "wholeads" for point in entry_points(group="pytest11"))
    named = ("-p", "bot.pytest_plugin") if plugin and not installed else ()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *named, *args]
    environ = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120).stdout


def test_each_case_is_a_test_whose_failure_reads_like_the_suite(tmp_path: Path, serve: Any) -> None:
    out = run(project(tmp_path, serve(ours()).url))
    assert "1 failed, 1 passed" in out
    assert re.search(r"values: expected Ben\s+got Anna\s+why: so it is", out)
    assert "Traceback" not in out
    assert "runner.py" not in out


def test_tags_choose_cases_and_files_are_told_by_their_names(tmp_path: Path, serve: Any) -> None:
    folder = project(tmp_path, serve(ours()).url, wholeads_suites="*.wholeads.yaml chats.yml")
    (folder / "chats.yml").write_text(SUITE)
    (folder / "compose.yaml").write_text("services: {}")
    assert "2 passed, 2 deselected" in run(folder, "-k", "line and not bad")


def test_a_faulty_suite_is_an_error_of_collection_with_its_line(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "lines.wholeads.yaml").write_text(SUITE.replace("values: [Ben]", "value: [Ben]"))
    out = run(folder)
    assert "lines.wholeads.yaml:3: " in out
    assert "Did you mean 'values'?" in out


@pytest.mark.parametrize("heavy", ["torch", "yaml", "bot.evaluation"])
def test_a_project_without_suites_pays_nothing(tmp_path: Path, heavy: str) -> None:
    (tmp_path / "test_it.py").write_text(f"import sys\n\ndef test_it():\n    assert {heavy!r} not in sys.modules\n")
    assert "1 passed" in run(tmp_path)
