"""What one clause names: what narrows what, what is left unread, what refers back, and what is only a scene."""

from __future__ import annotations

import pytest

from bot.understanding.arguments import ClauseArguments, gather
from bot.understanding.logical_form import Clause, Form, Op, Scope
from tests.bot.core import Core


def narrowed(clause: Clause) -> list[tuple[str, list[str]]]:
    """The objects with what narrows each."""
    return [(scope.entity or "/".join(scope.places), [name for _, name in scope.within]) for scope in clause.objects]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who leads connected technology in China?", [("connected technology", ["China"])]),
        ("Who leads China's connected technology?", [("connected technology", ["China"])]),
        ("Who leads Chinese connected technology?", [("connected technology", ["China"])]),
        ("In China, who leads connected technology?", [("connected technology", ["China"])]),
        ("Who leads connected technology in Germany?", [("connected technology", ["DE"])]),
        ("Who leads connected technology in China and Japan?", [("connected technology", ["China", "Japan"])]),
        ("Who leads autonomous driving in Thailand?", [("autonomous driving technology", ["TH"])]),
        ("Who leads plug-in hybrids for the C segment?", [("plug-in hybrid electric vehicles", ["C segment"])]),
        ("Who leads C-segment plug-in hybrids?", [("plug-in hybrid electric vehicles", ["C segment"])]),
        (
            "Who leads electrified powertrains for the A and B segments?",
            [("electrified powertrains", ["A and B segments"])],
        ),
        ("Who leads connected technology and China?", [("connected technology", []), ("China", [])]),
        ("Who leads Europe and autonomous driving?", [("Europe", []), ("autonomous driving technology", [])]),
        ("Who leads Europe and Japan?", [("Europe", []), ("Japan", [])]),
        ("Who leads the A segment?", [("A segment", [])]),
    ],
)
def test_what_narrows_what(alliance: Core, text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert narrowed(alliance.clause(text)) == expected


def test_another_qualifier_of_another_field(brigade: Core) -> None:
    clause = brigade.clause("Who leads chemical spills for the night shift?")
    assert narrowed(clause) == [("chemical spills", ["night shift"])]
    assert clause.objects[0].within == (("shift", "night shift"),)


def test_a_general_term_beside_one_it_covers_adds_nothing(alliance: Core) -> None:
    assert narrowed(alliance.clause("Who leads Android connectivity?")) == [("Android-based connected platform", [])]


@pytest.mark.parametrize(
    ("text", "refers"),
    [
        ("Does it lead Europe?", {"pronoun"}),
        ("Do they lead Europe?", {"pronoun"}),
        ("Who leads there?", {"there"}),
        ("Does it lead there?", {"pronoun", "there"}),
        ("And the other one?", {"other"}),
        ("And the others?", {"other"}),
        ("Who leads Europe?", set()),
        ("Does Renault lead in its markets?", set()),
    ],
)
def test_what_must_be_looked_up(alliance: Core, text: str, refers: set[str]) -> None:
    assert alliance.clause(text).refers == refers


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Who leads quantum computing?", "quantum computing"),
        ("Who leads on the Moon?", "Moon"),
        ("Is Renault the leader for Atlantis?", "Atlantis"),
        ("Renault leads Narnia.", "Narnia"),
    ],
)
def test_an_unknown_argument_stays_one(alliance: Core, text: str, surface: str) -> None:
    (scope,) = alliance.clause(text).objects
    assert scope.surface == surface and not scope.known


def test_an_unknown_argument_is_narrowed_by_the_place_behind_it(alliance: Core) -> None:
    (scope,) = alliance.clause("Who leads hovercrafting in Japan?").objects
    assert (scope.surface, scope.within) == ("hovercrafting", (("region", "Japan"),))


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("We sell vans in Texas - who leads in Europe?", ["Europe"]),
        ("Our office, by the way, is big: who leads Japan?", ["Japan"]),
    ],
)
def test_the_scene_before_a_question_is_not_what_is_asked(alliance: Core, text: str, scopes: list[str]) -> None:
    asked = [clause for clause in alliance.clauses(text) if clause.form is Form.SUBJECT]
    assert [scope.entity for scope in asked[-1].objects][-1:] == scopes


@pytest.mark.parametrize(
    ("text", "form", "hypothetical"),
    [
        ("If Nissan led Europe, who would lead Japan?", Form.CLAIM, True),
        ("Suppose Nissan leads Europe.", Form.CLAIM, True),
        ("Nissan leads Europe.", Form.CLAIM, False),
    ],
)
def test_what_is_only_supposed(alliance: Core, text: str, form: Form, hypothetical: bool) -> None:
    first = alliance.clauses(text)[0]
    assert (first.form, first.hypothetical) == (form, hypothetical)


@pytest.mark.parametrize(
    ("text", "choice"), [("Is Europe led by Renault or Nissan?", True), ("Renault leads Europe and Russia.", False)]
)
def test_alternatives(alliance: Core, text: str, choice: bool) -> None:
    assert alliance.clause(text).choice is choice


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("Renault and Nissan together lead seven regions.", True),
        ("Renault and Nissan lead seven regions.", False),
    ],
)
def test_together(alliance: Core, text: str, together: bool) -> None:
    assert alliance.clause(text).together is together


def test_the_group_s_size_is_no_claim_on_it(alliance: Core) -> None:
    """ "the three companies" names the group; "three companies" counts."""
    named = alliance.clause("Which of the three companies leads Europe?")
    assert named.subject_quantity is None and named.form is Form.SUBJECT
    counted = alliance.clause("Exactly two companies lead more than two regions.")
    assert counted.subject_quantity is not None and counted.quantity is not None
    assert (counted.subject_quantity.op, counted.subject_quantity.number) == (Op.EQUAL, 2)
    assert (counted.quantity.op, counted.quantity.number) == (Op.MORE, 2)


@pytest.mark.parametrize("text", ["The companies share platforms.", "The Alliance shares platforms."])
def test_the_members_together_are_the_group(alliance: Core, text: str) -> None:
    assert [subject.name for subject in alliance.clause(text).subjects] == ["Alliance"]


def test_one_of_is_no_count(alliance: Core) -> None:
    clause = alliance.clause("Japan is one of the markets that Nissan leads.")
    assert clause.quantity is None and [scope.entity for scope in clause.objects] == ["Japan"]


def test_repeated_subjects_are_one(alliance: Core) -> None:
    clause = alliance.clause("Nissan, Nissan leads Japan.")
    assert [subject.name for subject in clause.subjects] == ["Nissan"]


def test_a_scope_is_known_by_entity_or_place() -> None:
    assert Scope("Europe", "Europe").known
    assert Scope("Thailand", places=("TH",)).known
    assert not Scope("Moon").known


def test_reading_leaves_the_mentions_alone(alliance: Core) -> None:
    mentions = list(alliance.linker.link("Nissan leads connected technology in China, not Renault"))
    kept = list(mentions)
    predicate = alliance.corpus.predicates["leads"]
    readings = [
        ClauseArguments(alliance.corpus, predicate, mentions, frozenset({"region", "segment"}), None, frozenset())
        for _ in range(2)
    ]
    for reading in readings:
        gather(reading)
    assert mentions == kept
    assert readings[0].objects == readings[1].objects
    assert readings[0].subjects == readings[1].subjects


def test_no_mentions_name_nothing(alliance: Core) -> None:
    reading = ClauseArguments(alliance.corpus, alliance.corpus.predicates["leads"], [], frozenset(), None, frozenset())
    gather(reading)
    assert not (reading.objects or reading.subjects or reading.kinds or reading.unknown or reading.polar)
