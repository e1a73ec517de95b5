"""The page as it is served: it builds, answers, names no other server, and lets no text break out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest

from bot.schema.answer import Reason, Status, Verdict
from bot.schema.contract import answer_to_json
from bot.serving.page.answers import notice_html, pending_html, question_html, reply_html
from bot.serving.page.conversation import Conversation, suggestions
from bot.serving.page.documents import coverage, document_html, documents_html
from bot.serving.page.drawing import picture_html
from bot.serving.page.exports import answer_as, report_as
from bot.serving.page.facts import rows
from bot.serving.page.findings import report_html, stretches
from bot.serving.page.kept import answer_from_json
from bot.serving.page.labels import FEEDBACK, REASONS, STATUSES, SYMBOLS, VERDICTS
from bot.serving.page.markup import answer_html, marked_html
from bot.serving.page.render import header_html, not_ready_html
from bot.serving.state.records import FeedbackReason
from tests.api.fake_library import HOSTILE, FakeBot, FakeLibrary, make_corpus

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
        documents_html(bot.corpus),
        document_html(bot.corpus, "plan", 0, 10),
        question_html(HOSTILE),
        reply_html(answer, bot.corpus, 1),
        report_html(report, bot.corpus),
        pending_html(HOSTILE),
        notice_html(HOSTILE, HOSTILE),
        not_ready_html(HOSTILE),
    ):
        seen = Tags(html)
        assert not seen.tags & {"script", "img", "a", "iframe", "b"}
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert "${" not in html and "{{" not in html
    assert HOSTILE in Tags(reply_html(answer, bot.corpus, 1)).text


def test_a_message_of_the_chat_is_one_line_that_begins_with_a_tag() -> None:
    """The chat's Markdown would take what comes behind an empty line for Markdown."""
    for html in (question_html("a\n\n*b*\r\n    c"), pending_html("a\n\nb"), notice_html("x", "a\n\n- b")):
        assert html.startswith("<div") and "\n" not in html


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


def test_a_citation_opens_its_document_at_its_sentence_and_a_number_without_one_stays_text() -> None:
    bot = FakeBot()
    quote = bot.corpus.facts["f1"].quote
    html = reply_html(bot.ask(QUESTION), bot.corpus, 7)
    assert f'data-document="plan" data-start="{quote.start}" data-end="{quote.end}"' in html
    assert f"“{quote.text}” — The plan" in html
    assert "[1]" in reply_html(FakeBot().ask("What is [1] said?"), bot.corpus, 1)


def test_a_document_is_shown_whole_with_its_sentence_marked_once() -> None:
    corpus = make_corpus()
    quote = corpus.facts["f2"].quote
    html = document_html(corpus, "plan", quote.start - 1, quote.end)
    assert html.count('id="wl-here"') == 1 and html.count("<mark") == 2  # the quote, and what stands before it
    assert corpus.documents["plan"].text in Tags(html).text
    assert html.count('class="wl-backed"') == 2
    assert "not among the sources" in document_html(corpus, "gone")


def test_coverage_counts_the_sentences_that_back_facts() -> None:
    covered = coverage(make_corpus(), "plan")
    assert (covered.backing, covered.sentences) == (1, 3)
    assert "1 of 3 sentences back facts" in documents_html(make_corpus())


def test_marks_never_overlap_and_keep_every_character() -> None:
    html = marked_html("a<b>cdef", [(4, 6, "x"), (1, 5, 'class="y"'), (3, 3, "z")])
    assert html == 'a<mark class="y">&lt;b&gt;c</mark>def'


def test_an_answer_has_one_badge_its_proof_in_words_and_its_receipt() -> None:
    bot = FakeBot()
    html = reply_html(bot.ask("Is Nissan the leader in Europe?"), bot.corpus, 1)
    text = Tags(html).text
    assert html.count("wl-badge") == 1 and "✗ Refuted" in text
    for told in ("Renault leads Europe 1.", "1 of 1 claim checked and supported", "The plan", "2 ms"):
        assert told in text
    assert "Read as" not in text  # the question was read as it stands


