"""Answers and checked texts as they are taken away: plain text, Markdown with the sources, JSON with the receipt."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.schema.answer import Answer, CheckReport, Citation
from bot.schema.contract import answer_to_json, report_to_json
from bot.serving.page.labels import REASONS, SYMBOLS, VERDICTS


def answer_as(form: str, answer: Answer, answer_id: str = "") -> str:
    """An answer as text, as markdown or as json; an unknown form gives the text."""
    match form:
        case "json":
            return json.dumps(answer_to_json(answer, answer_id=answer_id), ensure_ascii=False, indent=2)
        case "markdown":
            return f"**{answer.question}**\n\n{answer.answer}\n{_sources(answer.citations)}"
    return answer.answer


def report_as(form: str, report: CheckReport) -> str:
    """A report on a text as markdown or as json."""
    if form == "json":
        return json.dumps(report_to_json(report), ensure_ascii=False, indent=2)
    lines = [f"# {VERDICTS[report.verdict][0]}", "", *(f"> {line}" for line in report.text.splitlines()), ""]
    for finding in report.findings:
        cited = "".join(f" [{index}]" for index in finding.citations)
        lines.append(f"- {SYMBOLS[finding.verdict]} **{VERDICTS[finding.verdict][0]}** ({REASONS[finding.reason]})")
        lines.append(f"  “{finding.claim}” — {finding.explanation}{cited}")
        lines += [f"  Read as: {finding.read_as}"] if finding.read_as else []
        lines += [f"  Instead: {finding.correction}"] if finding.correction else []
    receipt = report.receipt
    told = f"corpus {receipt.corpus} · index {receipt.index} · program {receipt.program} · text {receipt.answer}"
    return "\n".join(lines) + f"\n{_sources(report.citations)}\nReceipt: {told}\n"


def _sources(citations: Sequence[Citation]) -> str:
    shown = {citation.index: citation for citation in reversed(citations)}
    lines = [
        f"[{index}] {shown[index].document_title}: “{' '.join(shown[index].quote.text.split())}” "
        f"(characters {shown[index].quote.start}–{shown[index].quote.end})"
        for index in sorted(shown)
    ]
    return "\n" + "\n".join(lines) + "\n" if lines else ""
