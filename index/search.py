"""Finding entries: by meaning over everything, by meaning and words together over passages.

How passages are ranked. Each passage has a cosine similarity and a BM25 score against the question. The two are not of
one scale, so each is divided by the best that any passage reaches on this question (below zero counts as zero), and the
two shares are added with fixed weights:

    score = 0.6 * bm25 / best bm25 + 0.4 * cosine / best cosine

A passage with the best of both scores 1. With BM25 scores 4.0 and 2.0, and cosines 0.3 and 0.6: the first passage gets
0.6 * 1 + 0.4 * 0.5 = 0.8, the second 0.6 * 0.5 + 0.4 * 1 = 0.7. Words weigh more than meaning, since questions about a
corpus mostly use its names. The score ranks; whether a passage answers at all shows in its ``dense`` and ``lexical``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from corpus.model import Corpus, Passage
from index.builder import generation_folder, room_of
from index.embedding import Embedder
from index.entries import Entry, EntryType, entries_of, entries_sha256, passage_text
from index.errors import BUILD_COMMAND, IndexDamaged, IndexOutdated
from index.lexical import Lexical
from index.manifest import Manifest, read_manifest
from index.store import Store

LEXICAL_WEIGHT = 0.6
DENSE_WEIGHT = 0.4

POOL = 64
"""The fewest candidates that each way of searching puts forward, before the best are picked in a fixed order."""

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
    """A passage that was found: ``score``, 0 to 1, ranks; ``dense`` is its cosine similarity, ``lexical`` its BM25."""

    passage: Passage
    score: float
    dense: float
    lexical: float


class Index:
    """A built index, opened for searching. Searching is safe from several threads."""

    def __init__(self, corpus: Corpus, manifest: Manifest, store: Store, embedder: Embedder) -> None:
        self.manifest = manifest
        self._store = store
        self._embedder = embedder
        self._entries = {entry.key: entry for entry in entries_of(corpus, embedder.name)}
        self._passages = tuple(corpus.passages.values())
        self._passage_keys = tuple(entry.key for entry in self._entries.values() if entry.type is EntryType.PASSAGE)
        self._lexical = Lexical([passage_text(passage) for passage in self._passages], corpus.language)
        self.vector = lru_cache(maxsize=QUERY_CACHE)(self._embed)
        """The unit vector of a text, kept for the questions asked last."""

    @classmethod
    def open(cls, folder: Path, corpus: Corpus, embedder: Embedder) -> Index:
        """Opens the index of ``corpus`` under ``folder`` after checking that it is the one that belongs to it.

        Raises IndexMissing where none is built, IndexOutdated where it was built from another state of the corpus, with
        another model or by another program, and IndexDamaged where its files do not hold what they should.
        """
        room = room_of(folder, corpus)
        manifest = read_manifest(room)
        _check_manifest(manifest, room, corpus, embedder)
        store = Store.open(generation_folder(room, manifest.collection))
        stored, expected = store.count(), sum(manifest.counts.values())
        if stored != expected:
            store.close()
            raise IndexDamaged(
                f"{room}: holds {stored} entries where the manifest says {expected}. "
                f"Build it again with '{BUILD_COMMAND}'."
            )
        return cls(corpus, manifest, store, embedder)

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

    def passages(self, text: str, limit: int) -> tuple[PassageHit, ...]:
        """The passages that best match ``text`` in words and meaning, best first, at most ``limit`` (one or more).

        Of passages with the same text only the first is given. Equal scores stand in the order of their ids. A blank
        text finds nothing.
        """
        _check_limit(limit)
        if not self._passages or not text.strip():
            return ()
        lexical = dict(zip(self._passage_keys, self._lexical.scores(text).tolist(), strict=True))
        dense = self._dense(text, lexical, limit)
        scores = fuse(lexical, dense)
        ranked = sorted(scores, key=lambda key: (-scores[key], key))
        passages = dict(zip(self._passage_keys, self._passages, strict=True))
        hits = (PassageHit(passages[key], scores[key], dense[key], round(lexical[key], DIGITS)) for key in ranked)
        return _without_repeats(hits)[:limit]

    def _dense(self, text: str, lexical: Mapping[str, float], limit: int) -> dict[str, float]:
        """The cosine similarity of every candidate, whichever way it was put forward."""
        dense = self._nearest(text, (EntryType.PASSAGE,), limit)
        by_words = sorted(lexical, key=lambda key: (-lexical[key], key))[: _pool(limit)]
        others = [key for key in by_words if key not in dense]
        if others:
            similarities = self._store.vectors(others) @ self.vector(text)
            dense |= {key: _rounded(value) for key, value in zip(others, similarities.tolist(), strict=True)}
        return dense

    def _nearest(self, text: str, kinds: Collection[EntryType], limit: int) -> dict[str, float]:
        # More than asked for, so that equal scores at the end are cut in a fixed order and not in Chroma's.
        found = self._store.nearest(self.vector(text), kinds, _pool(limit))
        return {key: _rounded(score) for key, score in found.items()}

    def _embed(self, text: str) -> NDArray[np.float32]:
        [vector] = self._embedder.embed([text])
        if len(vector) != self.manifest.dimensions:
            raise IndexOutdated(
                f"the index was built with vectors of {self.manifest.dimensions} numbers, and model "
                f"'{self._embedder.name}' now gives {len(vector)}. Build it again with '{BUILD_COMMAND}'."
            )
        result: NDArray[np.float32] = vector
        return result


def fuse(lexical: Mapping[str, float], dense: Mapping[str, float]) -> dict[str, float]:
    """The score of each candidate (the keys of ``dense``), as the head of this module tells it.

    >>> fuse({"a": 4.0, "b": 2.0}, {"a": 0.3, "b": 0.6})
    {'a': 0.8, 'b': 0.7}
    """
    best_lexical = max(lexical.values(), default=0.0) or 1.0
    best_dense = max(0.0, max(dense.values(), default=0.0)) or 1.0
    return {
        key: round(LEXICAL_WEIGHT * lexical[key] / best_lexical + DENSE_WEIGHT * max(0.0, cosine) / best_dense, DIGITS)
        for key, cosine in dense.items()
    }


def _check_manifest(manifest: Manifest, room: Path, corpus: Corpus, embedder: Embedder) -> None:
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
