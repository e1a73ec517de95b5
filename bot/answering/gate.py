"""The gate: the only way from a draft to an answer.

Whoever words an answer (the templates of a language file, the sentences of the source, a chat model), each of its
sentences is held against the corpus here, and ``Assembly`` joins only what has passed. Three sorts of sentences come:

    the program's own claims, quotes included   pass where the checker finds every claim of theirs supported; where it
                                                cannot tell, the sentences that they rest on are quoted instead. They
                                                stand or fall together, for status and values rest on all of them
    the program's own notes                     speak of the source or the question ("The source does not say …");
                                                one passes unless the source refutes something in it
    a chat model's                              pass under the rules of ``Gate.worded``: claims in other words, the
                                                source's sentences in its own

What does not pass is kept as findings that are marked ``withheld``: they tell what was to be said, and why it was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.languages import Tongue
from bot.checking.checker import overall
from bot.schema.answer import Citation, Finding, Reason, Verdict
from bot.understanding.linker import Mention, Role
from bot.wording.sentences import ROW_END, Line
from corpus.language import Cue
from corpus.model import Corpus, Fact, Quote
from corpus.tables import row_told
from corpus.text import stem, tokenize

PATIENCE = 8
"""After so many sentences that had to be withheld, a chat model is not listened to any longer."""

GRAMMAR = (
    *(Cue.AUX, Cue.DO, Cue.NOT, Cue.NO, Cue.NEITHER, Cue.NOR, Cue.UNLIKE, Cue.RELATIVE, Cue.WHO, Cue.WHICH, Cue.WHERE),
    *(Cue.AND, Cue.BUT, Cue.BOTH, Cue.ALSO, Cue.IN, Cue.OF, Cue.BY, Cue.THE, Cue.PRONOUN, Cue.THERE, Cue.THOSE),
    *(Cue.OTHER, Cue.RESPECTIVELY, Cue.NOT_ONLY),
)
"""The function words that a chat model may use freely: they join words, and neither widen, narrow nor weaken them."""

FEW = 2
"""So many sentences of the source may stand for a claim of the program's own that the checker cannot follow."""

_DENYING = (Cue.NOT, Cue.NO, Cue.NEITHER, Cue.NOR, Cue.UNLIKE, Cue.NOBODY, Cue.EXCEPT)
_ENDS = ".!。"
_MARKS = frozenset(".,;:!'’-–—。、，・")
_NAMING = (Role.ENTITY, Role.PLACE, Role.NUMBER)
# A list's bullet or number, citation marks, emphasis: the dress of a sentence and none of its words.
_DRESS = re.compile(r"^\s*(?:[-*•–]+|\(?\d{1,2}[.)])\s+|\s*\[\d+\]|[*`]+")


@dataclass(frozen=True, slots=True)
class GatedSentence:
    """A sentence that has been held against the corpus, and whether it may be shown.

    The offsets of ``findings`` count from the sentence's beginning; ``modelled``: a chat model worded it; ``quoted``:
    the sentences of the source whose words it is made of.
    """

    line: Line
    findings: tuple[Finding, ...]
    passes: bool
    modelled: bool = False
    quoted: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What is let out at a time: a stretch of the answer with its sources, and the findings on it or on what is not."""

    text: str = ""
    citations: tuple[Citation, ...] = ()
    findings: tuple[Finding, ...] = ()


class Assembly:
    """Joins sentences that passed, numbers their sources, and moves findings to where they stand in the whole."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._length = 0
        self._numbers: dict[Quote, int] = {}

    def add(self, sentences: Iterable[GatedSentence]) -> Release:
        """The next stretch of the answer: what passed of ``sentences``; of the others only the findings."""
        text, in_table = "", False
        citations: list[Citation] = []
        findings: list[Finding] = []
        for sentence in sentences:
            if not sentence.passes:
                findings += [replace(f, start=0, end=0, citations=(), withheld=True) for f in sentence.findings]
                continue
            line = sentence.line
            table, in_table = in_table, bool(line.row)
            between = "\n\n" if table is not in_table else "\n" if table else " "
            text += between if self._length or text else ""
            start = self._length + len(text)
            numbers = tuple(self._numbers.setdefault(quote, len(self._numbers) + 1) for quote in line.sources)
            for number, quote in zip(numbers, line.sources, strict=True):
                citations.append(Citation.of(self.corpus, number, quote, start, start + len(line.said)))
            marks = "".join(f" [{number}]" for number in numbers)
            # In a row, what was found on its sentence is found on the whole of it.
            text += line.said + marks + (ROW_END if line.row else "")
            for finding in sentence.findings:
                moved = replace(finding, start=finding.start + start, end=finding.end + start, citations=numbers)
                if line.row or line.shown:
                    moved = replace(moved, claim=line.said, said="", start=start, end=start + len(line.said))
                findings.append(moved)
        self._length += len(text)
        return Release(text, tuple(citations), tuple(findings))


