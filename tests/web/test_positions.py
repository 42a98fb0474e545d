"""Positions over HTTP, on the real loop: sitting down, hot desks, pauses, shift change, finishing."""

from __future__ import annotations

import uuid
from typing import Any

from gateway.calls.hall import AgentChanged, AgentState
from gateway.calls.model import PartyRole
from gateway.calls.signals import CallEnded, PartyJoined
from gateway.runtime.intake import Intake
from gateway.web.position_schema import PositionList

from .site import NOON, PASSWORD, POST, Client, Site
from .test_with_loop import CALL, PATH, take_in_a_call, write

SEAT = "/api/v1/session/position"


async def desks(intake: Intake) -> None:
    for agent in ("1101", "1102"):
        await intake.settled(AgentChanged(pbx="p1", at=NOON, agent=agent, state=AgentState.IDLE))


async def sit(client: Client, position: str | None, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"request_id": str(uuid.uuid4()), "position": position, **more}
    answered = await client.put(SEAT, json=body, headers=POST)
    return answered.status, await answered.json()


async def positions(client: Client) -> dict[str, dict[str, Any]]:
    body = await (await client.get("/api/v1/positions")).json()
    PositionList.model_validate(body)
    return {each["position"]: each for each in body["items"]}


async def test_signing_in_at_a_position_binds_it_and_signing_out_frees_it(site: Site, intake: Intake) -> None:
    await desks(intake)
    watcher, client = await site.signed_in("supervisor"), await site.open_client()
    await site.add_user("wang", "call_taker")
    body = {"username": "wang", "password": PASSWORD, "position": "1101"}
    assert (await client.post("/api/v1/session", json=body, headers=POST)).status == 200
    seat = (await positions(watcher))["1101"]
    assert (seat["user"], seat["display_name"], seat["state"]) == ("wang", "wang 警官", "idle")
    assert (await client.delete("/api/v1/session", headers=POST)).status == 204
    assert (await positions(watcher))["1101"]["user"] is None


async def test_a_hot_desk_moves_with_its_person_and_a_taken_one_asks_first(
    site: Site, intake: Intake
) -> None:
    await desks(intake)
    wang, li = await site.signed_in(), await site.signed_in()
    assert (await sit(wang, "1101"))[0] == 200
    status, refused = await sit(li, "1101")
    assert (status, refused["error"]["code"]) == (409, "seat_taken")
    assert "警官, 2026-01-05T12:00:00" in refused["error"]["message"]
    assert (await sit(wang, "1102"))[1]["position"] == "1102"
    assert (await sit(li, "1101"))[0] == 200
    assert (await sit(li, "1102", take_over=True))[1]["position"] == "1102"
    assert (await (await wang.get("/api/v1/session")).json())["position"] is None
    assert (await sit(li, None))[1]["position"] is None
    assert [each["user"] for each in (await positions(li)).values()] == [None, None]


async def test_a_pause_is_asked_for_ones_own_desk_or_by_a_supervisor(site: Site, intake: Intake) -> None:
    await desks(intake)
    wang, boss = await site.signed_in(), await site.signed_in("supervisor")
    await sit(wang, "1101")

    async def pause(client: Client, position: str) -> int:
        body = {"request_id": str(uuid.uuid4()), "paused": True, "reason": "meal"}
        path = f"/api/v1/positions/{position}/pause"
        return (await client.post(path, json=body, headers=POST)).status

    assert await pause(wang, "1102") == 403
    assert await pause(wang, "1101") == 200
    assert await pause(boss, "1102") == 200
    assert await pause(boss, "9999") == 409
    shown = await positions(boss)
    assert shown["1101"]["order"] == {
        "paused": True,
        "reason": "meal",
        "by": shown["1101"]["user"],
        "fault": None,
    }
    await intake.settled(
        AgentChanged(pbx="p1", at=NOON, agent="1101", state=AgentState.PAUSED, paused_reason="meal")
    )
    shown = await positions(boss)
    assert (shown["1101"]["state"], shown["1101"]["reason"], shown["1101"]["order"]) == (
        "paused",
        "meal",
        None,
    )


async def end_a_call_at(intake: Intake, agent: str) -> None:
    about = {"call_id": CALL, "at": NOON}
    await intake.settled(
        PartyJoined(**about, role=PartyRole.CALL_TAKER, number=agent, line=f"PJSIP/{agent}-1")
    )
    await intake.settled(CallEnded(**about))


async def test_at_shift_change_the_open_cards_pass_on_with_a_note(site: Site, intake: Intake) -> None:
    await desks(intake)
    wang, li = await site.signed_in(), await site.signed_in()
    await sit(wang, "1101")
    await take_in_a_call(site, intake)
    await end_a_call_at(intake, "1101")
    assert (await positions(li))["1101"]["state"] == "wrap_up"
    assert (await positions(li))["1101"]["wrapping"] == [CALL]
    body = {"request_id": str(uuid.uuid4()), "to": "1102", "note": "等回电", "calls": [CALL, "hz-p1-9.9"]}
    for _ in range(2):  # a second press with the same id does nothing more
        passed = await (await wang.post(f"{SEAT}/handover", json=body, headers=POST)).json()
        assert passed == {"outcome": "accepted", "not_passed": {"hz-p1-9.9": "unknown_call"}}
    await sit(li, "1102")
    [note] = (await (await li.get("/api/v1/positions")).json())["notes"]
    assert (note["text"], note["calls"]) == ("等回电", [CALL, "hz-p1-9.9"])
    assert (await (await li.get(PATH)).json())["call"]["keeper"] == "1102"
    read = await li.post(f"{SEAT}/note-read", json={"request_id": str(uuid.uuid4())}, headers=POST)
    assert read.status == 200
    assert (await (await li.get("/api/v1/positions")).json())["notes"] == []


async def test_two_people_finish_one_call_and_the_second_is_told_by_whom(site: Site, intake: Intake) -> None:
    await desks(intake)
    await take_in_a_call(site, intake)
    await end_a_call_at(intake, "1101")
    wang, li, boss = await site.signed_in(), await site.signed_in(), await site.signed_in("supervisor")
    decided = {"class": "valid_alarm", "nature": "robbery", "note": "持刀抢包"}
    await write(wang, "FinishCall", **decided)
    shown = await (await li.get(PATH)).json()
    by = shown["call"]["finished"]["by"]
    body = {"request_id": str(uuid.uuid4()), "type": "FinishCall", "expected_rev": None, "data": decided}
    second = await (await li.post(f"{PATH}/requests", json=body, headers=POST)).json()
    assert (second["error"]["code"], by in second["error"]["message"]) == ("already_finished", True)
    assert shown["card"]["fields"]["summary"][0]["value"] == "持刀抢包"
    again = {**body, "request_id": str(uuid.uuid4()), "type": "ReopenCall", "data": {"reason": "地点有误"}}
    assert (await li.post(f"{PATH}/requests", json=again, headers=POST)).status == 403
    assert (await boss.post(f"{PATH}/requests", json=again, headers=POST)).status == 200
    assert (await (await li.get(PATH)).json())["call"]["finished"] is None
