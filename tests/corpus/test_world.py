"""The world's geography: how places lie to each other, what they are called, and what is no place name."""

from __future__ import annotations

import re
from pathlib import Path

import pycountry
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from spellchecker import SpellChecker

from corpus.errors import CorpusContentError, CorpusFileError
from corpus.world import Place, PlaceType, Relation, UnknownLanguage, UnknownPlace, World, fold
from corpus.world.model import Standing, enclosing
from corpus.world.sources import FOLDER, read_sources

WORLD = World.load()
PLACES = WORLD.places
M49_CONTINENTS = ("africa", "americas", "asia", "europe", "oceania", "antarctica")
# City names in running text that are English words to a spelling checker, looked at and found to mean the city.
CITIES_KEPT = """
    adelaide albuquerque algiers amsterdam anchorage athens atlanta baghdad baltimore bangalore bangkok barcelona
    belgrade bologna bombay boston brighton brooklyn brussels budapest cairo calcutta canton cardiff chennai chesapeake
    chicago cincinnati copenhagen coventry dallas denver detroit dubai dublin fez geneva havana houston istanbul
    jerusalem kobe lahore leeds lisbon liverpool london madras madrid manchester manhattan manila mecca miami milan
    montreal moscow mumbai nanjing naples oakland odessa paris philadelphia pittsburgh portland prague rennes rio roma
    rome sacramento seattle seoul stockholm sydney tampa tehran thane vancouver vegas vienna washington winnipeg xian
    yonkers bronx
"""
NO_PLACES = """
    reading nice man van male sale mobile split orange most date lead best same of victoria george paradise oral perm
    batman mango salem aurora hamilton lincoln toyota kawasaki fuji cayenne carrefour acre para mie saga us sea it no in
    or me alpine oceanic gulf
"""


def found(name: str) -> list[str]:
    return [place.id for place in WORLD.find(name)]


def relation(inner: str, outer: str) -> Relation:
    return WORLD.relation(WORLD.place(inner), WORLD.place(outer))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("TH", "south-east-asia"),
        ("TH/bangkok", "TH"),
        ("TH/bangkok", "asia"),
        ("DE-BY/munich", "DE-BY"),
        ("DE-BY/munich", "european-union"),
        ("HK", "CN"),
        ("MO", "greater-china"),
        ("CN", "east-asia"),
        ("mainland-china", "CN"),
        ("RU", "europe"),
        ("RU/moscow", "europe"),
        ("siberia", "asia"),
        ("CY", "europe"),
        ("east-thrace", "europe"),
        ("sinai", "asia"),
        ("EG", "north-africa"),
        ("US-HI", "US"),
        ("MX", "latin-america"),
        ("MX", "north-america"),
        ("GL", "north-america"),
        ("european-union", "europe"),
        ("north-america", "americas"),
        ("borneo", "south-east-asia"),
        ("ID-BA", "ID"),
        ("XK", "europe"),
        ("KR", "korea"),
        ("emea", "world"),
        ("TL", "asean"),
    ],
)
def test_inside_and_its_converse(inner: str, outer: str) -> None:
    assert relation(inner, outer) is Relation.INSIDE
    assert relation(outer, inner) is Relation.CONTAINS


@pytest.mark.parametrize(
    ("inner", "outer", "word"),
    [
        ("TR", "europe", "Turkey"),
        ("TR-34/istanbul", "europe", "Turkey"),
        ("KZ", "europe", "Ural"),
        ("caucasus", "europe", "border"),
        ("RU", "asia", "Russia"),
        ("siberia", "europe", "Siberia"),
        ("CY", "asia", "European Union"),
        ("CR", "north-america", "Costa Rica"),
        ("caribbean", "north-america", "business"),
        ("US-HI", "north-america", "Hawaii"),
        ("US-HI", "oceania", "Hawaii"),
        ("TW", "CN", "claimed"),
        ("PR", "US", "territory"),
        ("SD", "north-africa", "Sudan"),
        ("EH", "north-africa", "Western Sahara"),
        ("MR", "north-africa", "Mauritania"),
        ("sinai", "africa", "Sinai"),
        ("crimea", "UA", "Crimea"),
        ("crimea", "RU", "Crimea"),
        ("XK", "RS", "Kosovo"),
        ("IR", "south-asia", "Iran"),
    ],
)
def test_disputed_both_ways_with_a_reason(inner: str, outer: str, word: str) -> None:
    assert relation(inner, outer) is relation(outer, inner) is Relation.DISPUTED
    assert word in WORLD.described(WORLD.place(inner), WORLD.place(outer))


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("TH", "europe", Relation.APART),
        ("asia", "europe", Relation.APART),
        ("central-asia", "europe", Relation.APART),
        ("GB", "european-union", Relation.APART),
        ("GL", "europe", Relation.APART),
        ("IR", "gulf-states", Relation.DISPUTED),
        ("borneo", "ID", Relation.OVERLAPS),
        ("middle-east", "asia", Relation.OVERLAPS),
        ("patagonia", "AR", Relation.OVERLAPS),
        ("latin-america", "north-america", Relation.OVERLAPS),
        ("mena", "africa", Relation.OVERLAPS),
        ("asean", "south-east-asia", Relation.SAME),
        ("eurasia", "eurasia", Relation.SAME),
        ("siberia", "russian-asia", Relation.SAME),
    ],
)
def test_other_relations(inner: str, outer: str, expected: Relation) -> None:
    assert relation(inner, outer) is expected


