"""How well passages are found, the answering sentence picked, and an answer withheld where there is none.

Finding is measured beside what is plain: the embedding model and Chroma, BM25 as its library comes, and both fused by
rank. All search the same passages, and each embeds the question anew. Withholding is measured on questions with the
paragraph that they were asked of, so that finding has no part in it; ``half 1`` is the half of the paragraphs that the
weights were not fitted on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import bm25s  # type: ignore[import-untyped]
import numpy as np

from benchmarks.measure import Summary, summarize, timed
from benchmarks.passages_data import Asked, PassageSets, Query, corpus_of, evenly, in_paragraph
from bot.checking.sentence_entailment import Aligner
from bot.passages.answer_sentence import RankedReader, SentenceReading
from bot.passages.answerability import AnswerabilityModels
from bot.passages.reader import MILLISECONDS, PassageReader
from bot.understanding.linker import Linker
from corpus.language import Language, load_language
from corpus.model import Corpus
from corpus.world import World
from index.builder import build_index
from index.embedding import Embedder
from index.entries import EntryType, passage_text
from index.lexical import Lexical
from index.reranker import Reranker
from index.search import Index, PassageHit

DEPTH = 20
"""Passages that each way of searching gives."""
FUSED = 60
"""The constant of rank fusion: 1 / (60 + rank)."""
COVERAGES = tuple(number / 10 for number in range(1, 11))

Search = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """How often the right paragraph was the first, or one of the first five; ``halves``: the first, by half."""

    name: str
    recall_at_1: float
    recall_at_5: float
    halves: tuple[float, float]
    time: Summary


@dataclass(frozen=True, slots=True)
class AnswerSentences:
    """Asked over all paragraphs: how often the sentences shown hold an answer, and how often any were shown at all."""

    questions: int
    hold_answer: float
    answered_answerable: float
    answered_unanswerable: float
    sentences: float
    time: Summary


@dataclass(frozen=True, slots=True)
class Abstention:
    """Telling what is answered from what is not: the area under the curve, at the shipped threshold, and the risk (the
    share of wrong answers among those given) when the surest tenth is answered, two tenths, …"""

    name: str
    questions: int
    auroc: float
    auroc_reranker: float
    answered_answerable: float
    answered_unanswerable: float
    risk: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PassageFigures:
    """All of it; ``reranker`` is its name, or "" where it is off."""

    reranker: str
    found: tuple[Found, ...]
    answers: AnswerSentences | None
    abstention: tuple[Abstention, ...]


def measure_passages(
    sets: PassageSets, folder: Path, embedder: Embedder, reranker: Reranker | None, milliseconds: int, limit: int
) -> PassageFigures:
    """At most ``limit`` questions of each set are asked, taken evenly from all; 0 asks all."""
    found: tuple[Found, ...] = ()
    answers = None
    if sets.paragraphs:
        corpus, origin = corpus_of("paragraphs", sets.paragraphs)
        build_index(corpus, folder, embedder)
        with Index.open(folder, corpus, embedder) as index:
            language, linker, aligner = _tools(corpus)
            reader = PassageReader(corpus, language, linker, aligner, index, embedder, reranker, milliseconds)
            reader.warm()
            queries = evenly(sets.queries, limit)
            ways = {"MiniLM + Chroma": _by_meaning(index), **_plain(corpus, index), "words and meaning": _ranked(index)}
            if reranker:
                ways["… reranked"] = partial(_reranked, index, reader.ranked)
            halves = {paragraph.id: paragraph.half for paragraph in sets.paragraphs}
            found = tuple(_found(name, way, queries, origin, halves, index) for name, way in ways.items())
            if known := [row for row in sets.asked.get("adversarial", ()) if row.paragraph.id in set(origin.values())]:
                answers = _answer_sentences(reader, evenly(known, limit))
    abstention = []
    for name, rows in sets.asked.items():
        given = Given(rows, reranker, AnswerabilityModels.load(), milliseconds)
        for half in (0, 1):
            part = [row for row in rows if row.paragraph.half == half]
            if len({row.answerable for row in part}) == 2:
                abstention.append(_abstention(f"{name}, half {half}", given, evenly(part, limit)))
    return PassageFigures(reranker.name if reranker else "", found, answers, tuple(abstention))


class Given:
    """Reads questions in the paragraph that each was asked of; rarity is that among all of these paragraphs."""

    def __init__(
        self,
        rows: Sequence[Asked],
        reranker: Reranker | None,
        models: AnswerabilityModels,
        milliseconds: int = MILLISECONDS,
    ) -> None:
        corpus, origin = corpus_of("given", (row.paragraph for row in rows))
        language, _, aligner = _tools(corpus)
        self.reader = RankedReader(language, aligner, models, reranker, milliseconds)
        self._passages = in_paragraph(corpus, origin)
        self._lexical = Lexical([passage_text(passage) for passage in corpus.passages.values()], corpus.language)

    def read(self, row: Asked) -> SentenceReading:
        """The best sentence of the paragraph, and whether it answers."""
        asked = self._lexical.asked(row.question)
        passages = self._passages[row.paragraph.id]
        hits = [PassageHit(passage, 0.0, 0.0, 0.0, tuple(asked.windows(passage))) for passage in passages]
        reading = self.reader.read(row.question, asked, hits)
        assert reading is not None  # no paragraph is blank
        return reading


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The probability that a right one scores above a wrong one, half of it where they are equal.

    >>> auroc([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    good = np.array([score for score, is_right in zip(scores, right, strict=True) if is_right])
    bad = np.array([score for score, is_right in zip(scores, right, strict=True) if not is_right])
    above = good[:, np.newaxis] > bad
    equal = good[:, np.newaxis] == bad
    return round(float(above.mean() + equal.mean() / 2), 4)


def _tools(corpus: Corpus) -> tuple[Language, Linker, Aligner]:
    language = load_language(corpus.language)
    linker = Linker(corpus, language, World.load())
    return language, linker, Aligner(corpus, language, linker)


# Ways of searching


def _by_meaning(index: Index) -> Search:
    return lambda question: [hit.id for hit in index.search(question, kinds=(EntryType.PASSAGE,), limit=DEPTH)]


def _ranked(index: Index) -> Search:
    return lambda question: [hit.passage.id for hit in index.passages(question, DEPTH)]


def _reranked(index: Index, reader: RankedReader, question: str) -> Sequence[str]:
    return [hit.passage.id for hit in reader.rank(question, index.passages(question, DEPTH))]


def _plain(corpus: Corpus, index: Index) -> dict[str, Search]:
    """BM25 with its library's own settings, over the same words, and its fusion with the meaning."""
    passages = list(corpus.passages.values())
    lexical = Lexical([], corpus.language)
    ranking = bm25s.BM25()
    ranking.index([list(lexical.words(passage_text(passage))) for passage in passages], show_progress=False)
    by_meaning = _by_meaning(index)

    def by_words(question: str) -> Sequence[str]:
        words = list(lexical.words(question))
        scores = ranking.get_scores(words) if words else np.zeros(len(passages))
        return [passages[row].id for row in np.argsort(-scores, kind="stable")[:DEPTH]]

    def fused(question: str) -> Sequence[str]:
        scores: dict[str, float] = defaultdict(float)
        for way in (by_words, by_meaning):
            for rank, id in enumerate(way(question)):
                scores[id] += 1 / (FUSED + rank)
        return sorted(scores, key=lambda id: (-scores[id], id))

    return {"BM25": by_words, "rank fusion of both": fused}


