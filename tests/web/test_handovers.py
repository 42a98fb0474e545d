"""Hand-over, call-back, supervision and the directory over the HTTP API, with the real loop behind."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from gateway.calls.handing_events import ReferralChange
from gateway.calls.model import PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallQueued, CallSeized, PartyJoined, VetoFired
from gateway.ids import CallId
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.health import Health
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode
from gateway.web import handover_schema as schema

from .site import NOON, POST, Client, Site, loop_behind

ROOT = Path(__file__).parents[2]
CALL = CallId("hz-p1-1767614400.1")
PATH = f"/api/v1/calls/{CALL}"
ENGLISH = {**POST, "Accept-Language": "en"}


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """The real loop behind the site, and the shipped directory."""
    async with loop_behind(site, CallMachine(), HallMachine("hz"), RulebookMachine("hz")) as made:
        site.directory = DirectoryWatch(
            ROOT / "conf/departments.toml", zone=ZoneInfo("Asia/Shanghai"), clock=site.clock,
            health=Health(site.clock),
        )  # fmt: skip
        await site.directory.look()
        yield made


async def an_answered_call(intake: Intake, *, danger: bool = False, ended: bool = False) -> None:
    at: dict[str, Any] = {"call_id": CALL, "at": NOON}
    signals: list[Any] = [
        CallSeized(
            **at, site="hz", pbx="p1", uniqueid="1767614400.1", linkedid="1767614400.1", line="PJSIP/t-1",
            dialed="110",
        ),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        CallQueued(**at, queue="q110"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
    ]  # fmt: skip
    if danger:
        veto = Veto(
            code=VetoCode.FIRE, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=2), quote="着火",
            started_ms=0, ended_ms=500, list_hash="h",
        )  # fmt: skip
        signals.append(VetoFired(**at, veto=veto))
    if ended:
        signals.append(CallEnded(**at))
    for signal in signals[:-1]:
        await intake.offer(signal)
    await intake.settled(signals[-1])


async def post(client: Client, path: str, headers: Any = POST, **data: Any) -> tuple[int, dict[str, Any]]:
    body = {"request_id": str(uuid.uuid4()), **data}
    answered = await client.post(f"{PATH}/{path}", json=body, headers=headers)
    return answered.status, await answered.json()


async def test_a_hand_over_is_taken_numbered_and_shown_and_its_click_repeated_is_not_done_again(
    site: Site, intake: Intake
) -> None:
    await an_answered_call(intake)
    client = await site.signed_in("call_taker")
    asked = {"kind": "blind", "target": "urban_construction"}
    status, told = await post(client, "handovers", **asked)
    assert status == 200, told
    moved = schema.Moved.model_validate(told)
    (shown,) = moved.handing.referrals
    assert (moved.n, shown.target, shown.number, shown.state.value) == (
        1,
        "urban_construction",
        "12319",
        "asked",
    )
    refused = [await post(client, "handovers", **asked) for _ in range(10)]
    assert {(status, told["error"]["code"]) for status, told in refused} == {(409, "pending")}
    answered = await client.get(PATH, headers=POST)
    body = await answered.json()
    assert schema.HandingShown.model_validate(body["handing"]).desk == "1101"
    events = await (await client.get(f"{PATH}/events", headers=POST)).json()
    announced = [e for e in events["items"] if e["type"].split(".")[2] == ReferralChange.__name__]
    assert [e["data"]["about"]["caller"] for e in announced] == ["13800138000"]


async def test_the_same_request_sent_again_gets_the_same_answer(site: Site, intake: Intake) -> None:
    await an_answered_call(intake)
    client = await site.signed_in("call_taker")
    body = {"request_id": str(uuid.uuid4()), "kind": "threeway", "target": "119"}
    first = await (await client.post(f"{PATH}/handovers", json=body, headers=POST)).json()
    again = await (await client.post(f"{PATH}/handovers", json=body, headers=POST)).json()
    assert (first["rev"], first["n"]) == (again["rev"], again["n"])
    assert len(again["handing"]["referrals"]) == 1


async def test_a_danger_is_named_with_the_partners_to_call_in_until_a_person_confirms(
    site: Site, intake: Intake
) -> None:
    await an_answered_call(intake, danger=True)
    client = await site.signed_in("call_taker")
    asked = {"kind": "blind", "target": "urban_construction"}
    status, told = await post(client, "handovers", **asked)
    assert (status, told["error"]["code"]) == (409, "danger_unconfirmed")
    assert "火情或燃气" in told["error"]["message"]
    assert "119消防" in told["error"]["message"]
    assert "Danger: fire." in told["error"]["message_en"]
    _, told = await post(client, "handovers", headers=ENGLISH, **asked)
    assert "Danger: fire." in told["error"]["message"]
    status, told = await post(client, "handovers", **asked, confirm_danger=True)
    assert status == 200
    assert told["handing"]["proposed"] == ["fire_119"]


async def test_a_closed_department_names_who_takes_it_now(site: Site, intake: Intake) -> None:
    await an_answered_call(intake)
    client = await site.signed_in("call_taker")
    asked = {"kind": "blind", "target": "labour_bureau"}  # 20:00 on a Monday
    status, told = await post(client, "handovers", headers=ENGLISH, **asked)
    assert (status, told["error"]["code"], told["error"]["field"]) == (409, "target_closed", "target")
    assert "Public hotline 12345 (12345) takes it now" in told["error"]["message"]
    _, told = await post(client, "handovers", **asked)
    assert "12345政务服务便民热线" in told["error"]["message"]
    status, _ = await post(client, "handovers", **asked, confirm_closed=True)
    assert status == 200


async def test_a_holiday_is_named_and_the_duty_phone_is_dialled_without_asking_again(
    site: Site, intake: Intake, tmp_path: Path
) -> None:
    await an_answered_call(intake)
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(
        '[[year]]\nyear = 2026\nsource = "invented"\nvalid_until = 2026-12-31\n'
        f'holidays = [{{ days = "{NOON.date()}", zh = "元旦", en = "New Year" }}]\n'
        '[[duty]]\ndepartment = "labour_bureau"\nwhen = ["holidays"]\nnumber = "02112333"\n'
        'who_zh = "值班室"\nwho_en = "Duty office"\n',
        encoding="utf-8",
    )
    site.directory = DirectoryWatch(
        ROOT / "conf/departments.toml", zone=ZoneInfo("Asia/Shanghai"), clock=site.clock,
        health=Health(site.clock), calendar=calendar,
    )  # fmt: skip
    await site.directory.look()
    client = await site.signed_in("call_taker")
    body = await (await client.get("/api/v1/directory", headers=POST)).json()
    entries = {entry.code: entry for entry in schema.DirectoryShown.model_validate(body).items}
    labour, telecoms = entries["labour_bureau"], entries["telecommunications_bureau"]
    assert (labour.open, labour.dial, labour.holiday_zh) == (False, "02112333", "元旦")
    assert labour.duty is not None
    assert (labour.duty.who_en, labour.instead) == ("Duty office", None)
    assert (telecoms.duty, telecoms.instead) == (None, "public_hotline_12345")
    asked = {"kind": "blind", "target": "telecommunications_bureau"}
    _, told = await post(client, "handovers", headers=ENGLISH, **asked)
    assert "New Year (holiday)." in told["error"]["message"]
    status, told = await post(client, "handovers", kind="blind", target="12333")
    assert status == 200, told
    (shown,) = schema.Moved.model_validate(told).handing.referrals
    assert (shown.target, shown.number) == ("labour_bureau", "02112333")


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("handovers", {"kind": "blind", "target": "nobody"}, "unknown_target"),
        ("handovers", {"kind": "sideways", "target": "119"}, "invalid"),
        ("handovers/7/complete", {}, "unknown_handover"),
        ("handovers/x/cancel", {}, "unknown_handover"),
        ("callbacks", {"position": "1101"}, "still_live"),
        ("callbacks", {"number": "12;3"}, "invalid"),
        ("supervisions", {"kind": "escalate", "position": "a b"}, "invalid"),
    ],
)
async def test_what_cannot_be_done_is_one_clear_error(
    site: Site, intake: Intake, path: str, data: dict[str, Any], code: str
) -> None:
    await an_answered_call(intake)
    client = await site.signed_in("call_taker")
    status, told = await post(client, path, **data)
    assert (status >= 400, told["error"]["code"]) == (True, code)
    assert told["error"]["message"]


async def test_a_caller_who_is_gone_is_called_back_once(site: Site, intake: Intake) -> None:
    await an_answered_call(intake, ended=True)
    client = await site.signed_in("call_taker")
    status, told = await post(client, "callbacks")
    assert told["error"]["code"] == "no_position"
    status, told = await post(client, "callbacks", position="1101")
    assert status == 200
    (shown,) = told["handing"]["callbacks"]
    assert (shown["number"], shown["position"], shown["state"]) == ("13800138000", "1101", "asked")
    _, told = await post(client, "callbacks", position="1102")
    assert told["error"]["code"] == "pending"


async def test_a_call_taker_calls_a_supervisor_and_only_a_supervisor_listens(
    site: Site, intake: Intake
) -> None:
    await an_answered_call(intake)
    taker = await site.signed_in("call_taker")
    assert (await post(taker, "supervisions", kind="listen", position="1190"))[1]["error"][
        "code"
    ] == "forbidden"
    status, told = await post(taker, "supervisions", kind="escalate")
    assert status == 200
    (shown,) = told["handing"]["supervisions"]
    assert (shown["kind"], shown["position"]) == ("escalate", "1190")
    leader = await site.signed_in("supervisor")
    status, told = await post(leader, "supervisions", kind="listen", position="1191")
    assert (status, told["n"]) == (200, 2)


@pytest.mark.parametrize("role", ["auditor", "rule_operator", "wall", "administrator", "department"])
async def test_nobody_else_moves_people(site: Site, intake: Intake, role: str) -> None:
    await an_answered_call(intake)
    client = await site.signed_in(role)
    for path, data in (
        ("handovers", {"kind": "blind", "target": "119"}), ("handovers/1/complete", {}),
        ("handovers/1/cancel", {}), ("callbacks", {}), ("supervisions", {"kind": "listen"}),
    ):  # fmt: skip
        status, told = await post(client, path, **data)
        assert (status, told["error"]["code"]) == (403, "forbidden")


async def test_the_directory_says_who_is_there_now_and_cites_the_rules_for_duties(
    site: Site, intake: Intake
) -> None:
    site.duties = {"labour_bureau": ("工资支付", "wages")}
    client = await site.signed_in("call_taker")
    shown = schema.DirectoryShown.model_validate(
        await (await client.get("/api/v1/directory", headers=POST)).json()
    )
    by_code = {entry.code: entry for entry in shown.items}
    labour = by_code["labour_bureau"]
    assert (labour.open, labour.opening.value, labour.instead) == (False, "closed", "public_hotline_12345")
    assert (labour.duties_zh, labour.duties_en) == ("工资支付", "wages")
    assert by_code["fire_119"].open
    assert [code for code in by_code if code.startswith("other_110.")] == ["other_110.east", "other_110.west"]
    assert shown.fault is None


async def test_without_a_directory_nobody_is_handed_over_by_the_pages(site: Site) -> None:
    client = await site.signed_in("call_taker")
    answered = await client.get("/api/v1/directory", headers=POST)
    assert (await answered.json())["error"]["code"] == "no_directory"


async def test_numbers_of_call_backs_are_masked_for_who_may_not_see_them(site: Site, intake: Intake) -> None:
    await an_answered_call(intake, ended=True)
    await post(await site.signed_in("call_taker"), "callbacks", position="1101")
    reader = await site.signed_in("rule_operator")
    for path in (PATH, f"{PATH}/events"):
        text = await (await reader.get(path, headers=POST)).text()
        assert "13800138000" not in text
        assert "138****8000" in text


async def test_what_a_target_was_told_of_the_caller_is_masked_in_the_events_too(
    site: Site, intake: Intake
) -> None:
    await an_answered_call(intake)
    await post(await site.signed_in("call_taker"), "handovers", kind="blind", target="12319")
    reader = await site.signed_in("rule_operator")
    text = await (await reader.get(f"{PATH}/events", headers=POST)).text()
    assert '"number": "12319"' in text
    assert "13800138000" not in text
