"""Bots that are reached over HTTP: one of ours by its own API, any other that speaks OpenAI's chat completions.

    http://127.0.0.1:8000                 ours: GET /v1/corpora tells it
    http://127.0.0.1:8080/v1              any other: POST /v1/chat/completions, whose answers are words and no more

Of an answer that is words alone, its words are judged; whatever else a case expects is reported as not judged.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bot.evaluation.errors import SuiteError
from bot.evaluation.grading import Observation
from bot.evaluation.targets import Target
from bot.schema.answer import Status, Verdict
from bot.schema.contract import citation_from_json
from corpus.model import Document

TIMEOUT = 120.0
"""Seconds that an answer may take where nothing else is said."""

WORDS_ONLY = "the endpoint answers with text alone, so this cannot be judged there"

# JSON: whatever another program sends.
Json = Any


class RemoteError(Exception):
    """The server could not be reached, refused, or sent what is no answer."""


class Http:
    """JSON over HTTP to one server; proxies are those of the environment, and none for this machine itself."""

    def __init__(self, base: str, key: str = "", timeout: float = TIMEOUT) -> None:
        self.base, self._timeout = base.rstrip("/"), timeout
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        local = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))

    def get(self, path: str) -> Json:
        """What a GET answers. Raises RemoteError."""
        return self._send(urllib.request.Request(self.base + path, headers=self._headers))

    def post(self, path: str, body: Mapping[str, object]) -> Json:
        """What a POST of JSON answers. Raises RemoteError."""
        return self._send(urllib.request.Request(self.base + path, json.dumps(body).encode(), self._headers))

    def _send(self, request: urllib.request.Request) -> Json:
        where = f"{request.get_method()} {request.full_url}"
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            said = error.read(500).decode("utf-8", "replace")
            raise RemoteError(f"{where}: {error.code} {error.reason}: {said}") from error
        except (OSError, ValueError) as error:
            raise RemoteError(f"{where}: {getattr(error, 'reason', None) or error}") from error


def connect(url: str, corpus: str | None, *, key: str = "", model: str = "", timeout: float = TIMEOUT) -> Target:
    """The bot at an address, found out by asking it; ``corpus`` is the one that ours is to answer from.

    Raises SuiteError when nothing that answers questions is there.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise SuiteError([f"--url {url}: is no address. Write one such as http://127.0.0.1:8000."])
    root = url.rstrip("/").removesuffix("/v1")
    http = Http(root, key, timeout)
    try:
        http.get("/v1/corpora")
        return Wholeads(http, corpus)
    except RemoteError:
        pass
    try:
        listed = http.get("/v1/models")
        return ChatCompletions(http, model or str(listed["data"][0]["id"]))
    except (RemoteError, LookupError, TypeError) as error:
        mend = "Name the address of a server that is up, as in http://127.0.0.1:8000, and its key in WHOLEADS_API_KEY."
        raise SuiteError([f"--url {url}: no server with questions to ask is there ({error}). {mend}"]) from error


class Wholeads:
    """A server of ours. Turns go through a session that the server keeps, so that sessions are tested as well."""

    unjudged = ""

    def __init__(self, http: Http, corpus: str | None) -> None:
        self._http = http
        self._named: dict[str, object] = {"corpus": corpus} if corpus else {}

    @cached_property
    def _documents(self) -> Mapping[str, Document]:
        query = f"?{urlencode(self._named)}" if self._named else ""
        listed = self._http.get(f"/v1/documents{query}")["documents"]
        found = [self._http.get(f"/v1/documents/{quote(entry['id'], safe='')}{query}") for entry in listed]
        return {each["id"]: Document(each["id"], each["title"], each["text"], each["sha256"]) for each in found}

    def documents(self) -> Mapping[str, Document]:
        """The documents that the server serves, fetched once."""
        return self._documents

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        """Ask turn after turn in one session of the server's."""
        session: dict[str, object] = {}
        seen = []
        for turn in turns:
            sent = self._http.post("/v1/ask", {"question": turn, **session, **self._named})
            session = {"session_id": sent["session_id"]}
            seen.append(_answered(sent))
        return tuple(seen)

    def check(self, text: str) -> Observation:
        """The server's check."""
        sent = self._http.post("/v1/check", {"text": text, **self._named})
        corrections = _corrections(sent)
        return Observation(
            said="\n".join((*(each["explanation"] for each in sent["findings"]), *corrections)),
            anchor=text,
            status=None,
            verdict=Verdict(sent["verdict"]),
            values=(),
            corrections=corrections,
            citations=tuple(map(citation_from_json, sent["citations"])),
            findings=tuple(Verdict(each["verdict"]) for each in sent["findings"]),
            facts=tuple(dict.fromkeys(fact for each in sent["findings"] for fact in each.get("facts", ()))),
        )


class ChatCompletions:
    """Any bot behind ``POST /v1/chat/completions``, asked at temperature 0; its own replies are the turns before."""

    unjudged = WORDS_ONLY

    def __init__(self, http: Http, model: str) -> None:
        self._http, self._model = http, model

    def documents(self) -> Mapping[str, Document]:
        """None: what it knows cannot be looked into."""
        return {}

    def converse(self, turns: Sequence[str]) -> tuple[Observation, ...]:
        """Ask turn after turn."""
        messages: list[dict[str, str]] = []
        seen = []
        for turn in turns:
            messages.append({"role": "user", "content": turn})
            body = {"model": self._model, "messages": messages, "temperature": 0, "seed": 1}
            sent = self._http.post("/v1/chat/completions", body)
            said = _said(sent)
            messages.append({"role": "assistant", "content": said})
            seen.append(_words(said))
        return tuple(seen)

    def check(self, text: str) -> Observation:
        """The text as a turn: there is no other way to put it."""
        return self.converse([text])[-1]


def _said(sent: Json) -> str:
    try:
        return str(sent["choices"][0]["message"]["content"] or "")
    except (LookupError, TypeError) as error:
        raise RemoteError(f"no chat completion: {json.dumps(sent)[:200]}") from error


def _words(said: str) -> Observation:
    return Observation(said, said, None, None, (), (), ())


def _answered(sent: Json) -> Observation:
    return Observation(
        said=sent["answer"],
        anchor=sent["answer"],
        status=Status(sent["status"]),
        verdict=Verdict(sent["verdict"]) if sent["verdict"] else None,
        values=tuple(sent["values"]),
        corrections=_corrections(sent),
        citations=tuple(map(citation_from_json, sent["citations"])),
        facts=tuple(fact["id"] for fact in sent["facts"]),
    )


def _corrections(sent: Json) -> tuple[str, ...]:
    return tuple(each["correction"] for each in sent["findings"] if each["correction"])
