"""What reasoning found: statements with the facts that prove them, before they are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.schema.answer import Reason, Status, Step, Verdict
from corpus.model import Fact, Quote


class Say(StrEnum):
    """The statements an answer can make; the values are the template names under ``say`` in a language file."""

    HOLDS = "holds"
    INFERRED = "inferred"
    GENERAL = "general"
    GENERAL_NOTE = "general_note"
    FOLLOW = "follow"
    PART = "part"
    REST = "rest"
    CONFLICT = "conflict"
    SETTLED = "settled"
    EARLIER = "earlier"
    EARLIER_UNDATED = "earlier_undated"
    SOURCE = "source"
    DISPUTED = "disputed"
    DISPUTED_NOTE = "disputed_note"
    ELSEWHERE = "elsewhere"
    NOT_STATED = "not_stated"
    NOT_STATED_TEXT = "not_stated_text"
    NEAREST = "nearest"
    LIST = "list"
    NONE = "none"
    NONE_AT_ALL = "none_at_all"
    COUNT = "count"
    COUNT_ANY = "count_any"
    TOTAL = "total"
    MEMBERS = "members"
    GROUP_COUNT = "group_count"
    MOST = "most"
    FEWEST = "fewest"
    OUTNUMBERS = "outnumbers"
    OUTNUMBERED = "outnumbered"
    TIE = "tie"
    JOINT_NONE = "joint_none"
    JOINT = "joint"
    NOBODY = "nobody"
    LEFT = "left"
    DIFFERENCE = "difference"
    OPEN = "open"
    AMBIGUOUS = "ambiguous"
    MEANT = "meant"
    AFFIRM = "affirm"
    DENY = "deny"
    OTHERWISE = "otherwise"
    UNDECIDED = "undecided"
    STANDS = "stands"
    LEFT_QUESTIONS = "left_questions"
    PREMISE_ONLY = "premise_only"
    OUT_OF_SCOPE = "out_of_scope"
    FOREIGN = "foreign"
    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABILITY = "ability"
    NOT_UNDERSTOOD = "not_understood"
    ASK_SUBJECT = "ask_subject"
    ASK_OBJECT = "ask_object"
    ASK_OBJECT_ANY = "ask_object_any"
    ASK_CLAIM = "ask_claim"
    ASK_COUNT = "ask_count"
    ASK_EXTREME = "ask_extreme"
    ASK_OVERVIEW = "ask_overview"
    ASK_PREMISE = "ask_premise"
    ASK_FOLLOWERS = "ask_followers"
    ASK_FOLLOWS = "ask_follows"
    ASK_VALUE = "ask_value"
    ASK_VALUE_CLAIM = "ask_value_claim"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence to be: a template, what fills it, and the facts that prove it.

    ``claim``: it states something of the world and must be proven; the others speak of the source or the question.
    """

    say: Say
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = ()
    claim: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two statements the same."""
        return self.say, tuple(sorted(self.names.items()))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for one clause, or for a whole message once merged."""

    status: Status
    statements: tuple[Statement, ...] = ()
    values: tuple[str, ...] = ()
    verdict: Verdict | None = None
    reason: Reason = Reason.STATED
    quotes: tuple[Quote, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the statements rest on, each once, in order."""
        return tuple(dict.fromkeys(fact for statement in self.statements for fact in statement.facts))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps beyond the source ("Thailand lies in South East Asia"), each once."""
        return tuple(dict.fromkeys(step for statement in self.statements for step in statement.steps))
