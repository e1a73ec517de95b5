"""Holds a claim against sentences of the source, where no logical form can carry it.

A sentence states a claim when it has all of the claim's content: its entities, its words (by stem), its numbers, dates
and shares, and the same polarity. When everything but a number, a date or the polarity is there, it refutes the claim.
When in doubt it does neither.

    claim     "Roughly 50 percent of member vehicles will be jointly developed by 2025."
    sentence  "… by 2025, about half of all Alliance member vehicles will be jointly developed."
              same words; share 50 = half; year 2025 = 2025                                       supported
    claim     "… by 2035 …"                                                         year differs: refuted
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.checking.infobox_entailment import RecordJudge
from bot.schema.answer import Reason, Verdict
from bot.understanding.dates_and_amounts import Amount, Bound, Dated, Order
from bot.understanding.linker import Linker, Mention, Role
from bot.understanding.word_order import Placed, WordOrder, behind, turned_round
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from corpus.text import stem, tokenize

# Shares of a claim's content (weighted by rarity) that a sentence must have to state it, and to be about it at all.
_OPENING_QUOTES = frozenset('“"«„‘')
STATES = 0.80
ABOUT = 0.60
# How many terms behind it a negation denies.
DENIED = 3
# The share of the common terms that must be denied on one side alone to contradict.
TURNED = 0.3
# The share of a claim's words, counted, that a sentence must have to state it.
MOST_WORDS = 0.75
# The share of the terms between the first and the last that both have, which both must have: far apart, they need not
# belong together.
DENSE = 0.25
# What a claim says that has it done by now.
ALREADY = "already"
# What must be said if a claim says it.
_STRICT = (Cue.ONLY, Cue.ALONE, Cue.MAJORITY, Cue.FEWEST)


@dataclass(frozen=True, slots=True)
class Content:
    """What a text says, reduced to what can be compared.

    ``terms`` are stems or entity names; ``years`` four-digit years; ``months`` their names; ``shares`` percentages;
    ``numbers`` any other number; ``denied`` the terms that a negation stands right before ("not", "instead of"),
    ``nots`` those behind a plain "not"; ``supposed`` those under an "if"; ``refers``: a pronoun takes up the sentence
    before. ``order`` are the terms as they come; ``strict`` what turns a statement into a stronger one
    ("only", "the same", "fifth"); ``dates`` and ``amounts`` are those of the figures, with how they are
    set ("before", "at least"), and ``setting`` the terms that they are written in. ``placed`` tells who
    does what to whom; ``members``: it speaks of the members of the corpus's group as one ("the three").
    """

    terms: frozenset[str]
    years: frozenset[str]
    months: frozenset[str]
    shares: frozenset[float]
    numbers: frozenset[float]
    denied: frozenset[str]
    supposed: frozenset[str]
    excepted: bool
    refers: bool
    bounded: bool = False
    strict: frozenset[str] = frozenset()
    nots: frozenset[str] = frozenset()
    order: tuple[str, ...] = field(default=(), compare=False)
    dates: tuple[Dated, ...] = field(default=(), compare=False)
    amounts: tuple[Amount, ...] = field(default=(), compare=False)
    setting: frozenset[str] = field(default=frozenset(), compare=False)
    placed: tuple[Placed, ...] = field(default=(), compare=False)
    members: bool = field(default=False, compare=False)

    def __or__(self, other: Content) -> Content:
        return Content(
            self.terms | other.terms,
            self.years | other.years,
            self.months | other.months,
            self.shares | other.shares,
            self.numbers | other.numbers,
            self.denied | other.denied,
            self.supposed | other.supposed,
            self.excepted or other.excepted,
            self.refers,
            self.bounded or other.bounded,
            self.strict | other.strict,
            self.nots | other.nots,
            other.order + self.order,
            self.dates + other.dates,
            self.amounts + other.amounts,
            self.setting | other.setting,
            behind(other.placed, self.placed),
            self.members or other.members,
        )

    @property
    def words(self) -> frozenset[str]:
        """The terms that are no entities."""
        return frozenset(term for term in self.terms if not term.startswith("="))


@dataclass(frozen=True, slots=True)
class Aligned:
    """The best sentence for a claim and what follows from it; ``coverage`` is in [0, 1]."""

    verdict: Verdict
    reason: Reason
    quotes: tuple[Quote, ...]
    coverage: float


class Aligner:
    """Compares texts with the sentences of a corpus."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker) -> None:
        self.corpus, self.language, self.linker = corpus, language, linker
        self._months = frozenset(language.months)
        self._measured = frozenset(name for name, predicate in corpus.predicates.items() if predicate.measured)
        # "The companies", "the members": too general to tell one claim from another.
        self._members = frozenset(corpus.main.subject_kinds)
        kinds = [corpus.kinds[kind] for kind in self._members if kind in corpus.kinds]
        self._singular = frozenset(word for kind in kinds for word in (kind.name, *kind.words) if " " not in word)
        # "No" denies what stands behind it, which a share of nothing would not tell.
        shares = [word for word in language.fractions if word not in language.cues[Cue.NO]]
        words = "|".join(re.escape(word) for word in sorted(shares, key=len, reverse=True))
        # "half of all": one share, not two.
        self._share_words = re.compile(rf"\b({words})\b(?:\s+of\s+all\b)?", re.I)
        self.content = lru_cache(maxsize=8192)(self._content)
        self.word_order = WordOrder(language, lambda mention: () if self._of_members(mention) else self._terms(mention))
        self.judge = RecordJudge(language, linker, corpus.documents)

    def align(self, claim: str, passages: Iterable[Passage]) -> Aligned:
        """Judge ``claim`` by the sentences of ``passages``."""
        passages = tuple(passages)
        if held := self.judge.hold(claim, passages):
            return Aligned(held.verdict, held.reason, held.quotes, 1.0)
        passages = [passage for passage in passages if not self.judge.book.records(passage)]
        wanted = self.content(claim)
        candidates = [window for passage in passages for window in self.windows(passage)]
        if not wanted.terms or not candidates:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, (), 0.0)
        scored = [(self.coverage(wanted, said), -len(quotes), quotes, said) for quotes, said in candidates]
        most = max(round(row[0], 6) for row in scored)
        nearest = [row for row in scored if round(row[0], 6) == most]
        best = max(nearest, key=lambda row: self._fit(wanted, row[3], row[1]))
        return self._judged(wanted, best[3], best[2], best[0])

    def _fit(self, wanted: Content, said: Content, shortness: int) -> tuple[int, bool, int]:
        """Which of several sentences with as much of a claim is the one to judge it by."""
        return self._literals(wanted, said), not turned_round(wanted.placed, said.placed), shortness

    @staticmethod
    def _literals(wanted: Content, said: Content) -> int:
        """How many of the wanted numbers, dates and shares are said."""
        return (
            len(wanted.years & said.years)
            + len(wanted.months & said.months)
            + len(wanted.shares & said.shares)
            + len(wanted.numbers & said.numbers)
        )

    def windows(self, passage: Passage) -> Iterable[tuple[tuple[Quote, ...], Content]]:
        """Single sentences, and each with the one before it (for what "it" and "they" mean there).

        A pronoun in the first sentence means what the heading names.
        """
        heading = self.content(passage.heading if self._names(passage.heading) else "")
        previous: tuple[Quote, Content] | None = None
        for quote in passage.sentences:
            said = self.content(quote.text)
            if said.members and self.corpus.group:
                said = replace(said, terms=said.terms | {f"={self.corpus.group}"})
            yield (quote,), said
            if previous and said.refers:
                yield (previous[0], quote), said | previous[1]
            elif said.refers and heading.terms:
                yield (quote,), said | heading
            previous = (quote, said)

    def _names(self, heading: str) -> bool:
        """Whether a heading names something, and is no sentence or question of its own."""
        telling = (Cue.AUX, Cue.WHO, Cue.WHICH, Cue.WHY, Cue.HOW, Cue.WHEN, Cue.WHERE)
        return not any(mention.has(*telling) for mention in self.linker.link(heading))

    def coverage(self, wanted: Content, said: Content) -> float:
        """The share of the wanted terms, weighted by rarity, that are said."""
        total = sum(self._weight(term) for term in wanted.terms)
        return sum(self._weight(term) for term in wanted.terms & said.terms) / total if total else 0.0

    @lru_cache(maxsize=65536)  # noqa: B019 - one aligner lives as long as its corpus
    def _weight(self, term: str) -> float:
        if term.startswith("="):
            return 6.0
        # A stem is rarely a word: it is as frequent as the likeliest word that it stands for.
        words = (term, term + "e", term + "ate", term[:-1] + "y" if term.endswith("i") else term)
        return max(3.0, 12.0 - math.log2(2 + max(map(self.language.frequency, words))) * 0.6)

    def _judged(self, wanted: Content, said: Content, quotes: tuple[Quote, ...], coverage: float) -> Aligned:
        set_against = _set_against(wanted, said)
        if set_against:
            wanted = replace(wanted, terms=wanted.terms - wanted.setting)
            coverage = self.coverage(wanted, said)
        if coverage < ABOUT:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if set_against is False:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER, quotes, coverage)
        wanted = _without_bounds(wanted) if set_against else wanted
        figures = (
            (wanted.years, said.years, Reason.WRONG_DATE),
            (wanted.months, said.months, Reason.WRONG_DATE),
            (wanted.shares, said.shares, Reason.WRONG_NUMBER),
            (wanted.numbers, said.numbers, Reason.WRONG_NUMBER),
        )
        for want, have, reason in figures:
            if want and not want <= have:
                verdict = Verdict.REFUTED if have and coverage >= STATES else Verdict.NOT_ENOUGH_INFO
                return Aligned(verdict, reason, quotes, coverage)
        if (
            not set_against
            and wanted.bounded
            and not said.bounded
            and (wanted.shares or wanted.numbers or wanted.years)
        ):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER, quotes, coverage)  # "more than half"
        missing = wanted.terms - said.terms
        if coverage < STATES or any(term.startswith("=") for term in missing) or self._words_missing(wanted, said):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if wanted.excepted and not said.excepted:
            return Aligned(Verdict.REFUTED, Reason.OVER_GENERAL, quotes, coverage)
        common = (wanted.words & said.words) or (wanted.terms & said.terms)
        if self._turned(wanted, said, common):
            return Aligned(Verdict.REFUTED, Reason.WRONG_POLARITY, quotes, coverage)
        if len(wanted.terms) < 2 and not (wanted.years or wanted.shares or wanted.numbers):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)  # one word states nothing
        supposed = common & said.supposed and not wanted.supposed
        bare = not wanted.numbers and all(term.startswith("~") for term in wanted.words)
        if supposed:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, quotes, coverage)
        if _at_odds(wanted, said):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_POLARITY, quotes, coverage)
        # To be stated, a claim must have no word of its own that the sentence lacks.
        loose = wanted.words - said.words or wanted.strict - said.strict or not _together(wanted, said)
        loose = loose or turned_round(wanted.placed, said.placed)
        if loose or (bare and self.coverage(said, wanted) < STATES):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        return Aligned(Verdict.SUPPORTED, Reason.STATED, quotes, coverage)

    def _words_missing(self, wanted: Content, said: Content) -> bool:
        """Whether too many of the claim's own words are not said; names alone state nothing."""
        common = wanted.words & said.words
        total = sum(self._weight(term) for term in wanted.words)
        weighty = sum(self._weight(term) for term in common) >= STATES * total - 0.5
        return bool(wanted.words) and not (weighty and len(common) >= MOST_WORDS * len(wanted.words))

    def _turned(self, wanted: Content, said: Content, common: frozenset[str]) -> bool:
        """Whether enough of what both say is denied by one of them and not by the other."""
        weight = sum(self._weight(term) for term in common & (wanted.denied ^ said.denied))
        return weight > TURNED * sum(self._weight(term) for term in common)

    # Reducing a text to its content

    def _content(self, text: str) -> Content:
        terms: set[str] = set()
        nots: set[str] = set()
        denied: set[str] = set()
        supposed: set[str] = set()
        years: set[str] = set()
        months: set[str] = set()
        numbers: set[float] = set()
        order: list[str] = []
        strict: set[str] = set()
        literals = self.judge.book.quantities.read(text)
        figures: tuple[Dated | Amount, ...] = (*literals.dates, *literals.amounts)
        shares, rest = self._shares(text)
        excepted, refers = False, text.lstrip()[:1] in _OPENING_QUOTES  # a quotation goes on from sentence to sentence
        mentions = self.linker.link(rest)
        for stretch in self._stretches(mentions):
            own: set[str] = set()
            beyond = False
            for at, mention in enumerate(stretch):
                if beyond := beyond or mention.has(Cue.EXCEPT):
                    excepted = True
                    continue
                following = stretch[at + 1].norm if at + 1 < len(stretch) else ""
                refers |= mention.has(Cue.PRONOUN, Cue.THOSE)
                strict.update(self._stricter(mention))
                if entities := mention.names(Role.ENTITY):
                    own.update(named := [f"={name}" for name in entities])
                    order += named[:1]
                elif mention.norm in self._months:
                    months.add(mention.norm)
                elif (value := mention.names(Role.NUMBER)) and not (value[0] == "1" and mention.text != "1"):
                    self._number(mention.text, value[0], following, years, shares, numbers)
                elif not mention.has(Cue.NOT, Cue.NEITHER, Cue.UNLIKE) and not self._of_members(mention):
                    own.update(said := list(self._terms(mention)))
                    order += said
            terms |= own
            denied |= self._denied_in(stretch, Cue.NOT, Cue.NEITHER, Cue.UNLIKE)
            nots |= self._denied_in(stretch, Cue.NOT, Cue.NEITHER, Cue.NO, Cue.NOBODY)
            if any(mention.has(Cue.IF) for mention in stretch):
                supposed |= own
        return Content(
            frozenset(terms),
            frozenset(years),
            frozenset(months),
            frozenset(shares),
            frozenset(numbers),
            frozenset(denied),
            frozenset(supposed),
            excepted,
            refers,
            self._is_bounded(text),
            frozenset(strict) | self._sequence(literals.rest),
            frozenset(nots),
            tuple(order),
            literals.dates,
            literals.amounts,
            frozenset(term for found in figures for term in self._stems(text[found.start : found.end])),
            self.word_order.placed(mentions),
            self._speaks_of_members(mentions),
        )

    def _is_bounded(self, text: str) -> bool:
        """Whether a figure is set against more or less: "over half", "at least 20"; not "under the plan"."""
        mentions = self.linker.link(text)
        return any(
            mention.has(Cue.MAJORITY)
            or (
                mention.has(Cue.MORE, Cue.FEWER, Cue.AT_LEAST, Cue.AT_MOST)
                and any(m.names(Role.NUMBER) or m.names(Role.FRACTION) for m in mentions[at + 1 : at + 3])
            )
            for at, mention in enumerate(mentions)
        )

    def _speaks_of_members(self, mentions: Sequence[Mention]) -> bool:
        """Whether members are spoken of together: all by name, or "the three"; not "the company", "each company"."""
        named = {name for mention in mentions for name in mention.names(Role.ENTITY)}
        every = self.corpus.named_as(self.corpus.main.subject_kinds)
        together = any(
            self._of_members(mention)
            and mention.norm not in self._singular
            and not (at and mentions[at - 1].has(Cue.ALL, Cue.ANY, Cue.NO, Cue.MAJORITY))
            for at, mention in enumerate(mentions)
        )
        return together or (bool(every) and set(every) <= named)

    def _of_members(self, mention: Mention) -> bool:
        return bool(self._members & set(mention.names(Role.KIND)))

    def _stems(self, text: str) -> Iterable[str]:
        return (stem(token.norm, self.language.code) for token in tokenize(text) if token.word and not token.number)

    def _stricter(self, mention: Mention) -> Iterable[str]:
        """What a word makes a statement more than it would be without it, by cue or by rank."""
        yield from (cue for cue in _STRICT if mention.has(cue))
        values = self.language.values
        for word in mention.norm.split():
            if word in values.same:
                yield "same"
            if word in values.ordinals:
                yield f"rank {values.ordinals[word]}"
        if mention.norm in values.already:
            yield ALREADY

    def _sequence(self, text: str) -> frozenset[str]:
        """Which of before and after a text sets one thing against another; dates are blanked."""
        values = self.language.values
        words = {mention.norm for mention in self.linker.link(text)}
        return frozenset(name for name, own in (("before", values.before), ("after", values.after)) if words & {*own})

    def _denied_in(self, stretch: list[Mention], *cues: Cue) -> set[str]:
        """The few terms behind each negation: "not the first time that X was announced" does not deny X."""
        denied: set[str] = set()
        for at, mention in enumerate(stretch):
            if mention.has(*cues):
                behind = [term for m in stretch[at + 1 :] if not m.has(Cue.NOT) for term in self._terms(m)]
                denied ^= set(behind[:DENIED])  # two negations undo each other
        return denied

    @staticmethod
    def _stretches(mentions: Iterable[Mention]) -> Iterable[list[Mention]]:
        """The words between marks: a negation reaches no further."""
        stretch: list[Mention] = []
        for mention in mentions:
            if mention.word or mention.text == "%":
                stretch.append(mention)
            elif mention.text in ",;:()—–":
                yield stretch
                stretch = []
        yield stretch

    def _shares(self, text: str) -> tuple[set[float], str]:
        """The shares that a text words ("half", "a third", "all"), and the text without them."""
        shares: set[float] = set()
        openings = [m for m in self.linker.link(text) if m.has(Cue.FILLER) and " " in m.norm]

        def take(match: re.Match[str]) -> str:
            if any(opening.start <= match.start() < opening.end for opening in openings):
                return match.group()  # "Make no mistake about it" says "no" of nothing
            shares.add(float(self.language.fractions[match.group(1).lower()]))
            return " "

        return shares, self._share_words.sub(take, text)

    @staticmethod
    def _number(
        text: str, value: str, following: str, years: set[str], shares: set[float], numbers: set[float]
    ) -> None:
        if len(text) == 4 and text.isdigit() and 1500 <= int(text) <= 2999:
            years.add(text)
        elif following in ("%", "percent", "per"):
            shares.add(float(value))
        else:
            numbers.add(float(value))

    def _terms(self, mention: Mention) -> Iterable[str]:
        for role in (Role.PREDICATE, Role.COMPLEMENT, Role.KIND):
            if names := [name for name in mention.names(role) if name not in self._measured]:
                # All the ways to say "leads" are one, and so are all the words for one kind of thing. What says a
                # date or a number stays words: there are sentences on it that no fact covers.
                yield f"~{role}:{names[0]}"
                return
        for token in tokenize(mention.norm):
            word = token.norm
            if token.word and not self._empty(word):
                yield stem(word, self.language.code)

    def _empty(self, word: str) -> bool:
        return word in self.language.light or len(word) == 1 or self._function(word)

    @lru_cache(maxsize=65536)  # noqa: B019
    def _function(self, word: str) -> bool:
        structural = (
            Cue.WHO,
            Cue.WHICH,
            Cue.WHEN,
            Cue.WHERE,
            Cue.WHY,
            Cue.HOW,
            Cue.AUX,
            Cue.DO,
            Cue.AND,
            Cue.OR,
            Cue.BUT,
            Cue.IN,
            Cue.OF,
            Cue.BY,
            Cue.THE,
            Cue.PRONOUN,
            Cue.THERE,
            Cue.THOSE,
            Cue.ALSO,
            Cue.IF,
            Cue.THAN,
        )
        mention = self.linker.link(word)
        return bool(mention) and len(mention) == 1 and mention[0].has(*structural)


