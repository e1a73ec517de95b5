"""Regression suites as tests of pytest: every case of a ``*.wholeads.yaml`` is a test.

It takes part only where such a file is collected. In ``pyproject.toml`` or ``pytest.ini``::

    wholeads_suites = *.wholeads.yaml     patterns of the files that are suites
    wholeads_corpus = path/to/corpus      for suites that name none; without it, WHOLEADS_CORPUS
    wholeads_url = http://127.0.0.1:8000  a bot to be tested instead of the one of this process
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Everything of ours is imported when a suite is there: whoever has this installed starts pytest as fast as without.
if TYPE_CHECKING:
    from bot.evaluation.suite import Case, Suite
    from bot.evaluation.targets import Target

PATTERN = "*.wholeads.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings."""
    parser.addini("wholeads_suites", "patterns of the files that are suites of wholeads", "args", [PATTERN])
    parser.addini("wholeads_corpus", "corpus of the suites that name none", "string", "")
    parser.addini("wholeads_url", "address of the bot to test instead of the one of this process", "string", "")
    group = parser.getgroup("wholeads")
    group.addoption("--wholeads-url", default="", help="address of the bot that suites are run against")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A suite for each file that fits a pattern."""
    patterns = parent.config.getini("wholeads_suites")
    if not any(fnmatch.fnmatch(file_path.name, pattern) for pattern in patterns):
        return None
    collector: pytest.Collector = SuiteFile.from_parent(parent, path=file_path)
    return collector


class SuiteFile(pytest.File):
    """A suite; faults of the file are errors of collection."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each case, marked with its tags' names as keywords."""
        from bot.evaluation.errors import SuiteError
        from bot.evaluation.suite import load_suite

        try:
            suite = load_suite(self.path)
        except SuiteError as error:
            raise self.CollectError(str(error)) from error
        for case in suite.cases:
            yield CaseItem.from_parent(self, name=case.name, suite=suite, case=case)


class CaseFailed(Exception):
    """A case did not end as it should; the message says in what."""


class CaseItem(pytest.Item):
    """A case. ``pytest -k TAG`` chooses by its tags as well as by its name."""

    def __init__(self, *, suite: Suite, case: Case, name: str, parent: SuiteFile) -> None:
        super().__init__(name, parent)
        self.suite, self.case = suite, case
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        """Run the case against the bot of its corpus. What cannot be judged there is a skip, with the reason."""
        from dataclasses import replace

        from bot.evaluation.report import Outcome
        from bot.evaluation.runner import run_against

        alone = replace(self.suite, cases=(self.case,))
        (result,) = run_against([alone], lambda corpus: target(self.config, corpus)).results
        if result.mismatches:
            lines = [f"{m.key}: expected {m.expected}\n    got {m.got}" for m in result.mismatches]
            why = [f"why: {self.case.why}"] if self.case.why else []
            raise CaseFailed("\n".join((self.case.asked, *lines, *why)))
        if result.outcome is Outcome.SKIPPED:
            pytest.skip("; ".join(result.unjudged))

    # str, of what the base class allows: the text of a failure is all there is to show.
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """A failed case as it stands in the suite, without a traceback through the runner."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, self.case.line - 1, f"{self.suite.name}: {self.case.name}"


_TARGETS = pytest.StashKey[dict[str | None, "Target"]]()


def target(config: pytest.Config, corpus: str | None) -> Target:
    """What the suites of a corpus are run against, opened once a session."""
    opened = config.stash.setdefault(_TARGETS, {})
    named = corpus or config.getini("wholeads_corpus") or None
    if named not in opened:
        opened[named] = _open(config, named)
    return opened[named]


def _open(config: pytest.Config, corpus: str | None) -> Target:
    from bot.evaluation.remote import connect
    from bot.evaluation.targets import InProcess

    url = config.getoption("--wholeads-url") or config.getini("wholeads_url")
    if url:
        return connect(url, corpus, key=os.environ.get("WHOLEADS_API_KEY", ""))
    from bot.answering.bot import build, open_library
    from bot.answering.settings import Settings
    from index.errors import IndexDamaged, IndexMissing, IndexOutdated

    environ = {**os.environ, **({"WHOLEADS_CORPUS": _found(config, corpus)} if corpus else {})}
    settings = Settings.from_environ(environ)
    try:
        return InProcess(open_library(settings, [settings.corpus]).get(None))
    except (IndexMissing, IndexOutdated, IndexDamaged):
        build(settings, [Path(settings.corpus)])
    return InProcess(open_library(settings, [settings.corpus]).get(None))


def _found(config: pytest.Config, corpus: str) -> str:
    """A folder is meant as seen from the project's root, wherever pytest was started."""
    folder = config.rootpath / corpus
    return str(folder) if folder.is_dir() else corpus
