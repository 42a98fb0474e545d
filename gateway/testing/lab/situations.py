"""Situations a 110 PBX gets into, played with real calls: what the traces are recorded from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.speech.voice import Voice
from gateway.testing.lab.ami import Event, LabAmi
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.city import City, CityCall
from gateway.testing.lab.pbx import LabPbx
from gateway.testing.lab.plan import Behaviour, CallPlan, Circle
from gateway.testing.lab.raw_sip import RawCaller, RawDesk
from gateway.testing.lab.speak import speak_wav

FORGED = "13800130066%0D%0A%0D%0AEvent%3A%20Evil%0D%0AForged%3A%20yes%0D%0A%0D%0AX%3A%20"
UNSAFE = {"trunk_settings": "trust_id_inbound = yes\ncallerid =\n"}
ALONE = {"members": 1, "ring_seconds": 1}


class Studio:
    """A running PBX with its city and an eye on it."""

    def __init__(self, pbx: LabPbx, cache: Cache) -> None:
        self.pbx = pbx
        self.cache = cache

    @asynccontextmanager
    async def city(self) -> AsyncIterator[tuple[City, LabAmi]]:
        """The city, and a connection to the PBX that sees everything from now on."""
        async with City(self.pbx, cache=self.cache) as city, self.eye() as ami:
            yield city, ami

    @asynccontextmanager
    async def eye(self) -> AsyncIterator[LabAmi]:
        ami = await self.pbx.ami()
        try:
            yield ami
        finally:
            await ami.close()

    def plan(self, last: int = 1, **how: Any) -> CallPlan:
        """A caller with a number of the invented range who says a sentence."""
        voice = speak_wav([(0.2, "我要报警，有人打架")], Voice(), self.cache)
        return CallPlan(**{"caller": f"138001300{last:02}", "caller_wav": voice, "stay_s": 3.0, **how})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`story` is what happened, for the reader of the trace; `pbx`: how the PBX is set up for it."""

    name: str
    story: str
    play: Callable[[Studio], Awaitable[None]]
    pbx: Mapping[str, Any] = field(default_factory=dict)
    redact: bool = True
    """False for a hostile capture: scrubbing would mend what is to be shown."""


async def connected(ami: LabAmi) -> Event:
    """The first AgentConnect."""
    return await ami.wait(lambda e: e.get("Event") == "AgentConnect")


async def over(ami: LabAmi) -> None:
    """The dialplan's own word that the caller's channel has ended."""
    await ami.wait(lambda e: e.get("UserEvent") == "CallEnd", seconds=60.0)


