"""The understanding and reasoning core of one corpus, and a second corpus: a fire brigade that nobody ever wrote of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import yaml
from hypothesis import settings

from bot.reasoning.evidence import Evidence
from bot.reasoning.fact_matching import Fit, ScopeMatcher
from bot.reasoning.judge import Judge
from bot.reasoning.reasoner import Reasoner
from bot.reasoning.statements import merged
from bot.schema.answer import Verdict
from bot.understanding.arguments import Meaning
from bot.understanding.conversation import Context, Resolved, Resolver
from bot.understanding.linker import Linker, Mention
from bot.understanding.logical_form import Clause, Form, Message, Sentence
from bot.understanding.parser import Parser
from bot.wording.questions import QuestionWriter
from bot.wording.sentences import Wording
from corpus.language import Language
from corpus.model import Corpus
from corpus.world import World

# Invented texts are the same in every run.
STEADY = settings(max_examples=150, deadline=None, derandomize=True, database=None)

BULLETIN = """# Standing orders

Under the new orders each part of the Avon Brigade has its lead watch and its followers. \
Red Watch will lead in Old Town, Northgate, and the Quays. \
Blue Watch, on the other hand, will lead in Millbrook and Castle Hill.

As for the tasks, Red Watch leads ladder work and tunnel rescue. Blue Watch leads water rescue in Millbrook. \
Green Watch leads chemical spills for day shifts and night shifts.

