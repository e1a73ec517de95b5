"""Questions that the facts cannot answer go to the text: find the sentence that answers, or say that none does.

Passages come from hybrid search. Of their sentences the best is the one that has most of the question's content and
comes closest to it in meaning; it answers only where it has enough of both, and a value of the type asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.alignment import Aligner, Content
from bot.linker import Linker, Role
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from index.embedding import Embedder
from index.search import Index, PassageHit

PASSAGES = 6
"""How many passages are looked through for the answer sentence."""
SMALL = 64
"""Up to so many passages, a corpus is held against a claim as a whole."""
KEPT = 20_000
"""How many sentence vectors are kept."""

COVERAGE_WEIGHT, MEANING_WEIGHT = 0.6, 0.4
NAMES_ONLY, WORDED, WORDS, MEANS = 0.45, 0.34, 0.45, 0.615
DATED = 0.6
"""When a sentence answers: the least score where the question names entities and dates alone; the least score and share
of the question's own words where it has such; or the least cosine similarity."""
RELATED, RELATED_TOPIC = 0.30, 0.20
"""The least cosine similarity of the best passage to a question that belongs to the corpus's subject: without a word of
that subject, and with one. A question that names an entity of the corpus always does."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best sentences for a question. ``score`` is in [0, 1]; ``answers`` whether it suffices."""

    quotes: tuple[Quote, ...]
    score: float
    answers: bool
    values: tuple[str, ...] = ()
    related: float = 0.0


