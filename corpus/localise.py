"""A corpus as another language speaks of it: the same facts, with that language's words for kinds and predicates.

Two optional files of the corpus folder say what the language files cannot know:

    names.yaml   fr: {Alliance: [l'Alliance]}                          what a language calls the entities
    words.yaml   fr: {title: …, kinds: {…}, predicates: {…}, …}        its words for this corpus's kinds and predicates,
                                                                       and what it calls the facts' objects (labels)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus.errors import CorpusContentError
from corpus.files import read_yaml
from corpus.language import CommonPredicate, Language
from corpus.model import Corpus, Kind, Predicate

NAMES, WORDS = "names.yaml", "words.yaml"


def localised(corpus: Corpus, language: Language) -> Corpus:
    """The corpus with the words of ``language``; unchanged for its own.

    Raises:
        CorpusContentError: names.yaml names an entity that the vocabulary does not have.
    """
    if language.code == corpus.language:
        return corpus
    names, words = local_names(corpus, language.code), _section(corpus, WORDS, language.code)
    kinds, predicates, weak = (words.get(part) or {} for part in ("kinds", "predicates", "weak"))
    return replace(
        corpus,
        title=str(words.get("title", corpus.title)),
        examples=_strings(words.get("examples")) or corpus.examples,
        topics=_strings(words.get("topics")),
        ignorable=(),
        kinds={kind.name: _kind(kind, language, _strings(kinds.get(kind.name))) for kind in corpus.kinds.values()},
        predicates={
            name: _predicate(predicate, language, _strings(predicates.get(name)), _strings(weak.get(name)))
            for name, predicate in corpus.predicates.items()
        },
        entities={
            entity.name: replace(entity, aliases=(*names.get(entity.name, ()), *entity.aliases))
            for entity in corpus.entities.values()
        },
    )


def local_names(corpus: Corpus, code: str) -> Mapping[str, tuple[str, ...]]:
    """What a language calls the entities, by canonical name; the first is the one that answers use."""
    entries = _section(corpus, NAMES, code)
    unknown = [name for name in entries if name not in corpus.entities]
    if unknown:
        raise CorpusContentError(
            [f"{NAMES}: {code}: unknown entity {name!r}. Use the name in vocabulary.yaml." for name in unknown]
        )
    return {name: _strings(aliases) for name, aliases in entries.items()}


def local_labels(corpus: Corpus, code: str) -> Mapping[str, str]:
    """What a language calls the objects of facts whose label says more than the object's name, by the facts' ids."""
    labels = _section(corpus, WORDS, code).get("labels") or {}
    unknown = [fact for fact in labels if fact not in corpus.facts]
    if unknown:
        raise CorpusContentError(
            [f"{WORDS}: {code}: labels: unknown fact {fact!r}. Use the id in facts.yaml." for fact in unknown]
        )
    return {fact: str(label) for fact, label in labels.items()}


def _section(corpus: Corpus, file: str, code: str) -> Mapping[str, Any]:
    path = corpus.folder / file
    section = (read_yaml(path) or {}).get(code) if path.is_file() else None
    if section is not None and not isinstance(section, dict):
        raise CorpusContentError([f"{file}: {code}: must be a mapping, not {type(section).__name__}."])
    return section or {}


def _kind(kind: Kind, language: Language, own: tuple[str, ...]) -> Kind:
    # A language file gives the singular first, then the plural.
    words = language.kinds.get(kind.name, ())
    return replace(kind, words=(*words, *own), plural=words[1] if len(words) > 1 else kind.plural)


def _predicate(predicate: Predicate, language: Language, own: tuple[str, ...], weak: tuple[str, ...]) -> Predicate:
    common = language.predicates.get(predicate.name, CommonPredicate())
    return replace(
        predicate,
        words=(*common.words, *own),
        weak_words=(*common.weak, *weak),
        complement_words=common.complement_words if predicate.complement else (),
        patterns=(),  # they are written in the language of the corpus
    )


def _strings(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())
