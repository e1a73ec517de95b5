"""Claims held against records.

A claim evokes a record by the words of its key, or by others that mean the same; then the claim's dates, amounts,
places, names and words are held against that record's values, each by its type. All that a claim says must be found
before it is supported; a value that is known to be another refutes it.

    # Acme
    Founded: 3 May 1902.
    Owners: Bolt; Crane.

    "Acme was founded before the 1920s."   Founded is a date, and before 1920           supported
    "Acme has three owners."               Owners are two                               refuted
    "Acme's owner Bolt is rich."           nothing says so                              not enough info
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from bot.checking.infobox import Concept, Entry, RecordBook, Sheet, bare
from bot.schema.answer import Reason, Verdict
from bot.understanding.dates_and_amounts import YEAR, Amount, Bound, Dated, Dimension, Literals, Order
from bot.understanding.linker import Linker, Mention, Role
from corpus.language import Cue, Language
from corpus.model import Document, Passage, Quote
from corpus.text import stem, tokenize
from corpus.world import PlaceType, Relation

# How much of a longer key a claim must say to evoke it.
EVOKES = 0.5
# How close another way to call a key comes to the key itself.
CALLED = 0.9
# How many words behind a number the noun may stand that it counts.
COUNTED = 2
# How alike a strange word must be to one of the subject's name to be that word, misspelt.
ALIKE = 0.75
_LONGEST_PLACE = 4
# Words of a claim that build it and say nothing by themselves.
_STRUCTURE = (
    *(Cue.AUX, Cue.DO, Cue.AND, Cue.IN, Cue.OF, Cue.BY, Cue.THE, Cue.PRONOUN, Cue.THERE, Cue.THOSE),
    *(Cue.RELATIVE, Cue.ALSO, Cue.WHO, Cue.WHEN, Cue.WHERE),
)
_DENIALS = (Cue.NOT, Cue.NO, Cue.NOBODY, Cue.NEITHER, Cue.NOR)
_ONLY = (Cue.ONLY, Cue.ALONE)
# What turns a claim into something that no value decides.
_BEYOND = (Cue.IF, Cue.HEDGE, Cue.EXCEPT, Cue.OTHER, Cue.ANY)
# What must not be passed over.
_QUANTIFIED = (Cue.ALL, Cue.MOST, Cue.MAJORITY, Cue.FEWEST, Cue.MORE, Cue.FEWER, Cue.AS_MANY, Cue.TOGETHER)
_HOMES = frozenset({Concept.BIRTH, Concept.ORIGIN, Concept.NATIONALITY, Concept.PLACE})
_STARTS = (Concept.BIRTH, Concept.FOUNDING, Concept.RELEASE, Concept.YEAR)
# A name that a number stands in: its number is no amount.
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{2})")


@dataclass(frozen=True, slots=True)
class Held:
    """What records say of a claim."""

    verdict: Verdict
    reason: Reason
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a claim that says something; ``loose`` ones need not be found, ``article``: one stands before it."""

    at: int
    text: str
    norm: str
    stem: str
    loose: bool
    article: bool

    @property
    def name(self) -> bool:
        return self.text[:1].isupper()


_Atom = _Word | Dated | Amount
_Words = frozenset[_Word]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim, read. ``subject`` is where what the sheet is about is named, -1 where it is not."""

    text: str
    words: tuple[_Word, ...]
    literals: Literals
    subject: int
    denied: bool
    only: bool
    beyond: bool
    having: bool
    begun: bool
    ago: bool
    same: _Word | None

    @property
    def atoms(self) -> frozenset[_Atom]:
        """All that must be found."""
        words = (word for word in self.words if not word.loose)
        return frozenset((*words, *self.literals.dates, *self.literals.amounts))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one check found: whether it holds, which words and literals it used up, and of which entry.

    ``keyed``: the claim names the entry's key. Without it, a failure counts only where nothing else is said.
    """

    holds: bool
    entry: Entry
    used: frozenset[_Atom]
    reason: Reason
    keyed: bool = True


