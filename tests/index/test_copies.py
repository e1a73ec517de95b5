"""Copies of read-only folders: gone with their process, however that ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = """
import sys
from pathlib import Path
from index.copies import writable_copy
print(writable_copy(Path(sys.argv[1])), writable_copy(Path(sys.argv[1])), flush=True)
"""


def started(tmp_path: Path, then: str) -> tuple[subprocess.Popen[str], Path]:
    """A process that has made two copies, and the second."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "copies")}
    command = [sys.executable, "-c", COPY + then, str(tmp_path / "kept")]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, Path(process.stdout.readline().split()[1])


def test_a_copy_goes_with_its_process_or_with_the_next_copy(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "kept" / "deep").mkdir(parents=True)
    (tmp_path / "kept" / "deep" / "vectors.bin").write_bytes(b"1234")
    running, copy = started(tmp_path, "sys.stdin.read()")
    with running:
        killed, left = started(tmp_path, "sys.stdin.read()")
        killed.kill()
        killed.communicate()
        assert left.exists()
        ending, another = started(tmp_path, "")
        ending.communicate()
        assert not left.exists() and not another.exists()
        assert (copy / "deep" / "vectors.bin").read_bytes() == b"1234"
        running.communicate("")
    assert list((tmp_path / "copies").iterdir()) == []
