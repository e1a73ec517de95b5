"""Whether a parser's reading is exact: it left no word of the message unread, and put none into its mouth."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.linker import Mention, Role
from bot.understanding.logical_form import Act, Clause, Form, Message
from corpus.language import Cue

_NAMED = (Role.ENTITY, Role.PLACE, Role.KIND, Role.PREDICATE, Role.COMPLEMENT, Role.NUMBER)
# Open classes: what else people say around a question, or may mean by it.
_OPEN = frozenset({Cue.FILLER, Cue.NEUTRAL, Cue.REQUEST, Cue.TAG, Cue.HEDGE, Cue.PAST, Cue.META, Cue.SPEAKER, Cue.IF})
_CLOSED = tuple(cue for cue in Cue if cue not in _OPEN)


def reads_all(message: Message, clauses: Sequence[Clause]) -> bool:
    """Whether each word of a message is a name, a word of a relation or a function word, and each clause has a form.

    Nothing may be filled in by likeness, misspelt or hedged; one question stands alone.
    """
    if len(message.sentences) != 1 or not clauses:
        return False
    [sentence] = message.sentences
    if sentence.act is not Act.QUESTION or sentence.talk or sentence.pressure or sentence.correction:
        return False
    return all(_plain(clause) for clause in clauses) and all(_read(mention) for mention in sentence.mentions)


def understood_fully(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses that have a form and no word in them which the parser does not know."""
    return tuple(clause for clause in clauses if clause.form is not Form.PASSAGE and not clause.unknown)


def _plain(clause: Clause) -> bool:
    return clause.form is not Form.PASSAGE and clause.spoken and not (clause.unknown or clause.meant or clause.hedged)


def _read(mention: Mention) -> bool:
    if not mention.word:
        return True
    if mention.mended:
        return False
    return any(mention.names(role) for role in _NAMED) or mention.has(*_CLOSED)
