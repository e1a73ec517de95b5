"""The page as it is served: it builds, answers, names no other server, and lets no text break out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import httpx
import pytest

from bot.schema.answer import Status, Verdict
from bot.serving.page.markup import answer_html, escaped, marked_html, quoted_html
from bot.serving.page.render import (
    STATUS_LABELS,
    VERDICT_LABELS,
    conversation_html,
    facts_html,
    header_html,
    message_html,
    not_ready_html,
    pending_html,
    report_html,
    turn_html,
)
from corpus.model import Quote
from tests.api.fake_library import HOSTILE, TEXT, FakeBot, FakeLibrary, make_corpus

QUESTION = "Who leads in Japan?"


class Tags(HTMLParser):
    """Collects what a browser would make of HTML: the names of its tags and attributes, its ids, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data


def outside(html: str, own: str) -> list[str]:
    """The addresses of other servers; the name of the SVG namespace looks like one, and is never fetched."""
    found = re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'<]*", html)
    return [url for url in found if not url.startswith((own, "http://www.w3.org/2000/svg"))]


def test_the_page_names_no_other_server(browser: httpx.Client, page_url: str) -> None:
    page = browser.get(page_url, headers={"Accept-Encoding": "gzip, br"})
    assert page.status_code == 200 and "gradio" in page.text
    assert outside(page.text, page_url) == []
    assert "<script>alert" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy
    assert browser.get(f"{page_url}/theme.css").status_code == 200
    assert outside(browser.get(f"{page_url}/theme.css").text, page_url) == []


def test_the_page_reports_to_nobody(browser: httpx.Client, page_url: str) -> None:
    config = browser.get(f"{page_url}/config").json()
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []


def test_the_page_offers_no_second_api(browser: httpx.Client, page_url: str) -> None:
    info = browser.get(f"{page_url}/gradio_api/info").json()
    assert info["named_endpoints"] == {} and info["unnamed_endpoints"] == {}


@pytest.mark.parametrize(
    "path", ["/v1/facts", "/v1/corpora", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics"]
)
def test_the_apis_paths_win_over_the_pages(browser: httpx.Client, page_url: str, path: str) -> None:
    assert browser.get(page_url + path).status_code == 200
    refused = browser.put(page_url + path)
    assert (refused.status_code, refused.headers["content-type"]) == (405, "application/problem+json")
    assert "content-security-policy" not in browser.get(f"{page_url}/v1/facts").headers


def test_an_unknown_path_of_the_api_stays_a_problem(browser: httpx.Client, page_url: str) -> None:
    assert browser.post(f"{page_url}/v1/nope").headers["content-type"] == "application/problem+json"


def test_the_pages_own_routes_take_no_large_body(browser: httpx.Client, page_url: str) -> None:
    body = json.dumps({"data": ["x" * 300_000]}).encode()
    response = browser.post(
        f"{page_url}/gradio_api/queue/join", content=body, headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


def test_a_server_that_is_not_ready_says_so_everywhere(browser: httpx.Client, not_ready_url: str) -> None:
    assert "wholeads index" in browser.get(not_ready_url).text
    assert browser.get(f"{not_ready_url}/healthz").status_code == 200
    for path in ("/readyz", "/v1/facts"):
        response = browser.get(not_ready_url + path)
        assert response.status_code == 503 and "wholeads index" in response.json()["detail"]


def test_no_text_breaks_out_of_the_page(hostile_library: FakeLibrary) -> None:
    bot = hostile_library.get(None)
    answer = bot.ask(HOSTILE)
    report = bot.check(f"Nobody leads India {HOSTILE}")
    for html in (
        header_html(bot.corpus, HOSTILE),
        facts_html(bot.corpus),
        turn_html(answer, bot.corpus, 1),
        report_html(report, bot.corpus),
        pending_html(HOSTILE, HOSTILE),
        message_html(HOSTILE, HOSTILE),
        not_ready_html(HOSTILE),
    ):
        seen = Tags(html)
        assert not seen.tags & {"script", "img", "a", "iframe", "b"}
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert "${" not in html and "{{" not in html
    assert HOSTILE in Tags(turn_html(answer, bot.corpus, 1)).text


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://example.com/x.png)",
        "[x](javascript:alert(1))",
        "<https://example.com>",
        "[1]: https://example.com 'x'\n\n[1]",
        "```[1]\ncode\n```",
        "    indented",
        "&lt;b&gt;",
        "# [1] <svg onload=x>",
    ],
)
def test_an_answer_keeps_to_plain_markup(text: str) -> None:
    seen = Tags(answer_html(text, lambda index: f"<button>{index}</button>"))
    assert seen.tags <= {"p", "br", "button"}
    assert not seen.attributes


