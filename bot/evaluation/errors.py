"""What can go wrong before a suite runs.

    SuiteError        a suite is missing, unreadable or not of its form, or a filter leaves nothing to run

What goes wrong *while* a case runs is never raised: it is that case's result.
"""

from __future__ import annotations

from collections.abc import Sequence


class SuiteError(Exception):
    """A suite cannot be run. ``problems`` lists every fault found, each with its file, its line and the mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
