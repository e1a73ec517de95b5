"""Questions whose answers are known by construction, and what makes them fit to judge with."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import yaml

from bot.answering.bot import Bot, Library
from bot.evaluation.generate import GeneratedCase, cases
from bot.evaluation.golds import (
    MARKET,
    AskedTarget,
    FactGround,
    TargetStanding,
    of_both,
    of_choice,
    of_claim,
    of_denial,
    of_pair,
    of_premise,
    of_scope,
)
from bot.evaluation.noise import Noise, Typist
from bot.evaluation.phrasebook import FOLDER, Phrasebook, load_phrasebook
from bot.evaluation.question_kinds import QuestionKind
from bot.evaluation.understanding import judge, run
from bot.schema.answer import Answer, CheckReport, Status, Verdict
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.language import Language
from corpus.loader import find_corpus, load_corpus
from corpus.model import Corpus
from corpus.world import World

SEED = 2020
CASES = 600


@pytest.fixture(scope="session")
def ground(alliance: Corpus, world: World) -> FactGround:
    return FactGround(alliance, world, alliance.predicates["leads"])


@pytest.fixture(scope="session")
def generated(alliance: Corpus, world: World, english: Language, book: Phrasebook) -> tuple[GeneratedCase, ...]:
    return tuple(islice(cases(alliance, world, english, book, SEED), CASES))


def the(ground: FactGround, surface: str) -> AskedTarget:
    return next(t for targets in ground.targets.values() for t in targets if t.surface == surface)


# Golds


@pytest.mark.parametrize(("corpus", "least"), [("alliance", 0.98), ("clusters", 0.965)])
def test_the_bot_answers_what_the_facts_say(library: Library, corpus: str, least: float) -> None:
    outcome = run(library.get(corpus), CASES, SEED)
    assert outcome.total == CASES
    assert outcome.rate >= least, "\n".join([f"{outcome.rate:.4f}", *map(str, outcome.failures)])


@pytest.mark.parametrize(
    ("surface", "standing", "subjects"),
    [
        ("Japan", TargetStanding.STATED, ("Nissan",)),
        ("Japanese market", TargetStanding.ALIAS, ("Nissan",)),
        ("Thailand", TargetStanding.INFERRED, ("Mitsubishi",)),
        ("Texas", TargetStanding.INFERRED, ("Nissan",)),
        ("market:German", TargetStanding.INFERRED, ("Renault",)),
        ("Africa", TargetStanding.PARTIAL, ("Renault",)),
        ("Asia", TargetStanding.PARTIAL, ("Nissan", "Mitsubishi")),
        ("India", TargetStanding.UNSTATED, ()),
        ("South Korea", TargetStanding.UNSTATED, ()),
    ],
)
def test_geography_decides_what_is_stated_of_a_place(
    ground: FactGround, surface: str, standing: TargetStanding, subjects: tuple[str, ...]
) -> None:
    target = the(ground, surface)
    assert (target.standing, target.subjects) == (standing, subjects)


@pytest.mark.parametrize("surface", ["Turkey", "Georgia", "world"])
def test_what_geographers_or_readers_may_take_otherwise_is_not_asked(ground: FactGround, surface: str) -> None:
    surfaces = {target.surface.casefold() for targets in ground.targets.values() for target in targets}
    assert surface.casefold() not in surfaces


def test_a_technology_of_one_market_is_asked_about_with_its_market_only(ground: FactGround) -> None:
    asked = ground.asked(TargetStanding.STATED, TargetStanding.ALIAS)
    surfaces = {t.surface for t in asked if "nissan-connected-china" in {fact.id for fact in t.facts}}
    assert surfaces == {"connected technology in China"}


def test_a_claim_is_judged_by_who_leads(ground: FactGround) -> None:
    europe, thailand, india = the(ground, "Europe"), the(ground, "Thailand"), the(ground, "India")
    assert of_claim("Renault", europe).values == ("yes",)
    assert of_claim("Nissan", europe).values == ("no", "Renault")
    assert of_claim("Nissan", europe).verdict is Verdict.REFUTED
    assert of_claim("Mitsubishi", thailand).status == {Status.INFERRED}
    assert of_claim("Nissan", india).verdict is Verdict.NOT_ENOUGH_INFO
    assert of_denial("Nissan", europe).verdict is Verdict.SUPPORTED
    assert of_denial("Renault", europe).verdict is Verdict.REFUTED
    assert of_premise("Nissan", europe).status == {Status.CORRECTED}
    assert of_premise("Nissan", india).status == {Status.NOT_STATED}


@pytest.fixture(scope="session")
def shared(world: World) -> FactGround:
    """The ground of several dated documents: some leads are shared, and not all documents agree."""
    clusters = load_corpus(find_corpus("clusters"))
    return FactGround(clusters, world, clusters.predicates["leads"])


def test_those_who_share_a_thing_are_one_target(shared: FactGround) -> None:
    food = [t for t in shared.targets[TargetStanding.STATED] if t.surface == "the Food Security Cluster"]
    assert [target.subjects for target in food] == [("FAO", "WFP")]
    assert of_scope(food[0]).values == ("FAO", "WFP")
    assert of_claim("WFP", food[0]).verdict is Verdict.SUPPORTED
    assert of_denial("WFP", food[0]).verdict is Verdict.REFUTED
    assert of_choice(["WFP", "WHO"], food[0]).values == ("WFP",)
    assert of_choice(["NRC", "WHO"], food[0]).values == ("FAO", "WFP")


def test_the_newest_document_decides(shared: FactGround) -> None:
    housing, health = the(shared, "housing, land and property"), the(shared, "the Health Cluster")
    assert (housing.subjects, housing.earlier) == (("NRC",), ())
    assert of_scope(housing).status == {Status.ANSWERED}
    assert of_scope(housing).values == ("NRC",)
    assert of_claim("UN-Habitat", housing).values == ("no", "NRC")
    assert of_pair(health, housing).values == ("WHO", "NRC")
    assert of_both("NRC", health, housing).verdict is Verdict.REFUTED


def test_a_name_that_lacks_its_qualifier_means_more_than_one_thing(shared: FactGround) -> None:
    surfaces = {target.surface for target in shared.asked(TargetStanding.STATED, TargetStanding.ALIAS)}
    assert "the Shelter Cluster in conflicts" in surfaces
    assert "emergency shelter" not in surfaces


def test_what_is_shared_counts_for_each_and_once(shared: FactGround) -> None:
    assert len(shared.objects("WFP", "cluster")) == 3
    assert shared.objects("UNICEF", "area") == ("child protection",)


def test_of_documents_of_one_date_nothing_is_asked(tmp_path: Path, world: World) -> None:
    documents = "{id: one, file: news.txt}, {id: two, file: more.txt}"
    village = {
        **VILLAGE,
        "corpus.yaml": f"{{id: village, title: The village, documents: [{documents}]}}",
        "more.txt": "Ben leads the choir.",
        "facts.yaml": VILLAGE["facts.yaml"]
        + "  - {id: other, subject: Ben, predicate: leads, object: choir, quote: Ben leads the choir.}\n",
    }
    for name, text in village.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    ground = FactGround(corpus, world, corpus.predicates["leads"])
    assert {target.surface for target in ground.asked(TargetStanding.STATED)} == {"orchestra", "band"}


HARBOUR = {
    "corpus.yaml": "{id: harbour, title: The harbour, documents: [{id: news, file: news.txt}]}",
    "news.txt": (
        "Acme owns the Dolphin and the Heron. Bolt owns the Heron. Acme and Bolt co-lead the north pier. "
        "Crane supplies ropes. Dora chairs the council. The council adopted the tariff. The harbour has nine berths."
    ),
    "vocabulary.yaml": """
