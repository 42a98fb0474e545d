"""What a department's system and this gateway say to each other over MQTT beside the events: the written
forms, each with an example."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.ids import SITE_NAME

ORDER_ID = "0198c3a0-0000-7000-8000-0000000000a1"
ASKED = {
    "request_id": "lb-2026-00017-answer", "department": "labour_bureau", "order_id": ORDER_ID,
    "action": "answer", "text": "已责令用人单位三日内支付，劳动者已知悉。", "by": "陈某",
}  # fmt: skip
REPLY = {
    "request_id": "lb-2026-00017-answer", "order_id": ORDER_ID, "outcome": "refused", "rev": None,
    "code": "order_closed", "message_zh": "工单已办结，不能再修改；如有新情况请另开工单。",
    "message_en": "The order is closed. Open a new one that refers to it.",
}  # fmt: skip

Action = Literal["accept", "start", "return", "dispute", "note", "answer"]


class OrderAsked(BaseModel):
    """What a department asks of a work order that it has.

    The same `request_id` (of one department) is done once and gets the same reply again: whoever hears no
    reply sends it again. `text`: the reason, the note or the answer. `by`: who in the department. With
    `expected_rev` it is refused when the order has changed meanwhile. `key`: where the site's configuration
    names one for the department.
    """

    model_config = ConfigDict(extra="forbid")

    request_id: Annotated[str, Field(min_length=1, max_length=100)]
    department: Annotated[str, Field(pattern=SITE_NAME)]
    order_id: Annotated[str, Field(min_length=1, max_length=64)]
    action: Action
    text: Annotated[str, Field(max_length=2_000)] = ""
    by: Annotated[str, Field(max_length=64)] = ""
    expected_rev: Annotated[int, Field(ge=1)] | None = None
    key: Annotated[str, Field(max_length=200)] | None = None


class OrderReply(BaseModel):
    """How what a department asked went, once for each time it was asked; not kept for who is away.

    accepted: done and saved, `rev` holds it. refused: `code` says why, asking again does not help. busy: not
    taken, ask again. `request_id` and `order_id` are null where the message could not be read.
    """

    request_id: str | None
    order_id: str | None
    outcome: Literal["accepted", "refused", "busy"]
    rev: int | None = None
    code: str | None = None
    message_zh: str | None = None
    message_en: str | None = None


EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {OrderAsked: ASKED, OrderReply: REPLY}
