"""From fields to examples: each message with its candidates, and which of them it means.

A field is opened as any corpus is. Its candidates are made as they are for users, in the conversation as the golds tell
it, so that the model learns to choose among what it will be shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.answering.languages import Tongue, Tongues
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.reasoner import Reasoner
from bot.schema.answer import Status
from bot.understanding.candidates import Candidate, CandidateMaker, Conversation, Nothing, Origin, Turn, names_in
from bot.understanding.canonical import Asked, reading_key
from bot.understanding.conversation import Context, Resolver
from bot.understanding.exact import questions_in, understood_fully
from bot.understanding.linker import Role
from bot.understanding.logical_form import Clause, Form, Scope
from corpus.loader import load_corpus
from corpus.model import Corpus, Predicate
from corpus.world import World
from index.builder import build_index
from index.embedding import Embedder
from index.search import Index

STATEMENTS = "messages-10.jsonl"
"""Of each field the file whose messages are statements: people paste them, and check them."""
FIELDS, SEALED = Path(__file__).parent / "fields", Path(__file__).parent / "sealed"
_SUMMARY = re.compile(r"\b(?:all about|this about|summar|in short|in a nutshell|gist|tl;?dr|main point)", re.I)
_SUPERLATIVE = re.compile(r"\b(?:most|least|first|last|next|\w{2,}est)\b", re.I)
_NOTHINGS = {
    "not_stated": Nothing.NOT_STATED,
    "out_of_scope": Nothing.ELSEWHERE,
    "chat": Nothing.TALK,
    "nonsense": Nothing.MEANINGLESS,
}

MOST_SENTENCES = 6
"""What more sentences state together than so many is not answered by one of them."""

Gold = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A message in its conversation, with its candidates and whether each is meant; None where that is left open.

    ``questions`` are what is meant, in plain words; ``missed`` are the kinds of gold that no candidate stands for;
    ``named`` are the names that the message has in it. ``stated``: it asks nothing, it states something.
    """

    field: str
    conversation: Conversation
    ask: str
    candidates: tuple[Candidate, ...]
    meant: tuple[bool | None, ...]
    questions: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    turn: int = 0
    golds: tuple[Gold, ...] = ()
    named: frozenset[str] = frozenset()
    stated: bool = False

    @property
    def told(self) -> str:
        """What a model is told of the conversation."""
        return self.conversation.told


