"""Learning: what is proposed from documents, and what becomes of it once it is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.learning.accept import Accepted, accept
from bot.learning.coverage import cover
from bot.learning.create import SKELETON, create_corpus
from bot.learning.learner import Learner
from bot.learning.model import FactProposal, Proposals
from bot.learning.names import key_of
from bot.learning.proposals import write_proposals
from corpus.errors import CorpusContentError, CorpusFileError
from corpus.lint import Severity
from corpus.loader import PROPOSALS, find_corpus, load_corpus
from corpus.model import Corpus
from corpus.tables import find_tables
from corpus.world import World

Triple = tuple[str, str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "town"


def started(folder: Path, text: str, name: str = "notice.txt") -> Corpus:
    """A corpus of one document and the skeleton's kinds and predicate, nothing else."""
    document = folder.parent / name
    document.write_text(text, encoding="utf-8")
    create_corpus(folder, [document])
    return load_corpus(folder, induce=False)


def learnt(folder: Path, text: str, world: World, name: str = "notice.txt") -> Proposals:
    corpus = started(folder, text, name)
    proposals = Learner(corpus, world).learn()
    for proposal in (*proposals.entities, *proposals.facts):
        quote = proposal.quote
        assert corpus.documents[quote.document_id].text[quote.start : quote.end] == quote.text
    return proposals


def sure(proposals: Proposals) -> set[tuple[str, str]]:
    return {(fact.subject, fact.object) for fact in proposals.facts if fact.sure}


