"""What the wall shows of this moment, and that nothing personal goes through."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.calls.hall import AgentChanged, AgentState
from gateway.calls.instructions import Alarm, Dispatch, Instruction
from gateway.calls.locating import PlaceDescription
from gateway.calls.model import (
    TEST_MARK,
    CallSession,
    CallState,
    Medium,
    Recording,
    RecordingStatus,
    TriageSummary,
)
from gateway.calls.quiet import AlarmCause, Quiet, SilentAlarm
from gateway.calls.task import CallBackTask, TaskOutcome
from gateway.calls.text import TextCall
from gateway.calls.together import FloodKind
from gateway.desk import wall
from gateway.desk.hall import HallState, reduce_hall
from gateway.desk.incidents.flood import Flood, Floods
from gateway.desk.incidents.model import Incident, Matched, Member
from gateway.ids import CallId
from gateway.triage.model import AlarmClass, Nature

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NUMBER, STREET = "13800138000", "建国路88号"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def call(number: int, state: CallState = CallState.ANSWERED, **more: Any) -> CallSession:
    usual: dict[str, Any] = {
        "call_id": CallId(f"hz-p1-1.{number}"), "site": "hz", "pbx": "p1", "uniqueid": f"1.{number}",
        "linkedid": f"1.{number}", "line": "PJSIP/t-1", "seized_at": ago(30), "ani": NUMBER,
    }  # fmt: skip
    return CallSession(state=state, **(usual | more))


def shown(*calls: CallSession, hall: HallState | None = None, positions: tuple[str, ...] = ()) -> Any:
    return wall.live_json(wall.real(calls), hall or HallState(site="hz"), positions, NOW)


def test_an_empty_hall_is_all_noughts() -> None:
    told = shown()
    assert told["waiting"] == {"count": 0, "since": None}
    assert told["texts"] == {"count": 0, "since": None, "late": 0, "claimed": 0, "left": 0}
    assert told["unsigned"] == {"count": 0, "since": None, "within": [0, 0, 0, 0], "older": 0}
    assert told["districts"] == {"items": [], "beyond": 0, "unknown": 0}
    assert told["seats"]["of"] == 0


def test_who_waits_is_counted_from_the_queue_and_tests_are_not_counted() -> None:
    told = shown(
        call(1, CallState.QUEUED, queued_at=ago(8)), call(2, CallState.RINGING, queued_at=ago(3)),
        call(3, CallState.SEIZED, seized_at=ago(1), medium=Medium.TEXT), call(4), call(5, CallState.HELD),
        call(6, CallState.QUEUED, queued_at=ago(90), marks=(TEST_MARK,)),
        call(7, CallState.RINGING, outgoing=True),
    )  # fmt: skip
    assert told["waiting"] == {"count": 2, "since": "2026-01-05T11:59:52.000Z"}
    assert (told["talking"], told["held"]) == (1, 1)


def test_text_calls_are_counted_apart_for_they_wait_by_minutes() -> None:
    def text(number: int, state: CallState, **more: Any) -> CallSession:
        told = TextCall(thread=f"t{number}", provider="sms12110", **more)
        return call(number, state, queued_at=ago(999), medium=Medium.TEXT, text=told)

    def waits(number: int, seconds: float) -> CallSession:
        since = ago(seconds)
        return text(
            number, CallState.QUEUED, waiting_since=since, due_at=since + timedelta(seconds=180),
            heard_at=since,
        )  # fmt: skip

    held = {"claimed_by": "wang", "position": "1101"}
    told = shown(
        waits(1, 200), waits(2, 60),
        text(3, CallState.ANSWERED, heard_at=ago(181), **held),
        text(4, CallState.ANSWERED, heard_at=ago(900), wrote_at=ago(800), **held),
        text(5, CallState.ANSWERED, heard_at=ago(20), wrote_at=ago(90), **held),
        text(6, CallState.ENDED, heard_at=ago(900), **held), call(7),
    )  # fmt: skip
    assert told["texts"] == {
        "count": 2, "since": "2026-01-05T11:56:40.000Z", "late": 1, "claimed": 3, "left": 1,
    }  # fmt: skip
    assert (told["waiting"]["count"], told["talking"]) == (0, 1)


def test_seats_are_the_configured_positions_and_an_unheard_one_is_unreachable() -> None:
    hall = HallState(site="hz")
    for agent, state in (("1101", AgentState.IDLE), ("1102", AgentState.BUSY), ("1999", AgentState.IDLE)):
        hall, _ = reduce_hall(hall, AgentChanged(at=NOW, pbx="p1", agent=agent, state=state))
    seats = shown(hall=hall, positions=("1101", "1102", "1103"))["seats"]
    assert (seats["of"], seats["idle"], seats["busy"], seats["unreachable"]) == (3, 1, 1, 1)
    assert shown(hall=hall)["seats"]["of"] == 3


def test_call_backs_that_are_open_are_counted_with_the_oldest() -> None:
    ended = CallState.ENDED

    def task(seconds: float, **more: Any) -> CallBackTask:
        return CallBackTask(since=ago(seconds), due_at=NOW, **more)

    told = shown(
        call(1, ended, task=task(100, overdue_at=NOW)), call(2, ended, task=task(20)),
        call(3, ended, task=task(500, outcome=TaskOutcome.REACHED_SAFE)),
        call(4, ended, task=task(500, aside=True)),
    )  # fmt: skip
    assert told["call_backs"] == {"count": 2, "since": "2026-01-05T11:58:20.000Z", "overdue": 1}


def test_alarms_without_acknowledgement_and_unsigned_instructions_stand_by_age() -> None:
    def with_dispatch(number: int, alarm: Alarm | None = None, *ages: float) -> CallSession:
        rows = tuple(Instruction(instruction_id=f"i{s}", issued_at=ago(s)) for s in ages)
        return call(number, dispatch=Dispatch(alarm=alarm, instructions=rows))

    missing = Alarm(since=ago(70), due_at=ago(40), missing_at=ago(40))
    told = shown(
        with_dispatch(1, missing, 10, 30, 59), with_dispatch(2, replace(missing, left=True), 400),
        with_dispatch(3, replace(missing, acked_at=ago(5))),
    )  # fmt: skip
    assert told["unacknowledged"] == {"count": 1, "since": "2026-01-05T11:58:50.000Z"}
    assert (told["unsigned"]["within"], told["unsigned"]["older"]) == ([2, 1, 0, 0], 1)


def test_silent_alarms_stand_until_a_person_ends_them() -> None:
    def quiet(**more: Any) -> Quiet:
        return Quiet(alarm=SilentAlarm(cause=AlarmCause.KEY, at_ms=5_000, **more))

    told = shown(
        call(1, quiet=quiet()),
        call(2, quiet=quiet(seen_by="wang")),
        call(3, quiet=quiet(ended_ms=1)),
        call(4),
    )
    assert told["silent_alarms"] == {"count": 2, "since": "2026-01-05T11:59:35.000Z", "unseen": 1}


def test_recordings_that_wait_long_for_the_archive_are_told() -> None:
    def recorded(number: int, status: RecordingStatus, ended_s: float | None = None) -> CallSession:
        one = Recording(recording_id="r", file="/x", started_at=ago(900), status=status)
        ended = None if ended_s is None else ago(ended_s)
        return call(number, CallState.ENDED, recordings=(one,), ended_at=ended)

    told = shown(recorded(1, RecordingStatus.RUNNING), recorded(2, RecordingStatus.STOPPED, 30))
    assert told["archive"] == {"count": 1, "since": "2026-01-05T11:59:30.000Z", "running": 1, "late": False}
    assert shown(recorded(3, RecordingStatus.STOPPED, 601))["archive"]["late"]


def district(name: str) -> PlaceDescription:
    return PlaceDescription(location_id="f", district=name)


def test_a_surge_is_told_by_nature_and_district_without_its_title() -> None:
    judged = TriageSummary(
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.TRAFFIC_ACCIDENT, priority=2, department=None,
        pack_hash="h", segments=1,
    )  # fmt: skip
    calls = [call(n, triage=judged) for n in (1, 2)]
    calls = [replace(c, locating=replace(c.locating, description=district("滨江区"))) for c in calls]
    members = tuple(Member(call_id=c.call_id, seized_at=NOW, linked_at=NOW, by="wang") for c in calls)
    more = (Matched(call_id=CallId("x"), seized_at=NOW), Matched(call_id=calls[0].call_id, seized_at=NOW))
    incident = Incident(
        incident_id="i", site="hz", opened_at=ago(300), touched_at=NOW, title=f"{STREET} 王某",
        members=members, matched=more, surge_since=ago(60),
    )  # fmt: skip
    told = wall.surges_json([incident, replace(incident, incident_id="j", dissolved=True)], calls)
    (line,) = told["items"]
    assert line == {
        "since": "2026-01-05T11:59:00.000Z", "calls": 3, "nature": "traffic_accident", "district": "滨江区"
    }  # fmt: skip
    assert shown(*calls)["districts"]["items"] == [{"district": "滨江区", "calls": 2}]


def test_a_flood_is_told_without_its_number_and_what_is_too_much_is_counted() -> None:
    flood = Flood(
        kind=FloodKind.SAME_NUMBER, key=NUMBER, since=ago(60), seen_at=NOW, calls=90, numbers=1, per_minute=90
    )
    told = wall.floods_json(Floods(site="hz", now=(flood,) * 14, beyond=2))
    assert NUMBER not in json.dumps(told)
    assert (len(told["items"]), told["beyond"]) == (wall.MAX_LINES, 4)
    assert wall.floods_json(None) == {"items": [], "beyond": 0}


def test_nothing_of_a_person_goes_through() -> None:
    told = json.dumps(shown(call(1, CallState.QUEUED, callback_number=NUMBER, queue="q110")))
    assert NUMBER not in told
    assert "hz-p1-1.1" not in told
