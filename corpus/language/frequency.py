"""How often the words of a language are used, by its reference texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from spellchecker import SpellChecker

from corpus.text import normalise


@lru_cache
def frequencies(code: str) -> Mapping[str, int]:
    """How often each word stands in them; empty for a language that has none."""
    if code not in SpellChecker.languages():
        return {}
    words: Counter[str] = Counter()
    for word, times in SpellChecker(language=code).word_frequency.dictionary.items():
        words[word if word.isascii() else normalise(word)] += times  # they are small letters there
    return words
