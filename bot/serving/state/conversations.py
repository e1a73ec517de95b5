"""Conversations and their turns in the database.

A conversation is named by its owner and its id. Who asks without a key owns nothing: such conversations are all
``NOBODY``'s, and are reached by their ids alone; they are never listed to anybody who does not name them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.answering.settings import Settings
from bot.schema.contract import TURNS, AnswerJson
from bot.serving.state.database import Database, changed, delete_of
from bot.serving.state.records import NOBODY, TITLE_CHARACTERS, Conversation, ConversationPage, Turn, TurnPage
from bot.serving.state.tables import ConversationRow, TurnRow, naive, storable

KEPT_TURNS = 200
"""How many turns of a conversation are kept; the oldest go first."""
ANSWER_CHARACTERS = 256 * 1024
"""How long an answer may be, as JSON, to be kept with its proofs."""
LISTED = 50
"""How many conversations, or turns of one, are given at once where nothing else is asked for."""

FORGOTTEN = 500
"""How many conversations beyond the bound are forgotten at once, where it has been lowered."""

_EPOCH = datetime(1970, 1, 1)
_TITLE_FROM_QUESTION = 80


class ConversationStore:
    """Conversations, at most ``limit``: the one that has been silent for longest is forgotten first.

    Safe from several threads and several processes. All its methods raise StoreError. What ``add`` has returned from
    is on the disk.
    """

    def __init__(self, database: Database, limit: int, turns: int = KEPT_TURNS) -> None:
        self._database, self._limit, self._turns = database, limit, turns

    @classmethod
    def of(cls, settings: Settings) -> ConversationStore:
        """The store in the database that the settings name; nothing is touched yet."""
        return cls(Database.of(settings), settings.sessions)

    def questions(self, owner: str, id: str, corpus: str) -> tuple[str, ...]:
        """The last questions that a conversation has asked of a corpus, oldest first; at most TURNS."""
        with self._database.reading() as session:
            asked = _asked(owner, id, corpus).order_by(TurnRow.position.desc()).limit(TURNS)
            return tuple(reversed(session.scalars(asked).all()))

    def begin(self, owner: str, id: str, turn: Turn, history: Sequence[str] = ()) -> None:
        """Keep a turn as the first of a conversation whose id was made for it, behind the questions of ``history``.

        It does not wait for the disk, as ``Database.writing`` has it: nobody counts on the conversation yet.
        """
        turns = [*(Turn(turn.corpus, question, created=turn.created) for question in history), turn]
        with self._database.writing(waits=False) as session:
            begun = insert(ConversationRow).values(_begun(owner, _id(id), turn)).returning(ConversationRow.number)
            told = {"conversation": session.scalar(begun)}
            rows = [{**told, "position": position, **_values(each)} for position, each in enumerate(turns, 1)]
            session.execute(insert(TurnRow), rows)
            self._forget_oldest(session)

    def add(self, owner: str, id: str, turn: Turn, history: Sequence[str] | None = None) -> int:
        """Keep a turn as the last of a conversation, which is begun where there is none; gives its position.

        ``history`` replaces the questions before it, as far as they are others than those that are kept.
        """
        id, row = _id(id), _row(turn)
        said = [str(storable({"question": question})["question"]) for question in history or ()]
        with self._database.writing() as session:
            conversation, new = self._claimed(session, owner, id, turn)
            # A new one has nothing that would have to be read.
            missing = said if new or history is None else _replaced(session, conversation, turn, said)
            rows = [*(_row(Turn(turn.corpus, question, created=turn.created)) for question in missing), row]
            last = 0 if new else session.scalar(_last(conversation)) or 0
            for at, each in enumerate(rows, last + 1):
                each.conversation, each.position = conversation.number, at
            session.add_all(rows)
            conversation.updated = max(conversation.updated, row.created)
            if row.position > self._turns:
                old = (TurnRow.conversation == conversation.number, TurnRow.position <= row.position - self._turns)
                session.execute(delete(TurnRow).where(*old))
            session.flush()
            if new:
                self._forget_oldest(session)
            return row.position

    def answered(self, answer_id: str) -> tuple[Turn, tuple[str, ...]] | None:
        """A turn that was answered so, with the questions before it, oldest first; None where none is kept."""
        with self._database.reading() as session:
            row = session.scalars(select(TurnRow).where(TurnRow.answer_id == answer_id).limit(1)).one_or_none()
            if row is None:
                return None
            before = (
                TurnRow.conversation == row.conversation,
                TurnRow.corpus == row.corpus,
                TurnRow.position < row.position,
            )
            asked = select(TurnRow.question).where(*before).order_by(TurnRow.position.desc()).limit(TURNS)
            return _turn(row), tuple(reversed(session.scalars(asked).all()))

    def listed(
        self,
        owner: str,
        corpus: str | None = None,
        ids: Collection[str] | None = None,
        limit: int = LISTED,
        after: str | None = None,
    ) -> ConversationPage:
        """An owner's conversations, the one that was spoken in last first; nobody's only where ``ids`` names them.

        ``after`` is the ``next`` of the page before. Raises ValueError for one that is none.
        """
        wanted = [ConversationRow.owner == owner]
        if after is not None:
            wanted.append(tuple_(ConversationRow.updated, ConversationRow.number) < tuple_(*_place(after)))
        if owner == NOBODY and ids is None:
            return ConversationPage()
        if ids is not None:
            wanted.append(ConversationRow.id.in_(list(map(_id, ids))))
        if corpus is not None:
            wanted.append(ConversationRow.corpus == corpus)
        order = (ConversationRow.updated.desc(), ConversationRow.number.desc())
        with self._database.reading() as session:
            found = session.execute(_counted().where(*wanted).order_by(*order).limit(limit + 1)).all()
        last = found[limit - 1][0] if len(found) > limit else None
        return ConversationPage(
            tuple(_conversation(row, turns) for row, turns in found[:limit]), last and _place_of(last)
        )

    def load(self, owner: str, id: str, limit: int = LISTED, before: int | None = None) -> TurnPage | None:
        """A conversation with its last turns, those before a position where one is named; None where there is none."""
        with self._database.reading() as session:
            found = session.execute(_counted().where(*_named(owner, id))).one_or_none()
            if found is None:
                return None
            row, turns = found
            wanted = [TurnRow.conversation == row.number]
            if before is not None:
                wanted.append(TurnRow.position < before)
            last = session.scalars(
                select(TurnRow).where(*wanted).order_by(TurnRow.position.desc()).limit(limit + 1)
            ).all()
            shown = tuple(map(_turn, reversed(last[:limit])))
            return TurnPage(_conversation(row, turns), shown, shown[0].position if len(last) > limit else None)

    def rename(self, owner: str, id: str, title: str) -> bool:
        """Give a conversation another title, cut at TITLE_CHARACTERS; False where there is none."""
        title = str(storable({"title": title})["title"])[:TITLE_CHARACTERS]
        with self._database.writing() as session:
            return changed(session, update(ConversationRow).where(*_named(owner, id)).values(title=title)) > 0

    def delete(self, owner: str, id: str) -> bool:
        """Delete a conversation with all its turns; False where there is none."""
        with self._database.writing() as session:
            return changed(session, delete(ConversationRow).where(*_named(owner, id))) > 0

    def delete_of(self, owner: str) -> int:
        """Delete all conversations of an owner; gives how many. Of nobody's none is deleted."""
        return delete_of(self._database, ConversationRow, owner)

    def purge(self, before: datetime) -> int:
        """Delete the conversations that have been silent since; gives how many."""
        with self._database.writing() as session:
            return changed(session, delete(ConversationRow).where(ConversationRow.updated < naive(before)))

    def _claimed(self, session: Session, owner: str, id: str, turn: Turn) -> tuple[ConversationRow, bool]:
        """The conversation, which no other process may write to until this transaction ends; and whether it is new."""
        wanted = select(ConversationRow).where(*_named(owner, id)).with_for_update()
        if (there := session.scalars(wanted).one_or_none()) is not None:
            return there, False
        row = ConversationRow(**_begun(owner, id, turn))
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another process was faster
            return session.scalars(wanted).one(), False
        return row, True

    def _forget_oldest(self, session: Session) -> None:
        newest = (ConversationRow.updated.desc(), ConversationRow.number.desc())
        # A conversation that another process is writing to is not silent.
        over = (
            select(ConversationRow.number)
            .order_by(*newest)
            .offset(self._limit)
            .limit(FORGOTTEN)
            .with_for_update(skip_locked=True)
        )
        if numbers := session.scalars(over).all():
            session.execute(delete(ConversationRow).where(ConversationRow.number.in_(numbers)))


