"""What the dispatch core says to this gateway over MQTT, and hears of it: the written forms, each with an
example."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

CALL = "demo-pbx1-1767600000.42"
REPORT = {
    "message_id": "core-2026-000815", "kind": "instruction", "call_id": CALL,
    "at": "2026-01-05T08:00:21.500Z", "instruction_id": "ins-0042", "unit": "城西所101车组",
    "text": "建国路88号有人持刀，请携带防护装备前往。", "by": "调度台3",
}  # fmt: skip
REPLY = {
    "message_id": "core-2026-000815", "outcome": "kept", "code": "unknown_call",
    "message_zh": "没有这个来电，消息已另存，来电出现后自动归入。",
    "message_en": "No such call yet: the message is kept and given to the call when it turns up.",
}  # fmt: skip

Kind = Literal["ack", "instruction", "sign_off", "departure", "arrival", "feedback", "cancel"]
Text = Annotated[str, Field(max_length=2_000)]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, Field(max_length=64)]


class DispatchReport(BaseModel):
    """What became of a call at the dispatch core: it has the alarm (ack), a unit was told to go
    (instruction), the unit signed for it, set out, is there, told what came of it, or was called off.

    The same `message_id` is done once and gets the same reply again: whoever hears no reply sends it again.
    Reports may come in any order: `at`, the core's own time, says when it was. All but an ack name the
    instruction. `event_id`: of an ack, the event that it answers. `key`: where the site's configuration names
    one.
    """

    model_config = ConfigDict(extra="forbid")

    message_id: Id
    kind: Kind
    call_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/+#]+$")]
    at: AwareDatetime
    instruction_id: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    unit: Name = ""
    text: Text = ""
    by: Name = ""
    event_id: Annotated[str, Field(max_length=250)] = ""
    key: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind != "ack" and not self.instruction_id.strip():
            raise ValueError(f"{self.kind} needs instruction_id: which instruction it is about")
        if self.kind in ("instruction", "feedback") and not self.text.strip():
            raise ValueError(f"{self.kind} needs text: its words")
        return self

    def own_time(self, arrived_at: datetime) -> datetime:
        """When it was; a core whose clock is ahead of ours tells of the present."""
        return min(self.at, arrived_at)


class DispatchReply(BaseModel):
    """How a report of the dispatch core was taken, once for each time it was sent; not kept for who is away.

    accepted: saved on its call. kept: nobody knows that call yet, it is given to the call when it turns up.
    refused: `code` says why, sending again does not help. busy: not taken, send again. `message_id` is null
    where the message could not be read.
    """

    message_id: str | None
    outcome: Literal["accepted", "kept", "refused", "busy"]
    code: str | None = None
    message_zh: str | None = None
    message_en: str | None = None


EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {DispatchReport: REPORT, DispatchReply: REPLY}
