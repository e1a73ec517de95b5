"""Canonical questions: each form of question in the one fixed wording of a language (``canonical`` in its file).

They are what a fact is embedded as, and what readings of a message are chosen among.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from corpus.language import Language, languages, load_language
from corpus.model import Corpus, Fact, Predicate

_CLOCK = re.compile(r"[012]?\d[:.][0-5]\d", re.ASCII)
SAMPLE = 16
"""Facts of a predicate that tell what its values are values of."""


def canonical_question(language: Language, predicate: Predicate, shape: str, **names: str) -> str:
    """A form's question: its template with the predicate's verb and these names; "" where the language has none.

    Of verbs that begin with an auxiliary ("is part of") a template of their own is taken, where there is one.
    """
    words = language.canonical
    common = language.predicates.get(predicate.name)
    verb: Mapping[str, str] = common.verb if common and common.verb else {}
    follow = common.follow.get("one", "") if common else ""
    template = words.get(shape, "")
    if language.begins_with_auxiliary(predicate.base):
        template = words.get(f"{shape}_be", template)
    parts = dict.fromkeys(("subject", "object", "second", "other", "number", "kind", "kinds", "own"), "")
    text = template.format(
        **(parts | names),
        one=verb.get("one", predicate.singular or predicate.name.replace("_", " ")),
        many=verb.get("many", predicate.plural),
        base=verb.get("base", predicate.base),
        follow=follow or predicate.complement,
    )
    return text.replace(" ?", "?")


def measure_of(corpus: Corpus, language: Language, predicate: Predicate, kind: str) -> str:
    """What the values of a measured predicate are values of, as the documents say it.

    "number of films" where most are followed by that word ("has 12 films"), "number (Vehicles sold)" where they stand
    in a column of that name; else, and where the verb has the word itself ("has a depth of"), the kind alone.
    """
    facts = list(islice((fact for fact in corpus.facts_of(predicate.name) if fact.object_kind == kind), SAMPLE))
    if not facts:
        return kind
    if all(_CLOCK.fullmatch(fact.object) for fact in facts):
        return language.canonical.get("clock", kind)
    found = Counter(_unit(corpus, language, fact) for fact in facts)
    (template, unit), times = found.most_common(1)[0]
    if unit and f" {unit} ".casefold() in f" {predicate.singular} ".casefold():
        return kind
    return template.format(kind=kind, unit=unit) if unit and 2 * times >= len(facts) else kind


def _unit(corpus: Corpus, language: Language, fact: Fact) -> tuple[str, str]:
    """What stands over a value in its table, or behind it in its sentence, with how that is worded."""
    text, value = fact.quote.text, fact.object
    if text.lstrip().startswith("|"):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        column = next((at for at, cell in enumerate(cells) if value.casefold() in cell.casefold()), None)
        heads = _heads(corpus.documents[fact.quote.document_id].text, fact.quote.start)
        named = column is not None and column < len(heads)
        return "{kind} ({unit})", heads[column] if named and column is not None else ""
    behind = text.casefold().partition(value.casefold())[2].split(" ")
    noun = behind[1].strip(".,;:") if len(behind) > 1 and not behind[0] else ""
    function = any(noun in words for words in language.cues.values())
    return "{kind} of {unit}", noun if noun.isalpha() and not function else ""


def _heads(text: str, at: int) -> list[str]:
    """The cells of the first row of the Markdown table in which an offset stands."""
    first, end = "", text.rfind("\n", 0, at)
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        if not text[start:end].lstrip().startswith("|"):
            break
        first, end = text[start:end], start - 1
    return [cell.strip() for cell in first.strip().strip("|").split("|")] if first else []


def question_of(corpus: Corpus, fact: Fact) -> str:
    """The question that a fact answers: who leads its object, or what its value is; "" in an unknown language."""
    if corpus.language not in languages():
        return ""
    language, predicate = load_language(corpus.language), corpus.predicates[fact.predicate]
    if predicate.measured:
        kind = measure_of(corpus, language, predicate, fact.object_kind)
        return canonical_question(language, predicate, "value", subject=fact.subject, kind=kind)
    return canonical_question(language, predicate, "who", object=fact.label or fact.object)