class Gate:
    """Decides sentence by sentence, in the language of the answer."""

    def __init__(self, tongue: Tongue) -> None:
        self.checker, self.linker, self.language = tongue.checker, tongue.linker, tongue.language
        joining = "|".join(map(re.escape, self.language.cues[Cue.AND]))
        self._joint = re.compile(rf"^,? (?:{joining}) ", re.I)

    def own(self, line: Line) -> GatedSentence:
        """One of the program's own lines."""
        findings, _ = self.checker.checked(line.text)
        verdict = overall(findings)
        if line.claim:
            return GatedSentence(line, findings, verdict is Verdict.SUPPORTED)
        refuted = verdict is Verdict.REFUTED
        return GatedSentence(line, findings if refuted else (), not refuted)

    def quoting(self, sentence: GatedSentence) -> list[GatedSentence]:
        """A sentence, and behind one that restates facts in words that the checker cannot follow, theirs.

        What is refuted, and what rests on more than FEW sentences, just stays withheld.
        """
        quotes = tuple(dict.fromkeys(fact.quote for fact in sentence.line.facts))
        lost = sentence.line.restates and not sentence.passes and overall(sentence.findings) is not Verdict.REFUTED
        if not lost or len(quotes) > FEW:
            return [sentence]
        return [sentence, *(self.own(Line.of(quote, row_told(self.checker.corpus, quote))) for quote in quotes)]

    def worded(
        self, question: str, lines: Sequence[Line], said: Iterable[str], notes: Sequence[str] = ()
    ) -> Iterator[GatedSentence]:
        """A chat model's wording of ``lines``, sentence by sentence, and whatever of them it leaves unsaid.

        ``notes`` stand before it already: a "Yes," that repeats one is dropped from the sentence that it opens.

        A sentence of the model passes where all of this holds:

        - it has no word, name, figure or mark that the lines do not have, apart from names in the question, function
          words, the words of the corpus's predicates and kinds, and plain punctuation. Chatter, addresses, markup,
          instructions and other languages end here, whether they claim something or not;
        - read behind what is already shown, it claims something, each claim is supported, and by the lines' own facts;
        - the lines that it speaks of have not been said yet, and are then said in full, by it or together with its
          neighbours: all their facts, names and figures, and no denial in the place of a statement;
        - a sentence of the source it has word for word and sign for sign, or several of them joined by "and", in the
          order of the lines: no rule can tell which of its words may go.

        Lines that were not said in full follow in their own words, so that nothing found goes missing.

            lines  "Acme leads Europe."  "Bolt leads Japan."
            model  "Sure! Acme leads Europe. Crane leads Japan."
            gate   "Acme leads Europe."  "Bolt leads Japan."     withheld: "Sure!", "Crane leads Japan."
        """
        shown: list[GatedSentence] = []
        held: list[GatedSentence] = []
        withheld = 0
        for text in said:
            sentence = self._judged(_undressed(text, lines, notes), [*shown, *held], question, lines)
            about = [line for line in lines if _speaks_of(sentence, line)]
            if not sentence.passes or all(self._said(line, shown) for line in about):
                yield replace(sentence, passes=False)
                withheld += 1
                if withheld == PATIENCE:
                    break
                continue
            first = min((lines.index(line) for line in sentence.quoted), default=0)
            told = [*shown, *held]
            if any(lines.index(line) > first for other in told for line in other.quoted):
                yield replace(sentence, passes=False)  # "It" would mean another
                continue
            # What stands before it in the source stands before it here.
            skipped = [line for line in lines[:first] if line.verbatim and not self._said(line, told)]
            for line in skipped if not held else ():
                shown.append(replace(self.own(line), quoted=(line,)))
                yield shown[-1]
            held.append(sentence)
            about = [line for line in lines if any(_speaks_of(other, line) for other in held)]
            if all(self._said(line, [*shown, *held]) for line in about):
                yield from held
                shown += held
                held = []
        yield from (replace(sentence, passes=False) for sentence in held)
        yield from (self.own(line) for line in lines if not self._said(line, shown))

    def _judged(
        self, text: str, before: Sequence[GatedSentence], question: str, lines: Sequence[Line]
    ) -> GatedSentence:
        """A chat model's sentence as it would stand behind those ``before`` it."""
        ahead = "".join(f"{sentence.line.text} " for sentence in before)
        found, citations = self.checker.check(ahead + text)
        quotes = {citation.index: citation.quote for citation in citations}
        own = [finding for finding in found if finding.start >= len(ahead)]
        facts = tuple(dict.fromkeys(fact for finding in own for fact in finding.facts))
        sources = tuple(dict.fromkeys(quotes[number] for finding in own for number in finding.citations))
        if quoted := self._quoted(text, lines):
            facts, sources = (), tuple(dict.fromkeys(quote for line in quoted for quote in line.quotes))
        findings = tuple(replace(f, start=f.start - len(ahead), end=f.end - len(ahead), citations=()) for f in own) or (
            self._unstated(text),
        )
        line = Line(text, facts, sources)
        supported = overall(findings) is Verdict.SUPPORTED
        strangers = self._strangers(text, question, lines)
        if supported and not all(map(_named, strangers)):
            findings, supported = (self._unstated(text),), False
        proven = {fact for line in lines for fact in line.facts}
        return GatedSentence(line, findings, supported and not strangers and set(facts) <= proven, True, tuple(quoted))

    def _unstated(self, text: str) -> Finding:
        """The finding on a sentence of which the source has nothing, or not all."""
        said = self.checker.wording.language.say["unstated"]
        return Finding(text, 0, len(text), Verdict.NOT_ENOUGH_INFO, Reason.UNSTATED, said)

    # What a sentence has beyond the lines

    def _strangers(self, text: str, question: str, lines: Sequence[Line]) -> list[Mention]:
        """What a sentence has that neither the lines nor the names of the question nor the grammar account for."""
        words = {stem(token.norm, self.language.code) for line in lines for token in tokenize(line.text)}
        names = _union(name for known in (question, *(line.text for line in lines)) for name in self._names(known))
        return [mention for mention in self._all(text) if self._strange(mention, words, names)]

    def _all(self, text: str) -> Iterator[Mention]:
        """The mentions of a text, and as words that say nothing the hesitations ("er") that the linker passes over."""
        mentions = self.linker.link(text)
        yield from mentions
        for token in tokenize(text):
            if not any(mention.start <= token.start < mention.end for mention in mentions):
                yield Mention(token.text, token.norm, token.start, token.end, ())

    def _strange(self, mention: Mention, words: set[str], names: frozenset[str]) -> bool:
        if not mention.word:
            return mention.text not in _MARKS and mention.text not in words
        if mention.mended:
            return True
        if named := _named(mention):
            return not named & names
        if mention.has(*GRAMMAR) or any(mention.names(role) for role in (Role.PREDICATE, Role.COMPLEMENT, Role.KIND)):
            return False
        return any(stem(token.norm, self.language.code) not in words for token in tokenize(mention.text))

    # What of a line has been said

    def _quoted(self, text: str, lines: Sequence[Line]) -> list[Line]:
        """The lines of the source, one behind the other, that a sentence is made of; none if it has other words."""
        said = _bare(text)
        quoted: list[Line] = []
        for line in (line for line in lines if line.verbatim):
            words, rest = _bare(line.text), _bare(self._joint.sub("", said, count=1)) if quoted else said
            if rest.startswith(words) and not rest[len(words) : len(words) + 1].isalnum():
                said = rest[len(words) :]
                quoted.append(line)
        return [] if said else quoted

    def _said(self, line: Line, sentences: Sequence[GatedSentence]) -> bool:
        """Whether these sentences say all that a line says."""
        if line.verbatim:
            return any(_speaks_of(sentence, line) for sentence in sentences)
        if not self._denies(line.text):
            sentences = [sentence for sentence in sentences if not self._denies(sentence.line.text)]
        facts = {fact for sentence in sentences for fact in _grounds(sentence, line)}
        names = _union(name for sentence in sentences for name in self._names(sentence.line.text))
        told = all(wanted & names for wanted in self._names(line.text))
        return bool(sentences) and told and facts >= set(line.facts)

    def _denies(self, text: str) -> bool:
        return any(mention.has(*_DENYING) for mention in self.linker.link(text))

    def _names(self, text: str) -> list[frozenset[str]]:
        return [named for mention in self.linker.link(text) if (named := _named(mention))]