def test_a_reading_is_told_where_it_differs_with_the_next_best_ones() -> None:
    bot = FakeBot()
    answer = replace(
        bot.ask("And in Japan?"), standalone_question="Who leads Japan?", alternatives=("Who leads <Asia>?",)
    )
    html = reply_html(answer, bot.corpus, 1)
    assert "Read as “Who leads Japan?”" in html and 'data-ask="Who leads &lt;Asia&gt;?"' in html
    same = replace(answer, question="who leads japan", alternatives=())
    assert "Read as" not in reply_html(same, bot.corpus, 1)


def test_a_report_gives_each_claim_its_verdict_and_the_correction() -> None:
    bot = FakeBot()
    html = report_html(bot.check("Nissan leads Japan. Nissan leads Europe"), bot.corpus)
    seen = Tags(html)
    assert html.count('class="wl-claim wl-supported"') == html.count('class="wl-claim wl-refuted"') == 1
    assert "Instead: Renault leads Europe." in seen.text
    assert "2 claims: 1 supported (stated: 1); 1 refuted (another one is named: 1)" in seen.text
    assert html.count('tabindex="0"') == 1  # the arrow keys lead to the other
    assert "claims nothing" in report_html(bot.check("Hello."), bot.corpus)


def test_claims_that_overlap_are_marked_as_one_with_the_worst_verdict() -> None:
    found = FakeBot().check("Nissan leads Japan. Nissan leads Europe").findings
    together = stretches([found[0], replace(found[1], start=10, end=30)])
    assert [(each.start, each.end, each.verdict) for each in together] == [(0, 30, Verdict.REFUTED)]


def test_everything_has_a_label() -> None:
    assert set(STATUSES) == set(Status) and set(VERDICTS) == set(SYMBOLS) == set(Verdict)
    assert set(REASONS) == set(Reason) and set(FEEDBACK) == set(FeedbackReason)


def test_answers_and_reports_are_taken_away_with_their_sources() -> None:
    bot = FakeBot()
    answer = bot.ask(QUESTION)
    assert answer_as("text", answer) == "Nissan leads Japan. [1]"
    assert "[1] The plan: “Nissan will be" in answer_as("markdown", answer)
    taken = json.loads(answer_as("json", answer, "an-id"))
    assert taken["receipt"]["answer"] == answer.receipt.answer and taken["answer_id"] == "an-id"
    report = bot.check("Nissan leads Europe")
    assert "Instead: Renault leads Europe." in report_as("markdown", report)
    assert report.receipt.answer in report_as("markdown", report)
    assert json.loads(report_as("json", report))["verdict"] == "refuted"


def test_a_corpus_without_places_has_a_matrix_alone_and_one_of_many_leaders_a_list() -> None:
    corpus = make_corpus()
    kinds = {"region": replace(corpus.kinds["region"], place=False)}
    facts = dict(corpus.facts)
    drawn = picture_html(FakeBot(replace(corpus, kinds=kinds)))
    assert "<svg" not in drawn and Tags(drawn).text.count("Nissan") == 1 and "wl-led" in drawn
    assert "<small>2020</small>" in drawn  # what narrows a fact stands beside its dot
    for number in range(8):
        facts[f"more{number}"] = replace(facts["f1"], id=f"more{number}", subject=f"Leader {number}")
    drawn = picture_html(FakeBot(replace(corpus, kinds=kinds, facts=facts)))
    assert "wl-led" not in drawn and "Leader 7" in drawn and drawn.count("data-ask") == 10
    assert "no picture" in picture_html(FakeBot(replace(corpus, facts={})))


def test_each_fact_is_a_row_that_names_it_last() -> None:
    assert rows(make_corpus())[0] == [
        "Nissan", "leads", "Japan (among others)", make_corpus().facts["f1"].quote.text, "f1",
    ]  # fmt: skip