# A text, and who leads what by it; what is doubtful is left out.
SENTENCES: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "active": (
        "The Harbour Office leads the ferries and the lighthouse.",
        {("Harbour Office", "ferries"), ("Harbour Office", "lighthouse")},
    ),
    "opening and insertion": (
        "Under the new charter Acme, on the other hand, will be the leader in tunnel rescue.",
        {("Acme", "tunnel rescue")},
    ),
    "a number in a name": (
        "Work package 4 is led by Acme. The lead of work package 5 passes to Bolt.",
        {("Acme", "work package 4"), ("Bolt", "work package 5")},
    ),
    "a clitic in a name": (
        "From May on, the Children's Team leads the story hours.",
        {("Children's Team", "story hours")},
    ),
    "passive": ("Street cleaning is led by the Works Department.", {("Works Department", "street cleaning")}),
    "the lead is": ("The lead nation for cyber defence is Estonia.", {("Estonia", "cyber defence")}),
    "lies with": ("Responsibility for the archives lies with the City Library.", {("City Library", "archives")}),
    "as for": ("As for Acme, the company will take the lead in snow clearing.", {("Acme", "snow clearing")}),
    "title": (
        "“It works,” said Ada Lind, head of the Harbour Office and the Parks Office.",
        {("Ada Lind", "Harbour Office"), ("Ada Lind", "Parks Office")},
    ),
    "two clauses": (
        "Logistics is led by Germany; Italy leads engineering works, and Spain leads coastal patrols.",
        {("Germany", "Logistics"), ("Italy", "engineering works"), ("Spain", "coastal patrols")},
    ),
    "verb behind a list": (
        "The Parks Office is responsible for the meadows and the playgrounds, and employs 40 people.",
        {("Parks Office", "meadows"), ("Parks Office", "playgrounds")},
    ),
    "several subjects": (
        "Poland and Lithuania jointly lead border patrols.",
        {("Poland", "border patrols"), ("Lithuania", "border patrols")},
    ),
    "agents that are narrowed": (
        "The Shelter Cluster is led by Acme in natural disasters and by Bolt in conflicts.",
        {("Acme", "Shelter Cluster"), ("Bolt", "Shelter Cluster")},
    ),
    "one name with and": (
        "The Food and Seed Office leads the Water, Roads and Bridges Programme.",
        {("Food and Seed Office", "Water, Roads and Bridges Programme")},
    ),
    "it": (
        "The Works Department leads street cleaning. It is also in charge of the sewers.",
        {("Works Department", "street cleaning"), ("Works Department", "sewers")},
    ),
    "conjuncts that share a verb": (
        "Acme leads the ferries, Bolt the lighthouse. Crane is in charge of trams, and Delft of snow clearing.",
        {("Acme", "ferries"), ("Bolt", "lighthouse"), ("Crane", "trams"), ("Delft", "snow clearing")},
    ),
    "conjuncts that share a passive": (
        "The ferries are led by Acme, the local team by Matej Kos, supported by Bolt.",
        {("Acme", "ferries"), ("Matej Kos", "local team")},
    ),
    "given": (
        "The ministers assigned logistics to Germany. Acme has handed the ferries to Bolt.",
        {("Germany", "logistics"), ("Bolt", "ferries")},
    ),
    "given by somebody": ("The ferries have been handed by Acme to Bolt.", {("Bolt", "ferries")}),
    "handed over": ("Grigor Hale hands over to Yasmin Tolland in May.", set()),
    "title before a name": (
        "The Harbour Office director Ada Lind called it a joke. The other district managers stay where they are.",
        {("Ada Lind", "Harbour Office")},
    ),
    "a title of no thing in particular": ("City manager Ada Lind called it a joke.", set()),
    "title, then its name": (
        "The head of the Harbour Office, Captain Ada Lind, said so. The director of the Parks Office is Matej Kos.",
        {("Ada Lind", "Harbour Office"), ("Matej Kos", "Parks Office")},
    ),
    "title behind its name": (
        "Ada Lind, director of the Harbour Office since 2020, and Matej Kos, head of the Parks Office, met.",
        {("Ada Lind", "Harbour Office"), ("Matej Kos", "Parks Office")},
    ),
    "a chain of heads": (
        "The Works Department is led by Ada Lind. It is responsible for roads. "
        "The Harbour Office, led by Matej Kos, is in charge of ferries.",
        {
            *(("Ada Lind", "Works Department"), ("Works Department", "roads")),
            *(("Matej Kos", "Harbour Office"), ("Harbour Office", "ferries")),
        },
    ),
    "a role": ("Ada Lind succeeded Matej Kos as head of the Harbour Office.", set()),
    "one name by its verb": (
        "Training and exercises is now led by Acme. Research and Development leads the night buses.",
        {("Acme", "training and exercises"), ("Research and Development", "night buses")},
    ),
    "a department of several": (
        "The Department of Health and Social Services, headed by Ada Lind, is new.",
        {("Ada Lind", "Department of Health and Social Services")},
    ),
    "a department and another": (
        "The Ministry of Health and Acme lead the ferries.",
        {("Ministry of Health", "ferries"), ("Acme", "ferries")},
    ),
    "an adverb inside a passive": (
        "The research institute is jointly led by Professor Vance and Professor Anneke Boer.",
        {("Vance", "research institute"), ("Anneke Boer", "research institute")},
    ),
    "its kind before a name": ("The ferries are led by the agency Rivulet.", {("Rivulet", "ferries")}),
    "past": (
        "Acme led the ferries in 2010. Bolt was the lead for trams. Roads were led by Crane. "
        "Ada Lind was appointed director of the Harbour Office. Delft has led the parks since 2010.",
        {("Ada Lind", "Harbour Office"), ("Delft", "parks")},
    ),
    "above and beside": (
        "The Parks Office is responsible to the mayor. Acme leads the ferries together with Bolt. "
        "Crane and not Delft leads the trams.",
        {("Acme", "ferries")},
    ),
    "insertions": (
        "The Parks Office, responsible for meadows, and the Works Office, responsible for roads, were merged.",
        {("Parks Office", "meadows"), ("Works Office", "roads")},
    ),
    "words that share a stem with a title": ("Acme leads waste management.", {("Acme", "waste management")}),
    "wished": ("Acme was asked to lead the ferries. Nobody knows whether Bolt leads the trams.", set()),
    "negated": ("Acme does not lead the university. No company leads the night buses.", set()),
    "asked or supposed": ("Who leads the night buses? If Acme leads the ferries, all is well.", set()),
    "former": ("Until 2019 Acme led the cemeteries.", set()),
    "nothing of the kind": ("We lead by example. The mood leads nowhere. The road leads to Rome.", set()),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_gives_the_facts_that_it_states(name: str, folder: Path, world: World) -> None:
    text, facts = SENTENCES[name]
    assert sure(learnt(folder, text, world)) == facts


