"""Who may not see places walks through every door of the API: a street, a house or a coordinate stands
nowhere, not in what machines stated, callers said, or people wrote.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest_asyncio

import gateway
from gateway.calls.dispatched import DispatchReported
from gateway.calls.instructions import ReportKind
from gateway.calls.linked import LinkCall, SuggestionsMade, UnlinkCall
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationQueryEnded,
    LocationQuerySent,
    PlaceDescribed,
    SetPosition,
)
from gateway.calls.locating import QueryState
from gateway.calls.quieted import EndSilentAlarm, RaiseSilentAlarm
from gateway.calls.shared import OpenLink, OpenPictures, SendLink, SharePicture, ShareText
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    LocationAnswered,
    LocationRefused,
    SegmentTranscribed,
    SetCardField,
    SetDisposition,
    TriageAssessed,
    VetoFired,
)
from gateway.calls.together import Reason, Suggestion, Why
from gateway.calls.wrapped import FinishCall, ReopenCall
from gateway.desk.incidents.signals import SetIncidentTitle
from gateway.ids import CallId
from gateway.location.model import Additional, Datum, Extent, Location, LocationSource, Shape
from gateway.location.places import Gazetteer, load
from gateway.runtime.answers import Accepted
from gateway.runtime.health import Health
from gateway.runtime.hub import Push
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine
from gateway.runtime.news import News
from gateway.runtime.order_machine import OrderMachine
from gateway.runtime.plan_desk import PlanDesk
from gateway.runtime.plan_machine import PlanMachine
from gateway.speech.model import Leg, TranscriptSegment, Word
from gateway.triage.model import AlarmClass, Assessment, Extracted, Finding, Nature, Span, Veto, VetoCode
from gateway.web.app import API
from gateway.web.push import shown
from gateway.web.roles import Permission, Sight
from gateway.web.routes import PUBLIC, SIGNED_IN

from .site import NOON, POST, Client, Site, loop_behind

CALL, OTHER, THIRD = (CallId(f"hz-p1-1767614400.{n}") for n in (1, 2, 3))
INCIDENT = "0198c3a0-0000-7000-8000-0000000000c1"
PLACES = Path(gateway.__file__).parent.parent / "conf/places"
STREET, WAY, NAMED = "建国路", "解放路", "样大"
"""A road by its ending, another one somebody fled to, and a name that only the site's places know as one."""
SAID = f"我在{STREET}八十八号，就在{NAMED}边上，有人拿刀，往{WAY}方向跑了"
SECRETS = (STREET, "八十八", "88号", WAY, NAMED, "31.2304", "121.4737", "30.26", "120.17", "31°13")
"""What must not leave the house."""
OPEN = ("滨江区", "拿刀")
"""What does: the district and the danger."""
DIGEST = "ab" * 32


@dataclass
class Crowd:
    """All that is known of one call, and the news of it."""

    pushed: list[Push] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """The real loop with every machine."""
    async with loop_behind(
        site,
        CallMachine(),
        HallMachine("hz"),
        RulebookMachine("hz"),
        IncidentMachine(),
        FloodMachine("hz"),
        PlanMachine(),
        OrderMachine(),
    ) as made:
        yield made


FIX = Location(
    location_id="f1", source=LocationSource.PIDF, obtained_at=NOON, latitude=31.23040, longitude=121.47370,
    datum=Datum.WGS_84, uncertainty_m=20.0, civic=(("RD", STREET), ("HNO", "88")), raw="<pos>31.2304</pos>",
    extent=Extent(shape=Shape.POLYGON, points=((31.2304, 121.4737), (31.2305, 121.4738))),
    address=f"样例市滨江区{STREET}88号",
)  # fmt: skip
SPOKEN = Location(
    location_id="f2", source=LocationSource.SPEECH, obtained_at=NOON, latitude=30.26, longitude=120.17,
    datum=Datum.WGS_84, uncertainty_m=30.0, address=f"{STREET}88号", raw=json.dumps({"text": SAID}),
)  # fmt: skip


def segment(index: int, text: str) -> TranscriptSegment:
    words = (Word(text=STREET, started_ms=0, ended_ms=1, confidence=1.0, heard=STREET),)
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=1000 * index, ended_ms=1000 * index + 900, text=text,
        words=words, model_id="m",
    )  # fmt: skip


