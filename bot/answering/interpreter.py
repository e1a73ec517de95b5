"""Interpreting: what a message means in its conversation.

A message that asks several things is read question by question, each as if it were a turn of its own. Where the parser
leaves no word unread, its reading stands; else every reading that a message may have is a candidate, and a chooser
names those that are meant.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.answering.languages import Tongue, Tongues
from bot.answering.lessons import Lessons
from bot.answering.tracing import span
from bot.passages.reader import PassageReader
from bot.reasoning.reasoner import Reasoner
from bot.schema.answer import Status, Usage
from bot.schema.contract import TURNS
from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, Nothing, Origin, Turn, names_in
from bot.understanding.canonical import lacks_something
from bot.understanding.chooser import Choice, Chooser, RankedChooser
from bot.understanding.conversation import Context, Resolved, Resolver
from bot.understanding.exact import (
    MOST_QUESTIONS,
    asks_value,
    fits_question_word,
    forms_named,
    mended,
    question_words,
    questions_in,
    reads_all,
    understood_fully,
)
from bot.understanding.gloss import Glosser
from bot.understanding.logical_form import Clause, Form, Message
from corpus.deadline import keep_time
from corpus.language import Cue, Talk
from corpus.model import MEASURED_KINDS, Corpus, Taught
from index.caches import Cache, caches_in
from index.embedding import Embedder
from index.search import Index

READINGS = 2048
"""Readings that are kept: a conversation is read turn by turn, and each of its turns once."""
LIKELY = 2.0
"""How far at most a question may stand behind the sentence which answers it, to be taken in its place."""

GLOSSED = 1.0
"""The least log odds of what a message in another language is taken to mean: its gloss says less than it does."""
NAMED = 4.0
"""How much less likely than "not stated" such a question may be where a name or a date was asked for."""
_LACKING = (Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NEITHER, Cue.NOR, Cue.EXCEPT)
BRIEF = 4
"""Words of a message that a phrase of small talk settles; in a longer one it stands among others."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question read: its clauses stand on their own. ``choice``: what was chosen, where the parser left words unread.

    ``parts``: each question of a message that asks several, in order; ``left``: how many more it asks. ``context`` and
    ``asked`` are for the next turn: what this conversation has come to, and all that was asked in it. ``told`` is what
    models are told of it.
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
    parts: tuple[Understood, ...] = ()
    left: int = 0
    told: str = ""

    @property
    def usage(self) -> Usage:
        """What a chat model counted for reading it."""
        choices = [part.choice for part in self.parts or (self,) if part.choice]
        return sum((choice.usage for choice in choices), Usage())

    @property
    def asks(self) -> bool:
        """Whether it asks something that is, or could be, about the corpus."""
        if self.choice is not None:
            return self.choice.nothing in (None, Nothing.NOT_STATED)
        return not (self.resolved.talk or self.resolved.instruction)


