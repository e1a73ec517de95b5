"""The fact checker: splits a text into claims and proves, refutes or leaves open each of them.

It is the last word on everything that leaves the system, and serves texts from outside in the same way. A text falls
into units and pairs (``.claims``), and each claim goes one of three ways: word for word in the source; through the
logical form and the facts; or held against the sentences. Of texts from outside, what stays open may be read as a model
proposes (``.proposals``), and then goes the second way, or is decided by a sentence where a corpus has no facts. Who is
said to have said it is part of it (``.attribution``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from bot.checking.attribution import Frame, Quotation, Speech, plain, quotations
from bot.checking.claims import Unit, claimable, split, units
from bot.checking.proof import Prover
from bot.checking.proposals import Proposer
from bot.checking.sentence_entailment import Aligned, Aligner
from bot.reasoning.evidence import Evidence
from bot.reasoning.judge import Judge
from bot.schema.answer import Citation, Finding, Proof, Reason, Step, Verdict
from bot.understanding.conversation import Context, Resolver
from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Sentence
from bot.understanding.parser import Parser
from bot.wording.sentences import Wording
from corpus.deadline import keep_time
from corpus.language import Cue
from corpus.model import Corpus, Fact, Passage, Quote
from corpus.text import tokenize

_LEFT_OUT = re.compile(r"\[?(?:\.{3}|…)\]?")
# The share of a quotation's words that the source must have for it to be an altered quotation of it.
ALTERED = 0.6
CHECKED = 1024
"""Sentences of answers whose findings are kept."""


@dataclass(frozen=True, slots=True)
class _Result:
    """A verdict with its grounds, before the citations are numbered.

    ``beyond``: it is open because it goes beyond what stands there, as the rules have read it.
    """

    verdict: Verdict
    reason: Reason
    explanation: str
    correction: str | None = None
    facts: tuple[Fact, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple[Step, ...] = ()
    clause: Clause | None = None
    read_as: str = ""
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class _Checked:
    """A claim's result and span; ``about`` is the clause that later pronouns may refer to. Either may be missing."""

    start: int = 0
    end: int = 0
    result: _Result | None = None
    about: Clause | None = None


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
        self.prover = Prover(corpus, parser.linker.atlas)
        self.speech = Speech(corpus, parser.language, parser.linker)
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
            yield (
                Finding(
                    text[start:end],
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
                ),
                cited,
            )

    def _proof(self, result: _Result) -> Proof | None:
        clauses = (result.clause,) if result.clause else ()
        return self.prover.prove(result.verdict, clauses, result.facts, result.steps, result.quotes)

    def _citation(self, index: int, quote: Quote, start: int, end: int) -> Citation:
        return Citation.of(self.corpus, index, quote, start, end)

    def _results(self, text: str, proposer: Proposer | None) -> Iterator[tuple[int, int, _Result]]:
        context = Context()
        for unit in units(text):
            keep_time()
            for found in self._unit(unit, context, proposer):
                if found.result is not None:
                    yield found.start, found.end, found.result
                if found.about is not None:
                    context = context.after([found.about])

    # From units to clauses

    def _unit(self, unit: Unit, context: Context, proposer: Proposer | None) -> Iterator[_Checked]:
        stated = self._verbatim.get(plain(unit.read.text))
        if stated is not None and self.judge.outdated(stated):
            stated = None  # it stands there, but a newer document says otherwise
        if stated is not None:
            said = self.wording.language.say["quoted"]
            yield _Checked(unit.start, unit.end, _Result(Verdict.SUPPORTED, Reason.QUOTED, said, quotes=(stated,)))
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

    def _proposed(self, sentence: Sentence, found: list[_Checked], proposer: Proposer) -> list[_Checked]:
        """The verdict on the statement that a sentence is taken to make, in the place of what is open."""
        reading = proposer.reading(sentence)
        result = self._judged(reading.clause, frozenset()) if reading else None
        decides = result is not None and result.verdict is not Verdict.NOT_ENOUGH_INFO
        if reading and result and decides:
            told = result.correction or reading.text
            if proposer.is_settled(sentence, result.verdict, told):
                read = replace(result, read_as=reading.text)
                return [_Checked(sentence.start, sentence.end, read, reading.clause)]
        aligned = proposer.by_sentence(sentence)
        if aligned and not any(self.judge.outdated(quote) for quote in aligned.quotes):
            return [_Checked(sentence.start, sentence.end, self._from_alignment(aligned))]
        return found

    def _told(self, sentence: Sentence) -> Iterator[_Checked]:
        """What a sentence that is not judged by its clauses is about."""
        for clause in sentence.clauses:
            if clause.subjects:
                yield _Checked(about=replace(clause, form=Form.CLAIM))

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

    def _silence(self, sentence: Sentence) -> _Result | None:
        """ "The source does not say who leads India.": right where no fact speaks of it.

        It speaks of what stands behind "the source", where something does: what is told before it is not denied.
        """
        about = next((mention.start for mention in sentence.mentions if mention.has(Cue.META)), None)
        denied = any(mention.has(Cue.NOT, Cue.NO, Cue.NOBODY) for mention in sentence.mentions)
        if about is None or not denied:
            return None
        behind = sentence.text[max(0, about - sentence.start) :]
        asked = [c for c in sentence.clauses if c.objects and (c.form is Form.SUBJECT or c.subject_quantity)]
        named = [(c, [scope for scope in c.objects if scope.surface in behind]) for c in asked]
        clause, scopes = next(
            ((c, s) for c, s in named if s), (asked[0], list(asked[0].objects)) if asked else (None, [])
        )
        if clause is None or clause.subjects:
            return None
        predicate = self.corpus.predicates[clause.predicate]
        told = [statement for scope in scopes for statement in self.judge.settled(predicate, scope)]
        facts = tuple(dict.fromkeys(fact for statement in told for fact in statement.facts))
        if told:
            right = " ".join(self.wording.render(statement) for statement in told)
            explanation = self.wording.language.say["refuted"].format(statements=right)
            return _Result(Verdict.REFUTED, Reason.WRONG_POLARITY, explanation, right, facts, clause=clause)
        notes = [self.wording.render(self.judge.not_stated(scope, predicate)) for scope in scopes]
        return _Result(Verdict.SUPPORTED, Reason.SILENT, " ".join(dict.fromkeys(notes)), clause=clause)

    def _sentence(self, sentence: Sentence, unit: Unit, context: Context) -> Iterator[_Checked]:
        if sentence.unread:
            unread = _Result(Verdict.NOT_ENOUGH_INFO, Reason.UNREAD, self.wording.language.say["unread"])
            yield _Checked(sentence.start, sentence.end, unread)
            return
        if silent := self._silence(sentence):
            yield _Checked(sentence.start, sentence.end, silent)
            return
        frame = self.speech.frame_in(sentence.text, sentence.mentions)
        quoted = quotations(sentence.text)
        clauses = self._framed(sentence, frame) if frame else sentence.clauses
        if quoted and (frame or not _states(clauses) or self._in_source(quoted)):
            yield _Checked(sentence.start, sentence.end, self._quotation(sentence.text, quoted, frame))
            return
        if not _states(clauses):
            clauses = sentence.clauses
        filled = self._in_context([self._headed(clause, unit) for clause in clauses], context, sentence)
        if any(clause.hypothetical for clause in filled) and _states(filled):
            said = self.wording.language.say["hypothetical"]
            supposed = _Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, said)
            yield _Checked(sentence.start, sentence.end, supposed)
        elif _states(filled):
            speaker = frame.speaker if frame and clauses is not sentence.clauses else ""
            yield from self._clauses(filled, speaker, sentence)
        else:
            about = next((clause for clause in filled if clause.subjects), None)
            kept = replace(about, form=Form.CLAIM) if about else None
            yield _Checked(sentence.start, sentence.end, self._aligned(sentence.text, frame), kept)

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

    def _clauses(self, clauses: Sequence[Clause], speaker: str, sentence: Sentence) -> Iterator[_Checked]:
        used = {name for clause in clauses for name in self._named(clause)}
        read = {name for clause in clauses if claimable(clause) for name in self._named(clause)}
        for clause in clauses:
            if claimable(clause):
                beside = self._beside(_mentions(clause, sentence), used)
                for part in split(clause):
                    result = self._attributed(self._facts_or_text(part, beside), speaker)
                    yield _Checked(part.start, part.end, result, part)
            elif clause.spoken and set(self._named(clause)) - read:
                # It says something of somebody that could not be read: a sentence states it, or it stays open.
                yield _Checked(clause.start, clause.end, self._aligned(sentence.text, None))
            elif clause.unknown or self._figures(clause.text):
                yield _Checked(clause.start, clause.end, self._aligned(clause.text, None))

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

    # The three ways

    def _facts_or_text(self, clause: Clause, beside: frozenset[str]) -> _Result:
        """Judged by the facts; where they are silent on a lesser predicate, a sentence may still state the claim."""
        result = self._judged(clause, beside)
        silent = result.verdict is Verdict.NOT_ENOUGH_INFO and result.reason is Reason.UNSTATED
        if silent and clause.predicate != self.corpus.main.name:
            stated = self._aligned(clause.text, None)
            if stated is not None and stated.verdict is Verdict.SUPPORTED:
                return stated
        return result

    def _judged(self, clause: Clause, beside: frozenset[str]) -> _Result:
        said = self.wording.language.say
        evidence = self._either(clause) if clause.choice and not clause.negated else self.judge.judge(clause)
        if before := self._before(clause, evidence):
            words = " ".join(fact.quote.text for fact in before)
            return _Result(Verdict.SUPPORTED, Reason.STATED, said["aligned"].format(quote=words), None, before)
        verdict = evidence.verdict or Verdict.NOT_ENOUGH_INFO
        told = [self.wording.render(s) for s in evidence.statements if s.claim]
        if self._hedged(clause, evidence) and verdict is not Verdict.NOT_ENOUGH_INFO:
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, said["hypothetical"], None, evidence.facts)
        if verdict is Verdict.NOT_ENOUGH_INFO:
            notes = [self.wording.render(s) for s in evidence.statements if not s.claim] or [said["unstated"]]
            return _Result(verdict, evidence.reason, " ".join([*notes, *told]), None, (), (), ())
        if verdict is Verdict.SUPPORTED and (extra := self._extra(clause, evidence, beside)):
            unstated = f"{said['unstated']} ({', '.join(extra)})"
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, unstated, None, evidence.facts, beyond=True)
        frame = said["refuted"] if verdict is Verdict.REFUTED else said["follows" if evidence.steps else "supported"]
        explanation = frame.format(statements=" ".join(told))
        correction = " ".join(told) if verdict is Verdict.REFUTED else None
        return _Result(verdict, evidence.reason, explanation, correction, evidence.facts, (), evidence.steps, clause)

    def _hedged(self, clause: Clause, evidence: Evidence) -> bool:
        """Whether a claim only may be so, or was so once, by other words than its facts are put in ("until June")."""
        if not clause.hedged:
            return False
        link = self.parser.linker.link
        worded = {mention.norm for fact in evidence.facts for mention in link(fact.label)}
        return any(m.has(Cue.HEDGE, Cue.PAST) and m.norm not in worded for m in link(clause.text))

    def _before(self, clause: Clause, evidence: Evidence) -> tuple[Fact, ...]:
        """ "In 2012 Acme led Iberia.": what an older document of that year says of it, where a newer one differs."""
        if evidence.verdict is not Verdict.REFUTED or clause.negated:
            return ()
        years = self.aligner.content(clause.text).years
        book = self.corpus.book
        then = [old for fact in evidence.facts for old in book.earlier(fact) if book.date(old)[:4] in years]
        named = {subject.name for subject in clause.subjects if not subject.negated}
        held = tuple(dict.fromkeys(fact for fact in then if fact.subject in named))
        return held if named and named <= {fact.subject for fact in held} else ()

    def _either(self, clause: Clause) -> Evidence:
        """ "Acme or Bolt leads Europe": supported by any, refuted by all."""
        parts = [self.judge.judge(part) for part in split(replace(clause, choice=False))]
        order = (Verdict.SUPPORTED, Verdict.NOT_ENOUGH_INFO, Verdict.REFUTED)
        return min(parts, key=lambda part: order.index(part.verdict or Verdict.NOT_ENOUGH_INFO))

    def _extra(self, clause: Clause, evidence: Evidence, beside: frozenset[str]) -> list[str]:
        """What the claim says beyond its logical form and beyond the sentences that prove it."""
        grounds = [text for fact in evidence.facts for text in (fact.quote.text, fact.label)]
        said = [self.aligner.content(text) for text in grounds]
        terms = {term for content in said for term in content.terms}
        years = {year for content in said for year in content.years | content.months}
        text = clause.text
        for scope in clause.objects:
            text = text.replace(scope.surface, " ") if scope.value else text  # compared with the fact's already
        wanted = self.aligner.content(text)
        words = {token.norm for ground in grounds for token in tokenize(ground)}
        unknown = [word for word in clause.unknown if not self._told_in(word, terms, words)]
        # A figure that is part of a name ("unit 4") is no figure of its own.
        counted = (mention for mention in self.parser.linker.link(text) if mention.names(Role.NUMBER))
        figures = {mention.norm for mention in counted if mention.text[0].isdigit()} - wanted.years
        if clause.quantity or clause.subject_quantity or clause.extreme or clause.rivals:
            figures = set()
        names = sorted(term.removeprefix("=") for term in beside - terms)
        names += self._done(clause, evidence)
        unknown += [word for word in self.in_its_place(clause) if not self._told_in(word, terms, words)]
        return [*clause.aside, *names, *unknown, *sorted((wanted.years | wanted.months) - years), *sorted(figures)]

    def reported(self, text: str) -> Aligned | None:
        """What the sentences say of a claim, or a question, that gives words to a speaker; None where it gives none."""
        frame = self.speech.frame(text)
        if frame is None or not frame.speaker:
            return None
        spoken = self.aligner.align(frame.content, self.candidates(frame.content))
        if spoken.verdict is not Verdict.SUPPORTED:
            return None
        told = self._attributed(self._from_alignment(spoken), frame.speaker)
        return replace(spoken, verdict=told.verdict, reason=told.reason)

    def in_its_place(self, clause: Clause) -> list[str]:
        """ "Acme visited Iberia": where no word of the relation stands, any other may stand in its place."""
        if not clause.implied:
            return []
        linked = self.parser.linker.link(clause.text)
        return [
            mention.text
            for mention in linked
            if mention.has(Cue.NEUTRAL, Cue.ORIGIN, Cue.FILLER)
            and not any(mention.names(role) for role in (Role.KIND, Role.ENTITY, Role.PLACE, Role.TOPIC))
        ]

    def _told_in(self, word: str, terms: set[str], words: set[str]) -> bool:
        """Whether sentences of these terms and words have an unknown word of a claim."""
        own = self.aligner.content(word).terms
        return own <= terms if own else {token.norm for token in tokenize(word)} <= words

    def _done(self, clause: Clause, evidence: Evidence) -> list[str]:
        """The "already" of a claim where the sentences that prove it only say what will be."""
        values = self.wording.language.values
        said = [plain(fact.quote.text) for fact in evidence.facts]
        own = [word for word in values.already if f" {word} " in f" {plain(clause.text)} "]
        done = any(f" {word} " in f" {text} " for text in said for word in values.already)
        ahead = any(f" {word} " in f" {text} " for text in said for word in values.future)
        return own if ahead and not done else []

    def _aligned(self, text: str, frame: Frame | None) -> _Result | None:
        """A claim held against the sentences; what is only wrong in its speaker is told so."""
        content = self.aligner.content(text)
        if not any(not term.startswith("~") for term in content.terms) and not content.numbers and not content.years:
            return None  # a heading ("Regions:"), not a claim
        result = self._from_alignment(self.aligner.align(text, self.candidates(text)))
        if frame and frame.speaker and result.verdict is Verdict.NOT_ENOUGH_INFO:
            spoken = self._from_alignment(self.aligner.align(frame.content, self.candidates(frame.content)))
            if spoken.verdict is Verdict.SUPPORTED:
                result = self._attributed(spoken, frame.speaker)
        if frame and result.verdict is Verdict.SUPPORTED and not self._tail_holds(frame, result.quotes):
            return self._role_unstated(frame)
        return result

    def _from_alignment(self, aligned: Aligned) -> _Result:
        said = self.wording.language.say
        source = " ".join(quote.text for quote in aligned.quotes)
        if aligned.verdict is Verdict.SUPPORTED and any(self.judge.outdated(quote) for quote in aligned.quotes):
            # It stands there, but a newer document says otherwise.
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, said["unstated"], beyond=True)
        if aligned.verdict is Verdict.NOT_ENOUGH_INFO:
            return _Result(aligned.verdict, aligned.reason, said["unstated"])
        frame = said["differs"] if aligned.verdict is Verdict.REFUTED else said["aligned"]
        correction = source if aligned.verdict is Verdict.REFUTED else None
        return _Result(aligned.verdict, aligned.reason, frame.format(quote=source), correction, (), aligned.quotes)

    # Who said it

    def _attributed(self, result: _Result, speaker: str) -> _Result:
        """A claim with the speaker it is given to: the source must have it from that very speaker."""
        if not speaker or result.verdict is not Verdict.SUPPORTED:
            return result
        said = self.wording.language.say
        quotes = (*(fact.quote for fact in result.facts), *result.quotes)
        speakers = self.speech.speakers(self.corpus.passages.values(), quotes)
        if speakers is None:
            explanation = said["not_said"].format(speaker=speaker)
            return _Result(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_SPEAKER, explanation, None, result.facts)
        if plain(speaker) in {plain(name) for name in speakers}:
            return result
        source = " ".join(quote.text for quote in dict.fromkeys((*speakers.values(), *quotes)))
        explanation = said["misattributed"].format(speaker=speaker, quote=source.strip('“”"«»„'))
        return replace(
            result, verdict=Verdict.REFUTED, reason=Reason.WRONG_SPEAKER, explanation=explanation, correction=source
        )

    def _in_source(self, quoted: Sequence[Quotation]) -> bool:
        return all(self._stands(part) for quotation in quoted for part in _LEFT_OUT.split(quotation.text))

    def _stands(self, words: str) -> bool:
        inside = plain(words)
        return any(inside in document for document in self._documents)

    @cached_property
    def _documents(self) -> tuple[str, ...]:
        """The words of each document, made when the first quotation is looked up."""
        return tuple(plain(document.text) for document in self.corpus.documents.values())

    def _quotation(self, text: str, quoted: Sequence[Quotation], frame: Frame | None) -> _Result:
        """Words in quotation marks must stand in the source as they are; then who said them is held against it."""
        said = self.wording.language.say
        words = [self.aligner.align(quotation.text, self.candidates(quotation.text)) for quotation in quoted]
        for quotation, found in zip(quoted, words, strict=True):
            if self._in_source([quotation]):
                continue
            if found.coverage < ALTERED:
                return _Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, said["unstated"])
            source = " ".join(quote.text for quote in found.quotes)
            explanation = said["differs"].format(quote=source)
            return _Result(Verdict.REFUTED, Reason.ALTERED_QUOTE, explanation, source, (), found.quotes)
        quotes = tuple(dict.fromkeys(quote for found in words for quote in found.quotes))
        verbatim = _Result(Verdict.SUPPORTED, Reason.QUOTED, said["quoted"], quotes=quotes)
        if frame is None:
            around = _around(text, quoted)
            if not self.aligner.content(around).terms:
                return verbatim
            return self._from_alignment(self.aligner.align(text, self.candidates(text)))
        result = self._attributed(verbatim, frame.speaker)
        if result.verdict is Verdict.SUPPORTED and not self._tail_holds(frame, quotes):
            return self._role_unstated(frame)
        return result

    def _role_unstated(self, frame: Frame) -> _Result:
        unstated = f"{self.wording.language.say['unstated']} ({frame.tail.strip(' ,.')})"
        return _Result(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_SPEAKER, unstated)

    def _tail_holds(self, frame: Frame, quotes: Sequence[Quote]) -> bool:
        """Whether the passage says of the speaker what the claim says ("…, chair of Acme")."""
        wanted = self.aligner.content(frame.tail).terms
        if not wanted:
            return True
        beside = [p for p in self.corpus.passages.values() if any(quote in p.sentences for quote in quotes)]
        stated = {term for p in beside for quote in p.sentences for term in self.aligner.content(quote.text).terms}
        return wanted <= stated


