"""Puts accepted proposals into vocabulary.yaml and facts.yaml: comments stay, nothing comes twice, all or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.learning.editing import Editor, Quoted, on_one_line
from bot.learning.names import Key, key_of
from bot.learning.proposals import AcceptedFact, Decisions, read_proposals
from corpus.errors import CorpusContentError
from corpus.files import read_text, read_yaml, suggestion
from corpus.loader import FACTS, VOCABULARY, load_corpus
from corpus.model import LITERAL_KINDS, Corpus


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many of each were new to the corpus."""

    entities: int
    aliases: int
    facts: int


def accept(folder: Path) -> Accepted:
    """Merge what is accepted in the proposals into the corpus in ``folder``.

    The new files are tried on a copy first: where they would not load, nothing is changed.

    Raises:
        CorpusNotFound, CorpusFileError: the corpus or its proposals are not there, or not of their form.
        CorpusContentError: the corpus with the proposals would not hold together; all problems are listed.
    """
    corpus = load_corpus(folder, induce=False)
    merge = _Merge(corpus, read_proposals(folder))
    # The vocabulary first: names that no fact uses yet do no harm, should the second file fail.
    put(folder, merge.files())
    return merge.accepted


def put(folder: Path, files: Mapping[str, str]) -> None:
    """Write new texts of a corpus's files, in this order. Raises as load_corpus where it would not load with them."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "corpus"
        shutil.copytree(folder, copy)
        for name, text in files.items():
            (copy / name).write_text(text, encoding="utf-8")
        load_corpus(copy, induce=False)
    for name, text in files.items():
        new = folder / f".{name}.tmp"
        new.write_text(text, encoding="utf-8")
        os.replace(new, folder / name)


class _Merge:
    """One corpus and the decisions on its proposals."""

    def __init__(self, corpus: Corpus, decisions: Decisions) -> None:
        self.corpus, self.decisions = corpus, decisions
        self.names: dict[Key, str] = {}
        for entity in corpus.entities.values():
            self.names |= {key_of(name): entity.name for name in (entity.name, *entity.aliases)}
        self.added = [entity for entity in decisions.entities if key_of(entity.name) not in self.names]
        for accepted in self.added:
            for name in (accepted.name, *accepted.aliases):
                self.names.setdefault(key_of(name), accepted.name)
        self.aliases = [(self.names.get(key_of(e), e), a) for e, a in decisions.aliases if key_of(a) not in self.names]
        self.facts = self._facts()
        self.relations = self._relations()
        self.accepted = Accepted(len(self.added), len(self.aliases), len(self.facts))

    def files(self) -> Mapping[str, str]:
        """The new texts of the files that change."""
        files = {}
        if self.added or self.aliases or self.relations:
            files[VOCABULARY] = edited(self.corpus.folder / VOCABULARY, self._extend_vocabulary)
        if self.facts:
            files[FACTS] = edited(self.corpus.folder / FACTS, self._extend_facts)
        return files

    # Vocabulary

    def _extend_vocabulary(self, editor: Editor) -> None:
        for kind in dict.fromkeys(entity.kind for entity in self.added):
            added = {entity.name: entity.aliases for entity in self.added if entity.kind == kind}
            values = {name: {"aliases": list(aliases)} if aliases else {} for name, aliases in added.items()}
            editor.add(("entities", kind), [f"{on_one_line(name)}: {on_one_line(values[name])}" for name in values])
        for name, alias in self.aliases:
            entity = self.corpus.entities.get(name)
            if entity is None:
                raise CorpusContentError([f"proposals.yaml: alias {alias!r}: unknown entity {name!r}. Correct it."])
            place = ("entities", entity.kind, name, "aliases")
            if len(entity.aliases) == 1:
                editor.set(place, [entity.aliases[0], alias])  # it may be a text by itself
            elif entity.aliases:
                editor.add(place, [on_one_line(alias)])
            else:
                editor.set(place[:-1], {"aliases": [alias]})
        if self.relations:
            entries = [f"{on_one_line(name)}: {on_one_line(sides)}" for name, sides in self.relations.items()]
            editor.add(("predicates",), entries)

    def _relations(self) -> dict[str, dict[str, list[str]]]:
        """The relations that facts were given and that the corpus does not have, each with the kinds on its sides."""
        kinds = {name: entity.kind for name, entity in self.corpus.entities.items()}
        kinds |= {entity.name: entity.kind for entity in self.added}
        new: dict[str, dict[str, list[str]]] = {}
        for fact in self.facts:
            if fact["predicate"] not in self.corpus.predicates:
                sides = new.setdefault(fact["predicate"], {"subject": [], "object": []})
                for side, held in sides.items():
                    held += [kind for kind in (kinds[fact[side]],) if kind not in held]
        return new

    # Facts

    def _facts(self) -> list[dict[str, Any]]:
        """The accepted facts that the corpus does not have, by canonical names, in the form of facts.yaml."""
        problems: list[str] = []
        known = {
            (fact.subject, fact.predicate, fact.object, tuple(sorted(fact.qualifiers.items())))
            for fact in self.corpus.facts.values()
        }
        ids = set(self.corpus.facts)
        facts = []
        for fact in self.decisions.facts:
            subject, measured = self._entity(fact, fact.subject, problems), self._measured(fact)
            object_ = fact.object if measured else self._entity(fact, fact.object, problems)
            qualifiers = {
                kind: names if kind in LITERAL_KINDS else tuple(self._entity(fact, name, problems) for name in names)
                for kind, names in fact.qualifiers.items()
            }
            key = (subject, fact.predicate, object_, tuple(sorted(qualifiers.items())))
            if key not in known:
                known.add(key)
                facts.append(self._entry(fact, subject, object_, qualifiers, ids))
        if problems:
            raise CorpusContentError(tuple(dict.fromkeys(problems)))
        return facts

    def _measured(self, fact: AcceptedFact) -> bool:
        """Whether its object is a written value, which is no entity."""
        predicate = self.corpus.predicates.get(fact.predicate)
        return predicate is not None and predicate.measured

    def _entity(self, fact: AcceptedFact, name: str, problems: list[str]) -> str:
        found = self.names.get(key_of(name))
        if found is None:
            known = suggestion(name, self.names.values())
            problems.append(f"{fact.where}: needs the entity {name!r}.{known} Accept it, too, or set the fact to no.")
        return found or name

    def _entry(
        self,
        fact: AcceptedFact,
        subject: str,
        object_: str,
        qualifiers: Mapping[str, tuple[str, ...]],
        ids: set[str],
    ) -> dict[str, Any]:
        name, number = fact.id, 2
        while name in ids:
            name, number = f"{fact.id}-{number}", number + 1
        ids.add(name)
        first = next((d.id for d in self.corpus.documents.values() if fact.quote in d.text), "")
        entry = {
            "id": name,
            "subject": subject,
            "subject_as": fact.subject_as,
            "predicate": fact.predicate,
            "object": object_,
            "object_as": fact.object_as,
            "quote": fact.quote,
            "qualifiers": {kind: list(names) for kind, names in qualifiers.items()},
            "label": fact.label,
            "open": "true" if fact.open else "",
            "document": fact.document if fact.document != first else "",
        }
        return {key: value for key, value in entry.items() if value}

    def _extend_facts(self, editor: Editor) -> None:
        """Add the facts; a quote that several of them share is given a name."""
        times = Counter(fact["quote"] for fact in self.facts)
        written = read_yaml(self.corpus.folder / FACTS) or {}
        named = {text: name for name, text in (written.get("quotes") or {}).items()}
        quotes = {}
        for fact in self.facts:
            text = fact["quote"]
            if text not in named and times[text] > 1:
                named[text] = fact["id"] if fact["id"] not in named.values() else f"{fact['id']}-quote"
                quotes[named[text]] = text
        if quotes:
            editor.add(
                ("quotes",), [f"{on_one_line(name)}: {on_one_line(Quoted(text))}" for name, text in quotes.items()]
            )
        told = [{**fact, "quote": named.get(fact["quote"]) or Quoted(fact["quote"])} for fact in self.facts]
        editor.add(("facts",), [on_one_line(fact) for fact in told], listed=True)


def edited(path: Path, edit: Callable[[Editor], None]) -> str:
    """The text of a file after an edit."""
    editor = Editor(path.name, read_text(path))
    edit(editor)
    return editor.text
