"""Language files: each has what the program asks for, and what is not of its form is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from bot.reasoning.evidence import Say, Statement
from bot.wording.sentences import Wording
from corpus.errors import CorpusFileError
from corpus.language import FOLDER, Cue, Talk, load_language
from corpus.loader import SHIPPED, load_corpus
from corpus.text import tokenize

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
# What the checker says besides the statements of answers, and what fills it.
CHECKER = {
    "refuted": {"statements"},
    "supported": {"statements"},
    "follows": {"statements"},
    "quoted": set(),
    "aligned": {"quote"},
    "not_said": {"speaker"},
    "misattributed": {"speaker", "quote"},
    "differs": {"quote"},
    "unstated": set(),
    "hypothetical": set(),
    "unread": set(),
    "list_and": {"first", "last"},
    "list_comma": set(),
}


def holes(template: str) -> set[str]:
    """The names of what a template leaves open, whatever form of a name it asks for."""
    return {name.removeprefix("in_") for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("cue", Cue)
def test_every_cue_has_words(code: str, cue: Cue) -> None:
    assert load_language(code).cues[cue]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_can_be_found_in_a_text(code: str) -> None:
    language = load_language(code)
    assert set(language.talk) == set(Talk)
    phrases = [*language.pressure, *language.correction, *language.follow_up, *language.instruction]
    phrases += [word for words in (*language.cues.values(), *language.talk.values()) for word in words]
    phrases += [word for words in language.kinds.values() for word in words]
    phrases += [*language.months, *language.numbers, *language.fractions, *language.light, *language.say_verbs]
    assert [phrase for phrase in phrases if not tokenize(phrase)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_what_its_file_says(code: str) -> None:
    language = load_language(code)
    assert language.code == code
    assert len(language.months) == 12
    assert all(isinstance(value, int) for value in language.numbers.values())
    assert all(0 <= value <= 100 for value in language.fractions.values())
    for predicate in language.predicates.values():
        assert set(predicate.verb) == {"one", "many", "base"}
        assert set(predicate.follow) == {"one", "many", "base"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_negations_are_never_words_that_add_nothing(code: str) -> None:
    language = load_language(code)
    negations = {*language.cues[Cue.NO], *language.cues[Cue.NOT]}
    for words in (language.cues[Cue.NEUTRAL], language.cues[Cue.FILLER]):
        assert negations.intersection(words) == set()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("say", Say)
def test_every_statement_can_be_said(code: str, say: Say) -> None:
    language = load_language(code)
    wording = Wording(load_corpus(SHIPPED / "alliance"), language)
    quoted = {"quote": ("{x}",)}
    for names in (quoted, {"subjects": ("Renault", "Nissan"), "number": ("2",), "kind": ("region",), **quoted}):
        said = wording.render(Statement(say, names))
        assert said.strip()
        assert not holes(language.say[say]) & {"statements", "first", "last"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_checkers_words_have_the_right_holes(code: str) -> None:
    say = load_language(code).say
    assert {name: holes(say[name]) for name in CHECKER} == CHECKER


def plain(say: Mapping[str, str]) -> dict[str, str]:
    """The templates but for those of verbs with an auxiliary, which a language has where it words them otherwise."""
    return {name: template for name, template in say.items() if not name.endswith("_be")}


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_say_the_same_things_with_the_same_names(code: str) -> None:
    say, english = load_language(code).say, plain(load_language("en").say)
    assert set(plain(say)) == set(english)
    about = {"subject", "subjects", "object", "objects", "scope", "scopes", "number", "quote", "unknown"}
    missing = {name: holes(english[name]) & about - holes(say[name]) for name in english}
    assert {name: left for name, left in missing.items() if left} == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_template_is_left_over(code: str) -> None:
    say = load_language(code).say
    assert set(plain(say)) == {*Say, *CHECKER}
    assert {name.removesuffix("_be") for name in say} == set(plain(say))


@pytest.mark.parametrize(
    ("code", "sort", "name", "plain", "inside"),
    [
        ("fr", "country", "Chine", "la Chine", "en Chine"),
        ("fr", "country", "Mexique", "le Mexique", "au Mexique"),
        ("fr", "country", "Irak", "l'Irak", "en Irak"),
        ("fr", "country", "Cuba", "Cuba", "à Cuba"),
        ("fr", "country", "Pays-Bas", "les Pays-Bas", "aux Pays-Bas"),
        ("fr", "city", "Paris", "Paris", "à Paris"),
        ("fr", "city", "Le Caire", "Le Caire", "au Caire"),
        ("fr", "", "la conduite autonome", "la conduite autonome", "pour la conduite autonome"),
        ("es", "country", "Francia", "Francia", "en Francia"),
        ("es", "country", "Líbano", "el Líbano", "en el Líbano"),
        ("de", "country", "Frankreich", "Frankreich", "in Frankreich"),
        ("de", "country", "Schweiz", "die Schweiz", "in der Schweiz"),
        ("de", "country", "Iran", "den Iran", "im Iran"),
        ("de", "region", "Naher Osten", "den Nahen Osten", "im Nahen Osten"),
        ("de", "country", "Dominikanische Republik", "die Dominikanische Republik", "in der Dominikanischen Republik"),
        ("ja", "country", "中国", "中国", "中国"),
    ],
)
def test_names_stand_as_the_rules_say(code: str, sort: str, name: str, plain: str, inside: str) -> None:
    named = load_language(code).named(name, sort)
    assert (named.plain, named.inside) == (plain, inside)


def test_the_subject_and_the_owner_have_forms_of_their_own() -> None:
    named = load_language("de").named("Iran", "country")
    assert (named.subject, named.whose) == ("der Iran", "des Iran")
    assert load_language("fr").named("le marché chinois").whose == "du marché chinois"


def test_words_are_known_by_how_often_they_are_used() -> None:
    english = load_language("en")
    assert english.frequency("the") > english.frequency("lighthouse") > english.frequency("zzxqv") == 0


@pytest.mark.parametrize("code", ["tlh", "", "../languages/en", "EN", "en.yaml", "x\0y"])
def test_an_unknown_code_is_told(code: str) -> None:
    with pytest.raises(CorpusFileError) as raised:
        load_language(code)
    for part in (repr(code), "Choose one of", *LANGUAGES):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        (lambda d: d["cues"].update(whoo=["who"]), ["xx.yaml: cues", "unknown key 'whoo'", "Did you mean 'who'?"]),
        (lambda d: d["talk"].pop("thanks"), ["xx.yaml: talk", "'thanks' is missing", "Add it"]),
        (lambda d: d.pop("months"), ["xx.yaml", "'months' is missing"]),
        (lambda d: d.update(monhts=["may"]), ["xx.yaml", "unknown key 'monhts'", "Did you mean 'months'?"]),
        (lambda d: d["numbers"].update(some="few"), ["xx.yaml: numbers", "some", "must be a number", "'few'"]),
        (lambda d: d["fractions"].update(half=["1"]), ["xx.yaml: fractions", "half", "must be a number"]),
        (lambda d: d["predicates"]["leads"].update(verb="leads"), ["xx.yaml: predicates: leads", "verb", "a mapping"]),
        (lambda d: d["kinds"].update(region={"a": "b"}), ["xx.yaml: kinds", "region", "a list of texts"]),
        (lambda d: d.update(naming=[{"like": "(x", "plain": "y"}]), ["xx.yaml: naming", "'(x'", "Write a pattern"]),
        (lambda d: d.update(naming=[{"like": "x", "plain": r"\3"}]), ["xx.yaml: naming", "'x'", "its groups"]),
        (lambda d: d.update(code="yy"), ["xx.yaml", "code", "'xx'", "'yy'"]),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)
def test_a_fault_in_a_language_file_is_told(tmp_path: Path, spoil: Callable[[Any], object], parts: list[str]) -> None:
    data = yaml.load((FOLDER / "en.yaml").read_bytes(), yaml.CBaseLoader)
    data["code"] = "xx"
    spoil(data)
    (tmp_path / "xx.yaml").write_text(yaml.dump(data, Dumper=yaml.CSafeDumper))
    with pytest.raises(CorpusFileError) as raised:
        load_language("xx", tmp_path)
    assert all(part in str(raised.value) for part in parts), str(raised.value)


def test_a_new_file_is_a_new_language(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "en.yaml", tmp_path / "xx.yaml")
    text = (tmp_path / "xx.yaml").read_text().replace("code: en\nname: English", "code: xx\nname: Test")
    text = text.replace("approximate: [", "approximate: [No, on, off, null, ")
    (tmp_path / "xx.yaml").unlink()
    (tmp_path / "xx.yaml").write_text(text)
    language = load_language("xx", tmp_path)
    assert (language.code, language.name) == ("xx", "Test")
    assert language.approximate[:4] == ("No", "on", "off", "null")
    assert language.frequency("the") == 0
