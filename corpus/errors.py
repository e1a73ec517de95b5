"""What can go wrong with a corpus.

    CorpusError                 everything below
    ├── CorpusNotFound          no such folder, or no corpus.yaml in it
    ├── CorpusFileError         a file is missing, unreadable or not of its form
    └── CorpusContentError      the files are readable, but what they say does not hold together

Every message names the file, the place in it, and the mend.
"""

from __future__ import annotations

from collections.abc import Sequence


class CorpusError(Exception):
    """A corpus cannot be used; the message says where it is wrong and how to mend it."""


class CorpusNotFound(CorpusError):
    """There is no corpus at the place that was named."""


class CorpusFileError(CorpusError):
    """A file of the corpus is missing, unreadable or malformed."""


class CorpusContentError(CorpusError):
    """The files contradict each other or their quotes. ``problems`` lists every fault found, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
