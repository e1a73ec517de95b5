"""The composition root: it starts whatever is broken, and says what is."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

import app
from bot.settings import Settings


def test_a_corpus_that_is_not_there_keeps_nothing_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"WHOLEADS_CORPUS": str(tmp_path / "nowhere"), "WHOLEADS_INDEX": str(tmp_path / "index")}
    library, not_ready = app.load(Settings.from_environ(environ))
    assert library is None
    assert "wholeads index" in not_ready
    assert "cannot be loaded" in caplog.text


def test_a_port_that_is_taken_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, caplog.at_level(logging.ERROR):
        port = str(taken.getsockname()[1])
        assert app.serve({"WHOLEADS_PORT": port}) == 2
    assert port in caplog.text and "WHOLEADS_PORT" in caplog.text


def test_settings_that_cannot_be_used_are_told(caplog: pytest.LogCaptureFixture) -> None:
    assert app.serve({"WHOLEADS_PORT": "http"}) == 2
    assert "WHOLEADS_PORT='http'" in caplog.text
