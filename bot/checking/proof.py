"""What a verdict rests on, gathered while it is given, so that it can be checked again without asking again.

The facts, steps and quotes are those that reasoning used. What they do not show is what was *not* there: a count, an
"only", a refutation hold as long as no further fact comes in. The extents say which facts were looked through for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.reasoning.evidence import Evidence
from bot.schema.answer import Extent, Link, Proof, Status, Step, Verdict
from bot.schema.fact_range import facts_in
from bot.understanding.logical_form import Clause, Form, Op, Scope, Side
from corpus.model import Corpus, Fact, Predicate, Quote
from corpus.world import Atlas, Relation

# Forms whose answer is a list or a number: they range over all facts that fit.
_RANGING = frozenset({Form.OBJECT, Form.COUNT, Form.EXTREME, Form.OVERVIEW})
# Quantities that are held against what all subjects have together.
_SHARED = frozenset({Op.ALL, Op.MAJORITY})
_LINKS = {Relation.SAME: Link.SAME, Relation.INSIDE: Link.INSIDE}


class Prover:
    """Gathers proofs over one corpus."""

    def __init__(self, corpus: Corpus, atlas: Atlas) -> None:
        self.corpus, self.atlas = corpus, atlas

    def prove(
        self,
        verdict: Verdict | None,
        clauses: Sequence[Clause],
        facts: Sequence[Fact],
        steps: Sequence[Step],
        quotes: Sequence[Quote],
    ) -> Proof | None:
        """The proof of a verdict on these clauses (None: they are questions); nothing proves ``not_enough_info``."""
        if verdict is Verdict.NOT_ENOUGH_INFO:
            return None
        formal = [clause for clause in clauses if clause.form is not Form.PASSAGE]
        ends = {(step.part, step.whole) for step in steps}
        silent = [step for clause in formal for step in self._silent(clause, facts)]
        more = [step for step in dict.fromkeys(silent) if (step.part, step.whole) not in ends]
        extents = [extent for clause in formal for extent in self._extents(clause, facts, verdict)]
        cited = [*(fact.quote for fact in facts), *quotes]
        return Proof(
            tuple(facts),
            (*steps, *more),
            tuple(quotes),
            tuple(dict.fromkeys(extents)),
            {quote.document_id: self.corpus.documents[quote.document_id].sha256 for quote in cited},
        )

    def answered(self, clauses: Sequence[Clause], evidence: Evidence) -> Proof | None:
        """The proof of an answer as a whole; nothing where neither facts nor quotes were looked for.

        That the source does not say something is proved by an extent: no fact on it may come in.
        """
        if evidence.status in (Status.CHAT, Status.OUT_OF_SCOPE):
            return None
        verdict = None if evidence.verdict is Verdict.NOT_ENOUGH_INFO else evidence.verdict
        proof = self.prove(verdict, clauses, evidence.facts, evidence.steps, evidence.quotes)
        return proof if proof and (proof.facts or proof.quotes or proof.extents) else None

    # Steps that no answer needs to tell

    def _silent(self, clause: Clause, facts: Iterable[Fact]) -> Iterator[Step]:
        """How names in the clause stand to those in the facts: another name, a general term, a qualifier's part."""
        for fact in facts:
            for scope in (*clause.objects, *clause.excluded):
                for name in scope.places or (scope.entity,):
                    yield from self._step(name, fact.object)
                for kind, name in scope.within:
                    for stated in fact.qualifiers.get(kind, ()):
                        yield from self._step(name, stated)

    def _step(self, asked: str, stated: str) -> Iterator[Step]:
        if asked == stated or not asked:
            return
        if stated in self.corpus.covered(asked):
            yield Step(stated, asked, Link.COVERED)
        elif stated in self.atlas.places and (link := _LINKS.get(self._relation(asked, stated))):
            yield Step(asked, stated, link)

    def _relation(self, part: str, whole: str) -> Relation:
        """How a name of the clause lies to a place; what stands nowhere lies apart."""
        stands = part in self.atlas.places or part not in self.corpus.entities
        return (self.atlas.relation(part, whole) if stands else None) or Relation.APART

    # Extents

    def _extents(self, clause: Clause, facts: Sequence[Fact], verdict: Verdict | None) -> Iterator[Extent]:
        predicate = self.corpus.predicates[clause.predicate]
        denied = clause.negated or any(s.negated for s in clause.subjects) or any(o.negated for o in clause.objects)
        rival = verdict is Verdict.REFUTED or denied or clause.complement
        exclusive = rival and (predicate.functional or predicate.closed)
        members = self._members(clause, predicate)
        if self._ranges(clause):
            for extent in self._ranged(clause, predicate, facts):
                yield self._filled(replace(extent, members=members))
        for scope in (*clause.objects, *clause.excluded):
            for extent in self._about(scope, predicate):
                yield self._filled(replace(extent, members=members, exclusive=exclusive))

    def _filled(self, extent: Extent) -> Extent:
        return replace(extent, facts=facts_in(extent, self.corpus, self.atlas))

    @staticmethod
    def _ranges(clause: Clause) -> bool:
        """Whether the clause speaks of more than the objects that it names."""
        only = clause.only is Side.OBJECT or (clause.only is Side.SUBJECT and not clause.objects)
        counts = bool(clause.quantity or clause.extreme or clause.rivals or clause.excluded)
        return clause.form in _RANGING or counts or only or not clause.objects

    def _ranged(self, clause: Clause, predicate: Predicate, facts: Iterable[Fact]) -> Iterator[Extent]:
        quantities = [q for q in (clause.quantity, *clause.further, clause.subject_quantity) if q]
        kinds = {kind for kind in (clause.kind, *(quantity.kind for quantity in quantities)) if kind}
        if kinds or clause.only is Side.OBJECT:
            # Reasoning may have looked further than the kinds that are named.
            kinds |= {fact.object_kind for fact in facts}
        taken = tuple(kind for kind in predicate.object_kinds if kind in kinds)
        shared = any(quantity.op in _SHARED for quantity in quantities)
        names = tuple(dict.fromkeys((*(subject.name for subject in clause.subjects), *clause.rivals)))
        if shared or self._against_all(clause):
            names = ()
        yield Extent(predicate.name, taken, names)
        # Who the members of a group are may be stated under another predicate.
        for other in dict.fromkeys(fact.predicate for fact in facts if fact.predicate != predicate.name):
            yield Extent(other, objects=tuple(dict.fromkeys(f.object for f in facts if f.predicate == other)))

    @staticmethod
    def _against_all(clause: Clause) -> bool:
        """Whether the clause holds its subjects against all others."""
        denied = clause.negated or clause.complement or any(subject.negated for subject in clause.subjects)
        best = (clause.extreme or clause.form is Form.EXTREME) and not (clause.rivals or clause.subjects)
        best |= clause.extreme and not clause.rivals
        return bool(denied or best or clause.subject_quantity or clause.excluded) or clause.only is Side.SUBJECT

    def _members(self, clause: Clause, predicate: Predicate) -> tuple[str, ...]:
        """All who could be a subject, for clauses on "each", "nobody", "the most", "the others"."""
        counted = (
            clause.subject_quantity or clause.complement or clause.grouped or clause.kind in predicate.subject_kinds
        )
        best = (clause.extreme or clause.form is Form.EXTREME) and not clause.rivals
        return self.corpus.named_as(predicate.subject_kinds) if counted or best else ()

    def _about(self, scope: Scope, predicate: Predicate) -> Iterator[Extent]:
        """The facts that speak about what a scope names, or would decide on it if they came in."""
        for place in scope.places:
            yield Extent(predicate.name, place=place)
        entity = self.corpus.entities.get(scope.entity)
        if entity is None:
            return
        names = (entity.name, *self.corpus.covered(entity.name))
        exact = self.corpus.book.about(predicate.name, [entity.name])
        if entity.name in self.atlas.places and not exact:
            yield Extent(predicate.name, place=entity.name)
        elif entity.kind in predicate.object_kinds:
            yield Extent(predicate.name, objects=names)
        else:
            yield Extent(predicate.name, qualifiers=names)
