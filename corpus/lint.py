"""Looks a corpus folder over, and tells all that is wrong with it, or looks wrong, with file, line and mend.

Errors keep a corpus from loading, or answers from being right; warnings are worth a look. What the documents say and
no fact does is found by ``bot.learning.coverage``, which reads them; what no question finds by ``bot.learning.asking``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from corpus.errors import CorpusContentError, CorpusFileError, CorpusNotFound
from corpus.files import read_text, read_yaml
from corpus.language import load_language
from corpus.loader import inspect_corpus, is_corpus
from corpus.localise import NAMES, local_names
from corpus.model import Corpus, Fact
from corpus.taught import EXAMPLES
from corpus.text import tokenize
from corpus.world import UnknownPlace, World

_AT_LINE = re.compile(r"(?P<file>[\w.-]+):(?P<line>\d+): (?P<message>.*)", re.S)
_IN_FILE = re.compile(r"(?P<file>[\w.-]+\.\w+): (?P<message>.*)", re.S)
_PARTS = {"kinds": "kind", "predicates": "predicate"}


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class LintProblem:
    """Something wrong in a file of the corpus; ``line`` counts from 1 and is 0 where it cannot be told."""

    severity: Severity
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message}"


def lint_corpus(folder: Path, world: World) -> tuple[Corpus | None, tuple[LintProblem, ...]]:
    """The corpus as far as it can be read, and every problem of its files.

    Raises:
        CorpusNotFound: there are no documents.
    """
    if not is_corpus(folder):
        raise CorpusNotFound(f"{folder}: no documents there. Name a corpus folder, or make one: wholeads corpus new.")
    places = Places(folder)
    try:
        corpus, faults = inspect_corpus(folder, induce=False)
    except CorpusFileError as error:
        return None, tuple(places.problem(Severity.ERROR, fault) for fault in str(error).splitlines())
    errors = [*faults, *_unknown_places(corpus, world), *_unknown_in_names(corpus)]
    warnings = [
        *_empty(corpus),
        *_unused(corpus),
        *_repeated(corpus),
        *_function_words(corpus),
        *_off_the_map(corpus, world),
    ]
    problems = [places.problem(Severity.ERROR, fault) for fault in errors]
    return corpus, (*problems, *(places.problem(Severity.WARNING, fault) for fault in warnings))


class Places:
    """On which line of which file each part of a corpus stands, by the words that messages name it with."""

    def __init__(self, folder: Path) -> None:
        self.lines: dict[str, int] = {}
        for file in ("corpus.yaml", "vocabulary.yaml", "facts.yaml", EXAMPLES):
            with suppress(CorpusFileError, yaml.YAMLError):  # the loader tells of these
                root = yaml.compose(read_text(folder / file), yaml.CBaseLoader)
                if isinstance(root, yaml.MappingNode):
                    self._read(file, root)

    def problem(self, severity: Severity, fault: str) -> LintProblem:
        """A fault as the loader words it ("facts.yaml: fact 'f1': …"), with the line of the place that it names."""
        if told := _AT_LINE.fullmatch(fault):
            return LintProblem(severity, told["file"], int(told["line"]), told["message"])
        here = [place for place in self.lines if fault.startswith(place) and not fault[len(place) :][:1].isalnum()]
        line = self.lines[max(here, key=len)] if here else 0
        told = _IN_FILE.fullmatch(fault)
        return LintProblem(severity, told["file"] if told else "", line, told["message"] if told else fault)

    def _read(self, file: str, root: yaml.MappingNode) -> None:
        for key, node in root.value:
            where = f"{file}: {key.value}"
            self._place(where, key)
            self._place(f"{file}: unknown key {key.value!r}", key)
            if file == "vocabulary.yaml" and key.value in _PARTS:
                self._members(f"{file}: {_PARTS[key.value]}", node)
            elif file == "vocabulary.yaml" and key.value == "entities":
                self._entities(file, node)
            elif isinstance(node, yaml.SequenceNode):
                self._entries(f"{file}: {key.value.removesuffix('s')}", node)
            elif isinstance(node, yaml.MappingNode):
                self._keys(where, node)

    def _place(self, where: str, node: yaml.Node) -> None:
        self.lines[where] = node.start_mark.line + 1

    def _keys(self, where: str, node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                self._place(f"{where}: {key.value}", key)
                self._place(f"{where}: unknown key {key.value!r}", key)

    def _members(self, where: str, node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, member in node.value:
                self._place(f"{where} {key.value!r}", key)
                self._keys(f"{where} {key.value!r}", member)

    def _entities(self, file: str, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            return
        for kind, members in node.value:
            self._place(f"{file}: entities: unknown kind {kind.value!r}", kind)
            self._members(f"{file}: entity", members)
            for name, entity in members.value if isinstance(members, yaml.MappingNode) else ():
                self._place(f"{file}: alias {name.value!r}", name)
                for key, aliases in entity.value if isinstance(entity, yaml.MappingNode) else ():
                    if key.value == "aliases":
                        for alias in aliases.value if isinstance(aliases, yaml.SequenceNode) else (aliases,):
                            self._place(f"{file}: alias {alias.value!r}", alias)

    def _entries(self, where: str, node: yaml.SequenceNode) -> None:
        for number, entry in enumerate(node.value, 1):
            self._place(f"{where} {number}", entry)
            self._keys(f"{where} {number}", entry)
            for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
                if key.value == "id":
                    self._place(f"{where} {value.value!r}", entry)
                    self._keys(f"{where} {value.value!r}", entry)


# Errors


def _empty(corpus: Corpus) -> Iterator[str]:
    for file, part, entries in (("vocabulary", "entities", corpus.entities), ("facts", "facts", corpus.facts)):
        if not entries:
            yield (
                f"{file}.yaml: {part}: none, so that answers are sentences of the documents alone. "
                "Write them, or have them proposed by `wholeads corpus learn`."
            )


def _unknown_places(corpus: Corpus, world: World) -> Iterator[str]:
    for entity in corpus.entities.values():
        if entity.place:
            try:
                world.place(entity.place)
            except UnknownPlace as error:
                yield f"vocabulary.yaml: entity {entity.name!r}: place: {error}"


def _unknown_in_names(corpus: Corpus) -> Iterator[str]:
    path = corpus.folder / NAMES
    languages = read_yaml(path) if path.is_file() else {}
    for code in languages if isinstance(languages, dict) else ():
        try:
            local_names(corpus, code)
        except CorpusContentError as error:
            yield from error.problems


# Warnings


def _unused(corpus: Corpus) -> Iterator[str]:
    """Names that no fact, qualifier or general term speaks of; predicates without facts."""
    used = {corpus.group}
    for fact in corpus.facts.values():
        used |= {fact.subject, fact.object, *(name for names in fact.qualifiers.values() for name in names)}
    used |= {name for entity in corpus.entities.values() for name in entity.covers}
    for entity in corpus.entities.values():
        if entity.name not in used and not entity.covers:
            yield f"vocabulary.yaml: entity {entity.name!r}: no fact speaks of it. Remove it, unless it is asked about."
    said = {fact.predicate for fact in corpus.facts.values()}
    for name in corpus.predicates:
        if name not in said and corpus.facts:
            yield f"vocabulary.yaml: predicate {name!r}: no fact has it. Remove it, or write its facts."


def _repeated(corpus: Corpus) -> Iterator[str]:
    first: dict[tuple[object, ...], Fact] = {}
    for fact in corpus.facts.values():
        qualifiers = tuple(sorted(fact.qualifiers.items()))
        key = (fact.subject, fact.predicate, fact.object, qualifiers, fact.quote)
        other = first.setdefault(key, fact)
        if other is not fact:
            yield f"facts.yaml: fact {fact.id!r}: says what {other.id!r} says. Remove one."


def _function_words(corpus: Corpus) -> Iterator[str]:
    """Aliases that every second question holds; in capitals they are told apart (WHO and "who")."""
    words = {_key(phrase) for phrases in load_language(corpus.language).cues.values() for phrase in phrases}
    neutral = {_key(phrase) for phrase in corpus.ignorable}
    for entity in corpus.entities.values():
        for alias in (entity.name, *entity.aliases):
            if len(_key(alias)) == 1 and _key(alias) in words - neutral and not alias.isupper():
                where = f"vocabulary.yaml: alias {alias!r}"
                yield f"{where}: is an ordinary word, and will be taken for {entity.name!r}. Remove it, if it must not."


def _off_the_map(corpus: Corpus, world: World) -> Iterator[str]:
    """Entities of a kind of places that the world does not have, or has only once for two of them."""
    owners: dict[str, str] = {}
    for entity in corpus.entities.values():
        if entity.kind != corpus.place_kind or entity.covers:
            continue
        where = f"vocabulary.yaml: entity {entity.name!r}"
        with suppress(UnknownPlace):
            found = [world.place(entity.place)] if entity.place else list(world.find(entity.name))
            if not found:
                yield f"{where}: is not on the map, so that no place lies in it. Give its place, if it has one."
            elif (other := owners.setdefault(found[0].id, entity.name)) != entity.name:
                yield f"{where}: is the same place as {other!r}, which is found in its stead. Make one an alias."


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(token.norm for token in tokenize(phrase) if token.word)
