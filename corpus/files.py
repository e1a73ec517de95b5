"""Reads the text and YAML files of a corpus, and says of what is wrong with them: which file, which place, the mend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from reprlib import Repr
from typing import Any

import yaml
from rapidfuzz import process

from corpus.errors import CorpusFileError

# Bytes. A corpus is read into memory whole, so that a longer file is better cut into several documents.
LARGEST = 16 * 1024 * 1024
DEEPEST = 32
_SHORT = Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = 60


def read_text(path: Path) -> str:
    """A text file's content, with line ends as ``\\n`` and no byte-order mark.

    Raises:
        CorpusFileError: it is missing, no ordinary file, too large, binary or not UTF-8.
    """
    return decode_text(path.name, read_bytes(path, LARGEST))


def read_bytes(path: Path, largest: int) -> bytes:
    """A file's bytes. Raises CorpusFileError where it is missing, no ordinary file or has more than ``largest``."""
    try:
        if path.exists() and not path.is_file():
            raise CorpusFileError(f"{path.name}: is no ordinary file. Name a text file.")
        if (size := path.stat().st_size) > largest:
            raise CorpusFileError(f"{path.name}: has {size:,} bytes; {largest:,} are the most. Cut it in parts.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CorpusFileError(f"{path.name}: cannot be read ({reason}). Check its name and place.") from error


def decode_text(name: str, raw: bytes) -> str:
    """The bytes of the file ``name`` as text, with line ends as ``\\n`` and no byte-order mark.

    Raises CorpusFileError where they are binary or not UTF-8.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in raw:
            raise _binary(name) from error
        line = raw[: error.start].count(b"\n") + 1
        raise CorpusFileError(f"{name}:{line}: is not UTF-8. Save it as UTF-8.") from error
    if "\0" in text:
        raise _binary(name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _binary(name: str) -> CorpusFileError:
    return CorpusFileError(f"{name}: is binary, not text. Save it as UTF-8 text.")


def file_of_language(folder: Path, code: str, missing: str, plural: str) -> Path:
    """The file of a language in a folder of such files, ``plural`` as they are called ("languages").

    Raises:
        CorpusFileError: there is none; the message begins with ``missing`` and names those that there are.
    """
    known = sorted(file.stem for file in folder.glob("*.yaml"))
    if code not in known:
        raise CorpusFileError(
            f"{missing} {code!r}.{suggestion(code, known)} "
            f"Choose one of {', '.join(known)}, or add {code}.yaml to the {plural}."
        )
    return folder / f"{code}.yaml"


def read_yaml(path: Path) -> Any:
    """A YAML file's mappings, lists and texts; every plain value is the text that is written there.

    Raises:
        CorpusFileError: it cannot be read, is not YAML, or a key stands twice in one mapping.
    """
    text = read_text(path)
    try:
        return _Values(path.name).of(text)
    except yaml.YAMLError as error:
        line = _line(error, text)
        what = getattr(error, "problem", None) or getattr(error, "reason", error)
        raise CorpusFileError(f"{path.name}:{line}: not valid YAML ({what}). Correct it there.") from error


def _line(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1


@dataclass(slots=True)
class _Collection:
    """A list or mapping that is being read: ``key`` waits for its value, ``lines`` tell where each key stands."""

    content: dict[str, Any] | list[Any]
    anchor: str | None
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)


class _Values:
    """Makes the values of a YAML text from the parser's events, each as it is written.

    By YAML's own rules ``No`` is false, ``12:30`` is 750 and ``1.10`` is 1.1. PyYAML's loaders would make a node of
    each value first, which takes three times as long, and recurse in C without a bound.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.whole: Any = None
        self.open: list[_Collection] = []
        self.anchored: dict[str, Any] = {}

    def of(self, text: str) -> Any:
        """The value of a text, None where it is empty. Raises YAMLError, and CorpusFileError where it is too deep."""
        begun = False
        for event in yaml.parse(text, yaml.CBaseLoader):
            if isinstance(event, yaml.ScalarEvent):
                self._add(event.value, event, event.anchor)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                ended = self.open.pop()
                self._add(ended.content, event, ended.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._add(self._named(event), event, None)
            elif isinstance(event, yaml.DocumentStartEvent):
                if begun:
                    raise _fault("a second document begins", event)
                begun = True
        return self.whole

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.open) == DEEPEST:
            raise CorpusFileError(f"{self.file}: is nested more than {DEEPEST} levels deep. Write it flatter.")
        if self.open and isinstance(self.open[-1].content, dict) and self.open[-1].key is None:
            raise _fault("a key must be plain text", event)
        self.open.append(_Collection({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _named(self, event: yaml.AliasEvent) -> Any:
        if event.anchor not in self.anchored:
            raise _fault(f"no value before it has the anchor {event.anchor!r}", event)
        return self.anchored[event.anchor]

    def _add(self, value: Any, event: Any, anchor: str | None) -> None:
        """Puts a value where it belongs: a list, a mapping's key or value, or the whole."""
        if anchor is not None:
            self.anchored[anchor] = value
        if not self.open:
            self.whole = value
            return
        into = self.open[-1]
        if isinstance(into.content, list):
            into.content.append(value)
        elif into.key is not None:
            into.content[into.key] = value
            into.key = None
        elif not isinstance(value, str):
            raise _fault("a key must be plain text", event)
        elif value in into.content:
            raise _fault(f"the key {value!r} stands in line {into.lines[value]} already", event)
        else:
            into.key, into.lines[value] = value, event.start_mark.line + 1


def _fault(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


class Section:
    """A mapping of a YAML file, read key by key; whatever is not of its form is added to ``problems``.

    ``where`` names the place in messages ("facts.yaml: fact 'f1'"); ``keys`` are all that may stand there.
    """

    def __init__(self, where: str, data: object, keys: Collection[str], problems: list[str]) -> None:
        self.where, self.problems = where, problems
        self._data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        if data and not isinstance(data, dict):
            self._wrong("", f"a mapping of {', '.join(keys)}", data)
        for key in self._data:
            if key not in keys:
                known = suggestion(key, keys) or f" Known are {', '.join(keys)}."
                problems.append(f"{where}: unknown key {key!r}.{known}")

    def text(self, key: str, default: str = "") -> str:
        """One text; ``default`` where it is missing or empty."""
        value = self._data.get(key) or default
        if not isinstance(value, str):
            self._wrong(key, "one text", value)
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or a single one."""
        value = self._data.get(key) or []
        entries = [value] if isinstance(value, str) else value
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            return tuple(entries)
        self._wrong(key, "a list of texts", value)
        return ()

    def needed(self, key: str) -> tuple[str, ...]:
        """A list of texts that must be there."""
        if not self._data.get(key):
            self.problems.append(f"{self.where}: {str(key)!r} is missing or empty. Add it.")
        return self.texts(key)

    def flag(self, key: str) -> bool:
        """True or false; false where it is missing."""
        value = self._data.get(key) or "false"
        if value not in ("true", "false"):
            self._wrong(key, "true or false", value)
        return value == "true"

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A mapping by name, its values as they are."""
        value = self._data.get(key) or {}
        if not isinstance(value, dict):
            self._wrong(key, "a mapping by name", value)
            return {}
        return value

    def entries(self, key: str) -> list[Any]:
        """A list, its entries as they are."""
        value = self._data.get(key) or []
        if not isinstance(value, list):
            self._wrong(key, "a list", value)
            return []
        return value

    def _wrong(self, key: str, wanted: str, value: object) -> None:
        place = f"{self.where}: {key}" if key else self.where
        self.problems.append(f"{place}: must be {wanted}, not {_SHORT.repr(value)}.")


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'Europe'?`` where a known name is near, else nothing."""
    match = process.extractOne(name, list(known), score_cutoff=60)
    return f" Did you mean {str(match[0])!r}?" if match else ""


def unknown(where: str, what: str, name: str, known: Iterable[str]) -> str:
    """A problem: a name that is not there, with the one that may be meant."""
    return f"{where}: unknown {what} {name!r}.{suggestion(name, known) or ' Add it, or correct it.'}"
