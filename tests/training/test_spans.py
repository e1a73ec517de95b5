"""What the span reader learns from: the right words of the right sentences, and none where none are asked for."""

from __future__ import annotations

import json
from random import Random

import pytest

from corpus.world import World
from tests.bot.test_proposals import FILES
from tests.index.conftest import WordEmbedder
from training.examples import Field
from training.spans import SpanPair, pairs_of
from training.train_spans import labels_of, span_tokenizer

WHO = {"ask": "who", "relation": "keeps", "object": "Birk", "values": ["Anna"], "question": "Who keeps Birk?"}
CASES = [
    [{"say": "birk, whose is it", "gold": [WHO]}, {"say": "really?", "gold": [{"ask": "chat"}]}],
    [
        {
            "say": "Ben keeps Birk, no?",
            "gold": [{**WHO, "ask": "whether", "subject": "Ben", "answer": "no", "values": []}],
        }
    ],
    [
        {
            "say": "Beds at Birk?",
            "gold": [
                {"ask": "what", "relation": "has", "subject": "Birk", "values": ["12 beds"], "question": "How many?"}
            ],
        }
    ],
    [{"say": "Who paints Birk?", "gold": [{"ask": "not_stated", "question": "Who paints Birk?"}]}],
    [{"say": "¿Quién lleva Birk?", "gold": [WHO]}],
]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[SpanPair]:
    folder = tmp_path_factory.mktemp("field") / "huts"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    lines = [
        json.dumps({"id": str(number), "turns": turns, "lang": "es" if "¿" in str(turns) else "en"}, ensure_ascii=False)
        for number, turns in enumerate(CASES)
    ]
    (folder / "messages-1.jsonl").write_text("\n".join(lines), encoding="utf-8")
    field = Field(folder, folder.parent / "index", WordEmbedder(), World.load())
    return list(pairs_of(field, Random(5)))


def marked(pairs: list[SpanPair], said: str) -> set[tuple[str, str]]:
    """The sentences of a message in which something is marked, and what."""
    return {(p.sentence, p.sentence[start:end]) for p in pairs if p.told == said for start, end in p.spans}


def test_what_is_asked_for_is_marked_where_it_stands(pairs: list[SpanPair]) -> None:
    assert marked(pairs, "birk, whose is it") == {("Anna keeps Birk.", "Anna")}
    assert marked(pairs, "Beds at Birk?") == {("Birk has 12 beds.", "12 beds")}


def test_of_yes_or_no_what_decides_is_marked(pairs: list[SpanPair]) -> None:
    assert marked(pairs, "Ben keeps Birk, no?") == {("Anna keeps Birk.", "Anna")}
    assert {p.polar for p in pairs if p.told == "Ben keeps Birk, no?"} == {True}
    assert {p.polar for p in pairs if p.told == "birk, whose is it"} == {False}


def test_what_is_not_stated_is_shown_with_sentences_that_do_not_say_it(pairs: list[SpanPair]) -> None:
    shown = [p for p in pairs if p.told == "Who paints Birk?"]
    assert shown and not any(p.spans for p in shown)


def test_other_languages_and_talk_teach_nothing(pairs: list[SpanPair]) -> None:
    assert {p.told for p in pairs} == {"birk, whose is it", "Beds at Birk?", "Ben keeps Birk, no?", "Who paints Birk?"}


def test_labels_are_those_of_the_sentence_alone() -> None:
    pair = span_tokenizer().encode("Who keeps Anna's hut?", "Anna keeps it.")
    labels = labels_of(pair, SpanPair("", "Anna keeps it.", ((0, 4),)))
    told = [(pair.tokens[at], label) for at, label in enumerate(labels) if label >= 0]
    assert told == [("anna", 1.0), ("keeps", 0.0), ("it", 0.0), (".", 0.0)]
