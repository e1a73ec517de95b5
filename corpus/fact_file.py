"""facts.yaml: facts, each with the quote that carries it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from corpus.files import Section, suggestion, unknown
from corpus.model import LITERAL_KINDS, Fact, Quote
from corpus.text import tokenize
from corpus.vocabulary_file import VocabularyReader

_NEEDED = ("id", "subject", "predicate", "object", "quote")


_FACT = (*_NEEDED, "subject_as", "object_as", "object_kind", "qualifiers", "label", "open", "document")


def _narrowed(name: str, kind: str, qualifiers: Mapping[str, tuple[str, ...]]) -> str:
    """How an object is written: a value with what narrows it ("40 % (Bolt)"), an entity by its name alone."""
    names = ", ".join(name for names in qualifiers.values() for name in names)
    return f"{name} ({names})" if names and kind in LITERAL_KINDS else name


def _apart(way: str, text: str) -> bool:
    """Whether words stand in a text letter by letter, white space or its ends around them: that takes no tokens."""
    start = text.find(way)
    return not (text[:start][-1:].strip() or text[start + len(way) :][:1].strip(" \t\n.,;:"))


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    return " " + " ".join(token.norm for token in tokenize(text) if token.word) + " "


class FactReader:
    """Reads the facts of a corpus, and tells what in them does not hold together."""

    def __init__(self, vocabulary: VocabularyReader, fact_file: Section, found: Sequence[Mapping[str, str]]) -> None:
        self.fact_file, self.found = fact_file, found
        self.problems, self.quotes, self.documents = vocabulary.problems, vocabulary.quotes, vocabulary.documents
        self.kinds, self.entities, self.predicates = vocabulary.kinds, vocabulary.entities, vocabulary.predicates

    def read(self) -> dict[str, Fact]:
        """The facts by their ids: those that are written, found, or follow from symmetry."""
        facts = self._facts()
        self._check_functional(facts.values())
        return facts

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
            self.problems.append(unknown(section.where, "document", document, self.documents))
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
                self.problems.append(unknown(where, "entity", name, self.entities))
        predicate = self.predicates.get(values["predicate"])
        if predicate is None:
            self.problems.append(unknown(where, "predicate", values["predicate"], self.predicates))
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
