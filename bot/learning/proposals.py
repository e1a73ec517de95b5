"""The file of proposals: written for a person to read and to decide on, and read back with the decisions.

facts:
- accept: yes
  id: acme-ferries
  subject: Acme
  predicate: leads
  object: ferries
  quote: Acme leads the ferries and the lighthouse.
  at: {document: notice, start: 12, end: 54}
  why: the sentence says so
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.learning.editing import Dumper, OneLine
from bot.learning.model import AliasProposal, EntityProposal, FactProposal, Proposals
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.files import Section, read_yaml
from corpus.loader import PROPOSALS
from corpus.model import Corpus, Quote

_HEAD = """\
# Proposals for {title}: what its documents state and its files do not say yet.
# Set `accept` to yes or no, and correct what you like; then `wholeads corpus accept` puts what has yes into
# vocabulary.yaml and facts.yaml. What has no at first is doubtful: `why` tells. A fact may name an entity by any of
# its aliases, so that an entity can be renamed by giving it another name and leaving the old one among its aliases.
"""
_ABOUT = {
    "entities": "# Names that the vocabulary does not have. Check the kind; add the other names that people use.",
    "aliases": "# Other names of entities that it has.",
    "facts": "# Each with the words that carry it, where they stand, and why it is proposed.",
}
_ENTITY = ("accept", "name", "kind", "aliases", "quote", "at", "why")
_ALIAS = ("accept", "entity", "alias", "quote", "at", "why")
_FACT = (
    *("accept", "id", "subject", "predicate", "object", "qualifiers", "label", "subject_as", "object_as", "open"),
    *("quote", "at", "why"),
)
_AT = ("document", "start", "end")
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class AcceptedEntity:
    """An entity that a person accepted."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptedFact:
    """A fact that a person accepted; names are as they stand in the file, ``where`` is its place there."""

    where: str
    id: str
    subject: str
    predicate: str
    object: str
    quote: str
    document: str
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str = ""
    subject_as: str = ""
    object_as: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person accepted of a file of proposals. ``aliases`` pairs entities with names."""

    entities: tuple[AcceptedEntity, ...]
    aliases: tuple[tuple[str, str], ...]
    facts: tuple[AcceptedFact, ...]


def write_proposals(corpus: Corpus, proposals: Proposals) -> Path:
    """Write the proposals into the corpus's folder; what was decided in the file before stays decided.

    A file that is there already is kept beside the new one, with ``.bak`` behind its name.
    """
    path = corpus.folder / PROPOSALS
    entries = proposals_to_data(proposals)
    if path.is_file():
        _keep_decisions(path, entries)
        os.replace(path, path.with_name(f"{PROPOSALS}.bak"))
    return write_entries(corpus, entries)


def write_entries(corpus: Corpus, entries: Mapping[str, list[dict[str, Any]]]) -> Path:
    """Write the file of proposals, with these entries by part."""
    path = corpus.folder / PROPOSALS
    parts = [_HEAD.format(title=" ".join(corpus.title.split()))]
    for name, about in _ABOUT.items():
        placed = [{**entry, "at": OneLine(entry.get("at") or {})} for entry in entries[name]]
        body = yaml.dump({name: placed}, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)
        parts.append(f"{about}\n{body}")
    new = path.with_name(f".{PROPOSALS}.tmp")
    new.write_text("\n".join(parts), encoding="utf-8")
    os.replace(new, path)
    return path


def proposals_to_data(proposals: Proposals) -> dict[str, list[dict[str, Any]]]:
    """The proposals as plain data, in the form of the file; empty keys are left out."""
    return {
        "entities": [_entity(entity) for entity in proposals.entities],
        "aliases": [_alias(alias) for alias in proposals.aliases],
        "facts": [_fact(fact) for fact in proposals.facts],
    }


def _entity(entity: EntityProposal) -> dict[str, Any]:
    names = {"aliases": list(entity.aliases)} if entity.aliases else {}
    return {"accept": _answer(entity.sure), "name": entity.name, "kind": entity.kind, **names} | _carried(
        entity.quote, entity.why
    )


def _alias(alias: AliasProposal) -> dict[str, Any]:
    said = {"accept": _answer(alias.sure), "entity": alias.entity, "alias": alias.alias}
    return said | _carried(alias.quote, alias.why)


def _fact(fact: FactProposal) -> dict[str, Any]:
    said = {
        "accept": _answer(fact.sure),
        "id": fact.id,
        "subject": fact.subject,
        "predicate": fact.predicate,
        "object": fact.object,
        "qualifiers": {kind: list(names) for kind, names in fact.qualifiers.items()},
        "label": fact.label,
        "subject_as": fact.subject_as,
        "object_as": fact.object_as,
        "open": "true" if fact.open else "",
    }
    return {key: value for key, value in said.items() if value} | _carried(fact.quote, fact.why)


def _carried(quote: Quote, why: str) -> dict[str, Any]:
    place = {"document": quote.document_id, "start": str(quote.start), "end": str(quote.end)}
    return {"quote": quote.text, "at": place, "why": str(why)}


def _answer(accepted: bool) -> str:
    return "yes" if accepted else "no"


def _keep_decisions(path: Path, entries: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put the answers of the file before over the new ones; one that cannot be read has none."""
    try:
        old = read_yaml(path)
    except CorpusFileError:
        return
    for name in entries:
        before = old.get(name) if isinstance(old, dict) else None
        given = {entry_key(entry): entry for entry in before or [] if isinstance(entry, dict)}
        for entry in entries[name]:
            decided = given.get(entry_key(entry), {})
            # What was doubtful, and is no longer, is no decision.
            if decided.get("accept") and (decided["accept"] != _answer(False) or decided.get("why") == entry["why"]):
                entry["accept"] = decided["accept"]


