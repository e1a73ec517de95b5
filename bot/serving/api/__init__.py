"""The HTTP API: the only package that knows the web framework."""

from bot.serving.api.bodies import BODY_BYTES
from bot.serving.api.create import create_api

__all__ = ["BODY_BYTES", "create_api"]
