"""The words that tell where a name begins and ends, as data: ``corpus/languages/learning``, one file a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from bot.understanding.linker import Mention
from corpus.errors import CorpusFileError
from corpus.files import Section, read_yaml
from corpus.language import FOLDER
from corpus.text import tokenize


@dataclass(frozen=True)
class Hints:
    """One file, read; each phrase is a line of normalised words. The file says what each list is for."""

    definite: frozenset[str] = frozenset()
    introduces: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    between_capitals: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    rests: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    giving: frozenset[str] = frozenset()
    recipient: frozenset[str] = frozenset()
    was: frozenset[str] = frozenset()
    under: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    honorifics: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    neuter: frozenset[str] = frozenset()
    role: frozenset[str] = frozenset()
    also_called: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    wished: frozenset[str] = frozenset()


@lru_cache
def load_hints(language: str, folder: Path = FOLDER / "learning") -> Hints:
    """The hints of a language; none where it has no file: names that are in the vocabulary are found even so.

    Raises:
        CorpusFileError: the file is not of its form; every fault is listed.
    """
    path = folder / f"{language}.yaml"
    if not path.is_file():
        return Hints()
    names = [part.name for part in fields(Hints)]
    problems: list[str] = []
    section = Section(path.name, read_yaml(path), names, problems)
    lists = {name: frozenset(map(_line, section.needed(name))) for name in names}
    if problems:
        raise CorpusFileError("\n".join(problems))
    return Hints(**lists)


def phrase_end(mentions: Sequence[Mention], at: int, phrases: frozenset[str]) -> int:
    """Where a phrase that begins at ``at`` ends, exclusive; the longest of them, or ``at`` where none does."""
    said, end = "", at
    for index in range(at, min(at + 5, len(mentions))):
        said = f"{said} {mentions[index].norm}".strip()
        if said in phrases:
            end = index + 1
    return end


def _line(phrase: str) -> str:
    return " ".join(token.norm for token in tokenize(phrase) if token.word)
