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

_CITATION = re.compile(r"\[(\d{1,4})\]")

# The page's framework fills templates with "${…}" and "{{…}}"; text that holds them must not be taken for one.
_TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;"})


def escaped(text: str) -> str:
    """Text as HTML text, safe in elements and in quoted attributes."""
    return html.escape(text).translate(_TEMPLATE)


def answer_html(text: str, cite: Callable[[int], str]) -> str:
    """An answer's Markdown as HTML, with each ``[n]`` replaced by what ``cite`` gives for n."""
    rendered: str = _markdown().render(text).translate(_TEMPLATE)
    return _CITATION.sub(lambda match: cite(int(match[1])), rendered)


def one_line(made: str) -> str:
    """HTML without line ends: the chat's own Markdown takes a line that begins with a tag as HTML up to its end."""
    return made.replace("\r", "").replace("\n", "&#10;")


def marked_html(text: str, stretches: Iterable[tuple[int, int, str]]) -> str:
    """Text with stretches marked, each (start, end, attributes).

    An empty one, or one over an earlier one, is left out. The attributes are HTML, such as ``class="x"``.
    """
    parts: list[str] = []
    done = 0
    for start, end, attributes in sorted(stretches):
        if start < done or end <= start:
            continue
        space = " " if attributes else ""
        parts.append(f"{escaped(text[done:start])}<mark{space}{attributes}>{escaped(text[start:end])}</mark>")
        done = end
    return "".join(parts) + escaped(text[done:])


@cache
def _markdown() -> MarkdownIt:
    rules = MarkdownIt("zero", {"html": False, "breaks": True})
    return rules.enable(["table", "list", "emphasis", "newline", "escape"])
