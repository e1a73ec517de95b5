"""The fact checker: splits a text into claims and proves, refutes or leaves open each of them.

It is the last word on everything that leaves the system, and serves texts from outside in the same way. A text falls
into units and pairs (``.claims``), and each claim goes one of three ways: word for word in the source; through the
logical form and the facts (``.fact_judge``); or held against the sentences (``.text_judge``). Of texts from outside,
what stays open may be read as a model proposes (``.proposals``), and then goes the second way, or is decided by a
sentence where a corpus has no facts. Who is said to have said it is part of it (``.attribution``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.checking.attribution import Frame, Speech, plain, quotations
from bot.checking.claims import Unit, claimable, split, units
from bot.checking.fact_judge import FactJudge
from bot.checking.proof import Prover
from bot.checking.proposals import Proposer
from bot.checking.results import Checked, Result
from bot.checking.sentence_entailment import Aligner
from bot.checking.text_judge import TextJudge
from bot.reasoning.evidence import Say
from bot.reasoning.judge import Judge
from bot.schema.answer import Citation, Finding, Proof, Reason, Verdict
from bot.understanding.canonical import is_composed
from bot.understanding.conversation import Context, Resolver
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Sentence
from bot.understanding.parser import Parser
from bot.wording.sentences import Wording
from corpus.deadline import keep_time
from corpus.language import Cue
from corpus.model import Corpus, Passage, Quote

CELL = " | "
"""What stands between two cells that are read as one claim."""
_ENDS = ".!?\u3002"
CHECKED = 1024
"""Sentences of answers whose findings are kept."""


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
        self.wording, self.aligner = wording, aligner
        self.resolver = Resolver(corpus)
        self.prover = Prover(corpus, parser.linker.atlas)
        self.speech = Speech(corpus, parser.language, parser.linker)
        self.facts = FactJudge(corpus, parser, judge, wording, aligner)
        self.text = TextJudge(corpus, judge, wording, aligner, self.speech, candidates)
        self.checked = lru_cache(maxsize=CHECKED)(self.check)
        """As ``check``, and kept: answers to many questions are made of the same sentences."""
        self._with_group = self._beside_the_group()
        self._verbatim = {
            plain(quote.text): quote for passage in corpus.passages.values() for quote in passage.sentences
        }

    def _beside_the_group(self) -> frozenset[str]:
        """The group and what it has to do with: the frame of every statement ("under the plan, …")."""
        main, group = self.corpus.main, self.corpus.group
        joined = [fact for fact in self.corpus.facts.values() if group in (fact.subject, fact.object)]
        named = {name for fact in joined for name in (fact.subject, fact.object) if name in self.corpus.entities}
        kinds = (*main.subject_kinds, *main.object_kinds)
        return frozenset({group} | {name for name in named if self.corpus.entities[name].kind not in kinds})

    def check(self, text: str) -> tuple[tuple[Finding, ...], tuple[Citation, ...]]:
        """The findings on ``text`` in order, and the citations they number; a text that claims nothing has none."""
        findings: list[Finding] = []
        citations: list[Citation] = []
        for finding, cited in self.stream(text):
            findings.append(finding)
            citations.extend(cited)
        return tuple(findings), tuple(citations)

    def stream(self, text: str, proposer: Proposer | None = None) -> Iterator[tuple[Finding, tuple[Citation, ...]]]:
        """Each finding on ``text`` with its citations, as soon as it is made; numbers run on through the text.

        ``proposer`` has models propose what the rules leave open, for so many sentences as it does.
        """
        numbered = 0
        for start, end, result in self._results(text, proposer):
            quotes = dict.fromkeys((*(fact.quote for fact in result.facts), *result.quotes))
            cited = tuple(self._citation(numbered + n, quote, start, end) for n, quote in enumerate(quotes, 1))
            numbered += len(cited)
            said = text[start:end]
            claim = self._alone(said, result.clause, _begins(text, start))
            yield (
                Finding(
                    claim,
                    start,
                    end,
                    result.verdict,
                    result.reason,
                    result.explanation,
                    result.correction,
                    tuple(citation.index for citation in cited),
                    result.facts,
                    result.steps,
                    self._proof(result),
                    read_as=result.read_as,
                    said=said if said != claim else "",
                ),
                cited,
            )

    def _alone(self, said: str, clause: Clause | None, first: bool) -> str:
        """What is claimed as a sentence that stands alone: words that lean on others, "Iberia" in a list, told whole.

        A claim that says more than that one stands to another as a relation says, or does not name either, stays as it
        is written, and so does the ``first`` of a sentence where it names whom it is about.
        """
        if clause is None or clause.form is not Form.CLAIM or len(clause.subjects) != 1 or len(clause.objects) != 1:
            return said
        [subject], [scope] = clause.subjects, clause.objects
        if is_composed(replace(clause, complement=False)) or scope.within or clause.hypothetical or not scope.known:
            return said
        mentions = self.parser.linker.link(said)
        verb = any(clause.predicate in m.names(Role.PREDICATE) + m.names(Role.COMPLEMENT) for m in mentions)
        if (verb or (first and CELL not in said)) and any(
            subject.name in mention.names(Role.ENTITY) for mention in mentions
        ):
            return said
        names = {"subject": (subject.name,), "subjects": (subject.name,), "predicate": (clause.predicate,)}
        called = (self.judge.scopes.name(scope),)
        if clause.complement:
            return self.wording.say(Say.FOLLOW, **names, scope=called)
        return self.wording.say(Say.HOLDS, **names, object=called)

    def _proof(self, result: Result) -> Proof | None:
        clauses = (result.clause,) if result.clause else ()
        return self.prover.prove(result.verdict, clauses, result.facts, result.steps, result.quotes)

    def _citation(self, index: int, quote: Quote, start: int, end: int) -> Citation:
        return Citation.of(self.corpus, index, quote, start, end)

    def _results(self, text: str, proposer: Proposer | None) -> Iterator[tuple[int, int, Result]]:
        context = Context()
        for unit in units(text):
            keep_time()
            for found in self._unit(unit, context, proposer):
                if found.result is not None:
                    yield found.start, found.end, found.result
                if found.about is not None:
                    context = context.after([found.about])

    # From units to clauses

    def _unit(self, unit: Unit, context: Context, proposer: Proposer | None) -> Iterator[Checked]:
        stated = self._verbatim.get(plain(unit.read.text))
        if stated is not None and self.judge.outdated(stated):
            stated = None  # it stands there, but a newer document says otherwise
        if stated is not None:
            said = self.wording.language.say["quoted"]
            yield Checked(unit.start, unit.end, Result(Verdict.SUPPORTED, Reason.QUOTED, said, quotes=(stated,)))
        parsed = self.parser.parse(unit.read.text).sentences
        if unit.otherwise and not any(_states(sentence.clauses) for sentence in parsed):
            together = self.parser.parse(unit.otherwise.text).sentences
            if any(_states(sentence.clauses) for sentence in together):
                parsed, unit = together, replace(unit, read=unit.otherwise)
        alone = not unit.header and not unit.otherwise  # what stands above may deny it: "Myths we have heard:"
        for sentence in parsed:
            if stated is not None or (unit.label and not self._spoken(sentence)):
                yield from self._told(sentence)
            elif not self._claims_nothing(sentence):
                found = list(self._sentence(sentence, unit, context))
                if proposer and alone and _is_open(found) and proposer.may_propose(sentence):
                    found = self._proposed(sentence, found, proposer)
                yield from (_placed(unit, each) for each in found)

    def _proposed(self, sentence: Sentence, found: list[Checked], proposer: Proposer) -> list[Checked]:
        """The verdict on the statement that a sentence is taken to make, in the place of what is open."""
        reading = proposer.reading(sentence)
        result = self.facts.judged(reading.clause, frozenset()) if reading else None
        decides = result is not None and result.verdict is not Verdict.NOT_ENOUGH_INFO
        if reading and result and decides:
            told = result.correction or reading.text
            if proposer.is_settled(sentence, result.verdict, told):
                read = replace(result, read_as=reading.text)
                return [Checked(sentence.start, sentence.end, read, reading.clause)]
        aligned = proposer.by_sentence(sentence)
        if aligned and not any(self.judge.outdated(quote) for quote in aligned.quotes):
            return [Checked(sentence.start, sentence.end, self.text.from_alignment(aligned))]
        return found

    def _told(self, sentence: Sentence) -> Iterator[Checked]:
        """What a sentence that is not judged by its clauses is about."""
        for clause in sentence.clauses:
            if clause.subjects:
                yield Checked(about=replace(clause, form=Form.CLAIM))

    @staticmethod
    def _spoken(sentence: Sentence) -> bool:
        """Whether a heading states something, in its own words."""
        return any(clause.spoken and claimable(clause) for clause in sentence.clauses)

    def _claims_nothing(self, sentence: Sentence) -> bool:
        """Questions, requests and mere talk state nothing."""
        whole = sentence.text.rstrip()
        if whole.endswith(("?", "？")) or (sentence.act is Act.TALK and not sentence.topical):
            return True
        linked = [mention for mention in sentence.mentions if mention.word]
        if not sentence.topical and not sentence.named and any(mention.has(Cue.SPEAKER) for mention in linked):
            return True  # "Let me know if you need more."
        mentions = [mention for mention in linked if not mention.has(Cue.FILLER)]
        if all(mention.has(Cue.TAG, Cue.NO) for mention in mentions):
            return True  # "Yes."
        if whole.endswith(":") and not any(m.has(Cue.AUX) or m.names(Role.PREDICATE) for m in mentions):
            return True
        asking = (Cue.REQUEST, Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.WHY)
        asks = bool(mentions) and mentions[0].has(*asking) and not mentions[0].names(Role.PREDICATE)
        return asks and not any(self._whole(clause) for clause in sentence.clauses)

    @staticmethod
    def _whole(clause: Clause) -> bool:
        """Whether a clause states something for all its question word: "What Acme leads is Europe."."""
        counted = clause.form is Form.COUNT and clause.quantity is not None
        return bool(clause.subjects) and (counted or bool(clause.objects and clause.spoken and not clause.choice))

    def _sentence(self, sentence: Sentence, unit: Unit, context: Context) -> Iterator[Checked]:
        if sentence.unread:
            unread = Result(Verdict.NOT_ENOUGH_INFO, Reason.UNREAD, self.wording.language.say["unread"])
            yield Checked(sentence.start, sentence.end, unread)
            return
        if silent := self.facts.silence(sentence):
            yield Checked(sentence.start, sentence.end, silent)
            return
        frame = self.speech.frame_in(sentence.text, sentence.mentions)
        quoted = quotations(sentence.text)
        clauses = self._framed(sentence, frame) if frame else sentence.clauses
        if quoted and (frame or not _states(clauses) or self.text.in_source(quoted)):
            yield Checked(sentence.start, sentence.end, self.text.quotation(sentence.text, quoted, frame))
            return
        if not _states(clauses):
            clauses = sentence.clauses
        filled = self._in_context([self._headed(clause, unit) for clause in clauses], context, sentence)
        if any(clause.hypothetical for clause in filled) and _states(filled):
            said = self.wording.language.say["hypothetical"]
            supposed = Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, said)
            yield Checked(sentence.start, sentence.end, supposed)
        elif _states(filled):
            speaker = frame.speaker if frame and clauses is not sentence.clauses else ""
            yield from self._clauses(filled, speaker, sentence)
        else:
            about = next((clause for clause in filled if clause.subjects), None)
            kept = replace(about, form=Form.CLAIM) if about else None
            yield Checked(sentence.start, sentence.end, self.text.aligned(sentence.text, frame), kept)

    def _framed(self, sentence: Sentence, frame: Frame) -> tuple[Clause, ...]:
        """The clauses of what is reported; its offsets are those of the sentence."""
        inner = self.parser.parse(frame.content).sentences
        return tuple(
            replace(clause, start=clause.start + sentence.start, end=clause.end + sentence.start)
            for part in inner
            for clause in part.clauses
        )

    def _headed(self, clause: Clause, unit: Unit) -> Clause:
        """A clause from a table's column whose header says that its entries follow."""
        if not unit.header:
            return clause
        mentions = self.parser.linker.link(unit.header)
        follows = any(clause.predicate in mention.names(Role.COMPLEMENT) for mention in mentions)
        return replace(clause, complement=follows)

    def _in_context(self, clauses: Sequence[Clause], context: Context, sentence: Sentence) -> list[Clause]:
        filled: list[Clause] = []
        for at, clause in enumerate(clauses):
            if (
                not filled
                and clause.objects
                and not clause.subjects
                and clause.spoken
                and self._subjectless(clause, sentence)
            ):
                # "Being the leader in Europe, Acme …": whom it is said of comes behind it
                ahead = next((after.subjects for after in clauses[at + 1 :] if after.subjects), ())
                clause = replace(clause, subjects=ahead, form=Form.CLAIM) if ahead else clause
            whole = self._filled(clause, context, sentence, goes_on=bool(filled))
            filled.append(whole)
            context = context.after([whole]) if whole.subjects or whole.objects else context
        return filled

    def _filled(self, clause: Clause, context: Context, sentence: Sentence, goes_on: bool) -> Clause:
        """A clause with its pronouns and gaps filled, read as a claim; ``goes_on``: others stand before it."""
        if clause.form is Form.PASSAGE:
            return clause
        if clause.form is Form.PREMISE and clause.objects:
            clause = replace(clause, form=Form.CLAIM)  # "What Acme leads is Europe."
        if clause.form is Form.COUNT and clause.quantity and not clause.quantity.kind:
            counted = replace(clause.quantity, kind=clause.kind)  # "The number of regions led by Acme is three."
            clause = replace(clause, form=Form.CLAIM, quantity=counted)
        alone = clause.spoken or (goes_on and clause.bare)
        if clause.form is Form.SUBJECT and alone and context.subjects and self._subjectless(clause, sentence):
            # "Acme leads Europe and makes vans.", "…, but not Russia."
            clause = replace(clause, refers=clause.refers | {"pronoun"}, form=Form.CLAIM, existential=False)
        as_claim = replace(clause, form=Form.CLAIM) if clause.subjects or clause.refers else clause
        filled = self.resolver.fill(replace(as_claim, bare=False), context, follows=True)
        said_nothing = not (filled.objects or filled.quantity or filled.extreme or filled.rivals or filled.aside)
        short = clause.complement or clause.refers or not (clause.spoken or clause.bare)  # "Bolt is."
        if said_nothing and filled.subjects and short and not clause.unknown and context.last:
            filled = replace(filled, objects=context.objects, predicate=context.last.predicate)
        return replace(filled, form=Form.CLAIM) if claimable(filled) else filled

    @staticmethod
    def _subjectless(clause: Clause, sentence: Sentence) -> bool:
        """Whether a clause just goes on about the subject before: "… and makes vans"."""
        return not any(mention.has(Cue.WHO, Cue.WHICH, Cue.BY) for mention in _mentions(clause, sentence))

    def _clauses(self, clauses: Sequence[Clause], speaker: str, sentence: Sentence) -> Iterator[Checked]:
        used = {name for clause in clauses for name in self._named(clause)}
        read = {name for clause in clauses if claimable(clause) for name in self._named(clause)}
        for clause in clauses:
            if claimable(clause):
                beside = self._beside(_mentions(clause, sentence), used)
                for part in split(clause):
                    result = self.text.attributed(self._facts_or_text(part, beside), speaker)
                    yield Checked(part.start, part.end, result, part)
            elif clause.spoken and set(self._named(clause)) - read:
                # It says something of somebody that could not be read: a sentence states it, or it stays open.
                yield Checked(clause.start, clause.end, self.text.aligned(sentence.text, None))
            elif clause.unknown or self._figures(clause.text):
                yield Checked(clause.start, clause.end, self.text.aligned(clause.text, None))

    def _figures(self, text: str) -> bool:
        said = self.aligner.content(text)
        return bool(said.numbers or said.years or said.shares)

    def _named(self, clause: Clause) -> Iterator[str]:
        """The entities in a clause's logical form."""
        yield from (subject.name for subject in clause.subjects)
        yield from clause.rivals
        for scope in (*clause.objects, *clause.excluded):
            yield scope.entity
            yield from (name for _, name in scope.within)

    def _beside(self, mentions: Sequence[Mention], used: set[str]) -> frozenset[str]:
        """The entities among a clause's mentions that no logical form of its sentence takes in."""
        known = {*used, *self._with_group}
        named = (set(mention.names(Role.ENTITY)) for mention in mentions if not mention.names(Role.PREDICATE))
        return frozenset(f"={sorted(names)[0]}" for names in named if names and not names & known)

    def _facts_or_text(self, clause: Clause, beside: frozenset[str]) -> Result:
        """Judged by the facts; where they are silent on a lesser predicate, a sentence may still state the claim."""
        result = self.facts.judged(clause, beside)
        silent = result.verdict is Verdict.NOT_ENOUGH_INFO and result.reason is Reason.UNSTATED
        if silent and clause.predicate != self.corpus.main.name:
            stated = self.text.aligned(clause.text, None)
            if stated is not None and stated.verdict is Verdict.SUPPORTED:
                return stated
        return result


