"""Putting statements into words, in every language that has a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.languages import Tongues
from bot.reasoning.evidence import Say, Statement
from bot.wording.sentences import Line, Wording
from corpus.language import Named, languages, load_language
from corpus.loader import find_corpus, load_corpus
from corpus.model import Corpus
from corpus.world import World

NAMES = {
    "subjects": ("Nissan", "Mitsubishi"),
    "object": ("Europe",),
    "objects": ("China", "Japan"),
    "scope": ("Thailand",),
    "scopes": ("Oceania", "Russia"),
    "step": ("Thailand lies in South East Asia",),
    "number": ("2",),
    "kind": ("region",),
    "quote": ("A sentence.",),
    "date": ("2019-06",),
    "unknown": ("xyzzy",),
    "predicate": ("leads",),
}
"""Something for every place of every template."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(find_corpus("alliance"))


@pytest.fixture(scope="module")
def wording(corpus: Corpus) -> Wording:
    return Wording(corpus, load_language("en"))


@pytest.mark.parametrize("says", list(Say))
@pytest.mark.parametrize("code", languages())
def test_every_statement_has_words_in_every_language(corpus: Corpus, code: str, says: Say) -> None:
    text = Wording(corpus, load_language(code)).render(Statement(says, NAMES))
    assert text == text.strip() and text
    assert "{" not in text and "}" not in text and "  " not in text


@pytest.mark.parametrize("predicate", ["leads", "is part of", "chairs", "adopts", "shares", "makes"])
@pytest.mark.parametrize("code", languages())
def test_every_predicate_has_a_verb_for_one_and_for_many(corpus: Corpus, code: str, predicate: str) -> None:
    wording = Wording(corpus, load_language(code))
    one = wording.say(Say.LIST, subjects=("Renault",), objects=("X",), predicate=(predicate,))
    many = wording.say(Say.LIST, subjects=("Renault", "Nissan"), objects=("X",), predicate=(predicate,))
    assert len(one) > len("Renault X.")
    assert len(many) > len("Renault Nissan X.")


@pytest.mark.parametrize(
    ("subjects", "text"),
    [
        (("Renault",), "Renault leads Europe."),
        (("Renault", "Nissan"), "Renault and Nissan lead Europe."),
        (("Renault", "Nissan", "Mitsubishi"), "Renault, Nissan and Mitsubishi lead Europe."),
    ],
)
def test_the_verb_agrees_with_its_subjects(wording: Wording, subjects: tuple[str, ...], text: str) -> None:
    assert wording.say(Say.LIST, subjects=subjects, objects=("Europe",)) == text


def test_followers_agree_too(wording: Wording) -> None:
    assert wording.say(Say.FOLLOW, subjects=("Nissan",), scope=("Europe",)) == "Nissan follows in Europe."
    assert wording.say(Say.FOLLOW, subjects=("Nissan", "X"), scope=("Europe",)) == "Nissan and X follow in Europe."


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        ("1", "region", "Renault leads 1 region."),
        ("4", "region", "Renault leads 4 regions."),
        ("1", "technology", "Renault leads 1 technology."),
        ("3", "technology", "Renault leads 3 technologies."),
        ("7", "", "Renault leads 7 regions and technologies."),
    ],
)
def test_what_is_counted_agrees_with_its_number(wording: Wording, number: str, kind: str, text: str) -> None:
    assert wording.say(Say.COUNT, subjects=("Renault",), number=(number,), kind=(kind,)) == text


def test_a_name_that_is_written_small_begins_a_sentence_with_a_capital(wording: Wording) -> None:
    text = wording.say(Say.FOLLOW, subjects=("everyone",), scope=("Europe",))
    assert text == "Everyone follows in Europe."


def test_names_are_what_the_language_calls_them(corpus: Corpus) -> None:
    wording = Wording(corpus, load_language("de"), {"Europe": Named.bare("Europa")})
    assert "Europa" in wording.say(Say.LIST, subjects=("Renault",), objects=("Europe", "Japan"))
    assert "Europe" not in wording.say(Say.LIST, subjects=("Renault",), objects=("Europe", "Japan"))


