"""``wholeads teach``, and ``wholeads eval`` with what was taught: the bot is real, its models are written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.answering.bot import Bot
from bot.answering.settings import Settings
from bot.serving.cli.main import build_cli
from corpus.loader import load_corpus
from corpus.model import Taught
from index.builder import Build, build_index
from tests.bot.village import EqualChooser, open_village, write_village
from tests.cli.conftest import Run as RunRailway
from tests.index.conftest import WordEmbedder

FLOUR, MILL = "who do I ring about the flour", "Who runs the mill?"
BED, INN = "I need a bed tonight", "Who runs the inn?"
ONE = f'# Mine.\nexamples:\n  - {{message: "{BED}", means: "{INN}"}}\n'
SUITE = f"""
corpus: FOLDER
cases:
  - {{name: mill, question: "{MILL}", expect: {{values: [Anna]}}}}
  - {{name: flour, question: flour please and quickly, expect: {{status: out_of_scope}}}}
  - {{name: after, turns: ["{INN}", flour please and quickly], expect: {{status: not_stated}}}}
  - {{name: claim, check: Ben runs the inn., expect: {{verdict: supported}}}}
"""


@dataclass
class VillageShelf:
    bot: Bot

    def get(self, corpus_id: str | None) -> Bot:
        return self.bot


@dataclass
class Village:
    """The corpus in its folder, and the command line over it."""

    folder: Path
    index: Path
    chooser: EqualChooser = field(default_factory=EqualChooser)
    built: list[Path] = field(default_factory=list)

    @property
    def examples(self) -> str:
        file = self.folder / "examples.yaml"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def taught(self, text: str) -> None:
        (self.folder / "examples.yaml").write_text(text, encoding="utf-8")

    def open_library(self, settings: Settings, corpora: Sequence[str]) -> VillageShelf:
        return VillageShelf(open_village(self.folder, self.chooser, self.index))

    def build(self, settings: Settings, paths: Sequence[Path], progress: object) -> list[Build]:
        self.built += paths
        return [build_index(load_corpus(path), self.index, WordEmbedder()) for path in paths]

    def remove(self, settings: Settings, names: Sequence[str]) -> Sequence[str]:
        raise AssertionError("nothing is removed")

    def serve(self, *args: object) -> None:
        raise AssertionError("nothing is served")

    def run(self, *args: str) -> Result:
        cli = build_cli(
            open_library=self.open_library,
            build=self.build,
            remove=self.remove,
            serve=self.serve,
            environ={"WHOLEADS_CORPUS": str(self.folder), "WHOLEADS_INDEX": str(self.index)},
        )
        return CliRunner().invoke(cli, args, catch_exceptions=False)


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return Village(write_village(tmp_path / "village"), tmp_path / "index")


@pytest.fixture
def suite(village: Village, tmp_path: Path) -> str:
    path = tmp_path / "village-suite.yaml"
    path.write_text(SUITE.replace("FOLDER", str(village.folder)), encoding="utf-8")
    return str(path)


def test_it_tells_what_is_meant_and_what_was_and_writes(village: Village) -> None:
    result = village.run("teach", FLOUR, MILL)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"“{MILL}” is read as: Who runs mill?",
        "  [answered] Anna runs mill. [1]",
        f"“{FLOUR}” was read as: nothing that is answered",
        "  [not stated] The source does not say.",
        "0 of 0 other answers would change.",
        f"Added to {village.folder / 'examples.yaml'}",
    ]
    assert load_corpus(village.folder).taught == (Taught(FLOUR, MILL),)
    assert village.built == [village.folder], "the corpus's hash has changed, so that the index would be outdated"
    assert "Anna runs mill" in village.run("ask", FLOUR).stdout


def test_what_stands_there_stays(village: Village) -> None:
    village.taught(ONE)
    assert village.run("teach", FLOUR, MILL).exit_code == 0
    assert village.examples == f'{ONE}  - {{message: "{FLOUR}", means: "{MILL}"}}\n'


def test_a_dry_run_tells_and_writes_nothing(village: Village) -> None:
    result = village.run("teach", FLOUR, MILL, "--dry-run")
    assert result.exit_code == 0
    assert "is read as: Who runs mill?" in result.stdout
    assert "Nothing was written." in result.stderr
    assert (village.examples, village.built) == ("", [])


def test_without_building_it_says_how(village: Village) -> None:
    result = village.run("teach", FLOUR, MILL, "--no-build")
    assert result.exit_code == 0
    assert f"wholeads index {village.folder}" in result.stderr
    assert village.examples and not village.built


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is the capital of France?", "is not read as a question that the corpus answers"),
        ("Who runs the bakery over there?", "(not stated). Ask it as the corpus answers it"),
        (" ", "The question is empty. Write wholeads teach"),
    ],
)
def test_a_question_that_the_corpus_does_not_answer_is_wrong_use(village: Village, question: str, told: str) -> None:
    result = village.run("teach", FLOUR, question)
    assert result.exit_code == 2
    assert told in result.stderr
    assert village.examples == ""


def test_another_meaning_of_the_same_message_is_refused(village: Village) -> None:
    village.taught(ONE)
    result = village.run("teach", BED.upper() + "!", MILL)
    assert result.exit_code == 1
    assert f"Nothing was written. “{BED}” is taught to mean “{INN}”" in result.stderr
    assert village.examples == ONE


def test_what_is_taught_already_is_not_written_again(village: Village) -> None:
    village.taught(ONE)
    result = village.run("teach", BED, INN)
    assert result.exit_code == 0
    assert "taught already" in result.stderr
    assert village.examples == ONE


def test_an_example_that_would_lose_its_meaning_is_named_and_the_new_one_refused(village: Village) -> None:
    village.taught(ONE)
    village.chooser.near = {BED: FLOUR}  # once there is this message, the model takes the other one for it
    result = village.run("teach", FLOUR, MILL)
    assert result.exit_code == 1
    assert f"status, verdict or values, wording, citations [passed → failed] examples/{BED}" in result.stdout
    assert f"With it, “{BED}” would no longer mean what was taught." in result.stderr
    assert village.examples == ONE


def test_an_example_that_would_change_nothing_is_refused(village: Village) -> None:
    result = village.run("teach", INN, MILL)
    assert result.exit_code == 1
    assert "each word of the message is read by rule" in result.stderr
    village.chooser.near = {FLOUR: "The inn was painted blue in March."}
    result = village.run("teach", FLOUR, MILL)
    assert result.exit_code == 1
    assert "the message would be answered otherwise than the question: [answered] The inn was painted" in result.stderr
    assert village.examples == ""


def test_cases_of_suites_that_change_are_told_and_do_not_hinder(village: Village, suite: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SUITE.replace("FOLDER", "clusters"), encoding="utf-8")
    village.chooser.near = {"flour please and quickly": FLOUR}
    result = village.run("teach", FLOUR, MILL, "--suite", suite, "--suite", str(other))
    assert result.exit_code == 0
    assert "village-suite/flour" in result.stdout and "village-suite/after" in result.stdout
    assert "[passed → failed]" in result.stdout
    assert "2 of 3 other answers would change." in result.stdout
    assert "1 of 2 suites left out: they are asked of another corpus." in result.stderr
    assert FLOUR in village.examples


def test_a_folder_that_cannot_be_written_to_is_told_with_the_mend(village: Village, tmp_path: Path) -> None:
    # For root there is no folder that must not be written to: this one is not there.
    (village.folder / "examples.yaml").symlink_to(tmp_path / "gone" / "examples.yaml")
    result = village.run("teach", FLOUR, MILL)
    assert result.exit_code == 2
    assert "cannot be written to (No such file or directory). Copy the corpus" in result.stderr


def test_a_file_that_another_command_is_writing_is_left_alone(village: Village) -> None:
    village.taught(ONE)
    (village.folder / ".examples.yaml.tmp").touch()
    result = village.run("teach", FLOUR, MILL)
    assert result.exit_code == 2
    assert "another command is writing it" in result.stderr
    assert village.examples == ONE


# wholeads eval


def test_eval_runs_the_examples_of_the_corpora_that_its_suites_name(village: Village, suite: str) -> None:
    village.taught(ONE)
    result = village.run("eval", suite, "--json")
    report = json.loads(result.stdout)
    assert [case["suite"] for case in report["cases"]].count("village-suite") == 4
    [case] = [case for case in report["cases"] if case["suite"] == "examples"]
    assert (case["name"], case["line"], case["outcome"], case["values"]) == (BED, 3, "passed", ["Ben"])


def test_eval_of_a_corpus_runs_its_examples_alone(village: Village) -> None:
    village.taught(ONE)
    assert "1 passed, 0 failed" in village.run("eval", "--corpus", str(village.folder)).stdout
    village.taught("examples: []\n")
    nothing = village.run("eval", "--corpus", str(village.folder))
    assert nothing.exit_code == 2
    assert "has no examples. Write wholeads eval SUITE..." in nothing.stderr


def test_an_example_that_is_no_longer_understood_fails_the_run(village: Village, suite: str) -> None:
    village.taught(ONE)
    village.chooser.near = {BED: "The inn was painted blue in March."}
    result = village.run("eval", suite)
    assert result.exit_code == 1
    assert f"{village.folder / 'examples.yaml'}:3" in result.stdout
    assert f"taught: it means “{INN}”" in result.stdout
    assert village.run("eval", suite, "--name", "mill").exit_code == 0


def test_eval_without_examples_is_as_before(run: RunRailway) -> None:
    assert "No suite is named" in run("eval").stderr