async def answered(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.call(studio.plan())
        await over(ami)


async def desk_hangs_up(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.call(studio.plan(stay_s=30.0, desk_stay_s=2.0))
        await over(ami)


async def silence_call(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.call(studio.plan(caller_wav=None))
        await over(ami)


async def abandoned_in_queue(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.call(studio.plan(patient=False, desk_answers=False))
        await over(ami)


async def hangup_at_once(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.call(studio.plan(patient=False, stay_s=0.2, desk_answers=False))
        await over(ami)


async def key_presses(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        call = await city.call(studio.plan(caller_wav=None, stay_s=4.0))
        await call.answered()
        for key in "110":
            await call.press(key)
            await asyncio.sleep(0.4)
        await over(ami)


async def two_simultaneous(studio: Studio) -> None:
    async with studio.city() as (city, _):
        for last in (1, 2):
            await city.call(studio.plan(last))
        await city.wait()


async def flood_20(studio: Studio) -> None:
    async with studio.city() as (city, _):
        for last in range(1, 21):
            await city.call(studio.plan(last, stay_s=1.0))
        await city.wait()


async def requeue_desk(studio: Studio) -> None:
    """The first desk lets it ring; the queue tries the next."""
    async with studio.city() as (city, ami):
        for desk in ("1101", "1102", "1103"):
            await city.behave(desk, Behaviour(answers=False))
        await city.call(studio.plan(stay_s=2.0))
        await over(ami)


async def blind_transfer(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("12333", Behaviour(ring_s=0.5, stay_s=2.0))
        await city.call(studio.plan(stay_s=30.0))
        desk = (await connected(ami))["DestChannel"]
        await ami.action("BlindTransfer", Channel=desk, Context="intake110-targets", Exten="12333")
        await over(ami)


async def noanswer_return(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("12315", Behaviour(answers=False))
        await city.call(studio.plan(stay_s=8.0))
        desk = (await connected(ami))["DestChannel"]
        await ami.action("BlindTransfer", Channel=desk, Context="intake110-targets", Exten="12315")
        await over(ami)


async def busy_return(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("12345", Behaviour(busy=True))
        await city.call(studio.plan(stay_s=5.0))
        desk = (await connected(ami))["DestChannel"]
        await ami.action("BlindTransfer", Channel=desk, Context="intake110-targets", Exten="12345")
        await over(ami)


async def redirect_department(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("12319", Behaviour(ring_s=0.5, stay_s=2.0))
        await city.call(studio.plan(stay_s=30.0))
        caller = (await connected(ami))["Channel"]
        await ami.action("Redirect", Channel=caller, Context="intake110-targets", Exten="12319", Priority="1")
        await over(ami)


async def _consult(studio: Studio, city: City, ami: LabAmi, **how: Any) -> tuple[CityCall, Event]:
    """Desk talks to 120 while the caller waits; gives the city's call and the AgentConnect."""
    await city.behave("120", Behaviour(ring_s=0.3, **how))
    call = await city.call(studio.plan(stay_s=30.0))
    agent = await connected(ami)
    await ami.action("Atxfer", Channel=agent["DestChannel"], Context="intake110-targets", Exten="120")

    def office_is_in(event: Event) -> bool:
        return event.get("Event") == "BridgeEnter" and event["Channel"].startswith("PJSIP/departments")

    await ami.wait(office_is_in)
    await asyncio.sleep(1.0)
    return call, agent


async def attended_transfer(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        _, agent = await _consult(studio, city, ami, stay_s=4.0)
        await ami.action("Hangup", Channel=agent["DestChannel"])
        await over(ami)


async def attended_cancelled(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        _, agent = await _consult(studio, city, ami)
        await ami.action("CancelAtxfer", Channel=agent["DestChannel"])
        await asyncio.sleep(1.5)
        await ami.action("Hangup", Channel=agent["DestChannel"])
        await over(ami)


async def three_way(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        call, _ = await _consult(studio, city, ami, stay_s=6.0)
        await call.desk_presses("*3")
        await asyncio.sleep(6.0)
        await call.hang_up()
        await over(ami)


async def conference(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        await city.behave("119", Behaviour(ring_s=0.3, stay_s=5.0))
        await city.call(studio.plan(stay_s=6.0))
        agent = await connected(ami)
        room = "room-ab12"
        there = {"Context": "intake110-rooms", "Exten": room, "Priority": "1"}
        extra = {f"Extra{key}": value for key, value in there.items()}
        extra["ExtraChannel"] = agent["DestChannel"]
        await ami.action("Redirect", Channel=agent["Channel"], **there, **extra)
        await ami.action("Originate", Channel="PJSIP/119@departments", Async="true", **there)
        await over(ami)
        await asyncio.sleep(1.0)


async def hold_unhold(studio: Studio) -> None:
    async with studio.eye() as ami, RawDesk(studio.pbx) as desk, RawCaller(studio.pbx) as caller:
        ringing = asyncio.create_task(caller.ring(user="13800130001"))
        await desk.answer()
        await ringing
        await connected(ami)
        await asyncio.sleep(1.0)
        await desk.hold()
        await asyncio.sleep(2.0)
        await desk.resume()
        await asyncio.sleep(1.0)
        await caller.bye()
        await over(ami)


async def refer_transfer(studio: Studio) -> None:
    async with studio.eye() as ami, RawDesk(studio.pbx) as desk, RawCaller(studio.pbx) as caller:
        ringing = asyncio.create_task(caller.ring(user="13800130001"))
        await desk.answer()
        await ringing
        await connected(ami)
        await asyncio.sleep(1.0)
        await desk.refer("12333")
        await ami.wait(lambda e: e.get("UserEvent") == "DeptDone")
        await caller.bye()
        await over(ami)


async def ali_variants(studio: Studio) -> None:
    async with studio.city() as (city, _):
        place = Circle(latitude=31.2304, longitude=121.4737, radius_m=50)
        ali = {"X-ALI": "lat=31.2304;lon=121.4737;r=50"}
        variants: list[dict[str, Any]] = [
            {"place": place},
            {"headers": ali},
            {"headers": ali, "place": place},
            {},
        ]
        for last, how in enumerate([*variants, {"pai": False}], 1):
            await (await city.call(studio.plan(last, stay_s=0.5, **how))).ended()


async def place_references(studio: Studio) -> None:
    headers = [
        'Geolocation: <https://lis.example.net/held/357yc6s64ce>;inserted-by="lis.example.net"',
        "Geolocation: <sips:place@lis.example.net>",
        "Geolocation-Routing: yes",
        "Call-Info: <https://carrier.example.net/adr/1>;purpose=EmergencyCallData.ProviderInfo",
        "Call-Info: <https://carrier.example.net/face.png>;purpose=icon",
    ]
    async with studio.city() as (_, ami), RawCaller(studio.pbx) as caller:
        await caller.ring(headers, user="13800130001")
        await connected(ami)
        await caller.bye()
        await over(ami)


async def hostile(studio: Studio) -> None:
    async with studio.city() as (city, ami):
        beside = await city.call(studio.plan(1, stay_s=4.0))
        await beside.answered()
        async with RawCaller(studio.pbx) as caller:
            await caller.ring([f"P-Asserted-Identity: <sip:{FORGED}@127.0.0.2>"], user=FORGED)
            await ami.wait(lambda _: sum(e.get("Event") == "AgentConnect" for e in ami.events) == 2)
            await asyncio.sleep(1.0)
            await caller.bye()
        await beside.ended()


async def pbx_killed(studio: Studio) -> None:
    async with studio.city() as (city, _):
        call = await city.call(studio.plan(stay_s=60.0))
        await call.answered()
        await asyncio.sleep(1.0)
        await studio.pbx.kill()


async def pbx_restarts(studio: Studio) -> None:
    async with studio.city() as (city, _):
        call = await city.call(studio.plan(stay_s=60.0))
        await call.answered()
        await asyncio.sleep(1.0)
        await studio.pbx.stop()


SITUATIONS: tuple[Situation, ...] = tuple(
    Situation(name=play.__name__, story=story, play=play, pbx=pbx, redact=play is not hostile)
    for play, story, pbx in (
        (answered, "A desk answers; the caller speaks and hangs up after 3 s.", {}),
        (desk_hangs_up, "A desk answers and hangs up after 2 s.", {}),
        (silence_call, "A desk answers; the caller says nothing for 3 s and hangs up.", {}),
        (abandoned_in_queue, "The caller gives up after 3 s while a desk rings.", {}),
        (hangup_at_once, "The caller hangs up 0.2 s after the PBX answered.", {}),
        (key_presses, "A desk answers; the caller says nothing and presses 1, 1, 0.", {}),
        (two_simultaneous, "Two calls at once, two desks.", {}),
        (flood_20, "Twenty calls at once, eight desks; the others wait.", {"members": 8}),
        (
            requeue_desk,
            "Desks let it ring and are passed over; the last answers.",
            {"desk_ring_seconds": 2},
        ),
        (blind_transfer, "BlindTransfer (AMI) to 12333, who answers and hangs up after 2 s.", {}),
        (
            noanswer_return,
            "BlindTransfer to 12315, no answer; queued again, answered.",
            {"ring_seconds": 2},
        ),
        (busy_return, "BlindTransfer to 12345, busy; back to the queue, answered again.", {}),
        (redirect_department, "Redirect (AMI) of the caller to 12319, who answers and hangs up.", {}),
        (attended_transfer, "Atxfer to 120, consultation 1 s, the desk hangs up: caller and 120 talk.", {}),
        (attended_cancelled, "Atxfer to 120, consultation 1 s, CancelAtxfer: desk and caller talk on.", {}),
        (three_way, "Atxfer to 120, after 1 s the desk presses *3: all three talk; 120 leaves.", {}),
        (
            conference,
            "Caller and desk redirected into a room, 119 called in; the caller leaves first.",
            {},
        ),
        (
            hold_unhold,
            "The desk's phone holds for 2 s and resumes; the caller hangs up.",
            {"members": 1},
        ),
        (
            refer_transfer,
            "The desk's phone sends REFER to 12333, no answer; queued again.",
            ALONE,
        ),
        (
            place_references,
            "The INVITE names two places by reference, one that cannot be fetched, and data by Call-Info.",
            {},
        ),
        (ali_variants, "Five calls: PIDF circle; X-ALI; both; neither; number from From only.", {}),
        (
            hostile,
            "A number with a forged event in it, unsafe trunk, beside a true call.",
            UNSAFE,
        ),
        (pbx_killed, "kill -9 of the PBX one second after a desk answered.", {}),
        (pbx_restarts, "The PBX is stopped in order one second after a desk answered.", {}),
    )
)
