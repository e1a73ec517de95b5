"""Generated questions in the languages beside the corpus's own: their golds, their grammar, their answers."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.answering.bot import Bot
from bot.evaluation.abroad import TranslatedGround, ground_in
from bot.evaluation.generate import GeneratedCase, cases
from bot.evaluation.golds import FactGround, TargetStanding
from bot.evaluation.phrasebook import FOLDER, load_phrasebook
from bot.evaluation.question_kinds import QuestionKind
from bot.evaluation.understanding import run
from corpus.language import load_language
from corpus.model import Corpus
from corpus.world import World

SEED = 2020
CASES = 200
CODES = sorted({path.stem for path in FOLDER.glob("*.yaml")} - {"en"})


def generated(corpus: Corpus, world: World, code: str, count: int) -> list[GeneratedCase]:
    return list(islice(cases(corpus, world, load_language(code), load_phrasebook(code), SEED, clean=1), count))


def test_there_are_questions_in_every_language() -> None:
    assert CODES == ["de", "es", "fr", "ja"]


@pytest.mark.parametrize("code", CODES)
def test_questions_in_other_languages_are_answered_as_the_facts_say(real_bot: Bot, code: str) -> None:
    outcome = run(real_bot, CASES, SEED, code)
    assert outcome.rate >= 0.95, "\n".join([f"{outcome.rate:.4f}", *map(str, outcome.failures)])


@pytest.mark.parametrize("code", CODES)
def test_every_kind_is_asked_in_every_language(alliance: Corpus, world: World, code: str) -> None:
    assert {case.kind for case in generated(alliance, world, code, 4 * len(QuestionKind))} == set(QuestionKind)


@pytest.mark.parametrize("code", CODES)
def test_every_language_asks_all_that_english_asks(code: str) -> None:
    assert set(load_phrasebook(code).templates) == set(load_phrasebook("en").templates)
    assert all(len(templates) > 1 for templates in load_phrasebook(code).templates.values())


@pytest.mark.parametrize("code", CODES)
def test_values_stay_canonical(alliance: Corpus, world: World, code: str) -> None:
    canonical = {*alliance.entities, "yes", "no", *map(str, range(20))}
    assert {value for case in generated(alliance, world, code, 200) for value in case.values} <= canonical


def test_names_bring_their_articles(alliance: Corpus, world: World) -> None:
    french = " ".join(turn for case in generated(alliance, world, "fr", 400) for turn in case.turns)
    for wrong in (" de le ", " à le ", " en le ", " de les ", " à les ", " le États", " la Europe", " en Japon"):
        assert wrong not in french
    spanish = " ".join(turn for case in generated(alliance, world, "es", 400) for turn in case.turns)
    assert " de el " not in spanish and " el el " not in spanish


@pytest.mark.parametrize(
    ("code", "surface", "standing", "plain", "inside"),
    [
        ("fr", "États-Unis", TargetStanding.INFERRED, "les États-Unis", "aux États-Unis"),
        ("fr", "Japon", TargetStanding.STATED, "le Japon", "au Japon"),
        ("fr", "la technologie connectée en Chine", TargetStanding.STATED, "la technologie connectée en Chine", None),
        ("es", "Reino Unido", TargetStanding.INFERRED, "el Reino Unido", "en el Reino Unido"),
        ("de", "Türkei", None, "die Türkei", "in der Türkei"),
        ("de", "den chinesischen Markt", TargetStanding.ALIAS, "den chinesischen Markt", "für den chinesischen Markt"),
        ("ja", "タイ", TargetStanding.INFERRED, "タイ", "タイ"),
    ],
)
def test_targets_are_named_as_the_language_names_them(
    alliance: Corpus,
    world: World,
    code: str,
    surface: str,
    standing: TargetStanding | None,
    plain: str,
    inside: str | None,
) -> None:
    ground = ground_in(alliance, world, alliance.predicates["leads"], load_language(code))
    assert isinstance(ground, TranslatedGround)
    found = [target for targets in ground.targets.values() for target in targets if target.surface == surface]
    # Nothing is asked of a place on which geographers differ.
    assert [target.standing for target in found] == ([standing] if standing else [])
    for target in found:
        assert ground.named(target).plain == plain
        assert inside is None or ground.named(target).inside == inside


def test_the_own_language_needs_no_translation(alliance: Corpus, world: World) -> None:
    assert type(ground_in(alliance, world, alliance.predicates["leads"], load_language("en"))) is FactGround
