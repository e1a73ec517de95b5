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
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.checking.infobox_entailment import RecordJudge
from bot.checking.sentence_content import Content, ContentReader
from bot.schema.answer import Reason, Verdict
from bot.understanding.dates_and_amounts import Bound, Dated, Order
from bot.understanding.linker import Linker
from bot.understanding.word_order import turned_round
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote

STATES = 0.80
ABOUT = 0.60
# The share of the common terms that must be denied on one side alone to contradict.
TURNED = 0.3
# The share of a claim's words, counted, that a sentence must have to state it.
MOST_WORDS = 0.75
# The share of the terms between the first and the last that both have, which both must have: far apart, they need not
# belong together.
DENSE = 0.25


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
        self.judge = RecordJudge(language, linker, corpus.documents)
        self.content = ContentReader(corpus, language, linker, self.judge.book.quantities).content

    def align(self, claim: str, passages: Iterable[Passage]) -> Aligned:
        """Judge ``claim`` by the sentences of ``passages``."""
        passages = tuple(passages)
        if held := self.judge.hold(claim, passages):
            return Aligned(held.verdict, held.reason, held.quotes, 1.0)
        passages = [passage for passage in passages if not self.judge.book.records(passage)]
        wanted = self.content(claim)
        candidates = [window for passage in passages for window in self.windows(passage)]
        if not wanted.terms or not candidates:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, (), 0.0)
        scored = [(self.coverage(wanted, said), -len(quotes), quotes, said) for quotes, said in candidates]
        most = max(round(row[0], 6) for row in scored)
        nearest = [row for row in scored if round(row[0], 6) == most]
        best = max(nearest, key=lambda row: self._fit(wanted, row[3], row[1]))
        return self._judged(wanted, best[3], best[2], best[0])

    def _fit(self, wanted: Content, said: Content, shortness: int) -> tuple[int, bool, int]:
        """Which of several sentences with as much of a claim is the one to judge it by."""
        return self._literals(wanted, said), not turned_round(wanted.placed, said.placed), shortness

    @staticmethod
    def _literals(wanted: Content, said: Content) -> int:
        """How many of the wanted numbers, dates and shares are said."""
        return (
            len(wanted.years & said.years)
            + len(wanted.months & said.months)
            + len(wanted.shares & said.shares)
            + len(wanted.numbers & said.numbers)
        )

    def windows(self, passage: Passage) -> Iterable[tuple[tuple[Quote, ...], Content]]:
        """Single sentences, and each with the one before it (for what "it" and "they" mean there).

        A pronoun in the first sentence means what the heading names.
        """
        heading = self.content(passage.heading if self._names(passage.heading) else "")
        previous: tuple[Quote, Content] | None = None
        for quote in passage.sentences:
            said = self.content(quote.text)
            if said.members and self.corpus.group:
                said = replace(said, terms=said.terms | {f"={self.corpus.group}"})
            yield (quote,), said
            if previous and said.refers:
                yield (previous[0], quote), said | previous[1]
            elif said.refers and heading.terms:
                yield (quote,), said | heading
            previous = (quote, said)

    def _names(self, heading: str) -> bool:
        """Whether a heading names something, and is no sentence or question of its own."""
        telling = (Cue.AUX, Cue.WHO, Cue.WHICH, Cue.WHY, Cue.HOW, Cue.WHEN, Cue.WHERE)
        return not any(mention.has(*telling) for mention in self.linker.link(heading))

    def coverage(self, wanted: Content, said: Content) -> float:
        """The share of the wanted terms, weighted by rarity, that are said."""
        total = sum(self._weight(term) for term in wanted.terms)
        return sum(self._weight(term) for term in wanted.terms & said.terms) / total if total else 0.0

    @lru_cache(maxsize=65536)  # noqa: B019 - one aligner lives as long as its corpus
    def _weight(self, term: str) -> float:
        if term.startswith("="):
            return 6.0
        # A stem is rarely a word: it is as frequent as the likeliest word that it stands for.
        words = (term, term + "e", term + "ate", term[:-1] + "y" if term.endswith("i") else term)
        return max(3.0, 12.0 - math.log2(2 + max(map(self.language.frequency, words))) * 0.6)

    def _judged(self, wanted: Content, said: Content, quotes: tuple[Quote, ...], coverage: float) -> Aligned:
        set_against = _set_against(wanted, said)
        if set_against:
            wanted = replace(wanted, terms=wanted.terms - wanted.setting)
            coverage = self.coverage(wanted, said)
        if coverage < ABOUT:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if set_against is False:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER, quotes, coverage)
        wanted = _without_bounds(wanted) if set_against else wanted
        figures = (
            (wanted.years, said.years, Reason.WRONG_DATE),
            (wanted.months, said.months, Reason.WRONG_DATE),
            (wanted.shares, said.shares, Reason.WRONG_NUMBER),
            (wanted.numbers, said.numbers, Reason.WRONG_NUMBER),
        )
        for want, have, reason in figures:
            if want and not want <= have:
                verdict = Verdict.REFUTED if have and coverage >= STATES else Verdict.NOT_ENOUGH_INFO
                return Aligned(verdict, reason, quotes, coverage)
        if (
            not set_against
            and wanted.bounded
            and not said.bounded
            and (wanted.shares or wanted.numbers or wanted.years)
        ):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER, quotes, coverage)  # "more than half"
        missing = wanted.terms - said.terms
        if coverage < STATES or any(term.startswith("=") for term in missing) or self._words_missing(wanted, said):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if wanted.excepted and not said.excepted:
            return Aligned(Verdict.REFUTED, Reason.OVER_GENERAL, quotes, coverage)
        common = (wanted.words & said.words) or (wanted.terms & said.terms)
        if self._turned(wanted, said, common):
            return Aligned(Verdict.REFUTED, Reason.WRONG_POLARITY, quotes, coverage)
        if len(wanted.terms) < 2 and not (wanted.years or wanted.shares or wanted.numbers):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)  # one word states nothing
        supposed = common & said.supposed and not wanted.supposed
        bare = not wanted.numbers and all(term.startswith("~") for term in wanted.words)
        if supposed:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, quotes, coverage)
        if _at_odds(wanted, said):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_POLARITY, quotes, coverage)
        # To be stated, a claim must have no word of its own that the sentence lacks.
        loose = wanted.words - said.words or wanted.strict - said.strict or not _together(wanted, said)
        loose = loose or turned_round(wanted.placed, said.placed)
        if loose or (bare and self.coverage(said, wanted) < STATES):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        return Aligned(Verdict.SUPPORTED, Reason.STATED, quotes, coverage)

    def _words_missing(self, wanted: Content, said: Content) -> bool:
        """Whether too many of the claim's own words are not said; names alone state nothing."""
        common = wanted.words & said.words
        total = sum(self._weight(term) for term in wanted.words)
        weighty = sum(self._weight(term) for term in common) >= STATES * total - 0.5
        return bool(wanted.words) and not (weighty and len(common) >= MOST_WORDS * len(wanted.words))

    def _turned(self, wanted: Content, said: Content, common: frozenset[str]) -> bool:
        """Whether enough of what both say is denied by one of them and not by the other."""
        weight = sum(self._weight(term) for term in common & (wanted.denied ^ said.denied))
        return weight > TURNED * sum(self._weight(term) for term in common)