def _id(id: str) -> str:
    return str(storable({"id": id})["id"])


def _named(owner: str, id: str) -> tuple[Any, Any]:
    return ConversationRow.owner == owner, ConversationRow.id == _id(id)


def _asked(owner: str, id: str, corpus: str) -> Any:
    joined = select(TurnRow.question).join(ConversationRow, TurnRow.conversation == ConversationRow.number)
    return joined.where(*_named(owner, id), TurnRow.corpus == corpus)


def _counted() -> Any:
    """Conversations, each with the number of its turns."""
    turns = select(func.count()).where(TurnRow.conversation == ConversationRow.number).scalar_subquery()
    return select(ConversationRow, turns)


def _last(conversation: ConversationRow) -> Any:
    return select(func.max(TurnRow.position)).where(TurnRow.conversation == conversation.number)


def _replaced(session: Session, conversation: ConversationRow, turn: Turn, history: Sequence[str]) -> list[str]:
    """Has the questions before a turn be those of ``history``: gives those that are missing, deletes what differs."""
    of_corpus = (TurnRow.conversation == conversation.number, TurnRow.corpus == turn.corpus)
    kept = session.execute(
        select(TurnRow.position, TurnRow.question).where(*of_corpus).order_by(TurnRow.position)
    ).all()
    if len(history) == TURNS and [question for _, question in kept[-TURNS:]] == history:
        return []
    same = 0
    while same < min(len(kept), len(history)) and kept[same].question == history[same]:
        same += 1
    if same < len(kept):
        session.execute(delete(TurnRow).where(*of_corpus, TurnRow.position >= kept[same].position))
    return list(history[same:])


