"""The corpora that come with the program: they load, and every fact stands where its quote says."""

from __future__ import annotations

from functools import cache

import pytest
import yaml

from corpus.loader import SHIPPED, find_corpus, load_corpus, shipped_corpora
from corpus.model import LITERAL_KINDS, Corpus

CORPORA = shipped_corpora()
# Read in the article by eye.
REGIONS = {
    "Nissan": {"China", "North America", "Japan"},
    "Renault": {"Europe", "Russia", "South America", "North Africa"},
    "Mitsubishi": {"South East Asia", "Oceania"},
}
TECHNOLOGIES = {
    "Nissan": {"autonomous driving technology", "connected technology", "common electric vehicle powertrain"},
    "Renault": {"E-body architecture", "electrified powertrains", "Android-based connected platform"},
    "Mitsubishi": {"plug-in hybrid electric vehicles"},
}
QUALIFIED = {
    "connected technology": {"region": ("China",)},
    "electrified powertrains": {"platform": ("common platform",), "segment": ("A segment", "B segment")},
    "plug-in hybrid electric vehicles": {"segment": ("C segment", "D segment")},
}
# Read in the notes on clusters by eye: the newest note that names a lead, and what older ones say otherwise.
LEADS = {
    "Health Cluster": {"WHO"},
    "Nutrition Cluster": {"UNICEF"},
    "Water, Sanitation and Hygiene Cluster": {"UNICEF"},
    "Education Cluster": {"UNICEF", "Save the Children"},
    "Food Security Cluster": {"FAO", "WFP"},
    "Logistics Cluster": {"WFP"},
    "Emergency Telecommunications Cluster": {"WFP"},
    "Early Recovery Cluster": {"UNDP"},
    "Protection Cluster": {"UNHCR"},
    "Shelter Cluster": {"IFRC", "UNHCR"},
    "Camp Coordination and Camp Management Cluster": {"IOM", "UNHCR"},
    "Agriculture Cluster": {"FAO"},
    "child protection": {"UNICEF"},
    "gender-based violence": {"UNFPA"},
    "housing, land and property": {"NRC"},
    "mine action": {"UNMAS"},
    "refugee response": {"UNHCR"},
}
EARLIER = {
    "gender-based violence": {"UNFPA", "UNICEF"},
    "housing, land and property": {"UN-Habitat"},
}
BY_SETTING = {
    ("Shelter Cluster", "natural disasters"): "IFRC",
    ("Shelter Cluster", "conflicts"): "UNHCR",
    ("Camp Coordination and Camp Management Cluster", "natural disasters"): "IOM",
    ("Camp Coordination and Camp Management Cluster", "conflicts"): "UNHCR",
}


@cache
def loaded(name: str) -> Corpus:
    return load_corpus(find_corpus(name))


def test_the_folder_names_are_the_ids() -> None:
    assert {"alliance", "clusters"} <= {*CORPORA}
    assert [loaded(name).id for name in CORPORA] == list(CORPORA)


@pytest.mark.parametrize("name", CORPORA)
def test_every_quote_stands_verbatim_at_its_offsets(name: str) -> None:
    corpus = loaded(name)
    quotes = [fact.quote for fact in corpus.facts.values()]
    quotes += [predicate.complement_quote for predicate in corpus.predicates.values() if predicate.complement_quote]
    for passage in corpus.passages.values():
        quotes += [passage.quote, *passage.sentences]
    for quote in quotes:
        assert corpus.documents[quote.document_id].text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("name", CORPORA)
def test_every_fact_rests_on_whole_sentences(name: str) -> None:
    corpus = loaded(name)
    sentences = [sentence for passage in corpus.passages.values() for sentence in passage.sentences]
    for fact in corpus.facts.values():
        own = [sentence for sentence in sentences if sentence.document_id == fact.quote.document_id]
        assert fact.quote.start in {sentence.start for sentence in own}, fact.id
        assert fact.quote.end in {sentence.end for sentence in own}, fact.id


