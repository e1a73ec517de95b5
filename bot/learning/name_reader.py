"""Names as they stand in a sentence: coordinated, narrowed, with what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.learning.hints import phrase_end
from bot.learning.sentence_words import LONGEST_NAME, PREPOSITIONS, SentenceWords
from bot.understanding.linker import Role
from corpus.language import Cue, Language


@dataclass(frozen=True, slots=True)
class NameInText:
    """A name as it stands in a sentence, from ``start`` to ``end``.

    ``rest`` is what narrows it ("in China"), ``article`` what makes it definite ("the"); ``titled`` is it with "Dr".
    """

    text: str
    start: int
    end: int
    rest: str = ""
    article: str = ""
    titled: bool = False


class NameReader:
    """Reads the names of one sentence, to the right of a word and to the left of it."""

    def __init__(self, words: SentenceWords, language: Language, singular: frozenset[str]) -> None:
        self.words, self.language, self.singular = words, language, singular
        self.text, self.mentions, self.hints = words.text, words.mentions, words.hints

    def names(self, start: int, until: int | None = None) -> list[NameInText]:
        """The names of a coordination that begins at ``start``, as far as ``until``."""
        if until is not None:
            words = SentenceWords(self.text, self.mentions[:until], self.hints)
            return NameReader(words, self.language, self.singular).names(start)
        found: list[NameInText] = []
        joined: list[bool] = []
        preposition = self.mentions[start - 1].norm if start else ""
        first = start
        while start < len(self.mentions) and not (found and self.words.goes_elsewhere(start, preposition)):
            if found and first and self._gap(start, first):
                break
            while start < len(self.mentions) and (
                self.words.opens_name(start)
                or self.words.preposition(start)
                or (found and self.mentions[start].has(Cue.BY))
            ):
                start += 1
            end = self.words.name_end(start)
            name = self.name(start, end)
            if name is None:
                break
            after = self._chunk_end(end)
            rest = self.words.between(end, after)
            found.append(replace(name, rest=rest))
            start = self.words.next_of_list(after)
            links = [mention for mention in self.mentions[after:start] if mention.has(Cue.AND)]
            joined.append(bool(links))
            # "leads roads together with Acme" gives another subject, "led by Bolt together with Acme" another agent
            beside = preposition.split()[-1:] != ["by"] and any(mention.has(Cue.WITH) for mention in links)
            if start == after or beside or joined[-2:] == [True, False]:
                break
        # A list has an "and": what stands behind commas alone is something else ("head of the office, met Bolt").
        return self._with_heads(found if any(joined[:-1]) else found[:1])

    def _with_heads(self, names: Sequence[NameInText], several: bool = False) -> list[NameInText]:
        """One name of those that share article and head: "the Parks and Gardens Office", not "the A and the B Office".

        The head is a word for a kind in the singular; none of the names before it has one.
        """
        whole: list[NameInText] = []
        run: list[NameInText] = []
        for name in names if several else self._with_shared_complements(names):
            if self.article_before(name) or not run:
                whole, run = [*whole, *run], [name]
            else:
                run.append(name)
            if self._head(name):
                shared = len(run) > 1 and self.article_before(run[0]) and not any(part.rest for part in run[:-1])
                whole += [self.joined(run)] if shared else run
                run = []
        return [*whole, *run]

    def _with_shared_complements(self, names: Sequence[NameInText]) -> list[NameInText]:
        """ "The Department of Health and Social Services" as one name: two may stand behind its "of"."""
        whole: list[NameInText] = []
        for name in names:
            joined = whole and self.text[whole[-1].end : name.start].strip().isalpha() and not whole[-1].rest
            if joined and self._complemented(whole[-1]) and name.text[:1].isupper() and not self._head(name):
                whole[-1] = self.joined([whole[-1], name])
            else:
                whole.append(name)
        return whole

    def _complemented(self, name: NameInText) -> bool:
        """Whether a name is that of a kind "of" something: "Department of Health"."""
        first, *rest = [mention for mention in self.mentions if name.start <= mention.start < name.end]
        kind = bool(first.names(Role.KIND)) and first.norm in self.singular
        return kind and bool(rest) and rest[0].norm in self.hints.inside and name.text[:1].isupper()

    def article_before(self, name: NameInText) -> bool:
        before = [mention for mention in self.mentions if mention.end <= name.start][-1:]
        return bool(before) and before[0].has(Cue.THE)

    def _head(self, name: NameInText) -> bool:
        """Whether a name ends with a word for a kind, in the singular."""
        last = [mention for mention in self.mentions if name.start <= mention.start < name.end][-1:]
        return bool(last) and bool(last[0].names(Role.KIND)) and last[0].norm in self.singular

    def joined(self, names: Sequence[NameInText]) -> NameInText:
        """Names of a coordination as one ("Training and exercises")."""
        start, end = names[0].start, names[-1].end
        return NameInText(" ".join(self.text[start:end].split()), start, end, names[-1].rest, names[0].article)

    def _chunk_end(self, start: int) -> int:
        """Where the name and what narrows it end: at a mark, a conjunction or a verb; brackets are passed over."""
        index = start
        while index < len(self.mentions):
            mention = self.mentions[index]
            if mention.text in ("(", "["):
                closing = (i for i in range(index, len(self.mentions)) if self.mentions[i].text in (")", "]"))
                index = next(closing, len(self.mentions) - 1) + 1
                continue
            article = mention.has(Cue.THE, *PREPOSITIONS)
            if mention.has(Cue.AND) and len(self.mentions[index - 1].text) == 1 and index > start + 1:
                pass  # "for the A and B wards"
            elif not mention.word or mention.has(Cue.AND) or (self.words.stops(index) and not article):
                break
            if self.words.is_verb(index):
                break
            index += 1
        return index

    # Conjuncts that share the verb: "Acme leads the ferries, *Bolt the lighthouse*"

    def gaps(self, start: int) -> Iterator[tuple[tuple[NameInText, ...], tuple[NameInText, ...]]]:
        """Subjects and objects of the conjuncts behind a first one, whose subject or object begins at ``start``."""
        last = 0
        for index in range(start, len(self.mentions)):
            mention = self.mentions[index]
            joins = mention.text == "," or mention.has(Cue.AND)
            if not (joins or mention.word) or mention.text == ";":
                return
            after = self.words.next_of_list(index) if joins else 0
            if after > last and (gap := self._gap(after, start)):
                last = after
                yield gap

    def _gap(self, at: int, start: int) -> tuple[tuple[NameInText, ...], tuple[NameInText, ...]] | None:
        """Subject and objects of a conjunct at ``at`` that is built like the first one, and has no verb of its own."""
        before = self.mentions[start - 1]
        end = at
        while end < len(self.mentions) and (self.words.capital(end) or self.mentions[end].names(Role.ENTITY)):
            end += 1
        if before.norm.split()[-1] in self.by:
            agent = next((i for i in range(at, len(self.mentions)) if self.mentions[i].has(Cue.BY)), 0)
            thing = self.name(at, agent) if agent and self.words.name_end(at) == agent else None
            return (tuple(self.names(agent + 1)), (thing,)) if thing else None
        if end == at or end >= len(self.mentions):
            return None
        link, article = self.mentions[end], self.mentions[end].has(Cue.THE)
        if self.words.preposition(start - 1):
            inside = link.norm in self.hints.inside and self.words.capital(end + 1)
            linked, first = link.norm == before.norm and not inside, end + 1
        else:
            linked, first = article and link.text.islower() and not self.words.capital(end + 1), end
        name = self.name(at, end) if linked else None
        return ((name,), tuple(self.names(first))) if name else None

    @property
    def by(self) -> frozenset[str]:
        return frozenset(mention.norm for mention in self.mentions if mention.has(Cue.BY)) | {"by"}

    def _trailing_name(self, start: int, end: int) -> NameInText | None:
        """The name that ends a stretch: "In May the *Harbour Office*", "of all we know *Acme*"."""
        begin = start
        while begin < end and (self.words.opens_name(begin) or self.mentions[begin].norm in self.language.say_verbs):
            begin += 1
        if begin < end and (self.mentions[begin].has(*PREPOSITIONS) or self.words.stops(begin)):
            articles = [i for i in range(begin, end) if self.mentions[i].norm in ("the",)]
            begin = articles[-1] + 1 if articles else self._last_capitals(begin, end)
        capitals = self._last_capitals(begin, end)
        before = self.mentions[capitals - 1]
        if begin < capitals < end and before.text[:1].islower() and not before.has(*PREPOSITIONS, Cue.THE):
            begin = capitals  # "for that reason Acme", "mayor Ada Lind"
        return self.name(begin, end) if self.words.name_end(begin) >= end else None

    def _last_capitals(self, start: int, end: int) -> int:
        index = end
        while index > start and self.words.capital(index - 1):
            index -= 1
        return index

    def _topic(self, end: int) -> list[NameInText]:
        """The subject that an opening names ("As for Acme, the company leads …")."""
        last = end - 1
        while last > 0 and not self.mentions[last].word:
            last -= 1
        start = self.chunk_start(last + 1)
        behind = phrase_end(self.mentions, start, self.hints.topic)
        name = self.name(behind, last + 1) if behind > start else None
        return [name] if name else []

    def chunk_start(self, end: int) -> int:
        index = end
        while index > 0:
            mention = self.mentions[index - 1]
            coordinates = mention.has(Cue.AND, Cue.BUT, Cue.RELATIVE) and not self.words.capital(index - 1)
            if (not mention.word and mention.text not in "&-/()") or coordinates:
                break
            index -= 1
        return index

    def without_insertions(self, end: int) -> int:
        """Before ", on the other hand," and the like."""
        while end > 1 and self.mentions[end - 1].text in ",)–—":
            opening = "(" if self.mentions[end - 1].text == ")" else self.mentions[end - 1].text
            start = next((i for i in range(end - 2, 0, -1) if self.mentions[i].text == opening), 0)
            if not start:
                break
            end = start
        return end

    def all_before(self, end: int, several: bool = False) -> list[NameInText]:
        end = self.without_insertions(end)
        found: list[NameInText] = []
        while end > 0:
            start = self.chunk_start(end)
            name = self._trailing_name(start, end)
            if name is None:
                return found or self._topic(start)
            found.insert(0, name)
            before = self.mentions[start - 1] if start else None
            if before is None or not (before.has(Cue.AND) or (before.text == "," and len(found) > 1)):
                break
            end = start
            while end > 0 and (self.mentions[end - 1].text == "," or self.mentions[end - 1].has(Cue.AND)):
                end -= 1
        return self._with_heads(found, several)

    def name(self, start: int, end: int) -> NameInText | None:
        """The stretch as a name, or nothing where it names nobody and nothing."""
        while start < end and (self.words.opens_name(start) or self.words.apposition(start, end)):
            start += 1
        span = self.mentions[start:end]
        words = [mention for mention in span if mention.word]
        if not words or len(words) > LONGEST_NAME or not any(map(self.words.says, range(start, end))):
            return None
        if len(words) == 1 and words[0].norm in self.language.months:
            return None  # "Acme, which came in March, leads …"
        before = self.mentions[start - 1].norm if start else ""
        article = before if before in self.hints.definite else ""
        text = " ".join(self.text[span[0].start : span[-1].end].split())  # a line may end within a name
        return NameInText(text, span[0].start, span[-1].end, "", article, before in self.hints.honorifics)
