"""How much of a request is taken."""

QUESTION_CHARACTERS = 2_000
"""The longest question that is taken, in code points."""

TURNS = 20
"""How many earlier questions are taken into account: further back, nothing refers to them."""
