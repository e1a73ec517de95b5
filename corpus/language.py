"""A language as data: the words that build questions and claims, and the sentences that answers are made of.

Each language is one YAML file in ``corpus/languages``; nothing about it stands in code, so a translator can add one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml
from spellchecker import SpellChecker

from corpus.errors import CorpusFileError

FOLDER = Path(__file__).parent / "languages"


class Cue(StrEnum):
    """What a function word or phrase tells the parser; the values are the keys of a language file's ``cues``."""

    WHO = "who"
    WHICH = "which"
    WHEN = "when"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    HOW_MANY = "how_many"
    SHARE = "share"
    AUX = "aux"
    DO = "do"
    NOT = "not"
    NO = "no"
    NOR = "nor"
    NEITHER = "neither"
    ONLY = "only"
    NOT_ONLY = "not_only"
    ALL = "all"
    BOTH = "both"
    MOST = "most"
    FEWEST = "fewest"
    MORE = "more"
    FEWER = "fewer"
    AS_MANY = "as_many"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EXACTLY = "exactly"
    THAN = "than"
    EXCEPT = "except"
    AND = "and"
    OR = "or"
    BUT = "but"
    IN = "in"
    OF = "of"
    BY = "by"
    THE = "the"
    PRONOUN = "pronoun"
    THERE = "there"
    THOSE = "those"
    OTHER = "other"
    ALSO = "also"
    IF = "if"
    HEDGE = "hedge"
    PAST = "past"
    FILLER = "filler"
    REQUEST = "request"
    OVERVIEW = "overview"
    COMPARE = "compare"
    TAG = "tag"
    META = "meta"
    BEGIN = "begin"
    CONCLUDE = "conclude"
    NEUTRAL = "neutral"


class Talk(StrEnum):
    """What a message is that asks nothing of the corpus."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABILITY = "ability"


@dataclass(frozen=True)
class CommonPredicate:
    """The words by which a language expresses a predicate that many corpora have."""

    words: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    complement_words: tuple[str, ...] = ()
    verb: Mapping[str, str] = field(default_factory=dict)
    follow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Language:
    """One language file, read. ``say`` holds the sentence templates by name."""

    code: str
    name: str
    cues: Mapping[Cue, tuple[str, ...]]
    talk: Mapping[Talk, tuple[str, ...]]
    pressure: tuple[str, ...]
    correction: tuple[str, ...]
    follow_up: tuple[str, ...]
    instruction: tuple[str, ...]
    numbers: Mapping[str, int]
    fractions: Mapping[str, float]
    months: tuple[str, ...]
    approximate: tuple[str, ...]
    light: frozenset[str]
    say_verbs: frozenset[str]
    kinds: Mapping[str, tuple[str, ...]]
    predicates: Mapping[str, CommonPredicate]
    say: Mapping[str, str]

    def frequency(self, word: str) -> int:
        """How often the word stands in the language's reference texts; 0 where it is unknown."""
        return _frequencies(self.code).get(word, 0)


@lru_cache
def _frequencies(code: str) -> Mapping[str, int]:
    if code not in SpellChecker.languages():
        return {}
    words: Mapping[str, int] = SpellChecker(language=code).word_frequency.dictionary
    return words


@lru_cache
def load_language(code: str) -> Language:
    """Read a language by its code ("en").

    Raises:
        CorpusFileError: there is no such language file, or it is not of its form.
    """
    path = FOLDER / f"{code}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise CorpusFileError(f"language {code!r}: no file {path.name}. There are: {known}")
    data = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    cues = {Cue(name): _strings(words) for name, words in data["cues"].items() if name in set(Cue)}
    cues[Cue.NEUTRAL] = _strings(data["neutral"])
    return Language(
        code=data["code"],
        name=data["name"],
        cues=cues,
        talk={Talk(name): _strings(words) for name, words in data["talk"].items()},
        pressure=_strings(data["pressure"]),
        correction=_strings(data["correction"]),
        follow_up=_strings(data["follow_up"]),
        instruction=_strings(data["instruction"]),
        numbers=data["numbers"],
        fractions=data["fractions"],
        months=_strings(data["months"]),
        approximate=_strings(data["approximate"]),
        light=frozenset(_strings(data["light"])),
        say_verbs=frozenset(_strings(data["say_verbs"])),
        kinds={name: _strings(words) for name, words in data["kinds"].items()},
        predicates={
            name: CommonPredicate(**{p: v if isinstance(v, dict) else _strings(v) for p, v in parts.items()})
            for name, parts in data["predicates"].items()
        },
        say=data["say"],
    )


def _strings(words: list[object]) -> tuple[str, ...]:
    # YAML reads bare yes, no and on as booleans; a translator should not have to know.
    spelt = {True: "yes", False: "no"}
    return tuple(spelt[word] if isinstance(word, bool) else str(word) for word in words)
