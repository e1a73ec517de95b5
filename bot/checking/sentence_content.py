"""What a text says, reduced to what can be compared: names, stems, figures, what is denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.understanding.dates_and_amounts import Amount, Dated, Quantities
from bot.understanding.linker import Linker, Mention, Role
from bot.understanding.word_order import Placed, WordOrder, behind
from corpus.language import Cue, Language
from corpus.model import Corpus
from corpus.text import stem, tokenize

# Shares of a claim's content (weighted by rarity) that a sentence must have to state it, and to be about it at all.
_OPENING_QUOTES = frozenset('“"«„‘')


# How many terms behind it a negation denies.
DENIED = 3


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


class ContentReader:
    """Reduces texts to their content; ``quantities`` reads their dates and amounts."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker, quantities: Quantities) -> None:
        self.corpus, self.language, self.linker, self.quantities = corpus, language, linker, quantities
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
        self.word_order = WordOrder(language, lambda mention: () if self._of_members(mention) else self._terms(mention))
        self.content = lru_cache(maxsize=8192)(self._content)
        """What a text says, kept."""

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
        literals = self.quantities.read(text)
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
