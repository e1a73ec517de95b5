"""Whether a parser's reading is exact: it left no word of the message unread, and put none into its mouth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Message, Sentence
from corpus.language import Cue
from corpus.model import Corpus
from corpus.text import longer_stems

MOST_QUESTIONS = 6
"""Questions of a message that are read, each for itself."""
FEWEST_ITEMS = 2
"""So many things make a list."""
FEWEST_WORDS = 3
"""A question of fewer words that names nothing asks nothing by itself."""
TELLING = 4
"""Letters of a word that tells one relation from another."""
_ASKING = (Cue.WHO, Cue.WHEN, Cue.WHERE, Cue.WHY, Cue.HOW, Cue.HOW_MANY, Cue.SHARE)
_MEASURING = (Cue.WHEN, Cue.HOW, Cue.HOW_MANY, Cue.SHARE)
_LIST = re.compile(r"(?P<head>[^:?\n]{2,80}):\s+(?P<items>[^:]+)")
_ITEMS = re.compile(r"[;,](?!\d)")
_MARK = re.compile(r"(?:^|(?<=\s))\(?(?P<at>[ivx]{1,3}|[1-9]|[a-h])\)\s")
_COUNTING = ("1 2 ", "a b ", "i ii ")
_JOINING = (",", ";", "–", "-")
_BETWEEN = " \n\t,;"
_CLOSING = " \n\t\"')”’!"
_NAMED = (Role.ENTITY, Role.PLACE, Role.KIND, Role.PREDICATE, Role.COMPLEMENT, Role.NUMBER)
# What may change the meaning of a question and is not in its form.
_OPEN = frozenset({Cue.HEDGE, Cue.PAST, Cue.META, Cue.IF})
_CLOSED = tuple(cue for cue in Cue if cue not in _OPEN)


def reads_all(message: Message, clauses: Sequence[Clause]) -> bool:
    """Whether each word of a message is a name, a word of a relation or a function word, and each clause has a form.

    Nothing may be filled in by likeness or hedged; one question stands alone. A misspelt word is what it was mended to.
    """
    if len(message.sentences) != 1 or not clauses:
        return False
    [sentence] = message.sentences
    if sentence.act is not Act.QUESTION or sentence.talk or sentence.pressure or sentence.correction:
        return False
    if asks_yes_or_no(sentence) and not all(_answers_yes_or_no(clause) for clause in clauses):
        return False
    used = {clause.predicate for clause in clauses}
    related = (mention.names(Role.PREDICATE) for mention in sentence.mentions)
    if any(names and used.isdisjoint(names) for names in related):
        return False  # "Who owns the team that leads Iberia?"
    return all(_plain(clause) for clause in clauses) and all(_read(mention) for mention in sentence.mentions)


def _answers_yes_or_no(clause: Clause) -> bool:
    """Whether yes or no can be said to it: not to who leads something, but to whether anybody does."""
    if clause.form is Form.SUBJECT:
        return clause.existential or clause.choice or clause.negated
    return clause.polar or clause.form is Form.CLAIM


def questions_in(message: Message) -> tuple[str, ...]:
    """The pieces of a message that each end with a question, with what is said before it; the last has what follows.

    What only offers the answers to a question stays with it; what asks nothing by itself, with the next one.
    "Hello! Who leads A? Acme or Bolt? Really? And B? Thanks." is "Hello! Who leads A? Acme or Bolt?" and
    "Really? And B? Thanks."
    """
    if listed := _listed(message):
        return listed
    ends: list[int] = []
    for sentence in message.sentences:
        inner = [sentence.start + at for at in _second_questions(sentence)]
        ends += inner
        if not sentence.text.rstrip(_CLOSING).endswith("?"):
            ends += [sentence.end] if inner else []
        elif ends and sentence.clauses and all(clause.bare and clause.choice for clause in sentence.clauses):
            ends[-1] = sentence.end
        elif not sentence.pressure:
            # "And harbour fires?" asks something behind another question alone.
            words = sum(mention.word if ends else _says(mention) for mention in sentence.mentions)
            ends += [sentence.end] if sentence.named or words >= FEWEST_WORDS else []
    starts = [0, *ends[:-1]]
    ends[-1:] = [len(message.text)]
    return tuple(message.text[start:end].strip(_BETWEEN) for start, end in zip(starts, ends, strict=False))


def _listed(message: Message) -> tuple[str, ...]:
    """Each item of a list of things asked, with the name that stands before the list; nothing where there is none.

    "Iberia: who leads it, since when?" is "Iberia: who leads it" and "Iberia: since when?". Other lists are numbered.
    """
    text = message.text.strip()
    marks = list(_MARK.finditer(text))
    if len(marks) >= FEWEST_ITEMS and "".join(f"{mark['at']} " for mark in marks).startswith(_COUNTING):
        head, ends = text[: marks[0].start()], [mark.start() for mark in marks[1:]]
        items = [text[mark.end() : end] for mark, end in zip(marks, [*ends, len(text)], strict=True)]
        listed = all(len(item.split()) >= FEWEST_WORDS for item in items)
    else:
        found = _LIST.fullmatch(text) if len(message.sentences) == 1 else None
        head, items = (found["head"], _ITEMS.split(found["items"])) if found else ("", [])
        items = [item for item in items if item.strip()]
        rest = " ".join(items)
        listed = len(items) >= FEWEST_ITEMS and not any(name in rest for name in _names(message))
    about = any(name in head for name in _names(message))
    if not listed or not (about or marks):
        return ()
    opening = f"{head.strip(_BETWEEN + ':')}: " if about else ""
    return tuple(opening + item.strip(_BETWEEN) for item in items)


def _names(message: Message) -> list[str]:
    """The words of a message that name an entity or a place."""
    return [mention.text for mention in message.mentions if mention.names(Role.ENTITY) or mention.names(Role.PLACE)]


def _second_questions(sentence: Sentence) -> Iterator[int]:
    """Where in a sentence that asks another question begins: "who leads A, and from when does B lead C"."""
    asked, words = False, 0
    first = last = -len(sentence.mentions)  # the marks and words that join it, ", and"
    for at, mention in enumerate(sentence.mentions):
        if mention.has(Cue.AND) or mention.text in _JOINING:
            first, last = (first if at == last + 1 else at), at
            continue
        directly = at == last + 1
        # A small word may stand between: "and to whom".
        near = directly or (at == last + 2 and bool(sentence.mentions[at - 1].names(Role.CUE)))
        asks = mention.has(*_ASKING, Cue.WHICH) and near
        if directly and mention.has(Cue.AUX, Cue.DO):
            asks = sentence.mentions[last].has(Cue.AND)
        if directly and mention.has(Cue.WHICH):
            verb = any(other.has(Cue.AUX, Cue.DO) for other in sentence.mentions[at + 1 :])
            asks = verb and sentence.mentions[last].has(Cue.AND)
        if asks and asked and words >= FEWEST_WORDS:
            yield sentence.mentions[first].start
            words = 0
        asked = asked or mention.has(*_ASKING, Cue.WHICH) or (not words and mention.has(Cue.AUX, Cue.DO))
        words += mention.word


def asks_yes_or_no(sentence: Sentence) -> bool:
    """Whether a sentence opens or ends as a yes/no question does: "Is it …", "…, isn't it?\""""
    if _question_word(sentence) is not None:
        return False
    said = list(filter(_says, sentence.mentions))
    return bool(said) and (said[0].has(Cue.AUX, Cue.TAG) or said[-1].has(Cue.TAG))


