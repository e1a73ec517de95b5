"""Choosing what a message means: which of its candidates, or that none of them is meant.

A chooser names candidates and nothing else; it never supplies a name, a value or a verdict. The default one ranks them
with a model that reads message and candidate together (a cross-encoder, trained on ``training/``), and answers the best
where it is likely enough. What comes close behind it is offered as another reading.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.understanding.candidates import Candidate, Conversation, Nothing, Origin, names_of
from bot.understanding.logical_form import Clause
from index.reranker import Reranker

LEAST = 0.0
"""The least log odds at which a candidate is taken to be meant: as likely as not."""
FURTHER = 1.5
"""The least log odds of a second question in the same message, and of a second sentence."""
CLOSE = 2.5
"""A second reading is offered where its log odds are less than so much below the first's …"""
OFFERED = 2
"""… and so many are offered at the most."""
MOST_PICKED = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, in the order in which it is to be answered; ``alternatives`` are the next best readings.

    ``scores`` has the log odds of each candidate, best first.
    """

    picked: tuple[Candidate, ...]
    alternatives: tuple[Candidate, ...] = ()
    scores: tuple[tuple[float, Candidate], ...] = field(default=(), compare=False)

    @property
    def nothing(self) -> Nothing | None:
        """Which kind of nothing was chosen, None where something was."""
        return self.picked[0].nothing

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The logical forms among what was picked."""
        return tuple(candidate.clause for candidate in self.picked if candidate.clause is not None)


class Chooser(Protocol):
    """Names one or several of the candidates; the same conversation always gets the same choice."""

    @property
    def name(self) -> str:
        """Who chose: the ``reader`` of an answer."""
        ...

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """The choice; ``named`` are the names that the message itself has in it."""
        ...


class RankedChooser:
    """Takes the candidate that a cross-encoder finds likeliest."""

    name = "ranked"

    def __init__(self, model: Reranker) -> None:
        self.model = model

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        """As Chooser has it."""
        odds = self.model.scores(conversation.told, [candidate.text for candidate in candidates])
        order = sorted(range(len(candidates)), key=lambda at: (-odds[at], at))
        ranked = [(odds[at], candidates[at]) for at in order]
        best, first = ranked[0]
        if first.nothing is None and best < LEAST:
            first = next(c for _, c in ranked if c.nothing in (Nothing.NOT_STATED, Nothing.ELSEWHERE))
        picked = [first]
        if first.nothing is None:
            for score, candidate in ranked[1:]:
                if score >= FURTHER and len(picked) < MOST_PICKED and _goes_beside(candidate, picked, named):
                    picked.append(candidate)
        bar = max(min(best, LEAST) - CLOSE, best - 2 * CLOSE)
        others = [c for score, c in ranked if c not in picked and c.clause is not None and score > bar]
        return Choice(tuple(picked), tuple(others[:OFFERED]), tuple(ranked))


def _goes_beside(candidate: Candidate, picked: Sequence[Candidate], named: Collection[str]) -> bool:
    """Whether a likely candidate is a second question, and not the first one in other words.

    A form is, where it is about something else that the message names; a sentence, where it stands with the first.
    """
    if candidate.origin is Origin.TEXT:
        return all(other.passage is not None and other.passage == candidate.passage for other in picked)
    if candidate.clause is None or any(other.clause is None for other in picked):
        return False
    own = names_of(candidate.clause)
    return bool(own & set(named)) and all(own != names_of(o.clause) for o in picked if o.clause is not None)
