"""What can be set from outside, read once from the environment that the caller passes in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

Value = TypeVar("Value")

HASHED = "sha256:"
"""What stands before a key's SHA-256 where not the key itself is set."""


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
    Setting("WHOLEADS_WORKERS", "1", "processes that serve, each with models of its own in memory"),
    Setting("WHOLEADS_CORPUS", "alliance", "id or folder of the corpus that is served by default"),
    Setting(
        "WHOLEADS_INDEX",
        "~/.local/share/wholeads/index",
        "folder of the built index (below XDG_DATA_HOME where that is set)",
    ),
    Setting(
        "WHOLEADS_VECTOR_STORE",
        "",
        "function (module:function) that gives the LangChain vector store that keeps the index instead of Chroma",
    ),
    Setting("CHROMA_URL", "", "Chroma server that keeps the index, as http://host:port; empty keeps it in the folder"),
    Setting(
        "DATABASE_URL",
        "",
        "database of conversations and feedback, as SQLAlchemy has it; empty keeps it beside the index",
    ),
    Setting("WHOLEADS_EMBEDDING_MODEL", "all-MiniLM-L6-v2", "sentence-transformers model, by name or folder"),
    Setting(
        "WHOLEADS_RERANKER",
        "ms-marco-MiniLM-L-12-v2",
        "model that judges answer sentences: the bundled one, a folder, a name on the model hub, or off",
    ),
    Setting("WHOLEADS_RERANK_MS", "120", "milliseconds that it may take for a question on two cores"),
    Setting(
        "WHOLEADS_MODEL",
        "",
        "LangChain chat model that reads questions and words answers (provider:model); empty for none",
    ),
    Setting("WHOLEADS_MODEL_URL", "", "base URL of another server with the provider's API; empty for the provider's"),
    Setting("WHOLEADS_MODEL_KEY", "", "key for the chat model; empty for the one the provider's own variable holds"),
    Setting(
        "WHOLEADS_MODEL_READS",
        "unsure",
        "when the chat model is asked what a question means: unsure (where the program's own reading is not exact), "
        "always or never",
    ),
    Setting("WHOLEADS_MODEL_TIMEOUT", "20", "seconds that the chat model may take each time"),
    Setting(
        "WHOLEADS_API_KEYS",
        "",
        "keys that open /v1, /mcp, /metrics and the page, separated by commas, each as it is or as sha256:HEX "
        "(wholeads key makes one); empty leaves them open",
    ),
    Setting(
        "WHOLEADS_RATE_LIMIT", "0", "requests to /v1, to /mcp and of the page a minute for each client; 0 for no limit"
    ),
    Setting("WHOLEADS_DEADLINE", "20", "seconds that the server works on a request before it says that it is too much"),
    Setting("WHOLEADS_CONNECTIONS", "500", "connections that are open at once; those that are silent longest make way"),
    Setting(
        "FORWARDED_ALLOW_IPS",
        "",
        "addresses or networks of proxies, separated by commas, whose X-Forwarded-For is believed; empty for none",
    ),
    Setting("WHOLEADS_LOG", "plain", "what stderr is told: plain (faults alone) or json (a JSON line a request, too)"),
    Setting("WHOLEADS_LOG_QUESTIONS", "0", "1 has those lines tell the questions"),
    Setting(
        "WHOLEADS_UPLOADS",
        "",
        "folder in which corpora are made of documents that are dropped on the page, for all who can open it; empty "
        "takes none",
    ),
    Setting("WHOLEADS_SESSIONS", "1000", "conversations that are kept before the oldest is forgotten"),
    Setting("WHOLEADS_QUESTION_LOG", "off", "whether each question is kept with what came of it: on or off"),
    Setting(
        "WHOLEADS_RETENTION_DAYS",
        "30",
        "days after which conversations that are silent and logged questions are deleted; 0 for never",
    ),
)

