"""Tells what facts say, and how a claim stands to them: the statements and verdicts that all judging is made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import Fit, Match, ScopeMatcher
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.logical_form import Scope
from corpus.model import Corpus, Fact, Quote

T = TypeVar("T")

# The notes that sources disagree and nothing settles it.
CONFLICTS = frozenset({Say.CONFLICT})
FLIPPED = {
    Verdict.SUPPORTED: Verdict.REFUTED,
    Verdict.REFUTED: Verdict.SUPPORTED,
    Verdict.NOT_ENOUGH_INFO: Verdict.NOT_ENOUGH_INFO,
}

SHOWN = 12
"""So many subjects at most are told of beside those who are asked for: the others are in the proof alone."""


class Teller:
    """Puts facts into statements, with what other documents say otherwise."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        self.corpus, self.scopes = corpus, scopes

    def stated(self, matches: Iterable[Match], scope: Scope) -> list[Statement]:
        """The statements that matching facts make about a scope; joint holders share one ("Acme and Bolt lead X").

        Each rests on all documents that state it, the newest first.
        """
        groups: dict[Hashable, list[Match]] = {}
        for match in matches:
            fact = match.fact
            groups.setdefault((self.corpus.book.version(fact), fact.label, match.fit, match.step), []).append(match)
        return [self._statement(group, scope) for group in groups.values()]

    def _statement(self, group: Sequence[Match], scope: Scope) -> Statement:
        first = group[0]
        names = {
            "subject": unique(match.fact.subject for match in group),
            "object": (first.fact.label,),
            "scope": (self.scopes.name(scope),),
            "predicate": (first.fact.predicate,),
            "step": (first.step.text,) if first.step else (),
        }
        says = {
            Fit.INSIDE: Say.INFERRED,
            Fit.GENERAL: Say.GENERAL,
            Fit.PART: Say.PART,
            Fit.DISPUTED: Say.DISPUTED,
            Fit.ELSEWHERE: Say.ELSEWHERE,
        }
        steps = (first.step,) if first.step else ()
        return Statement(says.get(first.fit, Say.HOLDS), names, self.sources(m.fact for m in group), steps)

    def sources(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """The facts, and after them those that repeat them."""
        standing = tuple(facts)
        return (*standing, *(fact for first in standing for fact in self.corpus.book.again(first)))

    def shared(self, facts: Iterable[Fact]) -> list[Statement]:
        """One statement for each thing, with all who share it: "Acme and Bolt lead Iberia."."""
        held: dict[Hashable, list[Fact]] = {}
        for fact in facts:
            held.setdefault((self.corpus.book.version(fact), fact.label), []).append(fact)
        return [
            Statement(
                Say.HOLDS,
                {
                    "subject": unique(fact.subject for fact in group),
                    "object": (group[0].label,),
                    "predicate": (group[0].predicate,),
                },
                self.sources(group),
            )
            for group in held.values()
        ]

    def listed(self, facts: Iterable[Fact]) -> list[Statement]:
        """One statement for each subject, predicate, kind of object and sentence of the source."""
        groups: dict[Hashable, list[Fact]] = {}
        for fact in facts:
            groups.setdefault((fact.subject, fact.predicate, fact.object_kind, fact.quote), []).append(fact)
        return [
            Statement(
                Say.LIST,
                {
                    "subject": (group[0].subject,),
                    "objects": tuple(fact.label for fact in group),
                    "predicate": (group[0].predicate,),
                },
                self.sources(group),
            )
            for group in groups.values()
        ]

    # Versions

    def with_versions(self, statements: Sequence[Statement]) -> list[Statement]:
        """The statements, and where documents disagree a note before them, and behind them what older ones say.

        The note tells of which date the newest is, or that no date settles which holds. The older sentences are quoted
        with their dates, newest first: they are claims no more.
        """
        book = self.corpus.book
        facts = [fact for statement in statements for fact in statement.facts]
        earlier = sorted(unique(old for fact in facts for old in book.earlier(fact)), key=book.date, reverse=True)
        contested = [fact for fact in facts if book.split(fact) or book.earlier(fact)]
        if not contested:
            return list(statements)
        settled = all(map(book.date, earlier)) and not any(map(book.split, contested))
        newest = {"date": (max(map(book.date, contested)),)}
        note = Statement(Say.SETTLED, newest, claim=False) if settled else Statement(Say.CONFLICT, claim=False)
        return [note, *statements, *self.quoted(earlier)]

    def quoted(self, facts: Iterable[Fact]) -> list[Statement]:
        """The sentences that state these facts, with their dates."""
        by_quote: dict[Quote, list[Fact]] = {}
        for fact in facts:
            by_quote.setdefault(fact.quote, []).append(fact)
        return [self._quoted(quote, own) for quote, own in by_quote.items()]

    def _quoted(self, quote: Quote, facts: Sequence[Fact]) -> Statement:
        names = {"quote": (quote.text,), "date": (self.corpus.book.date(facts[0]),)}
        says = Say.EARLIER if all(names["date"]) else Say.EARLIER_UNDATED
        return Statement(says, names, tuple(facts), claim=False)

    def outdated(self, quote: Quote) -> bool:
        """Whether newer documents gainsay what this stretch of one states: it stands there, but no longer holds."""
        return bool(self.corpus.book.outdated(quote))


def unique(names: Iterable[T]) -> tuple[T, ...]:
    """The names in order, each once."""
    return tuple(dict.fromkeys(names))


def by_subject(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """The facts of each subject, subjects and facts in order."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.subject, []).append(fact)
    return found


def judged(verdict: Verdict, statements: Iterable[Statement], reason: Reason, partial: bool = False) -> Evidence:
    """A verdict with the statements that carry it, the status it gives an answer, and yes or no as its values."""
    told = tuple(statements)
    if verdict is Verdict.SUPPORTED and reason not in (Reason.STATED, Reason.FOLLOWS):
        reason = Reason.FOLLOWS if any(statement.steps for statement in told) else Reason.STATED
    inferred = any(statement.steps or statement.say is Say.FOLLOW for statement in told)
    status = {
        Verdict.SUPPORTED: Status.INFERRED if inferred else Status.ANSWERED,
        Verdict.REFUTED: Status.CORRECTED,
        Verdict.NOT_ENOUGH_INFO: Status.PARTIAL if partial else Status.NOT_STATED,
    }[verdict]
    if verdict is not Verdict.NOT_ENOUGH_INFO and any(statement.say in CONFLICTS for statement in told):
        status = Status.CONFLICTING
    values: tuple[str, ...] = ()
    if verdict is Verdict.SUPPORTED:
        values = ("yes",)
    elif verdict is Verdict.REFUTED:
        leaders = [fact.subject for statement in told if statement.claim for fact in statement.facts]
        right = dict.fromkeys(leaders) if reason in (Reason.WRONG_LEADER, Reason.WRONG_POLARITY) else {}
        values = ("no", *right)
    return Evidence(status, told, values, verdict, reason)


def conjoined(parts: Sequence[Evidence]) -> Evidence:
    """Several parts of one claim: refuted as soon as one is, supported only when each is."""
    if not parts:
        return judged(Verdict.NOT_ENOUGH_INFO, (), Reason.UNSTATED)
    if len(parts) == 1:
        return parts[0]
    order = (Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO, Verdict.SUPPORTED)
    worst = min((part.verdict or Verdict.NOT_ENOUGH_INFO for part in parts), key=order.index)
    deciding = next(part for part in parts if part.verdict is worst)
    told = {
        statement.key: statement
        for part in sorted(parts, key=lambda p: p.verdict is not worst)
        for statement in part.statements
    }
    mixed = worst is Verdict.NOT_ENOUGH_INFO and any(part.verdict is Verdict.SUPPORTED for part in parts)
    found = judged(worst, told.values(), deciding.reason, mixed or deciding.status is Status.PARTIAL)
    values = deciding.values if worst is Verdict.REFUTED else found.values
    return Evidence(found.status, found.statements, values, worst, deciding.reason)


def combined_status(statuses: Sequence[Status]) -> Status:
    """The status over several parts of one answer."""
    unanswered = (Status.NOT_STATED, Status.OUT_OF_SCOPE)
    kinds = set(statuses)
    if len(kinds) == 1:
        return statuses[0]
    if kinds & set(unanswered) and not kinds <= set(unanswered):
        return Status.PARTIAL
    for status in (Status.CONFLICTING, Status.CORRECTED, Status.PARTIAL, Status.AMBIGUOUS, Status.INFERRED):
        if status in kinds:
            return status
    return Status.NOT_STATED if Status.NOT_STATED in kinds else statuses[0]


def merged(pieces: Sequence[Evidence]) -> Evidence:
    """Several answers as one: statements and values in order, the status that fits them all."""
    if len(pieces) == 1:
        return pieces[0]
    statements = {statement.key: statement for piece in pieces for statement in piece.statements}
    return Evidence(
        combined_status([piece.status for piece in pieces]),
        tuple(statements.values()),
        unique(value for piece in pieces for value in piece.values),
        quotes=tuple(dict.fromkeys(quote for piece in pieces for quote in piece.quotes)),
    )
