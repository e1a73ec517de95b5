"""Canonical questions, which readings are exact, and how one of several candidates is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from random import Random

import pytest

from bot.understanding.candidates import NOTHINGS, Candidate, Conversation, Nothing, Origin, Turn
from bot.understanding.canonical import CanonicalForms, is_composed, reading_key
from bot.understanding.chooser import OFFERED, QUESTIONS, SENTENCES, RankedChooser, Weights, best_of_each
from bot.understanding.exact import (
    fits_question_word,
    mended,
    question_words,
    questions_in,
    reads_all,
    understood_fully,
)
from bot.understanding.gloss import Glosser
from bot.understanding.linker import Linker
from bot.understanding.logical_form import Clause, Form, Op, Quantity, Scope, Subject
from bot.understanding.parser import Parser
from corpus.canonical import canonical_question, question_of
from corpus.errors import CorpusFileError
from corpus.language import load_language
from corpus.localise import localised
from tests.bot.core import Core

WEIGHTS = Weights(encoder=1.0, verifier=1.0, parsed=2.0, least=1.0, sure=2.0, further=1.0, beside=1.0)


@dataclass
class Table:
    """A scorer with a number for each text; what it was asked is kept."""

    odds: Mapping[str, float]
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def scores(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        self.asked.append((question, tuple(texts)))
        return tuple(self.odds.get(text, -9.0) for text in texts)


def who(name: str) -> Candidate:
    clause = Clause(f"Who leads {name}?", 0, 1, Form.SUBJECT, "leads", objects=(Scope(name, entity=name),))
    return Candidate(clause.text, Origin.FORM, "who", clause)


# Canonical questions


def test_each_form_is_asked_in_words_of_its_own(brigade: Core) -> None:
    forms, leads = CanonicalForms(brigade.corpus, load_language("en")), brigade.corpus.predicates["leads"]
    scope = Scope("Old Town", entity="Old Town")
    asked = [
        *forms.general(leads),
        *forms.of_subject(leads, "Red Watch"),
        *forms.of_object(leads, scope, "Old Town"),
        *forms.of_pair(leads, "Red Watch", scope, "Old Town"),
        *forms.of_rivals(leads, "Red Watch", "Blue Watch"),
    ]
    texts = [each.text for each in asked]
    assert len(set(texts)) == len(texts), "two readings that are worded alike cannot be told apart"
    assert len({reading_key(each.clause) for each in asked}) == len(asked)
    assert {"Who leads Old Town?", "What does Red Watch lead?", "How many districts does Red Watch lead?"} <= set(texts)
    assert "Which tasks does Red Watch not lead?" in texts
    assert "Which districts does neither Red Watch nor Blue Watch lead?" in texts
    assert "Who leads more than 1 of the districts?" in texts
    (else_,) = forms.of_others(leads, "Red Watch", scope, "Old Town")
    assert else_.text == "What else does Red Watch lead, besides Old Town?"
    assert not list(forms.of_others(leads, "Blue Watch", scope, "Old Town")), "it does not have it"
    assert not list(forms.of_number(leads, "district", 99)), "there are not so many"
    assert all(each.clause.text == each.text for each in asked)


def test_the_parser_reads_plain_canonical_questions_back(brigade: Core) -> None:
    forms, leads = CanonicalForms(brigade.corpus, load_language("en")), brigade.corpus.predicates["leads"]
    scope = Scope("Old Town", entity="Old Town")
    asked = [*forms.of_subject(leads, "Red Watch"), *forms.of_object(leads, scope, "Old Town")]
    for each in asked:
        [sentence] = brigade.parser.parse(each.text).sentences
        assert [reading_key(clause) for clause in sentence.clauses] == [reading_key(each.clause)], each.text


def test_a_thing_is_not_asked_for_what_its_kind_cannot_do(brigade: Core) -> None:
    forms, leads = CanonicalForms(brigade.corpus, load_language("en")), brigade.corpus.predicates["leads"]
    assert list(forms.of_subject(leads, "Old Town")) == []


def test_the_verb_be_has_templates_of_its_own(alliance: Core) -> None:
    part = alliance.corpus.predicates["is part of"]
    english = load_language("en")
    assert canonical_question(english, part, "what", subject="Acme") == "Acme is part of what?"
    leads = alliance.corpus.predicates["leads"]
    assert canonical_question(english, leads, "what", subject="Acme") == "What does Acme lead?"


def test_a_fact_is_embedded_as_its_question(alliance: Core) -> None:
    facts = alliance.corpus.facts
    questions = {question_of(alliance.corpus, fact) for fact in facts.values()}
    assert "Who leads Europe?" in questions
    assert "Alliance jointly develops what share?" in questions  # a value is asked for by its kind


# Exact readings


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("Who leads Old Town?", True),
        ("How many districts does Red Watch lead?", True),
        ("Does Blue Watch lead water rescue?", True),
        ("Is Red Watch leaving Old Town?", False),  # a word that no reading has
        ("Who leads Norhtgate?", True),  # mended
        ("We moved. Who leads Old Town?", False),  # two sentences
        ("Red Watch leads Old Town.", False),  # no question
        ("Why are there watches?", False),  # no form
        ("Who leads what?", False),  # a whole picture may be meant by what was hardly read
        ("Does anyone other than Red Watch lead Old Town?", False),  # it is no claim about Red Watch
    ],
)
def test_a_reading_is_exact_where_no_word_is_left(brigade: Core, text: str, exact: bool) -> None:
    message = brigade.parser.parse(text)
    clauses = tuple(clause for sentence in message.sentences for clause in sentence.clauses)
    assert reads_all(message, clauses) is exact


def test_a_model_is_told_mended_words(brigade: Core) -> None:
    assert mended(brigade.parser.parse("We moved. Who leads Norhtgate?")) == "We moved. Who leads northgate?"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("When was Old Town given away?", False),
        ("Why Old Town?", False),
        ("Who leads Old Town, and when?", True),
        ("Old Town: when, why?", True),
    ],
)
def test_a_name_answers_no_when_and_no_why(brigade: Core, text: str, fits: bool) -> None:
    clause = who("Old Town").clause
    assert clause is not None
    assert fits_question_word(question_words(brigade.parser.parse(text)), clause, measured=False) is fits


def test_clauses_with_unknown_words_are_no_candidates(brigade: Core) -> None:
    [sentence] = brigade.parser.parse("Who leads zeppelins?").sentences
    assert understood_fully(sentence.clauses) == ()


# What a model is told


def test_a_model_is_told_the_last_and_the_first_question() -> None:
    turns = (Turn("Who leads A?", (), ("X",)), Turn("What does X lead?", (), ("A", "B", "C", "D", "E")))
    assert Conversation("Why?").told == "Why?"
    assert Conversation("Why?", turns[:1]).told == "(Who leads A? X) Why?"
    assert Conversation("Why?", turns).told == "(Who leads A?) (What does X lead? A, B, C, D) Why?"


# Choosing


def chosen(odds: Mapping[str, float], candidates: Sequence[Candidate], named: Sequence[str] = ()) -> list[str]:
    chooser = RankedChooser(Table(odds), None, WEIGHTS)
    return [c.text for c in chooser.choose(Conversation("?"), candidates, named).picked]


def test_the_likeliest_is_chosen() -> None:
    assert chosen({"Who leads A?": 1.0, "Who leads B?": 2.0}, [who("A"), who("B"), *NOTHINGS]) == ["Who leads B?"]


def test_what_is_not_likely_enough_is_not_chosen() -> None:
    odds = {"Who leads A?": -0.1, Nothing.ELSEWHERE.value: -3.0, Nothing.NOT_STATED.value: -0.5}
    assert chosen(odds, [who("A"), *NOTHINGS]) == [Nothing.NOT_STATED.value]
    odds[Nothing.ELSEWHERE.value] = -0.3
    assert chosen(odds, [who("A"), *NOTHINGS]) == [Nothing.ELSEWHERE.value]


def test_a_message_without_meaning_gets_no_fact() -> None:
    odds = {Nothing.MEANINGLESS.value: 3.0, "Who leads A?": 2.9}
    assert chosen(odds, [who("A"), *NOTHINGS], ["A"]) == [Nothing.MEANINGLESS.value]


def test_a_second_question_is_about_something_else_that_is_named() -> None:
    odds = {"Who leads A?": 3.0, "Who leads B?": 2.0, "Who leads C?": 2.0}
    candidates = [who("A"), who("B"), who("C"), *NOTHINGS]
    assert chosen(odds, candidates, ["A", "B"]) == ["Who leads A?", "Who leads B?"]


def test_names_that_do_not_match_weigh() -> None:
    weights = replace(WEIGHTS, strange=-1.5, missed=-1.0)
    odds = {"Who leads A?": 1.0, "Who leads B?": 2.0}
    said = Conversation("And A?", (Turn("Who leads C?", (who("C").clause,)),))
    chooser = RankedChooser(Table(odds), None, weights)
    assert chooser.choose(said, [who("A"), who("B"), *NOTHINGS], ["A"]).picked[0].text == "Who leads A?"
    odds["Who leads C?"] = 3.5
    assert chooser.choose(said, [who("A"), who("C"), *NOTHINGS], ["A"]).picked[0].text == "Who leads C?"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Hello! Who leads Old Town? And harbour fires? Thanks.",
            ["Hello! Who leads Old Town?", "And harbour fires? Thanks."],
        ),
        ("We moved. Who leads Old Town?", ["We moved. Who leads Old Town?"]),
        ("tell me who leads Old Town", ["tell me who leads Old Town"]),
        ("Who leads Old Town? Red Watch or Blue Watch?", ["Who leads Old Town? Red Watch or Blue Watch?"]),
        ("Really? Are you sure? Who leads Old Town?!", ["Really? Are you sure? Who leads Old Town?!"]),
        ("Old Town: who leads it, since when?", ["Old Town: who leads it", "Old Town: since when?"]),
        ("Old Town: Red Watch, Blue Watch, who leads it?", ["Old Town: Red Watch, Blue Watch, who leads it?"]),
        ("Tell me 1) who leads Old Town 2) why that is", ["who leads Old Town", "why that is"]),
        ("Who leads (a) Old Town and (b) Northgate?", ["Who leads (a) Old Town and (b) Northgate?"]),
        ("Note: in Old Town, who leads?", ["Note: in Old Town, who leads?"]),
        ("Who has watches and vans which are red?", ["Who has watches and vans which are red?"]),
        ("Who leads Old Town, and to whom goes Northgate?", ["Who leads Old Town", "and to whom goes Northgate?"]),
        ("Who leads the watch, which has the Quays?", ["Who leads the watch, which has the Quays?"]),
        ("And jet skis? Who leads on them?", ["And jet skis? Who leads on them?"]),  # the first asks nothing by itself
        ("Old Town? " * 20, ["Old Town?"] * 20),
    ],
)
def test_each_question_of_a_message_is_read_for_itself(brigade: Core, text: str, pieces: list[str]) -> None:
    assert list(questions_in(brigade.parser.parse(text))) == pieces


def test_a_parsed_reading_weighs_more() -> None:
    candidates = [who("A"), Candidate("Who leads B?", Origin.FORM, "who", who("B").clause, parsed=True), *NOTHINGS]
    assert chosen({"Who leads A?": 2.0, "Who leads B?": 1.0}, candidates) == ["Who leads B?"]


def test_the_best_are_read_together_with_the_message() -> None:
    names = [f"N{number}" for number in range(QUESTIONS + 3)]
    candidates = [*map(who, names), *NOTHINGS]
    encoder = Table({candidate.text: 5.0 - number / 10 for number, candidate in enumerate(candidates)})
    verifier = Table({"Who leads N3?": 4.0})
    choice = RankedChooser(encoder, verifier, WEIGHTS).choose(Conversation("?"), candidates, ())
    assert choice.picked[0].text == "Who leads N3?"
    texts = [text for _, asked in verifier.asked for text in asked]
    assert texts == [candidate.text for candidate in (*candidates[:QUESTIONS], *NOTHINGS[:2])]
    scores = [score for score, _ in choice.scores]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == len(candidates)


@pytest.mark.parametrize("seed", range(200))
def test_what_cannot_be_chosen_is_read_where_it_is_wanted_alone_and_the_choice_is_the_same(seed: int) -> None:
    chance, most = Random(seed), 5.0
    said = [Candidate(f"S{number}", Origin.TEXT, "text") for number in range(5)]
    candidates = [*map(who, "ABCDEF"), *said, *NOTHINGS]
    encoder = Table({each.text: chance.uniform(-9, 9) for each in candidates})
    verifier = Table({each.text: chance.uniform(-most, most) for each in candidates})
    every, some = (RankedChooser(encoder, verifier, WEIGHTS, bound) for bound in (inf, most))
    named = chance.sample("ABCDEF", 3)
    whole = every.choose(Conversation("?"), candidates, named)
    verifier.asked.clear()
    choice = some.choose(Conversation("?"), candidates, named)
    assert (choice.picked, choice.alternatives) == (whole.picked, whole.alternatives)
    if choice.unread:
        left = {each.text for each in (*said, *NOTHINGS[1:])}
        assert left.isdisjoint(text for _, asked in verifier.asked for text in asked)
        assert choice.sentence is None and choice.picked[0].clause is not None
    assert choice.whole() == whole.whole() == whole
    read = QUESTIONS + SENTENCES + 2
    assert choice.whole().scores[:read] == whole.scores[:read]
    assert choice.brief().whole().sentence == whole.sentence


def test_sentences_are_taken_by_both_orders_and_have_the_places_of_questions_that_are_not_there() -> None:
    said = [Candidate(f"S{number}", Origin.TEXT, "text") for number in range(10)]
    candidates = [*said, *NOTHINGS]
    likeliest = [9, 8, *range(8)]
    alone = best_of_each(candidates, [*likeliest, *range(10, len(candidates))])
    among = [candidates[at].text for at in alone if candidates[at].origin is Origin.TEXT]
    assert len(among) == QUESTIONS + SENTENCES and {"S0", "S9"} <= set(among)
    beside = best_of_each([*candidates, who("A")], [*likeliest, *range(10, len(candidates) + 1)])
    assert sum(at < 10 for at in beside) == SENTENCES


def test_close_readings_are_offered() -> None:
    odds = {"Who leads A?": 3.0, "Who leads B?": 2.5, "Who leads C?": -8.0}
    chooser = RankedChooser(Table(odds), None, WEIGHTS)
    choice = chooser.choose(Conversation("?"), [who("A"), who("B"), who("C"), *NOTHINGS], ())
    assert [candidate.text for candidate in choice.alternatives] == ["Who leads B?"]
    assert len(choice.alternatives) <= OFFERED


def test_the_choice_does_not_depend_on_the_order_of_equals() -> None:
    odds = {"Who leads A?": 1.0, "Who leads B?": 1.0}
    once = chosen(odds, [who("A"), who("B"), *NOTHINGS])
    assert chosen(odds, [who("A"), who("B"), *NOTHINGS]) == once == ["Who leads A?"]


# Weights are data


def test_the_shipped_weights_can_be_read() -> None:
    assert Weights.load().encoder > 0


WORDS = "".join(f"{name}: much\n" for name in Weights.__slots__)


@pytest.mark.parametrize("text", ["encoder: 1.0\n", "[]\n", WORDS])
def test_weights_that_are_wrong_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chooser.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"chooser\.yaml"):
        Weights.load(path)


def test_what_two_clauses_ask_is_the_same_wherever_it_stands() -> None:
    one = Clause("a", 0, 1, Form.OBJECT, "leads", subjects=(Subject("X"),))
    other = Clause("b", 5, 9, Form.OBJECT, "leads", subjects=(Subject("X"),), spoken=True)
    assert reading_key(one) == reading_key(other)
    assert reading_key(one) != reading_key(Clause("a", 0, 1, Form.COUNT, "leads", subjects=(Subject("X"),)))


def test_what_counts_denies_or_joins_is_composed() -> None:
    plain = Clause("a", 0, 1, Form.OBJECT, "leads", subjects=(Subject("X"),))
    assert not is_composed(plain)
    scope = Scope("Y", entity="Y")
    others = [
        replace(plain, negated=True),
        replace(plain, subjects=(Subject("X", negated=True),)),
        replace(plain, subjects=(Subject("X"), Subject("Z"))),
        replace(plain, objects=(scope,)),
        replace(plain, form=Form.SUBJECT, objects=(replace(scope, partly=True),)),
        replace(plain, quantity=Quantity(Op.MORE, 1, "k")),
    ]
    assert all(map(is_composed, others))


def test_a_message_is_said_word_for_word_in_the_corpus_language(alliance: Core) -> None:
    french = load_language("fr")
    localised_corpus = localised(alliance.corpus, french)
    linker = Linker(localised_corpus, french, alliance.world)
    glosser = Glosser(alliance.corpus, alliance.language, alliance.world)
    message = Parser(localised_corpus, french, linker).parse("Combien de régions dirige Nissan, et qui a la Russie ?")
    words = glosser.gloss(message).split()
    assert " ".join(words).startswith("how many")
    assert {"regions", "lead", "Nissan", "who", "Russia"} <= set(words)
