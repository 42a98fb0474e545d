"""Situations that the gateway's own actions make, played with the very actions it sends: a third party called
into a room, a caller called back."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.calls.effects import MovePeople
from gateway.calls.handing import MoveKind
from gateway.ids import CallId
from gateway.pbx.actions.moves import move
from gateway.testing.lab.ami import LabAmi
from gateway.testing.lab.plan import Behaviour
from gateway.testing.lab.situations import Situation, Studio, connected, over

ROOM = "room-lab"


async def _moved(ami: LabAmi, uniqueid: str, n: int, kind: MoveKind, **facts: Any) -> None:
    """As `PbxFeed.move` sends it."""
    effect = MovePeople(call_id=CallId("lab"), pbx="lab", uniqueid=uniqueid, n=n, kind=kind, **facts)
    action = move(effect)
    await ami.action(action.name, variables=action.variables, **action.fields)


async def called_in(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("119", Behaviour(ring_s=0.5, stay_s=4.0))
        await city.call(studio.plan(stay_s=30.0))
        agent = await connected(ami)
        call, desk = agent["Uniqueid"], agent["DestChannel"]
        await _moved(ami, call, 1, MoveKind.CONFERENCE, line=agent["Channel"], beside=desk, room=ROOM)
        await _moved(ami, call, 2, MoveKind.INVITE, number="119", room=ROOM, shown="13800130001")
        await ami.wait(lambda e: e.get("Event") == "ConfbridgeJoin" and e["Uniqueid"].startswith("move2-"))
        await asyncio.sleep(1.0)
        await _moved(ami, call, 3, MoveKind.LET_GO, line=desk)
        await over(ami)


async def called_back(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        first = await city.call(studio.plan(stay_s=1.0))
        call = (await connected(ami))["Uniqueid"]
        await first.ended()
        await over(ami)
        await city.behave("13800130001", Behaviour(ring_s=0.5, stay_s=2.0))
        await _moved(ami, call, 1, MoveKind.CALL_BACK, position="1102", number="13800130001")
        await ami.wait(lambda e: e.get("UserEvent") == "CallEnd" and e["CallId"] != call)


MOVED: tuple[Situation, ...] = (
    Situation(
        name="called_in", play=called_in,
        story="Caller and desk moved into a room, 119 called into it; the desk leaves, 119 hangs up.",
    ),
    Situation(
        name="called_back", play=called_back,
        story="A call of one second; then desk 1102 is rung and the caller called back, who hangs up.",
    ),
)  # fmt: skip
"""Recorded like those of `situations`."""
