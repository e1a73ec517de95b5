"""Taking times, and what is said of them."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Summary:
    """Median and 95th percentile of ``count`` times, in milliseconds."""

    count: int
    median_ms: float
    p95_ms: float


def timed(call: Callable[[], Value]) -> tuple[Value, float]:
    """What ``call`` gives, and the milliseconds it took."""
    started = time.perf_counter()
    value = call()
    return value, (time.perf_counter() - started) * 1000


def summarize(times: Sequence[float]) -> Summary:
    """Raises ValueError where there are no times.

    >>> summarize([1.0, 2.0, 9.0])
    Summary(count=3, median_ms=2.0, p95_ms=9.0)
    """
    if not times:
        raise ValueError("no times: measure at least once")
    # The nearest rank: a time that was measured, not one between two.
    rank = -(-len(times) * 95 // 100)
    return Summary(len(times), round(statistics.median(times), 3), round(sorted(times)[rank - 1], 3))


def resident_bytes(process: int) -> int:
    """The memory that a process and those that it has started hold now; 0 where the system does not tell (no /proc)."""
    return sum(int(_read(each, "statm")[1]) for each in _family(process)) * os.sysconf("SC_PAGE_SIZE")


def processor_seconds(process: int) -> float:
    """What a process and those that it has started have taken of the processors; 0 where the system does not tell."""
    return sum(sum(map(int, _read(each, "stat")[13:15])) for each in _family(process)) / os.sysconf("SC_CLK_TCK")


def _family(process: int) -> Iterator[int]:
    """A process that is there, and those below it."""
    about = Path(f"/proc/{process}")
    if process and about.is_dir():
        yield process
        for children in about.glob("task/*/children"):
            for child in children.read_text().split():
                yield from _family(int(child))


def _read(process: int, name: str) -> list[str]:
    """The words of what the system tells of a process; a name of several words counts as one."""
    return re.sub(r"\(.*\)", "name", Path(f"/proc/{process}/{name}").read_text(), flags=re.DOTALL).split()
