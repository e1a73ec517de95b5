"""What the answer model learns from: answered, unanswered and twisted questions, in the wanted shares."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from tokenizers import Tokenizer
from typer.testing import CliRunner

from benchmarks.answer_model import (
    ANSWERED,
    BATCH,
    TWISTED,
    _batches,
    _encoded,
    app,
    reranker_to_train,
    train,
    words_asked,
    write,
)
from benchmarks.passages_data import PassageSetError
from benchmarks.twisted import Example, Stock, Twister, examples, read_articles
from corpus.language import load_language
from index.reranker import MODEL_FILE, TOKENIZER_FILE, OnnxReranker, packaged_folder

SAID = "Bolt ran the old ferries of Avon in 1990."
CONTEXT = f"{SAID} The ferries of Avon are painted white. Crane runs the trams."
QUESTION = "Who ran the old ferries of Avon in 1990?"
STOCK = Stock(("Avon", "Crane"), ("1990", "1985"))
ALIKE = {"old": ("new", "old-fashioned"), "ferries": ("boats",)}


def twister(seed: int = 1) -> Twister:
    return Twister(load_language("en"), lambda word: ALIKE.get(word, ()), Random(seed))


def articles(count: int = 1) -> list[Any]:
    asked = {"question": QUESTION, "answers": [{"text": "Bolt", "answer_start": 0}]}
    return [{"paragraphs": [{"context": CONTEXT, "qas": [asked]}]}] * count


def test_a_question_is_answered_by_its_sentence_and_not_by_another_nor_when_twisted() -> None:
    made = list(examples(articles(), twister(), 10, Random(1)))
    answered = [example for example in made if example.answers]
    assert answered == [Example(QUESTION, SAID, True)]
    [other] = [example for example in made if not example.answers and not example.twisted]
    assert (other.question, other.sentence) == (QUESTION, "The ferries of Avon are painted white.")
    twisted = [example for example in made if example.twisted]
    assert len(twisted) == 2
    assert all(example.question != QUESTION and example.sentence == SAID for example in twisted)


def test_every_way_of_twisting_is_taken_and_changes_what_the_sentence_says() -> None:
    made = {twister(seed).twist(QUESTION, SAID, STOCK) for seed in range(60)} - {""}
    assert any("1985" in question for question in made)
    assert any("Crane" in question for question in made)
    assert any("new ferries" in question for question in made)
    assert any("old boats" in question for question in made)
    assert QUESTION not in made


def test_a_question_that_gives_no_hold_is_left_alone() -> None:
    denied = {"Who isn't it?", "Who is it not?", "Who is it never?"}
    assert twister().twist("Who is it?", "It is.", Stock((), ())) in {"", *denied}
    assert twister().twist("Why?", "Because.", Stock((), ())) == ""


def test_words_are_counted_over_all_questions() -> None:
    assert words_asked(articles(3))["ferries"] == 3


@pytest.mark.parametrize("content", ["", "[]", '{"data": []}', '{"data": [{"paragraphs": []}]}'])
def test_another_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "questions.json"
    path.write_text(content)
    with pytest.raises(PassageSetError, match=r"questions\.json.*SQuAD"):
        read_articles(path)
    done = CliRunner().invoke(app, [str(path), str(tmp_path / "out.onnx")])
    assert (done.exit_code, "questions.json" in done.stderr) == (2, True), done.stderr


def test_articles_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    path.write_text(json.dumps({"data": articles()}))
    assert read_articles(path) == articles()


def test_pairs_are_taken_in_the_wanted_shares_and_batched_by_length() -> None:
    tokenizer = Tokenizer.from_file(str(packaged_folder() / TOKENIZER_FILE))
    tokenizer.no_padding()
    made: Sequence[Example] = [
        Example("Who?", "Bolt. " * (number % 9 + 1), answers, twisted)
        for number in range(300)
        for answers, twisted in ((True, False), (False, True), (False, False))
    ]
    pairs, answers = _encoded(tokenizer, [*made, Example("Who?", "Bolt. " * 200, True)], 200)
    assert Counter(answers.tolist()) == {1.0: round(200 * ANSWERED), 0.0: 200 - round(200 * ANSWERED)}
    assert 0 < TWISTED < 1 - ANSWERED
    batches = _batches(pairs)
    assert sorted(at for batch in batches for at in batch) == list(range(len(pairs)))
    assert max(len(batch) for batch in batches) == BATCH


def test_the_reranker_is_trained_on_and_written_again(tmp_path: Path) -> None:
    folder = packaged_folder()
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_padding()
    model = reranker_to_train(folder / MODEL_FILE)
    texts = [SAID, "Cats sleep."]

    def written(name: str) -> tuple[float, ...]:
        write(model, tmp_path / name)
        return OnnxReranker("written", tmp_path / name, folder / TOKENIZER_FILE).scores(QUESTION, texts)

    as_it_is = OnnxReranker("bundled", folder / MODEL_FILE, folder / TOKENIZER_FILE).scores(QUESTION, texts)
    before = written("before.onnx")
    assert before == pytest.approx(as_it_is, abs=0.8)
    pairs = [tokenizer.encode(QUESTION, text) for text in texts] * (6 * BATCH)
    train(model, pairs, np.array([0.0, 1.0] * (6 * BATCH), dtype=np.float32), Console(quiet=True))
    after = written("after.onnx")
    assert after[0] < before[0]
    assert after[1] > before[1]
