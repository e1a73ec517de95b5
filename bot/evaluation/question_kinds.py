"""What generated questions ask."""

from __future__ import annotations

from enum import StrEnum


class QuestionKind(StrEnum):
    """What is asked."""

    FORWARD = "forward"
    ALIAS = "alias"
    INFERRED = "inferred"
    PARTIAL = "partial"
    UNSTATED = "unstated"
    BACKWARD = "backward"
    TRUE = "true"
    FALSE = "false"
    POLAR_INFERRED = "polar inferred"
    POLAR_UNSTATED = "polar unstated"
    DENIED = "denied"
    COUNT = "count"
    EXTREME = "extreme"
    MORE = "more"
    BOTH = "both"
    BOTH_POLAR = "both polar"
    PAIR = "pair"
    NEITHER = "neither"
    NOT_SUBJECT = "not subject"
    NOT_LED = "not led"
    EXCEPT = "except"
    CHOICE = "choice"
    EVERY = "every"
    SOMEWHERE = "somewhere"
    PREMISE = "premise"
    FOLLOWERS = "followers"
    ELLIPSIS = "ellipsis"
    ELLIPSIS_SUBJECT = "ellipsis subject"
    ELLIPSIS_KIND = "ellipsis kind"
    CORRECTION = "correction"
    PRONOUN = "pronoun"
    PRESSURE = "pressure"
