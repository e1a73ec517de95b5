"""The world as the rest of the program sees it: find a place by name, and tell how two places lie to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import babel
from rapidfuzz import process

from corpus.world.model import (
    Name,
    Place,
    PlaceType,
    Relation,
    Standing,
    UnknownLanguage,
    UnknownPlace,
    enclosing,
    fold,
)
from corpus.world.sources import RegionEntry, Sources, read_sources

# A name shared by several places lists the likeliest first: Georgia the country before Georgia the state.
_LIKELIEST = (
    PlaceType.WORLD,
    PlaceType.COUNTRY,
    PlaceType.CONTINENT,
    PlaceType.REGION,
    PlaceType.BLOC,
    PlaceType.SUBDIVISION,
    PlaceType.CITY,
)


class World:
    """Every place and every name it goes by."""

    def __init__(self, sources: Sources) -> None:
        self._entries = sources.entries
        self._cities = sources.cities
        self._local = sources.local
        self._by_name = _index(sources.entries)

    @classmethod
    def load(cls) -> World:
        """The world from the data shipped with the program; read once a process.

        Raises:
            CorpusFileError: a data file is missing or malformed.
            CorpusContentError: the data contradict each other.
        """
        return _load()

    @property
    def places(self) -> Sequence[Place]:
        """All places: countries, regions and blocs, subdivisions, then cities from the largest to the smallest."""
        return tuple(entry.place for entry in self._entries.values())

    def place(self, place_id: str) -> Place:
        """The place with this id: ``south-east-asia``, ``TH``, ``US-TX``, ``US-TX/houston``.

        Raises:
            UnknownPlace: there is none; the message suggests the nearest id.
        """
        if place_id in self._entries:
            return self._entries[place_id].place
        near = process.extractOne(place_id, self._entries.keys())
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownPlace(f"no place {place_id!r}: ids are ISO 3166 codes, regions' ids, or country/city.{hint}")

    def find(self, name: str) -> tuple[Place, ...]:
        """The places an English name may mean, the likeliest first; none where it is unknown.

        Case and accents do not matter, except in the few names whose capitals alone set them off from ordinary words:
        "US" is a country, "us" is none, "Reading" is a city, "reading" is none. "Nice, France" names a city by where
        it lies. Adjectives count as names: "Thai" finds Thailand.
        """
        found = {
            known.place_id
            for known in self._by_name.get(fold(name), ())
            if not known.case_sensitive or _capitals(known.surface) == _capitals(name)
        }
        if not found and "," in name:
            return self._city_in(*name.split(",", maxsplit=1))
        return tuple(sorted(map(self.place, found), key=lambda place: (_LIKELIEST.index(place.type), place.id)))

    def _city_in(self, name: str, where: str) -> tuple[Place, ...]:
        wider = self.find(where.strip())
        cities = map(self.place, self._cities.get(fold(name), ()))
        return tuple(city for city in cities if any(self.relation(city, outer) is Relation.INSIDE for outer in wider))

    def names(self, language: str = "en") -> Iterator[Name]:
        """Every form by which a text in ``language`` may call a place; a form of two places comes twice.

        English has all names, demonyms and adjectives. Other languages have countries and the UN's regions from CLDR,
        and what local.yaml adds. City names that are ordinary words ("Reading") are left out.

        Raises:
            UnknownLanguage: CLDR does not have the language.
        """
        if language == "en":
            for entry in self._entries.values():
                if not entry.silent:
                    yield from _names(entry)
            return
        territories = _territories(language)
        for place_id, entry in self._entries.items():
            translated = territories.get(entry.cldr, "")
            forms = (*self._local.get(language, {}).get(place_id, ()), translated, translated.partition(" (")[0])
            for form in dict.fromkeys(filter(None, forms)):
                yield Name(form, place_id, adjectival=False, case_sensitive=_clashes(form))

    def local_name(self, place_id: str, language: str) -> str | None:
        """What a place is called in ``language``, or nothing where no translation is known.

        Raises:
            UnknownPlace: there is no such place.
            UnknownLanguage: CLDR does not have the language.
        """
        place = self.place(place_id)
        if language == "en":
            return place.name
        written = self._local.get(language, {}).get(place_id)
        return written[0] if written else _territories(language).get(self._entries[place_id].cldr)

    def spoken(self, place_id: str, language: str = "en") -> str | None:
        """What a place is called within a sentence: the local name, in English with its article ("the Philippines").

        Raises:
            UnknownPlace: there is no such place.
            UnknownLanguage: CLDR does not have the language.
        """
        return self._spoken(self.place(place_id)) if language == "en" else self.local_name(place_id, language)

    def relation(self, inner: Place, outer: Place) -> Relation:
        """How ``inner`` lies to ``outer``.

        Inside: every atom lies in the outer place, and so on; disputed: whether one holds the other hangs on members
        of which sources disagree. Two places that share disputed members at most are apart: Asia is not Europe for
        Turkey's sake.
        """
        if inner.atoms == outer.atoms:
            return Relation.SAME
        forth = {outer.standing(atom) for atom in inner.atoms}
        back = {inner.standing(atom) for atom in outer.atoms}
        within = {Standing.IN}
        if forth == within:
            return Relation.SAME if back == within else Relation.INSIDE
        if back == within:
            return Relation.CONTAINS
        if forth <= {Standing.IN, Standing.DISPUTED} or back <= {Standing.IN, Standing.DISPUTED}:
            return Relation.DISPUTED
        shared = {Standing.IN, Standing.PART}
        return Relation.OVERLAPS if (forth | back) & shared else Relation.APART

    def described(self, inner: Place, outer: Place) -> str:
        """The relation as an English clause: "Thailand lies in South East Asia", or the reason why it is disputed."""
        relation = self.relation(inner, outer)
        if relation is Relation.CONTAINS:
            return self.described(outer, inner)
        if relation is Relation.DISPUTED:
            return _capitalised(self._dispute(inner, outer))
        subject, there = self._spoken(inner), self._spoken(outer)
        plural = self._entries[inner.id].plural
        if relation is Relation.SAME:
            return _capitalised(f"{subject} and {there} are the same" if inner.id != outer.id else subject)
        if relation is Relation.APART:
            return _capitalised(f"{subject} {'do' if plural else 'does'} not lie in {there}")
        if relation is Relation.OVERLAPS:
            return f"Only a part of {subject} lies in {there}"
        if outer.type is PlaceType.BLOC and inner.type is PlaceType.COUNTRY:
            return _capitalised(f"{subject} {'belong' if plural else 'belongs'} to {there}")
        return _capitalised(f"{subject} {'lie' if plural else 'lies'} in {there}")

    def _dispute(self, inner: Place, outer: Place) -> str:
        """Why it is disputed; several reasons are summed up by the first."""
        reasons = [*_reasons(inner, outer), *_reasons(outer, inner)]
        if len(reasons) == 1:
            return reasons[0]
        return f"whether {self._spoken(inner)} lies in {self._spoken(outer)} is disputed: for one, {reasons[0]}"

    def _spoken(self, place: Place) -> str:
        return f"the {place.name}" if self._entries[place.id].the else place.name


@cache
def _load() -> World:
    return World(read_sources())


@cache
def _territories(language: str) -> Mapping[str, str]:
    """CLDR's names of countries and regions in a language, by code."""
    try:
        return dict(babel.Locale.parse(language, sep="-" if "-" in language else "_").territories)
    except (babel.UnknownLocaleError, ValueError) as error:
        raise UnknownLanguage(f"no names in {language!r}: use a code that CLDR has, such as 'fr' or 'ja'.") from error


