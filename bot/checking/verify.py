"""Checks an answer or a report again: does all that it rests on still stand in the corpus, word for word?

Nothing is asked or reasoned here, and no model or index is needed. What the receipt lists is looked up: the text it was
made for, the quotes at their offsets, the facts, the steps on the world's map or in the vocabulary, and the extents, so
that a fact that came in later is noticed. What does not concern the receipt may change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from bot.checking.receipt import FindingReceipt, VerifiableJson
from bot.schema.answer import Extent, Link, Status, Verdict
from bot.schema.contract import (
    CitationJson,
    ExtentJson,
    FactJson,
    ProvenFactJson,
    QuoteJson,
    StepJson,
)
from bot.schema.fact_range import digest, facts_in
from corpus.model import Corpus, Fact
from corpus.world import Atlas, World

_Shape = TypeVar("_Shape")
_SHOWN = 160
_LEAD = 30


class ReceiptPart(StrEnum):
    """What a change concerns."""

    TEXT = "text"
    CLAIM = "claim"
    DOCUMENT = "document"
    FACT = "fact"
    STEP = "step"
    EXTENT = "extent"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is no longer as the receipt has it, in a sentence."""

    part: ReceiptPart
    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome; ``notes`` tell what else is worth knowing, ``checked`` how many things of a sort were compared."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    checked: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether all is as it was."""
        return not self.changes

    def summary(self) -> str:
        """The outcome in a line: "Still holds: checked 1 text, 2 quotes, 1 fact."."""
        counts = ", ".join(f"{number} {sort if number != 1 else sort[:-1]}" for sort, number in self.checked.items())
        outcome = "Still holds" if self.holds else f"No longer holds ({len(self.changes)} changed)"
        return f"{outcome}: checked {counts}."

    def to_json(self) -> dict[str, object]:
        """The outcome for programs."""
        changes = [{"part": each.part.value, "id": each.id, "message": each.message} for each in self.changes]
        return {"holds": self.holds, "changes": changes, "notes": list(self.notes), "checked": dict(self.checked)}


def verify(
    receipt: VerifiableJson,
    corpus: Corpus,
    problems: Sequence[str] = (),
    load_world: Callable[[], World] = World.load,
) -> Verification:
    """Check a receipt against a corpus as it is now.

    ``problems`` are what the corpus was found not to hold together in (``corpus.loader.inspect_corpus``): a fact may be
    missing because its quote is.
    """
    return _Verifier(receipt, corpus, problems, load_world).verification()


