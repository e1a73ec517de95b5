"""``python -m training.evaluate FIELD…``: asks a bot all messages of fields and holds its answers against the golds.

What is compared is what a user sees (values, verdict, status, what is cited), with 95 % bounds by category. With
``--sealed`` the sealed fields are asked, of which nothing but totals is ever printed; each such reading is logged in
``training/README.md``.
"""

from __future__ import annotations

import json
import logging
import math
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.schema.answer import Answer
from corpus.bare import documents_in

HERE = Path(__file__).parent
FIELDS, SEALED = HERE / "fields", HERE / "sealed"
STATED = ("answered", "inferred", "corrected", "partial", "ambiguous", "conflicting")
_VERDICTS = {"yes": "supported", "no": "refuted", "unknown": "not_enough_info"}
_MOST = 0.6
"""The share of a relation's facts that the whole picture shows at least."""
_Z = 1.96

Gold = Mapping[str, Any]


@dataclass
class Tally:
    """How many were right of how many, and how many answers were false."""

    right: int = 0
    false: int = 0
    total: int = 0

    def add(self, right: bool, false: bool) -> None:
        """Count one message."""
        self.right += right
        self.false += false
        self.total += 1

    def row(self, name: str) -> str:
        """A line of the table, with the Wilson interval."""
        low, high = wilson(self.right, self.total)
        share = 100 * self.right / self.total if self.total else 0.0
        return f"{name:16} {self.right:5}/{self.total:<5} {share:5.1f} % ({low:.1f}-{high:.1f})  false {self.false}"


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, in percent.

    >>> wilson(90, 100)
    (82.56..., 94.47...)
    """
    if not total:
        return 0.0, 100.0
    share = right / total
    middle = (share + _Z**2 / (2 * total)) / (1 + _Z**2 / total)
    half = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2)) / (1 + _Z**2 / total)
    return 100 * (middle - half), 100 * (middle + half)


@dataclass(frozen=True)
class Case:
    """One turn, its earlier turns, and what it means."""

    field: str
    say: str
    history: tuple[str, ...]
    golds: tuple[Gold, ...]
    lang: str = "en"
    tags: frozenset[str] = frozenset()

    @property
    def category(self) -> str:
        """The kind of its gold, or that there are several."""
        return self.golds[0]["ask"] if len(self.golds) == 1 else "multi"


def cases(folder: Path) -> Iterator[Case]:
    """The turns of a field, in the order of its files."""
    for path in sorted(folder.glob("messages-*.jsonl")):
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            said: tuple[str, ...] = ()
            for turn in case["turns"]:
                tags = frozenset(turn.get("tags") or ())
                yield Case(folder.name, turn["say"], said, tuple(turn["gold"]), case.get("lang", "en"), tags)
                said = (*said, turn["say"])


def judged(answer: Answer, golds: Sequence[Gold], facts_of: Callable[[str], int]) -> tuple[bool, bool]:
    """Whether an answer is right, and whether it states something false or not asked for."""
    status = str(answer.status)
    verdict = str(answer.verdict) if answer.verdict else ""
    values = {value.casefold() for value in answer.values} - {"yes", "no"}
    wanted = {str(value).casefold() for gold in golds for value in gold.get("values") or ()}
    if len(golds) > 1:
        asked = [gold for gold in golds if gold["ask"] not in ("not_stated", "out_of_scope", "chat", "nonsense")]
        covered = all(_covers(answer, gold) for gold in asked)
        return covered, bool(values - wanted) and not covered
    gold = golds[0]
    ask, stated = gold["ask"], status in STATED
    if ask in ("out_of_scope", "nonsense"):
        return status == "out_of_scope", stated
    if ask == "chat":
        return status == "chat", stated
    if ask == "not_stated":
        withheld = status == "not_stated" or (verdict == "not_enough_info" and not values)
        return withheld, stated and verdict != "not_enough_info"
    if gold.get("answer") and ask != "text":
        wanted_verdict = _VERDICTS[gold["answer"]]
        return verdict == wanted_verdict, stated and verdict not in ("", "not_enough_info", wanted_verdict)
    if ask == "all":
        return stated and len(answer.facts) >= _MOST * facts_of(gold["relation"]), False
    if ask == "text":
        return stated and _cites(answer, gold), stated and not _cites(answer, gold)
    if ask == "false_premise":
        named = all(value in answer.answer.casefold() for value in wanted)
        return status == "corrected" and named, stated and not named
    return stated and values == wanted, stated and bool(values) and not values <= wanted


def judged_alone(answer: Answer, golds: Sequence[Gold], facts_of: Callable[[str], int]) -> tuple[bool, bool]:
    """A milder measure for an answer from documents alone: names and figures stand in the sentences that it quotes.

    The whole picture is never right: without facts nothing tells what belongs to it.
    """
    gold = golds[0]
    wanted = [str(value).casefold() for value in gold.get("values") or ()]
    stated = str(answer.status) in STATED
    if len(golds) == 1 and gold["ask"] == "all":
        return False, False
    named = len(golds) == 1 and gold["ask"] not in ("text", "not_stated", "out_of_scope", "chat", "nonsense")
    if not named or gold.get("answer") or not wanted:
        return judged(answer, golds, facts_of)
    told = [value in answer.answer.casefold() for value in wanted]
    return stated and all(told), stated and not any(told)


def _covers(answer: Answer, gold: Gold) -> bool:
    if gold["ask"] == "text":
        return _cites(answer, gold)
    told = answer.answer.casefold()
    if gold.get("answer"):
        return str(answer.verdict) == _VERDICTS[gold["answer"]] or gold["answer"] in answer.values
    return all(str(value).casefold() in told for value in gold.get("values") or ())


def _cites(answer: Answer, gold: Gold) -> bool:
    """Whether a citation overlaps one of the gold's sentences."""
    cited = [" ".join(citation.quote.text.split()) for citation in answer.citations]
    wanted = [" ".join(quote.split()) for quote in gold["quotes"]]
    return any(one in other or other in one for one in cited for other in wanted)


