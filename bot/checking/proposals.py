"""Reading a claim by choosing: which of the statements that the facts can decide does a sentence make?

Models propose: one ranks canonical statements beside all else that the sentence may mean, and where the likeliest is
one of them, one that has learnt it tells whether the fact that decides it settles the sentence at all: "Acme is the
owner of Peru" is like "Acme leads Peru", but does not hang on it. Rules veto: whatever the sentence names, counts,
denies, doubts or joins must be in the statement. What is chosen is judged by the facts, as any other claim is.

    "Peru marches to Acme's drum."      read as "Acme leads Peru."

Where a corpus has no facts, a sentence of it may decide (``.filling``).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Protocol

from bot.checking.attribution import Speech, quotations
from bot.checking.filling import FillingJudge, agreed
from bot.checking.sentence_entailment import Aligned
from bot.checking.vetoes import has_strange_name, is_joined, stands_alone, turns_round
from bot.schema.answer import Verdict
from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, names_in, names_of
from bot.understanding.chooser import RankedChooser
from bot.understanding.exact import mended
from bot.understanding.linker import Role
from bot.understanding.logical_form import Act, Clause, Message, Sentence
from corpus.canonical import canonical_question
from corpus.deadline import keep_time
from corpus.model import MEASURED_KINDS

BAR, AHEAD = 1.0, 1.0
"""The least log odds of a statement against "the documents do not say", and how far it must stand above any other."""
SAID, READ, NEAR, PLACED = 0.0, 3, 3.0, -1.0
"""The least log odds of a sentence that may decide a claim; so many are read for it, no
further behind the likeliest than that; the least log odds that one has what decides it."""
OPEN = 0.5
"""The probability that the fact which decides a reading leaves the claim open, at which the reading does not count."""
MOST = 100
"""So many sentences of a text are proposed for: each takes as long as a question."""
_CLOSING = " \n\t\"')”’"
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
class ProposedReading:
    """A statement that a claim is taken to make: its logical form, and the whole sentence that says it."""

    clause: Clause
    text: str


class Proposer:
    """Proposes for the claims of one corpus; the same claim always gets the same."""

    def __init__(
        self,
        maker: CandidateMaker,
        chooser: RankedChooser,
        model: EntailmentModel,
        speech: Speech,
        filling: FillingJudge | None = None,
    ) -> None:
        self.maker, self.chooser, self.model, self.speech, self.filling = maker, chooser, model, speech, filling
        self.left = MOST

    def anew(self) -> Proposer:
        """The same for another text."""
        other = copy(self)
        other.left = MOST
        return other

    def may_propose(self, sentence: Sentence) -> bool:
        """Whether a sentence is a claim by itself: no order, no question, nobody's words, no pronoun left open.

        Past so many sentences of a text it is none any more.
        """
        asked = sentence.text.rstrip(_CLOSING).endswith("?") or sentence.act is not Act.STATEMENT
        told = quotations(sentence.text) or self.speech.frame_in(sentence.text, sentence.mentions)
        states = not (sentence.unread or asked or told) and stands_alone(sentence.mentions)
        self.left -= states
        return states and self.left >= 0

    def reading(self, sentence: Sentence) -> ProposedReading | None:
        """The statement that a sentence makes, None where none is likely enough or a rule forbids it."""
        if turns_round(sentence.mentions) or has_strange_name(sentence.mentions) or self._counts(sentence):
            return None
        keep_time()
        told = Conversation(_told(sentence))
        candidates = [each for each in self.maker.make(told) if each.clause is None or each.shape == PLAIN]
        possible = [each.clause for each in candidates if each.clause and self._names_all(each.clause, sentence)]
        if not possible:
            return None
        ranked = self.chooser.ranked(told, candidates, names_in(sentence.mentions))
        (score, best), *others = [(score, each) for score, each in ranked if each.clause is not None]
        behind = max((other for other, _ in others), default=score - AHEAD)
        if score < BAR or score - behind < AHEAD or best.clause is None or best.clause not in possible:
            return None
        return ProposedReading(best.clause, self._stated(best))

    def by_sentence(self, sentence: Sentence) -> Aligned | None:
        """What the likeliest sentence of the source does to a claim; None where that leaves it open."""
        if self.filling is None:
            return None
        keep_time()
        told = Conversation(_told(sentence))
        ranked = self.chooser.ranked(told, self.maker.others(told), names_in(sentence.mentions))
        said = [(score, each, each.quote) for score, each in ranked if each.quote is not None and score >= SAID]
        likely = [(each.text, quote) for score, each, quote in said[:READ] if score >= said[0][0] - NEAR]
        marked = [(text, self.filling.marker.read(told.told, text)) for text, _ in likely]
        judged = agreed(
            [
                self.filling.judged(told.message, sentence.mentions, text, found) if found.answers > PLACED else None
                for text, found in marked
            ]
        )
        if judged is None or not self.is_settled(sentence, judged[0], likely[0][0]):
            return None
        if judged[0] is Verdict.SUPPORTED and any(mention.text == "," for mention in sentence.mentions):
            return None  # an aside may be false: "Anna, the youngest of all, keeps Birk."
        return Aligned(*judged, (likely[0][1],), 1.0)

    def is_settled(self, claim: Sentence, verdict: Verdict, told: str) -> bool:
        """Whether what decides a reading, put in words, settles the claim itself.

        Of what says several things at once, one part may be wrong: it is not supported.
        """
        if verdict is Verdict.SUPPORTED and is_joined(claim.mentions):
            return False
        (odds,) = self.model.judged(claim.text.strip(), [told])
        return odds.neither < OPEN

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

    def _counts(self, sentence: Sentence) -> bool:
        """Whether dates, numbers or shares stand in a sentence, and in no name."""
        text = " ".join(mention.text for mention in sentence.mentions if not mention.names(Role.ENTITY))
        return any(True for _ in self.maker.literals.find(text, MEASURED_KINDS))


def _told(sentence: Sentence) -> str:
    return mended(Message(sentence.text, (replace(sentence, start=0),))).strip()
