"""The command line as a process of its own: the pipe, the signal, the encoding and the terminal are real."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
from bot.serving.cli.main import build_cli
from tests.cli.conftest import Backend
backend = Backend()
cli = build_cli(
    open_library=backend.open_library,
    build=backend.build,
    remove=backend.remove,
    serve=backend.serve,
    environ=os.environ,
)
cli(prog_name="wholeads")
"""


def environ(**changes: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    return {**kept, "WHOLEADS_CORPUS": "railway", "TERM": "xterm-256color", **changes}


def start(*args: str, **options: object) -> subprocess.Popen[bytes]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environ()}
    command = [sys.executable, "-c", PROGRAM, *args]
    return subprocess.Popen(command, cwd=ROOT, **{**pipes, **options})  # type: ignore[call-overload,no-any-return]


SERVER = """
import os, sys
from bot.serving.cli.main import build_cli, run_server
from tests.cli.conftest import Backend
backend = Backend()
cli = build_cli(
    open_library=backend.open_library, build=backend.build, remove=backend.remove, serve=run_server, environ=os.environ
)
cli(prog_name="wholeads")
"""
APPLICATION = """
def create_app(environ):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            {startup}
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": environ["WHOLEADS_CORPUS"].encode()})
    return app
"""


def start_server(folder: Path, startup: str) -> subprocess.Popen[bytes]:
    """``wholeads serve`` in a folder whose app.py is the application above."""
    (folder / "app.py").write_text(APPLICATION.replace("{startup}", startup), encoding="utf-8")
    command = [sys.executable, "-c", SERVER, "serve", "--port", "0"]
    return subprocess.Popen(command, cwd=folder, env=environ(PYTHONPATH=str(ROOT)), stderr=subprocess.PIPE)


def output_on_a_terminal(**changes: str) -> bytes:
    """What ``ask`` writes to a terminal of 80 columns."""
    main, side = pty.openpty()
    process = start("ask", "Who runs the north line?", stdin=side, stdout=side, stderr=side, env=environ(**changes))
    os.close(side)
    written = b""
    try:
        while chunk := os.read(main, 4096):
            written += chunk
    except OSError:  # Linux tells of a terminal's end by an error.
        pass
    finally:
        os.close(main)
    assert process.wait(30) == 0
    return written


def test_python_dash_m_bot_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "Usage: wholeads" in done.stdout


def test_help_does_not_wait_for_the_models() -> None:
    heavy = {"torch", "chromadb", "langchain_core", "gradio"}
    program = f"import sys, bot.serving.cli.main; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n"


def test_ctrl_c_in_a_chat_ends_with_130_and_without_traceback() -> None:
    with start("chat") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"Who runs the north line?\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"[answered]\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read().strip() == b""


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    with start("chat", "--json") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(b"Who runs the north line?\n")
        process.stdin.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


def test_a_terminal_that_knows_only_ascii_loses_nothing() -> None:
    with start("ask", "--json", "Who runs \u201cit\u201d?", env=environ(PYTHONIOENCODING="ascii")) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out.decode("ascii"))["question"] == "Who runs \u201cit\u201d?"


def test_colour_on_a_terminal_unless_it_is_unwanted() -> None:
    assert b"\x1b[30;42m" in output_on_a_terminal()
    plain = output_on_a_terminal(NO_COLOR="1")
    assert b"\x1b[30;42m" not in plain
    assert b"Anna runs it. [1]" in plain


def test_serve_answers_where_it_says_and_ends_cleanly_by_ctrl_c(tmp_path: Path) -> None:
    with start_server(tmp_path, 'await send({"type": "lifespan.startup.complete"}); await receive()') as process:
        assert process.stderr
        assert process.stderr.readline().startswith(b"Loading")
        url = process.stderr.readline().decode().split()[-1]
        assert urllib.request.urlopen(url, timeout=30).read() == b"railway"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read().strip() == b""


def test_an_application_that_does_not_come_up_is_an_error(tmp_path: Path) -> None:
    with start_server(tmp_path, 'await send({"type": "lifespan.startup.failed", "message": "no lamp oil"})') as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert b"no lamp oil" in err
    assert b"error: The server could not start" in err
    assert b"Ready" not in err
