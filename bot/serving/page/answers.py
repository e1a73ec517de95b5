"""An answer as the chat shows it: its text with numbered sources, how it was read, its proof, its receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.schema.answer import Answer, Citation, Finding, Verdict
from bot.serving.page.labels import answer_badge, verdict_badge
from bot.serving.page.markup import answer_html, escaped, one_line
from corpus.model import Corpus, Fact, Quote


def question_html(question: str) -> str:
    """A question as a message of the chat."""
    return one_line(f'<div class="wl-question">{escaped(question)}</div>')


def pending_html(so_far: str, busy: str = "Looking it up…") -> str:
    """An answer that is still coming."""
    text = answer_html(so_far, lambda number: f"[{number}]") if so_far else f"<p>{escaped(busy)}</p>"
    return one_line(f'<div class="wl-answer" aria-busy="true">{text}</div>')


def notice_html(message: str, so_far: str = "") -> str:
    """Why there is no answer, or no whole one."""
    text = answer_html(so_far, lambda number: f"[{number}]") if so_far else ""
    return one_line(f'<div class="wl-answer">{text}<p class="wl-notice">{escaped(message)}</p></div>')


def reply_html(answer: Answer, corpus: Corpus, number: int) -> str:
    """A whole answer; ``number`` is that of its turn, by which its buttons name it."""
    chips = {citation.index: chip(corpus, citation) for citation in reversed(answer.citations)}
    body = answer_html(answer.answer, lambda index: chips.get(index, f"[{index}]"))
    return one_line(
        f'<div class="wl-answer" data-turn="{number}">{answer_badge(answer)}{body}{_read_as(answer)}'
        f"{_sources(answer.citations, chips, corpus)}{_proof(answer, corpus, chips)}{_receipt(answer)}"
        f"{_actions(number)}</div>"
    )


def chip(corpus: Corpus, citation: Citation) -> str:
    """The number of a source: it shows the quote, and leads to its sentence."""
    where = ", ".join(filter(None, (_named(corpus, citation), _heading(citation), _page(citation))))
    tip = f"“{citation.quote.text}” — {where}"
    label = f"Source {citation.index}: {citation.document_title}"
    return source_button(corpus, citation.quote, str(citation.index), label, tip)


def source_button(corpus: Corpus, quote: Quote, text: str, label: str, tip: str = "", name: str = "wl-cite") -> str:
    """A button that opens a document at a quote."""
    return (
        f'<button type="button" class="{name}" data-corpus="{escaped(corpus.id)}" '
        f'data-document="{escaped(quote.document_id)}" data-start="{quote.start}" data-end="{quote.end}" '
        f'data-tip="{escaped(tip)}" aria-label="{escaped(label)}">{escaped(text)}</button>'
    )


def proof_in_words(facts: Sequence[Fact], steps: Sequence[str], corpus: Corpus, cite: Callable[[Fact], str]) -> str:
    """The steps and facts of a proof as one sentence: "Thailand lies in South East Asia; Acme leads … [1]"."""
    told = [escaped(step) for step in dict.fromkeys(steps) if step]
    told += dict.fromkeys(f"{escaped(fact_in_words(fact, corpus))} {cite(fact)}".strip() for fact in facts)
    return "; ".join(told)


def fact_in_words(fact: Fact, corpus: Corpus) -> str:
    """A fact as a sentence: subject, verb, object."""
    predicate = corpus.predicates.get(fact.predicate)
    verb = (predicate.singular if predicate else "") or fact.predicate
    return f"{fact.subject} {verb} {fact.label or fact.object}"


def _named(corpus: Corpus, citation: Citation) -> str:
    document = corpus.documents.get(citation.quote.document_id)
    return ", ".join(filter(None, (citation.document_title, document.date if document else "")))


def _heading(citation: Citation) -> str:
    return citation.heading if citation.heading != citation.document_title else ""


def _page(citation: Citation) -> str:
    return f"page {citation.page}" if citation.page else ""


def _read_as(answer: Answer) -> str:
    """How the question was read, where that is more than its own words, and what else it may have meant."""
    read = answer.standalone_question
    parts = []
    if read and _bare(read) != _bare(answer.question):
        parts.append(f"Read as “{escaped(read)}”")
    if answer.alternatives:
        others = " ".join(
            f'<button type="button" class="wl-ask" data-ask="{escaped(other)}">{escaped(other)}</button>'
            for other in answer.alternatives
        )
        parts.append(f"Or did you mean {others}")
    return f'<p class="wl-soft wl-read">{" · ".join(parts)}</p>' if parts else ""


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _sources(citations: Sequence[Citation], chips: dict[int, str], corpus: Corpus) -> str:
    """The documents by name, each with the numbers that stand for it."""
    named: dict[str, dict[int, str]] = {}
    for citation in citations:
        named.setdefault(_named(corpus, citation), {})[citation.index] = chips[citation.index]
    items = "".join(f"<li>{''.join(each.values())} {escaped(name)}</li>" for name, each in named.items())
    return f'<ul class="wl-sources wl-soft">{items}</ul>' if items else ""


def _proof(answer: Answer, corpus: Corpus, chips: dict[int, str]) -> str:
    """The proof in words, and the check of the answer's own claims: folded away where all of them hold."""
    shown = [finding for finding in answer.findings if not finding.withheld]
    held = sum(finding.verdict is Verdict.SUPPORTED for finding in shown)

    def cite(fact: Fact) -> str:
        return next((chips[c.index] for c in answer.citations if fact.quote.overlaps(c.quote)), "")

    steps = [step.text for finding in answer.findings for step in finding.steps]
    words = proof_in_words(answer.facts, steps, corpus, cite)
    if not words and not answer.findings:
        return ""
    count = f"{held} of {len(shown)} {'claim' if len(shown) == 1 else 'claims'} checked and supported" if shown else ""
    if withheld := len(answer.findings) - len(shown):
        count += f", {withheld} withheld"
    doubtful = [f for f in answer.findings if f.withheld or f.verdict is not Verdict.SUPPORTED]
    listed = f'<ol class="wl-findings">{"".join(map(_finding, doubtful))}</ol>' if doubtful else ""
    unfolded = " open" if doubtful else ""
    return (
        f'<details class="wl-proof"{unfolded}><summary>Proof</summary>'
        f'{f"<p>{words}.</p>" if words else ""}<p class="wl-soft">{count}</p>{listed}</details>'
    )


