"""Canonical questions: each logical form asked in one fixed way.

A reading is chosen by how well its canonical question fits what was said, so the sentence has to say all that the form
means. The wordings are the language's (``canonical`` in its file), the verbs and names the corpus's.

    leads(?, Europe)               Who leads Europe?
    count(leads(Acme, ?region))    How many regions does Acme lead?
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.understanding.logical_form import Clause, Form, Op, Quantity, Scope, Side, Subject, Told
from bot.understanding.values import DATE
from corpus.canonical import canonical_question, measure_of
from corpus.language import Language
from corpus.model import LITERAL_KINDS, MEASURED_KINDS, Corpus, Predicate

_WORDING = ("called", "holder", "second", "other", "value", "number", "own")


@dataclass(frozen=True, slots=True)
class Asked:
    """A logical form with the question that asks it; ``shape`` is the name of its wording."""

    text: str
    shape: str
    clause: Clause = field(compare=False)


def reading_key(clause: Clause) -> Hashable:
    """What makes two clauses the same reading, wherever their words stand."""
    return (
        clause.form,
        clause.predicate,
        tuple(sorted((s.name, s.negated) for s in clause.subjects)),
        tuple(sorted(map(_scope_key, clause.objects))),
        clause.kind,
        (clause.quantity, clause.subject_quantity, clause.rivals, clause.op, clause.excluded, clause.only),
        (clause.negated, clause.complement, clause.fewest, clause.extreme, clause.joint, clause.respective),
        (clause.further, clause.factor, clause.margin, clause.beyond, clause.when.text if clause.when else ""),
        (clause.described, clause.existential, clause.together, clause.apart),
    )


def is_rare(clause: Clause) -> bool:
    """Whether a clause asks what is seldom asked: by a description, for what has none, what is the same, for sums."""
    lacks = lacks_something(clause) or clause.together or clause.apart
    counted = clause.form is Form.COUNT and clause.quantity is not None
    return bool(lacks or counted or clause.described or clause.only or (clause.existential and clause.joint))


def lacks_something(clause: Clause) -> bool:
    """Whether it asks for those who do not stand to something as the relation says, or to nothing at all."""
    none = clause.quantity is not None and clause.quantity.op is Op.NONE
    return none or (clause.form is Form.SUBJECT and clause.negated and bool(clause.objects))


def is_composed(clause: Clause) -> bool:
    """Whether a clause says more than one relation of a subject and an object: it counts, denies, joins, compares."""
    counts = clause.quantity or clause.subject_quantity or clause.further or clause.extreme or clause.rivals
    bounds = clause.only or clause.beyond or clause.excluded or clause.when
    placed = clause.form is Form.OBJECT and bool(clause.objects)  # "What does Acme lead in Asia?"
    narrowed = placed or any(scope.partly or scope.side or scope.negated for scope in clause.objects)
    several = len(clause.subjects) > 1 or len(clause.objects) > 1 or narrowed
    denied = clause.negated or any(subject.negated for subject in clause.subjects)
    return bool(counts or bounds or several or denied or clause.complement)


def _scope_key(scope: Scope) -> tuple[str | bool, ...]:
    within = " ".join(f"{kind}={name}" for kind, name in scope.within)
    words = scope.value.text.casefold() if scope.value else "" if scope.known else scope.surface
    return scope.entity, " ".join(scope.places), within, scope.negated, words, scope.partly, scope.side


class CanonicalForms:
    """Makes the logical forms of a corpus, each with its question, in the corpus's own language."""

    def __init__(self, corpus: Corpus, language: Language) -> None:
        self.corpus, self.language = corpus, language
        self._measures = {
            (p.name, k): measure_of(corpus, language, p, k)
            for p in corpus.predicates.values()
            for k in p.object_kinds
            if p.measured
        }
        self.kinds = {name: self._kinds_told(predicate) for name, predicate in corpus.predicates.items()}

    def _kinds_told(self, predicate: Predicate) -> tuple[str, ...]:
        """The kinds of what the facts of a predicate are about, entities alone."""
        told = dict.fromkeys(fact.object_kind for fact in self.corpus.facts_of(predicate.name))
        return tuple(kind for kind in told if kind not in LITERAL_KINDS and kind in self.corpus.kinds)

    def general(self, predicate: Predicate) -> Iterator[Asked]:
        """What is asked of a predicate as a whole: everything, how many in all, who has most."""
        if predicate.measured:
            kind = predicate.object_kinds[0]
            yield self._asked("overview_value", predicate, Form.OVERVIEW, value=kind)
            if kind in MEASURED_KINDS:
                yield self._asked("highest", predicate, Form.EXTREME, extreme=True, value=kind)
                yield self._asked("lowest", predicate, Form.EXTREME, extreme=True, fewest=True, value=kind)
            yield from self._without(predicate, kind)
            return
        yield self._asked("overview", predicate, Form.OVERVIEW)
        kinds = self.kinds[predicate.name]
        if len(kinds) > 1:
            yield self._asked("most_of_all", predicate, Form.EXTREME, extreme=True)
            yield self._asked("fewest_of_all", predicate, Form.EXTREME, extreme=True, fewest=True)
        for kind in (kind for kind in predicate.subject_kinds if kind in self.corpus.kinds and kind not in kinds):
            yield self._asked("count_all", predicate, Form.COUNT, kind=kind)
        for kind in kinds:
            if len(kinds) > 1:
                yield self._asked("overview_kind", predicate, Form.OVERVIEW, kind=kind)
            yield self._asked("count_all", predicate, Form.COUNT, kind=kind)
            yield self._asked("most", predicate, Form.EXTREME, kind=kind, extreme=True)
            yield self._asked("fewest", predicate, Form.EXTREME, kind=kind, extreme=True, fewest=True)
            yield from self.of_number(predicate, kind, 1)
            yield from self._without(predicate, kind)

    def _without(self, predicate: Predicate, kind: str) -> Iterator[Asked]:
        """Which of those who could have something of a kind have nothing."""
        shape, none = "no_value" if predicate.measured else "none", Quantity(Op.NONE, 0, kind)
        told = len(predicate.subject_kinds) == 1 and any(self.corpus.facts_of(predicate.name))
        for own in predicate.subject_kinds if told else ():
            if own in self.corpus.kinds:
                yield self._asked(shape, predicate, Form.SUBJECT, quantity=none, own=own, value=kind)
                lacking: dict[str, object] = {"kind": own, "own": own, "value": kind}
                if predicate.measured:
                    yield self._asked("count_stated", predicate, Form.COUNT, **lacking)
                else:
                    yield self._asked("count_none", predicate, Form.COUNT, quantity=none, **lacking)

    def of_number(self, predicate: Predicate, kind: str, number: int) -> Iterator[Asked]:
        """Who has exactly so many of a kind, or more than so many."""
        every = self.corpus.book.tally(predicate.name, kind)[""]
        for shape, op in (("exactly", Op.EQUAL), ("more_than", Op.MORE)) if number < every else ():
            quantity = Quantity(op, number, kind)
            yield self._asked(shape, predicate, Form.SUBJECT, kind=kind, quantity=quantity, number=number)

    def of_subject(self, predicate: Predicate, name: str) -> Iterator[Asked]:
        """What is asked of one subject: what it leads, of each kind, how many, what not; its value."""
        if self.corpus.entities[name].kind not in predicate.subject_kinds:
            return
        subjects = (Subject(name),)
        if predicate.measured:
            kind = predicate.object_kinds[0]
            yield self._asked("value", predicate, Form.OBJECT, subjects=subjects, value=kind)
            return
        own = predicate.object_kinds[0] if len(predicate.object_kinds) == 1 else ""
        yield self._asked("what", predicate, Form.OBJECT, subjects=subjects, value=own)
        kinds = self.kinds[predicate.name]
        for kind in kinds:
            if len(kinds) > 1:
                yield self._asked("which", predicate, Form.OBJECT, subjects=subjects, kind=kind)
            yield self._asked("count", predicate, Form.COUNT, subjects=subjects, kind=kind)
            yield self._asked("not_what", predicate, Form.OBJECT, subjects=subjects, kind=kind, negated=True)

    def of_object(self, predicate: Predicate, scope: Scope, called: str) -> Iterator[Asked]:
        """What is asked of one object: who leads it, who follows there, how many are its parts."""
        yield self._asked("who", predicate, Form.SUBJECT, objects=(scope,), called=called)
        if predicate.measured:
            return
        if predicate.complement:
            yield self._asked("follower", predicate, Form.SUBJECT, objects=(scope,), called=called, complement=True)
        if not predicate.functional and predicate.subject_kinds[0] in self.corpus.kinds:
            kind = predicate.subject_kinds[0]
            yield self._asked("members", predicate, Form.COUNT, objects=(scope,), called=called, kind=kind)

    def without_object(self, predicate: Predicate, scope: Scope, called: str) -> Iterator[Asked]:
        """Who does not lead it."""
        own = predicate.subject_kinds[0]
        if own in self.corpus.kinds and len(predicate.subject_kinds) == 1 and not predicate.measured:
            one = (scope,)
            yield self._asked("not_who", predicate, Form.SUBJECT, objects=one, called=called, own=own, negated=True)

    def of_pair(self, predicate: Predicate, name: str, scope: Scope, called: str) -> Iterator[Asked]:
        """What is asked of a subject and an object: whether it holds, why, whether anyone else does."""
        pair: dict[str, object] = {"subjects": (Subject(name),), "objects": (scope,), "called": called}
        yield self._asked("whether", predicate, Form.CLAIM, polar=True, **pair)
        yield self._asked("why", predicate, Form.PREMISE, asks=True, **pair)
        if not predicate.measured:
            if predicate.functional:
                yield self._asked("alone", predicate, Form.CLAIM, polar=True, only=Side.SUBJECT, **pair)
            others = (Subject(name, negated=True),)
            yield self._asked("other_than", predicate, Form.SUBJECT, subjects=others, objects=(scope,), called=called)

    def of_others(self, predicate: Predicate, name: str, scope: Scope, called: str) -> Iterator[Asked]:
        """What a subject has beside an object that it does have."""
        held = () if predicate.measured else self.corpus.book.held_by(predicate.name, [name])
        if len(held) > 1 and any(fact.object == scope.entity for fact in held):
            one = (Subject(name),)
            yield self._asked("what_else", predicate, Form.OBJECT, subjects=one, excluded=(scope,), called=called)

    def of_rivals(self, predicate: Predicate, name: str, other: str) -> Iterator[Asked]:
        """What is asked of two subjects: who has more."""
        both = (Subject(name), Subject(other))
        if predicate.measured:
            more: dict[str, object] = {"other": other, "value": predicate.object_kinds[0]}
            if predicate.object_kinds[0] not in MEASURED_KINDS:
                return
            for shape, fewest in (("higher", False), ("lower", True)):
                yield self._asked(
                    shape, predicate, Form.EXTREME, subjects=both, extreme=True, choice=True, fewest=fewest, **more
                )
            if predicate.object_kinds[0] != DATE:
                yield self._asked("together", predicate, Form.OBJECT, subjects=both, together=True, **more)
                yield self._asked("apart", predicate, Form.OBJECT, subjects=both, apart=True, **more)
            return
        for kind in self.kinds[predicate.name]:
            yield self._asked("neither", predicate, Form.OBJECT, subjects=both, kind=kind, negated=True, other=other)
            more = {"kind": kind, "op": Op.MORE, "other": other}
            yield self._asked("more", predicate, Form.EXTREME, subjects=both, extreme=True, choice=True, **more)
            for one, rival in ((name, other), (other, name)):
                more = {"kind": kind, "op": Op.MORE, "other": rival, "rivals": (rival,)}
                yield self._asked("whether_more", predicate, Form.CLAIM, subjects=(Subject(one),), polar=True, **more)

    def of_objects(self, predicate: Predicate, first: Scope, called: str, second: Scope, too: str) -> Iterator[Asked]:
        """Who leads two things at once, and whether anybody does."""
        extra: dict[str, object] = {"called": called, "second": too, "joint": True, "objects": (first, second)}
        yield self._asked("both", predicate, Form.SUBJECT, **extra)
        if predicate.functional:
            yield self._asked("same", predicate, Form.SUBJECT, existential=True, polar=True, **extra)

    def described(self, predicate: Predicate, told: Sequence[Told]) -> str:
        """ "the station that covers Long Dale": those who are told of by facts of one predicate; "" without a word."""
        kind = self.corpus.entities[told[0].meant].kind
        if kind not in self.corpus.kinds:
            return ""
        fact = self.corpus.facts[told[0].fact]
        side = "described_subject" if fact.subject == told[0].meant else "described_object"
        words = kind if len(told) == 1 else self.corpus.kinds[kind].plural
        shape = side if len(told) == 1 else f"{side}s"
        named = told[0].named
        return canonical_question(self.language, predicate, shape, subject=named, object=named, kind=words)

    def of_described(self, predicate: Predicate, told: Sequence[Told], called: str) -> Iterator[Asked]:
        """Who leads what is only described, and what it leads itself, where facts tell."""
        names = tuple(each.meant for each in told)
        kind = self.corpus.entities[names[0]].kind
        known: dict[str, object] = {"described": tuple(told), "called": called}
        if kind in predicate.object_kinds and any(self.corpus.book.about(predicate.name, names)):
            scopes = tuple(Scope(name, entity=name) for name in names)
            yield self._asked("who", predicate, Form.SUBJECT, objects=scopes, **known)
        if kind in predicate.subject_kinds and any(self.corpus.book.held_by(predicate.name, names)):
            own = predicate.object_kinds[0] if predicate.measured or len(predicate.object_kinds) == 1 else ""
            shape = "value" if predicate.measured else "what"
            shape = shape if len(names) == 1 else f"{shape}_many"
            subjects = tuple(Subject(name) for name in names)
            yield self._asked(shape, predicate, Form.OBJECT, subjects=subjects, value=own, holder=called, **known)

    @property
    def summary(self) -> str:
        """The question what a corpus is about."""
        return self.language.canonical.get("summary", "")

    def _asked(self, shape: str, predicate: Predicate, form: Form, **parts: object) -> Asked:
        """A form with its question; what only words it is among ``_WORDING``."""
        names = {key: str(parts.pop(key, "")) for key in _WORDING}
        subjects: Sequence[Subject] = parts.get("subjects", ())  # type: ignore[assignment]
        kind = str(parts.get("kind", ""))
        text = canonical_question(
            self.language,
            predicate,
            shape,
            subject=names["holder"] or (subjects[0].name if subjects else ""),
            object=names["called"],
            second=names["second"],
            other=names["other"],
            number=names["number"],
            kind=self._measures.get((predicate.name, names["value"]), names["value"]),
            kinds=self.corpus.kinds[kind].plural if kind in self.corpus.kinds else "",
            own=self.corpus.kinds[names["own"]].plural if names["own"] else "",
        )
        clause = Clause(
            text=text,
            start=0,
            end=len(text),
            form=form,
            predicate=predicate.name,
            spoken=True,
            **parts,  # type: ignore[arg-type]
        )
        return Asked(text, shape, clause)