@given(st.sampled_from(PLACES[:500]), st.sampled_from(PLACES[:500]))
def test_every_relation_has_its_converse(one: Place, other: Place) -> None:
    converse = {Relation.INSIDE: Relation.CONTAINS, Relation.CONTAINS: Relation.INSIDE}
    there = WORLD.relation(one, other)
    assert WORLD.relation(other, one) is converse.get(there, there)


def test_the_longest_entry_decides_where_an_atom_stands() -> None:
    europe = WORLD.place("europe")
    assert europe.standing("RU") is Standing.IN
    assert europe.standing("RU-NVS/novosibirsk") is Standing.DISPUTED
    assert europe.standing("TR-22/edirne") is Standing.IN
    assert europe.standing("TH") is Standing.OUT
    assert WORLD.place("US-TX").standing("US") is Standing.PART


def test_enclosing_does_not_cut_through_a_slug() -> None:
    assert list(enclosing("BR-RJ/rio-de-janeiro")) == ["BR-RJ/rio-de-janeiro", "BR-RJ", "BR"]


@pytest.mark.parametrize(
    ("inner", "outer", "clause"),
    [
        ("TH", "south-east-asia", "Thailand lies in South East Asia"),
        ("US", "north-america", "The United States lies in North America"),
        ("north-america", "US", "The United States lies in North America"),
        ("nordics", "europe", "The Nordic countries lie in Europe"),
        ("FR", "european-union", "France belongs to the European Union"),
        ("TH", "europe", "Thailand does not lie in Europe"),
        ("borneo", "ID", "Only a part of Borneo lies in Indonesia"),
        ("asean", "south-east-asia", "ASEAN and South East Asia are the same"),
        ("TR", "europe", "Turkey lies in both Europe and Asia"),
    ],
)
def test_described(inner: str, outer: str, clause: str) -> None:
    assert WORLD.described(WORLD.place(inner), WORLD.place(outer)) == clause


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("thailand", ["TH"]),
        ("Siam", ["TH"]),
        ("Thais", ["TH"]),
        ("CÔTE D’IVOIRE", ["CI"]),
        ("cote d'ivoire", ["CI"]),
        ("the Netherlands", ["NL"]),
        ("Holland", ["NL"]),
        ("Türkiye", ["TR"]),
        ("Burma", ["MM"]),
        ("mainland china", ["mainland-china"]),
        ("PRC", ["CN"]),
        ("U.S.A.", ["US"]),
        ("America", ["US"]),
        ("the Americas", ["americas"]),
        ("uk", ["GB"]),
        ("Great Britain", ["GB"]),
        ("south-east Asia", ["south-east-asia"]),
        ("SE Asia", ["south-east-asia"]),
        ("Southeastern Asia", ["south-east-asia"]),
        ("South East Asian", ["south-east-asia"]),
        ("Northern Africa", ["north-africa"]),
        ("LATAM", ["latin-america"]),
        ("APAC", ["asia-pacific"]),
        ("NAFTA", ["usmca"]),
        ("worldwide", ["world"]),
        ("down under", ["AU"]),
        ("Bavaria", ["DE-BY"]),
        ("Scotland", ["GB-SCT"]),
        ("Peking", ["CN-BJ"]),
        ("Saigon", ["VN/ho-chi-minh-city"]),
        ("Cologne", ["DE-NW/koln"]),
        ("St. Petersburg", ["RU/saint-petersburg"]),
        ("no such place", []),
        ("", []),
    ],
)
def test_find(name: str, ids: list[str]) -> None:
    assert found(name) == ids


def test_names_of_several_places_find_them_all() -> None:
    assert found("Georgia") == ["GE", "US-GA"]
    assert found("Washington") == ["US-WA", "US-DC/washington"]
    assert found("Ireland") == ["IE", "ireland-island"]
    assert set(found("Punjab")) == {"IN-PB", "PK-PB"}
    assert WORLD.place("korea").atoms == {"KR", "KP"}
    assert WORLD.place("congo").atoms == {"CD", "CG"}
    assert found("Korea") == ["korea"] and found("Congo") == ["congo"]


