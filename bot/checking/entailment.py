"""Does a sentence of the source settle a claim that shares few words with it? A model proposes, rules veto.

A model that has learnt it from statements about many fields tells how likely a sentence states a claim or gainsays it.
Rules hold against it what a model reads too lightly: a name, a figure or a date that the sentence does not have, an
"only", a doubt, and who does what to whom.

    sentence  "Vaccination is voluntary, for staff as for everybody else."
    claim     "Nobody has to take the jab."                 stated
    claim     "Nobody in Spain has to take the jab."        open: no Spain in the sentence
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.checking.sentence_entailment import Aligner, Content
from bot.schema.answer import Verdict
from bot.understanding.linker import Linker
from bot.understanding.sentences import Sentences
from bot.understanding.word_order import turned_round
from corpus.language import Cue
from corpus.model import Quote

STATED, GAINSAID = 0.9, 0.9
"""The least probability at which a sentence is taken to state a claim, or to gainsay it."""
READ = 4
"""So many of the nearest sentences are read together with a claim."""
LONGEST = 400
"""Characters of a claim; what is longer says too much to rest on one sentence."""
_DENYING = (Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NEITHER, Cue.NOR)
_DOUBTING = (Cue.HEDGE, Cue.IF)


class Odds(Protocol):
    """Probabilities that a text leaves a statement open, states it or gainsays it."""

    @property
    def states(self) -> float: ...
    @property
    def refutes(self) -> float: ...


class EntailmentModel(Protocol):
    """A model that judges a statement by each of several texts; the same pair always gets the same."""

    def judged(self, statement: str, texts: Sequence[str], /) -> Sequence[Odds]:
        """Probabilities, one row for each text."""
        ...


@dataclass(frozen=True, slots=True)
class Entailed:
    """What a sentence does to a claim: it supports or refutes it."""

    verdict: Verdict
    quote: Quote
    probability: float


class Entailment:
    """Judges claims by single sentences of one corpus; the same claim always gets the same."""

    def __init__(self, aligner: Aligner, linker: Linker, sentences: Sentences, model: EntailmentModel) -> None:
        self.aligner, self.linker, self.sentences, self.model = aligner, linker, sentences, model

    def judge(self, claim: str) -> Entailed | None:
        """The sentence that settles a claim, None where none does, or two settle it otherwise."""
        if len(claim) > LONGEST:
            return None
        found = self.sentences.nearest(claim)[:READ]
        if not found:
            return None
        settled: list[Entailed] = []
        for sentence, odds in zip(found, self.model.judged(claim, [each.told for each in found]), strict=True):
            if odds.states >= STATED and self.may_state(claim, sentence.text):
                settled.append(Entailed(Verdict.SUPPORTED, sentence.quote, odds.states))
            elif odds.refutes >= GAINSAID and self.may_gainsay(claim, sentence.text):
                settled.append(Entailed(Verdict.REFUTED, sentence.quote, odds.refutes))
        if len({each.verdict for each in settled}) != 1:
            return None
        return max(settled, key=lambda each: each.probability)

    def may_state(self, claim: str, sentence: str) -> bool:
        """Whether nothing in a claim goes beyond a sentence, as far as rules can tell."""
        wanted, said = self.aligner.content(claim), self.aligner.content(sentence)
        figures = all(
            want <= have
            for want, have in (
                (wanted.years, said.years),
                (wanted.months, said.months),
                (wanted.shares, said.shares),
                (wanted.numbers, said.numbers),
            )
        )
        strict = wanted.strict <= said.strict and not wanted.bounded
        doubted = self._has(sentence, *_DOUBTING) and not self._has(claim, *_DOUBTING)
        turned = turned_round(wanted.placed, said.placed)
        return _named(wanted) <= _named(said) and figures and strict and not doubted and not turned

    def may_gainsay(self, claim: str, sentence: str) -> bool:
        """Whether a sentence is about what a claim is about, as far as rules can tell."""
        wanted, said = self.aligner.content(claim), self.aligner.content(sentence)
        doubted = self._has(sentence, *_DOUBTING) or self._has(claim, *_DOUBTING)
        return _named(wanted) <= _named(said) and not doubted

    def _has(self, text: str, *cues: Cue) -> bool:
        return any(mention.has(*cues) for mention in self.linker.link(text))


def _named(content: Content) -> frozenset[str]:
    """The names in a text."""
    return frozenset(term for term in content.terms if term.startswith("="))
