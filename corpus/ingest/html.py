"""HTML to text.

Taken is what a reader reads: of a page with one ``main`` or one ``article`` that part alone, without scripts, styles,
navigation, controls of forms and what is marked hidden.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard, cast

from corpus.errors import CorpusFileError
from corpus.ingest.layout import Block, BlockKind, heading, item, laid_out, rows

if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

_UNREAD = frozenset(
    {
        *("head", "script", "style", "template", "noscript", "nav", "menu", "dialog"),
        *("svg", "math", "iframe", "object", "audio", "video", "canvas"),
        *("button", "select", "textarea", "input", "datalist"),
    }
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        *("html", "body", "main", "article", "section", "header", "footer", "aside", "div", "p", "blockquote"),
        *("figure", "figcaption", "address", "details", "summary", "form", "fieldset", "legend", "hr", "pre", "center"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
        *_HEADINGS,
    }
)
_BREAK = "\x00"
"""Stands for a line break while white space is folded; no HTML text holds it."""


def html_to_text(name: str, raw: bytes) -> str:
    """The text of an HTML page. Raises CorpusFileError, which names the file ``name``."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        try:
            soup = BeautifulSoup(_decoded(name, raw), "lxml")
            return laid_out(_blocks(_content(soup)))
        except RecursionError as error:
            raise CorpusFileError(f"{name}: is nested too deep. Save its text as Markdown.") from error


def _decoded(name: str, raw: bytes) -> str:
    """The page by the encoding that it declares, else UTF-8."""
    from bs4.dammit import EncodingDetector

    unmarked, mark = EncodingDetector.strip_byte_order_mark(raw)
    encoding = mark or EncodingDetector.find_declared_encoding(raw, is_html=True) or "utf-8"
    try:
        text = unmarked.decode(encoding)
    except LookupError as error:
        raise CorpusFileError(
            f"{name}: declares the encoding {encoding!r}, which is unknown. Save it as UTF-8."
        ) from error
    except UnicodeDecodeError as error:
        line = unmarked[: error.start].count(b"\n") + 1
        raise CorpusFileError(
            f"{name}:{line}: is not {encoding.upper()}. Declare its encoding, or save it as UTF-8."
        ) from error
    if "\0" in text:
        raise CorpusFileError(f"{name}: is binary, not HTML. Save it as an HTML page.")
    return text


def _content(soup: Tag) -> Tag:
    for tag in ("main", "article", "body"):
        found = soup.find_all(tag)
        if len(found) == 1:
            return found[0]
    return soup


def _blocks(tag: Tag) -> Iterator[Block]:
    """The blocks of an element: runs of words between block elements are paragraphs."""
    run = ""
    for child in tag.children:
        if _is_block(child):
            yield from _paragraphs(run)
            run = ""
            yield from _block(child)
        else:
            run += _words(child)
    yield from _paragraphs(run)


def _block(tag: Tag) -> Iterator[Block]:
    if tag.name in _HEADINGS:
        if words := _folded(_words(tag)):
            yield heading(_HEADINGS[tag.name], words)
    elif tag.name == "table" and not tag.find("table"):
        yield from _table(tag)
    elif tag.name == "pre":
        if words := tag.get_text().strip("\n"):
            yield Block(BlockKind.PARAGRAPH, words)
    elif tag.name == "li":
        yield from _item(tag)
    else:
        yield from _blocks(tag)


def _item(tag: Tag) -> Iterator[Block]:
    """An item's words, with those of its paragraphs; lists inside it follow as items of their own."""
    words = ""
    for child in tag.children:
        if _is_list(child):
            if _folded(words):
                yield item(_folded(words))
            words = ""
            yield from _blocks(child)
        else:
            words += " " + _words(child) if _is_block(child) else _words(child)
    if _folded(words):
        yield item(_folded(words))


def _table(tag: Tag) -> Iterator[Block]:
    caption = tag.find("caption")
    if caption and (words := _folded(_words(caption))):
        yield Block(BlockKind.PARAGRAPH, words)
    cells = [row.find_all(["td", "th"]) for row in tag.find_all("tr")]
    headed = bool(cells) and bool(cells[0]) and all(cell.name == "th" for cell in cells[0])
    yield from rows([[_folded(_words(cell)) for cell in row] for row in cells if row], headed)


def _words(node: PageElement) -> str:
    """The text inside a node, block borders as spaces."""
    from bs4.element import CData, NavigableString, Tag

    if isinstance(node, Tag):
        if _unread(node):
            return ""
        if node.name == "br":
            return _BREAK
        words = "".join(_words(child) for child in node.children)
        return f" {words} " if node.name in _BLOCKS else words
    # Comments, declarations and the like are strings of other classes.
    return str(node) if type(node) in (NavigableString, CData) else ""


def _paragraphs(run: str) -> Iterator[Block]:
    if words := _folded(run, "\n"):
        yield Block(BlockKind.PARAGRAPH, words)


def _folded(text: str, line_break: str = " ") -> str:
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return line_break.join(line for line in lines if line)


def _is_block(node: PageElement) -> TypeGuard[Tag]:
    # Strings have a name, too: None.
    return getattr(node, "name", None) in _BLOCKS and not _unread(cast("Tag", node))


def _is_list(node: PageElement) -> TypeGuard[Tag]:
    return _is_block(node) and node.name in ("ul", "ol")


def _unread(node: Tag) -> bool:
    return node.name in _UNREAD or node.has_attr("hidden")
