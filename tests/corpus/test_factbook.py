"""Which facts stand where documents of several dates tell of one thing, and how they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from corpus.model import Document, Fact, FactBook, Predicate, Quote, later

DATES = {"new": "2019-06", "old": "2012-11", "oldest": "2006", "same": "2019-06", "undated": ""}
PREDICATES = {
    "leads": Predicate("leads", ("company",), ("region",), ("leads",), functional=True),
    "supports": Predicate("supports", ("company",), ("company",), ("supports",)),
    "has sites": Predicate("has sites", ("company",), ("number",), ("has",)),
}


def documents(dates: Mapping[str, str] = DATES) -> dict[str, Document]:
    return {name: Document(name, name, "", "", date=date) for name, date in dates.items()}


def fact(subject: str, target: str, document: str, predicate: str = "leads", start: int = 0, **more: str) -> Fact:
    """A fact whose id tells who holds what by which document."""
    quote = Quote(document, start, start + 10, "0123456789")
    kind = PREDICATES[predicate].object_kinds[0]
    qualifiers = {name: (value,) for name, value in more.items()}
    return Fact(f"{subject} {target} {document}", subject, predicate, target, kind, quote, qualifiers)


def book(*facts: Fact) -> FactBook:
    return FactBook(facts, documents(), PREDICATES)


def ids(facts: object) -> list[str]:
    assert isinstance(facts, list | tuple)
    return [each.id for each in facts]


@pytest.mark.parametrize(
    ("date", "other", "is_later"),
    [
        ("2019-06", "2012-11", True),
        ("2019-06", "2019", False),
        ("2019", "2019-06", False),
        ("2019-06-02", "2019-06-01", True),
        ("2019", "", True),
        ("", "2019", False),
        ("", "", False),
    ],
)
def test_a_date_is_later_only_where_that_is_sure(date: str, other: str, is_later: bool) -> None:
    assert later(date, other) is is_later


def test_the_newest_document_stands_and_the_others_are_kept_newest_first() -> None:
    found = book(
        fact("Bolt", "Iberia", "oldest"),
        fact("Crane", "Iberia", "undated"),
        fact("Acme", "Iberia", "old"),
        fact("Bolt", "Iberia", "old"),
        fact("Acme", "Iberia", "new"),
    )
    (stands,) = found.of("leads")
    assert stands.id == "Acme Iberia new"
    earlier = ["Acme Iberia old", "Bolt Iberia old", "Bolt Iberia oldest", "Crane Iberia undated"]
    assert ids(found.earlier(stands)) == earlier
    assert found.again(stands) == ()
    assert not found.split(stands)


def test_documents_that_agree_repeat_the_newest() -> None:
    found = book(fact("Acme", "Iberia", "oldest"), fact("Acme", "Iberia", "new"), fact("Acme", "Iberia", "old"))
    (stands,) = found.of("leads")
    assert stands.id == "Acme Iberia new"
    assert ids(found.again(stands)) == ["Acme Iberia old", "Acme Iberia oldest"]
    assert found.earlier(stands) == ()


def test_joint_holders_stand_together_as_one_version() -> None:
    found = book(fact("Acme", "Iberia", "new"), fact("Bolt", "Iberia", "new"), fact("Crane", "Japan", "new"))
    acme, bolt, crane = found.of("leads")
    assert found.version(acme) == found.version(bolt) != found.version(crane)


def test_other_qualifiers_are_another_thing() -> None:
    found = book(fact("Acme", "Iberia", "old", season="summer"), fact("Bolt", "Iberia", "new", season="winter"))
    assert ids(found.of("leads")) == ["Acme Iberia old", "Bolt Iberia new"]
    assert len({found.version(each) for each in found.of("leads")}) == 2


def test_of_two_documents_of_one_date_neither_gives_way() -> None:
    found = book(fact("Acme", "Iberia", "new"), fact("Bolt", "Iberia", "same"), fact("Bolt", "Iberia", "old"))
    acme, bolt = found.of("leads")
    assert found.split(acme) and found.split(bolt)
    assert found.version(acme) != found.version(bolt)
    assert ids(found.again(bolt)) == ["Bolt Iberia old"]


def test_where_several_may_hold_a_thing_nothing_is_outdated() -> None:
    found = book(fact("Acme", "Crane", "old", "supports"), fact("Bolt", "Crane", "new", "supports"))
    assert ids(found.of("supports")) == ["Acme Crane old", "Bolt Crane new"]
    assert not any(found.earlier(each) or found.split(each) for each in found.of("supports"))


def test_a_newer_number_of_one_subject_replaces_the_older() -> None:
    found = book(
        fact("Acme", "nine", "oldest", "has sites"),
        fact("Acme", "eleven", "new", "has sites"),
        fact("Bolt", "nine", "oldest", "has sites"),
    )
    assert ids(found.of("has sites")) == ["Acme eleven new", "Bolt nine oldest"]
    assert ids(found.earlier(found.of("has sites")[0])) == ["Acme nine oldest"]


def test_a_sentence_is_outdated_where_it_states_what_is_gainsaid() -> None:
    found = book(
        fact("Bolt", "Iberia", "old", start=20), fact("Bolt", "Japan", "old", start=60), fact("Acme", "Iberia", "new")
    )
    assert ids(found.outdated(Quote("old", 15, 40, ""))) == ["Bolt Iberia old"]
    assert found.outdated(Quote("old", 30, 70, "")) == []  # begins where the other ends
    assert found.outdated(Quote("new", 0, 10, "")) == []


def test_facts_are_found_by_either_side_and_by_qualifier_in_the_order_of_the_file() -> None:
    found = book(
        fact("Acme", "Japan", "new"),
        fact("Bolt", "Iberia", "new", season="winter"),
        fact("Acme", "Oceania", "new", season="summer"),
        fact("Acme", "Bolt", "new", "supports"),
    )
    assert ids(found.about("leads", ["Oceania", "Japan", "Japan"])) == ["Acme Japan new", "Acme Oceania new"]
    assert ids(found.held_by("leads", ["Acme"])) == ["Acme Japan new", "Acme Oceania new"]
    assert ids(found.qualified("leads", "season", ["summer", "winter"])) == ["Bolt Iberia new", "Acme Oceania new"]
    assert found.about("leads", ["Atlantis"]) == []
    assert list(found.of("eats")) == []


@pytest.mark.parametrize(
    ("objects", "single"),
    [
        (["1", "2", "2", "3"], True),
        (["1", "2", "3"], False),  # so few may be chance
        (["1", "1", "1", "1"], False),  # one object alone tells nothing
    ],
)
def test_a_relation_is_single_where_each_of_several_subjects_has_one_object(objects: list[str], single: bool) -> None:
    facts = [fact(f"S{at}", name, "new", "supports") for at, name in enumerate(objects)]
    assert book(*facts).single("supports") is single
    assert not book(*facts, fact("S0", "9", "new", "supports")).single("supports")


def test_a_vocabulary_may_say_that_a_subject_can_have_several_objects() -> None:
    facts = [fact(f"S{at}", name, "new", "supports") for at, name in enumerate("12123")]
    declared = {**PREDICATES, "supports": replace(PREDICATES["supports"], several=True)}
    assert book(*facts).single("supports")
    assert not FactBook(facts, documents(), declared).single("supports")
