"""Names that take an article, as the documents themselves write them.

A text that says "the Alliance" nearly everywhere is answered with "The Alliance shares …"; one that says "Acme" is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from corpus.language import Language, Named
from corpus.model import Corpus

FEWEST, MOSTLY = 2, 0.6
"""A name takes an article where it has one so often at least, and in such a share of its mentions."""


def with_articles(corpus: Corpus, language: Language) -> Iterator[tuple[str, Named]]:
    """The names of a corpus that its documents write with an article, and how they stand in a sentence."""
    template = language.canonical.get("articled", "")
    if not template:
        return
    article = re.compile(rf"\b{re.escape(template.format(object='').strip())}\s+(\S+)", re.IGNORECASE)
    text = "\n".join(document.text for document in corpus.documents.values())
    opening: dict[str, list[str]] = defaultdict(list)
    for name in sorted(corpus.entities, key=len, reverse=True):
        opening[name.split()[0]].append(name)
    articled: Counter[str] = Counter()
    for found in article.finditer(text):
        start = found.start(1)
        fitting = (n for n in opening.get(found[1].strip(".,;:!?)”\"'’"), ()) if text.startswith(n, start))
        if longest := next((n for n in fitting if not text[start + len(n) : start + len(n) + 1].isalnum()), ""):
            articled[longest] += 1
    for name, times in articled.items():
        if times >= FEWEST and times >= MOSTLY * text.count(name):
            yield name, Named.bare(template.format(object=name))