class RecordJudge:
    """Holds claims against the records of passages."""

    def __init__(self, language: Language, linker: Linker, documents: Mapping[str, Document]) -> None:
        self.language, self.linker, self.values = language, linker, language.values
        self.book = RecordBook(language, linker.world, documents)
        self.begins = frozenset(term for word in self.values.begins for term in self.book.stems(word))

    def hold(self, claim: str, passages: Iterable[Passage]) -> Held | None:
        """What the records among ``passages`` say of ``claim``; None where they say nothing."""
        sheets = self.book.sheets(passages)
        for sheet in sheets:
            read = self._claim(claim, sheet)
            if read.beyond or (read.subject < 0 and len(sheets) > 1):
                continue
            if held := _decided(read, _settled(_Checks(self, read, sheet).outcomes())):
                return held
        return None

    # Reading a claim

    def _claim(self, text: str, sheet: Sheet) -> _Claim:
        literals = self._literals(text, sheet)
        mentions = [mention for mention in self.linker.link(literals.rest) if mention.word]
        words, subject = self._words(mentions, sheet)
        return _Claim(
            text=text,
            words=tuple(words),
            literals=literals,
            subject=subject,
            denied=sum(mention.has(*_DENIALS) for mention in mentions) % 2 == 1,
            only=any(mention.has(*_ONLY) for mention in mentions),
            beyond=any(mention.has(*_BEYOND) for mention in mentions),
            having=any(mention.norm in self.values.having for mention in mentions),
            begun=any(word.stem in self.begins for word in words),
            ago=any(word.norm in self.values.ago for word in words),
            same=next((word for word in words if word.norm in self.values.same), None),
        )

    def _words(self, mentions: Sequence[Mention], sheet: Sheet) -> tuple[list[_Word], int]:
        """The words that say something, and where the subject is named."""
        names = {*self.book.stems(sheet.subject)}
        names.update(term for entry in sheet.entries if Concept.NAME in entry.concepts for term in entry.stems)
        words: list[_Word] = []
        subject = -1
        article = False
        for mention in mentions:
            if mention.names(Role.ENTITY):
                subject = mention.start if subject < 0 else subject
            elif not mention.has(*_DENIALS, *_ONLY, *_BEYOND):
                for token in tokenize(mention.text):
                    at, term = mention.start + token.start, stem(token.norm, self.language.code)
                    if not token.word or self._empty(mention, token.norm):
                        continue
                    if self._called(term, token.norm, names):
                        subject = at if subject < 0 else subject
                        continue
                    loose = token.norm in self.values.loose or self._sort(token.norm, sheet)
                    words.append(_Word(at, token.text, token.norm, term, loose, article))
            article = mention.has(Cue.THE)
        return words, subject

    def _literals(self, text: str, sheet: Sheet) -> Literals:
        """The literals of a claim, but for those inside of names, and "one of …" and "both", which count nothing."""
        names = {bare(value) for entry in sheet.entries for value in entry.record.values}
        masked = text
        mixed = {sheet.subject, *filter(_MIXED.search, names)}
        for name in sorted(mixed, key=lambda name: (-len(name), name)):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", masked, re.I):
                masked = masked[: match.start()] + "_" * len(match.group()) + masked[match.end() :]
        found = self.book.quantities.read(masked)
        rest = "".join(own if mask == "_" else mask for own, mask in zip(text, found.rest, strict=True))
        amounts = tuple(amount for amount in found.amounts if not self._partial(text, amount))
        return Literals(found.dates, amounts, rest)

    def _partial(self, text: str, amount: Amount) -> bool:
        behind = self.linker.link(text[amount.end :])
        part = bool(behind) and (behind[0].has(Cue.OF) or (amount.value == 1 and behind[0].has(Cue.THE)))
        return part or text[amount.start : amount.end].lower() in self.language.cues[Cue.BOTH]

    def _empty(self, mention: Mention, norm: str) -> bool:
        if mention.has(*_QUANTIFIED) or norm in self.values.same:
            return False
        return mention.has(*_STRUCTURE) or norm in self.values.small

    def _called(self, term: str, norm: str, names: Collection[str]) -> bool:
        """Whether a word is one of the subject's name, perhaps misspelt."""
        if term in names:
            return True
        strange = len(norm) >= 5 and not self.language.frequency(norm)
        return strange and any(OSA.normalized_similarity(norm, name) >= ALIKE for name in names)

    def _sort(self, norm: str, sheet: Sheet) -> bool:
        """Whether a noun tells what the subject is, and its keys tell the same: an album has a label and a length."""
        signs = self.values.sorts.get(norm)
        if not signs:
            return False
        told = sheet.concepts()
        return all((sign[1:] not in told) if sign.startswith("-") else (sign in told) for sign in signs)


