"""What is proposed of documents, and what was accepted, as rows of tables; rows that a person has gone through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.learning.take_back import Taken, written_facts
from corpus.model import Corpus

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "facts": {"subject": "Subject", "predicate": "Relation", "object": "Object"},
    "entities": {"name": "Name", "kind": "Kind", "aliases": "Also called"},
    "aliases": {"alias": "Another name", "entity": "For"},
}
"""What can be corrected, by part and key: the headings."""

Entry = dict[str, Any]


def headers(part: str) -> list[str]:
    """The headings of a part's table."""
    return ["Accept", *COLUMNS[part].values(), "In the source’s words", "Why", "No."]


def rows(part: str, entries: Sequence[Entry]) -> list[list[Any]]:
    """A row for each entry; the last column has its number, by which it is known however the table is sorted."""
    return [
        [
            entry.get("accept") == "yes",
            *(_written(entry.get(key, "")) for key in COLUMNS[part]),
            entry.get("quote", ""),
            _why(entry),
            number,
        ]
        for number, entry in enumerate(entries, 1)
    ]


def decided(part: str, entries: Sequence[Entry], table: Sequence[Sequence[Any]]) -> list[Entry]:
    """The entries as a person has left them in the table; what has no row there is as it was."""
    by_number = {str(row[-1]): row for row in table}
    return [
        _corrected(part, entry, by_number[str(number)]) if str(number) in by_number else entry
        for number, entry in enumerate(entries, 1)
    ]


def accepted_headers(part: str) -> list[str]:
    """The headings of the table of what was accepted of a part."""
    return ["Take back", *COLUMNS[part].values(), *(["In the source’s words", "Called"] if part == "facts" else [])]


def accepted_rows(corpus: Corpus) -> dict[str, list[list[Any]]]:
    """What stands in a corpus's files, by part; each row has what it is known by, however the table is sorted."""
    entities = corpus.entities.values()
    return {
        "facts": [
            [False, fact.subject, fact.predicate, fact.object, fact.quote.text, fact.id]
            for fact in written_facts(corpus)
        ],
        "entities": [[False, entity.name, entity.kind, _written(entity.aliases)] for entity in entities],
        "aliases": [[False, alias, entity.name] for entity in entities for alias in entity.aliases],
    }


def taken(tables: Mapping[str, Sequence[Sequence[Any]]]) -> Taken:
    """What is ticked to be taken back."""
    ticked = {part: [row for row in table if _ticked(row[0])] for part, table in tables.items()}
    return Taken(
        [row[-1] for row in ticked["facts"]],
        [row[1] for row in ticked["entities"]],
        [(row[2], row[1]) for row in ticked["aliases"]],
    )


def _ticked(cell: Any) -> bool:
    return str(cell).lower() == "true"


def _corrected(part: str, entry: Entry, row: Sequence[Any]) -> Entry:
    accept, *given = row[: len(COLUMNS[part]) + 1]
    now = {key: str(text or "").strip() for key, text in zip(COLUMNS[part], given, strict=True)}
    changed = {key for key, text in now.items() if text != _written(entry.get(key, ""))}
    new = {**entry, **{key: now[key] for key in changed}, "accept": "yes" if _ticked(accept) else "no"}
    if "aliases" in changed:
        new["aliases"] = [alias for each in now["aliases"].split(",") if (alias := each.strip())]
    if "name" in changed:  # facts and documents go on naming it as before
        new["aliases"] = [*new.get("aliases", ()), entry["name"]]
    for key in changed & {"subject", "object"}:
        if now[key] not in entry["quote"]:
            new[f"{key}_as"] = entry.get(f"{key}_as") or entry[key]
    if "object" in changed:
        new.pop("label", None)
    return new


def _written(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _why(entry: Entry) -> str:
    narrowed = [f"{kind}: {_written(names)}" for kind, names in (entry.get("qualifiers") or {}).items()]
    return "; ".join([*narrowed, entry.get("why", "")])
