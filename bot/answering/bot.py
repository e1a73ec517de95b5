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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path

from langchain_core.runnables import Runnable, RunnableLambda

from bot.answering.chat_model import ChatModel, Generator, open_chat_model
from bot.answering.explanation import explanation
from bot.answering.gate import Assembly, Gate, Release, Sentence
from bot.answering.interpreter import Interpreter, Understood
from bot.answering.languages import Tongue, Tongues
from bot.answering.model_reader import ModelChooser, Reader
from bot.answering.published import Published, Source, corpus_id_named, served_sources, sources_of
from bot.answering.retriever import Retriever
from bot.answering.settings import Settings
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
from bot.understanding.canonical import reading_key
from bot.understanding.chooser import Chooser, RankedChooser
from bot.understanding.logical_form import Scope
from bot.wording.sentences import Line
from corpus.errors import CorpusContentError
from corpus.language import Cue
from corpus.loader import load_corpus
from corpus.model import Corpus, Passage, Quote, Taught
from corpus.tables import row_told
from corpus.world import World
from index.builder import Build, build_index, remove_index
from index.caches import Cache, CacheInfo, told_together
from index.embedding import Embedder, SentenceTransformerEmbedder
from index.entries import EntryType
from index.reading_encoder import open_reading_encoder
from index.reranker import Reranker, open_reranker, open_verifier
from index.search import Index
from index.span_reader import open_span_reader

logger = logging.getLogger("wholeads")

MEANING_BAR = 0.62
"""The least cosine similarity at which unknown words are taken to mean an entity; the answer says so."""

NEAREST = 2
"""How many of the nearest things are offered where a question was not understood."""
PROGRESS = 100
"""How often, at most, the progress of checking a text is told."""
TELLING = 1_000
"""How many characters of a text tell its language."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the chain is given: the question and the user's earlier ones, oldest first."""

    text: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for it."""

    understood: Understood
    evidence: Evidence
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer's sentences before the last check.

    ``generator``: who words them, but for a chat model. ``reply``, where one is to word them, asks it, gives its
    sentences as they come, and tells what it took. It words those ``lines`` that are claims; the notes before and after
    them stay as they are.
    """

    retrieved: Retrieved
    lines: tuple[Line, ...]
    generator: str
    reply: Callable[[Callable[[Usage], None]], Iterator[str]] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a streamed answer: status, citation, delta, finding, and at last done with the whole answer."""

    name: str
    payload: object


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
                yield from _events(passed)

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
        evidence = self.retriever.retrieve(_as_meant(understood))
        timings = {**understood.timings, "retrieve": _since(started)}
        return Retrieved(understood, evidence, timings)

    # 3. generate

    @span("generate")
    def generate(self, retrieved: Retrieved) -> Draft:
        """Put the evidence into words: the templates', or a chat model's where one is configured."""
        started = time.perf_counter()
        evidence = retrieved.evidence
        tongue = retrieved.understood.tongue
        table = tongue.wording.table(evidence.statements) if _asks_table(retrieved.understood) else None
        lines = table or [tongue.wording.line(statement) for statement in evidence.statements]
        lines += [self._quoted(quote, tongue) for quote in evidence.quotes]
        name = "passages" if evidence.quotes else "facts"
        reply: Callable[[Callable[[Usage], None]], Iterator[str]] | None = None
        stated = evidence.facts or evidence.status is Status.ANSWERED
        if self.generator and not table and stated and _together(lines):
            claims = [line for line in lines if line.claim]
            reply = partial(self.generator.sentences, retrieved.understood.standalone, claims)
        return Draft(retrieved, tuple(lines), name, reply, {**retrieved.timings, "generate": _since(started)})

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
        tongue, waiting, generator = understood.tongue, _Stopwatch(), draft.generator
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
        for sentences in [own] if said is None else _worded(gate, understood.standalone, own, said):
            if any(sentence.modelled and sentence.passes for sentence in sentences):
                assert self.generator is not None
                generator = self.generator.name
            releases.append(assembly.add(sentences))
            yield releases[-1]
        timings = {**draft.timings, "check": _since(started, waiting.milliseconds)}
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
            alternatives=_others(understood),
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


class Library:
    """The served bots by corpus id, and the chat model that they ask, where there is one.

    A bot may be exchanged at any time: who has got one goes on with it.
    """

    def __init__(self, bots: Mapping[str, Bot], default: str, chat: ChatModel | None = None) -> None:
        self._bots, self.default, self.chat = dict(bots), default, chat
        self.versions: dict[str, str] = {}
        """The names of the published versions that are served, by corpus id."""
        self.faults: dict[str, str] = {}
        """What keeps a corpus's newer state from being served, by corpus id: the one before answers meanwhile."""

    def get(self, corpus_id: str | None) -> Bot:
        """The bot of a corpus; None is the default one. Raises KeyError for an unknown id."""
        return self._bots[corpus_id or self.default]

    def ids(self) -> tuple[str, ...]:
        """The ids of all corpora served."""
        return tuple(self._bots)

    def put(self, bot: Bot) -> None:
        """Have a bot answer from now on for its corpus, which may be a new one."""
        self._bots = {**self._bots, bot.corpus.id: bot}

    def parts(self) -> Mapping[str, Mapping[str, object]]:
        """The state of each corpus, and of the chat model's circuit breaker where there is one."""
        served = {corpus_id: self._state(corpus_id, bot) for corpus_id, bot in self._bots.items()}
        parts: dict[str, Mapping[str, object]] = {"served": served}
        if fault := self.faults.get(""):
            parts["published"] = {"state": "unreadable", "detail": fault}
        if self.chat:
            parts["model"] = {"name": self.chat.name, "state": self.chat.breaker.state}
        return parts

    def _state(self, corpus_id: str, bot: Bot) -> Mapping[str, str]:
        fault = self.faults.get(corpus_id)
        return {
            "state": "outdated" if fault else "current",
            **({"detail": fault} if fault else {}),
            "version": self.versions.get(corpus_id, ""),
            "corpus": bot.corpus.sha256,
            "index": bot.index.sha256,
        }

    def caches(self) -> Mapping[str, CacheInfo]:
        """What the bots keep, and how often that helped."""
        return told_together(named for bot in self._bots.values() for named in bot.caches())

    def warm(self) -> None:
        """Warm every bot."""
        for bot in self._bots.values():
            bot.warm()


