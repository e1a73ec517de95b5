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
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.linker import Linker, Mention, Role
from bot.model import Reason, Verdict
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


@dataclass(frozen=True, slots=True)
class Content:
    """What a text says, reduced to what can be compared.

    ``terms`` are stems or entity names; ``years`` four-digit years; ``months`` their names; ``shares`` percentages;
    ``numbers`` any other number; ``denied`` the terms that a negation stands right before, ``supposed`` those
    under an "if"; ``refers``: a pronoun takes up
    the sentence before.
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
        # "The companies", "the members": too general to tell one claim from another.
        self._members = frozenset(next(iter(corpus.predicates.values())).subject_kinds)
        words = "|".join(re.escape(word) for word in sorted(language.fractions, key=len, reverse=True))
        # "half of all": one share, not two.
        self._share_words = re.compile(rf"\b({words})\b(?:\s+of\s+all\b)?", re.I)
        self.content = lru_cache(maxsize=8192)(self._content)

    def align(self, claim: str, passages: Iterable[Passage]) -> Aligned:
        """Judge ``claim`` by the sentences of ``passages``."""
        wanted = self.content(claim)
        candidates = [window for passage in passages for window in self.windows(passage)]
        if not wanted.terms or not candidates:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, (), 0.0)
        scored = [(self.coverage(wanted, said), -len(quotes), quotes, said) for quotes, said in candidates]
        best = max(scored, key=lambda row: (round(row[0], 6), self._literals(wanted, row[3]), row[1]))
        return self._judged(wanted, best[3], best[2], best[0])

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
        """Single sentences, and each with the one before it (for what "it" and "they" mean there)."""
        previous: tuple[Quote, Content] | None = None
        for quote in passage.sentences:
            said = self.content(quote.text)
            yield (quote,), said
            if previous and said.refers:
                yield (previous[0], quote), said | previous[1]
            previous = (quote, said)

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
        if coverage < ABOUT:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        for want, have, reason in (
            (wanted.years, said.years, Reason.WRONG_DATE),
            (wanted.months, said.months, Reason.WRONG_DATE),
            (wanted.shares, said.shares, Reason.WRONG_NUMBER),
            (wanted.numbers, said.numbers, Reason.WRONG_NUMBER),
        ):
            if want and not want <= have:
                verdict = Verdict.REFUTED if have and coverage >= STATES else Verdict.NOT_ENOUGH_INFO
                return Aligned(verdict, reason, quotes, coverage)
        if wanted.bounded and not said.bounded and (wanted.shares or wanted.numbers or wanted.years):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_NUMBER, quotes, coverage)  # "more than half"
        missing = wanted.terms - said.terms
        if coverage < STATES or any(term.startswith("=") for term in missing) or self._words_missing(wanted, said):
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, quotes, coverage)
        if wanted.excepted and not said.excepted:
            return Aligned(Verdict.REFUTED, Reason.OVER_GENERAL, quotes, coverage)
        common = (wanted.words & said.words) or (wanted.terms & said.terms)
        if self._turned(wanted, said, common):
            return Aligned(Verdict.REFUTED, Reason.WRONG_POLARITY, quotes, coverage)
        supposed = common & said.supposed and not wanted.supposed
        bare = not wanted.numbers and all(term.startswith("~") for term in wanted.words)
        if supposed:
            return Aligned(Verdict.NOT_ENOUGH_INFO, Reason.HYPOTHETICAL, quotes, coverage)
        if bare and self.coverage(said, wanted) < STATES:
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
        denied: set[str] = set()
        supposed: set[str] = set()
        years: set[str] = set()
        months: set[str] = set()
        numbers: set[float] = set()
        shares, rest = self._shares(text)
        excepted, refers = False, text.lstrip()[:1] in _OPENING_QUOTES  # a quotation goes on from sentence to sentence
        for stretch in self._stretches(self.linker.link(rest)):
            own: set[str] = set()
            beyond = False
            for at, mention in enumerate(stretch):
                if beyond := beyond or mention.has(Cue.EXCEPT):
                    excepted = True
                    continue
                following = stretch[at + 1].norm if at + 1 < len(stretch) else ""
                refers |= mention.has(Cue.PRONOUN, Cue.THOSE)
                if entities := mention.names(Role.ENTITY):
                    own.update(f"={name}" for name in entities)
                elif mention.norm in self._months:
                    months.add(mention.norm)
                elif (value := mention.names(Role.NUMBER)) and not (value[0] == "1" and mention.text != "1"):
                    self._number(mention.text, value[0], following, years, shares, numbers)
                elif not mention.has(Cue.NOT, Cue.NEITHER, Cue.UNLIKE) and not self._members & set(
                    mention.names(Role.KIND)
                ):
                    own.update(self._terms(mention))
            terms |= own
            denied |= self._denied_in(stretch)
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
            any(m.has(Cue.MORE, Cue.FEWER, Cue.AT_LEAST, Cue.AT_MOST) for m in self.linker.link(rest)),
        )

    def _denied_in(self, stretch: list[Mention]) -> set[str]:
        """The few terms behind each negation: "not the first time that X was announced" does not deny X."""
        denied: set[str] = set()
        for at, mention in enumerate(stretch):
            if mention.has(Cue.NOT, Cue.NEITHER, Cue.UNLIKE):
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

        def take(match: re.Match[str]) -> str:
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
            if names := mention.names(role):
                # All the ways to say "leads" are one, and so are all the words for one kind of thing.
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
