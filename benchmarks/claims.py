"""How well claims of public sets are checked: each source as a corpus of its own, and the shipped checker over it.

Nothing is learnt from the labels but the bars of the overlap baseline, and those by half split: the bars of one half of
the claims are taken from the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement, permutations

from benchmarks.claims_data import ClaimSet, LabelledClaim, Source, temporary_corpus
from benchmarks.measure import Summary, summarize, timed
from bot.answering.languages import Tongues
from bot.checking.checker import FactChecker, overall
from bot.schema.answer import Verdict
from corpus.text import stem, tokenize
from corpus.world import World

_BARS = tuple(number / 10 for number in range(11))


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares in [0, 1]. ``precision`` and ``recall`` are those of ``supported``; None where nothing was supported.

    ``coverage`` is the share of claims that were decided, ``decided`` the accuracy over them.
    """

    accuracy: float
    macro_f1: float
    precision: float | None
    recall: float
    coverage: float
    decided: float | None


@dataclass(frozen=True, slots=True)
class ClaimFigures:
    """What was measured on one set: the checker beside two baselines, and the time of one claim.

    ``halves`` are the checker's scores on the claims at even places and on those at odd places. Opening the corpus of
    a claim is no part of its time.
    """

    name: str
    claims: int
    checker: Scores
    halves: tuple[Scores, Scores]
    majority: Scores
    overlap: Scores
    time: Summary


def measure_claims(claims: ClaimSet) -> ClaimFigures:
    """Check every claim of a set that has at least two."""
    golds = [claim.gold for claim in claims.claims]
    labels = tuple(dict.fromkeys(golds))
    verdicts, times = _checked(claims.claims)
    score = partial(scores, labels=labels)
    [(most, _)] = Counter(golds).most_common(1)
    return ClaimFigures(
        name=claims.name,
        claims=len(golds),
        checker=score(golds, verdicts),
        halves=(score(golds[::2], verdicts[::2]), score(golds[1::2], verdicts[1::2])),
        majority=score(golds, [most] * len(golds)),
        overlap=score(golds, overlap_verdicts(claims.claims, labels)),
        time=summarize(times),
    )


def checker_of(source: Source) -> FactChecker:
    """The checker as it is shipped, over a corpus of this source alone; all its passages are candidates."""
    corpus = temporary_corpus(source)
    passages = tuple(corpus.passages.values())
    return Tongues(corpus, World.load(), lambda text, kinds: None, lambda text: passages).home.checker


def _checked(claims: Sequence[LabelledClaim]) -> tuple[list[Verdict], list[float]]:
    verdicts, times = [], []
    source, checker = None, None
    for claim in claims:
        if checker is None or claim.source != source:
            source, checker = claim.source, checker_of(claim.source)
            checker.check(source.title)
        (findings, _), milliseconds = timed(partial(checker.check, claim.text))
        verdicts.append(overall(findings))
        times.append(milliseconds)
    return verdicts, times


def scores(golds: Sequence[Verdict], verdicts: Sequence[Verdict], labels: Iterable[Verdict]) -> Scores:
    """Hold verdicts against labels.

    Of four claims, two of them true, one is found supported and rightly so, one refuted and wrongly so:

    >>> yes, no, open = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO
    >>> found = scores([yes, yes, no, no], [yes, no, open, open], (yes, no))
    >>> found.accuracy, found.precision, found.recall, found.coverage, found.decided
    (0.25, 1.0, 0.5, 0.5, 0.5)
    """
    pairs = Counter(zip(golds, verdicts, strict=True))
    right = sum(times for (gold, verdict), times in pairs.items() if gold is verdict)
    decided = sum(verdict is not Verdict.NOT_ENOUGH_INFO for verdict in verdicts)
    right_decided = right - pairs[Verdict.NOT_ENOUGH_INFO, Verdict.NOT_ENOUGH_INFO]
    supported = sum(verdict is Verdict.SUPPORTED for verdict in verdicts)
    labels = tuple(labels)
    return Scores(
        accuracy=_share(right, len(golds)) or 0.0,
        macro_f1=round(sum(_f1(label, golds, verdicts) for label in labels) / len(labels), 4),
        precision=_share(pairs[Verdict.SUPPORTED, Verdict.SUPPORTED], supported),
        recall=_share(pairs[Verdict.SUPPORTED, Verdict.SUPPORTED], golds.count(Verdict.SUPPORTED)) or 0.0,
        coverage=_share(decided, len(golds)) or 0.0,
        decided=_share(right_decided, decided),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _f1(label: Verdict, golds: Sequence[Verdict], verdicts: Sequence[Verdict]) -> float:
    both = sum(gold is label is verdict for gold, verdict in zip(golds, verdicts, strict=True))
    said = golds.count(label) + verdicts.count(label)
    return 2 * both / said if said else 0.0


# The overlap baseline


def overlap_verdicts(claims: Sequence[LabelledClaim], labels: Sequence[Verdict]) -> list[Verdict]:
    """A verdict by the share of a claim's words that stand in its source, the bars taken from the other half."""
    shares = [_overlap(claim) for claim in claims]
    golds = [claim.gold for claim in claims]
    found: list[Verdict] = [Verdict.NOT_ENOUGH_INFO] * len(claims)
    for half in (0, 1):
        bars, bands = _fitted(shares[1 - half :: 2], golds[1 - half :: 2], labels)
        found[half::2] = [_banded(share, bars, bands) for share in shares[half::2]]
    return found


def _overlap(claim: LabelledClaim) -> float:
    said, wanted = _words(f"{claim.source.title} {claim.source.text}"), _words(claim.text)
    return len(wanted & said) / max(1, len(wanted))


def _words(text: str) -> set[str]:
    return {stem(token.norm) for token in tokenize(text) if token.word}


def _fitted(
    shares: Sequence[float], golds: Sequence[Verdict], labels: Sequence[Verdict]
) -> tuple[tuple[float, ...], tuple[Verdict, ...]]:
    """The bars between the bands, and the label of each band, that get most of the claims right."""
    ways = [
        (bars, bands)
        for bars in combinations_with_replacement(_BARS, len(labels) - 1)
        for bands in permutations(labels)
    ]
    return max(
        ways,
        key=lambda way: sum(_banded(share, *way) is gold for share, gold in zip(shares, golds, strict=True)),
    )


def _banded(share: float, bars: Sequence[float], bands: Sequence[Verdict]) -> Verdict:
    return bands[sum(share >= bar for bar in bars)]
