"""Who says what: reporting frames, and whose words the source gives."""

from __future__ import annotations

import pytest

from bot.checking.attribution import Speech, quotations
from tests.bot.core import Core

SENARD = "Jean-Dominique Senard"


@pytest.fixture(scope="module")
def speech(alliance: Core) -> Speech:
    return Speech(alliance.corpus, alliance.language, alliance.linker)


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        ("According to Senard, Nissan leads China.", SENARD, ", Nissan leads China."),
        ("Nissan leads China, according to Senard.", SENARD, "Nissan leads China, ."),
        ("Senard said that Nissan leads China.", SENARD, "Nissan leads China."),
        ("Senard has already said Nissan leads China.", SENARD, "Nissan leads China."),
        ("Nissan leads China, Senard said.", SENARD, "Nissan leads China, ."),
        ("Nissan leads China, said Senard.", SENARD, "Nissan leads China,"),
        ("Carlos Ghosn said Nissan leads China.", "Carlos Ghosn", "Nissan leads China."),
        ("Analysts said that Nissan leads China.", "Analysts", "Nissan leads China."),
        ("The article says that Nissan leads China.", "", "Nissan leads China."),
        ("He said Nissan leads China.", "", "Nissan leads China."),
        ("The Alliance said that Nissan leads China.", "", "Nissan leads China."),
    ],
)
def test_a_frame_gives_the_speaker_and_leaves_what_is_said(
    speech: Speech, text: str, speaker: str, content: str
) -> None:
    frame = speech.frame(text)
    assert frame is not None
    assert frame.speaker == speaker
    assert " ".join(frame.content.split()) == " ".join(content.split())
    assert len(frame.content) == len(text)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("“We will win this race,” said Senard, chairman of Renault.", ", chairman of Renault."),
        ("Carlos Ghosn, then chairman of Nissan, said that Nissan leads China.", ", then chairman of Nissan, "),
    ],
)
def test_what_is_said_of_the_speaker_is_kept_apart(speech: Speech, text: str, tail: str) -> None:
    frame = speech.frame(text)
    assert frame is not None and frame.tail == tail


@pytest.mark.parametrize(
    "text", ["Nissan leads China.", "As stated, Nissan leads China.", "", "said", "“He said so much,”"]
)
def test_without_a_speaker_there_is_no_frame(speech: Speech, text: str) -> None:
    assert speech.frame(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“one two three” and “four”", ["one two three"]),
        ('"a b c", «d e f» and „g h i“', ["a b c", "d e f", "g h i"]),
        ("no quotation at all", []),
        ("an “irony” here", []),
    ],
)
def test_quotations_are_longer_than_a_name(text: str, expected: list[str]) -> None:
    found = quotations(text)
    assert [quotation.text for quotation in found] == expected
    assert all(text[quotation.start : quotation.end] == quotation.text for quotation in found)


def test_the_source_gives_each_of_its_quotations_a_speaker(speech: Speech, alliance: Core) -> None:
    passages = list(alliance.corpus.passages.values())
    quoted = [quote for passage in passages for quote in passage.sentences if quote.text.startswith("“")]
    assert len(quoted) == 2  # the second one runs on without a frame of its own
    named = [speech.speakers(passages, [quote]) for quote in quoted]
    assert named == [{SENARD: quoted[0]}] * 2  # where the first one names its speaker


def test_what_the_source_says_itself_has_no_speaker(speech: Speech, alliance: Core) -> None:
    passages = list(alliance.corpus.passages.values())
    fact = alliance.corpus.facts["renault-europe"]
    assert speech.speakers(passages, [fact.quote]) is None
