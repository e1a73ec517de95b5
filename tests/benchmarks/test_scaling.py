"""The figures of what a machine holds, on a tiny index: in its folder, and served from there by a Chroma server."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.scaling import RandomVectors, built, chroma, disk_mb, invented_corpus, resident_mb, searched


def test_a_tiny_index_is_measured_in_its_folder_and_on_a_server(tmp_path: Path) -> None:
    characters, seconds = built(tmp_path, 300)
    assert characters == sum(len(each.quote.text) for each in invented_corpus(300).passages.values())
    assert seconds > 0
    [generation] = (tmp_path / "scaling" / "chroma").iterdir()
    assert disk_mb(generation) > 300 * RandomVectors.dimensions * 4 / 1e6
    with chroma(generation) as (url, process):
        assert resident_mb(process) > 0
        for opened in (searched(tmp_path, 300, ""), searched(tmp_path, 300, url)):
            assert opened.search.count == opened.nearest.count == 100
            assert 0 < opened.nearest.median_ms <= opened.nearest.p95_ms
            assert opened.open_mb >= opened.bare_mb > 0


def test_invented_passages_stand_where_they_say_and_vectors_are_of_their_texts() -> None:
    corpus = invented_corpus(250)
    assert len(corpus.passages) == 250 and len(corpus.documents) == 2
    for passage in corpus.passages.values():
        quote = passage.quote
        assert corpus.documents[quote.document_id].text[quote.start : quote.end] == quote.text
    one, two = RandomVectors().embed(["a", "b"]), RandomVectors().embed(["b", "a"])
    assert np.array_equal(one, two[::-1]) and np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-6)
