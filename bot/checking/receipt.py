"""A receipt as it is given: the JSON of an answer or of a report, and whether it is one."""

from __future__ import annotations

import codecs
from typing import NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from bot.schema.answer import Status
from bot.schema.contract import (
    CitationJson,
    FactJson,
    ProofJson,
    ReceiptJson,
)

LARGEST = 64 * 1024 * 1024
"""Bytes. A longer receipt is refused."""
_MEND = "Give the JSON that `wholeads ask --json`, `wholeads check --json` or the API printed, whole and unchanged."


class ReceiptError(Exception):
    """What was given is no receipt; the message says why, and what to give instead."""


class FindingReceipt(TypedDict):
    """What is checked of a finding; ``start`` is null for a claim that does not stand in the text."""

    claim: str
    start: int | None
    end: int | None
    verdict: str
    proof: ProofJson | None
    read_as: NotRequired[str | None]
    said: NotRequired[str]


class VerifiableJson(TypedDict):
    """What is checked of an answer (which has ``answer``) or of a report (which has ``text``); more is ignored."""

    receipt: ReceiptJson
    findings: list[FindingReceipt]
    citations: list[CitationJson]
    answer: NotRequired[str]
    text: NotRequired[str]
    status: NotRequired[Status]
    facts: NotRequired[list[FactJson]]
    proof: NotRequired[ProofJson | None]


def read_receipt(raw: bytes) -> VerifiableJson:
    """The JSON of an answer or a report.

    Raises:
        ReceiptError: it is too long, not UTF-8, not JSON, or something in it is missing or of the wrong type.
    """
    if len(raw) > LARGEST:
        raise ReceiptError(f"The receipt has {len(raw):,} bytes; {LARGEST:,} are the most. {_MEND}")
    try:
        receipt = TypeAdapter(VerifiableJson).validate_json(raw.removeprefix(codecs.BOM_UTF8), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        raise ReceiptError(f"This is no receipt: {where}: {first['msg']}. {_MEND}") from None
    if "answer" not in receipt and "text" not in receipt:
        raise ReceiptError(f"This is no receipt: it has neither answer nor text. {_MEND}")
    return receipt
