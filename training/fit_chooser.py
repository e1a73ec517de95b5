"""``python -m training.fit_chooser``: fits what the signs of a candidate weigh (``bot/understanding/chooser.yaml``).

On fields that neither model has learnt from: the weights under which most messages get what they mean, where an answer
that was not meant takes something away. Each half of the fields is also measured with weights fitted on the other half:
those are the figures to believe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bot.understanding.candidates import Nothing
from bot.understanding.chooser import FILE, Weights, best_of_each, signs_of
from bot.understanding.logical_form import Form
from index.reading_encoder import open_reading_encoder
from index.reranker import open_verifier
from training.examples import Example
from training.train import HELD_OUT, examples_of

START = Weights(
    encoder=0.4,
    likeness=0.4,
    verifier=0.6,
    parsed=1.0,
    sentence=0.5,
    elsewhere=2.0,
    talk=2.0,
    least=0.0,
    sure=1.5,
    further=1.5,
    beside=1.5,
)
"""Where the search begins. The least of a second question and a second sentence stay: too few messages have them."""
STEPS, SMALL_STEPS = (-0.5, -0.25, 0.25, 0.5), (-0.1, -0.05, 0.05, 0.1)
GAIN = 0.9
"""A step must gain so many choices at least: less is chance."""
PRICE = 0.5
"""What an answer that was not meant takes away, in right ones: nobody may be told something that was not asked."""
SURELY = 0.8
"""How many of the claims to which yes or no is said must be those of the gold; many others come to the same."""
_BARS = ("least", "further", "beside", "sure")
_NOTHING = {
    "not_stated": Nothing.NOT_STATED,
    "out_of_scope": Nothing.ELSEWHERE,
    "nonsense": Nothing.MEANINGLESS,
    "chat": Nothing.TALK,
}
NAMES = tuple(name for name in Weights.__slots__ if name not in _BARS)


@dataclass(frozen=True)
class Row:
    """An example with what was read together with it: the signs of each, (candidates, signs), and which is meant.

    ``meant``: one is right, zero wrong, minus one is left open. Where nothing that was read is meant, withholding is.
    """

    example: Example
    signs: NDArray[np.float64]
    meant: NDArray[np.int64]
    nothings: tuple[Nothing | None, ...]
    head: tuple[int, ...]

    def best(self, weights: Weights) -> tuple[int, float]:
        """The likeliest under these weights, and its log odds against "the documents do not say"."""
        scores = self.signs @ np.array([getattr(weights, name) for name in NAMES])
        none = max((s for s, n in zip(scores, self.nothings, strict=True) if n is Nothing.NOT_STATED), default=0.0)
        at = int(scores.argmax())
        return at, float(scores[at] - none)


def rows_of(examples: Sequence[Example]) -> list[Row]:
    """What both models, the parser and the names say."""
    encoder, verifier, weights = open_reading_encoder(), open_verifier(), Weights.load()
    rows = []
    for example in examples:
        texts = [candidate.text for candidate in example.candidates]
        carried = example.conversation.names
        odds = encoder.scores(example.told, texts)
        signs = [signs_of(c, e, example.named, carried) for c, e in zip(example.candidates, odds, strict=True)]
        first = [weights.of(s) for s in signs]
        order = sorted(range(len(texts)), key=lambda at, first=first: (-round(first[at], 3), at))  # type: ignore[misc]
        head = best_of_each(example.candidates, order)
        verified = verifier.scores(example.told, [texts[at] for at in head])
        table = [{**signs[at], "verifier": v} for at, v in zip(head, verified, strict=True)]
        meant = [{True: 1, False: 0, None: -1}[example.meant[at]] for at in head]
        nothings = tuple(example.candidates[at].nothing for at in head)
        if 1 not in meant:
            meant = [
                1 if nothing is Nothing.NOT_STATED else each for each, nothing in zip(meant, nothings, strict=True)
            ]
        matrix = np.array([[each.get(name, 0.0) for name in NAMES] for each in table])
        rows.append(Row(example, matrix, np.array(meant), nothings, tuple(head)))
    return rows


def fit(rows: Sequence[Row]) -> Weights:
    """The weights with the most right choices, each answer that was not meant taking away PRICE of one.

    From START, one weight after the other is moved as long as that gains something.
    """
    best, gained = START, True
    most = worth(rows, best)
    while gained:
        gained = False
        for name in (*NAMES, "least"):
            for step in SMALL_STEPS if name in ("encoder", "likeness", "verifier") else STEPS:
                moved = replace(best, **{name: round(getattr(best, name) + step, 3)})
                if moved.least >= 0 and (found := worth(rows, moved)) > most + GAIN:
                    best, most, gained = moved, found, True
    return replace(best, sure=surely(rows, best))


def surely(rows: Sequence[Row], weights: Weights) -> float:
    """The log odds from which on SURELY of the claims that are chosen are meant."""
    found: list[tuple[float, bool]] = []
    for row in rows:
        at, score = row.best(weights)
        clause = row.example.candidates[row.head[at]].clause
        if clause is not None and clause.form is Form.CLAIM and row.meant[at] >= 0:
            found.append((score, bool(row.meant[at] == 1)))
    found.sort(reverse=True)
    bar, right = float("inf"), 0
    for number, (score, meant) in enumerate(found, 1):
        right += meant
        if right >= SURELY * number:
            bar = score
    return round(max(weights.least, bar), 2)


def worth(rows: Sequence[Row], weights: Weights) -> float:
    """Right choices, less the price of answers that were not meant."""
    right, false = outcome(rows, weights)
    return sum(right.values()) - PRICE * false


def outcome(rows: Sequence[Row], weights: Weights) -> tuple[Counter[str], int]:
    """How often the right thing is chosen, by kind of gold, and how often an answer that was not meant."""
    right: Counter[str] = Counter()
    false = 0
    for row in rows:
        (at, score), ask = row.best(weights), row.example.ask
        withheld = row.nothings[at] is not None or score < weights.least
        if ask in _NOTHING:
            nothing = row.nothings[at] if row.nothings[at] is not None else Nothing.NOT_STATED
            ok = (withheld and nothing is _NOTHING[ask]) or (not withheld and row.meant[at] < 0)
        else:
            ok = bool(row.meant[at] == 1) and not withheld
        right[ask] += ok
        false += not ok and not withheld
    return right, false


def told(rows: Sequence[Row], weights: Weights) -> str:
    """The outcome in a line."""
    right, false = outcome(rows, weights)
    total = Counter(row.example.ask for row in rows)
    shares = ", ".join(f"{ask} {right[ask]}/{total[ask]}" for ask in sorted(total))
    return f"{sum(right.values())}/{len(rows)} right, {false} not meant: {shares}"


def main(
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the examples for the next run.")] = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = FILE,
) -> None:
    """Fit and write the weights."""
    one, two = (
        rows_of([example for name in half for example in examples_of(name, cache)])
        for half in (HELD_OUT[::2], HELD_OUT[1::2])
    )
    print(f"fitted on one half, measured on the other: {told(two, fit(one))}")
    print(f"and the other way round: {told(one, fit(two))}")
    weights = fit([*one, *two])
    head = "# What the signs of a candidate weigh, and from which log odds on it is meant: see chooser.py.\n"
    note = f"# Written by python -m training.fit_chooser; fitted on {', '.join(HELD_OUT)}.\n"
    lines = [f"{name}: {value}\n" for name, value in asdict(weights).items()]
    out.write_text(head + note + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
