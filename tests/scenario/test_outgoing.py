"""Somebody is rung for a call or a record through the whole gateway: once, whatever dies, and as its part."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.entered import EnterRecord
from gateway.calls.handed import CallBack
from gateway.calls.handing import MoveState, Whom, Why, leg_id
from gateway.calls.manual import Origin, Part
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, PartyJoined
from gateway.ids import CallId, manual_id
from gateway.runtime.answers import Accepted
from gateway.runtime.moving import Outcome
from gateway.testing.whole import PBX, SITE, Whole

RECORD = manual_id(SITE, "019b8e5c-4a00-7000-8000-0123456789ab")
PART = CallId(f"{SITE}-{PBX}-1767600000.9")
WITNESS = "13900139000"


async def started(gateways: list[Whole], before: Whole | None = None) -> Whole:
    """`before`: the one that died; store, broker and PBX outlive it."""
    names = ("store", "broker", "clock", "trunk")
    made = Whole(**({name: getattr(before, name) for name in names} if before else {}))
    gateways.append(made)
    await made.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    """A record without a call is on the card of desk 1101."""
    made = await started(gateways)
    await asked(
        made, EnterRecord, site=SITE, origin=Origin.WALK_IN, happened_at=made.clock.now(), position="1101"
    )
    return made


async def asked(gateway: Whole, kind: Any, **facts: Any) -> None:
    common = {
        "call_id": RECORD, "at": gateway.clock.now(), "request_id": f"r-{kind.__name__}", "actor": "zhang",
    }  # fmt: skip
    assert isinstance(await gateway.ask(kind(**(common | facts))), Accepted)
    await gateway.settle()


async def rings(gateway: Whole) -> None:
    await asked(gateway, CallBack, position="1101", number=WITNESS, whom=Whom.WITNESS, pbx=PBX)


async def session(gateway: Whole, name: CallId = RECORD) -> CallSession:
    found = await gateway.house.intake.call(name)
    assert found is not None
    return found


async def part(gateway: Whole, *, inferred: bool = False) -> None:
    """The PBX tells of the leg that it made beside ours, live or after a gap."""
    at: dict[str, Any] = {"call_id": PART, "at": gateway.clock.now(), "inferred": inferred}
    linked = leg_id(1, (await session(gateway)).uniqueid)
    await gateway.give(
        CallSeized(
            **at, site=SITE, pbx=PBX, uniqueid="1767600000.9", linkedid=linked, line="PJSIP/t-9",
            outgoing=True, callback_of=RECORD, callback_move=1,
        ),
        CallerIdentified(**at, ani=WITNESS, ani_source="dialled"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"), CallEnded(**at),
    )  # fmt: skip
    await gateway.settle()


async def test_a_witness_is_rung_from_the_desks_own_pbx_and_belongs_to_the_record(gateway: Whole) -> None:
    await rings(gateway)
    (effect,) = gateway.trunk.moved
    assert (effect.number, effect.position, effect.pbx) == (WITNESS, "1101", PBX)
    await part(gateway)
    assert (await session(gateway, PART)).part == Part(by="zhang", whom="witness")
    (move,) = (await session(gateway)).moves
    assert (move.state, move.why, move.call) == (MoveState.ENDED, Why.REACHED, PART)
    assert gateway.events("CallBackChange")[-1]["whom"] == "witness"
    assert await gateway.store.calls_of(WITNESS, move.at, gateway.clock.now()) == 0


async def test_a_gateway_that_dies_rings_nobody_twice_and_finds_the_part_afterwards(
    gateways: list[Whole], gateway: Whole
) -> None:
    await rings(gateway)
    await gateway.crash()
    after = await started(gateways, gateway)
    await after.pass_time(30)
    assert len(after.trunk.moved) == 1
    await part(after, inferred=True)
    found = await session(after, PART)
    assert (found.callback_of, found.part, found.inferred) == (RECORD, Part(by="zhang", whom="witness"), True)
    (move,) = (await session(after)).moves
    assert (move.call, move.why) == (PART, Why.REACHED)


async def test_a_pbx_that_refuses_is_told_once_and_it_can_be_asked_again(gateway: Whole) -> None:
    gateway.trunk.answer = Outcome(why=Why.PBX_REFUSED, text="Permission denied")
    await rings(gateway)
    (move,) = (await session(gateway)).moves
    assert (move.state, move.why) == (MoveState.REFUSED, Why.PBX_REFUSED)
    gateway.trunk.answer = Outcome()
    await asked(
        gateway, CallBack, request_id="again", position="1101", number=WITNESS, whom=Whom.WITNESS, pbx=PBX
    )
    assert len(gateway.trunk.moved) == 2
