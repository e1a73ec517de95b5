"""What induction finds: a subject, a verb and an object, with the sentence or the row that states it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.text import tokenize


@dataclass(frozen=True, slots=True)
class Name:
    """A subject or an object as it is named.

    ``proper``: in capitals ("Lime Grove"), not a thing ("sawn timber"). ``noun``: the word for its kind behind it
    ("branch"). ``others``: what else it is called. ``article``: the one that stands before it, "" for none.
    """

    text: str
    proper: bool
    noun: str = ""
    person: bool = False
    others: tuple[str, ...] = ()
    article: str = ""

    @property
    def label(self) -> str:
        """As it stands in a sentence: "the Sill"."""
        return f"{self.article} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Value:
    """A written value of a kind of ``LITERAL_KINDS``; ``unit``: what is counted; ``label``: all that the text has."""

    text: str
    kind: str
    unit: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Triple:
    """One thing that a sentence or a row (``tabular``) states.

    ``verb`` stands in the third person singular, with what belongs to it: "chairs the jury of".
    """

    subject: Name
    verb: str
    object: Name | Value
    quote: str
    document: str
    tabular: bool = False

    @property
    def predicate(self) -> str:
        """The name of its relation: that of a number has what is counted."""
        unit = self.object.unit if isinstance(self.object, Value) else ""
        return f"{self.verb} {unit}" if unit and unit not in self.verb.split() else self.verb


def key_of(name: str) -> str:
    """What spellings of one name have in common: its words without case, marks and a leading article of a title.

    >>> key_of("The Salt Road"), key_of("Salt road")
    ('salt road', 'salt road')
    """
    return " ".join(token.norm for token in tokenize(name) if token.word).removeprefix("the ")
