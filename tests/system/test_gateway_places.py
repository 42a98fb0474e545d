"""Places on the whole product: what is handed in finds its call on a real PBX, and the card shows it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pytest

from gateway.testing.fake_ali import EXAMPLE, FakeAli
from gateway.testing.fake_held import FakeHeld
from gateway.testing.fake_held import answer as held_answer
from gateway.testing.lab import SCENES, Cache, Circle, RawCaller, until
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.service import free_port
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CALLER = "13800130099"
ROBBERY = {scene.id: scene for scene in SCENES}["robbery"]
TOKEN, SECRET = "the laboratory's token", "the laboratory's secret"
SETTINGS = """\
machine_token_env = "LAB_MACHINE_TOKEN"
[location.aml]
secret_env = "LAB_AML_SECRET"
"""
PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" '
    'entity="pres:caller@example.com"><tuple id="t"><status><gp:geopriv><gp:location-info>'
    '<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>31.2304 121.4737</gml:pos>'
    '<gs:radius uom="urn:ogc:def:uom:EPSG::9001">40</gs:radius></gs:Circle></gp:location-info>'
    "<gp:usage-rules/><gp:method>GPS</gp:method></gp:geopriv></status></tuple></presence>"
)
PROVIDER = (
    '<EmergencyCallData.ProviderInfo xmlns="urn:ietf:params:xml:ns:EmergencyCallData:ProviderInfo">'
    "<DataProviderReference>d1@carrier.example</DataProviderReference>"
    "<DataProviderString>演示电信</DataProviderString><ProviderIDSeries>NENA</ProviderIDSeries>"
    "<ContactURI>tel:+8610010</ContactURI></EmergencyCallData.ProviderInfo>"
)
MESSAGE = (
    f"v=1&device_number=%2B86{CALLER}&location_latitude=31.2310&location_longitude=121.4740"
    "&location_accuracy=12&location_source=gps&location_time=1795500000000&time=1795500000000"
)


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setenv("LAB_MACHINE_TOKEN", TOKEN)
    monkeypatch.setenv("LAB_AML_SECRET", SECRET)
    async with Stage(tmp_path, cache=cache, settings=SETTINGS) as running:
        yield running


def sources(core: LabCore) -> list[str]:
    story = core.call(CALLER)
    return [told["location"]["source"] for told in story.of("LocationResponse")] if story else []


async def hand_in(stage: Stage, path: str, body: str, **headers: str) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(stage.gateway.url) as session,
        session.post(path, data=body, headers=headers) as answer,
    ):
        assert answer.status == 202, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def detail(stage: Stage, core: LabCore, number: str = CALLER) -> dict[str, Any]:
    session = await stage.gateway.sign_in("supervisor")
    async with session, session.get(f"/api/v1/calls/{core.story(number).call_id}") as answer:
        found: dict[str, Any] = await answer.json()
        return found


def signature(body: str) -> str:
    return hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()


async def test_a_body_is_given_to_its_call_whether_it_comes_before_or_during_it(
    stage: Stage, core: LabCore
) -> None:
    border = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/pidf+xml"}
    async with RawCaller(stage.pbx) as caller:
        key = {"X-SIP-Call-ID": caller.call_id}
        early = await hand_in(stage, "/api/v1/location-bodies", PIDF, **border, **key)
        assert (early["matched"], early["locations"]) == (False, 1)
        assert await caller.ring(user=CALLER) == 200
        await core.until(lambda: sources(core) == ["PIDF"])
        moved = PIDF.replace("31.2304", "31.2330")
        late = await hand_in(stage, "/api/v1/location-bodies", moved, **border, **key)
        assert late["call_id"] == core.story(CALLER).call_id
        await core.until(lambda: sources(core) == ["PIDF", "PIDF"])
        await core.until(lambda: core.story(CALLER).of("LocationDescription"))
        shown = await detail(stage, core)
        await caller.bye()
    assert shown["leading_location"] in [fix["location_id"] for fix in shown["locations"]]
    assert {tuple(fix["wgs84"]) for fix in shown["locations"]} == {(31.2304, 121.4737), (31.233, 121.4737)}
    assert shown["description"]["jurisdiction"]
    assert "position" in shown["card"]["fields"]


async def test_aml_by_http_and_by_mqtt_finds_the_call_of_its_number(stage: Stage, core: LabCore) -> None:
    signed = f"{MESSAGE}&hmac={signature(MESSAGE)}"
    early = await hand_in(
        stage, "/api/v1/aml", signed, **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (early["matched"], early["kinds"]) == (False, ["aml-https"])
    async with RawCaller(stage.pbx) as caller:
        assert await caller.ring(user=CALLER) == 200
        await core.until(lambda: sources(core) == ["AML"])
        text = 'A"ML=1;lt=+31.23200;lg=+121.47500;rd=20;top=20261127020000;lc=90;pm=G;ml=75'
        async with account(stage, "carrier") as client:
            payload = json.dumps({"from": f"+86{CALLER}", "text": text})
            await client.publish("110/demo/in/aml", payload, qos=1)
            await core.until(lambda: sources(core) == ["AML", "AML"])
        await caller.bye()


async def test_units_told_over_mqtt_stand_on_the_map_and_a_bad_one_is_set_aside(stage: Stage) -> None:
    good = {"id": "u1", "name": "巡 3", "lat": 31.23, "lon": 121.47, "datum": "GCJ-02", "state": "free"}
    session = await stage.gateway.sign_in("call_taker")
    async with session, session.get("/api/v1/stream") as stream, account(stage, "tracker") as client:
        assert await stream.content.readline() == b"event: hello\n"
        await client.publish("110/demo/in/units", json.dumps([{**good, "lat": 95}, good]), qos=1)
        async with asyncio.timeout(10):
            while await stream.content.readline() != b"event: marker\n":
                pass
        async with session.get("/api/v1/map/markers") as answer:
            assert [one["id"] for one in await answer.json()] == ["u1"]


async def test_a_spoken_address_far_from_the_fix_stands_beside_it_and_is_flagged(
    stage: Stage, core: LabCore
) -> None:
    far = ROBBERY.model_copy(update={"place": Circle(latitude=31.19, longitude=121.44, radius_m=50)})
    await stage.city.call(far)
    await core.until(lambda: (story := core.call(far.caller)) and story.of("LocationFlag"), seconds=60)
    fixes = [told["location"] for told in core.story(far.caller).of("LocationResponse")]
    assert {"PIDF", "speech"} <= {fix["source"] for fix in fixes}
    (spoken,) = [fix for fix in fixes if fix["source"] == "speech"]
    assert "人民路与中山路交叉口" in spoken["address"] or "中山路与人民路交叉口" in spoken["address"]
    shown = await detail(stage, core, far.caller)
    (conflict,) = shown["conflicts"]
    assert conflict["distance_m"] > 3000
    assert [fix["evidence"] is not None for fix in shown["locations"] if fix["source"] == "speech"] == [True]
    assert (await stage.gateway.services())["places"]["state"] == "up"


def account(stage: Stage, name: str) -> aiomqtt.Client:
    """One of `conf/mosquitto/intake110.acl`."""
    return aiomqtt.Client(
        stage.broker.host, stage.broker.port, username=name, password=stage.broker.users[name],
        protocol=aiomqtt.ProtocolVersion.V5,
    )  # fmt: skip


# ---- sources that are asked


@pytest.fixture
async def lis() -> AsyncIterator[FakeHeld]:
    """A location server of a carrier."""
    server = FakeHeld({CALLER: held_answer(31.2304, 121.4737, 45.0)})
    server.references["abc"] = held_answer(31.2400, 121.4800, 30.0)
    server.references["provider"] = PROVIDER.encode()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def provider() -> AsyncIterator[FakeAli]:
    """A provider's ALI database."""
    server = FakeAli({CALLER: EXAMPLE})
    await server.start()
    yield server
    await server.stop()


