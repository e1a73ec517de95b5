"""Chat models: one that is configured is asked here, whether it reads questions or words answers.

Whatever goes wrong with it ends as a ReplyError, and whoever asked it goes on without: a model is never needed.

    the model raises, is down, or is busy     the reply ends
    it takes longer than its time limit       the reply ends, and so it does in time for the request to be answered
    it says more than ``CHARACTERS``          the reply ends
    it has failed ``FAILURES`` times in a row it is tried with one question at a time, and where it failed slowly it is
                                              left alone for ``REST`` seconds before that
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Event, Lock, Thread, local
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable
from pydantic import ValidationError

from bot.answering.tracing import spanned
from bot.schema.answer import NO_USAGE, Usage
from bot.wording.sentences import Line
from corpus.deadline import keep_time, time_left
from corpus.text import sentences

logger = logging.getLogger("wholeads")

CHARACTERS = 4_000
"""How much of a reply is read: an answer has a few sentences, and a model that does not stop says nothing more."""

ASKED_AT_ONCE = 16
"""How many questions a model is asked at a time; one that hangs holds its place until it lets go."""

SECONDS = 20.0
"""How long a model may take for a whole reply, if nothing else is set."""

RETRIES = 1
"""How often a provider's client asks again, after a moment, where the server is busy or the line fails."""

SHARE = 0.7
"""The share of the time left to a request that a model may take: the rest is for what is answered without it."""

LOOKING = 0.25
"""Seconds after which who waits for a model looks whether anybody still waits for the answer."""

LEAST = 0.2
"""Seconds below which it is not asked: no model is so quick."""

FAILURES, SLOW, REST = 3, 1.0, 30.0
"""Failures in a row, the seconds from which one is slow, the seconds that a model is left alone."""

_UNFIT = (400, 404, 415, 422, 501)
"""What servers say to a request for a form of reply that they do not know."""

_RULES = (
    "Answer the question in one to three short sentences, using only the numbered statements below. "
    "Add nothing to them and leave out no name or condition. If they do not answer it, repeat them. Statements in "
    "quotation marks are quoted as they are, in their order."
)


class ChatModelError(Exception):
    """The configured chat model cannot be had; the message says how to mend it."""


class ReplyError(Exception):
    """A reply that is not heard to its end; the message says why."""


class SlowReply(ReplyError):
    """A reply that has not come to its end in time, or goes on and on."""


class BreakerState(StrEnum):
    """The states of a circuit breaker, as they are told: asked, left alone, tried again."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said as one text, and what it counted of it."""

    text: str
    usage: Usage = NO_USAGE


@dataclass(slots=True)
class Tally:
    """What has come of asking a model since the program began: replies, failures, and how often it was not asked."""

    replied: int = 0
    failed: int = 0
    refused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0


def open_chat_model(name: str, url: str = "", key: str = "", seconds: float = SECONDS) -> BaseChatModel:
    """A chat model by LangChain's name ("openai:gpt-4o-mini"); ``seconds`` are what its client waits for a reply.

    ``url`` is the base address of another server that speaks the provider's protocol, such as one on this machine. Such
    a server is sent ``key`` alone, never a key that the environment holds for the provider itself.

    Raises:
        ChatModelError: the provider's package is missing, or the name is not known.
    """
    if not (key.isascii() and key.isprintable()):
        raise ChatModelError("WHOLEADS_MODEL_KEY has a sign in it that no key has. Copy the key anew.")
    given: dict[str, Any] = {"base_url": url, "api_key": key or "none"} if url else {"api_key": key} if key else {}
    provider = name.partition(":")[0]
    if provider == "ollama":
        # Its class passes over a key and a time limit; its client takes both, and else a key of the environment's.
        bearer = given.pop("api_key", "")

        def signed(request: Any) -> Any:
            request.headers["Authorization"] = f"Bearer {bearer}"
            return request

        given["client_kwargs"] = {"timeout": seconds, **({"auth": signed} if bearer and "@" not in url else {})}
    try:
        # A time limit in whole seconds, since Mistral's class takes no other.
        model: BaseChatModel = init_chat_model(name, temperature=0, max_retries=RETRIES, timeout=ceil(seconds), **given)
    except Exception as error:
        extras = {"anthropic": "anthropic", "google_genai": "google", "mistralai": "mistral", "ollama": "ollama"}
        # What pydantic says of an error quotes what it was given, and so the key.
        told = "; ".join(each["msg"] for each in error.errors()) if isinstance(error, ValidationError) else error
        raise ChatModelError(
            f"WHOLEADS_MODEL={name!r} cannot be loaded: {told}. Write provider:model and install the provider's "
            f"package, for example pip install 'wholeads[{extras.get(provider, 'openai')}]', or leave it empty."
        ) from None
    return model


