"""What rules hold against a model's proposal: signs that a text says more than that one thing stands to another.

A model reads lightly over what turns a meaning round: an "only", a denial, a doubt, another name, a second clause.

    "Only Acme leads Iberia."   "Acme may lead Iberia."   "Acme leads Iberia, but not for long."
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.checking.attribution import Speech, quotations
from bot.understanding.linker import Linker, Mention, Role
from corpus.language import Cue

SUPPOSED = "supposed"
_SIGNS = {
    "denied": (Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NOR, Cue.NEITHER),
    SUPPOSED: (Cue.IF,),
    "only": (Cue.ONLY, Cue.ALONE, Cue.NOT_ONLY),
    "all": (Cue.ALL, Cue.ANY, Cue.BOTH, Cue.EVERYBODY, Cue.EVERYWHERE),
    "most": (Cue.MOST, Cue.MAJORITY),
    "fewest": (Cue.FEWEST,),
    "more": (Cue.MORE, Cue.AT_LEAST),
    "fewer": (Cue.FEWER, Cue.AT_MOST),
    "as many": (Cue.AS_MANY, Cue.THAN, Cue.EXACTLY),
    "except": (Cue.EXCEPT,),
    "unlike": (Cue.UNLIKE,),
    "or": (Cue.OR,),
    "doubted": (Cue.HEDGE,),
    "past": (Cue.PAST,),
    "deputy": (Cue.DEPUTY,),
    "part": (Cue.PART_OF,),
    "why": (Cue.WHY,),
}
"""Function words that mean about the same; a text has such a sign or it has not."""
_LIMITS = {"more", "fewer"}
_JOINTS = (";", ":", "–", "—")


class Vetoes:
    """Looks for signs that turn a meaning round, in one language."""

    def __init__(self, linker: Linker, speech: Speech) -> None:
        self.linker, self.speech = linker, speech

    def signs(self, text: str) -> frozenset[str]:
        """The signs that a text has; the words of names are none, nor is an "if" that only speaks to somebody.

        "If it is Peru that you need, …" supposes nothing.
        """
        mentions = [mention for mention in self.linker.link(text) if not mention.names(Role.ENTITY)]
        found = {name for name, cues in _SIGNS.items() if any(mention.has(*cues) for mention in mentions)}
        compared = any(mention.names(Role.NUMBER) or mention.has(Cue.THAN) for mention in mentions)
        found -= set() if compared else _LIMITS  # "over 12 beds", but "over in Lisbon"
        return frozenset(found - {SUPPOSED} if self._speaks(mentions) else found)

    @staticmethod
    def _speaks(mentions: Sequence[Mention]) -> bool:
        """Whether each "if" speaks to somebody before the next comma."""
        spoken = True
        for mention in mentions:
            if mention.text == "," and not spoken:
                return False
            if mention.has(Cue.IF):
                spoken = False
            spoken = spoken or mention.has(Cue.SPEAKER)
        return spoken

    def is_plain(self, text: str) -> bool:
        """Whether a text is said by itself: no question, nobody's words, nothing taken up from before by a pronoun."""
        mentions = self.linker.link(text)
        asked = text.rstrip(" \n\t\"')”’").endswith("?")
        return not asked and not quotations(text) and not self.speech.frame_in(text, mentions) and _stands(mentions)

    def is_joined(self, text: str) -> bool:
        """Whether a text says several things of which one may be wrong: "…, but the roof is gone"."""
        mentions = self.linker.link(text)
        return any(mention.has(Cue.BUT, Cue.RELATIVE) or mention.text in _JOINTS for mention in mentions)

    def strange_names(self, text: str) -> frozenset[str]:
        """Words that look like names and are none that is known: capitals within a sentence."""
        mentions = [mention for mention in self.linker.link(text) if mention.word]
        return frozenset(mention.text for mention in mentions[1:] if mention.unknown and mention.text[:1].isupper())


def _stands(mentions: Sequence[Mention]) -> bool:
    """Whether each pronoun has a name before it, or only points to one: "it is Acme that …"."""
    for at, mention in enumerate(mentions):
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE):
            return True
        if mention.has(Cue.PRONOUN, Cue.THOSE):
            behind = [each for each in mentions[at + 1 :] if not each.has(Cue.THE)][:2]
            points = len(behind) == 2 and behind[0].has(Cue.AUX) and bool(are_named(behind[1:]))
            if not points:
                return False
    return True


def are_named(mentions: Iterable[Mention]) -> frozenset[str]:
    """The entities and places that mentions name, each in all that it may mean."""
    return frozenset(name for m in mentions for name in m.names(Role.ENTITY) or m.names(Role.PLACE))
