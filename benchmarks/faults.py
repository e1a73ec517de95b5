"""How a script tells that it cannot go on: the error with its mend, and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

ERRORS = Console(stderr=True)


@contextmanager
def told(*faults: type[Exception]) -> Iterator[None]:
    """Ends the program where one of these is raised within, and prints it."""
    try:
        yield
    except faults as error:
        ERRORS.print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
