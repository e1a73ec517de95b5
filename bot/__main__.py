"""``python -m bot``: the command line."""

from __future__ import annotations

from bot.serving.cli.main import main

main()
