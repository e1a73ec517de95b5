"""Which words name what: exact, inflected, misspelt, run together, coordinated, and in any script."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.linker import Mention, Role
from corpus.language import Cue
from tests.bot.core import STEADY, Core


def entity(mention: Mention) -> tuple[str, ...]:
    return mention.names(Role.ENTITY)


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("Who leads Europe?", "Europe", "Europe"),
        ("WHO LEADS EUROPE?", "EUROPE", "Europe"),
        ("who leads europe", "europe", "Europe"),
        ("Who leads Ｅｕｒｏｐｅ?", "Ｅｕｒｏｐｅ", "Europe"),
        ("who leads the Old Continent", "the Old Continent", "Europe"),
        ("South-East Asia", "South-East Asia", "South East Asia"),
        ("Southeast Asia", "Southeast Asia", "South East Asia"),
        ("s.e. asia", "s.e. asia", "South East Asia"),
        ("Northamerica", "Northamerica", "North America"),
        ("E-body architecture", "E-body architecture", "E-body architecture"),
        ("plug-in hybrids", "plug-in hybrids", "plug-in hybrid electric vehicles"),
        ("Nissan's markets", "Nissan", "Nissan"),
        ("A- and B-segment cars", "A- and B-segment cars", "A and B segments"),
        ("the Nissan Leaf", "Nissan Leaf", "Leaf"),
    ],
)
def test_a_name_is_found_however_it_is_written(alliance: Core, text: str, words: str, name: str) -> None:
    assert entity(alliance.mention(text, words)) == (name,)


@pytest.mark.parametrize(
    ("words", "norm", "name"),
    [
        ("Erope", "europe", "Europe"),
        ("Euorpe", "europe", "Europe"),
        ("Mitsubshi", "mitsubishi", "Mitsubishi"),
        ("Nisssan", "nissan", "Nissan"),
        ("Ociania", "oceania", "Oceania"),
    ],
)
def test_a_misspelt_name_is_mended_and_marked(alliance: Core, words: str, norm: str, name: str) -> None:
    mention = alliance.mention(f"Who leads {words}?", words)
    assert (mention.norm, mention.mended, entity(mention)) == (norm, True, (name,))


def test_two_wrong_letters_in_a_long_phrase_are_mended_word_by_word(alliance: Core) -> None:
    mention = alliance.mention("Who leads autonomus drivng?", "autonomus drivng")
    assert mention.mended and entity(mention) == ("autonomous driving technology",)


@pytest.mark.parametrize("word", ["the", "stone", "purple", "mountain", "xy", "日本", "zzzzzzzz"])
def test_other_words_are_left_as_they_are(alliance: Core, word: str) -> None:
    assert not alliance.mention(f"Who leads {word}?", word[:1] if word == "日本" else word).mended


def test_misspelt_predicates_are_read(alliance: Core, brigade: Core) -> None:
    for core in (alliance, brigade):
        assert core.mention("The leedership", "leedership").names(Role.PREDICATE) == ("leads",)


def test_the_longest_phrase_wins(alliance: Core) -> None:
    assert entity(alliance.mention("Who leads North America?", "North America")) == ("North America",)
    assert entity(alliance.mention("connected technology", "connected technology")) == ("connected technology",)
    long = "new Android-based connected platform"
    assert entity(alliance.mention(f"the {long}", long)) == ("Android-based connected platform",)


def test_a_coordination_shares_its_head(alliance: Core) -> None:
    north = alliance.mention("North/South America", "North")
    assert entity(north) == ("North America",)
    assert alliance.mention("segment C or D", "D").names(Role.ENTITY) == ("D segment",)


def test_places_of_the_world_are_known_where_a_kind_is_a_place(alliance: Core) -> None:
    mention = alliance.mention("Who leads in Kuala Lumpur?", "Kuala Lumpur")
    assert mention.names(Role.PLACE) and not entity(mention)


def test_places_of_the_world_are_no_words_of_a_corpus_without_places(brigade: Core) -> None:
    mention = brigade.mention("Who leads in Thailand?", "Thailand")
    assert mention.unknown and not mention.names(Role.PLACE)


def test_a_region_s_own_name_is_the_entity_and_no_second_place(alliance: Core) -> None:
    mention = alliance.mention("Who leads in Japan?", "Japan")
    assert entity(mention) == ("Japan",) and not mention.names(Role.PLACE)


def test_adjectives_of_places_are_marked(alliance: Core) -> None:
    chinese = alliance.mention("Chinese connected tech", "Chinese")
    assert chinese.adjective and entity(chinese) == ("China",)
    assert not alliance.mention("China", "China").adjective
    assert alliance.mention("the Thai market", "Thai").adjective


@pytest.mark.parametrize(("text", "word"), [("who tells us more", "us"), ("I was reading it", "reading")])
def test_words_in_small_letters_that_capitals_make_places_are_words(alliance: Core, text: str, word: str) -> None:
    assert not alliance.mention(text, word).names(Role.PLACE)


def test_the_united_states_in_capitals_are_a_place(alliance: Core) -> None:
    assert alliance.mention("Who leads in the US?", "US").names(Role.PLACE) == ("US",)


def test_an_ambiguous_place_keeps_all_its_readings(alliance: Core) -> None:
    assert len(alliance.mention("Who leads in Georgia?", "Georgia").names(Role.PLACE)) > 1


@pytest.mark.parametrize("text", ["Who leads 1,000 regions?", "Who leads 12 regions?", "Who leads three regions?"])
def test_numbers_in_digits_and_words(alliance: Core, text: str) -> None:
    number = next(name for mention in alliance.linker.link(text) for name in mention.names(Role.NUMBER))
    assert number in ("1000", "12", "3")


@pytest.mark.parametrize(
    ("text", "word", "cue"),
    [
        ("Who leads it?", "Who", Cue.WHO),
        ("which regions", "which", Cue.WHICH),
        ("not Europe", "not", Cue.NOT),
        ("all except Europe", "except", Cue.EXCEPT),
        ("only Europe", "only", Cue.ONLY),
        ("how many regions", "how many", Cue.HOW_MANY),
        ("neither Europe nor Japan", "neither", Cue.NEITHER),
        ("Nobody leads it", "Nobody", Cue.NOBODY),
        ("both Europe and Japan", "both", Cue.BOTH),
    ],
)
def test_function_words(core: Core, text: str, word: str, cue: Cue) -> None:
    assert core.mention(text, word).has(cue)


def test_inflected_words_of_kinds_and_predicates(core: Core) -> None:
    assert core.mention("leads", "leads").names(Role.PREDICATE) == ("leads",)
    assert core.mention("followers", "followers").names(Role.COMPLEMENT) == ("leads",)
    for kind in core.corpus.kinds.values():
        assert kind.name in core.mention(kind.plural, kind.plural).names(Role.KIND)


def test_every_name_and_alias_is_found(core: Core) -> None:
    """What the vocabulary lists, it must find; a function word or a longer phrase may not swallow it."""
    for found in core.corpus.entities.values():
        for name in (found.name, *(alias for alias in found.aliases if not set(alias) & set("–."))):
            named = [name for mention in core.linker.link(name.lower()) for name in entity(mention)]
            assert named == [found.name], f"{name!r} is not read as {found.name!r}"


@pytest.mark.parametrize("text", ["", " ", "\n\t\n"])
def test_nothing_is_linked_to_nothing(core: Core, text: str) -> None:
    assert core.linker.link(text) == ()


def test_hesitations_are_passed_over(alliance: Core) -> None:
    assert [m.text for m in alliance.linker.link("Who, um, leads uh Europe?")] == [
        *("Who", ",", ",", "leads", "Europe", "?")
    ]


@pytest.mark.parametrize("text", ["🚗🚗", "!?;", "— “”", "...", "()[]{}"])
def test_marks_are_no_unknown_words(core: Core, text: str) -> None:
    mentions = core.linker.link(text)
    assert mentions and not any(mention.word or mention.unknown for mention in mentions)


@pytest.mark.parametrize("text", ["من يقود أوروبا؟", "מי מוביל", "谁领导欧洲", "ποιος ηγείται"])
def test_other_scripts_are_unknown_words_at_the_right_place(core: Core, text: str) -> None:
    words = [mention for mention in core.linker.link(text) if mention.word]
    assert words and all(mention.unknown for mention in words)


@given(text=st.text(max_size=80))
@STEADY
def test_mentions_stand_where_they_say_and_in_order(alliance: Core, text: str) -> None:
    mentions = alliance.linker.link(text)
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    assert all(before.end <= after.start for before, after in pairwise(mentions))


def test_linking_again_gives_the_same(world_cores: tuple[Core, Core]) -> None:
    first, second = world_cores
    for text in ("Who leads Erope, um, and the USA?", "A and B segments", "Northamerica"):
        assert first.linker.link(text) == second.linker.link(text)
