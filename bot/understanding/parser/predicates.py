"""Which predicate a stretch of a sentence speaks of, and how strongly its words say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache

from bot.understanding.arguments.words import WH
from bot.understanding.clauses import Sides
from bot.understanding.linker import Mention, Role, kind_of
from bot.understanding.logical_form import Side
from bot.understanding.value_clauses import FigureReader
from corpus.language import Cue
from corpus.model import Corpus, Predicate

ASKING = (Cue.WHO, Cue.WHICH, Cue.HOW_MANY, *WH)


class Strength(IntEnum):
    """How plainly a predicate's words stand in a clause; the number weighs against the fit of the kinds."""

    NONE = 0
    WEAK = 1
    COMPLEMENT = 4
    STRONG = 5


def strength_of(predicate: Predicate, mentions: Sequence[Mention]) -> Strength:
    """How strongly words speak of a predicate."""
    found = Strength.NONE
    for mention in mentions:
        if predicate.name in mention.names(Role.PREDICATE):
            found = max(found, Strength.STRONG)
        elif predicate.name in mention.names(Role.COMPLEMENT):
            found = max(found, Strength.COMPLEMENT)
        elif predicate.name in mention.names(Role.WEAK):
            found = max(found, Strength.WEAK)
    return found


def _asked_kind(mentions: Sequence[Mention]) -> str:
    """The kind that "which" asks for, where a word names just one: "Which regions …?"."""
    at = next((i for i, m in enumerate(mentions) if m.has(Cue.WHICH)), None)
    behind = [m for m in mentions[at + 1 :] if m.word][:2] if at is not None else []
    kinds = next((m.names(Role.KIND) for m in behind if m.names(Role.KIND)), ())
    return kinds[0] if len(kinds) == 1 else ""


def _misplaced(predicate: Predicate, mentions: Sequence[Mention], kind_of: Callable[[Mention], str]) -> bool:
    """Whether a word that leads on to an object ("belongs to") leads on to what can only be a subject."""
    named = [kind for m in mentions if (kind := kind_of(m))]
    if any(kind in predicate.object_kinds for kind in named):
        return False
    leads = (i for i, m in enumerate(mentions) if " " in m.norm and predicate.name in m.names(Role.PREDICATE))
    behind = next((m for at in leads for m in mentions[at + 1 :] if not m.has(Cue.THE)), None)
    return behind is not None and kind_of(behind) in predicate.subject_kinds


