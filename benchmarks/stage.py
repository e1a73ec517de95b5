"""What the measurements share: one corpus, its index in a folder of their own, and bots over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.bot import Bot
from corpus.loader import load_corpus
from index.embedding import Embedder
from index.search import Index


class CountingEmbedder:
    """Passes texts on and counts them: which questions needed the embedding model is seen, not guessed."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.texts = 0

    @property
    def name(self) -> str:
        """That of the embedder counted."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """That of the embedder counted."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimensions)."""
        self.texts += len(texts)
        return self._embedder.embed(texts)


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder of the corpus, that of its built index, and the embedder, whose model may still have to be loaded."""

    corpus: Path
    index: Path
    embedder: Embedder

    def bot(self) -> Bot:
        """A bot that remembers nothing: corpus read, index opened, caches empty."""
        corpus = load_corpus(self.corpus)
        return Bot(corpus, Index.open(self.index, corpus, self.embedder), self.embedder)


def warmed(bot: Bot) -> Bot:
    """The bot after one question and one check on its own first sentence: loading is no part of an answer's time."""
    sentence = next(iter(bot.corpus.passages.values())).sentences[0].text
    bot.ask(sentence)
    bot.check(sentence)
    return bot
