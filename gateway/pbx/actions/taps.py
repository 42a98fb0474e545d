"""The live ear on one leg: effect in, action out."""

from __future__ import annotations

import re

from gateway.calls.effects import StartTap
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction

TAP_WITHIN_MS = 5_000
"""How long the PBX tries to reach the listener before it gives the tap up."""


LINE = re.compile(r"[^,|;\s]{1,200}")
_ADDRESS = re.compile(r"[A-Za-z0-9.-]{1,253}:\d{1,5}|\[[0-9a-fA-F:]{2,45}\]:\d{1,5}")


def start_tap(effect: StartTap, address: str) -> AmiAction:
    """A channel of its own that hears one leg and sends it to the listener at `address` (host:port).

    ChanSpy options: q no beep, o only what this leg says, u exactly this channel, E and S end with it. The
    channel gets the tap's id as its unique id, so the PBX itself refuses to start the same tap twice.
    Raises UnsafeValue for a line or address that cannot be one.
    """
    if not LINE.fullmatch(effect.line):
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


def tap_channel_id(tap_id: str) -> str:
    """The unique id of a tap's channel."""
    return f"tap-{tap_id}"
