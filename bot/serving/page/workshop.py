"""Corpora that are made on the page: each a folder below one that the operator names, as the command line makes them.

begin       wholeads corpus new       the documents are copied into a folder
learn       wholeads corpus learn     what they state is proposed, in proposals.yaml
accept      wholeads corpus accept    what is ticked goes into vocabulary.yaml and facts.yaml
take back   by hand, in those files     what was accepted is taken out of them again
review      wholeads corpus lint
build       wholeads corpus publish   servers take it up
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.settings import Settings
from bot.learning.accept import Accepted, accept
from bot.learning.create import create_corpus
from bot.learning.learner import Learner
from bot.learning.names import key_of
from bot.learning.proposals import entry_key, read_entries, write_entries, write_proposals
from bot.learning.review import Review, review
from bot.learning.take_back import Taken, take_back
from bot.schema.contract import AnyLibrary
from corpus.bare import ENDINGS, as_id
from corpus.errors import CorpusError, CorpusFileError
from corpus.files import read_yaml
from corpus.loader import ABOUT, load_corpus
from corpus.model import Corpus
from corpus.world import World

if TYPE_CHECKING:
    from bot.evaluation.publishing import Means

FILES = 50
"""Documents that a corpus is begun with at most."""
FILE_BYTES = 16 * 1024 * 1024
CHARACTERS = 2_000_000
"""Characters that its documents may hold together: a minute's reading."""
CORPORA = 200
SERVED_WITHIN = 60.0
"""Seconds in which the server takes up what was built."""
TITLE_CHARACTERS = 80

Entries = Mapping[str, list[dict[str, Any]]]
Progress = Callable[[int, int], None]
Publish = Callable[[Path, Progress], None]


class Refused(CorpusError):
    """What was asked for cannot be done; the message says why, and the mend."""


class Workshop:
    """The corpora in a folder; ``publish`` puts one in force, and ``library`` is what answers then."""

    def __init__(self, folder: Path, library: AnyLibrary, publish: Publish) -> None:
        self._folder, self._library, self._publish = folder, library, publish

    def names(self) -> list[str]:
        """The names of the folders, in order."""
        with suppress(OSError):
            return sorted(path.name for path in self._folder.iterdir() if path.is_dir() and path.name[0] != ".")
        return []

    def titles(self) -> list[tuple[str, str]]:
        """The titles of the corpora, each with its folder's name; a corpus that cannot be read has its name for it."""
        return [(self._title(name), name) for name in self.names()]

    def _title(self, name: str) -> str:
        with suppress(CorpusError):
            about = read_yaml(self._folder / name / ABOUT)
            if isinstance(about, dict) and about.get("title"):
                return str(about["title"])
        return name

    def begin(self, title: str, files: Sequence[Path]) -> str:
        """Make a corpus of documents; gives its folder's name. Raises CorpusError, and then nothing is made."""
        title = " ".join(title.split())
        name = as_id(title).strip("._-").lower()
        if not any(map(str.isalnum, title)):
            raise Refused("Give the new corpus a title, in letters or digits.")
        known = self.names()
        if name in known or name in self._library.ids():
            raise Refused(f"There is a corpus called {name} already. Choose another title, or go on with it below.")
        if len(known) >= CORPORA:
            raise Refused(f"There are {CORPORA} corpora already. Have one removed first by whoever runs the server.")
        _look_at(files)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as scratch:
                made = Path(scratch) / name
                create_corpus(made, files, title)
                held = sum(len(document.text) for document in load_corpus(made, induce=False).documents.values())
                if held > CHARACTERS:
                    raise Refused(
                        f"The documents hold {held:,} characters together; {CHARACTERS:,} are the most here. "
                        "Leave some out, or make the corpus with `wholeads corpus new`."
                    )
                os.replace(made, self._folder / name)
        except OSError as error:
            raise Refused(
                f"The documents cannot be kept ({error.strerror}). Whoever runs the server has to mend that."
            ) from error
        return name

    def learn(self, name: str) -> Entries:
        """Have the documents read: what is proposed, and what was decided on it before. Raises CorpusError."""
        corpus = self.corpus(name)
        write_proposals(corpus, Learner(corpus, World.load()).learn())
        return read_entries(corpus.folder)

    def accept(self, name: str, entries: Entries) -> Accepted:
        """Keep the decisions, and put what is accepted into the corpus. Raises CorpusError; then nothing goes in."""
        corpus = self.corpus(name)
        before = read_entries(corpus.folder)
        new = _new_names(corpus, before, entries)
        write_entries(corpus, {**entries, "entities": [*entries["entities"], *new]})
        accepted = accept(corpus.folder)
        # What was corrected was not right as it had been proposed, and would be proposed so again.
        decided = {part: list(map(_rejected_if_corrected, before[part], entries[part])) for part in before}
        write_entries(corpus, decided)
        return accepted

    def take_back(self, name: str, taken: Taken) -> Entries:
        """Take out what was accepted; it is proposed again, and not ticked. Raises CorpusError; then all stays."""
        corpus = self.corpus(name)
        before = {entry_key(entry) for held in self.learn(name).values() for entry in held}
        take_back(corpus.folder, taken)
        proposed = self.learn(name)
        entries = {
            part: [entry if entry_key(entry) in before else {**entry, "accept": "no"} for entry in held]
            for part, held in proposed.items()
        }
        write_entries(corpus, entries)
        return entries

    def entries(self, name: str) -> Entries:
        """The proposals as they were read last."""
        return read_entries(self.folder(name))

    def review(self, name: str) -> Review:
        """What is to be looked over."""
        return review(self.folder(name), World.load())

    def build(self, name: str, progress: Progress) -> str:
        """Build the index, and wait until it answers; gives the corpus's id. Raises CorpusError or IndexError_."""
        corpus = self.corpus(name)
        if errors := self.review(name).errors:
            raise Refused(f"{errors} errors are to be mended first; they are named above.")
        self._publish(corpus.folder, progress)
        until = time.monotonic() + SERVED_WITHIN
        while time.monotonic() < until:
            with suppress(KeyError):
                if self._library.get(corpus.id).corpus.sha256 == corpus.sha256:
                    return corpus.id
            time.sleep(0.1)
        raise Refused("It is built, and the server has not taken it up yet. Load this page again in a minute.")

    def corpus(self, name: str) -> Corpus:
        """The corpus in the folder of a name. Raises CorpusError."""
        return load_corpus(self.folder(name), induce=False)

    def folder(self, name: str) -> Path:
        """The folder of a name. Raises Refused where there is none."""
        if name not in self.names():
            raise Refused("There is no such corpus here any more. Begin a new one.")
        return self._folder / name


