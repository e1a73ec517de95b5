"""The names, things and values in a run of parsed words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from corpus.induction.triples import Name, Value
from corpus.induction.words import load_words
from corpus.language import load_language

LANGUAGE = "en"
"""The language that is parsed."""
WORDS = load_words(LANGUAGE)
LONGEST = 6
"""Words of a name or a thing at most."""
NUMBER = re.compile(r"\d[\d.,:]*\d|\d")
PERCENT = re.compile(r"\d[\d.,]* ?(?:%|percent|per cent)")
_MONTH = "|".join(WORDS.months)
DATE = re.compile(
    rf"(?:\d{{1,2}} )?(?:(?:{_MONTH}) ?)?(?:\d{{1,2}},? )?(?:1[5-9]|2[01])\d\d|\d{{1,2}} (?:{_MONTH})", re.IGNORECASE
)
_UNIT = 3
"""Words of what is counted at most."""


def value_of(run: Sequence[Token]) -> Value | None:
    """A share, a date, a number with what is counted; None for anything else."""
    text = text_of(run)
    if share := PERCENT.match(text):
        return Value(share.group(), "share", label=text)
    if DATE.fullmatch(text):
        return Value(text, "date", label=text)
    if run and all(token.ent_type_ in ("DATE", "TIME") for token in run):
        return Value(text, "text", label=text)
    words = list(run)
    while words and words[0].pos_ == "ADV":
        words = words[1:]
    if not words or not NUMBER.fullmatch(words[0].text):
        return None
    unit = words[1:]
    if len(unit) > _UNIT or any(token.pos_ in ("ADP", "NUM") for token in unit):
        return None
    return Value(words[0].text, "number", " ".join(token.lower_ for token in unit), text)


def name_of(run: Sequence[Token]) -> Name | None:
    """A name ("the Lime Grove branch": Lime Grove, a branch) or a thing ("sawn timber"); None for anything else."""
    if not run or any(token.lower_ in WORDS.unnamed or token.tag_ == "PRP$" for token in run):
        return None
    words = list(run)
    titled = words[0].i > 0 and is_capital(words[0])  # "directs The Magic Flute"
    if words[0].lower_ in WORDS.articles and not titled:
        words = words[1:]
    while words and words[0].pos_ == "ADV" and (words[0].i == 0 or not is_capital(words[0])):
        words = words[1:]
    if not words or len(words) > LONGEST or any(t.pos_ == "PRON" and not is_capital(t) for t in words):
        return None
    article = run[0].lower_ if run[0].lower_ in WORDS.definite and words[0] is not run[0] else ""
    opens = words[0].i == 0 and words[0].pos_ != "PROPN" and not any(map(is_capital, words[1:]))
    ordinary = load_language(LANGUAGE).frequency(words[0].lower_) > 0  # "Complaints", and not "Hochmoos"
    small = opens and ordinary and (len(words) > 1 or words[0].pos_ in ("NOUN", "ADJ", "VERB"))
    if is_capital(words[0]) and not small:
        named = _proper(words)
        # "the Lime Grove branch" is Lime Grove, without its article.
        return replace(named, article="" if named.noun else article) if named else None
    if any(map(is_capital, words[1:])) or words[-1].pos_ not in ("NOUN", "PROPN", "VERB"):
        return None
    if any(token.pos_ in ("ADP", "ADV", "NUM", "PART") for token in words):
        return None
    text = text_of(words)
    return Name(text[:1].lower() + text[1:] if opens else text, proper=False, article=article)


def _proper(words: Sequence[Token]) -> Name | None:
    end = len(words)
    while end and not is_capital(words[end - 1]) and not words[end - 1].text[:1].isdigit():
        end -= 1
    own, behind = list(words[:end]), words[end:]
    if len(behind) > 1 or (behind and behind[0].pos_ not in ("NOUN", "PROPN")):
        return None
    title = own.pop(0).text if len(own) > 1 and own[0].lower_.rstrip(".") in WORDS.titles else ""
    text = text_of(own)
    if not text or text.casefold() in WORDS.empty:
        return None
    person = bool(title) or sum(token.ent_type_ == "PERSON" for token in own) * 2 > len(own)
    noun = behind[0].lower_ if behind else ""
    return Name(text, True, noun, person, (f"{title} {text}",) if title else ())


def text_of(words: Sequence[Token]) -> str:
    """Words as they stand in the text, on one line."""
    return " ".join("".join(token.text_with_ws for token in words).strip(" \n,.;'’").split())


def is_capital(token: Token) -> bool:
    """Whether a word begins with a capital."""
    return token.text[:1].isupper()


def with_s(word: str, *hissing: str) -> str:
    """A word with the ending of plurals and third persons; ``hissing``: what else than s, x, ch and sh takes an e.

    >>> with_s("country"), with_s("branch"), with_s("day"), with_s("go", "z", "o")
    ('countries', 'branches', 'days', 'goes')
    """
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh", *hissing)) else "s")
