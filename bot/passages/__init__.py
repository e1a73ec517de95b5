"""Passages: the sentences of the documents that answer a question, or that none does."""
