"""A small corpus of an invented field, written into a folder, so that a test can spoil one thing in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.errors import CorpusContentError, CorpusFileError
from corpus.loader import load_corpus
from corpus.model import Corpus

REPORT = """# Yearly report

The Harbour Office runs the ferries and the lighthouse of Port Avon. Ada Lind chairs the council.

The Parks Office, on the other hand, runs the botanical garden. Since 2019 it runs the meadows, too.
"""
FERRIES = "The Harbour Office runs the ferries and the lighthouse of Port Avon."


@dataclass
class CityFolder:
    """The parts of a corpus as plain data; ``load`` writes them into ``path`` and loads what was written.

    ``raw`` holds bytes for files that are to be written as they are, in place of what the parts say.
    """

    path: Path
    about: dict[str, Any] = field(default_factory=dict)
    vocabulary: dict[str, Any] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    def fact(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(fact for fact in self.facts if fact["id"] == name)
        return found

    def write(self) -> Path:
        self.path.mkdir(exist_ok=True)
        parts = {
            "corpus.yaml": self.about,
            "vocabulary.yaml": self.vocabulary,
            "facts.yaml": {"quotes": self.quotes, "facts": self.facts},
        }
        files = {name: yaml.safe_dump(part, allow_unicode=True, sort_keys=False) for name, part in parts.items()}
        for name, text in (files | self.documents).items():
            (self.path / name).write_bytes(self.raw.get(name, text.encode()))
        return self.path

    def load(self) -> Corpus:
        return load_corpus(self.write())

    def problems(self) -> tuple[str, ...]:
        """What the loader finds wrong with the contents."""
        with pytest.raises(CorpusContentError) as raised:
            self.load()
        assert str(raised.value) == "\n".join(raised.value.problems)
        return raised.value.problems

    def file_error(self) -> str:
        """What the loader finds wrong with a file."""
        with pytest.raises(CorpusFileError) as raised:
            self.load()
        return str(raised.value)


@pytest.fixture
def city(tmp_path: Path) -> CityFolder:
    """A corpus that loads as it stands."""
    return CityFolder(
        path=tmp_path / "city",
        about={
            "id": "city",
            "title": "Who runs what in Port Avon",
            "group": "Council",
            "documents": [{"id": "report", "file": "report.txt", "title": "Report", "date": "2020-05"}],
            "examples": ["Who runs the ferries?"],
        },
        vocabulary={
            "kinds": {"office": {}, "service": {"words": ["duty"]}, "body": {"plural": "bodies"}},
            "entities": {
                "office": {"Harbour Office": {"aliases": ["Port Office"]}, "Parks Office": {}},
                "service": {
                    "ferries": {"aliases": ["boats"]},
                    "lighthouse": {},
                    "botanical garden": {},
                    "meadows": {},
                    "green spaces": {"covers": ["botanical garden", "meadows"]},
                },
                "body": {"Council": {"aliases": ["No", "10:30 club"]}},
            },
            "predicates": {
                "runs": {
                    "subject": ["office"],
                    "object": ["service"],
                    "words": ["run", "in charge of"],
                    "functional": True,
                    "verb": {"singular": "runs", "plural": "run", "base": "run"},
                },
            },
        },
        quotes={"ferries": FERRIES},
        facts=[
            {
                "id": "ferries",
                "subject": "Harbour Office",
                "predicate": "runs",
                "object": "ferries",
                "quote": "ferries",
            },
            {"id": "light", "subject": "Harbour Office", "predicate": "runs", "object": "lighthouse", "quote": FERRIES},
            {
                "id": "meadows",
                "subject": "Parks Office",
                "predicate": "runs",
                "object": "meadows",
                "quote": "Since 2019 it runs the meadows, too.",
                "subject_as": "it",
                "qualifiers": {"date": ["2019"]},
            },
        ],
        documents={"report.txt": REPORT},
    )
