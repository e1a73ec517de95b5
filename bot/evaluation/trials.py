"""What the mutation suite puts before a checker: true statements, and mutants that no longer hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.truth import SUPPORTED, Verdicts


class Corruption(StrEnum):
    """What a mutant has otherwise than the true statement it was made from."""

    LEADER = "leader"
    SCOPE = "scope"
    SEGMENT = "segment"
    NUMBER = "number"
    DATE = "date"
    POLARITY = "polarity"
    QUANTIFIER = "quantifier"
    SPEAKER = "speaker"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Trial:
    """A text to check and the verdicts that are right on it.

    ``form`` is how the true statement is put ("passive"); ``corruption`` is None for a true statement, and
    ``origin`` its text for a mutant.
    """

    text: str
    gold: Verdicts
    form: str
    corruption: Corruption | None = None
    origin: str = ""

    @property
    def true(self) -> bool:
        """Whether this is a true statement."""
        return self.gold == SUPPORTED