kinds:
  firm: {plural: firms}
  boat: {plural: boats}
  pier: {plural: piers}
  part: {plural: parts}
  person: {plural: people}
  body: {plural: bodies}
  scheme: {plural: schemes}
  harbour: {plural: harbours}
entities:
  firm: {Acme: {}, Bolt: {}, Crane: {}}
  boat: {Dolphin: {}, Heron: {}, Puffin: {}, fleet: {covers: [Dolphin, Heron]}}
  pier: {north pier: {}}
  part: {ropes: {}}
  person: {Dora: {}}
  body: {council: {}}
  scheme: {tariff: {}}
  harbour: {the harbour: {}}
predicates:
  owns: {subject: [firm], object: [boat], words: [own, owns, owned], verb: {singular: owns, plural: own, base: own}}
  co-leads: {subject: [firm], object: [pier], verb: {singular: co-leads, plural: co-lead, base: co-lead}}
  supplies: {subject: [firm], object: [part], words: [supply], verb: {singular: supplies, plural: supply, base: supply}}
  chairs: {subject: [person], object: [body], functional: true, verb: {singular: chairs, plural: chair, base: chair}}
  adopted: {subject: [body], object: [scheme], verb: {singular: adopted, plural: adopted, base: adopt}}
  has: {subject: [harbour], object: [number], verb: {singular: has, plural: have, base: have}}
