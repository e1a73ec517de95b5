"""Ways to turn a sentence into one that says something else: another number, date, name, polarity or quantifier.

They work on the text alone, so that they serve for a source's own sentences; each gives every text that it can make.

    >>> list(Editor(corpus, world, language, book).numbers("Acme has three ships."))    # doctest: +SKIP
    ['Acme has two ships.', 'Acme has four ships.', …]
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process

from bot.evaluation.statements import StatementBook
from corpus.language import Language
from corpus.model import Corpus, Entity
from corpus.text import normalise, stem, tokenize
from corpus.world import Relation, World

LEAST_LETTERS = 5
"""A shorter word is rarely one that a sentence hangs on."""

_YEAR = re.compile(r"\b(?:1[5-9]|2\d)\d\d\b")
_FIGURE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*\b")
_SMALLEST, _LARGEST = 2, 20


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity where a text names it; ``start`` and ``end`` are offsets into the text."""

    entity: Entity
    start: int
    end: int


class TextEditor:
    """Edits sentences of one corpus's language and names."""

    def __init__(self, corpus: Corpus, world: World, language: Language, book: StatementBook) -> None:
        self.corpus, self.language = corpus, language
        self._world, self._book = world, book
        self._by_surface = {normalise(s): (s, e) for e in corpus.entities.values() for s in (*e.aliases, e.name)}
        self._names = _any_of(surface for e in corpus.entities.values() for surface in (e.name, *e.aliases))
        first = {value: word for word, value in reversed(list(language.numbers.items()))}
        self._number_words = {word: value for value, word in first.items() if _SMALLEST <= value <= _LARGEST}
        self._numbers = _any_of(self._number_words)
        self._cues = {normalise(phrase) for phrases in language.cues.values() for phrase in phrases}
        self._shares = {word: share for word, share in language.fractions.items() if self._is_share(word, share)}
        self._fractions = _any_of(self._shares)
        self._months = re.compile(r"\b(" + "|".join(language.months) + r")\b", re.IGNORECASE)
        self._quantifiers = {old: new for old, new in book.quantifiers}
        self._quantifier = _any_of(self._quantifiers)
        self._auxiliary = _any_of(book.auxiliaries)
        self.words = self._content_words(" ".join(document.text for document in corpus.documents.values()))
        self.years = frozenset(_YEAR.findall(" ".join(document.text for document in corpus.documents.values())))

    def numbers(self, text: str) -> Iterator[str]:
        """With another count or share."""
        for match in self._numbers.finditer(text):
            for word in self._number_words:
                if word != match.group().lower():
                    yield _put(text, match, _like(match.group(), word))
        for match in self._fractions.finditer(text):
            for word, share in self._shares.items():
                if share != self._shares[match.group().lower()]:
                    yield _put(text, match, word)
        for match in _FIGURE.finditer(text):
            if not _YEAR.fullmatch(match.group()):
                yield _put(text, match, _other_figure(match.group()))

    def dates(self, text: str) -> Iterator[str]:
        """With another year or month."""
        for match in _YEAR.finditer(text):
            for shift in (-7, -2, 1, 5, 10):
                yield _put(text, match, str(int(match.group()) + shift))
        for match in self._months.finditer(text):
            if match.group()[:1].isupper():  # "may" is a month only with its capital
                for month in self.language.months:
                    if month != match.group().lower():
                        yield _put(text, match, month.capitalize())

    def negations(self, text: str) -> Iterator[str]:
        """With a "not" put in behind an auxiliary, or taken out."""
        negation = re.escape(self._book.negation).replace(re.escape("{auxiliary}"), self._auxiliary.pattern)
        denied = list(re.finditer(negation, text, re.IGNORECASE))
        for match in denied:
            yield _put(text, match, match.group(1))
        if not denied:
            for match in self._auxiliary.finditer(text):
                yield _put(text, match, self._book.negation.format(auxiliary=match.group()))

    def quantifiers(self, text: str) -> Iterator[str]:
        """With another quantifier."""
        for match in self._quantifier.finditer(text):
            yield _put(text, match, _like(match.group(), self._quantifiers[match.group().lower()]))

    def words_changed(self, text: str, chance: random.Random) -> Iterator[str]:
        """With one of its content words put in place of another, out of the same documents."""
        own = {stem(normalise(word), self.language.code) for word in self._content_words(text)}
        others = [word for word in self.words if stem(normalise(word), self.language.code) not in own]
        for word in self._content_words(text):
            if others:
                match = re.search(rf"\b{re.escape(word)}\b", text)
                assert match is not None
                yield _put(text, match, chance.choice(others))

    def names(self, text: str) -> tuple[NamedEntity, ...]:
        """The entities that a text names, in order, the longest name where names overlap.

        Capitals have to be there where a name has them: "who" is not the WHO.
        """
        found = []
        for match in self._names.finditer(text):
            surface, entity = self._by_surface.get(normalise(match.group()), ("", None))
            if entity and all(a == b for a, b in zip(surface, match.group(), strict=False) if a.isupper()):
                found.append(NamedEntity(entity, match.start(), match.end()))
        return tuple(found)

    def swaps(self, text: str, named: NamedEntity) -> Iterator[tuple[Entity, str]]:
        """Other entities of the same kind in the place of a name, each with the text that makes."""
        there = {part for name in self.names(text) for part in (name.entity.name, *name.entity.covers)}
        for entity in self.corpus.entities.values():
            alike = entity.kind == named.entity.kind and bool(entity.covers) == bool(named.entity.covers)
            if alike and not there & {entity.name, *entity.covers} and self.apart(named.entity, entity):
                yield entity, put(text, named, self._called(entity, text[named.start : named.end]))

    def apart(self, one: Entity, other: Entity) -> bool:
        """Whether two entities of one kind exclude each other: places do that do not overlap."""
        if not self.corpus.kinds[one.kind].place:
            return True
        first, second = (
            self._world.place(e.place) if e.place else next(iter(self._world.find(e.name)), None) for e in (one, other)
        )
        return first is None or second is None or self._world.relation(first, second) is Relation.APART

    def _called(self, entity: Entity, like: str) -> str:
        """How to name an entity; one that covers others by the name that is most like the one it replaces."""
        if not entity.covers:
            return entity.name
        return str(process.extractOne(like, (entity.name, *entity.aliases))[0])

    def _is_share(self, word: str, share: float) -> bool:
        """Whether a fraction's word tells a share and nothing else: "most" is a quantifier, too."""
        return 0 < share < 100 and normalise(word) not in self._cues

    def _content_words(self, text: str) -> tuple[str, ...]:
        words = [token.text for token in tokenize(text) if token.word and token.text.isalpha()]
        empty = self._cues | self.language.light | self.language.say_verbs
        kept = [
            word for word in words if word.islower() and len(word) >= LEAST_LETTERS and normalise(word) not in empty
        ]
        return tuple(dict.fromkeys(kept))


def put(text: str, named: NamedEntity, name: str) -> str:
    """The text with another name in the place of one."""
    return text[: named.start] + name + text[named.end :]


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _like(old: str, new: str) -> str:
    """The new word with a capital where the old one had one."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def _other_figure(figure: str) -> str:
    """Another number, written alike: its first digit is changed ("1,200" to "2,200")."""
    return str(int(figure[0]) % 9 + 1) + figure[1:]


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the phrases as whole words, the longest that fits."""
    longest_first = sorted({*phrases}, key=lambda phrase: (-len(phrase), phrase))
    if not longest_first:
        return re.compile(r"(?!)()")  # matches nothing
    return re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
