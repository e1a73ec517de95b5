"""The composition root: it starts whatever is broken, and says what is."""

from __future__ import annotations

from pathlib import Path

import pytest

import app
from bot.answering.settings import Settings


def test_a_corpus_that_is_not_there_keeps_nothing_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"WHOLEADS_CORPUS": str(tmp_path / "nowhere"), "WHOLEADS_INDEX": str(tmp_path / "index")}
    library, not_ready = app.load(Settings.from_environ(environ))
    assert library is None
    assert "wholeads index" in not_ready
    assert "cannot be loaded" in caplog.text
