"""Building an index: embed what is new, keep what is not, and switch over in one step (see ``index.room``)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.model import Corpus
from index.embedding import Embedder, Verifiable, Writing
from index.entries import content_of, entries_of, entries_sha256, texts_by_record
from index.errors import IndexBuildFailed
from index.manifest import Manifest
from index.room import Room, in_force, room_of
from index.storage import Prepared, Store
from index.store import PAGE

BATCH_SIZE = 256
"""Texts embedded and stored at once. A killed build loses two batches at the most: one is stored while the next is
embedded."""
FEW = 8
"""So few texts, those of a lesson taught to a running server, are embedded as questions are: nothing more is loaded."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Build:
    """What a build did, in distinct texts: how many it embedded, how many vectors were at hand, and how many texts of
    the index before are gone from this one."""

    manifest: Manifest
    embedded: int
    kept: int
    deleted: int


def build_index(
    corpus: Corpus,
    folder: Path,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    program: str = "",
    server: str = "",
    version: str = "",
) -> Build:
    """Builds the index of ``corpus``, or brings it up to date, under ``folder`` or on the Chroma server at a URL.

    ``progress`` is called with the number of texts done and of all, first with those whose vector was at hand, then
    after each batch. ``program`` is the version to be written into the manifest; ``version`` that of the corpus, where
    it is published (see ``room_of``).

    Raises IndexLocked while another build runs, IndexBuildFailed where the index cannot be written, ServerUnreachable
    where the server does not answer, and EmbedderUnavailable where the model cannot be loaded. An index built before
    works on in each of these cases.
    """
    room = room_of(folder, corpus.id, server, version)
    entries = entries_of(corpus, embedder.name)
    texts = texts_by_record(entries)
    with room.locked():
        if isinstance(embedder, Verifiable):
            embedder.verify()
        replaced = in_force(room)
        generation = room.generation(_sha256_of(texts), embedder.name)
        prepared = _prepared(room, generation, texts, replaced, embedder)
        store = prepared.store
        try:
            missing = {record: text for record, text in texts.items() if record not in prepared.stored}
            known = {generation, *_of_no_use(replaced, prepared, missing)}
            embedded = _fill(store, missing, room.others(known), embedder, _counted(progress, len(texts)))
            manifest = Manifest(
                corpus_id=corpus.id,
                corpus_sha256=corpus.sha256,
                model=embedder.name,
                dimensions=_dimensions(store, texts, embedder),
                program=program,
                counts=dict(Counter(entry.type.value for entry in entries)),
                collection=generation,
                sha256=entries_sha256(entries),
            )
            if manifest != replaced or missing:
                room.retire(generation, store, prepared.stored - texts.keys())
                _check_whole(room, store, texts)
        finally:
            store.close()
        room.put_in_force(manifest, replaced)
    return Build(manifest, embedded, len(texts) - embedded, len(prepared.in_force - texts.keys()))


def remove_index(folder: Path, corpus_id: str, *, server: str = "", version: str = "") -> None:
    """Removes the index of a corpus. Raises IndexMissing where there is none, and IndexLocked while it is built."""
    room_of(folder, corpus_id, server, version).remove()


def _counted(progress: Progress | None, total: int) -> Callable[[int], None]:
    """What is told of progress, given how many texts are left."""

    def left(texts: int) -> None:
        if progress:
            progress(total - texts, total)

    return left


def _sha256_of(records: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(sorted(records)).encode()).hexdigest()


def _prepared(
    room: Room, generation: str, texts: Mapping[str, str], replaced: Manifest | None, embedder: Embedder
) -> Prepared:
    """The store to be filled. Vectors of another length are of no use: a model may change under its name."""
    prepared = room.prepare(generation, texts, replaced)
    store, stored = prepared.store, prepared.stored
    # Where nothing is missing, the model need not be loaded to ask it.
    if not stored or stored >= texts.keys() or store.vectors([min(stored)]).shape[1] == embedder.dimensions:
        return prepared
    store.close()
    return Prepared(room.afresh(generation), frozenset(), prepared.in_force)


