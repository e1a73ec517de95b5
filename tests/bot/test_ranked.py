"""Reading the answer off ranked passages: which passage, which sentence, with what around it, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.answering.bot import Bot
from bot.passages.answer_sentence import RERANKED, RankedReader
from bot.passages.answerability import AnswerabilityModels, Model
from corpus.model import Document, Passage
from corpus.passages import split_passages
from index.lexical import Lexical
from index.search import PassageHit

pytest_plugins = ("tests.bot.checking_fixtures",)

MODELS = AnswerabilityModels(Model(0.0, {"relevance": 1.0}, 0.5), Model(-1.0, {"coverage": 2.0}, 0.5))


@dataclass
class WordReranker:
    """Gives a text 5 where it has ``word``, else -5, and remembers what it was asked about."""

    word: str
    name: str = "words"
    seen: list[str] = field(default_factory=list)

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        self.seen += texts
        return tuple(5.0 if self.word in text else -5.0 for text in texts)


@pytest.fixture
def make(alliance_bot: Bot):  # type: ignore[no-untyped-def]
    reader = alliance_bot.reader

    def made(reranker: WordReranker | None = None, milliseconds: int = 1000) -> RankedReader:
        return RankedReader(reader.language, reader.aligner, MODELS, reranker, milliseconds)

    return made


def passages(*texts: str) -> list[Passage]:
    return [
        passage
        for number, text in enumerate(texts)
        for passage in split_passages(Document(f"d{number}", "Notes", text, ""))
    ]


def hits(question: str, found: Sequence[Passage]) -> list[PassageHit]:
    asked = Lexical([passage.quote.text for passage in found], "en").asked(question)
    return [
        PassageHit(passage, 0.5 - number / 100, 0.5, 1.0, tuple(asked.windows(passage)))
        for number, passage in enumerate(found)
    ]


def read(reader: RankedReader, question: str, *texts: str) -> tuple[str, float, bool]:
    found = passages(*texts)
    asked = Lexical([passage.quote.text for passage in found], "en").asked(question)
    reading = reader.read(question, asked, hits(question, found))
    assert reading is not None
    return " ".join(quote.text for quote in reading.quotes), reading.probability, reading.answers


@pytest.mark.parametrize("reranked", [True, False])
def test_the_answer_model_is_asked_where_it_counts(alliance_bot: Bot, reranked: bool) -> None:
    counts = Model(0.0, {"answers": 1.0}, 0.5)
    reranker = WordReranker("ran") if reranked else None
    reader = RankedReader(
        alliance_bot.reader.language, alliance_bot.reader.aligner, AnswerabilityModels(counts, counts), reranker, 1000
    )
    said = "Bolt ran the ferries of Avon in 1990."
    _, good, answers = read(reader, "Who ran the ferries of Avon in 1990?", said)
    _, bad, mistaken = read(reader, "Who ran the trams of Avon in 1993?", said)
    if reranked:
        assert good > 0.5 > bad
        assert answers and not mistaken
    else:
        assert good == bad == 0.5


def test_the_reranker_puts_first_what_answers(make) -> None:  # type: ignore[no-untyped-def]
    question = "What does Bolt run?"
    found = hits(question, passages("Bolt is old.", "Bolt runs trams.", "Trams are red."))
    assert [hit.passage.id for hit in make(WordReranker("runs")).rank(question, found)] == ["d1#0", "d0#0", "d2#0"]
    assert make().rank(question, found) == tuple(found)


def test_it_sees_few_passages_and_the_others_follow(make) -> None:  # type: ignore[no-untyped-def]
    reranker = WordReranker("number 9")
    found = hits("Which boat?", passages(*(f"Boat number {number}." for number in range(10))))
    ranked = make(reranker).rank("Which boat?", found)
    assert len(reranker.seen) == RERANKED
    assert [hit.passage.id for hit in ranked] == [hit.passage.id for hit in found]


def test_without_time_the_order_stays(make) -> None:  # type: ignore[no-untyped-def]
    question = "What does Bolt run?"
    reranker = WordReranker("runs")
    found = hits(question, passages("Bolt is old.", "Bolt runs trams."))
    assert make(reranker, 0).rank(question, found) == tuple(found)
    assert reranker.seen == []


def test_the_sentence_that_answers_is_shown_alone(make) -> None:  # type: ignore[no-untyped-def]
    text = "Bolt is old. Bolt runs trams in Port Avon. Snow falls."
    assert read(make(WordReranker("runs")), "What does Bolt run?", text) == (
        "Bolt runs trams in Port Avon.",
        0.9933,
        True,
    )
    assert read(make(), "What does Bolt run in Port Avon?", text)[0] == "Bolt runs trams in Port Avon."


def test_an_unlikely_answer_is_withheld(make) -> None:  # type: ignore[no-untyped-def]
    text, probability, answers = read(make(WordReranker("ships")), "What does Bolt sell?", "Bolt is old. Snow falls.")
    assert (probability, answers) == (0.0067, False)
    assert text


def test_what_a_sentence_refers_to_is_shown_with_it(make) -> None:  # type: ignore[no-untyped-def]
    text = "Bolt is old. It runs trams. Snow falls."
    assert read(make(WordReranker("runs")), "What does Bolt run?", text)[0] == "Bolt is old. It runs trams."


def test_a_quotation_without_its_speaker_is_shown_with_the_one_before(make) -> None:  # type: ignore[no-untyped-def]
    text = "“We grow,” said Ada Lind. “Our trams are full.” Snow falls."
    shown = read(make(WordReranker("trams")), "What did Ada Lind say about trams?", text)[0]
    assert shown == "“We grow,” said Ada Lind. “Our trams are full.”"
    shown = read(make(WordReranker("grow")), "What did Ada Lind say?", text)[0]
    assert shown == "“We grow,” said Ada Lind."


def test_a_list_is_kept_whole(make) -> None:  # type: ignore[no-untyped-def]
    text = "Bolt is old.\nBolt runs three lines:\n- the red line\n- the blue line\n- the green line"
    shown = read(make(WordReranker("blue")), "Which lines does Bolt run?", text)[0]
    assert shown == "Bolt runs three lines: - the red line - the blue line - the green line"
    assert read(make(WordReranker("three")), "Which lines does Bolt run?", text)[0] == shown


def test_where_there_is_no_passage_nothing_is_read(make) -> None:  # type: ignore[no-untyped-def]
    assert make().read("What?", Lexical([], "en").asked("What?"), []) is None
