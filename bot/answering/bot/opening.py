"""Opening bots: corpora, indexes and the models that bots share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.answering.bot.chain import Bot, program_version
from bot.answering.bot.library import Library
from bot.answering.chat_model import ChatModel, Generator, open_chat_model
from bot.answering.model_reader import ModelChooser, Reader
from bot.answering.published import Published, Source, corpus_id_named, served_sources, sources_of
from bot.answering.settings import Settings
from bot.understanding.chooser import RankedChooser
from corpus.errors import CorpusContentError
from corpus.loader import load_corpus
from index.builder import Build, build_index, remove_index
from index.embedding import open_embedder
from index.reading_encoder import open_reading_encoder
from index.reranker import VERIFIER_MOST, open_reranker, open_verifier
from index.search import Index
from index.span_reader import open_span_reader


class Models:
    """The models that all bots share, none of them loaded before it is needed; opens bots over them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.embedder = open_embedder(settings.embedding_model)
        self.chat = _chat_model(settings) if settings.model else None
        self._generator = Generator(self.chat) if self.chat else None
        self._reranker = open_reranker(settings.reranker)
        self._choosers: dict[bool, RankedChooser] = {}
        self._verifier = open_verifier() if self._reranker else None
        if self._verifier:
            self._choosers = {
                alone: RankedChooser(open_reading_encoder(alone), self._verifier, most=VERIFIER_MOST)
                for alone in (False, True)
            }
        self._spans = open_span_reader() if self._reranker else None
        self._reader = Reader(self.chat) if self.chat and settings.model_reads != "never" else None

    def open(self, source: Source) -> Bot:
        """The bot of a corpus. Raises CorpusError or IndexError_ as ``open_library``."""
        settings, corpus = self.settings, load_corpus(source.folder)
        version = source.version or settings.version
        index = Index.open(source.index, corpus, self.embedder, server=settings.index_server, version=version)
        ranked = self._choosers.get(not corpus.predicates)
        always = settings.model_reads == "always"
        chooser = ModelChooser(self._reader, ranked, corpus.title, always) if self._reader and ranked else ranked
        return Bot(
            corpus,
            index,
            self.embedder,
            self._generator,
            self._reranker,
            settings.rerank_ms,
            chooser,
            self._verifier,
            self._spans,
        )


def open_library(settings: Settings, corpora: Sequence[str] = ()) -> Library:
    """Load corpora and their indexes from their folders; without ``corpora`` all that are served (``open_sources``).

    Raises:
        CorpusError: a corpus is not there or does not hold together.
        IndexError_: an index is missing, outdated or damaged.
    """
    return open_sources(Models(settings), _sources(settings, corpora))


def open_sources(models: Models, sources: Sequence[Source]) -> Library:
    """The library of these sources, the first of them the default. Raises as ``open_library``."""
    bots = {source.corpus: models.open(source) for source in sources}
    library = Library(bots, next(iter(bots)), models.chat)
    library.versions = {source.corpus: source.version for source in sources if source.version}
    return library


def _chat_model(settings: Settings) -> ChatModel:
    model = open_chat_model(settings.model, settings.model_url, settings.model_key, settings.model_timeout)
    return ChatModel(model, settings.model, settings.model_timeout)


def build(
    settings: Settings, paths: Sequence[Path] = (), progress: Callable[[int, int], None] | None = None
) -> list[Build]:
    """Build the indexes of these corpora, or of all that are served."""
    embedder = open_embedder(settings.embedding_model)
    return [
        build_index(
            load_corpus(source.folder),
            source.index,
            embedder,
            progress,
            program=program_version(),
            server=settings.index_server,
            version=source.version or settings.version,
        )
        for source in _sources(settings, [str(path) for path in paths])
    ]


def remove(settings: Settings, names: Sequence[str]) -> list[str]:
    """Remove the indexes of these corpora, named by id or folder. Gives their ids.

    The corpus itself may be gone already. Raises IndexMissing for one that has no index.
    """
    ids = [corpus_id_named(name) for name in names]
    for corpus_id in ids:
        remove_index(settings.index, corpus_id, server=settings.index_server, version=settings.version)
    return ids


def _sources(settings: Settings, names: Sequence[str]) -> list[Source]:
    """The folders that are named, or all that is served; of the shipped ones those whose id no other has taken over."""
    if not names:
        return served_sources(settings.corpus, Published(settings.published), settings.index)
    sources: dict[str, Source] = {}
    for source in sources_of(names, settings.index):
        if (other := sources.setdefault(source.corpus, source)) is not source:
            fault = f"{source.folder}: has the id {source.corpus!r}, and so has {other.folder}. Change one."
            raise CorpusContentError([fault])
    return list(sources.values())
