"""Fixed phrases that tell what a whole sentence does: talk, pressure, correction, follow-up, instruction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.language import Cue, Language, Talk
from corpus.text import tokenize


@dataclass(frozen=True, slots=True)
class Flags:
    """What the phrases of a sentence say of it."""

    pressure: bool
    correction: bool
    follow_up: bool
    instruction: bool


class Phrases:
    """The phrase lists of a language, compiled for look-up in padded, normalised text."""

    def __init__(self, language: Language) -> None:
        self._talk = {talk: _compiled(words) for talk, words in language.talk.items()}
        self._pressure = _compiled(language.pressure)
        self._correction = _compiled(language.correction)
        self._follow_up = _compiled(language.follow_up)
        self._instruction = _compiled(language.instruction)
        self._filler = frozenset(_compiled(language.cues[Cue.FILLER]))

    def flags(self, sentence: str) -> Flags:
        """What the sentence does besides what it says."""
        line = padded(sentence)
        return Flags(
            pressure=any(phrase in line for phrase in self._pressure),
            correction=any(phrase in line for phrase in self._correction),
            follow_up=any(line.startswith(phrase) for phrase in self._follow_up),
            instruction=any(phrase in line for phrase in self._instruction),
        )

    def talk(self, sentence: str) -> Talk | None:
        """The kind of talk that the sentence is wholly made of, if it is."""
        line = padded(sentence)
        if any(phrase in line for phrase in self._talk[Talk.ABILITY]):
            return Talk.ABILITY
        for talk, phrases in self._talk.items():
            rest = line
            for phrase in sorted(phrases, key=len, reverse=True):
                if talk is not Talk.ABILITY:
                    rest = rest.replace(phrase, "  ")
            if rest != line and all(f" {word} " in self._filler for word in rest.split()):
                return talk
        return None


def padded(text: str) -> str:
    """The words of ``text``, normalised, with a space on both sides of the line."""
    return " " + " ".join(token.norm for token in tokenize(text) if token.word) + " "


def _compiled(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(padded(phrase) for phrase in phrases)
