"""The languages in which a bot can be spoken to, each made when it is first needed.

The corpus's own language is tried first. Another one is taken only where the message has words that the own one does
not know and the other one knows more of them, or more of its function words. What is in none of them is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import babel

from bot.checking.checker import FactChecker
from bot.checking.sentence_entailment import Aligner
from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.judge import Judge
from bot.understanding.arguments import Meaning
from bot.understanding.linker import Linker, Mention, Role
from bot.understanding.parser import Parser
from bot.wording.articles import with_articles
from bot.wording.questions import QuestionWriter
from bot.wording.sentences import Wording
from corpus.language import Language, Named, languages, load_language
from corpus.localise import local_labels, local_names, localised
from corpus.model import Corpus, Passage
from corpus.recognition import has_kana, unreadable, votes
from corpus.text import normalise, tokenize
from corpus.world import World

FEWEST_WORDS = 2
"""So many function words at least tell that a message is in another language; one alone may be a name or a slip."""


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
            self._tongue(code).language.frequency("")
        votes(())

    @property
    def names(self) -> tuple[str, ...]:
        """What the languages are called in the corpus's own, that first."""
        own = self.home.language.code
        codes = (own, *(code for code in languages() if code != own))
        return tuple(str(babel.Locale(code).get_language_name(own)) for code in codes)

    def foreign(self, text: str) -> bool:
        """Whether a message is in a language that none of the tongues can read.

        Its script is one that none of them has, or another language has more function words of it. What the nearest
        tongue can read is not foreign all the same.
        """
        if unreadable(text):
            return True
        if has_kana(text) or not self._strange_at_home(text):
            return False
        spoken = self._votes(text)
        known = max((spoken.get(code, 0) for code in languages()), default=0)
        other = max((count for code, count in spoken.items() if code not in languages()), default=0)
        return other >= FEWEST_WORDS and other > known and self._unread(self._nearest(text), text)[0] > 0

    def _of(self, text: str, before: Tongue | None = None) -> Tongue:
        """The tongue that knows most words of ``text``; the corpus's own where it knows them all, or none does.

        ``before`` is that of the turn before: a follow-up ("y en Australia?", "Australia?") is read in it first.
        """
        if before is not None and before is not self.home and self._goes_on(before, text):
            return before
        if not self._strange_at_home(text) or self.foreign(text):
            return self.home
        return self._nearest(text)

    def _nearest(self, text: str) -> Tongue:
        """Of all tongues, the one that a message with words strange to the own one is likeliest in."""
        others = [self._tongue(code) for code in languages() if code != self.home.language.code]
        spoken, unread = self._votes(text), {each: self._unread(each, text) for each in (self.home, *others)}
        said = {tongue: spoken.get(tongue.language.code, 0) for tongue in (self.home, *others)}
        best = min(others, key=lambda tongue: (unread[tongue][0], -said[tongue], unread[tongue]), default=self.home)
        # A few misspellings are no other language: that one must know far more of the message …
        if 2 * unread[best][0] < unread[self.home][0]:
            return best
        # … or its function words must be there: they are what is misspelt least.
        best = max(others, key=lambda tongue: (said[tongue], tongue is best), default=self.home)
        lead = said[best] - said[self.home]
        return best if lead > 1 or (lead > 0 and unread[best] < unread[self.home]) else self.home

    def _goes_on(self, before: Tongue, text: str) -> bool:
        """Whether a message goes on in the language of the turn before: it reads as well in it as in the own one."""
        spoken = self._votes(text)
        said, own = (spoken.get(tongue.language.code, 0) for tongue in (before, self.home))
        unread, at_home = self._unread(before, text), self._unread(self.home, text)
        return unread < at_home or (unread[0] == at_home[0] and said >= own)

    def _strange_at_home(self, text: str) -> bool:
        """Whether words of a text are not the own language's, or its function words are rather another's."""
        if self._strange(self.home, text):
            return True
        spoken = self._votes(text)
        return max(spoken.values(), default=0) > spoken.get(self.home.language.code, 0) + 1

    def _votes(self, text: str) -> Mapping[str, int]:
        """The function words by language, names left out."""
        mentions = [m for m in self.home.linker.link(text) if not (m.names(Role.ENTITY) or m.names(Role.PLACE))]
        return votes(token.text for mention in mentions for token in tokenize(mention.text) if token.word)

    @staticmethod
    def _strange(tongue: Tongue, text: str) -> int:
        """How many words are neither in the lexicon nor in the language at all."""
        mentions = tongue.linker.link(text)
        if all(mention.unknown for mention in mentions if mention.word):
            return len(mentions)
        words = [m for m in mentions if m.word and normalise(m.text) not in tongue.language.spoken]
        return sum(m.mended or (m.unknown and not tongue.language.frequency(m.norm)) for m in words)

    def _unread(self, tongue: Tongue, text: str) -> tuple[int, int, int]:
        """Letters of words that say nothing in a language; words that it does not have; its place names, negated."""
        mentions = [mention for mention in tongue.linker.link(text) if mention.word]
        said = tongue.language.spoken
        unread = sum(_unread_letters(mention) for mention in mentions if normalise(mention.text) not in said)
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
        wording = Wording(corpus, language, self._called(linker, language))
        aligner = Aligner(corpus, language, linker)
        # A claim means what its words say: what only comes near in meaning is for questions.
        literal = Parser(corpus, language, linker) if own else parser
        checker = FactChecker(corpus, literal, Judge(corpus, scopes), wording, aligner, self.candidates)
        writer = QuestionWriter(corpus, wording, scopes, parser.parse)
        return Tongue(language, linker, parser, wording, writer, checker)

    def _called(self, linker: Linker, language: Language) -> dict[str, Named]:
        """What the language calls each place of the world by its English name, each entity and each fact's object."""
        called: dict[str, Named] = {}
        for place in self.world.places:
            if name := self.world.spoken(place.id, language.code):
                called.setdefault(place.name, language.named(name, place.type))
        places = linker.place_of_entity
        if language.code == self.corpus.language:
            # Entities are called what the corpus calls them.
            own = {name: forms for name, forms in called.items() if name in places or name not in self.corpus.entities}
            return dict(with_articles(self.corpus, language)) | own
        called |= {entity: called[place.name] for entity, place in places.items() if place.name in called}
        for entity, names in local_names(self.corpus, language.code).items():
            if names:
                called[entity] = language.named(names[0], places[entity].type if entity in places else "")
        return called | self._labels(called, language)

    def _labels(self, called: Mapping[str, Named], language: Language) -> dict[str, Named]:
        """What the objects of facts are called that are narrowed, or labelled otherwise than their entity."""
        found: dict[str, Named] = {}
        labels = local_labels(self.corpus, language.code)
        for fact in self.corpus.facts.values():
            forms = called.get(fact.object, Named.bare(fact.object))
            narrowed = [called.get(name, Named.bare(name)) for names in fact.qualifiers.values() for name in names]
            if fact.id in labels:
                forms = language.named(labels[fact.id])
            elif narrowed:
                forms = Named.bare(f"{forms.plain} ({', '.join(name.plain for name in narrowed)})")
            if fact.label not in called:
                found.setdefault(fact.label, forms)
        return found


def _unread_letters(mention: Mention) -> int:
    """The letters of the words that are not known, or are read as others."""
    if mention.unknown:
        return len(mention.text)
    words = zip(tokenize(mention.text), mention.norm.split(), strict=False) if mention.mended else ()
    return sum(len(token.text) for token, norm in words if token.norm != norm)
