"""What goes from one step of the chain to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.answering.interpreter import Understood
from bot.reasoning.evidence import Evidence
from bot.schema.answer import Usage
from bot.wording.sentences import Line


@dataclass(frozen=True, slots=True)
class Question:
    """What the chain is given: the question and the user's earlier ones, oldest first."""

    text: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for it."""

    understood: Understood
    evidence: Evidence
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer's sentences before the last check.

    ``generator``: who words them, but for a chat model. ``reply``, where one is to word them, asks it, gives its
    sentences as they come, and tells what it took. It words those ``lines`` that are claims; the notes before and after
    them stay as they are.
    """

    retrieved: Retrieved
    lines: tuple[Line, ...]
    generator: str
    reply: Callable[[Callable[[Usage], None]], Iterator[str]] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a streamed answer: status, citation, delta, finding, and at last done with the whole answer."""

    name: str
    payload: object
