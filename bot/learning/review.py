"""All that is to be looked over in a corpus: what is wrong, what no fact states, what no question finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.learning.asking import ask_facts
from bot.learning.coverage import cover
from corpus.lint import LintProblem, Severity, lint_corpus
from corpus.world import World


@dataclass(frozen=True, slots=True)
class Review:
    """The problems of a corpus; of how many plain statements, how many a fact carries (both None where none loads)."""

    problems: tuple[LintProblem, ...]
    stated: int | None = None
    backed: int | None = None

    @property
    def errors(self) -> int:
        """How many of the problems keep it from being used."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)


def review(folder: Path, world: World) -> Review:
    """Look the corpus in a folder over. Raises CorpusNotFound where there is none."""
    corpus, problems = lint_corpus(folder, world)
    if corpus is None:
        return Review(tuple(problems))
    covered = cover(corpus, world)
    return Review((*problems, *covered.problems, *ask_facts(corpus, world)), covered.stated, covered.backed)
