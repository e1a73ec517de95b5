"""The commands that put a corpus in force: ``wholeads corpus publish | rollback``.

Exit code 1 tells that the corpus does not hold together or a case failed, and that nothing was swapped; 2 wrong use.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.published import Published, PublishError, Version, corpus_id_named
from bot.answering.settings import Settings
from bot.evaluation import SuiteError, publishing
from bot.evaluation.report import Report
from bot.evaluation.runner import run_suites
from bot.evaluation.suite import Suite
from bot.serving.cli.console import (
    FAILED,
    Asked,
    Backend,
    backend_of,
    build_index,
    progress_bar,
    say,
    stdout,
)
from corpus.loader import find_corpus


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
    except publishing.Refused as refusal:
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
    build_index(backend, publishing.settings_of(settings, source), [source.folder])
    _told(version, published.put_in_force(version))


def publish_corpus(
    backend: Backend, settings: Settings, folder: Path, name: str = "", suites: Sequence[Path] | None = None
) -> None:
    """Verify the corpus in a folder, put it in force, and tell each step. Raises as the function of this name."""

    def test(own: Settings, suites: Sequence[Suite]) -> Report:
        bot: Asked = backend.open_library(own, (own.corpus,)).get(None)
        with progress_bar("Testing") as progress:
            return run_suites(suites, lambda _: bot, progress)

    means = publishing.Means(
        build=lambda own: build_index(backend, own, [Path(own.corpus)]),
        test=test,
        remove=lambda own: backend.remove(own, [own.corpus]),
        tell=say,
    )
    _told(*publishing.publish_corpus(means, settings, folder, name, suites))


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
    except (PublishError, SuiteError) as error:
        say(f"{error}\nIt is not in force yet. {mend}")


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
