"""The commands that test: ``wholeads eval``, ``wholeads diff`` and ``wholeads suite import | schema``.

Exit code 1 tells that something failed under the policy in force (``--fail-on``), 2 that the command was used wrongly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.settings import Settings
from bot.evaluation.baseline import (
    Comparison,
    FailOn,
    Was,
    accepted,
    compare,
    comparison_to_json,
    load_baseline,
    seemingly_slower,
    write_baseline,
)
from bot.evaluation.coverage import FactCoverage, coverage_of, coverage_to_json
from bot.evaluation.difference import diff as difference_of
from bot.evaluation.difference import difference_to_json
from bot.evaluation.foreign import append, import_tests
from bot.evaluation.generate import GeneratedCase
from bot.evaluation.generated import as_suite, generate
from bot.evaluation.generated import metamorphic as asked_otherwise
from bot.evaluation.junit import write_junit
from bot.evaluation.markdown import report_to_markdown
from bot.evaluation.mutations import (
    COUNT,
    LEAST_KILLED,
    MOST_ALARMS,
    MutationReport,
    as_suite_report,
    mutations_to_json,
    run_mutations,
)
from bot.evaluation.page import report_to_html
from bot.evaluation.remote import TIMEOUT, connect
from bot.evaluation.report import Report, report_to_json, timings_to_json
from bot.evaluation.runner import run_against, timed_again
from bot.evaluation.schema import suite_schema
from bot.evaluation.suite import Suite, find_suites, load_suite, select
from bot.evaluation.targets import InProcess, Target
from bot.evaluation.taught import taught_suite
from bot.serving.cli.console import (
    FAILED,
    Asked,
    Backend,
    BuildOption,
    CommandError,
    CorpusOption,
    JsonOption,
    backend_of,
    bot_of,
    command_group,
    print_json,
    progress_bar,
    say,
    stdout,
)
from bot.serving.cli.terminal import show_comparison, show_coverage, show_difference, show_mutations, show_report
from index.errors import IndexDamaged, IndexMissing, IndexOutdated

SuitesArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="[SUITE]...", help="YAML suites, or folders of them.")
]
# Options by what they are for: so --help groups them.
_choice = partial(typer.Option, rich_help_panel="Which cases")
_made = partial(typer.Option, rich_help_panel="Generated tests")
_checker = partial(typer.Option, rich_help_panel="Measuring the fact checker")
_server = partial(typer.Option, rich_help_panel="Testing a server")
_since = partial(typer.Option, rich_help_panel="Comparing with an earlier run")
_report = partial(typer.Option, rich_help_panel="Reports", metavar="FILE")

COUNTED = f"How many cases are generated for a corpus, or true statements. (default: {COUNT})"
CountOption = Annotated[int | None, _made(min=1, help=COUNTED)]
SeedOption = Annotated[int, _made(help="Another seed generates other cases.")]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run has found; ``coverages`` has one for each corpus."""

    report: Report
    comparison: Comparison | None = None
    coverages: tuple[FactCoverage, ...] = ()


