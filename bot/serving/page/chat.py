"""The tab to ask in: the chat, the question box, what is said of an answer.

Whatever sets a question off (the box, a suggestion, a country on the map) puts it into the visitor's ``Conversation``
and then has that worked off, so that nothing is lost which is sent while an answer comes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from bot.answering.settings import Settings
from bot.schema.contract import QUESTION_CHARACTERS, AnyLibrary
from bot.serving.api.feedback import FeedbackDesk
from bot.serving.api.problems import Problem
from bot.serving.api.requests import blank, to_feedback_request
from bot.serving.page.conversation import Conversation, Turn, examples, suggestions
from bot.serving.page.events import AT_ONCE, QUIET
from bot.serving.page.exports import answer_as
from bot.serving.page.kept import Browser, Kept
from bot.serving.page.labels import FEEDBACK
from bot.serving.page.markup import escaped
from bot.serving.state.records import COMMENT_CHARACTERS, Rating

EMPTY = "Type a question first."
TOO_LONG = (
    "This has {count:,} characters, and a question may have {most:,}. It is kept: shorten it, or check it as a text in "
    "the tab beside this one."
)
THANKS = "Thank you. This is kept for those who look after the answers."

# Told while somebody types or pastes, without asking the server; nothing else that is told there is taken away.
_COUNTED = f"""(text, told) => [...text].length > {QUESTION_CHARACTERS}
  ? '<p class="wl-notice wl-long" role="alert">This has ' + [...text].length.toLocaleString("en")
    + " characters, and a question may have {QUESTION_CHARACTERS:,}. Shorten it, or check it as a text in its tab.</p>"
  : told.includes("wl-long") ? "" : told"""


class Chat:
    """The components of the tab and what happens between them; made inside the ``Blocks`` that it belongs to."""

    def __init__(
        self,
        library: AnyLibrary,
        settings: Settings,
        corpus: gr.Dropdown,
        desk: FeedbackDesk | None,
        kept: Kept | None,
    ) -> None:
        self._corpus = corpus
        self._library, self._desk, self._kept, self._seconds = library, desk, kept, settings.deadline
        # A secret of the server's start would make what browsers keep unreadable at the next one.
        self.browser = gr.BrowserState({}, storage_key="wholeads", secret="wholeads")
        self.conversation = gr.State(Conversation())
        self.chatbot = gr.Chatbot(
            self._messages(Conversation()),
            label="Conversation",
            show_label=False,
            container=False,
            height="auto",
            sanitize_html=False,  # all that comes from people and corpora is escaped where its HTML is made
            latex_delimiters=[],
            feedback_options=["Like", "Dislike"] if desk else None,
            buttons=[],
            elem_id="wl-chat",
            placeholder="Ask in your own words. Each number in an answer leads to the sentence that it rests on.",
            examples=self._examples(library.get(None).corpus.id),
        )
        with gr.Column(elem_classes="wl-dock"):
            if desk:
                self._add_feedback()
            new = gr.Button("+ New conversation", size="sm", elem_id="wl-new")
            self.hint = gr.HTML("", elem_id="wl-hint")
            with gr.Row(elem_classes="wl-input"):
                self.question = gr.Textbox(
                    show_label=False,
                    label="Your question",
                    placeholder="Ask in your own words",
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    container=False,
                    scale=8,
                    elem_id="wl-question",
                )
                self.ask = gr.Button("Ask", variant="primary", scale=1, min_width=72, elem_id="wl-ask")
                self.stop = gr.Button("Stop", scale=1, min_width=72, interactive=False, elem_id="wl-stop")
        # What was sent and cannot be asked goes back into the box.
        self._left = gr.Textbox(visible=False)
        self.announced = gr.HTML(
            "", elem_id="wl-announced", elem_classes="wl-hidden", js_on_load="wholeads.announce(element)"
        )
        # The page's own buttons (in answers, on the map) speak to the server through this.
        self.bridge = gr.HTML(
            "",
            elem_id="wl-bridge",
            html_template="<span></span>",
            elem_classes="wl-hidden",
            js_on_load="wholeads.bridge({element, trigger, watch, props})",
        )
        self.begun = new.click(self._begin, [self.conversation, self.browser], [*self.reset, self.browser], **AT_ONCE)
        self._wire()

    def _wire(self) -> None:
        put = [self.chatbot, self.hint, self._left]
        # The script takes the text from the box as the key goes down: what is typed from then on is the next question.
        taken = "(text, ...others) => [wholeads.taken(text), ...others]"
        for event, fn, inputs, js in (
            (self.question.submit, self._send, [self.question], taken),
            (self.ask.click, self._send, [self.question], taken),
            (self.bridge.submit, self._send_other, [], None),
            (self.chatbot.example_select, self._send_example, [], None),
            (self.chatbot.option_select, self._send_option, [], None),
            (self.chatbot.retry, self._retry, [], None),
        ):
            sent = event(fn, [*inputs, self.conversation, self._corpus, self.browser], put, js=js, **AT_ONCE)
            sent.then(None, self._left, None, js="(left) => wholeads.left(left)", **QUIET)
            sent.then(
                self._work,
                self.conversation,
                [self.chatbot, self.stop, self.announced],
                concurrency_limit=4,
                trigger_mode="multiple",
                **QUIET,
            ).then(None, js="() => wholeads.answered()", **QUIET)
        self.question.change(None, [self.question, self.hint], self.hint, js=_COUNTED, **QUIET)
        self.stop.click(lambda conversation: conversation.stop(), self.conversation, None, **AT_ONCE)
        self.bridge.copy(self._copied, self.conversation, self.bridge, **AT_ONCE)
        self.bridge.edit(self._edit, self.conversation, [self.question, self.hint], **AT_ONCE)

    @property
    def reset(self) -> list[Any]:
        """What ``anew`` gives values for."""
        return [self.chatbot, self.hint, *([self._thanks, self._wrong] if self._desk else [])]

    def anew(self, conversation: Conversation, browser: Any, corpus_id: str) -> list[Any]:
        """Begin an empty conversation with a corpus: the values of ``reset``, and what the browser is to keep."""
        if self._kept:
            browser = self._kept.begin(conversation, browser, corpus_id)
        else:
            conversation.begin(corpus_id)
        return [*self._shown(conversation), browser]

    def resumed(self, conversation: Conversation, browser: Any, corpus_id: str, id: str = "") -> list[Any]:
        """Go on with the conversation of this id, or with the one that the browser has open: as ``anew``."""
        if self._kept is None:
            return self.anew(conversation, browser, corpus_id)
        browser = self._kept.resume(conversation, browser, self._library.get(corpus_id).corpus, id)
        return [*self._shown(conversation), browser]

    def arrived(self, conversation: Conversation, browser: Any, corpus_id: str) -> list[Any]:
        """Where a page is opened: the id of the corpus that was asked last, and as ``resumed`` with that one."""
        if self._kept and (last := Browser.of(browser).last) in self._library.ids():
            corpus_id = last
        return [corpus_id, *self.resumed(conversation, browser, corpus_id)]

    def switched(self, conversation: Conversation, browser: Any, corpus_id: str) -> list[Any]:
        """Another corpus was chosen, whose conversation may have been gone on with already: as ``anew``."""
        if conversation.corpus == corpus_id:
            return [*self._shown(conversation), browser]
        return self.anew(conversation, browser, corpus_id)

    def _begin(self, conversation: Conversation, browser: Any) -> list[Any]:
        return self.anew(conversation, browser, conversation.corpus or self._library.default)

    def _shown(self, conversation: Conversation) -> list[Any]:
        begin_with = self._examples(conversation.corpus)
        said = ["", gr.Group(visible=False)] if self._desk else []
        return [gr.Chatbot(self._messages(conversation), examples=begin_with), "", *said]

    # Asking

    def _send(self, question: str, conversation: Conversation, corpus_id: str, browser: Any) -> list[Any]:
        if blank(question):  # as the second press of a key is
            return [gr.skip(), gr.skip() if conversation.busy else _notice(EMPTY), ""]
        if len(question) > QUESTION_CHARACTERS:
            return [gr.skip(), _notice(TOO_LONG.format(count=len(question), most=QUESTION_CHARACTERS)), question]
        if not conversation.corpus:  # the first one of this page, or the first one since the server was started anew
            self.resumed(conversation, browser, corpus_id)
        conversation.put(question.strip())
        return [self._messages(conversation), "", ""]

    def _send_other(self, conversation: Conversation, corpus_id: str, browser: Any, event: gr.EventData) -> list[Any]:
        return self._sent_beside(str(event._data["question"]), conversation, corpus_id, browser)

    def _send_example(
        self, conversation: Conversation, corpus_id: str, browser: Any, event: gr.SelectData
    ) -> list[Any]:
        return self._sent_beside(event.value["text"], conversation, corpus_id, browser)

    def _send_option(self, conversation: Conversation, corpus_id: str, browser: Any, event: gr.SelectData) -> list[Any]:
        return self._sent_beside(event.value, conversation, corpus_id, browser)

    def _sent_beside(self, question: str, conversation: Conversation, corpus_id: str, browser: Any) -> list[Any]:
        """A question that does not come from the box, which keeps what it holds."""
        chat, hint, _ = self._send(question, conversation, corpus_id, browser)
        return [chat, hint, gr.skip()]

    def _retry(self, conversation: Conversation, corpus_id: str, browser: Any) -> list[Any]:
        if not conversation.corpus:
            self.resumed(conversation, browser, corpus_id)
        conversation.again()
        return [self._messages(conversation), "", gr.skip()]

    def _work(self, conversation: Conversation) -> Iterator[list[Any]]:
        """Answer what waits, one question after the other."""
        yield [gr.skip()] * 3
        while (turn := conversation.take()) is not None:
            bot = self._library.get(conversation.corpus or None)
            yield [self._messages(conversation), gr.Button(interactive=True), gr.skip()]
            for _ in conversation.answered(turn, bot, self._seconds):
                yield [self._messages(conversation), gr.skip(), gr.skip()]
            if turn.answer and self._desk:
                turn.answer_id = self._desk.keep(bot.corpus.id, conversation.history(turn), turn.answer)
            if self._kept:
                self._kept.save(conversation, turn, bot.corpus.id)
            yield [self._messages(conversation), gr.Button(interactive=False), escaped(_aloud(turn))]

    def _messages(self, conversation: Conversation) -> list[Any]:
        """The conversation, with questions to go on with below its last answer."""
        told = conversation.messages()
        if conversation.turns and not conversation.busy:
            corpus = self._library.get(conversation.corpus or None).corpus
            told[-1] = {**told[-1], "options": [{"value": each} for each in suggestions(conversation, corpus)]}
        return told

    def _examples(self, corpus_id: str | None) -> list[Any]:
        return [{"text": question} for question in examples(self._library.get(corpus_id).corpus)]

    # Taking away and editing

    def _copied(self, conversation: Conversation, event: gr.EventData) -> dict[str, Any]:
        turn = conversation.turn(int(event._data["turn"]))
        if turn is None or turn.answer is None:
            return {"said": "This answer is not kept any more."}
        form = str(event._data["form"])
        return {"text": answer_as(form, turn.answer, turn.answer_id), "said": "Copied.", "at": event._data["at"]}

    def _edit(self, conversation: Conversation, event: gr.EventData) -> list[Any]:
        turn = conversation.turn(int(event._data["turn"]))
        conversation.editing = turn.number if turn else 0
        if turn is None:
            return ["", ""]
        cancel = '<button type="button" class="wl-ask" data-edit="0">Cancel</button>'
        return [
            turn.question,
            f'<p class="wl-soft" role="status">Asking it replaces the question and all that came after. {cancel}</p>',
        ]

    # Feedback

    def _add_feedback(self) -> None:
        self._rated = gr.State(0)
        self._thanks = gr.HTML("", elem_id="wl-thanks")
        with gr.Group(visible=False, elem_id="wl-wrong") as self._wrong:
            reason = gr.Radio(
                [(said, reason.value) for reason, said in FEEDBACK.items()], label="What is wrong with the answer?"
            )
            meant = gr.Textbox(label="What you meant, as a question (if you like)", max_length=QUESTION_CHARACTERS)
            comment = gr.Textbox(label="Anything else (if you like)", max_length=COMMENT_CHARACTERS)
            with gr.Row():
                send = gr.Button("Send", variant="primary", size="sm")
                leave = gr.Button("Never mind", size="sm")
        outputs = [self._thanks, self._wrong, self._rated]
        self.chatbot.like(self._rate, self.conversation, outputs, **AT_ONCE)
        send.click(self._say_why, [self.conversation, self._rated, reason, meant, comment], outputs[:2], **AT_ONCE)
        leave.click(lambda: gr.Group(visible=False), None, self._wrong, **AT_ONCE)

    def _rate(self, conversation: Conversation, event: gr.LikeData) -> list[Any]:
        place = event.index if isinstance(event.index, int) else event.index[0]
        turn = conversation.turns[place // 2] if place // 2 < len(conversation.turns) else None
        if turn is None or turn.answer is None:
            return [_notice("Only answers can be rated."), gr.Group(visible=False), 0]
        if event.liked is True:
            return [self._filed(turn, conversation, Rating.UP), gr.Group(visible=False), 0]
        if event.liked is False:
            return ["", gr.Group(visible=True), turn.number]
        return ["", gr.Group(visible=False), 0]

    def _say_why(
        self, conversation: Conversation, number: int, reason: str | None, meant: str, comment: str
    ) -> list[Any]:
        turn = conversation.turn(number)
        if turn is None or not reason:
            return [_notice("Choose what is wrong first."), gr.skip()]
        return [self._filed(turn, conversation, Rating.DOWN, reason, meant, comment), gr.Group(visible=False)]

    def _filed(
        self,
        turn: Turn,
        conversation: Conversation,
        rating: Rating,
        reason: str = "",
        meant: str = "",
        comment: str = "",
    ) -> str:
        """Keep what was said of an answer as the API does; gives what is told of it."""
        assert self._desk is not None
        corpus = self._library.get(conversation.corpus or None).corpus.id
        sent = {"answer_id": turn.answer_id, "rating": rating.value, "question": turn.question, "corpus": corpus}
        sent["history"] = [{"role": "user", "content": each} for each in conversation.history(turn)]  # type: ignore[assignment]
        sent |= {name: text for name, text in (("reason", reason), ("meant", meant), ("comment", comment)) if text}
        try:
            self._desk.file(self._desk.feedback(to_feedback_request(sent), lambda: corpus))
        except Problem as problem:
            return _notice(problem.detail)
        return f'<p class="wl-soft" role="status">{THANKS}</p>'


def _aloud(turn: Turn) -> str:
    """A finished answer as it is announced, once; of a table the cells, row by row."""
    if turn.answer is None:
        return "There is no answer; the conversation says why."
    rows = [line for line in turn.answer.answer.splitlines() if line.strip("|-: ")]
    return "Answer: " + "\n".join(", ".join(filter(None, map(str.strip, row.split("|")))) for row in rows)


def _notice(said: str) -> str:
    return f'<p class="wl-notice" role="alert">{escaped(said)}</p>'
