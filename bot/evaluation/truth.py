"""Whether a statement holds, computed from the facts and the world's geography alone.

As in ``golds``, nothing of the program that checks is used here: no linker, no parser, no judge. A verdict is a set,
because the answer policy leaves some claims open to two:

    Acme leads Europe                       stated                                 supported
    Bolt leads Europe                       another leader is named                refuted
    Bolt leads India                        nobody is named                        not_enough_info
    Bolt leads Africa                       Acme leads North Africa, a part of it  refuted or not_enough_info
    Acme leads Europe, Bolt leads Europe    one part is refuted                    refuted
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from bot.evaluation.golds import AskedTarget, FactGround, TargetStanding
from bot.evaluation.statements import StatementShape
from bot.schema.answer import Verdict
from corpus.model import Fact

Verdicts = frozenset[Verdict]

SUPPORTED: Verdicts = frozenset({Verdict.SUPPORTED})
REFUTED: Verdicts = frozenset({Verdict.REFUTED})
UNSTATED: Verdicts = frozenset({Verdict.NOT_ENOUGH_INFO})
UNSUPPORTED: Verdicts = REFUTED | UNSTATED
UNSURE: Verdicts = SUPPORTED | UNSUPPORTED
"""What readers of the policy may judge otherwise: it is neither a true statement nor a mutant."""

_FLIPPED = {
    Verdict.SUPPORTED: Verdict.REFUTED,
    Verdict.REFUTED: Verdict.SUPPORTED,
    Verdict.NOT_ENOUGH_INFO: Verdict.NOT_ENOUGH_INFO,
}
_WORST_FIRST = (Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO, Verdict.SUPPORTED)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is stated: a shape and what fills it. ``kind`` and ``number`` are of what is counted."""

    shape: StatementShape
    subject: str = ""
    other: str = ""
    scopes: tuple[AskedTarget, ...] = ()
    kind: str = ""
    number: int = 0


