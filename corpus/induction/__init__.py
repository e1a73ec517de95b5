"""Relations found in documents that nobody has described: what their vocabulary.yaml and facts.yaml would say.

Sentences are parsed (spaCy's small English pipeline), tables are read by their heads. A relation is a verb with what
belongs to it; its subjects and objects are names, things, numbers and dates as the text has them:

    "Ada Winther chairs the jury of Short Measure."   chairs the jury of(Ada Winther, Short Measure)
    "Aster Ward has 28 beds."                         has beds(Aster Ward, 28)
    | Branch | Opens |  …  | Hill Gate | 9:30 |       opens at(Hill Gate, 9:30)

Left out is what the text does not state of now: what is denied, may be, was, is asked, or said of one who is not named.

words       the words of a language that the parser does not tell
triples     what is found: a subject, a verb, an object, and where it stands
parsing     sentences
lists       the names, things and values that a stretch of a sentence begins with
terms       the names and values in a run of words
rows        tables
known       what somebody has written already
vocabulary  kinds, entities, relations and facts of all that was found
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.induction.known import Known, known_in
from corpus.induction.parsing import triples_of
from corpus.induction.rows import of_tables
from corpus.induction.terms import LANGUAGE
from corpus.induction.triples import Name, key_of
from corpus.induction.vocabulary import written
from corpus.model import Document

__all__ = ["LANGUAGE", "Known", "induced", "known_in"]


def induced(documents: Iterable[Document], known: Known | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The vocabulary and the facts of English documents, in the form of their files; empty where nothing is found.

    What a vocabulary has already (``known``) is called so, and is not told again.
    """
    known = known or Known()
    told = tuple(document for document in documents if document.language == LANGUAGE)
    found = triples_of(told)
    sides = (side for triple in found for side in (triple.subject, triple.object))
    named = {key_of(side.text) for side in sides if isinstance(side, Name) and side.proper}
    return written([*found, *of_tables(told, named | known.names.keys())], known)
