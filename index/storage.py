"""What a store of vectors can do, whoever keeps it: Chroma (``index.store``) or another (``index.vector_store``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.entries import EntryType


class Store(Protocol):
    """One generation of vectors, opened: each under its record, which never changes. Close it after use."""

    def close(self) -> None:
        """Lets go of what it holds."""
        ...

    def records(self) -> frozenset[str]:
        """All records that are stored."""
        ...

    def count(self) -> int:
        """How many vectors are stored."""
        ...

    def check_sample(self) -> None:
        """Raises IndexDamaged where what it holds are no vectors, as far as it can tell."""
        ...

    def put(self, texts: Mapping[str, str], vectors: NDArray[np.float32]) -> None:
        """Stores records, given with their texts; the vectors, (n, d), in the same order. Raises IndexBuildFailed."""
        ...

    def delete(self, records: Collection[str]) -> None:
        """Deletes records. Raises IndexBuildFailed."""
        ...

    def vectors(self, records: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of records, (n, d) in their order. Raises IndexDamaged where one is not stored."""
        ...

    def nearest(self, vector: NDArray[np.float32], types: Collection[EntryType], limit: int) -> Mapping[str, float]:
        """The records nearest to ``vector``, (d,), with their cosine similarity: at most ``limit`` of each type."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store to be filled: the records that it holds already, and those of the index in force."""

    store: Store
    stored: frozenset[str]
    in_force: frozenset[str]
