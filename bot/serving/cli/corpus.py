"""The commands on a corpus: ``wholeads corpus new | learn | accept | lint | publish | rollback``.

Results go to stdout, as the rest of the command line has it; ``lint`` ends with exit code 1 where it finds errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.serving.cli.console import command_group, examples
from bot.serving.cli.publishing import publish, rollback
from corpus.loader import find_corpus, load_corpus
from corpus.world import World

_FAILED = 1

FolderArgument = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder of the corpus.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else on stdout.")]


def corpus_commands() -> typer.Typer:
    """The group of commands, to be put into the command line."""
    group = command_group("Make a corpus of your own: start it, learn from its documents, look it over, publish it.")
    for command in (new, learn, accept, lint):
        group.command()(command)
    publishing = ("ferries", "ferries --name summer --suite tests/ferries.yaml", "--list")
    group.command(epilog=examples(*(f"wholeads corpus publish {each}" for each in publishing)))(publish)
    group.command(epilog=examples("wholeads corpus rollback summer"))(rollback)
    return group


def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, which is made.")],
    documents: Annotated[
        list[Path] | None, typer.Argument(metavar="[DOCUMENT]...", help="Documents to copy. (default: a sample)")
    ] = None,
    title: Annotated[str, typer.Option(help="What the corpus is about. (default: the folder's name)")] = "",
) -> None:
    """Write the skeleton of a corpus, every key explained; nothing is overwritten."""
    from bot.learning.create import create_corpus

    for path in create_corpus(folder, documents or (), title):
        typer.echo(path)


def learn(
    folder: FolderArgument,
    accept_sure: Annotated[bool, typer.Option("--accept", help="Accept at once what is not doubtful.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read the documents, and propose facts, entities and aliases in proposals.yaml, for you to accept."""
    from bot.learning.learner import Learner
    from bot.learning.proposals import proposals_to_data, write_proposals

    corpus = load_corpus(find_corpus(folder), induce=False)
    proposals = Learner(corpus, World.load()).learn()
    path = write_proposals(corpus, proposals)
    if as_json:
        _print_json(proposals_to_data(proposals))
    else:
        doubtful = sum(not fact.sure for fact in proposals.facts)
        counts = f"{len(proposals.facts)} facts ({doubtful} doubtful), {len(proposals.entities)} entities"
        typer.echo(f"{path}: {counts}, {len(proposals.aliases)} aliases")
    if accept_sure:
        _accept(corpus.folder, quiet=as_json)


def accept(folder: FolderArgument) -> None:
    """Put the proposals that have `accept: yes` into vocabulary.yaml and facts.yaml."""
    _accept(find_corpus(folder), quiet=False)


def lint(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Tell all that is wrong with a corpus, what its documents state and no fact does, and what cannot be asked."""
    from bot.learning.review import review

    found = review(find_corpus(folder), World.load())
    errors, warnings = found.errors, len(found.problems) - found.errors
    if as_json:
        counts = {"errors": errors, "warnings": warnings, "stated": found.stated or 0, "backed": found.backed or 0}
        _print_json({**counts, "problems": [asdict(problem) for problem in found.problems]})
    else:
        for problem in found.problems:
            typer.echo(problem)
        covered = "" if found.stated is None else f"; {found.backed} of {found.stated} plain statements are facts"
        typer.echo(f"{errors} errors, {warnings} warnings{covered}")
    if errors:
        raise typer.Exit(_FAILED)


def _accept(folder: Path, quiet: bool) -> None:
    from bot.learning.accept import accept as accept_proposals

    accepted = accept_proposals(folder)
    if not quiet:
        typer.echo(f"accepted {accepted.facts} facts, {accepted.entities} entities, {accepted.aliases} aliases")


def _print_json(value: Mapping[str, object]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