class Field:
    """A field of training data, opened."""

    def __init__(self, folder: Path, index: Path, embedder: Embedder, world: World) -> None:
        self.name, self.folder = folder.name, folder
        self.corpus: Corpus = load_corpus(folder)
        build_index(self.corpus, index / folder.name, embedder)
        self.index = Index.open(index / folder.name, self.corpus, embedder)
        self.tongue: Tongue = Tongues(self.corpus, world, lambda *_: None, lambda _: ()).home
        language, linker = self.tongue.language, self.tongue.linker
        self.maker = CandidateMaker(self.corpus, language, linker, self.index, embedder)
        self._resolver = Resolver(self.corpus)
        reasoner = Reasoner(self.corpus, ScopeMatcher(self.corpus, self.tongue.linker))
        self.answer = lru_cache(maxsize=None)(reasoner.answer)

    def cases(self) -> Iterator[Mapping[str, Any]]:
        """The conversations of the field, in the order of the files."""
        for path in sorted(self.folder.glob("messages-*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    yield {**json.loads(line), "stated": path.name == STATEMENTS}

    def examples(self) -> Iterator[Example]:
        """Each message in English with its candidates, and those that it has where only the documents are known."""
        for case in self.cases():
            if case.get("lang", "en") == "en":
                read = (*self._conversation(case["turns"]), *self._from_documents_alone(case["turns"]))
                yield from (replace(example, stated=case["stated"]) for example in read)

    def _conversation(self, turns: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
        before: tuple[Turn, ...] = ()
        context = Context()
        for number, turn in enumerate(turns):
            golds = tuple(turn["gold"])
            yield self._read(turn["say"], golds, number, before, context)
            yield from self._pieces(turn["say"], golds, number, before, context)
            if asked := self._asked(golds):
                before = (*before, asked)
                context = context.after(asked.clauses, asked.values) if asked.clauses else context

    def _from_documents_alone(self, turns: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
        """The messages for which it is known which sentences answer, as they are read without any facts."""
        before: tuple[Turn, ...] = ()
        for number, turn in enumerate(turns):
            golds = tuple(turn["gold"])
            conversation = Conversation(turn["say"], before)
            candidates = self.maker.others(conversation)
            by_gold = [[self._answers_alone(candidate, gold) for candidate in candidates] for gold in golds]
            meant = tuple(True if True in row else None if None in row else False for row in zip(*by_gold, strict=True))
            plain = not before and golds[0]["ask"] in ("text", *_NOTHINGS)  # it is shown with questions
            if True in meant and len(golds) == 1 and not plain:
                yield Example(self.name, conversation, golds[0]["ask"], candidates, meant, (), (), number, golds)
            if any(gold.get("question") for gold in golds):
                before = (*before, Turn(turn["say"]))

    def _answers_alone(self, candidate: Candidate, gold: Gold) -> bool | None:
        if candidate.origin is not Origin.TEXT or gold["ask"] in ("text", "not_stated"):
            return self._means(candidate, gold)
        form = self.form_of(gold)
        facts = self.answer(form.clause).facts if form else ()
        assert candidate.quote is not None
        told = {fact.quote for fact in facts}
        if not 0 < len(told) <= MOST_SENTENCES:
            return self._sentence_answers(candidate, gold)
        if any(candidate.quote.overlaps(quote) for quote in told):
            return True
        values = gold.get("values") or ()
        named = [str(gold[key]) for key in ("subject", "object") if gold.get(key)]
        said = candidate.text.casefold()
        near = any(str(v).casefold() in said for v in values) if values else all(n.casefold() in said for n in named)
        return None if near else False

    def _pieces(
        self, say: str, golds: Sequence[Gold], number: int, before: tuple[Turn, ...], context: Context
    ) -> Iterator[Example]:
        """Each question of a message that asks several, as it is read for itself."""
        for piece in questions_in(self.tongue.parser.parse(say)) if len(golds) > 1 else ():
            if own := tuple(gold for gold in golds if gold.get("words") and str(gold["words"]).strip() in piece):
                yield self._read(piece, own, number, before, context)
                if asked := self._asked(own):
                    before = (*before, asked)
                    context = context.after(asked.clauses, asked.values) if asked.clauses else context

    def _read(
        self, say: str, golds: tuple[Gold, ...], number: int, before: tuple[Turn, ...], context: Context
    ) -> Example:
        message = self.tongue.parser.parse(say)
        parsed = understood_fully(self._resolver.resolve(message, context).clauses)
        example = self._example(Conversation(say, before), golds, number, parsed)
        return replace(example, named=names_in(message.mentions))

    def _asked(self, golds: Sequence[Gold]) -> Turn | None:
        """How a turn goes into those after it: its question, clauses and values as the golds give them."""
        asked = [gold for gold in golds if gold.get("question")]
        if not asked:
            return None
        values = tuple(str(value) for gold in asked for value in gold.get("values") or ())
        forms = [self.form_of(gold) for gold in asked]
        questions = [form.text if form else gold["question"] for form, gold in zip(forms, asked, strict=True)]
        return Turn(" ".join(questions), tuple(form.clause for form in forms if form), values)

    def form_of(self, gold: Gold) -> Asked | None:
        """The canonical question of a gold, where it is about what the corpus or the map names."""
        if "relation" not in gold:
            return None
        predicate, forms = self.corpus.predicates[gold["relation"]], self.maker.forms
        subject = str(gold.get("subject", ""))
        made: list[Asked] = list(forms.general(predicate))
        if subject:
            made += forms.of_subject(predicate, subject)
        if gold.get("object"):
            name = str(gold["object"])
            scope = self._scope(predicate, name)
            if scope.known:
                made += forms.of_object(predicate, scope, name)
                made += forms.of_pair(predicate, subject, scope, name) if subject else ()
        return next((asked for asked in made if self._form_answers(asked.clause, gold)), None)

    def _scope(self, predicate: Predicate, name: str) -> Scope:
        if predicate.measured:
            return Scope(name, value=self.maker.literals.read(name, predicate.object_kinds[0]))
        if name in self.corpus.entities:
            return Scope(name, entity=name)
        return Scope(name, places=self._places(name))

    def _places(self, name: str) -> tuple[str, ...]:
        return tuple(place for mention in self.tongue.linker.link(name) for place in mention.names(Role.PLACE))

    def _is_about(self, scope: Scope, name: str) -> bool:
        """Whether a scope is what a gold names, or a place that it means."""
        if scope.value:
            return bool(scope.value.holds(self.maker.literals.read(name, scope.value.kind)))
        return scope.entity == name or bool(set(scope.places) & set(self._places(name)))

    def _example(
        self, conversation: Conversation, golds: Sequence[Gold], turn: int, parsed: Sequence[Clause]
    ) -> Example:
        candidates = self.maker.make(conversation, parsed)
        by_gold = [[self._means(candidate, gold) for candidate in candidates] for gold in golds]
        meant = tuple(True if True in row else None if None in row else False for row in zip(*by_gold, strict=True))
        missed = tuple(gold["ask"] for gold, row in zip(golds, by_gold, strict=True) if True not in row)
        made = [self.form_of(g) for g, row in zip(golds, by_gold, strict=True) if True not in row]
        questions = (*(g["question"] for g in golds if g.get("question") and g["ask"] != "not_stated"),)
        questions += tuple(form.text for form in made if form)
        ask = golds[0]["ask"] if len(golds) == 1 else "multi"
        return Example(
            self.name,
            conversation,
            ask,
            candidates,
            meant,
            questions,
            missed,
            turn,
            tuple(golds),
        )

    # Which candidates a gold stands for

    def _means(self, candidate: Candidate, gold: Gold) -> bool | None:
        ask = gold["ask"]
        if candidate.origin is Origin.NOTHING:
            return self._is_nothing(candidate, gold)
        if ask in ("out_of_scope", "chat", "nonsense"):
            return False
        if candidate.origin is Origin.SUMMARY:
            return ask == "text" and bool(_SUMMARY.search(gold["question"]))
        if candidate.origin is Origin.TEXT:
            return self._sentence_answers(candidate, gold)
        assert candidate.clause is not None
        if ask == "not_stated":
            return None if self.answer(candidate.clause).status is Status.NOT_STATED else False
        return False if ask == "text" else self._form_answers(candidate.clause, gold)

    @staticmethod
    def _is_nothing(candidate: Candidate, gold: Gold) -> bool | None:
        if gold.get("answer") == "unknown" and candidate.nothing is Nothing.NOT_STATED:
            return None
        return candidate.nothing is _NOTHINGS.get(gold["ask"])

    def _sentence_answers(self, candidate: Candidate, gold: Gold) -> bool | None:
        assert candidate.quote is not None
        said = candidate.quote.text
        if gold["ask"] == "text":
            return any(said in quote or quote in said for quote in gold["quotes"])
        if gold["ask"] == "not_stated":
            return False
        told = {str(gold.get(key)) for key in ("subject", "object") if gold.get(key)} | set(gold.get("values") or ())
        facts = (f for f in self.corpus.facts.values() if f.quote.text in said or said in f.quote.text)
        return None if any({f.subject, f.object} & told for f in facts) or gold["ask"] in ("all", "other") else False

    def _form_answers(self, clause: Clause, gold: Gold) -> bool | None:
        if gold["ask"] == "other":
            return self._same_as_asked(clause, gold)
        if clause.predicate != gold["relation"] or clause.complement:
            return False
        return _BY_ASK[gold["ask"]](self, clause, gold)

    def _same_as_asked(self, clause: Clause, gold: Gold) -> bool | None:
        parsed = self.tongue.parser.parse(gold["question"])
        keys = {reading_key(own) for sentence in parsed.sentences for own in sentence.clauses}
        if reading_key(clause) in keys:
            return True
        values = {str(value).casefold() for value in gold.get("values") or ()}
        same = bool(values) and {v.casefold() for v in self.answer(clause).values} == values
        if same and clause.form is Form.EXTREME and _SUPERLATIVE.search(gold["question"]):
            return True  # nothing else has the end of a row as its answer
        return None if same else False

    def _who(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form is not Form.SUBJECT or len(clause.objects) != 1 or any(s.negated for s in clause.subjects):
            return False
        scope, values = clause.objects[0], set(self.answer(clause).values)
        right = values == set(gold["values"])
        if scope.value:
            return self._is_about(scope, str(gold["object"]))
        if scope.entity == gold["object"]:
            return True if right or not scope.within else None
        places = set(self._places(str(gold["object"])))
        if set(scope.places) & places:
            return True
        facts = {fact.id for fact in self.answer(clause).facts}
        if facts and facts == self._facts_of_object(gold["relation"], str(gold["object"])):
            return True  # the region of the place: both are answered by the same facts
        return None if right and places and scope.places else False

    def _facts_of_object(self, relation: str, name: str) -> frozenset[str]:
        """The facts that tell who stands to what a gold names."""
        scope = self._scope(self.corpus.predicates[relation], name)
        clause = next(iter(self.maker.forms.of_object(self.corpus.predicates[relation], scope, name))).clause
        return frozenset(fact.id for fact in self.answer(clause).facts) if scope.known else frozenset()

    def _what(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form is not Form.OBJECT or clause.negated or [s.name for s in clause.subjects] != [gold["subject"]]:
            return False
        kinds = self.maker.forms.kinds[clause.predicate]
        same = clause.kind == gold.get("kind", "") or len(kinds) < 2
        return same or set(self.answer(clause).values) == set(gold["values"])

    def _whether(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form not in (Form.CLAIM, Form.PREMISE) or clause.rivals or not clause.objects:
            return False
        premise = gold["ask"] == "false_premise"
        named = [s.name for s in clause.subjects] == [gold["subject"]]
        if not named or not self._is_about(clause.objects[0], str(gold["object"])):
            return False
        return True if (clause.form is Form.PREMISE) is premise else None

    def _count(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form is not Form.COUNT:
            return False
        same = [s.name for s in clause.subjects] == [gold[key] for key in ("subject",) if key in gold]
        same = same and bool(clause.objects) is ("object" in gold)
        kind = gold.get("kind") or clause.kind
        if same and clause.kind == kind:
            return True
        values = {str(value) for value in gold["values"]}
        return None if set(self.answer(clause).values) == values else False

    def _extreme(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form is not Form.EXTREME or clause.subjects or clause.fewest is not (gold["ask"] == "fewest"):
            return False
        kinds = self.maker.forms.kinds[clause.predicate]
        if self.corpus.predicates[clause.predicate].measured or len(kinds) < 2 or clause.kind == gold.get("kind", ""):
            return True
        return None if {*self.answer(clause).values} == {*map(str, gold.get("values") or ())} else False

    def _all(self, clause: Clause, gold: Gold) -> bool | None:
        if clause.form is not Form.OVERVIEW:
            return False
        kind = gold.get("kind", "")
        return True if clause.kind == kind or len(self.maker.forms.kinds[clause.predicate]) < 2 else None


_BY_ASK = {
    "who": Field._who,
    "what": Field._what,
    "whether": Field._whether,
    "false_premise": Field._whether,
    "count": Field._count,
    "most": Field._extreme,
    "fewest": Field._extreme,
    "all": Field._all,
}
