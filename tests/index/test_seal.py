"""A built index that was cut or lost in part is noticed before Chroma reads it, and built again at once."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.model import Corpus
from index.builder import build_index
from index.embedding import Embedder
from index.entries import EntryType
from index.errors import IndexDamaged
from index.search import Index

Damage = Callable[[Path], object]


def every(folder: Path, change: Callable[[Path], object]) -> None:
    """Change each search graph of the index."""
    found = list(folder.rglob("data_level0.bin"))
    assert found
    for path in found:
        change(path)


DAMAGE: dict[str, Damage] = {
    "cut": lambda folder: every(folder, lambda path: path.write_bytes(path.read_bytes()[:1000])),
    "gone": lambda folder: every(folder, lambda path: shutil.rmtree(path.parent)),
    "one file gone": lambda folder: every(folder, Path.unlink),
    "database cut": lambda folder: [p.write_bytes(p.read_bytes()[:50_000]) for p in folder.rglob("chroma.sqlite3")],
    "half a seal": lambda folder: [p.write_text('{"a": ') for p in folder.rglob("files.json")],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_noticed_and_one_build_mends_it(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, name: str
) -> None:
    build_index(corpus, tmp_path, embedder)
    DAMAGE[name](tmp_path)
    with pytest.raises(IndexDamaged, match=r"wholeads index"):
        Index.open(tmp_path, corpus, embedder)
    build_index(corpus, tmp_path, embedder)
    with Index.open(tmp_path, corpus, embedder) as index:
        assert index.search("ferries", kinds=(EntryType.PASSAGE,), limit=3)


@pytest.mark.parametrize(
    "names", [("data_level0.bin",), ("data_level0.bin", "header.bin", "length.bin", "link_lists.bin")]
)
def test_garbage_of_the_right_length_is_noticed_and_one_build_mends_it(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, names: tuple[str, ...]
) -> None:
    build_index(corpus, tmp_path, embedder)
    for name in names:
        for path in tmp_path.rglob(name):
            path.write_bytes(random.Random(1).randbytes(path.stat().st_size))
    with pytest.raises(IndexDamaged, match="wholeads index"):
        Index.open(tmp_path, corpus, embedder)
    build_index(corpus, tmp_path, embedder)
    with Index.open(tmp_path, corpus, embedder) as index:
        assert index.search("ferries", kinds=(EntryType.PASSAGE,), limit=3)


@pytest.mark.parametrize(("key", "value"), [("collection", 7), ("counts", []), ("dimensions", "a"), ("sha256", None)])
def test_a_manifest_of_wrong_types_is_mended_by_a_build(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, key: str, value: object
) -> None:
    build_index(corpus, tmp_path, embedder)
    path = tmp_path / corpus.id / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {key: value}), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=f"{key}: of a wrong type"):
        Index.open(tmp_path, corpus, embedder)
    build_index(corpus, tmp_path, embedder)
    Index.open(tmp_path, corpus, embedder).close()


def test_an_index_in_a_read_only_place_is_read_from_a_copy(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(corpus, tmp_path, embedder)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Index.open(tmp_path, corpus, embedder) as index:
        assert index.search("ferries", kinds=(EntryType.PASSAGE,), limit=3)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_index_that_is_read_stays_sealed(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    build_index(corpus, tmp_path, embedder)
    for _ in range(2):
        with Index.open(tmp_path, corpus, embedder) as index:
            assert index.search("ferries", kinds=(EntryType.PASSAGE, EntryType.FACT), limit=3)
    assert build_index(corpus, tmp_path, embedder).embedded == 0
