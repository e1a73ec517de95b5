"""Who says what: reporting frames in a text ("said Ann Lee", "according to Acme"), and whose words the source quotes.

"“Growth is certain,” said Ann Lee, chair of Acme."   speaker Ann Lee; her words; the tail ", chair of Acme"
"According to Acme, Bolt leads Europe."               speaker Acme; content "Bolt leads Europe"
"The report says that Bolt leads Europe."             the source itself: no speaker
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.understanding.linker import Linker, Mention, Role
from corpus.language import Cue, Language
from corpus.model import Corpus, Passage, Quote
from corpus.text import tokenize

_QUOTED = re.compile(r"[“\"«„「『]([^”\"»“」』]+)[”\"»“」』]")
_OPENS = re.compile(r"[“«„「『]|(?<!\w)\"(?=\w)")
_MARKS = frozenset('"”“»«„」』')
# Fewer quoted words than this are a name or an irony, no quotation.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """A reporting frame. ``speaker``: as it is named, "" for the source itself or a pronoun; ``content`` is the text
    with the frame blanked; ``tail`` what is said of the speaker."""

    speaker: str
    content: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks; offsets are those of the words."""

    text: str
    start: int
    end: int


def quotations(text: str) -> list[Quotation]:
    """The quotations of a text, names and irony left out."""
    found = [Quotation(match.group(1), match.start(1), match.end(1)) for match in _QUOTED.finditer(text)]
    return [q for q in found if sum(token.word for token in tokenize(q.text)) >= SHORTEST]


def plain(text: str) -> str:
    """The words of a text without marks, for comparing quotations."""
    return " ".join(token.norm for token in tokenize(text) if token.word)


