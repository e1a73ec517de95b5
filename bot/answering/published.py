"""Published versions of corpora: each a copy of the folder with an index of its own; a file names the one served.

    <published>/<corpus id>/
        published.json              names the version in force; replacing this file is the switch
        versions/<version>/
            version.json            what it is: its hash, when it was published, from where, what its suites gave
            corpus/<folder>/        the corpus as it was then
            index/<corpus id>/      its index (see index.room), unless a Chroma server keeps it
        lock                        held while a version is made

A version never changes once it is there, so that going back to one is the same switch.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.bare import as_id
from corpus.errors import CorpusError, CorpusNotFound
from corpus.files import read_yaml
from corpus.loader import ABOUT, find_corpus, shipped_corpora

KEPT = 10
"""How many versions of a corpus are kept, that in force among them."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_POINTER, _ABOUT_VERSION, _VERSIONS, _CORPUS, _INDEX, _PART = (
    "published.json", "version.json", "versions", "corpus", "index", ".part",
)  # fmt: skip


class PublishError(CorpusError):
    """A version cannot be made, found or put in force; the message says which, and the mend."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a corpus that is served lies: its folder, that of its index, its version ("" where it is none)."""

    corpus: str
    folder: Path
    index: Path
    version: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A published state of a corpus. ``sha256`` is the corpus's; ``at`` is a moment as ISO 8601 in UTC.

    ``source`` is the folder that it was made from, ``suites`` the files that were run on it, ``passed`` how many of
    their cases passed: all.
    """

    corpus: str
    name: str
    sha256: str
    at: str
    source: str
    suites: tuple[str, ...] = ()
    passed: int = 0


class Published:
    """The published versions below a folder, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> tuple[str, ...]:
        """The ids of the corpora of which a version is in force."""
        return tuple(sorted(path.parent.name for path in self.folder.glob(f"*/{_POINTER}")))

    def pointer(self, corpus_id: str) -> Path:
        """The file that names the version in force."""
        return self.folder / corpus_id / _POINTER

    def in_force(self, corpus_id: str) -> str:
        """The name of the version in force, "" where there is none. Raises PublishError where it cannot be read."""
        path = self.pointer(corpus_id)
        try:
            name = json.loads(path.read_text(encoding="utf-8"))["version"]
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PublishError(f"{path}: cannot be read ({error}). {_republish(corpus_id)}") from error
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise PublishError(f"{path}: names no version. {_republish(corpus_id)}")
        return name

    def source(self, corpus_id: str, name: str = "") -> Source | None:
        """Where a version lies, without a name the one in force; None where there is none.

        Raises PublishError where the version is not whole.
        """
        name = name or self.in_force(corpus_id)
        if not name:
            return None
        place = self.place(corpus_id, name)
        folders = [path for path in (place / _CORPUS).glob("*") if path.is_dir()]
        if len(folders) != 1:
            raise PublishError(f"{place}: the corpus is not there any more. {_republish(corpus_id)}")
        return Source(corpus_id, folders[0], place / _INDEX, name)

    def versions(self, corpus_id: str) -> tuple[Version, ...]:
        """The versions that are kept, oldest first."""
        found = []
        for path in (self.folder / corpus_id / _VERSIONS).glob(f"*/{_ABOUT_VERSION}"):
            # What is not whole is no version.
            with suppress(OSError, ValueError, TypeError):
                said = json.loads(path.read_text(encoding="utf-8"))
                found.append(Version(**{**said, "suites": tuple(said["suites"])}))
        return tuple(sorted(found, key=lambda version: (version.at, version.name)))

    def version(self, corpus_id: str, name: str) -> Version | None:
        """The version of a corpus of exactly this name; None where none is kept."""
        return next((version for version in self.versions(corpus_id) if version.name == name), None)

    def find(self, name: str, corpus_id: str = "") -> Version:
        """The version of this name, or whose corpus's hash begins so. Raises PublishError for none and for several."""
        ids = (corpus_id,) if corpus_id else self.ids()
        known = [version for each in ids for version in self.versions(each)]
        found = [version for version in known if version.name == name]
        found = found or [version for version in known if len(name) >= 6 and version.sha256.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            told = ", ".join(sorted({version.corpus for version in found}))
            raise PublishError(f"{name!r} is a version of {told}. Name the corpus: --corpus {found[0].corpus}")
        told = ", ".join(f"{version.name} ({version.corpus})" for version in known) or "none yet"
        raise PublishError(f"There is no version {name!r}; there is {told}. See wholeads corpus publish --list")

    def place(self, corpus_id: str, name: str) -> Path:
        """The folder of a version. Raises PublishError for what can be no version's name."""
        if not _NAME.fullmatch(name):
            raise PublishError(f"{name!r} can be no version's name: letters, digits, points, - and _, at most 64.")
        return self.folder / corpus_id / _VERSIONS / name

    @contextmanager
    def making(
        self, corpus_id: str, name: str, folder: Path, index: Path
    ) -> Iterator[tuple[Source, Callable[[Version], None]]]:
        """A copy of a corpus's folder that becomes a version once it is kept, and is gone where it is not.

        Gives where the copy lies, and what keeps it. The index of the version in force, or else what there is in the
        folder ``index``, is copied to be brought up to date. Raises PublishError while another version is made, or
        where there is no room.
        """
        place = self.place(corpus_id, name)
        part = place.with_name(f"{place.name}{_PART}")
        with self._locked(corpus_id):
            try:
                shutil.rmtree(part, ignore_errors=True)
                # A corpus without a file about it is called as its folder.
                copy = part / _CORPUS / folder.name
                shutil.copytree(folder, copy, ignore=_left_out)
                before = self.source(corpus_id)
                built = (before.index if before else index) / corpus_id
                if built.is_dir():
                    shutil.copytree(built, part / _INDEX / corpus_id)

                def keep(version: Version) -> None:
                    (part / _ABOUT_VERSION).write_text(json.dumps(asdict(version), indent=2) + "\n", encoding="utf-8")
                    os.replace(part, place)

                yield Source(corpus_id, copy, part / _INDEX, name), keep
            except OSError as error:
                raise PublishError(f"{part}: cannot be written ({error}). Make room or give permission.") from error
            finally:
                shutil.rmtree(part, ignore_errors=True)

    def put_in_force(self, version: Version) -> str:
        """Switch over in one step; gives the name of the version before, "" for none. Raises PublishError."""
        path = self.pointer(version.corpus)
        before = ""
        with suppress(PublishError):
            before = self.in_force(version.corpus)
        aside = path.with_name(f".{_POINTER}.{os.getpid()}")
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(json.dumps({"version": version.name, "sha256": version.sha256}, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise PublishError(f"{path}: cannot be written ({error}). Give permission; nothing was swapped.") from error
        return before

    def out_of_use(self, corpus_id: str, kept: int = KEPT) -> tuple[Version, ...]:
        """The oldest versions beyond those that are kept; neither that in force nor the one made last is among them."""
        served = self.in_force(corpus_id)
        others = [version for version in self.versions(corpus_id) if version.name != served]
        return tuple(others[: max(0, len(others) - max(1, kept - 1))])

    def remove(self, version: Version) -> None:
        """Remove a version's folder."""
        shutil.rmtree(self.place(version.corpus, version.name), ignore_errors=True)

    @contextmanager
    def _locked(self, corpus_id: str) -> Iterator[None]:
        try:
            (self.folder / corpus_id / _VERSIONS).mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / corpus_id / "lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise PublishError(f"{corpus_id}: another version is being published. Wait until it is done.") from None
        except OSError as error:
            raise PublishError(f"{self.folder}: cannot be written ({error}). Give permission.") from error
        try:
            yield
        finally:
            lock.release()


def _left_out(folder: str, names: list[str]) -> list[str]:
    """What is in a corpus's folder and no part of it: hidden files, and folders from elsewhere."""
    return [name for name in names if name[0] in ".#" or ((path := Path(folder, name)).is_symlink() and path.is_dir())]


def sources_of(names: Sequence[str], index: Path) -> list[Source]:
    """The folders of corpora as they are named, each once. Raises CorpusNotFound."""
    folders = dict.fromkeys(find_corpus(name) for name in names)
    return [Source(corpus_id_of(folder), folder, index) for folder in folders]


def served_sources(default: str, published: Published, index: Path) -> list[Source]:
    """All that a server answers from, the default corpus first: what is published before what lies in folders.

    Raises CorpusNotFound where the default one is neither, and PublishError where what is published cannot be found.
    """
    found: dict[str, Source] = {}
    if not is_given(default) and (source := _published(published, default)):
        found[default] = source
    for source in sources_of([*([] if found else [default]), *shipped_corpora()], index):
        found.setdefault(source.corpus, _published(published, source.corpus) or source)
    for corpus_id in published.ids():
        if corpus_id not in found and (own := published.source(corpus_id)):
            found[corpus_id] = own
    return list(found.values())


def is_given(name: str) -> bool:
    """Whether a name is that of a corpus's folder, or of a shipped corpus."""
    try:
        find_corpus(name)
    except CorpusError:
        return False
    return True


def corpus_id_of(folder: Path) -> str:
    """The id of the corpus in a folder; nothing else of it is read."""
    said = read_yaml(folder / ABOUT) if (folder / ABOUT).is_file() else {}
    named = said.get("id") if isinstance(said, dict) else None
    return named if named and isinstance(named, str) else as_id(folder.name)


def corpus_id_named(name: str) -> str:
    """The id of a corpus that is named by its folder or id; what is neither may be the id of one that is gone."""
    try:
        return corpus_id_of(find_corpus(name))
    except CorpusNotFound:
        return name


def _published(published: Published, corpus_id: str) -> Source | None:
    # A path is no id.
    return published.source(corpus_id) if corpus_id in published.ids() else None


def _republish(corpus_id: str) -> str:
    return f"Publish it again: wholeads corpus publish {corpus_id} (or its folder)."
