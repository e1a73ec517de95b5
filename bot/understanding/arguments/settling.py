"""What follows from all that a clause names taken together."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.arguments.state import ClauseArguments
from bot.understanding.linker import Role
from bot.understanding.logical_form import Op, Quantity, Side, Subject
from corpus.language import Cue


def settle(read: ClauseArguments) -> None:
    """Settle what only the whole clause can tell."""
    read.polar &= not (read.asked or read.counted or read.wh)
    _settle_subject(read)
    _reversed(read)
    if not read.quantity:
        _other_kind(read)
    objects_named = list(dict.fromkeys(kind for kind in read.kinds if kind in read.predicate.object_kinds))
    if not read.asked_kind and len(objects_named) == 1 and not read.found:
        read.asked_kind = objects_named[0]
    if read.excluded_kinds and not read.asked_kind:
        left = [kind for kind in read.predicate.object_kinds if kind not in read.excluded_kinds]
        read.asked_kind = left[0] if len(left) == 1 else ""
    if read.counted and read.kinds:
        objects = [kind for kind in read.kinds if kind in read.predicate.object_kinds]
        read.asked_kind = objects[0] if objects else read.kinds[0]
        ranked = len(objects) < len(read.kinds) or (read.requested and read.grouped)
        if objects and ranked and not read.subjects:
            # "Rank the companies by number of regions": one count for each.
            read.subject_quantity = Quantity(Op.ALL, 0, read.predicate.subject_kinds[0])
        read.misfit |= read.asked_kind not in (*read.predicate.object_kinds, *read.predicate.subject_kinds)
    if read.quantity and read.quantity.op is Op.ALL and (read.requested or read.overview):
        read.asked_kind, read.quantity = read.quantity.kind if len(read.counted_kinds) == 1 else "", None
    if read.subject_quantity and read.asked_kind and not read.quantity and not read.counted:
        read.quantity = Quantity(Op.AT_LEAST, 1, read.asked_kind)  # "Every company leads a region"
    if read.wh is Cue.WHERE and read.subjects and not read.asked_kind:
        read.asked_kind = read.place_kind
    _settle_comparison(read)
    if read.quantity and read.quantity.number == 1 and read.quantity.op is Op.EQUAL and read.found:
        read.quantity = None  # "Japan is one of the markets that …"
    if read.compared and len(read.subjects) > 1:
        read.which_object, read.wh = True, None
    if read.subjects:
        read.refers.discard("pronoun")


def _settle_subject(read: ClauseArguments) -> None:
    group = read.corpus.entities.get(read.corpus.group)
    named = any(kind in read.predicate.subject_kinds for kind in read.kinds)
    asked = named and "pronoun" not in read.refers and not read.which_object and not read.wh
    if asked and not read.subjects and not read.subject_quantity:
        read.existential = read.polar and not read.asked
        read.who = read.who or not read.counted
    spoken_of = read.kinds or "pronoun" in read.refers or read.grouped
    if group and group.kind in read.predicate.subject_kinds and not read.subjects and spoken_of:
        read.subjects.append(Subject(group.name))  # "The companies share …", "they share …"
    if read.subject_quantity and read.subject_quantity.op is Op.NONE and any(s.negated for s in read.subjects):
        # "No leader other than X": X alone.
        read.subjects = [replace(subject, negated=False) for subject in read.subjects]
        read.only, read.subject_quantity = Side.SUBJECT, None
    if read.hypothetical and read.who:
        # "If X isn't the leader there, who is?"
        read.negated, read.hypothetical = False, False
        read.subjects = []
    if read.polar and not read.asked and not read.subjects and "pronoun" not in read.refers:
        read.existential = True
    if read.which_object and not read.asked_kind and read.found and not read.subjects and not read.spoken():
        read.who, read.which_object = True, False  # "Which of them covers Samoa?"


def _reversed(read: ClauseArguments) -> None:
    """ "Japan leads Acme": the plain verb between what can only be its object and what can only be its subject."""
    verbs = [at for at, m in enumerate(read.mentions) if read.is_predicate(m)]
    if not verbs:
        verbs = [at for at, m in enumerate(read.mentions) if read.predicate.name in m.names(Role.WEAK)]
    if len(verbs) != 1 or read.mentions[verbs[0]].norm not in read.verbs or not (read.found and read.subjects):
        return
    at = verbs[0]
    start, end = read.mentions[at].start, read.mentions[at].end
    before = all(found.at < at and not read.preposition(found.at) for found in read.found)
    behind = all(subject.span.start > end for subject in read.subjects)
    bare = all(m.word and not m.has(Cue.BY, Cue.WHO, Cue.WHICH) for m in read.mentions[: at + 2])
    if before and behind and bare and any(found.mention.end <= start for found in read.found):
        read.aside.append(read.mentions[at].text)


def _other_kind(read: ClauseArguments) -> None:
    """ "X leads the technology in Europe" says another thing than that X leads Europe."""
    places = bool(read.found) and all(found.kind == read.place_kind for found in read.found)
    other = {*read.predicate.object_kinds} - {read.place_kind}
    if places and read.subjects and read.place_kind and not (read.asked or read.requested or read.counted):
        read.aside += [m.text for m in read.mentions if other & {*m.names(Role.KIND)} and not read.is_predicate(m)]


def _settle_comparison(read: ClauseArguments) -> None:
    if read.op and read.quantity and read.quantity.number == -1.0:
        read.asked_kind = read.quantity.kind
        if read.op is Op.EQUAL and len(read.subjects) > 1:
            read.rivals = [subject.name for subject in read.subjects[1:]]
            read.subjects = read.subjects[:1]
        if not read.rivals:
            read.extreme = True
            read.fewest |= read.op is Op.FEWER
        read.quantity = None
    if read.extreme and read.quantity:
        read.asked_kind, read.quantity = read.quantity.kind, None
