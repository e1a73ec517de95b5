"""Which language a message is taken to be in, and that its answer comes in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.answering.bot import Bot
from bot.schema.answer import Status, Verdict
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


@pytest.mark.parametrize(
    "question",
    ["Kuka johtaa Eurooppaa?", "Ki vezeti Európát?", "Кто лидер в Европе?", "Chi guida in Europa?",
     "Quali regioni guida Nissan?", "Quem lidera na Europa?", "Kto jest liderem w Europie?", "Wie leidt in Europa?",
     "Welk bedrijf leidt Japan?", "Avrupa'da kim lider?", "谁在欧洲领先？", "من يقود في أوروبا؟",
     "유럽은 누가 이끄나요?", "Vem leder i Europa?", "Siapa yang memimpin di Eropa?"],
)  # fmt: skip
def test_a_language_without_a_file_is_named_as_one(alliance_bot: Bot, question: str) -> None:
    assert alliance_bot.tongues.foreign(question)
    answer = alliance_bot.ask(question)
    assert (answer.status, answer.values, answer.citations) == (Status.OUT_OF_SCOPE, (), ())
    assert answer.answer.startswith(
        "I cannot read this language. I read English, German, Spanish, French and Japanese."
    )
    assert alliance_bot.corpus.examples[0] in answer.answer


@pytest.mark.parametrize(
    "text",
    ["", "42", "Nissan", "Rnault leads Europ", "na Nissan", "hola, who leads in Europe?", "lol", "cat",
     "asdf qwer zxcv", "who na the leader for china", "Nissan o Renault",
     "Who leads in Rio de Janeiro and Los Angeles?", "la", "A and B", "Qui dirige la Chine ?",
     "¿Puedes explicar por qué Renault lidera Nepal?", "Wer fürht in Eurpoa?",
     "日本", "欧州 主導企業", "誰が中国をリードしていますか？", "E-body", "me and u"],
)  # fmt: skip
def test_names_slips_and_mixtures_are_not_foreign(alliance_bot: Bot, text: str) -> None:
    assert not alliance_bot.tongues.foreign(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Mitsubishi encabeza qué teqnologías?", "es"),
        ("Renault dirige la plateforme Androd ?", "fr"),
        ("Führt nicht Renault die elektrifiziegten Antriebe?", "de"),
        ("mitsubishi mène le kosovo ?", "fr"),
        ("¿Nissan dirige qué regiones?", "es"),
    ],
)
def test_function_words_tell_the_language_of_a_misspelt_message(alliance_bot: Bot, text: str, code: str) -> None:
    assert alliance_bot.tongues.of(text).language.code == code


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qui dirige la Chine ?", "Nissan dirige la Chine."),
        ("Qui dirige aux États-Unis ?", "Nissan dirige aux États-Unis, car Nissan dirige l'Amérique du Nord."),
        ("Qui dirige l'Inde ?", "La source ne dit pas qui dirige l'Inde."),
        ("Quién lidera en los Países Bajos?", "Renault lidera en los Países Bajos, porque Renault lidera Europa."),
        ("Wer führt im Vereinigten Königreich?", "Renault führt im Vereinigten Königreich, weil Renault Europa führt."),
        ("Welche Technologien führt Mitsubishi?", "Mitsubishi führt die Plug-in-Hybridfahrzeuge im C- und D-Segment."),
        ("Who leads in the Middle East?", "The source does not say who leads the Middle East."),
        ("イギリスをリードしているのは誰ですか？", "ルノーはイギリスをリードしています（イギリス → ヨーロッパ）。"),
    ],
)
def test_names_have_their_articles_in_answers(alliance_bot: Bot, question: str, said: str) -> None:
    assert alliance_bot.ask(question).answer.replace(" [1]", "").strip() == said


CLAIMS = [
    (code, verdict, claim)
    for code, verdicts in yaml.safe_load((Path(__file__).parent / "claims_in_languages.yaml").read_bytes()).items()
    for verdict, claims in verdicts.items()
    for claim in claims
]


@pytest.mark.parametrize("code", sorted({code for code, _, _ in CLAIMS}))
def test_claims_in_other_languages_get_their_verdicts(alliance_bot: Bot, code: str) -> None:
    asked = [(claim, verdict) for known, verdict, claim in CLAIMS if known == code]
    wrong = [(claim, verdict) for claim, verdict in asked if alliance_bot.check(claim).verdict != verdict]
    assert len(asked) >= 60
    assert len(wrong) <= len(asked) // 20, wrong


def test_a_conversation_may_change_its_language(alliance_bot: Bot) -> None:
    answer = alliance_bot.ask("Welche Regionen führt Nissan?", ("Who leads in Europe?",))
    assert answer.values == ("China", "North America", "Japan")
    assert alliance_bot.ask("And Japan?", ("Wer führt in Europa?",)).answer == "Nissan leads Japan. [1]"
    assert alliance_bot.ask("Japan?", ("Wer führt in Europa?",)).answer == "Nissan führt Japan. [1]"


def test_a_tongue_is_made_once(alliance_bot: Bot) -> None:
    tongues = alliance_bot.tongues
    assert tongues.of("Wer führt in Europa?") is tongues.of("Welche Regionen führt Nissan?")
    assert tongues.home.language.code == alliance_bot.corpus.language
