"""Copies of read-only folders that can be written to: Chroma writes into what it reads.

A copy goes with the process that made it. One whose process was killed, as a container's may be, is removed by the next
that makes one: a lock beside each copy, which the system frees with the process, tells whether anybody has it.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexDamaged

PREFIX = "wholeads-index-"


def writable_copy(folder: Path) -> Path:
    """A copy that is gone with the process. Raises IndexDamaged where there is no room for one."""
    try:
        _remove_left_behind()
        copy = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = FileLock(copy.with_suffix(".lock"))
        lock.acquire(timeout=0)
        atexit.register(_remove, copy, lock)
        for path in folder.rglob("*"):
            if path.is_file():
                (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy / path.relative_to(folder))  # without its mode
    except OSError as error:
        raise IndexDamaged(
            f"{folder}: is read-only and cannot be copied to {tempfile.gettempdir()} ({error.strerror}). Give write "
            "permission to it, or room there."
        ) from error
    return copy


def _remove(copy: Path, lock: FileLock) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _remove_left_behind() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*.lock"):
        lock = FileLock(path)
        with suppress(Timeout, OSError):  # somebody has it, or it is another user's
            lock.acquire(timeout=0)
            _remove(path.with_suffix(""), lock)
