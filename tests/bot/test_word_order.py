"""Who does what to whom: claims that have every word of a sentence, in its order or turned round."""

from __future__ import annotations

import pytest

from bot.answering.bot import Bot
from bot.checking.sentence_entailment import Aligner
from bot.understanding.word_order import behind, turned_round

pytest_plugins = ("tests.bot.checking_fixtures",)

FLOOD = "The flood and the storm have closed roads in large parts of the land, cutting lines and stopping trains."
REVIEW = "A harbour is opened when storms threaten, and it is closed once winds fall."


@pytest.fixture
def aligner(alliance_bot: Bot) -> Aligner:
    return alliance_bot.aligner


def turned(aligner: Aligner, claim: str, sentence: str) -> bool:
    return turned_round(aligner.content(claim).placed, aligner.content(sentence).placed)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The flood has closed roads.", FLOOD),
        ("Roads were closed by the flood.", FLOOD),
        ("Roads were closed in large parts of the land.", FLOOD),
        ("In large parts of the land, the flood has closed roads.", FLOOD),
        ("The storm and the flood have closed roads.", FLOOD),
        ("The flood stopped trains and cut lines.", FLOOD),
        ("A harbour is closed once winds fall.", REVIEW),
        ("Roads closed in May.", "The roads were closed in May."),
        ("The roads were closed in May.", "Roads closed in May by the flood are open."),
    ],
)
def test_what_grammar_explains_is_not_turned_round(aligner: Aligner, claim: str, sentence: str) -> None:
    assert not turned(aligner, claim, sentence)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Roads have closed the flood.", FLOOD),
        ("The flood was closed by roads.", FLOOD),
        ("The storm was closed.", FLOOD),
        ("Trains have closed roads.", FLOOD),
        ("Large parts of the land have closed the flood.", FLOOD),
        ("Nissan released the Xpander.", "When Mitsubishi released the Xpander, the next one was from Nissan."),
        ("The Livina became the Xpander.", "After the Xpander, the next one became the Livina."),
    ],
)
def test_what_swaps_agent_and_object_is_turned_round(aligner: Aligner, claim: str, sentence: str) -> None:
    assert turned(aligner, claim, sentence)


def test_words_of_two_sentences_stand_in_no_order(aligner: Aligner) -> None:
    first, second = (aligner.content(text).placed for text in ("Storms threaten.", "Roads close."))
    claim = aligner.content("Roads threaten").placed
    assert not turned_round(claim, behind(first, second))
    assert turned_round(claim, (*first, *second))


def test_a_language_without_data_on_passives_is_not_judged(bot_de: Aligner) -> None:
    assert bot_de.content("Die Flut schließt die Straßen.").placed == ()


@pytest.fixture
def bot_de(alliance_bot: Bot) -> Aligner:
    return alliance_bot.tongues.of("Wer führt in Europa?").checker.aligner
