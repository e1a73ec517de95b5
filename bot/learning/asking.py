"""Asks a corpus about its own facts, and tells those that the plain question does not find.

fact        leads(Parks Office, boats)
question    Who leads boats?               its answer must name Parks Office
question    What does Parks Office lead?   its answer must name boats

No index and no model is needed: what is asked for here is what the parser reads and the reasoner finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.reasoning.evidence import Evidence, Say
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.reasoner import Reasoner
from bot.schema.answer import Verdict
from bot.understanding.conversation import Context, Resolver
from bot.understanding.linker import Linker, Role
from bot.understanding.logical_form import Clause, Form
from bot.understanding.parser import Parser
from bot.wording.sentences import Wording
from corpus.language import load_language
from corpus.lint import LintProblem, Places, Severity
from corpus.model import LITERAL_KINDS, Corpus, Fact
from corpus.world import World

MOST_ASKED = 5000
"""How many questions are asked at most: some seconds' worth."""

MOST_TOLD = 50
"""How many facts are told of: what is wrong with a relation is so for all its facts."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, in ways of which one must be understood, and the facts that its answer must hold.

    ``side`` is what the answer must name of them: their subjects, objects or values.
    """

    ways: tuple[str, ...]
    facts: Sequence[Fact]
    side: str

    def holds(self, fact: Fact, evidence: Evidence) -> bool:
        """Whether what was found for it has the fact."""
        if self.side == "value":
            return evidence.verdict is Verdict.SUPPORTED
        return (fact.subject if self.side == "subject" else fact.object) in evidence.values


def ask_facts(corpus: Corpus, world: World) -> tuple[LintProblem, ...]:
    """A warning for each fact that a plain question does not find; the last one tells what was left out."""
    asker = _Asker(corpus, world)
    places = Places(corpus.folder)
    faults = list(islice(asker.faults(), MOST_TOLD + 1))
    told = [places.problem(Severity.WARNING, fault) for fault in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        left = f"facts.yaml: more facts than these {MOST_TOLD} are not found when asked for. Mend these first."
        told.append(places.problem(Severity.WARNING, left))
    elif asker.left_out:
        left = (
            f"facts.yaml: {MOST_ASKED} questions were asked, {asker.left_out} were not. Look at `wholeads eval`, too."
        )
        told.append(places.problem(Severity.WARNING, left))
    return tuple(told)


class _Asker:
    """Reads and answers plain questions on one corpus."""

    def __init__(self, corpus: Corpus, world: World) -> None:
        self.corpus = corpus
        language = load_language(corpus.language)
        self.linker = Linker(corpus, language, world)
        self.parser = Parser(corpus, language, self.linker)
        self.reasoner = Reasoner(corpus, ScopeMatcher(corpus, self.linker))
        self.resolver, self.wording = Resolver(corpus), Wording(corpus, language)
        questions = list(self._questions())
        self.questions, self.left_out = questions[:MOST_ASKED], len(questions[MOST_ASKED:])

    def faults(self) -> Iterator[str]:
        """Each fact that is not found, with the question, the cause and the mend; each fact once."""
        told: set[str] = set()
        for question in self.questions:
            asked = [self.resolver.resolve(self.parser.parse(way), Context()).clauses for way in question.ways]
            clauses = [clause for each in asked for clause in each]
            found = [self.reasoner.answer(clause) for clause in clauses if clause.form is not Form.PASSAGE]
            for fact in question.facts:
                if fact.id not in told and not any(question.holds(fact, evidence) for evidence in found):
                    told.add(fact.id)
                    cause = self._cause(question, fact, clauses)
                    yield f"facts.yaml: fact {fact.id!r}: {question.ways[0]!r} does not find it: {cause}"

    def _questions(self) -> Iterator[_Question]:
        """Who has each object, and what each subject has; of a value ("900 troops") whether the subject has it."""
        for predicate in self.corpus.predicates.values():
            facts, asked = self.corpus.facts_of(predicate.name), {"predicate": (predicate.name,)}
            if predicate.measured:
                yield from (self._of_value(fact) for fact in facts)
                continue
            named = [fact for fact in facts if fact.object_kind not in LITERAL_KINDS]
            for name, held in _grouped(named, "object").items():
                yield _Question((self.wording.say(Say.ASK_SUBJECT, scopes=(name,), **asked),), held, "subject")
            # "Ada is head of what?", as there is no "does Ada be head of"
            regular = predicate.base[:2] == predicate.singular[:2]
            say = Say.ASK_OBJECT_ANY if regular else Say.ASK_VALUE
            for name, held in _grouped(named, "subject").items():
                yield _Question((self.wording.say(say, subjects=(name,), **asked),), held, "object")

    def _of_value(self, fact: Fact) -> _Question:
        """Whether the subject has the value, as answers write it or alone; words are asked for, as none compare."""
        asked = {"subjects": (fact.subject,), "predicate": (fact.predicate,)}
        if fact.object_kind == "text":
            return _Question((self.wording.say(Say.ASK_VALUE, **asked),), (fact,), "object")
        says = (self.wording.say(Say.ASK_VALUE_CLAIM, scopes=(value,), **asked) for value in (fact.label, fact.object))
        return _Question(tuple(dict.fromkeys(says)), (fact,), "value")

    # Why it is not found

    def _cause(self, question: _Question, fact: Fact, clauses: Sequence[Clause]) -> str:
        named = fact.object if question.side == "subject" else fact.subject
        if lost := self._unlinked(question, named):
            return lost
        predicates = {clause.predicate for clause in clauses if clause.predicate}
        if others := sorted(predicates - {fact.predicate}):
            return (
                f"its words are read as {others[0]!r}. Give {fact.predicate!r} words that {others[0]!r} does not have, "
                "or a verb of its own."
            )
        if all(clause.form is Form.PASSAGE for clause in clauses):
            return f"it is not read as a question about {fact.predicate!r}. Add words or a verb to the predicate."
        return (
            f"the answer tells of something else. Look at the words of {fact.predicate!r}, and at those of {named!r}."
        )

    def _unlinked(self, question: _Question, named: str) -> str:
        """What the words of a name are taken for, "" where they are read as that name."""
        linked = self.linker.link(question.ways[0])
        if any(named in mention.names(Role.ENTITY) for mention in linked):
            return ""
        start = question.ways[0].casefold().find(named.casefold())
        inside = (mention for mention in linked if start <= mention.start < start + len(named))
        taken = next(((m.text, m.names(Role.ENTITY)[0]) for m in inside if m.names(Role.ENTITY)), None)
        if taken:
            return f"{taken[0]!r} is read as {taken[1]!r}. Give one of them another name, or an alias of its own."
        return f"{named!r} is read as ordinary words. Give it another name, or an alias that is none."


def _grouped(facts: Iterable[Fact], side: str) -> Mapping[str, Sequence[Fact]]:
    """The facts by the name on one side."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.object if side == "object" else fact.subject, []).append(fact)
    return found
