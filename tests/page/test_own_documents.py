"""Documents of one's own in a browser: dropped, gone through, taken back, built, asked, whichever process serves."""

from __future__ import annotations

from pathlib import Path

from tests.page.browsing import looked_at, playwright, tab

pytest_plugins = ("tests.page.browsing",)

NOTICE = "The Harbour Office leads the ferries and the lighthouse. Snow clearing is led by the Works Department."


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
    press(page, "Accept what is ticked", "Accepted: 1 facts, 0 names")
    press(page, "Build, and ask", "Port notice")
    page.wait_for_function("document.querySelector('h1').textContent === 'Port notice'")
    assert page.get_by_role("tab", name="Ask", exact=True).get_attribute("aria-selected") == "true"
    page.get_by_role("button", name="Who leads the ferries?").wait_for()
    tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]", has_text="lighthouse").first.click()
    page.wait_for_selector("#wl-here")
    assert page.inner_text("#wl-here") == "The Harbour Office leads the ferries and the lighthouse."