def test_questions_wait_for_the_answer_before_them_and_none_is_lost() -> None:
    bot, conversation = FakeBot(), Conversation()
    conversation.put(QUESTION)
    turn = conversation.take()
    assert turn is not None
    made = conversation.answered(turn, bot, 20)
    next(made)
    conversation.put("Who leads in Europe?")
    assert conversation.take() is None
    assert [m["role"] for m in conversation.messages()] == ["user", "assistant"] * 2
    assert "Waits until" in conversation.messages()[-1]["content"]
    list(made)
    assert "Looking it up" in conversation.messages()[-1]["content"]  # nothing is before it any more
    then = conversation.take()
    assert then is not None and [turn.question for turn in conversation.turns] == [QUESTION]


def test_an_answer_can_be_stopped_and_says_so() -> None:
    conversation = Conversation()
    conversation.put(QUESTION)
    turn = conversation.take()
    assert turn is not None
    made = conversation.answered(turn, FakeBot(), 20)
    next(made)
    conversation.put("Who waits?")
    conversation.stop()
    list(made)
    assert "Stopped." in turn.html and "Nissan" in turn.html and turn.answer is None
    assert not conversation.busy


def test_an_edited_question_replaces_its_turn_and_what_follows() -> None:
    conversation = _asked(QUESTION, "Who leads in Europe?", "Who asked?")
    conversation.editing = 2
    conversation.put("Who leads in Asia?")
    assert [turn.number for turn in conversation.turns] == [1] and conversation.waiting == ["Who leads in Asia?"]


def test_an_answer_that_was_kept_is_shown_as_it_was() -> None:
    bot = FakeBot()
    for question in ("Is Nissan the leader in Europe?", "Withhold who leads Japan", "a table", "Who asked?"):
        answer = bot.ask(question)
        told = json.loads(json.dumps(answer_to_json(answer)))
        again = reply_html(answer_from_json(told), bot.corpus, 1)
        assert re.sub("Receipt · .*? ms", "", again) == re.sub(
            "Receipt · .*? ms", "", reply_html(answer, bot.corpus, 1)
        )


def test_what_was_asked_is_not_suggested_again() -> None:
    bot = FakeBot()
    offered = suggestions(_asked("Who leads in Europe?"), bot.corpus)
    assert "Who leads in Europe?" not in offered and QUESTION in offered


def _asked(*questions: str) -> Conversation:
    conversation = Conversation()
    for question in questions:
        conversation.put(question)
        turn = conversation.take()
        assert turn is not None
        list(conversation.answered(turn, FakeBot(), 20))
    return conversation


def test_the_page_answers_in_turns(browser: httpx.Client, page_url: str) -> None:
    """Asks twice as a browser does, and finds the first question in the second's history."""
    asked = _Visitor(browser, page_url)
    assert "Nissan leads Japan." in asked.ask("Say who has Japan.")
    assert "Say who has Japan." in asked.ask("Who asked?")
    assert "Say who has Japan." not in _Visitor(browser, page_url).ask("Nothing was said before?")
    assert "went wrong" in asked.ask("explode")
    assert "Type a question first" in asked.send(" \u200b ")
    assert "2,001 characters" in asked.send("x" * 2001)


class _Visitor:
    """A visitor with a session of their own, who types into the page's question box."""

    def __init__(self, browser: httpx.Client, url: str) -> None:
        self._browser = browser
        self._url = url
        self._session = f"session-{id(self)}"
        events = browser.get(f"{url}/config").json()["dependencies"]
        self._sending = next(each for each in events if [t[1] for t in each["targets"]] == ["submit"])
        after = [each for each in events if each.get("trigger_after") == self._sending["id"]]
        self._working = next(each for each in after if each["backend_fn"])

    def send(self, question: str) -> str:
        """Put a question; gives what the page is told at once."""
        body = {"data": [question, None, "cars", {}], "fn_index": self._sending["id"], "session_hash": self._session}
        sent = self._browser.post(f"{self._url}/gradio_api/run/predict", json=body)
        return sent.raise_for_status().text

    def ask(self, question: str) -> str:
        """All that the page is sent for one question."""
        self.send(question)
        body = {"data": [None], "fn_index": self._working["id"], "session_hash": self._session}
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
