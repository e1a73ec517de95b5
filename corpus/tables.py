"""Tables in documents, as rows of cells with exact offsets: Markdown's, HTML's, and lists of "name: names" lines.

| Task    | Lead |
| ------- | ---- |          header ("Task", "Lead"), one row ("Ferries", "Acme") quoted as "| Ferries | Acme |"
| Ferries | Acme |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from corpus.model import Corpus, Document, Passage, Quote

_LINE = re.compile(r"[^\n]+")
_RULER = re.compile(r"[ \t]*\|?[ \t]*:?-{1,}:?[ \t]*(\|[ \t]*:?-{1,}:?[ \t]*)*\|?[ \t]*")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ITEM = re.compile(
    r"[ \t]*(?:[-*•–+]|\d{1,3}[.)])[ \t]+(?P<name>[^\n:|]{1,80}?)(?::[ \t]+|[ \t]+[–—-][ \t]+)(?P<rest>\S[^\n|]*)"
)
_ENDING = " \t.;,"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and where it stands in the document; spanned cells are repeated and quoted with it."""

    start: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``header`` is empty where there is none; ``above`` is the line before the table: its caption or heading."""

    start: int
    end: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    above: str = ""


def find_tables(text: str) -> list[Table]:
    """The tables of a document, in order."""
    found = [*_markdown(text), *_html(text), *_lists(text)]
    return sorted(found, key=lambda table: table.start)


def row_told(corpus: Corpus, quote: Quote) -> str:
    """What a row of a table says, each cell with the head of its column; "" for what is no whole row below heads.

    "| Aurora | 40 |" says "Ferry: Aurora, Cabins: 40".
    """
    document = corpus.documents[quote.document_id]
    found = "|" in quote.text and _rows(document).get(quote.start)
    if not found:
        return ""
    header, row = found
    if document.text[quote.end : row.end].strip(" |\n"):
        return ""  # a cell that ends a sentence ends the quote
    told = zip(header, row.cells, strict=False)
    return ", ".join(f"{head}: {cell}" if head else cell for head, cell in told if cell)


def states(passage: Passage, at: int) -> bool:
    """Whether the sentence of that number states something: heads of columns and the ruler below them do not."""
    texts = [quote.text for quote in passage.sentences[at : at + 2]]
    return not any("|" in text and _RULER.fullmatch(text) for text in texts)


@lru_cache(maxsize=256)
def _rows(document: Document) -> Mapping[int, tuple[tuple[str, ...], Row]]:
    """The rows below heads, by where they begin, with those heads."""
    return {row.start: (table.header, row) for table in _markdown(document.text) for row in table.rows}


def _line_above(text: str, start: int) -> str:
    """The nearest line above a place that says something."""
    while start > 0:
        start, end = text.rfind("\n", 0, start), start
        if line := text[start + 1 : end].strip(" \t#*_:"):
            return line
    return ""


# Markdown


def _markdown(text: str) -> Iterator[Table]:
    lines = list(_LINE.finditer(text))
    index = 1
    while index < len(lines):
        head, ruler = lines[index - 1], lines[index]
        if "|" in head.group() and "|" in ruler.group() and _RULER.fullmatch(ruler.group()):
            end = index + 1
            while end < len(lines) and "|" in lines[end].group() and lines[end].start() == lines[end - 1].end() + 1:
                end += 1
            rows = tuple(_markdown_row(line) for line in lines[index + 1 : end])
            last = lines[end - 1].end()
            yield Table(head.start(), last, _markdown_row(head).cells, rows, _line_above(text, head.start()))
            index = end
        index += 1


def _markdown_row(line: re.Match[str]) -> Row:
    body = line.group().strip()
    start = line.start() + line.group().index(body)
    inner = body.removeprefix("|").removesuffix("|")
    return Row(start, start + len(body), tuple(_plain(cell) for cell in re.split(r"(?<!\\)\|", inner)))


def _plain(cell: str) -> str:
    """A cell's text without links, emphasis and breaks; a break parts names."""
    return _EMPHASIS.sub("", _LINK.sub(r"\1", _BREAK.sub("; ", cell))).replace("\\|", "|").strip()


