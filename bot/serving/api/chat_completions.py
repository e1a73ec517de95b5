"""OpenAI's shapes: chat completions and models, so that what speaks to that API speaks to a corpus unchanged.

``model`` names a corpus. The last message of the user is the question, those before it are the conversation; what a
system message asks for changes no answer. Citations come as ``annotations`` of the type ``url_citation``, with the
quote and its place in the document beside what that API has; status, verdict and values stand in ``wholeads``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from bot.schema.answer import Answer
from bot.schema.contract import AnyEvent, answer_to_json, citation_to_json
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.requests import RequestShape, Text, check_question, last_said, validated
from bot.serving.api.streaming import encoded
from corpus.text import tokenize

OWNER = "wholeads"
EXPECTED = '{"model": "…", "messages": [{"role": "user", "content": "Who …?"}]}'


class Part(RequestShape):
    """One part of a message; only text can be read."""

    type: Literal["text"]
    text: Text


class Message(RequestShape):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(RequestShape):
    """What a stream has besides the answer."""

    include_usage: bool | None = None


class ChatRequest(RequestShape):
    """A conversation whose last message is the question. Parameters of sampling are taken and change nothing."""

    model: Text = Field(description="a corpus id of GET /v1/models")
    messages: list[Message] = Field(
        min_length=1, description="the conversation, oldest first; the last is the question"
    )
    stream: bool | None = Field(None, description="true: the answer comes in chunks, as server-sent events")
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(None, description="there is one answer")

    @property
    def question(self) -> str:
        """What is asked."""
        return self.messages[-1].text

    @property
    def history(self) -> tuple[str, ...]:
        """The user's earlier messages, oldest first."""
        return last_said(message.text for message in self.messages[:-1] if message.role == "user")

    @property
    def counts_usage(self) -> bool:
        """Whether a stream ends with what it took."""
        return bool(self.stream_options and self.stream_options.include_usage)


def to_chat_request(value: object) -> ChatRequest:
    """Raises Problem: 422 for a wrong shape or a blank question, 413 for one that is too long."""
    request = validated(ChatRequest, value, EXPECTED)
    if request.messages[-1].role != "user":
        raise Problem(
            ProblemType.WRONG_SHAPE, f"The last message is not the user's. Send a JSON object such as {EXPECTED}."
        )
    check_question(request.question, "messages", EXPECTED)
    return request


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion in the making. ``created`` is Unix time, ``root`` the address of the server."""

    request: ChatRequest
    corpus: str
    created: int
    root: str
    id: str

    @classmethod
    def of(cls, request: ChatRequest, corpus: str, created: int, root: str) -> Completion:
        """A new one."""
        return cls(request, corpus, created, root.rstrip("/"), f"chatcmpl-{uuid.uuid4().hex}")

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer as one ``chat.completion``."""
        message = {
            "role": "assistant",
            "content": answer.answer,
            "refusal": None,
            **self.beside(answer),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self.usage(answer)}

    def chunks(self, events: Iterator[AnyEvent]) -> Iterator[bytes]:
        """The events of a stream as chunks, ``chat.completion.chunk`` each, and that it is done."""
        yield self._chunk({"role": "assistant", "content": ""})
        for event in events:
            if event.name == "delta":
                yield self._chunk({"content": str(event.payload)})
            elif isinstance(event.payload, Answer):
                yield self._chunk(self.beside(event.payload))
                yield self._chunk({}, "stop")
                if self.request.counts_usage:
                    usage = self.usage(event.payload)
                    yield encoded({**self._head("chat.completion.chunk"), "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def beside(self, answer: Answer) -> dict[str, Any]:
        """What an answer has beside its text; what that API knows nothing of stands in ``wholeads``."""
        told = answer_to_json(answer)
        own = {"status": told["status"], "verdict": told["verdict"], "values": told["values"]}
        return {"annotations": self.annotations(answer), "wholeads": own}

    def annotations(self, answer: Answer) -> list[dict[str, Any]]:
        """The citations of an answer, each where it stands in it."""
        return [self._annotation(dict(citation_to_json(citation))) for citation in answer.citations]

    def _annotation(self, citation: dict[str, Any]) -> dict[str, Any]:
        place = f"{self.root}/v1/documents/{citation['document_id']}?corpus={self.corpus}"
        told = {
            "url": f"{place}#char={citation['start_char_index']},{citation['end_char_index']}",
            "title": citation["document_title"],
            "start_index": citation["answer_start"],
            "end_index": citation["answer_end"],
        }
        return {"type": "url_citation", "url_citation": told | citation}

    def usage(self, answer: Answer) -> dict[str, int]:
        """Tokens: a chat model's own where one took part, else words and signs of the messages and the answer."""
        asked = sum(_tokens(message.text) for message in self.request.messages)
        prompt = answer.usage.prompt_tokens if answer.usage else asked
        completion = answer.usage.completion_tokens if answer.usage else _tokens(answer.answer)
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage = {"usage": None} if self.request.counts_usage else {}
        return encoded({**self._head("chat.completion.chunk"), "choices": [choice], **usage})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.corpus}


def with_error(problem: Problem, instance: str) -> dict[str, Any]:
    """A problem with the member that clients of that API look for."""
    told = problem.to_json(instance)
    kind = "server_error" if told["status"] >= 500 else "invalid_request_error"
    error = {"message": told["detail"], "type": kind, "param": None, "code": problem.kind.slug}
    return {**told, "error": error}


def error_chunk(problem: Problem, instance: str) -> bytes:
    """A problem as the last chunk of a stream that has begun."""
    return encoded(with_error(problem, instance))


def models_to_json(corpora: Sequence[str], created: int) -> dict[str, Any]:
    """The corpora as models."""
    return {"object": "list", "data": [model_to_json(corpus, created) for corpus in corpora]}


def model_to_json(corpus: str, created: int) -> dict[str, Any]:
    """A corpus as a model."""
    return {"id": corpus, "object": "model", "created": created, "owned_by": OWNER}


def _tokens(text: str) -> int:
    return sum(1 for _ in tokenize(text))
