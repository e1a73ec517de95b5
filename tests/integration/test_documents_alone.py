"""A folder of documents with nothing written about them answers, cites and withholds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answering.bot import Bot, build, open_library
from bot.answering.settings import Settings
from bot.schema.answer import Answer, Status, Verdict

NOTICE = """# Ferries of 2031

The tower clock of Port Avon is wound by Edda Holm every Friday. She has done so since 2004.

| Ferry | Cabins | Sails to |
| --- | --- | --- |
| Aurora | 40 | Skerry |
| Linnet | 12 | Holm Island |
| Gannet | 8. Some say 9. | Skerry |

The Linnet is laid up in winter, because the ice in the sound would break her rudder.
"""


def opened(folder: Path, text: str) -> Bot:
    """The bot of a folder that has this document and nothing else."""
    folder.mkdir()
    (folder / "notice.md").write_text(text, encoding="utf-8")
    settings = Settings.from_environ({"WHOLEADS_CORPUS": str(folder), "WHOLEADS_INDEX": str(folder.parent / "index")})
    build(settings, [folder])
    return open_library(settings, [str(folder)]).get(None)


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return opened(tmp_path_factory.mktemp("documents") / "ferries", NOTICE)


VISITS = """# Visiting the houses

The Glass House opens at 10:00 and closes at 18:00. The Salt House opens at 9:00. The Map House opens at 11:00 and is
closed on Mondays. The Clock House opens at 9:30 and closes at 17:00.

| House | Hours of the shop | Visitors 2031 |
| --- | --- | --- |
| Glass House | 10:30-17:00 | 41,200 |
| Salt House | 11:00-16:00 | 18,900 |
"""


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return opened(tmp_path_factory.mktemp("documents") / "houses", VISITS)


def test_yes_is_not_said_by_the_opposite_relation(houses: Bot) -> None:
    answer = houses.ask("Is the Map House open on Mondays?")
    assert answer.verdict not in (Verdict.SUPPORTED, Verdict.REFUTED)
    assert "closed on Mondays" in answer.answer


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("When does the Glass House open?", ("10:00",)),
        ("Which house has the most visitors?", ("Glass House",)),
        ("Does the Clock House close at 17:00?", ("yes",)),
    ],
)
def test_what_rows_and_sentences_state_is_compared(houses: Bot, question: str, values: tuple[str, ...]) -> None:
    assert houses.ask(question).values == values


def cited(answer: Answer) -> Sequence[str]:
    return [citation.quote.text for citation in answer.citations]


def test_a_sentence_answers(ferries: Bot) -> None:
    answer = ferries.ask("Why is the Linnet laid up in winter?")
    assert answer.status is Status.ANSWERED
    assert cited(answer) == ["The Linnet is laid up in winter, because the ice in the sound would break her rudder."]


def test_a_row_answers_with_the_heads_of_its_columns(ferries: Bot) -> None:
    answer = ferries.ask("How many cabins does the Aurora have?")
    assert "| Aurora | 40 | Skerry |" in cited(answer)
    assert answer.answer == "Aurora has 40 cabins. [1]" and answer.values == ("40",)


def test_a_row_is_told_no_further_than_it_is_quoted(ferries: Bot) -> None:
    answer = ferries.ask("How many cabins does the Gannet have?")
    for text in cited(answer):
        assert "Gannet" in text and ("Skerry" in text or "Skerry" not in answer.answer)


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How many cabins does the Aurora have?", ("40",)),
        ("Where does the Linnet sail to?", ("Holm Island",)),
        ("Why is the Linnet laid up in winter?", ()),
    ],
)
def test_what_was_asked_for_is_read_off(ferries: Bot, question: str, values: tuple[str, ...]) -> None:
    answer = ferries.ask(question)
    assert (answer.status, answer.values) == (Status.ANSWERED, values)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Edda Holm winds the tower clock, right?", Verdict.SUPPORTED),
        ("Does the Aurora have 41 cabins?", Verdict.REFUTED),
        ("Does Edda Holm paint the Aurora?", Verdict.NOT_ENOUGH_INFO),
    ],
)
def test_yes_and_no_are_said_by_a_sentence(ferries: Bot, question: str, verdict: Verdict) -> None:
    answer = ferries.ask(question)
    assert answer.verdict is verdict
    assert answer.citations or verdict is Verdict.NOT_ENOUGH_INFO


def test_claims_are_decided_by_a_sentence(ferries: Bot) -> None:
    [found] = ferries.check("Edda Holm winds the tower clock.").findings
    assert (found.verdict, bool(found.citations)) == (Verdict.SUPPORTED, True)
    assert ferries.check("Edda Holm, the mayor, winds the tower clock.").verdict is not Verdict.SUPPORTED


def test_heads_of_columns_are_never_quoted(ferries: Bot) -> None:
    for question in ("Ferry, cabins, sails to?", "What is this about?", "Which columns are there?"):
        assert not any("Cabins |" in text or "---" in text for text in cited(ferries.ask(question)))


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Who paints the Aurora?", Status.NOT_STATED),
        ("What is the capital of Peru?", Status.OUT_OF_SCOPE),
        ("hello", Status.CHAT),
    ],
)
def test_what_is_not_there_is_withheld(ferries: Bot, question: str, status: Status) -> None:
    answer = ferries.ask(question)
    assert (answer.status, answer.citations) == (status, ())


@pytest.mark.parametrize("question", ["", "?", "Who?", "And the other one?", "Qui dirige ?", "誰ですか", "x" * 900])
def test_no_question_is_too_odd(ferries: Bot, question: str) -> None:
    assert ferries.ask(question, ("Who winds the clock?",)).answer


def test_claims_are_checked(ferries: Bot) -> None:
    report = ferries.check("The Linnet is laid up in winter. The Aurora is green.")
    assert [str(finding.verdict) for finding in report.findings] == ["supported", "not_enough_info"]
