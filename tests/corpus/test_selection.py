"""Facts are picked out by what they say; pages of a list are the list."""

from __future__ import annotations

import pytest

from corpus.loader import find_corpus, load_corpus
from corpus.model import Corpus
from corpus.selection import FactFilter, Page, UnknownCursor, UnknownName, paged


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(find_corpus("alliance"))


def ids(corpus: Corpus, **wanted: str) -> list[str]:
    return [fact.id for fact in FactFilter(**wanted).facts(corpus)]


def test_without_a_filter_all_facts_fit_in_the_order_of_their_file(corpus: Corpus) -> None:
    assert ids(corpus) == list(corpus.facts)


@pytest.mark.parametrize("field", ["subject", "predicate", "object", "object_kind"])
def test_each_filter_gives_the_facts_that_have_it(corpus: Corpus, field: str) -> None:
    for value in {getattr(fact, field) for fact in corpus.facts.values()}:
        assert ids(corpus, **{field: value}) == [f.id for f in corpus.facts.values() if getattr(f, field) == value]


def test_documents_and_several_filters_at_once(corpus: Corpus) -> None:
    for document in corpus.documents:
        expected = [fact.id for fact in corpus.facts.values() if fact.quote.document_id == document]
        assert ids(corpus, document=document) == expected
    both = ids(corpus, subject="Renault", object_kind="region")
    assert both == [id for id in ids(corpus, subject="Renault") if corpus.facts[id].object_kind == "region"]
    assert 0 < len(both) < len(ids(corpus, subject="Renault"))


def test_names_are_taken_in_any_case_and_by_their_aliases(corpus: Corpus) -> None:
    [aliased, *_] = [each for each in corpus.entities.values() if each.aliases and ids(corpus, object=each.name)]
    for name in (aliased.name.upper(), *aliased.aliases):
        assert set(ids(corpus, object=name)) >= set(ids(corpus, object=aliased.name)), name
    assert ids(corpus, subject="RENAULT") == ids(corpus, subject="Renault")
    assert ids(corpus, subject="nobody") == []


def test_all_words_of_a_text_must_stand_in_the_fact_or_its_quote(corpus: Corpus) -> None:
    assert ids(corpus, text="south ASIA") == ids(corpus, text="asia south") != []
    assert all("asia" in corpus.facts[id].quote.text.casefold() for id in ids(corpus, text="south asia"))
    assert ids(corpus, text="asia nowhere") == []


@pytest.mark.parametrize("field", ["predicate", "object_kind", "document"])
def test_what_the_corpus_has_none_of_is_told_with_what_it_has(corpus: Corpus, field: str) -> None:
    with pytest.raises(UnknownName, match=r"^No [a-z ]+ 'none'; there is '"):
        ids(corpus, **{field: "none"})


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1_000])
def test_pages_one_behind_the_other_are_the_list(corpus: Corpus, limit: int) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = paged(corpus.facts.values(), limit, cursor)
        assert page.total == len(corpus.facts) and 0 < len(page.items) <= limit
        seen += [fact.id for fact in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(corpus.facts)


def test_a_cursor_that_no_page_gave_is_told(corpus: Corpus) -> None:
    with pytest.raises(UnknownCursor, match="'none'"):
        paged(corpus.facts.values(), 1, "none")
    empty: Page[object] = paged((), 5)  # type: ignore[assignment]
    assert (empty.items, empty.total, empty.next) == ((), 0, None)
