"""A corpus that does not hold together is read as far as it goes, for those who must say what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import CorpusContentError, CorpusFileError
from corpus.loader import find_corpus, inspect_corpus, load_corpus
from tests.bot.core import write_brigade


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sound_corpus_is_the_same_either_way(tmp_path: Path) -> None:
    folder = write_brigade(tmp_path)
    assert inspect_corpus(folder) == (load_corpus(folder), ())


def test_a_fact_whose_quote_does_not_carry_it_is_there_and_told_of(tmp_path: Path) -> None:
    folder = write_brigade(tmp_path)
    change(folder / "facts.yaml", "subject: Red Watch", "subject: Green Watch")
    corpus, problems = inspect_corpus(folder)
    assert corpus.facts["old-town"].subject == "Green Watch"
    assert [problem.split(" Quote")[0] for problem in problems] == [
        "facts.yaml: fact 'old-town': its quote does not name 'Green Watch'."
    ]
    with pytest.raises(CorpusContentError, match="old-town"):
        load_corpus(folder)


def test_a_fact_without_its_quote_is_not_there(tmp_path: Path) -> None:
    folder = write_brigade(tmp_path)
    change(folder / "orders.md", "leads ladder work", "leads ladders")
    corpus, problems = inspect_corpus(folder)
    assert "ladder-work" not in corpus.facts and "spills" in corpus.facts
    assert any("'ladder-work': its quote is not verbatim" in problem for problem in problems)


def test_a_file_that_cannot_be_read_is_no_matter_of_content(tmp_path: Path) -> None:
    folder = write_brigade(tmp_path)
    (folder / "facts.yaml").write_text("facts: [", encoding="utf-8")
    with pytest.raises(CorpusFileError):
        inspect_corpus(folder)


def test_a_term_covers_what_its_narrower_terms_cover() -> None:
    corpus = load_corpus(find_corpus("alliance"))
    general = replace(corpus.entities["hybrids"], name="green cars", covers=("electric vehicles", "hybrids"))
    wider = replace(corpus, entities={**corpus.entities, "green cars": general})
    assert wider.covered("green cars") == (
        "electric vehicles",
        "hybrids",
        "common electric vehicle powertrain",
        "electrified powertrains",
        "plug-in hybrid electric vehicles",
    )
    assert wider.covered("Japan") == wider.covered("nothing") == ()


def test_terms_that_cover_each_other_come_to_an_end() -> None:
    corpus = load_corpus(find_corpus("alliance"))
    hybrids = replace(corpus.entities["hybrids"], covers=("plug-ins",))
    plug_ins = replace(corpus.entities["hybrids"], name="plug-ins", covers=("hybrids",))
    turning = replace(corpus, entities={"hybrids": hybrids, "plug-ins": plug_ins})
    assert turning.covered("hybrids") == ("plug-ins", "hybrids")
