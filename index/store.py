"""The vectors: the one module that knows Chroma.

A store holds each distinct text of a kind of entry once, under its record: the kind, and the hash of the text and the
model. A record therefore never changes: a text that moves touches nothing, a text that changes is another record. Each
kind has a collection of its own, since Chroma filters by going through everything that the filter lets pass.

Stores lie in a folder of their own, or on a Chroma server that many programs share (``ChromaServer``). In a folder,
Chroma would let a build write to what another process reads; builds make a folder of their own there (``index.room``).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from index.entries import EntryType, type_of
from index.errors import BUILD_COMMAND, IndexBuildFailed, IndexDamaged, ServerUnreachable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.types import Where

Value = TypeVar("Value")

PAGE = 1000
"""Records written or read at once: Chroma takes some five thousand, and vectors it hands out as lists of numbers."""

SAMPLE = 64
"""So many vectors of each kind are looked at to tell whether a store is whole; each has the length 1."""

CONNECT_TIMEOUT = 5.0
"""Seconds until a server that does not answer is given up."""

SPACE: CreateCollectionConfiguration = {
    # Denser than the default, and searched far wider: on 50,000 vectors the ten nearest are then found exactly, in
    # some milliseconds. One thread builds the graph, since several would build it differently each time.
    "hnsw": {"space": "cosine", "max_neighbors": 24, "ef_construction": 150, "ef_search": 500, "num_threads": 1}
}
SYNC_THRESHOLD = 1000
"""Vectors that Chroma takes before it writes its search graph to the disk, as a whole; its own default."""
_RETIRED = "retired"


class ChromaStore:
    """One generation of vectors, opened, as ``index.storage.Store`` has it. Close it after use."""

    def __init__(self, client: ClientAPI, place: _Place, prefix: str, *, create: bool) -> None:
        self._client, self._place = client, place
        self._collections = {kind: self._collection(f"{prefix}{kind}", create) for kind in EntryType}

    def _collection(self, name: str, create: bool) -> chromadb.Collection:
        if create:
            return self._client.get_or_create_collection(name, embedding_function=None, configuration=SPACE)
        return self._client.get_collection(name, embedding_function=None)

    def close(self) -> None:
        """Lets go of the files, or of the connection."""
        _closed(self._client)

    def records(self) -> frozenset[str]:
        """All records that are stored."""
        with self._place.reading():
            found = (self._collections[kind].get(include=[])["ids"] for kind in EntryType)
            return frozenset(record for ids in found for record in ids)

    def count(self) -> int:
        """How many vectors are stored."""
        with self._place.reading():
            return sum(collection.count() for collection in self._collections.values())

    def check_sample(self) -> None:
        """Raises IndexDamaged where the search graphs hold what are no vectors: they tell of no damage inside."""
        with self._place.reading():
            for collection in self._collections.values():
                got = collection.get(limit=SAMPLE, include=["embeddings"])
                if not got["ids"]:
                    continue
                with np.errstate(over="ignore", invalid="ignore"):
                    lengths = np.linalg.norm(np.asarray(got["embeddings"], dtype=np.float32), axis=-1)
                if len(lengths) < len(got["ids"]) or not np.allclose(lengths, 1.0, atol=0.01):
                    raise self._place.damaged("its vectors are not as they were written")

    def put(self, texts: Mapping[str, str], vectors: NDArray[np.float32]) -> None:
        """Stores records, given with their texts; the vectors, (n, d), are in the same order. Raises IndexBuildFailed.

        The text goes along as it is for whoever opens the store with other tools, and not as Chroma's "document",
        which would be indexed by all its parts of three letters.
        """
        rows = dict(zip(texts, vectors, strict=True))
        with self._place.writing():
            for collection, part in self._pages(texts):
                collection.upsert(
                    ids=part,
                    embeddings=np.stack([rows[record] for record in part]),
                    metadatas=[{"text": texts[record]} for record in part],
                )

    def delete(self, records: Collection[str]) -> None:
        """Deletes records. Raises IndexBuildFailed."""
        with self._place.writing():
            for collection, part in self._pages(records):
                collection.delete(ids=part)

    def retire(self, records: Collection[str]) -> None:
        """Deletes those of the records that were retired before, marks the others as retired, and no more than these.

        Who has the generation before open goes on finding what it needs until the switch after the next.
        """
        with self._place.writing():
            marked = self.retired()
            for collection, part in self._pages(marked - set(records)):
                collection.update(ids=part, metadatas=[cast("Any", {_RETIRED: None})] * len(part))
            for collection, part in self._pages(set(records) - marked):
                collection.update(ids=part, metadatas=[{_RETIRED: 1}] * len(part))
        self.delete(marked & set(records))

    def retired(self) -> set[str]:
        """The records that were marked as retired."""
        where = cast("Where", {_RETIRED: 1})
        return {record for kind in EntryType for record in self._collections[kind].get(where=where, include=[])["ids"]}

    def settle(self) -> None:
        """Has the search graphs written out, if the store has not been read since it was opened.

        Chroma keeps the last vectors in a log until there are enough of them, and works through that log each time a
        store is opened, a second for a thousand. How many are enough it asks once, at the first reading. Raises
        IndexBuildFailed.
        """
        with self._place.writing():
            for collection in self._collections.values():
                collection.modify(configuration={"hnsw": {"sync_threshold": 2}})
                collection.count()
                collection.modify(configuration={"hnsw": {"sync_threshold": SYNC_THRESHOLD}})

    def vectors(self, records: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of records, (n, d) in their order. Raises IndexDamaged where one is not stored."""
        found: dict[str, Sequence[float]] = {}
        with self._place.reading():
            for collection, part in self._pages(dict.fromkeys(records)):
                got = collection.get(ids=part, include=["embeddings"])
                found |= zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True)
        if missing := [record for record in records if record not in found]:
            raise self._place.damaged(f"{len(missing)} vectors are gone")
        return np.array([found[record] for record in records], dtype=np.float32)

    def nearest(self, vector: NDArray[np.float32], types: Collection[EntryType], limit: int) -> Mapping[str, float]:
        """The records nearest to ``vector``, (d,), with their cosine similarity: at most ``limit`` of each type."""
        scores: dict[str, float] = {}
        with self._place.reading():
            for kind in types:
                found = self._collections[kind].query(
                    query_embeddings=vector[np.newaxis, :], n_results=limit, include=["distances"]
                )
                distances = (found["distances"] or [[]])[0]
                scores |= {record: 1.0 - far for record, far in zip(found["ids"][0], distances, strict=True)}
        return scores

    def _pages(self, records: Collection[str]) -> Iterator[tuple[chromadb.Collection, list[str]]]:
        """The records by collection, a page of them at a time."""
        for kind in EntryType:
            of_kind = [record for record in records if type_of(record) is kind]
            for start in range(0, len(of_kind), PAGE):
                yield self._collections[kind], of_kind[start : start + PAGE]