class PredicateChooser:
    """Chooses the predicate that words speak of, and tells which side of it a mention can stand on."""

    def __init__(
        self,
        corpus: Corpus,
        predicates: Sequence[Predicate],
        narrowing: Mapping[str, frozenset[str]],
        figures: FigureReader,
    ) -> None:
        self.corpus, self.predicates, self.narrowing, self.figures = corpus, predicates, narrowing, figures
        self._told = {
            name: frozenset(entity for fact in corpus.facts_of(name) for entity in (fact.subject, fact.object))
            for name in corpus.predicates
        }
        self._meant = lru_cache(maxsize=256)(self._predicate_of)

    def kind_of(self, mention: Mention) -> str:
        """The kind of what a mention names, "" where it names nothing."""
        return kind_of(self.corpus, mention)

    def sides_of(self, mentions: Sequence[Mention]) -> Sides:
        """Whether a mention can be subject, and whether object, of a predicate that the sentence speaks of."""
        meant = self.predicate(mentions)[0].name
        # Of predicates that share a word ("heads"), the one that is meant.
        own = [m for m in mentions if meant not in (*m.names(Role.PREDICATE), *m.names(Role.COMPLEMENT))]
        spoken = [p for p in self.predicates if strength_of(p, mentions if p.name == meant else own) > Strength.WEAK]
        predicates = spoken or [p for p in self.predicates if p.name == meant]
        subjects = {kind for predicate in predicates for kind in predicate.subject_kinds}
        objects = {kind for p in predicates for kind in (*p.object_kinds, *self.narrowing[p.name])}

        measured = self.figures.speaks(mentions)
        subjects |= {kind for predicate in measured for kind in predicate.subject_kinds}

        def sides(mention: Mention) -> tuple[bool, bool]:
            if side := mention.names(Role.SIDE):
                return Side.SUBJECT in side, Side.OBJECT in side
            if measured and (mention.names(Role.NUMBER) or mention.names(Role.FRACTION)):
                return False, True
            if kind := self.kind_of(mention):
                return kind in subjects, kind in objects
            holes = (*ASKING, Cue.PRONOUN, Cue.OTHER, Cue.NEITHER)
            asked = mention.has(*holes) or mention.has(Cue.NOBODY)
            return asked, mention.has(Cue.THERE) or any(kind in objects for kind in mention.names(Role.KIND))

        return sides

    def relations(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """The predicates that a stretch speaks of, however weakly, with an object of theirs."""
        kinds = {self.kind_of(mention) for mention in mentions}
        # To lead and to follow are two relations, though of one predicate.
        numbered = any(mention.names(Role.NUMBER) for mention in mentions)
        return frozenset(
            f"not {predicate.name}" if strength is Strength.COMPLEMENT else predicate.name
            for predicate in self.corpus.predicates.values()
            if (numbered if predicate.measured else kinds & set(predicate.object_kinds))
            and (strength := strength_of(predicate, mentions))
        )

    def predicate(self, mentions: Sequence[Mention]) -> tuple[Predicate, Strength]:
        """The predicate meant, worked out once for what is asked of the same words at several steps."""
        return self._meant(tuple(mentions))

    def _predicate_of(self, mentions: tuple[Mention, ...]) -> tuple[Predicate, Strength]:
        """The predicate meant, and how strongly the words say so.

        Of several that share a word, it is the one that takes what is named and what is asked for, then the one that
        has facts on what is named ("What does Acme manage?", where one relation of managing is to towns, and another
        is to fleets).
        """
        kinds = [kind for m in mentions if (kind := self.kind_of(m)) and self.corpus.group not in m.names(Role.ENTITY)]
        ranked = []
        for rank, predicate in enumerate(self.predicates):
            strength = strength_of(predicate, mentions)
            takes = {*predicate.subject_kinds, *self._objective(predicate)}
            fits = not kinds or any(kind in takes for kind in kinds)
            score = (strength + self._fit(predicate, kinds, mentions), self._aptness(predicate, kinds, mentions))
            ranked.append((*(score if strength else (score[0], (0, 0, 0))), -rank, predicate, strength, fits))
        *_, predicate, strength, fits = max(ranked, key=lambda row: row[:3])
        return predicate, strength if fits else Strength.NONE

    def _objective(self, predicate: Predicate) -> set[str]:
        """The kinds that stand as objects of a predicate, or narrow them."""
        return {*predicate.object_kinds, *self.narrowing[predicate.name]}

    def _fit(self, predicate: Predicate, kinds: Sequence[str], mentions: Sequence[Mention]) -> int:
        """How many of the named things a predicate takes, less what it does not take or not where it stands."""
        objective = self._objective(predicate)
        takes = {*predicate.subject_kinds, *objective}
        fitting = sum(kind in takes for kind in kinds)
        misfits = len(kinds) - fitting + _misplaced(predicate, mentions, self.kind_of)
        misfits += _asked_kind(mentions) not in ("", *takes)
        # "Who heads X?" asks for the subject: X has to be an object. "Of X and Y, who has more Z?" names two subjects.
        asked = any(m.has(Cue.WHO) for m in mentions) and bool(kinds) and not objective & set(kinds)
        misfits += asked and not any(objective & {*m.names(Role.KIND)} for m in mentions)
        return fitting - 4 * misfits

    def _aptness(self, predicate: Predicate, kinds: Sequence[str], mentions: Sequence[Mention]) -> tuple[int, ...]:
        """What tells predicates apart that fit as well: sides that are asked for, facts on what is named, their verbs.

        Three numbers, the first of which decides before the second, and that before the third.
        """
        sorts = [set(m.names(Role.KIND)) for m in mentions if m.names(Role.KIND)]
        sides = sum(bool(sort & {*predicate.subject_kinds, *self._objective(predicate)}) for sort in sorts)
        if any(m.has(Cue.WHO) for m in mentions):
            sides += sum(kind in predicate.object_kinds for kind in kinds)
        elif not sorts and any(m.has(Cue.WHICH) for m in mentions):
            sides += sum(kind in predicate.subject_kinds for kind in kinds)  # "What is X in charge of?"
        verbs = sum(m.norm in (predicate.singular, predicate.plural, predicate.base) for m in mentions)
        entities = {name for m in mentions if self.kind_of(m) for name in m.names(Role.ENTITY)}
        return sides, len(entities & self._told[predicate.name]), verbs
