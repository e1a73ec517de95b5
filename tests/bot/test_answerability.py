"""Whether a sentence answers: the signals, and the weights that are data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from bot.passages.answerability import NAMES, AnswerabilityModels, Model, SignalReader, Signals
from corpus.errors import CorpusFileError
from corpus.language import load_language
from index.lexical import Lexical

PASSAGE = "Acme was led by Bolt until 2019. Since then Crane has led it. No ship has sunk."
LEXICAL = Lexical([PASSAGE, "Ferries leave at noon."], "en")


def signals(question: str, sentence: str, passage: str = PASSAGE) -> Signals:
    reader = SignalReader(load_language("en"))
    return reader.signals(question, LEXICAL.asked(question), sentence, passage, passage, 1.5, 0.5)


def test_a_number_that_the_sentence_lacks_is_counted() -> None:
    sentence = "Acme was led by Bolt until 2019."
    assert signals("Who led Acme until 2019?", sentence).numbers == 0
    assert signals("Who led Acme until 1,500 days before 2018?", sentence).numbers == 2


def test_a_name_that_stands_nowhere_in_the_passage_is_counted() -> None:
    assert signals("Who led Acme?", "Crane has led it.").names == 0
    assert signals("Did Delta's Eve lead Acme?", "Crane has led it.").names == 2


def test_who_alone_denies_is_told() -> None:
    plain, denied = "Bolt led Acme.", "No ship has sunk."
    assert (signals("Who led Acme?", plain).denied, signals("Who led Acme?", plain).denied_alone) == (0, 0)
    assert (signals("Who didn't lead Acme?", plain).denied, signals("Who didn't lead Acme?", plain).denied_alone) == (
        1,
        1,
    )
    assert signals("Which ship has not sunk?", denied).denied_alone == 0


def test_the_signals_tell_what_is_there_and_what_is_not() -> None:
    found = signals("Who has led Acme?", "Since then Crane has led it.")
    assert found.relevance == 1.5
    assert 0 < found.coverage < found.passage == 1
    assert found.missing > found.nowhere == 0
    assert found.length == 2


def test_a_probability_is_logistic_and_safe_at_the_ends() -> None:
    one = signals("Who led Acme?", "Bolt led Acme.")
    assert Model(0.0, {}, 0.5).probability(one) == 0.5
    assert Model(-1.0, {"relevance": 2.0}, 0.5).probability(one) == round(1 / (1 + math.exp(-2)), 4)
    assert Model(0.0, {"relevance": 1e6}, 0.5).probability(one) == 1.0
    assert Model(0.0, {"relevance": 1e6}, 0.5).probability(replace(one, relevance=-1.0)) == 0.0


def test_the_shipped_weights_tell_an_answer_from_a_look_alike() -> None:
    models = AnswerabilityModels.load()
    good = signals("Who led Acme until 2019?", "Acme was led by Bolt until 2019.")
    bad = signals("Who led Acme until 1953?", "Acme was led by Bolt until 2019.")
    for model in (models.reranked, models.plain):
        assert set(model.weights) <= set(NAMES)
        assert 0 < model.threshold < 1
        assert model.probability(good) > model.probability(bad)


@pytest.mark.parametrize(
    "text",
    [
        "reranked: {threshold: 0.5, intercept: 0, weights: {}}",
        "{reranked: &m {threshold: 0.5, intercept: 0, weights: {luck: 1}}, plain: *m}",
        "{reranked: &m {threshold: high, intercept: 0, weights: {}}, plain: *m}",
        "[]",
    ],
)
def test_weights_that_are_not_of_their_form_are_told_with_the_mend(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text(text)
    with pytest.raises(CorpusFileError, match=r"weights\.yaml.*benchmarks\.answerability"):
        AnswerabilityModels.load(path)
