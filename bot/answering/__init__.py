"""Answering: the chain from a question to a checked answer, and the gate that it leaves by."""
