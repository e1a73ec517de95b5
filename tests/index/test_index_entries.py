"""What is embedded, and the two hashes that tell whether it has to be embedded again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from corpus.model import Corpus
from index.entries import EntryType, entries_of, entries_sha256


def test_a_fact_is_embedded_as_the_question_that_it_answers(corpus: Corpus) -> None:
    texts = {entry.id: entry.text for entry in entries_of(corpus, "m") if entry.type is EntryType.FACT}
    assert texts == {"f1": "Who in charge of the ferries?", "f2": "Who in charge of lighthouse?"}


def test_in_a_language_without_canonical_questions_a_fact_is_embedded_as_a_statement(corpus: Corpus) -> None:
    french = replace(corpus, language="fr")
    texts = {entry.id: entry.text for entry in entries_of(french, "m") if entry.type is EntryType.FACT}
    assert texts["f1"] == f"Harbour Office in charge of the ferries. {corpus.facts['f1'].quote.text}"


def test_a_passage_is_embedded_under_its_heading(corpus: Corpus) -> None:
    texts = {entry.id: entry.text for entry in entries_of(corpus, "m") if entry.type is EntryType.PASSAGE}
    assert texts["p0"] == f"Who runs what\n{corpus.passages['p0'].quote.text}"
    assert texts["p1"] == corpus.passages["p1"].quote.text


def test_an_alias_that_repeats_the_name_is_one_entry(corpus: Corpus) -> None:
    aliases = [entry.text for entry in entries_of(corpus, "m") if entry.id == "Harbour Office"]
    assert aliases == ["Harbour Office", "the harbour people"]


def test_keys_are_unique(corpus: Corpus) -> None:
    keys = [entry.key for entry in entries_of(corpus, "m")]
    assert len(set(keys)) == len(keys)


def test_the_hash_does_not_depend_on_the_order(corpus: Corpus) -> None:
    entries = entries_of(corpus, "m")
    assert entries_sha256(entries) == entries_sha256(reversed(entries))


def test_the_hash_depends_on_the_model_and_on_every_entry(corpus: Corpus) -> None:
    entries = entries_of(corpus, "m")
    hashes = {entries_sha256(entries), entries_sha256(entries_of(corpus, "n")), entries_sha256(entries[:-1])}
    assert len(hashes) == 3


def test_moved_text_keeps_its_content_hash_but_not_the_hash_of_the_index(make_corpus: Callable[..., Corpus]) -> None:
    before, after = entries_of(make_corpus(), "m"), entries_of(make_corpus(lead="\n\n"), "m")
    assert [entry.content_sha256 for entry in before] == [entry.content_sha256 for entry in after]
    assert entries_sha256(before) != entries_sha256(after)
