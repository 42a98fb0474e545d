"""Location bodies and AML messages over HTTP: kept, given to their call, and refused when they must be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.calls.signals import LocationAnswered
from gateway.runtime import receiving
from gateway.web import handed_in
from gateway.web.place_schema import BodyList, BodyTaken, MarkerList

from .site import POST, Client, Site, a_call

BODIES, AML = "/api/v1/location-bodies", "/api/v1/aml"
TOKEN = "a token of the laboratory"
SECRET = "a secret of the laboratory"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SIP = "a84b4c76e66710@pc33.atlanta.example"
PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gml="http://www.opengis.net/gml" entity="pres:caller@example.com">'
    '<tuple id="t"><status><gp:geopriv><gp:location-info>'
    '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>31.2304 121.4737</gml:pos>'
    "</gml:Point></gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>"
)
XML = {"Content-Type": "application/pidf+xml"}
MESSAGE = 'A"ML=1;lt=+31.23040;lg=+121.47370;rd=18;top=20260105115950;lc=90;pm=G;si=460001234567890;'
MESSAGE += "ei=353472104343540;mcc=460;mnc=00;ml=120"
FORM = (
    "v=1&device_number=%2B8613800138000&location_latitude=31.2304&location_longitude=121.4737"
    "&location_accuracy=18&location_source=gps&time=1767614390000&location_time=1767614390000"
)


@pytest_asyncio.fixture(loop_scope="session")
async def machine(site: Site) -> Client:
    """A border element with the machines' token; AML senders share the secret."""
    site.settings = replace(site.settings, machine_token=TOKEN, aml_secret=SECRET)
    return await site.open_client()


async def settle(site: Site) -> None:
    await site.receiving.idle()


def signed(body: str | bytes) -> str:
    data = body.encode() if isinstance(body, str) else body
    return hmac.new(SECRET.encode(), data, hashlib.sha256).hexdigest()


async def taken(response: aiohttp.ClientResponse) -> BodyTaken:
    assert response.status == 202, await response.text()
    return BodyTaken.model_validate(await response.json())


async def code(response: aiohttp.ClientResponse) -> tuple[int, str]:
    return response.status, (await response.json())["error"]["code"]


def positions(site: Site) -> list[tuple[str, float | None]]:
    return [
        (str(signal.call_id), signal.location.latitude)
        for signal in site.told
        if isinstance(signal, LocationAnswered)
    ]


# ---- bodies


async def test_a_body_for_a_known_call_is_given_to_it(site: Site, machine: Client) -> None:
    await site.put_call(replace(a_call(), sip_call_id=SIP))
    answered = await taken(
        await machine.post(BODIES, data=PIDF, headers={**BEARER, **XML, "X-SIP-Call-ID": SIP})
    )
    assert (answered.locations, answered.matched, answered.call_id) == (1, True, a_call().call_id)
    await settle(site)
    assert positions(site) == [(a_call().call_id, 31.2304)]


async def test_a_body_that_comes_before_its_call_waits_and_is_given_to_it_then(
    site: Site, machine: Client
) -> None:
    answered = await taken(
        await machine.post(f"{BODIES}?sip_call_id={SIP}", data=PIDF, headers={**BEARER, **XML})
    )
    assert (answered.matched, answered.call_id) == (False, None)
    session = replace(a_call(), sip_call_id=SIP)
    await site.put_call(session)
    site.receiving.caller_known(session)
    await settle(site)
    assert positions(site) == [(session.call_id, 31.2304)]


async def test_a_body_that_comes_after_the_end_of_its_call_is_given_to_it_too(
    site: Site, machine: Client
) -> None:
    await site.put_call(replace(a_call(ended=True), sip_call_id=SIP))
    answered = await taken(
        await machine.post(BODIES, data=PIDF, headers={**BEARER, **XML, "X-SIP-Call-ID": SIP})
    )
    assert answered.matched


