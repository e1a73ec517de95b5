"""A corpus changes: exactly the tests that hang on the change fail, and are told before it is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.bot import Bot, build, open_library
from bot.answering.settings import Settings
from bot.evaluation import Suite, run_suites
from bot.evaluation.coverage import coverage_of
from bot.evaluation.difference import diff
from bot.evaluation.generated import as_suite, generate, metamorphic
from bot.evaluation.suite import parse_suite

CORPUS = "{id: village, title: The village, documents: [{id: news, file: news.txt}]}"
VOCABULARY = """
kinds: {person: {plural: people}, group: {plural: groups}}
entities: {person: {Anna: {}, Ben: {}, Carla: {}}, group: {choir: {}, orchestra: {}, band: {}}}
predicates: {leads: {subject: [person], object: [group], functional: true}}
"""
SENTENCES = {
    "choir": "Anna leads the choir.",
    "orchestra": "Carla leads the orchestra.",
    "band": "Ben leads the band.",
}
SUITE = """
cases:
  - {name: choir, question: "Who leads the choir?", expect: {values: [Anna], cites: [Anna leads the choir]}}
  - {name: band, question: "Who leads the band?", expect: {values: [Ben]}}
  - {name: what-ben, question: "What does Ben lead?", expect: {values: [band]}}
  - {name: claim, check: "Ben leads the band.", expect: {findings: [supported]}}
  - {name: other-claim, check: "Ben leads the choir.", expect: {findings: [refuted]}}
"""
HANG_ON_THE_BAND = {"band", "what-ben", "claim"}


def village(folder: Path, sentences: dict[str, str], *, without: str = "") -> Bot:
    """The bot of a corpus whose document is these sentences, each with its fact but one."""
    folder.mkdir()
    facts = "".join(
        f"  - {{id: {name}, subject: {text.split()[0]}, predicate: leads, object: {name}, quote: '{text}'}}\n"
        for name, text in sentences.items()
        if name != without
    )
    files = {
        "corpus.yaml": CORPUS,
        "vocabulary.yaml": VOCABULARY,
        "facts.yaml": f"facts:\n{facts}",
        "news.txt": " ".join(sentences.values()),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(folder.parent / "index"), "WHOLEADS_CORPUS": str(folder)})
    build(settings, [folder])
    return open_library(settings, [str(folder)]).get(None)


@pytest.fixture(scope="module")
def suite() -> Suite:
    return parse_suite(Path("village.yaml"), SUITE)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return village(tmp_path_factory.mktemp("before") / "village", SENTENCES)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """Where Carla has taken over the band."""
    changed = {**SENTENCES, "band": "Carla leads the band."}
    return village(tmp_path_factory.mktemp("after") / "village", changed)


def test_another_leader_fails_exactly_what_hangs_on_it_and_diff_says_so_first(
    before: Bot, after: Bot, suite: Suite
) -> None:
    assert run_suites([suite], lambda _: before).ok
    failed = {result.case.name for result in run_suites([suite], lambda _: after).failures()}
    assert failed == HANG_ON_THE_BAND
    found = diff(before, after, [suite], count=60, seed=1)
    assert [(fact.id, fact.before[:3], fact.after[:5]) for fact in found.facts] == [("band", "Ben", "Carla")]
    assert {change.id for change in found.broken} == {f"village/{name}" for name in HANG_ON_THE_BAND}
    assert found.answers
    # Whoever leads the choir: nothing of that is listed.
    untouched = ("choir", "other-claim")
    assert not {change.id for change in found.changes} & {f"village/{name}" for name in untouched}
    assert all(
        "band" in f"{c.asked}{c.before}{c.after}" or "Ben" in c.asked or "Carla" in c.asked for c in found.changes
    )


def test_a_corpus_is_no_different_from_itself(before: Bot, suite: Suite) -> None:
    found = diff(before, before, [suite], count=30, seed=1)
    assert (found.facts, found.changes) == ((), ())
    assert found.summary().startswith("0 facts, 0 answers, 0 citations, 0 tests change, of ")


def test_coverage_tells_of_a_fact_that_was_removed(before: Bot, tmp_path: Path, suite: Suite) -> None:
    less = village(tmp_path / "village", SENTENCES, without="band")
    whole = coverage_of(before.corpus, run_suites([suite], lambda _: before).results)
    lacking = coverage_of(less.corpus, run_suites([suite], lambda _: less).results)
    assert (whole.unstated, whole.unused, whole.untested) == ((), (), ("orchestra",))
    assert lacking.unused == ("Ben leads the band.",)
    [statement] = lacking.unstated
    assert "Ben | leads | band" in statement


def test_generated_cases_and_their_variants_run_as_suites(before: Bot) -> None:
    made = generate(before.corpus, 60, seed=1)
    cases = as_suite(None, made)
    report = run_suites([cases], lambda _: before)
    assert report.passed >= 57, [(r.case.asked, r.mismatches) for r in report.failures()]
    covered = coverage_of(before.corpus, report.results, made)
    assert (covered.untested, covered.unasked) == ((), ())
    assert sum(covered.by_predicate()["leads"].values()) == 60
    variants = metamorphic(before, [cases], seed=1)
    assert len({case.name for case in variants.cases}) == len(variants.cases) > 100
    assert run_suites([variants], lambda _: before).passed >= 0.95 * len(variants.cases)
