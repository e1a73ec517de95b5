"""The server of a small chat model, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.answering.chat_model import Breaker, ChatModel, open_chat_model

NAME = "openai:smollm2"


@dataclass(frozen=True)
class Served:
    """A server that can be asked, and killed."""

    process: subprocess.Popen[str]
    url: str

    def chat(self, seconds: float, breaker: Breaker | None = None) -> ChatModel:
        """Its model as it is configured by WHOLEADS_MODEL, WHOLEADS_MODEL_URL and WHOLEADS_MODEL_TIMEOUT."""
        return ChatModel(open_chat_model(NAME, f"{self.url}/v1", seconds=seconds), NAME, seconds, breaker)

    def say(self, message: str, **more: Any) -> Any:
        """What it replies, as it comes."""
        asked = {"messages": [{"role": "user", "content": message}], "temperature": 0, **more}
        return httpx.post(f"{self.url}/v1/chat/completions", json=asked, timeout=120, trust_env=False).json()

    def kill(self) -> None:
        """End it in the middle of whatever it says."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(log: Path) -> Iterator[Served]:
    """A server that is there for a while, on a port that was free."""
    command = [sys.executable, str(Path(__file__).with_name("serve.py"))]
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), log.read_text(encoding="utf-8")[-2000:]
            yield Served(process, url)
        finally:
            process.kill()
