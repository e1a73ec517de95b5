"""How far a checker can be trusted: true statements and mutants of them checked, and rates by kind.

Two rates matter. The kill rate is the share of mutants that are not called supported; the false-alarm rate is the share
of true statements that are not. Each is told with its bounds, for a rate of 100 % over ten mutants says little.

    >>> report = run_mutations(bot, count=300, seed=1)    # doctest: +SKIP
    >>> str(report.killed()), report.ok()                 # doctest: +SKIP
    ('99.8 % (99.2-99.9) of 1043', True)
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count as numbers
from pathlib import Path
from typing import Protocol

from bot.evaluation.assertions import Author
from bot.evaluation.claim_wording import AuthorSetting
from bot.evaluation.edits import TextEditor
from bot.evaluation.grading import Mismatch
from bot.evaluation.phrasebook import load_phrasebook
from bot.evaluation.report import CaseResult, Outcome, Report
from bot.evaluation.sources import SourceAuthor
from bot.evaluation.statements import StatementShape, load_statements
from bot.evaluation.suite import Case, Expectation
from bot.evaluation.trials import Corruption, Trial
from bot.schema.answer import CheckReport, Verdict
from corpus.errors import CorpusContentError
from corpus.language import load_language
from corpus.model import Corpus
from corpus.world import World

LEAST_KILLED = 0.99
MOST_ALARMS = 0.01
COUNT = 300
"""How many true statements are checked where nothing else is said."""

FROM_SOURCE = 0.25
"""The share of statements that come from the source's own sentences; the others are worded from facts."""

PLAIN = 0.25
"""The share of statements worded from facts that state one fact; of the others, the shapes take turns."""

BARREN = 200
"""How many statements in a row may be repetitions before the corpus counts as exhausted."""

_Z = 1.959964
"""The quantile of the normal distribution for bounds of 95 %."""


class Checker(Protocol):
    """What the mutation suite needs of a bot."""

    @property
    def corpus(self) -> Corpus:
        """The corpus the bot checks against."""

    def check(self, text: str) -> CheckReport:
        """Check the claims of a text."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of ``count`` something holds for."""

    hits: int
    count: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where there was nothing to count."""
        return self.hits / self.count if self.count else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds within which the true share lies with 95 %, by Wilson's score; from 0 to 1 where none was counted.

        0 of 100 gives (0.0, 0.037): that nothing was found does not mean that there is nothing.
        """
        if not self.count:
            return 0.0, 1.0
        spread = _Z**2 / self.count
        middle = self.share + spread / 2
        width = _Z * math.sqrt(self.share * (1 - self.share) / self.count + spread / (4 * self.count))
        return max(0.0, (middle - width) / (1 + spread)), min(1.0, (middle + width) / (1 + spread))

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{self.share:.1%} ({low:.1%} to {high:.1%}) of {self.count}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial and what the checker said of it; ``why`` gives each claim with its verdict, reason and explanation.

    ``verdict`` is None where the checker raised; ``why`` then tells what.
    """

    trial: Trial
    verdict: Verdict | None
    why: tuple[str, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether a mutant survived, a true statement gave a false alarm, or the checker raised."""
        return self.verdict is None or self.trial.true is not (self.verdict is Verdict.SUPPORTED)

    @property
    def exact(self) -> bool:
        """Whether the verdict is a right one."""
        return self.verdict in self.trial.gold


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What a run found, in the order in which the trials were made."""

    corpus: str
    seed: int
    tried: tuple[Tried, ...]

    @property
    def corruptions(self) -> tuple[Corruption, ...]:
        """The corruptions that the corpus allows."""
        made = {tried.trial.corruption for tried in self.tried}
        return tuple(corruption for corruption in Corruption if corruption in made)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that true statements had."""
        return tuple(sorted({tried.trial.form for tried in self._true()}))

    def killed(self, corruption: Corruption | None = None) -> Rate:
        """Mutants not called supported, of one corruption or of all."""
        return _rate(not tried.failed for tried in self._mutants(corruption))

    def exactly(self, corruption: Corruption | None = None) -> Rate:
        """Mutants called what their gold says, of one corruption or of all."""
        return _rate(tried.exact for tried in self._mutants(corruption))

    def alarms(self, form: str = "") -> Rate:
        """True statements not called supported, of one form or of all."""
        return _rate(tried.failed for tried in self._true(form))

    def refuted(self, form: str = "") -> Rate:
        """True statements called refuted, of one form or of all."""
        return _rate(tried.verdict is Verdict.REFUTED for tried in self._true(form))

    def failures(self) -> tuple[Tried, ...]:
        """The mutants that survived and the true statements that gave an alarm."""
        return tuple(tried for tried in self.tried if tried.failed)

    def ok(self, least_killed: float = LEAST_KILLED, most_alarms: float = MOST_ALARMS) -> bool:
        """Whether enough mutants were killed, and few enough true statements gave an alarm."""
        return self.killed().share >= least_killed and self.alarms().share <= most_alarms

    def _mutants(self, corruption: Corruption | None = None) -> Iterator[Tried]:
        wanted = {corruption} if corruption else {*Corruption}
        return (tried for tried in self.tried if tried.trial.corruption in wanted)

    def _true(self, form: str = "") -> Iterator[Tried]:
        return (tried for tried in self.tried if tried.trial.true and form in ("", tried.trial.form))


