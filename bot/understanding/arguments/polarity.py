"""Whether a clause asks for yes or no, and what in it is denied, or said to be the only one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.arguments.state import LIGHT, ClauseArguments
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Side
from corpus.language import Cue


def is_polar(read: ClauseArguments) -> bool:
    """Whether the clause is answered by yes or no; notes whether its verb stands first."""
    words = [mention for mention in read.mentions if mention.word]
    while words and words[0].has(Cue.FILLER, Cue.AND, Cue.ALSO, Cue.BUT) and not words[0].has(Cue.TAG):
        words = words[1:]
    if len(words) > 2 and words[0].has(Cue.AUX) and words[1].has(Cue.SPEAKER) and words[2].has(Cue.REQUEST):
        return False  # "Can you list …?" asks for the list
    # "… but does not lead X" goes on about the subject before; only "doesn't X lead …" asks.
    goes_on = len(words) > 2 and words[1].has(Cue.NOT) and read.is_predicate(words[2])
    read.inverted = bool(words and words[0].has(Cue.AUX)) and not goes_on
    read.inverted |= _denial_first(read, words)
    return read.inverted or any(mention.has(Cue.TAG) for mention in words)


def _denial_first(read: ClauseArguments, words: Sequence[Mention]) -> bool:
    """ "¿No lidera Acme Iberia?": denial, verb, subject ask whether it does; "No lidera Iberia." denies it."""
    opens = len(words) > 2 and words[0].has(Cue.NOT) and (words[1].has(Cue.AUX) or read.is_predicate(words[1]))
    return opens and read.kind_of(words[2]) in read.predicate.subject_kinds


def _only_tags(read: ClauseArguments, at: int) -> bool:
    """ "Acme lidera Iberia, ¿no?": a denial that closes the clause, and has no verb before it."""
    before = [m for m in read.mentions[:at] if m.word]
    behind = [m for m in read.mentions[at + 1 :] if m.word and not m.has(Cue.FILLER)]
    if not any(read.is_predicate(m) for m in before) or " " in read.mentions[at].norm:
        return False  # "… is false" has its verb within
    return not behind and not before[-1].has(Cue.AUX) and not read.is_predicate(before[-1])


def take_polarity(read: ClauseArguments, at: int, mention: Mention) -> None:
    """Take a word that denies, excepts or singles out."""
    if mention.has(Cue.NOT) and not mention.has(Cue.NOT_ONLY) and _only_tags(read, at):
        read.polar = True
        return
    if mention.has(Cue.NOT, Cue.NEITHER, Cue.UNLIKE, Cue.NOR):
        read.denied_from = mention.start
    if mention.has(Cue.NOT_ONLY):
        if not any(m.has(Cue.BUT, Cue.ALSO, Cue.AND) for m in read.mentions[at:]):
            read.beyond = _only_side(read, at)
        return
    if mention.has(Cue.EXCEPT) or (mention.has(Cue.BUT) and _after_all(read, at)):
        read.except_next = True
    elif mention.has(Cue.UNLIKE):
        read.negate_next = True
    elif mention.has(Cue.NEITHER):
        read.negated = not read.negated
    elif mention.has(Cue.NOT):
        _negate(read, at)
    elif mention.has(Cue.THAN) and any(m.has(Cue.MORE, Cue.FEWER, Cue.AS_MANY) for m in read.mentions):
        read.after_than = True
    elif mention.has(Cue.ALONE):
        read.only = _alone_side(read, at) if _preposed(read, at) else Side.SUBJECT
    elif mention.has(Cue.ONLY) and read.only is None:
        read.only = _only_side(read, at)
    elif read.except_next and (read.is_predicate(mention) or mention.has(Cue.AUX)):
        read.except_next = False


def _after_all(read: ClauseArguments, at: int) -> bool:
    """ "everything but Japan", "every region but Japan": an exception, no second clause."""
    before = [m for m in read.mentions[:at] if m.word][-2:]
    whole = (Cue.ALL, Cue.EVERYBODY, Cue.OVERVIEW, Cue.EVERYWHERE)
    return bool(before) and (before[-1].has(*whole) or (bool(before[-1].names(Role.KIND)) and before[0].has(*whole)))


def _negate(read: ClauseArguments, at: int) -> None:
    """ "not" turns the clause, or the one argument after it where the clause is already whole."""
    ahead = read.ahead(at, (*LIGHT, Cue.IN, Cue.BY))
    contrast = any(m.has(Cue.BUT) for m in read.mentions[at:])
    whole = (read.subjects or read.found) and not _verbless(read, at)
    if ahead and read.kind_of(ahead[0]) and (contrast or whole):
        read.negate_next = True
    elif not read.inverted:  # "Doesn't X lead Y?" asks whether it does
        read.negated = not read.negated


def _verbless(read: ClauseArguments, at: int) -> bool:
    """Whether only an auxiliary stands right before: "is not Bolt's" denies the clause."""
    before = [m for m in read.mentions[:at] if m.word]
    return bool(before) and before[-1].has(Cue.AUX)


def _alone_side(read: ClauseArguments, at: int) -> Side:
    """ "X alone leads Y", "Y is led by X alone": it belongs to the name before it."""
    named = [kind for kind in map(read.kind_of, read.mentions[:at]) if kind]
    return Side.SUBJECT if named and named[-1] in read.predicate.subject_kinds else Side.OBJECT


def _preposed(read: ClauseArguments, at: int) -> bool:
    """ "leads in Japan alone": of a place that only tells where, it is the place that stands alone."""
    named = [index for index in range(at) if read.kind_of(read.mentions[index])]
    return bool(named) and read.preposition(named[-1])


def _only_side(read: ClauseArguments, at: int) -> Side | None:
    for mention in read.ahead(at, (*LIGHT, Cue.IN, Cue.AUX)):
        kind = read.kind_of(mention) or next((read.fitting(k) for k in [mention.names(Role.KIND)] if k), "")
        if kind:
            return Side.SUBJECT if kind in read.predicate.subject_kinds else Side.OBJECT
        if read.predicate.name in mention.names(Role.COMPLEMENT):
            return None
        if read.is_predicate(mention):
            return Side.OBJECT if read.subjects else Side.SUBJECT
    return _alone_side(read, at)  # "… X only"