def _look_at(files: Sequence[Path]) -> None:
    """Raises Refused for what can be no corpus's documents by name or size; their contents are looked at later."""
    if not files:
        raise Refused("Drop the documents first: text, Markdown, HTML, PDF or Word (DOCX).")
    if len(files) > FILES:
        raise Refused(f"These are {len(files)} documents; {FILES} are the most here. Leave some out.")
    for path in files:
        if path.suffix.lower() not in ENDINGS or path.name.startswith("."):
            raise Refused(
                f"{path.name}: is no document by its name. Save it as text (.txt), Markdown (.md), HTML, PDF or DOCX."
            )
        if not path.is_file():
            raise Refused(f"{path.name}: is not kept any more, as it was dropped long ago. Load the page, and drop it.")
        if (size := path.stat().st_size) > FILE_BYTES:
            raise CorpusFileError(
                f"{path.name}: has {size:,} bytes; {FILE_BYTES:,} are the most here. Cut it in parts."
            )


def _new_names(corpus: Corpus, before: Entries, after: Entries) -> Iterator[dict[str, Any]]:
    """Names that a fact was corrected to and that nothing has yet, each as one of the kind of the name before."""
    kinds = {entry["name"]: entry["kind"] for entry in before["entities"]}
    kinds |= {entity.name: entity.kind for entity in corpus.entities.values()}
    named = [name for entity in corpus.entities.values() for name in (entity.name, *entity.aliases)]
    named += [name for entry in after["entities"] for name in (entry["name"], *entry.get("aliases", ()))]
    known = set(map(key_of, named))
    for was, now in zip(before["facts"], after["facts"], strict=False):
        for side in ("subject", "object"):
            name, kind = now[side], kinds.get(was[side])
            if now["accept"] == "yes" and kind and key_of(name) not in known:
                known.add(key_of(name))
                why = f"a fact was corrected to it from {was[side]!r}"
                yield {"accept": "yes", "name": name, "kind": kind, "quote": now["quote"], "at": now["at"], "why": why}


def _rejected_if_corrected(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    same = {**was, "accept": ""} == {**now, "accept": ""}
    return dict(now) if same else {**was, "accept": "no"}


def publish_with(settings: Settings, models: Callable[[Progress], Means] | None = None) -> Publish:
    """What puts the corpus in a folder in force, for all servers over the same index, as the command line does.

    ``models`` gives what it is built and tried with, from what is told how far it is; those of the settings if None.
    """

    def publish(folder: Path, progress: Progress) -> None:
        # Imported here because it brings the models' libraries, and a broken one keeps no page from telling so.
        from bot.evaluation.publishing import publish_corpus

        publish_corpus((models or _models)(progress), settings, folder)

    return publish


def _models(progress: Progress) -> Means:
    from bot.answering.bot import build, open_library, remove
    from bot.evaluation.publishing import Means
    from bot.evaluation.report import Report
    from bot.evaluation.runner import run_suites
    from bot.evaluation.suite import Suite

    def test(own: Settings, suites: Sequence[Suite]) -> Report:
        bot = open_library(own, [own.corpus]).get(None)
        return run_suites(suites, lambda _: bot)

    return Means(lambda own: build(own, [Path(own.corpus)], progress), test, lambda own: remove(own, [own.corpus]))
