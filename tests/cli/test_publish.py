"""``wholeads corpus publish | rollback``: what does not hold is not put in force, and a library takes up what is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from contextlib import chdir
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.answering.bot import Bot
from bot.answering.published import Published, Source, served_sources, sources_of
from bot.answering.reloading import AGAIN, Reloader
from bot.answering.settings import Settings
from bot.serving.cli.main import build_cli
from bot.understanding.candidates import Candidate, Conversation
from bot.understanding.chooser import Choice
from corpus.loader import load_corpus
from index.builder import Build, build_index, remove_index
from tests.api.conftest import Clock
from tests.bot.village import EqualChooser, open_village, write_village
from tests.cli.test_teach import FLOUR, MILL, VillageShelf
from tests.fenced import fenced_blocks, pattern
from tests.index.conftest import WordEmbedder

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"

SUITE = f"""
corpus: village
cases:
  - {{name: mill, question: "{MILL}", expect: {{values: [Anna]}}}}
  - {{name: claim, check: Ben runs the inn., expect: {{verdict: supported}}}}
"""


class Cold(Bot):
    def warm(self) -> None:
        """There is no model to be loaded."""


@dataclass
class Town:
    """The village in its folder, the command line, and a library that is kept at what is in force; models are fakes."""

    root: Path
    chooser: EqualChooser = field(default_factory=EqualChooser)
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    chat: None = None
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.folder = write_village(self.root / "village")
        self.environ = {"WHOLEADS_CORPUS": str(self.folder), "WHOLEADS_INDEX": str(self.root / "index")}
        self.settings = Settings.from_environ(self.environ)
        self.published = Published(self.settings.published)

    def run(self, *args: str) -> Result:
        cli = build_cli(
            open_library=self.open_library,
            build=self.build,
            remove=self.remove,
            serve=self.remove,
            environ=self.environ,
        )
        return CliRunner().invoke(cli, args, catch_exceptions=False)

    def open_library(self, settings: Settings, corpora: Sequence[str]) -> VillageShelf:
        [name] = corpora
        return VillageShelf(open_village(Path(name), self.chooser, settings.index))

    def build(self, settings: Settings, paths: Sequence[Path], progress: object) -> list[Build]:
        return [build_index(load_corpus(path), settings.index, self.embedder) for path in paths]

    def remove(self, settings: Settings, names: Sequence[str]) -> Sequence[str]:
        for name in names:
            remove_index(settings.index, name)
        return names

    def open(self, source: Source) -> Bot:
        """As Models has it, without building."""
        from index.search import Index

        corpus = load_corpus(source.folder)
        return Cold(corpus, Index.open(source.index, corpus, self.embedder), self.embedder, chooser=self.chooser)

    def reloader(self) -> Reloader:
        models: Any = self
        return Reloader(models, self._sources, self.clock)

    def _sources(self) -> list[Source]:
        source = self.published.source("village")
        return [source] if source else sources_of([str(self.folder)], self.settings.index)

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    def led_by_cleo(self) -> None:
        """Another leader of the mill, in all files."""
        for file in ("news.txt", "vocabulary.yaml", "facts.yaml"):
            self.change(file, "Anna", "Cleo")


class Deaf(EqualChooser):
    """Takes all that it is asked for nothing that is meant."""

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        return super().choose(replace(conversation, message="…"), candidates, named)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def miller(bot: Bot) -> tuple[str, ...]:
    return bot.ask(MILL).values


def names(town: Town) -> list[str]:
    return [version.name for version in town.published.versions("village")]


def test_what_is_published_is_taken_up_and_rolled_back_while_requests_go_on(town: Town) -> None:
    town.build(town.settings, [town.folder], None)
    reloader = town.reloader()
    at_work = reloader.library.get(None)
    done = town.run("corpus", "publish", str(town.folder), "--name", "spring")
    assert (done.exit_code, done.stdout) == (0, "Published: village spring\n")
    assert reloader.look() == ("village",)
    town.led_by_cleo()
    assert reloader.look() == () and miller(reloader.library.get(None)) == ("Anna",), (
        "a folder is not what is published"
    )
    assert "(before: spring)" in town.run("corpus", "publish", str(town.folder), "--name", "summer").stdout
    between = reloader.library.get(None)
    assert reloader.look() == ("village",)
    told = [miller(bot) for bot in (at_work, between, reloader.library.get(None))]
    assert told == [("Anna",), ("Anna",), ("Cleo",)]
    state = reloader.library.parts()["served"]["village"]
    assert (state["state"], state["version"]) == ("current", "summer")
    assert town.run("corpus", "rollback", "spring").exit_code == 0
    assert reloader.look() == ("village",) and miller(reloader.library.get(None)) == ("Anna",)
    assert reloader.look() == (), "what has been taken up is not taken up again"
    shown = town.run("corpus", "publish", "--list").stdout.splitlines()
    assert [line.split()[:3] for line in shown] == [
        ["*", "village", "spring"],
        ["village", "summer", shown[1].split()[2]],
    ]


@pytest.mark.parametrize("where", ["given", "own"])
def test_where_a_case_fails_nothing_is_swapped(town: Town, where: str) -> None:
    path = town.root / "cases.yaml" if where == "given" else town.folder / "suites" / "cases.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SUITE, encoding="utf-8")
    options = ["--suite", str(path)] if where == "given" else []
    good = town.run("corpus", "publish", *options)
    assert good.exit_code == 0 and "Cases: 2 passed, 0 failed" in good.stderr
    before = town.published.in_force("village")
    town.led_by_cleo()
    bad = town.run("corpus", "publish", *options)
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert "failed: cases/mill" in bad.stderr and "Nothing was swapped." in bad.stderr
    assert (town.published.in_force("village"), names(town)) == (before, [before])
    assert not list((town.settings.published / "village" / "versions").glob("*.part"))


def test_what_was_taught_is_run_before_it_is_published(town: Town) -> None:
    (town.folder / "examples.yaml").write_text(f'examples:\n  - {{message: "{FLOUR}", means: "{MILL}"}}\n')
    assert "Cases: 1 passed" in town.run("corpus", "publish").stderr
    town.chooser = Deaf()
    refused = town.run("corpus", "publish", "--name", "again")
    assert refused.exit_code == 1 and "failed: examples/" in refused.stderr


def test_a_corpus_that_does_not_hold_together_is_refused_with_its_faults(town: Town) -> None:
    town.change("facts.yaml", "Ben runs the inn.", "Ben sold the inn.")
    refused = town.run("corpus", "publish")
    assert refused.exit_code == 1
    assert "facts.yaml" in refused.stderr and "Nothing was swapped." in refused.stderr
    assert town.published.ids() == ()
    assert "Nothing is published" in town.run("corpus", "publish", "--list").stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("publish", "--name", "../up"), "can be no version's name"),
        (("publish", "nowhere"), "no corpus 'nowhere'"),
        (("rollback", "winter"), "There is no version 'winter'; there is spring (village)"),
        (("publish", "--name", "spring"), "There is a version 'spring' of village already"),
    ],
)
def test_wrong_use_is_told_with_the_mend(town: Town, args: tuple[str, ...], told: str) -> None:
    assert town.run("corpus", "publish", "--name", "spring").exit_code == 0
    town.led_by_cleo()
    result = town.run("corpus", *args)
    assert (result.exit_code, town.published.in_force("village")) == (2, "spring")
    assert told in result.stderr


def test_publishing_the_same_again_makes_no_second_copy(town: Town) -> None:
    assert town.run("corpus", "publish").exit_code == town.run("corpus", "publish").exit_code == 0
    [version] = town.published.versions("village")
    assert version.name == load_corpus(town.folder).sha256[:12]
    assert town.published.find(version.sha256[:7]) == version


def test_only_the_last_versions_are_kept(town: Town) -> None:
    for name in "abc":
        assert town.run("corpus", "publish", "--name", name).exit_code == 0
        town.change("news.txt", "March", f"March {name}")
    town.published.put_in_force(town.published.find("a"))
    assert [version.name for version in town.published.out_of_use("village", 2)] == ["b"]
    assert town.published.out_of_use("village") == ()


def test_what_cannot_be_loaded_leaves_what_is_served_and_is_told_until_it_is_mended(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.run("corpus", "publish", "--name", "spring")
    reloader = town.reloader()
    town.led_by_cleo()
    town.run("corpus", "publish", "--name", "summer")
    place = town.published.source("village", "summer")
    assert place
    facts = (place.folder / "facts.yaml").read_bytes()
    (place.folder / "facts.yaml").write_bytes(b"facts: [")
    assert reloader.look() == ()
    assert miller(reloader.library.get(None)) == ("Anna",)
    state = reloader.library.parts()["served"]["village"]
    assert (state["state"], state["version"]) == ("outdated", "spring") and "facts.yaml" in state["detail"]
    assert "what was served goes on" in caplog.text and "facts.yaml" in caplog.text
    (place.folder / "facts.yaml").write_bytes(facts)
    assert reloader.look() == (), "it is not read again and again"
    town.clock.now += AGAIN
    assert reloader.look() == ("village",) and miller(reloader.library.get(None)) == ("Cleo",)
    assert reloader.library.parts()["served"]["village"]["state"] == "current"


@pytest.mark.parametrize("text", ["", "[]", '{"version": "../../.."}', '{"version": "gone"}'])
def test_a_pointer_that_names_nothing_leaves_what_is_served(town: Town, text: str) -> None:
    town.run("corpus", "publish")
    reloader = town.reloader()
    town.published.pointer("village").write_text(text, encoding="utf-8")
    assert reloader.look() == () and miller(reloader.library.get(None)) == ("Anna",)
    assert reloader.library.parts()["published"]["state"] == "unreadable"
    assert "wholeads corpus publish" in str(reloader.library.parts()["published"]["detail"])


def test_an_example_is_taken_up_from_a_folder_as_from_what_is_published(town: Town) -> None:
    town.build(town.settings, [town.folder], None)
    reloader = town.reloader()
    assert town.run("teach", FLOUR, MILL).exit_code == 0
    assert reloader.look() == ("village",)
    assert reloader.library.get(None).ask(FLOUR).values == ("Anna",)
    town.run("corpus", "publish", "--name", "spring")
    reloader.look()
    taught = town.run("teach", "where is my flour", MILL)
    assert taught.exit_code == 0 and "(before: spring)" in taught.stdout
    assert reloader.look() == ("village",)
    assert reloader.library.get(None).ask("where is my flour").values == ("Anna",)
    town.change("news.txt", "March", "April")
    served = town.published.in_force("village")
    assert "Put it in force: wholeads corpus publish" in town.run("teach", "flour, where", MILL).stderr
    assert town.published.in_force("village") == served


def test_what_is_published_is_served_before_its_folder_and_without_it(town: Town) -> None:
    def served(default: str) -> list[tuple[str, str]]:
        found = served_sources(default, town.published, town.settings.index)
        return [(source.corpus, source.version) for source in found]

    assert served(str(town.folder))[0] == ("village", "")
    town.run("corpus", "publish", "--name", "spring")
    assert served(str(town.folder))[0] == served("village")[0] == ("village", "spring")
    assert served("alliance")[-1] == ("village", "spring")
    assert json.loads(town.published.pointer("village").read_text())["version"] == "spring"


def test_the_page_about_it_shows_what_is_printed(town: Town) -> None:
    [block] = [block for block in fenced_blocks(PAGE.read_text(encoding="utf-8")) if block.mark == "tested"]
    for command, shown in block.commands:
        if "--name summer" in command:
            town.led_by_cleo()
        program, *args = command.split()
        assert program == "wholeads"
        with chdir(town.root):
            assert re.fullmatch(pattern(shown), town.run(*args).stdout, re.S), command
