"""The whole server on a real socket, with the real bot behind it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app import compose
from bot.answering.bot import Library
from bot.answering.settings import Settings
from tests.api.conftest import serving


@pytest.fixture(scope="session")
def served(alliance_library: Library, alliance_settings: Settings) -> Iterator[str]:
    with serving(compose(alliance_library, alliance_settings)) as url:
        yield url


@pytest.fixture
def client(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=60, trust_env=False) as http:
        yield http