""",
    "facts.yaml": """
quotes:
  acme: Acme owns the Dolphin and the Heron.
  pier: Acme and Bolt co-lead the north pier.
facts:
  - {id: dolphin, subject: Acme, predicate: owns, object: Dolphin, quote: acme}
  - {id: heron, subject: Acme, predicate: owns, object: Heron, quote: acme}
  - {id: heron-bolt, subject: Bolt, predicate: owns, object: Heron, quote: Bolt owns the Heron.}
  - {id: pier-acme, subject: Acme, predicate: co-leads, object: north pier, quote: pier}
  - {id: pier-bolt, subject: Bolt, predicate: co-leads, object: north pier, quote: pier}
  - {id: ropes, subject: Crane, predicate: supplies, object: ropes, quote: Crane supplies ropes.}
  - {id: chair, subject: Dora, predicate: chairs, object: council, quote: Dora chairs the council.}
  - {id: tariff, subject: council, predicate: adopted, object: tariff, quote: The council adopted the tariff.}
  - id: berths
    subject: the harbour
    predicate: has
    object: nine
    object_kind: number
    label: nine berths
    quote: The harbour has nine berths.
""",
}


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus most of whose predicates leave room for others beside those that the source names."""
    folder = tmp_path_factory.mktemp("harbour")
    for name, text in HARBOUR.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_corpus(folder)


def test_where_others_may_share_a_thing_they_are_neither_confirmed_nor_refuted(harbour: Corpus, world: World) -> None:
    owns = FactGround(harbour, world, harbour.predicates["owns"])
    heron = the(owns, "Heron")
    assert of_scope(heron).values == ("Acme", "Bolt")
    assert of_claim("Bolt", heron).verdict is Verdict.SUPPORTED
    unsure = of_claim("Crane", heron)
    assert (unsure.status, unsure.values, unsure.verdict) == ({Status.NOT_STATED}, (), Verdict.NOT_ENOUGH_INFO)
    assert of_denial("Crane", heron).verdict is Verdict.NOT_ENOUGH_INFO
    assert of_denial("Bolt", heron).verdict is Verdict.REFUTED
    assert of_premise("Crane", heron).status == {Status.NOT_STATED}
    chairs = FactGround(harbour, world, harbour.predicates["chairs"])
    assert of_claim("Acme", the(chairs, "council")).verdict is Verdict.REFUTED


def test_a_thing_that_no_fact_is_about_is_unstated_unless_it_means_others(harbour: Corpus, world: World) -> None:
    owns = FactGround(harbour, world, harbour.predicates["owns"])
    assert [target.surface for target in owns.asked(TargetStanding.UNSTATED)] == ["Puffin"]


# Generation


def test_every_predicate_is_asked_and_each_fact_in_every_plain_way(
    harbour: Corpus, world: World, english: Language, book: Phrasebook
) -> None:
    made = tuple(islice(cases(harbour, world, english, book, SEED), 160))
    assert {case.predicate for case in made} == set(harbour.predicates)
    kind = QuestionKind
    asked = {(fact, case.kind) for case in made for fact in case.facts}
    plain = (kind.FORWARD, kind.BACKWARD, kind.TRUE, kind.DENIED)
    assert {(fact, way) for fact in harbour.facts if fact != "berths" for way in plain} <= asked
    assert ("berths", kind.TRUE) in asked
    slips = {case.facts for case in made if case.noise == (Noise.TYPO,) and case.kind is kind.FORWARD}
    assert {("dolphin",), ("heron", "heron-bolt")} <= slips


