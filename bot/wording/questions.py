"""Writes logical forms back as questions: the standalone question, how a question was read, what to ask next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.reasoning.evidence import Evidence, Say
from bot.reasoning.fact_matching import ScopeMatcher
from bot.schema.answer import Status
from bot.understanding.logical_form import Clause, Form, Message
from bot.wording.sentences import Wording
from corpus.model import Corpus

SUGGESTIONS = 3
"""How many follow-up questions are offered."""

_TEMPLATES = {
    Form.SUBJECT: Say.ASK_SUBJECT,
    Form.OBJECT: Say.ASK_OBJECT,
    Form.CLAIM: Say.ASK_CLAIM,
    Form.COUNT: Say.ASK_COUNT,
    Form.EXTREME: Say.ASK_EXTREME,
    Form.OVERVIEW: Say.ASK_OVERVIEW,
    Form.PREMISE: Say.ASK_PREMISE,
}

# Of dates and numbers; their other questions stay as they were asked.
_OF_VALUES = {Form.SUBJECT: Say.ASK_SUBJECT, Form.OBJECT: Say.ASK_VALUE, Form.CLAIM: Say.ASK_VALUE_CLAIM}


class QuestionWriter:
    """Words clauses as questions, by the templates of a language file."""

    def __init__(self, corpus: Corpus, wording: Wording, scopes: ScopeMatcher, parse: Callable[[str], Message]) -> None:
        self.corpus, self.wording, self.scopes = corpus, wording, scopes
        # How each of the corpus's examples reads, so that what was just asked is not offered again.
        self._examples = {
            example: self.written([clause for sentence in parse(example).sentences for clause in sentence.clauses])
            for example in corpus.examples
        }

    def written(self, clauses: Sequence[Clause]) -> str:
        """The clauses as questions; those that go to the text stay as they were asked."""
        return " ".join(self._question(clause) for clause in clauses)

    def _question(self, clause: Clause) -> str:
        if clause.form is Form.PASSAGE:
            return clause.text
        measured = self.corpus.predicates[clause.predicate].measured
        if measured and (clause.form not in _OF_VALUES or not (clause.subjects or clause.form is Form.SUBJECT)):
            return clause.text
        says = (_OF_VALUES if measured else _TEMPLATES)[clause.form]
        if clause.complement and clause.form in (Form.SUBJECT, Form.CLAIM):
            says = Say.ASK_FOLLOWERS if clause.form is Form.SUBJECT else Say.ASK_FOLLOWS
        if clause.form is Form.SUBJECT and not clause.objects:
            says = Say.ASK_OVERVIEW
        if says is Say.ASK_OBJECT and not clause.kind:
            says = Say.ASK_OBJECT_ANY
        return self.wording.say(
            says,
            subjects=[subject.name for subject in clause.subjects],
            scopes=[self.scopes.name(scope) for scope in clause.objects] or self._quantified(clause),
            kind=(clause.kind,),
            predicate=(clause.predicate,),
        )

    @staticmethod
    def _quantified(clause: Clause) -> list[str]:
        quantity = clause.quantity
        return [f"{quantity.op.value} {quantity.number:g} {quantity.kind}"] if quantity else []

    def suggestions(
        self, clauses: Sequence[Clause], evidence: Evidence, nearest: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Questions to ask next: on what comes nearest, about whom the answer named, then the corpus's own examples."""
        main = self.corpus.main.name
        offered = [self.wording.say(Say.ASK_SUBJECT, scopes=(name,), predicate=(main,)) for name in nearest]
        if evidence.status not in (Status.CHAT, Status.OUT_OF_SCOPE):
            for name in dict.fromkeys(fact.subject for fact in evidence.facts if fact.predicate == main):
                offered.append(self.wording.say(Say.ASK_OBJECT_ANY, subjects=(name,), predicate=(main,)))
        asked = {self.written(clauses), *(clause.text for clause in clauses)}
        offered += [example for example, reading in self._examples.items() if reading not in asked]
        return tuple(question for question in dict.fromkeys(offered) if question not in asked)[:SUGGESTIONS]
