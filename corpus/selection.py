"""Facts picked out of a corpus by what they say, and long lists page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

from corpus.errors import CorpusError
from corpus.model import Corpus, Fact
from corpus.text import normalise

LISTED = 20
"""So many of the names that there are stand in an error; a corpus may have thousands of documents."""


class UnknownName(CorpusError):
    """A filter names what the corpus has not; the message says what it has."""


class UnknownCursor(CorpusError):
    """A cursor is none that the page before gave."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Named)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A stretch of a list of ``total`` items; ``next`` is the cursor of the page behind, None on the last."""

    items: tuple[Item, ...]
    total: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class FactFilter:
    """What a fact must have; what is empty fits all.

    ``subject`` and ``object`` are names or aliases in any case, of the object also as it is written with its
    qualifiers; ``predicate``, ``object_kind`` and ``document`` are names and ids of the corpus. Each word of ``text``
    must stand somewhere in the fact or in its quote, if only as part of a word.
    """

    subject: str = ""
    predicate: str = ""
    object: str = ""
    object_kind: str = ""
    document: str = ""
    text: str = ""

    def facts(self, corpus: Corpus) -> Iterator[Fact]:
        """The facts that fit, in the order of their file. Raises UnknownName."""
        facts = corpus.facts.values()
        _known("predicate", self.predicate, {**dict.fromkeys(corpus.predicates), **{f.predicate: None for f in facts}})
        _known("object kind", self.object_kind, {fact.object_kind: None for fact in facts})
        _known("document", self.document, corpus.documents)
        subjects, objects = _names(corpus, self.subject), _names(corpus, self.object)
        words = normalise(self.text).split()
        return (fact for fact in facts if self._fits(fact, subjects, objects, words))

    def _fits(self, fact: Fact, subjects: frozenset[str], objects: frozenset[str], words: list[str]) -> bool:
        return (
            self.predicate in ("", fact.predicate)
            and self.object_kind in ("", fact.object_kind)
            and self.document in ("", fact.quote.document_id)
            and (not subjects or normalise(fact.subject) in subjects)
            and (not objects or not objects.isdisjoint((normalise(fact.object), normalise(fact.label))))
            and (not words or _has(fact, words))
        )


EVERY_FACT = FactFilter()


def paged(items: Iterable[Item], limit: int | None = None, cursor: str | None = None) -> Page[Item]:
    """At most ``limit`` items (None for all) of those behind ``cursor``, which a page before has given.

    A cursor is the id of the last item that was seen, so that a list that grows at its end shifts no page.
    Raises UnknownCursor.
    """
    listed = tuple(items)
    first = 0
    if cursor is not None:
        first = next((place for place, item in enumerate(listed, 1) if item.id == cursor), -1)
        if first < 0:
            raise UnknownCursor(f"No page ends at {cursor!r}. Send the cursor as it was given, with the same filters.")
    shown = listed[first:] if limit is None else listed[first : first + limit]
    more = first + len(shown) < len(listed)
    return Page(shown, len(listed), shown[-1].id if more else None)


def listed(names: Iterable[str]) -> str:
    """Names as an error tells them: the first of them; "none" where there are none."""
    told = [repr(name) for name in islice(names, LISTED + 1)]
    return ", ".join(told[:LISTED]) + (", …" if len(told) > LISTED else "") or "none"


def _known(what: str, name: str, there: Collection[str]) -> None:
    if name and name not in there:
        raise UnknownName(f"No {what} {name!r}; there is {listed(there)}.")


def _names(corpus: Corpus, given: str) -> frozenset[str]:
    """A name, and that of the entity which has it as an alias."""
    name = normalise(given)
    aliased = {normalise(each.name) for each in corpus.entities.values() if name in map(normalise, each.aliases)}
    return frozenset({name, *aliased} - {""})


def _has(fact: Fact, words: list[str]) -> bool:
    qualifiers = (name for names in fact.qualifiers.values() for name in names)
    parts = (fact.id, fact.subject, fact.predicate, fact.object, fact.label, *qualifiers, fact.quote.text)
    said = "\n".join(map(normalise, parts))
    return all(word in said for word in words)
