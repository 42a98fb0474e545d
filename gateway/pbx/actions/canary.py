"""The scheduled test call, in AMI's words."""

from __future__ import annotations

import re

from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction

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
