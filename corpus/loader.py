"""Reads a corpus folder and refuses what does not hold together.

    folder/
      corpus.yaml       id, title, language, the documents
      vocabulary.yaml   kinds, entities with aliases, predicates with their words
      facts.yaml        subject, predicate, object, qualifiers, and the quote that carries each fact
      *.txt             the documents, verbatim

Everything wrong is reported at once, each with its file, its place and its mend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process

from corpus.errors import CorpusContentError, CorpusFileError, CorpusNotFound
from corpus.language import load_language
from corpus.model import LITERAL_KINDS, Corpus, Document, Entity, Fact, Kind, Passage, Predicate, Quote
from corpus.passages import split_passages
from corpus.text import tokenize

SHIPPED = Path(__file__).parent / "corpora"


def shipped_corpora() -> tuple[str, ...]:
    """The ids of the corpora that come with the program."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob("*/corpus.yaml")))


def find_corpus(name: str) -> Path:
    """The folder of a corpus, named by a path or by the id of a shipped one.

    Raises:
        CorpusNotFound: neither; the message lists the shipped ones.
    """
    for folder in (Path(name).expanduser(), SHIPPED / name):
        if (folder / "corpus.yaml").is_file():
            return folder.resolve()
    raise CorpusNotFound(
        f"no corpus {name!r}: it is neither a folder with a corpus.yaml nor one of {', '.join(shipped_corpora())}"
    )


def load_corpus(folder: Path) -> Corpus:
    """Load and validate the corpus in ``folder``.

    Raises:
        CorpusNotFound: there is no corpus.yaml.
        CorpusFileError: a file is missing, not UTF-8, or not of its form.
        CorpusContentError: the contents contradict each other; all problems are listed.
    """
    if not (folder / "corpus.yaml").is_file():
        raise CorpusNotFound(f"{folder}: no corpus.yaml there. Name a corpus folder.")
    about = _mapping(folder / "corpus.yaml", required=("id", "title", "documents"))
    vocabulary = _mapping(folder / "vocabulary.yaml", required=("kinds", "entities", "predicates"))
    fact_file = _mapping(folder / "facts.yaml", required=("facts",))
    builder = _Builder(folder, about, vocabulary, fact_file)
    corpus = builder.build()
    if builder.problems:
        raise CorpusContentError(builder.problems)
    return corpus


