"""The fact checker: splits a text into claims and proves, refutes or leaves open each of them.

It is the last word on everything that leaves the system, and serves texts from outside in the same way. A claim goes
one of three ways: word for word in the source; through the logical form and the facts; or held against the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.alignment import Aligned, Aligner
from bot.conversation import Context, Resolver
from bot.evidence import Evidence
from bot.judge import Judge
from bot.linker import Role
from bot.model import Citation, Finding, Reason, Verdict
from bot.parser import Parser
from bot.query import Act, Clause, Form, Sentence, Side
from bot.wording import Wording
from corpus.language import Cue
from corpus.model import Corpus, Fact, Passage, Quote
from corpus.text import tokenize

_QUOTED = re.compile(r"[“\"«„]([^”\"»“]{12,})[”\"»“]")
_MARKER = re.compile(r"\[\d+\]|\*+(?=\w)|(?<=[\w.,:;!?])\*+|`+")


@dataclass(frozen=True, slots=True)
class _Result:
    """A verdict with its grounds, before the citations are numbered."""

    verdict: Verdict
    reason: Reason
    explanation: str
    correction: str | None = None
    facts: tuple[Fact, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple[str, ...] = ()


class FactChecker:
    """Checks texts against one corpus. ``candidates`` gives the passages that a sentence is held against."""

    def __init__(
        self,
        corpus: Corpus,
        parser: Parser,
        judge: Judge,
        wording: Wording,
        aligner: Aligner,
        candidates: Callable[[str], Sequence[Passage]],
    ) -> None:
        self.corpus, self.parser, self.judge = corpus, parser, judge
        self.wording, self.aligner, self.candidates = wording, aligner, candidates
        self.resolver = Resolver(corpus)
        self._verbatim = {
            plain(quote.text): quote for passage in corpus.passages.values() for quote in passage.sentences
        }

    def check(self, text: str) -> tuple[tuple[Finding, ...], tuple[Citation, ...]]:
        """The findings on ``text`` in order, and the citations they number; a text that claims nothing has none."""
        findings: list[Finding] = []
        citations: list[Citation] = []
        for start, end, result in self._results(text):
            numbers = []
            for quote in dict.fromkeys((*(fact.quote for fact in result.facts), *result.quotes)):
                citations.append(self._citation(len(citations) + 1, quote, start, end))
                numbers.append(len(citations))
            findings.append(
                Finding(
                    text[start:end],
                    start,
                    end,
                    result.verdict,
                    result.reason,
                    result.explanation,
                    result.correction,
                    tuple(numbers),
                    result.facts,
                    result.steps,
                )
            )
        return tuple(findings), tuple(citations)

    def _citation(self, index: int, quote: Quote, start: int, end: int) -> Citation:
        return Citation(index, quote, self.corpus.documents[quote.document_id].title, start, end)

    def _results(self, text: str) -> Iterator[tuple[int, int, _Result]]:
        # Citation marks and emphasis are blanked, not cut, so that offsets stay those of the text.
        blank = _MARKER.sub(lambda mark: " " * len(mark.group()), text)
        context = Context()
        for sentence in self.parser.parse(blank).sentences:
            whole = blank[sentence.start : sentence.end]
            if stated := self._verbatim.get(plain(whole)):
                result = _Result(
                    Verdict.SUPPORTED, Reason.QUOTED, self.wording.language.say["quoted"], quotes=(stated,)
                )
                yield sentence.start, sentence.end, result
                context = self._told(sentence, context)
                continue
            if self._claims_nothing(sentence, whole):
                continue
            for start, end, result, clause in self._sentence(sentence, context):
                yield start, end, result
                if clause is not None:
                    context = context.after([clause])

    def _claims_nothing(self, sentence: Sentence, whole: str) -> bool:
        """Questions, requests and mere talk state nothing."""
        if whole.rstrip().endswith(("?", "？")) or (sentence.act is Act.TALK and not sentence.topical):
            return True
        mentions = [m for m in self.parser.linker.link(whole) if m.word and not m.has(Cue.FILLER)]
        if whole.rstrip().endswith(":") and not any(m.has(Cue.AUX) or m.names(Role.PREDICATE) for m in mentions):
            return True
        asking = (Cue.REQUEST, Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.WHY)
        return bool(mentions) and mentions[0].has(*asking) and not mentions[0].names(Role.PREDICATE)

    def _told(self, sentence: Sentence, context: Context) -> Context:
        for clause in sentence.clauses:
            if clause.subjects:
                context = context.after([replace(clause, form=Form.CLAIM)])
        return context

    def _sentence(self, sentence: Sentence, context: Context) -> Iterator[tuple[int, int, _Result, Clause | None]]:
        quoted = _QUOTED.search(sentence.text)
        if quoted and len(quoted.group(1).split()) >= 4:
            yield sentence.start, sentence.end, self._quotation(sentence.text, quoted.group(1)), None
            return
        clauses = []
        running = context
        for clause in sentence.clauses:
            filled = self._filled(clause, running)
            clauses.append(filled)
            running = running.after([filled]) if filled.subjects or filled.objects else running
        if any(clause.hypothetical for clause in clauses) and any(claimable(clause) for clause in clauses):
            result = _Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, self.wording.language.say["hypothetical"])
            yield sentence.start, sentence.end, result, None
            return
        if not any(claimable(clause) for clause in clauses):
            if result_of := self._aligned(sentence.text):
                about = next((clause for clause in clauses if clause.subjects), None)
                kept = replace(about, form=Form.CLAIM) if about else None
                yield sentence.start, sentence.end, result_of, kept
            return
        for clause in clauses:
            if claimable(clause):
                yield clause.start, clause.end, self._judged(clause), clause
            elif clause.unknown and (result_of := self._aligned(clause.text)):
                yield clause.start, clause.end, result_of, None

    def _filled(self, clause: Clause, context: Context) -> Clause:
        """A clause with its pronouns and gaps filled, read as a claim."""
        if clause.form is Form.PASSAGE:
            return clause
        as_claim = replace(clause, form=Form.CLAIM) if clause.subjects or clause.refers else clause
        filled = self.resolver.fill(replace(as_claim, bare=False), context, follows=True)
        said_nothing = not (filled.objects or filled.quantity or filled.extreme or filled.rivals)
        short = clause.complement or clause.refers or not (clause.spoken or clause.bare)  # "Bolt is."
        if said_nothing and filled.subjects and short and not clause.unknown and context.last:
            filled = replace(filled, objects=context.objects, predicate=context.last.predicate)
        return replace(filled, form=Form.CLAIM) if claimable(filled) else filled

    # The three ways

    def _judged(self, clause: Clause) -> _Result:
        evidence = self.judge.judge(clause)
        verdict = evidence.verdict or Verdict.NOT_ENOUGH_INFO
        told = [self.wording.render(s) for s in evidence.statements if s.claim]
        said = self.wording.language.say
        if clause.hedged and verdict is not Verdict.NOT_ENOUGH_INFO:
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, said["hypothetical"], None, evidence.facts)
        if verdict is Verdict.NOT_ENOUGH_INFO:
            notes = [self.wording.render(s) for s in evidence.statements if not s.claim] or [said["unstated"]]
            return _Result(verdict, evidence.reason, " ".join([*notes, *told]), None, (), (), ())
        if verdict is Verdict.SUPPORTED and (extra := self._extra(clause, evidence)):
            return _Result(
                Verdict.NOT_ENOUGH_INFO,
                Reason.UNSTATED,
                f"{said['unstated']} ({', '.join(extra)})",
                None,
                evidence.facts,
            )
        frame = said["refuted"] if verdict is Verdict.REFUTED else said["follows" if evidence.steps else "supported"]
        explanation = frame.format(statements=" ".join(told))
        correction = " ".join(told) if verdict is Verdict.REFUTED else None
        return _Result(verdict, evidence.reason, explanation, correction, evidence.facts, (), evidence.steps)

    def _extra(self, clause: Clause, evidence: Evidence) -> list[str]:
        """What the claim says beyond its logical form and beyond the sentences that prove it."""
        said = [self.aligner.content(fact.quote.text) for fact in evidence.facts]
        terms = {term for content in said for term in content.terms}
        years = {year for content in said for year in content.years | content.months}
        wanted = self.aligner.content(clause.text)
        unknown = [word for word in clause.unknown if not self.aligner.content(word).terms <= terms]
        figures = {token.norm for token in tokenize(clause.text) if token.number} - wanted.years
        if clause.quantity or clause.subject_quantity or clause.extreme:
            figures = set()
        return [*unknown, *sorted((wanted.years | wanted.months) - years), *sorted(figures)]

    def _aligned(self, text: str) -> _Result | None:
        content = self.aligner.content(text)
        if not any(not term.startswith("~") for term in content.terms) and not content.numbers and not content.years:
            return None  # a heading ("Regions:"), not a claim
        return self._from_alignment(self.aligner.align(text, self.candidates(text)))

    def _from_alignment(self, aligned: Aligned) -> _Result:
        said = self.wording.language.say
        source = " ".join(quote.text for quote in aligned.quotes)
        if aligned.verdict is Verdict.NOT_ENOUGH_INFO:
            return _Result(aligned.verdict, aligned.reason, said["unstated"])
        frame = said["differs"] if aligned.verdict is Verdict.REFUTED else said["aligned"]
        correction = source if aligned.verdict is Verdict.REFUTED else None
        return _Result(aligned.verdict, aligned.reason, frame.format(quote=source), correction, (), aligned.quotes)

    def _quotation(self, text: str, quoted: str) -> _Result:
        """Words in quotation marks must stand in the source as they are; then who said them is held against it."""
        aligned = self.aligner.align(text, self.candidates(text))
        inside = plain(quoted).rstrip(".,")
        if any(inside in plain(document.text) for document in self.corpus.documents.values()):
            return self._from_alignment(aligned)
        words = self.aligner.align(quoted, self.candidates(quoted))
        if words.coverage < 0.6:
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, self.wording.language.say["unstated"])
        source = " ".join(quote.text for quote in words.quotes)
        explanation = self.wording.language.say["differs"].format(quote=source)
        return _Result(Verdict.REFUTED, Reason.ALTERED_QUOTE, explanation, source, (), words.quotes)


def claimable(clause: Clause) -> bool:
    """Whether a clause says something that the facts can decide."""
    if clause.form is Form.PASSAGE:
        return False
    about = bool(clause.subjects) or clause.subject_quantity is not None
    says = bool(clause.objects or clause.quantity or clause.excluded or clause.rivals or clause.extreme)
    says |= clause.only is Side.SUBJECT and bool(clause.kind)
    return about and says


def plain(text: str) -> str:
    """The words of a text without marks, for comparing quotations."""
    return " ".join(token.norm for token in tokenize(text) if token.word)


def overall(findings: Sequence[Finding]) -> Verdict:
    """The verdict over a text: refuted if any claim is, else not enough if any, else supported."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if not verdicts or Verdict.NOT_ENOUGH_INFO in verdicts:
        return Verdict.NOT_ENOUGH_INFO
    return Verdict.SUPPORTED
