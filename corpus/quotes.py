"""Finds quotes in documents: as they are written, with white space folded, or what comes nearest.

document  "Medical evacuation is led by the⏎Netherlands; Italy is in charge"
quote     "is led by the Netherlands"     stands there, and is kept as the document has it: "is led by the⏎Netherlands"
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from functools import cached_property

from rapidfuzz import fuzz, process

from corpus.model import Document, Quote
from corpus.passages import split_passages

_NEAR = 75  # of 100: how much of a quote must stand in a passage for it to be meant
_MOST = 20  # quotes that the nearest is sought for; it takes long in long documents
_LONGEST = 300  # characters of a suggestion


class QuoteFinder:
    """Finds quotes in the documents of one corpus. What is only needed for quotes that are not exact is made then."""

    def __init__(self) -> None:
        self._folded: dict[str, _Folded] = {}
        self._sought = 0

    def find(self, text: str, documents: Collection[Document]) -> Quote | None:
        """The first exact occurrence, else the first with any white space where the quote has some."""
        for document in documents:
            start = document.text.find(text)
            if start >= 0:
                return Quote(document.id, start, start + len(text), text)
        found = (self._of(document).find(text) for document in documents)
        return next(filter(None, found), None)

    def nearest(self, text: str, documents: Iterable[Document]) -> str:
        """`` Did you mean 'Acme leads.'?`` where the documents have something near the quote, else nothing."""
        self._sought += 1
        if self._sought > _MOST:
            return ""
        wanted = " ".join(text.split())
        passages = [passage for document in documents for passage in self._of(document).passages]
        match = process.extractOne(
            wanted, [" ".join(p) for p in passages], scorer=fuzz.partial_ratio, score_cutoff=_NEAR
        )
        if match is None:
            return ""
        passage, _, at = match
        near = max((_window(wanted, passage), *passages[at]), key=lambda part: fuzz.ratio(wanted, part))
        return f" Did you mean {near!r}?" if len(near) <= _LONGEST else ""

    def _of(self, document: Document) -> _Folded:
        if document.id not in self._folded:
            self._folded[document.id] = _Folded(document)
        return self._folded[document.id]


class _Folded:
    """A document whose words have one space between them; ``words`` and ``places`` are where each begins, there and
    here."""

    def __init__(self, document: Document) -> None:
        self.document = document
        spans = [match.span() for match in re.finditer(r"\S+", document.text)]
        self.text = " ".join(document.text.split())
        self.words = [start for start, _ in spans]
        self.places, place = [], 0
        for start, end in spans:
            self.places.append(place)
            place += end - start + 1

    def find(self, text: str) -> Quote | None:
        wanted = " ".join(text.split())
        at = self.text.find(wanted) if wanted else -1
        if at < 0:
            return None
        start, end = self._offset(at), self._offset(at + len(wanted) - 1) + 1
        return Quote(self.document.id, start, end, self.document.text[start:end])

    def _offset(self, place: int) -> int:
        word = bisect_right(self.places, place) - 1
        return self.words[word] + place - self.places[word]

    @cached_property
    def passages(self) -> list[list[str]]:
        """The sentences of each passage, folded."""
        parts = split_passages(self.document)
        return [[" ".join(sentence.text.split()) for sentence in passage.sentences] for passage in parts]


def _window(wanted: str, passage: str) -> str:
    """The stretch of a passage that is most like a text, as whole words."""
    found = fuzz.partial_ratio_alignment(wanted, passage)
    if found is None or len(wanted) > len(passage):
        return passage
    start = passage.rfind(" ", 0, found.dest_start + 1) + 1
    end = passage.find(" ", max(found.dest_end - 1, start))
    return passage[start : end if end >= 0 else len(passage)]
