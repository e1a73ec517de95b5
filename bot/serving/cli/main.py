"""The command line: ``wholeads``, and ``python -m bot``.

Exit codes: 0 done; 1 a check or a test failed; 2 wrong use, with an error that names the mend; 130 ended by Ctrl-C;
141 the reader of the output went away. Results go to stdout, everything else to stderr: ``--json`` can be piped.
"""

from __future__ import annotations

import io
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from bot.answering.settings import SETTINGS, Settings, SettingsError
from bot.checking.receipt import LARGEST as LARGEST_RECEIPT
from bot.checking.receipt import ReceiptError, read_receipt
from bot.checking.verify import verify as verify_receipt
from bot.evaluation import SuiteError
from bot.schema.answer import Answer, CheckReport, Citation, Finding, Progress, Verdict
from bot.schema.contract import answer_to_json, facts_to_json, report_to_json
from bot.serving.cli.console import (
    FAILED,
    Backend,
    Build,
    BuildOption,
    CommandError,
    CorpusOption,
    JsonOption,
    OpenLibrary,
    Progression,
    Remove,
    Serve,
    Shelf,
    backend_of,
    bot_of,
    build_index,
    decoded,
    epilog,
    examples,
    given_text,
    opened,
    print_json,
    progress_bar,
    say,
    stderr,
    stdout,
)
from bot.serving.cli.corpus import corpus_commands
from bot.serving.cli.evaluation import diff, evaluate, suite_commands
from bot.serving.cli.feedback import feedback_commands
from bot.serving.cli.keys import key
from bot.serving.cli.mcp import mcp
from bot.serving.cli.teaching import teach
from bot.serving.cli.terminal import (
    show_answer,
    show_check_summary,
    show_facts,
    show_finding,
    show_verification,
)
from bot.serving.state.records import StoreError
from corpus.errors import CorpusError
from corpus.loader import find_corpus, inspect_corpus
from corpus.selection import FactFilter, paged
from index.errors import IndexError_

if TYPE_CHECKING:
    from index.builder import Build as Built

# What can only be meant as a file's name: one word with a suffix or in a folder.
_FILE_NAME = re.compile(r"(?:[\w.~:-]*[/\\])+[\w.-]*|[\w~-]+\.[A-Za-z]{1,5}", re.ASCII)

_WRONG_USE = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class _Group(TyperGroup):
    """Turns what the commands raise into a message on stderr and an exit code."""

    # Any: the class of the context that the base class names is private to typer.
    def invoke(self, ctx: Any) -> object:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except StoreError as error:
            raise _wrong_use(f"The database: {error}. Mend that, or name another as DATABASE_URL.") from error
        except (CommandError, SettingsError, CorpusError, IndexError_, SuiteError, ReceiptError) as error:
            raise _wrong_use(str(error)) from error
        except KeyboardInterrupt as error:
            stderr().print()
            raise typer.Exit(_INTERRUPTED) from error
        except BrokenPipeError as error:
            # Python flushes stdout once more as it ends; that must not fail a second time.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_BROKEN_PIPE) from error


def _wrong_use(message: str) -> typer.Exit:
    stderr().print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    return typer.Exit(_WRONG_USE)


def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: WHOLEADS_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="Port, 0 for any free one. (default: WHOLEADS_PORT)")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that serve. (default: WHOLEADS_WORKERS)")
    ] = None,
    corpus: CorpusOption = None,
    build: BuildOption = True,
) -> None:
    """Serve the web page and the API, until Ctrl-C."""
    backend = backend_of(ctx)
    started = time.perf_counter()
    numbers = {name: None if value is None else str(value) for name, value in (("port", port), ("workers", workers))}
    environ = backend.environ_with(host=host, corpus=corpus, **numbers)
    settings = Settings.from_environ(environ)
    with _listening(settings) as listener:
        say("Loading the corpus and the index…")
        opened(backend, settings, (), build)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        url = f"http://{shown}:{listener.getsockname()[1]}"
        backend.serve(environ, listener, lambda: say(f"Ready in {time.perf_counter() - started:.1f} s: {url}"))


