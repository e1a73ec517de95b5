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
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from corpus.bare import ENDINGS, has_documents
from corpus.bare import about as about_documents
from corpus.errors import CorpusContentError, CorpusFileError, CorpusNotFound
from corpus.files import Section, read_yaml, suggestion
from corpus.ingest import Extract, read_document
from corpus.language import CommonPredicate, Cue, load_language
from corpus.model import LITERAL_KINDS, SLOT, Corpus, Document, Entity, Fact, Kind, Predicate, Quote, Taught
from corpus.passages import split_passages
from corpus.quotes import QuoteFinder
from corpus.taught import EXAMPLES, read_taught
from corpus.text import normalise, tokenize

ABOUT, VOCABULARY, FACTS = "corpus.yaml", "vocabulary.yaml", "facts.yaml"
SHIPPED = Path(__file__).parent / "corpora"

# What may stand where in the three files.
_ABOUT = ("id", "title", "description", "language", "group", "documents", "examples", "induce")
_DOCUMENT = ("id", "file", "title", "source", "date", "licence", "language")
_VOCABULARY = ("kinds", "entities", "predicates", "topics", "ignorable")
_KIND = ("plural", "words", "place")
_ENTITY = ("aliases", "covers", "place")
_PREDICATE = (
    *("subject", "object", "words", "weak_words", "patterns", "functional", "closed", "several", "symmetric"),
    "verb",
    *("complement", "complement_words", "complement_quote"),
)
_VERB = ("singular", "plural", "base")
_SLOTS = ("subject", "object")
# What a pattern must have more than: it says nothing by itself.
_EMPTY = (Cue.AUX, Cue.THE, Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.WHERE, Cue.WHEN, Cue.WHY, Cue.HOW)
_FACTS = ("quotes", "facts")
_NEEDED = ("id", "subject", "predicate", "object", "quote")
_FACT = (*_NEEDED, "subject_as", "object_as", "object_kind", "qualifiers", "label", "open", "document")
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
        self.quotes = QuoteFinder()
        self.kinds: dict[str, Kind] = {}
        self.entities: dict[str, Entity] = {}
        self.predicates: dict[str, Predicate] = {}

    def build(self) -> Corpus:
        self._read_documents()
        if self.induces:
            self._induce()
        self._read_kinds()
        self._read_entities()
        self._check_entities()
        self._read_predicates()
        facts = {} if self.unreadable else self._facts()  # without its documents no quote can be found
        self._check_functional(facts.values())
        taught = self._taught()
        group = self.about.text("group")
        if group and group not in self.entities:
            self._unknown("corpus.yaml: group", "entity", group, self.entities)
        return Corpus(
            id=self._id("corpus.yaml", self.about),
            title=self.about.text("title"),
            folder=self.folder,
            sha256="" if self.unreadable else folder_sha256(self.folder),
            language=self.language.code,
            documents=self.documents,
            passages={part.id: part for document in self.documents.values() for part in split_passages(document)},
            kinds=self.kinds,
            entities=self.entities,
            predicates=self.predicates,
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

    def _unknown(self, where: str, what: str, name: str, known: Iterable[str]) -> None:
        self.problems.append(f"{where}: unknown {what} {name!r}.{suggestion(name, known) or ' Add it, or correct it.'}")

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

    # Documents and vocabulary

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

    def _read_kinds(self) -> None:
        for name, entry in self.vocabulary.mapping("kinds").items():
            section = Section(f"vocabulary.yaml: kind {name!r}", entry, _KIND, self.problems)
            words = (name, *section.texts("words"), *self.language.kinds.get(name, ()))
            self.kinds[name] = Kind(name, section.text("plural", name + "s"), words, section.flag("place"))

    def _read_entities(self) -> None:
        members = self.vocabulary.mapping("entities")
        groups = Section("vocabulary.yaml: entities", members, members, self.problems)
        for kind in members:
            if kind not in self.kinds:
                self._unknown("vocabulary.yaml: entities", "kind", kind, self.kinds)
            for name, entry in groups.mapping(kind).items():
                section = Section(f"vocabulary.yaml: entity {name!r}", entry, _ENTITY, self.problems)
                if name in self.entities:
                    kinds = f"{self.entities[name].kind!r} and {kind!r}"
                    self.problems.append(f"{section.where}: stands under both {kinds}. Rename one.")
                self.entities[name] = Entity(
                    name, kind, section.texts("aliases"), section.texts("covers"), section.text("place")
                )

    def _check_entities(self) -> None:
        owners: dict[tuple[str, ...], str] = {}
        for entity in self.entities.values():
            where = f"vocabulary.yaml: entity {entity.name!r}"
            for narrower in entity.covers:
                if narrower not in self.entities:
                    self._unknown(f"{where}: covers", "entity", narrower, self.entities)
            if entity.name in self._covered(entity):
                self.problems.append(f"{where}: covers: comes back to itself. Name narrower entities alone.")
            for alias in (entity.name, *entity.aliases):
                key = tuple(token.norm for token in tokenize(alias) if token.word)
                if not key:
                    self.problems.append(f"{where}: alias {alias!r} has neither letter nor digit. Remove it.")
                    continue
                owner = owners.setdefault(key, entity.name)
                if owner != entity.name:
                    self.problems.append(
                        f"vocabulary.yaml: alias {alias!r} means both {owner!r} and {entity.name!r}. Remove one."
                    )

    def _covered(self, entity: Entity) -> set[str]:
        """All that an entity covers, and what that covers in its turn."""
        found: set[str] = set()
        ahead = list(entity.covers)
        while ahead:
            name = ahead.pop()
            if name not in found and name in self.entities:
                found.add(name)
                ahead += self.entities[name].covers
        return found

    def _read_predicates(self) -> None:
        for name, entry in self.vocabulary.mapping("predicates").items():
            section = Section(f"vocabulary.yaml: predicate {name!r}", entry, _PREDICATE, self.problems)
            for role in _SLOTS:
                for kind in section.needed(role):
                    if kind not in self.kinds and kind not in LITERAL_KINDS:
                        self._unknown(f"{section.where}: {role}", "kind", kind, (*self.kinds, *LITERAL_KINDS))
            self.predicates[name] = self._predicate(name, section)

    def _predicate(self, name: str, section: Section) -> Predicate:
        common = self.language.predicates.get(name, CommonPredicate())
        verb = Section(f"{section.where}: verb", section.mapping("verb"), _VERB, self.problems)
        said, quote = section.text("complement_quote"), None
        if said and not (quote := self.quotes.find(said, self.documents.values())):
            where = f"{section.where}: complement_quote"
            near = self.quotes.nearest(said, self.documents.values())
            self.problems.append(f"{where}: not verbatim in any document: {said!r}. Copy it exactly.{near}")
        complement = section.text("complement")
        words, weak = section.texts("words"), (*section.texts("weak_words"), *common.weak)
        singular = verb.text("singular", name)
        plural, base = self.language.verb(singular)
        predicate = Predicate(
            name=name,
            subject_kinds=section.texts("subject"),
            object_kinds=section.texts("object"),
            # A predicate that is named by a weak word of its own ("has") is expressed by weak words alone.
            words=(*(() if name in weak else (name,)), *words, *common.words),
            weak_words=weak,
            patterns=tuple(text for text in section.texts("patterns") if self._is_pattern(text, section.where)),
            functional=section.flag("functional"),
            closed=section.flag("closed"),
            several=section.flag("several"),
            symmetric=section.flag("symmetric"),
            complement=complement,
            complement_words=(*section.texts("complement_words"), *(common.complement_words if complement else ())),
            complement_quote=quote,
            singular=singular,
            plural=verb.text("plural", plural),
            base=verb.text("base", base),
        )
        if predicate.symmetric and set(predicate.subject_kinds) != set(predicate.object_kinds):
            mend = "Give both the same kinds, or take symmetric away."
            self.problems.append(f"{section.where}: symmetric: its subjects and objects are of different kinds. {mend}")
        return predicate if words or not predicate.measured else self._with_core(predicate)

    def _is_pattern(self, text: str, where: str) -> bool:
        """Whether a pattern has the slots and the words that it needs; what it lacks is a problem."""
        slots = SLOT.findall(text)
        words = [token.norm for token in tokenize(SLOT.sub(" ", text)) if token.word]
        empty = {normalise(word) for cue in _EMPTY for word in self.language.cues[cue]}
        fault = ""
        if unknown := [slot for slot in slots if slot not in _SLOTS]:
            mend = suggestion(unknown[0], _SLOTS) or " Write {subject} or {object}."
            fault = f"unknown slot {unknown[0]!r}.{mend}"
        elif set("{}") & set(SLOT.sub("", text)):
            fault = "has a brace that belongs to no slot. Close it, or take it away."
        elif not slots:
            fault = "has no slot. Write {subject}, {object} or both where they stand."
        elif len(set(slots)) < len(slots):
            fault = f"has {{{slots[0]}}} twice. Write each slot once."
        elif empty.issuperset(words):
            fault = "has no word of its own. Write the words that stand around the slots."
        if fault:
            self.problems.append(f"{where}: patterns: {text!r}: {fault}")
        return not fault

    def _with_core(self, predicate: Predicate) -> Predicate:
        """A predicate without words is expressed by the core of its name, too: "has a budget of" by "budget"."""
        light = {word for cue in (Cue.AUX, Cue.THE, Cue.IN, Cue.OF, Cue.BY) for word in self.language.cues[cue]}
        words = predicate.name.split()
        while words and words[0] in light:
            words.pop(0)
        while words and words[-1] in light:
            words.pop()
        core = " ".join(words)
        kinds = {word.casefold() for kind in self.kinds.values() for word in (*kind.words, kind.plural)}
        if not core or core.casefold() in kinds:
            return predicate
        return replace(predicate, words=(*predicate.words, core))

    # Facts

    def _facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        quotes = self.fact_file.mapping("quotes")
        written = Section("facts.yaml: quotes", quotes, quotes, self.problems)
        for number, entry in enumerate(self.fact_file.entries("facts"), 1):
            name = entry.get("id") if isinstance(entry, dict) else None
            where = f"facts.yaml: fact {name!r}" if isinstance(name, str) and name else f"facts.yaml: fact {number}"
            section = Section(where, entry, _FACT, self.problems)
            fact = self._fact(section, written, quotes)
            if fact and fact.id in facts:
                self.problems.append(f"{where}: this id stands twice. Give each fact its own id.")
            elif fact:
                facts[fact.id] = fact
        return self._found() | facts | self._reversed(facts.values())

    def _found(self) -> dict[str, Fact]:
        """The facts that the documents state by themselves; those that do not hold are left out without a word."""
        problems, self.problems = self.problems, []
        sections = [Section(entry["id"], entry, _FACT, self.problems) for entry in self.found]
        none = Section("", {}, (), self.problems)
        found = [fact for section in sections if (fact := self._fact(section, none, ()))]
        self.problems = problems
        return {fact.id: fact for fact in found}

    def _reversed(self, facts: Collection[Fact]) -> dict[str, Fact]:
        """The facts of symmetric predicates the other way round, where no fact says so; one quote carries both."""
        stated = {(fact.subject, fact.predicate, fact.object) for fact in facts}
        turned = [
            replace(fact, id=f"{fact.id}.reversed", subject=fact.object, object=fact.subject, label=fact.subject)
            for fact in facts
            if self.predicates[fact.predicate].symmetric and (fact.object, fact.predicate, fact.subject) not in stated
        ]
        return {fact.id: fact for fact in turned}

    def _fact(self, section: Section, written: Section, quotes: Collection[str]) -> Fact | None:
        values = {key: section.text(key) for key in _NEEDED}
        if missing := [key for key, value in values.items() if not value]:
            self.problems.append(f"{section.where}: {', '.join(missing)} missing. Add it.")
            return None
        subject, object_ = values["subject"], values["object"]
        kind = section.text("object_kind") or self._kind_of_object(object_, values["predicate"])
        of_qualifiers = section.mapping("qualifiers")
        reader = Section(f"{section.where}: qualifiers", of_qualifiers, (*self.kinds, *LITERAL_KINDS), self.problems)
        qualifiers = {key: reader.texts(key) for key in of_qualifiers}
        before = len(self.problems)
        self._check_known(section.where, values, kind, qualifiers)
        quote = self._quote(section, written.text(values["quote"], values["quote"]), quotes)
        if quote is None or len(self.problems) > before:
            return None
        said_as = {subject: section.text("subject_as"), object_: section.text("object_as")}
        said_as |= {value: "" for key in qualifiers if key in LITERAL_KINDS for value in qualifiers[key]}
        self._check_carried(section.where, quote, said_as)
        return Fact(
            id=values["id"],
            subject=subject,
            predicate=values["predicate"],
            object=object_,
            object_kind=kind,
            quote=quote,
            qualifiers=qualifiers,
            label=section.text("label", _narrowed(object_, kind, qualifiers)),
            open=section.flag("open"),
        )

    def _kind_of_object(self, name: str, predicate: str) -> str:
        """That of the entity; where a predicate takes written values of one kind alone, that."""
        taken = self.predicates.get(predicate)
        if taken is not None and taken.measured and len(taken.object_kinds) == 1:
            return taken.object_kinds[0]
        return self.entities[name].kind if name in self.entities else ""

    def _quote(self, section: Section, text: str, quotes: Collection[str]) -> Quote | None:
        document = section.text("document")
        if document and document not in self.documents:
            self._unknown(section.where, "document", document, self.documents)
            return None
        named = [self.documents[document]] if document else self.documents.values()
        quote = self.quotes.find(text, named)
        if quote is None:
            # One word is meant for the name of a quote.
            meant = "" if " " in text else suggestion(text, quotes)
            mend = meant or f" Copy it exactly.{self.quotes.nearest(text, named)}"
            self.problems.append(f"{section.where}: its quote is not verbatim in the document: {text[:80]!r}.{mend}")
        return quote

    def _check_known(
        self, where: str, values: Mapping[str, str], kind: str, qualifiers: Mapping[str, tuple[str, ...]]
    ) -> None:
        """All that a fact speaks of must be in the vocabulary, and of the kinds that its predicate takes."""
        named = [values["subject"], *(() if kind in LITERAL_KINDS else (values["object"],))]
        named += [value for key in qualifiers if key not in LITERAL_KINDS for value in qualifiers[key]]
        for name in dict.fromkeys(named):
            if name not in self.entities:
                self._unknown(where, "entity", name, self.entities)
        predicate = self.predicates.get(values["predicate"])
        if predicate is None:
            self._unknown(where, "predicate", values["predicate"], self.predicates)
            return
        subject = self.entities.get(values["subject"])
        as_subject = ("subject", subject.kind if subject else "", predicate.subject_kinds)
        for role, found, wanted in (as_subject, ("object", kind, predicate.object_kinds)):
            if found and found not in wanted:
                self.problems.append(
                    f"{where}: its {role} {values[role]!r} is of kind {found!r}, but {predicate.name!r} takes "
                    f"{', '.join(wanted) or 'none'}. Correct the fact or the predicate."
                )

    def _check_carried(self, where: str, quote: Quote, said_as: Mapping[str, str]) -> None:
        """A quote must name subject, object and date, or use the words that the fact says it uses for them."""
        for argument, words in said_as.items():
            if not self._names(quote, argument, words):
                mend = "Quote the sentence that states the fact."
                self.problems.append(f"{where}: its quote does not name {argument!r}. {mend}")

    def _names(self, quote: Quote, argument: str, words: str = "") -> bool:
        """Whether a quote names an argument, or uses the words that stand for it."""
        entity = self.entities.get(argument)
        ways = (words,) if words else (argument, *entity.aliases) if entity else (argument,)
        if any(way in quote.text and _apart(way, quote.text) for way in ways):
            return True
        said = _key(quote.text)
        return any(_key(way) in said for way in ways)

    def _check_functional(self, facts: Iterable[Fact]) -> None:
        holders: dict[tuple[object, ...], Fact] = {}
        for fact in facts:
            if not self.predicates[fact.predicate].functional or "date" in fact.qualifiers:
                continue
            key = (fact.predicate, fact.object, tuple(sorted(fact.qualifiers.items())), fact.quote.document_id)
            other = holders.setdefault(key, fact)
            if other.subject == fact.subject:
                continue
            # A quote that names both has them lead together, which is no conflict.
            if other.quote != fact.quote or not all(self._names(fact.quote, f.subject) for f in (fact, other)):
                self.problems.append(
                    f"facts.yaml: fact {fact.id!r}: conflicts with {other.id!r}: {fact.object!r} has {other.subject!r} "
                    f"there and {fact.subject!r} here, but {fact.predicate!r} is functional. "
                    "Correct one, or qualify both."
                )


def _narrowed(name: str, kind: str, qualifiers: Mapping[str, tuple[str, ...]]) -> str:
    """How an object is written: a value with what narrows it ("40 % (Bolt)"), an entity by its name alone."""
    names = ", ".join(name for names in qualifiers.values() for name in names)
    return f"{name} ({names})" if names and kind in LITERAL_KINDS else name


def _is_date(text: str) -> bool:
    """Whether a text is an ISO date: a day, a month or a year."""
    try:
        datetime.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _apart(way: str, text: str) -> bool:
    """Whether words stand in a text letter by letter, white space or its ends around them: that takes no tokens."""
    start = text.find(way)
    return not (text[:start][-1:].strip() or text[start + len(way) :][:1].strip(" \t\n.,;:"))


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    return " " + " ".join(token.norm for token in tokenize(text) if token.word) + " "


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
