"""A server that says what it is told to, and what one of ours says over a bot whose answers are written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.schema.answer import Verdict
from bot.schema.contract import answer_to_json, document_to_json, report_to_json
from tests.evaluation.conftest import ScriptedBot, cite, make_answer, make_check


class Server(ThreadingHTTPServer):
    """Answers GET and POST with what ``routes`` makes of the body; keeps the bodies and the headers it was sent."""

    def __init__(self, routes: Mapping[str, Callable[[Any], object]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes = routes
        self.sent: list[tuple[str, Any, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        self.server.sent.append((self.path, body, self.headers["Authorization"]))
        route = self.server.routes.get(self.path)
        data = json.dumps(route(body) if route else {"detail": "none here"}).encode()
        self.send_response(200 if route else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is no log."""


def ours() -> dict[str, Callable[[Any], object]]:
    bot = ScriptedBot(
        {
            "a": make_answer(citations=[cite("Anna runs the north line.")]),
            "b": make_answer("The second turn.", values=[]),
        },
        {"c": make_check(Verdict.REFUTED, "Anna runs the north line.")},
    )
    document = bot.corpus.documents["lines"]
    return {
        "/v1/corpora": lambda _: {"default": "railway", "corpora": []},
        "/v1/documents?corpus=railway": lambda _: {"corpus": "railway", "documents": [document_to_json(document)]},
        "/v1/documents/lines?corpus=railway": lambda _: document_to_json(document),
        "/v1/ask": lambda body: answer_to_json(bot.ask(body["question"]), body.get("session_id", "s1")),
        "/v1/check": lambda body: report_to_json(bot.check(body["text"])),
    }