def _found(
    name: str,
    way: Search,
    queries: Sequence[Query],
    origin: Mapping[str, str],
    half_of: Mapping[str, int],
    index: Index,
) -> Found:
    ranks: list[int] = []
    times: list[float] = []
    for query in queries:
        index.vector.cache_clear()
        ids, taken = timed(partial(way, query.question))
        found = list(dict.fromkeys(origin[id] for id in ids))  # a long paragraph may be several passages
        ranks.append(found.index(query.paragraph) if query.paragraph in found else DEPTH)
        times.append(taken)
    halves = [[rank for rank, q in zip(ranks, queries, strict=True) if half_of[q.paragraph] == half] for half in (0, 1)]
    first = tuple(_share(rank == 0 for rank in half) for half in halves)
    return Found(
        name,
        _share(rank == 0 for rank in ranks),
        _share(rank < 5 for rank in ranks),
        (first[0], first[1]),
        summarize(times),
    )


# Answer sentences


def _answer_sentences(reader: PassageReader, rows: Sequence[Asked]) -> AnswerSentences:
    holds: list[bool] = []
    answered: dict[bool, list[bool]] = {True: [], False: []}
    sentences: list[int] = []
    times: list[float] = []
    for row in rows:
        found, taken = timed(partial(reader.read, row.question))
        times.append(taken)
        answered[row.answerable].append(found.answers)
        if row.answerable:
            shown = _flat(" ".join(quote.text for quote in found.quotes))
            holds.append(any(_flat(answer) in shown for answer in row.answers))
            sentences.append(len(found.quotes))
    return AnswerSentences(
        len(rows),
        _share(holds),
        _share(answered[True]),
        _share(answered[False]),
        round(sum(sentences) / max(1, len(sentences)), 2),
        summarize(times),
    )


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


# Abstention


def _abstention(name: str, given: Given, rows: Sequence[Asked]) -> Abstention:
    readings = [given.read(row) for row in rows]
    right = [row.answerable for row in rows]
    surest = [right[at] for at in sorted(range(len(rows)), key=lambda at: (-readings[at].probability, at))]
    risk = tuple(round(1 - _share(surest[: max(1, round(part * len(rows)))]), 4) for part in COVERAGES)
    return Abstention(
        name,
        len(rows),
        auroc([reading.probability for reading in readings], right),
        auroc([reading.signals.relevance for reading in readings], right),
        _share(reading.answers for reading, is_right in zip(readings, right, strict=True) if is_right),
        _share(reading.answers for reading, is_right in zip(readings, right, strict=True) if not is_right),
        risk,
    )


def _share(flags: Iterable[bool]) -> float:
    counted = list(flags)
    return round(sum(counted) / len(counted), 4) if counted else 0.0
