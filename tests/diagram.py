"""``python -m tests.diagram``: draws the packages into CONTRIBUTING.md, from the import contracts in pyproject.toml.

An arrow leads from a package to what it may import, a dotted one from the one place that may name a library.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
BETWEEN = re.compile(r"(?<=<!-- packages: made by make diagram -->\n)```mermaid\n.*?```\n", re.S)

Contract = Mapping[str, Any]


def contracts() -> Sequence[Contract]:
    """The import contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    told: Sequence[Contract] = settings["tool"]["importlinter"]["contracts"]
    return told


def diagram(told: Sequence[Contract]) -> str:
    """The diagram of contracts, as a fenced block of Mermaid.

    >>> print(diagram([{"type": "layers", "containers": ["bot"], "layers": ["passages", "checking | learning"]}]))
    ```mermaid
    flowchart TB
        subgraph bot
            passages["<b>passages</b><br>the sentences of the documents that answer a question, or that none does"]
            checking["<b>checking</b><br>which claims of a text the corpus supports or refutes, and receipts that can be checked again"]
            learning["<b>learning</b><br>documents in, proposals for facts, entities and aliases out, each with the words that carry it"]
            passages --> checking & learning
        end
    ```
    <BLANKLINE>
    """  # noqa: E501
    containers = [contract for contract in told if contract["type"] == "layers" and contract.get("containers")]
    whole = [contract for contract in told if contract["type"] == "layers" and not contract.get("containers")]
    rooms = {name for contract in containers for name in contract["containers"]}
    lines = [line for contract in containers for line in _subgraph(contract)]
    lines += [line for contract in whole for line in _layers(contract, "", rooms)]
    lines += dict.fromkeys(line for contract in told for line in _libraries(contract))
    return "```mermaid\nflowchart TB\n" + "".join(f"    {line}\n" for line in lines) + "```\n"


def _subgraph(contract: Contract) -> Iterator[str]:
    for container in contract["containers"]:
        yield f"subgraph {container}"
        yield from (f"    {line}" for line in _layers(contract, f"{container}/", ()))
        yield "end"


def _layers(contract: Contract, folder: str, drawn: Collection[str]) -> Iterator[str]:
    """The packages of a contract, each with what it is for, and what each layer stands on."""
    layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    for name in (name for layer in layers for name in layer if name not in drawn):
        said = _said(ROOT / folder / name)
        yield f'{name}["<b>{name}</b>{said and "<br>" + said}"]'
    yield from (f"{' & '.join(above)} --> {' & '.join(below)}" for above, below in pairwise(layers))


def _said(package: Path) -> str:
    """What a package's docstring says that it is for, in its first line."""
    file = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
    first = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    return first.rpartition(": ")[2].rstrip(".").replace('"', "'")


def _libraries(contract: Contract) -> Iterator[str]:
    """Which package names a library that is forbidden to all others."""
    for line in contract.get("ignore_imports", ()) if contract["type"] == "forbidden" else ():
        place, library = line.split(" -> ")
        room, _, module = place.removeprefix("bot.").partition(".")
        module = module.split(".*")[0].removesuffix(".")
        yield f"{room} -. {module} .-> {library.split('.')[0]}([{library.split('.')[0]}])"


def main() -> None:
    """Write the diagram into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BETWEEN.sub(lambda _: diagram(contracts()), page), encoding="utf-8")


if __name__ == "__main__":
    main()
