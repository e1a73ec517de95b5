"""Reads the answer off ranked passages: the passage that fits best, its sentence that answers, and how sure that is.

A reranker, where there is one, looks at the best window of the first few passages, then at the single sentences of the
passage that comes out first. Its time is limited, so that it never sees more than a dozen texts. The answer model then
looks at the one sentence that is left.

    question   "What did Acme buy?"
    passages   "… Acme grew. It bought Bolt in 2019. …", "… Crane buys steel. …"
    windows    "Acme grew. It bought Bolt in 2019." and "Crane buys steel.": the first passage
    sentences  "It bought Bolt in 2019.": shown with "Acme grew." before it, which tells who "it" is
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.checking.sentence_entailment import Aligner
from bot.passages.answerability import AnswerabilityModels, Model, SignalReader, Signals
from corpus.language import Language
from corpus.model import Passage, Quote
from corpus.text import tokenize
from index.entries import passage_text
from index.ranking import Asked, Window
from index.reranker import Reranker, affordable, open_answer_model
from index.search import PassageHit

RERANKED = 6
"""Passages whose best window the reranker sees."""
SENTENCES = 5
"""Sentences of the first passage that it sees."""
RELEVANCE = 0.018
"""What one unit of the reranker's log odds is worth in a passage's score; ``benchmarks.passages`` shows the effect."""
LONGEST_LIST = 20
"""Items of a list that are shown at the most."""

_ITEM = re.compile(r"(?:[-*•–]|\(?[0-9a-z]{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """The sentences that answer best, and the probability that they do; ``sentence`` is the one that decided it."""

    quotes: tuple[Quote, ...]
    sentence: Quote
    passage: Passage
    signals: Signals
    probability: float
    answers: bool


class RankedReader:
    """Finds the answer sentence in passages that were found. ``milliseconds`` is the reranker's time a question."""

    def __init__(
        self,
        language: Language,
        aligner: Aligner,
        models: AnswerabilityModels,
        reranker: Reranker | None,
        milliseconds: int,
    ) -> None:
        self.language, self.aligner, self.reranker, self.milliseconds = language, aligner, reranker, milliseconds
        self.model: Model = models.reranked if reranker else models.plain
        self.answers = open_answer_model() if reranker and "answers" in self.model.weights else None
        self._signals = SignalReader(language)

    def rank(self, question: str, hits: Sequence[PassageHit]) -> tuple[PassageHit, ...]:
        """The hits, the first of them in the order that the reranker gives them; without one as they are."""
        texts = [_text(hit.passage, hit.windows[0]) for hit in hits[:RERANKED] if hit.windows]
        texts = texts[: affordable(question, texts, self.milliseconds)]
        if not self.reranker or len(texts) < 2:
            return tuple(hits)
        relevances = self.reranker.scores(question, texts)
        head = [
            replace(hit, score=round(min(1.0, max(0.0, hit.score + RELEVANCE * relevance)), 4))
            for hit, relevance in zip(hits, relevances, strict=False)
        ]
        return (*sorted(head, key=lambda hit: (-hit.score, hit.passage.id)), *hits[len(head) :])

    def read(self, question: str, asked: Asked, hits: Sequence[PassageHit]) -> SentenceReading | None:
        """The answer sentence of the first passage; None where there is no passage with a sentence."""
        ranked = [hit for hit in self.rank(question, hits) if hit.windows]
        if not ranked:
            return None
        hit = ranked[0]
        at, relevance = self._sentence(question, hit)
        sentences = hit.passage.sentences
        said, around = sentences[at].text, " ".join(quote.text for quote in sentences[max(0, at - 1) : at + 2])
        [answers] = self.answers.scores(question, [said]) if self.answers else [0.0]
        signals = self._signals.signals(question, asked, said, around, passage_text(hit.passage), relevance, answers)
        probability = self.model.probability(signals)
        return SentenceReading(
            self.whole(hit.passage, at),
            sentences[at],
            hit.passage,
            signals,
            probability,
            probability >= self.model.threshold,
        )

    def _sentence(self, question: str, hit: PassageHit) -> tuple[int, float]:
        """Which sentence of a passage answers best, and the reranker's log odds for it."""
        singles = [window for window in hit.windows if window.last - window.first == 1][:SENTENCES]
        if not self.reranker:
            return singles[0].first, 0.0
        texts = [_text(hit.passage, window) for window in singles]
        texts = texts[: max(1, affordable(question, texts, self.milliseconds))]
        relevances = self.reranker.scores(question, texts)
        best = max(range(len(texts)), key=lambda number: (relevances[number], -number))
        return singles[best].first, relevances[best]

    def whole(self, passage: Passage, at: int) -> tuple[Quote, ...]:
        """The sentence with what it cannot stand without: what it refers to or goes on from, the rest of its list."""
        sentences = passage.sentences
        first, last = at, at + 1
        if first and (sentences[at].text[:1].islower() or self._refers(sentences[at].text)):
            first -= 1
        if _ITEM.match(sentences[at].text) or sentences[at].text.endswith(":"):
            while first and _ITEM.match(sentences[first].text):
                first -= 1
            while last < len(sentences) and last - first < LONGEST_LIST and _ITEM.match(sentences[last].text):
                last += 1
        return sentences[first:last]

    def _refers(self, text: str) -> bool:
        """Whether a sentence takes up the one before: by a pronoun, or as a quotation that names no speaker."""
        spoken = any(token.norm in self.language.say_verbs for token in tokenize(text))
        return not spoken and self.aligner.content(text).refers


def _text(passage: Passage, window: Window) -> str:
    return " ".join(quote.text for quote in passage.sentences[window.first : window.last])
