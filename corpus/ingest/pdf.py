"""PDF to text, page by page.

A PDF holds lines, not paragraphs. Lines are joined again: one that is nearly as long as the longest of its page runs on
into the next. A shorter one ends a paragraph where it ends a sentence or a long line follows (it is a heading); else it
stays a line of its own, as in a list.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from corpus.errors import CorpusFileError
from corpus.ingest.layout import cleaned

FULL_LINE = 0.75
"""The share of the page's longest line from which on a line is taken to run on."""
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")

logger = logging.getLogger(__name__)


def pdf_to_text(name: str, raw: bytes) -> tuple[str, tuple[int, ...]]:
    """The text, and the offset at which each page begins. Raises CorpusFileError, which names the file ``name``."""
    pages = [cleaned(page) for page in _pages(name, raw)]
    blank = [str(number) for number, page in enumerate(pages, 1) if not page.strip()]
    if len(blank) == len(pages):
        raise CorpusFileError(f"{name}: holds no text, perhaps only scans. Run text recognition over it first.")
    if blank:
        logger.warning("%s: no text on page %s; run text recognition if there should be any.", name, ", ".join(blank))
    return _joined([_unwrapped(page, set(re.findall(r"\w+", " ".join(pages).casefold()))) for page in pages])


def _pages(name: str, raw: bytes) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, WrongPasswordError

    encrypted = f"{name}: is encrypted. Save it without a password."
    try:
        with _quiet():
            reader = PdfReader(io.BytesIO(raw))
            # Many files are encrypted with an empty password, to forbid printing; any reader opens those.
            if reader.is_encrypted and not reader.decrypt(""):
                raise CorpusFileError(encrypted)
            return [page.extract_text() for page in reader.pages]
    except CorpusFileError:
        raise
    except (DependencyError, FileNotDecryptedError, WrongPasswordError) as error:
        raise CorpusFileError(encrypted) from error
    # A damaged file fails anywhere in the library, with whatever error that place happens to raise.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise CorpusFileError(f"{name}: cannot be read as PDF ({reason}). Open it and save it as PDF again.") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's remarks on small faults that it got over: they name no file and ask for nothing."""
    library = logging.getLogger("pypdf")
    level = library.level
    library.setLevel(logging.ERROR)
    try:
        yield
    finally:
        library.setLevel(level)


def _unwrapped(page: str, words: set[str]) -> str:
    """The page's lines as paragraphs; ``words`` are all of the document, by which broken words are mended.

    With lines "Acme leads the growing mar-", "ket of the far north, and" and "Bolt the south.", the result is
    "Acme leads the growing market of the far north, and Bolt the south."
    """
    lines = [" ".join(line.split()) for line in page.split("\n")]
    longest = max(map(len, lines), default=0)
    text = ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        text += line
        if not line or not after:
            text += "\n" * (2 if text and not text.endswith("\n\n") else 0)
        elif _BROKEN_WORD.search(line) and after[:1].islower():
            text = _mended(text, after, words)
        elif len(line) >= FULL_LINE * longest:
            text += " "
        else:
            apart = _ENDS_SENTENCE.search(line) or len(after) >= FULL_LINE * longest
            text += "\n\n" if apart else "\n"
    return text.strip()


def _mended(text: str, after: str, words: set[str]) -> str:
    """The text up to a word broken at a line's end, its hyphen taken off where the document has the word unbroken."""
    first = re.findall(r"\w+", text)[-1]
    rest = re.findall(r"\w+", after)[0]
    return text[:-1] if (first + rest).casefold() in words else text


def _joined(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The pages as one text. A sentence that runs over a page's end stays one sentence."""
    text, starts = "", []
    for page in pages:
        runs_on = text and page[:1].islower() and not _ENDS_SENTENCE.search(text)
        text += (" " if runs_on else "\n\n") * bool(text and page)
        starts.append(len(text))
        text += page
    return text, tuple(starts)
