"""What one clause names and how: the second step of parsing (see ``bot.understanding.parser``)."""

from bot.understanding.arguments.gathering import gather
from bot.understanding.arguments.narrowing import located
from bot.understanding.arguments.state import ClauseArguments, Meaning

__all__ = ["ClauseArguments", "Meaning", "gather", "located"]
