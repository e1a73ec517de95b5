"""The classes of the providers whose packages are extras: what each is given reaches its client, and nothing else does.

Those whose packages are not installed are left out.
"""

from __future__ import annotations

import importlib.util
import json
import threading
import time
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.answering.chat_model import ChatModel, ChatModelError, SlowReply, asked_of_model, open_chat_model

pytestmark = pytest.mark.slow

SECONDS = 1.5
"""Not whole: the class of one takes whole seconds alone."""
KEY, FOREIGN = "its-own-key", "a-key-of-the-environment"
PROVIDERS = {
    "openai": ("openai:gpt-4o-mini", "langchain_openai", "OPENAI_API_KEY"),
    "anthropic": ("anthropic:claude-haiku-4-5", "langchain_anthropic", "ANTHROPIC_API_KEY"),
    "google": ("google_genai:gemini-2.5-flash", "langchain_google_genai", "GOOGLE_API_KEY"),
    "mistral": ("mistralai:mistral-small-latest", "langchain_mistralai", "MISTRAL_API_KEY"),
    "ollama": ("ollama:llama3.2", "langchain_ollama", "OLLAMA_API_KEY"),
}
"""By extra: a model, the package, the variable of the provider's own key."""
THERE = [extra for extra, (_, package, _) in PROVIDERS.items() if importlib.util.find_spec(package)]
SCHEMA = {"title": "Reading", "description": "", "type": "object", "properties": {"rewrite": {"type": "string"}}}


class Hanging(ThreadingHTTPServer):
    """Takes every request and never replies; keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.headers: list[str] = []
        self.bodies: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Hanging

    def do_POST(self) -> None:
        self.server.headers.append(str(self.headers))
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.over.wait(60)
        self.close_connection = True


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with Hanging() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


@pytest.fixture(params=THERE)
def extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """An extra whose package is installed, with a key of the provider's in the environment."""
    name: str = request.param
    monkeypatch.setenv(PROVIDERS[name][2], FOREIGN)
    return name


def test_a_server_is_sent_its_own_key_and_a_schema_and_is_left_in_time(extra: str, hanging: Hanging) -> None:
    model = open_chat_model(PROVIDERS[extra][0], hanging.url, KEY, SECONDS)
    assert KEY not in repr(model) and KEY not in str(model)
    started = time.monotonic()
    with pytest.raises(SlowReply):
        ChatModel(model, extra, SECONDS).reply(asked_of_model("Be short.", "Hello?"), SCHEMA)
    assert time.monotonic() - started < SECONDS + 2
    assert KEY in hanging.headers[0] and FOREIGN not in hanging.headers[0]
    assert "rewrite" in json.dumps(json.loads(hanging.bodies[0]))


def test_its_client_gives_up_by_itself(extra: str, hanging: Hanging) -> None:
    model = open_chat_model(PROVIDERS[extra][0], hanging.url, KEY, SECONDS)
    started = time.monotonic()
    with pytest.raises(Exception, match=r"timed out|timeout"):
        model.invoke("Hello?")
    assert time.monotonic() - started < 20, "with a second try, where it makes one"


def test_a_server_without_a_key_is_sent_none_of_the_environments(extra: str, hanging: Hanging) -> None:
    model = open_chat_model(PROVIDERS[extra][0], hanging.url, seconds=SECONDS)
    with pytest.raises(SlowReply):
        ChatModel(model, extra, SECONDS).reply(asked_of_model("Be short.", "Hello?"), SCHEMA)
    assert FOREIGN not in hanging.headers[0]


@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - set(THERE)))
def test_a_provider_whose_package_is_missing_is_told_with_its_extra(name: str) -> None:
    with pytest.raises(ChatModelError) as failure:
        open_chat_model(PROVIDERS[name][0], key=KEY)
    assert f"wholeads[{name}]" in str(failure.value)


def test_each_extra_brings_its_package() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, (_, package, _) in PROVIDERS.items():
        [required] = project["optional-dependencies"][name]
        assert required.startswith(f"{package.replace('_', '-')}>=")


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_address_that_is_none_is_told_without_the_key(name: str) -> None:
    try:
        open_chat_model(PROVIDERS[name][0], "http://[nowhere", KEY)
    except ChatModelError as error:
        assert KEY not in str(error)
