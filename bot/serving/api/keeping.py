"""What the API keeps: conversations and the log of questions, and how their database's failures are told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from anyio import create_task_group, sleep, to_thread

from bot.answering.settings import Settings
from bot.schema.answer import Answer
from bot.schema.contract import AnswerJson, AnyEvent
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.state.records import AskedQuestion, StoreError, Turn

if TYPE_CHECKING:
    from bot.serving.state.stores import Stores

RETRY_SECONDS = 5
DAY_SECONDS = 24 * 60 * 60

logger = logging.getLogger("wholeads")

Result = TypeVar("Result")


class Keeper:
    """Keeps what outlives a request. Nothing is touched until it is used; safe from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stores: Stores | None = None
        self._lock = Lock()

    @property
    def stores(self) -> Stores:
        """Where everything is kept."""
        # Imported when it is needed: a server need not wait for the database's libraries.
        from bot.serving.state.stores import Stores

        with self._lock:
            self._stores = self._stores or Stores.of(self._settings)
            return self._stores

    @property
    def logs_questions(self) -> bool:
        """Whether questions are logged."""
        return self._settings.question_log

    @asynccontextmanager
    async def tended(self) -> AsyncIterator[None]:
        """While the block lasts: the database is made ready at once, and rid of what is too old, then and daily."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._tend_daily)
            yield
            tasks.cancel_scope.cancel()
        if self._stores:
            self._stores.database.close()

    def tend(self) -> None:
        """Make the database ready and delete what is too old; where that fails the log says so."""
        try:
            self.stores.database.prepare()
            deleted = self.stores.purge()
        except StoreError as error:
            told = "Conversations and feedback cannot be kept (%s); questions are answered all the same."
            logger.warning(told, error, exc_info=True)
        else:
            if deleted.conversations or deleted.questions:
                told = "Deleted after %d days: %d conversations, %d logged questions."
                logger.info(told, self._settings.retention_days, deleted.conversations, deleted.questions)

    def log(self, asked: AskedQuestion) -> None:
        """Log a question; where that fails it is told to the operator alone."""
        if not self.logs_questions or self.stores.database.failed_lately:
            return
        try:
            self.stores.questions.add(asked)
        except StoreError as error:
            logger.warning("A question could not be logged (%s).", error)

    def logging(self, events: Iterable[AnyEvent], entry: Callable[[Answer], AskedQuestion]) -> Iterator[AnyEvent]:
        """The same events; the answer in the last one is logged."""
        for event in events:
            if isinstance(event.payload, Answer):
                self.log(entry(event.payload))
            yield event

    def used(self, call: Callable[[Stores], Result], mend: str = "") -> Result:
        """What a call gives that needs the stores. Raises Problem 503 with the mend where they fail."""
        try:
            return call(self.stores)
        except StoreError as error:
            logger.warning("The database cannot be used (%s).", error, exc_info=True)
            raise Problem(
                ProblemType.STATE_UNAVAILABLE,
                f"The database cannot be used now: {error}. Try again in {RETRY_SECONDS} s{mend}.",
                {"Retry-After": str(RETRY_SECONDS)},
            ) from None

    async def _tend_daily(self) -> None:
        while True:
            await to_thread.run_sync(self.tend, abandon_on_cancel=True)
            await sleep(DAY_SECONDS)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that a question belongs to; ``named`` says that the client named it, and counts on its being kept.

    ``sent`` are the questions before this one where they came along; else those that are kept count.
    """

    keeper: Keeper
    owner: str
    id: str
    corpus: str
    named: bool
    sent: tuple[str, ...] | None

    @property
    def reads(self) -> bool:
        """Whether the questions before this one are to be read."""
        return self.named and self.sent is None

    def history(self) -> tuple[str, ...]:
        """The questions before this one, oldest first. Raises Problem 503 where they cannot be read."""
        mend = "; or send the turns before as history, and no session_id"
        return self.keeper.used(lambda stores: stores.conversations.questions(self.owner, self.id, self.corpus), mend)

    def kept(self, told: AnswerJson) -> AnswerJson:
        """The answer as it goes out, once it is kept: on the disk, where the client has named the conversation.

        Raises Problem 503 where it cannot be kept and the client counts on it; else it goes out with no session_id.
        """
        turn = Turn(self.corpus, told["question"], told, told["answer_id"])
        if self.named:
            mend = "; without session_id it is answered all the same, and not kept"
            self.keeper.used(lambda stores: stores.conversations.add(self.owner, self.id, turn, self.sent), mend)
            return told
        try:
            if not self.keeper.stores.database.failed_lately:
                self.keeper.stores.conversations.begin(self.owner, self.id, turn, self.sent or ())
                return told
        except StoreError as error:
            logger.warning("A conversation could not be kept (%s).", error, exc_info=True)
        return {**told, "session_id": ""}