def _finding(finding: Finding) -> str:
    withheld = '<span class="wl-badge">Withheld</span> ' if finding.withheld else ""
    correction = f" Instead: {escaped(finding.correction)}" if finding.correction else ""
    return (
        f"<li>{withheld}{verdict_badge(finding.verdict)} <q>{escaped(finding.claim)}</q> "
        f"{escaped(finding.explanation)}{correction}</li>"
    )


def _receipt(answer: Answer) -> str:
    """What made the answer, how long it took, and the receipt that it can be checked by."""
    total = answer.timings_ms.get("total")
    took = f" · {total:.0f} ms" if total is not None else ""
    told = "".join(
        f"<dt>{name}</dt><dd>{escaped(value)}</dd>"
        for name, value in (
            ("Worded by", answer.generator),
            ("Read by", answer.reader),
            ("Corpus", answer.receipt.corpus),
            ("Index", answer.receipt.index),
            ("Program", answer.receipt.program),
            ("Answer", answer.receipt.answer),
        )
    )
    return f'<details class="wl-receipt"><summary>Receipt{took}</summary><dl>{told}</dl></details>'


def _actions(number: int) -> str:
    copies = "".join(
        f'<button type="button" data-copy="{form}" data-turn="{number}" aria-label="{text}: {said}">{text}</button>'
        for form, text, said in (
            ("text", "Copy text", "the answer as text, without its sources"),
            ("markdown", "Copy with sources", "the answer with its sources, as Markdown"),
            ("json", "Copy JSON", "the answer as JSON, which is its receipt"),
        )
    )
    edit = (
        f'<button type="button" data-edit="{number}" aria-label="Edit question and ask it again">Edit question</button>'
    )
    return f'<div class="wl-actions">{copies}{edit}</div>'
