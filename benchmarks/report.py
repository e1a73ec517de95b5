"""The figures, as JSON and as tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

from rich.table import Table

from benchmarks.claims import ClaimFigures, Scores
from benchmarks.determinism import Determinism
from benchmarks.growth import SMALL, Growth
from benchmarks.latency import Latency
from benchmarks.measure import Summary
from benchmarks.passages import COVERAGES, Abstention, Found, PassageFigures
from benchmarks.scale import Scale
from benchmarks.startup import Startup
from bot.answering.bot import program_version

_STARTUP = {
    "build": "build from nothing, model loaded",
    "rebuild": "build, nothing changed",
    "open": "open",
    "first_answer": "first answer",
}
_FOUND = ("", "recall@1", "recall@5", "@1, half 0", "@1, half 1", "median ms", "p95 ms")
_ABSTENTION = ("", "n", "AUROC", "reranker alone", "answerable answered", "unanswerable answered")
# Precision and recall are those of "supported".
_CLAIMS = ("", "accuracy", "macro-F1", "precision", "recall", "decided", "right of those")


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
    scale: Scale | None = None
    claims: tuple[ClaimFigures, ...] | None = None
    passages: PassageFigures | None = None
    growth: Growth | None = None

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
        if self.scale:
            yield _table("scale", ("", ""), _scale_rows(self.scale))
        if self.growth:
            heads = ("asked, median ms", f"{SMALL:,} facts", f"{self.growth.facts:,} facts", "ratio")
            yield _table("growth", heads, _asked_rows(self.growth))
            yield _table("", ("", ""), _growth_rows(self.growth))
        for figures in self.claims or ():
            time = f"{figures.time.median_ms:.1f} ms each, p95 {figures.time.p95_ms:.1f} ms"
            title = f"claims: {figures.name}, {figures.claims} claims, {time}"
            yield _table(title, _CLAIMS, _claim_rows(figures))
        if self.passages:
            yield from _passage_tables(self.passages)


def _latency_rows(latency: Latency) -> Iterator[tuple[str, ...]]:
    for route in latency.routes:
        yield *_row(f"{route.route}: embed one query", route.embed), ""
        yield *_row(f"{route.route}: Bot.ask", route.ask), f"{route.ask_to_embed:.2f}"
        yield *_row(f"{route.route}: POST /v1/ask", route.post), f"{route.post_to_embed:.2f}"
    if latency.check:
        yield *_row("POST /v1/check", latency.check), f"p95 {latency.check_p95_to_embed:.2f}"


def _asked_rows(growth: Growth) -> Iterator[tuple[str, ...]]:
    for kind, ratio in growth.ratios.items():
        yield kind, f"{growth.small[kind]:.1f}", f"{growth.large[kind]:.1f}", f"{ratio:.2f}"


def _growth_rows(growth: Growth) -> Iterator[tuple[str, str]]:
    yield "load, build, open", f"{growth.load_ms:.0f}, {growth.build_ms:.0f}, {growth.open_ms:.0f} ms"
    for change, taken in growth.changed.items():
        yield f"one {change} more: loaded, indexed", f"{taken:.0f} ms, {growth.embedded[change]} embedded"


def _scale_rows(scale: Scale) -> Iterator[tuple[str, str]]:
    yield "passages, characters", f"{scale.passages:,}, {scale.characters:,}"
    yield "bare model, texts a second", f"{scale.bare_rate:.1f}"
    yield "build, texts a second", f"{scale.build_rate:.1f}"
    yield "build to bare model", f"{scale.share:.1%} by the clock, {scale.cpu_share:.1%} by the processor"
    yield "peak memory: bare, build, search", f"{scale.bare_peak_mb}, {scale.build_peak_mb}, {scale.search_peak_mb} MB"
    yield "killed at, kept, embedded after", f"{scale.killed_at:,}, {scale.kept:,}, {scale.embedded:,}"
    yield "lost, doubled", f"{scale.lost}, {scale.doubled}"
    yield "open", f"{scale.open_s:.2f} s"
    yield "search, median and p95", f"{scale.search.median_ms:.1f}, {scale.search.p95_ms:.1f} ms"
    yield "search by a vector at hand", f"{scale.nearest.median_ms:.1f}, {scale.nearest.p95_ms:.1f} ms"


def _passage_tables(figures: PassageFigures) -> Iterator[Table]:
    reranker = figures.reranker or "off"
    yield _table(f"finding passages, reranker {reranker}", _FOUND, map(_found_row, figures.found))
    if answers := figures.answers:
        rows = [
            ("questions asked of all paragraphs", str(answers.questions)),
            ("sentences shown hold a gold answer", f"{answers.hold_answer:.1%}"),
            ("sentences shown, on the average", f"{answers.sentences:.2f}"),
            ("answerable ones answered", f"{answers.answered_answerable:.1%}"),
            ("unanswerable ones answered", f"{answers.answered_unanswerable:.1%}"),
            ("median and p95", f"{answers.time.median_ms:.1f}, {answers.time.p95_ms:.1f} ms"),
        ]
        yield _table("answer sentences", ("", ""), rows)
    yield _table("withholding answers, the paragraph given", _ABSTENTION, map(_abstention_row, figures.abstention))
    coverages = ("risk when answered:", *(f"{part:.0%}" for part in COVERAGES))
    risks = ((each.name, *(f"{risk:.0%}" for risk in each.risk)) for each in figures.abstention)
    yield _table("risk by coverage", coverages, risks)


def _found_row(found: Found) -> tuple[str, ...]:
    shares = (found.recall_at_1, found.recall_at_5, *found.halves)
    times = (found.time.median_ms, found.time.p95_ms)
    return (found.name, *(f"{share:.1%}" for share in shares), *(f"{time:.1f}" for time in times))


def _abstention_row(each: Abstention) -> tuple[str, ...]:
    areas = (f"{each.auroc:.3f}", f"{each.auroc_reranker:.3f}")
    shares = (f"{each.answered_answerable:.1%}", f"{each.answered_unanswerable:.1%}")
    return each.name, str(each.questions), *areas, *shares


def _claim_rows(figures: ClaimFigures) -> Iterator[tuple[str, ...]]:
    rows = (figures.checker, *figures.halves, figures.majority, figures.overlap)
    for name, scores in zip(("checker", "… even half", "… odd half", "majority", "overlap"), rows, strict=True):
        yield name, *_scores(scores)


def _scores(scores: Scores) -> Iterator[str]:
    shares = (scores.accuracy, scores.macro_f1, scores.precision, scores.recall, scores.coverage, scores.decided)
    return ("-" if share is None else f"{share:.1%}" for share in shares)


def _row(name: str, summary: Summary) -> tuple[str, ...]:
    return name, str(summary.count), f"{summary.median_ms:.2f}", f"{summary.p95_ms:.2f}"


def _table(title: str, header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table
