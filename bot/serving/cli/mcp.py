"""The command that serves the Model Context Protocol over stdin and stdout: ``wholeads mcp``."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import redirect_stdout

import typer

from bot.answering.settings import Settings
from bot.serving.cli.console import BuildOption, CorpusOption, backend_of, opened, say

_INTERRUPTED = 130


def mcp(ctx: typer.Context, corpus: CorpusOption = None, build: BuildOption = True) -> None:
    """Serve the Model Context Protocol on stdin and stdout, for the program that starts this one.

    It ends when stdin does. On stdout stands the protocol alone, on stderr everything else.
    """
    backend = backend_of(ctx)
    settings = Settings.from_environ(backend.environ_with(corpus=corpus))
    with redirect_stdout(sys.stderr):
        library = opened(backend, settings, (settings.corpus,), build)
        # Imported when it is needed: --help must not wait for the web framework.
        from bot.serving.api.create import create_service
        from bot.serving.api.feedback import FeedbackDesk
        from bot.serving.api.guard import open_guard
        from bot.serving.api.keeping import Keeper
        from bot.serving.api.mcp_server import serve_stdio
        from bot.serving.api.metrics import Metrics

        keeper = Keeper(settings)
        service = create_service(library, settings, open_guard(), Metrics(), FeedbackDesk(keeper), keeper)
    if sys.stdin.isatty():
        say("Waiting for a client on stdin. Ctrl-D or Ctrl-C ends.")
    # A thread that waits for stdin cannot be interrupted, and would keep the process until the next line.
    signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    serve_stdio(service)
