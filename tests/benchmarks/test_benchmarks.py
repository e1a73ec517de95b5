"""The benchmarks: what they take for input, the figures' arithmetic, and a tiny run of all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from benchmarks.__main__ import main
from benchmarks.latency import Route
from benchmarks.measure import Summary, summarize
from benchmarks.workload import Conversation, WorkloadError, load_workload

QUESTIONS = [["Who leads the choir?"], ["Who leads the choir?", "And the band?"], ["Why does the choir sing there?"]]
CORPUS = {
    "corpus.yaml": "{id: village, title: The village, documents: [{id: news, file: news.txt}]}",
    "news.txt": "Anna leads the choir. Ben leads the band. The choir sings in the barn because the hall is cold.",
    "vocabulary.yaml": """
kinds: {person: {plural: people}, group: {plural: groups}}
entities: {person: {Anna: {}, Ben: {}}, group: {choir: {}, band: {}}}
predicates: {leads: {subject: [person], object: [group], functional: true}}
""",
    "facts.yaml": """
facts:
  - {id: choir, subject: Anna, predicate: leads, object: choir, quote: Anna leads the choir.}
  - {id: band, subject: Ben, predicate: leads, object: band, quote: Ben leads the band.}
""",
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def run(folder: Path, *args: object) -> Result:
    """The benchmarks on a small corpus written into ``folder``."""
    (folder / "village").mkdir(parents=True)
    for name, text in CORPUS.items():
        (folder / "village" / name).write_text(text, encoding="utf-8")
    command_line = typer.Typer()
    command_line.command()(main)
    environ = {"WHOLEADS_CORPUS": str(folder / "village")}
    return CliRunner().invoke(command_line, [*map(str, args)], env=environ, catch_exceptions=False)


def test_percentiles_are_times_that_were_measured() -> None:
    assert summarize([float(number) for number in range(100, 0, -1)]) == Summary(100, 50.5, 95.0)
    assert summarize([7.0]) == Summary(1, 7.0, 7.0)
    with pytest.raises(ValueError, match="at least once"):
        summarize([])


def test_json_lines_hold_conversations_and_claims_each_counted_once(tmp_path: Path) -> None:
    rows = [{"turns": ["One?"]}, {"turns": ["One?", "Two?"], "lang": "en"}, {"text": "A claim."}, {"turns": ["One?"]}]
    workload = load_workload(write(tmp_path / "data.jsonl", *rows))
    assert workload.conversations == (Conversation("One?"), Conversation("Two?", ("One?",)))
    assert workload.claims == ("A claim.",)
    assert workload.corpus is None
    assert workload.first(1).conversations == (Conversation("One?"),)
    assert workload.first(0) == workload


def test_a_suite_names_its_corpus_and_its_claims(tmp_path: Path) -> None:
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "corpus: alliance\ncases:\n"
        "  - {name: a, turns: ['One?', 'Two?'], expect: {status: answered}}\n"
        "  - {name: b, check: 'A claim.', expect: {verdict: supported}}\n"
    )
    workload = load_workload(suite)
    assert workload.conversations == (Conversation("Two?", ("One?",)),)
    assert (workload.claims, workload.corpus) == (("A claim.",), "alliance")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"turns": []}, "data.jsonl:1"),
        ({"turns": [1]}, "turns"),
        (["One?"], "text"),
        ({"text": "A claim."}, "no question"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_line(tmp_path: Path, row: object, told: str) -> None:
    with pytest.raises(WorkloadError, match=told):
        load_workload(write(tmp_path / "data.jsonl", row))


def test_a_line_that_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"turns": ["One?"]}\n{"turns"\n')
    done = run(tmp_path, tmp_path / "data.jsonl")
    assert done.exit_code == 2
    assert "data.jsonl:2" in done.stderr


def test_a_tiny_run_measures_everything(tmp_path: Path) -> None:
    rows = [{"turns": turns} for turns in QUESTIONS]
    data = write(tmp_path / "data.jsonl", *rows, {"text": "Anna leads the choir."})
    figures = tmp_path / "figures.json"
    done = run(tmp_path, data, "--rounds", 1, "--repeats", 4, "--json", figures)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "POST /v1/ask" in done.stdout

    report = json.loads(figures.read_text(encoding="utf-8"))
    assert {summary["count"] for summary in report["startup"].values()} == {1}
    routes = report["latency"]["routes"]
    assert {route["route"] for route in routes} <= set(Route)
    assert [sum(route[way]["count"] for route in routes) for way in ("embed", "ask", "post")] == [3, 3, 3]
    assert report["latency"]["check"]["count"] == 1
    assert report["determinism"] == {"questions": 3, "repeats": 4, "varied": []}


def test_a_tiny_run_of_the_scale_kills_a_build_and_resumes_it(tmp_path: Path) -> None:
    articles = [
        {
            "title": f"Room {n}",
            "body": f"Room {n} of hall {n * 7} is let to firm {n}. Its files are numbered up from {n * 31}.",
        }
        for n in range(300)
    ]
    data, figures = write(tmp_path / "articles.jsonl", *articles, articles[0]), tmp_path / "figures.json"
    done = run(tmp_path, data, "--only", "scale", "--passages", 300, "--json", figures)
    assert done.exit_code == 0
    scale = json.loads(figures.read_text(encoding="utf-8"))["scale"]
    assert (scale["passages"], scale["lost"], scale["doubled"]) == (300, 0, 0)
    assert scale["kept"] >= scale["killed_at"] >= 150
    assert scale["kept"] + scale["embedded"] == 300
    too_many = run(tmp_path / "more", data, "--only", "scale", "--passages", 301)
    assert (too_many.exit_code, "300 different passages" in too_many.stderr) == (2, True)


def test_only_what_is_named_is_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    data = write(tmp_path / "data.jsonl", *({"turns": turns} for turns in QUESTIONS))
    done = run(tmp_path, data, "--only", "determinism", "--repeats", 2, "--limit", 1, "--json", figures)
    assert done.exit_code == 0
    report = json.loads(figures.read_text(encoding="utf-8"))
    assert report["startup"] is None and report["latency"] is None
    assert report["determinism"]["questions"] == 1


def test_a_tiny_run_of_growth_embeds_only_what_is_new(tmp_path: Path) -> None:
    figures = tmp_path / "growth.json"
    done = run(tmp_path, "--only", "growth", "--facts", 200, "--json", figures)
    assert done.exit_code == 0, done.output
    growth = json.loads(figures.read_text(encoding="utf-8"))["growth"]
    assert growth["embedded"] == {"fact": 1, "alias": 1, "document": 1}
    assert set(growth["ratios"]) == {"who", "what", "yes or no", "count", "most"}
