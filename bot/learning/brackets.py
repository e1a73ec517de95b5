"""Other names that the text gives: "the World Transport Office (WTO)", "Acme, also known as the Mill,"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.learning.hints import Hints
from bot.learning.model import TextUnit

_BRACKET = re.compile(r"\((?P<inside>[^()\n]{2,80})\)")
_SHORT = re.compile(r"[A-Z][A-Za-z&/-]{0,8}[A-Z]|[A-Z]{2,10}")
_BEHIND = re.compile(r"\s*\(([^()\n]{2,12})\)")
_CAPITALS = re.compile(r"[A-Z][\w’'&-]*(?:\s+(?:of\s+|for\s+|and\s+)?(?:the\s+)?[A-Z][\w’'&-]*)*$")
_WORD = re.compile(r"[^\s(),;:]+")


@dataclass(frozen=True, slots=True)
class Bracket:
    """A short name, or another one, the long one that it stands for, and where that is said."""

    short: str
    long: str
    unit: TextUnit


def find_brackets(units: Iterable[TextUnit], hints: Hints) -> list[Bracket]:
    """All other names that the units give, each as it is explained first."""
    phrases = "|".join(sorted(map(re.escape, hints.also_called), key=len, reverse=True))
    also = (
        re.compile(rf"\s*[,(]\s*(?:{phrases})\s+(?:the\s+)?(?P<name>[A-Z][^,;().\n]{{1,60}})[,;).]")
        if phrases
        else None
    )
    found: dict[str, Bracket] = {}
    for unit in units:
        for bracket in (*_brackets(unit), *(_also_called(unit, also) if also else ())):
            found.setdefault(bracket.short, bracket)
    return list(found.values())


def _also_called(unit: TextUnit, also: re.Pattern[str]) -> Iterator[Bracket]:
    for match in also.finditer(unit.text):
        if named := _CAPITALS.search(unit.text[: match.start()]):
            yield Bracket(match["name"].strip(), re.sub(r"^The\s+", "", named.group()), unit)


def short_behind(text: str, end: int) -> str:
    """The short name in brackets right behind ``end``, if there is one."""
    match = _BEHIND.match(text, end)
    return match[1] if match and _SHORT.fullmatch(match[1]) else ""


def _brackets(unit: TextUnit) -> Iterator[Bracket]:
    for match in _BRACKET.finditer(unit.text):
        inside, before = match["inside"].strip(), unit.text[: match.start()].rstrip()
        if _SHORT.fullmatch(inside):
            if long := _spelt_out(inside, before):
                yield Bracket(inside, long, unit)
            continue
        last = next(iter(before.rsplit(maxsplit=1)[-1:]), "")
        if _SHORT.fullmatch(last) and _spelt_out(last, inside) == inside:
            yield Bracket(last, inside, unit)


def _spelt_out(short: str, before: str) -> str:
    """The words at the end of ``before`` whose initials make the short name, one letter at most left unexplained.

    "Water, Sanitation and Hygiene" for WASH (the A is that of "and"), "Save the Children" for STC.
    """
    words = list(_WORD.finditer(before))
    wanted = [letter.lower() for letter in short if letter.isalpha()]
    for start in range(len(words) - 1, max(-1, len(words) - 3 * len(short) - 1), -1):
        parts = [part for word in words[start:] for part in re.split(r"[-/]", word.group()) if part]
        every = [part[0].lower() for part in parts]
        capitals = [part[0].lower() for part in parts if part[0].isupper()]
        nearly = len(capitals) > 1 and len(capitals) >= len(wanted) - 1 and _in_order(capitals, wanted)
        if parts and parts[0][0].isupper() and every[0] == wanted[0] and (wanted == every or nearly):
            return before[words[start].start() :]
    return ""


def _in_order(letters: Sequence[str], word: Sequence[str]) -> bool:
    """Whether the letters stand in the word in their order, others between them."""
    rest = iter(word)
    return all(letter in rest for letter in letters)
