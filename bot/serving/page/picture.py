"""Who leads what, at a glance: what the picture shows of a corpus, found by the reasoner that answers questions.

Countries are asked for one by one, so that the map says what an answer would; which countries a region has is known to
the world's data alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.schema.answer import Status
from bot.schema.contract import AnyBot
from corpus.canonical import canonical_question
from corpus.language import languages, load_language
from corpus.model import Corpus, Fact
from corpus.world import UnknownPlace, World


class Ground(StrEnum):
    """How it is known who leads a country."""

    STATED = "stated"
    INFERRED = "follows"
    PARTLY = "in part"


_GROUNDS = {
    Status.ANSWERED: Ground.STATED,
    Status.INFERRED: Ground.INFERRED,
    Status.PARTIAL: Ground.PARTLY,
    Status.AMBIGUOUS: Ground.PARTLY,
    Status.CONFLICTING: Ground.PARTLY,
}


@dataclass(frozen=True, slots=True)
class Country:
    """A country that the source covers: its ISO code, who leads there, how that is known, and the step in words."""

    code: str
    name: str
    leaders: tuple[str, ...]
    ground: Ground
    why: str
    question: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is led, or that narrows what is led: with the facts on it, by leader."""

    name: str
    question: str
    facts: dict[str, tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class Picture:
    """The leaders in the order of the corpus, the countries that are covered, and the things that are led by kind."""

    leaders: tuple[str, ...]
    countries: tuple[Country, ...]
    things: dict[str, tuple[Thing, ...]]
    relation: str


def picture_of(bot: AnyBot, codes: tuple[str, ...]) -> Picture | None:
    """The picture of a bot's corpus, with those countries of ``codes`` that it covers; None where nothing is led."""
    corpus, main = bot.corpus, bot.corpus.main
    facts: Sequence[Fact] = corpus.facts_of(main.name) if main.name and not main.measured else ()
    if not facts:
        return None
    leaders = tuple(dict.fromkeys(fact.subject for fact in facts))
    placed = any(corpus.kinds[fact.object_kind].place for fact in facts if fact.object_kind in corpus.kinds)
    countries = _countries(bot, codes) if placed and corpus.language in languages() else ()
    return Picture(leaders, countries, _things(corpus, facts), main.singular or main.name)


def question_about(corpus: Corpus, name: str) -> str:
    """The question who leads it, in the corpus's language; "" where that has no wording."""
    if corpus.language not in languages():
        return ""
    return canonical_question(load_language(corpus.language), corpus.main, "who", object=name)


def _countries(bot: AnyBot, codes: tuple[str, ...]) -> tuple[Country, ...]:
    world = World.load()
    found = []
    for code in codes:
        try:
            name, told = world.place(code).name, bot.leaders_in(code)
        except UnknownPlace:
            continue
        if told.status in _GROUNDS:
            why = "; ".join(dict.fromkeys(step.text for step in told.steps if step.text))
            question = question_about(bot.corpus, name)
            found.append(Country(code, name, tuple(told.values), _GROUNDS[told.status], why, question))
    return tuple(sorted(found, key=lambda country: country.name))


def _things(corpus: Corpus, facts: Sequence[Fact]) -> dict[str, tuple[Thing, ...]]:
    """What is led by kind, in the plural of the kind; then what narrows it (a segment, a setting), each by name."""
    held: dict[str, dict[str, dict[str, tuple[Fact, ...]]]] = {}
    for fact in facts:
        named = [(fact.object_kind, fact.object)]
        named += [(kind, name) for kind, names in fact.qualifiers.items() for name in names]
        for kind, name in named:
            known = corpus.kinds.get(kind)
            # A place that narrows something is no region that is led.
            if known is None or (known.place and name != fact.object):
                continue
            of_kind = held.setdefault(known.plural, {}).setdefault(name, {})
            of_kind[fact.subject] = (*of_kind.get(fact.subject, ()), fact)
    return {
        kind: tuple(Thing(name, question_about(corpus, _spoken(name, by)), by) for name, by in named.items())
        for kind, named in held.items()
    }


def _spoken(name: str, by: Mapping[str, Sequence[Fact]]) -> str:
    """A name with its article ("the Health Cluster"), where the label of a fact has it and no more."""
    labels = [fact.label for facts in by.values() for fact in facts if fact.object == name]
    return next((label for label in labels if label.endswith(name) and len(label) <= len(name) + 4), name)
