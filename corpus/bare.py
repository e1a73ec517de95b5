"""A folder of documents and nothing else: what its corpus.yaml would say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import CorpusFileError
from corpus.ingest import FORMS, read_document
from corpus.language import languages
from corpus.recognition import has_kana, votes
from corpus.text import normalise, tokenize

ENDINGS = frozenset({".txt", ".text", *FORMS})
"""Endings of the names of documents, in small letters."""
HOME = "en"
TOLD = 4000
"""Characters at the beginning of a document that tell its language."""
_NOT_IN_IDS = re.compile(r"[^\w.-]+")
_APART = re.compile(r"[\s_]+")


def documents_in(folder: Path) -> tuple[Path, ...]:
    """The documents in a folder and those below it, in the order of their names; none that is hidden or empty."""
    return tuple(sorted(_documents(folder)))


def has_documents(folder: Path) -> bool:
    """Whether there is any document in a folder or below it."""
    return folder.is_dir() and any(True for _ in _documents(folder))


def _documents(folder: Path) -> Iterator[Path]:
    named = (path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    files = (path for path in named if path.stat().st_size)
    return (path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def about(folder: Path) -> dict[str, Any]:
    """The corpus.yaml of a folder that has none: all its documents, named by their files.

    Raises CorpusFileError for a name that is no UTF-8: no answer could tell where it stands.
    """
    files = documents_in(folder)
    for path in files:
        if any("\ud800" <= letter <= "\udfff" for letter in str(path.relative_to(folder))):
            raise CorpusFileError(f"{path.name!a}: the file's name is not UTF-8. Give it another one.")
    name = folder.resolve().name
    entries = [
        {"id": own, "file": str(path.relative_to(folder)), "title": title_of(path)}
        for own, path in zip(document_ids(files), files, strict=True)
    ]
    return {
        "id": as_id(name),
        "title": _APART.sub(" ", name) or "Documents",
        "language": language_of(files),
        "documents": entries,
    }


def language_of(files: Sequence[Path]) -> str:
    """The language that most function words of the first readable document are of; English where none is known."""
    for path in files:
        try:
            text = read_document(path).text[:TOLD]
        except CorpusFileError:
            continue
        said = votes({token.text for token in tokenize(text) if token.word})
        known = {code: said.get(code, 0) for code in languages()}
        return "ja" if has_kana(text) else max(known, key=lambda code: (known[code], code == HOME))
    return HOME


def title_of(path: Path) -> str:
    """A document's title, of its file's name."""
    return _APART.sub(" ", path.stem).strip() or path.name


def document_ids(files: Iterable[Path]) -> list[str]:
    """An id for each document, of its file's name; a number keeps those of the same stem apart."""
    ids: dict[str, None] = {}
    for path in files:
        stem = own = as_id(path.stem)
        number = 1
        while own in ids:
            number += 1
            own = f"{stem}-{number}"
        ids[own] = None
    return list(ids)


def as_id(name: str) -> str:
    """A name as an id, which addresses and names of files are made of."""
    return _NOT_IN_IDS.sub("-", normalise(name)).strip("-_.") or "corpus"
