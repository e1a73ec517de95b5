"""The composition root: settings, then the library, then the API, then the page in front of it.

``create_app`` is what a server is given by name ("app:create_app"); ``python app.py`` serves it.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Mapping

import uvicorn
from fastapi import FastAPI

from bot.api import create_api
from bot.contract import AnyLibrary
from bot.page import create_page, mount_page
from bot.settings import Settings, SettingsError

logger = logging.getLogger("wholeads")


def create_app(environ: Mapping[str, str] = os.environ) -> FastAPI:
    """The whole server. With a corpus or an index that cannot be used it still starts, and says how to mend it."""
    settings = Settings.from_environ(environ)
    library, not_ready = load(settings)
    return compose(library, settings, not_ready)


def compose(library: AnyLibrary | None, settings: Settings, not_ready: str = "") -> FastAPI:
    """The API with the page mounted behind it: the API's paths win."""
    app = create_api(library, settings, not_ready)
    mount_page(app, create_page(library, settings, not_ready))
    return app


def load(settings: Settings) -> tuple[AnyLibrary | None, str]:
    """The library, or None and what keeps it from being loaded, with the command that mends it."""
    try:
        # Imported here because it brings the models' libraries, and a broken one is no reason not to start either.
        from bot.chain import open_library

        return open_library(settings, ()), ""
    # Whatever is broken, an operator is better served by a server that tells what than by one that is not there.
    except Exception as error:
        logger.exception("The library cannot be loaded.")
        mend = "" if "wholeads index" in str(error) else " Mend that, run `wholeads index`, and start the server again."
        return None, f"{error}{mend}"


def serve(environ: Mapping[str, str] = os.environ) -> int:
    """Serve until interrupted. Gives the exit code: 0 done, 2 for wrong settings or an address that cannot be had."""
    started = time.monotonic()
    try:
        settings = Settings.from_environ(environ)
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family)
    except SettingsError as error:
        logger.error("%s", error)
        return 2
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        logger.error("Cannot listen on %s: %s. Set WHOLEADS_PORT to a free port, or to 0.", where, error.strerror)
        return 2
    with listener:
        logger.info("Loading the corpus %s and its index …", settings.corpus)
        server = uvicorn.Server(uvicorn.Config(create_app(environ), log_level="warning"))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        port = listener.getsockname()[1]
        logger.info("Ready at http://%s:%d after %.1f s", host, port, time.monotonic() - started)
        server.run(sockets=[listener])
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.exit(serve())
