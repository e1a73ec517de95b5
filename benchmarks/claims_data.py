"""Public sets of claims, read: each claim with its label and the text that it is held against.

Two forms of JSON lines are known, plain or gzipped, by the keys of their rows:

    {"hypothesis": "Acme has two owners.", "label": "E", "table": {"title": ["Acme"], "Owner": ["Bolt", "Crane"]}}
    {"claim": "Acme is old.", "label": "SUPPORTS", "page": "Acme", "gold": ["Acme is old."], "retrieved": […]}

The first are claims on key-value tables, labelled E(ntailed), C(ontradicted) or N(eutral); a table becomes a document
of "Key: value; value." lines under a heading. The second are claims on evidence sentences, SUPPORTS or REFUTES; they
are held against the gold evidence, and once more against what was retrieved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import json_rows
from bot.schema.answer import Verdict
from corpus.model import Corpus, Document, Entity, Kind, Predicate
from corpus.passages import split_passages

SUFFIXES = (".jsonl", ".jsonl.gz")
_TABLE_LABELS = {"E": Verdict.SUPPORTED, "C": Verdict.REFUTED, "N": Verdict.NOT_ENOUGH_INFO}
_TEXT_LABELS = {"SUPPORTS": Verdict.SUPPORTED, "REFUTES": Verdict.REFUTED}
# The tables were taken from an encyclopedia in this year, so that "for ten years" counts up to it.
_TABLES_TAKEN = "2019"
_EVIDENCE = ("gold", "retrieved")
_KIND = "subject"


class ClaimSetError(ValueError):
    """The data hold no claims; the message names the file, the line and the mend."""


@dataclass(frozen=True, slots=True)
class Source:
    """What claims are held against: a text, what it is about, and when it was written, where that is known."""

    title: str
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """One claim, its label, and its source."""

    text: str
    gold: Verdict
    source: Source


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """Claims of one form. ``two_way``: no claim is labelled as lacking information, so that such a verdict abstains."""

    name: str
    claims: tuple[LabelledClaim, ...]
    two_way: bool

    def first(self, limit: int) -> ClaimSet:
        """The first ``limit`` claims; 0 for all."""
        return ClaimSet(self.name, self.claims[: limit or None], self.two_way)


def load_claim_sets(path: Path) -> tuple[ClaimSet, ...]:
    """The sets in a file, or in all files of a folder that hold claims, in name order.

    Raises:
        ClaimSetError: a row is not of its form, or there is no set at all.
    """
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*.jsonl*") if f.name.endswith(SUFFIXES))
    sets = [found for file in files for found in _sets(file, named=file == path)]
    if not sets:
        raise ClaimSetError(f'{path}: holds no claims. Name JSON lines with "table" or "gold" in each row.')
    return tuple(sets)


def temporary_corpus(source: Source) -> Corpus:
    """A corpus of one document with one entity, what it is about; it has no facts, and nothing is written.

    The predicate takes no words: all that is known stands in the text.
    """
    digest = hashlib.sha256(source.text.encode()).hexdigest()
    document = Document("source", source.title, source.text, digest, date=source.date)
    return Corpus(
        id="claims",
        title=source.title,
        folder=Path(),
        sha256=digest,
        language=document.language,
        documents={document.id: document},
        passages={passage.id: passage for passage in split_passages(document)},
        kinds={_KIND: Kind(_KIND, _KIND, ())},
        entities={source.title: Entity(source.title, _KIND)},
        predicates={"states": Predicate("states", (_KIND,), (_KIND,), ())},
        facts={},
    )


def _sets(file: Path, named: bool) -> Iterator[ClaimSet]:
    """The sets in one file; a file that was not named, but found in a folder, may hold something else."""
    rows = list(json_rows(file, ClaimSetError))
    first = rows[0][1] if rows else {}
    name = f"{file.parent.name}/{file.name.partition('.')[0]}"
    if "table" in first:
        claims = tuple(_on_table(row, where) for where, row in rows)
        yield ClaimSet(name, claims, two_way=False)
    elif "gold" in first and "claim" in first:
        for evidence in _EVIDENCE:
            claims = tuple(_on_text(row, evidence, where) for where, row in rows)
            yield ClaimSet(f"{name} ({evidence})", claims, two_way=True)
    elif named:
        raise ClaimSetError(f'{file}: its rows have neither "table" nor "claim" and "gold". Name a set of claims.')


def _on_table(row: Mapping[str, Any], where: str) -> LabelledClaim:
    match row:
        case {"hypothesis": str(claim), "label": str(label), "table": {"title": [str(title), *_], **table}}:
            cells = {str(key): values for key, values in table.items() if isinstance(values, list)}
            if len(cells) < len(table):
                raise ClaimSetError(f"{where}: every key of a table needs a list of values. Write them as lists.")
            return LabelledClaim(claim, _label(label, _TABLE_LABELS, where), tabled(_plain(title), cells))
        case _:
            raise ClaimSetError(f"{where}: needs a hypothesis, a label, and a table with a title. Add them.")


def _on_text(row: Mapping[str, Any], evidence: str, where: str) -> LabelledClaim:
    match row:
        case {"claim": str(claim), "label": str(label), "page": str(page), **rest} if isinstance(
            rest.get(evidence), list
        ):
            # Each sentence is from another place: none goes on from the one before.
            text = "\n\n".join((f"# {_plain(page)}", *map(_plain, rest[evidence])))
            return LabelledClaim(claim, _label(label, _TEXT_LABELS, where), Source(_plain(page), text))
        case _:
            raise ClaimSetError(f"{where}: needs a claim, a label, a page, and {evidence!r} sentences. Add them.")


def _label(label: str, known: Mapping[str, Verdict], where: str) -> Verdict:
    if label not in known:
        raise ClaimSetError(f"{where}: the label {label!r} is none of {', '.join(known)}. Correct it.")
    return known[label]


def tabled(title: str, table: Mapping[str, Sequence[str]]) -> Source:
    r"""A table as a document: its title as heading, then a line a key.

    >>> tabled("Acme", {"Owner": ["Bolt", " Crane"]}).text
    '# Acme\n\nOwner: Bolt; Crane.'
    """
    # A semicolon inside of a value would set two apart.
    cells = {_plain(key).rstrip(":"): [_plain(value).replace(";", ",") for value in table[key]] for key in table}
    lines = [f"{key}: {'; '.join(values)}." for key, values in cells.items()]
    return Source(title, "\n\n".join((f"# {title}", *lines)), _TABLES_TAKEN)


def _plain(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())
