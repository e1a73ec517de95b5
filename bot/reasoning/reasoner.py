"""Answers logical forms from the facts, and keeps the proof of each answer.

One method a form; each returns ``Evidence``: statements with the facts and steps that prove them. ``Reasoner.answer``
fills holes; claims without a hole are judged by ``bot.reasoning.judge``, which the fact checker uses as well.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.judge import Judge
from bot.reasoning.statements import CONFLICTS, SHOWN, by_subject, merged, unique
from bot.reasoning.subjects import SubjectFinder
from bot.reasoning.tallies import apart
from bot.schema.answer import Status, Verdict
from bot.understanding.logical_form import Clause, Form, Op, Quantity, Scope
from corpus.model import Corpus, Fact, Predicate


class Reasoner:
    """Pure: the same clause over the same corpus always gives the same evidence."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        self.corpus, self.scopes = corpus, scopes
        self.judge = Judge(corpus, scopes)
        self.subjects = SubjectFinder(corpus, self.judge, scopes)
        self._forms: dict[Form, Callable[[Clause, Predicate], Evidence]] = {
            Form.SUBJECT: self._subject,
            Form.OBJECT: self._object,
            Form.CLAIM: self._claim,
            Form.COUNT: self._count,
            Form.EXTREME: self._extreme,
            Form.OVERVIEW: self._overview,
            Form.PREMISE: self._claim,
        }

    def answer(self, clause: Clause) -> Evidence:
        """Evidence for a clause of any form but ``PASSAGE``."""
        predicate = self.corpus.predicates[clause.predicate]
        if predicate.measured:
            found = self.judge.measures.answer(clause, predicate)
        else:
            found = self._forms[clause.form](clause, predicate)
        if not clause.described or found.status is Status.NOT_STATED:
            return found
        known = self.judge.listed([self.corpus.facts[told.fact] for told in clause.described])
        rest = [each for each in found.statements if each not in known]
        names = {name for fact in found.facts for name in (fact.subject, fact.object)}
        if all(told.meant in names for told in clause.described):
            return replace(found, statements=(*known, *rest))
        silent = Statement(Say.NOT_STATED_TEXT, claim=False)
        return replace(found, status=Status.PARTIAL, statements=(*known, *rest, silent))

    def _claim(self, clause: Clause, predicate: Predicate) -> Evidence:
        return self.judge.judge(clause)

    # Who leads X?

    def _subject(self, clause: Clause, predicate: Predicate) -> Evidence:
        if clause.quantity:
            return self._threshold(clause, predicate, clause.quantity)
        if not clause.objects:
            told = self._overview(clause, predicate)
            lesser = predicate.name != self.corpus.main.name
            return replace(told, values=unique(fact.subject for fact in told.facts)) if lesser else told
        if clause.complement:
            return merged([self.subjects.followers(predicate, scope) for scope in clause.objects])
        if clause.negated or any(subject.negated for subject in clause.subjects):
            return self._others(clause, predicate)
        asked = [scope for scope in clause.objects if not scope.negated]
        if clause.joint and len(asked) > 1:
            return self.subjects.joint(predicate, asked)
        if beside := [subject.name for subject in clause.subjects if subject.beside]:
            return merged([self.subjects.partners(predicate, scope, beside) for scope in asked])
        leaders = [
            self.subjects.at(clause.when, self.subjects.leaders(predicate, scope)) for scope in asked or clause.objects
        ]
        found = merged([self.subjects.with_versions(found) for found in leaders])
        denied = [self.subjects.leaders(predicate, scope) for scope in clause.objects if scope.negated] if asked else []
        if not denied:
            return found
        out = {name for piece in denied for name in piece.values}
        left = tuple(name for name in found.values if name not in out)
        return replace(merged([found, *denied]), status=found.status, values=left)

    # Followers and others

    def _others(self, clause: Clause, predicate: Predicate) -> Evidence:
        """ "Who does not lead X?", "Who leads neither X nor Y?": the members that no fact names for them."""
        found = merged([self.subjects.leaders(predicate, scope) for scope in clause.objects])
        denied = {subject.name for subject in clause.subjects if subject.negated}
        if found.status not in (Status.ANSWERED, Status.INFERRED):
            return found
        if denied:
            # "Who other than X leads Y?"
            rest = tuple(name for name in found.values if name not in denied)
            first = () if rest else (Statement(Say.NOBODY, claim=False),)
            theirs = [
                s for s in found.statements if not rest or not s.facts or {f.subject for f in s.facts} & set(rest)
            ]
            return replace(found, statements=(*first, *theirs), values=rest)
        every = self.corpus.named_as(predicate.subject_kinds)
        if not predicate.functional:
            # Of the others it is known what they have instead.
            asked = {scope.entity for scope in clause.objects}
            subjects = dict.fromkeys(fact.subject for fact in self.corpus.facts_of(predicate.name))
            every = tuple(name for name in subjects if name not in asked)
        others = tuple(name for name in every if name not in found.values)
        if not others:
            return replace(found, statements=(Statement(Say.NOBODY, claim=False), *found.statements), values=())
        names = {"subjects": others, "scope": (), "predicate": (predicate.name,)}
        left = Statement(Say.LEFT, names, claim=False)
        kinds = {fact.object_kind for fact in found.facts}
        held = [f for f in self.corpus.book.held_by(predicate.name, others) if f.object_kind in kinds]
        told = self._listed(held, Status.ANSWERED).statements[:SHOWN] if held else ()
        return Evidence(Status.INFERRED, (*found.statements, left, *told), others)

    # What does X lead?

    def _object(self, clause: Clause, predicate: Predicate) -> Evidence:
        named = [subject.name for subject in clause.subjects if not subject.negated]
        denied = [subject.name for subject in clause.subjects if subject.negated]
        if clause.negated or clause.complement:
            named, denied = denied, named
        if named and not clause.spoken and not clause.kind and not clause.objects:
            return self._about(clause, named, predicate)
        if clause.kind and clause.kind not in predicate.object_kinds:
            return self._qualifying(named, clause, predicate)
        if named and not denied and not clause.excluded:
            facts = [f for f in self.corpus.book.held_by(predicate.name, named) if clause.kind in ("", f.object_kind)]
        else:
            facts = self._without(self.judge.tallies.of_kind(predicate, clause.kind), clause.excluded, predicate)
        if denied:
            kept = [fact for fact in apart(facts, denied) if not named or fact.subject in named]
            status = Status.INFERRED if clause.complement else Status.ANSWERED
            return self._listed(kept, status)
        if clause.joint and len(named) > 1:
            return self._shared_objects(facts, named, clause, predicate)
        kept = self._located([fact for fact in facts if fact.subject in named], clause.objects, predicate)
        if not kept:
            return self._nothing(named, clause, predicate)
        return self._listed(sorted(kept, key=lambda fact: named.index(fact.subject)), Status.ANSWERED)

    def _qualifying(self, named: Sequence[str], clause: Clause, predicate: Predicate) -> Evidence:
        """ "Which wards does X lead?": what qualifies the facts about X."""
        facts = [f for f in self.corpus.book.held_by(predicate.name, named) if clause.kind in f.qualifiers]
        if not facts:
            return self._nothing(named, clause, predicate)
        told = self._listed(facts, Status.ANSWERED)
        return replace(told, values=unique(name for fact in facts for name in fact.qualifiers[clause.kind]))

    def _about(self, clause: Clause, named: Sequence[str], predicate: Predicate) -> Evidence:
        """ "Acme?": what the main predicate says of it, or else whatever is said."""
        kept = self.corpus.book.held_by(predicate.name, named)
        kept = kept or [fact for name in self.corpus.predicates for fact in self.corpus.book.held_by(name, named)]
        return self._listed(kept, Status.ANSWERED) if kept else self._nothing(named, clause, predicate)

    def _without(self, facts: list[Fact], excluded: Iterable[Scope], predicate: Predicate) -> list[Fact]:
        out = self.scopes.fact_ids(predicate.name, excluded)
        return [fact for fact in facts if fact.id not in out]

    def _located(self, facts: list[Fact], scopes: Sequence[Scope], predicate: Predicate) -> list[Fact]:
        """Narrow a list of things led to a place: those stated for it first, else those stated for no place."""
        if not scopes:
            return facts
        wanted = self.scopes.fact_ids(predicate.name, scopes)
        here = [fact for fact in facts if fact.id in wanted]
        if here:
            return here
        places = [(self.corpus.place_kind, scope.entity or scope.places[0]) for scope in scopes if scope.known]
        told = [fact for fact in facts if self.scopes.qualified(fact, tuple(places)) is True]
        silent = [fact for fact in facts if self.scopes.qualified(fact, tuple(places)) is None]
        return told or [fact for fact in silent if fact.object_kind != self.corpus.place_kind]

    def _shared_objects(
        self, facts: list[Fact], named: Sequence[str], clause: Clause, predicate: Predicate
    ) -> Evidence:
        own = by_subject(facts)
        common = set.intersection(*({fact.object for fact in own.get(name, ())} for name in named))
        if common:
            return self._listed([fact for fact in facts if fact.object in common], Status.ANSWERED)
        every = self._listed([fact for fact in facts if fact.subject in named], Status.ANSWERED)
        names = {"subjects": tuple(named), "kind": (clause.kind,), "predicate": (predicate.name,)}
        return Evidence(Status.ANSWERED, (Statement(Say.JOINT, names, every.facts, claim=False), *every.statements), ())

    def _nothing(self, named: Sequence[str], clause: Clause, predicate: Predicate) -> Evidence:
        names = {"subjects": tuple(named), "kind": (clause.kind,), "predicate": (predicate.name,)}
        none = Statement(Say.NONE, names, claim=False)
        if not clause.polar:
            return Evidence(Status.NOT_STATED, (none,))
        possible = set(named) <= {*self.corpus.named_as(predicate.subject_kinds)}
        settled = predicate.functional or predicate.closed
        if not (possible and settled and self.judge.tallies.of_kind(predicate, clause.kind)):
            return Evidence(Status.NOT_STATED, (none,), (), Verdict.NOT_ENOUGH_INFO)
        # The source names who leads each, and it is somebody else.
        return Evidence(Status.ANSWERED, (Statement(Say.DENY, claim=False), none), ("no",), Verdict.REFUTED)

    def _listed(self, facts: Sequence[Fact], status: Status) -> Evidence:
        """One statement for each subject, predicate and source sentence; the objects are the values."""
        statements = self.judge.listed(facts)
        if any(fact.open for fact in facts):
            statements.append(Statement(Say.OPEN, claim=False))
        if not statements:
            statements = [Statement(Say.NONE_AT_ALL, claim=False)]
        return Evidence(status if facts else Status.NOT_STATED, tuple(statements), unique(f.object for f in facts))

    # Counts and comparisons

    def _count(self, clause: Clause, predicate: Predicate) -> Evidence:
        if clause.kind in predicate.subject_kinds:
            return self._count_subjects(clause, predicate)
        named = [subject.name for subject in clause.subjects if not subject.negated]
        turned = clause.negated or clause.complement
        if named and not turned:
            held = self.corpus.book.held_by(predicate.name, named)
            facts = [fact for fact in held if clause.kind in ("", fact.object_kind)]
        else:
            facts = self.judge.tallies.of_kind(predicate, clause.kind)
        facts = self._without(facts, clause.excluded, predicate)
        if turned:
            facts = apart(facts, named)
        facts = apart(facts, [subject.name for subject in clause.subjects if subject.negated])
        if clause.subject_quantity and clause.subject_quantity.op is Op.ALL:
            return self._count_each(clause, predicate, facts)
        if clause.subject_quantity:
            return self._count_shared(self._shared_by(facts, clause.subject_quantity, predicate))
        plainly = not (clause.spoken or clause.subjects or clause.objects or clause.excluded)
        if plainly and (stated := self._stated_count(clause.kind)):
            return stated
        number = str(len(unique(fact.object for fact in facts)))
        names = {"number": (number,), "kind": (clause.kind,), "predicate": (predicate.name,), "subjects": tuple(named)}
        plain = len(named) == 1 and not (clause.negated or clause.complement)
        says = Say.COUNT_ANY if named and not (plain and clause.kind) else Say.COUNT if plain else Say.TOTAL
        first = Statement(says, names, tuple(facts), claim=says is Say.COUNT and bool(facts))
        return Evidence(Status.ANSWERED, (first, *self._listed(facts, Status.ANSWERED).statements), (number,))

    def _stated_count(self, kind: str) -> Evidence | None:
        """The number that the source itself gives of things of a kind: what it names may not be all of them."""
        if (stated := self.judge.tallies.stated_number(kind)) is None:
            return None
        fact, number = stated
        statements = self.judge.counted_by_source(fact)
        conflicting = any(statement.say in CONFLICTS for statement in statements)
        return Evidence(Status.CONFLICTING if conflicting else Status.ANSWERED, tuple(statements), (str(number),))

    def _shared_by(self, facts: Sequence[Fact], quantity: Quantity, predicate: Predicate) -> Evidence:
        """ "Which regions have two leaders?": the objects that so many subjects share."""
        members = len(self.corpus.named_as(predicate.subject_kinds))
        held: dict[Hashable, list[Fact]] = {}
        for fact in facts:
            held.setdefault(self.corpus.book.version(fact), []).append(fact)
        kept = [f for own in held.values() if quantity.met(len({f.subject for f in own}), members) for f in own]
        if not kept:
            return Evidence(Status.ANSWERED, (Statement(Say.NONE_AT_ALL, claim=False),))
        return Evidence(Status.ANSWERED, tuple(self.judge.shared(kept)), unique(fact.object for fact in kept))

    def _count_shared(self, found: Evidence) -> Evidence:
        number = str(len(found.values))
        first = Statement(Say.COUNT_ANY, {"number": (number,)}, found.facts, claim=False)
        return replace(found, statements=(*found.statements, first), values=(number,))

    def _count_each(self, clause: Clause, predicate: Predicate, facts: Sequence[Fact]) -> Evidence:
        """ "How many regions does each lead?": one count a member, the most first."""
        counts = self.judge.tallies.counts(facts, self.corpus.named_as(predicate.subject_kinds))
        ranked = sorted(counts, key=lambda name: -counts[name])
        own = by_subject(facts)
        statements = []
        for name in ranked:
            names = {
                "number": (str(counts[name]),),
                "kind": (clause.kind,),
                "predicate": (predicate.name,),
                "subjects": (name,),
            }
            statements.append(Statement(Say.COUNT, names, tuple(own.get(name, ())), claim=bool(clause.kind)))
        return Evidence(Status.ANSWERED, tuple(statements), tuple(str(counts[name]) for name in ranked))

    def _count_subjects(self, clause: Clause, predicate: Predicate) -> Evidence:
        if clause.quantity:
            found = self._threshold(clause, predicate, clause.quantity)
        elif clause.objects and clause.spoken:
            found = self._subject(clause, predicate)
            if found.status is Status.NOT_STATED:
                return found
        else:
            found = self._all_members(predicate)
        number = str(len(found.values))
        if not found.values:
            return replace(found, values=(number,))
        names = {"number": (number,), "subjects": found.values, "kind": (clause.kind,)}
        return Evidence(
            found.status, (Statement(Say.MEMBERS, names, found.facts, claim=False), *found.statements), (number,)
        )

    def _all_members(self, predicate: Predicate) -> Evidence:
        """The members of the corpus's group, as some predicate states them; else all who are a subject."""
        facts = self.judge.tallies.members(predicate)
        return replace(self._listed(facts, Status.ANSWERED), values=unique(fact.subject for fact in facts))

    def _threshold(self, clause: Clause, predicate: Predicate, quantity: Quantity) -> Evidence:
        """ "Who leads more than two regions?\""""
        facts = self.judge.tallies.of_kind(predicate, quantity.kind)
        counts = self.judge.tallies.counts(facts, self.corpus.named_as(predicate.subject_kinds))
        met = set(self.judge.tallies.meeting(quantity, counts, facts))
        keep = [name for name in counts if (name in met) is not clause.negated]
        if not keep:
            every = self._listed(facts, Status.ANSWERED)
            return Evidence(Status.ANSWERED, (Statement(Say.NOBODY, facts=every.facts, claim=False), *every.statements))
        if quantity.op is Op.NONE:
            names = {"subjects": tuple(keep), "scope": (), "predicate": (predicate.name,)}
            left = Statement(Say.LEFT, names, claim=False)
            every = self._listed(facts, Status.ANSWERED)
            return Evidence(Status.INFERRED, (*every.statements[:SHOWN], left), tuple(keep))
        told = self._listed([fact for fact in facts if fact.subject in keep], Status.ANSWERED)
        return Evidence(Status.ANSWERED, told.statements, tuple(keep))

    def _extreme(self, clause: Clause, predicate: Predicate) -> Evidence:
        if clause.rivals:
            return self._outnumbering(clause, predicate, self.judge.tallies.of_kind(predicate, clause.kind))
        rivals = [subject.name for subject in clause.subjects] or list(self.corpus.named_as(predicate.subject_kinds))
        counts = self.judge.tallies.tally(predicate, clause.kind, rivals)
        if clause.fewest and not clause.subjects and any(counts.values()):
            # Who leads none at all does not lead the fewest.
            counts = {name: count for name, count in counts.items() if count}
        best = min(counts.values()) if clause.fewest else max(counts.values())
        winners = tuple(name for name, count in counts.items() if count == best)
        most, fewest = (Say.OUTNUMBERS, Say.OUTNUMBERED) if clause.subjects else (Say.MOST, Say.FEWEST)
        says = Say.TIE if len(winners) > 1 else fewest if clause.fewest else most
        names = {
            "subjects": winners,
            "number": (str(best),),
            "kind": (clause.kind,),
            "predicate": (predicate.name,),
            "scopes": tuple(name for name in rivals if name not in winners),
        }
        told_of = rivals if len(rivals) <= SHOWN else winners[:SHOWN]
        involved = [f for f in self.corpus.book.held_by(predicate.name, told_of) if clause.kind in ("", f.object_kind)]
        told = self._listed(involved, Status.ANSWERED)
        first = Statement(says, names, tuple(involved), claim=says is not Say.TIE)
        # Who is the only one has neither most nor fewest.
        compared = clause.subjects or sum(map(bool, counts.values())) > 1
        return Evidence(Status.ANSWERED, (*([first] if compared else []), *told.statements), winners)

    def _outnumbering(self, clause: Clause, predicate: Predicate, facts: Sequence[Fact]) -> Evidence:
        """ "Who leads more regions than X?\""""
        counts = self.judge.tallies.counts(facts, self.corpus.named_as(predicate.subject_kinds))
        bar = max(counts.get(rival, 0) for rival in clause.rivals)
        tests: dict[Op | None, Callable[[int, int], bool]] = {Op.FEWER: int.__lt__, Op.EQUAL: int.__eq__}
        test = tests.get(clause.op, int.__gt__)
        winners = tuple(name for name, count in counts.items() if name not in clause.rivals and test(count, bar))
        told = self._listed([f for f in facts if f.subject in (*winners, *clause.rivals)], Status.ANSWERED)
        first = () if winners else (Statement(Say.NOBODY, facts=told.facts, claim=False),)
        return Evidence(Status.ANSWERED, (*first, *told.statements), winners)

    # Everything

    def _overview(self, clause: Clause, predicate: Predicate) -> Evidence:
        if clause.subject_quantity and clause.subject_quantity.op is Op.NONE:
            return Evidence(Status.NOT_STATED, (Statement(Say.NONE_AT_ALL, claim=False),))
        denied = {subject.name for subject in clause.subjects if subject.negated}
        kind = clause.kind if clause.kind in predicate.object_kinds else ""
        facts = [fact for fact in self.judge.tallies.of_kind(predicate, kind) if fact.subject not in denied]
        facts = self._without(facts, clause.excluded, predicate)
        if clause.subject_quantity and clause.subject_quantity.op is not Op.ALL and kind:
            return self._shared_by(facts, clause.subject_quantity, predicate)
        told = self._listed(facts, Status.ANSWERED)
        # "Who is the director?": where one fact is all, it is asked for who, not of what.
        if clause.kind in predicate.subject_kinds or (len(facts) == 1 and not kind):
            return replace(told, values=unique(fact.subject for fact in facts))
        return told
