"""How people ask, read from a language's file in ``corpus/languages/questions``.

The file holds templates by what they ask and by how they ask it, the words that fill their slots, and what may stand
around a question without changing it.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.errors import CorpusFileError
from corpus.files import Section, file_of_language, read_yaml, suggestion
from corpus.language import FOLDER as LANGUAGES
from corpus.model import Predicate

FOLDER = LANGUAGES / "questions"

_VERB = ("one", "many", "base", "done", "doing")
_LONE = {"alone": "one", "alone_base": "base"}
"""The forms of a verb that needs no object ("who leads in Japan")."""

_COMPLEMENT = {"follows": "one", "follow": "many", "follower": "noun"}
_FORMS = ("", "in_", "of_", "the_", "bare_")
_SCOPES = ("subject", "other", *(form + scope for form in _FORMS for scope in ("scope", "first", "second")))
_KINDS = ("kind", "kinds", "subject_kind", "subject_kinds")
VERBAL = frozenset({*_VERB, *_LONE, *_COMPLEMENT, "noun", "role", "idiom"})
"""The slots that tell which predicate is meant."""

SLOTS = frozenset({*VERBAL, *_SCOPES, *_KINDS})


@dataclass(frozen=True, slots=True)
class Wordings:
    """What may stand for one predicate; each verb and the complement are a mapping from slot to form.

    A slot is missing where the predicate has no such form: templates that need it are then left out.
    """

    verbs: tuple[Mapping[str, str], ...]
    nouns: tuple[str, ...]
    roles: tuple[str, ...]
    idioms: tuple[str, ...]
    complement: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """One way to put a question: ``asks`` names its list, ``style`` the way."""

    asks: str
    style: str
    text: str

    @property
    def slots(self) -> frozenset[str]:
        """The names of the slots that the text has."""
        return slots_of(self.text)


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """One file, read. ``templates`` go by what they ask; ``spelling`` holds pairs of British and American words.

    ``persons`` are kinds whose names no "it" stands for.
    """

    code: str
    predicates: Mapping[str, Wordings]
    templates: Mapping[str, tuple[Template, ...]]
    in_place: tuple[str, ...]
    in_other: tuple[str, ...]
    market: str
    persons: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    politeness: tuple[str, ...]
    unrelated: tuple[tuple[str, ...], ...]
    insistence: tuple[str, ...]
    fronted: tuple[str, ...]
    openers: tuple[str, ...]
    spelling: tuple[tuple[str, str], ...]

    def wordings(self, predicate: Predicate) -> Wordings:
        """The words for a predicate: the book's own, or else those of the predicate's verb.

        Where its base form does not begin as the others do ("be part of", "is part of"), or one and several have the
        same ("adopted"), what takes a base form ("does … adopt") is not said.
        """
        if predicate.name in self.predicates:
            return self.predicates[predicate.name]
        verb = {"one": predicate.singular, "many": predicate.plural}
        if predicate.base[:2] == predicate.singular[:2] and predicate.singular != predicate.plural:
            verb["base"] = predicate.base
        return Wordings(({slot: form for slot, form in verb.items() if form},), (), (), (), {})


@lru_cache
def load_phrasebook(code: str, folder: Path = FOLDER) -> Phrasebook:
    """Read the questions of a language by its code ("en").

    Raises:
        CorpusFileError: there is no such file, or it is not of its form; every fault is listed.
    """
    path = file_of_language(folder, code, "questions: there are none in", "questions")
    problems: list[str] = []
    keys = ("code", "predicates", "templates", *_TEXTS, "in_place", "in_other", "market", "unrelated", "spelling",
            "persons")  # fmt: skip
    book = _phrasebook(Section(f"questions/{path.name}", read_yaml(path), keys, problems))
    if problems:
        raise CorpusFileError("\n".join(problems))
    return book


_TEXTS = ("before", "after", "politeness", "insistence", "fronted", "openers")


def _phrasebook(data: Section) -> Phrasebook:
    predicates = data.mapping("predicates")
    return Phrasebook(
        code=data.text("code"),
        predicates={name: _wordings(data, name, parts) for name, parts in predicates.items()},
        templates={
            asks: tuple(read_templates(data, asks, styles)) for asks, styles in data.mapping("templates").items()
        },
        market=data.text("market"),
        persons=frozenset(data.texts("persons")),
        unrelated=_lists(data, "unrelated"),
        spelling=tuple((pair[0], pair[1]) for pair in _lists(data, "spelling", length=2)),
        in_place=data.texts("in_place"),
        in_other=data.texts("in_other"),
        **{key: data.needed(key) for key in _TEXTS},
    )


def _wordings(data: Section, name: str, parts: object) -> Wordings:
    where = f"{data.where}: predicates: {name}"
    section = Section(where, parts, ("verbs", "nouns", "roles", "idioms", "complement"), data.problems)
    verbs = [Section(f"{where}: verbs", verb, (*_VERB, "lone"), data.problems) for verb in section.entries("verbs")]
    complement = Section(f"{where}: complement", section.mapping("complement"), [*_COMPLEMENT.values()], data.problems)
    if not verbs:
        data.problems.append(f"{where}: has no verb. Write at least one, with {', '.join(_VERB)}.")
    return Wordings(
        verbs=tuple(_forms(verb) for verb in verbs),
        nouns=section.texts("nouns"),
        roles=section.texts("roles"),
        idioms=section.texts("idioms"),
        complement={slot: text for slot, key in _COMPLEMENT.items() if (text := complement.text(key))},
    )


def _forms(verb: Section) -> dict[str, str]:
    forms = {form: "".join(verb.needed(form)) for form in _VERB}
    return forms | ({slot: forms[form] for slot, form in _LONE.items()} if verb.flag("lone") else {})


def read_templates(data: Section, asks: str, styles: Any, slots: frozenset[str] = SLOTS) -> list[Template]:
    """The templates of one list, by their styles; a slot that is not one of ``slots`` is noted as a fault."""
    section = Section(f"{data.where}: templates: {asks}", styles, [*styles] if styles else [], data.problems)
    found = [Template(asks, style, text) for style in styles or {} for text in section.needed(style)]
    for template in found:
        for slot in sorted(template.slots - slots):
            data.problems.append(f"{section.where}: {template.text!r}: unknown slot {slot!r}.{suggestion(slot, slots)}")
    return found


def _lists(data: Section, key: str, length: int = 0) -> tuple[tuple[str, ...], ...]:
    """A list of lists of texts, each of ``length`` where one is given."""
    found = []
    for entry in data.entries(key):
        texts = Section(f"{data.where}: {key}", {"entry": entry}, ("entry",), data.problems).needed("entry")
        if length and len(texts) != length:
            data.problems.append(f"{data.where}: {key}: {', '.join(texts)}: must be {length} texts.")
            texts = (*texts, *[""] * length)
        found.append(texts)
    return tuple(found)


def slots_of(text: str) -> frozenset[str]:
    """The names of the slots that a text has."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
