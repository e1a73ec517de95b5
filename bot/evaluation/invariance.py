"""Asked in another way, a question keeps its answer: ten changes that leave the meaning alone.

    change        the question before and after
    order         "Who leads in Japan?"                 "In Japan, who leads?"
    pressure      "Who leads in Japan?"                 "Who leads in Japan?", "Are you sure?"
    repeated      "Who leads in Japan?"                 "Who leads in Japan?", "Who leads in Japan?"

No gold is needed: the answer to the question as it was is what the other one is held against.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.grading import Mismatch
from bot.evaluation.noise import Typist, unmarked
from bot.evaluation.phrasebook import Phrasebook, load_phrasebook
from bot.evaluation.targets import Answerer
from bot.schema.answer import Answer, Status
from corpus.language import load_language
from corpus.model import Corpus
from corpus.text import sentences
from corpus.world import World, fold

Turns = tuple[str, ...]


class Variation(StrEnum):
    """One way to ask the same."""

    CASE = "case"
    PUNCTUATION = "punctuation"
    TYPO = "typo"
    POLITENESS = "politeness"
    FILLER = "filler"
    ORDER = "order"
    SPELLING = "spelling"
    PRIOR = "unrelated turns before"
    PRESSURE = "pressure"
    REPEATED = "repeated"


# Small talk is answered by what is said last, and what asks nothing cannot be insisted on.
_ONLY_QUESTIONS = frozenset({Variation.POLITENESS, Variation.FILLER, Variation.PRESSURE})
_NO_QUESTIONS = frozenset({Status.CHAT, Status.OUT_OF_SCOPE})


@dataclass(frozen=True, slots=True)
class Varied:
    """A conversation whose answer changed with the way of asking."""

    change: Variation
    before: Turns
    after: Turns
    mismatches: tuple[Mismatch, ...]

    def __str__(self) -> str:
        wrong = "; ".join(f"{m.key}: was {m.expected}, is {m.got}" for m in self.mismatches)
        return f"[{self.change}] {' | '.join(self.before)}\n    {' | '.join(self.after)}\n    {wrong}"


@dataclass(frozen=True, slots=True)
class Invariance:
    """``asked`` counts the changed questions by change; a change that did not fit a question is not among them."""

    asked: Mapping[Variation, int]
    varied: tuple[Varied, ...]

    @property
    def total(self) -> int:
        """How many changed questions were asked."""
        return sum(self.asked.values())

    @property
    def rate(self) -> float:
        """The share of changed questions that kept their answer, from 0 to 1; 1 where none was asked."""
        return 1 - len(self.varied) / max(self.total, 1)


def check_invariance(bot: Answerer, conversations: Iterable[Sequence[str]], seed: int) -> Invariance:
    """Ask the last turn of every conversation as it is, and in each way that fits it.

    The conversations are in the language of the bot's corpus: what is put around a question is.

    Raises:
        CorpusFileError: there are no questions in the language of the bot's corpus.
    """
    changer = Changer.of(bot.corpus)
    asked = dict.fromkeys(Variation, 0)
    varied = []
    for conversation in conversations:
        turns = tuple(conversation)
        answer = bot.ask(turns[-1], turns[:-1])
        for change, after in variants(changer, turns, answer, seed):
            asked[change] += 1
            if mismatches := tuple(_differences(answer, bot.ask(after[-1], after[:-1]))):
                varied.append(Varied(change, turns, after, mismatches))
    return Invariance(asked, tuple(varied))


def variants(changer: Changer, turns: Turns, answer: Answer, seed: int) -> Iterator[tuple[Variation, Turns]]:
    """The conversation in each other way that fits it; ``answer`` is that to its last turn as it is."""
    for change in Variation:
        if change in _ONLY_QUESTIONS and answer.status in _NO_QUESTIONS:
            continue
        after = changer.changed(turns, change, random.Random(f"{seed}/{change}/{turns}"))
        if after is not None:
            yield change, after


def _differences(before: Answer, after: Answer) -> Iterator[Mismatch]:
    if before.status is not after.status:
        yield Mismatch("status", before.status, after.status)
    if before.verdict is not after.verdict:
        yield Mismatch("verdict", str(before.verdict), str(after.verdict))
    if {*before.values} != {*after.values}:
        yield Mismatch("values", ", ".join(before.values) or "none", ", ".join(after.values) or "none")


class Changer:
    """Asks a question in another way that means the same."""

    def __init__(self, corpus: Corpus, world: World, typist: Typist, book: Phrasebook) -> None:
        self._world, self._typist, self._book = world, typist, book
        self._names = frozenset(fold(name) for e in corpus.entities.values() for name in (e.name, *e.aliases))
        openers, prepositions = "|".join(book.openers), "|".join(book.fronted)
        self._frontable = re.compile(rf"(?i)((?:{openers})\b[^?,.;:]*?) ({prepositions}) ([^?,.;:]+)\?")
        self._spelling = {one: other for pair in book.spelling for one, other in (pair, pair[::-1])}
        self._spelt = re.compile(rf"(?i)\b(?:{'|'.join(self._spelling)})\b")
        last = self._last
        self._ways: Mapping[Variation, Callable[[Turns, random.Random], Turns | None]] = {
            Variation.CASE: last(self._case),
            # What parts two sentences tells where one question ends.
            Variation.PUNCTUATION: last(lambda text, _: unmarked(text) if len(sentences(text)) == 1 else None),
            Variation.TYPO: last(typist.typo),
            Variation.POLITENESS: last(self._politely),
            Variation.FILLER: last(typist.filler),
            Variation.ORDER: last(lambda text, _: self.fronted(text)),
            Variation.SPELLING: last(lambda text, _: self.respelt(text)),
            Variation.PRIOR: lambda turns, chance: (*chance.choice(book.unrelated), *turns),
            Variation.PRESSURE: lambda turns, chance: (*turns, chance.choice(book.insistence)),
            Variation.REPEATED: lambda turns, _: (*turns, turns[-1]),
        }

    @classmethod
    def of(cls, corpus: Corpus) -> Changer:
        """The changer of a corpus, in its language. Raises CorpusFileError where that has no questions."""
        language, world = load_language(corpus.language), World.load()
        book = load_phrasebook(language.code)
        return cls(corpus, world, Typist(corpus, world, language, book), book)

    def changed(self, turns: Turns, change: Variation, chance: random.Random) -> Turns | None:
        """The conversation with its last question asked in another way; nothing where the change does not fit it."""
        after = self._ways[change](turns, chance)
        return after if after != turns else None

    def fronted(self, text: str) -> str | None:
        """With the place or thing that ends the question at its head; nothing where the question has another form.

        "Who leads in Japan?" becomes "In Japan, who leads?"
        """
        match = self._frontable.fullmatch(text)
        if match is None:
            return None
        question, preposition, name = match.groups()
        if fold(name) not in self._names and not self._world.find(name):
            return None
        return f"{preposition.capitalize()} {name}, {question[0].lower()}{question[1:]}?"

    def respelt(self, text: str) -> str:
        """With British words spelt the American way, and the other way round."""
        return self._spelt.sub(lambda match: _cased_like(match.group(), self._spelling[match.group().lower()]), text)

    def _case(self, text: str, chance: random.Random) -> str | None:
        return self._typist.lower(text) if chance.random() < 0.5 else self._typist.upper(text)

    def _politely(self, text: str, chance: random.Random) -> str | None:
        # Of several sentences only the first would be asked politely.
        if not text.endswith("?") or len(sentences(text)) > 1:
            return None
        return chance.choice(self._book.politeness).format(question=text)

    @staticmethod
    def _last(way: Callable[[str, random.Random], str | None]) -> Callable[[Turns, random.Random], Turns | None]:
        """A change of the last turn as one of the conversation."""

        def change(turns: Turns, chance: random.Random) -> Turns | None:
            text = way(turns[-1], chance)
            return None if text is None else (*turns[:-1], text)

        return change


def _cased_like(old: str, new: str) -> str:
    if old.isupper():
        return new.upper()
    return new.capitalize() if old[0].isupper() else new
