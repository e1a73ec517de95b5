"""Who may call the API, and how often."""

from __future__ import annotations

import hmac
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from fastapi import Request

from bot.serving.api.problems import Problem, ProblemType
from bot.serving.state.records import NOBODY, owner_of

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
    """Checks the key, counts the request, and says who is calling."""

    def __init__(self, api_keys: tuple[str, ...], limiter: RateLimiter) -> None:
        self._keys = tuple(key.encode("ascii") for key in api_keys)
        self._limiter = limiter

    def __call__(self, request: Request) -> str:
        """The caller's name: "key 0", or the address it calls from. Raises Problem 401 or 429.

        A request with no valid key is counted before it is refused, so that keys cannot be guessed at full speed.
        """
        number = self._key_number(request)
        caller = f"key {number}" if number is not None else _host(request.client.host if request.client else "")
        seconds = self._limiter.wait(caller)
        if seconds:
            raise Problem(
                ProblemType.TOO_MANY_REQUESTS,
                f"The limit for one client is reached; try again in {seconds} s.",
                {"Retry-After": str(seconds)},
            )
        if self._keys and number is None:
            raise Problem(
                ProblemType.NO_KEY,
                "Send one of this server's keys: Authorization: Bearer <key>, or X-API-Key: <key>.",
                {"WWW-Authenticate": "Bearer"},
            )
        return caller

    def need_key(self, request: Request) -> None:
        """Raises Problem 401 or 429 where a key is needed and none is sent; else the request does not count."""
        if self.locked and self._key_number(request) is None:
            self(request)

    def wait(self, address: str) -> int:
        """Count a request without a key from an address; 0 where it may pass, else the seconds to wait."""
        return self._limiter.wait(_host(address))

    def knows(self, key: str) -> bool:
        """Whether a key is one of the server's."""
        return self._number(key) is not None

    def owner(self, request: Request | None) -> str:
        """Whom what a request leaves behind belongs to: the holders of its key, or nobody."""
        number = self._key_number(request) if request is not None else None
        return NOBODY if number is None else owner_of("key", self._keys[number].decode("ascii"))

    @property
    def locked(self) -> bool:
        """Whether a key is needed."""
        return bool(self._keys)

    def _key_number(self, request: Request) -> int | None:
        return self._number(_sent_key(request))

    def _number(self, key: str) -> int | None:
        sent = key.encode("latin-1", "replace")
        # Every key is compared, so that the time taken tells nothing of which one came close.
        matches = [number for number, key in enumerate(self._keys) if hmac.compare_digest(key, sent)]
        return matches[0] if matches else None


def _host(address: str) -> str:
    return f"host {address}"


def _sent_key(request: Request) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return request.headers.get("x-api-key", "").strip()
