"""Dates and amounts in texts, and what they say of others."""

from __future__ import annotations

import pytest

from bot.understanding.dates_and_amounts import Amount, Bound, Dated, Dimension, Order, Period, Quantities
from corpus.language import Language, languages, load_language


@pytest.fixture(scope="module")
def english_quantities(english: Language) -> Quantities:
    return Quantities(english)


def years(first: int, last: int) -> Period:
    return Period(Period.of(first).first, Period.of(last).last)


@pytest.mark.parametrize(
    ("text", "period", "order"),
    [
        ("in 1902", Period.of(1902), Order.IN),
        ("on 3 May 1902", Period.of(1902, 5, 3), Order.IN),
        ("on May 3rd, 1902", Period.of(1902, 5, 3), Order.IN),
        ("(1902-05-03)", Period.of(1902, 5, 3), Order.IN),
        ("in February of 1904", Period.of(1904, 2), Order.IN),
        ("before the 1920s", years(1920, 1929), Order.BEFORE),
        ("since the 90's", years(1990, 1999), Order.SINCE),
        ("after the 19th century", years(1800, 1899), Order.AFTER),
        ("in the nineteenth century", years(1800, 1899), Order.IN),
    ],
)
def test_a_date_covers_its_days(english_quantities: Quantities, text: str, period: Period, order: Order) -> None:
    [dated] = english_quantities.read(text).dates
    assert (dated.period, dated.order) == (period, order)


@pytest.mark.parametrize("text", ["1,902 boats", "$1902", "boat 12", "1902.5", "31 February 1902", "1:02:03"])
def test_what_is_no_date_is_none(english_quantities: Quantities, text: str) -> None:
    assert not any(dated.period == Period.of(1902) for dated in english_quantities.read(text).dates if " " not in text)
    assert not any(
        dated.period and dated.period.first == dated.period.last for dated in english_quantities.read(text).dates
    )


@pytest.mark.parametrize(
    ("text", "value", "bound", "dimension"),
    [
        ("over 1.5 million boats", 1_500_000, Bound.OVER, Dimension.COUNT),
        ("twenty-five boats", 25, Bound.EXACT, Dimension.COUNT),
        ("three hundred boats", 300, Bound.EXACT, Dimension.COUNT),
        ("less than half a dozen boats", 6, Bound.UNDER, Dimension.COUNT),
        ("several boats", 3, Bound.LEAST, Dimension.COUNT),
        ("at least two hours", 120, Bound.LEAST, Dimension.TIME),
        ("nearly a decade", 5_259_600, Bound.ABOUT, Dimension.TIME),
        ("1:01:30", 61.5, Bound.EXACT, Dimension.TIME),
        ("64% of them", 64, Bound.EXACT, Dimension.SHARE),
        ("$35 million", 35_000_000, Bound.EXACT, Dimension.MONEY),
        ("half a million dollars", 500_000, Bound.EXACT, Dimension.MONEY),
        ("is 45 years old", 45, Bound.EXACT, Dimension.AGE),
        ("died aged 47", 47, Bound.EXACT, Dimension.AGE),
        ("in her twenties", 20, Bound.DECADE, Dimension.AGE),
    ],
)
def test_an_amount_has_a_value_a_bound_and_a_dimension(
    english_quantities: Quantities, text: str, value: float, bound: Bound, dimension: Dimension
) -> None:
    [amount] = english_quantities.read(text).amounts
    assert (amount.value, amount.bound, amount.dimension) == (pytest.approx(value), bound, dimension)


def test_a_length_of_several_years_is_too_vague_to_compare(english_quantities: Quantities) -> None:
    assert english_quantities.read("for several years").amounts == ()


def test_the_rest_keeps_its_offsets(english_quantities: Quantities) -> None:
    text = "Acme sold over 20 boats in May 1902."
    read = english_quantities.read(text)
    assert read.rest == "Acme sold         boats in         ."
    assert [text[found.start : found.end] for found in (*read.dates, *read.amounts)] == ["May 1902", "over 20"]


@pytest.mark.parametrize(
    ("order", "said", "holds"),
    [
        (Order.IN, Period.of(1905), True),
        (Order.IN, Period.of(1920), False),
        (Order.IN, years(1895, 1905), None),
        (Order.BEFORE, Period.of(1899), True),
        (Order.BEFORE, Period.of(1905), False),
        (Order.AFTER, Period.of(1911), True),
        (Order.AFTER, Period.of(1905), False),
        (Order.AFTER, years(1905, 1915), None),
    ],
)
def test_a_date_holds_fails_or_cannot_tell(order: Order, said: Period, holds: bool | None) -> None:
    assert Dated(0, 0, years(1900, 1909), order).holds(said) is holds


def test_a_season_without_a_year_looks_at_the_month_alone(english_quantities: Quantities) -> None:
    [dated] = english_quantities.read("Acme was founded in the fall.").dates
    assert dated.holds(Period.of(1902, 10, 3)) is True
    assert dated.holds(Period.of(1902, 5, 3)) is False
    assert dated.holds(Period.of(1902)) is None


@pytest.mark.parametrize(
    ("bound", "said", "holds"),
    [
        (Bound.EXACT, 20, True),
        (Bound.EXACT, 21, False),
        (Bound.OVER, 21, True),
        (Bound.OVER, 19, False),
        (Bound.OVER, 20, None),
        (Bound.UNDER, 19, True),
        (Bound.LEAST, 20, True),
        (Bound.MOST, 21, False),
        (Bound.ABOUT, 21, True),
        (Bound.ABOUT, 25, None),
        (Bound.ABOUT, 60, False),
    ],
)
def test_an_amount_holds_fails_or_cannot_tell(bound: Bound, said: float, holds: bool | None) -> None:
    assert Amount(0, 0, 20, bound).holds(said) is holds


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "seit den 1960er Jahren"),
        ("en", "since the 1960s"),
        ("es", "desde los años 1960"),
        ("fr", "depuis les années 1960"),
        ("ja", "1960年代"),
    ],
)
def test_decades_are_read_in_every_language(code: str, text: str) -> None:
    assert code in languages()
    [dated] = Quantities(load_language(code)).read(text).dates
    assert dated.period == years(1960, 1969)
