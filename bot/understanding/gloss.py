"""Glosses: a message in another language, word for word in the corpus's own.

Names are what the corpus and the map call them, function words are those of the same use, words of relations and kinds
the corpus's; what only the message's language has stays as it is. It is no sentence, but enough to choose among
questions: who is asked for, of what, by which relation.

    "Qui dirige la Russie ?"        who lead the Russia ?
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Message
from corpus.language import Cue, Language
from corpus.model import Corpus
from corpus.world import World


class Glosser:
    """Says messages with the words of a corpus and of its language."""

    def __init__(self, corpus: Corpus, language: Language, world: World) -> None:
        self.corpus, self.language, self.world = corpus, language, world
        self._plain = {cue: self._plainest(cue, phrases) for cue, phrases in language.cues.items()}

    def _plainest(self, cue: Cue, phrases: Sequence[str]) -> str:
        """The phrase that stands for a cue: its own name, where that is one, else the commonest."""
        name = cue.value.replace("_", " ")
        return name if name in phrases else max(phrases, key=self.language.frequency, default="")

    def gloss(self, message: Message) -> str:
        """The message in the corpus's language, as far as its words are known."""
        return " ".join(filter(None, map(self._word, message.mentions)))

    def _word(self, mention: Mention) -> str:
        if named := mention.names(Role.ENTITY) or mention.names(Role.NUMBER):
            return named[0]
        if places := mention.names(Role.PLACE):
            return self.world.place(places[0]).name
        for role in (Role.PREDICATE, Role.WEAK, Role.COMPLEMENT):
            for name in mention.names(role):
                if name in self.corpus.predicates:
                    return self.corpus.predicates[name].base
        if kinds := mention.names(Role.KIND):
            return self.corpus.kinds[kinds[0]].plural if kinds[0] in self.corpus.kinds else kinds[0]
        cues = mention.names(Role.CUE)
        return self._plain.get(Cue(cues[0]), mention.text) if cues else mention.text
