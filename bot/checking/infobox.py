"""Records: the "Key: value; value." lines that stand below a heading, read into values that can be compared.

The heading is what the records are about. A key is known by its words and by the concepts that they belong to, which
the language file lists: "Spouse(s)" and "Married to" are both ``marriage``.

    # Acme
    Founded: 3 May 1902.               key {found}, concept founding, a date
    Years active: 1902 - present.      a span
    Owners: Bolt; Crane.               two items
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest

from bot.understanding.dates_and_amounts import Amount, Dated, Dimension, Period, Quantities, any_of
from corpus.language import Language
from corpus.model import Document, Passage, Quote
from corpus.text import stem, tokenize
from corpus.world import Place, World

_LINE = re.compile(r"[ \t]*(?:[-*•][ \t]+)?(?P<key>[^\W\d_][^:：\n]{0,80}?)[ \t]*[:：][ \t]+(?P<values>\S.*?)[ \t]*")
_ITEM = re.compile(r"\s*[;；]\s*")
_PART = re.compile(r"\s*[,;()\[\]]\s*")
_BRACKETED = re.compile(r"\s*\([^)]*\)?")
# What stands between the ends of a span: "1965 - 1972", "1985 (1985)-1996".
_TO = re.compile(r"\s*(?:\([^)]*\)\s*)?[-–—]\s*")
_FOREVER = date.max.toordinal()
_DAYS = 365.25


class Concept(StrEnum):
    """The attributes that are more than words: what follows from their values is worked out."""

    BIRTH = "birth"
    DEATH = "death"
    NAME = "name"
    ACTIVITY = "activity"
    FOUNDING = "founding"
    RELEASE = "release"
    YEAR = "year"
    MARRIAGE = "marriage"
    NATIONALITY = "nationality"
    ORIGIN = "origin"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Record:
    """One line: what it is about, its key, its values, and the line itself."""

    subject: str
    key: str
    values: tuple[str, ...]
    quote: Quote

    @property
    def text(self) -> str:
        """All values."""
        return "; ".join(self.values)


@dataclass(frozen=True, slots=True)
class InfoboxEntry:
    """A record, read.

    ``key`` and ``phrases`` are sets of stems: the words of the key, and the other ways to call it. ``stems`` are those
    of all values, ``items`` those of each, ``heads`` the last of each. ``spans`` are times with a beginning and an end.
    """

    record: Record
    key: frozenset[str]
    phrases: tuple[frozenset[str], ...]
    concepts: frozenset[str]
    stems: frozenset[str]
    items: tuple[frozenset[str], ...]
    heads: frozenset[str]
    periods: tuple[Period, ...]
    spans: tuple[Period, ...]
    amounts: tuple[Amount, ...]
    places: tuple[Place, ...]

    def __hash__(self) -> int:
        return hash(self.record)

    @property
    def numeric(self) -> bool:
        """Whether the value is a number with its unit, and no list."""
        return len(self.items) == 1 and bool(self.amounts) and self.record.values[0].lstrip("~$€£¥ ")[:1].isdigit()

    @property
    def listed(self) -> bool:
        """Whether the values are set apart by more than commas, which stand within values, too."""
        return len(self.items) > 1 or not re.search(r"[,&/]|\band\b", self.record.values[0])

    @property
    def names(self) -> bool:
        """Whether all values are names."""
        return all(value[:1].isupper() and not any(map(str.isdigit, value)) for value in self.record.values)

    def of(self, dimension: Dimension) -> tuple[float, ...]:
        """The amounts of one dimension."""
        return tuple(amount.value for amount in self.amounts if amount.dimension is dimension)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries on one subject; ``written`` is the year in which they were, 0 where it is unknown."""

    subject: str
    entries: tuple[InfoboxEntry, ...]
    written: int = 0

    def concepts(self) -> frozenset[str]:
        """All that the sheet tells of."""
        return frozenset(concept for entry in self.entries for concept in entry.concepts)

    def date_of(self, concept: Concept) -> Period | None:
        """The first date of a concept."""
        return next((e.periods[0] for e in self.entries if concept in e.concepts and e.periods), None)

    def now(self) -> tuple[float, float] | None:
        """The year in which the sheet was written, at the least and at the most.

        As told; else from an age that it gives; else not before the last year that it names.
        """
        if self.written:
            return self.written, self.written
        years = [period.end_year for entry in self.entries for period in entry.periods]
        born = self.date_of(Concept.BIRTH)
        if born and not self.date_of(Concept.DEATH) and (ages := self._ages()):
            return max(born.year + ages[0], *years), max(born.year + ages[0] + 1, *years)
        return (max(years), float("inf")) if years else None

    def _ages(self) -> list[float]:
        lives = [e for e in self.entries if {Concept.BIRTH, Concept.DEATH} & e.concepts]
        return [age for entry in lives for age in entry.of(Dimension.AGE)]

    def age(self) -> tuple[float, float] | None:
        """The age reached, at the least and at the most: as it is written, from birth to death, or to now."""
        if ages := self._ages():
            return ages[-1], ages[-1]
        born, died, now = self.date_of(Concept.BIRTH), self.date_of(Concept.DEATH), self.now()
        if born and died:
            return (died.first - born.last) // _DAYS, (died.last - born.first) // _DAYS
        if born and now and Concept.DEATH not in self.concepts():
            return now[0] - born.year - 1, now[1] - born.year
        return None

    def since(self, entry: InfoboxEntry) -> tuple[float, float] | None:
        """The years from what an entry tells of until now."""
        now = self.now()
        if not entry.periods or not now:
            return None
        return now[0] - entry.periods[0].year - 1, now[1] - entry.periods[0].year

    def lasted(self, entry: InfoboxEntry) -> tuple[float, float] | None:
        """The years that an entry tells of, at the least and at the most: its spans, or from the first to the last."""
        if not entry.spans and len(entry.periods) == 2 and len(entry.items) == 1:
            years = entry.periods[1].year - entry.periods[0].year
            return (years - 1, years + 1) if years > 0 else None  # "m. 1963, div. 1965"
        if Concept.MARRIAGE in entry.concepts and len(entry.periods) == len(entry.items) == 1:
            return self.since(entry)
        now = self.now()
        ends = [now[1] if span.last == _FOREVER and now else span.end_year for span in entry.spans]
        if not ends or (now is None and any(span.last == _FOREVER for span in entry.spans)):
            return None
        least = [(now[0] if span.last == _FOREVER and now else span.end_year) - span.year for span in entry.spans]
        return sum(least) - len(least) + 1, max(ends) - entry.periods[0].year + 0.99


