"""Splits documents into passages on paragraph and sentence borders, with exact offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from corpus.model import Corpus, Document, Passage, Quote
from corpus.text import paragraphs, sentences

# The embedding model reads some 256 word pieces; longer paragraphs are cut between sentences.
LONGEST = 1200
_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*(?:\n|$)")


def split_passages(document: Document) -> Iterator[Passage]:
    """The passages of a document in order; a Markdown heading (``# …``) heads those below it.

    A passage is at most LONGEST characters long, unless a single sentence is longer.
    """
    heading, number = "", 0
    for start, end in paragraphs(document.text):
        while match := _HEADING.match(document.text, start, end):
            heading, start = match.group(1), match.end()
        spans = [(start + first, start + last) for first, last in sentences(document.text[start:end])]
        for group in _groups(spans):
            quotes = tuple(Quote(document.id, first, last, document.text[first:last]) for first, last in group)
            first, last = group[0][0], group[-1][1]
            quote = Quote(document.id, first, last, document.text[first:last])
            page = bisect_right(document.pages, first)
            yield Passage(f"{document.id}#{number}", quote, quotes, heading, page)
            number += 1


def heading_and_page(corpus: Corpus, quote: Quote) -> tuple[str, int]:
    """The nearest heading above a quote, "" where there is none, and its page, 0 where there are no pages."""
    page = bisect_right(corpus.documents[quote.document_id].pages, quote.start)
    starts, headings = _headings(corpus).get(quote.document_id, ((), ()))
    above = bisect_right(starts, quote.start)
    return (headings[above - 1] if above else ""), page


@lru_cache(maxsize=8)
def _headings(corpus: Corpus) -> Mapping[str, tuple[Sequence[int], Sequence[str]]]:
    """By document, where its passages begin, in order, and their headings."""
    found: dict[str, tuple[list[int], list[str]]] = {}
    for passage in corpus.passages.values():
        starts, headings = found.setdefault(passage.quote.document_id, ([], []))
        starts.append(passage.quote.start)
        headings.append(passage.heading)
    return found


def _groups(spans: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    for span in spans:
        if group and span[1] - group[0][0] > LONGEST:
            yield group
            group = []
        group.append(span)
    if group:
        yield group
