"""Judging a statement by the sentence that decides it, where no fact does.

A model marks what a sentence has in the place that the statement fills; rules compare the two. Yes needs the same
there, and all else that the statement names in the sentence; no needs another there, and nothing else that differs.

    "Tobias heads Market Square, no?"    [Odile Marsh] heads the Market Square branch.         no
    "Odile has Market Square?"           [Odile Marsh] heads the Market Square branch.         yes
    "Odile has Hill Gate?"               [Odile Marsh] heads the Market Square branch.         open
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.checking.sentence_content import Content
from bot.checking.sentence_entailment import Aligner
from bot.checking.vetoes import turns_round
from bot.schema.answer import Reason, Verdict
from bot.understanding.linker import Mention
from bot.understanding.word_order import turned_round
from corpus.language import Cue, Language
from corpus.model import Corpus
from corpus.text import normalise, tokenize

Judgement = tuple[Verdict, Reason]
STATED: Judgement = (Verdict.SUPPORTED, Reason.STATED)
OFTEN = 0.5
"""The share of its places within sentences at which a word of a name is written with a capital, at the least."""
SHORTEST = 3
_CLOCK = re.compile(r"\d[:.]\d\d")


class MarkedSentence(Protocol):
    """What a sentence has in the place that a message asks for, or that decides it."""

    @property
    def spans(self) -> Sequence[tuple[int, int]]:
        """Offsets into the sentence."""
        ...

    @property
    def answers(self) -> float:
        """The log odds that there is anything in that place."""
        ...

    @property
    def polar(self) -> float:
        """The log odds that the message is one to which yes or no is said."""
        ...


class Marker(Protocol):
    """A model that marks it; the same pair always gets the same."""

    def read(self, message: str, sentence: str, /) -> MarkedSentence:
        """What a message asks for in a sentence."""
        ...


class FillingJudge:
    """Compares statements with sentences of one corpus; the same pair always gets the same verdict."""

    def __init__(self, corpus: Corpus, aligner: Aligner, marker: Marker) -> None:
        self.aligner, self.marker = aligner, marker
        self.names = names_of(corpus, aligner.language)

    def judged(
        self, statement: str, mentions: Iterable[Mention], sentence: str, marked: MarkedSentence
    ) -> Judgement | None:
        """Supported or refuted, and why; None where the sentence leaves the statement open."""
        tagged = [mention for mention in mentions if not mention.has(Cue.TAG)]
        if not marked.spans or turns_round(tagged):
            return None
        filling = " ".join(sentence[start:end] for start, end in marked.spans)
        said, told, filled = (self.aligner.content(text) for text in (statement, sentence, filling))
        if told.denied or told.supposed or told.excepted:
            return None
        own, there, placed = (self._named(text) for text in (statement, sentence, filling))
        strange, figures = own - there, _figures(said) - _figures(told)
        if placed:
            return self._by_name(own, there, placed, strange, figures, said, told)
        if strange:
            return None
        if _figures(filled):
            apart = len(said.words - told.words) > len(said.words & told.words)
            return None if apart else self._by_figure(statement, filling, said, filled)
        return STATED if filled.terms and filled.terms <= said.terms and not figures else None

    @staticmethod
    def _by_name(
        own: frozenset[str],
        there: frozenset[str],
        placed: frozenset[str],
        strange: frozenset[str],
        figures: frozenset[object],
        said: Content,
        told: Content,
    ) -> Judgement | None:
        if figures:
            return None
        if own & placed:
            # "A was merged into B" has the names of "B was merged into A".
            return None if strange or turned_round(said.placed, told.placed) else STATED
        shared = (own & there) - placed or said.words & told.words
        # With a figure, it may be that and not the name which the statement is about.
        return (Verdict.REFUTED, Reason.WRONG_LEADER) if strange and shared and not _figures(said) else None

    @staticmethod
    def _by_figure(statement: str, filling: str, said: Content, filled: Content) -> Judgement | None:
        if bool(_CLOCK.search(statement)) is not bool(_CLOCK.search(filling)):
            return None
        if said.bounded or filled.bounded or not _figures(said):
            return None
        if _figures(filled) <= _figures(said):
            return STATED
        same = any(bool(getattr(said, kind)) and bool(getattr(filled, kind)) for kind in _KINDS)
        other = same and not _figures(filled) & _figures(said)
        return (Verdict.REFUTED, Reason.WRONG_NUMBER) if other else None

    def _named(self, text: str) -> frozenset[str]:
        """The words of names in a text."""
        return frozenset(token.norm for token in tokenize(text) if token.norm in self.names)


def agreed(judged: Sequence[Judgement | None]) -> Judgement | None:
    """The first of what the likeliest sentences do to a statement; None where one does another than the others."""
    verdicts = {each[0] for each in judged if each is not None}
    return judged[0] if judged and len(verdicts) == 1 else None


_KINDS = ("years", "months", "shares", "numbers")


def _figures(content: Content) -> frozenset[object]:
    return frozenset((kind, figure) for kind in _KINDS for figure in getattr(content, kind))


def names_of(corpus: Corpus, language: Language) -> frozenset[str]:
    """The words that the documents write with a capital, and hardly ever without.

    At the beginning of a sentence that counts where the next word has one, too, or for what is no word of the language.
    """
    grammar = frozenset(normalise(phrase) for phrases in language.cues.values() for phrase in phrases)
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for passage in corpus.passages.values():
        for quote in passage.sentences:
            words = [token for token in tokenize(quote.text) if token.word and not token.number]
            for at, token in enumerate(words):
                followed = at + 1 < len(words) and words[at + 1].text[:1].isupper()
                if token.text[:1].islower():
                    small[token.norm] += 1
                elif at or followed or not language.frequency(token.norm):
                    capital[token.norm] += 1
    return frozenset(
        word
        for word, often in capital.items()
        if len(word) >= SHORTEST and word not in grammar and often >= OFTEN * (often + small[word])
    )