async def test_a_reference_in_the_invite_is_fetched_from_its_host_and_stands_on_the_card(
    tmp_path: Path, cache: Cache, lis: FakeHeld
) -> None:
    host = f"127.0.0.1:{lis.port}"
    location = f'reference_hosts = ["{host}"]\nplain_http_hosts = ["{host}"]\n'
    async with (
        Stage(tmp_path, cache=cache, location=location) as stage,
        LabCore(stage.broker) as core,
        RawCaller(stage.pbx) as caller,
    ):
        headers = [
            f"Geolocation: <{lis.reference_url('abc')}>",
            "Geolocation: <http://127.0.0.9:1/forbidden>",
            "Geolocation-Routing: yes",
            f"Call-Info: <{lis.reference_url('provider')}>;purpose=EmergencyCallData.ProviderInfo",
            "Call-Info: <http://127.0.0.9:1/face.png>;purpose=icon",
        ]
        assert await caller.ring(headers, user=CALLER) == 200
        await core.until(lambda: sources(core) == ["HELD"])
        await core.until(lambda: core.story(CALLER).of("LocationFault"))
        await core.until(lambda: core.story(CALLER).of("AdditionalDataResponse"))
        shown = await detail(stage, core)
        await caller.bye()
    (fix,) = shown["locations"]
    assert (fix["wgs84"], fix["uncertainty_m"]) == ([31.24, 121.48], 30.0)
    assert [(one["name"], one["state"]) for one in shown["queries"]] == [("references", "answered")] * 2
    assert "演示电信" in str(shown["additional"])
    assert "演示电信" in shown["card"]["fields"]["provider"][0]["value"]
    assert "reference_hosts" in str(core.story(CALLER).of("LocationFault"))


