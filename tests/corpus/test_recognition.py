"""Telling languages by their function words and scripts."""

from __future__ import annotations

import pytest

from corpus.language import languages
from corpus.recognition import has_kana, unreadable, votes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("who leads in iberia", "en"),
        ("qui dirige en ibérie", "fr"),
        ("quién lidera en iberia", "es"),
        ("wer führt in iberien", "de"),
        ("chi guida in iberia", "it"),
        ("quem lidera na ibéria", "pt"),
        ("wie leidt in iberië", "nl"),
        ("kto jest liderem w iberii", "pl"),
        ("kim hangi bölgede lider", "tr"),
        ("vem leder i iberien", "sv"),
        ("ki vezeti az ibériát", "hu"),
    ],
)
def test_function_words_tell_the_language(text: str, code: str) -> None:
    counted = votes(text.split())
    assert max(counted, key=lambda known: counted[known]) == code


def test_words_count_once_and_an_accent_tells() -> None:
    assert votes(["the", "The", "the"])["en"] == 1
    assert votes(["que"])["fr"] == votes(["que"])["es"] == 1
    assert "fr" not in votes(["qué"])
    assert votes(["zzyx"]) == votes([]) == {}


def test_a_chinese_character_weighs_as_a_word_does() -> None:
    assert votes(list("谁在欧"))["zh"] > votes(["the", "of"])["en"]


@pytest.mark.parametrize(
    "text", ["Кто лидер в Европе?", "من يقود في أوروبا؟", "Ποιος ηγείται;", "유럽은 누가", "ใครเป็นผู้นำ"]
)
def test_a_script_that_no_language_has_cannot_be_read(text: str) -> None:
    assert unreadable(text)


@pytest.mark.parametrize(
    "text", ["", "?!", "42", "Who leads in Москва?", "São Tomé", "誰がリード", "Ｗｈｏ　ｌｅａｄｓ", "𝐖𝐡𝐨"]
)
def test_other_texts_can(text: str) -> None:
    assert not unreadable(text)


def test_kana_make_a_text_japanese() -> None:
    assert has_kana("誰が") and has_kana("ルノー") and not has_kana("谁在欧洲") and not has_kana("who")


def test_all_languages_with_a_file_take_part() -> None:
    known = votes(["wer", "who", "qui", "quién", "誰"])
    assert set(languages()) <= set(known)
