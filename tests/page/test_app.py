"""The composition root: it starts whatever is broken, and says what is."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

import app
from app import compose
from bot.answering.settings import Settings
from bot.serving.api.guard import FAILURES
from bot.serving.state.feedback import FeedbackStore
from tests.api.conftest import serving
from tests.api.fake_library import make_library


def test_a_corpus_that_is_not_there_keeps_nothing_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"WHOLEADS_CORPUS": str(tmp_path / "nowhere"), "WHOLEADS_INDEX": str(tmp_path / "index")}
    library, not_ready = app.load(Settings.from_environ(environ))
    assert library is None
    assert "wholeads index" in not_ready
    assert "cannot be loaded" in caplog.text


def test_the_database_is_made_at_the_start(tmp_path: Path) -> None:
    environ = {"WHOLEADS_CORPUS": str(tmp_path / "nowhere"), "WHOLEADS_INDEX": str(tmp_path / "index")}
    with serving(app.create_app(environ)):
        until = time.monotonic() + 30
        while not (tmp_path / "wholeads.db").exists() and time.monotonic() < until:
            time.sleep(0.05)
    assert FeedbackStore.of(Settings.from_environ(environ)).all() == ()


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/ask"])
def test_where_keys_are_set_the_page_asks_for_one(path: str) -> None:
    server = compose(make_library(), Settings.from_environ({"WHOLEADS_API_KEYS": "secret-key"}))
    with serving(server) as url, httpx.Client(base_url=url, trust_env=False) as browser:
        body = {"data": ["Who?", [], "cars"], "fn_index": 0, "session_hash": "s"}
        assert browser.post(path, json=body).status_code in (401, 404)
        assert browser.post("/login", data={"username": "me", "password": "wrong"}).status_code == 400
        assert browser.get("/config").status_code == 401
        assert browser.post("/login", data={"username": "me", "password": "secret-key"}).status_code == 200
        assert browser.get("/config").status_code == 200
        assert "Who?" not in browser.get("/config").text


def test_the_pages_own_routes_are_counted() -> None:
    server = compose(make_library(), Settings.from_environ({"WHOLEADS_RATE_LIMIT": "3"}))
    with serving(server) as url, httpx.Client(base_url=url, trust_env=False) as browser:
        codes = [browser.post("/gradio_api/queue/join", json={}).status_code for _ in range(4)]
        assert codes[:3] != [429] * 3 and codes[3] == 429
        assert browser.get("/healthz").status_code == 200
        told = browser.post("/v1/ask", json={"question": "Who?"})
        assert told.status_code == 429  # one client, one allowance


def test_nothing_can_be_uploaded_and_no_type_is_guessed() -> None:
    with serving(compose(make_library(), Settings.from_environ({}))) as url:
        sent = httpx.post(url + "/gradio_api/upload", files={"files": b"x"}, trust_env=False)
        assert sent.status_code == 404
        for path in ("/", "/healthz", "/v1/corpora", "/gradio_api/upload"):
            headers = httpx.get(url + path, trust_env=False).headers
            assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "SAMEORIGIN")


def test_wrong_keys_at_the_page_are_limited_with_those_of_the_api() -> None:
    server = compose(make_library(), Settings.from_environ({"WHOLEADS_API_KEYS": "secret-key"}))
    with serving(server) as url, httpx.Client(base_url=url, trust_env=False) as browser:
        wrong, right = ({"username": "me", "password": key} for key in ("wrong", "secret-key"))
        codes = [browser.post("/login", data=wrong).status_code for _ in range(FAILURES + 1)]
        assert codes == [400] * FAILURES + [429]
        refused = browser.post("/login", data=right)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
        assert browser.get("/v1/facts", headers={"X-API-Key": "wrong"}).status_code == 429


def test_a_logout_ends_its_own_session_alone() -> None:
    with serving(compose(make_library(), Settings.from_environ({"WHOLEADS_API_KEYS": "secret-key"}))) as url:
        one, other, copied = (httpx.Client(base_url=url, trust_env=False) for _ in range(3))
        for browser in (one, other):
            browser.post("/login", data={"username": "me", "password": "secret-key"}).raise_for_status()
        copied.cookies.update(one.cookies)
        assert one.get("/logout").status_code == 302
        codes = [browser.get("/config").status_code for browser in (one, copied, other)]
        assert codes == [401, 401, 200]
        for browser in (one, other, copied):
            browser.close()


def test_a_stream_of_a_session_that_is_unknown_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with serving(compose(make_library(), Settings.from_environ({}))) as url:
        told = httpx.get(url + "/gradio_api/queue/data", params={"session_hash": "nobody"}, trust_env=False)
    assert told.status_code == 200 and "404" in told.text
    assert [(record.name, record.exc_info) for record in caplog.records if record.levelname != "INFO"] == [
        ("wholeads", None)
    ]