def assessment() -> Assessment:
    span = Span(start=0, end=len(SAID))
    finding = Finding(
        rule_id="r1", alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, department=None, priority=2,
        partners=(), segment_index=0, speaker=Leg.CALLER, span=span, quote=SAID, started_ms=0, ended_ms=900,
        explanation_zh="有人持刀", explanation_en="a knife", weight=1.0,
    )  # fmt: skip
    extracted = tuple(
        Extracted(
            field=name, value=value, segment_index=0, speaker=Leg.CALLER, span=span, quote=SAID, started_ms=0,
            ended_ms=900, confidence=0.9,
        )
        for name, value in (
            ("address_text", f"{STREET}88号"), ("direction", f"往{WAY}方向"),
            ("suspect", f"住在{STREET}的男子"),
        )
    )  # fmt: skip
    return Assessment(
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, nature_alternatives=(), priority=2,
        department=None, department_reason_zh=None, department_reason_en=None, partners=(),
        findings=(finding,), vetoes=(), extracted=extracted, next_question_zh=None, next_question_en=None,
        pack_hash="p", veto_hash="v", basis="text",
    )  # fmt: skip


async def rings(intake: Intake, call_id: CallId, fix: Location) -> None:
    at: dict[str, Any] = {"call_id": call_id, "at": NOON}
    unique = call_id.removeprefix("hz-p1-")
    for signal in (
        CallSeized(**at, site="hz", pbx="p1", uniqueid=unique, linkedid=unique, line="PJSIP/t-1"),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        LocationAnswered(**at, location=fix, query_id="f1q"),
        PlaceDescribed(
            **at, location_id=fix.location_id, standard_address=f"样例市滨江区{STREET}88号",
            district="滨江区", jurisdiction="滨江派出所", junctions=(f"{STREET}与{WAY}路口 东 40 m",),
        ),
        SegmentTranscribed(**at, segment=segment(0, SAID)),
    ):  # fmt: skip
        await intake.settled(signal)


async def told_of_the_call(intake: Intake) -> None:
    """What machines state, callers say and people write."""
    at: dict[str, Any] = {"call_id": CALL, "at": NOON}
    who: dict[str, Any] = {**at, "actor": "wang"}
    veto = Veto(
        code=VetoCode.WEAPON, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=len(SAID)),
        quote=SAID, started_ms=0, ended_ms=900, list_hash="l",
    )  # fmt: skip
    additional = Additional(block="SubscriberInfo", fields=(("addr", f"{STREET}88号"),))
    for signal in (
        LocationQuerySent(
            **at, query_id="q1", name="ali", source=LocationSource.ALI, round=1, uri="https://lis/31.2304"
        ),
        LocationQueryEnded(**at, query_id="q1", state=QueryState.FAILED, fault=f"no digits: {STREET}88号"),
        LocationRefused(**at, source="HELD", reason=f"latitude 31.2304,121.4737 at {STREET}", raw="31.2304"),
        LocationAnswered(**at, location=SPOKEN), VetoFired(**at, veto=veto),
        TriageAssessed(**at, assessment=assessment(), segments=1),
        AdditionalDataAnswered(**at, blocks=(additional,), source=LocationSource.ALI),
        SendLink(**who, request_id="l1", valid_s=600.0), OpenLink(**who, request_id="l2", n=1, phone="x"),
        ShareText(**who, request_id="l3", n=1, phone="x", text=f"我在{STREET}88号，31.2304,121.4737"),
        SharePicture(
            **who, request_id="l4", n=1, phone="x", digest=DIGEST, media_type="image/jpeg", size_bytes=9,
            width=1, height=1, path="p.jpg", latitude=31.2304, longitude=121.4737,
        ),
        OpenPictures(**who, request_id="l5", digests=(DIGEST,), purpose="look"),
    ):  # fmt: skip
        await intake.settled(signal)
    for n, request in enumerate((
        SetPosition(**who, request_id="1", latitude=30.26, longitude=120.17, datum=Datum.GCJ_02,
                    address=f"{STREET}88号"),
        SetCardField(**who, request_id="2", name="summary", value=f"{STREET}88号持刀，31°13′50″"),
        SetCardField(**who, request_id="3", name="suspect", value=f"住在{STREET}的男子"),
        SetDisposition(**who, request_id="4", alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIRE,
                       note=f"{STREET}88号"),
        RaiseSilentAlarm(**who, request_id="5"),
        EndSilentAlarm(**who, request_id="6", note=f"在{STREET}见到人"),
        DispatchReported(**who, request_id="7", kind=ReportKind.INSTRUCTION, instruction_id="i1", unit="101",
                         text=f"{STREET}88号有人持刀，到{NAMED}门口会合"),
        DispatchReported(**who, request_id="8", kind=ReportKind.FEEDBACK, instruction_id="i1", unit="101",
                         text=f"已到{STREET}88号"),
        LinkCall(**who, request_id="9", incident_id=INCIDENT, other=OTHER, other_seized_at=NOON),
        LinkCall(**{**who, "call_id": THIRD}, request_id="9b", incident_id=INCIDENT),
        SetIncidentTitle(incident_id=INCIDENT, at=NOON, request_id="10", actor="wang", title=f"{STREET}持刀"),
    )):  # fmt: skip
        assert isinstance(answer := await intake.submit(request), Accepted), (n, answer)


