"""``python training/check.py FIELD…``: says what does not hold together in the fields of training data.

What is held: the corpus loads, each line is JSON, each gold has the keys that ``WRITING.md`` gives its kind, relations,
kinds and names are in the vocabulary, quotes stand in the documents, ``words`` stand in the message, and no message of
several words stands in two of the fields that are named. Exit code 1 tells of faults.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.errors import CorpusError
from corpus.loader import load_corpus
from corpus.model import Corpus
from corpus.text import tokenize

NEEDED = {
    "who": {"relation", "object", "values"},
    "what": {"relation", "subject", "values"},
    "whether": {"relation", "subject", "object", "answer"},
    "count": {"relation", "values"},
    "most": {"relation", "values"},
    "fewest": {"relation", "values"},
    "all": {"relation"},
    "other": set(),
    "false_premise": {"relation", "subject", "object"},
    "text": {"quotes"},
    "not_stated": set(),
    "out_of_scope": set(),
    "nonsense": set(),
    "chat": set(),
}
ALONE = {"out_of_scope", "nonsense", "chat"}
"""Kinds of gold that have no standalone question."""
LEAST = 200
"""Turns that a field has at least."""
SEVERAL = 5
"""Words from which on a message that stands in two fields is a repetition."""


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with a field, a line each; at last its counts."""
    try:
        corpus = load_corpus(folder)
    except CorpusError as error:
        yield f"{folder}: {error}"
        return
    texts = [document.text for document in corpus.documents.values()]
    counts: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for path in sorted(folder.glob("messages-*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            where = f"{path}:{number}"
            try:
                case = json.loads(line)
                turns = case["turns"]
                seen[case["id"]] += 1
                for turn in turns:
                    for gold in turn["gold"]:
                        counts[gold["ask"]] += 1
                        yield from (f"{where}: {fault}" for fault in _wrong(gold, turn["say"], corpus, texts))
                    counts["turns"] += 1
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                yield f"{where}: {type(error).__name__}: {error}"
    yield from (f"{folder}: the id {name!r} stands {n} times" for name, n in seen.items() if n > 1)
    if counts["turns"] < LEAST:
        yield f"{folder}: {counts['turns']} turns, {LEAST} are needed"
    print(f"{folder.name}: {dict(counts)}")


def repeated(folders: Sequence[Path]) -> Iterator[str]:
    """Conversations of several words that stand in two fields, however they are spelt: a line for each."""
    seen: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.glob("messages-*.jsonl")):
            for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
                said = " ".join(turn["say"] for turn in json.loads(line)["turns"])
                words = [token.norm for token in tokenize(said) if token.word]
                key = " ".join(words)
                if len(words) >= SEVERAL and seen.setdefault(key, folder.name) != folder.name:
                    yield f"{path}: {said!r} stands in {seen[key]}, too"


def _wrong(gold: Mapping[str, Any], say: str, corpus: Corpus, texts: list[str]) -> Iterator[str]:
    ask = gold["ask"]
    if ask not in NEEDED:
        yield f"ask {ask!r} is none of {', '.join(NEEDED)}"
        return
    if missing := NEEDED[ask] - set(gold):
        yield f"{ask} needs {', '.join(sorted(missing))}"
    if ask not in ALONE and not gold.get("question"):
        yield f"{ask} needs a question"
    if ask == "other" and not ({"values", "answer"} & set(gold)):
        yield "other needs values or answer"
    relation = gold.get("relation")
    if relation is not None and relation not in corpus.predicates:
        yield f"relation {relation!r} is none of {', '.join(corpus.predicates)}"
    kind = gold.get("kind")
    if kind and kind not in corpus.kinds and kind not in ("date", "number", "share"):
        yield f"kind {kind!r} is none of {', '.join(corpus.kinds)}"
    if "subject" in gold and gold["subject"] not in corpus.entities:
        yield f"subject {gold['subject']!r} is not in the vocabulary"
    for quote in gold.get("quotes", ()):
        if not any(quote in text for text in texts):
            yield f"the quote {quote[:60]!r} is not in the documents"
    if gold.get("words") and gold["words"] not in say:
        yield f"the words {gold['words'][:60]!r} are not in the message"


if __name__ == "__main__":
    folders = [Path(name) for name in sys.argv[1:]]
    found = [*(fault for folder in folders for fault in faults(folder)), *repeated(folders)]
    print(*found, sep="\n")
    sys.exit(bool(found))
