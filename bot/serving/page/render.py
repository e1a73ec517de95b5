"""The page's heading, and what stands in its place where there is nothing to answer from."""

from __future__ import annotations

from bot.serving.page.documents import heading_of
from bot.serving.page.markup import escaped
from corpus.model import Corpus


def header_html(corpus: Corpus, model: str) -> str:
    """The page's heading: what is answered from, and the chat model that words the answers where there is one."""
    documents = escaped(heading_of(list(corpus.documents.values())))
    worded = f" They are worded by {escaped(model)}, and checked." if model else ""
    told = f"{escaped(corpus.description)} Answers come from {documents}, and from nowhere else.{worded}"
    return f'<div class="wl-header"><h1>{escaped(corpus.title)}</h1><p class="wl-soft">{told}</p></div>'


def not_ready_html(why: str) -> str:
    """The page of a server that has nothing to answer from."""
    return (
        '<div class="wl-header"><h1>Not ready yet</h1></div>'
        f'<div class="wl-notice" role="alert"><p>{escaped(why)}</p></div>'
    )
