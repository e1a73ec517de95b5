"""The page in a browser: one server and one browser for all, a context of its own for each test.

It takes Playwright and a Chromium (Debian's `chromium` package); without them these tests are skipped, and say so.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn

from app import compose
from bot.answering.settings import Settings
from bot.serving.page.workshop import Progress
from bot.serving.state.database import Database
from bot.serving.state.feedback import FeedbackStore
from corpus.loader import load_corpus
from corpus.model import Entity
from tests.api.conftest import serving
from tests.api.fake_library import FakeBot, FakeEvent, FakeLibrary, make_corpus

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[dev]'")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium (Debian: apt install chromium)")

BOX = "#wl-question textarea"
QUESTION = "Who leads in Japan?"
NOTICE = "The Harbour Office leads the ferries and the lighthouse. Snow clearing is led by the Works Department."
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

    def publish(folder: Path, progress: Progress) -> None:
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


def test_asking_in_turns_keeps_the_box_in_sight_and_open_folds_open(page: playwright.Page) -> None:
    ask(page, QUESTION)
    assert "Nissan leads Japan." in answers(page, 1)[0]
    page.click(".wl-proof summary, .wl-receipt summary")
    ask(page, "Who leads in Europe?")
    assert "Renault leads Europe." in answers(page, 2)[1]
    assert page.evaluate("[...document.querySelectorAll('.wl-answer details')].filter((each) => each.open).length") == 1
    assert page.evaluate(f"document.querySelector('{BOX}').getBoundingClientRect().bottom <= innerHeight")
    page.wait_for_function("document.querySelector('#wl-announced').textContent.includes('Renault leads Europe.')")
    assert page.locator("#wl-announced [role=status]").count() == 1
    assert page.locator("#wl-chat [aria-live]:not([aria-live=off])").count() == 0
    assert page.input_value(BOX) == ""
    assert page.get_by_role("button", name="Who leads in Europe?", exact=True).count() == 0  # it was asked


def test_questions_that_cannot_be_asked_are_said_and_kept(page: playwright.Page) -> None:
    ask(page, "  ")
    page.get_by_text("Type a question first.").wait_for()
    page.fill(BOX, "x" * 20_000)
    page.get_by_text("This has 20,000 characters").wait_for()  # before it is sent
    page.press(BOX, "Enter")
    page.wait_for_function(f"document.querySelector('{BOX}').value.length === 20000")
    assert len(page.input_value(BOX)) == 20_000
    page.reload()
    page.wait_for_function(f"document.querySelector('{BOX}')?.value.length === 20000")


def test_what_is_sent_meanwhile_waits_and_an_answer_can_be_stopped(page: playwright.Page) -> None:
    ask(page, "Tell slowly who leads Japan")
    page.press(BOX, "Enter")  # a key that was pressed twice asks once
    page.wait_for_selector(".wl-answer[aria-busy=true]")
    ask(page, "Who leads in Europe?")
    page.keyboard.type("not sent yet")
    told = answers(page, 2)
    assert len(told) == 2 and "Nissan leads Japan." in told[0] and "Renault leads Europe." in told[1]
    assert page.input_value(BOX) == "not sent yet"
    ask(page, "Count endlessly")
    page.click("#wl-stop:enabled")
    page.get_by_text("Stopped.").wait_for()
    page.wait_for_selector("#wl-stop:disabled")


def test_a_citation_shows_its_quote_and_opens_its_sentence_and_leads_back(page: playwright.Page) -> None:
    ask(page, QUESTION)
    answers(page, 1)
    chip = page.locator(".wl-cite").first
    box = chip.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24
    chip.hover()
    assert "Nissan will be the leader for markets" in page.inner_text("#wl-tip")
    assert "The plan" in page.inner_text("#wl-tip")
    chip.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "Nissan will be the leader for markets such as China and Japan."
    assert page.evaluate("document.activeElement.id") == "wl-here"
    page.get_by_role("button", name="← Back").click()
    assert page.evaluate("document.activeElement.className") == "wl-cite"
    page.set_viewport_size({"width": 360, "height": 800})
    page.get_by_role("button", name="Sources", exact=True).click()  # where there is no room beside the chat
    page.get_by_text("1 of 3 sentences back facts").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "wl-sources"
    page.set_viewport_size({"width": 1280, "height": 800})


def test_an_answer_is_copied_with_its_sources_and_its_question_edited(page: playwright.Page) -> None:
    ask(page, QUESTION)
    answers(page, 1)
    page.click("[data-copy=json]")
    page.wait_for_function("document.querySelector('#wl-announced').textContent.includes('Copied.')")
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))["values"] == ["Nissan"]
    ask(page, "Who leads in Europe?")
    answers(page, 2)
    page.click("[data-edit='1']")
    page.wait_for_function(f"document.querySelector('{BOX}').value === '{QUESTION}'")
    ask(page, "Is Nissan the leader in Europe?")
    page.wait_for_function("document.querySelectorAll('.wl-question').length === 1")
    assert "Refuted" in answers(page, 1)[0]


def test_countries_and_cells_ask(page: playwright.Page) -> None:
    tab(page, "Picture")
    country = page.locator("path[data-code=JP]")
    country.wait_for()
    assert country.get_attribute("aria-label") == "Japan — Nissan (stated)"
    assert "inferred" in (page.get_attribute("path[data-code=FR]", "aria-label") or "")
    page.locator("path[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.code") != page.get_attribute("path[data-code]", "data-code")
    country.focus()
    page.keyboard.press("Enter")
    assert "Nissan leads Japan." in answers(page, 1)[0]
    tab(page, "Picture")
    page.locator("path[data-code=DE]").click()
    assert "Germany" in answers(page, 2)[1]
    tab(page, "Picture")
    page.get_by_role("button", name="Renault leads Europe").click()
    assert "Renault leads Europe." in answers(page, 3)[2]


def test_a_checked_text_is_gone_through_claim_by_claim_and_saved(page: playwright.Page) -> None:
    tab(page, "Check")
    page.fill("#wl-checked-text textarea", "Nissan leads Japan. Nissan leads Europe. Nobody leads India")
    page.click("#wl-check")
    page.wait_for_selector(".wl-claim")
    page.focus(".wl-claim[tabindex='0']")
    page.keyboard.press("ArrowRight")
    card = page.locator(".wl-card:visible")
    assert card.count() == 1 and "Instead: Renault leads Europe." in card.inner_text()
    assert "3 claims: 1 supported" in page.inner_text("#wl-report")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as JSON").click()
    saved = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
    assert saved["verdict"] == "refuted" and saved["receipt"]["answer"]


def test_a_fact_opens_its_sentence(page: playwright.Page) -> None:
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]", has_text="Europe").first.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "Renault will be the leader for Europe."


def test_another_corpus_begins_another_conversation(page: playwright.Page) -> None:
    ask(page, QUESTION)
    answers(page, 1)
    page.click("#wl-corpus input")
    page.get_by_role("option", name="Another <corpus>").click()
    page.wait_for_function("document.querySelector('h1').textContent === 'Another <corpus>'")
    page.wait_for_function("!document.querySelector('.wl-question')")
    ask(page, QUESTION)
    assert "Nissan leads Japan." in answers(page, 1)[0]
    page.reload()
    answers(page, 1)
    page.wait_for_function("document.querySelector('h1').textContent === 'Another <corpus>'")


def test_documents_of_ones_own_become_a_corpus_to_ask(page: playwright.Page, tmp_path: Path) -> None:
    for name, content in (("notice.txt", NOTICE), ("binary.txt", "a\0b")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    tab(page, "New corpus")
    page.get_by_role("button", name="Read the documents").click()
    page.get_by_text("Give the new corpus a title").wait_for()
    page.get_by_label("Title", exact=True).fill("Port notice")
    files = page.locator("#wl-files input[type=file]")
    files.set_input_files(tmp_path / "binary.txt")
    page.locator("#wl-files").get_by_text("binary").first.wait_for()
    page.get_by_role("button", name="Read the documents").click()
    page.get_by_text("binary.txt: is binary, not text. Save it as UTF-8 text.").wait_for()
    page.locator("#wl-files").get_by_label("Clear").first.click()
    files.set_input_files(tmp_path / "notice.txt")
    page.locator("#wl-files").get_by_text("notice").first.wait_for()
    page.get_by_role("button", name="Read the documents").click()
    page.get_by_text("Proposed are 3 facts and 5 names").wait_for()
    facts = page.locator(".wl-proposals").first
    facts.get_by_role("checkbox").nth(3).click()  # the third fact, below the one for all
    _looked_at(page, "proposals")
    page.get_by_role("button", name="Accept what is ticked").click()
    page.get_by_text("Accepted: 2 facts, 5 names").wait_for()
    page.get_by_text("2 of 3 plain statements of the documents are facts").wait_for()
    page.get_by_role("button", name="Build, and ask").click()
    page.wait_for_function("document.querySelector('h1').textContent === 'Port notice'")
    assert page.get_by_role("tab", name="Ask", exact=True).get_attribute("aria-selected") == "true"
    page.get_by_role("button", name="Who leads the ferries?").wait_for()
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]", has_text="lighthouse").first.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "The Harbour Office leads the ferries and the lighthouse."


def test_feedback_lands_in_the_database_with_its_reason(page: playwright.Page, database: str) -> None:
    ask(page, QUESTION)
    answers(page, 1)
    page.get_by_role("button", name="dislike").click()
    page.get_by_label("The question was misread").click()
    page.get_by_label("What you meant, as a question").fill("Who leads in Europe?")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you.").wait_for()
    kept = FeedbackStore(Database(database)).all()[-1]
    assert (kept.rating, kept.reason, kept.question, kept.meant) == (
        "down",
        "misread",
        QUESTION,
        "Who leads in Europe?",
    )
    assert kept.answer.startswith("Nissan leads Japan.")


def test_conversations_are_found_again_renamed_and_deleted(page: playwright.Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_function("!document.querySelector('.wl-question')")
    ask(page, "Say who leads Japan")
    answers(page, 1)
    page.reload()
    assert "Nissan leads Japan." in answers(page, 1)[0]
    ask(page, "Who asked?")
    assert "Say who leads Japan" in answers(page, 2)[1]
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_function("!document.querySelector('.wl-question')")
    page.get_by_role("button", name="Conversations").click()
    page.get_by_label("Say who leads Japan").first.click()
    page.get_by_label("Another title").fill("The one on Japan")
    page.get_by_role("button", name="Rename").click()
    renamed = page.get_by_label("The one on Japan")
    renamed.click()
    page.get_by_role("button", name="Open", exact=True).click()
    assert "Nissan leads Japan." in answers(page, 2)[0]
    page.get_by_role("button", name="Delete").click()
    renamed.wait_for(state="detached")
    page.wait_for_function("!document.querySelector('.wl-question')")


def test_a_lost_connection_is_said_and_the_question_kept(
    page: playwright.Page, context: playwright.BrowserContext
) -> None:
    context.set_offline(True)
    ask(page, QUESTION)
    page.get_by_text("Connection to the server was lost").first.wait_for()
    assert page.input_value(BOX) == QUESTION
    context.set_offline(False)
    assert "Nissan leads Japan." in answers(page, 1)[0]  # it was asked again
    assert page.input_value(BOX) == ""


@contextmanager
def on(listener: socket.socket, settings: Settings) -> Iterator[None]:
    """A server on this socket, which ends whoever listens to it."""
    config = uvicorn.Config(compose(make_library(), settings), log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener.dup()]}, daemon=True)
    thread.start()
    yield
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_a_server_that_is_started_anew_under_an_open_page_goes_on(
    context: playwright.BrowserContext, tmp_path: Path
) -> None:
    settings = Settings.from_environ({"DATABASE_URL": f"sqlite:///{tmp_path / 'wholeads.db'}"})
    page = context.new_page()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with on(listener, settings):
            page.goto(f"http://127.0.0.1:{listener.getsockname()[1]}")
            page.wait_for_selector("#wl-chat .examples")
            ask(page, "Say who leads Japan")
            answers(page, 1)
        page.fill(BOX, "Who asked?")
        with on(listener, settings):
            page.press(BOX, "Enter")
            assert "Say who leads Japan" in answers(page, 2)[1]
            page.close()


def test_every_tab_can_be_used_by_everybody(page: playwright.Page) -> None:
    """No finding of axe-core that is serious or critical, nothing wider than the screen, nothing that jumps."""
    page.wait_for_selector("#wl-panel h2")
    assert page.evaluate("window.jumps") <= 0.05
    _looked_at(page, "the beginning")
    ask(page, "Is Nissan the leader in Europe?")
    answers(page, 1)
    page.click(".wl-proof summary")
    _looked_at(page, "an answer")
    page.locator(".wl-answer .wl-cite").first.click()
    page.wait_for_selector("#wl-here")
    _looked_at(page, "a source")
    page.get_by_role("button", name="← Back").click()
    tab(page, "Picture")
    page.wait_for_selector(".wl-picture")
    _looked_at(page, "the picture")
    tab(page, "Check")
    page.fill("#wl-checked-text textarea", "Nissan leads Japan. Nissan leads Europe. Nobody leads India")
    page.click("#wl-check")
    page.click(".wl-claim >> nth=1")
    _looked_at(page, "a checked text")
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]").first.wait_for()
    _looked_at(page, "the facts")


def _looked_at(page: playwright.Page, what: str) -> None:
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
            assert bad == [], (what, width, "dark" if dark else "light")
    page.evaluate("document.body.classList.remove('dark')")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_theme_is_kept(page: playwright.Page) -> None:
    page.click("#wl-theme")
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    page.wait_for_function("document.body.classList.contains('dark')")
    page.wait_for_selector(BOX)
    page.click("#wl-theme")
    assert not page.evaluate("document.body.classList.contains('dark')")
    page.evaluate("localStorage.clear()")
