"""The fact checker over the shipped corpus: what it says of claims, where they stand, and what proves it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.checking.checker import overall
from bot.schema.answer import CheckReport, Finding, Reason, Verdict

pytest_plugins = ("tests.bot.checking_fixtures",)

SUPPORTED, REFUTED, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_ENOUGH_INFO


def finding(verdict: Verdict) -> Finding:
    return Finding("", 0, 0, verdict, Reason.STATED, "")


def sound(report: CheckReport, bot: Bot) -> None:
    """Whatever a report says, it says it of what stands there and by what stands in the source."""
    assert report.verdict is overall(report.findings)
    numbers = [number for found in report.findings for number in found.citations]
    assert numbers == list(range(1, len(report.citations) + 1))
    by_number = {citation.index: citation for citation in report.citations}
    end = 0
    for found in report.findings:
        assert end <= found.start < found.end <= len(report.text)
        end = found.end
        assert found.explanation
        assert found.correction is None or found.verdict is REFUTED
        if found.verdict is not OPEN:
            assert found.citations
        for number in found.citations:
            citation = by_number[number]
            assert (citation.answer_start, citation.answer_end) == (found.start, found.end)
    for citation in report.citations:
        quote = citation.quote
        assert bot.corpus.documents[quote.document_id].text[quote.start : quote.end] == quote.text


STATED = [
    "Renault leads Europe.",
    "Europe is led by Renault.",
    "RENAULT LEADS EUROPE!!!",
    "renault leads europe",
    "Renault is the leader of Europe",
    "I think that Renault leads Europe.",
    "Nissan leads autonomous driving.",
    "Nissan leads connected technology in China.",
    "Renault leads the Android-based connected platform.",
    "Renault leads E-body architecture.",
    "Mitsubishi leads plug-in hybrids for the C and D segments.",
    "Renault leads Europe, Russia, South America and North Africa.",
    "Renault leads four regions.",
    "Nissan leads three regions.",
    "Exactly two regions are led by Mitsubishi.",
    "Nissan leads at least two regions.",
    "Renault leads the most regions.",
    "Mitsubishi leads the fewest regions.",
    "Only Mitsubishi leads Oceania.",
    "Renault, not Nissan, leads Europe.",
    "Renault leads Europe, but not Japan.",
    "Nissan leads neither Europe nor Russia.",
    "Nissan does not lead Europe.",
    "It is not true that Nissan leads Europe.",
    "Renault follows in Japan.",
    "Senard is the chairman of Renault.",
    "Jean-Dominique Senard chairs the Alliance Operating Board.",
    "The Alliance consists of Renault, Nissan and Mitsubishi.",
    "Three companies make up the Alliance.",
    "Nissan makes the Leaf.",
    "Mitsubishi released the Xpander.",
    "The companies share platforms, upper bodies and production sites.",
    "Roughly 50 percent of member vehicles will be jointly developed by 2025.",
    "By 2025, about half of all Alliance member vehicles will be jointly developed.",
    "The pandemic shut down factories.",
    "Many industry analysts had speculated that they would split up.",
    "“The three companies of the Alliance will cover all vehicle segments and technologies, across all geographies”, "
    "said Senard.",
]


@pytest.mark.parametrize("claim", STATED)
def test_what_the_source_states_is_supported(alliance_bot: Bot, claim: str) -> None:
    report = alliance_bot.check(claim)
    assert report.verdict is SUPPORTED
    assert {found.correction for found in report.findings} == {None}
    sound(report, alliance_bot)


@pytest.mark.parametrize(
    ("claim", "step"),
    [
        ("Mitsubishi leads Thailand.", "Thailand lies in South East Asia"),
        ("Renault leads Germany.", "Germany lies in Europe"),
        ("Nissan leads Tokyo.", "Tokyo lies in Japan"),
        ("The leader in Brazil is Renault.", "Brazil lies in South America"),
    ],
)
def test_what_follows_names_the_step_that_the_source_does_not_state(alliance_bot: Bot, claim: str, step: str) -> None:
    (found,) = alliance_bot.check(claim).findings
    assert (found.verdict, found.reason) == (SUPPORTED, Reason.FOLLOWS)
    assert [each.text for each in found.steps] == [step]
    assert step in found.explanation


REFUTATIONS = [
    ("Nissan leads Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Europe is led by Nissan.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Nissan leads Europe, not Renault.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Some say Nissan leads Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Nissan leads Thailand.", Reason.WRONG_LEADER, "Mitsubishi leads in Thailand"),
    ("The leader in Brazil is Nissan.", Reason.WRONG_LEADER, "Renault leads in Brazil"),
    ("Renault leads connected technology in China.", Reason.WRONG_LEADER, "Nissan leads connected technology in China"),
    ("Nissan leads E-body architecture.", Reason.WRONG_LEADER, "Renault leads E-body architecture"),
    ("Mitsubishi leads the Android-based connected platform.", Reason.WRONG_LEADER, "Renault leads the Android-based"),
    ("Nissan leads plug-in hybrids for the C and D segments.", Reason.WRONG_LEADER, "Mitsubishi leads plug-in hybrid"),
    ("Mitsubishi leads plug-in hybrids for the A and B segments.", Reason.WRONG_SCOPE, "for the C and D segments"),
    ("Renault leads electrified powertrains for the C and D segments.", Reason.WRONG_SCOPE, "A and B segment models"),
    ("Renault leads five regions.", Reason.WRONG_NUMBER, "Renault leads 4 regions"),
    ("Nissan leads more than five regions.", Reason.WRONG_NUMBER, "Nissan leads 3 regions"),
    ("Nissan leads all regions.", Reason.WRONG_NUMBER, "Renault leads Europe"),
    ("Nissan leads no region.", Reason.WRONG_NUMBER, "Nissan leads China"),
    ("Mitsubishi leads more regions than Renault.", Reason.WRONG_NUMBER, "Renault leads 4 regions"),
    ("Renault does not lead Europe.", Reason.WRONG_POLARITY, "Renault leads Europe"),
    ("Mitsubishi leads only Oceania.", Reason.OVER_GENERAL, "South East Asia"),
    ("Nissan leads Asia.", Reason.OVER_GENERAL, "Mitsubishi leads South East Asia"),
    ("Nobody leads Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Nissan leads Africa.", Reason.WRONG_LEADER, "Renault leads North Africa"),
    ("Nissan leads China and Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Nissan, Renault and Mitsubishi lead Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Renault leads Europe, Russia, Japan and North Africa.", Reason.WRONG_LEADER, "Nissan leads Japan"),
    ("Renault follows in Europe.", Reason.WRONG_LEADER, "Renault leads Europe"),
    ("Toyota is part of the Alliance.", Reason.WRONG_LEADER, "part of the Alliance"),
    ("By 2035, about half of all Alliance member vehicles will be jointly developed.", Reason.WRONG_DATE, "2025"),
    ("By 2025, about a third of all Alliance member vehicles will be jointly developed.", Reason.WRONG_NUMBER, "half"),
    ("Roughly 60 percent of member vehicles will be jointly developed by 2025.", Reason.WRONG_NUMBER, "half"),
    ("All Alliance vehicles will be jointly developed by 2025.", Reason.WRONG_NUMBER, "half"),
    ("About half of all member vehicles will not be jointly developed by 2025.", Reason.WRONG_POLARITY, "half"),
    ("The pandemic did not shut down factories.", Reason.WRONG_POLARITY, "shutting down factories"),
    ("The Alliance members do not share logistics.", Reason.WRONG_POLARITY, "logistics"),
    (
        "“The three companies of the Alliance will cover no vehicle segments and technologies, across all "
        "geographies”, said Senard.",
        Reason.ALTERED_QUOTE,
        "will cover all vehicle segments",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "reason", "corrected"), REFUTATIONS, ids=[row[0] for row in REFUTATIONS])
def test_what_the_source_contradicts_is_refuted_and_put_right(
    alliance_bot: Bot, claim: str, reason: Reason, corrected: str
) -> None:
    report = alliance_bot.check(claim)
    assert report.verdict is REFUTED
    refuted = [found for found in report.findings if found.verdict is REFUTED]
    assert {found.reason for found in refuted} == {reason}
    assert any(corrected in (found.correction or "") for found in refuted)
    sound(report, alliance_bot)


@pytest.mark.parametrize(("claim", "reason", "corrected"), REFUTATIONS, ids=[row[0] for row in REFUTATIONS])
def test_a_correction_passes_the_check_itself(alliance_bot: Bot, claim: str, reason: Reason, corrected: str) -> None:
    for found in alliance_bot.check(claim).findings:
        if found.verdict is REFUTED:
            assert alliance_bot.check(found.correction or "").verdict is SUPPORTED


@pytest.mark.parametrize(
    "claim",
    [
        "Nissan leads India.",
        "Nissan does not lead India.",
        "Renault leads Africa.",
        "Jean-Dominique Senard chairs Nissan.",
        "If Nissan led Europe, it would be great.",
        "Renault leads Europe since 1999.",
        "The moon is made of cheese.",
        "The companies share platforms, upper bodies and employees.",
        "About half of all member vehicles will be jointly developed by 2025, said Senard.",
        "Tesla leads autonomous driving software for trucks in Norway.",
    ],
)
def test_what_the_source_leaves_open_stays_open(alliance_bot: Bot, claim: str) -> None:
    report = alliance_bot.check(claim)
    assert [found.verdict for found in report.findings] == [OPEN]
    sound(report, alliance_bot)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "…", "Who leads Europe?", "Nissan leads Europe?", "Does Nissan lead Europe?", "Hello!",
     "Thanks a lot.", "Tell me about Nissan.", "|---|---|"],
)  # fmt: skip
def test_questions_requests_and_talk_claim_nothing(alliance_bot: Bot, text: str) -> None:
    report = alliance_bot.check(text)
    assert (report.findings, report.citations, report.verdict) == ((), (), OPEN)


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("Nissan leads China and Renault leads Europe.", [SUPPORTED, SUPPORTED]),
        ("Nissan leads China; Renault leads Japan.", [SUPPORTED, REFUTED]),
        ("Renault leads Europe (and Nissan leads Japan).", [SUPPORTED, SUPPORTED]),
        ("Nissan leads 3 regions and Renault leads 5 regions.", [SUPPORTED, REFUTED]),
        (
            "Nissan is in charge of Japan while Renault handles Europe and Mitsubishi takes Oceania.",
            [SUPPORTED, SUPPORTED, SUPPORTED],
        ),
        ("in Europe it is Renault that leads; and for Oceania, Nissan.", [SUPPORTED, REFUTED]),
        ("- Renault leads Europe\n- Nissan leads Russia", [SUPPORTED, REFUTED]),
        ("| Europe | Nissan |\n| Japan | Nissan |", [REFUTED, SUPPORTED]),
        ("Hello! Renault leads Europe. Who leads Japan? Renault leads Japan.", [SUPPORTED, REFUTED]),
    ],
)
def test_each_claim_of_a_text_is_judged_on_its_own(alliance_bot: Bot, text: str, verdicts: list[Verdict]) -> None:
    report = alliance_bot.check(text)
    assert [found.verdict for found in report.findings] == verdicts
    sound(report, alliance_bot)


def test_pronouns_mean_whom_the_text_spoke_of(alliance_bot: Bot) -> None:
    text = "Renault leads Europe.\n\nIt also leads Russia. It also leads Japan.\n\nNissan leads Japan. It leads China."
    report = alliance_bot.check(text)
    assert [found.verdict for found in report.findings] == [SUPPORTED, SUPPORTED, REFUTED, SUPPORTED, SUPPORTED]
    assert report.findings[1].facts[0].subject == "Renault"
    assert report.findings[4].facts[0].subject == "Nissan"
    sound(report, alliance_bot)


@pytest.mark.parametrize(
    "text",
    [
        "Renault leads Europe.",
        "**Note:** Renault leads Europe. [1] Nissan leads Europe. [2]",
        "  \n\nRenault leads Europe 🚗. 👩🏽‍🚀 Nissan leads Japan.",
        "Renault leads Europe and Nissan leads Japan; and Mitsubishi leads Oceania.",
        "\u0000\ud800 Renault leads Europe.",
        "# Leaders\n\n1. Renault leads Europe\n2. Nissan leads Oceania\n",
        "Re\u0301nault leads Europe.\r\nNissan leads Japan.\u2028Nissan leads China.",
    ],
)
def test_a_findings_offsets_give_its_claim(alliance_bot: Bot, text: str) -> None:
    report = alliance_bot.check(text)
    assert report.findings
    for found in report.findings:
        assert text[found.start : found.end] == found.claim
    sound(report, alliance_bot)


def test_citation_marks_are_no_part_of_a_claim_and_move_nothing(alliance_bot: Bot) -> None:
    text = "Renault leads Europe. [1] Nissan leads Europe. [12]"
    first, second = alliance_bot.check(text).findings
    assert text[first.start : first.end] == "Renault leads Europe"
    assert text[second.start : second.end] == "Nissan leads Europe"


def test_every_sentence_of_the_source_is_known_word_for_word(alliance_bot: Bot) -> None:
    for passage in alliance_bot.corpus.passages.values():
        for sentence in passage.sentences:
            (found,) = alliance_bot.check(sentence.text).findings
            assert (found.verdict, found.reason) == (SUPPORTED, Reason.QUOTED), sentence.text


def test_the_source_as_a_whole_is_supported(alliance_bot: Bot) -> None:
    for document in alliance_bot.corpus.documents.values():
        report = alliance_bot.check(document.text)
        assert report.verdict is SUPPORTED
        sound(report, alliance_bot)


def test_quotation_marks_and_dashes_may_be_typed_plainly(alliance_bot: Bot) -> None:
    for passage in alliance_bot.corpus.passages.values():
        for sentence in passage.sentences:
            typed = sentence.text.translate(str.maketrans("“”’", '""\''))
            assert alliance_bot.check(typed).verdict is SUPPORTED, typed


def test_every_fact_is_supported_as_the_answers_word_it(alliance_bot: Bot) -> None:
    facts = [fact for fact in alliance_bot.corpus.facts_of("leads")]
    for fact in facts:
        assert alliance_bot.check(f"{fact.subject} leads {fact.label}.").verdict is SUPPORTED, fact.id


def test_every_leader_put_in_anothers_place_is_refuted(alliance_bot: Bot) -> None:
    facts = list(alliance_bot.corpus.facts_of("leads"))
    members = {fact.subject for fact in facts}
    for fact in facts:
        for other in members - {fact.subject}:
            report = alliance_bot.check(f"{other} leads {fact.label}.")
            assert report.verdict is REFUTED, (other, fact.id)
            assert fact.subject in (report.findings[0].correction or "")


def test_a_long_text_is_checked_to_its_end(alliance_bot: Bot) -> None:
    report = alliance_bot.check("Renault leads Europe. " * 500 + "Nissan leads Europe.")
    assert len(report.findings) == 501
    assert [found.verdict for found in report.findings].index(REFUTED) == 500
    sound(report, alliance_bot)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], OPEN),
        ([SUPPORTED], SUPPORTED),
        ([SUPPORTED, OPEN], OPEN),
        ([SUPPORTED, OPEN, REFUTED], REFUTED),
        ([REFUTED, SUPPORTED], REFUTED),
    ],
)
def test_one_refuted_claim_refutes_the_text_and_one_open_claim_leaves_it_open(
    verdicts: list[Verdict], expected: Verdict
) -> None:
    assert overall([finding(verdict) for verdict in verdicts]) is expected


WORDS = st.sampled_from(
    """Renault Nissan Mitsubishi Toyota Senard leads lead led follows Europe Japan India Thailand the a not no only and
    or but , ; : . ! ? ( ) ** | - % “ ” it they there 2025 half 3 regions technologies all every except who why if said
    is by in connected technology China A B segments""".split()  # noqa: SIM905 - a list of these would fill a page
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=120)))
def test_no_text_breaks_the_checker(alliance_bot: Bot, text: str) -> None:
    sound(alliance_bot.check(text), alliance_bot)


PAIRS = [
    ("Nissan leads China and Europe.", [("Nissan leads China", SUPPORTED), ("Europe", REFUTED)]),
    ("Europe and Japan are led by Renault.", [("Europe", SUPPORTED), ("Japan are led by Renault", REFUTED)]),
    (
        "Renault, which leads Europe, also leads Japan.",
        [("Renault, which leads Europe", SUPPORTED), ("Japan", REFUTED)],
    ),
    (
        "Nissan, the leader in Europe, makes the Leaf.",
        [("Nissan, the leader in Europe", REFUTED), ("makes the Leaf", SUPPORTED)],
    ),
    (
        "Being the leader in China, Nissan leads Europe as well.",
        [("Being the leader in China", SUPPORTED), ("Nissan leads Europe as well", REFUTED)],
    ),
    (
        "Nissan leads China, but neither Europe nor Japan.",
        [("Nissan leads China", SUPPORTED), ("neither Europe", SUPPORTED), ("Japan", REFUTED)],
    ),
    (
        "Leaders: Nissan (China), Renault (Japan).",
        [("Leaders: Nissan (China", SUPPORTED), ("Renault (Japan", REFUTED)],
    ),
    ("## Nissan\n- China\n- Europe", [("China", SUPPORTED), ("Europe", REFUTED)]),
    ("Nissan leads:\n1. China\n2. Europe", [("China", SUPPORTED), ("Europe", REFUTED)]),
    (
        "| Company | Regions |\n|---|---|\n| Renault | Europe, Japan |",
        [("Renault | Europe", SUPPORTED), ("Japan", REFUTED)],
    ),
    ("| person | chairs |\n|---|---|\n| Senard | Renault |", [("Senard | Renault", SUPPORTED)]),
    (
        "Nissan leads China. It also leads Europe. They follow in Russia.",
        [("Nissan leads China", SUPPORTED), ("It also leads Europe", REFUTED), ("They follow in Russia", SUPPORTED)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS, ids=[row[0] for row in PAIRS])
def test_each_claim_has_its_own_finding(alliance_bot: Bot, text: str, expected: list[tuple[str, Verdict]]) -> None:
    report = alliance_bot.check(text)
    assert [(found.said or found.claim, found.verdict) for found in report.findings] == expected
    sound(report, alliance_bot)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Nissan leads China and Europe.", ["Nissan leads China", "Nissan leads Europe."]),
        ("Renault, which leads Europe, also leads Japan.", ["Renault, which leads Europe", "Renault leads Japan."]),
        ("Japan is led by Nissan and Thailand by Renault.", ["Japan is led by Nissan", "Renault leads Thailand."]),
        ("| Company | Regions |\n|---|---|\n| Renault | Europe |", ["Renault leads Europe."]),
        ("Nissan leads China. It also leads Europe.", ["Nissan leads China", "Nissan leads Europe."]),
    ],
)
def test_a_claim_can_be_read_alone(alliance_bot: Bot, text: str, claims: list[str]) -> None:
    found = alliance_bot.check(text).findings
    assert [finding.claim for finding in found] == claims
    for finding in found:
        [alone] = alliance_bot.check(finding.claim).findings
        assert alone.verdict is finding.verdict
        assert text[finding.start : finding.end] == (finding.said or finding.claim)


@pytest.mark.parametrize("text", ["Nissan led Europe until 2012.", "In 2005 Nissan led Europe."])
def test_a_fact_of_today_refutes_nothing_about_another_year(alliance_bot: Bot, text: str) -> None:
    assert alliance_bot.check(text).verdict is OPEN
    assert alliance_bot.check("Nissan has led Europe since 2012.").verdict is REFUTED


WORDS = "The new business model will enable the Alliance to bring out the most of each company’s assets"
ATTRIBUTED = [
    (f"“{WORDS}”, said Jean-Dominique Senard.", SUPPORTED, Reason.QUOTED),
    (f"“{WORDS}”, said Carlos Ghosn.", REFUTED, Reason.WRONG_SPEAKER),
    (f"“{WORDS}”, said Senard, the CEO of Nissan.", OPEN, Reason.WRONG_SPEAKER),
    (f"“{WORDS.replace('new', 'old')}”, said Senard.", REFUTED, Reason.ALTERED_QUOTE),
    (f"Carlos Ghosn said that {WORDS[:1].lower()}{WORDS[1:]}.", REFUTED, Reason.WRONG_SPEAKER),
    ("Senard said that Renault leads Europe.", OPEN, Reason.WRONG_SPEAKER),
    ("Senard said that Nissan leads Europe.", REFUTED, Reason.WRONG_LEADER),
    ("According to the article, Renault leads Europe.", SUPPORTED, Reason.STATED),
]


@pytest.mark.parametrize(("text", "verdict", "reason"), ATTRIBUTED, ids=[row[0] for row in ATTRIBUTED])
def test_who_said_it_is_part_of_the_claim(alliance_bot: Bot, text: str, verdict: Verdict, reason: Reason) -> None:
    (found,) = alliance_bot.check(text).findings
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.correction is None or alliance_bot.check(found.correction).verdict is SUPPORTED


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("“Nissan leads Europe” is wrong.", SUPPORTED),
        ("The claim that Renault leads Europe is false.", REFUTED),
        ("It is undisputed that Renault leads Europe.", SUPPORTED),
        ("Nobody doubts that Nissan leads Europe.", REFUTED),
        ("Nissan may lead Europe.", OPEN),
        ("Renault leads twice as many regions as Mitsubishi.", SUPPORTED),
        ("Nissan leads twice as many regions as Mitsubishi.", REFUTED),
        ("Renault leads one more region than Nissan.", SUPPORTED),
        ("Renault leads two more regions than Nissan.", REFUTED),
        ("Half of the regions are led by Renault.", REFUTED),
        ("About half of the regions are led by Renault.", SUPPORTED),
        ("The majority of the regions are led by Renault.", REFUTED),
        ("The Alliance has three members.", SUPPORTED),
        ("The Alliance has four members.", REFUTED),
        ("The number of technologies led by Renault is three.", SUPPORTED),
        ("The number of technologies led by Renault is four.", REFUTED),
        ("Nobody leads more regions than Renault.", SUPPORTED),
        ("Nobody leads more regions than Nissan.", REFUTED),
        ("Everyone in the Alliance leads Europe.", REFUTED),
        ("Nissan leads part of Asia.", SUPPORTED),
        ("Renault leads part of Asia.", OPEN),
        ("Nissan leads northern Asia.", OPEN),
        ("Renault leads northern Europe.", SUPPORTED),
        ("Nissan from Paris leads China.", OPEN),
        ("Nissan leads China because it is Chinese.", OPEN),
        ("Mitsubishi leads plug-in hybrids in all segments.", REFUTED),
        ("Nissan leads autonomous driving everywhere.", SUPPORTED),
        ("Nissan leads connected technology everywhere.", OPEN),
        ("Nissan leads everything but Europe.", REFUTED),
        ("Acme follows in Europe.", OPEN),
        ("Nissan does not lead Asia.", OPEN),
        ("Renault or Nissan leads Europe.", SUPPORTED),
        ("Mitsubishi or Nissan leads Europe.", REFUTED),
        ("Nissan does not lead Europe or Japan.", REFUTED),
    ],
)
def test_every_word_of_a_claim_counts(alliance_bot: Bot, text: str, verdict: Verdict) -> None:
    assert alliance_bot.check(text).verdict is verdict


def test_findings_come_as_they_are_made(alliance_bot: Bot) -> None:
    checker = alliance_bot.tongues.home.checker
    text = "Renault leads Europe. Nissan leads Russia. Mitsubishi leads Oceania and Japan."
    streamed = list(checker.stream(text))
    findings, citations = checker.check(text)
    assert tuple(finding for finding, _ in streamed) == findings
    assert tuple(citation for _, cited in streamed for citation in cited) == citations
