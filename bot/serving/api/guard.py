"""Who may call the API, and how often."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from fastapi import Request

from bot.serving.api.problems import Problem, ProblemType
from bot.serving.state.records import NOBODY, owner_of

FAILURES = 20
"""Wrong keys that an address may send at once, and a minute."""

_CLIENTS = 10_000
"""How many clients' allowances are remembered; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class _Allowance:
    """How many requests a client may still make, as of a moment (seconds of the clock)."""

    left: float
    at: float


class RateLimiter:
    """A bucket for each client, holding a minute's requests and filling evenly.

    Worked example, 60 a minute: sixty requests pass at once, the next passes a second later, and so on.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._allowances: OrderedDict[str, _Allowance] = OrderedDict()
        self._lock = Lock()

    def wait(self, client: str) -> int:
        """Take one request from the client's allowance; 0 where it may pass, else the whole seconds to wait."""
        if self._per_minute == 0:
            return 0
        with self._lock:
            allowance = self._refilled(client)
            if allowance.left >= 1:
                allowance.left -= 1
                return 0
            return max(1, math.ceil((1 - allowance.left) * 60 / self._per_minute))

    def left(self, client: str) -> int:
        """The seconds that a client would have to wait; nothing is taken."""
        if self._per_minute == 0:
            return 0
        with self._lock:
            missing = 1 - self._refilled(client).left
            return max(1, math.ceil(missing * 60 / self._per_minute)) if missing > 0 else 0

    def _refilled(self, client: str) -> _Allowance:
        now = self._clock()
        allowance = self._allowances.setdefault(client, _Allowance(self._per_minute, now))
        allowance.left = min(self._per_minute, allowance.left + (now - allowance.at) * self._per_minute / 60)
        allowance.at = now
        self._allowances.move_to_end(client)
        if len(self._allowances) > _CLIENTS:
            self._allowances.popitem(last=False)
        return allowance


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