def read_text(path: Path) -> str:
    """A text file's content, with line ends as ``\\n`` and no byte-order mark."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusFileError(f"{path.name}: cannot be read ({error.strerror}). Check the name in corpus.yaml.") from error
    if b"\0" in raw:
        raise CorpusFileError(f"{path.name}: is binary, not text. Save it as UTF-8 text.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CorpusFileError(f"{path.name}:{line}: is not UTF-8. Save it as UTF-8.") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _mapping(path: Path, required: Iterable[str]) -> dict[str, Any]:
    if not path.is_file():
        raise CorpusFileError(f"{path.name}: missing in {path.parent}. Every corpus has one.")
    try:
        data = yaml.load(read_text(path), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CorpusFileError(f"{path.name}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from error
    if not isinstance(data, dict):
        raise CorpusFileError(f"{path.name}: must be a mapping with {', '.join(required)}.")
    for key in required:
        if not data.get(key):
            raise CorpusFileError(f"{path.name}: {key!r} is missing or empty. Add it.")
    return data


class _Builder:
    """Turns the three files into a Corpus, gathering problems on the way."""

    def __init__(
        self, folder: Path, about: dict[str, Any], vocabulary: dict[str, Any], fact_file: dict[str, Any]
    ) -> None:
        self.folder, self.about, self.vocabulary, self.fact_file = folder, about, vocabulary, fact_file
        self.language = load_language(str(about.get("language", "en")))
        self.problems: list[str] = []

    def build(self) -> Corpus:
        documents = {document.id: document for document in self._documents()}
        kinds = {kind.name: kind for kind in self._kinds()}
        entities = {entity.name: entity for entity in self._entities(kinds)}
        self._check_entities(entities)
        predicates = {predicate.name: predicate for predicate in self._predicates(kinds, documents)}
        facts: dict[str, Fact] = {}
        for entry in self.fact_file["facts"]:
            fact = self._fact(entry, documents, entities, predicates)
            if fact and fact.id in facts:
                self._problem(fact.id, "this id stands twice. Give each fact its own id.")
            elif fact:
                facts[fact.id] = fact
        self._check_functional(facts.values(), predicates)
        group = str(self.about.get("group", ""))
        if group and group not in entities:
            self.problems.append(f"corpus.yaml: group: unknown entity {group!r}.{_suggest(group, entities)}")
        return Corpus(
            id=str(self.about["id"]),
            title=str(self.about["title"]),
            folder=self.folder,
            sha256=folder_sha256(self.folder),
            language=self.language.code,
            documents=documents,
            passages={passage.id: passage for document in documents.values() for passage in split_passages(document)},
            kinds=kinds,
            entities=entities,
            predicates=predicates,
            facts=facts,
            group=group,
            description=str(self.about.get("description", "")),
            topics=_strings(self.vocabulary.get("topics")),
            ignorable=_strings(self.vocabulary.get("ignorable")),
            examples=_strings(self.about.get("examples")),
        )

    def _problem(self, fact: str, text: str) -> None:
        self.problems.append(f"facts.yaml: fact {fact!r}: {text}")

    def _documents(self) -> Iterable[Document]:
        for entry in self.about["documents"]:
            if not isinstance(entry, dict) or not entry.get("id") or not entry.get("file"):
                raise CorpusFileError(f"corpus.yaml: documents: each needs an id and a file, not {entry!r}.")
            path = self.folder / str(entry["file"])
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise CorpusFileError(f"corpus.yaml: document {entry['id']!r}: {entry['file']} lies outside the corpus.")
            text = read_text(path)
            if not text.strip():
                raise CorpusFileError(f"{path.name}: is empty. A document needs text.")
            yield Document(
                id=str(entry["id"]),
                title=str(entry.get("title", entry["id"])),
                text=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                source=str(entry.get("source", "")),
                date=str(entry.get("date", "") or ""),
                licence=str(entry.get("licence", "")),
                language=str(entry.get("language", self.language.code)),
            )

    def _kinds(self) -> Iterable[Kind]:
        for name, entry in self.vocabulary["kinds"].items():
            entry = entry or {}
            words = (name, *_strings(entry.get("words")), *self.language.kinds.get(name, ()))
            yield Kind(name, str(entry.get("plural", name + "s")), words, bool(entry.get("place", False)))

    def _entities(self, kinds: Mapping[str, Kind]) -> Iterable[Entity]:
        for kind, members in self.vocabulary["entities"].items():
            if kind not in kinds:
                self.problems.append(f"vocabulary.yaml: entities: unknown kind {kind!r}.{_suggest(kind, kinds)}")
            for name, entry in (members or {}).items():
                entry = entry or {}
                yield Entity(
                    name=str(name),
                    kind=kind,
                    aliases=_strings(entry.get("aliases")),
                    covers=_strings(entry.get("covers")),
                    place=str(entry.get("place", "")),
                )

    def _check_entities(self, entities: Mapping[str, Entity]) -> None:
        owners: dict[tuple[str, ...], str] = {}
        for entity in entities.values():
            for narrower in entity.covers:
                if narrower not in entities:
                    self.problems.append(
                        f"vocabulary.yaml: entity {entity.name!r}: covers unknown entity {narrower!r}."
                        + _suggest(narrower, entities)
                    )
            for alias in (entity.name, *entity.aliases):
                key = tuple(token.norm for token in tokenize(alias) if token.word)
                owner = owners.setdefault(key, entity.name)
                if owner != entity.name:
                    self.problems.append(
                        f"vocabulary.yaml: alias {alias!r} means both {owner!r} and {entity.name!r}. Remove one."
                    )

    def _predicates(self, kinds: Mapping[str, Kind], documents: Mapping[str, Document]) -> Iterable[Predicate]:
        for name, entry in self.vocabulary["predicates"].items():
            where = f"vocabulary.yaml: predicate {name!r}"
            for role in ("subject", "object"):
                for kind in _strings(entry.get(role)):
                    if kind not in kinds and kind not in LITERAL_KINDS:
                        self.problems.append(f"{where}: {role}: unknown kind {kind!r}.{_suggest(kind, kinds)}")
            common = self.language.predicates.get(name)
            verb = entry.get("verb") or {}
            quote = entry.get("complement_quote")
            if quote and not (located := _locate(str(quote), documents.values())):
                self.problems.append(f"{where}: complement_quote: not verbatim in any document: {quote!r}")
            yield Predicate(
                name=name,
                subject_kinds=_strings(entry.get("subject")),
                object_kinds=_strings(entry.get("object")),
                words=(name, *_strings(entry.get("words")), *(common.words if common else ())),
                weak_words=(*_strings(entry.get("weak_words")), *(common.weak if common else ())),
                functional=bool(entry.get("functional", False)),
                complement=str(entry.get("complement", "")),
                complement_words=(
                    *_strings(entry.get("complement_words")),
                    *(common.complement_words if common and entry.get("complement") else ()),
                ),
                complement_quote=located if quote else None,
                singular=str(verb.get("singular", name)),
                plural=str(verb.get("plural", verb.get("singular", name))),
                base=str(verb.get("base", name)),
            )

    def _fact(
        self,
        entry: dict[str, Any],
        documents: Mapping[str, Document],
        entities: Mapping[str, Entity],
        predicates: Mapping[str, Predicate],
    ) -> Fact | None:
        name = str(entry.get("id", entry))
        missing = [key for key in ("id", "subject", "predicate", "object", "quote") if not entry.get(key)]
        if missing:
            self._problem(name, f"{', '.join(missing)} missing. Add it.")
            return None
        before = len(self.problems)
        subject, predicate, object_ = str(entry["subject"]), str(entry["predicate"]), str(entry["object"])
        kind = str(entry.get("object_kind") or (entities[object_].kind if object_ in entities else ""))
        qualifiers = {key: _strings(values) for key, values in (entry.get("qualifiers") or {}).items()}
        for entity in (subject, *(() if kind in LITERAL_KINDS else (object_,)), *self._named(qualifiers)):
            if entity not in entities:
                self._problem(name, f"unknown entity {entity!r}.{_suggest(entity, entities)}")
        if predicate not in predicates:
            self._problem(name, f"unknown predicate {predicate!r}.{_suggest(predicate, predicates)}")
        text = str((self.fact_file.get("quotes") or {}).get(entry["quote"], entry["quote"]))
        named = documents.values() if not entry.get("document") else [documents[entry["document"]]]
        quote = _locate(text, named)
        if quote is None:
            self._problem(name, f"its quote is not verbatim in the document: {text[:80]!r}. Copy it exactly.")
        if len(self.problems) > before or quote is None:
            return None
        said_as = {subject: str(entry.get("subject_as", "")), object_: str(entry.get("object_as", ""))}
        self._check_carried(name, quote, said_as, entities)
        label = str(entry.get("label") or object_)
        return Fact(name, subject, predicate, object_, kind, quote, qualifiers, label, bool(entry.get("open", False)))

    @staticmethod
    def _named(qualifiers: Mapping[str, tuple[str, ...]]) -> list[str]:
        return [value for kind, values in qualifiers.items() if kind not in LITERAL_KINDS for value in values]

    def _check_carried(
        self, name: str, quote: Quote, said_as: Mapping[str, str], entities: Mapping[str, Entity]
    ) -> None:
        """A quote must name both subject and object, or use the words that the fact says it uses for them."""
        said = _key(quote.text)
        for argument, words in said_as.items():
            entity = entities.get(argument)
            ways = (words,) if words else (argument, *entity.aliases) if entity else (argument,)
            if not any(_key(way) in said for way in ways):
                self._problem(name, f"its quote does not name {argument!r}. Quote the sentence that states the fact.")

    def _check_functional(self, facts: Iterable[Fact], predicates: Mapping[str, Predicate]) -> None:
        holders: dict[tuple[object, ...], Fact] = {}
        for fact in facts:
            if not predicates[fact.predicate].functional or "date" in fact.qualifiers:
                continue
            key = (fact.predicate, fact.object, tuple(sorted(fact.qualifiers.items())), fact.quote.document_id)
            other = holders.setdefault(key, fact)
            if other.subject != fact.subject:
                self._problem(
                    fact.id,
                    f"conflicts with {other.id!r}: {fact.object!r} has {other.subject!r} there and {fact.subject!r} here, "
                    f"but {fact.predicate!r} is functional. Correct one, or qualify both.",
                )


def _key(text: str) -> str:
    return " " + " ".join(token.norm for token in tokenize(text) if token.word) + " "


def _locate(text: str, documents: Iterable[Document]) -> Quote | None:
    for document in documents:
        start = document.text.find(text)
        if start >= 0:
            return Quote(document.id, start, start + len(text), text)
    return None


def _suggest(name: str, known: Iterable[str]) -> str:
    match = process.extractOne(name, list(known), score_cutoff=60)
    return f" Did you mean {match[0]!r}?" if match else ""


def _strings(values: Any) -> tuple[str, ...]:
    if values is None:
        return ()
    return (str(values),) if isinstance(values, str) else tuple(str(value) for value in values)


def folder_sha256(folder: Path) -> str:
    """The sha256 over the names and bytes of all files in a folder, in name order."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
