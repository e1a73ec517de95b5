"""The picture as HTML: a map coloured by leader, its legend, a matrix of what is led, and all of it as tables.

The map is an SVG of our own since the framework has none that works without another host. Colours are those of Okabe
and Ito, which people tell apart whatever colours they see; a hatching tells what was inferred.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.schema.contract import AnyBot
from bot.serving.page.answers import fact_in_words
from bot.serving.page.markup import escaped
from bot.serving.page.picture import Country, Ground, Picture, Thing, picture_of
from corpus.model import Corpus, Fact

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
OTHER = "#8a94a0"
"""The colour of all leaders beyond those."""

WIDEST = 8
"""Of more leaders than so many no matrix is drawn, but a list of what each one leads."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The outlines of the countries by their ISO codes, and of land that has none, as paths of an SVG."""

    width: int
    height: int
    countries: dict[str, str]
    unnamed: tuple[str, ...]


@cache
def shapes() -> Shapes:
    """Read once a process; where they come from stands in the file."""
    told = json.loads((files("bot.serving.page") / "static" / "countries.json").read_text(encoding="utf-8"))
    return Shapes(told["width"], told["height"], told["countries"], tuple(told["unnamed"]))


def picture_html(bot: AnyBot) -> str:
    """All of the picture of a bot's corpus."""
    corpus, picture = bot.corpus, picture_of(bot, tuple(shapes().countries))
    if picture is None:
        return '<p class="wl-soft">The sources state nothing of this kind: there is no picture of them.</p>'
    drawn = _map(picture, corpus) if picture.countries else ""
    things = _matrix(picture, corpus) if len(picture.leaders) <= WIDEST else _list(picture, corpus)
    return f'<div class="wl-picture">{drawn}{things}</div>'


def _colour(picture: Picture, leader: str) -> str:
    place = picture.leaders.index(leader)
    return COLOURS[place] if place < len(COLOURS) else OTHER


def _map(picture: Picture, corpus: Corpus) -> str:
    drawn = shapes()
    covered = {country.code: country for country in picture.countries}
    blank = "".join(path for code, path in drawn.countries.items() if code not in covered) + "".join(drawn.unnamed)
    paths = "".join(
        _shape(country, drawn.countries[country.code], picture, place)
        for place, country in enumerate(picture.countries)
    )
    return (
        f"<h2>On the map</h2>{_legend(picture)}"
        f'<svg class="wl-map" viewBox="0 0 {drawn.width} {drawn.height}" role="group" data-walk '
        f'aria-label="Map: who leads where; the arrow keys lead from country to country">'
        f'<defs>{_patterns(picture)}</defs><path class="wl-blank" d="{blank}"></path>{paths}</svg>'
        f"{_as_table(picture)}"
    )


def _patterns(picture: Picture) -> str:
    """A hatching in each leader's colour for what is inferred, dots for what holds in part."""
    made = []
    for place, leader in enumerate(picture.leaders):
        colour = _colour(picture, leader)
        made.append(
            f'<pattern id="wl-inferred-{place}" width="12" height="12" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="12" height="12" fill="{colour}" fill-opacity=".55"></rect>'
            f'<rect width="5" height="12" fill="{colour}"></rect></pattern>'
            f'<pattern id="wl-partly-{place}" width="14" height="14" patternUnits="userSpaceOnUse">'
            f'<rect width="14" height="14" fill="{colour}" fill-opacity=".2"></rect>'
            f'<circle cx="7" cy="7" r="3.5" fill="{colour}"></circle></pattern>'
        )
    return "".join(made)


def _fill(picture: Picture, leader: str, ground: Ground) -> str:
    place = picture.leaders.index(leader)
    if ground is Ground.STATED:
        return _colour(picture, leader)
    return f"url(#wl-{'inferred' if ground is Ground.INFERRED else 'partly'}-{place})"


def _shape(country: Country, path: str, picture: Picture, place: int) -> str:
    label = _told(country)
    return (
        f'<path d="{path}" fill="{_fill(picture, country.leaders[0], country.ground)}" role="button" '
        f'tabindex="{-1 if place else 0}" data-code="{country.code}" data-ask="{escaped(country.question)}" '
        f'data-tip="{escaped(label)}" aria-label="{escaped(label)}"></path>'
    )


def _told(country: Country) -> str:
    why = f": {country.why}" if country.why else ""
    return f"{country.name} — {', '.join(country.leaders)} ({country.ground.value}{why})"


