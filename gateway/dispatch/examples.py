"""One invented event of every kind, as the contract shows them. Names and numbers are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.calls import events as call
from gateway.calls import handing_events as moved
from gateway.calls.dispatched import DispatchChange, DispatchStep
from gateway.calls.entered import RecordEntered, RecordLink
from gateway.calls.handing import HandOverKind, MoveKind, MoveState, ReferralState, TargetKind
from gateway.calls.linked import IncidentLink
from gateway.calls.manual import Origin
from gateway.calls.model import CallState, EndReason, ReleasedBy, TransferKind, TransferResult
from gateway.dispatch import order_events as orders
from gateway.dispatch import plan_events as plans
from gateway.dispatch import site_events as site
from gateway.dispatch.catalogue import entry_of
from gateway.dispatch.examples_places import LOCATION, PLACE_EVENTS
from gateway.dispatch.examples_shared import SHARED_EVENTS
from gateway.dispatch.examples_text import TEXT_EVENTS
from gateway.dispatch.quiet_examples import quiet_examples
from gateway.speech.differ import WordChange
from gateway.speech.model import Leg, TranscriptSegment, Word
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    EmergencyPartner,
    Finding,
    Nature,
    Span,
    Veto,
    VetoCode,
)

SITE = "demo"
CALL_ID = "demo-pbx1-1767600000.42"
ORDER_ID = "0198c3a0-0000-7000-8000-0000000000a1"
INCIDENT_ID = "0198c3a0-0000-7000-8000-000000000002"
AT = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_WORDS = (
    Word(text="有人", started_ms=5200, ended_ms=5600, confidence=0.97),
    Word(text="拿刀", started_ms=5600, ended_ms=6100, confidence=0.94),
)
_SEGMENT = TranscriptSegment(
    index=0,
    speaker=Leg.CALLER,
    started_ms=5200,
    ended_ms=6100,
    text="有人拿刀",
    words=_WORDS,
    model_id="demo-cn",
)
_VETO = Veto(
    code=VetoCode.WEAPON,
    segment_index=0,
    speaker=Leg.CALLER,
    span=Span(start=2, end=4),
    quote="拿刀",
    started_ms=5600,
    ended_ms=6100,
    list_hash=HASH,
)
_FINDING = Finding(
    rule_id="zh.robbery.knife",
    alarm_class=AlarmClass.VALID_ALARM,
    nature=Nature.ROBBERY,
    department=None,
    priority=1,
    partners=(EmergencyPartner.AMBULANCE_120,),
    segment_index=0,
    speaker=Leg.CALLER,
    span=Span(start=2, end=4),
    quote="拿刀",
    started_ms=5600,
    ended_ms=6100,
    explanation_zh="说到刀具",
    explanation_en="a knife is mentioned",
    weight=0.9,
)
_ASSESSMENT = Assessment(
    alarm_class=AlarmClass.VALID_ALARM,
    nature=Nature.ROBBERY,
    nature_alternatives=((Nature.ROBBERY, 0.9), (Nature.FIGHT, 0.2)),
    priority=1,
    department=None,
    department_reason_zh=None,
    department_reason_en=None,
    partners=(EmergencyPartner.AMBULANCE_120,),
    findings=(_FINDING,),
    vetoes=(_VETO,),
    extracted=(),
    next_question_zh="现在安全吗？",
    next_question_en="Are you safe now?",
    pack_hash=HASH,
    veto_hash=HASH,
    basis="text",
)
_FILE = call.RecMediaFile(part="mix", seconds=18.4, size_bytes=294_444, sha256=HASH)

EVENTS: tuple[Any, ...] = (
    call.CallStart(occurred_at=AT, pbx="pbx1", linkedid="1767600000.42", dialed="110"),
    call.CallerIdentity(occurred_at=AT, ani="13800131234", ani_source="PAI"),
    call.CallStateChange(
        occurred_at=AT,
        state=CallState.ANSWERED,
        previous=CallState.RINGING,
        agent="1101",
        queue="intake110",
        queue_wait_ms=3200,
    ),
    call.CallTransfer(
        occurred_at=AT, kind=TransferKind.BLIND, target="12333", result=TransferResult.COMPLETED
    ),
    moved.ReferralChange(
        occurred_at=AT,
        referral=1,
        kind=HandOverKind.BLIND,
        target="labour_bureau",
        number="12333",
        target_kind=TargetKind.DEPARTMENT,
        state=ReferralState.ASKED,
        by="zhang.san",
        about=moved.Announced(
            caller="13800131234",
            location=LOCATION,
            alarm_class=AlarmClass.NON_POLICE,
            nature=Nature.NONE,
            priority=4,
        ),
    ),
    moved.CallBackChange(
        occurred_at=AT,
        move=1,
        number="13800131234",
        position="1101",
        state=MoveState.LIVE,
        by="zhang.san",
        call="demo-pbx1-1767600060.57",
    ),
    *quiet_examples(AT),
    *SHARED_EVENTS,
    *TEXT_EVENTS,
    moved.SupervisionChange(
        occurred_at=AT, move=2, kind=MoveKind.LISTEN, position="1190", state=MoveState.LIVE, by="li.si"
    ),
    call.CallEnd(
        occurred_at=AT,
        end_reason=EndReason.COMPLETED,
        released_by=ReleasedBy.CALLER,
        duration_ms=18_400,
        queue_wait_ms=3200,
    ),
    call.RecMediaStart(
        occurred_at=AT, recording_id="0x7f00", file="/var/spool/intake110/1767600000.42-mix.wav"
    ),
    call.RecMediaEnd(occurred_at=AT, recording_id="0x7f00", files=(_FILE,)),
    call.RecordingFailed(occurred_at=AT, recording_id="0x7f00", fault="file not found"),
    *PLACE_EVENTS,
    call.SpeechStateChange(occurred_at=AT, leg=Leg.CALLER, state="live"),
    call.TranscriptSegmentEvent(occurred_at=AT, segment=_SEGMENT),
    call.TranscriptReviewed(
        occurred_at=AT,
        leg=Leg.CALLER,
        recording_id="0x7f00",
        model_id="large-cn",
        trusted=True,
        difference=0.25,
        changes=(WordChange(started_ms=5600, ended_ms=5850, live="拿", review="那"),),
        segments=(replace(_SEGMENT, text="有人那刀", words=(), model_id="large-cn"),),
    ),
    call.TriageAssessedEvent(occurred_at=AT, assessment=_ASSESSMENT, segments=1),
    call.VetoRaised(
        occurred_at=AT,
        veto=Veto(
            code=VetoCode.WEAPON,
            segment_index=None,
            speaker=Leg.CALLER,
            span=Span(start=2, end=4),
            quote="拿刀",
            started_ms=5600,
            ended_ms=6100,
            list_hash="9f2c",
            partial=True,
        ),
    ),
    IncidentLink(
        occurred_at=AT,
        incident_id=INCIDENT_ID,
        linked=True,
        by="zhang.san",
        others=("demo-pbx1-1767600010.45",),
        reasons=("same_junction", "same_nature", "soon"),
    ),
    RecordEntered(occurred_at=AT, origin=Origin.RADIO, by="li.si", happened_at=AT, entered_at=AT, late=False),
    RecordLink(occurred_at=AT, linked=True, other="demo-pbx1-1767600010.45", by="zhang.san"),
    call.CardUpdate(
        occurred_at=AT,
        rev=7,
        fields=(
            call.CardFieldChange(
                name="weapon",
                value="刀",
                source="speech",
                confidence=0.94,
                speaker=Leg.CALLER,
                started_ms=5600,
                ended_ms=6100,
            ),
        ),
    ),
    call.DispositionSet(
        occurred_at=AT,
        alarm_class=AlarmClass.VALID_ALARM,
        nature=Nature.ROBBERY,
        department=None,
        by="zhang.san",
        note="已派警",
    ),
    call.WrapUpChange(occurred_at=AT, step=call.WrapUpStep.PASSED, by="zhang.san", to="1102", reason="换班"),
    DispatchChange(
        occurred_at=AT,
        step=DispatchStep.SIGNED_OFF,
        instruction_id="ins-0042",
        unit="城西所101车组",
        by="王某",
        after_s=27.4,
    ),
    call.UnexpectedSignal(occurred_at=AT, what="CallResumed while QUEUED"),
    site.AgentStateChange(occurred_at=AT, agent="1101", state="busy", pbx="pbx1", user="zhang.san"),
    site.QueueStateChange(occurred_at=AT, queue="intake110", waiting=2, longest_wait_ms=4100, pbx="pbx1"),
    site.ServiceStateChange(occurred_at=AT, service="pbx:pbx1", state="down", reason="connection refused"),
    site.KeepAliveFailure(occurred_at=AT, partner="hotline12345", missed=3),
    site.MalformedMessage(
        occurred_at=AT, source="pbx:pbx1", why="two Event headers", size_bytes=412, sha256=HASH
    ),
    plans.PlanChange(
        occurred_at=AT,
        run_id=ORDER_ID,
        rev=3,
        step=plans.PlanStep.TICKED,
        plan="fire_trapped",
        title_zh="火灾且有人被困",
        title_en="Fire with people inside",
        major=True,
        call_id=CALL_ID,
        by="zhang.san",
        item="d2",
        item_zh="三方通话接入消防",
        item_en="Three-party call with the fire service",
        done=2,
        items=11,
    ),
    site.DispatchUnmatched(
        occurred_at=AT,
        step=site.UnmatchedStep.KEPT,
        code="unknown_call",
        digest=HASH,
        message_id="core-2026-000815",
        call_id="demo-pbx1-1767600000.99",
        kind="instruction",
    ),
    site.RulePackChange(
        occurred_at=AT,
        step=site.RulePackStep.ACTIVATED,
        hash=HASH,
        pack_hash=HASH,
        veto_hash=HASH,
        version=7,
        draft_id="0198c3a0-0000-7000-8000-000000000001",
        by="li.si",
        note="春节烟花爆竹警情",
    ),
    orders.WorkOrderChange(
        occurred_at=AT,
        order_id=ORDER_ID,
        rev=4,
        step=orders.OrderStep.SUPERVISED,
        state=orders.OrderState.ACCEPTED,
        department="labour_bureau",
        first_receiver="labour_bureau",
        call_id=CALL_ID,
        accept_by=AT,
        answer_by=AT,
        deadline=orders.OrderDeadline.ANSWER,
    ),
    orders.WorkOrder(
        occurred_at=AT,
        department="labour_bureau",
        order_id=ORDER_ID,
        rev=2,
        step=orders.OrderStep.SENT,
        state=orders.OrderState.SENT,
        subject="工地拖欠工资",
        text="二十人两个月未领工资，现聚在工地门口。",
        caller_name="张某",
        phone="13800138000",
        place="建国路88号",
        sent_at=AT,
        accept_by=AT,
        answer_by=AT,
    ),
    site.IncidentChange(
        occurred_at=AT,
        incident_id=INCIDENT_ID,
        step=site.IncidentStep.FACT,
        title="某路口货车侧翻",
        calls=(CALL_ID, "demo-pbx1-1767600010.45"),
        fact=site.FactKind.PLATE,
        value="某A12345",
        call_id=CALL_ID,
    ),
    site.FloodSuspected(
        occurred_at=AT,
        step=site.FloodStep.BEGAN,
        kind="one_ring",
        key="13800131234",
        since=AT,
        calls=6,
        numbers=1,
        per_minute=2.5,
    ),
)

BY_NOUN: Mapping[str, Any] = {entry_of(event).noun: event for event in EVENTS}
