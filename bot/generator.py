"""Chat models: where one is configured, it words what was found, and nothing else.

It sees the question and the proven sentences, and its text goes through the fact checker like anybody's: what is not
supported falls back to the wording of the facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from bot.wording import Line

_RULES = (
    "Answer the question in one to three short sentences, using only the numbered statements below. "
    "Add nothing to them and leave out no name or condition. If they do not answer it, repeat them."
)


class ChatModelError(Exception):
    """The configured chat model cannot be had; the message says how to mend it."""


def open_chat_model(name: str) -> BaseChatModel:
    """A chat model by LangChain's name ("openai:gpt-4o-mini").

    Raises:
        ChatModelError: the provider's package is missing, or the name is not known.
    """
    try:
        model: BaseChatModel = init_chat_model(name, temperature=0)
    except Exception as error:
        raise ChatModelError(
            f"WHOLEADS_MODEL={name!r} cannot be loaded: {error}. Write provider:model and install the provider's "
            "package, for example pip install 'wholeads[models]', or leave it empty."
        ) from error
    return model


class Generator:
    """Words proven lines by a chat model."""

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self.model, self.name = model, name

    def word(self, question: str, lines: Sequence[Line]) -> str:
        """The model's wording of ``lines`` as an answer to ``question``."""
        statements = "\n".join(f"{number}. {line.text}" for number, line in enumerate(lines, 1))
        reply = self.model.invoke(
            [SystemMessage(_RULES), HumanMessage(f"Question: {question}\n\nStatements:\n{statements}")]
        )
        return str(reply.text).strip()
