"""Opens a field as the bot that users would talk to."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.answering.bot import Bot
from bot.understanding.chooser import RankedChooser
from corpus.loader import load_corpus
from index.builder import build_index
from index.embedding import Embedder, open_embedder
from index.reading_encoder import open_reading_encoder
from index.reranker import BUNDLED, VERIFIER, VERIFIER_MOST, Reranker, open_reranker, open_verifier
from index.search import Index
from index.span_reader import SPANS, open_span_reader


@cache
def models() -> tuple[Embedder, Reranker | None]:
    """The embedder and the reranker, loaded once."""
    return open_embedder(), open_reranker(BUNDLED)


def open_bot(folder: Path, index: Path) -> Bot:
    """The bot of a field, its index built below ``index``."""
    embedder, reranker = models()
    corpus = load_corpus(folder)
    build_index(corpus, index / folder.name, embedder)
    opened = Index.open(index / folder.name, corpus, embedder)
    encoder = open_reading_encoder(alone=not corpus.predicates)
    verifier = open_verifier() if VERIFIER.is_file() else None
    marker = open_span_reader() if SPANS.is_file() else None
    chooser = RankedChooser(encoder, verifier, most=VERIFIER_MOST)
    return Bot(corpus, opened, embedder, reranker=reranker, chooser=chooser, entailment=verifier, marker=marker)
