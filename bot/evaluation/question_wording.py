"""The words of generated questions: templates of the phrasebook, filled with what a predicate has."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.evaluation import golds
from bot.evaluation.golds import AskedTarget, FactGround, Gold
from bot.evaluation.phrasebook import VERBAL, Phrasebook, Template, slots_of
from corpus.model import SLOT, Predicate

T = TypeVar("T")


PATTERN = "pattern"
"""The style of what a predicate's own patterns ask."""


class Unaskable(Exception):
    """The facts or the words give nothing to ask of this kind; another kind is asked in its place."""


@dataclass(frozen=True, slots=True)
class GeneratedQuestion:
    """A conversation before noise, and its gold."""

    turns: tuple[str, ...]
    style: str
    gold: Gold


def _patterns(predicate: Predicate) -> Mapping[str, tuple[Template, ...]]:
    """A predicate's own patterns by what they ask: the side that they lack, or whether it is so."""
    found: dict[str, tuple[Template, ...]] = {}
    for text in predicate.patterns:
        slots = SLOT.findall(text)
        asks = "polar" if len(slots) > 1 else "forward" if "object" in slots else "backward"
        question = text.replace("{object}", "{scope}").rstrip(".?") + "?"
        found[asks] = (*found.get(asks, ()), Template(asks, PATTERN, question))
    return found


def _filled(template: Template, words: Mapping[str, str]) -> str:
    text = template.text.format_map(words)
    return text if template.style == "telegraphic" else text[:1].upper() + text[1:]


def one_of(chance: random.Random, choices: Sequence[T]) -> T:
    """One of the choices; Unaskable where there is none."""
    if not choices:
        raise Unaskable
    return chance.choice(choices)


class QuestionWording:
    """Words questions on one predicate: fills a template's slots with names, kinds and verbs."""

    def __init__(self, ground: FactGround, book: Phrasebook) -> None:
        self.ground, self.book = ground, book
        self.words = book.wordings(ground.predicate)
        self.main = ground.predicate.name == ground.corpus.main.name
        own = _patterns(ground.predicate) if book.code == ground.corpus.language else {}
        self.templates = {asks: (*texts, *own.get(asks, ())) for asks, texts in book.templates.items()}
        self.patterned = frozenset(own)

    def one(
        self, chance: random.Random, asks: str, gold: Gold, style: str = "", **slots: str | AskedTarget
    ) -> GeneratedQuestion:
        """A question of one turn, in any style or in this one."""
        words = self._words(chance, slots)
        usable = [t for t in self.templates[asks] if style in ("", t.style) and self._says(t, words)]
        style = one_of(chance, tuple(dict.fromkeys(template.style for template in usable)))
        template = one_of(chance, [t for t in usable if t.style == style])
        return GeneratedQuestion((_filled(template, words),), f"{asks}: {style}", gold)

    def then(
        self,
        before: GeneratedQuestion,
        chance: random.Random,
        asks: str,
        gold: Gold,
        without: str = "",
        **slots: str | AskedTarget,
    ) -> GeneratedQuestion:
        """The conversation gone on with, by a template that lacks the slot ``without``."""
        words = self._words(chance, slots)
        # What is left out stands in the turn before, the verb as well.
        usable = [t for t in self.book.templates[asks] if without not in t.slots and t.slots <= words.keys()]
        return GeneratedQuestion((*before.turns, _filled(one_of(chance, usable), words)), asks, gold)

    def _says(self, template: Template, words: Mapping[str, str]) -> bool:
        """Whether a template can be filled, and what is asked is plain: without a verb, the main predicate is meant."""
        plain = self.main or template.style == PATTERN or bool(template.slots & VERBAL)
        return template.slots <= words.keys() and plain

    def _words(self, chance: random.Random, slots: Mapping[str, str | AskedTarget]) -> dict[str, str]:
        """What each slot that can be filled is filled with."""
        words = {**chance.choice(self.words.verbs), **self.words.complement, **self._kind_words(slots)}
        for name, slot in slots.items():
            if isinstance(slot, AskedTarget):
                words |= self._scope_words(name, slot, chance)
            elif name in ("subject", "other"):
                words[name] = self._called(slot, chance)
        for name, choices in (("noun", self.words.nouns), ("role", self.words.roles), ("idiom", self.words.idioms)):
            if sayable := [text for text in choices if slots_of(text) <= words.keys()]:
                words[name] = chance.choice(sayable).format_map(words)
        return words

    def _kind_words(self, slots: Mapping[str, str | AskedTarget]) -> dict[str, str]:
        """The words for what is asked of, and for who does it where that is of one kind."""
        words = {}
        if len(doers := self.ground.predicate.subject_kinds) == 1:
            words["subject_kind"], words["subject_kinds"] = self.ground.kind_words(doers[0])
        asked = slots.get("kind")
        if isinstance(asked, str) and asked:
            words["kind"], words["kinds"] = self.ground.kind_words(asked)
        return words

    def _scope_words(self, name: str, target: AskedTarget, chance: random.Random) -> dict[str, str]:
        """A target in all its forms: "Egypt", "in Egypt" …; a language with rules for names has its own."""
        _, market, adjective = target.surface.rpartition(golds.MARKET)
        if market:
            target = replace(target, surface=self.book.market.format(adjective=adjective))
        named = self.ground.named(target)
        inside = named.inside
        if prepositions := self.book.in_place if target.place else self.book.in_other:
            inside = f"{chance.choice(prepositions)} {named.plain}"
        return {
            name: named.plain, f"in_{name}": inside, f"of_{name}": named.whose,
            f"the_{name}": named.subject, f"bare_{name}": target.surface,
        }  # fmt: skip

    def _called(self, name: str, chance: random.Random) -> str:
        """A subject's name, or now and then an alias."""
        aliases = self.ground.aliases(name)
        return chance.choice(aliases) if aliases and chance.random() < 0.15 else self.ground.called(name)
