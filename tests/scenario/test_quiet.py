"""Callers who cannot speak, through the whole gateway: the silent call, and who cannot speak freely."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import CallBack, MoveLegUp
from gateway.calls.handing import MoveKind, Why
from gateway.calls.model import CallSession, PartyRole
from gateway.calls.quiet import PromptState
from gateway.calls.quieted import (
    EndSilentAlarm,
    PromptStep,
    PromptStepped,
    RaiseSilentAlarm,
    StartPrompt,
    StopPrompt,
)
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    KeyPressed,
    LocationAnswered,
    PartyJoined,
    SegmentTranscribed,
)
from gateway.desk import board
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.answers import Accepted, Refused
from gateway.runtime.moving import Outcome
from gateway.speech.level import Kind, Second
from gateway.speech.model import Leg, TranscriptSegment
from gateway.testing.whole import PBX, SITE, Whole
from gateway.triage.model import AlarmClass

UNIQUE, LEG = "1767600000.1", "1767600005.7"
CALL = CallId(f"{SITE}-{PBX}-{UNIQUE}")
CODE_WORD = "两份牛肉面不要香菜"


async def started(gateways: list[Whole], before: Whole | None = None) -> Whole:
    more = {name: getattr(before, name) for name in ("store", "broker", "clock", "trunk")} if before else {}
    made = Whole(**more, code_words=(CODE_WORD,))
    gateways.append(made)
    await made.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    """A caller whom a call-taker has answered and who says nothing."""
    made = await started(gateways)
    await tell(
        made, CallSeized, site=SITE, pbx=PBX, uniqueid=UNIQUE, linkedid=UNIQUE, line="PJSIP/trunk-1"
    )  # fmt: skip
    await tell(made, CallerIdentified, ani="13800138000", ani_source="PAI")
    fix = Location(
        location_id="PIDF-1", source=LocationSource.PIDF, obtained_at=made.clock.now(), latitude=31.2,
        longitude=121.4, datum=Datum.WGS_84, uncertainty_m=50.0,
    )  # fmt: skip
    await tell(made, LocationAnswered, location=fix)
    await tell(made, CallQueued, queue="q110")
    await tell(made, PartyJoined, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1")
    return made


async def tell(gateway: Whole, kind: Any, **facts: Any) -> None:
    await gateway.give(kind(call_id=CALL, at=gateway.clock.now(), **facts))
    await gateway.settle()


async def ask(gateway: Whole, kind: Any, n: int = 1, **facts: Any) -> Any:
    common = {"call_id": CALL, "at": gateway.clock.now(), "request_id": f"{kind.__name__}-{n}"}
    answer = await gateway.ask(kind(**common, actor="wang", **facts))
    await gateway.settle()
    return answer


async def session(gateway: Whole) -> CallSession:
    found = await gateway.house.intake.call(CALL)
    assert found is not None
    return found


def moved(gateway: Whole, kind: MoveKind) -> list[MovePeople]:
    return [each for each in gateway.trunk.moved if each.kind is kind]


def alarms(gateway: Whole) -> list[str]:
    return [f"{told['step']} {told['cause']}" for told in gateway.events("SilentAlarmChange")]


async def test_silent_call_stays_open_its_key_raises_the_alarm_and_only_a_person_ends_it(
    gateways: list[Whole], gateway: Whole
) -> None:
    """Place and number stay shown; a gateway that dies in between forgets nothing and asks nothing twice."""
    await tell(gateway, PromptStepped, step=PromptStep.WATCHING, leg=LEG)
    await gateway.pass_time(10)
    await tell(gateway, PromptStepped, step=PromptStep.PROMPTING, leg=LEG)
    await gateway.crash()
    gateway = await started(gateways, gateway)
    await tell(gateway, KeyPressed, key="1")
    assert alarms(gateway) == ["raised key"]
    assert [move.line for move in moved(gateway, MoveKind.HUSH)] == [LEG]
    assert gateway.events("SilentAlarmChange")[-1]["priority"] == 1
    live = await session(gateway)
    assert live.triage is not None
    assert live.triage.alarm_class is AlarmClass.VALID_ALARM, "though no rule pack can be used here"
    shown = board.summary(live, {}, None)
    assert shown["quiet"]["alarm"]["standing"]
    assert (shown["ani"], live.leading_location) == ("13800138000", "PIDF-1")
    await gateway.pass_time(3_600)
    assert (await session(gateway)).ended_at is None, "nothing but the caller or a person ends it"
    await gateway.crash()
    gateway = await started(gateways, gateway)
    assert len(moved(gateway, MoveKind.HUSH)) == 1
    assert isinstance(await ask(gateway, EndSilentAlarm, note="民警已到场"), Accepted)
    assert alarms(gateway) == ["raised key", "ended key"]


async def test_caller_who_cannot_speak_freely_says_a_code_word_and_is_not_rung_back_unasked(
    gateway: Whole,
) -> None:
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=9_000, ended_ms=11_000, model_id="m",
        text="喂，我要两份牛肉面，不要香菜，谢谢",
    )  # fmt: skip
    await tell(gateway, SegmentTranscribed, segment=said)
    assert alarms(gateway) == ["raised code_word"]
    assert CODE_WORD not in str(gateway.events("SilentAlarmChange")), "the word itself is told to nobody"
    assert "cannot_speak" in [told["veto"]["code"] for told in gateway.events("VetoRaised")]
    await tell(gateway, CallEnded)
    refused = await ask(gateway, CallBack, position="1101")
    assert isinstance(refused, Refused)
    assert (refused.code, "silent alarm" in refused.text) == ("ringing_unconfirmed", True)
    assert isinstance(await ask(gateway, CallBack, 2, position="1101", confirm_danger=True), Accepted)


async def test_taps_in_the_callers_sound_are_noted_and_after_the_prompt_raise_the_alarm(
    gateway: Whole,
) -> None:
    def knocks(at_ms: int) -> list[Second]:
        return [
            Second(at_ms=at_ms, db=-20, kind=Kind.TAPS, taps=2),
            Second(at_ms=at_ms + 1_000, db=-60, kind=Kind.QUIET),
        ]

    gateway.house.hearing.sounded(CALL, Leg.CALLER, knocks(1_000))
    await gateway.settle()
    assert [told["taps"] for told in gateway.events("CallerSign")] == [2]
    assert alarms(gateway) == []
    await tell(gateway, PromptStepped, step=PromptStep.PROMPTING, leg=LEG)
    click = [
        Second(at_ms=20_000, db=-30, kind=Kind.TAPS, taps=1),
        Second(at_ms=21_000, db=-60, kind=Kind.QUIET),
    ]
    gateway.house.hearing.sounded(CALL, Leg.CALLER, click)
    await gateway.settle()
    assert alarms(gateway) == [], "one click is the line's"
    gateway.house.hearing.sounded(CALL, Leg.CALLER, knocks(30_000))
    await gateway.settle()
    assert alarms(gateway) == ["raised taps"]
    assert (await session(gateway)).triage.alarm_class.value == "unsure"  # type: ignore[union-attr]
    assert [second["kind"] for second in gateway.house.quiet.levels(CALL)][-2:] == ["taps", "quiet"]
    await tell(gateway, CallEnded)
    assert gateway.house.quiet.levels(CALL) == []


async def test_the_call_taker_starts_the_prompt_once_however_often_the_key_is_pressed_and_stops_it(
    gateway: Whole,
) -> None:
    assert isinstance(await ask(gateway, StartPrompt), Accepted)
    for n in range(2, 10):
        assert (await ask(gateway, StartPrompt, n)).code == "pending"
    (sent,) = moved(gateway, MoveKind.PROMPT)
    own = f"move{sent.n}-{UNIQUE}"
    await tell(gateway, MoveLegUp, n=sent.n)
    await tell(gateway, PromptStepped, step=PromptStep.PROMPTING, leg=own)
    assert isinstance(await ask(gateway, StopPrompt), Accepted)
    assert [move.line for move in moved(gateway, MoveKind.HUSH)] == [own]
    told = [(event["state"], event.get("by")) for event in gateway.events("SilencePromptChange")]
    assert told == [("asked", "wang"), ("playing", "wang"), ("stopped", "wang")]


async def test_a_pbx_that_refuses_the_prompt_is_told_in_one_step_and_the_call_goes_on(
    gateway: Whole,
) -> None:
    gateway.trunk.answer = Outcome(why=Why.PBX_REFUSED, text="no such extension")
    await ask(gateway, StartPrompt)
    live = await session(gateway)
    assert (live.quiet.prompt, live.ended_at) == (PromptState.FAILED, None)
    gateway.trunk.answer = Outcome()
    assert isinstance(await ask(gateway, StartPrompt, 2), Accepted)


async def test_two_who_raise_the_alarm_at_once_raise_it_once(gateway: Whole) -> None:
    assert isinstance(await ask(gateway, RaiseSilentAlarm), Accepted)
    assert (await ask(gateway, RaiseSilentAlarm, 2)).code == "alarm_stands"
    assert alarms(gateway) == ["raised person"]