def asks_value(message: Message, clause: Clause) -> bool:
    """Whether a clause of a measured relation is asked in so many words: how many, when, what share, is it so.

    Without them a number may be anything: "2030 sales in India?" does not ask whether they were 2030.
    """
    if clause.form is Form.CLAIM:
        return clause.polar
    return clause.form is not Form.OBJECT or any(mention.has(*_MEASURING) for mention in message.mentions)


def mended(message: Message) -> str:
    """The message with its misspelt words as they were mended: models read words, and no slips of the finger.

    "hwo leads eurpoe" is told as "who leads europe".
    """
    text = message.text
    for sentence in reversed(message.sentences):
        for mention in sorted(sentence.mentions, key=lambda mention: -mention.start):
            if mention.mended:
                start, end = sentence.start + mention.start, sentence.start + mention.end
                text = text[:start] + mention.norm + text[end:]
    return text


def question_words(message: Message) -> tuple[Cue | None, ...]:
    """The question word that each sentence of a message begins with, None where it begins with none."""
    return tuple(_question_word(sentence) for sentence in message.sentences)


def fits_question_word(asked: Sequence[Cue | None], clause: Clause, measured: bool) -> bool:
    """Whether a form can answer a message with these question words: to "when" or "why" no name is an answer.

    "When was the port opened?" does not ask who opened it.
    """
    if Cue.WHY in asked and not set(asked) - {Cue.WHY, None}:
        return clause.form is Form.PREMISE
    if Cue.WHEN in asked and not set(asked) - {Cue.WHEN, None}:
        return measured or clause.form in (Form.PREMISE, Form.CLAIM)
    return True


