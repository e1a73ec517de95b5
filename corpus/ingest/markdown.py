"""Markdown to text, by way of HTML: what the two share is said once."""

from __future__ import annotations

import re

from corpus.errors import CorpusFileError
from corpus.ingest.html import html_to_text

# YAML between two lines of dashes at the very top is about the document and no part of it.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")

DEEPEST = 100
"""Levels of lists and quotes inside each other; the library leaves out what is deeper."""


def markdown_to_text(name: str, text: str) -> str:
    """The text without its markup: no emphasis, links by their words, lines of a paragraph joined.

    Raises CorpusFileError, which names the file ``name``.
    """
    # Imported here, as the other readers' libraries are: a corpus of plain text need not wait for them.
    from markdown_it import MarkdownIt

    if matter := _FRONT_MATTER.match(text):
        text = text[matter.end() :]
    try:
        html = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").render(text)
    except RecursionError as error:
        raise CorpusFileError(f"{name}: is nested too deep. Write it flatter.") from error
    return html_to_text(name, f'<meta charset="utf-8">{html}'.encode())
