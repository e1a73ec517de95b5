"""Text into tokens and sentences, with exact offsets.

One tokenizer serves questions, claims, aliases and documents alike, so that what is written in the vocabulary is found
in the text however it is hyphenated, capitalised or accented:

    >>> [token.norm for token in tokenize("Who's leading the e-bus, Bolt's?")]
    ['who', "'s", 'leading', 'the', 'e', 'bus', ',', 'bolt', "'s", '?']
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
# Numbers with inner separators; words with inner apostrophes; single CJK characters; any other visible character.
_CJK = r"\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_TOKEN = re.compile(
    rf"\d+(?:[.,]\d+)*|[{_CJK}]|(?:[^\W\d_{_CJK}]|[\u0300-\u036f])+\d*(?:['’‘`´][^\W\d_{_CJK}]+)*|\.{{2,}}|[^\w\s]|_"
)
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.){2,}")
# A single letter with its point, inside a name ("N. Africa").
_INITIAL = re.compile(r"[^\W\d_]\.(?=\s+[^\W\d_])")
_CLITIC = re.compile(r"(n't|'(?:s|re|ve|ll|d|m))$", re.IGNORECASE)
# An elided word before its host ("l'Europe", "qu'en"): it is a word of its own, read without its apostrophe.
_ELISION = re.compile(r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi|quel|pres)?qu)'(?=[^\W\d_])")
_STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "de": "german"}
# A sentence ends at . ! ? … (with closing quotes or brackets) before white space and a new beginning, or at a line end.
_SENTENCE_END = re.compile(r"(?:(?<![.!?…])[.!?…]+(?:[\"'”’»)\]}]|\s»)*(?=\s|$)|[。！？｡]+[」』”]*|\n+)")
# The point of an abbreviation, of an initial, or of an item's number at the beginning of a line ends none.
_NO_END = re.compile(
    r"(?:\b(?:[iI]\.e|[eE]\.g|etc|vs|cf|al|approx|Mr|Mrs|Ms|Messrs|Dr|Prof|St|Inc|Co|Ltd|Corp|Jr|Sr|U\.S|U\.K)"
    r"|\b[A-Z]|(?:^|\n)[ \t]*\d{1,3})\.$"
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}$")
_NUMBERED = re.compile(r"\bNo\.\s+\d")
# Tokens of longer texts are not kept, so that what strangers send cannot fill the memory.
_KEPT = 400
# Lines from this length on may have been wrapped by a width.
_WRAPPED = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark; ``norm`` is caseless and without accents; ``word`` is false for marks."""

    text: str
    norm: str
    start: int
    end: int
    word: bool

    @property
    def number(self) -> bool:
        """Whether the token is written in digits."""
        return self.text[0].isdigit()


@lru_cache(maxsize=65536)
def normalise(word: str) -> str:
    """Case, width and accents folded away; kana keep their voicing marks."""
    folded = unicodedata.normalize("NFKC", word).translate(_APOSTROPHES).casefold()
    if folded.isascii():
        return folded
    kept = [c for c in unicodedata.normalize("NFD", folded) if not "\u0300" <= c <= "\u036f"]
    return unicodedata.normalize("NFC", "".join(kept))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of words and marks: abbreviations with points stay whole, clitics are cut off, inner hyphens vanish."""
    position = 0
    while match := _TOKEN.search(text, position):
        start, end = match.span()
        if _plain(text, start, end):
            yield start, end
            position = end
            continue
        dotted = _ABBREVIATION.match(text, start) or _INITIAL.match(text, start)
        if dotted and (start == 0 or not text[start - 1].isalnum()):
            end = dotted.end()
            yield start, end
        elif clitic := _CLITIC.search(match.group().translate(_APOSTROPHES)):
            cut = start + clitic.start()
            if cut > start:
                yield start, cut
            yield cut, end
        elif elision := _ELISION.match(match.group().translate(_APOSTROPHES).lower()):
            end = start + elision.end()
            yield start, end - 1
        elif not _inner_hyphen(text, start, end):
            yield start, end
        position = end


def _plain(text: str, start: int, end: int) -> bool:
    """Whether a piece is surely a whole word: letters and digits, and no initial with its point."""
    return text[start:end].isalnum() and (end > start + 1 or text[end : end + 1] != ".")


def _inner_hyphen(text: str, start: int, end: int) -> bool:
    if text[start:end] not in "-‐‑":
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isalnum() and (after.isalnum() or after in ", ")) or (after.isalnum() and not before.strip())


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` in order; ``text[token.start:token.end] == token.text``."""
    return _kept_tokens(text) if len(text) <= _KEPT else _tokens(text)


def _tokens(text: str) -> tuple[Token, ...]:
    tokens = []
    for start, end in _pieces(text):
        piece = text[start:end]
        norm = normalise(piece)
        if piece[-1] == "." and piece[0].isalpha():
            norm = norm.replace(".", "")
        tokens.append(Token(piece, norm, start, end, any(c.isalnum() for c in piece)))
    return tuple(tokens)


_kept_tokens = lru_cache(maxsize=8192)(_tokens)


@lru_cache(maxsize=65536)
def stem(norm: str, language: str = "en") -> str:
    """The word's stem by Snowball, where the language has a stemmer; a number stays what it is."""
    name = _STEMMERS.get(language)
    if name is None or not norm.isalpha():
        return norm
    stemmed: str = stemmer(name).stemWord(norm)
    return stemmed


def longer_stems(text: str, language: str, letters: int) -> set[str]:
    """The stems of the words of so many letters at least: short ones ("is", "at") tell little."""
    return {stem(token.norm, language) for token in tokenize(text) if token.word and len(token.norm) >= letters}


_own = threading.local()


def stemmer(name: str) -> snowballstemmer.stemmer:
    """This thread's stemmer of a language by Snowball's name for it: it holds the word that it is at work on."""
    stemmers: dict[str, snowballstemmer.stemmer] = _own.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = snowballstemmer.stemmer(name)
    return stemmers[name]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text``, without the white space around them."""
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        if match.group()[0] == "." and _goes_on(text, match.start()):
            continue
        if match.group() == "\n" and _wrapped(text, match.start()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    return [span for span in (_stripped(text, *span) for span in spans) if span[0] < span[1]]


def _wrapped(text: str, at: int) -> bool:
    """Whether a line end only wraps a sentence: no mark before it, and a long line."""
    before, after = text[:at].rstrip(" \t"), text[at + 1 :].lstrip(" \t")
    line = before[before.rfind("\n") + 1 :]
    goes_on = after[:1].isalpha() and len(line) >= _WRAPPED
    return goes_on and (before[-1:].isalnum() or before[-1:] in ",;") and line[:1].isalnum()


def _goes_on(text: str, point: int) -> bool:
    before = text[max(0, point - 8) : point + 1]
    if _DOTTED.search(before) and text[point + 1 :].lstrip()[:1].islower():
        return True  # "Acme s.a. leads": the point belongs to the name
    return bool(_NO_END.search(before)) or bool(before.endswith("No.") and _NUMBERED.match(text, point - 2))


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs of ``text``: what stands between empty lines."""
    spans, start = [], 0
    for match in re.finditer(r"\n\s*\n", text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return [span for span in (_stripped(text, *span) for span in spans) if span[0] < span[1]]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
