"""Conversations over HTTP: that they go on, whose they are, and what becomes of a request while the database fails."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from bot.answering.settings import Settings
from bot.serving.api import create_api
from bot.serving.state.records import Turn, owner_of
from bot.serving.state.stores import Stores
from tests.api.conftest import serving
from tests.api.fake_library import make_library
from tests.api.test_api import ask, events
from tests.api.test_api_errors import JSON, problem
from tests.state.postgres import Cluster

QUESTION = "Who leads in Japan?"


@contextmanager
def client_of(url: str, **settings: str) -> Iterator[httpx.Client]:
    """A client of a server over a database."""
    environ = {"DATABASE_URL": url, **{f"WHOLEADS_{name.upper()}": value for name, value in settings.items()}}
    app = create_api(make_library(), Settings.from_environ(environ))
    with serving(app) as address, httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
        yield client


def stores_of(url: str) -> Stores:
    return Stores.of(Settings.from_environ({"DATABASE_URL": url}))


@pytest.fixture
def file_url(sqlite_file: Path, tmp_path: Path) -> str:
    """The address of an SQLite database, which waits for nobody for long."""
    (tmp_path / "state.db").write_bytes(sqlite_file.read_bytes())
    return f"sqlite:///{tmp_path / 'state.db'}?timeout=0.1"


@pytest.fixture(scope="module")
def client(sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server over a database that works, which the tests share."""
    path = tmp_path_factory.mktemp("shared") / "state.db"
    path.write_bytes(sqlite_file.read_bytes())
    with client_of(f"sqlite:///{path}") as http:
        yield http


def test_a_conversation_goes_on_with_another_process_and_after_a_restart(url: str) -> None:
    with client_of(url) as one, client_of(url) as other:
        session = ask(one, QUESTION)["session_id"]
        assert ask(other, "And Europe?", session_id=session)["values"] == ["Renault"]
        assert ask(one, "Who asked?", session_id=session)["answer"] == f"{QUESTION} | And Europe?"
    with client_of(url) as again:
        *_, (_, done) = events(again, "Who asked?", session_id=session)
        assert done["answer"] == f"{QUESTION} | And Europe? | Who asked?"
        read = again.get(f"/v1/conversations/{session}").json()
    assert [turn["question"] for turn in read["turns"]] == [QUESTION, "And Europe?", "Who asked?", "Who asked?"]
    assert read["turns"][-1]["answer"] == done
    assert read["conversation"]["title"] == QUESTION and read["conversation"]["turns"] == 4
    assert (read["next_cursor"], read["conversation"]["corpus"]) == (None, "cars")


def test_feedback_on_an_answer_of_another_process_knows_the_conversation(url: str) -> None:
    with client_of(url) as one, client_of(url) as other:
        session = ask(one, QUESTION)["session_id"]
        answer = ask(one, "And Europe?", session_id=session)
        sent = {"answer_id": answer["answer_id"], "rating": "up"}
        assert other.post("/v1/feedback", json=sent).status_code == 201
    [kept] = stores_of(url).feedback.all()
    assert (kept.question, kept.history, kept.corpus) == ("And Europe?", (QUESTION,), "cars")
    assert (kept.answer, kept.understood) == (answer["answer"], answer["understood"])