class Breaker:
    """A circuit breaker: after FAILURES in a row one asks at a time; where they cost time, nobody for REST seconds.

    Safe from threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._failed, self._until, self._trying = 0, 0.0, False
        self.changes = 0
        """How often the state of things changed: a question may be read otherwise after it."""

    @property
    def state(self) -> BreakerState:
        """What whoever asks next meets."""
        if self._failed < FAILURES:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._trying or self._clock() < self._until else BreakerState.HALF_OPEN

    def admit(self) -> None:
        """Raises ReplyError where the model is left alone; else the caller tells how it went."""
        with self._lock:
            if (state := self.state) is BreakerState.OPEN:
                raise ReplyError(f"it is left alone, since it failed {FAILURES} times in a row")
            self._trying = state is BreakerState.HALF_OPEN

    def tell(self, worked: bool | None, seconds: float = 0.0) -> None:
        """How it went, and how long it took; None where nobody waited to see."""
        with self._lock:
            self._trying = False
            if worked is None:
                return
            if not worked or self._failed:
                self.changes += 1
            self._failed = 0 if worked else self._failed + 1
            self._until = self._clock() + (REST if seconds >= SLOW else 0.0)


class ChatModel:
    """A model that is asked in few places at once, each time for so many ``seconds`` at most. Safe from threads."""

    def __init__(
        self, model: BaseChatModel, name: str, seconds: float = SECONDS, breaker: Breaker | None = None
    ) -> None:
        self.model, self.name, self.seconds = model, name, seconds
        self.breaker, self.tally = breaker or Breaker(), Tally()
        self._counting, self._own = Lock(), local()
        self._places = BoundedSemaphore(ASKED_AT_ONCE)
        self._structured: dict[str, Runnable[Any, Any] | None] = {}

    @property
    def waited(self) -> float:
        """The milliseconds that the calling thread has waited for it so far."""
        return getattr(self._own, "milliseconds", 0.0)

    def stream(self, messages: Sequence[BaseMessage], spent: Callable[[Usage], None]) -> Iterator[str]:
        """The reply piece by piece, and what it took, where it says so. Raises ReplyError where it is cut short."""

        def speak() -> Iterator[str]:
            for chunk in self.model.stream(list(messages)):
                if counted := _usage_of(chunk):
                    self._count(counted)
                    spent(counted)
                yield str(chunk.text)

        yield from self._heard(speak)

    def reply(self, messages: Sequence[BaseMessage], schema: Mapping[str, Any]) -> Reply:
        """The whole reply, as JSON of a schema where the provider has a way to ask for it. Raises ReplyError."""
        counted: list[Usage] = []

        def speak() -> Iterator[str]:
            text, message = self._in_form(list(messages), dict(schema))
            counted.append(_usage_of(message))
            self._count(counted[0])
            yield text

        text = "".join(self._heard(speak))
        return Reply(text, *counted)

    def _count(self, usage: Usage) -> None:
        with self._counting:
            self.tally.prompt_tokens += usage.prompt_tokens
            self.tally.completion_tokens += usage.completion_tokens

    def _in_form(self, messages: list[BaseMessage], schema: dict[str, Any]) -> tuple[str, AIMessage]:
        """A reply in the provider's own form of structured output; as plain text where it knows of none."""
        if asked := self._way_of(schema):
            try:
                told = asked.invoke(messages)
                raw, parsed = told["raw"], told["parsed"]
                return json.dumps(parsed) if parsed is not None else str(raw.text), raw
            except Exception as error:
                if getattr(error, "completion", None) is not None:
                    raise SlowReply("its reply is longer than its server lets it be") from error
                if _status_of(error) not in _UNFIT:
                    raise
                logger.warning("The chat model %s takes no schema and is asked in words: %s", self.name, error)
                self._structured[schema["title"]] = None
        message = self.model.invoke(messages)
        return str(message.text), message

    def _way_of(self, schema: dict[str, Any]) -> Runnable[Any, Any] | None:
        if schema["title"] not in self._structured:
            try:
                way: Runnable[Any, Any] | None = self.model.with_structured_output(schema, include_raw=True)
            except (NotImplementedError, ValueError):
                way = None
            self._structured[schema["title"]] = way
        return self._structured[schema["title"]]

    def _heard(self, speak: Callable[[], Iterator[str]]) -> Iterator[str]:
        """The pieces as they come, heard in a thread of its own: a model that hangs cannot be interrupted, only left.

        Raises ReplyError where it fails or is cut short, OutOfTime where nobody waits for it any longer.
        """
        return spanned("model", self._pieces(speak))

    def _pieces(self, speak: Callable[[], Iterator[str]]) -> Iterator[str]:
        seconds = min(self.seconds, SHARE * time_left())
        try:
            if seconds < min(LEAST, self.seconds):
                raise SlowReply("too little time is left to ask it")
            self.breaker.admit()
        except ReplyError:
            self._note(refused=1)
            raise
        worked: bool | None = None
        heard: SimpleQueue[str | Exception | None] = SimpleQueue()
        left = Event()
        started = time.monotonic()
        deadline, waited = started + seconds, 0.0
        try:
            if not self._places.acquire(blocking=False):
                self.breaker.changes += 1
                self._note(refused=1)
                raise ReplyError(f"{ASKED_AT_ONCE} questions are waiting for it already")
            Thread(target=self._listen, args=(speak, heard, left), daemon=True).start()
            while True:
                since = time.monotonic()
                try:
                    piece = heard.get(timeout=max(0.0, min(LOOKING, deadline - since)))
                    waited += time.monotonic() - since
                except Empty:
                    waited += time.monotonic() - since
                    keep_time()
                    if time.monotonic() < deadline:
                        continue
                    worked = False if seconds == self.seconds else None  # a short limit was not of its making
                    raise SlowReply(f"no whole reply within {seconds:.3g} s (WHOLEADS_MODEL_TIMEOUT)") from None
                if piece is None:
                    worked = True
                    return
                if isinstance(piece, Exception):
                    worked = False
                    if isinstance(piece, ReplyError):
                        raise piece
                    raise ReplyError(f"{type(piece).__name__}: {piece}") from None  # its repr may quote the key
                yield piece
        finally:
            left.set()
            self.breaker.tell(worked, time.monotonic() - started)
            self._note(replied=worked is True, failed=worked is False, seconds=waited)

    def _note(self, *, replied: int = 0, failed: int = 0, refused: int = 0, seconds: float = 0.0) -> None:
        self._own.milliseconds = self.waited + seconds * 1000
        with self._counting:
            self.tally.replied += replied
            self.tally.failed += failed
            self.tally.refused += refused
            self.tally.seconds += seconds

    def _listen(
        self, speak: Callable[[], Iterator[str]], heard: SimpleQueue[str | Exception | None], left: Event
    ) -> None:
        """Put the reply's pieces where they are waited for, then None or what went wrong."""
        room = CHARACTERS
        try:
            for text in speak():
                if left.is_set():
                    return
                if text:
                    heard.put(text[:room])
                    room -= len(text)
                if room < 0:
                    heard.put(SlowReply(f"the reply goes on beyond {CHARACTERS} characters"))
                    return
            heard.put(None)
        except Exception as error:
            heard.put(error)
        finally:
            self._places.release()


