"""A caller who writes AMI events into his number: with the trunk's template nothing of it gets through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_asyncio

from gateway.testing.lab import Cache, LabAmi, LabPbx, RawCaller

pytestmark = [pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]

FORGED = "13800130066%0D%0A%0D%0AEvent%3A%20Evil%0D%0AForged%3A%20yes%0D%0A%0D%0AX%3A%20"
UNSAFE = "trust_id_inbound = yes\ncallerid =\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pbx(tmp_path_factory: pytest.TempPathFactory, cache: Cache) -> AsyncIterator[LabPbx]:
    """One for all callers here: each hangs up before the next one rings."""
    async with LabPbx("labpbx", tmp_path_factory.mktemp("hostile"), cache=cache) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ami(pbx: LabPbx) -> AsyncIterator[LabAmi]:
    client = await pbx.ami()
    yield client
    await client.close()


def forged(ami: LabAmi) -> list[dict[str, str]]:
    return [dict(e) for e in ami.events if e.get("Event") == "Evil" or "Forged" in e or "Evil" in e]


async def ring(pbx: LabPbx, ami: LabAmi, headers: list[str], **how: str) -> dict[str, str]:
    async with RawCaller(pbx) as caller:
        assert await caller.ring(headers, **how) == 200
        await ami.wait(lambda e: e.get("UserEvent") == "RecordStart")
        await caller.bye()
    await ami.wait(lambda e: e.get("UserEvent") == "CallEnd")
    return dict(await ami.wait(lambda e: e.get("UserEvent") == "Alarm110"))


async def test_line_breaks_in_a_number_forge_no_event(pbx: LabPbx, ami: LabAmi) -> None:
    alarm = await ring(pbx, ami, [f"P-Asserted-Identity: <sip:{FORGED}@127.0.0.2>"], user=FORGED)
    assert forged(ami) == []
    assert "%0D%0A" in unquote(alarm["PAI"])
    assert alarm["ANI"].startswith("13800130066")


async def test_the_same_caller_forges_events_where_the_template_is_not_used(
    tmp_path: Path, cache: Cache
) -> None:
    async with LabPbx("unsafe", tmp_path, cache=cache, trunk_settings=UNSAFE) as pbx:
        ami = await pbx.ami()
        await ring(pbx, ami, [f"P-Asserted-Identity: <sip:{FORGED}@127.0.0.2>"], user=FORGED)
        assert forged(ami) != []
        await ami.close()


async def test_commas_in_a_name_add_no_header_to_the_alarm(pbx: LabPbx, ami: LabAmi) -> None:
    display = '"x,Forged: yes,CallId: other,ANI: 110"'
    alarm = await ring(
        pbx, ami, [f"P-Asserted-Identity: {display} <sip:13800130066@127.0.0.2>"], display=display
    )
    assert forged(ami) == []
    assert alarm["CallId"] == alarm["Uniqueid"]
    assert alarm["ANI"] == "13800130066"
    assert "Forged: yes" in unquote(alarm["PAI"])


@pytest.mark.parametrize(
    ("header", "number"),
    [
        ("<tel:+8613800130066>", "+8613800130066"),
        ("<tel:13800130066;phone-context=+86>", "13800130066"),
        ('"<sip:999@x>" <sip:13800130066@127.0.0.2>', "13800130066"),
        ('"a>b" <sip:13800130066@127.0.0.2>;foo=1', "13800130066"),
        ("<sip:13800130066@127.0.0.2>, <tel:+8613800130066>", "13800130066"),
        ("<sip:+8613800130066@127.0.0.2;user=phone>", "+8613800130066"),
        ("sip:13800130066@127.0.0.2", "13800130066"),
    ],
)
async def test_number_is_found_in_every_form_of_identity(
    pbx: LabPbx, ami: LabAmi, header: str, number: str
) -> None:
    alarm = await ring(pbx, ami, [f"P-Asserted-Identity: {header}"])
    assert (alarm["ANI"], alarm["AniSource"]) == (number, "PAI")


async def test_withheld_number_is_told_with_its_privacy(pbx: LabPbx, ami: LabAmi) -> None:
    alarm = await ring(
        pbx,
        ami,
        ["Privacy: id;critical", "P-Asserted-Identity: <sip:13800130066@127.0.0.2>"],
        user="anonymous",
        display='"Anonymous"',
    )
    assert (alarm["ANI"], alarm["Privacy"]) == ("13800130066", "id;critical")


async def test_a_broken_or_huge_location_does_not_stop_the_call(pbx: LabPbx, ami: LabAmi) -> None:
    civic = "黄浦区人民大道" * 60
    pidf = (
        '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
        'xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
        'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" entity="pres:x@invalid">'
        '<tuple id="t"><status><gp:geopriv><gp:location-info><ca:civicAddress xml:lang="zh">'
        f"<ca:country>CN</ca:country><ca:A1>{civic}</ca:A1></ca:civicAddress></gp:location-info>"
        "<gp:usage-rules/><gp:method>Manual,Forged: yes</gp:method></gp:geopriv></status></tuple></presence>"
    )
    head = "Content-Type: application/pidf+xml\r\nContent-ID: <p@127.0.0.2>"
    async with RawCaller(pbx) as caller:
        status = await caller.ring(["Geolocation: <cid:p@127.0.0.2>"], bodies=[(head, pidf)])
        await ami.wait(lambda e: e.get("UserEvent") == "RecordStart")
        await caller.bye()
    alarm = await ami.wait(lambda e: e.get("UserEvent") == "Alarm110")
    assert status == 200
    assert forged(ami) == []
    assert max(len(value) for value in alarm.values()) <= 900
    async with RawCaller(pbx) as caller:
        assert await caller.ring(["Geolocation: <cid:p@127.0.0.2>"], bodies=[(head, "<presence><<<")]) == 200
        await caller.bye()
    await ami.wait(lambda e: e.get("UserEvent") == "CallEnd" and e["CallId"] != alarm["CallId"])