def test_a_city_name_means_the_largest_only_where_it_is_far_larger() -> None:
    assert found("Córdoba") == ["AR/cordoba"]
    assert found("London") == ["GB-ENG/london"]
    assert found("Valencia") == ["ES-VC/valencia", "VE/valencia"]
    assert set(found("San Jose")) == {"CR/san-jose", "US-CA/san-jose"}
    assert found("Cordoba, Spain") == ["ES-AN/cordoba"]
    assert found("London, Canada") == ["CA-ON/london"]
    assert found("London, Thailand") == []


def test_a_city_yields_its_name_to_a_larger_place() -> None:
    assert found("Jamaica") == ["JM"], "not the part of New York"
    assert found("Armenia") == ["AM"], "not the city in Colombia"
    assert found("Singapore") == ["SG"]


CASED = ["US", "States", "Polish", "Pole", "Poles", "Swede", "Finn", "Kiwi", "Jersey", "Oz", "SEA", "Reunion Island"]


@pytest.mark.parametrize("name", [*CASED, "Reading", "Nice", "Phoenix"])
def test_ordinary_words_are_places_only_with_capitals(name: str) -> None:
    assert found(name)
    assert not found(name.lower())


@pytest.mark.parametrize("word", NO_PLACES.split())
def test_ordinary_words_do_not_name_places_in_running_text(word: str) -> None:
    hijackers = [name for name in WORLD.names() if fold(name.surface) == word and not name.case_sensitive]
    assert not hijackers


def test_every_city_name_that_is_an_english_word_has_been_looked_at() -> None:
    """The spelling checker counts place names up to 50, so that more than 100 tells a word in common use."""
    frequency, kept = SpellChecker().word_frequency, CITIES_KEPT.split()
    words = {
        fold(name.surface)
        for name in WORLD.names()
        if WORLD.place(name.place_id).type is PlaceType.CITY and not name.case_sensitive
    }
    new = sorted(word for word in words if " " not in word and frequency[word] > 100 and word not in kept)
    assert not new, f"sort these names into left_out or exact of cities.yaml, or keep them here: {new}"


