"""How people state what a corpus says, read from a language's file in ``corpus/languages/statements``.

The file holds templates by what they state and by the form they have, and the words by which a true statement becomes
another one. The words that stand for a predicate are those of the questions (``phrasebook``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.evaluation.phrasebook import SLOTS, Template, read_templates
from corpus.errors import CorpusFileError
from corpus.files import Section, file_of_language, read_yaml
from corpus.language import FOLDER as LANGUAGES

FOLDER = LANGUAGES / "statements"
OTHER = "other"
"""The kind whose pronouns serve where a kind has none of its own."""

_PRONOUNS = ("it", "which")
_STATED = frozenset({*SLOTS, *_PRONOUNS, "third", "in_third", "place", "listed", "number", "things"})
_QUOTED = frozenset({"opening", "closing", "quote", "speaker"})
_KEYS = (
    "code",
    "templates",
    "pronouns",
    "frames",
    "strangers",
    "quotations",
    "movable",
    "auxiliaries",
    "negation",
    "quantifiers",
)


class StatementShape(StrEnum):
    """What a statement states, as the facts can decide it."""

    HOLDS = "holds"
    REPORTED = "reported"
    DENIES = "denies"
    BOTH = "both"
    THREE = "three"
    PAIR = "pair"
    BUT_NOT = "but_not"
    INSTEAD = "instead"
    NEITHER = "neither"
    NEITHER_SUBJECT = "neither_subject"
    COUNT = "count"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OVER = "over"
    MORE = "more"
    AS_MANY = "as_many"
    TOP = "top"
    MAJORITY = "majority"
    ALL = "all"
    NONE = "none"
    ONLY_SUBJECT = "only_subject"
    ONLY_OBJECTS = "only_objects"
    NOBODY = "nobody"
    EVERYBODY = "everybody"
    FOLLOWS = "follows"
    SOMEWHERE = "somewhere"


class StatementFrame(StrEnum):
    """What is put around a true statement, or around what it is about, and makes it another one."""

    DENIAL = "denial"
    DATED = "dated"
    SAID = "said"
    NARROWED = "narrowed"


_FRAME_SLOTS: Mapping[StatementFrame, frozenset[str]] = {
    StatementFrame.DENIAL: frozenset({"statement"}),
    StatementFrame.DATED: frozenset({"statement", "year"}),
    StatementFrame.SAID: frozenset({"statement", "speaker"}),
    StatementFrame.NARROWED: frozenset({"scope"}),
}


@dataclass(frozen=True, slots=True)
class StatementBook:
    """One file, read. ``quantifiers`` pairs phrases with what they may turn into; ``pronouns`` go by subject kind."""

    code: str
    templates: Mapping[StatementShape, tuple[Template, ...]]
    pronouns: Mapping[str, Mapping[str, str]]
    frames: Mapping[StatementFrame, tuple[str, ...]]
    strangers: tuple[str, ...]
    quotations: tuple[Template, ...]
    movable: tuple[str, ...]
    auxiliaries: tuple[str, ...]
    negation: str
    quantifiers: tuple[tuple[str, str], ...]


@lru_cache
def load_statements(code: str, folder: Path = FOLDER) -> StatementBook:
    """Read the statements of a language by its code ("en").

    Raises:
        CorpusFileError: there is no such file, or it is not of its form; every fault is listed.
    """
    path = file_of_language(folder, code, "statements: there are none in", "statements")
    problems: list[str] = []
    book = _book(Section(f"statements/{path.name}", read_yaml(path), _KEYS, problems))
    if problems:
        raise CorpusFileError("\n".join(problems))
    return book


def _book(data: Section) -> StatementBook:
    shapes = data.mapping("templates")
    Section(f"{data.where}: templates", shapes, list(StatementShape), data.problems)
    quotations = data.mapping("quotations")
    return StatementBook(
        code=data.text("code"),
        templates={shape: tuple(read_templates(data, shape, shapes.get(shape), _STATED)) for shape in StatementShape},
        pronouns=_pronouns(data),
        frames=_frames(data),
        strangers=data.needed("strangers"),
        quotations=tuple(read_templates(data, "quotations", quotations, _QUOTED)),
        movable=data.needed("movable"),
        auxiliaries=data.needed("auxiliaries"),
        negation=data.text("negation"),
        quantifiers=tuple(_pair(data, entry) for entry in data.entries("quantifiers")),
    )


def _pronouns(data: Section) -> dict[str, Mapping[str, str]]:
    kinds = data.mapping("pronouns")
    if OTHER not in kinds:
        data.problems.append(f"{data.where}: pronouns: {OTHER!r} is missing, which serves all kinds not named.")
    sections = {
        kind: Section(f"{data.where}: pronouns: {kind}", kinds[kind], _PRONOUNS, data.problems) for kind in kinds
    }
    return {kind: {slot: "".join(section.needed(slot)) for slot in _PRONOUNS} for kind, section in sections.items()}


def _frames(data: Section) -> dict[StatementFrame, tuple[str, ...]]:
    section = Section(f"{data.where}: frames", data.mapping("frames"), list(StatementFrame), data.problems)
    found = {frame: section.needed(frame) for frame in StatementFrame}
    for frame, texts in found.items():
        for text in texts:
            if Template(frame, "", text).slots != _FRAME_SLOTS[frame]:
                wanted = ", ".join(sorted(_FRAME_SLOTS[frame]))
                data.problems.append(f"{section.where}: {frame}: {text!r}: its slots must be {wanted}.")
    return found


def _pair(data: Section, entry: Any) -> tuple[str, str]:
    texts = Section(f"{data.where}: quantifiers", {"entry": entry}, ("entry",), data.problems).needed("entry")
    if len(texts) != 2:
        data.problems.append(f"{data.where}: quantifiers: {', '.join(texts)}: must be 2 texts.")
        return "", ""
    return texts[0], texts[1]
