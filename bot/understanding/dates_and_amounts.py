"""Dates and amounts in a text, as values that can be compared.

A date is the period of days that it covers; an amount is a number with its bound and its dimension. Each says whether
it holds of another: yes, no, or, where the text is too coarse to tell, neither.

    "in the 1960s"        1960-01-01 … 1969-12-31
    "before May 1990"     before 1990-05-01 … 1990-05-31
    "over 1.5 million"    more than 1,500,000
    "less than two hours" less than 120 minutes of time
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.language import Cue, Language


class Order(StrEnum):
    """How a claim sets something against a date."""

    IN = "in"
    BEFORE = "before"
    AFTER = "after"
    SINCE = "since"


class Bound(StrEnum):
    """How a claim sets something against a number."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    LEAST = "least"
    MOST = "most"
    DECADE = "decade"


class Dimension(StrEnum):
    """What a number measures; times are in minutes."""

    COUNT = "count"
    TIME = "time"
    SHARE = "share"
    MONEY = "money"
    AGE = "age"


# Within this share of each other, amounts are about the same; further apart than the second, they are not.
NEAR, FAR = 0.1, 0.3
YEAR = 525_960.0
"""Minutes of a year."""
_EARLIEST, _LATEST = 1000, 2999
_PARTS = 10
_CURRENCY = "$€£¥"


