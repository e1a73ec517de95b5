"""Claims that the facts decide, and what a claim says beyond the facts that prove it."""

from __future__ import annotations

from dataclasses import replace

from bot.checking.attribution import plain
from bot.checking.claims import split
from bot.checking.results import Result
from bot.checking.sentence_entailment import Aligner
from bot.reasoning.evidence import Evidence
from bot.reasoning.judge import Judge
from bot.schema.answer import Reason, Verdict
from bot.understanding.linker import Role
from bot.understanding.logical_form import Clause, Form, Sentence
from bot.understanding.parser import Parser
from bot.wording.sentences import Wording
from corpus.language import Cue
from corpus.model import Corpus, Fact
from corpus.text import tokenize


class FactJudge:
    """Judges clauses by the facts, and tells why in words."""

    def __init__(self, corpus: Corpus, parser: Parser, judge: Judge, wording: Wording, aligner: Aligner) -> None:
        self.corpus, self.parser, self.judge, self.wording, self.aligner = corpus, parser, judge, wording, aligner

    def judged(self, clause: Clause, beside: frozenset[str]) -> Result:
        said = self.wording.language.say
        evidence = self._either(clause) if clause.choice and not clause.negated else self.judge.judge(clause)
        if before := self._before(clause, evidence):
            words = " ".join(fact.quote.text for fact in before)
            return Result(Verdict.SUPPORTED, Reason.STATED, said["aligned"].format(quote=words), None, before)
        verdict = evidence.verdict or Verdict.NOT_ENOUGH_INFO
        told = [self.wording.render(s) for s in evidence.statements if s.claim]
        if self._hedged(clause, evidence) and verdict is not Verdict.NOT_ENOUGH_INFO:
            return Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, said["hypothetical"], None, evidence.facts)
        if verdict is Verdict.NOT_ENOUGH_INFO:
            notes = [self.wording.render(s) for s in evidence.statements if not s.claim] or [said["unstated"]]
            return Result(verdict, evidence.reason, " ".join([*notes, *told]), None, (), (), ())
        if verdict is Verdict.REFUTED and (then := self._another_time(clause, evidence)):
            unstated = f"{said['unstated']} ({', '.join(then)})"
            return Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, unstated, None, evidence.facts, beyond=True)
        if verdict is Verdict.SUPPORTED and (extra := self._extra(clause, evidence, beside)):
            unstated = f"{said['unstated']} ({', '.join(extra)})"
            return Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, unstated, None, evidence.facts, beyond=True)
        frame = said["refuted"] if verdict is Verdict.REFUTED else said["follows" if evidence.steps else "supported"]
        explanation = frame.format(statements=" ".join(told))
        correction = " ".join(told) if verdict is Verdict.REFUTED else None
        return Result(verdict, evidence.reason, explanation, correction, evidence.facts, (), evidence.steps, clause)

    def _hedged(self, clause: Clause, evidence: Evidence) -> bool:
        """Whether a claim only may be so, or was so once, by other words than its facts are put in ("until June")."""
        if not clause.hedged:
            return False
        link = self.parser.linker.link
        worded = {mention.norm for fact in evidence.facts for mention in link(fact.label)}
        return any(m.has(Cue.HEDGE, Cue.PAST) and m.norm not in worded for m in link(clause.text))

    def _before(self, clause: Clause, evidence: Evidence) -> tuple[Fact, ...]:
        """ "In 2012 Acme led Iberia.": what an older document of that year says of it, where a newer one differs."""
        if evidence.verdict is not Verdict.REFUTED or clause.negated:
            return ()
        years = self.aligner.content(clause.text).years
        book = self.corpus.book
        then = [old for fact in evidence.facts for old in book.earlier(fact) if book.date(old)[:4] in years]
        named = {subject.name for subject in clause.subjects if not subject.negated}
        held = tuple(dict.fromkeys(fact for fact in then if fact.subject in named))
        return held if named and named <= {fact.subject for fact in held} else ()

    def _another_time(self, clause: Clause, evidence: Evidence) -> list[str]:
        """ "Bolt led Iberia until 2019.": years of which facts without any do not speak; not "since 2019"."""
        linked = self.parser.linker.link(clause.text)
        if clause.negated or any(mention.norm in self.wording.language.values.since for mention in linked):
            return []
        if any(self.aligner.content(fact.quote.text).years for fact in evidence.facts):
            return []
        told = {self.corpus.book.date(fact)[:4] for fact in evidence.facts}
        return sorted(self.aligner.content(clause.text).years - told)

    def _either(self, clause: Clause) -> Evidence:
        """ "Acme or Bolt leads Europe": supported by any, refuted by all."""
        parts = [self.judge.judge(part) for part in split(replace(clause, choice=False))]
        order = (Verdict.SUPPORTED, Verdict.NOT_ENOUGH_INFO, Verdict.REFUTED)
        return min(parts, key=lambda part: order.index(part.verdict or Verdict.NOT_ENOUGH_INFO))

    def _extra(self, clause: Clause, evidence: Evidence, beside: frozenset[str]) -> list[str]:
        """What the claim says beyond its logical form and beyond the sentences that prove it."""
        grounds = [text for fact in evidence.facts for text in (fact.quote.text, fact.label)]
        said = [self.aligner.content(text) for text in grounds]
        terms = {term for content in said for term in content.terms}
        years = {year for content in said for year in content.years | content.months}
        text = clause.text
        for scope in clause.objects:
            text = text.replace(scope.surface, " ") if scope.value else text  # compared with the fact's already
        wanted = self.aligner.content(text)
        words = {token.norm for ground in grounds for token in tokenize(ground)}
        unknown = [word for word in clause.unknown if not self._told_in(word, terms, words)]
        # A figure that is part of a name ("unit 4") is no figure of its own.
        counted = (mention for mention in self.parser.linker.link(text) if mention.names(Role.NUMBER))
        figures = {mention.norm for mention in counted if mention.text[0].isdigit()} - wanted.years
        if clause.quantity or clause.subject_quantity or clause.extreme or clause.rivals:
            figures = set()
        names = sorted(term.removeprefix("=") for term in beside - terms)
        names += self._done(clause, evidence)
        unknown += [word for word in self.in_its_place(clause) if not self._told_in(word, terms, words)]
        return [*clause.aside, *names, *unknown, *sorted((wanted.years | wanted.months) - years), *sorted(figures)]

    def in_its_place(self, clause: Clause) -> list[str]:
        """ "Acme visited Iberia": where no word of the relation stands, any other may stand in its place."""
        if not clause.implied:
            return []
        linked = self.parser.linker.link(clause.text)
        return [
            mention.text
            for mention in linked
            if mention.has(Cue.NEUTRAL, Cue.ORIGIN, Cue.FILLER)
            and not any(mention.names(role) for role in (Role.KIND, Role.ENTITY, Role.PLACE, Role.TOPIC))
        ]

    def _told_in(self, word: str, terms: set[str], words: set[str]) -> bool:
        """Whether sentences of these terms and words have an unknown word of a claim."""
        own = self.aligner.content(word).terms
        return own <= terms if own else {token.norm for token in tokenize(word)} <= words

    def _done(self, clause: Clause, evidence: Evidence) -> list[str]:
        """The "already" of a claim where the sentences that prove it only say what will be."""
        values = self.wording.language.values
        said = [plain(fact.quote.text) for fact in evidence.facts]
        own = [word for word in values.already if f" {word} " in f" {plain(clause.text)} "]
        done = any(f" {word} " in f" {text} " for text in said for word in values.already)
        ahead = any(f" {word} " in f" {text} " for text in said for word in values.future)
        return own if ahead and not done else []

    def silence(self, sentence: Sentence) -> Result | None:
        """ "The source does not say who leads India.": right where no fact speaks of it.

        It speaks of what stands behind "the source", where something does: what is told before it is not denied.
        """
        about = next((mention.start for mention in sentence.mentions if mention.has(Cue.META)), None)
        denied = any(mention.has(Cue.NOT, Cue.NO, Cue.NOBODY) for mention in sentence.mentions)
        if about is None or not denied:
            return None
        behind = sentence.text[max(0, about - sentence.start) :]
        asked = [c for c in sentence.clauses if c.objects and (c.form is Form.SUBJECT or c.subject_quantity)]
        asked.sort(key=lambda c: not any(scope.surface in behind for scope in c.objects))
        if not asked or asked[0].subjects:
            return None
        clause = asked[0]
        scopes = [scope for scope in clause.objects if scope.surface in behind] or clause.objects
        predicate = self.corpus.predicates[clause.predicate]
        told = [statement for scope in scopes for statement in self.judge.settled(predicate, scope)]
        facts = tuple(dict.fromkeys(fact for statement in told for fact in statement.facts))
        if told:
            right = " ".join(self.wording.render(statement) for statement in told)
            explanation = self.wording.language.say["refuted"].format(statements=right)
            return Result(Verdict.REFUTED, Reason.WRONG_POLARITY, explanation, right, facts, clause=clause)
        notes = [self.wording.render(self.judge.not_stated(scope, predicate)) for scope in scopes]
        return Result(Verdict.SUPPORTED, Reason.SILENT, " ".join(dict.fromkeys(notes)), clause=clause)
