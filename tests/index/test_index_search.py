"""Searching: only the index that belongs to the corpus is opened, and the same question finds the same, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.model import Corpus, Document
from index.builder import build_index
from index.embedding import Embedder
from index.entries import EntryType
from index.errors import IndexDamaged, IndexMissing, IndexOutdated
from index.search import EXACT, POOL, Index, Where

ALL = tuple(EntryType)

MakeCorpus = Callable[..., Corpus]
MakeEmbedder = Callable[..., Embedder]


class RecordingEmbedder(Embedder, Protocol):
    """The embedder of the fixtures, which keeps the texts it was given."""

    texts: list[str]


@pytest.fixture
def index(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> Iterator[Index]:
    build_index(corpus, tmp_path, embedder)
    with Index.open(tmp_path, corpus, embedder) as opened:
        yield opened


def built(folder: Path, corpus: Corpus, embedder: Embedder) -> Index:
    build_index(corpus, folder, embedder)
    return Index.open(folder, corpus, embedder)


# Opening


def test_no_index_names_the_command(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    with pytest.raises(IndexMissing, match="'wholeads index'"):
        Index.open(tmp_path, corpus, embedder)


def test_an_index_of_another_corpus_or_model_is_not_opened(
    tmp_path: Path, corpus: Corpus, other_sha: Corpus, make_embedder: MakeEmbedder
) -> None:
    build_index(corpus, tmp_path, make_embedder())
    with pytest.raises(IndexOutdated, match=r"another state of the corpus.*'wholeads index'"):
        Index.open(tmp_path, other_sha, make_embedder())
    with pytest.raises(IndexOutdated, match=r"'words', not 'other'.*'wholeads index'"):
        Index.open(tmp_path, corpus, make_embedder(name="other"))


def test_an_index_whose_entries_were_made_otherwise_is_not_opened(
    tmp_path: Path, corpus: Corpus, embedder: Embedder
) -> None:
    build_index(corpus, tmp_path, embedder)
    renamed = {"in_charge_of": replace(corpus.predicates["in_charge_of"], name="runs")}
    with pytest.raises(IndexOutdated, match="another version of the program"):
        Index.open(tmp_path, replace(corpus, predicates=renamed), embedder)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"counts": {"fact": 99}}, IndexDamaged),
        ({"collection": "generation-gone"}, IndexDamaged),
        ({"since": "a newer version"}, IndexOutdated),
    ],
)
def test_a_manifest_that_does_not_fit_is_told(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, change: dict[str, object], error: type[Exception]
) -> None:
    build_index(corpus, tmp_path, embedder)
    path = tmp_path / "city" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(error, match="wholeads index"):
        Index.open(tmp_path, corpus, embedder)


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_manifest_that_is_no_json_object_is_told(
    tmp_path: Path, corpus: Corpus, embedder: Embedder, text: str
) -> None:
    build_index(corpus, tmp_path, embedder)
    (tmp_path / "city" / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        Index.open(tmp_path, corpus, embedder)


def test_a_model_that_changed_its_dimensions_is_told(
    tmp_path: Path, corpus: Corpus, make_embedder: MakeEmbedder
) -> None:
    build_index(corpus, tmp_path, make_embedder())
    with Index.open(tmp_path, corpus, make_embedder(dimensions=8)) as index, pytest.raises(IndexOutdated, match="8"):
        index.search("ferries", kinds=ALL, limit=1)


def test_the_index_has_the_hash_of_its_manifest(index: Index) -> None:
    assert index.sha256 == index.manifest.sha256
    assert len(index.sha256) == 64


# By meaning


def test_a_text_finds_itself(index: Index) -> None:
    [hit] = index.search("the harbour people", kinds=[EntryType.ALIAS], limit=1)
    assert (hit.id, hit.type, hit.text, hit.score) == ("Harbour Office", EntryType.ALIAS, "the harbour people", 1.0)


@pytest.mark.parametrize("kind", ALL)
def test_only_the_kinds_asked_for_are_found(index: Index, kind: EntryType) -> None:
    hits = index.search("Who runs the ferries?", kinds=[kind], limit=50)
    assert {hit.type for hit in hits} == {kind}
    assert len(hits) == index.manifest.counts[kind]


def test_hits_are_ordered_and_limited(index: Index) -> None:
    hits = index.search("Who runs the ferries?", kinds=ALL, limit=6)
    assert len(hits) == 6
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(-1 <= score <= 1 for score in scores)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_is_found_for_nothing(index: Index, text: str) -> None:
    assert index.search(text, kinds=ALL, limit=3) == ()
    assert index.passages(text, 3) == ()
    assert index.search("ferries", kinds=(), limit=3) == ()


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(index: Index, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        index.search("ferries", kinds=ALL, limit=limit)
    with pytest.raises(ValueError, match="limit"):
        index.passages("ferries", limit)


def test_a_question_is_embedded_once(index: Index, embedder: RecordingEmbedder) -> None:
    embedder.texts.clear()
    for _ in range(3):
        index.search("Who runs the ferries?", kinds=ALL, limit=3)
        index.passages("Who runs the ferries?", 3)
    assert embedder.texts == ["Who runs the ferries?"]


def test_threads_find_what_one_finds(index: Index) -> None:
    questions = [f"Who runs the ferries in {year}?" for year in range(2000, 2040)]
    alone = [index.passages(question, 3) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: index.passages(question, 3), questions))
    assert together == alone


# By words and meaning


def test_the_words_stem_finds_the_passage(index: Index) -> None:
    [hit] = index.passages("Who clears a pothole?", 1)
    assert hit.passage.id == "p2"
    assert hit.lexical > 0


def test_questions_own_words_count_for_nothing(index: Index) -> None:
    assert {hit.lexical for hit in index.passages("Who does what, where and why?", 5)} == {0.0}


def test_fewer_are_the_head_of_more(tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder) -> None:
    with built(tmp_path, make_long_corpus(200), embedder) as index:
        many = index.passages("file number 62 of hall 14", 90)
        assert len(many) == 90
        assert all(index.passages("file number 62 of hall 14", limit) == many[:limit] for limit in (1, 5, 40))


def test_passages_of_the_same_text_are_given_once(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    paragraphs = ("The zoo is closed.", "Ferries run daily.", "Ferries  run DAILY.", "Ferries run daily.")
    with built(tmp_path, make_corpus(paragraphs), embedder) as index:
        assert [hit.passage.id for hit in index.passages("When do ferries run?", 4)] == ["p1", "p0"]


def test_equal_scores_stand_in_the_order_of_their_ids(
    tmp_path: Path, make_corpus: MakeCorpus, make_embedder: MakeEmbedder
) -> None:
    # Each paragraph holds the same words in another order, which neither BM25 nor the sum of word vectors can see.
    paragraphs = ("one two three", "three two one", "two one three", "one three two")
    corpus = make_corpus(paragraphs)
    corpus = replace(corpus, passages={id: replace(p, heading="") for id, p in reversed(list(corpus.passages.items()))})
    with built(tmp_path, corpus, make_embedder()) as index:
        assert [hit.passage.id for hit in index.passages("one two", 3)] == ["p0", "p1", "p2"]
        assert [hit.id for hit in index.search("one two", kinds=[EntryType.PASSAGE], limit=2)] == ["p0", "p1"]


class ContraryEmbedder:
    """Puts the one text that names snow opposite to what is asked, and all others at a right angle to it."""

    name = "contrary"
    dimensions = 2

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    @staticmethod
    def _vector(text: str) -> tuple[float, float]:
        if "Snow" in text:
            return -1.0, 0.0
        return (1.0, 0.0) if text == "clear potholes" else (0.0, 1.0)


def test_a_passage_found_by_its_words_alone_has_its_true_similarity(
    tmp_path: Path, make_long_corpus: MakeCorpus
) -> None:
    with built(tmp_path, make_long_corpus(3 * POOL), ContraryEmbedder()) as index:
        [hit] = index.passages("clear potholes", 1)
    assert (hit.passage.id, hit.dense) == ("p2", -1.0)
    assert hit.score > 0.3


def test_the_windows_of_a_hit_have_first_what_has_most_of_the_question(index: Index) -> None:
    [hit] = index.passages("Who merged the offices to save paper?", 1)
    assert hit.passage.id == "p3"
    window = hit.windows[0]
    assert (window.first, window.last) == (0, 1)
    assert 0.9 < window.coverage <= 1


@pytest.mark.parametrize(("language", "found"), [("en", False), ("de", True), ("xx", False)])
def test_words_are_stemmed_in_the_language_of_the_corpus(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder, language: str, found: bool
) -> None:
    paragraphs = ("Das Hafenamt betreibt die Fähren.", "Das Gartenamt pflegt alle Spielplätze.")
    with built(tmp_path, make_corpus(paragraphs, language=language), embedder) as index:
        hits = {hit.passage.id: hit.lexical for hit in index.passages("Spielplatz", 2)}
    assert (hits["p1"] > 0) is found


def test_passages_of_stopwords_alone_have_no_lexical_score(
    tmp_path: Path, make_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    with built(tmp_path, make_corpus(("It is the one that was.",)), embedder) as index:
        corpus_of_nothing = make_corpus(("and the",))
        assert index.passages("the one", 1)
    with built(tmp_path / "nothing", replace(corpus_of_nothing, facts={}), embedder) as index:
        assert index.passages("the and", 1)[0].lexical == 0.0


# In certain documents


def dated(corpus: Corpus, dates: dict[str, str]) -> Corpus:
    """Each paragraph a document of its own, by its passage's id, some with a date."""
    documents, passages = {}, {}
    for passage in corpus.passages.values():
        text = passage.quote.text
        quote = replace(passage.quote, document_id=passage.id, start=0, end=len(text))
        documents[passage.id] = Document(passage.id, passage.id, text, "", date=dates.get(passage.id, ""))
        passages[passage.id] = replace(passage, quote=quote, sentences=(quote,))
    return replace(corpus, documents=documents, passages=passages, facts={})


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Where(), {"p0", "p1", "p2", "p3", "p4"}),
        (Where(documents=frozenset({"p1", "p3"})), {"p1", "p3"}),
        (Where(since="2024-02-01"), {"p1", "p2"}),
        (Where(until="2024-02"), {"p0", "p1"}),
        (Where(since="2024-02-03", until="2024-02-03"), {"p1"}),
        (Where(documents=frozenset({"p0", "p4"}), since="2020"), {"p0"}),
        (Where(documents=frozenset({"nowhere"})), set()),
    ],
)
def test_only_the_documents_asked_for_are_searched(
    tmp_path: Path, corpus: Corpus, embedder: RecordingEmbedder, where: Where, found: set[str]
) -> None:
    with built(
        tmp_path, dated(corpus, {"p0": "2024-01-10", "p1": "2024-02-03", "p2": "2024-03-01"}), embedder
    ) as index:
        assert {hit.passage.id for hit in index.passages("Which office runs what?", 9, where)} == found


def test_of_many_documents_those_put_forward_are_searched(
    tmp_path: Path, make_long_corpus: MakeCorpus, embedder: RecordingEmbedder
) -> None:
    corpus = make_long_corpus(EXACT + 1)
    dates = {id: "2024-01-10" for id in corpus.passages if id != "p2"}
    with built(tmp_path, dated(corpus, dates), embedder) as index:
        question = "Who clears snow and mends potholes?"
        assert index.passages(question, 1)[0].passage.id == "p2"
        found = index.passages(question, 9, Where(since="2024"))
    assert found and "p2" not in {hit.passage.id for hit in found}
