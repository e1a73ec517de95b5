"""Which facts speak about a scope: just this, a region around it, a part of it, or something else by that name."""

from __future__ import annotations

import pytest

from bot.reasoning.fact_matching import Fit
from bot.understanding.linker import Role
from bot.understanding.logical_form import Scope
from tests.bot.core import Core


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Europe", [("renault-europe", Fit.EXACT)]),
        ("Thailand", [("mitsubishi-south-east-asia", Fit.INSIDE)]),
        ("Bangkok", [("mitsubishi-south-east-asia", Fit.INSIDE)]),
        ("Texas", [("nissan-north-america", Fit.INSIDE)]),
        ("Morocco", [("renault-north-africa", Fit.INSIDE)]),
        ("Siberia", [("renault-russia", Fit.INSIDE)]),
        ("Tokyo", [("nissan-japan", Fit.INSIDE)]),
        ("New Zealand", [("mitsubishi-oceania", Fit.INSIDE)]),
        ("Africa", [("renault-north-africa", Fit.PART)]),
        (
            "Asia",
            [("nissan-china", Fit.PART), ("nissan-japan", Fit.PART), ("mitsubishi-south-east-asia", Fit.PART)],
        ),
        ("the Americas", [("nissan-north-america", Fit.PART), ("renault-south-america", Fit.PART)]),
        ("Turkey", [("renault-europe", Fit.DISPUTED)]),
        ("India", []),
        ("South Africa", []),
        ("Antarctica", []),
        ("Atlantis", []),
    ],
)
def test_places(alliance: Core, words: str, expected: list[tuple[str, Fit]]) -> None:
    assert alliance.fits(words) == expected


def test_a_country_lies_in_the_smallest_region_that_is_stated(alliance: Core) -> None:
    """Russia lies in Europe for the most part, and has a fact of its own."""
    assert alliance.fits("Moscow") == [("renault-russia", Fit.INSIDE)]


@pytest.mark.parametrize("words", ["Georgia"])
def test_an_ambiguous_name_settles_nothing_by_itself(alliance: Core, words: str) -> None:
    assert {fit for _, fit in alliance.fits(words)} <= {Fit.DISPUTED}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("autonomous driving", [("nissan-autonomous-driving", Fit.EXACT)]),
        ("autonomous driving in Germany", [("nissan-autonomous-driving", Fit.GENERAL)]),
        ("connected technology in China", [("nissan-connected-china", Fit.EXACT)]),
        ("connected technology in Beijing", [("nissan-connected-china", Fit.EXACT)]),
        (
            "connected technology",
            [("nissan-connected-china", Fit.MEANS), ("renault-android-platform", Fit.MEANS)],
        ),
        (
            "electric vehicles",
            [
                ("nissan-ev-powertrain", Fit.MEANS),
                ("renault-electrified-powertrains", Fit.MEANS),
                ("mitsubishi-plug-in-hybrids", Fit.MEANS),
            ],
        ),
        ("hybrids", [("mitsubishi-plug-in-hybrids", Fit.MEANS)]),
        ("the A segment", [("renault-electrified-powertrains", Fit.MEANS)]),
        ("the D segment", [("mitsubishi-plug-in-hybrids", Fit.MEANS)]),
        ("plug-in hybrids for the C segment", [("mitsubishi-plug-in-hybrids", Fit.EXACT)]),
        ("plug-in hybrids for the A segment", [("mitsubishi-plug-in-hybrids", Fit.ELSEWHERE)]),
        ("electrified powertrains for the A and B segments", [("renault-electrified-powertrains", Fit.EXACT)]),
        ("electrified powertrains for the C and D segments", [("renault-electrified-powertrains", Fit.ELSEWHERE)]),
    ],
)
def test_technologies_and_what_narrows_them(alliance: Core, words: str, expected: list[tuple[str, Fit]]) -> None:
    assert alliance.fits(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Old Town", [("old-town", Fit.EXACT)]),
        ("Fernside", []),
        ("ladder work", [("ladder-work", Fit.EXACT)]),
        ("rescue", [("tunnel-rescue", Fit.MEANS), ("water-rescue", Fit.MEANS)]),
        ("chemical spills for the night shift", [("spills", Fit.EXACT)]),
        ("forest fires", []),
    ],
)
def test_another_field(brigade: Core, words: str, expected: list[tuple[str, Fit]]) -> None:
    assert brigade.fits(words) == expected


