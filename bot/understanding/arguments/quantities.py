"""How many, how much, of what: numbers, comparisons, shares, extremes."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.arguments.state import LIGHT, ClauseArguments, ObjectMention
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Op, Quantity
from corpus.language import Cue

_COUNTED = {
    Cue.MORE: Op.MORE,
    Cue.FEWER: Op.FEWER,
    Cue.AT_LEAST: Op.AT_LEAST,
    Cue.AT_MOST: Op.AT_MOST,
    Cue.EXACTLY: Op.EQUAL,
}


def _numbered(read: ClauseArguments, at: int, mention: Mention) -> bool:
    """ "Who leads unit 9?", where units have numbers for names, and no 9: a thing that is not known."""
    before = read.mentions[at - 1] if at and mention.text[0].isdigit() else None
    kind = read.fitting(before.names(Role.KIND)) if before is not None and before.names(Role.KIND) else ""
    if before is None or kind not in read.predicate.object_kinds or not read.corpus.numbered(kind):
        return False
    read.kinds = [other for other in read.kinds if other != kind]
    named = replace(before, text=f"{before.text} {mention.text}", end=mention.end)
    read.found.append(ObjectMention(at - 1, named, "", negated=read.negate_next))
    return True


def take_quantity(read: ClauseArguments, at: int, mention: Mention) -> None:
    """Take a number, a comparison, a share or an extreme."""
    if mention.names(Role.NUMBER) and _numbered(read, at, mention):
        return
    op, number = _quantifier(read, at, mention)
    if op is None or at in read.quantified:
        return
    kind = _quantified_kind(read, at)
    if kind is None:
        _unquantified(read, at, mention, op, number)
        return
    quantity = Quantity(op, number, kind)
    before = read.mentions[at - 1] if at else None
    if kind in read.predicate.subject_kinds:
        # "the three companies" names the group, "three companies" counts.
        if op in (Op.ALL, Op.NONE) or read.op or not (before is not None and before.has(Cue.THE, Cue.OF, Cue.ALL)):
            read.subject_quantity = read.subject_quantity or quantity
    elif kind in read.predicate.object_kinds:
        if read.quantity and read.quantity.kind != kind:
            read.further.append(quantity)
        read.quantity = read.quantity or quantity
        read.counted_kinds.add(kind)
        # "the most regions" compares; "the majority of the regions" counts, unless it is asked who has it.
        most = mention.has(Cue.MOST) and not mention.has(Cue.MAJORITY)
        read.extreme |= most or mention.has(Cue.FEWEST) or (op is Op.MAJORITY and read.who)
    elif op is Op.ALL and kind in read.narrowing:
        read.all_of.append(kind)


def _unquantified(read: ClauseArguments, at: int, mention: Mention, op: Op, number: float) -> None:
    """A quantifier with no kind behind it: "nobody", "no leader", "all three", a bare number at the end."""
    everybody = Quantity(op, number, read.predicate.subject_kinds[0])
    ahead = read.ahead(at, (Cue.THE,))
    if mention.has(Cue.MOST, Cue.FEWEST) and read.who and not ahead and not read.found:
        read.extreme = True  # "Who leads the most?"
    elif mention.has(Cue.EVERYBODY):
        if not read.subjects and any(read.is_predicate(m) for m in read.mentions[at:]):
            read.subject_quantity = everybody
    elif mention.has(Cue.NOBODY) and not read.subjects:
        read.subject_quantity = Quantity(Op.NONE, 0, everybody.kind)
    elif mention.has(Cue.NOBODY):
        read.quantity = Quantity(Op.NONE, 0, "")  # "X leads nothing"
    elif op is Op.NONE and ahead and read.kind_of(ahead[0]):
        read.negate_next = True
    elif op is Op.NONE and any(read.is_predicate(m) for m in ahead[:3]):
        if read.subjects:
            read.negated = not read.negated
        else:
            read.subject_quantity = everybody
    elif op is Op.ALL and ahead and ahead[0].names(Role.NUMBER) and not read.subjects:
        read.subject_quantity = everybody
    elif mention.names(Role.NUMBER) and not ahead and read.subjects and not read.found and read.spoken():
        if read.quantity:
            read.further.append(Quantity(op, number, read.quantity.kind))  # "at least two regions and at most four"
        else:
            read.quantity = Quantity(op, number, "")


def _quantifier(read: ClauseArguments, at: int, mention: Mention) -> tuple[Op | None, float]:
    multiple = mention.names(Role.MULTIPLE)
    if multiple and any(m.has(Cue.AS_MANY) for m in read.mentions[at + 1 : at + 3]):
        read.factor = float(multiple[0])
        return None, 0
    for cue, op in _COUNTED.items():
        if mention.has(cue):
            ahead = read.ahead(at, (*LIGHT, Cue.THAN))
            if ahead and ahead[0].names(Role.NUMBER):
                read.op = op
            elif cue in (Cue.MORE, Cue.FEWER) and ahead and ahead[0].names(Role.KIND):
                read.op = op
                return op, -1.0
            return None, 0
    if _difference(read, at, mention):
        return None, 0
    if fraction := _fraction(read, at, mention):
        rough = at > 0 and read.mentions[at - 1].norm in read.approximate
        return (Op.ABOUT if rough else Op.SHARE), fraction
    if mention.has(Cue.AS_MANY):
        read.op = Op.EQUAL
        return Op.EQUAL, -1.0
    if mention.has(Cue.MOST, Cue.MAJORITY):
        return Op.MAJORITY, 0
    if mention.has(Cue.FEWEST):
        read.fewest = True
        return Op.MAJORITY, 0
    if mention.has(Cue.NO, Cue.NOBODY):
        return Op.NONE, 0
    if mention.has(Cue.ALL, Cue.EVERYBODY):
        return Op.ALL, 0
    if mention.has(Cue.ANY):
        return Op.AT_LEAST, 1
    if number := mention.names(Role.NUMBER):
        return read.op or Op.EQUAL, float(number[0])
    return None, 0


def _fraction(read: ClauseArguments, at: int, mention: Mention) -> float:
    """ "half of the regions", "44 % of the regions": in percent; 0 where it is none."""
    behind = read.mentions[at + 1 : at + 3]
    share, number = mention.names(Role.FRACTION), mention.names(Role.NUMBER)
    if not (share or number) or not read.spoken():
        return 0.0
    if any(m.has(Cue.OF, Cue.THE) for m in behind[:1]) and share:
        return float(share[0])
    percent = len(behind) == 2 and behind[0].text == "%" and behind[1].has(Cue.OF, Cue.THE)
    return float(number[0]) if percent and number else 0.0


def _difference(read: ClauseArguments, at: int, mention: Mention) -> bool:
    """ "two more regions than X": a number right before "more", with a "than" behind it."""
    behind = read.mentions[at + 1 : at + 2]
    if not (mention.names(Role.NUMBER) and behind and behind[0].has(Cue.MORE, Cue.FEWER)):
        return False
    if not any(m.has(Cue.THAN) for m in read.mentions[at:]):
        return False
    number = float(mention.names(Role.NUMBER)[0])
    read.margin = number if behind[0].has(Cue.MORE) else -number
    return True


def _quantified_kind(read: ClauseArguments, at: int) -> str | None:
    """The kind that a quantifier counts, marking it as taken."""
    for index in range(at + 1, min(at + 5, len(read.mentions))):
        mention = read.mentions[index]
        if kinds := mention.names(Role.KIND):
            read.quantified.add(index)
            read.quantified.add(at)
            return read.fitting(kinds)
        if mention.names(Role.NUMBER):
            read.quantified.add(index)
        elif not mention.has(*LIGHT, Cue.THAN):
            return None
    return None
