"""Claims proved, refuted or left open, with the facts and steps that say so."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reasoning.evidence import Evidence, Say
from bot.reasoning.statements import combined_status, conjoined
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.logical_form import Clause, Form, Op, Quantity, Scope, Side, Subject
from corpus.model import FactBook
from tests.bot.core import STEADY, Core

SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO
FLIPPED = {SUPPORTED: REFUTED, REFUTED: SUPPORTED, OPEN: OPEN}
PLACES = ("TH", "US", "US-TX", "FR", "IN", "TR", "KZ", "EG", "AU", "RU", "africa", "asia", "americas", "congo", "CN")


@pytest.mark.parametrize(
    ("text", "verdict", "status", "values", "facts"),
    [
        # stated
        ("Renault leads Europe.", SUPPORTED, Status.ANSWERED, ["yes"], ["renault-europe"]),
        ("Nissan leads China and Japan.", SUPPORTED, Status.ANSWERED, ["yes"], ["nissan-china", "nissan-japan"]),
        ("Nissan leads Europe.", REFUTED, Status.CORRECTED, ["no", "Renault"], ["renault-europe"]),
        ("Renault and Nissan lead Europe.", REFUTED, Status.CORRECTED, ["no", "Renault"], ["renault-europe"]),
        ("Nissan leads autonomous driving.", SUPPORTED, Status.ANSWERED, ["yes"], ["nissan-autonomous-driving"]),
        # inferred
        ("Mitsubishi leads Thailand.", SUPPORTED, Status.INFERRED, ["yes"], ["mitsubishi-south-east-asia"]),
        ("Nissan leads Thailand.", REFUTED, Status.CORRECTED, ["no", "Mitsubishi"], ["mitsubishi-south-east-asia"]),
        # only a part is stated, or none
        ("Renault leads Africa.", OPEN, Status.PARTIAL, [], ["renault-north-africa"]),
        ("Nissan leads Africa.", REFUTED, Status.CORRECTED, ["no", "Renault"], ["renault-north-africa"]),
        ("Renault does not lead Africa.", OPEN, Status.PARTIAL, [], ["renault-north-africa"]),
        ("Nissan leads India.", OPEN, Status.NOT_STATED, [], []),
        ("Nissan never leads India.", OPEN, Status.NOT_STATED, [], []),
        ("Nissan leads the Moon.", OPEN, Status.NOT_STATED, [], []),
        ("Renault leads Turkey.", OPEN, Status.PARTIAL, [], ["renault-europe"]),
        ("Nissan leads Turkey.", OPEN, Status.PARTIAL, [], ["renault-europe"]),
    ],
)
def test_plain_claims(
    alliance: Core, text: str, verdict: Verdict, status: Status, values: list[str], facts: list[str]
) -> None:
    found = alliance.judged(text)
    assert (found.verdict, found.status, list(found.values)) == (verdict, status, values)
    assert [fact.id for fact in found.facts] == facts


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Nissan doesn't lead Europe.", SUPPORTED),
        ("Nissan does not lead Japan.", REFUTED),
        ("Europe is not Nissan's.", SUPPORTED),
        ("Europe isn't led by Renault.", REFUTED),
        ("Renault leads neither Japan nor China.", SUPPORTED),
        ("Renault leads neither Japan nor Europe.", REFUTED),
        ("Neither Nissan nor Mitsubishi leads Europe.", SUPPORTED),
        ("Neither Renault nor Mitsubishi leads Europe.", REFUTED),
        ("Renault leads not only Europe but also Russia.", SUPPORTED),
        ("Nissan leads not only Japan but also Europe.", REFUTED),
        ("Renault, not Nissan, leads Europe.", SUPPORTED),
        ("Nissan, not Renault, leads Europe.", REFUTED),
        ("Renault leads Europe, not Japan.", SUPPORTED),
        ("Renault leads Europe but not Russia.", REFUTED),
        ("Nissan leads Japan but not Europe.", SUPPORTED),
        ("Mitsubishi does not lead Thailand.", REFUTED),
        ("Nissan does not lead Thailand.", SUPPORTED),
    ],
)
def test_negation(alliance: Core, text: str, verdict: Verdict) -> None:
    assert alliance.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Only Mitsubishi leads Oceania.", SUPPORTED),
        ("Only Nissan leads Oceania.", REFUTED),
        ("Does only Nissan lead China?", SUPPORTED),
        ("Only Nissan leads India.", OPEN),
        ("Mitsubishi leads only South East Asia and Oceania.", SUPPORTED),
        ("Mitsubishi leads only Oceania.", REFUTED),
        ("Renault leads only in Europe.", REFUTED),
        ("Mitsubishi leads only plug-in hybrids.", SUPPORTED),
        ("No leader other than Renault is named for Europe.", SUPPORTED),
        ("Only Nissan leads a region.", REFUTED),
        ("Nissan leads everything except Europe.", REFUTED),
        ("Nissan leads all regions except Europe.", REFUTED),
        ("Renault leads all regions.", REFUTED),
        ("Nissan leads everywhere.", REFUTED),
        ("Nobody leads Europe.", REFUTED),
        ("No company leads Europe.", REFUTED),
        ("Nobody leads India.", OPEN),
        ("All companies lead Europe.", REFUTED),
        ("Two companies lead Europe.", REFUTED),
        ("No company leads both Europe and Japan.", SUPPORTED),
        ("No company leads both Europe and Russia.", REFUTED),
        ("No company leads both Europe and India.", OPEN),
    ],
)
def test_only_except_and_nobody(alliance: Core, text: str, verdict: Verdict) -> None:
    assert alliance.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Nissan leads three regions.", SUPPORTED),
        ("Nissan leads 4 regions.", REFUTED),
        ("Nissan does not lead four regions.", SUPPORTED),
        ("Renault leads at least three regions.", SUPPORTED),
        ("Renault leads at least five regions.", REFUTED),
        ("Renault leads more than three regions.", SUPPORTED),
        ("Renault leads more than four regions.", REFUTED),
        ("Mitsubishi leads fewer than three regions.", SUPPORTED),
        ("Mitsubishi leads fewer than two regions.", REFUTED),
        ("Mitsubishi leads at most two regions.", SUPPORTED),
        ("Renault leads at most three regions.", REFUTED),
        ("Mitsubishi leads only one technology.", SUPPORTED),
        ("Nissan leads no region.", REFUTED),
        ("Mitsubishi leads no technology.", REFUTED),
        ("Nissan leads most regions.", REFUTED),
        ("Renault and Nissan together lead seven regions.", SUPPORTED),
        ("Renault and Nissan together lead six regions.", REFUTED),
        ("Renault leads more regions than Nissan.", SUPPORTED),
        ("Nissan leads more regions than Renault.", REFUTED),
        ("Nissan leads fewer regions than Renault.", SUPPORTED),
        ("Renault leads as many regions as Nissan.", REFUTED),
        ("Renault leads as many technologies as Nissan.", SUPPORTED),
        ("Does Renault lead the most regions?", SUPPORTED),
        ("Does Nissan lead the most regions?", REFUTED),
        ("Does Mitsubishi lead the fewest regions?", SUPPORTED),
        ("Exactly two companies lead more than two regions.", SUPPORTED),
        ("Exactly one company leads more than two regions.", REFUTED),
        ("Each company leads at least two regions.", SUPPORTED),
        ("Each company leads at least three regions.", REFUTED),
        ("No company leads more than four regions.", SUPPORTED),
        ("No company leads more than three regions.", REFUTED),
    ],
)
def test_counts_and_comparisons(alliance: Core, text: str, verdict: Verdict) -> None:
    found = alliance.judged(text)
    assert found.verdict is verdict
    assert found.values[0] == ("yes" if verdict is SUPPORTED else "no")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Nissan leads connected technology in China.", SUPPORTED),
        ("Renault leads connected technology in China.", REFUTED),
        ("Nissan leads connected technology.", OPEN),
        ("Renault leads connected technology.", OPEN),
        ("Mitsubishi leads connected technology.", REFUTED),
        ("Nissan leads electric vehicles.", OPEN),
        ("Nissan leads connected technology in Germany.", OPEN),
        ("Nissan leads autonomous driving in Germany.", SUPPORTED),
        ("Renault leads autonomous driving in France.", REFUTED),
        ("Mitsubishi leads plug-in hybrids for the C segment.", SUPPORTED),
        ("Mitsubishi leads plug-in hybrids for the A segment.", REFUTED),
        ("Renault leads electrified powertrains for the A and B segments.", SUPPORTED),
        ("Renault leads electrified powertrains for the C and D segments.", REFUTED),
        ("Mitsubishi leads hybrids.", SUPPORTED),
        ("Renault leads hybrids.", REFUTED),
    ],
)
def test_what_is_qualified(alliance: Core, text: str, verdict: Verdict) -> None:
    assert alliance.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Renault follows in Japan.", SUPPORTED),
        ("Nissan follows in Japan.", REFUTED),
        ("Renault does not follow in Japan.", REFUTED),
        ("Renault follows in Thailand.", SUPPORTED),
        ("Mitsubishi follows in Thailand.", REFUTED),
        ("Renault follows in India.", OPEN),
    ],
)
def test_followers(alliance: Core, text: str, verdict: Verdict) -> None:
    found = alliance.judged(text)
    assert found.verdict is verdict
    if verdict is SUPPORTED:
        assert (found.status, found.reason) == (Status.INFERRED, Reason.FOLLOWS)
        assert found.statements[-1].say is Say.FOLLOW and found.statements[-1].facts


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Toyota is part of the Alliance.", REFUTED),
        ("All members are part of the Alliance.", SUPPORTED),
        ("Toyota is not a member of the Alliance.", SUPPORTED),
        ("Nissan is part of the Alliance.", SUPPORTED),
        ("Jean-Dominique Senard chairs Renault.", SUPPORTED),
        ("Jean-Dominique Senard chairs Nissan.", OPEN),
        ("Nissan makes the Leaf.", SUPPORTED),
    ],
)
def test_closed_and_functional_predicates(alliance: Core, text: str, verdict: Verdict) -> None:
    assert alliance.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Renault leads Europe.", Reason.STATED),
        ("Nissan does not lead Europe.", Reason.STATED),
        ("No company leads both Europe and Japan.", Reason.STATED),
        ("Mitsubishi leads Thailand.", Reason.FOLLOWS),
        ("Nissan does not lead Thailand.", Reason.FOLLOWS),
        ("Nissan leads Europe.", Reason.WRONG_LEADER),
        ("Nissan does not lead Japan.", Reason.WRONG_POLARITY),
        ("Nissan leads four regions.", Reason.WRONG_NUMBER),
        ("Mitsubishi leads plug-in hybrids for the A segment.", Reason.WRONG_SCOPE),
        ("Mitsubishi leads only Oceania.", Reason.OVER_GENERAL),
        ("Renault leads Africa.", Reason.OVER_GENERAL),
        ("Nissan leads India.", Reason.UNSTATED),
    ],
)
def test_why(alliance: Core, text: str, reason: Reason) -> None:
    assert alliance.judged(text).reason is reason


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Mitsubishi leads Thailand.", ("Thailand lies in South East Asia",)),
        ("Nissan does not lead Thailand.", ("Thailand lies in South East Asia",)),
        ("Nissan leads Africa.", ("North Africa lies in Africa",)),
        ("Renault leads Europe.", ()),
        ("Mitsubishi leads Thailand and Renault leads Europe.", ()),
    ],
)
def test_each_step_beyond_the_source_is_told(alliance: Core, text: str, steps: tuple[str, ...]) -> None:
    assert tuple(step.text for step in alliance.judge.judge(alliance.clauses(text)[-1]).steps) == steps


# Another field


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Red Watch leads Old Town.", SUPPORTED),
        ("Green Watch leads Castle Hill.", REFUTED),
        ("Blue Watch does not lead Old Town.", SUPPORTED),
        ("Red Watch leads Fernside.", OPEN),
        ("Red Watch does not lead Fernside.", OPEN),
        ("Green Watch follows in Old Town.", SUPPORTED),
        ("Red Watch follows in Old Town.", REFUTED),
        ("Red Watch leads rescue.", OPEN),
        ("Green Watch leads rescue.", REFUTED),
        ("Red Watch leads three districts.", SUPPORTED),
        ("Red Watch leads more districts than Blue Watch.", SUPPORTED),
        ("Only Red Watch leads Old Town.", SUPPORTED),
        ("Red Watch leads only Old Town.", REFUTED),
        ("Nobody leads Old Town.", REFUTED),
        ("Green Watch leads no district.", SUPPORTED),
        ("Green Watch leads chemical spills for the night shift.", SUPPORTED),
    ],
)
def test_another_field(brigade: Core, text: str, verdict: Verdict) -> None:
    assert brigade.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Red Watch supports Blue Watch.", SUPPORTED),
        ("Green Watch supports Blue Watch.", SUPPORTED),
        ("Blue Watch is supported by Green Watch.", SUPPORTED),
        ("Green Watch supports Red Watch.", OPEN),
        ("Red Watch supports Green Watch.", OPEN),
        ("Green Watch does not support Red Watch.", OPEN),
        ("Red Watch does not support Blue Watch.", REFUTED),
    ],
)
def test_what_is_not_functional_refutes_nobody(brigade: Core, text: str, verdict: Verdict) -> None:
    """That one watch supports another says nothing of whether a third one does."""
    assert brigade.verdict(text) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Green Watch supports Blue Watch.", SUPPORTED),
        ("Green Watch supports Red Watch.", REFUTED),
        ("Green Watch does not support Red Watch.", SUPPORTED),
        ("Red Watch leads Fernside.", OPEN),  # that nobody is named for a place says nothing of who leads it
    ],
)
def test_what_has_one_object_has_no_other(
    brigade: Core, monkeypatch: pytest.MonkeyPatch, text: str, verdict: Verdict
) -> None:
    monkeypatch.setattr(FactBook, "single", lambda *_: True)
    assert brigade.verdict(text) is verdict


# What must hold of every claim


def claim(core: Core, subject: str, scope: Scope, negated: bool = False, predicate: str = "leads") -> Clause:
    return Clause(
        "", 0, 0, Form.CLAIM, predicate, subjects=(Subject(subject),), objects=(scope,), negated=negated, spoken=True
    )


def scopes_of(core: Core, predicate: str) -> list[Scope]:
    kinds = core.corpus.predicates[predicate].object_kinds
    named = [Scope(name, name) for name, entity in core.corpus.entities.items() if entity.kind in kinds]
    places = [Scope(place, places=(place,)) for place in PLACES] if core.linker.place_of_entity else []
    narrowing = sorted(
        {(k, n) for f in core.corpus.facts_of(predicate) for k, names in f.qualifiers.items() for n in names}
    )
    return named + places + [replace(scope, within=(pair,)) for scope in named for pair in narrowing]


def subjects_of(core: Core, predicate: str) -> list[str]:
    kinds = core.corpus.predicates[predicate].subject_kinds
    return [name for name, entity in core.corpus.entities.items() if entity.kind in kinds]


def test_negation_turns_the_verdict_and_keeps_what_is_open(core: Core) -> None:
    for predicate in core.corpus.predicates:
        for subject, scope in product(subjects_of(core, predicate), scopes_of(core, predicate)):
            said = core.judge.judge(claim(core, subject, scope, predicate=predicate))
            denied = core.judge.judge(claim(core, subject, scope, negated=True, predicate=predicate))
            assert said.verdict is not None
            # Of a part it is stated: nothing is proved or refuted of the whole.
            open_ = said.reason is Reason.OVER_GENERAL
            assert denied.verdict is (Verdict.NOT_ENOUGH_INFO if open_ else FLIPPED[said.verdict]), (subject, scope)
            assert denied.facts == said.facts


def test_denying_the_argument_is_denying_the_claim(core: Core) -> None:
    for subject, scope in product(subjects_of(core, "leads"), scopes_of(core, "leads")):
        plain = claim(core, subject, scope)
        denied = core.judge.judge(replace(plain, negated=True)).verdict
        assert core.judge.judge(replace(plain, objects=(replace(scope, negated=True),))).verdict is denied
        assert core.judge.judge(replace(plain, subjects=(Subject(subject, negated=True),))).verdict is denied


def test_a_functional_predicate_supports_one_subject_a_scope(core: Core) -> None:
    for predicate in core.corpus.predicates.values():
        if not predicate.functional:
            continue
        for scope in scopes_of(core, predicate.name):
            supported = [
                name
                for name in subjects_of(core, predicate.name)
                if core.judge.judge(claim(core, name, scope, predicate=predicate.name)).verdict is SUPPORTED
            ]
            assert len(supported) <= 1, (scope, supported)


def test_who_leads_does_not_follow(core: Core) -> None:
    for subject, scope in product(subjects_of(core, "leads"), scopes_of(core, "leads")):
        leading = claim(core, subject, scope)
        verdicts = {core.judge.judge(leading).verdict, core.judge.judge(replace(leading, complement=True)).verdict}
        assert verdicts != {SUPPORTED}


def test_whatever_is_decided_is_proved_by_facts_of_the_corpus(core: Core) -> None:
    for predicate in core.corpus.predicates:
        for subject, scope in product(subjects_of(core, predicate), scopes_of(core, predicate)):
            found = core.judge.judge(claim(core, subject, scope, predicate=predicate))
            assert all(core.corpus.facts[fact.id] is fact for fact in found.facts)
            assert found.verdict is OPEN or found.facts
            assert all(
                told in [step.text for step in statement.steps]
                for statement in found.statements
                for told in statement.names.get("step", ())
            )


def test_every_fact_supports_its_own_claim(core: Core) -> None:
    for fact in core.corpus.facts.values():
        if fact.object not in core.corpus.entities:
            continue
        within = tuple((kind, name) for kind, names in fact.qualifiers.items() for name in names)
        found = core.judge.judge(
            claim(core, fact.subject, Scope(fact.object, fact.object, within=within), predicate=fact.predicate)
        )
        assert found.verdict is SUPPORTED, fact.id
        assert fact in found.facts


def test_a_part_that_is_refuted_refutes_the_whole(core: Core) -> None:
    facts = [fact for fact in core.corpus.facts_of("leads") if not fact.qualifiers][:5]
    for one, other in product(facts, facts):
        scopes = (Scope(one.object, one.object), Scope(other.object, other.object))
        found = core.judge.judge(replace(claim(core, one.subject, scopes[0]), objects=scopes))
        assert found.verdict is (SUPPORTED if one.subject == other.subject else REFUTED)


# Its pieces


@pytest.mark.parametrize(
    ("op", "number", "counts"),
    [
        (Op.EQUAL, 2, [2]),
        (Op.AT_LEAST, 2, [2, 3, 4]),
        (Op.MORE, 2, [3, 4]),
        (Op.AT_MOST, 2, [0, 1, 2]),
        (Op.FEWER, 2, [0, 1]),
        (Op.ALL, 0, [4]),
        (Op.NONE, 0, [0]),
        (Op.MAJORITY, 0, [3, 4]),
    ],
)
def test_how_many_are_meant(alliance: Core, op: Op, number: int, counts: list[int]) -> None:
    facts = list(alliance.corpus.facts_of("leads"))[:4]
    held = [n for n in range(5) if Quantity(op, number, "region").met(n, len(facts))]
    assert held == counts


def evidence(verdict: Verdict) -> Evidence:
    status = {SUPPORTED: Status.ANSWERED, REFUTED: Status.CORRECTED, OPEN: Status.NOT_STATED}[verdict]
    return Evidence(status, values=("yes",) if verdict is SUPPORTED else (), verdict=verdict)


@given(verdicts=st.lists(st.sampled_from(list(Verdict)), max_size=5))
@STEADY
def test_the_verdict_over_several_parts(verdicts: list[Verdict]) -> None:
    found = conjoined([evidence(verdict) for verdict in verdicts]).verdict
    if REFUTED in verdicts:
        assert found is REFUTED
    else:
        assert found is (SUPPORTED if verdicts and set(verdicts) == {SUPPORTED} else OPEN)


def test_a_claim_that_is_half_supported_is_partial() -> None:
    assert conjoined([evidence(SUPPORTED), evidence(OPEN)]).status is Status.PARTIAL


def test_a_clause_that_claims_nothing_is_open(core: Core) -> None:
    found = core.judge.judge(Clause("", 0, 0, Form.CLAIM, "leads"))
    assert (found.verdict, found.statements, found.values) == (OPEN, (), ())


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([Status.ANSWERED], Status.ANSWERED),
        ([Status.ANSWERED, Status.ANSWERED], Status.ANSWERED),
        ([Status.ANSWERED, Status.INFERRED], Status.INFERRED),
        ([Status.ANSWERED, Status.NOT_STATED], Status.PARTIAL),
        ([Status.INFERRED, Status.OUT_OF_SCOPE], Status.PARTIAL),
        ([Status.NOT_STATED, Status.OUT_OF_SCOPE], Status.NOT_STATED),
        ([Status.ANSWERED, Status.CORRECTED, Status.AMBIGUOUS], Status.CORRECTED),
        ([Status.AMBIGUOUS, Status.INFERRED], Status.AMBIGUOUS),
        ([Status.CONFLICTING, Status.CORRECTED], Status.CONFLICTING),
    ],
)
def test_the_status_over_several_parts(statuses: list[Status], status: Status) -> None:
    assert combined_status(statuses) is status
    assert combined_status(statuses[::-1]) is status


def test_a_list_has_one_statement_a_sentence(alliance: Core) -> None:
    facts = [fact for fact in alliance.corpus.facts_of("leads") if fact.subject == "Nissan"]
    told = alliance.judge.listed(facts)
    assert [len(statement.facts) for statement in told] == [3, 3]
    assert all(len({fact.quote for fact in statement.facts}) == 1 for statement in told)
    assert alliance.judge.listed([]) == []


# Joint holders, and documents that disagree


@pytest.mark.parametrize(
    ("text", "verdict", "values", "told"),
    [
        ("FAO leads the Food Security Cluster.", SUPPORTED, ["yes"], [["FAO"]]),
        ("FAO and WFP lead the Food Security Cluster.", SUPPORTED, ["yes"], [["FAO"], ["WFP"]]),
        ("UNDP leads the Food Security Cluster.", REFUTED, ["no", "FAO", "WFP"], [["FAO", "WFP"]]),
        ("FAO and UNDP lead the Food Security Cluster.", REFUTED, ["no", "FAO", "WFP"], [["FAO", "WFP"], ["FAO"]]),
        ("FAO does not lead the Food Security Cluster.", REFUTED, ["no", "FAO"], [["FAO"]]),
        ("Two agencies lead the Food Security Cluster.", SUPPORTED, ["yes"], [["FAO", "WFP"]]),
        ("At least three agencies lead the Food Security Cluster.", REFUTED, ["no", "FAO", "WFP"], [["FAO", "WFP"]]),
    ],
)
def test_joint_holders_each_lead_and_are_told_together(
    clusters: Core, text: str, verdict: Verdict, values: list[str], told: list[list[str]]
) -> None:
    found = clusters.judged(text)
    assert (found.verdict, list(found.values)) == (verdict, values)
    assert [list(statement.names["subject"]) for statement in found.statements] == told


def held(*names: str, only: Side | None = None) -> Clause:
    """ "<names> (alone) lead the Food Security Cluster." """
    scope = Scope("food security", "Food Security Cluster")
    return Clause("", 0, 0, Form.CLAIM, "leads", subjects=tuple(map(Subject, names)), objects=(scope,), only=only)


@pytest.mark.parametrize(("names", "verdict"), [(["FAO"], REFUTED), (["FAO", "WFP"], SUPPORTED), (["WHO"], REFUTED)])
def test_alone_means_with_no_other_holder(clusters: Core, names: list[str], verdict: Verdict) -> None:
    found = clusters.judge.judge(held(*names, only=Side.SUBJECT))
    assert found.verdict is verdict
    assert {fact.subject for fact in found.facts} == {"FAO", "WFP"}


@pytest.mark.parametrize(
    ("text", "verdict", "values"),
    [
        ("NRC leads housing, land and property.", SUPPORTED, ["yes"]),
        ("UN-Habitat leads housing, land and property.", REFUTED, ["no", "NRC"]),
        ("UN-Habitat does not lead housing, land and property.", SUPPORTED, ["yes"]),
        ("WFP leads housing, land and property.", REFUTED, ["no", "NRC"]),
        ("UNFPA leads gender-based violence.", SUPPORTED, ["yes"]),
        ("UNICEF leads gender-based violence.", REFUTED, ["no", "UNFPA"]),
    ],
)
def test_the_newest_document_decides_and_the_older_is_told(
    clusters: Core, text: str, verdict: Verdict, values: list[str]
) -> None:
    found = clusters.judged(text)
    status = Status.ANSWERED if verdict is SUPPORTED else Status.CORRECTED
    assert (found.verdict, found.status, list(found.values)) == (verdict, status, values)
    first, *_, last = found.statements
    assert (first.say, first.names["date"]) == (Say.SETTLED, ("2019-06",))
    assert (last.say, last.names["date"], last.claim) == (Say.EARLIER, ("2012-11",), False)
    assert {clusters.corpus.book.date(fact) for fact in last.facts} == {"2012-11"}


def test_what_is_not_stated_of_all_is_no_conflict(clusters: Core) -> None:
    clause = clusters.clause("NRC leads housing, land and property.")
    found = clusters.judge.judge(replace(clause, objects=(*clause.objects, Scope("Atlantis"))))
    assert (found.verdict, found.status) == (OPEN, Status.PARTIAL)


def test_a_statement_rests_on_every_document_that_makes_it(clusters: Core) -> None:
    (statement,) = clusters.judged("WHO leads the Health Cluster.").statements
    assert [fact.id for fact in statement.facts] == ["health-2019", "health-2006"]


@pytest.mark.parametrize(
    ("name", "outdated"), [("housing-2012", True), ("housing-2019", False), ("health-2006", False)]
)
def test_a_sentence_that_newer_documents_gainsay_is_outdated(clusters: Core, name: str, outdated: bool) -> None:
    assert clusters.judge.outdated(clusters.corpus.facts[name].quote) is outdated


@pytest.mark.parametrize(("number", "verdict"), [(11, SUPPORTED), (9, REFUTED), (12, REFUTED)])
def test_a_number_of_things_is_held_against_the_sources_own(clusters: Core, number: int, verdict: Verdict) -> None:
    clause = Clause("", 0, 0, Form.CLAIM, "leads", quantity=Quantity(Op.EQUAL, number, "cluster"))
    found = clusters.judge.judge(clause)
    status = Status.ANSWERED if verdict is SUPPORTED else Status.CORRECTED  # nine they were in 2006
    assert (found.verdict, found.status) == (verdict, status)
    assert [fact.id for fact in found.facts] == ["number-2019", "number-2012", "number-2006"]


def test_a_number_that_the_source_does_not_give_is_left_open(clusters: Core) -> None:
    clause = Clause("", 0, 0, Form.CLAIM, "leads", quantity=Quantity(Op.EQUAL, 4, "area"))
    assert clusters.judge.judge(clause).verdict is OPEN


def test_all_but_one_thing_holds_whoever_shares_the_rest(clusters: Core) -> None:
    excluded = (Scope("food security", "Food Security Cluster"),)
    clause = Clause("", 0, 0, Form.CLAIM, "leads", subjects=(Subject("WFP"),), excluded=excluded, kind="cluster")
    wrong = {fact.object for fact in clusters.judge.judge(clause).facts}
    assert {"Food Security Cluster", "Health Cluster"} <= wrong
    assert "Logistics Cluster" not in wrong


def test_who_leads_none_is_no_rival_for_the_fewest(clusters: Core) -> None:
    few = Clause("", 0, 0, Form.CLAIM, "leads", kind="operation", fewest=True, extreme=True)
    assert clusters.judge.judge(replace(few, subjects=(Subject("UNHCR"),))).verdict is SUPPORTED


def test_judging_leaves_the_clause_alone_and_repeats_itself(core: Core) -> None:
    clause = Clause(
        "",
        0,
        0,
        Form.CLAIM,
        "leads",
        subjects=(Subject(subjects_of(core, "leads")[0]),),
        only=Side.SUBJECT,
        objects=tuple(scopes_of(core, "leads")[:3]),
    )
    kept = replace(clause)
    assert core.judge.judge(clause) == core.judge.judge(clause)
    assert clause == kept
