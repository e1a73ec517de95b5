"""The command line: ``wholeads``, and ``python -m bot``.

Exit codes: 0 done; 1 a check or a test failed; 2 wrong use, with an error that names the mend; 130 ended by Ctrl-C;
141 the reader of the output went away. Results go to stdout, everything else to stderr: ``--json`` can be piped.
"""

from __future__ import annotations

import io
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text
from typer.core import TyperGroup

from bot.contract import answer_to_json, facts_to_json, report_to_json
from bot.evaluation import Answerer, SuiteError, find_suites, load_suite, run_suites, select, write_junit
from bot.evaluation.report import report_to_json as suites_to_json
from bot.model import Answer, Verdict
from bot.settings import SETTINGS, Settings, SettingsError
from bot.terminal import show_answer, show_check, show_facts, show_report
from corpus.errors import CorpusError
from index.errors import IndexDamaged, IndexError_, IndexMissing, IndexOutdated

_FAILED = 1
_WRONG_USE = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class CommandError(Exception):
    """The command was used wrongly; the message says how to use it."""


class Shelf(Protocol):
    """The opened corpora, as far as the command line needs them."""

    def get(self, corpus_id: str | None) -> Answerer:
        """The bot of a corpus; None gives that of the corpus which answers when none is named."""


Progression = Callable[[int, int], None]
OpenLibrary = Callable[[Settings, Sequence[str]], Shelf]
Build = Callable[[Settings, Sequence[Path], Progression | None], object]
Serve = Callable[[Mapping[str, str], socket.socket, Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class Backend:
    """What the commands work with; ``build_cli`` takes each as an argument, so that tests can pass their own."""

    open_library: OpenLibrary
    build: Build
    serve: Serve
    environ: Mapping[str, str]

    def environ_with(self, **changes: str | None) -> dict[str, str]:
        """The environment with options put over the settings of the same name (``corpus``: WHOLEADS_CORPUS)."""
        given = {f"WHOLEADS_{name.upper()}": value for name, value in changes.items() if value is not None}
        return {**self.environ, **given}


class _Group(TyperGroup):
    """Turns what the commands raise into a message on stderr and an exit code."""

    # Any: the class of the context that the base class names is private to typer.
    def invoke(self, ctx: Any) -> object:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (CommandError, SettingsError, CorpusError, IndexError_, SuiteError) as error:
            _err().print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
            raise typer.Exit(_WRONG_USE) from error
        except KeyboardInterrupt as error:
            _err().print()
            raise typer.Exit(_INTERRUPTED) from error
        except BrokenPipeError as error:
            # Python flushes stdout once more as it ends; that must not fail a second time.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_BROKEN_PIPE) from error


CorpusOption = Annotated[
    str | None, typer.Option("--corpus", "-c", metavar="ID|FOLDER", help="The corpus. (default: WHOLEADS_CORPUS)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, in the API's shape, and nothing else on stdout.")]
BuildOption = Annotated[
    bool, typer.Option("--build/--no-build", help="Build a missing or outdated index first, or stop with exit code 2.")
]


def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: WHOLEADS_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="Port, 0 for any free one. (default: WHOLEADS_PORT)")] = None,
    corpus: CorpusOption = None,
    build: BuildOption = True,
) -> None:
    """Serve the web page and the API, until Ctrl-C."""
    backend = _backend(ctx)
    started = time.perf_counter()
    environ = backend.environ_with(host=host, port=None if port is None else str(port), corpus=corpus)
    settings = Settings.from_environ(environ)
    with _listening(settings) as listener:
        _say("Loading the corpus and the index…")
        _opened(backend, settings, (), build)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        url = f"http://{shown}:{listener.getsockname()[1]}"
        backend.serve(environ, listener, lambda: _say(f"Ready in {time.perf_counter() - started:.1f} s: {url}"))


def index(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or ids of corpora. (default: all that are served)"),
    ] = None,
) -> None:
    """Build the index, or bring it up to date: what has not changed is kept."""
    backend = _backend(ctx)
    _build(backend, Settings.from_environ(backend.environ), paths or ())


