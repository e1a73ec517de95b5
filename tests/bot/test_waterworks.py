"""Relations that share words, numbered things, changed leaders: which is meant, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.answering.gate import Gate
from bot.schema.answer import Status, Verdict
from bot.wording.sentences import Line
from index.builder import build_index
from index.embedding import open_embedder
from index.search import Index
from tests.bot.core import Core

pytestmark = pytest.mark.slow


@dataclass
class TellingReranker:
    """Takes sentences that have any of these words for the answer, as surely as ``odds`` say, and no others."""

    words: tuple[str, ...]
    odds: float = 9.0
    name: str = "telling"

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        return tuple(self.odds if any(word in text for word in self.words) else -9.0 for text in texts)


@pytest.fixture(scope="module")
def index(waterworks: Core, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("waterworks-index")
    embedder = open_embedder()
    build_index(waterworks.corpus, folder, embedder)
    with Index.open(folder, waterworks.corpus, embedder) as opened:
        yield opened


def bot(waterworks: Core, index: Index, *words: str, odds: float = 9.0) -> Bot:
    return Bot(waterworks.corpus, index, open_embedder(), None, TellingReranker(words, odds))


# Which relation is meant


@pytest.mark.parametrize(
    ("question", "predicate", "values"),
    [
        ("What is Anna Lund in charge of?", "leads", ["Pumps Department"]),  # "in charge", less its preposition
        ("Who is in charge of the Pumps Department?", "leads", ["Anna Lund"]),
        ("What is the Pumps Department in charge of?", "looks after", ["pressure tests"]),
        ("What does Cara Ness manage?", "manages", ["Sandey"]),
        ("Which towns does Anna Lund manage?", "manages", ["Northey"]),
        ("Who manages the Mains Department?", "leads", ["Bo Falk"]),  # only what can be led
        ("List the departments with their heads.", "leads", None),
    ],
)
def test_of_relations_that_share_words_kinds_and_facts_decide(
    waterworks: Core, question: str, predicate: str, values: list[str] | None
) -> None:
    assert waterworks.clause(question).predicate == predicate
    found = waterworks.answered(question)
    assert found.status is not Status.NOT_STATED
    assert values is None or list(found.values) == values


@pytest.mark.parametrize("question", ["Who leads unit 9?", "Who is in charge of unit 12?"])
def test_a_number_that_no_thing_of_the_kind_has_is_not_stated(waterworks: Core, question: str) -> None:
    found = waterworks.answered(question)
    assert found.status is Status.NOT_STATED
    assert not found.values


def test_a_number_that_one_has_is_its_name(waterworks: Core) -> None:
    assert waterworks.answered("Who leads unit 2?").values == ("Cara Ness",)


def test_under_doubt_a_bare_name_is_a_rival_and_no_new_question(waterworks: Core) -> None:
    resolved = waterworks.resolved(["Who manages Sandey?", "That's wrong, surely. It's Bo Falk."])
    assert resolved.pressed
    assert resolved.clauses[0].predicate == "manages"


# What may be said


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Bo Falk leads unit 1.", Verdict.SUPPORTED),
        ("Cara Ness leads unit 1.", Verdict.REFUTED),
        ("Bo Falk leads unit 1 and 7 others.", Verdict.NOT_ENOUGH_INFO),
    ],
)
def test_a_figure_in_a_name_is_part_of_it(waterworks: Core, index: Index, claim: str, verdict: Verdict) -> None:
    assert bot(waterworks, index).check(claim).verdict is verdict


def test_what_a_fact_is_labelled_with_may_be_said(waterworks: Core, index: Index) -> None:
    answer = bot(waterworks, index).ask("Who keeps the wells?")
    assert answer.values == ("Bo Falk",)
    assert "Bo Falk" in answer.answer
    assert answer.citations[0].quote.text == "Until June Bo Falk keeps the wells."


def test_where_the_checker_cannot_follow_a_restated_fact_its_sentence_is_quoted(waterworks: Core, index: Index) -> None:
    asked = bot(waterworks, index)
    gate = Gate(asked.tongues.home)
    fact = waterworks.corpus.facts["pumps"]
    strange = Line("Anna Lund leads the Pumps Department to the zenith.", (fact,), restates=True)
    first, *quoted = gate.quoting(gate.own(strange))
    assert not first.passes
    assert [sentence.line.text for sentence in quoted] == [fact.quote.text]
    assert all(sentence.passes for sentence in quoted)
    wrong = replace(strange, text="Bo Falk leads the Pumps Department.")
    assert len(gate.quoting(gate.own(wrong))) == 1  # what is refuted is not to be helped
    assert len(gate.quoting(gate.own(replace(strange, restates=False)))) == 1


def test_a_sentence_that_no_longer_holds_comes_with_its_date(waterworks: Core, index: Index) -> None:
    answer = bot(waterworks, index, "Laboratory, too").ask("What does the plan add on the Laboratory?")
    assert answer.answer == "An older source (March 2024) says: “Bo Falk leads the Laboratory, too.” [1]"


# From the text


def test_the_sources_own_count_goes_before_that_of_the_facts(waterworks: Core, index: Index) -> None:
    asked = "How many departments are there?"
    told = bot(waterworks, index, "six departments").ask(asked)
    assert (told.values, told.status) == (("6",), Status.ANSWERED)
    assert "six departments" in told.answer
    unsure = bot(waterworks, index, "six departments", odds=1.0).ask(asked)
    assert unsure.values == ("3",)


def test_a_sentence_without_the_questions_words_answers_where_the_reranker_is_sure(
    waterworks: Core, index: Index
) -> None:
    question = "What did the woman from the laboratory remark on drought?"
    assert bot(waterworks, index, "dry tap").ask(question).status is Status.ANSWERED
    doubtful = bot(waterworks, index, "dry tap", odds=-2.0).ask(question)
    assert doubtful.status is not Status.ANSWERED


def test_an_example_comes_with_what_it_is_of(waterworks: Core, index: Index) -> None:
    answer = bot(waterworks, index, "burst in winter").ask("When do pipes burst?")
    assert "For example, the main in Harbour Street" in answer.answer
    assert "Old pipes" not in answer.answer


def test_the_head_of_a_table_answers_nothing(waterworks: Core, index: Index) -> None:
    answer = bot(waterworks, index, "Town").ask("Why do towns have managers at all?")
    assert all("| Town |" not in citation.quote.text for citation in answer.citations)


def test_what_is_not_said_so_is_not_stated_and_the_nearest_is_quoted(waterworks: Core, index: Index) -> None:
    answer = bot(waterworks, index, "Old pipes").ask("Will old pipes be replaced by Christmas?")
    assert answer.status is Status.NOT_STATED
    assert answer.verdict is Verdict.NOT_ENOUGH_INFO
    assert [citation.quote.text for citation in answer.citations] == ["Old pipes are replaced first."]


def test_who_leads_what_no_fact_tells_is_quoted_from_the_text_only_with_all_its_words(
    waterworks: Core, index: Index
) -> None:
    sure = bot(waterworks, index, "six departments")
    assert sure.ask("Who leads the waterworks?").status is Status.ANSWERED
    assert sure.ask("Who leads the gasworks?").status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("turns", "values"),
    [
        (["What does Anna Lund lead?", "And Cara Ness?"], ["unit 2", "Laboratory"]),
        (["Does Anna Lund look after the wells?", "Sorry, I meant Bo Falk."], ["yes"]),
        (["What does the Pumps Department look after?", "And Bo Falk?"], ["wells"]),  # a department can be led, too
    ],
)
def test_a_fragment_stands_where_one_of_its_kind_stood(waterworks: Core, turns: list[str], values: list[str]) -> None:
    assert list(waterworks.told(turns).values) == values


@pytest.mark.parametrize("claim", ["Cara Ness visited Sandey.", "Anna Lund was born in Northey.", "Lund likes Pumps."])
def test_no_other_word_stands_in_the_place_of_a_relation(waterworks: Core, index: Index, claim: str) -> None:
    asked = bot(waterworks, index)
    assert asked.check(claim).verdict is Verdict.NOT_ENOUGH_INFO
    assert asked.check("Cara Ness: Sandey").verdict is Verdict.SUPPORTED
