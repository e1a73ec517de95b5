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

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.checking.infobox import RecordBook
from bot.checking.infobox_checks import CheckOutcome, Checks
from bot.checking.infobox_claims import ClaimReader, RecordClaim, Word
from bot.schema.answer import Reason, Verdict
from bot.understanding.linker import Linker
from corpus.language import Language
from corpus.model import Document, Passage, Quote


@dataclass(frozen=True, slots=True)
class Held:
    """What records say of a claim."""

    verdict: Verdict
    reason: Reason
    quotes: tuple[Quote, ...]


class RecordJudge:
    """Holds claims against the records of passages."""

    def __init__(self, language: Language, linker: Linker, documents: Mapping[str, Document]) -> None:
        self.book = RecordBook(language, linker.world, documents)
        begins = frozenset(term for word in language.values.begins for term in self.book.stems(word))
        self.reader = ClaimReader(language, linker, self.book, begins)

    def hold(self, claim: str, passages: Iterable[Passage]) -> Held | None:
        """What the records among ``passages`` say of ``claim``; None where they say nothing."""
        sheets = self.book.sheets(passages)
        for sheet in sheets:
            read = self.reader.claim(claim, sheet)
            if read.beyond or (read.subject < 0 and len(sheets) > 1):
                continue
            if held := _decided(read, _settled(Checks(self.reader, read, sheet).outcomes())):
                return held
        return None


def _settled(outcomes: Sequence[CheckOutcome]) -> list[CheckOutcome]:
    """The outcomes without failures of what holds by another entry, or may: of two keys alike, one is meant.

    Where several lists have another number of items, they may have it together.
    """
    literals = {atom for outcome in outcomes if outcome.holds for atom in outcome.used if not isinstance(atom, Word)}
    good = [outcome.used for outcome in outcomes if outcome.holds]
    failures = Counter(outcome.used for outcome in outcomes if not outcome.holds)

    def stands(failure: CheckOutcome) -> bool:
        held = bool(failure.used & literals) or any(failure.used <= used for used in good)
        together = failures[failure.used] > 1 and failure.reason is Reason.WRONG_NUMBER
        return not held and not together

    return [outcome for outcome in outcomes if outcome.holds or stands(outcome)]


def _decided(claim: RecordClaim, outcomes: Sequence[CheckOutcome]) -> Held | None:
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


def _quotes(outcomes: Iterable[CheckOutcome]) -> tuple[Quote, ...]:
    return tuple(dict.fromkeys(outcome.entry.record.quote for outcome in outcomes))