def entry_key(entry: Mapping[str, Any]) -> str:
    """What an entry proposes, whatever was decided on it."""
    told = ("name", "entity", "alias", "subject", "predicate", "object", "qualifiers")
    return repr([entry.get(key) for key in told])


# Reading


def read_entries(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The entries of the file of proposals by part, as they stand there; none where there is no such file.

    Raises CorpusFileError where it is no YAML, or not of its form.
    """
    path = folder / PROPOSALS
    data = read_yaml(path) if path.is_file() else {}
    entries = {name: (data.get(name) or []) if isinstance(data, dict) else None for name in _ABOUT}
    if not all(isinstance(held, list) and all(isinstance(each, dict) for each in held) for held in entries.values()):
        raise CorpusFileError(f"{PROPOSALS}: is not of its form. Have it written anew by `wholeads corpus learn`.")
    return entries  # type: ignore[return-value]


def read_proposals(folder: Path) -> Decisions:
    """What is accepted in the file of proposals of a corpus.

    Raises:
        CorpusFileError: there is none, or it is no YAML.
        CorpusContentError: something in it is not of its form; every fault is listed.
    """
    path = folder / PROPOSALS
    if not path.is_file():
        raise CorpusFileError(f"{PROPOSALS}: missing in {folder}. Have it written by `wholeads corpus learn {folder}`.")
    problems: list[str] = []
    data = Section(PROPOSALS, read_yaml(path), tuple(_ABOUT), problems)
    decisions = Decisions(
        tuple(
            AcceptedEntity(entry.text("name"), entry.text("kind"), entry.texts("aliases"))
            for entry in _accepted(data, "entities", "entity", _ENTITY, ("name", "kind"))
        ),
        tuple(
            (entry.text("entity"), entry.text("alias"))
            for entry in _accepted(data, "aliases", "alias", _ALIAS, ("entity", "alias"))
        ),
        tuple(
            _accepted_fact(entry)
            for entry in _accepted(data, "facts", "fact", _FACT, ("id", "subject", "predicate", "object", "quote"))
        ),
    )
    if problems:
        raise CorpusContentError(tuple(dict.fromkeys(problems)))
    return decisions


def _accepted(data: Section, part: str, what: str, keys: Sequence[str], needed: Iterable[str]) -> list[Section]:
    sections = []
    for number, entry in enumerate(data.entries(part), 1):
        section = Section(f"{PROPOSALS}: {what} {number}", entry, keys, data.problems)
        answer = section.text("accept").lower()
        if answer not in _ANSWERS:
            data.problems.append(f"{section.where}: accept: must be yes or no, not {answer!r}. Decide.")
        elif _ANSWERS[answer]:
            missing = [key for key in needed if not section.text(key)]
            data.problems.extend(f"{section.where}: {key} is missing. Add it." for key in missing)
            sections.append(section)
    return sections


def _accepted_fact(entry: Section) -> AcceptedFact:
    at = Section(f"{entry.where}: at", entry.mapping("at"), _AT, entry.problems)
    given = entry.mapping("qualifiers")
    qualifiers = Section(f"{entry.where}: qualifiers", given, given, entry.problems)
    return AcceptedFact(
        where=f"{entry.where} ({entry.text('id')!r})",
        id=entry.text("id"),
        subject=entry.text("subject"),
        predicate=entry.text("predicate"),
        object=entry.text("object"),
        quote=entry.text("quote"),
        document=at.text("document"),
        qualifiers={kind: qualifiers.texts(kind) for kind in given},
        label=entry.text("label"),
        subject_as=entry.text("subject_as"),
        object_as=entry.text("object_as"),
        open=entry.flag("open"),
    )
