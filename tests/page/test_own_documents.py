"""Documents of one's own in a browser: dropped, gone through, taken back, built, asked, whichever process serves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from corpus.loader import load_corpus
from index.builder import build_index
from tests.bot.village import write_village
from tests.cli.test_process import ROOT
from tests.cli.test_workers import served, until
from tests.index.conftest import WordEmbedder
from tests.page.browsing import looked_at, playwright, tab

pytest_plugins = ("tests.page.browsing",)

NOTICE = "The Harbour Office leads the ferries and the lighthouse. Snow clearing is led by the Works Department."

# As app.py has it, with models that are fakes; each response tells which process made it.
APPLICATION = """
import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread
from bot.answering.published import Published, sources_of
from bot.answering.reloading import Reloader
from bot.answering.settings import Settings
from bot.evaluation.publishing import Means
from bot.evaluation.runner import run_suites
from bot.serving.cli.workers import PAGE_AT, RATES_AT
from bot.serving.page.workshop import publish_with
from corpus.loader import load_corpus
from index.builder import build_index
from tests.bot.village import VillageModels

found = spec_from_file_location("composed", "{root}/app.py")
composed = module_from_spec(found)
found.loader.exec_module(composed)

class Named:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def named(message):
            if message["type"] == "http.response.start":
                message = {{**message, "headers": [*message["headers"], (b"x-process", str(os.getpid()).encode())]}}
            await send(message)
        await self.app(scope, receive, named)

def create_app(environ):
    settings = Settings.from_environ({{**environ, "WHOLEADS_CORPUS": "{village}"}})
    models, published = VillageModels(settings), Published(settings.published)

    def sources():
        return [*sources_of([settings.corpus], settings.index), *map(published.source, published.ids())]

    def means(progress):
        def build(own):
            build_index(load_corpus(Path(own.corpus)), own.index, models.embedder, progress, version=own.version)
        return Means(build, lambda own, suites: run_suites(suites, lambda _: None), remove=None)

    reloader = Reloader(models, sources)
    Thread(target=reloader.run, daemon=True).start()
    publish = publish_with(settings, means)
    app = composed.compose(reloader.library, settings, "", environ.get(PAGE_AT, ""), environ[RATES_AT], publish)
    app.add_middleware(Named)
    return app
"""


def drop(page: playwright.Page, *files: Path) -> None:
    page.set_input_files("#wl-files input[type=file]", list(files))
    for file in files:
        page.locator("#wl-chosen").get_by_label(file.name).wait_for()


def press(page: playwright.Page, name: str, told: str) -> None:
    page.get_by_role("button", name=name).click()
    page.get_by_text(told).wait_for()


def tick(page: playwright.Page, table: int, row: int) -> None:
    """The box of a row of a table in sight; row 0 is the box for all."""
    page.locator(".wl-proposals:visible").nth(table).get_by_role("checkbox").nth(row).click()


def test_documents_of_ones_own_become_a_corpus_to_ask(page: playwright.Page, tmp_path: Path) -> None:
    notice, binary = tmp_path / "notice.txt", tmp_path / "binary.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    binary.write_bytes(b"a\0b")
    tab(page, "New corpus")
    press(page, "Read the documents", "Give the new corpus a title")
    page.get_by_label("Title", exact=True).fill("Port notice")
    drop(page, binary)
    press(page, "Read the documents", "binary.txt: is binary, not text. Save it as UTF-8 text.")
    drop(page, notice)  # beside what was dropped before, which is left out
    page.locator("#wl-chosen").get_by_label("binary.txt").uncheck()
    looked_at(page, "documents to be read")
    press(page, "Read the documents", "Proposed are 3 facts and 5 names")
    tick(page, 0, 3)
    looked_at(page, "proposals")
    press(page, "Accept what is ticked", "Accepted: 2 facts, 5 names")
    page.get_by_text("2 of 3 plain statements of the documents are facts").wait_for()
    page.get_by_role("button", name="What was accepted").click()
    tick(page, 1, 1)
    looked_at(page, "what was accepted")
    press(page, "Take back what is ticked", "Taken back.")
    page.get_by_text("1 of 3 plain statements of the documents are facts").wait_for()
    tick(page, 0, 1)
    press(page, "Accept what is ticked", "Accepted: 1 fact.")
    page.get_by_role("button", name="Build, and ask").click()
    page.wait_for_function("document.querySelector('h1').textContent === 'Port notice'")
    assert page.get_by_role("tab", name="Ask", exact=True).get_attribute("aria-selected") == "true"
    page.get_by_role("button", name="Who leads the ferries?").wait_for()
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]", has_text="lighthouse").first.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "The Harbour Office leads the ferries and the lighthouse."
    page.reload()
    page.wait_for_selector("#wl-chat .examples")
    tab(page, "New corpus")
    page.get_by_label("Or go on with one").click()
    page.get_by_role("option", name="Port notice").click()
    page.get_by_role("button", name="What was accepted").wait_for()
    page.get_by_text("Proposed are 1 fact and 0 names").wait_for()


def told(url: str) -> dict[str, set[str]]:
    """What each process that answers says who leads the ferries of the corpus that is made on the page."""
    asked = {"question": "Who leads the ferries?", "corpus": "port-notice"}

    def ask(_: int) -> tuple[str, str]:
        response = httpx.post(f"{url}/v1/ask", json=asked, trust_env=False, timeout=60)
        return response.headers["x-process"], response.json().get("answer", str(response.status_code))

    said: dict[str, set[str]] = {}
    with ThreadPoolExecutor(8) as pool:
        for process, answer in pool.map(ask, range(16)):
            said.setdefault(process, set()).add(answer)
    return said


@pytest.mark.processes  # what they do once they are up: test_workshop.py
def test_what_one_process_builds_the_others_answer_from_without_a_restart(
    context: playwright.BrowserContext, tmp_path: Path
) -> None:
    village = write_village(tmp_path / "village")
    settings = {"WHOLEADS_INDEX": str(tmp_path / "index"), "WHOLEADS_RATE_LIMIT": "0"}
    build_index(load_corpus(village), tmp_path / "index", WordEmbedder())
    notice = tmp_path / "notice.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    application = APPLICATION.format(root=ROOT, village=village)
    own = str(tmp_path / "own")
    with served(tmp_path, application, **settings, WHOLEADS_UPLOADS=own) as server:
        assert server.stderr and server.stderr.readline().startswith(b"Loading")
        url = server.stderr.readline().decode().split()[-1]
        before: dict[str, set[str]] = {}
        assert until(lambda: before.update(told(url)) or len(before) == 2)
        assert set.union(*before.values()) == {"404"}
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#wl-chat .examples")
        tab(page, "New corpus")
        page.get_by_label("Title", exact=True).fill("Port notice")
        drop(page, notice)
        press(page, "Read the documents", "Proposed are 3 facts and 5 names")
        press(page, "Accept what is ticked", "Accepted: 3 facts, 5 names")
        page.get_by_role("button", name="Build, and ask").click()
        page.wait_for_function("document.querySelector('h1').textContent === 'Port notice'")
        page.close()
        after: dict[str, set[str]] = {}
        answer = {"Harbour Office leads the ferries. [1]"}
        assert until(lambda: after.update(told(url)) or list(after.values()) == [answer] * 2, 30), after
        assert set(after) == set(before)
