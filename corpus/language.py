"""A language as data: the words that build questions and claims, and the sentences that answers are made of.

Each language is one YAML file in ``corpus/languages``; nothing about it stands in code, so a translator can add one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from spellchecker import SpellChecker

from corpus.errors import CorpusFileError
from corpus.files import Section, file_of_language, read_yaml
from corpus.text import normalise, tokenize

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

    def frequency(self, word: str) -> int:
        """How often the word stands in the language's reference texts; 0 where it is unknown."""
        return _frequencies(self.code).get(word, 0)


@lru_cache
def _frequencies(code: str) -> Mapping[str, int]:
    if code not in SpellChecker.languages():
        return {}
    words: Counter[str] = Counter()
    for word, times in SpellChecker(language=code).word_frequency.dictionary.items():
        words[word if word.isascii() else normalise(word)] += times  # they are small letters there
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
    path = file_of_language(folder, code, "corpus.yaml: language: there is no", "languages")
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
        multiples=_numbers(data, "multiples", float),
        fractions=_numbers(data, "fractions", float),
        months=data.needed("months"),
        approximate=data.needed("approximate"),
        light=frozenset(data.needed("light")),
        hesitations=frozenset(data.needed("hesitations")),
        demonstratives=data.needed("demonstratives"),
        say_verbs=frozenset(data.needed("say_verbs")),
        elaborations=data.texts("elaborations"),
        kinds={name: Section(f"{data.where}: kinds", kinds, kinds, data.problems).texts(name) for name in kinds},
        predicates={name: _predicate(data, name, parts) for name, parts in data.mapping("predicates").items()},
        say=data.mapping("say"),
        canonical=data.mapping("canonical"),
        values=_values(data),
        postposed=frozenset(Cue(name) for name in data.texts("postposed")),
        naming=tuple(_name_rule(data, entry) for entry in data.entries("naming")),
        intending=data.texts("intending"),
        apart=frozenset(data.texts("apart")),
        passive=frozenset(data.texts("passive")),
        participles=data.texts("participles"),
        inflection=tuple(_verb_rule(data, entry) for entry in data.entries("inflection")),
    )


def _verb_rule(data: Section, entry: object) -> VerbRule:
    section = Section(f"{data.where}: inflection", entry, ("like", "plural", "base"), data.problems)
    plural = section.text("plural")
    base = section.text("base", plural)
    return VerbRule(_pattern(section, section.text("like"), (plural, base)), plural, base)


def _name_rule(data: Section, entry: object) -> NameRule:
    keys = ("like", "of", "plain", "subject", "inside", "whose")
    section = Section(f"{data.where}: naming", entry, keys, data.problems)
    plain = section.text("plain", r"\g<0>")
    forms = {key: section.text(key, plain) for key in ("subject", "inside", "whose")}
    like = _pattern(section, section.text("like"), (plain, *forms.values()))
    return NameRule(like, frozenset(section.texts("of")), plain, **forms)


def _pattern(section: Section, like: str, forms: Iterable[str]) -> re.Pattern[str]:
    """A rule's pattern, its forms tried on it."""
    try:
        pattern = re.compile(like)
        for form in forms:
            re.sub(pattern, form, "")
    except re.error as error:
        section.problems.append(f"{section.where}: {like!r}: {error}. Write a pattern, and its groups as \\1.")
        return re.compile("")
    return pattern


def _values(data: Section) -> ValueWords:
    keys = [part.name for part in fields(ValueWords)]
    section = Section(f"{data.where}: values", data.mapping("values"), keys, data.problems)
    return ValueWords(
        magnitudes=_numbers(section, "magnitudes", float),
        durations=_numbers(section, "durations", float),
        seasons=_numbers(section, "seasons", int),
        ordinals=_numbers(section, "ordinals", int),
        several=_numbers(section, "several", int),
        life=_numbers(section, "life", int),
        decades=section.needed("decades"),
        centuries=section.needed("centuries"),
        early=section.needed("early"),
        middle=section.needed("middle"),
        late=section.needed("late"),
        before=section.needed("before"),
        after=section.needed("after"),
        since=section.needed("since"),
        begins=section.needed("begins"),
        times=section.needed("times"),
        aged=section.needed("aged"),
        old=section.needed("old"),
        day_marks=section.needed("day_marks"),
        links=section.needed("links"),
        ones=section.needed("ones"),
        shares=section.needed("shares"),
        money=section.needed("money"),
        halves=section.needed("halves"),
        and_half=section.needed("and_half"),
        greater=section.needed("greater"),
        lesser=section.needed("lesser"),
        largest=section.needed("largest"),
        smallest=section.needed("smallest"),
        later=section.needed("later"),
        sooner=section.needed("sooner"),
        sizes=section.needed("sizes"),
        present=section.needed("present"),
        having=section.needed("having"),
        ago=section.needed("ago"),
        already=section.needed("already"),
        future=section.needed("future"),
        same=section.needed("same"),
        place_words=section.needed("place_words"),
        small=frozenset(section.needed("small")),
        loose=frozenset(section.needed("loose")),
        attributes=_lists(section, "attributes"),
        sorts=_lists(section, "sorts"),
    )


def _lists(data: Section, key: str) -> dict[str, tuple[str, ...]]:
    lists = data.mapping(key)
    section = Section(f"{data.where}: {key}", lists, lists, data.problems)
    return {name: section.needed(name) for name in lists}


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
