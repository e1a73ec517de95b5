"""One parser for questions and claims: text in, logical form out.

A sentence is linked, put in plain order where a pattern matches (``bot.understanding.patterns``), split into clauses
(``bot.understanding.clauses``), and each clause is read in three steps:

1. ``.predicates`` settles which predicate is meant, by its words and by the kinds of what is named;
2. ``bot.understanding.arguments`` gathers what the clause names: subjects, objects, quantities, polarity;
3. ``.forms`` finds where the hole is.

It is a pure function of text, vocabulary and language. It knows no context: pronouns and ellipses are only marked
(``Clause.refers``); ``bot.understanding.conversation`` resolves them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.understanding.arguments import ClauseArguments, Meaning, gather
from bot.understanding.arguments.words import WH
from bot.understanding.clauses import separates, split_clauses
from bot.understanding.dialogue_acts import Phrases
from bot.understanding.linker import Linker, Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Message, Scope, Sentence, Side
from bot.understanding.parser.forms import FormReader
from bot.understanding.parser.predicates import ASKING, PredicateChooser, Strength
from bot.understanding.patterns import Patterns
from bot.understanding.value_clauses import FigureReader
from bot.understanding.values import DATE, Literal
from corpus.deadline import keep_time
from corpus.language import Cue, Language, Talk
from corpus.model import Corpus, Predicate
from corpus.text import sentences, stem

# What looks like an instruction's mark-up ("<system>", "[/INST]") is no word of the question.
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,40}>|\[/?[A-Z]{3,}\]|<\|[^<>|\n]{1,40}\|>")
_CLOSING = ("</", "[/")

_YEAR = len("2012")
LONGEST = 80
"""Words of a sentence that is parsed, names apart, and half its words and marks: the work grows faster than they do."""

MOST_NAMES = 100
"""Names in a sentence that is parsed: there are long lists of them."""

_BEGINNING = 20 * LONGEST
"""Characters of a sentence that tell whether it is too long, so that the rest of one that is need not be linked."""


def _is_too_long(mentions: Sequence[Mention]) -> bool:
    named = sum(bool(mention.names(Role.ENTITY) or mention.names(Role.PLACE)) for mention in mentions)
    words = sum(mention.word for mention in mentions) - named
    return words > LONGEST or named > MOST_NAMES or len(mentions) - 2 * named > 2 * LONGEST


def _without_preamble(mentions: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions behind a polite opening ("Could you please tell me: …")."""
    mark = next((at for at, mention in enumerate(mentions) if mention.text in (":", ",", "–", "—")), None)
    opening = [mention for mention in mentions[:mark] if mention.word] if mark else []
    empty = (Cue.FILLER, Cue.AUX, Cue.SPEAKER, Cue.THE)
    if opening and mark is not None and mark + 1 < len(mentions) and all(m.has(*empty) for m in opening):
        return mentions[mark + 1 :]
    return mentions


def _untagged(text: str) -> str:
    """The text, as long as it was, without tags; one between two sentences ends the first."""

    def blank(tag: re.Match[str]) -> str:
        before, behind = text[: tag.start()].rstrip(), text[tag.end() :].lstrip()
        ends = before[-1:].isalnum() and behind[:1].isupper() and tag.group().startswith(_CLOSING)
        return ("." if ends else " ").ljust(len(tag.group()))

    return _TAG.sub(blank, text)


def _asks_anew(mentions: Sequence[Mention]) -> bool:
    """Whether a part of a sentence is a question of its own: "…, and what is …?"."""
    words = [m for m in mentions if m.word and not separates(m)][:2]
    return len(words) == 2 and words[0].has(*ASKING) and words[1].has(Cue.AUX)


def _dangles(clause: Clause) -> bool:
    return clause.form in (Form.SUBJECT, Form.PASSAGE) and not clause.objects and not clause.subjects