def _bare(text: str) -> str:
    """A sentence on one line without the mark that ends it, its first letter small: it may stand behind another."""
    plain = " ".join(text.split()).rstrip(_ENDS)
    return plain[:1].lower() + plain[1:]


def _named(mention: Mention) -> frozenset[str]:
    """What a phrase may name, numbers included; empty where it names nothing."""
    return frozenset(name for role in _NAMING for name in mention.names(role))


def _union(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(name for each in names for name in each)


def _grounds(sentence: GatedSentence, line: Line) -> Iterator[Fact]:
    """Those facts of a line that a sentence rests on; one that is word for word in the source rests on its quote."""
    for fact in line.facts:
        if fact in sentence.line.facts or (not sentence.line.facts and fact.quote in sentence.line.quotes):
            yield fact


def _speaks_of(sentence: GatedSentence, line: Line) -> bool:
    if line.verbatim:
        return line in sentence.quoted
    return any(True for _ in _grounds(sentence, line))


def _undressed(text: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> str:
    """A chat model's sentence without list marks, citation marks and emphasis, on one line, ended as the lines are."""
    bare = " ".join(_DRESS.sub("", text).split())
    for opening in (note.rstrip(".!。") for note in notes):
        rest = bare[len(opening) :].lstrip()
        if bare.startswith(opening) and rest[:1] in ",:、，" and len(rest) > 1:
            bare = rest[1:].lstrip()
            bare = bare[:1].upper() + bare[1:]
    end = lines[0].text[-1:]
    return bare if not bare[-1:].isalnum() or end.isalnum() else bare + end
