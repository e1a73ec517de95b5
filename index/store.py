"""The vectors on disk: the one module that knows Chroma.

Each generation of an index is a persistent Chroma store of its own, in a folder of its own, with one collection of the
same name. Chroma leaves a collection's vector files behind when the collection is deleted, and in one database a build
would write to what a server reads. Generations that share nothing are written, read and removed apart.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from index.entries import Entry, EntryType
from index.errors import BUILD_COMMAND, IndexBuildFailed, IndexDamaged

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.types import Where

WRITE_SIZE = 1000
"""Entries written at once; Chroma takes some five thousand at the most."""

SPACE: CreateCollectionConfiguration = {
    # The search graph is far denser than the default: a corpus is small, and an exact answer that is the same after
    # every build is worth the millisecond. One thread builds it, since several would build it differently each time.
    "hnsw": {"space": "cosine", "max_neighbors": 48, "ef_construction": 500, "ef_search": 500, "num_threads": 1}
}


class Store:
    """One generation of vectors. Make it with ``Store.create`` or ``Store.open``, and close it after use."""

    def __init__(self, client: Client, collection: chromadb.Collection, folder: Path) -> None:
        self._client = client
        self._collection = collection
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> Store:
        """Opens the store in ``folder`` for writing, and makes it where it is not there. Raises IndexBuildFailed."""
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            client = _client(folder)
            return cls(
                client,
                client.get_or_create_collection(folder.name, embedding_function=None, configuration=SPACE),
                folder,
            )

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Opens the store that is in ``folder``. Raises IndexDamaged where there is none that can be read."""
        if not folder.is_dir():  # Chroma would make an empty one.
            raise IndexDamaged(
                f"{folder}: the manifest names this folder, but it is gone. Build it with '{BUILD_COMMAND}'."
            )
        with _reading(folder):
            client = _client(folder)
            return cls(client, client.get_collection(folder.name, embedding_function=None), folder)

    def close(self) -> None:
        """Lets go of the files."""
        self._client.close()

    def keys(self) -> frozenset[str]:
        """The keys of all entries that are stored."""
        with _reading(self._folder):
            return frozenset(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """How many entries are stored."""
        with _reading(self._folder):
            return self._collection.count()

    def put(self, entries: Sequence[Entry], vectors: NDArray[np.float32]) -> None:
        """Stores entries with their vectors, (n, d) in the same order. Raises IndexBuildFailed."""
        with _writing(self._folder):
            for start in range(0, len(entries), WRITE_SIZE):
                part = entries[start : start + WRITE_SIZE]
                self._collection.upsert(
                    ids=[entry.key for entry in part],
                    embeddings=vectors[start : start + WRITE_SIZE],
                    documents=[entry.text for entry in part],
                    metadatas=[_metadata(entry) for entry in part],
                )

    def vectors_by_content(self) -> Mapping[str, NDArray[np.float32]]:
        """Every stored vector, (d,), by the hash of the text and model it was made from."""
        with _reading(self._folder):
            found = self._collection.get(include=["embeddings", "metadatas"])
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        contents = [str(metadata["content_sha256"]) for metadata in found["metadatas"] or []]
        return dict(zip(contents, vectors, strict=True))

    def vectors(self, keys: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of the entries with these keys, (n, d) in the order of the keys."""
        with _reading(self._folder):
            found = self._collection.get(ids=list(keys), include=["embeddings"])
        row = {key: number for number, key in enumerate(found["ids"])}
        return np.asarray(found["embeddings"], dtype=np.float32)[[row[key] for key in keys]]

    def nearest(self, vector: NDArray[np.float32], types: Collection[EntryType], limit: int) -> Mapping[str, float]:
        """The keys of the entries nearest to ``vector``, (d,), with their cosine similarity, nearest first."""
        with _reading(self._folder):
            found = self._collection.query(
                query_embeddings=vector[np.newaxis, :],
                n_results=limit,
                where=cast("Where", {"type": {"$in": [kind.value for kind in types]}}),
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return {key: 1.0 - distance for key, distance in zip(found["ids"][0], distances, strict=True)}


def _client(folder: Path) -> Client:
    # Chroma reads the variable too, in places that the settings do not reach.
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    try:
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception:
        # Chroma keeps what it opened by path, even what it failed to open; mended files would fail again.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise
    return cast("Client", client)


def _metadata(entry: Entry) -> dict[str, str | int]:
    """What is stored beside a vector, for whoever opens the store with other tools."""
    fields: dict[str, str | int] = {"type": entry.type, "id": entry.id, "content_sha256": entry.content_sha256}
    if entry.quote:
        fields |= {"document_id": entry.quote.document_id, "start": entry.quote.start, "end": entry.quote.end}
    return fields


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ChromaError, OSError) as error:
        raise IndexDamaged(
            f"{folder}: cannot be read ({error}). If the index was rebuilt meanwhile, open it again (restart the "
            f"server); else build it again with '{BUILD_COMMAND}'."
        ) from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ChromaError, OSError) as error:
        raise IndexBuildFailed(
            f"{folder}: cannot be written ({error}). Check that the disk has room and that the folder may be written "
            f"to, then run '{BUILD_COMMAND}' again; an index built before goes on working."
        ) from error
