"""The page in a browser: one server and one browser for the tests of a file, a page of its own for each.

It takes Playwright and a Chromium (Debian's `chromium` package); without them these tests are skipped, and say so.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app import compose
from bot.answering.settings import Settings
from bot.schema.answer import Finding, Progress
from bot.serving.page import workshop
from corpus.deadline import keep_time
from corpus.loader import load_corpus
from corpus.model import Entity
from tests.api.conftest import serving
from tests.api.fake_library import FakeBot, FakeEvent, FakeLibrary, make_corpus

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[dev]'")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

if CHROMIUM is None:
    pytest.skip("there is no Chromium (Debian: apt install chromium)", allow_module_level=True)

BOX = "#wl-question textarea"
QUESTION = "Who leads in Japan?"
MILLISECONDS = 60_000
"""So long is waited for anything at most: machines that build are busy."""


@dataclass
class SlowBot(FakeBot):
    """Takes its time over what it is asked to do slowly."""

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[FakeEvent]:
        for word in range(600 if "endlessly" in question else 0):
            yield FakeEvent("delta", f"{word} ")
            time.sleep(0.1)
        for event in super().stream(question, history):
            yield event
            if "slowly" in question:
                time.sleep(0.25)

    def check_stream(self, text: str) -> Iterator[FakeEvent]:
        for event in super().check_stream(text):
            yield event
            if "slowly" in text and isinstance(event.payload, Finding):
                yield FakeEvent("status", Progress(event.payload.end, len(text)))
                time.sleep(0.02)
                keep_time()


def make_library() -> FakeLibrary:
    corpus = make_corpus()
    regions = {name: Entity(name, "region") for name in ("Japan", "Europe")}
    placed = replace(corpus, entities={**corpus.entities, "Renault": Entity("Renault", "company"), **regions})
    return FakeLibrary({"cars": SlowBot(placed), "other": FakeBot(make_corpus("other", "Another <corpus>"))})


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'wholeads.db'}"


@pytest.fixture(scope="module")
def address(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library = make_library()

    def publish(folder: Path, progress: workshop.Progress) -> None:
        for done in range(3):
            progress(done, 2)
        bot = FakeBot(load_corpus(folder))
        library.bots = {**library.bots, bot.corpus.id: bot}

    environ = {"DATABASE_URL": database, "WHOLEADS_UPLOADS": str(tmp_path_factory.mktemp("own"))}
    with serving(compose(library, Settings.from_environ(environ), publish=publish)) as url:
        yield url


@pytest.fixture(scope="module")
def context(address: str) -> Iterator[playwright.BrowserContext]:
    """One browser with one cache; each test has a page of its own, and with it a conversation of its own."""
    with playwright.sync_playwright() as runner:
        # Whoever builds may be root, whom Chromium's sandbox refuses.
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        made = browser.new_context(
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        made.set_default_timeout(MILLISECONDS)
        yield made
        browser.close()


@pytest.fixture
def page(context: playwright.BrowserContext, address: str) -> Iterator[playwright.Page]:
    """The page, opened; at the end, nothing may have been asked of another host, nor any script have failed."""
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else faults.append(asked.url),
    )
    page.add_init_script(
        "window.jumps = 0; new PerformanceObserver((seen) => seen.getEntries().forEach((shift) => {"
        " if (!shift.hadRecentInput) window.jumps += shift.value; })).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(f"{address}/healthz")
    page.evaluate("localStorage.clear()")  # what other tests asked is not gone on with
    page.goto(address)
    page.wait_for_selector("#wl-chat .examples")
    page.wait_for_selector(BOX)
    yield page
    page.close()
    # The framework says so itself where a page is left while it listens, or the network is gone.
    known = ("AbortError", "errored out", "ERR_INTERNET_DISCONNECTED")
    assert [fault for fault in faults if not any(word in fault for word in known)] == []


def ask(page: playwright.Page, question: str) -> None:
    page.fill(BOX, question)
    page.press(BOX, "Enter")


def answers(page: playwright.Page, count: int) -> list[str]:
    """The answers, once there are so many whole ones."""
    page.wait_for_function(f"document.querySelectorAll('.wl-actions').length >= {count}")
    return page.locator(".wl-answer").all_inner_texts()


def tab(page: playwright.Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def looked_at(page: playwright.Page, what: str) -> None:
    """In both themes, at three widths."""
    for width in (360, 1024, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (what, width)
        for dark in (False, True):
            page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", dark)
            found = axe.Axe().run(page).response["violations"]
            bad = [
                (rule["id"], [node["html"][:200] for node in rule["nodes"]])
                for rule in found
                if rule["impact"] in ("serious", "critical") or rule["id"].startswith("landmark")
            ]
            assert bad == [], (what, width, "dark" if dark else "light", bad)
    page.evaluate("document.body.classList.remove('dark')")
    page.set_viewport_size({"width": 1280, "height": 800})