class _Verifier:
    def __init__(
        self, receipt: VerifiableJson, corpus: Corpus, problems: Sequence[str], load_world: Callable[[], World]
    ) -> None:
        self.receipt, self.corpus, self.problems, self.load_world = receipt, corpus, problems, load_world
        self.text = receipt["answer"] if "answer" in receipt else receipt["text"]
        own = receipt.get("proof")
        self.proofs = [*([own] if own else []), *(f["proof"] for f in receipt["findings"] if f["proof"])]
        self.facts = [*map(_nested, receipt.get("facts", ())), *(fact for p in self.proofs for fact in p["facts"])]
        quotes: list[QuoteJson] = [*map(_cited, receipt["citations"]), *(fact["quote"] for fact in self.facts)]
        quotes += [quote for proof in self.proofs for quote in proof["quotes"]]
        self.documents = {q["document_id"]: q["document_sha256"] for q in quotes if q["document_sha256"]}
        self.quotes = list(
            {(q["document_id"], q["start_char_index"], q["end_char_index"], q["text"]): q for q in quotes}.values()
        )
        self.steps = _unique(step for proof in self.proofs for step in proof["steps"])
        self.extents = _unique(extent for proof in self.proofs for extent in proof["extents"])
        # Ids of facts that were told of: what follows from the same change is not told again.
        self.told: set[str] = set()

    @cached_property
    def atlas(self) -> Atlas:
        """Read when it is needed: it takes a second."""
        return Atlas(self.corpus, self.load_world())

    def verification(self) -> Verification:
        changes = [
            *self._text(),
            *(change for quote in self.quotes for change in self._quote(quote)),
            *(change for fact in self.facts for change in self._fact(fact)),
            *(change for step in self.steps for change in self._step(step)),
            *(change for extent in self.extents for change in self._extent(extent)),
        ]
        unique = tuple(dict.fromkeys(changes))
        checked = {
            "texts": 1,
            "claims": len(self.receipt["findings"]),
            "quotes": len(self.quotes),
            "facts": len({fact["id"] for fact in self.facts}),
            "steps": len(self.steps),
            "extents": len(self.extents),
        }
        return Verification(unique, tuple(self._notes(unique)), checked)

    def _notes(self, changes: Sequence[Change]) -> Iterator[str]:
        before, now = self.receipt["receipt"]["corpus"], self.corpus.sha256
        if self.quotes and not any(quote["document_id"] in self.corpus.documents for quote in self.quotes):
            yield f"No document of the receipt is in corpus {self.corpus.id!r}; name its own with --corpus."
        elif before == now and changes:
            yield "The corpus is the very one that the receipt names: the receipt was altered, or is another release's."
        elif before != now and not changes:
            yield f"Other parts of the corpus have changed: its sha256 was {before[:12]}…, is {now[:12]}…."
            for name, sha256 in self.documents.items():
                if sha256 != self.corpus.documents[name].sha256:
                    yield f"Document {name!r} has changed, but not where it is quoted."
            unproven = self.receipt.get("status") in (Status.NOT_STATED, Status.OUT_OF_SCOPE) and not self.proofs
            if unproven or any(finding["proof"] is None for finding in self.receipt["findings"]):
                yield "What the source did not state then, it may state now: that cannot be told without asking again."
        read = [number for number, each in enumerate(self.receipt["findings"], 1) if each.get("read_as")]
        if read:
            numbers = ", ".join(map(str, read))
            yield f"A model proposed how to read claim {numbers}: that it was read rightly is not checked again."
        if self.problems:
            yield f"The corpus cannot be used as it stands: {self.problems[0]}"

    # The text that the receipt was made for

    def _text(self) -> Iterator[Change]:
        stated = self.receipt["receipt"]["answer"]
        found = hashlib.sha256(self.text.encode()).hexdigest()
        if found != stated:
            message = f"the text is not the one that the receipt was made for: its sha256 was {stated}, is {found}"
            yield Change(ReceiptPart.TEXT, "", message)
        for number, finding in enumerate(self.receipt["findings"], 1):
            yield from self._finding(number, finding, placed=found == stated)

    def _finding(self, number: int, finding: FindingReceipt, placed: bool) -> Iterator[Change]:
        start, end = finding["start"], finding["end"]
        said = finding.get("said", finding["claim"])
        if placed and start is not None and end is not None and _between(self.text, start, end) != said:
            message = f"claim {number}: characters {start}–{end} of the text do not read {_shown(said)}"
            yield Change(ReceiptPart.CLAIM, str(number), message)
        for name in self._strangers(finding["claim"]) if start is not None and finding["claim"] != said else ():
            message = f"claim {number}: speaks of {name!r}, of which the text does not"
            yield Change(ReceiptPart.CLAIM, str(number), message)
        if finding["proof"] is None and finding["verdict"] != Verdict.NOT_ENOUGH_INFO:
            yield Change(ReceiptPart.CLAIM, str(number), f"claim {number}: is {finding['verdict']!r}, but has no proof")

    def _strangers(self, claim: str) -> Iterator[str]:
        """The names in a claim that the text has in no form."""
        text = self.text.casefold()
        for entity in self.corpus.entities.values():
            if entity.name in claim and not any(n.casefold() in text for n in (entity.name, *entity.aliases)):
                yield entity.name

    # Documents and facts

    def _quote(self, quote: QuoteJson) -> Iterator[Change]:
        name, text = quote["document_id"], quote["text"]
        start, end = quote["start_char_index"], quote["end_char_index"]
        document = self.corpus.documents.get(name)
        if document is None:
            yield Change(ReceiptPart.DOCUMENT, name, f"document {name!r}: is not in the corpus")
        elif (now := _between(document.text, start, end)) != text:
            reads, quoted = _contrasted(now, text)
            at = document.text.find(text)
            where = f"stands at {at}–{at + len(text)} now" if at >= 0 else "stands nowhere in it"
            there = f"now read {reads}" if now else "lie beyond its end"
            message = f"document {name!r}: characters {start}–{end} {there}; what was quoted, {quoted}, {where}"
            yield Change(ReceiptPart.DOCUMENT, name, message)

    def _broken(self, quote: QuoteJson) -> bool:
        return any(True for _ in self._quote(quote))

    def _fact(self, fact: ProvenFactJson) -> Iterator[Change]:
        now = self.corpus.facts.get(fact["id"])
        if now is None:
            said = f"{fact['subject']} {fact['predicate']} {fact['object']}"
            yield from self._missing(fact["id"], said, self._broken(fact["quote"]))
            return
        before = {
            "subject": fact["subject"],
            "predicate": fact["predicate"],
            "object": fact["object"],
            "kind of object": fact["object_kind"],
            "qualifiers": _qualified(fact["qualifiers"]),
        }
        # Where the document has changed, that the fact quotes it anew is no second change.
        if not self._broken(fact["quote"]):
            before |= {"quote": fact["quote"]["text"], "document": fact["quote"]["document_id"]}
        yield from self._compared(now, before)

    def _compared(self, fact: Fact, before: Mapping[str, str]) -> Iterator[Change]:
        """What of a fact that is still there is no longer as it was."""
        after = {
            "subject": fact.subject,
            "predicate": fact.predicate,
            "object": fact.object,
            "kind of object": fact.object_kind,
            "qualifiers": _qualified(fact.qualifiers),
            "quote": fact.quote.text,
            "document": fact.quote.document_id,
        }
        changed = [(role, was) for role, was in before.items() if was != after[role]]
        for role, was in changed:
            self.told.add(fact.id)
            message = f"fact {fact.id!r}: the {role} was {_shown(was)}, is {_shown(after[role])}"
            yield Change(ReceiptPart.FACT, fact.id, message)
        if not changed and fact.id not in self.told and (problem := self._problem(fact.id)):
            self.told.add(fact.id)
            yield Change(ReceiptPart.FACT, fact.id, f"fact {fact.id!r}: {problem}")

    def _missing(self, fact_id: str, said: str, broken: bool = False) -> Iterator[Change]:
        """A fact that is not there, unless that its quote is ``broken`` says as much already."""
        if fact_id in self.told:
            return
        self.told.add(fact_id)
        problem = self._problem(fact_id)
        if not (problem and broken):
            yield Change(ReceiptPart.FACT, fact_id, f"fact {fact_id!r}: {problem or f'is gone; it was that {said}'}")

    def _problem(self, fact_id: str) -> str:
        """What the loader found wrong with a fact."""
        prefix = f"facts.yaml: fact {fact_id!r}: "
        return next((each.removeprefix(prefix) for each in self.problems if each.startswith(prefix)), "")

    # Steps and extents

    def _step(self, step: StepJson) -> Iterator[Change]:
        part, whole, link = step["part"], step["whole"], step["link"]
        if link == Link.COVERED:
            holds, now = part in self.corpus.covered(whole), "not covered"
        else:
            relation = self.atlas.relation(part, whole)
            holds, now = relation == link, relation.value if relation else "not on the map"
        if not holds:
            said = f"step {_shown(step['text'])}" if step["text"] else "step"
            message = f"{said}: {part!r} to {whole!r} was {link!r}, is {now!r}"
            yield Change(ReceiptPart.STEP, f"{part}/{whole}", message)

    def _extent(self, extent: ExtentJson) -> Iterator[Change]:
        name = extent["predicate"]
        predicate = self.corpus.predicates.get(name)
        if predicate is None:
            yield Change(ReceiptPart.EXTENT, name, f"predicate {name!r}: is gone")
            return
        if extent["exclusive"] and not (predicate.functional or predicate.closed):
            yield Change(ReceiptPart.EXTENT, name, f"predicate {name!r}: one object may have several subjects now")
        members = self.corpus.named_as(predicate.subject_kinds)
        if extent["members"] and set(extent["members"]) != set(members):
            message = f"predicate {name!r}: its subjects could be {_named(extent['members'])}, now {_named(members)}"
            yield Change(ReceiptPart.EXTENT, name, message)
        facts = facts_in(_pattern(extent), self.corpus, self.atlas)
        if extent["count"] != len(extent["facts"]):
            yield from self._unlisted(extent, facts)
        else:
            yield from self._listed(extent, facts)

    def _unlisted(self, extent: ExtentJson, facts: Sequence[Fact]) -> Iterator[Change]:
        """An extent too long to be listed is compared as a whole."""
        if digest(facts) != extent["sha256"]:
            message = f"the facts on {_described(extent)}: were {extent['count']:,}, are {len(facts):,}, not the same"
            yield Change(ReceiptPart.EXTENT, extent["predicate"], message)

    def _listed(self, extent: ExtentJson, facts: Sequence[Fact]) -> Iterator[Change]:
        before = {row["id"]: row for row in extent["facts"]}
        for name, row in before.items():
            if (now := self.corpus.facts.get(name)) is None:
                yield from self._missing(name, f"{row['subject']} {extent['predicate']} {row['object']}")
            else:
                yield from self._compared(now, {"subject": row["subject"], "object": row["object"]})
        found = {fact.id: fact for fact in facts}
        for name in {**before, **found}:
            if (name in found) is not (name in before) and name not in self.told:
                self.told.add(name)
                fact = found.get(name) or self.corpus.facts[name]
                said = f"{fact.subject} {fact.predicate} {fact.label or fact.object}"
                counts = "has come in among" if name in found else "is no longer among"
                message = f"fact {name!r}: {said}; it {counts} those looked through ({_described(extent)})"
                yield Change(ReceiptPart.EXTENT, name, message)


