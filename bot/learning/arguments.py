"""Where the arguments of a predicate stand in a sentence, for names that are in no vocabulary yet.

    "On Mondays, the Harbour Office is in charge of ferries and of the old lighthouse"
                     subject        predicate       object         object

How a sentence is built, active or passive, by a title or by what is given to whom, tells on which side of the predicate
each name is; where they stand, ``bot.learning.walk`` finds. It gives names, not truth: what the sentence says is
for the parser to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.learning.hints import Hints
from bot.learning.model import Doubt
from bot.learning.name_reader import NameInText
from bot.learning.walk import Walk
from bot.understanding.linker import Linker, Mention, Reading, Role
from bot.understanding.values import LiteralReader
from corpus.model import Corpus, Predicate
from corpus.text import normalise


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands at a predicate.

    ``referring``: a pronoun, or a kind with an article, stands where the subject belongs ("It leads", "The office
    leads"). ``open``: the list of objects is introduced as one of examples ("such as"); ``announced`` is the kind that
    introduces it ("markets such as …"). ``value`` is the written value that a predicate has in its object's place, and
    ``label`` the same with what it is a value of ("400 people"). ``holder`` is the kind that the predicate's word tells
    of its subjects ("the *director* of …"). ``doubt`` tells why it need not be so.
    """

    predicates: tuple[str, ...]
    subjects: tuple[NameInText, ...]
    objects: tuple[NameInText, ...]
    referring: str = ""
    open: bool = False
    announced: str = ""
    value: str = ""
    label: str = ""
    holder: str = ""
    doubt: str = ""


class ArgumentFinder:
    """Finds arguments in sentences of one corpus.

    Each of ``whole``, and each name of the vocabulary, is one name, whatever words and marks are in it.
    """

    def __init__(self, corpus: Corpus, linker: Linker, hints: Hints, whole: Iterable[str] = ()) -> None:
        self.corpus, self.linker, self.hints = corpus, linker, hints
        plurals = {kind.plural for kind in corpus.kinds.values()}
        words = {word for kind in corpus.kinds.values() for word in (kind.name, *kind.words)} - plurals
        self.literals = LiteralReader(linker.language)
        self.singular = frozenset(normalise(word) for word in words)
        self.names: dict[str, Reading] = {name: Reading(Role.TOPIC, "") for name in whole}
        for entity in corpus.entities.values():
            several = [name for name in (entity.name, *entity.aliases) if not name.isalnum()]
            self.names |= {name: Reading(Role.ENTITY, entity.name) for name in several}
        self.whole = sorted(self.names, key=len, reverse=True)

    def find(self, text: str) -> list[Arguments]:
        """The arguments of every predicate that the text speaks of in its own words, those without any left out."""
        mentions = self._fused(text, self.linker.link(text))
        found = [
            replace(each, holder=next(iter(mention.names(Role.KIND)), ""))
            for at, mention in enumerate(mentions)
            if mention.norm not in self.hints.honorifics or mention.text.islower()
            for names in self._apart(mention.names(Role.PREDICATE))
            for each in self._at(text, mentions, at, names)
        ]
        return [each for each in found if (each.objects or each.value) and (each.subjects or each.referring)]

    def _apart(self, predicates: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The predicates of a word that take entities together, each that takes values by itself."""
        measured = [name for name in predicates if self.corpus.predicates[name].measured]
        others = tuple(name for name in predicates if name not in measured)
        return [*([others] if others else []), *((name,) for name in measured)]

    def _fused(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """The mentions, those of one whole name made one."""
        fused = list(mentions)
        for name in self.whole:
            start = text.find(name)
            while start >= 0:
                end = start + len(name)
                inside = [i for i, mention in enumerate(fused) if start <= mention.start and mention.end <= end]
                if inside and (fused[inside[0]].start, fused[inside[-1]].end) == (start, end):
                    one = Mention(name, name.casefold(), start, end, (self.names[name],))
                    fused[inside[0] : inside[-1] + 1] = [one]
                start = text.find(name, end)
        return fused

    def _at(self, text: str, mentions: Sequence[Mention], at: int, predicates: tuple[str, ...]) -> Iterator[Arguments]:
        walk = Walk(text, mentions, self.hints, self.linker.language, self.singular)
        verb = self.corpus.predicates[predicates[0]]
        if verb.measured:
            yield self._valued(walk, at, verb)
            return
        nominal = mentions[at].norm not in (verb.singular, verb.plural, verb.base)
        apposed = walk.apposed(at) if nominal else []
        left = apposed or walk.before(at, verb)
        if given := walk.given(at, left):
            yield Arguments(predicates, *given)
        elif agent := walk.agent(at) or walk.holder(at):
            yield Arguments(predicates, tuple(walk.reader.names(agent)), tuple(left), doubt=walk.doubt(at))
            for subjects, objects in walk.reader.gaps(agent):
                # "led by Acme, roads by Bolt", but "led by Acme, supported by Bolt"
                named = all(name.article or name.text[:1].isupper() for name in objects)
                yield Arguments(predicates, subjects, objects, doubt="" if named else Doubt.PLACES)
        elif entitled := walk.entitled(at):
            yield Arguments(predicates, *entitled)
        elif holder := walk.titled(at):
            # "the city manager Ada Lind" leads no city.
            named = all(name.start and name.text[:1].isupper() for name in left)
            yield Arguments(predicates, (holder,), tuple(left), doubt="" if named else Doubt.PLACES)
        elif behind := walk.resting(at):
            held, rests, start = behind
            yield Arguments(predicates, tuple(walk.reader.names(start)), tuple(walk.reader.names(held, rests)))
        elif apposed:
            start = walk.skip_to_object(at + 1)[0]
            yield Arguments(predicates, tuple(left), tuple(walk.reader.names(start, walk.insertion_end(start))))
        elif walk.acts(at):
            yield from self._active(walk, at, predicates, left)

    @staticmethod
    def _active(walk: Walk, at: int, predicates: tuple[str, ...], left: Sequence[NameInText]) -> Iterator[Arguments]:
        """The subject before a predicate and the objects behind it, and the subjects that share its verb."""
        start, announced, opened = walk.skip_to_object(at + 1)
        referring = "" if left else walk.referring(at)
        objects = tuple(walk.reader.names(start))
        yield Arguments(predicates, tuple(left), objects, referring, opened, announced, doubt=walk.doubt(at))
        yield from (Arguments(predicates, *pair) for pair in walk.reader.gaps(start))

    def _valued(self, walk: Walk, at: int, predicate: Predicate) -> Arguments:
        """The subject before a predicate and the value behind it, or "At Acme, *400* people work"."""
        left = walk.before(at, predicate)
        values = list(self.literals.find(walk.text, predicate.object_kinds))
        value = walk.value(at, values)
        label = walk.labelled(value) if value else ""
        referring = "" if left else walk.referring(at)
        text = value.text if value else ""
        return Arguments((predicate.name,), tuple(left), (), referring, value=text, label=label)
