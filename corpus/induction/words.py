"""The words of a language that induction needs beside its parser: ``corpus/languages/induction``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

from corpus.errors import CorpusFileError
from corpus.files import Section, read_yaml
from corpus.language import FOLDER, load_language


@dataclass(frozen=True)
class Words:
    """One file, read; the file says what each list is for. ``months`` are those of the language's own file."""

    helping: tuple[str, ...]
    denying: tuple[str, ...]
    granting: tuple[str, ...]
    either: tuple[str, ...]
    unnamed: tuple[str, ...]
    pronouns: tuple[str, ...]
    definite: tuple[str, ...]
    articles: tuple[str, ...]
    parting: tuple[str, ...]
    titles: tuple[str, ...]
    empty: tuple[str, ...]
    totals: tuple[str, ...]
    person: tuple[str, ...]
    people: tuple[str, ...]
    things: tuple[str, ...]
    months: tuple[str, ...] = ()


@lru_cache
def load_words(language: str) -> Words:
    """The words of a language. Raises CorpusFileError where its file is not of its form, each fault listed."""
    path = FOLDER / "induction" / f"{language}.yaml"
    names = [part.name for part in fields(Words) if part.name != "months"]
    problems: list[str] = []
    section = Section(path.name, read_yaml(path), names, problems)
    lists = {name: section.needed(name) for name in names}
    if problems:
        raise CorpusFileError("\n".join(problems))
    return Words(**lists, months=tuple(load_language(language).months))
