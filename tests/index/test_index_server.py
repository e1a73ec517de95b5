"""The same index on a Chroma server: many programs share one, builds disturb nobody, and its absence is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
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

MakeCorpus = Callable[..., Corpus]
MakeEmbedder = Callable[..., Embedder]
ROOT = Path(__file__).parent.parent.parent
SECONDS = 60
"""How long a server may take to come up on a busy machine."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Chroma server of this module's own."""
    port, folder = free_port(), tmp_path_factory.mktemp("chroma")
    command = [Path(sys.executable).parent / "chroma", "run", "--path", folder, "--host", "127.0.0.1"]
    process = subprocess.Popen([*map(str, command), "--port", str(port)], stdout=subprocess.DEVNULL, cwd=folder)
    try:
        for _ in range(SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(SECONDS)


@pytest.fixture
def corpus(server: str, tmp_path: Path, make_corpus: MakeCorpus, request: pytest.FixtureRequest) -> Iterator[Corpus]:
    """The city, under an id of this test's own."""
    corpus = replace(make_corpus(), id=request.node.name)
    yield corpus
    try:
        remove_index(tmp_path, corpus.id, server=server)
    except IndexMissing:
        return


def with_paragraphs(corpus: Corpus, make_corpus: MakeCorpus, *paragraphs: str) -> Corpus:
    return replace(make_corpus(paragraphs), id=corpus.id)


def test_what_a_folder_finds_a_server_finds(
    server: str, tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder
) -> None:
    embedder = make_embedder()
    manifest = build_index(corpus, tmp_path / "folder", embedder).manifest
    there = build_index(corpus, tmp_path / "locks", embedder, server=server).manifest
    assert there == replace(manifest, collection=there.collection)
    with (
        Index.open(tmp_path / "folder", corpus, embedder) as folder,
        Index.open(tmp_path / "nothing", corpus, embedder, server=server) as shared,
    ):
        for question in ("Who clears snow?", "the harbour people"):
            assert shared.passages(question, 3) == folder.passages(question, 3)
            one, two = (index.search(question, kinds=list(EntryType), limit=14) for index in (shared, folder))
            assert {hit.text: hit.score for hit in one} == pytest.approx({hit.text: hit.score for hit in two}, abs=2e-4)
    assert not (tmp_path / "nothing").exists()


def test_only_what_changed_is_embedded_and_open_indexes_answer_on(
    server: str, tmp_path: Path, corpus: Corpus, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    embedder = make_embedder()
    build_index(corpus, tmp_path, embedder, server=server)
    first = [passage.quote.text for passage in corpus.passages.values()]
    second = with_paragraphs(corpus, make_corpus, *first[:4], "The zoo is new.")
    third = with_paragraphs(corpus, make_corpus, *first[:4], "The zoo is open.")
    with Index.open(tmp_path, corpus, embedder, server=server) as index:
        before = index.passages("Libraries on Sundays", 5)
        built = build_index(second, tmp_path, embedder, server=server)
        assert (built.embedded, built.kept, built.deleted) == (1, 13, 1)
        assert index.passages("Libraries on Sundays", 5) == before
    with Index.open(tmp_path, second, embedder, server=server) as index:
        assert {hit.passage.quote.text for hit in index.passages("Libraries on Sundays", 5)} == {
            *first[:4],
            "The zoo is new.",
        }
        build_index(third, tmp_path, embedder, server=server)
        assert index.passages("The zoo is new.", 1)[0].passage.id == "p4"
    with pytest.raises(IndexOutdated):
        Index.open(tmp_path, corpus, embedder, server=server)
    # The first state's paragraph went at the second switch, the second's waits for the next; back again is no work.
    assert len(stored(server, tmp_path, corpus)) == 15
    assert build_index(second, tmp_path, embedder, server=server).embedded == 0
    assert build_index(third, tmp_path, embedder, server=server).embedded == 0


def stored(server: str, folder: Path, corpus: Corpus) -> frozenset[str]:
    room = room_of(folder, corpus.id, server)
    store = room.open(room.manifest().collection)
    try:
        return store.records()
    finally:
        store.close()


def test_another_model_has_collections_of_its_own(
    server: str, tmp_path: Path, corpus: Corpus, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    for name, dimensions in (("one", 8), ("two", 16), ("three", 4)):
        embedder = make_embedder(name=name, dimensions=dimensions)
        assert build_index(corpus, tmp_path, embedder, server=server).manifest.dimensions == dimensions
        with Index.open(tmp_path, corpus, embedder, server=server) as index:
            assert index.passages("Who clears snow?", 1)[0].passage.id == "p2"
    changed, further = make_embedder(name="three", dimensions=6), with_paragraphs(corpus, make_corpus, "All is new.")
    assert build_index(further, tmp_path, changed, server=server).manifest.dimensions == 6


def test_several_processes_build_at_once(
    server: str, tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder
) -> None:
    script = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from conftest import WordEmbedder, city_corpus; from index.builder import build_index\n"
        "corpus = replace(city_corpus(), id=sys.argv[3])\n"
        "build_index(corpus, Path(sys.argv[1]), WordEmbedder(pause=0.2), server=sys.argv[2])\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"}
    # A folder each, as on machines of their own: no lock keeps them apart.
    processes = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path / name, server, corpus.id], env=environment)
        for name in ("one", "two")
    ]
    assert [process.wait(SECONDS * 3) for process in processes] == [0, 0]
    assert len(stored(server, tmp_path, corpus)) == 14
    with Index.open(tmp_path, corpus, make_embedder(), server=server) as index:
        assert index.passages("Who clears snow?", 1)[0].passage.id == "p2"


