"""Logical forms written back as questions, and what to ask next."""

from __future__ import annotations

import pytest

from bot.reasoning.evidence import Evidence, Say, Statement
from bot.schema.answer import Status
from bot.understanding.logical_form import Clause, Form, Scope, Subject
from bot.wording.questions import SUGGESTIONS
from tests.bot.core import Core


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("who is the boss in japan", "Who leads Japan?"),
        ("Who leads Europe and Japan?", "Who leads Europe and Japan?"),
        ("Who leads Europe, Japan and China?", "Who leads Europe, Japan and China?"),
        ("What does Renault lead?", "What does Renault lead?"),
        ("List the regions of Nissan", "Which regions does Nissan lead?"),
        ("Is Nissan the leader for South America?", "Does Nissan lead South America?"),
        ("Number of regions led by Nissan?", "How many regions does Nissan lead?"),
        ("Who has the most regions?", "Who leads the most regions?"),
        ("Who are the followers in Japan?", "Who follows in Japan?"),
        ("Does Renault follow in Japan?", "Does Renault follow in Japan?"),
        ("Give me an overview.", "Who leads what?"),
        ("Why does Nissan lead Japan?", "Does Nissan lead Japan, and what more is said of it?"),
        ("Who leads connected technology in China?", "Who leads connected technology (China)?"),
    ],
)
def test_a_question_says_how_it_was_read(alliance: Core, text: str, written: str) -> None:
    assert alliance.writer.written(alliance.clauses(text)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Who is in charge in Old Town?", "Who leads Old Town?"),
        ("Which districts are led by Blue Watch?", "Which districts does Blue Watch lead?"),
        ("Who supports Blue Watch?", "Who supports Blue Watch?"),
        ("What does Red Watch support?", "What does Red Watch support?"),
        ("Who follows in Millbrook?", "Who follows in Millbrook?"),
    ],
)
def test_another_field(brigade: Core, text: str, written: str) -> None:
    assert brigade.writer.written(brigade.clauses(text)) == written


def test_what_goes_to_the_text_stays_as_it_was_asked(alliance: Core) -> None:
    text = "Why was the leader-follower model adopted?"
    assert alliance.writer.written(alliance.clauses(text)) == text


def test_several_clauses_are_several_questions(alliance: Core) -> None:
    clauses = alliance.clauses("Who leads Europe, and who leads Russia?")
    assert alliance.writer.written(clauses) == "Who leads Europe? Who leads Russia?"
    assert alliance.writer.written([]) == ""


@pytest.mark.parametrize("text", ["Who leads Europe?", "What does Renault lead?", "How many regions does Nissan lead?"])
def test_what_is_written_is_read_the_same(alliance: Core, text: str) -> None:
    written = alliance.writer.written(alliance.clauses(text))
    assert alliance.answered(written) == alliance.answered(text)


def test_every_form_can_be_written(core: Core) -> None:
    subject = next(
        name for name, e in core.corpus.entities.items() if e.kind in core.corpus.predicates["leads"].subject_kinds
    )
    for form in Form:
        clause = Clause("as asked", 0, 8, form, "leads", subjects=(Subject(subject),), objects=(Scope("Atlantis"),))
        written = core.writer.written([clause])
        assert written == "as asked" if form is Form.PASSAGE else written.endswith("?")
        assert "{" not in written


# Suggestions


def suggested(core: Core, text: str) -> tuple[str, ...]:
    return core.writer.suggestions(core.resolved([text]).clauses, core.answered(text))


def test_whom_the_answer_names_is_asked_about_first(alliance: Core) -> None:
    assert suggested(alliance, "Who leads in Oceania?")[0] == "What does Mitsubishi lead?"


def test_there_are_a_few_and_each_once(core: Core) -> None:
    found = suggested(core, "Who leads what?")
    assert 0 < len(found) <= SUGGESTIONS
    assert len(set(found)) == len(found)


def test_what_was_just_asked_is_not_suggested(core: Core) -> None:
    for example in core.corpus.examples:
        if core.clause(example).form is not Form.PASSAGE:
            assert example not in suggested(core, example)
            assert example not in suggested(core, example.lower())


@pytest.mark.parametrize("status", [Status.CHAT, Status.OUT_OF_SCOPE])
def test_beside_the_subject_the_corpus_s_own_examples_are_offered(core: Core, status: Status) -> None:
    fact = next(iter(core.corpus.facts_of("leads")))
    evidence = Evidence(status, (Statement(Say.HOLDS, facts=(fact,)),))
    assert core.writer.suggestions([], evidence) == core.corpus.examples[:SUGGESTIONS]


def test_suggestions_can_be_answered(core: Core) -> None:
    for question in (*suggested(core, "Who leads what?"), *core.corpus.examples[:2]):
        assert core.answered(question).values


def test_writing_again_gives_the_same(alliance: Core) -> None:
    clauses = alliance.clauses("Who leads Europe?")
    assert alliance.writer.written(clauses) == alliance.writer.written(clauses)
    assert suggested(alliance, "Who leads Europe?") == suggested(alliance, "Who leads Europe?")
