"""The languages in which a bot can be spoken to, each made when it is first needed.

The corpus's own language is tried first. Another one is taken only where the message has words that the own one does
not know and the other one knows more of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from bot.alignment import Aligner
from bot.checker import FactChecker
from bot.judge import Judge
from bot.linker import Linker, Role
from bot.parser import Parser
from bot.questions import QuestionWriter
from bot.reading import Meaning
from bot.scopes import ScopeMatcher
from bot.wording import Wording
from corpus.language import Language, languages, load_language
from corpus.localise import local_names, localised
from corpus.model import Corpus, Passage
from corpus.text import tokenize
from corpus.world import World


@dataclass(frozen=True, eq=False)
class Tongue:
    """All that depends on the language of a question: reading it, wording and checking the answer."""

    language: Language
    linker: Linker
    parser: Parser
    wording: Wording
    writer: QuestionWriter
    checker: FactChecker


class Tongues:
    """Picks the language of a message and keeps what was made for it."""

    def __init__(
        self,
        corpus: Corpus,
        world: World,
        meaning: Meaning,
        candidates: Callable[[str], Sequence[Passage]],
    ) -> None:
        self.corpus, self.world, self.meaning, self.candidates = corpus, world, meaning, candidates
        self._made: dict[str, Tongue] = {}
        self._lock = Lock()
        self.home = self._tongue(corpus.language)
        self.of = lru_cache(maxsize=2048)(self._of)

    def warm(self) -> None:
        """Make all tongues before they are needed."""
        for code in languages():
            self._tongue(code)

    def _of(self, text: str, before: Tongue | None = None) -> Tongue:
        """The tongue that knows most words of ``text``; the corpus's own where it knows them all.

        ``before`` is that of the turn before: a short follow-up ("y en Australia?") is read in it first.
        """
        if (
            before is not None
            and before is not self.home
            and self._unread(before, text) < self._unread(self.home, text)
        ):
            return before
        if not self._strange(self.home, text):
            return self.home
        others = [self._tongue(code) for code in languages() if code != self.home.language.code]
        best = min(others, key=lambda tongue: self._unread(tongue, text), default=self.home)
        # A few misspellings are no other language: that one must know far more of the message.
        return best if 2 * self._unread(best, text)[0] < self._unread(self.home, text)[0] else self.home

    @staticmethod
    def _strange(tongue: Tongue, text: str) -> int:
        """How many words are neither in the lexicon nor in the language at all."""
        mentions = tongue.linker.link(text)
        if all(mention.unknown for mention in mentions if mention.word):
            return len(mentions)
        return sum(m.mended or (m.unknown and not tongue.language.frequency(m.norm)) for m in mentions if m.word)

    def _unread(self, tongue: Tongue, text: str) -> tuple[int, int, int]:
        """Letters of words that say nothing in a language; words that it does not have; its place names, negated."""
        mentions = [mention for mention in tongue.linker.link(text) if mention.word]
        unread = sum(len(m.text) for m in mentions if m.unknown or m.mended)
        words = [token.norm for token in tokenize(text) if token.word]
        foreign = sum(not tongue.language.frequency(word) for word in words)
        named = sum(bool(m.names(Role.ENTITY) or m.names(Role.PLACE)) for m in mentions)
        return unread, foreign, -named

    def _tongue(self, code: str) -> Tongue:
        with self._lock:
            if code not in self._made:
                self._made[code] = self._make(load_language(code))
            return self._made[code]

    def _make(self, language: Language) -> Tongue:
        corpus = localised(self.corpus, language)
        own = language.code == self.corpus.language
        linker = Linker(corpus, language, self.world)
        # The stored vectors are of one language; in others only words count.
        parser = Parser(corpus, language, linker, self.meaning if own else None)
        scopes = ScopeMatcher(corpus, linker)
        wording = Wording(corpus, language, {} if own else self._called(linker, language.code))
        aligner = Aligner(corpus, language, linker)
        checker = FactChecker(corpus, parser, Judge(corpus, scopes), wording, aligner, self.candidates)
        writer = QuestionWriter(corpus, wording, scopes, parser.parse)
        return Tongue(language, linker, parser, wording, writer, checker)

    def _called(self, linker: Linker, code: str) -> dict[str, str]:
        """What the language calls each entity, and each place of the world by its English name."""
        called = {place.name: local for place in self.world.places if (local := self.world.local_name(place.id, code))}
        for entity, place in linker.place_of_entity.items():
            if local := self.world.local_name(place.id, code):
                called[entity] = local
        called.update({name: aliases[0] for name, aliases in local_names(self.corpus, code).items() if aliases})
        for fact in self.corpus.facts.values():
            narrowed = [called.get(name, name) for names in fact.qualifiers.values() for name in names]
            base = called.get(fact.object, fact.object)
            called.setdefault(fact.label, f"{base} ({', '.join(narrowed)})" if narrowed else base)
        return called