def test_vectors_that_the_server_lost_are_noticed_at_the_start(
    server: str, tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder
) -> None:
    manifest = build_index(corpus, tmp_path, make_embedder(), server=server).manifest
    store = room_of(tmp_path, corpus.id, server).open(manifest.collection)
    store.delete([min(store.records())])
    store.close()
    with pytest.raises(IndexDamaged, match="1 texts are gone"):
        Index.open(tmp_path, corpus, make_embedder(), server=server)
    assert build_index(corpus, tmp_path, make_embedder(), server=server).embedded == 1
    Index.open(tmp_path, corpus, make_embedder(), server=server).close()


def test_an_index_is_removed_alone(
    server: str, tmp_path: Path, corpus: Corpus, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    other, embedder = replace(make_corpus(), id=f"{corpus.id}-other"), make_embedder()
    for built in (corpus, other):
        build_index(built, tmp_path, embedder, server=server)
    remove_index(tmp_path, corpus.id, server=server)
    with pytest.raises(IndexMissing, match="wholeads index"):
        Index.open(tmp_path, corpus, embedder, server=server)
    with pytest.raises(IndexMissing, match="no index here"):
        remove_index(tmp_path, corpus.id, server=server)
    Index.open(tmp_path, other, embedder, server=server).close()
    remove_index(tmp_path, other.id, server=server)


def test_a_server_that_is_not_there_is_told(tmp_path: Path, make_corpus: MakeCorpus, embedder: Embedder) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for attempt in (build_index, lambda *given, server: Index.open(given[1], given[0], given[2], server=server)):
        with pytest.raises(ServerUnreachable, match=rf"{url}.*chroma run.*CHROMA_URL"):
            attempt(make_corpus(), tmp_path, embedder, server=url)  # type: ignore[operator]


def test_something_else_at_the_url_is_told(tmp_path: Path, make_corpus: MakeCorpus, embedder: Embedder) -> None:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port := free_port())]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        for _ in range(SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with pytest.raises(ServerUnreachable, match="CHROMA_URL"):
            build_index(make_corpus(), tmp_path, embedder, server=f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(SECONDS)
