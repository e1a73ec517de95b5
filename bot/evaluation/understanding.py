"""How well a bot understands: generated questions asked, answers held against the golds, rates by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from bot.evaluation.generate import GeneratedCase, cases
from bot.evaluation.grading import Mismatch
from bot.evaluation.phrasebook import load_phrasebook
from bot.evaluation.question_kinds import QuestionKind
from bot.evaluation.targets import Answerer
from bot.schema.answer import Answer
from corpus.language import load_language
from corpus.world import World


@dataclass(frozen=True, slots=True)
class Failure:
    """A generated case that was not answered as its gold says."""

    case: GeneratedCase
    mismatches: tuple[Mismatch, ...]
    answer: str

    def __str__(self) -> str:
        wrong = "; ".join(f"{m.key}: expected {m.expected}, got {m.got}" for m in self.mismatches)
        return f"[{self.case.name}, {self.case.style}] {' | '.join(self.case.turns)}\n    {wrong}\n    {self.answer}"


@dataclass(frozen=True, slots=True)
class Understanding:
    """The outcome of a run; ``asked`` counts the cases by kind."""

    asked: Mapping[QuestionKind, int]
    failures: tuple[Failure, ...]

    @property
    def total(self) -> int:
        """How many cases were asked."""
        return sum(self.asked.values())

    @property
    def rate(self) -> float:
        """The share of cases that were answered right, from 0 to 1."""
        return 1 - len(self.failures) / self.total

    def failed(self, kind: QuestionKind) -> int:
        """How many cases of a kind were answered wrong."""
        return sum(failure.case.kind is kind for failure in self.failures)


def run(bot: Answerer, count: int, seed: int, code: str = "") -> Understanding:
    """Ask the first ``count`` cases (one at least) of a seed, in a language; without one, in the bot's corpus's own.

    Raises:
        CorpusFileError: there are no questions in that language.
        CorpusContentError: the corpus has nothing that can be asked.
    """
    language = load_language(code or bot.corpus.language)
    book = load_phrasebook(language.code)
    asked: dict[QuestionKind, int] = dict.fromkeys(QuestionKind, 0)
    failures = []
    for case in islice(cases(bot.corpus, World.load(), language, book, seed), count):
        asked[case.kind] += 1
        answer = bot.ask(case.turns[-1], case.turns[:-1])
        if mismatches := judge(case, answer):
            failures.append(Failure(case, mismatches, answer.answer))
    return Understanding(asked, tuple(failures))


def judge(case: GeneratedCase, answer: Answer) -> tuple[Mismatch, ...]:
    """What of an answer is not as the gold says; order of values is free."""
    found = []
    if answer.status not in case.status:
        found.append(Mismatch("status", " or ".join(sorted(case.status)), answer.status))
    if answer.verdict is not case.verdict:
        found.append(Mismatch("verdict", str(case.verdict), str(answer.verdict)))
    values, needed = {*answer.values}, {*case.values}
    if not needed <= values <= {*case.values, *case.may}:
        found.append(Mismatch("values", ", ".join(case.values) or "none", ", ".join(answer.values) or "none"))
    return tuple(found)
