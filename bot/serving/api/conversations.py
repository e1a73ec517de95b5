"""The routes to conversations that are kept: list, read, rename, delete; and delete all that somebody has left.

Each key sees its own. Without keys nobody owns anything: a conversation is then reached by its id alone, as long as
that cannot be guessed, and none is listed to those who do not name it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response

from bot.schema.contract import ConversationJson, ConversationsJson, DeletedJson, TurnJson, TurnsJson
from bot.serving.api.bodies import read_json
from bot.serving.api.guard import Guard
from bot.serving.api.keeping import Keeper
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.api.requests import to_title_request
from bot.serving.state.records import NOBODY, Conversation, Turn

ID_CHARACTERS = 32
"""How long an id must be, without keys, to reach a conversation by it: those of the server, UUIDs, have 36."""
LISTED = 50
MOST_LISTED = 200

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="how many are given at most")]
Cursor = Annotated[str | None, Query(description="next_cursor of the page before")]
Ids = Annotated[list[str] | None, Query(alias="id", max_length=MOST_LISTED, description="those alone; may be repeated")]
Corpus = Annotated[str | None, Query(description="those that began in this corpus alone")]

Result = TypeVar("Result")


class Filing(Protocol):
    """Runs a call in a worker of the database's."""

    def __call__(self, call: Callable[[], Result]) -> Awaitable[Result]:
        """What the call gives."""


class ConversationRoutes:
    """The routes; ``filed`` runs what asks the database."""

    def __init__(self, guard: Guard, keeper: Keeper, filed: Filing) -> None:
        self._guard, self._keeper, self._filed = guard, keeper, filed

    async def list(
        self, request: Request, limit: Limit = LISTED, cursor: Cursor = None, corpus: Corpus = None, id: Ids = None
    ) -> Response:
        """Your conversations, the one that was spoken in last first; without keys, those that you name by their ids."""
        owner = self._owner(request)
        ids = id if id is None else [each for each in id if _reached(owner, each)]
        try:
            page = await self._use(lambda stores: stores.conversations.listed(owner, corpus, ids, limit, cursor))
        except ValueError:
            raise _wrong_cursor() from None
        told: ConversationsJson = {
            "conversations": [conversation_to_json(each) for each in page.conversations],
            "next_cursor": page.next,
        }
        return JSONResponse(told)

    async def read(self, request: Request, id: str, limit: Limit = LISTED, cursor: Cursor = None) -> Response:
        """The last turns of a conversation, oldest first; ``cursor`` gives those before them."""
        owner = self._owner_of(request, id)
        before = None if cursor is None else _position(cursor)
        page = await self._use(lambda stores: stores.conversations.load(owner, id, limit, before))
        if page is None:
            raise _unknown(id)
        told: TurnsJson = {
            "conversation": conversation_to_json(page.conversation),
            "turns": [turn_to_json(turn) for turn in page.turns],
            "next_cursor": None if page.before is None else str(page.before),
        }
        return JSONResponse(told)

    async def rename(self, request: Request, id: str) -> Response:
        """Give a conversation a title."""
        owner = self._owner_of(request, id)
        title = to_title_request(await read_json(request)).title
        renamed = await self._use(
            lambda stores: stores.conversations.rename(owner, id, title) and stores.conversations.load(owner, id, 1)
        )
        if not renamed:
            raise _unknown(id)
        return JSONResponse(conversation_to_json(renamed.conversation))

    async def delete(self, request: Request, id: str) -> Response:
        """Delete a conversation with all its turns."""
        owner = self._owner_of(request, id)
        if not await self._use(lambda stores: stores.conversations.delete(owner, id)):
            raise _unknown(id)
        return Response(status_code=204)

    async def delete_all(self, request: Request) -> Response:
        """Delete all that was kept of your key: its conversations, feedback and logged questions."""
        owner = self._owner(request)
        if owner == NOBODY:
            raise Problem(
                ProblemType.UNKNOWN_CONVERSATION,
                "This server has no keys, so that nothing is known to be yours; delete a conversation by its id: "
                "DELETE /v1/conversations/{id}.",
            )
        deleted = await self._use(lambda stores: stores.delete_of(owner))
        told: DeletedJson = {
            "conversations": deleted.conversations,
            "feedback": deleted.feedback,
            "questions": deleted.questions,
        }
        return JSONResponse(told)

    def _owner(self, request: Request) -> str:
        self._guard(request)
        return self._guard.owner(request)

    def _owner_of(self, request: Request, id: str) -> str:
        owner = self._owner(request)
        if not _reached(owner, id):
            raise Problem(
                ProblemType.UNKNOWN_CONVERSATION,
                f"This server has no keys, so that a conversation is reached by an id alone that cannot be guessed: "
                f"send one of {ID_CHARACTERS} characters or more, such as the session_id that /v1/ask names.",
            )
        return owner

    # Any: the stores are imported with their first use.
    async def _use(self, call: Callable[[Any], Result]) -> Result:
        return await self._filed(lambda: self._keeper.used(call))


def conversation_to_json(conversation: Conversation) -> ConversationJson:
    """A conversation without its turns."""
    return {
        "id": conversation.id,
        "corpus": conversation.corpus,
        "title": conversation.title,
        "created": conversation.created.isoformat(timespec="milliseconds"),
        "updated": conversation.updated.isoformat(timespec="milliseconds"),
        "turns": conversation.turns,
    }


def turn_to_json(turn: Turn) -> TurnJson:
    """A turn with its whole answer."""
    return {
        "position": turn.position,
        "corpus": turn.corpus,
        "question": turn.question,
        "answer": turn.answer,
        "created": turn.created.isoformat(timespec="milliseconds"),
    }


def _reached(owner: str, id: str) -> bool:
    return owner != NOBODY or len(id) >= ID_CHARACTERS


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise _wrong_cursor()
    return int(cursor)


def _unknown(id: str) -> Problem:
    return Problem(
        ProblemType.UNKNOWN_CONVERSATION,
        f"No conversation {id[:128]!r} of yours is kept; GET /v1/conversations lists yours.",
    )


def _wrong_cursor() -> Problem:
    return Problem(
        ProblemType.UNKNOWN_CURSOR, "Send next_cursor of the page before as cursor, or none for the first page."
    )