def index(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or ids of corpora. (default: all that are served)"),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the indexes of these corpora instead.")] = False,
) -> None:
    """Build the index, or bring it up to date: what has not changed is kept, what is gone is deleted.

    A build may be stopped at any time; the next goes on from there.
    """
    backend = backend_of(ctx)
    settings = Settings.from_environ(backend.environ)
    if not remove:
        build_index(backend, settings, paths or ())
        return
    if not paths:
        raise CommandError("--remove: name the corpora, as in 'wholeads index --remove path/to/corpus'.")
    for corpus_id in backend.remove(settings, [str(path) for path in paths]):
        say(f"Index removed: {corpus_id}")


def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    corpus: CorpusOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show candidates with scores, the choice, the query and the evidence.")
    ] = False,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Answer one question, with its sources."""
    question = given_text(question, "question", 'wholeads ask "Who …?"')
    bot = bot_of(backend_of(ctx), corpus, build)
    if explain:
        stdout().print(bot.explain(question), markup=False, highlight=False, soft_wrap=True)
    _show(bot.ask(question), as_json)


def chat(
    ctx: typer.Context, corpus: CorpusOption = None, as_json: JsonOption = False, build: BuildOption = True
) -> None:
    """Ask question after question; each may refer to those before.

    /new starts over, /quit or Ctrl-D ends. Questions may be piped in, one a line; with --json each answer is one line.
    """
    bot = bot_of(backend_of(ctx), corpus, build)
    history: list[str] = []
    for line in _lines(prompting=sys.stdin.isatty() and not as_json):
        if line in ("/quit", "/exit"):
            return
        if line == "/new":
            history.clear()
            say("Starting over.")
            continue
        _show(bot.ask(line, tuple(history)), as_json, indent=None)
        history.append(line)


def check(
    ctx: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="TEXT|FILE|-", help="The text, in quotes, or a file of it; - reads it from stdin.")
    ],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Check the claims of a text of any length, each shown as it is found; exit code 1 if any is refuted."""
    claims = given_text(_named_text(text), "text", 'wholeads check "…", or name a file, or pipe it in: check -')
    bot, out = bot_of(backend_of(ctx), corpus, build), stdout()
    cited: list[Citation] = []
    report: CheckReport | None = None
    with progress_bar("Checking") as bar:
        for event in bot.check_stream(claims):
            match event.payload:
                case Progress() as progress:
                    bar(progress.done, progress.total)
                case Citation() as citation:
                    cited.append(citation)
                case Finding() as finding if not as_json:
                    with bar.aside():
                        show_finding(out, finding, cited)
                    cited = []
                case CheckReport() as whole:
                    report = whole
    assert report is not None, "the last event is the report"
    if as_json:
        print_json(report_to_json(report))
    else:
        show_check_summary(out, report)
    if report.verdict is Verdict.REFUTED:
        raise typer.Exit(FAILED)


