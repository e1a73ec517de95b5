"""A chat model of recorded readings: what a strong reader made of messages, seeing their prompts and nothing else.

A line of a cassette has what was asked (``asked``: the prompt down to the message) and what was meant by it, in words:
the candidates that were picked, or the rewriting. Their numbers are looked up in the prompt at hand, so that a cassette
holds as long as the candidates are offered, in whatever order. What is not recorded fails as a model does that is down,
and is kept in ``missed``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

CASSETTES = Path(__file__).parent / "cassettes"
_NUMBERED = re.compile(r'^(\d+)\. (".*")$', re.M)

Reading = Mapping[str, Any]


def readings(paths: Iterable[Path]) -> dict[str, Reading]:
    """The recorded readings by what was asked."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {reading["asked"]: reading for reading in map(json.loads, lines)}


def asked_of(prompt: str) -> str:
    """The part of a prompt that says what is asked, without what it may mean."""
    return prompt.split("\n\n", 1)[0]


def numbers_of(prompt: str) -> dict[str, int]:
    """The number of each candidate of a prompt."""
    return {json.loads(text): int(number) for number, text in _NUMBERED.findall(prompt)}


class RecordedModel(BaseChatModel):
    """Replies as it is recorded."""

    known: Mapping[str, Reading]
    missed: dict[str, str] = Field(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "recorded"

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        prompt = str(messages[1].content)
        reading, numbers = self.known.get(asked_of(prompt)), numbers_of(prompt)
        if reading is None or not set(reading["picks"]) <= set(numbers):
            self.missed[asked_of(prompt)] = prompt
            raise ConnectionError("not recorded")
        reply = {"picks": [numbers[text] for text in reading["picks"]], "rewrite": reading["rewrite"]}
        return ChatResult(generations=[ChatGeneration(message=AIMessage(json.dumps(reply)))])
