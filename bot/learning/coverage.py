"""What the documents state and no fact does, and facts whose quotes state something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.learning.learner import Found, Learner
from bot.linker import Linker, Role
from corpus.files import read_yaml
from corpus.language import load_language
from corpus.lint import Places, Problem, Severity
from corpus.model import Corpus, Fact, Quote
from corpus.world import World


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many plain statements of the documents were found, and how many of them a fact carries."""

    stated: int
    backed: int
    problems: tuple[Problem, ...]


def cover(corpus: Corpus, world: World) -> Coverage:
    """Hold the facts of a corpus against what its documents are read to state."""
    found = [fact for fact in Learner(corpus, world).read()[1] if fact.sure]
    stated = {(f.subject, f.predicate, f.object): f for f in reversed(found)}
    known = {(fact.subject, fact.predicate, fact.object) for fact in corpus.facts.values()}
    missing = [fact for triple, fact in reversed(stated.items()) if triple not in known]
    places = Places(corpus.folder)
    problems = [places.problem(Severity.ERROR, fault) for fault in _contradicted(corpus, found)]
    problems += [places.problem(Severity.WARNING, fault) for fault in _unsaid(corpus, world)]
    files = _files(corpus)
    problems += [_missing(corpus, fact, files) for fact in missing]
    return Coverage(len(stated), len(stated) - len(missing), tuple(problems))


def _contradicted(corpus: Corpus, found: Sequence[Found]) -> Iterator[str]:
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


def _unsaid(corpus: Corpus, world: World) -> Iterator[str]:
    """Facts whose quote has no word of their predicate; a row of a table, whose header has it, needs none."""
    linker = Linker(corpus, load_language(corpus.language), world)
    for fact in corpus.facts.values():
        if not (corpus.predicates[fact.predicate].measured or _tabular(fact) or _says(linker, fact)):
            yield (
                f"facts.yaml: fact {fact.id!r}: its quote has no word of {fact.predicate!r}. "
                "Quote the sentence that states the fact, or add the word to the predicate."
            )


def _tabular(fact: Fact) -> bool:
    return "|" in fact.quote.text or "<t" in fact.quote.text.lower()


def _says(linker: Linker, fact: Fact) -> bool:
    roles = (Role.PREDICATE, Role.WEAK, Role.COMPLEMENT)
    return any(fact.predicate in mention.names(role) for mention in linker.link(fact.quote.text) for role in roles)


def _files(corpus: Corpus) -> Mapping[str, str]:
    """The file of each document, by its id."""
    documents = read_yaml(corpus.folder / "corpus.yaml")["documents"]
    return {entry["id"]: entry["file"] for entry in documents}


def _missing(corpus: Corpus, found: Found, files: Mapping[str, str]) -> Problem:
    quote = found.unit.quote
    document = corpus.documents[quote.document_id]
    # What was read out of a file that is no plain text has other lines than the file.
    plain = document.original_sha256 in ("", document.sha256)
    line = document.text.count("\n", 0, quote.start) + 1 if plain else 0
    said = f"{found.subject} | {found.predicate} | {found.object}"
    message = f"states what no fact does: {said}, in {quote.text!r}. Have it proposed by `wholeads corpus learn`."
    return Problem(Severity.WARNING, files[quote.document_id], line, message)
