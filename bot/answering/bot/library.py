"""The bots that are served, by corpus."""

from __future__ import annotations

from collections.abc import Mapping

from bot.answering.bot.chain import Bot
from bot.answering.chat_model import ChatModel
from index.caches import CacheInfo, told_together


class Library:
    """The served bots by corpus id, and the chat model that they ask, where there is one.

    A bot may be exchanged at any time: who has got one goes on with it.
    """

    def __init__(self, bots: Mapping[str, Bot], default: str, chat: ChatModel | None = None) -> None:
        self._bots, self.default, self.chat = dict(bots), default, chat
        self.versions: dict[str, str] = {}
        """The names of the published versions that are served, by corpus id."""
        self.faults: dict[str, str] = {}
        """What keeps a corpus's newer state from being served, by corpus id: the one before answers meanwhile."""

    def get(self, corpus_id: str | None) -> Bot:
        """The bot of a corpus; None is the default one. Raises KeyError for an unknown id."""
        return self._bots[corpus_id or self.default]

    def ids(self) -> tuple[str, ...]:
        """The ids of all corpora served."""
        return tuple(self._bots)

    def put(self, bot: Bot) -> None:
        """Have a bot answer from now on for its corpus, which may be a new one."""
        self._bots = {**self._bots, bot.corpus.id: bot}

    def parts(self) -> Mapping[str, Mapping[str, object]]:
        """The state of each corpus, and of the chat model's circuit breaker where there is one."""
        served = {corpus_id: self._state(corpus_id, bot) for corpus_id, bot in self._bots.items()}
        parts: dict[str, Mapping[str, object]] = {"served": served}
        if fault := self.faults.get(""):
            parts["published"] = {"state": "unreadable", "detail": fault}
        if self.chat:
            parts["model"] = {"name": self.chat.name, "state": self.chat.breaker.state}
        return parts

    def _state(self, corpus_id: str, bot: Bot) -> Mapping[str, str]:
        fault = self.faults.get(corpus_id)
        return {
            "state": "outdated" if fault else "current",
            **({"detail": fault} if fault else {}),
            "version": self.versions.get(corpus_id, ""),
            "corpus": bot.corpus.sha256,
            "index": bot.index.sha256,
        }

    def caches(self) -> Mapping[str, CacheInfo]:
        """What the bots keep, and how often that helped."""
        return told_together(named for bot in self._bots.values() for named in bot.caches())

    def warm(self) -> None:
        """Warm every bot."""
        for bot in self._bots.values():
            bot.warm()
