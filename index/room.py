"""Where the index of one corpus lives, and how a build goes about it without disturbing who reads.

In a folder:

    <folder>/<corpus id>/
        manifest.json           names the generation in force; replacing this file is the switch
        chroma/<generation>/    the vectors, one folder a generation, named after the hash of its records
        lock                    held while a build runs

A generation is begun as a copy of the one in force where they share most, and only the copy is written to. A build that
is killed leaves a part of just the folder that the next build fills: it goes on where the other stopped.

On a Chroma server:

    wholeads-<corpus>                       the manifest, as the metadata of an empty collection
    wholeads-<corpus>-<model>-<kind>        the vectors

Records never change, so that builds add to what is there and readers pass over what they do not know. What is no longer
needed is marked at one switch and deleted at the next. Builds on several machines do each other's work twice at worst.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Collection, Iterator, Set
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from index.copies import writable_copy
from index.errors import (
    BUILD_COMMAND,
    IndexBuildFailed,
    IndexDamaged,
    IndexError_,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
)
from index.manifest import (
    FILE_NAME,
    Manifest,
    manifest_from_json,
    manifest_to_json,
    read_manifest,
    remove_manifest,
    write_manifest,
)
from index.seal import check_seal, seal, unseal
from index.storage import Prepared, Store
from index.store import ChromaServer, ChromaStore, open_folder

WORTH_COPYING = 0.5
"""The least share of records that two generations must share for one to be begun as a copy of the other, and the
largest share of deleted records that a copy may carry along: they cost time in each search."""

logger = logging.getLogger(__name__)


class Room(Protocol):
    """The place of one corpus's index."""

    def manifest(self) -> Manifest:
        """The manifest in force. Raises IndexMissing, IndexDamaged or IndexOutdated."""
        ...

    def open(self, generation: str) -> Store:
        """The vectors that a manifest names. Raises IndexDamaged."""
        ...

    def locked(self) -> AbstractContextManager[None]:
        """A context in which no other build of this index runs on this machine. Raises IndexLocked."""
        ...

    def generation(self, records_sha256: str, model: str) -> str:
        """The name of the generation that holds these records."""
        ...

    def prepare(self, generation: str, records: Collection[str], replaced: Manifest | None) -> Prepared:
        """The store that is to hold these records, and what is there already."""
        ...

    def afresh(self, generation: str) -> Store:
        """The store without any records."""
        ...

    def others(self, generations: Collection[str]) -> Iterator[Store]:
        """Stores other than these, opened one by one, that may hold vectors to be taken over."""
        ...

    def retire(self, generation: str, store: Store, unneeded: Collection[str]) -> None:
        """Has records deleted once nobody needs them."""
        ...

    def put_in_force(self, manifest: Manifest, replaced: Manifest | None) -> None:
        """Switches over in one step, and removes what has been replaced before."""
        ...

    def remove(self) -> None:
        """Removes the whole index. Raises IndexMissing where there is none."""
        ...


def room_of(folder: Path, corpus_id: str, server: str = "", version: str = "") -> Room:
    """The room of a corpus's index: on the Chroma server at this URL, in the store that a "module:function" gives, else
    below ``folder``.

    On a server, each ``version`` of a corpus has a room of its own; in a folder, whoever names one names its folder.
    """
    room, named = FolderRoom(folder / corpus_id), f"{corpus_id} {version}".rstrip()
    if "://" in server:
        return ServerRoom(ChromaServer(server), named, room)
    if not server:
        return room
    from index.vector_store import LangChainRoom  # what it brings is not needed else

    return LangChainRoom(server, named, room.locked)


def state_of(folder: Path, corpus_id: str, server: str = "", version: str = "") -> object:
    """What is another value once another state of an index is in force; None where there is none to be seen.

    In a folder that is one look at a file; a Chroma server is asked.
    """
    if server:
        try:
            return room_of(folder, corpus_id, server, version).manifest()
        except IndexError_:
            return None
    return file_state(folder / corpus_id / FILE_NAME)


