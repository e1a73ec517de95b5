"""Checking: which claims of a text the corpus supports or refutes, and receipts that can be checked again."""
