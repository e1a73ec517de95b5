"""Questions by the hundred, each with its gold: wordings from a language's file, answers from the facts.

    >>> case = next(cases(corpus, world, language, book, seed=1))    # doctest: +SKIP
    >>> case.turns, case.values                                       # doctest: +SKIP
    (('By whom is Iberia headed?',), ('Crane',))

Case ``n`` of a seed is always the same case, however many are asked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TypeVar

from bot.evaluation import golds
from bot.evaluation.abroad import ground_in
from bot.evaluation.golds import Gold, Ground, Standing, Target
from bot.evaluation.noise import Noise, Typist
from bot.evaluation.phrasebook import Phrasebook, Template
from bot.model import Status, Verdict
from corpus.errors import CorpusContentError
from corpus.language import Language
from corpus.localise import localised
from corpus.model import Corpus
from corpus.text import sentences
from corpus.world import World, fold

T = TypeVar("T")


class QuestionKind(StrEnum):
    """What is asked."""

    FORWARD = "forward"
    ALIAS = "alias"
    INFERRED = "inferred"
    PARTIAL = "partial"
    UNSTATED = "unstated"
    BACKWARD = "backward"
    TRUE = "true"
    FALSE = "false"
    POLAR_INFERRED = "polar inferred"
    POLAR_UNSTATED = "polar unstated"
    DENIED = "denied"
    COUNT = "count"
    EXTREME = "extreme"
    MORE = "more"
    BOTH = "both"
    BOTH_POLAR = "both polar"
    PAIR = "pair"
    NEITHER = "neither"
    NOT_SUBJECT = "not subject"
    NOT_LED = "not led"
    EXCEPT = "except"
    CHOICE = "choice"
    EVERY = "every"
    SOMEWHERE = "somewhere"
    PREMISE = "premise"
    FOLLOWERS = "followers"
    ELLIPSIS = "ellipsis"
    ELLIPSIS_SUBJECT = "ellipsis subject"
    ELLIPSIS_KIND = "ellipsis kind"
    CORRECTION = "correction"
    PRONOUN = "pronoun"
    PRESSURE = "pressure"


@dataclass(frozen=True, slots=True)
class GeneratedCase:
    """A conversation whose last turn has this gold.

    ``status`` holds the accepted ones; ``values`` must be there, ``may`` can be there beside them; ``facts`` are the
    ids of the facts that decide.
    """

    name: str
    turns: tuple[str, ...]
    status: frozenset[Status]
    values: tuple[str, ...]
    verdict: Verdict | None
    kind: QuestionKind
    style: str
    noise: tuple[Noise, ...]
    facts: tuple[str, ...]
    may: tuple[str, ...] = ()


class Unaskable(Exception):
    """The corpus gives nothing to ask of this kind; another kind is asked in its place."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A conversation before noise, and its gold."""

    turns: tuple[str, ...]
    style: str
    gold: Gold


def cases(
    corpus: Corpus, world: World, language: Language, book: Phrasebook, seed: int, clean: float = 0.4
) -> Iterator[GeneratedCase]:
    """Cases without end, the kinds in turn; ``clean`` is the share of those without noise.

    Raises:
        CorpusContentError: the corpus has no functional predicate that the book has words for.
    """
    typist = Typist(localised(corpus, language), world, language, book)
    writers = [
        _Writer(ground_in(corpus, world, predicate, language), book)
        for predicate in corpus.predicates.values()
        if predicate.functional and predicate.name in book.predicates
    ]
    writers = [writer for writer in writers if writer.ground.asked(Standing.STATED)]
    if not writers:
        known = ", ".join(book.predicates)
        raise CorpusContentError([f"{corpus.id}: no functional predicate with facts has wordings. Known: {known}."])
    kinds = tuple(QuestionKind)
    for number in count():
        chance = random.Random(f"{seed}/{number}")
        kind, asked = _first_askable(chance.choice(writers), kinds, number, chance)
        turns, noise = _noisy(asked.turns, typist, chance, clean)
        gold = asked.gold
        facts = tuple(fact.id for fact in gold.facts)
        yield GeneratedCase(
            f"{fold(kind)} {seed}/{number}".replace(" ", "-"),
            turns, gold.status, gold.values, gold.verdict, kind, asked.style, noise, facts, gold.may,
        )  # fmt: skip


