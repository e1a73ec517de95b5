"""What the cases of a run leave untested, and what of the documents no fact holds.

facts untested        no case that ran used the fact in its answer, or was made from it
unstated              a plain statement of the documents that no fact carries
sentences unused      a sentence that no fact quotes
kinds                 how many generated questions of each kind there are on each predicate
predicates unasked    no question was generated on it, though others were
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.evaluation.generate import GeneratedCase
from bot.evaluation.report import CaseResult
from bot.learning.coverage import cover
from corpus.lint import Severity
from corpus.model import Corpus, Quote
from corpus.world import World


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """What was found on a corpus. ``sentences`` and ``facts`` count all; ``kinds`` counts by (predicate, kind)."""

    corpus: str
    facts: int
    untested: tuple[str, ...]
    unstated: tuple[str, ...]
    sentences: int
    unused: tuple[str, ...]
    kinds: Mapping[tuple[str, str], int]
    unasked: tuple[str, ...] = ()

    def by_predicate(self) -> Mapping[str, Mapping[str, int]]:
        """How many generated questions of each kind there are, by predicate."""
        found: dict[str, dict[str, int]] = {}
        for (predicate, kind), count in sorted(self.kinds.items()):
            found.setdefault(predicate, {})[kind] = count
        return found

    def summary(self) -> str:
        """One line: ``lines: 7 of 8 facts tested; 1 statement that no fact holds; 2 of 9 sentences back no fact``."""
        stated = f"{len(self.unstated)} statement{'s' * (len(self.unstated) != 1)} that no fact holds"
        return (
            f"{self.corpus}: {self.facts - len(self.untested)} of {self.facts} facts tested; {stated}; "
            f"{len(self.unused)} of {self.sentences} sentences back no fact"
        )


def coverage_of(corpus: Corpus, results: Iterable[CaseResult], generated: Iterable[GeneratedCase] = ()) -> FactCoverage:
    """Hold the cases of a run, and the facts of the corpus, against what there is to test."""
    made = tuple(generated)
    tested = {fact for result in results if result.seen for fact in result.seen.facts}
    tested |= {fact for case in made for fact in case.facts}
    sentences = [sentence for passage in corpus.passages.values() for sentence in passage.sentences]
    problems = cover(corpus, World.load()).problems
    return FactCoverage(
        corpus=corpus.id,
        facts=len(corpus.facts),
        untested=tuple(name for name in corpus.facts if name not in tested),
        unstated=tuple(problem.message for problem in problems if problem.severity is Severity.WARNING),
        sentences=len(sentences),
        unused=tuple(_unused(corpus, sentences)),
        kinds=dict(Counter((case.predicate, case.kind.value) for case in made)),
        unasked=tuple(name for name in corpus.predicates if made and name not in {case.predicate for case in made}),
    )


def _unused(corpus: Corpus, sentences: Iterable[Quote]) -> Iterator[str]:
    quoted: dict[str, list[Quote]] = {}
    for fact in corpus.facts.values():
        quoted.setdefault(fact.quote.document_id, []).append(fact.quote)
    for sentence in sentences:
        quotes = quoted.get(sentence.document_id, ())
        if not any(quote.start < sentence.end and sentence.start < quote.end for quote in quotes):
            yield " ".join(sentence.text.split())


def coverage_to_json(coverage: FactCoverage) -> dict[str, object]:
    """The coverage as plain data."""
    return {
        "corpus": coverage.corpus,
        "facts": coverage.facts,
        "untested": list(coverage.untested),
        "unstated": list(coverage.unstated),
        "sentences": coverage.sentences,
        "unused": list(coverage.unused),
        "kinds": coverage.by_predicate(),
        "unasked": list(coverage.unasked),
    }