async def told_beside_it(site: Site, intake: Intake, boss: Client) -> dict[str, str]:
    """An order, a plan, a sheet, a record, and calls that may be the same; ids by the names in paths."""

    async def ask(path: str, **body: Any) -> dict[str, Any]:
        answered = await boss.post(path, json={"request_id": str(uuid.uuid4()), **body}, headers=POST)
        assert answered.status == 200, (path, await answered.text())
        found: dict[str, Any] = await answered.json()
        return found

    order = (await ask("/api/v1/orders", department="urban_construction", subject=f"{STREET}路面坍塌",
        text=SAID, caller_name="张某", phone="13800138000", place=f"{STREET}88号", send=True, call_id=CALL,
    ))["order_id"]  # fmt: skip
    await ask(f"/api/v1/orders/{order}/note", note=f"在{STREET}88号对面等")
    await ask(f"/api/v1/orders/{order}/return", reason=f"{STREET}不归我们管")
    run = (await ask(f"/api/v1/calls/{CALL}/plans", code="gas_leak"))["run_id"]
    plan = await (await boss.get(f"/api/v1/plan-runs/{run}")).json()
    await ask(f"/api/v1/plan-runs/{run}/items", item_id=plan["items"][0]["item_id"], done=True,
              note=f"消防到{STREET}")  # fmt: skip
    await ask(f"/api/v1/plan-runs/{run}/end", note=f"{STREET}88号已处置")
    near = Suggestion(call_id=OTHER, score=90, reasons=(
        Reason(code=Why.NEAR, value="40"), Reason(code=Why.SOON, value="61"),
    ))  # fmt: skip
    await intake.settled(
        SuggestionsMade(call_id=CALL, at=NOON, basis="b", suggestions=(near,), words=(STREET,))
    )
    record = (await ask("/api/v1/records", origin="walk_in", happened_at=NOON.isoformat(), words=SAID,
                        place=f"{STREET}88号"))["call_id"]  # fmt: skip
    third: dict[str, Any] = {"call_id": THIRD, "at": NOON, "actor": "wang"}
    assert isinstance(
        await intake.submit(UnlinkCall(**third, request_id="u", reason=f"不在{STREET}")), Accepted
    )
    return {"order_id": order, "run_id": run, "record": record}


async def over(intake: Intake) -> None:
    who: dict[str, Any] = {"call_id": CALL, "at": NOON, "actor": "wang"}
    await intake.settled(CallEnded(call_id=CALL, at=NOON))
    for request in (
        FinishCall(**who, request_id="f", alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, note=SAID),
        ReopenCall(**who, request_id="g", reason=f"补录{STREET}88号"),
    ):
        assert isinstance(answer := await intake.submit(request), Accepted), answer


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(site: Site, intake: Intake) -> Crowd:
    made, silent = Crowd(), Silent()
    news = News(hub=site.hub, judging=silent, outlet=silent, clock=site.clock)  # type: ignore[arg-type]
    site.plans = PlanDesk(
        PLACES.parent / "plans", intake=intake, hub=site.hub, health=Health(site.clock), clock=site.clock
    )
    await site.plans.look()

    def publish(kind: str, call_id: str | None, data: Any) -> None:
        made.pushed.append(Push(kind=kind, call_id=call_id, data=data))

    site.hub.publish = publish  # type: ignore[method-assign]
    intake.on_committed = news.committed
    site.named_places = places().named_in
    await rings(intake, CALL, FIX)
    await rings(intake, OTHER, SPOKEN)
    await rings(intake, THIRD, SPOKEN)
    await told_of_the_call(intake)
    made.ids = await told_beside_it(site, intake, await site.signed_in("supervisor"))
    await over(intake)
    return made


@cache
def places() -> Gazetteer:
    """Read once: it takes a second."""
    return load(PLACES)


class Silent:
    """Whatever the news tells beside the pages."""

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: None