def table(rows: Iterable[tuple[Case, str, bool, bool]]) -> list[str]:
    """Right and false answers by category, by who read the question, conversations and languages apart, and in all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for case, reader, right, false in rows:
        names = [case.category, "~ all"] if case.lang == "en" else [f"in {case.lang}"]
        if case.lang == "en":
            names += ["~ conversations" if case.history else "~ first turns", f"~ read: {reader}"]
        for name in names:
            tallies[name].add(right, false)
    return [tallies[name].row(name) for name in sorted(tallies)]


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Fields, by their folders' names.")] = None,
    sealed: Annotated[bool, typer.Option("--sealed", help="Ask the sealed fields; print totals alone.")] = False,
    alone: Annotated[bool, typer.Option("--alone", help="From the documents alone, without facts.")] = False,
    show: Annotated[int, typer.Option(help="Wrong answers to print, never of sealed fields.")] = 0,
) -> None:
    """Measure the bot on fields."""
    from training.bots import open_bot

    if sealed:
        logging.disable(logging.CRITICAL)  # a message in a log would be one that was looked at
    folders = sorted(p for p in SEALED.iterdir() if p.is_dir()) if sealed else [FIELDS / name for name in names or ()]
    rows: list[tuple[Case, str, bool, bool]] = []
    quoted = Tally()
    with tempfile.TemporaryDirectory() as index:
        for folder in folders:
            bot = open_bot(bare(folder, Path(index) / "bare") if alone else folder, Path(index))

            def facts_of(relation: str, bot: Any = bot) -> int:
                return len(bot.corpus.facts_of(relation)) or 1

            for case in cases(folder):
                answer = bot.ask(case.say, case.history)
                right, false = judged(answer, case.golds, facts_of)
                if case.lang == "en":
                    quoted.add(*judged_alone(answer, case.golds, facts_of))
                rows.append((case, answer.reader, right, false))
                if not right and not sealed and sum(not row[2] for row in rows) <= show:
                    print(f"- {case.category} {case.history[-1:]} {case.say!r}")
                    print(f"    {answer.reader}: {answer.status} {answer.values} {answer.answer[:160]!r}")
    print("\n".join(table(rows)))
    if alone:
        print(quoted.row("~ quoted"))


def bare(folder: Path, into: Path) -> Path:
    """A folder with the documents of a field, and nothing else."""
    bare = into / folder.name
    bare.mkdir(parents=True)
    for path in documents_in(folder):
        shutil.copyfile(path, bare / path.name)
    return bare


if __name__ == "__main__":
    typer.run(main)
