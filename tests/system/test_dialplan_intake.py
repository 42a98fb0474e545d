"""The dialplan alone, without any gateway: answered, recorded, queued, handed over, written down."""

from __future__ import annotations

import csv
import wave
from pathlib import Path
from urllib.parse import unquote

import pytest

from gateway.testing.lab import Behaviour, Cache, CallPlan, Circle, City, LabAmi, LabPbx, until

pytestmark = pytest.mark.system

CALLER = "13800130042"


def seconds(path: Path) -> float:
    """0 while the recorder has not written its header."""
    try:
        with wave.open(str(path)) as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError):
        return 0.0


def recordings(pbx: LabPbx) -> dict[str, Path]:
    return {path.stem.rsplit("-", 1)[1]: path for path in pbx.recording_dir.glob("*.wav")}


async def told(ami: LabAmi, name: str, **wanted: str) -> dict[str, str]:
    """The dialplan's UserEvent of that name with these headers."""
    event = await ami.wait(
        lambda e: e.get("UserEvent") == name and all(e.get(key) == value for key, value in wanted.items())
    )
    return dict(event)


async def test_call_is_answered_by_a_desk_and_recorded_in_three_files_of_equal_length(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    call = await city.call(CallPlan(caller=CALLER, stay_s=2.0))
    assert await call.answered() in {"1101", "1102", "1103", "1104"}
    await call.ended()
    ended = await told(ami, "CallEnd")
    await until(lambda: len(recordings(pbx)) == 3 and seconds(recordings(pbx)["tx"]) > 2.0)
    lengths = [seconds(path) for path in recordings(pbx).values()]
    assert set(recordings(pbx)) == {"mix", "rx", "tx"}
    assert max(lengths) - min(lengths) < 0.05
    assert unquote(ended["Recording"]) == str(pbx.recording_dir / ended["CallId"])


async def test_number_and_place_of_the_caller_are_told_before_the_answer(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    place = Circle(latitude=31.2304, longitude=121.4737, radius_m=50)
    await pbx.cli("dialplan set global I110_LANGUAGE en-GB")
    call = await city.call(
        CallPlan(caller=CALLER, stay_s=0.5, headers={"X-ALI": "cell=460-00-1;area=人民大道"}, place=place)
    )
    alarm = await told(ami, "Alarm110")
    await call.ended()
    assert alarm["CallId"] == alarm["Uniqueid"]
    assert alarm["ChannelStateDesc"] == "Ring"
    assert (alarm["Dialed"], alarm["ANI"], alarm["AniSource"]) == ("110", CALLER, "PAI")
    assert alarm["Speaks"] == "en-GB"
    assert unquote(alarm["XALI"]) == "cell=460-00-1;area=人民大道"
    assert unquote(alarm["GeoFormat"]) == "GML"
    assert unquote(alarm["GeoInfo"]) == 'shape="Circle",crs="2d",pos="31.230400 121.473700",radius="50"'


async def test_caller_without_asserted_identity_is_known_by_from(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    call = await city.call(CallPlan(caller=CALLER, stay_s=0.5, pai=False))
    alarm = await told(ami, "Alarm110")
    await call.ended()
    assert (alarm["ANI"], alarm["AniSource"], alarm["PAI"]) == (CALLER, "From", "")


async def test_abandoned_caller_is_recorded_too(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    call = await city.call(CallPlan(caller=CALLER, stay_s=1.5, patient=False, desk_answers=False))
    await call.ended()
    await told(ami, "CallEnd")
    await until(lambda: "mix" in recordings(pbx) and seconds(recordings(pbx)["mix"]) > 1.0)
    abandoned = await ami.wait(lambda e: e.get("Event") == "QueueCallerAbandon")
    assert abandoned["CallerIDNum"] == CALLER


async def desk_channel(ami: LabAmi) -> str:
    connected = await ami.wait(lambda e: e.get("Event") == "AgentConnect")
    return connected["DestChannel"]


async def test_caller_whom_no_department_answers_returns_to_the_queue_before_all_others(
    tmp_path: Path, cache: Cache
) -> None:
    async with (
        LabPbx("onedesk", tmp_path, cache=cache, members=1, ring_seconds=1) as pbx,
        City(pbx, cache=cache) as city,
    ):
        ami = await pbx.ami()
        await city.behave("12333", Behaviour(answers=False))
        call = await city.call(CallPlan(caller=CALLER, stay_s=60.0))
        await call.answered()
        for number in ("13800130043", "13800130044"):
            await (await city.call(CallPlan(caller=number, stay_s=60.0))).connected()
        channel = await desk_channel(ami)
        await ami.action("BlindTransfer", Channel=channel, Context="intake110-targets", Exten="12333")
        done = await told(ami, "DeptDone", Dept="12333")
        assert (done["Status"], done["CallId"]) == ("NOANSWER", done["Uniqueid"])

        def joins() -> list[dict[str, str]]:
            return [
                dict(e)
                for e in ami.events
                if e.get("Event") == "QueueCallerJoin" and e["Uniqueid"] == done["CallId"]
            ]

        await ami.wait(lambda _: len(joins()) == 2)
        assert joins()[1]["Position"] == "1"
        assert int(joins()[1]["Count"]) > 1
        await call.hang_up()
        await told(ami, "CallEnd", CallId=done["CallId"])
        await until(
            lambda: all(seconds(path) > 1.0 for path in pbx.recording_dir.glob(f"{done['CallId']}-*"))
        )
        await ami.close()


async def test_department_takes_the_caller_over(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    await city.behave("12315", Behaviour(ring_s=0.2, stay_s=1.0))
    call = await city.call(CallPlan(caller=CALLER, stay_s=30.0))
    await call.answered()
    await ami.action(
        "BlindTransfer", Channel=await desk_channel(ami), Context="intake110-targets", Exten="12315"
    )
    assert (await told(ami, "DeptDone", Dept="12315"))["Status"] == "ANSWER"
    await call.ended()
    assert len(recordings(pbx)) == 3


async def test_caller_desk_and_department_talk_in_one_room(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    call = await city.call(CallPlan(caller=CALLER, stay_s=30.0))
    await call.answered()
    connected = await ami.wait(lambda e: e.get("Event") == "AgentConnect")
    room = "room-ab12"
    await ami.action(
        "Redirect",
        Channel=connected["Channel"],
        Context="intake110-rooms",
        Exten=room,
        Priority="1",
        ExtraChannel=connected["DestChannel"],
        ExtraContext="intake110-rooms",
        ExtraExten=room,
        ExtraPriority="1",
    )
    await ami.action(
        "Originate",
        Channel="PJSIP/119@departments",
        Context="intake110-rooms",
        Exten=room,
        Priority="1",
        Async="true",
    )
    names = set()

    def three(event: object) -> bool:
        names.update(e["Channel"] for e in ami.events if e.get("Event") == "ConfbridgeJoin")
        return len(names) == 3

    await ami.wait(three)
    await call.hang_up()
    await told(ami, "CallEnd")


async def test_records_of_the_call_lie_in_local_files(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    call = await city.call(CallPlan(caller=CALLER, stay_s=1.0))
    await call.ended()
    uniqueid = (await told(ami, "CallEnd"))["CallId"]
    await until(lambda: pbx.cdr_csv.exists() and uniqueid in pbx.cdr_csv.read_text())
    row = next(row for row in csv.reader(pbx.cdr_csv.open()) if row[0] == uniqueid)
    start, answer, end = (float(value) for value in row[8:11])
    assert (row[1], row[4], row[5], row[13]) == (uniqueid, CALLER, "110", "ANSWERED")
    assert start <= answer < end
    await until(lambda: "LINKEDID_END" in pbx.cel_csv.read_text())
    events = [row for row in csv.reader(pbx.cel_csv.open()) if row[3] == uniqueid]
    assert [row[0] for row in events if row[2] == uniqueid][:3] == ["CHAN_START", "ANSWER", "APP_START"]
    assert abs(float(events[0][1]) - start) < 0.1
    assert all(len(row) == 12 for row in events)


async def test_nobody_but_110_is_dialled_from_the_trunk(pbx: LabPbx, city: City, ami: LabAmi) -> None:
    call = await city.call(CallPlan(caller=CALLER, dialled="1101", stay_s=1.0))
    await call.ended()
    assert not [e for e in ami.events if e.get("UserEvent") == "Alarm110"]
    assert not [e for e in ami.events if e.get("Channel", "").startswith("PJSIP/1101-")]