def test_an_answers_tables_and_lists_are_shown_as_such() -> None:
    table = answer_html("| A | B |\n| --- | --- |\n| x [1] | *y* |", lambda index: f"<button>{index}</button>")
    assert {"table", "th", "td", "em", "button"} <= Tags(table).tags
    assert {"ul", "li"} <= Tags(answer_html("- one\n- two", str)).tags


def test_a_citation_leads_to_its_source_and_a_number_without_one_stays_text() -> None:
    bot = FakeBot()
    answer = bot.ask(QUESTION)
    html = turn_html(answer, bot.corpus, 7)
    assert 'data-source="wl-7-1"' in html and Tags(html).ids == ["wl-7-1"]
    assert "[1]" in turn_html(FakeBot().ask("What is [1] said?"), bot.corpus, 1)


def test_turns_share_no_ids() -> None:
    bot = FakeBot()
    ids = Tags("".join(turn_html(bot.ask(QUESTION), bot.corpus, number) for number in range(5))).ids
    assert len(set(ids)) == 5


def test_a_quote_is_marked_inside_its_paragraph() -> None:
    corpus = make_corpus()
    html = quoted_html(corpus, corpus.facts["f2"].quote)
    assert html.endswith("<mark>Renault will be the leader for Europe.</mark>")
    assert html.startswith("Nissan will be")


def test_a_quote_over_two_paragraphs_is_shown_in_its_surroundings() -> None:
    corpus = make_corpus()
    start, end = TEXT.index("one leads"), TEXT.index("such as")
    html = quoted_html(corpus, Quote("plan", start, end, TEXT[start:end]))
    assert f"<mark>{escaped(TEXT[start:end])}</mark>" in html


def test_marks_never_overlap_and_keep_every_character() -> None:
    html = marked_html("a<b>cdef", [(4, 6, "x"), (1, 5, "y"), (3, 3, "z")])
    assert html == 'a<mark class="y">&lt;b&gt;c</mark>def'


def test_a_turn_tells_status_verdict_reading_and_origin() -> None:
    bot = FakeBot()
    text = Tags(turn_html(bot.ask("Is Nissan the leader in Europe?"), bot.corpus, 1)).text
    for told in (
        "Question corrected",
        "Refuted",
        "Read as leads",
        "Checked: 1 of 1 claim supported",
        "The plan",
        "2 ms",
    ):
        assert told in text


def test_a_report_gives_each_claim_its_verdict_and_the_correction() -> None:
    bot = FakeBot()
    html = report_html(bot.check("Nissan leads Japan. Nissan leads Europe"), bot.corpus)
    assert '<mark class="wl-supported">Nissan leads Japan</mark>' in html
    assert '<mark class="wl-refuted">Nissan leads Europe</mark>' in html
    assert "Instead: Renault leads Europe." in html
    assert "claims nothing" in report_html(bot.check("Hello."), bot.corpus)


def test_every_status_and_verdict_has_a_label() -> None:
    assert set(STATUS_LABELS) == set(Status) and set(VERDICT_LABELS) == set(Verdict)


def test_the_conversation_is_announced_to_screen_readers() -> None:
    assert 'role="log"' in conversation_html(()) and 'aria-live="polite"' in conversation_html(())


def test_the_page_answers_in_turns(browser: httpx.Client, page_url: str) -> None:
    """Asks twice as a browser does, and finds the first question in the second's history."""
    asked = _Visitor(browser, page_url)
    assert "Nissan leads Japan." in asked.ask(QUESTION)
    assert QUESTION in asked.ask("Who asked?")
    assert QUESTION not in _Visitor(browser, page_url).ask("Nothing was said before?")
    assert "at most" in asked.ask("x" * 2001)
    assert "went wrong" in asked.ask("explode")


class _Visitor:
    """A visitor with a session of their own, who types into the page's question box."""

    def __init__(self, browser: httpx.Client, url: str) -> None:
        self._browser = browser
        self._url = url
        self._session = f"session-{id(self)}"
        config = browser.get(f"{url}/config").json()
        self._asking = next(each for each in config["dependencies"] if [t[1] for t in each["targets"]] == ["submit"])

    def ask(self, question: str) -> str:
        """All that the page is sent for one question."""
        body = {"data": [question, None, "cars"], "fn_index": self._asking["id"], "session_hash": self._session}
        self._browser.post(f"{self._url}/gradio_api/queue/join", json=body).raise_for_status()
        seen = ""
        with self._browser.stream(
            "GET", f"{self._url}/gradio_api/queue/data", params={"session_hash": self._session}
        ) as response:
            for line in response.iter_lines():
                seen += line
                if '"process_completed"' in line:
                    return seen
        raise AssertionError(f"no answer came: {seen[-500:]}")