@pytest.mark.parametrize("name", CORPORA)
def test_every_quote_written_down_is_used(name: str) -> None:
    corpus = loaded(name)
    written = yaml.safe_load((corpus.folder / "facts.yaml").read_text()).get("quotes", {})
    assert set(written.values()) <= {fact.quote.text for fact in corpus.facts.values()}
    assert len(set(written.values())) == len(written)


@pytest.mark.parametrize("name", CORPORA)
def test_every_predicate_has_facts_and_every_kind_entities(name: str) -> None:
    corpus = loaded(name)
    assert {fact.predicate for fact in corpus.facts.values()} == set(corpus.predicates)
    assert {entity.kind for entity in corpus.entities.values()} == set(corpus.kinds)


@pytest.mark.parametrize("name", CORPORA)
def test_every_fact_is_of_its_predicates_kinds(name: str) -> None:
    corpus = loaded(name)
    for fact in corpus.facts.values():
        predicate = corpus.predicates[fact.predicate]
        assert corpus.entities[fact.subject].kind in predicate.subject_kinds
        assert fact.object_kind in predicate.object_kinds
        assert fact.object in corpus.entities or fact.object_kind in LITERAL_KINDS
        assert fact.label


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_can_be_shown(name: str) -> None:
    corpus = loaded(name)
    assert corpus.description and corpus.examples
    for document in corpus.documents.values():
        assert document.title and document.source and document.licence


@pytest.mark.parametrize("name", CORPORA)
def test_loading_twice_gives_the_same(name: str) -> None:
    assert load_corpus(SHIPPED / name) == loaded(name)


@pytest.mark.parametrize(("kind", "expected"), [("region", REGIONS), ("technology", TECHNOLOGIES)])
def test_the_alliances_leaders(kind: str, expected: dict[str, set[str]]) -> None:
    facts = [fact for fact in loaded("alliance").facts_of("leads") if fact.object_kind == kind]
    assert len(facts) == sum(len(objects) for objects in expected.values())
    assert {name: {fact.object for fact in facts if fact.subject == name} for name in expected} == expected


def test_the_alliances_leaders_lead_no_more_than_is_stated() -> None:
    facts = list(loaded("alliance").facts_of("leads"))
    assert len(facts) == 9 + 7
    assert {fact.object: dict(fact.qualifiers) for fact in facts if fact.qualifiers} == QUALIFIED
    assert {fact.object for fact in facts if fact.open} == REGIONS["Nissan"]


def clusters_leads() -> dict[str, dict[str, set[str]]]:
    """Who leads, by object and by the date of the note that says so."""
    corpus = loaded("clusters")
    found: dict[str, dict[str, set[str]]] = {}
    for fact in corpus.facts.values():
        if fact.predicate != "leads":
            continue
        date = corpus.documents[fact.quote.document_id].date
        found.setdefault(fact.object, {}).setdefault(date, set()).add(fact.subject)
    return found


def test_the_leads_of_the_clusters() -> None:
    assert {name: notes[max(notes)] for name, notes in clusters_leads().items()} == LEADS


def test_the_notes_on_clusters_differ_where_leads_have_changed_and_nowhere_else() -> None:
    earlier = {
        name: leads
        for name, notes in clusters_leads().items()
        for date, leads in notes.items()
        if leads != notes[max(notes)]
    }
    assert earlier == EARLIER


def test_what_depends_on_the_setting_is_qualified_by_it() -> None:
    corpus = loaded("clusters")
    qualified = [fact for fact in corpus.facts_of("leads") if fact.qualifiers]
    assert {(f.object, *f.qualifiers["setting"]): f.subject for f in qualified} == BY_SETTING
    assert [len(corpus.book.again(fact)) for fact in qualified] == [1] * len(BY_SETTING), "two notes say so"


def test_the_notes_on_clusters_are_dated_each_otherwise() -> None:
    dates = [document.date for document in loaded("clusters").documents.values()]
    assert all(dates)
    assert len(set(dates)) == len(dates) == 5
    assert dates == sorted(dates, reverse=True)
