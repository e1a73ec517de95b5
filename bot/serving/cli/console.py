"""What the commands of the command line share: the backend they work with, opening a bot, bars and output.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.text import Text

from bot.answering.settings import Settings
from bot.evaluation.targets import Teachable
from bot.schema.contract import AnyBot, AnyLibrary
from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexOutdated

if TYPE_CHECKING:
    from index.builder import Build as Built

FAILED = 1
BUILT_WITHIN = 600.0
"""Seconds that an index which another process is building is waited for."""
"""The exit code where a check or a test failed."""


class CommandError(Exception):
    """The command was used wrongly; the message says how to use it."""


class Asked(Teachable, AnyBot, Protocol):
    """A bot, as far as the command line needs it."""

    def explain(self, question: str, history: Sequence[str] = ()) -> str:
        """How the answer to a question comes about."""


class Shelf(AnyLibrary, Protocol):
    """The opened corpora, as far as the command line needs them."""

    def get(self, corpus_id: str | None) -> Asked:
        """The bot of a corpus; None gives that of the corpus which answers when none is named."""


Progression = Callable[[int, int], None]
OpenLibrary = Callable[[Settings, Sequence[str]], Shelf]
Build = Callable[[Settings, Sequence[Path], Progression | None], Sequence["Built"]]
Remove = Callable[[Settings, Sequence[str]], Sequence[str]]
Serve = Callable[[Mapping[str, str], socket.socket, Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class Backend:
    """What the commands work with; ``build_cli`` takes each as an argument, so that tests can pass their own."""

    open_library: OpenLibrary
    build: Build
    remove: Remove
    serve: Serve
    environ: Mapping[str, str]

    def environ_with(self, **changes: str | None) -> dict[str, str]:
        """The environment with options put over the settings of the same name (``corpus``: WHOLEADS_CORPUS)."""
        given = {f"WHOLEADS_{name.upper()}": value for name, value in changes.items() if value is not None}
        return {**self.environ, **given}


CorpusOption = Annotated[
    str | None, typer.Option("--corpus", "-c", metavar="ID|FOLDER", help="The corpus. (default: WHOLEADS_CORPUS)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, in the API's shape, and nothing else on stdout.")]
BuildOption = Annotated[
    bool, typer.Option("--build/--no-build", help="Build a missing or outdated index first, or stop with exit code 2.")
]


def backend_of(ctx: typer.Context) -> Backend:
    """What the command line was built over."""
    backend = ctx.obj
    assert isinstance(backend, Backend)
    return backend


def bot_of(backend: Backend, corpus: str | None, build: bool) -> Asked:
    """The bot of the corpus that is named, else of the settings' one; only that corpus is opened."""
    settings = Settings.from_environ(backend.environ_with(corpus=corpus))
    return opened(backend, settings, (settings.corpus,), build).get(None)


def opened(backend: Backend, settings: Settings, corpora: Sequence[str], build: bool) -> Shelf:
    """The library; an index that is missing, outdated or damaged is built first, after saying so."""
    try:
        return backend.open_library(settings, corpora)
    except (IndexMissing, IndexOutdated, IndexDamaged) as error:
        if not build:
            raise
        say(f"{error} Doing that now.")
    _built_by_somebody(backend, settings, [Path(corpus) for corpus in corpora])
    return backend.open_library(settings, corpora)


def _built_by_somebody(backend: Backend, settings: Settings, paths: Sequence[Path]) -> None:
    """Build the indexes, behind another process that is building one: of several that start at once, each comes up."""
    until, told = time.monotonic() + BUILT_WITHIN, False
    while True:
        try:
            return build_index(backend, settings, paths)
        except IndexLocked as error:
            if time.monotonic() > until:
                raise
            if not told:
                say(str(error))
            told = True
            time.sleep(1)


def build_index(backend: Backend, settings: Settings, paths: Sequence[Path]) -> None:
    """Build the indexes of these corpora, or of all that are served, and say what was done."""
    started = time.perf_counter()
    with progress_bar("Indexing") as progress:
        built = backend.build(settings, paths, progress)
    for build in built:
        done = f"{build.embedded} embedded, {build.kept} kept, {build.deleted} deleted"
        say(f"{build.manifest.corpus_id}: {done}")
    say(f"Index ready in {time.perf_counter() - started:.1f} s: {settings.index_server or settings.index}")


def epilog(title: str, lines: Sequence[str]) -> str:
    """What stands below a command's help."""
    escaped = [line.replace("[", r"\[") for line in lines]
    return "\n".join([f"[bold]{title}[/bold]", *escaped])


def examples(*commands: str) -> str:
    """Examples to stand below a command's help."""
    return epilog("Examples:", [f"$ {command}" for command in commands])


class Bar:
    """A bar on stderr; off a terminal nothing is drawn. Call it with what is done and what there is to do."""

    def __init__(self, label: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        err = stderr()
        self.drawn = err.is_terminal
        self.bar = ProgressBar(*columns, console=err, disable=not self.drawn, transient=True)
        self._task = self.bar.add_task(label, total=None)

    def __call__(self, done: int, total: int) -> None:
        """Move the bar."""
        self.bar.update(self._task, completed=done, total=total)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Out of the way of what is printed meanwhile: stdout may be the same terminal."""
        if self.drawn:
            self.bar.stop()
        yield
        if self.drawn:
            self.bar.start()


@contextmanager
def progress_bar(label: str) -> Iterator[Bar]:
    """A bar that is drawn until the block ends."""
    bar = Bar(label)
    with bar.bar:
        yield bar


def given_text(text: str, what: str, usage: str) -> str:
    """A text that the command was given. Raises CommandError where it is empty."""
    if not text.strip():
        raise CommandError(f"The {what} is empty. Write {usage}.")
    return decoded(text)


def decoded(text: str) -> str:
    """Bytes that were no UTF-8 reach Python as lone surrogates, which no JSON and no model can carry."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_json(value: Mapping[str, object], indent: int | None = 2) -> None:
    """JSON on stdout, and nothing else."""
    # Escapes are right in any encoding; the characters themselves are easier to read.
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(value, ensure_ascii=ascii_only, indent=indent) + "\n")
    sys.stdout.flush()


def say(message: str) -> None:
    """Tell the user something that is no result."""
    stderr().print(Text(message), soft_wrap=True)


def stdout() -> Console:
    """Where results go."""
    return Console(highlight=False)


def stderr() -> Console:
    """Where everything else goes."""
    return Console(stderr=True, highlight=False)


def command_group(help: str) -> typer.Typer:
    """An empty group of commands, to be put into the command line."""
    return typer.Typer(
        help=help,
        context_settings={"help_option_names": ["-h", "--help"]},
        no_args_is_help=True,
        add_completion=False,
    )
