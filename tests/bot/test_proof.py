"""What each verdict rests on: facts, steps, quotes, and the facts that were looked through."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from bot.checking.proof import Prover
from bot.schema.answer import Extent, Link, Proof, Status, Step, Verdict
from bot.schema.contract import RANGED_FACTS, ProofJson, proof_to_json
from bot.schema.fact_range import digest, facts_in
from bot.understanding.logical_form import Form
from tests.bot.core import Core

SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO
COMPANIES = ("Renault", "Nissan", "Mitsubishi")


def proof_of(core: Core, text: str) -> Proof:
    """The proof of the verdict on a claim of one clause."""
    clause = replace(core.clause(text), form=Form.CLAIM)
    found = core.judge.judge(clause)
    prover = Prover(core.corpus, core.linker.atlas)
    proof = prover.prove(found.verdict, (clause,), found.facts, found.steps, found.quotes)
    assert proof is not None, f"{text!r} is {found.verdict}"
    return proof


def ids(extent: Extent) -> set[str]:
    return {fact.id for fact in extent.facts}


@pytest.mark.parametrize(
    ("text", "extents"),
    [
        ("Renault leads Europe.", [Extent("leads", objects=("Europe",))]),
        ("Nissan leads Europe.", [Extent("leads", objects=("Europe",), exclusive=True)]),
        ("Nissan does not lead Europe.", [Extent("leads", objects=("Europe",), exclusive=True)]),
        ("Mitsubishi leads Thailand.", [Extent("leads", place="TH")]),
        ("Nissan leads three regions.", [Extent("leads", ("region",), ("Nissan",))]),
        ("Nissan leads all regions.", [Extent("leads", ("region",))]),
        ("Nissan leads most regions.", [Extent("leads", ("region",))]),
        ("Renault leads more regions than Nissan.", [Extent("leads", ("region",), ("Renault", "Nissan"))]),
        ("Renault leads the most regions.", [Extent("leads", ("region",), members=COMPANIES)]),
        ("Only Mitsubishi leads Oceania.", [Extent("leads", objects=("Oceania",))]),
        (
            "Mitsubishi leads only Oceania.",
            [
                Extent("leads", ("region",), ("Mitsubishi",)),
                Extent("leads", objects=("Oceania",), exclusive=True),
            ],
        ),
    ],
)
def test_a_proof_names_the_facts_that_were_looked_through(alliance: Core, text: str, extents: list[Extent]) -> None:
    proof = proof_of(alliance, text)
    assert list(proof.extents) == extents
    assert all(extent.facts == facts_in(extent, alliance.corpus, alliance.linker.atlas) for extent in proof.extents)


def test_what_nobody_decides_has_no_proof(alliance: Core) -> None:
    clause = alliance.clause("Nissan leads India.")
    assert Prover(alliance.corpus, alliance.linker.atlas).prove(OPEN, (clause,), (), (), ()) is None


def test_a_proof_names_each_document_with_its_hash(alliance: Core) -> None:
    (document,) = alliance.corpus.documents.values()
    assert proof_of(alliance, "Renault leads Europe.").documents == {document.id: document.sha256}


def test_a_step_tells_its_ends_and_its_sentence(alliance: Core) -> None:
    step = Step("TH", "South East Asia", Link.INSIDE, "Thailand lies in South East Asia")
    assert proof_of(alliance, "Mitsubishi leads Thailand.").steps == (step,)


def test_what_a_general_term_covers_is_a_step_though_it_is_not_told(alliance: Core) -> None:
    step = Step("plug-in hybrid electric vehicles", "hybrids", Link.COVERED)
    assert proof_of(alliance, "Mitsubishi leads hybrids.").steps == (step,)


def test_a_place_inside_a_qualifier_is_a_step(alliance: Core) -> None:
    proof = proof_of(alliance, "Nissan leads connected technology in Shanghai.")
    assert [(step.part, step.whole, step.link) for step in proof.steps] == [("CN-SH", "China", Link.INSIDE)]


def test_members_that_another_predicate_states_are_looked_through(alliance: Core) -> None:
    clause = alliance.clause("How many companies are there?")
    found = alliance.reasoner.answer(clause)
    proof = Prover(alliance.corpus, alliance.linker.atlas).answered((clause,), found)
    assert proof is not None
    assert Extent("is part of", objects=("Alliance",), members=COMPANIES) in proof.extents


def test_that_something_is_not_stated_rests_on_there_being_no_such_fact(alliance: Core) -> None:
    clause = alliance.clause("Who leads in India?")
    found = alliance.reasoner.answer(clause)
    proof = Prover(alliance.corpus, alliance.linker.atlas).answered((clause,), found)
    assert found.status is Status.NOT_STATED
    assert proof is not None
    assert [(extent.place, extent.facts) for extent in proof.extents] == [("IN", ())]


def test_small_talk_rests_on_nothing(alliance: Core) -> None:
    found = replace(alliance.answered("Who leads in India?"), status=Status.CHAT)
    assert Prover(alliance.corpus, alliance.linker.atlas).answered((), found) is None


@pytest.mark.parametrize(
    ("extent", "taken"),
    [
        (Extent("leads", ("district",), ("Blue Watch",)), {"millbrook", "castle-hill"}),
        (Extent("leads", objects=("ladder work", "tunnel rescue")), {"ladder-work", "tunnel-rescue"}),
        (Extent("leads", qualifiers=("day shift",)), {"spills"}),
        (Extent("supports", subjects=("Red Watch",)), {"red-blue"}),
        (Extent("leads", place="africa"), set()),
    ],
)
def test_an_extent_takes_in_what_fits_all_that_it_names(brigade: Core, extent: Extent, taken: set[str]) -> None:
    assert {fact.id for fact in facts_in(extent, brigade.corpus, brigade.linker.atlas)} == taken


@pytest.mark.parametrize(
    ("place", "taken"),
    [
        ("africa", {"renault-north-africa"}),
        ("EG", {"renault-north-africa"}),
        ("IN", set()),
        ("China", {"nissan-china"}),
    ],
)
def test_an_extent_by_place_takes_in_what_shares_ground_with_it(alliance: Core, place: str, taken: set[str]) -> None:
    found = facts_in(Extent("leads", place=place), alliance.corpus, alliance.linker.atlas)
    assert {fact.id for fact in found} == taken


def test_the_digest_of_facts_knows_no_order_but_every_subject(alliance: Core) -> None:
    first, *others = alliance.corpus.facts.values()
    assert digest([first, *others]) == digest([*others, first])
    assert digest([first, *others]) != digest([replace(first, subject="Acme"), *others])


def test_a_proof_in_json_stands_by_itself(alliance: Core) -> None:
    (document,) = alliance.corpus.documents.values()
    shown = proof_to_json(proof_of(alliance, "Mitsubishi leads Thailand."))
    assert TypeAdapter(ProofJson).validate_json(json.dumps(shown), strict=True) == shown
    [fact] = shown["facts"]
    quote = fact["quote"]
    assert (fact["id"], fact["subject"], fact["object_kind"]) == ("mitsubishi-south-east-asia", "Mitsubishi", "region")
    assert quote["document_sha256"] == document.sha256
    assert document.text[quote["start_char_index"] : quote["end_char_index"]] == quote["text"]
    assert shown["steps"][0]["text"] == "Thailand lies in South East Asia"
    [extent] = shown["extents"]
    assert (extent["place"], extent["count"], [row["id"] for row in extent["facts"]]) == ("TH", 1, [fact["id"]])


def test_a_very_long_extent_is_counted_and_not_listed(alliance: Core) -> None:
    fact = alliance.corpus.facts["nissan-japan"]
    many = tuple(replace(fact, id=f"fact-{number}") for number in range(RANGED_FACTS + 1))
    [short, long] = proof_to_json(Proof(extents=(Extent("leads", facts=many[1:]), Extent("leads", facts=many))))[
        "extents"
    ]
    assert (short["count"], len(short["facts"])) == (RANGED_FACTS, RANGED_FACTS)
    assert (long["count"], long["facts"], long["sha256"]) == (RANGED_FACTS + 1, [], digest(many))


def test_every_decided_claim_over_the_facts_has_a_proof_that_holds_its_facts(core: Core) -> None:
    for fact in core.corpus.facts.values():
        predicate = core.corpus.predicates[fact.predicate]
        if fact.object not in core.corpus.entities or not predicate.functional:
            continue
        for subject in core.corpus.named_as(predicate.subject_kinds):
            text = f"{subject} {predicate.singular} {fact.label}."
            if core.verdict(text) in (SUPPORTED, REFUTED):
                proof = proof_of(core, text)
                assert proof.facts
                assert {used.id for used in proof.facts} <= {i for extent in proof.extents for i in ids(extent)}
