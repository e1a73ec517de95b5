"""Wordings that a predicate declares for itself: read as what they say, whichever way round, and no others as them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import yaml

from bot.answering.languages import Tongues
from bot.evaluation.generate import cases
from bot.evaluation.phrasebook import load_phrasebook
from bot.learning.coverage import cover
from bot.learning.learner import Learner
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.logical_form import Clause, Form
from bot.understanding.parser import Parser
from corpus.language import load_language
from corpus.loader import load_corpus
from corpus.localise import localised
from corpus.world import World
from tests.bot.core import Core

SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO
DEPOT = Path(__file__).parent / "depot"


def names(clause: Clause) -> tuple[list[str], list[str]]:
    return [subject.name for subject in clause.subjects], [scope.entity for scope in clause.objects]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Where does the drinking water come from?", ["Estonia"]),
        ("Where do water and fuel come from?", ["Estonia"]),
        ("Tell me where bread really comes from.", ["Norway"]),
        ("Where did watr come from?", ["Estonia"]),
        ("Whre does water come from?", ["Estonia"]),
        ("Which country does bread come from?", ["Norway"]),
        ("Is Estonia or Norway the country that bread comes from?", ["Norway"]),
        ("Who keeps the firewood going?", ["Estonia"]),
        ("Which nation keeps firewood going?", ["Estonia"]),
        ("Who takes bread off our hands?", ["Norway"]),
        ("Which nation takes bread off our hands?", ["Norway"]),
        ("What is the origin of bread?", ["Norway"]),
        ("Who has water in stock?", ["Estonia"]),
        ("Who tells the Medical Unit what to do?", ["Staff Unit"]),
        ("Who keeps the most goods going?", ["Estonia"]),
    ],
)
def test_the_side_that_is_not_named_is_asked_for(depot: Core, question: str, values: list[str]) -> None:
    assert list(depot.answered(question).values) == values


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What comes from Estonia?", ["drinking water", "firewood"]),
        ("Which goods come from Norway?", ["bread"]),
        ("How many goods come from Estonia?", ["2"]),
        ("What does Estonia keep going?", ["drinking water", "firewood"]),
        ("What does Norway bring along?", ["bread"]),
        ("Besides water, what comes from Estonia?", ["firewood"]),
        ("Which goods do not come from Estonia?", ["bread"]),
    ],
)
def test_the_object_is_asked_for(depot: Core, question: str, values: list[str]) -> None:
    assert list(depot.answered(question).values) == values


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("To whom does the Signals Unit report?", ["Staff Unit"]),
        ("Which unit does the Staff Unit report to?", ["Crown Unit"]),
        ("Tell me which unit the Staff Unit reports to.", ["Crown Unit"]),
        ("Who reports to the Staff Unit?", ["Signals Unit", "Medical Unit"]),
        ("Which units report to the Crown Unit?", ["Staff Unit"]),
        ("Who does the Staff Unit tell what to do?", ["Signals Unit", "Medical Unit"]),
        ("Does the Staff Unit report to the Crown Unit?", ["yes"]),
        ("Does the Crown Unit tell the Staff Unit what to do?", ["yes"]),
    ],
)
def test_of_one_kind_each_stands_on_the_side_that_the_pattern_gives_it(
    depot: Core, question: str, values: list[str]
) -> None:
    assert list(depot.answered(question).values) == values


@pytest.mark.parametrize(
    ("claim", "subjects", "objects", "verdict"),
    [
        ("Water comes from Estonia.", ["Estonia"], ["drinking water"], SUPPORTED),
        ("Water comes from Norway.", ["Norway"], ["drinking water"], REFUTED),
        ("Water does not come from Norway.", ["Norway"], ["drinking water"], SUPPORTED),
        ("Both the water and the bread come from Norway.", ["Norway"], ["drinking water", "bread"], REFUTED),
        ("The bread is in the hands of Norway.", ["Norway"], ["bread"], SUPPORTED),
        ("Estonia keeps water and fuel going.", ["Estonia"], ["drinking water", "firewood"], SUPPORTED),
        ("Norway takes bread off our hands.", ["Norway"], ["bread"], SUPPORTED),
        ("Only Estonia keeps fuel going.", ["Estonia"], ["firewood"], SUPPORTED),
        ("The Signals Unit reports to the Staff Unit by now.", ["Signals Unit"], ["Staff Unit"], SUPPORTED),
        ("The Staff Unit tells the Signals Unit what to do.", ["Signals Unit"], ["Staff Unit"], SUPPORTED),
        ("The Signals Unit tells the Staff Unit what to do.", ["Staff Unit"], ["Signals Unit"], OPEN),
        (
            "The Signals Unit and the Medical Unit report to the Staff Unit.",
            ["Signals Unit", "Medical Unit"],
            ["Staff Unit"],
            SUPPORTED,
        ),
    ],
)
def test_a_claim_in_a_pattern(
    depot: Core, claim: str, subjects: list[str], objects: list[str], verdict: Verdict
) -> None:
    assert depot.clause(claim).form is Form.CLAIM
    assert names(depot.clause(claim)) == (subjects, objects)
    assert depot.verdict(claim) is verdict


@pytest.mark.parametrize(
    ("question", "status", "values"),
    [
        ("Does water come from Estonia?", Status.ANSWERED, ("yes",)),
        ("Does water come from Norway?", Status.CORRECTED, ("no", "Estonia")),
        ("Isn't the bread in the hands of Norway?", Status.ANSWERED, ("yes",)),
        ("Does Norway have water in stock?", Status.CORRECTED, ("no", "Estonia")),
        ("Water comes from Estonia, right?", Status.ANSWERED, ("yes",)),
        ("Norway keeps water going?", Status.CORRECTED, ("no", "Estonia")),
    ],
)
def test_whether_it_is_so(depot: Core, question: str, status: Status, values: tuple[str, ...]) -> None:
    found = depot.answered(question)
    assert (found.status, found.values) == (status, values)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "Water comes from Estonia and bread comes from Norway.",
            [(["Estonia"], ["drinking water"]), (["Norway"], ["bread"])],
        ),
        (
            "The Signals Unit reports to the Staff Unit and the Staff Unit reports to the Crown Unit.",
            [(["Signals Unit"], ["Staff Unit"]), (["Staff Unit"], ["Crown Unit"])],
        ),
        ("Where does water come from, and who leads air defence?", [([], ["drinking water"]), ([], ["air defence"])]),
    ],
)
def test_a_sentence_may_say_several_things(depot: Core, text: str, pairs: list[tuple[list[str], list[str]]]) -> None:
    assert [names(clause) for clause in depot.clauses(text)] == pairs


def test_a_relative_clause_states_what_it_says(depot: Core) -> None:
    clause, *_ = depot.clauses("Norway, which keeps bread going, leads air defence.")
    assert (clause.form, names(clause)) == (Form.CLAIM, (["Norway"], ["bread"]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("When did Estonia cut the ribbon?", "1998"),
        ("How long has Norway been around?", "2004"),
        ("Who cut the ribbon in 2004?", "Norway"),
        ("Did Estonia cut the ribbon in 1998?", "yes"),
        ("Did Estonia cut the ribbn in 1998?", "yes"),
        ("Did Estonia cut the ribbon in 1999?", "no"),
    ],
)
def test_written_values_have_patterns_too(depot: Core, text: str, value: str) -> None:
    assert depot.answered(text).values[0] == value


def test_a_turn_goes_on_from_a_pattern(depot: Core) -> None:
    assert depot.told(["Where does water come from?", "And bread?"]).values == ("Norway",)


@pytest.mark.parametrize(
    "text",
    [
        "Where does the money come from?",
        "The idea comes from Estonia.",
        "Estonia came to agree with Norway on water.",
        "Where does Estonia come from?",
        "Water in the hands of Estonia",
        "Estonia's water comes from Norway.",
        "Who supplies water?",
        "Who leads air defence?",
    ],
)
def test_other_words_are_read_as_before(depot: Core, text: str) -> None:
    mentions = depot.linker.link(text)
    assert depot.parser.patterns.read(mentions) is mentions


def test_what_a_pattern_cannot_place_is_parsed_as_if_there_were_none(depot: Core) -> None:
    text = "Estonia reports that water comes from Norway."
    plain = {name: replace(each, patterns=()) for name, each in depot.corpus.predicates.items()}
    without = Parser(replace(depot.corpus, predicates=plain), depot.language, depot.linker)
    assert depot.message(text) == without.parse(text)


def test_each_pattern_is_read_and_no_word_of_it_is_lost(depot: Core) -> None:
    for predicate in depot.corpus.predicates.values():
        fact = depot.corpus.facts_of(predicate.name)[0]
        for pattern in predicate.patterns:
            mentions = depot.linker.link(f"So, really, {pattern.format(subject=fact.subject, object=fact.object)}")
            read = depot.parser.patterns.read(mentions)
            assert read is not mentions
            assert sorted(mention.start for mention in read) == [mention.start for mention in mentions]


GERMAN = ("Estland liefert Wasser.", ["Woher kommt {object}?", "{subject} hält {object} am Laufen"])
JAPANESE = ("Estlandは水を供給する。", ["{object}はどこから来ますか", "{object}は{subject}から来る"])


@pytest.mark.parametrize(
    ("language", "written", "thing", "text", "form"),
    [
        ("de", GERMAN, "Wasser", "Woher kommt das Wasser?", Form.SUBJECT),
        ("de", GERMAN, "Wasser", "Wer hält das Wasser am Laufen?", Form.SUBJECT),
        ("de", GERMAN, "Wasser", "Estland hält das Wasser nicht am Laufen.", Form.CLAIM),
        ("ja", JAPANESE, "水", "水はどこから来ますか？", Form.SUBJECT),
        ("ja", JAPANESE, "水", "水はEstlandから来る。", Form.CLAIM),
    ],
)
def test_no_language_is_built_in(
    tmp_path: Path, world: World, language: str, written: tuple[str, list[str]], thing: str, text: str, form: Form
) -> None:
    quote, patterns = written
    supplies = {"subject": ["nation"], "object": ["good"], "words": ["liefert", "供給"], "patterns": patterns}
    fact = {"id": "a", "subject": "Estland", "predicate": "supplies", "object": thing, "quote": quote}
    parts = {
        "corpus": {"id": "a", "title": "A", "language": language, "documents": [{"id": "a", "file": "a.txt"}]},
        "vocabulary": {
            "kinds": {"nation": {}, "good": {}},
            "entities": {"nation": {"Estland": {}}, "good": {thing: {}}},
            "predicates": {"supplies": supplies},
        },
        "facts": {"facts": [fact]},
    }
    for name, part in parts.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(part, allow_unicode=True), "utf-8")
    (tmp_path / "a.txt").write_text(quote, "utf-8")
    clause = Core(load_corpus(tmp_path), load_language(language), world).clause(text)
    subjects = ["Estland"] if form is Form.CLAIM else []
    assert (clause.form, clause.predicate, names(clause)) == (form, "supplies", (subjects, [thing]))
    assert clause.negated is ("nicht" in text)


def test_the_fact_checker_reads_them(depot: Core, world: World) -> None:
    text = "Firewood comes from Estonia. Norway has drinking water in stock."
    tongues = Tongues(depot.corpus, world, lambda words, kinds: None, lambda text: ())
    findings, _ = tongues.of(text).checker.check(text)
    assert [(f.claim, f.verdict) for f in findings] == [
        ("Firewood comes from Estonia", SUPPORTED),
        ("Norway has drinking water in stock", REFUTED),
    ]
    assert findings[1].reason is Reason.WRONG_LEADER
    assert findings[1].correction == "Estonia supplies drinking water."


def test_they_are_of_the_language_of_the_corpus(depot: Core) -> None:
    german = localised(depot.corpus, load_language("de"))
    assert not any(predicate.patterns for predicate in german.predicates.values())


def test_facts_are_learnt_from_them_where_the_names_are_known(depot: Core, world: World) -> None:
    proposed = Learner(depot.corpus, world).learn().facts
    assert ("Norway", "supplies", "milk") in [(fact.subject, fact.predicate, fact.object) for fact in proposed]


@pytest.mark.slow
def test_generated_questions_are_asked_in_them(depot: Core, world: World) -> None:
    made = islice(cases(depot.corpus, world, depot.language, load_phrasebook("en"), 1, 1.0), 300)
    asked = [case for case in made if case.style.endswith(": pattern")]
    assert {case.predicate for case in asked} == {"supplies", "answers to", "was opened in"}
    opened = [case for case in asked if case.predicate == "was opened in"]
    assert {case.turns[0] for case in opened} >= {"Estonia cut the ribbon in 1998?", "Norway cut the ribbon in 2004?"}
    wrong = {
        case.turns: depot.answered(case.turns[0]).values
        for case in asked
        if case.predicate != "was opened in" and set(case.values) - set(depot.answered(case.turns[0]).values)
    }
    assert len(asked) > 20
    assert wrong == {}


def test_lint_tells_of_a_pattern_that_is_never_read(tmp_path: Path, world: World) -> None:
    folder = tmp_path / "depot"
    shutil.copytree(DEPOT, folder)
    path = folder / "vocabulary.yaml"
    useless = '      - "Do you need {object}? Ask {subject}!"\n'
    before, found, after = path.read_text("utf-8").partition("      - the origin of {object}\n")
    path.write_text(before + found + useless + after, "utf-8")
    told = [str(problem) for problem in cover(load_corpus(folder), world).problems if "patterns" in problem.message]
    [only] = told
    assert only.startswith("vocabulary.yaml:18: warning: predicate 'supplies': patterns: 'Do you need {object}?")
    assert "'Do you need drinking water? Ask Estonia!' is not read as what it says" in only


def test_a_quote_in_a_pattern_carries_its_fact(depot: Core, world: World) -> None:
    assert not [problem for problem in cover(depot.corpus, world).problems if "no word of" in problem.message]