def evaluate(
    ctx: typer.Context,
    suites: SuitesArgument = None,
    tag: Annotated[list[str] | None, _choice(help="Run only cases with this tag (any of several).")] = None,
    name: Annotated[list[str] | None, _choice(help="Run only cases of this name; * and ? stand open.")] = None,
    fail_fast: Annotated[bool, _choice("--fail-fast", "-x", help="Stop at the first failure.")] = False,
    generated: Annotated[
        bool, _made("--generated", help="Run cases made from the facts of every corpus as well.")
    ] = False,
    metamorphic: Annotated[
        bool, _made("--metamorphic", help="Ask every case in other ways as well: the answer must stay.")
    ] = False,
    coverage: Annotated[
        bool,
        _made("--coverage", help="Tell what no case tests, what backs no fact, and what is asked of each predicate."),
    ] = False,
    count: CountOption = None,
    seed: SeedOption = 1,
    mutations: Annotated[
        bool, _checker("--mutations", help="Instead of suites, check true statements and mutants of them (see above).")
    ] = False,
    least_killed: Annotated[
        float, _checker(min=0, max=1, help="The least share of mutants not called supported.")
    ] = LEAST_KILLED,
    most_alarms: Annotated[
        float, _checker(min=0, max=1, help="The largest share of true statements not called supported.")
    ] = MOST_ALARMS,
    url: Annotated[
        str, _server(metavar="URL", help="Test this server: one of ours, or any with OpenAI's chat completions.")
    ] = "",
    model: Annotated[str, _server(help="The model to ask for. (default: the first it lists)")] = "",
    timeout: Annotated[float, _server(min=0.1, help="Seconds that an answer may take.")] = TIMEOUT,
    jobs: Annotated[int, _server("--jobs", "-j", min=1, max=64, help="How many cases run at a time.")] = 1,
    baseline: Annotated[Path | None, _since(metavar="FILE", help="Compare with this run.")] = None,
    update_baseline: Annotated[
        bool, _since("--update-baseline", help="Write this run to the file of --baseline.")
    ] = False,
    fail_on: Annotated[
        list[FailOn] | None,
        _since(help="What makes the run fail. (default: failing; newly-failing with --baseline)"),
    ] = None,
    junit: Annotated[Path | None, _report(help="Write JUnit XML there as well.")] = None,
    markdown: Annotated[Path | None, _report(help="Write Markdown there as well.")] = None,
    html: Annotated[Path | None, _report(help="Write one HTML page there as well.")] = None,
    corpus: CorpusOption = None,
    reader: Annotated[
        str | None,
        typer.Option(metavar="unsure|always|never", help="What the chat model reads. (default: WHOLEADS_MODEL_READS)"),
    ] = None,
    as_json: JsonOption = False,
    build: BuildOption = True,
) -> None:
    """Run regression suites and generated tests; exit code 1 if one fails under the policy.

    --corpus is for suites that name no corpus of their own, and for what is
    generated; without it, cases are generated for every corpus that the suites
    name. A key for --url is read from WHOLEADS_API_KEY.

    What the same corpora were taught (see wholeads teach) is run with the suites,
    as a suite named examples: each message must be answered as its question is.

    --mutations measures how far the fact checker can be trusted. It words true
    statements from a corpus's facts ("Acme leads Iberia"), which the checker must
    call supported. Of each it makes mutants that do not hold, with another
    leader, scope, number, date, speaker or quantifier, or denied ("Bolt leads
    Iberia", "Acme does not lead Iberia"): those it must not call supported. Exit
    code 1 tells that too few mutants were found out (--least-killed), or that
    too many true statements were not called supported (--most-alarms).
    """
    backend = backend_of(ctx)
    backend = replace(backend, environ=backend.environ_with(model_reads=reader))
    files = {"--junit": junit, "--markdown": markdown, "--html": html}
    if mutations:
        if suites or tag or name or fail_fast or generated or metamorphic or coverage or baseline or url:
            raise CommandError("--mutations takes no suites and none of their options. Leave one of the two out.")
        measured = _mutations(backend, corpus, build, count or COUNT, seed)
        _write_reports(Outputs(as_suite_report(measured)), files)
        _show_mutations(measured, as_json)
        raise typer.Exit(0 if measured.ok(least_killed, most_alarms) else FAILED)
    if not (suites or generated or (corpus and not url)):
        raise CommandError("No suite is named. Write wholeads eval SUITE..., or wholeads eval --generated.")
    if url and (generated or metamorphic or coverage):
        raise CommandError("--url runs suites alone: what is generated needs a corpus here. Leave one of the two out.")
    if jobs > 1 and not url:
        raise CommandError("--jobs is for --url: the bot of this process answers one question at a time. Leave it out.")
    if update_baseline and not baseline:
        raise CommandError("--update-baseline: name the file, as in --baseline baseline.json.")
    bot_for = cache(lambda named: bot_of(backend, named or corpus, build))
    loaded = [load_suite(path) for path in find_suites(suites or ())]
    named = (None,) if corpus or not loaded else tuple(dict.fromkeys(suite.corpus for suite in loaded))
    made = _generated(bot_for, named, count or COUNT, seed) if generated else {}
    examples = () if url else _taught(bot_for, named)
    if not (loaded or made or examples):
        raise CommandError(f"No suite is named, and {corpus} has no examples. Write wholeads eval SUITE...")
    chosen = select([*loaded, *(suite for suite, _ in made.values()), *examples], tag or (), name or ())
    if metamorphic:
        chosen = (*chosen, *(_metamorphic(bot_for(suite.corpus), suite, seed) for suite in chosen))
    target_for = _served(url, backend, model, timeout) if url else cache(lambda named: InProcess(bot_for(named)))
    report = _run(chosen, target_for, fail_fast, jobs)
    whole = not (tag or name or fail_fast)
    comparison = None
    if (old := _baseline(baseline, missing_is_fine=update_baseline)) is not None:
        report = timed_again(report, chosen, target_for, seemingly_slower(report, old))
        comparison = compare(report, old, whole=whole)
    covered = _coverages(bot_for, chosen, report, made) if coverage else ()
    outputs = Outputs(report, comparison, covered)
    _write_reports(outputs, files)
    if baseline and update_baseline:
        _written("--baseline", baseline, lambda: write_baseline(report, baseline, old, whole=whole))
    _show(outputs, as_json)
    if not accepted(report, comparison, fail_on or ()):
        raise typer.Exit(FAILED)


