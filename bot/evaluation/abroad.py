"""What can be asked of a predicate in another language than the corpus's own: the same facts, by that language's names.

Places go by CLDR's names, entities and facts by names.yaml and words.yaml of the corpus. The answers to be expected are
those of ``bot.evaluation.golds``: values stay canonical.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from bot.evaluation.golds import AskedTarget, FactGround, TargetStanding
from corpus.language import Cue, Language, Named
from corpus.localise import local_labels, local_names, localised
from corpus.model import Corpus, Fact, Predicate
from corpus.text import tokenize
from corpus.world import Place, World, fold


class TranslatedGround(FactGround):
    """The ground of a predicate, its targets written in ``language``."""

    def __init__(self, corpus: Corpus, world: World, predicate: Predicate, language: Language) -> None:
        self.language = language
        self._names, self._labels = local_names(corpus, language.code), local_labels(corpus, language.code)
        self._forms: dict[str, Named] = {}
        self._places: dict[str, set[str]] = defaultdict(set)
        for surface, place_id, *_ in world.names(language.code):
            self._places[fold(surface)].add(place_id)
        super().__init__(localised(corpus, language), world, predicate)
        self.literals = ()  # They are written in the corpus's language.

    def aliases(self, subject: str) -> tuple[str, ...]:
        """What else the language calls a subject, if it is a name and no common noun."""
        return tuple(name for name in self._names.get(subject, ())[1:] if name[:1] != name[:1].lower())

    def called(self, subject: str) -> str:
        """A subject as the language calls it."""
        return next(iter(self._names.get(subject, ())), subject)

    def kind_words(self, kind: str) -> tuple[str, str]:
        """One and several of a kind."""
        one, many = self.language.kinds[kind][:2]
        return one, many

    def named(self, target: AskedTarget) -> Named:
        """A target as it stands in a sentence."""
        return self._forms[target.surface]

    def _own(self) -> Iterator[AskedTarget]:
        for target in super()._own():
            fact = target.facts[0]
            if target.standing is TargetStanding.STATED:
                yield replace(target, surface=self._label(fact))
            elif target.surface in self._names.get(fact.object, ())[1:] and self._speakable(target.surface):
                self._forms[target.surface] = self.language.named(target.surface)
                yield target

    def _silent(self) -> Iterator[AskedTarget]:
        for target in super()._silent():
            for name in self._names.get(target.surface, ())[:1]:
                self._forms[name] = self.language.named(name)
                yield replace(target, surface=name)

    def _label(self, fact: Fact) -> str:
        label = self._labels.get(fact.id, "")
        name = label or next(iter(self._names.get(fact.object, ())), fact.object)
        sort = "" if label or fact.object not in self._regions else self._regions[fact.object].type
        self._forms[name] = self.language.named(name, sort)
        return name

    def _speakable(self, alias: str) -> bool:
        """Whether an alias can stand in a sentence: with its article, where the language has any."""
        if not self.language.naming:
            return True
        first = tokenize(alias)[0].norm
        return first in self.language.cues[Cue.THE] and first != alias.lower()

    def _written(self, place: Place) -> Iterator[str]:
        name = self.world.local_name(place.id, self.language.code)
        if name and self._places[fold(name)] == {place.id} and fold(name) not in self._taken and "(" not in name:
            self._forms[name] = self.language.named(name, place.type)
            yield name


def ground_in(corpus: Corpus, world: World, predicate: Predicate, language: Language) -> FactGround:
    """The ground of a predicate in a language, the corpus's own or another."""
    if language.code == corpus.language:
        return FactGround(corpus, world, predicate)
    return TranslatedGround(corpus, world, predicate, language)
