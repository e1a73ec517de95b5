"""All that was found as a vocabulary and facts: what is kept, one entity a name, kinds, relations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from corpus.induction.known import Known
from corpus.induction.parsing import REPEATED, pipeline
from corpus.induction.terms import LANGUAGE, WORDS, with_s
from corpus.induction.triples import Name, Triple, Value, key_of
from corpus.language import load_language
from corpus.model import LITERAL_KINDS

CERTAIN = 3
"""Of so many things at least, each held by one alone, another holder is refuted."""
_PERSON = WORDS.person[0]


def written(triples: Sequence[Triple], known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contents of vocabulary.yaml and facts.yaml, in the order of the documents; empty where nothing is kept."""
    kept = _whole(_kept(triples))
    entities = _Entities(kept, known.names)
    predicates: dict[str, dict[str, Any]] = {}
    facts: dict[Hashable, dict[str, str]] = {}
    for triple in kept:
        subject = entities.called(triple.subject)
        object_ = triple.object.text if isinstance(triple.object, Value) else entities.called(triple.object)
        kind = triple.object.kind if isinstance(triple.object, Value) else entities.kinds[object_]
        if object_ == subject or not known.takes(triple.predicate, entities.kinds[subject], object_, kind):
            continue
        entry = predicates.setdefault(triple.predicate, _relation(triple))
        for side, each in (("subject", entities.kinds[subject]), ("object", kind)):
            if each not in entry[side]:
                entry[side].append(each)
        fact = {
            "id": f"found-{len(facts) + 1}",
            "subject": subject,
            "predicate": triple.predicate,
            "object": object_,
            "object_kind": kind,
            "label": _label(triple.object, object_),
            "quote": triple.quote,
            "document": triple.document,
        }
        facts.setdefault((subject, triple.predicate, object_, triple.document), fact)
    for name in _exclusive(facts.values()):
        predicates[name]["functional"] = "true"
    predicates = {name: entry for name, entry in predicates.items() if name not in known.relations}
    return entities.vocabulary() | {"predicates": predicates}, {"facts": list(facts.values())}


def _relation(triple: Triple) -> dict[str, Any]:
    unit = triple.object.unit if isinstance(triple.object, Value) else ""
    return {"subject": [], "object": [], "verb": {"singular": triple.verb}, "words": [unit or triple.verb]}


def _label(object_: Name | Value, name: str) -> str:
    return object_.label if isinstance(object_, Value) or object_.text == name else name


def _kept(triples: Sequence[Triple]) -> list[Triple]:
    """Rows, what is said of names, and what is said of several things that other relations know, too."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for triple in triples:
        held[triple.predicate].add((triple.subject.text, triple.object.text))
    known = {triple.object.text for triple in triples if isinstance(triple.object, Name)}
    known |= {triple.subject.text for triple in triples if triple.tabular}

    small: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if not triple.subject.proper:
            small[triple.predicate].add(triple.subject.text)

    def stays(triple: Triple) -> bool:
        named = triple.subject.proper and (isinstance(triple.object, Value) or triple.object.proper)
        # "The company also runs Long Pond": one such subject alone takes up a name before it.
        several = len(small[triple.predicate]) >= REPEATED and not (
            isinstance(triple.object, Name) and not triple.object.proper
        )
        told = triple.subject.proper or triple.subject.text in known or several
        return triple.tabular or named or (told and len(held[triple.predicate]) >= REPEATED)

    return list(filter(stays, triples))


def _whole(triples: Sequence[Triple]) -> list[Triple]:
    """Names with the word for their kind ("Anvil class") where they never stand without it."""
    every = [side for t in triples for side in (t.subject, t.object) if isinstance(side, Name)]
    rows = {key_of(t.subject.text): t.subject.noun for t in triples if t.tabular and t.subject.noun}
    alone = {key_of(each.text) for each in every if not each.noun} | rows.keys()

    def whole(each: Name) -> Name:
        # "the Faculty of Law", where the rows of a table on faculties have "Law"
        kind, of, rest = each.text.partition(" of ")
        if of and rows.get(key_of(rest)) == kind.lower():
            return replace(each, text=rest, noun=kind.lower(), others=(*each.others, each.text))
        if not each.noun or key_of(each.text) in alone:
            return each
        return replace(each, text=f"{each.text} {each.noun}", others=(*each.others, each.text))

    return [
        replace(t, subject=whole(t.subject), object=whole(t.object) if isinstance(t.object, Name) else t.object)
        for t in triples
    ]


def _exclusive(facts: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Relations of which each of several things has one holder in each document."""
    holders: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for fact in facts:
        if fact["object_kind"] not in LITERAL_KINDS:
            holders[fact["predicate"]][fact["object"], fact["document"]].add(fact["subject"])
    for name, held in holders.items():
        several = len(set().union(*held.values())) > 1
        if len(held) >= CERTAIN and several and all(len(each) == 1 for each in held.values()):
            yield name


