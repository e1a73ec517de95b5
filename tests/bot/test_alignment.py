"""Holding claims against sentences: what a text is reduced to, and what follows from comparing two of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.checking.sentence_entailment import Aligned, Aligner
from bot.schema.answer import Reason, Verdict
from corpus.model import Passage, Quote

pytest_plugins = ("tests.bot.checking_fixtures",)


@pytest.fixture
def aligner(alliance_bot: Bot) -> Aligner:
    return alliance_bot.aligner


@pytest.fixture
def passages(alliance_bot: Bot) -> list[Passage]:
    return list(alliance_bot.corpus.passages.values())


def against(aligner: Aligner, claim: str, *sentences: str) -> Aligned:
    """The claim held against a passage of these sentences."""
    text = " ".join(sentences)
    quotes = tuple(Quote("d", text.index(s), text.index(s) + len(s), s) for s in sentences)
    return aligner.align(claim, [Passage("p", Quote("d", 0, len(text), text), quotes)])


@pytest.mark.parametrize(
    ("text", "years", "months", "shares", "numbers"),
    [
        ("by 2025, about half of all vehicles", {"2025"}, set(), {50.0}, set()),
        ("two thirds of 7 cars in January", set(), {"january"}, {66.7}, {7.0}),
        ("every car", set(), set(), {100.0}, set()),
        ("none of the cars", set(), set(), {0.0}, set()),
        ("20 percent of the cars", set(), set(), {20.0}, set()),
        ("12.5 cars", set(), set(), set(), {12.5}),
        ("three cars", set(), set(), set(), {3.0}),
        ("from March 2020 to May 2021", {"2020", "2021"}, {"march", "may"}, set(), set()),
        ("cars", set(), set(), set(), set()),
    ],
)
def test_figures_are_told_apart_by_what_they_count(
    aligner: Aligner, text: str, years: set[str], months: set[str], shares: set[float], numbers: set[float]
) -> None:
    said = aligner.content(text)
    assert (set(said.years), set(said.months), set(said.shares), set(said.numbers)) == (years, months, shares, numbers)


def test_words_are_compared_by_their_stems_and_names_by_what_they_name(aligner: Aligner) -> None:
    assert aligner.content("They developed vehicles").terms == aligner.content("developing a vehicle").terms
    assert aligner.content("Nissan Motor") == aligner.content("Nissan")
    assert aligner.content("Nissan").words == frozenset()


def test_all_the_ways_to_say_that_someone_leads_are_one(aligner: Aligner) -> None:
    assert aligner.content("leads") == aligner.content("is the leader") == aligner.content("in charge")


def test_a_negation_reaches_no_further_than_its_stretch(aligner: Aligner) -> None:
    said = aligner.content("the factories did not close, but the trucks stopped")
    assert aligner.content("close").terms <= said.denied
    assert not aligner.content("trucks stopped").terms & said.denied


def test_two_negations_undo_each_other(aligner: Aligner) -> None:
    said = aligner.content("it is not true that the factories did not close")
    assert not aligner.content("close").terms & said.denied


def test_what_is_excepted_is_no_part_of_what_is_said(aligner: Aligner) -> None:
    said = aligner.content("factories except trucks")
    assert said.excepted
    assert not aligner.content("trucks").terms & said.terms


SENTENCE = "By 2025, about half of all vehicles will be jointly developed in factories."


@pytest.mark.parametrize(
    ("claim", "verdict", "reason"),
    [
        (SENTENCE, Verdict.SUPPORTED, Reason.STATED),
        ("50 percent of vehicles will be developed jointly in factories by 2025.", Verdict.SUPPORTED, Reason.STATED),
        ("Vehicles will be jointly developed in factories.", Verdict.SUPPORTED, Reason.STATED),
        ("By 2035, half of all vehicles will be jointly developed in factories.", Verdict.REFUTED, Reason.WRONG_DATE),
        ("By 2025, a third of vehicles will be jointly developed in factories.", Verdict.REFUTED, Reason.WRONG_NUMBER),
        ("By 2025, all vehicles will be jointly developed in factories.", Verdict.REFUTED, Reason.WRONG_NUMBER),
        ("By 2025, half of all vehicles will not be jointly developed in factories.",
         Verdict.REFUTED, Reason.WRONG_POLARITY),
        ("Vehicles will be jointly developed in factories except trucks.", Verdict.REFUTED, Reason.OVER_GENERAL),
        # Where the sentence gives no such figure, it can say nothing against one.
        ("In March, vehicles will be jointly developed in factories.", Verdict.NOT_ENOUGH_INFO, Reason.WRONG_DATE),
        ("7 vehicles will be jointly developed in factories.", Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER),
        # An entity that the sentence does not name, or words that it does not have.
        ("Nissan vehicles will be jointly developed in factories.", Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED),
        ("Vehicles will be jointly developed and painted purple.", Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED),
        ("The harvest was poor.", Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED),
    ],
)  # fmt: skip
def test_a_figure_that_differs_refutes_and_a_word_that_is_missing_leaves_open(
    aligner: Aligner, claim: str, verdict: Verdict, reason: Reason
) -> None:
    aligned = against(aligner, claim, SENTENCE)
    assert (aligned.verdict, aligned.reason) == (verdict, reason)


def test_a_denied_sentence_refutes_the_claim_and_supports_the_denial(aligner: Aligner) -> None:
    sentence = "The factories did not close."
    assert against(aligner, "The factories closed.", sentence).reason is Reason.WRONG_POLARITY
    assert against(aligner, "The factories did not close.", sentence).verdict is Verdict.SUPPORTED


def test_the_sentence_with_most_of_the_claim_is_taken(aligner: Aligner) -> None:
    aligned = against(
        aligner, "Trucks carry batteries.", "Trucks are heavy.", "Trucks carry batteries.", "Ships float."
    )
    assert [quote.text for quote in aligned.quotes] == ["Trucks carry batteries."]


def test_a_pronoun_takes_the_sentence_before_along(aligner: Aligner) -> None:
    before, after = "Nissan released a truck.", "It carries batteries."
    aligned = against(aligner, "The Nissan truck carries batteries.", before, after)
    assert aligned.verdict is Verdict.SUPPORTED
    assert [quote.text for quote in aligned.quotes] == [before, after]


def test_a_sentence_that_refers_to_nothing_stands_alone(aligner: Aligner) -> None:
    passage = Passage(
        "p",
        Quote("d", 0, 24, "Trucks drive. Ships swim."),
        (Quote("d", 0, 13, "Trucks drive."), Quote("d", 14, 25, "Ships swim.")),
    )
    assert [len(quotes) for quotes, _ in aligner.windows(passage)] == [1, 1]


@pytest.mark.parametrize("claim", ["", "…", "it is the", "42"])
def test_a_claim_without_content_is_held_against_nothing(aligner: Aligner, passages: list[Passage], claim: str) -> None:
    assert aligner.align(claim, passages) == Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, (), 0.0)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The factories closed before 2030.", Verdict.SUPPORTED),
        ("The factories closed after 2030.", Verdict.NOT_ENOUGH_INFO),
        ("The factories closed in the 2020s.", Verdict.SUPPORTED),
        ("The factories closed in the 2010s.", Verdict.NOT_ENOUGH_INFO),
    ],
)
def test_what_a_date_is_set_against_is_held_against_the_date_that_is_said(
    aligner: Aligner, claim: str, verdict: Verdict
) -> None:
    assert against(aligner, claim, "The factories closed in 2025.").verdict is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The factories built over 200 trucks.", Verdict.SUPPORTED),
        ("The factories built over 400 trucks.", Verdict.NOT_ENOUGH_INFO),
        ("The factories built at least 300 trucks.", Verdict.SUPPORTED),
        ("The factories built 400 trucks.", Verdict.REFUTED),
    ],
)
def test_a_bound_is_held_against_the_number_that_is_said(aligner: Aligner, claim: str, verdict: Verdict) -> None:
    assert against(aligner, claim, "The factories built 300 trucks.").verdict is verdict


@pytest.mark.parametrize(
    "claim",
    ["The factories built only trucks.", "The factories built the same trucks.", "The fifth factory built trucks."],
)
def test_what_makes_a_claim_stronger_must_be_said(aligner: Aligner, claim: str) -> None:
    assert against(aligner, claim, "The factories built trucks. ").verdict is Verdict.NOT_ENOUGH_INFO
    assert against(aligner, claim, claim).verdict is Verdict.SUPPORTED


def test_words_that_stand_far_apart_need_not_belong_together(aligner: Aligner) -> None:
    apart = (
        "Trucks that were painted yellow near the harbour at the end of a long winter, when mountains of snow had "
        "covered every village street and bridge, carry no cargo but batteries."
    )
    assert against(aligner, "Trucks carry batteries.", apart).verdict is not Verdict.SUPPORTED


def test_a_pronoun_at_the_beginning_means_what_the_heading_names(aligner: Aligner) -> None:
    quote = Quote("d", 0, 21, "It carries batteries.")
    claim = "The Nissan truck carries batteries."
    headed = Passage("p", quote, (quote,), heading="The Nissan truck")
    assert aligner.align(claim, [headed]).verdict is Verdict.SUPPORTED
    assert aligner.align(claim, [Passage("p", quote, (quote,))]).verdict is Verdict.NOT_ENOUGH_INFO


def test_records_are_held_against_by_their_values(aligner: Aligner) -> None:
    quote = Quote("d", 0, 31, "Built: 3 May 1962 - 9 June 1970")
    records = Passage("p", quote, (quote,), heading="Quay Works")
    aligned = aligner.align("Quay Works was built before 1980.", [records])
    assert (aligned.verdict, aligned.quotes) == (Verdict.SUPPORTED, (quote,))


def test_without_passages_nothing_is_stated(aligner: Aligner) -> None:
    assert aligner.align("Vehicles will be developed.", []).verdict is Verdict.NOT_ENOUGH_INFO


def test_every_sentence_of_the_source_states_itself(aligner: Aligner, passages: list[Passage]) -> None:
    for passage in passages:
        for sentence in passage.sentences:
            aligned = aligner.align(sentence.text, passages)
            assert (aligned.verdict, aligned.quotes) == (Verdict.SUPPORTED, (sentence,))
            assert aligned.coverage == pytest.approx(1.0)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(claim=st.text(max_size=80), said=st.text(max_size=80))
def test_coverage_is_a_share_and_whole_for_a_text_itself(aligner: Aligner, claim: str, said: str) -> None:
    wanted, other = aligner.content(claim), aligner.content(said)
    assert 0.0 <= aligner.coverage(wanted, other) <= 1.0 + 1e-9
    assert aligner.coverage(wanted, wanted | other) == pytest.approx(1.0 if wanted.terms else 0.0)
