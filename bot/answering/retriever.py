"""Retrieving: what answers a question that was understood, by reasoning over the facts or from the text.

The facts come first. The text is asked for what they cannot express (why, how, what was said), for figures that it
gives itself, and for what no fact speaks of, there only where a sentence answers beyond doubt.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.answering.interpreter import Understood
from bot.answering.languages import Tongue, Tongues
from bot.checking.filling import FillingJudge, MarkedSentence
from bot.passages.reader import LIKELY, RELATED, RELATED_TOPIC, PassageReader
from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.reasoner import Reasoner
from bot.reasoning.statements import conjoined, merged
from bot.schema.answer import Reason, Status, Verdict
from bot.understanding.candidates import Candidate, Nothing, Origin, names_of
from bot.understanding.canonical import is_composed, reading_key
from bot.understanding.chooser import Choice, RankedChooser
from bot.understanding.dates_and_amounts import any_of
from bot.understanding.exact import RelationWords, asks_yes_or_no
from bot.understanding.linker import Role
from bot.understanding.logical_form import Clause, Form
from corpus.language import Cue, Talk
from corpus.model import Corpus, Quote
from index.search import Index

STATED = 6.5
"""The least log odds of the reranker at which a sentence is taken to say who leads what no fact speaks of."""
SURELY = 4.0
"""The least log odds at which a number in a sentence is taken for the one asked for."""
SAID = 3.0
"""The least log odds of a sentence that is quoted where no fact has what was asked."""
ELSEWHERE, UNLIKE = 3.5, 0.12
"""What names nothing and is less like any passage (cosine) is about something else, where "not stated" is likelier than
that by fewer log odds."""
LONGEST_VALUE = 4
"""Words of a name or a figure, at the most."""
PLACED, SETTLED, AS_WELL = -1.0, -3.0, 1.5
"""The least log odds that a sentence has what was asked for, and what decides a yes or no; how far a second sentence
may stand behind the first, its own likelihood included."""
_WRONG_VALUE = (Reason.WRONG_NUMBER, Reason.WRONG_DATE)
_NAMING = (Role.ENTITY, Role.PLACE)
_DENYING = (Cue.NOT, Cue.NO, Cue.NEITHER, Cue.NOR, Cue.NOBODY)
EXEMPLARS = 6
"""How many phrases of each kind of talk stand for it, where what was said is none of them."""
MENTIONED = 4
"""How many words that the corpus does not have are named in a reply."""


class Retriever:
    """Finds the evidence for questions; the same question always finds the same."""

    def __init__(
        self,
        corpus: Corpus,
        tongues: Tongues,
        reasoner: Reasoner,
        reader: PassageReader,
        index: Index,
        filling: FillingJudge | None = None,
    ) -> None:
        self.corpus, self.tongues, self.reasoner, self.filling = corpus, tongues, reasoner, filling
        self.reader, self.aligner, self.index = reader, reader.aligner, index
        self.linker = tongues.home.linker
        self.words = RelationWords(corpus) if corpus.induced else None

    def retrieve(self, understood: Understood) -> Evidence:
        """Reason over the facts; go to the passages where they cannot answer."""
        if understood.parts:
            told = self._parts([self.retrieve(part) for part in understood.parts])
            if not understood.left:
                return told
            left = Statement(Say.LEFT_QUESTIONS, {"number": (str(understood.left),)}, claim=False)
            return replace(told, statements=(*told.statements, left))
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

    @staticmethod
    def _parts(pieces: Sequence[Evidence]) -> Evidence:
        """The answers to each question of a message; beside one that is answered, the others are just not stated."""
        silent = (Status.OUT_OF_SCOPE, Status.CHAT, Status.NOT_STATED)
        if not all(piece.status in silent for piece in pieces):
            told = Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
            pieces = [told if piece.status is Status.OUT_OF_SCOPE else piece for piece in pieces]
        verdicts = [piece.verdict for piece in pieces if piece.verdict]
        if len(verdicts) > 1 and len(set(verdicts)) > 1:
            # One yes and one no: what each is said to stands in the sentences.
            pieces = [replace(_unspoken(piece), verdict=None) for piece in pieces]
            return merged(pieces)
        return _together(pieces)

    def _chosen(self, understood: Understood, choice: Choice) -> Evidence:
        """The evidence for what was chosen."""
        if choice.nothing is not None:
            return self._nothing(choice, understood)
        tongue = understood.tongue
        formed = [(clause, self._formed(clause, understood, choice)) for clause in choice.clauses]
        stated = {clause.predicate for clause, piece in formed if piece.status is not Status.NOT_STATED}
        # Of readings of what is no question ("It is Acme, check again."), those that the facts can answer were meant.
        doubted = "?" not in understood.question
        kept = [piece for clause, piece in formed if not (doubted and stated) or clause.predicate in stated]
        pieces = [self._worded(piece, tongue) for piece in kept]
        if any(candidate.origin is Origin.SUMMARY for candidate in choice.picked):
            pieces.append(Evidence(Status.ANSWERED, quotes=self.reader.summary()))
        if said := [candidate for candidate in choice.picked if candidate.quote is not None]:
            pieces.append(self._said(said, understood))
        before = understood.asked[-2].clauses if len(understood.asked) > 1 else ()
        if before and {reading_key(c) for c in choice.clauses} == {reading_key(c) for c in before}:
            stands = Statement(Say.STANDS, claim=False)
            if pieces[0].status not in (Status.NOT_STATED, Status.OUT_OF_SCOPE):
                pieces[0] = replace(pieces[0], statements=(stands, *pieces[0].statements))
        return _together(pieces)

    def _formed(self, clause: Clause, understood: Understood, choice: Choice) -> Evidence:
        """The evidence for a form that was chosen; where the facts do not have it, the best sentence, if one is likely.

        A why whose premise holds is answered by a sentence, or by none.
        """
        if clause.form is Form.SUBJECT and is_composed(clause) and self._polar_question(understood):
            clause = replace(clause, existential=True)  # "Does anyone other than Acme lead Iberia?"
        if clause.form is Form.CLAIM:
            evidence = self._answer(clause, understood)
            return evidence if self._is_sure(clause, understood, choice) else _unclaimed(evidence)
        if clause.form is not Form.PREMISE:
            evidence = self._answer(clause, understood)
        else:
            evidence = self.reasoner.answer(clause)
            if evidence.verdict is not Verdict.SUPPORTED:
                return self._premise(clause, evidence, understood)
            said = choice.whole().sentence
            if said is not None and said.quote is not None:
                return Evidence(Status.ANSWERED, (), quotes=self.reader.whole(said.quote))
            only = Statement(Say.PREMISE_ONLY, claim=False)
            return Evidence(Status.NOT_STATED, (*evidence.statements, only))
        if evidence.status is Status.NOT_STATED and len(choice.clauses) == 1:
            choice = choice.whole()
            if choice.sentence and self._speaks_of(choice, clause):
                return self._said([choice.sentence], replace(understood, choice=choice))
        return evidence

    def _speaks_of(self, choice: Choice, clause: Clause) -> bool:
        """Whether the best sentence surely answers, and names all that a clause is about."""
        score = next((score for score, candidate in choice.scores if candidate == choice.sentence), 0.0)
        if choice.sentence is None or score < SAID:
            return False
        names = {n for m in self.linker.link(choice.sentence.text) for role in _NAMING for n in m.names(role)}
        return names_of(clause) <= names

    def _is_sure(self, clause: Clause, understood: Understood, choice: Choice) -> bool:
        """Whether yes or no may be said to a claim: not where it was hardly read so, nor without its denial.

        Nor where relations are found in documents, and the message has the word of another one and none of the one
        that was read: who asks whether a house is open at five does not ask whether it closes then. Relations that are
        written share their words.
        """
        parsed = any(candidate.parsed for candidate in choice.picked if candidate.clause == clause)
        denied = any(mention.has(*_DENYING) for mention in understood.message.mentions) and not (
            clause.negated or parsed
        )
        if self.words and not parsed and self.words.are_anothers(understood.message, clause.predicate):
            return False
        return choice.is_sure(clause) and not denied

    def _nothing(self, choice: Choice, understood: Understood) -> Evidence:
        """What is said where nothing was asked that the corpus tells of."""
        if choice.nothing is Nothing.TALK:
            return self._talk(self._talk_of(understood))
        elsewhere = next((score for score, c in choice.scores if c.nothing is Nothing.ELSEWHERE), -math.inf)
        known = choice.reader != RankedChooser.name or understood.message.named or len(understood.asked) > 1
        near = known or self._related(understood.question, UNLIKE)
        if choice.nothing is not Nothing.NOT_STATED or (not near and elsewhere > -ELSEWHERE):
            return self._out_of_scope()
        verdict = Verdict.NOT_ENOUGH_INFO if self._polar_question(understood) else None
        return Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),), (), verdict)

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
        last = (sentences or understood.message.sentences)[-1:]
        return any(asks_yes_or_no(sentence) and not sentence.pressure for sentence in last)

    def _said(self, said: Sequence[Candidate], understood: Understood) -> Evidence:
        """Sentences of the text as the answer, with what they have in the place that was asked for.

        Of a yes/no question with its verdict, where that can be proved.
        """
        polar = self._polar_question(understood)
        quotes = self._whole(each.quote for each in said)
        if polar:
            judged = self._read_claim(understood.question, understood.tongue)
            if judged is not None and set(judged.quotes) & set(quotes):
                return judged
        if read := self._read_off(said, understood, polar):
            return read
        values = () if polar else self.reader.values(understood.question, [each.quote for each in said if each.quote])
        return Evidence(Status.ANSWERED, (), values, Verdict.NOT_ENOUGH_INFO if polar else None, quotes=quotes)

    def _whole(self, said: Iterable[Quote | None]) -> tuple[Quote, ...]:
        """Sentences, each with what it cannot stand without."""
        return tuple(dict.fromkeys(each for quote in said if quote for each in self.reader.whole(quote)))

    def _read_off(self, said: Sequence[Candidate], understood: Understood, polar: bool) -> Evidence | None:
        """Sentences with what they have in the place that was asked for: values, or what decides a yes or no.

        None where nothing stands there.
        """
        if self.filling is None or understood.tongue is not self.tongues.home:
            return None
        every = [(each, self.filling.marker.read(understood.told, each.text)) for each in said]
        likely = {c: score for score, c in understood.choice.scores} if understood.choice else {}
        worth = [likely.get(each, 0.0) + found.answers for each, found in every]
        least = SETTLED if every[0][1].polar > 0 else PLACED
        marked = [
            (each, found)
            for (each, found), own in zip(every, worth, strict=True)
            if found.spans and found.answers >= least and own >= max(worth) - AS_WELL
        ]
        if not marked:
            return None
        if marked[0][1].polar > 0 or polar:
            return self._decided(*marked[0], understood)
        if any(mention.has(Cue.WHY, Cue.HOW, Cue.WHEN) for mention in understood.message.mentions):
            told = self._decided(*marked[0], understood)
            if told is not None and told.verdict is Verdict.REFUTED:
                # It takes for true what is not: "Why does Acme lead Iberia?"
                first = Statement(Say.OTHERWISE, claim=False)
                return replace(told, statements=(first,), values=told.values[1:], verdict=None)
        values = dict.fromkeys(value for each, found in marked for value in self._marked(each, found))
        if any(len(value.split()) > LONGEST_VALUE for value in values):
            values = {}  # what somebody does, or why: no name and no figure
        return Evidence(Status.ANSWERED, (), tuple(values), quotes=self._whole(each.quote for each, _ in marked))

    def _marked(self, said: Candidate, found: MarkedSentence) -> Iterator[str]:
        """What is marked in a sentence."""
        return (self._bare(said.text[start:end]) for start, end in found.spans)

    def _bare(self, name: str) -> str:
        """A name without the article before it."""
        first, _, rest = name.partition(" ")
        return rest if rest and any(mention.has(Cue.THE) for mention in self.linker.link(first)) else name

    def _decided(self, said: Candidate, found: MarkedSentence, understood: Understood) -> Evidence | None:
        """Yes or no by a sentence, with what it has in the place where the statement has another."""
        message = understood.message
        assert self.filling is not None
        judged = self.filling.judged(message.text, message.mentions, said.text, found)
        if judged is None:
            return None
        verdict, reason = judged
        right = verdict is Verdict.SUPPORTED
        first = Statement(Say.AFFIRM if right else Say.DENY, claim=False)
        values = ("yes",) if right else ("no", *self._marked(said, found))
        status = Status.ANSWERED if right else Status.CORRECTED
        return Evidence(status, (first,), values, verdict, reason, self._whole([said.quote]))

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
        if len(pieces) > 1 and not all(piece.verdict for piece in pieces):
            # A part that is no question about the corpus, or only "why?", does not spoil the parts that are.
            empty = [c.form is Form.PASSAGE and not c.unknown and not c.subjects and not c.objects for c in clauses]
            kept = [
                p
                for p, blank in zip(pieces, empty, strict=True)
                if p.status is not Status.OUT_OF_SCOPE and not (blank and p.status is Status.NOT_STATED)
            ]
            pieces = kept or pieces[:1]
        return _together(pieces)

    def _answer(self, clause: Clause, understood: Understood) -> Evidence:
        if clause.form is Form.PASSAGE:
            return self._read(clause, understood)
        if clause.form is Form.CLAIM and understood.tongue.checker.facts.in_its_place(clause):
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

    def _related(self, text: str, least: float = RELATED / 2) -> bool:
        """Whether a question with unknown words comes near anything that the corpus says."""
        return any(hit.dense >= least for hit in self.index.passages(text, 1))

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
            measured = self.corpus.predicates[clause.predicate].measured
            if evidence.reason is Reason.WRONG_SCOPE or (measured and evidence.reason in _WRONG_VALUE):
                values = tuple(dict.fromkeys(fact.object for fact in evidence.facts))
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
        aligned = tongue.checker.text.reported(text) or self.aligner.align(text, self.reader.candidates(text))
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


def _together(pieces: Sequence[Evidence]) -> Evidence:
    """Several answers as one: claims that are asked together hold together."""
    if len(pieces) > 1 and all(piece.verdict for piece in pieces):
        return conjoined(pieces)
    return merged(pieces)


def _unspoken(evidence: Evidence) -> Evidence:
    """Evidence without its yes or no: the facts speak."""
    told = tuple(each for each in evidence.statements if each.say not in (Say.AFFIRM, Say.DENY))
    return replace(evidence, statements=told)


def _unclaimed(evidence: Evidence) -> Evidence:
    """What the facts say of a claim that was not read for sure: neither yes nor no."""
    if evidence.verdict in (None, Verdict.NOT_ENOUGH_INFO):
        return evidence
    status = Status.ANSWERED if evidence.status is Status.CORRECTED else evidence.status
    values = tuple(value for value in evidence.values if value not in ("yes", "no"))
    return replace(_unspoken(evidence), status=status, values=values, verdict=None)
