"""What import-linter cannot see: the application is one module, which it takes for somebody else's."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = {"bot", "corpus", "index", "fastapi", "uvicorn"}


def test_the_application_is_composed_of_the_rooms_and_little_else() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names <= ALLOWED
