"""A small real bot over a small real corpus, for the tests of whatever serves a bot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from bot.reasoning.evidence import Evidence
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.reasoner import Reasoner
from bot.schema.answer import (
    Answer,
    CheckReport,
    Citation,
    Extent,
    Finding,
    Link,
    Progress,
    Proof,
    Reason,
    Receipt,
    Status,
    Step,
    Verdict,
)
from bot.schema.contract import AnyChat
from bot.understanding.linker import Linker
from bot.understanding.logical_form import Scope
from corpus.language import load_language
from corpus.model import Corpus, Document, Entity, Fact, Kind, Passage, Predicate, Quote
from corpus.world import World

TEXT = (
    "The three companies share the work: one leads and the others follow.\n\n"
    "Nissan will be the leader for markets such as China and Japan. Renault will be the leader for Europe.\n\n"
    "“It’s a <b>plan</b> & a promise,” the chairman said ☕."
)
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> ${alert(3)} {{alert(4)}}'


def quote_of(text: str, document: Document) -> Quote:
    start = document.text.index(text)
    return Quote(document.id, start, start + len(text), text)


def make_corpus(corpus_id: str = "cars", title: str = "Who leads where", text: str = TEXT) -> Corpus:
    document = Document("plan", "The plan", text, hashlib.sha256(text.encode()).hexdigest(), "https://example.org/plan")
    passages = {}
    for number, paragraph in enumerate(text.split("\n\n")):
        quote = quote_of(paragraph, document)
        passages[f"plan#{number}"] = Passage(f"plan#{number}", quote, (quote,))
    nissan = quote_of("Nissan will be the leader for markets such as China and Japan.", document)
    renault = quote_of("Renault will be the leader for Europe.", document)
    facts = (
        Fact("f1", "Nissan", "leads", "Japan", "region", nissan, label="Japan", open=True),
        Fact("f2", "Renault", "leads", "Europe", "region", renault, {"since": ("2020",)}, "Europe"),
    )
    return Corpus(
        id=corpus_id,
        title=title,
        folder=Path(corpus_id),
        sha256=hashlib.sha256(corpus_id.encode()).hexdigest(),
        language="en",
        documents={document.id: document},
        passages=passages,
        kinds={"region": Kind("region", "regions", ("region",), place=True)},
        entities={"Nissan": Entity("Nissan", "company")},
        predicates={"leads": Predicate("leads", ("company",), ("region",), ("lead",))},
        facts={fact.id: fact for fact in facts},
        description="A plan of three companies, with a leader for each region.",
        topics=("regions",),
        examples=("Who leads in Japan?", "Who leads in Europe?", "Is Nissan the leader in Europe?"),
    )


@dataclass(frozen=True, slots=True)
class FakeEvent:
    name: str
    payload: object


@dataclass
class FakeBot:
    """Answers with the fact whose object the question names; "explode" makes it fail, "Who asked" shows the history."""

    corpus: Corpus = field(default_factory=make_corpus)

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        return self._answer(question, history)

    @cached_property
    def _reasoner(self) -> Reasoner:
        linker = Linker(self.corpus, load_language(self.corpus.language), World.load())
        return Reasoner(self.corpus, ScopeMatcher(self.corpus, linker))

    def leaders_in(self, place: str) -> Evidence:
        return self._reasoner.subjects.leaders(self.corpus.main, Scope(World.load().place(place).name, places=(place,)))

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[FakeEvent]:
        yield FakeEvent("status", "retrieving")
        answer = self.ask(question, history)
        for citation in answer.citations:
            yield FakeEvent("citation", citation)
        for word in answer.answer.split(" "):
            yield FakeEvent("delta", word + " ")
        if "break off" in question:
            raise RuntimeError("broken in the middle")
        for finding in answer.findings:
            yield FakeEvent("finding", finding)
        yield FakeEvent("done", answer)

    def check(self, text: str) -> CheckReport:
        if "explode" in text:
            raise RuntimeError("the bot is broken")
        findings = tuple(
            self._finding(sentence, text.index(sentence)) for sentence in text.split(". ") if "lead" in sentence
        )
        verdicts = [finding.verdict for finding in findings] or [Verdict.NOT_ENOUGH_INFO]
        worst = max(verdicts, key=[Verdict.SUPPORTED, Verdict.NOT_ENOUGH_INFO, Verdict.REFUTED].index)
        return CheckReport(text, worst, findings, self._citations("f1"), self._receipt(text))

    def check_stream(self, text: str) -> Iterator[FakeEvent]:
        yield FakeEvent("status", Progress(0, len(text)))
        report = self.check(text)
        for finding in report.findings:
            yield from (FakeEvent("citation", c) for c in report.citations if c.index in finding.citations)
            yield FakeEvent("finding", finding)
            if "break off" in finding.claim:
                raise RuntimeError("broken in the middle")
        yield FakeEvent("status", Progress(len(text), len(text)))
        yield FakeEvent("done", report)

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """Those with the most of its words first."""
        if "explode" in text:
            raise RuntimeError("the bot is broken")

        def shared(passage: Passage) -> int:
            return len(set(text.lower().split()) & set(passage.quote.text.lower().split()))

        return sorted(self.corpus.passages.values(), key=shared, reverse=True)[:limit]

    def _answer(self, question: str, history: Sequence[str]) -> Answer:
        if "explode" in question:
            raise RuntimeError("the bot is broken")
        if "Who asked" in question:
            return self._plain(question, " | ".join(history), Status.CHAT)
        if "table" in question:
            return self._plain(
                question, "| Region | Leader |\n| --- | --- |\n| Japan | Nissan [1] |", Status.ANSWERED, "f1"
            )
        for fact in self.corpus.facts.values():
            if fact.object in question:
                text = f"{fact.subject} leads {fact.object}. [1]"
                status = Status.CORRECTED if "Is Nissan" in question and fact.id == "f2" else Status.ANSWERED
                answer = self._plain(question, text, status, fact.id)
                finding = replace(self._finding(text[:-4], 0), verdict=Verdict.SUPPORTED, correction=None)
                lie = replace(self._finding("Nissan leads Europe.", 0), start=0, end=0, withheld=True)
                findings = (finding, lie) if "Withhold" in question else (finding,)
                return replace(answer, values=(fact.subject,), facts=(fact,), findings=findings)
        return self._plain(question, f"The source does not say: {question}", Status.NOT_STATED)

    def _plain(self, question: str, text: str, status: Status, fact_id: str = "") -> Answer:
        return Answer(
            question=question,
            standalone_question=question,
            answer=text,
            status=status,
            verdict=Verdict.REFUTED if status is Status.CORRECTED else None,
            values=(),
            citations=self._citations(fact_id) if fact_id else (),
            facts=(),
            findings=(),
            suggestions=("Who leads in Europe?", "Which regions does Nissan lead?"),
            receipt=self._receipt(text),
            generator="facts",
            understood=f"leads(?, …) — {question}",
            timings_ms={"understand": 0.41234, "total": 1.5},
        )

    def _citations(self, fact_id: str) -> tuple[Citation, ...]:
        quote = self.corpus.facts[fact_id].quote
        return (Citation(1, quote, self.corpus.documents[quote.document_id].title, 0, 19),)

    def _finding(self, sentence: str, start: int) -> Finding:
        end = start + len(sentence)
        if "Nissan" in sentence and "Europe" in sentence:
            (document,) = self.corpus.documents.values()
            facts = (self.corpus.facts["f2"],)
            steps = (Step("europe", "Europe", Link.SAME, "Europe and Europe are the same"),)
            extents = (Extent("leads", objects=("Europe",), exclusive=True, facts=facts),)
            return Finding(
                sentence, start, end, Verdict.REFUTED, Reason.WRONG_LEADER, "The source names Renault.",
                "Renault leads Europe.", (1,), facts, steps,
                Proof(facts, steps, (), extents, {document.id: document.sha256}),
            )  # fmt: skip
        if "India" in sentence:
            return Finding(sentence, start, end, Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, f"Not stated: {sentence}")
        return Finding(sentence, start, end, Verdict.SUPPORTED, Reason.STATED, "The source says so.", None, (1,))

    def _receipt(self, text: str) -> Receipt:
        return Receipt(self.corpus.sha256, "0" * 64, "0.0.0", hashlib.sha256(text.encode()).hexdigest())


@dataclass
class FakeLibrary:
    bots: Mapping[str, FakeBot]
    default: str = "cars"
    chat: AnyChat | None = None

    def get(self, corpus_id: str | None) -> FakeBot:
        return self.bots[self.default if corpus_id is None else corpus_id]

    def parts(self) -> dict[str, dict[str, str]]:
        return {}

    def caches(self) -> dict[str, tuple[int, int, int | None, int]]:
        return {"pairs": (3, 1, 10, 1)}

    def ids(self) -> tuple[str, ...]:
        return tuple(self.bots)


def make_library() -> FakeLibrary:
    return FakeLibrary({"cars": FakeBot(), "other": FakeBot(make_corpus("other", "Another <corpus>"))})
