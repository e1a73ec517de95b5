"""The logical form: a question is a claim with a hole.

"Who leads Europe?"                   leads(?, Europe)                 Form.SUBJECT
"What does Acme lead?"             leads(Acme, ?)                Form.OBJECT
"Does Bolt lead Europe?"            leads(Bolt, Europe)            Form.CLAIM
"How many regions does Bolt lead?"  count(leads(Bolt, ?region))    Form.COUNT
"Who leads the most regions?"         argmax(count(leads(?, region)))  Form.EXTREME
"When was Bolt founded?"            was founded in(Bolt, ?date)    Form.OBJECT
"Why does Bolt lead Japan?"         leads(Bolt, Japan), then text  Form.PREMISE
anything that has no such form        the passages                     Form.PASSAGE
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.understanding.linker import Mention
from bot.understanding.values import Literal
from corpus.language import Talk

# How many percentage points a share may be off: as it is written, and where it is "about" that.
EXACT, ROUGH = 1.0, 7.0


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
    SHARE = "a share of"
    ABOUT = "about a share of"


class Side(StrEnum):
    """One of the two arguments of a predicate."""

    SUBJECT = "subject"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or quantifier over things of one kind ("more than two regions"); a share's number is in percent."""

    op: Op
    number: float
    kind: str

    def met(self, count: int, total: int) -> bool:
        """Whether ``count`` things of ``total`` are as many as it says."""
        return {
            Op.EQUAL: count == self.number,
            Op.AT_LEAST: count >= self.number,
            Op.MORE: count > self.number,
            Op.AT_MOST: count <= self.number,
            Op.FEWER: count < self.number,
            Op.ALL: count == total,
            Op.NONE: count == 0,
            Op.MAJORITY: 2 * count > total,
            Op.SHARE: abs(100 * count - self.number * total) <= EXACT * total,
            Op.ABOUT: abs(100 * count - self.number * total) <= ROUGH * total,
        }[self.op]


@dataclass(frozen=True, slots=True)
class Span:
    """Where an argument stands: offsets into the message; both are -1 where it was filled in from the context."""

    start: int = -1
    end: int = -1

    def moved(self, by: int) -> Span:
        """The same stretch, counted from ``by`` characters before."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as it is named in a clause; ``negated``: said not to be ("… , not Acme").

    ``beside``: named as a partner of those who are asked for ("Who leads Iberia with Acme?").
    """

    name: str
    negated: bool = False
    beside: bool = False
    span: Span = field(default=Span(), compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """An object as it is named in a clause, with what narrows it.

    ``entity`` is a canonical name, ``places`` are ids of the world's places (several where the name is ambiguous);
    with neither, the words in ``surface`` are not known. ``within`` pairs a kind with an entity's name or a place's
    id ("in Germany", "for the A class"). ``partly``: only some of it is meant ("part of Asia"); ``side``: only what
    lies to one side, and no name tells how much ("northern Asia"). ``value`` is that of a written value; a scope that
    has neither it nor a name only narrows what is asked for ("What share does Acme hold in Bolt?").
    """

    surface: str
    entity: str = ""
    places: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    partly: bool = False
    side: bool = False
    value: Literal | None = None
    span: Span = field(default=Span(), compare=False)

    @property
    def known(self) -> bool:
        """Whether the words could be linked."""
        return bool(self.entity or self.places or self.value)


@dataclass(frozen=True, slots=True)
class Told:
    """By what somebody or something is known that is not named: a fact, and what is named in it beside ``meant``.

    "the station that covers Long Dale": covers(Skarn, Long Dale), Skarn by Long Dale
    """

    fact: str
    meant: str
    named: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One predicate with its arguments. ``start`` and ``end`` are offsets into the message.

    ``spoken``: the predicate stands there in its own words, it is not only inferred from the kinds of what is named;
    ``implied``: not even a weak word for it stands there ("Who is X?").
    ``bare``: nothing but arguments stands there ("And Japan?"); ``asks``: it has a question word for why, how
    or when; ``topical``: some word of it belongs to the corpus's subject; ``choice``: its subjects are alternatives
    ("X or Y?").
    ``beyond``: the side that "not only" stands before, where no "but also" tells who or what else.
    ``existential``: a yes/no question whether there is any ("Is there a company that …?").
    ``factor``, ``margin``: how many times as many, how many more than the ``rivals``; ``respective``: its subjects and
    objects go together in order; ``grouped``: it speaks of the corpus's group as a whole.
    ``hedged``: it only may be so, or was so once.
    ``refers`` names what must be looked up in the conversation; ``unknown`` holds the content words not understood;
    ``meant`` pairs unknown words with the entity whose meaning came closest; ``aside`` holds what is only said of a
    subject besides ("a Japanese firm", "from Paris"). ``when`` is a date that it speaks of, beside its arguments.
    ``described``: by what those of its arguments are known that it describes. ``apart``: asks for a difference.
    """

    text: str
    start: int
    end: int
    form: Form
    predicate: str = ""
    spoken: bool = False
    implied: bool = False
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
    factor: float = 1.0
    margin: float = 0.0
    only: Side | None = None
    beyond: Side | None = None
    negated: bool = False
    joint: bool = False
    excluded: tuple[Scope, ...] = ()
    polar: bool = False
    bare: bool = False
    asks: bool = False
    topical: bool = False
    choice: bool = False
    existential: bool = False
    together: bool = False
    respective: bool = False
    grouped: bool = False
    hypothetical: bool = False
    hedged: bool = False
    refers: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()
    aside: tuple[str, ...] = ()
    when: Literal | None = None
    described: tuple[Told, ...] = ()
    apart: bool = False


def pairs(clause: Clause) -> tuple[tuple[Subject, Scope], ...]:
    """What a clause says of whom: each subject with each object, or first with first where they are respective."""
    if clause.respective and len(clause.subjects) == len(clause.objects):
        return tuple(zip(clause.subjects, clause.objects, strict=True))
    return tuple((subject, scope) for subject in clause.subjects for scope in clause.objects)


class Act(StrEnum):
    """What a sentence does."""

    QUESTION = "question"
    STATEMENT = "statement"
    INSTRUCTION = "instruction"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a message, parsed on its own; the offsets of its ``mentions`` count from its start.

    ``unread``: it is too long to be parsed.
    """

    text: str
    start: int
    end: int
    act: Act
    clauses: tuple[Clause, ...]
    mentions: tuple[Mention, ...] = ()
    talk: Talk | None = None
    follow_up: bool = False
    pressure: bool = False
    correction: bool = False
    topical: bool = False
    named: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. ``topical``: some word of it belongs to the corpus's subject; ``named``: it names an entity."""

    text: str
    sentences: tuple[Sentence, ...]

    @property
    def mentions(self) -> Iterator[Mention]:
        """Those of all its sentences; the offsets of each count from the start of its sentence."""
        return (mention for sentence in self.sentences for mention in sentence.mentions)

    @property
    def topical(self) -> bool:
        """Whether the message speaks of the corpus's subject at all."""
        return any(sentence.topical for sentence in self.sentences)

    @property
    def named(self) -> bool:
        """Whether it names anything that the corpus knows."""
        return any(sentence.named for sentence in self.sentences)
