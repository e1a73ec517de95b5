"""Text from people and corpora, made safe to stand in a page.

Whatever comes in is shown as text: no tag, link or image of it reaches the page. Of Markdown, only what an answer needs
is rendered: paragraphs, lists, tables, emphasis.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from functools import cache

from markdown_it import MarkdownIt

from corpus.model import Corpus, Quote

_CITATION = re.compile(r"\[(\d{1,4})\]")

# The page's framework fills templates with "${…}" and "{{…}}"; text that holds them must not be taken for one.
_TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;"})

_AROUND = 300
"""Characters of context shown on each side of a quote that lies in no single passage."""


def escaped(text: str) -> str:
    """Text as HTML text, safe in elements and in quoted attributes."""
    return html.escape(text).translate(_TEMPLATE)


def answer_html(text: str, cite: Callable[[int], str]) -> str:
    """An answer's Markdown as HTML, with each ``[n]`` replaced by what ``cite`` gives for n."""
    rendered: str = _markdown().render(text).translate(_TEMPLATE)
    return _CITATION.sub(lambda match: cite(int(match[1])), rendered)


def quoted_html(corpus: Corpus, quote: Quote) -> str:
    """The paragraph that a quote stands in, with the quoted words marked."""
    text, start = _surroundings(corpus, quote)
    return marked_html(text, [(quote.start - start, quote.end - start, "")])


def marked_html(text: str, stretches: Iterable[tuple[int, int, str]]) -> str:
    """Text with stretches marked, each (start, end, class); an empty one, or one over an earlier one, is left out."""
    parts: list[str] = []
    done = 0
    for start, end, name in sorted(stretches):
        if start < done or end <= start:
            continue
        css = f' class="{escaped(name)}"' if name else ""
        parts.append(f"{escaped(text[done:start])}<mark{css}>{escaped(text[start:end])}</mark>")
        done = end
    return "".join(parts) + escaped(text[done:])


def _surroundings(corpus: Corpus, quote: Quote) -> tuple[str, int]:
    """A stretch of the document around the quote, and where it begins."""
    for passage in corpus.passages.values():
        around = passage.quote
        if around.document_id == quote.document_id and around.start <= quote.start and quote.end <= around.end:
            return around.text, around.start
    document = corpus.documents.get(quote.document_id)
    if document is None:
        return quote.text, quote.start
    start = max(0, quote.start - _AROUND)
    return document.text[start : quote.end + _AROUND], start


@cache
def _markdown() -> MarkdownIt:
    rules = MarkdownIt("zero", {"html": False, "breaks": True})
    return rules.enable(["table", "list", "emphasis", "newline", "escape"])