def _legend(picture: Picture) -> str:
    leading = {leader for country in picture.countries for leader in country.leaders}
    items = []
    for leader in picture.leaders:
        if leader in leading:
            swatches = "".join(
                f'<svg width="22" height="16" aria-hidden="true"><rect width="22" height="16" '
                f'fill="{_fill(picture, leader, ground)}"></rect></svg>'
                for ground in (Ground.STATED, Ground.INFERRED)
            )
            items.append(f"<li>{swatches} {escaped(leader)}</li>")
    grounds = "plain: stated; hatched: follows from a region that is stated"
    if any(country.ground is Ground.PARTLY for country in picture.countries):
        grounds += "; dotted: in part, or geographers do not agree"
    return f'<ul class="wl-legend">{"".join(items)}</ul><p class="wl-soft">{grounds}; blank: not covered.</p>'


def _as_table(picture: Picture) -> str:
    rows = "".join(
        f'<tr><td><button type="button" class="wl-ask" data-ask="{escaped(country.question)}">{escaped(country.name)}'
        f"</button></td><td>{escaped(', '.join(country.leaders))}</td><td>{country.ground.value}</td></tr>"
        for country in picture.countries
    )
    return (
        f"<details><summary>The map as a table of {len(picture.countries)} countries</summary>"
        '<table><thead><tr><th scope="col">Country</th><th scope="col">Leader</th><th scope="col">Known</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></details>"
    )


def _matrix(picture: Picture, corpus: Corpus) -> str:
    """What is led down the side, the leaders across."""
    head = "".join(
        f'<th scope="col"><span class="wl-dot" style="background:{_colour(picture, leader)}"></span>'
        f"{escaped(leader)}</th>"
        for leader in picture.leaders
    )
    groups = "".join(
        f'<tbody><tr><th scope="rowgroup" colspan="{len(picture.leaders) + 1}">{escaped(kind.capitalize())}</th></tr>'
        f"{''.join(_row(thing, picture, corpus) for thing in things)}</tbody>"
        for kind, things in picture.things.items()
    )
    return (
        '<h2>Who leads what</h2><div class="wl-scroll" tabindex="0" role="region" aria-label="Who leads what">'
        f'<table class="wl-matrix"><thead><tr><td></td>{head}</tr></thead>{groups}</table></div>'
    )


def _row(thing: Thing, picture: Picture, corpus: Corpus) -> str:
    cells = "".join(f"<td>{_cell(thing, leader, picture, corpus)}</td>" for leader in picture.leaders)
    return f'<tr><th scope="row">{escaped(thing.name)}</th>{cells}</tr>'


def _cell(thing: Thing, leader: str, picture: Picture, corpus: Corpus) -> str:
    if leader not in thing.facts:
        return ""
    said = "; ".join(fact_in_words(fact, corpus) for fact in thing.facts[leader])
    beside = "; ".join(dict.fromkeys(filter(None, (_beside(thing, fact) for fact in thing.facts[leader]))))
    return (
        f'<button type="button" class="wl-led" data-ask="{escaped(thing.question)}" data-tip="{escaped(said)}" '
        f'aria-label="{escaped(said)}"><span class="wl-dot" style="background:{_colour(picture, leader)}"></span>'
        f"{f'<small>{escaped(beside)}</small>' if beside else ''}</button>"
    )


def _beside(thing: Thing, fact: Fact) -> str:
    """What else the fact speaks of: a dot alone would claim all of the thing ("A segment": electrified powertrains)."""
    others = [name for names in fact.qualifiers.values() if thing.name not in names for name in names]
    return ", ".join(others if fact.object == thing.name else [fact.object, *others])


def _narrowed(thing: Thing, leader: str) -> str:
    """Its name, with what narrows it ("Shelter Cluster (natural disasters)")."""
    given = (name for fact in thing.facts[leader] for names in fact.qualifiers.values() for name in names)
    within = ", ".join(dict.fromkeys(given))
    return f"{thing.name} ({within})" if within else thing.name


def _list(picture: Picture, corpus: Corpus) -> str:
    """Of many leaders: what each one leads."""
    items = []
    for leader in picture.leaders:
        led = "".join(
            f'<button type="button" class="wl-ask" data-ask="{escaped(thing.question)}">'
            f"{escaped(_narrowed(thing, leader))}</button> "
            for things in picture.things.values()
            for thing in things
            if any(fact.object == thing.name for fact in thing.facts.get(leader, ()))
        )
        items.append(f'<tr><th scope="row">{escaped(leader)}</th><td>{led}</td></tr>')
    return (
        '<h2>Who leads what</h2><table class="wl-matrix"><thead><tr><th scope="col">Who</th>'
        f'<th scope="col">{escaped(picture.relation)}</th></tr></thead><tbody>{"".join(items)}</tbody></table>'
    )
