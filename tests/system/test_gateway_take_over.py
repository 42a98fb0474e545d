"""A take-over that half fails on the real Asterisk: the caller is never left alone, and the card stays with
who has the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.testing.lab import Behaviour
from gateway.testing.lab.ami import LabAmi
from gateway.testing.lab.pbx import GATEWAY_USER

from .test_gateway_handover import SUPERVISOR, Hall, hall

__all__ = ["hall"]
pytestmark = pytest.mark.system


class TakeOver:
    """What a supervisor does with the call that is there, and how it stands."""

    def __init__(self, hall: Hall, ami: LabAmi) -> None:
        self.hall, self.ami = hall, ami

    async def asked(self, **phone: Any) -> None:
        await self.hall.stage.city.behave(SUPERVISOR, Behaviour(ring_s=0.3, **phone))
        told = await self.hall.post("supervisions", self.hall.leader, kind="take_over", position=SUPERVISOR)
        assert told["outcome"] == "accepted", told

    async def until(self, state: str, times: int = 1) -> None:
        def there() -> bool:
            told = [each["state"] for each in self.hall.story.of("SupervisionChange")]
            return told.count(state) == times

        await self.hall.core.until(there)

    async def card(self) -> dict[str, Any]:
        async with self.hall.leader.get(f"/api/v1/calls/{self.hall.story.call_id}") as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def shows(self, true: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the card does."""
        async with asyncio.timeout(20):
            while not true(await self.card()):  # noqa: ASYNC110 (the card tells when it is asked)
                await asyncio.sleep(0.1)

    async def in_the_room(self) -> list[str]:
        uniqueid = self.hall.story.call_id.split("-", 2)[2]
        before = len(self.ami.events)
        await self.ami.action("ConfbridgeList", Conference="room-" + uniqueid.replace(".", "-"))
        await self.ami.wait(
            lambda e: e.get("Event") == "ConfbridgeListComplete" and e in self.ami.events[before:]
        )
        names = [e["Channel"] for e in self.ami.events[before:] if e.get("Event") == "ConfbridgeList"]
        return sorted(name.split("/")[1].split("-")[0] for name in names)


def step(card: dict[str, Any]) -> str:
    """How far the newest take-over has come."""
    told: str = card["handing"]["supervisions"][-1]["step"]
    return told


async def test_whatever_fails_on_the_way_the_caller_stays_with_somebody_and_the_card_with_who_that_is(
    hall: Hall,
) -> None:
    ami = await hall.stage.pbx.ami()
    taking = TakeOver(hall, ami)

    # the supervisor's phone is picked up and gone again at once
    call = await hall.answered()
    desk = await call.answered()
    await taking.asked(stay_s=0.6)
    await taking.until("ended")
    assert await taking.in_the_room() == [desk, "trunk"]
    await taking.shows(lambda card: card["call"]["keeper"] == desk and step(card) == "failed")
    assert hall.story.state == "ANSWERED"

    # the call-taker has hung up before being let go: the supervisor stays with the caller
    await taking.asked(stay_s=20.0)
    await taking.until("live", times=2)
    await call.desk_hangs_up()
    await ami.wait(lambda e: e.get("Event") == "ConfbridgeLeave" and desk in e["Channel"])
    assert await taking.in_the_room() == [SUPERVISOR, "trunk"]
    await taking.shows(lambda card: card["call"]["keeper"] == SUPERVISOR and step(card) == "released")
    assert hall.story.state == "ANSWERED"
    await call.hang_up()
    await hall.settled()

    # the PBX no longer lets the gateway end the call-taker's leg: both stay, and the card says so
    call = await hall.answered()
    desk = await call.answered()
    await without_the_right_to_end_legs(hall)
    await taking.asked(stay_s=30.0)
    await taking.until("live")
    await link_anew(hall)
    await taking.shows(lambda card: step(card) == "not_released")
    assert (await taking.card())["handing"]["supervisions"][-1]["release"] == "pbx_refused"
    assert await taking.in_the_room() == [desk, SUPERVISOR, "trunk"]
    assert hall.story.state == "ANSWERED"
    await call.hang_up()
    assert (await hall.settled())["end_reason"] == "COMPLETED"
    await ami.close()


async def without_the_right_to_end_legs(hall: Hall) -> None:
    """The account has less rights from its next signing in on."""
    conf = hall.stage.pbx.folder / "pbx/etc/manager.conf"
    conf.write_text(conf.read_text() + "write = agent,reporting,originate,user\n")
    await hall.stage.pbx.cli("manager reload")


async def link_anew(hall: Hall) -> None:
    """The PBX breaks the gateway's link, which signs in again."""
    shown = await hall.stage.pbx.cli("manager show connected")
    (link,) = [line.split() for line in shown.splitlines() if line.split()[:1] == [GATEWAY_USER]]
    await hall.stage.pbx.cli(f"manager kick session {link[4]}")
