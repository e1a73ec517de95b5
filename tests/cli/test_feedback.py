"""``wholeads feedback``: what users say is shown, what they meant is taught. The bot is real, its models are not."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.settings import Settings
from bot.evaluation.difference import meaning_of
from bot.evaluation.grading import observe_answer
from bot.serving.state.feedback import FeedbackStore
from bot.serving.state.records import Feedback, FeedbackReason, Rating, State
from bot.understanding.candidates import Candidate, Conversation
from bot.understanding.chooser import Choice
from corpus.loader import load_corpus
from corpus.model import Taught
from tests.bot.village import EqualChooser, open_village, write_village
from tests.cli.test_commands import unwrapped
from tests.cli.test_teach import BED, FLOUR, INN, MILL, ONE, SUITE, Village

MISREAD = Feedback(
    Rating.DOWN,
    FeedbackReason.MISREAD,
    "village",
    FLOUR,
    answer="The source does not say.",
    understood="nothing",
    alternatives=(MILL,),
    meant=MILL,
    comment="I am\nout of [red]flour\x1b[2J",
)
WRONG = replace(MISREAD, reason=FeedbackReason.INCORRECT, question=INN, meant="", comment="Ben left in May.")


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return Village(write_village(tmp_path / "village"), tmp_path / "index")


@pytest.fixture
def store(village: Village) -> FeedbackStore:
    return FeedbackStore.of(Settings.from_environ({"WHOLEADS_INDEX": str(village.index)}))


def states(store: FeedbackStore) -> list[State]:
    return [feedback.state for feedback in store.all()]


def test_the_queue_is_shown_newest_last_with_what_accepting_would_change(
    village: Village, store: FeedbackStore
) -> None:
    village.taught(ONE)
    received = store.add(MISREAD) and store.all()[0].received
    store.add(replace(WRONG, rating=Rating.UP, reason=None))
    store.add(replace(WRONG, history=("Who runs what?", MILL)))
    result = village.run("feedback", "review")
    assert result.exit_code == 0
    when = f"{received:%Y-%m-%d %H:%M} UTC"
    assert result.stdout.splitlines() == [
        f"#1 down, misread  {when}",
        f"  asked: {FLOUR}",
        "  read as: nothing",
        "  answered: The source does not say.",
        f"  meant: {MILL} (one of the alternatives)",
        "  comment: I am out of [red]flour\ufffd[2J",
        f"“{MILL}” is read as: Who runs mill?",
        "  [answered] Anna runs mill. [1]",
        f"“{FLOUR}” was read as: nothing that is answered",
        "  [not stated] The source does not say.",
        "0 of 1 other answers would change.",
        f"#3 down, incorrect  {when}",
        f"  after: Who runs what? / {MILL}",
        f"  asked: {INN}",
        "  read as: nothing",
        "  answered: The source does not say.",
        "  comment: Ben left in May.",
    ]
    assert "--accept ID" in result.stderr
    assert (village.examples, states(store)) == (ONE, [State.OPEN] * 3)


def test_what_is_accepted_is_taught_and_a_bot_opened_anew_answers_as_was_meant(
    village: Village, store: FeedbackStore
) -> None:
    store.add(MISREAD)
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 0
    assert f"Added to {village.folder / 'examples.yaml'}" in result.stdout and "Accepted: 1" in result.stderr
    assert load_corpus(village.folder).taught == (Taught(FLOUR, MILL),)
    assert village.built == [village.folder]
    bot = open_village(village.folder, village.chooser, village.index)
    said, meant = bot.ask(FLOUR), bot.ask(MILL)
    assert meaning_of(observe_answer(said)) == meaning_of(observe_answer(meant))
    assert said.values == ("Anna",)
    assert "1 passed, 0 failed" in village.run("eval", "--corpus", str(village.folder)).stdout
    assert states(store) == [State.ACCEPTED]
    assert "Nothing is to be reviewed" in village.run("feedback", "review").stderr


def test_several_are_settled_at_once_each_on_the_corpus_as_it_is_by_then(
    village: Village, store: FeedbackStore
) -> None:
    for feedback in (MISREAD, WRONG, replace(MISREAD, question=BED, meant=INN)):
        store.add(feedback)
    result = village.run("feedback", "review", "--accept", "1", "--accept", "3", "--reject", "2")
    assert result.exit_code == 0
    assert "0 of 1 other answers would change." in result.stdout, "the first example is asked again with the second"
    assert load_corpus(village.folder).taught == (Taught(FLOUR, MILL), Taught(BED, INN))
    assert states(store) == [State.ACCEPTED, State.REJECTED, State.ACCEPTED]


@pytest.mark.parametrize("near", [{}, {BED: FLOUR}])
def test_what_contradicts_an_example_is_refused_and_stays_in_the_queue(
    village: Village, store: FeedbackStore, near: dict[str, str]
) -> None:
    village.taught(ONE)
    village.chooser.near = near  # with it, the model takes the taught message for the new one
    store.add(MISREAD if near else replace(MISREAD, question=f"{BED.upper()}!"))
    told = "would no longer mean what was taught" if near else f"“{BED}” is taught to mean “{INN}”"
    shown = village.run("feedback", "review")
    assert shown.exit_code == 0 and "1 would be refused." in shown.stderr and told in shown.stderr
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 1
    assert "Nothing was written." in result.stderr and told in result.stderr
    assert (village.examples, states(store)) == (ONE, [State.OPEN])


def test_what_is_no_question_of_the_corpus_is_wrong_use(village: Village, store: FeedbackStore) -> None:
    store.add(replace(MISREAD, meant="What is the capital of France?"))
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 2
    assert "is not read as a question that the corpus answers" in result.stderr
    assert "is not read as a question" in village.run("feedback", "review").stderr
    assert (village.examples, states(store)) == ("", [State.OPEN])


class Distracted(EqualChooser):
    """Takes a follow-up for nothing that is meant."""

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        said = "…" if conversation.before else conversation.message
        return super().choose(replace(conversation, message=said), candidates, named)


def test_a_follow_up_must_be_answered_as_was_meant_in_its_conversation(village: Village, store: FeedbackStore) -> None:
    store.add(replace(MISREAD, history=(INN,)))
    village.chooser = Distracted()
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 1
    assert f"After “{INN}” it would still not be answered as was meant." in result.stderr
    assert (village.examples, states(store)) == ("", [State.OPEN])
    village.chooser = EqualChooser()
    assert village.run("feedback", "review", "--accept", "1").exit_code == 0
    assert load_corpus(village.folder).taught == (Taught(FLOUR, MILL),)


def test_what_was_written_and_not_settled_is_settled_the_second_time(village: Village, store: FeedbackStore) -> None:
    store.add(MISREAD)
    assert village.run("teach", FLOUR, MILL).exit_code == 0
    written = village.examples
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 0
    assert "taught already" in result.stderr
    assert (village.examples, states(store)) == (written, [State.ACCEPTED])


def test_of_another_corpus_it_is_told_which(village: Village, store: FeedbackStore) -> None:
    store.add(replace(MISREAD, corpus="harbour"))
    shown = village.run("feedback", "review")
    assert shown.stdout == "" and "1 of corpus 'harbour': wholeads feedback review --corpus harbour" in shown.stderr
    result = village.run("feedback", "review", "--accept", "1")
    assert result.exit_code == 2 and "is of the corpus 'harbour'" in result.stderr
    assert village.examples == ""


def test_only_the_newest_are_shown(village: Village, store: FeedbackStore) -> None:
    for _ in range(3):
        store.add(WRONG)
    result = village.run("feedback", "review", "--limit", "2")
    assert [line.split()[0] for line in result.stdout.splitlines() if line.startswith("#")] == ["#2", "#3"]
    assert "1 older ones are not shown: --limit 3" in result.stderr


def test_the_cases_that_would_change_are_told(village: Village, store: FeedbackStore, tmp_path: Path) -> None:
    for name, corpus in (("own", str(village.folder)), ("other", "clusters")):
        path = tmp_path / "suites" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SUITE.replace("FOLDER", corpus), encoding="utf-8")
    village.chooser.near = {"flour please and quickly": FLOUR}
    for _ in range(2):
        store.add(MISREAD)
    result = village.run("feedback", "review", "--suite", str(tmp_path / "suites"))
    assert result.stdout.count("own/flour") == result.stdout.count("2 of 3 other answers would change.") == 2
    assert result.stderr.count("1 of 2 suites left out") == 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--accept", "9"), "There is no feedback 9"),
        (("--accept", "1"), "does not say which question was meant"),
        (("--reject", "2"), "was rejected already"),
        (("--accept", "9" * 30), "There is no feedback 999"),
        (("--reject", "-1"), "There is no feedback -1"),
        (("--reject", "one"), "Invalid value"),
    ],
)
def test_wrong_use_is_told_with_the_mend(
    village: Village, store: FeedbackStore, args: tuple[str, str], told: str
) -> None:
    for _ in range(2):
        store.add(WRONG)
    store.settle(2, State.REJECTED)
    result = village.run("feedback", "review", *args)
    assert (result.exit_code, states(store)) == (2, [State.OPEN, State.REJECTED])
    assert told in " ".join(result.stderr.replace("\u2502", " ").split())


def test_nothing_is_settled_where_one_of_them_cannot_be(village: Village, store: FeedbackStore) -> None:
    store.add(WRONG)
    assert village.run("feedback", "review", "--reject", "1", "--reject", "9").exit_code == 2
    assert states(store) == [State.OPEN]


def test_all_of_it_is_exported_as_json_lines(village: Village, store: FeedbackStore) -> None:
    for feedback in (replace(MISREAD, history=("Zum Gru\u00df?",)), replace(WRONG, rating=Rating.UP, reason=None)):
        store.add(feedback)
    store.settle(1, State.REJECTED)
    result = village.run("feedback", "export")
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert next(iter(first)) == "id" and set(first) == {*Feedback.__dataclass_fields__} - {"owner"}
    assert (first["id"], first["reason"], first["state"], first["history"]) == (
        1, "misread", "rejected", ["Zum Gru\u00df?"],
    )  # fmt: skip
    assert (second["rating"], second["reason"], second["state"]) == ("up", None, "open")
    assert first["received"].endswith("+00:00")


def test_a_database_that_cannot_be_used_is_told_without_its_address(village: Village) -> None:
    (village.index.parent / "wholeads.db").mkdir()
    for command in ("review", "export"):
        result = village.run("feedback", command)
        assert result.exit_code == 2
        assert "error: The database: unable to open database file" in result.stderr


@pytest.mark.parametrize("command", ["review", "export"])
def test_each_command_teaches_by_example(village: Village, command: str) -> None:
    result = village.run("feedback", command, "--help")
    assert f"$ wholeads feedback {command}" in unwrapped(result).partition("Examples:")[2]
