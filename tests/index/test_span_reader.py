"""What in a sentence is asked for: the shipped model, and how its word pieces become stretches of the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import RerankerUnavailable
from index.reranker import TOKENIZER_FILE, packaged_folder
from index.span_reader import SpanReader, open_span_reader, stretches


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return open_span_reader()


@pytest.mark.parametrize(
    ("message", "sentence", "marked"),
    [
        ("Who runs the harbour office?", "Edda Holm runs the harbour office.", ["Edda Holm"]),
        ("What does Edda Holm run?", "Edda Holm runs the harbour office.", ["harbour office"]),
        ("When was the lighthouse built?", "The lighthouse was built in 1904 by the state.", ["1904"]),
        ("Does Tove Lind run the harbour office?", "Edda Holm runs the harbour office.", ["Edda Holm"]),
    ],
)
def test_what_is_asked_for_is_marked(reader: SpanReader, message: str, sentence: str, marked: list[str]) -> None:
    found = reader.read(message, sentence)
    assert [sentence[start:end] for start, end in found.spans] == marked
    assert found.answers > 0


def test_whether_yes_or_no_is_asked_for_is_told(reader: SpanReader) -> None:
    sentence = "Edda Holm runs the harbour office."
    asked = {"Who runs the harbour office?": False, "Does Tove Lind run the harbour office?": True}
    asked |= {"Edda Holm has the harbour office, right?": True, "harbour office: whose?": False}
    assert {message: reader.read(message, sentence).polar > 0 for message in asked} == asked


def test_what_a_sentence_does_not_say_is_not_there(reader: SpanReader) -> None:
    other = reader.read("Who paints the boats?", "Edda Holm runs the harbour office.")
    assert other.answers < reader.read("Who runs the office?", "Edda Holm runs the harbour office.").answers


@pytest.mark.parametrize("text", ["", " ", "?", "\ud800", "x" * 5000, "a\u0000b", "誰ですか"])
def test_no_text_is_too_odd(reader: SpanReader, text: str) -> None:
    for message, sentence in ((text, "Edda Holm runs it."), ("Who runs it?", text)):
        found = reader.read(message, sentence)
        assert found == reader.read(message, sentence)
        assert all(0 <= start < end <= len(sentence) for start, end in found.spans)


@pytest.mark.parametrize(
    ("text", "pieces", "told"),
    [
        ("It closes at 12:30.", ["30"], ["12:30"]),
        ("Some 1,234 of them", ["234"], ["1,234"]),
        ("by Mary-Ann Holm and Ben", ["Ma", "Ann", "Holm"], ["Mary-Ann Holm"]),
        ("by Ann, Ben and Cy", ["Ann", "Ben", "Cy"], ["Ann", "Ben", "Cy"]),
        ("nothing", [], []),
    ],
)
def test_pieces_become_whole_words(text: str, pieces: list[str], told: list[str]) -> None:
    places = [(text.index(piece), text.index(piece) + len(piece)) for piece in pieces]
    assert [text[start:end] for start, end in stretches(text, places)] == told


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "spans.onnx").write_bytes(b"no model")
    with pytest.raises(RerankerUnavailable, match=r"spans\.onnx: the span reader cannot be loaded"):
        SpanReader(tmp_path / "spans.onnx", packaged_folder() / TOKENIZER_FILE).read("Who?", "Edda.")
