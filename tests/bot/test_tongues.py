"""Which language a message is taken to be in, and that its answer comes in it."""

from __future__ import annotations

import pytest

from bot.chain import Bot
from bot.model import Status, Verdict
from tests.bot.checking_helpers import alliance_turns

pytest_plugins = ("tests.bot.checking_fixtures",)


def test_every_english_question_is_read_as_english(alliance_bot: Bot) -> None:
    strayed = {
        question: tongue.language.code
        for question, _ in alliance_turns(without=["language"])
        if (tongue := alliance_bot.tongues.of(question)) is not alliance_bot.tongues.home
    }
    assert strayed == {}


@pytest.mark.parametrize(
    "text",
    ["", " ", "?!", "42", "Europe", "Nissan", "Rnault leads Europ", "Who leeds in Tailand?", "WHO LEADS IN JAPAN",
     "Xpander", "Who leads in Côte d'Ivoire?", "Who leads in São Paulo?", "Is Senard its président?"],
)  # fmt: skip
def test_names_and_slips_do_not_make_a_message_foreign(alliance_bot: Bot, text: str) -> None:
    assert alliance_bot.tongues.of(text) is alliance_bot.tongues.home


ASKED = [
    ("Quelles régions dirige Nissan ?", "fr", ("China", "North America", "Japan"), ("Chine", "Amérique du Nord")),
    ("Renault est-il le leader au Japon ?", "fr", ("no", "Nissan"), ("Non", "Japon")),
    ("¿Quién lidera Europa?", "es", ("Renault",), ("Renault", "Europa")),
    ("¿Quién es el líder en Oceanía?", "es", ("Mitsubishi",), ("Mitsubishi", "Oceanía")),
    ("Wer führt in Europa?", "de", ("Renault",), ("Renault", "Europa")),
    ("Wer ist in Europa führend?", "de", ("Renault",), ("Renault", "Europa")),
    ("Welche Regionen führt Nissan?", "de", ("China", "North America", "Japan"), ("Nordamerika",)),
]


@pytest.mark.parametrize(("question", "code", "values", "said"), ASKED, ids=[row[0] for row in ASKED])
def test_a_question_is_answered_in_its_language_with_canonical_values(
    alliance_bot: Bot, question: str, code: str, values: tuple[str, ...], said: tuple[str, ...]
) -> None:
    assert alliance_bot.tongues.of(question).language.code == code
    answer = alliance_bot.ask(question)
    assert answer.values == values
    assert all(word in answer.answer for word in said)
    assert answer.findings and {finding.verdict for finding in answer.findings} == {Verdict.SUPPORTED}
    for citation in answer.citations:
        document = alliance_bot.corpus.documents[citation.quote.document_id]
        assert document.text[citation.quote.start : citation.quote.end] == citation.quote.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("¿Quién lidera en India?", "La fuente no dice"),
        ("Wer führt in Indien?", "Die Quelle"),
    ],
)
def test_what_is_not_stated_is_told_in_the_questions_language(alliance_bot: Bot, question: str, said: str) -> None:
    answer = alliance_bot.ask(question)
    assert (answer.status, answer.values, answer.citations) == (Status.NOT_STATED, (), ())
    assert answer.answer.startswith(said)


@pytest.mark.parametrize(
    ("claim", "verdict", "explained"),
    [
        ("Nissan führt Europa an.", Verdict.REFUTED, "Die Quelle"),
        ("Renault führt Europa an.", Verdict.SUPPORTED, "Die Quelle"),
        ("Nissan lidera Europa.", Verdict.REFUTED, "La fuente"),
        ("Renault lidera Europa.", Verdict.SUPPORTED, "La fuente"),
    ],
)
def test_claims_are_checked_and_explained_in_their_language(
    alliance_bot: Bot, claim: str, verdict: Verdict, explained: str
) -> None:
    report = alliance_bot.check(claim)
    assert report.verdict is verdict
    assert report.findings[0].explanation.startswith(explained)


@pytest.mark.parametrize("question", ["Kuka johtaa Eurooppaa?", "Ki vezeti Európát?", "Кто лидер в Европе?"])
def test_a_language_without_a_file_is_never_answered_wrongly(alliance_bot: Bot, question: str) -> None:
    answer = alliance_bot.ask(question)
    assert answer.values in ((), ("Renault",))
    assert "Nissan leads" not in answer.answer and "Mitsubishi leads" not in answer.answer


def test_a_conversation_may_change_its_language(alliance_bot: Bot) -> None:
    answer = alliance_bot.ask("Welche Regionen führt Nissan?", ("Who leads in Europe?",))
    assert answer.values == ("China", "North America", "Japan")
    assert alliance_bot.ask("And Japan?", ("Wer führt in Europa?",)).values == ("Nissan",)


def test_a_tongue_is_made_once(alliance_bot: Bot) -> None:
    tongues = alliance_bot.tongues
    assert tongues.of("Wer führt in Europa?") is tongues.of("Welche Regionen führt Nissan?")
    assert tongues.home.language.code == alliance_bot.corpus.language
