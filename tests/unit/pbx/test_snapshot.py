"""After a reconnect: what lives now, brought together with what was known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.hall import AgentChanged
from gateway.calls.model import (
    CallSession,
    CallState,
    Party,
    PartyRole,
    Transfer,
    TransferKind,
    TransferResult,
)
from gateway.calls.reducer import reduce
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    CallSignal,
    DeskRang,
    DeskStoppedRinging,
    PartyJoined,
    PartyLeft,
    RecordingStarted,
    TransferEnded,
)
from gateway.ids import CallId
from gateway.pbx.message import AmiMessage, message_of
from gateway.pbx.snapshot import Adopted, adopt
from gateway.pbx.translate import Translator

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALLER = "pbx1-1767600000.0"
DESK = "pbx1-1767600000.2"
SESSION = CallSession(
    call_id=CallId(f"city-main-{CALLER}"),
    site="city",
    pbx="main",
    uniqueid=CALLER,
    linkedid=CALLER,
    line="PJSIP/trunk-00000000",
    seized_at=AT - timedelta(seconds=60),
    ani="13800130001",
    state=CallState.ANSWERED,
    queued_at=AT - timedelta(seconds=59),
    answered_at=AT - timedelta(seconds=50),
    parties=(Party(role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-00000001", joined_at=AT),),
)


def shown(
    name: str, uniqueid: str, linkedid: str = CALLER, *, bridge: str = "", state: str = "6", **more: str
) -> AmiMessage:
    values = {"Context": "from-desk", "Exten": "s", "CallerIDNum": "1101", "Duration": "00:01:00", **more}
    return message_of(
        at=AT,
        headers=(
            ("Event", "CoreShowChannel"),
            ("ActionID", "1"),
            ("Channel", name),
            ("ChannelState", state),
            ("Uniqueid", uniqueid),
            ("Linkedid", linkedid),
            ("BridgeId", bridge),
            *values.items(),
        ),
    )


def trunk(bridge: str = "", **more: str) -> AmiMessage:
    place = {"Context": "from-trunk", "Exten": "110", "CallerIDNum": "13800130001", **more}
    return shown("PJSIP/trunk-00000000", CALLER, bridge=bridge, **place)


def desk(bridge: str = "b1", **more: str) -> AmiMessage:
    return shown("PJSIP/1101-00000001", DESK, bridge=bridge, **more)


def entry(wait: str = "7") -> AmiMessage:
    return message_of(
        at=AT,
        headers=(
            ("Event", "QueueEntry"),
            ("ActionID", "2"),
            ("Queue", "q110"),
            ("Position", "2"),
            ("Uniqueid", CALLER),
            ("Wait", wait),
        ),
    )


def take(
    *messages: AmiMessage, sessions: tuple[CallSession, ...] = (), translator: Translator | None = None
) -> Adopted:
    return adopt(translator or Translator("city", "main"), messages, sessions, AT)


def kinds(adopted: Adopted) -> list[type]:
    return [type(signal) for signal in adopted.signals]


def after(adopted: Adopted, session: CallSession | None = None) -> CallSession:
    for signal in adopted.signals:
        if isinstance(signal, CallSignal):
            session = reduce(session, signal).state
    assert session is not None
    return session


def test_a_call_that_began_in_the_gap_is_taken_up() -> None:
    adopted = take(trunk("b1"), desk())
    assert kinds(adopted) == [CallSeized, CallerIdentified, PartyJoined]
    call = after(adopted)
    assert (call.call_id, call.ani, call.state, call.inferred) == (
        SESSION.call_id,
        "13800130001",
        CallState.ANSWERED,
        True,
    )
    assert call.seized_at == AT - timedelta(seconds=60)


def test_a_caller_who_waits_is_queued_since_the_pbx_says() -> None:
    call = after(take(trunk(), entry()))
    assert (call.state, call.queue, call.queued_at) == (CallState.QUEUED, "q110", AT - timedelta(seconds=7))


def test_a_call_known_and_unchanged_brings_nothing() -> None:
    assert take(trunk("b1"), desk(), sessions=(SESSION,)).signals == ()


def test_a_call_taker_who_left_in_the_gap_is_missed() -> None:
    adopted = take(trunk(), sessions=(SESSION,))
    assert kinds(adopted) == [PartyLeft]
    assert after(adopted, SESSION).parties[0].left_at == AT


def test_who_joined_in_the_gap_is_told() -> None:
    waiting = replace(
        SESSION, state=CallState.RINGING, parties=(), ringing=("1101", "1102"), answered_at=None
    )
    call = after(take(trunk("b1"), desk(), sessions=(waiting,)), waiting)
    assert (call.state, call.ringing, [party.number for party in call.parties]) == (
        CallState.ANSWERED,
        (),
        ["1101"],
    )


def test_desks_that_stopped_and_desks_that_ring_now() -> None:
    ringing = replace(SESSION, state=CallState.RINGING, parties=(), ringing=("1102",), answered_at=None)
    adopted = take(trunk(), entry(), desk("", state="5"), sessions=(ringing,))
    assert kinds(adopted) == [DeskRang, DeskStoppedRinging]


def test_a_call_that_is_gone_is_missing_and_nothing_is_claimed_of_its_end() -> None:
    adopted = take(sessions=(SESSION,))
    assert adopted.missing == (SESSION,)
    assert CallEnded not in kinds(adopted)


def test_an_ended_call_is_not_missed() -> None:
    assert take(sessions=(replace(SESSION, state=CallState.ENDED),)).missing == ()


@pytest.mark.parametrize(
    "leg",
    [
        shown("AudioSocket/127.0.0.1:9092", "pbx1-1.9", "pbx1-1.9", Context="from-trunk", Exten="110"),
        shown("PJSIP/1101-00000009", "pbx1-1.9", "pbx1-1.9", Context="departments", Exten="120"),
        shown("PJSIP/dept120-00000009", "pbx1-1.9", "pbx1-1.9", Context="departments", Exten="room"),
        shown("PJSIP/trunk-00000009", "pbx1-1.9", "pbx1-1.1", Context="from-trunk", Exten="110"),
        shown("PJSIP/trunk-00000009", "not one", "not one", Context="from-trunk", Exten="110"),
    ],
    ids=["tap", "desk", "department", "callee", "no uniqueid"],
)
def test_what_is_no_call_is_not_taken_up(leg: AmiMessage) -> None:
    assert take(leg).signals == ()


def test_a_caller_passed_on_in_the_gap_is_known_by_the_trunk() -> None:
    other = shown(
        "PJSIP/trunk-00000009",
        "pbx1-1.9",
        "pbx1-1.9",
        Context="departments",
        Exten="120",
        CallerIDNum="13800130002",
    )
    assert CallSeized in kinds(take(trunk("b1"), desk(), other, sessions=(SESSION,)))


def test_a_department_in_the_room_of_a_call_is_its_party_and_no_call() -> None:
    office = shown(
        "PJSIP/trunk-00000005",
        "pbx1-1.5",
        "pbx1-1.5",
        bridge="b1",
        Context="departments",
        Exten="120",
        CallerIDNum="120",
        Duration="00:00:05",
    )
    adopted = take(trunk("b1"), desk(), office, sessions=(SESSION,))
    assert kinds(adopted) == [PartyJoined, *kinds(adopted)[1:]]
    assert CallSeized not in kinds(adopted)


@pytest.mark.parametrize(
    ("present", "kind", "result"),
    [
        ((desk(),), TransferKind.ATTENDED, TransferResult.CANCELLED),
        (
            (shown("PJSIP/dept120-00000005", "pbx1-1.5", bridge="b1", CallerIDNum="120"),),
            TransferKind.ATTENDED,
            TransferResult.COMPLETED,
        ),
        (
            (desk(), shown("PJSIP/dept120-00000005", "pbx1-1.5", bridge="b1")),
            TransferKind.THREEWAY,
            TransferResult.COMPLETED,
        ),
    ],
)
def test_how_a_consultation_ended_in_the_gap(
    present: tuple[AmiMessage, ...], kind: TransferKind, result: TransferResult
) -> None:
    pending = Transfer(kind=TransferKind.ATTENDED, target="120", started_at=AT)
    gone = tuple(replace(party, left_at=AT) for party in SESSION.parties)
    consulting = replace(SESSION, state=CallState.TRANSFERRING, transfers=(pending,), parties=gone)
    adopted = take(trunk("b1"), *present, sessions=(consulting,))
    (ended,) = [signal for signal in adopted.signals if isinstance(signal, TransferEnded)]
    assert (ended.kind, ended.result) == (kind, result)


def test_a_blind_transfer_that_was_answered_in_the_gap() -> None:
    pending = Transfer(kind=TransferKind.BLIND, target="120", started_at=AT)
    moving = replace(SESSION, state=CallState.TRANSFERRING, transfers=(pending,), parties=())
    office = shown("PJSIP/departments-00000005", "pbx1-1.5", bridge="b3", CallerIDNum="s")
    call = after(take(trunk("b3", Context="departments", Exten="120"), office, sessions=(moving,)), moving)
    assert call.transfers[0].result is TransferResult.COMPLETED
    assert [(party.role, party.number) for party in call.parties] == [(PartyRole.DEPARTMENT, "120")]


def recorder(file: str = "MIXMONITOR_FILENAME=/rec/a-mix.wav") -> AmiMessage:
    return message_of(
        at=AT, headers=(("Event", "Status"), ("ActionID", "4"), ("Uniqueid", CALLER), ("Variable", file))
    )


def test_a_recorder_of_a_call_that_began_in_the_gap_is_found() -> None:
    (found,) = [s for s in take(trunk(), entry(), recorder()).signals if isinstance(s, RecordingStarted)]
    assert found.file == "/rec/a-mix.wav"


def test_what_was_recorded_in_the_gap_began_with_its_call_not_when_it_was_found() -> None:
    signals = take(trunk(Duration="00:00:11"), entry(), recorder()).signals
    (found,) = [s for s in signals if isinstance(s, RecordingStarted)]
    assert found.when == AT - timedelta(seconds=11)
    older = replace(SESSION, seized_at=AT - timedelta(seconds=40))
    signals = take(trunk(Duration="00:00:11"), entry(), recorder(), sessions=(older,)).signals
    (found,) = [s for s in signals if isinstance(s, RecordingStarted)]
    assert found.when == older.seized_at


@pytest.mark.parametrize("variable", ["MIXMONITOR_FILENAME=", "OTHER=/rec/a.wav", "MIXMONITOR_FILENAME"])
def test_a_channel_that_is_not_recorded_has_no_recorder(variable: str) -> None:
    assert RecordingStarted not in kinds(take(trunk(), entry(), recorder(variable)))


def test_desks_are_learnt_from_the_queue() -> None:
    member = message_of(
        at=AT,
        headers=(
            ("Event", "QueueMember"),
            ("ActionID", "3"),
            ("Queue", "q110"),
            ("Name", "Desk"),
            ("Location", "PJSIP/77"),
            ("Paused", "0"),
            ("Status", "2"),
        ),
    )
    translator = Translator("city", "main")
    (changed,) = take(member, translator=translator).signals
    assert isinstance(changed, AgentChanged)
    assert (changed.agent, changed.state.value, changed.inferred) == ("77", "busy", True)
    assert translator.desks.is_desk("77")


def test_what_arrived_before_the_snapshot_was_begun_is_older_and_passed_over() -> None:
    translator = Translator("city", "main")
    adopt(translator, [trunk("b1"), desk()], [SESSION], AT, begun_at=AT)
    headers = (
        ("Event", "Shutdown"),
        ("Privilege", "system,all"),
        ("Shutdown", "Cleanly"),
        ("Restart", "False"),
    )
    assert translator.feed(message_of(headers=headers, at=AT - timedelta(milliseconds=1))) == ()
    assert not translator.missing
    translator.feed(message_of(headers=headers, at=AT))
    assert translator.missing


@pytest.mark.parametrize("duration", ["", "1:2", "x:y:z"])
def test_a_call_of_unknown_age_begins_now(duration: str) -> None:
    assert after(take(trunk(Duration=duration), entry(""))).seized_at == AT


def test_a_signal_of_the_snapshot_is_marked_inferred() -> None:
    adopted: Any = take(trunk("b1"), desk(), entry())
    assert all(signal.inferred for signal in adopted.signals)
    assert CallQueued in kinds(adopted)


# ---- calls that we made

LEG = "move3-pbx1-1795460000.2"


def ringing_for_a_call(
    context: str = "intake110-callback", data: str = "PJSIP/13900139000@trunk,40"
) -> Adopted:
    desk_leg = shown("PJSIP/1102-00000007", LEG, LEG, bridge="b7", Context=context, ApplicationData=data)
    other = shown("PJSIP/trunk-00000008", "pbx1-1795469285.9", LEG, bridge="b7", CallerIDNum="")
    return take(desk_leg, other)


def test_whom_a_desk_rang_for_a_call_in_the_gap_is_taken_up_as_a_part_of_that_calls_record() -> None:
    call = after(ringing_for_a_call())
    assert (call.outgoing, call.callback_of, call.callback_move) == (
        True, "city-main-pbx1-1795460000.2", 3,
    )  # fmt: skip
    assert (call.ani, [party.number for party in call.parties]) == ("13900139000", ["1102"])
    assert call.inferred


@pytest.mark.parametrize(
    ("context", "data"), [("intake110-hand-over", "PJSIP/120@d"), ("intake110-callback", "")]
)
def test_what_a_leg_of_ours_does_otherwise_makes_no_call(context: str, data: str) -> None:
    assert ringing_for_a_call(context, data).signals == ()
