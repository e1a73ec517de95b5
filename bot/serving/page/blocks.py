"""The web page: its heading, its tabs, and the sources beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from bot.answering.settings import Settings
from bot.schema.contract import AnyLibrary
from bot.serving.api.feedback import FeedbackDesk
from bot.serving.api.keeping import Keeper
from bot.serving.page.chat import Chat
from bot.serving.page.check import Check
from bot.serving.page.conversation import Conversation
from bot.serving.page.documents import document_html, documents_html
from bot.serving.page.drawing import picture_html
from bot.serving.page.events import QUIET
from bot.serving.page.facts import Facts
from bot.serving.page.history import History
from bot.serving.page.kept import Kept
from bot.serving.page.own import Own
from bot.serving.page.render import header_html, not_ready_html
from bot.serving.page.workshop import Publish, Workshop


def create_page(
    library: AnyLibrary | None,
    settings: Settings,
    not_ready: str = "",
    desk: FeedbackDesk | None = None,
    keeper: Keeper | None = None,
    publish: Publish | None = None,
) -> gr.Blocks:
    """The page over a library; with none, a page that tells ``not_ready``.

    With no ``desk`` it takes no feedback, with no ``keeper`` its conversations end with the page. ``publish``
    puts a corpus in force that is made on the page, where the settings allow that.
    """
    title = library.get(None).corpus.title if library else "Not ready yet"
    page = gr.Blocks(title=title, analytics_enabled=False, delete_cache=(3600, 3600))
    with page:
        if library is None:
            gr.HTML(not_ready_html(not_ready))
        else:
            workshop = Workshop(settings.uploads, library, publish) if settings.uploads and publish else None
            _Page(page, library, settings, desk, Kept(keeper) if keeper else None, workshop)
    # Answers are computed: a few at once keep every core busy, and more would only slow each other down.
    page.queue(default_concurrency_limit=4)
    return page


class _Page:
    """The components of the page and what happens between them; made inside the ``Blocks`` that it belongs to."""

    def __init__(
        self,
        page: gr.Blocks,
        library: AnyLibrary,
        settings: Settings,
        desk: FeedbackDesk | None,
        kept: Kept | None,
        workshop: Workshop | None,
    ) -> None:
        self._library, self._model = library, settings.model
        corpus = library.get(None).corpus
        with gr.Row(elem_classes="wl-top"):
            self._header = gr.HTML(header_html(corpus, self._model), elem_id="wl-heading")
            self._corpus = gr.Dropdown(
                **self._corpora(), value=corpus.id, label="Corpus", container=False, elem_id="wl-corpus"
            )
            sources = gr.Button("Sources", size="sm", elem_id="wl-sources")
            theme = gr.Button("Dark or light", size="sm", elem_id="wl-theme")
        with gr.Row(elem_classes="wl-columns"):
            # The panel comes second on the page, and is made first: the tabs open documents in it.
            with gr.Column(scale=2, elem_id="wl-panel-column", render=False) as beside:
                self._panel = gr.HTML(
                    None,
                    html_template='<div class="wl-panel-body"></div>',
                    js_on_load="wholeads.panel({element, server, watch, props})",
                    server_functions=[_source_of(library)],
                    overview=documents_html(corpus),
                    elem_id="wl-panel",
                )
            with gr.Column(scale=3, min_width=320, elem_id="wl-main-column"), gr.Tabs() as tabs:
                with gr.Tab("Ask", id="ask"):
                    history = History(kept, self._corpus) if kept else None
                    self._chat = Chat(library, settings, self._corpus, desk, kept)
                with gr.Tab("Picture") as seen:
                    # Drawn when it is looked at: asking for each country takes a moment, and the outlines are large.
                    self._picture = gr.HTML("", elem_id="wl-picture")
                with gr.Tab("Check"):
                    self._check = Check(library, settings, self._corpus, self._chat.bridge)
                with gr.Tab("Facts"):
                    self._facts = Facts(library, self._corpus, self._panel)
                if workshop:
                    with gr.Tab("New corpus", elem_id="wl-own"):
                        Own(workshop, [self._corpus, tabs], self._lead).refresh_on(page.load)
            beside.render()
        if history:
            history.wire(self._chat)
        page.load(
            self._arrive,
            [self._chat.conversation, self._chat.browser, self._corpus],
            [self._corpus, *self._chat.reset, self._chat.browser],
            queue=False,
            **QUIET,
        ).then(None, js="() => wholeads.resumed()", **QUIET)
        sources.click(None, js="() => wholeads.sources()", **QUIET)
        seen.select(lambda corpus_id: picture_html(library.get(corpus_id)), self._corpus, self._picture, **QUIET)
        theme.click(None, js="() => wholeads.theme()", **QUIET)
        self._corpus.change(
            self._change_corpus,
            [self._corpus, self._chat.conversation, self._chat.browser],
            [
                self._header,
                self._panel,
                *self._chat.reset,
                *self._check.reset,
                self._facts.told,
                self._facts.table,
                self._picture,
                self._chat.browser,
            ],
            **QUIET,
        )

    def _corpora(self) -> dict[str, Any]:
        corpora = [(self._library.get(corpus_id).corpus.title, corpus_id) for corpus_id in self._library.ids()]
        return {"choices": corpora, "visible": len(corpora) > 1}

    def _arrive(self, conversation: Conversation, browser: Any, corpus_id: str) -> list[Any]:
        """What is shown where a page is opened; corpora come and go while the server runs."""
        corpus_id, *resumed = self._chat.arrived(conversation, browser, corpus_id)
        return [gr.Dropdown(**self._corpora(), value=corpus_id), *resumed]

    def _lead(self, corpus_id: str) -> list[Any]:
        """Have a corpus chosen, and be asked."""
        return [gr.Dropdown(**self._corpora(), value=corpus_id), gr.Tabs(selected="ask")]

    def _change_corpus(self, corpus_id: str, conversation: Conversation, browser: Any) -> list[Any]:
        corpus = self._library.get(corpus_id).corpus
        panel = {"overview": documents_html(corpus)}
        *anew, browser = self._chat.switched(conversation, browser, corpus_id)
        return [
            header_html(corpus, self._model),
            panel,
            *anew,
            *self._check.emptied(),
            *self._facts.of(corpus),
            picture_html(self._library.get(corpus_id)),
            browser,
        ]


def _source_of(library: AnyLibrary) -> Callable[[list[Any]], str]:
    """What the page's script asks for a document by: a function, as the framework marks those that it serves."""

    def source(asked: list[Any]) -> str:
        try:
            corpus_id, document, start, end = str(asked[0]), str(asked[1]), int(asked[2]), int(asked[3])
            return document_html(library.get(corpus_id).corpus, document, start, end)
        except (KeyError, IndexError, TypeError, ValueError):
            return '<p class="wl-notice">There is no such document.</p>'

    return source
