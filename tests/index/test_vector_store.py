"""The same index in a vector store of LangChain's: what a folder finds it finds, and builds keep what they can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.model import Corpus
from index.builder import build_index, remove_index
from index.embedding import Embedder
from index.entries import EntryType
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, ServerUnreachable
from index.room import room_of
from index.search import Index
from tests.index.in_memory import _COLLECTIONS

STORE = "tests.index.in_memory:in_memory"
MakeCorpus = Callable[..., Corpus]
MakeEmbedder = Callable[..., Embedder]


@pytest.fixture
def corpus(tmp_path: Path, make_corpus: MakeCorpus, request: pytest.FixtureRequest) -> Iterator[Corpus]:
    """The city, under an id of this test's own."""
    yield replace(make_corpus(), id=request.node.name)
    _COLLECTIONS.clear()


def test_what_a_folder_finds_it_finds(tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder) -> None:
    embedder = make_embedder()
    manifest = build_index(corpus, tmp_path / "folder", embedder).manifest
    there = build_index(corpus, tmp_path / "locks", embedder, server=STORE).manifest
    assert there == replace(manifest, collection=there.collection)
    with (
        Index.open(tmp_path / "folder", corpus, embedder) as folder,
        Index.open(tmp_path / "nothing", corpus, embedder, server=STORE) as stored,
    ):
        for question in ("Who clears snow?", "the harbour people"):
            assert stored.passages(question, 3) == folder.passages(question, 3)
            one, two = (index.search(question, kinds=list(EntryType), limit=14) for index in (stored, folder))
            assert {hit.text: hit.score for hit in one} == pytest.approx({hit.text: hit.score for hit in two}, abs=2e-4)
    assert not (tmp_path / "nothing").exists()


def test_only_what_changed_is_embedded_and_the_generation_before_answers_on(
    tmp_path: Path, corpus: Corpus, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    embedder = make_embedder()
    build_index(corpus, tmp_path, embedder, server=STORE)
    texts = [passage.quote.text for passage in corpus.passages.values()]
    second = replace(make_corpus((*texts[:4], "The zoo is new.")), id=corpus.id)
    third = replace(make_corpus((*texts[:4], "The zoo is open.")), id=corpus.id)
    with Index.open(tmp_path, corpus, embedder, server=STORE) as index:
        before = index.passages("Libraries on Sundays", 5)
        built = build_index(second, tmp_path, embedder, server=STORE)
        assert (built.embedded, built.kept, built.deleted) == (1, 13, 1)
        assert index.passages("Libraries on Sundays", 5) == before
    assert build_index(second, tmp_path, embedder, server=STORE).embedded == 0
    assert build_index(third, tmp_path, embedder, server=STORE).embedded == 1
    with pytest.raises(IndexOutdated):
        Index.open(tmp_path, corpus, embedder, server=STORE)
    # The first generation went with the switch to the third.
    assert sum(len(store.store) for name, store in _COLLECTIONS.items() if name.endswith("passage")) == 10


def test_what_is_gone_is_told(tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder) -> None:
    with pytest.raises(IndexMissing, match="wholeads index"):
        Index.open(tmp_path, corpus, make_embedder(), server=STORE)
    manifest = build_index(corpus, tmp_path, make_embedder(), server=STORE).manifest
    store = room_of(tmp_path, corpus.id, STORE).open(manifest.collection)
    [*records] = store.records()
    _COLLECTIONS[f"{manifest.collection}-passage"].store.clear()
    with pytest.raises(IndexDamaged, match="gone"):
        store.vectors(records)
    _COLLECTIONS[f"wholeads-{manifest.collection.split('-')[1]}"].delete([f"{manifest.collection}-0"])
    with pytest.raises(IndexDamaged, match="gone"):
        Index.open(tmp_path, corpus, make_embedder(), server=STORE)
    remove_index(tmp_path, corpus.id, server=STORE)
    with pytest.raises(IndexMissing, match="no index here"):
        remove_index(tmp_path, corpus.id, server=STORE)


@pytest.mark.parametrize("function", ["nosuch:store", "tests.index.in_memory:nosuch", "tests.index.in_memory:broken"])
def test_a_store_that_is_not_there_is_told(
    tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder, function: str
) -> None:
    with pytest.raises(ServerUnreachable, match=function.rpartition(":")[0]):
        build_index(corpus, tmp_path, make_embedder(), server=function)
