"""``wholeads eval`` with baselines and reports, ``wholeads diff`` and ``wholeads suite``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import Result

from corpus.loader import load_corpus

Run = Callable[..., Result]
SUITE = """\
# Mine.
cases:
  - {name: north, question: Who runs the north line, expect: {values: [Anna]}, tags: [line]}
  - {name: south, question: Who runs the south line, expect: {status: answered}, tags: [line]}
  - {name: claim, check: Ben runs it., expect: {findings: [refuted]}}
"""


@pytest.fixture
def suite(tmp_path: Path) -> str:
    path = tmp_path / "lines.yaml"
    path.write_text(SUITE, encoding="utf-8")
    return str(path)


def test_two_runs_give_the_same_json_but_for_the_timings(run: Run, suite: str) -> None:
    first, second = (json.loads(run("eval", suite, "--json").stdout) for _ in range(2))
    assert first.pop("timings")["cases"].keys() == second.pop("timings")["cases"].keys()
    assert json.dumps(first) == json.dumps(second)
    assert (first["passed"], first["failed"]) == (3, 0)


def test_a_baseline_is_written_and_compared_with(run: Run, suite: str, backend: Any, tmp_path: Path) -> None:
    base = str(tmp_path / "new" / "base.json")
    missing = run("eval", suite, "--baseline", base)
    assert missing.exit_code == 2
    assert "--update-baseline" in missing.stderr
    assert run("eval", suite, "--baseline", base, "--update-baseline").exit_code == 0
    assert "Against the baseline: nothing" in run("eval", suite, "--baseline", base).stdout
    backend.bot.raises = ValueError("broken")
    broken = run("eval", suite, "--baseline", base)
    assert broken.exit_code == 1
    assert "newly failing lines/north" in broken.stdout
    assert run("eval", suite, "--baseline", base, "--fail-on", "slower").exit_code == 0
    # Once it is the baseline, what fails is no longer new.
    run("eval", suite, "--baseline", base, "--update-baseline")
    known = run("eval", suite, "--baseline", base)
    assert known.exit_code == 0
    assert "2 cases fail as in the baseline" in known.stdout
    assert "ValueError" not in known.stdout
    assert run("eval", suite, "--baseline", base, "--fail-on", "failing").exit_code == 1


def test_a_filtered_run_misses_nothing_and_keeps_the_rest_of_the_baseline(run: Run, suite: str, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    run("eval", suite, "--baseline", str(base), "--update-baseline")
    filtered = run("eval", suite, "--name", "north", "--baseline", str(base), "--update-baseline")
    assert "Against the baseline: nothing" in filtered.stdout
    assert list(json.loads(base.read_text())["cases"]) == ["lines/claim", "lines/north", "lines/south"]


def test_reports_are_written(run: Run, suite: str, tmp_path: Path) -> None:
    files = {name: tmp_path / "out" / f"report.{name}" for name in ("html", "markdown", "junit")}
    options = [text for name, path in files.items() for text in (f"--{name}", str(path))]
    assert run("eval", suite, *options).exit_code == 0
    assert [path.read_text()[:5] for path in files.values()] == ["<!doc", "# All", "<?xml"]
    (tmp_path / "taken").write_text("")
    refused = run("eval", suite, "--html", str(tmp_path / "taken" / "report.html"))
    assert refused.exit_code == 2
    assert "--html" in refused.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--generated", "--url", "http://127.0.0.1:1"), "needs a corpus here"),
        (("lines.yaml", "--update-baseline"), "name the file"),
        (("lines.yaml", "--jobs", "2"), "--jobs is for --url"),
        (("--mutations", "--baseline", "base.json"), "takes no suites"),
        (("lines.yaml", "--fail-on", "everything"), "newly-failing"),
    ],
)
def test_options_that_do_not_go_together(run: Run, args: tuple[str, ...], message: str) -> None:
    result = run("eval", *args)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


VILLAGE = {
    "corpus.yaml": "{id: village, title: The village, documents: [{id: news, file: news.txt}]}",
    "news.txt": "Anna runs the mill. Ben runs the inn.",
    "vocabulary.yaml": """
kinds: {person: {plural: people}, house: {plural: houses}}
entities: {person: {Anna: {}, Ben: {}}, house: {mill: {}, inn: {}}}
predicates:
  runs: {subject: [person], object: [house], verb: {singular: runs, plural: run, base: run}}
  calls: {subject: [person], object: [date]}
""",
    "facts.yaml": """
facts:
  - {id: mill, subject: Anna, predicate: runs, object: mill, quote: Anna runs the mill.}
  - {id: inn, subject: Ben, predicate: runs, object: inn, quote: Ben runs the inn.}
""",
}


def test_what_is_generated_is_a_suite_of_its_corpus_and_coverage_tells_of_each_predicate(
    run: Run, backend: Any, suite: str, tmp_path: Path
) -> None:
    folder = tmp_path / "village"
    folder.mkdir()
    for name, text in VILLAGE.items():
        (folder / name).write_text(text, encoding="utf-8")
    backend.bot.corpus = load_corpus(folder)
    found = json.loads(run("eval", suite, "--generated", "--count", "40", "--coverage", "--json").stdout)
    assert sum(case["suite"] == "generated-village" for case in found["cases"]) == 40
    assert found["tags"]["runs"]["passed"] + found["tags"]["runs"]["failed"] == 40
    [coverage] = found["coverage"]
    assert sum(coverage["kinds"]["runs"].values()) == 40
    assert (coverage["untested"], coverage["unasked"]) == ([], ["calls"])
    told = run("eval", "--generated", "--count", "40", "--coverage").stdout
    assert f"generated on predicate runs: 40 questions of {len(coverage['kinds']['runs'])} kinds" in told
    assert "no question is generated on predicate calls" in told


def test_diff_of_a_corpus_with_itself_is_nothing(run: Run, suite: str) -> None:
    result = run("diff", "railway", "railway", suite, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["asked"], found["facts"], found["answers"], found["tests"]) == (3, [], [], [])
    assert len(found["notes"]) == 2


def test_import_prints_a_suite_or_appends_to_one(run: Run, suite: str, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("name,question,contains,owner\nnorth,Who runs the north line,Anna,me\n", encoding="utf-8")
    printed = run("suite", "import", str(table))
    assert printed.stdout.startswith('cases:\n  - name: "north"')
    assert "left out: " in printed.stderr
    assert "column 'owner'" in printed.stderr
    assert run("suite", "import", str(table), "--into", suite).exit_code == 0
    assert Path(suite).read_text(encoding="utf-8").startswith("# Mine.\n")
    assert "4 passed, 0 failed" in run("eval", suite).stdout
    assert run("suite", "import", str(tmp_path / "none.csv")).exit_code == 2


def test_the_schema_is_printed(run: Run) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("suite", "schema").stdout))
