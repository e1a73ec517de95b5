"""What models propose where no rule can read a claim; rules veto, the facts and the sentences decide.

**A reading**: the claim makes one of the canonical statements that the facts can decide. It is chosen as the reading of
a question is, and counts only where the fact that decides it, put in words, states the claim or gainsays it to a model
that has learnt to judge that: "Acme is the owner of Peru" is like "Acme leads Peru", but does not follow from it.

    "If it's Peru you want, then Acme is your man."     read as "Acme leads Peru."

**A sentence** of the source states the claim or gainsays it, in other words.

    "Nobody has to take the jab."                       "Vaccination is voluntary."
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.checking.vetoes import DENIED, Vetoes, are_named
from bot.schema.answer import Verdict
from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, names_of
from bot.understanding.chooser import RankedChooser
from bot.understanding.exact import mended
from bot.understanding.linker import Role
from bot.understanding.logical_form import Act, Clause, Message, Sentence
from bot.understanding.sentences import Sentence as Standing
from corpus.canonical import canonical_question
from corpus.deadline import keep_time
from corpus.model import MEASURED_KINDS, Quote

BAR, AHEAD = 1.0, 1.0
"""The least log odds of a statement against "the documents do not say", and how far it must stand above any other."""
AGREED = 0.5
"""The least probability with which the fact that decides a reading must state or gainsay the claim."""
STATED, GAINSAID = 0.9, 0.9
"""The least probability at which a sentence is taken to state a claim, or to gainsay it."""
DISSENT = 0.5
"""Where another sentence does the opposite with this probability, neither counts."""
READ = 4
"""So many of the nearest sentences are read together with a claim."""
LONGEST = 440
"""Characters of a claim and a sentence that a model reads together; it would cut longer ones."""
MOST = 100
"""So many sentences of a text are proposed for: each takes as long as a question."""
PLAIN = "whether"
"""The shape of the statements: one thing stands to another, and nothing of others."""


class Odds(Protocol):
    """Probabilities that a text states a claim, or gainsays it."""

    @property
    def states(self) -> float:
        """That it states it."""
        ...

    @property
    def refutes(self) -> float:
        """That it gainsays it."""
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


@dataclass(frozen=True, slots=True)
class Settled:
    """What sentences do to a claim: they support or refute it. The quotes are in the order of the document."""

    verdict: Verdict
    quotes: tuple[Quote, ...]
    probability: float


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

    # A reading

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

    def agrees(self, claim: str, verdict: Verdict, told: str) -> bool:
        """Whether what decides a reading, put in words, does to the claim itself what it does to the reading."""
        (odds,) = self.model.judged(claim, [told])
        if verdict is Verdict.SUPPORTED:
            return odds.states >= AGREED and not self.vetoes.is_joined(claim)
        return odds.refutes >= AGREED

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

    # A sentence

    def sentence(self, claim: str, holds: Callable[[Quote], bool]) -> Settled | None:
        """The sentence that settles a claim, None where none does, or another says the opposite.

        ``holds`` tells whether a sentence still holds, or a newer document says otherwise.
        """
        content = self.vetoes.aligner.content(claim)
        if len(content.terms) < 2:
            return None
        found = [each for each in self.maker.sentences.nearest(claim)[:READ] if len(claim) + len(each.told) <= LONGEST]
        if not found:
            return None
        keep_time()
        settled: list[Settled] = []
        dissent: list[Verdict] = []
        for each, odds in zip(found, self.model.judged(claim, [each.told for each in found]), strict=True):
            dissent += [Verdict.SUPPORTED] * (odds.states >= DISSENT) + [Verdict.REFUTED] * (odds.refutes >= DISSENT)
            if not holds(each.quote):
                continue
            if odds.states >= STATED and self._may_state(claim, each):
                settled.append(Settled(Verdict.SUPPORTED, _quotes(each), odds.states))
            elif odds.refutes >= GAINSAID and self._may_gainsay(claim, each):
                settled.append(Settled(Verdict.REFUTED, _quotes(each), odds.refutes))
        if len(set(dissent)) != 1 or not settled:
            return None
        return max(settled, key=lambda each: each.probability)

    def _may_state(self, claim: str, sentence: Standing) -> bool:
        """Whether nothing in a claim goes beyond a sentence, as far as rules can tell."""
        vetoes, quote = self.vetoes, sentence.quote.text
        differ = vetoes.differ(claim, quote) or vetoes.beyond_figures(claim, quote) or vetoes.is_joined(claim)
        return not differ and self._is_about(claim, sentence)

    def _may_gainsay(self, claim: str, sentence: Standing) -> bool:
        """Whether a sentence is about what a claim is about, as far as rules can tell."""
        doubtful = self.vetoes.signs(claim) ^ self.vetoes.signs(sentence.quote.text)
        return not doubtful - {DENIED} and self._is_about(claim, sentence)

    def _is_about(self, claim: str, sentence: Standing) -> bool:
        wanted, said = self.vetoes.aligner.content(claim), self.vetoes.aligner.content(sentence.told)
        own = self.vetoes.speech.frame_in(sentence.quote.text, self.vetoes.linker.link(sentence.quote.text))
        asked = sentence.quote.text.rstrip().endswith("?")
        return not own and not asked and bool(wanted.terms & said.terms) and not self._strange(claim, sentence)

    def _strange(self, claim: str, sentence: Standing) -> bool:
        return self.vetoes.beyond_names(claim, sentence.told)


def _by_itself(sentence: Sentence) -> Sentence:
    """A sentence as if nothing stood before it."""
    return Sentence(
        sentence.text, 0, len(sentence.text), sentence.act, sentence.clauses, sentence.mentions, sentence.talk
    )


def _quotes(sentence: Standing) -> tuple[Quote, ...]:
    """A sentence, with the one before where it is understood by that."""
    at = next((n for n, quote in enumerate(sentence.passage.sentences) if quote == sentence.quote), 0)
    before = sentence.passage.sentences[at - 1 : at] if at and sentence.told.startswith("(") else ()
    return (*before, sentence.quote)
