"""Which of the objects that a clause names only tell where, or under what, another one is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.arguments.state import LIGHT, ClauseArguments, ObjectMention
from bot.understanding.logical_form import Op, Scope
from corpus.language import Cue


def narrow(read: ClauseArguments) -> None:
    """Turn a place inside another scope, or a qualifier, into what narrows that scope."""
    read.found = [found for found in read.found if not _only_generalises(read, found)]
    heads = [found for found in read.found if found.kind in read.predicate.object_kinds]
    main = [found for found in heads if found.kind not in read.locating]
    kept: list[ObjectMention] = []
    for index, found in enumerate(read.found):
        target = None
        if not (found.entity or found.places):
            pass  # "task 2.2", of which nothing is known, narrows nothing
        elif found.kind not in read.predicate.object_kinds:
            target = _nearest(read, found, main)
        elif found.kind in read.locating and main and not found.negated:
            target = _located(read, index, found, main)
        if target is not None:
            target.narrow(found)
        elif found.kind in read.locating and _asked_other_kind(read):
            read.kinds.append(read.asked_kind)
            kept.append(found)
        else:
            kept.append(found)
    read.found = kept


def spread(read: ClauseArguments) -> None:
    """ "X leads the vans in all segments", "… everywhere": what narrows the object is each of a kind."""
    narrowed = [found for found in read.found if found.kind and found.kind not in read.locating]
    whole = read.quantity is not None and read.quantity.op is Op.ALL and read.quantity.kind == read.place_kind
    if narrowed and whole and read.place_kind and len(narrowed) == len(read.found):
        read.all_of.append(read.place_kind)
        read.quantity = None
    for found in narrowed:
        found.within += [(kind, name) for kind in read.all_of for name in read.corpus.named_as([kind])]


def _only_generalises(read: ClauseArguments, found: ObjectMention) -> bool:
    """Whether a general term stands right beside one that it covers ("ferry transport")."""
    entity = read.corpus.entities.get(found.entity)
    beside = {other.entity for other in read.found if abs(other.at - found.at) == 1}
    return entity is not None and bool(beside & set(entity.covers))


def _asked_other_kind(read: ClauseArguments) -> bool:
    return bool(read.asked_kind) and read.asked_kind not in read.locating


def _nearest(read: ClauseArguments, found: ObjectMention, main: Sequence[ObjectMention]) -> ObjectMention | None:
    before = [obj for obj in main if obj.at < found.at]
    return before[-1] if before else (main[0] if main else None)


def _located(
    read: ClauseArguments, index: int, found: ObjectMention, main: Sequence[ObjectMention]
) -> ObjectMention | None:
    """The technology that a place narrows: "X in Germany", "German X", "in Germany, X"; not "Germany and X"."""
    if found.mention.adjective or read.possessive(found.at):
        after = [obj for obj in main if obj.at > found.at]
        if after and not _joined(read, found.at, after[0].at):
            return after[0]
    previous = read.found[index - 1] if index else None
    if previous is not None and any(read.is_predicate(m) for m in read.mentions[previous.at + 1 : found.at]):
        return None  # "leads the vans, and also leads Asia"
    located = read.preposition(found.at)
    if previous is not None and previous in main and (located or not _joined(read, previous.at, found.at)):
        return previous
    if previous is not None and previous.kind in read.locating and _joined(read, previous.at, found.at):
        return next((obj for obj in main if previous.narrows() in obj.within and obj.at < found.at), None)
    after = [obj for obj in main if obj.at > found.at]
    if located and after and not _joined(read, found.at, after[0].at):
        return after[0]
    return None


def located(read: ClauseArguments, scope: Scope) -> bool:
    """Whether a scope is a place that only tells where ("in Japan")."""
    return any(
        found.scope() == scope and found.kind in read.locating and read.preposition(found.at) for found in read.found
    )


def _joined(read: ClauseArguments, first: int, last: int) -> bool:
    between = read.mentions[first + 1 : last]
    if any(m.has(Cue.NOT, Cue.NEITHER, Cue.NOR) for m in between):
        return True  # "for Japan, not in vans": a contrast of two
    return any(m.has(Cue.AND, Cue.OR, Cue.BUT) or m.text in ",;/&" for m in between) and all(
        not m.word or m.has(Cue.AND, Cue.OR, Cue.BUT, *LIGHT, Cue.NOT) for m in between
    )
