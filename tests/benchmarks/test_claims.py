"""Public sets of claims: how they are read, what is counted, and a tiny run."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from benchmarks.__main__ import main
from benchmarks.claims import overlap_verdicts, scores
from benchmarks.claims_data import ClaimSetError, LabelledClaim, Source, load_claim_sets, tabled, temporary_corpus
from bot.schema.answer import Verdict

YES, NO, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO
TABLE = {"title": ["Acme"], "Founded": ["3 May 1902"], "Owners": ["Bolt", " Crane; son "]}
ON_TABLE = [
    {"hypothesis": "Acme was founded in the spring.", "label": "E", "table": TABLE},
    {"hypothesis": "Acme has three owners.", "label": "C", "table": TABLE},
    {"hypothesis": "Acme is rich.", "label": "N", "table": TABLE},
]
ON_TEXT = [
    {"claim": "Acme makes beer.", "label": "SUPPORTS", "page": "Acme", "gold": ["Acme makes beer."], "retrieved": []},
    {"claim": "Acme is old.", "label": "REFUTES", "page": "Acme", "gold": ["It was founded."], "retrieved": ["No."]},
]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def run(*args: object) -> Result:
    command_line = typer.Typer()
    command_line.command()(main)
    return CliRunner().invoke(command_line, [*map(str, args)], catch_exceptions=False)


def test_a_table_becomes_lines_below_a_heading() -> None:
    text = tabled("Acme", {"Founded:": ["3 May  1902"], "Owners": ["Bolt", " Crane; son "]}).text
    assert text == "# Acme\n\nFounded: 3 May 1902.\n\nOwners: Bolt; Crane, son."


def test_a_temporary_corpus_quotes_its_source() -> None:
    corpus = temporary_corpus(Source("Acme", "# Acme\n\nBolt owns it."))
    [passage] = corpus.passages.values()
    assert (passage.heading, passage.quote.text) == ("Acme", "Bolt owns it.")
    assert set(corpus.entities) == {"Acme"}
    assert corpus.facts == {}


def test_both_forms_are_read_plain_and_packed(tmp_path: Path) -> None:
    write(tmp_path / "tables" / "dev.jsonl.gz", ON_TABLE)
    write(tmp_path / "texts" / "dev.jsonl", ON_TEXT)
    write(tmp_path / "others" / "dev.jsonl", [{"question": "Who?"}])
    sets = {found.name: found for found in load_claim_sets(tmp_path)}
    assert list(sets) == ["tables/dev", "texts/dev (gold)", "texts/dev (retrieved)"]
    assert [claim.gold for claim in sets["tables/dev"].claims] == [YES, NO, OPEN]
    assert [found.two_way for found in sets.values()] == [False, True, True]
    assert sets["texts/dev (gold)"].claims[1].source == Source("Acme", "# Acme\n\nIt was founded.")
    assert len(sets["tables/dev"].first(2).claims) == 2


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"question": "Who?"}], "neither"),
        ([{**ON_TABLE[0], "label": "X"}], "dev.jsonl:1: the label 'X'"),
        ([ON_TABLE[0], {**ON_TABLE[0], "table": {}}], "dev.jsonl:2: needs a hypothesis"),
        ([{**ON_TABLE[0], "table": {**TABLE, "Owners": "Bolt"}}], "lists"),
        ([{**ON_TEXT[0], "gold": "Acme makes beer."}], "'gold' sentences"),
        ([], "neither"),
    ],
)
def test_what_is_no_claim_is_told_with_its_line(tmp_path: Path, rows: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(ClaimSetError, match=told):
        load_claim_sets(write(tmp_path / "dev.jsonl", rows))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text('{"hypothesis"'),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text("1"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    spoil(tmp_path / "dev.jsonl")
    done = run(tmp_path / "dev.jsonl", "--only", "claims")
    assert done.exit_code == 2
    assert "dev.jsonl" in done.stderr


def test_a_folder_without_claims_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClaimSetError, match="holds no claims"):
        load_claim_sets(tmp_path)


def test_scores_count_what_is_right_and_what_is_decided() -> None:
    found = scores([YES, YES, NO, OPEN], [YES, OPEN, YES, OPEN], (YES, NO, OPEN))
    assert (found.accuracy, found.precision, found.recall) == (0.5, 0.5, 0.5)
    assert (found.coverage, found.decided) == (0.5, 0.5)
    assert found.macro_f1 == pytest.approx((0.5 + 0 + 2 / 3) / 3, abs=1e-4)
    assert scores([YES], [OPEN], (YES,)).precision is None


def test_the_bars_of_the_overlap_are_those_of_the_other_half() -> None:
    source = Source("Acme", "Bolt owns Acme")
    claims = [
        LabelledClaim(t, g, source)
        for t, g in (("Bolt owns Acme", YES), ("Bolt owns it", YES), ("Cars", NO), ("Tea", NO))
    ]
    assert overlap_verdicts(claims, (YES, NO)) == [YES, YES, NO, NO]


def test_a_tiny_run(tmp_path: Path) -> None:
    write(tmp_path / "tables" / "dev.jsonl", ON_TABLE)
    write(tmp_path / "texts" / "dev.jsonl", ON_TEXT)
    done = run(tmp_path, "--only", "claims", "--json", tmp_path / "figures.json")
    assert (done.exit_code, done.stderr) == (0, "")
    tables, gold, retrieved = json.loads((tmp_path / "figures.json").read_text())["claims"]
    assert (tables["checker"]["accuracy"], tables["claims"]) == (1.0, 3)
    assert (gold["checker"]["precision"], gold["checker"]["coverage"]) == (1.0, 0.5)
    assert retrieved["checker"]["precision"] is None
    assert tables["time"]["count"] == 3
