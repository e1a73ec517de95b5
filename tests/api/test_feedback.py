"""POST /v1/feedback: what is taken, what is refused and how, and that what was acknowledged is kept."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from bot.answering.settings import Settings
from bot.serving.api import create_api
from bot.serving.api.feedback import KeptAnswer, KeptAnswers
from bot.serving.api.requests import FeedbackRequest
from bot.serving.state.database import Database
from bot.serving.state.feedback import FeedbackStore
from bot.serving.state.records import Feedback, FeedbackReason, Rating, State
from tests.api.conftest import serving
from tests.api.test_api import ask, events
from tests.api.test_api_errors import JSON, problem
from tests.api.test_metrics import labelled, scraped

ROOT = Path(__file__).parents[2]
LONG = "x" * 2_001


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "data" / "index"


@pytest.fixture
def database(index: Path) -> Database:
    return Database.of(Settings.from_environ({"WHOLEADS_INDEX": str(index)}))


@pytest.fixture
def store(index: Path) -> FeedbackStore:
    return FeedbackStore.of(Settings.from_environ({"WHOLEADS_INDEX": str(index)}))


@pytest.fixture
def client(client_with: Callable[..., httpx.Client], index: Path) -> httpx.Client:
    return client_with(index=str(index))


def send(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/v1/feedback", json=body)


def test_feedback_is_kept_with_the_answer_that_it_is_about(client: httpx.Client, store: FeedbackStore) -> None:
    history = [{"role": "user", "content": "Who leads in Japan?"}, {"role": "assistant", "content": "Nissan."}]
    answer = ask(client, "And Europe?", history=history, corpus="other")
    sent = {"rating": "down", "reason": "misread", "meant": " Who leads in Asia? ", "comment": "I said Asia 👩🏽‍🚀"}
    response = send(client, answer_id=answer["answer_id"], **sent)
    assert (response.status_code, response.json()) == (201, {"id": 1, "status": "received"})
    [kept] = store.all()
    assert kept == Feedback(
        Rating.DOWN,
        FeedbackReason.MISREAD,
        "other",
        "And Europe?",
        ("Who leads in Japan?",),
        answer["answer_id"],
        answer["answer"],
        answer["understood"],
        meant="Who leads in Asia?",
        comment="I said Asia 👩🏽‍🚀",
        received=kept.received,
        id=1,
    )
    assert kept.received.tzinfo is not None
    assert send(client, answer_id=answer["answer_id"], rating="up").json()["id"] == 2


def test_an_answer_has_the_same_id_each_time_and_another_has_another(client: httpx.Client) -> None:
    def named(question: str, **more: object) -> str:
        return str(ask(client, question, **more)["answer_id"])

    first = named("Who leads in Japan?")
    assert len(first) == 32
    assert named("Who leads in Japan?", session_id="another") == first
    before = [{"role": "user", "content": "Who leads in Europe?"}]
    others = {
        named("Who leads Japan?"), named("Who leads in Japan?", history=before),
        named("Who leads in Japan?", corpus="other"),
    }  # fmt: skip
    assert len(others - {first}) == 3


def test_a_streamed_answer_can_be_told_of(client: httpx.Client) -> None:
    *_, (_, done) = events(client, "Who leads in Japan?", session_id="s")
    assert done["answer_id"] == ask(client, "Who leads in Japan?")["answer_id"]
    *_, (_, done) = events(client, "Who leads in Europe, streamed?")
    assert send(client, answer_id=done["answer_id"], rating="up").status_code == 201


def test_a_receipt_names_an_answer_as_well(client: httpx.Client, store: FeedbackStore) -> None:
    receipt = ask(client, "Who leads in Japan?")["receipt"]
    assert send(client, receipt=receipt, rating="up").status_code == 201
    assert [kept.question for kept in store.all()] == ["Who leads in Japan?"]


def test_a_receipt_of_several_answers_needs_the_question(client: httpx.Client, store: FeedbackStore) -> None:
    receipt = ask(client, "Who leads in Japan?")["receipt"]
    assert ask(client, "So Japan is whose?")["receipt"] == receipt
    assert "answer_id" in str(problem(send(client, receipt=receipt, rating="up"), 422)["detail"])
    assert send(client, receipt=receipt, rating="up", question="So Japan is whose?").status_code == 201
    [kept] = store.all()
    assert (kept.question, kept.answer) == ("So Japan is whose?", "Nissan leads Japan. [1]")


def test_of_an_answer_that_is_not_known_the_question_is_taken(client: httpx.Client, store: FeedbackStore) -> None:
    unknown = {"answer_id": "0" * 32, "rating": "down", "reason": "missing"}
    assert "question" in str(problem(send(client, **unknown), 404)["detail"])
    problem(send(client, receipt={"answer": "0" * 64}, rating="up"), 404)
    problem(send(client, **unknown, question="Who?", corpus="nope"), 404)
    history = [{"role": role, "content": role * 2} for role in ("user", "assistant")]
    assert send(client, **unknown, question="And there?", history=history, corpus="other").status_code == 201
    assert send(client, **unknown, question="Who?").status_code == 201
    assert [(kept.question, kept.history, kept.corpus, kept.answer) for kept in store.all()] == [
        ("And there?", ("useruser",), "other", ""),
        ("Who?", (), "cars", ""),
    ]


def test_what_not_every_database_can_keep_is_taken(client: httpx.Client, store: FeedbackStore) -> None:
    assert send(client, answer_id="0" * 32, rating="up", question="Who\0?", comment="\0").status_code == 201
    [kept] = store.all()
    assert (kept.question, kept.comment) == ("Who\ufffd?", "\ufffd")


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "no answer named": ({"answer_id": None}, 422),
    "answer id number": ({"answer_id": 1}, 422),
    "answer id too long": ({"answer_id": "0" * 33}, 422),
    "answer id surrogate": ({"answer_id": "\ud800" * 32}, 422),
    "receipt text": ({"receipt": "0" * 64}, 422),
    "receipt without answer": ({"receipt": {"corpus": "0" * 64}}, 422),
    "receipt of another make": ({"receipt": {"answer": "sha256"}}, 422),
    "no rating": ({"rating": None}, 422),
    "rating unknown": ({"rating": "sideways"}, 422),
    "rating list": ({"rating": ["down"]}, 422),
    "down without reason": ({"reason": None}, 422),
    "up with a reason": ({"rating": "up"}, 422),
    "reason unknown": ({"reason": "ugly"}, 422),
    "reason object": ({"reason": {}}, 422),
    "meant blank": ({"meant": " \u200b"}, 422),
    "meant empty": ({"meant": ""}, 422),
    "meant list": ({"meant": ["Who?"]}, 422),
    "meant surrogate": ({"meant": "\udfff"}, 422),
    "meant too long": ({"meant": LONG}, 413),
    "comment too long": ({"comment": LONG}, 422),
    "comment surrogate": ({"comment": "a\ud800"}, 422),
    "question blank": ({"question": ""}, 422),
    "question too long": ({"question": LONG}, 413),
    "history of strings": ({"history": ["Who?"]}, 422),
    "history too long": ({"history": [{"role": "user", "content": LONG}]}, 413),
    "corpus number": ({"corpus": 1}, 422),
    "everything too long": ({"comment": "x" * 300_000}, 413),
}


@pytest.mark.parametrize(("change", "status"), WRONG.values(), ids=WRONG.keys())
def test_what_makes_no_sense_is_told_what_to_send(
    client: httpx.Client, store: FeedbackStore, change: dict[str, Any], status: int
) -> None:
    right = {"answer_id": "0" * 32, "rating": "down", "reason": "other", "question": "Who?"}
    told = problem(client.post("/v1/feedback", content=_ascii({**right, **change}), headers=JSON), status)
    assert "send" in str(told["detail"]).lower() and len(str(told["detail"])) < 600
    assert store.all() == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 90_000, b'{"answer_id":' * 20_000, b"\xff"])
def test_what_is_no_object_is_refused(client: httpx.Client, body: bytes) -> None:
    problem(client.post("/v1/feedback", content=body, headers=JSON), 422)


def test_it_needs_a_label_a_key_and_an_allowance(client_with: Callable[..., httpx.Client], index: Path) -> None:
    client = client_with(index=str(index), api_keys="one", rate_limit="3")
    body = {"answer_id": "0" * 32, "rating": "up", "question": "Who?"}
    problem(send(client, **body), 401)
    client.headers["X-API-Key"] = "one"
    problem(client.post("/v1/feedback", content=b"{}", headers={"Content-Type": "text/plain"}), 415)
    assert send(client, **body).status_code == 201
    problem(client.get("/v1/feedback"), 405)
    problem(send(client, answer_id="0" * 32, rating="up"), 404)
    problem(send(client, **body), 429)


def test_it_is_counted_once_it_is_kept(client: httpx.Client) -> None:
    named = {"answer_id": ask(client, "Who leads in Japan?")["answer_id"]}
    for body in ({"rating": "up"}, {"rating": "up"}, {"rating": "down", "reason": "wrong_evidence"}):
        assert send(client, **named, **body).status_code == 201
    problem(send(client, answer_id="0" * 32, rating="up"), 404)
    problem(send(client, **named, rating="down"), 422)
    assert labelled(scraped(client), "feedback_total") == {("up", "none"): 2, ("down", "wrong_evidence"): 1}


def test_the_page_about_it_names_each_key_and_each_reason() -> None:
    page = (ROOT / "docs" / "feedback.md").read_text(encoding="utf-8")
    named = {key for row in re.findall(r"^\| (`.+?) \|", page, re.M) for key in re.findall(r"`(\w+)`", row)}
    assert named == set(FeedbackRequest.model_fields)
    assert all(f"`{reason}`" in page for reason in FeedbackReason)


# Where it is kept


def filed() -> Feedback:
    return Feedback(Rating.DOWN, FeedbackReason.OTHER, "cars", "Who?")


@pytest.mark.parametrize(
    ("pragma", "told"), [("query_only=ON", "readonly database"), ("max_page_count=1", "disk is full")]
)
def test_a_database_that_takes_nothing_is_503_and_questions_are_answered(
    library: Any, index: Path, store: FeedbackStore, pragma: str, told: str
) -> None:
    store.all()
    app = create_api(library, Settings.from_environ({"WHOLEADS_INDEX": str(index)}))

    def spoil(connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA {pragma}").close()

    with serving(app) as url, httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        app.state.keeper.stores.database.close()
        event.listen(Engine, "connect", spoil)
        try:
            answer = ask(client, "Who leads in Japan?")
            # As long as is allowed: a short one may find room in a page that is there.
            more = {"comment": "x" * 2_000, "meant": "y" * 2_000}
            response = send(client, answer_id=answer["answer_id"], rating="down", reason="other", **more)
            assert told in str(problem(response, 503)["detail"])
            assert response.headers["retry-after"] == "5"
            assert labelled(scraped(client), "feedback_total") == {}
            assert ask(client, "Who leads in Japan?")["answer_id"] == answer["answer_id"]
        finally:
            event.remove(Engine, "connect", spoil)
        assert store.all() == ()
        # The database is looked at anew after a failure; this one has been mended.
        assert send(client, answer_id=answer["answer_id"], rating="up").status_code == 201


@pytest.mark.parametrize(
    "url", ["sqlite:////dev/null/feedback.db", "nosuch://host/name", "postgresql+nosuch://u:pw@h/n"]
)
def test_a_database_that_cannot_be_had_is_503_and_hides_its_address(
    library: Any, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_api(library, Settings.from_environ({"DATABASE_URL": url}))
    app.state.keeper.tend()
    assert "cannot be kept" in caplog.text
    with serving(app) as address, httpx.Client(base_url=address, timeout=20, trust_env=False) as client:
        told = problem(send(client, answer_id="0" * 32, rating="up", question="Who?"), 503)
        assert "not kept" in str(told["detail"]) and "pw" not in str(told) and "/dev" not in str(told)
        assert ask(client, "Who leads in Japan?")["values"] == ["Nissan"]


def test_without_a_corpus_feedback_is_not_ready(client_with: Callable[..., httpx.Client], index: Path) -> None:
    client = client_with(ready=False, index=str(index))
    problem(send(client, answer_id="0" * 32, rating="up", question="Who?"), 503)
    problem(send(client, answer_id="0" * 32, rating="up"), 404)


SERVER = """
import socket, sys
import uvicorn
from bot.answering.settings import Settings
from bot.serving.api import create_api
from tests.api.fake_library import make_library
app = create_api(make_library(), Settings.from_environ({"WHOLEADS_INDEX": sys.argv[1]}))
listener = socket.create_server(("127.0.0.1", 0))
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(listener.getsockname()[1], flush=True)
Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
"""


def test_what_was_acknowledged_survives_a_kill(index: Path, store: FeedbackStore) -> None:
    for number in (1, 2):
        process = subprocess.Popen([sys.executable, "-c", SERVER, str(index)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout
        try:
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
                sent = send(client, answer_id="0" * 32, rating="up", question=f"Who is {number}?")
                process.send_signal(signal.SIGKILL)
            assert (sent.status_code, sent.json()["id"]) == (201, number)
            assert process.wait(30) == -signal.SIGKILL
        finally:
            process.kill()
            process.stdout.close()
    assert [kept.question for kept in store.all()] == ["Who is 1?", "Who is 2?"]


def test_a_commit_waits_for_the_disk_and_no_reader_for_a_writer(database: Database) -> None:
    with database.prepare().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


ADDING = """
import sys
from bot.serving.state.records import Feedback, Rating
from bot.serving.state.feedback import FeedbackStore
from bot.serving.state.database import Database
store = FeedbackStore(Database(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
store.add(Feedback(Rating.UP, None, "cars", "Who?"))
"""


def test_processes_make_the_database_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'feedback.db'}"
    command = [sys.executable, "-c", ADDING, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [subprocess.Popen(command, cwd=ROOT, env=environ, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    try:
        for process in processes:
            assert process.stdout.readline() == b"ready\n"
        for process in processes:
            process.stdin.write(b"\n")
            process.stdin.flush()
        for process in processes:
            _, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, b"")
    finally:
        for process in processes:
            process.kill()
    assert [kept.id for kept in FeedbackStore(Database(url)).all()] == [1, 2, 3, 4]


def test_the_migrations_make_the_tables_that_the_stores_use(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bot.serving.state.tables import Base

    with database.prepare().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_migration_that_breaks_off_leaves_nothing_behind(store: FeedbackStore) -> None:
    from sqlalchemy import Engine

    def broken(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.lstrip().startswith("CREATE INDEX"):
            raise OSError(5, "the cable was pulled")

    event.listen(Engine, "before_cursor_execute", broken)
    try:
        with pytest.raises(Exception, match="the cable was pulled"):
            store.all()
    finally:
        event.remove(Engine, "before_cursor_execute", broken)
    assert store.add(filed()) == 1


def test_a_database_of_a_later_program_is_left_alone(database: Database, store: FeedbackStore) -> None:
    with database.prepare().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'feedback_9999'")
    with pytest.raises(Exception, match="another version of the program"):
        store.add(filed())


def test_a_file_that_was_taken_away_is_made_again(store: FeedbackStore, index: Path) -> None:
    assert store.add(filed()) == 1
    (index.parent / "wholeads.db").unlink()
    with pytest.raises(Exception, match="no such table"):
        store.add(filed())
    assert store.add(filed()) == 1


def test_the_queue_has_what_was_rated_down_and_is_open(store: FeedbackStore) -> None:
    up = replace(filed(), rating=Rating.UP, reason=None)
    for feedback in (filed(), up, filed(), filed()):
        store.add(feedback)
    store.settle(1, State.REJECTED)
    store.settle(3, State.ACCEPTED)
    assert [kept.id for kept in store.queue()] == [4]
    assert store.count(Rating.UP) == 1
    assert [kept.state for kept in store.all()] == [State.REJECTED, State.OPEN, State.ACCEPTED, State.OPEN]


# What is remembered


def kept(name: str, question: str = "Who?") -> KeptAnswer:
    return KeptAnswer(name, name * 2, "cars", question)


def test_the_oldest_answer_is_forgotten_first() -> None:
    answers = KeptAnswers(limit=2)
    for name in ("a", "b", "a", "c"):
        answers.keep(kept(name))
    assert [answers.of_id(name) is not None for name in "abc"] == [True, False, True]
    assert answers.of_text("bb") == [] and len(answers.of_text("aa")) == 1


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    answers = KeptAnswers(limit=100, characters=100)
    for number in range(10):
        answers.keep(kept(f"{number}", "x" * 40))
        answers.keep(kept("same", f"{number}"))
    assert [number for number in range(10) if answers.of_id(f"{number}")] == [8, 9]
    assert answers.of_id("same")


def _ascii(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode("ascii")
