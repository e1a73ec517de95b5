"""The processes of compose.yaml without containers: Chroma, PostgreSQL, two servers and nginx, on loopback.

    python -m deploy.cluster            # until Ctrl-C; prints the address
    python -m deploy.cluster --check    # asks, kills a server under load, counts; exit code 1 if a request failed

Ports are free ones, all files lie in a temporary folder, and every process is ended at exit. It needs nginx and
PostgreSQL (Debian: nginx, postgresql) beside the installed program; as root, PostgreSQL runs as the user "postgres".
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.measure import resident_bytes

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
STARTING = 180
"""Seconds that a process may take until it answers: on a busy machine the models take their time."""
REQUESTS, SECONDS, CLIENTS, KILL_AFTER = 400, 20, 4, 60
"""The load: at most so many requests and seconds, by so many clients; the kill comes after so many answers."""
QUESTIONS = ("Who leads in Europe?", "Who leads in Japan?", "Who leads in Thailand?", "Does Nissan lead Europe?")
FOLLOW_UP = ("Who leads in Europe?", "What does it lead?")


class ClusterError(RuntimeError):
    """A process that is needed is not installed, or does not come up."""


@dataclass
class Cluster:
    """What runs: the proxy's port, the servers' ports and processes, the folder of logs."""

    folder: Path
    proxy: int = 0
    ports: list[int] = field(default_factory=list)
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cluster; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="ask, kill a server, count, and end")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as running:
            print(f"http://127.0.0.1:{running.proxy}  (servers: {', '.join(map(str, running.ports))})", flush=True)
            if given.check:
                return checked(running)
            signal.pause()
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Everything started in order; ended in the reverse order, whatever happens. Raises ClusterError."""
    nginx, postgres = found("nginx", "/usr/sbin"), found("initdb", *postgres_folders()).parent
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wholeads-cluster-")))
        folder.chmod(0o755)  # PostgreSQL's user has to get through
        running = Cluster(folder)
        chroma, database, running.proxy, *running.ports = free_ports(5)
        start_chroma(stack, folder, chroma)
        start_postgres(stack, folder, database, postgres)
        environment = {
            "CHROMA_URL": f"http://127.0.0.1:{chroma}",
            "DATABASE_URL": f"postgresql+psycopg://wholeads@127.0.0.1:{database}/wholeads",
            "FORWARDED_ALLOW_IPS": "127.0.0.1",
            "WHOLEADS_HOST": "127.0.0.1",
        }
        for number, port in enumerate(running.ports, 1):
            own = {"WHOLEADS_PORT": str(port), "WHOLEADS_INDEX": str(folder / f"state-{number}" / "index")}
            command = [BIN / "wholeads", "serve"]
            running.servers.append(started(stack, folder, f"app-{number}", command, {**environment, **own}))
            if number == 1:  # it builds the index; the second one finds it
                until(partial(answers, port, "/readyz"), "app-1", running)
        until(lambda: answers(running.ports[1], "/readyz"), "app-2", running)
        start_nginx(stack, folder, running, nginx)
        yield running


def start_chroma(stack: ExitStack, folder: Path, port: int) -> None:
    """Start a Chroma server."""
    command = [BIN / "chroma", "run", "--path", folder / "chroma", "--host", "127.0.0.1", "--port", str(port)]
    started(stack, folder, "chroma", command)
    until(lambda: answers(port, "/api/v2/heartbeat"), "chroma", Cluster(folder))


def start_postgres(stack: ExitStack, folder: Path, port: int, programs: Path) -> None:
    """Start a PostgreSQL of this run's own, with an empty database; it listens on loopback alone."""
    data = folder / "postgres"
    user = "postgres" if os.geteuid() == 0 else None
    data.mkdir()
    if user:
        shutil.chown(data, user)
    init: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        data,
        "--username",
        "wholeads",
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
    ]
    with (folder / "initdb.log").open("wb") as log:
        if subprocess.run(init, stdout=log, stderr=log, user=user, cwd=data).returncode:
            raise ClusterError(f"initdb fails:\n{tail(folder, 'initdb')}")
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": port}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    # SIGINT: end now and cleanly, whoever is connected.
    serve = [programs / "postgres", "-D", data, *settings]
    started(stack, folder, "postgres", serve, user=user, ending=signal.SIGINT)
    create: list[str | Path] = [programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "wholeads", "wholeads"]
    until(lambda: not subprocess.run(create, capture_output=True).returncode, "postgres", Cluster(folder))


def start_nginx(stack: ExitStack, folder: Path, running: Cluster, program: Path) -> None:
    """Start nginx by the configuration of compose.yaml, with this run's ports and folder in it."""
    (folder / "nginx").mkdir()
    text = (HERE / "nginx.conf").read_text(encoding="utf-8")
    text = nginx_on_loopback(text, running.proxy, running.ports, folder / "nginx")
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [program, "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"]
    started(stack, folder, "nginx", command, ending=signal.SIGQUIT)
    until(lambda: answers(running.proxy, "/healthz"), "nginx", running)


