"""The tab to check a text in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from bot.answering.settings import Settings
from bot.schema.answer import CheckReport, Citation, Finding, Progress
from bot.schema.contract import AnyLibrary
from bot.serving.api.requests import blank
from bot.serving.page.conversation import FAILED, TOO_MUCH
from bot.serving.page.events import QUIET
from bot.serving.page.exports import report_as
from bot.serving.page.findings import findings_html, report_html
from bot.serving.page.markup import escaped
from corpus.deadline import Deadline, OutOfTime

CHARACTERS = 200_000
"""The longest text that the page takes: the longest that fits into a request with what goes along with it."""

logger = logging.getLogger(__name__)


_KEPT = [gr.skip()] * 5
"""Nothing of what is shown is changed."""


@dataclass
class Checking:
    """The text that a visitor has checked last; ``deadline`` is there while it is being checked."""

    report: CheckReport | None = None
    deadline: Deadline | None = None
    stopped: bool = False

    def stop(self) -> None:
        """Leave it at what has been checked so far."""
        self.stopped = True
        if self.deadline is not None:
            self.deadline.end()


class Check:
    """The components of the tab and what happens between them; ``bridge`` saves a file in the browser."""

    def __init__(self, library: AnyLibrary, settings: Settings, corpus: gr.Dropdown, bridge: gr.HTML) -> None:
        self._library, self._seconds = library, settings.deadline
        checking = gr.State(Checking())
        text = gr.Textbox(
            label="Text to check",
            placeholder="Paste a text: each claim in it is compared with the sources",
            lines=8,
            max_lines=16,
            elem_id="wl-checked-text",
        )
        with gr.Row():
            check = gr.Button("Check the text", variant="primary", elem_id="wl-check")
            stop = gr.Button("Stop", interactive=False, elem_id="wl-check-stop")
        self.progress = gr.HTML("", elem_id="wl-progress", js_on_load="element.setAttribute('role', 'status')")
        self.report = gr.HTML("", elem_id="wl-report")
        with gr.Row():
            markdown = gr.Button("Save as Markdown", size="sm", interactive=False)
            receipt = gr.Button("Save as JSON, with its receipt", size="sm", interactive=False)
        self._exports = [markdown, receipt]
        outputs = [self.progress, self.report, stop, *self._exports]
        check.click(self._check, [text, corpus, checking], outputs, concurrency_limit=2, **QUIET)
        stop.click(lambda checking: checking.stop(), checking, None, queue=False, **QUIET)
        markdown.click(lambda checking: _saved(checking, "markdown", "checked.md"), checking, bridge, **QUIET)
        receipt.click(lambda checking: _saved(checking, "json", "checked.json"), checking, bridge, **QUIET)

    @property
    def reset(self) -> list[Any]:
        """What is emptied where the corpus is changed."""
        return [self.progress, self.report, *self._exports]

    def emptied(self) -> list[Any]:
        """The values of ``reset``."""
        return ["", "", *[gr.Button(interactive=False)] * 2]

    def _check(self, text: str, corpus_id: str, checking: Checking) -> Iterator[list[Any]]:
        if blank(text):
            yield [_notice("Paste the text that is to be checked."), *_KEPT[1:]]
            return
        if len(text) > CHARACTERS:
            said = f"This has {len(text):,} characters; the page takes {CHARACTERS:,} at once. Check it in parts."
            yield [_notice(said), *_KEPT[1:]]
            return
        checking.report, checking.stopped, checking.deadline = None, False, Deadline(self._seconds)
        yield ["Checking…", "", gr.Button(interactive=True), *[gr.Button(interactive=False)] * 2]
        try:
            yield from self._checked(text, corpus_id, checking, checking.deadline)
        except Exception:
            logger.exception("unexpected error while checking on the page")
            yield [_notice(FAILED), *_KEPT[1:]]
        checking.deadline = None
        saved = gr.Button(interactive=bool(checking.report and checking.report.findings))
        yield [*_KEPT[:2], gr.Button(interactive=False), saved, saved]

    def _checked(self, text: str, corpus_id: str, checking: Checking, deadline: Deadline) -> Iterator[list[Any]]:
        bot = self._library.get(corpus_id)
        findings: list[Finding] = []
        citations: list[Citation] = []
        drawn = 0
        try:
            for event in deadline.over_each(bot.check_stream(text)):
                match event.payload:
                    case Finding() as finding:
                        findings.append(finding)
                    case Citation() as citation:
                        citations.append(citation)
                    case Progress(done=done, total=total) if 0 < done < total:
                        shown: Any = gr.skip()
                        # All of it is drawn anew each time: a long text would keep the browser from hearing "Stop".
                        if len(findings) >= 2 * drawn:
                            drawn, shown = len(findings), findings_html(text, findings, citations, bot.corpus, None)
                        yield [f"Checked {done:,} of {total:,} characters…", shown, *_KEPT[2:]]
                    case CheckReport() as report:
                        checking.report = report
                        yield ["Checked.", report_html(report, bot.corpus), *_KEPT[2:]]
        except OutOfTime:
            said = "Stopped. What was checked so far is shown." if checking.stopped else TOO_MUCH
            yield [_notice(said), findings_html(text, findings, citations, bot.corpus, None), *_KEPT[2:]]


def _saved(checking: Checking, form: str, name: str) -> dict[str, Any]:
    if checking.report is None:
        return {"said": "Nothing was checked yet."}
    return {"text": report_as(form, checking.report), "file": name, "said": f"Saved as {name}."}


def _notice(said: str) -> str:
    return f'<p class="wl-notice">{escaped(said)}</p>'