@dataclass(frozen=True, slots=True)
class Period:
    """Days by their ordinals, both ends included."""

    first: int
    last: int

    @classmethod
    def of(cls, year: int, month: int = 0, day: int = 0) -> Period:
        """A year, a month of it, or a day; ValueError where there is none."""
        if not month:
            return cls(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
        last = day or calendar.monthrange(year, month)[1]
        return cls(date(year, month, day or 1).toordinal(), date(year, month, last).toordinal())

    @property
    def year(self) -> int:
        """That of the first day."""
        return date.fromordinal(self.first).year

    @property
    def end_year(self) -> int:
        """That of the last day."""
        return date.fromordinal(self.last).year


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text, and how the text is set against it; one without a year ("in May") has but ``months``."""

    start: int
    end: int
    period: Period | None
    order: Order = Order.IN
    months: frozenset[int] = frozenset()

    def holds(self, said: Period) -> bool | None:
        """Whether what happened in ``said`` happened in, before or after this; None where it may be either.

        >>> early = Dated(0, 0, Period.of(1852), Order.BEFORE)
        >>> early.holds(Period.of(1850)), early.holds(Period.of(1852))
        (True, False)
        """
        own = self.period
        if own is None:
            first, last = (date.fromordinal(day) for day in (said.first, said.last))
            return first.month in self.months if (first.year, first.month) == (last.year, last.month) else None
        if self.order is Order.BEFORE:
            return True if said.last < own.first else False if said.first >= own.first else None
        if self.order is Order.AFTER:
            return True if said.first > own.last else False if said.last <= own.last else None
        if own.first <= said.first and said.last <= own.last:
            return True
        return False if said.last < own.first or own.last < said.first else None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text with its bound, in the unit of its dimension."""

    start: int
    end: int
    value: float
    bound: Bound = Bound.EXACT
    dimension: Dimension = Dimension.COUNT

    def holds(self, said: float) -> bool | None:
        """Whether ``said`` is as much as this; None where the text is too coarse to tell.

        >>> Amount(0, 0, 20.0, Bound.OVER).holds(25.0), Amount(0, 0, 20.0, Bound.UNDER).holds(25.0)
        (True, False)
        """
        match self.bound:
            case Bound.OVER | Bound.UNDER if said == self.value and self.dimension is Dimension.COUNT:
                return None  # "signed under two labels"
            case Bound.OVER:
                return said > self.value
            case Bound.UNDER:
                return said < self.value
            case Bound.LEAST:
                return said >= self.value
            case Bound.MOST:
                return said <= self.value
            case Bound.DECADE:  # "in her twenties"
                return self.value <= said < self.value - self.value % 10 + 10
        apart = abs(said - self.value) / max(abs(said), abs(self.value), 1e-9)
        if self.bound is Bound.EXACT and self.dimension in (Dimension.COUNT, Dimension.AGE):
            return math.isclose(said, self.value)
        if self.bound is Bound.EXACT and apart > NEAR:
            return False
        if apart <= (NEAR if self.bound is Bound.ABOUT else 1e-6):
            return True
        return False if apart > FAR else None


@dataclass(frozen=True, slots=True)
class Literals:
    """What a text gives in dates and amounts; ``rest`` is the text with them blanked, offsets kept."""

    dates: tuple[Dated, ...]
    amounts: tuple[Amount, ...]
    rest: str


class Quantities:
    """Reads dates and amounts in one language."""

    def __init__(self, language: Language) -> None:
        self.language, self.words = language, language.values
        words = self.words
        self._months = {month: number for number, month in enumerate(language.months, 1)}
        month, season = any_of(self._months), any_of(words.seasons)
        part = any_of((*words.early, *words.middle, *words.late))
        decades = "|".join(_template(form, rf"(?P<decade{n}>\d{{3}}0|\d0)") for n, form in enumerate(words.decades))
        centuries = "|".join(
            _template(form, rf"(?P<century{n}>\d{{1,2}}|{any_of(words.ordinals)})")
            for n, form in enumerate(words.centuries)
        )
        year = r"(?P<year>[12]\d{3})"
        marks, link = f"(?:{any_of(words.day_marks)})?", rf"(?:(?:{any_of(words.links)})\s+)?"
        self._date = re.compile(
            rf"\b(?P<iso>\d{{4}}-\d\d-\d\d)\b"
            rf"|\b(?P<day>\d{{1,2}}){marks}\s+(?P<month>{month})\.?,?\s+{year}\b"
            rf"|\b(?P<month2>{month})\s+(?P<day2>\d{{1,2}}){marks},?\s+{year.replace('year', 'year2')}\b"
            rf"|\b(?P<month3>{month}),?\s+{link}{year.replace('year', 'year3')}\b"
            rf"|\b(?P<season>{season}),?\s+{link}{year.replace('year', 'year4')}\b"
            rf"|(?:\b(?P<part>{part})[\s-]+{link})?(?:(?<!\w)(?:{decades})(?!\w)|\b(?:{centuries})(?!\w))"
            rf"|(?<![\d.,$€£:])(?:\b(?P<part2>{part})[\s-]+{link})?\b{year.replace('year', 'year5')}\b(?![.,:]\d|\s?%)",
            re.I,
        )
        self._yearless = re.compile(
            rf"\b(?:{any_of(language.cues[Cue.IN])})\s+{link}(?P<name>{month}|{season})\b(?!,?\s+(?:{link})\d)", re.I
        )
        self._order = (
            (Order.BEFORE, re.compile(rf"\b(?:{any_of(words.before)})\s+{link}$", re.I)),
            (Order.SINCE, re.compile(rf"\b(?:{any_of(words.since)})\s+{link}$", re.I)),
            (Order.AFTER, re.compile(rf"\b(?:{any_of(words.after)})\s+{link}$", re.I)),
        )
        self._number = self._number_pattern(link)
        bounds = (
            (Bound.LEAST, language.cues[Cue.AT_LEAST]),
            (Bound.MOST, language.cues[Cue.AT_MOST]),
            (Bound.OVER, language.cues[Cue.MORE]),
            (Bound.UNDER, language.cues[Cue.FEWER]),
            (Bound.ABOUT, language.approximate),
        )
        self._bounds = tuple(
            (bound, re.compile(rf"\b(?:{any_of(phrases)})\s+{link}[{_CURRENCY}]?$", re.I)) for bound, phrases in bounds
        )
        self._clock = re.compile(r"(?<![\d:])(\d{1,2})\s?:\s?(\d\d)(?:\s?:\s?(\d\d))?(?![\d:])")

    def _number_pattern(self, link: str) -> re.Pattern[str]:
        """A number with all that may belong to it: "aged 47", "$1.5 million", "two and a half decades"."""
        words, numbers = self.words, self.language.numbers
        magnitude = any_of((*words.magnitudes, *self._multipliers()))
        unit, half = any_of(words.durations), any_of(words.and_half)
        written = any_of((*numbers, *words.several))
        return re.compile(
            rf"\b(?P<life>{any_of(words.life)})\b"
            rf"|(?:\b(?P<aged>{any_of(words.aged)})\s+)?(?P<money>[{_CURRENCY}]\s?)?"
            rf"(?:\b(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)"
            rf"|\b(?P<half>{any_of(words.halves)})(?=[\s-]+(?:{magnitude}|{unit})\b)"
            rf"|\b(?P<word>{written})"
            rf"|\b(?P<one>{any_of(words.ones)})(?=\s+(?:{unit}|{magnitude})\b))"
            rf"(?:[\s-]+(?P<more>{any_of(self._units())}))?(?:\s+(?P<plus>{half}))?"
            rf"(?:[\s-]?{link}(?P<magnitude>{magnitude}))?(?![^\W\d_])"
            rf"(?:\s?(?P<share>{any_of(words.shares)}))?"
            rf"(?:[\s-]+(?:(?P<old>{any_of(words.old)})|(?P<unit>{unit})|(?P<coin>{any_of(words.money)}))\b)?"
            rf"(?:\s+(?P<plus2>{half})\b)?",
            re.I,
        )

    def _multipliers(self) -> Iterable[str]:
        """Number words that multiply what stands before them: "two hundred", "half a dozen"."""
        return (word for word, value in self.language.numbers.items() if value in (12, 100))

    def _units(self) -> Iterable[str]:
        """Number words that are added to what stands before them: "twenty-five"."""
        return (word for word, value in self.language.numbers.items() if 0 < value < 10)

    def read(self, text: str) -> Literals:
        """The dates and amounts of a text, in order; what is read as a date is no amount."""
        plain = _foldable(text)
        dates = tuple(self._dates(plain))
        blank = _blanked(plain, dates)
        clocks = tuple(self._clocks(blank))
        amounts = (*clocks, *self._amounts(_blanked(blank, clocks)))
        return Literals(dates, amounts, _blanked(_blanked(text, dates), amounts))

    # Dates

    def _dates(self, text: str) -> Iterator[Dated]:
        for match in self._date.finditer(text):
            if period := self._period(match):
                before = text[: match.start()]
                order = next((order for order, pattern in self._order if pattern.search(before)), Order.IN)
                start = next(
                    (found.start() for _, pattern in self._order if (found := pattern.search(before))), match.start()
                )
                yield Dated(start, match.end(), period, order)
        for match in self._yearless.finditer(text):
            name = match["name"].lower()
            first = self._months.get(name) or self.words.seasons[name]
            months = {first} if name in self._months else {(first + n - 1) % 12 + 1 for n in range(4)}
            yield Dated(match.start("name"), match.end(), None, months=frozenset(months))

    def _period(self, match: re.Match[str]) -> Period | None:
        groups = {name: value for name, value in match.groupdict().items() if value}
        year = int(next((value for name, value in groups.items() if name.startswith("year")), "0"))
        month = next((value for name, value in groups.items() if name.startswith("month")), "").lower()
        day = int(groups.get("day") or groups.get("day2") or 0)
        try:
            if iso := groups.get("iso"):
                return Period.of(*map(int, iso.split("-")))
            if season := groups.get("season"):
                return self._season(season.lower(), year)
            if decade := next((value for name, value in groups.items() if name.startswith("decade")), ""):
                first = int(decade) if len(decade) == 4 else 1900 + int(decade)
                return self._part(groups, Period(Period.of(first).first, Period.of(first + 9).last))
            if century := next((value for name, value in groups.items() if name.startswith("century")), ""):
                number = int(century) if century.isdigit() else self.words.ordinals[century.lower()]
                first = (number - 1) * 100
                return self._part(groups, Period(Period.of(first).first, Period.of(first + 99).last))
            if not _EARLIEST <= year <= _LATEST:
                return None
            return self._part(groups, Period.of(year, self._months[month] if month else 0, day))
        except ValueError:
            return None  # "31 February": no date

    def _season(self, season: str, year: int) -> Period:
        """Three months; one that runs into the next year ("winter of 1990") is that of the end of the year."""
        first = self.words.seasons[season]
        last = min(first + 3, 12)
        return Period(
            Period.of(year, first).first, Period.of(year, last).last if first == 12 else Period.of(year, last, 22).last
        )

    def _part(self, groups: dict[str, str], whole: Period) -> Period:
        """The early, middle or late part: four tenths at either end or in the middle."""
        part = (groups.get("part") or groups.get("part2") or "").lower()
        tenth = (whole.last - whole.first + 1) / _PARTS
        if part in self.words.early:
            return Period(whole.first, round(whole.first + 4 * tenth))
        if part in self.words.late:
            return Period(round(whole.first + 6 * tenth), whole.last)
        if part in self.words.middle:
            return Period(round(whole.first + 3 * tenth), round(whole.first + 7 * tenth))
        return whole

    # Amounts

    def _clocks(self, text: str) -> Iterator[Amount]:
        """ "1:01:08" is hours, minutes and seconds; "45:32" is minutes and seconds."""
        for match in self._clock.finditer(text):
            one, two, three = (int(part or 0) for part in match.groups())
            minutes = one * 60 + two + three / 60 if match[3] else one + two / 60
            yield Amount(match.start(), match.end(), minutes, dimension=Dimension.TIME)

    def _amounts(self, text: str) -> Iterator[Amount]:
        for match in self._number.finditer(text):
            value = self._value(match)
            before = text[: match.start()]
            bound, start = Bound.EXACT, match.start()
            for candidate, pattern in self._bounds:
                if found := pattern.search(before):
                    bound, start = candidate, found.start()
                    break
            word = (match["word"] or "").lower()
            if word in self.words.several and match["unit"]:
                continue  # "several years": too vague to compare
            if word in self.words.several and bound is Bound.EXACT:
                bound = Bound.LEAST
            if match["life"]:
                bound = Bound.DECADE
            yield Amount(start, match.end(), value * self._unit(match), bound, self._dimension(match))

    def _value(self, match: re.Match[str]) -> float:
        word = (match["word"] or "").lower()
        if match["life"]:
            return float(self.words.life[match["life"].lower()])
        if match["digits"]:
            value = float(match["digits"].replace(",", ""))
        elif match["one"] or match["half"]:
            value = 1.0 if match["one"] else 0.5
        else:
            value = float(self.words.several.get(word, self.language.numbers.get(word, 0)))
        if match["more"] and value >= 20:
            value += self.language.numbers[match["more"].lower()]  # "twenty-five"
        if match["plus"] or match["plus2"]:
            value += 0.5
        magnitude = (match["magnitude"] or "").lower()
        return value * (self.words.magnitudes.get(magnitude) or self.language.numbers.get(magnitude) or 1)

    def _unit(self, match: re.Match[str]) -> float:
        return (
            1.0 if match["old"] or match["aged"] or not match["unit"] else self.words.durations[match["unit"].lower()]
        )

    @staticmethod
    def _dimension(match: re.Match[str]) -> Dimension:
        if match["old"] or match["aged"] or match["life"]:
            return Dimension.AGE
        if match["unit"]:
            return Dimension.TIME
        if match["share"]:
            return Dimension.SHARE
        return Dimension.MONEY if match["money"] or match["coin"] else Dimension.COUNT


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these, the longest first; it matches nothing where there is none."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"


def _template(form: str, number: str) -> str:
    """A pattern for a form such as "{}s" with the number in its place."""
    before, _, after = form.partition("{}")
    return re.escape(before) + number + re.escape(after)


def _foldable(text: str) -> str:
    """The text with plain apostrophes and hyphens, as long as it was."""
    return text.replace("’", "'").replace("–", "-").replace("‑", "-")


def _blanked(text: str, spans: Iterable[Dated | Amount]) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text