def _of_no_use(replaced: Manifest | None, prepared: Prepared, missing: Mapping[str, str]) -> tuple[str, ...]:
    """The generation in force, where none of what is missing is in it: it is not read a second time."""
    return (replaced.collection,) if replaced and prepared.in_force.isdisjoint(missing) else ()


def _fill(
    store: Store,
    missing: Mapping[str, str],
    others: Iterator[Store],
    embedder: Embedder,
    left: Callable[[int], None],
) -> int:
    """Stores what is missing, and returns how many texts had to be embedded."""
    if missing:
        taken = _taken_over(others, store, missing, embedder.dimensions)
        missing = {record: text for record, text in missing.items() if record not in taken}
    left(len(missing))
    if missing:
        _embed(store, missing, embedder, left)
    return len(missing)


def _taken_over(others: Iterator[Store], store: Store, missing: Mapping[str, str], dimensions: int) -> frozenset[str]:
    """Stores those records whose vectors other generations hold, finished or not, and returns them."""
    taken: set[str] = set()
    for other in others:
        wanted = sorted((other.records() & missing.keys()) - taken)
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            vectors = other.vectors(page)
            if vectors.shape[1] == dimensions:
                store.put({record: missing[record] for record in page}, vectors)
                taken.update(page)
    return frozenset(taken)


def _embed(store: Store, missing: Mapping[str, str], embedder: Embedder, left: Callable[[int], None]) -> None:
    """Embeds texts batch by batch; each batch is stored while the next is embedded."""
    remaining = len(missing)
    if remaining > FEW and isinstance(embedder, Writing):
        embedder = embedder.writer
    with ThreadPoolExecutor(1) as writer:
        pending: Future[int] | None = None
        for batch in _batches(missing):
            vectors = _vectors(embedder, batch)
            if pending:
                remaining -= pending.result()
                left(remaining)
            pending = writer.submit(_put, store, batch, vectors)
        if pending:
            remaining -= pending.result()
            left(remaining)


def _batches(texts: Mapping[str, str]) -> Iterator[list[list[tuple[str, str]]]]:
    """The texts in batches, the records of one text together.

    Texts of a length stand together, for a batch is padded to its longest. The order is the same in each build.
    """
    by_content: dict[str, list[tuple[str, str]]] = {}
    for record, text in texts.items():
        by_content.setdefault(content_of(record), []).append((record, text))
    groups = sorted(by_content.values(), key=lambda group: (len(group[0][1]), group[0]))
    for start in range(0, len(groups), BATCH_SIZE):
        yield groups[start : start + BATCH_SIZE]


def _vectors(embedder: Embedder, batch: list[list[tuple[str, str]]]) -> NDArray[np.float32]:
    vectors = embedder.embed([group[0][1] for group in batch])
    if vectors.shape != (len(batch), embedder.dimensions) or not np.isfinite(vectors).all():
        raise IndexBuildFailed(
            f"embedding model '{embedder.name}': gave vectors of shape {vectors.shape} for {len(batch)} texts, or "
            f"numbers that are not finite; expected {(len(batch), embedder.dimensions)}. Name another model."
        )
    return vectors


def _put(store: Store, batch: list[list[tuple[str, str]]], vectors: NDArray[np.float32]) -> int:
    """Stores the records of a batch and returns their number."""
    rows = [row for row, group in enumerate(batch) for _ in group]
    store.put({record: text for group in batch for record, text in group}, vectors[rows])
    return len(rows)


def _dimensions(store: Store, texts: Mapping[str, str], embedder: Embedder) -> int:
    # Asking the store spares a build that has nothing to do the loading of the model.
    return int(store.vectors([min(texts)]).shape[1]) if texts else embedder.dimensions


def _check_whole(room: Room, store: Store, texts: Mapping[str, str]) -> None:
    """What is not whole is not put in force: another build may have removed what this one stored."""
    if missing := texts.keys() - store.records():
        raise IndexBuildFailed(f"{room}: {len(missing)} texts are gone that were stored. Run the build again.")
