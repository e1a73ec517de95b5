"""Linking: which words of a text name what.

A lexicon is built once from three sources, all of them data: the corpus's vocabulary, the world's place names, and the
language's function words. Linking then is one rule: of all phrases that match, the longest wins, then the earliest.

    >>> [mention.text for mention in linker.link("who leads the A and B wards?")]
    ['who', 'leads', 'the', 'A', 'and', 'B wards', '?']

where ``A`` reads as the A ward, because a coordination may share its head.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.language import Cue, Language
from corpus.model import Corpus
from corpus.text import Token, normalise, stem, tokenize
from corpus.world import Atlas, World


class Role(StrEnum):
    """What kind of thing a mention may name; SIDE is the argument that a pattern (``.patterns``) takes it for."""

    ENTITY = "entity"
    PLACE = "place"
    KIND = "kind"
    PREDICATE = "predicate"
    WEAK = "weak"
    COMPLEMENT = "complement"
    CUE = "cue"
    NUMBER = "number"
    MULTIPLE = "multiple"
    FRACTION = "fraction"
    TOPIC = "topic"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a phrase may mean; ``adjective`` marks place adjectives ("Chinese")."""

    role: Role
    name: str
    adjective: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of the text with all its readings; none means that the word is not known here.

    ``start`` and ``end`` are offsets into the text; ``norm`` is the phrase as it was looked up, spelling mended.
    """

    text: str
    norm: str
    start: int
    end: int
    readings: tuple[Reading, ...]
    word: bool = True
    mended: bool = False
    # What the readings name by role: asked for so often that it is worked out once.
    _named: Mapping[Role, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[Role, tuple[str, ...]] = {}
        for reading in self.readings:
            if reading.name not in (known := named.get(reading.role, ())):
                named[reading.role] = (*known, reading.name)
        object.__setattr__(self, "_named", named)

    def has(self, *cues: Cue) -> bool:
        """Whether the phrase is one of these function words."""
        own = self._named.get(Role.CUE)
        return own is not None and any(cue in own for cue in cues)

    def names(self, role: Role) -> tuple[str, ...]:
        """What the phrase may name in this role."""
        return self._named.get(role, ())

    def taken_for(self, role: Role, name: str) -> Mention:
        """The same mention, which may name this, too."""
        return replace(self, readings=(*self.readings, Reading(role, name)))

    @property
    def adjective(self) -> bool:
        """Whether it is a place's adjective or demonym."""
        return any(reading.adjective for reading in self.readings)

    @property
    def unknown(self) -> bool:
        """Whether the word says nothing to the lexicon."""
        return self.word and not self.readings


def kind_of(corpus: Corpus, mention: Mention) -> str:
    """The kind of what a mention names, "" where it names nothing."""
    for name in mention.names(Role.ENTITY):
        return corpus.entities[name].kind
    return corpus.place_kind if mention.names(Role.PLACE) else ""


@dataclass(frozen=True, slots=True)
class _Match:
    first: int
    last: int  # exclusive
    readings: tuple[Reading, ...]


# Coordinators between which a shared head may be left out: "A and B wards", "North/South America".
_COORDINATORS = frozenset({"/", ",", "-", "–", "&", "+", "、", "，", "・"})
# Marks that a name may hold.
_INSIDE = frozenset({",", "–", "—"})
# What counts as a number: "3", "1.5", "400,000"; not "1.2.3", nor other scripts' digits.
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_SHORTEST_MENDED = 4
_LONGEST_COMPACT = 4


