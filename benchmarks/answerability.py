"""``python -m benchmarks.answerability DATA OUT``: fits the weights by which a sentence is said to answer.

They are fitted on one half of the paragraphs of all sets, and the threshold is the one at which a given share of its
questions without an answer is answered all the same. The other half is not looked at; ``python -m benchmarks DATA
--only passages`` measures on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
import yaml
from numpy.typing import NDArray

from benchmarks.faults import told
from benchmarks.passages import Given
from benchmarks.passages_data import Asked, PassageSetError, load_passage_sets
from bot.passages.answerability import NAMES, AnswerabilityModels, Model, Signals
from index.reranker import BUNDLED, Reranker, open_reranker

FITTED_ON = 0
RISK = 0.23
"""The share of the questions without an answer that the threshold lets through."""
PENALTY = 0.01
"""Of large weights, each signal measured in its standard deviation."""
STEPS = 100
_HEAD = """# Written by python -m benchmarks.answerability; see bot/answerability.py for what the signals are.
# Fitted on half of the paragraphs of SQuAD 2.0's development questions (CC BY-SA 4.0) and of CLAPNQ's (Apache-2.0):
# {count} questions, those whose paragraph's sha256 begins with an even byte (weights only, no text of them).
# reranked: with {reranker} and the answer model; plain: without.
# threshold: the probability that {risk:.0%} of those questions that have no answer reach.
"""


def main(
    data: Annotated[Path, typer.Argument(help="A folder that holds questions on paragraphs.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
) -> None:
    """Fit the weights anew."""
    with told(PassageSetError):
        sets = load_passage_sets(data).asked
    models = {}
    for name, reranker in (("reranked", open_reranker(BUNDLED)), ("plain", None)):
        read = [(row, signals) for rows in sets.values() for row, signals in _signals(rows, reranker)]
        models[name] = fitted([signals for _, signals in read], [row.answerable for row, _ in read])
    head = _HEAD.format(count=len(read), reranker=BUNDLED, risk=RISK)
    out.write_text(head + yaml.safe_dump(dict(_written(models)), sort_keys=False), encoding="utf-8")


def _signals(rows: Sequence[Asked], reranker: Reranker | None) -> Iterator[tuple[Asked, Signals]]:
    """Those of the questions of one set that are fitted on."""
    nothing = Model(0.0, dict.fromkeys(NAMES, 0.0), 0.5)
    given = Given(rows, reranker, AnswerabilityModels(nothing, nothing))
    for row in rows:
        if row.paragraph.half == FITTED_ON:
            yield row, given.read(row).signals


def fitted(signals: Sequence[Signals], answerable: Sequence[bool]) -> Model:
    """Logistic regression by Newton's method, with a penalty on large weights; a signal that never varies gets none."""
    rows = np.array([[float(getattr(each, name)) for name in NAMES] for each in signals])
    varies = rows.std(axis=0) > 0
    mean, spread = rows.mean(axis=0)[varies], rows.std(axis=0)[varies]
    inputs = np.column_stack([np.ones(len(rows)), (rows[:, varies] - mean) / spread])
    weights = _newton(inputs, np.array(answerable, dtype=float))
    raw = weights[1:] / spread
    intercept = float(weights[0] - raw @ mean)
    named = dict(zip((name for name, kept in zip(NAMES, varies, strict=True) if kept), raw.tolist(), strict=True))
    model = Model(round(intercept, 4), {name: round(weight, 4) for name, weight in named.items()}, 0.0)
    reached = sorted(model.probability(each) for each, right in zip(signals, answerable, strict=True) if not right)
    return Model(model.intercept, model.weights, reached[int((1 - RISK) * len(reached))])


def _newton(inputs: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(inputs.shape[1])
    penalty = np.full(inputs.shape[1], PENALTY * len(inputs))
    penalty[0] = 0.0
    for _ in range(STEPS):
        given = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (given - wanted) + penalty * weights
        curve = (inputs * (given * (1 - given))[:, np.newaxis]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-9:
            break
    result: NDArray[np.float64] = weights
    return result


def _written(models: Mapping[str, Model]) -> Iterator[tuple[str, dict[str, object]]]:
    for name, model in models.items():
        yield (
            name,
            {"threshold": model.threshold, "intercept": model.intercept, "weights": dict(model.weights)},
        )


if __name__ == "__main__":
    typer.run(main)
