"""What is found of a claim, before its citations are numbered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.schema.answer import Reason, Step, Verdict
from bot.understanding.logical_form import Clause
from corpus.model import Fact, Quote


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict with its grounds, before the citations are numbered.

    ``beyond``: it is open because it goes beyond what stands there, as the rules have read it.
    """

    verdict: Verdict
    reason: Reason
    explanation: str
    correction: str | None = None
    facts: tuple[Fact, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple[Step, ...] = ()
    clause: Clause | None = None
    read_as: str = ""
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim's result and span; ``about`` is the clause that later pronouns may refer to. Either may be missing."""

    start: int = 0
    end: int = 0
    result: Result | None = None
    about: Clause | None = None
