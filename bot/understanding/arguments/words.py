"""The other words of a clause: question words, references, what they ask for."""

from __future__ import annotations

from bot.understanding.arguments.polarity import take_polarity
from bot.understanding.arguments.quantities import take_quantity
from bot.understanding.arguments.state import LIGHT, ClauseArguments
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Op, Quantity
from corpus.language import Cue

WH = (Cue.WHEN, Cue.WHERE, Cue.WHY, Cue.HOW, Cue.SHARE)


def take_word(read: ClauseArguments, at: int, mention: Mention) -> None:
    """Take a word that names nothing: what it asks for, refers to, counts or denies."""
    if mention.has(Cue.WHERE) and _relative(read, at):
        pass  # "the market where it leads"
    elif mention.has(Cue.WHO):
        read.except_next = False
        read.who = True
        read.asked |= not _relative(read, at)
        # "On what basis was it chosen who leads?" asks for the basis.
        read.structural |= read.which_object and any(read.content(m) for m in read.mentions[:at])
    elif mention.has(Cue.HOW_MANY):
        read.counted = True
    elif mention.has(*WH):
        read.wh = read.wh or next(cue for cue in WH if mention.has(cue))
    elif mention.has(Cue.WHICH) and not (mention.has(Cue.RELATIVE) and _relative(read, at)):
        read.asked = True
        read.except_next = False
        _which(read, at)
    if mention.has(Cue.EVERYWHERE) and read.place_kind in read.predicate.object_kinds:
        read.quantity = Quantity(Op.ALL, 0, read.place_kind)
    if mention.has(Cue.TOGETHER):
        read.together = True
    if mention.has(Cue.RESPECTIVELY):
        read.respective = True
    if mention.has(Cue.BEGIN, Cue.CONCLUDE) and any(m.has(Cue.META) for m in read.mentions):
        read.structural = True
    if mention.has(Cue.REQUEST):
        read.requested = True
    if mention.has(Cue.OVERVIEW):
        read.overview = True
    if mention.has(Cue.COMPARE):
        read.compared = True
    if mention.has(Cue.IF):
        read.hypothetical = True
    if mention.has(Cue.BOTH):
        read.joint = True
    _references(read, at, mention)
    take_polarity(read, at, mention)
    take_quantity(read, at, mention)
    kinds = mention.names(Role.KIND)
    if kinds and at not in read.quantified and not read.is_predicate(mention):
        (read.excluded_kinds if read.except_next and not read.excluded else read.kinds).append(read.fitting(kinds))


def _relative(read: ClauseArguments, at: int) -> bool:
    """Whether a word stands right behind the noun that it may refer back to."""
    if read.except_next:
        return False
    before = read.mentions[at - 1] if at else None
    if before is not None and not before.word and at > 1:
        # Behind a mark only where something was said: "Besides X, which …?" begins to ask.
        before = read.mentions[at - 2] if read.subjects else None
        who = read.mentions[at].has(Cue.WHO)
        if before is not None and who and read.kind_of(before) not in read.predicate.subject_kinds:
            return False
    return before is not None and bool(read.kind_of(before) or before.names(Role.KIND) or before.has(Cue.PRONOUN))


def _references(read: ClauseArguments, at: int, mention: Mention) -> None:
    following = read.mentions[at + 1] if at + 1 < len(read.mentions) else None
    if mention.has(Cue.PRONOUN) and not read.subjects:
        joined = at > 0 and read.mentions[at - 1].has(Cue.AND, Cue.WITH) and " " not in mention.norm
        kinds = any(m.names(Role.KIND) for m in read.mentions[:at])
        listed = kinds and (joined or (read.requested and not read.asked))
        if " " in mention.norm and following is not None and following.has(Cue.RELATIVE, Cue.IN, Cue.OF):
            read.who = True  # "the company that leads …" asks for the company
        elif not listed:  # "List the regions with their leaders": theirs, and nobody's before
            read.refers.add("pronoun")
    if mention.has(Cue.THERE) or (mention.has(Cue.WHERE) and read.who):
        read.refers.add("there")
    if mention.has(Cue.THOSE):
        read.refers.add("those")
    if mention.has(Cue.OTHER):
        read.refers.add("other")


def _which(read: ClauseArguments, at: int) -> None:
    """ "which"/"what": the kind that follows tells whether subject or object is asked for."""
    following = next((m for m in read.mentions[at + 1 :] if m.word), None)
    if following is not None and following.has(Cue.PART_OF) and read.place_kind in read.predicate.object_kinds:
        read.which_object, read.asked_kind = True, read.place_kind  # "Which part of Africa …?"
        return
    first = read.ahead(at, (Cue.OF, Cue.THE))[:1]
    of = any(mention.has(Cue.OF) for mention in read.mentions[at + 1 : at + 2])
    if of and first and read.kind_of(first[0]) in read.predicate.subject_kinds:
        read.who = read.alternatives = True  # "Which of X and Y leads Z?"
        return
    for mention in read.ahead(at, (*LIGHT, Cue.AUX, Cue.WHO)):
        if read.corpus.group and read.corpus.group in mention.names(Role.ENTITY) and not _follows_do(read, at):
            read.who = True
            return
        if kinds := mention.names(Role.KIND):
            kind = read.fitting(kinds)
            behind = read.ahead(read.mentions.index(mention), (Cue.THE,))[:1]
            either = kind in read.predicate.object_kinds and bool(behind) and bool(read.kind_of(behind[0]))
            if kind in read.predicate.subject_kinds and not _follows_do(read, at) and not either:
                read.who = True  # but "which units Unit A was merged into" asks for what stands behind
            elif kind in (*read.predicate.object_kinds, *read.narrowing):
                read.which_object, read.asked_kind = True, kind
            else:
                read.misfit = True
            return
        if read.is_predicate(mention) and not _follows_do(read, at):
            # "What leads Europe?" asks for the subject, "What is led by …?" for the object.
            read.who = not any(m.has(Cue.BY) for m in read.mentions[at:])
            read.which_object = not read.who
            return
        if mention.names(Role.NUMBER):
            continue
        break
    read.which_object = True


def _follows_do(read: ClauseArguments, at: int) -> bool:
    following = read.mentions[at + 1 : at + 2]
    return bool(following) and following[0].has(Cue.DO)