class _Checks:
    """The checks of one claim against one sheet."""

    def __init__(self, judge: RecordJudge, claim: _Claim, sheet: Sheet) -> None:
        self.values, self.book, self.begins = judge.values, judge.book, judge.begins
        self.claim, self.sheet, self.than = claim, sheet, judge.language.cues[Cue.THAN]
        self.evoked = self._evoked()
        self.keyed = frozenset(word for words in self.evoked.values() for word in words)
        self.rest = [word for word in claim.words if word not in self.keyed]

    def outcomes(self) -> list[_Outcome]:
        """All that the checks find: first beside the keys that are named, then of what is left."""
        found = [outcome for entry, words in self.evoked.items() for outcome in self._keyed(entry, words)]
        found += [*self._shared(), *self._compared()]
        used = {atom for outcome in found for atom in outcome.used}
        self.rest = [word for word in self.rest if word not in used]
        return [*found, *self._sorts(), *self._unevoked()]

    def _keyed(self, entry: Entry, words: _Words) -> Iterator[_Outcome]:
        part = self._part(entry)
        yield from self._dates(part, words)
        yield from self._amounts(part, words)
        yield from self._members(entry, words)
        yield from self._being(entry, words)

    # What evokes an entry

    def _evoked(self) -> dict[Entry, _Words]:
        """The entries that the claim evokes, with the words that do so; of keys alike, those that it says most of."""
        found = {entry: self._evoking(entry) for entry in self.sheet.entries}
        hits = {entry: hit for entry, hit in found.items() if hit[1]}
        return {
            entry: words
            for entry, (share, words) in hits.items()
            if not any(words <= others and best > share for best, others in hits.values())
        }

    def _evoking(self, entry: Entry) -> tuple[float, _Words]:
        """How much of a key the claim says, in [0, 1], and the words that do."""
        said = {word.stem for word in self.claim.words}
        called = {term for phrase in entry.phrases if phrase <= said for term in phrase}
        share = len(entry.key & said) / max(1, len(entry.key))
        if share < EVOKES and not called:
            return 0.0, frozenset()
        words = frozenset(word for word in self.claim.words if word.stem in called or word.stem in entry.key)
        return max(share, CALLED if called else 0.0), words

    def _part(self, entry: Entry) -> Entry:
        """The entry with but the value that the claim names: "married to Bolt for ten years"."""
        said = {word.stem for word in self.rest if word.name}
        named = [number for number, item in enumerate(entry.items) if item & said]
        return self.book.part(entry, named[0]) if len(entry.items) > 1 and len(named) == 1 else entry

    # Dates

    def _dates(self, entry: Entry, words: _Words) -> Iterator[_Outcome]:
        for dated in self.claim.literals.dates:
            answer = self._date_holds(dated, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_DATE
                begins = {word for word in self.rest if word.stem in self.begins and answer}
                yield _Outcome(answer, entry, words | begins | {dated}, reason)

    def _date_holds(self, dated: Dated, entry: Entry) -> bool | None:
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

    def _amounts(self, entry: Entry, words: _Words) -> Iterator[_Outcome]:
        for amount in self.claim.literals.amounts:
            if amount.dimension is Dimension.COUNT and not self._counts(amount, words, entry.numeric):
                continue
            answer = self._amount_holds(amount, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_NUMBER
                extra = {word for word in self.rest if word.norm in (*self.values.times, *self.values.ago)}
                yield _Outcome(answer, entry, words | extra | {amount}, reason)

    def _counts(self, amount: Amount, words: _Words, numeric: bool) -> bool:
        """Whether an amount counts what the words name: "two big owners", "married twice", "its height is 20"."""
        if numeric and words & set([word for word in self.claim.words if word.at < amount.start][-1:]):
            return True
        behind = [word for word in self.claim.words if word.at >= amount.end]
        if words & set(behind[:COUNTED]):
            return True
        return all(word.norm in self.values.times for word in behind)

    def _amount_holds(self, amount: Amount, entry: Entry) -> bool | None:
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

    def _age_at(self, entry: Entry) -> tuple[float, float] | None:
        """How old the subject was at what an entry tells of."""
        if {Concept.BIRTH, Concept.DEATH} & entry.concepts:
            return self.sheet.age()
        born = self.sheet.date_of(Concept.BIRTH)
        if born is None or not entry.periods:
            return None
        years = entry.periods[0].year - born.year
        return years - 1, years

    # Values

    def _members(self, entry: Entry, words: _Words) -> Iterator[_Outcome]:
        found = frozenset(word for word in self.rest if word.stem in entry.stems and self._belongs(word))
        if found:
            stems = {word.stem for word in found}
            part = self.claim.only and not all(item & stems for item in entry.items)
            yield _Outcome(not part, entry, words | found, Reason.OVER_GENERAL if part else Reason.STATED)
        elif placed := self._placed(entry):
            yield _Outcome(placed[0], entry, words | placed[1], Reason.STATED if placed[0] else Reason.WRONG_SCOPE)
        elif self._other_name(entry):
            yield _Outcome(False, entry, words | frozenset(self.rest), Reason.WRONG_SCOPE)

    def _belongs(self, word: _Word) -> bool:
        """Whether the evoked key that stands nearest to a word has it: names go with the key beside them."""
        nearest = min(self.evoked.items(), key=lambda pair: min(abs(word.at - key.at) for key in pair[1]))[0]
        near = {e for e, words in self.evoked.items() if words == self.evoked[nearest]}
        return any(word.stem in entry.stems for entry in near)

    def _other_name(self, entry: Entry) -> bool:
        """Whether the claim gives nothing but a name where the entry gives nothing but other names."""
        literals = self.claim.literals
        if literals.dates or literals.amounts or entry.places or len(self.evoked) > 1 or not entry.names:
            return False
        rest = [word for word in self.rest if not word.loose]
        text = " ".join(word.text for word in rest)
        return bool(rest) and all(word.name for word in rest) and not self.book.places(text)

    def _placed(self, entry: Entry) -> tuple[bool, _Words] | None:
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

    def _leads_on(self, word: _Word) -> bool:
        """Whether a name stands right before a word, so that the word may be but the end of it."""
        before = self.claim.text[: word.at].rstrip(" -").split()
        return bool(before) and before[-1][:1].isupper() and len(before) > 1

    def _being(self, entry: Entry, words: _Words) -> Iterator[_Outcome]:
        """ "Acme has owners": that there is such an entry at all."""
        said = self.claim.having or not any(word.article for word in words)
        if said and self.claim.atoms <= words and not self.claim.only:
            yield _Outcome(True, entry, words, Reason.STATED)

    def _shared(self) -> Iterator[_Outcome]:
        """ "Built and sold by the same firm": whether two entries have a value in common."""
        if self.claim.same is None or len(self.evoked) != 2:
            return
        (one, first), (two, second) = self.evoked.items()
        if not one.names or not two.names:
            return
        common = set(one.items) & set(two.items)
        behind = [word for word in self.rest if word.at > self.claim.same.at][:1]
        used = first | second | {self.claim.same, *behind}
        yield _Outcome(bool(common), one, used, Reason.STATED if common else Reason.WRONG_SCOPE)

    def _compared(self) -> Iterator[_Outcome]:
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
        yield _Outcome(holds, one, first | second | {than, *degrees}, reason, keyed=False)

    def _sorts(self) -> Iterator[_Outcome]:
        """ "It is a film": what the keys tell of the subject."""
        for word in self.rest:
            if signs := self.values.sorts.get(word.norm) if word.loose else None:
                entry = next((entry for entry in self.sheet.entries if signs[0] in entry.concepts), None)
                if entry is not None:
                    yield _Outcome(True, entry, frozenset({word}), Reason.STATED)

    def _unevoked(self) -> Iterator[_Outcome]:
        """ "Acme is a brewery in France": values said of the subject without their keys."""
        rest = [word for word in self.rest if not word.loose]
        if self.claim.only or self.claim.subject < 0 or any(word.at < self.claim.subject for word in rest):
            return
        homes = [entry for entry in self.sheet.entries if _HOMES & entry.concepts and entry.places]
        placed = [(entry, found) for entry in homes if (found := self._placed(entry))]
        holding = [(entry, found) for entry, found in placed if found[0]] or placed[: len(placed) == len(homes)]
        for entry, (holds, used) in holding[:1]:
            yield _Outcome(holds, entry, used, Reason.STATED if holds else Reason.WRONG_SCOPE, keyed=False)
        for entry in self.sheet.entries:
            # A name stands with its key: that it is somewhere in the sheet does not say as what.
            said = frozenset(word for word in rest if word.stem in entry.stems and not (word.name and self.evoked))
            stems = {word.stem for word in said}
            if said and (stems & entry.heads or any(item and item <= stems for item in entry.items)):
                yield _Outcome(True, entry, said, Reason.STATED)
        yield from self._timed()

    def _timed(self) -> Iterator[_Outcome]:
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
                yield _Outcome(answer, entry, begins | {dated}, reason, keyed=False)
        for amount in self.claim.literals.amounts:
            answer = self._aged(amount, entry)
            if answer is not None:
                reason = Reason.STATED if answer else Reason.WRONG_NUMBER
                yield _Outcome(answer, entry, begins | {amount}, reason, keyed=False)

    def _aged(self, amount: Amount, entry: Entry) -> bool | None:
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


def _settled(outcomes: Sequence[_Outcome]) -> list[_Outcome]:
    """The outcomes without failures of what holds by another entry, or may: of two keys alike, one is meant.

    Where several lists have another number of items, they may have it together.
    """
    literals = {atom for outcome in outcomes if outcome.holds for atom in outcome.used if not isinstance(atom, _Word)}
    good = [outcome.used for outcome in outcomes if outcome.holds]
    failures = Counter(outcome.used for outcome in outcomes if not outcome.holds)

    def stands(failure: _Outcome) -> bool:
        held = bool(failure.used & literals) or any(failure.used <= used for used in good)
        together = failures[failure.used] > 1 and failure.reason is Reason.WRONG_NUMBER
        return not held and not together

    return [outcome for outcome in outcomes if outcome.holds or stands(outcome)]


def _decided(claim: _Claim, outcomes: Sequence[_Outcome]) -> Held | None:
    used = {atom for outcome in outcomes for atom in outcome.used}
    complete = bool(outcomes) and claim.atoms <= used
    failed = [outcome for outcome in outcomes if not outcome.holds and (outcome.keyed or complete)]
    if failed and not claim.denied:
        return Held(Verdict.REFUTED, failed[0].reason, _quotes(failed))
    if failed and complete and len(outcomes) == 1:
        return Held(Verdict.SUPPORTED, Reason.STATED, _quotes(failed))
    if failed or not complete:
        return None
    if claim.denied:
        return Held(Verdict.REFUTED, Reason.WRONG_POLARITY, _quotes(outcomes))
    return Held(Verdict.SUPPORTED, Reason.STATED, _quotes(outcomes))


def _quotes(outcomes: Iterable[_Outcome]) -> tuple[Quote, ...]:
    return tuple(dict.fromkeys(outcome.entry.record.quote for outcome in outcomes))
