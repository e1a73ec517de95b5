"""What rules hold against a model's proposal: signs that a sentence says more than that one thing stands to another.

A model reads lightly over what turns a meaning round: an "only", a denial, a doubt, another name, a second clause.

    "Only Acme leads Iberia."   "Acme may lead Iberia."   "Acme leads Iberia, but not for long."
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.candidates import names_in
from bot.understanding.linker import Mention, Role
from corpus.language import Cue

_LIMITS = (Cue.MORE, Cue.AT_LEAST, Cue.FEWER, Cue.AT_MOST)
"""Signs where a sentence counts or compares alone: "over 12 beds", but "over in Lisbon"."""
_SIGNS = (
    *(Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NOR, Cue.NEITHER),
    *(Cue.ONLY, Cue.ALONE, Cue.NOT_ONLY),
    *(Cue.ALL, Cue.ANY, Cue.BOTH, Cue.EVERYBODY, Cue.EVERYWHERE, Cue.MOST, Cue.MAJORITY, Cue.FEWEST),
    *(Cue.AS_MANY, Cue.THAN, Cue.EXACTLY, Cue.EXCEPT, Cue.UNLIKE, Cue.OR),
    *(Cue.HEDGE, Cue.PAST, Cue.DEPUTY, Cue.PART_OF, Cue.WHY),
)
_JOINTS = (";", ":", "–", "—")


def turns_round(mentions: Sequence[Mention]) -> bool:
    """Whether a sentence has a sign that no plain statement has; the words of names are none."""
    said = [mention for mention in mentions if not mention.names(Role.ENTITY)]
    compared = any(mention.names(Role.NUMBER) or mention.has(Cue.THAN) for mention in said)
    signs = (*_SIGNS, *(_LIMITS if compared else ()))
    return _supposes(said) or any(mention.has(*signs) for mention in said)


def _supposes(mentions: Sequence[Mention]) -> bool:
    """Whether it has an "if" that speaks to nobody before the next comma.

    "If it is Peru that you need, …" supposes nothing.
    """
    spoken = True
    for mention in mentions:
        if mention.text == "," and not spoken:
            return True
        if mention.has(Cue.IF):
            spoken = False
        spoken = spoken or mention.has(Cue.SPEAKER)
    return not spoken


def is_joined(mentions: Sequence[Mention]) -> bool:
    """Whether a sentence says several things of which one may be wrong: "…, but the roof is gone"."""
    return any(mention.has(Cue.BUT, Cue.RELATIVE) or mention.text in _JOINTS for mention in mentions)


def has_strange_name(mentions: Sequence[Mention]) -> bool:
    """Whether a word looks like a name and is none that is known: a capital within the sentence."""
    words = [mention for mention in mentions if mention.word]
    return any(mention.unknown and mention.text[:1].isupper() for mention in words[1:])


def stands_alone(mentions: Sequence[Mention]) -> bool:
    """Whether each pronoun has a name before it, or only points to one: "it is Acme that …"."""
    for at, mention in enumerate(mentions):
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE):
            return True
        if mention.has(Cue.PRONOUN, Cue.THOSE):
            behind = [each for each in mentions[at + 1 :] if not each.has(Cue.THE)][:2]
            points = len(behind) == 2 and behind[0].has(Cue.AUX) and bool(names_in(behind[1:]))
            if not points:
                return False
    return True
