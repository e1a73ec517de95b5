"""The chain: question in, checked answer out.

    understand → retrieve → generate → check
    Question     Query      Evidence   Draft    Answer

``Bot.ask`` takes these four steps in a row; ``Bot.runnable`` is the same chain as a LangChain ``Runnable``, and
``Bot.stream`` tells of them as they are taken. All three end in ``Bot.released``, the one place where an ``Answer`` is
made: what it holds has passed the gate (``bot.answering.gate``).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version

from langchain_core.runnables import Runnable, RunnableLambda

from bot.answering.bot.stages import Draft, Event, Question, Retrieved
from bot.answering.bot.steps import (
    Stopwatch,
    as_meant,
    asks_table,
    events,
    milliseconds_since,
    other_readings,
    stand_together,
    worded,
)
from bot.answering.chat_model import Generator
from bot.answering.explanation import explanation
from bot.answering.gate import Assembly, Gate, Release
from bot.answering.interpreter import Interpreter, Understood
from bot.answering.languages import Tongue, Tongues
from bot.answering.retriever import Retriever
from bot.answering.tracing import span, spanned
from bot.checking.checker import overall
from bot.checking.filling import FillingJudge, Marker
from bot.checking.proposals import EntailmentModel, Proposer
from bot.checking.sentence_entailment import Aligner
from bot.passages.reader import MILLISECONDS, PassageReader
from bot.reasoning.evidence import Evidence, Say, Statement
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.reasoner import Reasoner
from bot.schema.answer import Answer, CheckReport, Citation, Finding, Progress, Receipt, Status, Usage
from bot.understanding.chooser import Chooser, RankedChooser
from bot.understanding.logical_form import Scope
from bot.wording.sentences import Line
from corpus.model import Corpus, Passage, Quote, Taught
from corpus.tables import row_told
from corpus.world import World
from index.caches import Cache
from index.embedding import Embedder
from index.entries import EntryType
from index.reranker import Reranker
from index.search import Index

logger = logging.getLogger("wholeads")

MEANING_BAR = 0.62
"""The least cosine similarity at which unknown words are taken to mean an entity; the answer says so."""

NEAREST = 2
"""How many of the nearest things are offered where a question was not understood."""
PROGRESS = 100
"""How often, at most, the progress of checking a text is told."""
TELLING = 1_000
"""How many characters of a text tell its language."""


class Bot:
    """Answers and checks from one corpus. Safe from several threads; the same question gives the same answer."""

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        embedder: Embedder,
        generator: Generator | None = None,
        reranker: Reranker | None = None,
        rerank_ms: int = MILLISECONDS,
        chooser: Chooser | None = None,
        entailment: EntailmentModel | None = None,
        marker: Marker | None = None,
    ) -> None:
        self.corpus, self.index, self.generator = corpus, index, generator
        self.tongues = Tongues(corpus, World.load(), self._meaning, self._candidates)
        home = self.tongues.home
        self.reasoner = Reasoner(corpus, ScopeMatcher(corpus, home.linker))
        self.aligner = Aligner(corpus, home.language, home.linker)
        self.reader = PassageReader(
            corpus, home.language, home.linker, self.aligner, index, embedder, reranker, rerank_ms
        )
        # Where all facts were written, they say who and what: a sentence beside them would only be a second opinion.
        found = corpus.induced or not corpus.predicates
        filling = FillingJudge(corpus, self.aligner, marker) if marker and found else None
        self.retriever = Retriever(corpus, self.tongues, self.reasoner, self.reader, index, filling)
        self.interpreter = Interpreter(corpus, self.tongues, self.reasoner, self.reader, index, embedder, chooser)
        self.proposer = self._proposer(chooser, entailment, filling)

    def _proposer(
        self, chooser: Chooser | None, model: EntailmentModel | None, filling: FillingJudge | None
    ) -> Proposer | None:
        """What has models propose to the checker of texts from outside; None where there are none, or no wordings."""
        ranked, home = (chooser.fallback or chooser) if chooser else None, self.tongues.home
        if model is None or not isinstance(ranked, RankedChooser) or not home.language.canonical:
            return None
        return Proposer(self.interpreter.maker, ranked, model, home.checker.speech, filling)

    def _candidates(self, text: str) -> Sequence[Passage]:
        return self.reader.candidates(text)

    def with_taught(self, examples: Sequence[Taught]) -> Bot:
        """The same bot with these taught examples in force, and no others."""
        other = copy(self)
        other.corpus = replace(self.corpus, taught=tuple(examples))
        other.interpreter = self.interpreter.with_taught(examples)
        return other

    def caches(self) -> Iterator[tuple[str, Cache]]:
        """What is kept from question to question, by the name of what it is."""
        yield "messages_parsed", self.tongues.home.parser.parse
        yield "sentences_checked", self.tongues.home.checker.checked
        yield from self.interpreter.caches()
        yield from self.reader.caches()
        yield from self.index.caches()

    # The ways in

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question; ``history`` holds the user's earlier ones, oldest first."""
        return self.gate(self.generate(self.retrieve(self.understand(Question(question, tuple(history))))))

    def explain(self, question: str, history: Sequence[str] = ()) -> str:
        """How the answer to a question comes about: see ``explanation``."""
        retrieved = self.retrieve(self.understand(Question(question, tuple(history))))
        answer = self.gate(self.generate(retrieved))
        return explanation(retrieved.understood, retrieved.evidence, answer)

    def leaders_in(self, place: str) -> Evidence:
        """Who has a place of the world's map in the corpus's main relation, by its id. Raises UnknownPlace."""
        return self.reasoner.subjects.leaders(self.corpus.main, Scope(World.load().place(place).name, places=(place,)))

    def check(self, text: str) -> CheckReport:
        """Check every claim of a text."""
        *_, done = self.check_stream(text)
        assert isinstance(done.payload, CheckReport)
        return done.payload

    def check_stream(self, text: str) -> Iterator[Event]:
        """Check claim by claim: ``status`` with the progress, each ``finding`` behind its ``citation``s, then ``done``.

        What is kept is the findings alone; of a long text, only the beginning tells its language.
        """
        return spanned("check", self._checked(text))

    def _checked(self, text: str) -> Iterator[Event]:
        findings: list[Finding] = []
        citations: list[Citation] = []
        told, step = 0, max(1, len(text) // PROGRESS)
        yield Event("status", Progress(0, len(text)))
        tongue = self.tongues.of(text[:TELLING])
        # To the checker of the gate no model proposes anything.
        proposer = self.proposer.anew() if self.proposer and tongue is self.tongues.home else None
        for finding, cited in tongue.checker.stream(text, proposer):
            if finding.start - told >= step:
                told = finding.start
                yield Event("status", Progress(told, len(text)))
            yield from (Event("citation", citation) for citation in cited)
            yield Event("finding", finding)
            findings.append(finding)
            citations += cited
        yield Event("status", Progress(len(text), len(text)))
        report = CheckReport(text, overall(findings), tuple(findings), tuple(citations), self._receipt(text))
        yield Event("done", report)

    def search(self, text: str, limit: int) -> tuple[Passage, ...]:
        """The passages nearest to a text in words and meaning, best first, at most ``limit``."""
        return tuple(hit.passage for hit in self.index.passages(text, limit))

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Event]:
        """Answer step by step. Text is sent only once it has passed the check."""
        yield Event("status", "understanding")
        understood = self.understand(Question(question, tuple(history)))
        yield Event("status", "retrieving")
        draft = self.generate(self.retrieve(understood))
        yield Event("status", "checking")
        for passed in self.released(draft):
            if isinstance(passed, Answer):
                yield Event("done", passed)
            else:
                yield from events(passed)

    @property
    def runnable(self) -> Runnable[Question, Answer]:
        """The chain as a LangChain Runnable: invoke, batch, stream, and their asynchronous twins."""
        return (
            RunnableLambda(self.understand, name="understand")
            | RunnableLambda(self.retrieve, name="retrieve")
            | RunnableLambda(self.generate, name="generate")
            | RunnableLambda(self.gate, name="check")
        )

    def warm(self) -> None:
        """Load what the first questions would otherwise wait for: the model, the other languages."""
        self.reader.warm()
        self.interpreter.warm()
        self.tongues.warm()

    # 1. understand

    def understand(self, question: Question) -> Understood:
        """Read the question in the light of the turns before."""
        return self.interpreter.read(question.text, question.history)

    def _meaning(self, words: str, kinds: frozenset[str]) -> str | None:
        """The entity whose name or alias comes closest in meaning, if it comes close enough."""
        hits = self.index.search(words, kinds=(EntryType.ALIAS,), limit=3)
        for hit in hits:
            if hit.score >= MEANING_BAR and self.corpus.entities[hit.id].kind in kinds:
                return hit.id
        return None

    # 2. retrieve

    @span("retrieve")
    def retrieve(self, understood: Understood) -> Retrieved:
        """Reason over the facts; go to the passages where they cannot answer."""
        started = time.perf_counter()
        evidence = self.retriever.retrieve(as_meant(understood))
        timings = {**understood.timings, "retrieve": milliseconds_since(started)}
        return Retrieved(understood, evidence, timings)

    # 3. generate

    @span("generate")
    def generate(self, retrieved: Retrieved) -> Draft:
        """Put the evidence into words: the templates', or a chat model's where one is configured."""
        started = time.perf_counter()
        evidence = retrieved.evidence
        tongue = retrieved.understood.tongue
        table = tongue.wording.table(evidence.statements) if asks_table(retrieved.understood) else None
        lines = table or [tongue.wording.line(statement) for statement in evidence.statements]
        lines += [self._quoted(quote, tongue) for quote in evidence.quotes]
        name = "passages" if evidence.quotes else "facts"
        reply: Callable[[Callable[[Usage], None]], Iterator[str]] | None = None
        stated = evidence.facts or evidence.status is Status.ANSWERED
        if self.generator and not table and stated and stand_together(lines):
            claims = [line for line in lines if line.claim]
            reply = partial(self.generator.sentences, retrieved.understood.standalone, claims)
        return Draft(
            retrieved, tuple(lines), name, reply, {**retrieved.timings, "generate": milliseconds_since(started)}
        )

    def _quoted(self, quote: Quote, tongue: Tongue) -> Line:
        """A sentence of the source; what newer documents gainsay comes with the date of the one that says it."""
        if not self.reasoner.judge.outdated(quote):
            return Line.of(quote, row_told(self.corpus, quote))
        date = self.corpus.documents[quote.document_id].date
        says = Say.EARLIER if date else Say.EARLIER_UNDATED
        names = {"quote": (quote.text,), "date": (date,)}
        return replace(tongue.wording.line(Statement(says, names, claim=False)), quotes=(quote,))

    # 4. check

    def gate(self, draft: Draft) -> Answer:
        """The last word: check each sentence, cite it, and withhold what is not supported."""
        *_, answer = self.released(draft)
        assert isinstance(answer, Answer)
        return answer

    def released(self, draft: Draft) -> Iterator[Release | Answer]:
        """The answer stretch by stretch, each once it has passed the gate, and at last the whole of it.

        The program's own lines come as one stretch: where a claim among them fails, none is shown. A chat model's come
        as the gate lets them out. What the check cannot follow in the question's language is said in the corpus's own.
        """
        return spanned("check", self._released(draft))

    def _released(self, draft: Draft) -> Iterator[Release | Answer]:
        started = time.perf_counter()
        draft = self._checkable(draft)
        evidence, understood = draft.retrieved.evidence, draft.retrieved.understood
        tongue, waiting, generator = understood.tongue, Stopwatch(), draft.generator
        gate, assembly = Gate(tongue), Assembly(self.corpus)
        held = [gate.own(line) for line in draft.lines]
        if any(sentence.line.row and not sentence.passes for sentence in held):
            # A table whose rows do not all stand is told in sentences.
            plain_lines = [replace(line, row="") for line in draft.lines if line.claim or not line.row]
            held = [gate.own(line) for line in plain_lines]
        told = [gate.quoting(sentence) for sentence in held]
        own = [sentence for sentences in told for sentence in sentences]
        shown = [sentence for first, *quotes in told for sentence in quotes or [first]]
        failed = any(sentence.line.claim and not sentence.passes for sentence in shown)
        if broken := failed or not any(sentence.passes for sentence in own):
            logger.error("An answer failed its own check and was withheld.", extra={"question": understood.question})
            evidence = Evidence(Status.NOT_STATED, (Statement(Say.NOT_STATED_TEXT, claim=False),))
            own = [replace(sentence, passes=False) for sentence in own]
            own += [gate.own(tongue.wording.line(statement)) for statement in evidence.statements]
        plain = draft.reply and not broken and len(own) == len(told)
        counted: list[Usage] = [understood.usage]
        said = waiting.over(draft.reply(counted.append)) if draft.reply and plain else None
        releases: list[Release] = []
        for sentences in [own] if said is None else worded(gate, understood.standalone, own, said):
            if any(sentence.modelled and sentence.passes for sentence in sentences):
                assert self.generator is not None
                generator = self.generator.name
            releases.append(assembly.add(sentences))
            yield releases[-1]
        timings = {**draft.timings, "check": milliseconds_since(started, waiting.milliseconds)}
        if said is not None:
            timings["model"] = round(timings.get("model", 0.0) + waiting.milliseconds, 3)
        yield self._answer_of(understood, evidence, releases, generator, timings, sum(counted, Usage()))

    def _checkable(self, draft: Draft) -> Draft:
        """A draft whose claims pass in its language, or the same in the corpus's own."""
        understood, home = draft.retrieved.understood, self.tongues.home
        gate = Gate(understood.tongue)
        own = understood.tongue.language.code == home.language.code
        if own or all(gate.own(replace(line, row="")).passes for line in draft.lines if line.claim):
            return draft
        return self.generate(replace(draft.retrieved, understood=replace(understood, tongue=home)))

    def _answer_of(
        self,
        understood: Understood,
        evidence: Evidence,
        releases: Sequence[Release],
        generator: str,
        timings: Mapping[str, float],
        usage: Usage,
    ) -> Answer:
        """All that was let out, as one answer."""
        tongue, text = understood.tongue, "".join(release.text for release in releases)
        return Answer(
            question=understood.question,
            standalone_question=understood.standalone,
            answer=text,
            status=evidence.status,
            verdict=evidence.verdict,
            values=evidence.values,
            citations=tuple(citation for release in releases for citation in release.citations),
            facts=evidence.facts,
            findings=tuple(finding for release in releases for finding in release.findings),
            suggestions=tongue.writer.suggestions(
                understood.resolved.clauses, evidence, self._nearest(understood, evidence)
            ),
            receipt=self._receipt(text),
            generator=generator,
            reader=understood.choice.reader if understood.choice else "exact",
            alternatives=other_readings(understood),
            understood=understood.reading,
            proof=tongue.checker.prover.answered(understood.resolved.clauses, evidence),
            usage=usage,
            timings_ms={**timings, "total": round(sum(timings.values()), 3)},
        )

    def _nearest(self, understood: Understood, evidence: Evidence) -> tuple[str, ...]:
        """What the facts speak of that comes nearest in meaning to words that were not understood."""
        clauses = [clause for sentence in understood.message.sentences for clause in sentence.clauses]
        words = [word for clause in clauses for word in clause.unknown]
        if evidence.status is not Status.NOT_STATED or not words:
            return ()
        told = {fact.object for fact in self.corpus.facts_of(self.corpus.main.name)}
        hits = self.index.search(" ".join(words), kinds=(EntryType.ALIAS,), limit=8)
        return tuple(dict.fromkeys(hit.id for hit in hits if hit.id in told))[:NEAREST]

    def _receipt(self, text: str) -> Receipt:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return Receipt(self.corpus.sha256, self.index.sha256, program_version(), digest)


@lru_cache
def program_version() -> str:
    """The installed version of the program."""
    try:
        return version("wholeads")
    except PackageNotFoundError:
        return "0"
