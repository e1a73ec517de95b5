"""Everything that a message may mean: candidates, of which a chooser names one, several or none.

They come from what is named in the message (every form of question about it), from the facts whose own questions lie
nearest to it in the store, from the conversation (what was asked and answered before), from the corpus as a whole (who
has most, everything), from the text (sentences that may answer), and there are always those that say that nothing of
this is meant.

    "We have just opened in Lyon. Who's the boss here?"
        Who leads Lyon?   Who follows in Lyon?   Who leads Europe?   Who leads what?   …   (another subject)
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations, islice

from bot.understanding.canonical import Asked, CanonicalForms, is_composed, reading_key
from bot.understanding.linker import Linker, Mention, Role
from bot.understanding.logical_form import Clause, Form, Scope, Told
from bot.understanding.sentences import Sentences
from bot.understanding.values import NUMBER, LiteralReader
from corpus.language import Language
from corpus.model import MEASURED_KINDS, Corpus, Fact, Passage, Predicate, Quote
from corpus.text import tokenize
from index.embedding import Embedder
from index.entries import EntryType
from index.search import Hit, Index

NEAREST = 10
"""Facts of the store whose questions are taken."""
SUBJECTS, OBJECTS = 6, 8
"""So many subjects of a relation are asked about though nothing names them, and so many objects with those named."""
DESCRIBED, MEANT = 12, 5
"""So many descriptions by what is named are taken, of those that fit so many things at most."""
MOST_COUNTED, NUMBERS = 20, 2
"""Numbers below it may count what somebody has; so many of a message are taken."""


class Origin(StrEnum):
    """Where a candidate comes from."""

    PARSER = "parser"
    FORM = "form"
    TEXT = "text"
    SUMMARY = "summary"
    NOTHING = "nothing"


class Nothing(StrEnum):
    """What a message is that asks for nothing which is there; the values are what the model reads."""

    NOT_STATED = "The documents do not say."
    ELSEWHERE = "About something else."
    TALK = "Just hello, thanks, goodbye or what can you do."
    MEANINGLESS = "Random letters without meaning."


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a message may mean. ``text`` is what a model compares with it.

    A form has its ``clause``, a sentence its ``quote`` and ``passage``, and what asks for nothing its ``nothing``.
    ``parsed``: it is how the parser reads the message, too. ``means``: the canonical question, where the text is the
    message of a taught example.
    """

    text: str
    origin: Origin
    shape: str = ""
    clause: Clause | None = field(default=None, compare=False)
    quote: Quote | None = None
    passage: Passage | None = field(default=None, compare=False)
    nothing: Nothing | None = None
    parsed: bool = field(default=False, compare=False)
    means: str = ""

    @property
    def question(self) -> str:
        """What it is called where it is shown: the canonical question."""
        return self.means or self.text


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question as it was read, its clauses, and the values of its answer."""

    question: str
    clauses: tuple[Clause, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A message and the turns before it, oldest first; ``written``: as it was written, if ``message`` is a gloss."""

    message: str
    before: tuple[Turn, ...] = ()
    written: str = ""

    @property
    def told(self) -> str:
        """What a model is told: the last question with its answer, the first one, and what is said now.

        >>> Conversation("And Japan?", (Turn("Who leads Iberia?", (), ("Acme",)),)).told
        '(Who leads Iberia? Acme) And Japan?'
        """
        if not self.before:
            return self.message
        last, first = self.before[-1], self.before[0]
        asked = " ".join((last.question, ", ".join(last.values[:4]))).strip()
        opening = f"({first.question}) " if len(self.before) > 1 and first.question != last.question else ""
        return f"{opening}({asked}) {self.message}"

    @property
    def names(self) -> frozenset[str]:
        """What the turns before were about, and what they were answered with."""
        asked = (name for turn in self.before for clause in turn.clauses for name in names_of(clause))
        return frozenset((*asked, *(value for turn in self.before for value in turn.values)))


NOTHINGS = tuple(Candidate(nothing.value, Origin.NOTHING, nothing.name.lower(), nothing=nothing) for nothing in Nothing)


