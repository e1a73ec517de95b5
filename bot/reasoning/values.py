"""Answers and judges clauses about written values, by comparing them one by one with what the facts state.

facts: was founded in(Acme, 1998), was founded in(Bolt, May 2004)

was founded in(Acme, ?)           1998
was founded in(?, after 2000)     Bolt
was founded in(Bolt, 2004)        supported
was founded in(Bolt, 1998)        refuted           May 2004
the earliest                      Acme
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.statements import CONFLICTS, FLIPPED, SHOWN, Teller, by_subject, conjoined, judged, unique
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.dates_and_amounts import Bound
from bot.understanding.logical_form import Clause, Form, Op, Scope, Subject, pairs
from bot.understanding.values import DATE, SHARE, Literal, LiteralReader
from corpus.language import load_language
from corpus.model import MEASURED_KINDS, Corpus, Fact, Predicate

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)


class Measures(Teller):
    """Reasons over the measured predicates. The facts are read in the corpus's own language."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        super().__init__(corpus, scopes)
        self.literals = LiteralReader(load_language(corpus.language))

    def answer(self, clause: Clause, predicate: Predicate) -> Evidence:
        """Evidence for a clause of one of the forms that ``bot.understanding.value_clauses`` reads."""
        match clause.form:
            case Form.CLAIM | Form.PREMISE:
                return self.judge(clause, predicate)
            case Form.SUBJECT | Form.COUNT:
                return self._subject(clause, predicate)
            case Form.EXTREME:
                return self._extreme(clause, predicate)
            case _:
                return self._object(clause, predicate)

    def value(self, fact: Fact) -> Literal:
        """What a fact states, read."""
        return self.literals.read(fact.object, fact.object_kind)

    # Which facts are meant

    def _facts(self, clause: Clause, predicate: Predicate, names: Sequence[str] = ()) -> list[Fact]:
        """The standing facts of these subjects (of all, where none is named), as far as the clause narrows them."""
        facts = self.corpus.book.held_by(predicate.name, names) if names else self.corpus.facts_of(predicate.name)
        return [fact for fact in facts if self._narrowed(fact, clause.objects)]

    def _narrowed(self, fact: Fact, objects: Iterable[Scope]) -> bool:
        within = next((scope.within for scope in objects), ())
        names = tuple((kind, name) for kind, name in within if kind != DATE)
        dates = [name for kind, name in within if kind == DATE]
        return (not names or self.scopes.qualified(fact, names) is True) and all(self._then(fact, d) for d in dates)

    def _then(self, fact: Fact, date: str) -> bool:
        """Whether a fact is of that time: by its qualifier, else by its sentence, else by its document's date."""
        asked = self.literals.read(date, DATE)
        stated = [self.literals.read(text, DATE) for text in fact.qualifiers.get(DATE, ())]
        stated = stated or list(self.literals.find(fact.quote.text, (DATE,)))
        dated = self.corpus.book.date(fact)
        stated = stated or ([self.literals.read(dated[: len("2019")], DATE)] if dated else [])
        return any(asked.holds(literal) for literal in stated)

    def _older(self, clause: Clause, predicate: Predicate, names: Sequence[str]) -> list[Fact]:
        """What older documents said of these subjects at the time that is asked for."""
        standing = self.corpus.book.held_by(predicate.name, names)
        older = unique(old for fact in standing for old in self.corpus.book.earlier(fact))
        return [fact for fact in older if self._narrowed(fact, clause.objects)]

    # Holes

    def _object(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "When was Acme founded?\""""
        names = [subject.name for subject in clause.subjects]
        facts = self._facts(clause, predicate, names)
        if clause.together or clause.apart:
            return self._reckoned(facts, names, clause)
        timed = names and any(scope.within for scope in clause.objects)
        if not facts and timed and (older := self._older(clause, predicate, names)):
            return Evidence(Status.ANSWERED, tuple(self.quoted(older)), unique(fact.object for fact in older))
        if not facts:
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        several = any(len({fact.object for fact in own}) > 1 for own in by_subject(facts).values())
        return self._told(facts, Status.AMBIGUOUS if several and names else Status.ANSWERED)

    def _reckoned(self, facts: Sequence[Fact], names: Sequence[str], clause: Clause) -> Evidence:
        """What values of one unit come to together, or how far two of them are apart; nothing where that is unsure.

        Each is one number as it is written and the same words behind it: "40 MW", no rank and nothing rough.
        """
        amounts = [value.amount for fact in facts if (value := self.value(fact)).amount]
        numbers = [_NUMBER.findall(fact.object) for fact in facts]
        units = {_NUMBER.sub("", fact.object).casefold() for fact in facts}
        each = len(facts) == len(names) == len({fact.subject for fact in facts}) == len(amounts)
        plain = (
            all(amount.bound is Bound.EXACT for amount in amounts) and facts[0].object_kind != DATE if facts else False
        )
        one = all(len(n) == 1 and fact.object.startswith(n[0]) for fact, n in zip(facts, numbers, strict=True))
        if not (each and plain and one) or len(units) > 1 or (clause.together and facts[0].object_kind == SHARE):
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        written = [Decimal(found[0].replace(",", "")) for found in numbers]
        scales = {amount.value / float(number) for amount, number in zip(amounts, written, strict=True) if number}
        if len(scales) > 1:
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        result = sum(written) if clause.together else max(written) - min(written)
        grouped = any("," in found[0] for found in numbers)
        told = _NUMBER.sub(f"{result:,}" if grouped else f"{result}", facts[0].object)
        says = Say.COUNT_ANY if clause.together else Say.DIFFERENCE
        last = Statement(says, {"number": (told,)}, tuple(facts), claim=False)
        return Evidence(Status.INFERRED, (*self.listed(facts), last), (told,))

    def _told(self, facts: Sequence[Fact], status: Status) -> Evidence:
        """The facts as an answer, with what other documents say otherwise."""
        statements = self.with_versions(self.listed(facts))
        values = [fact.object for fact in facts]
        if any(statement.say in CONFLICTS for statement in statements):
            status = Status.CONFLICTING
            values += [f.object for statement in statements if not statement.claim for f in statement.facts]
        return Evidence(status, tuple(statements), unique(values))

    def _subject(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Who was founded in 1998?", "How many were founded before 2000?\""""
        if clause.quantity and clause.quantity.op is Op.NONE:
            return self._without(predicate)
        facts = [fact for fact in self._facts(clause, predicate) if self._holds(clause, fact) is not clause.negated]
        facts = [fact for fact in facts if self._holds(clause, fact) is not None]
        if not facts:
            nobody = Statement(Say.NOBODY, claim=False)
            counted = clause.form is Form.COUNT
            return Evidence(Status.ANSWERED if counted else Status.NOT_STATED, (nobody,), ("0",) if counted else ())
        found = replace(self._told(facts, Status.ANSWERED), values=unique(fact.subject for fact in facts))
        if clause.form is not Form.COUNT:
            return found
        number = str(len(found.values))
        names = {"number": (number,), "subjects": found.values, "kind": (clause.kind,)}
        first = Statement(Say.MEMBERS, names, found.facts, claim=False)
        return replace(found, statements=(first, *found.statements), values=(number,))

    def _without(self, predicate: Predicate) -> Evidence:
        """Those of whom no value is stated, where there are others of whom one is."""
        facts = list(self.corpus.facts_of(predicate.name))
        if not facts:
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        having = {fact.subject for fact in facts}
        left = tuple(name for name in self.corpus.named_as(predicate.subject_kinds) if name not in having)
        if not left:
            nobody = Statement(Say.NOBODY, facts=tuple(facts), claim=False)
            return Evidence(Status.ANSWERED, (nobody, *self.listed(facts)[:SHOWN]))
        names = {"subjects": left, "scope": (), "predicate": (predicate.name,)}
        told = self.listed(facts)[:SHOWN]
        return Evidence(Status.INFERRED, (*told, Statement(Say.LEFT, names, claim=False)), left)

    def _holds(self, clause: Clause, fact: Fact) -> bool | None:
        """Whether a fact's value is as each of those in the clause says."""
        said = [scope.value.holds(self.value(fact)) for scope in clause.objects if scope.value]
        return None if None in said and False not in said else all(said)

    # Rows

    def _extreme(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Which is the oldest?", "Which of the two has more staff?", "Who is older than Acme?\""""
        named = [subject.name for subject in clause.subjects]
        row = self._row(clause, predicate, (*named, *clause.rivals) if named else ())
        if clause.rivals and not named:
            winners = self._beyond(row, clause.rivals, clause.fewest)
        else:
            winners = self._ends(row, clause.fewest)
        if not winners or not {*named, *clause.rivals} <= {fact.subject for fact, _ in row}:
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        compared = [fact for fact, _ in row if fact not in winners and fact.subject in (*named, *clause.rivals)]
        told = self.listed([*winners, *compared])
        return Evidence(Status.ANSWERED, tuple(told), unique(fact.subject for fact in winners))

    def _row(self, clause: Clause, predicate: Predicate, names: Sequence[str]) -> list[tuple[Fact, float]]:
        """The facts with where they stand in the row of their values; those that cannot be ordered are left out."""
        placed = [(fact, self.value(fact).order) for fact in self._facts(clause, predicate, names)]
        return [(fact, order) for fact, order in placed if not math.isnan(order)]

    @staticmethod
    def _ends(row: Sequence[tuple[Fact, float]], fewest: bool) -> list[Fact]:
        if not row:
            return []
        end = (min if fewest else max)(order for _, order in row)
        return [fact for fact, order in row if order == end]

    @staticmethod
    def _beyond(row: Sequence[tuple[Fact, float]], rivals: Sequence[str], fewest: bool) -> list[Fact]:
        bars = [order for fact, order in row if fact.subject in rivals]
        others = [(fact, order) for fact, order in row if fact.subject not in rivals]
        return [fact for fact, order in others if bars and (order < min(bars) if fewest else order > max(bars))]

    # Claims

    def judge(self, clause: Clause, predicate: Predicate) -> Evidence:
        """The verdict on a clause without a hole."""
        if clause.extreme or clause.rivals:
            parts = [self._compared(clause, predicate)]
        else:
            parts = [self._pair(subject, scope, clause, predicate) for subject, scope in pairs(clause)]
        if clause.negated:
            parts = [self._turned(part) for part in parts]
        found = conjoined(parts)
        return replace(found, values=("no",)) if found.verdict is Verdict.REFUTED else found

    @staticmethod
    def _turned(part: Evidence) -> Evidence:
        verdict = FLIPPED[part.verdict or Verdict.NOT_ENOUGH_INFO]
        return judged(verdict, part.statements, Reason.WRONG_POLARITY if verdict is Verdict.REFUTED else part.reason)

    def _pair(self, subject: Subject, scope: Scope, clause: Clause, predicate: Predicate) -> Evidence:
        facts = self._facts(replace(clause, objects=(scope,)), predicate, [subject.name])
        held = {fact: scope.value.holds(self.value(fact)) for fact in facts} if scope.value else {}
        if right := [fact for fact, holds in held.items() if holds]:
            return judged(Verdict.SUPPORTED, self.with_versions(self.listed(right)), Reason.STATED)
        wrong = [fact for fact, holds in held.items() if holds is False]
        if wrong and len(wrong) == len(held) and all(fact.object_kind in MEASURED_KINDS for fact in wrong):
            reason = Reason.WRONG_DATE if wrong[0].object_kind == DATE else Reason.WRONG_NUMBER
            return judged(Verdict.REFUTED, self.with_versions(self.listed(wrong)), reason)
        if elsewhen := self._elsewhen(subject, scope, predicate):
            return judged(Verdict.REFUTED, self.listed(elsewhen), Reason.WRONG_DATE)
        if others := self._others(scope, clause, predicate):
            return judged(Verdict.REFUTED, self.listed(others), Reason.WRONG_LEADER)
        return judged(Verdict.NOT_ENOUGH_INFO, self.listed(facts), Reason.UNSTATED)

    def _elsewhen(self, subject: Subject, scope: Scope, predicate: Predicate) -> list[Fact]:
        """The very value, but stated of another time ("by 2025")."""
        timeless = replace(scope, within=tuple((kind, name) for kind, name in scope.within if kind != DATE))
        own = self.corpus.book.held_by(predicate.name, [subject.name]) if timeless != scope else []
        return [
            fact
            for fact in own
            if fact.qualifiers.get(DATE)
            and self._narrowed(fact, [timeless])
            and scope.value
            and scope.value.holds(self.value(fact))
        ]

    def _others(self, scope: Scope, clause: Clause, predicate: Predicate) -> list[Fact]:
        """Where a value has one holder: who else holds it."""
        if not predicate.functional:
            return []
        own = replace(clause, objects=(scope,))
        return [fact for fact in self._facts(own, predicate) if self._holds(own, fact)]

    def _compared(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Acme is the oldest", "Acme has more staff than Bolt\""""
        named = [subject.name for subject in clause.subjects]
        row = self._row(clause, predicate, (*named, *clause.rivals) if clause.rivals else ())
        if not named or not {*named, *clause.rivals} <= {fact.subject for fact, _ in row}:
            return judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
        winners = self._beyond(row, clause.rivals, clause.fewest) if clause.rivals else self._ends(row, clause.fewest)
        right = set(named) <= {fact.subject for fact in winners}
        beside = {*named, *clause.rivals, *(fact.subject for fact in winners)}
        told = self.listed(fact for fact, _ in row if fact.subject in beside)
        verdict = Verdict.SUPPORTED if right else Verdict.REFUTED
        return judged(verdict, told, Reason.STATED if right else Reason.WRONG_NUMBER)