class Models:
    """The models that all bots share, none of them loaded before it is needed; opens bots over them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.embedder = SentenceTransformerEmbedder(settings.embedding_model)
        self.chat = _chat_model(settings) if settings.model else None
        self._generator = Generator(self.chat) if self.chat else None
        self._reranker = open_reranker(settings.reranker)
        self._choosers: dict[bool, RankedChooser] = {}
        self._verifier = open_verifier() if self._reranker else None
        if self._verifier:
            self._choosers = {
                alone: RankedChooser(open_reading_encoder(alone), self._verifier) for alone in (False, True)
            }
        self._spans = open_span_reader() if self._reranker else None
        self._reader = Reader(self.chat) if self.chat and settings.model_reads != "never" else None

    def open(self, source: Source) -> Bot:
        """The bot of a corpus. Raises CorpusError or IndexError_ as ``open_library``."""
        settings, corpus = self.settings, load_corpus(source.folder)
        version = source.version or settings.version
        index = Index.open(source.index, corpus, self.embedder, server=settings.index_server, version=version)
        ranked = self._choosers.get(not corpus.predicates)
        always = settings.model_reads == "always"
        chooser = ModelChooser(self._reader, ranked, corpus.title, always) if self._reader and ranked else ranked
        return Bot(
            corpus,
            index,
            self.embedder,
            self._generator,
            self._reranker,
            settings.rerank_ms,
            chooser,
            self._verifier,
            self._spans,
        )


def open_library(settings: Settings, corpora: Sequence[str] = ()) -> Library:
    """Load corpora and their indexes from their folders; without ``corpora`` all that are served (``open_sources``).

    Raises:
        CorpusError: a corpus is not there or does not hold together.
        IndexError_: an index is missing, outdated or damaged.
    """
    return open_sources(Models(settings), _sources(settings, corpora))


def open_sources(models: Models, sources: Sequence[Source]) -> Library:
    """The library of these sources, the first of them the default. Raises as ``open_library``."""
    bots = {source.corpus: models.open(source) for source in sources}
    library = Library(bots, next(iter(bots)), models.chat)
    library.versions = {source.corpus: source.version for source in sources if source.version}
    return library


def _chat_model(settings: Settings) -> ChatModel:
    model = open_chat_model(settings.model, settings.model_url, settings.model_key, settings.model_timeout)
    return ChatModel(model, settings.model, settings.model_timeout)


def build(
    settings: Settings, paths: Sequence[Path] = (), progress: Callable[[int, int], None] | None = None
) -> list[Build]:
    """Build the indexes of these corpora, or of all that are served."""
    embedder = SentenceTransformerEmbedder(settings.embedding_model)
    return [
        build_index(
            load_corpus(source.folder),
            source.index,
            embedder,
            progress,
            program=program_version(),
            server=settings.index_server,
            version=source.version or settings.version,
        )
        for source in _sources(settings, [str(path) for path in paths])
    ]


def remove(settings: Settings, names: Sequence[str]) -> list[str]:
    """Remove the indexes of these corpora, named by id or folder. Gives their ids.

    The corpus itself may be gone already. Raises IndexMissing for one that has no index.
    """
    ids = [corpus_id_named(name) for name in names]
    for corpus_id in ids:
        remove_index(settings.index, corpus_id, server=settings.index_server, version=settings.version)
    return ids


def _sources(settings: Settings, names: Sequence[str]) -> list[Source]:
    """The folders that are named, or all that is served; of the shipped ones those whose id no other has taken over."""
    if not names:
        return served_sources(settings.corpus, Published(settings.published), settings.index)
    sources: dict[str, Source] = {}
    for source in sources_of(names, settings.index):
        if (other := sources.setdefault(source.corpus, source)) is not source:
            fault = f"{source.folder}: has the id {source.corpus!r}, and so has {other.folder}. Change one."
            raise CorpusContentError([fault])
    return list(sources.values())


@lru_cache
def program_version() -> str:
    """The installed version of the program."""
    try:
        return version("wholeads")
    except PackageNotFoundError:
        return "0"


def _as_meant(understood: Understood) -> Understood:
    """What was taught by example is looked up as the question that it means: a message may open as no question does."""
    if understood.parts:
        return replace(understood, parts=tuple(map(_as_meant, understood.parts)))
    if understood.choice is None or not understood.choice.picked[0].means or understood.choice.nothing:
        return understood
    message = understood.tongue.parser.parse(understood.standalone)
    return replace(understood, question=understood.standalone, message=message)


def _others(understood: Understood) -> tuple[str, ...]:
    """The next best readings, each once: a taught example may have the same one as its question."""
    parts = understood.parts or (understood,)
    told = {reading_key(clause): "" for part in parts for clause in part.resolved.clauses}
    for candidate in (each for part in parts if part.choice for each in part.choice.alternatives):
        if candidate.clause is not None:
            told.setdefault(reading_key(candidate.clause), candidate.question)
    return tuple(text for text in told.values() if text)


def _asks_table(understood: Understood) -> bool:
    """Whether a message has a word for a table in it."""
    return any(mention.has(Cue.TABLE) for sentence in understood.message.sentences for mention in sentence.mentions)


def _together(lines: Sequence[Line]) -> bool:
    """Whether the claims stand together, no rows among them, notes only before and after: others may word them."""
    kinds = [kind for kind, _ in groupby(line.claim for line in lines)]
    return kinds.count(True) == 1 and not any(line.row or line.shown for line in lines)


def _worded(gate: Gate, question: str, own: Sequence[Sentence], said: Iterable[str]) -> Iterator[list[Sentence]]:
    """A chat model's wording in the place of the claims of ``own``, which stand together."""
    claims = [sentence.line for sentence in own if sentence.line.claim]
    first = next(at for at, sentence in enumerate(own) if sentence.line.claim)
    yield list(own[:first])
    for sentence in gate.worded(question, claims, said, [sentence.line.text for sentence in own[:first]]):
        yield [sentence]
    yield list(own[first + len(claims) :])


def _events(release: Release) -> Iterator[Event]:
    for citation in release.citations:
        yield Event("citation", citation)
    for piece in _pieces(release.text):
        yield Event("delta", piece)
    for finding in release.findings:
        yield Event("finding", finding)


def _pieces(text: str) -> Iterator[str]:
    """A text word by word, each with the space behind it; nothing of an empty one."""
    words = text.split(" ")
    for number, word in enumerate(words):
        if piece := word if number == len(words) - 1 else word + " ":
            yield piece


class _Stopwatch:
    """The time that is spent waiting for what an iterator brings."""

    def __init__(self) -> None:
        self.milliseconds = 0.0

    def over(self, items: Iterator[str]) -> Iterator[str]:
        """The same items, while the watch runs."""
        while True:
            started = time.perf_counter()
            item = next(items, None)
            self.milliseconds += _since(started)
            if item is None:
                return
            yield item


def _since(started: float, without: float = 0.0) -> float:
    """The milliseconds since a moment of the clock, less those ``without`` which they are counted."""
    return round(max(0.0, (time.perf_counter() - started) * 1000 - without), 3)