class ChromaServer:
    """A Chroma server, by the URL at which it answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._place = _ServerPlace(url)

    def open(self, prefix: str, *, create: bool = False) -> ChromaStore:
        """The store whose collections' names begin with ``prefix``, made if wanted.

        Raises IndexDamaged where there is none, and ServerUnreachable.
        """
        client = self._connected()
        try:
            with self._place.writing() if create else self._place.reading():
                return ChromaStore(client, self._place, prefix, create=create)
        except Exception:
            _closed(client)
            raise

    def note(self, name: str) -> str:
        """The text kept under a name; empty where there is none."""
        return self._asked(lambda client: _note(client, name))

    def write_note(self, name: str, text: str) -> None:
        """Keeps a text under a name, in one step."""
        # A collection's metadata is the one thing a Chroma server replaces as a whole.
        with self._place.writing():
            self._asked(
                lambda client: client.get_or_create_collection(name, embedding_function=None).modify(
                    metadata={"text": text}
                )
            )

    def names(self, prefix: str) -> tuple[str, ...]:
        """The names of all collections that begin with ``prefix``."""
        return self._asked(lambda client: tuple(sorted(_names(client, prefix))))

    def remove(self, names: Collection[str]) -> None:
        """Deletes collections; one that is gone already is no fault."""
        for name in names:
            self._asked(lambda client, name=name: _removed(client, name))  # type: ignore[misc]

    def _asked(self, ask: Callable[[ClientAPI], Value]) -> Value:
        client = self._connected()
        try:
            with self._place.reading():
                return ask(client)
        finally:
            _closed(client)

    def _connected(self) -> ClientAPI:
        at = urlsplit(self.url)
        secure = at.scheme == "https"
        port = at.port or (443 if secure else 80)
        with self._place.reaching():
            # Chroma's client waits for ever; whether anybody is there is found out first.
            socket.create_connection((at.hostname or "", port), timeout=CONNECT_TIMEOUT).close()
            return chromadb.HttpClient(host=at.hostname or "", port=port, ssl=secure, settings=_settings())


def open_folder(folder: Path, *, create: bool = False) -> ChromaStore:
    """The store in a folder, made if wanted.

    Raises IndexDamaged where there is none that can be read, and where it is to be made IndexBuildFailed.
    """
    place = _FolderPlace(folder)
    if not create and not folder.is_dir():  # Chroma would make an empty one.
        raise IndexDamaged(
            f"{folder}: the manifest names this folder, but it is gone. Build it with '{BUILD_COMMAND}'."
        )
    with place.writing() if create else place.reading():
        folder.mkdir(parents=True, exist_ok=True)
        client = _folder_client(folder)
        try:
            return ChromaStore(client, place, "", create=create)
        except Exception:
            _closed(client)
            raise


def _folder_client(folder: Path) -> ClientAPI:
    try:
        return chromadb.PersistentClient(path=str(folder), settings=_settings())
    except Exception:
        # Chroma keeps what it opened by path, even what it failed to open; mended files would fail again.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _settings() -> Settings:
    return Settings(anonymized_telemetry=False)


def _closed(client: ClientAPI) -> None:
    cast("Any", client).close()


def _note(client: ClientAPI, name: str) -> str:
    try:
        metadata = client.get_collection(name, embedding_function=None).metadata
    except NotFoundError:
        return ""
    return str((metadata or {}).get("text", ""))


def _names(client: ClientAPI, prefix: str) -> Iterator[str]:
    for start in range(0, client.count_collections(), PAGE):
        for collection in client.list_collections(limit=PAGE, offset=start):
            if collection.name.startswith(prefix):
                yield collection.name


def _removed(client: ClientAPI, name: str) -> None:
    try:
        client.delete_collection(name)
    except NotFoundError:
        return


class _FolderPlace:
    """What is said of faults in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(
            f"{self._folder}: cannot be read ({reason}). If the index was rebuilt meanwhile, open it again (restart "
            f"the server); else build it again with '{BUILD_COMMAND}'."
        )

    @contextmanager
    def reading(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, OSError) as error:
            raise self.damaged(str(error)) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, OSError) as error:
            raise IndexBuildFailed(
                f"{self._folder}: cannot be written ({error}). Check that the disk has room and that the folder may be "
                f"written to, then run '{BUILD_COMMAND}' again; an index built before goes on working."
            ) from error


