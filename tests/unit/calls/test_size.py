"""How large the state of a call may become: it is written with every commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.calls import together as together_words
from gateway.calls.asking import MAX_REFERENCES, MAX_URIS_CHARS
from gateway.calls.dispatching import MAX_INSTRUCTIONS, MAX_NAME, MAX_WORDS
from gateway.calls.entered import RecordLinked
from gateway.calls.handed import (
    CallBack,
    CallBackOver,
    CallBackPlaced,
    HandOver,
    MoveRefused,
    MoveSent,
    Supervise,
)
from gateway.calls.handing import HandOverKind, MoveKind, Target, TargetKind, Whom, Why
from gateway.calls.instructions import Alarm, Dispatch, Instruction
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRoundEnded,
    PlaceDescribed,
)
from gateway.calls.locating import QueryState
from gateway.calls.model import (
    CallSession,
    PartyRole,
    TransferKind,
    TransferResult,
)
from gateway.calls.places import MAX_CORNERS
from gateway.calls.quieted import (
    EndSilentAlarm,
    PromptStep,
    PromptStepped,
    SeeSilentAlarm,
    StartPrompt,
    TapsHeard,
)
from gateway.calls.shared import LinkUnsent, OpenLink, SendLink
from gateway.calls.signals import (
    CallerIdentified,
    KeyPressed,
    LocationAnswered,
    PartyJoined,
    PartyLeft,
    RecordingStarted,
    SegmentTranscribed,
    TransferEnded,
    TransferStarted,
)
from gateway.calls.together import (
    MAX_REASONS,
    MAX_SUGGESTIONS,
    MAX_WORD_CHARS,
    FloodKind,
    Reason,
    Suggestion,
    Suspicion,
    Together,
)
from gateway.calls.wrapping import Written
from gateway.calls.wrapup import MAX_ASKED, MAX_WRITTEN
from gateway.ids import CallId
from gateway.journal.codec import encode_lean, to_text
from gateway.location.model import Additional, Datum, Element, Extent, Location, LocationSource, Shape
from gateway.speech.model import Leg, TranscriptSegment

DESK = {"role": PartyRole.CALL_TAKER, "number": "1101", "line": "PJSIP/1101-00000001"}
OFFICE = {"role": PartyRole.DEPARTMENT, "number": "120", "line": "PJSIP/120-00000001"}
BLIND = {"kind": TransferKind.BLIND, "target": "120"}

EXTENTS = {
    LocationSource.AML: Extent(
        shape=Shape.POLYGON,
        points=tuple((31.123456 + corner / 1000, 121.123456) for corner in range(MAX_CORNERS)),
    ),
    LocationSource.ALI: Extent(
        shape=Shape.ARC_BAND, outer_m=900.0, inner_m=100.0, orientation_deg=120.0, opening_deg=120.0
    ),
    LocationSource.HELD: Extent(shape=Shape.ELLIPSE, outer_m=90.5, inner_m=10.5, orientation_deg=120.0),
}


def located(call: Any, minute: int) -> None:
    """A minute's round: every source answers, with all that it may have."""
    at = call.session.seized_at + timedelta(minutes=minute)
    uri = f"https://lis.example/{minute}".ljust(MAX_URIS_CHARS // MAX_REFERENCES, "x")
    call.tell(LocationReferenced, uri=uri, source=LocationSource.HELD)
    block = Additional(block="Comment", fields=(("Comment", str(minute)),))
    call.tell(AdditionalDataAnswered, blocks=(block,), source=LocationSource.HELD)
    for number, source in enumerate((*LocationSource, LocationSource.ALI, LocationSource.HELD)):
        query = {
            "query_id": f"{call.session.call_id}/{minute}/a source/{number}",
            "name": f"source called {number}",
        }
        call.tell(LocationQuerySent, **query, source=source, round=minute, uri=uri)
        fix = Location(
            location_id=f"{source.value}-{minute:012}",
            source=source,
            obtained_at=at,
            latitude=31.123456 + minute / 100,
            longitude=121.123456,
            datum=Datum.GCJ_02,
            uncertainty_m=100.25 - minute,
            method="Device-Assisted_A-GPS",
            provided_by="carrier.example.com",
            raw="x" * 900,
            civic=(("A3", "上海市黄浦区"), ("RD", "人民大道"), ("HNO", "200号")),
            extent=EXTENTS.get(source, Extent(shape=Shape.CIRCLE, outer_m=100.0)),
            element=Element.DEVICE,
            expires_at=at,
        )
        call.tell(
            LocationAnswered,
            location=replace(fix, civic=()) if minute % 2 else fix,
            query_id=query["query_id"],
        )
        call.tell(
            LocationQueryEnded, query_id=query["query_id"], state=QueryState.FAILED, fault="no answer " * 30
        )
    call.tell(LocationRoundEnded, round=call.session.locating.asked)
    call.tell(
        PlaceDescribed, location_id=call.session.leading_location, standard_address="某市某区某某大道200号",
        district="黄浦区", district_code="310101", jurisdiction="人民广场派出所",
        junctions=("人民大道与西藏中路路口",) * 5, outside=True,
    )  # fmt: skip


def handed_over(call: Any, minute: int) -> None:
    """A hand-over that fails, and a supervisor who listens."""
    target = Target(code="telecommunications_bureau", number=f"0571{minute:08}", kind=TargetKind.DEPARTMENT)
    call.step(
        HandOver, request_id=f"h{minute}", actor="zhang.xiaoming", kind=HandOverKind.BLIND, wanted="x",
        target=target,
    )  # fmt: skip
    call.tell(MoveRefused, n=call.session.moves[-1].n, why=Why.PBX_REFUSED)
    call.step(
        Supervise,
        request_id=f"s{minute}",
        actor="li.xiaoming",
        kind=MoveKind.WHISPER,
        position=f"{minute:08}",
    )
    call.tell(MoveSent, n=call.session.moves[-1].n)


def rung_for_it(call: Any) -> None:
    """Departments are rung from desks while the call lasts; each becomes a call of its own."""
    for n in range(5):
        call.step(
            CallBack, request_id=f"c{n}", actor="zhang.xiaoming", position=f"9{n:03}",
            number=f"0571{n:08}", whom=Whom.DEPARTMENT,
        )  # fmt: skip
        made = {"n": call.session.moves[-1].n, "call": CallId(f"city-main-pbx1-170000009{n}.0")}
        call.tell(MoveSent, n=made["n"])
        call.tell(CallBackPlaced, **made)
        call.tell(CallBackOver, **made, why=Why.DESK_NO_ANSWER)


def quietly(call: Any) -> None:
    """A prompt, keys, and a silent alarm that somebody deals with."""
    leg = f"{'p' * 40}-1700000005.7"
    call.tell(PromptStepped, step=PromptStep.PROMPTING, leg=leg)
    call.tell(TapsHeard, taps=3, started_ms=3_000_000)
    for key in "1234567891":
        call.tell(KeyPressed, key=key)
    call.step(StartPrompt, request_id="q1", actor="li.xiaoming")
    call.step(SeeSilentAlarm, request_id="q2", actor="li.xiaoming")
    call.step(EndSilentAlarm, request_id="q3", actor="li.xiaoming", note="x")


def full(session: CallSession) -> CallSession:
    """With all that people, other calls and the dispatch core may have added besides."""
    at, name = session.seized_at, "zhang.xiaoming"
    written = tuple(Written(part=f"field:address{n}", rev=999, by=name, at=at) for n in range(MAX_WRITTEN))
    asked = tuple(f"{n:02}" + "问" * 20 for n in range(MAX_ASKED))
    told = {"told_at": at, "issued_at": at, "signed_at": at, "departed_at": at, "arrived_at": at}
    instructions = tuple(
        Instruction(
            instruction_id=f"{n:036}", unit="城" * MAX_NAME, text="请" * MAX_WORDS, feedback="到" * MAX_WORDS,
            feedback_at=at, feedbacks=9, **told,
        )
        for n in range(MAX_INSTRUCTIONS)
    )  # fmt: skip
    reason = Reason(code=together_words.Why.SAME_ADDRESS, value="某市某区某某大道200号")
    other = CallId("city-main-pbx1-1700000000.9")
    together = Together(
        incident=f"{0:036}", linked_by=name, linked_at=at, basis="b" * 64,
        words=("字" * MAX_WORD_CHARS,) * together_words.MAX_WORDS,
        suggestions=(Suggestion(call_id=other, score=99, reasons=(reason,) * MAX_REASONS),) * MAX_SUGGESTIONS,
        source="2001:db8::1", suspicion=Suspicion(kind=FloodKind.SOURCE, key="2001:db8::1", calls=99, at=at),
    )  # fmt: skip
    return replace(
        session, together=together, wrap=replace(session.wrap, written=written, asked=asked),
        dispatch=Dispatch(
            alarm=Alarm(since=at, due_at=at, acked_at=at, acked_by=name), instructions=instructions
        ),
    )  # fmt: skip


def size(session: CallSession) -> int:
    return len(to_text(encode_lean(session)).encode())


def test_an_hours_call_stays_small(call: Any) -> None:
    """16 KB for an hour in which everything happens to the caller that can; 26 KB with every card part
    written, every question asked, and the longest words of the dispatch core and other calls."""
    call.answered().tell(CallerIdentified, ani="13800130001", ani_source="PAI")
    for minute in range(60):
        number = str(1101 + minute)
        call.tell(TransferStarted, kind=TransferKind.BLIND, target=number)
        party = {"role": PartyRole.CALL_TAKER, "number": number, "line": f"PJSIP/{number}-{minute:08x}"}
        call.tell(PartyJoined, **party)
        handed_over(call, minute)
        call.tell(TransferEnded, kind=TransferKind.BLIND, target=number, result=TransferResult.COMPLETED)
        call.tell(KeyPressed, key=str(minute % 10))
        call.tell(
            RecordingStarted,
            recording_id=f"0x7f94f4006a{minute}",
            file=f"/var/spool/rec/{minute:060}-mix.wav",
        )
        for second in range(12):
            segment = TranscriptSegment(
                index=minute * 12 + second,
                speaker=Leg.CALLER,
                started_ms=0,
                ended_ms=1,
                text="人民大道二百号" * 10,
                model_id="m",
            )
            call.tell(SegmentTranscribed, segment=segment)
        located(call, minute)
        call.tell(PartyLeft, **party)
    quietly(call)
    rung_for_it(call)
    call.tell(RecordLinked, record=CallId(f"city-man-{'0' * 36}"), by="zhang.xiaoming")
    call.tell(CallerIdentified, ani="+8613800130001", ani_source="PAI")
    call.step(SendLink, request_id="l", actor="zhang.xiaoming", valid_s=1800.0, confirm=True)
    call.tell(LinkUnsent, n=1, reason="x" * 200, maybe=True)
    call.step(OpenLink, request_id="o", actor="caller", n=1, phone="f" * 22)
    assert call.session.segments == 720
    assert 8_000 < size(call.session) <= 16 * 1024
    assert size(full(call.session)) <= 26 * 1024
