"""Generated questions as suites, so that one runner, one report and one baseline serve all tests.

generated      questions from facts, vocabulary and the world's map, each with its gold
metamorphic    the cases of other suites asked in another way: the answer must be the one to the case as it was
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bot.evaluation.generate import GeneratedCase, cases
from bot.evaluation.invariance import Changer, variants
from bot.evaluation.phrasebook import load_phrasebook
from bot.evaluation.suite import Case, Expectation, Suite
from bot.evaluation.targets import Answerer
from corpus.language import load_language
from corpus.model import Corpus
from corpus.world import World

FOREIGN = "language"
"""The tag of cases in another language than the corpus's: an English word before them would make them another."""


def generate(corpus: Corpus, count: int, seed: int, clean: float = 0.4) -> tuple[GeneratedCase, ...]:
    """The first ``count`` cases of a seed, in the language of the corpus.

    Raises:
        CorpusFileError: there are no questions in that language.
        CorpusContentError: the corpus has nothing that can be asked.
    """
    language = load_language(corpus.language)
    book = load_phrasebook(language.code)
    return tuple(islice(cases(corpus, World.load(), language, book, seed, clean), count))


def as_suite(corpus: str | None, generated: Sequence[GeneratedCase], name: str = "generated") -> Suite:
    """Generated cases as a suite; the tags are the kind of question and the predicate."""
    made = tuple(_case(case, number) for number, case in enumerate(generated, start=1))
    return Suite(name, Path(name), corpus, made)


def _case(case: GeneratedCase, number: int) -> Case:
    expect = Expectation(
        status=tuple(sorted(case.status)), verdict=(case.verdict,), values=case.values, values_may=case.may
    )
    noise = f", typed with {', '.join(case.noise)}" if case.noise else ""
    why = f"follows from {', '.join(case.facts) or 'no fact'}{noise}"
    return Case(case.name, case.turns, "", expect, (case.kind.value, case.predicate), why, number)


def metamorphic(
    bot: Answerer, suites: Sequence[Suite], seed: int, progress: Callable[[int, int], None] | None = None
) -> Suite:
    """The conversations of these suites, each in every other way that fits it; the gold is the answer to it as it is.

    What is put around a question is in the language of the corpus: cases with the tag ``language`` are left out. So are
    taught examples: what is near to one in meaning is left to the model.
    Raises CorpusFileError where there are no questions in that language.
    """
    changer = Changer.of(bot.corpus)
    asked = [(suite, case) for suite in suites for case in suite.cases if _can_vary(case)]
    made: list[Case] = []
    for number, (suite, case) in enumerate(asked, start=1):
        made += (replace(each, name=f"{suite.name}/{each.name}") for each in _variants(changer, bot, case, seed))
        if progress:
            progress(number, len(asked))
    numbered = tuple(replace(case, line=line) for line, case in enumerate(made, start=1))
    return Suite("metamorphic", Path("metamorphic"), suites[0].corpus if suites else None, numbered)


def _can_vary(case: Case) -> bool:
    return bool(case.turns) and not case.like and FOREIGN not in case.tags


def _variants(changer: Changer, bot: Answerer, case: Case, seed: int) -> Iterator[Case]:
    answer = bot.ask(case.turns[-1], case.turns[:-1])
    expect = Expectation(status=(answer.status,), verdict=(answer.verdict,), values=answer.values)
    for change, turns in variants(changer, case.turns, answer, seed):
        yield Case(f"{case.name}, {change}", turns, "", expect, (change.value,), f"asked otherwise: {case.asked}")
