"""The shapes of the requests, and how a JSON value is taken for one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from bot.schema.contract import QUESTION_CHARACTERS, TURNS
from bot.serving.api.bodies import BODY_BYTES
from bot.serving.api.problems import Problem, ProblemType
from bot.serving.state.records import COMMENT_CHARACTERS, TITLE_CHARACTERS, FeedbackReason, Rating
from corpus.selection import FactFilter

PAGE = 1_000
"""The longest page of a list."""

_FAULTS_TOLD = 5
"""How many of a request's faults are told: a hostile one can have thousands."""


def _whole_characters(text: str) -> str:
    """JSON can escape half a character (a lone surrogate), which no UTF-8 answer could carry back."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    return text


_ASKED: dict[str, JsonValue] = {"minLength": 1, "maxLength": QUESTION_CHARACTERS}
"""What the description says of a question's length; which problem it is, the program says itself (413, 422)."""
_TEXT: dict[str, JsonValue] = {"minLength": 1, "maxLength": BODY_BYTES}

Text = Annotated[str, AfterValidator(_whole_characters)]

Asked = Annotated[Text, Field(json_schema_extra=_ASKED)]


class RequestShape(BaseModel):
    """Types are taken as they are: "yes" is no boolean, 1 is no string. Unknown keys are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Turn(RequestShape):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Text


class AskRequest(RequestShape):
    """A question, and what was said before it."""

    question: Asked = Field(
        description=f"the question, 1 to {QUESTION_CHARACTERS} characters", examples=["What is stated?"]
    )
    history: list[Turn] | None = Field(
        None,
        description=f"the turns before, oldest first; the user's last {TURNS} count; it replaces what a session holds",
    )
    session_id: Text | None = Field(
        None,
        max_length=128,
        description="a conversation that the server keeps; when absent, the response names a new one",
    )
    corpus: Text | None = Field(None, description="a corpus id of GET /v1/corpora; the default corpus when absent")
    stream: bool | None = Field(None, description="true: the answer comes as server-sent events")

    @property
    def earlier_questions(self) -> tuple[str, ...] | None:
        """The user's turns of ``history``, oldest first; None where no history was sent."""
        return None if self.history is None else last_said(_users(self.history))


class CheckRequest(RequestShape):
    """A text whose claims are to be checked."""

    text: Text = Field(
        description=f"the text to check; the whole body may have {BODY_BYTES} bytes", json_schema_extra=_TEXT
    )
    corpus: Text | None = Field(None, description="a corpus id of GET /v1/corpora; the default corpus when absent")
    stream: bool | None = Field(None, description="true: the findings come as server-sent events while they are made")


class TitleRequest(RequestShape):
    """What a conversation is to be called."""

    title: Text = Field(max_length=TITLE_CHARACTERS, description=f"the title, 1 to {TITLE_CHARACTERS} characters")


class ReceiptOf(RequestShape):
    """The receipt of an answer, of which the answer's sha256 counts."""

    answer: str = Field(pattern="^[0-9a-f]{64}$")


class FeedbackRequest(RequestShape):
    """What somebody thinks of an answer."""

    answer_id: str | None = Field(None, pattern="^[0-9a-f]{32}$", description="the answer's answer_id")
    receipt: ReceiptOf | None = Field(None, description="or its receipt")
    rating: Rating = Field(strict=False, description="up or down")
    reason: FeedbackReason | None = Field(
        None, strict=False, description=f'what is wrong, with "down" alone: {", ".join(FeedbackReason)}'
    )
    meant: Asked | None = Field(None, description="what was meant: one of the alternatives, or a question of one's own")
    comment: Text | None = Field(None, max_length=COMMENT_CHARACTERS)
    question: Asked | None = Field(None, description="what was asked, in case that the answer is not known any more")
    history: list[Turn] | None = Field(None, description="the turns before that question, oldest first")
    corpus: Text | None = Field(None, description="the corpus that it was asked of; the default corpus when absent")

    @property
    def earlier_questions(self) -> tuple[str, ...]:
        """The user's turns of ``history``, oldest first."""
        return last_said(_users(self.history or ()))


class PageQuery(BaseModel):
    """Which part of a list is wanted: all of it where nothing is said."""

    corpus: str | None = Field(None, description="a corpus id of GET /v1/corpora; the default corpus when absent")
    limit: int | None = Field(None, ge=1, le=PAGE, description=f"so many at most, 1 to {PAGE:,}; all when absent")
    cursor: str | None = Field(None, description="the next_cursor of the page before; the first page when absent")


