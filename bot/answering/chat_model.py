"""Chat models: where one is configured, it words what was found, and nothing else.

It sees the question and the proven sentences, and nothing that it says is shown before the gate
(``bot.answering.gate``) has let it through. Whatever goes wrong with it, the facts still speak for themselves, so no
failure leaves this module: it is logged, and the reply ends there.

    the model raises, is down, or is busy     the reply ends
    it takes longer than its time limit       the reply ends; the sentence it was in is dropped
    it says more than ``CHARACTERS``          the reply ends; the sentence it was in is dropped
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Event, Thread
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from bot.wording.sentences import Line
from corpus.text import sentences

logger = logging.getLogger("wholeads")

CHARACTERS = 4_000
"""How much of a reply is read: an answer has a few sentences, and a model that does not stop says nothing more."""

ASKED_AT_ONCE = 16
"""How many questions a model is asked at a time; one that hangs holds its place until it lets go."""

SECONDS = 20.0
"""How long a model may take for a whole reply, if nothing else is set."""

_RULES = (
    "Answer the question in one to three short sentences, using only the numbered statements below. "
    "Add nothing to them and leave out no name or condition. If they do not answer it, repeat them."
)


class ChatModelError(Exception):
    """The configured chat model cannot be had; the message says how to mend it."""


class ReplyError(Exception):
    """A reply that is not heard to its end; the message says why."""


def open_chat_model(name: str, url: str = "", key: str = "") -> BaseChatModel:
    """A chat model by LangChain's name ("openai:gpt-4o-mini").

    ``url`` is the base address of another server that speaks the provider's protocol, such as one on this machine. Such
    a server is sent ``key`` alone, never a key that the environment holds for the provider itself.

    Raises:
        ChatModelError: the provider's package is missing, or the name is not known.
    """
    given: dict[str, Any] = {"base_url": url, "api_key": key or "none"} if url else {"api_key": key} if key else {}
    try:
        model: BaseChatModel = init_chat_model(name, temperature=0, **given)
    except Exception as error:
        raise ChatModelError(
            f"WHOLEADS_MODEL={name!r} cannot be loaded: {error}. Write provider:model and install the provider's "
            "package, for example pip install 'wholeads[models]', or leave it empty."
        ) from error
    return model


class Generator:
    """Words proven lines by a chat model. ``seconds``: how long one reply may take. Safe from several threads."""

    def __init__(self, model: BaseChatModel, name: str, seconds: float = SECONDS) -> None:
        self.model, self.name, self.seconds = model, name, seconds
        self._places = BoundedSemaphore(ASKED_AT_ONCE)

    def sentences(self, question: str, lines: Sequence[Line]) -> Iterator[str]:
        """The model's wording of ``lines`` as an answer to ``question``, each sentence as soon as it is whole."""
        said = ""
        try:
            for piece in self._pieces(_messages(question, lines)):
                said += piece
                # The last one may still go on; what follows it tells.
                *whole, last = sentences(said) or [(0, 0)]
                yield from (said[start:end] for start, end in whole)
                said = said[last[0] :] if whole else said
        except ReplyError as error:
            logger.error("The chat model %s: %s. The facts are worded without it.", self.name, error)
        except Exception:
            logger.exception("The chat model %s failed. The facts are worded without it.", self.name)
        else:
            yield from (said[start:end] for start, end in sentences(said))

    def _pieces(self, messages: Sequence[BaseMessage]) -> Iterator[str]:
        """The reply as it comes, read in a thread of its own: a model that hangs cannot be interrupted, only left.

        Raises ReplyError where the reply is cut short, and whatever the model raises.
        """
        if not self._places.acquire(blocking=False):
            raise ReplyError(f"{ASKED_AT_ONCE} questions are waiting for it already")
        heard: SimpleQueue[str | Exception | None] = SimpleQueue()
        left = Event()
        deadline = time.monotonic() + self.seconds
        Thread(target=self._read, args=(messages, heard, left), daemon=True).start()
        try:
            while True:
                try:
                    piece = heard.get(timeout=max(0.0, deadline - time.monotonic()))
                except Empty:
                    raise ReplyError(f"no whole reply within {self.seconds:g} s (WHOLEADS_MODEL_TIMEOUT)") from None
                if piece is None:
                    return
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            left.set()

    def _read(self, messages: Sequence[BaseMessage], heard: SimpleQueue[str | Exception | None], left: Event) -> None:
        """Put the reply's pieces where they are waited for, then None or what went wrong."""
        room = CHARACTERS
        try:
            for chunk in self.model.stream(list(messages)):
                text = str(chunk.text)
                if left.is_set():
                    return
                if text:
                    heard.put(text[:room])
                    room -= len(text)
                if room < 0:
                    heard.put(ReplyError(f"the reply goes on beyond {CHARACTERS} characters"))
                    return
            heard.put(None)
        except Exception as error:
            heard.put(error)
        finally:
            self._places.release()


def _messages(question: str, lines: Sequence[Line]) -> list[BaseMessage]:
    statements = "\n".join(f"{number}. {line.text}" for number, line in enumerate(lines, 1))
    return [SystemMessage(_RULES), HumanMessage(f"Question: {question}\n\nStatements:\n{statements}")]
