"""A small invented corpus that can be taught, and its bot: everything is real but the models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.answering.bot import Bot
from bot.answering.published import Source
from bot.answering.settings import Settings
from bot.understanding.candidates import Candidate, Conversation
from bot.understanding.chooser import Choice, Chooser
from corpus.loader import load_corpus
from index.builder import build_index
from index.search import Index
from tests.index.conftest import WordEmbedder

FILES = {
    "corpus.yaml": "{id: village, title: The village, documents: [{id: news, file: news.txt}]}",
    "news.txt": "Anna runs the mill. Ben runs the inn. The inn was painted blue in March.",
    "vocabulary.yaml": """
kinds: {person: {plural: people}, house: {plural: houses}}
entities: {person: {Anna: {}, Ben: {}}, house: {mill: {}, inn: {}}}
predicates:
  runs: {subject: [person], object: [house], verb: {singular: runs, plural: run, base: run}}
""",
    "facts.yaml": """
facts:
  - {id: mill, subject: Anna, predicate: runs, object: mill, quote: Anna runs the mill.}
  - {id: inn, subject: Ben, predicate: runs, object: inn, quote: Ben runs the inn.}
""",
}


@dataclass
class EqualChooser:
    """Picks the first candidate whose text is the message, else the first that says that nothing is meant.

    ``near`` has messages that it takes for others, as a model takes what is near in meaning.
    """

    always: bool = False
    fallback: Chooser | None = None
    epoch: int = 0
    waited: float = 0.0
    near: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[Candidate, ...]] = field(default_factory=list)

    def warm(self, conversation: Conversation, candidates: Sequence[Candidate]) -> None:
        """Nothing to have."""

    def choose(self, conversation: Conversation, candidates: Sequence[Candidate], named: Collection[str]) -> Choice:
        self.seen.append(tuple(candidates))
        texts = {candidate.text for candidate in candidates}
        meant = self.near.get(conversation.message, "")
        said = meant if meant in texts else conversation.message
        equal = [candidate for candidate in candidates if candidate.text == said]
        picked = equal or [candidate for candidate in candidates if candidate.nothing]
        same = [c for c in candidates if c.clause is not None and c.text == picked[0].means]
        scores = tuple((float(candidate == picked[0]), candidate) for candidate in candidates)
        return Choice((picked[0],), tuple(same), scores=scores, reader="equal")


def write_village(folder: Path, examples: str = "") -> Path:
    """The corpus in a folder, with the text of its examples.yaml, if there is to be one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    if examples:
        (folder / "examples.yaml").write_text(examples, encoding="utf-8")
    return folder


@dataclass
class VillageModels:
    """What a server's bots share, as bot.answering.bot.Models; nothing has to be loaded."""

    settings: Settings
    chooser: EqualChooser = field(default_factory=EqualChooser)
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    chat: None = None

    def open(self, source: Source) -> Bot:
        """The bot of a corpus whose index is built."""
        corpus = load_corpus(source.folder)
        return Bot(corpus, Index.open(source.index, corpus, self.embedder), self.embedder, chooser=self.chooser)


def open_village(folder: Path, chooser: Chooser, index: Path) -> Bot:
    """The bot of the corpus in a folder, its index built."""
    corpus, embedder = load_corpus(folder), WordEmbedder()
    build_index(corpus, index, embedder)
    return Bot(corpus, Index.open(index, corpus, embedder), embedder, chooser=chooser)
