"""Holds a claim against sentences of the source, where no logical form can carry it.

A sentence states a claim when it has all of the claim's content: its entities, its words (by stem), its numbers, dates
and shares, and the same polarity. When everything but a number, a date or the polarity is there, it refutes the claim.
When in doubt it does neither.

    claim     "Roughly 50 percent of member vehicles will be jointly developed by 2025."
    sentence  "… by 2025, about half of all Alliance member vehicles will be jointly developed."
              same words; share 50 = half; year 2025 = 2025                                       supported
    claim     "… by 2035 …"                                                         year differs: refuted
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.linker import Linker, Mention, Role
from bot.model import Reason, Verdict
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from corpus.text import stem, tokenize

# Shares of a claim's content (weighted by rarity) that a sentence must have to state it, and to be about it at all.
STATES = 0.80
ABOUT = 0.60


@dataclass(frozen=True, slots=True)
class Content:
    """What a text says, reduced to what can be compared.

    ``terms`` are stems or entity names; ``years`` four-digit years; ``months`` their names; ``shares`` percentages;
    ``numbers`` any other number.
    """

    terms: frozenset[str]
    years: frozenset[str]
    months: frozenset[str]
    shares: frozenset[float]
    numbers: frozenset[float]
    negated: bool
    excepted: bool

    def __or__(self, other: Content) -> Content:
        return Content(
            self.terms | other.terms, self.years | other.years, self.months | other.months,
            self.shares | other.shares, self.numbers | other.numbers,
            self.negated, self.excepted or other.excepted,
        )


@dataclass(frozen=True, slots=True)
class Aligned:
    """The best sentence for a claim and what follows from it; ``coverage`` is in [0, 1]."""

    verdict: Verdict
    reason: Reason
    quotes: tuple[Quote, ...]
    coverage: float


class Aligner:
    """Compares texts with the sentences of a corpus."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker) -> None:
        self.corpus, self.language, self.linker = corpus, language, linker
        self._months = frozenset(language.months)
        self.content = lru_cache(maxsize=8192)(self._content)

    def align(self, claim: str, passages: Iterable[Passage]) -> Aligned:
        """Judge ``claim`` by the sentences of ``passages``."""
        wanted = self.content(claim)
        candidates = [window for passage in passages for window in self.windows(passage)]
        if not wanted.terms or not candidates:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, (), 0.0)
        scored = [(self.coverage(wanted, said), -len(quotes), quotes, said) for quotes, said in candidates]
        best = max(scored, key=lambda row: (round(row[0], 6), row[1]))
        return self._judged(wanted, best[3], best[2], best[0])

    def windows(self, passage: Passage) -> Iterable[tuple[tuple[Quote, ...], Content]]:
        """Single sentences, and each with the one before it (for what "it" and "they" mean there)."""
        previous: tuple[Quote, Content] | None = None
        for quote in passage.sentences:
            said = self.content(quote.text)
            yield (quote,), said
            if previous:
                yield (previous[0], quote), said | previous[1]
            previous = (quote, said)

    def coverage(self, wanted: Content, said: Content) -> float:
        """The share of the wanted terms, weighted by rarity, that are said."""
        total = sum(self._weight(term) for term in wanted.terms)
        return sum(self._weight(term) for term in wanted.terms & said.terms) / total if total else 0.0

    @lru_cache(maxsize=65536)  # noqa: B019 - one aligner lives as long as its corpus
    def _weight(self, term: str) -> float:
        if term.startswith("="):
            return 6.0
        return max(1.0, 12.0 - math.log2(2 + self.language.frequency(term)) * 0.6)

    def _judged(self, wanted: Content, said: Content, quotes: tuple[Quote, ...], coverage: float) -> Aligned:
        if coverage < ABOUT:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        for want, have, reason in (
            (wanted.years, said.years, Reason.WRONG_DATE),
            (wanted.months, said.months, Reason.WRONG_DATE),
            (wanted.shares, said.shares, Reason.WRONG_NUMBER),
            (wanted.numbers, said.numbers, Reason.WRONG_NUMBER),
        ):
            if want and not want <= have:
                verdict = Verdict.REFUTED if have and coverage >= STATES else Verdict.NOT_ENOUGH_INFO
                return Aligned(verdict, reason, quotes, coverage)
        missing = wanted.terms - said.terms
        if coverage < STATES or any(term.startswith("=") for term in missing):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if wanted.excepted and not said.excepted:
            return Aligned(Verdict.REFUTED, Reason.OVER_GENERAL, quotes, coverage)
        if wanted.negated is not said.negated:
            return Aligned(Verdict.REFUTED, Reason.WRONG_POLARITY, quotes, coverage)
        return Aligned(Verdict.SUPPORTED, Reason.STATED, quotes, coverage)

    # Reducing a text to its content

    def _content(self, text: str) -> Content:
        mentions = self.linker.link(text)
        terms, years, months, shares, numbers = set(), set(), set(), set(), set()
        negated = excepted = False
        for at, mention in enumerate(mentions):
            if not mention.word:
                continue
            following = mentions[at + 1].norm if at + 1 < len(mentions) else ""
            if entities := mention.names(Role.ENTITY):
                terms.update(f"={name}" for name in entities)
            elif mention.norm in self._months:
                months.add(mention.norm)
            elif mention.norm in self.language.fractions and not mention.norm.isdigit():
                shares.add(float(self.language.fractions[mention.norm]))
            elif value := mention.names(Role.NUMBER):
                self._number(value[0], following, years, shares, numbers)
            elif mention.has(Cue.EXCEPT):
                excepted = True
            elif mention.has(Cue.NOT, Cue.NEITHER) and not mention.has(Cue.EXCEPT):
                negated = not negated
            else:
                terms.update(self._terms(mention))
        return Content(
            frozenset(terms), frozenset(years), frozenset(months), frozenset(shares), frozenset(numbers),
            negated, excepted,
        )

    @staticmethod
    def _number(value: str, following: str, years: set[str], shares: set[float], numbers: set[float]) -> None:
        if len(value) == 4 and value.isdigit() and 1000 <= int(value) <= 2999:
            years.add(value)
        elif following in ("%", "percent", "per"):
            shares.add(float(value))
        else:
            numbers.add(float(value) if value.replace(".", "", 1).isdigit() else math.nan)

    def _terms(self, mention: Mention) -> Iterable[str]:
        for token in tokenize(mention.norm):
            word = token.norm
            if token.word and not self._empty(word):
                yield stem(word, self.language.code)

    def _empty(self, word: str) -> bool:
        return word in self.language.light or len(word) == 1 or self._function(word)

    @lru_cache(maxsize=65536)  # noqa: B019
    def _function(self, word: str) -> bool:
        structural = (
            Cue.WHO, Cue.WHICH, Cue.WHEN, Cue.WHERE, Cue.WHY, Cue.HOW, Cue.AUX, Cue.DO, Cue.AND, Cue.OR, Cue.BUT, Cue.IN,
            Cue.OF, Cue.BY, Cue.THE, Cue.PRONOUN, Cue.THERE, Cue.THOSE, Cue.ALSO, Cue.IF, Cue.THAN,
        )
        mention = self.linker.link(word)
        return bool(mention) and len(mention) == 1 and mention[0].has(*structural)

