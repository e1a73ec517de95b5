"""What is seldom asked: by a description, for those who have none, for the same, for sums and differences."""

from __future__ import annotations

import pytest

from bot.answering.bot import Bot, Question
from bot.schema.answer import Answer, Status
from bot.understanding.candidates import Conversation
from bot.understanding.canonical import is_rare
from corpus.loader import load_corpus
from index.builder import build_index
from index.search import Index
from tests.bot.village import EqualChooser
from tests.index.conftest import WordEmbedder

FILES = {
    "corpus.yaml": "{id: huts, title: The huts, documents: [{id: list, file: list.txt}]}",
    "list.txt": (
        "Anna keeps Birk. Anna keeps Lom. Ben keeps Tind. Birk watches Elm Glen. Lom watches Ash Glen. "
        "Lom watches Oak Glen. Tind watches Fir Glen. Birk has 12 beds. Lom has 30 beds. Tind has about 8 beds. "
        "Cara is a keeper, and Sund is a hut."
    ),
    "vocabulary.yaml": """
kinds:
  keeper: {plural: keepers}
  hut: {plural: huts}
  glen: {plural: glens}
entities:
  keeper: {Anna: {}, Ben: {}, Cara: {}}
  hut: {Birk: {}, Lom: {}, Tind: {}, Sund: {}}
  glen: {Elm Glen: {}, Ash Glen: {}, Oak Glen: {}, Fir Glen: {}}
predicates:
  keeps: {subject: [keeper], object: [hut], functional: true, verb: {singular: keeps, plural: keep, base: keep}}
  watches: {subject: [hut], object: [glen], verb: {singular: watches, plural: watch, base: watch}}
  has: {subject: [hut], object: [number], verb: {singular: has, plural: have, base: have}}
""",
}
FACTS = [
    *(("Anna", "keeps", "Birk"), ("Anna", "keeps", "Lom"), ("Ben", "keeps", "Tind")),
    *(("Birk", "watches", "Elm Glen"), ("Lom", "watches", "Ash Glen"), ("Lom", "watches", "Oak Glen")),
    *(("Tind", "watches", "Fir Glen"), ("Birk", "has", "12 beds"), ("Lom", "has", "30 beds")),
    ("Tind", "has", "about 8 beds"),
]


@pytest.fixture(scope="module")
def huts(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot that takes a canonical question for what it asks, and is told all others."""
    folder = tmp_path_factory.mktemp("huts")
    rows = (
        f"  - {{id: f{number}, subject: {subject}, predicate: {predicate}, object: {value}, "
        f"quote: {subject} {predicate} {value}.}}\n"
        for number, (subject, predicate, value) in enumerate(FACTS)
    )
    for name, text in {**FILES, "facts.yaml": "facts:\n" + "".join(rows)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    corpus, embedder = load_corpus(folder), WordEmbedder()
    build_index(corpus, folder / "index", embedder)
    return Bot(corpus, Index.open(folder / "index", corpus, embedder), embedder, chooser=EqualChooser(always=True))


def asked(bot: Bot, question: str) -> Answer:
    answer = bot.ask(question)
    (clause,) = bot.understand(Question(question)).resolved.clauses
    assert is_rare(clause), "no other reading answers it"
    return answer


@pytest.mark.parametrize(
    ("question", "values", "told"),
    [
        ("Who keeps the hut that watches Elm Glen?", ("Anna",), "Birk watches Elm Glen."),
        ("What does the hut that Ben keeps watch?", ("Fir Glen",), "Ben keeps Tind."),
        ("What does the huts that Anna keeps watch?", ("Elm Glen", "Ash Glen", "Oak Glen"), "Anna keeps Lom."),
        ("Which keepers keep no hut at all?", ("Cara",), "That leaves Cara."),
        ("Which huts watch no glen at all?", ("Sund",), "That leaves Sund."),
        ("Which huts do not watch Ash Glen?", ("Birk", "Tind"), "That leaves Birk and Tind."),
        ("How many keepers keep no hut at all?", ("1",), "That leaves Cara."),
        ("Does Ben alone, and nobody else, keep Tind?", ("yes",), "Ben keeps Tind."),
        ("Does Ben alone, and nobody else, keep Lom?", ("no", "Anna"), "Anna keeps Lom."),
        ("Is it the same one that keeps Birk and Lom?", ("yes",), "Anna keeps Lom."),
        ("Is it the same one that keeps Birk and Tind?", ("no",), "Ben keeps Tind."),
    ],
)
def test_what_is_seldom_asked_is_answered_with_all_that_it_rests_on(
    huts: Bot, question: str, values: tuple[str, ...], told: str
) -> None:
    answer = asked(huts, question)
    assert answer.values == values
    assert told in answer.answer.replace(" [1]", "").replace(" [2]", "").replace(" [3]", "")
    assert answer.citations and not any(finding.withheld for finding in answer.findings)


def test_values_of_one_unit_are_reckoned(huts: Bot) -> None:
    texts = {c.text: c for c in huts.interpreter.maker.questions(Conversation("Birk, Lom, Tind: how many beds?"))}
    found = {
        name: huts.reasoner.answer(c.clause)
        for name, c in texts.items()
        if c.clause is not None and (c.clause.together or c.clause.apart)
    }
    sums = {name: evidence.values for name, evidence in found.items()}
    assert len(sums) == 6, "each pair, together and apart"
    assert {values for name, values in sums.items() if "Tind" not in name} == {("42 beds",), ("18 beds",)}
    rough = [evidence.status for name, evidence in found.items() if "Tind" in name]
    assert set(rough) == {Status.NOT_STATED}, "about 8 and 12 make no number"


def test_nobody_is_said_to_lack_what_only_a_name_asks_for(huts: Bot) -> None:
    chooser = huts.interpreter.chooser
    assert isinstance(chooser, EqualChooser)
    chooser.near["Who keeps watch over Ash Glen?"] = "Which huts do not watch Ash Glen?"
    assert huts.ask("Who keeps watch over Ash Glen?").values != ("Birk", "Tind"), "nothing in it says not"


def test_those_of_whom_a_value_is_stated_are_counted(huts: Bot) -> None:
    answer = huts.ask("How many huts have a stated number, one that it has?")
    assert answer.values == ("3",) and "3 huts: Birk, Lom and Tind." in answer.answer
