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
        "Ben keeps Moen. Birk costs 5 thousand coins. Lom costs 3 thousand coins. Tind costs 12 coins in 2019. "
        "Moen costs -5 coins. Cara is a keeper, and Sund is a hut."
    ),
    "vocabulary.yaml": """
kinds:
  keeper: {plural: keepers}
  hut: {plural: huts}
  glen: {plural: glens}
entities:
  keeper: {Anna: {}, Ben: {}, Cara: {}}
  hut: {Birk: {}, Lom: {}, Tind: {}, Sund: {}, Moen: {}}
  glen: {Elm Glen: {}, Ash Glen: {}, Oak Glen: {}, Fir Glen: {}}
predicates:
  keeps: {subject: [keeper], object: [hut], functional: true, verb: {singular: keeps, plural: keep, base: keep}}
  watches: {subject: [hut], object: [glen], verb: {singular: watches, plural: watch, base: watch}}
  has: {subject: [hut], object: [number], verb: {singular: has, plural: have, base: have}}
  costs: {subject: [hut], object: [number], verb: {singular: costs, plural: cost, base: cost}}
  weighs: {subject: [hut], object: [number], verb: {singular: weighs, plural: weigh, base: weigh}}
""",
}
FACTS = [
    *(("Anna", "keeps", "Birk"), ("Anna", "keeps", "Lom"), ("Ben", "keeps", "Tind")),
    *(("Birk", "watches", "Elm Glen"), ("Lom", "watches", "Ash Glen"), ("Lom", "watches", "Oak Glen")),
    *(("Tind", "watches", "Fir Glen"), ("Birk", "has", "12 beds"), ("Lom", "has", "30 beds")),
    *(("Tind", "has", "about 8 beds"), ("Ben", "keeps", "Moen"), ("Birk", "costs", "5 thousand coins")),
    *(("Lom", "costs", "3 thousand coins"), ("Tind", "costs", "12 coins in 2019"), ("Moen", "costs", "-5 coins")),
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
        ("What do the huts that Ben keeps watch?", ("Fir Glen",), "The source does not say."),
        ("What do the huts that Anna keeps watch?", ("Elm Glen", "Ash Glen", "Oak Glen"), "Anna keeps Lom."),
        ("Which keepers keep no hut at all?", ("Cara",), "That leaves Cara."),
        ("Which huts watch no glen at all?", ("Sund", "Moen"), "That leaves Sund and Moen."),
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


@pytest.mark.parametrize(
    ("verb", "values"),
    [("has", {("42 beds",), ("18 beds",)}), ("costs", {("8 thousand coins",), ("2 thousand coins",)})],
)
def test_values_of_one_unit_are_reckoned_and_no_others(huts: Bot, verb: str, values: set[tuple[str, ...]]) -> None:
    questions = huts.interpreter.maker.questions(Conversation("Birk, Lom, Tind: how much, how many?"))
    reckoned = [c for c in questions if c.clause is not None and (c.clause.together or c.clause.apart)]
    own = {c.text: huts.reasoner.answer(c.clause) for c in reckoned if c.clause and c.clause.predicate == verb}
    assert len(own) == 6, "each pair, together and apart"
    assert {evidence.values for text, evidence in own.items() if "Tind" not in text} == values
    assert {evidence.status for text, evidence in own.items() if "Tind" in text} == {Status.NOT_STATED}


def test_what_the_facts_leave_open_is_not_offered(huts: Bot) -> None:
    message = "Birk and Lom: Ash Glen, Oak Glen, weight?"
    texts = [candidate.text for candidate in huts.interpreter.maker.questions(Conversation(message))]
    assert not any("weigh" in text and "no stated" in text for text in texts), "no weight is stated of any"
    assert not any("alone" in text and "watch" in text for text in texts), "more than one may watch a glen"
    assert not any("same" in text and "watch" in text for text in texts)


def test_nobody_is_said_to_lack_what_only_a_name_asks_for(huts: Bot) -> None:
    chooser = huts.interpreter.chooser
    assert isinstance(chooser, EqualChooser)
    chooser.near["Who keeps watch over Ash Glen?"] = "Which huts do not watch Ash Glen?"
    assert huts.ask("Who keeps watch over Ash Glen?").values != ("Birk", "Tind"), "nothing in it says not"


def test_those_of_whom_a_value_is_stated_are_counted(huts: Bot) -> None:
    answer = huts.ask("How many huts have a stated number, one that it has?")
    assert answer.values == ("3",) and "3 huts: Birk, Lom and Tind." in answer.answer
