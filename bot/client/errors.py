"""What can go wrong when the API is called.

ClientError              everything below
├── NotReached           no connection, none in time, or one that broke off
├── NotUnderstood        what came back is not of this API's shape: another server, it may be, or another version
└── ApiError             the API says what is wrong: type, title, detail, status, retry_after
    ├── KeyNeeded        401
    ├── NotFound         404
    ├── TooLarge         413
    ├── Refused          422 and what else is wrong with a request
    ├── TooManyRequests  429
    ├── Unavailable      503
    └── ServerFailed     500 and other failures of a server
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

LONGEST_WAIT = 60.0
"""Seconds; a server that wants to be left alone for longer is not asked again."""
SHOWN = 200
"""So many characters of what nobody expected stand in an error."""


class ClientError(Exception):
    """What can go wrong when the API is called."""


class NotReached(ClientError):
    """The server cannot be reached, does not answer in time, or broke off."""


class NotUnderstood(ClientError):
    """What came back is not what this API sends."""


class ApiError(ClientError):
    """The API's own account of what is wrong (RFC 9457); ``type`` is for programs, ``detail`` names the mend.

    ``retry_after``: seconds after which it may be tried again, None where the server says nothing of that.
    """

    def __init__(self, status: int, title: str, detail: str, type: str, retry_after: float | None = None) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status, self.title, self.detail, self.type = status, title, detail, type
        self.retry_after = retry_after


class KeyNeeded(ApiError):
    """401: no key or a wrong one; give ``api_key`` or set WHOLEADS_API_KEY."""


class NotFound(ApiError):
    """404: there is no such corpus, document, answer or path."""


class TooLarge(ApiError):
    """413: the question or the body is too long."""


class Refused(ApiError):
    """422, and any other status that tells of a request which cannot be served as it is."""


class TooManyRequests(ApiError):
    """429, after as many tries as were allowed."""


class Unavailable(ApiError):
    """503: the server is full or has nothing to answer from, after as many tries as were allowed."""


class ServerFailed(ApiError):
    """500, and any other failure of a server."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    401: KeyNeeded, 404: NotFound, 413: TooLarge, 429: TooManyRequests, 503: Unavailable,
}  # fmt: skip


def pause(response: httpx.Response, left: int) -> float:
    """Seconds until the next try. Raises ApiError where there is none."""
    retry_after = response.headers.get("retry-after", "")
    seconds = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
    if not left or seconds is None or seconds > LONGEST_WAIT or response.status_code not in (429, 503):
        try:
            told = response.json()
        except ValueError:
            told = None
        raise api_error(told if isinstance(told, dict) else {}, response.status_code, response.text, seconds)
    return seconds


def api_error(told: Mapping[str, Any], status: int, text: str = "", retry_after: float | None = None) -> ApiError:
    """The error that a problem tells of, or a status and a text where it is none."""
    status = told["status"] if isinstance(told.get("status"), int) else status
    kind = _BY_STATUS.get(status, ServerFailed if status >= 500 else Refused)
    title = str(told.get("title") or httpx.codes.get_reason_phrase(status) or "Not what was expected")
    return kind(
        status, title, str(told.get("detail") or text[:SHOWN]), str(told.get("type", "about:blank")), retry_after
    )


@contextmanager
def transport_errors() -> Iterator[None]:
    """What httpx raises, as what this module raises."""
    try:
        yield
    except (httpx.TransportError, httpx.InvalidURL, httpx.DecodingError) as error:
        raise NotReached(f"{type(error).__name__}: {error}") from error
    except UnicodeEncodeError as error:
        what = f"{error.object[error.start : error.end]!r}"
        raise ClientError(f"{what} cannot be sent: no {error.encoding} text has it. Leave it out.") from error
