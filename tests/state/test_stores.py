"""Conversations, feedback and the log of questions: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.schema.contract import TURNS, answer_to_json
from bot.serving.state.conversations import ANSWER_CHARACTERS, ConversationStore
from bot.serving.state.database import Database
from bot.serving.state.feedback import FeedbackStore
from bot.serving.state.question_log import QuestionLog
from bot.serving.state.records import NOBODY, AskedQuestion, Deleted, Feedback, Rating, StoreError, Turn, owner_of
from bot.serving.state.stores import Stores
from bot.serving.state.tables import Base
from tests.api.fake_library import make_library

ME, YOU = owner_of("key", "one"), owner_of("key", "two")
MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ANSWER = answer_to_json(make_library().get("cars").ask("Who leads in Japan?"), "s", "0" * 32)


@pytest.fixture
def store(database: Database) -> ConversationStore:
    return ConversationStore(database, 1_000)


def asked(question: str, corpus: str = "cars", minutes: int = 0) -> Turn:
    return Turn(corpus, question, ANSWER, "0" * 32, MORNING + timedelta(minutes=minutes))


def add(
    store: ConversationStore, id: str, *questions: str, owner: str = ME, history: Sequence[str] | None = None
) -> None:
    for question in questions:
        store.add(owner, id, asked(question), history)


def test_a_turn_is_kept_as_it_was_answered(store: ConversationStore, url: str) -> None:
    turn = replace(asked("Who leads in Japan? 日本 👩🏽‍🚀\0"), created=MORNING.replace(microsecond=123_456))
    assert store.add(ME, "s", turn) == 1
    # Another process reads it, as it is after a restart.
    page = ConversationStore(Database(url), 5).load(ME, "s")
    assert page is not None and page.before is None
    assert page.turns == (replace(turn, question="Who leads in Japan? 日本 👩🏽‍🚀\ufffd", position=1),)
    assert json.dumps(page.turns[0].answer) == json.dumps(ANSWER)
    assert (page.conversation.title, page.conversation.turns) == ("Who leads in Japan? 日本 👩🏽‍🚀\ufffd", 1)
    assert page.conversation.created == page.conversation.updated == turn.created


def test_a_conversation_begins_as_if_its_turns_had_been_added(store: ConversationStore) -> None:
    turn = replace(asked("Who leads in\nJapan?\0"), created=MORNING.replace(microsecond=123_456))
    store.begin(ME, "s", turn, ["Who?", "And where?"])
    store.add(ME, "t", turn, ["Who?", "And where?"])
    begun, added = store.load(ME, "s"), store.load(ME, "t")
    assert begun is not None and added is not None and begun.turns == added.turns
    assert replace(begun.conversation, id="t") == added.conversation
    assert store.add(ME, "s", asked("And Europe?")) == 4
    with pytest.raises(StoreError):
        store.begin(ME, "s", turn)


def test_questions_are_those_of_the_corpus_and_the_last(store: ConversationStore) -> None:
    assert store.questions(ME, "s", "cars") == ()
    add(store, "s", *map(str, range(TURNS + 2)))
    store.add(ME, "s", asked("elsewhere", "other"))
    assert store.questions(ME, "s", "cars") == tuple(map(str, range(2, TURNS + 2)))
    assert store.questions(ME, "s", "other") == ("elsewhere",)
    assert store.questions(YOU, "s", "cars") == store.questions(NOBODY, "s", "cars") == ()


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ("ab", "ab", "abq"),
        ("ab", "ac", "acq"),
        ("ab", "a", "aq"),
        ("ab", "", "q"),
        ("ab", "abc", "abcq"),
        ("", "ab", "abq"),
    ],
)
def test_a_history_that_is_sent_replaces_what_differs(
    store: ConversationStore, before: str, sent: str, after: str
) -> None:
    add(store, "s", *before)
    store.add(ME, "s", asked("elsewhere", "other"))
    add(store, "s", "q", history=tuple(sent))
    assert "".join(store.questions(ME, "s", "cars")) == after
    assert store.questions(ME, "s", "other") == ("elsewhere",)
    page = store.load(ME, "s")
    assert page is not None
    same = len([None for one, other in zip(before, sent, strict=False) if one == other])
    assert [turn.answer is None for turn in page.turns if turn.corpus == "cars"] == (
        [False] * same + [True] * (len(sent) - same) + [False]
    )


def test_a_long_history_that_goes_on_deletes_nothing(store: ConversationStore) -> None:
    questions = tuple(map(str, range(TURNS + 5)))
    add(store, "s", *questions)
    add(store, "s", "q", history=questions[-TURNS:])
    page = store.load(ME, "s")
    assert page is not None and page.conversation.turns == TURNS + 6


def test_turns_beyond_the_bound_are_forgotten(database: Database) -> None:
    store = ConversationStore(database, 9, turns=3)
    add(store, "s", *"abcde")
    page = store.load(ME, "s")
    assert page is not None
    assert [(turn.position, turn.question) for turn in page.turns] == [(3, "c"), (4, "d"), (5, "e")]


def test_a_huge_answer_is_kept_without_its_proofs(store: ConversationStore) -> None:
    huge = {**ANSWER, "proof": {"quotes": ["x" * ANSWER_CHARACTERS]}}
    store.add(ME, "s", Turn("cars", "Who?", huge))  # type: ignore[arg-type]
    page = store.load(ME, "s")
    assert page is not None and page.turns[0].answer is not None
    assert page.turns[0].answer == {**ANSWER, "proof": None, "findings": page.turns[0].answer["findings"]}
    assert all(finding["proof"] is None for finding in page.turns[0].answer["findings"])


def test_turns_are_given_page_by_page(store: ConversationStore) -> None:
    add(store, "s", *"abcde")
    seen, before = "", None
    while (page := store.load(ME, "s", 2, before)) is not None:
        seen = "".join(turn.question for turn in page.turns) + seen
        if (before := page.before) is None:
            break
    assert seen == "abcde"
    assert store.load(YOU, "s") is None and store.load(ME, "another") is None


def test_conversations_are_listed_page_by_page_newest_first(store: ConversationStore) -> None:
    for number in range(5):
        store.add(ME, f"s{number}", asked("Who?", "cars" if number % 2 else "other", number // 2))
    store.add(YOU, "s1", asked("Who?"))
    store.add(ME, "s0", asked("Who?", minutes=9))
    seen: list[str] = []
    after = None
    while True:
        page = store.listed(ME, limit=2, after=after)
        seen += [each.id for each in page.conversations]
        if (after := page.next) is None:
            break
    assert seen == ["s0", "s4", "s3", "s2", "s1"]
    assert [each.id for each in store.listed(ME, corpus="other").conversations] == ["s0", "s4", "s2"]
    assert [each.id for each in store.listed(ME, ids=["s3", "nope"]).conversations] == ["s3"]
    assert store.listed(ME, ids=[]).conversations == ()
    for wrong in ("", ".", "1", "x.1", "1.2.3", "9" * 30 + ".1", "1." + "9" * 12, "999999999999999999.1"):
        with pytest.raises(ValueError):
            store.listed(ME, after=wrong)


def test_nobodys_conversations_are_listed_to_who_names_them_and_never_deleted_as_a_whole(
    store: ConversationStore,
) -> None:
    add(store, "a", "Who?", owner=NOBODY)
    add(store, "b", "Who?", owner=NOBODY)
    assert store.listed(NOBODY).conversations == ()
    assert [each.id for each in store.listed(NOBODY, ids=["a"]).conversations] == ["a"]
    assert store.delete_of(NOBODY) == 0
    assert store.load(NOBODY, "b") is not None


def test_a_conversation_is_renamed_and_deleted_by_its_owner_alone(store: ConversationStore) -> None:
    add(store, "s", "Who leads in Japan?")
    assert not store.rename(YOU, "s", "Mine") and not store.delete(YOU, "s")
    assert store.rename(ME, "s", "x" * 500 + "\0")
    [conversation] = store.listed(ME).conversations
    assert conversation.title == "x" * 200
    assert store.delete(ME, "s") and not store.delete(ME, "s")
    assert store.load(ME, "s") is None and store.questions(ME, "s", "cars") == ()
    add(store, "s", "Anew?")
    page = store.load(ME, "s")
    assert page is not None and [turn.question for turn in page.turns] == ["Anew?"]


def test_the_one_that_has_been_silent_for_longest_is_forgotten(database: Database) -> None:
    store = ConversationStore(database, 2)
    for minutes, id in enumerate("abac"):
        store.add(ME, id, asked("Who?", minutes=minutes))
    assert [each.id for each in store.listed(ME).conversations] == ["c", "a"]
    store.begin(ME, "d", asked("Who?", minutes=5))
    assert [each.id for each in store.listed(ME).conversations] == ["d", "c"]


def test_what_is_an_owners_is_deleted_and_nothing_else(database: Database) -> None:
    stores = Stores(database, ConversationStore(database, 9), FeedbackStore(database), QuestionLog(database), 30)
    for owner in (ME, YOU, NOBODY):
        add(stores.conversations, "s", "Who?", owner=owner)
        stores.feedback.add(Feedback(Rating.UP, None, "cars", "Who?", owner=owner))
        stores.questions.add(logged(owner=owner))
        stores.questions.add(logged(owner=owner))
    assert stores.delete_of(ME) == Deleted(1, 1, 2)
    assert stores.delete_of(ME) == stores.delete_of(NOBODY) == Deleted()
    assert [kept.owner for kept in stores.feedback.all()] == [YOU, NOBODY]
    assert [kept.owner for kept in stores.questions.all()] == [YOU, YOU, NOBODY, NOBODY]
    assert stores.conversations.load(ME, "s") is None
    assert stores.conversations.load(YOU, "s") and stores.conversations.load(NOBODY, "s")


def logged(question: str = "Who?", days: int = 0, owner: str = ME) -> AskedQuestion:
    moment = MORNING + timedelta(days=days)
    return AskedQuestion("/v1/ask", "cars", question, "answered", "exact", "facts", 1.5, owner, moment)


def test_what_is_too_old_is_deleted(database: Database) -> None:
    stores = Stores(database, ConversationStore(database, 9), FeedbackStore(database), QuestionLog(database), 30)
    for days in (0, 10):
        stores.conversations.add(ME, f"s{days}", replace(asked("Who?"), created=MORNING + timedelta(days=days)))
        stores.questions.add(logged(str(days), days))
    stores.feedback.add(Feedback(Rating.UP, None, "cars", "Who?", received=MORNING))
    assert stores.purge(MORNING + timedelta(days=35)) == Deleted(conversations=1, questions=1)
    assert list(stores.questions.all()) == [logged("10", 10)]
    assert [each.id for each in stores.conversations.listed(ME).conversations] == ["s10"]
    assert len(stores.feedback.all()) == 1
    assert replace(stores, retention_days=0).purge(MORNING + timedelta(days=999)) == Deleted()


def test_turns_of_several_writers_are_all_kept(url: str, database: Database) -> None:
    """Two stores as two processes have them, each with threads; new conversations and one that is shared."""
    database.prepare()
    others = [ConversationStore(Database(url), 1_000) for _ in range(2)]

    def write(number: int) -> None:
        others[number % 2].add(ME, "shared", asked(str(number)))
        others[number % 2].add(ME, f"own-{number // 2}", asked(str(number)))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(24)))
    store = ConversationStore(database, 1_000)
    page = store.load(ME, "shared")
    assert page is not None
    assert sorted(int(turn.question) for turn in page.turns) == list(range(24))
    assert [turn.position for turn in page.turns] == list(range(1, 25))
    assert sorted(each.turns for each in store.listed(ME).conversations) == [2] * 12 + [24]


def tables_of(database: Database) -> dict[str, list[Any]]:
    names = ("feedback", "conversations", "turns", "questions")
    with database.reading() as session:
        return {name: list(map(tuple, session.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2")))) for name in names}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_somebody_counts_on_waits_for_the_disk_and_what_is_written_besides_does_not(database: Database) -> None:
    def level(waits: bool) -> int:
        with database.writing(waits=waits) as session:
            return int(session.execute(text("PRAGMA synchronous")).scalar_one())

    full, normal = 2, 1
    assert [level(waits) for waits in (True, False, True)] == [full, normal, full]


def test_a_filled_database_goes_down_and_up_again(database: Database, url: str) -> None:
    add(ConversationStore(database, 9), "s", "Who?", "And there?")
    QuestionLog(database).add(logged())
    FeedbackStore(database).add(Feedback(Rating.UP, None, "cars", "Who?", ("Where?",), comment="日本", owner=ME))
    full = tables_of(database)
    assert all(full.values())
    database.migrate("feedback_0001")
    with _connected(url) as connection:
        assert [row[:2] for row in connection.execute(text("SELECT id, comment FROM feedback"))] == [(1, "日本")]
        with pytest.raises(Exception, match="turns"):
            connection.execute(text("SELECT * FROM turns"))
    database.migrate("head")
    database.migrate("head")
    [kept] = FeedbackStore(database).all()
    assert (kept.comment, kept.history, kept.owner) == ("日本", ("Where?",), NOBODY)
    assert [len(rows) for rows in tables_of(database).values()] == [1, 0, 0, 0]
    database.migrate("base")
    add(ConversationStore(database, 9), "s", "Who?")
    assert [len(rows) for rows in tables_of(database).values()] == [0, 1, 1, 0]
    with pytest.raises(StoreError, match="another version"):
        database.migrate("nosuch_9999")


def _connected(url: str) -> Any:
    from sqlalchemy import create_engine

    return create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect()


def test_the_migrations_make_the_tables_that_the_stores_use(database: Database) -> None:
    with database.prepare().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
