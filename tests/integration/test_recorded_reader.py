"""A strong chat model as a reader, recorded: what it adds on a field that nothing was trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.answering.chat_model import ChatModel
from bot.answering.model_reader import ModelChooser, Reader
from bot.understanding.chooser import RankedChooser
from tests.bot.checking_helpers import Patient
from tests.recorded import CASSETTES, RecordedModel, readings
from training.bots import open_bot
from training.evaluate import FIELDS, cases, judged

FIELD, EVERY = "vaccines", 6


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bot, Bot, RecordedModel]:
    ranked = open_bot(FIELDS / FIELD, tmp_path_factory.mktemp("field"))
    assert isinstance(ranked.interpreter.chooser, RankedChooser)
    model = RecordedModel(known=readings(sorted(CASSETTES.glob("*.jsonl"))))
    reader = Reader(ChatModel(model, "recorded", breaker=Patient()))
    chooser = ModelChooser(reader, ranked.interpreter.chooser, ranked.corpus.title)
    embedder, reranker = ranked.reader.embedder, ranked.reader.reranker
    return ranked, Bot(ranked.corpus, ranked.index, embedder, reranker=reranker, chooser=chooser), model


def test_a_strong_reader_is_right_where_likeness_is_not(bots: tuple[Bot, Bot, RecordedModel]) -> None:
    ranked, recorded, model = bots
    sample = list(cases(FIELDS / FIELD))[::EVERY]
    right = {}
    for name, bot in (("ranked", ranked), ("recorded", recorded)):
        facts_of = {p: len(bot.corpus.facts_of(p)) for p in bot.corpus.predicates}
        answers = [(bot.ask(case.say, case.history), case) for case in sample]
        right[name] = sum(judged(answer, case.golds, facts_of.__getitem__)[0] for answer, case in answers)
    assert len(model.missed) <= len(sample) // 20, "record what is missed: the candidates have changed"
    assert right["recorded"] >= right["ranked"] + len(sample) // 12
    assert right["recorded"] >= 0.85 * len(sample)


def test_the_cassette_names_what_is_offered_and_no_values() -> None:
    for path in CASSETTES.glob("*.jsonl"):
        known = readings([Path(path)])
        assert known and all(set(reading) == {"asked", "picks", "rewrite"} for reading in known.values())
