"""The reranker: the bundled model for real, how much it is asked, and what is told where it is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest

from index.errors import RerankerUnavailable
from index.reranker import (
    BUNDLED,
    LONGEST,
    OFF,
    PER_MILLISECOND,
    VERIFIER,
    VERIFIER_MOST,
    Reranker,
    affordable,
    open_reranker,
)

QUESTION = "Who runs the ferries of Port Avon?"
TEXTS = (
    "The Harbour Office runs the ferries and the lighthouse of Port Avon.",
    "The ferries of Port Avon are painted white.",
    "Snow is cleared by the Roads Office.",
)


@pytest.fixture(scope="module")
def reranker() -> Reranker:
    opened = open_reranker(BUNDLED)
    assert opened is not None
    return opened


def test_what_answers_scores_above_what_is_about_it_and_that_above_the_rest(reranker: Reranker) -> None:
    answers, about, other = reranker.scores(QUESTION, TEXTS)
    assert answers > about > other
    assert answers > 0 > other


def test_a_score_depends_on_its_pair_alone(reranker: Reranker) -> None:
    together = reranker.scores(QUESTION, TEXTS)
    afresh = open_reranker(BUNDLED)
    assert afresh is not None
    assert tuple(afresh.scores(QUESTION, [text])[0] for text in reversed(TEXTS)) == together[::-1]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: reranker.scores(QUESTION, TEXTS), range(8))) == {together}


def test_long_texts_and_broken_characters_are_read(reranker: Reranker) -> None:
    assert len(reranker.scores(QUESTION, ["ferry " * 5000, "", "half a pair: \ud83d"])) == 3
    assert reranker.scores(QUESTION, []) == ()


def test_the_verifier_cannot_tell_more_than_its_last_layer_adds_up_to() -> None:
    stored = {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load(str(VERIFIER)).graph.initializer}
    layer = "classifier.weight_Transposed"
    weights = stored[f"{layer}_quantized"].astype(float) * stored[f"{layer}_scale"]
    # Inputs are of eight bits, and so up to half a step beyond 1.
    most = np.abs(weights[:, 0]).sum() * (1 + 1 / 255) + abs(stored["classifier.bias"][0])
    assert VERIFIER_MOST - 0.1 < most < VERIFIER_MOST


def test_off_is_none_at_all() -> None:
    assert open_reranker(OFF) is None


def test_a_folder_without_a_tokenizer_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    opened = open_reranker(str(tmp_path))
    assert opened is not None
    with pytest.raises(RerankerUnavailable, match="WHOLEADS_RERANKER"):
        opened.scores(QUESTION, TEXTS)


def test_a_name_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    opened = open_reranker(str(tmp_path / "nothing"))
    assert opened is not None
    with pytest.raises(RerankerUnavailable, match="off"):
        opened.scores(QUESTION, TEXTS)


def test_the_time_is_spent_on_the_first_texts() -> None:
    texts = ["a" * 4 * (number + 1) for number in range(40)]
    counts = [affordable("who?", texts, milliseconds) for milliseconds in (0, 1, 10, 50, 10_000)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == len(texts)
    # However long a text, it costs no more than what is read of it.
    assert affordable("who?", ["a" * 100_000] * 3, 2 * LONGEST // PER_MILLISECOND + 1) == 2
