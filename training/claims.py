"""``python -m training.claims FIELD…``: checks the claims of fields and holds the verdicts against the golds.

A field may have ``claims-*.jsonl``: ``{"id", "text", "label", "kind", "why"}``, with labels in FEVER's terms, written
from its documents alone. A text is judged as a whole, as ``POST /v1/check`` does. What counts is how many verdicts are
right, and how many of *supported* and *refuted*. With ``--sealed`` nothing but totals is printed.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from training.evaluate import FIELDS, SEALED, Tally, bare

OPEN = "not_enough_info"


@dataclass(frozen=True, slots=True)
class Claim:
    """A text with the verdict that it should have."""

    field: str
    text: str
    label: str
    kind: str


def claims(folder: Path) -> Iterator[Claim]:
    """The claims of a field, in the order of its files."""
    for path in sorted(folder.glob("claims-*.jsonl")):
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            yield Claim(folder.name, case["text"], case["label"], case["kind"])


def table(rows: Iterable[tuple[Claim, str]]) -> list[str]:
    """Right verdicts by kind and label, and how many of those that decide are right; a false one decides wrongly."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for claim, verdict in rows:
        right = verdict == claim.label
        names = [claim.kind, f"~ is {claim.label}", "~ all"] + [f"~ told {verdict}"] * (verdict != OPEN)
        for name in names:
            tallies[name].add(right, not right and verdict != OPEN)
    return [tallies[name].row(name) for name in sorted(tallies)]


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Fields, by their folders' names.")] = None,
    sealed: Annotated[bool, typer.Option("--sealed", help="The claims of the sealed fields; totals alone.")] = False,
    alone: Annotated[bool, typer.Option("--alone", help="From the documents alone, without facts.")] = False,
    show: Annotated[int, typer.Option(help="Wrong verdicts to print, never of sealed fields.")] = 0,
) -> None:
    """Measure the checker on fields."""
    from training.bots import open_bot

    if sealed:
        logging.disable(logging.CRITICAL)  # a message in a log would be one that was looked at
    folders = sorted(p for p in SEALED.iterdir() if p.is_dir()) if sealed else [FIELDS / name for name in names or ()]
    rows: list[tuple[Claim, str]] = []
    with tempfile.TemporaryDirectory() as index:
        for folder in folders:
            own = bare(folder, Path(index) / "bare") if alone else folder
            bot, found = open_bot(own, Path(index)), list(claims(folder))
            for claim in found:
                report = bot.check(claim.text)
                rows.append((claim, str(report.verdict)))
                if rows[-1][1] != claim.label and not sealed and show > 0:
                    show -= 1
                    print(f"- {claim.field} {claim.kind}: {claim.text!r} is {claim.label}")
                    for each in report.findings:
                        print(f"    {each.verdict} ({each.reason}) {each.read_as!r} {each.claim!r}")
    print("\n".join(table(rows)))


if __name__ == "__main__":
    typer.run(main)
