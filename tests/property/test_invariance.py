"""Asked in another way, a question keeps its answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.evaluation import load_suite
from bot.evaluation.invariance import Changer, Variation, check_invariance
from corpus.model import Corpus

SUITE = Path(__file__).parents[1] / "suites" / "alliance.yaml"
FOREIGN = "language"
"""The tag of questions in other languages: an English word before them would make them another question."""


@pytest.fixture(scope="session")
def changer(alliance: Corpus) -> Changer:
    return Changer.of(alliance)


def test_answers_do_not_hang_on_the_way_of_asking(real_bot: Bot) -> None:
    suite = load_suite(SUITE)
    conversations = [case.turns for case in suite.cases if case.turns and FOREIGN not in case.tags][::2]
    outcome = check_invariance(real_bot, conversations, seed=1)
    assert outcome.total > 5 * len(conversations)
    # What fails most is free text with a slip, and several turns with a question of another subject before.
    assert outcome.rate >= 0.93, "\n".join([f"{outcome.rate:.4f}", *map(str, outcome.varied)])


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Variation.ORDER, ("Who leads in Japan?",), ("In Japan, who leads?",)),
        (Variation.ORDER, ("Hello", "Who leads in Kenya?"), ("Hello", "In Kenya, who leads?")),
        (Variation.ORDER, ("Who leads in earnest?",), None),
        (Variation.ORDER, ("Does Nissan lead in Japan?",), None),
        (Variation.SPELLING, ("Who leads the programme in South East Asia?",),
         ("Who leads the program in Southeast Asia?",)),
        (Variation.SPELLING, ("Who leads the program?",), ("Who leads the programme?",)),
        (Variation.SPELLING, ("Who leads in Japan?",), None),
        (Variation.PUNCTUATION, ("In Japan, who leads?",), ("In Japan who leads",)),
        (Variation.PUNCTUATION, ("Who's ahead in the U.S. and N. Africa?",),
         ("Who's ahead in the U.S. and N. Africa",)),
        (Variation.PUNCTUATION, ("Who leads Japan? And who leads China?",), None),
        (Variation.CASE, ("Who leads the US?",), None),
        (Variation.POLITENESS, ("Japan",), None),
        (Variation.REPEATED, ("And Japan?",), ("And Japan?", "And Japan?")),
    ],
)  # fmt: skip
def test_a_change_fits_or_leaves_the_question_alone(
    changer: Changer, change: Variation, before: tuple[str, ...], after: tuple[str, ...] | None
) -> None:
    assert changer.changed(before, change, random.Random(1)) == after


def test_turns_are_put_before_and_after(changer: Changer) -> None:
    turns = ("Who leads in Japan?",)
    assert (changer.changed(turns, Variation.PRIOR, random.Random(1)) or ())[-1:] == turns
    assert (changer.changed(turns, Variation.PRESSURE, random.Random(1)) or ())[:1] == turns
