"""Search by words: BM25 over stemmed words, the passages' side that knows names and numbers better than vectors do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import bm25s  # type: ignore[import-untyped]
import numpy as np
import snowballstemmer
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WordRules:
    """The names under which the two libraries know a language: its stopwords, and its stemmer."""

    stopwords: str
    stemmer: str


RULES = {
    # English has a short list and a long one; the long one holds the words that questions are made of.
    "en": WordRules("en_plus", "english"),
    "da": WordRules("da", "danish"),
    "de": WordRules("de", "german"),
    "es": WordRules("es", "spanish"),
    "fr": WordRules("fr", "french"),
    "it": WordRules("it", "italian"),
    "nl": WordRules("nl", "dutch"),
    "no": WordRules("no", "norwegian"),
    "pt": WordRules("pt", "portuguese"),
    "ru": WordRules("ru", "russian"),
    "sv": WordRules("sv", "swedish"),
    "tr": WordRules("tr", "turkish"),
}
"""By ISO 639-1 code. In any other language words are compared as they stand."""


class Lexical:
    """BM25 scores of a fixed sequence of texts."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        self._rules = RULES.get(language)
        self._stemmer = snowballstemmer.stemmer(self._rules.stemmer) if self._rules else None
        # A stemmer holds the word it is at work on.
        self._lock = Lock()
        self._size = len(texts)
        words = self._words(texts)
        self._ranking = bm25s.BM25() if any(words) else None
        if self._ranking is not None:
            self._ranking.index(words, show_progress=False)

    def scores(self, text: str) -> NDArray[np.float32]:
        """The score of each text against ``text``, (n,), zero where they share no word."""
        [words] = self._words([text])
        if self._ranking is None or not words:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._ranking.get_scores(words), dtype=np.float32)

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        with self._lock:
            words: list[list[str]] = bm25s.tokenize(
                list(texts),
                stopwords=self._rules.stopwords if self._rules else None,
                stemmer=self._stemmer,
                return_ids=False,
                show_progress=False,
            )
        return words
