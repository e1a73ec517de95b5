"""Edits of YAML files: what is not changed stays to the byte."""

from __future__ import annotations

import pytest
import yaml

from bot.learning.editing import Editor, on_one_line
from corpus.errors import CorpusFileError

FILE = """\
# Head.
kinds: {}  # none yet

entities:
  office:
    No: {}  # kept
    Zoë: {aliases: [ü]}

# About the predicates.
predicates:
- name: |
    long
    text

- {id: a}
"""


def added(path: tuple[str, ...], *entries: str, listed: bool = False, text: str = FILE) -> str:
    editor = Editor("vocabulary.yaml", text)
    editor.add(path, entries, listed=listed)
    return editor.text


def test_an_entry_stands_behind_the_last_one_and_before_the_comment_of_the_next() -> None:
    text = added(("entities", "office"), "Acme: {}")
    assert text == FILE.replace("[ü]}\n", "[ü]}\n    Acme: {}\n")


def test_a_kind_that_is_new_is_made() -> None:
    text = added(("entities", "field"), "roads: {}")
    assert text == FILE.replace("[ü]}\n", "[ü]}\n  field:\n    roads: {}\n")


def test_empty_brackets_become_lines_and_their_comment_stays() -> None:
    assert added(("kinds",), "office: {}") == FILE.replace("kinds: {}  # none", "kinds:  # none").replace(
        "# none yet\n", "# none yet\n  office: {}\n"
    )


def test_a_list_grows_with_the_indent_that_it_has() -> None:
    assert added(("predicates",), "{id: b}", listed=True) == FILE + "- {id: b}\n"


def test_brackets_grow_inside() -> None:
    assert added(("entities", "office", "Zoë", "aliases"), "ö") == FILE.replace("[ü]", "[ü, ö]")
    with pytest.raises(CorpusFileError, match="in lines of its own"):
        added(("entities", "field"), "roads: {}", text="entities: {office: {Acme: {}}}\n")


def test_a_value_is_cut_out_with_all_that_stands_below_it() -> None:
    editor = Editor("vocabulary.yaml", FILE)
    editor.set(("entities",), {})
    assert editor.text == FILE[: FILE.index("entities:")] + "entities: {}\n" + FILE[FILE.index("\n# About") :]


def test_a_text_behind_lines_of_its_own_is_no_part_of_them() -> None:
    text = added(("predicates",), "{id: b}", listed=True, text=FILE.removesuffix("- {id: a}\n"))
    assert yaml.safe_load(text)["predicates"] == [{"name": "long\ntext\n"}, {"id": "b"}]


def removed(path: tuple[str, ...], which: str | int, text: str = FILE) -> str:
    editor = Editor("vocabulary.yaml", text)
    editor.remove(path, which)
    return editor.text


def test_an_entry_is_taken_out_with_its_lines_and_its_own_comment() -> None:
    assert removed(("entities", "office"), "No") == FILE.replace("    No: {}  # kept\n", "")
    assert removed(("predicates",), 1) == FILE.removesuffix("- {id: a}\n")
    first = removed(("predicates",), 0)
    assert yaml.safe_load(first)["predicates"] == [{"id": "a"}] and "# About" in first
    assert removed(("kinds",), "b", "kinds: {a: {}, b: [x], c: 1}\n") == "kinds: {a: {}, c: 1}\n"
    assert removed(("kinds",), "c", "kinds: {a: {}, b: [x], c: 1}\n") == "kinds: {a: {}, b: [x]}\n"
    assert removed(("kinds",), 0, "kinds: [a, b]\n") == "kinds: [b]\n"
    assert removed(("kinds",), "a", "kinds:\n  a:\n  b: 1\n") == "kinds:\n  b: 1\n"


def test_what_is_left_empty_is_empty_brackets() -> None:
    assert removed(("entities", "office", "Zoë"), "aliases") == FILE.replace("{aliases: [ü]}", "{}")
    assert removed(("facts",), 0, "facts:\n  - {id: a}\n\n# End.\n") == "facts: []\n\n# End.\n"


@pytest.mark.parametrize("value", ["yes", "1.10", "a: b", "a, b", "# no", "", "it's", 'a "b"', "- c", "ü\n", "[x]"])
def test_a_value_is_read_back_as_it_was(value: str) -> None:
    read = yaml.load(f"[{on_one_line(value)}, {on_one_line({'k': [value]})}]", yaml.CBaseLoader)
    assert read == [value, {"k": [value]}]
