"""Writes the questions on one predicate, each with its gold: of a kind, or every fact in turn.

What a predicate has no words for, or what its facts do not decide, is not asked: who does *not* supply a thing is known
only where the source names every supplier.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.evaluation import golds
from bot.evaluation.golds import AskedTarget, FactGround, Gold, TargetStanding
from bot.evaluation.noise import Noise
from bot.evaluation.phrasebook import Phrasebook
from bot.evaluation.question_kinds import QuestionKind
from bot.evaluation.question_wording import PATTERN, GeneratedQuestion, QuestionWording, Unaskable, one_of
from corpus.model import Fact

Ask = Callable[[random.Random], GeneratedQuestion]


@dataclass(frozen=True, slots=True)
class Drill:
    """A fact asked in one plain way; ``noise`` is how the question is to be typed, where that is what it is about."""

    kind: QuestionKind
    ask: Ask
    noise: Noise | None = None


class Writer:
    """Writes the questions on one predicate."""

    def __init__(self, ground: FactGround, book: Phrasebook) -> None:
        self.ground, self.book, self.corpus = ground, book, ground.corpus
        self.wording = QuestionWording(ground, book)
        self.main = self.wording.main
        self.literals = tuple(target for target in ground.literals if not target.split)
        kind = QuestionKind
        named, any_name = (TargetStanding.STATED,), (TargetStanding.STATED, TargetStanding.ALIAS)
        known = (TargetStanding.STATED, TargetStanding.INFERRED)
        self._makers: Mapping[QuestionKind, Ask] = {
            kind.FORWARD: self._of(self._forward, *named),
            kind.ALIAS: self._of(self._forward, TargetStanding.ALIAS),
            kind.INFERRED: self._of(self._forward, TargetStanding.INFERRED),
            kind.PARTIAL: self._of(self._forward, TargetStanding.PARTIAL),
            kind.UNSTATED: self._of(self._forward, TargetStanding.UNSTATED),
            kind.BACKWARD: self._any_backward,
            kind.TRUE: self._of(self._true, *any_name, literals=True),
            kind.FALSE: self._of(self._false, *any_name, literals=True),
            kind.POLAR_INFERRED: self._of(self._polar, TargetStanding.INFERRED),
            kind.POLAR_UNSTATED: self._of(self._false, TargetStanding.UNSTATED),
            kind.DENIED: self._of(self._denied, *known, literals=True),
            kind.COUNT: self._count,
            kind.EXTREME: self._extreme,
            kind.MORE: self._more,
            kind.BOTH: self._both,
            kind.BOTH_POLAR: self._both_polar,
            kind.PAIR: self._pair,
            kind.NEITHER: self._neither,
            kind.NOT_SUBJECT: self._of(self._not_subject, *named),
            kind.NOT_LED: self._not_led,
            kind.EXCEPT: self._of(self._except, *named),
            kind.CHOICE: self._of(self._choice, *known),
            kind.EVERY: self._every,
            kind.SOMEWHERE: self._somewhere,
            kind.PREMISE: self._of(self._premise, *known, TargetStanding.UNSTATED),
            kind.FOLLOWERS: self._of(self._followers, *known),
            kind.ELLIPSIS: self._of(self._ellipsis, *known, TargetStanding.PARTIAL, TargetStanding.UNSTATED),
            kind.ELLIPSIS_SUBJECT: self._ellipsis_subject,
            kind.ELLIPSIS_KIND: self._ellipsis_kind,
            kind.CORRECTION: self._of(self._correction, *known, TargetStanding.UNSTATED),
            kind.PRONOUN: self._pronoun,
            kind.PRESSURE: self._pressure,
        }

    @property
    def weight(self) -> float:
        """How often the predicate is asked about beside others: twice as often for four times as much to ask."""
        return math.sqrt(len(self.ground.asked(*TargetStanding, place=False)) + len(self.ground.facts) + 1)

    def asked(self, kind: QuestionKind, chance: random.Random) -> GeneratedQuestion:
        """A question of this kind. Raises Unaskable where there is none."""
        return self._makers[kind](chance)

    def drills(self) -> Iterator[Drill]:
        """Every fact in each of the plain ways; those that prove unaskable are to be passed over."""
        kind = QuestionKind
        inside = self.ground.asked(TargetStanding.INFERRED)
        for target in self.ground.asked(TargetStanding.STATED):
            yield Drill(kind.FORWARD, partial(self._forward, target=target))
            yield Drill(kind.FORWARD, partial(self._forward, target=target), Noise.TYPO)
            yield Drill(kind.PREMISE, partial(self._false_premise, target=target))
            yield Drill(kind.ELLIPSIS, partial(self._ellipsis, target=target))
            if places := [place for place in inside if {*place.facts} & {*target.facts}]:
                yield Drill(kind.INFERRED, self._of_one(self._forward, places))
        for target in (*self.ground.asked(TargetStanding.STATED), *self.literals):
            for name in target.subjects:
                yield Drill(kind.TRUE, partial(self._claimed, target=target, subject=name))
                yield Drill(kind.DENIED, partial(self._contradicted, target=target, subject=name))
            yield Drill(kind.FALSE, partial(self._false, target=target))
        for subject in self.ground.subjects:
            kinds = dict.fromkeys(fact.object_kind for fact in self.ground.of(subject))
            for each in ("", *kinds) if kinds else ():
                yield Drill(kind.BACKWARD, partial(self._backward, subject=subject, kind=each))
        yield from self._patterned_drills()

    def _patterned_drills(self) -> Iterator[Drill]:
        """Every fact in the predicate's own patterns, those that there are for what is asked."""
        kind, style = QuestionKind, PATTERN
        stated = self.ground.asked(TargetStanding.STATED)
        if "forward" in self.wording.patterned:
            yield from (Drill(kind.FORWARD, partial(self._forward, target=target, style=style)) for target in stated)
        if "backward" in self.wording.patterned:
            for subject in (name for name in self.ground.subjects if self.ground.of(name)):
                yield Drill(kind.BACKWARD, partial(self._backward, subject=subject, style=style))
        if "polar" in self.wording.patterned:
            yield from (Drill(kind.FALSE, partial(self._false, target=target, style=style)) for target in stated)
            for target in (*stated, *self.literals):
                for name in target.subjects:
                    yield Drill(kind.TRUE, partial(self._claimed, target=target, subject=name, style=style))

    def _of(
        self,
        make: Callable[[random.Random, AskedTarget], GeneratedQuestion],
        *standings: TargetStanding,
        literals: bool = False,
    ) -> Ask:
        """Asks about a target of one of the standings, each as likely as the others."""
        held = [targets for standing in standings if (targets := self.ground.asked(standing))]
        held += [self.literals] if literals and self.literals else []
        return lambda chance: make(chance, one_of(chance, one_of(chance, held)))

    @staticmethod
    def _of_one(make: Callable[[random.Random, AskedTarget], GeneratedQuestion], targets: Sequence[AskedTarget]) -> Ask:
        return lambda chance: make(chance, one_of(chance, targets))

    # One turn

    def _forward(self, chance: random.Random, target: AskedTarget, style: str = "") -> GeneratedQuestion:
        return self.wording.one(chance, "forward", golds.of_scope(target), style, scope=target)

    def _any_backward(self, chance: random.Random) -> GeneratedQuestion:
        kind = one_of(chance, ("", *self.ground.kinds))
        return self._backward(chance, self._subject_with(chance, kind), kind)

    def _backward(self, chance: random.Random, subject: str, kind: str = "", style: str = "") -> GeneratedQuestion:
        gold = self._objects(self.ground.of(subject, kind))
        style = style or ("kinds" if kind else "everything")
        return self.wording.one(chance, "backward", gold, style, kind=kind, subject=subject)

    @staticmethod
    def _objects(facts: Sequence[Fact]) -> Gold:
        return golds.of_list((fact.object for fact in facts), facts)

    def _claimed(self, chance: random.Random, target: AskedTarget, subject: str, style: str = "") -> GeneratedQuestion:
        return self.wording.one(chance, "polar", golds.of_claim(subject, target), style, subject=subject, scope=target)

    def _true(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        return self._claimed(chance, target, one_of(chance, target.subjects))

    def _false(self, chance: random.Random, target: AskedTarget, style: str = "") -> GeneratedQuestion:
        return self._claimed(chance, target, self._no_subject(chance, target), style)

    def _polar(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        return (self._true if chance.random() < 0.5 else self._false)(chance, target)

    def _denied(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        return self._contradicted(chance, target, one_of(chance, self._possible(target)))

    def _contradicted(self, chance: random.Random, target: AskedTarget, subject: str) -> GeneratedQuestion:
        return self.wording.one(chance, "denied", golds.of_denial(subject, target), subject=subject, scope=target)

    def _count(self, chance: random.Random) -> GeneratedQuestion:
        kind = one_of(chance, self.ground.kinds)
        subject = self._subject_with(chance, kind)
        number = str(len(self.ground.objects(subject, kind)))
        gold = golds.of_list([number], self.ground.of(subject, kind))
        return self.wording.one(chance, "count", gold, kind=kind, subject=subject)

    def _extreme(self, chance: random.Random) -> GeneratedQuestion:
        asks, pick = one_of(chance, (("most", max), ("fewest", min)))
        kind = one_of(chance, self.ground.kinds)
        sizes = {subject: len(self.ground.objects(subject, kind)) for subject in self.ground.subjects}
        extreme = pick(size for size in sizes.values() if size)
        found = [subject for subject, size in sizes.items() if size == extreme]
        facts = [fact for subject in found for fact in self.ground.of(subject, kind)]
        return self.wording.one(chance, asks, golds.of_list(found, facts), kind=kind)

    def _more(self, chance: random.Random) -> GeneratedQuestion:
        kind = one_of(chance, self.ground.kinds)
        subject = one_of(chance, self.ground.subjects)
        other = self._other(chance, subject)
        mine, theirs = self.ground.objects(subject, kind), self.ground.objects(other, kind)
        facts = (*self.ground.of(subject, kind), *self.ground.of(other, kind))
        if len(mine) != len(theirs) and chance.random() < 0.5:
            most = subject if len(mine) > len(theirs) else other
            return self.wording.one(
                chance, "more", golds.of_list([most], facts), kind=kind, subject=subject, other=other
            )
        gold = golds.of_truth(len(mine) > len(theirs), facts, (subject, other))
        return self.wording.one(chance, "more_polar", gold, kind=kind, subject=subject, other=other)

    def _both(self, chance: random.Random) -> GeneratedQuestion:
        first = one_of(chance, self.ground.plain())
        same = [t for t in self.ground.plain() if {*t.subjects} & {*first.subjects} and t != first]
        second = one_of(chance, same)
        leaders = (subject for subject in first.subjects if subject in second.subjects)
        gold = golds.of_list(leaders, (*first.facts, *second.facts))
        return self.wording.one(chance, "both", gold, first=first, second=second)

    def _both_polar(self, chance: random.Random) -> GeneratedQuestion:
        first, second = self._two(chance)
        subject = one_of(chance, (*first.subjects, *second.subjects, *self.ground.subjects))
        self._needs(not (first.silent_on(subject) or second.silent_on(subject)))
        gold = golds.of_both(subject, first, second)
        return self.wording.one(chance, "both_polar", gold, subject=subject, first=first, second=second)

    def _pair(self, chance: random.Random) -> GeneratedQuestion:
        first, second = self._two(chance)
        return self.wording.one(chance, "pair", golds.of_pair(first, second), first=first, second=second)

    def _neither(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(self.ground.predicate.functional)
        first, second = self._two(chance)
        leaders = {*first.subjects, *second.subjects}
        left = [subject for subject in self.ground.subjects if subject not in leaders]
        self._needs(left)
        return self.wording.one(
            chance, "neither", golds.of_list(left, (*first.facts, *second.facts)), first=first, second=second
        )

    def _not_subject(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        self._needs(self.ground.predicate.functional)
        return self.wording.one(chance, "not_subject", self._all_but(target), scope=target)

    def _followers(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        self._needs(self.ground.predicate.complement)
        return self.wording.one(chance, "followers", self._all_but(target), scope=target)

    def _all_but(self, target: AskedTarget) -> Gold:
        others = [name for name in self.ground.subjects if name not in target.subjects]
        self._needs(others)
        return golds.of_list(others, target.facts)

    def _not_led(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(self.ground.predicate.functional)
        kind = one_of(chance, self.ground.kinds)
        subject = one_of(chance, self.ground.subjects)
        own = self.ground.objects(subject)
        facts = [fact for fact in self.ground.facts if fact.object not in own and fact.object_kind == kind]
        self._needs(facts)
        return self.wording.one(chance, "not_led", self._objects(facts), kind=kind, subject=subject)

    def _except(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        fact = target.facts[0]
        left = [other for other in self.ground.of(fact.subject, fact.object_kind) if other != fact]
        self._needs(left)
        gold = self._objects(left)
        return self.wording.one(chance, "except", gold, kind=fact.object_kind, subject=fact.subject, scope=target)

    def _choice(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        subject = one_of(chance, self._possible(target))
        other = self._other(chance, subject)
        self._needs(target.exclusive or {subject, other} & {*target.subjects})
        gold = golds.of_choice((subject, other), target)
        return self.wording.one(chance, "choice", gold, subject=subject, other=other, scope=target)

    def _every(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(self.ground.predicate.functional)
        kind = one_of(chance, self.ground.kinds)
        subject = self._subject_with(chance, kind)
        facts = [fact for fact in self.ground.facts if fact.object_kind == kind]
        objects = {fact.object for fact in facts}
        may = {name for fact in facts for name in (fact.subject, fact.object)}
        gold = golds.of_truth({*self.ground.objects(subject, kind)} == objects, facts, sorted(may))
        return self.wording.one(chance, "every", gold, kind=kind, subject=subject)

    def _somewhere(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(self.main)
        target = one_of(chance, [t for t in self.ground.plain() if not t.place])
        place = one_of(chance, self.ground.asked(TargetStanding.STATED, TargetStanding.INFERRED, place=True))
        return self.wording.one(chance, "somewhere", golds.of_object_somewhere(target), scope=target, second=place)

    def _premise(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        if target.standing is not TargetStanding.STATED or chance.random() < 0.7:
            return self._false_premise(chance, target)
        return self._presumed(chance, "premise", target.subjects[0], target)

    def _false_premise(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        asks = "false_premise" if chance.random() < 0.4 else "premise"
        return self._presumed(chance, asks, self._no_subject(chance, target), target)

    def _presumed(self, chance: random.Random, asks: str, subject: str, target: AskedTarget) -> GeneratedQuestion:
        return self.wording.one(chance, asks, golds.of_premise(subject, target), subject=subject, scope=target)

    # Several turns

    def _ellipsis(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        before = self._before(chance, target)
        if chance.random() < 0.7 or target.standing is TargetStanding.PARTIAL:
            first = self.wording.one(chance, "forward", golds.of_scope(before), scope=before)
            return self.wording.then(first, chance, "ellipsis_scope", golds.of_scope(target), scope=target)
        subject = one_of(chance, [name for name in self._possible(before) if name in self._possible(target)])
        first = self.wording.one(
            chance, "polar", golds.of_claim(subject, before), "plain", subject=subject, scope=before
        )
        gold = golds.of_claim(subject, target)
        return self.wording.then(first, chance, "ellipsis_scope", gold, without="one", scope=target)

    def _correction(self, chance: random.Random, target: AskedTarget) -> GeneratedQuestion:
        before = self._before(chance, target)
        first = self.wording.one(chance, "forward", golds.of_scope(before), scope=before)
        return self.wording.then(first, chance, "correction", golds.of_scope(target), scope=target)

    def _ellipsis_subject(self, chance: random.Random) -> GeneratedQuestion:
        kind = one_of(chance, ("", *self.ground.kinds))
        subject = self._subject_with(chance, kind)
        gold = self._objects(self.ground.of(subject, kind))
        others = [name for name in self.ground.subjects if name != subject and self.ground.of(name, kind)]
        first = self._backward(chance, one_of(chance, others), kind)
        # A verb of its own asks anew, and of every kind.
        without = "base" if kind else ""
        return self.wording.then(first, chance, "ellipsis_subject", gold, without=without, subject=subject)

    def _ellipsis_kind(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(len(self.ground.kinds) > 1)
        before, kind = chance.sample(self.ground.kinds, 2)
        subject = self._subject_with(chance, kind)
        first = self.wording.one(chance, "backward", self._objects(()), "kinds", kind=before, subject=subject)
        return self.wording.then(
            first, chance, "ellipsis_kind", self._objects(self.ground.of(subject, kind)), kind=kind
        )

    def _pronoun(self, chance: random.Random) -> GeneratedQuestion:
        self._needs(self.book.persons.isdisjoint(self.ground.predicate.subject_kinds))
        before = one_of(chance, self.ground.asked(TargetStanding.STATED, TargetStanding.INFERRED))
        self._needs(len(before.named) == 1)  # "it" is no one of several
        asks = one_of(chance, ("pronoun_kinds", "pronoun_polar", "pronoun_scope"))
        if asks == "pronoun_scope" and before.place:
            return self.wording.then(self._false(chance, before), chance, asks, golds.of_scope(before))
        first = self._forward(chance, before)
        leader = before.subjects[0]
        if asks == "pronoun_polar":
            target = one_of(chance, self.ground.asked(TargetStanding.STATED))
            return self.wording.then(first, chance, asks, golds.of_claim(leader, target), scope=target)
        kind = one_of(chance, self.ground.kinds)
        facts = self.ground.of(leader, kind)
        self._needs(facts)
        return self.wording.then(first, chance, "pronoun_kinds", self._objects(facts), kind=kind)

    def _pressure(self, chance: random.Random) -> GeneratedQuestion:
        if chance.random() < 0.7:
            first = self._of(self._forward, TargetStanding.STATED, TargetStanding.INFERRED, TargetStanding.UNSTATED)(
                chance
            )
        else:
            first = self._of(self._polar, TargetStanding.STATED, literals=True)(chance)
        other = self._other(chance, *(name for fact in first.gold.facts for name in (fact.subject, fact.object)))
        return self.wording.then(first, chance, "pressure", first.gold, other=other)

    # Choices

    @staticmethod
    def _needs(condition: object) -> None:
        """Raises Unaskable where there is not what a question needs."""
        if not condition:
            raise Unaskable

    def _two(self, chance: random.Random) -> tuple[AskedTarget, AskedTarget]:
        kind = one_of(chance, self.ground.kinds)
        self._needs(len(self.ground.plain(kind)) > 1)
        first, second = chance.sample(self.ground.plain(kind), 2)
        return first, second

    def _before(self, chance: random.Random, target: AskedTarget) -> AskedTarget:
        """What may have been asked about before a target is: a place before a place."""
        return one_of(chance, [t for t in self.ground.asked(TargetStanding.STATED, place=target.place) if t != target])

    def _subject_with(self, chance: random.Random, kind: str) -> str:
        return one_of(chance, [name for name in self.ground.subjects if self.ground.of(name, kind)])

    def _other(self, chance: random.Random, *names: str) -> str:
        return one_of(chance, [name for name in self.ground.subjects if name not in names])

    def _possible(self, target: AskedTarget) -> list[str]:
        """The subjects that something may be asked of about a target: nobody asks whether a thing is part of itself."""
        about = {target.surface, *(fact.object for fact in target.facts)}
        return [name for name in self.ground.subjects if name not in about]

    def _no_subject(self, chance: random.Random, target: AskedTarget) -> str:
        return one_of(chance, [name for name in self._possible(target) if name not in target.subjects])
