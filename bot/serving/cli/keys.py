"""The command that makes keys for the server: ``wholeads key``."""

from __future__ import annotations

import secrets

import typer

from bot.answering.settings import HASHED, hashed
from bot.serving.cli.console import say, stdout


def key(ctx: typer.Context) -> None:
    """Make a key for the API and the page, and what to set so that the server knows it.

    The first line is the key, for the client alone; the second belongs into WHOLEADS_API_KEYS, where nobody can read
    the key from it. Neither is kept.
    """
    made = secrets.token_urlsafe(32)
    stdout().print(made, markup=False, highlight=False, soft_wrap=True)
    stdout().print(f"{HASHED}{hashed(made)}", markup=False, highlight=False, soft_wrap=True)
    say("Give the first line to the client, and add the second to WHOLEADS_API_KEYS, behind a comma.")
