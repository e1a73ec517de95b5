"""The language files, read: corpus/languages/CODE.yaml, and how often words are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from corpus.errors import CorpusFileError
from corpus.files import Section, file_of_language, read_yaml
from corpus.language.model import CommonPredicate, Cue, Language, NameRule, Talk, ValueWords, VerbRule

N = TypeVar("N", int, float)
FOLDER = Path(__file__).parents[1] / "languages"
_KEYS = ("neutral", *(part.name for part in fields(Language)))


def languages() -> tuple[str, ...]:
    """The codes of all languages that have a file."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache
def load_language(code: str, folder: Path = FOLDER) -> Language:
    """Read a language by its code ("en").

    Raises:
        CorpusFileError: there is no such language file, or it is not of its form; every fault is listed.
    """
    path = file_of_language(folder, code, "corpus.yaml: language: there is no", "languages")
    problems: list[str] = []
    language = _language(Section(path.name, read_yaml(path), _KEYS, problems))
    if not problems and language.code != code:
        problems.append(f"{path.name}: code: must be {code!r} as the file is named, not {language.code!r}.")
    if problems:
        raise CorpusFileError("\n".join(problems))
    return language


def _language(data: Section) -> Language:
    known = [cue for cue in Cue if cue is not Cue.NEUTRAL]
    cues = Section(f"{data.where}: cues", data.mapping("cues"), known, data.problems)
    talk = Section(f"{data.where}: talk", data.mapping("talk"), list(Talk), data.problems)
    kinds = data.mapping("kinds")
    return Language(
        code=data.text("code"),
        name=data.text("name"),
        cues={cue: (data if cue is Cue.NEUTRAL else cues).texts(cue) for cue in Cue},
        talk={kind: talk.needed(kind) for kind in Talk},
        pressure=data.needed("pressure"),
        correction=data.needed("correction"),
        follow_up=data.needed("follow_up"),
        instruction=data.needed("instruction"),
        numbers=_numbers(data, "numbers", int),
        multiples=_numbers(data, "multiples", float),
        fractions=_numbers(data, "fractions", float),
        months=data.needed("months"),
        approximate=data.needed("approximate"),
        light=frozenset(data.needed("light")),
        hesitations=frozenset(data.needed("hesitations")),
        demonstratives=data.needed("demonstratives"),
        say_verbs=frozenset(data.needed("say_verbs")),
        elaborations=data.texts("elaborations"),
        kinds={name: Section(f"{data.where}: kinds", kinds, kinds, data.problems).texts(name) for name in kinds},
        predicates={name: _predicate(data, name, parts) for name, parts in data.mapping("predicates").items()},
        say=data.mapping("say"),
        canonical=data.mapping("canonical"),
        values=_values(data),
        postposed=frozenset(Cue(name) for name in data.texts("postposed")),
        naming=tuple(_name_rule(data, entry) for entry in data.entries("naming")),
        intending=data.texts("intending"),
        apart=frozenset(data.texts("apart")),
        passive=frozenset(data.texts("passive")),
        participles=data.texts("participles"),
        inflection=tuple(_verb_rule(data, entry) for entry in data.entries("inflection")),
    )


def _verb_rule(data: Section, entry: object) -> VerbRule:
    section = Section(f"{data.where}: inflection", entry, ("like", "plural", "base"), data.problems)
    plural = section.text("plural")
    base = section.text("base", plural)
    return VerbRule(_pattern(section, section.text("like"), (plural, base)), plural, base)


def _name_rule(data: Section, entry: object) -> NameRule:
    keys = ("like", "of", "plain", "subject", "inside", "whose")
    section = Section(f"{data.where}: naming", entry, keys, data.problems)
    plain = section.text("plain", r"\g<0>")
    forms = {key: section.text(key, plain) for key in ("subject", "inside", "whose")}
    like = _pattern(section, section.text("like"), (plain, *forms.values()))
    return NameRule(like, frozenset(section.texts("of")), plain, **forms)


def _pattern(section: Section, like: str, forms: Iterable[str]) -> re.Pattern[str]:
    """A rule's pattern, its forms tried on it."""
    try:
        pattern = re.compile(like)
        for form in forms:
            re.sub(pattern, form, "")
    except re.error as error:
        section.problems.append(f"{section.where}: {like!r}: {error}. Write a pattern, and its groups as \\1.")
        return re.compile("")
    return pattern


def _values(data: Section) -> ValueWords:
    keys = [part.name for part in fields(ValueWords)]
    section = Section(f"{data.where}: values", data.mapping("values"), keys, data.problems)
    return ValueWords(
        magnitudes=_numbers(section, "magnitudes", float),
        durations=_numbers(section, "durations", float),
        seasons=_numbers(section, "seasons", int),
        ordinals=_numbers(section, "ordinals", int),
        several=_numbers(section, "several", int),
        life=_numbers(section, "life", int),
        decades=section.needed("decades"),
        centuries=section.needed("centuries"),
        early=section.needed("early"),
        middle=section.needed("middle"),
        late=section.needed("late"),
        before=section.needed("before"),
        after=section.needed("after"),
        since=section.needed("since"),
        begins=section.needed("begins"),
        times=section.needed("times"),
        aged=section.needed("aged"),
        old=section.needed("old"),
        day_marks=section.needed("day_marks"),
        links=section.needed("links"),
        ones=section.needed("ones"),
        shares=section.needed("shares"),
        money=section.needed("money"),
        halves=section.needed("halves"),
        and_half=section.needed("and_half"),
        greater=section.needed("greater"),
        lesser=section.needed("lesser"),
        largest=section.needed("largest"),
        smallest=section.needed("smallest"),
        later=section.needed("later"),
        sooner=section.needed("sooner"),
        sizes=section.needed("sizes"),
        present=section.needed("present"),
        having=section.needed("having"),
        ago=section.needed("ago"),
        already=section.needed("already"),
        future=section.needed("future"),
        same=section.needed("same"),
        place_words=section.needed("place_words"),
        small=frozenset(section.needed("small")),
        loose=frozenset(section.needed("loose")),
        attributes=_lists(section, "attributes"),
        sorts=_lists(section, "sorts"),
    )


def _lists(data: Section, key: str) -> dict[str, tuple[str, ...]]:
    lists = data.mapping(key)
    section = Section(f"{data.where}: {key}", lists, lists, data.problems)
    return {name: section.needed(name) for name in lists}


def _predicate(data: Section, name: str, parts: object) -> CommonPredicate:
    keys = [part.name for part in fields(CommonPredicate)]
    section = Section(f"{data.where}: predicates: {name}", parts, keys, data.problems)
    return CommonPredicate(
        words=section.texts("words"),
        weak=section.texts("weak"),
        complement_words=section.texts("complement_words"),
        verb=section.mapping("verb"),
        follow=section.mapping("follow"),
    )


def _numbers(data: Section, key: str, number: Callable[[str], N]) -> dict[str, N]:
    values: dict[str, N] = {}
    for word, value in data.mapping(key).items():
        try:
            values[word] = number(value)
        except (TypeError, ValueError):
            data.problems.append(f"{data.where}: {key}: {word}: must be a number, not {value!r:.60}.")
    return values