Red Watch supports Blue Watch. Green Watch supports Blue Watch, too, and Blue Watch supports Red Watch.
"""

ABOUT = {
    "id": "brigade",
    "title": "The standing orders of the Avon Brigade",
    "language": "en",
    "documents": [{"id": "orders", "file": "orders.md", "title": "Standing orders"}],
    "examples": ["Who leads in Old Town?", "What does Red Watch lead?"],
}

VOCABULARY = {
    "kinds": {
        "department": {"plural": "departments", "words": ["watch", "watches", "crew"]},
        "district": {"plural": "districts", "words": ["quarter", "ward"]},
        "task": {"plural": "tasks", "words": ["duty class"]},
        "shift": {"plural": "shifts"},
    },
    "entities": {
        "department": {
            "Red Watch": {"aliases": ["the reds"]},
            "Blue Watch": {"aliases": ["the blues"]},
            "Green Watch": {"aliases": ["the greens"]},
        },
        "district": {
            "Old Town": {"aliases": ["the medieval quarter"]},
            "Northgate": {},
            "the Quays": {"aliases": ["quayside"]},
            "Millbrook": {},
            "Castle Hill": {},
            "Fernside": {},
        },
        "task": {
            "ladder work": {"aliases": ["ladders"]},
            "tunnel rescue": {},
            "water rescue": {"aliases": ["drowning swimmers"]},
            "chemical spills": {"aliases": ["chemical spill", "hazmat"]},
            "rescue": {"covers": ["tunnel rescue", "water rescue"]},
            "forest fires": {},
        },
        "shift": {"day shift": {"aliases": ["day shifts"]}, "night shift": {"aliases": ["night shifts"]}},
    },
    "predicates": {
        "leads": {
            "subject": ["department"],
            "object": ["district", "task"],
            "functional": True,
            "complement": "follows",
            "verb": {"singular": "leads", "plural": "lead", "base": "lead"},
        },
        "supports": {
            "subject": ["department"],
            "object": ["department"],
            "words": ["support", "supports", "supported", "supporting"],
            "verb": {"singular": "supports", "plural": "support", "base": "support"},
        },
    },
    "topics": ["fire", "fires", "hose", "hoses"],
}

QUOTES = {
    "red-districts": "Red Watch will lead in Old Town, Northgate, and the Quays.",
    "blue-districts": "Blue Watch, on the other hand, will lead in Millbrook and Castle Hill.",
    "red-tasks": "Red Watch leads ladder work and tunnel rescue.",
    "blue-tasks": "Blue Watch leads water rescue in Millbrook.",
    "green-tasks": "Green Watch leads chemical spills for day shifts and night shifts.",
    "red-supports": "Red Watch supports Blue Watch.",
    "others-support": "Green Watch supports Blue Watch, too, and Blue Watch supports Red Watch.",
}

# id, subject, predicate, object, quote, and the qualifiers.
FACTS: list[tuple[str, str, str, str, str, dict[str, list[str]]]] = [
    ("old-town", "Red Watch", "leads", "Old Town", "red-districts", {}),
    ("northgate", "Red Watch", "leads", "Northgate", "red-districts", {}),
    ("quays", "Red Watch", "leads", "the Quays", "red-districts", {}),
    ("millbrook", "Blue Watch", "leads", "Millbrook", "blue-districts", {}),
    ("castle-hill", "Blue Watch", "leads", "Castle Hill", "blue-districts", {}),
    ("ladder-work", "Red Watch", "leads", "ladder work", "red-tasks", {}),
    ("tunnel-rescue", "Red Watch", "leads", "tunnel rescue", "red-tasks", {}),
    ("water-rescue", "Blue Watch", "leads", "water rescue", "blue-tasks", {"district": ["Millbrook"]}),
    ("spills", "Green Watch", "leads", "chemical spills", "green-tasks", {"shift": ["day shift", "night shift"]}),
    ("red-blue", "Red Watch", "supports", "Blue Watch", "red-supports", {}),
    ("green-blue", "Green Watch", "supports", "Blue Watch", "others-support", {}),
    ("blue-red", "Blue Watch", "supports", "Red Watch", "others-support", {}),
]


class Core:
    """Everything between a text and its evidence, for one corpus and one language."""

    def __init__(self, corpus: Corpus, language: Language, world: World, meaning: Meaning | None = None) -> None:
        self.corpus, self.language, self.world, self.meaning = corpus, language, world, meaning

    @cached_property
    def linker(self) -> Linker:
        return Linker(self.corpus, self.language, self.world)

    @cached_property
    def parser(self) -> Parser:
        return Parser(self.corpus, self.language, self.linker, self.meaning)

    @cached_property
    def scopes(self) -> ScopeMatcher:
        return ScopeMatcher(self.corpus, self.linker)

    @cached_property
    def judge(self) -> Judge:
        return Judge(self.corpus, self.scopes)

    @cached_property
    def reasoner(self) -> Reasoner:
        return Reasoner(self.corpus, self.scopes)

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.corpus)

    @cached_property
    def writer(self) -> QuestionWriter:
        return QuestionWriter(self.corpus, Wording(self.corpus, self.language), self.scopes, self.parser.parse)

    # Shortcuts

    def mention(self, text: str, words: str) -> Mention:
        """The mention that is written as ``words`` in ``text``."""
        found = [mention for mention in self.linker.link(text) if mention.text == words]
        assert found, f"{words!r} is no mention of {text!r}: {[m.text for m in self.linker.link(text)]}"
        return found[0]

    def message(self, text: str) -> Message:
        return self.parser.parse(text)

    def sentence(self, text: str) -> Sentence:
        """The only sentence of ``text``."""
        (sentence,) = self.parser.parse(text).sentences
        return sentence

    def clauses(self, text: str) -> tuple[Clause, ...]:
        return tuple(clause for sentence in self.parser.parse(text).sentences for clause in sentence.clauses)

    def clause(self, text: str) -> Clause:
        """The only clause of ``text``."""
        (clause,) = self.clauses(text)
        return clause

    def judged(self, text: str) -> Evidence:
        """What the judge says of a claim of one clause."""
        return self.judge.judge(self.clause(text))

    def verdict(self, text: str) -> Verdict | None:
        return self.judged(text).verdict

    def answered(self, text: str) -> Evidence:
        """What is found for a question that needs no turns before it; its clauses' evidence, merged."""
        return self.told([text])

    def told(self, turns: Sequence[str]) -> Evidence:
        """What is found for the last of several turns."""
        resolved = self.resolved(turns)
        assert resolved.clauses, f"{turns[-1]!r} asks nothing"
        return merged([self.reasoner.answer(clause) for clause in resolved.clauses])

    def resolved(self, turns: Sequence[str]) -> Resolved:
        """The last turn, made to stand on its own."""
        return self.resolver.resolve(self.parser.parse(turns[-1]), self.context(turns[:-1]))

    def context(self, turns: Sequence[str]) -> Context:
        """What the conversation is about after these turns."""
        context = Context()
        for turn in turns:
            resolved = self.resolver.resolve(self.parser.parse(turn), context)
            if resolved.clauses:
                context = context.after(resolved.clauses, self._named(resolved.clauses))
        return context

    def _named(self, clauses: Sequence[Clause]) -> tuple[str, ...]:
        asked = [clause for clause in clauses if clause.form in (Form.SUBJECT, Form.EXTREME)]
        return tuple(dict.fromkeys(value for clause in asked for value in self.reasoner.answer(clause).values))

    def fits(self, words: str) -> list[tuple[str, Fit]]:
        """Which facts speak about the objects that ``words`` name after "Who leads", and how."""
        return [
            (match.fact.id, match.fit)
            for scope in self.clause(f"Who leads {words}?").objects
            for match in self.scopes.match("leads", scope)
        ]


def write_brigade(folder: Path) -> Path:
    """Write the invented corpus into ``folder``: its districts are no places of the world."""
    keys = ("id", "subject", "predicate", "object", "quote", "qualifiers")
    labels = {"water-rescue": "water rescue in Millbrook", "spills": "chemical spills for day and night shifts"}
    facts = [{**dict(zip(keys, fact, strict=True)), "label": labels.get(fact[0], fact[3])} for fact in FACTS]
    parts = {"corpus.yaml": ABOUT, "vocabulary.yaml": VOCABULARY, "facts.yaml": {"quotes": QUOTES, "facts": facts}}
    for name, part in parts.items():
        (folder / name).write_text(yaml.safe_dump(part, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "orders.md").write_text(BULLETIN, encoding="utf-8")
    return folder
