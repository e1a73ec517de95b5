"""Cuts a text into what can be checked by itself, with exact offsets: the first step of the fact checker.

A text is running text, lists, tables and headings. Each sentence, item and cell becomes a ``Unit``:

    "Acme leads Europe. It follows in Japan."      two units, one a sentence
    "Acme leads:" "- Europe" "- Russia"            items, read with the line above where they say nothing alone
    "| Europe | Acme |" under "| Region | Leader |" one unit for each cell but the first, read as "Europe: Acme"

A clause with several subjects or objects makes one claim for each pair (``split``); their spans share no character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.understanding.logical_form import Clause, Form, Side, Span, pairs
from corpus.text import sentences

# Citation marks, emphasis, code marks, tags and link targets say nothing; they are blanked so that offsets stay.
_MARKS = re.compile(
    r"\[\^?\d+\]|\]\([^()\s]*\)|\[(?=[^\[\]]*\]\()|\*+(?=\w)|(?<=[\w.,:;!?)\]])\*+|(?<!\w)_+(?=\w)|(?<=[\w.,:;!?)])_+(?!\w)"
    r"|`+|</?[a-zA-Z][^<>\n]{0,200}>"
)
_ITEM = re.compile(r"[ \t]*(?:[-*•+–]|\d{1,3}[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+|[ \t]*>+[ \t]*")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_NOTHING = re.compile(r"[ \t]*(?:[-=_*]{3,}[ \t]*)?$")


@dataclass(frozen=True, slots=True)
class ReadText:
    """What the parser is given for a unit: the first ``lead`` characters of ``text`` come from elsewhere."""

    text: str
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a text that is parsed by itself.

    Behind its lead, ``read`` is the text from ``start`` to ``end``; what begins in the lead begins at ``outer``.
    ``otherwise`` is what to read where that says nothing alone: with the line above it, or the header of its column
    in between. ``label``: it is a line above others itself; ``header``: that of a table's column.
    """

    read: ReadText
    start: int
    end: int
    outer: int
    otherwise: ReadText | None = None
    label: bool = False
    header: str = ""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of what is read stands in the checked text."""
        first = self.start + start - self.read.lead if start >= self.read.lead else self.outer
        last = self.start + end - self.read.lead
        return (first, last) if last > first else (self.start, self.end)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int


def units(text: str) -> Iterator[Unit]:
    """The units of ``text`` in order. Works line by line, so that a long text needs no more memory than a short one."""
    blank = blanked(text)
    heading = intro = ""
    pending: list[_Line] = []
    lines = list(_lines(blank))
    at = 0
    while at < len(lines):
        line = lines[at]
        body = blank[line.start : line.end]
        rows = _table(blank, lines, at)
        item = _ITEM.match(body)
        label = _HEADING.match(body)
        if pending and (rows or item or label or _NOTHING.match(body)):
            yield from _running(blank, pending, heading)
            pending = []
        if rows:
            yield from _cells(blank, lines[at : at + rows])
            at += rows
            continue
        if label and body.lstrip().startswith("#"):
            heading, intro = body[label.end() :].strip(), ""
            yield _label(blank, line.start + label.end(), line.end)
        elif item:
            yield from _sentences(blank, line.start + item.end(), line.end, intro or heading)
        elif body.rstrip().endswith((":", "：")) and _leads_on(blank, lines, at):
            intro = body.strip()
            yield _label(blank, line.start, line.end)
        elif label:
            pending.append(_Line(line.start + label.end(), line.end))
        elif not _NOTHING.match(body):
            intro = ""
            pending.append(line)
        at += 1
    yield from _running(blank, pending, heading)


def blanked(text: str) -> str:
    """The text with its marks blanked: as long as before."""
    return _MARKS.sub(lambda mark: " " * len(mark.group()), text)


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield _Line(start, end)
        start = end + 1


def _leads_on(text: str, lines: Sequence[_Line], at: int) -> bool:
    """Whether a list follows a line."""
    following = (text[line.start : line.end] for line in lines[at + 1 : at + 3])
    return any(_ITEM.match(body) for body in following)


def _running(text: str, lines: Sequence[_Line], above: str) -> Iterator[Unit]:
    if lines:
        yield from _sentences(text, lines[0].start, lines[-1].end, above)


def _sentences(text: str, start: int, end: int, above: str) -> Iterator[Unit]:
    for first, last in sentences(text[start:end]):
        body = text[start + first : start + last]
        lead = f"{above.rstrip(' :：')}: "
        otherwise = ReadText(lead + body, len(lead)) if above else None
        yield Unit(ReadText(body), start + first, start + last, start + first, otherwise)


def _label(text: str, start: int, end: int) -> Unit:
    start, end = _trimmed(text, start, end)
    return Unit(ReadText(text[start:end]), start, end, start, label=True)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


# Tables


def _table(text: str, lines: Sequence[_Line], at: int) -> int:
    """How many lines from ``at`` on are rows of one table; 0 where none begins."""
    width = len(_row(text, lines[at]))
    if width < 2:
        return 0
    rows = 1
    while at + rows < len(lines):
        line = lines[at + rows]
        ruled = _RULE.match(text[line.start : line.end]) and "|" in text[line.start : line.end]
        if not ruled and len(_row(text, line)) != width:
            break
        rows += 1
    return rows if rows > 1 else 0


def _row(text: str, line: _Line) -> list[tuple[int, int]]:
    """The spans of the cells between the bars of a line."""
    body = text[line.start : line.end]
    if "|" not in body:
        return []
    cells, start = [], line.start
    for part in body.split("|"):
        cells.append(_trimmed(text, start, start + len(part)))
        start += len(part) + 1
    if cells[0][0] >= cells[0][1]:
        cells = cells[1:]
    return cells[:-1] if cells and cells[-1][0] >= cells[-1][1] else cells


def _cells(text: str, lines: Sequence[_Line]) -> Iterator[Unit]:
    headers: list[str] = []
    for number, line in enumerate(lines):
        if _RULE.match(text[line.start : line.end]):
            continue
        cells = _row(text, line)
        if number == 0 and len(lines) > 1 and _RULE.match(text[lines[1].start : lines[1].end]):
            headers = [text[start:end] for start, end in cells]
            continue
        key = text[slice(*cells[0])]
        for column, (start, end) in enumerate(cells[1:], 1):
            if start < end:
                header = headers[column] if column < len(headers) else ""
                first = cells[0][0] if column == 1 else start
                cell, lead, told = text[start:end], f"{key}: ", f"{key} {header} "
                otherwise = ReadText(told + cell, len(told)) if header else None
                yield Unit(ReadText(lead + cell, len(lead)), start, end, first, otherwise, header=header)


# Clauses


def split(clause: Clause) -> list[Clause]:
    """One clause for each pair of subject and object, where it says no more than that of each pair.

    The spans share no character: "Acme leads China | and | Europe" gives "Acme leads China" and "Europe".
    """
    choice = clause.choice and not clause.negated
    whole = clause.quantity or clause.subject_quantity or clause.extreme or clause.rivals or clause.excluded
    told = tuple(dict.fromkeys(pairs(clause)))
    if (
        clause.form is not Form.CLAIM
        or whole
        or clause.only
        or clause.beyond
        or choice
        or clause.together
        or len(told) < 2
    ):
        return [clause]
    pieces = [replace(clause, subjects=(who,), objects=(what,), respective=False) for who, what in told]
    varies = len(clause.objects) > 1
    spans = [what.span if varies else who.span for who, what in told]
    shared = told[0][0].span if varies else told[0][1].span
    if any(span.start < 0 for span in spans) or len(set(spans)) < len(spans):
        return pieces
    borders = _borders(clause, spans, shared)
    return [replace(piece, start=start, end=end) for piece, (start, end) in zip(pieces, borders, strict=True)]


def _borders(clause: Clause, spans: Sequence[Span], shared: Span) -> list[tuple[int, int]]:
    """The stretch of each pair: its own argument, with what all share where that stands beside it.

    The outermost ones take what stands before and behind, the one before the shared argument takes that.
    """
    first, last = min(spans, key=lambda s: s.start), max(spans, key=lambda s: s.end)
    before = max((span.end for span in spans if span.end <= shared.start), default=-1)
    borders = []
    for span in spans:
        start = clause.start if span is first else span.start
        end = clause.end if span is last else shared.end if span.end == before else span.end
        borders.append((start, end))
    return borders


def claimable(clause: Clause) -> bool:
    """Whether a clause says something that the facts can decide."""
    if clause.form is Form.PASSAGE:
        return False
    about = bool(clause.subjects) or clause.subject_quantity is not None
    says = bool(clause.objects or clause.quantity or clause.excluded or clause.rivals or clause.extreme)
    says |= clause.only is Side.SUBJECT and bool(clause.kind)
    says |= clause.grouped and clause.subject_quantity is not None
    return about and says