class FactsQuery(PageQuery):
    """Which facts are wanted."""

    subject: str = Field("", description="the subject's name or an alias, in any case")
    predicate: str = Field("", description="the predicate's name")
    object: str = Field("", description="the object's name or an alias, in any case, or as it is written")
    object_kind: str = Field("", description="the kind of the object")
    document: str = Field("", description="the id of the document that states it")
    text: str = Field("", description="words that all stand in the fact or its quote")

    @property
    def chosen(self) -> FactFilter:
        """What the facts must have."""
        return FactFilter(**self.model_dump(exclude=set(PageQuery.model_fields)))


Shape = TypeVar("Shape", bound=RequestShape)


def to_ask_request(value: object) -> AskRequest:
    """Raises Problem: 422 for a wrong shape or a blank question, 413 for one that is too long."""
    request = validated(AskRequest, value, '{"question": "…"}')
    check_question(request.question, "question")
    return request


def to_check_request(value: object) -> CheckRequest:
    """Raises Problem: 422 for a wrong shape or a blank text."""
    request = validated(CheckRequest, value, '{"text": "…"}')
    if blank(request.text):
        raise Problem(ProblemType.BLANK_TEXT, 'Send the text whose claims are to be checked, such as {"text": "…"}.')
    return request


def to_title_request(value: object) -> TitleRequest:
    """Raises Problem: 422 for a wrong shape or a blank title."""
    request = validated(TitleRequest, value, '{"title": "…"}')
    if blank(request.title):
        raise Problem(ProblemType.WRONG_SHAPE, 'Send a title that can be read, such as {"title": "…"}.')
    return request


def to_feedback_request(value: object) -> FeedbackRequest:
    """Raises Problem: 422 for a wrong shape or a blank question, 413 for a question that is too long."""
    request = validated(FeedbackRequest, value, '{"answer_id": "…", "rating": "down", "reason": "misread"}')
    if request.answer_id is None and request.receipt is None:
        raise Problem(ProblemType.WRONG_SHAPE, "Send the answer's answer_id, or its receipt.")
    if (request.rating is Rating.DOWN) is (request.reason is None):
        known = ", ".join(FeedbackReason)
        raise Problem(ProblemType.WRONG_SHAPE, f'Send a reason with "down", and none with "up": one of {known}.')
    for name in ("meant", "question"):
        if (text := getattr(request, name)) is not None:
            check_question(text, name)
    for question in request.earlier_questions:
        check_question(question, "history")
    return request


def check_question(text: str, key: str, expected: str = "") -> None:
    """Raises Problem: 422 for a blank question, 413 for one that is too long; ``expected`` shows a right body."""
    if blank(text):
        expected = expected or f'{{"{key}": "Who …?"}}'
        raise Problem(ProblemType.BLANK_QUESTION, f"Send a question in words, such as {expected}.")
    if len(text) > QUESTION_CHARACTERS:
        raise Problem(
            ProblemType.QUESTION_TOO_LONG,
            f"{key}: the question has {len(text)} characters; send at most {QUESTION_CHARACTERS}. "
            "Longer texts can be checked at /v1/check.",
        )


def last_said(texts: Iterable[str]) -> tuple[str, ...]:
    """The last of what a user has said before, without what is blank, oldest first."""
    return tuple(text for text in texts if not blank(text))[-TURNS:]


def _users(history: Iterable[Turn]) -> Iterator[str]:
    return (turn.content for turn in history if turn.role == "user")


def blank(text: str) -> bool:
    """Whether nothing of a text can be seen: white space, marks of no width."""
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def body_schema(shape: type[RequestShape]) -> dict[str, Any]:
    """The OpenAPI description of a request body, for routes that read their body themselves."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema_of(shape)}}}}


def schema_of(shape: type[RequestShape]) -> dict[str, Any]:
    """The JSON Schema of a shape, which stands on its own: it refers to nothing."""
    schema = shape.model_json_schema()
    inlined: dict[str, Any] = _inlined(schema, schema.get("$defs", {}))
    return inlined


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """A schema that stands on its own: every reference replaced by what it refers to."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(item, definitions) for key, item in node.items() if key != "$defs"}


def validated(shape: type[Shape], value: object, expected: str) -> Shape:
    """A JSON value as a shape; ``expected`` shows one. Raises Problem 422 that names the first faults."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        # The input itself is left out: it can be huge, and can hold what UTF-8 cannot carry.
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        told = [f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in faults[:_FAULTS_TOLD]]
        raise Problem(ProblemType.WRONG_SHAPE, f"{'; '.join(told)}. Send a JSON object such as {expected}.") from None
