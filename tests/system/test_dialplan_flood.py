"""Calls that look like part of a flood, on a real PBX by its dialplan alone: behind the others, never
dropped."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import pytest

from gateway.testing.lab import CallPlan, City, LabAmi, LabPbx

from .test_dialplan_intake import told

pytestmark = pytest.mark.system

PRANK, NEEDY = "13800131234", "13900135678"


async def waiting(pbx: LabPbx) -> list[str]:
    """Channels that wait, the first one first."""
    shown = await pbx.cli("queue show q110")
    return re.findall(r"\d+\. (PJSIP/\S+)", shown)


async def queued(pbx: LabPbx, holds: Callable[[list[str]], bool]) -> list[str]:
    """Who waits, once it is so."""
    async with asyncio.timeout(20):
        while not holds(found := await waiting(pbx)):  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.1)
    return found


async def name(pbx: LabPbx, seconds: float) -> None:
    """What the gateway would do over AMI."""
    await pbx.cli(f"dialplan set global I110_FLOOD_{PRANK} {round(time.time() + seconds)}")


async def pause_all(pbx: LabPbx) -> None:
    """No desk takes a call."""
    shown = await pbx.cli("queue show q110")
    for member in set(re.findall(r"(PJSIP/\d{4})", shown)):
        await pbx.cli(f"queue pause member {member}")


async def test_a_named_number_stands_behind_a_later_caller_and_before_all_after_its_time(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    await pbx.cli("dialplan set global I110_FLOOD_WAIT 4")
    await name(pbx, 60)
    await pause_all(pbx)
    prank = await city.call(CallPlan(caller=PRANK, stay_s=20.0))
    await told(ami, "FloodRanked")
    (suspect,) = await queued(pbx, lambda found: len(found) == 1)
    needy = await city.call(CallPlan(caller=NEEDY, stay_s=20.0))
    assert (await queued(pbx, lambda found: len(found) == 2))[1] == suspect, "it rang first and stands second"
    await told(ami, "QueueDone", Status="TIMEOUT")
    await queued(pbx, lambda found: found[:1] == [suspect])
    for call in (prank, needy):
        await call.hang_up()


async def test_a_name_that_has_run_out_changes_nothing(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    """The gateway died; its last word counts no more."""
    await name(pbx, -1)
    await pause_all(pbx)
    prank = await city.call(CallPlan(caller=PRANK, stay_s=20.0))
    (first,) = await queued(pbx, lambda found: len(found) == 1)
    needy = await city.call(CallPlan(caller=NEEDY, stay_s=20.0))
    assert (await queued(pbx, lambda found: len(found) == 2))[0] == first
    for call in (prank, needy):
        await call.hang_up()


async def test_seats_are_kept_for_the_others_and_the_suspect_is_answered_after_its_time(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    """As many seats are kept as there are desks: the suspect waits outside, the other is answered."""
    await pbx.cli("dialplan set global I110_FLOOD_WAIT 5")
    await pbx.cli("dialplan set global I110_RESERVED_SEATS 4")
    await name(pbx, 60)
    began = time.monotonic()
    prank = await city.call(CallPlan(caller=PRANK, stay_s=2.0))
    await told(ami, "FloodRanked")
    needy = await city.call(CallPlan(caller=NEEDY, stay_s=1.0))
    await needy.answered()
    assert await waiting(pbx) == []
    await prank.answered()
    assert time.monotonic() - began >= 4.0
    await prank.ended()
