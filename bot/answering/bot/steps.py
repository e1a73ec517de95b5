"""Small steps of the chain, each decidable by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.answering.bot.stages import Event
from bot.answering.gate import Gate, GatedSentence, Release
from bot.answering.interpreter import Understood
from bot.understanding.canonical import reading_key
from bot.wording.sentences import Line
from corpus.language import Cue


def as_meant(understood: Understood) -> Understood:
    """What was taught by example is looked up as the question that it means: a message may open as no question does."""
    if understood.parts:
        return replace(understood, parts=tuple(map(as_meant, understood.parts)))
    if understood.choice is None or not understood.choice.picked[0].means or understood.choice.nothing:
        return understood
    message = understood.tongue.parser.parse(understood.standalone)
    return replace(understood, question=understood.standalone, message=message)


def other_readings(understood: Understood) -> tuple[str, ...]:
    """The next best readings, each once: a taught example may have the same one as its question."""
    parts = understood.parts or (understood,)
    told = {reading_key(clause): "" for part in parts for clause in part.resolved.clauses}
    for candidate in (each for part in parts if part.choice for each in part.choice.alternatives):
        if candidate.clause is not None:
            told.setdefault(reading_key(candidate.clause), candidate.question)
    return tuple(text for text in told.values() if text)


def asks_table(understood: Understood) -> bool:
    """Whether a message has a word for a table in it."""
    return any(mention.has(Cue.TABLE) for sentence in understood.message.sentences for mention in sentence.mentions)


def stand_together(lines: Sequence[Line]) -> bool:
    """Whether the claims stand together, no rows among them, notes only before and after: others may word them."""
    kinds = [kind for kind, _ in groupby(line.claim for line in lines)]
    return kinds.count(True) == 1 and not any(line.row or line.shown for line in lines)


def worded(
    gate: Gate, question: str, own: Sequence[GatedSentence], said: Iterable[str]
) -> Iterator[list[GatedSentence]]:
    """A chat model's wording in the place of the claims of ``own``, which stand together."""
    claims = [sentence.line for sentence in own if sentence.line.claim]
    first = next(at for at, sentence in enumerate(own) if sentence.line.claim)
    yield list(own[:first])
    for sentence in gate.worded(question, claims, said, [sentence.line.text for sentence in own[:first]]):
        yield [sentence]
    yield list(own[first + len(claims) :])


def events(release: Release) -> Iterator[Event]:
    """What a release tells, event by event."""
    for citation in release.citations:
        yield Event("citation", citation)
    for piece in _pieces(release.text):
        yield Event("delta", piece)
    for finding in release.findings:
        yield Event("finding", finding)


def _pieces(text: str) -> Iterator[str]:
    """A text word by word, each with the space behind it; nothing of an empty one."""
    words = text.split(" ")
    for number, word in enumerate(words):
        if piece := word if number == len(words) - 1 else word + " ":
            yield piece


class Stopwatch:
    """The time that is spent waiting for what an iterator brings."""

    def __init__(self) -> None:
        self.milliseconds = 0.0

    def over(self, items: Iterator[str]) -> Iterator[str]:
        """The same items, while the watch runs."""
        while True:
            started = time.perf_counter()
            item = next(items, None)
            self.milliseconds += milliseconds_since(started)
            if item is None:
                return
            yield item


def milliseconds_since(started: float, without: float = 0.0) -> float:
    """The milliseconds since a moment of the clock, less those ``without`` which they are counted."""
    return round(max(0.0, (time.perf_counter() - started) * 1000 - without), 3)
