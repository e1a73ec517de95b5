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
        openings = (*language.cues[Cue.FILLER], *language.hesitations)
        self._filler = sorted(_compiled(openings), key=len, reverse=True)

    def flags(self, sentence: str) -> Flags:
        """What the sentence does besides what it says."""
        line = padded(sentence)
        return Flags(
            pressure=any(phrase in line for phrase in self._pressure),
            correction=any(phrase in line for phrase in self._correction),
            follow_up=self._follows_up(line),
            instruction=any(phrase in line for phrase in self._instruction),
        )

    def _follows_up(self, line: str) -> bool:
        """Whether the line begins as a follow-up, sounds and politeness before it aside."""
        while not any(line.startswith(phrase) for phrase in self._follow_up):
            opening = next((phrase for phrase in self._filler if line.startswith(phrase)), None)
            if opening is None:
                return False
            line = line[len(opening) - 1 :]
        return True

    def talk(self, sentence: str) -> Talk | None:
        """The kind of talk that the sentence is wholly made of, if it is."""
        line = padded(sentence)
        thanked = self.opening_talk(_without(line, self._filler))
        if any(phrase in line for phrase in self._talk[Talk.ABILITY]) and not thanked:  # "thanks for your help"
            return Talk.ABILITY
        for talk in (Talk.GREETING, Talk.THANKS, Talk.FAREWELL):
            rest = _without(line, self._talk[talk])
            if rest != line and not _without(rest, self._filler).strip():
                return talk
        return None

    def opening_talk(self, sentence: str) -> Talk | None:
        """The thanks that the sentence begins with, whatever follows."""
        line = padded(sentence)
        return Talk.THANKS if any(line.startswith(phrase) for phrase in self._talk[Talk.THANKS]) else None


def _without(line: str, phrases: Iterable[str]) -> str:
    """The line with all these phrases taken out, longest first; a space stays on both sides."""
    for phrase in sorted(phrases, key=len, reverse=True):
        while phrase in line:
            line = line.replace(phrase, " ")
    return line


def padded(text: str) -> str:
    """The words of ``text``, normalised, with a space on both sides of the line."""
    return " " + " ".join(token.norm for token in tokenize(text) if token.word) + " "


def _compiled(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(padded(phrase) for phrase in phrases)
