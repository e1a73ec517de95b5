"""What is known: documents, facts, vocabulary, the places of the world, and the corpora that come with it."""
