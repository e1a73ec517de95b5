"""Which column of a table holds the subjects of a predicate, and which its objects.

| Task | Lead | Budget |     "Task" is a kind of object, "Lead" a word of the predicate: leads(column 2, column 1)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.learning.arguments import Arguments
from bot.learning.model import Doubt
from bot.learning.name_reader import NameInText
from bot.understanding.linker import Linker, Role, kind_of
from bot.understanding.values import LiteralReader
from corpus.language import Cue
from corpus.model import Corpus, Predicate
from corpus.tables import Row, Table


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns of one predicate in a table; ``kind`` is that which heads the objects, ``holder`` the subjects.

    Both are "" where none does. ``doubt`` is told where no word of the predicate heads the table.
    """

    predicate: str
    subject: int
    object: int
    kind: str = ""
    holder: str = ""
    doubt: str = ""


class ColumnReader:
    """Reads rows as the arguments of predicates."""

    def __init__(self, corpus: Corpus, linker: Linker) -> None:
        self.corpus, self.linker = corpus, linker
        self.literals = LiteralReader(linker.language)
        self.predicates = [predicate for predicate in corpus.predicates.values() if not predicate.measured]
        self.measured = [predicate for predicate in corpus.predicates.values() if predicate.measured]

    def read(self, table: Table) -> Iterator[tuple[Row, Arguments]]:
        """Each row with the arguments of each predicate whose columns are known."""
        for predicate in self.measured if table.header else ():
            yield from self._values(table, predicate)
        for roles in self._roles(table):
            for row in table.rows:
                if max(roles.subject, roles.object) < len(row.cells):
                    subjects = self.names(row.cells[roles.subject])
                    objects = self._things(row.cells[roles.object], first=roles.object == 0)
                    if subjects and objects:
                        said = Arguments((roles.predicate,), subjects, objects, announced=roles.kind)
                        yield row, replace(said, holder=roles.holder, doubt=roles.doubt)

    def _values(self, table: Table, predicate: Predicate) -> Iterator[tuple[Row, Arguments]]:
        """Each row with its subject and the value in the column that a predicate's words head ("Founded")."""
        linked = [self.linker.link(cell) for cell in table.header]
        headed = [at for at, ms in enumerate(linked) if any(predicate.name in m.names(Role.PREDICATE) for m in ms)]
        kinds = [{kind for mention in mentions for kind in mention.names(Role.KIND)} for mentions in linked]
        if len(headed) != 1:
            return
        named = (at for at, found in enumerate(kinds) if found & set(predicate.subject_kinds) and at not in headed)
        subject, column = next(named, 0), headed[0]
        for row in table.rows:
            if subject == column or max(subject, column) >= len(row.cells):
                continue
            cell, subjects = row.cells[column].strip(), self.names(row.cells[subject])
            if subjects and len(list(self.literals.find(cell, predicate.object_kinds))) == 1:
                yield row, Arguments((predicate.name,), subjects, (), value=cell, label=cell)

    def names(self, cell: str) -> tuple[NameInText, ...]:
        """The names in a cell, parted by marks and "and"; a cell of a dash or a number has none.

        A cell that is one name of the vocabulary stays whole, whatever is in it.
        """
        mentions = self.linker.link(cell)
        cuts = [mention for mention in mentions if mention.text in ",;/" or mention.has(Cue.AND)]
        spans, start = [], 0
        for cut in cuts:
            spans.append((start, cut.start))
            start = cut.end
        found = []
        for first, last in (*spans, (start, len(cell))):
            text = cell[first:last].strip(" .")
            if any(character.isalpha() for character in text):
                found.append(NameInText(text, first, last))
        return tuple(found)

    def _things(self, cell: str, first: bool) -> tuple[NameInText, ...]:
        """The names in a cell of objects; in the first column, which says what a row is about, "A and B" is one."""
        names = self.names(cell)
        known = any(mention.names(Role.ENTITY) for mention in self.linker.link(cell))
        whole = first and len(names) > 1 and not known and not any(mark in cell for mark in ",;/")
        return (NameInText(cell.strip(" ."), 0, len(cell)),) if whole else names

    def _roles(self, table: Table) -> Iterator[Roles]:
        if not table.header:
            if (roles := self._headless(table)) is not None:
                yield roles
            return
        linked = [self.linker.link(cell) for cell in table.header]
        kinds = [{kind for mention in mentions for kind in mention.names(Role.KIND)} for mentions in linked]
        spoken = [{name for mention in mentions for name in mention.names(Role.PREDICATE)} for mentions in linked]
        for predicate in self.predicates:
            takes = set(predicate.object_kinds)
            objects = [at for at, names in enumerate(kinds) if names & takes and not spoken[at]]
            plain = [at for at in objects if kinds[at] & takes - set(predicate.subject_kinds)]
            subjects = [at for at, names in enumerate(spoken) if predicate.name in names]
            above = predicate.name in self._spoken_above(table)
            doubt = "" if subjects or above else Doubt.UNHEADED
            if not subjects and (above or len(self.predicates) == 1):
                subjects = [at for at, names in enumerate(kinds) if names & set(predicate.subject_kinds)]
            for subject in subjects:
                # What a table is about stands in its first column, and before the column of those who have it.
                before = [at for at in (*objects, 0) if at < subject]
                column = next((at for at in (*plain, *before, *objects) if at != subject), None)
                if column is not None:
                    heads = [kind for kind in predicate.object_kinds if kind in kinds[column]]
                    holders = [kind for kind in predicate.subject_kinds if kind in kinds[subject]]
                    kind, holder = (next(iter(found), "") for found in (heads, holders))
                    yield Roles(predicate.name, subject, column, kind, holder, doubt)

    def _spoken_above(self, table: Table) -> set[str]:
        return {name for mention in self.linker.link(table.above) for name in mention.names(Role.PREDICATE)}

    def _headless(self, table: Table) -> Roles | None:
        """ "Acme: China, Japan" below a line with the predicate's words: which side leads, the names must tell."""
        spoken = self._spoken_above(table)
        predicate = next((predicate for predicate in self.predicates if predicate.name in spoken), None)
        if predicate is None or any(len(row.cells) != 2 for row in table.rows):
            return None
        columns = [[self.names(row.cells[at]) for row in table.rows] for at in (0, 1)]
        known = [self._known(column, predicate) for column in columns]
        if known[0] != known[1]:
            return Roles(predicate.name, *((0, 1) if known[0] > known[1] else (1, 0)))
        if not predicate.functional:
            return None
        # An object has one subject: the side on which a name comes again, or which faces several, holds the subjects.
        repeats = [self._repeats(column) for column in columns]
        several = [any(len(names) > 1 for names in column) for column in columns]
        leads = [repeats[0] or several[1], repeats[1] or several[0]]
        return Roles(predicate.name, *((0, 1) if leads[0] else (1, 0))) if leads[0] != leads[1] else None

    def _known(self, column: Sequence[Sequence[NameInText]], predicate: Predicate) -> int:
        """How many names of a column are known as subjects, less those known as objects."""
        mentions = [mention for names in column for name in names for mention in self.linker.link(name.text)]
        kinds = [kind for mention in mentions for kind in (kind_of(self.corpus, mention), *mention.names(Role.KIND))]
        subjects, objects = set(predicate.subject_kinds), set(predicate.object_kinds)
        return sum(kind in subjects - objects for kind in kinds) - sum(kind in objects - subjects for kind in kinds)

    @staticmethod
    def _repeats(column: Sequence[Sequence[NameInText]]) -> bool:
        names = [name.text for row in column for name in row]
        return len(set(names)) < len(names)
