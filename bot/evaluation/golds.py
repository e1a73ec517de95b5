"""What a right answer is, computed from the facts and the world's geography alone.

No part of the program that answers is used here: no linker, no parser, no reasoner. A predicate's facts are held
against a place, and the answer policy says what follows:

    stated     the fact's own object, by its name                     answered
    alias      the same by another name                               answered or inferred
    inferred   a place inside the place of a fact                     inferred
    partial    a place that takes in the places of facts, and more    partial or ambiguous
    unstated   a place apart from that of every fact, or a thing that
               none is about                                          not_stated

Facts on one thing that stand together are one target, with all who share it. Where older documents name others, the
newest decide what is true of it; where one that has no date does, a question about it is conflicting. Where a thing may
have more subjects than the source names (who supplies it, who owns it), another one is neither confirmed nor refuted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.schema.answer import Status, Verdict
from corpus.language import Named
from corpus.model import LITERAL_KINDS, Corpus, Entity, Fact, Predicate
from corpus.world import Place, PlaceType, Relation, World, fold
from corpus.world.model import Standing as Part

CITIES = 200
"""How many of the world's cities are asked about, the largest first."""

FRINGE = 0.2
"""The share of a region that may lie in a place without anyone speaking of it: Sinai lies in Asia."""

MARKET = "market:"
"""Begins the surface of a target that is named by an adjective; the language says how to write it."""