async def test_the_same_body_twice_is_one_body_and_told_once(site: Site, machine: Client) -> None:
    await site.put_call(replace(a_call(), sip_call_id=SIP))
    headers = {**BEARER, **XML, "X-SIP-Call-ID": SIP}
    first = await taken(await machine.post(BODIES, data=PIDF, headers=headers))
    await settle(site)
    second = await taken(await machine.post(BODIES, data=PIDF, headers=headers))
    await settle(site)
    assert first == second
    assert len(positions(site)) == 1


async def test_a_whole_sip_message_carries_its_own_call_id(site: Site, machine: Client) -> None:
    await site.put_call(replace(a_call(), sip_call_id=SIP))
    message = (
        f"INVITE sip:110@psap.example SIP/2.0\r\ni: {SIP}\r\nContent-Type: application/pidf+xml\r\n\r\n{PIDF}"
    )
    answered = await taken(
        await machine.post(BODIES, data=message, headers={**BEARER, "Content-Type": "message/sip"})
    )
    assert answered.call_id == a_call().call_id


@pytest.mark.parametrize("packed", [False, True])
async def test_json_names_the_call_and_holds_the_body(site: Site, machine: Client, packed: bool) -> None:
    inner = {"body_base64": base64.b64encode(PIDF.encode()).decode()} if packed else {"body": PIDF}
    told = {"sip_call_id": SIP, "content_type": "application/pidf+xml", **inner}
    answered = await taken(await machine.post(BODIES, json=told, headers=BEARER))
    assert answered.locations == 1


async def test_a_form_with_files_is_taken_apart_byte_for_byte(site: Site, machine: Client) -> None:
    form = aiohttp.FormData()
    form.add_field("sip_call_id", SIP)
    form.add_field("body", PIDF.encode(), content_type="application/pidf+xml", filename="p.xml")
    answered = await taken(await machine.post(BODIES, data=form, headers=BEARER))
    assert answered.locations == 1
    auditor = await site.signed_in("supervisor")
    kept = await (await auditor.get(f"{BODIES}/{answered.digests[0]}")).read()
    assert kept == PIDF.encode()


async def test_what_cannot_be_read_is_kept_and_said_and_the_answer_is_still_202(
    site: Site, machine: Client
) -> None:
    answered = await taken(
        await machine.post(BODIES, data=b"\x00\xff nonsense", headers={**BEARER, "X-SIP-Call-ID": SIP})
    )
    assert answered.locations == 0
    assert answered.errors


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"sip_call_id": 1, "body": "x"}'),
        ("application/json", b'{"sip_call_id": "x", "body_base64": "%"}'),
        ("application/json", b"[" * 60_000),
        ("multipart/form-data; boundary=no", b"nothing of the kind"),
        ("application/pidf+xml", PIDF.encode()),
        ("application/pidf+xml", b""),
    ],
)
async def test_a_request_that_names_no_call_is_refused_with_what_to_do(
    machine: Client, content_type: str, body: bytes
) -> None:
    refused = await machine.post(BODIES, data=body, headers={**BEARER, "Content-Type": content_type})
    assert await code(refused) == (422, "invalid")


async def test_a_body_beyond_the_limit_is_refused_in_the_one_error_shape(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed_in, "BODY_LIMIT_BYTES", 1000)
    headers = {**BEARER, "X-SIP-Call-ID": SIP}
    assert await code(await machine.post(BODIES, data=b"x" * 1001, headers=headers)) == (413, "too_large")

    async def endless() -> Any:
        for _ in range(40):
            yield b"x" * 1000

    assert await code(await machine.post(BODIES, data=endless(), headers=headers)) == (413, "too_large")


async def test_when_too_many_wait_the_next_is_refused_and_its_sender_keeps_it(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "WAITING_LIMIT", 1)
    first = {**BEARER, **XML, "X-SIP-Call-ID": "one"}
    await taken(await machine.post(BODIES, data=PIDF, headers=first))
    refused = await machine.post(BODIES, data=PIDF, headers={**first, "X-SIP-Call-ID": "two"})
    assert await code(refused) == (503, "not_taken")
    assert refused.headers["Retry-After"]


