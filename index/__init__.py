"""How it is found: embeddings, the store that keeps them, building, and hybrid search."""
