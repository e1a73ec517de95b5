"""Nothing is told to anybody: a whole run of the program reaches this machine alone and leaves no file in the home.

Audit events tell what Python does; what libraries do beneath it shows by the files that they leave (a device's id, a
cache). Under strace the same run shows no connection but to this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = """
import json, os, sys
reached, written = [], []

def watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        reached.append(str(args[1][0]))
    elif event == "socket.getaddrinfo":
        reached.append(str(args[0]))
    elif event == "open" and isinstance(args[0], str) and (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        written.append(os.path.abspath(args[0]))

sys.addaudithook(watch)

import socket, threading, urllib.request
from pathlib import Path
from bot.answering.bot import build, open_library
from bot.answering.settings import Settings
from bot.serving.connections import Server, config_of
from app import compose

settings = Settings.from_environ(os.environ)
build(settings, [Path(settings.corpus)])
library = open_library(settings, [settings.corpus])
library.warm()
asked = ("Who runs the ferries?", "and the boats there, then?")
answers = [library.get(None).ask(question).status for question in asked]
library.get(None).check("The Harbour Office runs the ferries.")
with socket.create_server(("127.0.0.1", 0)) as listener:
    up = threading.Event()
    server = Server(config_of(compose(library, settings), 50), up.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert up.wait(60)
    for path in ("/", "/config", "/v1/facts", "/metrics"):
        urllib.request.urlopen(f"http://127.0.0.1:{listener.getsockname()[1]}{path}", timeout=30).read()
    server.should_exit = True
    thread.join()
print(json.dumps({"reached": reached, "written": written, "answers": answers}))
"""


def test_a_whole_run_reaches_this_machine_alone_and_leaves_the_home_as_it_is(tmp_path: Path) -> None:
    home, corpus, index = tmp_path / "home", tmp_path / "harbour", tmp_path / "data" / "index"
    for folder in (home, corpus):
        folder.mkdir()
    (corpus / "ferries.txt").write_text("The ferries are run by the Harbour Office of Avon.\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name and name != "DO_NOT_TRACK"}
    environ = {"HOME": str(home), "PYTHONPATH": str(ROOT), "WHOLEADS_CORPUS": str(corpus), "WHOLEADS_INDEX": str(index)}
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HF_HOME", "GRADIO_TEMP_DIR"):
        kept.pop(name, None)
    run = [sys.executable, "-B", "-c", RUN]
    done = subprocess.run(run, env={**kept, **environ}, cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told["answers"]) == 2
    assert set(told["reached"]) <= {"127.0.0.1", "::1", "localhost"}
    assert list(home.rglob("*")) == []
    own = (str(tmp_path), "/dev/", "/proc/", "/tmp/", os.path.join(sys.prefix, ""))
    assert [path for path in told["written"] if not path.startswith(own)] == []
