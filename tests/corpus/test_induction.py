"""Relations that are found in documents alone: what is found, how it is called, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import CorpusContentError
from corpus.induction import induced, parsing
from corpus.loader import load_corpus
from corpus.model import Document

Told = set[tuple[str, str, str]]


def documents(*texts: str, language: str = "en") -> Sequence[Document]:
    return [Document(f"d{at}", "", text, "", language=language) for at, text in enumerate(texts)]


def told(*texts: str) -> Told:
    _, facts = induced(documents(*texts))
    return {(fact["subject"], fact["predicate"], fact["object"]) for fact in facts.get("facts", ())}


def vocabulary(*texts: str) -> Mapping[str, Any]:
    return induced(documents(*texts))[0]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "Lena Brodsky leads Poland and the Baltic States.",
            {("Lena Brodsky", "leads", "Poland"), ("Lena Brodsky", "leads", "Baltic States")},
        ),
        ("Ada Winther chairs the jury of Short Measure.", {("Ada Winther", "chairs the jury of", "Short Measure")}),
        ("Brandt Terminals is led by Ingrid Solvaag.", {("Ingrid Solvaag", "leads", "Brandt Terminals")}),
        (
            "First Films and Short Measure are shown at the Lantern.",
            {("First Films", "is shown at", "Lantern"), ("Short Measure", "is shown at", "Lantern")},
        ),
        ("Gull Bank delivers power from 2033.", {("Gull Bank", "delivers power from", "2033")}),
        ("Aster Ward has 28 beds.", {("Aster Ward", "has beds", "28")}),
        (
            "Hochmoos has 31 lifts, Montfleur 44 and Cimabella 27.",
            {("Hochmoos", "has lifts", "31"), ("Montfleur", "has lifts", "44"), ("Cimabella", "has lifts", "27")},
        ),
        (
            "Blue Hall stands in Spain, Kestrel Line in Finland and the Old Foundry in Poland.",
            {
                ("Blue Hall", "stands in", "Spain"),
                ("Kestrel Line", "stands in", "Finland"),
                ("Old Foundry", "stands in", "Poland"),
            },
        ),
        (
            "Brantwick buys dairy products and frozen food for all members.",
            {("Brantwick", "buys", "dairy products"), ("Brantwick", "buys", "frozen food")},
        ),
        (
            "Corsano runs Blue Hall, and Tindal Trucks runs the Old Foundry.",
            {("Corsano", "runs", "Blue Hall"), ("Tindal Trucks", "runs", "Old Foundry")},
        ),
        (
            "Dr Miriam Oyelaran leads Aster Ward for heart patients and Cedar Ward for stroke patients.",
            {("Miriam Oyelaran", "leads", "Aster Ward"), ("Miriam Oyelaran", "leads", "Cedar Ward")},
        ),
    ],
)
def test_a_sentence_states(text: str, facts: Told) -> None:
    assert told(text) >= facts
    assert {name for name, _, _ in told(text)} == {name for name, _, _ in facts}


OTHERS = "Corsano leads Tuva. Brandt Terminals leads Norway."
"""Another document, by which the verb is known."""


@pytest.mark.parametrize("others", [(), (OTHERS,)], ids=["alone", "verb-known"])
@pytest.mark.parametrize(
    "text",
    [
        "Acme does not lead Iberia.",
        "Acme may lead Iberia.",
        "Acme may lead Gaul and run Iberia.",
        "Acme should lead Iberia.",
        "Acme no longer leads Iberia.",
        "Not even Acme leads Iberia.",
        "Acme reportedly leads Iberia.",
        "According to Bolt, Acme leads Iberia.",
        "Acme leads Iberia, Bolt claims.",
        "Bolt said: Acme leads Iberia.",
        "Acme, critics say, leads Iberia.",
        "Acme leads Iberia if Bolt agrees.",
        "Once Bolt agrees, Acme leads Iberia.",
        "Acme leads Iberia until 2027.",
        "Acme led Iberia.",
        "Acme has led Iberia.",
        "Does Acme lead Iberia?",
        "“Acme leads Iberia.”",
        "Somebody leads Iberia.",
        "They lead Iberia and Gaul.",
        "It leads Iberia.",
        "The heads of Acme and Bolt lead Iberia.",
        "Acme rather than Bolt leads Iberia.",
        "Either Acme or Bolt leads Iberia.",
        "Acme leads Iberia or Gaul.",
        "# Acme leads Iberia",
        "Acme leads no country.",
    ],
)
def test_nothing_is_found_in_what_states_nothing(text: str, others: tuple[str, ...]) -> None:
    assert not {fact for fact in told(text, *others) if fact[2] in ("Iberia", "country", "Gaul")}


def test_a_verb_that_the_parser_takes_for_a_noun_is_one_where_names_stand_around_it_twice() -> None:
    found = told("Millgate houses Aster Ward and Fern Ward. Castle Hill houses Birch Ward.")
    assert {("Millgate", "houses", "Fern Ward"), ("Castle Hill", "houses", "Birch Ward")} <= found


TABLE = """
| Branch | Opens | Seats | Depth | Manager | Closed on |
| --- | --- | --- | --- | --- | --- |
| Hill Gate | 9:30 | 12 | 22 metres | Odile Marsh | Monday |
| Quayside | 7:00 | 8 | 40 metres | Henk Dolby and Greta Vole | - |
"""


def test_the_cells_of_a_table_are_told_by_their_heads() -> None:
    assert told(TABLE) == {
        ("Hill Gate", "opens at", "9:30"),
        ("Quayside", "opens at", "7:00"),
        ("Hill Gate", "has seats", "12"),
        ("Quayside", "has seats", "8"),
        ("Hill Gate", "has a depth of", "22 metres"),
        ("Quayside", "has a depth of", "40 metres"),
        ("Odile Marsh", "is the manager of", "Hill Gate"),
        ("Henk Dolby", "is the manager of", "Quayside"),
        ("Greta Vole", "is the manager of", "Quayside"),
        ("Hill Gate", "is closed on", "Monday"),
    }


def test_what_nobody_does_is_no_verb() -> None:
    fees = "| House | Adults | Closes | Visitors 2031 |\n| --- | --- | --- | --- |\n"
    fees += "| Glass House | 12 euros | 18:00 | 41,200 |\n| Salt House | 8 euros | 17:00 | 18,900 |\n"
    assert told(fees) >= {
        ("Glass House", "has adults of", "12 euros"),
        ("Glass House", "closes at", "18:00"),
        ("Glass House", "has visitors 2031", "41,200"),
    }


def test_a_span_is_told_with_its_ends() -> None:
    hours = "| Pier | Hours | Term |\n| --- | --- | --- |\n| Old Town | 05:30-23:30 | 2031–2034 |\n"
    hours += "| Kettle Quay | 6 am to 9.15 pm | 2033–2036 |\n"
    assert told(hours) == {
        ("Old Town", "has hours of", "05:30-23:30"),
        ("Old Town", "has hours from", "05:30"),
        ("Old Town", "has hours until", "23:30"),
        ("Kettle Quay", "has hours of", "6 am to 9.15 pm"),
        ("Kettle Quay", "has hours from", "6 am"),
        ("Kettle Quay", "has hours until", "9.15 pm"),
        ("Old Town", "has a term of", "2031–2034"),
        ("Old Town", "has a term from", "2031"),
        ("Old Town", "has a term until", "2034"),
        ("Kettle Quay", "has a term of", "2033–2036"),
        ("Kettle Quay", "has a term from", "2033"),
        ("Kettle Quay", "has a term until", "2036"),
    }
    scores = "| Match | Score |\n| --- | --- |\n| First | 3-1 |\n| Second | 2-2 |\n"
    assert not any("from" in verb for _, verb, _ in told(scores))


def test_a_table_that_names_one_thing_twice_or_has_no_heads_states_nothing() -> None:
    assert not told("| Branch | Opens |\n| --- | --- |\n| Hill Gate | 9:30 |\n| Hill Gate | 7:00 |\n")
    assert not told("- Hill Gate: 9:30\n- Quayside: 7:00\n")


def test_the_word_for_a_kind_belongs_to_a_name_that_never_stands_without_it() -> None:
    text = "Odile Marsh heads the Lime Grove branch. Brannock Yard builds the Anvil class. Lime Grove opens in 2031."
    names = {name for name, _, _ in told(text)} | {name for _, _, name in told(text)}
    assert {"Lime Grove", "Anvil class"} <= names
    aliases = {name: told["aliases"] for kind in vocabulary(text)["entities"].values() for name, told in kind.items()}
    assert "Lime Grove branch" in aliases["Lime Grove"] and "Anvil" in aliases["Anvil class"]


def test_people_are_of_one_kind_and_have_their_last_names() -> None:
    entities = vocabulary("Ada Winther leads Short Measure. Pascal Imbert leads Night Train.")["entities"]
    assert entities["person"] == {"Ada Winther": {"aliases": ["Winther"]}, "Pascal Imbert": {"aliases": ["Imbert"]}}


def test_another_name_means_one_thing() -> None:
    entities = vocabulary("Ada Winther leads Short Measure. Nora Winther leads Night Train.")["entities"]
    assert entities["person"] == {"Ada Winther": {"aliases": []}, "Nora Winther": {"aliases": []}}


def test_of_several_things_with_one_holder_each_another_holder_is_refuted() -> None:
    one_each = "Tindal Trucks leads Spain. Corsano leads France. Brandt Terminals leads Italy."
    shared = "Tindal Trucks leads Spain. Corsano leads Spain. Brandt Terminals leads Italy."
    assert vocabulary(one_each)["predicates"]["leads"].get("functional") == "true"
    assert "functional" not in vocabulary(shared)["predicates"]["leads"]


def test_other_languages_are_left_to_their_sentences() -> None:
    assert induced(documents("Acme leitet Spanien. Bolt leitet Frankreich.", language="de"))[1] == {"facts": []}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "." * 5000,
        "a " * 50_000 + ".",
        "Acme " * 3000 + ".",
        "\u200b" * 300,
        "| a |\n| - |\n| |\n",
        "((((.",
        "X leads " * 150 + ".",
    ],
)
def test_hostile_documents_are_read(text: str) -> None:
    induced(documents(text, "Ada Winther leads Short Measure."))


def test_no_more_than_so_much_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MOST", 40)
    assert told("Ada Winther leads Short Measure. Nora Imbert leads Night Train.") == {
        ("Ada Winther", "leads", "Short Measure")
    }


WRITTEN = {
    "corpus.yaml": "id: c\ntitle: C\ninduce: true\ndocuments: [{id: d, file: d.txt}]\n",
    "vocabulary.yaml": """
