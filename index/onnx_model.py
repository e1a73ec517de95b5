"""Models in ONNX form with their tokenizers, on the CPU: loaded with the first text, run one text or pair at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import RerankerUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Encoding, Tokenizer


BUNDLED_MEND = "Install wholeads anew: it comes with it."


class Loaded(NamedTuple):
    """A tokenizer that neither pads nor cuts, and the model that reads what it makes."""

    tokenizer: Tokenizer
    session: InferenceSession


def load(
    model: Path, tokenizer: Path, what: str, mend: str, weights: Mapping[str, NDArray[np.float32]] | None = None
) -> Loaded:
    """Load a model, which takes one core; ``weights`` are those that its file names and does not hold.

    Raises RerankerUnavailable, which tells ``what`` it was to be, and the ``mend``.
    """
    # Imported here: they are not needed where no text is ever read.
    from onnxruntime import InferenceSession, OrtValue, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    # A text is short: more threads would mostly spin, and take their processors from other questions.
    options.intra_op_num_threads = 1
    if weights:
        options.add_external_initializers(list(weights), [*map(OrtValue.ortvalue_from_numpy, weights.values())])
    try:
        pieces = Tokenizer.from_file(str(tokenizer))
        session = InferenceSession(model, options, providers=["CPUExecutionProvider"])
    # Both libraries raise errors of their own, which have only Exception in common.
    except Exception as error:
        raise RerankerUnavailable(f"{model}: {what} cannot be loaded ({error}). {mend}") from error
    pieces.no_padding()
    pieces.no_truncation()
    return Loaded(pieces, session)


def clean(text: str) -> str:
    """The text as a tokenizer takes it: half a surrogate pair has no UTF-8 form and would stop it."""
    return text.encode("utf-8", "replace").decode()


class PairModel:
    """A model that reads two texts together, each pair on one core. Safe from several threads.

    Pairs are not padded to one batch. That would be no faster, and with weights of eight bits what is told of a pair
    would depend on those it shares the batch with. Of more than ``longest`` word pieces the end is cut.
    """

    def __init__(self, model: Path, tokenizer: Path, what: str, mend: str, longest: int) -> None:
        self._files, self._told, self._longest = (model, tokenizer), (what, mend), longest
        self._lock = Lock()

    def load(self) -> None:
        """Load it where it is not yet. Raises RerankerUnavailable."""
        with self._lock:
            _ = self._loaded

    def read(self, first: str, second: str) -> tuple[Encoding, NDArray[Any]]:
        """The word pieces of a pair, and what the model tells of them. Raises RerankerUnavailable."""
        tokenizer, session = self._loaded
        pair = tokenizer.encode(clean(first), clean(second))
        ids = np.array([pair.ids], dtype=np.int64)
        inputs = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([pair.type_ids], dtype=np.int64),
        }
        wanted = {each.name for each in session.get_inputs()}
        [told] = session.run(None, {key: value for key, value in inputs.items() if key in wanted})
        return pair, np.asarray(told)[0]

    @cached_property
    def _loaded(self) -> Loaded:
        loaded = load(*self._files, *self._told)
        loaded.tokenizer.enable_truncation(self._longest)
        return loaded
