"""Linking, unlinking and looking at incidents over the API, with the real loop behind it."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.linked import CallSuspected, SuggestionsMade
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, LocationAnswered, VetoFired
from gateway.calls.together import FloodKind, Reason, Suggestion, Suspicion, Why
from gateway.desk.incidents.flood import FloodSeen
from gateway.desk.incidents.model import MAX_CALLS
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.intake import Intake
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

from .site import NOON, POST, Client, Site

NUMBER = "13800138000"


def call(number: int) -> CallId:
    return CallId(f"hz-p1-1767614400.{number}")


async def ring(intake: Intake, *numbers: int, ani: Callable[[int], str] = lambda _: NUMBER) -> None:
    for number in numbers:
        at = {"call_id": call(number), "at": NOON + timedelta(seconds=number)}
        await intake.settled(
            CallSeized(
                **at, site="hz", pbx="p1", uniqueid=f"1767614400.{number}",
                linkedid=f"1767614400.{number}", line=f"PJSIP/t-{number}", dialed="110",
            )
        )  # fmt: skip
        await intake.settled(CallerIdentified(**at, ani=ani(number), ani_source="PAI"))
        fix = Location(
            location_id=f"fix-{number}", source=LocationSource.AML, obtained_at=NOON,
            latitude=30.0 + number / 1e5, longitude=120.0, datum=Datum.WGS_84, uncertainty_m=20.0,
            method="gps",
        )  # fmt: skip
        await intake.settled(LocationAnswered(**at, location=fix))


async def suggest(intake: Intake, one: int, *others: int, score: int = 80) -> None:
    made = tuple(
        Suggestion(
            call_id=call(other), score=score,
            reasons=(Reason(code=Why.NEAR, value="40"), Reason(code=Why.SOON, value="61")),
        )
        for other in others
    )  # fmt: skip
    await intake.settled(SuggestionsMade(call_id=call(one), at=NOON, basis="b", suggestions=made))


async def post(client: Client, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answered = await client.post(
        f"/api/v1/{path}", json={"request_id": str(uuid.uuid4()), **body}, headers=POST
    )
    return answered.status, await answered.json()


async def together(client: Client, number: int) -> dict[str, Any]:
    answered = await client.get(f"/api/v1/calls/{call(number)}/suggestions")
    assert answered.status == 200, await answered.text()
    found: dict[str, Any] = await answered.json()
    return found


async def test_a_suggestion_is_shown_with_its_reasons_and_linked_by_one_request(
    site: Site, intake: Intake
) -> None:
    await ring(intake, 1, 2)
    await suggest(intake, 2, 1)
    client = await site.signed_in()
    (shown,) = (await together(client, 2))["suggestions"]
    assert (shown["call_id"], shown["score"], shown["strong"], shown["incident_id"]) == (
        call(1), 80, True, None,
    )  # fmt: skip
    assert [reason["zh"] for reason in shown["reasons"]] == ["相距 40 米", "相隔 1 分钟"]
    assert [reason["en"] for reason in shown["reasons"]] == ["40 m apart", "1 min apart"]
    status, done = await post(client, f"calls/{call(2)}/link", other=call(1))
    assert (status, done["outcome"]) == (200, "accepted")
    after = await together(client, 2)
    assert after["suggestions"] == []
    assert after["incident"]["calls"] == 2
    page = await (await client.get(f"/api/v1/incidents/{done['incident_id']}")).json()
    assert {each["call"]["call_id"] for each in page["members"]} == {call(1), call(2)}
    assert page["members"][0]["score"] == 80
    assert page["members"][0]["spot"]["wgs84"][1] == 120.0
    listed = await (await client.get("/api/v1/incidents")).json()
    assert [each["incident_id"] for each in listed["items"]] == [done["incident_id"]]


async def test_a_link_is_undone_by_one_request_and_stays_written(site: Site, intake: Intake) -> None:
    await ring(intake, 1, 2)
    client = await site.signed_in()
    _, done = await post(client, f"calls/{call(2)}/link", other=call(1))
    status, _ = await post(client, f"calls/{call(2)}/unlink", reason="另一处")
    assert status == 200
    assert (await together(client, 1))["incident"] is None
    page = await (await client.get(f"/api/v1/incidents/{done['incident_id']}")).json()
    assert [past["step"] for past in page["history"]][-2:] == ["unlinked", "dissolved"]
    assert page["history"][-2]["note"] == "另一处"
    assert (await (await client.get("/api/v1/incidents")).json())["items"] == []
    everything = await (await client.get("/api/v1/incidents?state=all")).json()
    assert len(everything["items"]) == 1


async def test_a_call_linked_elsewhere_is_refused_until_the_two_are_merged(
    site: Site, intake: Intake
) -> None:
    await ring(intake, 1, 2, 3, 4)
    client = await site.signed_in()
    _, one = await post(client, f"calls/{call(2)}/link", other=call(1))
    _, two = await post(client, f"calls/{call(4)}/link", other=call(3))
    status, refused = await post(client, f"calls/{call(2)}/link", other=call(3))
    assert (status, refused["error"]["code"]) == (409, "linked_elsewhere")
    status, _ = await post(client, f"incidents/{two['incident_id']}/merge", into=one["incident_id"])
    assert status == 200
    assert (await together(client, 3))["incident"]["incident_id"] == one["incident_id"]
    page = await (await client.get(f"/api/v1/incidents/{two['incident_id']}")).json()
    assert page["merged_into"] == one["incident_id"]


async def test_what_another_call_told_is_new_until_somebody_has_seen_it(site: Site, intake: Intake) -> None:
    await ring(intake, 1, 2)
    client = await site.signed_in()
    _, done = await post(client, f"calls/{call(2)}/link", other=call(1))
    veto = Veto(
        code=VetoCode.INJURY, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=2), quote="流血",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip
    await intake.settled(VetoFired(call_id=call(1), at=NOON, veto=veto))
    own = (await together(client, 2))["incident"]
    assert [(fact["kind"], fact["quote"], fact["call_id"]) for fact in own["new"]] == [
        ("injury", "流血", call(1))
    ]
    await post(client, f"incidents/{done['incident_id']}/seen", call_id=call(2), upto=own["new"][0]["number"])
    own = (await together(client, 2))["incident"]
    assert (own["new"], len(own["facts"])) == ([], 1)


async def test_a_full_incident_refuses_one_more_call_and_says_what_to_do(site: Site, intake: Intake) -> None:
    numbers = range(1, MAX_CALLS + 2)
    await ring(intake, *numbers, ani=lambda n: f"1380013{n:04}")
    client = await site.signed_in()
    _, done = await post(client, f"calls/{call(2)}/link", other=call(1))
    for number in numbers[2:-1]:
        status, _ = await post(client, f"calls/{call(number)}/link", incident_id=done["incident_id"])
        assert status == 200
    status, refused = await post(client, f"calls/{call(MAX_CALLS + 1)}/link", other=call(1))
    assert (status, refused["error"]["code"]) == (409, "incident_full")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"other": "hz-p1-nobody"}, "unknown_call"),
        ({"other": str(call(1))}, "invalid"),
        ({"incident_id": str(uuid.uuid4())}, "unknown_incident"),
    ],
    ids=["nothing named", "no such call", "itself", "no such incident"],
)
async def test_a_link_to_nothing_is_refused(site: Site, intake: Intake, body: Any, code: str) -> None:
    await ring(intake, 1)
    status, refused = await post(await site.signed_in(), f"calls/{call(1)}/link", **body)
    assert (status in (409, 422), refused["error"]["code"]) == (True, code)


async def test_a_repeat_caller_is_shown_with_both_risks_and_last_outcomes(site: Site, intake: Intake) -> None:
    await ring(intake, 1, 2)
    await intake.settled(CallEnded(call_id=call(1), at=NOON + timedelta(seconds=20)))
    repeat = (await together(await site.signed_in(), 2))["repeat"]
    assert (repeat["count"], repeat["abandoned"]) == (1, 1)
    assert [risk["code"] for risk in repeat["risks"]] == ["prank", "domestic_violence"]
    assert repeat["calls"][0]["end_reason"] == "ABANDONED"


async def test_a_suspected_call_says_that_it_is_not_dropped_and_a_person_clears_it(
    site: Site, intake: Intake
) -> None:
    await ring(intake, 1)
    suspicion = Suspicion(kind=FloodKind.ONE_RING, key=NUMBER, calls=6, at=NOON)
    await intake.settled(CallSuspected(call_id=call(1), at=NOON, suspicion=suspicion))
    client = await site.signed_in()
    assert "不会丢弃" in (await together(client, 1))["suspicion"]["zh"]
    assert (await (await client.get("/api/v1/floods")).json())["suspected"] == 1
    assert (await post(client, f"calls/{call(1)}/unsuspect"))[0] == 200
    after = await together(client, 1)
    assert (after["suspicion"], after["cleared"] is not None) == (None, True)
    assert (await post(client, f"calls/{call(1)}/unsuspect"))[1]["error"]["code"] == "not_suspected"


async def test_floods_hide_numbers_from_who_may_not_see_them(site: Site, intake: Intake) -> None:
    flood = FloodSeen(
        site="hz",
        at=NOON,
        kind=FloodKind.ONE_RING,
        key=NUMBER,
        since=NOON,
        calls=6,
        numbers=1,
        per_minute=3.0,
    )
    await intake.settled(flood)
    whole = await (await (await site.signed_in()).get("/api/v1/floods")).json()
    assert whole["now"][0]["key"] == NUMBER
    veiled = await (await (await site.signed_in("rule_operator")).get("/api/v1/floods")).json()
    assert NUMBER not in str(veiled)


async def suspected(intake: Intake) -> None:
    """Call 1 looks like a flood of its number."""
    await ring(intake, 1)
    suspicion = Suspicion(kind=FloodKind.ONE_RING, key=NUMBER, calls=6, at=NOON)
    await intake.settled(CallSuspected(call_id=call(1), at=NOON, suspicion=suspicion))


@pytest.mark.parametrize(("in_queue", "where"), [(True, "behind"), (False, "turn")])
async def test_the_shields_page_ranks_suspects_and_says_where_they_stand(
    site: Site, intake: Intake, in_queue: bool, where: str
) -> None:
    site.settings = replace(site.settings, rank_in_queue=in_queue)
    await suspected(intake)
    await site.clock.advance(30)
    client = await site.signed_in()
    told = await (await client.get("/api/v1/floods/suspects")).json()
    (shown,) = told["calls"]
    assert (shown["stands"], shown["number"], shown["calls"]) == (where, NUMBER, 6)
    assert told["ranks"]["number"]["items"][0]["key"] == NUMBER
    assert told["ranks"]["range"]["items"][0]["key"] == NUMBER[:-4]
    assert sum(told["ranks"]["number"]["items"][0]["bins"]) == 1
    assert told["limits"]["protected_after_s"] == 15.0
    assert (await post(client, f"calls/{call(1)}/unsuspect"))[0] == 200
    (after,) = (await (await client.get("/api/v1/floods/suspects")).json())["calls"]
    assert after["stands"] == "cleared"
    assert after["cleared"]
    veiled = await (await (await site.signed_in("rule_operator")).get("/api/v1/floods/suspects")).json()
    assert NUMBER not in str(veiled)


async def test_the_evidence_is_packed_by_a_supervisor_alone(site: Site, intake: Intake) -> None:
    await suspected(intake)
    path = "/api/v1/floods/pack?hours=1"
    assert (await (await site.signed_in("wall")).get(path)).status == 403
    answered = await (await site.signed_in("supervisor")).get(path)
    assert (answered.status, answered.content_type) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(await answered.read())) as pack:
        assert NUMBER in pack.read("calls.csv").decode("utf-8-sig")


async def test_who_may_not_see_places_reads_no_place_in_reasons_or_on_the_map(
    site: Site, intake: Intake
) -> None:
    await ring(intake, 1, 2)
    await suggest(intake, 2, 1)
    hall, auditor = await site.signed_in(), await site.signed_in("auditor")
    (shown,) = (await together(auditor, 2))["suggestions"]
    assert (shown["reasons"][0]["zh"], shown["reasons"][0]["value"]) == ("位置相近", "")
    _, done = await post(hall, f"calls/{call(2)}/link", other=call(1))
    page = await (await auditor.get(f"/api/v1/incidents/{done['incident_id']}")).json()
    assert [each["spot"] for each in page["members"]] == [None, None]
    refused = await auditor.post(
        f"/api/v1/calls/{call(2)}/unlink", json={"request_id": str(uuid.uuid4())}, headers=POST
    )
    assert refused.status == 403


async def test_the_same_link_sent_ten_times_is_done_once(site: Site, intake: Intake) -> None:
    await ring(intake, 1, 2)
    client = await site.signed_in()
    body = {"request_id": str(uuid.uuid4()), "other": call(1)}
    answers = [
        await (await client.post(f"/api/v1/calls/{call(2)}/link", json=body, headers=POST)).json()
        for _ in range(10)
    ]
    assert {answer["rev"] for answer in answers} == {answers[0]["rev"]}
    everything = await (await client.get("/api/v1/incidents?state=all")).json()
    assert len(everything["items"]) == 1
