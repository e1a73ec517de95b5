"""Questions that the facts cannot answer go to the text: find the sentence that answers, or say that none does.

A small corpus is read sentence by sentence, in its own vocabulary: the best sentence is the one that has most of the
question's content, comes closest to it in meaning, and answers it in the reranker's eyes. It answers where it has
enough of the question, or where the reranker is sure, and where it has a value of the type asked for. Of a large
corpus the passages that rank best are read (see ``bot.passages.answer_sentence``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bot.checking.sentence_content import Content
from bot.checking.sentence_entailment import Aligner
from bot.passages.answer_sentence import RankedReader
from bot.passages.answerability import AnswerabilityModels
from bot.understanding.dialogue_acts import padded
from bot.understanding.linker import Linker, Role
from bot.understanding.sentences import SMALL
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from corpus.tables import states
from index.caches import Cache, caches_in
from index.embedding import Embedder, KeptVectors
from index.reranker import Reranker, affordable
from index.search import Index, PassageHit

SUMMARY, TELLING = 3, 40
"""Sentences of a summary, and the characters that each of them has at least."""
PASSAGES = 6
"""How many passages are looked through for the answer sentence."""
MILLISECONDS = 120
"""The reranker's time for a question, where nothing else is set."""
KEPT = 20_000
"""How many sentence vectors are kept."""

COVERAGE_WEIGHT, MEANING_WEIGHT = 0.6, 0.4
NAMES_ONLY, WORDED, WORDS, MEANS = 0.45, 0.34, 0.45, 0.615
RELEVANCE_WEIGHT, GENTLE = 0.8, 4.0
"""What a sentence gains at the most from the reranker's log odds, and by what these are divided so that high ones still
differ."""
FAR, LIKELY, STRANGE, SURE = -5.0, 0.5, 1.0, 4.0
"""The reranker's log odds: below the first, no sentence answers that has not all words of the question. From the others
on, one does: where it has some of those words; where only other sentences have some, or none has; where all that it has
is one name."""
ALIKE = 0.15
"""How much less a sentence of a newer document may rank, and yet be taken for that of an older one."""
DATED = 0.6
"""When a sentence answers: the least score where the question names entities and dates alone; the least score and share
of the question's own words where it has such; or the least cosine similarity."""

RELATED, RELATED_TOPIC = 0.30, 0.20
"""The least cosine similarity of the best passage to a question that belongs to the corpus's subject: without a word of
that subject, and with one. A question that names an entity of the corpus always does."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best sentences for a question.

    ``score`` is in [0, 1]; ``answers`` whether it suffices; ``related``: the cosine similarity of the nearest passage;
    ``relevance``: the reranker's log odds, if it was asked.
    """

    quotes: tuple[Quote, ...]
    score: float
    answers: bool
    values: tuple[str, ...] = ()
    related: float = 0.0
    relevance: float = -math.inf


@dataclass(frozen=True, slots=True)
class _Row:
    """A sentence, or two, as a candidate: what it says, how near in meaning it is, its score, the reranker's odds."""

    quotes: tuple[Quote, ...]
    said: Content
    meaning: float
    score: float
    relevance: float = -math.inf

    @property
    def rank(self) -> float:
        """What the best candidate has most of."""
        return self.score + RELEVANCE_WEIGHT / (1 + math.exp(-max(-30.0, self.relevance / GENTLE)))