def _pattern(extent: ExtentJson) -> Extent:
    names = (tuple(extent["kinds"]), tuple(extent["subjects"]), tuple(extent["objects"]), tuple(extent["qualifiers"]))
    return Extent(extent["predicate"], *names, extent["place"])


def _described(extent: ExtentJson) -> str:
    """What an extent takes in: "leads: region, Acme"."""
    names = [*extent["kinds"], *extent["subjects"], *extent["objects"], *extent["qualifiers"], extent["place"]]
    return f"{extent['predicate']}: {_named(filter(None, names)) or 'all'}"


def _nested(fact: FactJson) -> ProvenFactJson:
    """A fact of the answer, as proofs have it."""
    quote = QuoteJson(
        document_id=fact["document_id"],
        document_sha256="",
        start_char_index=fact["start_char_index"],
        end_char_index=fact["end_char_index"],
        text=fact["quote"],
    )
    return ProvenFactJson(
        id=fact["id"],
        subject=fact["subject"],
        predicate=fact["predicate"],
        object=fact["object"],
        object_kind=fact["object_kind"],
        qualifiers=fact["qualifiers"],
        quote=quote,
    )


def _cited(citation: CitationJson) -> QuoteJson:
    return QuoteJson(
        document_id=citation["document_id"],
        document_sha256="",
        start_char_index=citation["start_char_index"],
        end_char_index=citation["end_char_index"],
        text=citation["cited_text"],
    )


def _unique(parts: Iterable[_Shape]) -> list[_Shape]:
    """Each once, in order."""
    return list({json.dumps(part, sort_keys=True): part for part in parts}.values())


def _between(text: str, start: int, end: int) -> str:
    """The text between two offsets, "" where they lie outside it."""
    return text[start:end] if 0 <= start <= end <= len(text) else ""


def _qualified(qualifiers: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in sorted(qualifiers.items())) or "none"


def _named(names: Iterable[str]) -> str:
    return ", ".join(names)


def _contrasted(now: str, was: str) -> tuple[str, str]:
    """Two texts, shown from a little before where they part."""
    common = next((at for at, pair in enumerate(zip(now, was, strict=False)) if len(set(pair)) > 1), 0)
    cut = common - _LEAD if common > 2 * _LEAD else 0
    first, second = (_shown(("…" if cut else "") + text[cut:]) for text in (now, was))
    return first, second


def _shown(text: str) -> str:
    """A text in quotation marks and on one line, shortened."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN]}…”"
