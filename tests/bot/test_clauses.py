"""Which subject goes with which object: the stretches that a sentence falls into."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.understanding.clauses import shape, split_clauses
from bot.understanding.linker import Mention
from tests.bot.core import Core


def stretches(core: Core, text: str) -> list[str]:
    """What each clause of ``text`` says, in the words of the text."""
    return [clause.text for clause in core.clauses(text)]


def arguments(core: Core, text: str) -> list[tuple[set[str], set[str]]]:
    """Subjects and objects of each clause."""
    return [
        ({subject.name for subject in clause.subjects}, {scope.entity or scope.surface for scope in clause.objects})
        for clause in core.clauses(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nissan leads China.", [({"Nissan"}, {"China"})]),
        ("Nissan leads China and Japan.", [({"Nissan"}, {"China", "Japan"})]),
        ("Nissan leads China, North America, and Japan.", [({"Nissan"}, {"China", "North America", "Japan"})]),
        ("Nissan and Renault lead Europe.", [({"Nissan", "Renault"}, {"Europe"})]),
        ("Renault leads Europe and Nissan Japan.", [({"Renault"}, {"Europe"}), ({"Nissan"}, {"Japan"})]),
        ("Renault leads Europe and Nissan leads Japan.", [({"Renault"}, {"Europe"}), ({"Nissan"}, {"Japan"})]),
        ("Renault leads Europe, while Nissan leads Japan.", [({"Renault"}, {"Europe"}), ({"Nissan"}, {"Japan"})]),
        ("Renault leads Europe but Nissan leads Japan.", [({"Renault"}, {"Europe"}), ({"Nissan"}, {"Japan"})]),
        ("Renault leads Europe; Nissan leads Japan.", [({"Renault"}, {"Europe"}), ({"Nissan"}, {"Japan"})]),
        ("China: Nissan; Europe: Renault", [({"Nissan"}, {"China"}), ({"Renault"}, {"Europe"})]),
        (
            "Europe is led by Renault, China and Japan by Nissan.",
            [({"Renault"}, {"Europe"}), ({"Nissan"}, {"China", "Japan"})],
        ),
        (
            "Nissan leads China, Renault Europe and Mitsubishi Oceania.",
            [({"Nissan"}, {"China"}), ({"Renault"}, {"Europe"}), ({"Mitsubishi"}, {"Oceania"})],
        ),
    ],
)
def test_subjects_keep_to_their_objects(alliance: Core, text: str, expected: list[tuple[set[str], set[str]]]) -> None:
    assert arguments(alliance, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red Watch leads Old Town and Northgate.", [({"Red Watch"}, {"Old Town", "Northgate"})]),
        (
            "Red Watch leads Old Town and Blue Watch Millbrook.",
            [({"Red Watch"}, {"Old Town"}), ({"Blue Watch"}, {"Millbrook"})],
        ),
        (
            "Old Town is led by Red Watch, Millbrook and Castle Hill by Blue Watch.",
            [({"Red Watch"}, {"Old Town"}), ({"Blue Watch"}, {"Millbrook", "Castle Hill"})],
        ),
        (
            "Northgate: Red Watch; Millbrook: Blue Watch",
            [({"Red Watch"}, {"Northgate"}), ({"Blue Watch"}, {"Millbrook"})],
        ),
    ],
)
def test_the_rule_knows_no_corpus(brigade: Core, text: str, expected: list[tuple[set[str], set[str]]]) -> None:
    assert arguments(brigade, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who leads Europe, and who leads Russia?", [set(), set()]),
        ("Who leads Europe and who leads Japan?", [set(), set()]),
        ("Who leads Europe and Japan?", [set()]),
    ],
)
def test_questions_in_one_sentence(alliance: Core, text: str, expected: list[set[str]]) -> None:
    assert [subjects for subjects, _ in arguments(alliance, text)] == expected


def test_each_clause_is_a_stretch_of_the_text(core: Core, alliance: Core) -> None:
    texts = [
        "Renault leads Europe and Nissan Japan.",
        "  China: Nissan; Europe: Renault ",
        "Red Watch leads; who follows?",
    ]
    for text in texts:
        for clause in core.clauses(text):
            assert text[clause.start : clause.end] == clause.text
    assert stretches(alliance, "Renault leads Europe and Nissan Japan.") == ["Renault leads Europe", "Nissan Japan"]


def sides(mention: Mention) -> tuple[bool, bool]:
    """Capitals are subjects, words with digits objects; no vocabulary is needed to split."""
    return mention.text.isupper(), mention.text[-1].isdigit()


def none(_: Sequence[Mention]) -> frozenset[str]:
    """No predicate is spoken of."""
    return frozenset()


def mentions(text: str) -> list[Mention]:
    words = text.split()
    starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
    return [
        Mention(word, word.lower(), start, start + len(word), (), word.isalnum())
        for word, start in zip(words, starts, strict=True)
    ]


@pytest.mark.parametrize(
    "text", ["", "A x1", "A ; B", "; ;", "x1 , x2", "A x1 , B x2 ; C x3", "( A ) x1", "A A A x1 x1"]
)
def test_splitting_loses_nothing(text: str) -> None:
    given = mentions(text)
    groups = split_clauses(given, sides, none)
    assert [mention for group in groups for mention in group] == given
    assert all(groups)


def test_nothing_has_no_clauses() -> None:
    assert split_clauses([], sides, none) == []


def test_a_semicolon_ends_a_clause_that_has_its_subject() -> None:
    groups = split_clauses(mentions("A x1 ; B x2"), sides, none)
    assert [[mention.text for mention in group] for group in groups] == [["A", "x1"], [";", "B", "x2"]]


def test_splitting_leaves_its_input_alone() -> None:
    given = mentions("A x1 , B x2")
    kept = list(given)
    assert split_clauses(given, sides, none) == split_clauses(given, sides, none)
    assert given == kept


def test_the_shape_of_a_stretch() -> None:
    found = shape(mentions("x1 A"), sides)
    assert (found.subject, found.object, found.predicate, found.subject_last) == (True, True, False, True)
    assert not shape(mentions("A x1"), sides).subject_last
    assert not shape([], sides).subject
