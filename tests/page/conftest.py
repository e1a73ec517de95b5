"""The whole server, page and API, on a real socket with the fake library behind it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app import compose
from bot.answering.settings import Settings
from tests.api.conftest import serving
from tests.api.fake_library import HOSTILE, FakeBot, FakeLibrary, make_corpus


@pytest.fixture(scope="session", autouse=True)
def uploads_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the framework keeps of uploads goes with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield


@pytest.fixture(scope="session")
def hostile_library() -> FakeLibrary:
    """A corpus whose every text tries to break out of the page."""
    corpus = make_corpus(title=HOSTILE, text=make_corpus().documents["plan"].text + "\n\n" + HOSTILE)
    return FakeLibrary({"cars": FakeBot(corpus)})


@pytest.fixture(scope="session")
def page_url(hostile_library: FakeLibrary) -> Iterator[str]:
    with serving(compose(hostile_library, Settings.from_environ({}))) as url:
        yield url


@pytest.fixture(scope="session")
def not_ready_url() -> Iterator[str]:
    with serving(compose(None, Settings.from_environ({}), "Run `wholeads index` <now>.")) as url:
        yield url


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20, trust_env=False) as http:
        yield http
