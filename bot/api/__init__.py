"""The HTTP API: the only package that knows the web framework."""

from bot.api.bodies import BODY_BYTES
from bot.api.create import create_api

__all__ = ["BODY_BYTES", "create_api"]
