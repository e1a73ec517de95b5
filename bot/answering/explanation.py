"""How an answer came about, step by step, for those who want to know why it is as it is."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answering.interpreter import Understood
from bot.reasoning.evidence import Evidence
from bot.schema.answer import Answer
from bot.understanding.chooser import SHOWN


def explanation(understood: Understood, evidence: Evidence, answer: Answer) -> str:
    """Candidates with their scores, the choice, the query, the evidence and the findings, as lines of text."""
    read = understood.parts or (understood,)
    parts = [lines(each) for each in read for lines in (_question, _candidates, _query)]
    return "\n".join(line for part in (*parts, _evidence(evidence), _findings(answer)) for line in part)


def _question(understood: Understood) -> Iterator[str]:
    yield f"question: {understood.question}"


def _candidates(understood: Understood) -> Iterator[str]:
    choice = understood.choice
    if choice is None:
        yield "read: exactly, by the parser; nothing had to be chosen"
        return
    yield f"candidates ({choice.considered}), log odds of being meant:"
    for score, candidate in choice.whole().scores[:SHOWN]:
        mark = "*" if candidate in choice.picked else " "
        parsed = ", as the parser reads it" if candidate.parsed else ""
        taught = f", taught: {candidate.means}" if candidate.means else ""
        yield f"  {mark} {score:7.2f}  {candidate.text}  ({candidate.origin.value}: {candidate.shape}{parsed}{taught})"


def _query(understood: Understood) -> Iterator[str]:
    yield "query:"
    for clause in understood.resolved.clauses:
        subjects = ", ".join(("not " if s.negated else "") + s.name for s in clause.subjects) or "?"
        objects = ", ".join(scope.entity or scope.surface for scope in clause.objects) or f"?{clause.kind}"
        yield f"  {clause.form.value}: {clause.predicate}({subjects}, {objects})"
    if not understood.resolved.clauses:
        yield "  none: the text, or nothing"


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield f"evidence: {evidence.status.value}, values {list(evidence.values)}"
    yield from (f"  fact {fact.id}: “{fact.quote.text}”" for fact in evidence.facts)
    yield from (f"  step: {step.text}" for step in evidence.steps)
    yield from (f"  sentence: “{quote.text}”" for quote in evidence.quotes)


def _findings(answer: Answer) -> Iterator[str]:
    yield "findings:"
    yield from (f"  {finding.verdict.value}: {finding.claim}" for finding in answer.findings)
