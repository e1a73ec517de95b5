"""In which language a text is, by its script and its function words; all that is known of either is data.

>>> votes(["chi", "guida", "in", "iberia"])["it"]
3
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from corpus.errors import CorpusFileError
from corpus.files import Section, read_yaml
from corpus.language import FOLDER, Cue, languages, load_language
from corpus.text import normalise, tokenize

FILE = FOLDER / "strangers" / "function_words.yaml"
# The cues whose words are more than the language's likes of "please".
_BUILDING = frozenset(Cue) - {Cue.NEUTRAL, Cue.FILLER, Cue.OVERVIEW, Cue.META}
_KANA = frozenset({"HIRAGANA", "KATAKANA"})
_IDEOGRAM = 3


def votes(words: Iterable[str]) -> Mapping[str, int]:
    """How many of the words, each counted once, are function words of a language; languages with none are left out.

    A word without accents may be one with them, typed lazily; one with accents is no other. A Chinese character, a
    word by itself, tells as much as three words of letters.
    """
    counted: dict[str, int] = {}
    known = _codes_by_word()
    for word in {word.casefold() for word in words if word}:
        for code in known.get(word, ()):
            counted[code] = counted.get(code, 0) + (_IDEOGRAM if _script(word[0]) == "CJK" else 1)
    return counted


def unreadable(text: str) -> bool:
    """Whether most letters of a text are of scripts that no language file uses."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(_script(letter) not in _scripts() for letter in letters) * 2 > len(letters)


def has_kana(text: str) -> bool:
    """Whether Japanese syllables stand in a text: its Chinese characters are then Japanese, too."""
    return any(_script(letter) in _KANA for letter in text)


@lru_cache
def _function_words() -> Mapping[str, frozenset[str]]:
    """By language: the file's words; where it has a file of its own, the words of that which build questions, too."""
    data = read_yaml(FILE)
    problems: list[str] = []
    section = Section(FILE.name, data, list(data or {}), problems)
    found = {code: _forms(section.needed(code)) for code in data or {}}
    if problems:
        raise CorpusFileError("\n".join(problems))
    for code in languages():
        phrases = [phrase for cue, said in load_language(code).cues.items() if cue in _BUILDING for phrase in said]
        single = [phrase for phrase in phrases if len(tokenize(phrase)) == 1]
        found[code] = found.get(code, frozenset()) | _forms(single)
    return found


@lru_cache
def _codes_by_word() -> Mapping[str, tuple[str, ...]]:
    """The languages that each function word is one of."""
    found: dict[str, tuple[str, ...]] = {}
    for code, known in _function_words().items():
        for word in known:
            found[word] = (*found.get(word, ()), code)
    return found


def _forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (word.casefold(), normalise(word)))


@lru_cache
def _scripts() -> frozenset[str]:
    """The scripts that the language files are written in, by the question words."""
    phrases = [phrase for code in languages() for phrase in load_language(code).cues[Cue.WHO]]
    return frozenset(_script(letter) for phrase in phrases for letter in phrase if letter.isalpha()) | _KANA


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    """The first word of a letter's Unicode name ("LATIN", "CJK"), forms of another width folded to the usual one."""
    return unicodedata.name(unicodedata.normalize("NFKC", letter)[0], "").partition(" ")[0]