class PassageReader:
    """Answers from the text of a corpus."""

    def __init__(
        self,
        corpus: Corpus,
        language: Language,
        linker: Linker,
        aligner: Aligner,
        index: Index,
        embedder: Embedder,
        reranker: Reranker | None = None,
        milliseconds: int = MILLISECONDS,
    ) -> None:
        self.corpus, self.language, self.linker, self.aligner = corpus, language, linker, aligner
        self.index, self.embedder = index, embedder
        self.reranker, self.milliseconds = reranker, milliseconds
        self.ranked = RankedReader(language, aligner, AnswerabilityModels.load(), reranker, milliseconds)
        self._elaborations = tuple(padded(phrase) for phrase in language.elaborations)
        self._vectors = KeptVectors(embedder, KEPT)
        self._by_document: dict[str, list[Passage]] = {}
        for passage in corpus.passages.values():
            self._by_document.setdefault(passage.quote.document_id, []).append(passage)

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The vectors of sentences, and what the models keep."""
        yield "sentence_vectors", self._vectors
        yield from caches_in((self.reranker, self.ranked.answers))

    def candidates(self, text: str) -> Sequence[Passage]:
        """The passages that a text is held against: all of a small corpus, else the best found."""
        if len(self.corpus.passages) <= SMALL:
            return tuple(self.corpus.passages.values())
        return tuple(hit.passage for hit in self.index.passages(text, PASSAGES))

    def read(self, question: str) -> Found:
        """The sentences that answer ``question`` best."""
        if structural := self.by_position(question):
            return Found(structural, 1.0, True)
        hits = self.index.passages(question, PASSAGES)
        if not hits:
            return Found((), 0.0, False)
        return self._aligned(question, hits) if len(self.corpus.passages) <= SMALL else self._ranked(question, hits)

    def _ranked(self, question: str, hits: Sequence[PassageHit]) -> Found:
        related = max(hit.dense for hit in hits)
        reading = self.ranked.read(question, self.index.asked(question), hits)
        if reading is None:
            return Found((), 0.0, False, (), related)
        values: tuple[str, ...] = ()
        if reading.answers:
            values, _ = self._typed(question, self.aligner.content(reading.sentence.text), (reading.sentence,))
        return Found(reading.quotes, reading.probability, reading.answers, values, related)

    def _aligned(self, question: str, hits: Sequence[PassageHit]) -> Found:
        self._read_ahead(hit.passage for hit in hits)
        wanted = self.aligner.content(question)
        rows = [row for hit in hits for row in self._rows(question, wanted, hit)]
        best = self._best(self._reranked(question, rows))
        values, typed = self._typed(question, best.said, best.quotes)
        known = frozenset(term for hit in hits for term in self.aligner.content(hit.passage.quote.text).terms)
        # The reranker sees whom "they" means; of the others, each sentence has to name who the question is about.
        named = known if best.relevance >= LIKELY else best.said.terms
        amiss = self._amiss(question, wanted, best.said.numbers, named, known)
        answers = typed and not amiss and self._enough(wanted, best, known)
        related = max(hit.dense for hit in hits)
        quotes = self._whole(best.quotes, hits)
        return Found(quotes, round(best.score, 4), answers, values if answers else (), related, best.relevance)

    def _best(self, rows: Sequence[_Row]) -> _Row:
        """The row that ranks first; of several documents' that surely answer about as well, the newest one's."""
        first = max(rows, key=lambda row: (round(row.rank, 4), -len(row.quotes)))
        alike = [row for row in rows if row.rank >= first.rank - ALIKE and row.relevance >= SURE]
        return max(alike, key=lambda row: (self._date(row), row is first, row.rank), default=first)

    def _date(self, row: _Row) -> str:
        return self.corpus.documents[row.quotes[0].document_id].date

    def _whole(self, quotes: tuple[Quote, ...], hits: Sequence[PassageHit]) -> tuple[Quote, ...]:
        """The sentences with what they cannot stand without, and with the example that the next one gives."""
        passage = next(hit.passage for hit in hits if quotes[-1] in hit.passage.sentences)
        sentences = passage.sentences
        whole = self.ranked.whole(passage, sentences.index(quotes[-1]))
        first, last = min(sentences.index(quotes[0]), sentences.index(whole[0])), sentences.index(whole[-1]) + 1
        if last < len(sentences) and padded(sentences[last].text).startswith(self._elaborations):
            last += 1
        return sentences[first:last]

    def whole(self, quote: Quote) -> tuple[Quote, ...]:
        """A sentence with what it cannot stand without, and the example that the next one gives."""
        passage = next(
            p for p in self._passages_of(quote.document_id) if p.quote.start <= quote.start and quote.end <= p.quote.end
        )
        sentences = passage.sentences
        said = self.ranked.whole(passage, sentences.index(quote))
        last = sentences.index(said[-1]) + 1
        if last < len(sentences) and padded(sentences[last].text).startswith(self._elaborations):
            return (*said, sentences[last])
        return said

    def values(self, question: str, quotes: Sequence[Quote]) -> tuple[str, ...]:
        """The date, number or share that a question asks for, as sentences give it."""
        said = self.aligner.content(" ".join(quote.text for quote in quotes))
        values, _ = self._typed(question, said, quotes)
        return values

    def summary(self) -> tuple[Quote, ...]:
        """The sentences that lie nearest to all that the documents say, in their order."""
        passages = list(self.corpus.passages.values())[:SMALL]
        told = [q for p in passages for at, q in enumerate(p.sentences) if len(q.text) >= TELLING and states(p, at)]
        vectors = np.stack(self._vectors.of(quote.text for quote in told))
        likeness = vectors @ vectors.mean(axis=0)
        chosen: list[int] = []
        while len(chosen) < min(SUMMARY, len(told)):
            near = np.max(vectors @ vectors[chosen].T, axis=1) if chosen else np.zeros(len(told))
            worth = [round(float(value), 4) for value in likeness - near / 2]
            chosen.append(max((at for at in range(len(told)) if at not in chosen), key=lambda at: (worth[at], -at)))
        return tuple(told[at] for at in sorted(chosen))

    def _passages_of(self, document_id: str) -> Sequence[Passage]:
        return self._by_document[document_id]

    def _rows(self, question: str, wanted: Content, hit: PassageHit) -> Iterable[_Row]:
        for quotes, said in self.aligner.windows(hit.passage):
            if not states(hit.passage, hit.passage.sentences.index(quotes[-1])):
                continue
            meaning = max(self._meanings(question, quotes))
            covered = self.aligner.coverage(wanted, said)
            dated = bool(wanted.years & said.years or wanted.months & said.months)
            score = COVERAGE_WEIGHT * (1.0 if dated and covered == 0 else covered) + MEANING_WEIGHT * max(0.0, meaning)
            # A second sentence must earn its place.
            yield _Row(quotes, said, meaning, score - 0.06 * (len(quotes) - 1))

    def _reranked(self, question: str, rows: Sequence[_Row]) -> Sequence[_Row]:
        """The rows, the best of them with the reranker's log odds."""
        if not self.reranker:
            return rows
        rows = sorted(rows, key=lambda row: -row.score)
        texts = [" ".join(quote.text for quote in row.quotes) for row in rows]
        texts = texts[: affordable(question, texts, self.milliseconds)]
        relevances = self.reranker.scores(question, texts)
        return [replace(row, relevance=relevance) for row, relevance in zip(rows, relevances, strict=False)]

    def _amiss(
        self, question: str, wanted: Content, numbers: frozenset[float], named: frozenset[str], known: frozenset[str]
    ) -> bool:
        """Whether something that the question names is not there: then no sentence answers, however near it comes."""
        entities = wanted.terms - wanted.words
        if (entities and not entities & named) or wanted.numbers - numbers:
            return True
        names = [m for m in self.linker.link(question)[1:] if m.text[:1].isupper() and not m.text.isupper()]
        strangers = [m for m in names if {reading.role for reading in m.readings} <= {Role.TOPIC}]
        return any((terms := self.aligner.content(m.text).terms) and not terms & known for m in strangers)

    def _enough(self, wanted: Content, row: _Row, known: frozenset[str]) -> bool:
        """Whether a sentence has enough of what the question says, or comes close enough to what it means."""
        own = frozenset(term for term in wanted.words if not term.startswith("~kind"))
        plain = {term for term in own if not term.startswith("~")}
        words = self.aligner.coverage(replace(wanted, terms=own), row.said)
        strange = bool(plain) and not plain & known
        if self.reranker and row.relevance < FAR and self.aligner.coverage(wanted, row.said) < 1:
            return False
        bare = bool(own) and not own & row.said.terms
        least = SURE if bare and len(wanted.terms & row.said.terms) < 2 else STRANGE if bare or strange else LIKELY
        if row.relevance >= least:
            return wanted.years <= row.said.years and wanted.months <= row.said.months
        if strange:
            return False  # all that it asks about stands nowhere near
        if not own:
            return row.score >= NAMES_ONLY
        if wanted.years and wanted.years <= row.said.years and row.score >= DATED:
            return True
        return row.meaning >= MEANS or (words >= WORDS and row.score >= WORDED)

    def _meanings(self, question: str, quotes: Sequence[Quote]) -> list[float]:
        """The cosine similarity of each sentence to the question."""
        asked = self.index.vector(question)
        return [float(vector @ asked) for vector in self._vectors.of(quote.text for quote in quotes)]

    def _read_ahead(self, passages: Iterable[Passage]) -> None:
        self._vectors.of(quote.text for passage in passages for quote in passage.sentences)

    def warm(self) -> None:
        """Load the models and, for a small corpus, have the vectors of its sentences before the first question."""
        self.index.vector(self.corpus.title)
        large = len(self.corpus.passages) > SMALL
        for model in filter(None, (self.reranker, self.ranked.answers if large else None)):
            model.scores(self.corpus.title, [self.corpus.title])
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

    def numbers_of(self, text: str, kind: str) -> list[str]:
        """The numbers that a text gives of things of a kind: "six departments"."""
        mentions = self.linker.link(text)
        return [
            mention.names(Role.NUMBER)[0]
            for mention, behind in pairwise(mentions)
            if mention.names(Role.NUMBER) and kind in behind.names(Role.KIND)
        ]

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

    def by_position(self, question: str) -> tuple[Quote, ...]:
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
