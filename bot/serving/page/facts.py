"""The tab with all facts: a table that is sorted and filtered, where each row leads to its sentence."""

from __future__ import annotations

from typing import Any

import gradio as gr

from bot.schema.contract import AnyLibrary
from bot.serving.page.events import QUIET
from corpus.model import Corpus, Fact

HEADERS = ("Subject", "Relation", "Object", "In the source’s words", "Fact")
"""The last one is the fact's id, by which a row that was chosen is known however the table is sorted."""

LISTED = 2_000
"""So many facts are listed; the API gives all."""


class Facts:
    """The table; ``panel`` shows the document of the row that is chosen."""

    def __init__(self, library: AnyLibrary, corpus: gr.Dropdown, panel: gr.HTML) -> None:
        self._library = library
        default = library.get(None).corpus
        self.told = gr.HTML(told_html(default))
        self.table = gr.Dataframe(
            rows(default),
            headers=list(HEADERS),
            datatype="str",
            interactive=False,
            show_search="filter",
            show_label=False,
            wrap=True,
            max_height=640,
            column_widths=["95px", "118px", "140px", "245px", "100px"],
            buttons=[],
            label="Facts",
            elem_id="wl-facts",
        )
        self.table.select(self._open, corpus, panel, queue=False, **QUIET)

    def of(self, corpus: Corpus) -> list[Any]:
        """The values of ``told`` and ``table`` for a corpus."""
        return [told_html(corpus), rows(corpus)]

    def _open(self, corpus_id: str, event: gr.SelectData) -> Any:
        fact = self._library.get(corpus_id).corpus.facts.get(str(event.row_value[-1]))
        if fact is None:
            return gr.skip()
        quote = fact.quote
        place = {"corpus": corpus_id, "document": quote.document_id, "start": quote.start, "end": quote.end}
        return {**place, "at": str(event.index)}


def told_html(corpus: Corpus) -> str:
    """How many facts there are, and what the table can do."""
    more = f", of which the first {LISTED} are listed" if len(corpus.facts) > LISTED else ""
    return (
        f'<h2>Facts</h2><p class="wl-soft">{len(corpus.facts)} facts{more}. The ⋮ at a heading sorts the table; a row '
        "opens the document at the sentence that it rests on.</p>"
    )


def rows(corpus: Corpus) -> list[list[str]]:
    """A row for each fact, in the order of ``HEADERS``."""
    return [_row(fact) for fact in list(corpus.facts.values())[:LISTED]]


def _row(fact: Fact) -> list[str]:
    named = fact.label or fact.object
    further = [f"{name}: {', '.join(values)}" for name, values in fact.qualifiers.items() if values[0] not in named]
    further += ["among others"] if fact.open else []
    told = f"{named} ({'; '.join(further)})" if further else named
    return [fact.subject, fact.predicate, told, fact.quote.text, fact.id]