class TargetStanding(StrEnum):
    """How the facts stand to what is asked about."""

    STATED = "stated"
    ALIAS = "alias"
    INFERRED = "inferred"
    PARTIAL = "partial"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class AskedTarget:
    """What a question is about, as it is written in one, and the facts that speak of it.

    ``earlier`` are those whom documents of no date name instead. ``split``: documents of which none is the newer name
    different ones, so that any of them may be right, and nothing is asked. ``exclusive``: there can be no subjects
    beside those of the facts. ``apart``: subjects that have another object, where none has two.
    """

    surface: str
    standing: TargetStanding
    facts: tuple[Fact, ...]
    place: bool
    earlier: tuple[str, ...] = ()
    split: bool = False
    exclusive: bool = True
    apart: frozenset[str] = frozenset()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of its facts, each once."""
        return tuple(dict.fromkeys(fact.subject for fact in self.facts))

    def silent_on(self, subject: str) -> bool:
        """Whether the facts neither say it of a subject nor gainsay it."""
        told = subject in self.subjects or (self.exclusive and self.facts) or subject in self.apart
        return not told

    @property
    def named(self) -> tuple[str, ...]:
        """Everyone whom any document names, those of the newest first."""
        return tuple(dict.fromkeys((*self.subjects, *self.earlier)))


@dataclass(frozen=True, slots=True)
class Gold:
    """A right answer: its status is one of these, its values are these and no other than these and ``may``."""

    status: frozenset[Status]
    values: tuple[str, ...]
    verdict: Verdict | None = None
    facts: tuple[Fact, ...] = ()
    may: tuple[str, ...] = ()


_NOT_STATED = frozenset({Status.NOT_STATED})
_OF_SCOPE: Mapping[TargetStanding, frozenset[Status]] = {
    TargetStanding.STATED: frozenset({Status.ANSWERED}),
    TargetStanding.ALIAS: frozenset({Status.ANSWERED, Status.INFERRED}),
    TargetStanding.INFERRED: frozenset({Status.INFERRED}),
    TargetStanding.PARTIAL: frozenset({Status.PARTIAL, Status.AMBIGUOUS}),
    TargetStanding.UNSTATED: _NOT_STATED,
}
_COMPUTED = frozenset({Status.ANSWERED, Status.INFERRED})
_DENIED = frozenset({Status.CORRECTED, Status.ANSWERED, Status.INFERRED})
_CONFLICTING = frozenset({Status.CONFLICTING})


def of_scope(target: AskedTarget) -> Gold:
    """Who leads it."""
    return Gold(_unless_contested(_OF_SCOPE[target.standing], target), target.named, facts=target.facts)


def _unless_contested(status: frozenset[Status], *targets: AskedTarget) -> frozenset[Status]:
    return _CONFLICTING if any(target.earlier for target in targets) else status


def of_pair(first: AskedTarget, second: AskedTarget) -> Gold:
    """Who leads each of the two."""
    values = tuple(dict.fromkeys((*first.named, *second.named)))
    return Gold(_unless_contested(_COMPUTED, first, second), values, facts=(*first.facts, *second.facts))


def of_both(subject: str, first: AskedTarget, second: AskedTarget) -> Gold:
    """Whether ``subject`` leads the one and the other."""
    true = subject in first.subjects and subject in second.subjects
    gold = of_truth(true, (*first.facts, *second.facts), (*first.named, *second.named))
    return replace(gold, status=_unless_contested(gold.status, first, second))


def of_claim(subject: str, target: AskedTarget) -> Gold:
    """Whether ``subject`` leads it, alone or with others."""
    if target.silent_on(subject):
        return Gold(_NOT_STATED, (), Verdict.NOT_ENOUGH_INFO)
    if subject in target.subjects:
        status = _unless_contested(_OF_SCOPE[target.standing], target)
        return Gold(status, ("yes",), Verdict.SUPPORTED, target.facts)
    right = () if subject in target.apart else target.subjects
    return Gold(_unless_contested(_DENIED, target), ("no", *right), Verdict.REFUTED, target.facts, target.subjects)


def of_denial(subject: str, target: AskedTarget) -> Gold:
    """Whether ``subject`` does not lead it."""
    if target.silent_on(subject):
        return of_claim(subject, target)
    if subject in target.subjects:
        status = _unless_contested(_DENIED, target)
        return Gold(status, ("no",), Verdict.REFUTED, target.facts, target.subjects)
    return Gold(_unless_contested(_COMPUTED, target), ("yes",), Verdict.SUPPORTED, target.facts, target.subjects)


def of_premise(subject: str, target: AskedTarget) -> Gold:
    """Why ``subject`` leads it: put right where it does not; else the source may or may not tell why."""
    if target.silent_on(subject):
        return Gold(_NOT_STATED, ())
    if subject in target.subjects:
        return Gold(frozenset({Status.ANSWERED, Status.NOT_STATED}), (), facts=target.facts)
    return Gold(frozenset({Status.CORRECTED}), target.subjects, facts=target.facts)


def of_choice(named: Iterable[str], target: AskedTarget) -> Gold:
    """Which of those named leads it: the ones that do, and who shares it may be told; else whoever does."""
    gold = of_scope(target)
    chosen = tuple(name for name in target.subjects if name in set(named))
    if chosen:
        return replace(gold, values=chosen, may=target.named)
    return replace(gold, values=target.subjects, status=_unless_contested(_DENIED, target), may=target.named)


def of_object_somewhere(target: AskedTarget) -> Gold:
    """Who leads, in some place, what the source ties to none: the same as everywhere."""
    return Gold(_COMPUTED, target.subjects, facts=target.facts)


def of_truth(true: bool, facts: Sequence[Fact], may: Iterable[str] = ()) -> Gold:
    """Whether something computed holds; an answer that denies it may name the right subjects."""
    if true:
        return Gold(_COMPUTED, ("yes",), Verdict.SUPPORTED, tuple(facts))
    return Gold(_DENIED, ("no",), Verdict.REFUTED, tuple(facts), tuple(may))


def of_list(values: Iterable[str], facts: Iterable[Fact]) -> Gold:
    """Values that are computed from facts."""
    return Gold(_COMPUTED, tuple(dict.fromkeys(values)), facts=tuple(facts))


class FactGround:
    """One predicate's facts by subject and kind, and everything that can be asked of them.

    ``facts`` are those about entities; ``literals`` has a target for each about a written value ("about half").
    ``exclusive``: the source names every subject that a thing has.
    """

    def __init__(self, corpus: Corpus, world: World, predicate: Predicate) -> None:
        self.corpus, self.world, self.predicate = corpus, world, predicate
        self.exclusive = predicate.functional or predicate.closed
        every = corpus.facts_of(predicate.name)
        self.facts = tuple(fact for fact in every if fact.object_kind not in LITERAL_KINDS)
        named = (corpus.entities[name] for name in corpus.named_as(predicate.subject_kinds))
        self.subjects = tuple(entity.name for entity in named if not entity.covers)
        self.kinds = tuple(dict.fromkeys(fact.object_kind for fact in self.facts))
        single = not predicate.functional and corpus.book.single(predicate.name)
        # Of places, and of what covers something, one may be a part of another.
        related = {
            name for entity in corpus.entities.values() if entity.covers for name in (entity.name, *entity.covers)
        }
        placed = any(kind in corpus.kinds and corpus.kinds[kind].place for kind in predicate.object_kinds)
        single = single and not placed and not related & set(corpus.named_as(predicate.object_kinds))
        self.apart = frozenset(fact.subject for fact in every) if single else frozenset()
        self._taken = _surfaces(corpus)
        self._regions = {fact.object: self._region(corpus.entities[fact.object]) for fact in self._placed()}
        self.targets: Mapping[TargetStanding, tuple[AskedTarget, ...]] = self._all_targets()
        self.literals = tuple(self._literal(fact) for fact in every if fact.object_kind in LITERAL_KINDS)
        self.evident = self._is_evident()

    def aliases(self, subject: str) -> tuple[str, ...]:
        """What else a subject is called, without what may be a place or another entity."""
        known = self.corpus.entities[subject].aliases
        return tuple(alias for alias in known if self._taken[fold(alias)] == {subject} and not self.world.find(alias))

    def called(self, subject: str) -> str:
        """A subject as it is called in a question."""
        return subject

    def kind_words(self, kind: str) -> tuple[str, str]:
        """One and several of a kind."""
        return kind, self.corpus.kinds[kind].plural

    def named(self, target: AskedTarget) -> Named:
        """A target as it stands in a sentence; the wordings put their own prepositions before it."""
        return Named.bare(target.surface)

    def of(self, subject: str, kind: str = "") -> tuple[Fact, ...]:
        """The facts of a subject, about objects of one kind or of any."""
        return tuple(f for f in self.facts if f.subject == subject and kind in ("", f.object_kind))

    def objects(self, subject: str, kind: str = "") -> tuple[str, ...]:
        """What a subject leads, of one kind or of any, each once."""
        return tuple(dict.fromkeys(fact.object for fact in self.of(subject, kind)))

    def plain(self, kind: str = "") -> tuple[AskedTarget, ...]:
        """The stated targets that need no qualifier, so that two may stand side by side."""
        return tuple(
            target
            for target in self.targets[TargetStanding.STATED]
            if kind in ("", target.facts[0].object_kind) and not target.facts[0].qualifiers and not target.split
        )

    def asked(self, *standings: TargetStanding, place: bool | None = None) -> tuple[AskedTarget, ...]:
        """The targets of these standings, places alone or no places where that is wanted."""
        every = (t for standing in standings for t in self.targets[standing] if not t.split)
        return tuple(target for target in every if place in (None, target.place))

    def _is_evident(self) -> bool:
        """Whether a subject beside an object ("Iberia: Acme") can mean this predicate alone, and one way round."""
        own = ({*self.predicate.subject_kinds}, {*self.predicate.object_kinds})
        others = [other for other in self.corpus.predicates.values() if other.name != self.predicate.name]
        shared = [p for p in others if own[0] & {*p.subject_kinds} and own[1] & {*p.object_kinds}]
        return own[0].isdisjoint(own[1]) and not shared

    def _literal(self, fact: Fact) -> AskedTarget:
        earlier = self._undated(fact)
        split = self.corpus.book.split(fact)
        return AskedTarget(
            fact.label or fact.object, TargetStanding.STATED, (fact,), False, earlier, split, self.exclusive
        )

    def _undated(self, fact: Fact) -> tuple[str, ...]:
        """Whom documents name in the place of a fact's subject without a date that would settle it."""
        book = self.corpus.book
        return tuple(dict.fromkeys(old.subject for old in book.earlier(fact) if not book.date(old)))

    def _placed(self) -> Iterator[Fact]:
        return (fact for fact in self.facts if self.corpus.kinds[fact.object_kind].place)

    def _region(self, entity: Entity) -> Place:
        return self.world.place(entity.place) if entity.place else self.world.find(entity.name)[0]

    def _all_targets(self) -> Mapping[TargetStanding, tuple[AskedTarget, ...]]:
        found: dict[TargetStanding, list[AskedTarget]] = {standing: [] for standing in TargetStanding}
        for target in (*self._own(), *self._silent(), *self._elsewhere()):
            found[target.standing].append(replace(target, exclusive=self.exclusive, apart=self.apart))
        return {standing: tuple(targets) for standing, targets in found.items()}

    def _own(self) -> Iterator[AskedTarget]:
        book = self.corpus.book
        held: dict[Hashable, list[Fact]] = {}
        for fact in self.facts:
            held.setdefault(book.version(fact), []).append(fact)
        versions = Counter(facts[0].object for facts in held.values())
        for facts in held.values():
            fact = facts[0]
            place = self.corpus.kinds[fact.object_kind].place
            earlier = self._undated(fact)
            yield AskedTarget(
                fact.label or fact.object, TargetStanding.STATED, tuple(facts), place, earlier, book.split(fact)
            )
            placed = any(self.corpus.kinds[kind].place for kind in fact.qualifiers if kind in self.corpus.kinds)
            if placed or versions[fact.object] > 1:
                continue  # Without its qualifiers the name means more than these facts.
            for alias in self.corpus.entities[fact.object].aliases:
                if self._taken[fold(alias)] == {fact.object} and not self._names_subject(alias):
                    yield AskedTarget(alias, TargetStanding.ALIAS, tuple(facts), place, earlier)

    def _silent(self) -> Iterator[AskedTarget]:
        """The things that could be an object and of which no fact speaks, nor of what they cover or are covered by."""
        every = self.corpus.entities.values()
        related = {name for entity in every if entity.covers for name in (entity.name, *entity.covers)}
        spoken = {fact.object for fact in self.facts}
        for name in self.corpus.named_as(self.predicate.object_kinds):
            place = self.corpus.kinds[self.corpus.entities[name].kind].place
            if not place and name not in spoken | related and self._taken[fold(name)] == {name}:
                yield AskedTarget(name, TargetStanding.UNSTATED, (), False)

    def _names_subject(self, alias: str) -> bool:
        return any(fold(subject) in fold(alias) for subject in self.subjects)

    def _elsewhere(self) -> Iterator[AskedTarget]:
        cities = 0
        if not self._regions:
            return
        for place in self.world.places:
            cities += place.type is PlaceType.CITY
            if place.type is PlaceType.WORLD or (place.type is PlaceType.CITY and cities > CITIES):
                continue
            judged = self._judged(place)
            if judged is None:
                continue
            standing, facts = judged
            for surface in self._written(place):
                yield AskedTarget(surface, standing, facts, True)

    def _judged(self, place: Place) -> tuple[TargetStanding, tuple[Fact, ...]] | None:
        """How the facts stand to a place; nothing where geographers differ, or where it is a fact's own place."""
        by_relation: dict[Relation, list[Fact]] = {}
        for fact in self._placed():
            by_relation.setdefault(self.world.relation(place, self._regions[fact.object]), []).append(fact)
        if Relation.SAME in by_relation:
            return None
        if inside := by_relation.get(Relation.INSIDE):
            smallest = min(len(self._regions[fact.object].atoms) for fact in inside)
            nearest = tuple(f for f in inside if len(self._regions[f.object].atoms) == smallest)
            return (TargetStanding.INFERRED, nearest) if self._agree(nearest) else None
        overlapping = by_relation.get(Relation.OVERLAPS, [])
        if any(self._share(place, fact) > FRINGE for fact in overlapping):
            return None
        if parts := by_relation.get(Relation.CONTAINS):
            return TargetStanding.PARTIAL, tuple(parts)
        unsure = overlapping or Relation.DISPUTED in by_relation
        return None if unsure else (TargetStanding.UNSTATED, ())

    def _agree(self, facts: Sequence[Fact]) -> bool:
        """Whether facts name the same subjects of each thing, and no document names others."""
        held: dict[Hashable, set[str]] = {}
        for fact in facts:
            held.setdefault(self.corpus.book.version(fact), set()).add(fact.subject)
        contested = any(self.corpus.book.earlier(fact) or self.corpus.book.split(fact) for fact in facts)
        return len({frozenset(names) for names in held.values()}) == 1 and not contested

    def _share(self, place: Place, fact: Fact) -> float:
        """How much of a fact's region lies in the place, by atoms, from 0 to 1."""
        atoms = self._regions[fact.object].atoms
        return sum(place.standing(atom) in (Part.IN, Part.PART) for atom in atoms) / len(atoms)

    def _written(self, place: Place) -> Iterator[str]:
        """The forms in which a question may name a place: the usual name with its article, a country's market."""
        named = {fold(name): name for name in place.names}
        name = next((n for n in place.names if n.lower() == f"the {place.name}".lower()), place.name)
        if named and self._means(place.name, place):
            yield name
        if place.type is PlaceType.COUNTRY and place.demonyms and self._means(place.demonyms[0], place):
            yield f"{MARKET}{place.demonyms[0]}"

    def _means(self, surface: str, place: Place) -> bool:
        """Whether the surface means this place and no other, however it is written."""
        return self.world.find(surface.title()) == (place,) == self.world.find(surface.lower()) and (
            fold(surface) not in self._taken
        )


def _surfaces(corpus: Corpus) -> dict[str, set[str]]:
    """The entities that each name or alias may mean, by its folded form."""
    found: dict[str, set[str]] = {}
    for entity in corpus.entities.values():
        for surface in (entity.name, *entity.aliases):
            found.setdefault(fold(surface), set()).add(entity.name)
    return found
