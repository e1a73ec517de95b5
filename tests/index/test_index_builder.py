"""Building: nothing is embedded twice, and whatever goes wrong, the index that was there goes on working."""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.model import Corpus
from index.builder import BATCH_SIZE, build_index, remove_index
from index.embedding import Embedder
from index.entries import EntryType, entries_of
from index.errors import EmbedderUnavailable, IndexBuildFailed, IndexDamaged, IndexLocked, IndexMissing
from index.room import room_of
from index.search import Index

PARAGRAPHS = ("Ferries run.", "Parks are open.", "Snow is cleared by the Roads Office.", "Libraries open on Sundays.")
LONG = 3 * BATCH_SIZE
"""Paragraphs of a corpus whose build takes several batches."""

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


MakeCorpus = Callable[..., Corpus]


class RecordingEmbedder(Embedder, Protocol):
    """The embedder of the fixtures, which keeps what was asked of it."""

    texts: list[str]
    batches: list[int]


MakeEmbedder = Callable[..., RecordingEmbedder]


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "city" / "chroma").iterdir())


def first_hit(folder: Path, corpus: Corpus, embedder: Embedder, question: str) -> str:
    with Index.open(folder, corpus, embedder) as index:
        return index.search(question, kinds=[EntryType.PASSAGE], limit=1)[0].id


def scores(index: Index, question: str, limit: int) -> dict[str, float]:
    by_meaning = {
        f"{hit.id} {hit.text}": hit.score for hit in index.search(question, kinds=list(EntryType), limit=limit)
    }
    return by_meaning | {hit.passage.id: hit.score for hit in index.passages(question, limit)}


# What a build does


