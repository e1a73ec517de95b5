"""All that a clause names, gathered in one walk over its mentions."""

from __future__ import annotations

from bot.understanding.arguments.named import take_name
from bot.understanding.arguments.narrowing import narrow, spread
from bot.understanding.arguments.polarity import is_polar
from bot.understanding.arguments.settling import settle
from bot.understanding.arguments.state import ClauseArguments
from bot.understanding.arguments.strangers import read_unknown
from bot.understanding.arguments.words import take_word


def gather(read: ClauseArguments) -> ClauseArguments:
    """Walk the clause once, then attach what narrows what, then see what was not read; gives back what it was given."""
    read.polar = is_polar(read)
    for at, mention in enumerate(read.mentions):
        if read.kind_of(mention):
            take_name(read, at, mention)
        elif mention.word:
            take_word(read, at, mention)
    narrow(read)
    spread(read)
    read_unknown(read)
    settle(read)
    return read
