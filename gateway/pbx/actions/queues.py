"""Members of the PBX's queues, taken out of them and put back."""

from __future__ import annotations

import re

from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction

_INTERFACE = re.compile(r"[^,|;\s]{1,200}")
_REASON = re.compile(r"[^\x00-\x1f\x7f]{0,80}")


def pause_member(*, interface: str, paused: bool, reason: str) -> AmiAction:
    """A member that no queue rings any more, or again: of every queue that it is in. Raises UnsafeValue."""
    if not _INTERFACE.fullmatch(interface):
        raise UnsafeValue("the desk's interface is not one")
    if not _REASON.fullmatch(reason):
        raise UnsafeValue("a reason has at most 80 characters, none of them for control")
    fields = {"Interface": interface, "Paused": "true" if paused else "false"}
    return AmiAction(name="QueuePause", fields={**fields, "Reason": reason} if reason else fields)