def _set_against(wanted: Content, said: Content) -> bool | None:
    """Whether the figures that a claim sets bounds to ("over 20 years", "before 1970") hold of those that are said.

    None where it sets none: its figures are then compared as they are.
    """
    dates = [dated for dated in wanted.dates if _set(dated)]
    amounts = [amount for amount in wanted.amounts if amount.bound not in (Bound.EXACT, Bound.ABOUT)]
    mixed = bool(wanted.shares) or len(amounts) < len(wanted.amounts)
    if not (dates or amounts) or (amounts and (mixed or len(dates) < len(wanted.dates))):
        return None
    held = (any(dated.holds(other.period) for other in said.dates if other.period) for dated in dates)
    enough = (
        any(amount.holds(other.value) for other in said.amounts if other.dimension is amount.dimension)
        for amount in amounts
    )
    return all(held) and all(enough)


def _set(dated: Dated) -> bool:
    """Whether a date sets a bound ("after 2020"), or covers more than a year: a decade, a century."""
    wide = dated.period is not None and dated.period.year != dated.period.end_year
    return dated.order is not Order.IN or wide


def _without_bounds(wanted: Content) -> Content:
    """A claim whose bounds hold, with what else it says: its plain figures."""
    bounded = {str(dated.period.year) for dated in wanted.dates if _set(dated) and dated.period}
    numbers = {a.value for a in wanted.amounts if a.bound not in (Bound.EXACT, Bound.ABOUT)}
    return replace(wanted, years=wanted.years - bounded, numbers=wanted.numbers - numbers)


def _at_odds(wanted: Content, said: Content) -> bool:
    """Whether one of the two says "not" where the other does not, however little of the whole that is."""
    dropped = bool(said.nots) and said.nots <= wanted.terms and not wanted.denied
    return dropped or bool(wanted.nots - said.denied)


def _together(wanted: Content, said: Content) -> bool:
    """Whether what both have stands close together in what is said.

    >>> # "Acme makes beer" of "Acme, which Bolt founded near the old quay in Crane, makes barrels for beer"
    """
    common = wanted.terms & said.terms
    last = {term: -1 for term in common}
    least = len(said.order)
    for at, term in enumerate(said.order):
        if term in last:
            last[term] = at
            if min(last.values()) >= 0:
                least = min(least, at - min(last.values()) + 1)
    return len(common) >= DENSE * least
