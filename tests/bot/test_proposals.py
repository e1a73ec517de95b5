"""Claims that no rule can read: models propose, and whatever they propose, rules veto; the gate hears none of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from bot.answering.bot import Bot
from bot.checking.proposals import MOST
from bot.checking.receipt import read_receipt
from bot.checking.verify import verify
from bot.schema.answer import Finding, Verdict
from bot.schema.contract import report_to_json
from bot.understanding.chooser import RankedChooser, Weights
from corpus.loader import load_corpus
from index.builder import build_index
from index.reranker import Judged, open_verifier
from index.search import Index
from tests.index.conftest import WordEmbedder

FILES = {
    "corpus.yaml": "{id: huts, title: The huts, documents: [{id: list, file: list.txt}]}",
    "list.txt": ("Anna keeps Birk. Ben keeps Tind. Anna keeps Lom. Birk has 12 beds.\n\nMules carry water up to Lom."),
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
SETTLED = Judged(0.1, 0.5, 0.4)
LADLE = "Over at Birk it's Anna's ladle in the soup."


class Eager:
    """Models that take a text for whatever has most of its words in it, and judge every pair as they are told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.judging = SETTLED
        self.seen: list[tuple[str, str]] = []

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        self.asked.append(question)
        said = set(re.findall(r"\w+", question))
        shared = [len(said & set(re.findall(r"\w+", text))) for text in texts]
        return tuple(20.0 * n * text.startswith("Does") for n, text in zip(shared, texts, strict=True))

    def judged(self, statement: str, texts: Sequence[str]) -> list[Judged]:
        self.seen += [(statement, text) for text in texts]
        return [self.judging] * len(texts)


@pytest.fixture(scope="module")
def model() -> Eager:
    return Eager()


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, model: Eager) -> Bot:
    folder = tmp_path_factory.mktemp("huts")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    corpus, embedder = load_corpus(folder), WordEmbedder()
    build_index(corpus, folder / "index", embedder)
    weights = replace(Weights.load(), encoder=1.0, strange=0.0, missed=0.0)
    opened = Index.open(folder / "index", corpus, embedder)
    return Bot(corpus, opened, embedder, chooser=RankedChooser(model, weights=weights), entailment=model)


@pytest.fixture(autouse=True)
def fresh(model: Eager) -> Iterator[None]:
    model.asked.clear()
    model.seen.clear()
    model.judging = SETTLED
    yield


def found(bot: Bot, text: str) -> Finding:
    (finding,) = bot.check(text).findings
    return finding


# A reading


def test_a_claim_in_words_that_nobody_listed_is_decided_by_the_facts(bot: Bot) -> None:
    right, wrong = found(bot, LADLE), found(bot, "Tind dances to Anna's fiddle.")

    assert (right.verdict, right.read_as) == (Verdict.SUPPORTED, "Anna keeps Birk.")
    assert (wrong.verdict, wrong.read_as) == (Verdict.REFUTED, "Anna keeps Tind.")
    assert wrong.correction == "Ben keeps Tind."
    assert [fact.id for fact in right.facts] == ["a"]
    assert right.proof is not None


def test_an_if_that_speaks_to_somebody_supposes_nothing(bot: Bot) -> None:
    assert found(bot, "If it's Birk you want, Anna is your girl.").read_as == "Anna keeps Birk."


def test_a_reading_counts_only_where_the_fact_settles_the_claim(bot: Bot, model: Eager) -> None:
    """ "Anna owns Birk" is like "Anna keeps Birk", and does not hang on it."""
    model.judging = Judged(0.6, 0.2, 0.2)

    assert found(bot, LADLE).verdict is Verdict.NOT_ENOUGH_INFO
    assert (LADLE.rstrip("."), "Anna keeps Birk.") in [(s.rstrip("."), t) for s, t in model.seen]
    assert found(bot, "Tind dances to Anna's fiddle.").verdict is Verdict.NOT_ENOUGH_INFO
    assert ("Tind dances to Anna's fiddle", "Ben keeps Tind.") in [(s.rstrip("."), t) for s, t in model.seen]


@pytest.mark.parametrize(
    "text",
    [
        "Birk never dances to Anna's fiddle.",
        "Only Birk dances to Anna's fiddle.",
        "Birk and Tind dance to Anna's fiddle.",
        "Birk may dance to Anna's fiddle.",
        "Birk used to dance to Anna's fiddle.",
        "If it rains, Birk dances to Anna's fiddle.",
        "Birk dances to Anna's fiddle since May.",
        "Birk dances to a dozen of Anna's fiddles.",
        "Birk dances to Anna's fiddle, but the roof is gone.",
        "Birk dances to Anna's fiddle; the moon is made of cheese.",
        "Birk dances to the fiddle of Anna or another.",
        "Birk dances to Zora Anna's fiddle.",
        "Birk dances to Anna Müller's fiddle.",
        "Birk dances to Anna's fiddle, says Zora.",
        "Lom's deputy dances to Anna's fiddle.",
        "She dances to Anna's fiddle at Birk.",
        "Anna keeps Birk's accounts.",
        "Myths we have heard:\n- Birk dances to Anna's fiddle",
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

    assert found(bot, LADLE).verdict is Verdict.NOT_ENOUGH_INFO


# Bounds


def test_what_is_read_word_for_word_asks_no_model(bot: Bot, model: Eager) -> None:
    assert found(bot, "Anna keeps Birk.").verdict is Verdict.SUPPORTED
    assert found(bot, "Ben keeps Birk.").verdict is Verdict.REFUTED
    assert not model.asked and not model.seen


def test_to_the_gate_no_model_proposes_anything(bot: Bot, model: Eager) -> None:
    """What leaves the system must be read by rules alone."""
    findings, _ = bot.tongues.home.checker.check(LADLE)

    assert [finding.verdict for finding in findings] == [Verdict.NOT_ENOUGH_INFO]
    assert not model.asked and not model.seen


@pytest.mark.slow
def test_a_long_text_asks_the_models_for_so_many_of_its_sentences(bot: Bot, model: Eager) -> None:
    report = bot.check(" ".join(f"Birk dances to Anna's fiddle, verse {'x' * n}y." for n in range(1, MOST + 20)))

    assert len(report.findings) == MOST + 19
    assert [bool(finding.read_as) for finding in report.findings] == [True] * MOST + [False] * 19


def test_a_receipt_tells_what_was_proposed_by_a_model(bot: Bot) -> None:
    sent = report_to_json(bot.check(f"{LADLE} Ben keeps Tind."))
    verification = verify(read_receipt(json.dumps(sent).encode()), bot.corpus)

    assert [finding["read_as"] for finding in sent["findings"]] == ["Anna keeps Birk.", None]
    assert verification.holds
    assert any("how to read claim 1:" in note for note in verification.notes)


def test_the_shipped_verifier_has_learnt_what_settles_a_claim() -> None:
    settled, refuted, *neither = open_verifier().judged(
        "Over in Peru it's Acme that calls the tune.",
        ["Acme leads Peru.", "Bolt leads Peru.", "The museum opens at nine.", "Peru exports copper."],
    )

    assert max(settled.neither, refuted.neither) < 0.5 < min(each.neither for each in neither)
    assert sum(settled) == pytest.approx(1, abs=0.01)
