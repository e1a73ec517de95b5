"""Puts a corpus in force: verified, copied, indexed, its cases run on the copy, and only then switched over.

The command line and the page do so alike; each builds, opens and tells in its own way (``Means``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.answering.published import Published, PublishError, Source, Version
from bot.answering.settings import Settings
from bot.evaluation.errors import SuiteError
from bot.evaluation.report import Outcome, Report
from bot.evaluation.suite import Suite, find_suites, load_suite
from bot.evaluation.taught import taught_suite
from corpus.errors import CorpusNotFound
from corpus.lint import Severity, lint_corpus
from corpus.loader import find_corpus, folder_sha256
from corpus.model import Corpus
from corpus.world import World

OWN_SUITES = ("*.wholeads.yaml", "suites/*.yaml")
"""The suites of a corpus, in its folder."""
SHOWN = 10


class Refused(PublishError):
    """The corpus does not hold together, or a case failed: nothing was swapped."""


@dataclass(frozen=True, slots=True)
class Means:
    """How a version is indexed, tried and removed, by settings that name its folder, index and version; how it is told.

    ``build`` brings its index up to date, ``test`` runs suites on it, ``remove`` takes its index from a Chroma server.
    """

    build: Callable[[Settings], object]
    test: Callable[[Settings, Sequence[Suite]], Report]
    remove: Callable[[Settings], object]
    tell: Callable[[str], None] = lambda said: None


def publish_corpus(
    means: Means, settings: Settings, folder: Path, name: str = "", suites: Sequence[Path] | None = None
) -> tuple[Version, str]:
    """Verify the corpus in a folder, and put it in force; gives its version and the name of the one before, if any.

    Raises Refused where it must not be put in force, PublishError where a version cannot be made, SuiteError for cases
    that cannot be run, and what building raises.
    """
    published = Published(settings.published)
    corpus = _verified(means, folder)
    loaded = _suites(corpus, suites)
    name = name or corpus.sha256[:12]
    version = published.version(corpus.id, name)
    if version and version.sha256 != corpus.sha256:
        raise PublishError(
            f"There is a version {name!r} of {corpus.id} already, and it is another. Choose another name."
        )
    if version:
        source = published.source(corpus.id, name)
        assert source is not None, "it has a name"
        passed = _tested(means, settings, source, loaded)
    else:
        with published.making(corpus.id, name, folder, settings.index) as (source, keep):
            if folder_sha256(source.folder) != corpus.sha256:
                raise Refused(f"{folder}: was changed meanwhile. Publish it again.")
            passed = _tested(means, settings, source, loaded)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            files = tuple(str(path.resolve()) for path in suites or ())
            version = Version(corpus.id, name, corpus.sha256, at, str(folder), files, passed)
            keep(version)
    before = published.put_in_force(version)
    means.tell(f"Cases: {passed} passed, 0 failed")
    for old in published.out_of_use(corpus.id):
        _remove(means, settings, published, old)
    return version, before


def settings_of(settings: Settings, source: Source) -> Settings:
    """The settings with which a version is worked on."""
    return replace(settings, corpus=str(source.folder), index=source.index, version=source.version)


def _verified(means: Means, folder: Path) -> Corpus:
    """The corpus in a folder. Raises Refused where it does not hold together."""
    corpus, problems = lint_corpus(folder, World.load())
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors or corpus is None:
        told = "\n".join(map(str, errors[:SHOWN]))
        raise Refused(f"{told}\n{len(errors)} errors. See wholeads corpus lint {folder}")
    means.tell(f"Verified: 0 errors, {len(problems)} warnings")
    return corpus


def _suites(corpus: Corpus, given: Sequence[Path] | None) -> list[Suite]:
    """The suites to be run, and what was taught. Raises SuiteError for one that is asked of another corpus."""
    paths = find_suites(given) if given else sorted(path for each in OWN_SUITES for path in corpus.folder.glob(each))
    loaded = [load_suite(path) for path in paths]
    for suite in loaded:
        if suite.corpus is not None and not _of(corpus, suite.corpus):
            fault = f"{suite.path}: is asked of corpus {suite.corpus!r}, not of {corpus.id!r}. Leave it out."
            raise SuiteError([fault])
    return [*loaded, taught_suite(corpus, None)]


def _of(corpus: Corpus, named: str) -> bool:
    with suppress(CorpusNotFound):
        return named == corpus.id or find_corpus(named) == corpus.folder.resolve()
    return False


def _tested(means: Means, settings: Settings, source: Source, suites: Sequence[Suite]) -> int:
    """Build the index of a version and run the cases on it; gives how many passed. Raises Refused where one fails."""
    own = settings_of(settings, source)
    means.build(own)
    report = means.test(own, suites)
    failed = [result for result in report.results if result.outcome in (Outcome.FAILED, Outcome.ERROR)]
    if failed:
        if settings.index_server:  # in a folder, it is gone with the copy
            means.remove(replace(own, corpus=source.corpus))
        raise Refused(_failures(report, [result.id for result in failed]))
    return report.counts.passed


def _failures(report: Report, failed: Sequence[str]) -> str:
    told = "\n".join(f"failed: {name}" for name in failed[:SHOWN])
    more = f"\n… and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
    return f"{told}{more}\n{len(failed)} of {len(report.results)} cases failed. See wholeads eval --corpus FOLDER SUITE"


def _remove(means: Means, settings: Settings, published: Published, version: Version) -> None:
    """Remove a version that is out of use, and its index where a server keeps that."""
    if settings.index_server and (source := published.source(version.corpus, version.name)):
        means.remove(replace(settings_of(settings, source), corpus=version.corpus))
    published.remove(version)
