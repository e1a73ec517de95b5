"""examples.yaml: what it becomes, and that each fault is told with its file, its place and its mend."""

from __future__ import annotations

import pytest

from corpus.lint import lint_corpus
from corpus.loader import folder_sha256
from corpus.model import Taught
from corpus.taught import words_of
from corpus.world import World
from tests.corpus.conftest import CityFolder

GOOD = """\
# What people say.
examples:
  - {message: "who do I ring about the night boat", means: "Who runs the ferries?"}
  - message: No
    means: Who runs the meadows?
"""


def test_a_corpus_without_the_file_was_taught_nothing(city: CityFolder) -> None:
    assert city.load().taught == ()


def test_examples_are_read_in_their_order_as_they_are_written(city: CityFolder) -> None:
    city.documents["examples.yaml"] = GOOD
    corpus = city.load()
    assert corpus.taught == (
        Taught("who do I ring about the night boat", "Who runs the ferries?"),
        Taught("No", "Who runs the meadows?"),
    )
    assert corpus.sha256 == folder_sha256(city.path)
    assert corpus.examples == ("Who runs the ferries?",), "those of corpus.yaml are questions that are offered"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "examples:\n", "examples: []\n"])
def test_a_file_without_examples_is_none_at_all(city: CityFolder, text: str) -> None:
    city.documents["examples.yaml"] = text
    assert city.load().taught == ()


FAULTS = {
    "no message": ("- {means: Who?}", ["example 1: 'message' is missing or empty. Add it."]),
    "blank message": ("- {message: ' ', means: Who?}", ["example 1: 'message' is missing or empty. Add it."]),
    "blank meaning": ("- {message: a, means: ''}", ["example 1: 'means' is missing or empty. Add it."]),
    "unknown key": ("- {message: a, means: b, mean: c}", ["example 1: unknown key 'mean'. Did you mean 'means'?"]),
    "a list": ("- {message: [a, b], means: c}", ["example 1: message: must be one text"]),
    "two meanings": (
        "- {message: Night boat?, means: Who runs A?}\n- {message: a, means: b}\n- {message: night BOAT, means: Who?}",
        ["example 3: the message 'night BOAT' stands twice", "example 1", "'Who runs A?'", "Keep one of the two."],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_with_its_place_and_mend(city: CityFolder, name: str) -> None:
    text, told = FAULTS[name]
    city.documents["examples.yaml"] = f"examples:\n{text}\n"
    problem = city.problems()[0]
    assert problem.startswith("examples.yaml: ")
    assert all(words in problem for words in told), problem


def test_the_same_example_may_stand_twice(city: CityFolder) -> None:
    city.documents["examples.yaml"] = (
        "examples:\n- {message: A boat, means: Who runs it?}\n- {message: a boat!, means: who runs it}\n"
    )
    assert len(city.load().taught) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [("examples: [", "examples.yaml:2: not valid YAML"), ("- a", "examples.yaml: must be a mapping of examples")],
)
def test_a_file_that_is_not_of_its_form_is_told(city: CityFolder, text: str, told: str) -> None:
    city.documents["examples.yaml"] = text
    fault = city.file_error() if "valid" in told else city.problems()[0]
    assert fault.startswith(told)


def test_lint_tells_the_line(city: CityFolder) -> None:
    city.documents["examples.yaml"] = "# Mine.\nexamples:\n  - {message: a, means: b}\n  - {message: c}\n"
    _, problems = lint_corpus(city.write(), World.load())
    assert [str(problem) for problem in problems if problem.file == "examples.yaml"] == [
        "examples.yaml:4: error: example 2: 'means' is missing or empty. Add it."
    ]


def test_marks_alone_are_no_words_and_still_tell_messages_apart() -> None:
    assert words_of("???") != words_of("!!!")
    assert words_of("Who's in Zürich?") == words_of("who’s in zurich")
