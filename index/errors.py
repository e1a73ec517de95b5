"""What can go wrong with an index.

    IndexError_                 everything below
    ├── IndexMissing            nothing has been built in the folder yet
    ├── IndexOutdated           it was built from another corpus, model or program
    ├── IndexDamaged            it is there, but its files cannot be used
    ├── IndexBuildFailed        a build could not finish; what was there before still works
    ├── IndexLocked             another build of the same index is running
    ├── ServerUnreachable       the Chroma server does not answer
    ├── EmbedderUnavailable     the embedding model cannot be loaded
    └── RerankerUnavailable     the reranker cannot be loaded

The underscore keeps the root apart from Python's own ``IndexError``. Every message names the place and the mend.
"""

from __future__ import annotations

BUILD_COMMAND = "wholeads index"
"""The command that mends most of these, as the messages name it."""


class IndexError_(Exception):
    """An index cannot be built or used; the message says where it is wrong and how to mend it."""


class IndexMissing(IndexError_):
    """There is no finished index in the folder."""


class IndexOutdated(IndexError_):
    """The index belongs to another state of the corpus, another model or another program."""


class IndexDamaged(IndexError_):
    """The files of the index cannot be read, or do not hold what the manifest says."""


class IndexBuildFailed(IndexError_):
    """The index could not be written: no room, no permission, or vectors that make no sense."""


class IndexLocked(IndexError_):
    """Somebody else is building this very index at the moment."""


class ServerUnreachable(IndexError_):
    """There is no Chroma server at the URL that is set, or it has stopped answering."""


class EmbedderUnavailable(IndexError_):
    """The embedding model is not installed, cannot be found or is not the one that was expected."""


class RerankerUnavailable(IndexError_):
    """The reranker is not installed, cannot be found, or its files are not those of one."""
