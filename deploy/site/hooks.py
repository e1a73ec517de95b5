"""The site's hooks: pages that stand beside the code come into it, and links lead to where things are there.

On the site ``docs/api.md`` is ``api.md``, and ``README.md`` is its first page. A link to what is no page of it (a
folder, a program) is left as its words.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
BESIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "training/README.md": "models/training.md",
    "training/WRITING.md": "models/writing.md",
    "index/readings.md": "models/readings.md",
    "index/spans.md": "models/spans.md",
    "index/answers.md": "models/answers.md",
}
"""Pages outside docs, and where each is on the site."""
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\]|!\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"(^ *(`{3,}).*?^ *\2 *$|`[^`\n]+`(?!\]))", re.M | re.S)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages beside the code."""
    for source, place in BESIDE.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to where things are on the site."""
    here = page.file.src_uri
    source = next((source for source, place in BESIDE.items() if place == here), f"docs/{here}")
    return led(markdown, source, here)


def led(markdown: str, source: str, here: str) -> str:
    """A page's text with its links as they are on the site; code is left alone.

    ``source`` is the page's path in the repository, ``here`` that on the site.

    >>> led("[the API](docs/api.md#errors), [suites](tests/suites)", "README.md", "index.md")
    '[the API](api.md#errors), suites'
    >>> led("[the cards](../index/spans.md), [home](https://example.org)", "docs/development.md", "development.md")
    '[the cards](models/spans.md), [home](https://example.org)'
    """

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if not path or "://" in path:
            return found[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        on_site = BESIDE.get(place, place.removeprefix("docs/") if place.startswith("docs/") else "")
        if not on_site.endswith((".md", ".png")) and (ROOT / place).exists():
            return words
        return f"{picture}[{words}]({posixpath.relpath(on_site, posixpath.dirname(here) or '.')}{mark}{anchor})"

    pieces = _CODE.split(markdown)
    # Each piece of code comes with its marks, as a group of its own, behind it.
    return "".join(
        _LINK.sub(link, text) + (code or "") for text, code in zip(pieces[::3], [*pieces[1::3], ""], strict=True)
    )
