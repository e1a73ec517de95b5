"""Whether a parser's reading is exact: it left no word of the message unread, and put none into its mouth."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Message, Sentence
from corpus.language import Cue

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
