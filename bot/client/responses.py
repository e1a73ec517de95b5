"""What comes back: JSON of a shape that is known, or a stream of events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.client.errors import SHOWN, NotReached, NotUnderstood, api_error
from bot.schema.contract import CitationJson, FindingJson

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """What is being done; of a check, ``done`` of ``total`` characters are."""

    status: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """A citation, before the words or the finding that rest on it."""

    citation: CitationJson


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """The next words of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class FindingEvent:
    """What the checker says of one claim."""

    finding: FindingJson


@dataclass(frozen=True, slots=True)
class DoneEvent(Generic[Shape]):
    """The last event, with the whole answer or report."""

    result: Shape


Event: TypeAlias = StatusEvent | CitationEvent | DeltaEvent | FindingEvent | DoneEvent[Shape]


class EventReader(Generic[Shape]):
    """Server-sent events out of the lines of a response."""

    def __init__(self, gives: type[Shape]) -> None:
        self._gives = gives
        self._name = self._data = ""
        self._done = False

    def read(self, line: str) -> Event[Shape] | None:
        """The event that ends with this line, None where none does. Raises ApiError where it tells of an error."""
        name, _, value = line.partition(":")
        if name == "event":
            self._name = value.strip()
        elif name == "data":
            self._data += value
        elif not line and self._data:
            told, self._data = (self._name, self._data), ""
            return self._event(*told)
        return None

    def end(self) -> None:
        """Raises NotReached where the last event has not come."""
        if not self._done:
            raise NotReached("The stream broke off before it was done.")

    def _event(self, name: str, data: str) -> Event[Shape] | None:
        match name:
            case "status":
                return read_json(data, StatusEvent)
            case "citation":
                return CitationEvent(read_json(data, CitationJson))
            case "delta":
                return read_json(data, DeltaEvent)
            case "finding":
                return FindingEvent(read_json(data, FindingJson))
            case "done":
                self._done = True
                return DoneEvent(read_json(data, self._gives))
            case "error":
                raise api_error(read_json(data, dict[str, Any]), 500)
        return None


def read_json(data: str | bytes, shape: type[Shape]) -> Shape:
    """JSON as a shape; keys that it does not know are kept. Raises NotUnderstood."""
    try:
        value = json.loads(data)
        read = _adapter(shape).validate_python(value)  # type: ignore[arg-type]  # a class can be hashed
    except (ValueError, ValidationError) as error:
        told = data[:SHOWN] if isinstance(data, str) else data[:SHOWN].decode("utf-8", "replace")
        name = getattr(shape, "__name__", str(shape))
        raise NotUnderstood(f"This is no {name}: {told!r}. Is base_url that of a wholeads server?") from error
    # A dictionary stays as it was sent, so that it can be verified as a receipt.
    return value if isinstance(value, dict) and isinstance(read, dict) else read  # type: ignore[return-value]


@cache
def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
