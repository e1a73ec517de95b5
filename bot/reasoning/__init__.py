"""Reasoning: from a logical form to evidence, by rules over the facts."""
