"""A checked text as it is shown: its claims marked where they stand, and what is said of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.schema.answer import CheckReport, Citation, Finding, Verdict
from bot.serving.page.answers import chip, proof_in_words
from bot.serving.page.labels import REASONS, SYMBOLS, VERDICTS, verdict_badge
from bot.serving.page.markup import escaped, marked_html
from corpus.model import Corpus

NOTHING = '<p class="wl-notice" role="status">This text claims nothing that could be checked.</p>'

_WORST = (Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO, Verdict.SUPPORTED)


@dataclass(slots=True)
class Stretch:
    """Claims that share a stretch of the text, and are marked as one: the rows of a table, the halves of a sentence."""

    start: int
    end: int
    findings: list[Finding] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """The worst of them."""
        held = {finding.verdict for finding in self.findings}
        return next(verdict for verdict in _WORST if verdict in held)


def stretches(findings: Sequence[Finding]) -> list[Stretch]:
    """The claims in the order of the text, those together that overlap."""
    found: list[Stretch] = []
    for finding in sorted(findings, key=lambda finding: (finding.start, finding.end)):
        if not found or finding.start >= found[-1].end:
            found.append(Stretch(finding.start, finding.end))
        found[-1].end = max(found[-1].end, finding.end)
        found[-1].findings.append(finding)
    return found


def report_html(report: CheckReport, corpus: Corpus) -> str:
    """A checked text: the verdict and the counts, the text with its claims, and behind each what is said of it."""
    return findings_html(report.text, report.findings, report.citations, corpus, report.verdict)


def findings_html(
    text: str, findings: Sequence[Finding], citations: Sequence[Citation], corpus: Corpus, verdict: Verdict | None
) -> str:
    """What has been found so far; ``verdict`` is that of the whole, None where it is not known (yet)."""
    if not findings:
        return NOTHING if verdict else ""
    found = stretches(findings)
    marks = [(each.start, each.end, _mark(each, place)) for place, each in enumerate(found)]
    chips = {citation.index: chip(corpus, citation) for citation in reversed(citations)}
    cards = "".join(_card(each, place, chips, corpus) for place, each in enumerate(found))
    badge = verdict_badge(verdict) if verdict else ""
    return (
        f'<div class="wl-report"><p>{badge} {_counts(findings)}</p>'
        f'<p class="wl-soft">Choose a claim, or go from one to the next with the arrow keys.</p>'
        f'<div class="wl-text" data-walk>{marked_html(text, marks)}</div>'
        f'<div class="wl-cards" role="status">{cards}</div></div>'
    )


def _counts(findings: Sequence[Finding]) -> str:
    """How many claims have which verdict, and for which reasons."""
    told = []
    for verdict in reversed(_WORST):
        reasons = Counter(finding.reason for finding in findings if finding.verdict is verdict)
        if reasons:
            why = ", ".join(f"{REASONS[reason]}: {count}" for reason, count in reasons.most_common())
            told.append(f"{sum(reasons.values())} {VERDICTS[verdict][0].lower()} ({why})")
    count = len(findings)
    return f"{count} {'claim' if count == 1 else 'claims'}: {'; '.join(told)}"


def _mark(stretch: Stretch, place: int) -> str:
    """The attributes of a claim's mark: one of them can be tabbed to, and the arrow keys lead on."""
    label, symbol = VERDICTS[stretch.verdict][0], SYMBOLS[stretch.verdict]
    return (
        f'class="wl-claim wl-{stretch.verdict.value}" role="button" tabindex="{-1 if place else 0}" '
        f'data-finding="{place}" data-symbol="{symbol}" aria-roledescription="{label} claim" '
        'aria-pressed="false"'
    )


def _card(stretch: Stretch, place: int, chips: dict[int, str], corpus: Corpus) -> str:
    items = "".join(_finding(finding, chips, corpus) for finding in stretch.findings)
    return f'<div class="wl-card" data-card="{place}" hidden>{items}</div>'


def _finding(finding: Finding, chips: dict[int, str], corpus: Corpus) -> str:
    cited = "".join(chips.get(index, "") for index in finding.citations)
    steps = [step.text for step in finding.steps]
    words = proof_in_words(finding.facts, steps, corpus, lambda fact: "") if any(steps) else ""
    read = f'<p class="wl-soft">Read as: {escaped(finding.read_as)}</p>' if finding.read_as else ""
    other = finding.correction if finding.correction and finding.correction not in finding.explanation else ""
    instead = f'<p class="wl-correction">Instead: {escaped(other)}</p>' if other else ""
    return (
        f'<div class="wl-finding"><p>{verdict_badge(finding.verdict)} <q>{escaped(finding.claim)}</q></p>{read}'
        f"<p>{escaped(finding.explanation)} {cited}</p>{instead}"
        f"{f'<p class=wl-soft>{words}.</p>' if words else ''}</div>"
    )
