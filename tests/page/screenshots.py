"""Pictures of the page: `python -m tests.page.screenshots FOLDER` writes each tab, wide and narrow, light and dark.

It serves the corpora that come with the program, and needs their index (`wholeads index`), Playwright and Chromium.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app import create_app
from tests.api.conftest import serving

BOX = "#wl-question textarea"
SIZES = {"wide": (1280, 800), "narrow": (360, 740)}
NOTICE = "The Harbour Office leads the ferries and the lighthouse. Snow clearing is led by the Works Department."
TEXT = "Nissan leads Europe. Mitsubishi leads Oceania. Renault leads India. Renault leads the E-body architecture."


def main(folder: Path) -> None:
    """Write the pictures, and name each."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as own,
        serving(create_app({**os.environ, "WHOLEADS_UPLOADS": own})) as url,
        sync_playwright() as runner,
    ):
        browser = runner.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if theme == "dark" else "light",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.set_default_timeout(120_000)
                page.goto(url)
                page.wait_for_selector("#wl-chat .examples")
                for name in _states(page, size == "wide", f"{size} {theme}"):
                    page.wait_for_timeout(700)
                    file = folder / f"{name}-{size}-{theme}.png"
                    page.screenshot(path=file)
                    print(file)
                context.close()
        browser.close()


def _states(page: Page, wide: bool, title: str):  # type: ignore[no-untyped-def]
    yield "start"
    for place, question in enumerate(("Is Nissan the leader in Europe?", "Who leads in Thailand?"), 1):
        page.fill(BOX, question)
        page.press(BOX, "Enter")
        page.wait_for_function(f"document.querySelectorAll('.wl-actions').length >= {place}")
    page.locator(".wl-proof summary").last.click()
    page.locator(".wl-answer").last.locator(".wl-cite").first.click()
    page.wait_for_selector("#wl-here")
    if wide:
        page.locator(".wl-answer").last.locator(".wl-cite").first.focus()
    yield "ask"
    page.get_by_role("button", name="← Back").click()
    _tab(page, "Picture")
    page.wait_for_selector(".wl-picture")
    yield "picture"
    _tab(page, "Check")
    page.fill("#wl-checked-text textarea", TEXT)
    page.click("#wl-check")
    page.get_by_text("Checked.").wait_for()
    page.locator(".wl-claim").first.click()
    page.locator(".wl-card:visible").scroll_into_view_if_needed()
    yield "check"
    _tab(page, "Facts")
    page.locator("#wl-facts [role=gridcell]").first.wait_for()
    page.evaluate("scrollTo(0, 0)")
    yield "facts"
    _tab(page, "New corpus")
    page.get_by_label("Title", exact=True).fill(title)
    notice = {"name": "notice.txt", "mimeType": "text/plain", "buffer": NOTICE.encode()}
    page.set_input_files("#wl-files input[type=file]", [notice])
    page.locator("#wl-chosen").get_by_label("notice.txt").wait_for()
    page.click("#wl-begin")
    page.get_by_text("Proposed are").wait_for()
    yield "new"


def _tab(page: Page, name: str) -> None:
    shown = page.get_by_role("tab", name=name, exact=True)
    if not shown.count():  # a narrow screen has no room for it
        page.locator(".overflow-menu > button").click()
        shown = page.locator(".overflow-dropdown button", has_text=name)
    shown.click()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots"))
