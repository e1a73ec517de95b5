"""Cutting a text into units and pairs: nothing is lost, nothing is read twice, and every offset is exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checking.claims import Unit, blanked, claimable, split, units
from bot.understanding.logical_form import Clause
from tests.bot.core import STEADY, Core

TABLE = "| Region | Leader |\n|---|---|\n| China | Nissan |\n| Europe | Renault |"
LIST = "Nissan leads:\n- China\n- Japan"


def read(text: str) -> list[str]:
    return [unit.read.text for unit in units(text)]


def own(text: str, unit: Unit) -> str:
    """The unit's own words, as they stand in the text."""
    return text[unit.start : unit.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n\n \t", []),
        ("One. Two.", ["One.", "Two."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("- one\n- two", ["one", "two"]),
        ("1. one\n2) two", ["one", "two"]),
        ("# Title\nText.", ["Title", "Text."]),
        ("> quoted text", ["quoted text"]),
        ("one\n---\ntwo", ["one", "two"]),
        (TABLE, ["China: Nissan", "Europe: Renault"]),
        ("a | b\nc | d", ["a: b", "c: d"]),
        ("| a | b | c |\n|-|-|-|\n| x | y | z |", ["x: y", "x: z"]),
        ("| a | b |\n|---|---|\n| x |  |", []),
        ("a single | bar", ["a single | bar"]),
        (LIST, ["Nissan leads:", "China", "Japan"]),
    ],
)
def test_a_text_falls_into_its_sentences_items_and_cells(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_an_item_can_be_read_with_the_line_above_it() -> None:
    label, first, second = units(LIST)
    assert label.label and label.otherwise is None
    assert [unit.otherwise and unit.otherwise.text for unit in (first, second)] == [
        "Nissan leads: China",
        "Nissan leads: Japan",
    ]


def test_an_intro_ends_with_its_list_and_a_heading_with_the_next_one() -> None:
    found = list(units("# Acme\nIt grows.\n\nBolt:\n- one\n\nNo more.\n# Crane\nIt sinks."))
    under = {unit.read.text: unit.otherwise.text.split(":")[0] if unit.otherwise else "" for unit in found}
    assert under["It grows."] == "Acme"
    assert under["one"] == "Bolt"
    assert under["No more."] == "Acme"
    assert under["It sinks."] == "Crane"


def test_a_cell_is_read_with_its_key_and_can_be_read_with_its_header() -> None:
    first, second = units("| Firm | chairs |\n|---|---|\n| Ann | Acme |\n| Ben | Bolt |")
    assert (first.read.text, first.header) == ("Ann: Acme", "chairs")
    assert second.otherwise is not None and second.otherwise.text == "Ben chairs Bolt"


def test_what_begins_in_the_lead_begins_at_the_key() -> None:
    text = "| Acme | Europe, Asia |\n| Bolt | Africa |"
    unit = next(iter(units(text)))
    whole = unit.read.text
    assert text[slice(*unit.place(0, whole.index(",")))] == "Acme | Europe"
    assert text[slice(*unit.place(whole.index("Asia"), len(whole)))] == "Asia"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Acme **leads** [1] Europe.[^2]", "**[1][^2]"),
        ("_Acme_ and `Bolt`", "_`"),
        ("<b>Acme</b>", "<b></b>"),
        ("see [Acme](http://a.b/c)", "](http://a.b/c)"),
    ],
)
def test_marks_are_blanked_and_offsets_stay(text: str, gone: str) -> None:
    blank = blanked(text)
    assert len(blank) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, blank, strict=True))
    assert not any(piece in blank for piece in gone.split() if piece)


@pytest.mark.parametrize("text", ["2 * 3 < 4 and 5 > 3", "snake_case stays", "Acme [sic] leads"])
def test_what_is_no_mark_is_kept(text: str) -> None:
    assert blanked(text) == text


@STEADY
@given(st.text(alphabet="ab |-\n#*:.1 \u3042", max_size=120))
def test_units_stand_in_order_and_read_what_stands_there(text: str) -> None:
    end = 0
    for unit in units(text):
        assert end <= unit.outer <= unit.start < unit.end <= len(text)
        assert unit.read.text[unit.read.lead :] == blanked(text)[unit.start : unit.end]
        end = unit.end


def pieces(core: Core, text: str) -> list[str]:
    return [text[part.start : part.end] for clause in core.clauses(text) for part in split(clause)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nissan leads China and Europe.", ["Nissan leads China", "Europe"]),
        ("China and Europe are led by Nissan.", ["China", "Europe are led by Nissan"]),
        ("Renault and Nissan lead Europe.", ["Renault", "Nissan lead Europe"]),
        (
            "Nissan and Renault lead China and Europe respectively.",
            ["Nissan and Renault lead China", "Europe respectively"],
        ),
        ("Nissan leads three regions.", ["Nissan leads three regions"]),
        ("Only Nissan leads China and Japan.", ["Only Nissan leads China and Japan"]),
        ("Nissan or Renault leads Europe.", ["Nissan or Renault leads Europe"]),
        ("Renault, not Nissan, leads Europe.", ["Renault", "not Nissan, leads Europe"]),
    ],
)
def test_each_pair_has_a_stretch_of_its_own(alliance: Core, text: str, expected: list[str]) -> None:
    assert pieces(alliance, text) == expected


def test_respective_pairs_go_in_order(alliance: Core) -> None:
    (clause,) = alliance.clauses("Nissan and Renault lead China and Europe respectively.")
    told = [(part.subjects[0].name, part.objects[0].entity) for part in split(clause)]
    assert told == [("Nissan", "China"), ("Renault", "Europe")]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Nissan leads China.", True),
        ("Nissan leads three regions.", True),
        ("Nobody leads China.", True),
        ("The Alliance has three members.", True),
        ("Nissan", False),
        ("China and Japan", False),
        ("It was a cold winter.", False),
    ],
)
def test_only_what_says_something_of_somebody_can_be_judged(alliance: Core, text: str, states: bool) -> None:
    clauses: list[Clause] = list(alliance.clauses(text))
    assert any(claimable(clause) for clause in clauses) is states
