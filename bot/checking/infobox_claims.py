"""A claim as it is held against records: its words, dates and amounts, and what it says of their polarity."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.checking.infobox import Concept, RecordBook, Sheet, bare
from bot.understanding.dates_and_amounts import Amount, Dated, Literals
from bot.understanding.linker import Linker, Mention, Role
from corpus.language import Cue, Language
from corpus.text import stem, tokenize

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


# A name that a number stands in: its number is no amount.
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{2})")


# How alike a strange word must be to one of the subject's name to be that word, misspelt.
ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Word:
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


Atom = Word | Dated | Amount


Words = frozenset[Word]


@dataclass(frozen=True, slots=True)
class RecordClaim:
    """A claim, read. ``subject`` is where what the sheet is about is named, -1 where it is not."""

    text: str
    words: tuple[Word, ...]
    literals: Literals
    subject: int
    denied: bool
    only: bool
    beyond: bool
    having: bool
    begun: bool
    ago: bool
    same: Word | None

    @property
    def atoms(self) -> frozenset[Atom]:
        """All that must be found."""
        words = (word for word in self.words if not word.loose)
        return frozenset((*words, *self.literals.dates, *self.literals.amounts))


class ClaimReader:
    """Reads a claim as words and literals, of which each must be found in a record."""

    def __init__(self, language: Language, linker: Linker, book: RecordBook, begins: frozenset[str]) -> None:
        self.language, self.linker, self.values = language, linker, language.values
        self.book, self.begins = book, begins

    def claim(self, text: str, sheet: Sheet) -> RecordClaim:
        literals = self._literals(text, sheet)
        mentions = [mention for mention in self.linker.link(literals.rest) if mention.word]
        words, subject = self._words(mentions, sheet)
        return RecordClaim(
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

    def _words(self, mentions: Sequence[Mention], sheet: Sheet) -> tuple[list[Word], int]:
        """The words that say something, and where the subject is named."""
        names = {*self.book.stems(sheet.subject)}
        names.update(term for entry in sheet.entries if Concept.NAME in entry.concepts for term in entry.stems)
        words: list[Word] = []
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
                    words.append(Word(at, token.text, token.norm, term, loose, article))
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
