"""Where the entities of a corpus stand on the world's map.

Names are those of entities whose kind is a place, or else ids of the world's places, so that one rule tells how any two
of them lie to each other:

    relation("TH", "South East Asia")          inside     the second is an entity of the corpus
    relation("North Africa", "africa")         inside
    relation("Acme", "South East Asia")        None       a company stands nowhere
"""

from __future__ import annotations

from functools import lru_cache

from corpus.model import Corpus
from corpus.world.gazetteer import World
from corpus.world.model import Place, Relation, UnknownPlace


class Atlas:
    """The places of a corpus's entities, by the name of each in ``places``."""

    def __init__(self, corpus: Corpus, world: World) -> None:
        self.world = world
        self.places: dict[str, Place] = {}
        for entity in corpus.entities.values():
            if entity.kind not in corpus.kinds or not corpus.kinds[entity.kind].place:
                continue
            found = [world.place(entity.place)] if entity.place else list(world.find(entity.name))
            if found:
                self.places[entity.name] = found[0]
        self.relation = lru_cache(maxsize=65536)(self._relation)

    def place(self, name: str) -> Place | None:
        """The place of an entity, or the place with this id; nothing where there is neither."""
        if name in self.places:
            return self.places[name]
        try:
            return self.world.place(name)
        except UnknownPlace:
            return None

    def _relation(self, inner: str, outer: str) -> Relation | None:
        """How two names lie to each other; nothing where one of them stands nowhere."""
        first, second = self.place(inner), self.place(outer)
        return self.world.relation(first, second) if first and second else None
