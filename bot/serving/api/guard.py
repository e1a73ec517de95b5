"""Who may call the API, and how often."""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from fastapi import Request

from bot.serving.api.problems import Problem, ProblemType
from bot.serving.state.records import NOBODY, owner_of

logger = logging.getLogger(__name__)

FAILURES = 20
"""Wrong keys that an address may send at once, and a minute."""

_CLIENTS = 10_000
"""How many clients that have sent a right key are remembered; the one not seen for longest is forgotten first."""


_FULL_AFTER = 60.0
"""Seconds after which an allowance is whole again, whatever was taken of it: then it need not be remembered."""


class RateLimiter:
    """A bucket for each client, holding a minute's requests and filling evenly.

    Worked example, 60 a minute: sixty requests pass at once, the next passes a second later, and so on.
    ``file``, where one is named, is shared with the limiters of other processes, as ``name`` of those in it; ``clock``
    has to give the same seconds to all.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float], file: str = "", name: str = "rate") -> None:
        self._per_minute, self._clock, self._name = per_minute, clock, name
        self._rows = _opened(file or ":memory:")
        self._lock = Lock()

    def wait(self, client: str) -> int:
        """Take one request from the client's allowance; 0 where it may pass, else the whole seconds to wait."""
        return self._missing(client, taken=1)

    def left(self, client: str) -> int:
        """The seconds that a client would have to wait; nothing is taken."""
        return self._missing(client, taken=0)

    def _missing(self, client: str, taken: int) -> int:
        if self._per_minute == 0:
            return 0
        with self._lock:
            try:
                left = self._refilled(client, taken)
            except sqlite3.Error:
                logger.warning("Requests are counted in this process alone from now on.", exc_info=True)
                self._rows = _opened(":memory:")
                left = self._refilled(client, taken)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) * 60 / self._per_minute))

    def _refilled(self, client: str, taken: int) -> float:
        """What a client has left of its allowance before so many are taken of it, if it has as many."""
        most, now, key = self._per_minute, self._clock(), (self._name, client)
        with self._rows as rows:  # a transaction
            rows.execute("BEGIN IMMEDIATE")
            found = rows.execute("SELECT left, at FROM allowances WHERE name = ? AND client = ?", key).fetchone()
            before, at = found or (most, now)
            left = float(min(most, before + (now - at) * most / 60))
            kept = (*key, left - taken if left >= 1 else left, now)
            rows.execute("INSERT OR REPLACE INTO allowances VALUES (?, ?, ?, ?)", kept)
            rows.execute("DELETE FROM allowances WHERE at < ?", (now - _FULL_AFTER,))
        return left


def _opened(file: str) -> sqlite3.Connection:
    rows = sqlite3.connect(file, timeout=1, isolation_level=None, check_same_thread=False)
    # It need not outlive the machine, nor a transaction be written down.
    rows.executescript("""
        PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;
        CREATE TABLE IF NOT EXISTS allowances (name, client, left, at, PRIMARY KEY (name, client)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS oldest ON allowances (at);
    """)
    return rows


class Guard:
    """Checks the key, counts the request, and says who is calling.

    ``api_keys`` are the SHA-256 of the keys, in hexadecimal digits. Wrong keys are counted for each address by
    ``failures``: past its limit no key of that address is looked at, but for those that it has used before. So one
    who guesses is held up, and those who share an address with him (a proxy's) are not shut out.
    """

    def __init__(self, api_keys: tuple[str, ...], limiter: RateLimiter, failures: RateLimiter) -> None:
        self._keys = tuple(map(bytes.fromhex, api_keys))
        self._limiter, self._failures = limiter, failures
        self._used: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._lock = Lock()

    def __call__(self, request: Request) -> str:
        """The caller's name: "key 0", or the address it calls from. Raises Problem 401 or 429.

        A request with no valid key is counted before it is refused.
        """
        address = request.client.host if request.client else ""
        number = self._key_number(request, address)
        caller = f"key {number}" if number is not None else _host(address)
        if seconds := self._limiter.wait(caller):
            raise _too_many("The limit for one client is reached", seconds)
        if self._keys and number is None:
            raise Problem(
                ProblemType.NO_KEY,
                "Send one of this server's keys: Authorization: Bearer <key>, or X-API-Key: <key>.",
                {"WWW-Authenticate": "Bearer"},
            )
        return caller

    def need_key(self, request: Request) -> None:
        """Raises Problem 401 or 429 where a key is needed and none is sent; else the request does not count."""
        if self.locked and self._key_number(request, request.client.host if request.client else "") is None:
            self(request)

    def wait(self, address: str) -> int:
        """Count a request without a key from an address; 0 where it may pass, else the seconds to wait."""
        return self._limiter.wait(_host(address))

    def wait_to_try(self, address: str) -> int:
        """The seconds that an address with too many wrong keys has to wait before it may try another; 0 for none."""
        return self._failures.left(_host(address))

    def failed(self, address: str) -> None:
        """Count a wrong key from an address."""
        self._failures.wait(_host(address))

    def knows(self, key: str) -> bool:
        """Whether a key is one of the server's."""
        return self._number(key) is not None

    def owner(self, request: Request | None) -> str:
        """Whom what a request leaves behind belongs to: the holders of its key, or nobody."""
        number = self._number(_sent_key(request)) if request is not None else None
        return NOBODY if number is None else owner_of("key", self._keys[number].hex())

    @property
    def locked(self) -> bool:
        """Whether a key is needed."""
        return bool(self._keys)

    def _key_number(self, request: Request, address: str) -> int | None:
        """The number of the key that is sent, None where it is none of the server's. Raises Problem 429."""
        sent = _sent_key(request)
        if not sent or not self._keys:
            return None
        number = self._number(sent)
        if not self._used_before(address, number) and (seconds := self.wait_to_try(address)):
            raise _too_many("Too many wrong keys came from this address", seconds)
        if number is None:
            self.failed(address)
        else:
            self._remember(address, number)
        return number

    def _number(self, key: str) -> int | None:
        sent = hashlib.sha256(key.encode("latin-1", "replace")).digest()
        # Every key is compared, so that the time taken tells nothing of which one came close.
        matches = [number for number, key in enumerate(self._keys) if hmac.compare_digest(key, sent)]
        return matches[0] if matches else None

    def _used_before(self, address: str, number: int | None) -> bool:
        with self._lock:
            return number is not None and (address, number) in self._used

    def _remember(self, address: str, number: int) -> None:
        with self._lock:
            self._used[address, number] = None
            self._used.move_to_end((address, number))
            if len(self._used) > _CLIENTS:
                self._used.popitem(last=False)


def open_guard() -> Guard:
    """One that lets everybody in as often as they like."""
    return Guard((), *(RateLimiter(0, time.monotonic) for _ in range(2)))


def _too_many(what: str, seconds: int) -> Problem:
    return Problem(ProblemType.TOO_MANY_REQUESTS, f"{what}; try again in {seconds} s.", {"Retry-After": str(seconds)})


def _host(address: str) -> str:
    return f"host {address}"


def _sent_key(request: Request) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return request.headers.get("x-api-key", "").strip()
