"""Which facts speak about a scope, and how: exactly, through containment, or about a part of it only.

facts: leads(Crane, South East Asia), leads(Acme, North Africa)

scope             fits
South East Asia   EXACT      the fact is about just this
Thailand          INSIDE     Thailand lies in South East Asia
Africa            PART       North Africa is only a part of Africa
Turkey            DISPUTED   geographers do not agree on where it lies
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.schema.answer import Link, Step
from bot.understanding.linker import Linker
from bot.understanding.logical_form import Scope
from corpus.model import LITERAL_KINDS, Corpus, Entity, Fact
from corpus.world import Place, Relation


class Fit(StrEnum):
    """How a fact fits a scope."""

    EXACT = "exact"
    INSIDE = "inside"
    GENERAL = "general"
    PART = "part"
    MEANS = "means"
    DISPUTED = "disputed"
    ELSEWHERE = "elsewhere"


# The share of a region's countries that a larger place must have to count as containing it.
MOSTLY = 0.6

# Fits that settle the scope as a whole.
WHOLE = frozenset({Fit.EXACT, Fit.INSIDE, Fit.GENERAL})


@dataclass(frozen=True, slots=True)
class Match:
    """A fact that speaks about a scope; ``step`` is what links them where the source does not."""

    fact: Fact
    fit: Fit
    step: Step | None = None


class ScopeMatcher:
    """Matches scopes against the facts of a predicate."""

    def __init__(self, corpus: Corpus, linker: Linker) -> None:
        self.corpus, self.linker, self.world = corpus, linker, linker.world
        self._placed: dict[str, list[tuple[Place, list[Fact]]]] = {}

    def name(self, scope: Scope) -> str:
        """How the scope is called in an answer."""
        places = dict.fromkeys(self.world.place(place).name for place in scope.places)
        base = scope.entity or " / ".join(places) or scope.surface
        narrowed = [self._within_name(kind, name) for kind, name in scope.within]
        return base if not narrowed else f"{base} ({', '.join(narrowed)})"

    def _within_name(self, kind: str, name: str) -> str:
        """What narrows it: an entity, a date or another written value, or a place."""
        written = name in self.corpus.entities or kind in LITERAL_KINDS
        return name if written else self.world.place(name).name

    def match(self, predicate: str, scope: Scope) -> list[Match]:
        """The facts that speak about ``scope``, the most telling fit only."""
        found = self._match(predicate, scope)
        if not scope.side:
            return found
        # Whether what lies to one side of a place has that part of it in it, no name tells.
        return [Match(m.fact, Fit.DISPUTED, m.step) if m.fit is Fit.PART else m for m in found]

    def _match(self, predicate: str, scope: Scope) -> list[Match]:
        if scope.places:
            found = [self._by_place(predicate, self.world.place(place)) for place in scope.places]
            # An ambiguous name ("Georgia") is settled only where all its places agree.
            return found[0] if len(found) == 1 else self._all_of(found)
        entity = self.corpus.entities.get(scope.entity)
        if entity is None:
            return []
        exact = self.corpus.book.about(predicate, [entity.name])
        place = self.linker.place_of_entity.get(entity.name)
        if place is not None:
            return [Match(fact, Fit.EXACT) for fact in exact] or self._by_place(predicate, place)
        return self._by_entity(predicate, entity, exact, scope.within)

    def fact_ids(self, predicate: str, scopes: Iterable[Scope]) -> set[str]:
        """The ids of all facts that speak about any of these scopes."""
        return {match.fact.id for scope in scopes for match in self.match(predicate, scope)}

    def _all_of(self, found: list[list[Match]]) -> list[Match]:
        leaders = [{match.fact.subject for match in matches if match.fit in WHOLE} for matches in found]
        if leaders[0] and all(names == leaders[0] for names in leaders):
            return found[0]
        told = WHOLE | {Fit.DISPUTED}
        return [Match(m.fact, Fit.DISPUTED, m.step) for matches in found for m in matches if m.fit in told]

    def apart(self, scope: Scope, fact: Fact) -> bool:
        """Whether what a scope names is surely not what a fact is about, nor a part of it, nor it a part of that.

        Cars and small cars are not apart, nor are Ghent and Belgium.
        """
        if scope.entity in self._covered({fact.object}) or fact.object in self._covered({scope.entity}):
            return False
        placed = self.linker.place_of_entity
        places = [self.world.place(place) for place in scope.places]
        places += [placed[scope.entity]] if scope.entity in placed else []
        own = placed.get(fact.object)
        return own is None or all(self.world.relation(place, own) is Relation.APART for place in places)

    def _covered(self, names: set[str]) -> set[str]:
        """These names and all that they cover, and what that covers."""
        entities = self.corpus.entities
        more = {part for name in names if name in entities for part in entities[name].covers} - names
        return self._covered(names | more) if more else names

    # Places

    def _by_place(self, predicate: str, place: Place) -> list[Match]:
        related: dict[Relation, list[tuple[Place, Fact]]] = {}
        for region, facts in self._regions(predicate):
            pairs = [(region, fact) for fact in facts]
            related.setdefault(self.world.relation(place, region), []).extend(pairs)
        if same := related.get(Relation.SAME):
            return [Match(fact, Fit.EXACT) for _, fact in same]
        if inside := related.get(Relation.INSIDE):
            smallest = min(len(region.atoms) for region, _ in inside)
            nearest = [(region, fact) for region, fact in inside if len(region.atoms) == smallest]
            return [Match(fact, Fit.INSIDE, self._step(place, region)) for region, fact in nearest]
        parts = related.get(Relation.CONTAINS, [])
        parts += [pair for pair in related.get(Relation.OVERLAPS, []) if self._mostly_inside(pair[0], place)]
        if parts:
            return [Match(fact, Fit.PART, self._step(region, place)) for region, fact in parts]
        unsure = related.get(Relation.DISPUTED, [])
        return [Match(fact, Fit.DISPUTED, self._step(place, region)) for region, fact in unsure]

    def _regions(self, predicate: str) -> list[tuple[Place, list[Fact]]]:
        """The places that facts of a predicate are about, found once; with those facts."""
        if predicate not in self._placed:
            objects = dict.fromkeys(fact.object for fact in self.corpus.facts_of(predicate))
            places = self.linker.place_of_entity
            self._placed[predicate] = [
                (places[name], self.corpus.book.about(predicate, [name])) for name in objects if name in places
            ]
        return self._placed[predicate]

    def _step(self, part: Place, whole: Place) -> Step:
        link = Link(self.world.relation(part, whole).value)
        return Step(self._id(part), self._id(whole), link, self.world.described(part, whole))

    def _id(self, place: Place) -> str:
        """The corpus's own name for a place, or else its id."""
        return self.linker.entity_of_place.get(place.id, place.id)

    @staticmethod
    def _mostly_inside(region: Place, place: Place) -> bool:
        """Blocs leave out this or that island of a region, and still take it in as people speak of it."""
        return len(region.atoms & place.atoms) >= MOSTLY * len(region.atoms)

    # Anything else: qualifiers and general terms

    def _by_entity(
        self, predicate: str, entity: Entity, exact: list[Fact], within: tuple[tuple[str, str], ...]
    ) -> list[Match]:
        narrower = self.corpus.covered(entity.name)
        candidates = [Match(fact, Fit.EXACT) for fact in exact]
        candidates += [Match(fact, Fit.MEANS) for fact in self.corpus.book.about(predicate, narrower)]
        candidates += self._by_qualifier(predicate, entity)
        if not within and entity.covers and len(candidates) > 1:
            # A general term with a narrow fact of its own: that fact is one of the things it may mean.
            candidates = [
                Match(m.fact, Fit.MEANS) if m.fit is Fit.EXACT and m.fact.qualifiers else m for m in candidates
            ]
        return self._narrowed(candidates, within)

    def _by_qualifier(self, predicate: str, entity: Entity) -> list[Match]:
        """A bare qualifier means the facts that it qualifies."""
        if entity.kind in self.corpus.predicates[predicate].object_kinds:
            return []
        meant = (entity.name, *self.corpus.covered(entity.name))
        return [Match(fact, Fit.MEANS) for fact in self.corpus.book.qualified(predicate, entity.kind, meant)]

    def _narrowed(self, matches: list[Match], within: tuple[tuple[str, str], ...]) -> list[Match]:
        if not within:
            return matches
        judged = [(match, self.qualified(match.fact, within)) for match in matches]
        told = [Match(match.fact, match.fit) for match, verdict in judged if verdict is True]
        general = [self._generalised(match) for match, verdict in judged if verdict is None]
        other = [Match(match.fact, Fit.ELSEWHERE) for match, verdict in judged if verdict is False]
        # A fact that names the very qualifier outweighs those that are silent on it; a fact for another one
        # (a technology in *one* market) says nothing here, but is worth telling.
        return told or [*general, *other]

    @staticmethod
    def _generalised(match: Match) -> Match:
        return Match(match.fact, Fit.GENERAL if match.fit is Fit.EXACT else match.fit)

    def qualified(self, fact: Fact, within: tuple[tuple[str, str], ...]) -> bool | None:
        """True: the fact's qualifiers take in what was asked; False: they exclude it; None: it is silent on it."""
        verdict: bool | None = None
        for kind, name in within:
            stated = fact.qualifiers.get(kind)
            if stated is None:
                continue
            asked = self.corpus.covered(name) or (name,)
            if not all(any(self._takes_in(value, part) for value in stated) for part in asked):
                return False
            verdict = True
        return verdict

    def _takes_in(self, stated: str, asked: str) -> bool:
        if stated == asked:
            return True
        outer = self.linker.place_of_entity.get(stated)
        inner = self.linker.place_of_entity.get(asked)
        if inner is None and asked not in self.corpus.entities:
            inner = self.world.place(asked)
        if outer is None or inner is None:
            return False
        return self.world.relation(inner, outer) in (Relation.SAME, Relation.INSIDE)
