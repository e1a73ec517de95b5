"""Claims held against records: what a sheet of keys and values supports, refutes and leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.checking.infobox import Concept
from bot.checking.infobox_entailment import Held, RecordJudge
from bot.schema.answer import Reason, Verdict
from bot.understanding.linker import Linker
from corpus.language import Language, languages, load_language
from corpus.model import Corpus, Document, Entity, Kind, Passage, Predicate
from corpus.passages import split_passages
from corpus.world import World

SUPPORTED, REFUTED = Verdict.SUPPORTED, Verdict.REFUTED

WORKER = """# Anna Bolt

Born: 6 October 1952 (1952-10-06), Lyon, France.

Died: 29 August 2000 (aged 47), Turin, Italy.

Occupation: mathematician; inventor; engineer.

Years active: 1975 - 1990.

Spouse: Ben Crane (m. 1976, div. 1980); Carl Acme (m. 1985).

Children: 3.

Awards: Copper Medal (1979).
"""
FILM = """# Two Boats

Directed by: Ben Crane.

Written by: Ben Crane; Dora Vane.

Produced by: Anna Bolt.

Starring: Elsa Finn; Gus Hart; Ida Jolt.

Release date: 3 May 2012.

Running time: 132 minutes.

Country: Norway.

Budget: $35 million.

Box office: $20.5 million.
"""
BAND = """# The Crane Five

Origin: Melbourne, Australia.

Genres: garage rock; folk.

Years active: 1997 - 2001; 2006 - present.

