"""Questions that a sentence answers, and such that it only seems to, made from public questions with their answers.

    question   "Who ran the ferries of Avon in 1990?"     the sentence with the answer answers it
    other      the same question                          another sentence with many of its words does not
    twisted    "Who ran the ferries of Avon in 1993?"     the sentence with the answer does not answer this

A twisted question has another number, another name of the article, other words of much the same sense, or a denial: the
ways in which questions differ from what a text says. Some come out as paraphrases or as nonsense; most do not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.passages_data import PassageSetError
from corpus.language import Language
from corpus.text import sentences

TWISTS = 2
"""Twisted questions of each question."""
_WAYS = ("name", "word", "word", "word", "words", "denial", "number")
_NAMES_KEPT = 60
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NAME = re.compile(r"(?<=\s)[A-Z][\w'-]*(?:\s+(?:of\s+|the\s+)?[A-Z][\w'-]*)*")
_HELPING = re.compile(r"\b(did|do|does|was|were|is|are|can|could|has|have|had|will|would|should)\b( [^ ]+)?")
_OFF = (-20, -3, -1, 1, 2, 10)


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a sentence, and whether the sentence answers; ``twisted``: whether the question was changed."""

    question: str
    sentence: str
    answers: bool
    twisted: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """The names and numbers of an article, which are put in the place of others."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]


def examples(articles: Sequence[Any], twister: Twister, questions: int, random: Random) -> Iterator[Example]:
    """Of about so many questions, taken evenly from all articles, those answered, those not, and the twisted ones."""
    for article in articles:
        asked = [(paragraph["context"], qa) for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        text = " ".join(paragraph["context"] for paragraph in article["paragraphs"])
        names = [name for name, _ in Counter(_NAME.findall(text)).most_common(_NAMES_KEPT)]
        stock = Stock(tuple(names), tuple(sorted(set(_NUMBER.findall(text)))))
        random.shuffle(asked)
        for context, qa in asked[: questions // len(articles) + 1]:
            yield from _of_question(context, qa["question"].strip(), qa["answers"][0], stock, twister)


def read_articles(path: Path) -> list[Any]:
    """Articles with paragraphs, questions and answers, from a JSON file of the form of SQuAD 1.1.

    Raises PassageSetError where it is none.
    """
    try:
        articles: list[Any] = json.loads(path.read_text(encoding="utf-8"))["data"]
        assert articles and all(qa["answers"] for qa in articles[0]["paragraphs"][0]["qas"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AssertionError) as error:
        raise PassageSetError(
            f"{path}: holds no articles with questions and answers. Name SQuAD 1.1's file."
        ) from error
    return articles


def _of_question(context: str, question: str, answer: Any, stock: Stock, twister: Twister) -> Iterator[Example]:
    spans = sentences(context)
    right = next((i for i, (start, end) in enumerate(spans) if start <= answer["answer_start"] < end), None)
    if right is None:
        return
    said = [context[start:end] for start, end in spans]
    yield Example(question, said[right], True)
    others = [text for at, text in enumerate(said) if at != right and answer["text"].lower() not in text.lower()]
    if others:
        yield Example(question, max(others, key=lambda text: twister.shared(question, text)), False)
    for _ in range(TWISTS):
        if twisted := twister.twist(question, said[right], stock):
            yield Example(twisted, said[right], False, twisted=True)


class Twister:
    """Changes questions. ``alike`` gives words of much the same sense as one, in small letters, the nearest first."""

    def __init__(self, language: Language, alike: Callable[[str], Sequence[str]], random: Random) -> None:
        self._alike, self._random = alike, random
        self._light = {phrase for phrases in language.cues.values() for phrase in phrases if " " not in phrase}

    def shared(self, question: str, text: str) -> int:
        """How many words of weight a text has of a question."""
        there = {word.lower() for word in _WORD.findall(text)}
        return len({word.lower() for word in _WORD.findall(question)} & there - self._light)

    def twist(self, question: str, sentence: str, stock: Stock) -> str:
        """A question that asks for something else than the sentence tells; "" where no way is found."""
        ways = list(_WAYS)
        self._random.shuffle(ways)
        for way in ways:
            twisted = self._twisted(way, question, sentence.lower(), stock)
            if twisted and twisted != question:
                return twisted
        return ""

    def _twisted(self, way: str, question: str, said: str, stock: Stock) -> str:
        match way:
            case "number":
                return self._swapped(question, _NUMBER, lambda number: self._other_number(number, stock))
            case "name":
                fit = [
                    name for name in stock.names if name.lower() not in said and name.lower() not in question.lower()
                ]
                return self._swapped(question, _NAME, lambda _: self._random.choice(fit) if fit else "")
            case "denial":
                return self._denied(question)
            case _:
                return self._reworded(question, said, 2 if way == "words" else 1)

    def _swapped(self, question: str, pattern: re.Pattern[str], other: Callable[[str], str]) -> str:
        found = list(pattern.finditer(question))
        if not found:
            return ""
        match = self._random.choice(found)
        put = other(match.group())
        return f"{question[: match.start()]}{put}{question[match.end() :]}" if put else ""

    def _other_number(self, number: str, stock: Stock) -> str:
        same = [other for other in stock.numbers if other != number and len(other) == len(number)]
        digits = int(re.sub(r"\D", "", number))
        return self._random.choice(same) if same else str(digits + self._random.choice(_OFF))

    def _denied(self, question: str) -> str:
        match = _HELPING.search(question)
        if not match or self._random.random() < 0.5:
            return ""
        if self._random.random() < 0.5:
            return f"{question[: match.end(1)]}n't{question[match.end(1) :]}"
        return f"{question[: match.end()]} {self._random.choice(('not', 'never'))}{question[match.end() :]}"

    def _reworded(self, question: str, said: str, most: int) -> str:
        """Words of the sentence are changed first: that is what makes a question seem answered."""
        words = [match.group() for match in _WORD.finditer(question)]
        words = [w for at, w in enumerate(words) if w.lower() not in self._light and (not at or w[0].islower())]
        self._random.shuffle(words)
        words.sort(key=lambda word: word.lower() not in said)
        twisted, changed = question, 0
        for word in words[:3]:
            fit = [other for other in self._alike(word.lower()) if other not in said and other not in twisted.lower()]
            if fit and changed < most:
                twisted = re.sub(rf"\b{re.escape(word)}\b", self._random.choice(fit), twisted, count=1)
                changed += 1
        return twisted if changed else ""
