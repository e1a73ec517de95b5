"""Reading a claim by choosing: which of the statements that the facts can decide does a sentence make?

Models propose: one ranks canonical statements beside all else that the sentence may mean, and where the likeliest is
one of them, one that has learnt it tells whether the fact that decides it settles the sentence at all: "Acme is the
owner of Peru" is like "Acme leads Peru", but does not hang on it. Rules veto: whatever the sentence names, counts,
denies, doubts or joins must be in the statement. What is chosen is judged by the facts, as any other claim is.

    "If it's Peru you want, then Acme is your man."     read as "Acme leads Peru."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.checking.vetoes import Vetoes, are_named
from bot.schema.answer import Verdict
from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, names_of
from bot.understanding.chooser import RankedChooser
from bot.understanding.exact import mended
from bot.understanding.linker import Role
from bot.understanding.logical_form import Act, Clause, Message, Sentence
from corpus.canonical import canonical_question
from corpus.deadline import keep_time
from corpus.model import MEASURED_KINDS

BAR, AHEAD = 1.0, 1.0
"""The least log odds of a statement against "the documents do not say", and how far it must stand above any other."""
OPEN = 0.5
"""The probability that the fact which decides a reading leaves the claim open, at which the reading does not count."""
MOST = 100
"""So many sentences of a text are proposed for: each takes as long as a question."""
PLAIN = "whether"
"""The shape of the statements: one thing stands to another, and nothing of others."""


class Odds(Protocol):
    """What a text does to a statement."""

    @property
    def neither(self) -> float:
        """The probability that it leaves it open."""
        ...


class EntailmentModel(Protocol):
    """A model that judges a statement by each of several texts; the same pair always gets the same."""

    def judged(self, statement: str, texts: Sequence[str], /) -> Sequence[Odds]:
        """Probabilities, one row for each text."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement that a claim is taken to make: its logical form, and the whole sentence that says it."""

    clause: Clause
    text: str


class Proposer:
    """Proposes for the claims of one corpus; the same claim always gets the same."""

    def __init__(self, maker: CandidateMaker, chooser: RankedChooser, model: EntailmentModel, vetoes: Vetoes) -> None:
        self.maker, self.chooser, self.model, self.vetoes = maker, chooser, model, vetoes
        self.left = MOST

    def anew(self) -> Proposer:
        """The same for another text."""
        return Proposer(self.maker, self.chooser, self.model, self.vetoes)

    def may_propose(self, sentence: Sentence) -> bool:
        """Whether a sentence is a claim by itself: no order, no question, nobody's words, no pronoun left open.

        Past so many sentences of a text it is none any more.
        """
        states = sentence.act is Act.STATEMENT and not sentence.unread and self.vetoes.is_plain(sentence.text)
        self.left -= states
        return states and self.left >= 0

    def reading(self, sentence: Sentence) -> Reading | None:
        """The statement that a sentence makes, None where none is likely enough or a rule forbids it."""
        if self.vetoes.signs(sentence.text) or self.vetoes.strange_names(sentence.text):
            return None
        if self._figures(sentence):
            return None
        keep_time()
        told = Conversation(mended(Message(sentence.text, (_by_itself(sentence),))).strip())
        candidates = [each for each in self.maker.make(told) if each.clause is None or each.shape == PLAIN]
        possible = [each.clause for each in candidates if each.clause and self._names_all(each.clause, sentence)]
        if not possible:
            return None
        ranked = self.chooser.ranked(told, candidates, are_named(sentence.mentions))
        (score, best), *others = [(score, each) for score, each in ranked if each.clause is not None]
        behind = max((other for other, _ in others), default=score - AHEAD)
        if score < BAR or score - behind < AHEAD or best.clause is None or best.clause not in possible:
            return None
        return Reading(best.clause, self._stated(best))

    def counts(self, claim: str, verdict: Verdict, told: str) -> bool:
        """Whether what decides a reading, put in words, settles the claim itself.

        Of what says several things at once, one part may be wrong: it is not supported.
        """
        (odds,) = self.model.judged(claim, [told])
        return odds.neither < OPEN and not (verdict is Verdict.SUPPORTED and self.vetoes.is_joined(claim))

    def _stated(self, candidate: Candidate) -> str:
        """ "Acme leads Peru." """
        assert candidate.clause is not None
        predicate, language = self.maker.corpus.predicates[candidate.clause.predicate], self.maker.forms.language
        (scope,) = candidate.clause.objects
        names = {"subject": candidate.clause.subjects[0].name, "object": self.maker.called(scope)}
        return canonical_question(language, predicate, "claim", **names)

    def _names_all(self, clause: Clause, sentence: Sentence) -> bool:
        """Whether a statement has all the names of a sentence and no other; a word of its relation says it already.

        Values and what a fact is narrowed to are no names that a sentence could be read by.
        """
        predicate = self.maker.corpus.predicates[clause.predicate]
        if predicate.measured or any(scope.value or scope.within for scope in clause.objects):
            return False
        own, met = names_of(clause), set[str]()
        for mention in sentence.mentions:
            named = set(mention.names(Role.ENTITY) or mention.names(Role.PLACE))
            if (named and not named & own) or clause.predicate in mention.names(Role.PREDICATE):
                return False
            met |= named & own
        return own <= met

    def _figures(self, sentence: Sentence) -> bool:
        """Whether dates, numbers or shares stand in a sentence, and in no name."""
        text = " ".join(mention.text for mention in sentence.mentions if not mention.names(Role.ENTITY))
        return any(True for _ in self.maker.literals.find(text, MEASURED_KINDS))


def _by_itself(sentence: Sentence) -> Sentence:
    """A sentence as if nothing stood before it."""
    return Sentence(
        sentence.text, 0, len(sentence.text), sentence.act, sentence.clauses, sentence.mentions, sentence.talk
    )