class Parser:
    """Reads messages. ``meaning`` may be absent; then unknown words stay unknown."""

    def __init__(self, corpus: Corpus, language: Language, linker: Linker, meaning: Meaning | None = None) -> None:
        self.corpus, self.language, self.linker, self.meaning = corpus, language, linker, meaning
        self.phrases = Phrases(language)
        self.patterns = Patterns(corpus, language, linker)
        # Those whose objects are written values have no kinds to go by: see bot.understanding.value_clauses.
        every = list(corpus.predicates.values())
        self.predicates = [predicate for predicate in every if not predicate.measured] or every
        both = {p.name: set(p.subject_kinds) & set(p.object_kinds) for p in every if not p.measured}
        self.either = {name: kinds for name, kinds in both.items() if kinds}
        self.narrowing = {
            name: frozenset(kind for fact in corpus.facts_of(name) for kind in fact.qualifiers)
            for name in corpus.predicates
        }
        self.figures = FigureReader(corpus, language, self.narrowing)
        self.meant = PredicateChooser(corpus, self.predicates, self.narrowing, self.figures)
        self.forms = FormReader(corpus, language, self.predicates)
        self.parse = lru_cache(maxsize=2048)(self._parse)

    # Messages and sentences

    def _parse(self, text: str) -> Message:
        plain = _untagged(text)
        return Message(text, tuple(self._sentence(plain, start, end) for start, end in sentences(plain)))

    def _sentence(self, text: str, start: int, end: int) -> Sentence:
        keep_time()
        body = text[start:end]
        for part in (body[:_BEGINNING], body):
            linked = self.linker.link(part)
            if _is_too_long(linked):
                return self._unread(body, start, linked)
        mentions = self._prepositions_first(_without_preamble(linked))
        flags = self.phrases.flags(body)
        named = any(mention.names(Role.ENTITY) or mention.names(Role.PLACE) for mention in mentions)
        talk = None if named else self.phrases.talk(body) or self._wordy_talk(body, mentions)
        read, clauses = self._read(mentions, body, start)
        return Sentence(
            text=body,
            start=start,
            end=end,
            act=self._act(body, mentions, clauses, talk, flags.instruction),
            clauses=clauses,
            mentions=tuple(mentions),
            talk=talk,
            follow_up=flags.follow_up,
            pressure=flags.pressure,
            correction=flags.correction,
            topical=any(self._topical(mention) for mention in read),
            named=any(mention.names(Role.ENTITY) for mention in mentions),
        )

    def _unread(self, body: str, start: int, linked: Sequence[Mention]) -> Sentence:
        """A sentence with more words than anybody would take in at once: what it names is known, not what it says."""
        act = Act.QUESTION if body.rstrip().endswith(("?", "？")) else Act.STATEMENT
        clause = Clause(body, start, start + len(body), Form.PASSAGE)
        named = any(mention.names(Role.ENTITY) for mention in linked)
        return Sentence(body, start, clause.end, act, (clause,), tuple(linked), topical=True, named=named, unread=True)

    def _wordy_talk(self, body: str, mentions: Sequence[Mention]) -> Talk | None:
        """Talk in more words than the phrases have ("thanks a lot, that was really helpful"): nothing else is said."""
        asking = (Cue.WHO, Cue.HOW_MANY, *WH, Cue.REQUEST, Cue.OVERVIEW, Cue.OTHER, Cue.COMPARE)
        said = [m for m in mentions if m.word and not m.has(Cue.FILLER)]
        if body.rstrip().endswith(("?", "？")) or any(self._topical(m) or m.has(*asking) for m in said):
            return None
        return self.phrases.opening_talk(body)

    def _topical(self, mention: Mention) -> bool:
        strong = (Role.ENTITY, Role.TOPIC, Role.PREDICATE, Role.COMPLEMENT)
        return any(mention.names(role) for role in strong) and not mention.has(Cue.FILLER)

    def _act(
        self, body: str, mentions: Sequence[Mention], clauses: Sequence[Clause], talk: Talk | None, instruction: bool
    ) -> Act:
        if talk is not None:
            return Act.TALK
        marked = body.rstrip("\"'”’)]} ").endswith(("?", "？"))
        asks = marked or self._opens_like_question(mentions) or self._ends_like_question(mentions)
        if instruction and not (asks and any(clause.form is not Form.PASSAGE for clause in clauses)):
            return Act.INSTRUCTION
        return Act.QUESTION if asks else Act.STATEMENT

    def _opens_like_question(self, mentions: Sequence[Mention]) -> bool:
        asking = (*ASKING, Cue.REQUEST, Cue.OVERVIEW, Cue.COMPARE, Cue.TAG)
        words = [mention for mention in mentions if mention.word][:3]
        if words and words[0].has(Cue.NEUTRAL) and any(word.has(Cue.OVERVIEW) for word in words[1:]):
            return True  # "Make a table …"
        for mention in mentions:
            if mention.has(Cue.SPEAKER):
                return False
            if mention.has(*asking) or (mention.has(Cue.AUX) and mention.norm[0] != "'"):
                return True
            if not (mention.has(Cue.FILLER, Cue.AND, Cue.ALSO, Cue.BUT, Cue.IN, Cue.OF, Cue.THE) or not mention.word):
                return False
        return False

    @staticmethod
    def _ends_like_question(mentions: Sequence[Mention]) -> bool:
        """Whether a tag closes the sentence ("…, right", "…ですか")."""
        last = next((mention for mention in reversed(mentions) if mention.word), None)
        return last is not None and len(mentions) > 1 and last.has(Cue.TAG)

    def _prepositions_first(self, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """Words that a language puts after what they govern ("日本以外") moved to where the reading looks for them."""
        if not self.language.postposed:
            return mentions
        ordered: list[Mention] = []
        for mention in mentions:
            at = len(ordered)
            if mention.has(*self.language.postposed):
                while at and (
                    ordered[at - 1].names(Role.ENTITY)
                    or ordered[at - 1].names(Role.PLACE)
                    or (at < len(ordered) and (not ordered[at - 1].word or ordered[at - 1].has(Cue.AND)))
                ):
                    at -= 1
            ordered.insert(at, mention)
        return ordered

    # Clauses

    def _read(self, mentions: Sequence[Mention], body: str, start: int) -> tuple[Sequence[Mention], tuple[Clause, ...]]:
        """The clauses, and the mentions as they were read: by the patterns that match, where that says anything."""
        plain = self._sided(self.patterns.read(mentions))
        clauses = self._clauses(plain, body, start)
        if plain is not mentions and all(clause.form is Form.PASSAGE for clause in clauses):
            return mentions, self._clauses(mentions, body, start)
        return plain, clauses

    def _sided(self, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """What is subject and object alike is subject beside what can only be an object, where nothing else is one.

        "Which fields have been given to Acme?", "Is the leader in Iberia Acme?", "Who leads more fields, Acme or Bolt?"
        """
        # Most corpora have no such predicate, and which one is meant need not be found out.
        predicate = self.meant.predicate(mentions)[0] if self.either else None
        if predicate is None or not (both := self.either.get(predicate.name)):
            return mentions
        kinds = [{self.meant.kind_of(m)} - {""} or set(m.names(Role.KIND)) for m in mentions]
        named = [at for at, m in enumerate(mentions) if self.meant.kind_of(m) in both]
        holes = [at for at, m in enumerate(mentions) if m.has(Cue.WHO, Cue.PRONOUN)]
        first = not holes or (bool(named) and named[-1] < holes[0])
        compared = len(named) > 1 and (first or any(m.has(Cue.MORE, Cue.FEWER) for m in mentions))
        asked = bool(holes) and not compared
        alone = any(kind and kind <= set(predicate.object_kinds) - both for kind in kinds)
        rivals = any(kind and kind <= set(predicate.subject_kinds) - both for kind in kinds if not compared)
        if not named or not alone or asked or rivals or any(m.names(Role.SIDE) for m in mentions):
            return mentions
        between = [m for m in mentions[named[0] : named[-1]] if not self.meant.kind_of(m)]
        if not all(m.has(Cue.AND, Cue.OR, Cue.THE, Cue.BOTH) or not m.word for m in between):
            return mentions
        return [m.taken_for(Role.SIDE, Side.SUBJECT) if at in named else m for at, m in enumerate(mentions)]

    def _clauses(self, mentions: Sequence[Mention], body: str, start: int) -> tuple[Clause, ...]:
        if not self.predicates:
            return (
                Clause(body, start, start + len(body), Form.PASSAGE),
            )  # documents alone: nothing but the text can answer
        groups = split_clauses(mentions, self.meant.sides_of(mentions), self.meant.relations)
        clauses: list[Clause] = []
        for group in groups:
            if any(m.word for m in group):
                measured = self._measured(group, body, start, clauses[-1] if clauses else None)
                clauses += [measured] if measured else self._following(self._clause(group, body, start), group)
        apart = any(_asks_anew(group) for group in groups[1:])
        whole = len(clauses) > 1 and clauses[0].form is Form.PASSAGE and not apart
        if whole and any(_dangles(clause) for clause in clauses[1:]):
            # "On what basis was it decided who leads and who follows?": one question about the text, not two.
            return (replace(self._clause(mentions, body, start), form=Form.PASSAGE),)
        if len(clauses) == 1 and clauses[0].form is Form.PASSAGE:
            asked = next((m.start for m in mentions if m.word and not m.has(Cue.FILLER)), 0)
            return (replace(clauses[0], text=body[asked:]),)
        return tuple(clauses)

    def _measured(self, mentions: Sequence[Mention], body: str, offset: int, before: Clause | None) -> Clause | None:
        """A clause about written values, where the words say so more plainly than anything else."""
        if not self.figures.predicates:
            return None
        predicate, strength = self.meant.predicate(mentions)
        named = {self.meant.kind_of(mention) for mention in mentions} & set(predicate.object_kinds)
        rival = strength is Strength.STRONG and bool(named)
        return self.figures.read(mentions, body, offset, before, rival)

    def _clause(self, mentions: Sequence[Mention], body: str, offset: int) -> Clause:
        while len(mentions) > 1 and (not mentions[0].word or separates(mentions[0])):
            mentions = mentions[1:]
        words = [mention for mention in mentions if mention.word] or list(mentions)
        start, end = min(word.start for word in words), max(word.end for word in words)
        predicate, strength = self.meant.predicate(mentions)
        narrowing, approximate = self.narrowing[predicate.name], frozenset(self.language.approximate)
        read = ClauseArguments(
            self.corpus, predicate, mentions, narrowing, self.meaning, approximate, self._verbs(predicate)
        )
        gather(read)
        clause = Clause(
            text=body[start:end],
            start=offset + start,
            end=offset + end,
            form=Form.PASSAGE,
            predicate=predicate.name,
            spoken=strength > Strength.WEAK,
            implied=strength is Strength.NONE,
            complement=any(predicate.name in mention.names(Role.COMPLEMENT) for mention in mentions),
            subjects=tuple(replace(subject, span=subject.span.moved(offset)) for subject in read.subjects),
            objects=tuple(replace(scope, span=scope.span.moved(offset)) for scope in read.objects),
            kind=read.asked_kind,
            quantity=read.quantity,
            further=tuple(read.further),
            subject_quantity=read.subject_quantity,
            fewest=read.fewest,
            extreme=read.extreme,
            rivals=tuple(read.rivals),
            op=read.op,
            factor=read.factor,
            margin=read.margin,
            only=read.only,
            beyond=read.beyond,
            negated=read.negated,
            joint=read.joint,
            excluded=tuple(read.excluded),
            polar=read.polar,
            bare=strength <= Strength.WEAK and not any(m.has(*ASKING, Cue.AUX) for m in mentions),
            asks=read.wh in (Cue.WHY, Cue.HOW),
            topical=any(m.names(Role.KIND) or m.names(Role.TOPIC) for m in mentions),
            existential=read.existential,
            together=read.together,
            respective=read.respective,
            grouped=read.grouped,
            choice=read.alternatives or any(mention.has(Cue.OR) for mention in mentions),
            hypothetical=read.hypothetical,
            hedged=any(mention.has(Cue.HEDGE, Cue.PAST) for mention in mentions),
            refers=frozenset(read.refers),
            unknown=tuple(read.unknown),
            meant=tuple(read.meant),
            aside=tuple(read.aside),
            when=self._when(mentions, body[start:end]),
        )
        return self._led_subject(replace(clause, form=self.forms.form(clause, read, strength)))

    def _when(self, mentions: Sequence[Mention], text: str) -> Literal | None:
        """The date that a clause on entities speaks of ("Who led X in 2012?")."""
        if not any(len(mention.text) == _YEAR and mention.names(Role.NUMBER) for mention in mentions):
            return None
        return next(self.figures.literals.find(text, (DATE,)), None)

    def _led_subject(self, clause: Clause) -> Clause:
        """ "Who leads X?" where X is itself a leader: X stands in the object's place.

        Where nothing of its kind can be led, no fact is about that.
        """
        kinds = self.corpus.predicates[clause.predicate].object_kinds

        def led(name: str) -> Scope:
            entity = self.corpus.entities.get(name)
            return Scope(name, name if entity and entity.kind in kinds else "")

        alone = clause.spoken and not (clause.objects or clause.quantity or clause.refers or clause.complement)
        named = [subject for subject in clause.subjects if not subject.negated]
        if alone and clause.form is Form.SUBJECT and named and not clause.kind:
            return replace(clause, subjects=(), objects=tuple(led(subject.name) for subject in named))
        if alone and clause.polar and clause.form is Form.OBJECT and len(named) == 2 and not clause.kind:
            return replace(clause, form=Form.CLAIM, subjects=(named[0],), objects=(led(named[1].name),))
        return clause

    def _verbs(self, predicate: Predicate) -> frozenset[str]:
        """The plain verbs of a predicate, as answers write them; of a lesser one all forms of them, and its weak words.

        Of the main one other forms are nouns as well: "Japan lead: Acme".
        """
        common = self.language.predicates.get(predicate.name)
        own = frozenset(
            (predicate.singular, predicate.plural, predicate.base, *(common.verb.values() if common else ()))
        )
        if predicate.name == self.corpus.main.name:
            return own
        stems = {stem(verb, self.language.code) for verb in own}
        forms = (word for word in predicate.words if stem(word, self.language.code) in stems)
        return own | frozenset((*forms, *predicate.weak_words))

    def _following(self, clause: Clause, mentions: Sequence[Mention]) -> list[Clause]:
        """ "Bolt follows Acme's lead in Japan" says two things: Acme leads Japan, and Bolt follows there."""
        at = next((i for i, m in enumerate(mentions) if clause.predicate in m.names(Role.COMPLEMENT)), None)
        if at is None:
            return [clause]
        who = next((i for i, m in enumerate(mentions) if m.has(Cue.WHO)), None)
        if who is not None:
            # "Whose lead do the others follow?" asks for the leader, "Who follows?" for the followers.
            between = mentions[who:at]
            asks_leader = (who > at and self._led(mentions[at:who])) or any(
                m.has(Cue.OTHER) or self.meant.kind_of(m) for m in between
            )
            return [replace(clause, complement=False, subjects=()) if asks_leader else clause]
        rest = [m for m in mentions[at + 1 :] if not m.has(Cue.THE, Cue.OF)]  # "takes a back seat to X"
        led = set(rest[0].names(Role.ENTITY)) if rest else set()
        leaders = tuple(subject for subject in clause.subjects if subject.name in led)
        if not leaders:
            return [clause]
        followers = tuple(subject for subject in clause.subjects if subject not in leaders)
        leading = replace(clause, subjects=leaders, complement=False)
        return [leading, replace(clause, subjects=followers)] if followers else [leading]

    @staticmethod
    def _led(between: Sequence[Mention]) -> bool:
        """Whether a question word right behind "follow" stands for whom one follows."""
        return not any(mention.has(Cue.AUX) for mention in between)