def test_names_stand_in_the_form_that_the_sentence_asks_for(corpus: Corpus) -> None:
    named = Named(plain="den Iran", subject="der Iran", inside="im Iran", whose="des Iran")
    wording = Wording(corpus, load_language("de"), {"Iran": named, "Chile": Named.bare("Chile")})
    assert wording.say(Say.NOT_STATED, scope=("Iran",)) == "Die Quelle sagt nicht, wer den Iran führt."
    assert "im Iran" in wording.say(Say.FOLLOW, subjects=("Nissan",), scope=("Iran",))
    assert wording.say(Say.LIST, subjects=("Iran",), objects=("Chile", "Iran")) == "Der Iran führt Chile und den Iran."


def test_a_step_keeps_no_capital_within_a_sentence(corpus: Corpus, wording: Wording) -> None:
    names = {"subject": ("Renault",), "scope": ("Yemen",), "step": ("The Yemen lies in Europe",)}
    assert "because the Yemen lies in Europe" in wording.render(Statement(Say.INFERRED, names))
    kept = {**names, "step": ("Yemen lies in Europe",)}
    assert "because Yemen lies in Europe" in wording.render(Statement(Say.INFERRED, kept))
    new = {**names, "scope": ("New Zealand",), "step": ("New Zealand lies in Oceania",)}
    assert "because New Zealand lies in Oceania" in wording.render(Statement(Say.INFERRED, new))


def test_a_verb_that_begins_with_an_auxiliary_is_asked_in_its_own_way(corpus: Corpus) -> None:
    main = replace(corpus.main, name="is the warden of", singular="is the warden of", base="be the warden of")
    own = replace(corpus, predicates={main.name: main})
    said = Wording(own, load_language("en")).say(Say.ASK_OBJECT_ANY, subjects=("Ada",), predicate=(main.name,))
    assert said == "Ada is the warden of what?"


@pytest.mark.slow
def test_each_language_calls_every_region_by_a_name_of_its_own(corpus: Corpus) -> None:
    tongues = Tongues(corpus, World.load(), lambda words, kinds: None, lambda text: ())
    for text, code, name in (
        ("Quelles régions dirige Nissan ?", "fr", "Amérique du Nord"),
        ("¿Quién es el líder en América del Norte?", "es", "América del Norte"),
        ("Welche Regionen führt Nissan?", "de", "Nordamerika"),
    ):
        tongue = tongues.of(text)
        assert tongue.language.code == code
        assert name in tongue.wording.say(Say.LIST, subjects=("Nissan",), objects=("North America",))


def test_a_line_keeps_what_its_statement_rests_on(corpus: Corpus, wording: Wording) -> None:
    first, second, *_ = corpus.facts.values()
    names = {"subject": ("Nissan",), "objects": (first.label, second.label)}
    line = wording.line(Statement(Say.LIST, names, (first, second), ("a step",)))
    assert line == Line("Nissan leads China and North America.", (first, second), (), ("a step",), restates=True)
    assert line.sources == (first.quote,), "two facts of one sentence are cited once"


def test_what_speaks_of_the_source_is_no_claim(wording: Wording) -> None:
    line = wording.line(Statement(Say.NOT_STATED, {"scope": ("India",)}, claim=False))
    assert not line.claim and line.sources == ()
    assert "India" in line.text


@pytest.mark.parametrize(
    ("code", "date", "text"),
    [
        ("en", "2019-06", "June 2019"),
        ("en", "2019-06-02", "June 2, 2019"),
        ("en", "2019", "2019"),
        ("de", "2019-06", "Juni 2019"),
        ("fr", "2019-06", "juin 2019"),
        ("ja", "2019-06", "2019年6月"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_given(corpus: Corpus, code: str, date: str, text: str) -> None:
    assert text in Wording(corpus, load_language(code)).say(Say.SETTLED, date=(date,))


def test_in_a_tie_of_one_each_the_things_are_still_several(wording: Wording) -> None:
    text = wording.say(Say.TIE, subjects=("Renault", "Nissan"), number=("1",), kind=("region",))
    assert text == "Renault and Nissan lead equally many regions: 1 each."
