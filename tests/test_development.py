"""What developers are given beside the program is held to what it says: hooks, container, decisions, make's list."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.diagram import contracts, diagram

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = frozenset(re.findall(r"^([\w-]+): ", MAKEFILE, re.M)) | {"clean"}
DECISIONS = ROOT / "docs" / "decisions"


def test_make_lists_each_of_its_targets() -> None:
    listed = set(re.findall(r'@echo "make ([\w-]+) ', MAKEFILE))
    assert listed == TARGETS - {"help"}


def test_the_hooks_before_a_commit_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    [repo] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repo["hooks"]:
        assert hook["language"] == "system", "a hook that fetches something"
        program, *arguments = hook["entry"].split()
        if program == "make":
            assert set(arguments) <= TARGETS
        else:
            assert (Path(sys.executable).parent / Path(program).name).exists(), hook["id"]


def test_the_container_uses_what_make_has() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert set(re.findall(r"\bmake (\w+)", container["postCreateCommand"])) <= TARGETS
    assert container["forwardPorts"] == [8000]


def test_quick_runs_what_it_says() -> None:
    [folders] = re.findall(r"^QUICK := .*?'.*?' (.*)$", MAKEFILE, re.M)
    assert folders.split() and all((ROOT / folder).is_dir() for folder in folders.split())


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("0*.md")), ids=lambda record: record.name)
def test_a_decision_tells_why_from_what_and_which(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    title = re.match(r"# (\d+)\. (.+)\n", text)
    assert title and int(title[1]) == int(record.name[:4])
    assert f"| [{title[1]}]({record.name}) | {title[2]} |" in (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert all(f"**{part}" in text for part in ("Context.", "Options", "Choice."))


def test_the_packages_are_drawn_as_the_contracts_have_them() -> None:
    assert diagram(contracts()) in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), (
        "make diagram draws them anew"
    )


def test_a_package_that_two_others_stand_on_is_drawn_once() -> None:
    drawn = diagram([{"type": "layers", "layers": ["app", "bot | index", "corpus"]}])
    assert drawn.count('corpus["<b>corpus</b>') == 1
    assert "app --> bot & index" in drawn and "bot & index --> corpus" in drawn
