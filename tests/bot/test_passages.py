"""Answers from the text: the right sentence, a value of the type asked for, and no answer where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from bot.answering.bot import Bot
from bot.passages.reader import Found, PassageReader
from corpus.model import Corpus, Passage
from index.search import PassageHit
from tests.bot.checking_helpers import alliance_turns

pytest_plugins = ("tests.bot.checking_fixtures",)


@pytest.fixture
def reader(alliance_bot: Bot) -> PassageReader:
    return alliance_bot.reader


@dataclass
class ListedIndex:
    """An index that finds the passages it was given, and remembers what it was asked for."""

    passages_: Sequence[Passage] = ()
    asked: list[tuple[str, int]] = field(default_factory=list)

    def passages(self, text: str, limit: int) -> list[PassageHit]:
        self.asked.append((text, limit))
        return [PassageHit(passage, 1.0, 0.5, 1.0) for passage in self.passages_][:limit]


def with_index(reader: PassageReader, corpus: Corpus, index: ListedIndex) -> PassageReader:
    return PassageReader(corpus, reader.language, reader.linker, reader.aligner, index, reader.embedder)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "values", "sentence"),
    [
        ("By when will about half of the vehicles be jointly developed?", ("2025",), "about half of all Alliance"),
        ("When did they first announce it?", ("January",), "earlier in January"),
        ("How many vehicles will be jointly developed by 2025?", ("about half",), "about half of all Alliance"),
        ("What share of member vehicles will be jointly developed?", ("about half",), "about half of all Alliance"),
        ("What did the chairman say?", (), "said Jean-Dominique Senard"),
        ("What triggered lockdowns?", (), "The pandemic and the highly contagious nature"),
        ("Why did the companies agree to deepen their cooperation?", (), "To return to being competitive"),
        ("What had analysts speculated?", (), "as many industry analysts had speculated"),
    ],
)
def test_the_sentence_that_answers_is_found_with_the_value_asked_for(
    reader: PassageReader, question: str, values: tuple[str, ...], sentence: str
) -> None:
    found = reader.read(question)
    assert found.answers
    assert found.values == values
    assert sentence in " ".join(quote.text for quote in found.quotes)


@pytest.mark.parametrize(
    "question",
    [
        "What is the price of the Leaf?",
        "How many employees does Nissan have?",
        "When was Renault founded?",
        "Who designed the Xpander's engine?",
        "What is the capital of France?",
        "Which colour sells best?",
        "How is the weather on Mars?",
        "xyzzy plugh",
    ],
)
def test_what_the_text_does_not_say_is_not_answered(reader: PassageReader, question: str) -> None:
    found = reader.read(question)
    assert not found.answers
    assert found.values == ()


def test_a_question_for_a_place_in_the_article_gets_that_place(reader: PassageReader, alliance_bot: Bot) -> None:
    sentences = [quote for passage in alliance_bot.corpus.passages.values() for quote in passage.sentences]
    assert reader.read("How does the article begin?") == Found((sentences[0],), 1.0, True)
    assert reader.read("How does the article conclude?") == Found((sentences[-1],), 1.0, True)


def test_a_question_of_another_subject_is_less_related(reader: PassageReader) -> None:
    inside = reader.read("What will the leader-follower model enable?")
    outside = reader.read("How long do I boil an egg?")
    assert inside.related > 0.3 > outside.related


def test_quotes_are_verbatim_and_scores_are_shares(reader: PassageReader, alliance_bot: Bot) -> None:
    for question, _ in alliance_turns()[::5]:
        found = reader.read(question)
        assert 0.0 <= found.score <= 1.0, question
        for quote in found.quotes:
            document = alliance_bot.corpus.documents[quote.document_id]
            assert document.text[quote.start : quote.end] == quote.text


def test_a_small_corpus_is_looked_through_whole(reader: PassageReader, alliance_bot: Bot) -> None:
    assert reader.candidates("anything") == tuple(alliance_bot.corpus.passages.values())


def test_of_a_large_corpus_the_best_passages_are_looked_through(reader: PassageReader, alliance_bot: Bot) -> None:
    some = next(iter(alliance_bot.corpus.passages.values()))
    many = {str(number): replace(some, id=str(number)) for number in range(65)}
    index = ListedIndex(tuple(many.values()))
    candidates = with_index(reader, replace(alliance_bot.corpus, passages=many), index).candidates("lockdowns")
    assert [passage.id for passage in candidates] == [str(number) for number in range(6)]
    assert index.asked == [("lockdowns", 6)]


@dataclass
class SureReranker:
    """Takes sentences that have ``word`` for the answer beyond doubt, and no others."""

    word: str
    name: str = "sure"

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        return tuple(9.0 if self.word in text else -9.0 for text in texts)


def reranked(bot: Bot, word: str) -> PassageReader:
    reader = bot.reader
    parts = (reader.corpus, reader.language, reader.linker, reader.aligner, reader.index, reader.embedder)
    return PassageReader(*parts, SureReranker(word))


def test_of_what_the_reranker_is_sure_is_the_answer(alliance_bot: Bot) -> None:
    question = "Are they parting ways?"
    found = reranked(alliance_bot, "splitting up").read(question)
    assert found.answers
    assert "instead of splitting up" in found.quotes[0].text


@pytest.mark.parametrize("question", ["What did they say in 1994?", "What did Zaphod Beeblebrox announce?"])
def test_however_sure_it_is_a_number_or_name_that_stands_nowhere_is_not_answered(
    alliance_bot: Bot, question: str
) -> None:
    assert not reranked(alliance_bot, "a").read(question).answers


def test_of_a_large_corpus_the_ranked_passages_are_read(reader: PassageReader, alliance_bot: Bot) -> None:
    passages = alliance_bot.corpus.passages
    many = passages | {
        f"more-{number}": replace(next(iter(passages.values())), id=f"more-{number}") for number in range(65)
    }
    large = replace(alliance_bot.corpus, passages=many)
    parts = (reader.language, reader.linker, reader.aligner, reader.index, reader.embedder)
    found = PassageReader(large, *parts, SureReranker("lockdowns")).read("What triggered lockdowns?")
    assert found.answers
    assert "pandemic" in found.quotes[0].text
    assert 0.5 < found.score <= 1


def test_where_nothing_is_found_nothing_answers(reader: PassageReader, alliance_bot: Bot) -> None:
    empty = with_index(reader, alliance_bot.corpus, ListedIndex())
    assert empty.read("What triggered lockdowns?") == Found((), 0.0, False)
