"""A language as data: the words that build questions and claims, and the sentences that answers are made of.

Each language is one YAML file in ``corpus/languages``; nothing about it stands in code, so a translator can add one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from spellchecker import SpellChecker

from corpus.errors import CorpusFileError
from corpus.files import Section, read_yaml, suggestion
from corpus.text import normalise

N = TypeVar("N", int, float)
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
    UNLIKE = "unlike"
    NOT = "not"
    NO = "no"
    NOBODY = "nobody"
    RELATIVE = "relative"
    NOR = "nor"
    NEITHER = "neither"
    ONLY = "only"
    ALONE = "alone"
    NOT_ONLY = "not_only"
    TOGETHER = "together"
    ALL = "all"
    ANY = "any"
    BOTH = "both"
    MOST = "most"
    MAJORITY = "majority"
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
    SPEAKER = "speaker"
    EVERYWHERE = "everywhere"
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
    hesitations: frozenset[str]
    say_verbs: frozenset[str]
    kinds: Mapping[str, tuple[str, ...]]
    predicates: Mapping[str, CommonPredicate]
    say: Mapping[str, str]
    postposed: frozenset[Cue] = frozenset()

    def frequency(self, word: str) -> int:
        """How often the word stands in the language's reference texts; 0 where it is unknown."""
        return _frequencies(self.code).get(word, 0)


@lru_cache
def _frequencies(code: str) -> Mapping[str, int]:
    if code not in SpellChecker.languages():
        return {}
    words: Counter[str] = Counter()
    for word, times in SpellChecker(language=code).word_frequency.dictionary.items():
        words[normalise(word)] += times
    return words


def languages() -> tuple[str, ...]:
    """The codes of all languages that have a file."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache
def load_language(code: str, folder: Path = FOLDER) -> Language:
    """Read a language by its code ("en").

    Raises:
        CorpusFileError: there is no such language file, or it is not of its form; every fault is listed.
    """
    known = sorted(file.stem for file in folder.glob("*.yaml"))
    if code not in known:
        raise CorpusFileError(
            f"corpus.yaml: language: there is no {code!r}.{suggestion(code, known)} "
            f"Choose one of {', '.join(known)}, or add {code}.yaml to the languages."
        )
    path = folder / f"{code}.yaml"
    problems: list[str] = []
    language = _language(Section(path.name, read_yaml(path), _KEYS, problems))
    if not problems and language.code != code:
        problems.append(f"{path.name}: code: must be {code!r} as the file is named, not {language.code!r}.")
    if problems:
        raise CorpusFileError("\n".join(problems))
    return language


_KEYS = ("neutral", *(part.name for part in fields(Language)))


def _language(data: Section) -> Language:
    known = [cue for cue in Cue if cue is not Cue.NEUTRAL]
    cues = Section(f"{data.where}: cues", data.mapping("cues"), known, data.problems)
    talk = Section(f"{data.where}: talk", data.mapping("talk"), list(Talk), data.problems)
    kinds = data.mapping("kinds")
    return Language(
        code=data.text("code"),
        name=data.text("name"),
        cues={cue: (data if cue is Cue.NEUTRAL else cues).texts(cue) for cue in Cue},
        talk={kind: talk.needed(kind) for kind in Talk},
        pressure=data.needed("pressure"),
        correction=data.needed("correction"),
        follow_up=data.needed("follow_up"),
        instruction=data.needed("instruction"),
        numbers=_numbers(data, "numbers", int),
        fractions=_numbers(data, "fractions", float),
        months=data.needed("months"),
        approximate=data.needed("approximate"),
        light=frozenset(data.needed("light")),
        hesitations=frozenset(data.needed("hesitations")),
        say_verbs=frozenset(data.needed("say_verbs")),
        kinds={name: Section(f"{data.where}: kinds", kinds, kinds, data.problems).texts(name) for name in kinds},
        predicates={name: _predicate(data, name, parts) for name, parts in data.mapping("predicates").items()},
        say=data.mapping("say"),
        postposed=frozenset(Cue(name) for name in data.texts("postposed")),
    )


def _predicate(data: Section, name: str, parts: object) -> CommonPredicate:
    keys = [part.name for part in fields(CommonPredicate)]
    section = Section(f"{data.where}: predicates: {name}", parts, keys, data.problems)
    return CommonPredicate(
        words=section.texts("words"),
        weak=section.texts("weak"),
        complement_words=section.texts("complement_words"),
        verb=section.mapping("verb"),
        follow=section.mapping("follow"),
    )


def _numbers(data: Section, key: str, number: Callable[[str], N]) -> dict[str, N]:
    values: dict[str, N] = {}
    for word, value in data.mapping(key).items():
        try:
            values[word] = number(value)
        except (TypeError, ValueError):
            data.problems.append(f"{data.where}: {key}: {word}: must be a number, not {value!r:.60}.")
    return values
