"""Reads clauses about written values: predicates whose objects are dates, numbers, shares or texts.

    "When was Acme founded?"              was founded in(Acme, ?date)                OBJECT
    "Who was founded before 2000?"        was founded in(?, before 2000)             SUBJECT
    "Acme was founded in 1998."           was founded in(Acme, 1998)                 CLAIM
    "What share does Acme hold in Bolt?"  holds a share of(Acme, ?share), in Bolt    OBJECT
    "Which is older, Acme or Bolt?"       argmin(was founded in(Acme | Bolt, ?))     EXTREME
    "Does Acme have more staff than Bolt?"                                           CLAIM with a rival
    "How many firms were founded in 1998?"                                           COUNT

A clause is read here only where its predicate stands there in so many words and nothing is left that was not read:
whatever says more goes to the text, as do questions on what has no facts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.understanding.dates_and_amounts import any_of
from bot.understanding.linker import Mention, Role, kind_of
from bot.understanding.logical_form import Clause, Form, Scope, Span, Subject
from bot.understanding.values import DATE, NUMBER, SHARE, Literal, LiteralReader
from corpus.language import Cue, Language
from corpus.model import Corpus, Predicate
from corpus.text import stem, tokenize

_ASKING = (Cue.WHO, Cue.WHICH, Cue.WHEN, Cue.SHARE, Cue.HOW_MANY, Cue.HOW, Cue.REQUEST)
# What each question word asks for, of the kinds of values.
_ASKED = {Cue.WHEN: {DATE}, Cue.SHARE: {SHARE, NUMBER}, Cue.HOW_MANY: {NUMBER, SHARE}}
_BEFORE = (Cue.THE, Cue.FILLER, Cue.NEUTRAL)


@dataclass(frozen=True, slots=True)
class ValueStretch:
    """The mentions of one clause within the text of its sentence, with the values that stand there."""

    mentions: tuple[Mention, ...]
    text: str
    start: int
    end: int
    values: tuple[Literal, ...]

    def valued(self, mention: Mention) -> bool:
        """Whether a mention belongs to a written value."""
        return any(value.start < mention.end and mention.start < value.end for value in self.values)

    def asks(self, *cues: Cue) -> bool:
        """Whether one of these function words stands there, outside of the values."""
        return any(mention.has(*cues) and not self.valued(mention) for mention in self.mentions)

    def matched(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        """Where a pattern matches in the clause, outside of the values."""
        found = (match.span() for match in pattern.finditer(self.text, self.start, self.end))
        return [(a, b) for a, b in found if not any(v.start < b and a < v.end for v in self.values)]


@dataclass
class _Arguments:
    """Who and what a clause names beside its values."""

    subjects: list[Mention] = field(default_factory=list)
    rivals: list[Mention] = field(default_factory=list)
    narrowing: list[Mention] = field(default_factory=list)
    used: list[Mention] = field(default_factory=list)
    who: bool = False
    kind: str = ""


class FigureReader:
    """Reads the measured predicates of one corpus in one language; ``narrowing`` has the kinds that qualify facts."""

    def __init__(self, corpus: Corpus, language: Language, narrowing: Mapping[str, frozenset[str]]) -> None:
        self.corpus, self.language, self.narrowing = corpus, language, narrowing
        self.predicates = [predicate for predicate in corpus.predicates.values() if predicate.measured]
        self.literals = LiteralReader(language)
        self._units = {predicate.name: self._unit_words(predicate) for predicate in self.predicates}
        values = language.values
        self._largest, self._smallest = _words(values.largest), _words(values.smallest)
        self._later = _words((*values.later, *values.greater, *language.cues[Cue.MORE]))
        self._sooner = _words((*values.sooner, *values.lesser, *language.cues[Cue.FEWER]))
        self._after, self._before = _words(values.after), _words(values.before)
        self._light = frozenset({*values.sizes, *values.money, *values.durations, *values.shares, *values.old})

    def _unit_words(self, predicate: Predicate) -> frozenset[str]:
        """The stems of what is counted or measured, by the facts: "hectares", "employees"."""
        facts = self.corpus.facts_of(predicate.name)
        said = (token.norm for fact in facts for token in tokenize(f"{fact.object} {fact.label}") if token.word)
        return frozenset(stem(norm, self.language.code) for norm in said)

    def speaks(self, mentions: Sequence[Mention]) -> list[Predicate]:
        """The measured predicates whose words stand there, however weakly."""
        said = {name for m in mentions for role in (Role.PREDICATE, Role.WEAK) for name in m.names(role)}
        return [predicate for predicate in self.predicates if predicate.name in said]

    def read(
        self, mentions: Sequence[Mention], text: str, offset: int, before: Clause | None, rival: bool
    ) -> Clause | None:
        """The clause of these mentions of a sentence that begins at ``offset``; None where it is not about values.

        ``before`` is the clause before it, whose predicate goes on ("Acme was founded in 1998 and Bolt in 2001").
        ``rival``: a predicate between entities is spoken of as well, which then needs its values to be told apart.
        """
        goes_on = before is not None and self.corpus.predicates[before.predicate].measured
        spoken = self.speaks(mentions) or ([self.corpus.predicates[before.predicate]] if before and goes_on else [])
        words = [mention for mention in mentions if mention.word or mention.text in self.language.values.shares]
        if not spoken or not words:
            return None
        start, end = words[0].start, words[-1].end
        values = self._values(mentions, text, start, end)
        stretch = ValueStretch(tuple(mentions), text, start, end, values)
        read = [clause for p in spoken if (clause := self._clause(p, stretch, rival)) is not None]
        best = max(read, key=lambda clause: self._weight(clause, mentions), default=None)
        return None if best is None else _moved(best, offset)

    def _values(self, mentions: Sequence[Mention], text: str, start: int, end: int) -> tuple[Literal, ...]:
        """The values of a stretch; numbers that belong to names ("Line 7") are none."""
        blank = text[:start] + text[start:end]
        for mention in mentions:
            if mention.names(Role.ENTITY):
                blank = blank[: mention.start] + " " * (mention.end - mention.start) + blank[mention.end :]
        found = self.literals.find(" " * start + blank[start:], (DATE, NUMBER, SHARE))
        return tuple(replace(value, text=text[value.start : value.end]) for value in found)

    def _weight(self, clause: Clause, mentions: Sequence[Mention]) -> tuple[int, int, int]:
        """Of several predicates, that with words of its own, whose values fit, and whose words are the longest."""
        own = [m for m in mentions if clause.predicate in m.names(Role.PREDICATE)]
        valued = any(scope.value for scope in clause.objects)
        return bool(own), valued, max((m.end - m.start for m in own), default=0)

    # One predicate

    def _clause(self, predicate: Predicate, stretch: ValueStretch, rival: bool) -> Clause | None:
        taken = set(predicate.object_kinds)
        values = tuple(value for value in stretch.values if value.kind in taken)
        asked = any(stretch.asks(cue) and kinds & taken for cue, kinds in _ASKED.items())
        strong = any(predicate.name in mention.names(Role.PREDICATE) for mention in stretch.mentions)
        if not (values or asked) and (rival or not strong):
            return None
        if stretch.asks(Cue.WHY, Cue.WHERE, Cue.IF):
            return None
        own = replace(stretch, values=values)
        arguments = self._arguments(predicate, own)
        if arguments is None or not self._all_read(predicate, stretch, arguments):
            return None
        if not all(mention.names(Role.ENTITY) for mention in (*arguments.subjects, *arguments.rivals)):
            return None  # a place of the world that the corpus has no entity for has no value in it
        return self._formed(predicate, own, arguments, self._time(predicate, stretch, values))

    @staticmethod
    def _time(predicate: Predicate, stretch: ValueStretch, values: Collection[Literal]) -> tuple[tuple[str, str], ...]:
        """When something is asked of that is no date itself ("the budget in 2024")."""
        if DATE in predicate.object_kinds:
            return ()
        numbers = {value.start for value in values}
        return tuple((DATE, v.text) for v in stretch.values if v.kind == DATE and v.start not in numbers)

    def _arguments(self, predicate: Predicate, stretch: ValueStretch) -> _Arguments | None:
        """Who is spoken of and what narrows it; None where something stands there that the predicate does not take."""
        found = _Arguments()
        narrowing = self.narrowing.get(predicate.name, frozenset())
        than = next((m.start for m in stretch.mentions if m.has(Cue.THAN)), stretch.end)
        for at, mention in enumerate(stretch.mentions):
            kind = kind_of(self.corpus, mention)
            if kind and not stretch.valued(mention):
                as_subject, narrows = kind in predicate.subject_kinds, kind in narrowing
                if not (as_subject or narrows):
                    if self.corpus.group in mention.names(Role.ENTITY):
                        continue
                    return None
                if mention.start > than and as_subject:
                    found.rivals.append(mention)
                elif narrows and (not as_subject or self._narrows(at, stretch, found)):
                    found.narrowing.append(mention)
                else:
                    found.subjects.append(mention)
                found.used.append(mention)
            elif mention.has(Cue.WHO) and not (found.subjects or found.kind):
                found.who = True
            elif named := [k for k in mention.names(Role.KIND) if k in predicate.subject_kinds]:
                found.kind = found.kind or named[0]
                found.who |= at > 0 and any(m.has(Cue.WHICH) for m in stretch.mentions[max(0, at - 3) : at])
        return found

    @staticmethod
    def _narrows(at: int, stretch: ValueStretch, found: _Arguments) -> bool:
        """Of names that may be either: what stands behind "in" narrows; behind "of", where the subject is known.

        So does what follows the value ("40 % (Bolt)"); names that are joined go together.
        """
        before = [m for m in stretch.mentions[:at] if m.word and not m.has(*_BEFORE)]
        if before and before[-1].has(Cue.AND, Cue.OR) and found.used:
            return found.used[-1] in found.narrowing
        ahead = next((m for m in stretch.mentions[at + 1 :] if m.word), None)
        asked = bool(found.subjects) or found.who or stretch.asks(Cue.WHO) or (ahead is not None and ahead.has(Cue.DO))
        if before and before[-1].has(Cue.IN, Cue.OF):
            return before[-1].has(Cue.IN) or asked or stretch.mentions[at].start > _last(stretch.values) > 0
        return bool(found.subjects) and stretch.mentions[at].start > _last(stretch.values) > 0

    def _all_read(self, predicate: Predicate, stretch: ValueStretch, arguments: _Arguments) -> bool:
        """Whether every word of the clause was read; a word of another predicate was not."""
        comparing = (self._largest, self._smallest, self._later, self._sooner, self._after, self._before)
        spans = [span for pattern in comparing for span in stretch.matched(pattern)]
        return all(
            not mention.word
            or stretch.valued(mention)
            or mention in arguments.used
            or any(a <= mention.start and mention.end <= b for a, b in spans)
            or self._says_nothing(predicate, mention)
            for mention in stretch.mentions
        )

    def _says_nothing(self, predicate: Predicate, mention: Mention) -> bool:
        own = (*mention.names(Role.PREDICATE), *mention.names(Role.WEAK))
        if predicate.name in own or self.corpus.group in mention.names(Role.ENTITY):
            return True
        if own and not mention.has(*Cue):
            return False
        takes = {*predicate.subject_kinds, *self.narrowing.get(predicate.name, ())}
        if mention.has(*Cue) or takes & set(mention.names(Role.KIND)) or mention.names(Role.NUMBER):
            return True
        units = self._units[predicate.name]
        return mention.norm in self._light or all(
            stem(norm, self.language.code) in units for norm in mention.norm.split()
        )

    # Where the hole is

    def _formed(
        self, predicate: Predicate, stretch: ValueStretch, arguments: _Arguments, time: tuple[tuple[str, str], ...]
    ) -> Clause | None:
        within = (*((kind_of(self.corpus, m), m.names(Role.ENTITY)[0]) for m in arguments.narrowing), *time)
        objects = tuple(
            Scope(value.text, value=value, within=within, span=Span(value.start, value.end)) for value in stretch.values
        )
        polar = self._polar(stretch)
        clause = Clause(
            text=stretch.text[stretch.start : stretch.end],
            start=stretch.start,
            end=stretch.end,
            form=Form.PASSAGE,
            predicate=predicate.name,
            spoken=True,
            subjects=tuple(Subject(m.names(Role.ENTITY)[0], span=Span(m.start, m.end)) for m in arguments.subjects),
            rivals=tuple(m.names(Role.ENTITY)[0] for m in arguments.rivals),
            objects=objects or ((Scope("", within=within),) if within else ()),
            kind=arguments.kind,
            negated=self._negated(stretch, polar),
            polar=polar,
            choice=stretch.asks(Cue.OR),
            hedged=stretch.asks(Cue.HEDGE, Cue.PAST),
            refers=frozenset({"pronoun"} if stretch.asks(Cue.PRONOUN) and not arguments.subjects else ()),
        )
        clause = self._compared(clause, stretch)
        form = self._form(predicate, clause, stretch, arguments, bool(objects))
        return None if form is Form.PASSAGE else replace(clause, form=form, existential=polar and form is Form.SUBJECT)

    @staticmethod
    def _polar(stretch: ValueStretch) -> bool:
        words = [m for m in stretch.mentions if m.word and not m.has(Cue.FILLER, Cue.AND, Cue.ALSO)]
        asked = any(m.has(Cue.WHO, Cue.WHICH, Cue.WHEN, Cue.SHARE, Cue.HOW_MANY, Cue.HOW) for m in words)
        return not asked and bool(words) and (words[0].has(Cue.AUX) or any(m.has(Cue.TAG) for m in words))

    @staticmethod
    def _negated(stretch: ValueStretch, polar: bool) -> bool:
        inverted = polar and next(m for m in stretch.mentions if m.word).has(Cue.AUX)
        denials = sum(m.has(Cue.NOT, Cue.NO) and not stretch.valued(m) for m in stretch.mentions)
        return denials % 2 == 1 and not inverted  # "Wasn't Acme founded in 1998?" asks whether it was

    def _compared(self, clause: Clause, stretch: ValueStretch) -> Clause:
        """A clause with the end of the row that it asks for, or whom it compares with whom."""
        if not clause.rivals and (rival := self._behind(clause, stretch)):
            subjects = tuple(subject for subject in clause.subjects if subject.name != rival[0])
            return replace(clause, subjects=subjects, rivals=(rival[0],), extreme=True, fewest=rival[1])
        less = stretch.matched(self._sooner) or (not clause.rivals and stretch.matched(self._smallest))
        more = stretch.matched(self._later) or (not clause.rivals and stretch.matched(self._largest))
        if not (less or more) or (clause.objects and any(scope.value for scope in clause.objects)):
            return clause
        return replace(clause, extreme=True, fewest=bool(less))

    def _behind(self, clause: Clause, stretch: ValueStretch) -> tuple[str, bool] | None:
        """ "Acme was founded before Bolt": whom a date is set against, and whether it is the earlier one."""
        for pattern, earlier in ((self._before, True), (self._after, False)):
            for _, end in stretch.matched(pattern):
                name = next((s.name for s in clause.subjects if 0 <= s.span.start - end <= len(" the ")), "")
                if name and len(clause.subjects) != 1 - stretch.asks(Cue.WHO, Cue.WHICH):
                    return name, earlier
        return None

    @staticmethod
    def _form(predicate: Predicate, clause: Clause, stretch: ValueStretch, arguments: _Arguments, valued: bool) -> Form:
        who = arguments.who or (bool(arguments.kind) and not clause.subjects)
        asked = any(stretch.asks(cue) and kinds & set(predicate.object_kinds) for cue, kinds in _ASKED.items())
        if clause.extreme:
            several = len(clause.subjects) != 1 and not clause.polar
            return Form.EXTREME if who or several else Form.CLAIM
        if valued and not clause.subjects and not clause.refers:
            if not who:
                return Form.PASSAGE
            return Form.COUNT if stretch.asks(Cue.HOW_MANY) and arguments.kind else Form.SUBJECT
        if valued:
            return Form.PASSAGE if asked or arguments.who else Form.CLAIM
        open_ = asked or stretch.asks(*_ASKING) or not stretch.asks(Cue.AUX)
        if clause.polar or not open_ or not (clause.subjects or clause.refers or arguments.kind or clause.objects):
            return Form.PASSAGE
        if stretch.asks(Cue.WHEN) and DATE not in predicate.object_kinds:
            return Form.PASSAGE
        return Form.OBJECT


def _words(words: Collection[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words)})(?!\w)", re.I)


def _last(values: Sequence[Literal]) -> int:
    return max((value.end for value in values), default=0)


def _moved(clause: Clause, by: int) -> Clause:
    """The same clause with offsets into the message."""
    return replace(
        clause,
        start=clause.start + by,
        end=clause.end + by,
        subjects=tuple(replace(subject, span=subject.span.moved(by)) for subject in clause.subjects),
        objects=tuple(
            replace(scope, span=scope.span.moved(by)) if scope.span.start >= 0 else scope for scope in clause.objects
        ),
    )
