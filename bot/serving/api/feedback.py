"""Feedback on answers: the answers that it may be about, and where it is filed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from bot.schema.answer import Answer
from bot.schema.contract import answer_id_of
from bot.serving.api.keeping import Keeper
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.requests import FeedbackRequest
from bot.serving.state.records import NOBODY, Feedback, StoreError

KEPT = 10_000
"""How many answers are remembered; the one that was given longest ago is forgotten first."""
KEPT_CHARACTERS = 20_000_000
"""How long all of them together may be."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, as far as feedback on it needs it; ``sha256`` is that of its text."""

    id: str
    sha256: str
    corpus: str
    question: str
    history: tuple[str, ...] = ()
    answer: str = ""
    understood: str = ""
    alternatives: tuple[str, ...] = ()

    @property
    def characters(self) -> int:
        """How much there is to remember."""
        texts = (self.question, *self.history, self.answer, self.understood, *self.alternatives)
        return sum(map(len, texts))


class KeptAnswers:
    """The answers given last, in memory; safe from several threads."""

    def __init__(self, limit: int = KEPT, characters: int = KEPT_CHARACTERS) -> None:
        self._limit, self._most = limit, characters
        self._answers: OrderedDict[str, KeptAnswer] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def keep(self, kept: KeptAnswer) -> None:
        """Remember an answer, and forget the oldest where there are too many."""
        with self._lock:
            self._forget(kept.id)
            self._answers[kept.id] = kept
            self._characters += kept.characters
            while len(self._answers) > self._limit or self._characters > self._most:
                self._forget(next(iter(self._answers)))

    def of_id(self, name: str) -> KeptAnswer | None:
        """The answer of an id, None where it is not known (any more)."""
        with self._lock:
            return self._answers.get(name)

    def of_text(self, sha256: str) -> list[KeptAnswer]:
        """The answers whose text has this sha256."""
        with self._lock:
            return [kept for kept in self._answers.values() if kept.sha256 == sha256]

    def _forget(self, name: str) -> None:
        if (kept := self._answers.pop(name, None)) is not None:
            self._characters -= kept.characters


class FeedbackDesk:
    """Remembers what was answered, and files what is said of it. Nothing is touched until it is used."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._kept = KeptAnswers()

    def keep(self, corpus_id: str, history: Sequence[str], answer: Answer) -> str:
        """Remember an answer; gives its id."""
        name, sha256 = answer_id_of(corpus_id, history, answer), answer.receipt.answer
        told = (answer.answer, answer.understood, answer.alternatives)
        self._kept.keep(KeptAnswer(name, sha256, corpus_id, answer.question, tuple(history), *told))
        return name

    def feedback(self, sent: FeedbackRequest, corpus_id: Callable[[], str], owner: str = NOBODY) -> Feedback:
        """The feedback with the answer that it is about; ``corpus_id`` gives that of the corpus which was sent along.

        Raises Problem: 404 where the answer is not known and no question is sent along, 422 where the receipt is that
        of several.
        """
        about = self._known(sent) or self._in_a_conversation(sent.answer_id)
        if about is None and sent.question is not None:
            about = KeptAnswer(sent.answer_id or "", "", corpus_id(), sent.question, sent.earlier_questions)
        if about is None:
            raise Problem(
                ProblemType.UNKNOWN_ANSWER,
                f"The answer is not known (any more): the last {KEPT} are, and those of conversations. Send what was "
                'asked along: {"question": "…"}, with history and corpus where the request had them.',
            )
        return Feedback(
            rating=sent.rating,
            reason=sent.reason,
            corpus=about.corpus,
            question=about.question,
            history=about.history,
            answer_id=about.id,
            answer=about.answer,
            understood=about.understood,
            alternatives=about.alternatives,
            meant=(sent.meant or "").strip(),
            comment=(sent.comment or "").strip(),
            owner=owner,
        )

    def file(self, feedback: Feedback) -> int:
        """Keep it for good; gives its id. Raises Problem 503 where the database does not take it."""
        mend = "; the feedback was not kept, and answers are given meanwhile"
        return self._keeper.used(lambda stores: stores.feedback.add(feedback), mend)

    def _in_a_conversation(self, answer_id: str | None) -> KeptAnswer | None:
        """An answer that another process gave, or this one before it was started anew."""
        if answer_id is None:
            return None
        try:
            found = self._keeper.stores.conversations.answered(answer_id)
        except StoreError:  # filing fails, too, and tells so
            return None
        if found is None or (answer := found[0].answer) is None:
            return None
        turn, history = found
        told = (answer["answer"], answer["understood"], tuple(answer["alternatives"]))
        return KeptAnswer(answer_id, answer["receipt"]["answer"], turn.corpus, turn.question, history, *told)

    def _known(self, sent: FeedbackRequest) -> KeptAnswer | None:
        if sent.answer_id is not None:
            return self._kept.of_id(sent.answer_id)
        assert sent.receipt is not None
        same = self._kept.of_text(sent.receipt.answer)
        if sent.question is not None:
            same = [kept for kept in same if kept.question == sent.question]
        if len(same) > 1 and sent.question is None:
            raise Problem(
                ProblemType.AMBIGUOUS_RECEIPT,
                f"{len(same)} answers that were given read so. Send the answer_id of the one that is meant, or along "
                'with the receipt what was asked: {"question": "…"}, with history and corpus.',
            )
        return same[0] if len(same) == 1 else None
