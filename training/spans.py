"""Messages with sentences and what in them was asked for: what the span reader learns from.

Of a question for names or values it is these; of a question for yes or no, and of a statement, it is what the sentence
has in the place that decides it, so that yes is said where that is what was said, and no where it is another:

    Who heads Market Square?           [Odile Marsh] heads the Market Square branch.
    Tobias heads Market Square, no?    [Odile Marsh] heads the Market Square branch.
    Why does the bank open so early?   Quayside opens early because the fish auction ends at half past six.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from bot.understanding.candidates import Candidate, Conversation, Origin, Turn
from corpus.model import Fact
from training.examples import Field

NEARBY, UNSTATED, TOLD = 2, 2, 0.5
"""Sentences beside one that answers, those that do not answer what is not stated, and the share of whys and hows."""
UNDECIDED = re.compile(
    r"\b(?:when|who[ms]?|whose|where|which|what (?:year|date|day|time)|how (?:many|much|long))\b", re.I
)
SHORTEST = 4

Gold = Mapping[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SpanPair:
    """A message as a model is told it, a sentence, and the stretches of it that were asked for, as offsets.

    ``polar``: whether the message is one to which yes or no is said, None where that is not known.
    """

    told: str
    sentence: str
    spans: tuple[Span, ...]
    polar: bool | None = None


def pairs_of(field: Field, random: Random) -> Iterator[SpanPair]:
    """The pairs of a field, of turns in English that ask one thing, as they are read from its documents alone."""
    for case in field.cases():
        if case.get("lang", "en") != "en":
            continue
        before: tuple[Turn, ...] = ()
        for turn in case["turns"]:
            golds = turn["gold"]
            if len(golds) == 1:
                polar = is_polar(golds[0])
                made = _pairs(field, Conversation(turn["say"], before), golds[0], random)
                yield from (replace(pair, polar=polar) for pair in made)
            if any(gold.get("question") for gold in golds):
                before = (*before, Turn(turn["say"]))


def is_polar(gold: Gold) -> bool | None:
    """Whether yes or no is the answer to what has this gold; None where it does not tell."""
    return None if gold["ask"] in ("not_stated", "other") else bool(gold.get("answer"))


def _pairs(field: Field, conversation: Conversation, gold: Gold, random: Random) -> Iterator[SpanPair]:
    found = [each for each in field.maker.others(conversation) if each.origin is Origin.TEXT]
    told, ask = conversation.told, gold["ask"]
    if ask == "not_stated":
        yield from (SpanPair(told, each.text, ()) for each in found[:UNSTATED])
    elif ask == "text":
        if not UNDECIDED.search(gold["question"]) and not gold.get("answer") and random.random() < TOLD:
            answering = (each for each in found if field._answers_alone(each, gold))
            yield from (SpanPair(told, each.text, ()) for each in list(answering)[:1])
    elif "relation" in gold and ask != "all":
        filled = [(each, _filling(field, each, gold)) for each in found]
        right = [(each, spans) for each, spans in filled if spans]
        yield from (SpanPair(told, each.text, spans) for each, spans in right[:3])
        others = [each for each, spans in filled if not spans and field._answers_alone(each, gold) is False]
        yield from (SpanPair(told, each.text, ()) for each in others[: NEARBY if right else 1])


def _filling(field: Field, candidate: Candidate, gold: Gold) -> tuple[Span, ...]:
    """What a sentence has in the place that was asked for, or that decides."""
    assert candidate.quote is not None
    facts = [f for f in field.corpus.facts_of(gold["relation"]) if candidate.quote.overlaps(f.quote)]
    measured = field.corpus.predicates[gold["relation"]].measured
    if gold["ask"] in ("whether", "false_premise"):
        about = [f for f in facts if (f.subject == gold["subject"] if measured else f.object == gold["object"])]
        return _placed(field, candidate.text, [f.object if measured else f.subject for f in about])
    form = field.form_of(gold)
    answering = {f.id for f in field.answer(form.clause).facts} if form else {f.id for f in facts if _about(f, gold)}
    if not answering & {fact.id for fact in facts}:
        return ()
    return _placed(field, candidate.text, [str(value) for value in gold.get("values") or ()])


def _about(fact: Fact, gold: Gold) -> bool:
    return all(str(gold.get(key, own)) == own for key, own in (("subject", fact.subject), ("object", fact.object)))


def _placed(field: Field, text: str, names: Sequence[str]) -> tuple[Span, ...]:
    """Where names or values stand in a text, each at its first place."""
    spans = []
    for name in dict.fromkeys(names):
        entity = field.corpus.entities.get(name)
        called = [name, *(entity.aliases if entity else ())]
        if entity and " " in name:
            called += [name.split()[-1]]
        for each in sorted((c for c in called if len(c) >= SHORTEST or c == name), key=len, reverse=True):
            if match := re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text, re.I):
                spans.append(match.span())
                break
    return tuple(sorted(set(spans)))
