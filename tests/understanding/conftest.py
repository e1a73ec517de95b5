"""The corpora of the tests of the parser."""

from __future__ import annotations

from tests.bot.conftest import alliance, brigade, english, world

__all__ = ["alliance", "brigade", "english", "world"]