def forms_named(message: Message) -> tuple[Form, ...]:
    """The forms that a message asks for with its first word: whether it is so, who (a name), when (a value)."""
    if message.sentences and asks_yes_or_no(message.sentences[-1]):
        return (Form.CLAIM,)
    asked = {*question_words(message)} - {None}
    return (Form.SUBJECT,) if asked == {Cue.WHO} else (Form.OBJECT,) if asked == {Cue.WHEN} else ()


def _question_word(sentence: Sentence) -> Cue | None:
    """The question word that a sentence begins with, None where it begins with none."""
    first = next(filter(_says, sentence.mentions), None)
    cues = (Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.SHARE, Cue.WHEN, Cue.WHY, Cue.WHERE, Cue.HOW)
    return next((cue for cue in cues if first and first.has(cue)), None)


def understood_fully(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses that have a form and no word in them which the parser does not know."""
    return tuple(clause for clause in clauses if clause.form is not Form.PASSAGE and not clause.unknown)


def _says(mention: Mention) -> bool:
    """Whether a mention is a word that says more than that something is added."""
    return mention.word and not mention.has(Cue.FILLER, Cue.AND, Cue.BUT)


def _plain(clause: Clause) -> bool:
    whole = clause.subjects or clause.objects or clause.form in (Form.COUNT, Form.EXTREME)
    others = clause.subject_quantity or any(subject.negated for subject in clause.subjects)
    if clause.form is Form.PASSAGE or not whole or others:
        return False
    return clause.spoken and not (clause.unknown or clause.meant or clause.hedged)


def _read(mention: Mention) -> bool:
    if not mention.word:
        return True
    return any(mention.names(role) for role in _NAMED) or mention.has(*_CLOSED)


class RelationWords:
    """The words of each relation of a corpus, of which messages have some."""

    def __init__(self, corpus: Corpus) -> None:
        self._language = corpus.language
        self._own = {name: self._stems(each.singular, *each.words) for name, each in corpus.predicates.items()}
        self._every = frozenset().union(*self._own.values())

    def are_anothers(self, message: Message, predicate: str) -> bool:
        """Whether a message has, beside names, words of relations, and none of this one's."""
        plain = (m.text for m in message.mentions if not (m.names(Role.ENTITY) or m.names(Role.PLACE)))
        said = self._stems(*plain)
        return bool(said & self._every) and not said & self._own[predicate]

    def _stems(self, *texts: str) -> set[str]:
        return longer_stems(" ".join(texts), self._language, TELLING)
