"""The shapes of what is known: documents, passages, entities, predicates and facts.

All are frozen. An entity is known by its canonical name, which is unique in its corpus; offsets count Unicode code
points, the end exclusive, so that ``document.text[quote.start:quote.end] == quote.text`` always holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

# Object kinds that are written values and no entities.
LITERAL_KINDS = frozenset({"date", "share", "number", "text"})
# Of these a thing has one at a time, so that a newer source's replaces an older one's.
MEASURED_KINDS = LITERAL_KINDS - {"text"}
# Where an argument stands in a pattern of a predicate: {subject} or {object}.
SLOT = re.compile(r"\{(.*?)\}")


@dataclass(frozen=True, slots=True)
class Document:
    """A source text, verbatim. ``sha256`` is that of its UTF-8 bytes; ``date`` is ISO 8601 or empty.

    Of a file that is no plain text, the text is what was read out of it; ``original_sha256`` is that of the file.
    ``pages`` holds the offset at which each page begins, empty where there are none.
    """

    id: str
    title: str
    text: str
    sha256: str
    source: str = ""
    date: str = ""
    licence: str = ""
    language: str = "en"
    original_sha256: str = ""
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim stretch of a document."""

    document_id: str
    start: int
    end: int
    text: str

    def within(self, other: Quote) -> bool:
        """Whether it is all or a part of another one."""
        return self.document_id == other.document_id and other.start <= self.start and self.end <= other.end

    def overlaps(self, other: Quote) -> bool:
        """Whether both have a character in common."""
        return self.document_id == other.document_id and other.start < self.end and self.start < other.end


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph (or a part of a long one) with its sentences.

    ``heading`` is the nearest heading above it; ``page`` that on which it begins, 0 where there are no pages.
    """

    id: str
    quote: Quote
    sentences: tuple[Quote, ...]
    heading: str = ""
    page: int = 0


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
    ``several``: one subject may have several objects, though in the corpus each has one (``FactBook.single``).
    ``symmetric``: it holds the other way round, too (*borders*).
    ``patterns``: whole wordings of it, with SLOTs ("Where does {object} come from?").
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
    several: bool = False
    symmetric: bool = False
    patterns: tuple[str, ...] = ()

    @property
    def pattern_words(self) -> tuple[str, ...]:
        """What stands around the slots of the patterns."""
        return tuple(SLOT.sub(" ", pattern) for pattern in self.patterns)

    @property
    def measured(self) -> bool:
        """Whether its objects are written values (a date, a number) and no entities."""
        return bool(self.object_kinds) and set(self.object_kinds) <= LITERAL_KINDS


_NONE = Predicate("", (), (), ())


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
class Taught:
    """A message as people write it, and the question of the corpus that they mean by it."""

    message: str
    means: str


def later(date: str, other: str) -> bool:
    """Whether a date is surely later than another, as far as both are given; any is later than none.

    >>> later("2019-06", "2012"), later("2019-06", "2019"), later("2019", "")
    (True, False, True)
    """
    common = min(len(date), len(other))
    return date[:common] > other[:common] if other else bool(date)


SINGLE = 4
"""So many subjects at least, each with one object, tell that a relation gives each of its subjects one."""


class FactBook:
    """All facts, put in order once: which of them stand, and where to find them without going through them all.

    Facts on one thing (one predicate, object and qualifiers) share a *slot*; so do figures and dates of one subject.
    What the newest documents say of a slot stands. An older document that says the same repeats it; one that names
    other holders said otherwise before:

        June 2019       leads(Acme, Iberia)                           stands
        November 2012   leads(Acme, Iberia), leads(Bolt, Iberia)      said otherwise: *earlier*
        November 2006   leads(Acme, Iberia)                           *again*

    Only of functional predicates are there earlier facts; elsewhere other holders add up.
    """

    def __init__(
        self, facts: Iterable[Fact], documents: Mapping[str, Document], predicates: Mapping[str, Predicate]
    ) -> None:
        self._documents, self._predicates = documents, predicates
        self._place: dict[str, int] = {}
        slots: dict[Hashable, list[Fact]] = {}
        for place, fact in enumerate(facts):
            self._place[fact.id] = place
            slots.setdefault(_slot(fact), []).append(fact)
        self._again: dict[str, tuple[Fact, ...]] = {}
        self._earlier: dict[str, tuple[Fact, ...]] = {}
        self._versions: dict[str, Hashable] = {}
        self._outdated: dict[str, list[Fact]] = {}
        standing: list[Fact] = []
        for slot, held in slots.items():
            standing += self._ordered(slot, held)
        # By predicate, and by predicate and object, subject, qualifier or kind of object.
        self._found: dict[Hashable, list[Fact]] = {}
        for fact in sorted(standing, key=self._order):
            ways: list[Hashable] = [("object", fact.object), ("subject", fact.subject)]
            ways += {("qualifier", kind, name) for kind, names in fact.qualifiers.items() for name in names}
            ways.append(("kind", fact.object_kind))
            for key in (fact.predicate, *((fact.predicate, way) for way in ways)):
                self._found.setdefault(key, []).append(fact)
        self._tallies: dict[tuple[str, str], Mapping[str, int]] = {}

    def _ordered(self, slot: Hashable, held: Sequence[Fact]) -> list[Fact]:
        """The facts of a slot that stand; the others are kept with them."""
        by_date = sorted(held, key=self.date, reverse=True)
        said: dict[str, frozenset[str]] = {}
        for fact in by_date:
            said[fact.quote.document_id] = said.get(fact.quote.document_id, frozenset()) | {_holder(fact)}
        newest = {name for name in said if not any(later(self._date(other), self._date(name)) for other in said)}
        now = {said[name] for name in newest}
        predicate = self._predicates.get(held[0].predicate)
        replaces = held[0].object_kind in MEASURED_KINDS or (predicate is not None and predicate.functional)
        earlier = [f for f in by_date if replaces and said[f.quote.document_id] not in now]
        standing: dict[str, list[Fact]] = {}
        for fact in by_date:
            if fact not in earlier:
                standing.setdefault(_holder(fact), []).append(fact)
        for fact in earlier:
            self._outdated.setdefault(fact.quote.document_id, []).append(fact)
        for first, *rest in standing.values():
            split = replaces and len(now) > 1
            self._again[first.id], self._earlier[first.id] = tuple(rest), tuple(earlier)
            self._versions[first.id] = (slot, first.quote.document_id if split else "")
        return [first for first, *_ in standing.values()]

    def _date(self, document_id: str) -> str:
        document = self._documents.get(document_id)
        return document.date if document else ""

    def _order(self, fact: Fact) -> int:
        return self._place[fact.id]

    def date(self, fact: Fact) -> str:
        """The date of the document that states a fact, "" where it has none."""
        return self._date(fact.quote.document_id)

    # Facts that stand

    def of(self, predicate: str) -> Sequence[Fact]:
        """Those of a predicate, in the order of the file."""
        return self._found.get(predicate, ())

    def of_kind(self, predicate: str, kind: str) -> Sequence[Fact]:
        """Those of a predicate on objects of one kind, or of any where none is named, in the order of the file."""
        return self._found.get((predicate, ("kind", kind)), ()) if kind else self.of(predicate)

    def tally(self, predicate: str, kind: str) -> Mapping[str, int]:
        """How many objects of a kind (of any, where none is named) each subject holds; "" stands for all of them.

        It is asked for again and again, and counts all facts: what was counted once is kept.
        """
        if (predicate, kind) not in self._tallies:
            held: dict[str, set[str]] = {}
            for fact in self.of_kind(predicate, kind):
                held.setdefault(fact.subject, set()).add(fact.object)
            every = len(set().union(*held.values()))
            self._tallies[predicate, kind] = {"": every, **{name: len(objects) for name, objects in held.items()}}
        return self._tallies[predicate, kind]

    def single(self, predicate: str) -> bool:
        """Whether each subject has one object and no more: so many subjects that it is no chance.

        It holds of plants that each stand in one country, and of films that are each shown at one cinema.
        """
        held = self.tally(predicate, "")
        several = predicate in self._predicates and self._predicates[predicate].several
        return (
            not several
            and held[""] > 1
            and len(held) > SINGLE
            and all(count == 1 for name, count in held.items() if name)
        )

    def about(self, predicate: str, objects: Iterable[str]) -> list[Fact]:
        """Those on any of these objects, in the order of the file."""
        return self._any((predicate, ("object", name)) for name in objects)

    def held_by(self, predicate: str, subjects: Iterable[str]) -> list[Fact]:
        """Those of any of these subjects, in the order of the file."""
        return self._any((predicate, ("subject", name)) for name in subjects)

    def qualified(self, predicate: str, kind: str, names: Iterable[str]) -> list[Fact]:
        """Those with any of these names as a qualifier of that kind, in the order of the file."""
        return self._any((predicate, ("qualifier", kind, name)) for name in names)

    def _any(self, keys: Iterable[Hashable]) -> list[Fact]:
        found = {fact.id: fact for key in keys for fact in self._found.get(key, ())}
        return sorted(found.values(), key=self._order)

    # What other documents say

    def version(self, fact: Fact) -> Hashable:
        """The same for all facts that one version of a thing names together: Acme and Bolt lead Iberia jointly."""
        return self._versions.get(fact.id, fact.id)

    def split(self, fact: Fact) -> bool:
        """Whether sources of which none is the newer name different holders."""
        version = self._versions.get(fact.id)
        return isinstance(version, tuple) and bool(version[1])

    def again(self, fact: Fact) -> tuple[Fact, ...]:
        """The facts that repeat a standing one, newest first."""
        return self._again.get(fact.id, ())

    def earlier(self, fact: Fact) -> tuple[Fact, ...]:
        """What older documents said in the place of a standing fact, newest first."""
        return self._earlier.get(fact.id, ())

    def outdated(self, quote: Quote) -> list[Fact]:
        """The facts stated in this stretch of a document that newer documents gainsay."""
        return [fact for fact in self._outdated.get(quote.document_id, ()) if fact.quote.overlaps(quote)]


def _slot(fact: Fact) -> Hashable:
    qualifiers = tuple(sorted(fact.qualifiers.items()))
    if fact.object_kind in MEASURED_KINDS:
        return fact.predicate, fact.object_kind, "subject", fact.subject, qualifiers
    return fact.predicate, fact.object_kind, "object", fact.object, qualifiers


def _holder(fact: Fact) -> str:
    return fact.object if fact.object_kind in MEASURED_KINDS else fact.subject


@dataclass(frozen=True)
class Corpus:
    """All that is known about one subject. ``sha256`` covers every file, in name order.

    ``facts`` holds every fact by its id, ``book`` those that stand, in order. ``examples`` are questions that are
    offered, ``taught`` are messages whose meaning was taught. ``induced``: facts that the documents state by
    themselves were looked for, too (``corpus.induction``), and nobody has written these.
    """

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
    taught: tuple[Taught, ...] = ()
    induced: bool = False
    book: FactBook = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", FactBook(self.facts.values(), self.documents, self.predicates))

    def facts_of(self, predicate: str) -> Sequence[Fact]:
        """The facts of one predicate that stand, in the order of the file: see ``FactBook``."""
        return self.book.of(predicate)

    def named_as(self, kinds: Collection[str]) -> tuple[str, ...]:
        """The names of all entities of these kinds, in the order of the vocabulary."""
        if len(kinds) == 1:
            return self._by_kind.get(next(iter(kinds)), ())
        return tuple(name for name, entity in self.entities.items() if entity.kind in kinds)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[str, ...]]:
        named: dict[str, list[str]] = {}
        for name, entity in self.entities.items():
            named.setdefault(entity.kind, []).append(name)
        return {kind: tuple(names) for kind, names in named.items()}

    def numbered(self, kind: str) -> bool:
        """Whether things of a kind have numbers for names ("unit 4")."""
        return any(name[-1].isdigit() and " " in name for name in self._by_kind.get(kind, ()))

    def covered(self, name: str) -> tuple[str, ...]:
        """All narrower names that a general term covers, and those that they cover in their turn; each once."""
        found: dict[str, None] = {}
        ahead = [name]
        while ahead:
            entity = self.entities.get(ahead.pop(0))
            nearer = [each for each in (entity.covers if entity else ()) if each not in found]
            found.update(dict.fromkeys(nearer))
            ahead += nearer
        return tuple(found)

    @property
    def main(self) -> Predicate:
        """The predicate that the corpus is about: the first of its vocabulary; without any, one that is never said."""
        return next(iter(self.predicates.values()), _NONE)

    @property
    def place_kind(self) -> str:
        """The kind whose entities stand on the world's map, "" where there is none."""
        return next((name for name, kind in self.kinds.items() if kind.place), "")

    def __hash__(self) -> int:
        return hash(self.sha256)
