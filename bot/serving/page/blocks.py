"""The web page: asking in turns, checking a text, reading the facts.

Each visitor's conversation is kept in the page's own session, as the HTML of its turns and their questions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr

from bot.answering.settings import Settings
from bot.schema.answer import Answer
from bot.schema.contract import QUESTION_CHARACTERS, TURNS, AnyBot, AnyLibrary
from bot.serving.page.render import (
    Turn,
    conversation_html,
    facts_html,
    header_html,
    message_html,
    not_ready_html,
    pending_html,
    report_html,
    turn_html,
)
from corpus.deadline import Deadline, OutOfTime

SUGGESTIONS = 6
"""How many questions are offered as buttons at most."""

_TURNS_SHOWN = 100
"""How many turns of a conversation stay in the page."""

_FAILED = "Something went wrong on the server; its log says what. Please try again."

_TOO_MUCH = "That takes longer than the server may work on one thing. Please send it in several parts."

logger = logging.getLogger(__name__)

Turns = tuple[Turn, ...]


def create_page(library: AnyLibrary | None, settings: Settings, not_ready: str = "") -> gr.Blocks:
    """The page over a library; with none, a page that tells ``not_ready``."""
    title = library.get(None).corpus.title if library else "Not ready yet"
    page = gr.Blocks(title=title, analytics_enabled=False)
    with page:
        if library is None:
            gr.HTML(not_ready_html(not_ready))
        else:
            _Page(library, settings)
    # Answers are computed: a few at once keep every core busy, and more would only slow each other down.
    page.queue(default_concurrency_limit=4)
    return page


class _Page:
    """The components of the page and what happens between them; made inside the ``Blocks`` that it belongs to."""

    def __init__(self, library: AnyLibrary, settings: Settings) -> None:
        self._library = library
        self._model, self._seconds = settings.model, settings.deadline
        corpora = [(library.get(corpus_id).corpus.title, corpus_id) for corpus_id in library.ids()]
        corpus = library.get(None).corpus
        self._header = gr.HTML(header_html(corpus, self._model))
        self._corpus = gr.Dropdown(
            corpora, value=corpus.id, label="Corpus", visible=len(corpora) > 1, elem_classes="wl-corpus"
        )
        with gr.Tabs():
            with gr.Tab("Ask"):
                self._add_ask(corpus.examples)
            with gr.Tab("Check a text"):
                self._add_check()
            with gr.Tab("Facts"):
                self._facts = gr.HTML(facts_html(corpus))
        self._corpus.change(
            self._change_corpus,
            self._corpus,
            [self._header, self._facts, self._report, *self._asked],
            api_visibility="private",
        )

    def _add_ask(self, examples: tuple[str, ...]) -> None:
        self._turns = gr.State(())
        self._conversation = gr.HTML(conversation_html(()), elem_id="wl-conversation")
        with gr.Row(elem_classes="wl-suggestions"):
            self._buttons = [
                gr.Button(text, visible=bool(text), size="sm", min_width=0, elem_classes="wl-suggestion")
                for text in _padded(examples)
            ]
        with gr.Row(elem_classes="wl-input"):
            question = gr.Textbox(
                label="Your question",
                placeholder="Ask in your own words",
                lines=1,
                max_lines=4,
                max_length=QUESTION_CHARACTERS,
                autofocus=True,
                scale=6,
            )
            ask = gr.Button("Ask", variant="primary", scale=1, min_width=96)
        new = gr.Button("New conversation", size="sm", variant="secondary", elem_classes="wl-new")
        self._asked = [self._conversation, question, self._turns, *self._buttons]
        # Asking is one thing, however it is set off; gr.on would send the box's text for a button's.
        for trigger, source in (
            (question.submit, question),
            (ask.click, question),
            *((button.click, button) for button in self._buttons),
        ):
            trigger(
                self._ask,
                [source, self._turns, self._corpus],
                self._asked,
                api_visibility="private",
                show_progress="hidden",
            )
        new.click(self._start_anew, self._corpus, self._asked, api_visibility="private", show_progress="hidden")

    def _add_check(self) -> None:
        text = gr.Textbox(
            label="Text to check",
            placeholder="Paste a text: each claim in it is compared with the corpus",
            lines=8,
            max_lines=20,
        )
        check = gr.Button("Check the text", variant="primary")
        self._report = gr.HTML("", elem_id="wl-report")
        check.click(self._check, [text, self._corpus], self._report, api_visibility="private")

    def _ask(self, question: str, turns: Turns, corpus_id: str) -> Iterator[list[Any]]:
        """Show the question at once, the answer as it comes, and last the whole turn with new suggestions."""
        question = question.strip()
        waiting = [gr.skip()] * (len(self._asked) - 1)
        if not question:
            yield [gr.skip(), *waiting]
            return
        if len(question) > QUESTION_CHARACTERS:
            message = f"A question may have at most {QUESTION_CHARACTERS} characters; longer texts can be checked."
            yield [conversation_html(turns, message_html(question[:200] + "…", message)), *waiting]
            return
        yield [conversation_html(turns, pending_html(question, "")), "", *waiting[1:]]
        try:
            yield from self._answered(question, turns, corpus_id, waiting)
        except OutOfTime:
            yield [conversation_html(turns, message_html(question, _TOO_MUCH)), *waiting]
        except Exception:
            logger.exception("unexpected error while answering on the page")
            yield [conversation_html(turns, message_html(question, _FAILED)), *waiting]

    def _answered(self, question: str, turns: Turns, corpus_id: str, waiting: list[Any]) -> Iterator[list[Any]]:
        bot = self._library.get(corpus_id)
        so_far = ""
        events = bot.stream(question, tuple(turn.question for turn in turns[-TURNS:]))
        for event in Deadline(self._seconds).over_each(events):
            match event.payload:
                case Answer() as answer:
                    yield self._done(answer, bot, turns)
                case str() as text if event.name == "delta":
                    so_far += text
                    yield [conversation_html(turns, pending_html(question, so_far)), *waiting]

    def _done(self, answer: Answer, bot: AnyBot, turns: Turns) -> list[Any]:
        number = turns[-1].number + 1 if turns else 1
        turn = Turn(number, answer.question, turn_html(answer, bot.corpus, number))
        kept = (*turns, turn)[-_TURNS_SHOWN:]
        return [conversation_html(kept), gr.skip(), kept, *_suggested(answer.suggestions)]

    def _check(self, text: str, corpus_id: str) -> str:
        if not text.strip():
            return '<div class="wl-notice" role="status">Paste the text that is to be checked.</div>'
        bot = self._library.get(corpus_id)
        try:
            with Deadline(self._seconds).kept():
                return report_html(bot.check(text), bot.corpus)
        except OutOfTime:
            return f'<div class="wl-notice" role="alert">{_TOO_MUCH}</div>'
        except Exception:
            logger.exception("unexpected error while checking on the page")
            return f'<div class="wl-notice" role="alert">{_FAILED}</div>'

    def _start_anew(self, corpus_id: str) -> list[Any]:
        """An empty conversation, with the corpus's examples to start from."""
        return [conversation_html(()), "", (), *_suggested(self._library.get(corpus_id).corpus.examples)]

    def _change_corpus(self, corpus_id: str) -> list[Any]:
        corpus = self._library.get(corpus_id).corpus
        return [header_html(corpus, self._model), facts_html(corpus), "", *self._start_anew(corpus_id)]


def _padded(texts: tuple[str, ...]) -> tuple[str, ...]:
    """A text for each button, empty for those that are not needed."""
    return (*texts, *[""] * SUGGESTIONS)[:SUGGESTIONS]


def _suggested(texts: tuple[str, ...]) -> list[gr.Button]:
    return [gr.Button(text, visible=bool(text)) for text in _padded(texts)]
