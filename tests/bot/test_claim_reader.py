"""Claims that no rule can read: a model proposes a statement, rules veto it, and the facts decide it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.answering.bot import Bot
from bot.checking.checker import MOST_PROPOSED
from bot.checking.verify import read_receipt, verify
from bot.schema.answer import Finding, Verdict
from bot.schema.contract import report_to_json
from bot.understanding.chooser import RankedChooser, Weights
from corpus.loader import load_corpus
from index.builder import build_index
from index.search import Index
from tests.index.conftest import WordEmbedder

FILES = {
    "corpus.yaml": "{id: huts, title: The huts, documents: [{id: list, file: list.txt}]}",
    "list.txt": "Anna keeps Birk. Ben keeps Tind. Anna keeps Lom. Birk has 12 beds.",
    "vocabulary.yaml": """
kinds:
  keeper: {plural: keepers}
  hut: {plural: huts}
entities:
  keeper: {Anna: {}, Ben: {}}
  hut: {Birk: {}, Lom: {}, Tind: {}}
predicates:
  keeps: {subject: [keeper], object: [hut], functional: true, verb: {singular: keeps, plural: keep, base: keep}}
  has: {subject: [hut], object: [number], verb: {singular: has, plural: have, base: have}}
""",
    "facts.yaml": """
facts:
  - {id: a, subject: Anna, predicate: keeps, object: Birk, quote: Anna keeps Birk.}
  - {id: b, subject: Ben, predicate: keeps, object: Tind, quote: Ben keeps Tind.}
  - {id: c, subject: Anna, predicate: keeps, object: Lom, quote: Anna keeps Lom.}
  - {id: d, subject: Birk, predicate: has, object: 12 beds, quote: Birk has 12 beds.}
""",
}


class Eager:
    """A model that takes every sentence for the statement that has most of its words in it, and is sure of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        self.asked.append(question)
        said = set(re.findall(r"\w+", question))
        shared = [len(said & set(re.findall(r"\w+", text))) for text in texts]
        return tuple(
            20.0 * number if text.startswith("Does") else 0.0 for number, text in zip(shared, texts, strict=True)
        )


@pytest.fixture(scope="module")
def eager() -> Eager:
    return Eager()


@pytest.fixture
def model(eager: Eager) -> Eager:
    eager.asked.clear()
    return eager


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, eager: Eager) -> Bot:
    folder = tmp_path_factory.mktemp("huts")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    corpus, embedder = load_corpus(folder), WordEmbedder()
    build_index(corpus, folder / "index", embedder)
    weights = replace(Weights.load(), encoder=1.0, strange=0.0, missed=0.0)
    opened = Index.open(folder / "index", corpus, embedder)
    return Bot(corpus, opened, embedder, chooser=RankedChooser(eager, weights=weights))


def found(bot: Bot, text: str) -> Finding:
    (finding,) = bot.check(text).findings
    return finding


def test_a_claim_in_words_that_nobody_listed_is_decided_by_the_facts(bot: Bot) -> None:
    right, wrong = (
        found(bot, "Over at Birk it's Anna's ladle in the soup."),
        found(bot, "Tind dances to Anna's fiddle."),
    )

    assert (right.verdict, right.read_as) == (Verdict.SUPPORTED, "Anna keeps Birk.")
    assert (wrong.verdict, wrong.read_as) == (Verdict.REFUTED, "Anna keeps Tind.")
    assert wrong.correction == "Ben keeps Tind."
    assert [fact.id for fact in right.facts] == ["a"]
    assert right.proof is not None


@pytest.mark.parametrize(
    "text",
    [
        "Birk never dances to Anna's fiddle.",
        "Only Birk dances to Anna's fiddle.",
        "Birk and Tind dance to Anna's fiddle.",
        "Birk may dance to Anna's fiddle.",
        "Birk used to dance to Anna's fiddle.",
        "Birk dances to Anna's fiddle since 1990.",
        "Birk dances to Anna's 12 fiddles.",
        "Ben says that Birk dances to Anna's fiddle.",
        "Birk dances to the fiddle of Anna or Ben.",
        "Birk dances to Anna's fiddle more than Lom.",
        "Anna keeps Birk's accounts.",
        "Anna plays the fiddle.",
        "Birk, “the old hut down by the lake”, dances to Anna's fiddle.",
    ],
)
def test_what_a_statement_leaves_out_is_a_veto(bot: Bot, text: str) -> None:
    report = bot.check(text)

    assert not any(finding.read_as for finding in report.findings)
    assert report.verdict is Verdict.NOT_ENOUGH_INFO


def test_a_statement_that_is_hardly_likelier_than_another_is_not_chosen(
    bot: Bot, model: Eager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "scores", lambda _, texts: [9.0 * text.startswith("Does") for text in texts])

    assert found(bot, "Over at Birk it's Anna's ladle in the soup.").verdict is Verdict.NOT_ENOUGH_INFO


def test_what_is_read_word_for_word_asks_no_model(bot: Bot, model: Eager) -> None:
    assert found(bot, "Anna keeps Birk.").verdict is Verdict.SUPPORTED
    assert found(bot, "Ben keeps Birk.").verdict is Verdict.REFUTED
    assert not model.asked


def test_the_gate_reads_nothing_by_choice(bot: Bot) -> None:
    """What leaves the system must be read by rules alone."""
    findings, _ = bot.tongues.home.checker.check("Over at Birk it's Anna's ladle in the soup.")

    assert [finding.verdict for finding in findings] == [Verdict.NOT_ENOUGH_INFO]


def test_a_long_text_asks_the_model_for_so_many_of_its_sentences(bot: Bot, model: Eager) -> None:
    report = bot.check(
        " ".join(f"Birk dances to Anna's fiddle, verse {'x' * n}y." for n in range(1, MOST_PROPOSED + 20))
    )

    assert len(report.findings) == MOST_PROPOSED + 19
    assert len(model.asked) == MOST_PROPOSED
    assert [bool(finding.read_as) for finding in report.findings] == [True] * MOST_PROPOSED + [False] * 19


def test_a_receipt_tells_which_readings_are_not_made_again(bot: Bot) -> None:
    sent = report_to_json(bot.check("Over at Birk it's Anna's ladle in the soup. Ben keeps Tind."))
    verification = verify(read_receipt(json.dumps(sent).encode()), bot.corpus)

    assert [finding["read_as"] for finding in sent["findings"]] == ["Anna keeps Birk.", None]
    assert verification.holds
    assert any("how to read claim 1:" in note for note in verification.notes)
