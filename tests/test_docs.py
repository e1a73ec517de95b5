"""The pages in docs are held to what they say: the walk-through is walked through, in order, on the real model."""

from __future__ import annotations

import re
import shlex
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.answering.bot import build, open_library, remove
from bot.serving.cli.main import build_cli, run_server
from tests.fenced import Block, fenced_blocks, pattern

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "your-corpus.md"
BLOCKS = fenced_blocks(PAGE.read_text(encoding="utf-8"))


def written(block: Block, folder: Path) -> None:
    (folder / block.mark.removeprefix("file: ")).write_text(block.body, encoding="utf-8")


def changed(block: Block, folder: Path) -> None:
    """Put each run of + lines in the place of the line with - before it."""
    path = folder / block.mark.removeprefix("edit: ")
    text = path.read_text(encoding="utf-8")
    for old, new in re.findall(r"^-(.*\n)((?:\+.*\n)+)", block.body, re.M):
        assert text.count(f"\n{old}") == 1, f"{old!r} does not stand once in {path.name}"
        text = text.replace(f"\n{old}", "\n" + re.sub(r"^\+", "", new, flags=re.M))
    path.write_text(text, encoding="utf-8")


def typed(command: str, folder: Path) -> str:
    program, *args = shlex.split(command)
    assert program == "wholeads"
    environ = {"WHOLEADS_INDEX": str(folder / "index")}
    cli = build_cli(open_library=open_library, build=build, remove=remove, serve=run_server, environ=environ)
    with chdir(folder):
        done = CliRunner().invoke(cli, args, catch_exceptions=False)
    # What is shown goes to stdout; where that is empty, the error tells why.
    return done.stdout or done.stderr


def test_the_walk_through_can_be_followed_word_for_word(tmp_path: Path) -> None:
    for block in BLOCKS:
        if block.mark.startswith("file: "):
            written(block, tmp_path)
        elif block.mark.startswith("edit: "):
            changed(block, tmp_path)
        elif block.mark == "tested":
            for command, output in block.commands:
                printed = typed(command, tmp_path)
                assert re.fullmatch(pattern(output.strip()), printed.strip(), re.S), f"$ {command}\n{printed}"
    [shown] = [block.body for block in BLOCKS if (block.mark, block.language) == ("", "yaml")]
    assert shown in (tmp_path / "lantern" / "proposals.yaml.bak").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
