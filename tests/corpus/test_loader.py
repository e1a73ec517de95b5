"""The loader: what a folder becomes, and that each fault is told with its file, its place and its mend."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import CorpusContentError, CorpusError, CorpusFileError, CorpusNotFound
from corpus.files import DEEPEST, LARGEST, Section, read_text, read_yaml
from corpus.loader import SHIPPED, find_corpus, folder_sha256, load_corpus, shipped_corpora
from tests.corpus.conftest import FERRIES, REPORT, CityFolder

Spoil = Callable[[CityFolder], Any]


def test_a_folder_becomes_a_corpus(city: CityFolder) -> None:
    corpus = city.load()
    assert (corpus.id, corpus.title, corpus.language, corpus.group) == (
        "city", "Who runs what in Port Avon", "en", "Council",
    )  # fmt: skip
    assert corpus.folder == city.path
    assert corpus.sha256 == folder_sha256(city.path)
    assert corpus.examples == ("Who runs the ferries?",)
    document = corpus.documents["report"]
    assert (document.text, document.date, document.language) == (REPORT, "2020-05", "en")
    assert document.sha256 == hashlib.sha256(REPORT.encode()).hexdigest()
    assert {passage.heading for passage in corpus.passages.values()} == {"Yearly report"}
    assert corpus.entities["green spaces"].covers == ("botanical garden", "meadows")
    assert corpus.entities["Parks Office"].kind == "office"
    assert [fact.id for fact in corpus.facts_of("runs")] == ["ferries", "light", "meadows"]


def test_a_quote_is_found_by_its_name_or_by_its_words(city: CityFolder) -> None:
    facts = city.load().facts
    start = REPORT.index(FERRIES)
    for name in ("ferries", "light"):
        assert facts[name].quote.text == FERRIES
        assert (facts[name].quote.start, facts[name].quote.end) == (start, start + len(FERRIES))


@pytest.mark.parametrize("wrapped", [" ", "\n", "  \n\t"])
def test_a_quote_is_found_however_its_document_is_wrapped(wrapped: str, city: CityFolder) -> None:
    said = wrapped.join(FERRIES.rsplit(" ", 3))
    city.documents["report.txt"] = text = REPORT.replace(FERRIES, said)
    city.fact("light").update(quote="  " + "\n ".join(FERRIES.split()))
    corpus = city.load()
    for name in ("ferries", "light"):
        quote = corpus.facts[name].quote
        assert quote.text == said == text[quote.start : quote.end]


def test_an_exact_quote_goes_before_one_that_is_wrapped_otherwise(city: CityFolder) -> None:
    city.documents["report.txt"] = FERRIES.replace(" ", "\n") + "\n\n" + REPORT
    assert city.load().facts["ferries"].quote.text == FERRIES


NEAR = {
    "a part of a sentence": ("and the lighhouse", "and the lighthouse"),
    "another word inside": (FERRIES.replace("runs the", "runs both the"), FERRIES),
    "nothing like it": ("Quails sing at dusk in Xanadu.", ""),
}


@pytest.mark.parametrize("name", NEAR)
def test_the_nearest_words_are_told_for_a_quote_that_is_not_there(name: str, city: CityFolder) -> None:
    written, near = NEAR[name]
    city.fact("light").update(quote=written)
    [problem] = city.problems()
    assert problem.endswith(f"Copy it exactly. Did you mean {near!r}?" if near else "Copy it exactly.")


def test_what_is_left_out_has_its_usual_value(city: CityFolder) -> None:
    city.about["documents"][0].pop("title")
    corpus = city.load()
    assert corpus.documents["report"].title == "report"
    assert corpus.kinds["office"].plural == "offices"
    assert corpus.kinds["service"].words[:2] == ("service", "duty")
    assert corpus.facts["ferries"].label == corpus.facts["ferries"].object == "ferries"
    assert corpus.facts["ferries"].object_kind == "service"
    assert not corpus.facts["ferries"].open
    assert corpus.predicates["runs"].words[:3] == ("runs", "run", "in charge of")


def test_a_predicate_may_have_patterns(city: CityFolder) -> None:
    city.vocabulary["predicates"]["runs"]["patterns"] = ["Whose turf is {object}?", "{object} is on {subject}'s turf"]
    predicate = city.load().predicates["runs"]
    assert predicate.patterns == ("Whose turf is {object}?", "{object} is on {subject}'s turf")
    assert [text.split() for text in predicate.pattern_words] == [
        ["Whose", "turf", "is", "?"],
        ["is", "on", "'s", "turf"],
    ]


def test_values_are_what_is_written(city: CityFolder) -> None:
    written = yaml.safe_dump(city.vocabulary)
    aliases = "[No, on, null, 12:30, 1.10, 007, 2020-05-27]"
    changed = re.sub(r"aliases:\n\s+- 'No'\n\s+- 10:30 club", f"aliases: {aliases}", written)
    city.raw["vocabulary.yaml"] = changed.encode()
    assert city.load().entities["Council"].aliases == ("No", "on", "null", "12:30", "1.10", "007", "2020-05-27")


def test_line_ends_and_byte_order_marks_are_no_part_of_a_text(city: CityFolder) -> None:
    city.raw["report.txt"] = b"\xef\xbb\xbf" + REPORT.replace("\n", "\r\n").encode()
    assert city.load().documents["report"].text == REPORT


def test_a_fact_may_name_its_document(city: CityFolder) -> None:
    city.documents["reprint.txt"] = "Reprinted. " + FERRIES
    city.about["documents"].append({"id": "reprint", "file": "reprint.txt"})
    city.fact("light")["document"] = "reprint"
    facts = city.load().facts
    assert (facts["ferries"].quote.document_id, facts["light"].quote.document_id) == ("report", "reprint")
    assert facts["light"].quote.start == len("Reprinted. ")


# Faults in what the files say: how to spoil the corpus, and what the message holds.
CONTENT: dict[str, tuple[Spoil, list[str]]] = {
    "unknown subject": (
        lambda c: c.fact("ferries").update(subject="Harbor Office"),
        ["facts.yaml", "'ferries'", "unknown entity 'Harbor Office'", "Did you mean 'Harbour Office'?"],
    ),
    "unknown object": (
        lambda c: c.fact("ferries").update(object="ferrys"),
        ["facts.yaml", "'ferries'", "'ferrys'", "Did you mean 'ferries'?"],
    ),
    "unknown entity unlike any": (
        lambda c: c.fact("ferries").update(subject="Xyzzy"),
        ["facts.yaml", "unknown entity 'Xyzzy'", "Add it"],
    ),
    "unknown entity in a qualifier": (
        lambda c: c.fact("light").update(qualifiers={"service": ["boat"]}),
        ["facts.yaml", "'light'", "unknown entity 'boat'"],
    ),
    "unknown kind of qualifier": (
        lambda c: c.fact("light").update(qualifiers={"servise": ["ferries"]}),
        ["facts.yaml", "'light'", "qualifiers", "'servise'", "Did you mean 'service'?"],
    ),
    "unknown predicate": (
        lambda c: c.fact("light").update(predicate="run"),
        ["facts.yaml", "'light'", "unknown predicate 'run'", "Did you mean 'runs'?"],
    ),
    "unknown kind of a predicate's subject": (
        lambda c: c.vocabulary["predicates"]["runs"].update(subject=["ofice"]),
        ["vocabulary.yaml", "'runs'", "subject", "unknown kind 'ofice'", "Did you mean 'office'?"],
    ),
    "unknown slot of a pattern": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["Where does {objct} come from?"]),
        ["vocabulary.yaml", "'runs'", "patterns", "'Where does {objct} come from?'", "Did you mean 'object'?"],
    ),
    "unknown slot unlike any": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["{subject} hands out {}"]),
        ["vocabulary.yaml", "'runs'", "unknown slot ''", "Write {subject} or {object}"],
    ),
    "pattern without a slot": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["Who is it?"]),
        ["vocabulary.yaml", "'runs'", "patterns", "'Who is it?'", "has no slot", "{subject}, {object} or both"],
    ),
    "pattern with a slot that is not closed": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["{subject} hands out {object"]),
        ["vocabulary.yaml", "'runs'", "patterns", "a brace", "Close it"],
    ),
    "pattern with a slot twice": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["{object} after {object}"]),
        ["vocabulary.yaml", "'runs'", "patterns", "{object} twice", "once"],
    ),
    "pattern without a word of its own": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=["Who has the {object}?"]),
        ["vocabulary.yaml", "'runs'", "patterns", "'Who has the {object}?'", "no word of its own", "Write the words"],
    ),
    "patterns that are no texts": (
        lambda c: c.vocabulary["predicates"]["runs"].update(patterns=[{"object": "come"}]),
        ["vocabulary.yaml", "'runs'", "patterns", "a list of texts"],
    ),
    "unknown kind of entities": (
        lambda c: c.vocabulary["entities"].update(servises={"bridge": {}}),
        ["vocabulary.yaml", "unknown kind 'servises'", "Did you mean 'service'?"],
    ),
    "unknown entity covered": (
        lambda c: c.vocabulary["entities"]["service"]["green spaces"].update(covers=["medows"]),
        ["vocabulary.yaml", "'green spaces'", "covers", "'medows'", "Did you mean 'meadows'?"],
    ),
    "entity that covers itself": (
        lambda c: c.vocabulary["entities"]["service"].update(
            lawns={"covers": ["parks"]}, parks={"covers": ["green spaces", "lawns"]}
        ),
        ["vocabulary.yaml", "'lawns'", "covers", "itself", "narrower"],
    ),
    "unknown group": (
        lambda c: c.about.update(group="Counsil"),
        ["corpus.yaml", "group", "'Counsil'", "Did you mean 'Council'?"],
    ),
    "unknown document of a fact": (
        lambda c: c.fact("light").update(document="raport"),
        ["facts.yaml", "'light'", "unknown document 'raport'", "Did you mean 'report'?"],
    ),
    "unknown key of an entity": (
        lambda c: c.vocabulary["entities"]["office"].update({"Parks Office": {"alias": ["Parks"]}}),
        ["vocabulary.yaml", "'Parks Office'", "unknown key 'alias'", "Did you mean 'aliases'?"],
    ),
    "unknown key of a fact": (
        lambda c: c.fact("light").update(qualifier={"date": ["2019"]}),
        ["facts.yaml", "'light'", "unknown key 'qualifier'", "Did you mean 'qualifiers'?"],
    ),
    "unknown key of the corpus": (
        lambda c: c.about.update(zzz="1"),
        ["corpus.yaml", "unknown key 'zzz'", "Known are id, title"],
    ),
    "quote not verbatim": (
        lambda c: c.fact("light").update(quote=FERRIES.replace("runs", "ran")),
        [
            "facts.yaml",
            "'light'",
            "not verbatim",
            "The Harbour Office ran",
            "Copy it exactly",
            f"Did you mean '{FERRIES}'?",
        ],
    ),
    "misspelt name of a quote": (
        lambda c: c.fact("ferries").update(quote="ferry"),
        ["facts.yaml", "'ferries'", "'ferry'", "Did you mean 'ferries'?"],
    ),
    "quote from another document": (
        lambda c: (
            c.documents.update({"b.txt": "Else."}),
            c.about["documents"].append({"id": "b", "file": "b.txt"}),
            c.fact("light").update(document="b"),
        ),
        ["facts.yaml", "'light'", "not verbatim"],
    ),
    "quote does not name the subject": (
        lambda c: c.fact("meadows").pop("subject_as"),
        ["facts.yaml", "'meadows'", "does not name 'Parks Office'", "Quote the sentence"],
    ),
    "quote does not name the object": (
        lambda c: c.fact("light").update(object="botanical garden"),
        ["facts.yaml", "'light'", "does not name 'botanical garden'"],
    ),
    "quote does not hold the words said to stand for the subject": (
        lambda c: c.fact("meadows").update(subject_as="they"),
        ["facts.yaml", "'meadows'", "does not name 'Parks Office'"],
    ),
    "quote does not hold the date": (
        lambda c: c.fact("meadows").update(qualifiers={"date": ["2020"]}),
        ["facts.yaml", "'meadows'", "does not name '2020'"],
    ),
    "subject of the wrong kind": (
        lambda c: c.fact("light").update(subject="ferries"),
        ["facts.yaml", "'light'", "subject 'ferries'", "kind 'service'", "'runs' takes office"],
    ),
    "object of the wrong kind": (
        lambda c: c.fact("light").update(object="Harbour Office"),
        ["facts.yaml", "'light'", "object 'Harbour Office'", "kind 'office'", "takes service"],
    ),
    "literal where an entity belongs": (
        lambda c: c.fact("light").update(object="lighthouse", object_kind="number"),
        ["facts.yaml", "'light'", "kind 'number'", "takes service"],
    ),
    "fact id twice": (
        lambda c: c.fact("light").update(id="ferries"),
        ["facts.yaml", "'ferries'", "stands twice", "its own id"],
    ),
    "fact without a quote": (
        lambda c: c.fact("light").pop("quote"),
        ["facts.yaml", "'light'", "quote missing", "Add it"],
    ),
    "fact without an id": (lambda c: c.fact("light").pop("id"), ["facts.yaml: fact 2", "id missing"]),
    "fact that is a text": (lambda c: c.facts.append("ferries"), ["facts.yaml: fact 4", "a mapping", "'ferries'"]),
    "fact that is nothing": (lambda c: c.facts.append(""), ["facts.yaml: fact 4", "missing"]),
    "fact id that is a list": (lambda c: c.fact("light").update(id=["a"]), ["facts.yaml: fact 2", "id", "one text"]),
    "qualifiers that are a list": (
        lambda c: c.fact("light").update(qualifiers=["2019"]),
        ["facts.yaml", "'light'", "qualifiers", "mapping"],
    ),
    "open that is neither": (
        lambda c: c.fact("light").update(open="perhaps"),
        ["facts.yaml", "'light'", "open", "true or false", "'perhaps'"],
    ),
    "alias of two entities": (
        lambda c: c.vocabulary["entities"]["office"].update({"Parks Office": {"aliases": ["port-office"]}}),
        ["vocabulary.yaml", "'port-office'", "'Harbour Office'", "'Parks Office'", "Remove one"],
    ),
    "name that is another's alias": (
        lambda c: c.vocabulary["entities"]["service"].update(Boats={}),
        ["vocabulary.yaml", "'Boats'", "'ferries'"],
    ),
    "name under two kinds": (
        lambda c: c.vocabulary["entities"]["body"].update(ferries={}),
        ["vocabulary.yaml", "'ferries'", "'service'", "'body'", "Rename one"],
    ),
    "alias of marks alone": (
        lambda c: c.vocabulary["entities"]["body"]["Council"].update(aliases=["—"]),
        ["vocabulary.yaml", "'Council'", "'—'", "Remove it"],
    ),
    "two leaders of one thing": (
        lambda c: c.facts.append(
            {**c.fact("ferries"), "id": "other", "subject": "Parks Office", "subject_as": "Harbour Office"}
        ),
        ["facts.yaml", "'other'", "conflicts with 'ferries'", "Harbour Office", "Parks Office", "qualify both"],
    ),
    "complement's quote not verbatim": (
        lambda c: c.vocabulary["predicates"]["runs"].update(complement="helps", complement_quote="The rest helps."),
        ["vocabulary.yaml", "'runs'", "complement_quote", "The rest helps.", "Copy it exactly"],
    ),
    "aliases that are a number": (
        lambda c: c.vocabulary["entities"]["body"]["Council"].update(aliases={"a": 5}),
        ["vocabulary.yaml", "'Council'", "aliases", "a list of texts", "{'a': '5'}"],
    ),
    "aliases with a list inside": (
        lambda c: c.vocabulary["entities"]["body"]["Council"].update(aliases=["x", ["y"]]),
        ["vocabulary.yaml", "'Council'", "aliases", "a list of texts"],
    ),
    "entities of a kind that are a list": (
        lambda c: c.vocabulary["entities"].update(body=["Council"]),
        ["vocabulary.yaml", "body", "a mapping by name", "['Council']"],
    ),
    "entities that are a list": (
        lambda c: c.vocabulary.update(entities=["Council"]),
        ["vocabulary.yaml", "entities", "a mapping by name"],
    ),
    "kinds that are a list": (
        lambda c: c.vocabulary.update(kinds=["office"]),
        ["vocabulary.yaml", "kinds", "a mapping by name"],
    ),
    "kind that is a text": (
        lambda c: c.vocabulary["kinds"].update(office="offices"),
        ["vocabulary.yaml", "kind 'office'", "a mapping", "'offices'"],
    ),
    "predicate that is nothing": (
        lambda c: c.vocabulary["predicates"].update(closes=""),
        ["vocabulary.yaml", "predicate 'closes'", "'subject' is missing", "Add it"],
    ),
    "verb that is a text": (
        lambda c: c.vocabulary["predicates"]["runs"].update(verb="run"),
        ["vocabulary.yaml", "'runs'", "verb", "a mapping"],
    ),
    "facts that are a mapping": (
        lambda c: c.raw.update({"facts.yaml": b"facts: {a: {id: a}}"}),
        ["facts.yaml", "facts", "a list"],
    ),
    "quotes that are a list": (
        lambda c: c.raw.update({"facts.yaml": b"quotes: [a]\nfacts: [{id: a}]"}),
        ["facts.yaml", "quotes", "a mapping"],
    ),
    "documents that are a text": (
        lambda c: c.about.update(documents="report.txt"),
        ["corpus.yaml", "documents", "a list", "'report.txt'"],
    ),
    "document that is a text": (
        lambda c: c.about.update(documents=["report.txt"]),
        ["corpus.yaml: document 1", "a mapping", "'report.txt'"],
    ),
    "document without a file": (
        lambda c: c.about["documents"][0].pop("file"),
        ["corpus.yaml: document 1", "an id and a file", "Add them"],
    ),
    "document id twice": (
        lambda c: c.about["documents"].append({"id": "report", "file": "report.txt"}),
        ["corpus.yaml: document 2", "'report'", "stands twice"],
    ),
    "document date that is none": (
        lambda c: c.about["documents"][0].update(date="last May"),
        ["corpus.yaml: document 1", "'last May'", "2020-05-27"],
    ),
    "id that leads elsewhere": (
        lambda c: c.about.update(id="../city"),
        ["corpus.yaml", "'../city'", "letters, digits"],
    ),
    "title that is a list": (lambda c: c.about.update(title=["a"]), ["corpus.yaml", "title", "one text"]),
}


@pytest.mark.parametrize("name", CONTENT)
def test_a_fault_in_the_contents_is_told(city: CityFolder, name: str) -> None:
    spoil, parts = CONTENT[name]
    spoil(city)
    problems = city.problems()
    assert any(all(part in problem for part in parts) for problem in problems), problems
    assert len(set(problems)) == len(problems)


def test_all_faults_are_told_at_once(city: CityFolder) -> None:
    city.about["group"] = "Counsil"
    city.fact("ferries")["object"] = "ferrys"
    city.fact("light")["quote"] = "Never written."
    city.vocabulary["entities"]["body"]["Council"]["aliases"] = ["boats"]
    problems = city.problems()
    assert len(problems) == 4
    for part in ("Counsil", "ferrys", "Never written.", "'boats'"):
        assert sum(part in problem for problem in problems) == 1


def test_a_changed_leader_with_another_date_is_no_conflict(city: CityFolder) -> None:
    city.facts.append({**city.fact("meadows"), "id": "before", "subject": "Harbour Office"})
    assert "before" in city.load().facts


# Faults in a file: its name, its bytes, and what the message holds.
FILES: dict[str, tuple[str, bytes, list[str]]] = {
    "YAML that breaks off": ("facts.yaml", b"facts:\n  - {id: a", ["facts.yaml:", "not valid YAML", "Correct"]),
    "YAML with a tab": ("corpus.yaml", b"id: a\n\ttitle: b", ["corpus.yaml:2", "not valid YAML"]),
    "YAML with a control sign": ("corpus.yaml", b"id: a\n\ntitle: \x01", ["corpus.yaml:3", "not valid YAML"]),
    "YAML with a key twice": ("vocabulary.yaml", b"kinds:\n  a:\n  b:\n  a:", ["vocabulary.yaml:4", "'a'", "line 2"]),
    "YAML with a list for a key": ("facts.yaml", b"? [a]\n: b", ["facts.yaml:1", "key must be plain text"]),
    "YAML that holds itself": ("facts.yaml", b"facts: &a [*a]", ["facts.yaml:1", "no value before it", "'a'"]),
    "two documents of YAML": ("facts.yaml", b"facts: []\n---\nfacts: []", ["facts.yaml:2", "second document"]),
    "YAML nested without end": ("facts.yaml", b"facts: " + b"[" * 100_000, [f"more than {DEEPEST} levels", "flatter"]),
    "YAML that is a list": ("facts.yaml", b"- id: a", ["facts.yaml", "must be a mapping"]),
    "YAML that is empty": ("vocabulary.yaml", b"", ["vocabulary.yaml", "must be a mapping of kinds"]),
    "no documents": ("corpus.yaml", b"id: a\ntitle: b\ndocuments: []", ["corpus.yaml", "'documents'", "Add it"]),
    "other encoding": ("report.txt", "One.\nTwo.\nCafé.".encode("latin-1"), ["report.txt:3", "not UTF-8", "Save it"]),
    "UTF-16": ("report.txt", "Café.".encode("utf-16"), ["report.txt", "binary", "Save it as UTF-8 text"]),
    "binary": ("report.txt", b"PK\x03\x04\x00\x00", ["report.txt", "binary", "Save it as UTF-8 text"]),
    "no text": ("report.txt", b" \n\t\n", ["report.txt", "empty", "needs text"]),
    "YAML in another encoding": ("vocabulary.yaml", b"kinds: {a: }\nb: \xe9", ["vocabulary.yaml:2", "not UTF-8"]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fault_in_a_file_is_told(city: CityFolder, name: str) -> None:
    file, content, parts = FILES[name]
    city.raw[file] = content
    message = city.file_error()
    assert all(part in message for part in parts), message


def test_documents_alone_are_a_corpus(tmp_path: Path) -> None:
    folder = tmp_path / "Port_Avon notices"
    (folder / "2031").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "ferries_in_winter.md").write_text("# Ferries\n\nThe Aurora sails in winter.", encoding="utf-8")
    (folder / "2031" / "ferries_in_winter.txt").write_text("The Aurora is laid up.", encoding="utf-8")
    for left in ("notes.csv", ".hidden.txt", ".git/log.txt"):
        (folder / left).write_text("of no concern", encoding="utf-8")
    corpus = load_corpus(find_corpus(str(folder)))
    assert (corpus.id, corpus.title, corpus.language) == ("port_avon-notices", "Port Avon notices", "en")
    assert [document.title for document in corpus.documents.values()] == ["ferries in winter"] * 2
    assert list(corpus.documents) == ["ferries_in_winter", "ferries_in_winter-2"]
    assert (corpus.facts, corpus.entities) == ({}, {})


def test_an_empty_file_among_documents_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna runs the mill.", encoding="utf-8")
    (tmp_path / "b.txt").touch()
    assert list(load_corpus(tmp_path).documents) == ["a"]


def test_a_name_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("Anna runs the mill.", encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"xe9|udce9"):
        load_corpus(tmp_path)


def test_the_language_of_documents_alone_is_found(tmp_path: Path) -> None:
    for code, text in {
        "de": "Wer hat die Schlüssel? Die Wache gibt sie nicht heraus, und sie ist am Abend zu.",
        "fr": "Le phare est gardé par une équipe qui ne le quitte pas, et il est ouvert le soir.",
        "ja": "灯台は港の東にあります。",
    }.items():
        folder = tmp_path / code
        folder.mkdir()
        (folder / "notice.txt").write_text(text, encoding="utf-8")
        assert load_corpus(folder).language == code


def test_a_document_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("The Aurora sails.", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusFileError, match=r"bad\.txt: is binary, not text. Save it as UTF-8 text"):
        load_corpus(tmp_path)


def test_facts_that_are_not_there_are_none(city: CityFolder) -> None:
    (city.write() / "facts.yaml").unlink()
    corpus = load_corpus(city.path)
    assert corpus.predicates and not corpus.facts and not corpus.induced


def test_without_a_vocabulary_facts_are_found_in_the_documents(city: CityFolder) -> None:
    city.facts = []
    city.about.pop("group")
    (city.write() / "vocabulary.yaml").unlink()
    corpus = load_corpus(city.path)
    assert corpus.induced
    assert ("Harbour Office", "runs", "ferries") in {(f.subject, f.predicate, f.object) for f in corpus.facts.values()}


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        ("reprot.txt", ["reprot.txt", "cannot be read", "No such file", "Check its name"]),
        (".", ["no ordinary file", "Name a text file"]),
        ("../secret.txt", ["corpus.yaml", "../secret.txt", "outside the corpus", "Copy it"]),
        ("/etc/hostname", ["corpus.yaml", "/etc/hostname", "outside the corpus"]),
        ("link.txt", ["corpus.yaml", "link.txt", "outside the corpus"]),
        ("a\0b", ["corpus.yaml", "documents", "Correct it"]),
        ("x" * 5000, ["cannot be read", "too long"]),
    ],
)
def test_a_document_that_cannot_be_had_is_told(city: CityFolder, file: str, parts: list[str]) -> None:
    (city.path.parent / "secret.txt").write_text("Secret.")
    (city.write() / "link.txt").symlink_to(city.path.parent / "secret.txt")
    city.about["documents"][0]["file"] = file
    message = city.file_error()
    assert all(part in message for part in parts), message


def test_a_very_large_file_is_refused_unread(city: CityFolder) -> None:
    city.write()
    with (city.path / "report.txt").open("ab") as file:
        file.truncate(1 << 40)
    with pytest.raises(CorpusFileError, match=r"report\.txt: has 1,099,511,627,776 bytes; .* Cut it"):
        load_corpus(city.path)
    assert LARGEST < 1 << 30


def test_an_unknown_language_is_told(city: CityFolder) -> None:
    city.about["language"] = "tlh"
    message = city.file_error()
    assert all(part in message for part in ("corpus.yaml: language", "'tlh'", "Choose one of", "en"))


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "Nissan", "leads", "x\0", "—"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "words", "date"]), inner),
    max_leaves=6,
)


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a nested structure."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [found for key, value in inner for found in [(*path, key), *places(value, (*path, key))]]


@pytest.mark.slow
@settings(deadline=None, max_examples=80)
@given(st.data())
def test_whatever_stands_where_it_should_not_is_a_corpus_error_or_loads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    shutil.copytree(SHIPPED / "alliance", folder, dirs_exist_ok=True)
    name = data.draw(st.sampled_from(["corpus.yaml", "vocabulary.yaml", "facts.yaml"]))
    content = yaml.load((folder / name).read_bytes(), yaml.CBaseLoader)
    *way, last = data.draw(st.sampled_from(places(content)))
    part = content
    for key in way:
        part = part[key]
    part[last] = data.draw(SHAPES)
    (folder / name).unlink()
    (folder / name).write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True))
    try:
        corpus = load_corpus(folder)
    except CorpusError as error:
        assert str(error)
    else:
        assert all(fact.predicate in corpus.predicates for fact in corpus.facts.values())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.yaml"
    path.write_bytes(content)
    for read in (read_text, read_yaml):
        try:
            read(path)
        except CorpusFileError as error:
            assert str(error).startswith("any.yaml")


def test_a_section_tells_what_is_not_of_its_form_once_each() -> None:
    problems: list[str] = []
    section = Section("x.yaml", {"a": ["1"], "b": "2", "c": {}}, ("a", "b", "c", "d"), problems)
    assert (section.texts("a"), section.texts("b")) == (("1",), ("2",))
    assert (section.text("b"), section.text("d", "0")) == ("2", "0")
    assert problems == []
    section.text("a"), section.flag("b"), section.needed("d"), section.entries("b")
    assert [problem.split(":")[1].split()[0] for problem in problems] == ["a", "b", "'d'", "b"]
    assert all(problem.startswith("x.yaml") for problem in problems)


# Finding a corpus, and its sha256


def test_a_corpus_is_found_by_its_folder_or_its_shipped_id(city: CityFolder) -> None:
    assert find_corpus(str(city.write())) == city.path.resolve()
    for name in shipped_corpora():
        assert find_corpus(name) == (SHIPPED / name).resolve()


@pytest.mark.parametrize("name", ["atlantis", "", "~nobody-of-this-name/x", "x" * 5000, "a\0b", "corpus.yaml"])
def test_a_corpus_that_there_is_none_of(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusNotFound) as raised:
        find_corpus(name)
    assert all(shipped in str(raised.value) for shipped in shipped_corpora())
    with pytest.raises(CorpusNotFound, match="no documents there"):
        load_corpus(tmp_path)


def test_leftovers_of_editors_change_no_sha256(city: CityFolder) -> None:
    sha256 = folder_sha256(city.write())
    for name in (".hidden", ".report.txt.swp", "facts.yaml~", "#facts.yaml#", ".#facts.yaml", "a.yaml.bak", "x.orig"):
        (city.path / name).write_text("left over")
    for folder in (".git", "__pycache__"):
        (city.path / folder).mkdir()
        (city.path / folder / "config").write_text("left over")
    assert folder_sha256(city.path) == sha256
    (city.path / "further.txt").write_text("a file of the corpus")
    assert folder_sha256(city.path) != sha256


def test_the_sha256_is_of_names_and_bytes_wherever_they_stand(city: CityFolder, tmp_path: Path) -> None:
    sha256 = city.load().sha256
    copy = tmp_path / "elsewhere" / "of-another-name"
    shutil.copytree(city.path, copy)
    assert folder_sha256(copy) == load_corpus(copy).sha256 == sha256
    (copy / "report.txt").rename(copy / "reports.txt")
    assert folder_sha256(copy) != sha256
    (copy / "reports.txt").rename(copy / "report.txt")
    assert folder_sha256(copy) == sha256


@pytest.mark.parametrize("file", ["corpus.yaml", "vocabulary.yaml", "facts.yaml", "report.txt"])
def test_one_byte_changes_the_sha256(city: CityFolder, file: str) -> None:
    sha256 = folder_sha256(city.write())
    content = (city.path / file).read_bytes()
    (city.path / file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert folder_sha256(city.path) != sha256


def test_errors_are_of_one_family() -> None:
    for kind in (CorpusNotFound, CorpusFileError, CorpusContentError):
        assert issubclass(kind, CorpusError)
