"""Reading a claim by choosing: which of the statements that the facts could decide does a sentence make?

A model proposes: it ranks canonical statements ("Acme leads Peru.") beside all else that the sentence may mean. Rules
veto: whatever the sentence names, counts, denies, doubts or dates must be in the statement, and the statement has no
name that the sentence has not. What is chosen is judged as any other claim is.

    "If it's Peru you want, then Acme is your man."     Acme leads Peru.
    "Acme is your man for Peru since 1990."             not read: nothing in the statement stands for 1990
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, names_of
from bot.understanding.chooser import RankedChooser
from bot.understanding.exact import mended
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Clause, Message, Sentence
from corpus.canonical import canonical_question
from corpus.language import Cue
from corpus.model import MEASURED_KINDS

BAR = 1.5
"""The least log odds of a statement against "the documents do not say" at which a sentence is taken to make it."""
AHEAD = 1.0
"""How far it must stand above any other statement."""
_PLAIN = "whether"
_VETOES = (
    Cue.NOT,
    Cue.NO,
    Cue.NOBODY,
    Cue.NOR,
    Cue.NEITHER,
    Cue.ONLY,
    Cue.ALONE,
    Cue.NOT_ONLY,
    Cue.TOGETHER,
    Cue.ALL,
    Cue.ANY,
    Cue.BOTH,
    Cue.MOST,
    Cue.MAJORITY,
    Cue.FEWEST,
    Cue.AS_MANY,
    Cue.EXACTLY,
    Cue.EXCEPT,
    Cue.OR,
    Cue.OTHER,
    Cue.EVERYWHERE,
    Cue.EVERYBODY,
    Cue.HEDGE,
    Cue.PAST,
    Cue.META,
    Cue.ACCORDING,
    Cue.DEPUTY,
    Cue.UNLIKE,
    Cue.WHY,
    Cue.HOW_MANY,
)
"""What changes what a sentence claims and is in no plain statement."""
_LIMITS = (Cue.MORE, Cue.FEWER, Cue.AT_LEAST, Cue.AT_MOST)
"""What does so before a figure alone: "over 12 beds", but "over in Lisbon"."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement that a sentence is taken to make: its logical form, and the whole sentence that says it."""

    clause: Clause
    text: str


class ClaimReader:
    """Reads sentences against one corpus; the same sentence is always read the same."""

    def __init__(self, maker: CandidateMaker, chooser: RankedChooser) -> None:
        self.maker, self.chooser = maker, chooser

    def read(self, sentence: Sentence) -> Chosen | None:
        """The statement that a sentence makes, None where none is likely enough or a rule forbids it."""
        if any(mention.has(*_VETOES) and not mention.names(Role.ENTITY) for mention in sentence.mentions):
            return None
        if self._figures(sentence.mentions) and any(mention.has(*_LIMITS) for mention in sentence.mentions):
            return None
        told = Conversation(mended(Message(sentence.text, (sentence,))).strip())
        candidates = [each for each in self.maker.make(told) if each.clause is None or _is_claim(each)]
        possible = [each.clause for each in candidates if each.clause and self._holds(each.clause, sentence.mentions)]
        if not possible:
            return None
        ranked = self.chooser.ranked(told, candidates, _names(sentence.mentions))
        claims = [(score, each.clause) for score, each in ranked if _is_claim(each) and each.clause is not None]
        (score, clause), *others = claims
        behind = max((other for other, _ in others), default=score - AHEAD)
        if score < BAR or score - behind < AHEAD or clause not in possible:
            return None
        return Chosen(clause, self._stated(clause))

    def _stated(self, clause: Clause) -> str:
        """ "Acme leads Peru.\""""
        predicate, language = self.maker.corpus.predicates[clause.predicate], self.maker.forms.language
        names = {"subject": clause.subjects[0].name, "object": self.maker.called(clause.objects[0])}
        return canonical_question(language, predicate, "claim", **names)

    def _holds(self, clause: Clause, mentions: Sequence[Mention]) -> bool:
        """Whether all that a sentence names and counts is in a statement, and nothing else is."""
        own = names_of(clause)
        met: set[str] = set()
        for mention in mentions:
            named = set(mention.names(Role.ENTITY) or mention.names(Role.PLACE))
            if named and not named & own:
                return False
            met |= named & own
        if any(clause.predicate in mention.names(Role.PREDICATE) for mention in mentions):
            return False  # in its own words, what else it says is no other way to say it
        value, figures = clause.objects[0].value, self._figures(mentions)
        ambiguous = {place for scope in clause.objects for place in scope.places[1:]}
        return own - met <= ambiguous and figures == ({value.order} if value else set())

    def _figures(self, mentions: Sequence[Mention]) -> set[float]:
        """The dates, numbers and shares that stand in no name, as they stand in the row of their kind."""
        text = " ".join(mention.text for mention in mentions if not mention.names(Role.ENTITY))
        return {literal.order for literal in self.maker.literals.find(text, MEASURED_KINDS)}


def _is_claim(candidate: Candidate) -> bool:
    """Whether a candidate states that one thing stands to another, and nothing about others."""
    return candidate.clause is not None and candidate.shape == _PLAIN


def _names(mentions: Sequence[Mention]) -> frozenset[str]:
    return frozenset(name for m in mentions for name in m.names(Role.ENTITY) or m.names(Role.PLACE))
