"""Documents to be read: the sentences that back facts marked, and the one that is looked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, pairwise

from bot.serving.page.answers import source_button
from bot.serving.page.markup import escaped
from corpus.model import Corpus, Document, Quote

SHOWN = 20_000
"""So many characters on each side of the sentence that is looked for; of a longer document the rest is left out."""

LISTED = 200
"""So many documents are listed."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a document's sentences back a fact."""

    backing: int
    sentences: int


def coverage(corpus: Corpus, document_id: str) -> Coverage:
    """Counts the sentences of a document, and those that some fact's quote overlaps."""
    return _coverage(corpus).get(document_id, Coverage(0, 0))


def backing_quotes(corpus: Corpus, document_id: str) -> Sequence[Quote]:
    """The stretches of a document that facts rest on, each once, in order."""
    return _backing(corpus).get(document_id, ())


@lru_cache(maxsize=16)
def _backing(corpus: Corpus) -> Mapping[str, Sequence[Quote]]:
    found: dict[str, list[Quote]] = {}
    for quote in sorted({fact.quote for fact in corpus.facts.values()}, key=lambda quote: (quote.start, quote.end)):
        found.setdefault(quote.document_id, []).append(quote)
    return found


@lru_cache(maxsize=16)
def _coverage(corpus: Corpus) -> Mapping[str, Coverage]:
    sentences: dict[str, list[Quote]] = {}
    for passage in corpus.passages.values():
        sentences.setdefault(passage.quote.document_id, []).extend(passage.sentences)
    return {name: Coverage(_backed(corpus, name, held), len(held)) for name, held in sentences.items()}


def _backed(corpus: Corpus, document_id: str, sentences: Sequence[Quote]) -> int:
    quotes = backing_quotes(corpus, document_id)
    starts, furthest = [quote.start for quote in quotes], list(accumulate((quote.end for quote in quotes), max))
    before = ((sentence, bisect_left(starts, sentence.end)) for sentence in sentences)
    return sum(at > 0 and furthest[at - 1] > sentence.start for sentence, at in before)


def documents_html(corpus: Corpus) -> str:
    """The list of a corpus's documents, each with how much of it backs facts; of a single one, its text."""
    if len(corpus.documents) == 1:
        return document_html(corpus, next(iter(corpus.documents)))
    items = "".join(_listed(corpus, document) for document in islice(corpus.documents.values(), LISTED))
    more = len(corpus.documents) - LISTED
    rest = f'<p class="wl-soft">and {more} more, of which answers cite what they need</p>' if more > 0 else ""
    return (
        f'<h2>Sources</h2><ul class="wl-documents">{items}</ul>{rest}'
        '<p class="wl-soft">A source’s number in an answer opens the document here, at its sentence.</p>'
    )


def document_html(corpus: Corpus, document_id: str, start: int = 0, end: int = 0) -> str:
    """A document, or what stands around a quote where it is long, with that quote marked as ``#wl-here``."""
    document = corpus.documents.get(document_id)
    if document is None:
        return '<p class="wl-notice">This document is not among the sources any more.</p>'
    first, last = max(0, start - SHOWN), min(len(document.text), max(start, end) + SHOWN)
    covered = coverage(corpus, document_id)
    cut = '<p class="wl-soft">…</p>'
    told = ", ".join(filter(None, (document.date, document.licence)))
    return (
        f"<h2>{escaped(document.title)}</h2>"
        f'<p class="wl-soft">{escaped(told)}{" · " if told else ""}{_told(covered)}; they are underlined.</p>'
        f'{cut if first else ""}<div class="wl-text">{_text(corpus, document, first, last, (start, end))}</div>'
        f"{cut if last < len(document.text) else ''}"
    )


def _text(corpus: Corpus, document: Document, first: int, last: int, here: tuple[int, int]) -> str:
    """A stretch of the text, cut where a mark begins or ends, each piece in what it belongs to."""
    quotes = backing_quotes(corpus, document.id)
    backing = [(quote.start, quote.end) for quote in quotes if quote.start < last and first < quote.end]
    edges = {first, last, *(edge for pair in (here, *backing) for edge in pair if first < edge < last)}
    cuts = sorted(edges)
    parts, found = [], False
    for start, end in pairwise(cuts):
        piece = escaped(document.text[start:end])
        if any(begin <= start and end <= until for begin, until in backing):
            piece = f'<span class="wl-backed">{piece}</span>'
        if here[0] <= start and end <= here[1]:
            first_of_it = "" if found else ' id="wl-here" tabindex="-1"'
            piece = f"<mark{first_of_it}>{piece}</mark>"
            found = True
        parts.append(piece)
    return "".join(parts)


def _listed(corpus: Corpus, document: Document) -> str:
    opened = source_button(
        corpus, Quote(document.id, 0, 0, ""), document.title, f"Open {document.title}", name="wl-open"
    )
    date = f" {escaped(document.date)}." if document.date else ""
    return f'<li>{opened}<br><span class="wl-soft">{date} {_told(coverage(corpus, document.id))}</span></li>'


def _told(covered: Coverage) -> str:
    return f"{covered.backing} of {covered.sentences} sentences back facts"


def heading_of(documents: Sequence[Document]) -> str:
    """The first titles, and how many more there are."""
    more = f" and {len(documents) - 3} more" if len(documents) > 3 else ""
    return ", ".join(document.title for document in documents[:3]) + more
