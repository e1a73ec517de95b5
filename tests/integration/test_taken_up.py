"""What a user meant, from the feedback to the answer of a server that runs on, in a process of its own.

The models are fakes; ``make test-reload`` runs this with the real ones, which takes longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from bot.answering.bot import Library, Models, open_sources, remove
from bot.answering.published import sources_of
from bot.answering.settings import Settings
from bot.serving.cli.main import build_cli
from corpus.loader import load_corpus
from index.builder import Build, build_index
from tests.bot.village import VillageModels, write_village
from tests.cli.test_process import ROOT, environ
from tests.fenced import fenced_blocks

SERVER = """
import os
from bot.serving.cli.main import build_cli, run_server

cli = build_cli(open_library=lambda *_: None, build=None, remove=None, serve=run_server, environ=os.environ)
cli(["serve", "--port", "0"], prog_name="wholeads")
"""
# As app.py does, but that one corpus is served alone: the index of the others would have to be built first.
APPLICATION = """
from threading import Thread
from {module} import {models}
from bot.answering.published import Published, sources_of
from bot.answering.reloading import Reloader
from bot.answering.settings import Settings
from bot.serving.api import create_api

def create_app(environ):
    settings = Settings.from_environ(environ)
    published = Published(settings.published)
    def sources():
        source = published.source("village")
        return [source] if source else sources_of([settings.corpus], settings.index)
    reloader = Reloader({models}(settings), sources)
    reloader.library.warm()
    Thread(target=reloader.run, daemon=True).start()
    return create_api(reloader.library, settings)
"""
PAGE = ROOT / "docs" / "operations.md"
MODELS: type = Models if os.environ.get("WHOLEADS_TEST_MODELS") == "real" else VillageModels
ENOUGH = 10
MISREAD, MEANT = "where does my bread begin its life", "Who runs the mill?"


@contextmanager
def served(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    text = APPLICATION.format(module=MODELS.__module__, models=MODELS.__name__)
    (folder / "app.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(
        command, cwd=folder, env=environ(**settings, PYTHONPATH=str(ROOT)), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            told = next(line for line in process.stderr if "Ready in" in line)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield told.split()[-1]
        finally:
            process.terminate()


class Asking(threading.Thread):
    """Asks again and again, and at least until it has asked ENOUGH; ``done`` has the status of each response."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.done, self.stopped = url, list[int](), threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False, timeout=60) as client:
            while not self.stopped.wait(0.2) or len(self.done) <= ENOUGH:
                self.done.append(client.post("/v1/ask", json={"question": "Who runs the inn?"}).status_code)


def test_what_was_meant_is_answered_without_a_restart_and_what_is_published_drops_no_request(tmp_path: Path) -> None:
    folder = write_village(tmp_path / "village")
    given = {"WHOLEADS_CORPUS": str(folder), "WHOLEADS_INDEX": str(tmp_path / "index")}
    models: Any = MODELS(Settings.from_environ(given))  # loaded once for all commands

    def opened(settings: Settings, corpora: Sequence[str]) -> Library:
        return open_sources(models, sources_of(corpora, settings.index))

    def build(settings: Settings, paths: Sequence[Path], progress: object) -> list[Build]:
        return [build_index(load_corpus(path), settings.index, models.embedder) for path in paths]

    build(models.settings, [folder], None)

    def run(*args: str) -> str:
        cli = build_cli(open_library=opened, build=build, remove=remove, serve=lambda *_: None, environ=given)
        done = CliRunner().invoke(cli, args, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    with served(tmp_path, given) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        asking = Asking(url)
        asking.start()

        def until(question: str, values: list[str]) -> bool:
            end = time.monotonic() + 60
            while client.post("/v1/ask", json={"question": question}).json()["values"] != values:
                if time.monotonic() > end:
                    return False
                time.sleep(0.1)
            return True

        answer = client.post("/v1/ask", json={"question": MISREAD}).json()
        assert answer["values"] == []
        sent = {"answer_id": answer["answer_id"], "rating": "down", "reason": "misread", "meant": MEANT}
        assert client.post("/v1/feedback", json=sent).status_code == 201
        run("feedback", "review", "--accept", "1")
        assert until(MISREAD, ["Anna"])
        for file in ("news.txt", "vocabulary.yaml", "facts.yaml"):
            path = folder / file
            path.write_text(path.read_text(encoding="utf-8").replace("Anna", "Cleo"), encoding="utf-8")
        assert run("corpus", "publish", "--name", "cleo") == "Published: village cleo\n"
        assert until(MISREAD, ["Cleo"])
        asking.stopped.set()
        asking.join()
        assert set(asking.done) == {200} and len(asking.done) > ENOUGH
        served_now = client.get("/readyz").json()["served"]["village"]
        blocks = fenced_blocks(PAGE.read_text(encoding="utf-8"))
        [shown] = [block.body for block in blocks if block.mark == "shape: readyz"]
        assert served_now.keys() == json.loads(shown)["served"]["village"].keys()
        assert client.get("/readyz").json().keys() == json.loads(shown).keys() - {"model"}
        assert (served_now["state"], served_now["version"]) == ("current", "cleo")
    assert json.loads((tmp_path / "published/village/published.json").read_text())["version"] == "cleo"
