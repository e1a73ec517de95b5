"""Reads examples.yaml, where a corpus keeps what it was taught: messages, each with the question that it means.

It is written as::

    examples:
      - {message: "who do I ring about the night boat", means: "Who runs the night line?"}
"""

from __future__ import annotations

from pathlib import Path

from corpus.files import Section, read_yaml
from corpus.model import Taught
from corpus.text import normalise, tokenize

EXAMPLES = "examples.yaml"
KEY = "examples"
_TAUGHT = ("message", "means")


def read_taught(path: Path, problems: list[str]) -> tuple[Taught, ...]:
    """The examples of a file in their order, none where there is no file; what is wrong is added to ``problems``.

    Raises CorpusFileError where the file cannot be read.
    """
    if not path.exists():
        return ()
    first: dict[str, tuple[int, Taught]] = {}
    found = []
    for number, entry in enumerate(Section(EXAMPLES, read_yaml(path), (KEY,), problems).entries(KEY), 1):
        where = f"{EXAMPLES}: example {number}"
        taught = _taught(Section(where, entry, _TAUGHT, problems))
        if taught is None:
            continue
        earlier, other = first.setdefault(words_of(taught.message), (number, taught))
        if words_of(other.means) != words_of(taught.means):
            mend = f"example {earlier} says that it means {other.means!r}. Keep one of the two."
            problems.append(f"{where}: the message {taught.message!r} stands twice; {mend}")
        found.append(taught)
    return tuple(found)


def _taught(section: Section) -> Taught | None:
    message, means = (section.text(key).strip() for key in _TAUGHT)
    for key, text in (("message", message), ("means", means)):
        if not text:
            section.problems.append(f"{section.where}: {key!r} is missing or empty. Add it.")
    return Taught(message, means) if message and means else None


def words_of(text: str) -> str:
    """The words of a text, by which two messages are the same: case, accents and marks do not count.

    >>> words_of("Who's in Zürich?") == words_of("who's in zurich")
    True
    """
    return " ".join(token.norm for token in tokenize(text) if token.word) or normalise(text)
