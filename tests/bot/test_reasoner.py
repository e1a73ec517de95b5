"""Holes filled from the facts: the values, the status, and the proof of each answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.statements import merged, unique
from bot.schema.answer import Status, Verdict
from bot.understanding.logical_form import Clause, Form, Op, Quantity, Scope, Subject
from corpus.language import Language
from corpus.loader import load_corpus
from corpus.world import World
from tests.bot.core import STEADY, Core

NISSAN_REGIONS = ["China", "North America", "Japan"]
RENAULT_REGIONS = ["Europe", "Russia", "South America", "North Africa"]
MITSUBISHI_REGIONS = ["South East Asia", "Oceania"]
NISSAN_TECHNOLOGIES = ["autonomous driving technology", "connected technology", "common electric vehicle powertrain"]
RENAULT_TECHNOLOGIES = ["E-body architecture", "electrified powertrains", "Android-based connected platform"]
MITSUBISHI_TECHNOLOGIES = ["plug-in hybrid electric vehicles"]


@pytest.mark.parametrize(
    ("text", "status", "values", "facts"),
    [
        ("Who leads in Europe?", Status.ANSWERED, ["Renault"], ["renault-europe"]),
        ("Who leads Europe and Russia?", Status.ANSWERED, ["Renault"], ["renault-europe", "renault-russia"]),
        ("Who leads Europe and Japan?", Status.ANSWERED, ["Renault", "Nissan"], ["renault-europe", "nissan-japan"]),
        ("Who leads in Thailand?", Status.INFERRED, ["Mitsubishi"], ["mitsubishi-south-east-asia"]),
        (
            "Who leads in Brazil and Japan?",
            Status.INFERRED,
            ["Renault", "Nissan"],
            ["renault-south-america", "nissan-japan"],
        ),
        ("Who leads in Africa?", Status.PARTIAL, ["Renault"], ["renault-north-africa"]),
        (
            "Who leads in Asia?",
            Status.PARTIAL,
            ["Nissan", "Mitsubishi"],
            ["nissan-china", "nissan-japan", "mitsubishi-south-east-asia"],
        ),
        ("Who leads in Turkey?", Status.PARTIAL, ["Renault"], ["renault-europe"]),
        ("Who leads in India?", Status.NOT_STATED, [], []),
        ("Who leads in Japan and India?", Status.PARTIAL, ["Nissan"], ["nissan-japan"]),
        ("Who leads on the Moon?", Status.NOT_STATED, [], []),
        ("Who leads connected technology in China?", Status.ANSWERED, ["Nissan"], ["nissan-connected-china"]),
        (
            "Who leads connected technology?",
            Status.AMBIGUOUS,
            ["Nissan", "Renault"],
            ["nissan-connected-china", "renault-android-platform"],
        ),
        ("Who leads autonomous driving in Germany?", Status.ANSWERED, ["Nissan"], ["nissan-autonomous-driving"]),
        ("Who leads the A segment?", Status.ANSWERED, ["Renault"], ["renault-electrified-powertrains"]),
        (
            "Who chairs the Alliance Operating Board?",
            Status.ANSWERED,
            ["Jean-Dominique Senard"],
            ["senard-chairs-board"],
        ),
    ],
)
def test_who_leads(alliance: Core, text: str, status: Status, values: list[str], facts: list[str]) -> None:
    found = alliance.answered(text)
    assert (found.status, list(found.values), found.verdict) == (status, values, None)
    assert [fact.id for fact in found.facts] == facts


def test_electric_vehicles_fit_three_facts(alliance: Core) -> None:
    found = alliance.answered("Who leads electric vehicles?")
    assert (found.status, found.values) == (Status.AMBIGUOUS, ("Nissan", "Renault", "Mitsubishi"))
    assert found.statements[0].say is Say.AMBIGUOUS and not found.statements[0].claim


def test_a_fact_for_another_qualifier_is_told_but_is_no_answer(alliance: Core) -> None:
    found = alliance.answered("Who leads plug-in hybrids in the A segment?")
    assert (found.status, found.values) == (Status.NOT_STATED, ())
    assert [statement.say for statement in found.statements] == [Say.NOT_STATED, Say.ELSEWHERE]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Who leads in Thailand?", ("Thailand lies in South East Asia",)),
        ("Who are the followers in Thailand?", ("Thailand lies in South East Asia",)),
        ("Who leads in Africa?", ("North Africa lies in Africa",)),
        ("Who leads in Europe?", ()),
        ("Who leads autonomous driving in Germany?", ()),
    ],
)
def test_what_the_source_does_not_state_is_told_as_a_step(alliance: Core, text: str, steps: tuple[str, ...]) -> None:
    assert tuple(step.text for step in alliance.answered(text).steps) == steps


def test_a_technology_tied_to_no_place_is_said_to_be_so(alliance: Core) -> None:
    assert Say.GENERAL_NOTE in [s.say for s in alliance.answered("Who leads autonomous driving in Germany?").statements]


def test_a_part_says_that_the_rest_is_not_stated(alliance: Core) -> None:
    last = alliance.answered("Who leads in Africa?").statements[-1]
    assert (last.say, last.claim, last.names["scope"]) == (Say.REST, False, ("Africa",))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("What does Nissan lead?", NISSAN_REGIONS + NISSAN_TECHNOLOGIES),
        ("Which regions does Nissan lead?", NISSAN_REGIONS),
        ("Which technologies are led by Nissan?", NISSAN_TECHNOLOGIES),
        ("Which regions except Japan does Nissan lead?", ["China", "North America"]),
        ("Which regions does Nissan lead besides China?", ["North America", "Japan"]),
        ("Which regions are not led by Nissan?", RENAULT_REGIONS + MITSUBISHI_REGIONS),
        ("Which regions do Renault and Mitsubishi lead?", RENAULT_REGIONS + MITSUBISHI_REGIONS),
        ("Which segments does Renault lead?", ["A segment", "B segment"]),
        ("Which technologies does Nissan lead in China?", ["connected technology"]),
        ("Which technologies does Renault lead in Germany?", RENAULT_TECHNOLOGIES),
        ("list all regions", NISSAN_REGIONS + RENAULT_REGIONS + MITSUBISHI_REGIONS),
        ("Nissan?", NISSAN_REGIONS + NISSAN_TECHNOLOGIES),
        ("Jean-Dominique Senard?", ["Alliance Operating Board", "Renault"]),
    ],
)
def test_what_one_leads(alliance: Core, text: str, values: list[str]) -> None:
    found = alliance.answered(text)
    assert (found.status, list(found.values)) == (Status.ANSWERED, values)


def test_an_open_list_says_so(alliance: Core) -> None:
    assert Say.OPEN in [s.say for s in alliance.answered("Which regions does Nissan lead?").statements]
    assert Say.OPEN not in [s.say for s in alliance.answered("Which regions does Renault lead?").statements]


@pytest.mark.parametrize("text", ["Who leads what?", "Give me an overview of all leaders."])
def test_an_overview_tells_every_fact(alliance: Core, text: str) -> None:
    assert {f.id for f in alliance.answered(text).facts} == {f.id for f in alliance.corpus.facts_of("leads")}


def test_what_two_lead_both(alliance: Core) -> None:
    found = alliance.answered("What do Renault and Nissan both lead?")
    assert (found.status, found.values, found.statements[0].say) == (Status.ANSWERED, (), Say.JOINT)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Who leads both Europe and Russia?", ["Renault"]),
        ("Who leads both Europe and France?", ["Renault"]),
        ("Who leads both Europe and Japan?", []),
    ],
)
def test_who_leads_both(alliance: Core, text: str, values: list[str]) -> None:
    assert list(alliance.answered(text).values) == values


def test_both_where_one_is_not_stated_is_partial(alliance: Core) -> None:
    assert alliance.answered("Who leads both Europe and India?").status is Status.PARTIAL


@pytest.mark.parametrize(
    ("text", "status", "values"),
    [
        ("Who follows in Japan?", Status.INFERRED, ["Renault", "Mitsubishi"]),
        ("Who are the followers in Thailand?", Status.INFERRED, ["Renault", "Nissan"]),
        ("Who follows in India?", Status.NOT_STATED, []),
        ("Who doesn't lead in Europe?", Status.INFERRED, ["Nissan", "Mitsubishi"]),
        ("Who leads neither Europe nor Japan?", Status.INFERRED, ["Mitsubishi"]),
    ],
)
def test_followers_and_others(alliance: Core, text: str, status: Status, values: list[str]) -> None:
    found = alliance.answered(text)
    assert (found.status, list(found.values)) == (status, values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("How many regions does Nissan lead?", ["3"]),
        ("How many regions does Renault lead?", ["4"]),
        ("How many technologies does Mitsubishi lead?", ["1"]),
        ("How many regions are there?", ["9"]),
        ("How many companies are there?", ["3"]),
        ("How many regions does Nissan lead besides China?", ["2"]),
        ("How many regions are not led by Nissan?", ["6"]),
        ("How many companies lead more than two regions?", ["2"]),
        ("How many companies lead Europe?", ["1"]),
        ("Who leads the most regions?", ["Renault"]),
        ("Who leads the fewest regions?", ["Mitsubishi"]),
        ("Who leads the most technologies?", ["Renault", "Nissan"]),
        ("Who leads more regions, Nissan or Mitsubishi?", ["Nissan"]),
        ("Who leads fewer technologies, Mitsubishi or Nissan?", ["Mitsubishi"]),
        ("Who leads at least four regions?", ["Renault"]),
        ("Which companies lead fewer than three regions?", ["Mitsubishi"]),
        ("Which company leads more than ten regions?", []),
        ("Which company leads no technology?", []),
    ],
)
def test_counts_comparisons_and_thresholds(alliance: Core, text: str, values: list[str]) -> None:
    found = alliance.answered(text)
    assert found.status in (Status.ANSWERED, Status.INFERRED)
    assert sorted(found.values) == sorted(values)
    assert found.facts, "each fact counted is evidence"


def test_a_tie_is_called_one(alliance: Core) -> None:
    assert alliance.answered("Who leads the most technologies?").statements[0].say is Say.TIE


@pytest.mark.parametrize(
    "text", ["How many regions does each company lead?", "Rank the companies by number of regions."]
)
def test_a_count_of_each(alliance: Core, text: str) -> None:
    found = alliance.answered(text)
    assert found.values == ("4", "3", "2")
    assert [statement.names["subjects"] for statement in found.statements] == [
        ("Renault",),
        ("Nissan",),
        ("Mitsubishi",),
    ]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("Does Nissan lead Europe?", Verdict.REFUTED), ("Why does Nissan lead Japan?", Verdict.SUPPORTED)],
)
def test_claims_and_premises_are_judged(alliance: Core, text: str, verdict: Verdict) -> None:
    assert alliance.answered(text).verdict is verdict
    assert alliance.answered(text) == alliance.judge.judge(alliance.clause(text))


# Another field


@pytest.mark.parametrize(
    ("text", "status", "values"),
    [
        ("Who leads in Old Town?", Status.ANSWERED, ["Red Watch"]),
        ("Who leads rescue?", Status.AMBIGUOUS, ["Red Watch", "Blue Watch"]),
        ("Who leads Fernside?", Status.NOT_STATED, []),
        ("Who leads in Japan?", Status.NOT_STATED, []),
        ("Who follows in Millbrook?", Status.INFERRED, ["Red Watch", "Green Watch"]),
        ("Which districts does Blue Watch lead?", Status.ANSWERED, ["Millbrook", "Castle Hill"]),
        ("Which districts does Green Watch lead?", Status.NOT_STATED, []),
        ("Which shifts does Green Watch lead?", Status.ANSWERED, ["day shift", "night shift"]),
        ("Which districts are not led by Red Watch?", Status.ANSWERED, ["Millbrook", "Castle Hill"]),
        ("How many districts does Red Watch lead?", Status.ANSWERED, ["3"]),
        ("Who leads the most districts?", Status.ANSWERED, ["Red Watch"]),
        ("Who leads both Old Town and Northgate?", Status.ANSWERED, ["Red Watch"]),
        ("Who supports Blue Watch?", Status.ANSWERED, ["Red Watch", "Green Watch"]),
        ("Which watch supports the reds?", Status.ANSWERED, ["Blue Watch"]),
        ("What does Red Watch support?", Status.ANSWERED, ["Blue Watch"]),
        ("How many departments support Blue Watch?", Status.ANSWERED, ["2"]),
    ],
)
def test_another_field(brigade: Core, text: str, status: Status, values: list[str]) -> None:
    found = brigade.answered(text)
    assert (found.status, list(found.values)) == (status, values)


# What must hold of every answer

NUMBERS = st.integers(0, 30)
NAMED = st.lists(st.tuples(NUMBERS, st.booleans()), max_size=2)


@dataclass(frozen=True)
class Shape:
    """Anything that a clause may say, by numbers that each corpus turns into names of its own."""

    form: Form
    subjects: list[tuple[int, bool]]
    objects: list[tuple[int, bool]]
    excluded: list[int]
    kind: int
    op: Op | None
    negated: bool
    complement: bool
    joint: bool
    spoken: bool
    fewest: bool

    def clause(self, core: Core) -> Clause:
        predicate = core.corpus.predicates["leads"]
        kinds = ("", *predicate.object_kinds, *predicate.subject_kinds)
        subjects = [name for name, e in core.corpus.entities.items() if e.kind in predicate.subject_kinds]
        objects = [name for name, e in core.corpus.entities.items() if e.kind in predicate.object_kinds]
        named = {subjects[number % len(subjects)]: denied for number, denied in self.subjects}
        scopes = [(objects[number % len(objects)], denied) for number, denied in self.objects]
        out = [objects[number % len(objects)] for number in self.excluded]
        kind = kinds[self.kind]
        if self.form is Form.EXTREME:  # compares all members by what they lead
            named, kind = {}, "" if kind in predicate.subject_kinds else kind
        return Clause(
            *("", 0, 0, self.form, predicate.name, self.spoken, self.complement),
            subjects=tuple(Subject(name, denied) for name, denied in named.items()),
            objects=tuple(Scope(name, name, negated=denied) for name, denied in scopes),
            excluded=tuple(Scope(name, name) for name in out),
            kind=kind,
            quantity=Quantity(self.op, 2, predicate.object_kinds[0]) if self.op else None,
            negated=self.negated,
            joint=self.joint,
            fewest=self.fewest,
        )


SHAPES = st.builds(
    Shape,
    form=st.sampled_from([form for form in Form if form is not Form.PASSAGE]),
    subjects=NAMED,
    objects=NAMED,
    excluded=st.lists(NUMBERS, max_size=1),
    kind=st.integers(0, 3),
    op=st.none() | st.sampled_from(Op),
    negated=st.booleans(),
    complement=st.booleans(),
    joint=st.booleans(),
    spoken=st.booleans(),
    fewest=st.booleans(),
)


@given(shape=SHAPES)
@STEADY
def test_every_answer_rests_on_facts_of_the_corpus(core: Core, shape: Shape) -> None:
    clause = shape.clause(core)
    kept = replace(clause)
    found = core.reasoner.answer(clause)
    assert all(core.corpus.facts[fact.id] is fact for fact in found.facts)
    assert found.values == ("0",) or all(statement.facts for statement in found.statements if statement.claim)
    assert len(set(found.values)) == len(found.values) or clause.form is Form.COUNT
    assert found.status is not Status.NOT_STATED or not found.values
    assert (found.verdict is not None) == (clause.form in (Form.CLAIM, Form.PREMISE))
    assert clause == kept and core.reasoner.answer(clause) == found


def test_every_fact_answers_who(core: Core) -> None:
    for fact in core.corpus.facts.values():
        if fact.object in core.corpus.entities:
            within = tuple((kind, names[0]) for kind, names in fact.qualifiers.items())
            predicate = core.corpus.predicates[fact.predicate]
            found = core.reasoner.subjects.leaders(predicate, Scope(fact.object, fact.object, within=within))
            assert fact.subject in found.values and fact in found.facts


def test_an_unknown_scope_is_never_given_a_leader(core: Core) -> None:
    found = core.reasoner.subjects.leaders(core.corpus.predicates["leads"], Scope("Atlantis"))
    assert (found.status, found.values, found.facts) == (Status.NOT_STATED, (), ())


# Joint holders, and documents that disagree


@pytest.mark.parametrize(
    ("text", "status", "values", "facts"),
    [
        (
            "Who leads the Food Security Cluster?",
            Status.ANSWERED,
            ["FAO", "WFP"],
            ["food-fao-2019", "food-wfp-2019", "food-fao-2012", "food-wfp-2012"],
        ),
        ("Who leads the Health Cluster?", Status.ANSWERED, ["WHO"], ["health-2019", "health-2006"]),
        (
            "Who leads the Shelter Cluster?",
            Status.AMBIGUOUS,
            ["IFRC", "UNHCR"],
            ["shelter-disasters-2019", "shelter-disasters-2006", "shelter-conflicts-2019", "shelter-conflicts-2006"],
        ),
        (
            "Who leads housing, land and property?",
            Status.ANSWERED,
            ["NRC"],
            ["housing-2019", "housing-2012"],
        ),
        (
            "Who leads gender-based violence?",
            Status.ANSWERED,
            ["UNFPA"],
            ["violence-2019", "violence-unfpa-2012", "violence-unicef-2012"],
        ),
        ("Who leads the Agriculture Cluster?", Status.ANSWERED, ["FAO"], ["agriculture-2006"]),
    ],
)
def test_what_several_documents_say_is_told_once_the_newest_first(
    clusters: Core, text: str, status: Status, values: list[str], facts: list[str]
) -> None:
    found = clusters.answered(text)
    assert (found.status, list(found.values)) == (status, values)
    assert [fact.id for fact in found.facts] == facts
    assert len({statement.key for statement in found.statements}) == len(found.statements)


def test_joint_holders_share_a_statement(clusters: Core) -> None:
    (statement,) = clusters.answered("Who leads the Food Security Cluster?").statements
    assert statement.names["subject"] == ("FAO", "WFP")


def test_only_what_is_disputed_is_told_as_such(clusters: Core) -> None:
    found = clusters.answered("Who leads the Health Cluster and housing, land and property?")
    says = [Say.HOLDS, Say.SETTLED, Say.HOLDS, Say.EARLIER]
    assert [statement.say for statement in found.statements] == says
    assert found.values == ("WHO", "NRC")


def among(form: Form, *objects: str, **more: Any) -> Clause:
    """A clause on clusters or areas by their names."""
    return replace(Clause("", 0, 0, form, "leads", spoken=True, objects=tuple(Scope(o, o) for o in objects)), **more)


@pytest.mark.parametrize(
    ("scope", "beside", "status", "values"),
    [
        ("Education Cluster", ["UNICEF"], Status.ANSWERED, ["Save the Children"]),
        ("Health Cluster", ["WHO"], Status.ANSWERED, []),
        ("Health Cluster", ["WFP"], Status.CORRECTED, ["WHO"]),
        ("Shelter Cluster", ["IFRC"], Status.ANSWERED, []),
        ("Education Cluster", ["UNICEF", "Save the Children"], Status.ANSWERED, []),
    ],
)
def test_a_partner_is_not_asked_for(
    clusters: Core, scope: str, beside: list[str], status: Status, values: list[str]
) -> None:
    partners = tuple(Subject(name, beside=True) for name in beside)
    found = clusters.reasoner.answer(among(Form.SUBJECT, scope, subjects=partners))
    assert (found.status, list(found.values)) == (status, values)


def test_what_older_documents_say_is_left_out_of_what_is_computed(clusters: Core) -> None:
    unicef = (Subject("UNICEF"),)
    assert clusters.reasoner.answer(among(Form.OBJECT, subjects=unicef, kind="area")).values == ("child protection",)
    assert clusters.reasoner.answer(among(Form.COUNT, subjects=unicef, kind="area")).values == ("1",)
    both = among(Form.SUBJECT, "child protection", "gender-based violence", joint=True)
    assert clusters.reasoner.answer(both).values == ()
    neither = clusters.reasoner.answer(among(Form.SUBJECT, "housing, land and property", negated=True))
    assert "UN-Habitat" in neither.values and "NRC" not in neither.values


def test_what_one_of_several_holds_is_not_led_by_others_alone(clusters: Core) -> None:
    unicef = (Subject("UNICEF"),)
    left = clusters.reasoner.answer(among(Form.OBJECT, subjects=unicef, kind="cluster", negated=True))
    assert "Education Cluster" not in left.values and "Food Security Cluster" in left.values
    counted = clusters.reasoner.answer(among(Form.COUNT, subjects=unicef, kind="cluster", negated=True))
    assert counted.values == (str(len(left.values)),)


@pytest.mark.parametrize(
    ("quantity", "values"),
    [
        (Quantity(Op.EQUAL, 2, "agency"), ("Food Security Cluster", "Education Cluster")),
        (Quantity(Op.MORE, 1, "agency"), ("Food Security Cluster", "Education Cluster")),
        (Quantity(Op.MORE, 2, "agency"), ()),
    ],
)
def test_things_are_chosen_by_how_many_share_them(clusters: Core, quantity: Quantity, values: tuple[str, ...]) -> None:
    found = clusters.reasoner.answer(among(Form.OVERVIEW, kind="cluster", subject_quantity=quantity))
    assert (found.status, found.values) == (Status.ANSWERED, values)
    assert all(len(statement.names["subject"]) == 2 for statement in found.statements if statement.claim)
    counted = clusters.reasoner.answer(among(Form.COUNT, kind="cluster", subject_quantity=quantity))
    assert counted.values == (str(len(values)),)


def test_the_sources_own_count_comes_before_a_computed_one(clusters: Core) -> None:
    count = replace(among(Form.COUNT, kind="cluster"), spoken=False)
    stated = clusters.reasoner.answer(count)
    assert (stated.status, stated.values) == (Status.ANSWERED, ("11",))
    assert [fact.id for fact in stated.facts] == ["number-2019", "number-2012", "number-2006"]
    assert clusters.reasoner.answer(replace(count, kind="area")).values == ("4",)


def test_who_leads_none_at_all_does_not_lead_the_fewest(clusters: Core) -> None:
    fewest = among(Form.EXTREME, kind="operation", fewest=True, extreme=True)
    assert clusters.reasoner.answer(fewest).values == ("UNHCR",)
    named = replace(fewest, subjects=(Subject("UNHCR"), Subject("WHO")))
    assert clusters.reasoner.answer(named).values == ("WHO",)


@pytest.mark.parametrize(
    ("predicate", "subject", "kind", "verdict"),
    [
        ("leads", "NRC", "cluster", Verdict.REFUTED),
        ("leads", "OCHA", "", Verdict.REFUTED),
        ("leads", "Emergency Relief Coordinator", "cluster", Verdict.NOT_ENOUGH_INFO),
        ("was merged into", "Health Cluster", "", Verdict.NOT_ENOUGH_INFO),
    ],
)
def test_whether_one_leads_anything_has_a_verdict(
    clusters: Core, predicate: str, subject: str, kind: str, verdict: Verdict
) -> None:
    clause = among(Form.OBJECT, predicate=predicate, subjects=(Subject(subject),), kind=kind, polar=True)
    assert clusters.reasoner.answer(clause).verdict is verdict


DISPUTE = {
    "corpus.yaml": "{id: dispute, title: A dispute, documents: [%s]}",
    "vocabulary.yaml": """