class Speech:
    """Reads reporting frames, and knows whose words the sentences of a corpus are."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker) -> None:
        self.corpus, self.language, self.linker = corpus, language, linker

    # Frames

    def frame(self, text: str) -> Frame | None:
        """The reporting frame of a sentence, if it has one outside of its quotations."""
        return self.frame_in(text, self.linker.link(text))

    def frame_in(self, text: str, mentions: Sequence[Mention]) -> Frame | None:
        """The same, of a sentence whose mentions are known."""
        quoted = [(q.start, q.end) for q in quotations(text)]
        mentions = [m for m in mentions if not any(start <= m.start < end for start, end in quoted)]
        for at, mention in enumerate(mentions):
            if mention.has(Cue.ACCORDING):
                found = self._according(text, mentions, at)
            elif mention.norm in self.language.say_verbs:
                found = self._said(text, mentions, at)
            else:
                continue
            if found is not None:
                return found
        return None

    def _according(self, text: str, mentions: Sequence[Mention], at: int) -> Frame | None:
        """ "According to X, …", "…, according to X"; "X によると": the speaker may stand before, too."""
        run = self._name(mentions[at + 1 :])
        if not run and at and self.language.postposed:
            run = self._name_before(mentions, at)
        if not run:
            return None
        first, last = min(mentions[at].start, run[0].start), max(mentions[at].end, run[-1].end)
        return Frame(self._speaker(text, run), _without(text, first, last))

    def _said(self, text: str, mentions: Sequence[Mention], at: int) -> Frame | None:
        verb = mentions[at]
        behind = [m for m in mentions[at + 1 :] if m.word]
        before = self._name_before(mentions, at)
        marked = at > 0 and not mentions[at - 1].word
        if before and not behind and not marked:
            return Frame(self._speaker(text, before), _without(text, before[0].start, verb.end))  # "…, X said."
        if marked and behind and (apposed := self._apposed(mentions, at)):
            tail = text[apposed[-1].end : verb.start]
            return Frame(self._speaker(text, apposed), _without(text, apposed[0].start, self._that(mentions, at)), tail)
        after = self._name(mentions[at + 1 :])
        if after and marked:
            # "…, said X, chair of Y": what follows up to the next quotation is said of the speaker
            quote = _OPENS.search(text, after[-1].end)
            end = quote.start() if quote else len(text)
            return Frame(self._speaker(text, after), _without(text, verb.start, end), text[after[-1].end : end])
        if before and behind and not self._content_before(mentions, before[0]):
            # "X said that …"
            return Frame(self._speaker(text, before), _without(text, before[0].start, self._that(mentions, at)))
        return None

    @staticmethod
    def _that(mentions: Sequence[Mention], at: int) -> int:
        """Where a frame with its verb at ``at`` ends: behind the "that" after it, if there is one."""
        behind = mentions[at + 1 : at + 2]
        return (
            behind[0].end
            if behind and behind[0].has(Cue.RELATIVE) and not behind[0].has(Cue.WHO)
            else (mentions[at].end)
        )

    def _apposed(self, mentions: Sequence[Mention], at: int) -> list[Mention]:
        """ "X, chair of Y, said …": a name that the sentence begins with, and what is said of it between commas."""
        marks = [i for i in range(at) if not mentions[i].word]
        if len(marks) != 2 or marks[1] != at - 1:
            return []
        run = self._name(mentions[: marks[0]])
        return run if run and run[-1] is mentions[marks[0] - 1] else []

    @staticmethod
    def _content_before(mentions: Sequence[Mention], first: Mention) -> bool:
        """Whether another clause stands before the speaker without a mark between."""
        before = [m for m in mentions if m.end <= first.start]
        light = (Cue.FILLER, Cue.ALSO, Cue.IN, Cue.THE, Cue.BUT, Cue.AND, Cue.AUX, Cue.PRONOUN)
        return any(m.word and not m.has(*light) for m in before) and before[-1].word

    def _name(self, mentions: Sequence[Mention]) -> list[Mention]:
        """The name that these mentions begin with."""
        run: list[Mention] = []
        for mention in mentions:
            if not mention.word or mention.text in _MARKS:
                break
            if mention.names(Role.ENTITY):
                return [mention] if not run or not self._capital(run) else run
            if mention.has(Cue.PRONOUN, Cue.META):
                return [mention]
            if mention.has(Cue.THE) and not run:
                continue
            if mention.unknown or mention.names(Role.KIND) or mention.names(Role.TOPIC):
                run.append(mention)
            else:
                break
        return run

    def _name_before(self, mentions: Sequence[Mention], at: int) -> list[Mention]:
        """The name right before a verb, auxiliaries between them aside."""
        first = at
        while first and mentions[first - 1].word and mentions[first - 1].has(Cue.AUX, Cue.ALSO, Cue.WHO):
            first -= 1  # "Was it X who said …?"
        run: list[Mention] = []
        while first and (mention := mentions[first - 1]).word:
            if mention.names(Role.ENTITY) or mention.has(Cue.PRONOUN, Cue.META):
                return [mention, *run] if not run or not mention.names(Role.ENTITY) else run
            if not (mention.unknown or mention.names(Role.KIND) or mention.names(Role.TOPIC)):
                break
            run.insert(0, mention)
            first -= 1
        return run

    @staticmethod
    def _capital(run: Sequence[Mention]) -> bool:
        return any(mention.text[:1].isupper() for mention in run)

    def _speaker(self, text: str, run: Sequence[Mention]) -> str:
        """What a speaker is called; "" for the source itself, a pronoun, or the corpus's group."""
        for mention in run:
            for name in mention.names(Role.ENTITY):
                return "" if name == self.corpus.group else name
            if mention.has(Cue.META, Cue.PRONOUN):
                return ""
        return text[run[0].start : run[-1].end]

    # Whose words the source gives

    def speakers(self, passages: Iterable[Passage], quotes: Sequence[Quote]) -> dict[str, Quote] | None:
        """Who says these sentences of the source, each with the sentence that names them.

        None where the source says them itself.
        """
        for passage in passages:
            if any(quote in passage.sentences for quote in quotes):
                spoken = self._spoken(passage)
                return dict(spoken[quote] for quote in quotes if quote in spoken) or None
        return None

    def _spoken(self, passage: Passage) -> dict[Quote, tuple[str, Quote]]:
        """The speaker of each sentence that is quoted or reported, and where it is named; a quotation runs on."""
        spoken: dict[Quote, tuple[str, Quote]] = {}
        last: tuple[str, Quote] | None = None
        for quote in passage.sentences:
            frame = self.frame(quote.text)
            if frame is not None and frame.speaker:
                last = spoken[quote] = (frame.speaker, quote)
            elif last and quote.text.lstrip()[:1] in _MARKS:
                spoken[quote] = last
        return spoken


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