class RecordBook:
    """Reads the records of passages."""

    def __init__(self, language: Language, world: World, documents: Mapping[str, Document]) -> None:
        self.language, self.world, self.documents = language, world, documents
        self.quantities = Quantities(language)
        self.concepts = {
            name: tuple(frozenset(self.stems(phrase)) for phrase in phrases)
            for name, phrases in language.values.attributes.items()
        }
        self._present = re.compile(rf"(?:{any_of(language.values.present)})\b", re.I)
        self.records = lru_cache(maxsize=4096)(self._records)
        self._entry = lru_cache(maxsize=4096)(self._read)
        self.places = lru_cache(maxsize=16384)(self._places)

    def sheets(self, passages: Iterable[Passage]) -> list[Sheet]:
        """All that the records among the passages tell, by subject."""
        entries: dict[str, list[InfoboxEntry]] = {}
        written: dict[str, int] = {}
        for passage in passages:
            for record in self.records(passage):
                entries.setdefault(record.subject, []).append(self._entry(record))
                dated = (
                    self.documents[passage.quote.document_id].date if record.quote.document_id in self.documents else ""
                )
                written.setdefault(record.subject, int(dated[:4] or 0))
        return [Sheet(subject, tuple(found), written[subject]) for subject, found in entries.items()]

    def stems(self, text: str) -> list[str]:
        """The stems of the words of a text, but for those that build it."""
        return [
            stem(token.norm, self.language.code)
            for token in tokenize(text)
            if token.word and token.norm not in self.language.values.small
        ]

    @staticmethod
    def _records(passage: Passage) -> tuple[Record, ...]:
        """The records of a passage: all of its lines are, and a heading tells what of."""
        if not passage.heading:
            return ()
        found, start = [], passage.quote.start
        for line in passage.quote.text.split("\n"):
            match = _LINE.fullmatch(line)
            if line.strip() and not match:
                return ()
            if match:
                quote = Quote(passage.quote.document_id, start, start + len(line), line)
                values = tuple(filter(None, _ITEM.split(match["values"].removesuffix("."))))
                found.append(Record(passage.heading, match["key"], values, quote))
            start += len(line) + 1
        return tuple(record for record in found if record.values)

    def part(self, entry: InfoboxEntry, number: int) -> InfoboxEntry:
        """The entry with but one of its values."""
        return self._entry(replace(entry.record, values=(entry.record.values[number],)))

    def _read(self, record: Record) -> InfoboxEntry:
        key = frozenset(self.stems(record.key))
        concepts = frozenset(name for name, phrases in self.concepts.items() if any(p <= key for p in phrases))
        literals = self.quantities.read(record.text)
        return InfoboxEntry(
            record=record,
            key=key,
            phrases=tuple(phrase for name in sorted(concepts) for phrase in self.concepts[name]),
            concepts=concepts,
            stems=frozenset(self.stems(record.text)),
            items=tuple(frozenset(self.stems(value)) for value in record.values),
            heads=frozenset(stems[-1] for value in record.values if (stems := self.stems(bare(value)))),
            periods=_distinct(dated.period for dated in literals.dates if dated.period),
            spans=tuple(self._spans(record.text, literals.dates)),
            amounts=literals.amounts,
            places=tuple(place for part in _PART.split(record.text) for place in self.places(part)[:1]),
        )

    def _spans(self, text: str, dates: Sequence[Dated]) -> Iterator[Period]:
        """Times with a beginning and an end: "1965 - 1972", "2013 - present"."""
        for dated, following in zip_longest(dates, dates[1:]):
            to = _TO.match(text, dated.end)
            if to is None or dated.period is None:
                continue
            if following and following.period and following.start == to.end():
                yield Period(dated.period.first, max(dated.period.last, following.period.last))
            elif self._present.match(text, to.end()):
                yield Period(dated.period.first, _FOREVER)

    def _places(self, name: str) -> tuple[Place, ...]:
        """The places that a name in capitals may mean."""
        return self.world.find(name) if name[:1].isupper() else ()


def bare(value: str) -> str:
    """A value without what stands in brackets."""
    return _BRACKETED.sub("", value)


def _distinct(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The periods without those that lie within another: a date is often written twice."""
    found: list[Period] = []
    for period in periods:
        if not any(other.first <= period.first and period.last <= other.last for other in found):
            found.append(period)
    return tuple(found)
