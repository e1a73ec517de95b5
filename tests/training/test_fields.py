"""The training data hold together; of sealed fields no more is told than that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.check import faults, repeated

HERE = Path(__file__).parents[2] / "training"
FIELDS = sorted(path for folder in ("fields", "sealed") for path in (HERE / folder).iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FIELDS, ids=lambda path: path.name)
def test_a_field_holds_together(folder: Path) -> None:
    found = list(faults(folder))
    assert not found, f"{len(found)} faults; python training/check.py {folder} names them"


def test_no_message_stands_in_two_fields() -> None:
    assert not list(repeated(FIELDS))


def test_enough_fields_are_there() -> None:
    assert len(FIELDS) >= 36
    assert sum(path.parent.name == "sealed" for path in FIELDS) >= 6


def test_faults_are_told(tmp_path: Path) -> None:
    source = HERE / "fields" / "ferries"
    for path in source.iterdir():
        if not path.name.startswith("messages"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    turn = {"say": "who?", "gold": [{"ask": "text", "quotes": ["not there"], "question": "Who?", "words": "whom"}]}
    case = json.dumps({"id": "a", "voice": "x", "turns": [turn]})
    (tmp_path / "messages-1.jsonl").write_text(f"{case}\n{{\n{case}\n", encoding="utf-8")
    told = "\n".join(faults(tmp_path))
    expected = ("the quote 'not there'", "the words 'whom'", "messages-1.jsonl:2: JSONDecodeError", "stands 2 times")
    assert all(part in told for part in (*expected, "200 are needed"))
