"""How the page's components listen: no event is an endpoint of its own, and none draws a bar over what is shown."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False, "trigger_mode": "multiple"}
"""For what takes no time, and must not wait behind what does."""