_SECRETS = frozenset({"DATABASE_URL", "WHOLEADS_API_KEYS", "WHOLEADS_MODEL_KEY"})
_DEFAULTS: Mapping[str, str] = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Keys stay out of ``repr``, so that no log line can hold one."""

    host: str
    port: int
    workers: int
    corpus: str
    index: Path
    chroma_url: str
    vector_store: str
    database_url: str = field(repr=False)  # may hold a password
    embedding_model: str
    reranker: str
    rerank_ms: int
    model: str
    model_url: str
    model_key: str = field(repr=False)
    model_reads: str
    model_timeout: int
    api_keys: tuple[str, ...] = field(repr=False)  # the SHA-256 of each
    rate_limit: int
    deadline: int
    connections: int
    proxies: tuple[str, ...]
    log: str
    log_questions: int
    uploads: Path | None
    sessions: int
    question_log: bool
    retention_days: int
    version: str = ""
    """The version of a published corpus whose index is meant on a Chroma server; no variable sets it."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read every setting; one that is absent or blank takes its default.

        Raises SettingsError for the first value that cannot be used.
        """
        read = _Reader(environ)
        return cls(
            host=read("WHOLEADS_HOST", _text),
            port=read("WHOLEADS_PORT", _whole_number(0, 65_535)),
            workers=read("WHOLEADS_WORKERS", _whole_number(1, 256)),
            corpus=read("WHOLEADS_CORPUS", _text),
            index=read.index(),
            chroma_url=read("CHROMA_URL", _server),
            vector_store=read("WHOLEADS_VECTOR_STORE", _function),
            database_url=read("DATABASE_URL", _database),
            embedding_model=read("WHOLEADS_EMBEDDING_MODEL", _text),
            reranker=read("WHOLEADS_RERANKER", _text),
            rerank_ms=read("WHOLEADS_RERANK_MS", _whole_number(10, 60_000)),
            model=read("WHOLEADS_MODEL", _text),
            model_url=read("WHOLEADS_MODEL_URL", _url),
            model_key=read("WHOLEADS_MODEL_KEY", _key),
            model_reads=read("WHOLEADS_MODEL_READS", _one_of("unsure", "always", "never")),
            model_timeout=read("WHOLEADS_MODEL_TIMEOUT", _whole_number(1, 3_600)),
            api_keys=read("WHOLEADS_API_KEYS", _keys),
            rate_limit=read("WHOLEADS_RATE_LIMIT", _whole_number(0, 1_000_000)),
            deadline=read("WHOLEADS_DEADLINE", _whole_number(1, 3_600)),
            connections=read("WHOLEADS_CONNECTIONS", _whole_number(10, 100_000)),
            proxies=read("FORWARDED_ALLOW_IPS", _networks),
            log=read("WHOLEADS_LOG", _one_of("plain", "json")),
            log_questions=read("WHOLEADS_LOG_QUESTIONS", _whole_number(0, 1)),
            uploads=read("WHOLEADS_UPLOADS", _folder),
            sessions=read("WHOLEADS_SESSIONS", _whole_number(1, 1_000_000)),
            question_log=read("WHOLEADS_QUESTION_LOG", _one_of("on", "off")) == "on",
            retention_days=read("WHOLEADS_RETENTION_DAYS", _whole_number(0, 36_500)),
        )

    @property
    def index_server(self) -> str:
        """What keeps the index where the folder does not: a vector store's function, else a Chroma server's URL."""
        return self.vector_store or self.chroma_url

    @property
    def database_file(self) -> Path:
        """The SQLite file that keeps all state where no database is named."""
        return self.index.parent / "wholeads.db"

    @property
    def published(self) -> Path:
        """The folder of the published versions of corpora."""
        return self.index.parent / "published"


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
            shown = "***" if key in _SECRETS else given
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


def _server(value: str) -> str:
    """A server's address without path; empty where none is set."""
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, or too high
        fits = False
    if value and (not fits or parts.path not in ("", "/") or parts.query or "@" in parts.netloc):
        raise _Expected("a server as http://host:port or https://host:port")
    return value.rstrip("/")


def _folder(value: str) -> Path | None:
    """A folder, which need not be there yet; None where none is set."""
    try:
        return Path(_text(value)).expanduser() if value else None
    except RuntimeError:
        raise _Expected("a folder that can be found without a home folder") from None


def _function(value: str) -> str:
    """A function as module:function; empty where none is set."""
    module, separator, name = value.partition(":")
    if value and not (separator and name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise _Expected("a function as module:function")
    return value


def _database(value: str) -> str:
    """A database's address; empty where none is set. One in memory would forget what was acknowledged."""
    scheme, separator, rest = value.partition("://")
    in_memory = scheme.startswith("sqlite") and rest.partition("?")[0] in ("", "/", "/:memory:")
    if value and (not scheme or not separator or in_memory):
        raise _Expected("a database as sqlite:////path/to/file or postgresql+psycopg://user:password@host/name")
    return value


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        # int() would also take "1_000", "+5" and digits of other scripts.
        if not (value.isascii() and value.isdigit() and len(value) <= 9 and low <= int(value) <= high):
            raise _Expected(f"a whole number from {low} to {high}")
        return int(value)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise _Expected(f"one of {', '.join(choices)}")
        return value

    return parse


def _url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise _Expected("an address such as http://127.0.0.1:8080/v1")
    return value


# Keys travel in HTTP headers, which carry visible ASCII safely and little else.
def _visible(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key


def _key(value: str) -> str:
    if not _visible(value):
        raise _Expected("a key of visible ASCII characters")
    return value


def _keys(value: str) -> tuple[str, ...]:
    """The SHA-256 of each key, in hexadecimal digits; the keys themselves are kept nowhere."""
    return tuple(_digest(key.strip()) for key in value.split(",") if key.strip())


def hashed(key: str) -> str:
    """The SHA-256 of a key, as hexadecimal digits."""
    return hashlib.sha256(key.encode("ascii")).hexdigest()


def _digest(key: str) -> str:
    if not _visible(key):
        raise _Expected("keys of visible ASCII characters, separated by commas")
    if not key.startswith(HASHED):
        return hashed(key)
    digest = key.removeprefix(HASHED).lower()
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise _Expected("64 hexadecimal digits behind sha256:, as wholeads key prints them")
    return digest


def _networks(value: str) -> tuple[str, ...]:
    """Addresses and networks, or "*" for whoever connects."""
    named = tuple(part.strip() for part in value.split(",") if part.strip())
    try:
        for name in named:
            _ = name == "*" or ip_network(name)
    except ValueError:
        raise _Expected("addresses or networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas") from None
    return named