kinds: {firm: {}, region: {}}
entities: {firm: {Tindal Trucks: {aliases: [Tindal Trucks Ltd]}}, region: {Iberia: {}}}
predicates: {leads: {subject: [firm], object: [region], functional: true}}
""",
    "facts.yaml": """
facts: [{id: a, subject: Tindal Trucks, predicate: leads, object: Iberia, quote: Tindal Trucks leads Iberia.}]
""",
    "d.txt": "Tindal Trucks leads Iberia. Corsano leads Iberia. Tindal Trucks Ltd serves Gaul. Corsano serves Spain.",
}


def test_what_is_written_goes_before_what_is_found(tmp_path: Path) -> None:
    for name, text in WRITTEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    told = {(fact.subject, fact.predicate, fact.object) for fact in corpus.facts.values()}
    # Who leads Iberia is written; a name is called as it is written, and gives its kind to those like it.
    assert told == {
        ("Tindal Trucks", "leads", "Iberia"),
        ("Tindal Trucks", "serves", "Gaul"),
        ("Corsano", "serves", "Spain"),
    }
    assert corpus.entities["Corsano"].kind == "firm" and corpus.predicates["leads"].object_kinds == ("region",)
    assert len(load_corpus(tmp_path, induce=False).facts) == 1


def test_a_found_fact_gainsays_no_written_relation(tmp_path: Path) -> None:
    for name, text in WRITTEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "facts.yaml").unlink()
    assert {fact.predicate for fact in load_corpus(tmp_path).facts.values()} == {"serves"}


def test_what_is_written_wrongly_is_told_beside_what_is_found(tmp_path: Path) -> None:
    for name, text in WRITTEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "vocabulary.yaml").write_text("kinds: {firm: {}, thing: {}}\nentities: {thing: [Tindal Trucks]}\n")
    (tmp_path / "facts.yaml").unlink()
    with pytest.raises(CorpusContentError, match="thing"):
        load_corpus(tmp_path)


def test_without_a_word_about_it_nothing_is_found_beside_what_is_written(tmp_path: Path) -> None:
    for name, text in WRITTEN.items():
        (tmp_path / name).write_text(text.replace("induce: true\n", ""), encoding="utf-8")
    assert len(load_corpus(tmp_path).facts) == 1


def test_a_folder_of_documents_has_facts_that_its_sentences_carry(tmp_path: Path) -> None:
    (tmp_path / "notice.md").write_text(f"# Branches\n\nOdile Marsh heads Hill Gate.\n{TABLE}", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert corpus.induced and len(corpus.facts) == 11
    for fact in corpus.facts.values():
        assert corpus.documents["notice"].text[fact.quote.start : fact.quote.end] == fact.quote.text
        assert fact.subject.split()[-1] in fact.quote.text
