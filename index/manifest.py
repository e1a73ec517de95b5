"""The manifest: the one file that says which generation of an index is in force, and what it was built from.

It is replaced in one step, so that a reader finds the old index or the new one and never something between. It holds no
time and no path: the same corpus and model give the same manifest on every machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from index.errors import BUILD_COMMAND, IndexBuildFailed, IndexDamaged, IndexMissing, IndexOutdated

FILE_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from.

    ``sha256`` is the hash over all entries, the index's own for receipts; ``counts`` tells how many entries there are
    of each type; ``collection`` names the generation that holds the vectors; ``program`` is the version that built it.
    """

    corpus_id: str
    corpus_sha256: str
    model: str
    dimensions: int
    program: str
    counts: Mapping[str, int]
    collection: str
    sha256: str


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``.

    Raises IndexMissing where there is none, IndexDamaged where it is no JSON object, and IndexOutdated where its fields
    are those of another version of the program.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise IndexMissing(f"{folder}: there is no index here yet. Build it with '{BUILD_COMMAND}'.") from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path}: cannot be read ({error}). Build it again with '{BUILD_COMMAND}'.") from error
    return manifest_from_json(text, str(path))


def manifest_from_json(text: str, where: str) -> Manifest:
    """The manifest that was written as ``text``; ``where`` names its place in messages.

    Raises IndexDamaged where it is no JSON object, and IndexOutdated where its fields are those of another version.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise IndexDamaged(f"{where}: cannot be read ({error}). Build it again with '{BUILD_COMMAND}'.") from error
    if not isinstance(data, dict):
        raise IndexDamaged(f"{where}: expected a JSON object. Build the index again with '{BUILD_COMMAND}'.")
    expected = {field.name for field in fields(Manifest)}
    if data.keys() != expected:
        odd = ", ".join(sorted(expected ^ data.keys()))
        raise IndexOutdated(
            f"{where}: written by another version of the program (fields: {odd}). "
            f"Build the index again with '{BUILD_COMMAND}'."
        )
    kinds: Mapping[str, type] = {"dimensions": int, "counts": dict}
    if wrong := sorted(name for name, value in data.items() if not isinstance(value, kinds.get(name, str))):
        raise IndexDamaged(
            f"{where}: {', '.join(wrong)}: of a wrong type. Build the index again with '{BUILD_COMMAND}'."
        )
    return Manifest(**data)


def manifest_to_json(manifest: Manifest) -> str:
    """The manifest as text; equal manifests give equal texts."""
    return json.dumps(asdict(manifest), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Puts the manifest in force in one step. Raises IndexBuildFailed; the old manifest then stands as it was."""
    path = folder / FILE_NAME
    temporary = path.with_suffix(".tmp")
    text = manifest_to_json(manifest)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(folder)
    except OSError as error:
        raise IndexBuildFailed(
            f"{path}: cannot be written ({error.strerror}). Make room or give write permission, then build again."
        ) from error


def remove_manifest(folder: Path) -> None:
    """Takes the index out of force. Raises IndexBuildFailed."""
    try:
        (folder / FILE_NAME).unlink(missing_ok=True)
    except OSError as error:
        raise IndexBuildFailed(
            f"{folder / FILE_NAME}: cannot be removed ({error.strerror}). Remove it by hand."
        ) from error


def _sync_folder(folder: Path) -> None:
    # A rename lasts through a power cut only once the folder itself is on the disk. Windows cannot open folders.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