def _set_against(wanted: Content, said: Content) -> bool | None:
    """Whether the figures that a claim sets bounds to ("over 20 years", "before 1970") hold of those that are said.

    None where it sets none: its figures are then compared as they are.
    """
    dates = [dated for dated in wanted.dates if _set(dated)]
    amounts = [amount for amount in wanted.amounts if amount.bound not in (Bound.EXACT, Bound.ABOUT)]
    mixed = bool(wanted.shares) or len(amounts) < len(wanted.amounts)
    if not (dates or amounts) or (amounts and (mixed or len(dates) < len(wanted.dates))):
        return None
    held = (any(dated.holds(other.period) for other in said.dates if other.period) for dated in dates)
    enough = (
        any(amount.holds(other.value) for other in said.amounts if other.dimension is amount.dimension)
        for amount in amounts
    )
    return all(held) and all(enough)


def _set(dated: Dated) -> bool:
    """Whether a date sets a bound ("after 2020"), or covers more than a year: a decade, a century."""
    wide = dated.period is not None and dated.period.year != dated.period.end_year
    return dated.order is not Order.IN or wide


def _without_bounds(wanted: Content) -> Content:
    """A claim whose bounds hold, with what else it says: its plain figures."""
    bounded = {str(dated.period.year) for dated in wanted.dates if _set(dated) and dated.period}
    numbers = {a.value for a in wanted.amounts if a.bound not in (Bound.EXACT, Bound.ABOUT)}
    return replace(wanted, years=wanted.years - bounded, numbers=wanted.numbers - numbers)


def _at_odds(wanted: Content, said: Content) -> bool:
    """Whether one of the two says "not" where the other does not, however little of the whole that is."""
    dropped = bool(said.nots) and said.nots <= wanted.terms and not wanted.denied
    return dropped or bool(wanted.nots - said.denied)


def _together(wanted: Content, said: Content) -> bool:
    """Whether what both have stands close together in what is said.

    >>> # "Acme makes beer" of "Acme, which Bolt founded near the old quay in Crane, makes barrels for beer"
    """
    common = wanted.terms & said.terms
    last = {term: -1 for term in common}
    least = len(said.order)
    for at, term in enumerate(said.order):
        if term in last:
            last[term] = at
            if min(last.values()) >= 0:
                least = min(least, at - min(last.values()) + 1)
    return len(common) >= DENSE * least
