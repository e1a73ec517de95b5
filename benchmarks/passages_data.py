"""Public sets of questions on paragraphs, read.

Four forms of JSON lines are known, plain or gzipped, by the keys of their rows; a folder may hold several of them, and
folders with more:

    {"doc_id": "…", "title": "Acme", "text": "…"}                                   a paragraph to be found
    {"query_id": "…", "question": "…", "doc_id": "…"}                               a question, and where its answer is
    {"question": "…", "doc_id": "…", "title": "…", "context": "…", "answers": ["…"], "is_impossible": false}
    {"question": "…", "answerable": true, "passages": [{"title": "…", "text": "…"}], "selected": […]}

The last two are questions on a paragraph that answers them, or that only seems to.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.rows import json_rows
from corpus.model import Corpus, Document, Kind, Passage, Predicate
from corpus.passages import split_passages

_KIND = "article"
Row = TypeVar("Row")


class PassageSetError(ValueError):
    """The data hold no questions on paragraphs; the message names the place and the mend."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text to be found."""

    id: str
    title: str
    text: str

    @property
    def half(self) -> int:
        """0 or 1; weights are fitted on the questions of one half, and measured on those of the other."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the id of the paragraph that it was asked of."""

    question: str
    paragraph: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a paragraph. ``answers`` are stretches of it, empty where it does not answer."""

    question: str
    paragraph: Paragraph
    answers: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether the paragraph answers."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class PassageSets:
    """What a folder holds: paragraphs, questions to be led to one, and by their form's name, questions on one."""

    paragraphs: tuple[Paragraph, ...]
    queries: tuple[Query, ...]
    asked: Mapping[str, tuple[Asked, ...]]


def load_passage_sets(folder: Path) -> PassageSets:
    """All that is in ``folder`` and those below it. Raises PassageSetError where nothing is."""
    paragraphs: list[Paragraph] = []
    queries: list[Query] = []
    asked: dict[str, list[Asked]] = defaultdict(list)
    for path in sorted(path for path in folder.rglob("*.jsonl*") if path.name.endswith((".jsonl", ".jsonl.gz"))):
        for _, row in json_rows(path, PassageSetError):
            match row:
                case {"doc_id": str(id), "title": str(title), "text": str(text)}:
                    paragraphs.append(Paragraph(id, title, text))
                case {"query_id": str(), "question": str(question), "doc_id": str(id)}:
                    queries.append(Query(question, id))
                case {"question": str(question), "is_impossible": bool(impossible), "context": str(text)}:
                    of = Paragraph(row["doc_id"], row["title"], text)
                    answers = () if impossible else tuple(dict.fromkeys(row["answers"]))
                    asked["adversarial"].append(Asked(question, of, answers))
                case {"question": str(question), "answerable": bool(answerable), "passages": [passage, *_]}:
                    of = Paragraph(str(row["id"]), passage["title"], passage["text"])
                    answers = tuple(" ".join(part) for part in row["selected"]) if answerable else ()
                    asked["natural"].append(Asked(question, of, answers))
                case _:
                    break  # a file of another form
    if not paragraphs and not asked:
        raise PassageSetError(f"{folder}: holds no questions on paragraphs. Name a folder with such JSON lines.")
    return PassageSets(tuple(paragraphs), tuple(queries), {name: tuple(rows) for name, rows in asked.items()})


def corpus_of(name: str, paragraphs: Iterable[Paragraph]) -> tuple[Corpus, dict[str, str]]:
    """A corpus of the paragraphs, one document a title, and of each passage the id of its paragraph."""
    by_title: dict[str, list[Paragraph]] = defaultdict(list)
    for paragraph in dict.fromkeys(paragraphs):
        by_title[paragraph.title].append(paragraph)
    documents: dict[str, Document] = {}
    passages: dict[str, Passage] = {}
    origin: dict[str, str] = {}
    for title, members in by_title.items():
        for number, member in enumerate(members):
            heading = title.replace("_", " ")
            text = f"# {heading}\n\n{' '.join(member.text.split())}\n"
            document = Document(f"{title}/{number}", heading, text, hashlib.sha256(text.encode()).hexdigest())
            documents[document.id] = document
            for passage in split_passages(document):
                passages[passage.id] = passage
                origin[passage.id] = member.id
    digest = hashlib.sha256("".join(document.sha256 for document in documents.values()).encode()).hexdigest()
    return _corpus(name, digest, documents, passages), origin


def _corpus(name: str, digest: str, documents: Mapping[str, Document], passages: Mapping[str, Passage]) -> Corpus:
    return Corpus(
        id=name,
        title="Articles",
        folder=Path(name),
        sha256=digest,
        language="en",
        documents=documents,
        passages=passages,
        kinds={_KIND: Kind(_KIND, "articles", (_KIND,))},
        entities={},
        predicates={"covers": Predicate("covers", (_KIND,), (_KIND,), ("covers",))},
        facts={},
    )


def in_paragraph(corpus: Corpus, origin: Mapping[str, str]) -> dict[str, list[Passage]]:
    """The passages of each paragraph, by its id, in order."""
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in corpus.passages.values():
        found[origin[passage.id]].append(passage)
    return found


def evenly(rows: Sequence[Row], limit: int) -> Sequence[Row]:
    """At most ``limit`` of the rows, taken evenly from all; 0 for all."""
    return rows if not limit or len(rows) <= limit else [rows[number * len(rows) // limit] for number in range(limit)]
