"""A visitor's conversations in the server's database: kept turn by turn, and found again."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.schema.answer import Answer, Finding, Link, Reason, Receipt, Status, Step, Verdict
from bot.schema.contract import AnswerJson, FactJson, FindingJson, answer_to_json, citation_from_json
from bot.serving.api.keeping import Keeper
from bot.serving.page.answers import notice_html, reply_html
from bot.serving.page.conversation import SHOWN, Conversation, Turn
from bot.serving.state import records
from bot.serving.state.records import StoreError, owner_of
from bot.serving.state.stores import Stores
from corpus.model import Corpus, Fact, Quote

LISTED = 30
"""So many of a visitor's conversations are listed, the last ones."""

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser keeps: a secret by which it owns its conversations, and that of each corpus which is open."""

    token: str
    open: dict[str, str]

    @classmethod
    def of(cls, kept: Any) -> Browser:
        """From what the browser has sent; of one that has (or says) nothing of use, a new one."""
        if isinstance(kept, dict) and len(str(kept.get("token", ""))) == 32 and isinstance(kept.get("open"), dict):
            return cls(str(kept["token"]), {str(name): str(id)[:64] for name, id in kept["open"].items()})
        return cls(uuid.uuid4().hex, {})

    @property
    def owner(self) -> str:
        """Whom the conversations belong to in the database."""
        return owner_of("browser", self.token)

    def with_open(self, corpus: str, id: str) -> dict[str, Any]:
        """What it is to keep from now on."""
        others = {name: other for name, other in self.open.items() if name != corpus}
        return {"token": self.token, "open": {**others, corpus: id}}

    @property
    def last(self) -> str:
        """The corpus that was asked last, "" where none was."""
        return next(reversed(self.open), "")


class Kept:
    """Conversations over the server's database. Where that fails the log says so, and the page goes on without."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def resume(self, conversation: Conversation, kept: Any, corpus: Corpus, id: str = "") -> dict[str, Any]:
        """Have a conversation be the one of this id, or that which the browser has open, or a new one.

        Gives what the browser is to keep.
        """
        browser = Browser.of(kept)
        id = id or browser.open.get(corpus.id, "")
        page = self._tried(lambda stores: stores.conversations.load(browser.owner, id, SHOWN)) if id else None
        turns = [_turn(place, told, corpus) for place, told in enumerate(page.turns, 1)] if page else []
        id = id if page else new_id()
        conversation.begin(corpus.id, browser.owner, id, turns)
        return browser.with_open(corpus.id, id)

    def begin(self, conversation: Conversation, kept: Any, corpus_id: str) -> dict[str, Any]:
        """Have a conversation be a new one; gives what the browser is to keep."""
        browser, id = Browser.of(kept), new_id()
        conversation.begin(corpus_id, browser.owner, id, [])
        return browser.with_open(corpus_id, id)

    def save(self, conversation: Conversation, turn: Turn, corpus_id: str) -> None:
        """Keep a turn that was answered; what it replaces is gone."""
        if turn.answer is None or not conversation.owner:
            return
        told = records.Turn(corpus_id, turn.question, answer_to_json(turn.answer, "", turn.answer_id), turn.answer_id)
        before = [each.question for each in conversation.turns if each.number < turn.number and each.answer]
        owner, id = conversation.owner, conversation.id
        self._tried(lambda stores: stores.conversations.add(owner, id, told, before))

    def listed(self, kept: Any, corpus_id: str) -> list[tuple[str, str]]:
        """The conversations of a browser with a corpus: title and id of each, the last first."""
        owner = Browser.of(kept).owner
        page = self._tried(lambda stores: stores.conversations.listed(owner, corpus_id, limit=LISTED))
        return [(f"{each.title} ({each.updated:%d %b %H:%M})", each.id) for each in page.conversations] if page else []

    def rename(self, kept: Any, id: str, title: str) -> None:
        """Give a conversation another title."""
        owner = Browser.of(kept).owner
        self._tried(lambda stores: stores.conversations.rename(owner, id, title))

    def delete(self, kept: Any, id: str) -> None:
        """Delete a conversation."""
        owner = Browser.of(kept).owner
        self._tried(lambda stores: stores.conversations.delete(owner, id))

    def _tried(self, call: Callable[[Stores], Result]) -> Result | None:
        try:
            return call(self._keeper.stores)
        except StoreError as error:
            logger.warning("The page's conversations cannot be kept or found (%s).", error)
            return None


def new_id() -> str:
    """A new conversation's id."""
    return str(uuid.uuid4())


def _turn(number: int, kept: records.Turn, corpus: Corpus) -> Turn:
    if kept.answer is None:
        return Turn(number, kept.question, notice_html("This was not answered."))
    answer = answer_from_json(kept.answer)
    return Turn(number, kept.question, reply_html(answer, corpus, number), answer, kept.answer_id)


def answer_from_json(told: AnswerJson) -> Answer:
    """An answer as it was told: all that is shown of it; its proofs stay in the JSON."""
    return Answer(
        question=told["question"],
        standalone_question=told["standalone_question"],
        answer=told["answer"],
        status=Status(told["status"]),
        verdict=Verdict(told["verdict"]) if told["verdict"] else None,
        values=tuple(told["values"]),
        citations=tuple(map(citation_from_json, told["citations"])),
        facts=tuple(map(_fact, told["facts"])),
        findings=tuple(map(_finding, told["findings"])),
        suggestions=tuple(told["suggestions"]),
        receipt=Receipt(**told["receipt"]),
        generator=told["generator"],
        reader=told["reader"],
        alternatives=tuple(told["alternatives"]),
        understood=told["understood"],
        timings_ms=told["timings_ms"],
    )


def _fact(told: FactJson) -> Fact:
    quote = Quote(told["document_id"], told["start_char_index"], told["end_char_index"], told["quote"])
    qualifiers = {name: tuple(values) for name, values in told["qualifiers"].items()}
    kind, label = told["object_kind"], told["label"]
    return Fact(
        told["id"], told["subject"], told["predicate"], told["object"], kind, quote, qualifiers, label, told["open"]
    )


def _finding(told: FindingJson) -> Finding:
    return Finding(
        told["claim"],
        told["start"] or 0,
        told["end"] or 0,
        Verdict(told["verdict"]),
        Reason(told["reason"]),
        told["explanation"],
        told["correction"],
        tuple(told["citations"]),
        # Of a step the words are shown, and nothing else.
        steps=tuple(Step("", "", Link.SAME, text) for text in told["steps"]),
        withheld=told["withheld"],
        read_as=told["read_as"] or "",
        said=told.get("said", ""),
    )
