"""Taught by example: candidates with the message as their text, read as the question that it means."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.answering.bot import Bot, Question
from bot.answering.lessons import Lessons
from bot.schema.answer import Status
from bot.understanding.candidates import Candidate, Conversation, Nothing, Origin
from bot.understanding.logical_form import Form
from corpus.model import Taught
from tests.bot.village import EqualChooser, open_village, write_village

FLOUR = Taught("who do I ring about the flour", "Who runs the mill?")
BED = Taught("I need a bed tonight", "Who runs the inn?")
PAINT = Taught("tell me the colour of the inn", "The inn was painted blue in March.")
WEATHER = Taught("will it be sunny by noon", "Is it going to snow?")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot that was taught nothing."""
    folder = tmp_path_factory.mktemp("lessons")
    return open_village(write_village(folder / "village"), EqualChooser(), folder / "index")


def in_force(bot: Bot) -> dict[str, Candidate]:
    """The candidates that a message gets beside those that it has always, by their texts."""
    bot.ask("tell me something of this and that")
    made = bot.interpreter.maker.make(Conversation("?"), (), bot.interpreter.lessons.candidates())
    return {candidate.text: candidate for candidate in made if candidate.means}


def test_a_message_means_what_it_was_taught_to(village: Bot) -> None:
    taught = village.with_taught([FLOUR, BED])
    assert village.ask(FLOUR.message).status is Status.NOT_STATED
    answer = taught.ask(FLOUR.message)
    assert (answer.status, answer.values, answer.reader) == (Status.ANSWERED, ("Anna",), "equal")
    assert taught.ask(BED.message).values == ("Ben",)


def test_an_answer_tells_the_question_and_not_the_message(village: Bot) -> None:
    answer = village.with_taught([FLOUR]).ask(FLOUR.message)
    assert (answer.understood, answer.standalone_question) == (FLOUR.means, FLOUR.means)
    assert answer.alternatives == (), "the question itself is no other reading of it"
    told = village.with_taught([FLOUR]).explain(BED.message)
    assert f"{FLOUR.message}  (form: taught, taught: {FLOUR.means})" in told


@pytest.mark.slow
def test_a_sentence_answers_as_it_does_the_question_that_was_taught(village: Bot) -> None:
    yes_or_no = "does the inn look any different"
    plain, taught = (village.with_taught([Taught(m, PAINT.means)]).ask(m) for m in (PAINT.message, yes_or_no))
    assert (taught.question, taught.understood) == (yes_or_no, PAINT.means)
    assert (taught.status, taught.verdict, taught.values) == (plain.status, plain.verdict, plain.values)


def test_a_conversation_goes_on_from_what_was_taught(village: Bot) -> None:
    taught = village.with_taught([FLOUR])
    assert taught.ask("Who runs the inn?", (FLOUR.message,)).values == ("Ben",)
    understood = taught.understand(Question("And what else?", (FLOUR.message,)))
    assert understood.asked[0].question == FLOUR.means
    assert understood.asked[0].values == ("Anna",)


def test_the_maker_gives_each_example_the_reading_of_its_question(village: Bot) -> None:
    found = in_force(village.with_taught([FLOUR, PAINT, WEATHER]))
    assert list(found) == [FLOUR.message, PAINT.message, WEATHER.message]
    flour, paint, weather = found.values()
    assert flour.clause is not None and flour.clause.form is Form.SUBJECT
    assert (flour.origin, flour.shape, flour.question) == (Origin.FORM, "taught", FLOUR.means)
    assert paint.quote is not None and paint.quote.text == PAINT.means
    assert (paint.origin, paint.question) == (Origin.TEXT, PAINT.means)
    assert weather.nothing in Nothing
    assert in_force(village) == {}


def test_what_the_parser_reads_weighs_for_a_taught_reading_too(village: Bot) -> None:
    taught = village.with_taught([FLOUR])
    clauses = taught.understand(Question(FLOUR.means)).resolved.clauses
    taught.ask("tell me something of this and that")
    made = taught.interpreter.maker.make(Conversation("?"), clauses, taught.interpreter.lessons.candidates())
    read = [candidate for candidate in made if candidate.parsed]
    assert [candidate.text for candidate in read] == [FLOUR.message, *(c.text for c in read[1:])]
    assert len(read) == 2, "the parser's own reading stays a candidate beside it"


def test_examples_are_read_once_with_none_in_force_and_only_when_they_are_needed(village: Bot) -> None:
    chooser = EqualChooser()
    taught = village.with_taught([PAINT, Taught("well then", PAINT.message)])
    taught.interpreter.chooser = chooser
    taught.ask("Who runs the mill?")
    assert chooser.seen == [], "the parser reads this"
    found = in_force(taught)
    assert found["well then"].nothing is not None, "what one example means does not hang on another"
    assert [any(c.means for c in seen) for seen in chooser.seen] == [False, True]
    in_force(taught)
    assert len(chooser.seen) == 2


def test_a_reading_that_fails_is_tried_again() -> None:
    tried: list[str] = []

    def read(question: str) -> Sequence[Candidate]:
        tried.append(question)
        if len(tried) == 1:
            raise RuntimeError("the model is not there")
        return [Candidate(question, Origin.FORM)]

    lessons = Lessons([FLOUR], read)
    with pytest.raises(RuntimeError):
        lessons.candidates()
    assert [candidate.text for candidate in lessons.candidates()] == [FLOUR.message]
    lessons.candidates()
    assert len(tried) == 2


def test_several_threads_find_all_examples_in_force(village: Bot) -> None:
    taught = village.with_taught([FLOUR, BED, PAINT])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(taught.ask, [BED.message] * 8))
    assert {answer.values for answer in answers} == {("Ben",)}


def test_a_corpus_brings_its_examples_along(tmp_path: Path) -> None:
    text = f"examples: [{{message: {BED.message}, means: {BED.means}}}]\n"
    bot = open_village(write_village(tmp_path / "village", text), EqualChooser(), tmp_path / "index")
    assert bot.ask(BED.message).values == ("Ben",)
