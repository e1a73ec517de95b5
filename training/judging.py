"""Statements with sentences that state them, gainsay them or leave them open: what the verifier learns to judge from.

They come from the messages of fields whose golds tell it: yes or no about the text with the sentences that answer, yes
or no about a fact with its quote, and what is not stated with the sentences that look nearest to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from corpus.loader import load_corpus
from corpus.model import Corpus
from training.examples import STATEMENTS

NEITHER, STATES, REFUTES = range(3)
"""The order of the verifier's last three numbers."""
LONGEST, SHORTEST_WORD = 260, 4
ASKED, NEARBY, UNSTATED = 0.6, 0.5, 0.35
"""Shares that are taken: of questions for yes or no, of sentences near what is stated, of questions without answer."""

Gold = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, or a question for yes or no, and a sentence; ``label`` is what that does to it."""

    statement: str
    sentence: str
    label: int


def pairs_of(folder: Path, random: Random) -> Iterator[Pair]:
    """The pairs of a field, from its first turns in English that ask one thing."""
    corpus = load_corpus(folder)
    quotes = (quote.text for passage in corpus.passages.values() for quote in passage.sentences)
    sentences = [text for text in quotes if _is_sentence(text)]
    for path in sorted(folder.glob("messages-*.jsonl")):
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line)
            turn = case["turns"][0]
            if case.get("lang", "en") == "en" and len(turn["gold"]) == 1 and len(turn["say"]) <= LONGEST:
                stated = path.name == STATEMENTS
                yield from _pairs(corpus, sentences, turn["say"], turn["gold"][0], stated, random)


def _pairs(
    corpus: Corpus, sentences: Sequence[str], say: str, gold: Gold, stated: bool, random: Random
) -> Iterator[Pair]:
    answer = gold.get("answer")
    if gold["ask"] == "text" and answer in ("yes", "no"):
        yield Pair(say, gold["quotes"][0], STATES if answer == "yes" else REFUTES)
        yield from _open(say, sentences, gold["quotes"], 1)
    elif gold["ask"] == "whether" and (stated or random.random() < ASKED):
        told = [fact for fact in corpus.facts_of(gold["relation"]) if fact.object == gold["object"]]
        own = [fact for fact in told if fact.subject == gold["subject"]]
        settling = own if answer == "yes" else told if answer == "no" and not own else []
        if settling and _is_sentence(settling[0].quote.text):
            yield Pair(say, settling[0].quote.text, STATES if answer == "yes" else REFUTES)
            if random.random() < NEARBY:
                yield from _open(say, sentences, [fact.quote.text for fact in told], 1)
    elif gold["ask"] == "not_stated" and (stated or random.random() < UNSTATED):
        yield from _open(say, sentences, (), 2 if stated else 1)


def _open(say: str, sentences: Sequence[str], settling: Sequence[str], most: int) -> Iterator[Pair]:
    """A statement with the nearest sentences that do not settle it."""
    words = _words(say)
    others = sorted((s for s in sentences if s not in settling), key=lambda text: (-len(words & _words(text)), text))
    return (Pair(say, sentence, NEITHER) for sentence in others[:most])


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_WORD}


def _is_sentence(text: str) -> bool:
    """Whether it is no row of a table and no heading."""
    return not text.lstrip().startswith("|") and len(text.split()) >= SHORTEST_WORD
