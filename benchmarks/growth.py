"""How a corpus of many facts is loaded, asked and changed: each beside a small corpus, in one run.

The corpora are invented and of one form; they differ in nothing but their number of facts. The embedding model is left
out (its share is that of ``benchmarks.scale``): texts are embedded by their words' digests, so that what is measured is
the program's own work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, product, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import summarize, timed
from bot.answering.bot import Bot
from corpus.loader import load_corpus
from corpus.model import Corpus
from corpus.text import tokenize
from index.builder import build_index
from index.search import Index

SMALL, LARGE = 100, 10_000
"""Facts of the two corpora."""
PER_DOCUMENT, MOST = 100, 30
ROUNDS = 15
_FIRST = ("bal", "cor", "dun", "fel", "gar", "hol", "jin", "kam", "lor", "mer", "nov", "pel", "rin", "sor", "tav")
_LAST = ("adin", "ebor", "ical", "omel", "usan", "iver", "oran", "uten", "elis", "amor")
_WORK = ("milling", "weaving", "dredging", "grafting", "smelting", "carving", "rigging", "casting", "paving", "dyeing")
SPARE = "spare milling"
_VOCABULARY = """kinds:
  organisation: {words: [office]}
  field: {}
predicates:
  leads: {subject: [organisation], object: [field], functional: true}"""
_QUESTIONS = {
    "who": "Who leads {object}?",
    "what": "What does the {subject} lead?",
    "yes or no": "Does the {subject} lead {object}?",
    "count": "How many fields does the {subject} lead?",
    "most": "Which organisation leads the most fields?",
}


@dataclass(frozen=True, slots=True)
class Growth:
    """What was measured with a corpus of so many ``facts``.

    ``small`` and ``large`` are median milliseconds by the kind of question, of the small corpus and of this one, and
    ``ratios`` what this takes of that. ``changed`` are the milliseconds from one changed file to an index that is up to
    date, read anew, and ``embedded`` how many texts that took; ``load_ms`` and ``build_ms`` are for the whole.
    """

    facts: int
    load_ms: float
    open_ms: float
    build_ms: float
    small: dict[str, float]
    large: dict[str, float]
    ratios: dict[str, float]
    changed: dict[str, float]
    embedded: dict[str, int]


class Digests:
    """Embeds a text by the digests of its words: alike where words are shared, and hardly any work."""

    name = "digests"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text."""
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for token in tokenize(text):
                digest = hashlib.blake2b(token.norm.encode(), digest_size=2).digest()
                vectors[row, digest[0] % self.dimensions] += 1 if digest[1] % 2 else -1
        norms: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / norms


def invented(count: int) -> Iterator[tuple[str, str]]:
    """So many pairs of an office and what it leads; the first leads MOST things, all others fewer."""
    offices = (f"{a}{b}{c} Office".title() for a, b, c in product(_FIRST, _LAST, ("", *_FIRST)))
    things = (f"{a}{b}{c} {work}" for work, a, b, c in product(_WORK, _FIRST, _LAST, ("", *_FIRST)))
    held = (office for number, office in enumerate(offices) for _ in range(number % (MOST - 1) + 1))
    first = chain(repeat(next(offices), MOST), held)
    yield from islice(zip(first, things, strict=False), count)


