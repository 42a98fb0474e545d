"""What the trainee did in a run, read off what was committed: nothing counts that the loop refused."""

from __future__ import annotations

from gateway.calls.handed import CallBack, HandOver
from gateway.calls.located import SetPosition
from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallRequest,
    ConfirmCardField,
    SegmentTranscribed,
    SetCardField,
    SetDisposition,
)
from gateway.calls.wrapped import FinishCall, MarkAsked
from gateway.desk.drill.marking import PLACE_FIELDS
from gateway.desk.orders.signals import ReassignOrder
from gateway.runtime.book import Change
from gateway.runtime.drill.run import DrillRun

RIGHT_CLASS = "valid_alarm"


def note_call(run: DrillRun, change: Change) -> None:
    """A step of one of the run's calls."""
    session: CallSession = change.after.state
    for veto in session.vetoes:
        run.marks.dangers.setdefault(veto.value, round(run.lived_s, 1))
    signal = change.signal
    if isinstance(signal, SegmentTranscribed) or not isinstance(signal, CallRequest):
        return
    if signal.actor != run.trainee:
        return
    match signal:
        case SetCardField(name=name) | ConfirmCardField(name=name):
            _entered(run, name)
        case SetPosition():
            _entered(run, "position")
        case SetDisposition() | FinishCall():
            _decided(run, signal)
        case HandOver(target=target) if target is not None:
            run.marks.handed.setdefault(target.code.partition(".")[0], round(run.lived_s, 1))
            run.marks.first("dispatch", run.lived_s)
        case CallBack():
            run.marks.called_back = True
        case MarkAsked(question=question):
            run.marks.said.append(question)


def _entered(run: DrillRun, name: str) -> None:
    run.marks.entered.setdefault(name, round(run.lived_s, 1))
    run.marks.first("first_field", run.lived_s)
    if name in PLACE_FIELDS:
        run.marks.first("location", run.lived_s)


def _decided(run: DrillRun, signal: SetDisposition | FinishCall) -> None:
    marks = run.marks
    marks.alarm_class, marks.nature = signal.alarm_class.value, signal.nature.value
    marks.department = signal.department.value if signal.department else ""
    marks.first("verdict", run.lived_s)
    if marks.alarm_class == RIGHT_CLASS:
        marks.first("dispatch", run.lived_s)
    if isinstance(signal, FinishCall):
        run.finished = True


def note_order(run: DrillRun, change: Change) -> None:
    signal = change.signal
    if isinstance(signal, ReassignOrder) and signal.actor == run.trainee:
        run.marks.reassigned.append(signal.department)
