"""The page in a browser: asking, the picture, checking, facts, conversations, and that everybody can use it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from app import compose
from bot.answering.settings import Settings
from bot.serving.state.database import Database
from bot.serving.state.feedback import FeedbackStore
from tests.page.browsing import BOX, QUESTION, answers, ask, looked_at, make_library, playwright, tab

pytest_plugins = ("tests.page.browsing",)


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
    page.keyboard.press("Escape")
    assert page.locator("#wl-tip").is_hidden()
    page.focus(BOX)
    chip.focus()
    assert "Nissan will be the leader for markets" in page.inner_text("#wl-tip")
    page.evaluate(
        "window.moves = [];Element.prototype.scrollIntoView = (how) => { window.moves.push(how?.behavior ?? 'auto'); }"
    )
    chip.click()
    page.wait_for_selector("#wl-here")
    assert set(page.evaluate("window.moves")) == {"auto"}  # no script moves what is to stay calm
    beside, chat = (page.locator(each).bounding_box() for each in ("#wl-panel-column", "#wl-main-column"))
    assert beside and chat and beside["x"] >= chat["x"] + chat["width"]
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
    page.get_by_role("button", name="Retry").click()
    page.wait_for_selector(".wl-answer[data-turn='4']")
    assert len(answers(page, 1)) == 1 and page.locator(".wl-question").count() == 1


def test_countries_and_cells_ask(page: playwright.Page) -> None:
    tab(page, "Picture")
    country = page.locator("path[data-code=JP]")
    country.wait_for()
    assert country.get_attribute("aria-label") == "Japan — Nissan (stated)"
    assert "follows" in (page.get_attribute("path[data-code=FR]", "aria-label") or "")
    page.locator("path[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.code") != page.get_attribute("path[data-code]", "data-code")
    country.focus()
    page.keyboard.press("Enter")
    assert "Nissan leads Japan." in answers(page, 1)[0]
    assert page.evaluate("document.activeElement.textContent") == "Ask"  # and not the beginning of the page
    tab(page, "Picture")
    page.locator("path[data-code=DE]").click()
    assert "Germany" in answers(page, 2)[1]
    tab(page, "Picture")
    page.get_by_role("button", name="Renault leads Europe").click()
    assert "Renault leads Europe." in answers(page, 3)[2]


def test_the_arrow_keys_lead_from_tab_to_tab_and_the_tab_key_closes_a_list(page: playwright.Page) -> None:
    page.get_by_role("tab", name="Ask", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Picture"
    page.wait_for_selector(".wl-picture")
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("tab", name="Ask", exact=True).get_attribute("aria-selected") == "true"
    page.focus("#wl-corpus input")
    page.get_by_role("option", name="Another <corpus>").wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("option", name="Another <corpus>").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "wl-theme"


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


def test_a_long_check_is_stopped_and_what_was_checked_stays(page: playwright.Page) -> None:
    text = ". ".join(f"Nissan slowly leads Japan, as page {number} says" for number in range(700))
    assert 20_000 < len(text) < 50_000
    tab(page, "Check")
    page.fill("#wl-checked-text textarea", text)
    page.click("#wl-check")
    page.get_by_text(f"of {len(text):,} characters").wait_for()
    page.click("#wl-check-stop")
    page.get_by_text("Stopped. What was checked so far is shown.").wait_for()
    page.wait_for_selector("#wl-check-stop:disabled")
    stopped = page.locator(".wl-claim").count()
    page.wait_for_timeout(500)
    assert 0 < page.locator(".wl-claim").count() == stopped < 700
    assert f"{stopped} claim" in page.inner_text("#wl-report")
    assert page.input_value("#wl-checked-text textarea") == text
    page.fill("#wl-checked-text textarea", "Nissan leads Japan.")
    page.click("#wl-check")
    page.get_by_text("Checked.", exact=True).wait_for()
    assert page.locator(".wl-claim").count() == 1


def test_a_fact_opens_its_sentence(page: playwright.Page) -> None:
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]", has_text="Europe").first.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "Renault will be the leader for Europe."


def test_facts_are_filtered_and_sorted(page: playwright.Page) -> None:
    tab(page, "Facts")
    page.get_by_label("Filter the facts").fill("Renault")
    page.wait_for_function("document.querySelectorAll('#wl-facts [role=gridcell]').length === 5")
    page.get_by_label("Filter the facts").fill("")
    page.wait_for_function("document.querySelectorAll('#wl-facts [role=gridcell]').length === 10")
    page.get_by_label("Sort by Object").first.click()
    page.get_by_text("Sort ascending").click()
    page.wait_for_function(
        "[...document.querySelectorAll('#wl-facts [role=gridcell]')][2].textContent.includes('Europe')"
    )


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
    assert "Nissan leads Japan." in answers(page, 2)[0]
    page.get_by_label("New title").fill("The one on Japan")
    page.get_by_role("button", name="Rename").click()
    renamed = page.get_by_label("The one on Japan")
    renamed.wait_for()
    assert "Nissan leads Japan." in answers(page, 2)[0]
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it for good").click()
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
    looked_at(page, "the beginning")
    ask(page, "Is Nissan the leader in Europe?")
    answers(page, 1)
    page.click(".wl-proof summary")
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="dislike").click()
    page.get_by_label("The question was misread").wait_for()
    looked_at(page, "an answer")
    page.get_by_role("button", name="Never mind").click()
    page.get_by_role("button", name="Conversations").click()
    page.locator(".wl-answer .wl-cite").first.click()
    page.wait_for_selector("#wl-here")
    looked_at(page, "a source")
    page.get_by_role("button", name="← Back").click()
    tab(page, "Picture")
    page.wait_for_selector(".wl-picture")
    looked_at(page, "the picture")
    tab(page, "Check")
    page.fill("#wl-checked-text textarea", "Nissan leads Japan. Nissan leads Europe. Nobody leads India")
    page.click("#wl-check")
    page.click(".wl-claim >> nth=1")
    looked_at(page, "a checked text")
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]").first.wait_for()
    looked_at(page, "the facts")


def test_the_theme_is_kept(page: playwright.Page) -> None:
    page.click("#wl-theme")
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    page.wait_for_function("document.body.classList.contains('dark')")
    page.wait_for_selector(BOX)
    page.click("#wl-theme")
    assert not page.evaluate("document.body.classList.contains('dark')")
    page.evaluate("localStorage.clear()")
