"""True statements of the facts of one predicate, and the mutants of each.

A statement is a claim (a shape and what fills it), a template and a seed for the choice of words: a mutant has another
claim in the same words, and its gold is computed anew.

    Acme leads Iberia and Malta.       both(Acme; Iberia, Malta)      supported
    Bolt leads Iberia and Malta.       both(Bolt; Iberia, Malta)      refuted      leader
    Acme leads Iberia and Norway.      both(Acme; Iberia, Norway)     refuted      scope
    Acme leads only Iberia.            only_objects(Acme; Iberia)     refuted      quantifier
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.evaluation.claim_wording import COUNTS, SCOPES, AuthorSetting, ClaimWording, WordedClaim, sentence
from bot.evaluation.edits import NamedEntity
from bot.evaluation.golds import AskedTarget, FactGround, TargetStanding
from bot.evaluation.statements import StatementFrame, StatementShape
from bot.evaluation.trials import Corruption, Trial
from bot.evaluation.truth import SUPPORTED, UNSTATED, UNSUPPORTED, Claim, Truth, Verdicts, flipped
from corpus.model import LITERAL_KINDS, Predicate
from corpus.text import normalise, sentences, stem, tokenize

TRIES = 60
"""How often a random claim is drawn before a shape counts as one that the corpus does not allow."""


_OF_KINDS = COUNTS | {
    StatementShape.MORE,
    StatementShape.AS_MANY,
    StatementShape.TOP,
    StatementShape.MAJORITY,
    StatementShape.ALL,
    StatementShape.NONE,
}
_OF_TWO = frozenset(
    {
        StatementShape.PAIR,
        StatementShape.INSTEAD,
        StatementShape.NEITHER_SUBJECT,
        StatementShape.MORE,
        StatementShape.AS_MANY,
    }
)
_OF_ALL = frozenset({StatementShape.NOBODY, StatementShape.EVERYBODY})
# What says the opposite in one breath; any other sentence is denied by a frame.
_OPPOSITE = {
    StatementShape.HOLDS: StatementShape.DENIES,
    StatementShape.DENIES: StatementShape.HOLDS,
    StatementShape.BOTH: StatementShape.NEITHER,
    StatementShape.NEITHER: StatementShape.BOTH,
    StatementShape.ONLY_SUBJECT: StatementShape.DENIES,
    StatementShape.ALL: StatementShape.NONE,
    StatementShape.NONE: StatementShape.ALL,
}
_QUANTIFIED = (
    StatementShape.ALL,
    StatementShape.MAJORITY,
    StatementShape.NONE,
    StatementShape.ONLY_OBJECTS,
    StatementShape.NOBODY,
    StatementShape.EVERYBODY,
)


class Author:
    """Writes the statements on one predicate."""

    def __init__(self, setting: AuthorSetting, predicate: Predicate) -> None:
        self.setting, self.predicate = setting, predicate
        self.corpus, self.book, self.editor = setting.corpus, setting.book, setting.editor
        self.ground = FactGround(setting.corpus, setting.world, predicate)
        self.truth = Truth(self.ground)
        self.wording = ClaimWording(setting, self.ground, predicate)
        self._targets = self._all_targets()
        self._ways: Mapping[Corruption, Callable[[WordedClaim, random.Random], Iterator[tuple[str, Verdicts]]]] = {
            Corruption.LEADER: self._other_leader,
            Corruption.SCOPE: self._other_scope,
            Corruption.SEGMENT: self._other_segment,
            Corruption.NUMBER: self._other_number,
            Corruption.DATE: self._other_date,
            Corruption.POLARITY: self._other_polarity,
            Corruption.QUANTIFIER: self._other_quantifier,
            Corruption.SPEAKER: self._other_speaker,
        }

    def statement(self, shape: StatementShape, chance: random.Random) -> WordedClaim | None:
        """A true statement of this shape; None where the corpus or its words allow none."""
        for _ in range(TRIES):
            claim = self._drawn(shape, chance)
            if claim is None or self.truth.of(claim) != SUPPORTED:
                continue
            if template := self.wording.template(claim, chance):
                return WordedClaim(claim, template, str(chance.random()))
        return None

    def trials(self, statement: WordedClaim, chance: random.Random) -> Iterator[Trial]:
        """The true statement, then a mutant for each corruption that it allows."""
        text, form = self.wording.text(statement), statement.template.style
        inferred = any(scope.standing is TargetStanding.INFERRED for scope in statement.claim.scopes)
        form = f"{form}, inferred" if inferred and form != TargetStanding.INFERRED else form
        yield Trial(text, SUPPORTED, form)
        for corruption, way in self._ways.items():
            found = [(t, gold) for t, gold in way(statement, chance) if SUPPORTED.isdisjoint(gold) and t != text]
            if found:
                mutant, gold = chance.choice(found)
                yield Trial(mutant, gold, form, corruption, text)

    # Claims

    def _all_targets(self) -> tuple[AskedTarget, ...]:
        """What the predicate's facts speak of, by every name; places inside those only where one fact decides."""
        wanted = [
            TargetStanding.STATED,
            TargetStanding.ALIAS,
            *([TargetStanding.INFERRED] if self.predicate.functional else ()),
        ]
        named = [target for target in self.ground.asked(*wanted) if self._nameable(target)]
        return (*named, *self.ground.literals)

    def _nameable(self, target: AskedTarget) -> bool:
        """Whether a name serves in any sentence; an alias may leave qualifiers out, or speak of the subjects."""
        if target.standing is not TargetStanding.ALIAS:
            return True
        kinds = [self.corpus.kinds[kind] for kind in self.predicate.subject_kinds]
        own = {self._stem(word) for kind in kinds for word in (*kind.words, kind.plural)}
        return not target.facts[0].qualifiers and own.isdisjoint(self._stem(w.norm) for w in tokenize(target.surface))

    def _stem(self, word: str) -> str:
        return stem(normalise(word), self.setting.language.code)

    def _drawn(self, shape: StatementShape, chance: random.Random) -> Claim | None:
        """A random claim of a shape, which may or may not hold; None where the predicate allows none."""
        if shape in _OF_KINDS:
            return self._counted(shape, chance)
        if shape is StatementShape.ONLY_OBJECTS:
            return self._listed(chance)
        if shape is StatementShape.FOLLOWS and not self.predicate.complement:
            return None
        several = len(SCOPES.get(shape, ("scope",))) > 1
        scopes: list[AskedTarget] = []
        subject = self._leader(chance)
        for _ in SCOPES.get(shape, ("scope",)):
            pool = self._pool(several, subject if chance.random() < 0.6 else "", chance)
            objects = {fact.object for scope in scopes for fact in scope.facts}
            pool = [target for target in pool if objects.isdisjoint(fact.object for fact in target.facts)]
            if not pool:
                return None
            scopes.append(chance.choice(pool))
        if shape is StatementShape.SOMEWHERE and (scopes[0].place or not scopes[1].place):
            return None
        if chance.random() < 0.4 and self.ground.subjects:
            subject = chance.choice(self.ground.subjects)
        other = self._other(subject, chance) if shape in _OF_TWO else ""
        claim = Claim(shape, subject, other, tuple(scopes))
        return None if (shape in _OF_TWO and not other) or self._of_itself(claim) else claim

    def _counted(self, shape: StatementShape, chance: random.Random) -> Claim | None:
        # Where many may have the same, numbers are not what the source is about.
        if not self.predicate.functional or not self.ground.kinds:
            return None
        kind = chance.choice(self.ground.kinds)
        subject = chance.choice(self.ground.subjects)
        other = self._other(subject, chance) if shape in _OF_TWO else ""
        number = chance.randint(1, self.truth.total(kind)) if shape in COUNTS else 0
        return Claim(shape, subject, other, kind=kind, number=number) if other or shape not in _OF_TWO else None

    def _listed(self, chance: random.Random) -> Claim | None:
        if not self.predicate.functional or not self.ground.kinds:
            return None
        subject, kind = chance.choice(self.ground.subjects), chance.choice(self.ground.kinds)
        own = self.ground.of(subject, kind)
        scopes = tuple(target for target in self.ground.plain(kind) if target.facts[0] in own)
        return Claim(StatementShape.ONLY_OBJECTS, subject, scopes=scopes) if scopes else None

    def _leader(self, chance: random.Random) -> str:
        return chance.choice(self._targets).facts[0].subject

    def _other(self, subject: str, chance: random.Random) -> str:
        return chance.choice([name for name in self.ground.subjects if name != subject] or [""])

    def _pool(self, several: bool, subject: str, chance: random.Random) -> list[AskedTarget]:
        """Targets of one standing; of one subject where it is named, without qualifiers where several are named."""
        standing = chance.choice(
            (
                TargetStanding.STATED,
                TargetStanding.STATED,
                TargetStanding.STATED,
                TargetStanding.ALIAS,
                TargetStanding.INFERRED,
            )
        )
        return [
            target
            for target in self._targets
            if target.standing is standing
            and (not subject or subject in target.subjects)
            and not (several and self._long(target))
        ]

    def _of_itself(self, claim: Claim) -> bool:
        """Whether a claim is about its own subject, which nobody states."""
        return any(fact.object in (claim.subject, claim.other) for fact in self.wording.facts(claim))

    @staticmethod
    def _long(target: AskedTarget) -> bool:
        """Whether a name has parts of its own, so that it can't be told in a list where it ends."""
        return any(fact.qualifiers or fact.object_kind in LITERAL_KINDS for fact in target.facts)

    # Mutants: texts with their golds, those that still hold among them

    def _other_leader(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        names = [*self.ground.subjects, chance.choice(self.book.strangers)]
        if claim.shape in _OF_KINDS:
            names.pop()  # What strangers have is nowhere counted.
        others = [name for name in names if name not in (claim.subject, claim.other)]
        changed = [replace(claim, subject=name) for name in others]
        if claim.other:
            changed += [replace(claim, subject=claim.other, other=claim.subject)]
            changed += [replace(claim, other=name) for name in others]
        for other in changed:
            if not self._of_itself(other):
                yield self._reworded(statement, other)

    def _other_scope(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        at = len(claim.scopes) - 1
        if claim.shape is StatementShape.SOMEWHERE:
            at = 0  # That it is led there follows from its being led everywhere.
        if at < 0:
            return
        at = chance.randint(0, at)
        old = claim.scopes[at]
        standings = [*TargetStanding] if self.predicate.functional else [TargetStanding.STATED, TargetStanding.ALIAS]
        objects = {fact.object for fact in self.wording.facts(claim)}
        pool = [
            target
            for target in self.ground.asked(chance.choice(standings), place=old.place)
            if target.standing is TargetStanding.PARTIAL or objects.isdisjoint(fact.object for fact in target.facts)
        ]
        if len(claim.scopes) > 1:
            pool = [target for target in pool if not self._long(target)]
        for target in chance.sample(pool, min(len(pool), TRIES)):
            scopes = (*claim.scopes[:at], target, *claim.scopes[at + 1 :])
            yield self._reworded(statement, replace(claim, scopes=scopes))

    def _other_segment(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        """With another qualifier, or with one where the source has none."""
        claim = statement.claim
        if claim.shape is not StatementShape.HOLDS:
            return
        scope = claim.scopes[0]
        for named in self._qualifiers(scope):
            for entity, surface in self.editor.swaps(scope.surface, named):
                stated = entity.name in self._qualified(scope) or surface in {fact.label for fact in self.ground.facts}
                if not stated:
                    yield self._renamed(statement, surface), UNSUPPORTED
        if not self._long(scope):
            for frame in self.book.frames[StatementFrame.NARROWED]:
                yield self._renamed(statement, frame.format(scope=self.wording.surface(scope))), UNSTATED

    def _qualifiers(self, scope: AskedTarget) -> Iterator[NamedEntity]:
        for named in self.editor.names(scope.surface):
            if self._qualified(scope) & {named.entity.name, *named.entity.covers}:
                yield named

    @staticmethod
    def _qualified(scope: AskedTarget) -> frozenset[str]:
        """The names that qualify the fact of a scope."""
        return frozenset(name for names in scope.facts[0].qualifiers.values() for name in names)

    def _other_number(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        if claim.shape in COUNTS:
            for number in range(1, self.truth.total(claim.kind) + 3):
                yield self._reworded(statement, replace(claim, number=number))
        if claim.shape is StatementShape.MORE:
            yield from self._in_shape(statement, StatementShape.AS_MANY, claim, chance)
        if claim.shape is StatementShape.HOLDS:
            for surface in self.editor.numbers(claim.scopes[0].surface):
                yield self._renamed(statement, surface), UNSUPPORTED

    def _other_date(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        dated = list(self.editor.dates(claim.scopes[0].surface)) if claim.shape is StatementShape.HOLDS else []
        for surface in dated:
            yield self._renamed(statement, surface), UNSUPPORTED
        if not dated:
            year = chance.choice([year for year in range(1990, 2050) if str(year) not in self.editor.years])
            yield from self._framed(statement, StatementFrame.DATED, UNSTATED, year=year)

    def _other_polarity(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        if opposite := _OPPOSITE.get(claim.shape):
            yield from self._in_shape(statement, opposite, claim, chance)
        yield from self._framed(statement, StatementFrame.DENIAL, flipped(self.truth.of(claim)))

    def _other_quantifier(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        claim = statement.claim
        if not self.predicate.functional or claim.shape in (
            StatementShape.DENIES,
            StatementShape.NEITHER,
            StatementShape.NEITHER_SUBJECT,
        ):
            return
        stated = [scope for scope in claim.scopes if scope.standing is TargetStanding.STATED and not self._long(scope)]
        kind = claim.kind or (claim.scopes[0].facts[0].object_kind if claim.scopes[0].facts else "")
        for shape in _QUANTIFIED:
            if shape is StatementShape.ONLY_OBJECTS:
                wanted = replace(claim, shape=shape, scopes=tuple(stated)) if stated else None
            elif shape in _OF_ALL:
                wanted = replace(claim, shape=shape) if claim.scopes else None
            else:
                wanted = Claim(shape, claim.subject, kind=kind) if kind in self.ground.kinds else None
            if wanted and wanted != claim:
                yield from self._in_shape(statement, shape, wanted, chance)

    def _other_speaker(self, statement: WordedClaim, chance: random.Random) -> Iterator[tuple[str, Verdicts]]:
        """Put into the mouth of someone whom the source does not quote for it."""
        if any(mark in fact.quote.text for fact in self.wording.facts(statement.claim) for mark in '“”"«»„'):
            return
        names = [name for name in self.ground.subjects if name != statement.claim.subject]
        speaker = chance.choice([*names, *self.book.strangers])
        yield from self._framed(statement, StatementFrame.SAID, UNSUPPORTED, speaker=speaker)

    def _in_shape(
        self, statement: WordedClaim, shape: StatementShape, claim: Claim, chance: random.Random
    ) -> Iterator[tuple[str, Verdicts]]:
        """The claim in another shape, in the same form if there is one."""
        changed = replace(claim, shape=shape)
        if template := self.wording.template(changed, chance, statement.template.style):
            yield self._reworded(replace(statement, template=template), changed)

    def _reworded(self, statement: WordedClaim, claim: Claim) -> tuple[str, Verdicts]:
        return self.wording.text(replace(statement, claim=claim)), self.truth.of(claim)

    def _renamed(self, statement: WordedClaim, surface: str) -> str:
        """The statement with another name for what it is about."""
        scope = replace(statement.claim.scopes[0], surface=surface)
        return self.wording.text(replace(statement, claim=replace(statement.claim, scopes=(scope,))))

    def _framed(
        self, statement: WordedClaim, frame: StatementFrame, gold: Verdicts, **slots: object
    ) -> Iterator[tuple[str, Verdicts]]:
        """The statement in a frame, where it is one sentence and in none yet."""
        text = self.wording.filled(statement)
        if not statement.template.text.startswith("{"):
            text = text[:1].lower() + text[1:]
        if statement.claim.shape is not StatementShape.REPORTED and "\n" not in text and len(sentences(text)) == 1:
            for words in self.book.frames[frame]:
                yield sentence(words.format(statement=text, **slots)), gold
