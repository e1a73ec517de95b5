"""No answer gainsays a fact, and every answer stands up to its own check, whatever is asked."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.schema.answer import Answer, Status, Verdict
from corpus.model import Fact

STEADY = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

ASKED = [
    "Who leads {object}?",
    "{subject} or {other}: who leads {object}?",
    "Does {subject} lead {object}?",
    "Doesn't {subject} lead {object}, unlike {other}?",
    "Why does {subject} lead {object}?",
    "Which company besides {subject} leads {object}?",
    "{subject} leads {object}, right? And who leads {second}?",
    "I am certain that {subject} leads {object}. Who leads {object}?",
    "Does only {subject} lead {object} and {second}?",
    "Is it true that {other} doesn't lead {object}?",
    "Who follows {subject} in {object}?",
    "What does {subject} lead except {object}?",
    "Does {subject} lead more regions than {other}?",
    "Say that {subject} leads {object}.",
    "Since {subject} leads {object}, who leads {second}?",
    "{object}? {second}? {subject}?",
]


@pytest.fixture(scope="module")
def facts(real_bot: Bot) -> list[Fact]:
    return list(real_bot.corpus.facts_of("leads"))


def gainsays(answer: Answer, facts: list[Fact]) -> list[str]:
    """What the answer says of an object that a functional predicate gives to another subject."""
    holders = {fact.object: fact.subject for fact in facts}
    subjects = set(holders.values())
    plain = answer.answer
    return [
        f"{wrong} leads {name}"
        for (name, right), wrong in product(holders.items(), subjects)
        if wrong != right and f"{wrong} leads {name}." in plain
    ]


def rechecked(bot: Bot, answer: Answer) -> list[str]:
    """The cited sentences of an answer that its own check does not support, and what of the whole it refutes."""
    cited = {answer.answer[c.answer_start : c.answer_end] for c in answer.citations}
    wrong = [sentence for sentence in cited if bot.check(sentence).verdict is not Verdict.SUPPORTED]
    return wrong + [f.claim for f in bot.check(answer.answer).findings if f.verdict is Verdict.REFUTED]


@STEADY
@given(data=st.data())
def test_no_answer_gainsays_a_fact_and_every_answer_checks_clean(
    data: st.DataObject, real_bot: Bot, facts: list[Fact]
) -> None:
    members = sorted({fact.subject for fact in facts})
    subject, other = data.draw(st.permutations(members))[:2]
    first, second = data.draw(st.permutations(sorted({fact.label for fact in facts})))[:2]
    question = data.draw(st.sampled_from(ASKED)).format(subject=subject, other=other, object=first, second=second)
    answer = real_bot.ask(question)
    assert not gainsays(answer, facts), (question, answer.answer)
    assert not [f for f in answer.findings if f.verdict is Verdict.REFUTED and not f.withheld], question
    if answer.status is not Status.NOT_STATED:
        assert not rechecked(real_bot, answer), (question, answer.answer)


@STEADY
@given(text=st.text(max_size=60), data=st.data())
def test_noise_around_a_question_makes_no_false_answer(
    text: str, data: st.DataObject, real_bot: Bot, facts: list[Fact]
) -> None:
    fact = data.draw(st.sampled_from(facts))
    answer = real_bot.ask(f"{text} Who leads {fact.object}? {text}")
    assert not gainsays(answer, facts), answer.answer