def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Answer one question, with its sources."""
    question = _given(question, "question", 'wholeads ask "Who …?"')
    answer = _bot(_backend(ctx), corpus, build).ask(question)
    _show(answer, as_json)


def chat(
    ctx: typer.Context, corpus: CorpusOption = None, as_json: JsonOption = False, build: BuildOption = True
) -> None:
    """Ask question after question; each may refer to those before.

    /new starts over, /quit or Ctrl-D ends. Questions may be piped in, one a line; with --json each answer is one line.
    """
    bot = _bot(_backend(ctx), corpus, build)
    history: list[str] = []
    for line in _lines(prompting=sys.stdin.isatty() and not as_json):
        if line in ("/quit", "/exit"):
            return
        if line == "/new":
            history.clear()
            _say("Starting over.")
            continue
        _show(bot.ask(line, tuple(history)), as_json, indent=None)
        history.append(line)


def check(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="The text, in quotes; - reads it from stdin.")],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Check the claims of a text; exit code 1 unless every one is supported."""
    claims = _given(_stdin_text() if text == "-" else text, "text", 'wholeads check "…", or pipe it in: check -')
    report = _bot(_backend(ctx), corpus, build).check(claims)
    if as_json:
        _print_json(report_to_json(report))
    else:
        show_check(_out(), report)
    if report.verdict is not Verdict.SUPPORTED:
        raise typer.Exit(_FAILED)