class Linker:
    """Finds the mentions in a text. Pure: the same text always gives the same mentions."""

    def __init__(self, corpus: Corpus, language: Language, world: World) -> None:
        self.corpus, self.language, self.world = corpus, language, world
        self.atlas = Atlas(corpus, world)
        self.place_of_entity = self.atlas.places
        self.entity_of_place: dict[str, str] = {}
        for name, place in self.place_of_entity.items():
            self.entity_of_place.setdefault(place.id, name)
        self._exact: dict[tuple[str, ...], dict[Reading, None]] = defaultdict(dict)
        self._stemmed: dict[tuple[str, ...], dict[Reading, None]] = defaultdict(dict)
        self._compact: dict[str, dict[Reading, None]] = defaultdict(dict)
        self._listed: set[tuple[str, ...]] = set()
        self._cased: dict[tuple[str, ...], dict[Reading, None]] = defaultdict(dict)
        self._build()
        words: dict[str, int] = {}
        for phrase, readings in self._exact.items():
            # A word that is a whole name is likelier meant than one that is but a part of some.
            rank = 2 * min(_RANK[reading.role] for reading in readings) + (len(phrase) > 1)
            for word in phrase:
                if len(word) >= _SHORTEST_MENDED and word.isalpha():
                    words[word] = min(rank, words.get(word, rank))
        for predicate in corpus.predicates.values():
            for token in (token for text in predicate.pattern_words for token in tokenize(text)):
                if len(token.norm) >= _SHORTEST_MENDED and token.norm.isalpha():
                    words.setdefault(token.norm, 2 * max(_RANK.values()))
        self._words = words
        self._longest = max(map(len, (*self._exact, *self._cased)), default=1)
        self.mend = lru_cache(maxsize=16384)(self._mend)
        self.link = lru_cache(maxsize=4096)(self._link)

    # Building the lexicon

    def _build(self) -> None:
        for cue, phrases in self.language.cues.items():
            self._add(phrases, Reading(Role.CUE, cue), stems=cue is Cue.NEUTRAL)
        for word, value in self.language.numbers.items():
            self._add([word], Reading(Role.NUMBER, str(value)))
        for word, share in self.language.fractions.items():
            if not self._exact.get(_key(word)):  # "all", "most" and the like quantify by themselves
                self._add([word], Reading(Role.FRACTION, str(share)))
        for word, times in self.language.multiples.items():
            self._add([word], Reading(Role.MULTIPLE, str(times)))
        for kind in self.corpus.kinds.values():
            self._add((*kind.words, kind.plural), Reading(Role.KIND, kind.name), stems=True)
        self._add_references()
        for predicate in self.corpus.predicates.values():
            self._add(predicate.words, Reading(Role.PREDICATE, predicate.name), stems=True)
            self._add_parts(predicate.words)
            self._add(predicate.weak_words, Reading(Role.WEAK, predicate.name))
            self._add(predicate.complement_words, Reading(Role.COMPLEMENT, predicate.name), stems=True)
        self._share_openings()
        self._add(self.corpus.topics, Reading(Role.TOPIC, ""), stems=True)
        self._add(self.corpus.ignorable, Reading(Role.CUE, Cue.NEUTRAL), stems=True)
        for entity in self.corpus.entities.values():
            names = (entity.name, *entity.aliases)
            reading = Reading(Role.ENTITY, entity.name)
            self._add([name for name in names if not self._acronym(name)], reading, stems=True, compact=True)
            self._add(filter(None, [self._without_article(entity.name)]), reading, stems=True)
            for name in filter(self._acronym, names):
                self._cased[(name,)][reading] = None
        if self.place_of_entity:
            self._add_places()

    def _share_openings(self) -> None:
        """Of predicates that differ by a preposition ("in charge", "in charge of"), the longer phrase means either."""
        links = {
            key[0]
            for key, readings in self._exact.items()
            if len(key) == 1 and any(reading.name in (Cue.OF, Cue.IN, Cue.BY) for reading in readings)
        }
        for phrase in [key for key in self._exact if len(key) > 1 and key[-1] in links]:
            if any(reading.role is Role.PREDICATE for reading in self._exact[phrase]):
                opening = self._exact.get(phrase[:-1], {})
                self._exact[phrase] |= {each: None for each in opening if each.role is Role.PREDICATE}

    def _add_parts(self, phrases: Iterable[str]) -> None:
        """What else a predicate's phrase says: "member of" names a kind, "is part of" a part, "led by" an agent."""
        said = (Reading(Role.CUE, Cue.PART_OF), Reading(Role.CUE, Cue.BY))
        for phrase in phrases:
            first, *rest = _key(phrase) or ("",)
            found = [*self._exact.get((first,), ()), *self._exact.get(tuple(rest), ())] if rest else []
            for reading in found:
                if reading.role is Role.KIND or reading in said:
                    self._add([phrase], reading)

    def _add_references(self) -> None:
        """ "that agency", "this region": what a demonstrative takes up again, by the kinds of the main predicate."""
        main = self.corpus.main
        for cue, kinds in ((Cue.PRONOUN, main.subject_kinds), (Cue.THERE, main.object_kinds)):
            for kind in kinds:
                words = self.corpus.kinds[kind].words if kind in self.corpus.kinds else ()
                words = tuple(word for word in words if not self._article(_key(word)[0]))  # not "the two"
                phrases = (f"{that} {word}" for that in self.language.demonstratives for word in words)
                self._add(phrases, Reading(Role.CUE, cue))

    def _without_article(self, name: str) -> str:
        """A name that begins with an article is looked for without it, too ("the Quays" in "of the Quays")."""
        first, _, rest = name.partition(" ")
        # A single letter is a name of its own ("A ward").
        return rest if self._article(normalise(first)) and rest and len(first) > 1 else ""

    def _article(self, norm: str) -> bool:
        return any(reading.name == Cue.THE for reading in self._exact.get((norm,), ()))

    def _acronym(self, name: str) -> bool:
        """Whether a name in capitals is a function word when written small (WHO and "who")."""
        return name.isupper() and any(reading.role is Role.CUE for reading in self._exact.get(_key(name), ()))

    def _add_places(self) -> None:
        for surface, place_id, adjective, cased in self.world.names(self.language.code):
            entity = self.entity_of_place.get(place_id)
            reading = Reading(Role.ENTITY, entity, adjective) if entity else Reading(Role.PLACE, place_id, adjective)
            if cased:
                self._cased[tuple(token.text.replace(".", "") for token in tokenize(surface))][reading] = None
            else:
                self._add([surface], reading, compact=len(surface) > 6)

    def _add(self, phrases: Iterable[str], reading: Reading, stems: bool = False, compact: bool = False) -> None:
        for phrase in phrases:
            key = _key(phrase)
            if not key:
                continue
            if _INSIDE & set(phrase):
                self._listed.add(key)
            self._exact[key][reading] = None
            if stems:
                self._stemmed[self._stems(key)][reading] = None
            if compact and len(key) > 1:
                self._compact["".join(key)][reading] = None

    def _stems(self, key: Sequence[str]) -> tuple[str, ...]:
        return tuple(stem(word, self.language.code) for word in key)

    # Linking a text

    def _link(self, text: str) -> tuple[Mention, ...]:
        tokens = [token for token in tokenize(text) if token.norm not in self.language.hesitations]
        norms = [self.mend(token.norm) if token.word and not token.number else token.norm for token in tokens]
        # The longest first; of two as long, the one that is not so by its article, then the earlier one.
        matches = sorted(
            self._matches(tokens, norms), key=lambda m: (m.first - m.last, self._article(norms[m.first]), m.first)
        )
        taken: dict[int, _Match] = {}
        for match in matches:
            if not any(index in taken for index in range(match.first, match.last)):
                taken.update(dict.fromkeys(range(match.first, match.last), match))
        mentions: list[Mention] = []
        index = 0
        while index < len(tokens):
            found = taken.get(index) or _Match(index, index + 1, ())
            if found.last - found.first == 1 and (shared := self._shared_head(tokens, norms, taken, index)):
                found = _Match(index, index + 1, shared)
            if mentions and mentions[-1].has(Cue.DEPUTY):
                found = _deputised(found)
            mentions.append(self._mention(text, tokens, norms, found))
            index = found.last
        return tuple(mentions)

    def _mention(self, text: str, tokens: Sequence[Token], norms: Sequence[str], match: _Match) -> Mention:
        span = tokens[match.first : match.last]
        readings = match.readings
        if len(span) == 1 and _NUMBER.fullmatch(span[0].norm):
            readings = (Reading(Role.NUMBER, span[0].norm.replace(",", "")),)
        return Mention(
            text=text[span[0].start : span[-1].end],
            norm=" ".join(norms[match.first : match.last]),
            start=span[0].start,
            end=span[-1].end,
            readings=readings,
            word=any(token.word for token in span),
            mended=any(token.norm != norm for token, norm in zip(span, norms[match.first : match.last], strict=True)),
        )

    def _matches(self, tokens: Sequence[Token], norms: Sequence[str]) -> Iterator[_Match]:
        stems = self._stems(norms)
        shouted = all(token.text.isupper() for token in tokens if token.word and not token.number)
        if self._listed and _INSIDE & set(norms):
            yield from self._listed_names(norms)
        for first in range(len(tokens)):
            for last in range(first + 1, min(first + self._longest, len(tokens)) + 1):
                readings = self._readings(tokens[first:last], tuple(norms[first:last]), stems[first:last], shouted)
                if readings:
                    yield _Match(first, last, tuple(readings))

    def _listed_names(self, norms: Sequence[str]) -> Iterator[_Match]:
        """Names that hold marks ("Water, Sanitation and Hygiene"); they are looked up without them."""
        words = [at for at, norm in enumerate(norms) if norm not in _INSIDE]
        for first in range(len(words)):
            for last in range(first + 2, min(first + self._longest, len(words)) + 1):
                key = tuple(norms[at] for at in words[first:last])
                if key in self._listed:
                    yield _Match(words[first], words[last - 1] + 1, tuple(self._exact[key]))

    def _readings(
        self, span: Sequence[Token], norms: tuple[str, ...], stems: tuple[str, ...], shouted: bool
    ) -> list[Reading]:
        cased = self._cased.get(tuple(token.text.replace(".", "") for token in span))
        if cased and not (shouted and norms in self._exact):
            return list(cased)
        by_stem = () if self.language.apart & set(norms) else self._stemmed.get(stems, ())
        found = dict.fromkeys((*self._exact.get(norms, ()), *by_stem))
        if len(span) == 1 and span[0].text.islower() and any(r.role is Role.PREDICATE for r in found):
            # "who leeds": a word in small letters that is a verb, too, is no town.
            found = {reading: None for reading in found if reading.role is not Role.PLACE}
        if not found and len(norms) <= _LONGEST_COMPACT:
            return list(self._compact.get("".join(norms), ()))
        return list(found)

    def _shared_head(
        self, tokens: Sequence[Token], norms: Sequence[str], taken: dict[int, _Match], index: int
    ) -> tuple[Reading, ...]:
        """The readings of a word whose head stands elsewhere in the coordination ("A and B wards")."""
        if not tokens[index].word:
            return ()
        ahead = self._partner(tokens, norms, taken, index, +1)
        # The head is all of the partner but its first word, or less ("B" of "B, C and D wards", which is one name).
        for first in range(ahead.first + 1, ahead.last) if ahead else ():
            key = (norms[index], *norms[first : ahead.last]) if ahead else ()
            if readings := self._exact.get(key) or self._stemmed.get(self._stems(key)):
                return tuple(reading for reading in readings if reading.role in (Role.ENTITY, Role.PLACE))
        behind = self._partner(tokens, norms, taken, index, -1)
        if behind and behind.last - behind.first > 1:
            readings = self._exact.get((*norms[behind.first : behind.last - 1], norms[index]))
            if readings:
                return tuple(reading for reading in readings if reading.role is Role.ENTITY)
        return ()

    def _partner(
        self, tokens: Sequence[Token], norms: Sequence[str], taken: dict[int, _Match], index: int, step: int
    ) -> _Match | None:
        """The entity or place that coordinators (and other bare words of the coordination) join to this word."""
        at, coordinated = index + step, False
        while 0 <= at < len(tokens) and abs(at - index) <= 8:
            match = taken.get(at)
            joins = norms[at] in _COORDINATORS or (
                match is not None and any(r.name in (Cue.AND, Cue.OR) and r.role is Role.CUE for r in match.readings)
            )
            if joins:
                coordinated = True
            elif match and any(r.role in (Role.ENTITY, Role.PLACE) for r in match.readings):
                return match if coordinated else None
            elif match and (match.last - match.first > 1 or any(_ends_coordination(r) for r in match.readings)):
                return None
            at += step
        return None

    # Spelling

    def known(self, word: str) -> bool:
        """Whether the word is in the lexicon or an ordinary word of the language."""
        return word in self._words or (word,) in self._exact or self.language.frequency(word) > 0

    def _mend(self, word: str) -> str:
        """The lexicon's word that this one most likely misspells, or the word itself."""
        if len(word) < _SHORTEST_MENDED or not word.isascii() or not word.isalpha() or self.known(word):
            return word
        if (stem(word, self.language.code),) in self._stemmed:
            return word
        distance = 2 if len(word) >= 8 else 1
        found = process.extract(word, self._words.keys(), scorer=OSA.distance, score_cutoff=distance, limit=8)
        if not found:
            return word
        return min(
            (hit[0] for hit in found),
            key=lambda w: (w[0] != word[0], OSA.distance(word, w), self._words[w], abs(len(w) - len(word)), w),
        )


