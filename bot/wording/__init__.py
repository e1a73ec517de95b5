"""Wording: evidence as sentences, logical forms as questions."""
