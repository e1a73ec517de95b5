"""The page over the real corpus: it is served whole, by this server alone."""

from __future__ import annotations

import html
import re

import httpx

from bot.answering.bot import Bot
from bot.serving.page.answers import reply_html
from bot.serving.page.facts import rows
from bot.serving.page.findings import report_html

pytest_plugins = ("tests.bot.checking_fixtures",)

# The name of the SVG namespace looks like an address, and is never fetched.
_ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w.-]+\.[a-z]{2,}[^\s\"'<]*")


def outside(text: str, own: str) -> list[str]:
    return [address for address in _ADDRESS.findall(text) if not address.startswith(own)]


def test_the_page_is_served_and_names_no_other_server(client: httpx.Client, served: str, alliance_bot: Bot) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert outside(page.text, served) == []
    told = html.unescape(page.text + client.get("/config").text)
    assert all(example in told for example in alliance_bot.corpus.examples[:3])


def test_what_the_page_loads_comes_from_this_server(client: httpx.Client, served: str) -> None:
    page = client.get("/").text
    assets = re.findall(r"(?:src|href)=\"([^\"#]+)\"", page)
    own = [asset for asset in assets if not asset.startswith("data:")]
    assert own
    for asset in own:
        assert client.get(asset.replace(served, "")).status_code == 200, asset


def test_an_answer_is_shown_with_its_marks_and_its_sentence(alliance_bot: Bot) -> None:
    shown = reply_html(alliance_bot.ask("Who leads in Thailand?"), alliance_bot.corpus, 1)
    text = html.unescape(re.sub(r"<[^>]+>", "", shown))
    assert "Mitsubishi leads in Thailand" in text
    assert "Thailand lies in South East Asia; Mitsubishi leads South East Asia 1." in text
    assert "Mitsubishi, on the other hand, will be the leader in South East Asia and Oceania." in html.unescape(shown)


def test_a_report_is_shown_with_its_corrections(alliance_bot: Bot) -> None:
    shown = report_html(alliance_bot.check("Nissan leads Europe. Renault leads Russia."), alliance_bot.corpus)
    text = html.unescape(re.sub(r"<[^>]+>", "", shown))
    assert "Nissan leads Europe" in text and "Renault leads Europe." in text


def test_every_leader_stands_on_the_page(alliance_bot: Bot) -> None:
    listed = {(row[0], row[-1]) for row in rows(alliance_bot.corpus)}
    for fact in alliance_bot.corpus.facts_of("leads"):
        assert (fact.subject, fact.id) in listed
