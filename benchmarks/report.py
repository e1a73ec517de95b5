"""The figures, as JSON and as tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

from rich.table import Table

from benchmarks.determinism import Determinism
from benchmarks.latency import Latency
from benchmarks.measure import Summary
from benchmarks.startup import Startup
from bot.chain import program_version

_STARTUP = {
    "build": "build from nothing, model loaded",
    "rebuild": "build, nothing changed",
    "open": "open",
    "first_answer": "first answer",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured; ``cpus`` counts those that this process may use."""

    python: str
    system: str
    cpus: int

    @classmethod
    def here(cls) -> Machine:
        """This one."""
        may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return cls(platform.python_version(), f"{platform.system()} {platform.machine()}", may_use)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured; None for what was not asked for."""

    machine: Machine
    startup: Startup | None = None
    latency: Latency | None = None
    determinism: Determinism | None = None

    def to_json(self) -> dict[str, object]:
        """Every figure under its field's name, times in milliseconds."""
        return {"program": program_version(), **asdict(self)}

    def tables(self) -> Iterator[Table]:
        """One table a measurement."""
        if self.startup:
            summaries = ((_STARTUP[field.name], getattr(self.startup, field.name)) for field in fields(self.startup))
            yield _table("startup", ("", "n", "median ms", "p95 ms"), (_row(*row) for row in summaries))
        if self.latency:
            header = ("", "n", "median ms", "p95 ms", "of one embedding")
            yield _table("latency", header, _latency_rows(self.latency))
        if self.determinism:
            found = self.determinism
            row = (str(found.questions), str(found.repeats), ", ".join(found.varied) or "none")
            yield _table("determinism", ("questions", "times each", "varied"), [row])


def _latency_rows(latency: Latency) -> Iterator[tuple[str, ...]]:
    for route in latency.routes:
        yield *_row(f"{route.route}: embed one query", route.embed), ""
        yield *_row(f"{route.route}: Bot.ask", route.ask), f"{route.ask_to_embed:.2f}"
        yield *_row(f"{route.route}: POST /v1/ask", route.post), f"{route.post_to_embed:.2f}"
    if latency.check:
        yield *_row("check one sentence", latency.check), f"{latency.check_to_embed:.2f}"


def _row(name: str, summary: Summary) -> tuple[str, ...]:
    return name, str(summary.count), f"{summary.median_ms:.2f}", f"{summary.p95_ms:.2f}"


def _table(title: str, header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table
