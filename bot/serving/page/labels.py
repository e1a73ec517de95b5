"""What the page calls things: in a word or two, and in a sentence where somebody wants to know more."""

from __future__ import annotations

from bot.schema.answer import Answer, Reason, Status, Verdict
from bot.serving.page.markup import escaped
from bot.serving.state.records import FeedbackReason

STATUSES = {
    Status.ANSWERED: ("Stated", "The source states it."),
    Status.INFERRED: ("Follows", "The source states it but for one step, which the answer names."),
    Status.CORRECTED: ("Corrected", "The source contradicts what the question takes for true."),
    Status.PARTIAL: ("In part", "The source covers a part of what was asked."),
    Status.AMBIGUOUS: ("Several answers", "The source has several answers, each with its scope."),
    Status.CONFLICTING: ("Sources disagree", "Sources disagree, and no date settles it."),
    Status.NOT_STATED: ("Not stated", "The source does not say, though the question is about its subject."),
    Status.OUT_OF_SCOPE: ("Outside", "This is about something else than the source."),
    Status.CHAT: ("Conversation", "No source is needed for this."),
}

VERDICTS = {
    Verdict.SUPPORTED: ("Supported", "The source states what is claimed, or it follows from it."),
    Verdict.REFUTED: ("Refuted", "The source says otherwise."),
    Verdict.NOT_ENOUGH_INFO: ("Not enough information", "The source neither states nor contradicts it."),
}

SYMBOLS = {Verdict.SUPPORTED: "✓", Verdict.REFUTED: "✗", Verdict.NOT_ENOUGH_INFO: "?"}
"""Beside the colour, for those who do not see it."""

REASONS = {
    Reason.STATED: "stated",
    Reason.FOLLOWS: "follows from what is stated",
    Reason.QUOTED: "quoted from the source",
    Reason.SILENT: "the source says nothing of it",
    Reason.WRONG_LEADER: "another one is named",
    Reason.WRONG_SCOPE: "of something else it is said",
    Reason.WRONG_NUMBER: "another number",
    Reason.WRONG_DATE: "another date",
    Reason.WRONG_SPEAKER: "another speaker",
    Reason.WRONG_POLARITY: "the opposite is said",
    Reason.ALTERED_QUOTE: "the quote was altered",
    Reason.OVER_GENERAL: "more general than the source",
    Reason.UNSTATED: "not stated",
    Reason.HYPOTHETICAL: "no statement: a wish, a condition, a question",
    Reason.UNREAD: "could not be read",
}

FEEDBACK = {
    FeedbackReason.MISREAD: "The question was misread",
    FeedbackReason.INCORRECT: "The answer is wrong",
    FeedbackReason.WRONG_EVIDENCE: "The source does not say so",
    FeedbackReason.MISSING: "Something is missing",
    FeedbackReason.OTHER: "Something else",
}


def answer_badge(answer: Answer) -> str:
    """One badge: of a yes or no question its verdict, else how the answer stands to the source."""
    if answer.verdict is not None:
        label, meaning = VERDICTS[answer.verdict]
        return _badge(answer.verdict.value, SYMBOLS[answer.verdict] + " " + label, meaning)
    label, meaning = STATUSES[answer.status]
    return _badge(answer.status.value, label, meaning)


def verdict_badge(verdict: Verdict) -> str:
    """A verdict with its symbol."""
    label, meaning = VERDICTS[verdict]
    return _badge(verdict.value, f"{SYMBOLS[verdict]} {label}", meaning)


def _badge(name: str, label: str, meaning: str) -> str:
    """A button so that a keyboard reaches the meaning, too; the page's script shows it."""
    return f'<button type="button" class="wl-badge wl-{name}" data-tip="{escaped(meaning)}">{label}</button>'
