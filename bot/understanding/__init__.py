"""Understanding: from a message in its conversation to what it means."""
