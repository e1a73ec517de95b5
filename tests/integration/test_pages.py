"""The pages on ways to call a server are held to what they show, at a server with the real bot.

As in the README, a fenced block below ``<!-- tested -->`` is run: each ``print(…)  # text`` must print that text, each
``$ curl`` what follows it, of JSON at least that; ``…`` stands for anything.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fenced import Block, fenced_blocks, pattern
from tests.test_readme import differences

pytest_plugins = ("tests.bot.checking_fixtures",)

DOCS = Path(__file__).parents[2] / "docs"
PRINTED = re.compile(r"^ *print\(.*\)  # (.*)$", re.M)
BLOCKS = [
    (page, block)
    for page in ("api.md", "langchain.md", "openai.md")
    for block in fenced_blocks((DOCS / page).read_text(encoding="utf-8"))
]
PROGRAMS = [(page, block) for page, block in BLOCKS if block.language == "python"]
CONSOLES = [(page, command) for page, block in BLOCKS if block.language == "console" for command in block.commands]
HERE = "http://127.0.0.1:8000"


def test_every_block_is_tested() -> None:
    assert PROGRAMS and CONSOLES
    assert {block.mark for _, block in BLOCKS} == {"tested"}
    assert all(HERE in block.body and PRINTED.search(block.body) for _, block in PROGRAMS)


@pytest.mark.parametrize(("page", "program"), PROGRAMS, ids=[f"{page}-{n}" for n, (page, _) in enumerate(PROGRAMS)])
def test_a_program_prints_what_its_comments_say(
    served: str, page: str, program: Block, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    exec(compile(program.body.replace(HERE, served), page, "exec", dont_inherit=True), {"__name__": page})
    shown, printed = PRINTED.findall(program.body), capsys.readouterr().out.splitlines()
    assert len(printed) == len(shown)
    for line, expected in zip(printed, shown, strict=True):
        assert re.fullmatch(pattern(expected), line), f"it printed {line!r}, not {expected!r}"


@pytest.mark.parametrize(("page", "command"), CONSOLES, ids=[command for _, (command, _) in CONSOLES])
def test_a_command_prints_what_is_shown(served: str, page: str, command: tuple[str, str]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed on this machine")
    typed, shown = command
    words = shlex.split(typed.replace(HERE, served))
    assert words[0] == "curl", page
    done = subprocess.run([*words, "--noproxy", "*"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert differences(json.loads(shown), json.loads(done.stdout)) == []