class CandidateMaker:
    """Makes the candidates of a message; the same conversation always gets the same."""

    def __init__(
        self,
        corpus: Corpus,
        language: Language,
        linker: Linker,
        index: Index,
        embedder: Embedder,
    ) -> None:
        self.corpus, self.linker, self.index = corpus, linker, index
        self.forms = CanonicalForms(corpus, language)
        self.world = linker.world
        self.literals = LiteralReader(language)
        self._general = tuple(asked for p in corpus.predicates.values() for asked in self.forms.general(p))
        self._subjects = {
            name: tuple(dict.fromkeys(fact.subject for fact in corpus.facts_of(name))) for name in corpus.predicates
        }
        self.sentences = Sentences(corpus, language, index, embedder)
        self.summary = Candidate(self.forms.summary, Origin.SUMMARY, "summary")

    def make(
        self,
        conversation: Conversation,
        parsed: Sequence[Clause] = (),
        taught: Sequence[Candidate] = (),
        again: bool = False,
    ) -> tuple[Candidate, ...]:
        """The candidates; ``parsed`` is how the parser reads the message, ``taught`` what was taught by example.

        ``again``: what the parser reads is what was asked before, and in doubt.
        """
        keys = {self._key(clause): clause for clause in parsed}
        given = (*taught, *self.questions(conversation))
        read = [self._key(each.clause) if keys and each.clause else None for each in given]
        forms = [
            each if each.parsed is (key in keys) else replace(each, parsed=key in keys)
            for each, key in zip(given, read, strict=True)
        ]
        known = set(read[len(taught) :])
        # What has a plain form and is not among the questions is about nothing that was named.
        own = [
            self._parsed(clause) for key, clause in keys.items() if key not in known and (again or is_composed(clause))
        ]
        return (*forms, *own, *self.others(conversation))

    def _key(self, clause: Clause) -> Hashable:
        """What makes two clauses the same reading: a kind says nothing where a relation has no other."""
        plain = clause.form is Form.OBJECT and len(self.forms.kinds.get(clause.predicate, ())) < 2
        return reading_key(replace(clause, kind="") if plain else clause)

    def others(self, conversation: Conversation) -> tuple[Candidate, ...]:
        """What is no question of a form: sentences that may answer, a summary, the kinds of nothing."""
        found = self.sentences.nearest(self._searched(conversation))
        said = (Candidate(each.text, Origin.TEXT, "text", quote=each.quote, passage=each.passage) for each in found)
        return (*said, self.summary, *NOTHINGS)

    @staticmethod
    def _searched(conversation: Conversation) -> str:
        """What the text is searched for: a short message with the question before it."""
        short = len(conversation.message.split()) < 6
        return " ".join([turn.question for turn in conversation.before[-1:] if short] + [conversation.message])

    @staticmethod
    def _parsed(clause: Clause) -> Candidate:
        return Candidate(clause.text, Origin.PARSER, f"parsed_{clause.form}", clause, parsed=True)

    # Questions

    def questions(self, conversation: Conversation) -> Iterator[Candidate]:
        """Every question that could be meant."""
        near = [self.corpus.facts[hit.id] for hit in self._nearest(conversation.message)]
        seen: set[Hashable] = set()
        for asked in self._asked(conversation, near):
            if (key := reading_key(asked.clause)) not in seen:
                seen.add(key)
                yield Candidate(asked.text, Origin.FORM, asked.shape, asked.clause)
        for turn in conversation.before:
            for clause in turn.clauses:
                if clause.form is not Form.PASSAGE and (key := reading_key(clause)) not in seen:
                    seen.add(key)
                    text = turn.question if len(turn.clauses) == 1 else clause.text
                    yield Candidate(text, Origin.FORM, "again", clause)

    def _nearest(self, text: str) -> Sequence[Hit]:
        return self.index.search(text, kinds=(EntryType.FACT,), limit=NEAREST)

    def _asked(self, conversation: Conversation, near: Sequence[Fact]) -> Iterator[Asked]:
        mentions = self.linker.link(conversation.message)
        named = list(self._scopes(mentions))
        entities = [scope.entity for scope, _ in named if scope.entity]
        last = conversation.before[-1] if conversation.before else Turn("")
        carried = [name for name in last.values if name in self.corpus.entities]
        carried += [subject.name for clause in last.clauses for subject in clause.subjects]
        carried_scopes = [(s, self.called(s)) for clause in last.clauses for s in clause.objects if s.known]
        yield from self._general
        yield from self._counted(conversation.message)
        for predicate in self.corpus.predicates.values():
            facts = [fact for fact in near if fact.predicate == predicate.name]
            own = self._values(predicate, conversation.message) if predicate.measured else named
            yield from self._asked_of(predicate, entities, carried, own, carried_scopes, facts)
        for told, by in islice(self._described(entities), DESCRIBED):
            if called := self.forms.described(by, told):
                for predicate in self.corpus.predicates.values():
                    if predicate is not by:
                        yield from self.forms.of_described(predicate, told, called)

    def _described(self, names: Sequence[str]) -> Iterator[tuple[tuple[Told, ...], Predicate]]:
        """What can be described by what is named: those that stand in one relation to it."""
        book = self.corpus.book
        for name in dict.fromkeys(names):
            for predicate in self.corpus.predicates.values():
                having = [Told(fact.id, fact.subject, name) for fact in book.about(predicate.name, [name])]
                had = [Told(fact.id, fact.object, name) for fact in book.held_by(predicate.name, [name])]
                for told in (having, had):
                    known = {each.meant: each for each in told if each.meant in self.corpus.entities}
                    if 0 < len(known) <= MEANT and len({self.corpus.entities[meant].kind for meant in known}) == 1:
                        yield tuple(known.values()), predicate

    def _counted(self, message: str) -> Iterator[Asked]:
        """Who has exactly, or more than, as many things as a message says."""
        said = {literal.order for literal in self.literals.find(message, (NUMBER,))}
        for number in sorted(int(order) for order in said if order in range(2, MOST_COUNTED))[:NUMBERS]:
            for predicate in self.corpus.predicates.values():
                for kind in () if predicate.measured else self.forms.kinds[predicate.name]:
                    yield from self.forms.of_number(predicate, kind, number)

    def _values(self, predicate: Predicate, message: str) -> list[tuple[Scope, str]]:
        """The values of a measured relation that a message names: those of its kinds, and what facts have as words."""
        found = list(islice(self.literals.find(message, predicate.object_kinds), OBJECTS))
        said = f" {_words(message)} "
        plain = [kind for kind in predicate.object_kinds if kind not in MEASURED_KINDS]
        texts = dict.fromkeys(f.object for f in self.corpus.facts_of(predicate.name) if f.object_kind in plain)
        stated = (text for text in texts if f" {_words(text)} " in said)
        found += [self.literals.read(text, plain[0]) for text in islice(stated, OBJECTS)]
        return [(Scope(value.text, value=value), value.text) for value in found]

    def _asked_of(
        self,
        predicate: Predicate,
        entities: Sequence[str],
        carried: Sequence[str],
        named: Sequence[tuple[Scope, str]],
        carried_scopes: Sequence[tuple[Scope, str]],
        facts: Sequence[Fact],
    ) -> Iterator[Asked]:
        every = self._subjects[predicate.name]
        fits = [name for name in dict.fromkeys(entities) if self._is_subject(predicate, name)]
        meant = [*fits, *(name for name in dict.fromkeys(carried) if self._is_subject(predicate, name))]
        some = [*meant, *(every if len(every) <= SUBJECTS else (fact.subject for fact in facts))]
        for name in dict.fromkeys(some):
            yield from self.forms.of_subject(predicate, name)
        own = [pair for pair in named if self._is_object(predicate, pair[0])]
        before = [pair for pair in carried_scopes if self._is_object(predicate, pair[0])]
        told = [] if predicate.measured else [(self._scope_of(f), f.label or f.object) for f in facts]
        narrowed = [] if predicate.measured else list(self._narrowed(predicate, own))
        scopes = _unique([*own, *narrowed, *before, *told])
        for scope, called in scopes:
            yield from self.forms.of_object(predicate, scope, called)
        for scope, called in islice(_unique([*own, *before]), OBJECTS):
            yield from self.forms.without_object(predicate, scope, called)
        # Where none is known by name, one of a few may be meant by a description.
        pairing = dict.fromkeys(meant) or (every if len(every) <= SUBJECTS and own else ())
        for name in pairing:
            for scope, called in islice(scopes, OBJECTS):
                if scope.entity != name:
                    yield from self.forms.of_pair(predicate, name, scope, called)
        for name in dict.fromkeys(meant):
            for scope, called in islice(_unique([*own, *before]), OBJECTS):
                yield from self.forms.of_others(predicate, name, scope, called)
        for name, other in islice(combinations(dict.fromkeys(fits), 2), 3):
            yield from self.forms.of_rivals(predicate, name, other)
        for (one, called), (two, too) in islice(combinations(_unique(own), 2), 0 if predicate.measured else 3):
            yield from self.forms.of_objects(predicate, one, called, two, too)

    def _is_subject(self, predicate: Predicate, name: str) -> bool:
        return name in self.corpus.entities and self.corpus.entities[name].kind in predicate.subject_kinds

    def _is_object(self, predicate: Predicate, scope: Scope) -> bool:
        if scope.value:
            return scope.value.kind in predicate.object_kinds
        if scope.entity in self.corpus.entities:
            return self.corpus.entities[scope.entity].kind in predicate.object_kinds
        return bool(scope.places) and self.corpus.place_kind in predicate.object_kinds

    def _scopes(self, mentions: Iterable[Mention]) -> Iterator[tuple[Scope, str]]:
        """What a message names, with how it is called."""
        for mention in mentions:
            for name in mention.names(Role.ENTITY):
                yield Scope(mention.text, entity=name), name
            places = mention.names(Role.PLACE)
            if places and not mention.names(Role.ENTITY):
                scope = Scope(mention.text, places=places)
                yield scope, self.called(scope)

    def called(self, scope: Scope) -> str:
        """What a scope is called in a canonical question."""
        if scope.value:
            return scope.value.text
        return scope.entity or (self.world.place(scope.places[0]).name if scope.places else scope.surface)

    def _scope_of(self, fact: Fact) -> Scope:
        within = tuple((kind, name) for kind, names in fact.qualifiers.items() for name in names)
        return Scope(fact.label or fact.object, entity=fact.object, within=within)

    def _narrowed(self, predicate: Predicate, named: Sequence[tuple[Scope, str]]) -> Iterator[tuple[Scope, str]]:
        """What is named, narrowed by something else that is named, where facts on it are narrowed so."""
        for scope, called in named:
            facts = self.corpus.book.about(predicate.name, [scope.entity])
            kinds = {kind for fact in facts for kind in fact.qualifiers}
            for other, name in named:
                entity = self.corpus.entities.get(other.entity)
                kind = entity.kind if entity else self.corpus.place_kind if other.places else ""
                if other is not scope and kind in kinds:
                    within = ((kind, other.entity or other.places[0]),)
                    yield Scope(scope.surface, entity=scope.entity, within=within), f"{called} ({name})"


def names_of(clause: Clause) -> frozenset[str]:
    """The names and places that a clause is about; those by which it describes others in the place of these."""
    places = (place for scope in clause.objects for place in scope.places)
    names = (scope.entity for scope in clause.objects if scope.entity)
    about = frozenset((*places, *names, *(subject.name for subject in clause.subjects), *clause.rivals))
    return about - {told.meant for told in clause.described} | {told.named for told in clause.described}


def names_in(mentions: Iterable[Mention]) -> frozenset[str]:
    """The entities and places that mentions name, each in all that it may mean."""
    return frozenset(name for m in mentions for name in m.names(Role.ENTITY) or m.names(Role.PLACE))


def _words(text: str) -> str:
    return " ".join(token.norm for token in tokenize(text) if token.word)


def _unique(pairs: Iterable[tuple[Scope, str]]) -> list[tuple[Scope, str]]:
    """Each scope once, whatever words it stands in."""
    found: dict[Hashable, tuple[Scope, str]] = {}
    for scope, called in pairs:
        value = scope.value.text.casefold() if scope.value else ""
        found.setdefault((scope.entity, scope.places, scope.within, value), (scope, called))
    return list(found.values())
