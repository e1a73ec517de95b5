"""Predicates whose objects are dates, numbers and shares: asked for, asked by, claimed, compared."""

from __future__ import annotations

import pytest

from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.logical_form import Form
from bot.understanding.values import LiteralReader
from corpus.language import Language
from tests.bot.core import Core

SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("When was Acme founded?", ["1998"]),
        ("In which year was Bolt established?", ["May 2004"]),
        ("When were the companies founded?", ["1998", "May 2004", "1950"]),
        ("How many people does Acme employ?", ["400"]),
        ("How many employees does Bolt have?", ["1,200"]),
        ("What is the staff of Crane?", ["about 90"]),
        ("What is the budget of Acme?", ["12.5 million euros"]),
        ("How big is Acme's budget?", ["12.5 million euros"]),
        ("What budget does Acme have?", ["12.5 million euros"]),
        ("What share does Acme hold in Bolt?", ["40 per cent"]),
        ("What share of Bolt does Acme own?", ["40 per cent"]),
        ("How much of Bolt does Crane own?", ["a quarter"]),
        ("What is Acme's stake in Crane?", ["10 per cent"]),
    ],
)
def test_the_value_is_asked_for(harbours: Core, question: str, values: list[str]) -> None:
    assert harbours.clause(question).form is Form.OBJECT
    assert list(harbours.answered(question).values) == values


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Who was founded in 1998?", ["Acme Lines"]),
        ("Which company was founded in 2004?", ["Bolt Ferries"]),
        ("Which companies were founded before 2000?", ["Acme Lines", "Crane Shipping"]),
        ("List the companies founded after 1990.", ["Acme Lines", "Bolt Ferries"]),
        ("How many companies were founded before 2000?", ["2"]),
        ("Who employs more than 300 people?", ["Acme Lines", "Bolt Ferries"]),
        ("Who holds 40 % of Bolt?", ["Acme Lines"]),
        ("Which company holds a quarter of Bolt?", ["Crane Shipping"]),
        ("Which company has a budget of 12.5 million euros?", ["Acme Lines"]),
        ("Who was founded in 1850?", []),
    ],
)
def test_who_has_a_value_is_asked_for(harbours: Core, question: str, values: list[str]) -> None:
    assert list(harbours.answered(question).values) == values


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Which company was founded first?", ["Crane Shipping"]),
        ("Which is the oldest company?", ["Crane Shipping"]),
        ("Which is older, Acme or Bolt?", ["Acme Lines"]),
        ("Which company is older than Acme?", ["Crane Shipping"]),
        ("Which company has the most employees?", ["Bolt Ferries"]),
        ("Who employs more people, Acme or Bolt?", ["Bolt Ferries"]),
        ("Who has the largest share in Bolt?", ["Acme Lines"]),
    ],
)
def test_values_are_compared(harbours: Core, question: str, values: list[str]) -> None:
    assert harbours.clause(question).form is Form.EXTREME
    assert list(harbours.answered(question).values) == values


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Acme was founded in 1998.", SUPPORTED),
        ("Acme was founded before 2000.", SUPPORTED),
        ("Bolt was founded in 2004.", SUPPORTED),
        ("Bolt was founded on 3 May 2004.", OPEN),
        ("Acme was founded in 1999.", REFUTED),
        ("Acme was not founded in 1998.", REFUTED),
        ("Acme was not founded in 1999.", SUPPORTED),
        ("Acme employs 400 people.", SUPPORTED),
        ("Acme employs 450 people.", REFUTED),
        ("Acme employs fewer than 300 people.", REFUTED),
        ("Crane employs 90 people.", SUPPORTED),
        ("Crane employs 200 people.", REFUTED),
        ("Acme holds 40 percent of Bolt.", SUPPORTED),
        ("Acme holds 45 percent of Bolt.", REFUTED),
        ("Acme's share in Crane is 10%.", SUPPORTED),
        ("Acme's share in Crane is 15%.", REFUTED),
        ("Acme holds 40 percent of Crane.", REFUTED),
        ("Crane owns 25 % of Bolt.", SUPPORTED),
        ("Bolt holds 40 % of Crane.", OPEN),
        ("Acme has a budget of 12.5 million euros.", SUPPORTED),
        ("Acme has a budget of 14 million euros.", REFUTED),
        ("Crane is the oldest company.", SUPPORTED),
        ("Acme is the oldest company.", REFUTED),
        ("Bolt employs more people than Acme.", SUPPORTED),
        ("Acme employs more people than Bolt.", REFUTED),
        ("Acme was founded before Bolt.", SUPPORTED),
        ("Bolt was founded before Acme.", REFUTED),
    ],
)
def test_claims_are_held_against_the_value(harbours: Core, claim: str, verdict: Verdict) -> None:
    assert harbours.clause(claim).form is Form.CLAIM
    assert harbours.verdict(claim) is verdict


