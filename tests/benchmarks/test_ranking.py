"""Fitting the weights of the ranking: they follow the signs that tell, and data without questions are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import typer

from benchmarks.ranking import CANDIDATES, Choice, fitted, main, recall


def choices(weights: tuple[float, ...], count: int = 60) -> list[Choice]:
    """Questions whose right candidate is the best by these weights."""
    random = np.random.default_rng(1)
    signs = [random.random((CANDIDATES - number % 5, 4)) for number in range(count)]
    return [Choice(0, each, np.arange(len(each)) == int(np.argmax(each @ weights))) for each in signs]


@pytest.mark.parametrize("weights", [(0.1, 0.6, 0.3, 0.0), (0.7, 0.1, 0.1, 0.1)])
def test_the_weights_that_made_the_choices_are_found(weights: tuple[float, ...]) -> None:
    asked = choices(weights)
    found = fitted(asked)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert found == pytest.approx(np.array(weights), abs=0.08)
    assert recall(found, asked) > 0.9 > recall(np.array([0.0, 0.0, 0.0, 1.0]), asked)


def test_a_folder_without_questions_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        main(tmp_path)
    assert ended.value.exit_code == 2
    assert "holds no questions on paragraphs" in capsys.readouterr().err
