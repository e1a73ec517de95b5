"""docs/state.md is held to what it says."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from bot.serving.state import conversations
from tests.fenced import fenced_blocks

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "state.md").read_text(encoding="utf-8")


def run(program: str) -> str:
    with redirect_stdout(StringIO()) as out:
        exec(program, {})
    return out.getvalue()


def test_its_program_prints_what_it_shows_and_its_migration_goes_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOLEADS_INDEX", str(tmp_path / "index"))
    blocks = fenced_blocks(PAGE)
    [program] = [block.body for block in blocks if block.mark == "tested"]
    shown = re.findall(r"^print\(.*\)  # (.*)$", program, re.M)
    assert run(program).splitlines() == shown and len(shown) == 5
    [down] = [re.search(r'python -c "(.*?)"', each.body, re.S) for each in blocks if "migrate(" in each.body]
    assert down
    run(down[1])
    assert run(program).splitlines() == shown


def test_its_bounds_are_those_of_the_program() -> None:
    assert f"the last {conversations.KEPT_TURNS} turns" in PAGE
    assert f"more than {conversations.ANSWER_CHARACTERS // 1024} KiB" in PAGE
    assert f"`?limit=` ({conversations.LISTED})" in PAGE
