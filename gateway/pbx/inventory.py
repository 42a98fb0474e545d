"""What is live in a PBX now, asked with list actions: the raw answers; `snapshot` makes calls of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from gateway.pbx.message import AmiMessage
from gateway.pbx.protocol import ActionAnswer

MAX_BRIDGES = 2_000
"""Bridges asked in one snapshot; a PBX with more gives none, and the snapshot says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was live in the PBX between `begun_at` and its last message, as the PBX's list answers.

    In order: CoreShowChannel items; BridgeListItem items; for each bridge its BridgeInfoChannel items,
    then its BridgeInfoComplete, which names the bridge; QueueParams, QueueMember, QueueEntry; Status
    items, which carry `Variable: MIXMONITOR_FILENAME=…` (`(null)`: not recorded). Whether a channel is held
    AMI does not tell. Messages already queued when it is taken may be older than it.
    """

    ok: bool
    message: str
    begun_at: datetime
    messages: tuple[AmiMessage, ...] = ()


AskList = Callable[[str, Mapping[str, str], str], Awaitable[ActionAnswer]]
"""(action, fields, completing event) -> the whole list."""


class SnapshotRefused(Exception):
    """The PBX did not answer one of the lists a snapshot is made of."""

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"{action}: {message}")
        self.action = action
        self.denied = message == DENIED


DENIED = "Permission denied"
"""Asterisk's words when the account lacks the write class of an action."""


async def take_inventory(ask: AskList) -> tuple[AmiMessage, ...]:
    """Raises SnapshotRefused."""

    async def whole(action: str, list_end: str, **fields: str) -> tuple[AmiMessage, ...]:
        answer = await ask(action, fields, list_end)
        if not answer.ok:
            raise SnapshotRefused(action, answer.message)
        return answer.events

    messages = list(await whole("CoreShowChannels", "CoreShowChannelsComplete"))
    bridges = await whole("BridgeList", "BridgeListComplete")
    if len(bridges) > MAX_BRIDGES:
        raise SnapshotRefused("BridgeList", f"more than {MAX_BRIDGES} bridges")
    messages += bridges
    for bridge in bridges:
        if uniqueid := bridge.event == "BridgeListItem" and bridge.get("BridgeUniqueid"):
            with suppress(SnapshotRefused):  # gone since it was listed
                messages += await whole("BridgeInfo", "BridgeInfoComplete", BridgeUniqueid=uniqueid)
    messages += await whole("QueueStatus", "QueueStatusComplete")
    messages += await whole("Status", "StatusComplete", Variables="MIXMONITOR_FILENAME")
    return tuple(messages)
