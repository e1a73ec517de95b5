"""What in a sentence was asked for, by a model that reads both together.

It marks word pieces of the sentence: of a question for names or values these, of a question for yes or no what stands
in the place that decides it. Whether a sentence has what was asked for at all is told apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.onnx_model import BUNDLED_MEND, PairModel
from index.reranker import DIGITS, TOKENIZER_FILE, packaged_folder

SPANS = Path(__file__).with_name("spans.onnx")
"""The model: see spans.md beside it."""
LONGEST = 128
"""Word pieces of a message and a sentence together; what is longer is cut at the end."""
KEPT = 8_192
FAINT, BESIDE = -2.5, 1.0
"""Where no word piece is likelier asked for than not, the likeliest is, if it is above the first, with those that stand
no further behind it than the second: whether the sentence has anything that was asked for is told by itself.
"""

_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[\w%]+")
_BETWEEN = " -–'’./"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """What was found in a sentence: stretches as offsets, and the log odds that it has what was asked for.

    ``polar``: those that the message is one to which yes or no is said.
    """

    spans: tuple[Span, ...]
    answers: float
    polar: float


class SpanReader:
    """The model in ONNX form; the same pair always gets the same. Safe from several threads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._model = PairModel(model, tokenizer, "the span reader", BUNDLED_MEND, LONGEST)
        self._read = lru_cache(maxsize=KEPT)(self._marked)

    def read(self, message: str, sentence: str) -> Marked:
        """What a message asks for in a sentence. Raises RerankerUnavailable where the model cannot be loaded."""
        self._model.load()
        return self._read(message, sentence)

    def _marked(self, message: str, sentence: str) -> Marked:
        pair, odds = self._model.read(message, sentence)
        said = [at for at, kind in enumerate(pair.type_ids) if kind == 1 and pair.offsets[at][1] > pair.offsets[at][0]]
        most = float(odds[said, 0].max()) if said else FAINT
        least = min(0.0, most - BESIDE)
        places = [pair.offsets[at] for at in said if odds[at, 0] > least and most > FAINT]
        return Marked(stretches(sentence, places), round(float(odds[0, 1]), DIGITS), round(float(odds[0, 2]), DIGITS))


def open_span_reader() -> SpanReader:
    """The shipped model. Nothing is loaded before the first sentence is read."""
    return SpanReader(SPANS, packaged_folder() / TOKENIZER_FILE)


def stretches(text: str, places: Sequence[Span]) -> tuple[Span, ...]:
    """Whole words and figures, those that stand side by side as one stretch."""
    found: list[Span] = []
    words = [match.span() for match in _WORD.finditer(text)]
    for start, end in (word for word in words if any(s < word[1] and word[0] < e for s, e in places)):
        if found and not text[found[-1][1] : start].strip(_BETWEEN):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
