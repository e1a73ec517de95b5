"""What the rows of tables state: each cell of its row, by the head of its column.

| Sea area  | Turbines | Depth     | Lead |      has turbines(Gull Bank, 28)
| --------- | -------- | --------- | ---- |      has a depth of(Gull Bank, 22 metres)
| Gull Bank | 28       | 22 metres | Acme |      is the lead of(Acme, Gull Bank)

A span ("05:30-23:30", "2031–2034") is told as a whole, and as where it begins and ends.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from corpus.induction.parsing import pipeline
from corpus.induction.terms import DATE, LANGUAGE, LONGEST, NUMBER, PERCENT, WORDS
from corpus.induction.triples import Name, Triple, Value, key_of
from corpus.language import load_language
from corpus.model import LITERAL_KINDS, Document
from corpus.tables import Row, Table, find_tables

_TIME = re.compile(r"\d{1,2}[:.]\d\d")
_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d\d)?(?: ?[ap]\.?m\.?)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[-–—]\s*|\s+(?:to|until)\s+")
_PLAIN = re.compile(r"[\d.,]+")
_APART = re.compile(r"\s*(?:;|,|\band\b|&)\s*")
USED = 0.1
"""A verb is met in its form in -ing at least so often beside the one in -s."""
_SHORT = 4
"""Words of a figure with its unit at most."""


def of_tables(documents: Iterable[Document], known: Collection[str]) -> Iterator[Triple]:
    """What tables with heads and one row a name state; ``known``: keys of names that sentences have."""
    for document in documents:
        for table in find_tables(document.text):
            keys = [row.cells[0] for row in table.rows if row.cells]
            named = len(set(keys)) == len(keys) and all(map(_says, keys)) and not all(map(_PLAIN.fullmatch, keys))
            if len(table.header) > 1 and named:
                for at in range(1, len(table.header)):
                    yield from _column(table, at, document, known)


def _column(table: Table, at: int, document: Document, known: Collection[str]) -> Iterator[Triple]:
    head, kind = table.header[at].strip().lower(), table.header[0].strip().lower()
    told = [(row, row.cells[at]) for row in table.rows if at < len(row.cells) and _says(row.cells[at]) and _is_one(row)]
    if head and told:
        column = _Column(head, [cell for _, cell in told], known)
        for row, cell in told:
            quote = document.text[row.start : row.end]
            for subject, verb, object_ in column.told(Name(row.cells[0], True, kind), cell):
                yield Triple(subject, verb, object_, quote, document.id, tabular=True)


def _is_one(row: Row) -> bool:
    """Whether a row tells of one thing, not of all the others together."""
    words = key_of(row.cells[0]).split()
    return bool(words) and words[0] not in WORDS.totals


class _Column:
    """A column under its head: what all its cells are tells how each is told."""

    def __init__(self, head: str, cells: Sequence[str], known: Collection[str]) -> None:
        self._head, self._known = head, known
        self._spans = _kind_of_ends(cells)
        self._kind = "text" if self._spans else _kind_of(cells)
        self._counted = sum(map(bool, map(_PLAIN.fullmatch, cells))) * 2 > len(cells) and _is_plural(head)
        self._having = _having(head)
        verbal = _told_by(head, all(map(_TIME.fullmatch, cells)))
        self._said = f"{self._having} of" if self._counted or self._spans else verbal
        people = [] if self._kind in LITERAL_KINDS else [_is_person(part) for each in cells for part in _parts(each)]
        self._personal = sum(people) * 2 > len(people)

    def told(self, own: Name, cell: str) -> Iterator[tuple[Name, str, Name | Value]]:
        """What a cell says of its row: a figure, a date, words, or names."""
        if self._counted and _PLAIN.fullmatch(cell):
            yield own, "has", Value(cell, "number", self._head, f"{cell} {self._head}")
            return
        if self._kind in LITERAL_KINDS:
            yield own, self._said, Value(cell, self._kind, label=cell)
            for joint, end in zip(("from", "until"), _BETWEEN.split(cell) if self._spans else (), strict=False):
                yield own, f"{self._having} {joint}", Value(end, self._spans, label=end)
            return
        parts = _parts(cell)
        holds = self._personal or all(key_of(part) in self._known for part in parts)
        for part in parts:
            name = Name(part, part[:1].isupper(), person=self._personal)
            if _is_verb(self._head) or _is_participle(self._head):
                yield own, _told_by(self._head), name
            elif holds:
                yield name, f"is the {self._head} of", own
            else:
                yield own, _told_by(self._head), Value(part, "text", label=part)


def _says(cell: str) -> bool:
    return bool(cell.strip()) and cell.strip().casefold() not in WORDS.empty


def _parts(cell: str) -> list[str]:
    return [part for part in _APART.split(cell) if _says(part)]


def _kind_of(column: Sequence[str]) -> str:
    """What the cells of a column are: of a kind of ``LITERAL_KINDS``, or "name"."""
    if all(map(PERCENT.fullmatch, column)):
        return "share"
    if all(map(DATE.fullmatch, column)):
        return "date"
    if all(NUMBER.match(each) and len(each.split()) <= _SHORT and len(NUMBER.findall(each)) == 1 for each in column):
        return "number"
    parts = [part for each in column for part in _parts(each)]
    figures = any(NUMBER.search(part) and not (part[:1].isupper() and part[-1:].isdigit()) for part in parts)
    return "text" if figures or any(len(part.split()) > LONGEST for part in parts) else "name"


def _kind_of_ends(column: Sequence[str]) -> str:
    """Of what kind the ends are, where each cell tells from when until when: of a clock or dates; else ""."""
    spans = [_BETWEEN.split(cell) for cell in column]
    if not all(len(ends) == 2 for ends in spans):
        return ""
    if all(_CLOCK.fullmatch(end) for ends in spans for end in ends) and any(map(_TIME.search, column)):
        return "number"
    return "date" if all(DATE.fullmatch(end) for ends in spans for end in ends) else ""


def _told_by(head: str, timed: bool = False) -> str:
    """How the head of a column says what its cells say: "opens at", "is closed on", "has a depth of"."""
    if _is_verb(head):
        return f"{head} at" if timed and " " not in head else head
    if _is_participle(head):
        return f"is {head}"
    return f"{_having(head)} of"


def _having(head: str) -> str:
    """That something has what the head of a column names: "has turbines", "has a depth"."""
    article = "" if _is_plural(head) else "an " if head[:1] in "aeiou" else "a "
    return f"has {article}{head}"


@lru_cache(maxsize=1024)
def _is_verb(head: str) -> bool:
    """Whether the head of a column is a verb: "Opens", for there is "opening"; not "Adults": "adulting" nobody says."""
    verb = pipeline()(f"It {head} there.")[1]
    if verb.tag_ != "VBZ" or verb.dep_ != "ROOT":
        return False
    often, stem = load_language(LANGUAGE).frequency, verb.lemma_.lower()
    going = max(often(f"{form}ing") for form in (stem, stem.removesuffix("e"), stem + stem[-1:]))
    return going >= USED * often(verb.lower_)


@lru_cache(maxsize=1024)
def _is_participle(head: str) -> bool:
    """Whether the head of a column tells what something is: "Closed on", "Open"."""
    said, alone = pipeline()(f"It is {head}."), pipeline()(f"The {head} is known.")[1]
    return said[2].tag_ in ("VBN", "JJ") and all(token.pos_ != "NOUN" for token in (alone, *said))


@lru_cache(maxsize=1024)
def _is_plural(head: str) -> bool:
    """Whether the head of a column is a plural noun: "Turbines", "Visitors 2031"."""
    return pipeline()(f"It has 12 {head.rstrip(' 0123456789')}.")[-2].tag_ in ("NNS", "NNPS")


@lru_cache(maxsize=4096)
def _is_person(name: str) -> bool:
    return any(ent.label_ == "PERSON" for ent in pipeline()(f"{name} leads it.").ents)
