"""The composition root: settings, then the library, then the API, then the page in front of it.

``create_app`` is what a server is given by name ("app:create_app"); ``wholeads serve`` does so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from threading import Thread

from fastapi import FastAPI

from bot.answering.settings import Settings
from bot.schema.contract import AnyLibrary
from bot.serving.api import create_api, tracing
from bot.serving.api.logs import set_up
from bot.serving.cli.workers import PAGE_AT, RATES_AT
from bot.serving.page import create_page, mount_page
from bot.serving.page.forward import forward_page
from bot.serving.page.workshop import Publish, publish_with

logger = logging.getLogger("wholeads")


def create_app(environ: Mapping[str, str] = os.environ) -> FastAPI:
    """The whole server. With a corpus or an index that cannot be used it still starts, and says how to mend it."""
    settings = Settings.from_environ(environ)
    set_up(settings)
    tracing.set_up(environ)
    library, not_ready = load(settings)
    return compose(library, settings, not_ready, environ.get(PAGE_AT, ""), environ.get(RATES_AT, ""))


def compose(
    library: AnyLibrary | None,
    settings: Settings,
    not_ready: str = "",
    page_at: str = "",
    rates: str = "",
    publish: Publish | None = None,
) -> FastAPI:
    """The API with the page mounted behind it: the API's paths win.

    ``page_at``: the socket of who serves the page; ``rates``: the file in which several processes count together;
    ``publish``: what puts a corpus in force that is made on the page.
    """
    app = create_api(library, settings, not_ready, rates=rates)
    if page_at:
        forward_page(app, page_at, bool(settings.uploads))
        return app
    page = create_page(
        library, settings, not_ready, app.state.desk, app.state.keeper, publish or publish_with(settings)
    )
    mount_page(app, page, app.state.guard, bool(settings.uploads))
    return app


def load(settings: Settings) -> tuple[AnyLibrary | None, str]:
    """The library, or None and what keeps it from being loaded, with the command that mends it."""
    try:
        # Imported here because it brings the models' libraries, and a broken one is no reason not to start either.
        from bot.answering.reloading import open_served

        reloader = open_served(settings)
        library = reloader.library
        library.get(None).warm()  # a server that says it is ready answers at once

        def keep() -> None:
            library.warm()
            reloader.run()

        Thread(target=keep, name="reload", daemon=True).start()
        return library, ""
    # Whatever is broken, an operator is better served by a server that tells what than by one that is not there.
    except Exception as error:
        logger.exception("The library cannot be loaded.")
        mend = "" if "wholeads index" in str(error) else " Mend that, run `wholeads index`, and start the server again."
        return None, f"{error}{mend}"
