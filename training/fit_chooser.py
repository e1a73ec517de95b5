"""``python -m training.fit_chooser``: fits what the signs of a candidate weigh (``bot/understanding/chooser.yaml``).

On fields that neither model has learnt from: a logistic line over the best candidates of each message, then the least
log odds at which one is answered, so that of the messages that mean nothing which is there no more than ``RISK`` get an
answer. The other held-out fields tell how well it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
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
RISK = 0.2
"""The share of messages that mean nothing which is there and get an answer all the same."""
ROUNDS = 400
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
    """The line and the thresholds."""
    signs, wanted = [], []
    for example, odds, best, verified in rows:
        for at, score in zip(best, verified, strict=True):
            if example.meant[at] is not None:
                signs.append((odds[at], score, float(example.candidates[at].parsed)))
                wanted.append(float(example.meant[at] is True))
    x, y = torch.tensor(signs, dtype=torch.float64), torch.tensor(wanted, dtype=torch.float64)
    line = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    constant = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([line, constant], max_iter=ROUNDS)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ line + constant, y) + 1e-3 * line.pow(2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    encoder, verifier, parsed = (round(float(value), 3) for value in line.detach())
    base = Weights(encoder, verifier, parsed, 0.0, 0.0, 0.0)
    scores = sorted(
        (best for row in rows if row[0].ask in _NOTHING for best, meant, nothing in [chosen(row, base)] if not nothing),
        reverse=True,
    )
    total = sum(row[0].ask in _NOTHING for row in rows)
    least = round(scores[min(len(scores) - 1, round(RISK * total))], 2) if scores else -float(constant)
    even = round(-float(constant), 2)
    return replace(base, least=least, further=max(even + 0.5, least), beside=max(even, least))


def chosen(row: Row, weights: Weights) -> tuple[float, bool | None, bool]:
    """The best candidate's log odds, whether it is meant, and whether it is one of the nothings."""
    example, odds, best, verified = row
    parsed = np.array([example.candidates[at].parsed for at in best], dtype=float)
    scores = weights.encoder * odds[best] + weights.verifier * verified + weights.parsed * parsed
    at = int(best[int(scores.argmax())])
    return float(scores.max()), example.meant[at], example.candidates[at].origin is Origin.NOTHING


def told(rows: Sequence[Row], weights: Weights) -> str:
    """How often the right thing is chosen, by kind of gold."""
    right: Counter[str] = Counter()
    for row in rows:
        score, meant, nothing = chosen(row, weights)
        ask = row[0].ask
        withheld = nothing or score < weights.least
        ok = (withheld and (meant is True or not nothing or ask == "not_stated")) if ask in _NOTHING else False
        right[ask] += ok or (meant is True and not withheld) or (meant is None and ask == "not_stated")
    total = Counter(row[0].ask for row in rows)
    shares = ", ".join(f"{ask} {right[ask]}/{total[ask]}" for ask in sorted(total))
    return f"{sum(right.values())}/{len(rows)} right: {shares}"


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
