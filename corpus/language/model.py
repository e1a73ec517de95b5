"""What a language file gives: cues, phrases, rules for names and verbs, words of values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from corpus.language.frequency import frequencies
from corpus.text import tokenize


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
    TABLE = "table"
    COMPARE = "compare"
    TAG = "tag"
    META = "meta"
    BEGIN = "begin"
    CONCLUDE = "conclude"
    EVERYBODY = "everybody"
    RESPECTIVELY = "respectively"
    ACCORDING = "according"
    ORIGIN = "origin"
    DIRECTION = "direction"
    PART_OF = "part_of"
    WITH = "with"
    DEPUTY = "deputy"
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


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it stands in a sentence: as its object, as its subject, within "in …" and within "of …"."""

    plain: str
    subject: str
    inside: str
    whose: str

    @classmethod
    def bare(cls, name: str) -> Named:
        """The same in all places."""
        return cls(name, name, name, name)


@dataclass(frozen=True, slots=True)
class NameRule:
    r"""How the names of a pattern stand in a sentence, for names of these sorts (of any, where there are none).

    With ``like`` "(Haut.+)", ``plain`` "les \\1" and ``inside`` "dans les \\1", "Hauts-de-France" stands as
    "les Hauts-de-France" and "dans les Hauts-de-France".
    """

    like: re.Pattern[str]
    sorts: frozenset[str]
    plain: str
    subject: str
    inside: str
    whose: str

    def named(self, name: str, sort: str) -> Named | None:
        """The forms of a name, if the rule is for it."""
        if (self.sorts and sort not in self.sorts) or (match := self.like.fullmatch(name)) is None:
            return None
        return Named(*(match.expand(form) for form in (self.plain, self.subject, self.inside, self.whose)))


@dataclass(frozen=True, slots=True)
class VerbRule:
    """The plural and the base of the verbs whose singular is of a pattern ("was founded in": "were …", "be …")."""

    like: re.Pattern[str]
    plural: str
    base: str


@dataclass(frozen=True)
class ValueWords:
    """The words of dates and amounts, and the ways to call an attribute.

    ``durations`` are in minutes; ``seasons`` give their first month; ``several`` is the least that a word counts;
    ``life`` the least age in a decade of life ("her twenties"); in ``decades`` and ``centuries`` "{}" stands for the
    number. ``small`` words say nothing at all, ``loose`` ones nothing that a claim must have found. ``attributes`` are
    concepts with the words that tell of them; ``sorts`` are nouns with the concepts by which a thing is known to be
    one, and those with a minus by which it is known to be none: a band has a genre, and no birth. ``largest`` and
    ``smallest`` ask for the end of a row, of dates too; ``later`` and ``sooner`` compare dates; ``sizes`` follow "how".
    """

    magnitudes: Mapping[str, float]
    durations: Mapping[str, float]
    seasons: Mapping[str, int]
    ordinals: Mapping[str, int]
    several: Mapping[str, int]
    life: Mapping[str, int]
    decades: tuple[str, ...]
    centuries: tuple[str, ...]
    early: tuple[str, ...]
    middle: tuple[str, ...]
    late: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    since: tuple[str, ...]
    begins: tuple[str, ...]
    times: tuple[str, ...]
    aged: tuple[str, ...]
    old: tuple[str, ...]
    day_marks: tuple[str, ...]
    links: tuple[str, ...]
    ones: tuple[str, ...]
    shares: tuple[str, ...]
    money: tuple[str, ...]
    halves: tuple[str, ...]
    and_half: tuple[str, ...]
    greater: tuple[str, ...]
    lesser: tuple[str, ...]
    largest: tuple[str, ...]
    smallest: tuple[str, ...]
    later: tuple[str, ...]
    sooner: tuple[str, ...]
    sizes: tuple[str, ...]
    present: tuple[str, ...]
    having: tuple[str, ...]
    ago: tuple[str, ...]
    already: tuple[str, ...]
    future: tuple[str, ...]
    same: tuple[str, ...]
    place_words: tuple[str, ...]
    small: frozenset[str]
    loose: frozenset[str]
    attributes: Mapping[str, tuple[str, ...]]
    sorts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Language:
    """One language file, read. ``say`` holds the sentence templates by name.

    ``canonical`` asks each logical form in one fixed way; of a language that has none, readings are not chosen.
    ``intending`` leads on to what is done ("decided to"); ``apart`` are words that are not those they share a stem with
    ("marketing"). ``passive`` are the auxiliaries of a passive, whose participle ends as ``participles`` say.
    """

    code: str
    name: str
    cues: Mapping[Cue, tuple[str, ...]]
    talk: Mapping[Talk, tuple[str, ...]]
    pressure: tuple[str, ...]
    correction: tuple[str, ...]
    follow_up: tuple[str, ...]
    instruction: tuple[str, ...]
    numbers: Mapping[str, int]
    multiples: Mapping[str, float]
    fractions: Mapping[str, float]
    months: tuple[str, ...]
    approximate: tuple[str, ...]
    light: frozenset[str]
    hesitations: frozenset[str]
    demonstratives: tuple[str, ...]
    say_verbs: frozenset[str]
    elaborations: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]
    predicates: Mapping[str, CommonPredicate]
    say: Mapping[str, str]
    values: ValueWords
    canonical: Mapping[str, str] = field(default_factory=dict)
    postposed: frozenset[Cue] = frozenset()
    naming: tuple[NameRule, ...] = ()
    intending: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    participles: tuple[str, ...] = ()
    inflection: tuple[VerbRule, ...] = ()

    def verb(self, singular: str) -> tuple[str, str]:
        """The plural and the base of a verb, by the first rule that is for it; as it is, where none is.

        >>> from corpus.language import load_language
        >>> load_language("en").verb("supplies"), load_language("en").verb("was founded in")
        (('supply', 'supply'), ('were founded in', 'be founded in'))
        """
        for rule in self.inflection:
            if match := rule.like.fullmatch(singular):
                return match.expand(rule.plural), match.expand(rule.base)
        return singular, singular

    def named(self, name: str, sort: str = "") -> Named:
        """How a name stands in a sentence, by the first rule that is for it; as it is, where none is.

        ``sort`` is the type of a place ("country", "city"), "" for all that is no place.
        """
        return next((found for rule in self.naming if (found := rule.named(name, sort))), Named.bare(name))

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The words, normalised, of the fixed phrases: "sure" of "are you sure", "meant" of "I meant"."""
        talk = (phrase for phrases in self.talk.values() for phrase in phrases)
        phrases = (*talk, *self.pressure, *self.correction, *self.follow_up)
        return frozenset(token.norm for phrase in phrases for token in tokenize(phrase) if token.word)

    def begins_with_auxiliary(self, verb: str) -> bool:
        """Whether a verb is asked without another one: there is no "Does Ada be head of …?"."""
        return verb.split(" ")[0] in self.cues[Cue.AUX]

    def frequency(self, word: str) -> int:
        """How often the word stands in the language's reference texts; 0 where it is unknown."""
        return frequencies(self.code).get(word, 0)
