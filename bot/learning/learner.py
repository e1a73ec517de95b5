"""Reads the documents of a corpus and proposes what its files do not say yet.

Twice over: first names are sought where predicates have their arguments; then everything is read by the parser that
reads questions, over the vocabulary with those names in it. What both readings find is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.learning.arguments import ArgumentFinder, Arguments
from bot.learning.brackets import find_brackets
from bot.learning.columns import ColumnReader
from bot.learning.hints import Hints, load_hints
from bot.learning.model import Doubt, FactProposal, Proposals, TextUnit, UnitSource
from bot.learning.name_reader import NameInText
from bot.learning.names import Namer, NameSet, Seen, key_of, people_kinds
from bot.learning.units import read_units
from bot.understanding.linker import Linker, Role
from bot.understanding.logical_form import Clause, Form, Scope, Side
from bot.understanding.parser import Parser
from bot.understanding.values import DATE
from corpus.language import Cue, load_language
from corpus.model import Corpus, Fact, Quote, later
from corpus.tables import Table, find_tables
from corpus.text import normalise
from corpus.world import World

_NOT_IN_IDS = re.compile(r"[^\w]+")
_STATED = "the sentence says so"
_CONFLICT = (
    "{object!r} is given to {names}, too, and its predicate is functional: accept one, qualify both, "
    "date their documents in corpus.yaml, or take functional away"
)
_REFERS = "the sentence refers back to the one before"


@dataclass(frozen=True)
class StatedFact:
    """A fact that a unit states, before it is known whether the corpus has it; names are canonical."""

    subject: str
    predicate: str
    object: str
    unit: TextUnit
    why: str
    sure: bool
    within: tuple[tuple[str, str], ...] = ()
    label: str = ""
    referring: str = ""
    open: bool = False


class Learner:
    """Learns from one corpus, which may be a draft without entities and facts."""

    def __init__(self, corpus: Corpus, world: World) -> None:
        self.corpus, self.world = corpus, world
        self.language = load_language(corpus.language)
        self.hints: Hints = load_hints(corpus.language)

    def learn(self) -> Proposals:
        """What the documents state and the corpus does not have, in the order of the documents."""
        names, found = self.read()
        known = {(f.subject, f.predicate, f.object) for f in self.corpus.facts.values()}
        facts: dict[tuple[object, ...], FactProposal] = {}
        taken = set(self.corpus.facts)
        for each in found:
            if (each.subject, each.predicate, each.object) in known:
                continue
            proposal = self._proposal(each, names.corpus)
            if proposal.key not in facts:
                facts[proposal.key] = replace(proposal, id=_free_id(proposal, taken))
        facts = {key: self._against_others(fact, facts.values()) for key, fact in facts.items()}
        used = {name for fact in facts.values() for name in (fact.subject, fact.object)}
        used |= {value for fact in facts.values() for values in fact.qualifiers.values() for value in values}
        sure = {name for fact in facts.values() if fact.sure for name in (fact.subject, fact.object)}
        entities = tuple(
            e if e.name in sure else replace(e, sure=False, why=f"{e.why}, in doubtful facts alone")
            for e in names.entities
            if e.name in used
        )
        return Proposals(entities, names.aliases, tuple(facts.values()))

    def _against_others(self, fact: FactProposal, others: Iterable[FactProposal]) -> FactProposal:
        """Doubtful where the object of a functional predicate is given to another subject, too.

        Of two documents the newer one is believed. One quote may name several, who lead together. What is doubtful by
        itself casts no doubt on others.
        """
        if not self.corpus.predicates[fact.predicate].functional or self.corpus.predicates[fact.predicate].measured:
            return fact
        stated: list[Fact | FactProposal] = [
            *(o for o in others if o.sure or not fact.sure),
            *self.corpus.facts.values(),
        ]
        rivals = {
            other.subject: None
            for other in stated
            if (other.predicate, other.object, other.qualifiers) == (fact.predicate, fact.object, fact.qualifiers)
            and not self._dated_apart(other.quote.document_id, fact.quote.document_id)
            and other.subject != fact.subject
            and other.quote != fact.quote
        }
        if not rivals:
            return fact
        names = " and ".join(map(repr, rivals))
        return replace(fact, sure=False, why=_CONFLICT.format(names=names, object=fact.object))

    def _dated_apart(self, one: str, other: str) -> bool:
        """Whether one of two documents is the newer one."""
        dates = [self.corpus.documents[name].date for name in (one, other)]
        return later(*dates) or later(*reversed(dates))

    def read(self) -> tuple[NameSet, list[StatedFact]]:
        """The names of the documents, and all facts that they state, those of the corpus among them."""
        tables = {document.id: find_tables(document.text) for document in self.corpus.documents.values()}
        headed = {name: [table for table in found if table.header] for name, found in tables.items()}
        units = [
            unit
            for document in self.corpus.documents.values()
            for unit in read_units(self.corpus, document, headed[document.id])
        ]
        brackets = find_brackets(units, self.hints)
        whole = {name for bracket in brackets for name in (bracket.short, bracket.long)}
        linker = Linker(self.corpus, self.language, self.world)
        finder = ArgumentFinder(self.corpus, linker, self.hints, whole)
        read = [(unit, finder.find(unit.text)) for unit in units]
        rows = list(self._rows(tables, ColumnReader(self.corpus, linker)))
        seen = [
            sighting
            for unit, found in (*read, *rows)
            for arguments in found
            for sighting in _sightings(arguments, unit)
        ]
        names = Namer(self.corpus, self.language, linker, self.world, self.hints).name(seen, brackets)
        parser = Parser(names.corpus, self.language, Linker(names.corpus, self.language, self.world))
        reader = _FactReader(names.corpus, parser, self.hints)
        facts = [fact for unit, found in read for fact in reader.read(unit, found)]
        facts += [fact for unit, found in rows for arguments in found for fact in reader.of_row(unit, arguments)]
        return names, sorted(facts, key=lambda fact: self._order(fact.unit.quote))

    def _order(self, quote: Quote) -> tuple[int, int, int]:
        """Where a quote ends; of those that end together the shortest first, which says it most plainly."""
        return list(self.corpus.documents).index(quote.document_id), quote.end, -quote.start

    def _rows(
        self, tables: Mapping[str, Sequence[Table]], columns: ColumnReader
    ) -> Iterator[tuple[TextUnit, list[Arguments]]]:
        for name, found in tables.items():
            text = self.corpus.documents[name].text
            for table in found:
                for row, arguments in columns.read(table):
                    quote = Quote(name, row.start, row.end, text[row.start : row.end])
                    yield TextUnit(UnitSource.ROW, quote.text, quote, -1), [arguments]

    def _proposal(self, found: StatedFact, corpus: Corpus) -> FactProposal:
        qualifiers: dict[str, tuple[str, ...]] = {}
        for kind, name in found.within:
            covered = corpus.entities[name].covers if name in corpus.entities else ()
            if kind == DATE:
                qualifiers[kind] = (name,)
            elif name in corpus.entities:
                qualifiers[kind] = (*qualifiers.get(kind, ()), *(covered or (name,)))
        named = _names_in(found.unit.quote.text, corpus.entities[found.subject].aliases, found.subject)
        return FactProposal(
            id="",
            subject=found.subject,
            predicate=found.predicate,
            object=found.object,
            quote=found.unit.quote,
            why=found.why,
            sure=found.sure,
            qualifiers=qualifiers,
            label=found.label if found.label != found.object else "",
            subject_as="" if named else found.referring,
            open=found.open,
        )


def _sightings(arguments: Arguments, unit: TextUnit) -> Iterator[Seen]:
    for side, names in ((Side.SUBJECT, arguments.subjects), (Side.OBJECT, arguments.objects)):
        for name in names:
            yield Seen(name, side, arguments, unit)


def _names_in(text: str, aliases: Iterable[str], name: str) -> bool:
    said = f" {' '.join(key_of(text))} "
    return any(f" {' '.join(key_of(way))} " in said for way in (name, *aliases))


def _free_id(proposal: FactProposal, taken: set[str]) -> str:
    """An id of the words of subject and object that no fact has yet."""
    words = _NOT_IN_IDS.sub("-", normalise(f"{proposal.subject} {proposal.object}")).strip("-_")[:60].strip("-_")
    name, number = words or "fact", 2
    while name in taken:
        name, number = f"{words or 'fact'}-{number}", number + 1
    taken.add(name)
    return name


class _FactReader:
    """Reads units as facts: by the parser, and by where the names stand."""

    def __init__(self, corpus: Corpus, parser: Parser, hints: Hints) -> None:
        self.corpus, self.parser, self.hints = corpus, parser, hints
        self.by_key: Mapping[tuple[str, ...], str] = {
            key_of(name): entity.name for entity in corpus.entities.values() for name in (entity.name, *entity.aliases)
        }
        self.people = people_kinds(corpus, hints)
        self.last: tuple[TextUnit, tuple[str, ...]] | None = None

    def read(self, unit: TextUnit, arguments: Sequence[Arguments]) -> list[StatedFact]:
        """The facts that a sentence or list item states."""
        placed = [fact for each in arguments for fact in self._placed(unit, each)]
        clauses = [clause for sentence in self.parser.parse(unit.text).sentences for clause in sentence.clauses]
        stated = [fact for clause in clauses for fact in self._stated(unit, clause, placed)]
        told = {(fact.subject, fact.predicate, fact.object) for fact in stated}
        rest = [fact for fact in placed if (fact.subject, fact.predicate, fact.object) not in told]
        found = [*stated, *(self._weighed(fact, clauses) for fact in rest if not self._denied(clauses))]
        names = dict.fromkeys(name for fact in found for name in (fact.subject, fact.object) if self._acts(name))
        self.last = (unit, tuple(names)) if found else self.last
        return found

    def _acts(self, name: str) -> bool:
        """Whether a name can be the subject of a sentence to come."""
        kinds = {kind for predicate in self.corpus.predicates.values() for kind in predicate.subject_kinds}
        return name in self.corpus.entities and self.corpus.entities[name].kind in kinds

    @staticmethod
    def _denied(clauses: Sequence[Clause]) -> bool:
        """Whether the parser reads a negation where the names stand."""
        return any(clause.negated or any(s.negated for s in clause.subjects + clause.objects) for clause in clauses)

    def _weighed(self, fact: StatedFact, clauses: Sequence[Clause]) -> StatedFact:
        """A fact by its names' places alone: doubtful where the sentence supposes, or tells of the past."""
        if self._former(fact.unit.text) or any(clause.hedged or clause.hypothetical for clause in clauses):
            return replace(fact, sure=False, why=Doubt.FORMER)
        return fact

    def of_row(self, unit: TextUnit, arguments: Arguments) -> list[StatedFact]:
        """The facts that a row of a table states."""
        why = arguments.doubt or "the table's columns say so"
        return [replace(fact, why=why, sure=not arguments.doubt) for fact in self._placed(unit, arguments)]

    def _placed(self, unit: TextUnit, arguments: Arguments) -> list[StatedFact]:
        """Facts by where the names stand alone."""
        subjects: list[tuple[str, NameInText | None]]
        subjects = [(self.by_key.get(key_of(name.text), ""), name) for name in arguments.subjects]
        if not subjects and arguments.referring:
            subjects = [(subject, None) for subject in self._referred(unit, arguments.referring)]
        if arguments.value:
            return [
                self._valued(unit, arguments, subject, by)
                for subject, by in subjects
                if self._takes(arguments, subject)
            ]
        pairs = [(subject, by, name) for subject, by in subjects for name in arguments.objects if subject]
        return [fact for subject, by, name in pairs if (fact := self._pair(unit, arguments, subject, by, name))]

    def _takes(self, arguments: Arguments, subject: str) -> bool:
        entity = self.corpus.entities.get(subject)
        return entity is not None and entity.kind in self.corpus.predicates[arguments.predicates[0]].subject_kinds

    def _valued(self, unit: TextUnit, arguments: Arguments, subject: str, by: NameInText | None) -> StatedFact:
        """The fact of a subject and a written value."""
        predicate, named = arguments.predicates[0], by is None or self._named(by)
        why = _REFERS if by is None else _STATED if named else Doubt.PLACES
        referring = arguments.referring
        return StatedFact(subject, predicate, arguments.value, unit, why, named, (), arguments.label, referring)

    def _pair(
        self, unit: TextUnit, arguments: Arguments, subject: str, by: NameInText | None, name: NameInText
    ) -> StatedFact | None:
        """The fact of one subject and one object; ``by`` is how the subject is named, None where it is referred to."""
        entity = self.by_key.get(key_of(name.text), "")
        predicate = next((p for p in arguments.predicates if self._fits(subject, p, entity)), "")
        if not predicate:
            return None
        named = by is None or self._named(by)
        # "by Acme in the north and by Bolt in the south": what narrows the agent narrows the fact; "from" and "with" do
        # not.
        narrows = [name, *([by] if by and self._narrows(by.rest) else [])]
        narrowing = [part.rest for part in narrows if part.rest and not _bracketed(part.rest)]
        return StatedFact(
            subject,
            predicate,
            entity,
            unit,
            arguments.doubt or (_REFERS if by is None else _STATED if named else Doubt.PLACES),
            named and not arguments.doubt,
            tuple(pair for rest in narrowing for pair in self._within(rest, predicate)),
            " ".join(filter(None, [name.article, entity, *narrowing])),
            arguments.referring,
            arguments.open,
        )

    def _narrows(self, rest: str) -> bool:
        """Whether the words behind an agent tell of what the fact holds: "in the north", "for the A wards"."""
        first = next(iter(self.parser.linker.link(rest)), None)
        return first is not None and (first.has(Cue.IN) or first.norm in self.hints.between_capitals)

    def _named(self, name: NameInText) -> bool:
        """Whether a subject is a name or says its kind: "Acme", "parks office"; not "the mood"."""
        kinds = (kind for mention in self.parser.linker.link(name.text) for kind in mention.names(Role.KIND))
        return any(word[:1].isupper() for word in name.text.split()) or any(kinds)

    def _within(self, rest: str, predicate: str) -> Iterator[tuple[str, str]]:
        """What narrows an object, by the words behind its name ("for the A and B wards")."""
        subjects = self.corpus.predicates[predicate].subject_kinds
        for mention in self.parser.linker.link(rest):
            kind, names = self.parser.meant.kind_of(mention), mention.names(Role.ENTITY)
            if names and kind not in subjects:
                yield kind, names[0]

    def _fits(self, subject: str, predicate: str, object_: str) -> bool:
        if not {subject, object_} <= self.corpus.entities.keys():
            return False  # the parser takes strangers for subjects of claims
        takes = self.corpus.predicates[predicate]
        kinds = (self.corpus.entities[subject].kind, self.corpus.entities[object_].kind)
        return subject != object_ and kinds[0] in takes.subject_kinds and kinds[1] in takes.object_kinds

    def _referred(self, unit: TextUnit, referring: str) -> list[str]:
        """The one thing of the sentence before that "it" can mean, or the one person that "she" can."""
        if self.last is None:
            return []
        before, names = self.last
        near = before.quote.document_id == unit.quote.document_id and before.paragraph == unit.paragraph
        thing = not self.people or normalise(referring) in self.hints.neuter or " " in referring
        meant = [name for name in names if (self.corpus.entities[name].kind not in self.people) == thing]
        return meant if near and len(meant) == 1 else []

    def _stated(self, unit: TextUnit, clause: Clause, placed: Sequence[StatedFact]) -> list[StatedFact]:
        """Facts of a clause that the parser understands as a claim."""
        if not self._claims(clause):
            return []
        subjects = [subject.name for subject in clause.subjects if not subject.negated]
        referring = next((fact.referring for fact in placed if fact.referring), "")
        if not subjects and "pronoun" in clause.refers and referring:
            subjects = self._referred(unit, referring)
        former = clause.hedged or self._former(unit.text)
        if self.corpus.predicates[clause.predicate].measured:
            values = [scope for scope in clause.objects if scope.value]
            return [self._measured(unit, clause, subject, scope, placed) for subject in subjects for scope in values]
        return [
            self._found(unit, clause, subject, scope, placed, former)
            for subject in subjects
            for scope in clause.objects
            if scope.entity and not scope.negated and self._fits(subject, clause.predicate, scope.entity)
        ]

    @staticmethod
    def _measured(
        unit: TextUnit, clause: Clause, subject: str, scope: Scope, placed: Sequence[StatedFact]
    ) -> StatedFact:
        """The fact of a written value that the parser understands, with the label that its place gives it."""
        triple = (subject, clause.predicate, scope.surface)
        twin = next((f for f in placed if (f.subject, f.predicate, f.object) == triple), None)
        return replace(twin or StatedFact(*triple, unit, _STATED, True), sure=True, within=scope.within)

    @staticmethod
    def _claims(clause: Clause) -> bool:
        unsaid = clause.negated or clause.hypothetical or clause.complement or clause.choice or clause.extreme
        return clause.form is Form.CLAIM and clause.spoken and not unsaid and not clause.excluded

    def _former(self, text: str) -> bool:
        words = f" {' '.join(key_of(text))} "
        return any(f" {phrase} " in words for phrase in self.hints.former | self.hints.wished)

    def _found(
        self, unit: TextUnit, clause: Clause, subject: str, scope: Scope, placed: Sequence[StatedFact], former: bool
    ) -> StatedFact:
        triple = (subject, clause.predicate, scope.entity)
        twin = next((f for f in placed if (f.subject, f.predicate, f.object) == triple), None)
        if twin is None:
            alone = not clause.unknown and not any(f.predicate == clause.predicate for f in placed)
            twin = StatedFact(*triple, unit, _STATED if alone else Doubt.PLACES, alone, scope.within)
        return replace(twin, why=Doubt.FORMER, sure=False) if former else twin


def _bracketed(rest: str) -> bool:
    return rest.startswith(("(", "["))
