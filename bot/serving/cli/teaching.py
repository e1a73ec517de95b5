"""The command that teaches by example: ``wholeads teach MESSAGE QUESTION``.

Exit code 1 tells that the example was refused, 2 that the question is none which the corpus answers, or wrong use.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.published import corpus_id_of
from bot.answering.settings import Settings
from bot.evaluation.suite import Suite, find_suites, load_suite
from bot.evaluation.teaching import answered, lesson_of, same_message, suites_of
from bot.schema.answer import Answer
from bot.serving.cli.console import (
    FAILED,
    Asked,
    Backend,
    BuildOption,
    CommandError,
    CorpusOption,
    backend_of,
    bot_of,
    build_index,
    given_text,
    progress_bar,
    say,
    stdout,
)
from bot.serving.cli.publishing import publish_taught
from bot.serving.cli.terminal import show_lesson
from corpus.loader import folder_sha256
from corpus.model import Corpus, Taught
from corpus.taught import EXAMPLES, words_of

USAGE = 'wholeads teach "what people say" "Who …?"'


class Refused(Exception):
    """An example must not be taught; the message says why, with the mend."""


def teach(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(help="What people say, in quotes.")],
    question: Annotated[str, typer.Argument(help="The question that they mean by it, as the corpus answers it.")],
    corpus: CorpusOption = None,
    suite: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="Tell which cases of these suites change, too.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")] = False,
    build: BuildOption = True,
) -> None:
    """Teach what a message means: an example for the corpus, kept in its examples.yaml.

    First it tells how the question is read, what the message meant before, and
    what else would change: all other examples, and the cases of the suites that
    are asked of this corpus. Exit code 1 tells that nothing was written: the
    message has another meaning already, an example would no longer mean what it
    should, or this one would not do what it says. What is near to the message
    in meaning is understood likewise; wholeads eval runs all examples.
    """
    backend = backend_of(ctx)
    taught = Taught(given_text(message, "message", USAGE).strip(), given_text(question, "question", USAGE).strip())
    loaded = [load_suite(path) for path in find_suites(suite or ())]
    bot = bot_of(backend, corpus, build)
    if not dry_run:
        _check_writable(bot.corpus.folder)
    try:
        new = show_what_comes_of(bot, taught, asked_of(bot.corpus, loaded))
    except Refused as refusal:
        say(f"Nothing was written. {refusal}")
        raise typer.Exit(FAILED) from refusal
    if new and dry_run:
        say("Nothing was written.")
    elif new:
        write(backend, corpus, bot.corpus.folder, taught, build)


def show_what_comes_of(bot: Asked, taught: Taught, suites: Sequence[Suite]) -> bool:
    """Show what an example would change; tells whether it is new.

    Raises CommandError where the corpus does not answer the question, Refused where the example must not be taught.
    """
    _check_read(bot, taught)
    if (known := same_message(bot.corpus, taught)) is not None:
        _tell_known(known, taught)
        return False
    with progress_bar("Asking again") as progress:
        lesson = lesson_of(bot, taught, suites, progress)
    show_lesson(stdout(), lesson)
    if lesson.fault:
        raise Refused(lesson.fault)
    return True


def write(backend: Backend, corpus: str | None, folder: Path, taught: Taught, build: bool) -> None:
    """Put an example into the corpus in ``folder``, which ``corpus`` names, and say so; then put it in force."""
    before = folder_sha256(folder)
    stdout().print(f"Added to {_written(folder, taught)}", markup=False, soft_wrap=True)
    settings = Settings.from_environ(backend.environ_with(corpus=corpus))
    if build:
        build_index(backend, settings, [folder])
        publish_taught(backend, settings, folder, corpus_id_of(folder), before)
    else:
        say(f"The index is that of the corpus before. Bring it up to date: wholeads index {folder}")


def asked_of(corpus: Corpus, loaded: Sequence[Suite]) -> tuple[Suite, ...]:
    """Those of the suites that are asked of this corpus; says how many are not."""
    suites = suites_of(corpus, loaded)
    if left_out := len(loaded) - len(suites):
        say(f"{left_out} of {len(loaded)} suites left out: they are asked of another corpus.")
    return suites


def _check_read(bot: Asked, taught: Taught) -> None:
    """Whether the question is read as something that can be answered, with no example in force."""
    answer = bot.with_taught(()).ask(taught.means)
    if not answered(answer):
        status = answer.status.replace("_", " ")
        mend = f"Ask it as the corpus answers it{_questions(answer, bot.corpus)}."
        raise CommandError(f"“{taught.means}” is not read as a question that the corpus answers ({status}). {mend}")


def _questions(answer: Answer, corpus: Corpus) -> str:
    known = (answer.suggestions or corpus.examples)[:3]
    return f", such as {', '.join(f'“{question}”' for question in known)}" if known else ""


def _tell_known(known: Taught, taught: Taught) -> None:
    """There is an example of the same message: that is fine where it has the same meaning."""
    if words_of(known.means) == words_of(taught.means):
        say(f"It is taught already: “{known.message}” means “{known.means}”.")
        return
    raise Refused(f"“{known.message}” is taught to mean “{known.means}”. Take that out of {EXAMPLES} first.")


def _check_writable(folder: Path) -> None:
    """Told before all is asked, which takes its time."""
    if folder.is_dir() and not os.access(folder, os.W_OK):
        raise _unwritable(folder, "no permission")


def _written(folder: Path, taught: Taught) -> Path:
    from bot.learning.examples import add_example

    try:
        return add_example(folder, taught)
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error


def _unwritable(folder: Path, reason: str) -> CommandError:
    mend = f"Copy the corpus to a folder of yours, and name that: cp -r {folder} mine; wholeads teach --corpus mine …"
    return CommandError(f"{folder}: cannot be written to ({reason}). {mend}")
