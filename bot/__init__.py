"""How it is answered: ``from bot import Bot, Question, open_library``.

understanding → reasoning, passages → wording → checking → answering → serving
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answering.bot import Bot, Question, open_library

__all__ = ["Bot", "Question", "open_library"]


def __getattr__(name: str) -> object:
    # Made when asked for: the models' libraries take seconds, and most of what is below needs none of them.
    if name in __all__:
        from bot.answering import bot

        return getattr(bot, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