kinds: {company: {plural: companies}, region: {plural: regions}}
entities: {company: {Acme: {}, Bolt: {}, Crane: {}}, region: {Uplands: {}}}
predicates: {leads: {subject: [company], object: [region], functional: true}}
""",
    "facts.yaml": """
facts:
  - {id: one, subject: Acme, predicate: leads, object: Uplands, quote: Acme leads Uplands., document: one}
  - {id: two, subject: Bolt, predicate: leads, object: Uplands, quote: Bolt leads Uplands., document: two}
""",
    "one.txt": "Acme leads Uplands.",
    "two.txt": "Bolt leads Uplands.",
}


@pytest.mark.parametrize(
    ("first", "second", "values", "says"),
    [
        ("2012", "2019", ("Bolt",), [Say.SETTLED, Say.HOLDS, Say.EARLIER]),
        ("2019", "", ("Acme", "Bolt"), [Say.CONFLICT, Say.HOLDS, Say.EARLIER_UNDATED]),
        ("2019", "2019", ("Acme", "Bolt"), [Say.CONFLICT, Say.HOLDS, Say.HOLDS]),
        ("", "", ("Acme", "Bolt"), [Say.CONFLICT, Say.HOLDS, Say.HOLDS]),
    ],
)
def test_dates_decide_and_where_they_do_not_both_stand(
    tmp_path: Path, english: Language, world: World, first: str, second: str, values: tuple[str, ...], says: list[Say]
) -> None:
    listed = [f"{{id: {n}, file: {n}.txt, title: {n}, date: '{d}'}}" for n, d in (("one", first), ("two", second))]
    for name, text in DISPUTE.items():
        (tmp_path / name).write_text(text.replace("%s", ", ".join(listed)), encoding="utf-8")
    core = Core(load_corpus(tmp_path), english, world)
    found = core.answered("Who leads Uplands?")
    status = Status.ANSWERED if Say.SETTLED in says else Status.CONFLICTING
    assert (found.status, found.values) == (status, values)
    assert [statement.say for statement in found.statements] == says
    assert core.verdict("Crane leads Uplands.") is Verdict.REFUTED
    assert core.verdict(f"{values[0]} leads Uplands.") is Verdict.SUPPORTED


# Its pieces


def test_names_once_and_in_order() -> None:
    assert unique(["b", "a", "b"]) == ("b", "a")
    assert unique([]) == ()


def test_merging_keeps_order_and_drops_repetitions() -> None:
    same = Statement(Say.NOT_STATED, {"scope": ("x",)}, claim=False)
    one = Evidence(Status.ANSWERED, (same,), ("a", "b"))
    other = Evidence(Status.NOT_STATED, (same,), ("b", "c"))
    found = merged([one, other])
    assert (found.status, found.statements, found.values) == (Status.PARTIAL, (same,), ("a", "b", "c"))
    assert merged([one]) is one


@pytest.mark.parametrize(
    ("question", "status", "values"),
    [
        ("Who led gender-based violence in 2012?", Status.ANSWERED, ["UNFPA", "UNICEF"]),
        ("Who led gender-based violence in 2020?", Status.ANSWERED, ["UNFPA"]),
        ("Who led housing, land and property in 2015?", Status.ANSWERED, ["UN-Habitat"]),
        ("Who led the Health Cluster in 1995?", Status.NOT_STATED, []),
        ("Who led the Health Cluster in 2008?", Status.ANSWERED, ["WHO"]),
    ],
)
def test_an_earlier_time_is_answered_by_the_document_of_that_time(
    clusters: Core, question: str, status: Status, values: list[str]
) -> None:
    found = clusters.answered(question)
    assert (found.status, list(found.values)) == (status, values)


def test_a_definition_goes_to_the_text(clusters: Core) -> None:
    assert clusters.clause("What is a cluster?").form is Form.PASSAGE
    assert clusters.clause("What are the clusters?").form is not Form.PASSAGE
