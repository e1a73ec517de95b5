"""Seals: which files a built generation has, and how long they are: a cut or lost one is noticed before it is read.

Chroma reads its search graphs without looking whether they are whole: of a cut one it finds too little, or the process
ends. It may write on in a graph that it has open, which then is longer; the database tells of its own damage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from index.errors import BUILD_COMMAND, IndexDamaged

FILE_NAME = "files.json"
_DATABASE = "chroma.sqlite3"


def seal(folder: Path) -> None:
    """Write down what a generation has. Raises OSError."""
    (folder / FILE_NAME).write_text(json.dumps(dict(_lengths(folder)), indent=1, sort_keys=True), encoding="utf-8")


def unseal(folder: Path) -> None:
    """From now on it is written to. Raises OSError."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def check_seal(folder: Path) -> None:
    """Raises IndexDamaged where a file is shorter than when the generation was sealed, or gone."""
    try:
        sealed = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        found: Mapping[str, int] = dict(_lengths(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _damaged(folder, str(error)) from error
    if not isinstance(sealed, dict):
        raise _damaged(folder, f"{FILE_NAME}: no object")
    if short := sorted(n for n, length in sealed.items() if not isinstance(length, int) or found.get(n, -1) < length):
        raise _damaged(folder, f"{', '.join(short[:3])}: cut or gone")


def _damaged(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(f"{folder}: is damaged ({reason}). Build it again with '{BUILD_COMMAND}'.")


def _lengths(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != FILE_NAME and not name.startswith(_DATABASE):
            with suppress(FileNotFoundError):
                yield name, path.stat().st_size
