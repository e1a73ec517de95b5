"""Questions by the hundred, each with its gold: wordings from a language's file, answers from the facts.

    >>> case = next(cases(corpus, world, language, book, seed=1))    # doctest: +SKIP
    >>> case.turns, case.values                                       # doctest: +SKIP
    (('By whom is Iberia headed?',), ('Crane',))

Case ``n`` of a seed is always the same case, however many are asked for.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, cycle, islice

from bot.evaluation.abroad import ground_in
from bot.evaluation.noise import Noise, Typist
from bot.evaluation.phrasebook import Phrasebook
from bot.evaluation.question_kinds import QuestionKind
from bot.evaluation.question_wording import GeneratedQuestion, Unaskable
from bot.evaluation.writer import Drill, Writer
from bot.schema.answer import Status, Verdict
from corpus.errors import CorpusContentError
from corpus.language import Language
from corpus.localise import localised
from corpus.model import Corpus
from corpus.text import sentences
from corpus.world import World, fold


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
    predicate: str
    kind: QuestionKind
    style: str
    noise: tuple[Noise, ...]
    facts: tuple[str, ...]
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is asked next, of which predicate, and how it is to be typed where that is given."""

    predicate: str
    kind: QuestionKind
    asked: GeneratedQuestion
    noise: Noise | None = None


def cases(
    corpus: Corpus, world: World, language: Language, book: Phrasebook, seed: int, clean: float = 0.4
) -> Iterator[GeneratedCase]:
    """Cases without end: by turns a fact in one of the plain ways, till each has been in all, and a kind of question.

    ``clean`` is the share of those without noise.

    Raises:
        CorpusContentError: the corpus has no predicate with facts that there are words for.
    """
    typist = Typist(localised(corpus, language), world, language, book)
    writers = _writers(corpus, world, language, book)
    drills = [(writer, drill) for writer in writers for drill in writer.drills()]
    random.Random(f"{seed}/drills").shuffle(drills)
    due = iter(drills)
    kinds, known = cycle(QuestionKind), set[tuple[str, ...]]()
    for number in count():
        chance = random.Random(f"{seed}/{number}")
        drawn = (_drilled(due, chance) if number % 2 == 0 else None) or _unasked(writers, kinds, known, chance)
        known.add(drawn.asked.turns)
        typed, noise = _noisy(drawn.asked.turns, typist, chance, clean, drawn.noise)
        gold = drawn.asked.gold
        yield GeneratedCase(
            name=f"{fold(drawn.kind)} {seed}/{number}".replace(" ", "-"),
            turns=typed,
            status=gold.status,
            values=gold.values,
            verdict=gold.verdict,
            predicate=drawn.predicate,
            kind=drawn.kind,
            style=drawn.asked.style,
            noise=noise,
            facts=tuple(fact.id for fact in gold.facts),
            may=gold.may,
        )


def _writers(corpus: Corpus, world: World, language: Language, book: Phrasebook) -> Sequence[Writer]:
    """One for each predicate: in the corpus's own language every verb is known, in another those of the book."""
    own = language.code == corpus.language
    said = [p for p in corpus.predicates.values() if own or p.name in book.predicates]
    if not any(corpus.facts_of(predicate.name) for predicate in said):
        names = ", ".join(corpus.predicates if own else book.predicates)
        mend = f"Write one with {names}." if names else "Have some proposed: wholeads corpus learn."
        raise CorpusContentError([f"{corpus.id}: no fact, so that no test can be made of any. {mend}"])
    return [Writer(ground_in(corpus, world, predicate, language), book) for predicate in said]


def _drilled(due: Iterator[tuple[Writer, Drill]], chance: random.Random) -> _Drawn | None:
    """The next fact in a plain way; nothing where all are done."""
    for writer, drill in due:
        with suppress(Unaskable):
            return _Drawn(writer.ground.predicate.name, drill.kind, drill.ask(chance), drill.noise)
    return None


def _unasked(
    writers: Sequence[Writer],
    kinds: Iterator[QuestionKind],
    known: Collection[tuple[str, ...]],
    chance: random.Random,
) -> _Drawn:
    """What was not asked yet, of the kind whose turn it is or one of the next; a small corpus may have nothing more."""
    for _ in QuestionKind:
        drawn = _next_askable(writers, kinds, chance)
        if drawn.asked.turns not in known:
            break
    return drawn


def _next_askable(writers: Sequence[Writer], kinds: Iterator[QuestionKind], chance: random.Random) -> _Drawn:
    """The next of the kinds, which take turns without end, that the corpus allows, of a predicate that allows it."""
    # Sorted so, the heavier is the more often first (Efraimidis and Spirakis).
    tried = sorted(writers, key=lambda writer: chance.random() ** (1 / writer.weight), reverse=True)
    for kind in islice(kinds, len(QuestionKind)):
        for writer in tried:
            with suppress(Unaskable):
                return _Drawn(writer.ground.predicate.name, kind, writer.asked(kind, chance))
    raise CorpusContentError(["There are no words for any predicate with facts. Give one a 'verb' in the vocabulary."])


def _noisy(
    turns: tuple[str, ...], typist: Typist, chance: random.Random, clean: float, wanted: Noise | None
) -> tuple[tuple[str, ...], tuple[Noise, ...]]:
    """The last turn typed otherwise, in one way or two, or in the one that is wanted."""
    if clean == 1 or (chance.random() < clean and not wanted):
        return turns, ()
    text, made = turns[-1], []
    for noise in [wanted] if wanted else chance.sample(tuple(Noise), 1 if chance.random() < 0.7 else 2):
        # What parts two sentences tells where one question ends.
        if noise is Noise.UNMARKED and len(sentences(text)) > 1:
            continue
        if (typed := typist.typed(text, noise, chance)) is not None:
            text = typed
            made.append(noise)
    return (*turns[:-1], text), tuple(made)