def test_the_manifest_tells_what_was_built(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    manifest = build_index(corpus, tmp_path, embedder, program="1.2.3").manifest
    assert (manifest.corpus_id, manifest.corpus_sha256) == (corpus.id, corpus.sha256)
    assert (manifest.model, manifest.dimensions, manifest.program) == ("words", 256, "1.2.3")
    assert manifest.counts == {"fact": 2, "passage": 5, "alias": 7}
    assert generations(tmp_path) == [manifest.collection]


def test_the_same_corpus_and_model_give_the_same_manifest_anywhere(
    tmp_path: Path, corpus: Corpus, make_embedder: Callable[..., Embedder]
) -> None:
    build_index(corpus, tmp_path / "one", make_embedder())
    build_index(corpus, tmp_path / "two", make_embedder())
    one, two = ((tmp_path / name / "city" / "manifest.json").read_bytes() for name in ("one", "two"))
    assert one == two
    assert str(tmp_path).encode() not in one


def test_texts_are_embedded_once_in_batches_of_like_length(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    corpus = make_long_corpus(LONG)
    build_index(corpus, tmp_path, embedder)
    assert sorted(embedder.texts) == sorted({entry.text for entry in entries_of(corpus, "words")})
    assert max(embedder.batches) == BATCH_SIZE
    assert [len(text) for text in embedder.texts] == sorted(len(text) for text in embedder.texts)


def test_progress_runs_from_what_was_at_hand_to_all(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    calls: list[tuple[int, int]] = []
    build_index(make_long_corpus(10), tmp_path, embedder)
    corpus = make_long_corpus(10 + 2 * BATCH_SIZE + 1)
    build_index(corpus, tmp_path, embedder, lambda done, total: calls.append((done, total)))
    total = len(entries_of(corpus, "words"))
    assert calls == [(total - left, total) for left in (2 * BATCH_SIZE + 1, BATCH_SIZE + 1, 1, 0)]


# What a build spares


def test_a_second_build_embeds_nothing(tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder) -> None:
    first, embedder, calls = build_index(corpus, tmp_path, make_embedder()), make_embedder(), []
    second = build_index(corpus, tmp_path, embedder, lambda *numbers: calls.append(numbers))
    assert second == replace(first, embedded=0, kept=14)
    assert (embedder.texts, calls) == ([], [(14, 14)])


def test_a_changed_paragraph_is_embedded_alone(
    tmp_path: Path, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    corpus = make_corpus()
    build_index(corpus, tmp_path, make_embedder())
    paragraphs = [passage.quote.text for passage in corpus.passages.values()]
    paragraphs[1] = "The Parks Office now tends the zoo as well."
    embedder = make_embedder()
    build_index(make_corpus(paragraphs), tmp_path, embedder)
    assert embedder.texts == [paragraphs[1]]
    assert first_hit(tmp_path, make_corpus(paragraphs), embedder, "Who tends the zoo?") == "p1"


def test_a_build_tells_what_it_embedded_kept_and_deleted(
    tmp_path: Path, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    first = [passage.quote.text for passage in make_corpus().passages.values()]
    counted = []
    for paragraphs in (first, [*first, "The zoo is new."], first[:3], first[:3]):
        built = build_index(make_corpus(paragraphs), tmp_path, make_embedder())
        counted.append((built.embedded, built.kept, built.deleted))
    assert counted == [(14, 0, 0), (1, 14, 0), (0, 12, 3), (0, 12, 0)]
    assert room_of(tmp_path, "city").manifest().counts == {"fact": 2, "passage": 3, "alias": 7}


def test_text_that_only_moves_is_not_written_again(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    first = build_index(make_corpus(), tmp_path, embedder).manifest
    second = build_index(make_corpus(lead="\n\n"), tmp_path, embedder).manifest
    assert second.sha256 != first.sha256
    assert second.collection == first.collection
    assert first_hit(tmp_path, make_corpus(lead="\n\n"), embedder, "Who clears snow?") == "p2"


def test_a_text_that_stands_twice_is_stored_once_and_found_where_it_stands(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    corpus = make_corpus([*PARAGRAPHS, PARAGRAPHS[2]])
    assert build_index(corpus, tmp_path, embedder).embedded == len(entries_of(corpus, "words")) - 1
    with Index.open(tmp_path, corpus, embedder) as index:
        assert [hit.id for hit in index.search(PARAGRAPHS[2], kinds=[EntryType.PASSAGE], limit=2)] == ["p2", "p4"]


def test_a_generation_that_has_seen_many_deletions_is_not_copied_again(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    for number in (60, 40, 15, 0):
        embedder.texts.clear()
        manifest = build_index(make_long_corpus(number), tmp_path, embedder).manifest
    assert embedder.texts == []
    assert not (tmp_path / "city" / "chroma" / manifest.collection / "deleted").exists()
    assert first_hit(tmp_path, make_long_corpus(0), embedder, "Who clears snow?") == "p2"


def test_a_copy_that_was_cut_short_is_not_taken_for_a_generation(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    build_index(make_long_corpus(20), tmp_path, embedder)
    manifest = build_index(make_long_corpus(21), tmp_path / "other", embedder).manifest
    part = tmp_path / "city" / "chroma" / f"{manifest.collection}.part"
    part.mkdir()
    (part / "chroma.sqlite3").write_bytes(b"half")
    embedder.texts.clear()
    build_index(make_long_corpus(21), tmp_path, embedder)
    assert len(embedder.texts) == 1
    assert not part.exists()


def test_an_index_that_is_removed_is_gone(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    build_index(corpus, tmp_path, embedder)
    remove_index(tmp_path, "city")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IndexMissing):
        Index.open(tmp_path, corpus, embedder)
    with pytest.raises(IndexMissing, match="no index here to be removed"):
        remove_index(tmp_path, "city")


def test_vectors_are_kept_when_only_the_corpus_hash_changes(
    tmp_path: Path, corpus: Corpus, other_sha: Corpus, make_embedder: MakeEmbedder
) -> None:
    first, embedder = build_index(corpus, tmp_path, make_embedder()).manifest, make_embedder()
    second = build_index(other_sha, tmp_path, embedder).manifest
    assert embedder.texts == []
    assert second.corpus_sha256 == other_sha.sha256
    assert second.sha256 == first.sha256


def test_another_model_shares_no_vectors(tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder) -> None:
    build_index(corpus, tmp_path, make_embedder())
    other = make_embedder(name="other", dimensions=8)
    assert build_index(corpus, tmp_path, other).manifest.dimensions == 8
    assert len(other.texts) == 14


def test_a_model_that_changed_under_its_name_shares_no_vectors_of_another_length(
    tmp_path: Path, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    build_index(make_corpus(), tmp_path, make_embedder())
    changed, paragraphs = make_embedder(dimensions=8), [*PARAGRAPHS, "The zoo is new."]
    build_index(make_corpus(paragraphs), tmp_path, changed)
    assert len(changed.texts) == 14
    assert first_hit(tmp_path, make_corpus(paragraphs), changed, "The zoo is new.") == "p4"


def test_an_incremental_build_finds_what_a_full_one_finds(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    corpus = make_long_corpus(120)
    for step in (make_long_corpus(20), make_long_corpus(90), corpus):
        build_index(step, tmp_path / "steps", embedder)
    build_index(corpus, tmp_path / "once", embedder)
    with (
        Index.open(tmp_path / "steps", corpus, embedder) as steps,
        Index.open(tmp_path / "once", corpus, embedder) as one,
    ):
        assert steps.sha256 == one.sha256
        total = sum(one.manifest.counts.values())
        for question in ("file number 62", "hall 7", "snow and ferries"):
            assert scores(steps, question, total) == pytest.approx(scores(one, question, total), abs=2e-4)


# Switching over


def test_an_open_index_answers_on_while_another_is_built(
    tmp_path: Path, make_corpus: MakeCorpus, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    build_index(make_corpus(), tmp_path, embedder)
    with Index.open(tmp_path, make_corpus(), embedder) as index:
        before = index.passages("Who clears snow?", 3)
        build_index(make_long_corpus(100), tmp_path, embedder)
        assert index.passages("Who clears snow?", 3) == before


def test_generations_do_not_pile_up(tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder) -> None:
    manifests = [build_index(make_long_corpus(number), tmp_path, embedder).manifest for number in range(4)]
    assert generations(tmp_path) == sorted(manifest.collection for manifest in manifests[-2:])


# A process that is killed


@contextmanager
def slow_build(folder: Path, paragraphs: int) -> Iterator[subprocess.Popen[str]]:
    """A build in another process, stopped for a minute in its third batch: the first two are stored."""
    script = (
        "import sys; from pathlib import Path; from conftest import WordEmbedder, long_corpus\n"
        "from index.builder import build_index\n"
        "class Slow(WordEmbedder):\n"
        "    def embed(self, texts):\n"
        "        if len(self.batches) == 2: print('stored', flush=True); self.pause = 60\n"
        "        return super().embed(texts)\n"
        f"build_index(long_corpus({paragraphs}), Path(sys.argv[1]), Slow())\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "stored\n"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_a_killed_build_leaves_the_old_index_and_the_next_goes_on_from_it(
    tmp_path: Path, corpus: Corpus, make_long_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    old, embedder = build_index(corpus, tmp_path, make_embedder()).manifest, make_embedder()
    with slow_build(tmp_path, LONG):
        pass
    assert len(generations(tmp_path)) == 2
    assert first_hit(tmp_path, corpus, embedder, "Who clears snow?") == "p2"

    embedder.texts.clear()
    new = build_index(make_long_corpus(LONG), tmp_path, embedder).manifest
    assert LONG - 2 * BATCH_SIZE <= len(embedder.texts) <= LONG - BATCH_SIZE
    assert generations(tmp_path) == sorted([old.collection, new.collection])
    assert first_hit(tmp_path, make_long_corpus(LONG), embedder, "Room 10 of hall 70 holds file number 310") == "p15"


def test_ctrl_c_ends_a_build_and_keeps_what_it_stored(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    with slow_build(tmp_path, LONG) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
    build_index(make_long_corpus(LONG), tmp_path, embedder)
    assert len(embedder.texts) == len(entries_of(make_long_corpus(LONG), "words")) - 2 * BATCH_SIZE


def test_what_a_killed_build_left_serves_another_corpus_and_is_removed(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    with slow_build(tmp_path, LONG):
        pass
    with pytest.raises(IndexMissing, match="wholeads index"):
        Index.open(tmp_path, make_long_corpus(LONG), embedder)
    manifest = build_index(make_long_corpus(LONG - 1), tmp_path, embedder).manifest
    assert len(embedder.texts) < LONG
    assert generations(tmp_path) == [manifest.collection]


def test_one_build_at_a_time(tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder) -> None:
    with slow_build(tmp_path, LONG), pytest.raises(IndexLocked, match="another build"):
        build_index(make_long_corpus(LONG), tmp_path, embedder)
    build_index(make_long_corpus(LONG), tmp_path, embedder)


# Other mishaps


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(IndexBuildFailed, match=r"file.*permission"):
        build_index(corpus, tmp_path / "file" / "index", embedder)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Writing past ``size`` bytes into any file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [100, 100_000, 500_000])
def test_a_full_disk_leaves_the_old_index(
    tmp_path: Path, corpus: Corpus, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder, size: int
) -> None:
    build_index(corpus, tmp_path, embedder)
    with no_room_beyond(size), pytest.raises(IndexBuildFailed, match="room"):
        build_index(make_long_corpus(300), tmp_path, embedder)
    assert first_hit(tmp_path, corpus, embedder, "Who clears snow?") == "p2"
    build_index(make_long_corpus(300), tmp_path, embedder)
    assert first_hit(tmp_path, make_long_corpus(300), embedder, "Who clears snow?") == "p2"


def test_a_damaged_index_is_told_and_mended_by_a_build(
    tmp_path: Path, corpus: Corpus, embedder: RecordingEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = build_index(corpus, tmp_path, embedder).manifest
    (tmp_path / "city" / "chroma" / manifest.collection / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamaged, match="wholeads index"):
        Index.open(tmp_path, corpus, embedder)
    with caplog.at_level(logging.WARNING):
        assert build_index(corpus, tmp_path, embedder).manifest == manifest
    assert "built afresh" in caplog.text
    assert first_hit(tmp_path, corpus, embedder, "Who clears snow?") == "p2"


def test_a_damaged_old_generation_does_not_stop_a_build(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = build_index(make_corpus(), tmp_path, embedder).manifest
    (tmp_path / "city" / "chroma" / manifest.collection / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with caplog.at_level(logging.WARNING):
        build_index(make_corpus(PARAGRAPHS[:3]), tmp_path, embedder)
    assert "No vectors taken over" in caplog.text
    assert first_hit(tmp_path, make_corpus(PARAGRAPHS[:3]), embedder, "Who clears snow?") == "p2"


def test_a_damaged_manifest_does_not_stop_a_build(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    manifest = build_index(corpus, tmp_path, embedder).manifest
    (tmp_path / "city" / "manifest.json").write_text("{")
    assert build_index(corpus, tmp_path, embedder).manifest == manifest
    assert json.loads((tmp_path / "city" / "manifest.json").read_text())["sha256"] == manifest.sha256


class BrokenEmbedder:
    """Gives what no model should give."""

    name = "broken"
    dimensions = 4

    def __init__(self, value: float, width: int) -> None:
        self._value, self._width = value, width

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), self._width), self._value, dtype=np.float32)


@pytest.mark.parametrize(("value", "width"), [(float("nan"), 4), (0.5, 5)])
def test_vectors_that_make_no_sense_stop_the_build(tmp_path: Path, corpus: Corpus, value: float, width: int) -> None:
    with pytest.raises(IndexBuildFailed, match="broken"):
        build_index(corpus, tmp_path, BrokenEmbedder(value, width))
    with pytest.raises(IndexMissing):
        Index.open(tmp_path, corpus, BrokenEmbedder(value, width))


class AlteredEmbedder(BrokenEmbedder):
    """A model whose files are not what they were."""

    def verify(self) -> None:
        raise EmbedderUnavailable("the weights differ")


def test_a_model_that_fails_its_check_builds_nothing(tmp_path: Path, corpus: Corpus) -> None:
    with pytest.raises(EmbedderUnavailable, match="differ"):
        build_index(corpus, tmp_path, AlteredEmbedder(0.5, 4))
    assert not (tmp_path / "city" / "chroma").exists()


def test_an_empty_corpus_has_an_empty_index(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    empty = replace(corpus, documents={}, passages={}, entities={}, facts={})
    assert build_index(empty, tmp_path, embedder).manifest.counts == {}
    with Index.open(tmp_path, empty, embedder) as index:
        assert index.search("anything", kinds=list(EntryType), limit=3) == ()
        assert index.passages("anything", 3) == ()