def _begun(owner: str, id: str, turn: Turn) -> dict[str, Any]:
    """The columns of a conversation that begins with a turn."""
    title = " ".join(turn.question.split())[:_TITLE_FROM_QUESTION]
    times = {"created": turn.created, "updated": turn.created}
    return storable({"owner": owner, "id": id, "corpus": turn.corpus, "title": title, **times})


def _values(turn: Turn) -> dict[str, Any]:
    """The columns of a turn, but for where it stands."""
    told = {"corpus": turn.corpus, "question": turn.question, "answer_id": turn.answer_id, "created": turn.created}
    # ASCII alone, so that NUL is an escape, too.
    return {**storable(told), "answer": "" if turn.answer is None else _kept_json(turn.answer)}


def _row(turn: Turn) -> TurnRow:
    return TurnRow(**_values(turn))


def _kept_json(answer: AnswerJson) -> str:
    whole = json.dumps(answer)
    if len(whole) <= ANSWER_CHARACTERS:
        return whole
    findings = [{**finding, "proof": None} for finding in answer["findings"]]
    return json.dumps({**answer, "proof": None, "findings": findings})


def _conversation(row: ConversationRow, turns: int) -> Conversation:
    moments = {name: getattr(row, name).replace(tzinfo=UTC) for name in ("created", "updated")}
    return Conversation(row.id, row.corpus, row.title, **moments, turns=turns)


def _turn(row: TurnRow) -> Turn:
    answer = json.loads(row.answer) if row.answer else None
    return Turn(row.corpus, row.question, answer, row.answer_id, row.created.replace(tzinfo=UTC), row.position)


def _place_of(row: ConversationRow) -> str:
    """Where a page ends: microseconds since 1970, and the conversation's number."""
    return f"{(row.updated - _EPOCH) // timedelta(microseconds=1)}.{row.number}"


def _place(after: str) -> tuple[datetime, int]:
    moment, dot, number = after.partition(".")
    if not (dot and all(part.isascii() and part.isdigit() and len(part) < 18 for part in (moment, number))):
        raise ValueError(after)
    if int(number) >= 2**31:
        raise ValueError(after)
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), int(number)
    except OverflowError:
        raise ValueError(after) from None
