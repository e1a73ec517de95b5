"""Corpora that are made on the page: what is taken, what is refused and why, and that the command line has the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import compose
from bot.answering.published import Published, Source, sources_of
from bot.answering.reloading import Reloader
from bot.answering.settings import Settings
from bot.evaluation.publishing import Means
from bot.evaluation.report import Report
from bot.evaluation.runner import run_suites
from bot.evaluation.suite import Suite
from bot.learning.proposals import read_entries
from bot.learning.take_back import Taken
from bot.serving.api.bodies import UPLOAD_BYTES
from bot.serving.page import workshop
from bot.serving.page.own import review_html
from bot.serving.page.proposals import accepted_headers, accepted_rows, decided, headers, rows, taken
from bot.serving.page.workshop import FILES, Progress, Refused, Workshop, publish_with
from corpus.errors import CorpusError
from corpus.loader import load_corpus
from index.builder import build_index
from tests.api.conftest import serving
from tests.api.fake_library import FakeBot, FakeLibrary, make_corpus
from tests.bot.village import VillageModels, write_village
from tests.index.conftest import WordEmbedder

NOTICE = """\
The Harbour Office leads the ferries and the lighthouse. The Parks Office is responsible for the botanical garden.
Snow clearing is led by the Works Department.
"""


class Bench:
    """A workshop in a folder, over a library that serves what it publishes, and files to be dropped."""

    def __init__(self, root: Path) -> None:
        self.root, self.library = root, FakeLibrary({"cars": FakeBot(make_corpus())})
        self.settings = Settings.from_environ({"WHOLEADS_INDEX": str(root / "index")})
        self.done: list[tuple[int, int]] = []
        self.workshop = Workshop(root / "own", self.library, self._publish)

    def file(self, name: str, content: str | bytes = NOTICE) -> Path:
        folder = self.root / "dropped" / str(len(list(self.root.glob("dropped/*"))))
        folder.mkdir(parents=True)
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def _publish(self, folder: Path, progress: Progress) -> None:
        publish_with(self.settings, self._models)(folder, progress)
        bot = FakeBot(load_corpus(folder))
        self.library.bots = {**self.library.bots, bot.corpus.id: bot}

    def _models(self, progress: Progress) -> Means:
        def build(own: Settings) -> None:
            build_index(load_corpus(Path(own.corpus)), own.index, WordEmbedder(), progress, version=own.version)

        def test(own: Settings, suites: Sequence[Suite]) -> Report:
            return run_suites(suites, lambda _: FakeBot(load_corpus(Path(own.corpus))))

        return Means(build, test, remove=lambda own: None)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_documents_become_a_corpus_that_answers(bench: Bench) -> None:
    name = bench.workshop.begin("Port  notice", [bench.file("notice.txt")])
    assert name == "port-notice" and bench.workshop.names() == [name]
    entries = bench.workshop.learn(name)
    assert [entry["object"] for entry in entries["facts"]] == [
        "ferries", "lighthouse", "botanical garden", "snow clearing",
    ]  # fmt: skip
    table = rows("facts", entries["facts"])
    assert len(table[0]) == len(headers("facts")) and table[0][0] is True
    assert table[0][4] == "The Harbour Office leads the ferries and the lighthouse."
    table[3][0] = False  # rejected
    table = [table[2], table[0], table[1], table[3]]  # sorted by something else
    names = rows("entities", entries["entities"])
    new = bench.workshop.accept(
        name,
        {
            "facts": decided("facts", entries["facts"], table),
            "entities": decided("entities", entries["entities"], names),
            "aliases": [],
        },
    )
    assert (new.facts, new.entities) == (3, 7)
    left = bench.workshop.learn(name)
    assert [(entry["object"], entry["accept"]) for entry in left["facts"]] == [("snow clearing", "no")]
    found = bench.workshop.review(name)
    assert found.errors == 0 and (found.backed, found.stated) == (3, 4)
    assert "3 of 4 plain statements" in review_html(found) and "wholeads corpus learn" not in review_html(found)
    done: list[tuple[int, int]] = []
    assert bench.workshop.build(name, lambda at, of: done.append((at, of))) == name
    assert done[-1][0] == done[-1][1] > 0
    source = Published(bench.settings.published).source(name)
    assert source is not None and set(load_corpus(source.folder).facts) == set(
        load_corpus(bench.root / "own" / name).facts
    )
    bench.workshop.build(name, lambda at, of: None)  # once more, with nothing changed, is no fault
    assert len(Published(bench.settings.published).versions(name)) == 1


def test_what_is_built_is_taken_up_by_each_process_over_the_same_index(bench: Bench) -> None:
    """Each with models, a library and a reloader of its own, as in each worker; with real ones: make test-reload."""
    village, published = write_village(bench.root / "village"), Published(bench.settings.published)
    build_index(load_corpus(village), bench.settings.index, WordEmbedder())

    def sources() -> list[Source]:
        made = [source for each in published.ids() if (source := published.source(each))]
        return [*sources_of([str(village)], bench.settings.index), *made]

    models: list[Any] = [VillageModels(bench.settings), VillageModels(bench.settings)]
    processes = [Reloader(each, sources) for each in models]
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    bench.workshop.accept(name, bench.workshop.learn(name))
    bench.workshop.build(name, lambda at, of: None)
    for process in processes:
        assert process.look() == (name,)
        assert process.library.get(name).ask("Who leads the ferries?").values == ("Harbour Office",)
    held = accepted_rows(bench.workshop.corpus(name))["facts"]
    bench.workshop.take_back(name, Taken(facts=[row[-1] for row in held if row[3] == "ferries"]))
    bench.workshop.build(name, lambda at, of: None)
    facts = set(bench.workshop.corpus(name).facts)
    for process in processes:
        assert process.look() == (name,) and facts == {
            fact for fact in process.library.get(name).corpus.facts if not fact.startswith("found-")
        }


def test_a_case_that_fails_keeps_what_is_in_force_as_on_the_command_line(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    bench.workshop.build(name, lambda at, of: None)
    published = Published(bench.settings.published)
    before = published.in_force(name)
    suite = bench.root / "own" / name / "port.wholeads.yaml"
    suite.write_text('cases:\n  - {name: never, question: "Who leads Japan?", expect: {values: [Nobody]}}\n')
    (bench.root / "own" / name / "notice.txt").write_text(NOTICE + "The Works Department leads the bridges.\n")
    with pytest.raises(CorpusError, match=r"failed: port\.wholeads/never"):
        bench.workshop.build(name, lambda at, of: None)
    assert (published.in_force(name), len(published.versions(name))) == (before, 1)


def test_what_is_corrected_goes_in_as_it_was_corrected(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    entries = bench.workshop.learn(name)
    facts, names = rows("facts", entries["facts"]), rows("entities", entries["entities"])
    names[0][1], names[1][3] = "Port Authority", "boats, ships"  # the Harbour Office has another name now
    facts[0][1], facts[0][3] = "Port Authority", "boats"
    facts[2][3] = "palm house"  # which nothing is called yet
    bench.workshop.accept(
        name,
        {
            "facts": decided("facts", entries["facts"], facts),
            "entities": decided("entities", entries["entities"], names),
            "aliases": [],
        },
    )
    corpus = bench.workshop.corpus(name)
    assert corpus.entities["Port Authority"].aliases == ("Harbour Office",)
    assert corpus.entities["ferries"].aliases == ("boats", "ships")
    assert {fact.subject for fact in corpus.facts.values() if fact.object == "ferries"} == {"Port Authority"}
    assert corpus.entities["palm house"].kind == corpus.entities["botanical garden"].kind
    assert "palm house" in {fact.object for fact in corpus.facts.values()}
    again = bench.workshop.learn(name)["facts"]
    assert [(entry["object"], entry["accept"]) for entry in again] == [("botanical garden", "no")]


def test_what_was_accepted_is_taken_back_and_proposed_again_without_a_tick(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    folder = bench.root / "own" / name
    at_first = {file: (folder / file).read_text() for file in ("facts.yaml", "vocabulary.yaml")}
    bench.workshop.accept(name, bench.workshop.learn(name))
    held = accepted_rows(bench.workshop.corpus(name))
    assert [len(held[part]) for part in held] == [4, 7, 0]
    assert all(len(row) == len(accepted_headers(part)) for part in held for row in held[part])
    facts = {row[3]: row for row in held["facts"]}
    facts["ferries"][0] = facts["lighthouse"][0] = True  # these two share a quote
    proposed = bench.workshop.take_back(name, taken(held))
    assert [(entry["object"], entry["accept"]) for entry in proposed["facts"]] == [
        ("ferries", "no"), ("lighthouse", "no"),
    ]  # fmt: skip
    assert bench.workshop.learn(name) == proposed, "it stays so when it is read again"
    assert "Harbour" not in (folder / "facts.yaml").read_text()
    left = accepted_rows(bench.workshop.corpus(name))
    assert [row[3] for row in left["facts"]] == ["botanical garden", "snow clearing"]
    bench.workshop.accept(name, {part: [{**entry, "accept": "yes"} for entry in proposed[part]] for part in proposed})
    assert len(bench.workshop.corpus(name).facts) == 4
    everything = {part: [[True, *row[1:]] for row in rows] for part, rows in held.items()}
    bench.workshop.take_back(name, taken(everything))
    assert not bench.workshop.corpus(name).facts and not bench.workshop.corpus(name).entities
    again = {file: (folder / file).read_text() for file in at_first}
    assert again["facts.yaml"] == at_first["facts.yaml"]
    bench.workshop.take_back(name, taken(everything))  # what is not there any more


def test_names_that_facts_need_are_not_taken_back(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    bench.workshop.accept(name, bench.workshop.learn(name))
    before = bench.workshop.corpus(name)
    with pytest.raises(CorpusError, match="'Harbour Office': a fact speaks of it"):
        bench.workshop.take_back(name, Taken(facts=[next(iter(before.facts))], entities=["ferries", "Harbour Office"]))
    assert bench.workshop.corpus(name).sha256 == before.sha256


def test_other_names_are_taken_back_one_by_one(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    entries = bench.workshop.learn(name)
    table = rows("entities", entries["entities"])
    table[1][3] = "boats, ships"
    bench.workshop.accept(name, {**entries, "entities": decided("entities", entries["entities"], table)})
    for alias, left in (("boats", ("ships",)), ("ships", ())):
        bench.workshop.take_back(name, Taken(aliases=[("ferries", alias)]))
        assert bench.workshop.corpus(name).entities["ferries"].aliases == left


def test_what_does_not_hold_together_is_told_and_changes_nothing(bench: Bench) -> None:
    name = bench.workshop.begin("Port", [bench.file("notice.txt")])
    entries = bench.workshop.learn(name)
    names = rows("entities", entries["entities"])
    names[0][0] = False
    decisions = {**entries, "entities": decided("entities", entries["entities"], names)}
    with pytest.raises(CorpusError, match="needs the entity 'Harbour Office'"):
        bench.workshop.accept(name, decisions)
    assert not bench.workshop.corpus(name).facts
    assert read_entries(bench.root / "own" / name)["entities"][0]["accept"] == "no"  # it is kept


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.txt", b" \n\t", "is empty"),
        ("binary.txt", b"a\0b" * 50, "is binary"),
        ("latin.txt", "Das Büro leitet die Fähren.".encode("latin-1"), "Save it as UTF-8"),
        ("picture.png", b"\x89PNG", "is no document by its name"),
        ("noname", b"text", "is no document by its name"),
        (".hidden.txt", b"text", "is no document by its name"),
        ("facts.yaml", b"facts: []", "is no document by its name"),
        ("no.pdf", b"text", "is no PDF file"),
        ("no.docx", b"text", "is no Word file"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word version"),
    ],
)
def test_documents_that_cannot_be_read_are_named_with_the_mend(
    bench: Bench, name: str, content: bytes, told: str
) -> None:
    with pytest.raises(CorpusError, match=told) as refused:
        bench.workshop.begin("Port", [bench.file("notice.txt"), bench.file(name, content)])
    assert name in str(refused.value)
    assert list((bench.root / "own").glob("*")) == []


def test_what_is_too_much_or_there_already_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = bench.file("notice.txt")
    begin = bench.workshop.begin
    for title, files, told in (
        ("Port", [], "Drop the documents first"),
        ("  ", [notice], "Give the new corpus a title"),
        ("../..", [notice], "Give the new corpus a title"),
        ("Cars", [notice], "a corpus called cars already"),
        ("Port", [notice] * (FILES + 1), f"{FILES} are the most"),
        ("Port", [notice, bench.file("notice.txt", "Another one.")], "two documents have this name"),
    ):
        with pytest.raises(CorpusError, match=told):
            begin(title, files)
    monkeypatch.setattr(workshop, "FILE_BYTES", 10)
    with pytest.raises(CorpusError, match="10 are the most"):
        begin("Port", [notice])
    monkeypatch.undo()
    monkeypatch.setattr(workshop, "CHARACTERS", 10)
    with pytest.raises(Refused, match="10 are the most"):
        begin("Port", [notice])
    monkeypatch.undo()
    assert bench.workshop.names() == []
    assert begin("../../etc/Port", [notice]) == "etc-port"
    with pytest.raises(Refused, match="already"):
        begin("etc port", [notice])
    for name in ("..", "../own", "gone", "", ".", "/etc"):
        with pytest.raises(Refused, match="no such corpus"):
            bench.workshop.learn(name)


def test_uploads_are_taken_where_they_are_on_and_kept_within_bounds(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {
            "WHOLEADS_UPLOADS": str(tmp_path / "own"),
            "WHOLEADS_API_KEYS": "secret-key",
            "WHOLEADS_INDEX": str(tmp_path / "i"),
        }
    )
    server = compose(FakeLibrary({"cars": FakeBot()}), settings)
    with serving(server) as url, httpx.Client(base_url=url, trust_env=False, timeout=30) as browser:
        path, files = "/gradio_api/upload", {"files": ("../../escaped.txt", b"text")}
        assert browser.post(path, files=files).status_code == 401
        browser.post("/login", data={"username": "me", "password": "secret-key"})
        [kept] = browser.post(path, files=files).raise_for_status().json()
        assert Path(kept).name == "escaped.txt" and ".." not in kept
        Path(kept).unlink()
        too_long = {"files": ("long.txt", b"x" * (UPLOAD_BYTES + 1))}
        assert browser.post(path, files=too_long).status_code == 413
        assert browser.post("/v1/ask", content=b"x" * 300_000).status_code == 413
