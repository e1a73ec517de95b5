"""The shapes of the world: places made of atoms, and the names they go by.

An atom is an ISO 3166 code or a part below one: a country ``TH``, a subdivision ``US-TX``, a city ``US-TX/houston`` or
``TH/bangkok``. Atom a lies in atom b where a is b or begins with b and a separator, so that all geography is algebra
over sets of strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from corpus.errors import CorpusError
from corpus.text import normalise

_SEPARATOR = re.compile(r"[-/]")
_DROPPED = re.compile(r"[.'’‘ʻʼ]")
_SPACED = re.compile(r"[^\w]+")
_SAINT = re.compile(r"\bst\b")


class UnknownPlace(CorpusError):
    """No place has this id; the message suggests the nearest."""


class UnknownLanguage(CorpusError):
    """No names are known in this language."""


class PlaceType(StrEnum):
    """What kind of place it is, from the widest to the narrowest."""

    WORLD = "world"
    CONTINENT = "continent"
    REGION = "region"
    BLOC = "bloc"
    COUNTRY = "country"
    SUBDIVISION = "subdivision"
    CITY = "city"


class Relation(StrEnum):
    """How one place lies to another."""

    SAME = "same"
    INSIDE = "inside"
    CONTAINS = "contains"
    OVERLAPS = "overlaps"
    DISPUTED = "disputed"
    APART = "apart"


class Standing(StrEnum):
    """How one atom stands to a place: in it, of disputed membership, only a part of the atom in it, or out of it."""

    IN = "in"
    DISPUTED = "disputed"
    PART = "part"
    OUT = "out"


class Name(NamedTuple):
    """A form by which texts may call a place.

    ``adjectival``: an adjective or demonym ("Thai", "Germans"). ``case_sensitive``: only this capitalisation means the
    place ("US", not "us").
    """

    surface: str
    place_id: str
    adjectival: bool
    case_sensitive: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place: the atoms that surely belong to it, and those that are ``disputed`` with the reason why (in English).

    ``names`` holds all English names, the usual one first; ``demonyms`` its adjectives and the names of its people.
    """

    id: str
    name: str
    type: PlaceType
    atoms: frozenset[str]
    disputed: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)

    def standing(self, atom: str) -> Standing:
        """How ``atom`` stands to this place; of several entries that hold it, the longest decides.

        With the atom ``RU`` and the disputed atom ``RU-NVS``, ``RU/moscow`` is in and ``RU-NVS/novosibirsk`` disputed.
        """
        for wider in enclosing(atom):
            if wider in self.disputed:
                return Standing.DISPUTED
            if wider in self.atoms:
                return Standing.IN
        inner = (f"{atom}-", f"{atom}/")
        return Standing.PART if any(own.startswith(inner) for own in self.atoms) else Standing.OUT


def enclosing(atom: str) -> Iterator[str]:
    """The atom itself and each wider one that holds it: ``US-TX/houston``, ``US-TX``, ``US``."""
    yield atom
    for match in reversed(list(_SEPARATOR.finditer(atom))):
        # A slug may hold hyphens of its own ("BR/rio-de-janeiro"), which end no atom.
        if "/" not in atom[: match.start()]:
            yield atom[: match.start()]


def fold(text: str) -> str:
    """A name as it is compared: without case, accents, points, apostrophes, hyphens and a leading "the".

    >>> fold("The U.S.A."), fold("Côte d’Ivoire"), fold("South-East Asia"), fold("St. Lucia")
    ('usa', 'cote divoire', 'south east asia', 'saint lucia')
    """
    plain = _SPACED.sub(" ", _DROPPED.sub("", normalise(text).replace("&", " and "))).strip()
    return _SAINT.sub("saint", plain).removeprefix("the ")
