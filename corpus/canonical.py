"""Canonical questions: each form of question in the one fixed wording of a language (``canonical`` in its file).

They are what a fact is embedded as, and what readings of a message are chosen among.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.language import Cue, Language, languages, load_language
from corpus.model import Corpus, Fact, Predicate


def canonical_question(language: Language, predicate: Predicate, shape: str, **names: str) -> str:
    """A form's question: its template with the predicate's verb and these names; "" where the language has none.

    Of verbs that begin with an auxiliary ("is part of") a template of their own is taken, where there is one.
    """
    words = language.canonical
    common = language.predicates.get(predicate.name)
    verb: Mapping[str, str] = common.verb if common and common.verb else {}
    follow = common.follow.get("one", "") if common else ""
    template = words.get(shape, "")
    if predicate.base.split(" ")[0] in language.cues[Cue.AUX]:
        template = words.get(f"{shape}_be", template)
    parts = dict.fromkeys(("subject", "object", "second", "other", "kind", "kinds"), "")
    return template.format(
        **(parts | names),
        one=verb.get("one", predicate.singular or predicate.name.replace("_", " ")),
        many=verb.get("many", predicate.plural),
        base=verb.get("base", predicate.base),
        follow=follow or predicate.complement,
    )


def question_of(corpus: Corpus, fact: Fact) -> str:
    """The question that a fact answers: who leads its object, or what its value is; "" in an unknown language."""
    if corpus.language not in languages():
        return ""
    language, predicate = load_language(corpus.language), corpus.predicates[fact.predicate]
    if predicate.measured:
        return canonical_question(language, predicate, "value", subject=fact.subject, kind=fact.object_kind)
    return canonical_question(language, predicate, "who", object=fact.label or fact.object)