def verify(
    ctx: typer.Context,
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT.json", help="The file; - reads it from stdin.")],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check an answer or a report again: exit code 1 unless all that it rests on still stands in the corpus.

    It takes the JSON that ask, check or the API printed, and needs no index, no model and no network.
    """
    given = read_receipt(_receipt_bytes(receipt))
    settings = Settings.from_environ(backend_of(ctx).environ_with(corpus=corpus))
    found = verify_receipt(given, *inspect_corpus(find_corpus(settings.corpus)))
    if as_json:
        print_json(found.to_json())
    else:
        show_verification(stdout(), found)
    if not found.holds:
        raise typer.Exit(FAILED)


def facts(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[WORDS]", help="Words that all stand in the fact or its quote.")] = "",
    subject: Annotated[str, typer.Option(help="Name or alias of the subject.")] = "",
    predicate: Annotated[str, typer.Option(help="Name of the predicate.")] = "",
    object: Annotated[str, typer.Option(help="Name or alias of the object.")] = "",
    object_kind: Annotated[str, typer.Option(help="Kind of the object.")] = "",
    document: Annotated[str, typer.Option(help="Id of the document that states it.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="So many at most. (default: all)")] = None,
    cursor: Annotated[str | None, typer.Option(help="The next_cursor of the page before.")] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """List the facts of the corpus, or those that fit, each with the quote that carries it."""
    known = bot_of(backend_of(ctx), corpus, build).corpus
    chosen = FactFilter(subject, predicate, object, object_kind, document, text)
    if as_json:
        print_json(facts_to_json(known, chosen, limit, cursor))
    else:
        show_facts(stdout(), paged(chosen.facts(known), limit, cursor).items)


def _print_version(given: bool) -> None:
    if given:
        try:
            shown = version("wholeads")
        except PackageNotFoundError:
            shown = "not installed: pip install -e ."
        stdout().print(f"wholeads {shown}")
        raise typer.Exit


def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Answers questions and checks claims from a corpus alone, with the source of every sentence."""


_EXAMPLES: Mapping[Callable[..., None], Sequence[str]] = {
    serve: ("wholeads serve", "wholeads serve --port 9000 --workers 4", "wholeads serve --corpus path/to/corpus"),
    index: ("wholeads index", "wholeads index path/to/corpus", "wholeads index --remove path/to/corpus"),
    ask: ('wholeads ask "Who leads what?"', 'wholeads ask --json "Who leads what?" | jq .values'),
    chat: ("wholeads chat", "wholeads chat --json < questions.txt > answers.jsonl"),
    check: ('wholeads check "Somebody leads everywhere."', "wholeads check report.txt", "… | wholeads check -"),
    verify: ("wholeads verify receipt.json", 'wholeads ask --json "Who leads what?" | wholeads verify -'),
    evaluate: (
        "wholeads eval tests/suites",
        "wholeads eval tests/suites --tag chat --junit build/suites.xml --html build/suites.html",
        "wholeads eval tests/suites --baseline baseline.json --fail-on newly-failing --fail-on wording",
        "wholeads eval tests/suites --url http://127.0.0.1:8080/v1",
        "wholeads eval --generated --metamorphic --coverage --count 1000",
        "wholeads eval --mutations --count 1000",
    ),
    diff: ("wholeads diff corpus changed-corpus tests/suites",),
    teach: (
        'wholeads teach "who do I ring about the night boat" "Who runs the night line?"',
        'wholeads teach "…" "…" --corpus path/to/corpus --suite tests/suites --dry-run',
    ),
    mcp: ("wholeads mcp", "wholeads mcp --corpus path/to/corpus"),
    key: ("wholeads key",),
    facts: (
        "wholeads facts",
        "wholeads facts --subject Somebody --object-kind region",
        "wholeads facts --json | jq '.facts[].subject'",
    ),
}
_NAMES = {evaluate: "eval"}


def build_cli(
    *, open_library: OpenLibrary, build: Build, remove: Remove, serve: Serve, environ: Mapping[str, str]
) -> typer.Typer:
    """The command line over a backend. ``serve`` is given the environment, a bound socket and what to call once up."""
    cli = typer.Typer(
        cls=_Group,
        name="wholeads",
        context_settings={
            "obj": Backend(open_library, build, remove, serve, environ),
            "help_option_names": ["-h", "--help"],
        },
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    settings = [f"{setting.name}  {setting.meaning}" for setting in SETTINGS]
    cli.callback(epilog=epilog("Settings are read from the environment:", settings))(_options)
    for command, shown in _EXAMPLES.items():
        cli.command(_NAMES.get(command), epilog=examples(*shown))(command)
    cli.add_typer(corpus_commands(), name="corpus")
    cli.add_typer(feedback_commands(), name="feedback")
    cli.add_typer(suite_commands(), name="suite")
    return cli


def main() -> None:
    """The console script. Ends the process with the exit code."""
    # A character that the terminal can't show is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    cli = build_cli(
        open_library=_open_library, build=_build_index, remove=_remove_index, serve=run_server, environ=os.environ
    )
    cli(prog_name="wholeads")


def _open_library(settings: Settings, corpora: Sequence[str]) -> Shelf:
    # Imported when it is needed: the chain brings the models' libraries, and --help must not wait for them.
    from bot.answering.bot import open_library

    return open_library(settings, corpora)


def _build_index(settings: Settings, paths: Sequence[Path], progress: Progression | None) -> Sequence[Built]:
    from bot.answering.bot import build

    return build(settings, paths, progress)


def _remove_index(settings: Settings, names: Sequence[str]) -> Sequence[str]:
    from bot.answering.bot import remove

    return remove(settings, names)


def run_server(environ: Mapping[str, str], listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve the application on a bound socket until a signal ends it; ``ready`` is called once it answers.

    Raises CommandError when the application does not come up.
    """
    settings = Settings.from_environ(environ)
    if settings.workers > 1:
        from bot.serving.cli.workers import WorkersFailed, run_workers

        try:
            run_workers(_create_app, environ, listener, ready, settings.workers)
        except WorkersFailed as error:
            raise _not_started() from error
        return

    from bot.serving.connections import Server, config_of

    try:
        config = config_of(partial(_create_app, environ), settings.connections, settings.proxies, factory=True)
        Server(config, ready).run(sockets=[listener])
    # So uvicorn ends when it cannot load or start the application, with what went wrong in its log.
    except SystemExit as error:
        raise _not_started() from error


def _create_app(environ: Mapping[str, str]) -> Any:
    """The application, by its name: it stands above this package, which may not import it."""
    from uvicorn.importer import import_from_string

    return import_from_string("app:create_app")(environ)


def _not_started() -> CommandError:
    return CommandError("The server could not start; mend what the lines above name.")


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


def _show(answer: Answer, as_json: bool, indent: int | None = 2) -> None:
    if as_json:
        print_json(answer_to_json(answer), indent)
    else:
        show_answer(stdout(), answer)


def _lines(prompting: bool) -> Iterator[str]:
    """The lines of stdin that hold anything, to its end."""
    if prompting:
        say("Ask away. /new starts over, /quit or Ctrl-D ends.")
    while True:
        try:
            line = input("> " if prompting else "")
        except EOFError:
            return
        if line.strip():
            yield decoded(line.strip())


def _named_text(given: str) -> str:
    """The text that is meant: stdin's for "-", a file's where there is one of that name, else what was given."""
    if given == "-":
        return _utf8(sys.stdin.buffer.read(), "stdin")
    if not given.strip():
        return given
    try:
        return _utf8(Path(given).read_bytes(), given)
    except (OSError, ValueError) as error:
        # A text is no file's name, or too long for one; what can only be a name is told to be wrong.
        if _FILE_NAME.fullmatch(given) or isinstance(error, (PermissionError, IsADirectoryError)):
            reason = getattr(error, "strerror", None) or error
            raise CommandError(f"{given}: can't be read ({reason}). Name a file, or write a text in quotes.") from error
    return given


def _utf8(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{where} is not UTF-8 (byte {error.start}). Convert it, as with iconv -t UTF-8.") from error


def _receipt_bytes(path: str) -> bytes:
    """What a receipt's file holds, or a little more than the most that is taken of it."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(LARGEST_RECEIPT + 1)
        with open(path, "rb") as file:
            return file.read(LARGEST_RECEIPT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CommandError(f"{path}: can't be read ({reason}). Name a file that holds a receipt.") from error