async def test_location_server_and_ali_provider_are_asked_by_number_and_a_dead_one_is_told(
    tmp_path: Path, cache: Cache, lis: FakeHeld, provider: FakeAli
) -> None:
    host = f"127.0.0.1:{lis.port}"
    location = (
        f'refresh_every_s = 1.0\nplain_http_hosts = ["{host}"]\n'
        f'[[location.held]]\nname = "carrier"\nurl = "{lis.url}"\n'
        f'[[location.ali]]\nname = "fixed"\nhost = "127.0.0.1"\nport = {provider.port}\n'
        f'[[location.ali]]\nname = "gone"\nhost = "127.0.0.1"\nport = {free_port()}\nwithin_s = 1.0\n'
    )
    async with Stage(tmp_path, cache=cache, location=location) as stage, LabCore(stage.broker) as core:
        async with RawCaller(stage.pbx) as caller:
            assert await caller.ring(user=CALLER) == 200
            await core.until(lambda: len(outcomes(core)) >= 2 and {"ALI", "HELD"} <= set(sources(core)))
            shown = await detail(stage, core)
            await until(lambda: len(lis.requests) > 1)  # asked again while the call lasts
            await refresh(stage, core)
            await core.until(lambda: "call-taker" in [told["by"] for told in asked_of(core)])
            await caller.bye()
        services = await stage.gateway.services()
    asked = [(told["name"], told["by"]) for told in asked_of(core)]
    assert asked.count(("fixed", None)) == 1  # what a database said it says again only to a person
    assert ("fixed", "call-taker") in asked
    assert outcomes(core)["fixed"] == "answered"
    assert outcomes(core)["gone"] == "failed"
    assert {block["block"] for block in shown["additional"]} & {"SubscriberInfo", "ServiceInfo"}
    assert (services["location:fixed"]["state"], services["location:gone"]["state"]) == ("up", "degraded")


def asked_of(core: LabCore) -> list[dict[str, Any]]:
    return list(core.story(CALLER).of("AliLocationQuery"))


async def refresh(stage: Stage, core: LabCore) -> None:
    """A call-taker's key."""
    body = {"request_id": str(uuid.uuid4()), "type": "RefreshLocation"}
    session = await stage.gateway.sign_in("call_taker")
    path = f"/api/v1/calls/{core.story(CALLER).call_id}/requests"
    async with session, session.post(path, json=body) as answer:
        assert (await answer.json())["outcome"] == "accepted"


def outcomes(core: LabCore) -> dict[str, str]:
    story = core.call(CALLER)
    return {told["name"]: told["outcome"] for told in story.of("AliLocationResponse")} if story else {}
