"""What the rows of tables state: each cell of its row, by the head of its column.

| Sea area  | Turbines | Depth     | Lead |      has turbines(Gull Bank, 28)
| --------- | -------- | --------- | ---- |      has a depth of(Gull Bank, 22 metres)
| Gull Bank | 28       | 22 metres | Acme |      is the lead of(Acme, Gull Bank)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from corpus.induction.parsing import pipeline
from corpus.induction.terms import DATE, LONGEST, NUMBER, PERCENT, WORDS
from corpus.induction.triples import Name, Triple, Value, key_of
from corpus.model import LITERAL_KINDS, Document
from corpus.tables import Table, find_tables

_TIME = re.compile(r"\d{1,2}[:.]\d\d")
_PLAIN = re.compile(r"[\d.,]+")
_APART = re.compile(r"\s*(?:;|,|\band\b|&)\s*")
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
    rows = [row for row in table.rows if at < len(row.cells) and key_of(row.cells[0]).split()[:1] != []]
    rows = [row for row in rows if key_of(row.cells[0]).split()[0] not in WORDS.totals]
    told = [(row, row.cells[at]) for row in rows if _says(row.cells[at])]
    column = [cell for _, cell in told]
    for row, cell in told if head else ():
        own = Name(row.cells[0], True, kind)
        quote = document.text[row.start : row.end]
        for subject, verb, object_ in _cell(own, head, cell, column, known):
            yield Triple(subject, verb, object_, quote, document.id, tabular=True)


def _cell(
    own: Name, head: str, cell: str, column: Sequence[str], known: Collection[str]
) -> Iterator[tuple[Name, str, Name | Value]]:
    """What a cell says of its row: a figure, a date, words, or names."""
    counted = sum(map(bool, map(_PLAIN.fullmatch, column))) * 2 > len(column) and _is_plural(head)
    if counted and _PLAIN.fullmatch(cell):
        yield own, "has", Value(cell, "number", head, f"{cell} {head}")
        return
    kind = _kind_of(column)
    if kind in LITERAL_KINDS:
        said = f"has {head} of" if counted else _told_by(head, all(map(_TIME.fullmatch, column)))
        yield own, said, Value(cell, kind, label=cell)
        return
    people = [_is_person(part) for each in column for part in _parts(each)]
    personal = sum(people) * 2 > len(people)
    parts = _parts(cell)
    holds = personal or all(key_of(part) in known for part in parts)
    for part in parts:
        if _is_verb(head) or _is_participle(head):
            yield own, _told_by(head), Name(part, part[:1].isupper(), person=personal)
        elif holds:
            yield Name(part, part[:1].isupper(), person=personal), f"is the {head} of", own
        else:
            yield own, _told_by(head), Value(part, "text", label=part)


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


def _told_by(head: str, timed: bool = False) -> str:
    """How the head of a column says what its cells say: "opens at", "is closed on", "has a depth of"."""
    if _is_verb(head):
        return f"{head} at" if timed and " " not in head else head
    if _is_participle(head):
        return f"is {head}"
    article = "" if _is_plural(head) else "an " if head[:1] in "aeiou" else "a "
    return f"has {article}{head} of"


@lru_cache(maxsize=1024)
def _is_verb(head: str) -> bool:
    """Whether the head of a column is a verb: "Opens"."""
    verb = pipeline()(f"It {head} there.")[1]
    return verb.tag_ == "VBZ" and verb.dep_ == "ROOT"


@lru_cache(maxsize=1024)
def _is_participle(head: str) -> bool:
    """Whether the head of a column tells what something is: "Closed on", "Open"."""
    first, alone = pipeline()(f"It is {head}.")[2], pipeline()(f"The {head} is known.")[1]
    noun = any(token.pos_ == "NOUN" for token in pipeline()(f"It is {head}."))
    return first.tag_ in ("VBN", "JJ") and alone.pos_ != "NOUN" and not noun


@lru_cache(maxsize=1024)
def _is_plural(head: str) -> bool:
    """Whether the head of a column is a plural noun: "Turbines"."""
    return pipeline()(f"It has 12 {head}.")[-2].tag_ in ("NNS", "NNPS")


@lru_cache(maxsize=4096)
def _is_person(name: str) -> bool:
    return any(ent.label_ == "PERSON" for ent in pipeline()(f"{name} leads it.").ents)