def write_corpus(folder: Path, count: int) -> list[tuple[str, str]]:
    """An invented corpus of so many facts in ``folder``, an entry a line; gives its pairs.

    Its first document has a sentence more, which no fact rests on yet.
    """
    folder.mkdir(parents=True)
    pairs = list(invented(count))
    spare = (pairs[0][0], SPARE)
    for at in range(0, count, PER_DOCUMENT):
        told = [*pairs[at : at + PER_DOCUMENT], *([] if at else [spare])]
        (folder / f"d{at // PER_DOCUMENT}.txt").write_text("\n\n".join(map(_sentence, told)), encoding="utf-8")
    documents = [_document(f"d{number}") for number in range(-(-count // PER_DOCUMENT))]
    entities = [f"  organisation:\n{_names(office for office, _ in pairs)}"]
    entities += [f"  field:\n{_names([*(thing for _, thing in pairs), SPARE])}"]
    (folder / "corpus.yaml").write_text(
        "\n".join([f"id: growth-{count}", "title: Growth", "documents:", *documents, ""])
    )
    (folder / "vocabulary.yaml").write_text("\n".join([_VOCABULARY, "entities:", *entities, ""]))
    (folder / "facts.yaml").write_text("\n".join(["facts:", *map(_fact, range(count), pairs), ""]))
    return pairs


def _names(names: Iterable[str]) -> str:
    return "\n".join(f"    {name}: {{}}" for name in dict.fromkeys(names))


def _sentence(pair: tuple[str, str]) -> str:
    return f"The {pair[0]} leads {pair[1]}."


def _document(name: str) -> str:
    return f"  - {{id: {name}, file: {name}.txt}}"


def _fact(number: int, pair: tuple[str, str]) -> str:
    office, thing = pair
    quote = f"quote: {_sentence(pair)}, document: d{number // PER_DOCUMENT}"
    return f"  - {{id: f{number}, subject: {office}, predicate: leads, object: {thing}, {quote}}}"


def measure_growth(folder: Path, count: int = LARGE) -> Growth:
    """Writes both corpora into ``folder``, asks them in turn, then changes the large one."""
    pairs = {size: write_corpus(folder / str(size), size) for size in (SMALL, count)}
    corpus, load_ms = timed(lambda: load_corpus(folder / str(count)))
    _, build_ms = timed(lambda: build_index(corpus, folder / "index", Digests()))
    large, open_ms = timed(lambda: _bot(corpus, folder))
    bots = {SMALL: _bot(load_corpus(folder / str(SMALL)), folder), count: large}
    times = _asked(bots, pairs[SMALL])
    changed, embedded = _changed(folder, count)
    return Growth(
        facts=count,
        load_ms=round(load_ms),
        open_ms=round(open_ms),
        build_ms=round(build_ms),
        small=times[SMALL],
        large=times[count],
        ratios={kind: round(median / times[SMALL][kind], 2) for kind, median in times[count].items()},
        changed=changed,
        embedded=embedded,
    )


def _bot(corpus: Corpus, folder: Path) -> Bot:
    embedder = Digests()
    build_index(corpus, folder / "index", embedder)
    return Bot(corpus, Index.open(folder / "index", corpus, embedder), embedder)


def _asked(bots: Mapping[int, Bot], pairs: Sequence[tuple[str, str]]) -> dict[int, dict[str, float]]:
    """The median of each kind of question by corpus: the same questions, in turn, each asked once but "most"."""
    taken: dict[int, dict[str, list[float]]] = {size: {kind: [] for kind in _QUESTIONS} for size in bots}
    for number in range(ROUNDS):
        for size, bot in bots.items():
            office, thing = pairs[number * len(pairs) // ROUNDS]
            for kind, question in _QUESTIONS.items():
                _, ms = timed(partial(bot.ask, question.format(subject=office, object=thing)))
                taken[size][kind].append(ms)
    return {size: {kind: summarize(own).median_ms for kind, own in kinds.items()} for size, kinds in taken.items()}


def _changed(folder: Path, count: int) -> tuple[dict[str, float], dict[str, int]]:
    """From a fact, an alias and a document that come in, one after the other, to an index that has them."""
    path = folder / str(count)
    office, _ = next(invented(1))
    fact = _fact(0, (office, SPARE)).replace("id: f0", f"id: f{count}")
    changes = {
        "fact": ("facts.yaml", "facts:\n", f"facts:\n{fact}\n"),
        "alias": ("vocabulary.yaml", f"{office}: {{}}", f"{office}: {{aliases: [Quay House]}}"),
        "document": ("corpus.yaml", "documents:\n", f"documents:\n{_document('late')}\n"),
    }
    (path / "late.txt").write_text("All offices met in May.", encoding="utf-8")
    taken: dict[str, float] = {}
    embedded: dict[str, int] = {}
    for name, (file, before, after) in changes.items():
        text = (path / file).read_text(encoding="utf-8")
        (path / file).write_text(text.replace(before, after, 1), encoding="utf-8")
        build, ms = timed(lambda: build_index(load_corpus(path), folder / "index", Digests()))
        taken[name], embedded[name] = round(ms), build.embedded
    return taken, embedded
