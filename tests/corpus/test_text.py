"""Tokens, sentences and paragraphs: what they are, and that their offsets hold on any text."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.text import normalise, paragraphs, sentences, stem, stemmer, tokenize

ANY = st.text(st.characters(exclude_categories=()), max_size=80)
# Marks that end, join or part things, among words of several scripts.
PROSE = st.lists(
    st.sampled_from(
        ["Nile", "don't", "Dr", "e.g", "U.S", "No", "7", "3.5", "東京", "です", "é", "İ's", "🚢", "A", "\ud800"]
    )
    | st.sampled_from([".", "?", "!", "…", "。", "”", "’", "'", '"', ")", "-", ",", " ", "  ", "\n", "\n\n", "\t"]),
    max_size=40,
).map("".join)


def norms(text: str) -> list[str]:
    return [token.norm for token in tokenize(text)]


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(ANY | PROSE)
@example("İİİİ's")
@example("\ud800’s")
@example("ﬃ-🇯🇵-e\u0301")
def test_tokens_stand_where_they_say(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text != ""
        assert token.start >= end
        end = token.end


@given(ANY | PROSE)
def test_no_visible_sign_but_hyphens_and_elisions_is_lost(text: str) -> None:
    covered = {at for token in tokenize(text) for at in range(token.start, token.end)}
    lost = {sign for at, sign in enumerate(text) if at not in covered and not sign.isspace()}
    assert lost <= set("-‐‑'’‘`´")


@given(ANY | PROSE)
def test_tokens_hold_no_white_space_and_words_hold_letters_or_digits(text: str) -> None:
    for token in tokenize(text):
        assert not any(sign.isspace() for sign in token.text)
        assert token.word == any(sign.isalnum() for sign in token.text)


@given(PROSE)
def test_what_is_kept_of_short_texts_equals_what_is_made_anew_of_long_ones(text: str) -> None:
    padding = " ;" + " word" * 200  # a letter with a point is a name's only before another word
    assert tokenize(text + padding)[: len(tokenize(text))] == tokenize(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who's leading?", ["who", "'s", "leading", "?"]),
        ("the mayor’s", ["the", "mayor", "'s"]),
        ("THEY'RE", ["they", "'re"]),
        ("don't DON’T", ["do", "n't", "do", "n't"]),
        ("I'd we'll you've I'm", ["i", "'d", "we", "'ll", "you", "'ve", "i", "'m"]),
        ("O'Neill's", ["o'neill", "'s"]),
        ("İ's", [normalise("İ"), "'s"]),
        ("E-body", ["e", "body"]),
        ("plug‑in", ["plug", "in"]),
        ("A- and B-segment", ["a", "and", "b", "segment"]),
        ("5 - 3", ["5", "-", "3"]),
        ("Rome—Oslo", ["rome", "—", "oslo"]),
        ("the U.S. and the U.K.", ["the", "us", "and", "the", "uk"]),
        ("i.e. this", ["ie", "this"]),
        ("The end.", ["the", "end", "."]),
        ("1,000.5 km", ["1,000.5", "km"]),
        ("In 2025.", ["in", "2025", "."]),
        ("wait...", ["wait", "..."]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("日本のA社", ["日", "本", "の", "a", "社"]),
        ("Ångström", ["angstrom"]),
        ("🚢🚢", ["🚢", "🚢"]),
        ("snake_case", ["snake", "_", "case"]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert norms(text) == expected


def test_a_token_knows_whether_it_is_a_word_or_a_number() -> None:
    word, number, mark = tokenize("Gate 12!")
    assert (word.word, word.number) == (True, False)
    assert (number.word, number.number) == (True, True)
    assert (mark.word, mark.number) == (False, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EUROPE", "europe"),
        ("Renée", "RENEE"),
        ("e\u0301", "é"),
        ("Straße", "STRASSE"),
        ("ＡＢＣ", "abc"),
        ("ﬁeld", "field"),
        ("it’s", "it's"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("ガ", "カ"), ("は", "ば"), ("北", "南"), ("no", "on")])
def test_spellings_that_are_not(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text(st.characters(max_codepoint=0x24F, categories=["L", "Nd"]), max_size=20))
def test_normalised_is_normalised(word: str) -> None:
    assert normalise(normalise(word)) == normalise(word)


@given(ANY)
def test_stems_of_anything(word: str) -> None:
    norm = normalise(word)
    assert stem(norm, "xx") == norm
    assert isinstance(stem(norm, "en"), str)


def test_stems_join_the_forms_of_a_word_and_leave_numbers() -> None:
    assert stem("leading") == stem("leads") == "lead"
    assert stem("gates", "de") != stem("gates", "xx") == "gates"
    assert stem("2025") == "2025"
    assert stem("'s") == "'s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("Pay costs (i.e. rent) now. Go.", ["Pay costs (i.e. rent) now.", "Go."]),
        ("E.g. ferries. I.e. boats.", ["E.g. ferries.", "I.e. boats."]),
        ("Dr. Lind met J. D. Hart. She left.", ["Dr. Lind met J. D. Hart.", "She left."]),
        ("The U.S. Navy sails. It does.", ["The U.S. Navy sails.", "It does."]),
        ("It rose 3.5 per cent. Good.", ["It rose 3.5 per cent.", "Good."]),
        ("By 2025. Half.", ["By 2025.", "Half."]),
        ("Is it so? No. It is not.", ["Is it so?", "No.", "It is not."]),
        ("Gate No. 7 is shut. Go.", ["Gate No. 7 is shut.", "Go."]),
        ("1. Ferries run.\n2. Buses stop.", ["1. Ferries run.", "2. Buses stop."]),
        ("“Stop.” He went on.", ["“Stop.”", "He went on."]),
        ('(It is shut.) "Why?" Nobody knows.', ["(It is shut.)", '"Why?"', "Nobody knows."]),
        ("Well… Maybe... No", ["Well…", "Maybe...", "No"]),
        ("See www.example.org/a.html now.", ["See www.example.org/a.html now."]),
        ("船が出る。誰が？ 「はい。」次", ["船が出る。", "誰が？", "「はい。」", "次"]),
        ("A line\nanother line", ["A line", "another line"]),
        ("   spaced out.   ", ["spaced out."]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_paragraphs_stand_between_empty_lines() -> None:
    text = "\n\n First\nline. \n \t\n\n\nSecond.\n"
    assert [text[start:end] for start, end in paragraphs(text)] == ["First\nline.", "Second."]


@pytest.mark.parametrize("split", [sentences, paragraphs])
@given(text=ANY | PROSE)
def test_spans_are_ordered_stripped_and_lose_nothing(split: Callable[[str], list[tuple[int, int]]], text: str) -> None:
    position = 0
    for start, end in split(text):
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.slow
@pytest.mark.parametrize("piece", [".", ".)", "?", "a.", "'", "a'", "-", "1.", "\n ", "\u0300", "#", " "])
def test_time_grows_with_the_text_and_not_faster(piece: str) -> None:
    def taken(length: int) -> float:
        text = piece * (length // len(piece)) + "a"
        gc.collect()
        gc.disable()  # a collection goes through whatever else the tests have made
        try:
            before = time.process_time()
            for function in (tokenize, sentences, paragraphs):
                function(text)
            return time.process_time() - before
        finally:
            gc.enable()

    # Four times the text in much less than sixteen times the processor time, whatever the machine does besides.
    assert min(taken(60_000) for _ in range(3)) < 10 * min(taken(15_000) for _ in range(3)) + 0.05


def test_each_thread_has_a_stemmer_of_its_own() -> None:
    """One that is shared mixes up the words of two that stem at once."""
    with ThreadPoolExecutor(1) as other:
        elsewhere = other.submit(stemmer, "english").result()
    assert stemmer("english") is stemmer("english")
    assert stemmer("english") is not elsewhere
    assert elsewhere.stemWord("leading") == "lead"