def test_of_an_open_predicate_nothing_is_asked_that_the_source_leaves_open(
    harbour: Corpus, world: World, english: Language, book: Phrasebook
) -> None:
    made = tuple(islice(cases(harbour, world, english, book, SEED), 300))
    exclusive = {QuestionKind.NEITHER, QuestionKind.NOT_SUBJECT, QuestionKind.NOT_LED, QuestionKind.EVERY}
    assert {case.predicate for case in made if case.kind in exclusive} <= {"chairs"}
    refuted = {case.kind for case in made if case.predicate == "owns" and case.verdict is Verdict.REFUTED}
    assert refuted <= {QuestionKind.DENIED, QuestionKind.MORE}


def test_no_verb_is_bent_that_cannot_be(harbour: Corpus, world: World, english: Language, book: Phrasebook) -> None:
    made = tuple(islice(cases(harbour, world, english, book, SEED, clean=1), 300))
    of = {name: " ".join(turn for c in made if c.predicate == name for turn in c.turns) for name in harbour.predicates}
    assert " adopt " not in of["adopted"]
    assert "Who owns in" not in of["owns"]
    assert "chairs" not in {case.predicate for case in made if case.kind is QuestionKind.PRONOUN}


def test_every_kind_of_question_is_asked(generated: Sequence[GeneratedCase]) -> None:
    assert {case.kind for case in generated} == set(QuestionKind)


def test_a_seed_always_gives_the_same_cases(
    alliance: Corpus, world: World, english: Language, book: Phrasebook, generated: Sequence[GeneratedCase]
) -> None:
    assert tuple(islice(cases(alliance, world, english, book, SEED), 50)) == tuple(generated[:50])
    assert tuple(islice(cases(alliance, world, english, book, SEED + 1), 50)) != tuple(generated[:50])


def test_noise_leaves_the_gold_alone(
    alliance: Corpus, world: World, english: Language, book: Phrasebook, generated: Sequence[GeneratedCase]
) -> None:
    clean = islice(cases(alliance, world, english, book, SEED, clean=1), CASES)
    for typed, plain in zip(generated, clean, strict=True):
        assert replace(typed, turns=plain.turns, noise=()) == plain
    assert sum(bool(case.noise) for case in generated) > CASES / 2


def test_no_slot_is_left_open(generated: Sequence[GeneratedCase]) -> None:
    open_slot = re.compile(r"[{}]|" + MARKET + r"\S")
    assert not [turn for case in generated for turn in case.turns if open_slot.search(turn)]


def test_a_corpus_that_nothing_is_asked_of_is_refused(
    alliance: Corpus, world: World, english: Language, book: Phrasebook
) -> None:
    with pytest.raises(CorpusContentError, match="leads"):
        next(cases(replace(alliance, facts={}), world, english, book, SEED))


VILLAGE = {
    "corpus.yaml": "{id: village, title: The village, documents: [{id: news, file: news.txt}]}",
    "news.txt": "Anna leads the choir and the orchestra. Ben leads the band.",
    "vocabulary.yaml": """
kinds: {person: {plural: people}, group: {plural: groups}}
entities: {person: {Anna: {}, Ben: {}}, group: {choir: {}, orchestra: {}, band: {}}}
predicates: {leads: {subject: [person], object: [group], functional: true}}
""",
    "facts.yaml": """
quotes: {anna: Anna leads the choir and the orchestra., ben: Ben leads the band.}
facts:
  - {id: choir, subject: Anna, predicate: leads, object: choir, quote: anna}
  - {id: orchestra, subject: Anna, predicate: leads, object: orchestra, quote: anna}
  - {id: band, subject: Ben, predicate: leads, object: band, quote: ben}
""",
}


def test_any_corpus_is_asked_what_it_allows(tmp_path: Path, world: World, english: Language, book: Phrasebook) -> None:
    for name, text in VILLAGE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = tuple(islice(cases(load_corpus(tmp_path), world, english, book, SEED), 200))
    kind = QuestionKind
    no_places = {kind.INFERRED, kind.PARTIAL, kind.UNSTATED, kind.POLAR_INFERRED, kind.POLAR_UNSTATED, kind.SOMEWHERE}
    two_people_one_kind = {kind.ALIAS, kind.FOLLOWERS, kind.ELLIPSIS_KIND, kind.PRONOUN}
    assert {case.kind for case in found} == set(kind) - no_places - two_people_one_kind
    assert {case.values for case in found if case.kind is kind.EXTREME} == {("Anna",), ("Ben",)}
    assert {case.values for case in found if case.kind is kind.COUNT} == {("1",), ("2",)}


