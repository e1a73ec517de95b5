"""Taking times, and what is said of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
