"""What of a document is read at once: sentences, and list items together with the line that introduces them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.learning.model import TextUnit, UnitSource
from corpus.model import Corpus, Document, Quote
from corpus.tables import Table

_BULLET = re.compile(r"(?:[-*•–+]|\d{1,3}[.)])[ \t]+")


def read_units(corpus: Corpus, document: Document, tables: Sequence[Table]) -> Iterator[TextUnit]:
    """The units of a document, those inside its tables aside.

    Acme leads:
    - ferries        read as "Acme leads ferries", quoted from "Acme leads:" to "- ferries"
    """
    intro: Quote | None = None
    passages = [passage for passage in corpus.passages.values() if passage.quote.document_id == document.id]
    for number, passage in enumerate(passages):
        for quote in passage.sentences:
            if any(table.start <= quote.start < table.end for table in tables):
                continue
            bullet = _BULLET.match(quote.text)
            item = quote.text[bullet.end() :] if bullet else ""
            if intro and item:
                joined = Quote(document.id, intro.start, quote.end, document.text[intro.start : quote.end])
                yield TextUnit(UnitSource.ITEM, f"{intro.text.rstrip(': ')} {item.rstrip(';,. ')}.", joined, number)
                continue
            intro = quote if quote.text.endswith(":") else None
            if intro is None:
                yield TextUnit(UnitSource.SENTENCE, quote.text, quote, number)