class PassageReader:
    """Answers from the text of a corpus."""

    def __init__(
        self, corpus: Corpus, language: Language, linker: Linker, aligner: Aligner, index: Index, embedder: Embedder
    ) -> None:
        self.corpus, self.language, self.linker, self.aligner = corpus, language, linker, aligner
        self.index, self.embedder = index, embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._lock = Lock()

    def candidates(self, text: str) -> Sequence[Passage]:
        """The passages that a text is held against: all of a small corpus, else the best found."""
        if len(self.corpus.passages) <= SMALL:
            return tuple(self.corpus.passages.values())
        return tuple(hit.passage for hit in self.index.passages(text, PASSAGES))

    def read(self, question: str) -> Found:
        """The sentences that answer ``question`` best."""
        if structural := self._by_position(question):
            return Found(structural, 1.0, True)
        hits = self.index.passages(question, PASSAGES)
        if not hits:
            return Found((), 0.0, False)
        self._read_ahead(hit.passage for hit in hits)
        wanted = self.aligner.content(question)
        rows = [row for hit in hits for row in self._rows(question, wanted, hit)]
        score, _, quotes, said = max(rows, key=lambda row: (round(row[0], 4), row[1]))
        values, typed = self._typed(question, said, quotes)
        known = frozenset(term for hit in hits for term in self.aligner.content(hit.passage.quote.text).terms)
        enough = typed and self._answers(question, wanted, said, quotes, score, known)
        return Found(quotes, round(score, 4), enough, values if enough else (), max(hit.dense for hit in hits))

    def _answers(
        self,
        question: str,
        wanted: Content,
        said: Content,
        quotes: Sequence[Quote],
        score: float,
        known: frozenset[str],
    ) -> bool:
        """Whether the sentence has enough of what the question says, or comes close enough to what it means."""
        named = wanted.terms - wanted.words
        if (named and not named & said.terms) or wanted.numbers - said.numbers:
            return False
        names = [m for m in self.linker.link(question)[1:] if m.text[:1].isupper() and not m.text.isupper()]
        strangers = [m for m in names if {reading.role for reading in m.readings} <= {Role.TOPIC}]
        if any((terms := self.aligner.content(m.text).terms) and not terms & known for m in strangers):
            return False  # it asks about a name that stands nowhere near
        own = frozenset(term for term in wanted.words if not term.startswith("~kind"))
        if not own:
            return score >= NAMES_ONLY
        if wanted.years and wanted.years <= said.years and score >= DATED:
            return True
        meaning = max(self._meanings(question, quotes))
        plain = {term for term in own if not term.startswith("~")}
        if plain and not plain & known and not own & said.terms:
            return False  # all that it asks about stands nowhere near
        words = self.aligner.coverage(replace(wanted, terms=own), said)
        return meaning >= MEANS or (words >= WORDS and score >= WORDED)

    def _rows(
        self, question: str, wanted: Content, hit: PassageHit
    ) -> list[tuple[float, int, tuple[Quote, ...], Content]]:
        rows = []
        for quotes, said in self.aligner.windows(hit.passage):
            meaning = max(self._meanings(question, quotes))
            covered = self.aligner.coverage(wanted, said)
            dated = bool(wanted.years & said.years or wanted.months & said.months)
            score = COVERAGE_WEIGHT * (1.0 if dated and covered == 0 else covered) + MEANING_WEIGHT * max(0.0, meaning)
            # A second sentence must earn its place.
            rows.append((score - 0.06 * (len(quotes) - 1), -len(quotes), quotes, said))
        return rows

    def _meanings(self, question: str, quotes: Sequence[Quote]) -> list[float]:
        """The cosine similarity of each sentence to the question."""
        asked = self.index.vector(question)
        return [float(vector @ asked) for vector in self._sentence_vectors(quote.text for quote in quotes)]

    def _sentence_vectors(self, texts: Iterable[str]) -> list[NDArray[np.float32]]:
        """The vectors of sentences, new ones embedded in one batch."""
        wanted = list(texts)
        with self._lock:
            if missing := list(dict.fromkeys(text for text in wanted if text not in self._vectors)):
                if len(self._vectors) + len(missing) > KEPT:
                    self._vectors.clear()
                    missing = list(dict.fromkeys(wanted))
                self._vectors.update(zip(missing, self.embedder.embed(missing), strict=True))
            return [self._vectors[text] for text in wanted]

    def _read_ahead(self, passages: Iterable[Passage]) -> None:
        self._sentence_vectors(quote.text for passage in passages for quote in passage.sentences)

    def warm(self) -> None:
        """Load the model and, for a small corpus, have the vectors of its sentences before the first question."""
        self.index.vector(self.corpus.title)
        self._read_ahead(self.candidates(self.corpus.title))

    # What type of answer is asked for

    def _typed(self, question: str, said: Content, quotes: Sequence[Quote]) -> tuple[tuple[str, ...], bool]:
        """The literal that the question asks for, and whether the sentence has one of that type."""
        cues = [mention for mention in self.linker.link(question) if mention.word]
        text = " ".join(quote.text for quote in quotes)
        if any(mention.has(Cue.WHEN) for mention in cues):
            found = tuple(sorted(said.years)) or tuple(month.capitalize() for month in sorted(said.months))
            return found, bool(found)
        if any(mention.has(Cue.SHARE, Cue.HOW_MANY) for mention in cues):
            found = self._share(text) or tuple(f"{number:g}" for number in sorted(said.numbers))
            return found, bool(found)
        return (), True

    def _share(self, text: str) -> tuple[str, ...]:
        """A share as the source words it, with its hedge ("about half")."""
        hedges = "|".join(map(re.escape, self.language.approximate))
        shares = "|".join(
            re.escape(word) for word in self.language.fractions if word not in ("all", "every", "none", "most")
        )
        match = re.search(
            rf"\b(?:(?:{hedges})\s+)?(?:(?:{shares})\b|\d+(?:\.\d+)?\s?(?:%|percent|per cent))", text, re.I
        )
        return (match.group(),) if match else ()

    def _by_position(self, question: str) -> tuple[Quote, ...]:
        """ "How does the article conclude?" asks for a place in the document, not for words."""
        mentions = self.linker.link(question)
        about = any(mention.has(Cue.META) for mention in mentions)
        if not any(mention.has(Cue.HOW, Cue.WHICH, Cue.WHEN) for mention in mentions) and "?" not in question:
            return ()  # "Begin by …" is an order
        passages = list(self.corpus.passages.values())
        if any(mention.has(Cue.CONCLUDE) and (about or " " in mention.norm) for mention in mentions):
            return passages[-1].sentences[-1:]
        if any(mention.has(Cue.BEGIN) and (about or " " in mention.norm) for mention in mentions):
            return passages[0].sentences[:1]
        return ()
