"""Who stands to something as a predicate says: by the facts that hold of it, of its parts, of what it is in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import WHOLE, Fit, Match, ScopeMatcher
from bot.reasoning.judge import Judge
from bot.reasoning.statements import CONFLICTS, merged, unique
from bot.schema.answer import Status
from bot.understanding.dates_and_amounts import Period
from bot.understanding.logical_form import Scope
from bot.understanding.values import Literal
from corpus.model import Corpus, Predicate


def _began(date: str) -> int:
    """The first day of an ISO date, by its ordinal; 0 for none."""
    return Period.of(*map(int, date.split("-"))).first if date else 0


class SubjectFinder:
    """Finds who stands to a scope as a predicate says."""

    def __init__(self, corpus: Corpus, judge: Judge, scopes: ScopeMatcher) -> None:
        self.corpus, self.judge, self.scopes = corpus, judge, scopes

    def leaders(self, predicate: Predicate, scope: Scope) -> Evidence:
        """Who stands to this scope as the predicate says, by the newest documents that say so."""
        matches = self.scopes.match(predicate.name, scope)
        if whole := [match for match in matches if match.fit in WHOLE]:
            return self._whole(whole, scope)
        parts = [match for match in matches if match.fit in (Fit.PART, Fit.DISPUTED)]
        if parts:
            return self._parts(parts, scope)
        meant = [match for match in matches if match.fit is Fit.MEANS]
        elsewhere = [match for match in matches if match.fit is Fit.ELSEWHERE]
        if meant:
            return self._meant(meant, elsewhere, scope)
        return self._not_stated(predicate, scope, elsewhere)

    def with_versions(self, found: Evidence) -> Evidence:
        """Evidence with what other documents say otherwise: told as former where a newer one settles it."""
        if found.status is Status.NOT_STATED:
            return found
        statements = self.judge.with_versions(found.statements)
        if not any(statement.say in CONFLICTS for statement in statements):
            return replace(found, statements=tuple(statements))
        older = [fact.subject for statement in statements if not statement.claim for fact in statement.facts]
        return Evidence(Status.CONFLICTING, tuple(statements), unique((*found.values, *older)))

    def at(self, when: Literal | None, found: Evidence) -> Evidence:
        """Evidence as of an earlier time, where there is one: what the newest document up to then says.

        documents of 2006 and 2012, asked for 2008: what that of 2006 says; for 2013: that of 2012; for 2001: nothing
        """
        book = self.corpus.book
        period = when.date.period if when is not None and when.date is not None else None
        told = unique(f for fact in found.facts for f in (fact, *book.again(fact), *book.earlier(fact)))
        dated = {fact: began for fact in told if (began := _began(book.date(fact)))}
        if period is None or len(dated) < len(told) or not told:
            return found
        if any(str(period.year) in (*fact.label.split(), *fact.quote.text.split()) for fact in found.facts):
            return found  # "adopted in 2005": the fact tells its own time
        known = [fact for fact, began in dated.items() if began <= period.last]
        if not known:
            return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
        newest = max(dated[fact] for fact in known)
        then = [fact for fact in known if dated[fact] == newest]
        if {fact.subject for fact in then} == set(found.values):
            return found
        return Evidence(Status.ANSWERED, tuple(self.judge.quoted(then)), unique(fact.subject for fact in then))

    def partners(self, predicate: Predicate, scope: Scope, beside: Sequence[str]) -> Evidence:
        """ "Who leads X with Y?": those who share X with Y, or, where Y has no part in it, those who do lead it."""
        found = self.leaders(predicate, scope)
        if found.status is Status.NOT_STATED:
            return found
        joint = [s for s in found.statements if set(beside) <= {fact.subject for fact in s.facts}]
        if not joint:
            otherwise = Statement(Say.OTHERWISE, claim=False)
            return replace(found, status=Status.CORRECTED, statements=(otherwise, *found.statements))
        others = unique(f.subject for statement in joint for f in statement.facts if f.subject not in beside)
        nobody = () if others else (Statement(Say.NOBODY, claim=False),)
        status = Status.ANSWERED if found.status is Status.AMBIGUOUS else found.status
        return Evidence(status, (*nobody, *joint), others)

    def _agree(self, matches: Sequence[Match]) -> bool:
        """Whether the same subjects, one or more together, are named by all that matches."""
        held: dict[Hashable, set[str]] = {}
        for match in matches:
            held.setdefault(self.corpus.book.version(match.fact), set()).add(match.fact.subject)
        return len({frozenset(names) for names in held.values()}) == 1

    def _whole(self, matches: Sequence[Match], scope: Scope) -> Evidence:
        statements = self.judge.stated(matches, scope)
        if any(match.fit is Fit.GENERAL for match in matches):
            statements.append(Statement(Say.GENERAL_NOTE, claim=False))
        inferred = any(match.fit is Fit.INSIDE for match in matches)
        subjects = unique(match.fact.subject for match in matches)
        if not self._agree(matches) and self.corpus.predicates[matches[0].fact.predicate].functional:
            return Evidence(Status.AMBIGUOUS, tuple(statements), subjects)
        return Evidence(Status.INFERRED if inferred else Status.ANSWERED, tuple(statements), subjects)

    def _parts(self, matches: Sequence[Match], scope: Scope) -> Evidence:
        name = self.scopes.name(scope)
        says = Say.DISPUTED if matches[0].fit is Fit.DISPUTED else Say.PART
        statements = self.judge.stated(matches, scope)
        if says is Say.DISPUTED:
            steps = unique(match.step.text for match in matches if match.step)
            names = {"step": ("; ".join(steps),) if steps else (), "scope": (name,)}
            rest = Statement(Say.DISPUTED_NOTE, names, claim=False)
        else:
            rest = Statement(Say.REST, {"scope": (name,)}, claim=False)
        return Evidence(Status.PARTIAL, (*statements, rest), unique(match.fact.subject for match in matches))

    def _meant(self, matches: Sequence[Match], elsewhere: Sequence[Match], scope: Scope) -> Evidence:
        """A general term: each fact that it may mean, with its own label."""
        statements = self.judge.stated((*matches, *elsewhere), scope)
        subjects = unique(match.fact.subject for match in matches)
        if elsewhere:
            return Evidence(Status.PARTIAL, tuple(statements), subjects)
        if self._agree(matches):
            return Evidence(Status.ANSWERED, tuple(statements), subjects)
        first = Statement(Say.AMBIGUOUS, {"scope": (self.scopes.name(scope),)}, claim=False)
        return Evidence(Status.AMBIGUOUS, (first, *statements), subjects)

    def _not_stated(self, predicate: Predicate, scope: Scope, elsewhere: Sequence[Match] = ()) -> Evidence:
        told = self.judge.stated(elsewhere, scope)
        return Evidence(Status.NOT_STATED, (self.judge.not_stated(scope, predicate), *told))

    def followers(self, predicate: Predicate, scope: Scope) -> Evidence:
        found = self.leaders(predicate, scope)
        if found.status not in (Status.ANSWERED, Status.INFERRED):
            return found
        followers = tuple(name for name in self.corpus.named_as(predicate.subject_kinds) if name not in found.values)
        names = {"subjects": followers, "scope": (self.scopes.name(scope),), "predicate": (predicate.name,)}
        follow = Statement(Say.FOLLOW, names, found.facts, found.steps)
        return Evidence(Status.INFERRED, (*found.statements, follow), followers)

    def joint(self, predicate: Predicate, scopes: Sequence[Scope]) -> Evidence:
        each = [self.leaders(predicate, scope) for scope in scopes]
        together = merged(each)
        if any(found.status not in (Status.ANSWERED, Status.INFERRED) for found in each):
            return together
        common = [name for name in each[0].values if all(name in found.values for found in each[1:])]
        if common:
            return Evidence(together.status, together.statements, tuple(common))
        names = {"scopes": tuple(self.scopes.name(scope) for scope in scopes), "predicate": (predicate.name,)}
        none = Statement(Say.JOINT_NONE, names, together.facts, together.steps, claim=False)
        return Evidence(Status.ANSWERED, (none, *together.statements), ())
