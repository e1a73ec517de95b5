"""``python -m training.fit_chooser``: fits what the signs of a candidate weigh (``bot/understanding/chooser.yaml``).

On fields that neither model has learnt from: the weights on a grid with which most messages get what they mean, where
an answer that was not meant takes something away. The other held-out fields tell how well they do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bot.understanding.candidates import Origin
from bot.understanding.chooser import FILE, Weights, best_of_each
from index.reading_encoder import open_reading_encoder
from index.reranker import open_verifier
from training.examples import Example
from training.train import HELD_OUT, examples_of

FITTED = HELD_OUT[:3]
"""Fields that the weights are fitted on; the others of HELD_OUT measure them."""
SIGNS = ((0.2, 0.3, 0.4, 0.5), (0.1, 0.2, 0.3, 0.4), (0.0, 0.5, 1.0, 1.5), (0.0, 0.25, 0.5))
"""The grid: what encoder, verifier and parser weigh, and being a sentence."""
LEAST = (-0.5, -0.25, 0.0, 0.25, 0.5)
PRICE = 0.5
"""What an answer that was not meant takes away, in right ones: nobody may be told something that was not asked."""
FURTHER = 1.5
"""The least of a second question and a second sentence; too few messages have them to fit it."""
_NOTHING = ("not_stated", "out_of_scope", "nonsense", "chat")

Row = tuple[Example, NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]
"""An example, what the encoder says of its candidates, which are the best of them, what the verifier says of those."""


def rows_of(examples: Sequence[Example]) -> list[Row]:
    """What both models say."""
    encoder, verifier, rows = open_reading_encoder(), open_verifier(), []
    for example in examples:
        texts = [candidate.text for candidate in example.candidates]
        odds = np.array(encoder.scores(example.told, texts))
        order = np.argsort(-odds - np.array([1.5 * c.parsed for c in example.candidates]), kind="stable")
        best = np.array(best_of_each(example.candidates, [int(at) for at in order]))
        rows.append((example, odds, best, np.array(verifier.scores(example.told, [texts[at] for at in best]))))
    return rows


def fit(rows: Sequence[Row]) -> Weights:
    """The weights on the grid with the most right choices, an answer that was not meant taking away PRICE of one."""

    def worth(weights: Weights) -> float:
        right, false = outcome(rows, weights)
        return sum(right.values()) - PRICE * false

    grid = (Weights(*signs, least, FURTHER, FURTHER) for signs in product(*SIGNS) for least in LEAST)
    return max(grid, key=worth)


def chosen(row: Row, weights: Weights) -> tuple[float, bool | None, bool]:
    """The best candidate's log odds, whether it is meant, and whether it is one of the nothings."""
    example, odds, best, verified = row
    parsed = np.array([example.candidates[at].parsed for at in best], dtype=float)
    said = np.array([example.candidates[at].origin is Origin.TEXT for at in best], dtype=float)
    scores = weights.encoder * odds[best] + weights.verifier * verified + weights.parsed * parsed
    scores += weights.sentence * said
    at = int(best[int(scores.argmax())])
    return float(scores.max()), example.meant[at], example.candidates[at].origin is Origin.NOTHING


def outcome(rows: Sequence[Row], weights: Weights) -> tuple[Counter[str], int]:
    """How often the right thing is chosen, by kind of gold, and how often an answer that was not meant."""
    right: Counter[str] = Counter()
    false = 0
    for row in rows:
        score, meant, nothing = chosen(row, weights)
        ask, withheld = row[0].ask, nothing or score < weights.least
        ok = withheld or meant is None if ask in _NOTHING else meant is True and not withheld
        right[ask] += ok
        false += not ok and not withheld
    return right, false


def told(rows: Sequence[Row], weights: Weights) -> str:
    """The outcome in a line."""
    right, false = outcome(rows, weights)
    total = Counter(row[0].ask for row in rows)
    shares = ", ".join(f"{ask} {right[ask]}/{total[ask]}" for ask in sorted(total))
    return f"{sum(right.values())}/{len(rows)} right, {false} not meant: {shares}"


def main(
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the examples for the next run.")] = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = FILE,
) -> None:
    """Fit and write the weights."""
    fitted = rows_of([example for name in FITTED for example in examples_of(name, cache)])
    others = rows_of([example for name in HELD_OUT[3:] for example in examples_of(name, cache)])
    weights = fit(fitted)
    print(f"fitted: {told(fitted, weights)}\nothers: {told(others, weights)}")
    head = "# What the signs of a candidate weigh, and from which log odds on it is meant: see chooser.py.\n"
    note = f"# Written by python -m training.fit_chooser; fitted on {', '.join(FITTED)}.\n"
    lines = [f"{name}: {getattr(weights, name)}\n" for name in Weights.__slots__]
    out.write_text(head + note + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