def test_each_key_sees_its_own_conversations(file_url: str) -> None:
    with client_of(file_url, api_keys="one,two") as client:
        problem(client.get("/v1/conversations"), 401)
        client.headers["X-API-Key"] = "one"
        for id in ("s/1", "s2", "ä ?#%"):
            ask(client, QUESTION, session_id=id)
        ask(client, QUESTION, session_id="elsewhere", corpus="other")
        first = client.get("/v1/conversations", params={"limit": 3}).json()
        assert [each["id"] for each in first["conversations"]] == ["elsewhere", "ä ?#%", "s2"]
        rest = client.get("/v1/conversations", params={"limit": 3, "cursor": first["next_cursor"]}).json()
        assert ([each["id"] for each in rest["conversations"]], rest["next_cursor"]) == (["s/1"], None)
        of_corpus = client.get("/v1/conversations", params={"corpus": "other"}).json()
        assert [each["id"] for each in of_corpus["conversations"]] == ["elsewhere"]
        for id in ("s%2F1", "%C3%A4%20%3F%23%25"):
            assert client.get(f"/v1/conversations/{id}").status_code == 200
        renamed = client.patch("/v1/conversations/s2", json={"title": "Asia ✓"})
        assert (renamed.status_code, renamed.json()["title"]) == (200, "Asia ✓")

        client.headers["X-API-Key"] = "two"
        assert client.get("/v1/conversations").json() == {"conversations": [], "next_cursor": None}
        assert client.get("/v1/conversations", params={"id": "s2"}).json()["conversations"] == []
        problem(client.get("/v1/conversations/s2"), 404)
        problem(client.patch("/v1/conversations/s2", json={"title": "Mine"}), 404)
        problem(client.delete("/v1/conversations/s2"), 404)
        ask(client, "Who leads in Europe?", session_id="s2")

        client.headers["X-API-Key"] = "one"
        assert client.get("/v1/conversations/s2").json()["conversation"]["title"] == "Asia ✓"
        gone = client.delete("/v1/conversations/s2")
        assert (gone.status_code, gone.content) == (204, b"")
        problem(client.delete("/v1/conversations/s2"), 404)
        assert ask(client, "Who asked?", session_id="s2")["answer"] == ""


def test_turns_are_read_page_by_page(client: httpx.Client) -> None:
    session = str(uuid.uuid4())
    for number in range(5):
        ask(client, str(number), session_id=session)
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get(f"/v1/conversations/{session}", params=params).json()
        seen = [turn["question"] for turn in page["turns"]] + seen
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == list("01234")


def test_without_keys_a_conversation_is_reached_by_its_id_alone(client: httpx.Client) -> None:
    session = str(ask(client, QUESTION)["session_id"])
    ask(client, QUESTION, session_id="guessed")
    assert client.get("/v1/conversations").json() == {"conversations": [], "next_cursor": None}
    told = client.get("/v1/conversations", params={"id": [session, "guessed"]}).json()
    assert [each["id"] for each in told["conversations"]] == [session]
    for method in ("GET", "DELETE"):
        assert "32 characters" in str(problem(client.request(method, "/v1/conversations/guessed"), 404)["detail"])
    problem(client.patch("/v1/conversations/guessed", json={"title": "Mine"}), 404)
    problem(client.get(f"/v1/conversations/{uuid.uuid4()}"), 404)
    assert "by its id" in str(problem(client.delete("/v1/conversations"), 404)["detail"])
    assert ask(client, "Who asked?", session_id="guessed")["answer"] == QUESTION
    assert client.patch(f"/v1/conversations/{session}", json={"title": "New"}).json()["title"] == "New"
    assert client.delete(f"/v1/conversations/{session}").status_code == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"title": ""}', 422),
        (b'{"title": " \\u200b"}', 422),
        (b'{"title": 1}', 422),
        (b'{"title": "\\ud800"}', 422),
        (b"{}", 422),
        (b"[]", 422),
        (b'{"title": "%s"}' % (b"x" * 201), 422),
        (b'{"title": "%s"}' % (b"x" * 300_000), 413),
    ],
)
def test_a_title_that_makes_no_sense_is_refused(client: httpx.Client, body: bytes, status: int) -> None:
    problem(client.patch(f"/v1/conversations/{uuid.uuid4()}", content=body, headers=JSON), status)


def test_what_makes_no_sense_in_an_address_is_refused(client: httpx.Client) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "id=" + "&id=".join("x" * 201)):
        problem(client.get(f"/v1/conversations?{query}"), 422)
    for cursor in ("x", "-1", "9" * 20, "%00"):
        problem(client.get(f"/v1/conversations?cursor={cursor}&id={uuid.uuid4()}"), 422)
        problem(client.get(f"/v1/conversations/{uuid.uuid4()}?cursor={cursor}"), 422)
    for path in ("", "/", "/" + "x" * 5_000, "/%ff" * 20, "/%00" * 40):
        problem(client.patch(f"/v1/conversations{path}", json={"title": "x"}), 404 if path else 405)


