"""Judges claims: proved, refuted, or neither.

A claim about a functional predicate is refuted when the corpus names another subject for that very scope, for a
region that contains it, or for a part of it. Where the corpus names none, neither the claim nor its denial is proved.
Of a relation that gives each subject one object (``FactBook.single``), another object is refuted as well.

    leads(Acme, Europe)         supported
    leads(Bolt, Europe)          refuted           Acme leads Europe
    leads(Bolt, Africa)          refuted           Acme leads North Africa, a part of Africa
    leads(Acme, Africa)         not_enough_info   only North Africa is stated
    not leads(Bolt, India)       not_enough_info   nobody is named for India
    only leads(Crane, Iberia) refuted          it leads South East Asia, too

Where documents of several dates disagree, the newest decides, and what the others said is told beside it:

    leads(Bolt, Iberia)     refuted           Acme leads Iberia (June 2019); Bolt did (November 2012)
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import WHOLE, Fit, Match, ScopeMatcher
from bot.reasoning.statements import FLIPPED, SHOWN, Teller, by_subject, conjoined, judged
from bot.reasoning.tallies import Tallies, apart
from bot.reasoning.values import Measures
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.logical_form import Clause, Op, Quantity, Scope, Side, Subject, pairs
from corpus.model import Corpus, Fact, Predicate


class Judge(Teller):
    """Decides on clauses without a hole."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        super().__init__(corpus, scopes)
        self.measures = Measures(corpus, scopes)
        self.tallies = Tallies(corpus, scopes)

    def judge(self, clause: Clause) -> Evidence:
        """The verdict on a clause, with the statements that carry it and, where refuted, put it right."""
        predicate = self.corpus.predicates[clause.predicate]
        if predicate.measured:
            return self.measures.judge(clause, predicate)
        if clause.rivals or (clause.extreme and clause.subjects):
            parts = [self._compared(clause, predicate)]
        elif clause.subject_quantity:
            parts = [self._subjects_counted(clause, predicate, clause.subject_quantity)]
        elif clause.quantity and clause.together:
            parts = [self._counted(clause.subjects, clause, predicate, clause.quantity)]
        elif clause.quantity and not (clause.subjects or clause.objects):
            parts = [self._in_all(clause.quantity)]
        elif clause.quantity:
            parts = [
                self._counted((subject,), clause, predicate, quantity)
                for subject in clause.subjects
                for quantity in (clause.quantity, *clause.further)
            ]
            # "two regions, namely X and Y": the number and each of those named
            parts += [self._pair(subject, scope, clause, predicate) for subject, scope in pairs(clause)]
        elif clause.only is Side.SUBJECT and not clause.objects:
            parts = []
        else:
            parts = [self._pair(subject, scope, clause, predicate) for subject, scope in pairs(clause)]
        if clause.only and clause.subjects and clause.objects:
            parts += self._only(clause, predicate)
        elif clause.only is Side.SUBJECT and clause.subjects:
            parts += [self._nobody_else(clause, predicate)]
        if clause.beyond and clause.subjects and clause.objects:
            # "not only X leads Y": somebody else does, too
            alone = self._only(replace(clause, only=clause.beyond), predicate)
            parts += [
                judged(FLIPPED[part.verdict or Verdict.NOT_ENOUGH_INFO], part.statements, part.reason) for part in alone
            ]
        if clause.excluded and clause.subjects and clause.objects and not clause.quantity:
            # "leads Iberia except Lisbon": what is left out must not be so
            parts += [
                self._turned(self._pair(subject, scope, clause, predicate), clause)
                for subject in clause.subjects
                for scope in clause.excluded
            ]
        if clause.excluded and clause.subjects and not clause.objects and not clause.quantity:
            parts += [self._except(clause, predicate)]
        return conjoined([self._turned(part, clause) if clause.negated else part for part in parts])

    def _turned(self, part: Evidence, clause: Clause) -> Evidence:
        plain = not (clause.only or clause.quantity or clause.subject_quantity or clause.excluded)
        if plain and part.reason is Reason.OVER_GENERAL:
            # Of a part it is stated: that it is not so of the whole is neither proved nor refuted.
            return judged(Verdict.NOT_ENOUGH_INFO, part.statements, part.reason, partial=True)
        verdict = FLIPPED[part.verdict or Verdict.NOT_ENOUGH_INFO]
        reason = Reason.WRONG_POLARITY if verdict is Verdict.REFUTED else part.reason
        return judged(verdict, part.statements, reason, part.status is Status.PARTIAL)

    # leads(X, Y)

    def _pair(self, subject: Subject, scope: Scope, clause: Clause, predicate: Predicate) -> Evidence:
        matches = self.scopes.match(predicate.name, scope)
        found = self._settled(subject.name, scope, matches, predicate, clause.complement)
        silent = found.reason is Reason.UNSTATED and not clause.complement
        if silent and (own := self._instead(subject.name, scope, predicate)):
            found = judged(Verdict.REFUTED, self.listed(own), Reason.WRONG_SCOPE)
        if found.verdict is not Verdict.NOT_ENOUGH_INFO:
            told = self.with_versions(found.statements)
            found = judged(found.verdict or Verdict.NOT_ENOUGH_INFO, told, found.reason)
        turned = subject.negated is not scope.negated
        return self._turned(found, clause) if turned else found

    def _settled(
        self, subject: str, scope: Scope, matches: Sequence[Match], predicate: Predicate, follows: bool
    ) -> Evidence:
        whole = [match for match in matches if match.fit in WHOLE]
        if whole:
            return self._against(subject, scope, whole, predicate, follows)
        parts = [match for match in matches if match.fit in (Fit.PART, Fit.MEANS)]
        if any(match.fit is Fit.ELSEWHERE and match.fact.subject == subject for match in matches):
            parts = []  # stated of it, but elsewhere: that other things go by the same name refutes nothing
        if parts and scope.partly:
            return self._of_some(subject, scope, parts, predicate)
        if parts and predicate.functional:
            return self._by_parts(subject, scope, parts, follows)
        elsewhere = [match for match in matches if match.fit is Fit.ELSEWHERE and match.fact.subject == subject]
        if elsewhere and not follows and not self._by_place_only(elsewhere[0].fact):
            return judged(Verdict.REFUTED, self.stated(elsewhere, scope), Reason.WRONG_SCOPE)
        statement = self.not_stated(scope, predicate)
        disputed = self.stated([match for match in matches if match.fit is Fit.DISPUTED], scope)
        return judged(Verdict.NOT_ENOUGH_INFO, [statement, *disputed], Reason.UNSTATED, bool(disputed))

    def _instead(self, subject: str, scope: Scope, predicate: Predicate) -> list[Fact]:
        """What a subject has in place of a scope, of a relation that gives each subject one object.

        stands in(Shed, Ghent), asked for stands in(Shed, Bruges): what stands in Ghent stands nowhere else
        """
        plain = scope.known and not (scope.within or scope.partly or scope.side)
        if predicate.functional or not plain or not self.corpus.book.single(predicate.name):
            return []
        own = self.corpus.book.held_by(predicate.name, [subject])
        return own if all(self.scopes.apart(scope, fact) for fact in own) else []

    def _of_some(self, subject: str, scope: Scope, parts: Sequence[Match], predicate: Predicate) -> Evidence:
        """ "X leads part of Asia": one part is enough; that X leads none of the others is not stated."""
        own = [match for match in parts if match.fact.subject == subject]
        if own:
            return judged(Verdict.SUPPORTED, self.stated(own, scope), Reason.STATED)
        told = [self.not_stated(scope, predicate), *self.stated(parts, scope)]
        return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED)

    def settled(self, predicate: Predicate, scope: Scope) -> list[Statement]:
        """What the facts say of a scope as a whole; nothing where they are silent on it."""
        return self.stated([m for m in self.scopes.match(predicate.name, scope) if m.fit in WHOLE], scope)

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
        told = self.stated([m for m in whole if m.fact.subject == subject or subject not in leaders], scope)
        if follows:
            if subject in leaders:
                return judged(Verdict.REFUTED, told, Reason.WRONG_LEADER)
            if subject not in self.corpus.entities:
                return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED)  # a stranger follows nobody
            names = {"subjects": (subject,), "scope": (self.scopes.name(scope),), "predicate": (predicate.name,)}
            facts = tuple(match.fact for match in whole)
            steps = tuple(match.step for match in whole if match.step)
            return judged(Verdict.SUPPORTED, [*told, Statement(Say.FOLLOW, names, facts, steps)], Reason.FOLLOWS)
        own = self.versions(match for match in whole if match.fact.subject == subject)
        if own and not own >= self.versions(m for m in whole if not self.corpus.book.split(m.fact)):
            # Others are named for the same under other conditions, and the claim names none.
            return judged(Verdict.NOT_ENOUGH_INFO, self.stated(whole, scope), Reason.OVER_GENERAL, partial=True)
        if subject in leaders:
            inferred = any(match.step for match in whole)
            return judged(Verdict.SUPPORTED, told, Reason.FOLLOWS if inferred else Reason.STATED)
        if predicate.functional or predicate.closed:
            return judged(Verdict.REFUTED, told, Reason.WRONG_LEADER)
        return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED)

    def _by_parts(self, subject: str, scope: Scope, parts: Sequence[Match], follows: bool) -> Evidence:
        """Facts about parts of the scope, or about what a general term may mean."""
        own = [match for match in parts if match.fact.subject == subject]
        told = self.stated(parts, scope)
        if parts[0].fit is Fit.MEANS and own and not follows:
            if self.versions(own) == self.versions(parts):
                return judged(Verdict.SUPPORTED, told, Reason.STATED)
            return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.OVER_GENERAL, partial=True)
        if (self.versions(own) < self.versions(parts)) is not follows:
            reason = Reason.WRONG_LEADER if not own else Reason.OVER_GENERAL
            return judged(Verdict.REFUTED, told, reason)
        return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.OVER_GENERAL, partial=True)

    def versions(self, matches: Iterable[Match]) -> frozenset[Hashable]:
        """What is stated, whoever shares it: facts that name joint holders are one version."""
        return frozenset(self.corpus.book.version(match.fact) for match in matches)

    # only, except

    def _only(self, clause: Clause, predicate: Predicate) -> list[Evidence]:
        if clause.only is Side.SUBJECT:
            return [self._only_subject(clause, scope, predicate) for scope in clause.objects]
        return [self._only_objects(clause, subject, predicate) for subject in clause.subjects]

    def _only_subject(self, clause: Clause, scope: Scope, predicate: Predicate) -> Evidence:
        matches = [match for match in self.scopes.match(predicate.name, scope) if match.fit in WHOLE]
        others = [m for m in matches if m.fact.subject not in {s.name for s in clause.subjects}]
        told = self.with_versions(self.stated(matches, scope))
        verdict = Verdict.REFUTED if others else Verdict.SUPPORTED if matches else Verdict.NOT_ENOUGH_INFO
        return judged(verdict, told, Reason.OVER_GENERAL if others else Reason.STATED)

    def _only_objects(self, clause: Clause, subject: Subject, predicate: Predicate) -> Evidence:
        named = self.scopes.fact_ids(predicate.name, clause.objects)
        kinds = {self.corpus.facts[name].object_kind for name in named} or {clause.kind}
        own = [f for f in self.corpus.book.held_by(predicate.name, [subject.name]) if f.object_kind in kinds]
        more = [fact for fact in own if fact.id not in named]
        verdict = Verdict.REFUTED if more else Verdict.SUPPORTED
        return judged(verdict, self.listed(own), Reason.OVER_GENERAL if more else Reason.STATED)

    def _except(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "leads everything except Y": not Y, and all else."""
        out = self.scopes.fact_ids(predicate.name, clause.excluded)
        kind = clause.quantity.kind if clause.quantity else clause.kind
        names = {subject.name for subject in clause.subjects}
        own = self.corpus.book.held_by(predicate.name, names)
        held = {self.corpus.book.version(fact) for fact in own}
        wrong = [
            fact
            for fact in self.tallies.of_kind(predicate, kind)
            if (self.corpus.book.version(fact) in held) is (fact.id in out)
        ]
        verdict = Verdict.REFUTED if wrong else Verdict.SUPPORTED
        return judged(verdict, self.listed(wrong or own), Reason.OVER_GENERAL)

    # Quantities

    def _counted(
        self, subjects: Sequence[Subject], clause: Clause, predicate: Predicate, quantity: Quantity
    ) -> Evidence:
        book = self.corpus.book
        if quantity.op is Op.ALL and clause.excluded:
            return self._except(clause, predicate)
        kind = quantity.kind if book.of_kind(predicate.name, quantity.kind) else ""
        names = [subject.name for subject in subjects]
        held = [fact for fact in book.held_by(predicate.name, names) if kind in ("", fact.object_kind)]
        own = apart(self.tallies.of_kind(predicate, kind), names) if clause.complement else held
        if clause.excluded:
            out = self.scopes.fact_ids(predicate.name, clause.excluded)
            own = [fact for fact in own if fact.id not in out]
        right = quantity.met(len({fact.object for fact in own}), book.tally(predicate.name, kind)[""])
        plain = len(names) == 1 and not clause.complement and not clause.excluded
        tallied = own if plain else []
        told = self._tally(names[0], tallied, quantity, predicate) or self.listed(own)
        if not told:
            none = {"subjects": tuple(names), "kind": (quantity.kind,), "predicate": (predicate.name,)}
            told = [Statement(Say.NONE, none, claim=False)]
        if not right and quantity.op in (Op.ALL, Op.MAJORITY):
            others = held if clause.complement else apart(self.tallies.of_kind(predicate, kind), names)
            told = [*told, *self.listed(others)]
        return judged(
            Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.STATED if right else Reason.WRONG_NUMBER
        )

    def counted_by_source(self, fact: Fact) -> list[Statement]:
        """The source's own sentence that counts, with what other documents count."""
        return self.with_versions([Statement(Say.SOURCE, {"quote": (fact.quote.text,)}, self.sources([fact]))])

    def _in_all(self, quantity: Quantity) -> Evidence:
        """ "There are nine regions.": against the source's own count; what it merely names may not be all."""
        stated = self.tallies.stated_number(quantity.kind)
        if stated is None or quantity.op in (Op.ALL, Op.MAJORITY, Op.SHARE, Op.ABOUT):
            return judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
        fact, number = stated
        right = quantity.met(number, number)
        verdict = Verdict.SUPPORTED if right else Verdict.REFUTED
        return judged(verdict, self.counted_by_source(fact), Reason.STATED if right else Reason.WRONG_NUMBER)

    def _tally(self, subject: str, own: Sequence[Fact], quantity: Quantity, predicate: Predicate) -> list[Statement]:
        if not own:
            return []
        number = str(len({fact.object for fact in own}))
        names = {"number": (number,), "kind": (quantity.kind,), "predicate": (predicate.name,), "subjects": (subject,)}
        says = Say.COUNT if quantity.kind else Say.COUNT_ANY
        return [*self.listed(own), Statement(says, names, tuple(own), claim=bool(quantity.kind))]

    def _subjects_counted(self, clause: Clause, predicate: Predicate, quantity: Quantity) -> Evidence:
        if clause.grouped and not clause.objects and not clause.quantity:
            return self._membership(quantity, predicate)
        if clause.joint and len(clause.objects) > 1 and quantity.op is not Op.ALL:
            return self._in_common(clause.objects, predicate, quantity)
        if clause.objects:
            return conjoined([self._nobody(scope, predicate, quantity) for scope in clause.objects])
        wanted = clause.quantity or Quantity(Op.AT_LEAST, 1, "")
        every = self.tallies.of_kind(predicate, wanted.kind)
        named = by_subject(every) if predicate.closed else ()
        members = [n for n in self.corpus.named_as(predicate.subject_kinds) if n in named or not predicate.closed]
        keep = self.tallies.meeting(wanted, self.tallies.counts(every, members), every)
        right = {Op.ALL: len(keep) == len(members), Op.NONE: not keep}.get(quantity.op, len(keep) == quantity.number)
        return judged(
            Verdict.SUPPORTED if right else Verdict.REFUTED,
            self.listed(every),
            Reason.STATED if right else Reason.WRONG_NUMBER,
        )

    def _membership(self, quantity: Quantity, predicate: Predicate) -> Evidence:
        """ "The group has three members." """
        facts = self.tallies.members(predicate)
        if quantity.op in (Op.ALL, Op.MAJORITY):
            return judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
        count = len({fact.subject for fact in facts})
        right = quantity.met(count, count)
        verdict = Verdict.SUPPORTED if right else Verdict.REFUTED
        told = [self._group_count(facts, predicate), *self.listed(facts)]
        return judged(verdict, told, Reason.STATED if right else Reason.WRONG_NUMBER)

    def _group_count(self, facts: Sequence[Fact], predicate: Predicate) -> Statement:
        """How many members the corpus's group has, by the facts that name them."""
        number = str(len({fact.subject for fact in facts}))
        names = {"object": (self.corpus.group,), "number": (number,), "kind": (predicate.subject_kinds[0],)}
        return Statement(Say.GROUP_COUNT, names, tuple(facts))

    def _nobody_else(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Only X leads a region", "only X leads more than three"."""
        wanted = clause.quantity or Quantity(Op.AT_LEAST, 1, clause.kind)
        every = self.tallies.of_kind(predicate, wanted.kind)
        holders = set(self.tallies.meeting(wanted, self.tallies.counts(every, by_subject(every)), every))
        right = holders == {subject.name for subject in clause.subjects}
        verdict = Verdict.SUPPORTED if right else Verdict.REFUTED
        return judged(verdict, self.listed(every), Reason.OVER_GENERAL)

    def _in_common(self, scopes: Sequence[Scope], predicate: Predicate, quantity: Quantity) -> Evidence:
        """ "One company leads both X and Y", "no company leads both"."""
        each = [[m for m in self.scopes.match(predicate.name, scope) if m.fit in WHOLE] for scope in scopes]
        told = [told for scope, matches in zip(scopes, each, strict=True) for told in self.stated(matches, scope)]
        if not all(each):
            return judged(Verdict.NOT_ENOUGH_INFO, told, Reason.UNSTATED, partial=bool(told))
        common = set.intersection(*({match.fact.subject for match in matches} for matches in each))
        right = not common if quantity.op is Op.NONE else len(common) >= quantity.number
        return judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.WRONG_NUMBER)

    def _nobody(self, scope: Scope, predicate: Predicate, quantity: Quantity) -> Evidence:
        """ "Nobody leads X", "All companies lead X", "Two companies lead X"."""
        matches = [m for m in self.scopes.match(predicate.name, scope) if m.fit in WHOLE or m.fit is Fit.PART]
        if not matches:
            statement = self.not_stated(scope, predicate)
            return judged(Verdict.NOT_ENOUGH_INFO, [statement], Reason.UNSTATED)
        leaders = {match.fact.subject for match in matches}
        right = quantity.met(len(leaders), len(self.corpus.named_as(predicate.subject_kinds)))
        told = self.with_versions(self.stated(matches, scope))
        if scope.entity and scope.entity == self.corpus.group:
            told = [self._group_count(self.tallies.members(predicate), predicate), *told]
        return judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, Reason.WRONG_LEADER)

    def _compared(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "X leads more regions than Y", "X leads the most", "Nobody leads more than X"."""
        members = self.corpus.named_as(predicate.subject_kinds)
        counts = self.tallies.tally(predicate, clause.kind, members)
        named = [subject.name for subject in clause.subjects]
        rivals = list(clause.rivals) or [
            # Who leads none at all does not lead the fewest.
            name
            for name in members
            if name not in named and (counts[name] or not clause.fewest)
        ]
        nobody = bool(clause.rivals) and clause.subject_quantity is not None and clause.subject_quantity.op is Op.NONE
        if nobody:
            named = [name for name in members if name not in rivals]
        if not {*named, *rivals} <= set(members):
            return judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
        op = clause.op if clause.rivals else (Op.FEWER if clause.fewest else Op.MORE)
        tests = {Op.MORE: int.__gt__, Op.FEWER: int.__lt__, Op.EQUAL: int.__eq__}
        test = tests.get(op or Op.MORE, int.__gt__)
        if clause.factor != 1.0 or clause.margin:
            # "twice as many as", "two more than": an exact figure over the rival's
            right = all(counts[n] == counts[r] * clause.factor + clause.margin for n in named for r in rivals)
        else:
            hold = [test(counts[name], counts[rival]) for name in named for rival in rivals]
            right = not any(hold) if nobody else all(hold)
        if len(rivals) > SHOWN and not clause.rivals:
            # Of very many, those who come nearest: the proof's extent has the others.
            best = (min if clause.fewest else max)(counts[rival] for rival in rivals)
            rivals = [rival for rival in rivals if counts[rival] == best][:SHOWN]
        told = [
            statement
            for name in (*named, *rivals)
            for statement in self._tally(
                name, self.tallies.held(name, clause.kind, predicate), Quantity(Op.EQUAL, 0, clause.kind), predicate
            )
        ]
        reason = Reason.STATED if right else Reason.WRONG_NUMBER
        return judged(Verdict.SUPPORTED if right else Verdict.REFUTED, told, reason)
