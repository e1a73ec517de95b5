"""Seals: which files a built generation has, and their hashes: a cut or changed one is noticed before it is read.

Chroma reads its search graphs without looking whether they are whole: of a cut one it finds too little, or the process
ends. Its database is left out, which changes whenever it is opened and tells of its own damage.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from index.errors import BUILD_COMMAND, IndexDamaged

FILE_NAME = "files.json"
_DATABASE = "chroma.sqlite3"


def seal(folder: Path) -> None:
    """Write down what a generation has. Raises OSError."""
    (folder / FILE_NAME).write_text(json.dumps(dict(_hashes(folder)), indent=1, sort_keys=True), encoding="utf-8")


def unseal(folder: Path) -> None:
    """From now on it is written to. Raises OSError."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def check_seal(folder: Path) -> None:
    """Raises IndexDamaged where a file is not what it was when the generation was sealed; one without a seal may be."""
    try:
        sealed = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        found: Mapping[str, str] = dict(_hashes(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _damaged(folder, str(error)) from error
    if not isinstance(sealed, dict) or (odd := sorted(n for n in {*sealed, *found} if sealed.get(n) != found.get(n))):
        named = ", ".join(odd[:3]) if isinstance(sealed, dict) else FILE_NAME
        raise _damaged(folder, f"{named}: not as it was built")


def _damaged(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(f"{folder}: is damaged ({reason}). Build it again with '{BUILD_COMMAND}'.")


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != FILE_NAME and not name.startswith(_DATABASE):
            with suppress(FileNotFoundError), path.open("rb") as file:
                yield name, hashlib.file_digest(file, "sha256").hexdigest()
