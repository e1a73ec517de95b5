"""Splitting a sentence into clauses: which subject goes with which object.

    "Bolt leads China and Japan"                        one clause
    "Acme leads Europe and Bolt Japan"               two
    "China: Bolt; Europe: Acme"                      two
    "Europe is led by Acme, China and Japan by Bolt" two
    "Who leads Europe, and who Russia?"                   two
    "Acme, the leader in Europe, makes the Vela"          two: the second goes on about the first one's subject

The rule: the sentence falls into atoms at its coordinators. A new clause begins with the first atom that brings a
subject when the clause so far has both subject and object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.understanding.linker import Mention, Role
from corpus.language import Cue

_HARD = frozenset({";", "\n", "|", "•", "*"})
_SOFT = frozenset({",", ":", "–", "—", "-", "(", ")", "/", "、", "，", "・", "：", "¿"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a stretch of mentions brings along."""

    subject: bool
    object: bool
    predicate: bool
    subject_last: bool
    bracketed: bool


Sides = Callable[[Mention], tuple[bool, bool]]
# The predicates that a stretch speaks of with an argument of theirs.
Relations = Callable[[Sequence[Mention]], frozenset[str]]


def split_clauses(mentions: Sequence[Mention], sides: Sides, relations: Relations) -> list[list[Mention]]:
    """Group the mentions of one sentence by clause; ``sides`` tells whether a mention can be subject or object."""
    atoms = _atoms(mentions)
    clauses: list[list[Mention]] = []
    current: list[Mention] = []
    for index, atom in enumerate(atoms):
        other = bool(current) and _other_relation(relations(current), relations(atom))
        if current and (other or _begins(current, atom, atoms[index + 1 :], sides)):
            clauses.append(current)
            current = []
        current = current + atom
    if current:
        clauses.append(current)
    return clauses


def _other_relation(so_far: frozenset[str], here: frozenset[str]) -> bool:
    """ "Acme, the leader in Europe, makes the Vela": another predicate than so far, with an argument of its own."""
    return bool(so_far and here) and not so_far & here


def _atoms(mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Cut before each coordinator; the coordinator stays with what follows it."""
    atoms: list[list[Mention]] = [[]]
    for mention in mentions:
        if separates(mention) and atoms[-1] and not all(separates(m) for m in atoms[-1]):
            atoms.append([])
        atoms[-1].append(mention)
    return atoms


def separates(mention: Mention) -> bool:
    """Whether a clause may end here."""
    if not mention.word:
        return mention.text in _HARD or mention.text in _SOFT
    return mention.has(Cue.AND, Cue.BUT) and not mention.names(Role.ENTITY)


def shape(mentions: Sequence[Mention], sides: Sides) -> Shape:
    """Summarise a stretch; ``subject_last``: the last argument is a subject ("Europe … by Acme"); ``bracketed``: an
    object stands in brackets behind a subject ("Bolt (China)")."""
    subject = object_ = predicate = subject_last = bracketed = within = False
    for mention in mentions:
        within = mention.text == "(" or (within and mention.text != ")")
        is_subject, is_object = sides(mention)
        subject |= is_subject
        object_ |= is_object
        predicate |= bool(mention.names(Role.PREDICATE) or mention.names(Role.COMPLEMENT))
        bracketed |= within and is_object and subject
        if is_subject or is_object:
            subject_last = is_subject and not is_object
    return Shape(subject, object_, predicate, subject_last, bracketed)


def _begins(current: list[Mention], atom: list[Mention], rest: list[list[Mention]], sides: Sides) -> bool:
    so_far, here = shape(current, sides), shape(atom, sides)
    if atom[0].text in _HARD and so_far.subject:
        return here.subject or here.object or here.predicate
    finite = any(mention.has(Cue.AUX) for mention in current)
    bare = not so_far.subject and not so_far.object
    if here.subject and here.object and here.predicate and finite and (so_far.predicate or bare):
        return True  # a whole clause after another finite one, whatever that one was about
    if _asks(atom) and so_far.subject and (so_far.predicate or finite):
        return True
    both = here.predicate and here.object and so_far.object and so_far.predicate
    if both and _denies(atom) is not _denies(current):
        # "… leads X, but does not lead Y"; "Bolt, which does not lead X, leads Y"
        return not next(mention for mention in current if mention.word).has(Cue.WHO, Cue.WHICH)
    if not (so_far.subject and (so_far.object or so_far.predicate)):
        return False
    if here.subject and so_far.bracketed:
        return True  # "Bolt (China), Acme (Europe)"
    if here.subject:
        if not so_far.predicate and so_far.subject_last and _subject_coordination(current, atom, sides):
            return False
        short = so_far.object and not here.object and not here.predicate
        if short and any(m.has(Cue.NOT, Cue.DO) for m in atom):
            return True  # "… and X does not", "…, X does"
        if here.predicate:
            # "Bolt | and Acme lead" share their predicate; "Acme leads … | and Bolt leads …" do not.
            return so_far.predicate or (so_far.object and (here.object or any(m.has(Cue.AUX) for m in current)))
        if here.object:
            return so_far.object
        ahead = _first_with_more(rest, sides)
        return ahead is not None and ahead.predicate and so_far.object and so_far.predicate and not ahead.object
    if here.object and so_far.object and so_far.subject_last:
        # "… by Acme, China and Japan by Bolt": objects first, their subject still to come.
        ahead = next((s for s in (shape(a, sides) for a in rest) if s.subject), None)
        return ahead is not None and not ahead.predicate
    return False


def _denies(atom: list[Mention]) -> bool:
    return any(mention.has(Cue.NOT) for mention in atom) and any(mention.has(Cue.AUX) for mention in atom)


def _asks(atom: list[Mention]) -> bool:
    """Whether an atom opens with a question word of its own: "…, and by which year …?"."""
    words = [mention for mention in atom if mention.word and not separates(mention)]
    if words and words[0].has(Cue.WHICH):
        return len(words) > 1 and words[1].has(Cue.AUX)
    return bool(words) and words[0].has(Cue.WHO, Cue.WHEN, Cue.WHY, Cue.HOW, Cue.HOW_MANY, Cue.SHARE)


def _subject_coordination(current: list[Mention], atom: list[Mention], sides: Sides) -> bool:
    """Whether a subject right before the coordinator is joined to one right behind it."""
    before = [mention for mention in current if mention.word]
    behind = [mention for mention in atom if mention.word and not separates(mention)]
    return bool(before and behind) and sides(before[-1])[0] and sides(behind[0])[0]


def _first_with_more(rest: list[list[Mention]], sides: Sides) -> Shape | None:
    for atom in rest:
        found = shape(atom, sides)
        if found.predicate or found.object:
            return found
    return None
