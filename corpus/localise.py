"""A corpus as another language speaks of it: the same facts, with that language's words for kinds and predicates.

Names that the language has for the corpus's entities stand in ``names.yaml`` of the corpus folder, where there is one:

    fr: {Alliance: [l'alliance]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from corpus.errors import CorpusContentError
from corpus.files import read_text
from corpus.language import CommonPredicate, Language
from corpus.model import Corpus, Kind, Predicate

FILE = "names.yaml"


def localised(corpus: Corpus, language: Language) -> Corpus:
    """The corpus with the words of ``language``; unchanged for its own.

    Raises:
        CorpusContentError: names.yaml names an entity that the vocabulary does not have.
    """
    if language.code == corpus.language:
        return corpus
    names = local_names(corpus, language.code)
    return replace(
        corpus,
        kinds={kind.name: _kind(kind, language) for kind in corpus.kinds.values()},
        predicates={predicate.name: _predicate(predicate, language) for predicate in corpus.predicates.values()},
        entities={
            entity.name: replace(entity, aliases=(*names.get(entity.name, ()), *entity.aliases))
            for entity in corpus.entities.values()
        },
        topics=(),
        ignorable=(),
    )


def local_names(corpus: Corpus, code: str) -> Mapping[str, tuple[str, ...]]:
    """What a language calls the entities, by canonical name; the first is the one that answers use."""
    path = corpus.folder / FILE
    if not path.is_file():
        return {}
    data: Any = yaml.safe_load(read_text(path))
    entries = (data or {}).get(code) or {}
    unknown = [name for name in entries if name not in corpus.entities]
    if unknown:
        raise CorpusContentError(
            [f"{FILE}: {code}: unknown entity {name!r}. Use the name in vocabulary.yaml." for name in unknown]
        )
    return {name: tuple(str(alias) for alias in aliases) for name, aliases in entries.items()}


def _kind(kind: Kind, language: Language) -> Kind:
    words = language.kinds.get(kind.name, ())
    return replace(kind, words=words, plural=words[0] if words else kind.plural)


def _predicate(predicate: Predicate, language: Language) -> Predicate:
    common = language.predicates.get(predicate.name, CommonPredicate())
    return replace(
        predicate,
        words=common.words,
        weak_words=common.weak,
        complement_words=common.complement_words if predicate.complement else (),
    )