@dataclass
class _Sightings:
    """What was seen of one name."""

    spellings: Counter[str] = field(default_factory=Counter)
    nouns: Counter[str] = field(default_factory=Counter)
    others: set[str] = field(default_factory=set)
    times: int = 0
    personal: int = 0


class _Entities:
    """One entity a name; those that stand in one place of one relation are of one kind."""

    def __init__(self, triples: Sequence[Triple], known: Mapping[str, tuple[str, str]]) -> None:
        self._known = known
        self._seen: dict[str, _Sightings] = defaultdict(_Sightings)
        self._group: dict[str, str] = {}
        places: dict[Hashable, str] = {}
        for triple in triples:
            for side, each in (("subject", triple.subject), ("object", triple.object)):
                if isinstance(each, Name):
                    key = self._note(each)
                    first = places.setdefault((triple.predicate, side, each.proper), key)
                    self._group[self._first(key)] = self._first(first)
        self._names = {
            key: known[key][0] if key in known else seen.spellings.most_common(1)[0][0]
            for key, seen in self._seen.items()
        }
        self.kinds = dict(self._kinds())
        self._aliases = {self._names[key]: self._aliases_of(key) for key in self._seen if key not in known}
        self._part_clashes()

    def _note(self, name: Name) -> str:
        key = key_of(name.text)
        seen = self._seen[key]
        seen.spellings[name.text] += 1
        seen.times += 1
        seen.personal += name.person
        seen.others.update(name.others)
        if name.noun:
            seen.nouns[_singular(name.noun)] += 1
        self._group.setdefault(key, key)
        return key

    def _first(self, key: str) -> str:
        while self._group[key] != key:
            key = self._group[key]
        return key

    def called(self, name: Name) -> str:
        """What the entity of a name is called."""
        return self._names[key_of(name.text)]

    def vocabulary(self) -> dict[str, Any]:
        """Kinds and entities, in the form of their file."""
        kinds = dict.fromkeys(self.kinds.values())
        entities: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
        for name, aliases in self._aliases.items():
            entities[self.kinds[name]][name] = {"aliases": sorted(aliases)}
        return {"kinds": {kind: {"plural": _plural(kind)} for kind in kinds}, "entities": entities}

    # Kinds

    def _kinds(self) -> Iterator[tuple[str, str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for key in self._seen:
            groups[self._first(key)].append(key)
        taken = {kind for _, kind in self._known.values()}
        neutral = (word for word in WORDS.things if word not in taken)
        kinds = {first: self._kind(members) or next(neutral, WORDS.things[0]) for first, members in groups.items()}
        for key in self._seen:
            yield self._names[key], self._known[key][1] if key in self._known else kinds[self._first(key)]

    def _kind(self, members: Sequence[str]) -> str:
        """What those that are known are; people; what most are called behind their names, or by their last words."""
        if known := Counter(self._known[key][1] for key in members if key in self._known):
            return known.most_common(1)[0][0]
        people = sum(self._seen[key].personal * 2 >= self._seen[key].times for key in members)
        if people * 2 > len(members):
            return _PERSON
        nouns: Counter[str] = sum((self._seen[key].nouns for key in members), Counter())
        ends = Counter(key.split()[-1] for key in members if " " in key)
        shared = [word for word, times in ends.most_common(1) if times > 1 and times * 2 > sum(ends.values())]
        kind = next((word for word, _ in nouns.most_common(1)), "") or "".join(shared)
        return "" if kind in LITERAL_KINDS or not kind.replace(" ", "").isalpha() else kind

    # Other names

    def _aliases_of(self, key: str) -> set[str]:
        name, seen = self._names[key], self._seen[key]
        aliases = seen.others | {f"{name} {noun}" for noun in seen.nouns if not key.endswith(noun)}
        words = name.split()
        person = self.kinds[name] == _PERSON
        short = words[-1] if person else words[0]
        ordinary = not person and load_language(LANGUAGE).frequency(short.lower()) > 0  # "Bank", "North", "New"
        if len(words) > 1 and short[:1].isupper() and len(short) > 2 and not ordinary:
            aliases.add(short)
        return {alias for alias in aliases if key_of(alias) != key}

    def _part_clashes(self) -> None:
        """Take away other names that mean two things, or what another one is called."""
        owners: dict[str, set[str]] = defaultdict(set, {key: {name} for key, (name, _) in self._known.items()})
        for name, aliases in self._aliases.items():
            for alias in (name, *aliases):
                owners[key_of(alias)].add(name)
        inside = Counter(word for key in self._seen for word in set(key.split()))
        for name, aliases in self._aliases.items():
            self._aliases[name] = {
                alias
                for alias in aliases
                if owners[key_of(alias)] == {name} and (" " in alias or inside[key_of(alias)] == 1)
            }


@lru_cache(maxsize=4096)
def _singular(noun: str) -> str:
    """A noun in the singular, by the parser."""
    return " ".join(token.lemma_.lower() for token in pipeline()(f"two {noun}")[1:])


def _plural(noun: str) -> str:
    return WORDS.people[0] if noun == _PERSON else with_s(noun)