Labels: Island; Capitol.
"""


def corpus_of(text: str, date: str = "2019") -> Corpus:
    title = text.partition("\n")[0].removeprefix("# ")
    document = Document("d", title, text, "0" * 64, date=date)
    return Corpus(
        id="c",
        title=title,
        folder=Path(),
        sha256="0" * 64,
        language="en",
        documents={"d": document},
        passages={passage.id: passage for passage in split_passages(document)},
        kinds={"thing": Kind("thing", "things", ())},
        entities={title: Entity(title, "thing")},
        predicates={"is": Predicate("is", ("thing",), ("thing",), ())},
        facts={},
    )


class Sheet:
    """The records of one text, ready to hold claims against."""

    def __init__(self, text: str, english: Language, world: World, date: str = "2019") -> None:
        corpus = corpus_of(text, date)
        self.passages: tuple[Passage, ...] = tuple(corpus.passages.values())
        self.judge = RecordJudge(english, Linker(corpus, english, world), corpus.documents)

    def hold(self, claim: str) -> Held | None:
        return self.judge.hold(claim, self.passages)


@pytest.fixture(scope="module")
def sheets(english: Language, world: World) -> dict[str, Sheet]:
    return {text: Sheet(text, english, world) for text in (WORKER, FILM, BAND)}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (WORKER, "Anna Bolt was born in the fall of 1952."),
        (WORKER, "Anna Bolt was born before 1960."),
        (WORKER, "Anna Bolt was born in France."),
        (WORKER, "Anna Bolt died in the 2000s."),
        (WORKER, "Anna Bolt died at the age of 47."),
        (WORKER, "Anna Bolt was in her forties when she died."),
        (WORKER, "Anna Bolt was an inventor."),
        (WORKER, "Anna Bolt had three occupations."),
        (WORKER, "Anna Bolt had more than two children."),
        (WORKER, "Anna Bolt was married twice."),
        (WORKER, "Anna Bolt was married to Ben Crane for less than ten years."),
        (WORKER, "Anna Bolt was active for over a decade."),
        (WORKER, "Anna Bolt began her career in her twenties."),
        (WORKER, "Anna Bolt has children."),
        (WORKER, "Anna Bolt did not die in France."),
        (FILM, "Two Boats was directed by Ben Crane."),
        (FILM, "Two Boats was directed and written by Ben Crane."),
        (FILM, "Gus Hart starred in Two Boats."),
        (FILM, "Two Boats is a Norwegian film."),
        (FILM, "Two Boats runs for over two hours."),
        (FILM, "Two Boats was released in the spring of 2012."),
        (BAND, "The Crane Five is a band from Australia."),
        (BAND, "The Crane Five has been on two labels."),
        (BAND, "The Crane Five is a folk band that started in the 1990s."),
    ],
)
def test_what_the_values_say_is_supported(sheets: dict[str, Sheet], text: str, claim: str) -> None:
    held = sheets[text].hold(claim)
    assert held is not None and held.verdict is SUPPORTED
    assert held.quotes
    assert all(text[quote.start : quote.end] == quote.text for quote in held.quotes)


@pytest.mark.parametrize(
    ("text", "claim", "reason"),
    [
        (WORKER, "Anna Bolt was born in the spring of 1952.", Reason.WRONG_DATE),
        (WORKER, "Anna Bolt died before 1999.", Reason.WRONG_DATE),
        (WORKER, "Anna Bolt was born in Spain.", Reason.WRONG_SCOPE),
        (WORKER, "Anna Bolt died at the age of 50.", Reason.WRONG_NUMBER),
        (WORKER, "Anna Bolt had four occupations.", Reason.WRONG_NUMBER),
        (WORKER, "Anna Bolt was active for over two decades.", Reason.WRONG_NUMBER),
        (WORKER, "Anna Bolt has no children.", Reason.WRONG_POLARITY),
        (WORKER, "Anna Bolt was not an inventor.", Reason.WRONG_POLARITY),
        (WORKER, "Anna Bolt was only married to Ben Crane.", Reason.OVER_GENERAL),
        (FILM, "Two Boats was directed by Dora Vane.", Reason.WRONG_SCOPE),
        (FILM, "Two Boats runs for less than two hours.", Reason.WRONG_NUMBER),
        (FILM, "Two Boats has a budget of $50 million.", Reason.WRONG_NUMBER),
        (BAND, "The Crane Five is a band from Norway.", Reason.WRONG_SCOPE),
        (BAND, "The Crane Five has been on three labels.", Reason.WRONG_NUMBER),
    ],
)
def test_another_value_of_the_same_type_refutes(
    sheets: dict[str, Sheet], text: str, claim: str, reason: Reason
) -> None:
    held = sheets[text].hold(claim)
    assert held is not None
    assert (held.verdict, held.reason) == (REFUTED, reason)
    assert held.quotes


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (WORKER, "Anna Bolt was a famous inventor."),
        (WORKER, "Anna Bolt was an inventor of clocks."),
        (WORKER, "If Anna Bolt was an inventor, she was rich."),
        (WORKER, "Anna Bolt may have been an inventor."),
        (WORKER, "Anna Bolt lived in Germany."),
        (WORKER, "Anna Bolt had two daughters."),
        (FILM, "Two Boats was written by Ben Crane alone in Turin."),
        (FILM, "Two Boats is the best film by Ben Crane."),
        # Each name stands in the sheet, but not beside the key that the claim puts it with.
        (FILM, "Two Boats was produced by Dora Vane and written by Anna Bolt."),
        (BAND, "The Crane Five toured Australia."),
        (BAND, "The harvest was poor."),
    ],
)
def test_what_no_value_decides_is_left_open(sheets: dict[str, Sheet], text: str, claim: str) -> None:
    held = sheets[text].hold(claim)
    assert held is None or held.verdict is not SUPPORTED


def test_time_counts_up_to_the_year_in_which_a_sheet_was_written(english: Language, world: World) -> None:
    claim = "The Crane Five has been active for over 15 years."
    earlier, later, unknown = (Sheet(BAND, english, world, date).hold(claim) for date in ("2008", "2030", ""))
    assert earlier is not None and earlier.verdict is REFUTED
    assert later is not None and later.verdict is SUPPORTED
    assert unknown is None


@pytest.mark.parametrize(
    "text",
    [
        "Founded: 1902.",  # of what, no heading says
        "# Acme\n\nFounded: 1902.\nIn that year the quay was mended.",
        "# Acme\n\nHe said that it was so.",
    ],
)
def test_only_lines_below_a_heading_are_records(english: Language, world: World, text: str) -> None:
    assert Sheet(text, english, world).hold("Acme was founded in 1902.") is None


@pytest.mark.parametrize("code", languages())
def test_every_language_names_what_is_worked_out(code: str) -> None:
    values = load_language(code).values
    assert set(Concept) <= set(values.attributes)
    assert {sign.removeprefix("-") for signs in values.sorts.values() for sign in signs} <= set(values.attributes)
    assert set(values.attributes) == set(load_language("en").values.attributes)
    assert all(form.count("{}") == 1 for form in (*values.decades, *values.centuries))
