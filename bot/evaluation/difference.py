"""What follows from a change of a corpus, before it is deployed: facts, answers, citations and tests that change.

    >>> found = diff(old_bot, new_bot, suites, count=300, seed=1)    # doctest: +SKIP
    >>> found.summary()                                              # doctest: +SKIP
    '1 fact, 23 answers, 4 citations, 5 tests change'

Each question is put to both bots: generated ones from the facts of either corpus, without slips of the hand, and the
cases of the suites. What is listed is what differs; nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.evaluation.generate import GeneratedCase
from bot.evaluation.generated import as_suite, generate
from bot.evaluation.grading import Observation
from bot.evaluation.report import CaseResult, Outcome, Report
from bot.evaluation.runner import Progress, run_suites
from bot.evaluation.suite import Suite
from bot.evaluation.targets import Answerer
from bot.schema.answer import Citation
from corpus.errors import CorpusContentError
from corpus.model import Corpus, Fact


class Aspect(StrEnum):
    """What of an answer can change."""

    MEANING = "status, verdict or values"
    WORDING = "wording"
    CITATIONS = "citations"


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact before and after; one of the two is "" where it was added or removed."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer before and after, and what of it has changed. ``test`` tells how a case of a suite ended on each."""

    id: str
    asked: str
    aspects: tuple[Aspect, ...]
    before: str
    after: str
    test: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes; ``asked`` counts the questions that were put to both."""

    facts: tuple[FactChange, ...]
    changes: tuple[AnswerChange, ...]
    asked: int
    notes: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[AnswerChange, ...]:
        """The answers that say something else."""
        return tuple(each for each in self.changes if {Aspect.MEANING, Aspect.WORDING} & {*each.aspects})

    @property
    def citations(self) -> tuple[AnswerChange, ...]:
        """The answers that cite something else."""
        return tuple(each for each in self.changes if Aspect.CITATIONS in each.aspects)

    @property
    def tests(self) -> tuple[AnswerChange, ...]:
        """The cases of suites that end otherwise."""
        return tuple(each for each in self.changes if each.test and each.test[0] != each.test[1])

    @property
    def broken(self) -> tuple[AnswerChange, ...]:
        """The cases of suites that passed before and no longer do."""
        return tuple(each for each in self.tests if each.test and each.test[0] == Outcome.PASSED)

    def summary(self) -> str:
        """How many of each change."""
        parts = [
            f"{len(found)} {name}{'s' * (len(found) != 1)}"
            for found, name in (
                (self.facts, "fact"), (self.answers, "answer"), (self.citations, "citation"), (self.tests, "test")
            )
        ]  # fmt: skip
        return f"{', '.join(parts)} change, of {self.asked} questions asked"


def diff(
    old: Answerer, new: Answerer, suites: Sequence[Suite], count: int, seed: int, progress: Progress | None = None
) -> Difference:
    """Put the same questions to both bots: ``count`` generated ones from each corpus, and the cases of the suites."""
    generated, notes = _questions(old.corpus, new.corpus, count, seed)
    asked = (as_suite(None, generated), *suites)
    total = 2 * sum(len(suite.cases) for suite in asked)

    def run(bot: Answerer, done: int) -> Report:
        return run_suites(asked, lambda _: bot, (lambda n, _: progress(done + n, total)) if progress else None)

    before, after = run(old, 0), run(new, total // 2)
    named = {suite.name for suite in suites}
    changes = tuple(
        change
        for one, other in zip(before.results, after.results, strict=True)
        if (change := change_of(one, other, tested=one.suite in named))
    )
    return Difference(tuple(changed_facts(old.corpus, new.corpus)), changes, total // 2, notes)


def _questions(old: Corpus, new: Corpus, count: int, seed: int) -> tuple[tuple[GeneratedCase, ...], tuple[str, ...]]:
    """The questions of both corpora, each conversation once, and why one of the corpora gave none."""
    found: dict[tuple[str, ...], GeneratedCase] = {}
    notes = []
    for corpus in (old, new):
        try:
            for case in generate(corpus, count, seed, clean=1.0):
                found.setdefault(case.turns, case if corpus is old else replace(case, name=f"{case.name} of the new"))
        except CorpusContentError as error:
            notes.append(f"No question was generated from {corpus.folder}: {error}")
    return tuple(found.values()), tuple(notes)


def change_of(one: CaseResult, other: CaseResult, *, tested: bool) -> AnswerChange | None:
    """What differs between two runs of a case, None where nothing does; ``tested``: how it ended counts, too."""
    aspects = tuple(_aspects(one.seen, other.seen))
    ends = (one.outcome.value, other.outcome.value)
    if not aspects and (not tested or ends[0] == ends[1]):
        return None
    case = one.case
    return AnswerChange(
        one.id, case.asked, aspects, _shown(one), _shown(other), ends if tested else None
    )  # fmt: skip


def _aspects(one: Observation | None, other: Observation | None) -> Iterator[Aspect]:
    if one is None or other is None:
        if one is not other:
            yield Aspect.MEANING
        return
    if meaning_of(one) != meaning_of(other):
        yield Aspect.MEANING
    if one.said != other.said:
        yield Aspect.WORDING
    if set(map(_cited, one.citations)) != set(map(_cited, other.citations)):
        yield Aspect.CITATIONS


def meaning_of(seen: Observation) -> tuple[object, ...]:
    """What is said, whatever the words: two answers with the same mean the same."""
    return seen.status, seen.verdict, frozenset(seen.values), seen.findings


def _cited(citation: Citation) -> tuple[str, str]:
    """What is cited, wherever it stands: an insertion further up changes no citation."""
    return citation.quote.document_id, citation.quote.text


def _shown(result: CaseResult) -> str:
    if result.seen is None:
        return "; ".join(fault.got for fault in result.mismatches)
    return f"[{result.seen.status or result.seen.verdict}] {result.said}"


def changed_facts(old: Corpus, new: Corpus) -> Iterator[FactChange]:
    """The facts that were changed, added or removed, in the order of the files; a fact is known by its id."""
    for name in dict.fromkeys((*old.facts, *new.facts)):
        before, after = _told(old.facts, name), _told(new.facts, name)
        if before != after:
            yield FactChange(name, before, after)


def _told(facts: Mapping[str, Fact], name: str) -> str:
    fact = facts.get(name)
    if fact is None:
        return ""
    qualifiers = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in sorted(fact.qualifiers.items()))
    scope = f" ({qualifiers})" if qualifiers else ""
    return f"{fact.subject} {fact.predicate} {fact.object}{scope} — “{' '.join(fact.quote.text.split())}”"


def difference_to_json(found: Difference) -> dict[str, object]:
    """The difference as plain data; the same for the same corpora, seed and suites."""
    return {
        "asked": found.asked,
        "facts": [{"id": each.id, "before": each.before, "after": each.after} for each in found.facts],
        "answers": [_change_to_json(each) for each in found.answers],
        "citations": [_change_to_json(each) for each in found.citations],
        "tests": [_change_to_json(each) for each in found.tests],
        "notes": list(found.notes),
    }


def _change_to_json(change: AnswerChange) -> dict[str, object]:
    return {
        "case": change.id,
        "asked": change.asked,
        "changed": list(change.aspects),
        "before": change.before,
        "after": change.after,
        "test": list(change.test) if change.test else None,
    }
