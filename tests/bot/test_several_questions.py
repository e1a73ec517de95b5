"""Messages that ask several things, tables, names with articles, and what values are values of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.bot import Bot, Question
from bot.schema.answer import Status
from bot.wording.articles import with_articles
from corpus.canonical import measure_of
from corpus.language import load_language
from corpus.loader import load_corpus
from corpus.model import Corpus
from tests.bot.village import EqualChooser, open_village, write_village

TABLE = "Who runs what, as a table?"
SHIPS = {
    "corpus.yaml": "{id: ships, title: Ships, documents: [{id: list, file: list.md}]}",
    "list.md": """The Heron carries 40 lorries. The Heron sails at night, and so says the Guild. Tern
sails by day. The Guild owns
Tern. Since Tern is slow, the Guild waits.

| Ship | Built in | Berths |
| --- | --- | --- |
| Heron | 1990 | 12 |
| Tern | 2004 | 9 |
""",
    "vocabulary.yaml": """
kinds: {guild: {plural: guilds}, ship: {plural: ships}}
entities: {guild: {Guild: {}}, ship: {Heron: {}, Tern: {}}}
predicates:
  owns: {subject: [guild], object: [ship], verb: {singular: owns, plural: own, base: own}}
  carries: {subject: [ship], object: [number], verb: {singular: carries, plural: carry, base: carry}}
  has: {subject: [ship], object: [number], verb: {singular: has, plural: have, base: have}}
""",
    "facts.yaml": """
facts:
  - {id: owned, subject: Guild, predicate: owns, object: Tern, quote: "The Guild owns\\nTern."}
  - {id: load, subject: Heron, predicate: carries, object: "40", quote: The Heron carries 40 lorries.}
  - {id: heron, subject: Heron, predicate: has, object: "12", quote: "| Heron | 1990 | 12 |"}
  - {id: tern, subject: Tern, predicate: has, object: "9", quote: "| Tern | 2004 | 9 |"}
""",
}


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    folder = tmp_path_factory.mktemp("several")
    chooser = EqualChooser(near={TABLE: "Who runs what?"})
    return open_village(write_village(folder / "village"), chooser, folder / "index")


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("ships")
    for name, text in SHIPS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_corpus(folder)


# Several questions


def test_each_question_is_answered(village: Bot) -> None:
    answer = village.ask("Who runs the mill? Who runs the inn?")
    assert (answer.status, answer.values) == (Status.ANSWERED, ("Anna", "Ben"))
    assert answer.answer == "Anna runs mill. [1] Ben runs the inn. [2]"


def test_what_is_not_answered_is_told_beside_what_is(village: Bot) -> None:
    answer = village.ask("Who runs the mill? What is the price of grain there?")
    assert (answer.status, answer.values) == (Status.PARTIAL, ("Anna",))
    assert "Anna runs mill." in answer.answer


def test_a_yes_and_a_no_are_said_to_nothing_else(village: Bot) -> None:
    answer = village.ask("Does Anna run the mill? Does Ben run the mill?")
    assert answer.verdict is None
    assert not answer.answer.startswith(("Yes", "No"))
    assert set(answer.values) >= {"yes"}


def test_each_question_is_explained(village: Bot) -> None:
    told = village.explain("Who runs the mill? Who runs the inn?")
    assert "question: Who runs the mill?" in told
    assert "question: Who runs the inn?" in told


def test_the_next_turn_follows_the_last_question(village: Bot) -> None:
    first = "Who runs the mill? Who runs the inn?"
    assert village.interpreter.read("Why?", (first,)).asked[0].question == "Who runs the mill?"


# Tables


def test_a_table_is_given_where_one_is_asked_for(village: Bot) -> None:
    answer = village.ask(TABLE)
    rows = answer.answer.splitlines()
    assert rows == ["| person | runs |", "| --- | --- |", "| Anna | mill [1] |", "| Ben | the inn [2] |"]
    assert [answer.answer[c.answer_start : c.answer_end] for c in answer.citations] == [
        "| Anna | mill",
        "| Ben | the inn",
    ]
    assert all(finding.verdict.value == "supported" for finding in answer.findings)


def test_a_row_that_does_not_stand_leaves_no_broken_table(village: Bot) -> None:
    retrieved = village.retrieve(village.understand(Question(TABLE)))
    draft = village.generate(retrieved)
    wrong = tuple(replace(line, text="Ben runs the mill.") if "Ben" in line.row else line for line in draft.lines)
    answer = village.gate(replace(draft, lines=wrong))
    assert "|" not in answer.answer
    assert "Ben runs the mill." not in answer.answer


# Articles


def test_names_take_the_article_that_the_documents_give_them(ships: Corpus) -> None:
    named = dict(with_articles(ships, load_language("en")))
    assert named["Guild"].subject == "the Guild"
    assert "Tern" not in named
    assert list(with_articles(ships, load_language("ja"))) == []


# What values are values of


def test_a_value_is_asked_for_by_the_word_behind_it_or_the_head_of_its_column(ships: Corpus) -> None:
    english = load_language("en")
    assert measure_of(ships, english, ships.predicates["carries"], "number") == "number of lorries"
    assert measure_of(ships, english, ships.predicates["has"], "number") == "number (Berths)"
    assert measure_of(ships, english, ships.predicates["has"], "date") == "date"
