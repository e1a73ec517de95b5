"""One sentence, walked from a predicate outwards, to the names that stand there.

One walk goes to the right of the predicate and one to the left, over the linker's mentions: a name ends where a
function word, a mark or a verb begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.learning.hints import Hints, phrase_end
from bot.learning.model import Doubt
from bot.understanding.linker import Mention, Role
from bot.understanding.values import Literal
from corpus.language import Cue, Language
from corpus.model import Predicate

_LONGEST_NAME = 8  # words
_FARTHEST = 6  # words between a predicate and the preposition of its object, or its value
_PREPOSITIONS = (Cue.OF, Cue.IN)
_OPENERS = (Cue.THE, Cue.ALSO, Cue.FILLER, Cue.BOTH, Cue.ALL)
_ENDS = (
    *(Cue.AND, Cue.OR, Cue.BUT, Cue.BY, Cue.NO, Cue.WHO, Cue.WHICH, Cue.RELATIVE, Cue.PRONOUN, Cue.NOT, Cue.EXCEPT),
    *(Cue.UNLIKE, Cue.THAN, Cue.IF, Cue.SPEAKER, Cue.NOBODY, Cue.WHEN, Cue.WHY, Cue.HOW, Cue.PAST, Cue.HEDGE),
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in a sentence, from ``start`` to ``end``.

    ``rest`` is what narrows it ("in China"), ``article`` what makes it definite ("the"); ``titled`` is it with "Dr".
    """

    text: str
    start: int
    end: int
    rest: str = ""
    article: str = ""
    titled: bool = False