class _ServerPlace:
    """What is said of faults of a server."""

    def __init__(self, url: str) -> None:
        self._url = url

    def damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(
            f"{self._url}: the Chroma server does not hold the index ({reason}). If it was rebuilt meanwhile, open it "
            f"again (restart the server); else build it again with '{BUILD_COMMAND}'."
        )

    @contextmanager
    def reaching(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Chroma hands on the errors of the libraries below it, whatever they are.
            raise ServerUnreachable(
                f"{self._url}: no Chroma server answers there ({error}). Start one with 'chroma run', or correct "
                "CHROMA_URL; without it the index is kept in a folder."
            ) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        try:
            yield
        except ChromaError as error:
            raise self.damaged(str(error)) from error
        except (IndexDamaged, ServerUnreachable):
            raise
        except Exception as error:
            with self.reaching():
                raise error

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            yield
        except ChromaError as error:
            raise IndexBuildFailed(
                f"{self._url}: the Chroma server refuses to write ({error}). Check its log and the room on its disk, "
                f"then run '{BUILD_COMMAND}' again."
            ) from error
        except (IndexBuildFailed, IndexDamaged, ServerUnreachable):
            raise
        except Exception as error:
            with self.reaching():
                raise error


_Place = _FolderPlace | _ServerPlace
