"""The world's geography: places, their names, and how they lie to each other."""

from corpus.world.atlas import Atlas
from corpus.world.gazetteer import World
from corpus.world.model import Name, Place, PlaceType, Relation, UnknownLanguage, UnknownPlace, fold

__all__ = ["Atlas", "Name", "Place", "PlaceType", "Relation", "UnknownLanguage", "UnknownPlace", "World", "fold"]
