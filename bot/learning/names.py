"""Names that stand where a predicate has its arguments, made into entities: one each, with a kind and other names.

"… the World Transport Office (WTO) …"   alias WTO
"the Harbour Office", "Harbour Office"   one entity, Harbour Office
"the Roads Ward" as an object            alias Roads, where a ward is a kind and nothing else is called so
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.learning.arguments import Arguments
from bot.learning.brackets import Bracket, short_behind
from bot.learning.hints import Hints
from bot.learning.model import AliasProposal, EntityProposal, TextUnit
from bot.learning.name_reader import NameInText
from bot.understanding.linker import Linker, Role
from bot.understanding.logical_form import Side
from corpus.language import Cue, Language
from corpus.model import LITERAL_KINDS, Corpus, Entity
from corpus.text import normalise, tokenize
from corpus.world import World

Key = tuple[str, ...]
_LONGEST_PERSON = 4  # words
_ORDINARY = 1000  # times in the language's reference texts


def key_of(name: str) -> Key:
    """What two spellings of a name have in common: its words without case, accents and marks."""
    return tuple(token.norm for token in tokenize(name) if token.word)


@dataclass(frozen=True, slots=True)
class Seen:
    """A name in the place of an argument."""

    name: NameInText
    side: Side
    arguments: Arguments
    unit: TextUnit


@dataclass(frozen=True, slots=True)
class NameSet:
    """What the names of the documents come to; ``corpus`` is the corpus with the proposed entities in it."""

    corpus: Corpus
    entities: tuple[EntityProposal, ...]
    aliases: tuple[AliasProposal, ...]


class Namer:
    """Makes entities of names. Pure: the same names give the same entities, in the order in which they were seen."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker, world: World, hints: Hints) -> None:
        self.corpus, self.language, self.linker, self.world = corpus, language, linker, world
        self.people = people_kinds(corpus, hints)
        self.known = {key_of(name): e.name for e in corpus.entities.values() for name in (e.name, *e.aliases)}

    def name(self, seen: Sequence[Seen], brackets: Sequence[Bracket]) -> NameSet:
        """The entities and aliases that ``seen`` and the brackets propose."""
        whole = self._whole_names(seen, brackets)
        entities = self._without_clashes([self._entity(group) for group in self._grouped(seen, whole)])
        entities = self._with_shorts(entities, whole, seen, brackets)
        aliases = tuple(self._aliases_of_known(brackets))
        added = {proposal.name: Entity(proposal.name, proposal.kind, proposal.aliases) for proposal in entities}
        merged = {**self.corpus.entities, **added}
        for alias in aliases:
            entity = merged[alias.entity]
            merged[alias.entity] = replace(entity, aliases=(*entity.aliases, alias.alias))
        return NameSet(replace(self.corpus, entities=merged), tuple(entities), aliases)

    # Grouping

    @staticmethod
    def _whole_names(seen: Sequence[Seen], brackets: Sequence[Bracket]) -> dict[Key, Key]:
        """Which name a short one stands for; the one right before its bracket rather than what its letters explain."""
        whole = {key_of(bracket.short): key_of(bracket.long) for bracket in brackets}
        for sighting in seen:
            if short := short_behind(sighting.unit.text, sighting.name.end):
                key = key_of(sighting.name.text)
                whole |= {key_of(short): key}
                if (long := next((key_of(b.long) for b in brackets if b.short == short), key)) != key:
                    whole[long] = key
        return whole

    def _grouped(self, seen: Sequence[Seen], whole: Mapping[Key, Key]) -> list[list[Seen]]:
        """The sightings of unknown names, one group an entity."""
        groups: dict[Key, list[Seen]] = defaultdict(list)
        for sighting in seen:
            key = key_of(sighting.name.text)
            if key and key not in self.known:
                groups[whole.get(key, key)].append(sighting)
        return [group for key, group in groups.items() if key not in self.known]

    def _entity(self, group: Sequence[Seen]) -> EntityProposal:
        spellings = Counter(self._written(sighting.name.text, group) for sighting in group)
        name = max(spellings, key=lambda text: (spellings[text], len(text)))
        others = {text: None for text in spellings if key_of(text) != key_of(name)}
        first = group[0]
        kind = self._kind(name, group)
        if first.side is Side.OBJECT and kind not in first_kinds(self.corpus, first, Side.SUBJECT):
            others |= dict.fromkeys(self._shorter(name, kind))
        predicate = first.arguments.predicates[0]
        why = f"stands where {predicate!r} has its {first.side}"
        return EntityProposal(name, kind, first.unit.quote, why, tuple(others))

    def _with_shorts(
        self,
        entities: Sequence[EntityProposal],
        whole: Mapping[Key, Key],
        seen: Sequence[Seen],
        brackets: Sequence[Bracket],
    ) -> list[EntityProposal]:
        """The entities with the other names that brackets give them."""
        written = {key_of(name): name for bracket in brackets for name in (bracket.short, bracket.long)}
        for sighting in seen:
            if short := short_behind(sighting.unit.text, sighting.name.end):
                written |= {key_of(short): short, key_of(sighting.name.text): sighting.name.text}
        owners = {key_of(name): e.name for e in entities for name in (e.name, *e.aliases)}
        more: dict[str, dict[str, None]] = defaultdict(dict)
        for pair in whole.items():
            owner = owners.get(pair[1]) or owners.get(pair[0])
            if owner and not any(key in self.known for key in pair):
                more[owner] |= {written[key]: None for key in pair if key not in owners}
        return [replace(e, aliases=(*e.aliases, *more[e.name])) for e in entities]

    def _written(self, text: str, group: Sequence[Seen]) -> str:
        """The name without the capital that only opens its sentence."""
        first, space, rest = text.partition(" ")
        opens = any(s.name.start == 0 and s.name.text == text for s in group)
        small = first[:1].lower() + first[1:]
        ordinary = self.language.frequency(first.lower()) > 0 and first[1:].islower()
        return small + space + rest if opens and ordinary and space and rest.islower() else text

    def _shorter(self, name: str, kind: str) -> Iterator[str]:
        """The name without the word for its kind, and without what adds nothing in front of it."""
        mentions = self.linker.link(name)
        words = [mention for mention in mentions if mention.word]
        if len(words) > 1 and kind in words[-1].names(Role.KIND) and (len(words) > 2 or name[:1].isupper()):
            yield name[: words[-1].start].strip(" -")
        if len(words) > 2 and words[0].has(Cue.NEUTRAL) and words[0].text.islower():
            yield name[words[1].start :]

    # Kinds

    def _kind(self, name: str, group: Sequence[Seen]) -> str:
        """The kind that fits wherever the name was seen: by its own words, the map, what announced it, or the first."""
        sides = [first_kinds(self.corpus, sighting, sighting.side) for sighting in group]
        fitting = [kind for kind in sides[0] if all(kind in kinds for kinds in sides)] or list(sides[0])
        if len(fitting) == 1:
            return fitting[0]
        place = self.corpus.place_kind
        said = next((kind for kind in self._kinds_said(name) if kind in fitting and kind != place), "")
        if said:
            return said
        if place in fitting and self.world.find(name) and name[:1].isupper():
            return place
        rest = [kind for kind in fitting if kind != place] or fitting
        told = [s.arguments.holder if s.side is Side.SUBJECT else s.arguments.announced for s in group]
        spoken = (kind for sighting in group for kind in self._spoken_kinds(sighting) if kind in rest)
        person = any(sighting.name.titled for sighting in group) or self._personal(name)
        like = [kind for kind in rest if (kind in self.people) == person]
        return next((kind for kind in (*told, *spoken, *like) if kind in fitting), rest[0])

    def _kinds_said(self, name: str) -> Iterator[str]:
        """The kinds that a name tells of, its head's first: "Department of Emergency Services", "Parks Office"."""
        mentions = self.linker.link(name)
        head = next((at for at, mention in enumerate(mentions) if mention.has(Cue.OF)), len(mentions))
        for mention in (*reversed(mentions[:head]), *reversed(mentions[head:])):
            yield from mention.names(Role.KIND)

    def _spoken_kinds(self, sighting: Seen) -> Iterator[str]:
        """The kinds of things of one side alone that the sentence names ("When it comes to key technologies, …")."""
        other = Side.OBJECT if sighting.side is Side.SUBJECT else Side.SUBJECT
        for mention in self.linker.link(sighting.unit.text):
            aside = (*self.people, *first_kinds(self.corpus, sighting, other))
            yield from (kind for kind in mention.names(Role.KIND) if kind not in aside)

    def _personal(self, name: str) -> bool:
        """Whether a name looks like a person's: some words in capitals, no place, no ordinary word for its last."""
        words = name.split()
        capitals = all(word[:1].isupper() and not word.isupper() for word in words)
        if not capitals or not 2 <= len(words) <= _LONGEST_PERSON:
            return False
        named = any(mention.names(Role.PLACE) or mention.names(Role.KIND) for mention in self.linker.link(name))
        return not named and self.language.frequency(normalise(words[-1])) < _ORDINARY

    # Clashes

    def _without_clashes(self, entities: Sequence[EntityProposal]) -> list[EntityProposal]:
        """Aliases that would mean two things taken out; words that build sentences are no aliases either."""
        owners: dict[Key, set[str]] = defaultdict(set)
        for key, known in self.known.items():
            owners[key].add(known)
        for entity in entities:
            for name in (entity.name, *entity.aliases):
                owners[key_of(name)].add(entity.name)
        openings = Counter(key_of(entity.name)[:n] for entity in entities for n in range(1, len(key_of(entity.name))))
        cues = {key_of(phrase) for phrases in self.language.cues.values() for phrase in phrases}
        kept = []
        for entity in entities:
            aliases = tuple(
                alias
                for alias in entity.aliases
                if (key := key_of(alias)) and owners[key] == {entity.name} and (alias.isupper() or key not in cues)
                if openings[key] < 2  # "Harbour" of both "Harbour Office" and "Harbour Works"
            )
            kept.append(replace(entity, aliases=aliases))
        return kept

    def _aliases_of_known(self, brackets: Iterable[Bracket]) -> Iterator[AliasProposal]:
        """Brackets that give an entity of the vocabulary a name it does not have yet."""
        for bracket in brackets:
            owners = [self.known.get(key_of(name)) for name in (bracket.short, bracket.long)]
            entity = owners[0] or owners[1]
            if entity and None in owners:
                alias = bracket.long if owners[0] else bracket.short
                yield AliasProposal(entity, alias, bracket.unit.quote, "stands in brackets beside its other name")


def people_kinds(corpus: Corpus, hints: Hints) -> frozenset[str]:
    """The kinds of a corpus whose members are people."""
    return frozenset(kind.name for kind in corpus.kinds.values() if hints.people & {*map(normalise, kind.words)})


def first_kinds(corpus: Corpus, sighting: Seen, side: Side) -> tuple[str, ...]:
    """The kinds that the predicate takes on a side, written values aside."""
    predicate = corpus.predicates[sighting.arguments.predicates[0]]
    kinds = predicate.subject_kinds if side is Side.SUBJECT else predicate.object_kinds
    return tuple(kind for kind in kinds if kind not in LITERAL_KINDS)
