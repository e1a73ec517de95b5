"""Written values (dates, numbers, shares, texts) as they stand in questions, claims and the objects of facts.

a claim says      a fact says      it holds
1998              May 1998         yes
before 2000       1998             yes
45 %              about half       no, and a rounded value leaves it open
over 400          400              no
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bot.understanding.dates_and_amounts import Amount, Bound, Dated, Dimension, Order, Quantities, any_of
from corpus.language import Cue, Language
from corpus.text import tokenize

DATE, NUMBER, SHARE, TEXT = "date", "number", "share", "text"
# What may be compared with what: a plain number may leave its coin or its age unsaid.
_PLAIN = frozenset({Dimension.COUNT, Dimension.MONEY, Dimension.AGE})
_WHOLE = 100.0
_ROUGH = (Bound.OVER, Bound.LEAST, Bound.UNDER, Bound.MOST)


@dataclass(frozen=True, slots=True)
class Literal:
    """One written value. ``start`` and ``end`` are offsets into the text that it was read from."""

    kind: str
    text: str
    date: Dated | None = None
    amount: Amount | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def order(self) -> float:
        """Where it stands among others of its kind: dates by their first day, amounts by their value."""
        if self.date is not None:
            period = self.date.period
            return period.first if period else math.nan
        return self.amount.value if self.amount is not None else math.nan

    def holds(self, stated: Literal) -> bool | None:
        """Whether what a fact states is as this says; None where either is too coarse to tell, or of another sort."""
        if self.date is not None and stated.date is not None:
            return _same_time(self.date, stated.date)
        if self.amount is not None and stated.amount is not None:
            return _same_amount(self.amount, stated.amount)
        return True if _words(self.text) == _words(stated.text) else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.norm for token in tokenize(text) if token.word)


def _same_time(said: Dated, stated: Dated) -> bool | None:
    if stated.order is not Order.IN:
        return True if (said.order, said.period) == (stated.order, stated.period) else None
    if stated.period is not None:
        return said.holds(stated.period)
    if said.period is None:
        return said.months == stated.months
    # The source names a month of no year.
    return False if stated.holds(said.period) is False else None


def _same_amount(said: Amount, stated: Amount) -> bool | None:
    if said.dimension is not stated.dimension and not {said.dimension, stated.dimension} <= _PLAIN:
        return None
    if stated.bound in _ROUGH:
        return _within(said, stated)
    if said.bound is not Bound.EXACT or stated.bound is not Bound.EXACT:
        return said.holds(stated.value)
    if math.isclose(said.value, stated.value):
        return True
    # "40 %" of what the source puts at 39.6 may be meant as a round number.
    return None if math.isclose(_rounded(stated.value, said.value), said.value) else False


def _rounded(value: float, like: float) -> float:
    """A value with as many significant digits as another one has: 39.6 like 40 is 40."""
    digits = len(f"{like:g}".replace(".", "").rstrip("0").lstrip("0")) or 1
    return float(f"{value:.{digits}g}")


def _within(said: Amount, stated: Amount) -> bool | None:
    """Against a source that says "over 400": less than that is wrong, how much more it is it does not say."""
    above = stated.bound in (Bound.OVER, Bound.LEAST)
    beyond = said.value < stated.value if above else said.value > stated.value
    if said.bound in _ROUGH and (said.bound in (Bound.OVER, Bound.LEAST)) is above:
        return True if beyond or said.value == stated.value else None
    return False if beyond and said.bound is not Bound.ABOUT else None


class LiteralReader:
    """Finds written values in the texts of one language."""

    def __init__(self, language: Language) -> None:
        self.language, self.quantities = language, Quantities(language)
        quantifiers = {*language.cues[Cue.MOST], *language.cues[Cue.MAJORITY]}
        self._shares = {w: s for w, s in language.fractions.items() if 0 < s < _WHOLE and w not in quantifiers}
        self._fraction = re.compile(
            rf"\b(?:(?P<rough>{any_of(language.approximate)})\s+)?(?P<share>{any_of(self._shares)})\b", re.I
        )
        self._when = re.compile(rf"\b(?:{any_of((*language.cues[Cue.IN], *language.cues[Cue.BY]))})\s+$", re.I)
        # Number words that rather point, multiply or ask than count: "which one", "twice", "both", "how many".
        self._idle = {*language.multiples, *language.cues[Cue.BOTH], *language.values.several}
        self._idle |= {word for word, value in language.numbers.items() if value <= 1}
        self.read = lru_cache(maxsize=65536)(self._read)

    def _read(self, text: str, kind: str) -> Literal:
        """The object of a fact; one that cannot be read as its kind is compared by its words."""
        if found := next(self.find(text, (kind,)), None):
            return Literal(kind, text, found.date, found.amount)
        months = [number for number, month in enumerate(self.language.months, 1) if month == text.casefold()]
        date = Dated(0, len(text), None, months=frozenset(months)) if months and kind == DATE else None
        return Literal(kind, text, date)

    def find(self, text: str, kinds: Collection[str]) -> Iterator[Literal]:
        """The values of these kinds in a text, in order."""
        literals = self.quantities.read(text)
        found: list[Literal] = []
        if DATE in kinds:
            found += [Literal(DATE, text[d.start : d.end], d, None, d.start, d.end) for d in literals.dates]
        shares = list(self._fractions(text)) if SHARE in kinds else []
        found += shares
        for amount in literals.amounts:
            part = any(share.start <= amount.start < share.end for share in shares)  # the "two" of "two thirds"
            if not part and text[amount.start : amount.end].lower() not in self._idle:
                found.append(self._amount(text, amount))
        if NUMBER in kinds and not any(literal.kind == NUMBER for literal in found):
            found += self._years_as_numbers(text, literals.dates)
        return iter(sorted((each for each in found if each.kind in kinds), key=lambda literal: literal.start))

    @staticmethod
    def _amount(text: str, amount: Amount) -> Literal:
        kind = SHARE if amount.dimension is Dimension.SHARE else NUMBER
        return Literal(kind, text[amount.start : amount.end], None, amount, amount.start, amount.end)

    def _fractions(self, text: str) -> Iterator[Literal]:
        """ "a third", "about half": shares in words."""
        for match in self._fraction.finditer(text):
            rough = Bound.ABOUT if match["rough"] else Bound.EXACT
            share = self._shares[match["share"].lower()]
            amount = Amount(match.start(), match.end(), share, rough, Dimension.SHARE)
            yield Literal(SHARE, match.group(), None, amount, match.start(), match.end())

    def _years_as_numbers(self, text: str, dates: Collection[Dated]) -> Iterator[Literal]:
        """A number that could be a year ("employs 1998 people"); behind a preposition it is one ("in 1998")."""
        for date in dates:
            said = text[date.start : date.end]
            if said.isdecimal() and not self._when.search(text[: date.start]):
                amount = Amount(date.start, date.end, float(said))
                yield Literal(NUMBER, said, None, amount, date.start, date.end)