def plainly(text: str) -> str:
    """What a reader of JSON sees."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda escaped: chr(int(escaped[1], 16)), text)


def leaks(text: str) -> list[str]:
    return [text[max(0, at - 60) : at + 40] for secret in SECRETS if (at := text.find(secret)) >= 0]


def paths(ids: dict[str, str], may: Iterable[Permission]) -> list[str]:
    """Every readable door that such a reader may come to, for the things that are there."""
    known = {
        "call_id": CALL, "incident_id": INCIDENT, "digest": DIGEST, "recording_id": "r1", "part": "mix",
        "size": "original", "pack": "folder", "draft_id": "d", **ids,
    }  # fmt: skip
    doors = [each for each in API if each.method == "GET" and not each.path.endswith("/stream")]
    found = []
    for door in doors:
        if door.access in (PUBLIC, SIGNED_IN, *may):
            found.append(re.sub(r"{(\w+)}", lambda name: str(known[name[1]]), door.path))
    others = [path.replace(CALL, other) for path in found for other in (OTHER, ids["record"]) if CALL in path]
    return [*found, *others]


async def walked(client: Client, crowd: Crowd, role: str = "auditor") -> dict[str, tuple[int, str]]:
    found = {}
    for path in paths(crowd.ids, Sight.of([role], lambda text: ())):
        for query in ("", "?state=ended&limit=50", "?state=live", f"?q={STREET}", "?days=30", "?lang=en"):
            answered = await client.get(path + query)
            found[path + query] = (answered.status, plainly(await answered.text()))
    return found


async def sheet(client: Client) -> None:
    asked = {"request_id": str(uuid.uuid4()), "purpose": "review"}
    assert (await client.post(f"/api/v1/calls/{CALL}/sheets", json=asked, headers=POST)).status == 200


async def test_an_auditor_meets_no_street_behind_any_door(site: Site, crowd: Crowd) -> None:
    client = await site.signed_in("auditor")
    await sheet(client)
    found = await walked(client, crowd)
    told = {path: leaks(text) for path, (_, text) in found.items()}
    assert {path: leak for path, leak in told.items() if leak} == {}
    whole = "".join(text for _, text in found.values())
    assert [words for words in OPEN if words not in whole] == []
    for path in (f"/api/v1/calls/{CALL}", f"/api/v1/calls/{CALL}/events", f"/calls/{CALL}/sheet"):
        assert found[path][0] == 200, found[path]
    for path in (f"/api/v1/orders/{crowd.ids['order_id']}", f"/api/v1/incidents/{INCIDENT}"):
        assert found[path][0] == 200, found[path]


async def test_who_works_on_rules_meets_none_either(site: Site, crowd: Crowd) -> None:
    client = await site.signed_in("rule_operator")
    await sheet(client)
    found = await walked(client, crowd, "rule_operator")
    assert {path: leak for path, (_, text) in found.items() if (leak := leaks(text))} == {}
    assert found["/api/v1/quality/corpus"][0] == 200


async def test_the_desk_meets_all_of_it(site: Site, crowd: Crowd) -> None:
    """So that the walk above passes the doors behind which a street stands."""
    client = await site.signed_in("supervisor auditor")
    await sheet(client)
    found = await walked(client, crowd)
    whole = "".join(text for _, text in found.values())
    assert [secret for secret in SECRETS if secret not in whole] == []
    for path in (
        f"/api/v1/calls/{CALL}", f"/api/v1/calls/{CALL}/events", f"/calls/{CALL}/sheet",
        f"/api/v1/calls/{CALL}/shared", f"/api/v1/calls/{CALL}/plans", f"/api/v1/orders?q={STREET}",
        f"/api/v1/orders/{crowd.ids['order_id']}", f"/api/v1/incidents/{INCIDENT}", "/api/v1/incidents",
        f"/api/v1/plan-runs/{crowd.ids['run_id']}", f"/api/v1/calls/{OTHER}",
    ):  # fmt: skip
        assert leaks(found[path][1]), path


async def test_no_order_is_found_by_a_street_that_its_reader_may_not_see(site: Site, crowd: Crowd) -> None:
    found = await (await (await site.signed_in("auditor")).get(f"/api/v1/orders?q={STREET}")).json()
    assert found["items"] == []


async def test_the_news_of_a_call_names_no_street_to_an_auditor(site: Site, crowd: Crowd) -> None:
    sight = Sight.of(["auditor"], site.named_places)
    kinds = {push.kind for push in crowd.pushed}
    assert kinds >= {"call", "card", "segment", "assessment", "veto", "location"}
    for push in crowd.pushed:
        for followed in (None, CALL, OTHER):
            told = shown(push, followed, sight)
            assert told is None or leaks(json.dumps(told, ensure_ascii=False)) == [], push.kind
