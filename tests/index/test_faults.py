"""A build that is killed at any of its steps, and a clock that is set back: one build mends what is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.model import Corpus
from index.builder import build_index
from index.embedding import Embedder
from index.entries import EntryType
from index.errors import IndexError_
from index.search import Index
from tests.index.conftest import PARAGRAPHS, WordEmbedder, city_corpus

OLD, NEW = (*PARAGRAPHS, "The zoo is new."), (*PARAGRAPHS[:4], "The mill is old.")

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

STEPS = {
    "before the copy": "index.room:shutil.copytree",
    "before the copy has its name": "index.room:os.replace",
    "before the store is written to": "index.room:unseal",
    "before the first vectors": "index.store:ChromaStore.put",
    "before records are deleted": "index.store:ChromaStore.delete",
    "before it is whole": "index.builder:_check_whole",
    "before the graphs are written": "index.store:ChromaStore.settle",
    "before the seal": "index.room:seal",
    "before the manifest": "index.room:write_manifest",
    "before the manifest has its name": "index.manifest:os.replace",
    "behind the manifest": "index.manifest:_sync_folder",
    "before the old is removed": "index.room:_remove",
}
# All is imported once; what is killed is a fork that has opened nothing yet.
KILLED = """
import importlib, os, signal, sys
from pathlib import Path
from conftest import PARAGRAPHS, WordEmbedder, city_corpus
import index.store
from index.builder import build_index

def killed_at(module, name):
    *path, last = name.split(".")
    holder = importlib.import_module(module)
    for part in path:
        holder = getattr(holder, part)
    setattr(holder, last, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))

for step, folder in (pair.split("=") for pair in sys.argv[1:]):
    child = os.fork()
    if child == 0:
        killed_at(*step.split(":"))
        build_index(city_corpus((*PARAGRAPHS[:4], "The mill is old.")), Path(folder), WordEmbedder())
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(step, status, flush=True)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The folder of each step, in which a build over an older index was killed at it."""
    base = tmp_path_factory.mktemp("base")
    for paragraphs in (PARAGRAPHS[:3], OLD):
        build_index(city_corpus(paragraphs), base, WordEmbedder())
    folders = {step: tmp_path_factory.mktemp("killed") for step in STEPS.values()}
    for folder in folders.values():
        shutil.copytree(base, folder, dirs_exist_ok=True)
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"}
    pairs = [f"{step}={folder}" for step, folder in folders.items()]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *pairs], env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == [f"{step} -9" for step in folders], done.stderr
    yield folders


@pytest.mark.parametrize("name", STEPS)
def test_a_build_killed_at_any_step_leaves_an_index_and_the_next_build_ends(
    killed: dict[str, Path], make_corpus: Callable[..., Corpus], embedder: Embedder, name: str
) -> None:
    folder = killed[STEPS[name]]
    old, new = make_corpus(OLD), make_corpus(NEW)
    assert sum(opens(folder, corpus, embedder) for corpus in (old, new)) == 1
    build_index(new, folder, embedder)
    with Index.open(folder, new, embedder) as index:
        assert index.search("ferries", kinds=(EntryType.PASSAGE,), limit=1)[0].id == "p0"


def opens(folder: Path, corpus: Corpus, embedder: Embedder) -> bool:
    """Whether the index of a corpus is in force, and found in."""
    try:
        with Index.open(folder, corpus, embedder) as index:
            return index.search("snow", kinds=(EntryType.PASSAGE,), limit=1)[0].id == "p2"
    except IndexError_:
        return False


def test_a_clock_that_is_set_back_changes_nothing(tmp_path: Path, corpus: Corpus, embedder: Embedder) -> None:
    build_index(corpus, tmp_path, embedder)
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.utime(path, (4_000_000_000, 4_000_000_000))
    assert opens(tmp_path, corpus, embedder)
    assert build_index(corpus, tmp_path, embedder).embedded == 0
