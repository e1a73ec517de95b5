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
from bot.serving.page.proposals import COLUMNS, accepted_headers, accepted_rows, decided, headers, rows, taken
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
            '<h2>Ask documents of your own</h2><p class="wl-soft">They stay on this server. Text, Markdown, HTML, PDF '
            "and Word (DOCX) can be read. What they state is proposed, and you decide on it. Answers also quote their "
            "sentences, and follow what these plainly state, whether or not it was accepted.</p>"
        )
        dropped = gr.State(list[str]())
        with gr.Row():
            title = gr.Textbox(label="Title", max_length=TITLE_CHARACTERS, scale=1)
            # What is dropped goes into the list below at once: the list that this component would turn into has
            # buttons in buttons, and takes no more documents.
            files = gr.File(
                label="Documents",
                file_count="multiple",
                file_types=sorted(ENDINGS),
                height=140,
                scale=2,
                elem_id="wl-files",
            )
        chosen = gr.CheckboxGroup(label="To be read", visible=False, elem_id="wl-chosen")
        begin = gr.Button("Read the documents", variant="primary", elem_id="wl-begin")
        self._which = gr.Dropdown(workshop.titles(), value=None, label="Or go on with one that was begun")
        told = _status("wl-made")
        with gr.Column(visible=False) as self._deciding:
            gr.HTML(
                '<h2>What they state</h2><p class="wl-soft">Tick what is right, correct what is not quite: a cell is '
                "written in after a double click, or the Enter key. What is doubtful is not ticked.</p>"
            )
            self._tables = {part: self._table(part) for part in COLUMNS}
            accept = gr.Button("Accept what is ticked", variant="primary", elem_id="wl-accept")
        accepted = _status("wl-accepted")
        with gr.Accordion("What was accepted", open=False, visible=False, elem_id="wl-held") as self._holding:
            gr.HTML('<p class="wl-soft">What is ticked here is taken out again, and proposed anew without a tick.</p>')
            self._held = {part: self._held_table(part) for part in COLUMNS}
            back = gr.Button("Take back what is ticked", elem_id="wl-back")
        with gr.Column(visible=False) as self._building:
            self._looked = gr.HTML("", elem_id="wl-looked")
            build = gr.Button("Build, and ask", variant="primary", elem_id="wl-build")
            built = _status("wl-built")
        self._shown = [
            *(self._which, self._deciding, *self._tables.values(), self._holding, *self._held.values()),
            *(self._building, self._looked, built),
        ]
        one: dict[str, Any] = {"concurrency_id": "workshop", "concurrency_limit": 1}
        files.upload(_dropped, [files, dropped, chosen], [files, dropped, chosen, told], **QUIET)
        begin.click(
            self._begin,
            [title, dropped, chosen],
            [told, accepted, *self._shown, dropped, chosen, title],
            **one,
            **QUIET,
        )
        self._which.input(self._open, self._which, [told, accepted, *self._shown], **one, **QUIET)
        accept.click(
            self._accept, [self._which, *self._tables.values()], [accepted, told, *self._shown], **one, **QUIET
        )
        back.click(self._take_back, [self._which, *self._held.values()], [accepted, told, *self._shown], **one, **QUIET)
        build.click(
            self._build,
            self._which,
            [built, *leads_to],
            show_progress_on=built,
            **one,
            api_visibility="private",
        )

    def refresh_on(self, event: Callable[..., Any]) -> None:
        """Have what was begun listed anew where this happens: others begin corpora, too."""
        event(lambda: gr.Dropdown(self._workshop.titles()), None, self._which, **QUIET)

    def _table(self, part: str) -> gr.Dataframe:
        named = headers(part)
        last = len(named) - 1
        widths = [*_WIDTHS[: last - 2], *_WIDTHS[-3:]]
        return _ticked_table(part, named, ["bool", *repeat("str", last - 1), "number"], last - 2, widths)

    def _held_table(self, part: str) -> gr.Dataframe:
        named = accepted_headers(part)
        return _ticked_table(
            part, named, ["bool", *repeat("str", len(named) - 1)], 1, ["150px", *_WIDTHS[1 : len(named)]]
        )

    # What happens

    def _begin(self, title: str, dropped: list[str], chosen: list[int]) -> list[Any]:
        def begun() -> list[Any]:
            name = self._workshop.begin(title, [Path(file) for place, file in enumerate(dropped) if place in chosen])
            for file in dropped:
                Path(file).unlink(missing_ok=True)  # what the framework keeps of an upload
            return [*self._learnt(name), [], gr.CheckboxGroup(choices=[], value=[], visible=False), ""]

        return _tried(begun, len(self._shown) + 5)

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
            counts = ((new.facts, "fact"), (new.entities, "name"), (new.aliases, "other name"))
            told = ", ".join(_many(count, what) for count, what in counts if count) or "nothing new"
            return [_said(f"Accepted: {told}."), "", *self._stands(name or "", self._workshop.learn(name or ""))]

        return _tried(accepted, len(self._shown) + 2)

    def _take_back(self, name: str | None, *tables: list[list[Any]]) -> list[Any]:
        def taken_back() -> list[Any]:
            entries = self._workshop.take_back(name or "", taken(dict(zip(self._held, tables, strict=True))))
            told = "Taken back. It is proposed above, without a tick; what was built goes on until it is built again."
            return [_said(told), "", *self._stands(name or "", entries)]

        return _tried(taken_back, len(self._shown) + 2)

    def _build(self, name: str | None, progress: gr.Progress = gr.Progress()) -> list[Any]:  # noqa: B008
        def built() -> list[Any]:
            progress(0, desc="Looking it over")
            corpus_id = self._workshop.build(
                name or "", lambda done, total: progress((done, total), desc="Building", unit="texts")
            )
            return [_said("It is built, and answers."), *self._lead(corpus_id)]

        return _tried(built, self._leads + 1)

    def _stands(self, name: str, entries: Entries) -> list[Any]:
        """How a corpus stands: what is proposed yet, what was accepted; what is to be looked over, once there is."""
        corpus = self._workshop.corpus(name)
        held = accepted_rows(corpus)
        return [
            gr.Dropdown(self._workshop.titles(), value=name),
            gr.Column(visible=any(entries.values())),
            *(gr.Dataframe(rows(part, entries[part]), visible=bool(entries[part])) for part in self._tables),
            gr.Accordion(visible=any(held.values())),
            *(gr.Dataframe(held[part], visible=bool(held[part])) for part in self._held),
            gr.Column(visible=True),
            review_html(self._workshop.review(name)) if corpus.facts else _said(NO_FACTS),
            "",
        ]


def _ticked_table(part: str, named: list[str], kinds: list[Any], written: int, widths: list[Any]) -> gr.Dataframe:
    """A table to be ticked; its first ``written`` columns can be written in."""
    return gr.Dataframe(
        headers=named,
        datatype=kinds,
        type="array",
        label=_LABELS[part],
        interactive=True,
        column_count=len(named),
        static_columns=list(range(written, len(named))),
        column_widths=widths,
        wrap=True,
        max_height=560,
        buttons=[],
        elem_classes="wl-proposals",
    )


def _dropped(files: list[str] | None, dropped: list[str], chosen: list[int]) -> list[Any]:
    """What is dropped comes to what was dropped before, to be read unless its tick is taken away."""
    new = [*dropped, *(files or ())]
    choices = [(Path(file).name, place) for place, file in enumerate(new)]
    ticked = [*chosen, *range(len(dropped), len(new))]
    return [None, new, gr.CheckboxGroup(choices=choices, value=ticked, visible=bool(new)), ""]


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
    facts, names = _many(len(entries["facts"]), "fact"), _many(len(entries["entities"]), "name")
    return f"Proposed are {facts} and {names}. Not ticked, as doubtful or rejected before: {doubtful or 'none'}."


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


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
