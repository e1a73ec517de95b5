"""The commands on what users say of answers: ``wholeads feedback review | export``.

Exit code 1 tells that an example was refused, 2 that there is no such feedback, or wrong use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.answering.settings import Settings
from bot.evaluation.difference import meaning_of
from bot.evaluation.grading import observe_answer
from bot.evaluation.suite import Suite, find_suites, load_suite
from bot.serving.cli.console import (
    FAILED,
    Asked,
    Backend,
    BuildOption,
    CommandError,
    CorpusOption,
    backend_of,
    bot_of,
    command_group,
    examples,
    print_json,
    say,
    stdout,
)
from bot.serving.cli.teaching import Refused, asked_of, show_what_comes_of, write
from bot.serving.cli.terminal import show_feedback
from bot.serving.state.records import Feedback, Rating, State
from corpus.model import Taught

if TYPE_CHECKING:
    from bot.serving.state.feedback import FeedbackStore

SHOWN = 20


def feedback_commands() -> typer.Typer:
    """The group of commands on feedback, to be put into the command line."""
    group = command_group("See what users say of answers, and teach what they meant.")
    reviewing = ("", " --suite tests/suites", " --accept 12 --reject 13", " --corpus path/to/corpus")
    group.command(epilog=examples(*(f"wholeads feedback review{options}" for options in reviewing)))(review)
    exporting = ("> feedback.jsonl", "| jq 'select(.reason == \"incorrect\")'")
    group.command(epilog=examples(*(f"wholeads feedback export {where}" for where in exporting)))(export)
    return group


def review(
    ctx: typer.Context,
    accept: Annotated[
        list[int] | None,
        typer.Option(metavar="ID", help="Teach the corpus what was meant. May be repeated."),
    ] = None,
    reject: Annotated[
        list[int] | None,
        typer.Option(metavar="ID", help="Take it off the queue; nothing is taught. May be repeated."),
    ] = None,
    corpus: CorpusOption = None,
    suite: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="Tell which cases of these suites change, too.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many are shown, the newest.")] = SHOWN,
    build: BuildOption = True,
) -> None:
    """Show what users rated down, newest last; accept or reject it.

    For a question that was misread it tells what accepting would change: how
    the question that was meant is read, and which other answers would differ.
    Accepting writes an example into the corpus's examples.yaml, as wholeads
    teach does, and refuses what that refuses: it is a regression case at once,
    which wholeads eval runs. Servers that are running take it up within
    seconds. What is wrong in another way (incorrect, missing, ...) is mended in
    the corpus, and then rejected here to take it off the queue.
    """
    backend = backend_of(ctx)
    store = _store(backend)
    loaded = [load_suite(path) for path in find_suites(suite or ())]
    accepted, rejected = ([_open(store, number) for number in numbers or ()] for numbers in (accept, reject))
    for feedback in rejected:
        store.settle(feedback.id, State.REJECTED)
        say(f"Rejected: {feedback.id}")
    for feedback in accepted:
        _accept(backend, corpus, feedback, loaded, build)
        store.settle(feedback.id, State.ACCEPTED)
        say(f"Accepted: {feedback.id}")
    if not accepted and not rejected:
        _show_queue(backend, store, corpus, loaded, limit, build)


def export(ctx: typer.Context) -> None:
    """Write all feedback as JSON lines, oldest first: one object each, also what is settled and what was rated up."""
    for feedback in _store(backend_of(ctx)).all():
        print_json(feedback.to_json(), indent=None)


def _store(backend: Backend) -> FeedbackStore:
    # Imported when it is needed: --help must not wait for the database's libraries.
    from bot.serving.state.feedback import FeedbackStore

    return FeedbackStore.of(Settings.from_environ(backend.environ))


def _open(store: FeedbackStore, number: int) -> Feedback:
    found = store.get(number)
    if found is None:
        raise CommandError(f"There is no feedback {number}. See what there is: wholeads feedback review")
    if found.state is not State.OPEN:
        raise CommandError(f"Feedback {number} was {found.state} already.")
    return found


def _show_queue(
    backend: Backend, store: FeedbackStore, corpus: str | None, loaded: Sequence[Suite], limit: int, build: bool
) -> None:
    queue = store.queue()
    if not queue:
        say(f"Nothing is to be reviewed; {store.count(Rating.UP)} answers were rated up.")
        return
    bot = bot_of(backend, corpus, build)
    suites = asked_of(bot.corpus, loaded)
    own = [feedback for feedback in queue if feedback.corpus == bot.corpus.id]
    for feedback in own[-limit:]:
        show_feedback(stdout(), feedback)
        if feedback.meant:
            try:
                _weigh(bot, feedback, suites)
            except (Refused, CommandError) as refusal:
                say(f"{feedback.id} would be refused. {refusal}")
    if len(own) > limit:
        say(f"{len(own) - limit} older ones are not shown: --limit {len(own)} shows all.")
    for name, count in Counter(each.corpus for each in queue if each.corpus != bot.corpus.id).items():
        say(f"{count} of corpus {name!r}: wholeads feedback review --corpus {name} (or its folder)")
    say("Take each: wholeads feedback review --accept ID, or --reject ID")


def _accept(backend: Backend, corpus: str | None, feedback: Feedback, loaded: Sequence[Suite], build: bool) -> None:
    """Teach what was meant. Where it was written and its acceptance was not, doing it again mends that."""
    if not feedback.meant:
        mend = 'Teach what was: wholeads teach "…" "…"; then take this off the queue: --reject'
        raise CommandError(f"Feedback {feedback.id} does not say which question was meant. {mend} {feedback.id}")
    bot = bot_of(backend, corpus, build)
    if feedback.corpus != bot.corpus.id:
        mend = f"--corpus {feedback.corpus} (or its folder)"
        raise CommandError(f"Feedback {feedback.id} is of the corpus {feedback.corpus!r}. Name that: {mend}")
    try:
        new = _weigh(bot, feedback, asked_of(bot.corpus, loaded))
    except Refused as refusal:
        say(f"Nothing was written. {refusal}")
        raise typer.Exit(FAILED) from refusal
    if new:
        write(backend, corpus, bot.corpus.folder, _taught(feedback), build)


def _weigh(bot: Asked, feedback: Feedback, suites: Sequence[Suite]) -> bool:
    """Show what accepting it would change; whether it would be new. Raises as ``show_what_comes_of`` does."""
    taught = _taught(feedback)
    new = show_what_comes_of(bot, taught, suites)
    if feedback.history:
        taught_it = bot.with_taught((*bot.corpus.taught, taught))
        asked = (taught_it.ask(taught.message, feedback.history), taught_it.ask(taught.means))
        if len({meaning_of(observe_answer(answer)) for answer in asked}) > 1:
            mend = "Teach a message that says by itself what is asked: wholeads teach"
            raise Refused(f"After “{feedback.history[-1]}” it would still not be answered as was meant. {mend}")
    return new


def _taught(feedback: Feedback) -> Taught:
    return Taught(feedback.question.strip(), feedback.meant)
