"""``python -m benchmarks.understanding``: how many generated questions are answered right, by kind.

Exit codes: 0 done; 1 fewer were right than --least; 2 wrong use.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.faults import told
from bot.answering.bot import build, open_library
from bot.answering.settings import Settings, SettingsError
from bot.evaluation.understanding import Understanding, run
from corpus.errors import CorpusError
from index.errors import IndexError_


def main(
    count: Annotated[int, typer.Option(min=1, help="How many questions to ask.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed asks other questions.")] = 1,
    least: Annotated[float, typer.Option(min=0, max=1, help="The least share of right answers.")] = 0.99,
    failures: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the wrong answers there.")] = None,
) -> None:
    """Ask generated questions of the corpus of WHOLEADS_CORPUS, on an index built in a temporary folder."""
    console = Console()
    with told(SettingsError, CorpusError, IndexError_), tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        settings = replace(Settings.from_environ(os.environ), index=Path(temporary))
        build(settings)
        outcome = run(open_library(settings).get(None), count, seed)
    console.print(table(outcome))
    if failures:
        failures.write_text("".join(f"{failure}\n" for failure in outcome.failures), encoding="utf-8")
    if outcome.rate < least:
        raise typer.Exit(1)


def table(outcome: Understanding) -> Table:
    """Right answers by kind of question; kinds that the corpus cannot be asked about show that none was."""
    shown = Table("Kind", "Asked", "Right", title=f"{outcome.rate:.2%} of {outcome.total} right")
    for kind, asked in outcome.asked.items():
        shown.add_row(kind, str(asked), str(asked - outcome.failed(kind)))
    return shown


if __name__ == "__main__":
    typer.run(main)
