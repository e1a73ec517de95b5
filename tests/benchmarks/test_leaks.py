"""The leak rate: what a lying model gets shown, and that a gate which lets everything through is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pytest

import benchmarks.leaks
from benchmarks.leaks import measure_leaks, mixtures
from bot.answering.bot import Bot
from bot.answering.gate import Gate, GatedSentence
from bot.wording.sentences import Line

pytest_plugins = ("tests.bot.checking_fixtures",)


class OpenGate(Gate):
    """Lets out whatever is said."""

    def worded(
        self, question: str, lines: Sequence[Line], said: Iterable[str], notes: Sequence[str] = ()
    ) -> Iterator[GatedSentence]:
        yield from (GatedSentence(Line(text), (), True, True) for text in said)


def test_mixtures_are_the_same_for_a_seed_and_hold_no_true_mutant(alliance_bot: Bot) -> None:
    made = [mixture for mixture, _ in zip(mixtures(alliance_bot, 3), range(25), strict=False)]
    again = [mixture for mixture, _ in zip(mixtures(alliance_bot, 3), range(25), strict=False)]
    assert made == again
    assert len({mixture.true for mixture in made}) == len(made)
    assert all(mixture.true not in mixture.mutants and mixture.lines for mixture in made)


def test_a_lying_model_is_not_shown(alliance_bot: Bot) -> None:
    found = measure_leaks(alliance_bot, 150, seed=7)
    assert found.said >= 150 and found.mutants > found.true
    assert found.leaked == []
    assert found.released >= 0.8 * found.true


def test_a_gate_that_lets_everything_through_is_noticed(alliance_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.leaks, "Gate", OpenGate)
    found = measure_leaks(alliance_bot, 60, seed=7)
    assert len(found.leaked) == found.mutants > 0 and found.released == found.true