class Walk:
    """One sentence, walked from a predicate outwards."""

    def __init__(
        self, text: str, mentions: Sequence[Mention], hints: Hints, language: Language, singular: frozenset[str]
    ) -> None:
        self.text, self.mentions, self.hints = text, mentions, hints
        self.language, self.singular = language, singular

    # To the right

    def agent(self, at: int) -> int:
        """Where the subject of a passive begins ("led by"), 0 where there is none."""
        if self.mentions[at].norm.split()[-1] in self._by:
            return at + 1
        return self._behind(at, lambda mention: mention.has(Cue.BY))

    def given(self, at: int, left: Sequence[Name]) -> tuple[tuple[Name, ...], tuple[Name, ...]] | None:
        """Who has what, where the predicate gives it: "roads are assigned to Acme", "the council hands roads to Acme".

        In the active voice nobody has anything where nothing is given: "Ada hands over to Bo".
        """
        norm = self.mentions[at].norm
        if norm not in self.hints.gives | self.hints.giving:
            return None
        recipient = self._behind(at, lambda mention: mention.norm in self.hints.recipient)
        between = self.names(at + 1, recipient - 1) if recipient else []
        passive = self._passive(at) or (norm in self.hints.gives and not between)
        if passive and not recipient:
            return None
        return (tuple(self.names(recipient)), tuple(left if passive else between)) if recipient else ((), ())

    def _passive(self, at: int) -> bool:
        return any(mention.norm in self.language.passive for mention in self.mentions[self._verb_start(at) : at])

    def _behind(self, at: int, found: Callable[[Mention], bool]) -> int:
        """Behind the first mention of a sort, no mark or other verb between it and the predicate; 0 without one."""
        for index in range(at + 1, min(at + _FARTHEST, len(self.mentions))):
            if found(self.mentions[index]):
                return index + 1
            passed = self.mentions[index].has(Cue.NOT, Cue.BY)
            if not self.mentions[index].word or (self._stops(index) and not passed):
                return 0
        return 0

    def titled(self, at: int) -> Name | None:
        """The name right behind a title that it has: "project leader *Ada Lind*"."""
        end = at + 1
        while self._capital(end):
            end += 1
        return self._name(at + 1, end) if self.bare_title(at) and end > at + 1 else None

    def entitled(self, at: int) -> tuple[tuple[Name, ...], tuple[Name, ...]] | None:
        """Who has what in "the head of the Harbour Office, *Ada Lind*, said"."""
        start = self.skip_to_object(at + 1)[0]
        if start == at + 1 or not self._opens_clause(at):
            return None
        comma = next((i for i in range(start, len(self.mentions)) if not self.mentions[i].word), len(self.mentions))
        end = comma + 1
        while self._capital(end):
            end += 1
        apposed = self.mentions[comma:end] and self.mentions[comma].text == "," and end > comma + 1
        closed = end < len(self.mentions) and not self.mentions[end].word
        listed = any(mention.has(Cue.AND) for mention in self.mentions[end + 1 : end + 2])
        name = self._name(comma + 1, end) if apposed and closed and not listed else None
        return ((name,), tuple(self.names(start, comma))) if name else None

    def bare_title(self, at: int) -> bool:
        """Whether the predicate is a title that nobody is said to have: no "is the" stands before it."""
        return self.mentions[at].norm.split()[-1] in self.hints.titles and self._verb_start(at) == at

    def doubt(self, at: int) -> str:
        """Why what the predicate says need not be so: it tells of the past, or of whom is not plain."""
        group = self.mentions[self._verb_start(at) : at]
        past = self._participle(at) and not any(mention.has(Cue.AUX) for mention in group)
        # "was the lead", "was led by", but "was appointed head"
        was = any(m.norm in self.hints.was for m in group) and not any(m.names(Role.WEAK) for m in group)
        if was or (past and not self.agent(at)):
            return Doubt.FORMER
        start = at
        while start > 0 and self._light(start - 1):
            start -= 1
        role = start < at and self.mentions[start].norm in self.hints.role and not self._passive(start)
        return Doubt.PLACES if role else ""

    def acts(self, at: int) -> bool:
        """Whether the subject before the predicate can have it: no mere title, passive or "responsible to"."""
        behind = self.mentions[at + 1 : at + 2]
        above = self.mentions[at].norm in self.hints.under and behind and behind[0].norm in self.hints.recipient
        return not (above or self.bare_title(at) or (self._participle(at) and self._passive(at)))

    def _participle(self, at: int) -> bool:
        return bool(self.hints.past & {*self.mentions[at].norm.split()})

    def insertion_end(self, start: int) -> int:
        """Where an insertion ends that a comma closes, and what goes on behind it is another: ", and Bolt, …"."""
        for index in range(start, len(self.mentions) - 1):
            if self.mentions[index].text == "," and self.mentions[index + 1].has(Cue.AND):
                return index
        return len(self.mentions)

    # Conjuncts that share the verb: "Acme leads the ferries, *Bolt the lighthouse*"

    def gaps(self, start: int) -> Iterator[tuple[tuple[Name, ...], tuple[Name, ...]]]:
        """Subjects and objects of the conjuncts behind a first one, whose subject or object begins at ``start``."""
        last = 0
        for index in range(start, len(self.mentions)):
            mention = self.mentions[index]
            joins = mention.text == "," or mention.has(Cue.AND)
            if not (joins or mention.word) or mention.text == ";":
                return
            after = self._next_of_list(index) if joins else 0
            if after > last and (gap := self._gap(after, start)):
                last = after
                yield gap

    def _gap(self, at: int, start: int) -> tuple[tuple[Name, ...], tuple[Name, ...]] | None:
        """Subject and objects of a conjunct at ``at`` that is built like the first one, and has no verb of its own."""
        before = self.mentions[start - 1]
        end = at
        while end < len(self.mentions) and (self._capital(end) or self.mentions[end].names(Role.ENTITY)):
            end += 1
        if before.norm.split()[-1] in self._by:
            agent = next((i for i in range(at, len(self.mentions)) if self.mentions[i].has(Cue.BY)), 0)
            thing = self._name(at, agent) if agent and self._name_end(at) == agent else None
            return (tuple(self.names(agent + 1)), (thing,)) if thing else None
        if end == at or end >= len(self.mentions):
            return None
        link, article = self.mentions[end], self.mentions[end].has(Cue.THE)
        if self._preposition(start - 1):
            inside = link.norm in self.hints.inside and self._capital(end + 1)
            linked, first = link.norm == before.norm and not inside, end + 1
        else:
            linked, first = article and link.text.islower() and not self._capital(end + 1), end
        name = self._name(at, end) if linked else None
        return ((name,), tuple(self.names(first))) if name else None

    @property
    def _by(self) -> frozenset[str]:
        return frozenset(mention.norm for mention in self.mentions if mention.has(Cue.BY)) | {"by"}

    def holder(self, at: int) -> int:
        """Where the subject begins in "roads are the responsibility of Acme", 0 where it is no such phrase."""
        behind = self.mentions[at + 1 : at + 2]
        held = self.mentions[at].norm.split()[-1] in self.hints.held and self._verb_start(at) < at
        return at + 2 if held and behind and behind[0].norm in self.hints.inside else 0

    def resting(self, at: int) -> tuple[int, int, int] | None:
        """Where object, verb and subject begin in "the lead for roads is Acme", "… lies with Acme"."""
        if not self._opens_clause(at):
            return None
        start = self.skip_to_object(at + 1)[0]
        if start == at + 1:
            return None
        for verb in range(start + 1, len(self.mentions)):
            if not self.mentions[verb].word:
                return None
            holder = phrase_end(self.mentions, verb, self.hints.rests)
            while holder < len(self.mentions) and self.mentions[holder].has(Cue.AUX):
                holder += 1
            if holder > verb:
                return start, verb, holder
        return None

    def _opens_clause(self, at: int) -> bool:
        """Whether nothing but articles and the like stands before the predicate in its clause."""
        for mention in reversed(self.mentions[:at]):
            if not mention.word or mention.has(Cue.AND, Cue.BUT):
                return True
            if not (mention.has(*_OPENERS, Cue.NEUTRAL) or mention.names(Role.PREDICATE)):
                return False
        return True

    def skip_to_object(self, start: int) -> tuple[int, str, bool]:
        """Behind the predicate's own words ("lead *agency for*"), the kind that announces a list, whether one is."""
        kind, index, behind = "", start, start
        while index < min(start + _FARTHEST, len(self.mentions)):
            if (end := phrase_end(self.mentions, index, self.hints.introduces)) > index:
                return end, kind, True
            mention = self.mentions[index]
            kind = next(iter(mention.names(Role.KIND)), kind)
            if mention.has(*_PREPOSITIONS) or mention.norm in self.hints.links | self.hints.inside:
                behind = index + 1
            elif mention.text[:1].isupper() or not self._own_word(mention):
                break
            index += 1
        return behind, "", False

    @staticmethod
    def _own_word(mention: Mention) -> bool:
        return mention.has(*_OPENERS, Cue.NEUTRAL) or bool(mention.names(Role.KIND) or mention.names(Role.PREDICATE))

    def names(self, start: int, until: int | None = None) -> list[Name]:
        """The names of a coordination that begins at ``start``, as far as ``until``."""
        if until is not None:
            return Walk(self.text, self.mentions[:until], self.hints, self.language, self.singular).names(start)
        found: list[Name] = []
        joined: list[bool] = []
        preposition = self.mentions[start - 1].norm if start else ""
        first = start
        while start < len(self.mentions) and not (found and self._goes_elsewhere(start, preposition)):
            if found and first and self._gap(start, first):
                break
            while start < len(self.mentions) and (
                self._opens_name(start) or self._preposition(start) or (found and self.mentions[start].has(Cue.BY))
            ):
                start += 1
            end = self._name_end(start)
            name = self._name(start, end)
            if name is None:
                break
            after = self._chunk_end(end)
            rest = self._between(end, after)
            found.append(replace(name, rest=rest))
            start = self._next_of_list(after)
            links = [mention for mention in self.mentions[after:start] if mention.has(Cue.AND)]
            joined.append(bool(links))
            # "leads roads together with Acme" gives another subject, "led by Bolt together with Acme" another agent
            beside = preposition.split()[-1:] != ["by"] and any(mention.has(Cue.WITH) for mention in links)
            if start == after or beside or joined[-2:] == [True, False]:
                break
        # A list has an "and": what stands behind commas alone is something else ("head of the office, met Bolt").
        return self._with_heads(found if any(joined[:-1]) else found[:1])

    def _with_heads(self, names: Sequence[Name], several: bool = False) -> list[Name]:
        """One name of those that share article and head: "the Parks and Gardens Office", not "the A and the B Office".

        The head is a word for a kind in the singular; none of the names before it has one.
        """
        whole: list[Name] = []
        run: list[Name] = []
        for name in names if several else self._with_shared_complements(names):
            if self._article_before(name) or not run:
                whole, run = [*whole, *run], [name]
            else:
                run.append(name)
            if self._head(name):
                shared = len(run) > 1 and self._article_before(run[0]) and not any(part.rest for part in run[:-1])
                whole += [self._joined(run)] if shared else run
                run = []
        return [*whole, *run]

    def _with_shared_complements(self, names: Sequence[Name]) -> list[Name]:
        """ "The Department of Health and Social Services" as one name: two may stand behind its "of"."""
        whole: list[Name] = []
        for name in names:
            joined = whole and self.text[whole[-1].end : name.start].strip().isalpha() and not whole[-1].rest
            if joined and self._complemented(whole[-1]) and name.text[:1].isupper() and not self._head(name):
                whole[-1] = self._joined([whole[-1], name])
            else:
                whole.append(name)
        return whole

    def _complemented(self, name: Name) -> bool:
        """Whether a name is that of a kind "of" something: "Department of Health"."""
        first, *rest = [mention for mention in self.mentions if name.start <= mention.start < name.end]
        kind = bool(first.names(Role.KIND)) and first.norm in self.singular
        return kind and bool(rest) and rest[0].norm in self.hints.inside and name.text[:1].isupper()

    def _article_before(self, name: Name) -> bool:
        before = [mention for mention in self.mentions if mention.end <= name.start][-1:]
        return bool(before) and before[0].has(Cue.THE)

    def _head(self, name: Name) -> bool:
        """Whether a name ends with a word for a kind, in the singular."""
        last = [mention for mention in self.mentions if name.start <= mention.start < name.end][-1:]
        return bool(last) and bool(last[0].names(Role.KIND)) and last[0].norm in self.singular

    def _next_of_list(self, at: int) -> int:
        """Behind the comma or "and" that continues a list, or ``at`` where the list ends."""
        end = at
        while end < len(self.mentions) and (self.mentions[end].text == "," or self.mentions[end].has(Cue.AND)):
            end += 1
        return end

    def _name_end(self, start: int) -> int:
        index = start
        while index < len(self.mentions) and index - start < _LONGEST_NAME + 2 and self._inside(start, index):
            index += 1
        return index

    def _inside(self, start: int, index: int) -> bool:
        """Whether the mention goes on with the name that begins at ``start``."""
        mention = self.mentions[index]
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or (index > start and self._hyphened(index)):
            return True
        if not mention.word:
            return mention.text in "&-/" and index > start
        if self._joins_name(start, index) or self._owns(start, index):
            return True
        if mention.has(Cue.THE) and index > start and mention.text.islower() and self._capital(index - 1):
            return False  # "Acme delivers the iron, Bolt the bronze"
        return not (self._preposition(index) or self._stops(index) or self._is_verb(index))

    def _hyphened(self, index: int) -> bool:
        """Whether a hyphen joins the mention to the one before ("plug-in"); the tokenizer has dropped it."""
        return self._between(index - 1, index + 1)[len(self.mentions[index - 1].text) :][:1] in tuple("-‐‑")

    def _owns(self, start: int, index: int) -> bool:
        """Whether a clitic stands inside a name: "Children's Team"."""
        clitic = index > start and self.mentions[index].norm == "'s"
        return clitic and self._capital(index - 1) and self._capital(index + 1)

    def _joins_name(self, start: int, index: int) -> bool:
        """Whether a preposition stands inside a name: "Department of Health", "Office for Science"."""
        mention = self.mentions[index]
        if index == start or index + 1 >= len(self.mentions):
            return False
        if mention.norm in self.hints.inside:
            return self.mentions[index + 1].word
        capitals = self._capital(index - 1) and self._capital(index + 1)
        return capitals and mention.norm in (*self.hints.between_capitals, "the") and not mention.has(Cue.IN)

    def _stops(self, index: int) -> bool:
        mention = self.mentions[index]
        if self._capital(index) and index and not mention.has(Cue.PRONOUN):
            return False
        predicate = mention.names(Role.PREDICATE) and not mention.names(Role.KIND)
        return bool(mention.has(*_ENDS, Cue.AUX) or predicate or mention.norm in self.hints.stops)

    def _is_verb(self, index: int) -> bool:
        """A word in small letters with an article, number or pronoun right behind it ("employs *40*") is a verb."""
        mention = self.mentions[index]
        following = self.mentions[index + 1] if index + 1 < len(self.mentions) else None
        if following is None or self._capital(index) or mention.has(*_OPENERS, *_PREPOSITIONS, Cue.AND):
            return False
        article = following.has(Cue.THE) and not following.text[:1].isupper()
        counts = bool(following.names(Role.NUMBER)) and not self._numbered(index)
        return article or following.has(Cue.PRONOUN, Cue.ALL) or counts

    def _numbered(self, index: int) -> bool:
        """Whether the number behind a word belongs to it ("work package *3* is …"): nothing follows that it counts."""
        behind = self.mentions[index + 2] if index + 2 < len(self.mentions) else None
        ends = behind is None or not behind.word or behind.has(*_ENDS, *_PREPOSITIONS, Cue.AUX)
        return ends or bool(behind and (behind.names(Role.PREDICATE) or behind.norm in self._resting))

    @property
    def _resting(self) -> frozenset[str]:
        """The verbs of "lies with", "passes to"."""
        return frozenset(phrase.split()[0] for phrase in self.hints.rests)

    def _preposition(self, index: int) -> bool:
        return self.mentions[index].has(*_PREPOSITIONS) and not self._capital(index)

    def _goes_elsewhere(self, start: int, preposition: str) -> bool:
        """Whether what follows a comma is no further name: a clause, or ", with help from …"."""
        mention, before = self.mentions[start], self.mentions[start - 1]
        other = self._preposition(start) and mention.norm != preposition
        return self._clause_begins(start) or (other and not before.has(Cue.AND))

    def _clause_begins(self, start: int) -> bool:
        """Whether what stands up to the next mark or "and" has a verb, and is no further name."""
        for index in range(start, len(self.mentions)):
            mention = self.mentions[index]
            if not mention.word or mention.has(Cue.AND):
                return False
            if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or self._capital(index):
                continue
            if mention.has(Cue.AUX, Cue.PRONOUN, Cue.RELATIVE) or mention.names(Role.PREDICATE):
                return True
            if mention.names(Role.WEAK) and index > start and self._has_object(index):
                return True
            if self._is_verb(index):
                return True
        return False

    def _has_object(self, index: int) -> bool:
        """Whether a word that may be a verb is one: "Acme *runs* the ferries", but "bridge building", "handling of"."""
        if index + 1 >= len(self.mentions) or self._preposition(index):
            return False
        following = self.mentions[index + 1]
        return following.word and not following.has(*_PREPOSITIONS, Cue.AND, Cue.OR)

    def _chunk_end(self, start: int) -> int:
        """Where the name and what narrows it end: at a mark, a conjunction or a verb; brackets are passed over."""
        index = start
        while index < len(self.mentions):
            mention = self.mentions[index]
            if mention.text in ("(", "["):
                closing = (i for i in range(index, len(self.mentions)) if self.mentions[i].text in (")", "]"))
                index = next(closing, len(self.mentions) - 1) + 1
                continue
            article = mention.has(Cue.THE, *_PREPOSITIONS)
            if mention.has(Cue.AND) and len(self.mentions[index - 1].text) == 1 and index > start + 1:
                pass  # "for the A and B wards"
            elif not mention.word or mention.has(Cue.AND) or (self._stops(index) and not article):
                break
            if self._is_verb(index):
                break
            index += 1
        return index

    def value(self, at: int, values: Sequence[Literal]) -> Literal | None:
        """The first value behind the predicate, as long as no mark and not too much stands between them."""
        for value in values:
            between = [m for m in self.mentions[at + 1 :] if m.end <= value.start]
            plain = all(m.word and not m.names(Role.PREDICATE) for m in between)
            if value.start >= self.mentions[at].start and len(between) <= _FARTHEST and plain:
                return value
        return None

    def labelled(self, value: Literal) -> str:
        """A value with the words that tell of what it is one: "400 *people*", "51 per cent *of the shares*"."""
        end = value.end
        for at, mention in enumerate(self.mentions):
            if mention.start < end:
                continue
            ends = not mention.word or mention.has(Cue.IN, *_ENDS, Cue.AUX) or mention.norm in self.hints.stops
            if ends or mention.names(Role.NUMBER) or self._is_verb(at):
                break
            end = mention.end
        words = self.text[value.start : end].split()
        while len(words) > 1 and any(m.text == words[-1] and m.has(*_PREPOSITIONS, Cue.THE) for m in self.mentions):
            words.pop()
        return " ".join(words)

    # To the left

    def before(self, at: int, predicate: Predicate) -> list[Name]:
        """The names that stand before the verb group of the predicate at ``at``, as many as its verb is for."""
        verb = self._verb_start(at)
        norm = self.mentions[verb].norm
        several = norm in self.hints.several or norm in {predicate.plural, predicate.base} - {predicate.singular}
        names = self._all_before(verb, several)
        one = norm in self.hints.one or norm == predicate.singular
        if one and len(names) == 2 and not self._article_before(names[1]):
            between = self.text[names[0].end : names[1].start]
            return [self._joined(names)] if len(between.split()) == 1 else names
        return names

    def _joined(self, names: Sequence[Name]) -> Name:
        """Names of a coordination as one ("Training and exercises")."""
        start, end = names[0].start, names[-1].end
        return Name(" ".join(self.text[start:end].split()), start, end, names[-1].rest, names[0].article)

    def _all_before(self, end: int, several: bool = False) -> list[Name]:
        end = self._without_insertions(end)
        found: list[Name] = []
        while end > 0:
            start = self._chunk_start(end)
            name = self._trailing_name(start, end)
            if name is None:
                return found or self._topic(start)
            found.insert(0, name)
            before = self.mentions[start - 1] if start else None
            if before is None or not (before.has(Cue.AND) or (before.text == "," and len(found) > 1)):
                break
            end = start
            while end > 0 and (self.mentions[end - 1].text == "," or self.mentions[end - 1].has(Cue.AND)):
                end -= 1
        return self._with_heads(found, several)

    def apposed(self, at: int) -> list[Name]:
        """The name to whose title the predicate belongs ("said Ada Lind, the head of the Harbour Office")."""
        start = at
        while start > 0 and self._light(start - 1):
            start -= 1
        if not start or self.mentions[start - 1].text != ",":
            return []
        return [name for name in self._all_before(start - 1)[-1:] if name.text[:1].isupper()]

    def referring(self, at: int) -> str:
        """The pronoun, or the kind with its article, that stands before the verb group of the predicate at ``at``."""
        end = self._without_insertions(self._verb_start(at))
        start = self._chunk_start(end)
        while start < end and self.mentions[start].has(Cue.ALSO, Cue.FILLER):
            start += 1
        span = self.mentions[start:end]
        pronoun = len(span) == 1 and span[0].has(Cue.PRONOUN)
        kind = len(span) == 2 and span[0].has(Cue.THE) and bool(span[1].names(Role.KIND))
        return self._between(start, end) if pronoun or kind else ""

    def _verb_start(self, at: int) -> int:
        """Where "will be the designated leader", "is jointly led" begins."""
        index = at
        while index > 0 and self._light(index - 1):
            index -= 1
        if not self._auxiliary(index - 1):
            index = at
            while index > 0 and (self.mentions[index - 1].has(Cue.ALSO) or self._adverb(index - 1)):
                index -= 1
        if self._auxiliary(index - 1):
            while index > 0 and (self.mentions[index - 1].has(Cue.AUX, Cue.ALSO, Cue.NOT) or self._adverb(index - 1)):
                index -= 1
        return index

    def _auxiliary(self, index: int) -> bool:
        return index >= 0 and self.mentions[index].has(Cue.AUX) and not self._possessive(index)

    def _possessive(self, index: int) -> bool:
        """Whether a clitic is no verb: "Ada Lind*'s* team leads"."""
        behind = self.mentions[index + 1 : index + 2]
        return self.mentions[index].norm == "'s" and bool(behind) and bool(behind[0].names(Role.KIND))

    def _light(self, index: int) -> bool:
        mention = self.mentions[index]
        if self._capital(index) or not mention.word or mention.has(Cue.AUX):
            return False
        weak = bool(mention.names(Role.WEAK) or mention.names(Role.KIND) or mention.names(Role.PREDICATE))
        linking = mention.norm in self.hints.links or mention.has(Cue.THE, Cue.NEUTRAL, Cue.ALSO, Cue.FILLER, Cue.NOT)
        return weak or linking

    def _adverb(self, index: int) -> bool:
        mention = self.mentions[index]
        return mention.word and not self._capital(index) and mention.has(Cue.TOGETHER, Cue.FILLER, Cue.ALONE, Cue.ONLY)

    def _without_insertions(self, end: int) -> int:
        """Before ", on the other hand," and the like."""
        while end > 1 and self.mentions[end - 1].text in ",)–—":
            opening = "(" if self.mentions[end - 1].text == ")" else self.mentions[end - 1].text
            start = next((i for i in range(end - 2, 0, -1) if self.mentions[i].text == opening), 0)
            if not start:
                break
            end = start
        return end

    def _chunk_start(self, end: int) -> int:
        index = end
        while index > 0:
            mention = self.mentions[index - 1]
            coordinates = mention.has(Cue.AND, Cue.BUT, Cue.RELATIVE) and not self._capital(index - 1)
            if (not mention.word and mention.text not in "&-/()") or coordinates:
                break
            index -= 1
        return index

    def _trailing_name(self, start: int, end: int) -> Name | None:
        """The name that ends a stretch: "In May the *Harbour Office*", "of all we know *Acme*"."""
        begin = start
        while begin < end and (self._opens_name(begin) or self.mentions[begin].norm in self.language.say_verbs):
            begin += 1
        if begin < end and (self.mentions[begin].has(*_PREPOSITIONS) or self._stops(begin)):
            articles = [i for i in range(begin, end) if self.mentions[i].norm in ("the",)]
            begin = articles[-1] + 1 if articles else self._last_capitals(begin, end)
        capitals = self._last_capitals(begin, end)
        before = self.mentions[capitals - 1]
        if begin < capitals < end and before.text[:1].islower() and not before.has(*_PREPOSITIONS, Cue.THE):
            begin = capitals  # "for that reason Acme", "mayor Ada Lind"
        return self._name(begin, end) if self._name_end(begin) >= end else None

    def _last_capitals(self, start: int, end: int) -> int:
        index = end
        while index > start and self._capital(index - 1):
            index -= 1
        return index

    def _topic(self, end: int) -> list[Name]:
        """The subject that an opening names ("As for Acme, the company leads …")."""
        last = end - 1
        while last > 0 and not self.mentions[last].word:
            last -= 1
        start = self._chunk_start(last + 1)
        behind = phrase_end(self.mentions, start, self.hints.topic)
        name = self._name(behind, last + 1) if behind > start else None
        return [name] if name else []

    # Names

    def _name(self, start: int, end: int) -> Name | None:
        """The stretch as a name, or nothing where it names nobody and nothing."""
        while start < end and (self._opens_name(start) or self._apposition(start, end)):
            start += 1
        span = self.mentions[start:end]
        words = [mention for mention in span if mention.word]
        if not words or len(words) > _LONGEST_NAME or not any(map(self._says, range(start, end))):
            return None
        if len(words) == 1 and words[0].norm in self.language.months:
            return None  # "Acme, which came in March, leads …"
        before = self.mentions[start - 1].norm if start else ""
        article = before if before in self.hints.definite else ""
        text = " ".join(self.text[span[0].start : span[-1].end].split())  # a line may end within a name
        return Name(text, span[0].start, span[-1].end, "", article, before in self.hints.honorifics)

    def _apposition(self, index: int, end: int) -> bool:
        """Whether a mention only tells of the name behind it: "the *agency* Acme", "*Captain* Ada Lind"."""
        mention = self.mentions[index]
        kind = mention.text.islower() and bool(mention.names(Role.KIND))
        return (kind or mention.norm in self.hints.honorifics) and index + 1 < end and self._capital(index + 1)

    def _says(self, index: int) -> bool:
        """Whether a mention can be what makes a name one: no function word, number or kind by itself."""
        mention = self.mentions[index]
        if not mention.word or mention.has(Cue.PRONOUN, Cue.THERE, Cue.SPEAKER):
            return False
        if mention.names(Role.ENTITY) or mention.names(Role.PLACE) or self._capital(index) or mention.unknown:
            return True
        roles = {reading.role for reading in mention.readings}
        if Role.KIND in roles:
            return False
        return mention.has(Cue.NEUTRAL) or bool(roles - {Role.CUE, Role.NUMBER, Role.PREDICATE, Role.COMPLEMENT})

    def _capital(self, index: int) -> bool:
        """Whether a word is capitalised, other than by opening the sentence."""
        if not 0 <= index < len(self.mentions):
            return False
        mention = self.mentions[index]
        opens = index == 0 or not any(before.word for before in self.mentions[:index])
        ordinary = mention.text[1:].islower() or len(mention.text) == 1
        return mention.text[:1].isupper() and not (opens and ordinary and not mention.unknown)

    def _opens_name(self, index: int) -> bool:
        """Whether a mention is an article or the like before a name, and no part of it: "The WHO", but "Team Acme"."""
        mention = self.mentions[index]
        own = mention.names(Role.KIND) or mention.names(Role.ENTITY) or (index and self._capital(index))
        return mention.has(*_OPENERS) and not own and not (len(mention.text) > 1 and mention.text.isupper())

    def _between(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        return self.text[self.mentions[start].start : self.mentions[end - 1].end]