def nginx_on_loopback(text: str, port: int, servers: Sequence[int], folder: Path) -> str:
    """The configuration with ports of this machine for the names of containers, and a folder for /tmp."""
    for number, server in enumerate(servers, 1):
        text = text.replace(f"app-{number}:8000", f"127.0.0.1:{server}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    return text.replace(" /tmp/", f" {folder}/").replace("/dev/stdout", f"{folder}/access.log")


def started(
    stack: ExitStack,
    folder: Path,
    name: str,
    command: Sequence[object],
    environment: Mapping[str, str] | None = None,
    *,
    user: str | None = None,
    ending: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """A process whose output goes to a log; the stack ends it."""
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    process = subprocess.Popen(
        list(map(str, command)),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, **(environment or {})},
        user=user,
        start_new_session=True,  # Ctrl-C ends this script, which ends them in order
    )
    stack.callback(ended, process, ending)
    return process


def ended(process: subprocess.Popen[bytes], ending: signal.Signals) -> None:
    """End a process and wait for it; one that does not listen is killed."""
    if process.poll() is None:
        process.send_signal(ending)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(ready: Callable[[], bool], name: str, running: Cluster) -> None:
    """Wait until a process is ready. Raises ClusterError with the end of its log where it does not get there."""
    limit = time.monotonic() + STARTING
    while not ready():
        if time.monotonic() > limit or any(server.poll() is not None for server in running.servers):
            raise ClusterError(f"{name} does not come up:\n{tail(running.folder, name)}")
        time.sleep(0.2)


def answers(port: int, path: str) -> bool:
    """Whether a server on this machine answers 200."""
    with suppress(OSError, http.client.HTTPException):
        return call(port, path)[0] == 200
    return False


def call(port: int, path: str, body: object = None) -> tuple[int, bytes]:
    """Status and body of one request to a server on this machine, POST where there is something to send."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        sent = json.dumps(body) if body is not None else None
        connection.request("POST" if sent else "GET", path, sent, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def checked(running: Cluster) -> int:
    """Ask, kill a server under load, and tell; 0 if requests alternated, the conversation went on and none failed."""
    asked = [call(running.proxy, "/v1/ask", {"question": question})[0] for question in QUESTIONS * 2]
    shares = [answered(port) for port in running.ports]
    conversation = followed_up(running)
    memory = [resident_bytes(server.pid) // 2**20 for server in running.servers]
    statuses, seconds = under_load(running)
    retried = len(re.findall(r"upstream=[\d.:]+, ", (running.folder / "nginx" / "access.log").read_text()))
    told = {
        "asked": len(asked),
        "answered_by_each": shares,
        "conversation_went_on": conversation,
        "server_megabytes": memory,
        "requests_under_load": sum(statuses.values()),
        "seconds": round(seconds, 1),
        "statuses": dict(statuses),
        "retried_by_the_proxy": retried,
        "failed": sum(count for status, count in statuses.items() if status != 200),
    }
    print(json.dumps(told, indent=2))
    passed = set(asked) == {200} and min(shares) > 0 and conversation and not told["failed"]
    return 0 if passed else 1


def answered(port: int) -> int:
    """How many requests to /v1/ask a server has answered with 200, by its own count."""
    _, text = call(port, "/metrics")
    counts = re.findall(rb'wholeads_requests_total\{[^}]*route="/v1/ask",status="200"\} ([\d.]+)', text)
    return int(sum(map(float, counts)))


def followed_up(running: Cluster) -> bool:
    """Whether a server goes on with a conversation that another began, as if it had been sent what was asked."""
    first, then = FOLLOW_UP
    one, other = running.ports
    session = f"cluster-{os.getpid()}"
    wanted = values(one, {"question": then, "history": [{"role": "user", "content": first}]})
    values(one, {"question": first, "session_id": session})
    return wanted == values(other, {"question": then, "session_id": session}) != values(other, {"question": then})


def values(port: int, body: Mapping[str, object]) -> object:
    """The values of an answer; None where there is none."""
    return json.loads(call(port, "/v1/ask", body)[1]).get("values")


def under_load(running: Cluster) -> tuple[Counter[object], float]:
    """The statuses of bounded requests by several clients; one server is killed on the way. The seconds it took."""
    statuses: Counter[object] = Counter()
    begun = time.monotonic()

    def ask(number: int) -> None:
        if time.monotonic() - begun > SECONDS:
            return
        if number == KILL_AFTER:
            running.servers[0].send_signal(signal.SIGKILL)
        try:
            status: object = call(running.proxy, "/v1/ask", {"question": QUESTIONS[number % len(QUESTIONS)]})[0]
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
        statuses[status] += 1

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(ask, range(REQUESTS)))
    return statuses, time.monotonic() - begun


def found(program: str, *folders: str | Path) -> Path:
    """A program on the path or in one of the folders. Raises ClusterError."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    where = shutil.which(program, path=path)
    if where is None:
        raise ClusterError(f"'{program}' is not installed. Install nginx and PostgreSQL (Debian: nginx, postgresql).")
    return Path(where).resolve()


def postgres_folders() -> list[Path]:
    """Where Debian keeps PostgreSQL's programs, the newest release first."""
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nothing listens on."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [listener.getsockname()[1] for listener in listeners]


def tail(folder: Path, name: str) -> str:
    """The last lines of a process's log."""
    with suppress(OSError):
        return "\n".join((folder / f"{name}.log").read_text(errors="replace").splitlines()[-15:])
    return ""


if __name__ == "__main__":
    sys.exit(main())