def diff(
    ctx: typer.Context,
    corpus_a: Annotated[str, typer.Argument(metavar="CORPUS_A", help="The corpus as it is: an id or a folder.")],
    corpus_b: Annotated[str, typer.Argument(metavar="CORPUS_B", help="The corpus as it is to be.")],
    suites: SuitesArgument = None,
    count: CountOption = None,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Tell what changes with a corpus before it is deployed: facts, answers, citations, tests.

    Suites are run on both, whatever corpus they name. An index that is missing or outdated is built aside: the one
    that is in force is left alone. Exit code 1 tells that a test which passed no longer does.
    """
    backend = backend_of(ctx)
    loaded = [load_suite(path) for path in find_suites(suites or ())]
    with tempfile.TemporaryDirectory(prefix="wholeads-") as aside:
        old, new = (_aside(backend, name, Path(aside) / side) for name, side in ((corpus_a, "a"), (corpus_b, "b")))
        with progress_bar("Asking both") as progress:
            found = difference_of(old, new, loaded, count or COUNT, seed, progress)
    if as_json:
        print_json(difference_to_json(found))
    else:
        show_difference(stdout(), found)
    if found.broken:
        raise typer.Exit(FAILED)


def suite_commands() -> typer.Typer:
    """The group of commands on suites, to be put into the command line."""
    group = command_group("Write suites: import tests of other tools, print the JSON Schema for editors.")
    group.command("import")(import_suite)
    group.command("schema")(print_schema)
    return group


def import_suite(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table (.csv), or promptfoo's tests (.yaml, .json).")],
    into: Annotated[
        Path | None, typer.Option(metavar="SUITE", help="Append the cases to this suite instead of printing them.")
    ] = None,
) -> None:
    """Take over the tests of another tool; what has no counterpart is told on stderr, with its line.

    With --into nothing of the suite is changed but its end: comments stay.
    """
    taken = {case.name for case in load_suite(into).cases} if into and into.exists() else set()
    imported = import_tests(file, taken)
    for line in imported.left_out:
        say(f"left out: {line}")
    if into is None:
        typer.echo(imported.text, nl=False)
    else:
        text = append(into, imported) if into.exists() else imported.text
        _written("--into", into, lambda: _write_text(into, text))
    cases, things = imported.cases, len(imported.left_out)
    say(f"{cases} case{'s' * (cases != 1)} taken over, {things} thing{'s' * (things != 1)} left out.")


def print_schema() -> None:
    """Print the JSON Schema of suites, for editors that complete and check YAML."""
    print_json(suite_schema())


def _mutations(backend: Backend, corpus: str | None, build: bool, count: int, seed: int) -> MutationReport:
    bot = bot_of(backend, corpus, build)
    with progress_bar("Checking mutations") as progress:
        return run_mutations(bot, count, seed, progress)


def _show_mutations(measured: MutationReport, as_json: bool) -> None:
    if as_json:
        print_json(mutations_to_json(measured))
    else:
        show_mutations(stdout(), measured)


def _run(suites: Sequence[Suite], target_for: Callable[[str | None], Target], fail_fast: bool, jobs: int) -> Report:
    # Opened before the bar is drawn: opening may draw a bar of its own.
    for suite in suites:
        target_for(suite.corpus)
    with progress_bar("Running cases") as progress:
        return run_against(suites, target_for, progress, fail_fast=fail_fast, jobs=jobs)


def _metamorphic(bot: Asked, suite: Suite, seed: int) -> Suite:
    with progress_bar("Asking for golds") as progress:
        return asked_otherwise(bot, [suite], seed, progress)


def _served(url: str, backend: Backend, model: str, timeout: float) -> Callable[[str | None], Target]:
    key = backend.environ.get("WHOLEADS_API_KEY", "")
    return cache(lambda corpus: connect(url, corpus, key=key, model=model, timeout=timeout))


def _baseline(path: Path | None, *, missing_is_fine: bool) -> Mapping[str, Was] | None:
    """The baseline that is compared with; None where there is none to compare with yet."""
    return None if path is None or (missing_is_fine and not path.exists()) else load_baseline(path)


def _generated(
    bot_for: Callable[[str | None], Asked], named: Sequence[str | None], count: int, seed: int
) -> Mapping[str, tuple[Suite, Sequence[GeneratedCase]]]:
    """The generated cases of each corpus, by its id, and the suite that they make."""
    found = {}
    for name in named:
        corpus = bot_for(name).corpus
        made = generate(corpus, count, seed)
        found[corpus.id] = (as_suite(name, made, f"generated-{corpus.id}"), made)
    return found


def _taught(bot_for: Callable[[str | None], Asked], named: Sequence[str | None]) -> tuple[Suite, ...]:
    """The taught examples of each corpus that has any, once."""
    found = {bot.corpus.id: taught_suite(bot.corpus, name) for name in named if (bot := bot_for(name)).corpus.taught}
    return tuple(found.values())


def _coverages(
    bot_for: Callable[[str | None], Asked],
    suites: Sequence[Suite],
    report: Report,
    made: Mapping[str, tuple[Suite, Sequence[GeneratedCase]]],
) -> tuple[FactCoverage, ...]:
    """The coverage of each corpus by the cases that were run on it."""
    on: dict[str, list[Suite]] = {}
    for suite in suites:
        on.setdefault(bot_for(suite.corpus).corpus.id, []).append(suite)
    found = []
    for corpus_id, run in on.items():
        paths = {suite.path for suite in run}
        results = tuple(result for result in report.results if result.path in paths)
        _, cases = made.get(corpus_id, (None, ()))
        found.append(coverage_of(bot_for(run[0].corpus).corpus, results, cases))
    return tuple(found)


def _aside(backend: Backend, corpus: str, folder: Path) -> Asked:
    """The bot of a corpus, on the index in force where that is the corpus's own, and else on one built aside."""
    settings = Settings.from_environ(backend.environ_with(corpus=corpus))
    try:
        return backend.open_library(settings, (settings.corpus,)).get(None)
    except (IndexMissing, IndexOutdated, IndexDamaged):
        apart = replace(settings, index=folder, chroma_url="", vector_store="")
    with progress_bar("Indexing aside") as progress:
        backend.build(apart, [Path(apart.corpus)], progress)
    return backend.open_library(apart, (apart.corpus,)).get(None)


def _write_reports(outputs: Outputs, files: Mapping[str, Path | None]) -> None:
    """Each report that has a file."""
    report, comparison, coverages = outputs.report, outputs.comparison, outputs.coverages
    writers: Mapping[str, Callable[[Path], None]] = {
        "--junit": lambda path: write_junit(report, path),
        "--markdown": lambda path: _write_text(path, report_to_markdown(report, comparison, coverages)),
        "--html": lambda path: _write_text(path, report_to_html(report, comparison, coverages)),
    }
    for option, path in files.items():
        if path is not None:
            _written(option, path, partial(writers[option], path))


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _written(option: str, path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        raise CommandError(f"{option} {path}: can't be written ({error.strerror}). Name another file.") from error


def _show(outputs: Outputs, as_json: bool) -> None:
    if as_json:
        data = report_to_json(outputs.report)
        if outputs.comparison is not None:
            data["baseline"] = comparison_to_json(outputs.comparison)
        if outputs.coverages:
            data["coverage"] = [coverage_to_json(each) for each in outputs.coverages]
        print_json({**data, "timings": timings_to_json(outputs.report)})
        return
    show_report(stdout(), outputs.report, outputs.comparison.known if outputs.comparison else ())
    for each in outputs.coverages:
        show_coverage(stdout(), each)
    if outputs.comparison is not None:
        show_comparison(stdout(), outputs.comparison)