def test_each_part_of_a_claim_is_held_against_its_own_fact(harbours: Core) -> None:
    one, other = harbours.clauses("Acme was founded in 1998 and Bolt in 2005.")
    assert harbours.judge.judge(one).verdict is SUPPORTED
    found = harbours.judge.judge(other)
    assert (found.verdict, found.reason, found.values) == (REFUTED, Reason.WRONG_DATE, ("no",))


def test_a_question_on_a_value_that_no_fact_has_is_not_stated(harbours: Core) -> None:
    assert harbours.answered("What is the budget of Bolt?").status is Status.NOT_STATED


def test_what_says_more_than_a_value_is_left_to_the_text(harbours: Core) -> None:
    assert harbours.clause("Acme was founded in 1998 by Ada Byron.").form is Form.PASSAGE
    assert harbours.clause("Why was Acme founded in 1998?").form is Form.PASSAGE


def test_a_follow_up_asks_the_same_of_another(harbours: Core) -> None:
    assert harbours.told(["When was Acme founded?", "And Bolt?"]).values == ("May 2004",)
    assert harbours.told(["Who chairs Acme?", "When was it founded?"]).status is not Status.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("question", "predicate", "values"),
    [
        ("Who owns the pier?", "owns", ["Bolt Ferries"]),
        ("What does Bolt own?", "owns", ["pier"]),
        ("Who maintains the lighthouse?", "maintains", ["harbour office"]),
        ("Who serves Northey?", "serves", ["Acme Lines"]),
        ("Who chairs Acme?", "chairs", ["Anna Lund"]),
        ("Which islands border Gullholm?", "borders", ["Northey"]),
        ("What does Gullholm border?", "borders", ["Northey"]),
        ("Which island has a school?", "has", ["Northey"]),
        ("What does Northey have?", "has", ["school"]),
    ],
)
def test_predicates_are_not_taken_for_each_other(
    harbours: Core, question: str, predicate: str, values: list[str]
) -> None:
    assert harbours.clause(question).predicate == predicate
    assert list(harbours.answered(question).values) == values


def test_symmetric_facts_hold_the_other_way_round(harbours: Core) -> None:
    assert harbours.verdict("Northey borders Gullholm.") is SUPPORTED
    assert harbours.verdict("Gullholm borders Northey.") is SUPPORTED
    assert harbours.verdict("Gullholm serves Northey.") is not SUPPORTED


def test_verbs_are_derived_from_the_name(harbours: Core) -> None:
    found = harbours.corpus.predicates
    assert (found["owns"].plural, found["owns"].base) == ("own", "own")
    assert (found["was founded in"].plural, found["was founded in"].base) == ("were founded in", "be founded in")
    assert "budget" in found["has a budget of"].words


@pytest.mark.parametrize(
    ("said", "stated", "kind", "holds"),
    [
        ("1998", "May 1998", "date", True),
        ("3 May 1998", "1998", "date", None),
        ("before 2000", "1998", "date", True),
        ("1999", "1998", "date", False),
        ("January 2020", "January", "date", None),
        ("May 2020", "January", "date", False),
        ("45 %", "about half", "share", None),
        ("30 %", "about half", "share", False),
        ("a third", "33.3 per cent", "share", True),
        ("40 %", "39.6 %", "share", None),
        ("42 %", "39.6 %", "share", False),
        ("400", "over 400", "number", None),
        ("300", "over 400", "number", False),
        ("over 300", "over 400", "number", True),
        ("$5m", "5 million", "number", True),
        ("5 hours", "5", "number", None),
    ],
)
def test_values_hold_of_each_other(english: Language, said: str, stated: str, kind: str, holds: bool | None) -> None:
    literals = LiteralReader(english)
    assert literals.read(said, kind).holds(literals.read(stated, kind)) is holds


def test_numbers_that_point_or_ask_are_no_values(english: Language) -> None:
    text = "How many of them does the one in Leeds have, both in 1998?"
    assert not list(LiteralReader(english).find(text, ("number", "share")))