# ---- who may


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"Authorization": "Bearer wrong"}, (401, "not_signed_in")),
        ({"Authorization": "Bearer "}, (401, "not_signed_in")),
        (POST, (401, "not_signed_in")),
        ({}, (403, "not_same_origin")),
    ],
)
async def test_nobody_hands_in_without_the_token(
    machine: Client, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    refused = await machine.post(BODIES, data=PIDF, headers={**headers, "X-SIP-Call-ID": SIP})
    assert await code(refused) == answer


async def test_a_token_over_plain_http_from_another_machine_is_refused(
    machine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.BaseRequest, "remote", "10.0.0.9")
    refused = await machine.post(BODIES, data=PIDF, headers={**BEARER, "X-SIP-Call-ID": SIP})
    assert await code(refused) == (403, "https_required")


async def test_a_token_opens_nothing_else_and_without_one_configured_none_opens(
    site: Site, machine: Client
) -> None:
    assert await code(await machine.get("/api/v1/calls?state=live", headers=BEARER)) == (401, "not_signed_in")
    site.settings = replace(site.settings, machine_token=None)
    bare = await site.open_client()
    assert await code(await bare.post(BODIES, data=PIDF, headers=BEARER)) == (401, "not_signed_in")


async def test_a_machine_may_sign_in_instead_and_a_call_taker_may_not_hand_in(site: Site) -> None:
    headers = {**POST, **XML, "X-SIP-Call-ID": SIP}
    border, person = await site.signed_in("machine"), await site.signed_in("call_taker")
    await taken(await border.post(BODIES, data=PIDF, headers=headers))
    assert await code(await person.post(BODIES, data=PIDF, headers=headers)) == (403, "forbidden")


async def test_an_auditor_finds_what_no_call_was_found_for(site: Site, machine: Client) -> None:
    await taken(await machine.post(BODIES, data=PIDF, headers={**BEARER, **XML, "X-SIP-Call-ID": SIP}))
    auditor = await site.signed_in("supervisor")
    listed = BodyList.model_validate(await (await auditor.get(f"{BODIES}?unmatched=true")).json())
    assert [(one.key, one.call_id, one.found) for one in listed.items] == [(SIP, None, 1)]
    auditor_alone = await site.signed_in("auditor")
    assert (await auditor_alone.get(BODIES)).status == 200
    assert await code(await auditor_alone.get(f"{BODIES}/{listed.items[0].digest}")) == (403, "forbidden")
    operator = await site.signed_in("rule_operator")
    assert await code(await operator.get(BODIES)) == (403, "forbidden")
    assert await code(await auditor.get(f"{BODIES}/nothing")) == (404, "not_found")


# ---- AML


async def test_a_signed_form_of_a_phone_finds_the_open_call_of_its_number(
    site: Site, machine: Client
) -> None:
    await site.put_call(a_call())
    body = f"{FORM}&hmac={signed(FORM)}"
    answered = await taken(
        await machine.post(AML, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    )
    assert (answered.kinds, answered.locations, answered.call_id) == (["aml-https"], 1, a_call().call_id)
    await settle(site)
    assert positions(site) == [(a_call().call_id, 31.2304)]


async def test_the_message_of_an_sms_gateway_is_taken_under_its_signature(
    site: Site, machine: Client
) -> None:
    await site.put_call(replace(a_call(), ani="+8613800138000"))
    body = json.dumps({"from": "13800138000", "text": MESSAGE})
    answered = await taken(
        await machine.post(
            AML,
            data=body,
            headers={"Content-Type": "application/json", "X-AML-HMAC": f"sha256={signed(body)}"},
        )
    )
    assert (answered.kinds, answered.matched) == (["aml-sms"], True)


@pytest.mark.parametrize("where", ["header", "query"])
async def test_plain_text_of_a_message_comes_with_its_number_beside_it(
    site: Site, machine: Client, where: str
) -> None:
    await site.put_call(a_call())
    path = f"{AML}?number=008613800138000" if where == "query" else AML
    headers = {**BEARER, "Content-Type": "text/plain"}
    headers |= {} if where == "query" else {"X-Number": "+86 138 0013 8000"}
    answered = await taken(await machine.post(path, data=MESSAGE, headers=headers))
    assert answered.matched


@pytest.mark.parametrize(
    "headers", [{}, {"X-AML-HMAC": "00" * 32}, {"X-AML-HMAC": "nonsense"}, {"Authorization": "Basic x"}]
)
async def test_a_wrong_signature_is_refused_and_nothing_is_taken(
    site: Site, machine: Client, headers: dict[str, str]
) -> None:
    assert await code(await machine.post(AML, data=FORM, headers=headers)) == (401, "bad_signature")
    auditor = await site.signed_in("supervisor")
    assert (await (await auditor.get(BODIES)).json())["items"] == []


async def test_a_number_beside_the_message_is_signed_with_it(site: Site, machine: Client) -> None:
    await site.put_call(a_call())
    headers = {"Content-Type": "text/plain", "X-Number": "13800138000"}
    alone = {**headers, "X-AML-HMAC": signed(MESSAGE)}
    assert await code(await machine.post(AML, data=MESSAGE, headers=alone)) == (401, "bad_signature")
    both = {**headers, "X-AML-HMAC": signed(f"13800138000\n{MESSAGE}")}
    assert (await taken(await machine.post(AML, data=MESSAGE, headers=both))).matched


async def test_without_a_secret_nothing_is_verified_and_nothing_taken(site: Site) -> None:
    client = await site.open_client()
    body = f"{FORM}&hmac={hmac.new(b'', FORM.encode(), hashlib.sha256).hexdigest()}"
    assert await code(await client.post(AML, data=body)) == (401, "bad_signature")


async def test_a_message_of_a_number_that_rings_later_waits_ten_minutes(site: Site, machine: Client) -> None:
    answered = await taken(
        await machine.post(AML, data=MESSAGE, headers={**BEARER, "X-Number": "13800138000"})
    )
    assert not answered.matched
    await site.clock.advance(590)
    session = replace(a_call(), seized_at=site.clock.now())
    await site.put_call(session)
    site.receiving.caller_known(session)
    await settle(site)
    assert len(positions(site)) == 1


async def test_an_older_message_is_not_where_the_number_is_now(site: Site, machine: Client) -> None:
    await taken(await machine.post(AML, data=MESSAGE, headers={**BEARER, "X-Number": "13800138000"}))
    await site.clock.advance(601)
    site.receiving.caller_known(replace(a_call(), seized_at=site.clock.now()))
    await settle(site)
    assert positions(site) == []


async def test_a_message_without_any_number_is_kept_for_the_auditor(site: Site, machine: Client) -> None:
    await site.put_call(replace(a_call(), ani=None))
    answered = await taken(await machine.post(AML, data=MESSAGE, headers=BEARER))
    assert (answered.matched, answered.locations) == (False, 1)


# ---- markers


async def test_units_and_cameras_are_shown_to_who_sees_the_board(site: Site) -> None:
    unit = {"id": "1", "name": "巡 3", "lat": 39.9, "lon": 116.4, "datum": "GCJ-02", "state": "free"}
    site.markers.told("units", json.dumps(unit).encode())
    person = await site.signed_in()
    (shown,) = MarkerList.model_validate(await (await person.get("/api/v1/map/markers")).json()).root
    assert (shown.id, shown.kind, shown.gcj02) == ("1", "units", (39.9, 116.4))
    assert shown.wgs84 != shown.gcj02
