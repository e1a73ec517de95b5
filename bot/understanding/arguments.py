"""What one clause names and how: the second step of parsing (see ``bot.understanding.parser``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.understanding.linker import Mention, Role, kind_of
from bot.understanding.logical_form import Op, Quantity, Scope, Side, Span, Subject
from corpus.language import Cue
from corpus.model import Corpus, Predicate
from corpus.text import normalise

# Asked for words that the lexicon does not have: the entity that they come closest to in meaning, of given kinds.
Meaning = Callable[[str, frozenset[str]], "str | None"]

_WH = (Cue.WHEN, Cue.WHERE, Cue.WHY, Cue.HOW, Cue.SHARE)
_COUNTED = {
    Cue.MORE: Op.MORE,
    Cue.FEWER: Op.FEWER,
    Cue.AT_LEAST: Op.AT_LEAST,
    Cue.AT_MOST: Op.AT_MOST,
    Cue.EXACTLY: Op.EQUAL,
}
# What may stand between a quantifier and its kind, or between a predicate and its argument.
_LIGHT = (Cue.THE, Cue.OF, Cue.FILLER, Cue.NEUTRAL, Cue.ALSO, Cue.ALL, Cue.BOTH, Cue.ONLY)
_CONNECTS = (*_LIGHT, Cue.IN, Cue.AUX, Cue.BY, Cue.NOT)


@dataclass
class _Object:
    """An object mention on its way to becoming a scope."""

    at: int
    mention: Mention
    kind: str
    entity: str = ""
    places: tuple[str, ...] = ()
    within: list[tuple[str, str]] = field(default_factory=list)
    negated: bool = False
    partly: bool = False
    side: bool = False
    end: int = -1

    def scope(self) -> Scope:
        span = Span(self.mention.start, max(self.end, self.mention.end))
        return Scope(
            self.mention.text,
            self.entity,
            self.places,
            tuple(self.within),
            self.negated,
            self.partly,
            self.side,
            span=span,
        )

    def narrow(self, other: _Object) -> None:
        """Take ``other`` for what narrows this one."""
        self.within.append(other.narrows())
        self.end = max(self.end, other.mention.end)

    def narrows(self) -> tuple[str, str]:
        return self.kind, self.entity or self.places[0]


class Reading:
    """Everything that a clause names, gathered in one walk over its mentions."""

    def __init__(
        self,
        corpus: Corpus,
        predicate: Predicate,
        mentions: Sequence[Mention],
        narrowing: frozenset[str],
        meaning: Meaning | None,
        approximate: frozenset[str],
        verbs: frozenset[str] = frozenset(),
    ) -> None:
        self.corpus, self.predicate, self.mentions = corpus, predicate, mentions
        self.approximate, self.verbs = approximate, verbs
        self.narrowing, self.meaning = narrowing, meaning
        self.place_kind = corpus.place_kind
        # What tells where another object is led: places, and any kind that narrows facts and has facts of its own.
        self.locating = (frozenset({self.place_kind}) | (narrowing & frozenset(predicate.object_kinds))) - {""}
        self.subjects: list[Subject] = []
        self.found: list[_Object] = []
        self.excluded: list[Scope] = []
        self.rivals: list[str] = []
        self.kinds: list[str] = []
        self.excluded_kinds: list[str] = []
        self.further: list[Quantity] = []
        self.counted_kinds: set[str] = set()
        self.asked_kind = ""
        self.who = self.which_object = self.counted = self.requested = self.overview = False
        self.polar = self.inverted = self.negated = self.joint = False
        self.hypothetical = self.structural = self.misfit = False
        self.extreme = self.fewest = self.compared = self.together = self.asked = self.existential = False
        self.grouped = self.alternatives = False
        self.wh: Cue | None = None
        self.op: Op | None = None
        self.factor, self.margin = 1.0, 0.0
        self.respective = False
        self.only: Side | None = None
        self.beyond: Side | None = None
        self.quantity: Quantity | None = None
        self.subject_quantity: Quantity | None = None
        self.refers: set[str] = set()
        self.unknown: list[str] = []
        self.unread = False
        self.meant: list[tuple[str, str]] = []
        self.aside: list[str] = []
        self.all_of: list[str] = []
        self._negate_next = self._except = self._after_than = False
        self._denied_from = -1
        self._quantified: set[int] = set()

    def gather(self) -> None:
        """Walk the clause once, then attach what narrows what, then see what was not read."""
        self.polar = self._is_polar()
        for at, mention in enumerate(self.mentions):
            if self._kind_of(mention):
                self._argument(at, mention)
            elif mention.word:
                self._word(at, mention)
        self._narrow()
        self._spread()
        self._unknown_words()
        self._settle()

    @property
    def objects(self) -> tuple[Scope, ...]:
        """The objects, those that only narrow others taken out."""
        return tuple(found.scope() for found in self.found)

    # Arguments

    def _kind_of(self, mention: Mention) -> str:
        return kind_of(self.corpus, mention)

    def _argument(self, at: int, mention: Mention) -> None:
        kind = self._kind_of(mention)
        entity = next(iter(mention.names(Role.ENTITY)), "")
        is_subject = kind in self.predicate.subject_kinds
        is_object = kind in self.predicate.object_kinds or kind in self.narrowing
        if is_subject and is_object:
            is_subject = self._stands_as_subject(at)
        if is_subject and self.excluded:
            self._except = False  # "besides Japan, which regions does X lead?"
        if is_subject:
            self._subject(entity, mention)
        elif is_object and kind == self.place_kind and self._describes(at, mention):
            self.aside.append(mention.text)
        elif is_object:
            places = () if entity else mention.names(Role.PLACE)
            found = _Object(at, mention, kind, entity, places, negated=self._negate_next)
            found.partly, found.side = self._part_of(at, mention)
            narrows = kind not in self.predicate.object_kinds and entity
            if self._except and narrows and self.excluded:
                last = self.excluded.pop()
                self.excluded.append(replace(last, within=(*last.within, (kind, entity))))
            elif self._except:
                self.excluded.append(found.scope())
            else:
                self.found.append(found)
        elif entity != self.corpus.group:
            self.misfit = True
        else:
            self.grouped = True
        self._negate_next = False

    def _describes(self, at: int, mention: Mention) -> bool:
        """Whether a place only says what a subject is: "X, a Japanese firm", "X from Paris"; it is no object then."""
        if mention.adjective:
            behind = self._ahead(at, (Cue.NEUTRAL,))[:1]
            kinds = behind[0].names(Role.KIND) if behind and not self._kind_of(behind[0]) else ()
            named = bool(kinds) and self._fitting(kinds) in self.predicate.subject_kinds
            return named or (not behind and self._is_said_of(at))
        before = [m for m in self.mentions[:at] if m.word and not m.has(Cue.THE)]
        if len(before) < 2 or not before[-1].has(Cue.ORIGIN) or self._is_predicate(before[-2]):
            return False
        subject = self._kind_of(before[-2]) or next(map(self._fitting, filter(None, [before[-2].names(Role.KIND)])), "")
        return subject in self.predicate.subject_kinds

    def _is_said_of(self, at: int) -> bool:
        """ "X is Japanese": an auxiliary and an adjective, and the clause is over."""
        before = [m for m in self.mentions[:at] if m.word]
        return len(before) > 1 and before[-1].has(Cue.AUX) and not self._is_predicate(before[-2])

    def _part_of(self, at: int, mention: Mention) -> tuple[bool, bool]:
        """Whether only some of a place is meant ("part of Asia"), and whether only one side of it ("northern Asia")."""
        before = [m for m in self.mentions[:at] if m.word and not m.has(Cue.THE)][-2:]
        side = bool(before) and before[-1].has(Cue.DIRECTION) and not before[-1].names(Role.ENTITY)
        rest = before[:-1] if side else before
        return bool(rest) and rest[-1].has(Cue.PART_OF), side

    def _subject(self, entity: str, mention: Mention) -> None:
        if self._after_than:
            self.rivals.append(entity)
        elif entity not in [subject.name for subject in self.subjects]:
            denied = self._negate_next or self._except
            span = Span(self._denied_from if self._negate_next else mention.start, mention.end)
            self.subjects.append(Subject(entity, denied, self._partner(mention), span))

    def _partner(self, mention: Mention) -> bool:
        """ "Who leads Iberia with Acme?" does not ask for Acme."""
        before = [m for m in self.mentions[: self.mentions.index(mention)] if m.word and not m.has(Cue.THE)]
        return self.who and bool(before) and before[-1].has(Cue.WITH)

    def _stands_as_subject(self, at: int) -> bool:
        """Where kinds do not tell: as a pattern has it; the subject stands before an active verb, or after "by"."""
        if side := self.mentions[at].names(Role.SIDE):
            return Side.SUBJECT in side
        before = [m for m in self.mentions[:at] if m.word and not m.has(*_LIGHT)]
        if self._after_than or (before and before[-1].has(Cue.BY)):
            return True
        strong = any(self.predicate.name in m.names(Role.PREDICATE) for m in self.mentions)
        verbs = (m for m in before if not (strong and m.has(Cue.AUX)))  # "what does X lead": "does" only helps
        spoken = any(self.predicate.name in m.names(Role.PREDICATE) + m.names(Role.WEAK) for m in verbs)
        passive = any(m.has(Cue.BY) for m in self.mentions[at:])
        return not spoken and not passive and not any(m.has(Cue.WHO) for m in before)

    # Other words

    def _word(self, at: int, mention: Mention) -> None:
        if mention.has(Cue.WHERE) and self._relative(at):
            pass  # "the market where it leads"
        elif mention.has(Cue.WHO):
            self._except = False
            self.who = True
            self.asked |= not self._relative(at)
            # "On what basis was it chosen who leads?" asks for the basis.
            self.structural |= self.which_object and any(self._content(m) for m in self.mentions[:at])
        elif mention.has(Cue.HOW_MANY):
            self.counted = True
        elif mention.has(*_WH):
            self.wh = self.wh or next(cue for cue in _WH if mention.has(cue))
        elif mention.has(Cue.WHICH) and not (mention.has(Cue.RELATIVE) and self._relative(at)):
            self.asked = True
            self._except = False
            self._which(at)
        if mention.has(Cue.EVERYWHERE) and self.place_kind in self.predicate.object_kinds:
            self.quantity = Quantity(Op.ALL, 0, self.place_kind)
        if mention.has(Cue.TOGETHER):
            self.together = True
        if mention.has(Cue.RESPECTIVELY):
            self.respective = True
        if mention.has(Cue.BEGIN, Cue.CONCLUDE) and any(m.has(Cue.META) for m in self.mentions):
            self.structural = True
        if mention.has(Cue.REQUEST):
            self.requested = True
        if mention.has(Cue.OVERVIEW):
            self.overview = True
        if mention.has(Cue.COMPARE):
            self.compared = True
        if mention.has(Cue.IF):
            self.hypothetical = True
        if mention.has(Cue.BOTH):
            self.joint = True
        self._references(at, mention)
        self._polarity(at, mention)
        self._quantify(at, mention)
        kinds = mention.names(Role.KIND)
        if kinds and at not in self._quantified and not self._is_predicate(mention):
            (self.excluded_kinds if self._except and not self.excluded else self.kinds).append(self._fitting(kinds))

    def _is_predicate(self, mention: Mention) -> bool:
        return self.predicate.name in (*mention.names(Role.PREDICATE), *mention.names(Role.COMPLEMENT))

    def _fitting(self, kinds: Sequence[str]) -> str:
        takes = (*self.predicate.object_kinds, *self.predicate.subject_kinds)
        return next((kind for kind in kinds if kind in takes), kinds[0])

    def _relative(self, at: int) -> bool:
        """Whether a word stands right behind the noun that it may refer back to."""
        if self._except:
            return False
        before = self.mentions[at - 1] if at else None
        if before is not None and not before.word and at > 1:
            # Behind a mark only where something was said: "Besides X, which …?" begins to ask.
            before = self.mentions[at - 2] if self.subjects else None
            who = self.mentions[at].has(Cue.WHO)
            if before is not None and who and self._kind_of(before) not in self.predicate.subject_kinds:
                return False
        return before is not None and bool(self._kind_of(before) or before.names(Role.KIND) or before.has(Cue.PRONOUN))

    def _references(self, at: int, mention: Mention) -> None:
        following = self.mentions[at + 1] if at + 1 < len(self.mentions) else None
        if mention.has(Cue.PRONOUN) and not self.subjects:
            joined = at > 0 and self.mentions[at - 1].has(Cue.AND, Cue.WITH) and " " not in mention.norm
            kinds = any(m.names(Role.KIND) for m in self.mentions[:at])
            listed = kinds and (joined or (self.requested and not self.asked))
            if " " in mention.norm and following is not None and following.has(Cue.RELATIVE, Cue.IN, Cue.OF):
                self.who = True  # "the company that leads …" asks for the company
            elif not listed:  # "List the regions with their leaders": theirs, and nobody's before
                self.refers.add("pronoun")
        if mention.has(Cue.THERE) or (mention.has(Cue.WHERE) and self.who):
            self.refers.add("there")
        if mention.has(Cue.THOSE):
            self.refers.add("those")
        if mention.has(Cue.OTHER):
            self.refers.add("other")

    def _which(self, at: int) -> None:
        """ "which"/"what": the kind that follows tells whether subject or object is asked for."""
        following = next((m for m in self.mentions[at + 1 :] if m.word), None)
        if following is not None and following.has(Cue.PART_OF) and self.place_kind in self.predicate.object_kinds:
            self.which_object, self.asked_kind = True, self.place_kind  # "Which part of Africa …?"
            return
        first = self._ahead(at, (Cue.OF, Cue.THE))[:1]
        of = any(mention.has(Cue.OF) for mention in self.mentions[at + 1 : at + 2])
        if of and first and self._kind_of(first[0]) in self.predicate.subject_kinds:
            self.who = self.alternatives = True  # "Which of X and Y leads Z?"
            return
        for mention in self._ahead(at, (*_LIGHT, Cue.AUX, Cue.WHO)):
            if self.corpus.group and self.corpus.group in mention.names(Role.ENTITY) and not self._follows_do(at):
                self.who = True
                return
            if kinds := mention.names(Role.KIND):
                kind = self._fitting(kinds)
                behind = self._ahead(self.mentions.index(mention), (Cue.THE,))[:1]
                either = kind in self.predicate.object_kinds and bool(behind) and bool(self._kind_of(behind[0]))
                if kind in self.predicate.subject_kinds and not self._follows_do(at) and not either:
                    self.who = True  # but "which units Unit A was merged into" asks for what stands behind
                elif kind in (*self.predicate.object_kinds, *self.narrowing):
                    self.which_object, self.asked_kind = True, kind
                else:
                    self.misfit = True
                return
            if self._is_predicate(mention) and not self._follows_do(at):
                # "What leads Europe?" asks for the subject, "What is led by …?" for the object.
                self.who = not any(m.has(Cue.BY) for m in self.mentions[at:])
                self.which_object = not self.who
                return
            if mention.names(Role.NUMBER):
                continue
            break
        self.which_object = True

    def _follows_do(self, at: int) -> bool:
        following = self.mentions[at + 1 : at + 2]
        return bool(following) and following[0].has(Cue.DO)

    def _ahead(self, at: int, skipping: tuple[Cue, ...], limit: int = 6) -> list[Mention]:
        """The mentions after ``at`` from the first that is not skipped on."""
        rest = [mention for mention in self.mentions[at + 1 : at + 1 + limit] if mention.word]
        while (
            rest
            and rest[0].has(*skipping)
            and not (self._kind_of(rest[0]) or rest[0].names(Role.KIND) or rest[0].names(Role.NUMBER))
        ):
            rest = rest[1:]
        return rest

    # Polarity, exceptions, "only"

    def _is_polar(self) -> bool:
        words = [mention for mention in self.mentions if mention.word]
        while words and words[0].has(Cue.FILLER, Cue.AND, Cue.ALSO, Cue.BUT) and not words[0].has(Cue.TAG):
            words = words[1:]
        if len(words) > 2 and words[0].has(Cue.AUX) and words[1].has(Cue.SPEAKER) and words[2].has(Cue.REQUEST):
            return False  # "Can you list …?" asks for the list
        # "… but does not lead X" goes on about the subject before; only "doesn't X lead …" asks.
        goes_on = len(words) > 2 and words[1].has(Cue.NOT) and self._is_predicate(words[2])
        self.inverted = bool(words and words[0].has(Cue.AUX)) and not goes_on
        self.inverted |= self._denial_first(words)
        return self.inverted or any(mention.has(Cue.TAG) for mention in words)

    def _denial_first(self, words: Sequence[Mention]) -> bool:
        """ "¿No lidera Acme Iberia?": denial, verb, subject ask whether it does; "No lidera Iberia." denies it."""
        opens = len(words) > 2 and words[0].has(Cue.NOT) and (words[1].has(Cue.AUX) or self._is_predicate(words[1]))
        return opens and self._kind_of(words[2]) in self.predicate.subject_kinds

    def _only_tags(self, at: int) -> bool:
        """ "Acme lidera Iberia, ¿no?": a denial that closes the clause, and has no verb before it."""
        before = [m for m in self.mentions[:at] if m.word]
        behind = [m for m in self.mentions[at + 1 :] if m.word and not m.has(Cue.FILLER)]
        if not any(self._is_predicate(m) for m in before) or " " in self.mentions[at].norm:
            return False  # "… is false" has its verb within
        return not behind and not before[-1].has(Cue.AUX) and not self._is_predicate(before[-1])

    def _polarity(self, at: int, mention: Mention) -> None:
        if mention.has(Cue.NOT) and not mention.has(Cue.NOT_ONLY) and self._only_tags(at):
            self.polar = True
            return
        if mention.has(Cue.NOT, Cue.NEITHER, Cue.UNLIKE, Cue.NOR):
            self._denied_from = mention.start
        if mention.has(Cue.NOT_ONLY):
            if not any(m.has(Cue.BUT, Cue.ALSO, Cue.AND) for m in self.mentions[at:]):
                self.beyond = self._only_side(at)
            return
        if mention.has(Cue.EXCEPT) or (mention.has(Cue.BUT) and self._after_all(at)):
            self._except = True
        elif mention.has(Cue.UNLIKE):
            self._negate_next = True
        elif mention.has(Cue.NEITHER):
            self.negated = not self.negated
        elif mention.has(Cue.NOT):
            self._negate(at)
        elif mention.has(Cue.THAN) and any(m.has(Cue.MORE, Cue.FEWER, Cue.AS_MANY) for m in self.mentions):
            self._after_than = True
        elif mention.has(Cue.ALONE):
            self.only = self._alone_side(at) if self._preposed(at) else Side.SUBJECT
        elif mention.has(Cue.ONLY) and self.only is None:
            self.only = self._only_side(at)
        elif self._except and (self._is_predicate(mention) or mention.has(Cue.AUX)):
            self._except = False

    def _after_all(self, at: int) -> bool:
        """ "everything but Japan", "every region but Japan": an exception, no second clause."""
        before = [m for m in self.mentions[:at] if m.word][-2:]
        whole = (Cue.ALL, Cue.EVERYBODY, Cue.OVERVIEW, Cue.EVERYWHERE)
        return bool(before) and (
            before[-1].has(*whole) or (bool(before[-1].names(Role.KIND)) and before[0].has(*whole))
        )

    def _negate(self, at: int) -> None:
        """ "not" turns the clause, or the one argument after it where the clause is already whole."""
        ahead = self._ahead(at, (*_LIGHT, Cue.IN, Cue.BY))
        contrast = any(m.has(Cue.BUT) for m in self.mentions[at:])
        whole = (self.subjects or self.found) and not self._verbless(at)
        if ahead and self._kind_of(ahead[0]) and (contrast or whole):
            self._negate_next = True
        elif not self.inverted:  # "Doesn't X lead Y?" asks whether it does
            self.negated = not self.negated

    def _verbless(self, at: int) -> bool:
        """Whether only an auxiliary stands right before: "is not Bolt's" denies the clause."""
        before = [m for m in self.mentions[:at] if m.word]
        return bool(before) and before[-1].has(Cue.AUX)

    def _alone_side(self, at: int) -> Side:
        """ "X alone leads Y", "Y is led by X alone": it belongs to the name before it."""
        named = [kind for kind in map(self._kind_of, self.mentions[:at]) if kind]
        return Side.SUBJECT if named and named[-1] in self.predicate.subject_kinds else Side.OBJECT

    def _preposed(self, at: int) -> bool:
        """ "leads in Japan alone": of a place that only tells where, it is the place that stands alone."""
        named = [index for index in range(at) if self._kind_of(self.mentions[index])]
        return bool(named) and self._preposition(named[-1])

    def _only_side(self, at: int) -> Side | None:
        for mention in self._ahead(at, (*_LIGHT, Cue.IN, Cue.AUX)):
            kind = self._kind_of(mention) or next((self._fitting(k) for k in [mention.names(Role.KIND)] if k), "")
            if kind:
                return Side.SUBJECT if kind in self.predicate.subject_kinds else Side.OBJECT
            if self.predicate.name in mention.names(Role.COMPLEMENT):
                return None
            if self._is_predicate(mention):
                return Side.OBJECT if self.subjects else Side.SUBJECT
        return self._alone_side(at)  # "… X only"

    # Quantities

    def _numbered(self, at: int, mention: Mention) -> bool:
        """ "Who leads unit 9?", where units have numbers for names, and no 9: a thing that is not known."""
        before = self.mentions[at - 1] if at and mention.text[0].isdigit() else None
        kind = self._fitting(before.names(Role.KIND)) if before is not None and before.names(Role.KIND) else ""
        if before is None or kind not in self.predicate.object_kinds or not self.corpus.numbered(kind):
            return False
        self.kinds = [other for other in self.kinds if other != kind]
        named = replace(before, text=f"{before.text} {mention.text}", end=mention.end)
        self.found.append(_Object(at - 1, named, "", negated=self._negate_next))
        return True

    def _quantify(self, at: int, mention: Mention) -> None:
        if mention.names(Role.NUMBER) and self._numbered(at, mention):
            return
        op, number = self._quantifier(at, mention)
        if op is None or at in self._quantified:
            return
        kind = self._quantified_kind(at)
        if kind is None:
            self._unquantified(at, mention, op, number)
            return
        quantity = Quantity(op, number, kind)
        before = self.mentions[at - 1] if at else None
        if kind in self.predicate.subject_kinds:
            # "the three companies" names the group, "three companies" counts.
            if op in (Op.ALL, Op.NONE) or self.op or not (before is not None and before.has(Cue.THE, Cue.OF, Cue.ALL)):
                self.subject_quantity = self.subject_quantity or quantity
        elif kind in self.predicate.object_kinds:
            if self.quantity and self.quantity.kind != kind:
                self.further.append(quantity)
            self.quantity = self.quantity or quantity
            self.counted_kinds.add(kind)
            # "the most regions" compares; "the majority of the regions" counts, unless it is asked who has it.
            most = mention.has(Cue.MOST) and not mention.has(Cue.MAJORITY)
            self.extreme |= most or mention.has(Cue.FEWEST) or (op is Op.MAJORITY and self.who)
        elif op is Op.ALL and kind in self.narrowing:
            self.all_of.append(kind)

    def _unquantified(self, at: int, mention: Mention, op: Op, number: float) -> None:
        """A quantifier with no kind behind it: "nobody", "no leader", "all three", a bare number at the end."""
        everybody = Quantity(op, number, self.predicate.subject_kinds[0])
        ahead = self._ahead(at, (Cue.THE,))
        if mention.has(Cue.EVERYBODY):
            if not self.subjects and any(self._is_predicate(m) for m in self.mentions[at:]):
                self.subject_quantity = everybody
        elif mention.has(Cue.NOBODY) and not self.subjects:
            self.subject_quantity = Quantity(Op.NONE, 0, everybody.kind)
        elif mention.has(Cue.NOBODY):
            self.quantity = Quantity(Op.NONE, 0, "")  # "X leads nothing"
        elif op is Op.NONE and ahead and self._kind_of(ahead[0]):
            self._negate_next = True
        elif op is Op.NONE and any(self._is_predicate(m) for m in ahead[:3]):
            if self.subjects:
                self.negated = not self.negated
            else:
                self.subject_quantity = everybody
        elif op is Op.ALL and ahead and ahead[0].names(Role.NUMBER) and not self.subjects:
            self.subject_quantity = everybody
        elif mention.names(Role.NUMBER) and not ahead and self.subjects and not self.found and self._spoken():
            if self.quantity:
                self.further.append(Quantity(op, number, self.quantity.kind))  # "at least two regions and at most four"
            else:
                self.quantity = Quantity(op, number, "")

    def _quantifier(self, at: int, mention: Mention) -> tuple[Op | None, float]:
        multiple = mention.names(Role.MULTIPLE)
        if multiple and any(m.has(Cue.AS_MANY) for m in self.mentions[at + 1 : at + 3]):
            self.factor = float(multiple[0])
            return None, 0
        for cue, op in _COUNTED.items():
            if mention.has(cue):
                ahead = self._ahead(at, (*_LIGHT, Cue.THAN))
                if ahead and ahead[0].names(Role.NUMBER):
                    self.op = op
                elif cue in (Cue.MORE, Cue.FEWER) and ahead and ahead[0].names(Role.KIND):
                    self.op = op
                    return op, -1.0
                return None, 0
        if self._difference(at, mention):
            return None, 0
        if fraction := self._fraction(at, mention):
            rough = at > 0 and self.mentions[at - 1].norm in self.approximate
            return (Op.ABOUT if rough else Op.SHARE), fraction
        if mention.has(Cue.AS_MANY):
            self.op = Op.EQUAL
            return Op.EQUAL, -1.0
        if mention.has(Cue.MOST, Cue.MAJORITY):
            return Op.MAJORITY, 0
        if mention.has(Cue.FEWEST):
            self.fewest = True
            return Op.MAJORITY, 0
        if mention.has(Cue.NO, Cue.NOBODY):
            return Op.NONE, 0
        if mention.has(Cue.ALL, Cue.EVERYBODY):
            return Op.ALL, 0
        if mention.has(Cue.ANY):
            return Op.AT_LEAST, 1
        if number := mention.names(Role.NUMBER):
            return self.op or Op.EQUAL, float(number[0])
        return None, 0

    def _fraction(self, at: int, mention: Mention) -> float:
        """ "half of the regions", "44 % of the regions": in percent; 0 where it is none."""
        behind = self.mentions[at + 1 : at + 3]
        share, number = mention.names(Role.FRACTION), mention.names(Role.NUMBER)
        if not (share or number) or not self._spoken():
            return 0.0
        if any(m.has(Cue.OF, Cue.THE) for m in behind[:1]) and share:
            return float(share[0])
        percent = len(behind) == 2 and behind[0].text == "%" and behind[1].has(Cue.OF, Cue.THE)
        return float(number[0]) if percent and number else 0.0

    def _difference(self, at: int, mention: Mention) -> bool:
        """ "two more regions than X": a number right before "more", with a "than" behind it."""
        behind = self.mentions[at + 1 : at + 2]
        if not (mention.names(Role.NUMBER) and behind and behind[0].has(Cue.MORE, Cue.FEWER)):
            return False
        if not any(m.has(Cue.THAN) for m in self.mentions[at:]):
            return False
        number = float(mention.names(Role.NUMBER)[0])
        self.margin = number if behind[0].has(Cue.MORE) else -number
        return True

    def _quantified_kind(self, at: int) -> str | None:
        """The kind that a quantifier counts, marking it as taken."""
        for index in range(at + 1, min(at + 5, len(self.mentions))):
            mention = self.mentions[index]
            if kinds := mention.names(Role.KIND):
                self._quantified.add(index)
                self._quantified.add(at)
                return self._fitting(kinds)
            if mention.names(Role.NUMBER):
                self._quantified.add(index)
            elif not mention.has(*_LIGHT, Cue.THAN):
                return None
        return None

    # What narrows what

    def _narrow(self) -> None:
        """Turn a place inside another scope, or a qualifier, into what narrows that scope."""
        self.found = [found for found in self.found if not self._only_generalises(found)]
        heads = [found for found in self.found if found.kind in self.predicate.object_kinds]
        main = [found for found in heads if found.kind not in self.locating]
        kept: list[_Object] = []
        for index, found in enumerate(self.found):
            target = None
            if not (found.entity or found.places):
                pass  # "task 2.2", of which nothing is known, narrows nothing
            elif found.kind not in self.predicate.object_kinds:
                target = self._nearest(found, main)
            elif found.kind in self.locating and main and not found.negated:
                target = self._located(index, found, main)
            if target is not None:
                target.narrow(found)
            elif found.kind in self.locating and self._asked_other_kind():
                self.kinds.append(self.asked_kind)
                kept.append(found)
            else:
                kept.append(found)
        self.found = kept

    def _spread(self) -> None:
        """ "X leads the vans in all segments", "… everywhere": what narrows the object is each of a kind."""
        narrowed = [found for found in self.found if found.kind and found.kind not in self.locating]
        whole = self.quantity is not None and self.quantity.op is Op.ALL and self.quantity.kind == self.place_kind
        if narrowed and whole and self.place_kind and len(narrowed) == len(self.found):
            self.all_of.append(self.place_kind)
            self.quantity = None
        for found in narrowed:
            found.within += [(kind, name) for kind in self.all_of for name in self.corpus.named_as([kind])]

    def _only_generalises(self, found: _Object) -> bool:
        """Whether a general term stands right beside one that it covers ("ferry transport")."""
        entity = self.corpus.entities.get(found.entity)
        beside = {other.entity for other in self.found if abs(other.at - found.at) == 1}
        return entity is not None and bool(beside & set(entity.covers))

    def _asked_other_kind(self) -> bool:
        return bool(self.asked_kind) and self.asked_kind not in self.locating

    def _nearest(self, found: _Object, main: Sequence[_Object]) -> _Object | None:
        before = [obj for obj in main if obj.at < found.at]
        return before[-1] if before else (main[0] if main else None)

    def _located(self, index: int, found: _Object, main: Sequence[_Object]) -> _Object | None:
        """The technology that a place narrows: "X in Germany", "German X", "in Germany, X"; not "Germany and X"."""
        if found.mention.adjective or self._possessive(found.at):
            after = [obj for obj in main if obj.at > found.at]
            if after and not self._joined(found.at, after[0].at):
                return after[0]
        previous = self.found[index - 1] if index else None
        if previous is not None and any(self._is_predicate(m) for m in self.mentions[previous.at + 1 : found.at]):
            return None  # "leads the vans, and also leads Asia"
        located = self._preposition(found.at)
        if previous is not None and previous in main and (located or not self._joined(previous.at, found.at)):
            return previous
        if previous is not None and previous.kind in self.locating and self._joined(previous.at, found.at):
            return next((obj for obj in main if previous.narrows() in obj.within and obj.at < found.at), None)
        after = [obj for obj in main if obj.at > found.at]
        if located and after and not self._joined(found.at, after[0].at):
            return after[0]
        return None

    def located(self, scope: Scope) -> bool:
        """Whether a scope is a place that only tells where ("in Japan")."""
        return any(
            found.scope() == scope and found.kind in self.locating and self._preposition(found.at)
            for found in self.found
        )

    @property
    def only_adjectives(self) -> bool:
        """Whether all places are named by adjectives alone."""
        return bool(self.found) and all(found.mention.adjective for found in self.found)

    def _possessive(self, at: int) -> bool:
        following = self.mentions[at + 1 : at + 2]
        return bool(following) and following[0].norm == "'s"

    def _joined(self, first: int, last: int) -> bool:
        between = self.mentions[first + 1 : last]
        if any(m.has(Cue.NOT, Cue.NEITHER, Cue.NOR) for m in between):
            return True  # "for Japan, not in vans": a contrast of two
        return any(m.has(Cue.AND, Cue.OR, Cue.BUT) or m.text in ",;/&" for m in between) and all(
            not m.word or m.has(Cue.AND, Cue.OR, Cue.BUT, *_LIGHT, Cue.NOT) for m in between
        )

    def _preposition(self, at: int) -> bool:
        for mention in reversed(self.mentions[:at]):
            if mention.has(Cue.IN) or (mention.has(Cue.OF) and not self._is_predicate(mention)):
                return True
            if not mention.has(Cue.THE, Cue.NEUTRAL, Cue.ALL):
                return False
        return False

    # What was not read

    def _content(self, mention: Mention) -> bool:
        if not mention.word or mention.names(Role.ENTITY) or mention.names(Role.PLACE):
            return False
        if mention.unknown:
            return True
        roles = {reading.role for reading in mention.readings}
        if Role.KIND in roles and roles <= {Role.KIND, Role.TOPIC}:
            takes = (*self.predicate.object_kinds, *self.predicate.subject_kinds, *self.narrowing, *self._members)
            return not any(kind in takes for kind in mention.names(Role.KIND)) and not mention.has(Cue.WHO)
        return roles <= {Role.TOPIC} or self._foreign_predicate(mention, roles)

    @property
    def _members(self) -> tuple[str, ...]:
        """The kinds of the group's members: "the companies" may stand for the group wherever it is the subject."""
        group = self.corpus.entities.get(self.corpus.group)
        grouped = group is not None and group.kind in self.predicate.subject_kinds
        return self.corpus.main.subject_kinds if grouped else ()

    def _foreign_predicate(self, mention: Mention, roles: set[Role]) -> bool:
        """Words of another predicate than the one meant are content, too."""
        own = self.predicate.name
        others = {Role.PREDICATE, Role.COMPLEMENT, Role.WEAK, Role.TOPIC}
        return roles <= others and own not in (
            *mention.names(Role.PREDICATE),
            *mention.names(Role.COMPLEMENT),
            *mention.names(Role.WEAK),
        )

    def _unknown_words(self) -> None:
        self.unknown = [m.text for m in self.mentions if self._content(m)]
        self.unread = any(self._content(m) for m in self.mentions[self._asked_from() :])
        if not self.unknown:
            return
        strangers = [m for m in self.mentions if self._content(m)]
        if self.predicate.closed and self._spoken() and all(m.text[:1].isupper() and m.unknown for m in strangers):
            self.subjects += [Subject(m.text, span=Span(m.start, m.end)) for m in strangers]
            self.unread = False
            return
        if self._stranger():
            return
        run = self._argument_run()
        if run:
            term = self._whole_term(run)
            surface = " ".join(m.text for m in term)
            # A name that is not known is somebody else's, however near its letters come to one that is.
            named = any(m.text[:1].isupper() for m in run) and not surface.isupper()
            kinds = frozenset(self.predicate.object_kinds)
            guessed = self.meaning and not named and term == run
            entity = self.meaning(surface, kinds) if self.meaning and guessed else None
            if entity and (self.corpus.covered(entity) or self._narrower(entity, surface)):
                entity = None  # what comes near a general term is some other thing that it covers
            if entity:
                self.meant.append((surface, entity))
            scope = _Object(self.mentions.index(term[0]), term[0], "", entity or "")
            self._place_unknown(scope, surface)

    def _narrower(self, entity: str, surface: str) -> bool:
        """Whether words that are asked about somewhere are but a part of a name ("training", "winter training")."""
        words, name = ({*normalise(text).split()} for text in (surface, entity))
        return bool(self.found or self.rivals) and bool(words & name) and not name <= words

    def _whole_term(self, run: list[Mention]) -> list[Mention]:
        """Unknown words with the general term beside them: hydrogen engines are not what is said of engines."""
        first, last = self.mentions.index(run[0]), self.mentions.index(run[-1])
        for found in list(self.found):
            general = bool(found.entity and self.corpus.entities[found.entity].covers)
            if not general or found.at not in (first - 1, last + 1):
                continue
            self.found.remove(found)
            run = [found.mention, *run] if found.at < first else [*run, found.mention]
        return run

    def _stranger(self) -> bool:
        """An unknown name where the subject of a claim belongs ("Does Acme lead Europe?") is a subject, too."""
        known = self.subjects or self.subject_quantity or self.who or self.asked or self.counted or self.requested
        if known or not self.found or not self.predicate.functional:
            return False
        at = next((i for i, m in enumerate(self.mentions) if self._is_predicate(m)), None)
        by = next((i for i, m in enumerate(self.mentions) if m.has(Cue.BY)), None)
        if at is None:
            return False
        run = [m for m in self.mentions[by:] if m.unknown] if by is not None else []
        if by is None and self.found[0].at > at:
            run = [m for m in self.mentions[:at] if m.unknown]
        capital = all(mention.text[:1].isupper() for mention in run)
        # "Does the same outfit lead both?" has no name in it.
        before = self.mentions[: self.mentions.index(run[0])][-1:] if run else ()
        described = any(mention.has(Cue.THE, Cue.THERE, Cue.THOSE) for mention in before)
        named = capital or (self.inverted and not described)
        if not run or len(run) < len(self.unknown) or not named or "pronoun" in self.refers:
            return False
        span = Span(run[0].start, run[-1].end)
        self.subjects.append(Subject(" ".join(mention.text for mention in run), span=span))
        self.unknown, self.unread = [], False
        return True

    def _asked_from(self) -> int:
        """Where the question proper begins: "We sell vans in Texas - who leads?" only sets the scene before it."""
        asked = next((at for at, m in enumerate(self.mentions) if m.has(Cue.WHO, Cue.WHICH)), 0)
        marks = [at for at in range(asked) if not self.mentions[at].word]
        return marks[-1] if marks and self.found else 0

    def _place_unknown(self, found: _Object, surface: str) -> None:
        """An unread argument takes the place of the scope; places after it only narrow it."""
        kept = []
        for other in self.found:
            bracketed = other.at > 0 and self.mentions[other.at - 1].text == "("
            fronted = any(m.text == "," for m in self.mentions[other.at + 1 : other.at + 2])  # "In X, who leads …?"
            follows = (other.at > found.at and bracketed) or (
                (other.at > found.at or fronted) and self._preposition(other.at)
            )
            describes = other.mention.adjective and other.at == found.at - 1
            if other.kind in self.locating and (follows or describes):
                found.narrow(other)
            else:
                kept.append(other)
        named = Mention(surface, surface, found.mention.start, found.mention.end, ())
        self.found = [*kept, _Object(found.at, named, "", found.entity, (), found.within)]

    def _argument_run(self) -> list[Mention]:
        """The unread words that stand where an argument belongs: after the predicate, or alone before it."""
        for at, mention in enumerate(self.mentions):
            if self._is_predicate(mention):
                run = self._run_from(at + 1)
                if run:
                    return run
        for found in self.found:
            if found.at < self._asked_from():
                continue
            if found.mention.adjective or self._possessive(found.at):
                run = self._run_from(found.at + 1)
                if run and found.kind in self.locating:
                    return run
        for at in (index for index, m in enumerate(self.mentions) if m.has(Cue.AND, Cue.OR)):
            if self.found and any(obj.at < at for obj in self.found):
                run = self._run_from(at + 1)
                if run and self._spoken():
                    return run
        if not self.found and not self.quantity and self._spoken():
            start = next((i for i, m in enumerate(self.mentions) if self._content(m)), None)
            if start is not None:
                return self._run_from(start)
        return []

    def _spoken(self) -> bool:
        return any(self._is_predicate(mention) for mention in self.mentions)

    def _run_from(self, at: int) -> list[Mention]:
        rest = list(self.mentions[at:])
        while rest and (rest[0].has(*_CONNECTS) or rest[0].norm == "'s") and not self._content(rest[0]):
            rest = rest[1:]
        run: list[Mention] = []
        for mention in rest:
            if self._content(mention) or (run and mention.has(Cue.NEUTRAL)) or (run and mention.names(Role.KIND)):
                run.append(mention)
            elif mention.has(Cue.NEUTRAL) and not run:
                continue
            else:
                break
        return run if any(self._content(m) for m in run) else []

    # Last touches

    def _settle(self) -> None:
        """Settle what only the whole clause can tell."""
        self.polar &= not (self.asked or self.counted or self.wh)
        self._settle_subject()
        self._reversed()
        if not self.quantity:
            self._other_kind()
        objects_named = list(dict.fromkeys(kind for kind in self.kinds if kind in self.predicate.object_kinds))
        if not self.asked_kind and len(objects_named) == 1 and not self.found:
            self.asked_kind = objects_named[0]
        if self.excluded_kinds and not self.asked_kind:
            left = [kind for kind in self.predicate.object_kinds if kind not in self.excluded_kinds]
            self.asked_kind = left[0] if len(left) == 1 else ""
        if self.counted and self.kinds:
            objects = [kind for kind in self.kinds if kind in self.predicate.object_kinds]
            self.asked_kind = objects[0] if objects else self.kinds[0]
            ranked = len(objects) < len(self.kinds) or (self.requested and self.grouped)
            if objects and ranked and not self.subjects:
                # "Rank the companies by number of regions": one count for each.
                self.subject_quantity = Quantity(Op.ALL, 0, self.predicate.subject_kinds[0])
            self.misfit |= self.asked_kind not in (*self.predicate.object_kinds, *self.predicate.subject_kinds)
        if self.quantity and self.quantity.op is Op.ALL and (self.requested or self.overview):
            self.asked_kind, self.quantity = self.quantity.kind if len(self.counted_kinds) == 1 else "", None
        if self.subject_quantity and self.asked_kind and not self.quantity and not self.counted:
            self.quantity = Quantity(Op.AT_LEAST, 1, self.asked_kind)  # "Every company leads a region"
        if self.wh is Cue.WHERE and self.subjects and not self.asked_kind:
            self.asked_kind = self.place_kind
        self._settle_comparison()
        if self.quantity and self.quantity.number == 1 and self.quantity.op is Op.EQUAL and self.found:
            self.quantity = None  # "Japan is one of the markets that …"
        if self.compared and len(self.subjects) > 1:
            self.which_object, self.wh = True, None
        if self.subjects:
            self.refers.discard("pronoun")

    def _settle_subject(self) -> None:
        group = self.corpus.entities.get(self.corpus.group)
        named = any(kind in self.predicate.subject_kinds for kind in self.kinds)
        asked = named and "pronoun" not in self.refers and not self.which_object and not self.wh
        if asked and not self.subjects and not self.subject_quantity:
            self.existential = self.polar and not self.asked
            self.who = self.who or not self.counted
        spoken_of = self.kinds or "pronoun" in self.refers or self.grouped
        if group and group.kind in self.predicate.subject_kinds and not self.subjects and spoken_of:
            self.subjects.append(Subject(group.name))  # "The companies share …", "they share …"
        if self.subject_quantity and self.subject_quantity.op is Op.NONE and any(s.negated for s in self.subjects):
            # "No leader other than X": X alone.
            self.subjects = [replace(subject, negated=False) for subject in self.subjects]
            self.only, self.subject_quantity = Side.SUBJECT, None
        if self.hypothetical and self.who:
            # "If X isn't the leader there, who is?"
            self.negated, self.hypothetical = False, False
            self.subjects = []
        if self.polar and not self.asked and not self.subjects and "pronoun" not in self.refers:
            self.existential = True
        if self.which_object and not self.asked_kind and self.found and not self.subjects and not self._spoken():
            self.who, self.which_object = True, False  # "Which of them covers Samoa?"

    def _reversed(self) -> None:
        """ "Japan leads Acme": the plain verb between what can only be its object and what can only be its subject."""
        verbs = [at for at, m in enumerate(self.mentions) if self._is_predicate(m)]
        if not verbs:
            verbs = [at for at, m in enumerate(self.mentions) if self.predicate.name in m.names(Role.WEAK)]
        if len(verbs) != 1 or self.mentions[verbs[0]].norm not in self.verbs or not (self.found and self.subjects):
            return
        at = verbs[0]
        start, end = self.mentions[at].start, self.mentions[at].end
        before = all(found.at < at and not self._preposition(found.at) for found in self.found)
        behind = all(subject.span.start > end for subject in self.subjects)
        bare = all(m.word and not m.has(Cue.BY, Cue.WHO, Cue.WHICH) for m in self.mentions[: at + 2])
        if before and behind and bare and any(found.mention.end <= start for found in self.found):
            self.aside.append(self.mentions[at].text)

    def _other_kind(self) -> None:
        """ "X leads the technology in Europe" says another thing than that X leads Europe."""
        places = bool(self.found) and all(found.kind == self.place_kind for found in self.found)
        other = {*self.predicate.object_kinds} - {self.place_kind}
        if places and self.subjects and self.place_kind and not (self.asked or self.requested or self.counted):
            self.aside += [m.text for m in self.mentions if other & {*m.names(Role.KIND)} and not self._is_predicate(m)]

    def _settle_comparison(self) -> None:
        if self.op and self.quantity and self.quantity.number == -1.0:
            self.asked_kind = self.quantity.kind
            if self.op is Op.EQUAL and len(self.subjects) > 1:
                self.rivals = [subject.name for subject in self.subjects[1:]]
                self.subjects = self.subjects[:1]
            if not self.rivals:
                self.extreme = True
                self.fewest |= self.op is Op.FEWER
            self.quantity = None
        if self.extreme and self.quantity:
            self.asked_kind, self.quantity = self.quantity.kind, None
