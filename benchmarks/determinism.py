"""Whether the same question gets the same bytes each time, timings and session aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.latency import Post, asked, serving
from benchmarks.stage import Stage
from benchmarks.workload import Conversation

_OWN_TO_A_REQUEST = ("timings_ms", "session_id")


@dataclass(frozen=True, slots=True)
class Determinism:
    """``varied`` are the questions that got more than one answer in ``repeats`` times of asking."""

    questions: int
    repeats: int
    varied: tuple[str, ...]


def measure_determinism(stage: Stage, conversations: Sequence[Conversation], repeats: int) -> Determinism:
    """Ask each question ``repeats`` times of the API, half of them in the reverse order and of a second bot."""
    half = repeats // 2
    answers: dict[Conversation, set[str]] = {conversation: set() for conversation in conversations}
    for times, order in ((repeats - half, conversations), (half, conversations[::-1])):
        with serving(stage.bot()) as post:
            for _ in range(times):
                for conversation in order:
                    answers[conversation].add(_digest(post, conversation))
    varied = tuple(conversation.question for conversation, found in answers.items() if len(found) > 1)
    return Determinism(len(conversations), repeats, varied)


def _digest(post: Post, conversation: Conversation) -> str:
    answer = json.loads(post("/v1/ask", asked(conversation)))
    for key in _OWN_TO_A_REQUEST:
        del answer[key]
    # Written again in the order it came in: the order of the keys counts, too.
    return hashlib.sha256(json.dumps(answer, ensure_ascii=False).encode()).hexdigest()