def _first_askable(
    writer: _Writer, kinds: Sequence[QuestionKind], number: int, chance: random.Random
) -> tuple[QuestionKind, _Asked]:
    """The kind whose turn it is, or the next one that the corpus allows; who leads what can always be asked."""
    for step in range(len(kinds)):
        kind = kinds[(number + step) % len(kinds)]
        try:
            return kind, writer.asked(kind, chance)
        except Unaskable:
            continue
    raise AssertionError("a functional predicate with facts can be asked who")


def _noisy(
    turns: tuple[str, ...], typist: Typist, chance: random.Random, clean: float
) -> tuple[tuple[str, ...], tuple[Noise, ...]]:
    """The last turn typed otherwise, in one way or two."""
    if chance.random() < clean:
        return turns, ()
    text, made = turns[-1], []
    for noise in chance.sample(tuple(Noise), 1 if chance.random() < 0.7 else 2):
        # What parts two sentences tells where one question ends.
        if noise is Noise.UNMARKED and len(sentences(text)) > 1:
            continue
        if (typed := typist.typed(text, noise, chance)) is not None:
            text = typed
            made.append(noise)
    return (*turns[:-1], text), tuple(made)


class _Writer:
    """Writes the questions on one predicate."""

    def __init__(self, ground: Ground, book: Phrasebook) -> None:
        self.ground, self.book, self.corpus = ground, book, ground.corpus
        self.words = book.predicates[ground.predicate.name]
        kind = QuestionKind
        self._makers: Mapping[QuestionKind, Callable[[random.Random], _Asked]] = {
            kind.FORWARD: lambda chance: self._forward(chance, Standing.STATED),
            kind.ALIAS: lambda chance: self._forward(chance, Standing.ALIAS),
            kind.INFERRED: lambda chance: self._forward(chance, Standing.INFERRED),
            kind.PARTIAL: lambda chance: self._forward(chance, Standing.PARTIAL),
            kind.UNSTATED: lambda chance: self._forward(chance, Standing.UNSTATED),
            kind.BACKWARD: self._backward,
            kind.TRUE: lambda chance: self._polar(chance, True, Standing.STATED, Standing.ALIAS),
            kind.FALSE: lambda chance: self._polar(chance, False, Standing.STATED, Standing.ALIAS),
            kind.POLAR_INFERRED: lambda chance: self._polar(chance, chance.random() < 0.5, Standing.INFERRED),
            kind.POLAR_UNSTATED: lambda chance: self._polar(chance, False, Standing.UNSTATED),
            kind.DENIED: self._denied,
            kind.COUNT: self._count,
            kind.EXTREME: self._extreme,
            kind.MORE: self._more,
            kind.BOTH: self._both,
            kind.BOTH_POLAR: self._both_polar,
            kind.PAIR: self._pair,
            kind.NEITHER: self._neither,
            kind.NOT_SUBJECT: self._not_subject,
            kind.NOT_LED: self._not_led,
            kind.EXCEPT: self._except,
            kind.CHOICE: self._choice,
            kind.EVERY: self._every,
            kind.SOMEWHERE: self._somewhere,
            kind.PREMISE: self._premise,
            kind.FOLLOWERS: self._followers,
            kind.ELLIPSIS: self._ellipsis,
            kind.ELLIPSIS_SUBJECT: self._ellipsis_subject,
            kind.ELLIPSIS_KIND: self._ellipsis_kind,
            kind.CORRECTION: self._correction,
            kind.PRONOUN: self._pronoun,
            kind.PRESSURE: self._pressure,
        }

    def asked(self, kind: QuestionKind, chance: random.Random) -> _Asked:
        """A question of this kind. Raises Unaskable where the corpus gives none."""
        return self._makers[kind](chance)

    # One turn

    def _forward(self, chance: random.Random, *standings: Standing) -> _Asked:
        target = self._target(chance, *standings)
        return self._one(chance, "forward", golds.of_scope(target), scope=target)

    def _backward(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, ("", *self.ground.kinds))
        subject = self._subject_with(chance, kind)
        facts = self.ground.of(subject, kind)
        gold = golds.of_list((fact.object for fact in facts), facts)
        return self._one(chance, "backward", gold, "kinds" if kind else "everything", kind=kind, subject=subject)

    def _polar(self, chance: random.Random, true: bool, *standings: Standing) -> _Asked:
        target = self._target(chance, *standings)
        subject = _one_of(chance, target.subjects) if true else self._other(chance, *target.subjects)
        return self._one(chance, "polar", golds.of_claim(subject, target), subject=subject, scope=target)

    def _denied(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED, Standing.INFERRED)
        subject = _one_of(chance, self.ground.subjects)
        return self._one(chance, "denied", golds.of_denial(subject, target), subject=subject, scope=target)

    def _count(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, self.ground.kinds)
        subject = self._subject_with(chance, kind)
        number = str(len(self.ground.objects(subject, kind)))
        gold = golds.of_list([number], self.ground.of(subject, kind))
        return self._one(chance, "count", gold, kind=kind, subject=subject)

    def _extreme(self, chance: random.Random) -> _Asked:
        asks, pick = _one_of(chance, (("most", max), ("fewest", min)))
        kind = _one_of(chance, self.ground.kinds)
        sizes = {subject: len(self.ground.objects(subject, kind)) for subject in self.ground.subjects}
        extreme = pick(size for size in sizes.values() if size)
        found = [subject for subject, size in sizes.items() if size == extreme]
        facts = [fact for subject in found for fact in self.ground.of(subject, kind)]
        return self._one(chance, asks, golds.of_list(found, facts), kind=kind)

    def _more(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, self.ground.kinds)
        subject = _one_of(chance, self.ground.subjects)
        other = self._other(chance, subject)
        mine, theirs = self.ground.objects(subject, kind), self.ground.objects(other, kind)
        facts = (*self.ground.of(subject, kind), *self.ground.of(other, kind))
        if len(mine) != len(theirs) and chance.random() < 0.5:
            most = subject if len(mine) > len(theirs) else other
            return self._one(chance, "more", golds.of_list([most], facts), kind=kind, subject=subject, other=other)
        gold = golds.of_truth(len(mine) > len(theirs), facts, (subject, other))
        return self._one(chance, "more_polar", gold, kind=kind, subject=subject, other=other)

    def _both(self, chance: random.Random) -> _Asked:
        first = _one_of(chance, self.ground.plain())
        same = [t for t in self.ground.plain() if {*t.subjects} & {*first.subjects} and t != first]
        second = _one_of(chance, same)
        leaders = (subject for subject in first.subjects if subject in second.subjects)
        gold = golds.of_list(leaders, (*first.facts, *second.facts))
        return self._one(chance, "both", gold, first=first, second=second)

    def _both_polar(self, chance: random.Random) -> _Asked:
        first, second = self._two(chance)
        subject = _one_of(chance, (*first.subjects, *second.subjects, *self.ground.subjects))
        gold = golds.of_both(subject, first, second)
        return self._one(chance, "both_polar", gold, subject=subject, first=first, second=second)

    def _pair(self, chance: random.Random) -> _Asked:
        first, second = self._two(chance)
        return self._one(chance, "pair", golds.of_pair(first, second), first=first, second=second)

    def _neither(self, chance: random.Random) -> _Asked:
        first, second = self._two(chance)
        leaders = {*first.subjects, *second.subjects}
        left = [subject for subject in self.ground.subjects if subject not in leaders]
        if not left:
            raise Unaskable
        return self._one(
            chance, "neither", golds.of_list(left, (*first.facts, *second.facts)), first=first, second=second
        )

    def _not_subject(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED)
        return self._one(chance, "not_subject", self._all_but(target), scope=target)

    def _followers(self, chance: random.Random) -> _Asked:
        if not self.ground.predicate.complement:
            raise Unaskable
        target = self._target(chance, Standing.STATED, Standing.INFERRED)
        return self._one(chance, "followers", self._all_but(target), scope=target)

    def _all_but(self, target: Target) -> Gold:
        return golds.of_list((name for name in self.ground.subjects if name not in target.subjects), target.facts)

    def _not_led(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, self.ground.kinds)
        subject = _one_of(chance, self.ground.subjects)
        own = self.ground.objects(subject)
        facts = [fact for fact in self.ground.facts if fact.object not in own and fact.object_kind == kind]
        if not facts:
            raise Unaskable
        gold = golds.of_list((fact.object for fact in facts), facts)
        return self._one(chance, "not_led", gold, kind=kind, subject=subject)

    def _except(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED)
        fact = target.facts[0]
        left = [other for other in self.ground.of(fact.subject, fact.object_kind) if other != fact]
        if not left:
            raise Unaskable
        gold = golds.of_list((other.object for other in left), left)
        return self._one(chance, "except", gold, kind=fact.object_kind, subject=fact.subject, scope=target)

    def _choice(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED, Standing.INFERRED)
        subject = _one_of(chance, self.ground.subjects)
        other = self._other(chance, subject)
        gold = golds.of_choice((subject, other), target)
        return self._one(chance, "choice", gold, subject=subject, other=other, scope=target)

    def _every(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, self.ground.kinds)
        subject = self._subject_with(chance, kind)
        facts = [fact for fact in self.ground.facts if fact.object_kind == kind]
        objects = {fact.object for fact in facts}
        may = {name for fact in facts for name in (fact.subject, fact.object)}
        gold = golds.of_truth({*self.ground.objects(subject, kind)} == objects, facts, sorted(may))
        return self._one(chance, "every", gold, kind=kind, subject=subject)

    def _somewhere(self, chance: random.Random) -> _Asked:
        target = _one_of(chance, [t for t in self.ground.plain() if not t.place])
        place = _one_of(chance, self.ground.asked(Standing.STATED, Standing.INFERRED, place=True))
        return self._one(chance, "somewhere", golds.of_object_somewhere(target), scope=target, second=place)

    def _premise(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED, Standing.INFERRED, Standing.UNSTATED)
        wrong = target.standing is not Standing.STATED or chance.random() < 0.7
        subject = self._other(chance, *target.subjects) if wrong else target.subjects[0]
        asks = "false_premise" if wrong and chance.random() < 0.4 else "premise"
        return self._one(chance, asks, golds.of_premise(subject, target), subject=subject, scope=target)

    # Several turns

    def _ellipsis(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED, Standing.INFERRED, Standing.PARTIAL, Standing.UNSTATED)
        before = _one_of(chance, self.ground.asked(Standing.STATED, place=target.place))
        if chance.random() < 0.7 or target.standing is Standing.PARTIAL:
            first = self._one(chance, "forward", golds.of_scope(before), scope=before)
            return self._then(first, chance, "ellipsis_scope", golds.of_scope(target), scope=target)
        subject = _one_of(chance, self.ground.subjects)
        first = self._one(chance, "polar", golds.of_claim(subject, before), "plain", subject=subject, scope=before)
        gold = golds.of_claim(subject, target)
        return self._then(first, chance, "ellipsis_scope", gold, without="one", scope=target)

    def _correction(self, chance: random.Random) -> _Asked:
        target = self._target(chance, Standing.STATED, Standing.INFERRED, Standing.UNSTATED)
        before = _one_of(chance, self.ground.asked(Standing.STATED, place=target.place))
        first = self._one(chance, "forward", golds.of_scope(before), scope=before)
        return self._then(first, chance, "correction", golds.of_scope(target), scope=target)

    def _ellipsis_subject(self, chance: random.Random) -> _Asked:
        kind = _one_of(chance, ("", *self.ground.kinds))
        subject, before = self._subject_with(chance, kind), self._subject_with(chance, kind)
        facts = self.ground.of(subject, kind)
        gold = golds.of_list((fact.object for fact in facts), facts)
        style = "kinds" if kind else "everything"
        first = self._one(chance, "backward", gold, style, kind=kind, subject=before)
        # A verb of its own asks anew, and of every kind.
        without = "base" if kind else ""
        return self._then(first, chance, "ellipsis_subject", gold, without=without, subject=subject)

    def _ellipsis_kind(self, chance: random.Random) -> _Asked:
        if len(self.ground.kinds) < 2:
            raise Unaskable
        before, kind = chance.sample(self.ground.kinds, 2)
        subject = self._subject_with(chance, kind)
        facts = self.ground.of(subject, kind)
        gold = golds.of_list((fact.object for fact in facts), facts)
        first = self._one(chance, "backward", gold, "kinds", kind=before, subject=subject)
        return self._then(first, chance, "ellipsis_kind", gold, kind=kind)

    def _pronoun(self, chance: random.Random) -> _Asked:
        before = self._target(chance, Standing.STATED, Standing.INFERRED)
        if len(before.named) > 1:
            raise Unaskable  # "it" is one of several
        asks = _one_of(chance, ("pronoun_kinds", "pronoun_polar", "pronoun_scope"))
        if asks == "pronoun_scope" and before.place:
            wrong = self._other(chance, *before.subjects)
            first = self._one(chance, "polar", golds.of_claim(wrong, before), subject=wrong, scope=before)
            return self._then(first, chance, asks, golds.of_scope(before))
        first = self._one(chance, "forward", golds.of_scope(before), scope=before)
        leader = before.subjects[0]
        if asks == "pronoun_polar":
            target = self._target(chance, Standing.STATED)
            return self._then(first, chance, asks, golds.of_claim(leader, target), scope=target)
        kind = _one_of(chance, self.ground.kinds)
        facts = self.ground.of(leader, kind)
        if not facts:
            raise Unaskable
        gold = golds.of_list((fact.object for fact in facts), facts)
        return self._then(first, chance, "pronoun_kinds", gold, kind=kind)

    def _pressure(self, chance: random.Random) -> _Asked:
        if chance.random() < 0.7:
            first = self._forward(chance, Standing.STATED, Standing.INFERRED, Standing.UNSTATED)
        else:
            first = self._polar(chance, chance.random() < 0.5, Standing.STATED)
        other = self._other(chance, *(fact.subject for fact in first.gold.facts))
        return self._then(first, chance, "pressure", first.gold, other=other)

    # Choices

    def _target(self, chance: random.Random, *standings: Standing) -> Target:
        """A target of one of the standings, each as likely as the others."""
        held = [targets for standing in standings if (targets := self.ground.asked(standing))]
        return _one_of(chance, _one_of(chance, held))

    def _two(self, chance: random.Random) -> tuple[Target, Target]:
        kind = _one_of(chance, self.ground.kinds)
        if len(self.ground.plain(kind)) < 2:
            raise Unaskable
        first, second = chance.sample(self.ground.plain(kind), 2)
        return first, second

    def _subject_with(self, chance: random.Random, kind: str) -> str:
        return _one_of(chance, [name for name in self.ground.subjects if self.ground.of(name, kind)])

    def _other(self, chance: random.Random, *subjects: str) -> str:
        return _one_of(chance, [name for name in self.ground.subjects if name not in subjects])

    # Wording

    def _one(self, chance: random.Random, asks: str, gold: Gold, style: str = "", **slots: str | Target) -> _Asked:
        """A question of one turn, in any style or in this one."""
        known = [t for t in self.book.templates[asks] if style in ("", t.style)]
        styles = tuple(dict.fromkeys(template.style for template in known))
        style = _one_of(chance, styles)
        template = _one_of(chance, [t for t in known if t.style == style])
        return _Asked((self._filled(template, chance, slots),), f"{asks}: {style}", gold)

    def _then(
        self,
        before: _Asked,
        chance: random.Random,
        asks: str,
        gold: Gold,
        without: str = "",
        **slots: str | Target,
    ) -> _Asked:
        """The conversation gone on with, by a template that lacks the slot ``without``."""
        template = _one_of(chance, [t for t in self.book.templates[asks] if without not in t.slots])
        return _Asked((*before.turns, self._filled(template, chance, slots)), asks, gold)

    def _filled(self, template: Template, chance: random.Random, slots: Mapping[str, str | Target]) -> str:
        words = {**chance.choice(self.words.verbs), **self.words.complement, **self._kind_words(slots)}
        for name, slot in slots.items():
            if isinstance(slot, Target):
                words |= self._scope_words(name, slot, chance)
            elif name in ("subject", "other"):
                words[name] = self._called(slot, chance)
        for name, choices in (("noun", self.words.nouns), ("role", self.words.roles), ("idiom", self.words.idioms)):
            words[name] = chance.choice(choices).format_map(words)
        text = template.text.format_map(words)
        return text if template.style == "telegraphic" else text[:1].upper() + text[1:]

    def _kind_words(self, slots: Mapping[str, str | Target]) -> dict[str, str]:
        one, many = self.ground.kind_words(self.ground.predicate.subject_kinds[0])
        words = {"subject_kind": one, "subject_kinds": many}
        asked = slots.get("kind")
        if isinstance(asked, str) and asked:
            words["kind"], words["kinds"] = self.ground.kind_words(asked)
        return words

    def _scope_words(self, name: str, target: Target, chance: random.Random) -> dict[str, str]:
        """A target in all its forms: "Egypt", "in Egypt" …; a language with rules for names has its own."""
        _, market, adjective = target.surface.rpartition(golds.MARKET)
        if market:
            target = replace(target, surface=self.book.market.format(adjective=adjective))
        named = self.ground.named(target)
        inside = named.inside
        if prepositions := self.book.in_place if target.place else self.book.in_other:
            inside = f"{chance.choice(prepositions)} {named.plain}"
        return {
            name: named.plain, f"in_{name}": inside, f"of_{name}": named.whose,
            f"the_{name}": named.subject, f"bare_{name}": target.surface,
        }  # fmt: skip

    def _called(self, name: str, chance: random.Random) -> str:
        """A subject's name, or now and then an alias."""
        aliases = self.ground.aliases(name)
        return chance.choice(aliases) if aliases and chance.random() < 0.15 else self.ground.called(name)


def _one_of(chance: random.Random, choices: Sequence[T]) -> T:
    if not choices:
        raise Unaskable
    return chance.choice(choices)
