"""Reads a corpus folder and refuses what does not hold together.

    folder/
      *.txt, *.md …     the documents: text, Markdown, HTML, PDF or DOCX; they alone are a corpus
      corpus.yaml       optional: id, title, language, the documents
      vocabulary.yaml   optional: kinds, entities with aliases, predicates with their words
      facts.yaml        optional: subject, predicate, object, qualifiers, and the quote that carries each fact
      examples.yaml     optional: messages that were taught, each with the question that it means

Everything wrong is reported at once, each with its file, its place and its mend.
"""

from __future__ import annotations

import datetime
import gc
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.bare import ENDINGS, has_documents
from corpus.bare import about as about_documents
from corpus.errors import CorpusContentError, CorpusFileError, CorpusNotFound
from corpus.fact_file import FactReader
from corpus.files import Section, read_yaml, unknown
from corpus.ingest import Extract, read_document
from corpus.language import load_language
from corpus.model import Corpus, Document, Taught
from corpus.passages import split_passages
from corpus.taught import EXAMPLES, read_taught
from corpus.vocabulary_file import VocabularyReader

ABOUT, VOCABULARY, FACTS = "corpus.yaml", "vocabulary.yaml", "facts.yaml"
SHIPPED = Path(__file__).parent / "corpora"

# What may stand where in the three files.
_ABOUT = ("id", "title", "description", "language", "group", "documents", "examples", "induce")
_DOCUMENT = ("id", "file", "title", "source", "date", "licence", "language")
_VOCABULARY = ("kinds", "entities", "predicates", "topics", "ignorable")
_FACTS = ("quotes", "facts")
_ID = re.compile(r"[^\W_][\w.-]*")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
# What is proposed for the corpus and not accepted yet (see bot.learning).
PROPOSALS = "proposals.yaml"
# Proposals, hidden files and folders, backups and lock files: they come and go while a corpus is worked on.
# How much of a file is hashed at a time, in bytes.
_PIECE = 1 << 20
_LEFTOVER = re.compile(
    rf"(^|/)[.#]|(~|#|\.(bak|orig|rej|tmp|swp))$|(^|/)(__pycache__/|Thumbs\.db$|desktop\.ini$|{re.escape(PROPOSALS)}$)"
)


