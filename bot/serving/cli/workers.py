"""Serving in several processes: uvicorn's supervisor over workers that share one socket, each with its own bots.

The page keeps its visitors' conversations in the memory of a process. So one of the workers serves it, to the others
by a socket of this machine (``bot.serving.page.forward``); where that one ends, the worker in its place does.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from filelock import FileLock, Timeout
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from bot.answering.settings import Settings
from bot.serving.connections import SHUTDOWN, Server, config_of

PAGE_AT = "WHOLEADS_PAGE_AT"
"""Tells an application where another one serves the page; set by this module alone."""
RATES_AT = "WHOLEADS_RATES_AT"
"""Tells an application where the requests of clients are counted together; set by this module alone."""
COUNTS_AT = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes put down what they count, as Prometheus's client has it."""
HUNG = 60.0
"""Seconds without a sign of life after which a worker is replaced."""

Create = Callable[[Mapping[str, str]], Any]


class WorkersFailed(Exception):
    """A worker could not start the application; its log says why."""


def run_workers(
    create: Create, environ: Mapping[str, str], listener: socket.socket, ready: Callable[[], None], workers: int
) -> None:
    """Serve what ``create`` makes in so many processes until a signal ends it; ``ready`` is called once all answer.

    ``create`` has to be a function of a module: each process imports it. Raises WorkersFailed.
    """
    folder = Path(tempfile.mkdtemp(prefix="wholeads-workers-"))
    counts = environ.get(COUNTS_AT) or str(folder / "counts")
    Path(counts).mkdir(parents=True, exist_ok=True)
    os.environ[COUNTS_AT] = counts  # the processes inherit it; the client looks for it when it is imported
    config = Config(partial(create, dict(environ)), factory=True, workers=workers, log_level="warning")
    listener.set_inheritable(True)
    supervisor = Supervisor(config, [listener], folder, counts, ready)
    try:
        supervisor.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[COUNTS_AT]
    if supervisor.failed:
        raise WorkersFailed
    if supervisor.interrupted:
        raise KeyboardInterrupt


class Worker(Process):
    """One process."""

    def __init__(self, config: Config, sockets: list[socket.socket], folder: Path) -> None:
        self.folder = folder
        super().__init__(config, sockets)

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What the process does: it serves as a single one does."""
        Thread(target=_end_with_parent, daemon=True).start()
        at, own = self.folder / "page", list(sockets or ())
        lock = FileLock(self.folder / "page.lock")
        create = self.config.app
        assert isinstance(create, partial)
        environ = {**create.args[0], RATES_AT: str(self.folder / "rates")}
        try:
            # Held as long as the process lives, and longer by no other.
            lock.acquire(timeout=0)
            at.unlink(missing_ok=True)
            page = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            page.bind(str(at))
            app, own = partial(_behind, create.func, environ), [*own, page]
        except Timeout:
            app = partial(create.func, {**environ, PAGE_AT: str(at)})
        settings = Settings.from_environ(environ)
        connections = -(-settings.connections // settings.workers)
        config = config_of(app, connections, settings.proxies, factory=True)
        self._server = Server(config, lambda: None)
        super().target(own)


class Supervisor(Multiprocess):
    """Starts the workers, replaces those that end, and ends them all."""

    def __init__(
        self, config: Config, sockets: list[socket.socket], folder: Path, counts: str, ready: Callable[[], None]
    ) -> None:
        super().__init__(config, sockets)
        self._folder, self._counts, self._ready = folder, counts, ready
        self._heard: dict[int, float] = {}
        self._told = self.failed = self.interrupted = False

    def init_processes(self) -> None:
        """Start them all."""
        self.processes.extend(self._started() for _ in range(self.processes_num))

    def keep_subprocess_alive(self) -> None:
        """Replace what has ended or hangs. No wait is long: a signal to end must be heard."""
        for at, process in enumerate(self.processes):
            if process.process.is_alive() and not self._hangs(process):
                continue
            process.kill()
            process.join()
            self._forget(process)
            if process.exitcode == STARTUP_FAILURE:
                self.failed = True
                self.should_exit.set()
                return
            self.processes[at] = self._started()
        if not self._told and len(self._heard) == len(self.processes):
            self._told = True
            self._ready()

    def join_all(self) -> None:
        """Wait until all have ended, for a while."""
        until = time.monotonic() + SHUTDOWN
        for process in self.processes:
            process.process.join(max(0.0, until - time.monotonic()))
            if process.process.is_alive():
                process.process.kill()
                process.process.join()

    def handle_int(self) -> None:
        """Ctrl-C."""
        self.interrupted = True
        super().handle_int()

    def restart_all(self) -> None:
        """SIGHUP is no signal of this program: what is new is taken up without a restart."""

    handle_ttin = handle_ttou = restart_all

    def _started(self) -> Worker:
        process = Worker(self.config, self.sockets, self._folder)
        process.start()
        return process

    def _hangs(self, process: Process) -> bool:
        """Whether there has been no sign of life for long; one that has not started yet has all the time it takes."""
        assert process.pid is not None
        now = time.monotonic()
        if process.is_ready(timeout=0.2):
            self._heard[process.pid] = now
        return now - self._heard.get(process.pid, now) > HUNG

    def _forget(self, process: Process) -> None:
        # Imported when it is needed: it looks at once where counts are put down.
        from bot.serving.api.metrics import forget_process

        assert process.pid is not None
        self._heard.pop(process.pid, None)
        forget_process(process.pid, self._counts)


def _behind(create: Create, environ: Mapping[str, str]) -> Any:
    """The application of the worker that serves the page to the others."""
    from bot.serving.page.forward import Forwarded

    return Forwarded(create(environ))


def _end_with_parent() -> None:
    """A worker whose supervisor was killed must not go on by itself."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