# Noise


def test_a_slip_makes_no_other_word(typist: Typist, english: Language) -> None:
    for seed in range(200):
        typed = typist.typo("Which company leads autonomous driving in Indonesia?", random.Random(seed))
        assert typed is not None
        slip = next(word for word in typed.rstrip("?").split() if word not in _WORDS)
        assert not english.frequency(slip.casefold())
        assert slip[0] in {word[0] for word in _WORDS}


_WORDS = ("Which", "company", "leads", "autonomous", "driving", "in", "Indonesia")


@pytest.mark.parametrize("text", ["Who leads the US?", "Tell us who leads."])
def test_case_stays_where_it_tells_a_name_from_a_word(typist: Typist, text: str) -> None:
    assert typist.lower(text) is None
    assert typist.upper(text) is None


def test_case_stays_where_it_tells_an_agency_from_a_question_word(
    world: World, english: Language, book: Phrasebook
) -> None:
    typist = Typist(load_corpus(find_corpus("clusters")), world, english, book)
    assert typist.lower("Does WHO lead the Health Cluster?") is None
    assert typist.upper("Who leads the Health Cluster?") is None
    assert typist.upper("Does UNHCR lead the Health Cluster?") == "DOES UNHCR LEAD THE HEALTH CLUSTER?"


# Judging


class Parrot:
    """A bot that always says the same."""

    def __init__(self, corpus: Corpus, answer: Answer) -> None:
        self._corpus, self.answer = corpus, answer

    @property
    def corpus(self) -> Corpus:
        return self._corpus

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        return self.answer

    def check(self, text: str) -> CheckReport:
        raise AssertionError("nothing is checked here")


def test_an_answer_is_held_against_status_verdict_and_values(real_bot: Bot, generated: Sequence[GeneratedCase]) -> None:
    case = next(case for case in generated if case.kind is QuestionKind.FALSE)
    right = replace(
        real_bot.ask("Does Nissan lead Europe?"), status=Status.CORRECTED, verdict=case.verdict, values=case.values
    )
    assert judge(case, right) == ()
    assert _keys(case, replace(right, status=Status.NOT_STATED)) == ["status"]
    assert _keys(case, replace(right, verdict=Verdict.SUPPORTED)) == ["verdict"]
    assert _keys(case, replace(right, values=("yes",))) == ["values"]
    assert _keys(case, replace(right, values=(*case.values, "another"))) == ["values"]


def _keys(case: GeneratedCase, answer: Answer) -> list[str]:
    return [mismatch.key for mismatch in judge(case, answer)]


def test_a_parrot_is_found_out(real_bot: Bot) -> None:
    outcome = run(Parrot(real_bot.corpus, real_bot.ask("Who leads in Europe?")), 200, SEED)
    assert outcome.rate < 0.15
    assert outcome.failed(QuestionKind.UNSTATED) == outcome.asked[QuestionKind.UNSTATED]


# The file of wordings


def test_the_book_has_many_ways_to_ask(book: Phrasebook) -> None:
    assert len({template.text for templates in book.templates.values() for template in templates}) >= 120


def test_every_fault_of_the_book_is_named(tmp_path: Path) -> None:
    data = yaml.safe_load((FOLDER / "en.yaml").read_text(encoding="utf-8"))
    data["templates"] = {"forward": {"active": ["Who {oen} {scope}?"]}}
    del data["openers"]
    (tmp_path / "en.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CorpusFileError) as raised:
        load_phrasebook("en", tmp_path)
    assert "Did you mean 'one'?" in str(raised.value)
    assert "'openers' is missing" in str(raised.value)


def test_a_language_without_questions_is_named() -> None:
    with pytest.raises(CorpusFileError, match=r"Choose one of .*\ben\b"):
        load_phrasebook("xx")
