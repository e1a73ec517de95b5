"""vocabulary.yaml: kinds, entities with their aliases, predicates with their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corpus.files import Section, suggestion, unknown
from corpus.language import CommonPredicate, Cue, Language
from corpus.model import LITERAL_KINDS, SLOT, Document, Entity, Kind, Predicate
from corpus.quotes import QuoteFinder
from corpus.text import normalise, tokenize

_KIND = ("plural", "words", "place")


_ENTITY = ("aliases", "covers", "place")


_PREDICATE = (
    *("subject", "object", "words", "weak_words", "patterns", "functional", "closed", "several", "symmetric"),
    "verb",
    *("complement", "complement_words", "complement_quote"),
)


_VERB = ("singular", "plural", "base")


_SLOTS = ("subject", "object")


# What a pattern must have more than: it says nothing by itself.
_EMPTY = (Cue.AUX, Cue.THE, Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.WHERE, Cue.WHEN, Cue.WHY, Cue.HOW)


class VocabularyReader:
    """Reads kinds, entities and predicates, and tells what in them does not hold together."""

    def __init__(
        self, vocabulary: Section, language: Language, documents: Mapping[str, Document], problems: list[str]
    ) -> None:
        self.vocabulary, self.language, self.documents, self.problems = vocabulary, language, documents, problems
        self.quotes = QuoteFinder()
        self.kinds: dict[str, Kind] = {}
        self.entities: dict[str, Entity] = {}
        self.predicates: dict[str, Predicate] = {}

    def read(self) -> None:
        """Fill in ``kinds``, ``entities`` and ``predicates``."""
        self._read_kinds()
        self._read_entities()
        self._check_entities()
        self._read_predicates()

    def _read_kinds(self) -> None:
        for name, entry in self.vocabulary.mapping("kinds").items():
            section = Section(f"vocabulary.yaml: kind {name!r}", entry, _KIND, self.problems)
            words = (name, *section.texts("words"), *self.language.kinds.get(name, ()))
            self.kinds[name] = Kind(name, section.text("plural", name + "s"), words, section.flag("place"))

    def _read_entities(self) -> None:
        members = self.vocabulary.mapping("entities")
        groups = Section("vocabulary.yaml: entities", members, members, self.problems)
        for kind in members:
            if kind not in self.kinds:
                self.problems.append(unknown("vocabulary.yaml: entities", "kind", kind, self.kinds))
            for name, entry in groups.mapping(kind).items():
                section = Section(f"vocabulary.yaml: entity {name!r}", entry, _ENTITY, self.problems)
                if name in self.entities:
                    kinds = f"{self.entities[name].kind!r} and {kind!r}"
                    self.problems.append(f"{section.where}: stands under both {kinds}. Rename one.")
                self.entities[name] = Entity(
                    name, kind, section.texts("aliases"), section.texts("covers"), section.text("place")
                )

    def _check_entities(self) -> None:
        owners: dict[tuple[str, ...], str] = {}
        for entity in self.entities.values():
            where = f"vocabulary.yaml: entity {entity.name!r}"
            for narrower in entity.covers:
                if narrower not in self.entities:
                    self.problems.append(unknown(f"{where}: covers", "entity", narrower, self.entities))
            if entity.name in self._covered(entity):
                self.problems.append(f"{where}: covers: comes back to itself. Name narrower entities alone.")
            for alias in (entity.name, *entity.aliases):
                key = tuple(token.norm for token in tokenize(alias) if token.word)
                if not key:
                    self.problems.append(f"{where}: alias {alias!r} has neither letter nor digit. Remove it.")
                    continue
                owner = owners.setdefault(key, entity.name)
                if owner != entity.name:
                    self.problems.append(
                        f"vocabulary.yaml: alias {alias!r} means both {owner!r} and {entity.name!r}. Remove one."
                    )

    def _covered(self, entity: Entity) -> set[str]:
        """All that an entity covers, and what that covers in its turn."""
        found: set[str] = set()
        ahead = list(entity.covers)
        while ahead:
            name = ahead.pop()
            if name not in found and name in self.entities:
                found.add(name)
                ahead += self.entities[name].covers
        return found

    def _read_predicates(self) -> None:
        for name, entry in self.vocabulary.mapping("predicates").items():
            section = Section(f"vocabulary.yaml: predicate {name!r}", entry, _PREDICATE, self.problems)
            for role in _SLOTS:
                for kind in section.needed(role):
                    if kind not in self.kinds and kind not in LITERAL_KINDS:
                        self.problems.append(
                            unknown(f"{section.where}: {role}", "kind", kind, (*self.kinds, *LITERAL_KINDS))
                        )
            self.predicates[name] = self._predicate(name, section)

    def _predicate(self, name: str, section: Section) -> Predicate:
        common = self.language.predicates.get(name, CommonPredicate())
        verb = Section(f"{section.where}: verb", section.mapping("verb"), _VERB, self.problems)
        said, quote = section.text("complement_quote"), None
        if said and not (quote := self.quotes.find(said, self.documents.values())):
            where = f"{section.where}: complement_quote"
            near = self.quotes.nearest(said, self.documents.values())
            self.problems.append(f"{where}: not verbatim in any document: {said!r}. Copy it exactly.{near}")
        complement = section.text("complement")
        words, weak = section.texts("words"), (*section.texts("weak_words"), *common.weak)
        singular = verb.text("singular", name)
        plural, base = self.language.verb(singular)
        predicate = Predicate(
            name=name,
            subject_kinds=section.texts("subject"),
            object_kinds=section.texts("object"),
            # A predicate that is named by a weak word of its own ("has") is expressed by weak words alone.
            words=(*(() if name in weak else (name,)), *words, *common.words),
            weak_words=weak,
            patterns=tuple(text for text in section.texts("patterns") if self._is_pattern(text, section.where)),
            functional=section.flag("functional"),
            closed=section.flag("closed"),
            several=section.flag("several"),
            symmetric=section.flag("symmetric"),
            complement=complement,
            complement_words=(*section.texts("complement_words"), *(common.complement_words if complement else ())),
            complement_quote=quote,
            singular=singular,
            plural=verb.text("plural", plural),
            base=verb.text("base", base),
        )
        if predicate.symmetric and set(predicate.subject_kinds) != set(predicate.object_kinds):
            mend = "Give both the same kinds, or take symmetric away."
            self.problems.append(f"{section.where}: symmetric: its subjects and objects are of different kinds. {mend}")
        return predicate if words or not predicate.measured else self._with_core(predicate)

    def _is_pattern(self, text: str, where: str) -> bool:
        """Whether a pattern has the slots and the words that it needs; what it lacks is a problem."""
        slots = SLOT.findall(text)
        words = [token.norm for token in tokenize(SLOT.sub(" ", text)) if token.word]
        empty = {normalise(word) for cue in _EMPTY for word in self.language.cues[cue]}
        fault = ""
        if unknown := [slot for slot in slots if slot not in _SLOTS]:
            mend = suggestion(unknown[0], _SLOTS) or " Write {subject} or {object}."
            fault = f"unknown slot {unknown[0]!r}.{mend}"
        elif set("{}") & set(SLOT.sub("", text)):
            fault = "has a brace that belongs to no slot. Close it, or take it away."
        elif not slots:
            fault = "has no slot. Write {subject}, {object} or both where they stand."
        elif len(set(slots)) < len(slots):
            fault = f"has {{{slots[0]}}} twice. Write each slot once."
        elif empty.issuperset(words):
            fault = "has no word of its own. Write the words that stand around the slots."
        if fault:
            self.problems.append(f"{where}: patterns: {text!r}: {fault}")
        return not fault

    def _with_core(self, predicate: Predicate) -> Predicate:
        """A predicate without words is expressed by the core of its name, too: "has a budget of" by "budget"."""
        light = {word for cue in (Cue.AUX, Cue.THE, Cue.IN, Cue.OF, Cue.BY) for word in self.language.cues[cue]}
        words = predicate.name.split()
        while words and words[0] in light:
            words.pop(0)
        while words and words[-1] in light:
            words.pop()
        core = " ".join(words)
        kinds = {word.casefold() for kind in self.kinds.values() for word in (*kind.words, kind.plural)}
        if not core or core.casefold() in kinds:
            return predicate
        return replace(predicate, words=(*predicate.words, core))