def _mentions(clause: Clause, sentence: Sentence) -> list[Mention]:
    """The mentions of a clause, out of those of its sentence."""
    start, end = clause.start - sentence.start, clause.end - sentence.start
    return [mention for mention in sentence.mentions if start <= mention.start < end]


def _is_open(found: Sequence[_Checked]) -> bool:
    """Whether all that a sentence claims is left open, and by none of it do rules know why."""
    results = [each.result for each in found if each.result is not None]
    open_ = (r.verdict is Verdict.NOT_ENOUGH_INFO and r.reason is Reason.UNSTATED and not r.beyond for r in results)
    return bool(results) and all(open_)


def _states(clauses: Sequence[Clause]) -> bool:
    """Whether any of the clauses says something that the facts can decide."""
    return any(claimable(clause) for clause in clauses)


def _placed(unit: Unit, found: _Checked) -> _Checked:
    """The claim where it stands in the whole text."""
    start, end = unit.place(found.start, found.end)
    return replace(found, start=start, end=end)


def _around(text: str, quoted: Sequence[Quotation]) -> str:
    """The text without its quotations."""
    for quotation in reversed(quoted):
        text = text[: quotation.start] + " " + text[quotation.end :]
    return text


def overall(findings: Sequence[Finding]) -> Verdict:
    """The verdict over a text: refuted if any claim is, else not enough if any, else supported."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    if not verdicts or Verdict.NOT_ENOUGH_INFO in verdicts:
        return Verdict.NOT_ENOUGH_INFO
    return Verdict.SUPPORTED
