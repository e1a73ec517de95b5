"""Starts a corpus: the commented skeleton as it stands, or made ready for documents of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.learning.editing import Editor, on_one_line
from corpus.bare import as_id, document_ids
from corpus.errors import CorpusFileError
from corpus.files import read_text
from corpus.loader import SHIPPED, load_corpus

SKELETON = SHIPPED.parent / "skeleton"
_SAMPLE = "notice.txt"


def create_corpus(folder: Path, documents: Sequence[Path] = (), title: str = "") -> tuple[Path, ...]:
    """Write a corpus into ``folder`` that loads, and return its files.

    Without ``documents`` it is the skeleton with its sample document and facts, which answers as it stands. With
    documents, these are copied into the folder, and entities and facts are left empty, to be learnt.

    Raises:
        CorpusFileError: the folder has files already, a document cannot be copied, or cannot be read.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CorpusFileError(f"{folder}: is there already, and not empty. Name a new folder.")
    for path in documents:
        if not path.is_file():
            raise CorpusFileError(f"{path}: is no file. Name a document to copy.")
    names = [path.name for path in documents]
    if twice := [name for name in names if names.count(name) > 1]:
        raise CorpusFileError(f"{twice[0]}: two documents have this name. Rename one.")
    folder.mkdir(parents=True, exist_ok=True)
    for path in documents or (SKELETON / _SAMPLE,):
        shutil.copyfile(path, folder / path.name)
    for name, text in _files(folder.resolve().name, names, title).items():
        (folder / name).write_text(text, encoding="utf-8")
    load_corpus(folder, induce=False)
    return tuple(sorted(folder.iterdir()))


def _files(name: str, documents: Sequence[str], title: str) -> dict[str, str]:
    """The three files of the skeleton under a name, for the sample or for other documents."""
    about, vocabulary, facts = (
        Editor(file, read_text(SKELETON / file)) for file in ("corpus.yaml", "vocabulary.yaml", "facts.yaml")
    )
    about.set(("id",), as_id(name))
    if documents:
        about.set(("title",), title or name)
        about.set(("description",), "")
        about.set(("documents",), [])
        ids = document_ids(map(Path, documents))
        entries = [{"id": i, "file": file, "title": Path(file).stem} for i, file in zip(ids, documents, strict=True)]
        about.add(("documents",), [on_one_line(entry) for entry in entries], listed=True)
        about.set(("examples",), [])
        about.set(("induce",), "true")
        vocabulary.set(("entities",), {})
        vocabulary.set(("topics",), [])
        facts.set(("quotes",), {})
        facts.set(("facts",), [])
    elif title:
        about.set(("title",), title)
    return {editor.file: editor.text for editor in (about, vocabulary, facts)}
