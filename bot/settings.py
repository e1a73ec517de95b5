"""What can be set from outside, read once from the environment that the caller passes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message names the key, the value and what was expected."""

    def __init__(self, key: str, value: str, expected: str) -> None:
        super().__init__(f"{key}={value!r} cannot be used: expected {expected}.")
        self.key = key


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings table: the environment variable, its default as it would be written, its meaning."""

    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("WHOLEADS_HOST", "127.0.0.1", "address to listen on"),
    Setting("WHOLEADS_PORT", "8000", "port to listen on, 0 for any free one"),
    Setting("WHOLEADS_CORPUS", "alliance", "id or folder of the corpus that is served by default"),
    Setting(
        "WHOLEADS_INDEX",
        "~/.local/share/wholeads/index",
        "folder of the built index (below XDG_DATA_HOME where that is set)",
    ),
    Setting("WHOLEADS_EMBEDDING_MODEL", "all-MiniLM-L6-v2", "sentence-transformers model, by name or folder"),
    Setting("WHOLEADS_MODEL", "", "LangChain chat model that words answers (provider:model); empty for none"),
    Setting("WHOLEADS_API_KEYS", "", "keys that may use /v1, separated by commas; empty leaves it open"),
    Setting("WHOLEADS_RATE_LIMIT", "0", "requests to /v1 a minute for each client; 0 for no limit"),
    Setting("WHOLEADS_SESSIONS", "1000", "conversations the server remembers before it forgets the oldest"),
)

_DEFAULTS: Mapping[str, str] = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. ``api_keys`` stays out of ``repr``, so that no log line can hold a key."""

    host: str
    port: int
    corpus: str
    index: Path
    embedding_model: str
    model: str
    api_keys: tuple[str, ...] = field(repr=False)
    rate_limit: int
    sessions: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read every setting; one that is absent or blank takes its default.

        Raises SettingsError for the first value that cannot be used.
        """
        read = _Reader(environ)
        return cls(
            host=read("WHOLEADS_HOST", _text),
            port=read("WHOLEADS_PORT", _whole_number(0, 65_535)),
            corpus=read("WHOLEADS_CORPUS", _text),
            index=read.index(),
            embedding_model=read("WHOLEADS_EMBEDDING_MODEL", _text),
            model=read("WHOLEADS_MODEL", _text),
            api_keys=read("WHOLEADS_API_KEYS", _keys),
            rate_limit=read("WHOLEADS_RATE_LIMIT", _whole_number(0, 1_000_000)),
            sessions=read("WHOLEADS_SESSIONS", _whole_number(1, 1_000_000)),
        )


class _Expected(ValueError):
    """Raised by a parser to say what it wanted; the reader adds the key and the value."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Looks a key up, falls back to its default, and parses it."""

    environ: Mapping[str, str]

    def __call__(self, key: str, parse: Callable[[str], Value]) -> Value:
        given = self.environ.get(key, "").strip()
        try:
            return parse(given or _DEFAULTS[key])
        except _Expected as wanted:
            # A key's value is a secret and never belongs in a message.
            shown = "***" if key == "WHOLEADS_API_KEYS" else given
            raise SettingsError(key, shown, str(wanted)) from None

    def index(self) -> Path:
        """The index folder: as given, else below ``XDG_DATA_HOME``, else below the home folder."""
        given = self.environ.get("WHOLEADS_INDEX", "").strip()
        data_home = self.environ.get("XDG_DATA_HOME", "").strip()
        if given:
            return self._expanded(given)
        # The XDG rules say that a relative path is to be ignored.
        if data_home and Path(data_home).is_absolute():
            return Path(data_home) / "wholeads" / "index"
        return self._expanded(_DEFAULTS["WHOLEADS_INDEX"])

    def _expanded(self, path: str) -> Path:
        try:
            return Path(path).expanduser()
        except RuntimeError:
            raise SettingsError("WHOLEADS_INDEX", path, "a folder that can be found without a home folder") from None


def _text(value: str) -> str:
    if any(ord(character) < 32 for character in value):
        raise _Expected("text without control characters")
    return value


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        # int() would also take "1_000", "+5" and digits of other scripts.
        if not (value.isascii() and value.isdigit() and len(value) <= 9 and low <= int(value) <= high):
            raise _Expected(f"a whole number from {low} to {high}")
        return int(value)

    return parse


def _keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    # Keys travel in HTTP headers, which carry visible ASCII safely and little else.
    if not all(key.isascii() and key.isprintable() and " " not in key for key in keys):
        raise _Expected("keys of visible ASCII characters, separated by commas")
    return keys
