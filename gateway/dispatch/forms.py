"""Messages over MQTT that are no events: retained states, unfinished text, what others hand in."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from gateway.calls.handing import HandOverKind, ReferralState, Why


class CardState(BaseModel):
    """The call card as it is now (retained): what a dispatch core shows that comes in late.

    `rev` grows with every change; `call` is one line of the board; `fields` maps a field's name to its
    values, the leading one first, each with its source, confidence and place in the audio.
    """

    call_id: str
    rev: int
    at: str
    call: dict[str, Any]
    fields: dict[str, list[dict[str, Any]]]
    truncated: bool = False


class Utterance(BaseModel):
    """What one side said."""

    speaker: Literal["caller", "call_taker"]
    text: str
    started_ms: int


class Announcement(BaseModel):
    """A call that is handed over to a department or partner, before and while it is there (retained).

    Told when it is asked for, before anybody rings, and again with every change; `referral`, `kind`, `state`
    and `why` as in ReferralChange, `dangers` are veto codes that stand, `said` the last utterances. Cleared
    15 minutes after the call, or after the hand-over came to nothing.
    """

    call_id: str
    rev: int
    referral: int
    kind: HandOverKind
    state: ReferralState
    why: Why | None
    number: str
    by: str
    at: str
    changed_at: str
    caller: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    datum: str | None
    uncertainty_m: float | None
    alarm_class: str | None = Field(alias="class")
    nature: str | None
    priority: int | None
    dangers: list[str]
    said: list[Utterance]
    truncated: bool = False


class GatewayStatus(BaseModel):
    """Whether a gateway is there (retained). `at` is null when the broker says so for it, as its will."""

    gateway: str
    state: Literal["online", "offline"]
    at: str | None
    version: str


class ListenerStatus(BaseModel):
    """Where a listener on another machine is, and how it is (retained); empty when it has left for good.

    `rev` grows with every change since its start; `live` of at most `legs` legs are heard now, `behind` of
    them late. When the broker says for it that it is gone, as its will, `state` is offline and nothing
    but name and version stands there.
    """

    listener: str
    state: Literal["online", "offline"]
    at: str | None
    version: str
    rev: int = 0
    protocol: int = 0
    host: str = ""
    control_port: int | None = None
    sound_port: int | None = None
    model_id: str | None = None
    languages: dict[str, str] = {}
    synthetic_only: bool = False
    workers: int = 0
    legs: int = 0
    live: int = 0
    behind: int = 0
    fault: str | None = None


class PartialText(BaseModel):
    """Text that may still change, shown at once: QoS 0, no sequence, worthless after five seconds."""

    call_id: str
    speaker: Literal["caller", "call_taker"]
    text: str
    started_ms: int
    truncated: bool = Field(default=False)


class AmlMessage(BaseModel):
    """A phone's AML message (ETSI TS 103 625), handed in by a carrier or SMS gateway.

    `text` is the SMS as it came, a data SMS in hexadecimal or base64; `from` the phone's number. The form of
    the HTTPS report may be sent as it is instead of this JSON.
    """

    sender: str = Field(alias="from")
    text: str


class MapMarker(BaseModel):
    """A unit or camera near which a caller may be; a list of them may be sent at once.

    A unit that is not told again within 15 minutes, a camera within a day, leaves the map. A coordinate
    without its datum is set aside.
    """

    id: str
    name: str
    lat: float
    lon: float
    datum: Literal["WGS-84", "GCJ-02", "CGCS2000"]
    state: str | None = None
    at: str | None = None
