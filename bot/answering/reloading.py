"""Takes up newer states of the corpora while a server runs: a version that was published, an index that was rebuilt.

Once a second the files that name what is in force are looked at; in each process that serves, whoever replaced them.
What is new is loaded beside what is served, warmed, and put in its place in one step: requests at work go on with the
bot that they have got. What cannot be loaded changes nothing; the log and the library's ``faults`` tell why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from gc import collect, freeze, unfreeze
from threading import Event

from bot.answering.bot import Models, open_sources
from bot.answering.published import Published, Source, served_sources
from bot.answering.settings import Settings
from index.room import file_state, state_of

EVERY = 1.0
"""Seconds between two looks."""
EVERY_SERVER = 5.0
"""The same where a Chroma server has to be asked."""
AGAIN = 30.0
"""Seconds after which what could not be loaded is tried again, as it may have been mended elsewhere."""

logger = logging.getLogger("wholeads")


class Reloader:
    """Keeps a library at what is in force. ``look`` takes one look, ``run`` looks until ``stop``."""

    def __init__(
        self, models: Models, sources: Callable[[], list[Source]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._models, self._sources, self._clock = models, sources, clock
        self._published = Published(models.settings.published)
        self._stopped = Event()
        self._named = self._pointers()
        self._served = {source.corpus: source for source in sources()}
        self._states = {corpus: self._state(source) for corpus, source in self._served.items()}
        self._failed: dict[str, float] = {}
        self.library = open_sources(models, list(self._served.values()))

    def run(self) -> None:
        """Look again and again; what is loaded by then is left out of the sweeps for garbage.

        A whole sweep of it would hold up all threads, and so the event loop, for half a second.
        """
        freeze()
        every = EVERY_SERVER if self._models.settings.index_server else EVERY
        while not self._stopped.wait(every):
            try:
                self.look()
            # A look that fails is no reason not to look again.
            except Exception:
                logger.exception("What is in force cannot be seen.")

    def stop(self) -> None:
        """Have ``run`` end."""
        self._stopped.set()

    def look(self) -> tuple[str, ...]:
        """Take up all that is new; gives the ids of the corpora that were exchanged."""
        self._find()
        return tuple(corpus for corpus in self._due() if self._taken_up(corpus))

    def _find(self) -> None:
        """See which sources there are, where another version has been put in force, or a corpus came up."""
        named = self._pointers()
        if named == self._named and not self._retried(""):
            return
        self._named = named
        try:
            found = {source.corpus: source for source in self._sources()}
        except Exception as error:
            self._fail("", error)
            return
        self._mended("")
        for corpus, source in found.items():
            if source != self._served.get(corpus):
                self._served[corpus] = source
                self._states[corpus] = None

    def _due(self) -> list[str]:
        """Which are to be loaded."""
        due = []
        for corpus, source in self._served.items():
            state = self._state(source)
            if state != self._states[corpus] or self._retried(corpus):
                self._states[corpus] = state
                due.append(corpus)
        return due

    def _taken_up(self, corpus: str) -> bool:
        """Load what is in force for a corpus, and have it answer."""
        source, started = self._served[corpus], self._clock()
        try:
            bot = self._models.open(source)
            bot.warm()
        # Whatever is wrong with what is new, what was served goes on.
        except Exception as error:
            self._fail(corpus, error)
            return False
        self._mended(corpus)
        self.library.versions[corpus] = source.version
        self.library.put(bot)
        told = f"version {source.version}" if source.version else "its index as it is now"
        logger.info("Corpus %s: %s is served, after %.1f s.", corpus, told, self._clock() - started)
        # The bot before is many objects in circles; its index lets go of its files with it.
        del bot
        unfreeze()
        collect()
        freeze()
        return True

    def _fail(self, corpus: str, error: Exception) -> None:
        again = corpus in self._failed
        self._failed[corpus] = self._clock()
        self.library.faults[corpus] = str(error) or type(error).__name__
        level = logging.DEBUG if again else logging.ERROR
        told = f"Corpus {corpus}: what is new" if corpus else "What is published"
        logger.log(level, "%s cannot be loaded; what was served goes on. %s", told, error)

    def _mended(self, corpus: str) -> None:
        self._failed.pop(corpus, None)
        self.library.faults.pop(corpus, None)

    def _retried(self, corpus: str) -> bool:
        return corpus in self._failed and self._clock() - self._failed[corpus] >= AGAIN

    def _pointers(self) -> Mapping[str, object]:
        """The states of the files that name what is published."""
        ids = self._published.ids()
        return {corpus: file_state(self._published.pointer(corpus)) for corpus in ids}

    def _state(self, source: Source) -> object:
        return state_of(source.index, source.corpus, self._models.settings.index_server, source.version)


def open_served(settings: Settings) -> Reloader:
    """All that is served, kept at what is in force. Raises as ``open_library``."""
    published = Published(settings.published)
    return Reloader(Models(settings), lambda: served_sources(settings.corpus, published, settings.index))
