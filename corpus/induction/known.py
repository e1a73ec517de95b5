"""What somebody has written about documents, beside which relations are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.files import Section
from corpus.induction.triples import key_of


@dataclass(frozen=True)
class Known:
    """What somebody has written: the entity and its kind of each name (by ``key_of``), the kinds that each relation
    takes as subjects and as objects (none, where an object has one subject), and which objects it has facts on."""

    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    relations: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    told: frozenset[tuple[str, str]] = frozenset()

    def takes(self, predicate: str, subject: str, object_: str, kind: str) -> bool:
        """Whether a fact with a subject of a kind and an object of another goes with what is written."""
        kinds = self.relations.get(predicate)
        fits = kinds is None or (subject in kinds[0] and kind in kinds[1])
        return fits and (predicate, object_) not in self.told


def known_in(vocabulary: Section, facts: Section) -> Known:
    """What vocabulary.yaml and facts.yaml have; what is not of its form there is passed over."""
    aside: list[str] = []

    def inner(section: Section, name: str) -> Section:
        own = section.mapping(name)
        return Section(name, own, own, aside)

    kinds, predicates = inner(vocabulary, "entities"), inner(vocabulary, "predicates")
    names = {
        key_of(called): (name, kind)
        for kind in vocabulary.mapping("entities")
        for members in [inner(kinds, kind)]
        for name in kinds.mapping(kind)
        for called in (name, *inner(members, name).texts("aliases"))
    }
    relations = {
        # What is found gainsays no relation that somebody has said to be of one holder.
        name: (
            frozenset() if own.flag("functional") else frozenset(own.texts("subject")),
            frozenset(own.texts("object")),
        )
        for name in vocabulary.mapping("predicates")
        for own in [inner(predicates, name)]
    }
    entries = [Section("", entry, entry, aside) for entry in facts.entries("facts") if isinstance(entry, dict)]
    return Known(names, relations, frozenset((entry.text("predicate"), entry.text("object")) for entry in entries))