def evaluate(
    ctx: typer.Context,
    suites: Annotated[list[Path], typer.Argument(metavar="SUITE...", help="YAML suites, or folders of them.")],
    tag: Annotated[list[str] | None, typer.Option(help="Run only cases with this tag (any of several).")] = None,
    name: Annotated[list[str] | None, typer.Option(help="Run only cases of this name; * and ? stand open.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", "-x", help="Stop at the first failure.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML there as well.")] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Run regression suites; exit code 1 if a case fails.

    --corpus is for suites that name no corpus of their own.
    """
    backend = _backend(ctx)
    chosen = select([load_suite(path) for path in find_suites(suites)], tag or (), name or ())
    bot_for = cache(lambda named: _bot(backend, named or corpus, build))
    # Opened before the bar is drawn: opening may draw a bar of its own.
    for suite in chosen:
        bot_for(suite.corpus)
    with _progress("Running cases") as progress:
        report = run_suites(chosen, bot_for, progress, fail_fast=fail_fast)
    if junit:
        try:
            write_junit(report, junit)
        except OSError as error:
            raise CommandError(f"--junit {junit}: can't be written ({error.strerror}). Name another file.") from error
    if as_json:
        _print_json(suites_to_json(report))
    else:
        show_report(_out(), report)
    if not report.ok:
        raise typer.Exit(_FAILED)


def facts(
    ctx: typer.Context, corpus: CorpusOption = None, as_json: JsonOption = False, build: BuildOption = True
) -> None:
    """List the facts of the corpus, each with the quote that carries it."""
    known = _bot(_backend(ctx), corpus, build).corpus
    if as_json:
        _print_json(facts_to_json(known))
    else:
        show_facts(_out(), known.facts.values())


def _print_version(given: bool) -> None:
    if given:
        try:
            shown = version("wholeads")
        except PackageNotFoundError:
            shown = "not installed: pip install -e ."
        _out().print(f"wholeads {shown}")
        raise typer.Exit


def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Answers questions and checks claims from a corpus alone, with the source of every sentence."""


_EXAMPLES: Mapping[Callable[..., None], Sequence[str]] = {
    serve: ("wholeads serve", "wholeads serve --port 9000", "wholeads serve --corpus path/to/corpus"),
    index: ("wholeads index", "wholeads index path/to/corpus"),
    ask: ('wholeads ask "Who leads what?"', 'wholeads ask --json "Who leads what?" | jq .values'),
    chat: ("wholeads chat", "wholeads chat --json < questions.txt > answers.jsonl"),
    check: ('wholeads check "Somebody leads everywhere."', "wholeads check - < report.txt"),
    evaluate: ("wholeads eval tests/suites", "wholeads eval tests/suites --tag chat --junit build/suites.xml"),
    facts: ("wholeads facts", "wholeads facts --json | jq '.facts[].subject'"),
}
_NAMES = {evaluate: "eval"}


def build_cli(*, open_library: OpenLibrary, build: Build, serve: Serve, environ: Mapping[str, str]) -> typer.Typer:
    """The command line over a backend. ``serve`` is given the environment, a bound socket and what to call once up."""
    cli = typer.Typer(
        cls=_Group,
        name="wholeads",
        context_settings={"obj": Backend(open_library, build, serve, environ), "help_option_names": ["-h", "--help"]},
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    settings = [f"{setting.name}  {setting.meaning}" for setting in SETTINGS]
    cli.callback(epilog=_epilog("Settings are read from the environment:", settings))(_options)
    for command, examples in _EXAMPLES.items():
        epilog = _epilog("Examples:", [f"$ {example}" for example in examples])
        cli.command(_NAMES.get(command), epilog=epilog)(command)
    return cli


def main() -> None:
    """The console script. Ends the process with the exit code."""
    # A character that the terminal can't show is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    build_cli(open_library=_open_library, build=_build_index, serve=run_server, environ=os.environ)(
        prog_name="wholeads"
    )


def _open_library(settings: Settings, corpora: Sequence[str]) -> Shelf:
    # Imported when it is needed: the chain brings the models' libraries, and --help must not wait for them.
    from bot.chain import open_library

    return open_library(settings, corpora)


def _build_index(settings: Settings, paths: Sequence[Path], progress: Progression | None) -> object:
    from bot.chain import build

    return build(settings, paths, progress)


def run_server(environ: Mapping[str, str], listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve the application on a bound socket until a signal ends it; ``ready`` is called once it answers.

    Raises CommandError when the application does not come up.
    """
    import uvicorn
    from uvicorn.importer import import_from_string

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    # By its name: the application stands above this package, which may not import it.
    create_app = partial(import_from_string("app:create_app"), environ)
    try:
        Server(uvicorn.Config(create_app, factory=True, log_level="warning")).run(sockets=[listener])
    # So uvicorn ends when it cannot load or start the application, with what went wrong in its log.
    except SystemExit as error:
        raise CommandError("The server could not start; mend what the lines above name.") from error


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket on the address of the settings: bound first, so that a taken port is told before anything is loaded."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        raise CommandError(f"{where}: can't listen ({error.strerror}). Choose another --port or --host.") from error
    with listener:
        yield listener


def _backend(ctx: typer.Context) -> Backend:
    backend = ctx.obj
    assert isinstance(backend, Backend)
    return backend


def _bot(backend: Backend, corpus: str | None, build: bool) -> Answerer:
    """The bot of the corpus that is named, else of the settings' one; only that corpus is opened."""
    settings = Settings.from_environ(backend.environ_with(corpus=corpus))
    return _opened(backend, settings, (settings.corpus,), build).get(None)


def _opened(backend: Backend, settings: Settings, corpora: Sequence[str], build: bool) -> Shelf:
    """The library; an index that is missing, outdated or damaged is built first, after saying so."""
    try:
        return backend.open_library(settings, corpora)
    except (IndexMissing, IndexOutdated, IndexDamaged) as error:
        if not build:
            raise
        _say(f"{error} Doing that now.")
    _build(backend, settings, [Path(corpus) for corpus in corpora])
    return backend.open_library(settings, corpora)


def _build(backend: Backend, settings: Settings, paths: Sequence[Path]) -> None:
    started = time.perf_counter()
    with _progress("Indexing") as progress:
        backend.build(settings, paths, progress)
    _say(f"Index ready in {time.perf_counter() - started:.1f} s: {settings.index}")


@contextmanager
def _progress(label: str) -> Iterator[Progression]:
    """A bar on stderr; off a terminal nothing is drawn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    err = _err()
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(answer: Answer, as_json: bool, indent: int | None = 2) -> None:
    if as_json:
        _print_json(answer_to_json(answer), indent)
    else:
        show_answer(_out(), answer)


def _print_json(value: Mapping[str, object], indent: int | None = 2) -> None:
    # Escapes are right in any encoding; the characters themselves are easier to read.
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(value, ensure_ascii=ascii_only, indent=indent) + "\n")
    sys.stdout.flush()


def _lines(prompting: bool) -> Iterator[str]:
    """The lines of stdin that hold anything, to its end."""
    if prompting:
        _say("Ask away. /new starts over, /quit or Ctrl-D ends.")
    while True:
        try:
            line = input("> " if prompting else "")
        except EOFError:
            return
        if line.strip():
            yield _decoded(line.strip())


def _stdin_text() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"stdin is not UTF-8 (byte {error.start}). Convert it, as with iconv -t UTF-8.") from error


def _given(text: str, what: str, usage: str) -> str:
    if not text.strip():
        raise CommandError(f"The {what} is empty. Write {usage}.")
    return _decoded(text)


def _decoded(text: str) -> str:
    """Bytes that were no UTF-8 reach Python as lone surrogates, which no JSON and no model can carry."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _epilog(title: str, lines: Sequence[str]) -> str:
    escaped = [line.replace("[", r"\[") for line in lines]
    return "\n".join([f"[bold]{title}[/bold]", *escaped])


def _say(message: str) -> None:
    _err().print(Text(message), soft_wrap=True)


def _out() -> Console:
    return Console(highlight=False)


def _err() -> Console:
    return Console(stderr=True, highlight=False)
