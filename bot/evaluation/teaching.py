"""What comes of a taught example, before it is written down: what its message meant, and what else changes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.evaluation.difference import AnswerChange, Aspect, change_of, meaning_of
from bot.evaluation.grading import observe_answer
from bot.evaluation.report import CaseResult, Outcome
from bot.evaluation.runner import Progress, run_suites
from bot.evaluation.suite import Case, Suite
from bot.evaluation.targets import Answerer, Teachable
from bot.evaluation.taught import taught_suite
from bot.schema.answer import Answer, Status
from corpus.errors import CorpusNotFound
from corpus.loader import find_corpus
from corpus.model import Corpus, Taught
from corpus.taught import words_of

UNREAD = frozenset({Status.NOT_STATED, Status.OUT_OF_SCOPE, Status.CHAT})
"""How a question is answered that is not read as anything which the corpus answers."""
EXACT = "exact"
"""The ``reader`` of an answer to a message that left nothing to choose."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One example, and what comes of it.

    ``meant`` is the answer to its question, ``before`` and ``after`` are those to its message without and with it;
    ``holds``: the message is answered as the question is. ``changes`` are the other answers that say something else
    with it, out of ``asked``; ``broken`` are the examples that meant what they should, and no longer do.
    """

    taught: Taught
    meant: Answer
    before: Answer
    after: Answer
    holds: bool
    changes: tuple[AnswerChange, ...] = ()
    broken: tuple[AnswerChange, ...] = ()
    asked: int = 0

    @property
    def fault(self) -> str:
        """Why it must not be taught, with the mend; "" where it may be."""
        if self.broken:
            names = ", ".join(f"“{change.asked}”" for change in self.broken)
            return f"With it, {names} would no longer mean what was taught. Word the message otherwise."
        if self.holds:
            return ""
        if self.after.reader == EXACT:
            why = "each word of the message is read by rule, or no model chooses readings (WHOLEADS_RERANKER)"
            return f"It would change nothing: {why}. Change the vocabulary, or the message."
        told = f"[{self.after.status.replace('_', ' ')}] {self.after.answer}"
        mend = "Teach one question at a time, or word it otherwise."
        return f"With it, the message would be answered otherwise than the question: {told} {mend}"

    def summary(self) -> str:
        """How much else changes."""
        return f"{len(self.changes)} of {self.asked} other answers would change."


def answered(answer: Answer) -> bool:
    """Whether a question was read as something that the corpus answers."""
    return answer.status not in UNREAD


def same_message(corpus: Corpus, taught: Taught) -> Taught | None:
    """The example of a corpus that has the same message, None where there is none."""
    said = words_of(taught.message)
    return next((other for other in corpus.taught if words_of(other.message) == said), None)


def suites_of(corpus: Corpus, suites: Iterable[Suite]) -> tuple[Suite, ...]:
    """Those of the suites that are asked of this corpus, or name none; their checks of texts are left out."""
    return tuple(
        replace(suite, cases=tuple(case for case in suite.cases if case.turns))
        for suite in suites
        if suite.corpus is None or _names(suite.corpus, corpus)
    )


def _names(name: str, corpus: Corpus) -> bool:
    with suppress(CorpusNotFound):
        return find_corpus(name) == corpus.folder.resolve()
    return name == corpus.id


def lesson_of(bot: Teachable, taught: Taught, suites: Sequence[Suite] = (), progress: Progress | None = None) -> Lesson:
    """Ask all that may change, without the example and with it: the corpus's other examples, and these suites."""
    without, taught_it = bot.with_taught(()), bot.with_taught((*bot.corpus.taught, taught))
    meant, after = without.ask(taught.means), taught_it.ask(taught.message)
    same = {meaning_of(observe_answer(answer)) for answer in (meant, after, taught_it.ask(taught.means))}
    asked = (taught_suite(bot.corpus, None), *suites)
    changed = _changed(asked, bot, taught_it, progress)
    return Lesson(
        taught,
        meant,
        bot.ask(taught.message),
        after,
        holds=len(same) == 1,
        changes=tuple(change for _, change in changed if Aspect.MEANING in change.aspects),
        broken=tuple(change for case, change in changed if case.like and _breaks(change)),
        asked=sum(len(suite.cases) for suite in asked),
    )


def _changed(
    suites: Sequence[Suite], old: Answerer, new: Answerer, progress: Progress | None
) -> list[tuple[Case, AnswerChange]]:
    """The cases that differ between two bots."""
    count = sum(len(suite.cases) for suite in suites)

    def results(bot: Answerer, before: int) -> Sequence[CaseResult]:
        told = (lambda done, _: progress(before + done, 2 * count)) if progress else None
        return run_suites(suites, lambda _: bot, told).results

    pairs = zip(results(old, 0), results(new, count), strict=True)
    return [(one.case, change) for one, other in pairs if (change := change_of(one, other, tested=True))]


def _breaks(change: AnswerChange) -> bool:
    """Whether an example that held does so no longer, or says something else than when it did."""
    ended = change.test or (Outcome.FAILED, Outcome.FAILED)
    return ended[0] == Outcome.PASSED and (ended[1] != Outcome.PASSED or Aspect.MEANING in change.aspects)
