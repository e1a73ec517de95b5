"""The documentation as a site: it builds without a warning, leads nowhere that is not there, and fetches nothing."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SITE = ROOT / "deploy" / "site"


class _Fetched(HTMLParser):
    """What a browser fetches of a page by itself: all that is linked but what somebody has to click."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "poster")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(SITE / "mkdocs.yml"), "-d", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    # It is strict: a link that leads nowhere, and a page that no menu has, are errors.
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_in_it(site: Path) -> None:
    built = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    docs = ROOT / "docs"
    pages = {str(page.relative_to(docs).with_suffix(".html")).replace("README", "index") for page in docs.rglob("*.md")}
    assert pages | {"index.html", "contributing.html", "changelog.html", "models/spans.html"} <= built


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert pages
    for page in pages:
        reader = _Fetched()
        reader.feed(page.read_text(encoding="utf-8"))
        assert reader.found
        assert [url for url in reader.found if re.match(r"(?:https?:)?//", url)] == [], page.name
    for sheet in site.rglob("*.css"):
        assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")) == []
    # What the theme draws diagrams with would come from elsewhere: no page has one for it.
    assert not any('class="mermaid"' in page.read_text(encoding="utf-8") for page in pages)


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_hooks", SITE / "hooks.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "source", "here", "led"),
    [
        ("[a](docs/api.md#errors)", "README.md", "index.md", "[a](api.md#errors)"),
        ("[a](../index/spans.md)", "docs/development.md", "development.md", "[a](models/spans.md)"),
        ("[a](../training/README.md)", "index/spans.md", "models/spans.md", "[a](training.md)"),
        ("[the suites](tests/suites) run", "README.md", "index.md", "the suites run"),
        ("![a map](docs/images/picture.png)", "README.md", "index.md", "![a map](images/picture.png)"),
        ("[a](https://example.org), [b](#c)", "README.md", "index.md", "[a](https://example.org), [b](#c)"),
        ("[`a`](page.md), `[x](docs/y.md)`", "docs/api.md", "api.md", "[`a`](page.md), `[x](docs/y.md)`"),
        (
            "```\n[x](docs/api.md)\n```\n[x](docs/api.md)",
            "README.md",
            "index.md",
            "```\n[x](docs/api.md)\n```\n[x](api.md)",
        ),
        ("[gone](docs/no-such.md)", "README.md", "index.md", "[gone](no-such.md)"),
    ],
)
def test_links_lead_to_where_things_are_on_the_site(
    hooks: ModuleType, text: str, source: str, here: str, led: str
) -> None:
    assert hooks.led(text, source, here) == led
