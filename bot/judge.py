"""Judges claims: proved, refuted, or neither.

A claim about a functional predicate is refuted when the corpus names another subject for that very scope, for a
region that contains it, or for a part of it. Where the corpus names none, neither the claim nor its denial is proved.

    leads(Acme, Europe)         supported
    leads(Bolt, Europe)          refuted           Acme leads Europe
    leads(Bolt, Africa)          refuted           Acme leads North Africa, a part of Africa
    leads(Acme, Africa)         not_enough_info   only North Africa is stated
    not leads(Bolt, India)       not_enough_info   nobody is named for India
    only leads(Crane, Iberia) refuted          it leads South East Asia, too
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.evidence import Evidence, Say, Statement
from bot.model import Reason, Status, Verdict
from bot.query import Clause, Op, Quantity, Scope, Side, Subject
from bot.scopes import WHOLE, Fit, Match, ScopeMatcher
from corpus.model import Corpus, Fact, Predicate

_FLIPPED = {
    Verdict.SUPPORTED: Verdict.REFUTED,
    Verdict.REFUTED: Verdict.SUPPORTED,
    Verdict.NOT_ENOUGH_INFO: Verdict.NOT_ENOUGH_INFO,
}


class Judge:
    """Decides on clauses without a hole."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        self.corpus, self.scopes = corpus, scopes

    def judge(self, clause: Clause) -> Evidence:
        """The verdict on a clause, with the statements that carry it and, where refuted, put it right."""
        predicate = self.corpus.predicates[clause.predicate]
        if clause.rivals or (clause.extreme and clause.subjects):
            parts = [self._compared(clause, predicate)]
        elif clause.subject_quantity:
            parts = [self._subjects_counted(clause, predicate, clause.subject_quantity)]
        elif clause.quantity and clause.together:
            parts = [self._counted(clause.subjects, clause, predicate, clause.quantity)]
        elif clause.quantity:
            parts = [
                self._counted((subject,), clause, predicate, quantity)
                for subject in clause.subjects
                for quantity in (clause.quantity, *clause.further)
            ]
            # "two regions, namely X and Y": the number and each of those named
            parts += [self._pair(s, scope, clause, predicate) for s in clause.subjects for scope in clause.objects]
        elif clause.only is Side.SUBJECT and not clause.objects:
            parts = []
        else:
            parts = [
                self._pair(subject, scope, clause, predicate) for subject in clause.subjects for scope in clause.objects
            ]
        if clause.only and clause.subjects and clause.objects:
            parts += self._only(clause, predicate)
        elif clause.only is Side.SUBJECT and clause.subjects:
            parts += [self._nobody_else(clause, predicate)]
        if clause.excluded and clause.subjects and not clause.objects and not clause.quantity:
            parts += [self._except(clause, predicate)]
        return conjoined([self._turned(part) if clause.negated else part for part in parts])

    def _turned(self, part: Evidence) -> Evidence:
        verdict = _FLIPPED[part.verdict or Verdict.NOT_ENOUGH_INFO]
        reason = Reason.WRONG_POLARITY if verdict is Verdict.REFUTED else part.reason
        return _judged(verdict, part.statements, reason, part.status is Status.PARTIAL)

    # leads(X, Y)

    def _pair(self, subject: Subject, scope: Scope, clause: Clause, predicate: Predicate) -> Evidence:
        matches = self.scopes.match(predicate.name, scope)
        found = self._settled(subject.name, scope, matches, predicate, clause.complement)
        turned = subject.negated is not scope.negated
        return self._turned(found) if turned else found

    def _settled(
        self, subject: str, scope: Scope, matches: Sequence[Match], predicate: Predicate, follows: bool
    ) -> Evidence:
        whole = [match for match in matches if match.fit in WHOLE]
        if whole:
            return self._against(subject, scope, whole, predicate, follows)
        parts = [match for match in matches if match.fit in (Fit.PART, Fit.MEANS)]
        if any(match.fit is Fit.ELSEWHERE and match.fact.subject == subject for match in matches):
            parts = []  # stated of it, but elsewhere: that other things go by the same name refutes nothing
        if parts and predicate.functional:
            return self._by_parts(subject, scope, parts, follows)
        elsewhere = [match for match in matches if match.fit is Fit.ELSEWHERE and match.fact.subject == subject]
        if elsewhere and not follows and not self._by_place_only(elsewhere[0].fact):
            return _judged(Verdict.REFUTED, [self.told(m, scope) for m in elsewhere], Reason.WRONG_SCOPE)
        statement = self.not_stated(scope, predicate)
        disputed = [self.told(match, scope) for match in matches if match.fit is Fit.DISPUTED]
        return _judged(Verdict.NOT_ENOUGH_INFO, [statement, *disputed], Reason.UNSTATED, bool(disputed))

    def not_stated(self, scope: Scope, predicate: Predicate) -> Statement:
        """The statement that the source says nothing about a scope."""
        names = {"scope": (self.scopes.name(scope),), "predicate": (predicate.name,)}
        return Statement(Say.NOT_STATED, names, claim=False)

    def _by_place_only(self, fact: Fact) -> bool:
        """What is stated for one market alone says nothing against another market."""
        return all(self.corpus.kinds[kind].place for kind in fact.qualifiers if kind in self.corpus.kinds)

    def _against(
        self, subject: str, scope: Scope, whole: Sequence[Match], predicate: Predicate, follows: bool
    ) -> Evidence:
        leaders = {match.fact.subject for match in whole}
        told = [self.told(match, scope) for match in whole if match.fact.subject == subject or subject not in leaders]
        if follows:
            if subject in leaders:
                return _judged(Verdict.REFUTED, told, Reason.WRONG_LEADER)
            names = {"subjects": (subject,), "scope": (self.scopes.name(scope),), "predicate": (predicate.name,)}
            facts = tuple(match.fact for match in whole)
            steps = tuple(match.step for match in whole if match.step)
            return _judged(Verdict.SUPPORTED, [*told, Statement(Say.FOLLOW, names, facts, steps)], Reason.FOLLOWS)
        if subject in leaders:
            inferred = any(match.step for match in whole)
            return _judged(Verdict.SUPPORTED, told, Reason.FOLLOWS if inferred else Reason.STATED)
        if predicate.functional or predicate.closed:
            return _judged(Verdict.REFUTED, told, Reason.WRONG_LEADER)
        return _judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED)

    def _by_parts(self, subject: str, scope: Scope, parts: Sequence[Match], follows: bool) -> Evidence:
        """Facts about parts of the scope, or about what a general term may mean."""
        own = [match for match in parts if match.fact.subject == subject]
        told = [self.told(match, scope) for match in parts]
        if parts[0].fit is Fit.MEANS and own and not follows:
            if len(own) == len(parts):
                return _judged(Verdict.SUPPORTED, told, Reason.STATED)
            return _judged(Verdict.NOT_ENOUGH_INFO, told, Reason.OVER_GENERAL, partial=True)
        if (len(own) < len(parts)) is not follows:
            reason = Reason.WRONG_LEADER if not own else Reason.OVER_GENERAL
            return _judged(Verdict.REFUTED, told, reason)
        return _judged(Verdict.NOT_ENOUGH_INFO, told, Reason.OVER_GENERAL, partial=True)

    def told(self, match: Match, scope: Scope) -> Statement:
        """The statement that a matching fact makes about a scope."""
        names = {
            "subject": (match.fact.subject,),
            "object": (match.fact.label,),
            "scope": (self.scopes.name(scope),),
            "predicate": (match.fact.predicate,),
            "step": (match.step,) if match.step else (),
        }
        says = {
            Fit.INSIDE: Say.INFERRED,
            Fit.GENERAL: Say.GENERAL,
            Fit.PART: Say.PART,
            Fit.DISPUTED: Say.DISPUTED,
            Fit.ELSEWHERE: Say.ELSEWHERE,
        }
        steps = (match.step,) if match.step else ()
        return Statement(says.get(match.fit, Say.HOLDS), names, (match.fact,), steps)

    # only, except

    def _only(self, clause: Clause, predicate: Predicate) -> list[Evidence]:
        if clause.only is Side.SUBJECT:
            return [self._only_subject(clause, scope, predicate) for scope in clause.objects]
        return [self._only_objects(clause, subject, predicate) for subject in clause.subjects]

    def _only_subject(self, clause: Clause, scope: Scope, predicate: Predicate) -> Evidence:
        matches = [match for match in self.scopes.match(predicate.name, scope) if match.fit in WHOLE]
        others = [m for m in matches if m.fact.subject not in {s.name for s in clause.subjects}]
        told = [self.told(match, scope) for match in others or matches]
        verdict = Verdict.REFUTED if others else Verdict.SUPPORTED if matches else Verdict.NOT_ENOUGH_INFO
        return _judged(verdict, told, Reason.OVER_GENERAL if others else Reason.STATED)

    def _only_objects(self, clause: Clause, subject: Subject, predicate: Predicate) -> Evidence:
        named = self.scopes.fact_ids(predicate.name, clause.objects)
        kinds = {fact.object_kind for fact in self.corpus.facts.values() if fact.id in named} or {clause.kind}
        own = [fact for fact in self._of(subject.name, predicate) if fact.object_kind in kinds]
        more = [fact for fact in own if fact.id not in named]
        verdict = Verdict.REFUTED if more else Verdict.SUPPORTED
        return _judged(verdict, list_statements(own), Reason.OVER_GENERAL if more else Reason.STATED)

    def _except(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "leads everything except Y": not Y, and all else."""
        out = self.scopes.fact_ids(predicate.name, clause.excluded)
        kind = clause.quantity.kind if clause.quantity else clause.kind
        names = {subject.name for subject in clause.subjects}
        wrong = [
            fact
            for fact in self.corpus.facts_of(predicate.name)
            if kind in ("", fact.object_kind) and (fact.subject in names) is (fact.id in out)
        ]
        verdict = Verdict.REFUTED if wrong else Verdict.SUPPORTED
        return _judged(verdict, list_statements(wrong or self._of(next(iter(names)), predicate)), Reason.OVER_GENERAL)

    # Quantities

    def _of(self, subject: str, predicate: Predicate) -> list[Fact]:
        return [fact for fact in self.corpus.facts_of(predicate.name) if fact.subject == subject]

    def holds(self, quantity: Quantity, own: Sequence[Fact], every: Iterable[Fact]) -> bool:
        """Whether the objects of ``own`` are as many as the quantity says, of all that ``every`` names."""
        count, total = len({fact.object for fact in own}), len({fact.object for fact in every})
        return {
            Op.EQUAL: count == quantity.number,
            Op.AT_LEAST: count >= quantity.number,
            Op.MORE: count > quantity.number,
            Op.AT_MOST: count <= quantity.number,
            Op.FEWER: count < quantity.number,
            Op.ALL: count == total,
            Op.NONE: count == 0,
            Op.MAJORITY: 2 * count > total,
        }[quantity.op]

    def _counted(
        self, subjects: Sequence[Subject], clause: Clause, predicate: Predicate, quantity: Quantity
    ) -> Evidence:
        every = [fact for fact in self.corpus.facts_of(predicate.name) if quantity.kind in ("", fact.object_kind)]
        every = every or list(self.corpus.facts_of(predicate.name))
        if quantity.op is Op.ALL and clause.excluded:
            return self._except(clause, predicate)
        names = [subject.name for subject in subjects]
        own = [fact for fact in every if (fact.subject in names) is not clause.complement]
        if clause.excluded:
            out = self.scopes.fact_ids(predicate.name, clause.excluded)
            own = [fact for fact in own if fact.id not in out]
        right = self.holds(quantity, own, every)
        plain = len(names) == 1 and not clause.complement and not clause.excluded
        tallied = own if plain else []
        told = self._tally(names[0], tallied, quantity, predicate) or list_statements(own)
        if not right and quantity.op in (Op.ALL, Op.MAJORITY):
            told = [*told, *list_statements([fact for fact in every if fact not in own])]
        return _judged(
            Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.STATED if right else Reason.WRONG_NUMBER
        )

    def _tally(self, subject: str, own: Sequence[Fact], quantity: Quantity, predicate: Predicate) -> list[Statement]:
        if not own:
            return []
        number = str(len({fact.object for fact in own}))
        names = {"number": (number,), "kind": (quantity.kind,), "predicate": (predicate.name,), "subjects": (subject,)}
        says = Say.COUNT if quantity.kind else Say.COUNT_ANY
        return [*list_statements(own), Statement(says, names, tuple(own), claim=bool(quantity.kind))]

    def _subjects_counted(self, clause: Clause, predicate: Predicate, quantity: Quantity) -> Evidence:
        if clause.joint and len(clause.objects) > 1 and quantity.op is not Op.ALL:
            return self._in_common(clause.objects, predicate, quantity)
        if clause.objects:
            return conjoined([self._nobody(scope, predicate, quantity) for scope in clause.objects])
        every = [
            f
            for f in self.corpus.facts_of(predicate.name)
            if clause.quantity is None or clause.quantity.kind in ("", f.object_kind)
        ]
        wanted = clause.quantity or Quantity(Op.AT_LEAST, 1, "")
        members = self.corpus.named_as(predicate.subject_kinds)
        if predicate.closed:
            members = tuple(name for name in members if any(f.subject == name for f in every))
        keep = [name for name in members if self.holds(wanted, [f for f in every if f.subject == name], every)]
        right = {Op.ALL: len(keep) == len(members), Op.NONE: not keep}.get(quantity.op, len(keep) == quantity.number)
        return _judged(
            Verdict.SUPPORTED if right else Verdict.REFUTED,
            list_statements(every),
            Reason.STATED if right else Reason.WRONG_NUMBER,
        )

    def _nobody_else(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Only X leads a region", "only X leads more than three"."""
        wanted = clause.quantity or Quantity(Op.AT_LEAST, 1, clause.kind)
        every = [fact for fact in self.corpus.facts_of(predicate.name) if wanted.kind in ("", fact.object_kind)]
        holders = {
            fact.subject for fact in every if self.holds(wanted, [f for f in every if f.subject == fact.subject], every)
        }
        right = holders == {subject.name for subject in clause.subjects}
        verdict = Verdict.SUPPORTED if right else Verdict.REFUTED
        return _judged(verdict, list_statements(every), Reason.OVER_GENERAL)

    def _in_common(self, scopes: Sequence[Scope], predicate: Predicate, quantity: Quantity) -> Evidence:
        """ "One company leads both X and Y", "no company leads both"."""
        each = [[m for m in self.scopes.match(predicate.name, scope) if m.fit in WHOLE] for scope in scopes]
        told = [self.told(match, scope) for scope, matches in zip(scopes, each, strict=True) for match in matches]
        if not all(each):
            return _judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED, partial=bool(told))
        common = set.intersection(*({match.fact.subject for match in matches} for matches in each))
        right = not common if quantity.op is Op.NONE else len(common) >= quantity.number
        return _judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.WRONG_NUMBER)

    def _nobody(self, scope: Scope, predicate: Predicate, quantity: Quantity) -> Evidence:
        """ "Nobody leads X", "All companies lead X", "Two companies lead X"."""
        matches = [m for m in self.scopes.match(predicate.name, scope) if m.fit in WHOLE or m.fit is Fit.PART]
        if not matches:
            statement = self.not_stated(scope, predicate)
            return _judged(Verdict.NOT_ENOUGH_INFO, [statement], Reason.UNSTATED)
        leaders = {match.fact.subject for match in matches}
        members = self.corpus.named_as(predicate.subject_kinds)
        right = {Op.ALL: len(leaders) == len(members), Op.NONE: False}.get(quantity.op, len(leaders) == quantity.number)
        told = [self.told(match, scope) for match in matches]
        return _judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.WRONG_LEADER)

    def _compared(self, clause: Clause, predicate: Predicate) -> Evidence:
        facts = [f for f in self.corpus.facts_of(predicate.name) if clause.kind in ("", f.object_kind)]
        members = self.corpus.named_as(predicate.subject_kinds)
        counts = {name: len({f.object for f in facts if f.subject == name}) for name in members}
        named = [subject.name for subject in clause.subjects]
        rivals = list(clause.rivals) or [name for name in members if name not in named]
        op = clause.op if clause.rivals else (Op.FEWER if clause.fewest else Op.MORE)
        tests = {Op.MORE: int.__gt__, Op.FEWER: int.__lt__, Op.EQUAL: int.__eq__}
        test = tests.get(op or Op.MORE, int.__gt__)
        right = all(test(counts[name], counts[rival]) for name in named for rival in rivals)
        involved = [fact for fact in facts if fact.subject in (*named, *rivals)]
        told = [
            statement
            for name in (*named, *rivals)
            for statement in self._tally(
                name, [f for f in involved if f.subject == name], Quantity(Op.EQUAL, 0, clause.kind), predicate
            )
        ]
        reason = Reason.STATED if right else Reason.WRONG_NUMBER
        return _judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, reason)