@pytest.mark.parametrize(
    ("words", "step"), [("Thailand", "Thailand lies in South East Asia"), ("Africa", "North Africa lies in Africa")]
)
def test_a_fit_by_geography_names_its_step(alliance: Core, words: str, step: str) -> None:
    (scope,) = alliance.clause(f"Who leads {words}?").objects
    assert [match.step and match.step.text for match in alliance.scopes.match("leads", scope)] == [step]


def test_an_exact_fit_needs_no_step(core: Core) -> None:
    for fact in core.corpus.facts_of("leads"):
        scope = Scope(fact.object, fact.object)
        assert any(match.fact is fact for match in core.scopes.match("leads", scope))
        assert not any(match.step for match in core.scopes.match("leads", scope))


def test_an_unknown_scope_has_no_facts(core: Core) -> None:
    assert core.scopes.match("leads", Scope("Atlantis")) == []


def test_matching_is_of_one_predicate_alone(brigade: Core) -> None:
    blue = Scope("Blue Watch", "Blue Watch")
    assert brigade.scopes.match("leads", blue) == []
    assert [match.fact.id for match in brigade.scopes.match("supports", blue)] == ["red-blue", "green-blue"]


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (Scope("old continent", "Europe"), "Europe"),
        (Scope("siam", places=("TH",)), "Thailand"),
        (Scope("Moon"), "Moon"),
        (Scope("it", "connected technology", within=(("region", "China"),)), "connected technology (China)"),
        (Scope("it", "connected technology", within=(("region", "TH"),)), "connected technology (Thailand)"),
    ],
)
def test_how_answers_call_a_scope(alliance: Core, scope: Scope, name: str) -> None:
    assert alliance.scopes.name(scope) == name


@pytest.mark.parametrize(
    ("fact", "within", "expected"),
    [
        ("nissan-connected-china", (("region", "China"),), True),
        ("nissan-connected-china", (("region", "CN"),), True),
        ("nissan-connected-china", (("region", "Japan"),), False),
        ("nissan-connected-china", (("region", "DE"),), False),
        ("nissan-connected-china", (("segment", "A segment"),), None),
        ("nissan-connected-china", (), None),
        ("nissan-autonomous-driving", (("region", "DE"),), None),
        ("mitsubishi-plug-in-hybrids", (("segment", "C and D segments"),), True),
        ("mitsubishi-plug-in-hybrids", (("segment", "D segment"),), True),
        ("mitsubishi-plug-in-hybrids", (("segment", "A and B segments"),), False),
        ("mitsubishi-plug-in-hybrids", (("segment", "C segment"), ("segment", "A segment")), False),
    ],
)
def test_whether_a_fact_s_qualifiers_take_in_what_is_asked(
    alliance: Core, fact: str, within: tuple[tuple[str, str], ...], expected: bool | None
) -> None:
    assert alliance.scopes.qualified(alliance.corpus.facts[fact], within) is expected


def test_matching_again_gives_the_same(alliance: Core) -> None:
    scope = Scope("Asia", places=("asia",))
    assert alliance.scopes.match("leads", scope) == alliance.scopes.match("leads", scope)


@pytest.mark.parametrize(
    ("words", "fact", "apart"),
    [
        ("India", "renault-north-africa", True),
        ("Morocco", "renault-north-africa", False),  # in it
        ("Africa", "renault-north-africa", False),  # around it
    ],
)
def test_a_place_is_apart_from_what_it_does_not_touch(alliance: Core, words: str, fact: str, apart: bool) -> None:
    places = tuple(p for mention in alliance.linker.link(words) for p in mention.names(Role.PLACE))
    scope = Scope(words, entity="" if places else words, places=places)
    assert alliance.scopes.apart(scope, alliance.corpus.facts[fact]) is apart


def test_what_covers_a_thing_is_not_apart_from_it(brigade: Core) -> None:
    tunnels = brigade.corpus.facts["tunnel-rescue"]
    assert not brigade.scopes.apart(Scope("rescue", entity="rescue"), tunnels)
    assert brigade.scopes.apart(Scope("ladders", entity="ladder work"), tunnels)