def run_mutations(
    bot: Checker, count: int = COUNT, seed: int = 1, progress: Callable[[int, int], None] | None = None
) -> MutationReport:
    """Check ``count`` true statements (fewer where the corpus has no more) and a mutant for each way to corrupt them.

    ``progress`` is called with (true statements checked, ``count``).

    Raises:
        CorpusFileError: there are no statements in the language of the corpus.
        CorpusContentError: the corpus has neither facts nor sentences.
    """
    tried: list[Tried] = []
    for number, group in enumerate(trials(bot.corpus, World.load(), seed), start=1):
        tried += [_tried(bot, trial) for trial in group]
        if progress:
            progress(number, count)
        if number >= count:
            break
    return MutationReport(bot.corpus.id, seed, tuple(tried))


def trials(corpus: Corpus, world: World, seed: int) -> Iterator[tuple[Trial, ...]]:
    """Each true statement with its mutants, no text twice; the same for a seed, however many are taken.

    Raises:
        CorpusFileError: there are no statements in the language of the corpus.
        CorpusContentError: the corpus has neither facts nor sentences.
    """
    language = load_language(corpus.language)
    book = load_statements(language.code)
    editor = TextEditor(corpus, world, language, book)
    setting = AuthorSetting(corpus, world, language, load_phrasebook(language.code), book, editor)
    authors = [Author(setting, p) for p in corpus.predicates.values() if any(corpus.facts_of(p.name))]
    sources = SourceAuthor(setting)
    if not authors and not sources.sentences:
        raise CorpusContentError([f"{corpus.id}: has neither facts nor sentences, so that nothing can be stated."])
    known: set[str] = set()
    barren = 0
    for number in numbers():
        chance = random.Random(f"{seed}/{number}")
        group = tuple(trial for trial in _group(authors, sources, number, chance) if trial.text not in known)
        if not group or not group[0].true:
            barren += 1
            if barren == BARREN:
                return
            continue
        barren = 0
        known |= {trial.text for trial in group}
        yield group


def _group(authors: list[Author], sources: SourceAuthor, number: int, chance: random.Random) -> Iterable[Trial]:
    """One true statement and its mutants; nothing where the corpus does not allow what was drawn."""
    if not authors or (sources.sentences and chance.random() < FROM_SOURCE):
        return sources.trials(chance)
    author = chance.choices(authors, [math.sqrt(len(author.ground.facts) + 1) for author in authors])[0]
    shape = StatementShape.HOLDS if chance.random() < PLAIN else [*StatementShape][number % len(StatementShape)]
    statement = author.statement(shape, chance)
    return author.trials(statement, chance) if statement else ()


def _tried(bot: Checker, trial: Trial) -> Tried:
    started = time.perf_counter()
    try:
        report = bot.check(trial.text)
    # Whatever the checker raises is what the suite is there to find; the other trials still have to be made.
    except Exception as error:
        return Tried(trial, None, (f"{type(error).__name__}: {error}",), time.perf_counter() - started)
    seconds = time.perf_counter() - started
    why = tuple(f"{f.claim}: {f.verdict}, {f.reason}: {f.explanation}" for f in report.findings)
    return Tried(trial, report.verdict, why, seconds)


def _rate(outcomes: Iterable[bool]) -> Rate:
    found = list(outcomes)
    return Rate(sum(found), len(found))


def mutations_to_json(report: MutationReport) -> dict[str, object]:
    """The report as plain data: rates overall and by kind, and a row for each failure."""
    return {
        "corpus": report.corpus,
        "seed": report.seed,
        "killed": _rate_to_json(report.killed()),
        "exactly": _rate_to_json(report.exactly()),
        "alarms": _rate_to_json(report.alarms()),
        "refuted": _rate_to_json(report.refuted()),
        "mutants": {
            kind.value: {"killed": _rate_to_json(report.killed(kind)), "exactly": _rate_to_json(report.exactly(kind))}
            for kind in report.corruptions
        },
        "statements": {
            form: {"alarms": _rate_to_json(report.alarms(form)), "refuted": _rate_to_json(report.refuted(form))}
            for form in report.forms
        },
        "failures": [_tried_to_json(tried) for tried in report.failures()],
    }


def _rate_to_json(rate: Rate) -> dict[str, object]:
    low, high = rate.bounds
    return {
        "hits": rate.hits,
        "count": rate.count,
        "share": round(rate.share, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _tried_to_json(tried: Tried) -> dict[str, object]:
    return {
        "text": tried.trial.text,
        "corruption": tried.trial.corruption,
        "form": tried.trial.form,
        "origin": tried.trial.origin,
        "gold": sorted(tried.trial.gold),
        "verdict": tried.verdict,
        "why": list(tried.why),
    }


def as_suite_report(report: MutationReport) -> Report:
    """The report as that of a suite, a case a trial, for JUnit XML."""
    return Report(tuple(_as_case(report, tried, at) for at, tried in enumerate(report.tried, start=1)), 0.0)


def _as_case(report: MutationReport, tried: Tried, number: int) -> CaseResult:
    trial = tried.trial
    kind = trial.corruption or trial.form
    case = Case(
        f"{kind} {number}", (), trial.text, Expectation(verdict=tuple(sorted(trial.gold))), (kind,), line=number
    )
    said = tried.verdict or ""
    got = "; ".join(tried.why) or said
    fault = Mismatch("verdict", "not supported" if trial.corruption else "supported", got)
    suite = f"mutations of {report.corpus}"
    outcome = Outcome.FAILED if tried.failed else Outcome.PASSED
    faults = (fault,) if tried.failed else ()
    return CaseResult(suite, Path(suite), case, outcome, faults, said, tried.seconds)