# Lists


def _lists(text: str) -> Iterator[Table]:
    """Runs of at least two list items of the form "name: names" are tables of two columns without a header."""
    run: list[re.Match[str]] = []
    for line in _LINE.finditer(text):
        item = _ITEM.match(text, line.start(), line.end())
        if item and item.end() == line.end() and not (run and line.start() != run[-1].end() + 1):
            run.append(item)
            continue
        yield from _list(text, run)
        run = [item] if item and item.end() == line.end() else []
    yield from _list(text, run)


def _list(text: str, run: list[re.Match[str]]) -> Iterator[Table]:
    if len(run) > 1:
        rows = tuple(
            Row(item.start("name"), item.end(), (_plain(item["name"]), _plain(item["rest"].strip(_ENDING))))
            for item in run
        )
        yield Table(run[0].start(), run[-1].end(), (), rows, _line_above(text, run[0].start()))


# HTML


@dataclass
class _Cell:
    text: str = ""
    heads: bool = False
    down: int = 1
    across: int = 1
    start: int = 0


@dataclass
class _OpenTable:
    """A table whose end tag has not come yet."""

    start: int
    caption: str = ""
    rows: list[tuple[int, int, list[_Cell]]] = field(default_factory=list)


class _TableReader(HTMLParser):
    """Gathers the tables of a text that holds HTML; a table inside a cell is text of that cell."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.tables: list[tuple[_OpenTable, int]] = []
        self.open: _OpenTable | None = None
        self.depth, self.row_start, self.captioned = 0, -1, False
        self.cells: list[_Cell] = []
        self.feed(text)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.open = _OpenTable(self._at())
        elif self.depth != 1 or self.open is None:
            return
        elif tag == "tr":
            self.row_start, self.cells = self._at(), []
        elif tag in ("td", "th"):
            given = dict(attrs)
            down, across = (_count(given.get(name)) for name in ("rowspan", "colspan"))
            self.cells.append(_Cell("", tag == "th", down, across, self.row_start))
        elif tag == "br" and self.cells:
            self.cells[-1].text += "; "
        elif tag == "caption":
            self.captioned = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self.depth:
            self.depth -= 1
            if not self.depth and self.open:
                self.tables.append((self.open, self._at() + len("</table>")))
                self.open = None
        elif tag == "tr" and self.depth == 1 and self.open and self.cells:
            self.open.rows.append((self.row_start, self._at() + len("</tr>"), self.cells))
            self.cells = []
        elif tag == "caption":
            self.captioned = False

    def handle_data(self, data: str) -> None:
        if self.captioned and self.open:
            self.open.caption += data
        elif self.cells:
            self.cells[-1].text += data


def _count(value: str | None) -> int:
    """A span of at most 1000, as browsers take it."""
    return min(int(value), 1000) if value and value.isdigit() and int(value) > 0 else 1


def _html(text: str) -> Iterator[Table]:
    if "<t" not in text.lower():
        return
    for table, end in _TableReader(text).tables:
        rows = _spread(table)
        header = rows[0].cells if rows and all(cell.heads for cell in table.rows[0][2]) else ()
        above = " ".join(table.caption.split()) or _line_above(text, table.start)
        yield Table(table.start, end, header, tuple(rows[1:] if header else rows), above)


def _spread(table: _OpenTable) -> list[Row]:
    """Rows of equal columns: cells that span several are repeated in each."""
    rows = []
    hanging: dict[int, _Cell] = {}
    for start, end, own in table.rows:
        cells: dict[int, _Cell] = {}
        waiting = list(own)
        column = 0
        while waiting or column in hanging:
            cell = hanging.pop(column, None) or waiting.pop(0)
            for at in range(column, column + cell.across):
                cells[at] = cell
            column += cell.across
        first = min([start, *(cell.start for cell in cells.values())])
        rows.append(Row(first, end, tuple(" ".join(cells[at].text.split()) for at in sorted(cells))))
        for at, cell in cells.items():
            if cell.down > 1:
                hanging[at] = _Cell(cell.text, cell.heads, cell.down - 1, 1, cell.start)
    return rows
