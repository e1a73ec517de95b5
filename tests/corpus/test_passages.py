"""Passages: whole paragraphs under their headings, long ones cut between sentences, offsets exact."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpus.loader import load_corpus
from corpus.model import Document, Passage, Quote
from corpus.passages import LONGEST, heading_and_page, split_passages
from tests.corpus.conftest import CityFolder

BLOCKS = st.lists(
    st.sampled_from(["# Ferries", "## Gates ##", "#1 is no heading", "Short one.", "Two. Parts!", "x " * 400 + "end."])
    | st.sampled_from(["A sentence of some length about boats. " * 60, "船が出る。" * 300, "🚢", " ", "#"]),
    max_size=8,
)


def split(text: str) -> list[Passage]:
    return list(split_passages(Document("log", "Log", text, "")))


@given(BLOCKS.map("\n\n".join) | st.text(max_size=60))
def test_offsets_are_exact_and_nothing_but_headings_is_left_out(text: str) -> None:
    position = 0
    for number, passage in enumerate(split(text)):
        assert passage.id == f"log#{number}"
        for quote in (passage.quote, *passage.sentences):
            assert quote.document_id == "log"
            assert text[quote.start : quote.end] == quote.text != ""
        assert passage.quote.start == passage.sentences[0].start
        assert passage.quote.end == passage.sentences[-1].end
        for sentence in passage.sentences:
            skipped = text[position : sentence.start].strip()
            assert all(line.lstrip().startswith("#") for line in skipped.splitlines() if line.strip())
            position = sentence.end
    assert all(line.lstrip().startswith("#") for line in text[position:].splitlines() if line.strip())


@given(BLOCKS.map("\n\n".join))
def test_only_a_single_sentence_may_be_longer_than_the_longest(text: str) -> None:
    for passage in split(text):
        assert len(passage.quote.text) <= LONGEST or len(passage.sentences) == 1


def test_a_long_paragraph_is_cut_between_sentences_and_a_short_one_is_not() -> None:
    sentence = "The ferry sails at dawn, and it comes back at dusk."
    long = split(" ".join([sentence] * 60))
    assert len(long) == 3
    assert {quote.text for passage in long for quote in passage.sentences} == {sentence}
    assert sum(len(passage.sentences) for passage in long) == 60
    assert len(split(" ".join([sentence] * 5))) == 1


def test_a_heading_heads_what_follows_until_the_next() -> None:
    text = "Before.\n\n# Ferries\n\nOne.\n\nTwo.\n\n## Gates in C# ##\nThree.\n\n#1 is no heading"
    assert [(passage.heading, passage.quote.text) for passage in split(text)] == [
        ("", "Before."),
        ("Ferries", "One."),
        ("Ferries", "Two."),
        ("Gates in C#", "Three."),
        ("Gates in C#", "#1 is no heading"),
    ]


def test_headings_alone_make_no_passage() -> None:
    assert split("# One\n## Two\n\n# Three") == []
    assert split("") == []


def test_a_quote_has_the_heading_above_it_and_its_page(city: CityFolder) -> None:
    city.documents["report.txt"] = "Before.\n\n# Ferries\n\nOne. Two.\n\n# Gates\n\nThree."
    city.facts, city.quotes = [], {}
    corpus = load_corpus(city.write())
    paged = replace(corpus, documents={"report": replace(corpus.documents["report"], pages=(0, 25))})
    text = corpus.documents["report"].text
    for words, heading, page in (
        ("Before.", "", 1),
        ("One.", "Ferries", 1),
        ("Two.", "Ferries", 2),
        ("Three.", "Gates", 2),
    ):
        quote = Quote("report", text.index(words), text.index(words) + len(words), words)
        assert heading_and_page(corpus, quote) == (heading, 0)
        assert heading_and_page(paged, quote) == (heading, page)
