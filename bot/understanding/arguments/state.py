"""What one clause names, as far as it is read: filled by the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.understanding.linker import Mention, Role, kind_of
from bot.understanding.logical_form import Op, Quantity, Scope, Side, Span, Subject
from corpus.language import Cue
from corpus.model import Corpus, Predicate

# Asked for words that the lexicon does not have: the entity that they come closest to in meaning, of given kinds.
Meaning = Callable[[str, frozenset[str]], "str | None"]

# What may stand between a quantifier and its kind, or between a predicate and its argument.
LIGHT = (Cue.THE, Cue.OF, Cue.FILLER, Cue.NEUTRAL, Cue.ALSO, Cue.ALL, Cue.BOTH, Cue.ONLY)


@dataclass
class ObjectMention:
    """An object mention on its way to becoming a scope."""

    at: int
    mention: Mention
    kind: str
    entity: str = ""
    places: tuple[str, ...] = ()
    within: list[tuple[str, str]] = field(default_factory=list)
    negated: bool = False
    partly: bool = False
    side: bool = False
    end: int = -1

    def scope(self) -> Scope:
        span = Span(self.mention.start, max(self.end, self.mention.end))
        return Scope(
            self.mention.text,
            self.entity,
            self.places,
            tuple(self.within),
            self.negated,
            self.partly,
            self.side,
            span=span,
        )

    def narrow(self, other: ObjectMention) -> None:
        """Take ``other`` for what narrows this one."""
        self.within.append(other.narrows())
        self.end = max(self.end, other.mention.end)

    def narrows(self) -> tuple[str, str]:
        return self.kind, self.entity or self.places[0]


class ClauseArguments:
    """Everything that a clause names; ``gather`` fills it in."""

    def __init__(
        self,
        corpus: Corpus,
        predicate: Predicate,
        mentions: Sequence[Mention],
        narrowing: frozenset[str],
        meaning: Meaning | None,
        approximate: frozenset[str],
        verbs: frozenset[str] = frozenset(),
    ) -> None:
        self.corpus, self.predicate, self.mentions = corpus, predicate, mentions
        self.approximate, self.verbs = approximate, verbs
        self.narrowing, self.meaning = narrowing, meaning
        self.place_kind = corpus.place_kind
        # What tells where another object is led: places, and any kind that narrows facts and has facts of its own.
        self.locating = (frozenset({self.place_kind}) | (narrowing & frozenset(predicate.object_kinds))) - {""}
        self.subjects: list[Subject] = []
        self.found: list[ObjectMention] = []
        self.excluded: list[Scope] = []
        self.rivals: list[str] = []
        self.kinds: list[str] = []
        self.excluded_kinds: list[str] = []
        self.further: list[Quantity] = []
        self.counted_kinds: set[str] = set()
        self.asked_kind = ""
        self.who = self.which_object = self.counted = self.requested = self.overview = False
        self.polar = self.inverted = self.negated = self.joint = False
        self.hypothetical = self.structural = self.misfit = False
        self.extreme = self.fewest = self.compared = self.together = self.asked = self.existential = False
        self.grouped = self.alternatives = False
        self.wh: Cue | None = None
        self.op: Op | None = None
        self.factor, self.margin = 1.0, 0.0
        self.respective = False
        self.only: Side | None = None
        self.beyond: Side | None = None
        self.quantity: Quantity | None = None
        self.subject_quantity: Quantity | None = None
        self.refers: set[str] = set()
        self.unknown: list[str] = []
        self.unread = False
        self.meant: list[tuple[str, str]] = []
        self.aside: list[str] = []
        self.all_of: list[str] = []
        self.negate_next = self.except_next = self.after_than = False
        self.denied_from = -1
        self.quantified: set[int] = set()

    @property
    def objects(self) -> tuple[Scope, ...]:
        """The objects, those that only narrow others taken out."""
        return tuple(found.scope() for found in self.found)

    def kind_of(self, mention: Mention) -> str:
        return kind_of(self.corpus, mention)

    def is_predicate(self, mention: Mention) -> bool:
        return self.predicate.name in (*mention.names(Role.PREDICATE), *mention.names(Role.COMPLEMENT))

    def fitting(self, kinds: Sequence[str]) -> str:
        takes = (*self.predicate.object_kinds, *self.predicate.subject_kinds)
        return next((kind for kind in kinds if kind in takes), kinds[0])

    def ahead(self, at: int, skipping: tuple[Cue, ...], limit: int = 6) -> list[Mention]:
        """The mentions after ``at`` from the first that is not skipped on."""
        rest = [mention for mention in self.mentions[at + 1 : at + 1 + limit] if mention.word]
        while (
            rest
            and rest[0].has(*skipping)
            and not (self.kind_of(rest[0]) or rest[0].names(Role.KIND) or rest[0].names(Role.NUMBER))
        ):
            rest = rest[1:]
        return rest

    def preposition(self, at: int) -> bool:
        for mention in reversed(self.mentions[:at]):
            if mention.has(Cue.IN) or (mention.has(Cue.OF) and not self.is_predicate(mention)):
                return True
            if not mention.has(Cue.THE, Cue.NEUTRAL, Cue.ALL):
                return False
        return False

    def possessive(self, at: int) -> bool:
        following = self.mentions[at + 1 : at + 2]
        return bool(following) and following[0].norm == "'s"

    def content(self, mention: Mention) -> bool:
        if not mention.word or mention.names(Role.ENTITY) or mention.names(Role.PLACE):
            return False
        if mention.unknown:
            return True
        roles = {reading.role for reading in mention.readings}
        if Role.KIND in roles and roles <= {Role.KIND, Role.TOPIC}:
            takes = (*self.predicate.object_kinds, *self.predicate.subject_kinds, *self.narrowing, *self._members)
            return not any(kind in takes for kind in mention.names(Role.KIND)) and not mention.has(Cue.WHO)
        return roles <= {Role.TOPIC} or self._foreign_predicate(mention, roles)

    @property
    def _members(self) -> tuple[str, ...]:
        """The kinds of the group's members: "the companies" may stand for the group wherever it is the subject."""
        group = self.corpus.entities.get(self.corpus.group)
        grouped = group is not None and group.kind in self.predicate.subject_kinds
        return self.corpus.main.subject_kinds if grouped else ()

    def _foreign_predicate(self, mention: Mention, roles: set[Role]) -> bool:
        """Words of another predicate than the one meant are content, too."""
        own = self.predicate.name
        others = {Role.PREDICATE, Role.COMPLEMENT, Role.WEAK, Role.TOPIC}
        return roles <= others and own not in (
            *mention.names(Role.PREDICATE),
            *mention.names(Role.COMPLEMENT),
            *mention.names(Role.WEAK),
        )

    def spoken(self) -> bool:
        return any(self.is_predicate(mention) for mention in self.mentions)

    @property
    def only_adjectives(self) -> bool:
        """Whether all places are named by adjectives alone."""
        return bool(self.found) and all(found.mention.adjective for found in self.found)