def _deputised(match: _Match) -> _Match:
    """A "deputy lead" does not lead: the predicate's words behind such a word say something else."""
    roles = (Role.PREDICATE, Role.WEAK)
    return _Match(match.first, match.last, tuple(reading for reading in match.readings if reading.role not in roles))


def _ends_coordination(reading: Reading) -> bool:
    """Whether a word cannot stand inside a coordination of names: "Bolt, which makes the Vela"."""
    finite = (Cue.AUX, Cue.WHO, Cue.WHICH, Cue.RELATIVE, Cue.PRONOUN)
    return reading.role is Role.PREDICATE or (reading.role is Role.CUE and reading.name in finite)


_RANK = {
    Role.ENTITY: 0,
    Role.PREDICATE: 1,
    Role.KIND: 1,
    Role.COMPLEMENT: 1,
    Role.CUE: 2,
    Role.PLACE: 3,
    Role.WEAK: 3,
    Role.NUMBER: 3,
    Role.MULTIPLE: 3,
    Role.FRACTION: 3,
    Role.TOPIC: 3,
}


def _key(phrase: str) -> tuple[str, ...]:
    if phrase.startswith("'"):  # a clitic, which the tokenizer knows only behind its word
        return (phrase,)
    phrase = phrase.replace(" '", "'")  # "it 's false": a clitic is no word apart
    return tuple(token.norm for token in tokenize(phrase) if token.word or token.norm in "&+/")
