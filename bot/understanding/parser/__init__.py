"""Parsing: mentions into clauses, each with its predicate and its form."""

from bot.understanding.parser.parsing import LONGEST, MOST_NAMES, Parser

__all__ = ["LONGEST", "MOST_NAMES", "Parser"]
