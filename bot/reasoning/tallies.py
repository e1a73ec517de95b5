"""How many: facts by subject and kind, members of the group, numbers that the source gives itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.reasoning.fact_matching import ScopeMatcher
from bot.reasoning.statements import by_subject
from bot.understanding.logical_form import Quantity
from corpus.model import Corpus, Fact, Predicate


class Tallies:
    """Counts the facts of a corpus."""

    def __init__(self, corpus: Corpus, scopes: ScopeMatcher) -> None:
        self.corpus, self.scopes = corpus, scopes

    def of_kind(self, predicate: Predicate, kind: str) -> list[Fact]:
        """The facts of a predicate on objects of one kind, or of any where none is named."""
        return list(self.corpus.book.of_kind(predicate.name, kind))

    def tally(self, predicate: Predicate, kind: str, names: Iterable[str]) -> dict[str, int]:
        """How many objects of a kind each of these names holds."""
        held = self.corpus.book.tally(predicate.name, kind)
        return {name: held.get(name, 0) for name in names}

    @staticmethod
    def meeting(quantity: Quantity, counts: Mapping[str, int], every: Iterable[Fact]) -> list[str]:
        """Those names whose count is as the quantity says, of all that ``every`` names."""
        total = len({fact.object for fact in every})
        return [name for name, count in counts.items() if quantity.met(count, total)]

    @staticmethod
    def counts(facts: Iterable[Fact], names: Iterable[str]) -> dict[str, int]:
        """How many objects each of these names holds, by the facts."""
        own = by_subject(facts)
        return {name: len({fact.object for fact in own.get(name, ())}) for name in names}

    def held(self, name: str, kind: str, predicate: Predicate) -> list[Fact]:
        own = self.corpus.book.held_by(predicate.name, [name])
        return [fact for fact in own if kind in ("", fact.object_kind)]

    def members(self, predicate: Predicate) -> list[Fact]:
        """The facts that name the members of the corpus's group; without any, one for each who is a subject."""
        group = self.corpus.group
        stated = [f for name in self.corpus.predicates for f in self.corpus.book.about(name, [group] if group else [])]
        own = by_subject(self.corpus.facts_of(predicate.name))
        return stated or [own[name][0] for name in self.corpus.named_as(predicate.subject_kinds) if name in own]

    def stated_number(self, kind: str) -> tuple[Fact, int] | None:
        """Where the source itself counts things of a kind, that fact and its number.

        A fact with the label "nine regions" counts regions. Nothing where several subjects have such a fact.
        """
        if kind not in self.corpus.kinds:
            return None
        named = self.corpus.kinds[kind]
        words = {word.casefold() for word in (named.name, named.plural, *named.words)}
        predicates = [p.name for p in self.corpus.predicates.values() if "number" in p.object_kinds]
        counts = [
            fact
            for name in predicates
            for fact in self.corpus.facts_of(name)
            if fact.object_kind == "number" and fact.label.removeprefix(fact.object).strip().casefold() in words
        ]
        numbers = self.scopes.linker.language.numbers
        found = [(f, int(f.object) if f.object.isdecimal() else numbers.get(f.object.casefold())) for f in counts]
        read = [(fact, number) for fact, number in found if number is not None]
        return read[0] if len(read) == 1 == len(counts) else None


def apart(facts: Sequence[Fact], names: Collection[str]) -> list[Fact]:
    """The facts on objects that none of these names holds, not even with others.

    facts: leads(Acme, Europe), leads(Bolt, Europe), leads(Bolt, Japan); apart from Acme: leads(Bolt, Japan)
    """
    held = {fact.object for fact in facts if fact.subject in names}
    return [fact for fact in facts if fact.object not in held]
