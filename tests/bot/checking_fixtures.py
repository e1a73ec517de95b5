"""The real thing, made once a session: the shipped corpus, its index in a folder of the session, the real model.

Test modules take these fixtures with ``pytest_plugins``.
"""

from __future__ import annotations

import pytest

from bot.answering.bot import Bot, Library, build, open_library
from bot.answering.settings import Settings


@pytest.fixture(scope="session")
def alliance_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(tmp_path_factory.mktemp("alliance-index"))})
    build(settings)
    return settings


@pytest.fixture(scope="session")
def alliance_library(alliance_settings: Settings) -> Library:
    return open_library(alliance_settings)


@pytest.fixture(scope="session")
def alliance_bot(alliance_library: Library) -> Bot:
    return alliance_library.get("alliance")
