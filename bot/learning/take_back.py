"""Takes accepted facts, names and other names out of facts.yaml and vocabulary.yaml again; all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.learning.accept import edited, put
from bot.learning.editing import Editor
from corpus.errors import CorpusContentError
from corpus.files import read_yaml
from corpus.loader import FACTS, VOCABULARY, load_corpus
from corpus.model import Corpus, Fact


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be taken back: facts by id, entities by name, other names as (entity, alias)."""

    facts: Collection[str] = ()
    entities: Collection[str] = ()
    aliases: Collection[tuple[str, str]] = ()


def take_back(folder: Path, taken: Taken) -> None:
    """Take these out of the corpus in ``folder``. What is not there any more is passed over.

    Raises:
        CorpusNotFound, CorpusFileError: the corpus is not there, or not of its form.
        CorpusContentError: a name is needed yet, or the rest would not hold together; nothing is changed then.
    """
    corpus = load_corpus(folder, induce=False)
    written = written_facts(corpus)
    facts = {fact.id for fact in written} & set(taken.facts)
    entities = [name for name in taken.entities if name in corpus.entities]
    aliases = [pair for pair in taken.aliases if pair[0] not in entities]
    if problems := list(_needed([fact for fact in written if fact.id not in facts], entities)):
        raise CorpusContentError(problems)
    edits: dict[str, Callable[[Editor], None]] = {}
    if facts:
        edits[FACTS] = lambda editor: _without_facts(editor, folder, facts)
    if entities or aliases:
        edits[VOCABULARY] = lambda editor: _without_names(editor, corpus, entities, aliases)
    # The facts first: names that no fact uses any more do no harm, should the second file fail.
    put(folder, {name: edited(folder / name, edit) for name, edit in edits.items()})


def written_facts(corpus: Corpus) -> list[Fact]:
    """The facts that stand in facts.yaml, in its order; not those that follow from them."""
    written = read_yaml(corpus.folder / FACTS) or {}
    return [corpus.facts[entry["id"]] for entry in written.get("facts") or ()]


def _needed(left: Collection[Fact], entities: Collection[str]) -> Iterator[str]:
    """What keeps names from being taken back: facts that are left and speak of them."""
    named = Counter(name for fact in left for name in _named(fact))
    for name in entities:
        if count := named[name]:
            facts = "a fact speaks" if count == 1 else f"{count} facts speak"
            yield f"{name!r}: {facts} of it. Take that back, too, or leave the name."


def _named(fact: Fact) -> set[str]:
    return {fact.subject, fact.object, *(name for names in fact.qualifiers.values() for name in names)}


def _without_facts(editor: Editor, folder: Path, ids: Collection[str]) -> None:
    written = read_yaml(folder / FACTS)
    entries = written["facts"]
    places = [place for place, entry in enumerate(entries) if entry["id"] in ids]
    for place in reversed(places):
        editor.remove(("facts",), place)
    quoted = {entry["quote"] for place, entry in enumerate(entries) if place not in places}
    gone = {entries[place]["quote"] for place in places} - quoted
    for name in gone & set(written.get("quotes") or {}):
        editor.remove(("quotes",), name)


def _without_names(
    editor: Editor, corpus: Corpus, entities: Collection[str], aliases: Collection[tuple[str, str]]
) -> None:
    for name in entities:
        editor.remove(("entities", corpus.entities[name].kind), name)
    for name in dict.fromkeys(entity for entity, _ in aliases):
        entity = corpus.entities.get(name)
        left = [alias for alias in (entity.aliases if entity else ()) if (name, alias) not in aliases]
        if entity and left:
            editor.set(("entities", entity.kind, name, "aliases"), left)
        elif entity and entity.aliases:
            editor.remove(("entities", entity.kind, name), "aliases")
