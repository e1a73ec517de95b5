"""How people type: slips, capitals, missing marks. None of it changes what is asked."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from bot.evaluation.phrasebook import Phrasebook
from corpus.language import Language
from corpus.model import Corpus
from corpus.text import normalise
from corpus.world import World

LEAST_LETTERS = 5
"""A shorter word with a slip in it may be any other word."""

_WORD = re.compile(r"[^\W\d_]+")
# The point behind a single letter belongs to an abbreviation ("N. Africa").
_MARKS = re.compile(r"(?<!\w)[^\w\s&]+|(?<!\b[^\W\d_])[^\w\s&]+(?!\w)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Noise(StrEnum):
    """One way to type a question otherwise."""

    TYPO = "typo"
    LOWER = "lower"
    UPPER = "upper"
    UNMARKED = "unmarked"
    FILLER = "filler"
    SPACES = "spaces"


class Typist:
    """Types a question otherwise, where that leaves it the same question."""

    def __init__(self, corpus: Corpus, world: World, language: Language, book: Phrasebook) -> None:
        self._language, self._book = language, book
        self._own = frozenset(_words(_names(corpus, world, language)))
        self._cues = frozenset(normalise(phrase) for phrases in language.cues.values() for phrase in phrases)
        self._cased = _cased(world, language) | (_named(corpus) & self._cues)
        self._near = _by_deletion(self._own)
        self._ways: Mapping[Noise, Callable[[str, random.Random], str | None]] = {
            Noise.TYPO: self.typo,
            Noise.LOWER: lambda text, _: self.lower(text),
            Noise.UPPER: lambda text, _: self.upper(text),
            Noise.UNMARKED: lambda text, _: unmarked(text),
            Noise.FILLER: self.filler,
            Noise.SPACES: lambda text, _: text.replace(" ", "  "),
        }

    def typed(self, text: str, noise: Noise, chance: random.Random) -> str | None:
        """The question typed otherwise; nothing where that is not possible, or would change it."""
        changed = self._ways[noise](text, chance)
        return changed if changed != text else None

    def typo(self, text: str, chance: random.Random) -> str | None:
        """One slip in one content word: two letters swapped, one dropped, doubled or replaced, never the first.

        A slip that makes another word, or comes as near to another name as to the one that was meant, is none; and
        a word that is misspelt already is left alone.
        """
        words = [match for match in _WORD.finditer(text) if self._content(match.group())]
        for match in chance.sample(words, len(words)):
            slips = _slips(match.group(), chance)
            chance.shuffle(slips)
            for slip in slips:
                if self._recognisable(match.group(), slip):
                    return text[: match.start()] + slip + text[match.end() :]
        return None

    def lower(self, text: str) -> str | None:
        """In small letters; nothing where capitals tell a name from a word ("US", "us")."""
        return None if self._hangs_on_case(text) else text.lower()

    def upper(self, text: str) -> str | None:
        """In capitals; nothing where that makes a name of a word."""
        return None if self._hangs_on_case(text) else text.upper()

    def filler(self, text: str, chance: random.Random) -> str:
        """With a word before or after that says nothing."""
        if chance.random() < 0.6:
            return f"{chance.choice(self._book.before)} {text}"
        return f"{text} {chance.choice(self._book.after)}"

    def _content(self, word: str) -> bool:
        norm = normalise(word)
        known = norm in self._own or self._language.frequency(norm) > 0
        return known and len(word) >= LEAST_LETTERS and norm not in self._cues

    def _recognisable(self, word: str, slip: str) -> bool:
        meant, typed = normalise(word), normalise(slip)
        if meant == typed or typed in self._own or self._language.frequency(typed):
            return False
        rivals = {rival for key in _deletions(typed) for rival in self._near.get(key, ())} - {meant}
        return not any(_one_slip(typed, rival) for rival in rivals if rival != f"{meant}s" and meant != f"{rival}s")

    def _hangs_on_case(self, text: str) -> bool:
        return any(normalise(word) in self._cased for word in _WORD.findall(text.replace(".", "")))


def unmarked(text: str) -> str:
    """Without the marks that end or part a sentence; those within a word stay."""
    return " ".join(_MARKS.sub(" ", text).split())


def _names(corpus: Corpus, world: World, language: Language) -> Iterable[str]:
    for entity in corpus.entities.values():
        yield from (entity.name, *entity.aliases)
    for predicate in corpus.predicates.values():
        yield from (*predicate.words, *predicate.weak_words, *predicate.complement_words, *predicate.pattern_words)
    for kind in corpus.kinds.values():
        yield from (*kind.words, kind.plural)
    yield from (name.surface for name in world.names(language.code))
    yield from (phrase for phrases in language.cues.values() for phrase in phrases)


def _words(phrases: Iterable[str]) -> Iterable[str]:
    return (normalise(word) for phrase in phrases for word in _WORD.findall(phrase))


def _cased(world: World, language: Language) -> frozenset[str]:
    """The words that are a name by their capitals alone, folded."""
    surfaces = (name.surface for name in world.names(language.code) if name.case_sensitive)
    return frozenset(normalise(surface.replace(".", "")) for surface in surfaces)


def _named(corpus: Corpus) -> frozenset[str]:
    """All names of entities, folded: of those that are function words as well ("WHO"), capitals tell them apart."""
    return frozenset(normalise(name) for entity in corpus.entities.values() for name in (entity.name, *entity.aliases))


def _slips(word: str, chance: random.Random) -> list[str]:
    """Every single slip in a word, its first letter aside; replaced letters by one of chance."""
    found = []
    for at in range(1, len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        other = chance.choice(_LETTERS)
        other = other.upper() if letter.isupper() else other
        found += [before + after, before + letter + letter + after, before + other + after]
        if after:
            found.append(before + after[0] + letter + after[1:])
    return found


def _deletions(word: str) -> set[str]:
    """The word and what is left of it without one letter: two words one slip apart have one of these in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _by_deletion(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        for key in _deletions(word):
            found.setdefault(key, []).append(word)
    return found


def _one_slip(typed: str, word: str) -> bool:
    """Whether one swap of neighbours, drop, addition or replacement makes one of the other."""
    if len(typed) != len(word):
        longer, shorter = (typed, word) if len(typed) > len(word) else (word, typed)
        return shorter in _deletions(longer) and len(longer) - len(shorter) == 1
    apart = [at for at, (one, other) in enumerate(zip(typed, word, strict=True)) if one != other]
    if len(apart) != 2:
        return len(apart) < 2
    first, second = apart
    return second == first + 1 and typed[first] == word[second] and typed[second] == word[first]
