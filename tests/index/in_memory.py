"""A vector store of LangChain's that the setting can name: in memory, by the name of the collection."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

_COLLECTIONS: dict[str, InMemoryVectorStore] = {}


def in_memory(collection: str, embeddings: Embeddings) -> InMemoryVectorStore:
    """The collection of this name, as a database would have it: whoever opens it finds what others stored."""
    store = InMemoryVectorStore(embeddings)
    store.store = _COLLECTIONS.setdefault(collection, store).store
    return store


def broken(collection: str, embeddings: Embeddings) -> InMemoryVectorStore:
    """One that is not there."""
    raise ConnectionError("no route")