def test_all_that_was_kept_of_a_key_is_deleted(file_url: str) -> None:
    with client_of(file_url, api_keys="one,two", question_log="on") as client:
        for key in ("one", "two"):
            client.headers["X-API-Key"] = key
            answer = ask(client, QUESTION)
            ask(client, "And Europe?", session_id=answer["session_id"])
            sent = {"answer_id": answer["answer_id"], "rating": "up"}
            assert client.post("/v1/feedback", json=sent).status_code == 201
        deleted = client.delete("/v1/conversations")
        assert (deleted.status_code, deleted.json()) == (200, {"conversations": 1, "feedback": 1, "questions": 2})
        assert client.get("/v1/conversations").json()["conversations"] == []
        assert client.delete("/v1/conversations").json() == {"conversations": 0, "feedback": 0, "questions": 0}
    one, two = (owner_of("key", hashlib.sha256(key).hexdigest()) for key in (b"one", b"two"))
    stores = stores_of(file_url)
    assert {kept.owner for kept in (*stores.feedback.all(), *stores.questions.all())} == {one}
    assert len(stores.conversations.listed(one).conversations) == 1
    text = Path(file_url.partition("///")[2].partition("?")[0]).read_bytes()
    assert one.encode() in text and two.encode() not in text


def test_questions_are_logged_where_that_is_set_alone(file_url: str) -> None:
    def use(client: httpx.Client) -> None:
        ask(client, QUESTION)
        list(events(client, "Who leads in Europe?"))
        chat = {"model": "other", "messages": [{"role": "user", "content": "Who?"}]}
        assert client.post("/v1/chat/completions", json=chat).status_code == 200
        assert client.post("/v1/chat/completions", json={**chat, "stream": True}).status_code == 200
        call = {"name": "ask", "arguments": {"question": "Where?"}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        assert (
            client.post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream"}).status_code == 200
        )

    with client_of(file_url) as client:
        use(client)
    assert list(stores_of(file_url).questions.all()) == []
    with client_of(file_url, question_log="on") as client:
        use(client)
    assert [(each.way, each.corpus, each.question, each.status) for each in stores_of(file_url).questions.all()] == [
        ("/v1/ask", "cars", QUESTION, "answered"),
        ("/v1/ask", "cars", "Who leads in Europe?", "answered"),
        ("/v1/chat/completions", "other", "Who?", "not_stated"),
        ("/v1/chat/completions", "other", "Who?", "not_stated"),
        ("/mcp", "cars", "Where?", "not_stated"),
    ]


def test_what_is_too_old_is_deleted_at_the_start(file_url: str) -> None:
    old, new = str(uuid.uuid4()), str(uuid.uuid4())
    for id, days in ((old, 8), (new, 6)):
        turn = Turn("cars", "Who?", created=datetime.now(UTC) - timedelta(days=days))
        stores_of(file_url).conversations.add("", id, turn)
    with client_of(file_url, retention_days="7") as client:
        found: list[str] = [old, new]
        for _ in range(200):
            listed = client.get("/v1/conversations", params={"id": [old, new]}).json()["conversations"]
            if (found := [each["id"] for each in listed]) == [new]:
                break
        assert found == [new]


# Where the database fails


def told_to_be_failing(client: httpx.Client, session: str, reason: str) -> None:
    """What needs the database is 503 with the mend, and what does not is answered."""
    assert (ask(client, QUESTION)["values"], ask(client, QUESTION)["session_id"]) == (["Nissan"], "")
    *_, (name, done) = events(client, QUESTION)
    assert (name, done["session_id"]) == ("done", "")
    response = client.post("/v1/ask", json={"question": QUESTION, "session_id": session})
    told = problem(response, 503)
    assert reason in str(told["detail"]) and "session_id" in str(told["detail"])
    assert (response.headers["retry-after"], told["type"]) == ("5", "urn:wholeads:problem:state-unavailable")
    streamed = client.post("/v1/ask", json={"question": QUESTION, "session_id": session, "stream": True})
    if streamed.status_code == 200:
        # It could be read, and not be written: the stream had begun.
        assert streamed.text.count("event: error") == 1 and "event: done" not in streamed.text
    else:
        problem(streamed, 503)
    if "full" not in reason:  # what makes room is done
        problem(client.delete(f"/v1/conversations/{session}"), 503)
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["database"]["state"] == "failing" and reason in ready.json()["database"]["reason"]
    assert client.get("/healthz").status_code == 200


def told_to_work(client: httpx.Client, session: str) -> None:
    assert ask(client, "Who asked?", session_id=session)["answer"].startswith(QUESTION)
    assert client.get("/readyz").json()["database"] == {"state": "ready"}
    assert client.delete(f"/v1/conversations/{session}").status_code == 204


def test_while_the_database_is_locked_questions_are_answered(file_url: str, tmp_path: Path) -> None:
    with client_of(file_url) as client:
        session = str(ask(client, QUESTION)["session_id"])
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            told_to_be_failing(client, session, "database is locked")
            assert client.get(f"/v1/conversations/{session}").status_code == 200  # reading waits for no writer
            other.execute("ROLLBACK")
        told_to_work(client, session)


@pytest.mark.parametrize(
    ("pragma", "reason"), [("query_only=ON", "readonly database"), ("max_page_count=1", "disk is full")]
)
def test_while_nothing_can_be_written_questions_are_answered(
    file_url: str, pragma: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    def spoil(connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA {pragma}").close()

    with client_of(file_url) as client:
        # Long, so that no page that is there has room for more.
        session = str(ask(client, QUESTION)["session_id"])
        with ExitStack() as spoilt:
            app_connections_are_renewed(file_url)
            event.listen(Engine, "connect", spoil)
            spoilt.callback(event.remove, Engine, "connect", spoil)
            told_to_be_failing(client, session, reason)
        app_connections_are_renewed(file_url)
        told_to_work(client, session)
    assert reason in caplog.text and QUESTION not in caplog.text


def app_connections_are_renewed(url: str) -> None:
    """Put a copy in the file's place: connections to the old one are let go of."""
    path = Path(url.partition("///")[2].partition("?")[0])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    copy = path.with_suffix(".copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


def test_a_file_that_is_taken_away_is_made_anew(file_url: str, tmp_path: Path) -> None:
    with client_of(file_url) as client:
        session = str(ask(client, QUESTION)["session_id"])
        for path in tmp_path.glob("state.db*"):
            path.unlink()
        problem(client.get(f"/v1/conversations/{session}"), 503)
        problem(client.get(f"/v1/conversations/{session}"), 404)
        assert ask(client, QUESTION, session_id=session)["session_id"] == session
        assert ask(client, "Who asked?", session_id=session)["answer"] == QUESTION


def test_while_postgresql_is_gone_questions_are_answered(cluster: Cluster, postgresql_url: str) -> None:
    with client_of(postgresql_url) as client:
        session = str(ask(client, QUESTION)["session_id"])
        cluster.stop()
        try:
            told_to_be_failing(client, session, "cannot be reached")
        finally:
            cluster.start()
        told_to_work(client, session)


def test_while_postgresql_is_read_only_questions_are_answered(cluster: Cluster, postgresql_url: str) -> None:
    with client_of(postgresql_url) as client:
        session = str(ask(client, QUESTION)["session_id"])
        name = postgresql_url.rpartition("/")[2].encode()
        with cluster.connected() as connection:
            connection.execute(b"ALTER DATABASE " + name + b" SET default_transaction_read_only = on")
            cut_off(connection, name)
            told_to_be_failing(client, session, "read-only")
            connection.execute(b"ALTER DATABASE " + name + b" RESET default_transaction_read_only")
            cut_off(connection, name)
        told_to_work(client, session)


def cut_off(connection: Any, name: bytes) -> None:
    told = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    connection.execute(told, [name.decode()])


def test_no_address_and_no_password_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with client_of("postgresql://someone:hunter2@127.0.0.1:1/somewhere") as client:
        told = problem(client.post("/v1/ask", json={"question": QUESTION, "session_id": "s"}), 503)
        assert "cannot be reached" in str(told["detail"])
        shown = str(told) + client.get("/readyz").text
        assert "hunter2" not in shown + caplog.text and "someone" not in shown
