"""What the documents state and no fact does, facts whose quotes state something else, patterns that are not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.learning.learner import Learner, StatedFact
from bot.understanding.linker import Linker, Role
from bot.understanding.logical_form import Clause, Form, Side
from bot.understanding.parser import Parser
from corpus.language import load_language
from corpus.lint import LintProblem, Places, Severity
from corpus.loader import files_of
from corpus.model import LITERAL_KINDS, SLOT, Corpus, Fact, Predicate, Quote
from corpus.world import World

# How many facts a pattern is tried with before it is said to be of no use.
_TRIED = 20


@dataclass(frozen=True, slots=True)
class DocumentCoverage:
    """How many plain statements of the documents were found, and how many of them a fact carries."""

    stated: int
    backed: int
    problems: tuple[LintProblem, ...]


def cover(corpus: Corpus, world: World) -> DocumentCoverage:
    """Hold the facts of a corpus against what its documents are read to state."""
    found = [fact for fact in Learner(corpus, world).read()[1] if fact.sure]
    stated = {(f.subject, f.predicate, f.object): f for f in reversed(found)}
    known = {(fact.subject, fact.predicate, fact.object) for fact in corpus.facts.values()}
    missing = [fact for triple, fact in reversed(stated.items()) if triple not in known]
    language = load_language(corpus.language)
    parser = Parser(corpus, language, Linker(corpus, language, world))
    places = Places(corpus.folder)
    problems = [places.problem(Severity.ERROR, fault) for fault in _contradicted(corpus, found)]
    problems += [places.problem(Severity.WARNING, fault) for fault in _unsaid(corpus, parser)]
    problems += [places.problem(Severity.WARNING, fault) for fault in _unread(corpus, parser)]
    files = files_of(corpus.folder)
    problems += [_missing(corpus, fact, files) for fact in missing]
    return DocumentCoverage(len(stated), len(stated) - len(missing), tuple(problems))


def _contradicted(corpus: Corpus, found: Sequence[StatedFact]) -> Iterator[str]:
    """Facts whose own quote gives their object to somebody else, and not to their subject."""
    for fact in corpus.facts.values():
        if not corpus.predicates[fact.predicate].functional or corpus.predicates[fact.predicate].measured:
            continue
        said = [
            other.subject
            for other in found
            if (other.predicate, other.object) == (fact.predicate, fact.object)
            and _within(other.unit.quote, fact.quote)
        ]
        if said and fact.subject not in said:
            others = ", ".join(map(repr, dict.fromkeys(said)))
            yield (
                f"facts.yaml: fact {fact.id!r}: its quote gives {fact.object!r} to {others}, not to {fact.subject!r}. "
                "Correct the subject, or quote the sentence that states the fact."
            )


def _within(inner: Quote, outer: Quote) -> bool:
    return inner.document_id == outer.document_id and outer.start <= inner.start and inner.end <= outer.end


def _unsaid(corpus: Corpus, parser: Parser) -> Iterator[str]:
    """Facts whose quote has no word of their predicate; a row of a table, whose header has it, needs none."""
    for fact in corpus.facts.values():
        if not (corpus.predicates[fact.predicate].measured or _tabular(fact) or _says(parser, fact)):
            yield (
                f"facts.yaml: fact {fact.id!r}: its quote has no word of {fact.predicate!r}. "
                "Quote the sentence that states the fact, or add the word to the predicate."
            )


def _tabular(fact: Fact) -> bool:
    return "|" in fact.quote.text or "<t" in fact.quote.text.lower()


def _says(parser: Parser, fact: Fact) -> bool:
    roles = (Role.PREDICATE, Role.WEAK, Role.COMPLEMENT)
    mentions = parser.patterns.read(parser.linker.link(fact.quote.text))
    return any(fact.predicate in mention.names(role) for mention in mentions for role in roles)


def _unread(corpus: Corpus, parser: Parser) -> Iterator[str]:
    """Patterns that are not read as what they are for, whichever fact is put into them."""
    for predicate in corpus.predicates.values():
        facts = [f for f in corpus.facts_of(predicate.name) if predicate.measured or f.object_kind not in LITERAL_KINDS]
        for pattern in predicate.patterns if facts else ():
            filled = [pattern.format(subject=fact.subject, object=fact.object) for fact in facts[:_TRIED]]
            read = zip(filled, facts, strict=False)
            if not any(_reads_back(parser, text, pattern, predicate, fact) for text, fact in read):
                yield (
                    f"vocabulary.yaml: predicate {predicate.name!r}: patterns: {pattern!r}: is of no use, as "
                    f"{filled[0]!r} is not read as what it says. Word it otherwise, or remove it."
                )


def _reads_back(parser: Parser, text: str, pattern: str, predicate: Predicate, fact: Fact) -> bool:
    """Whether a pattern that is filled with a fact is read as that fact, or as the question for what it leaves out."""
    slots = SLOT.findall(pattern)
    asked = Form.CLAIM if len(slots) > 1 else Form.SUBJECT if Side.OBJECT in slots else Form.OBJECT

    def right(clause: Clause) -> bool:
        subjects = [subject.name for subject in clause.subjects]
        objects = [scope.value.text if scope.value else scope.entity for scope in clause.objects]
        return (clause.form, clause.predicate, subjects, objects) == (
            asked,
            predicate.name,
            [fact.subject] if Side.SUBJECT in slots else [],
            [fact.object] if Side.OBJECT in slots else [],
        )

    return any(right(clause) for sentence in parser.parse(text).sentences for clause in sentence.clauses)


def _missing(corpus: Corpus, found: StatedFact, files: Mapping[str, str]) -> LintProblem:
    quote = found.unit.quote
    document = corpus.documents[quote.document_id]
    # What was read out of a file that is no plain text has other lines than the file.
    plain = document.original_sha256 in ("", document.sha256)
    line = document.text.count("\n", 0, quote.start) + 1 if plain else 0
    said = f"{found.subject} | {found.predicate} | {found.object}"
    message = f"states what no fact does: {said}, in {quote.text!r}. Have it proposed by `wholeads corpus learn`."
    return LintProblem(Severity.WARNING, files[quote.document_id], line, message)
