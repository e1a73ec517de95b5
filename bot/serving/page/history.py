"""The list of a visitor's conversations: opened, renamed, deleted."""

from __future__ import annotations

from typing import Any

import gradio as gr

from bot.serving.api.requests import blank
from bot.serving.page.chat import Chat
from bot.serving.page.conversation import Conversation
from bot.serving.page.events import AT_ONCE
from bot.serving.page.kept import Kept
from bot.serving.state.records import TITLE_CHARACTERS


class History:
    """The components above the chat; the list is looked up each time that it is unfolded."""

    def __init__(self, kept: Kept, corpus: gr.Dropdown) -> None:
        self._kept, self._corpus = kept, corpus
        with gr.Accordion("Conversations", open=False, elem_id="wl-history") as self._fold:
            self._list = gr.Radio(
                [], label="Your conversations with these sources, newest first; choose one to open it"
            )
            self._title = gr.Textbox(label="New title for the one that is chosen", max_length=TITLE_CHARACTERS)
            with gr.Row():
                self._rename = gr.Button("Rename", size="sm")
                self._delete = gr.Button("Delete", size="sm")
                self._sure = gr.Button("Delete it for good", size="sm", variant="stop", visible=False)
                self._keep = gr.Button("Keep it", size="sm", visible=False)

    def wire(self, chat: Chat) -> None:
        """Have the list lead to the chat."""
        listing = [chat.browser, self._corpus]
        self._fold.expand(self._listed, [*listing, chat.conversation], self._list, **AT_ONCE)
        for event in (chat.begun.then, self._corpus.change):
            event(self._listed, [*listing, chat.conversation], self._list, **AT_ONCE)
        self._list.input(
            lambda conversation, browser, corpus_id, id: chat.resumed(conversation, browser, corpus_id, id or ""),
            [chat.conversation, *listing, self._list],
            [*chat.reset, chat.browser],
            **AT_ONCE,
        )
        self._rename.click(
            self._renamed, [*listing, chat.conversation, self._list, self._title], [self._list, self._title], **AT_ONCE
        )
        asked = [self._delete, self._sure, self._keep]
        self._delete.click(lambda id: _asking(bool(id)), self._list, asked, **AT_ONCE)
        for event in (self._keep.click, self._list.input, self._fold.expand):
            event(lambda: _asking(False), None, asked, **AT_ONCE)
        self._sure.click(
            self._deleted(chat),
            [*listing, chat.conversation, self._list],
            [self._list, *chat.reset, chat.browser, *asked],
            **AT_ONCE,
        )

    def _listed(self, browser: Any, corpus_id: str, conversation: Conversation) -> gr.Radio:
        listed = self._kept.listed(browser, corpus_id)
        here = conversation.id if any(id == conversation.id for _, id in listed) else None
        return gr.Radio(listed, value=here)

    def _renamed(
        self, browser: Any, corpus_id: str, conversation: Conversation, id: str | None, title: str
    ) -> list[Any]:
        if id and not blank(title):
            self._kept.rename(browser, id, " ".join(title.split()))
        return [self._listed(browser, corpus_id, conversation), ""]

    def _deleted(self, chat: Chat) -> Any:
        def delete(browser: Any, corpus_id: str, conversation: Conversation, id: str | None) -> list[Any]:
            shown = [gr.skip()] * (len(chat.reset) + 1)
            if id:
                self._kept.delete(browser, id)
                if id == conversation.id:
                    shown = chat.anew(conversation, browser, corpus_id)
            return [self._listed(browser, corpus_id, conversation), *shown, *_asking(False)]

        return delete


def _asking(asked: bool) -> list[gr.Button]:
    """The buttons of deleting: the first alone, or those that ask whether it is meant."""
    return [gr.Button(visible=not asked), gr.Button(visible=asked), gr.Button(visible=asked)]
