"""Reads a document file, whatever its form, as text.

    name                  form
    *.md, *.markdown      Markdown
    *.html, *.htm         HTML
    *.pdf                 PDF
    *.docx                Word
    any other             plain text, taken verbatim

Headings come out as Markdown writes them (``# Title``), tables as its rows (``| Acme | North |``), list items with a
dash; paragraphs stand between empty lines. The same bytes always give the same text, and all offsets of a corpus count
in that text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusFileError
from corpus.files import LARGEST, decode_text, read_bytes
from corpus.ingest.html import html_to_text
from corpus.ingest.layout import cleaned
from corpus.ingest.markdown import markdown_to_text
from corpus.ingest.pdf import pdf_to_text
from corpus.ingest.word import word_to_text

LARGEST_ORIGINAL = 64 * 1024 * 1024
"""Bytes of a PDF or Word file, most of which may be pictures. Of text as many as in ``corpus.files``."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a document. ``original_sha256`` is that of the file's bytes.

    ``pages`` holds the offset at which each page begins, empty where the form has no pages.
    """

    text: str
    original_sha256: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FileForm:
    """A form of document: the bytes that its files begin with, how many there may be, and how it is read."""

    name: str
    read: Callable[[str, bytes], tuple[str, tuple[int, ...]]]
    signature: bytes = b""
    largest: int = LARGEST


def _text(name: str, raw: bytes) -> tuple[str, tuple[int, ...]]:
    return decode_text(name, raw), ()


def _markdown(name: str, raw: bytes) -> tuple[str, tuple[int, ...]]:
    return markdown_to_text(name, decode_text(name, raw)), ()


def _html(name: str, raw: bytes) -> tuple[str, tuple[int, ...]]:
    return html_to_text(name, raw), ()


_TEXT, _MARKDOWN, _HTML = FileForm("text", _text), FileForm("Markdown", _markdown), FileForm("HTML", _html)
_PDF = FileForm("PDF", pdf_to_text, b"%PDF", LARGEST_ORIGINAL)
_WORD = FileForm("Word", word_to_text, b"PK\x03\x04", LARGEST_ORIGINAL)
FORMS: Mapping[str, FileForm] = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".pdf": _PDF,
    ".docx": _WORD,
}
"""By the ending of the name, in small letters."""


def read_document(path: Path) -> Extract:
    """The text of a document file.

    Raises:
        CorpusFileError: it is missing, empty, too large, damaged, encrypted, in another encoding or of another form
            than its name says; the message names the file and the mend.
    """
    form = FORMS.get(path.suffix.lower(), _TEXT)
    raw = read_bytes(path, form.largest)
    if not raw.strip():
        raise CorpusFileError(f"{path.name}: is empty. A document needs text.")
    _check_form(path.name, raw, form)
    text, pages = form.read(path.name, raw)
    if form is not _TEXT:
        text = cleaned(text)
    if not text.strip():
        raise CorpusFileError(f"{path.name}: holds no text. A document needs text; put pictures of text into words.")
    if len(text) > LARGEST:
        raise CorpusFileError(
            f"{path.name}: holds {len(text):,} characters; {LARGEST:,} are the most. Cut it in parts."
        )
    return Extract(text, hashlib.sha256(raw).hexdigest(), pages)


def _check_form(name: str, raw: bytes, form: FileForm) -> None:
    """A file of another form than its name says would be read as rubbish, or not at all."""
    if raw.startswith(_OLD_OFFICE):
        raise CorpusFileError(f"{name}: is encrypted, or of an old Word version. Save it as DOCX without a password.")
    # Some programs put a few bytes before a PDF's first line.
    head = raw[:1024]
    if form.signature and form.signature not in (head if form is _PDF else head[: len(form.signature)]):
        raise CorpusFileError(f"{name}: is no {form.name} file, or a damaged one. Save it again, or correct its name.")
    if not form.signature and head.startswith((_PDF.signature, _WORD.signature)):
        right = ".pdf" if head.startswith(_PDF.signature) else ".docx if it is a Word file"
        raise CorpusFileError(
            f"{name}: is binary, not {form.name}. Save it as UTF-8 text, or let its name end in {right}."
        )
