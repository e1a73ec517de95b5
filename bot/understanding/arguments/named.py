"""What a clause names: subjects, objects, parts of something, what is said of another."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.arguments.state import LIGHT, ClauseArguments, ObjectMention
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Side, Span, Subject
from corpus.language import Cue


def take_name(read: ClauseArguments, at: int, mention: Mention) -> None:
    """Take a name for a subject, an object, or what narrows or excepts one."""
    kind = read.kind_of(mention)
    entity = next(iter(mention.names(Role.ENTITY)), "")
    is_subject = kind in read.predicate.subject_kinds
    is_object = kind in read.predicate.object_kinds or kind in read.narrowing
    if is_subject and is_object:
        is_subject = _stands_as_subject(read, at)
    if is_subject and read.excluded:
        read.except_next = False  # "besides Japan, which regions does X lead?"
    if is_subject:
        _subject(read, entity, mention)
    elif is_object and kind == read.place_kind and _describes(read, at, mention):
        read.aside.append(mention.text)
    elif is_object:
        places = () if entity else mention.names(Role.PLACE)
        found = ObjectMention(at, mention, kind, entity, places, negated=read.negate_next)
        found.partly, found.side = _part_of(read, at, mention)
        narrows = kind not in read.predicate.object_kinds and entity
        if read.except_next and narrows and read.excluded:
            last = read.excluded.pop()
            read.excluded.append(replace(last, within=(*last.within, (kind, entity))))
        elif read.except_next:
            read.excluded.append(found.scope())
        else:
            read.found.append(found)
    elif entity != read.corpus.group:
        read.misfit = True
    else:
        read.grouped = True
    read.negate_next = False


def _describes(read: ClauseArguments, at: int, mention: Mention) -> bool:
    """Whether a place only says what a subject is: "X, a Japanese firm", "X from Paris"; it is no object then."""
    if mention.adjective:
        behind = read.ahead(at, (Cue.NEUTRAL,))[:1]
        kinds = behind[0].names(Role.KIND) if behind and not read.kind_of(behind[0]) else ()
        named = bool(kinds) and read.fitting(kinds) in read.predicate.subject_kinds
        return named or (not behind and _is_said_of(read, at))
    before = [m for m in read.mentions[:at] if m.word and not m.has(Cue.THE)]
    if len(before) < 2 or not before[-1].has(Cue.ORIGIN) or read.is_predicate(before[-2]):
        return False
    subject = read.kind_of(before[-2]) or next(map(read.fitting, filter(None, [before[-2].names(Role.KIND)])), "")
    return subject in read.predicate.subject_kinds


def _is_said_of(read: ClauseArguments, at: int) -> bool:
    """ "X is Japanese": an auxiliary and an adjective, and the clause is over."""
    before = [m for m in read.mentions[:at] if m.word]
    return len(before) > 1 and before[-1].has(Cue.AUX) and not read.is_predicate(before[-2])


def _part_of(read: ClauseArguments, at: int, mention: Mention) -> tuple[bool, bool]:
    """Whether only some of a place is meant ("part of Asia"), and whether only one side of it ("northern Asia")."""
    before = [m for m in read.mentions[:at] if m.word and not m.has(Cue.THE)][-2:]
    side = bool(before) and before[-1].has(Cue.DIRECTION) and not before[-1].names(Role.ENTITY)
    rest = before[:-1] if side else before
    return bool(rest) and rest[-1].has(Cue.PART_OF), side


def _subject(read: ClauseArguments, entity: str, mention: Mention) -> None:
    if read.after_than:
        read.rivals.append(entity)
    elif entity not in [subject.name for subject in read.subjects]:
        denied = read.negate_next or read.except_next
        span = Span(read.denied_from if read.negate_next else mention.start, mention.end)
        read.subjects.append(Subject(entity, denied, _partner(read, mention), span))


def _partner(read: ClauseArguments, mention: Mention) -> bool:
    """ "Who leads Iberia with Acme?" does not ask for Acme."""
    before = [m for m in read.mentions[: read.mentions.index(mention)] if m.word and not m.has(Cue.THE)]
    return read.who and bool(before) and before[-1].has(Cue.WITH)


def _stands_as_subject(read: ClauseArguments, at: int) -> bool:
    """Where kinds do not tell: as a pattern has it; the subject stands before an active verb, or after "by"."""
    if side := read.mentions[at].names(Role.SIDE):
        return Side.SUBJECT in side
    before = [m for m in read.mentions[:at] if m.word and not m.has(*LIGHT)]
    if read.after_than or (before and before[-1].has(Cue.BY)):
        return True
    strong = any(read.predicate.name in m.names(Role.PREDICATE) for m in read.mentions)
    verbs = (m for m in before if not (strong and m.has(Cue.AUX)))  # "what does X lead": "does" only helps
    spoken = any(read.predicate.name in m.names(Role.PREDICATE) + m.names(Role.WEAK) for m in verbs)
    passive = any(m.has(Cue.BY) for m in read.mentions[at:])
    return not spoken and not passive and not any(m.has(Cue.WHO) for m in before)