def test_the_city_rules_all_refer_to_cities() -> None:
    rules = yaml.load((FOLDER / "cities.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    cities = [place for place in PLACES if place.type is PlaceType.CITY]
    known = {fold(city.name) for city in cities} | {fold(name) for city in cities for name in city.names}
    rules_for = [*rules["left_out"], *rules["exact"], *rules["settled"]]
    assert [name for name in rules_for if fold(name) not in known] == []
    shown = {city.name for city in cities}
    assert [key for key, names in rules["names"].items() if names[0] not in shown] == []


def test_names_carry_their_flags() -> None:
    names = {(name.surface, name.place_id): name for name in WORLD.names()}
    assert names["Thai", "TH"].adjectival and not names["Thailand", "TH"].adjectival
    assert names["European", "europe"].adjectival
    assert names["US", "US"].case_sensitive and not names["USA", "US"].case_sensitive
    assert names["Polish", "PL"].adjectival and names["Polish", "PL"].case_sensitive
    surface, place_id, adjectival, case_sensitive = names["Phoenix", "US-AZ/phoenix"]
    assert (surface, place_id, adjectival, case_sensitive) == ("Phoenix", "US-AZ/phoenix", False, True)


def test_every_iso_country_has_a_name_and_nearly_all_a_demonym() -> None:
    codes = [country.alpha_2 for country in pycountry.countries]
    assert len(codes) == 249
    countries = [WORLD.place(code) for code in codes]
    assert all(country.type is PlaceType.COUNTRY and country.name for country in countries)
    assert all(country.id in found(country.name) for country in countries)
    assert sum(bool(country.demonyms) for country in countries) >= 190


def test_every_country_lies_in_one_continent_and_in_the_world() -> None:
    continents = [WORLD.place(name) for name in M49_CONTINENTS]
    for country in (place for place in PLACES if place.type is PlaceType.COUNTRY):
        homes = [home.id for home in continents if WORLD.relation(country, home) in (Relation.INSIDE, Relation.SAME)]
        assert len(homes) == 1, (country.id, homes)
        assert relation(country.id, "world") is Relation.INSIDE
        assert not WORLD.place("world").disputed


def test_straddlers_are_disputed_in_their_other_continent() -> None:
    assert {"TR", "GE", "AM", "AZ", "KZ"} <= WORLD.place("europe").disputed.keys()
    assert {"RU", "CY"} <= WORLD.place("asia").disputed.keys()


def test_no_member_is_disputed_at_the_same_time_and_every_reason_is_filled_in() -> None:
    for place in PLACES:
        assert not place.atoms & place.disputed.keys(), place.id
        assert all(reason and "{" not in reason for reason in place.disputed.values()), place.id


def test_members_are_iso_codes() -> None:
    """Subdivision codes are ISO 3166-2; a part that has no code is written country/part."""
    known = (
        {subdivision.code for subdivision in pycountry.subdivisions} | {c.alpha_2 for c in pycountry.countries} | {"XK"}
    )
    for place in PLACES:
        atoms = {atom.split("/")[0] for atom in place.atoms | place.disputed.keys()}
        assert atoms - {"XK"} <= known, (place.id, sorted(atoms - known))


@pytest.mark.parametrize(
    ("language", "names"),
    {
        "fr": ["Europe", "Asie", "Asie du Sud-Est", "Afrique du Nord", "Amérique du Nord", "Amérique du Sud", "Japon"],
        "es": ["Europa", "Asia", "Sudeste Asiático", "Norte de África", "Norteamérica", "Sudamérica", "Japón"],
        "de": ["Europa", "Asien", "Südostasien", "Nordafrika", "Nordamerika", "Südamerika", "Japan"],
        "ja": ["ヨーロッパ", "アジア", "東南アジア", "北アフリカ", "北アメリカ", "南アメリカ", "日本"],
    }.items(),
)
def test_local_names(language: str, names: list[str]) -> None:
    ids = ["europe", "asia", "south-east-asia", "north-africa", "north-america", "south-america", "JP"]
    assert [WORLD.local_name(place_id, language) for place_id in ids] == names
    surfaces = {(name.surface, name.place_id) for name in WORLD.names(language)}
    assert surfaces >= set(zip(names, ids, strict=True))


def test_local_names_beyond_cldr_and_where_there_are_none() -> None:
    assert WORLD.local_name("middle-east", "de") == "Naher Osten"
    assert WORLD.local_name("TH", "en") == "Thailand"
    assert WORLD.local_name("TH", "pt-BR") == "Tailândia"
    assert WORLD.local_name("brics", "fr") is None
    assert ("米国", "US", False, False) in set(WORLD.names("ja"))
    assert ("US", "US", False, True) in set(WORLD.names("de"))


def test_every_local_entry_belongs_to_a_place() -> None:
    local = yaml.load((FOLDER / "local.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    ids = {place.id for place in PLACES}
    assert {place_id for entries in local.values() for place_id in entries} <= ids


def test_unknown_ids_and_languages_say_what_to_use_instead() -> None:
    with pytest.raises(UnknownPlace, match="Did you mean 'south-east-asia'"):
        WORLD.place("southeast-asia")
    with pytest.raises(UnknownLanguage, match="'fr'"):
        list(WORLD.names("xx"))
    with pytest.raises(UnknownLanguage):
        WORLD.local_name("TH", "?")


def with_regions(folder: Path, regions: str) -> Path:
    """A copy of the data with other regions."""
    for file in FOLDER.glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "places.yaml").write_text("{}", encoding="utf-8")
    (folder / "regions.yaml").write_text(regions, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ("north: {name: North, type: region, members: NO FX}", "north: unknown member 'FX'. Did you mean"),
        ("north: {name: North, type: region, members: NO, disputed: {FX: why}}", "unknown member 'FX'"),
        ("a: {name: A, type: region, members: b}\nb: {name: B, type: region, members: a}", "a → b → a: a region holds"),
    ],
)
def test_regions_that_do_not_hold_together_are_refused(tmp_path: Path, regions: str, message: str) -> None:
    with pytest.raises(CorpusContentError, match=re.escape(message)):
        read_sources(with_regions(tmp_path, regions))


def test_a_missing_or_malformed_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusFileError, match=r"regions\.yaml: expected a mapping"):
        read_sources(with_regions(tmp_path, "- just\n- a list\n"))
    (tmp_path / "regions.yaml").unlink()
    with pytest.raises(CorpusFileError, match=r"regions\.yaml: cannot be read"):
        read_sources(tmp_path)


@pytest.mark.slow
def test_a_region_takes_over_what_its_parts_dispute_unless_another_part_settles_it(tmp_path: Path) -> None:
    regions = """
        north: {name: North, type: region, members: NO, disputed: {SE: "{place} is far away", DK: "{place} too"}}
        south: {name: South, type: region, members: DK}
        both: {name: Both, type: region, members: north south}
    """
    world = World(read_sources(with_regions(tmp_path, regions)))
    assert world.place("both").atoms == {"NO", "DK"}
    assert world.place("both").disputed == {"SE": "Sweden is far away"}
