"""Reports as a page, as pictures and as Markdown."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.evaluation import Report, load_suite, run_suites
from bot.evaluation.baseline import CaseChange, Changed, Comparison
from bot.evaluation.coverage import FactCoverage
from bot.evaluation.markdown import report_to_markdown
from bot.evaluation.page import report_to_html
from bot.evaluation.pictures import NO_ANSWER, confusion, percentile, tag_bars
from bot.schema.answer import Status
from tests.evaluation.conftest import ScriptedBot, make_answer

SUITE = """\
cases:
  - {name: right, question: a, expect: {status: answered}, tags: [line]}
  - {name: either, question: b, expect: {status: [answered, partial]}, tags: [line]}
  - {name: wrong, question: c, expect: {status: [answered, inferred]}, tags: [line, "<x>"], why: "it's | so"}
  - {name: raises, question: d, expect: {status: answered}}
"""
COMPARISON = Comparison((Changed(CaseChange.WORDING, "lines/right", "Anna <b>", "Ben & Co", "And {who}?"),))
COVERAGE = FactCoverage(
    "railway", 3, ("f*1",), ("states <more>",), 9, ("A sentence.",), {("runs", "forward"): 4}, ("owns",)
)
EVIL = "</script><img src=http://example.org/x onerror=alert(1)> \x07 \ud800"


@pytest.fixture
def report(suite_file: Callable[..., Path]) -> Report:
    bot = ScriptedBot(
        {
            "a": make_answer(),
            "b": make_answer(status=Status.PARTIAL),
            "c": make_answer(EVIL, status=Status.NOT_STATED),
            "d": ValueError("no"),
        }
    )
    return run_suites([load_suite(suite_file(SUITE))], lambda _: bot)


class Links(HTMLParser):
    """Collects the tags of a page, and whatever could make a browser fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "data", "action")]


def test_the_page_fetches_nothing_and_lets_no_text_become_markup(report: Report) -> None:
    page = report_to_html(report, COMPARISON, [COVERAGE])
    links = Links(page)
    assert links.fetched == []
    assert not {"script", "img", "link", "iframe", "b"} & set(links.tags) - {"b"}
    assert "<img" not in page
    assert not re.search(r"url\(|@import", page)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    page.encode("utf-8")


def test_the_page_tells_everything(report: Report) -> None:
    page = report_to_html(report, COMPARISON, [COVERAGE])
    for text in ("changed wording", "Anna &lt;b&gt;", "f*1", "states &lt;more&gt;", "ValueError: no", "it&#x27;s | so",
                 "And {who}?", "predicates that nothing is asked of: 1"):  # fmt: skip
        assert text in page
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 3
    for picture in pictures:
        ET.fromstring(picture)


def test_statuses_are_counted_as_expected_and_given(report: Report) -> None:
    assert confusion(report) == {
        ("answered", "answered"): 1,
        ("partial", "partial"): 1,
        ("answered", "not_stated"): 1,
        ("answered", NO_ANSWER): 1,
    }


def test_bars_tell_numbers_and_shares(report: Report) -> None:
    bars = tag_bars(report)
    assert "line: 2 passed" in bars
    assert "66 % of 3" in bars


def test_percentiles() -> None:
    assert [percentile([1, 2, 3, 4], share) for share in (0.0, 0.25, 0.5, 0.95, 1.0)] == [1, 1, 2, 4, 4]


def test_a_report_without_cases_of_a_kind_has_no_empty_pictures() -> None:
    page = report_to_html(Report((), 0.0))
    assert "Statuses" not in page
    assert "Latency" not in page


def test_markdown_tells_the_same_and_escapes_signs(report: Report) -> None:
    text = report_to_markdown(report, COMPARISON, [COVERAGE])
    assert text.startswith("# Not all right: 2 passed, 2 failed\n")
    assert "| line | 2 | 1 | 0 | 0 |" in text
    assert r"| \<x\> | 0 | 1 | 0 | 0 |" in text
    assert r"(it's \| so)" in text
    assert "### Changed wording" in text
    assert "railway: 2 of 3 facts tested" in text
    assert "| forward | 4 |" in text
    assert "And {who}?: Anna" in text
    assert "### Predicates that nothing is asked of\n\n- owns" in text
