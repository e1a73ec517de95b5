"""Yes and no by a sentence of the source: what a model marks in it, held against what the statement has there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.checking.filling import FillingJudge
from bot.schema.answer import Reason, Verdict
from corpus.loader import load_corpus
from index.builder import build_index
from index.search import Index
from tests.index.conftest import WordEmbedder

LETTER = """Edda Holm heads the Market Hall. The Aurora is moored by Tove Lind and Ulf Berg. Ulf Berg does not sail.

The Linnet has 12 cabins. The Gannet was built in 2031. Market Hall closes at 17:30. The keys are kept by Tove Lind.
"""


@dataclass
class Marked:
    spans: tuple[tuple[int, int], ...]
    answers: float = 0.0
    polar: float = 0.0


class Blind:
    """Marks nothing."""

    def read(self, message: str, sentence: str) -> Marked:
        return Marked(())


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    folder = tmp_path_factory.mktemp("letter") / "letter"
    folder.mkdir()
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    corpus, embedder = load_corpus(folder), WordEmbedder()
    build_index(corpus, Path(folder.parent) / "index", embedder)
    return Bot(corpus, Index.open(Path(folder.parent) / "index", corpus, embedder), embedder, marker=Blind())


@pytest.fixture(scope="module")
def judge(bot: Bot) -> FillingJudge:
    assert bot.retriever.filling is not None
    return bot.retriever.filling


def judged(bot: Bot, statement: str, sentence: str, *marked: str) -> tuple[Verdict, Reason] | None:
    mentions = bot.tongues.home.parser.parse(statement).mentions
    spans = [match.span() for each in marked for match in re.finditer(re.escape(each), sentence)]
    assert bot.retriever.filling is not None
    return bot.retriever.filling.judged(statement, mentions, sentence, Marked(tuple(spans)))


HALL, CABINS, BUILT = "Edda Holm heads the Market Hall.", "The Linnet has 12 cabins.", "The Gannet was built in 2031."


@pytest.mark.parametrize("statement", ["Edda Holm heads the Market Hall.", "edda's got market hall, right?", "Holm?"])
def test_the_same_name_in_its_place_and_no_other_is_yes(bot: Bot, statement: str) -> None:
    assert judged(bot, statement, HALL, "Edda Holm") == (Verdict.SUPPORTED, Reason.STATED)


@pytest.mark.parametrize("statement", ["Tove Lind heads the Market Hall.", "is ulf on the market hall"])
def test_another_name_in_its_place_is_no(bot: Bot, statement: str) -> None:
    assert judged(bot, statement, HALL, "Edda Holm") == (Verdict.REFUTED, Reason.WRONG_LEADER)


@pytest.mark.parametrize(
    "statement",
    [
        "Edda Holm heads the Gannet.",  # another thing: the sentence is silent on it
        "Edda Holm does not head the Market Hall.",
        "Only Edda Holm heads the Market Hall.",
        "Edda Holm has headed the Market Hall since 2019.",
        "Somebody heads something.",
    ],
)
def test_what_else_differs_leaves_it_open(bot: Bot, statement: str) -> None:
    assert judged(bot, statement, HALL, "Edda Holm") is None


def test_nothing_marked_or_a_denial_in_the_sentence_decides_nothing(bot: Bot) -> None:
    assert judged(bot, "Edda Holm heads the Market Hall.", HALL) is None
    assert judged(bot, "Ulf Berg sails.", "Ulf Berg does not sail.", "Ulf Berg") is None


@pytest.mark.parametrize(
    ("statement", "sentence", "marked", "verdict"),
    [
        ("The Linnet has twelve cabins.", CABINS, "12", Verdict.SUPPORTED),
        ("The Linnet: 14 cabins, yes?", CABINS, "12", Verdict.REFUTED),
        ("The Linnet has over 10 cabins.", CABINS, "12", None),
        ("The Gannet has 12 cabins.", CABINS, "12", None),
        ("The Gannet was built in 2030.", BUILT, "2031", Verdict.REFUTED),
        ("The Gannet was built by 14 people.", BUILT, "2031", None),
        ("Market Hall closes at half past five.", "Market Hall closes at 17:30.", "17:30", None),
    ],
)
def test_figures_are_compared_with_their_like(
    bot: Bot, statement: str, sentence: str, marked: str, verdict: Verdict | None
) -> None:
    found = judged(bot, statement, sentence, marked)
    assert (found[0] if found else None) is verdict


def test_names_are_what_documents_write_with_a_capital(judge: FillingJudge) -> None:
    assert {"edda", "holm", "tove", "lind", "aurora", "linnet"} <= judge.names
    assert not {"the", "cabins", "keys"} & judge.names
