"""The mutation suite: what it makes of a corpus, whether its golds are right, and what it finds in checkers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import yaml

import bot.answering.bot
from bot.answering.settings import Settings
from bot.evaluation.assertions import Author
from bot.evaluation.claim_wording import AuthorSetting
from bot.evaluation.edits import TextEditor
from bot.evaluation.golds import AskedTarget, FactGround, TargetStanding
from bot.evaluation.mutations import Rate, as_suite_report, mutations_to_json, run_mutations, trials
from bot.evaluation.phrasebook import load_phrasebook
from bot.evaluation.report import Outcome
from bot.evaluation.sources import SourceAuthor
from bot.evaluation.statements import FOLDER, StatementShape, load_statements
from bot.evaluation.trials import Corruption, Trial
from bot.evaluation.truth import REFUTED, SUPPORTED, UNSTATED, UNSUPPORTED, UNSURE, Claim, Truth
from bot.schema.answer import CheckReport, Finding, Reason, Receipt, Verdict
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.language import load_language
from corpus.loader import find_corpus, load_corpus, shipped_corpora
from corpus.model import Corpus
from corpus.world import World

SEED = 4

FLEET = {
    "corpus.yaml": "{id: fleet, title: The fleet, documents: [{id: news, file: news.txt}]}",
    "news.txt": (
        "Under the new plan, Acme leads the harbour and the shipyard for day shifts. Bolt will lead the depot.\n\n"
        "“We will build twelve ships in every yard by 2031,” said Ada Marsh, head of Acme.\n"
    ),
    "vocabulary.yaml": """
kinds: {company: {plural: companies}, site: {plural: sites}, shift: {plural: shifts}, person: {plural: people}}
entities:
  company: {Acme: {aliases: [WHO]}, Bolt: {}, Crane: {}}
  site: {harbour: {}, shipyard: {}, depot: {}}
  shift: {day shifts: {}, night shifts: {}}
  person: {Ada Marsh: {}}
predicates: {leads: {subject: [company], object: [site], functional: true}}
""",
    "facts.yaml": """
quotes:
  acme: Under the new plan, Acme leads the harbour and the shipyard for day shifts.
  bolt: Bolt will lead the depot.
facts:
  - {id: harbour, subject: Acme, predicate: leads, object: harbour, quote: acme}
  - id: shipyard
    subject: Acme
    predicate: leads
    object: shipyard
    quote: acme
    qualifiers: {shift: [day shifts]}
    label: the shipyard for day shifts
  - {id: depot, subject: Bolt, predicate: leads, object: depot, quote: bolt}