def file_state(path: Path) -> object:
    """What is another value once a file has been replaced; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class FolderRoom:
    """An index in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def manifest(self) -> Manifest:
        """As Room has it."""
        return read_manifest(self.folder)

    def open(self, generation: str) -> Store:
        """As Room has it; where the place is read-only, a copy, since Chroma writes into what it reads."""
        folder = self._generations / generation
        check_seal(folder)
        if folder.is_dir() and not os.access(folder, os.W_OK):
            folder = writable_copy(folder)
        return open_folder(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """As Room has it. The system frees the lock with the process, so a killed build leaves none behind."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise IndexLocked(
                f"{self.folder}: another build of this index is running. Wait until it has finished, then try again."
            ) from None
        except OSError as error:
            raise IndexBuildFailed(
                f"{self.folder}: cannot be written to ({error.strerror}). Give write permission, or name another "
                "folder."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def generation(self, records_sha256: str, model: str) -> str:
        """As Room has it: another set of records is another generation."""
        return f"generation-{records_sha256[:16]}"

    def prepare(self, generation: str, records: Collection[str], replaced: Manifest | None) -> Prepared:
        """As Room has it."""
        folder, in_force = self._generations / generation, frozenset[str]()
        if replaced and replaced.collection != generation:
            base = self._generations / replaced.collection
            in_force = _records(base)
            if not folder.exists() and _worth_copying(base, in_force, records):
                self._copy(base, folder)
        try:
            check_seal(folder)
            with _writing(self.folder):
                unseal(folder)
            store = _sound(folder, create=True)
            stored = store.records()
            same = replaced is not None and replaced.collection == generation
            return Prepared(store, stored, stored if same else in_force)
        except (IndexBuildFailed, IndexDamaged) as error:
            logger.warning("%s: built afresh (%s)", folder, error)
        return Prepared(self.afresh(generation), frozenset(), in_force)

    def afresh(self, generation: str) -> Store:
        """As Room has it."""
        folder = self._generations / generation
        _remove(folder)
        return open_folder(folder, create=True)

    def others(self, generations: Collection[str]) -> Iterator[Store]:
        """As Room has it."""
        for folder in sorted(self._generations.iterdir()):
            if folder.name in generations or folder.suffix:
                continue
            try:
                check_seal(folder)
                store = _sound(folder)
            except IndexDamaged as error:
                logger.warning("No vectors taken over: %s", error)
                continue
            try:
                yield store
            finally:
                store.close()

    def retire(self, generation: str, store: Store, unneeded: Collection[str]) -> None:
        """As Room has it: nobody reads what is being built."""
        if unneeded:
            deleted = _deleted(self._generations / generation)
            with _writing(self.folder):
                _tally(self._generations / generation).write_text(str(deleted + len(unneeded)), encoding="ascii")
            store.delete(unneeded)

    def put_in_force(self, manifest: Manifest, replaced: Manifest | None) -> None:
        """As Room has it. The generation just replaced stays: a server that has it open answers from it."""
        if manifest != replaced:
            store = open_folder(self._generations / manifest.collection)
            try:
                store.settle()
            finally:
                store.close()
        with _writing(self.folder):
            seal(self._generations / manifest.collection)
        write_manifest(self.folder, manifest)
        keep = {manifest.collection, replaced.collection if replaced else ""}
        for folder in sorted(self._generations.iterdir()):
            if folder.name not in keep:
                _remove(folder)

    def remove(self) -> None:
        """As Room has it."""
        if not self.folder.is_dir():
            raise IndexMissing(f"{self.folder}: there is no index here to be removed.")
        with self.locked():
            remove_manifest(self.folder)
            if self._generations.is_dir():
                _remove(self._generations)
        _remove(self.folder)

    @property
    def _generations(self) -> Path:
        return self.folder / "chroma"

    def _copy(self, base: Path, target: Path) -> None:
        """Begins a generation as a copy of another."""
        # Under a name of its own first: a copy that was cut short must not be taken for a whole one.
        part = target.with_suffix(".part")
        with _writing(self.folder):
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(base, part)
            unseal(part)
            os.replace(part, target)


class ServerRoom:
    """An index on a Chroma server. Builds on one machine hold a lock in a folder of that machine."""

    def __init__(self, server: ChromaServer, corpus_id: str, local: FolderRoom) -> None:
        self._server, self._corpus_id, self._local = server, corpus_id, local
        # Ids may be of any script and length, names on the server may not.
        self._name = f"wholeads-{hashlib.sha256(corpus_id.encode()).hexdigest()[:16]}"

    def __str__(self) -> str:
        return f"{self._server.url} ({self._corpus_id})"

    def manifest(self) -> Manifest:
        """As Room has it."""
        text = self._server.note(self._name)
        if not text:
            raise IndexMissing(f"{self}: there is no index here yet. Build it with '{BUILD_COMMAND}'.")
        return manifest_from_json(text, str(self))

    def open(self, generation: str) -> Store:
        """As Room has it."""
        return self._server.open(f"{generation}-")

    def locked(self) -> AbstractContextManager[None]:
        """As Room has it."""
        return self._local.locked()

    def generation(self, records_sha256: str, model: str) -> str:
        """As Room has it: all records of a model share the collections."""
        return f"{self._name}-{hashlib.sha256(model.encode()).hexdigest()[:8]}"

    def prepare(self, generation: str, records: Collection[str], replaced: Manifest | None) -> Prepared:
        """As Room has it."""
        store = self._server.open(f"{generation}-", create=True)
        stored = store.records()
        return Prepared(store, stored, stored - store.retired() if replaced else frozenset())

    def afresh(self, generation: str) -> Store:
        """As Room has it."""
        self._server.remove(self._server.names(generation))
        return self._server.open(f"{generation}-", create=True)

    def others(self, generations: Collection[str]) -> Iterator[Store]:
        """As Room has it: all that could be taken over is in the store itself."""
        return iter(())

    def retire(self, generation: str, store: Store, unneeded: Collection[str]) -> None:
        """As Room has it: what programs still read is only marked."""
        assert isinstance(store, ChromaStore), "this room opens no other"
        store.retire(unneeded)

    def put_in_force(self, manifest: Manifest, replaced: Manifest | None) -> None:
        """As Room has it."""
        self._server.write_note(self._name, manifest_to_json(manifest))
        keep = (manifest.collection, replaced.collection if replaced else manifest.collection)
        self._server.remove([name for name in self._server.names(f"{self._name}-") if not name.startswith(keep)])

    def remove(self) -> None:
        """As Room has it."""
        names = self._server.names(self._name)
        if not names:
            raise IndexMissing(f"{self}: there is no index here to be removed.")
        with self._local.locked():
            self._server.remove(names)


def in_force(room: Room) -> Manifest | None:
    """The manifest in force; None, after a warning, where it cannot be used."""
    try:
        return room.manifest()
    except IndexMissing:
        return None
    except (IndexDamaged, IndexOutdated) as error:
        logger.warning("Building from scratch: %s", error)
        return None


def _records(generation: Path) -> frozenset[str]:
    """The records of a generation; none, after a warning, where it is damaged."""
    try:
        check_seal(generation)
        store = _sound(generation)
        try:
            return store.records()
        finally:
            store.close()
    except IndexDamaged as error:
        logger.warning("No vectors taken over: %s", error)
        return frozenset()


def _sound(folder: Path, *, create: bool = False) -> Store:
    """The store in a folder, looked into. Raises as ``open_folder`` does."""
    store = open_folder(folder, create=create)
    try:
        store.check_sample()
    except BaseException:
        # Chroma goes on using what it has open at a path, even files that are gone by then.
        store.close()
        raise
    return store


def _worth_copying(base: Path, stored: Set[str], records: Collection[str]) -> bool:
    shared = len(stored & set(records))
    deleted = _deleted(base) + len(stored) - shared
    return shared > 0 and shared >= WORTH_COPYING * len(records) and deleted <= WORTH_COPYING * len(records)


def _tally(generation: Path) -> Path:
    return generation / "deleted"


def _deleted(generation: Path) -> int:
    """How many records have been deleted from a generation; they stay in its search graph."""
    try:
        return int(_tally(generation).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexBuildFailed(
            f"{folder}: cannot be written ({error}). Make room or give write permission, then run '{BUILD_COMMAND}' "
            "again; an index built before goes on working."
        ) from error


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise IndexBuildFailed(f"{path}: cannot be removed ({error.strerror}). Remove it by hand.") from error
