"""Word files (DOCX) to text: the body in its order, with headings, lists and tables.

Inserted text of a document under revision is read and deleted text is not, as if all changes were accepted. Headers,
footers, notes and comments are not read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusFileError
from corpus.ingest.layout import Block, BlockKind, heading, item, laid_out, rows

if TYPE_CHECKING:
    from docx.document import Document

LARGEST_UNPACKED = 256 * 1024 * 1024
"""Bytes that the parts of a file may unpack to: a small file can hold a huge one."""

_HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
_CLARK = re.compile(r"\{[^}]*\}")


def word_to_text(name: str, raw: bytes) -> tuple[str, tuple[int, ...]]:
    """The text; Word files know no pages. Raises CorpusFileError, which names the file ``name``."""
    import docx

    damaged = f"{name}: cannot be read as a Word file ({{}}). Open it in a word processor and save it as DOCX again."
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > LARGEST_UNPACKED:
            raise CorpusFileError(
                f"{name}: unpacks to {size:,} bytes; {LARGEST_UNPACKED:,} are the most. Cut it in parts."
            )
        document = docx.Document(io.BytesIO(raw))
        return laid_out(_blocks(document.element.body, document)), ()
    except CorpusFileError:
        raise
    # A damaged file fails anywhere in three libraries, with whatever error that place happens to raise.
    except Exception as error:
        raise CorpusFileError(damaged.format(str(error) or type(error).__name__)) from error


def _blocks(parent: Any, document: Document) -> Iterator[Block]:
    """The blocks inside an XML element; what only wraps others (content controls, insertions) is looked into."""
    for element in parent.iterchildren():
        kind = _tag(element)
        if kind == "p":
            yield from _paragraph(element, document)
        elif kind == "tbl":
            yield from _table(element)
        elif kind in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _blocks(element, document)


def _paragraph(element: Any, document: Document) -> Iterator[Block]:
    from docx.text.paragraph import Paragraph

    text = _words(element).strip()
    if not text:
        return
    paragraph = Paragraph(element, document._body)
    style = (paragraph.style.name if paragraph.style else "") or ""
    properties = element.pPr
    if match := _HEADING_STYLE.fullmatch(style):
        yield heading(int(match.group(1)), text)
    elif style == "Title":
        yield heading(1, text)
    elif style.startswith("List") or (properties is not None and properties.numPr is not None):
        yield item(text)
    else:
        yield Block(
            BlockKind.PARAGRAPH, "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
        )


def _table(element: Any) -> Iterator[Block]:
    """The rows; a first row that Word repeats on each page, or sets apart by style, holds the names of the columns."""
    lines = [node for node in element.iterchildren() if _tag(node) == "tr"]
    cells = [[_words(cell) for cell in line.iter() if _tag(cell) == "tc"] for line in lines]
    headed = any(_marks_header(node) for node in element.iter())
    yield from rows(cells, headed)


def _marks_header(node: Any) -> bool:
    if _tag(node) == "tblLook":
        return any(_CLARK.sub("", key) == "firstRow" and value == "1" for key, value in node.attrib.items())
    return _tag(node) == "tblHeader"


def _words(element: Any) -> str:
    """The text below an XML element, paragraphs in it as lines."""
    text = ""
    for node in element.iter():
        kind = _tag(node)
        if kind == "t" and not any(_tag(above) == "Fallback" for above in node.iterancestors()):
            text += node.text or ""
        elif kind in ("br", "cr") or (kind == "p" and text):
            text += "\n"
        elif kind == "tab":
            text += " "
        elif kind == "noBreakHyphen":
            text += "-"
    return text


def _tag(element: Any) -> str:
    """An element's name without its namespace; comments and the like have none."""
    return _CLARK.sub("", element.tag) if isinstance(element.tag, str) else ""
