"""JSON lines, plain or gzipped, one object a line, with where each stands."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def json_rows(path: Path, fault: Callable[[str], Exception]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file, each with its place ("set.jsonl:3"); what ``fault`` makes of a message is raised."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}:{number}", _row(line, f"{path}:{number}", fault)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise fault(f"{path}: cannot be read ({error}). Name UTF-8 JSON lines.") from error


def _row(line: str, where: str, fault: Callable[[str], Exception]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise fault(f"{where}: is no JSON ({error.msg}). Write one object a line.") from error
    if not isinstance(row, dict):
        raise fault(f"{where}: is no object. Write one object a line.")
    return row
