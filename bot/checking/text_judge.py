"""Claims that the sentences of the source decide: word for word, in like words, by who is said to have said them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from bot.checking.attribution import Frame, Quotation, Speech, plain
from bot.checking.results import Result
from bot.checking.sentence_entailment import Aligned, Aligner
from bot.reasoning.judge import Judge
from bot.schema.answer import Reason, Verdict
from bot.wording.sentences import Wording
from corpus.model import Corpus, Passage, Quote

_LEFT_OUT = re.compile(r"\[?(?:\.{3}|…)\]?")


# The share of a quotation's words that the source must have for it to be an altered quotation of it.
ALTERED = 0.6


def _around(text: str, quoted: Sequence[Quotation]) -> str:
    """The text without its quotations."""
    for quotation in reversed(quoted):
        text = text[: quotation.start] + " " + text[quotation.end :]
    return text


class TextJudge:
    """Judges claims by the sentences of the source, and by who says them there."""

    def __init__(
        self,
        corpus: Corpus,
        judge: Judge,
        wording: Wording,
        aligner: Aligner,
        speech: Speech,
        candidates: Callable[[str], Sequence[Passage]],
    ) -> None:
        self.corpus, self.judge, self.wording = corpus, judge, wording
        self.aligner, self.speech, self.candidates = aligner, speech, candidates

    def reported(self, text: str) -> Aligned | None:
        """What the sentences say of a claim, or a question, that gives words to a speaker; None where it gives none."""
        frame = self.speech.frame(text)
        if frame is None or not frame.speaker:
            return None
        spoken = self.aligner.align(frame.content, self.candidates(frame.content))
        if spoken.verdict is not Verdict.SUPPORTED:
            return None
        told = self.attributed(self.from_alignment(spoken), frame.speaker)
        return replace(spoken, verdict=told.verdict, reason=told.reason)

    def aligned(self, text: str, frame: Frame | None) -> Result | None:
        """A claim held against the sentences; what is only wrong in its speaker is told so."""
        content = self.aligner.content(text)
        if not any(not term.startswith("~") for term in content.terms) and not content.numbers and not content.years:
            return None  # a heading ("Regions:"), not a claim
        result = self.from_alignment(self.aligner.align(text, self.candidates(text)))
        if frame and frame.speaker and result.verdict is Verdict.NOT_ENOUGH_INFO:
            spoken = self.from_alignment(self.aligner.align(frame.content, self.candidates(frame.content)))
            if spoken.verdict is Verdict.SUPPORTED:
                result = self.attributed(spoken, frame.speaker)
        if frame and result.verdict is Verdict.SUPPORTED and not self._tail_holds(frame, result.quotes):
            return self._role_unstated(frame)
        return result

    def from_alignment(self, aligned: Aligned) -> Result:
        said = self.wording.language.say
        source = " ".join(quote.text for quote in aligned.quotes)
        if aligned.verdict is Verdict.SUPPORTED and any(self.judge.outdated(quote) for quote in aligned.quotes):
            # It stands there, but a newer document says otherwise.
            return Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, said["unstated"], beyond=True)
        if aligned.verdict is Verdict.NOT_ENOUGH_INFO:
            return Result(aligned.verdict, aligned.reason, said["unstated"])
        frame = said["differs"] if aligned.verdict is Verdict.REFUTED else said["aligned"]
        correction = source if aligned.verdict is Verdict.REFUTED else None
        return Result(aligned.verdict, aligned.reason, frame.format(quote=source), correction, (), aligned.quotes)

    def attributed(self, result: Result, speaker: str) -> Result:
        """A claim with the speaker it is given to: the source must have it from that very speaker."""
        if not speaker or result.verdict is not Verdict.SUPPORTED:
            return result
        said = self.wording.language.say
        quotes = (*(fact.quote for fact in result.facts), *result.quotes)
        speakers = self.speech.speakers(self.corpus.passages.values(), quotes)
        if speakers is None:
            explanation = said["not_said"].format(speaker=speaker)
            return Result(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_SPEAKER, explanation, None, result.facts)
        if plain(speaker) in {plain(name) for name in speakers}:
            return result
        source = " ".join(quote.text for quote in dict.fromkeys((*speakers.values(), *quotes)))
        explanation = said["misattributed"].format(speaker=speaker, quote=source.strip('“”"«»„'))
        return replace(
            result, verdict=Verdict.REFUTED, reason=Reason.WRONG_SPEAKER, explanation=explanation, correction=source
        )

    def in_source(self, quoted: Sequence[Quotation]) -> bool:
        return all(self._stands(part) for quotation in quoted for part in _LEFT_OUT.split(quotation.text))

    def _stands(self, words: str) -> bool:
        inside = plain(words)
        return any(inside in document for document in self._documents)

    @cached_property
    def _documents(self) -> tuple[str, ...]:
        """The words of each document, made when the first quotation is looked up."""
        return tuple(plain(document.text) for document in self.corpus.documents.values())

    def quotation(self, text: str, quoted: Sequence[Quotation], frame: Frame | None) -> Result:
        """Words in quotation marks must stand in the source as they are; then who said them is held against it."""
        said = self.wording.language.say
        words = [self.aligner.align(quotation.text, self.candidates(quotation.text)) for quotation in quoted]
        for quotation, found in zip(quoted, words, strict=True):
            if self.in_source([quotation]):
                continue
            if found.coverage < ALTERED:
                return Result(Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, said["unstated"])
            source = " ".join(quote.text for quote in found.quotes)
            explanation = said["differs"].format(quote=source)
            return Result(Verdict.REFUTED, Reason.ALTERED_QUOTE, explanation, source, (), found.quotes)
        quotes = tuple(dict.fromkeys(quote for found in words for quote in found.quotes))
        verbatim = Result(Verdict.SUPPORTED, Reason.QUOTED, said["quoted"], quotes=quotes)
        if frame is None:
            around = _around(text, quoted)
            if not self.aligner.content(around).terms:
                return verbatim
            return self.from_alignment(self.aligner.align(text, self.candidates(text)))
        result = self.attributed(verbatim, frame.speaker)
        if result.verdict is Verdict.SUPPORTED and not self._tail_holds(frame, quotes):
            return self._role_unstated(frame)
        return result

    def _role_unstated(self, frame: Frame) -> Result:
        unstated = f"{self.wording.language.say['unstated']} ({frame.tail.strip(' ,.')})"
        return Result(Verdict.NOT_ENOUGH_INFO, Reason.WRONG_SPEAKER, unstated)

    def _tail_holds(self, frame: Frame, quotes: Sequence[Quote]) -> bool:
        """Whether the passage says of the speaker what the claim says ("…, chair of Acme")."""
        wanted = self.aligner.content(frame.tail).terms
        if not wanted:
            return True
        beside = [p for p in self.corpus.passages.values() if any(quote in p.sentences for quote in quotes)]
        stated = {term for p in beside for quote in p.sentences for term in self.aligner.content(quote.text).terms}
        return wanted <= stated