def list_statements(facts: Iterable[Fact]) -> list[Statement]:
    """One statement for each subject, predicate, kind of object and sentence of the source."""
    groups: dict[tuple[str, str, str, int], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.subject, fact.predicate, fact.object_kind, fact.quote.start), []).append(fact)
    return [
        Statement(
            Say.LIST,
            {
                "subject": (group[0].subject,),
                "objects": tuple(f.label for f in group),
                "predicate": (group[0].predicate,),
            },
            tuple(group),
        )
        for group in groups.values()
    ]


def _judged(verdict: Verdict, statements: Iterable[Statement], reason: Reason, partial: bool = False) -> Evidence:
    told = tuple(statements)
    if verdict is Verdict.SUPPORTED and reason not in (Reason.STATED, Reason.FOLLOWS):
        reason = Reason.FOLLOWS if any(statement.steps for statement in told) else Reason.STATED
    inferred = any(statement.steps or statement.say is Say.FOLLOW for statement in told)
    status = {
        Verdict.SUPPORTED: Status.INFERRED if inferred else Status.ANSWERED,
        Verdict.REFUTED: Status.CORRECTED,
        Verdict.NOT_ENOUGH_INFO: Status.PARTIAL if partial else Status.NOT_STATED,
    }[verdict]
    values: tuple[str, ...] = ()
    if verdict is Verdict.SUPPORTED:
        values = ("yes",)
    elif verdict is Verdict.REFUTED:
        leaders = [fact.subject for statement in told for fact in statement.facts]
        right = dict.fromkeys(leaders) if reason in (Reason.WRONG_LEADER, Reason.WRONG_POLARITY) else {}
        values = ("no", *right)
    return Evidence(status, told, values, verdict, reason)


