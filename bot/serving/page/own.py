"""The tab for documents of one's own: dropped, read, what they state gone through, looked over, built, asked."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

import gradio as gr

from bot.learning.review import Review
from bot.serving.page.events import QUIET
from bot.serving.page.markup import escaped
from bot.serving.page.proposals import COLUMNS, decided, headers, rows
from bot.serving.page.workshop import TITLE_CHARACTERS, Entries, Workshop
from corpus.bare import ENDINGS
from corpus.errors import CorpusError
from corpus.lint import Severity
from index.errors import IndexError_

FAILED = "Something went wrong on the server; its log says what. Nothing was changed."
NO_FACTS = "As long as no fact is accepted, answers rest on what the documents state, at which nobody has looked."
SHOWN = 50
"""So many problems are listed; the command line lists all."""

_LABELS = {"facts": "Facts", "entities": "Names", "aliases": "Other names of those that are known"}
_WIDTHS = ("120px", "125px", "115px", "125px", "240px", "190px", "60px")

# What the command line is told to do next is done here by the buttons; the file of proposals is the table.
_ON_THE_PAGE = re.compile(r" Have it proposed by `wholeads corpus learn`\.|^proposals\.yaml: ")

logger = logging.getLogger(__name__)


class Own:
    """The components of the tab; ``lead`` gives the values of ``leads_to``, by which what was built is asked."""

    def __init__(self, workshop: Workshop, leads_to: list[Any], lead: Callable[[str], list[Any]]) -> None:
        self._workshop, self._lead, self._leads = workshop, lead, len(leads_to)
        gr.HTML(
            '<h2>Ask documents of your own</h2><p class="wl-soft">They stay on this server. What is proposed of them '
            "is yours to decide on; what they plainly state is answered from in any case. Text, Markdown, HTML, PDF "
            "and Word (DOCX) can be read.</p>"
        )
        with gr.Row():
            title = gr.Textbox(label="Title", max_length=TITLE_CHARACTERS, scale=1)
            files = gr.File(
                label="Documents",
                file_count="multiple",
                file_types=sorted(ENDINGS),
                height=140,
                scale=2,
                elem_id="wl-files",
            )
        begin = gr.Button("Read the documents", variant="primary", elem_id="wl-begin")
        self._which = gr.Dropdown(workshop.names(), value=None, label="Or go on with one that was begun")
        told = _status("wl-made")
        with gr.Column(visible=False) as self._deciding:
            gr.HTML(
                '<h2>What they state</h2><p class="wl-soft">Tick what is right, correct what is not quite: a cell is '
                "written in after a double click, or the Enter key. What is doubtful is not ticked.</p>"
            )
            self._tables = {part: self._table(part) for part in COLUMNS}
            accept = gr.Button("Accept what is ticked", variant="primary", elem_id="wl-accept")
        accepted = _status("wl-accepted")
        with gr.Column(visible=False) as self._building:
            self._looked = gr.HTML("", elem_id="wl-looked")
            build = gr.Button("Build, and ask", variant="primary", elem_id="wl-build")
            built = _status("wl-built")
        self._shown = [self._which, self._deciding, *self._tables.values(), self._building, self._looked, built]
        one: dict[str, Any] = {"concurrency_id": "workshop", "concurrency_limit": 1}
        begin.click(self._begin, [title, files], [told, accepted, *self._shown, files, title], **one, **QUIET)
        self._which.input(self._open, self._which, [told, accepted, *self._shown], **one, **QUIET)
        accept.click(self._accept, [self._which, *self._tables.values()], [accepted, *self._shown], **one, **QUIET)
        build.click(
            self._build,
            self._which,
            [built, *leads_to],
            show_progress_on=built,
            **one,
            api_visibility="private",
        )

    def _table(self, part: str) -> gr.Dataframe:
        named = headers(part)
        last = len(named) - 1
        kinds: list[Any] = ["bool", *repeat("str", last - 1), "number"]
        return gr.Dataframe(
            headers=named,
            datatype=kinds,
            type="array",
            label=_LABELS[part],
            interactive=True,
            column_count=len(named),
            static_columns=[last - 2, last - 1, last],
            column_widths=[*_WIDTHS[: last - 2], *_WIDTHS[-3:]],
            wrap=True,
            max_height=560,
            buttons=[],
            elem_classes="wl-proposals",
        )

    # What happens

    def _begin(self, title: str, files: list[str] | None) -> list[Any]:
        paths = [Path(file) for file in files or ()]

        def begun() -> list[Any]:
            name = self._workshop.begin(title, paths)
            for path in paths:
                path.unlink(missing_ok=True)  # what the framework keeps of an upload
            return [*self._learnt(name), None, ""]

        return _tried(begun, len(self._shown) + 4)

    def _open(self, name: str | None) -> list[Any]:
        return _tried(lambda: self._learnt(name or ""), len(self._shown) + 2)

    def _learnt(self, name: str) -> list[Any]:
        entries = self._workshop.learn(name)
        return [_said(_counted(entries)), "", *self._stands(name, entries)]

    def _accept(self, name: str | None, *tables: list[list[Any]]) -> list[Any]:
        def accepted() -> list[Any]:
            before = self._workshop.entries(name or "")
            after = {part: decided(part, before[part], table) for part, table in zip(self._tables, tables, strict=True)}
            new = self._workshop.accept(name or "", after)
            told = f"Accepted: {new.facts} facts, {new.entities} names, {new.aliases} other names."
            return [_said(told), *self._stands(name or "", self._workshop.learn(name or ""))]

        return _tried(accepted, len(self._shown) + 1)

    def _build(self, name: str | None, progress: gr.Progress = gr.Progress()) -> list[Any]:  # noqa: B008
        def built() -> list[Any]:
            progress(0, desc="Looking it over")
            corpus_id = self._workshop.build(
                name or "", lambda done, total: progress((done, total), desc="Building", unit="texts")
            )
            return [_said("It is built, and answers."), *self._lead(corpus_id)]

        return _tried(built, self._leads + 1)

    def _stands(self, name: str, entries: Entries) -> list[Any]:
        """How a corpus stands: what is proposed yet; what is to be looked over, once there is anything."""
        return [
            gr.Dropdown(self._workshop.names(), value=name),
            gr.Column(visible=any(entries.values())),
            *(gr.Dataframe(rows(part, entries[part]), visible=bool(entries[part])) for part in self._tables),
            gr.Column(visible=True),
            review_html(self._workshop.review(name)) if self._workshop.corpus(name).facts else _said(NO_FACTS),
            "",
        ]


def _status(name: str) -> gr.HTML:
    """What is told of a step, and announced."""
    return gr.HTML("", elem_id=name, js_on_load="element.setAttribute('role', 'status')")


def review_html(found: Review) -> str:
    """What is to be looked over, in words: what must be mended first."""
    warnings = len(found.problems) - found.errors
    counts = [f"{found.errors} to be mended", f"{warnings} worth a look"]
    if found.stated is not None:
        counts.append(f"{found.backed} of {found.stated} plain statements of the documents are facts")
    ordered = sorted(found.problems, key=lambda problem: problem.severity is not Severity.ERROR)
    items = "".join(
        f"<li><b>{'✗ To be mended' if problem.severity is Severity.ERROR else '! Worth a look'}</b> "
        f'{escaped(_ON_THE_PAGE.sub("", problem.message))} <span class="wl-soft">{escaped(problem.file)}'
        f"{f', line {problem.line}' if problem.line else ''}</span></li>"
        for problem in ordered[:SHOWN]
    )
    more = f'<p class="wl-soft">and {len(ordered) - SHOWN} more</p>' if len(ordered) > SHOWN else ""
    return f"<h2>Looked over</h2><p>{'; '.join(counts)}.</p>{f'<ul>{items}</ul>' if items else ''}{more}"


def _counted(entries: Entries) -> str:
    doubtful = sum(entry.get("accept") != "yes" for held in entries.values() for entry in held)
    if not any(entries.values()):
        return "Nothing more is proposed: what the documents state plainly is in, or was not understood."
    facts, names = len(entries["facts"]), len(entries["entities"])
    return f"Proposed are {facts} facts and {names} names; {doubtful or 'none'} of all are doubtful, and not ticked."


def _tried(call: Callable[[], list[Any]], outputs: int) -> list[Any]:
    """What it gives; else what went wrong, the first of so many outputs, and all others as they were."""
    try:
        return call()
    except (CorpusError, IndexError_) as error:
        lines = str(error).splitlines()
        more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        said = "".join(f"<p>{escaped(_ON_THE_PAGE.sub('', line))}</p>" for line in (*lines[:SHOWN], *more))
    except Exception:
        logger.exception("unexpected error while a corpus is made on the page")
        said = f"<p>{FAILED}</p>"
    return [f'<div class="wl-notice">{said}</div>', *[gr.skip()] * (outputs - 1)]


def _said(text: str) -> str:
    return f"<p>{escaped(text)}</p>"
