"""Whether a parser's reading is exact: it left no word of the message unread, and put none into its mouth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Message, Sentence
from corpus.language import Cue

MOST_QUESTIONS = 6
"""Questions of a message that are read each for itself; what comes after them is read with the last."""
FEWEST_WORDS = 3
"""A question of fewer words that names nothing asks nothing by itself."""
_ASKING = (Cue.WHO, Cue.WHEN, Cue.WHERE, Cue.WHY, Cue.HOW, Cue.HOW_MANY, Cue.SHARE)
_JOINING = (",", ";", "–", "-")
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
    return all(_plain(clause) for clause in clauses) and all(_read(mention) for mention in sentence.mentions)


def questions_in(message: Message) -> tuple[str, ...]:
    """The pieces of a message that each end with a question, with what is said before it; the last has what follows.

    What only offers the answers to a question stays with it; what asks nothing by itself, with the next one.
    "Hello! Who leads A? Acme or Bolt? Really? And B? Thanks." is "Hello! Who leads A? Acme or Bolt?" and
    "Really? And B? Thanks."
    """
    ends: list[int] = []
    for sentence in message.sentences:
        inner = [sentence.start + at for at in _second_questions(sentence)]
        ends += inner
        if not sentence.text.rstrip(_CLOSING).endswith("?"):
            ends += [sentence.end] if inner else []
        elif ends and sentence.clauses and all(clause.bare and clause.choice for clause in sentence.clauses):
            ends[-1] = sentence.end
        elif not sentence.pressure and (sentence.named or sum(m.word for m in sentence.mentions) >= FEWEST_WORDS):
            ends.append(sentence.end)
    ends = ends[:MOST_QUESTIONS]
    starts = [0, *ends[:-1]]
    ends[-1:] = [len(message.text)]
    return tuple(message.text[start:end].strip() for start, end in zip(starts, ends, strict=False))


def _second_questions(sentence: Sentence) -> Iterator[int]:
    """Where in a sentence that asks another question begins: "who leads A, and what does B lead"."""
    asked, words = False, 0
    for before, mention in pairwise((None, *sentence.mentions)):
        assert mention is not None
        joined = before is not None and (before.has(Cue.AND) or before.text in _JOINING)
        asks = mention.has(*_ASKING) or (before is not None and before.has(Cue.AND) and mention.has(Cue.AUX, Cue.DO))
        if asks and joined and asked and words >= FEWEST_WORDS:
            yield before.start if before is not None else mention.start
            words = 0
        asked = asked or mention.has(*_ASKING, Cue.WHICH) or (not words and mention.has(Cue.AUX, Cue.DO))
        words += mention.word


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


def fits_question_word(message: Message, clause: Clause, measured: bool) -> bool:
    """Whether a form can answer a message that begins with "when" or "why": no name does.

    "When was the port opened?" does not ask who opened it.
    """
    asked = [_question_word(sentence) for sentence in message.sentences]
    if Cue.WHY in asked and not set(asked) - {Cue.WHY, None}:
        return clause.form is Form.PREMISE
    if Cue.WHEN in asked and not set(asked) - {Cue.WHEN, None}:
        return measured or clause.form in (Form.PREMISE, Form.CLAIM)
    return True


def _question_word(sentence: Sentence) -> Cue | None:
    """The question word that a sentence begins with, None where it begins with none."""
    words = [m for m in sentence.mentions if m.word and not m.has(Cue.FILLER, Cue.AND, Cue.BUT)]
    cues = (Cue.WHO, Cue.WHICH, Cue.HOW_MANY, Cue.SHARE, Cue.WHEN, Cue.WHY)
    return next((cue for cue in cues if words and words[0].has(cue)), None)


def understood_fully(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses that have a form and no word in them which the parser does not know."""
    return tuple(clause for clause in clauses if clause.form is not Form.PASSAGE and not clause.unknown)


def _plain(clause: Clause) -> bool:
    return clause.form is not Form.PASSAGE and clause.spoken and not (clause.unknown or clause.meant or clause.hedged)


def _read(mention: Mention) -> bool:
    if not mention.word:
        return True
    return any(mention.names(role) for role in _NAMED) or mention.has(*_CLOSED)