def conjoined(parts: Sequence[Evidence]) -> Evidence:
    """Several parts of one claim: refuted as soon as one is, supported only when each is."""
    if not parts:
        return _judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
    if len(parts) == 1:
        return parts[0]
    order = (Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO, Verdict.SUPPORTED)
    worst = min((part.verdict or Verdict.NOT_ENOUGH_INFO for part in parts), key=order.index)
    deciding = next(part for part in parts if part.verdict is worst)
    told = {
        statement.key: statement
        for part in sorted(parts, key=lambda p: p.verdict is not worst)
        for statement in part.statements
    }
    mixed = worst is Verdict.NOT_ENOUGH_INFO and any(part.verdict is Verdict.SUPPORTED for part in parts)
    found = _judged(worst, told.values(), deciding.reason, mixed or deciding.status is Status.PARTIAL)
    values = deciding.values if worst is Verdict.REFUTED else found.values
    return Evidence(found.status, found.statements, values, worst, deciding.reason)


def combined_status(statuses: Sequence[Status]) -> Status:
    """The status over several parts of one answer."""
    unanswered = (Status.NOT_STATED, Status.OUT_OF_SCOPE)
    kinds = set(statuses)
    if len(kinds) == 1:
        return statuses[0]
    if kinds & set(unanswered) and not kinds <= set(unanswered):
        return Status.PARTIAL
    for status in (Status.CONFLICTING, Status.CORRECTED, Status.PARTIAL, Status.AMBIGUOUS, Status.INFERRED):
        if status in kinds:
            return status
    return Status.NOT_STATED if Status.NOT_STATED in kinds else statuses[0]
