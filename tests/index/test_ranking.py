"""Ranking passages: what a question says, weighed by rarity, and where it stands close together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Passage, Quote
from index.lexical import Lexical
from index.ranking import LENGTH, Asked, combined, shares

RARITY = {"run": 0.5, "acme": 1.0, "ferries": 0.8}


def words(text: str) -> tuple[str, ...]:
    return tuple(text.lower().strip("?.").split())


def asked(question: str) -> Asked:
    return Asked(question, words, lambda stem: RARITY.get(stem, 0.1))


def passage(*sentences: str) -> Passage:
    text, quotes = " ".join(sentences), []
    for sentence in sentences:
        start = text.index(sentence)
        quotes.append(Quote("d", start, start + len(sentence), sentence))
    return Passage("p", Quote("d", 0, len(text), text), tuple(quotes))


def test_what_a_text_has_of_a_question_is_weighed_by_rarity() -> None:
    question = asked("run acme ferries")
    assert question.coverage("acme ferries") == pytest.approx(1.8 / 2.3)
    assert question.coverage("nothing of it") == 0
    assert question.missing("acme ferries") == 0.5
    assert question.missing("run") == 1.0
    assert question.missing("ferries run by acme") == 0
    assert question.length == 3


def test_a_question_without_words_asks_for_nothing() -> None:
    nothing = Asked("", lambda text: (), lambda stem: 1.0)
    assert (nothing.coverage("acme"), nothing.missing("acme"), nothing.pairs("acme"), nothing.length) == (0, 0, 0, 0)


def test_a_window_takes_a_second_sentence_where_it_adds_more_than_length() -> None:
    [first, *_] = asked("run acme ferries").windows(passage("bolt runs trams.", "acme has boats.", "ferries run."))
    assert (first.first, first.last) == (1, 3)
    [first, *others] = asked("ferries run").windows(passage("acme has boats.", "ferries run."))
    assert (first.first, first.last) == (1, 2)
    assert first.coverage == pytest.approx(1 - 2 * LENGTH)
    assert len(others) == 2


def test_neighbouring_words_count_where_they_are_neighbours_again() -> None:
    question = asked("acme ferries run")
    assert question.pairs("the acme ferries sail and run") == pytest.approx(0.8 / 1.3)
    assert question.pairs("ferries of acme run") == 0


def test_shares_are_those_of_the_best() -> None:
    assert shares([4.0, 2.0, 0.0]) == [1.0, 0.5, 0.0]
    assert shares([0.0, 0.0]) == [0.0, 0.0]
    assert shares([]) == []


share = st.floats(min_value=0, max_value=1)


@given(share, st.floats(min_value=-1, max_value=1), share, share)
def test_scores_stay_between_nought_and_one_and_never_fall_with_a_sign(
    one: float, meaning: float, window: float, pairs: float
) -> None:
    score = combined(one, meaning, window, pairs)
    assert 0 <= score <= 1 + 1e-9
    assert combined(1.0, meaning, window, pairs) >= score
    assert combined(one, 1.0, window, pairs) >= score


def test_a_word_is_the_rarer_the_fewer_texts_have_it() -> None:
    lexical = Lexical(["ferries run", "ferries sail", "trams run", "ferries stop"], "en")
    [ferry], [tram], [unseen] = (lexical.words(word) for word in ("ferries", "tram", "zeppelin"))
    assert 0 < lexical.rarity(ferry) < lexical.rarity(tram) < lexical.rarity(unseen) == 1
