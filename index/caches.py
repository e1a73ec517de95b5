"""What is kept so that it need not be worked out again, and how often that helped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, runtime_checkable


class CacheInfo(NamedTuple):
    """How often something was there and was not, how many may be kept (None for all), and how many are."""

    hits: int
    misses: int
    maxsize: int | None
    currsize: int


class Cache(Protocol):
    """Whatever keeps results and counts, such as a function under ``functools.lru_cache``."""

    def cache_info(self) -> tuple[int, int, int | None, int]:
        """As ``CacheInfo`` has it."""
        ...


@runtime_checkable
class Caching(Protocol):
    """What has caches; a model that comes from elsewhere may have none."""

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """Each with the name of what it keeps; several may go by one."""
        ...


def caches_in(parts: Iterable[object]) -> Iterator[tuple[str, Cache]]:
    """The caches of those parts that have some."""
    return (named for part in parts if isinstance(part, Caching) for named in part.caches())


def told_together(named: Iterable[tuple[str, Cache]]) -> dict[str, CacheInfo]:
    """The counts by name; a cache that several bots share counts once.

    >>> from functools import lru_cache
    >>> square = lru_cache(maxsize=8)(lambda number: number**2)
    >>> square(3), square(3)
    (9, 9)
    >>> told_together([("squares", square), ("squares", square)])
    {'squares': CacheInfo(hits=1, misses=1, maxsize=8, currsize=1)}
    """
    distinct = {id(cache): (name, CacheInfo(*cache.cache_info())) for name, cache in named}
    found: dict[str, CacheInfo] = {}
    for name, info in sorted(distinct.values(), key=lambda pair: pair[0]):
        found[name] = _sum(found[name], info) if name in found else info
    return found


def _sum(one: CacheInfo, other: CacheInfo) -> CacheInfo:
    most = None if one.maxsize is None or other.maxsize is None else one.maxsize + other.maxsize
    return CacheInfo(one.hits + other.hits, one.misses + other.misses, most, one.currsize + other.currsize)