def _index(entries: Mapping[str, RegionEntry]) -> dict[str, list[Name]]:
    by_name: defaultdict[str, list[Name]] = defaultdict(list)
    for entry in entries.values():
        for name in _names(entry):
            by_name[fold(name.surface)].append(name)
    return dict(by_name)


def _names(entry: RegionEntry) -> Iterator[Name]:
    place = entry.place
    for adjectival, forms in ((False, place.names), (True, place.demonyms)):
        for form in forms:
            yield Name(form, place.id, adjectival, fold(form) in entry.exact)


def _capitals(text: str) -> list[bool]:
    """Which letters are capitals, the article aside: what is left to compare once two names fold to the same."""
    plain = text.strip().removeprefix("the ").removeprefix("The ")
    return [letter.isupper() for letter in plain if letter.isalpha()]


def _clashes(form: str) -> bool:
    """Whether a short name in capitals would be an ordinary word in small letters ("US", "UE")."""
    return form.isascii() and form.isupper() and len(form) <= 2


def _reasons(inner: Place, outer: Place) -> list[str]:
    """Why some of the atoms of ``inner`` are disputed in ``outer``, each reason once."""
    found = []
    for atom in sorted(inner.atoms):
        if outer.standing(atom) is Standing.DISPUTED:
            found.append(next(outer.disputed[wider] for wider in enclosing(atom) if wider in outer.disputed))
    return list(dict.fromkeys(found))


def _capitalised(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
