"""``python -m benchmarks.leaks``: what leaks when a chat model that lies words the answers.

The model of this benchmark mixes true sentences with mutants of them (those of the mutation suite) in any order, and
the gate lets out what it will. Which are true is known from how they were made: the fact checker has no say in it.

    leak       a mutant that is shown, though it does not follow from the source
    released   a true sentence that says all of the statements that it was given, and is shown
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from benchmarks.faults import ERRORS, told
from bot.answering.bot import Bot
from bot.answering.gate import Gate
from bot.evaluation.assertions import Author
from bot.evaluation.claim_wording import AuthorSetting
from bot.evaluation.edits import TextEditor
from bot.evaluation.golds import TargetStanding
from bot.evaluation.mutations import BARREN, Rate
from bot.evaluation.phrasebook import load_phrasebook
from bot.evaluation.sources import SourceAuthor
from bot.evaluation.statements import StatementShape, load_statements
from bot.evaluation.trials import Trial
from bot.wording.sentences import Line
from corpus.errors import CorpusError
from corpus.language import load_language
from corpus.loader import find_corpus, shipped_corpora
from corpus.world import World
from training.bots import open_bot

SHAPES = (StatementShape.HOLDS, StatementShape.BOTH, StatementShape.THREE, StatementShape.PAIR)
"""What states facts and no more: such a sentence can say all of its statements."""
FROM_SOURCE = 0.3
SENTENCES = 3_000
AT_ONCE = 5
"""So many mutants, at most, come with a true sentence."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What a model was given, and what it says of it: a true sentence and mutants of it."""

    lines: tuple[Line, ...]
    true: str
    mutants: tuple[str, ...]


@dataclass(slots=True)
class Leaks:
    """What was said and what was shown of it; ``leaked`` are mutants, with what the model was given."""

    said: int = 0
    mutants: int = 0
    true: int = 0
    released: int = 0
    leaked: list[tuple[str, str]] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)

    def add(self, other: Leaks) -> None:
        """Count what another run found, too."""
        self.said += other.said
        self.mutants += other.mutants
        self.true += other.true
        self.released += other.released
        self.leaked += other.leaked
        self.withheld += other.withheld


def mixtures(bot: Bot, seed: int) -> Iterator[Mixture]:
    """Mixtures for a corpus, no true sentence twice; the same for a seed."""
    corpus, world, language = bot.corpus, World.load(), load_language(bot.corpus.language)
    book = load_statements(language.code)
    setting = AuthorSetting(
        corpus, world, language, load_phrasebook(language.code), book, TextEditor(corpus, world, language, book)
    )
    authors = [Author(setting, p) for p in corpus.predicates.values() if any(corpus.facts_of(p.name))]
    sources = SourceAuthor(setting)
    known: set[str] = set()
    barren = 0
    for number in range(10**6):
        chance = random.Random(f"{seed}/{number}")
        made = None
        if authors and chance.random() > FROM_SOURCE:
            made = _of_facts(bot, chance.choice(authors), SHAPES[number % len(SHAPES)], chance)
        elif sources.sentences:
            made = _of_source(sources, chance)
        barren = 0 if made and made.true not in known else barren + 1
        if barren == BARREN:
            return
        if made and not barren:
            known.add(made.true)
            yield made


def _of_facts(bot: Bot, author: Author, shape: StatementShape, chance: random.Random) -> Mixture | None:
    statement = author.statement(shape, chance)
    if statement is None:
        return None
    claim = statement.claim
    facts = [f for scope in claim.scopes for f in scope.facts if f.subject in (claim.subject, claim.other)]
    stated = all(scope.standing in (TargetStanding.STATED, TargetStanding.ALIAS) for scope in claim.scopes)
    if not stated or {fact.object for fact in facts} != {fact.object for scope in claim.scopes for fact in scope.facts}:
        return None
    told = (statement for fact in facts for statement in bot.reasoner.judge.shared([fact]))
    lines = tuple(dict.fromkeys(bot.tongues.home.wording.line(each) for each in told))
    return _mixture(lines, list(author.trials(statement, chance)))


def _of_source(sources: SourceAuthor, chance: random.Random) -> Mixture | None:
    source = chance.choice(sources.sentences)
    return _mixture((Line.of(source),), [t for t in sources._of_sentence(source, chance) if t.form == "verbatim"])


def _mixture(lines: tuple[Line, ...], trials: Sequence[Trial]) -> Mixture | None:
    true = next((trial.text for trial in trials if trial.true), "")
    mutants = tuple(dict.fromkeys(trial.text for trial in trials if not trial.true))[:AT_ONCE]
    one = "\n" not in true and not any("\n" in mutant for mutant in mutants)
    return Mixture(lines, true, mutants) if true and mutants and lines and one else None


def measure_leaks(bot: Bot, sentences: int, seed: int) -> Leaks:
    """Have a model that lies word what it is given, until it has said so many sentences."""
    found, gate = Leaks(), Gate(bot.tongues.home)
    for number, mixture in enumerate(mixtures(bot, seed)):
        if found.said >= sentences:
            break
        chance = random.Random(f"{seed}/{number}/order")
        said = [mixture.true, *mixture.mutants]
        chance.shuffle(said)
        # Names in the question count as known: that of a mutant brings in the names that it has too many.
        question = chance.choice([mixture.true, *mixture.mutants])
        shown = [s.line.text for s in gate.worded(question, mixture.lines, said) if s.passes and s.modelled]
        found.said += len(said)
        found.mutants += len(mixture.mutants)
        given = " ".join(line.text for line in mixture.lines)
        found.leaked += [(given, text) for text in shown if text in mixture.mutants]
        # What stands behind a leak is not shown again; it counts as not released.
        found.true += 1
        found.released += mixture.true in shown
        if mixture.true not in shown:
            found.withheld[f"{given}  |  {mixture.true}"] += 1
    return found


def main(
    corpora: Annotated[list[str] | None, typer.Argument(help="Corpora; all that are shipped if none is named.")] = None,
    sentences: Annotated[int, typer.Option(help="Sentences that the model says of each corpus.")] = SENTENCES,
    seed: Annotated[int, typer.Option(help="Another one gives other sentences.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show: Annotated[int, typer.Option(help="So many true sentences that were withheld are shown.")] = 0,
) -> None:
    """Measure the leak rate of the gate."""
    whole = Leaks()
    with told(CorpusError), tempfile.TemporaryDirectory() as index:
        for name in track(corpora or list(shipped_corpora()), "Corpora", console=ERRORS):
            whole.add(measure_leaks(open_bot(find_corpus(name), Path(index)), sentences, seed))
    leaks, released = Rate(len(whole.leaked), whole.mutants), Rate(whole.released, whole.true)
    if as_json:
        print(json.dumps({"said": whole.said, "leaks": str(leaks), "released": str(released), "leaked": whole.leaked}))
        return
    console = Console(soft_wrap=True)
    console.print(f"sentences said        {whole.said}")
    console.print(f"mutants that leaked   {leaks}")
    console.print(f"true and released     {released}")
    for given, text in whole.leaked:
        console.print(f"leaked: {text!r} of {given!r}")
    for text, _ in islice(whole.withheld.most_common(), show):
        console.print(f"withheld: {text}")


if __name__ == "__main__":
    typer.run(main)