class Interpreter:
    """Reads messages in their conversations. Safe from several threads; the same turns are always read the same."""

    def __init__(
        self,
        corpus: Corpus,
        tongues: Tongues,
        reasoner: Reasoner,
        reader: PassageReader,
        index: Index,
        embedder: Embedder,
        chooser: Chooser | None,
    ) -> None:
        home = tongues.home
        self.corpus, self.tongues, self.reasoner, self.reader = corpus, tongues, reasoner, reader
        self.resolver = Resolver(corpus)
        # Readings are chosen in the corpus's own language, where it has wordings to choose among.
        self.chooser = chooser if home.language.canonical else None
        self.maker = CandidateMaker(corpus, home.language, home.linker, index, embedder)
        self.glosser = Glosser(corpus, home.language, home.linker.world)
        self.lessons = Lessons(corpus.taught, self._meant)
        self._read = lru_cache(maxsize=READINGS)(self._reading)

    def with_taught(self, examples: Sequence[Taught]) -> Interpreter:
        """The same one with these taught examples in force, and no others."""
        other = copy(self)
        other.lessons = self.lessons.instead(examples, other._meant)
        other._read = lru_cache(maxsize=READINGS)(other._reading)
        return other

    @span("understand")
    def read(self, question: str, history: Sequence[str] = ()) -> Understood:
        """A question in the light of the turns before it, oldest first."""
        started, before = time.perf_counter(), self._waited
        understood = self._read((*history[-TURNS:], question), self._epoch)
        spent, waited = (time.perf_counter() - started) * 1000, self._waited - before
        timings = {"understand": round(spent - waited, 3), **({"model": round(waited, 3)} if waited else {})}
        return replace(understood, timings=timings)

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """The readings of messages, and what choosing among them keeps."""
        yield "readings", self._read
        chooser = self.chooser and (self.chooser.fallback or self.chooser)
        yield from caches_in((chooser, self.maker.sentences))

    def warm(self) -> None:
        """Have what the first choice would otherwise wait for."""
        if self.chooser:
            self.maker.sentences.warm()
            conversation = Conversation(self.maker.summary.text)
            self.chooser.warm(conversation, self.maker.make(conversation))

    @property
    def _epoch(self) -> int:
        return self.chooser.epoch if self.chooser else 0

    @property
    def _waited(self) -> float:
        return self.chooser.waited if self.chooser else 0.0

    def _reading(self, turns: tuple[str, ...], epoch: int) -> Understood:
        """The last of these turns, read after the others; the readings of those are kept, each for its epoch."""
        keep_time()
        before = self._read(turns[:-1], epoch) if len(turns) > 1 else None
        text = turns[-1]
        tongue = self.tongues.of(text, before.tongue if before else None)
        message = tongue.parser.parse(text)
        home = self.chooser is not None and tongue is self.tongues.home
        pieces = questions_in(message) if home else ()
        context = before.context if before else Context()
        if len(pieces) < 2 or self._stands(message, self.resolver.resolve(message, context)):
            return self._question(text, tongue, message, before)
        read = tuple(self._each(pieces[:MOST_QUESTIONS], tongue, before))
        return replace(self._several(text, tongue, message, read), left=max(0, len(pieces) - MOST_QUESTIONS))

    def _each(self, pieces: Sequence[str], tongue: Tongue, before: Understood | None) -> Iterator[Understood]:
        """Each question of a message, read after those before it."""
        for piece in pieces:
            keep_time()
            before = self._question(piece, tongue, tongue.parser.parse(piece), before)
            yield before

    @staticmethod
    def _several(text: str, tongue: Tongue, message: Message, read: tuple[Understood, ...]) -> Understood:
        """A message that asks several things; what asks nothing goes, where anything else asks."""
        parts = tuple(part for part in read if part.asks) or read[:1]
        return Understood(
            text,
            tongue,
            message,
            Resolved(tuple(clause for part in parts for clause in part.resolved.clauses), changed=True),
            " ".join(part.standalone for part in parts),
            " ".join(part.reading for part in parts if part.reading),
            choice=next((part.choice for part in parts if part.choice), None),
            context=read[-1].context,
            asked=read[-1].asked,
            parts=parts,
        )

    def _question(self, text: str, tongue: Tongue, message: Message, before: Understood | None) -> Understood:
        context, asked = (before.context, before.asked) if before else (Context(), ())
        resolved = self.resolver.resolve(message, context)
        told = mended(message) if tongue is self.tongues.home else self.glosser.gloss(message)
        conversation = Conversation(told, asked, text)
        choice = self._choice(conversation, tongue, message, resolved)
        asking = resolved.clauses
        if choice is not None:
            choice = choice.brief()
            resolved = Resolved(choice.clauses, changed=True)
            # What is not stated was asked all the same, as far as the parser could read it.
            asking = understood_fully(asking) if choice.nothing is Nothing.NOT_STATED else choice.clauses
        reading = tongue.writer.written(resolved.clauses) if choice is None else _told(choice)
        standalone = reading if resolved.changed and reading else text
        answers = [(c.form, self.reasoner.answer(c).values) for c in asking if c.form is not Form.PASSAGE]
        if asking:
            # Later pronouns mean those who were asked for.
            meant = dict.fromkeys(v for form, values in answers for v in values if form in (Form.SUBJECT, Form.EXTREME))
            context = context.after(asking, tuple(meant))
        turn = Turn(standalone, asking, tuple(dict.fromkeys(v for _, values in answers for v in values)))
        talked = choice.nothing if choice else resolved.talk or resolved.instruction
        asked = asked if talked else (*asked, turn)
        return Understood(
            text, tongue, message, resolved, standalone, reading, {}, choice, context, asked, told=conversation.told
        )

    def _choice(
        self, conversation: Conversation, tongue: Tongue, message: Message, resolved: Resolved
    ) -> Choice | None:
        """What was chosen; None where the parser's reading stands, since it left nothing unread."""
        if self.chooser is None or not conversation.message.strip():
            return None
        words = sum(mention.word for mention in message.mentions)
        settled = words <= BRIEF or tongue is not self.tongues.home
        if resolved.talk and settled:
            about = resolved.talk is Talk.ABILITY and tongue is self.tongues.home
            return self._summary(conversation, message) if about else None
        if resolved.instruction or self.reader.by_position(conversation.message):
            return None  # "How does it end?" asks for a place in the document
        exact, foreign = self._stands(message, resolved), tongue is not self.tongues.home
        if exact and not self.chooser.always:
            return None
        # A gloss says less than its own language's parser has read.
        parsed = understood_fully(resolved.clauses)
        unchosen = exact or self.tongues.foreign(message.text) or (foreign and 0 < len(parsed) == len(resolved.clauses))
        if unchosen and self.chooser.fallback is None:
            return None
        choice = self._among(conversation, message, resolved)
        if choice.rewrite:
            first = choice
            said = self.tongues.home.parser.parse(choice.rewrite)
            again = self._among(Conversation(choice.rewrite), said, self.resolver.resolve(said, Context()), other=True)
            choice = self._silent(again) if again.rewrite else again
            if again.reader == RankedChooser.name:
                choice = self._among(conversation, message, resolved, fallback=True)
            else:
                choice = replace(choice, usage=first.usage + again.usage)
        if choice.reader == RankedChooser.name and unchosen:
            return None
        if choice.reader == RankedChooser.name and foreign and choice.scores[0][0] < GLOSSED:
            return choice if choice.nothing else self._silent(choice)
        return self._by_fact(choice, message)

    @span("choose")
    def _among(
        self,
        conversation: Conversation,
        message: Message,
        resolved: Resolved,
        other: bool = False,
        fallback: bool = False,
    ) -> Choice:
        """The choice among the candidates that can be the reading of a message.

        ``other``: the words are not the user's; ``fallback``: who chooses first cannot.
        """
        assert self.chooser is not None
        parsed = () if other else understood_fully(resolved.clauses)
        candidates = self.maker.make(conversation, parsed, self.lessons.candidates(), resolved.pressed)
        denied = any(clause.negated and clause.form is Form.CLAIM for clause in understood_fully(resolved.clauses))
        asked = question_words(message)
        if self.chooser.fallback is not None and not fallback:
            # It tells a question apart from one that is like it: what has no answer need not be among them.
            fitting = [
                each for each in candidates if self._fits(asked, each, False, denied) and not self._is_void(each)
            ]
            if choice := self.chooser.choose(conversation, fitting, names_in(message.mentions)):
                return choice
        # What an exact reading finds no fact for is not stated. "What does Acme lead?" may mean another relation.
        exact = reads_all(message, resolved.clauses) and all(clause.form is Form.SUBJECT for clause in parsed)
        fitting = [each for each in candidates if self._fits(asked, each, exact and not other, denied)]
        if not any(mention.has(*_LACKING) for mention in message.mentions):
            fitting = [each for each in fitting if each.clause is None or not lacks_something(each.clause)]
        return self._chosen(conversation, fitting, message, self.chooser.fallback or self.chooser)

    @staticmethod
    def _chosen(
        conversation: Conversation, candidates: Sequence[Candidate], message: Message, chooser: Chooser
    ) -> Choice:
        """The choice of a chooser, or of its fallback where it cannot."""
        named = names_in(message.mentions)
        choice = chooser.choose(conversation, candidates, named)
        if choice is None:
            assert chooser.fallback is not None
            return chooser.fallback.choose(conversation, candidates, named)
        return choice

    def _is_void(self, candidate: Candidate) -> bool:
        """Whether a candidate asks who or what, and the facts do not have it."""
        if candidate.clause is None or candidate.clause.form not in (Form.SUBJECT, Form.OBJECT):
            return False
        return self.reasoner.answer(candidate.clause).status is Status.NOT_STATED

    @staticmethod
    def _silent(choice: Choice) -> Choice:
        """The choice that the documents do not say."""
        choice = choice.whole()
        silent = next(each for _, each in choice.scores if each.nothing is Nothing.NOT_STATED)
        return replace(choice, picked=(silent,), sentence=None, rewrite="")

    def _summary(self, conversation: Conversation, message: Message) -> Choice | None:
        """The summary, where "What is this about?" asks for it and not for what the bot can do."""
        assert self.chooser is not None
        choice = self._chosen(conversation, self.maker.others(conversation), message, self.chooser)
        return choice if choice.picked[0].origin is Origin.SUMMARY and not choice.rewrite else None

    def _by_fact(self, choice: Choice, message: Message) -> Choice:
        """A choice of a sentence that states facts, as the likeliest question that those facts and no others answer.

        Where a name was asked for, a question that a part of the sentence answers need not be as likely as that is.
        """
        first = choice.picked[0]
        if first.quote is None or len(choice.picked) > 1 or not choice.scores:
            return choice
        forms = forms_named(message)
        if Form.CLAIM in forms and not set(self._figures(message.text)) <= set(self._figures(first.quote.text)):
            return choice  # a figure that the sentence does not have is a part of the claim
        likely = max(0.0, choice.scores[0][0] - LIKELY)
        least = likely if not forms else choice.sure if forms == (Form.CLAIM,) else -NAMED
        if choice.reader != RankedChooser.name and Form.CLAIM not in forms:
            least = -math.inf if forms else least  # the model has read it, in whatever language
        for score, candidate in choice.scores:
            if score < least:
                break
            if candidate.clause is None:
                continue
            if candidate.clause.form not in (forms or (Form.SUBJECT, Form.OBJECT)):
                continue
            facts = self.reasoner.answer(candidate.clause).facts
            stated = (fact.quote.within(first.quote) if forms else fact.quote == first.quote for fact in facts)
            if facts and all(stated):
                return replace(choice, picked=(candidate,))
        return choice

    def _figures(self, text: str) -> Iterator[float]:
        """The dates, numbers and shares in a text, as they stand in the row of their kind."""
        return (literal.order for literal in self.maker.literals.find(text, MEASURED_KINDS))

    def _stands(self, message: Message, resolved: Resolved) -> bool:
        """Whether the parser's reading is exact, and the facts can answer it."""
        measured = [clause for clause in resolved.clauses if self._is_measured(clause)]
        if not reads_all(message, resolved.clauses) or not all(asks_value(message, clause) for clause in measured):
            return False
        asked = [clause for clause in resolved.clauses if clause.form in (Form.SUBJECT, Form.OBJECT)]
        return all(self.reasoner.answer(clause).status is not Status.NOT_STATED for clause in asked)

    def _fits(self, asked: Sequence[Cue | None], candidate: Candidate, exact: bool, denied: bool) -> bool:
        """Whether a reading can be that of a message: no other than an exact one, no claim without its denial."""
        if candidate.clause is None:
            return True
        if exact:
            return candidate.parsed
        if denied and candidate.clause.form is Form.CLAIM and not candidate.clause.negated:
            return False
        return fits_question_word(asked, candidate.clause, self._is_measured(candidate.clause))

    def _is_measured(self, clause: Clause) -> bool:
        return clause.predicate in self.corpus.predicates and self.corpus.predicates[clause.predicate].measured

    def _meant(self, question: str) -> tuple[Candidate, ...]:
        """What a question that stands alone is read as."""
        understood = self._reading((question,), self._epoch)
        return tuple(each for part in understood.parts or (understood,) for each in self._picked(part))

    @staticmethod
    def _picked(understood: Understood) -> tuple[Candidate, ...]:
        if understood.choice is not None:
            return understood.choice.picked
        clauses = understood_fully(understood.resolved.clauses)
        texts = [understood.question] if len(clauses) == 1 else [clause.text for clause in clauses]
        return tuple(Candidate(t, Origin.FORM, "taught", c) for t, c in zip(texts, clauses, strict=True))


def _told(choice: Choice) -> str:
    """How a choice is told: the questions that were picked, for a taught sentence the question that it answers."""
    picked = [] if choice.nothing else choice.picked
    return " ".join(dict.fromkeys(c.question for c in picked if c.clause is not None or c.means))