def _mentions(clause: Clause, sentence: Sentence) -> list[Mention]:
    """The mentions of a clause, out of those of its sentence."""
    start, end = clause.start - sentence.start, clause.end - sentence.start
    return [mention for mention in sentence.mentions if start <= mention.start < end]


def _is_open(found: Sequence[Checked]) -> bool:
    """Whether all that a sentence claims is left open, and by none of it do rules know why."""
    results = [each.result for each in found if each.result is not None]
    open_ = (r.verdict is Verdict.NOT_ENOUGH_INFO and r.reason is Reason.UNSTATED and not r.beyond for r in results)
    return bool(results) and all(open_)


def _states(clauses: Sequence[Clause]) -> bool:
    """Whether any of the clauses says something that the facts can decide."""
    return any(claimable(clause) for clause in clauses)


def _placed(unit: Unit, found: Checked) -> Checked:
    """The claim where it stands in the whole text."""
    start, end = unit.place(found.start, found.end)
    return replace(found, start=start, end=end)


def overall(findings: Sequence[Finding]) -> Verdict:
    """The verdict over a text: refuted if any claim is, else not enough if any, else supported."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if not verdicts or Verdict.NOT_ENOUGH_INFO in verdicts:
        return Verdict.NOT_ENOUGH_INFO
    return Verdict.SUPPORTED


def _begins(text: str, at: int) -> bool:
    """Whether a sentence begins there, for nothing or the end of another one stands before it."""
    while at and text[at - 1].isspace():
        at -= 1
    return not at or text[at - 1] in _ENDS