""",
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("fleet")
    for name, text in FLEET.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_corpus(folder)


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


@pytest.fixture(scope="module")
def setting(fleet: Corpus, world: World) -> AuthorSetting:
    language, book = load_language("en"), load_statements("en")
    return AuthorSetting(fleet, world, language, load_phrasebook("en"), book, TextEditor(fleet, world, language, book))


@pytest.fixture(scope="module")
def made(fleet: Corpus, world: World) -> tuple[Trial, ...]:
    return tuple(trial for group in islice(trials(fleet, world, SEED), 150) for trial in group)


class Stubborn:
    """A checker that says the same of every text."""

    def __init__(self, corpus: Corpus, verdict: Verdict) -> None:
        self.corpus, self.verdict = corpus, verdict

    def check(self, text: str) -> CheckReport:
        finding = Finding(text, 0, len(text), self.verdict, Reason.STATED, "So it is.")
        return CheckReport(text, self.verdict, (finding,), (), Receipt("c", "i", "p", "a"))


class Knowing:
    """A checker that knows the true statements by heart."""

    def __init__(self, corpus: Corpus, true: frozenset[str]) -> None:
        self.corpus, self.true = corpus, true

    def check(self, text: str) -> CheckReport:
        verdict = Verdict.SUPPORTED if text in self.true else Verdict.REFUTED
        return CheckReport(text, verdict, (), (), Receipt("c", "i", "p", "a"))


# The checker of this program


@pytest.fixture(scope="module")
def real_bot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bot.answering.bot.Bot]:
    folder = tmp_path_factory.mktemp("index")
    settings = Settings.from_environ({"WHOLEADS_INDEX": str(folder)})
    bot.answering.bot.build(settings)
    library = bot.answering.bot.open_library(settings)
    return library.get


@pytest.mark.parametrize("name", shipped_corpora())
def test_the_checker_can_be_trusted_on_every_shipped_corpus(
    real_bot: Callable[[str], bot.answering.bot.Bot], name: str
) -> None:
    report = run_mutations(real_bot(name), count=100, seed=SEED)
    assert report.ok(), "\n".join(
        [f"killed {report.killed()}; alarms {report.alarms()}"]
        + [f"{t.trial.corruption or 'true'}: {t.trial.text} -> {t.verdict} {t.why}" for t in report.failures()]
    )


def test_a_checker_that_believes_everything_fails(fleet: Corpus) -> None:
    report = run_mutations(Stubborn(fleet, Verdict.SUPPORTED), 50, SEED)
    assert (report.killed().share, report.alarms().share, report.ok()) == (0, 0, False)
    assert len(report.failures()) == report.killed().count


def test_a_checker_that_never_commits_itself_fails_by_its_alarms(fleet: Corpus) -> None:
    report = run_mutations(Stubborn(fleet, Verdict.NOT_ENOUGH_INFO), 50, SEED)
    assert (report.killed().share, report.alarms().share, report.refuted().share) == (1, 1, 0)
    assert not report.ok()
    assert report.exactly().share < 0.6


def test_a_checker_that_knows_passes(fleet: Corpus, made: tuple[Trial, ...]) -> None:
    report = run_mutations(Knowing(fleet, frozenset(t.text for t in made if t.true)), 50, SEED)
    assert report.ok()
    assert not report.failures()
    assert report.corruptions == tuple(Corruption)


class Breaking(Stubborn):
    """A checker that can read nothing."""

    def check(self, text: str) -> CheckReport:
        raise ValueError("no claim")


def test_a_checker_that_raises_fails_by_every_trial(fleet: Corpus) -> None:
    report = run_mutations(Breaking(fleet, Verdict.SUPPORTED), 10, SEED)
    assert (report.killed().share, report.exactly().share, report.alarms().share) == (0, 0, 1)
    assert {tried.why for tried in report.failures()} == {("ValueError: no claim",)}
    assert as_suite_report(report).failed == len(report.tried)


def test_thresholds_are_what_was_asked(fleet: Corpus) -> None:
    report = run_mutations(Stubborn(fleet, Verdict.SUPPORTED), 20, SEED)
    assert report.ok(least_killed=0)
    report = run_mutations(Stubborn(fleet, Verdict.REFUTED), 20, SEED)
    assert not report.ok(most_alarms=0.99)
    assert report.ok(most_alarms=1)


# What is made


def test_every_way_to_corrupt_is_taken(made: tuple[Trial, ...]) -> None:
    assert {trial.corruption for trial in made} == {None, *Corruption}


def test_mutants_differ_from_what_is_true_and_have_another_gold(made: tuple[Trial, ...]) -> None:
    true = {trial.text for trial in made if trial.true}
    mutants = [trial for trial in made if trial.corruption]
    assert all(trial.origin in true and Verdict.SUPPORTED not in trial.gold for trial in mutants)
    assert true.isdisjoint(trial.text for trial in mutants)


def test_no_slot_is_left_open_and_no_text_comes_twice(made: tuple[Trial, ...]) -> None:
    texts = [trial.text for trial in made]
    assert not [text for text in texts if "{" in text or "  " in text]
    assert len(texts) == len({*texts})


def test_a_seed_always_makes_the_same(fleet: Corpus, world: World) -> None:
    first, again = (tuple(islice(trials(fleet, world, 7), 20)) for _ in range(2))
    assert first == again
    assert first != tuple(islice(trials(fleet, world, 8), 20))


def test_a_small_corpus_is_exhausted(fleet: Corpus, world: World) -> None:
    few = replace(fleet, facts={}, predicates={})
    assert 0 < sum(1 for _ in trials(few, world, SEED)) < 100


def test_an_empty_corpus_is_refused(fleet: Corpus, world: World) -> None:
    with pytest.raises(CorpusContentError, match="neither facts nor sentences"):
        next(trials(replace(fleet, facts={}, passages={}), world, SEED))


def test_each_shape_is_stated_where_the_corpus_allows_it(setting: AuthorSetting) -> None:
    author = Author(setting, setting.corpus.predicates["leads"])
    unstated = {shape for shape in StatementShape if author.statement(shape, random.Random(SEED)) is None}
    several_of_one = {
        StatementShape.BOTH,
        StatementShape.THREE,
    }  # Acme's shipyard is named with its shift, which a list would blur.
    somebody_leads_each = {StatementShape.NOBODY, StatementShape.EVERYBODY, StatementShape.ALL}
    no_role_places_or_ties = {StatementShape.FOLLOWS, StatementShape.SOMEWHERE, StatementShape.AS_MANY}
    assert unstated == several_of_one | somebody_leads_each | no_role_places_or_ties


# Golds


def target(ground: FactGround, fact: str) -> AskedTarget:
    return next(t for t in ground.targets[TargetStanding.STATED] if t.facts[0].id == fact)


@pytest.fixture(scope="module")
def ground(fleet: Corpus, world: World) -> FactGround:
    return FactGround(fleet, world, fleet.predicates["leads"])


@pytest.mark.parametrize(
    ("shape", "subject", "facts", "expected"),
    [
        (StatementShape.HOLDS, "Acme", ["harbour"], SUPPORTED),
        (StatementShape.HOLDS, "Bolt", ["harbour"], REFUTED),
        (StatementShape.HOLDS, "Nobody known", ["harbour"], UNSUPPORTED),
        (StatementShape.DENIES, "Bolt", ["harbour"], SUPPORTED),
        (StatementShape.DENIES, "Acme", ["harbour"], REFUTED),
        (StatementShape.BOTH, "Acme", ["harbour", "shipyard"], SUPPORTED),
        (StatementShape.BOTH, "Acme", ["harbour", "depot"], REFUTED),
        (StatementShape.BUT_NOT, "Acme", ["harbour", "depot"], SUPPORTED),
        (StatementShape.NEITHER, "Crane", ["harbour", "depot"], SUPPORTED),
        (StatementShape.ONLY_SUBJECT, "Bolt", ["depot"], SUPPORTED),
        (StatementShape.ONLY_OBJECTS, "Bolt", ["depot"], SUPPORTED),
        (StatementShape.ONLY_OBJECTS, "Acme", ["harbour"], REFUTED),
        (StatementShape.NOBODY, "", ["depot"], REFUTED),
        (StatementShape.EVERYBODY, "", ["depot"], REFUTED),
    ],
)
def test_the_facts_decide_what_holds(
    ground: FactGround, shape: StatementShape, subject: str, facts: list[str], expected: frozenset[Verdict]
) -> None:
    claim = Claim(shape, subject, scopes=tuple(target(ground, fact) for fact in facts))
    assert Truth(ground).of(claim) == expected


@pytest.mark.parametrize(
    ("shape", "subject", "number", "expected"),
    [
        (StatementShape.COUNT, "Acme", 2, SUPPORTED),
        (StatementShape.COUNT, "Acme", 3, REFUTED),
        (StatementShape.AT_LEAST, "Acme", 1, SUPPORTED),
        (StatementShape.OVER, "Acme", 2, REFUTED),
        (StatementShape.AT_MOST, "Bolt", 1, SUPPORTED),
        (StatementShape.TOP, "Acme", 0, SUPPORTED),
        (StatementShape.TOP, "Bolt", 0, REFUTED),
        (StatementShape.MAJORITY, "Acme", 0, SUPPORTED),
        (StatementShape.ALL, "Acme", 0, REFUTED),
        (StatementShape.NONE, "Crane", 0, SUPPORTED),
    ],
)
def test_counts_are_of_what_the_facts_name(
    ground: FactGround, shape: StatementShape, subject: str, number: int, expected: frozenset[Verdict]
) -> None:
    assert Truth(ground).of(Claim(shape, subject, kind="site", number=number)) == expected


def test_what_an_open_list_or_a_too_general_name_leaves_open_is_neither_true_nor_a_mutant(
    fleet: Corpus, world: World
) -> None:
    opened = replace(fleet, facts={name: replace(fact, open=True) for name, fact in fleet.facts.items()})
    ground = FactGround(opened, world, fleet.predicates["leads"])
    assert Truth(ground).of(Claim(StatementShape.AT_MOST, "Bolt", kind="site", number=1)) == UNSURE
    shipyard = replace(target(ground, "shipyard"), surface="the yard", standing=TargetStanding.ALIAS)
    assert Truth(ground).of(Claim(StatementShape.HOLDS, "Acme", scopes=(shipyard,))) == UNSURE
    assert Truth(ground).of(Claim(StatementShape.HOLDS, "Bolt", scopes=(shipyard,))) == REFUTED


@pytest.mark.parametrize(
    ("date", "bolt", "crane"), [("2006-11-01", SUPPORTED, REFUTED), ("2019-06-01", UNSURE, UNSURE)]
)
def test_the_newest_document_decides_and_of_one_date_none(
    fleet: Corpus, world: World, date: str, bolt: frozenset[Verdict], crane: frozenset[Verdict]
) -> None:
    documents = {
        "news": replace(fleet.documents["news"], date="2019-06-01"),
        "other": replace(fleet.documents["news"], id="other", date=date),
    }
    depot = fleet.facts["depot"]
    rival = replace(depot, id="rival", subject="Crane", quote=replace(depot.quote, document_id="other"))
    dated = replace(fleet, documents=documents, facts={**fleet.facts, "rival": rival})
    ground = FactGround(dated, world, fleet.predicates["leads"])
    truth = Truth(ground)
    assert truth.holds("Bolt", target(ground, "depot")) == bolt
    assert truth.holds("Crane", target(ground, "depot")) == crane
    assert truth.holds("Acme", target(ground, "depot")) == REFUTED
    assert truth.holds("Acme", target(ground, "harbour")) == SUPPORTED


def test_written_values_are_stated_and_miscounted(fleet: Corpus, setting: AuthorSetting) -> None:
    predicate = replace(fleet.predicates["leads"], name="builds", functional=False, object_kinds=("number",))
    fact = replace(
        fleet.facts["depot"], id="n", predicate="builds", object="twelve", object_kind="number", label="twelve ships"
    )
    corpus = replace(fleet, predicates={"builds": predicate}, facts={"n": fact})
    author = Author(replace(setting, corpus=corpus), replace(predicate, singular="builds"))
    statement = author.statement(StatementShape.HOLDS, random.Random(SEED))
    assert statement is not None
    found = {trial.corruption: trial.text for trial in author.trials(statement, random.Random(SEED))}
    assert "twelve ships" in found[None]
    assert "ships" in found[Corruption.NUMBER] and "twelve" not in found[Corruption.NUMBER]


def test_places_decide_by_how_they_lie(world: World) -> None:
    alliance = load_corpus(find_corpus("alliance"))
    ground = FactGround(alliance, world, alliance.predicates["leads"])
    of = {t.surface: t for targets in ground.targets.values() for t in targets}
    truth = Truth(ground)
    assert truth.holds("Mitsubishi", of["Thailand"]) == SUPPORTED
    assert truth.holds("Nissan", of["Thailand"]) == REFUTED
    assert truth.holds("Nissan", of["India"]) == UNSTATED
    assert truth.holds("Nissan", of["Africa"]) == UNSUPPORTED
    assert truth.denied("Nissan", of["Africa"]) == UNSURE


# Sentences of the source


def test_a_phrase_that_opens_a_sentence_may_close_it(setting: AuthorSetting) -> None:
    sources = SourceAuthor(setting)
    chance = random.Random(SEED)
    moved = {trial.text for _ in range(60) for trial in sources.trials(chance) if trial.form == "moved" and trial.true}
    assert moved == {"Acme leads the harbour and the shipyard for day shifts, under the new plan."}


def test_a_quotation_is_told_with_its_speaker_and_misquoted_by_one_word(setting: AuthorSetting) -> None:
    sources = SourceAuthor(setting)
    assert [(q.text, q.speaker.name) for q in sources.quotations] == [
        ("We will build twelve ships in every yard by 2031", "Ada Marsh")
    ]
    chance = random.Random(SEED)
    told = [trial for _ in range(200) for trial in sources.trials(chance) if trial.form == "quotation"]
    true = {trial.text for trial in told if trial.true}
    assert true and all("Ada Marsh" in text for text in true)
    respoken = [trial.text for trial in told if trial.corruption is Corruption.SPEAKER]
    assert respoken and not [text for text in respoken if "Ada Marsh" in text or "Acme" in text]
    words = sources.quotations[0].text.split()
    for trial in told:
        if trial.corruption is Corruption.QUOTE:
            changed = trial.text.partition("“")[2].partition("”")[0].rstrip(",.").split()
            assert len({*changed} ^ {*words}) in (1, 2), trial.text


def test_names_are_found_by_their_capitals(setting: AuthorSetting) -> None:
    named = setting.editor.names("Acme, who leads the Harbour; the WHO")
    assert [name.entity.name for name in named] == ["Acme", "harbour", "Acme"]


@pytest.mark.parametrize(
    ("way", "text", "expected"),
    [
        ("numbers", "Acme has 12 ships.", {"Acme has 22 ships."}),
        ("dates", "By 2031 it ends.", {f"By {year} it ends." for year in (2024, 2029, 2032, 2036, 2041)}),
        ("negations", "Acme will build it.", {"Acme will not build it."}),
        ("negations", "Acme will not build it.", {"Acme will build it."}),
        ("quantifiers", "Every yard is closed.", {"No yard is closed."}),
        ("numbers", "Acme may build it.", set()),
        ("dates", "Acme may build it.", set()),
    ],
)
def test_an_edit_changes_one_thing(setting: AuthorSetting, way: str, text: str, expected: set[str]) -> None:
    assert {*getattr(setting.editor, way)(text)} == expected


# Reports


def test_bounds_say_how_much_a_rate_is_worth() -> None:
    assert Rate(0, 0).bounds == (0.0, 1.0)
    low, high = Rate(10, 10).bounds
    assert (round(low, 3), round(high, 3)) == (0.722, 1.0)
    low, high = Rate(95, 100).bounds
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)


def test_the_report_counts_by_kind_and_lists_what_failed(fleet: Corpus) -> None:
    report = run_mutations(Stubborn(fleet, Verdict.SUPPORTED), 30, SEED)
    told = mutations_to_json(report)
    by_kind = [report.killed(kind).count for kind in report.corruptions]
    assert sum(by_kind) == report.killed().count == len(told["failures"])  # type: ignore[arg-type]
    assert sum(report.alarms(form).count for form in report.forms) == report.alarms().count == 30
    cases = as_suite_report(report)
    assert [case.outcome for case in cases.failures()] == [Outcome.FAILED] * report.killed().count
    assert cases.passed == 30


def test_progress_is_told(fleet: Corpus) -> None:
    seen: list[tuple[int, int]] = []
    run_mutations(Stubborn(fleet, Verdict.SUPPORTED), 3, SEED, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


# The file of wordings


def test_every_fault_of_the_file_is_named(tmp_path: Path) -> None:
    data = yaml.safe_load((FOLDER / "en.yaml").read_text(encoding="utf-8"))
    data["templates"]["holds"] = {"active": ["{subjct} {one} {scope}"]}
    data["frames"]["dated"] = ["Since long, {statement}"]
    data["quantifiers"] = [["all"]]
    del data["strangers"], data["pronouns"]["other"]
    (tmp_path / "en.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CorpusFileError) as raised:
        load_statements("en", tmp_path)
    faults = (
        "Did you mean 'subject'?",
        "its slots must be",
        "must be 2 texts",
        "'strangers' is missing",
        "'other' is missing",
    )
    for fault in faults:
        assert fault in str(raised.value)


def test_a_language_without_statements_is_named() -> None:
    with pytest.raises(CorpusFileError, match="Choose one of en"):
        load_statements("xx")
