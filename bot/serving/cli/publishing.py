"""The commands that put a corpus in force: ``wholeads corpus publish | rollback``.

Exit code 1 tells that the corpus does not hold together or a case failed, and that nothing was swapped; 2 wrong use.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.published import Published, PublishError, Source, Version, corpus_id_named
from bot.answering.settings import Settings
from bot.evaluation import SuiteError
from bot.evaluation.report import Outcome, Report
from bot.evaluation.runner import run_suites
from bot.evaluation.suite import Suite, find_suites, load_suite
from bot.evaluation.taught import taught_suite
from bot.serving.cli.console import (
    FAILED,
    Asked,
    Backend,
    CommandError,
    backend_of,
    build_index,
    progress_bar,
    say,
    stdout,
)
from corpus.errors import CorpusNotFound
from corpus.lint import Severity, lint_corpus
from corpus.loader import find_corpus, folder_sha256
from corpus.model import Corpus
from corpus.world import World

OWN_SUITES = ("*.wholeads.yaml", "suites/*.yaml")
"""The suites of a corpus, in its folder."""
SHOWN = 10


class Refused(Exception):
    """Nothing may be swapped; the message says why."""


def publish(
    ctx: typer.Context,
    corpus: Annotated[
        str | None, typer.Argument(metavar="[FOLDER|ID]", help="The corpus. (default: WHOLEADS_CORPUS)")
    ] = None,
    name: Annotated[str, typer.Option(help="What the version is called. (default: its hash, 12 characters)")] = "",
    suite: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Run these. (default: suites/*.yaml, *.wholeads.yaml in the folder)"),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the versions there are, and which are served.")] = False,
) -> None:
    """Put a corpus in force as it is now: running servers take it up within seconds, and drop no request.

    A copy of the folder is made, verified, and given an index of its own beside
    the one that is served; its suites and what it was taught are run on it. Only
    where all of that holds, servers are switched over, in one step. Exit code 1
    tells what does not hold, and that nothing was swapped. Versions are kept,
    the last ten: wholeads corpus rollback NAME goes back to one.
    """
    backend = backend_of(ctx)
    settings = Settings.from_environ(backend.environ)
    published = Published(settings.published)
    if list_:
        _show_versions(published, corpus)
        return
    try:
        publish_corpus(backend, settings, find_corpus(corpus or settings.corpus), name, suite)
    except Refused as refusal:
        say(f"{refusal}\nNothing was swapped.")
        raise typer.Exit(FAILED) from refusal


def rollback(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The version, by name or by the start of its hash.")],
    corpus: Annotated[str, typer.Option("--corpus", "-c", metavar="ID", help="Of which corpus.")] = "",
) -> None:
    """Put a version in force that was published before; servers take it up as they do a new one."""
    backend = backend_of(ctx)
    settings = Settings.from_environ(backend.environ)
    published = Published(settings.published)
    version = published.find(name, corpus)
    source = published.source(version.corpus, version.name)
    assert source is not None, "it has a name"
    # What another release of the program indexed is brought up to date first; else this changes nothing.
    build_index(backend, _settings_of(settings, source), [source.folder])
    _told(version, published.put_in_force(version))


def publish_corpus(
    backend: Backend, settings: Settings, folder: Path, name: str = "", suites: Sequence[Path] | None = None
) -> Version:
    """Verify the corpus in a folder, and put it in force. Raises Refused where it must not be."""
    published = Published(settings.published)
    corpus = _verified(folder)
    loaded = _suites(corpus, suites)
    name = name or corpus.sha256[:12]
    known = published.version(corpus.id, name)
    if known and known.sha256 != corpus.sha256:
        raise CommandError(
            f"There is a version {name!r} of {corpus.id} already, and it is another. Choose another name."
        )
    if known:
        source = published.source(corpus.id, name)
        assert source is not None, "it has a name"
        passed = _tested(backend, settings, source, loaded)
        version = known
    else:
        with published.making(corpus.id, name, folder, settings.index) as (source, keep):
            if folder_sha256(source.folder) != corpus.sha256:
                raise Refused(f"{folder}: was changed meanwhile. Publish it again.")
            passed = _tested(backend, settings, source, loaded)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            files = tuple(str(path.resolve()) for path in suites or ())
            version = Version(corpus.id, name, corpus.sha256, at, str(folder), files, passed)
            keep(version)
    before = published.put_in_force(version)
    say(f"Cases: {passed} passed, 0 failed")
    _told(version, before)
    for old in published.out_of_use(corpus.id):
        _remove(backend, settings, published, old)
    return version


def publish_taught(backend: Backend, settings: Settings, folder: Path, corpus_id: str, before: str) -> None:
    """Put an example that was taught in force, where the corpus in a folder is published as it was ``before``: a hash.

    Where the folder has more in it that is not published yet, it is told how to do that.
    """
    published = Published(settings.published)
    name = published.in_force(corpus_id)
    version = published.version(corpus_id, name)
    if not version:
        return
    mend = f"Servers answer from version {name}. Put it in force: wholeads corpus publish {folder}"
    if version.sha256 != before:
        say(mend)
        return
    try:
        publish_corpus(backend, settings, folder, "", [Path(suite) for suite in version.suites] or None)
    except (Refused, CommandError, PublishError, SuiteError) as error:
        say(f"{error}\nIt is not in force yet. {mend}")


def _verified(folder: Path) -> Corpus:
    """The corpus in a folder. Raises Refused where it does not hold together."""
    corpus, problems = lint_corpus(folder, World.load())
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors or corpus is None:
        told = "\n".join(map(str, errors[:SHOWN]))
        raise Refused(f"{told}\n{len(errors)} errors. See wholeads corpus lint {folder}")
    say(f"Verified: 0 errors, {len(problems)} warnings")
    return corpus


def _suites(corpus: Corpus, given: Sequence[Path] | None) -> list[Suite]:
    """The suites to be run, and what was taught. Raises CommandError for one that is asked of another corpus."""
    paths = find_suites(given) if given else sorted(path for each in OWN_SUITES for path in corpus.folder.glob(each))
    loaded = [load_suite(path) for path in paths]
    for suite in loaded:
        if suite.corpus is not None and not _of(corpus, suite.corpus):
            raise CommandError(
                f"{suite.path}: is asked of corpus {suite.corpus!r}, not of {corpus.id!r}. Leave it out."
            )
    return [*loaded, taught_suite(corpus, None)]


def _of(corpus: Corpus, named: str) -> bool:
    with suppress(CorpusNotFound):
        return named == corpus.id or find_corpus(named) == corpus.folder.resolve()
    return False


def _settings_of(settings: Settings, source: Source) -> Settings:
    """The settings with which commands work on a version."""
    return replace(settings, corpus=str(source.folder), index=source.index, version=source.version)


def _tested(backend: Backend, settings: Settings, source: Source, suites: Sequence[Suite]) -> int:
    """Build the index of a version and run the cases on it; gives how many passed. Raises Refused where one fails."""
    own = _settings_of(settings, source)
    build_index(backend, own, [source.folder])
    bot: Asked = backend.open_library(own, (own.corpus,)).get(None)
    with progress_bar("Testing") as progress:
        report = run_suites(suites, lambda _: bot, progress)
    failed = [result for result in report.results if result.outcome in (Outcome.FAILED, Outcome.ERROR)]
    if failed:
        if settings.index_server:  # in a folder, it is gone with the copy
            backend.remove(own, [source.corpus])
        raise Refused(_failures(report, [result.id for result in failed]))
    return report.counts.passed


def _failures(report: Report, failed: Sequence[str]) -> str:
    told = "\n".join(f"failed: {name}" for name in failed[:SHOWN])
    more = f"\n… and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
    return f"{told}{more}\n{len(failed)} of {len(report.results)} cases failed. See wholeads eval --corpus FOLDER SUITE"


def _remove(backend: Backend, settings: Settings, published: Published, version: Version) -> None:
    """Remove a version that is out of use, and its index where a server keeps that."""
    if settings.index_server and (source := published.source(version.corpus, version.name)):
        backend.remove(_settings_of(settings, source), [version.corpus])
    published.remove(version)


def _told(version: Version, before: str) -> None:
    was = f" (before: {before})" if before and before != version.name else ""
    stdout().print(f"Published: {version.corpus} {version.name}{was}", markup=False, soft_wrap=True)


def _show_versions(published: Published, named: str | None) -> None:
    """One line a version, the one that is served with a star."""
    ids = published.ids()
    if named is not None:
        own = corpus_id_named(named)
        ids = tuple(each for each in ids if each == own)
    if not ids:
        say("Nothing is published: servers answer from the folders of the corpora.")
    for corpus_id in ids:
        served = published.in_force(corpus_id)
        for version in published.versions(corpus_id):
            mark = "*" if version.name == served else " "
            told = f"{mark} {corpus_id}  {version.name}  {version.sha256[:12]}  {version.at}  {version.source}"
            stdout().print(told, markup=False, soft_wrap=True)
