"""What all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence

import pytest

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A run that is started in the background ignores it, and so would the processes that tests start and end by it."""

REAL = frozenset({"alliance_settings"})
"""Fixtures that build an index with the real models, as do those that stand on them."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Tests that load the real models are slow, without saying so: ``make quick`` leaves them out."""
    for item in items:
        if REAL.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings that name no folder keep their data in the home folder: that of the tests is a temporary one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield
