"""How long it takes, and whether it is the same each time: ``python -m benchmarks``.

Nothing is imported by the program from here, and the index that is measured is built in a temporary folder.
"""
