"""Public sets of questions on paragraphs: how they are read, what is counted, and a tiny run."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from benchmarks.__main__ import main
from benchmarks.answerability import RISK, fitted
from benchmarks.answerability import main as fit
from benchmarks.passages import COVERAGES, auroc
from benchmarks.passages_data import PassageSetError, corpus_of, evenly, in_paragraph, load_passage_sets
from bot.passages.answerability import AnswerabilityModels, Signals

TEXTS = {
    "a": "Acme makes beer. It was founded in 1902 by Ada Lind. Its beer is sold in Port Avon.",
    "b": "Bolt runs the trams of Port Avon. The red line is the oldest.",
    "c": "Crane builds ships. Crane was sold to Acme in 1950.",
}
QUESTIONS = [
    ("Who founded Acme?", "a", ["Ada Lind"]),
    ("Who founded Acme in 1999?", "a", []),
    ("Which line is the oldest?", "b", ["The red line", "red line"]),
    ("Which line is not the oldest?", "b", []),
    ("What does Crane build?", "c", ["ships"]),
    ("What does Crane eat?", "c", []),
]


def write(folder: Path) -> Path:
    files = {
        "corpus": [{"doc_id": id, "title": f"Article_{id}", "text": text} for id, text in TEXTS.items()],
        "queries": [{"query_id": str(n), "question": q, "doc_id": id} for n, (q, id, _) in enumerate(QUESTIONS)],
        "asked": [
            {
                "id": str(n),
                "title": f"Article_{id}",
                "doc_id": id,
                "context": TEXTS[id],
                "question": question,
                "answers": answers * 2,
                "is_impossible": not answers,
            }
            for n, (question, id, answers) in enumerate(QUESTIONS)
        ],
        "natural/asked": [
            {
                "id": str(n),
                "question": question,
                "answerable": bool(answers),
                "passages": [{"title": id, "text": TEXTS[id], "sentences": []}],
                "selected": [[answer] for answer in answers],
            }
            for n, (question, id, answers) in enumerate(QUESTIONS)
        ],
        "other": [{"text": "A claim."}],
    }
    for name, rows in files.items():
        path = folder / f"{name}.jsonl.gz"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    return folder


def run(*args: object) -> Result:
    command_line = typer.Typer()
    command_line.command()(main)
    return CliRunner().invoke(command_line, [*map(str, args)], catch_exceptions=False)


def test_the_forms_are_told_apart_by_their_keys(tmp_path: Path) -> None:
    sets = load_passage_sets(write(tmp_path))
    assert [paragraph.id for paragraph in sets.paragraphs] == list(TEXTS)
    assert len(sets.queries) == len(QUESTIONS)
    assert {name: len(rows) for name, rows in sets.asked.items()} == {"adversarial": 6, "natural": 6}
    assert [row.answerable for row in sets.asked["adversarial"]] == [True, False] * 3
    assert sets.asked["adversarial"][0].answers == ("Ada Lind",)


def test_a_folder_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(PassageSetError, match="no questions"):
        load_passage_sets(tmp_path)
    (tmp_path / "data.jsonl").write_text('{"a"\n')
    with pytest.raises(PassageSetError, match=r"data\.jsonl:1"):
        load_passage_sets(tmp_path)
    assert run(tmp_path, "--only", "passages").exit_code == 2


def test_paragraphs_become_passages_below_their_title(tmp_path: Path) -> None:
    corpus, origin = corpus_of("articles", load_passage_sets(write(tmp_path)).paragraphs)
    assert set(origin.values()) == set(TEXTS)
    [passage] = in_paragraph(corpus, origin)["a"]
    assert (passage.quote.text, passage.heading) == (TEXTS["a"], "Article a")


def test_what_is_taken_is_taken_evenly() -> None:
    assert evenly(range(10), 4) == [0, 2, 5, 7]
    assert evenly(range(3), 0) == evenly(range(3), 9) == range(3)


def test_the_area_counts_pairs_in_the_right_order() -> None:
    assert auroc([0.9, 0.4, 0.4, 0.1], [True, True, False, False]) == 0.875
    assert auroc([0.1, 0.9], [True, False]) == 0.0


def signals(relevance: float, numbers: float) -> Signals:
    return Signals(relevance, 0, 0, 0, 0, 0, 0, numbers, 0, 0, 0, 3)


def test_weights_follow_what_tells_and_leave_out_what_never_varies() -> None:
    right = [signals(4 + number / 10, 0) for number in range(30)]
    wrong = [signals(-2 + number % 5 + number / 100, number % 2) for number in range(30)]
    model = fitted([*right, *wrong], [True] * 30 + [False] * 30)
    assert set(model.weights) == {"relevance", "numbers"}
    assert model.weights["relevance"] > 0 > model.weights["numbers"]
    answered = sum(model.probability(each) >= model.threshold for each in wrong)
    assert abs(answered / len(wrong) - RISK) < 0.05


def test_a_tiny_run_measures_finding_reading_and_withholding(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = run(write(tmp_path / "data"), "--only", "passages", "--json", figures)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "risk by coverage" in done.stdout
    report = json.loads(figures.read_text())["passages"]
    assert [found["time"]["count"] for found in report["found"]] == [6] * 5
    assert report["found"][-1]["recall_at_5"] == 1.0
    assert report["answers"]["hold_answer"] == 1.0
    names = {each["name"] for each in report["abstention"]}
    assert names == {f"{kind}, half {half}" for kind in ("adversarial", "natural") for half in (0, 1)}
    assert all(len(each["risk"]) == len(COVERAGES) for each in report["abstention"])


def test_fitted_weights_can_be_loaded(tmp_path: Path) -> None:
    out = tmp_path / "weights.yaml"
    fit(write(tmp_path / "data"), out)
    assert set(yaml.safe_load(out.read_text())) == {"reranked", "plain"}
    assert AnswerabilityModels.load(out).reranked.weights
