"""The checks of a claim against the records of one subject, value by value, each by its type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.checking.infobox import Concept, InfoboxEntry, Sheet
from bot.checking.infobox_claims import Atom, ClaimReader, RecordClaim, Word, Words
from bot.schema.answer import Reason
from bot.understanding.dates_and_amounts import YEAR, Amount, Bound, Dated, Dimension, Order
from corpus.language import Cue
from corpus.world import PlaceType, Relation

# How much of a longer key a claim must say to evoke it.
EVOKES = 0.5
_LONGEST_PLACE = 4
# How close another way to call a key comes to the key itself.
CALLED = 0.9
# How many words behind a number the noun may stand that it counts.
COUNTED = 2
_HOMES = frozenset({Concept.BIRTH, Concept.ORIGIN, Concept.NATIONALITY, Concept.PLACE})
_STARTS = (Concept.BIRTH, Concept.FOUNDING, Concept.RELEASE, Concept.YEAR)


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What one check found: whether it holds, which words and literals it used up, and of which entry.

    ``keyed``: the claim names the entry's key. Without it, a failure counts only where nothing else is said.
    """

    holds: bool
    entry: InfoboxEntry
    used: frozenset[Atom]
    reason: Reason
    keyed: bool = True


class Checks:
    """The checks of one claim against one sheet."""

    def __init__(self, reader: ClaimReader, claim: RecordClaim, sheet: Sheet) -> None:
        self.values, self.book, self.begins = reader.values, reader.book, reader.begins
        self.claim, self.sheet, self.than = claim, sheet, reader.language.cues[Cue.THAN]
        self.evoked = self._evoked()
        self.keyed = frozenset(word for words in self.evoked.values() for word in words)
        self.rest = [word for word in claim.words if word not in self.keyed]

    def outcomes(self) -> list[CheckOutcome]:
        """All that the checks find: first beside the keys that are named, then of what is left."""
        found = [outcome for entry, words in self.evoked.items() for outcome in self._keyed(entry, words)]
        found += [*self._shared(), *self._compared()]
        used = {atom for outcome in found for atom in outcome.used}
        self.rest = [word for word in self.rest if word not in used]
        return [*found, *self._sorts(), *self._unevoked()]

    def _keyed(self, entry: InfoboxEntry, words: Words) -> Iterator[CheckOutcome]:
        part = self._part(entry)
        yield from self._dates(part, words)
        yield from self._amounts(part, words)
        yield from self._members(entry, words)
        yield from self._being(entry, words)

    # What evokes an entry

    def _evoked(self) -> dict[InfoboxEntry, Words]:
        """The entries that the claim evokes, with the words that do so; of keys alike, those that it says most of."""
        found = {entry: self._evoking(entry) for entry in self.sheet.entries}
        hits = {entry: hit for entry, hit in found.items() if hit[1]}
        return {
            entry: words
            for entry, (share, words) in hits.items()
            if not any(words <= others and best > share for best, others in hits.values())
        }

    def _evoking(self, entry: InfoboxEntry) -> tuple[float, Words]:
        """How much of a key the claim says, in [0, 1], and the words that do."""
        said = {word.stem for word in self.claim.words}
        called = {term for phrase in entry.phrases if phrase <= said for term in phrase}
        share = len(entry.key & said) / max(1, len(entry.key))
        if share < EVOKES and not called:
            return 0.0, frozenset()
        words = frozenset(word for word in self.claim.words if word.stem in called or word.stem in entry.key)
        return max(share, CALLED if called else 0.0), words

    def _part(self, entry: InfoboxEntry) -> InfoboxEntry:
        """The entry with but the value that the claim names: "married to Bolt for ten years"."""
        said = {word.stem for word in self.rest if word.name}
        named = [number for number, item in enumerate(entry.items) if item & said]
        return self.book.part(entry, named[0]) if len(entry.items) > 1 and len(named) == 1 else entry

    # Dates

    def _dates(self, entry: InfoboxEntry, words: Words) -> Iterator[CheckOutcome]:
        for dated in self.claim.literals.dates:
            answer = self._date_holds(dated, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_DATE
                begins = {word for word in self.rest if word.stem in self.begins and answer}
                yield CheckOutcome(answer, entry, words | begins | {dated}, reason)

    def _date_holds(self, dated: Dated, entry: InfoboxEntry) -> bool | None:
        if not entry.periods:
            return None
        if dated.order is Order.SINCE:
            return replace(dated, order=Order.IN).holds(entry.periods[0])
        if self.claim.begun:
            return dated.holds(entry.periods[0])
        if entry.spans and dated.order is Order.IN and dated.period:
            return any(s.first <= dated.period.last and dated.period.first <= s.last for s in entry.spans)
        answers = {dated.holds(period) for period in entry.periods}
        if dated.order is Order.IN and True in answers:
            return True
        return answers.pop() if len(answers) == 1 else None

    # Amounts

    def _amounts(self, entry: InfoboxEntry, words: Words) -> Iterator[CheckOutcome]:
        for amount in self.claim.literals.amounts:
            if amount.dimension is Dimension.COUNT and not self._counts(amount, words, entry.numeric):
                continue
            answer = self._amount_holds(amount, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_NUMBER
                extra = {word for word in self.rest if word.norm in (*self.values.times, *self.values.ago)}
                yield CheckOutcome(answer, entry, words | extra | {amount}, reason)

    def _counts(self, amount: Amount, words: Words, numeric: bool) -> bool:
        """Whether an amount counts what the words name: "two big owners", "married twice", "its height is 20"."""
        if numeric and words & set([word for word in self.claim.words if word.at < amount.start][-1:]):
            return True
        behind = [word for word in self.claim.words if word.at >= amount.end]
        if words & set(behind[:COUNTED]):
            return True
        return all(word.norm in self.values.times for word in behind)

    def _amount_holds(self, amount: Amount, entry: InfoboxEntry) -> bool | None:
        match amount.dimension:
            case Dimension.COUNT if entry.numeric:
                return _any_holds(amount, entry.of(Dimension.COUNT)[:1])
            case Dimension.COUNT:
                vague = amount.bound is Bound.LEAST and len(entry.items) == 1  # one value may name several things
                return None if vague or not entry.listed else amount.holds(len(entry.items))
            case Dimension.TIME if self.claim.ago:
                return _range_holds(amount, self.sheet.since(entry), YEAR)
            case Dimension.TIME if entry.of(Dimension.TIME):
                return amount.holds(entry.of(Dimension.TIME)[0])
            case Dimension.TIME:
                return _range_holds(amount, self.sheet.lasted(entry), YEAR)
            case Dimension.AGE:
                return _range_holds(amount, self._age_at(entry), 1.0)
        return _any_holds(amount, entry.of(amount.dimension))

    def _age_at(self, entry: InfoboxEntry) -> tuple[float, float] | None:
        """How old the subject was at what an entry tells of."""
        if {Concept.BIRTH, Concept.DEATH} & entry.concepts:
            return self.sheet.age()
        born = self.sheet.date_of(Concept.BIRTH)
        if born is None or not entry.periods:
            return None
        years = entry.periods[0].year - born.year
        return years - 1, years

    # Values

    def _members(self, entry: InfoboxEntry, words: Words) -> Iterator[CheckOutcome]:
        found = frozenset(word for word in self.rest if word.stem in entry.stems and self._belongs(word))
        if found:
            stems = {word.stem for word in found}
            part = self.claim.only and not all(item & stems for item in entry.items)
            yield CheckOutcome(not part, entry, words | found, Reason.OVER_GENERAL if part else Reason.STATED)
        elif placed := self._placed(entry):
            yield CheckOutcome(placed[0], entry, words | placed[1], Reason.STATED if placed[0] else Reason.WRONG_SCOPE)
        elif self._other_name(entry):
            yield CheckOutcome(False, entry, words | frozenset(self.rest), Reason.WRONG_SCOPE)

    def _belongs(self, word: Word) -> bool:
        """Whether the evoked key that stands nearest to a word has it: names go with the key beside them."""
        nearest = min(self.evoked.items(), key=lambda pair: min(abs(word.at - key.at) for key in pair[1]))[0]
        near = {e for e, words in self.evoked.items() if words == self.evoked[nearest]}
        return any(word.stem in entry.stems for entry in near)

    def _other_name(self, entry: InfoboxEntry) -> bool:
        """Whether the claim gives nothing but a name where the entry gives nothing but other names."""
        literals = self.claim.literals
        if literals.dates or literals.amounts or entry.places or len(self.evoked) > 1 or not entry.names:
            return False
        rest = [word for word in self.rest if not word.loose]
        text = " ".join(word.text for word in rest)
        return bool(rest) and all(word.name for word in rest) and not self.book.places(text)

    def _placed(self, entry: InfoboxEntry) -> tuple[bool, Words] | None:
        """Whether a place that is named holds one that the entry gives, and the words that name it."""
        for first in range(len(self.rest)):
            for last in range(min(len(self.rest), first + _LONGEST_PLACE), first, -1):
                words = self.rest[first:last]
                claimed = self.book.places(" ".join(word.text for word in words))
                if not claimed or not entry.places:
                    continue
                relations = {self.book.world.relation(said, claimed[0]) for said in entry.places}
                used = frozenset({*words, *(word for word in self.rest if word.norm in self.values.place_words)})
                if relations & {Relation.INSIDE, Relation.SAME}:
                    return True, used
                whole = not self._leads_on(words[0])
                if whole and relations == {Relation.APART} and any(p.type is PlaceType.COUNTRY for p in entry.places):
                    return False, used
        return None

    def _leads_on(self, word: Word) -> bool:
        """Whether a name stands right before a word, so that the word may be but the end of it."""
        before = self.claim.text[: word.at].rstrip(" -").split()
        return bool(before) and before[-1][:1].isupper() and len(before) > 1

    def _being(self, entry: InfoboxEntry, words: Words) -> Iterator[CheckOutcome]:
        """ "Acme has owners": that there is such an entry at all."""
        said = self.claim.having or not any(word.article for word in words)
        if said and self.claim.atoms <= words and not self.claim.only:
            yield CheckOutcome(True, entry, words, Reason.STATED)

    def _shared(self) -> Iterator[CheckOutcome]:
        """ "Built and sold by the same firm": whether two entries have a value in common."""
        if self.claim.same is None or len(self.evoked) != 2:
            return
        (one, first), (two, second) = self.evoked.items()
        if not one.names or not two.names:
            return
        common = set(one.items) & set(two.items)
        behind = [word for word in self.rest if word.at > self.claim.same.at][:1]
        used = first | second | {self.claim.same, *behind}
        yield CheckOutcome(bool(common), one, used, Reason.STATED if common else Reason.WRONG_SCOPE)

    def _compared(self) -> Iterator[CheckOutcome]:
        """ "It has more land than water": which of two numbers is the greater."""
        degrees = [word for word in self.claim.words if word.norm in (*self.values.greater, *self.values.lesser)]
        than = next((word for word in self.claim.words if word.norm in self.than), None)
        pairs = [(entry, words) for entry, words in self.evoked.items() if entry.numeric]
        if len(degrees) != 1 or than is None or len(pairs) != 2:
            return
        (one, first), (two, second) = sorted(pairs, key=lambda pair: max(word.at for word in pair[1]))
        split = all(word.at < than.at for word in first - second) and all(word.at > than.at for word in second - first)
        if (
            not split
            or one.amounts[0].dimension is not two.amounts[0].dimension
            or not (first - second and second - first)
        ):
            return
        more = one.amounts[0].value > two.amounts[0].value
        holds = more == (degrees[0].norm in self.values.greater)
        reason = Reason.STATED if holds else Reason.WRONG_NUMBER
        yield CheckOutcome(holds, one, first | second | {than, *degrees}, reason, keyed=False)

    def _sorts(self) -> Iterator[CheckOutcome]:
        """ "It is a film": what the keys tell of the subject."""
        for word in self.rest:
            if signs := self.values.sorts.get(word.norm) if word.loose else None:
                entry = next((entry for entry in self.sheet.entries if signs[0] in entry.concepts), None)
                if entry is not None:
                    yield CheckOutcome(True, entry, frozenset({word}), Reason.STATED)

    def _unevoked(self) -> Iterator[CheckOutcome]:
        """ "Acme is a brewery in France": values said of the subject without their keys."""
        rest = [word for word in self.rest if not word.loose]
        if self.claim.only or self.claim.subject < 0 or any(word.at < self.claim.subject for word in rest):
            return
        homes = [entry for entry in self.sheet.entries if _HOMES & entry.concepts and entry.places]
        placed = [(entry, found) for entry in homes if (found := self._placed(entry))]
        holding = [(entry, found) for entry, found in placed if found[0]] or placed[: len(placed) == len(homes)]
        for entry, (holds, used) in holding[:1]:
            yield CheckOutcome(holds, entry, used, Reason.STATED if holds else Reason.WRONG_SCOPE, keyed=False)
        for entry in self.sheet.entries:
            # A name stands with its key: that it is somewhere in the sheet does not say as what.
            said = frozenset(word for word in rest if word.stem in entry.stems and not (word.name and self.evoked))
            stems = {word.stem for word in said}
            if said and (stems & entry.heads or any(item and item <= stems for item in entry.items)):
                yield CheckOutcome(True, entry, said, Reason.STATED)
        yield from self._timed()

    def _timed(self) -> Iterator[CheckOutcome]:
        """A date or an age said of the subject itself is that of its beginning, where no evoked entry has one."""
        told = [e for e in self.sheet.entries if e.periods and Concept.ACTIVITY not in e.concepts]
        entry = next((e for concept in _STARTS for e in told if concept in e.concepts), None)
        if entry is None or any(evoked.periods for evoked in self.evoked):
            return
        begins = frozenset(word for word in self.rest if word.stem in self.begins or word.norm in self.values.ago)
        for dated in self.claim.literals.dates:
            answer = dated.holds(entry.periods[0])
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_DATE
                yield CheckOutcome(answer, entry, begins | {dated}, reason, keyed=False)
        for amount in self.claim.literals.amounts:
            answer = self._aged(amount, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_NUMBER
                yield CheckOutcome(answer, entry, begins | {amount}, reason, keyed=False)

    def _aged(self, amount: Amount, entry: InfoboxEntry) -> bool | None:
        lived = Concept.BIRTH in entry.concepts
        if self.evoked or amount.dimension not in (Dimension.AGE, Dimension.TIME):
            return None
        if amount.dimension is Dimension.TIME:
            return None if lived else _range_holds(amount, self.sheet.since(entry), YEAR)
        return _range_holds(amount, self.sheet.age() if lived else self.sheet.since(entry), 1.0)


def _any_holds(amount: Amount, said: Sequence[float]) -> bool | None:
    answers = {amount.holds(value) for value in said}
    return True if True in answers else False if answers == {False} else None


def _range_holds(amount: Amount, said: tuple[float, float] | None, unit: float) -> bool | None:
    """Whether what lies between two values, in units of ``unit``, is as much as the amount, wherever it lies."""
    if said is None:
        return None
    low, high = (value * unit for value in said)
    if amount.bound is Bound.EXACT and low <= amount.value <= high:
        return True
    answers = {amount.holds(low), amount.holds(high)}
    return answers.pop() if len(answers) == 1 else None
