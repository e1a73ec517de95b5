"""Which facts an extent takes in: one rule for whoever states an extent and for whoever checks it again.

facts: leads(Acme, Europe), leads(Acme, North Africa), leads(Bolt, Japan), leads(Bolt, widgets)

extent                                        takes in
Extent("leads", kinds=("region",))            the first three
Extent("leads", subjects=("Bolt",))           the last two
Extent("leads", place="africa")               leads(Acme, North Africa)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from bot.schema.answer import Extent
from corpus.model import Corpus, Fact
from corpus.world import Atlas, Relation


def facts_in(extent: Extent, corpus: Corpus, atlas: Atlas) -> tuple[Fact, ...]:
    """The standing facts of a corpus that an extent takes in, in the order of their file."""
    near: Iterable[Fact] = corpus.facts_of(extent.predicate)
    if extent.objects:
        near = corpus.book.about(extent.predicate, extent.objects)
    elif extent.subjects:
        near = corpus.book.held_by(extent.predicate, extent.subjects)
    elif len(extent.kinds) == 1:
        near = corpus.book.of_kind(extent.predicate, extent.kinds[0])
        if not (extent.qualifiers or extent.place):
            return tuple(near)  # all of a large corpus, it may be
    return tuple(fact for fact in near if _takes_in(extent, fact, atlas))


def digest(facts: Iterable[Fact]) -> str:
    """The sha256 over ids, subjects and objects of facts, whatever their order."""
    rows = sorted((fact.id, fact.subject, fact.object) for fact in facts)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _takes_in(extent: Extent, fact: Fact, atlas: Atlas) -> bool:
    qualifiers = {name for names in fact.qualifiers.values() for name in names} if extent.qualifiers else set()
    return (
        (not extent.kinds or fact.object_kind in extent.kinds)
        and (not extent.subjects or fact.subject in extent.subjects)
        and (not extent.objects or fact.object in extent.objects)
        and (not extent.qualifiers or not qualifiers.isdisjoint(extent.qualifiers))
        and (not extent.place or _touches(extent.place, fact, atlas))
    )


def _touches(place: str, fact: Fact, atlas: Atlas) -> bool:
    """Whether what a fact is about shares ground with a place, surely or by dispute."""
    return fact.object in atlas.places and atlas.relation(place, fact.object) not in (None, Relation.APART)
