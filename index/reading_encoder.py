"""How well each of many texts says what a message means, by a model that turns each into a vector of its own.

It began as the embedding model and was trained to put a message beside the canonical questions and sentences that it
means, and away from those that only look like it (``training/``). The vectors of candidates are kept, so that a message
costs little more than its own reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.caches import Cache
from index.onnx_model import BUNDLED_MEND, Loaded, clean, load
from index.reranker import DIGITS, TOKENIZER_FILE, packaged_folder

READINGS = Path(__file__).with_name("readings.onnx")
SENTENCES = Path(__file__).with_name("sentences.onnx")
"""The models that tell what a message means, with facts and from documents alone: see readings.md beside them."""
INPUTS = ("input_ids", "attention_mask")
SCALE, BIAS = "scale", "bias"
"""Metadata of the model: log odds = scale × cosine + bias."""
LONGEST = 80
"""Word pieces; of a longer text the beginning is read, of a longer message the end."""
BATCH = 16
KEPT = 100_000
"""Vectors kept: some 150 MB at the most."""

Vector = NDArray[np.float32]


class _Model(NamedTuple):
    model: Loaded
    scale: float
    bias: float


class ReadingEncoder:
    """The model in ONNX form, on the CPU. A text always gets the same vector, whatever company it is encoded in."""

    def __init__(self, name: str, model: Path, tokenizer: Path) -> None:
        self.name = name
        self._files = model, tokenizer
        self._loading = Lock()
        self._vector = lru_cache(maxsize=KEPT)(self._encoded)

    def scores(self, message: str, texts: Sequence[str]) -> tuple[float, ...]:
        """The log odds that each text says what is meant. Raises RerankerUnavailable where the model is not there."""
        if not texts:
            return ()
        vectors = self.vectors(texts)
        model = self._loaded
        odds = model.scale * (vectors @ self._encoded(message, message=True)) + model.bias
        return tuple(round(float(value), DIGITS) for value in odds)

    def vectors(self, texts: Sequence[str]) -> Vector:
        """Unit rows, (len(texts), dimensions)."""
        return np.stack([self._vector(text) for text in texts])

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The vectors of what messages were compared with."""
        yield "candidate_vectors", self._vector

    def _encoded(self, text: str, message: bool = False) -> Vector:
        """One vector. Texts are not padded to a batch: with weights of eight bits the vectors would depend on it."""
        tokenizer, session = self._loaded.model
        first, *pieces, last = tokenizer.encode(clean(text)).ids
        room = LONGEST - 2
        pieces = pieces[-room:] if message else pieces[:room]  # what is asked stands at the end of a long message
        ids = np.array([[first, *pieces, last]], dtype=np.int64)
        [vectors] = session.run(None, dict(zip(INPUTS, (ids, np.ones_like(ids)), strict=True)))
        vector: Vector = np.asarray(vectors[0], dtype=np.float32)
        return vector

    @property
    def _loaded(self) -> _Model:
        # The runtime's sessions are made for several threads: none waits for another but to load the model.
        with self._loading:
            return self._model

    @cached_property
    def _model(self) -> _Model:
        model = load(*self._files, "the model of readings", BUNDLED_MEND)
        line = model.session.get_modelmeta().custom_metadata_map
        return _Model(model, float(line[SCALE]), float(line[BIAS]))


def open_reading_encoder(alone: bool = False) -> ReadingEncoder:
    """A shipped model: for documents ``alone``, or for facts as well. Nothing is loaded before the first scores."""
    model = SENTENCES if alone else READINGS
    return ReadingEncoder(model.stem, model, packaged_folder() / TOKENIZER_FILE)
