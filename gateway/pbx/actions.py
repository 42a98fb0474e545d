"""What the world owes a call, in AMI's words: effect in, action out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.calls.effects import StartTap
from gateway.pbx.account import UnsafeValue

TAP_WITHIN_MS = 5_000
"""How long the PBX tries to reach the listener before it gives the tap up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiAction:
    name: str
    fields: Mapping[str, str]


_LINE = re.compile(r"[^,|;\s]{1,200}")
_ADDRESS = re.compile(r"[A-Za-z0-9.-]{1,253}:\d{1,5}|\[[0-9a-fA-F:]{2,45}\]:\d{1,5}")


def start_tap(effect: StartTap, address: str) -> AmiAction:
    """A channel of its own that hears one leg and sends it to the listener at `address` (host:port).

    ChanSpy options: q no beep, o only what this leg says, u exactly this channel, E and S end with it. The
    channel gets the tap's id as its unique id, so the PBX itself refuses to start the same tap twice.
    Raises UnsafeValue for a line or address that cannot be one.
    """
    if not _LINE.fullmatch(effect.line):
        raise UnsafeValue("the line to tap is not a channel's name")
    if not _ADDRESS.fullmatch(address):
        raise UnsafeValue("the listener's address is not host:port")
    return AmiAction(
        name="Originate",
        fields={
            "Channel": f"AudioSocket/{address}/{effect.tap_id}/c(slin)",
            "ChannelId": tap_channel_id(effect.tap_id),
            "Application": "ChanSpy",
            "Data": f"{effect.line},qouES",
            "Timeout": str(TAP_WITHIN_MS),
            "Async": "true",
        },
    )


_ENDPOINT = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_SOUND = re.compile(r"[A-Za-z0-9_./-]{1,200}")
CANARY_OPEN_S = 30
"""So long the dialplan sends a call of the canary's number to the automatic desk; later it goes to people."""
CANARY_ANSWER_MS = 15_000


def canary(
    *, endpoint: str, dial: str, number: str, sound: str, call_id: str, open_until: int
) -> tuple[AmiAction, ...]:
    """A test call: first the dialplan learns that one is due (until `open_until`, seconds of the epoch),
    then the PBX rings `dial` over its own trunk and plays `sound`. Raises UnsafeValue for a name that
    cannot be one."""
    told = ((_ENDPOINT, endpoint), (_NUMBER, dial), (_NUMBER, number), (_SOUND, sound))
    for pattern, value in told:
        if not pattern.fullmatch(value):
            raise UnsafeValue(f"{value!r} in [canary] is no endpoint, number or sound of a PBX")
    return (
        AmiAction(name="Setvar", fields={"Variable": "I110_CANARY", "Value": number}),
        AmiAction(name="Setvar", fields={"Variable": "I110_CANARY_UNTIL", "Value": str(open_until)}),
        AmiAction(
            name="Originate",
            fields={
                "Channel": f"PJSIP/{dial}@{endpoint}",
                "ChannelId": f"canary-{call_id}",
                "CallerID": number,
                "Application": "Playback",
                "Data": sound,
                "Timeout": str(CANARY_ANSWER_MS),
                "Async": "true",
            },
        ),
    )


def tap_channel_id(tap_id: str) -> str:
    """The unique id of a tap's channel."""
    return f"tap-{tap_id}"