def test_a_list_is_read_with_what_introduces_it(folder: Path, world: World) -> None:
    proposals = learnt(folder, "The Finance Office heads:\n\n- tax collection\n- procurement\n", world)
    assert sure(proposals) == {("Finance Office", "tax collection"), ("Finance Office", "procurement")}
    assert proposals.facts[0].quote.text == "The Finance Office heads:\n\n- tax collection"


TABLES = {
    "pipes": (
        "| Sector | Lead | Since |\n|---|---|---|\n| north | **Finland** | 2020 |\n| east | Latvia, Greece | 2021 |\n"
    ),
    "html": (
        "<table><tr><th>Lead</th><th>Sector</th></tr><tr><td>Finland</td><td>north</td></tr>"
        "<tr><td>Latvia</td><td rowspan=2>east</td></tr><tr><td>Greece</td></tr></table>"
    ),
    "items": "Lead nations by sector:\n- Finland: north\n- Latvia: east, west\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_its_rows_as_facts(name: str, folder: Path, world: World) -> None:
    proposals = learnt(folder, TABLES[name], world)
    facts = {(fact.subject, fact.object) for fact in proposals.facts}
    others = {("Latvia", "west")} if name == "items" else {("Greece", "east")}
    assert facts == {("Finland", "north"), ("Latvia", "east"), *others}
    quote = next(fact.quote.text for fact in proposals.facts if fact.subject == "Finland")
    assert "Finland" in quote and "north" in quote and "Latvia" not in quote


def test_a_cell_that_spans_rows_is_quoted_with_each() -> None:
    text = "<table><tr><td rowspan=2>x</td><td>y &amp; z</td></tr>\n<tr><td>q</td></tr></table>"
    [table] = find_tables(text)
    assert [row.cells for row in table.rows] == [("x", "y & z"), ("x", "q")]
    assert text[table.rows[1].start : table.rows[1].end].startswith("<tr><td rowspan=2>x")


def test_brackets_give_other_names(folder: Path, world: World) -> None:
    text = "The World Transport Office (WTO) leads the ferries. WTO also leads the Water, Roads and Air (WRA) Sector."
    proposals = learnt(folder, text, world)
    names = {entity.name: entity.aliases for entity in proposals.entities}
    assert {"World Transport Office", "WTO"} == {n for name in names for n in (name, *names[name])} & {
        "World Transport Office",
        "WTO",
    }
    assert len({fact.subject for fact in proposals.facts}) == 1
    assert "WRA" in names["Water, Roads and Air"]


def test_other_names_that_are_given_become_aliases(folder: Path, world: World) -> None:
    proposals = learnt(folder, "The Mill Office, also known as the Old Mill, leads the ferries.", world)
    assert [entity.aliases for entity in proposals.entities if entity.name == "Mill Office"] == [("Old Mill",)]
    assert sure(proposals) == {("Mill Office", "ferries")}


def test_brackets_add_to_the_names_of_the_vocabulary(folder: Path, world: World) -> None:
    started(folder, "The Mill Office (MO) leads the ferries.")
    path = folder / "vocabulary.yaml"
    path.write_text(
        path.read_text("utf-8").replace("entities: {}", "entities: {organisation: {Mill Office: {}}}"), "utf-8"
    )
    corpus = load_corpus(folder, induce=False)
    proposals = Learner(corpus, world).learn()
    assert [(alias.entity, alias.alias) for alias in proposals.aliases] == [("Mill Office", "MO")]
    write_proposals(corpus, replace(proposals, entities=(), facts=()))
    assert accept(folder) == Accepted(0, 1, 0)
    assert load_corpus(folder, induce=False).entities["Mill Office"].aliases == ("MO",)


def test_places_and_what_is_announced_get_their_kinds(folder: Path, world: World) -> None:
    text = "Acme will be the leader for markets such as China and Japan. Acme leads tunnel rescue in Peru."
    proposals = learnt(folder, text, world)
    kinds = {entity.name: entity.kind for entity in proposals.entities}
    assert (kinds["Acme"], kinds["China"], kinds["tunnel rescue"]) == ("organisation", "region", "field")
    assert [fact.open for fact in proposals.facts] == [True, True, False]
    assert proposals.facts[2].label == "tunnel rescue in Peru"


# Names in the place of a subject or an object, and their kinds.
KINDS = {
    "a person": ("The trams are led by Ada Lindqvist.", "Ada Lindqvist", "person"),
    "a person with a title": ("Dr Ada Price heads the trams.", "Ada Price", "person"),
    "a person by the word": ("The director of the Harbour Office is Ottoline Price.", "Ottoline Price", "person"),
    "an organisation by its head": (
        "Ada Lindqvist heads the Department of Emergency Services.",
        "Department of Emergency Services",
        "organisation",
    ),
    "an organisation with a place": ("The trams are led by Norway Crossing.", "Norway Crossing", "organisation"),
    "an organisation with an ordinary word": (
        "The trams are led by Verdane Computing.",
        "Verdane Computing",
        "organisation",
    ),
    "an organisation of one word": ("The trams are led by Verdane.", "Verdane", "organisation"),
    "a field beside an organisation": ("The Parks Office leads the trams.", "trams", "field"),
}


@pytest.mark.parametrize("name", KINDS)
def test_names_get_the_kinds_of_the_skeleton(name: str, folder: Path, world: World) -> None:
    text, entity, kind = KINDS[name]
    assert {each.name: each.kind for each in learnt(folder, text, world).entities}[entity] == kind


def test_the_heads_of_a_table_tell_people_from_what_they_lead(folder: Path, world: World) -> None:
    table = (
        "| District | District manager | Office |\n| --- | --- | --- |\n"
        "| Northgate | Ottoline Price | 3 Mill Lane |\n| Old Harbour | Ada Lind | Customs House |\n"
    )
    proposals = learnt(folder, table, world)
    assert sure(proposals) == {("Ottoline Price", "Northgate"), ("Ada Lind", "Old Harbour")}
    assert {each.kind for each in proposals.entities if each.name in ("Ottoline Price", "Ada Lind")} == {"person"}


def test_a_number_that_nothing_has_is_read_over(folder: Path, world: World) -> None:
    text = "Work package 1 is led by Acme. Snow clearing is led by Bolt. Task 2.2, snow clearing, is led by Bolt."
    assert sure(learnt(folder, text, world)) == {("Acme", "work package 1"), ("Bolt", "snow clearing")}


def test_columns_that_nothing_says_to_lead_are_doubtful(folder: Path, world: World) -> None:
    table = "| Sector | Office |\n| --- | --- |\n| Northgate | 3 Mill Lane |\n"
    [fact] = learnt(folder, table, world).facts
    assert not fact.sure and "head of the table" in fact.why


def test_a_row_is_about_one_thing_but_for_commas(folder: Path, world: World) -> None:
    table = "| Task | Lead |\n| --- | --- |\n| fuel and oil | Acme |\n| trams, ferries and roads | Bolt and Crane |\n"
    assert sure(learnt(folder, table, world)) == {
        ("Acme", "fuel and oil"),
        *((lead, task) for lead in ("Bolt", "Crane") for task in ("trams", "ferries", "roads")),
    }


@pytest.mark.parametrize(("dates", "sures"), [(("", ""), False), (("2024", "2025"), True)])
def test_of_documents_without_dates_none_is_believed(
    dates: tuple[str, str], sures: bool, folder: Path, world: World
) -> None:
    paths = []
    for name, text in (("old.txt", "Acme leads the ferries."), ("new.txt", "Bolt leads the ferries.")):
        paths.append(folder.parent / name)
        paths[-1].write_text(text, "utf-8")
    create_corpus(folder, paths)
    corpus = load_corpus(folder, induce=False)
    documents = zip(corpus.documents.values(), dates, strict=True)
    corpus = replace(corpus, documents={document.id: replace(document, date=date) for document, date in documents})
    facts = Learner(corpus, world).learn().facts
    assert [fact.sure for fact in facts] == [sures, sures]
    assert all(("date their documents" in fact.why) is not sures for fact in facts)


def test_rivals_for_one_thing_are_doubtful_with_the_mend(folder: Path, world: World) -> None:
    proposals = learnt(folder, "Acme leads the ferries. In the north, Bolt leads the ferries.", world)
    assert [fact.sure for fact in proposals.facts] == [False, False]
    assert "'Bolt'" in proposals.facts[0].why and "qualify both" in proposals.facts[0].why


# Measured: the documents and the vocabulary of a shipped corpus, its facts taken out, against those facts.
def measured(
    corpus: Corpus, facts: Sequence[FactProposal], names: Mapping[tuple[str, ...], str]
) -> tuple[float, float]:
    """Precision and recall over pairs of subject and object; a name counts as the entity that it is an alias of."""
    stated = {(fact.subject, fact.object) for fact in corpus.facts.values() if fact.predicate == "leads"}
    pairs = [(fact.subject, fact.object) for fact in facts if fact.predicate == "leads"]
    found = {tuple(names.get(key_of(name), name) for name in pair) for pair in pairs}
    return len(found & stated) / len(found), len(found & stated) / len(stated)


@pytest.mark.parametrize("corpus_id", ["alliance", "clusters"])
def test_the_facts_of_a_shipped_corpus_are_learnt_from_its_documents(corpus_id: str, world: World) -> None:
    corpus = load_corpus(find_corpus(corpus_id))
    proposals = Learner(replace(corpus, facts={}), world).learn()
    for facts in (proposals.facts, [fact for fact in proposals.facts if fact.sure]):
        precision, recall = measured(corpus, facts, {})
        assert precision >= 0.95
        assert recall >= 0.90


# From kinds and predicates alone, without a single name. The notes on clusters hold names with commas in them
# ("housing, land and property"), which nothing tells from lists.
@pytest.mark.parametrize(("corpus_id", "least"), [("alliance", (0.95, 0.90)), ("clusters", (0.70, 0.85))])
def test_the_facts_are_learnt_without_any_names(corpus_id: str, least: tuple[float, float], world: World) -> None:
    corpus = load_corpus(find_corpus(corpus_id))
    names = {key_of(name): e.name for e in corpus.entities.values() for name in (e.name, *e.aliases)}
    bare = replace(corpus, facts={}, entities={}, group="", topics=())
    precision, recall = measured(corpus, Learner(bare, world).learn().facts, names)
    assert (precision >= least[0], recall >= least[1]) == (True, True)


def test_qualifiers_are_learnt(world: World) -> None:
    corpus = load_corpus(find_corpus("alliance"))
    facts = {fact.object: fact for fact in Learner(replace(corpus, facts={}), world).learn().facts}
    stated = {fact.object: fact for fact in corpus.facts_of("leads")}
    assert {name: facts[name].qualifiers for name in stated} == {name: stated[name].qualifiers for name in stated}


# The file, and accepting


NOTICE = "The Harbour Office leads the ferries and the lighthouse. Until 2019 Acme led the cemeteries."


def proposed(folder: Path, world: World, text: str = NOTICE) -> Path:
    corpus = started(folder, text)
    return write_proposals(corpus, Learner(corpus, world).learn())


def test_what_is_accepted_comes_into_the_corpus_once(folder: Path, world: World) -> None:
    proposed(folder, world)
    assert accept(folder) == Accepted(entities=3, aliases=0, facts=2)
    corpus = load_corpus(folder, induce=False)
    assert {(fact.subject, fact.object) for fact in corpus.facts.values()} == {
        ("Harbour Office", "ferries"),
        ("Harbour Office", "lighthouse"),
    }
    assert corpus.facts["harbour-office-ferries"].label == "the ferries"
    assert accept(folder) == Accepted(0, 0, 0)
    again = Learner(corpus, world).learn()
    assert [(fact.subject, fact.sure) for fact in again.facts] == [("Acme", False)]


def test_comments_stay_and_values_stay_as_they_are_written(folder: Path, world: World) -> None:
    proposed(folder, world)
    path = folder / "vocabulary.yaml"
    path.write_text(
        path.read_text("utf-8").replace("entities: {}", "entities:\n  field:\n    No: {}  # kept\n"), "utf-8"
    )
    accept(folder)
    text = path.read_text("utf-8")
    assert "    No: {}  # kept\n    ferries: {}\n" in text
    before = (SKELETON / "vocabulary.yaml").read_text("utf-8")
    assert [line for line in before.splitlines() if line.startswith("#") and line not in text] == []


def test_decisions_are_kept_when_it_is_learnt_again(folder: Path, world: World) -> None:
    path = proposed(folder, world)
    path.write_text(path.read_text("utf-8").replace("accept: yes", "accept: no"), "utf-8")
    corpus = load_corpus(folder, induce=False)
    write_proposals(corpus, Learner(corpus, world).learn())
    assert "accept: yes" not in path.read_text("utf-8")
    assert accept(folder) == Accepted(0, 0, 0)


def test_what_is_no_longer_doubtful_is_decided_anew(folder: Path, world: World) -> None:
    path = proposed(folder, world, "Until 2019 Acme led the cemeteries.")
    assert "accept: yes" not in path.read_text("utf-8")
    (folder / "notice.txt").write_text("Acme leads the cemeteries.", "utf-8")
    corpus = load_corpus(folder, induce=False)
    write_proposals(corpus, Learner(corpus, world).learn())
    assert accept(folder) == Accepted(entities=2, aliases=0, facts=1)


def test_an_entity_may_be_renamed_before_it_is_accepted(folder: Path, world: World) -> None:
    path = proposed(folder, world)
    text = path.read_text("utf-8")
    renamed = text.replace("  name: Harbour Office\n", "  name: Port Office\n  aliases: [Harbour Office]\n")
    path.write_text(renamed, "utf-8")
    accept(folder)
    assert {fact.subject for fact in load_corpus(folder, induce=False).facts.values()} == {"Port Office"}


def test_a_relation_that_a_fact_is_given_comes_into_the_vocabulary(folder: Path, world: World) -> None:
    path = proposed(folder, world)
    text = path.read_text("utf-8")
    assert "predicate: leads" in text
    path.write_text(text.replace("predicate: leads", "predicate: runs"), "utf-8")
    assert accept(folder).facts == 2
    corpus = load_corpus(folder, induce=False)
    runs = corpus.predicates["runs"]
    assert (runs.subject_kinds, runs.object_kinds) == (("organisation",), ("field",))
    assert {fact.predicate for fact in corpus.facts.values()} == {"runs"}
    assert accept(folder) == Accepted(0, 0, 0)


FAULTS = {
    "an entity that is not accepted": (
        ("- accept: yes\n  name: ferries", "- accept: no\n  name: ferries"),
        ["'harbour-office-ferries'", "needs the entity 'ferries'", "Accept it, too"],
    ),
    "no answer": (
        ("- accept: yes\n  name: ferries", "- accept: maybe\n  name: ferries"),
        ["must be yes or no", "'maybe'"],
    ),
    "a quote that was changed": (
        ("  quote: The Harbour Office leads", "  quote: The Harbour Office heads"),
        ["not verbatim", "Copy it exactly"],
    ),
    "a kind that there is none of": (("kind: field", "kind: filed"), ["unknown kind 'filed'", "Did you mean 'field'?"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_hold_together_changes_nothing(name: str, folder: Path, world: World) -> None:
    path = proposed(folder, world)
    (old, new), parts = FAULTS[name]
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(CorpusContentError) as raised:
        accept(folder)
    assert all(part in str(raised.value) for part in parts), str(raised.value)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_without_proposals_it_is_told_how_to_get_them(folder: Path) -> None:
    started(folder, NOTICE)
    with pytest.raises(CorpusFileError, match="wholeads corpus learn"):
        accept(folder)


def test_proposals_are_no_part_of_the_corpus(folder: Path, world: World) -> None:
    sha256 = started(folder, NOTICE).sha256
    create = load_corpus(folder, induce=False)
    write_proposals(create, Learner(create, world).learn())
    assert (folder / PROPOSALS).is_file()
    assert load_corpus(folder, induce=False).sha256 == sha256


# Starting


def test_the_skeleton_loads_and_its_document_states_its_facts(folder: Path, world: World) -> None:
    create_corpus(folder)
    corpus = load_corpus(folder, induce=False)
    coverage = cover(corpus, world)
    assert (corpus.id, len(corpus.facts)) == ("town", 5)
    assert (coverage.backed, coverage.stated, coverage.problems) == (5, 5, ())


def test_nothing_is_overwritten(folder: Path) -> None:
    create_corpus(folder)
    with pytest.raises(CorpusFileError, match="not empty"):
        create_corpus(folder)


def test_a_document_that_is_not_there_starts_nothing(folder: Path) -> None:
    with pytest.raises(CorpusFileError, match=r"gone\.txt: is no file"):
        create_corpus(folder, [folder.parent / "gone.txt"])
    assert not folder.exists()


# Coverage


def test_what_is_stated_and_no_fact_is_told_with_its_line(folder: Path, world: World) -> None:
    proposed(folder, world, NOTICE + "\n\nSnow clearing is led by the Works Department.")
    path = folder / PROPOSALS
    path.write_text(path.read_text("utf-8").replace("- accept: yes\n  id: works", "- accept: no\n  id: works"), "utf-8")
    accept(folder)
    coverage = cover(load_corpus(folder, induce=False), world)
    [problem] = coverage.problems
    assert (problem.severity, problem.file, problem.line) == (Severity.WARNING, "notice.txt", 3)
    assert "Works Department | leads | snow clearing" in problem.message
    assert (coverage.stated, coverage.backed) == (3, 2)


def test_a_fact_against_its_own_quote_is_an_error(folder: Path, world: World) -> None:
    create_corpus(folder)
    text = "The Harbour Office leads the ferries, not the Parks Office."
    (folder / "notice.txt").write_text(text, "utf-8")
    fact = f'{{id: a, subject: Parks Office, predicate: leads, object: ferries, quote: "{text}"}}'
    (folder / "facts.yaml").write_text(f"facts:\n  - {fact}\n", "utf-8")
    errors = [p for p in cover(load_corpus(folder, induce=False), world).problems if p.severity is Severity.ERROR]
    assert [(error.file, error.line) for error in errors] == [("facts.yaml", 2)]
    assert "gives 'ferries' to 'Harbour Office', not to 'Parks Office'" in errors[0].message


VALUES = """predicates:
  leads: {subject: [organisation], object: [field], functional: true}
  employs: {subject: [organisation], object: [number], words: [employ, employees, staff]}
  was founded in: {subject: [organisation], object: [date], words: [founded]}
"""


def with_values(folder: Path, text: str, world: World) -> Sequence[FactProposal]:
    """What is learnt where the vocabulary has predicates with numbers and dates."""
    started(folder, text, "notice.md")
    path = folder / "vocabulary.yaml"
    before, _, _ = path.read_text(encoding="utf-8").partition("predicates:\n")
    path.write_text(before + VALUES, encoding="utf-8")
    return Learner(load_corpus(folder, induce=False), world).learn().facts


def test_values_are_learnt_from_sentences_and_tables(folder: Path, world: World) -> None:
    text = """The Harbour Office leads the ferries. The Harbour Office employs 6,240 people. It was founded in 1921.

| Office       | Founded | Staff |
| ------------ | ------- | ----- |
| Parks Office | 1958    | 40    |
| Works Office | 2001    | none  |
"""
    found = {(fact.subject, fact.predicate, fact.object, fact.label) for fact in with_values(folder, text, world)}
    assert found == {
        ("Harbour Office", "leads", "ferries", "the ferries"),
        ("Harbour Office", "employs", "6,240", "6,240 people"),
        ("Harbour Office", "was founded in", "1921", ""),
        ("Parks Office", "was founded in", "1958", ""),
        ("Parks Office", "employs", "40", ""),
        ("Works Office", "was founded in", "2001", ""),
    }


def test_a_deputy_is_not_learnt_as_the_lead(folder: Path, world: World) -> None:
    text = """The Harbour Office is the deputy lead for ferries.

| Task          | Lead office  | Deputy lead  |
| ------------- | ------------ | ------------ |
| snow clearing | Works Office | Parks Office |
"""
    assert [fact.subject for fact in with_values(folder, text, world)] == ["Works Office"]


def test_what_is_somebodys_responsibility_is_led_by_them(folder: Path, world: World) -> None:
    found = with_values(folder, "Snow clearing is the responsibility of the Works Office.", world)
    assert [(fact.subject, fact.object) for fact in found] == [("Works Office", "snow clearing")]


def test_values_are_accepted_without_an_entity(folder: Path, world: World) -> None:
    with_values(folder, "The Harbour Office leads the ferries. The Harbour Office employs 6,240 people.", world)
    draft = load_corpus(folder, induce=False)
    write_proposals(draft, Learner(draft, world).learn())
    assert accept(folder) == Accepted(facts=2, entities=2, aliases=0)
    (staff,) = load_corpus(folder, induce=False).facts_of("employs")
    assert (staff.object, staff.object_kind, staff.label) == ("6,240", "number", "6,240 people")
