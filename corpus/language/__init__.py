"""A language as data: the words that build questions and claims, and the sentences that answers are made of.

Each language is one YAML file in ``corpus/languages``; nothing about it stands in code, so a translator can add one.
"""

from corpus.language.files import FOLDER, languages, load_language
from corpus.language.model import CommonPredicate, Cue, Language, Named, NameRule, Talk, ValueWords, VerbRule

__all__ = [
    "FOLDER",
    "CommonPredicate",
    "Cue",
    "Language",
    "NameRule",
    "Named",
    "Talk",
    "ValueWords",
    "VerbRule",
    "languages",
    "load_language",
]
