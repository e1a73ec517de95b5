"""The vectors in any of LangChain's vector stores, which a function names that gives one by the name of a collection.

    def vectors(collection: str, embeddings: Embeddings) -> VectorStore: ...

No more is asked of a store than to add, to delete, to give documents by their ids, and to find those near a vector.
None can list what it holds, or gives vectors back: so each document carries its vector, and a collection of notes tells
what was stored. A generation is named after its records, and so gets none that it does not keep.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from numpy.typing import NDArray

from index.entries import EntryType, type_of
from index.errors import BUILD_COMMAND, IndexBuildFailed, IndexDamaged, IndexMissing, ServerUnreachable
from index.manifest import Manifest, manifest_from_json, manifest_to_json
from index.storage import Prepared

Open = Callable[[str, Embeddings], VectorStore]

PAGE = 500
"""Documents written or read at once."""
_RECORD, _VECTOR = "record", "vector"
_CURRENT = "current"


class Known(Embeddings):
    """Gives the vectors that are at hand already for the texts that are stored now."""

    def __init__(self) -> None:
        self._vectors: Mapping[str, list[float]] = {}
        self._lock = Lock()

    @contextmanager
    def given(self, vectors: Mapping[str, list[float]]) -> Iterator[None]:
        """These, for as long as they are being stored."""
        with self._lock:
            self._vectors = vectors
            yield

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """As Embeddings has it."""
        return [self._vectors[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """As Embeddings has it; a store may ask once for the length."""
        return self._vectors.get(text) or next(iter(self._vectors.values()), [1.0])


class Notes:
    """Texts under names, in a collection of their own."""

    def __init__(self, open: Open, collection: str) -> None:
        self._known = Known()
        self._documents = open(collection, self._known)

    def read(self, name: str) -> str:
        """The text kept under a name; empty where there is none."""
        found = self._documents.get_by_ids([name])
        return found[0].page_content if found else ""

    def write(self, name: str, text: str, dimensions: int) -> None:
        """Keeps a text under a name, with a vector that says nothing: some stores want all to be of one length."""
        with self._known.given({text: [1.0] + [0.0] * (dimensions - 1)}):
            self._documents.add_texts([text], [{}], ids=[name])

    def remove(self, name: str) -> None:
        """Forgets a name."""
        self._documents.delete([name])


class LangChainStore:
    """One generation of vectors, as ``index.storage.Store`` has it."""

    def __init__(self, open: Open, notes: Notes, generation: str) -> None:
        self._known, self._notes, self._generation = Known(), notes, generation
        self._collections = {kind: open(f"{generation}-{kind}", self._known) for kind in EntryType}

    def close(self) -> None:
        """As Store has it: LangChain's stores know no end."""

    def records(self) -> frozenset[str]:
        """As Store has it, by what was noted after each writing."""
        with _told(self._generation, IndexDamaged):
            return frozenset(record for page in self._pages_noted() for record in page.split())

    def count(self) -> int:
        """As Store has it."""
        return len(self.records())

    def check_sample(self) -> None:
        """Such a store gives no vectors back that could be looked at."""

    def put(self, texts: Mapping[str, str], vectors: NDArray[np.float32]) -> None:
        """As Store has it."""
        rows = dict(zip(texts, vectors, strict=True))
        with _told(self._generation, IndexBuildFailed):
            number = len(list(self._pages_noted()))
            for kind, part in self._pages(texts):
                with self._known.given({texts[record]: rows[record].tolist() for record in part}):
                    self._collections[kind].add_texts(
                        [texts[record] for record in part],
                        [{_RECORD: record, _VECTOR: _packed(rows[record])} for record in part],
                        ids=part,
                    )
                self._notes.write(f"{self._generation}-{number}", "\n".join(part), vectors.shape[1])
                number += 1

    def delete(self, records: Collection[str]) -> None:
        """As Store has it, of all that is stored: single records are never deleted."""
        with _told(self._generation, IndexBuildFailed):
            for kind, part in self._pages(records):
                self._collections[kind].delete(part)
            for number in range(len(list(self._pages_noted())) - 1, -1, -1):
                self._notes.remove(f"{self._generation}-{number}")

    def vectors(self, records: Sequence[str]) -> NDArray[np.float32]:
        """As Store has it."""
        found: dict[str, NDArray[np.float32]] = {}
        with _told(self._generation, IndexDamaged):
            for kind, part in self._pages(dict.fromkeys(records)):
                found |= map(_unpacked, self._collections[kind].get_by_ids(part))
        if missing := [record for record in records if record not in found]:
            raise IndexDamaged(f"{self._generation}: {len(missing)} vectors are gone. Build it with '{BUILD_COMMAND}'.")
        return np.array([found[record] for record in records], dtype=np.float32)

    def nearest(self, vector: NDArray[np.float32], types: Collection[EntryType], limit: int) -> Mapping[str, float]:
        """As Store has it; how a store scores is its own affair, so that likeness is computed here."""
        with _told(self._generation, IndexDamaged):
            found = [
                _unpacked(document)
                for kind in types
                for document in self._collections[kind].similarity_search_by_vector(vector.tolist(), k=limit)
            ]
        return {record: float(stored @ vector) for record, stored in found}

    def _pages_noted(self) -> Iterator[str]:
        number = 0
        while page := self._notes.read(f"{self._generation}-{number}"):
            yield page
            number += 1

    @staticmethod
    def _pages(records: Collection[str]) -> Iterator[tuple[EntryType, list[str]]]:
        for kind in EntryType:
            of_kind = [record for record in records if type_of(record) is kind]
            for start in range(0, len(of_kind), PAGE):
                yield kind, of_kind[start : start + PAGE]


