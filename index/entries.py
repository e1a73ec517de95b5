"""What of a corpus is embedded: its facts, its passages and the names of its entities.

An entry's ``record`` names its type and the hash of its text and model, which is all a vector depends on: entries that
share it share what is stored, whatever became of the corpus around them. ``entries_sha256`` covers every entry and its
place, in no particular order, and stands for the index as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from corpus.canonical import question_of
from corpus.model import Corpus, Entity, Fact, Passage, Quote


class EntryType(StrEnum):
    """What an entry stands for."""

    FACT = "fact"
    PASSAGE = "passage"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text to be embedded.

    ``key`` is unique in the index; ``id`` is the corpus's own: the fact's, the passage's, or the entity's name.
    ``quote`` is where the text stands in a document; an alias stands nowhere.
    """

    key: str
    id: str
    type: EntryType
    text: str
    content_sha256: str
    quote: Quote | None = None

    @property
    def record(self) -> str:
        """The name under which its vector is stored: ``passage/9f86d081…``."""
        return f"{self.type}/{self.content_sha256}"


def entries_of(corpus: Corpus, model: str) -> tuple[Entry, ...]:
    """Every entry of a corpus, facts first, then passages, then aliases, each in the corpus's order."""
    return (
        *(_fact_entry(corpus, fact, model) for fact in corpus.facts.values()),
        *(_passage_entry(passage, model) for passage in corpus.passages.values()),
        *(entry for entity in corpus.entities.values() for entry in _alias_entries(entity, model)),
    )


def entries_sha256(entries: Iterable[Entry]) -> str:
    """The sha256 of what an index holds. The order of the entries does not matter, and neither does when it was built.

    The offsets are in it beside the content hashes: a blank line put into a document moves a passage without changing a
    word of it, and what is cited moves with it.
    """
    digest = hashlib.sha256()
    for line in sorted(json.dumps(_hashed_fields(entry)) for entry in entries):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def texts_by_record(entries: Iterable[Entry]) -> dict[str, str]:
    """The distinct texts that are stored, by record, in the order of the entries."""
    return {entry.record: entry.text for entry in entries}


def keys_by_record(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """The keys of the entries that share a record, in the order of the entries."""
    keys: dict[str, list[str]] = {}
    for entry in entries:
        keys.setdefault(entry.record, []).append(entry.key)
    return keys


def type_of(record: str) -> EntryType:
    """The type of entry that a record stands for."""
    return EntryType(record.partition("/")[0])


def content_of(record: str) -> str:
    """The hash of the text and model of a record."""
    return record.partition("/")[2]


def passage_text(passage: Passage) -> str:
    """A passage as it is searched: its heading gives the words that the paragraph itself takes for granted."""
    return f"{passage.heading}\n{passage.quote.text}" if passage.heading else passage.quote.text


def _hashed_fields(entry: Entry) -> list[str | int]:
    place: list[str | int] = [entry.quote.document_id, entry.quote.start, entry.quote.end] if entry.quote else []
    return [entry.key, entry.content_sha256, *place]


def _fact_entry(corpus: Corpus, fact: Fact, model: str) -> Entry:
    # As the question that it answers: that is what comes near to what is asked.
    predicate = corpus.predicates[fact.predicate].name.replace("_", " ")
    text = question_of(corpus, fact) or f"{fact.subject} {predicate} {fact.label or fact.object}. {fact.quote.text}"
    return _entry(f"fact/{fact.id}", fact.id, EntryType.FACT, text, model, fact.quote)


def _passage_entry(passage: Passage, model: str) -> Entry:
    key = f"passage/{passage.id}"
    return _entry(key, passage.id, EntryType.PASSAGE, passage_text(passage), model, passage.quote)


def _alias_entries(entity: Entity, model: str) -> Iterator[Entry]:
    # dict.fromkeys: an alias that repeats the name is one entry. The number ends the key, so that no name, whatever
    # slashes it holds, can run into another's.
    for number, text in enumerate(dict.fromkeys((entity.name, *entity.aliases))):
        yield _entry(f"alias/{entity.name}/{number}", entity.name, EntryType.ALIAS, text, model, None)


def _entry(key: str, id: str, type: EntryType, text: str, model: str, quote: Quote | None) -> Entry:
    content = hashlib.sha256(json.dumps([model, text]).encode()).hexdigest()
    return Entry(key=key, id=id, type=type, text=text, content_sha256=content, quote=quote)
