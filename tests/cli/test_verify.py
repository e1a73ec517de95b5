"""Receipts checked again: against the corpus as it was, and against copies of it in which one thing was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.checking.receipt import LARGEST, ReceiptError, read_receipt
from bot.checking.verify import verify
from bot.schema.contract import answer_to_json, report_to_json
from corpus.loader import SHIPPED, find_corpus, load_corpus
from tests.bot.core import STEADY, write_brigade
from tests.cli.conftest import Run

pytest_plugins = ("tests.bot.checking_fixtures",)

DOCUMENT = "alliance-leader-follower"
TEXT, FACTS, VOCABULARY = f"{DOCUMENT}.txt", "facts.yaml", "vocabulary.yaml"
LEADS_EUROPE = "  - {id: renault-europe, subject: Renault, predicate: leads, object: Europe, quote: renault-regions}\n"
OCEANIA = " Mitsubishi, on the other hand, will be the leader in South East Asia and Oceania."

QUESTIONS = (
    "Who leads in Europe?",
    "Who leads in Thailand?",
    "Who leads in India?",
    "How many regions does Nissan lead?",
    "Who leads the most regions?",
    "Who leads electric vehicles?",
    "Who follows in China?",
    "What did the chairman say?",
    "Is Nissan the leader in Europe?",
    "Wer führt in Thailand?",
    "hello",
)
CLAIMS = (
    "Nissan leads Europe.",
    "Nissan leads three regions.",
    "Only Mitsubishi leads Oceania.",
    "Renault leads more regions than Nissan. Nissan leads India.",
)


@dataclass
class Copy:
    """A copy of the shipped corpus, and the receipts made before anything in it was changed."""

    folder: Path
    receipts: Path
    run: Run
    bot: Bot

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file}: {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def receipt(self, text: str) -> Path:
        """The answer to a question, or else the report on a text, in a file."""
        asks = text.endswith("?") or text == "hello"
        found = answer_to_json(self.bot.ask(text)) if asks else report_to_json(self.bot.check(text))
        return self.write(found)

    def write(self, receipt: Mapping[str, Any]) -> Path:
        path = self.receipts / "receipt.json"
        path.write_text(json.dumps(receipt), encoding="utf-8")
        return path

    def verify(self, path: Path) -> tuple[int, dict[str, Any]]:
        result = self.run("verify", "--json", str(path), "--corpus", str(self.folder))
        return result.exit_code, json.loads(result.stdout)

    def changes(self, text: str) -> list[tuple[str, str]]:
        """What is told of the receipt for a text: what each change concerns, and the message."""
        code, found = self.verify(self.receipt(text))
        assert code == (1 if found["changes"] else 0)
        assert found["holds"] is (not found["changes"])
        return [(change["part"], change["message"]) for change in found["changes"]]


@pytest.fixture
def copy(tmp_path: Path, run: Run, alliance_bot: Bot) -> Copy:
    folder = shutil.copytree(SHIPPED / "alliance", tmp_path / "corpus")
    return Copy(folder, tmp_path, run, alliance_bot)


@pytest.mark.parametrize("text", [*QUESTIONS, *CLAIMS])
def test_what_has_not_changed_holds(copy: Copy, text: str) -> None:
    code, found = copy.verify(copy.receipt(text))
    assert (code, found["changes"], found["notes"]) == (0, [], [])


def test_what_was_checked_is_told_in_a_line(copy: Copy) -> None:
    result = copy.run("verify", str(copy.receipt("Who leads in Thailand?")), "-c", str(copy.folder))
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("Still holds: checked 1 text, ")
    assert "1 quote, 1 fact, 1 step" in line


def test_changes_elsewhere_are_told_and_fail_nothing(copy: Copy) -> None:
    copy.change(TEXT, "Make no mistake", "Make no error!!")
    code, found = copy.verify(copy.receipt("Who leads in Europe?"))
    assert (code, found["changes"]) == (0, [])
    assert [note.split(":")[0] for note in found["notes"]] == [
        "Other parts of the corpus have changed",
        f"Document {DOCUMENT!r} has changed, but not where it is quoted.",
    ]


@pytest.mark.parametrize("carried", ["", ", subject_as: Renault"])
def test_another_leader(copy: Copy, carried: str) -> None:
    """Whether the corpus still loads, its quote naming the new leader in some way, or not."""
    copy.change(FACTS, LEADS_EUROPE, LEADS_EUROPE.replace("subject: Renault", f"subject: Nissan{carried}"))
    told = [("fact", "fact 'renault-europe': the subject was “Renault”, is “Nissan”")]
    assert copy.changes("Who leads in Europe?") == told
    assert copy.changes("Nissan leads Europe.") == told
    assert copy.changes("Who leads the most regions?") == told
    assert copy.changes("Who leads in Thailand?") == []
    [(part, message)] = copy.changes("Nissan leads three regions.")
    assert part == "extent"
    assert message.startswith("fact 'renault-europe': Nissan leads Europe; it has come in among")


def test_a_corpus_that_no_longer_loads_is_told_of(copy: Copy) -> None:
    copy.change(FACTS, LEADS_EUROPE, LEADS_EUROPE.replace("subject: Renault", "subject: Nissan"))
    _, found = copy.verify(copy.receipt("Who leads in Thailand?"))
    assert any("cannot be used as it stands: facts.yaml: fact 'renault-europe'" in note for note in found["notes"])


def test_a_fact_that_is_gone(copy: Copy) -> None:
    copy.change(FACTS, LEADS_EUROPE, "")
    told = [("fact", "fact 'renault-europe': is gone; it was that Renault leads Europe")]
    for text in ("Who leads in Europe?", "Nissan leads Europe.", "Who leads the most regions?"):
        assert copy.changes(text) == told
    assert copy.changes("How many regions does Nissan lead?") == []


def test_one_more_region_for_a_leader_that_was_counted(copy: Copy) -> None:
    copy.change(VOCABULARY, "    Oceania: {", "    India: {}\n    Oceania: {")
    fact = "id: nissan-india, subject: Nissan, predicate: leads, object: India, object_as: markets"
    copy.change(FACTS, "facts:\n", f"facts:\n  - {{{fact}, quote: nissan-regions}}\n")
    for text in (
        "Nissan leads three regions.",
        "How many regions does Nissan lead?",
        "Renault leads more regions than Nissan. Nissan leads India.",
        "Who leads in India?",
    ):
        [(part, message)] = copy.changes(text)
        assert part == "extent"
        assert message.startswith("fact 'nissan-india': Nissan leads India; it has come in among")
    for text in ("Who leads in Europe?", "Nissan leads Europe.", "Only Mitsubishi leads Oceania."):
        assert copy.changes(text) == []


def test_a_region_for_another_leader_leaves_a_count_alone(copy: Copy) -> None:
    copy.change(VOCABULARY, "    Oceania: {", "    India: {}\n    Oceania: {")
    fact = "{id: new, subject: Renault, predicate: leads, object: India, object_as: Russia, quote: renault-regions}"
    copy.change(FACTS, "facts:\n", f"facts:\n  - {fact}\n")
    assert copy.changes("Nissan leads three regions.") == []


@pytest.mark.parametrize("follows", [True, False])
def test_an_edited_sentence(copy: Copy, follows: bool) -> None:
    """Whether the facts quote it as it reads now, or are left behind."""
    old, new = "Renault will be the leader for Europe", "Renault must be the leader for Europe"
    copy.change(TEXT, old, new)
    if follows:
        copy.change(FACTS, old, new)
    for text in ("Who leads in Europe?", "Nissan leads Europe."):
        [(part, message)] = copy.changes(text)
        assert part == "document"
        assert message.startswith(f"document {DOCUMENT!r}: characters 2386–2465 now read “Renault must be")
        assert message.endswith("stands nowhere in it")
    assert copy.changes("Who leads in Thailand?") == []


def test_a_moved_sentence(copy: Copy) -> None:
    copy.change(TEXT, OCEANIA, "")
    text = (copy.folder / TEXT).read_text(encoding="utf-8")
    (copy.folder / TEXT).write_text(text + OCEANIA, encoding="utf-8")
    [(part, message)] = copy.changes("Only Mitsubishi leads Oceania.")
    assert part == "document"
    assert message.startswith(f"document {DOCUMENT!r}: characters 2466–2547 now read ")
    assert message.endswith(f"stands at {len(text) + 1}–{len(text) + len(OCEANIA)} now")
    assert copy.changes("Who leads in Europe?") == []


def test_a_document_that_is_gone(copy: Copy) -> None:
    (copy.folder / TEXT).rename(copy.folder / "other.txt")
    copy.change("corpus.yaml", f"  - id: {DOCUMENT}\n    file: {TEXT}", "  - id: other\n    file: other.txt")
    code, found = copy.verify(copy.receipt("Who leads in Europe?"))
    assert code == 1
    assert found["changes"][0]["message"] == f"document {DOCUMENT!r}: is not in the corpus"
    assert found["notes"] == ["No document of the receipt is in corpus 'alliance'; name its own with --corpus."]


def test_a_region_that_lies_elsewhere(copy: Copy) -> None:
    copy.change(VOCABULARY, "    South East Asia: {", "    South East Asia: {place: oceania, ")
    changes = copy.changes("Who leads in Thailand?")
    assert (
        "step",
        "step “Thailand lies in South East Asia”: 'TH' to 'South East Asia' was 'inside', is 'apart'",
    ) in changes


def test_a_general_term_that_covers_less(copy: Copy) -> None:
    copy.change(VOCABULARY, "powertrain, electrified powertrains, plug-in hybrid electric vehicles]", "powertrain]")
    assert {part for part, _ in copy.changes("Who leads electric vehicles?")} == {"step"}


def test_a_rule_that_a_refutation_needs(copy: Copy) -> None:
    copy.change(VOCABULARY, "    functional: true\n    complement", "    complement")
    told = [("extent", "predicate 'leads': one object may have several subjects now")]
    assert copy.changes("Nissan leads Europe.") == told
    assert copy.changes("Who leads in Europe?") == []


def test_one_more_who_could_follow(copy: Copy) -> None:
    copy.change(VOCABULARY, "    Mitsubishi: {", "    Dacia: {}\n    Mitsubishi: {")
    [(part, message)] = copy.changes("Who follows in China?")
    assert part == "extent"
    assert message.endswith("now Renault, Nissan, Dacia, Mitsubishi")
    assert copy.changes("Who leads in Europe?") == []


# A receipt that was altered


def test_another_answer(copy: Copy) -> None:
    receipt = json.loads(copy.receipt("Who leads in Europe?").read_text(encoding="utf-8"))
    path = copy.write({**receipt, "answer": receipt["answer"].replace("Renault", "Nissan")})
    code, found = copy.verify(path)
    assert code == 1
    [change] = found["changes"]
    assert change["part"] == "text"
    assert found["notes"] == [
        "The corpus is the very one that the receipt names: the receipt was altered, or is another release's."
    ]


def altered(receipt: Any, keys: tuple[str | int, ...], value: object) -> Any:
    """The receipt with another value at a place in it."""
    whole = json.loads(json.dumps(receipt))
    inner = whole
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return whole


PROOF = ("findings", 0, "proof")


@pytest.mark.parametrize(
    ("keys", "value", "part"),
    [
        (("findings", 0, "claim"), "Nissan leads Europe", "claim"),
        (("findings", 0, "end"), 10**30, "claim"),
        (("findings", 0, "proof"), None, "claim"),
        (("citations", 0, "cited_text"), "Nissan will be the leader for Europe.", "document"),
        (("citations", 0, "start_char_index"), -5, "document"),
        (("facts", 0, "subject"), "Nissan", "fact"),
        ((*PROOF, "facts", 0, "qualifiers"), {"region": ["China"]}, "fact"),
        ((*PROOF, "facts", 0, "object_kind"), "technology", "fact"),
        ((*PROOF, "facts", 0, "quote", "text"), "Renault will lead.", "document"),
        ((*PROOF, "extents", 0, "predicate"), "owns", "extent"),
        ((*PROOF, "extents", 0, "count"), 7, "extent"),
        ((*PROOF, "steps"), [{"part": "TH", "whole": "Europe", "link": "inside", "text": ""}], "step"),
        ((*PROOF, "steps"), [{"part": "nowhere", "whole": "Acme", "link": "same", "text": ""}], "step"),
    ],
)
def test_whatever_is_altered_shows(copy: Copy, keys: tuple[str | int, ...], value: object, part: str) -> None:
    receipt = json.loads(copy.receipt("Who leads in Europe?").read_text(encoding="utf-8"))
    if keys[-1] == "count":
        receipt = altered(receipt, (*PROOF, "extents", 0, "sha256"), "0" * 64)
    code, found = copy.verify(copy.write(altered(receipt, keys, value)))
    assert (code, [change["part"] for change in found["changes"]]) == (1, [part])


def test_what_was_withheld_may_name_what_the_answer_does_not(copy: Copy) -> None:
    receipt = json.loads(copy.receipt("Who leads in Europe?").read_text(encoding="utf-8"))
    told = {**receipt["findings"][0], "claim": "Nissan leads Japan.", "said": "It leads Japan"}
    held = {**told, "start": None, "end": None, "verdict": "not_enough_info", "proof": None, "withheld": True}
    assert copy.verify(copy.write({**receipt, "findings": [*receipt["findings"], held]}))[0] == 0
    assert copy.verify(copy.write({**receipt, "findings": [told]}))[0] == 1


def test_an_extent_too_long_to_list_is_compared_as_a_whole(copy: Copy) -> None:
    receipt = json.loads(copy.receipt("Nissan leads three regions.").read_text(encoding="utf-8"))
    path = copy.write(altered(receipt, (*PROOF, "extents", 0, "facts"), []))
    assert copy.verify(path)[0] == 0
    copy.change(FACTS, "{id: nissan-japan, subject: Nissan", "{id: nissan-nippon, subject: Nissan")
    code, found = copy.verify(path)
    assert code == 1
    assert "were 3, are 3, not the same" in found["changes"][-1]["message"]


# Wrong use


def test_a_receipt_comes_by_stdin_too(run: Run, alliance_bot: Bot) -> None:
    receipt = json.dumps(answer_to_json(alliance_bot.ask("Who leads in Europe?")))
    assert run("verify", "-", "--corpus", "alliance", stdin="\ufeff" + receipt).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'"text"',
        b"\x00\xff\xfe",
        b"caf\xe9",
        b"[" * 100_000,
        b'{"receipt": ' + b"9" * 5000 + b"}",
        b'{"receipt": {}, "findings": [], "citations": []}',
        b'{"receipt": {"corpus": "", "index": "", "program": "", "answer": ""}, "findings": [], "citations": []}',
        b'{"receipt": {"corpus": "\\ud800", "index": "", "program": "", "answer": ""}, "answer": "", '
        b'"findings": [], "citations": []}',
    ],
)
def test_what_is_no_receipt_is_wrong_use(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content)
    result = run("verify", str(path), "--corpus", "alliance")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "wholeads ask --json" in result.stderr


def test_a_receipt_without_end_is_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 2)
    result = run("verify", str(path), "--corpus", "alliance")
    assert result.exit_code == 2
    assert "are the most" in result.stderr


@pytest.mark.parametrize("name", ["nowhere.json", "", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_wrong_use(run: Run, name: str) -> None:
    result = run("verify", name, "--corpus", "alliance")
    assert result.exit_code == 2
    assert "Name a file that holds a receipt" in result.stderr


def test_an_unknown_corpus_is_wrong_use(copy: Copy) -> None:
    result = copy.run("verify", str(copy.receipt("Who leads in Europe?")), "--corpus", "nowhere")
    assert result.exit_code == 2
    assert "no corpus 'nowhere'" in result.stderr


def test_another_corpus_is_named_as_such(copy: Copy, tmp_path: Path) -> None:
    folder = tmp_path / "brigade"
    folder.mkdir()
    write_brigade(folder)
    result = copy.run("verify", str(copy.receipt("Who leads in Europe?")), "--corpus", str(folder))
    assert result.exit_code == 1
    assert "No document of the receipt is in corpus 'brigade'; name its own with --corpus." in result.stdout


@pytest.fixture(scope="module")
def broken(alliance_bot: Bot) -> Callable[[int, int, object], None]:
    """Verifies the receipts with one value anywhere in them replaced: that must not end in an unknown error."""
    receipts = [
        answer_to_json(alliance_bot.ask("Who leads in Thailand?")),
        report_to_json(alliance_bot.check(CLAIMS[1])),
    ]
    paths = [list(places(receipt)) for receipt in receipts]
    corpus = load_corpus(find_corpus("alliance"))

    def tried(which: int, at: int, value: object) -> None:
        receipt, keys = receipts[which], paths[which][at % len(paths[which])]
        try:
            verify(read_receipt(json.dumps(altered(receipt, keys, value)).encode()), corpus)
        except ReceiptError as error:
            assert "unchanged" in str(error)

    return tried


def places(value: object, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [*([keys] if keys else []), *(place for key, each in inner for place in places(each, (*keys, key)))]


@STEADY
@given(
    which=st.integers(0, 1),
    at=st.integers(0, 10_000),
    value=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=9),
        st.just([]),
        st.just({}),
        st.just([[]]),
        st.just(1.5),
    ),
)
def test_no_value_anywhere_crashes_it(
    broken: Callable[[int, int, object], None], which: int, at: int, value: object
) -> None:
    broken(which, at, value)
