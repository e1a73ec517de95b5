"""Retrieving: what answers a question that was understood, by reasoning over the facts or from the text.

The facts come first. The text is asked for what they cannot express (why, how, what was said), for figures that it
gives itself, and for what no fact speaks of, there only where a sentence answers beyond doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.languages import Tongue, Tongues
from bot.passages.reader import LIKELY, RELATED, RELATED_TOPIC, PassageReader
from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.reasoner import Reasoner, merged
from bot.reasoning.statements import conjoined
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.candidates import Nothing, Origin, Turn
from bot.understanding.canonical import reading_key
from bot.understanding.chooser import Choice
from bot.understanding.conversation import Context, Resolved
from bot.understanding.dates_and_amounts import any_of
from bot.understanding.logical_form import Clause, Form, Message
from corpus.language import Cue, Talk
from corpus.model import Corpus, Quote
from index.search import Index

STATED = 6.5
"""The least log odds of the reranker at which a sentence is taken to say who leads what no fact speaks of."""
SURELY = 4.0
"""The least log odds at which a number in a sentence is taken for the one asked for."""
SURE = 3.0
"""The least score of a claim to which yes or no is said in so many words."""
EXEMPLARS = 6
"""How many phrases of each kind of talk stand for it, where what was said is none of them."""
MENTIONED = 4
"""How many words that the corpus does not have are named in a reply."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question read: its clauses stand on their own. ``choice``: what was chosen, where the parser left words unread.

    ``context`` and ``asked`` are for the next turn: what this conversation has come to, and all that was asked in it.
    """

    question: str
    tongue: Tongue
    message: Message
    resolved: Resolved
    standalone: str
    reading: str
    timings: Mapping[str, float] = field(default_factory=dict)
    choice: Choice | None = None
    context: Context = field(default_factory=Context)
    asked: tuple[Turn, ...] = ()


class Retriever:
    """Finds the evidence for questions; the same question always finds the same."""

    def __init__(
        self, corpus: Corpus, tongues: Tongues, reasoner: Reasoner, reader: PassageReader, index: Index
    ) -> None:
        self.corpus, self.tongues, self.reasoner = corpus, tongues, reasoner
        self.reader, self.aligner, self.index = reader, reader.aligner, index

    def retrieve(self, understood: Understood) -> Evidence:
        """Reason over the facts; go to the passages where they cannot answer."""
        resolved = understood.resolved
        if understood.choice is not None:
            return self._chosen(understood, understood.choice)
        if resolved.talk:
            return self._talk(resolved.talk)
        if self.tongues.foreign(understood.question):
            return self._foreign()
        if resolved.instruction or not resolved.clauses:
            return self._out_of_scope()
        return self._answer_all(understood)

    def _chosen(self, understood: Understood, choice: Choice) -> Evidence:
        """The evidence for what was chosen."""
        if choice.nothing is not None:
            return self._nothing(choice.nothing, understood)
        tongue = understood.tongue
        pieces = [self._worded(self._formed(clause, understood, choice), tongue) for clause in choice.clauses]
        if any(candidate.origin is Origin.SUMMARY for candidate in choice.picked):
            pieces.append(Evidence(Status.ANSWERED, quotes=self.reader.summary()))
        if said := [candidate.quote for candidate in choice.picked if candidate.quote is not None]:
            pieces.append(self._said(said, understood))
        before = understood.asked[-2].clauses if len(understood.asked) > 1 else ()
        if before and {reading_key(c) for c in choice.clauses} == {reading_key(c) for c in before}:
            stands = Statement(Say.STANDS, claim=False)
            if pieces[0].status not in (Status.NOT_STATED, Status.OUT_OF_SCOPE):
                pieces[0] = replace(pieces[0], statements=(stands, *pieces[0].statements))
        if len(pieces) > 1 and all(piece.verdict for piece in pieces):
            return conjoined(pieces)
        return merged(pieces)

    def _formed(self, clause: Clause, understood: Understood, choice: Choice) -> Evidence:
        """The evidence for a form that was chosen. A why whose premise holds is answered by a sentence, or by none."""
        if clause.form is Form.CLAIM:
            return self._unsaid(clause, self._answer(clause, understood), choice)
        if clause.form is not Form.PREMISE:
            return self._answer(clause, understood)
        evidence = self.reasoner.answer(clause)
        if evidence.verdict is not Verdict.SUPPORTED:
            return self._premise(clause, evidence, understood)
        if choice.sentence is not None and choice.sentence.quote is not None:
            return Evidence(Status.ANSWERED, (), quotes=self.reader.whole(choice.sentence.quote))
        only = Statement(Say.PREMISE_ONLY, claim=False)
        return Evidence(Status.NOT_STATED, (*evidence.statements, only))

    @staticmethod
    def _unsaid(clause: Clause, evidence: Evidence, choice: Choice) -> Evidence:
        """To a claim that was not read for sure no yes and no no is said: the facts speak."""
        score = next((score for score, candidate in choice.scores if candidate.clause == clause), 0.0)
        if score >= SURE or evidence.verdict in (None, Verdict.NOT_ENOUGH_INFO):
            return evidence
        told = tuple(each for each in evidence.statements if each.say not in (Say.AFFIRM, Say.DENY))
        return replace(evidence, statements=told)

    def _nothing(self, nothing: Nothing, understood: Understood) -> Evidence:
        """What is said where nothing was asked that the corpus tells of."""
        if nothing is Nothing.TALK:
            return self._talk(self._talk_of(understood))
        if nothing is not Nothing.MEANINGLESS and (agreed := self._agreed(understood)):
            return self._said([agreed], understood)
        if nothing is not Nothing.NOT_STATED or self._far(understood):
            return self._out_of_scope()
        verdict = Verdict.NOT_ENOUGH_INFO if self._polar_question(understood) else None
        return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),), (), verdict)

    def _agreed(self, understood: Understood) -> Quote | None:
        """The sentence that comes first for the chooser, where the reader of passages finds that it answers."""
        scores = understood.choice.scores if understood.choice else ()
        first = next((candidate.quote for _, candidate in scores if candidate.quote is not None), None)
        if first is None:
            return None
        found = self.reader.read(understood.question)
        return first if found.answers and first in found.quotes else None

    def _far(self, understood: Understood) -> bool:
        """Whether a message that nothing answers names nothing of the corpus, and comes near no passage of it."""
        message = understood.message
        if message.named or len(understood.asked) > 1:
            return False
        bar = RELATED_TOPIC if message.topical else RELATED
        return not any(hit.dense >= bar for hit in self.index.passages(understood.question, 1))

    def _talk_of(self, understood: Understood) -> Talk:
        """Which kind of talk comes nearest in meaning."""
        if understood.resolved.talk:
            return understood.resolved.talk
        said = self.index.vector(understood.question)
        examples = understood.tongue.language.talk
        return max(Talk, key=lambda talk: max(float(self.index.vector(e) @ said) for e in examples[talk][:EXEMPLARS]))

    @staticmethod
    def _polar_question(understood: Understood) -> bool:
        """Whether a message asks yes or no."""
        sentences = [s for s in understood.message.sentences if s.text.rstrip().endswith("?")]
        mentions = (sentences or understood.message.sentences)[-1].mentions if understood.message.sentences else ()
        opening = next((m for m in mentions if m.word and not m.has(Cue.FILLER, Cue.BUT, Cue.AND)), None)
        return opening is not None and opening.has(Cue.AUX)

    def _said(self, said: Sequence[Quote], understood: Understood) -> Evidence:
        """Sentences of the text as the answer; of a yes/no question with its verdict, where that can be proved."""
        quotes = tuple(dict.fromkeys(each for quote in said for each in self.reader.whole(quote)))
        if not self._polar_question(understood):
            return Evidence(Status.ANSWERED, (), self.reader.values(understood.question, said), quotes=quotes)
        judged = self._read_claim(understood.question, understood.tongue)
        if judged is not None and set(judged.quotes) & set(quotes):
            return judged
        return Evidence(Status.ANSWERED, (), (), Verdict.NOT_ENOUGH_INFO, quotes=quotes)

    def _talk(self, talk: Talk) -> Evidence:
        return Evidence(Status.CHAT, (Statement(Say(talk.value), claim=False),))

    def _out_of_scope(self) -> Evidence:
        return Evidence(Status.OUT_OF_SCOPE, (Statement(Say.OUT_OF_SCOPE, claim=False),))

    def _foreign(self) -> Evidence:
        """Which languages are read, told in the corpus's own."""
        return Evidence(Status.OUT_OF_SCOPE, (Statement(Say.FOREIGN, {"objects": self.tongues.names}, claim=False),))

    def _answer_all(self, understood: Understood) -> Evidence:
        clauses = understood.resolved.clauses
        pieces = [self._worded(self._answer(clause, understood), understood.tongue) for clause in clauses]
        if understood.resolved.pressed:
            pieces[0] = replace(pieces[0], statements=(Statement(Say.STANDS, claim=False), *pieces[0].statements))
        if len(pieces) > 1 and all(piece.verdict for piece in pieces):
            return conjoined(pieces)
        if len(pieces) > 1:
            # A part that is no question about the corpus, or only "why?", does not spoil the parts that are.
            empty = [c.form is Form.PASSAGE and not c.unknown and not c.subjects and not c.objects for c in clauses]
            kept = [
                p
                for p, blank in zip(pieces, empty, strict=True)
                if p.status is not Status.OUT_OF_SCOPE and not (blank and p.status is Status.NOT_STATED)
            ]
            pieces = kept or pieces[:1]
        return merged(pieces)

    def _answer(self, clause: Clause, understood: Understood) -> Evidence:
        if clause.form is Form.PASSAGE:
            return self._read(clause, understood)
        if clause.form is Form.CLAIM and understood.tongue.checker.in_its_place(clause):
            return self._read(clause, understood)  # "Has Acme visited Iberia?"
        # "Who is X?", "What is Y?": a sentence tells more than the one fact that names it.
        asked = clause.form in (Form.SUBJECT, Form.OBJECT) and not clause.polar and not clause.kind
        told = asked and clause.implied and clause.predicate != self.corpus.main.name
        if told and (read := self._read(clause, understood)).status is Status.ANSWERED:
            return read
        evidence = self._counted_in_text(clause) or self.reasoner.answer(clause)
        if clause.form is Form.PREMISE:
            return self._premise(clause, evidence, understood)
        if evidence.status is Status.NOT_STATED and self.corpus.predicates[clause.predicate].measured:
            return self._read(clause, understood)  # of figures the facts have a few, the text may have more
        if stated := self._stated_in_text(clause, evidence):
            return stated
        if evidence.status is Status.NOT_STATED and clause.unknown and not self._related(clause.text):
            return self._out_of_scope()
        if clause.form is Form.CLAIM:
            return replace(evidence, statements=self._polar(clause, evidence))
        if clause.existential and evidence.verdict is None:
            return self._existential(evidence)
        if clause.meant and evidence.status is not Status.NOT_STATED:
            notes = [
                Statement(Say.MEANT, {"scope": (words,), "object": (name,)}, claim=False)
                for words, name in clause.meant
            ]
            evidence = replace(evidence, statements=(*notes, *evidence.statements))
        return evidence

    def _counted_in_text(self, clause: Clause) -> Evidence | None:
        """ "How many members are there?": the number that the source itself gives, where it gives one."""
        if clause.form is not Form.COUNT or clause.subjects or clause.objects or clause.quantity or not clause.kind:
            return None
        found = self.reader.read(clause.text)
        given = [n for quote in found.quotes for n in self.reader.numbers_of(quote.text, clause.kind)]
        if found.relevance < SURELY or len(set(given)) != 1:
            return None
        return Evidence(Status.ANSWERED, (), (given[0],), quotes=found.quotes)

    def _stated_in_text(self, clause: Clause, evidence: Evidence) -> Evidence | None:
        """Who leads what no fact speaks of: a sentence that has every word of it, and answers beyond doubt."""
        main = clause.predicate == self.corpus.main.name
        if evidence.status is not Status.NOT_STATED or clause.form is not Form.SUBJECT or clause.polar or not main:
            return None
        entities = (self.corpus.entities.get(scope.entity or scope.surface) for scope in clause.objects)
        named = {entity.kind for entity in entities if entity}
        if named & set(self.corpus.predicates[clause.predicate].subject_kinds):
            return None  # "Who leads Acme?": what Acme leads is no answer
        asked = frozenset(term for scope in clause.objects for term in self.aligner.content(scope.surface).terms)
        if not asked:
            return None
        found = self.reader.read(clause.text)
        said = frozenset(term for quote in found.quotes for term in self.aligner.content(quote.text).terms)
        if not found.answers or found.relevance < STATED or not asked <= said:
            return None
        return Evidence(Status.ANSWERED, (), quotes=found.quotes)

    def _worded(self, evidence: Evidence, tongue: Tongue) -> Evidence:
        """Evidence whose statements the language has verbs for: it quotes the source for the others, as it stands."""
        if tongue.language.code == self.corpus.language:
            return evidence
        worded = tongue.language.predicates
        mute = [s for s in evidence.statements if s.claim and any(fact.predicate not in worded for fact in s.facts)]
        if not mute:
            return evidence
        quotes = dict.fromkeys(fact.quote for statement in mute for fact in statement.facts)
        kept = tuple(statement for statement in evidence.statements if statement not in mute)
        return replace(evidence, statements=kept, quotes=(*evidence.quotes, *quotes))

    def _related(self, text: str) -> bool:
        """Whether a question with unknown words comes near anything that the corpus says."""
        return any(hit.dense >= RELATED / 2 for hit in self.index.passages(text, 1))

    def _existential(self, evidence: Evidence) -> Evidence:
        """ "Is there a company that …?": yes where one is found, no where the facts leave none."""
        if evidence.status in (Status.NOT_STATED, Status.PARTIAL):
            return replace(evidence, verdict=Verdict.NOT_ENOUGH_INFO)
        verdict = Verdict.SUPPORTED if evidence.values else Verdict.REFUTED
        first = Statement(Say.AFFIRM if evidence.values else Say.DENY, claim=False)
        values = ("yes",) if evidence.values else ("no",)
        return replace(evidence, statements=(first, *evidence.statements), values=values, verdict=verdict)

    def _polar(self, clause: Clause, evidence: Evidence) -> tuple[Statement, ...]:
        if evidence.verdict is Verdict.NOT_ENOUGH_INFO:
            return (*evidence.statements, Statement(Say.UNDECIDED, claim=False))
        says = Say.AFFIRM if evidence.verdict is Verdict.SUPPORTED else Say.DENY
        return (Statement(says, claim=False), *evidence.statements)

    def _premise(self, clause: Clause, evidence: Evidence, understood: Understood) -> Evidence:
        """A why, when or how that takes something for true: put it right where it is not."""
        if evidence.verdict is Verdict.REFUTED:
            first = Statement(Say.OTHERWISE, claim=False)
            values = tuple(value for value in evidence.values if value not in ("yes", "no"))
            return Evidence(Status.CORRECTED, (first, *evidence.statements), values)
        if evidence.verdict is Verdict.NOT_ENOUGH_INFO:
            return replace(evidence, verdict=None, values=())
        read = self._read(clause, understood)
        if read.status is Status.ANSWERED:
            return replace(read, verdict=None)
        only = Statement(Say.PREMISE_ONLY, claim=False)
        return Evidence(Status.NOT_STATED, (*evidence.statements, only))

    def _read(self, clause: Clause, understood: Understood) -> Evidence:
        """Answer from the text, or say that it does not."""
        text = clause.text
        opening = understood.tongue.linker.link(text)[:1]
        if (clause.polar and not clause.kind) or (opening and opening[0].has(Cue.AUX)):
            if (judged := self._read_claim(text, understood.tongue)) is not None:
                return judged
        elif clause.form is Form.PASSAGE and (contradicted := self._premise_in_text(clause, understood.tongue)):
            return contradicted
        found = self.reader.read(text)
        if found.answers and not clause.polar:
            return Evidence(Status.ANSWERED, (), found.values, quotes=found.quotes)
        message = understood.message
        named = message.named or "pronoun" in clause.refers
        far = found.related < (RELATED_TOPIC if message.topical else RELATED)
        if not named and far and not found.answers:
            return self._out_of_scope()
        verdict = Verdict.NOT_ENOUGH_INFO if clause.polar else None
        told = [Statement(Say.NOT_STATED_TEXT, claim=False)]
        if found.relevance >= LIKELY:
            # It does not say so, or not that; what it does say of it is for the reader to judge.
            nearest = Statement(Say.NEAREST, claim=False)
            return Evidence(Status.NOT_STATED, (*told, nearest), (), verdict, quotes=found.quotes)
        if strange := self._not_in_corpus(clause.unknown):
            told.append(Statement(Say.NOT_UNDERSTOOD, {"unknown": strange}, claim=False))
        return Evidence(Status.NOT_STATED, tuple(told), (), verdict)

    def _not_in_corpus(self, words: Sequence[str]) -> tuple[str, ...]:
        """Those words of a question that stand nowhere in the corpus."""
        known = {
            term for p in self.reader.candidates(" ".join(words)) for term in self.aligner.content(p.quote.text).terms
        }
        return tuple(word for word in words if word.isalpha() and not self.aligner.content(word).terms <= known)[
            :MENTIONED
        ]

    def _premise_in_text(self, clause: Clause, tongue: Tongue) -> Evidence | None:
        """A why or when whose premise a sentence of the source contradicts."""
        intending = re.compile(rf"\b(?:{any_of(tongue.language.intending)})\b", re.I)
        text = intending.sub(" ", clause.text)
        aligned = self.aligner.align(text, self.reader.candidates(text))
        wrong = {Reason.WRONG_NUMBER, Reason.WRONG_DATE} | ({Reason.WRONG_POLARITY} if clause.asks else set())
        if aligned.verdict is not Verdict.REFUTED or aligned.reason not in wrong:
            return None
        return Evidence(Status.CORRECTED, (Statement(Say.OTHERWISE, claim=False),), quotes=aligned.quotes)

    def _read_claim(self, text: str, tongue: Tongue) -> Evidence | None:
        aligned = tongue.checker.reported(text) or self.aligner.align(text, self.reader.candidates(text))
        if aligned.reason is Reason.HYPOTHETICAL:
            # The source leaves open what is asked: its words are the answer.
            return Evidence(Status.PARTIAL, (), (), aligned.verdict, aligned.reason, aligned.quotes)
        if aligned.verdict is Verdict.NOT_ENOUGH_INFO:
            return None
        right = aligned.verdict is Verdict.SUPPORTED
        first = Statement(Say.AFFIRM if right else Say.DENY, claim=False)
        status = Status.ANSWERED if right else Status.CORRECTED
        return Evidence(
            status, (first,), ("yes",) if right else ("no",), aligned.verdict, aligned.reason, aligned.quotes
        )