class LangChainRoom:
    """The place of one corpus's index, as ``index.room.Room`` has it. ``locked`` keeps builds of a machine apart."""

    def __init__(self, factory: str, corpus_id: str, locked: Callable[[], AbstractContextManager[None]]) -> None:
        self._open, self._where, self.locked = opener(factory), f"{factory} ({corpus_id})", locked
        self._name = f"wholeads-{hashlib.sha256(corpus_id.encode()).hexdigest()[:16]}"
        with _told(self._where, ServerUnreachable):
            self._notes = Notes(self._open, self._name)

    def __str__(self) -> str:
        return self._where

    def manifest(self) -> Manifest:
        """As Room has it."""
        with _told(self._where, ServerUnreachable):
            text = self._notes.read(_CURRENT)
        if not text:
            raise IndexMissing(f"{self}: there is no index here yet. Build it with '{BUILD_COMMAND}'.")
        return manifest_from_json(json.loads(text)[-1], self._where)

    def open(self, generation: str) -> LangChainStore:
        """As Room has it."""
        with _told(self._where, ServerUnreachable):
            return LangChainStore(self._open, self._notes, generation)

    def generation(self, records_sha256: str, model: str) -> str:
        """As Room has it: another set of records is another generation."""
        return f"{self._name}-{records_sha256[:16]}"

    def prepare(self, generation: str, records: Collection[str], replaced: Manifest | None) -> Prepared:
        """As Room has it."""
        store = self.open(generation)
        in_force = self.open(replaced.collection).records() if replaced else frozenset[str]()
        return Prepared(store, store.records(), in_force)

    def afresh(self, generation: str) -> LangChainStore:
        """As Room has it."""
        store = self.open(generation)
        store.delete(store.records())
        return store

    def others(self, generations: Collection[str]) -> Iterator[LangChainStore]:
        """As Room has it."""
        return (self.open(each.collection) for each in self._kept() if each.collection not in generations)

    def retire(self, generation: str, store: object, unneeded: Collection[str]) -> None:
        """As Room has it: a generation holds nothing that is not needed."""

    def put_in_force(self, manifest: Manifest, replaced: Manifest | None) -> None:
        """As Room has it. The generation just replaced stays: a server that has it open answers from it."""
        before = self._kept()
        keep = [each for each in (replaced, manifest) if each]
        with _told(self._where, IndexBuildFailed):
            notes = json.dumps([manifest_to_json(each) for each in keep])
            self._notes.write(_CURRENT, notes, manifest.dimensions)
        for name in {each.collection for each in before} - {each.collection for each in keep}:
            self.afresh(name)

    def remove(self) -> None:
        """As Room has it."""
        kept = self._kept()
        if not kept:
            raise IndexMissing(f"{self}: there is no index here to be removed.")
        with self.locked(), _told(self._where, IndexBuildFailed):
            self._notes.remove(_CURRENT)
            for each in kept:
                self.afresh(each.collection)

    def _kept(self) -> list[Manifest]:
        """The manifests of the generations that are kept, that in force last."""
        with _told(self._where, ServerUnreachable):
            text = self._notes.read(_CURRENT)
        return [manifest_from_json(each, self._where) for each in json.loads(text)] if text else []


def opener(factory: str) -> Open:
    """The function that "module:function" names. Raises ServerUnreachable."""
    module, _, name = factory.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ServerUnreachable(
            f"WHOLEADS_VECTOR_STORE={factory}: cannot be loaded ({error}). Name a function as module:function, in a "
            "module that Python finds."
        ) from error
    return found  # type: ignore[no-any-return]


@contextmanager
def _told(where: str, kind: type[IndexDamaged | IndexBuildFailed | ServerUnreachable]) -> Iterator[None]:
    """Whatever a store raises, said as what it means for the index."""
    try:
        yield
    except (IndexDamaged, IndexBuildFailed, IndexMissing, ServerUnreachable):
        raise
    except Exception as error:  # each store has errors of its own
        raise kind(f"{where}: the vector store fails ({error}). Mend that, or build with '{BUILD_COMMAND}'.") from error


def _packed(vector: NDArray[np.float32]) -> str:
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")


def _unpacked(document: Document) -> tuple[str, NDArray[np.float32]]:
    vector = np.frombuffer(base64.b64decode(document.metadata[_VECTOR]), dtype="<f4")
    return str(document.metadata[_RECORD]), vector.astype(np.float32)