def shipped_corpora() -> tuple[str, ...]:
    """The ids of the corpora that come with the program."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob("*/corpus.yaml")))


def find_corpus(name: str) -> Path:
    """The folder of a corpus, named by a path or by the id of a shipped one.

    Raises:
        CorpusNotFound: neither; the message lists the shipped ones.
    """
    # A name may be no path at all: too long, or of a user's folder that there is none of.
    with suppress(OSError, RuntimeError):
        given, shipped = Path(name).expanduser(), SHIPPED / name
        for folder in (given, shipped):
            if (folder / ABOUT).is_file():
                return folder.resolve()
        if name and has_documents(given):
            return given.resolve()
    raise CorpusNotFound(
        f"no corpus {name!r}: it is neither a folder with documents ({', '.join(sorted(ENDINGS))}) "
        f"or a {ABOUT} nor one of {', '.join(shipped_corpora())}"
    )


def files_of(folder: Path) -> dict[str, str]:
    """The file of each document of a corpus, by its id."""
    said = read_yaml(folder / ABOUT) if (folder / ABOUT).exists() else about_documents(folder)
    return {entry["id"]: entry["file"] for entry in said["documents"]}


def is_corpus(folder: Path) -> bool:
    """Whether a folder has documents, or says itself which it has."""
    return (folder / ABOUT).is_file() or has_documents(folder)


def load_corpus(folder: Path, induce: bool = True) -> Corpus:
    """Load and validate the corpus in ``folder``; without ``induce`` with what is written alone.

    Raises:
        CorpusNotFound: there are no documents.
        CorpusFileError: a file is not UTF-8, or not of its form.
        CorpusContentError: the contents contradict each other; all problems are listed.
    """
    corpus, problems = inspect_corpus(folder, induce)
    if problems:
        raise CorpusContentError(problems)
    return corpus


def inspect_corpus(folder: Path, induce: bool = True) -> tuple[Corpus, tuple[str, ...]]:
    """As much of the corpus in ``folder`` as can be read, and what does not hold together in it.

    Where nothing is written about its documents, or corpus.yaml says ``induce: true``, what they state by themselves is
    found (``corpus.induction``); not so without ``induce``.

    Raises:
        CorpusNotFound: there are no documents.
        CorpusFileError: a file is not UTF-8, or not of its form.
    """
    if not is_corpus(folder):
        raise CorpusNotFound(f"{folder}: no documents there. Name a folder with {', '.join(sorted(ENDINGS))} files.")
    with _no_garbage():
        return _inspected(folder, induce)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Holds back the search for garbage: there is none in what is read, and it doubles the time of a large corpus."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _inspected(folder: Path, induce: bool) -> tuple[Corpus, tuple[str, ...]]:
    problems: list[str] = []
    sections: list[Section] = []
    unreadable: list[str] = []
    for file, keys, required in (
        (ABOUT, _ABOUT, ("id", "title", "documents")),
        (VOCABULARY, _VOCABULARY, ()),
        (FACTS, _FACTS, ()),
    ):
        try:
            sections.append(_section(folder / file, keys, required, problems))
        except CorpusFileError as error:
            unreadable.append(str(error))
    if unreadable:
        raise CorpusFileError("\n".join(unreadable))
    about, vocabulary, facts = sections
    told = any(vocabulary.mapping(key) for key in ("kinds", "entities", "predicates")) or facts.entries("facts")
    builder = _Builder(
        folder, about, vocabulary, facts, problems, induces=induce and (about.flag("induce") or not told)
    )
    corpus = builder.build()
    if builder.unreadable:
        raise CorpusFileError("\n".join(dict.fromkeys([*builder.unreadable, *problems])))
    return corpus, tuple(dict.fromkeys(problems))


def _section(path: Path, keys: Collection[str], required: Collection[str], problems: list[str]) -> Section:
    if not path.exists():
        data: object = about_documents(path.parent) if path.name == ABOUT else {}
    else:
        data = read_yaml(path)
    if not isinstance(data, dict):
        raise CorpusFileError(f"{path.name}: must be a mapping of {', '.join(required or keys)}.")
    if missing := [key for key in required if not data.get(key)]:
        raise CorpusFileError("\n".join(f"{path.name}: {key!r} is missing or empty. Add it." for key in missing))
    return Section(path.name, data, keys, problems)


class _Builder:
    """Turns the three files into a Corpus, gathering problems on the way."""

    def __init__(
        self,
        folder: Path,
        about: Section,
        vocabulary: Section,
        fact_file: Section,
        problems: list[str],
        induces: bool = False,
    ) -> None:
        self.folder, self.about, self.vocabulary, self.fact_file = folder, about, vocabulary, fact_file
        self.problems = problems
        self.unreadable: list[str] = []
        self.induces = induces
        self.found: list[Mapping[str, str]] = []
        self.language = load_language(about.text("language", "en"))
        self.documents: dict[str, Document] = {}

    def build(self) -> Corpus:
        self._read_documents()
        if self.induces:
            self._induce()
        words = VocabularyReader(self.vocabulary, self.language, self.documents, self.problems)
        words.read()
        # Without its documents no quote can be found.
        facts = {} if self.unreadable else FactReader(words, self.fact_file, self.found).read()
        taught = self._taught()
        group = self.about.text("group")
        if group and group not in words.entities:
            self.problems.append(unknown("corpus.yaml: group", "entity", group, words.entities))
        return Corpus(
            id=self._id("corpus.yaml", self.about),
            title=self.about.text("title"),
            folder=self.folder,
            sha256="" if self.unreadable else folder_sha256(self.folder),
            language=self.language.code,
            documents=self.documents,
            passages={part.id: part for document in self.documents.values() for part in split_passages(document)},
            kinds=words.kinds,
            entities=words.entities,
            predicates=words.predicates,
            facts=facts,
            group=group,
            description=self.about.text("description"),
            topics=self.vocabulary.texts("topics"),
            ignorable=self.vocabulary.texts("ignorable"),
            examples=self.about.texts("examples"),
            taught=taught,
            induced=self.induces,
        )

    def _induce(self) -> None:
        """Take what the documents state by themselves to what is written of them, which goes first."""
        from corpus.induction import induced, known_in  # its parser takes a second to import

        kinds, entities, predicates = (self.vocabulary.mapping(key) for key in ("kinds", "entities", "predicates"))
        vocabulary, facts = induced(self.documents.values(), known_in(self.vocabulary, self.fact_file))
        self.found = facts["facts"]
        # What is written and no mapping stays as it is, to be told.
        members = {
            kind: {**found, **own} if isinstance(own := entities.get(kind) or {}, dict) else own
            for kind, found in vocabulary["entities"].items()
        }
        merged = {
            "kinds": {**vocabulary["kinds"], **kinds},
            "entities": {**entities, **members},
            "predicates": {**predicates, **vocabulary["predicates"]},
            **{key: list(self.vocabulary.texts(key)) for key in ("topics", "ignorable")},
        }
        self.vocabulary = Section(VOCABULARY, merged, _VOCABULARY, self.problems)

    def _id(self, where: str, section: Section) -> str:
        """An id, which addresses and the names of files are made of."""
        name = section.text("id")
        if name and not _ID.fullmatch(name):
            self.problems.append(f"{where}: id: {name!r} may hold letters, digits, points, - and _ alone. Change it.")
        return name

    def _taught(self) -> tuple[Taught, ...]:
        try:
            return read_taught(self.folder / EXAMPLES, self.problems)
        except CorpusFileError as error:
            self.unreadable.append(str(error))
            return ()

    # Documents

    def _read_documents(self) -> None:
        for number, entry in enumerate(self.about.entries("documents"), 1):
            where = f"corpus.yaml: document {number}"
            section = Section(where, entry, _DOCUMENT, self.problems)
            name, file, date = self._id(where, section), section.text("file"), section.text("date")
            if not name or not file:
                self.problems.append(f"{where}: needs an id and a file. Add them.")
                continue
            if name in self.documents:
                self.problems.append(f"{where}: the id {name!r} stands twice. Give each document its own id.")
            if date and not _is_date(date):
                self.problems.append(f"{where}: date: {date!r} is no date. Write it as 2020-05-27, 2020-05 or 2020.")
            try:
                extract = self._extract(file)
            except CorpusFileError as error:
                self.unreadable.append(str(error))
                continue
            self.documents[name] = Document(
                id=name,
                title=section.text("title", name),
                text=extract.text,
                sha256=hashlib.sha256(extract.text.encode()).hexdigest(),
                source=section.text("source"),
                date=date,
                licence=section.text("licence"),
                language=section.text("language", self.language.code),
                original_sha256=extract.original_sha256,
                pages=extract.pages,
            )

    def _extract(self, file: str) -> Extract:
        path = self.folder / file
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError, ValueError) as error:
            raise CorpusFileError(f"corpus.yaml: documents: {file!r} is no file name ({error}). Correct it.") from error
        if not inside:
            raise CorpusFileError(f"corpus.yaml: documents: {file} lies outside the corpus. Copy it into the folder.")
        return read_document(path)


def _is_date(text: str) -> bool:
    """Whether a text is an ISO date: a day, a month or a year."""
    try:
        datetime.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def folder_sha256(folder: Path) -> str:
    """The sha256 over the names and bytes of all files in a folder, in name order, leftovers of editors aside."""
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name, path in sorted(files.items()):
        if _LEFTOVER.search(name):
            continue
        digest.update(f"{name}\0{path.stat().st_size}\0".encode(errors="surrogateescape"))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()
