"""The README and the pages beside it are held to what they say.

A fenced block below ``<!-- tested -->`` is run against the real bot and the real model:

- console: each ``$`` command, ``wholeads`` or ``curl`` (to the API), must print what follows it. ``…`` stands for
  anything; JSON may leave keys out.
- python: each ``print(…)  # text`` must print that text.

A block below ``<!-- file: name -->`` is written to that file first. A block with neither is not run.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from bot.answering.bot import Library, build, open_library, remove
from bot.answering.settings import SETTINGS, Settings
from bot.serving.api import create_api
from bot.serving.cli.main import build_cli, run_server
from tests.fenced import fenced_blocks, pattern

ROOT = Path(__file__).parents[1]
PRINTED = re.compile(r"^print\(.*\)  # (.*)$", re.M)


NAMES = (
    "README.md",
    "docs/using.md",
    "docs/small-corpus.md",
    "docs/receipts.md",
    "docs/settings.md",
    "docs/development.md",
)
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
BLOCKS = [block for page in PAGES.values() for block in fenced_blocks(page)]
CONSOLES = [
    command for block in BLOCKS if (block.mark, block.language) == ("tested", "console") for command in block.commands
]
PROGRAMS = [block.body for block in BLOCKS if (block.mark, block.language) == ("tested", "python")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the files that the pages show."""
    folder = tmp_path_factory.mktemp("readme")
    for block in BLOCKS:
        if block.mark.startswith("file: "):
            path = folder / block.mark.removeprefix("file: ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def environ(folder: Path) -> Mapping[str, str]:
    """The settings' defaults, but for an index of its own, which is built."""
    environ = {"WHOLEADS_INDEX": str(folder / "index")}
    build(Settings.from_environ(environ), [Path("alliance")])
    return environ


@dataclass(frozen=True)
class Reader:
    """Somebody who types the pages' commands into a terminal; corpora are opened once for all of them."""

    folder: Path
    environ: Mapping[str, str]

    def types(self, command: str) -> str:
        """What the command prints to stdout."""
        program, *args = shlex.split(command)
        match program:
            case "wholeads":
                return self._wholeads(args)
            case "curl":
                return self._curl(args)
        raise AssertionError(f"{program}: tested blocks know wholeads and curl only")

    def _wholeads(self, args: Sequence[str]) -> str:
        cli = build_cli(open_library=opened, build=build, remove=remove, serve=run_server, environ=self.environ)
        with chdir(self.folder):
            return CliRunner().invoke(cli, args, catch_exceptions=False).stdout

    def _curl(self, args: Sequence[str]) -> str:
        silent, url, *options = args
        given = dict(zip(options[::2], options[1::2], strict=True))
        assert silent == "-s" and given.keys() <= {"-H", "-d"}
        headers = dict([given["-H"].split(": ")]) if "-H" in given else {}
        settings = Settings.from_environ(self.environ)
        client = TestClient(create_api(opened(settings, ("alliance",)), settings))
        method, content = ("POST", given["-d"]) if "-d" in given else ("GET", None)
        return client.request(method, urlsplit(url).path, content=content, headers=headers).text


def opened(settings: Settings, corpora: Sequence[str]) -> Library:
    return _opened(settings, tuple(corpora))


@cache
def _opened(settings: Settings, corpora: tuple[str, ...]) -> Library:
    return open_library(settings, corpora)


@pytest.fixture(scope="module")
def reader(folder: Path, environ: Mapping[str, str]) -> Iterator[Reader]:
    yield Reader(folder, environ)
    _opened.cache_clear()


def differences(shown: object, printed: object, where: str = "") -> list[str]:
    """Where ``printed`` is not as ``shown``; an object may have more keys than are shown."""
    match shown, printed:
        case dict(), dict():
            missing = [f"{where}.{key} is missing" for key in shown.keys() - printed.keys()]
            there = [(value, printed[key], f"{where}.{key}") for key, value in shown.items() if key in printed]
            return missing + [line for pair in there for line in differences(*pair)]
        case list(), list() if len(shown) == len(printed):
            pairs = enumerate(zip(shown, printed, strict=True))
            return [line for number, pair in pairs for line in differences(*pair, f"{where}[{number}]")]
        case str(), str() if re.fullmatch(pattern(shown), printed, re.S):
            return []
    return [] if shown == printed and type(shown) is type(printed) else [f"{where} is {printed!r}, not {shown!r}"]


@pytest.mark.parametrize(("command", "output"), CONSOLES, ids=[command for command, _ in CONSOLES])
def test_a_command_prints_what_is_shown(reader: Reader, command: str, output: str) -> None:
    printed = reader.types(command)
    if output.startswith("{"):
        assert differences(json.loads(output), json.loads(printed)) == []
    else:
        assert re.fullmatch(pattern(output.strip()), printed.strip(), re.S), f"it printed:\n{printed}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_prints_what_its_comments_say(program: str, environ: Mapping[str, str]) -> None:
    others = {name: value for name, value in os.environ.items() if not name.startswith("WHOLEADS_")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env={**others, **environ}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == PRINTED.findall(program)


def test_something_of_each_sort_is_tested() -> None:
    assert {shlex.split(command)[0] for command, _ in CONSOLES} == {"wholeads", "curl"}
    assert any(PRINTED.findall(program) for program in PROGRAMS)
    unknown = {block.mark for block in BLOCKS} - {"", "tested"}
    assert all(mark.startswith("file: ") for mark in unknown)
    runnable = {block.language for block in BLOCKS if block.mark == "tested"}
    assert runnable == {"console", "python"}


def test_the_readme_is_read_in_one_go() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 150


def test_a_difference_is_seen() -> None:
    shown = {"answer": "A…", "values": ["A"], "start": 0}
    right: dict[str, object] = {"answer": "Anna", "values": ["A"], "start": 0, "more": 1}
    changes: list[dict[str, object]] = [{"answer": "Ben"}, {"values": []}, {"values": ["B"]}, {"start": False}]
    assert differences(shown, right) == []
    assert [len(differences(shown, {**right, **change})) for change in changes] == [1, 1, 1, 1]
    assert differences(shown, {"answer": "A", "values": ["A"]}) == [".start is missing"]


def test_the_settings_table_is_that_of_the_program() -> None:
    page = PAGES["docs/settings.md"]
    rows = re.findall(r"^\| `((?:[A-Z]+_)+[A-Z]+)` \| (?:`(.+?)`|none) \| (.+?) \|$", page, re.M)
    assert rows == [(setting.name, setting.default, setting.meaning) for setting in SETTINGS]


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:`|\$ |\w=\S+ )make (\w+)", "".join(PAGES.values())))
    assert {"serve", "test"} <= named <= targets


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES["README.md"])
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_path_and_command_that_is_named_exists(environ: Mapping[str, str]) -> None:
    text = "".join(PAGES.values())
    settings = Settings.from_environ(environ)
    described = create_api(opened(settings, ("alliance",)), settings).openapi()["paths"]
    named = set(re.findall(r"`(?:GET |POST )?(/[\w/{}]+)`", text))
    assert {"/v1/facts", "/v1/check"} <= named <= {*described, "/docs", "/mcp"}
    cli = build_cli(open_library=opened, build=build, remove=remove, serve=run_server, environ={})
    known = {command.name or getattr(command.callback, "__name__", "") for command in cli.registered_commands}
    known |= {group.name or "" for group in cli.registered_groups}
    assert set(re.findall(r"(?:`|\$ )wholeads (\w+)", text)) <= known
    assert known <= set(re.findall(r"`(\w+)`", PAGES["docs/using.md"]))