class Truth:
    """Judges the claims on one predicate. Where sources of one date disagree, nothing is sure."""

    def __init__(self, ground: FactGround) -> None:
        self.ground, corpus = ground, ground.corpus
        self._facts = tuple(corpus.facts_of(ground.predicate.name))
        self._contested = {fact.id for fact in self._facts if corpus.book.split(fact)}
        self._ways: Mapping[StatementShape, Callable[[Claim], Verdicts]] = {
            StatementShape.HOLDS: lambda c: self.holds(c.subject, c.scopes[0]),
            StatementShape.REPORTED: lambda c: self.holds(c.subject, c.scopes[0]),
            StatementShape.DENIES: lambda c: self.denied(c.subject, c.scopes[0]),
            StatementShape.BOTH: lambda c: conjoined(self.holds(c.subject, scope) for scope in c.scopes),
            StatementShape.THREE: lambda c: conjoined(self.holds(c.subject, scope) for scope in c.scopes),
            StatementShape.PAIR: lambda c: conjoined(
                (self.holds(c.subject, c.scopes[0]), self.holds(c.other, c.scopes[1]))
            ),
            StatementShape.BUT_NOT: self._but_not,
            StatementShape.INSTEAD: self._instead,
            StatementShape.NEITHER: lambda c: conjoined(self.denied(c.subject, scope) for scope in c.scopes),
            StatementShape.NEITHER_SUBJECT: self._neither_subject,
            StatementShape.COUNT: lambda c: _known(self.count(c.subject, c.kind) == c.number),
            StatementShape.AT_LEAST: lambda c: _known(self.count(c.subject, c.kind) >= c.number),
            StatementShape.AT_MOST: lambda c: self._closed(c, self.count(c.subject, c.kind) <= c.number),
            StatementShape.OVER: lambda c: _known(self.count(c.subject, c.kind) > c.number),
            StatementShape.MORE: lambda c: _known(self.count(c.subject, c.kind) > self.count(c.other, c.kind)),
            StatementShape.AS_MANY: lambda c: _known(self.count(c.subject, c.kind) == self.count(c.other, c.kind)),
            StatementShape.TOP: self._top,
            StatementShape.MAJORITY: lambda c: self._of_every(
                c, 2 * self.count(c.subject, c.kind) > self.total(c.kind)
            ),
            StatementShape.ALL: lambda c: self._of_every(c, self.count(c.subject, c.kind) == self.total(c.kind)),
            StatementShape.NONE: lambda c: _known(self.count(c.subject, c.kind) == 0),
            StatementShape.ONLY_SUBJECT: self._only_subject,
            StatementShape.ONLY_OBJECTS: self._only_objects,
            StatementShape.NOBODY: lambda c: self._nobody(c.scopes[0]),
            StatementShape.EVERYBODY: lambda c: self._everybody(c.scopes[0]),
            StatementShape.FOLLOWS: lambda c: self._follows(c.subject, c.scopes[0]),
            StatementShape.SOMEWHERE: lambda c: self.holds(c.subject, c.scopes[0]),
        }

    def of(self, claim: Claim) -> Verdicts:
        """The verdicts that are right on a claim."""
        counted = {fact.id for fact in self._facts if fact.object_kind == claim.kind}
        return UNSURE if counted & self._contested else self._ways[claim.shape](claim)

    def leaders(self, target: AskedTarget) -> frozenset[str]:
        """Everyone who is stated of what the target's facts are about."""
        general = self._too_general(target)
        about = [(fact.object, general or fact.qualifiers) for fact in target.facts]
        return frozenset(fact.subject for fact in self._facts if (fact.object, general or fact.qualifiers) in about)

    def holds(self, subject: str, target: AskedTarget) -> Verdicts:
        """Whether ``subject`` leads it."""
        leaders = self.leaders(target)
        if subject not in leaders and subject in self.ground.apart:
            return REFUTED
        if not leaders:
            return UNSTATED
        if target.standing is TargetStanding.PARTIAL:
            return UNSTATED if leaders == {subject} else UNSUPPORTED
        if subject in leaders:
            contested = any(fact.id in self._contested for fact in target.facts)
            return UNSURE if contested or self._too_general(target) else SUPPORTED
        if not self.ground.exclusive:
            return UNSTATED
        return self._against(subject)

    @staticmethod
    def _too_general(target: AskedTarget) -> bool:
        """Whether a name leaves out the qualifiers of its fact, so that it may speak of other facts as well."""
        return target.standing is TargetStanding.ALIAS and any(fact.qualifiers for fact in target.facts)

    def denied(self, subject: str, target: AskedTarget) -> Verdicts:
        """Whether ``subject`` does not lead it; of a place that is led in parts, either may be said."""
        if target.standing is TargetStanding.PARTIAL:
            return UNSUPPORTED if self.leaders(target) == {subject} else UNSURE
        return flipped(self.holds(subject, target))

    def count(self, subject: str, kind: str) -> int:
        """How many objects of a kind a subject has."""
        return len({fact.object for fact in self.ground.of(subject, kind)})

    def total(self, kind: str) -> int:
        """How many objects of a kind the source names."""
        return len({fact.object for fact in self._of(kind)})

    def _of(self, kind: str) -> list[Fact]:
        return [fact for fact in self.ground.facts if fact.object_kind == kind]

    def _against(self, subject: str) -> Verdicts:
        """What speaks against a subject that is not the one; of a stranger the source may be taken to say nothing."""
        return REFUTED if subject in self.ground.subjects else UNSUPPORTED

    def _closed(self, claim: Claim, right: bool) -> Verdicts:
        """What a list that may be open ("such as") can't prove."""
        may_be_more = any(fact.open for fact in self.ground.of(claim.subject, claim.kind))
        return UNSURE if right and may_be_more else _known(right)

    def _but_not(self, claim: Claim) -> Verdicts:
        first, second = claim.scopes
        return conjoined((self.holds(claim.subject, first), self.denied(claim.subject, second)))

    def _instead(self, claim: Claim) -> Verdicts:
        scope = claim.scopes[0]
        return conjoined((self.holds(claim.subject, scope), self.denied(claim.other, scope)))

    def _neither_subject(self, claim: Claim) -> Verdicts:
        return conjoined(self.denied(name, claim.scopes[0]) for name in (claim.subject, claim.other))

    def _of_every(self, claim: Claim, right: bool) -> Verdicts:
        """What can be said of all things of a kind only where the source tells of each that it names."""
        kind = [entity.name for entity in self.ground.corpus.entities.values() if entity.kind == claim.kind]
        silent = {name for name in kind if not self.ground.corpus.entities[name].covers}
        silent -= {fact.object for fact in self._of(claim.kind)}
        return UNSURE if right and silent else _known(right)

    def _top(self, claim: Claim) -> Verdicts:
        rivals = [self.count(name, claim.kind) for name in self.ground.subjects if name != claim.subject]
        mine, best = self.count(claim.subject, claim.kind), max(rivals, default=0)
        return UNSURE if mine == best or not rivals else _known(mine > best)

    def _only_subject(self, claim: Claim) -> Verdicts:
        found = self.holds(claim.subject, claim.scopes[0])
        if found == SUPPORTED and len(self.leaders(claim.scopes[0])) > 1:
            return REFUTED
        return UNSURE if found == SUPPORTED and not self.ground.predicate.functional else found

    def _only_objects(self, claim: Claim) -> Verdicts:
        named = {fact.object for scope in claim.scopes for fact in scope.facts}
        kinds = {fact.object_kind for scope in claim.scopes for fact in scope.facts}
        own = [fact for kind in kinds for fact in self.ground.of(claim.subject, kind)]
        alone = _known({fact.object for fact in own} <= named)
        found = conjoined((alone, *(self.holds(claim.subject, scope) for scope in claim.scopes)))
        if any(fact.id in self._contested for fact in own):
            return UNSURE
        return UNSURE if found == SUPPORTED and any(fact.open for fact in own) else found

    def _nobody(self, scope: AskedTarget) -> Verdicts:
        if scope.standing is TargetStanding.PARTIAL:
            return UNSUPPORTED
        return REFUTED if scope.facts else UNSTATED

    def _everybody(self, scope: AskedTarget) -> Verdicts:
        if not scope.facts or scope.standing is TargetStanding.PARTIAL:
            return UNSUPPORTED
        if len(self.ground.subjects) < 2:
            return UNSURE
        if self.leaders(scope) >= {*self.ground.subjects}:
            return SUPPORTED
        return REFUTED if self.ground.exclusive else UNSUPPORTED

    def _follows(self, subject: str, scope: AskedTarget) -> Verdicts:
        leaders = self.leaders(scope)
        if not leaders or scope.standing is TargetStanding.PARTIAL:
            return UNSUPPORTED
        if any(fact.id in self._contested for fact in scope.facts):
            return UNSURE
        if subject in leaders:
            return REFUTED
        return SUPPORTED if subject in self.ground.subjects else UNSUPPORTED


def flipped(verdicts: Verdicts) -> Verdicts:
    """What holds of the denial."""
    return frozenset(_FLIPPED[verdict] for verdict in verdicts)


def conjoined(parts: Iterable[Verdicts]) -> Verdicts:
    """What holds of several parts together: refuted as soon as one is, supported only when each is."""
    return frozenset(min(chosen, key=_WORST_FIRST.index) for chosen in product(*parts))


def _known(right: bool) -> Verdicts:
    return SUPPORTED if right else REFUTED
