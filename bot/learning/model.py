"""The shapes of what is learnt: units that are read, and proposals with the stretch of a document that carries each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.model import Quote


class UnitSource(StrEnum):
    """What a unit was in its document."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"


class Doubt(StrEnum):
    """Why a fact is proposed and not taken for sure, as it is told."""

    PLACES = "its names stand around the predicate, but the sentence was not understood whole: look twice"
    FORMER = "the sentence tells of what was, or may be, so: look twice"
    UNHEADED = "nothing at the head of the table says that one column's things have the other's: look twice"


@dataclass(frozen=True, slots=True)
class TextUnit:
    """What is read at once: ``text`` is that of the quote, but for a list item, which is read with its introduction."""

    source: UnitSource
    text: str
    quote: Quote
    paragraph: int


@dataclass(frozen=True, slots=True)
class FactProposal:
    """A fact as it would stand in facts.yaml. ``sure``: nothing in its wording speaks for looking twice."""

    id: str
    subject: str
    predicate: str
    object: str
    quote: Quote
    why: str
    sure: bool = True
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str = ""
    subject_as: str = ""
    object_as: str = ""
    open: bool = False

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What makes it the same fact as another."""
        return (self.subject, self.predicate, self.object, tuple(sorted(self.qualifiers.items())))


@dataclass(frozen=True, slots=True)
class EntityProposal:
    """An entity as it would stand in vocabulary.yaml."""

    name: str
    kind: str
    quote: Quote
    why: str
    aliases: tuple[str, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class AliasProposal:
    """Another name of an entity, known or proposed."""

    entity: str
    alias: str
    quote: Quote
    why: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Proposals:
    """All that a corpus's documents suggest and its files do not have yet."""

    entities: tuple[EntityProposal, ...] = ()
    aliases: tuple[AliasProposal, ...] = ()
    facts: tuple[FactProposal, ...] = ()
