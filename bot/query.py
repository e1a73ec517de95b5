"""The logical form: a question is a claim with a hole.

"Who leads Europe?"                   leads(?, Europe)                 Form.SUBJECT
"What does Acme lead?"             leads(Acme, ?)                Form.OBJECT
"Does Bolt lead Europe?"            leads(Bolt, Europe)            Form.CLAIM
"How many regions does Bolt lead?"  count(leads(Bolt, ?region))    Form.COUNT
"Who leads the most regions?"         argmax(count(leads(?, region)))  Form.EXTREME
"Why does Bolt lead Japan?"         leads(Bolt, Japan), then text  Form.PREMISE
anything that has no such form        the passages                     Form.PASSAGE
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.language import Talk


class Form(StrEnum):
    """Where the hole is."""

    SUBJECT = "subject"
    OBJECT = "object"
    CLAIM = "claim"
    COUNT = "count"
    EXTREME = "extreme"
    OVERVIEW = "overview"
    PREMISE = "premise"
    PASSAGE = "passage"


class Op(StrEnum):
    """How many."""

    EQUAL = "exactly"
    AT_LEAST = "at least"
    MORE = "more than"
    AT_MOST = "at most"
    FEWER = "fewer than"
    ALL = "all"
    NONE = "no"
    MAJORITY = "most"


class Side(StrEnum):
    """One of the two arguments of a predicate."""

    SUBJECT = "subject"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or quantifier over things of one kind ("more than two regions")."""

    op: Op
    number: float
    kind: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as it is named in a clause; ``negated``: said not to be ("… , not Acme")."""

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """An object as it is named in a clause, with what narrows it.

    ``entity`` is a canonical name, ``places`` are ids of the world's places (several where the name is ambiguous);
    with neither, the words in ``surface`` are not known. ``within`` pairs a kind with an entity's name or a place's
    id ("in Germany", "for the A class").
    """

    surface: str
    entity: str = ""
    places: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    negated: bool = False

    @property
    def known(self) -> bool:
        """Whether the words could be linked."""
        return bool(self.entity or self.places)


@dataclass(frozen=True, slots=True)
class Clause:
    """One predicate with its arguments. ``start`` and ``end`` are offsets into the message.

    ``spoken``: the predicate stands there in its own words, it is not only inferred from the kinds of what is named.
    ``bare``: nothing but arguments stands there ("And Japan?"); ``asks``: it has a question word for why, how
    or when; ``choice``: its subjects are alternatives ("X or Y?").
    ``existential``: a yes/no question whether there is any ("Is there a company that …?").
    ``hedged``: it only may be so, or was so once.
    ``refers`` names what must be looked up in the conversation; ``unknown`` holds the content words not understood;
    ``meant`` pairs unknown words with the entity whose meaning came closest.
    """

    text: str
    start: int
    end: int
    form: Form
    predicate: str = ""
    spoken: bool = False
    complement: bool = False
    subjects: tuple[Subject, ...] = ()
    objects: tuple[Scope, ...] = ()
    kind: str = ""
    quantity: Quantity | None = None
    further: tuple[Quantity, ...] = ()
    subject_quantity: Quantity | None = None
    fewest: bool = False
    extreme: bool = False
    rivals: tuple[str, ...] = ()
    op: Op | None = None
    only: Side | None = None
    negated: bool = False
    joint: bool = False
    excluded: tuple[Scope, ...] = ()
    polar: bool = False
    bare: bool = False
    asks: bool = False
    choice: bool = False
    existential: bool = False
    together: bool = False
    hypothetical: bool = False
    hedged: bool = False
    refers: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()


class Act(StrEnum):
    """What a sentence does."""

    QUESTION = "question"
    STATEMENT = "statement"
    INSTRUCTION = "instruction"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a message, parsed on its own."""

    text: str
    start: int
    end: int
    act: Act
    clauses: tuple[Clause, ...]
    talk: Talk | None = None
    follow_up: bool = False
    pressure: bool = False
    correction: bool = False
    topical: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. ``topical``: some word of it belongs to the corpus's subject; ``named``: it names an entity."""

    text: str
    sentences: tuple[Sentence, ...]

    @property
    def topical(self) -> bool:
        """Whether the message speaks of the corpus's subject at all."""
        return any(sentence.topical for sentence in self.sentences)

    @property
    def named(self) -> bool:
        """Whether it names anything that the corpus knows."""
        return any(sentence.named for sentence in self.sentences)
