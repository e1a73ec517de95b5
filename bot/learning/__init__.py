"""Learning: documents in, proposals for facts, entities and aliases out, each with the words that carry it.

units       what is read: sentences, list items with what introduces them, rows of tables
sentence_words, name_reader   which words are names, and which of them stand together
walk        from a predicate to the names beside it
arguments   where the arguments of a predicate stand, for names that nobody knows yet
names       those names as entities: their kinds, their aliases
learner     the documents read with the names found, by the parser that reads questions
proposals   the file that a person edits
accept      what was accepted, put into the corpus
coverage    what the documents state and no fact does
asking      what facts state and no plain question finds
"""
