"""The chain from a question to a checked answer, the library of bots that are served, and how they are opened."""

from bot.answering.bot.chain import Bot, program_version
from bot.answering.bot.library import Library
from bot.answering.bot.opening import Models, build, open_library, open_sources, remove
from bot.answering.bot.stages import Draft, Event, Question, Retrieved

__all__ = [
    "Bot",
    "Draft",
    "Event",
    "Library",
    "Models",
    "Question",
    "Retrieved",
    "build",
    "open_library",
    "open_sources",
    "program_version",
    "remove",
]
