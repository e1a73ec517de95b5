"""The shapes of what is known: documents, passages, entities, predicates and facts.

All are frozen. An entity is known by its canonical name, which is unique in its corpus; offsets count Unicode code
points, the end exclusive, so that ``document.text[quote.start:quote.end] == quote.text`` always holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Object kinds that are written values and no entities.
LITERAL_KINDS = frozenset({"date", "share", "number", "text"})


@dataclass(frozen=True, slots=True)
class Document:
    """A source text, verbatim. ``sha256`` is that of its UTF-8 bytes; ``date`` is ISO 8601 or empty."""

    id: str
    title: str
    text: str
    sha256: str
    source: str = ""
    date: str = ""
    licence: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim stretch of a document."""

    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph (or a part of a long one) with its sentences; ``heading`` is the nearest heading above it."""

    id: str
    quote: Quote
    sentences: tuple[Quote, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity, and the words people use for it. ``place``: its entities stand on the world's map."""

    name: str
    plural: str
    words: tuple[str, ...]
    place: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """Something the corpus can speak of. ``covers`` names the narrower entities a general term may mean."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A relation between a subject and an object.

    ``functional``: one object has one subject (one leader a region), so that another subject refutes a claim.
    ``closed``: the source names every subject (all members of a group), so that any other is refuted.
    ``weak_words`` express it only where nothing else is said ("Who has Europe?").
    ``complement``: the name of the role that the group's other members take (they *follow* where one *leads*).
    ``singular``, ``plural``, ``base``: its verb, as answers write it.
    """

    name: str
    subject_kinds: tuple[str, ...]
    object_kinds: tuple[str, ...]
    words: tuple[str, ...]
    weak_words: tuple[str, ...] = ()
    functional: bool = False
    closed: bool = False
    complement: str = ""
    complement_words: tuple[str, ...] = ()
    complement_quote: Quote | None = None
    singular: str = ""
    plural: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """``predicate(subject, object)`` with qualifiers, and the quote that carries it.

    ``object`` is an entity's name or a literal ("about half"); ``object_kind`` tells which. ``label`` is how the
    object is written with its qualifiers. ``open``: the source's list is open ("such as").
    """

    id: str
    subject: str
    predicate: str
    object: str
    object_kind: str
    quote: Quote
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str = ""
    open: bool = False

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that is known about one subject. ``sha256`` covers every file, in name order."""

    id: str
    title: str
    folder: Path
    sha256: str
    language: str
    documents: Mapping[str, Document]
    passages: Mapping[str, Passage]
    kinds: Mapping[str, Kind]
    entities: Mapping[str, Entity]
    predicates: Mapping[str, Predicate]
    facts: Mapping[str, Fact]
    group: str = ""
    description: str = ""
    topics: tuple[str, ...] = ()
    ignorable: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def facts_of(self, predicate: str) -> Iterator[Fact]:
        """The facts of one predicate, in the order of the file."""
        return (fact for fact in self.facts.values() if fact.predicate == predicate)

    def named_as(self, kinds: Collection[str]) -> tuple[str, ...]:
        """The names of all entities of these kinds, in the order of the vocabulary."""
        return tuple(name for name, entity in self.entities.items() if entity.kind in kinds)

    @property
    def place_kind(self) -> str:
        """The kind whose entities stand on the world's map, "" where there is none."""
        return next((name for name, kind in self.kinds.items() if kind.place), "")

    def __hash__(self) -> int:
        return hash(self.sha256)
