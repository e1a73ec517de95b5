"""Finding entries: by meaning over everything, by meaning and words together over passages (see ``index.ranking``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from corpus.model import Corpus, Document, Passage
from index.caches import Cache
from index.embedding import Embedder
from index.entries import Entry, EntryType, entries_of, entries_sha256, keys_by_record, passage_text, texts_by_record
from index.errors import BUILD_COMMAND, IndexDamaged, IndexOutdated
from index.lexical import Lexical
from index.manifest import Manifest
from index.ranking import Asked, Window, combined, shares
from index.room import Room, room_of
from index.storage import Store

POOL = 32
"""The fewest candidates that each way of searching puts forward, before the best are picked in a fixed order."""

EXACT = 2000
"""Up to so many passages of the documents that are searched, each is compared with the question."""

QUERY_CACHE = 256
"""Query vectors kept: one question is searched for several times on its way to an answer."""

DIGITS = 4
"""Decimal places of a score. A build that takes vectors over and one that embeds them afresh, among other texts in the
batch, differ around the seventh place; that must not show in what is found or in which order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found.

    ``id`` is the fact's or passage's id, or the entity's name; ``score`` is its cosine similarity, from -1 to 1.
    """

    id: str
    type: EntryType
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that was found.

    ``score``, 0 to 1, ranks; ``dense`` is its cosine similarity, ``lexical`` its BM25, ``windows`` its sentences, alone
    and by twos, those first that have most of the question.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """Which documents are searched: those with one of these ids (all, where none is named) and a date in the span.

    ``since`` and ``until`` are ISO 8601 dates, both inclusive, or empty; a document without a date is in no span.

    >>> Where(since="2024-05").fits(Document("a", "Notice", "…", "", date="2024-05-01"))
    True
    """

    documents: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    def fits(self, document: Document) -> bool:
        """Whether a document is one of them."""
        if self.documents and document.id not in self.documents:
            return False
        if not (self.since or self.until):
            return True
        # "2024-05" as the end of a span has the whole of May in it.
        return bool(document.date) and self.since <= document.date <= (self.until + "~" if self.until else "~")


class Index:
    """A built index, opened for searching. Searching is safe from several threads."""

    def __init__(self, corpus: Corpus, manifest: Manifest, store: Store, embedder: Embedder) -> None:
        self.manifest = manifest
        self._store = store
        self._embedder = embedder
        self._entries = {entry.key: entry for entry in entries_of(corpus, embedder.name)}
        self._keys = keys_by_record(self._entries.values())
        self._passages = tuple(corpus.passages.values())
        self._documents = corpus.documents
        self._passage_keys = tuple(entry.key for entry in self._entries.values() if entry.type is EntryType.PASSAGE)
        self._rows = {key: row for row, key in enumerate(self._passage_keys)}
        self._lexical = Lexical([passage_text(passage) for passage in self._passages], corpus.language)
        self.vector = lru_cache(maxsize=QUERY_CACHE)(self._embed)
        """The unit vector of a text, kept for the questions asked last."""

    @classmethod
    def open(cls, folder: Path, corpus: Corpus, embedder: Embedder, *, server: str = "", version: str = "") -> Index:
        """Opens the index of ``corpus``, under ``folder`` or on the Chroma server at a URL, if it is the right one.

        ``version`` is that of a published corpus (see ``room_of``). The files are let go of with the index.

        Raises IndexMissing where none is built, IndexOutdated where it was built from another state of the corpus, with
        another model or by another program, and IndexDamaged where its files do not hold what they should.
        """
        room = room_of(folder, corpus.id, server, version)
        manifest = room.manifest()
        _check_manifest(manifest, room, corpus, embedder)
        store = room.open(manifest.collection)
        try:
            index = cls(corpus, manifest, store, embedder)
            index._check_whole(room)
            # A server exchanges indexes while it runs, and some thread may still search in the old one.
            finalize(index, store.close).atexit = False
            return index
        except BaseException:
            store.close()
            raise

    def _check_whole(self, room: Room) -> None:
        self._store.check_sample()
        entries = self._entries.values()
        missing = texts_by_record(entries).keys() - self._store.records()
        if missing or Counter(entry.type.value for entry in entries) != self.manifest.counts:
            raise IndexDamaged(
                f"{room}: {len(missing)} texts are gone, or not those that the manifest tells of. "
                f"Build it again with '{BUILD_COMMAND}'."
            )

    def close(self) -> None:
        """Lets go of the index's files."""
        self._store.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def sha256(self) -> str:
        """The hash over all entries, for receipts."""
        return self.manifest.sha256

    def search(self, text: str, *, kinds: Collection[EntryType], limit: int) -> tuple[Hit, ...]:
        """The entries of these kinds nearest in meaning to ``text``, best first, at most ``limit`` (one or more).

        Equal scores stand in the order of their keys. A blank text finds nothing.
        """
        _check_limit(limit)
        if not kinds or not text.strip():
            return ()
        scores = self._nearest(text, kinds, limit)
        best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
        return tuple(_hit(self._entries[key], scores[key]) for key in best)

    def passages(self, text: str, limit: int, where: Where | None = None) -> tuple[PassageHit, ...]:
        """The passages that best match ``text`` in words and meaning, best first, at most ``limit`` (one or more).

        With ``where`` only those of certain documents. Of passages with the same text only the first is given. Equal
        scores stand in the order of their ids. A blank text finds nothing.
        """
        _check_limit(limit)
        if not self._passages or not text.strip():
            return ()
        scores = self._lexical.scores(text)
        if where:
            within = self._within(where)
            scores = np.where(within, scores, np.float32(0))
            dense = self._dense_within(text, scores, limit, within)
        else:
            dense = self._dense(text, scores, limit)
        rows = sorted(dense)
        asked = self.asked(text)
        words = shares([float(scores[row]) for row in rows])
        hits = [
            self._passage_hit(row, asked, share, dense[row], float(scores[row]))
            for row, share in zip(rows, words, strict=True)
        ]
        return _without_repeats(sorted(hits, key=lambda hit: (-hit.score, hit.passage.id)))[:limit]

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The vectors of what was searched for."""
        yield "query_vectors", self.vector

    def asked(self, text: str) -> Asked:
        """What a question says, weighed by how rare its words are in the passages."""
        return self._lexical.asked(text)

    def _passage_hit(self, row: int, asked: Asked, words: float, meaning: float, lexical: float) -> PassageHit:
        passage = self._passages[row]
        windows = tuple(asked.windows(passage))
        window = windows[0].coverage if windows else 0.0
        score = combined(words, meaning, window, asked.pairs(passage_text(passage)))
        return PassageHit(passage, round(score, DIGITS), meaning, round(lexical, DIGITS), windows)

    def _dense(self, text: str, lexical: NDArray[np.float32], limit: int) -> dict[int, float]:
        """The cosine similarity of every candidate, by row, whichever way it was put forward."""
        nearest = self._nearest(text, (EntryType.PASSAGE,), limit)
        dense = {self._rows[key]: score for key, score in nearest.items()}
        others = [row for row in self._best_by_words(lexical, _pool(limit)) if row not in dense]
        if others:
            records = [self._entries[self._passage_keys[row]].record for row in others]
            similarities = self._store.vectors(records) @ self.vector(text)
            dense |= {row: _rounded(value) for row, value in zip(others, similarities.tolist(), strict=True)}
        return dense

    def _dense_within(
        self, text: str, lexical: NDArray[np.float32], limit: int, within: NDArray[np.bool_]
    ) -> dict[int, float]:
        """The same, of passages of certain documents: each of them where they are few, else those put forward."""
        rows = np.flatnonzero(within)
        if len(rows) > EXACT:
            return {row: score for row, score in self._dense(text, lexical, limit).items() if within[row]}
        if not len(rows):
            return {}
        similarities = self._store.vectors([self._entries[self._passage_keys[row]].record for row in rows])
        scores = (similarities @ self.vector(text)).tolist()
        return {int(row): _rounded(score) for row, score in zip(rows, scores, strict=True)}

    def _within(self, where: Where) -> NDArray[np.bool_]:
        """Which rows are of the documents, (n,)."""
        fits = {id for id, document in self._documents.items() if where.fits(document)}
        return np.array([passage.quote.document_id in fits for passage in self._passages], dtype=bool)

    @staticmethod
    def _best_by_words(scores: NDArray[np.float32], limit: int) -> list[int]:
        """The rows with the best scores above zero; all of those that share the last place."""
        if len(scores) > limit:
            least = np.partition(scores, -limit)[-limit]
            return [int(row) for row in np.flatnonzero((scores >= least) & (scores > 0))][: 2 * limit]
        return [int(row) for row in np.flatnonzero(scores > 0)]

    def _nearest(self, text: str, kinds: Collection[EntryType], limit: int) -> dict[str, float]:
        # More than asked for, so that equal scores at the end are cut in a fixed order and not in Chroma's.
        found = self._store.nearest(self.vector(text), kinds, _pool(limit))
        # Records that the corpus does not have are those of another build on the same server: look past them.
        while strangers := found.keys() - self._keys.keys():
            further = self._store.nearest(self.vector(text), kinds, _pool(limit) + 2 * len(strangers))
            if further.keys() <= found.keys():
                break
            found = further
        return {key: _rounded(score) for record, score in found.items() for key in self._keys.get(record, ())}

    def _embed(self, text: str) -> NDArray[np.float32]:
        [vector] = self._embedder.embed([text])
        if len(vector) != self.manifest.dimensions:
            raise IndexOutdated(
                f"the index was built with vectors of {self.manifest.dimensions} numbers, and model "
                f"'{self._embedder.name}' now gives {len(vector)}. Build it again with '{BUILD_COMMAND}'."
            )
        result: NDArray[np.float32] = vector
        return result


def _check_manifest(manifest: Manifest, room: Room, corpus: Corpus, embedder: Embedder) -> None:
    reasons = {
        "from another state of the corpus": manifest.corpus_sha256 != corpus.sha256,
        f"with model '{manifest.model}', not '{embedder.name}'": manifest.model != embedder.name,
        # The same corpus and model make other entries only under other rules for making them.
        "by another version of the program": manifest.sha256 != entries_sha256(entries_of(corpus, manifest.model)),
    }
    for reason, holds in reasons.items():
        if holds:
            raise IndexOutdated(f"{room}: the index was built {reason}. Build it again with '{BUILD_COMMAND}'.")


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise ValueError(f"limit: expected 1 or more, got {limit}")


def _pool(limit: int) -> int:
    return max(POOL, 2 * limit)


def _rounded(cosine: float) -> float:
    return round(min(1.0, max(-1.0, cosine)), DIGITS)


def _hit(entry: Entry, score: float) -> Hit:
    return Hit(id=entry.id, type=entry.type, text=entry.text, score=score)


def _without_repeats(hits: Iterable[PassageHit]) -> tuple[PassageHit, ...]:
    first: dict[str, PassageHit] = {}
    for hit in hits:
        first.setdefault(" ".join(hit.passage.quote.text.casefold().split()), hit)
    return tuple(first.values())