class Generator:
    """Words proven lines by a chat model; nothing that it says is shown before the gate has let it through."""

    def __init__(self, chat: ChatModel) -> None:
        self.chat, self.name = chat, chat.name

    def sentences(
        self, question: str, lines: Sequence[Line], spent: Callable[[Usage], None] = lambda usage: None
    ) -> Iterator[str]:
        """The model's wording of ``lines`` as an answer to ``question``, each sentence as soon as it is whole.

        ``spent`` is told what it took.
        """
        said = ""
        try:
            for piece in self.chat.stream(_messages(question, lines), spent):
                said += piece
                # The last one may still go on; what follows it tells.
                *whole, last = sentences(said) or [(0, 0)]
                yield from (said[start:end] for start, end in whole)
                said = said[last[0] :] if whole else said
        except ReplyError as error:
            logger.error("The chat model %s: %s. The facts are worded without it.", self.name, error)
        else:
            yield from (said[start:end] for start, end in sentences(said))


def _status_of(error: Exception) -> int:
    """What a server answered, by whatever name a provider's client keeps it; 0 where it did not."""
    for told in (error, getattr(error, "response", None), error.__cause__):
        for name in ("status_code", "code"):
            if isinstance(status := getattr(told, name, None), int):
                return status
    return 0


def _usage_of(message: AIMessage) -> Usage:
    """The tokens that a provider counted for a message; none where it does not say."""
    counted = message.usage_metadata
    return Usage(counted["input_tokens"], counted["output_tokens"]) if counted else Usage()


def asked_of_model(rules: str, message: str, *earlier: str) -> list[BaseMessage]:
    """The messages of one question; ``earlier`` are a reply and what was said to it."""
    told: list[BaseMessage] = [SystemMessage(rules), HumanMessage(message)]
    return [*told, *(AIMessage(text) if at % 2 == 0 else HumanMessage(text) for at, text in enumerate(earlier))]


def _messages(question: str, lines: Sequence[Line]) -> list[BaseMessage]:
    told = [json.dumps(line.text, ensure_ascii=False) if line.verbatim else line.text for line in lines]
    statements = "\n".join(f"{number}. {text}" for number, text in enumerate(told, 1))
    return asked_of_model(_RULES, f"Question: {question}\n\nStatements:\n{statements}")
