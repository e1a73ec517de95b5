"""Building an index: embed what is new, keep what is not, and switch over in one step.

    <folder>/<corpus id>/
        manifest.json           names the generation in force; replacing this file is the switch
        chroma/<generation>/    the vectors, one folder a generation
        lock                    held while a build runs

A generation is named after the hash of its entries. A build that is killed therefore leaves a part of just the folder
that the next build fills: it goes on where the other stopped. What is in force is not written to, unless it is damaged.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from corpus.model import Corpus
from index.embedding import Embedder, Verifiable
from index.entries import Entry, entries_of, entries_sha256
from index.errors import IndexBuildFailed, IndexDamaged, IndexError_, IndexLocked, IndexMissing
from index.manifest import Manifest, read_manifest, write_manifest
from index.store import Store

BATCH_SIZE = 64
"""Texts embedded at once; what a killed build loses at the most."""

Progress = Callable[[int, int], None]

logger = logging.getLogger(__name__)


def build_index(
    corpus: Corpus, folder: Path, embedder: Embedder, progress: Progress | None = None, *, program: str = ""
) -> Manifest:
    """Builds the index of ``corpus`` under ``folder``, or brings it up to date, and returns its manifest.

    ``progress`` is called with the number of entries done and of all, first with those whose vector was at hand, then
    after each batch. ``program`` is the version to be written into the manifest.

    Raises IndexLocked while another build runs, IndexBuildFailed where the index cannot be written, and
    EmbedderUnavailable where the model cannot be loaded. An index built before works on in each of these cases.
    """
    room = room_of(folder, corpus)
    entries = entries_of(corpus, embedder.name)
    sha256 = entries_sha256(entries)
    with _locked(room):
        if isinstance(embedder, Verifiable):
            embedder.verify()
        replaced = _generation_in_force(room)
        generation = generation_folder(room, f"generation-{sha256[:16]}")
        dimensions = _fill(generation, entries, embedder, progress or _no_progress)
        manifest = Manifest(
            corpus_id=corpus.id,
            corpus_sha256=corpus.sha256,
            model=embedder.name,
            dimensions=dimensions,
            program=program,
            counts=dict(Counter(entry.type.value for entry in entries)),
            collection=generation.name,
            sha256=sha256,
        )
        write_manifest(room, manifest)
        # The generation just replaced stays until the next switch: a server that has it open answers from it.
        _remove_generations(room, keep={generation.name, replaced})
    return manifest


def room_of(folder: Path, corpus: Corpus) -> Path:
    """The folder of one corpus's index, among those of others."""
    return folder / corpus.id


def generation_folder(room: Path, collection: str) -> Path:
    """The folder of one generation's store."""
    return room / "chroma" / collection


def _no_progress(done: int, total: int) -> None:
    """Nobody wants to know."""


@contextmanager
def _locked(room: Path) -> Iterator[None]:
    """Holds the lock of an index. The system frees it with the process, so a killed build leaves none behind."""
    try:
        room.mkdir(parents=True, exist_ok=True)
        lock = FileLock(room / "lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexLocked(
            f"{room}: another build of this index is running. Wait until it has finished, then try again."
        ) from None
    except OSError as error:
        raise IndexBuildFailed(
            f"{room}: cannot be written to ({error.strerror}). Give write permission, or name another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _generation_in_force(room: Path) -> str:
    """The name of the generation that the manifest names; empty where none can be read."""
    try:
        return read_manifest(room).collection
    except IndexMissing:
        return ""
    except IndexError_ as error:
        logger.warning("Building from scratch: %s", error)
        return ""


def _fill(generation: Path, entries: Sequence[Entry], embedder: Embedder, progress: Progress) -> int:
    """Stores every entry that is not stored yet, and returns the length of the vectors."""
    store, stored = _open_generation(generation, {entry.key for entry in entries})
    try:
        missing = [entry for entry in entries if entry.key not in stored]
        if not missing:
            progress(len(entries), len(entries))
            return _dimensions(store, embedder, stored)
        known = _known_vectors(generation.parent, embedder.dimensions)
        at_hand = [entry for entry in missing if entry.content_sha256 in known]
        if at_hand:
            store.put(at_hand, np.stack([known[entry.content_sha256] for entry in at_hand]))
        done = len(stored) + len(at_hand)
        progress(done, len(entries))
        for batch in _batches(entry for entry in missing if entry.content_sha256 not in known):
            done += _embed_batch(store, batch, embedder)
            progress(done, len(entries))
        return embedder.dimensions
    finally:
        store.close()


def _open_generation(generation: Path, expected: set[str]) -> tuple[Store, frozenset[str]]:
    """The store to be filled, with the keys it already holds; made afresh where what is there is of no use."""
    try:
        store = Store.create(generation)
        stored = store.keys()
        if stored <= expected:
            return store, stored
        store.close()
        logger.warning("%s: holds entries it should not; it is built afresh", generation)
    except (IndexBuildFailed, IndexDamaged) as error:
        logger.warning("%s: built afresh (%s)", generation, error)
    _remove(generation)
    return Store.create(generation), frozenset()


def _dimensions(store: Store, embedder: Embedder, stored: frozenset[str]) -> int:
    # Asking the store spares a build that has nothing to do the loading of the model.
    return int(store.vectors([min(stored)]).shape[1]) if stored else embedder.dimensions


def _known_vectors(generations: Path, dimensions: int) -> Mapping[str, NDArray[np.float32]]:
    """The vectors of all generations, finished or not, by content hash: none of them need be embedded again."""
    known: dict[str, NDArray[np.float32]] = {}
    for folder in sorted(generations.iterdir()):
        try:
            store = Store.open(folder)
            try:
                vectors = store.vectors_by_content()
            finally:
                store.close()
        except IndexDamaged as error:
            logger.warning("No vectors taken over: %s", error)
            continue
        known |= {content: vector for content, vector in vectors.items() if vector.shape == (dimensions,)}
    return known


def _batches(entries: Iterable[Entry]) -> Iterator[list[list[Entry]]]:
    """The entries in batches of texts, those of one text together.

    Texts of a length stand together, for a batch is padded to its longest. The order is the same in each build.
    """
    by_content: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_content[entry.content_sha256].append(entry)
    groups = sorted(by_content.values(), key=lambda group: (len(group[0].text), group[0].text))
    for start in range(0, len(groups), BATCH_SIZE):
        yield groups[start : start + BATCH_SIZE]


def _embed_batch(store: Store, batch: Sequence[Sequence[Entry]], embedder: Embedder) -> int:
    """Embeds each text once, stores all entries that have it, and returns their number."""
    vectors = embedder.embed([group[0].text for group in batch])
    if vectors.shape != (len(batch), embedder.dimensions) or not np.isfinite(vectors).all():
        raise IndexBuildFailed(
            f"embedding model '{embedder.name}': gave vectors of shape {vectors.shape} for {len(batch)} texts, or "
            f"numbers that are not finite; expected {(len(batch), embedder.dimensions)}. Name another model."
        )
    rows = [(entry, row) for row, group in enumerate(batch) for entry in group]
    store.put([entry for entry, _ in rows], vectors[[row for _, row in rows]])
    return len(rows)


def _remove_generations(room: Path, keep: set[str]) -> None:
    for folder in sorted((room / "chroma").iterdir()):
        if folder.name not in keep:
            _remove(folder)


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise IndexBuildFailed(f"{path}: cannot be removed ({error.strerror}). Remove it by hand.") from error
