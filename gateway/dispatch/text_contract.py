"""What a text provider (12110 SMS, apps) hands in, by REST or MQTT, and hears of it, answers too: the written
forms, each with an example."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.ports_text import MAX_TEXT_CHARS as MAX_ANSWER_CHARS
from gateway.ports_text import Delivery, TextReport

MAX_TEXT_CHARS = 2_000
MAX_PART_CHARS = 400
MAX_PARTS = 12
MAX_ATTACHMENTS = 6

MESSAGE = {
    "provider": "sms12110", "message_id": "20260105-000731", "sender": "13900005678",
    "text": "有人跟着我，我不敢出声，在和平路地铁站B口", "sent_at": "2026-01-05T08:00:12+08:00",
    "position": {"latitude": 30.27415, "longitude": 120.15515, "datum": "WGS-84", "uncertainty_m": 25.0},
    "attachments": [
        {
            "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "size_bytes": 184320, "media_type": "image/jpeg", "name": "现场.jpg",
        }
    ],
}  # fmt: skip
REPLY = {
    "provider": "sms12110", "message_id": "20260105-000731", "outcome": "accepted", "code": None,
    "call_id": "demo-txt-sms12110.20260105-000731", "message_zh": None, "message_en": None,
}  # fmt: skip
ANSWER = {
    "provider": "police_app", "conversation": "u-7f3a90", "message_id": "5f0c1d2e3a4b5c6d-0-1",
    "call_id": "demo-txt-police_app.20260105-000731", "text": "您现在安全吗？安全请回1，不安全请回2。",
    "written_at": "2026-01-05T08:01:02+08:00",
}  # fmt: skip
REPORT = {"message_id": "5f0c1d2e3a4b5c6d-0-1", "provider_id": None, "delivery": "read", "reason": ""}


def _printable(text: str) -> str:
    """Control characters are shown as a mark, never a reason to refuse somebody's words."""
    return "".join(c if c in "\n\t" or c.isprintable() or c == "\u3000" else "\ufffd" for c in _lines(text))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[str, Field(max_length=MAX_TEXT_CHARS), AfterValidator(_printable)]


class TextPart(BaseModel):
    """One of the parts in which a long SMS comes: the `n`th (from 1) `of` so many, with the provider's or the
    phone's `reference`, the same for all of them."""

    model_config = ConfigDict(extra="forbid")

    reference: Id
    n: Annotated[int, Field(ge=1, le=MAX_PARTS)]
    of: Annotated[int, Field(ge=1, le=MAX_PARTS)]

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.n > self.of:
            raise ValueError(f"part {self.n} of {self.of}: n counts from 1 up to of")
        return self


class TextPosition(BaseModel):
    """Where phone or app say they are. No coordinate without its datum."""

    model_config = ConfigDict(extra="forbid")

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    datum: Literal["WGS-84", "GCJ-02", "CGCS2000"]
    uncertainty_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


class TextFile(BaseModel):
    """A picture or file that stays with the provider: here only its SHA-256 and size."""

    model_config = ConfigDict(extra="forbid")

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0, le=2**40)]
    media_type: Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}$")]
    name: Annotated[str, Field(max_length=100), AfterValidator(_printable)] = ""


class TextIn(BaseModel):
    """A message of a caller, or one part of it.

    The same `provider` and `message_id` (and part) is one message, however often it is sent; messages and
    parts may come in any order. `sender`: the telephone number, or what names the conversation where there is
    none. `sent_at`: by the phone or the provider; `received_at`: when the provider had it. `answers`: how a
    call-taker's answers come back: `sms`, to the telephone number (usual where there is one); `channel`, to
    this provider as TextAnswer (usual without a number); `none`, not at all. What the first message of a
    call says counts for all of it. `key`: where the site has given this provider one.
    """

    model_config = ConfigDict(extra="forbid")

    provider: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,31}$")]
    message_id: Id
    sender: Id
    text: Words = ""
    sent_at: AwareDatetime
    received_at: AwareDatetime | None = None
    part: TextPart | None = None
    position: TextPosition | None = None
    attachments: Annotated[list[TextFile], Field(max_length=MAX_ATTACHMENTS)] = []
    answers: Literal["sms", "channel", "none"] | None = None
    key: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.part is not None:
            if len(self.text) > MAX_PART_CHARS:
                raise ValueError(f"a part has at most {MAX_PART_CHARS} characters of text")
            if self.position is not None or self.attachments:
                raise ValueError(
                    "a part carries text alone: send position and attachments in a message of their own"
                )
        elif not self.text.strip() and self.position is None and not self.attachments:
            raise ValueError("it says nothing: text, position or attachments are needed")
        return self

    def own_time(self, arrived_at: datetime) -> datetime:
        """When it was sent; a clock ahead of ours tells of the present."""
        return min(self.sent_at, arrived_at)


class TextReply(BaseModel):
    """How a message was taken, once for each time it was sent; not kept for who is away.

    accepted: saved, on the call `call_id`. known: it was there already. refused: `code` and the sentences say
    what is wrong and where, sending the same again does not help. busy: not taken, send again.
    """

    provider: str | None
    message_id: str | None
    outcome: Literal["accepted", "known", "refused", "busy"]
    code: str | None = None
    call_id: str | None = None
    message_zh: str | None = None
    message_en: str | None = None


class TextAnswer(BaseModel):
    """What a call-taker answered, for the app to bring to `conversation` (the `sender` of its messages).

    Published once, QoS 1, and kept to be fetched (GET /api/v1/text-answers) until a TextReported says what
    became of it. The same `message_id` is the same answer, however often it comes: show it once. Say
    `accepted` within 60 s: then the card says that nobody knows whether the app has it, and a person may
    have it told again.
    """

    provider: str
    conversation: str
    message_id: str
    call_id: str
    text: Annotated[str, Field(max_length=MAX_ANSWER_CHARS)]
    written_at: AwareDatetime


class TextReported(BaseModel):
    """What became of an answer or a text, by our `message_id` or by the provider's id.

    accepted: an app has it and brings it to the phone. delivered: the phone has it. read: it was opened
    there. failed, expired: it did not get there, `reason` says why to the call-taker. Reports may come
    twice and in any order; one that says less than an earlier one changes nothing.
    """

    model_config = ConfigDict(extra="ignore")

    message_id: str | None = Field(None, max_length=64, description="Ours, as it was sent")
    provider_id: str | None = Field(None, max_length=128, description="The provider's, as it answered")
    delivery: Delivery
    reason: str = Field("", max_length=200)
    key: str | None = Field(None, max_length=200, description="Of an app that the site has given one")

    @model_validator(mode="after")
    def _names_a_text(self) -> Self:
        if self.message_id is None and self.provider_id is None:
            raise ValueError("name the text: message_id or provider_id")
        return self

    def report(self, at: datetime) -> TextReport:
        return TextReport(
            delivery=self.delivery, at=at, message_id=self.message_id, provider_id=self.provider_id,
            reason=self.reason, key=self.key,
        )  # fmt: skip


EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    TextIn: MESSAGE, TextReply: REPLY, TextAnswer: ANSWER, TextReported: REPORT,
}  # fmt: skip
